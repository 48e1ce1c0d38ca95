/*
** forecast_regressors.c -- the option regressors= of forecasts: who takes it, and its query.
*/
#include <string.h>

#include "forecast.h"

const mine_option mine__regressors_option_table[] = {
    OPTION_SOURCE(mine_regressors_options, regressors,
                  .help =
                      "trend: a SELECT of (time, x ...) or (series, time, x ...), numbers that are "
                      "known of every step, past and to come; columns called as in the source "
                      "are the series and the time"),
    OPTION_END};

mine_select *mine__regressors_asked(const mine__options *options) {
  mine_regressors_options *asked = mine__options_of(options, mine__regressors_option_table);
  return asked && asked->regressors.sql ? &asked->regressors : NULL;
}

/* "'price', 'promo'" */
static const char *regressors_names(mine_env *env, const mine_series_set *set) {
  mine_text text;
  mine__text_open(&text, env->scratch);
  for (int k = 0; k < set->n_x; k++)
    mine__text_addf(&text, "%s'%s'", k ? ", " : "", set->x_name[k]);
  return text.bytes ? text.data : "";
}

mine_status mine__regressors_check(mine_env *env, const mine__options *options,
                                   const mine_forecaster *method, const mine_stored *model) {
  const mine_select *asked = mine__regressors_asked(options);
  if (asked && !method->uses)
    return mine__fail(env, MINE_OPTION,
                      "option regressors: '%s' uses none; take it away, or say trend",
                      method->name);
  if (model && asked && model->set.n_x == 0)
    return mine__fail(env, MINE_OPTION,
                      "option regressors: the model was trained without; train it with them");
  if (model && !asked && model->set.n_x > 0)
    return mine__fail(
        env, MINE_OPTION,
        "the model was trained with regressors (%s), which are needed for new steps as "
        "well; say regressors=\"SELECT ...\"",
        regressors_names(env, &model->set));
  return mine_env_status(env);
}

/* Its query is opened once the rows of the source are in the frame, whose times tell how its own
** are read. */
mine_status mine__regressors_open(mine_env *env, mine_arena *arena, mine_select *asked,
                                  mine_frame *source, const mine_series_reading *reading,
                                  mine_regressors_reading **out) {
  mine_regressors_reading *how = mine__arena_zeros(arena, 1, sizeof *how);
  if (!how || mine__frame_finish(source)) return mine_env_status(env);
  const int *at = reading->events.column;
  if (source->n_columns > 0) {
    const mine_column *time = &source->column[at[MINE_SERIES_TIME]];
    how->time = time->name;
    how->reading = time->time;
    if (at[MINE_SERIES_NAME] >= 0) how->series = source->column[at[MINE_SERIES_NAME]].name;
  }
  *out = how;
  return mine__frame_open(env, mine__regressors_plan, how, &asked->frame);
}

mine_status mine__regressors_of_model(mine_env *env, mine_arena *arena, mine_select *asked,
                                      const mine_model *model, mine_regressors_reading **out) {
  const mine_stored *body = model->body;
  mine_regressors_reading *how = mine__arena_zeros(arena, 1, sizeof *how);
  if (!how) return mine_env_status(env);
  how->reading = body->set.reading;
  how->name = body->set.x_name;
  how->n = body->set.n_x;
  for (int i = 0; i < model->n_reads; i++) {
    const mine_model_read *read = &model->read[i];
    if (body->set.name && strcmp(read->want, mine__series_wants[MINE_SERIES_NAME].name) == 0)
      how->series = read->column;
    if (strcmp(read->want, mine__series_wants[MINE_SERIES_TIME].name) == 0)
      how->time = read->column;
  }
  *out = how;
  return mine__frame_open(env, mine__regressors_plan, how, &asked->frame);
}

mine_status mine__regressors_ahead(mine_env *env, mine_arena *arena, mine_frame *frame,
                                   const mine_regressors_reading *how, int64_t h,
                                   mine_stored *model) {
  const size_t n = (size_t)model->set.n;
  int64_t *seen = mine__arena_array(arena, n, sizeof *seen);
  if (!seen) return mine_env_status(env);
  for (size_t s = 0; s < n; s++)
    seen[s] = model->fit[s].n_state ? model->fit[s].n : -1; /* none: nothing is asked of it */
  MINE_TRY(mine__regressors_read(env, arena, frame, how, seen, h, &model->set));
  for (size_t s = 0; s < n; s++)
    model->fit[s].x = model->set.x[s];
  return MINE_OK;
}
