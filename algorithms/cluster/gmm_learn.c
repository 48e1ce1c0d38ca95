/*
** gmm_learn.c -- the maximisation: weights, means and covariances from the sums of a pass.
**
** With N_c the sum of the shares of component c and all sums around the centre m as it was,
**   weight      N_c / sum of all N
**   mean        m + d,  d = (sum of r t) / N_c
**   covariance  (sum of r t t') / N_c - d d', and reg_covar added to the diagonal
** (Dempster, Laird & Rubin 1977; McLachlan & Peel, Finite Mixture Models, 2000, 3.2).  Tied: the
** mean over the components by N_c.  Diagonal: its diagonal; spherical: the mean of that.  N_c has
** ten roundings of 1 added, so that a component without rows stays where it is.
**
** A covariance that Cholesky's method refuses (reg_covar=0, or too small beside the spread of the
** columns) has LEARN_REPAIR of its mean variance added, ten times as much until it is accepted:
** said as `repaired`.  One whose smallest variance in a direction of the triangle is mostly
** reg_covar is `singular`: without reg_covar its likelihood would be infinite.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "../kernel/gauss.h"
#include "gmm_private.h"

#define LEARN_NONE   (10 * DBL_EPSILON)
#define LEARN_REPAIR 1e-10
#define LEARN_FLAT   1e-12 /* of a column's variance: nothing */

static double learn_mass(const gmm_run *run, int64_t c) {
  return run->all[(size_t)(c + 1) * run->own - 1] + LEARN_NONE;
}

static int learn_flat(const gmm_run *run, double left, double variance) {
  return left <= 2 * run->fit->options->reg_covar || left <= LEARN_FLAT * variance;
}

/* How far the mean of component c moves, into d. */
static void learn_moves(const gmm_run *run, int64_t c, double *d) {
  const int64_t width = run->points->width;
  const double *sum = run->all + (size_t)c * run->own, mass = learn_mass(run, c);
  const int turns = mine__mixture_turns(run->mixture.form);
  for (int64_t j = 0; j < width; j++)
    d[j] = (turns ? sum[j * (width + 1) + width] : sum[j]) / mass;
}

/* ---- of each column ------------------------------------------------------------------------ */

/* One over the root of a variance; *flat: there is none but reg_covar. */
static double learn_factor(gmm_run *run, double variance, int *flat) {
  *flat |= learn_flat(run, variance, run->points->variance);
  if (variance > 0) return 1 / sqrt(variance);
  run->repaired++;
  return 1 / sqrt(fmax(LEARN_REPAIR * run->points->variance, LEARN_FLAT));
}

static void learn_columns(gmm_run *run, int64_t c, const double *d) {
  mine_mixture *m = &run->mixture;
  const int64_t width = run->points->width;
  const double *square = run->all + (size_t)c * run->own + width, mass = learn_mass(run, c);
  const double reg = run->fit->options->reg_covar;
  double total = 0;
  int flat = 0;
  for (int64_t j = 0; j < width; j++) {
    const double variance = fmax(square[j] / mass - d[j] * d[j], 0) + reg;
    total += variance;
    if (m->form == MINE_COVARIANCE_DIAGONAL)
      m->factor[c * width + j] = learn_factor(run, variance, &flat);
  }
  if (m->form == MINE_COVARIANCE_SPHERICAL)
    m->factor[c] = learn_factor(run, total / (double)width, &flat);
  run->singular += flat;
}

/* ---- of all columns together ---------------------------------------------------------------- */

/* += share x the covariance of component c, upper triangle. */
static void learn_add(const gmm_run *run, int64_t c, const double *d, double share,
                      double *covariance) {
  const int64_t width = run->points->width;
  const double *sum = run->all + (size_t)c * run->own, mass = learn_mass(run, c);
  for (int64_t i = 0; i < width; i++)
    for (int64_t j = i; j < width; j++)
      covariance[i * width + j] += share * (sum[i * (width + 1) + j] / mass - d[i] * d[j]);
}

