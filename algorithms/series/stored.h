/*
** stored.h -- the model kind "forecast": what a method has learned of each series, so that it
** forecasts, and takes new rows, without those it learned from.
*/
#ifndef MINE_SERIES_STORED_H
#define MINE_SERIES_STORED_H

#include "../model/model.h"
#include "series.h"

/* A body.  Of `set` there are the series, their calendar and season, names of regressors, and no
** points: series s ends before step set.first[s] + fit[s].n. */
typedef struct mine_stored {
  mine_series_set set;
  const mine_forecaster *method;
  mine_forecast_fit *fit; /* n; n_state 0: it has none */
} mine_stored;

extern const mine_kind mine__kind_forecast;

/* What was fitted, copied into the model's arena. */
mine_status mine__stored_keep(mine_env *env, mine_model *model, const mine_forecasts *fits);
/* The body of a model of the kind, copied with states of its own into `arena`, to be moved on;
** NULL: failure recorded. */
mine_stored *mine__stored_copy(mine_env *env, mine_arena *arena, const mine_stored *from);

#endif
