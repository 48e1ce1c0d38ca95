/*
** regressors.c -- rows of regressors to the steps of series (regressors.h).
**
** Steps are laid out in spans: one for all series, or one for each, from the first step that is
** looked at to the last; a row goes to its step.
*/
#include "regressors.h"

#include <math.h>
#include <string.h>

#include "../data/frame.h"
#include "../data/notes.h"

/* ---- which column is what ------------------------------------------------------------------- */

static void regressors_others(mine_regressors_reading *r, mine_frame *frame) {
  r->n = 0;
  r->at = mine__arena_array(frame->arena, (size_t)frame->n_columns, sizeof *r->at);
  for (int c = 0; r->at && c < frame->n_columns; c++)
    if (c != r->at_series && c != r->at_time) r->at[r->n++] = c;
  if (r->n == 0)
    mine__fail(frame->env, MINE_DATA,
               "option regressors: its query has no column beside the time; name those that are "
               "numbers of every step");
  else if (r->n > MINE_MOST_REGRESSORS)
    mine__fail(frame->env, MINE_LIMIT,
               "option regressors: %d columns are more than %d; name those that matter", r->n,
               MINE_MOST_REGRESSORS);
}

static void regressors_named(mine_regressors_reading *r, mine_frame *frame) {
  r->at = mine__arena_array(frame->arena, (size_t)r->n, sizeof *r->at);
  for (int k = 0; r->at && k < r->n && !mine_failed(frame->env); k++)
    r->at[k] = mine__column_named(frame, "a regressor of the model", r->name[k]);
}

mine_status mine__regressors_order(mine_frame *frame, const mine_series_set *model,
                                   mine_regressors_reading *r) {
  r->name = model->x_name;
  r->n = model->n_x;
  regressors_named(r, frame);
  for (int k = 0; k < r->n && !mine_failed(frame->env); k++)
    if (r->at[k] == r->at_time || r->at[k] == r->at_series)
      mine__fail(frame->env, MINE_DATA, "option regressors: '%s' is the %s as well", r->name[k],
                 frame->column[r->at[k]].want->name);
  return mine_env_status(frame->env);
}

static int regressors_find(mine_frame *frame, const char *name) {
  return name ? mine__frame_find(frame, "option regressors", name) : -1;
}

mine_status mine__regressors_plan(void *owner, mine_frame *frame) {
  mine_regressors_reading *r = owner;
  r->at_time = regressors_find(frame, r->time);
  r->at_series = regressors_find(frame, r->series);
  if (mine_failed(frame->env)) return mine_env_status(frame->env);
  if (r->at_time < 0) r->at_time = r->at_series == 0 ? 1 : 0;
  if (r->at_time >= frame->n_columns)
    return mine__fail(frame->env, MINE_DATA,
                      "option regressors: its query has no time; give (time, x ...)");
  r->want_series = (mine_want){.name = "series", .reading = MINE_READ_EXACT};
  r->want_x = (mine_want){.name = "regressor", .reading = MINE_READ_NUMBER};
  r->want_time = (mine_want){.name = "time", .reading = MINE_READ_NUMBER};
  if (r->reading)
    r->want_time = (mine_want){.name = "time",
                               .reading = MINE_READ_TIME,
                               .flags = MINE_WANT_FIXED | MINE_WANT_COUNTED,
                               .time = r->reading};
  if (r->at_series >= 0) mine__column_want(frame, r->at_series, &r->want_series);
  mine__column_want(frame, r->at_time, &r->want_time);
  if (r->name)
    regressors_named(r, frame);
  else
    regressors_others(r, frame);
  for (int k = 0; !mine_failed(frame->env) && k < r->n; k++) {
    if (frame->column[r->at[k]].want)
      return mine__fail(frame->env, MINE_DATA, "option regressors: '%s' is the %s as well",
                        frame->column[r->at[k]].name, frame->column[r->at[k]].want->name);
    mine__column_want(frame, r->at[k], &r->want_x);
  }
  return mine_env_status(frame->env);
}

/* ---- rows to steps -------------------------------------------------------------------------- */

typedef struct regressors_span {
  int64_t from, n; /* steps */
  double *x;       /* n x n_x */
  uint8_t *there;  /* n */
} regressors_span;

typedef struct regressors_rows {
  mine_env *env;
  mine_arena *arena;
  mine_frame *frame;
  const mine_regressors_reading *how;
  mine_series_set *set;
  const int64_t *seen;
  int64_t h;
  int64_t n_spans;
  regressors_span *span;
} regressors_rows;

