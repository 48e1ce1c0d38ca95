/*
** moments.c -- block sums and their joining (Chan, Golub & LeVeque 1983).
*/
#include "moments.h"

#include <math.h>
#include <string.h>

#define MOMENTS_LANES 8
#define MOMENTS_TINY  0x1p-600

void mine_moments_open(mine_moments *m, double scale) {
  memset(m, 0, sizeof *m);
  m->least = INFINITY;
  m->most = -INFINITY;
  m->whole = 1;
  m->scale = scale;
}

/* Adding and taking away 2^52 rounds to a whole number; beyond it all are. */
static int moments_whole(const double *value, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    double size = fabs(value[i]);
    if (size < 0x1p52 && (size + 0x1p52) - 0x1p52 != size) return 0;
  }
  return 1;
}

static double moments_join(const double lane[MOMENTS_LANES]) {
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

/* The block padded with NAN to a multiple of the lanes, scaled. */
static int64_t moments_load(double *x, const double *value, int64_t n, double scale) {
  int64_t padded = (n + MOMENTS_LANES - 1) / MOMENTS_LANES * MOMENTS_LANES;
  for (int64_t i = 0; i < n; i++)
    x[i] = value[i] * scale;
  for (int64_t i = n; i < padded; i++)
    x[i] = NAN;
  return padded;
}

static void moments_range(mine_moments *m, const double *value, int64_t n) {
  double least = m->least, most = m->most;
  for (int64_t i = 0; i < n; i++) {
    least = value[i] < least ? value[i] : least;
    most = value[i] > most ? value[i] : most;
  }
  m->least = least;
  m->most = most;
}

static double moments_sum(const double *x, int64_t padded, int64_t *counted) {
  double sum[MOMENTS_LANES] = {0}, count[MOMENTS_LANES] = {0};
  for (int64_t i = 0; i < padded; i += MOMENTS_LANES) {
    for (int k = 0; k < MOMENTS_LANES; k++) {
      double v = x[i + k];
      sum[k] += v == v ? v : 0.0;
      count[k] += v == v ? 1.0 : 0.0;
    }
  }
  *counted = (int64_t)moments_join(count);
  return moments_join(sum);
}

static double moments_squares(const double *x, int64_t padded, double mean) {
  double sum[MOMENTS_LANES] = {0};
  for (int64_t i = 0; i < padded; i += MOMENTS_LANES) {
    for (int k = 0; k < MOMENTS_LANES; k++) {
      double d = x[i + k] - mean;
      sum[k] += x[i + k] == x[i + k] ? d * d : 0.0;
    }
  }
  return moments_join(sum);
}

void mine_moments_add(mine_moments *m, const double *value, int64_t n) {
  double x[MINE_MOMENTS_BLOCK];
  int64_t padded = moments_load(x, value, n, m->scale), count;
  double sum = moments_sum(x, padded, &count);
  if (count == 0) return;
  moments_range(m, value, n);
  if (m->whole) m->whole = moments_whole(value, n);
  double mean = sum / (double)count, m2 = moments_squares(x, padded, mean);
  double total = (double)(m->n + count), delta = mean - m->mean;
  m->mean += delta * ((double)count / total);
  m->m2 += m2 + delta * delta * ((double)m->n * ((double)count / total));
  m->n += count;
}

static void moments_pass(mine_moments *m, const double *value, int64_t n, double scale) {
  mine_moments_open(m, scale);
  for (int64_t at = 0; at < n; at += MINE_MOMENTS_BLOCK)
    mine_moments_add(m, value + at, n - at < MINE_MOMENTS_BLOCK ? n - at : MINE_MOMENTS_BLOCK);
}

void mine_moments_of(mine_moments *m, const double *value, int64_t n) {
  moments_pass(m, value, n, 1.0);
  if (!isfinite(m->m2) || !isfinite(m->mean)) moments_pass(m, value, n, MOMENTS_TINY);
}

double mine_moments_mean(const mine_moments *m) {
  return m->n ? m->mean / m->scale : NAN;
}

double mine_moments_deviation(const mine_moments *m, int less) {
  if (m->n <= less) return NAN;
  return sqrt(m->m2 / (double)(m->n - less)) / m->scale;
}
