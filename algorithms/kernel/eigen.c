/*
** eigen.c -- a symmetric matrix becomes tridiagonal, then diagonal (eigen.h).
**
** Everything runs along rows.  The vector of reflection k lies in row k, right of the diagonal;
** the product of all of them is made in place from the last one up, transposed, so that a
** rotation of two columns of it is one of two rows.
*/
#include "eigen.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "linalg.h"

#define EIGEN_STEPS 60 /* of one eigenvalue; three are usual */
#define EIGEN_POWER 1000

static int eigen_stops(mine_env *env) {
  return env && mine__poll(env) != MINE_OK;
}

/* What the matrix is multiplied by, a power of two, so that its largest number is about 1: squares
** neither overflow nor vanish.  0: it is all zeros; NAN: it holds what is no number. */
static double eigen_scale(int64_t p, const double *a) {
  double largest = 0;
  for (int64_t i = 0; i < p * p; i++) {
    if (!isfinite(a[i])) return NAN;
    largest = fmax(largest, fabs(a[i]));
  }
  if (!(largest > 0)) return 0;
  const int power = -ilogb(largest);
  return ldexp(1, power < EIGEN_POWER ? power : EIGEN_POWER);
}

/* The reflection I - tau v v' that takes v to (its length, 0, ...): v[0] becomes 1, *beta the
** length with its sign; tau 0: there is nothing to reflect. */
static double eigen_reflect(double *v, int64_t n, double *beta) {
  const double squares = mine__dot(v + 1, v + 1, n - 1), alpha = v[0];
  *beta = alpha;
  if (!(squares > 0)) return 0;
  const double length = sqrt(alpha * alpha + squares);
  /* The sign that is not alpha's: alpha - beta does not cancel. */
  *beta = alpha > 0 ? -length : length;
  const double head = alpha - *beta;
  for (int64_t i = 1; i < n; i++)
    v[i] /= head;
  v[0] = 1;
  return -head / *beta;
}

/* b (m x m, its rows p apart) becomes H b H, H = I - tau v v':  b - v w' - w v' with
** w = tau b v - (tau/2)(tau v'b v) v. */
static void eigen_both_sides(int64_t p, int64_t m, double *b, const double *v, double tau,
                             double *w) {
  for (int64_t i = 0; i < m; i++)
    w[i] = tau * mine__dot(b + i * p, v, m);
  const double half = 0.5 * tau * mine__dot(w, v, m);
  for (int64_t i = 0; i < m; i++)
    w[i] -= half * v[i];
  for (int64_t i = 0; i < m; i++) {
    double *row = b + i * p;
    const double vi = v[i], wi = w[i];
#pragma omp simd
    for (int64_t j = 0; j < m; j++)
      row[j] -= vi * w[j] + wi * v[j];
  }
}

/* a = Q t Q': the diagonal of t into d, beside it e; the reflections stay in the rows of a, their
** tau on its diagonal. */
static int eigen_tridiagonal(mine_env *env, int64_t p, double *a, double *d, double *e, double *w) {
  for (int64_t k = 0; k + 2 < p; k++) {
    double *v = a + k * p + k + 1;
    if (eigen_stops(env)) return 0;
    d[k] = a[k * p + k];
    const double tau = eigen_reflect(v, p - k - 1, &e[k]);
    a[k * p + k] = tau;
    if (tau != 0) eigen_both_sides(p, p - k - 1, a + (k + 1) * p + k + 1, v, tau, w);
  }
  if (p > 1) {
    d[p - 2] = a[(p - 2) * p + p - 2];
    e[p - 2] = a[(p - 2) * p + p - 1];
  }
  d[p - 1] = a[p * p - 1];
  e[p - 1] = 0;
  return 1;
}

/* Row and column k of a become those of the identity, from k on. */
static void eigen_unit(int64_t p, double *a, int64_t k) {
  memset(a + k * p + k, 0, (size_t)(p - k) * sizeof *a);
  for (int64_t i = k; i < p; i++)
    a[i * p + k] = 0;
  a[k * p + k] = 1;
}

