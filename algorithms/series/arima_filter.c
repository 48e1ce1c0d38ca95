/*
** arima_filter.c -- Kalman's filter for ARIMA (arima.h): whatever is missing, exactly.
**
** The states x = (a, values before) have the mean that is expected and the covariance R R' +
** E.  Of a point y = z' x
**
**   F = 1 + z' E z     M = R + E z     v = y - z' x
**   known:    x += M v / F    C = R R' + E - M M' / F
**   missing:                  C = R R' + E
**   next:     x' = T x        E' = T C T'
**
** T moves every state one place down (and adds phi a_0 to those of ARMA), so E' is made in
** place, row after row: O((r + lags)^2) a point.  A value that is known has no covariance;
** while no lag is uncertain these are left out, and when E has died out nothing is left but the
** means, O(r).
**
** Before the first point the values before it may be anything: their covariance is that of
** `diffuse` times a number without bound, and a point that depends on them tells one of them
** and nothing else (Koopman 1997).  What R's arima has is the limit of a large number.
*/
#include <math.h>
#include <string.h>

#include "arima.h"

#define FILTER_SETTLED 1e-15 /* of what is not known, beside a variance of 1 */
#define FILTER_TELLS   1e-9  /* a smaller unbounded variance is that of rounding */

static double *filter_row(double *packed, int i) {
  return packed + ARIMA_PACKED(i);
}

static double filter_element(const double *packed, int i, int j) {
  return i >= j ? packed[ARIMA_PACKED(i) + (size_t)j] : packed[ARIMA_PACKED(j) + (size_t)i];
}

/* R of all states. */
static double filter_noise(const arima_model *m, int i) {
  return i < m->r ? m->theta[i] : 0;
}

void mine__arima_filter_open(arima_filter *f, const arima_model *m, int columns, double *mean,
                             double *cov, double *diffuse) {
  *f = (arima_filter){.model = m, .columns = columns, .mean = mean, .cov = cov, .extent = m->r};
  memset(mean, 0, (size_t)(columns * (m->r + m->lags)) * sizeof *mean);
  mine__arima_covariance(m, cov);
  if (m->lags == 0) return;
  f->diffuse = diffuse;
  f->left = m->lags;
  memset(diffuse, 0, ARIMA_PACKED(m->lags) * sizeof *diffuse);
  for (int i = 0; i < m->lags; i++)
    filter_row(diffuse, i)[i] = 1;
}

/* E reaches all states; those it did not reach are known. */
static void filter_extend(arima_filter *f) {
  const int n = f->model->r + f->model->lags;
  memset(f->cov + ARIMA_PACKED(f->extent), 0,
         (ARIMA_PACKED(n) - ARIMA_PACKED(f->extent)) * sizeof *f->cov);
  f->extent = n;
}

/* E z, and z' E z. */
static double filter_seen(const arima_filter *f, double *seen) {
  const arima_model *m = f->model;
  double variance = 0;
  for (int i = 0; i < f->extent; i++) {
    seen[i] = 0;
    for (int k = 0; k < m->n_z && m->at[k] < f->extent; k++)
      seen[i] += m->z[k] * filter_element(f->cov, i, m->at[k]);
  }
  for (int k = 0; k < m->n_z && m->at[k] < f->extent; k++)
    variance += m->z[k] * seen[m->at[k]];
  return variance;
}

/* ---- the next point ------------------------------------------------------------------------- */

/* x' = T x; y: the value that was, or what was expected of it. */
static void filter_move(const arima_model *m, double *x, double y) {
  const double a = x[0];
  const int r = m->r, n = m->r + m->lags;
  for (int i = 0; i < r - 1; i++)
    x[i] = m->phi[i] * a + x[i + 1];
  x[r - 1] = m->phi[r - 1] * a;
  for (int i = r; i < n - 1; i++)
    x[i] = x[i + 1];
  if (n > r) x[n - 1] = y;
}

/* E' = T C T'; `last`: C z, the covariance of the point with the states.  Row i of E' is made
** of row i + 1 of C, still as it was, and of C's first column, which is kept aside. */
static void filter_move_covariance(arima_filter *f, const double *last) {
  const arima_model *m = f->model;
  const int r = m->r, n = f->extent;
  double side[ARIMA_STATES]; /* C's first column */
  for (int i = 0; i < n; i++)
    side[i] = filter_row(f->cov, i)[0];
  const double top = side[0];
  for (int i = 0; i < n; i++) {
    double *row = filter_row(f->cov, i);
    const double *next = i + 1 < n && i != r - 1 ? filter_row(f->cov, i + 1) + 1 : NULL;
    const int of_arma = i < r ? i : r - 1; /* columns 0 .. of_arma are of ARMA states */
    const double phi = i < r ? m->phi[i] : 0, below = next ? next[-1] : 0;
    if (i >= r && i == n - 1) { /* the point itself */
      for (int j = 0; j < r; j++)
        row[j] = m->phi[j] * last[0] + (j + 1 < r ? last[j + 1] : 0);
      for (int j = r; j < n - 1; j++)
        row[j] = last[j + 1];
      row[n - 1] = 0;
      for (int k = 0; k < m->n_z; k++)
        row[n - 1] += m->z[k] * last[m->at[k]];
      continue;
    }
    for (int j = 0; j <= of_arma; j++) {
      double sum = m->phi[j] * (phi * top + below);
      if (j + 1 < r) sum += phi * side[j + 1] + (next ? next[j] : 0);
      row[j] = sum;
    }
    for (int j = r; j <= i; j++)
      row[j] = next[j];
  }
}

