/*
** ets_filter.c -- the likelihood of a form and its gradient (ets.h).
**
** Forwards the recursion leaves q, s, e and b of every point; backwards the same steps in reverse
** order carry what the likelihood gains from each state (the adjoint).  So the gradient costs twice
** a likelihood, however many states begin: with a season of twelve points there are seventeen
** unknowns.  Each form is compiled for itself.
*/
#include <math.h>
#include <string.h>

#include "../core/env.h"
#include "ets.h"

#define ETS_TINY  1e-10 /* of the mean of a series: what nothing is divided by */
#define ETS_EXACT 1e-24 /* of squares, the mean one: the fit is perfect below */

/* Sums over the points. */
typedef struct ets_sums {
  double squares, logs;
  int bad;
} ets_sums;

MINE_INLINE ets_sums ets_forwards(ets_work *w, const double *x, const int trend, const int season,
                                  const int error) {
  const double alpha = x[ETS_ALPHA], beta = x[ETS_BETA], gamma = x[ETS_GAMMA], phi = x[ETS_PHI];
  double l = x[ETS_LEVEL], b = trend ? x[ETS_SLOPE] : 0, product = 1;
  ets_sums sums = {0, 0, 0};
  int j = 0;
  if (season) memcpy(w->season, x + ETS_SEASON, (size_t)w->m * sizeof *w->season);
  for (int64_t i = 0; i < w->n; i++) {
    const double q = trend ? l + phi * b : l, s = season ? w->season[j] : 0, y = w->y[i];
    const double f = season == ETS_NONE ? q : season == ETS_ADDITIVE ? q + s : q * s;
    const double e = y - f;
    w->q[i] = q;
    if (season) w->s[i] = s;
    w->e[i] = e;
    if (trend) w->b[i] = b;
    if (isnan(y)) {
      l = q;
      if (trend) b = phi * b;
    } else {
      const double u = season == ETS_MULTIPLICATIVE ? e / s : e;
      l = q + alpha * u;
      if (trend) b = phi * b + beta * u;
      if (season == ETS_ADDITIVE) w->season[j] = s + gamma * e;
      if (season == ETS_MULTIPLICATIVE) w->season[j] = s + gamma * e / q;
      if (error == ETS_MULTIPLICATIVE) {
        /* The error relative to its mean: the likelihood has ln f of each point besides.  The
        ** means are multiplied and the logarithm taken of many at once, before the product
        ** leaves the doubles. */
        const double r = e / f;
        sums.bad |= !(f > ETS_TINY);
        sums.squares += r * r;
        product *= f;
        if (product < 1e-100 || product > 1e100) {
          sums.logs += log(product);
          product = 1;
        }
      } else {
        sums.squares += e * e;
      }
      if (season == ETS_MULTIPLICATIVE) sums.bad |= !(s > ETS_TINY) || !(q > ETS_TINY);
    }
    if (season && ++j == w->m) j = 0;
  }
  if (error == ETS_MULTIPLICATIVE) sums.logs += log(product);
  return sums;
}

/* `weight`: of an error's square in the value.  al, ab and as are the derivatives of the value
** by level, slope and season behind point i, and become those before it; dq, de ... are those
** by q, e ... of the point.  Each line is one of ets_forwards, turned round, from the last to
** the first. */
MINE_INLINE void ets_backwards(ets_work *w, const double *x, double weight, double *g,
                               const int trend, const int season, const int error) {
  const double alpha = x[ETS_ALPHA], beta = x[ETS_BETA], gamma = x[ETS_GAMMA], phi = x[ETS_PHI];
  double al = 0, ab = 0, galpha = 0, gbeta = 0, ggamma = 0, gphi = 0;
  double *as = g + ETS_SEASON;
  int j = season ? (int)(w->n % w->m) : 0;
  if (season) memset(as, 0, (size_t)w->m * sizeof *as);
  for (int64_t i = w->n - 1; i >= 0; i--) {
    if (season) j = j == 0 ? w->m - 1 : j - 1;
    const double q = w->q[i], e = w->e[i], s = season ? w->s[i] : 0, b = trend ? w->b[i] : 0;
    double dq = al, db = trend ? phi * ab : 0, de = 0, ds = season ? as[j] : 0, df = 0;
    if (trend) gphi += ab * b;
    if (!isnan(e)) {
      const double du = trend ? alpha * al + beta * ab : alpha * al;
      if (season == ETS_MULTIPLICATIVE) {
        const double u = e / s, v = e / q, dv = gamma * ds;
        galpha += al * u;
        if (trend) gbeta += ab * u;
        ggamma += ds * v;
        de = du / s + dv / q;
        dq -= dv * v / q;
        ds -= du * u / s;
      } else {
        galpha += al * e;
        if (trend) gbeta += ab * e;
        de = du;
        if (season == ETS_ADDITIVE) {
          ggamma += ds * e;
          de += gamma * ds;
        }
      }
      if (error == ETS_MULTIPLICATIVE) {
        const double f = season == ETS_NONE ? q : season == ETS_ADDITIVE ? q + s : q * s;
        const double r = e / f, dr = 2 * weight * r;
        de += dr / f;
        df = (2 - dr * r) / f;
      } else {
        de += 2 * weight * e;
      }
      df -= de;
      if (season == ETS_MULTIPLICATIVE) {
        dq += df * s;
        ds += df * q;
      } else {
        dq += df;
        if (season == ETS_ADDITIVE) ds += df;
      }
    }
    al = dq;
    if (trend) {
      ab = db + phi * dq;
      gphi += dq * b;
    }
    if (season) as[j] = ds;
  }
  g[ETS_ALPHA] = galpha;
  g[ETS_BETA] = gbeta;
  g[ETS_GAMMA] = ggamma;
  g[ETS_PHI] = gphi;
  g[ETS_LEVEL] = al;
  g[ETS_SLOPE] = ab;
}

