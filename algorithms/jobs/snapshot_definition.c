/*
** snapshot_definition.c -- what a snapshot shall hold, from JSON.
**
** {"events": "orders", "cutoff": "2024-06-01"} is enough.  `events` may be an object of
** named sources, each a text or an object that says which column is what.  A member that
** is not known is refused: a word that was misspelt must not be a default.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/json_walk.h"
#include "snapshot.h"

/* The columns of an event list, by position or by a member of this name. */
static const mine_want definition_events[] = {
    {.name = "customer", .reading = MINE_READ_EXACT, .help = "whose event it is"},
    {.name = "time", .reading = MINE_READ_TIME, .help = "when it was"},
    {.name = "amount",
     .reading = MINE_READ_NUMBER,
     .flags = MINE_WANT_OPTIONAL,
     .help = "a number that is summed"},
    {.name = "kind",
     .reading = MINE_READ_EXACT,
     .flags = MINE_WANT_OPTIONAL,
     .help = "what sort of event it was"},
    {0}};

/* Of the customers. */
static const mine_want definition_customers[] = {
    {.name = "customer", .reading = MINE_READ_EXACT, .help = "the customer"},
    {.name = "time",
     .reading = MINE_READ_TIME,
     .flags = MINE_WANT_OPTIONAL,
     .help = "since when there is the customer"},
    {0}};

typedef struct definition_reader {
  snapshot *s;
  mine__walk walk;
} definition_reader;

/* What each object of a definition may say. */
static const char *const definition_members[] = {"events",   "customers", "entity",  "cutoff",
                                                 "until",    "gap",       "horizon", "windows",
                                                 "features", "label",     NULL};
static const char *const definition_of_events[] = {"source", "customer",    "time",  "amount",
                                                   "kind",   "date_format", "kinds", NULL};
static const char *const definition_of_customers[] = {"source", "customer", "since", "date_format",
                                                      NULL};
static const char *const definition_of_label[] = {"is", "of", "kind", NULL};

/* ---- values --------------------------------------------------------------------------- */

/* The scalar of that name; MINE_NULL where the member is absent. */
static mine_cell definition_cell(definition_reader *r, const char *name) {
  mine_cell cell = {MINE_NULL, 0, {0}};
  if (!mine__walk_has(&r->walk, name)) return cell;
  const char *at = mine__walk_find(&r->walk, name);
  if (!at) return cell;
  mine_json json;
  mine__json_open(&json, r->s->arena, at);
  if (!mine__json_scalar(&json, &cell))
    mine__walk_fail(&r->walk, json.problem ? json.problem : "a text or a number was expected");
  else
    mine__walk_past(&r->walk, json.at);
  return cell;
}

/* The text of that name; NULL where the member is absent. */
static const char *definition_text(definition_reader *r, const char *name) {
  const mine_cell cell = definition_cell(r, name);
  char shown[MINE_SHOW_BYTES];
  if (cell.type == MINE_NULL || mine_failed(r->s->env)) return NULL;
  if (cell.type == MINE_TEXT && cell.bytes > 0) return cell.as.text;
  (void)mine__fail(r->s->env, MINE_OPTION, "the definition: \"%s\" must be a text, not %s", name,
                   mine__show_cell(shown, &cell));
  return NULL;
}

/* The list of scalars of that name, or one scalar as a list of one; item NULL: absent. */
static mine_list definition_list(definition_reader *r, const char *name) {
  mine_list list = {0, NULL};
  mine_env *env = r->s->env;
  if (!mine__walk_has(&r->walk, name)) return list;
  const char *at = mine__walk_find(&r->walk, name);
  if (!at) return list;
  mine_cell *item = NULL;
  if (*at != '[') {
    item = mine__arena_array(r->s->arena, 1, sizeof *item);
    if (item) *item = definition_cell(r, name);
    return (mine_list){item && item->type != MINE_NULL, item};
  }
  const int64_t n = mine__walk_count(&r->walk, at);
  if (n < 0 || mine_failed(env)) return list;
  item = mine__arena_array(r->s->arena, (size_t)n + 1, sizeof *item);
  mine__walk_enter(&r->walk, name, 1);
  for (int64_t i = 0; item && i < n && !mine_failed(env); i++)
    item[i] = definition_cell(r, NULL);
  mine__walk_leave(&r->walk);
  return (mine_list){(size_t)n, item};
}

