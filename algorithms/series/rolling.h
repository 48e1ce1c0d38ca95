/*
** rolling.h -- how far off a method is: forecasts from origins in the past, held against what came.
**
** An origin is a point of the series; what lies behind it is forecast from what lies before it.
** Origins roll on towards the end, the last one `h` points before it, and every forecast of every
** origin is an error (Tashman, International Journal of Forecasting 16, 2000).  Nothing behind an
** origin is known to its forecasts: neither the fit nor the choice of a form.
*/
#ifndef MINE_SERIES_ROLLING_H
#define MINE_SERIES_ROLLING_H

#include "series.h"

typedef struct mine_rolling_ask {
  int64_t h;       /* points ahead */
  int64_t origins; /* at most; as many as leave `least` points before the first */
  int64_t step;    /* points from an origin to the next */
  int64_t least;   /* known points before an origin, 3 at least */
  int refit;       /* 1: fitted anew at every origin; 0: at the first, then moved on (advance) */
  double level;    /* of the bounds; 0: they are not asked for */
} mine_rolling_ask;

/* Sums over errors e = y - yhat; what is undefined of an error is left out and has a count of its
** own. */
typedef struct mine_rolling_errors {
  int64_t n;                       /* errors: points known that had a forecast */
  double error, absolute, squares; /* e, |e|, e^2 */
  double symmetric;                /* 2 |e| / (|y| + |yhat|); both 0: 0                   */
  double share, scaled;            /* |e / y|; |e| over the mean step of a season before  */
  int64_t n_share, n_scaled;       /* y not 0; values before the origin that differ       */
  int64_t n_bounded, covered;      /* with bounds; and the value lay within               */
} mine_rolling_errors;

/* Numbers of scratch memory that mine__rolling_one needs for n points at most. */
size_t mine__rolling_room(const mine_forecaster *method, const mine_forecast_how *how, int64_t n,
                          int season, int64_t h);
/* Adds to out[0], or, by_step, to out[0 .. h - 1], the errors at each distance.  NULL: done; else
** why there is none.  `origins` (may be NULL): how many had a fit.  Allocates nothing. */
const char *mine__rolling_one(const mine_points *points, const mine_forecaster *method,
                              const mine_forecast_how *how, const mine_rolling_ask *ask,
                              double *scratch, int by_step, mine_rolling_errors *out,
                              int64_t *origins);
void mine__rolling_add(mine_rolling_errors *to, const mine_rolling_errors *from);

/* Of every series of a set, on all cores; the same bits for any number of threads. */
typedef struct mine_rolling {
  mine_rolling_errors *errors; /* n, or, by_step, n x h */
  int64_t *origins;            /* n */
  const char **why_not;        /* n; NULL: it has errors */
} mine_rolling;
mine_status mine__series_rolling(mine_env *env, mine_arena *arena, const mine_series_set *set,
                                 const mine_forecaster *method, const mine_forecast_how *how,
                                 const mine_rolling_ask *ask, int by_step,
                                 mine_rolling *out) MINE_MUST_CHECK;

#endif