/* Where all lags are known E ends before them; where nothing is unknown any more, there is none. */
static void filter_shrink(arima_filter *f) {
  const arima_model *m = f->model;
  if (f->left > 0) return;
  if (f->extent > m->r)
    for (int i = m->r; i < f->extent; i++)
      if (filter_row(f->cov, i)[i] != 0) return;
  f->extent = m->r;
  for (int i = 0; i < m->r; i++)
    if (filter_row(f->cov, i)[i] > FILTER_SETTLED) return;
  f->extent = 0;
}

/* ---- values that may be anything ------------------------------------------------------------ */

/* The unbounded covariance of the point with the lags, in `seen`, and its own. */
static double filter_unbounded(const arima_filter *f, double *seen) {
  const arima_model *m = f->model;
  double variance = 0;
  for (int i = 0; i < m->lags; i++) {
    seen[i] = 0;
    for (int k = 1; k < m->n_z; k++)
      seen[i] += m->z[k] * filter_element(f->diffuse, i, m->at[k] - m->r);
  }
  for (int k = 1; k < m->n_z; k++)
    variance += m->z[k] * seen[m->at[k] - m->r];
  return variance;
}

/* One of them is told: what is left, moved on.  `known`: the last value is. */
static void filter_move_unbounded(arima_filter *f, const double *seen, double variance, int known) {
  const int n = f->model->lags;
  for (int i = 0; i < n - 1; i++) {
    double *row = filter_row(f->diffuse, i);
    const double *next = filter_row(f->diffuse, i + 1) + 1;
    for (int j = 0; j <= i; j++)
      row[j] = next[j] - (known && variance > 0 ? seen[i + 1] * seen[j + 1] / variance : 0);
  }
  double *row = filter_row(f->diffuse, n - 1);
  for (int j = 0; j < n; j++)
    row[j] = known ? 0 : j < n - 1 ? seen[j + 1] : variance;
  if (known && variance > 0) f->left--;
}

/* ---- a point -------------------------------------------------------------------------------- */

static void filter_learn(arima_filter *f, const double *gain, double share, int n, double *errors) {
  const int states = f->model->r + f->model->lags;
  for (int c = 0; c < f->columns; c++)
    for (int i = 0; i < n; i++)
      f->mean[c * states + i] += gain[i] * (errors[c] * share);
}

/* E becomes C; told: gain of a lag that the point has told, or NULL. With P = R R' + E and any
** gain g, C = P - M g' - g M' + F g g'; with g = M / F that is P - M M' / F. */
static void filter_update(arima_filter *f, const double *seen, double variance, int known,
                          const double *told) {
  const arima_model *m = f->model;
  for (int i = 0; i < f->extent; i++) {
    double *row = filter_row(f->cov, i);
    const double noise = filter_noise(m, i);
    for (int j = 0; j <= i && j < m->r; j++)
      row[j] += noise * m->theta[j];
    if (!known) continue;
    if (told)
      for (int j = 0; j <= i; j++)
        row[j] += told[i] * told[j] * variance - seen[i] * told[j] - told[i] * seen[j];
    else
      for (int j = 0; j <= i; j++)
        row[j] -= seen[i] * seen[j] / variance;
  }
}

int mine__arima_filter_step(arima_filter *f, const double *y, double *expected, double *variance) {
  const arima_model *m = f->model;
  const int n = m->r + m->lags, known = !isnan(y[0]);
  double seen[ARIMA_STATES], loose[ARIMA_STATES], told[ARIMA_STATES], error[ARIMA_COLUMNS];
  double unbounded = 0;
  for (int c = 0; c < f->columns; c++) {
    expected[c] = 0;
    for (int k = 0; k < m->n_z; k++)
      expected[c] += m->z[k] * f->mean[c * n + m->at[k]];
    error[c] = y[c] - expected[c];
  }
  if ((!known || f->left > 0) && f->extent < n) filter_extend(f);
  *variance = 1 + filter_seen(f, seen);
  if (!(*variance >= 1)) *variance = 1; /* rounding; E has none below 0 */
  for (int i = 0; i < n; i++)
    seen[i] = filter_noise(m, i) + (i < f->extent ? seen[i] : 0);
  if (f->left > 0) {
    unbounded = filter_unbounded(f, loose);
    if (!(unbounded > FILTER_TELLS)) unbounded = 0;
    for (int i = 0; i < n; i++)
      told[i] = i < m->r || !(unbounded > 0) ? 0 : loose[i - m->r] / unbounded;
  }
  const int tells = known && unbounded > 0;
  if (known) filter_learn(f, tells ? told : seen, tells ? 1 : 1 / *variance, n, error);
  for (int c = 0; c < f->columns; c++)
    filter_move(m, f->mean + c * n, known ? y[c] : expected[c]);
  if (f->extent > 0) {
    filter_update(f, seen, *variance, known, tells ? told : NULL);
    /* a point that is known varies with nothing */
    if (known) memset(seen, 0, sizeof seen);
    filter_move_covariance(f, seen);
  }
  if (f->left > 0) filter_move_unbounded(f, loose, unbounded, known);
  if (f->extent > 0) filter_shrink(f);
  if (tells) *variance = unbounded;
  return tells ? -1 : known;
}