/* The steps of series s that have regressors. */
static regressors_span regressors_steps(const regressors_rows *r, int64_t s) {
  const mine_series_set *set = r->set;
  if (r->seen && r->seen[s] < 0) return (regressors_span){0};
  if (r->seen) return (regressors_span){.from = set->first[s] + r->seen[s], .n = r->h};
  const int64_t n = set->at[s + 1] - set->at[s];
  return (regressors_span){.from = set->first[s], .n = n > 0 ? n + r->h : 0};
}

static void regressors_join(regressors_span *all, const regressors_span *one) {
  if (one->n == 0) return;
  const int64_t end = one->from + one->n, before = all->from + all->n;
  if (all->n == 0) {
    *all = *one;
    return;
  }
  if (one->from < all->from) all->from = one->from;
  all->n = (end > before ? end : before) - all->from;
}

#define REGRESSORS_MOST (INT64_C(1) << 31) /* steps of all spans */

static void regressors_open(regressors_rows *r) {
  const int64_t each = r->how->at_series >= 0;
  int64_t total = 0;
  r->n_spans = each ? r->set->n : 1;
  r->span = mine__arena_zeros(r->arena, (size_t)r->n_spans, sizeof *r->span);
  if (!r->span) return;
  for (int64_t s = 0; s < r->set->n; s++) {
    const regressors_span one = regressors_steps(r, s);
    regressors_join(&r->span[each ? s : 0], &one);
  }
  for (int64_t i = 0; i < r->n_spans && !mine_failed(r->env); i++) {
    regressors_span *span = &r->span[i];
    const size_t width = (size_t)r->how->n;
    total += span->n;
    if (total > REGRESSORS_MOST) {
      mine__fail(r->env, MINE_LIMIT,
                 "the series span too many steps for regressors; give these for all series "
                 "alike (no column of series), or say a longer step=");
      return;
    }
    span->x = mine__arena_array(r->arena, (size_t)span->n, width * sizeof *span->x);
    span->there = mine__arena_zeros(r->arena, (size_t)span->n, sizeof *span->there);
    for (int64_t k = 0; span->x && k < span->n * r->how->n; k++)
      span->x[k] = NAN;
  }
}

static const char *regressors_shown(const regressors_rows *r, int64_t step) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  mine_text text;
  mine__text_open(&text, r->env->scratch);
  if (mine__series_time(r->set, step, buffer, &cell)) mine__text_add_cell(&text, &cell);
  return text.bytes ? text.data : "?";
}

/* " of 'north'", where every series has its own. */
static const char *regressors_whose(const regressors_rows *r, int64_t s,
                                    char buffer[MINE_SHOW_BYTES + 8]) {
  char name[MINE_SHOW_BYTES];
  buffer[0] = 0;
  if (r->n_spans > 1 || r->how->at_series >= 0) {
    memcpy(buffer, " of ", 5);
    mine__series_shown(r->set, s, name);
    memcpy(buffer + 4, name, strlen(name) + 1);
  }
  return buffer;
}

static void regressors_put(const regressors_rows *r, int64_t s, int64_t row) {
  const double time = r->frame->column[r->how->at_time].number[row];
  regressors_span *span = &r->span[s];
  char whose[MINE_SHOW_BYTES + 8];
  if (isnan(time)) return;
  const int64_t i = mine__calendar_index(&r->set->calendar, time) - span->from;
  if (i < 0 || i >= span->n) return;
  if (span->there[i]) {
    mine__fail(r->env, MINE_DATA, "option regressors: two rows%s at %s; give one for a step",
               regressors_whose(r, s, whose), regressors_shown(r, span->from + i));
    return;
  }
  span->there[i] = 1;
  for (int k = 0; k < r->how->n; k++) {
    const double *x = r->frame->column[r->how->at[k]].number;
    if (x) span->x[i * r->how->n + k] = x[row];
  }
}

/* Of each level of the column the series; -1: it is none of them.  NULL: failure recorded. */
static int64_t *regressors_series(const regressors_rows *r, const mine_values *levels) {
  mine_dictionary known;
  int64_t *of = mine__arena_array(r->arena, (size_t)levels->n, sizeof *of);
  if (!of || !mine__dictionary_open(&known, r->arena)) return NULL;
  for (int64_t i = 0; r->set->name && i < r->set->n + levels->n; i++) {
    const int is_set = i < r->set->n;
    mine_cell cell;
    mine__values_get(is_set ? r->set->name : levels, is_set ? i : i - r->set->n, &cell);
    if (is_set && mine__dictionary_add(&known, &cell) < 0) return NULL;
    if (!is_set) of[i - r->set->n] = mine__dictionary_find(&known, &cell);
  }
  return of;
}