/* Whether there is a span of that name. */
static int definition_span(definition_reader *r, const char *name, snapshot_span *out) {
  const mine_cell cell = definition_cell(r, name);
  char shown[MINE_SHOW_BYTES];
  *out = (snapshot_span){.step = MINE_STEP_DAY};
  if (cell.type == MINE_NULL || mine_failed(r->s->env)) return 0;
  if (mine__snapshot_span(&cell, out) && !out->all) return 1;
  (void)mine__fail(r->s->env, MINE_OPTION,
                   "the definition: \"%s\" must be a number of days or a text such as \"12 "
                   "weeks\" or \"3 months\", not %s",
                   name, mine__show_cell(shown, &cell));
  return 0;
}

/* A moment in any form that the reader of times knows. */
static double definition_moment(definition_reader *r, const char *name, const mine_cell *cell) {
  mine_env *env = r->s->env;
  mine_time_survey survey;
  mine_time_reading reading;
  char shown[MINE_SHOW_BYTES];
  double days = (double)NAN;
  mine__time_survey_open(&survey);
  mine__time_show(&survey, cell, 1);
  if (mine__time_decide(&survey, MINE_TIME_WANTED, &reading) != MINE_TIME_FITS)
    (void)mine__fail(env, MINE_OPTION,
                     "the definition: \"%s\" is %s, which is no certain moment; write it as "
                     "2024-01-31, or 2024-01-31 10:15",
                     name, mine__show_cell(shown, cell));
  else
    (void)mine__time_read(&reading, cell, &days);
  return days;
}

/* ---- sources -------------------------------------------------------------------------- */

/* The columns that members name; "" and NULL leave one to its position. */
static void definition_columns(definition_reader *r, snapshot_source *source) {
  const mine_want *want = source->events.want;
  for (int w = 0; want[w].name && !mine_failed(r->s->env); w++) {
    const char *as = source->is_customers && w == SNAPSHOT_TIME ? "since" : want[w].name;
    const char *column = definition_text(r, as);
    if (column) source->events.named[w] = (mine_cell){MINE_TEXT, strlen(column), {.text = column}};
  }
  source->events.date_format = definition_cell(r, "date_format");
  if (!source->is_customers) source->kinds = definition_list(r, "kinds");
}

/* The source of that name, a text or an object. */
static void definition_source(definition_reader *r, const char *name, snapshot_source *source) {
  const char *at = mine__walk_find(&r->walk, name);
  if (!at) return;
  source->events.want = source->is_customers ? definition_customers : definition_events;
  if (*at != '{') {
    source->text = definition_text(r, name);
    if (!source->text)
      (void)mine__fail(r->s->env, MINE_OPTION,
                       "the definition: \"%s\" must be a source, a table or one SELECT", name);
    return;
  }
  mine__walk_enter(&r->walk, name, 0);
  mine__walk_only(&r->walk, source->is_customers ? definition_of_customers : definition_of_events);
  source->text = definition_text(r, "source");
  if (!source->text)
    (void)mine__fail(r->s->env, MINE_OPTION,
                     "the definition: \"%s\" has no \"source\", a table or one SELECT", name);
  definition_columns(r, source);
  mine__walk_leave(&r->walk);
}

/* The n-th name in the object at `at`; NULL: there are no more, or it is none.  *as: as it is
** written, which is what the walk finds it by. */
static const char *definition_name(definition_reader *r, const char *at, int n, const char **as) {
  mine_cell cell = {MINE_NULL, 0, {0}};
  mine_json json;
  at++;
  for (int i = 0;; i++) {
    at += strspn(at, " \t\r\n,");
    if (*at != '"') return NULL;
    mine__json_open(&json, r->s->arena, at);
    if (!mine__json_scalar(&json, &cell)) return NULL;
    if (i == n) {
      *as = mine__arena_text(r->s->arena, at + 1, (size_t)(json.at - at) - 2);
      return *as ? cell.as.text : NULL;
    }
    at = json.at + strspn(json.at, " \t\r\n");
    if (*at != ':') return NULL;
    at = mine__walk_skip(at + 1);
    if (!at) return NULL;
  }
}

