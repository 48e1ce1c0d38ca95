/*
** acf.c -- autocorrelation, and what the steps between leave of it (acf.h).
**
** The partial ones by the recursion of Levinson (1947) and Durbin, "The fitting of time-series
** models", Review of the International Statistical Institute 28 (1960): the regression on k
** steps is that on k - 1, less its mirror times what is new, and what is new is the partial
** autocorrelation.
*/
#include "acf.h"

#include <math.h>

double mine__acf_mean(const double *y, int64_t n) {
  double sum = 0, known = 0;
  for (int64_t i = 0; i < n; i++) {
    if (isnan(y[i])) continue;
    sum += y[i];
    known++;
  }
  return known > 0 ? sum / known : (double)NAN;
}

double mine__acf_covariance(const double *y, int64_t n, double mean, int64_t lag) {
  double sum = 0;
  int64_t pairs = 0;
  for (int64_t i = lag; i < n; i++) {
    const double product = (y[i] - mean) * (y[i - lag] - mean);
    if (isnan(product)) continue;
    sum += product;
    pairs++;
  }
  return pairs > 0 ? sum / (double)(pairs + lag) : (double)NAN;
}

void mine__acf(const double *y, int64_t n, int64_t most, double *out) {
  const double mean = mine__acf_mean(y, n);
  const double variance = mine__acf_covariance(y, n, mean, 0);
  for (int64_t lag = 0; lag <= most; lag++) {
    const double r = mine__acf_covariance(y, n, mean, lag) / variance;
    out[lag] = !(variance > 0) ? (double)NAN : r > 1 ? 1 : r < -1 ? -1 : r;
  }
}

void mine__pacf(const double *acf, int64_t most, double *out, double *memory) {
  double *w = memory, *mirror = memory + most; /* the regression on k steps, and backwards */
  for (int64_t k = 1; k <= most; k++) {
    double above = acf[k], below = 1;
    for (int64_t i = 1; i < k; i++) {
      above -= w[i - 1] * acf[k - i];
      below -= w[i - 1] * acf[i];
    }
    const double partial = below > 0 ? above / below : (double)NAN;
    out[k - 1] = partial;
    for (int64_t i = 0; i < k - 1; i++)
      mirror[i] = w[k - 2 - i];
    for (int64_t i = 0; i < k - 1; i++)
      w[i] -= partial * mirror[i];
    w[k - 1] = partial;
  }
}
