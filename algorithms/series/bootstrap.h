/*
** bootstrap.h -- bounds of forecasts from a series' own errors.
*/
#ifndef MINE_SERIES_BOOTSTRAP_H
#define MINE_SERIES_BOOTSTRAP_H

#include "series.h"

#define MINE_BOOTSTRAP_PATHS 1000

/* Numbers of scratch memory, for n points and states of so many numbers. */
size_t mine__bootstrap_room(int64_t n, int state);
/* out->low and out->high of a fit to y (n points), of which `fitted` was expected.  0: it has fewer
** than two errors, and the bounds are left as they are.  `rest`: the method's own scratch.  `ask`:
** as that of mine_forecast_how.
** O(paths x h) steps of the method. */
int mine__bootstrap(mine_env *ask, const mine_forecast_fit *fit, const double *y,
                    const double *fitted, int64_t n, double *scratch, double *rest,
                    mine_forecast_out *out);

#endif
