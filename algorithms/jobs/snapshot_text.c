/*
** snapshot_text.c -- the SELECT of a snapshot.
**
** Every source comes in at one place, cut off there: "orders: before" has the events before
** the cut-off and nothing else, and all features are made of it; "label: after" has those of
** the label's window.  So that no feature looks past the cut-off can be seen in the text, and
** does not depend on how the features are written.
**
**   "orders: before"    customer, at (Julian days), amount, kind
**   "orders: counted"   a row per customer: counts, sums, means, trends, recency, kinds
**   "orders: gaps"      days between days with an event
**   "everybody"         the customers who are asked about
**   "label: after"      of the label's source
**
** A column is called source_kind_figure_window; of a single source without its name.
*/
#include <stdio.h>
#include <string.h>

#include "snapshot.h"

static void text_name(mine_text *to, const char *name) {
  mine__text_add_quoted(to, '"', name, strlen(name));
}

/* ---- sources -------------------------------------------------------------------------- */

static int text_is_word(const char *at, const char *word) {
  const size_t n = strlen(word);
  char begin[8] = "";
  if (n >= sizeof begin) return 0;
  for (size_t i = 0; i < n && at[i]; i++)
    begin[i] = at[i];
  const unsigned char next = (unsigned char)(strlen(begin) == n ? at[n] : 'x');
  const int goes_on = next == '_' || next == '$' || next >= 0x80 || (next >= '0' && next <= '9') ||
                      ((next | 32) >= 'a' && (next | 32) <= 'z');
  return mine__same_word(begin, word) && !goes_on;
}

/* Behind blanks and comments. */
static const char *text_begin(const char *at) {
  for (;;) {
    at += strspn(at, " \t\r\n\f");
    if (strncmp(at, "--", 2) == 0) {
      at += strcspn(at, "\n");
    } else if (strncmp(at, "/*", 2) == 0) {
      const char *end = strstr(at + 2, "*/");
      at = end ? end + 2 : at + strlen(at);
    } else {
      return at;
    }
  }
}

void mine__snapshot_from(mine_text *to, const char *text) {
  const char *at = text_begin(text);
  size_t n = strlen(text);
  if (text_is_word(at, "SELECT") || text_is_word(at, "WITH") || text_is_word(at, "VALUES")) {
    while (n > 0 && strchr(" \t\r\n;", text[n - 1]))
      n--;
    mine__text_adds(to, "(\n");
    mine__text_add(to, text, n);
    mine__text_adds(to, "\n  )");
    return;
  }
  const char *dot = strchr(text, '.');
  if (strchr("\"[`", *text)) {
    mine__text_adds(to, text); /* quoted already */
  } else if (dot) {
    mine__text_add_quoted(to, '"', text, (size_t)(dot - text));
    mine__text_adds(to, ".");
    text_name(to, dot + 1);
  } else {
    text_name(to, text);
  }
}

/* 'orders', as one writes it behind a dot: e."amount". */
static const char *text_column(mine_text *scratch, const char *alias, const char *name) {
  scratch->bytes = 0;
  mine__text_addf(scratch, "%s.", alias);
  text_name(scratch, name);
  return scratch->failed ? "" : scratch->data;
}

/* "orders: before", or "before" where the source has no name. */
static void text_part(mine_text *to, const snapshot_source *source, const char *part) {
  mine_text name;
  mine__text_open(&name, to->arena);
  mine__text_addf(&name, "%s%s%s", source->name, *source->name ? ": " : "", part);
  if (!name.failed) mine__text_add_quoted(to, '"', name.data, name.bytes);
}