/* `events`: one source, whose columns get no name before theirs, or an object of them.  An
** object with a member `source` is one source. */
static void definition_sources(definition_reader *r) {
  snapshot *s = r->s;
  mine_env *env = s->env;
  const char *at = mine__walk_find(&r->walk, "events");
  if (!at) return;
  const char *as, *name;
  const char *first = *at == '{' ? definition_name(r, at, 0, &as) : NULL;
  int named = *at == '{';
  for (int i = 0; named && (name = definition_name(r, at, i, &as)) != NULL; i++)
    named = strcmp(name, "source") != 0;
  if (!named) {
    s->source[0].name = "";
    s->n = 1;
    definition_source(r, "events", &s->source[0]);
    return;
  }
  if (!first) {
    (void)mine__fail(
        env, MINE_OPTION,
        "the definition: \"events\" names no source; write \"events\":\"orders\" or "
        "\"events\":{\"orders\":\"SELECT customer_id, ordered_at, amount FROM orders\"}");
    return;
  }
  mine__walk_enter(&r->walk, "events", 0);
  for (; !mine_failed(env) && (name = definition_name(r, at, s->n, &as)) != NULL; s->n++) {
    if (s->n == SNAPSHOT_SOURCES) {
      (void)mine__fail(env, MINE_OPTION, "the definition has more than %d sources of events",
                       SNAPSHOT_SOURCES);
      return;
    }
    s->source[s->n].name = name;
    definition_source(r, as, &s->source[s->n]);
  }
  mine__walk_leave(&r->walk);
}

/* ---- what is said of them --------------------------------------------------------------- */

typedef struct definition_word {
  const char *word;
  unsigned value;
} definition_word;

static const definition_word feature_words[] = {
    {"count", SNAPSHOT_COUNT}, {"days", SNAPSHOT_DAYS},     {"sum", SNAPSHOT_SUM},
    {"mean", SNAPSHOT_MEAN},   {"trend", SNAPSHOT_TREND},   {"recency", SNAPSHOT_RECENCY},
    {"gaps", SNAPSHOT_GAPS},   {"tenure", SNAPSHOT_TENURE}, {NULL, 0}};

static const definition_word label_words[] = {{"none", SNAPSHOT_NONE},
                                              {"any", SNAPSHOT_ANY},
                                              {"count", SNAPSHOT_NUMBER},
                                              {"sum", SNAPSHOT_TOTAL},
                                              {NULL, 0}};

/* 0: failure recorded. */
static unsigned definition_find(mine_env *env, const char *what, const definition_word *words,
                                const mine_cell *cell) {
  mine_text list;
  char shown[MINE_SHOW_BYTES];
  mine__text_open(&list, env->scratch);
  for (const definition_word *w = words; w->word; w++) {
    if (cell->type == MINE_TEXT && strcmp(cell->as.text, w->word) == 0) return w->value;
    mine__text_addf(&list, "%s\"%s\"", list.bytes ? ", " : "", w->word);
  }
  if (!list.failed)
    (void)mine__fail(env, MINE_OPTION, "the definition: \"%s\" has no %s; there are %s", what,
                     mine__show_cell(shown, cell), list.data);
  return 0;
}

static void definition_features(definition_reader *r) {
  const mine_list list = definition_list(r, "features");
  r->s->features = list.item ? 0 : ~0u;
  for (size_t i = 0; i < list.n && !mine_failed(r->s->env); i++)
    r->s->features |= definition_find(r->s->env, "features", feature_words, &list.item[i]);
  if (r->s->features == 0)
    (void)mine__fail(r->s->env, MINE_OPTION, "the definition: \"features\" is an empty list");
}

