/*
** special_distributions.c -- normal, chi-squared, t, F.
**
**   normal   |z| <= 5: erfc, with the rounding of z/sqrt 2 made good to first order;
**            beyond: the density times Laplace's continued fraction for the Mills ratio,
**            1/(z + 1/(z + 2/(z + 3/...))) (A&S 26.2.14), from its 60th term backwards
**   chi2     gamma of shape df/2 at x/2
**   t        t^2/df are the odds of a beta variable of shapes 1/2, df/2
**   F        f df1/df2 are the odds of a beta variable of shapes df1/2, df2/2
*/
#include "special_private.h"

#define NORMAL_FRACTION_FROM  5.0
#define NORMAL_FRACTION_TERMS 60
#define DF_INFINITE           1e20 /* degrees of freedom: the limit itself, to the last bit */

/* ---- normal -------------------------------------------------------------------------- */

/* P(X > z) / density(z), z >= 5: at 5 the error of 60 terms is below 1e-17. */
static double normal_mills(double z) {
  double fraction = z;
  for (int k = NORMAL_FRACTION_TERMS; k >= 1; k--)
    fraction = z + k / fraction;
  return 1 / fraction;
}

/* P(X > z) for 0 <= z < 5.  y is z / sqrt 2 but for `rest`, and erfc(y + rest) = erfc(y) -
** 2/sqrt(pi) e^(-y^2) rest + ... */
static double normal_upper_near(double z) {
  double y = z / MINE__SQRT_2;
  double rest =
      fma(-y, MINE__SQRT_2, z) / MINE__SQRT_2 + y * 6.8358e-17; /* sqrt 2 is inexact too */
  return 0.5 * (erfc(y) - 1.12837916709551257390 * exp(-y * y) * rest);
}

static mine__tails normal_tails(double z) {
  double a = fabs(z);
  mine__tails t = {0, 1, z > 0, 0};
  if (a < NORMAL_FRACTION_FROM) {
    t.factor = normal_upper_near(a);
    return t;
  }
  mine__dd square = mine__dd_product(a, a);
  if (a > 1e150) square = (mine__dd){a * a, 0};
  t.factor = isinf(a) ? 1 : normal_mills(a) * exp(-square.lo / 2);
  t.exponent = -square.hi / 2 - MINE__LOG_2PI_HALF;
  return t;
}

double mine__normal_tail(double z, mine__tail tail) {
  if (isnan(z)) return NAN;
  return mine__tails_give(normal_tails(z), tail);
}

/* z with P(0 < X < z) = q, |q| <= 1/4: Newton on erf, from the first terms of its
** inverse's series (A&S 7.4... inverted): error 4e-3 at 1/4, squared twice and more. */
static double normal_quantile_centre(double q) {
  const double root = 2.50662827463100050242; /* sqrt(2 pi) */
  double v = q * root, z = v * (1 + v * v * (1.0 / 6 + v * v * (7.0 / 120)));
  for (int k = 0; k < 3; k++) {
    double excess = 0.5 * erf(z / MINE__SQRT_2) - q;
    double step = excess * root * exp(z * z / 2);
    z -= step / (1 + z * step / 2); /* Halley */
  }
  return z;
}