/* SELECT customer, at, amount, kind FROM the source WHERE it has a customer. */
static void text_events(const snapshot *s, const snapshot_source *source, mine_text *to) {
  mine_text column, at;
  mine__text_open(&column, s->arena);
  mine__text_open(&at, s->arena);
  (void)mine__snapshot_julian(&at, text_column(&column, "e", source->column[SNAPSHOT_TIME]),
                              &source->time);
  if (at.failed) return;
  mine__text_addf(to, "    SELECT %s",
                  text_column(&column, "e", source->column[SNAPSHOT_CUSTOMER]));
  mine__text_addf(to, ", %s", at.data);
  for (int w = SNAPSHOT_AMOUNT; w <= SNAPSHOT_KIND; w++) {
    if (!source->column[w])
      mine__text_adds(to, ", NULL");
    else
      mine__text_addf(to, w == SNAPSHOT_AMOUNT ? ", nullif(%s, '')" : ", %s",
                      text_column(&column, "e", source->column[w]));
  }
  mine__text_adds(to, "\n    FROM ");
  mine__snapshot_from(to, source->text);
  mine__text_addf(to, " AS e\n    WHERE %s <> ''",
                  text_column(&column, "e", source->column[SNAPSHOT_CUSTOMER]));
  mine__text_addf(to, " AND %s", at.data);
}

/* ---- features ------------------------------------------------------------------------- */

/* A column that is made in "counted" or "gaps" and handed on. */
typedef struct text_feature {
  const char *table, *name;
  int zero; /* a customer without events has 0 of it */
  struct text_feature *next;
} text_feature;

typedef struct text_writer {
  const snapshot *s;
  mine_text *to;
  text_feature *first, **last;
  int n, alias;
  int begun; /* the list that is written has an item */
} text_writer;

/* ",\n      EXPRESSION AS "name"": its name is made here, its expression follows before. */
static void text_called(text_writer *w, const char *table, int zero, const char *source,
                        const char *kind, const char *figure, const char *window) {
  mine_arena *arena = w->s->arena;
  mine_text name;
  mine__text_open(&name, arena);
  mine__text_addf(&name, "%s%s%s%s%s%s%s", source, *source ? "_" : "", kind, *kind ? "_" : "",
                  figure, *window ? "_" : "", window);
  text_feature *feature = mine__arena_zeros(arena, 1, sizeof *feature);
  if (!feature || name.failed) return;
  *feature = (text_feature){.table = table, .name = name.data, .zero = zero};
  *w->last = feature;
  w->last = &feature->next;
  w->n++;
  mine__text_adds(w->to, " AS ");
  text_name(w->to, name.data);
}

static void text_item(text_writer *w) {
  mine__text_adds(w->to, ",\n      ");
}

/* "at >= julianday('2024-05-02')": of a window that has no beginning, "1". */
static void text_within(const text_writer *w, const snapshot_span *window, mine_text *out) {
  mine__text_open(out, w->s->arena);
  if (window->all) {
    mine__text_adds(out, "1");
    return;
  }
  mine__text_adds(out, "at >= ");
  mine__snapshot_moment(w->s, out, window, -1, NULL);
}

/* The middle of a window. */
static void text_middle(const text_writer *w, const snapshot_span *window, mine_text *out) {
  mine__text_open(out, w->s->arena);
  mine__text_adds(out, "(");
  mine__snapshot_moment(w->s, out, window, -1, NULL);
  mine__text_adds(out, " + ");
  mine__snapshot_moment(w->s, out, NULL, 0, NULL);
  mine__text_adds(out, ") / 2");
}

