/*
** arima_likelihood.c -- the exact likelihood of an ARIMA model, without its constant and the
** variance of e, which are at their best given the rest:
**
**   -2 log L = n (log(2 pi S / n) + 1) + sum log F      S = sum v^2 / F
**
** over the points that count, n of them: known ones, without as many as there are lags.
**
** A complete series is differenced, and its filter needs no covariance: from point to point
** this changes by a matrix of rank one, M L L' (Morf, Sidhu & Kailath 1974; Pearlman 1980;
** Melard, algorithm AS 197, 1984),
**
**   F' = F + M L_0^2    K' = K + T L M L_0    L' = T L - K L_0 / F    M' = M - (M L_0)^2 / F'
**
** beginning at F = var u, K = T (covariance of the states with u), L = K, M = -1 / F: O(r) a
** point. When L has died out, K is R, and nothing is left but the errors.  The constant is that
** of generalised least squares: x goes through the same filter.
*/
#include <math.h>
#include <string.h>

#include "arima.h"

#define LIKELIHOOD_TWO_PI 6.283185307179586
#define LIKELIHOOD_LEAST  1e-24 /* squares of scaled points: less are rounding */
#define LIKELIHOOD_STILL  1e-15 /* of what the variances may still change, asked now and then */
#define LIKELIHOOD_ASK    8

/* ---- the series ----------------------------------------------------------------------------- */

/* The points that tell lags tell them whatever the parameters are. */
static double likelihood_told(arima_work *w) {
  const arima_order walk = {.d = w->d, .D = w->D};
  const double none = 0;
  arima_filter f;
  double sum = 0;
  if (w->d + w->D == 0 || w->known == w->n) return 0;
  if (!mine__arima_shape(&w->model, &walk, w->season)) return 0;
  mine__arima_expand(&w->model, &none);
  (void)mine__arima_begin(&w->model);
  mine__arima_filter_open(&f, &w->model, 1, w->mean, w->cov, w->diffuse);
  for (int64_t t = 0; t < w->n && f.left > 0; t++) {
    double expected, variance;
    if (mine__arima_filter_step(&f, &w->y[t], &expected, &variance) < 0) sum += log(variance);
  }
  return sum;
}

void mine__arima_difference(arima_work *w, int d, int D) {
  w->d = d;
  w->D = D;
  w->n_w = w->n;
  mine__series_bridge(w->y, w->n, w->w);
  for (int i = 0; i < d + D; i++) {
    const int lag = i < d ? 1 : w->season;
    w->n_w = w->n_w > lag ? w->n_w - lag : 0;
    for (int64_t t = 0; t < w->n_w; t++)
      w->w[t] = w->w[t + lag] - w->w[t];
  }
  w->told = likelihood_told(w);
}

/* x of point t; differenced it is the same of all.  A drift's x is t in units of n, so that it
** is as large as the scaled y. */
static double likelihood_x(const arima_work *w, int64_t t) {
  return w->model.order.d + w->model.order.D > 0 ? (double)(t + 1) / (double)w->n : 1;
}

double mine__arima_x_differenced(const arima_work *w) {
  const arima_order *o = &w->model.order;
  return o->d + o->D == 0 ? 1 : (o->D > 0 ? (double)w->season : 1) / (double)w->n;
}

double mine__arima_constant(const arima_work *w, const arima_told *told, double *squares) {
  if (!w->model.order.constant) {
    *squares = told->yy;
    return 0;
  }
  *squares = told->yy - told->yx / told->xx * told->yx;
  const double b = told->yx / told->xx;
  return w->model.order.d + w->model.order.D > 0 ? b / (double)w->n : b;
}

/* ---- by the filter -------------------------------------------------------------------------- */

int mine__arima_run(arima_work *w, arima_told *told) {
  arima_filter f;
  const int columns = 1 + w->model.order.constant;
  *told = (arima_told){0};
  mine__arima_filter_open(&f, &w->model, columns, w->mean, w->cov, w->diffuse);
  for (int64_t t = 0; t < w->n; t++) {
    const double y[ARIMA_COLUMNS] = {w->y[t], likelihood_x(w, t)};
    double expected[ARIMA_COLUMNS] = {0}, variance;
    if (mine__arima_filter_step(&f, y, expected, &variance) <= 0) continue;
    const double v = y[0] - expected[0], vx = columns > 1 ? y[1] - expected[1] : 0;
    told->used++;
    told->logs += log(variance);
    told->yy += v * v / variance;
    told->yx += v * vx / variance;
    told->xx += vx * vx / variance;
  }
  return f.left == 0;
}

/* ---- by Chandrasekhar's recursions ---------------------------------------------------------- */

