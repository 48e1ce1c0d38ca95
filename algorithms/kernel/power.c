/*
** power.c -- Wilson, Newcombe, power of two-sample tests.
**
** Wilson's interval of p = hits / n is where |p - P| <= z sqrt(P (1 - P) / n); Newcombe's of
** a difference d of two proportions takes from each the half that matters,
**
**   low = d - sqrt((a - low_a)^2 + (high_b - b)^2),  high = d + sqrt((high_a - a)^2 + (b -
**   low_b)^2)
**
** Power of rates a and b = a + effect, n rows and k n rows, m = (a + k b) / (1 + k):
**
**   Phi((sqrt(n) |effect| - z_alpha sqrt(m (1 - m) (1 + 1/k))) / sqrt(a (1 - a) + b (1 - b) / k))
**
** Power of means: P(T > t_alpha), T noncentral t with (1 + k) n - 2 degrees of freedom around
** |effect| / (s sqrt((1 + 1/k) / n)).  With S^2 = chi-squared / df, T > t where a normal variable
** is above t S: the integral over u = log S of Phi(ncp - t e^u) and the density of u, which is
** analytic and falls off on both sides, so that equal steps are exact to rounding.
*/
#include "power.h"

#include <math.h>

#include "special.h"

#define POWER_STEPS 2000
#define POWER_FAR   50.0 /* e^-50 of the largest density is nothing */
#define POWER_MOST  1e15

/* ---- intervals ------------------------------------------------------------------------------- */

mine__between mine__wilson(double hits, double n, double z) {
  if (!(n > 0)) return (mine__between){NAN, NAN};
  const double p = hits / n, z2 = z * z / n;
  const double middle = p + z2 / 2, half = z * sqrt((p * (1 - p) + z2 / 4) / n);
  mine__between b = {(middle - half) / (1 + z2), (middle + half) / (1 + z2)};
  if (hits <= 0) b.low = 0;
  if (hits >= n) b.high = 1;
  return b;
}

mine__between mine__newcombe(double hits_a, double n_a, double hits_b, double n_b, double z) {
  if (!(n_a > 0 && n_b > 0)) return (mine__between){NAN, NAN};
  const double a = hits_a / n_a, b = hits_b / n_b;
  const mine__between of_a = mine__wilson(hits_a, n_a, z), of_b = mine__wilson(hits_b, n_b, z);
  return (mine__between){(a - b) - hypot(a - of_a.low, of_b.high - b),
                         (a - b) + hypot(of_a.high - a, b - of_b.low)};
}

/* ---- power ---------------------------------------------------------------------------------- */

/* The density's own sum stands for its constant, which would cancel for a large df. */
double mine__noncentral_t_upper(double t, double df, double ncp) {
  const double right = sqrt(POWER_FAR / df), left = right + POWER_FAR / df;
  const double step = (left + right) / POWER_STEPS;
  double sum = 0, all = 0;
  for (int i = 0; i <= POWER_STEPS; i++) {
    const double u = -left + step * i;
    const double density = exp(df * (u - expm1(2 * u) / 2));
    sum += density * mine__normal_tail(ncp - t * exp(u), MINE__LOWER);
    all += density;
  }
  return sum / all;
}

static double power_of_rates(const mine__plan *p) {
  const double a = p->baseline, b = a + p->effect, k = p->ratio;
  const double m = (a + k * b) / (1 + k);
  const double z = mine__normal_quantile(p->alpha, MINE__UPPER);
  const double null = sqrt(m * (1 - m) * (1 + 1 / k));
  const double other = sqrt(a * (1 - a) + b * (1 - b) / k);
  return mine__normal_tail((sqrt(p->rows) * fabs(p->effect) - z * null) / other, MINE__LOWER);
}

static double power_of_means(const mine__plan *p) {
  const double df = (1 + p->ratio) * p->rows - 2;
  const double ncp = fabs(p->effect) / p->deviation * sqrt(p->rows / (1 + 1 / p->ratio));
  if (!(df > 0)) return NAN;
  return mine__noncentral_t_upper(mine__t_quantile(p->alpha, df, MINE__UPPER), df, ncp);
}

double mine__plan_power(const mine__plan *plan) {
  return isnan(plan->baseline) ? power_of_means(plan) : power_of_rates(plan);
}

/* Solved for the rows; of rates in closed form. */
double mine__plan_rows(mine__plan p, double power) {
  if (!isnan(p.baseline)) {
    const double a = p.baseline, b = a + p.effect, k = p.ratio, m = (a + k * b) / (1 + k);
    const double root =
        mine__normal_quantile(p.alpha, MINE__UPPER) * sqrt(m * (1 - m) * (1 + 1 / k)) +
        mine__normal_quantile(power, MINE__LOWER) * sqrt(a * (1 - a) + b * (1 - b) / k);
    const double rows = root / p.effect * (root / p.effect);
    return rows < POWER_MOST ? rows : INFINITY;
  }
  double low = 2 / (1 + p.ratio) * (1 + 1e-9), high = POWER_MOST;
  p.rows = high;
  if (mine__plan_power(&p) < power) return INFINITY;
  for (int i = 0; i < 200 && high - low > 1e-13 * high; i++) {
    p.rows = high > 2 * low ? sqrt(low * high) : (low + high) / 2;
    if (mine__plan_power(&p) < power)
      low = p.rows;
    else
      high = p.rows;
  }
  return high;
}

double mine__plan_effect(mine__plan p, double power) {
  double low = 0, high = isnan(p.baseline) ? p.deviation : 1 - p.baseline;
  p.effect = high;
  for (int i = 0; i < 200 && isnan(p.baseline) && mine__plan_power(&p) < power; i++)
    p.effect = high *= 2;
  if (!(mine__plan_power(&p) >= power)) return NAN;
  for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    p.effect = (low + high) / 2;
    if (mine__plan_power(&p) < power)
      low = p.effect;
    else
      high = p.effect;
  }
  return high;
}
