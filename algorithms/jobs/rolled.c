/*
** rolled.c -- mine_evaluate of a model that forecasts (rolled.h).
**
** The model keeps what it learned of each series and none of its values, so it is measured on a
** source.  What is measured is the way in which it learned: its algorithm, with the options of its
** training, is fitted to what lies before each origin.
*/
#include "rolled.h"

#include <math.h>
#include <string.h>

#include "../model/measures.h"
#include "../series/rolling.h"
#include "judged.h"

#define ROLLED_LEVEL   0.95
#define ROLLED_HORIZON 6 /* without a season */

const mine_option mine__rolled_option_table[] = {
    OPTION_INT(mine_rolled_options, origins, .range = {1, 1e6},
               .help = "of forecasts: from how many origins in the past, the last ones that leave "
                       "the horizon behind them (10)"),
    OPTION_INT(mine_rolled_options, horizon, .range = {1, 10000},
               .help = "of forecasts: steps ahead of each origin; not given: a season, without a "
                       "season 6"),
    OPTION_INT(mine_rolled_options, every, .range = {1, 1e6},
               .help = "of forecasts: steps from an origin to the next (1)"),
    OPTION_FLAG(mine_rolled_options, refit,
                .help =
                    "of forecasts: fitted anew at every origin (1), or at the first and moved on "
                    "by new points (0)"),
    OPTION_END};

typedef struct mine_rolled {
  const mine_stored *body;
  mine__options trained;
  mine_series_reading reading;
  mine_regressors_reading *regressors; /* NULL: none */
  mine_cell by;                        /* NULL, series or horizon */
} mine_rolled;

/* The options of the training, without those of how it ran. */
static const mine_option_set rolled_sets[] = {
    {mine__keep_option_table, sizeof(mine_keep_options), 0},
    MINE_SET_SERIES,
    MINE_SET_FITTING,
    {mine__update_option_table, sizeof(mine_update_options), 0},
    MINE_SET_REGRESSORS,
    MINE_SET_SEED,
    MINE_SET_END,
};
static const mine_verb rolled_training = {
    .name = "mine_train", .options = rolled_sets, .wants = mine__series_wants};

static mine_rolled *rolled_of(const mine_job *job) {
  return ((mine__judging *)mine__job_state(job))->rolled;
}

static void rolled_by(const mine_job *job, mine_rolled *rolled) {
  const mine_slice_options *slicing = mine__options_of(&job->options, mine__slice_option_table);
  const char *by = mine__option_name_of(&slicing->by);
  rolled->by = slicing->by;
  if (by && strcmp(by, "series") != 0 && strcmp(by, "horizon") != 0)
    mine__fail(job->env, MINE_OPTION,
               "option by of a model that forecasts must be one of series, horizon (got '%s')", by);
}

mine_status mine__rolled_open(mine_job *job) {
  mine_env *env = job->env;
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  mine_rolled *rolled = mine__arena_zeros(job->arena, 1, sizeof *rolled);
  if (!rolled) return mine_env_status(env);
  ((mine__judging *)mine__job_state(job))->rolled = rolled;
  if (!mine__job_text(job, MINE_ARG_SOURCE))
    return mine__fail(
        env, MINE_OPTION,
        "a model that forecasts series (%s) keeps none of their values; give a source "
        "to measure it on",
        model->algorithm);
  rolled_by(job, rolled);
  if (mine_failed(env)) return mine_env_status(env);
  rolled->body = model->body;
  const char *text = model->told.options ? model->told.options : "";
  MINE_TRY(mine__options_read(env, job->arena, &rolled_training, model->algorithm, text,
                              &rolled->trained));
  MINE_TRY(mine__regressors_check(env, &job->options, rolled->body->method, rolled->body));
  const mine_events *parsed = mine__options_of(&rolled->trained, rolled->trained.wants);
  const mine_series_options *how = mine__options_of(&rolled->trained, mine__series_option_table);
  rolled->reading = (mine_series_reading){
      .events = *parsed, .like = &rolled->body->set, .numbers = !isnan(how->step.number)};
  return mine__frame_open(env, mine__series_plan, &rolled->reading, &job->frame);
}

mine_status mine__rolled_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  mine_rolled *rolled = rolled_of(job);
  mine_select *regressors = mine__regressors_asked(&job->options);
  if (step == 0) {
    *sql = mine__job_text(job, MINE_ARG_SOURCE);
    *frame = job->frame;
    return MINE_OK;
  }
  if (!regressors || regressors->frame) return mine_env_status(job->env);
  MINE_TRY(mine__regressors_open(job->env, job->arena, regressors, job->frame, &rolled->reading,
                                 &rolled->regressors));
  *sql = regressors->sql;
  *frame = regressors->frame;
  return MINE_OK;
}

void mine__rolled_close(mine_job *job) {
  mine_select *regressors = mine__regressors_asked(&job->options);
  if (regressors) mine__frame_close(regressors->frame);
}

/* ---- measures ------------------------------------------------------------------------------- */

static double rolled_mean(double sum, int64_t n) {
  return n > 0 ? sum / (double)n : (double)NAN;
}

