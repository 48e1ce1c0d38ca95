/*
** special_range.c -- the studentized range.
**
** The range W of k standard normal variables (Hartley 1942; Copenhaver and Holland 1988)
**   P(W <= w) = k int phi(z) (Phi(z) - Phi(z-w))^(k-1) dz
**   P(W > w)  = k int phi(z) Phi(z)^(k-1) (1 - (1 - Phi(z-w)/Phi(z))^(k-1)) dz,
** the second taken as itself, and with s^2 a chi-squared variable over its df
**   P(Q > q) = int P(W > q s) f(s) ds.
** Both integrals are of smooth functions that vanish at both ends of the line (the outer
** one in log s), where the trapezoidal rule converges faster than any power of its step
** (Trefethen and Weideman 2014): the step is halved until two sums agree to 1e-8, when
** the finer is right to about its square.
*/
#include "special_private.h"

#define RANGE_INFINITE 1e14 /* degrees of freedom: P differs by O(1/df) */
#define RANGE_SQRT_2PI 2.50662827463100050242
#define RANGE_AGREE    1e-8
#define RANGE_REACH    9.0  /* phi(9) < 1e-18 */
#define RANGE_HALVINGS 6    /* inner steps down to 1/128: enough for 10^5 means */
#define RANGE_WALK     2000 /* of a walk; hundreds are needed at one degree of freedom */
#define RANGE_MEANS    1e5
#define RANGE_END      60.0 /* P(W > 60) < 1e-320 for 10^5 means */

/* ---- the range of k normal variables ---------------------------------------------------- */

typedef struct range_law {
  double k, w;
  int upper;
} range_law;

static double range_normal_below(double z) {
  return 0.5 * erfc(-z / MINE__SQRT_2);
}

/* Phi(z) - Phi(z-w): on the side where both are small; for a narrow interval the density at
** its middle with the first terms of its Taylor series. */
static double range_normal_between(double z, double w) {
  if (w < 0.01) {
    double m = z - w / 2, m2 = m * m, w2 = w * w;
    double series = 1 + w2 * ((m2 - 1) / 24 + w2 * ((m2 - 6) * m2 + 3) / 1920);
    return w * exp(-m2 / 2) / RANGE_SQRT_2PI * series;
  }
  return z <= w / 2 ? range_normal_below(z) - range_normal_below(z - w)
                    : range_normal_below(w - z) - range_normal_below(-z);
}

static double range_integrand(const range_law *law, double z) {
  double density = exp(-z * z / 2), others = law->k - 1;
  if (!law->upper) return density * pow(range_normal_between(z, law->w), others);
  double below = range_normal_below(z), outside = range_normal_below(z - law->w) / below;
  double missed = outside < 1 ? -expm1(others * log1p(-outside)) : 1;
  return density * pow(below, others) * missed;
}

/* The trapezoidal sum with the points at -9 + shift, + shift + step, ... */
static double range_sum(const range_law *law, double shift, double step) {
  double end = RANGE_REACH + (law->upper ? law->w / 2 : 0), sum = 0;
  if (law->upper && law->w > RANGE_END) return 0;
  int points = (int)((end + RANGE_REACH - shift) / step) + 1;
  for (int i = 0; i < points; i++)
    sum += range_integrand(law, -RANGE_REACH + shift + i * step);
  return sum * step;
}

static double range_scale(const range_law *law, double sum) {
  double p = law->k * sum / RANGE_SQRT_2PI;
  return p < 1 ? p : 1;
}

/* The step with which the inner integral is right, found at one w and kept for all. */
static double range_step(const range_law *law) {
  double step = 0.5, sum = range_sum(law, 0, step);
  for (int i = 0; i < RANGE_HALVINGS; i++) {
    double finer = 0.5 * (sum + range_sum(law, step / 2, step));
    step /= 2;
    if (fabs(finer - sum) <= RANGE_AGREE * finer) break;
    sum = finer;
  }
  return step;
}

/* ---- studentized ---------------------------------------------------------------------------- */

typedef struct range_student {
  range_law range;
  double q, shape, step; /* shape df/2; step of the inner integral */
} range_student;

/* Density of u = log s, without its constant, times the chance at q s.  The density is as
** exp(df u - df e^(2u) / 2), here divided by its value at u = 0: exp(-df/2 (e^(2u) - 1 - 2u)),
** where the bracket would cancel for small u. */
static double range_student_integrand(range_student *law, double u) {
  double rise = expm1(2 * u);
  double fall = fabs(u) < 0.25 ? mine__log1p_gap(rise) : rise - 2 * u;
  double weight = exp(-law->shape * fall);
  if (weight == 0) return 0;
  law->range.w = law->q * exp(u);
  return weight * range_scale(&law->range, range_sum(&law->range, 0, law->step));
}

