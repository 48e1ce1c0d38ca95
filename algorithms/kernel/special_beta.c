/*
** special_beta.c -- the tails of a beta variable.
**
** x and y = 1 - x come as pairs of doubles, because t and F give x as a quotient whose
** rounding, times a shape of 1e9, would be all that is left.  With n = a + b and
**   K = x^a y^b / B(a, b) = sqrt(ab/2pi n) e^(-a D(nx/a) - b D(ny/b)) e^(c(n)-c(a)-c(b)),
** D the deviance (Loader 2000):
**
**   a, b > 30        the nearer tail is K times a Mills integral (special_tails.c)
**   otherwise, with a the smaller shape (x and y change places if it is not):
**   x > (a+1)/(n+2)  the upper tail is K times the continued fraction of DiDonato and
**                    Morris 1992 (TOMS 18, Algorithm 708, eq. 9), for I_y(b, a)
**   a >= 1           I_x = K/a sum_k x^k (n)_k / (a+1)_k (A&S 26.5.4 summed up; DLMF 8.17.8),
**                    all terms positive
**   a < 1            log I_x = a log x - log(a B(a, b)) + log(1 + a sum (1-b)_k x^k/(k! (a+k)))
**                    (DLMF 8.17.7): of order a, hence 1 - I_x is right for the smallest a
*/
#include "special_private.h"

#define BETA_TERMS     5000
#define BETA_LARGE     30.0
#define BETA_POWER_LAW 640.0 /* in log odds: x^a is exact long before */

/* What the methods need of one argument. */
typedef struct beta_point {
  mine__dd x, y;
  double a, b;
  double lead; /* (a+b) x - a, with its own relative accuracy */
  double log_kernel;
} beta_point;

static beta_point beta_point_at(mine__dd x, mine__dd y, double a, double b) {
  mine__dd n = mine__dd_sum(a, b);
  mine__dd nx = mine__dd_mul(n, x), lead = mine__dd_add(nx, (mine__dd){-a, 0});
  double ny = n.hi * y.hi, over = lead.hi + lead.lo;
  double deviance = a * mine__deviance(nx.hi / a, over / a) + b * mine__deviance(ny / b, -over / b);
  double log_kernel = 0.5 * (log(a) + log(b / n.hi)) - MINE__LOG_2PI_HALF - deviance +
                      (mine__stirling(n.hi) - mine__stirling(a) - mine__stirling(b));
  return (beta_point){x, y, a, b, over, log_kernel};
}

static beta_point beta_mirror(beta_point p) {
  return (beta_point){p.y, p.x, p.b, p.a, -p.lead, p.log_kernel};
}

/* I_x / K for x below the mean: t = x (1 - z).  There 1 - t = y (1 + s z) with s = x / y, so
** the density falls by h = (a-1) gap(-z) + (b-1) gap(s z) + d z, gap(t) = t - log(1+t), with
** the slope d = (a-1) - (b-1) s = (x - y - lead) / y; x^(a-1) y^(b-1) dt leaves K / y. */
static double beta_by_mills(const beta_point *p) {
  double slope = (-p->lead + (p->x.hi - p->y.hi)) / p->y.hi;
  return mine__mills(p->a - 1, p->b - 1, p->x.hi / p->y.hi, slope) / p->y.hi;
}

/* I_x / K; converges fast for x below the mean. */
static double beta_by_fraction(const beta_point *p) {
  double a = p->a, b = p->b, x = p->x.hi, lambda = -p->lead;
  mine__fraction f = {1, 0, 1};
  for (int n = 0; n < BETA_TERMS; n++) {
    double m = a + 2 * n;
    double numerator =
        n ? (a + n - 1) / (m - 1) * ((a + b + n - 1) / (m - 1)) * n * (b - n) * x * x : 1;
    double denominator = n + (n ? n * (b - n) * x / (m - 1) : 0) +
                         (a + n) / (m + 1) * (lambda + 1 + n * (1 + p->y.hi));
    if (!n) {
      f.value = f.c = denominator;
    } else if (mine__fraction_step(&f, numerator, denominator)) {
      break;
    }
  }
  return 1 / f.value;
}

static double beta_by_series(const beta_point *p) {
  double term = 1, sum = 1, n = p->a + p->b, x = p->x.hi;
  for (int k = 0; k < BETA_TERMS && term > 1e-17 * sum; k++)
    sum += term *= (n + k) / (p->a + 1 + k) * x;
  return sum / p->a;
}

/* log(a B(a, b)), of order a for a small. */
static double beta_log_scaled(double a, double b) {
  if (a < 1) return mine__log_gamma1p(a) - mine__log_gamma_step(b, a);
  return log(a) + mine__log_beta(a, b);
}