/* Counts and sums of one window, of all kinds or of one. */
static void text_window(text_writer *w, const char *table, const snapshot_source *source,
                        const char *kind_name, const char *kind_test, const snapshot_span *window) {
  const unsigned features = w->s->features;
  const int amount = source->column[SNAPSHOT_AMOUNT] != NULL, whole = *kind_name == 0;
  mine_text within;
  text_within(w, window, &within);
  if (within.failed) return;
  if (features & SNAPSHOT_COUNT) {
    text_item(w);
    mine__text_addf(w->to, "count(CASE WHEN %s%s THEN 1 END)", within.data, kind_test);
    text_called(w, table, 1, source->name, kind_name, "count", window->name);
  }
  if (features & SNAPSHOT_DAYS && whole) {
    text_item(w);
    mine__text_addf(w->to, "count(DISTINCT CASE WHEN %s THEN CAST(at + 0.5 AS INTEGER) END)",
                    within.data);
    text_called(w, table, 1, source->name, kind_name, "days", window->name);
  }
  if (features & SNAPSHOT_SUM && amount) {
    text_item(w);
    mine__text_addf(w->to, "total(CASE WHEN %s%s THEN amount END)", within.data, kind_test);
    text_called(w, table, 1, source->name, kind_name, "sum", window->name);
  }
  if (features & SNAPSHOT_MEAN && amount && whole) {
    text_item(w);
    mine__text_addf(w->to, "avg(CASE WHEN %s THEN amount END)", within.data);
    text_called(w, table, 0, source->name, kind_name, "mean", window->name);
  }
  if (features & SNAPSHOT_TREND && whole && !window->all) {
    mine_text middle;
    text_middle(w, window, &middle);
    if (middle.failed) return;
    text_item(w);
    mine__text_addf(w->to,
                    "sum(CASE WHEN %s THEN CASE WHEN at >= %s THEN 1.0 ELSE -1.0 END END)\n"
                    "        / count(CASE WHEN %s THEN 1 END)",
                    within.data, middle.data, within.data);
    text_called(w, table, 0, source->name, kind_name, "trend", window->name);
  }
}

/* A kind as it stands in a column's name, and the condition for it. */
static void text_kind(const text_writer *w, const mine_cell *kind, mine_text *name,
                      mine_text *test) {
  mine__text_open(name, w->s->arena);
  mine__text_open(test, w->s->arena);
  mine__text_add_cell(name, kind);
  mine__text_adds(test, " AND kind = ");
  mine__text_add_sql(test, kind);
}

static void text_recency(text_writer *w, const char *table, const snapshot_source *source,
                         const char *kind_name, const char *kind) {
  if (!(w->s->features & SNAPSHOT_RECENCY)) return;
  text_item(w);
  mine__snapshot_moment(w->s, w->to, NULL, 0, NULL);
  mine__text_addf(w->to, " - max(%s)", kind);
  text_called(w, table, 0, source->name, kind_name, "recency", "");
}

/* "orders: counted": a row per customer. */
static void text_counted(text_writer *w, const snapshot_source *source, const char *table) {
  mine_text *to = w->to;
  mine__text_adds(to, "  ");
  text_part(to, source, "counted");
  mine__text_adds(to, " AS (\n    SELECT customer");
  for (int i = 0; i < w->s->n_windows; i++)
    text_window(w, table, source, "", "", &w->s->window[i]);
  text_recency(w, table, source, "", "at");
  if (w->s->features & SNAPSHOT_TENURE) {
    text_item(w);
    mine__snapshot_moment(w->s, to, NULL, 0, NULL);
    mine__text_adds(to, " - min(at)");
    text_called(w, table, 0, source->name, "", "tenure", "");
  }
  for (size_t k = 0; k < source->kinds.n && !mine_failed(w->s->env); k++) {
    mine_text name, test, at;
    text_kind(w, &source->kinds.item[k], &name, &test);
    for (int i = 0; i < w->s->n_windows; i++)
      text_window(w, table, source, name.data, test.data, &w->s->window[i]);
    mine__text_open(&at, w->s->arena);
    mine__text_addf(&at, "CASE WHEN 1%s THEN at END", test.data);
    text_recency(w, table, source, name.data, at.data);
  }
  mine__text_adds(to, "\n    FROM ");
  text_part(to, source, "before");
  mine__text_adds(to, "\n    GROUP BY customer\n  ),\n");
}