/* One direction of a sum: until the terms have fallen to nothing beside `sum`.  Terms may still
** rise where the walk begins: only one that does not ends it. */
static double range_student_walk(range_student *law, double from, double step, double sum) {
  double before = 0;
  for (int i = 0; i < RANGE_WALK; i++) {
    double term = range_student_integrand(law, from + i * step);
    sum += term;
    if (term <= before && term <= 1e-17 * sum) break;
    before = term;
  }
  return sum;
}

static double range_student_integral(range_student *law) {
  double df = 2 * law->shape, q = law->q;
  /* The peak, from P(W > w) ~ e^(-w^2/4); its width is about 1/sqrt(2 df). */
  double peak = 0;
  if (law->range.upper)
    peak = q < 1e150 ? -0.5 * log1p(q * q / (2 * df)) : 0.5 * log(2 * df) - log(q);
  double step = fmin(0.5, 0.7 / sqrt(2 * df));
  law->range.w = q * exp(peak);
  law->step = range_step(&law->range);
  double sum = range_student_walk(law, peak, step, 0);
  sum = range_student_walk(law, peak - step, -step, sum);
  double integral = sum * step;
  for (int i = 0; i < RANGE_HALVINGS; i++) {
    sum = range_student_walk(law, peak + step / 2, step, sum);
    sum = range_student_walk(law, peak - step / 2, -step, sum);
    step /= 2;
    double finer = sum * step;
    int agree = fabs(finer - integral) <= RANGE_AGREE * finer;
    integral = finer;
    if (agree) break;
  }
  double constant = 2 * sqrt(law->shape / (2 * MINE__PI)) * exp(-mine__stirling(law->shape));
  return fmin(1, integral * constant);
}

static double range_chance(double q, double k, double df, int upper) {
  range_law range = {k, q, upper};
  if (df > RANGE_INFINITE) {
    double step = range_step(&range);
    return range_scale(&range, range_sum(&range, 0, step));
  }
  range_student law = {range, q, df / 2, 0};
  return range_student_integral(&law);
}

double mine__range_tail(double q, double k, double df, mine__tail tail) {
  if (isnan(q) || !(k >= 2 && k <= RANGE_MEANS) || !(df >= 1)) return NAN;
  if (!(q > 0)) return mine__tails_give((mine__tails){-INFINITY, 1, 0, 0}, tail);
  if (isinf(q)) return mine__tails_give((mine__tails){-INFINITY, 1, 1, 0}, tail);
  int upper = 1;
  double chance = range_chance(q, k, df, upper);
  if (chance > 0.5) {
    upper = 0;
    chance = range_chance(q, k, df, upper);
  }
  return mine__tails_give((mine__tails){0, chance, upper, 0}, tail);
}

/* Bisection and secants (the Illinois method) on the log of the smaller tail in log q. */
double mine__range_quantile(double p, double k, double df, mine__tail tail) {
  mine__chance chance;
  if (!(k >= 2 && k <= RANGE_MEANS) || !(df >= 1) || !mine__chance_read(p, tail, &chance))
    return NAN;
  if (chance.log_lower == -INFINITY) return 0;
  if (chance.log_upper == -INFINITY) return INFINITY;
  int upper = chance.log_upper < chance.log_lower;
  double target = upper ? chance.log_upper : chance.log_lower, sign = upper ? -1 : 1;
  mine__tail side = upper ? MINE__LOG_UPPER : MINE__LOG_LOWER;
  double low = 0, high = 0, at_low = -1, at_high = 1; /* in log q; signed excess */
  for (double stride = 0.5; high < 700; stride *= 2) {
    high = low + stride;
    at_high = sign * (mine__range_tail(exp(high), k, df, side) - target);
    if (at_high > 0) break;
    low = high;
    at_low = at_high;
  }
  for (double stride = 0.5; low <= 0 && low > -700; stride *= 2) { /* 1 itself may be above */
    at_low = sign * (mine__range_tail(exp(low), k, df, side) - target);
    if (at_low < 0) break;
    high = low;
    at_high = at_low;
    low -= stride;
  }
  int last = 0; /* which end moved last: the one that stays twice is halved */
  for (int i = 0; i < 100 && high - low > 1e-14; i++) {
    int secant = i % 8 != 7 && isfinite(at_low) && isfinite(at_high);
    double middle = secant ? low - at_low * (high - low) / (at_high - at_low) : (low + high) / 2;
    if (!(middle > low && middle < high)) break;
    double at = sign * (mine__range_tail(exp(middle), k, df, side) - target);
    if (fabs(at) < 1e-14) return exp(middle);
    if (at > 0) {
      high = middle;
      at_high = at;
      if (last > 0) at_low /= 2;
      last = 1;
    } else {
      low = middle;
      at_low = at;
      if (last < 0) at_high /= 2;
      last = -1;
    }
  }
  return exp(low + (high - low) / 2);
}
