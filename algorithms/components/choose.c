/*
** choose.c -- how many components: parallel analysis (Horn 1965, "A rationale and test for the
** number of factors in factor analysis", Psychometrika 30; the 95th percentile of Glorfeld 1995).
**
** A component is kept while its eigenvalue is larger than what 95 of 100 tables of as many rows,
** with columns of the same variances that have nothing to do with each other, give in its place.
** No such table is made: the squares of n rows of p normal numbers are L L' with L lower
** triangular, its diagonal the roots of chi-squared numbers with n - 1, n - 2, ... degrees of
** freedom and normal numbers below it (Bartlett 1933), p^2 / 2 numbers whatever n is.
*/
#include <math.h>

#include "../core/order.h"
#include "../core/random.h"
#include "../kernel/eigen.h"
#include "../kernel/linalg.h"
#include "spread.h"

#define CHOOSE_DRAWS   100
#define CHOOSE_FEWEST  10
#define CHOOSE_WORK    1e9 /* draws x columns^3 */
#define CHOOSE_PURPOSE 0x484f524eu

/* A normal number: Marsaglia's polar method (1964). */
static double choose_normal(mine_random *r) {
  for (;;) {
    const double x = 2 * mine__random_real(r) - 1, y = 2 * mine__random_real(r) - 1;
    const double s = x * x + y * y;
    if (s > 0 && s < 1) return x * sqrt(-2 * log(s) / s);
  }
}

/* The root of a chi-squared number with df >= 1 degrees of freedom: Marsaglia & Tsang (2000). */
static double choose_chi(mine_random *r, double df) {
  if (df < 2) return fabs(choose_normal(r));
  const double d = df / 2 - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (;;) {
    const double x = choose_normal(r), t = 1 + c * x, v = t * t * t, u = mine__random_real(r);
    if (v > 0 && u > 0 && log(u) < 0.5 * x * x + d - d * v + d * log(v)) return sqrt(2 * d * v);
  }
}

/* Covariances of p unrelated columns of these variances, from n rows. */
static void choose_draw(int64_t p, const double *variance, int64_t n, mine_random *r, double *l,
                        double *c) {
  for (int64_t i = 0; i < p; i++) {
    double *row = l + i * p;
    const int64_t below = i < n - 1 ? i : n - 1;
    for (int64_t j = 0; j < p; j++)
      row[j] = j < below ? choose_normal(r) : 0;
    if (i < n - 1) row[i] = choose_chi(r, (double)(n - 1 - i));
    /* a row's square is the column's variance: it is made to be that of the real column */
    const double length = sqrt(mine__dot(row, row, p)), own = sqrt(variance[i]);
    for (int64_t j = 0; j <= i && length > 0; j++)
      row[j] *= own / length;
  }
  for (int64_t i = 0; i < p; i++) {
    for (int64_t j = 0; j <= i; j++)
      c[i * p + j] = c[j * p + i] = mine__dot(l + i * p, l + j * p, j + 1);
  }
}

int64_t mine__components_parallel(const components_spread *s, const double *variance,
                                  const double *value) {
  mine_env *env = s->env;
  const int64_t p = s->width;
  const size_t cells = (size_t)p * (size_t)p;
  const double afford = CHOOSE_WORK / ((double)p * (double)p * (double)p);
  const int draws = afford < CHOOSE_FEWEST  ? CHOOSE_FEWEST
                    : afford > CHOOSE_DRAWS ? CHOOSE_DRAWS
                                            : (int)afford;
  const int64_t n = s->rows < 2 ? 2 : s->rows > 9e15 ? (int64_t)9e15 : (int64_t)(s->rows + 0.5);
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *l = mine__arena_array(env->scratch, cells, sizeof *l);
  double *c = mine__arena_array(env->scratch, cells, sizeof *c);
  double *room = mine__arena_array(env->scratch, 3 * (size_t)p, sizeof *room);
  double *drawn = mine__arena_array(env->scratch, (size_t)draws * (size_t)p, sizeof *drawn);
  int64_t k = 0;
  int d = 0;
  for (; d < draws && !mine_failed(env); d++) {
    mine_random r;
    mine__random_open(&r, s->data->seed, CHOOSE_PURPOSE, (uint64_t)d);
    if (mine__poll_progress(env, "comparing with unrelated columns", (double)d / draws)) break;
    choose_draw(p, variance, n, &r, l, c);
    if (!mine__eigen(env, p, c, 0, room + 2 * p, room)) break;
    for (int64_t i = 0; i < p; i++)
      drawn[i * draws + d] = room[2 * p + i];
  }
  /* the 95th percentile is the ceil(0.95 draws)-th of them */
  while (d == draws && k < p &&
         value[k] > mine__select(drawn + k * draws, draws, (95 * draws + 99) / 100 - 1))
    k++;
  mine__arena_rewind(env->scratch, mark);
  return k;
}

int64_t mine__components_above_mean(const double *value, int64_t n) {
  double sum = 0;
  int64_t k = 0;
  for (int64_t i = 0; i < n; i++)
    sum += value[i];
  while (k < n && value[k] > sum / (double)n * (1 + 1e-12))
    k++;
  return k;
}
