/*
** special_tails.c -- a tail as density times Mills ratio; quantiles.
**
** The density at the boundary carries all of a far tail's smallness.  It is written
** with deviances (Loader 2000, "Fast and accurate computation of binomial
** probabilities"), sums of non-negative terms, and what is left is of order one:
** a series, a continued fraction or, for large shapes, the integral below.
**
** The Mills ratio as an integral.  With the tail starting at x and t = x (1 +- z) the
** log of the density relative to its value at x is  -h(z),  a sum of convex terms
** that are again deviances, so nothing cancels.  h is followed to where it reaches 44
** (e^-44 < 1e-19) and the interval is done by Gauss-Legendre of 32 points: for
** e^(-44 z) and e^(-44 z^2) and everything in between the error is below 1e-16, and for
** shapes above 20 the singularities at z = -1, 1/s are far enough to leave it so.
*/
#include "special_private.h"

#define MILLS_REACH    44.0
#define QUANTILE_STEPS 400
#define QUANTILE_LEAST 1e-300
#define QUANTILE_MOST  1e300

/* ---- tails --------------------------------------------------------------------------- */

double mine__tails_give(mine__tails t, mine__tail tail) {
  int upper = tail == MINE__UPPER || tail == MINE__LOG_UPPER;
  int logarithm = tail == MINE__LOG_LOWER || tail == MINE__LOG_UPPER;
  if (upper == t.upper && logarithm) return fmin(t.exponent + log(t.factor), 0);
  double value = t.exponent > -700 ? exp(t.exponent) * t.factor : exp(t.exponent + log(t.factor));
  value = fmax(0, fmin(1, value)); /* shapes beyond 1e15 are safe, not accurate */
  if (upper == t.upper) return value;
  return logarithm ? log1p(-value) : 1 - value;
}

mine__tails mine__tails_of_log(double log_tail, int upper) {
  if (log_tail > -MINE__LOG_2)
    return (mine__tails){0, -expm1(log_tail < 0 ? log_tail : 0), !upper, 0};
  return (mine__tails){log_tail, 1, upper, 0};
}

int mine__chance_read(double p, mine__tail tail, mine__chance *chance) {
  double this_log, other_log;
  if (tail == MINE__LOG_LOWER || tail == MINE__LOG_UPPER) {
    if (!(p <= 0)) return 0;
    this_log = p;
    other_log = mine__log1m_exp(p);
  } else {
    if (!(p >= 0 && p <= 1)) return 0;
    this_log = p > 0.5 ? log1p(-(1 - p)) : log(p); /* 1 - p is exact above 1/2 */
    other_log = p > 0.5 ? log(1 - p) : log1p(-p);
  }
  int upper = tail == MINE__UPPER || tail == MINE__LOG_UPPER;
  *chance = upper ? (mine__chance){other_log, this_log} : (mine__chance){this_log, other_log};
  return 1;
}

/* log of the smaller tail is concave in log x for gamma and F, so that Newton's method
** from outside the root comes back at worst once; the bracket guards the rest. */
double mine__law_quantile(mine__law law, mine__chance chance, double start) {
  int upper = chance.log_upper < chance.log_lower;
  double target = upper ? chance.log_upper : chance.log_lower;
  double low = QUANTILE_LEAST, high = QUANTILE_MOST;
  double x = start > low ? (start < high ? start : high) : low; /* NAN: low */
  for (int k = 0; k < QUANTILE_STEPS; k++) {
    mine__tails t = law.tails(x, law.a, law.b);
    double log_tail = mine__tails_give(t, upper ? MINE__LOG_UPPER : MINE__LOG_LOWER);
    double excess = log_tail - target; /* above 0: x is too far in for this tail */
    if (excess == 0 || isnan(excess)) return x;
    if ((excess > 0) == !upper)
      high = x;
    else
      low = x;
    double step = excess / exp(t.log_density - log_tail);
    if (!upper) step = -step;
    double next = fabs(step) < 40 ? x * exp(step) : x * exp(step > 0 ? 40 : -40);
    if (isnan(step) || !(next > low && next < high)) {
      if (fabs(step) < 1e-15) return x;
      next = sqrt(low) * sqrt(high);
      if (!(next > low && next < high)) return x;
    }
    x = fabs(step) < 1e-3 && next == x * exp(step) ? x + x * expm1(step) : next;
    if (fabs(step) < 1e-15) return x;
  }
  return x;
}

/* ---- the Mills ratio ------------------------------------------------------------------- */

double mine__deviance(double ratio, double gap) {
  return gap < -0.4 ? gap - log(ratio) : mine__log1p_gap(gap);
}

/* Gauss-Legendre, 32 points: the positive nodes on [-1, 1] and their weights. */
static const double mills_gauss[16][2] = {{0.048307665687738316235, 0.096540088514727800567},
                                          {0.14447196158279649349, 0.095638720079274859419},
                                          {0.23928736225213707454, 0.093844399080804565639},
                                          {0.33186860228212764978, 0.091173878695763884713},
                                          {0.42135127613063534536, 0.087652093004403811143},
                                          {0.50689990893222939002, 0.083311924226946755222},
                                          {0.58771575724076232904, 0.078193895787070306472},
                                          {0.66304426693021520098, 0.072345794108848506225},
                                          {0.73218211874028968039, 0.065822222776361846838},
                                          {0.79448379596794240696, 0.058684093478535547145},
                                          {0.84936761373256997013, 0.050998059262376176196},
                                          {0.89632115576605212397, 0.042835898022226680657},
                                          {0.93490607593773968917, 0.034273862913021433103},
                                          {0.96476225558750643077, 0.025392065309262059456},
                                          {0.9856115115452683354, 0.016274394730905670605},
                                          {0.99726386184948156354, 0.0070186100094700966004}};

typedef struct mills_law {
  double c1, c2, s, d;
} mills_law;

static double mills_fall(const mills_law *m, double z) {
  double h = m->d * z;
  if (m->c1 > 0) h += m->c1 * mine__log1p_gap(-z);
  if (m->c2 > 0) h += m->c2 * mine__log1p_gap(m->s * z);
  return h;
}

/* Where h has fallen to REACH, within 3: Newton's method on a convex function. */
static double mills_reach(const mills_law *m) {
  double curvature = m->c1 + m->c2 * m->s * m->s;
  double z = 2 * MILLS_REACH / (m->d + hypot(m->d, sqrt(2 * MILLS_REACH * curvature)));
  if (m->c1 > 0 && z > 0.95) z = 0.95;
  for (int k = 0; k < 30; k++) {
    double over = mills_fall(m, z) - MILLS_REACH;
    if (fabs(over) < 3) break;
    double slope = m->d;
    if (m->c1 > 0) slope += m->c1 * z / (1 - z);
    if (m->c2 > 0) slope += m->c2 * m->s * (m->s * z / (1 + m->s * z));
    double next = z - over / slope;
    if (m->c1 > 0 && next >= 1) next = (1 + z) / 2;
    if (!(next > 0)) next = z / 2;
    z = next;
  }
  return z;
}

double mine__mills(double c1, double c2, double s, double d) {
  mills_law m = {c1, c2, s, d};
  double half = mills_reach(&m) / 2, sum = 0;
  for (int i = 15; i >= 0; i--) {
    double offset = half * mills_gauss[i][0];
    sum += mills_gauss[i][1] *
           (exp(-mills_fall(&m, half - offset)) + exp(-mills_fall(&m, half + offset)));
  }
  return half * sum;
}
