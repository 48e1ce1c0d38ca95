/*
** write_sql.c -- a model as one SELECT that needs nothing but a database (sql.h has the plan).
**
** The rows of the proof go through the same expressions as the table's; the last SELECT leaves
** them out, and the one in the comment behind it, or what=check, shows those whose answer is not
** the one that the model gave.
*/
#include <ctype.h>
#include <string.h>

#include "sql.h"

#define WRITE_MOST_COLUMNS 1900        /* SQLite has 2,000 in a table     */
#define WRITE_MOST_BYTES   1000000000u /* ... and so many in a statement  */

/* ---- names -------------------------------------------------------------------------------- */

/* Whether the model was trained on a SELECT rather than a table. */
static int writesql_is_query(const char *source) {
  char word[8] = "";
  size_t n = 0;
  source += strspn(source, " \t\r\n");
  while (n < sizeof word - 1 && isalpha((unsigned char)source[n])) {
    word[n] = source[n];
    n++;
  }
  return mine__same_word(word, "select") || mine__same_word(word, "with") ||
         mine__same_word(word, "values") || strchr(source, '(');
}

/* The rows that are scored, as s: a table, or in SQLite the SELECT of the training. */
static void writesql_from(const mine__sql *w) {
  const char *source = w->model->told.source;
  if (w->how->table) {
    mine__sql_name(w, w->how->table);
  } else if (source && !writesql_is_query(source)) {
    mine__sql_name(w, source);
  } else if (source && w->dialect == MINE_DIALECT_SQLITE) {
    mine__text_addf(w->to, "(\n%s\n)", source);
  } else {
    mine__sql_name(w, "source");
  }
  mine__text_adds(w->to, " AS s");
}

void mine__sql_place(const mine__sql *w, int place) {
  static const char *const name[] = {"source", "cells", "codes", "keys"};
  if (place < MINE__SQL_STAGES)
    mine__text_addf(w->to, "%s%s", w->mark, name[place]);
  else
    mine__text_addf(w->to, "%ss%d", w->mark, place - MINE__SQL_STAGES);
}

static int writesql_has(const mine__sql *w, int place) {
  int has = place == MINE__SQL_CODES && w->gaps_tell;
  for (int f = 0; f < w->model->n_features; f++) {
    if (place == MINE__SQL_CODES) has |= w->column[f].last_code > 0;
    if (place == MINE__SQL_KEYS) has |= w->column[f].last_key > 0;
  }
  return has || place == MINE__SQL_CELLS || place >= MINE__SQL_STAGES ||
         (place == MINE__SQL_SOURCE && w->dialect == MINE_DIALECT_SQLITE);
}

/* The place whose rows are read by this one. */
int mine__sql_before(const mine__sql *w, int place) {
  do
    place--;
  while (place > 0 && !writesql_has(w, place));
  return place;
}

/* ---- columns ------------------------------------------------------------------------------ */

static void writesql_item(const mine__sql *w, int64_t *n) {
  mine__text_adds(w->to, ",\n    ");
  ++*n;
}

static void writesql_code(const mine__sql *w, int f) {
  const mine_values *levels = &w->model->feature[f].levels.values;
  mine__text_adds(w->to, "CASE WHEN ");
  mine__sql_feature(w, f);
  mine__text_adds(w->to, " IS NULL THEN NULL ELSE CASE ");
  mine__sql_feature(w, f);
  for (int64_t l = 0; l < levels->n; l++) {
    mine_cell cell;
    mine__values_get(levels, l, &cell);
    mine__text_adds(w->to, " WHEN ");
    mine__sql_level(w, f, &cell);
    mine__text_addf(w->to, " THEN %lld", (long long)l);
  }
  mine__text_adds(w->to, " ELSE -1 END END AS ");
  mine__sql_key(w, 'c', f, 0);
}

/* 1 << code; of several words only in the level's own. */
static void writesql_bits(const mine__sql *w, int f, int word) {
  const int typed = w->dialect == MINE_DIALECT_POSTGRESQL || w->dialect == MINE_DIALECT_DUCKDB;
  mine__text_adds(w->to, "CASE WHEN ");
  mine__sql_key(w, 'c', f, 0);
  if (w->column[f].words == 1) {
    mine__text_adds(w->to, " >= 0 THEN ");
  } else {
    mine__text_addf(w->to, " BETWEEN %d AND %d THEN ", word * MINE__SQL_WORD,
                    (word + 1) * MINE__SQL_WORD - 1);
  }
  mine__text_adds(w->to, typed ? "CAST(1 AS bigint) << (" : "1 << (");
  mine__sql_key(w, 'c', f, 0);
  mine__text_addf(w->to, " - %d)", word * MINE__SQL_WORD);
  if (w->column[f].words > 1) {
    mine__text_adds(w->to, " WHEN ");
    mine__sql_key(w, 'c', f, 0);
    mine__text_adds(w->to, " >= 0 THEN 0");
  }
  mine__text_adds(w->to, " END AS ");
  mine__sql_key(w, 'b', f, word);
}