static void regressors_lay(const regressors_rows *r) {
  const mine_column *series = r->how->at_series < 0 ? NULL : &r->frame->column[r->how->at_series];
  const int64_t *of = series ? regressors_series(r, &series->levels) : NULL;
  if (!r->frame->column[r->how->at_time].number) return; /* no row has one */
  for (int64_t row = 0; row < r->frame->rows && !MINE_POLL_AT(r->env, row); row++) {
    const int32_t code = !series ? 0 : series->code ? series->code[row] : -1;
    const int64_t s = !series ? 0 : code < 0 || !of ? -1 : of[code];
    if (s >= 0) regressors_put(r, s, row);
  }
}

/* ---- all that is needed is there ------------------------------------------------------------ */

static void regressors_refuse(const regressors_rows *r, int64_t s, int64_t step, int column) {
  char whose[MINE_SHOW_BYTES + 8];
  if (column >= 0)
    mine__fail(
        r->env, MINE_DATA,
        "option regressors: '%s'%s has no value at %s, where the series has one or a forecast "
        "is asked for",
        r->frame->column[r->how->at[column]].name, regressors_whose(r, s, whose),
        regressors_shown(r, step));
  else
    mine__fail(r->env, MINE_DATA,
               "option regressors: no row%s at %s; there must be one wherever the series has a "
               "value, and for all steps of the horizon",
               regressors_whose(r, s, whose), regressors_shown(r, step));
}

static void regressors_give(const regressors_rows *r, int64_t s) {
  const regressors_span steps = regressors_steps(r, s);
  const regressors_span *span = &r->span[r->how->at_series >= 0 ? s : 0];
  const int64_t skip = steps.from - span->from, past = r->seen ? 0 : steps.n - r->h;
  if (steps.n == 0) return;
  r->set->x[s] = span->x + skip * r->how->n;
  for (int64_t i = 0; i < steps.n; i++) {
    if (i < past && isnan(r->set->value[r->set->at[s] + i])) continue;
    int lacks = -1;
    for (int k = r->how->n - 1; k >= 0; k--)
      if (isnan(r->set->x[s][i * r->how->n + k])) lacks = k;
    if (lacks < 0) continue;
    regressors_refuse(r, s, steps.from + i, span->there[skip + i] ? lacks : -1);
    return;
  }
}

mine_status mine__regressors_read(mine_env *env, mine_arena *arena, mine_frame *frame,
                                  const mine_regressors_reading *reading, const int64_t *seen,
                                  int64_t h, mine_series_set *set) {
  regressors_rows r = {
      .env = env, .arena = arena, .frame = frame, .how = reading, .set = set, .seen = seen, .h = h};
  MINE_TRY(mine__frame_finish(frame));
  if (frame->n_columns == 0 || frame->rows == 0)
    return mine__fail(env, MINE_DATA,
                      "option regressors: its query gave no rows; give one for each step");
  const char **names = mine__arena_array(arena, (size_t)reading->n, sizeof *names);
  set->x = mine__arena_zeros(arena, (size_t)set->n, sizeof *set->x);
  regressors_open(&r);
  if (mine_failed(env)) return mine_env_status(env);
  for (int k = 0; k < reading->n; k++)
    names[k] = mine__arena_text(arena, frame->column[reading->at[k]].name,
                                strlen(frame->column[reading->at[k]].name));
  set->n_x = reading->n;
  set->x_name = names;
  regressors_lay(&r);
  for (int64_t s = 0; s < set->n && !MINE_POLL_AT(env, 64 * s); s++)
    regressors_give(&r, s);
  return mine_env_status(env);
}

/* ---- what became of them -------------------------------------------------------------------- */

void mine__regressors_tell(mine_env *env, const mine_forecasts *fits, mine_series_note note,
                           void *context) {
  for (int k = 0; k < fits->set->n_x && fits->method->uses && !mine_failed(env); k++) {
    int64_t without = 0, n = 0;
    mine_text text;
    for (int64_t s = 0; s < fits->set->n; s++) {
      if (!fits->fit[s].n_state) continue;
      n++;
      without += !fits->method->uses(&fits->fit[s], k);
    }
    if (without == 0) continue;
    mine__text_open(&text, env->scratch);
    mine__text_addf(&text, "constant, or the sum of others, in %lld of %lld series: left out there",
                    (long long)without, (long long)n);
    if (text.bytes) note(context, "warning", fits->set->x_name[k], text.data);
  }
}