static void rolled_list(const mine_rolling_errors *e, const mine_cell *slice, mine_relation *out) {
  const struct {
    mine_measure_id measure;
    double value;
  } figures[] = {
      {MINE_MEASURE_ROWS, (double)e->n},
      {MINE_MEASURE_RMSE, sqrt(rolled_mean(e->squares, e->n))},
      {MINE_MEASURE_MAE, rolled_mean(e->absolute, e->n)},
      {MINE_MEASURE_MAPE, e->n_share < e->n ? (double)NAN : rolled_mean(e->share, e->n_share)},
      {MINE_MEASURE_SMAPE, rolled_mean(e->symmetric, e->n)},
      {MINE_MEASURE_MASE, rolled_mean(e->scaled, e->n_scaled)},
      {MINE_MEASURE_BIAS, rolled_mean(e->error, e->n)},
      {MINE_MEASURE_COVERED, rolled_mean((double)e->covered, e->n_bounded)},
  };
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
    const mine_measure *measure = &mine__measures[figures[i].measure];
    mine__row_text(out, measure->name);
    if (measure->is_count)
      mine__row_int(out, (int64_t)figures[i].value);
    else
      mine__row_real(out, figures[i].value);
    mine__row_null(out);
    mine__row_null(out);
    mine__row_cell(out, slice);
    mine__relation_end_row(out);
  }
}

static void rolled_tell(mine_job *job, const mine_series_set *set, const mine_rolling_ask *ask,
                        const mine_rolling *errors) {
  const char *why = "";
  int64_t origins = 0, fewer = 0;
  const mine_forecasts about = {.set = set, .why_not = errors->why_not};
  const int64_t without = mine__series_tell_reasons(job, &about, &why);
  for (int64_t s = 0; s < set->n; s++) {
    if (errors->why_not[s]) continue;
    origins += errors->origins[s];
    fewer += errors->origins[s] < ask->origins;
  }
  if (without == set->n) {
    mine__fail(job->env, MINE_DATA, "no series could be measured: %s; say a smaller horizon=", why);
    return;
  }
  mine__job_notef(job, "origins", "", "%lld, of %lld series, each %lld steps ahead",
                  (long long)origins, (long long)(set->n - without), (long long)ask->h);
  if (fewer > 0)
    mine__job_notef(job, "warning", "series", "%lld of %lld have fewer than %lld origins",
                    (long long)fewer, (long long)(set->n - without), (long long)ask->origins);
}

/* by: NULL, s of series, h of horizon. */
static void rolled_answer(mine_job *job, const mine_rolled *rolled, const mine_series_set *set,
                          int64_t h, const mine_rolling *errors, mine_relation *out) {
  const char *by = mine__option_name_of(&rolled->by);
  const int64_t width = by && by[0] == 'h' ? h : 1;
  mine_cell slice = {.type = MINE_NULL};
  for (int64_t i = 0; i < width; i++) {
    mine_rolling_errors sum = {0};
    for (int64_t s = 0; s < set->n && !MINE_POLL_AT(job->env, 64 * s); s++) {
      if (errors->why_not[s]) continue;
      mine__rolling_add(&sum, &errors->errors[s * width + i]);
      if (!by || by[0] != 's') continue;
      slice = (mine_cell){.type = MINE_NULL};
      if (set->name) mine__values_get(set->name, s, &slice);
      rolled_list(&errors->errors[s], &slice, out);
    }
    if (by && by[0] == 's') return;
    if (by) slice = (mine_cell){.type = MINE_INT, .as.integer = i + 1};
    rolled_list(&sum, &slice, out);
  }
}

/* The series of the source, and their regressors. */
static mine_status rolled_read(mine_job *job, mine_rolled *rolled, mine_series_set *set) {
  const mine_series_options *how = mine__options_of(&rolled->trained, mine__series_option_table);
  MINE_TRY(mine__series_read(job->env, job->arena, job->frame, &rolled->reading, how,
                             mine__job_note, job, set));
  if (!rolled->regressors) return MINE_OK;
  mine_frame *frame = mine__regressors_asked(&job->options)->frame;
  MINE_TRY(mine__regressors_order(frame, &rolled->body->set, rolled->regressors));
  return mine__regressors_read(job->env, job->arena, frame, rolled->regressors, NULL, 0, set);
}

mine_status mine__rolled_run(mine_job *job, mine_relation *out) {
  mine_rolled *rolled = rolled_of(job);
  const mine_rolled_options *asked = mine__options_of(&job->options, mine__rolled_option_table);
  const mine_certainty_options *sure =
      mine__options_of(&job->options, mine__certainty_option_table);
  const char *by = mine__option_name_of(&rolled->by);
  mine_series_set set;
  mine_rolling errors;
  MINE_TRY(rolled_read(job, rolled, &set));
  mine_forecast_how how =
      mine__forecast_how(mine__options_of(&rolled->trained, mine__fitting_option_table));
  how.n_x = set.n_x;
  const int64_t ahead = set.season > 1 ? set.season : ROLLED_HORIZON;
  const mine_rolling_ask ask = {.h = asked->horizon == MINE_NOT_GIVEN ? ahead : asked->horizon,
                                .origins = asked->origins == MINE_NOT_GIVEN ? 10 : asked->origins,
                                .step = asked->every == MINE_NOT_GIVEN ? 1 : asked->every,
                                .refit = asked->refit != 0,
                                .level = isnan(sure->level) ? ROLLED_LEVEL : sure->level};
  MINE_TRY(mine__series_rolling(job->env, job->arena, &set, rolled->body->method, &how, &ask,
                                by && by[0] == 'h', &errors));
  rolled_tell(job, &set, &ask, &errors);
  if (!mine_failed(job->env)) rolled_answer(job, rolled, &set, ask.h, &errors, out);
  return mine_env_status(job->env);
}
