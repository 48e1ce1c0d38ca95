/*
** special_gamma.c -- log-gamma and its derivatives.
**
**   x >= 10        Stirling: log Gamma(x) = (x - 1/2) log x - x + log(2 pi)/2 + c(x),
**                  c(x) = sum B_2k / (2k (2k-1) x^(2k-1)), 10 terms, error < 1e-19
**                  (Abramowitz and Stegun 6.1.41; the error is below the next term)
**   1.5 .. 2.5     z = x - 2: log Gamma(2+z) = (1-gamma) z + sum_k>=2 (-1)^k (zeta(k)-1) z^k/k
**                  (A&S 6.1.33 with log(1+z) taken in): the sum is O(z), so the zero at 2
**                  keeps its relative accuracy, and with log1p so does the one at 1
**   otherwise      the recurrence x Gamma(x) = Gamma(x+1) to one of the two, and
**                  Gamma(x) Gamma(1-x) = pi / sin(pi x) for x < 0
**
** digamma and trigamma are the derivatives of Stirling's series with the recurrence
** (A&S 6.3.18, 6.4.12).
*/
#include "special_private.h"

#define STIRLING_FROM 10.0

/* B_2k / (2k (2k-1)), k = 1, 2, ... */
static const double stirling_term[] = {0.083333333333333333333,   -0.0027777777777777777778,
                                       0.00079365079365079365079, -0.0005952380952380952381,
                                       0.00084175084175084175084, -0.0019175269175269175269,
                                       0.0064102564102564102564,  -0.02955065359477124183,
                                       0.17964437236883057316,    -1.3924322169059011164};
#define STIRLING_TERMS ((int)(sizeof stirling_term / sizeof stirling_term[0]))

/* (zeta(k) - 1) / k, k = 2, 3, ...: below 1e-10 * 2^-29 / 29 after the last. */
static const double zeta_term[] = {
    3.2246703342411321824e-1,  6.7352301053198095133e-2,  2.0580808427784547879e-2,
    7.3855510286739852663e-3,  2.8905103307415232858e-3,  1.1927539117032609771e-3,
    5.0966952474304242234e-4,  2.2315475845357937976e-4,  9.9457512781808533715e-5,
    4.49262367381331417e-5,    2.0507212775670691553e-5,  9.439488275268395904e-6,
    4.3748667899074878042e-6,  2.0392157538013662368e-6,  9.5514121304074198329e-7,
    4.4924691987645660433e-7,  2.1207184805554665869e-7,  1.0043224823968099609e-7,
    4.7698101693639805658e-8,  2.271109460894316491e-8,   1.0838659214896954091e-8,
    5.1834750419700466551e-9,  2.4836745438024783172e-9,  1.1921401405860912074e-9,
    5.7313672416788620133e-10, 2.7595228851242331452e-10, 1.3304764374244489481e-10,
    6.4229645638381000221e-11};
#define ZETA_TERMS      ((int)(sizeof zeta_term / sizeof zeta_term[0]))
#define ONE_MINUS_GAMMA 0.4227843350984671393934879

/* ---- logarithms without cancellation ------------------------------------------ */

double mine__log1m_exp(double x) {
  return x > -MINE__LOG_2 ? log(-expm1(x)) : log1p(-exp(x)); /* Maechler 2012 */
}

double mine__log_add(double x, double y) {
  if (isnan(x) || isnan(y)) return NAN;
  double larger = x > y ? x : y, smaller = x > y ? y : x;
  if (isinf(larger)) return larger;
  return larger + log1p(exp(smaller - larger));
}

/* With s = t/(2+t):  log(1+t) = 2 artanh s  and  t - 2s = ts,  so
** t - log(1+t) = s (t - 2s^2 (1/3 + s^2/5 + s^4/7 + ...)). */
double mine__log1p_gap(double t) {
  if (t < -0.4 || t > 0.7) return t - log1p(t);
  double s = t / (2 + t), square = s * s, power = 1, sum = 0; /* square <= 1/16 */
  for (int k = 3; k < 35; k += 2) {
    double term = power / k;
    sum += term;
    if (term < 1e-18) break;
    power *= square;
  }
  return s * (t - 2 * square * sum);
}

