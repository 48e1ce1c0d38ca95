/*
** arima_missing.c -- the exact likelihood of a series that lacks a few values (arima.h).
**
** Where a value is missing any number may stand, and a regressor that is 1 there and 0
** elsewhere takes it out again (Gomez, Maravall & Pena, Missing observations in ARIMA models:
** skipping approach versus additive outlier approach, Journal of Econometrics 88, 1999): so the
** recursions of a complete series serve.  With X these regressors, differenced, and V the
** covariance of what is differenced, the density of what is known has S at its least over their
** coefficients, and
**
**   log |V| + log |X' V^-1 X| - what the points that told lags are worth, whatever the parameters
**
** in the place of the logarithms of variances.  All columns go through the filter beside each
** other, a regressor from where its value is first seen: O(n r k + n k^2 / 2) for k values,
** where the filter with covariances of all states takes O(n (r + lags)^2).
*/
#include <math.h>
#include <string.h>

#include "arima.h"

/* y, x, regressors in the order of time */
#define MISSING_COLUMNS (ARIMA_COLUMNS + ARIMA_MISSING)
#define MISSING_NOTHING 1e-10 /* of a square: a regressor that is made of others */

size_t mine__arima_missing_room(int states) {
  return (size_t)MISSING_COLUMNS * ((size_t)states + MISSING_COLUMNS);
}

typedef struct missing_run {
  const arima_model *m;
  double *states;  /* r x columns */
  double *product; /* columns x columns, the lower triangle: of errors over variances */
  int n, active;   /* columns; those that have begun */
  int64_t at[MISSING_COLUMNS];
} missing_run;

/* Of regressor c: which of its points w_t depends on.  w_t is the value of point t + lags less
** z times those that delta asks for. */
static double missing_input(const missing_run *s, int c, int64_t t) {
  const arima_model *m = s->m;
  const int64_t lag = t + m->lags - s->at[c];
  if (lag == 0) return 1;
  for (int k = 1; k < m->n_z; k++)
    if (lag == m->r + m->lags - m->at[k]) return -m->z[k];
  return 0;
}

/* T x + K v of all columns. */
static void missing_move(missing_run *s, const double *gain, const double *share) {
  const arima_model *m = s->m;
  double top[MISSING_COLUMNS];
  memcpy(top, s->states, (size_t)s->active * sizeof *top);
  for (int i = 0; i < m->r; i++) {
    double *row = s->states + i * MISSING_COLUMNS;
    const double phi = m->phi[i], k = gain[i];
    const double *next = i + 1 < m->r ? row + MISSING_COLUMNS : NULL;
    for (int c = 0; c < s->active; c++)
      row[c] = phi * top[c] + k * share[c] + (next ? next[c] : 0);
  }
}

static void missing_multiply(missing_run *s, const double *error, const double *share) {
  for (int c = 0; c < s->active; c++) {
    double *row = s->product + c * MISSING_COLUMNS;
    for (int b = 0; b <= c; b++)
      row[b] += error[c] * share[b];
  }
}

/* Regressors out of the products; the logarithms of their pivots, NAN: they tell not all.
** Gauss's elimination: the pivots' product is |X' V^-1 X|, and what it leaves of y and x are
** their products at the best coefficients. */
static double missing_take_out(missing_run *s) {
  double logs = 0;
  for (int c = s->n - 1; c >= ARIMA_COLUMNS; c--) {
    const double *row = s->product + c * MISSING_COLUMNS, pivot = row[c];
    if (!(pivot > MISSING_NOTHING)) return NAN;
    logs += log(pivot);
    for (int a = 0; a < c; a++)
      for (int b = 0; b <= a; b++)
        s->product[a * MISSING_COLUMNS + b] -= row[a] * row[b] / pivot;
  }
  return logs;
}

int mine__arima_missing_run(arima_work *w, arima_told *told) {
  const arima_model *m = &w->model;
  missing_run s = {.m = m, .states = w->columns, .n = ARIMA_COLUMNS, .active = ARIMA_COLUMNS};
  const double x = m->order.constant ? mine__arima_x_differenced(w) : 0;
  arima_recursion by;
  double error[MISSING_COLUMNS], share[MISSING_COLUMNS], logs = 0;
  s.product = s.states + (size_t)m->r * MISSING_COLUMNS;
  memset(s.states, 0, mine__arima_missing_room(m->r) * sizeof *s.states);
  for (int64_t t = 0; t < w->n; t++)
    if (isnan(w->y[t])) s.at[s.n++] = t;
  mine__arima_recursion_open(m, 0, &by);
  for (int64_t t = 0; t < w->n_w; t++) {
    while (s.active < s.n && s.at[s.active] <= t + m->lags)
      s.active++;
    for (int c = 0; c < s.active; c++) {
      const double in = c == 0 ? w->w[t] : c == 1 ? x : missing_input(&s, c, t);
      error[c] = in - s.states[c];
      share[c] = error[c] / by.variance;
    }
    missing_multiply(&s, error, share);
    missing_move(&s, by.gain, share);
    if (by.still) continue;
    logs += log(by.variance);
    mine__arima_recursion_step(m, &by);
  }
  const double taken = missing_take_out(&s);
  *told = (arima_told){.used = w->n_w - (s.n - ARIMA_COLUMNS),
                       .logs = logs + taken - w->told,
                       .yy = s.product[0],
                       .yx = s.product[MISSING_COLUMNS],
                       .xx = s.product[MISSING_COLUMNS + 1]};
  return !isnan(taken);
}
