/*
** ets_start.c -- where the states of a form begin: a rough guess, from which the search sets out.
**
** The season: what the first four seasons have beside their centred moving average (of shorter
** series, beside their straight line), averaged and brought to a sum of 0, or of m.  The level and
** the slope: a straight line through the first points without their season.
*/
#include <math.h>

#include "ets.h"

#define START_SEASONS 4
#define START_POINTS  10
#define START_LEAST   0.01 /* of a season that multiplies */

/* Straight line through n values, x = 1 .. n; NAN are none. */
static void start_line(const double *y, int64_t n, double *level, double *slope) {
  double k = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (int64_t i = 0; i < n; i++) {
    const double x = (double)(i + 1);
    if (isnan(y[i])) continue;
    k++;
    sx += x;
    sy += y[i];
    sxx += x * x;
    sxy += x * y[i];
  }
  const double spread = k > 0 ? sxx - sx * sx / k : 0;
  *slope = spread > 0 ? (sxy - sx * sy / k) / spread : 0;
  *level = k > 0 ? (sy - *slope * sx) / k : 0;
}

/* The mean of a season around point i, of what is known. */
static double start_average(const ets_work *w, int64_t i) {
  const int64_t half = w->m / 2;
  double sum = 0, weight = 0;
  for (int64_t k = i - half; k <= i + half; k++) {
    const double part = w->m % 2 == 0 && (k == i - half || k == i + half) ? 0.5 : 1;
    if (isnan(w->y[k])) continue;
    sum += part * w->y[k];
    weight += part;
  }
  return weight > 0 ? sum / weight : (double)NAN;
}

/* What the points have beside the trend, on the average. */
static void start_season(ets_work *w, int season, double *known) {
  const int m = w->m, half = m / 2;
  const int64_t n = w->n < START_SEASONS * m ? w->n : START_SEASONS * (int64_t)m;
  const int averages = n >= 3 * (int64_t)m;
  double *s = w->start + 2, level, slope, mean = 0;
  start_line(w->y, n, &level, &slope);
  for (int j = 0; j < m; j++)
    s[j] = known[j] = 0;
  for (int64_t i = averages ? half : 0; i < n - (averages ? half : 0); i++) {
    const double trend = averages ? start_average(w, i) : level + slope * (double)(i + 1);
    const double d = season == ETS_ADDITIVE ? w->y[i] - trend : w->y[i] / trend;
    if (!isfinite(d)) continue;
    s[i % m] += d;
    known[i % m]++;
  }
  const double usual = season == ETS_ADDITIVE ? 0 : 1;
  for (int j = 0; j < m; j++) {
    s[j] = known[j] > 0 ? s[j] / known[j] : usual;
    if (season == ETS_MULTIPLICATIVE) s[j] = fmax(s[j], START_LEAST);
    mean += s[j] / m;
  }
  for (int j = 0; j < m; j++)
    s[j] = season == ETS_ADDITIVE ? s[j] - mean : s[j] / mean;
}

/* `line`: room for the first max(10, 2 m) points. */
void mine__ets_start(ets_work *w, int season, double *line) {
  const int64_t want = 2 * w->m > START_POINTS ? 2 * w->m : START_POINTS;
  const int64_t n = w->n < want ? w->n : want;
  double sum = 0, k = 0;
  if (season) start_season(w, season, line);
  for (int64_t i = 0; i < n; i++) {
    const double s = season ? w->start[2 + i % w->m] : 0;
    line[i] = season == ETS_MULTIPLICATIVE ? w->y[i] / s : w->y[i] - s;
    if (isnan(line[i])) continue;
    sum += line[i];
    k++;
  }
  if (w->form.trend) {
    start_line(line, n, &w->start[0], &w->start[1]);
  } else {
    w->start[0] = k > 0 ? sum / k : 0;
    w->start[1] = 0;
  }
}
