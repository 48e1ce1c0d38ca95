/*
** moments.c -- block sums and their joining (Chan, Golub & LeVeque 1983).
*/
#include "moments.h"

#include <math.h>
#include <string.h>

#include "../kernel/simd.h"

#define MOMENTS_TINY 0x1p-600

void mine__moments_open(mine_moments *m, double scale) {
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

/* A block of numbers and their weights, filled up with NAN to whole lanes. */
typedef struct moments_block {
  double x[MINE_MOMENTS_BLOCK], w[MINE_MOMENTS_BLOCK];
  int64_t n, padded;
} moments_block;

static void moments_pad(moments_block *block) {
  block->padded = (block->n + MOMENTS_LANES - 1) / MOMENTS_LANES * MOMENTS_LANES;
  for (int64_t i = block->n; i < block->padded; i++)
    block->x[i] = block->w[i] = NAN;
}

/* Numbers of this weight, mean and m2 join those seen. */
static void moments_join_in(mine_moments *m, int64_t n, double weight, double mean, double m2) {
  if (m->n == 0) {
    m->mean = mean;
    m->m2 = m2;
  } else {
    const double total = m->weight + weight, delta = mean - m->mean;
    m->mean += delta * (weight / total);
    m->m2 += m2 + delta * delta * (m->weight * (weight / total));
  }
  m->n += n;
  m->weight += weight;
}

static void moments_add_block(mine_moments *m, moments_block *block, int weighted) {
  const mine__kernels *kernels = mine__kernels_here();
  const double *w = weighted ? block->w : NULL;
  double lane[3 * MOMENTS_LANES];
  moments_pad(block);
  kernels->moments_sums(block->x, w, block->padded, lane);
  const double sum = moments_join(lane), weight = moments_join(lane + 2 * MOMENTS_LANES);
  const int64_t count = (int64_t)moments_join(lane + MOMENTS_LANES);
  if (count == 0) return;
  const double mean = sum / weight;
  kernels->moments_squares(block->x, w, block->padded, mean, lane);
  moments_join_in(m, count, weight, mean, moments_join(lane));
}

void mine__moments_add(mine_moments *m, const double *value, int64_t n) {
  moments_block block;
  const mine__kernels *kernels = mine__kernels_here();
  block.n = n;
  kernels->standardize(value, n, 0, m->scale, (double)NAN, block.x);
  moments_add_block(m, &block, 0);
  kernels->moments_range(value, n, &m->least, &m->most);
  if (m->whole) m->whole = moments_whole(value, n);
}

void mine__moments_merge(mine_moments *m, const mine_moments *other) {
  if (other->n == 0) return;
  moments_join_in(m, other->n, other->weight, other->mean, other->m2);
  m->least = fmin(m->least, other->least);
  m->most = fmax(m->most, other->most);
  m->whole &= other->whole;
}

void mine__moments_of_rows(mine_moments *m, const double *value, const uint32_t *row,
                           const double *weight, int64_t n) {
  const mine__kernels *kernels = mine__kernels_here();
  moments_block block;
  double origin = NAN;
  mine__moments_open(m, 1.0);
  for (int64_t i = 0; i < n && isnan(origin); i++)
    origin = value[row ? row[i] : i];
  for (int64_t at = 0; at < n; at += block.n) {
    block.n = n - at < MINE_MOMENTS_BLOCK ? n - at : MINE_MOMENTS_BLOCK;
    for (int64_t i = 0; row && i < block.n; i++)
      block.x[i] = value[row[at + i]];
    for (int64_t i = 0; weight && i < block.n; i++)
      block.w[i] = weight[row ? (int64_t)row[at + i] : at + i];
    const double *x = row ? block.x : value + at;
    kernels->moments_range(x, block.n, &m->least, &m->most);
    if (m->whole) m->whole = moments_whole(x, block.n);
    kernels->standardize(x, block.n, origin, 1, (double)NAN, block.x);
    moments_add_block(m, &block, weight != NULL);
  }
  if (m->n > 0) m->mean += origin;
}

static void moments_pass(mine_moments *m, const double *value, int64_t n, double scale) {
  mine__moments_open(m, scale);
  for (int64_t at = 0; at < n; at += MINE_MOMENTS_BLOCK)
    mine__moments_add(m, value + at, n - at < MINE_MOMENTS_BLOCK ? n - at : MINE_MOMENTS_BLOCK);
}

void mine__moments_of(mine_moments *m, const double *value, int64_t n) {
  moments_pass(m, value, n, 1.0);
  if (!isfinite(m->m2) || !isfinite(m->mean)) moments_pass(m, value, n, MOMENTS_TINY);
}

double mine__moments_mean(const mine_moments *m) {
  return m->n ? m->mean / m->scale : NAN;
}

double mine__moments_deviation(const mine_moments *m, int less) {
  if (m->n <= less) return NAN;
  return sqrt(m->m2 / (m->weight - less)) / m->scale;
}
