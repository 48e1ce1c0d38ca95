/*
** season.c -- the season of a series as one index for each of its points (season.h).
**
** The classical decomposition (Macaulay 1931): the centred moving average of a whole season is the
** trend; what values have beside it, averaged over the seasons, is the season, scaled to a
** mean of 1 or 0.
** There is a season where the autocorrelation r at its lag m stands out of what the lags before it
** leave (Bartlett): |r_m| > 1.645 sqrt((1 + 2 (r_1^2 + .. + r_(m-1)^2)) / n).
*/
#include "season.h"

#include <math.h>
#include <string.h>

#include "acf.h"

#define SEASON_Z 1.6448536269514722 /* 90% two-sided */

size_t mine__season_room(int64_t n, int season) {
  return (size_t)n + (size_t)season + 1;
}

void mine__season_average(const double *y, int64_t n, int m, double *out) {
  const int64_t half = m / 2;
  for (int64_t i = 0; i < n; i++) {
    out[i] = NAN;
    if (i < half || i + half >= n) continue;
    double sum = 0;
    for (int64_t k = i - half; k <= i + half; k++)
      sum += (m % 2 == 0 && (k == i - half || k == i + half)) ? y[k] / 2 : y[k];
    out[i] = sum / m;
  }
}

static int season_shows(const mine_points *p, double *acf) {
  const int m = p->season;
  double sum = 1;
  mine__acf(p->y, p->n, m, acf);
  for (int k = 1; k < m; k++)
    sum += 2 * acf[k] * acf[k];
  return fabs(acf[m]) > SEASON_Z * sqrt(sum / (double)p->known);
}

static int season_all_positive(const mine_points *p) {
  for (int64_t i = 0; i < p->n; i++)
    if (p->y[i] <= 0) return 0;
  return 1;
}

/* Means of what values have beside the average; 0: a point of the season has none. */
static int season_index(const mine_points *p, int multiplies, const double *average,
                        double *index) {
  const int m = p->season;
  double mean = 0;
  for (int j = 0; j < m; j++) {
    double sum = 0, n = 0;
    for (int64_t i = j; i < p->n; i += m) {
      const double d = multiplies ? p->y[i] / average[i] : p->y[i] - average[i];
      if (isnan(d)) continue;
      sum += d;
      n++;
    }
    if (n == 0) return 0;
    index[j] = sum / n;
    mean += index[j] / m;
  }
  for (int j = 0; j < m; j++) {
    index[j] = multiplies ? index[j] / mean : index[j] - mean;
    if (multiplies && !(index[j] > 0.01)) return 0;
  }
  return 1;
}

int mine__season_take(const mine_points *p, int seasonal, int asks, double *z, double *index,
                      double *memory) {
  const int m = p->season;
  const int positive = season_all_positive(p);
  int as = seasonal;
  if (as == MINE_SEASONAL_AUTO)
    as = m > 1 && (!asks || season_shows(p, memory))
             ? positive ? MINE_SEASONAL_MULTIPLICATIVE : MINE_SEASONAL_ADDITIVE
             : MINE_SEASONAL_NONE;
  if (as == MINE_SEASONAL_MULTIPLICATIVE && !positive) as = MINE_SEASONAL_ADDITIVE;
  if (m == 1) as = MINE_SEASONAL_NONE;
  if (as != MINE_SEASONAL_NONE) {
    mine__season_average(p->y, p->n, m, memory);
    if (!season_index(p, as == MINE_SEASONAL_MULTIPLICATIVE, memory, index))
      as = MINE_SEASONAL_NONE;
  }
  for (int j = 0; as == MINE_SEASONAL_NONE && j < m; j++)
    index[j] = 0;
  for (int64_t i = 0; i < p->n; i++)
    z[i] = as == MINE_SEASONAL_MULTIPLICATIVE ? p->y[i] / index[i % m] : p->y[i] - index[i % m];
  return as;
}