/* The triangle u of the covariance (u'u), with what must be added to the diagonal; 0: overflow;
** 2: it took more than reg_covar. */
static int learn_root(gmm_run *run, const double *covariance, double *u) {
  const int64_t width = run->points->width;
  const size_t bytes = (size_t)width * (size_t)width * sizeof(double);
  double trace = 0, add = run->fit->options->reg_covar;
  for (int64_t j = 0; j < width; j++)
    trace += covariance[j * width + j];
  if (!isfinite(trace)) return 0;
  for (double more = fmax(LEARN_REPAIR * trace / (double)width, LEARN_FLAT);; more *= 10) {
    memcpy(u, covariance, bytes);
    for (int64_t j = 0; j < width; j++)
      u[j * width + j] += add;
    if (mine__cholesky((mine_linalg){0}, width, u))
      return add == run->fit->options->reg_covar ? 1 : 2;
    if (!isfinite(more)) return 0;
    if (add == run->fit->options->reg_covar) run->repaired++;
    add = more;
  }
}

/* The covariance (its upper triangle) becomes a whitening. */
static void learn_triangle(gmm_run *run, const double *covariance, double *u, double *triangle) {
  const int64_t width = run->points->width;
  const int root = learn_root(run, covariance, u);
  int flat = root == 2;
  if (!root) {
    mine__fail(run->fit->env, MINE_NUMERIC,
               "the covariances overflow; use scale=standard or correct the values");
    return;
  }
  for (int64_t j = 0; j < width; j++)
    flat |= learn_flat(run, u[j * width + j] * u[j * width + j],
                       covariance[j * width + j] + run->fit->options->reg_covar);
  run->singular += flat;
  mine__invert_upper(width, u);
  for (int64_t j = 0; j < width; j++)
    for (int64_t i = 0; i <= j; i++)
      triangle[mine__gauss_triangle(j) + i] = u[i * width + j];
}

static void learn_triangles(gmm_run *run, const double *d, double total) {
  mine_mixture *m = &run->mixture;
  mine_env *env = run->fit->env;
  const int64_t width = run->points->width;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t size = (size_t)width * sizeof(double);
  double *covariance = mine__arena_array(env->scratch, (size_t)width, size);
  double *u = mine__arena_array(env->scratch, (size_t)width, size);
  for (int64_t c = 0; c < m->k && !mine_failed(env); c++) {
    const int tied = m->form == MINE_COVARIANCE_TIED;
    if (!tied || c == 0) memset(covariance, 0, (size_t)width * size);
    learn_add(run, c, d + c * width, tied ? learn_mass(run, c) / total : 1, covariance);
    if (!tied)
      learn_triangle(run, covariance, u, m->factor + c * mine__gauss_triangle(width));
    else if (c == m->k - 1)
      learn_triangle(run, covariance, u, m->factor);
    if (mine__poll(env)) break;
  }
  mine__arena_rewind(env->scratch, mark);
}

void mine__gmm_learn(gmm_run *run) {
  mine_mixture *m = &run->mixture;
  mine_env *env = run->fit->env;
  const int64_t width = run->points->width;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *d = mine__arena_array(env->scratch, (size_t)m->k, (size_t)width * sizeof *d), total = 0;
  if (mine_failed(env)) return;
  run->singular = 0;
  for (int64_t c = 0; c < m->k; c++) {
    total += learn_mass(run, c);
    learn_moves(run, c, d + c * width);
    if (!mine__mixture_turns(m->form)) learn_columns(run, c, d + c * width);
  }
  if (mine__mixture_turns(m->form)) learn_triangles(run, d, total);
  for (int64_t c = 0; c < m->k; c++) {
    m->weight[c] = learn_mass(run, c) / total;
    for (int64_t j = 0; j < width; j++)
      m->centre[c * width + j] += d[c * width + j];
  }
  if (!mine_failed(env)) mine__mixture_prepare(m);
  mine__arena_rewind(env->scratch, mark);
}