/* "orders: gaps": of days, for an order of three lines is one purchase. */
static void text_gaps(text_writer *w, const snapshot_source *source, const char *table) {
  mine_text *to = w->to;
  mine__text_adds(to, "  ");
  text_part(to, source, "gaps");
  mine__text_adds(to, " AS (\n    SELECT customer");
  text_item(w);
  mine__text_adds(to, "avg(gap)");
  text_called(w, table, 0, source->name, "", "gap_mean", "");
  text_item(w);
  mine__text_adds(to, "max(gap)");
  text_called(w, table, 0, source->name, "", "gap_longest", "");
  text_item(w);
  mine__text_adds(to, "(");
  mine__snapshot_moment(w->s, to, NULL, 0, NULL);
  mine__text_adds(to, " + 0.5 - max(day)) / avg(gap)");
  text_called(w, table, 0, source->name, "", "overdue", "");
  mine__text_adds(
      to,
      "\n    FROM (SELECT customer, day,\n"
      "            day - lag(day) OVER (PARTITION BY customer ORDER BY day) AS gap\n"
      "          FROM (SELECT DISTINCT customer, CAST(at + 0.5 AS INTEGER) AS day FROM ");
  text_part(to, source, "before");
  mine__text_adds(to, "))\n    GROUP BY customer\n  ),\n");
}

static void text_source(text_writer *w, const snapshot_source *source) {
  mine_text *to = w->to;
  char alias[24];
  mine__text_adds(to, "  ");
  text_part(to, source, "before");
  mine__text_adds(to, "(customer, at, amount, kind) AS (\n");
  text_events(w->s, source, to);
  mine__text_adds(to, " < ");
  mine__snapshot_moment(w->s, to, NULL, 0, NULL);
  mine__text_adds(to, "\n  ),\n");
  snprintf(alias, sizeof alias, "c%d", ++w->alias);
  text_counted(w, source, mine__arena_text(w->s->arena, alias, strlen(alias)));
  if (!(w->s->features & SNAPSHOT_GAPS)) return;
  snprintf(alias, sizeof alias, "g%d", w->alias);
  text_gaps(w, source, mine__arena_text(w->s->arena, alias, strlen(alias)));
}

/* ---- who, and the label ------------------------------------------------------------------ */

static void text_everybody(const snapshot *s, mine_text *to) {
  const snapshot_source *customers = &s->source[s->n];
  mine__text_adds(to, "  \"everybody\"(customer) AS (\n");
  if (s->has_customers) {
    mine_text column;
    mine__text_open(&column, s->arena);
    mine__text_addf(to, "    SELECT DISTINCT %s FROM ",
                    text_column(&column, "e", customers->column[SNAPSHOT_CUSTOMER]));
    mine__snapshot_from(to, customers->text);
    mine__text_addf(to, " AS e\n    WHERE %s <> ''",
                    text_column(&column, "e", customers->column[SNAPSHOT_CUSTOMER]));
    if (customers->timed) {
      mine__text_adds(to, " AND ");
      (void)mine__snapshot_julian(to, text_column(&column, "e", customers->column[SNAPSHOT_TIME]),
                                  &customers->time);
      mine__text_adds(to, " < ");
      mine__snapshot_moment(s, to, NULL, 0, NULL);
    }
  }
  for (int i = 0; i < s->n && !s->has_customers; i++) {
    mine__text_addf(to, "%s    SELECT customer FROM ", i ? "\n    UNION\n" : "");
    text_part(to, &s->source[i], "before");
  }
  if (!s->has_customers && s->n == 1) { /* UNION leaves out what comes twice */
    mine__text_adds(to, " GROUP BY customer");
  }
  mine__text_adds(to, "\n  )");
}