/* The columns of one feature in a place. */
static void writesql_feature(const mine__sql *w, int f, int place, int64_t *n) {
  const mine__sql_column *column = &w->column[f];
  const int category = w->model->feature[f].type == MINE_COLUMN_CATEGORY;
  if (place > MINE__SQL_CELLS && column->last > place) {
    writesql_item(w, n);
    mine__sql_feature(w, f);
  }
  if (place >= MINE__SQL_CODES && column->last_code > place) {
    writesql_item(w, n);
    if (place == MINE__SQL_CODES)
      writesql_code(w, f);
    else
      mine__sql_key(w, 'c', f, 0);
  }
  for (int word = 0; place >= MINE__SQL_KEYS && column->last_key > place && word < column->words;
       word++) {
    writesql_item(w, n);
    if (place > MINE__SQL_KEYS) {
      mine__sql_key(w, category ? 'b' : 'r', f, word);
    } else if (category) {
      writesql_bits(w, f, word);
    } else {
      mine__sql_reached(w, f);
      mine__text_adds(w->to, " AS ");
      mine__sql_key(w, 'r', f, 0);
    }
  }
}

static void writesql_lets(const mine__sql *w, int place, int64_t *n) {
  for (int i = 0; i < w->formula.n && !w->to->failed && !mine_failed(w->env); i++) {
    const int made = MINE__SQL_STAGES + w->formula.let[i].stage;
    if (made > place || w->last[i] <= place) continue;
    writesql_item(w, n);
    if (made == place) {
      mine__sql_term(w, w->formula.let[i].term);
      mine__text_adds(w->to, " AS ");
    }
    mine__text_addf(w->to, "%sv%d", w->mark, i);
  }
}

/* The k features from `low` on as a balanced OR: 1 where one has no value. */
static void writesql_gaps(const mine__sql *w, int low, int k) {
  if (k == 1) {
    mine__sql_feature(w, low);
    mine__text_adds(w->to, " IS NULL");
    return;
  }
  mine__text_adds(w->to, "(");
  writesql_gaps(w, low, k / 2);
  mine__text_adds(w->to, " OR ");
  writesql_gaps(w, low + k / 2, k - k / 2);
  mine__text_adds(w->to, ")");
}

static void writesql_gap(const mine__sql *w, int place) {
  if (!w->gaps_tell || place < MINE__SQL_CODES) return;
  mine__text_adds(w->to, ",\n    ");
  if (place == MINE__SQL_CODES) {
    mine__text_adds(w->to, "CASE WHEN ");
    writesql_gaps(w, 0, w->model->n_features);
    mine__text_adds(w->to, " THEN 1 ELSE 0 END AS ");
  }
  mine__text_addf(w->to, "%sgap", w->mark);
}

/* ---- the chain ---------------------------------------------------------------------------- */

static void writesql_open(const mine__sql *w, int place) {
  mine__sql_place(w, place);
  mine__text_adds(w->to,
                  mine__sql_is_mysql(w) ? " AS (\n  SELECT " : " AS MATERIALIZED (\n  SELECT ");
}

/* MySQL has no word for it, and does not take apart what has a limit. */
static void writesql_close(const mine__sql *w) {
  mine__text_adds(w->to, mine__sql_is_mysql(w) ? "\n  LIMIT 18446744073709551615\n),\n" : "\n),\n");
}

/* s."age" as it is, or as it is read, and as "age". */
static void writesql_raw(const mine__sql *w, const char *from, int read) {
  for (int f = 0; f < w->model->n_features; f++) {
    mine_text name;
    mine__sql other = *w;
    if (w->column[f].last == 0) continue;
    mine__text_open(&name, w->formula.arena);
    other.to = &name;
    mine__text_adds(&name, from);
    mine__sql_feature(&other, f);
    if (name.failed) return;
    mine__text_adds(w->to, ",\n    ");
    if (read)
      mine__sql_read(w, f, name.data);
    else
      mine__text_adds(w->to, name.data);
    mine__text_adds(w->to, " AS ");
    mine__sql_feature(w, f);
  }
}

/* The rows of the table and of the proof; typed columns are cast at once. */
static void writesql_union(const mine__sql *w) {
  const int read = w->dialect != MINE_DIALECT_SQLITE;
  mine__text_addf(w->to, "NULL AS %si, ", w->mark);
  if (w->model->roles.id) {
    mine__text_adds(w->to, "s.");
    mine__sql_name(w, w->model->roles.id);
  } else {
    mine__text_adds(w->to, "ROW_NUMBER() OVER ()");
  }
  mine__text_addf(w->to, " AS %sid", w->mark);
  writesql_raw(w, read ? "s." : "+s.", read); /* a column's affinity would be the proof's, too */
  mine__text_adds(w->to, "\n  FROM ");
  writesql_from(w);
  mine__text_addf(w->to, "\n  UNION ALL\n  SELECT p.%si, NULL", w->mark);
  writesql_raw(w, "p.", read);
  mine__text_addf(w->to, "\n  FROM %sproof AS p", w->mark);
}

