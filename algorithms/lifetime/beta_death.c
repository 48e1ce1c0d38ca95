/*
** beta_death.c -- purchases to come of a customer who dies after one with probability p.
**
** With lambda ~ Gamma(r, alpha), p ~ Beta(a, b), c = a + b - 1 and z = t / (alpha + t) the expected
** number within t is (Fader, Hardie and Lee 2005, eq. 9 and 10, as they stand for the posterior)
**
**   c / (a-1)  { 1 - (1-z)^r F(r, b; c; z) }
**
** which is 0/0 at a = 1 and has no F where c <= 0.  By Euler's transformation it is
** c / (a-1) { 1 - (1-z)^(a-1) F(c-r, a-1; c; z) }; with F = 1 + (a-1) G and (1-z)^(a-1) =
** 1 + (a-1) h both factors a - 1 go away,
**
**   - c { h + G (1-z)^(a-1) },   G = sum over k >= 1 of  (c-r)_k (a)_(k-1) / ((c)_k k!)  z^k,
**
** a series that converges everywhere below z = 1.  It loses digits where r is large beside c (its
** terms alternate) or small (h and G cancel); there, and for c near 0, the rate of purchases at s,
** (r/alpha) (1+s/alpha)^-(r+1) F(r+1, b; a+b; s/(alpha+s)), whose terms are all positive, is
** integrated over log(1 + s/alpha).
*/
#include <math.h>

#include "lifetime.h"

#define BETA_DEATH_TERMS  100000
#define BETA_DEATH_ENOUGH 1e-16
#define BETA_DEATH_LARGE  1e200

/* -c (h + G (1-z)^(a-1)). */
static double beta_death_series(double r, double a, double c, double z) {
  const double l = log1p(-z), power = exp((a - 1) * l);
  const double h = a == 1 ? l : expm1((a - 1) * l) / (a - 1);
  double term = (c - r) / c * z, g = term;
  for (int k = 1; k < BETA_DEATH_TERMS; k++) {
    term *= (c - r + k) * (a + k - 1) / ((c + k) * (k + 1)) * z;
    g += term;
    if (fabs(term) <= BETA_DEATH_ENOUGH * fabs(g) && k > r - c) break;
  }
  return -c * (h + g * power);
}

/* The logarithm of F(p, q; c; z), 0 <= z < 1, p, q, c > 0. */
static double beta_death_log_f(double p, double q, double c, double z) {
  double term = 1, sum = 1, scale = 0;
  for (int k = 0; k < BETA_DEATH_TERMS; k++) {
    const double ratio = (p + k) * (q + k) / ((c + k) * (k + 1)) * z;
    term *= ratio;
    sum += term;
    if (ratio < 1 && term <= BETA_DEATH_ENOUGH * sum * (1 - ratio)) break;
    if (sum > BETA_DEATH_LARGE) {
      scale += log(BETA_DEATH_LARGE);
      sum /= BETA_DEATH_LARGE;
      term /= BETA_DEATH_LARGE;
    }
  }
  return log(sum) + scale;
}

/* Over v = log(1 + s/alpha), ds = alpha e^v dv. */
static double beta_death_integral(const mine__rules *rules, double r, double a, double b,
                                  double z) {
  const double whole = -log1p(-z);
  double sum = 0;
  for (int i = 0; i < 32; i++) {
    const double v = whole * rules->at32[i], log_f = beta_death_log_f(r + 1, b, a + b, -expm1(-v));
    sum += rules->weight32[i] * exp(log_f - r * v);
  }
  return r * sum * whole;
}

double mine__beta_death_future(const mine__rules *rules, double r, double alpha, double a, double b,
                               double t) {
  const double c = a + b - 1, z = t / (alpha + t);
  if (!(t > 0)) return 0;
  if (c > 0.05 && r <= 2 * c && c <= 1e4 * r) return beta_death_series(r, a, c, z);
  return beta_death_integral(rules, r, a, b, z);
}