/* "label: after": from the cut-off and the gap on, as far as the horizon. */
static void text_label(const snapshot *s, mine_text *to) {
  const snapshot_source *source = &s->source[s->label.of];
  const int total = s->label.what == SNAPSHOT_TOTAL;
  mine__text_adds(to, ",\n  \"label: after\"(customer, at, amount, kind) AS (\n");
  text_events(s, source, to);
  mine__text_adds(to, " >= ");
  mine__snapshot_moment(s, to, &s->gap, 1, NULL);
  mine_text column;
  mine__text_open(&column, s->arena);
  mine__text_adds(to, "\n      AND ");
  (void)mine__snapshot_julian(to, text_column(&column, "e", source->column[SNAPSHOT_TIME]),
                              &source->time);
  mine__text_adds(to, " < ");
  mine__snapshot_moment(s, to, &s->gap, 1, &s->horizon);
  mine__text_addf(to,
                  "\n  ),\n  \"label: counted\" AS (\n    SELECT customer, %s AS figure FROM "
                  "\"label: after\"",
                  total ? "total(amount)" : "count(*)");
  if (s->label.kind.type != MINE_NULL) {
    mine__text_adds(to, " WHERE kind = ");
    mine__text_add_sql(to, &s->label.kind);
  }
  mine__text_adds(to, "\n    GROUP BY customer\n  )");
}

static const char *text_figure(snapshot_what what) {
  return what == SNAPSHOT_NONE  ? "l.figure IS NULL"
         : what == SNAPSHOT_ANY ? "l.figure IS NOT NULL"
                                : "coalesce(l.figure, 0)";
}

/* ---- the whole -------------------------------------------------------------------------- */

static void text_heading(const snapshot *s, mine_text *to) {
  char shown[SNAPSHOT_SHOWN];
  mine__text_addf(to, "/* A row per customer, as it was before %s; made by mine_snapshot. */\n",
                  s->now ? "this day began (UTC)" : mine__snapshot_shown(s->cutoff, shown));
}

static void text_select(const text_writer *w) {
  const snapshot *s = w->s;
  mine_text *to = w->to;
  const snapshot_source *first = &s->source[s->has_customers ? s->n : 0];
  mine__text_adds(to, "\nSELECT w.customer AS ");
  text_name(to, s->entity ? s->entity : first->column[SNAPSHOT_CUSTOMER]);
  for (const text_feature *f = w->first; f; f = f->next) {
    mine__text_adds(to, ",\n  ");
    mine__text_addf(to, "%s%s.", f->zero ? "coalesce(" : "", f->table);
    text_name(to, f->name);
    mine__text_adds(to, f->zero ? ", 0) AS " : " AS ");
    text_name(to, f->name);
  }
  if (s->label.what) mine__text_addf(to, ",\n  %s AS label", text_figure(s->label.what));
  mine__text_adds(to, "\nFROM \"everybody\" AS w");
  for (int i = 0; i < s->n; i++) {
    mine__text_adds(to, "\nLEFT JOIN ");
    text_part(to, &s->source[i], "counted");
    mine__text_addf(to, " AS c%d ON c%d.customer = w.customer", i + 1, i + 1);
    if (!(s->features & SNAPSHOT_GAPS)) continue;
    mine__text_adds(to, "\nLEFT JOIN ");
    text_part(to, &s->source[i], "gaps");
    mine__text_addf(to, " AS g%d ON g%d.customer = w.customer", i + 1, i + 1);
  }
  if (s->label.what)
    mine__text_adds(to, "\nLEFT JOIN \"label: counted\" AS l ON l.customer = w.customer");
  mine__text_adds(to, "\nORDER BY w.customer");
}

void mine__snapshot_write(const snapshot *s, mine_text *to) {
  text_writer w = {.s = s, .to = to};
  w.last = &w.first;
  text_heading(s, to);
  mine__text_adds(to, "WITH\n");
  for (int i = 0; i < s->n && !mine_failed(s->env); i++)
    text_source(&w, &s->source[i]);
  text_everybody(s, to);
  if (s->label.what) text_label(s, to);
  text_select(&w);
  if (w.n > SNAPSHOT_COLUMNS)
    (void)mine__fail(s->env, MINE_OPTION,
                     "the definition makes %d features, and SQLite takes %d columns; name fewer "
                     "windows, kinds or \"features\"",
                     w.n, SNAPSHOT_COLUMNS);
}
