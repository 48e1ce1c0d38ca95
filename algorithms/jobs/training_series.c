/*
** training_series.c -- training of algorithms that forecast series: a fit of each, or, with
** update=1, new rows for the fits of the model that is replaced.
*/
#include <math.h>
#include <string.h>

#include "forecast.h"
#include "training.h"

const mine_option mine__update_option_table[] = {
    OPTION_FLAG(mine_update_options, update, .initial = "0",
                .help = "the model of this name takes the source's rows that come after its own: "
                        "states move on and nothing is fitted anew"),
    OPTION_END};

/* The body that is to be moved on; NULL: none was asked for, or failure recorded. */
static const mine_stored *series_before(mine_training *t) {
  const mine_update_options *said = mine__options_of(&t->asked.options, mine__update_option_table);
  const mine_model *before = t->asked.previous;
  if (!said || !said->update) return NULL;
  if (!before || before->kind != &mine__kind_forecast) {
    mine__fail(t->env, MINE_OPTION,
               "update=1 moves a stored forecast model on, and %s; train it without update first",
               before ? "the model of this name is none" : "there is none of this name");
    return NULL;
  }
  const mine_stored *body = before->body;
  if (strcmp(before->algorithm, t->asked.algorithm->name) == 0) return body;
  mine__fail(t->env, MINE_OPTION, "the model of this name is of '%s', not '%s'; say that one",
             before->algorithm, t->asked.algorithm->name);
  return NULL;
}

mine_status mine__training_series_frame(mine_training *t) {
  const mine__options *options = &t->asked.options;
  const mine_update_options *said = mine__options_of(options, mine__update_option_table);
  if (said && said->update) MINE_TRY(mine__fitting_none(t->env, options));
  MINE_TRY(mine__fitting_check(t->env, options, t->asked.algorithm->forecasts));
  const mine_series_options *how = mine__options_of(options, mine__series_option_table);
  const mine_events *parsed = mine__options_of(options, options->wants);
  t->series = mine__arena_zeros(t->arena, 1, sizeof *t->series);
  if (!t->series) return mine_env_status(t->env);
  t->series->events = *parsed;
  t->series->numbers = how && !isnan(how->step.number);
  return mine__frame_open(t->env, mine__series_plan, t->series, &t->frame);
}

/* The query of regressors=, once the rows are in. */
mine_frame *mine__training_series_select(mine_training *t, mine_select *query) {
  if (mine__regressors_open(t->env, t->arena, query, t->frame, t->series, &t->regressors))
    return NULL;
  return query->frame;
}

/* ---- new rows ------------------------------------------------------------------------------- */

/* What became of the series. */
typedef struct series_moved {
  int64_t series, points, late, unknown;
} series_moved;

/* Points after the end of a series; steps between are missing, or 0 where gaps=zero. */
static void series_move(const mine_series_set *set, int64_t s, int64_t first,
                        mine_forecast_fit *fit, int zero, series_moved *moved) {
  const double between = zero ? 0 : (double)NAN;
  const int64_t n = set->at[s + 1] - set->at[s], end = first + fit->n;
  const double *y = set->value + set->at[s];
  int64_t skip = end - set->first[s];
  if (n == 0) return;
  fit->x = NULL; /* of the steps between: a method that has regressors skips them */
  for (int64_t step = end; step < set->first[s]; step++)
    fit->method->advance(fit, &between, 1, NULL);
  if (skip < 0) skip = 0;
  if (skip > n) skip = n;
  moved->late += skip;
  moved->points += n - skip;
  moved->series += skip < n;
  if (set->x) fit->x = set->x[s] + skip * set->n_x;
  fit->method->advance(fit, y + skip, n - skip, NULL);
}

#define SERIES_MOST_AHEAD 1000000

/* Which of the model's series each of the new rows' is, -1: none of them; NULL: failure
** recorded.  Rows without names are of its only one. */
static int64_t *series_which(mine_training *t, const mine_series_set *set,
                             const mine_stored *body) {
  const mine_values none = {0};
  if (!set->name) return mine__arena_zeros(t->arena, (size_t)set->n, sizeof(int64_t));
  return mine__values_find_all(t->env, t->arena, body->set.name ? body->set.name : &none,
                               set->name);
}

/* Series s of new rows begins so many steps behind the end of its own: whether it can. */
static mine_status series_check_ahead(mine_training *t, const mine_series_set *set, int64_t s,
                                      int64_t ahead, int zero, const mine_forecast_fit *fit) {
  char name[MINE_SHOW_BYTES];
  if (ahead > SERIES_MOST_AHEAD)
    return mine__fail(t->env, MINE_DATA,
                      "series %s goes on %lld steps after its end; train it anew",
                      mine__series_shown(set, s, name), (long long)ahead);
  if (ahead <= 0 || !zero || fit->n_x == 0) return MINE_OK;
  return mine__fail(t->env, MINE_DATA,
                    "series %s goes on %lld steps after its end, and regressors of those between "
                    "are not read; give rows of 0 for them, or leave gaps=zero out",
                    mine__series_shown(set, s, name), (long long)ahead);
}

static void series_tell_moved(mine_training *t, const series_moved *moved) {
  mine__training_notef(t, "updated", "", "%lld series by %lld points; nothing was fitted anew",
                       (long long)moved->series, (long long)moved->points);
  if (moved->late)
    mine__training_notef(t, "warning", "time",
                         "%lld points are not after the end of their series and are left out",
                         (long long)moved->late);
  if (moved->unknown)
    mine__training_notef(t, "warning", "series",
                         "%lld series are not in the model and are left out; train it without "
                         "update to have them",
                         (long long)moved->unknown);
}

