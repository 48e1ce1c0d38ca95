/*
** special_private.h -- what the special functions share: pairs of doubles, a tail
** before it is exponentiated, the deviance, the mills integral.
**
** A tail is kept as  e^exponent * factor,  so that its logarithm is known where the
** tail itself underflows, together with which of the two tails it is.  The routines
** always return the one that is computed without cancellation (never much above 0.9),
** and the other is one minus it.
*/
#ifndef MINE_KERNEL_SPECIAL_PRIVATE_H
#define MINE_KERNEL_SPECIAL_PRIVATE_H

#include <math.h>
#include <stddef.h>

#include "special.h"

#define MINE__LOG_2PI_HALF 0.91893853320467274178 /* log(2 pi) / 2 */
#define MINE__LOG_2        0.69314718055994530942
#define MINE__PI           3.14159265358979323846
#define MINE__SQRT_2       1.41421356237309504880

/* ---- a number as an unevaluated sum of two doubles (Dekker 1971) ------------------ */

typedef struct mine__dd {
  double hi, lo;
} mine__dd;

static inline mine__dd mine__dd_sum(double a, double b) {
  double s = a + b, t = s - a;
  return (mine__dd){s, (a - (s - t)) + (b - t)};
}

static inline mine__dd mine__dd_product(double a, double b) {
  double p = a * b;
  return (mine__dd){p, fma(a, b, -p)};
}

static inline mine__dd mine__dd_add(mine__dd a, mine__dd b) {
  mine__dd s = mine__dd_sum(a.hi, b.hi);
  return mine__dd_sum(s.hi, s.lo + (a.lo + b.lo));
}

static inline mine__dd mine__dd_mul(mine__dd a, mine__dd b) {
  mine__dd p = mine__dd_product(a.hi, b.hi);
  return mine__dd_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline mine__dd mine__dd_div(mine__dd a, mine__dd b) {
  double q = a.hi / b.hi;
  mine__dd p = mine__dd_mul(b, (mine__dd){q, 0});
  mine__dd r = mine__dd_add(a, (mine__dd){-p.hi, -p.lo});
  return mine__dd_sum(q, (r.hi + r.lo) / b.hi);
}

/* ---- a tail ------------------------------------------------------------------------- */

typedef struct mine__tails {
  double exponent, factor; /* the tail is e^exponent * factor                       */
  int upper;               /* which tail this is                                    */
  double log_density;      /* log of x f(x), for gamma, of x (1-x) f(x), for beta:
                              the derivative in log x, in log odds                  */
} mine__tails;

/* The probability asked for. */
double mine__tails_give(mine__tails t, mine__tail tail);
/* The tail whose logarithm is `log_tail`, which may be near 0. */
mine__tails mine__tails_of_log(double log_tail, int upper);

/* A probability given as `tail` says, as the logarithms of both tails; 0 if it is none. */
typedef struct mine__chance {
  double log_lower, log_upper;
} mine__chance;
int mine__chance_read(double p, mine__tail tail, mine__chance *chance);

/* The x > 0 with the given chance, by Newton's method in log x within a shrinking
** bracket.  tails() must be a distribution function in x whose log_density is the
** derivative in log x. */
typedef struct mine__law {
  mine__tails (*tails)(double x, double a, double b);
  double a, b;
} mine__law;
double mine__law_quantile(mine__law law, mine__chance chance, double start);

/* ---- gamma and beta -------------------------------------------------------------------- */

/* c(x) in  Gamma(x) = sqrt(2 pi / x) (x/e)^x e^c(x),  x > 0. */
double mine__stirling(double x);
/* x log(x/m) + m - x  over x, given ratio = m/x and gap = (m - x)/x. */
double mine__deviance(double ratio, double gap);

/* The integral of  e^-h(z),  z from 0 to its end (1 if c1 > 0, else infinity),
**   h(z) = c1 g(-z) + c2 g(s z) + d z,   g(t) = t - log(1 + t),
** c1 = 0 or c2 = 0 or both above 20, h'(0) = d no less than about -1.
** This is the Mills ratio of a gamma or beta tail. */
double mine__mills(double c1, double c2, double s, double d);

/* A continued fraction from its front, by Lentz's method as Thompson & Barnett mend it
** ("Coulomb and Bessel functions of complex arguments and order", J. Comput. Phys. 64,
** 1986): begin with c = value = the first denominator and d = 0. */
typedef struct mine__fraction {
  double c, d, value;
} mine__fraction;
/* One term more; 1: the value has settled. */
static inline int mine__fraction_step(mine__fraction *f, double numerator, double denominator) {
  const double tiny = 1e-290;
  f->d = denominator + numerator * f->d;
  f->c = denominator + numerator / f->c;
  if (f->d == 0) f->d = tiny;
  if (f->c == 0) f->c = tiny;
  f->d = 1 / f->d;
  const double change = f->c * f->d;
  f->value *= change;
  return fabs(change - 1) < 1e-16;
}

mine__tails mine__gamma_tails(mine__dd x, double a);
mine__tails mine__beta_tails(mine__dd x, mine__dd y, double a, double b);
/* Of the odds w = x/y = e^log_odds; the logarithm is used where w is out of range. */
mine__tails mine__beta_tails_odds(mine__dd numerator, mine__dd denominator, double log_odds,
                                  double a, double b);
/* The odds x/y with the given chance; *log_odds is right where they overflow. */
double mine__beta_quantile_odds(mine__chance chance, double a, double b, double *log_odds);

#endif
