/*
** bridge.c -- what is missing within a series, on lines between its neighbours: for methods that
** need every point.
*/
#include <math.h>

#include "series.h"

void mine__series_bridge(const double *y, int64_t n, double *out) {
  int64_t last = 0;
  for (int64_t i = 0; i < n; i++) {
    out[i] = y[i];
    if (isnan(y[i])) continue;
    for (int64_t k = last + 1; k < i; k++)
      out[k] = y[last] + (y[i] - y[last]) * (double)(k - last) / (double)(i - last);
    last = i;
  }
}