static void definition_windows(definition_reader *r) {
  static const mine_cell usual[] = {{MINE_INT, 0, {.integer = 30}},
                                    {MINE_INT, 0, {.integer = 90}},
                                    {MINE_INT, 0, {.integer = 365}}};
  snapshot *s = r->s;
  mine_list list = definition_list(r, "windows");
  char shown[MINE_SHOW_BYTES];
  if (!list.item) list = (mine_list){3, usual};
  if (list.n > SNAPSHOT_WINDOWS)
    (void)mine__fail(s->env, MINE_OPTION, "the definition has %lld windows; at most %d are made",
                     (long long)list.n, SNAPSHOT_WINDOWS);
  for (size_t i = 0; i < list.n && !mine_failed(s->env); i++) {
    snapshot_span *span = &s->window[s->n_windows++];
    if (!mine__snapshot_span(&list.item[i], span) || (span->n == 0 && !span->all))
      (void)mine__fail(s->env, MINE_OPTION,
                       "the definition: a window is a number of days, a text such as \"12 "
                       "weeks\" or \"3 months\", or \"all\", not %s",
                       mine__show_cell(shown, &list.item[i]));
    for (int j = 0; j + 1 < s->n_windows && !mine_failed(s->env); j++)
      if (strcmp(s->window[j].name, span->name) == 0)
        (void)mine__fail(s->env, MINE_OPTION, "the definition has the window %s twice",
                         mine__show_cell(shown, &list.item[i]));
  }
}

/* "label": "none", or {"is":"none", "of":"orders", "kind":"refund"}. */
static void definition_label(definition_reader *r) {
  snapshot *s = r->s;
  mine_cell word;
  const char *of = NULL;
  if (!mine__walk_has(&r->walk, "label")) return;
  const char *at = mine__walk_find(&r->walk, "label");
  if (!at) return;
  if (*at == '{') {
    mine__walk_enter(&r->walk, "label", 0);
    mine__walk_only(&r->walk, definition_of_label);
    word = definition_cell(r, "is");
    of = definition_text(r, "of");
    s->label.kind = definition_cell(r, "kind");
    mine__walk_leave(&r->walk);
  } else {
    word = definition_cell(r, "label");
    if (word.type == MINE_NULL) return; /* null: none */
  }
  if (mine_failed(s->env)) return;
  s->label.what = (snapshot_what)definition_find(s->env, "label", label_words, &word);
  for (s->label.of = 0; of && s->label.of < s->n; s->label.of++)
    if (strcmp(s->source[s->label.of].name, of) == 0) break;
  if (s->label.of == s->n)
    (void)mine__fail(s->env, MINE_OPTION,
                     "the definition: the label is of \"%s\", and no source "
                     "of events is called so",
                     of);
}

static void definition_cutoff(definition_reader *r) {
  snapshot *s = r->s;
  const mine_cell cutoff = definition_cell(r, "cutoff");
  const mine_cell until = definition_cell(r, "until");
  if (mine_failed(s->env)) return;
  s->now = cutoff.type == MINE_TEXT && strcmp(cutoff.as.text, "now") == 0;
  if (cutoff.type == MINE_NULL)
    (void)mine__fail(s->env, MINE_OPTION,
                     "the definition has no \"cutoff\": the moment up to which features may "
                     "look, such as \"2024-06-01\" or \"now\"");
  else if (!s->now)
    s->cutoff = definition_moment(r, "cutoff", &cutoff);
  s->until = until.type == MINE_NULL || mine_failed(s->env) ? (double)NAN
                                                            : definition_moment(r, "until", &until);
}

void mine__snapshot_read(snapshot *s, const char *text) {
  definition_reader r = {.s = s};
  mine__walk_open(&r.walk, s->env, text);
  mine__walk_only(&r.walk, definition_members);
  if (mine_failed(s->env)) return;
  definition_sources(&r);
  if (!mine_failed(s->env) && mine__walk_has(&r.walk, "customers")) {
    s->has_customers = 1;
    s->source[s->n].is_customers = 1;
    s->source[s->n].name = "customers";
    definition_source(&r, "customers", &s->source[s->n]);
  }
  if (mine_failed(s->env)) return;
  s->entity = definition_text(&r, "entity");
  definition_cutoff(&r);
  (void)definition_span(&r, "gap", &s->gap);
  s->has_horizon = definition_span(&r, "horizon", &s->horizon);
  definition_windows(&r);
  definition_features(&r);
  definition_label(&r);
  mine__walk_close(&r.walk);
  if (mine_failed(s->env) || s->label.what == SNAPSHOT_NO_LABEL) return;
  if (!s->has_horizon || s->horizon.n == 0)
    (void)mine__fail(s->env, MINE_OPTION,
                     "the definition has a label and no \"horizon\": how long after the cut-off "
                     "the label looks, such as \"90 days\"");
}