/* K = T times the covariance of the states with u: m->first, or where all before was as
** expected the first column of R R', which is theta. */
void mine__arima_recursion_open(const arima_model *m, int conditional, arima_recursion *s) {
  const int r = m->r;
  s->still = conditional;
  s->variance = conditional ? 1 : m->first[0];
  s->rate = -1 / s->variance;
  s->steps = 0;
  for (int i = 0; i < r; i++) {
    const double next = i + 1 < r ? (conditional ? m->theta[i + 1] : m->first[i + 1]) : 0;
    s->gain[i] = s->change[i] = m->phi[i] * s->variance + next;
  }
  s->change[r] = 0;
}

/* Whether what the variances may still change is rounding.  The covariance of the states falls
** by - M L L' a point, M being below 0. */
static int likelihood_is_still(const arima_recursion *s, int r) {
  double size = 0;
  for (int i = 0; i < r; i++)
    size += s->change[i] * s->change[i];
  return -s->rate * size < LIKELIHOOD_STILL;
}

/* L' wants K and F as they were, so it comes before them; L moves in place: what goes to i
** is read from i + 1, which is written after it. */
void mine__arima_recursion_step(const arima_model *m, arima_recursion *s) {
  const double l = s->change[0], step = s->rate * l, share = l / s->variance;
  const int r = m->r;
  if (m->n_phi > 0)
    for (int i = 0; i < r; i++) {
      const double moved = s->change[i + 1] + m->phi[i] * l;
      s->change[i] = moved - s->gain[i] * share;
      s->gain[i] += moved * step;
    }
  else
    for (int i = 0; i < r; i++) {
      const double moved = s->change[i + 1];
      s->change[i] = moved - s->gain[i] * share;
      s->gain[i] += moved * step;
    }
  s->variance += step * l;
  /* rounding: e alone has 1 */
  if (!(s->variance >= 1)) s->variance = 1;
  s->rate -= step * step / s->variance;
  if (++s->steps % LIKELIHOOD_ASK == 0) s->still = likelihood_is_still(s, r);
}

/* T x + K v; x[r] is 0. */
static void likelihood_move(const arima_model *m, double *x, const double *gain, double v) {
  const int r = m->r;
  const double a = x[0];
  if (m->n_phi > 0)
    for (int i = 0; i < r; i++)
      x[i] = x[i + 1] + m->phi[i] * a + gain[i] * v;
  else
    for (int i = 0; i < r; i++)
      x[i] = x[i + 1] + gain[i] * v;
}

static void likelihood_run(const arima_work *w, int conditional, arima_told *told) {
  const arima_model *m = &w->model;
  const int constant = m->order.constant;
  const double x = constant ? mine__arima_x_differenced(w) : 0;
  arima_recursion s;
  double a[ARIMA_STATES + 1] = {0}, a_x[ARIMA_STATES + 1] = {0}; /* states of w and of x */
  double product = 1; /* of variances, whose logarithm is taken now and then */
  *told = (arima_told){.used = w->n_w};
  mine__arima_recursion_open(m, conditional, &s);
  for (int64_t t = 0; t < w->n_w; t++) {
    const double v = w->w[t] - a[0], share = v / s.variance;
    told->yy += v * share;
    likelihood_move(m, a, s.gain, share);
    if (constant) {
      const double vx = x - a_x[0], share_x = vx / s.variance;
      told->yx += vx * share;
      told->xx += vx * share_x;
      likelihood_move(m, a_x, s.gain, share_x);
    }
    if (s.still) continue;
    product *= s.variance;
    /* variances are 1 or more: the product only grows */
    if (product > 1e100) {
      told->logs += log(product);
      product = 1;
    }
    mine__arima_recursion_step(m, &s);
  }
  told->logs += log(product);
}

double mine__arima_value(arima_work *w, const double *coefficients, int conditional,
                         arima_told *told) {
  arima_told own;
  double squares;
  if (!told) told = &own;
  mine__arima_expand(&w->model, coefficients);
  if (!conditional && !mine__arima_begin(&w->model)) return INFINITY;
  const int64_t missing = w->n - w->known;
  if (missing == 0 || conditional)
    likelihood_run(w, conditional, told);
  else if (!(missing > ARIMA_MISSING ? mine__arima_run(w, told) : mine__arima_missing_run(w, told)))
    return INFINITY;
  (void)mine__arima_constant(w, told, &squares);
  const double n = (double)told->used;
  if (!(squares > n * LIKELIHOOD_LEAST)) squares = n * LIKELIHOOD_LEAST;
  return n * (log(LIKELIHOOD_TWO_PI * squares / n) + 1) + told->logs;
}