/* Q' in the place of a, from the last reflection up.  (H Q)' = Q' H: each row of what is there
** so far is reflected by itself. */
static int eigen_turn(mine_env *env, int64_t p, double *a, double *v) {
  eigen_unit(p, a, p - 1);
  if (p > 1) eigen_unit(p, a, p - 2);
  for (int64_t k = p - 3; k >= 0; k--) {
    const int64_t m = p - k - 1;
    const double tau = a[k * p + k];
    if (eigen_stops(env)) return 0;
    memcpy(v, a + k * p + k + 1, (size_t)m * sizeof *v);
    eigen_unit(p, a, k);
    for (int64_t i = k + 1; i < p && tau != 0; i++) {
      double *row = a + i * p + k + 1;
      const double by = tau * mine__dot(row, v, m);
#pragma omp simd
      for (int64_t j = 0; j < m; j++)
        row[j] -= by * v[j];
    }
  }
  return 1;
}

static void eigen_rotate(int64_t p, double *first, double *second, double c, double s) {
#pragma omp simd
  for (int64_t k = 0; k < p; k++) {
    const double x = first[k], y = second[k];
    second[k] = s * x + c * y;
    first[k] = c * x - s * y;
  }
}

/* One step of QL with an implicit shift on rows l..m. */
static void eigen_step(int64_t p, double *d, double *e, int64_t l, int64_t m, double *z) {
  double g = (d[l + 1] - d[l]) / (2 * e[l]), r = hypot(g, 1), s = 1, c = 1, shift = 0;
  g = d[m] - d[l] + e[l] / (g + copysign(r, g));
  for (int64_t i = m; i-- > l;) {
    const double f = s * e[i], b = c * e[i];
    e[i + 1] = r = hypot(f, g);
    if (r == 0) { /* it has split by itself */
      d[i + 1] -= shift;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - shift;
    r = (d[i] - g) * s + 2 * c * b;
    shift = s * r;
    d[i + 1] = g + shift;
    g = c * r - b;
    if (z) eigen_rotate(p, z + i * p, z + (i + 1) * p, c, s);
  }
  d[l] -= shift;
  e[l] = g;
  e[m] = 0;
}

/* t becomes diagonal; the rows of z (NULL: none) turn with it. */
static int eigen_diagonal(mine_env *env, int64_t p, double *d, double *e, double *z) {
  double norm = 0;
  for (int64_t i = 0; i < p; i++)
    norm = fmax(norm, fabs(d[i]) + fabs(e[i]));
  for (int64_t l = 0; l < p; l++) {
    for (int step = 0;; step++) {
      int64_t m = l;
      while (m < p - 1 && fabs(e[m]) > DBL_EPSILON * norm)
        m++;
      if (m == l) break;
      if (step == EIGEN_STEPS || eigen_stops(env)) return 0;
      eigen_step(p, d, e, l, m, z);
    }
  }
  return 1;
}

static void eigen_sort(int64_t p, double *value, double *z, double *spare) {
  const size_t bytes = (size_t)p * sizeof *spare;
  for (int64_t i = 0; i < p; i++) {
    int64_t most = i;
    for (int64_t j = i + 1; j < p; j++)
      if (value[j] > value[most]) most = j;
    if (most == i) continue;
    const double v = value[i];
    value[i] = value[most];
    value[most] = v;
    if (!z) continue;
    memcpy(spare, z + i * p, bytes);
    memcpy(z + i * p, z + most * p, bytes);
    memcpy(z + most * p, spare, bytes);
  }
}

int mine__eigen(mine_env *env, int64_t p, double *a, int vectors, double *value, double *room) {
  const double scale = eigen_scale(p, a);
  double *e = room, *w = room + p;
  if (isnan(scale)) return 0;
  for (int64_t i = 0; i < p * p; i++)
    a[i] *= scale;
  if (!eigen_tridiagonal(env, p, a, value, e, w)) return 0;
  if (vectors && !eigen_turn(env, p, a, w)) return 0;
  if (!eigen_diagonal(env, p, value, e, vectors ? a : NULL)) return 0;
  eigen_sort(p, value, vectors ? a : NULL, w);
  for (int64_t i = 0; i < p && scale > 0; i++)
    value[i] /= scale;
  return 1;
}
