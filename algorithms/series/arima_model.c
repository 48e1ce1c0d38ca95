/*
** arima_model.c -- the polynomials of an ARIMA model, and what its states are like before the
** first point (arima.h).
**
** Partial autocorrelations r_1, r_2 .. between -1 and 1 are every stationary polynomial exactly
** once (Barndorff-Nielsen & Schou 1973; Jones 1980): Levinson's recursion makes one of the
** other. The autocovariances of an ARMA process are those of its autoregression, which the same
** recursion gives in O(p^2), filtered by theta(B) theta(1/B); the covariance of all states
** follows from that of the states with u, because P = T P T' + R R' moves along its diagonals.
** That is exact, and O(r^2) instead of the O(r^4) of Gardner's algorithm AS 154 (1980).
*/
#include <math.h>
#include <string.h>

#include "arima.h"

/* Roots of a chosen model are not nearer to the unit circle than R allows: 1.01, and those of a
** season of m points 1.01^m.  For long seasons that leaves nothing to smooth, and m counts as
** 12.
*/
#define MODEL_NEAR 1.01
#define MODEL_YEAR 12
/* A variance of more than this, beside 1 of e, leaves too few digits. */
#define MODEL_MOST 1e8

int mine__arima_coefficients(const arima_order *o) {
  return o->p + o->q + o->P + o->Q;
}

/* ---- sizes ---------------------------------------------------------------------------------- */

/* (1 - B^lag) times what is there. */
static void model_difference(double *delta, int *degree, int lag) {
  for (int i = *degree; i >= 0; i--)
    delta[i + lag] -= delta[i];
  *degree += lag;
}

int mine__arima_shape(arima_model *m, const arima_order *o, int season) {
  double delta[ARIMA_STATES + 1] = {1};
  int degree = 0;
  *m = (arima_model){.order = *o, .season = season};
  m->n_phi = o->p + o->P * season;
  m->n_theta = o->q + o->Q * season;
  m->r = m->n_phi > m->n_theta + 1 ? m->n_phi : m->n_theta + 1;
  m->lags = o->d + o->D * season;
  if (m->r + m->lags > ARIMA_STATES || o->d > 2 || o->D > 1) return 0;
  for (int i = 0; i < o->d; i++)
    model_difference(delta, &degree, 1);
  for (int i = 0; i < o->D; i++)
    model_difference(delta, &degree, season);
  m->n_z = 1;
  m->z[0] = 1;
  for (int j = degree; j > 0; j--) {
    if (delta[j] == 0) continue;
    m->at[m->n_z] = m->r + m->lags - j;
    m->z[m->n_z++] = -delta[j];
  }
  return 1;
}

/* ---- polynomials ---------------------------------------------------------------------------- */

/* Levinson's recursion: the autoregression of order k + 1 from that of order k. */
static void model_grow(double *c, int k, double partial) {
  for (int i = 0, j = k - 1; i <= j; i++, j--) {
    const double a = c[i], b = c[j];
    c[i] = a - partial * b;
    c[j] = b - partial * a;
  }
  c[k] = partial;
}

/* ... and back: partial[k] of c, which is used up; 0: 1 - c_1 B - .. is not stationary. */
static int model_partial(double *c, int n, double *partial) {
  for (int k = n - 1; k >= 0; k--) {
    const double r = c[k], left = 1 - r * r;
    if (!(left > 0)) return 0;
    partial[k] = r;
    for (int i = 0, j = k - 1; i <= j; i++, j--) {
      const double a = c[i], b = c[j];
      c[i] = (a + r * b) / left;
      c[j] = (b + r * a) / left;
    }
  }
  return 1;
}

static void model_natural(const double *unbounded, int n, double sign, double *c) {
  for (int k = 0; k < n; k++)
    model_grow(c, k, tanh(unbounded[k]));
  for (int k = 0; k < n; k++)
    c[k] *= sign;
}

void mine__arima_natural(const arima_order *o, const double *unbounded, double *c) {
  const int n[] = {o->p, o->q, o->P, o->Q};
  for (int part = 0, k = 0; part < 4; k += n[part++])
    model_natural(unbounded + k, n[part], part % 2 ? -1 : 1, c + k);
}

/* out[i] of lag i + 1, of (1 + sign a_1 B ..)(1 + sign b_1 B^m ..) = 1 + sign (out_0 B + ..). */
static void model_product(const double *a, int n_a, const double *b, int n_b, int m, double sign,
                          double *out) {
  for (int i = 0; i < n_a; i++)
    out[i] = a[i];
  for (int j = 1; j <= n_b; j++) {
    out[j * m - 1] += b[j - 1];
    for (int i = 1; i <= n_a; i++)
      out[i + j * m - 1] += sign * a[i - 1] * b[j - 1];
  }
}

void mine__arima_expand(arima_model *m, const double *c) {
  const arima_order *o = &m->order;
  memset(m->phi, 0, sizeof m->phi);
  memset(m->theta, 0, sizeof m->theta);
  m->theta[0] = 1;
  model_product(c, o->p, c + o->p + o->q, o->P, m->season, -1, m->phi);
  model_product(c + o->p, o->q, c + o->p + o->q + o->P, o->Q, m->season, 1, m->theta + 1);
}