/* ---- log-gamma ------------------------------------------------------------------ */

static double stirling_series(double x) {
  double inverse = 1 / x, square = inverse * inverse, sum = 0;
  for (int k = STIRLING_TERMS - 1; k >= 0; k--)
    sum = sum * square + stirling_term[k];
  return sum * inverse;
}

/* log Gamma(2 + z), |z| <= 1/2. */
static double gamma_log_near_2(double z) {
  double sum = 0;
  for (int k = ZETA_TERMS - 1; k >= 0; k--)
    sum = zeta_term[k] - z * sum;
  return z * (ONE_MINUS_GAMMA + z * sum);
}

static double gamma_log_positive(double x) {
  if (x >= STIRLING_FROM) {
    if (x > 1e305) return x * (log(x) - 1);
    return (x - 0.5) * (log(x) - 1) + (MINE__LOG_2PI_HALF - 0.5 + stirling_series(x));
  }
  if (x < 0.5) return mine__log_gamma1p(x) - log(x);
  if (x < 1.5) return gamma_log_near_2(x - 1) - log1p(x - 1);
  double product = 1;
  while (x > 2.5) {
    x -= 1;
    product *= x;
  }
  return log(product) + gamma_log_near_2(x - 2);
}

double mine__log_gamma1p(double x) {
  if (fabs(x) <= 0.5) return gamma_log_near_2(x) - log1p(x);
  if (x > 0 && x <= 1.5) return gamma_log_near_2(x - 1); /* 1 + x would round */
  return mine__log_gamma(1 + x);
}

/* sin(pi x) for x in (-1, 1). */
static double gamma_sin_pi(double x) {
  double a = fabs(x);
  double s = a <= 0.25   ? sin(MINE__PI * a)
             : a <= 0.75 ? cos(MINE__PI * (a - 0.5))
                         : sin(MINE__PI * (1 - a));
  return x < 0 ? -s : s;
}

double mine__log_gamma_sign(double x, int *sign) {
  if (sign) *sign = 1;
  if (isnan(x)) return NAN;
  if (isinf(x)) return INFINITY;
  if (x > 0) return gamma_log_positive(x);
  double fraction = fmod(x, 1.0); /* exact; in (-1, 0] */
  if (fraction == 0) return INFINITY;
  if (sign && fmod(floor(x), 2.0) != 0) *sign = -1;
  if (x > -0.5) return mine__log_gamma1p(x) - log(-x);
  double s = fabs(gamma_sin_pi(fraction));
  return log(MINE__PI / (s * -x)) - gamma_log_positive(-x);
}

double mine__log_gamma(double x) {
  return mine__log_gamma_sign(x, NULL);
}

double mine__stirling(double x) {
  if (x >= STIRLING_FROM) return stirling_series(x);
  if (x < 0.5) return mine__log_gamma1p(x) - (x + 0.5) * log(x) + x - MINE__LOG_2PI_HALF;
  return gamma_log_positive(x) - (x - 0.5) * log(x) + x - MINE__LOG_2PI_HALF;
}

/* Stirling's formula at x + d less that at x, term by term; below 10 first
** Gamma(x+d)/Gamma(x) = Gamma(x+1+d)/Gamma(x+1) / (1 + d/x). */
double mine__log_gamma_step(double x, double d) {
  if (!(x > 0) || !(d >= 0) || isinf(x)) return NAN;
  double below = 0;
  while (x < STIRLING_FROM) {
    below += log1p(d / x);
    x += 1;
  }
  double ratio = log1p(d / x), power = 1 / x, sum = 0;
  for (int k = 0; k < STIRLING_TERMS; k++) {
    sum += stirling_term[k] * power * expm1(-(2 * k + 1) * ratio);
    power /= x * x;
  }
  /* (x+d-1/2) log(x+d) - (x-1/2) log x - d */
  double main = d * log(x) + (d - 0.5) * ratio - x * mine__log1p_gap(d / x);
  return main + sum - below;
}