MINE_INLINE double ets_both(ets_work *w, const double *x, double *g, const int trend,
                            const int season, const int error) {
  const double n = (double)w->known;
  const ets_sums sums = ets_forwards(w, x, trend, season, error);
  if (sums.bad || !isfinite(sums.squares)) return INFINITY;
  const double floor = ETS_EXACT * n, squares = sums.squares > floor ? sums.squares : floor;
  if (g) ets_backwards(w, x, sums.squares > floor ? n / squares : 0, g, trend, season, error);
  return n * log(squares) + 2 * sums.logs;
}

#define ETS_CASE(trend, season, error)       \
  case 9 * (trend) + 3 * (season) + (error): \
    return ets_both(w, state, gradient, trend, season, error)

double mine__ets_value(ets_work *w, const double *state, double *gradient) {
  const ets_form f = w->form;
  switch (9 * (f.trend != 0) + 3 * f.season + f.error) {
    ETS_CASE(0, ETS_NONE, ETS_ADDITIVE);
    ETS_CASE(0, ETS_NONE, ETS_MULTIPLICATIVE);
    ETS_CASE(0, ETS_ADDITIVE, ETS_ADDITIVE);
    ETS_CASE(0, ETS_ADDITIVE, ETS_MULTIPLICATIVE);
    ETS_CASE(0, ETS_MULTIPLICATIVE, ETS_MULTIPLICATIVE);
    ETS_CASE(1, ETS_NONE, ETS_ADDITIVE);
    ETS_CASE(1, ETS_NONE, ETS_MULTIPLICATIVE);
    ETS_CASE(1, ETS_ADDITIVE, ETS_ADDITIVE);
    ETS_CASE(1, ETS_ADDITIVE, ETS_MULTIPLICATIVE);
    ETS_CASE(1, ETS_MULTIPLICATIVE, ETS_MULTIPLICATIVE);
    default:
      return INFINITY;
  }
}

double mine__ets_step(ets_form form, int m, double *x, int64_t i, double y) {
  const double phi = form.trend ? x[ETS_PHI] : 0, q = x[ETS_LEVEL] + phi * x[ETS_SLOPE];
  double none = 0;
  double *s = form.season ? &x[ETS_SEASON + i % m] : &none;
  const double f = form.season == ETS_MULTIPLICATIVE ? q * *s : q + *s, e = y - f;
  const double u = form.season == ETS_MULTIPLICATIVE ? e / *s : e;
  x[ETS_SLOPE] *= phi;
  x[ETS_LEVEL] = q;
  if (isnan(y)) return f;
  x[ETS_LEVEL] += x[ETS_ALPHA] * u;
  if (form.trend) x[ETS_SLOPE] += x[ETS_BETA] * u;
  if (form.season) *s += x[ETS_GAMMA] * (form.season == ETS_MULTIPLICATIVE ? e / q : e);
  return f;
}

/* ---- forgetting the past -------------------------------------------------------------------- */

/* A season's form is stable where the roots of
**   phi (1 - a - g) + (a + b - a phi + g - 1) z + (a + b - a phi)(z^2 + .. + z^(m-1))
**     + (a + b - phi) z^m + z^(m+1),   b = phi beta,
** lie in the unit circle: Schur and Cohn's reduction, with a rim of 1e-8.  (R has beta for b, which
** is the same but for damped trends.) */
int mine__ets_admissible(const double *x, int m) {
  double c[ETS_MOST_SEASON + 2], grow = 1;
  const double a = x[ETS_ALPHA], g = x[ETS_GAMMA], phi = x[ETS_PHI], b = phi * x[ETS_BETA];
  for (int k = 2; k < m; k++)
    c[k] = a + b - a * phi;
  c[0] = phi * (1 - a - g);
  c[1] = a + b - a * phi + g - 1;
  c[m] = a + b - phi;
  c[m + 1] = 1;
  for (int k = 0; k <= m + 1; k++, grow *= 1 + 1e-8)
    c[k] *= grow;
  for (int d = m + 1; d > 0; d--) {
    const double first = c[0], last = c[d];
    if (!(fabs(first) < fabs(last))) return 0;
    /* (last p(z) - first z^d p(1 / z)) / z, over last */
    const double ratio = first / last;
    for (int k = 0, r = d; k <= r; k++, r--) {
      const double low = c[k], high = c[r];
      c[k] = low - ratio * high;
      c[r] = high - ratio * low;
    }
    for (int k = 0; k < d; k++)
      c[k] = c[k + 1];
  }
  return 1;
}
