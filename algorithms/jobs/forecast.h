/*
** forecast.h -- what verbs about series share: the options of forecasts, and reading a source.
*/
#ifndef MINE_JOBS_FORECAST_H
#define MINE_JOBS_FORECAST_H

#include "../series/reconcile.h"
#include "../series/regressors.h"
#include "../series/stored.h"
#include "verb.h"

/* How series are fitted, whatever the method. */
typedef struct mine_fitting_options {
  int seasonal; /* mine_seasonal */
  int damped;   /* 0 auto, 1 no, 2 yes */
  mine_number_list order, seasonal_order;
  int constant; /* 0 auto, 1 no, 2 yes */
} mine_fitting_options;
extern const mine_option mine__fitting_option_table[];
#define MINE_SET_FITTING \
  { mine__fitting_option_table, sizeof(mine_fitting_options), 0 }
/* mine_train: new rows for a model that is there. */
typedef struct mine_update_options {
  int update;
} mine_update_options;
extern const mine_option mine__update_option_table[];

mine_forecast_how mine__forecast_how(const mine_fitting_options *options);
/* Whether they suit the method: an option of another one, an order that is none. */
mine_status mine__fitting_check(mine_env *env, const mine__options *options,
                                const mine_forecaster *method) MINE_MUST_CHECK;
/* None of them may be said where nothing is fitted. */
mine_status mine__fitting_none(mine_env *env, const mine__options *options) MINE_MUST_CHECK;

/* How far ahead, and with which bounds. */
typedef struct mine_ahead_options {
  int64_t horizon;
  double level;
  int nonnegative;
} mine_ahead_options;
extern const mine_option mine__ahead_option_table[];
#define MINE_SET_AHEAD \
  { mine__ahead_option_table, sizeof(mine_ahead_options), 0 }
/* horizon not given: two seasons, without a season 10 steps. */
int64_t mine__ahead_horizon(const mine_ahead_options *options, int season);
mine_status mine__ahead_check(mine_env *env, const mine_ahead_options *options) MINE_MUST_CHECK;

/* regressors= (forecast_regressors.c). */
typedef struct mine_regressors_options {
  mine_select regressors;
} mine_regressors_options;
extern const mine_option mine__regressors_option_table[];
#define MINE_SET_REGRESSORS \
  { mine__regressors_option_table, sizeof(mine_regressors_options), MINE_FORECASTING }
/* The option, if it was given; else NULL. */
mine_select *mine__regressors_asked(const mine__options *options);
/* Whether it suits the method, and the model (NULL: none) that goes on. */
mine_status mine__regressors_check(mine_env *env, const mine__options *options,
                                   const mine_forecaster *method,
                                   const mine_stored *model) MINE_MUST_CHECK;
/* Open the frame of its query: beside a source whose rows are in its frame, or for a model. */
mine_status mine__regressors_open(mine_env *env, mine_arena *arena, mine_select *asked,
                                  mine_frame *source, const mine_series_reading *reading,
                                  mine_regressors_reading **out) MINE_MUST_CHECK;
mine_status mine__regressors_of_model(mine_env *env, mine_arena *arena, mine_select *asked,
                                      const mine_model *model,
                                      mine_regressors_reading **out) MINE_MUST_CHECK;
/* The h steps after each series of a model (a copy) get theirs. */
mine_status mine__regressors_ahead(mine_env *env, mine_arena *arena, mine_frame *frame,
                                   const mine_regressors_reading *how, int64_t h,
                                   mine_stored *model) MINE_MUST_CHECK;

/* hierarchy=, reconcile= (forecast_hierarchy.c). */
typedef struct mine_summing_options {
  mine_select hierarchy;
  int reconcile; /* mine_reconcile; -1: not given */
} mine_summing_options;
extern const mine_option mine__summing_option_table[];
#define MINE_SET_SUMMING \
  { mine__summing_option_table, sizeof(mine_summing_options), 0 }
mine_select *mine__summing_asked(const mine__options *options); /* NULL: not asked for */
mine_status mine__summing_check(mine_job *job) MINE_MUST_CHECK;
/* Open the frame of its query; `events` lives as long as the frame. */
mine_status mine__summing_open(mine_job *job, mine_events *events) MINE_MUST_CHECK;
/* The series of the set and, made here, those above them; `from` has no regressors yet. */
mine_status mine__summing_build(mine_job *job, const mine_events *events,
                                const mine_series_set *from, mine_series_set *to,
                                mine_sums *sums) MINE_MUST_CHECK;
/* What has no fit in a hierarchy is forecast by its last value, told. */
mine_status mine__summing_complete(mine_job *job, const mine_sums *sums,
                                   mine_forecasts *fits) MINE_MUST_CHECK;

/* For a verb's `source`: open the job's frame for the series of its source (step 0).  `reading`
** lives as long as the job. */
mine_status mine__series_source(mine_job *job, int step, mine_series_reading *reading,
                                const char **sql, mine_frame **frame) MINE_MUST_CHECK;
/* For its `run`: the series, with the options of MINE_SET_SERIES; what was guessed is noted. */
mine_status mine__series_of_job(mine_job *job, const mine_series_reading *reading,
                                mine_series_set *out) MINE_MUST_CHECK;
/* Warn of series that have a reason why not; how many, and the last reason. */
int64_t mine__series_tell_reasons(mine_job *job, const mine_forecasts *fits, const char **last);
/* Warn of series that have no fit, and why, or none with their season; all of them: a failure. */
mine_status mine__series_tell(mine_job *job, const mine_forecasts *fits) MINE_MUST_CHECK;

#endif
