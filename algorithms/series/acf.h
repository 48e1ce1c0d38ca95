/*
** acf.h -- how a series goes with itself some steps before.
*/
#ifndef MINE_SERIES_ACF_H
#define MINE_SERIES_ACF_H

#include <stdint.h>

/* The mean of the known values; NAN: there is none. */
double mine__acf_mean(const double *y, int64_t n);
/* The covariance of y, whose mean is `mean`, with itself `lag` steps before, over the pairs of
** which both are known: their sum over (pairs + lag), which is n where nothing is missing, as
** R's acf has it.  NAN: there is no pair.  O(n). */
double mine__acf_covariance(const double *y, int64_t n, double mean, int64_t lag);
/* Autocorrelations at lags 0 .. most: covariances over that at lag 0, never beyond -1 and 1.
** All values equal: NAN.  O(n most). */
void mine__acf(const double *y, int64_t n, int64_t most, double *out);
/* Partial autocorrelations at lags 1 .. most, in out[0 .. most - 1], of the autocorrelations
** at lags 0 .. most.  NAN from where one is unknown or the steps between say everything.
** memory: 2 most.  O(most squared). */
void mine__pacf(const double *acf, int64_t most, double *out, double *memory);

#endif
