/*
** special.h -- the shelf of special functions: what a p-value is made of.
**
** Pure functions of doubles: no state, no environment, no errno, no signgam; any
** argument is safe and every loop is bounded.  NAN in gives NAN out; a parameter
** outside its domain gives NAN.  A probability is asked for as one of four tails,
** and each is computed as itself: an upper tail of 1e-300 has as many right
** digits as one of 0.3, and the log tails go on where the tails underflow.
**
** Accuracy.  Relative error below 1e-12 for shapes from 1e-3 to 1e7 and degrees of
** freedom up to 1e9, measured against R and 60-digit arithmetic
** (tests/unit/special_values.inc, written by tests/differential/special_values.py; at
** random arguments tests/differential/test_special.py); typically 1e-14, and 3e-13 at
** 1e-300, where the exponent's own rounding is all that is left.  Shapes beyond 1e15 are
** safe, not accurate.
** Exceptions stand at the functions.
*/
#ifndef MINE_KERNEL_SPECIAL_H
#define MINE_KERNEL_SPECIAL_H

#include <stdint.h>

#include "../core/radix.h"

/* What is asked of a distribution function; of a quantile: how p is given. */
typedef enum mine__tail {
  MINE__LOWER,     /* P(X <= x)      */
  MINE__UPPER,     /* P(X > x)       */
  MINE__LOG_LOWER, /* log P(X <= x)  */
  MINE__LOG_UPPER  /* log P(X > x)   */
} mine__tail;

/* ---- logarithms without cancellation ------------------------------------------ */

/* log(1 - e^x), x <= 0; NAN for x > 0. */
double mine__log1m_exp(double x);
/* log(e^x + e^y). */
double mine__log_add(double x, double y);
/* t - log(1 + t) >= 0, t >= -1; ~ t^2/2 near 0.  Relative error below 4e-16. */
double mine__log1p_gap(double t);

/* ---- gamma (special_gamma.c) ------------------------------------------------------ */

/* log |Gamma(x)|; *sign (NULL allowed) its sign.  INFINITY at 0, -1, -2, ... (sign 1)
** and at both infinities.  For x > 0 relative accuracy everywhere, the zeros 1 and 2
** included; for x < 0 absolute accuracy near the zeros between the poles. */
double mine__log_gamma_sign(double x, int *sign);
double mine__log_gamma(double x);
/* log Gamma(1 + x), relative accuracy near x = 0 too. */
double mine__log_gamma1p(double x);
/* log Gamma(x + d) - log Gamma(x), x > 0, 0 <= d < 1; relative accuracy for any d. */
double mine__log_gamma_step(double x, double d);
/* log B(a, b), a, b > 0. */
double mine__log_beta(double a, double b);
/* log of n over k, 0 <= k <= n, not necessarily whole. */
double mine__log_choose(double n, double k);
/* The derivative of log Gamma, and its derivative.  NAN (digamma) and INFINITY
** (trigamma) at the poles.  digamma has relative accuracy at its positive zero
** 1.4616..., absolute accuracy near the negative ones. */
double mine__digamma(double x);
double mine__trigamma(double x);

/* Regularised incomplete gamma function: the tails of a gamma variable of shape a > 0
** and scale 1.  0 at x <= 0 (lower). */
double mine__gamma_tail(double x, double a, mine__tail tail);
double mine__gamma_quantile(double p, double a, mine__tail tail);

/* ---- beta (special_beta.c) ----------------------------------------------------------- */

/* Regularised incomplete beta function I_x(a, b), a, b > 0: the tails of a beta
** variable.  x <= 0 and x >= 1 are the ends. */
double mine__beta_tail(double x, double a, double b, mine__tail tail);

/* ---- distributions (special_distributions.c) --------------------------------------- */

/* Quantiles: the x whose tail is p (p or log p, as `tail` says); NAN for p outside
** [0, 1], the ends of the range at p = 0 and 1.  Newton's method on the log of the
** smaller tail: they are as accurate as the tail itself is steep. */
double mine__normal_tail(double z, mine__tail tail);
double mine__normal_quantile(double p, mine__tail tail);
/* Chi-squared with df > 0. */
double mine__chi2_tail(double x, double df, mine__tail tail);
double mine__chi2_quantile(double p, double df, mine__tail tail);
/* Student's t; df > 0, INFINITY is the normal distribution.  The two-sided p-value is
** 2 * mine__t_tail(fabs(t), df, MINE__UPPER). */
double mine__t_tail(double t, double df, mine__tail tail);
double mine__t_quantile(double p, double df, mine__tail tail);
/* Fisher's F; df1, df2 > 0, INFINITY allowed. */
double mine__f_tail(double f, double df1, double df2, mine__tail tail);
double mine__f_quantile(double p, double df1, double df2, mine__tail tail);
/* The studentized range of k means, 2 <= k <= 1e5, df >= 1 (INFINITY allowed; else NAN).
** About a millisecond a call, a quantile ten.  Relative error below 1e-11 in the smaller
** tail down to 1e-300. */
double mine__range_tail(double q, double k, double df, mine__tail tail);
double mine__range_quantile(double p, double k, double df, mine__tail tail);

/* ---- exact tests, many tests (special_tests.c) -------------------------------------- */

typedef enum mine__side { MINE__TWO_SIDED, MINE__LESS, MINE__GREATER } mine__side;

/* Fisher's exact test of the table a b / c d (counts >= 0, their sum < 2^53; else NAN):
** MINE__GREATER is the chance of a first cell of a or more when all margins are given,
** MINE__LESS of a or less, MINE__TWO_SIDED of a table no likelier than this one, where
** likelihoods equal to a relative 1e-7 count as equal (R's fisher.test).
** O(log n + s), s the standard deviation of the cell. */
double mine__fisher_exact(int64_t a, int64_t b, int64_t c, int64_t d, mine__side side);
double mine__fisher_exact_log(int64_t a, int64_t b, int64_t c, int64_t d, mine__side side);
/* X white balls among n drawn of `white` and `black`: LOWER is P(X <= x), UPPER is
** P(X > x), as R's phyper.  The p-value of a rule is UPPER at (both - 1). */
double mine__hypergeometric_tail(int64_t x, int64_t white, int64_t black, int64_t n,
                                 mine__tail tail);

/* p[0..n-1] become their q-values (Benjamini and Hochberg 1995), in place; NAN stays and
** does not count as a test.  order and temp hold n pairs each; n < 2^31.  O(n). */
void mine__benjamini_hochberg(double *p, int64_t n, mine_pair *order, mine_pair *temp);

#endif
