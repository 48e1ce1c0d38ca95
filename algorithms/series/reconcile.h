/*
** reconcile.h -- forecasts of sums and of what they are sums of, made to agree.
**
** Some series are sums of others (regions of shops, all of regions).  Forecast each by itself and
** they do not add up; reconciling moves them as little as can be, in a measure, until they do.
**
**   Wickramasuriya, Athanasopoulos & Hyndman, "Optimal forecast reconciliation for hierarchical and
**   grouped time series through trace minimization", JASA 114 (2019)
**   Athanasopoulos, Ahmed & Hyndman, "Hierarchical forecasts for Australian domestic tourism",
**   International Journal of Forecasting 25 (2009): top-down by forecast proportions
*/
#ifndef MINE_SERIES_RECONCILE_H
#define MINE_SERIES_RECONCILE_H

#include "series.h"

typedef enum mine_reconcile {
  MINE_RECONCILE_MINT,      /* minimum trace, the covariance of errors one step ahead, shrunk */
  MINE_RECONCILE_WLS,       /* their variances alone */
  MINE_RECONCILE_OLS,       /* all alike */
  MINE_RECONCILE_BOTTOM_UP, /* the sums of what is summed */
  MINE_RECONCILE_TOP_DOWN   /* the top, divided as the forecasts below it are */
} mine_reconcile;

/* Which series are sums of which: series s is one of leaf[first[s]] .. leaf[first[s + 1] - 1], of
** none where it is a leaf itself. */
typedef struct mine_sums {
  int64_t n;
  const int64_t *first, *leaf;
  const int64_t *parent; /* the series right above; -1: none, -2: several */
} mine_sums;

/* Forecasts of all series (n x h, all of the same steps, none missing) agree afterwards, sums with
** their leaves to rounding.  `fits` with what was fitted.  Bounds move with the forecasts, and are
** as much narrower (or wider) as reconciling makes the errors one step ahead.  nonnegative: leaves
** are at least 0.
** O(t^2 n + m^3 + n m^2) for n series, m of them sums, of t points.  Errors: too few points with
** errors for a covariance; a hierarchy that is no tree, for top_down. */
mine_status mine__reconcile(mine_env *env, const mine_sums *sums, const mine_forecasts *fits,
                            mine_reconcile method, const mine_forecast_ask *ask, double *mean,
                            double *low, double *high) MINE_MUST_CHECK;

#endif