/* z > 0 with log P(X > z) = log_p, log_p <= log(1/4).  Start: Hastings' rational
** approximation (A&S 26.2.23, error 4.5e-4); Newton in log P, where the function is
** concave and nearly quadratic. */
static double normal_quantile_far(double log_p) {
  double t = sqrt(-2 * log_p);
  double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                     (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  if (t > 60) z = t - (MINE__LOG_2PI_HALF + log(t)) / t; /* to its first term */
  if (t > 1e8) return t;
  for (int k = 0; k < 4; k++) {
    mine__tails tails = normal_tails(z);
    double log_tail = mine__tails_give(tails, MINE__LOG_UPPER);
    double mills = z < NORMAL_FRACTION_FROM ? tails.factor * exp(z * z / 2 + MINE__LOG_2PI_HALF)
                                            : normal_mills(z);
    double step = (log_tail - log_p) * mills;
    z += step;
    if (fabs(step) < 1e-9 * z) break; /* the next would be its square */
  }
  return z;
}

static double normal_quantile_of(mine__chance chance) {
  int upper = chance.log_upper < chance.log_lower;
  double small = upper ? chance.log_upper : chance.log_lower;
  if (small == -INFINITY) return upper ? INFINITY : -INFINITY;
  double z = small < -2 * MINE__LOG_2 ? normal_quantile_far(small)
                                      : normal_quantile_centre(-expm1(small + MINE__LOG_2) / 2);
  return upper ? z : -z;
}

double mine__normal_quantile(double p, mine__tail tail) {
  if (tail == MINE__LOWER && p >= 0.25 && p <= 0.75) return normal_quantile_centre(p - 0.5);
  if (tail == MINE__UPPER && p >= 0.25 && p <= 0.75) return normal_quantile_centre(0.5 - p);
  mine__chance chance;
  if (!mine__chance_read(p, tail, &chance)) return NAN;
  return normal_quantile_of(chance);
}

/* ---- chi-squared ------------------------------------------------------------------------ */

double mine__chi2_tail(double x, double df, mine__tail tail) {
  return mine__gamma_tail(x / 2, df / 2, tail);
}

double mine__chi2_quantile(double p, double df, mine__tail tail) {
  return 2 * mine__gamma_quantile(p, df / 2, tail);
}

/* ---- Student's t ------------------------------------------------------------------------- */

double mine__t_tail(double t, double df, mine__tail tail) {
  if (isnan(t) || !(df > 0)) return NAN;
  if (df > DF_INFINITE) return mine__normal_tail(t, tail);
  double a = fabs(t);
  mine__tails two; /* of the odds t^2/df: upper is P(|T| > a) */
  if (isinf(t))
    two = (mine__tails){-INFINITY, 1, 1, -INFINITY};
  else if (a == 0)
    two = (mine__tails){-INFINITY, 1, 0, -INFINITY};
  else
    two = mine__beta_tails_odds(mine__dd_product(a, a), (mine__dd){df, 0}, 2 * log(a) - log(df),
                                0.5, df / 2);
  /* P(T > a) is half the upper tail. */
  mine__tails one = two;
  if (two.upper)
    one.factor /= 2;
  else
    one = (mine__tails){0, (1 - mine__tails_give(two, MINE__LOWER)) / 2, 1, 0};
  one.upper = t > 0;
  return mine__tails_give(one, tail);
}

/* T^2 has the odds t^2/df: |T| > t with twice the smaller tail. */
double mine__t_quantile(double p, double df, mine__tail tail) {
  mine__chance chance;
  if (!(df > 0) || !mine__chance_read(p, tail, &chance)) return NAN;
  if (df > DF_INFINITE) return mine__normal_quantile(p, tail);
  int upper = chance.log_upper < chance.log_lower;
  double log_two = MINE__LOG_2 + (upper ? chance.log_upper : chance.log_lower);
  mine__chance both = {mine__log1m_exp(fmin(log_two, 0)), fmin(log_two, 0)};
  if (tail == MINE__LOWER || tail == MINE__UPPER) { /* 2 |p - 1/2| without a logarithm's rounding */
    double inner = 2 * fabs(p - 0.5);
    if (inner < 0.5) both = (mine__chance){log(inner), log1p(-inner)};
  }
  double log_odds, odds = mine__beta_quantile_odds(both, 0.5, df / 2, &log_odds);
  double t = fabs(log_odds) > 600 ? exp(0.5 * (log_odds + log(df))) : sqrt(odds) * sqrt(df);
  return upper ? t : -t;
}

/* ---- Fisher's F --------------------------------------------------------------------------- */

static mine__tail f_other_tail(mine__tail tail) {
  static const mine__tail other[] = {[MINE__LOWER] = MINE__UPPER,
                                     [MINE__UPPER] = MINE__LOWER,
                                     [MINE__LOG_LOWER] = MINE__LOG_UPPER,
                                     [MINE__LOG_UPPER] = MINE__LOG_LOWER};
  return other[tail];
}

/* F with one or both of the degrees of freedom infinite: F = (X1/df1) / (X2/df2). */
static double f_tail_limit(double f, double df1, double df2, mine__tail tail) {
  if (df1 > DF_INFINITE && df2 > DF_INFINITE)
    return mine__tails_give((mine__tails){-INFINITY, 1, f > 1, 0}, tail);
  if (df1 > DF_INFINITE) {
    if (!(f > 0)) return mine__tails_give((mine__tails){-INFINITY, 1, 0, 0}, tail);
    mine__dd x = mine__dd_div((mine__dd){df2 / 2, 0}, (mine__dd){f, 0});
    return mine__tails_give(mine__gamma_tails(x, df2 / 2), f_other_tail(tail));
  }
  return mine__tails_give(mine__gamma_tails(mine__dd_product(f, df1 / 2), df1 / 2), tail);
}

double mine__f_tail(double f, double df1, double df2, mine__tail tail) {
  if (isnan(f) || !(df1 > 0) || !(df2 > 0)) return NAN;
  if (df1 > DF_INFINITE || df2 > DF_INFINITE) return f_tail_limit(f, df1, df2, tail);
  mine__tails t;
  if (!(f > 0))
    t = (mine__tails){-INFINITY, 1, 0, 0};
  else if (isinf(f))
    t = (mine__tails){-INFINITY, 1, 1, 0};
  else
    t = mine__beta_tails_odds(mine__dd_product(f, df1), (mine__dd){df2, 0},
                              log(f) + log(df1) - log(df2), df1 / 2, df2 / 2);
  return mine__tails_give(t, tail);
}

double mine__f_quantile(double p, double df1, double df2, mine__tail tail) {
  mine__chance chance;
  if (!(df1 > 0) || !(df2 > 0) || !mine__chance_read(p, tail, &chance)) return NAN;
  if (df1 > DF_INFINITE && df2 > DF_INFINITE) return 1;
  if (df1 > DF_INFINITE) return df2 / mine__chi2_quantile(p, df2, f_other_tail(tail));
  if (df2 > DF_INFINITE) return mine__chi2_quantile(p, df1, tail) / df1;
  double log_odds, odds = mine__beta_quantile_odds(chance, df1 / 2, df2 / 2, &log_odds);
  if (fabs(log_odds) > 600) return exp(log_odds + log(df2) - log(df1));
  return odds * (df2 / df1);
}