static void writesql_chain(mine__sql *w, int place) {
  int64_t n = 2;
  if (!writesql_has(w, place)) return;
  writesql_open(w, place);
  if (place == (w->dialect == MINE_DIALECT_SQLITE ? MINE__SQL_SOURCE : MINE__SQL_CELLS)) {
    writesql_union(w);
    writesql_close(w);
    return;
  }
  mine__text_addf(w->to, "%si, %sid", w->mark, w->mark);
  if (place == MINE__SQL_CELLS) writesql_raw(w, "", 1);
  for (int f = 0; f < w->model->n_features; f++)
    writesql_feature(w, f, place, &n);
  writesql_lets(w, place, &n);
  writesql_gap(w, place);
  mine__text_adds(w->to, "\n  FROM ");
  mine__sql_place(w, mine__sql_before(w, place));
  writesql_close(w);
  if (n > w->most) w->most = n;
}

/* ---- the text ----------------------------------------------------------------------------- */

static void writesql_head(const mine__sql *w) {
  static const char *const whose[] = {"SQLite 3.35 or later, with its math functions", "PostgreSQL",
                                      "MySQL 8.0.19 or later", "MariaDB 10.5 or later", "DuckDB"};
  const mine_proof *proof = w->how->proof;
  const mine_cell cell = {MINE_TEXT, strlen(w->how->as), {.text = w->how->as}};
  char shown[MINE_SHOW_BYTES];
  mine__text_addf(w->to,
                  "-- Model %s (%s) of sqlite-mine %s as one SELECT, for %s.\n"
                  "-- %sproof: %lld rows %s, with the answers of the model.  They go the way of "
                  "all rows; %s\n",
                  mine__show_cell(shown, &cell), w->model->algorithm, MINE_VERSION,
                  whose[w->dialect], w->mark, (long long)proof->n,
                  proof->made ? "made of the model" : "of a source that was given",
                  w->how->check ? "what comes out are those that are answered otherwise: none."
                                : "to check\n-- them, put the line at the end in place of the "
                                  "last SELECT: no row comes out.");
  if (w->dialect == MINE_DIALECT_POSTGRESQL)
    mine__text_adds(w->to,
                    "-- Say SET jit = off; before it: of many trees PostgreSQL compiles else for "
                    "many minutes what it answers in seconds.\n");
}

/* What SQLite would not take is said before somebody tries. */
static void writesql_limits(const mine__sql *w) {
  if (mine_failed(w->env)) return;
  if (w->most > WRITE_MOST_COLUMNS)
    (void)mine__fail(w->env, MINE_LIMIT,
                     "as SQL the model has a table of %lld columns, and SQLite takes 2,000; train "
                     "a smaller one (fewer classes, clusters, units or features), or write it as c",
                     (long long)w->most);
  else if (w->to->bytes > WRITE_MOST_BYTES)
    (void)mine__fail(w->env, MINE_LIMIT,
                     "as SQL the model is longer than the %u bytes that SQLite takes; train fewer "
                     "or smaller trees (n_trees=, max_leaves=), or write it as c",
                     WRITE_MOST_BYTES);
}

static void writesql_comment(const mine__sql *w) {
  mine_text text;
  mine__sql other = *w;
  mine__text_open(&text, w->formula.arena);
  other.to = &text;
  mine__sql_check(&other);
  mine__text_adds(w->to, "-- ");
  if (!text.failed) mine__text_add(w->to, text.data, text.bytes);
}

void mine__write_sql(mine_env *env, const mine_model *model, const mine_writing *how,
                     mine_text *to) {
  mine__sql w = {.env = env, .model = model, .how = how, .to = to};
  w.dialect = (mine_dialect)how->dialect;
  mine__formula_of(env, env->scratch, model, &w.formula, &w.said);
  if (!mine_failed(env)) mine__sql_plan(&w);
  if (mine_failed(env)) return;
  w.most = model->n_features + model->n_outputs + 2; /* of the proof */
  writesql_head(&w);
  mine__text_adds(to, "WITH\n");
  mine__sql_proof(&w);
  for (int place = MINE__SQL_SOURCE; place < MINE__SQL_STAGES + w.stages; place++) {
    writesql_chain(&w, place);
    writesql_limits(&w);
    if (to->failed || mine__poll(env)) return;
  }
  to->bytes -= 2; /* the comma behind the last */
  mine__text_adds(to, "\n");
  if (how->check) {
    mine__sql_check(&w);
  } else {
    mine__sql_score(&w);
    writesql_comment(&w);
  }
  writesql_limits(&w);
}
