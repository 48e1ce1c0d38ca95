/*
** regressors.h -- what is known of every step beside the value, past and to come: prices,
** promotions, holidays, working days.
**
** A source of their own, (time, x ...) for all series or (series, time, x ...): the columns that
** are called as in the source of the series are its series and time, else the first is the time;
** all others are numbers, and regressors.
*/
#ifndef MINE_SERIES_REGRESSORS_H
#define MINE_SERIES_REGRESSORS_H

#include "series.h"

typedef struct mine_regressors_reading {
  /* Said: how the source of the series was read. */
  const char *series, *time; /* its columns; NULL: it has none, not known */
  const mine_time_reading *reading;
  const char *const *name; /* of a model: exactly these; NULL: whatever comes */
  int n;
  /* Found: columns of the frame; series -1: of all series. */
  int at_series, at_time, *at;
  mine_want want_series, want_time, want_x;
} mine_regressors_reading;

/* A mine_frame_plan, whose owner is the reading. */
mine_status mine__regressors_plan(void *reading, mine_frame *frame);

/* The columns of a model's regressors, by their names, of those that were found. */
mine_status mine__regressors_order(mine_frame *frame, const mine_series_set *model,
                                   mine_regressors_reading *reading) MINE_MUST_CHECK;

/* The rows are in the frame: finish it and give them to the set: x[s] begins with the first point
** of series s and goes on for `h` steps after its last, or, of a stored model's set, whose series
** have seen so many points, is of these steps alone.  Everything in `arena`.  O(rows + steps).
** Errors: no row, or no number, where a value is known or a forecast is asked for; two rows of
** one step. */
mine_status mine__regressors_read(mine_env *env, mine_arena *arena, mine_frame *frame,
                                  const mine_regressors_reading *reading, const int64_t *seen,
                                  int64_t h, mine_series_set *set) MINE_MUST_CHECK;

/* Tell which regressors are left out of how many fits: constant there, or the sum of others. */
void mine__regressors_tell(mine_env *env, const mine_forecasts *fits, mine_series_note note,
                           void *context);

#endif
