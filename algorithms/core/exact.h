/*
** exact.h -- sums of doubles and of products of two, without any rounding.
**
** A sum is one long fixed-point number, as wide as the exponents of all products of two
** doubles (Kulisch & Miranker 1986, "The arithmetic of the digital computer"), held as
** digits of 32 bits with room for carries in each (Neal 2015, "Fast exact summation
** using small and large superaccumulators").  Nothing is lost when a number is added,
** so it can be taken away again, in any order: the sum depends on what is in it and on
** nothing else.  It is rounded once, when it is asked for.
**
** Only the digits that were ever touched cost anything: some 5 for numbers of like size.
** Adding costs about 3 ns, a product 10, a rounding 20.
*/
#ifndef MINE_CORE_EXACT_H
#define MINE_CORE_EXACT_H

#include <math.h>
#include <stdint.h>

#define MINE_EXACT_DIGITS 136

typedef struct mine__exact {
  int low, high; /* digits [low, high) are in use, the others are nothing */
  int64_t since; /* numbers added since carries were passed on            */
  int64_t digit[MINE_EXACT_DIGITS];
} mine__exact;

/* A sum of zero bytes is nothing. */
void mine__exact_copy(mine__exact *to, const mine__exact *from);

/* Add sign * x, sign * x * y; sign is 1 or -1, the numbers are finite. */
void mine__exact_add(mine__exact *sum, double x, int sign);
void mine__exact_add_product(mine__exact *sum, double x, double y, int sign);
/* Add sign * factor * other.  `other`, a sum of plain doubles, keeps its value, not its
** digits. */
void mine__exact_add_scaled(mine__exact *sum, mine__exact *other, double factor, int sign);

/* The sum, correctly rounded, as a fraction f, |f| in [0.5, 1] or 0, times 2^*exponent:
** also where that is beyond every double. */
double mine__exact_fraction(mine__exact *sum, int *exponent);
/* As a double: infinite where it is too large. */
double mine__exact_value(mine__exact *sum);

/* The square root of fraction * 2^exponent, where that itself may be beyond all doubles. */
static inline double mine__exact_root(double fraction, int exponent) {
  const int odd = exponent % 2 != 0;
  return ldexp(sqrt(odd ? fraction / 2 : fraction), (exponent + odd) / 2);
}

/* The sum of (x - mean x)(y - mean y) over n rows, from the sums of x, of y and of x y:
** as a fraction and an exponent, accurate to a few units in the last place whatever the
** offset of the numbers.  With y = x the sum of squares around the mean. */
double mine__exact_comoment(mine__exact *x, mine__exact *y, mine__exact *xy, int64_t n,
                            int *exponent);

#endif