static void series_move_all(mine_training *t, const mine_series_set *set, mine_stored *body) {
  const mine_series_options *how = mine__options_of(&t->asked.options, mine__series_option_table);
  const int zero = how->gaps == MINE_GAPS_ZERO;
  series_moved moved = {0};
  const int64_t *of = series_which(t, set, body);
  for (int64_t s = 0; of && s < set->n && !mine__poll(t->env); s++) {
    const int64_t which = of[s];
    if (which < 0 || !body->fit[which].n_state) {
      moved.unknown++;
      continue;
    }
    const int64_t first = body->set.first[which],
                  ahead = set->first[s] - first - body->fit[which].n;
    if (series_check_ahead(t, set, s, ahead, zero, &body->fit[which])) return;
    series_move(set, s, first, &body->fit[which], zero, &moved);
  }
  if (of) series_tell_moved(t, &moved);
}

/* ---- the model ------------------------------------------------------------------------------ */

static void series_note_fits(mine_training *t, const mine_forecasts *fits) {
  int64_t without = 0, named = 0;
  mine_text names;
  mine__text_open(&names, t->arena);
  const char *why = "";
  for (int64_t s = 0; s < fits->set->n; s++) {
    char name[MINE_SHOW_BYTES];
    if (!fits->why_not[s]) continue;
    without++;
    why = fits->why_not[s];
    if (named++ < 5)
      mine__text_addf(&names, "%s%s: %s", named > 1 ? ", " : "",
                      mine__series_shown(fits->set, s, name), why);
  }
  if (without == fits->set->n)
    mine__fail(t->env, MINE_DATA, "none of the series has a forecast: %s", why);
  else if (without > 0)
    mine__training_notef(t, "warning", "series", "%lld of %lld have no forecast (%s%s)",
                         (long long)without, (long long)fits->set->n, names.bytes ? names.data : "",
                         without > 5 ? " ..." : "");
}

static void series_learn(mine_training *t, const mine_stored *before, mine_model *model) {
  mine_env *env = t->env;
  const mine__options *options = &t->asked.options;
  const mine_series_options *how = mine__options_of(options, mine__series_option_table);
  mine_forecast_how asked =
      mine__forecast_how(mine__options_of(options, mine__fitting_option_table));
  mine_series_set set;
  mine_forecasts fits;
  if (mine__series_read(env, t->arena, t->frame, t->series, how, mine__training_note, t, &set))
    return;
  if (t->regressors) {
    mine_frame *frame = mine__regressors_asked(options)->frame;
    if (before && mine__regressors_order(frame, &before->set, t->regressors)) return;
    if (mine__regressors_read(env, t->arena, frame, t->regressors, NULL, 0, &set)) return;
  }
  asked.n_x = set.n_x;
  model->told.rows = t->frame->rows;
  if (before) {
    mine_stored *body = mine__stored_copy(env, t->arena, before);
    if (!body) return;
    body->set.name = before->set.name;
    body->set.reading = before->set.reading;
    series_move_all(t, &set, body);
    const mine_forecasts moved = {.set = &body->set, .method = body->method, .fit = body->fit};
    if (!mine_failed(env)) (void)!mine__stored_keep(env, model, &moved);
    return;
  }
  if (mine__series_fit(env, t->arena, &set, t->asked.algorithm->forecasts, &asked, 0, &fits))
    return;
  series_note_fits(t, &fits);
  mine__regressors_tell(env, &fits, mine__training_note, t);
  mine__training_notef(t, "series", "", "%lld", (long long)set.n);
  if (!mine_failed(env)) (void)!mine__stored_keep(env, model, &fits);
}

static void series_keep_columns(mine_training *t, mine_model *model) {
  model->read = mine__arena_zeros(model->arena, 3, sizeof *model->read);
  for (int i = 0; model->read && i < 3; i++) {
    const int column = t->series->events.column[i];
    if (column < 0) continue;
    const char *name = t->frame->column[column].name, *want = mine__series_wants[i].name;
    model->read[model->n_reads++] =
        (mine_model_read){.want = mine__arena_text(model->arena, want, strlen(want)),
                          .column = mine__arena_text(model->arena, name, strlen(name))};
  }
}

mine_status mine__training_series(mine_training *t, mine_trained *out) {
  mine_env *env = t->env;
  mine_method method = {t->asked.algorithm, t->asked.own, t->asked.canonical, MINE_CALIBRATE_NONE};
  mine_model *model;
  t->data.task = MINE_FORECASTING;
  t->data.memory.source = t->asked.source_text;
  const mine_stored *before = series_before(t);
  if (mine_failed(env)) return mine_env_status(env);
  MINE_TRY(mine__regressors_check(env, &t->asked.options, t->asked.algorithm->forecasts, before));
  t->series->like = before ? &before->set : NULL;
  if (before) { /* nothing is fitted: options are those by which it was */
    t->moved = t->asked.previous;
    method.text = t->moved->told.options;
  }
  MINE_TRY(mine__prepared_model(env, &t->data, &method, 0, &model));
  series_learn(t, before, model);
  if (!mine_failed(env)) series_keep_columns(t, model);
  if (!mine_failed(env)) mine__training_report(t, model);
  if (mine_failed(env) || mine__model_seal(env, model)) {
    mine_model_free(model);
    return mine_env_status(env);
  }
  *out = (mine_trained){model, NULL};
  return MINE_OK;
}
