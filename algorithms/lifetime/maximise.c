/*
** maximise.c -- the maximum of a smooth function of a few numbers, by BFGS.
**
** Nocedal and Wright, Numerical Optimization (2006), 6.1: steps H g with the inverse H of minus the
** Hessian as it is known so far, halved until the value rises by Armijo's rule.  An update that
** would make H indefinite is left out.  The Hessian at the end: central differences of the
** gradient, (g(u + h) - g(u - h)) / 2h, whose error is of order h^2.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "lifetime.h"

#define ASCENT_LONGEST    2.0 /* step of a u, which is a logarithm */
#define ASCENT_ARMIJO     1e-4
#define ASCENT_HALVINGS   40
#define ASCENT_DIFFERENCE 1e-4

static void ascent_unit(mine__ascent *a, double size) {
  memset(a->inverse, 0, sizeof a->inverse);
  for (int i = 0; i < a->n; i++)
    a->inverse[i * a->n + i] = size;
  a->known = 1;
}

static double ascent_dot(const double *v, const double *w, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    sum += v[i] * w[i];
  return sum;
}

/* The gradient with what would lead out of the range left out; its largest part. */
static double ascent_free(const mine__ascent *a, double *g) {
  double most = 0;
  for (int i = 0; i < a->n; i++) {
    const int out =
        (a->u[i] >= a->most && a->gradient[i] > 0) || (a->u[i] <= a->least && a->gradient[i] < 0);
    g[i] = out ? 0 : a->gradient[i];
    most = fmax(most, fabs(g[i]));
  }
  return most;
}

/* d = H g, not too long; steepest where that does not rise. */
static double ascent_direction(mine__ascent *a, const double *g, double *d) {
  double slope, longest = 0;
  for (int again = 0; again < 2; again++) {
    for (int i = 0; i < a->n; i++)
      d[i] = ascent_dot(a->inverse + i * a->n, g, a->n);
    slope = ascent_dot(d, g, a->n);
    if (slope > 0) break;
    ascent_unit(a, 1);
  }
  for (int i = 0; i < a->n; i++)
    longest = fmax(longest, fabs(d[i]));
  const double share = longest > ASCENT_LONGEST ? ASCENT_LONGEST / longest : 1;
  for (int i = 0; i < a->n; i++)
    d[i] *= share;
  return slope * share;
}

/* H of the step s, which changed the gradient by -y. */
static void ascent_update(mine__ascent *a, const double *s, const double *y, int first) {
  const int n = a->n;
  const double sy = ascent_dot(s, y, n), yy = ascent_dot(y, y, n);
  double hy[LIFETIME_MOST];
  if (!(sy > 1e-12 * sqrt(yy * ascent_dot(s, s, n)))) return;
  if (first) ascent_unit(a, sy / yy);
  for (int i = 0; i < n; i++)
    hy[i] = ascent_dot(a->inverse + i * n, y, n);
  const double yhy = ascent_dot(y, hy, n);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      a->inverse[i * n + j] +=
          (1 + yhy / sy) * s[i] * s[j] / sy - (hy[i] * s[j] + s[i] * hy[j]) / sy;
}

/* 1: a step was made. */
static int ascent_step(mine__ascent *a, const double *g, int first) {
  double d[LIFETIME_MOST], u[LIFETIME_MOST], gradient[LIFETIME_MOST], s[LIFETIME_MOST],
      y[LIFETIME_MOST], share = 1;
  const double slope = ascent_direction(a, g, d);
  if (!(slope > 0)) return 0;
  for (int h = 0; h < ASCENT_HALVINGS; h++, share /= 2) {
    for (int i = 0; i < a->n; i++)
      u[i] = fmin(a->most, fmax(a->least, a->u[i] + share * d[i]));
    const double value = a->value(a->context, u, gradient);
    /* at the top the rise is lost in rounding: what is not lower is taken */
    if (!(value >= a->at + ASCENT_ARMIJO * share * slope) &&
        !(value >= a->at - 4 * DBL_EPSILON * fabs(a->at) && share * slope < 1e-12))
      continue;
    for (int i = 0; i < a->n; i++) {
      s[i] = u[i] - a->u[i];
      y[i] = a->gradient[i] - gradient[i];
    }
    memcpy(a->u, u, sizeof u);
    memcpy(a->gradient, gradient, sizeof gradient);
    a->at = value;
    ascent_update(a, s, y, first);
    return 1;
  }
  return 0;
}

void mine__ascent_run(mine__ascent *a, int most_steps, double enough) {
  double g[LIFETIME_MOST];
  int first = !a->known;
  if (first) ascent_unit(a, 1);
  a->at = a->value(a->context, a->u, a->gradient);
  for (int i = 0; i < most_steps && ascent_free(a, g) > enough; i++, a->steps++) {
    if (!ascent_step(a, g, first)) break;
    first = 0;
  }
}

/* In place, by Cholesky's factors; 0: not definite. */
static int ascent_invert(double *m, int n) {
  double l[LIFETIME_MOST * LIFETIME_MOST] = {0}, inverse[LIFETIME_MOST * LIFETIME_MOST] = {0};
  for (int i = 0; i < n; i++) {
    for (int j = 0; j <= i; j++) {
      double v = m[i * n + j];
      for (int c = 0; c < j; c++)
        v -= l[i * n + c] * l[j * n + c];
      if (i == j && !(v > 1e-12 * m[i * n + i])) return 0;
      l[i * n + j] = i == j ? sqrt(v) : v / l[j * n + j];
    }
  }
  for (int c = 0; c < n; c++) { /* L L' z = e(c) */
    double z[LIFETIME_MOST];
    for (int i = 0; i < n; i++) {
      z[i] = i == c;
      for (int j = 0; j < i; j++)
        z[i] -= l[i * n + j] * z[j];
      z[i] /= l[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int j = i + 1; j < n; j++)
        z[i] -= l[j * n + i] * z[j];
      z[i] /= l[i * n + i];
      inverse[i * n + c] = z[i];
    }
  }
  memcpy(m, inverse, sizeof(double) * (size_t)n * (size_t)n);
  return 1;
}

int mine__ascent_covariance(mine__ascent *a, double *covariance) {
  const int n = a->n;
  for (int i = 0; i < n; i++) {
    double u[LIFETIME_MOST], above[LIFETIME_MOST], below[LIFETIME_MOST];
    memcpy(u, a->u, sizeof u);
    u[i] = a->u[i] + ASCENT_DIFFERENCE;
    (void)a->value(a->context, u, above);
    u[i] = a->u[i] - ASCENT_DIFFERENCE;
    (void)a->value(a->context, u, below);
    for (int j = 0; j < n; j++)
      covariance[i * n + j] = (below[j] - above[j]) / (2 * ASCENT_DIFFERENCE);
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      covariance[i * n + j] = covariance[j * n + i] =
          (covariance[i * n + j] + covariance[j * n + i]) / 2;
  return ascent_invert(covariance, n);
}