static double beta_log_lower(const beta_point *p) {
  double power = 1, sum = 0;
  for (int k = 1; k < BETA_TERMS; k++) {
    power *= (k - p->b) / k * p->x.hi;
    double term = power / (p->a + k);
    sum += term;
    if (fabs(term) < 1e-18) break;
  }
  return p->a * (log(p->x.hi) + p->x.lo / p->x.hi) - beta_log_scaled(p->a, p->b) +
         log1p(p->a * sum);
}

mine__tails mine__beta_tails(mine__dd x, mine__dd y, double a, double b) {
  if (!(x.hi > 0)) return (mine__tails){-INFINITY, 1, 0, -INFINITY};
  if (!(y.hi > 0)) return (mine__tails){-INFINITY, 1, 1, -INFINITY};
  beta_point p = beta_point_at(x, y, a, b);
  mine__tails t = {p.log_kernel, 1, 0, p.log_kernel};
  if (a > BETA_LARGE && b > BETA_LARGE) {
    t.upper = p.lead > 0;
    if (t.upper) p = beta_mirror(p);
    t.factor = beta_by_mills(&p);
    return t;
  }
  int mirrored = a > b;
  if (mirrored) p = beta_mirror(p);
  if (p.x.hi > (p.a + 1) / (a + b + 2)) {
    p = beta_mirror(p);
    t.upper = !mirrored;
    t.factor = beta_by_fraction(&p);
  } else if (p.a >= 1) {
    t.upper = mirrored;
    t.factor = beta_by_series(&p);
  } else {
    t = mine__tails_of_log(beta_log_lower(&p), mirrored);
    t.log_density = p.log_kernel;
  }
  return t;
}

double mine__beta_tail(double x, double a, double b, mine__tail tail) {
  if (isnan(x) || !(a > 0) || !(b > 0) || isinf(a + b)) return NAN;
  if (x < 0) x = 0;
  if (x > 1) x = 1;
  return mine__tails_give(mine__beta_tails((mine__dd){x, 0}, mine__dd_sum(1, -x), a, b), tail);
}

/* ---- of the odds x/y ---------------------------------------------------------------------- */

mine__tails mine__beta_tails_odds(mine__dd numerator, mine__dd denominator, double log_odds,
                                  double a, double b) {
  if (fabs(log_odds) > BETA_POWER_LAW) {
    int upper = log_odds > 0;
    double shape = upper ? b : a, other = upper ? a : b;
    double log_tail = -shape * fabs(log_odds) - beta_log_scaled(shape, other);
    mine__tails t = mine__tails_of_log(log_tail, upper);
    t.log_density = log(shape) + log_tail;
    return t;
  }
  mine__dd sum = mine__dd_add(numerator, denominator);
  return mine__beta_tails(mine__dd_div(numerator, sum), mine__dd_div(denominator, sum), a, b);
}

static mine__tails beta_odds_law(double odds, double a, double b) {
  return mine__beta_tails_odds((mine__dd){odds, 0}, (mine__dd){1, 0}, log(odds), a, b);
}

/* Start: the power laws of the two ends for shapes below 1, else the normal
** approximation of the log odds. */
double mine__beta_quantile_odds(mine__chance chance, double a, double b, double *log_odds) {
  *log_odds = -INFINITY;
  if (chance.log_lower == -INFINITY) return 0;
  double from_low = (chance.log_lower + beta_log_scaled(a, b)) / a;
  *log_odds = from_low;
  if (from_low < -BETA_POWER_LAW) return exp(from_low);
  *log_odds = INFINITY;
  if (chance.log_upper == -INFINITY) return INFINITY;
  double from_high = -(chance.log_upper + beta_log_scaled(b, a)) / b;
  *log_odds = from_high;
  if (from_high > BETA_POWER_LAW) return exp(from_high);
  int upper = chance.log_upper < chance.log_lower;
  double z = mine__normal_quantile(upper ? chance.log_upper : chance.log_lower,
                                   upper ? MINE__LOG_UPPER : MINE__LOG_LOWER);
  double guess = log(a) - log(b) + z * sqrt(1 / a + 1 / b);
  if (!upper && a < 1) guess = from_low;
  if (upper && b < 1) guess = from_high;
  guess = fmax(-BETA_POWER_LAW, fmin(BETA_POWER_LAW, guess));
  double odds = mine__law_quantile((mine__law){beta_odds_law, a, b}, chance, exp(guess));
  *log_odds = log(odds);
  return odds;
}
