/*
** special_incomplete_gamma.c -- the tails of a gamma variable.
**
** With K = x^a e^-x / Gamma(a) = sqrt(a/2pi) e^(-a D(x/a)) / e^c(a), D the deviance:
**
**   a > 30           P or Q, whichever is the nearer tail, is K times a Mills integral
**                    (special_tails.c)
**   x >= max(a+1, 1.5)
**                    Q = K / (x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - ...))) by the
**                    modified method of Lentz (A&S 6.5.31; Thompson and Barnett 1986)
**   a >= 1, x < a+1  P = K/a sum x^n / ((a+1)...(a+n)) (A&S 6.5.29), all terms positive
**   a < 1, x < 1.5   log P = a log x - log Gamma(1+a) + log(1 + a sum (-x)^n / (n! (a+n))):
**                    of order a, so that Q = 1 - e^(log P) is right for the smallest a
**                    (the way of Gautschi 1979 and of DiDonato and Morris 1986)
*/
#include "special_private.h"

#define GAMMA_TERMS 2000
#define GAMMA_LARGE 30.0

static double gamma_log_kernel(mine__dd x, double a) {
  mine__dd over = mine__dd_add(x, (mine__dd){-a, 0});
  double deviance = a * mine__deviance(x.hi / a, over.hi / a + over.lo / a);
  return 0.5 * log(a) - MINE__LOG_2PI_HALF - deviance - mine__stirling(a);
}

static double gamma_power_series(double x, double a) {
  double term = 1, sum = 1;
  for (int n = 1; n < GAMMA_TERMS && term > 1e-17 * sum; n++)
    sum += term *= x / (a + n);
  return sum / a;
}

/* The fraction without its prefactor, by Lentz: numerators k (a - k). */
static double gamma_fraction(double x, double a) {
  double b = x + 1 - a;
  mine__fraction f = {b, 0, b};
  for (int k = 1; k < GAMMA_TERMS; k++) {
    b += 2;
    if (mine__fraction_step(&f, k * (a - k), b)) break;
  }
  return 1 / f.value;
}

static double gamma_log_lower(double x, double a) {
  double power = 1, sum = 0;
  for (int n = 1; n < 60; n++) {
    power *= -x / n;
    double term = power / (a + n);
    sum += term;
    if (fabs(term) < 1e-18) break;
  }
  return a * log(x) - mine__log_gamma1p(a) + log1p(a * sum);
}

mine__tails mine__gamma_tails(mine__dd x, double a) {
  double at = x.hi;
  if (!(at > 0)) return (mine__tails){-INFINITY, 1, 0, -INFINITY};
  if (isinf(at)) return (mine__tails){-INFINITY, 1, 1, -INFINITY};
  double log_density = gamma_log_kernel(x, a);
  mine__tails t = {log_density, 1, 0, log_density};
  if (a > GAMMA_LARGE) {
    double lead = (at - a) + x.lo; /* x - a */
    /* t = x (1 +- z): h = (a-1) gap(+-z) + d z with d = +-(x - a + 1) */
    t.upper = at >= a;
    t.factor = t.upper ? mine__mills(0, a - 1, 1, lead + 1) : mine__mills(a - 1, 0, 1, -lead - 1);
  } else if (at >= (a < 1 ? 1.5 : a + 1)) {
    t.upper = 1;
    t.factor = gamma_fraction(at, a);
  } else if (a >= 1) {
    t.factor = gamma_power_series(at, a);
  } else {
    t = mine__tails_of_log(gamma_log_lower(at, a), 0);
    t.log_density = log_density;
  }
  return t;
}

double mine__gamma_tail(double x, double a, mine__tail tail) {
  if (isnan(x) || !(a > 0) || isinf(a)) return NAN;
  return mine__tails_give(mine__gamma_tails((mine__dd){x, 0}, a), tail);
}

static mine__tails gamma_law(double x, double a, double unused) {
  (void)unused;
  return mine__gamma_tails((mine__dd){x, 0}, a);
}

/* Start: Wilson and Hilferty 1931; for small shapes the power law of the lower tail,
** P ~ x^a / Gamma(a+1), which is the answer itself where x leaves the range of doubles. */
double mine__gamma_quantile(double p, double a, mine__tail tail) {
  mine__chance chance;
  if (!(a > 0) || isinf(a) || !mine__chance_read(p, tail, &chance)) return NAN;
  if (chance.log_lower == -INFINITY) return 0;
  if (chance.log_upper == -INFINITY) return INFINITY;
  double log_x = (chance.log_lower + mine__log_gamma1p(a)) / a;
  if (log_x < -640) return exp(log_x);
  int upper = chance.log_upper < chance.log_lower;
  double z = mine__normal_quantile(upper ? chance.log_upper : chance.log_lower,
                                   upper ? MINE__LOG_UPPER : MINE__LOG_LOWER);
  double root = 1 - 1 / (9 * a) + z / (3 * sqrt(a)), start = a * root * root * root;
  if (root < 0.1) start = exp(log_x);
  if (upper && -chance.log_upper > start) start = -chance.log_upper;
  return mine__law_quantile((mine__law){gamma_law, a, 0}, chance, start);
}