int mine__arima_is_stationary(const arima_model *m) {
  double c[ARIMA_STATES], partial[ARIMA_STATES];
  memcpy(c, m->phi, sizeof c);
  return model_partial(c, m->n_phi, partial);
}

/* Roots of 1 - sign (c_1 B + ..). */
static int model_is_away(const double *c, int n, double sign, double near) {
  double scaled[ARIMA_COEFFICIENTS], partial[ARIMA_COEFFICIENTS], power = sign;
  for (int i = 0; i < n; i++) {
    power *= near;
    scaled[i] = c[i] * power;
  }
  return model_partial(scaled, n, partial);
}

int mine__arima_away_from_one(const arima_order *o, int season, const double *c) {
  const int n[] = {o->p, o->q, o->P, o->Q};
  const double season_near = pow(MODEL_NEAR, season < MODEL_YEAR ? season : MODEL_YEAR);
  for (int part = 0, k = 0; part < 4; k += n[part++])
    if (!model_is_away(c + k, n[part], part % 2 ? -1 : 1, part < 2 ? MODEL_NEAR : season_near))
      return 0;
  return 1;
}

/* ---- covariances ---------------------------------------------------------------------------- */

/* Autocovariances of the autoregression phi with noise of variance 1, at lags 0 .. most. */
static int model_autoregression(const arima_model *m, int most, double *c) {
  double grown[ARIMA_STATES], partial[ARIMA_STATES];
  const int n = m->n_phi;
  memcpy(grown, m->phi, sizeof grown);
  if (!model_partial(grown, n, partial)) return 0;
  c[0] = 1;
  for (int k = 0; k < n; k++)
    c[0] /= 1 - partial[k] * partial[k];
  double left = c[0];
  for (int k = 1; k <= n && k <= most; k++) {
    c[k] = partial[k - 1] * left;
    for (int j = 1; j < k; j++)
      c[k] += grown[j - 1] * c[k - j];
    left *= 1 - partial[k - 1] * partial[k - 1];
    model_grow(grown, k - 1, partial[k - 1]);
  }
  for (int k = n + 1; k <= most; k++) {
    c[k] = 0;
    for (int j = 1; j <= n; j++)
      c[k] += m->phi[j - 1] * c[k - j];
  }
  return isfinite(c[0]);
}

/* Autocovariances of u at lags 0 .. n_phi - 1, at least 0.  0: roots of phi and theta that are
** close to each other and to 1 leave nothing but rounding. */
static int model_autocovariances(const arima_model *m, double *gamma) {
  double c[2 * ARIMA_STATES], b[ARIMA_STATES];
  const int q = m->n_theta, n = m->n_phi > 0 ? m->n_phi : 1;
  if (!model_autoregression(m, n - 1 + q, c)) return 0;
  for (int j = 0; j <= q; j++) {
    b[j] = 0;
    for (int i = 0; i + j <= q; i++)
      b[j] += m->theta[i] * m->theta[i + j];
  }
  for (int k = 0; k < n; k++) {
    gamma[k] = b[0] * c[k];
    for (int j = 1; j <= q; j++)
      gamma[k] += b[j] * (c[k > j ? k - j : j - k] + c[k + j]);
  }
  double terms = b[0] * c[0];
  for (int j = 1; j <= q; j++)
    terms += 2 * fabs(b[j] * c[j]);
  return terms < MODEL_MOST;
}

/* The states as sums of the past,  a_i = sum_k phi_(i+1+k) u_(t-1-k) + theta_(i+k) e_(t-k),  beside
** u_t = e_t + psi_1 e_(t-1) + .. */
int mine__arima_begin(arima_model *m) {
  double gamma[ARIMA_STATES], psi[ARIMA_STATES];
  if (!model_autocovariances(m, gamma)) return 0;
  for (int j = 0; j <= m->n_theta; j++) {
    psi[j] = m->theta[j];
    for (int i = 1; i <= j && i <= m->n_phi; i++)
      psi[j] += m->phi[i - 1] * psi[j - i];
  }
  m->first[0] = gamma[0];
  for (int i = 1; i < m->r; i++) {
    double sum = 0;
    for (int k = 1; i + k <= m->n_phi; k++)
      sum += m->phi[i + k - 1] * gamma[k];
    for (int k = 0; i + k <= m->n_theta; k++)
      sum += m->theta[i + k] * psi[k];
    m->first[i] = sum;
  }
  return 1;
}

void mine__arima_covariance(const arima_model *m, double *packed) {
  const double *phi = m->phi, *theta = m->theta, *first = m->first;
  const int r = m->r;
  for (int i = r - 1; i >= 0; i--)
    for (int j = 0; j <= i; j++) {
      double sum = phi[i] * phi[j] * first[0];
      if (j + 1 < r) sum += phi[i] * first[j + 1];
      if (i + 1 < r)
        sum += phi[j] * first[i + 1] + theta[i + 1] * theta[j + 1] +
               packed[ARIMA_PACKED(i + 1) + (size_t)j + 1];
      packed[ARIMA_PACKED(i) + (size_t)j] = sum;
    }
}