double mine__log_beta(double a, double b) {
  if (!(a > 0) || !(b > 0)) return NAN;
  if (a > b) {
    double swap = a;
    a = b;
    b = swap;
  }
  if (isinf(b)) return -INFINITY;
  if (a < 1) return mine__log_gamma1p(a) - log(a) - mine__log_gamma_step(b, a);
  if (a < STIRLING_FROM) {
    /* B(a, b) = B(a-1, b) (a-1) / (a+b-1) down to a in [1, 2), then by the step. */
    double product = 0, top = a;
    while (top >= 2) {
      top -= 1;
      product += log(top / (top + b));
    }
    double d = top - 1; /* B(1+d, b) = Gamma(1+d) Gamma(b) / Gamma(b+1+d) */
    return product + mine__log_gamma1p(d) - mine__log_gamma_step(b, d) - log(b + d);
  }
  double ratio = a / b; /* Stirling, the three leading terms together */
  return MINE__LOG_2PI_HALF - 0.5 * log(b) + (a - 0.5) * (log(ratio) - log1p(ratio)) -
         b * log1p(ratio) + stirling_series(a) + stirling_series(b) - stirling_series(a + b);
}

double mine__log_choose(double n, double k) {
  if (!(k >= 0) || !(n >= k)) return NAN;
  if (k == 0 || k == n) return 0;
  return -log1p(n) - mine__log_beta(n - k + 1, k + 1);
}

/* ---- digamma, trigamma ------------------------------------------------------------ */

/* The zero of digamma, to twice the precision. */
#define DIGAMMA_ZERO     1.4616321449683622
#define DIGAMMA_ZERO_LOW 9.5499954299656977e-17

/* digamma(x) - digamma(zero), every term as a difference: relative accuracy at the zero. */
static double digamma_near_zero(double x) {
  double d = (x - DIGAMMA_ZERO) - DIGAMMA_ZERO_LOW, at = DIGAMMA_ZERO, sum = 0;
  for (; at < STIRLING_FROM; at += 1, x += 1)
    sum += d / (x * at);
  double ratio = log1p(d / at), square = 1 / (at * at), power = square;
  sum += ratio + d / (2 * x * at);
  for (int k = 0; k < STIRLING_TERMS; k++) {
    sum -= stirling_term[k] * (2 * k + 1) * power * expm1(-2 * (k + 1) * ratio);
    power *= square;
  }
  return sum;
}

double mine__digamma(double x) {
  if (isnan(x) || x == -INFINITY) return NAN;
  if (x == INFINITY) return INFINITY;
  if (x <= 0) {
    double fraction = fmod(x, 1.0);
    if (fraction == 0) return NAN;
    if (fraction < -0.5) fraction += 1; /* pi cot(pi x) has period 1 */
    double cot = fabs(fraction) == 0.5 ? 0 : MINE__PI / tan(MINE__PI * fraction);
    return mine__digamma(1 - x) - cot;
  }
  if (fabs(x - DIGAMMA_ZERO) < 0.25) return digamma_near_zero(x);
  double sum = 0;
  for (; x < STIRLING_FROM; x += 1)
    sum -= 1 / x;
  double square = 1 / (x * x), series = 0;
  for (int k = STIRLING_TERMS - 1; k >= 0; k--)
    series = series * square + stirling_term[k] * (2 * k + 1);
  return sum + (log(x) - 0.5 / x - series * square);
}

double mine__trigamma(double x) {
  if (isnan(x) || x == -INFINITY) return NAN;
  if (x == INFINITY) return 0;
  if (x <= 0) {
    double fraction = fmod(x, 1.0);
    if (fraction == 0) return INFINITY;
    double s = MINE__PI / gamma_sin_pi(fraction);
    return s * s - mine__trigamma(1 - x);
  }
  double sum = 0;
  for (; x < STIRLING_FROM; x += 1)
    sum += 1 / (x * x);
  double inverse = 1 / x, square = inverse * inverse, series = 0;
  for (int k = STIRLING_TERMS - 1; k >= 0; k--)
    series = series * square + stirling_term[k] * (2 * k + 1) * (2 * k + 2);
  return sum + inverse * (1 + inverse * (0.5 + inverse * series));
}
