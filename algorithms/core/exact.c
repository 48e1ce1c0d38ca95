/*
** exact.c -- a fixed-point number of 4352 bits.
**
** Digit i counts 2^(32 i - EXACT_POINT).  The least bit of a product of two doubles is
** 2^-2148, the largest 2^2047; a sum of 2^53 of them ends below 2^2101, digit 133.
** Between two passes of carries a digit takes fewer than 2^30 numbers of less than 2^32
** each: it stays below 2^63.
*/
#include "exact.h"

#include <math.h>
#include <string.h>

#include "bits.h"

#define EXACT_POINT 2176 /* a multiple of 32 */
#define EXACT_OFTEN (INT64_C(1) << 30)
#define EXACT_BASE  (INT64_C(1) << 32)
#define EXACT_LOW32 UINT64_C(0xFFFFFFFF)

void mine__exact_copy(mine__exact *to, const mine__exact *from) {
  to->low = from->low;
  to->high = from->high;
  to->since = from->since;
  memcpy(to->digit + from->low, from->digit + from->low,
         (size_t)(from->high - from->low) * sizeof *from->digit);
}

/* Digits [from, end) are in use from now on. */
static inline void exact_reach(mine__exact *sum, int from, int end) {
  if (sum->low == sum->high) sum->low = sum->high = from;
  while (sum->low > from)
    sum->digit[--sum->low] = 0;
  while (sum->high < end)
    sum->digit[sum->high++] = 0;
}

/* Pass on what is beyond 32 bits, upwards; the top digit alone keeps a sign. */
static void exact_carry(mine__exact *sum) {
  sum->since = 0;
  for (int i = sum->low; i < sum->high; i++) {
    const int64_t digit = sum->digit[i];
    const int top = i + 1 == sum->high;
    if (top && digit > -EXACT_BASE && digit < EXACT_BASE) return;
    const int64_t rest = (int64_t)((uint64_t)digit & EXACT_LOW32);
    if (top) exact_reach(sum, sum->low, sum->high + 1);
    sum->digit[i] = rest;
    sum->digit[i + 1] += (digit - rest) / EXACT_BASE;
  }
}

/* Add sign * m * 2^exponent, m < 2^62. */
static inline void exact_put(mine__exact *sum, uint64_t m, int exponent, int sign) {
  /* m << shift has up to 93 bits: its lowest 32 are those of the wrapped 64-bit product, and
  ** what stands above them is m >> (32 - shift), of two digits. */
  const int at = (exponent + EXACT_POINT) / 32, shift = (exponent + EXACT_POINT) % 32;
  const uint64_t upper = shift ? m >> (32 - shift) : m >> 32;
  exact_reach(sum, at, at + 3);
  sum->digit[at] += sign * (int64_t)((m << shift) & EXACT_LOW32);
  sum->digit[at + 1] += sign * (int64_t)(upper & EXACT_LOW32);
  sum->digit[at + 2] += sign * (int64_t)(upper >> 32);
  if (++sum->since == EXACT_OFTEN) exact_carry(sum);
}

/* A double as sign * m * 2^exponent, m < 2^53. */
typedef struct exact_parts {
  uint64_t m;
  int exponent, sign;
} exact_parts;

static inline exact_parts exact_take_apart(double x) {
  const uint64_t bits = mine__bits_of_real(x);
  const int exponent = (int)(bits >> 52) & 0x7FF;
  const uint64_t m = bits & ((UINT64_C(1) << 52) - 1);
  return (exact_parts){exponent ? m | UINT64_C(1) << 52 : m, exponent ? exponent - 1075 : -1074,
                       bits >> 63 ? -1 : 1};
}

void mine__exact_add(mine__exact *sum, double x, int sign) {
  const exact_parts a = exact_take_apart(x);
  exact_put(sum, a.m, a.exponent, sign * a.sign);
}

/* Halves of 26 and 27 bits, whose products fit. */
#define EXACT_HALF 27
#define EXACT_MASK ((UINT64_C(1) << EXACT_HALF) - 1)

void mine__exact_add_product(mine__exact *sum, double x, double y, int sign) {
  const exact_parts a = exact_take_apart(x), b = exact_take_apart(y);
  const int exponent = a.exponent + b.exponent, s = sign * a.sign * b.sign;
  const uint64_t ah = a.m >> EXACT_HALF, al = a.m & EXACT_MASK;
  const uint64_t bh = b.m >> EXACT_HALF, bl = b.m & EXACT_MASK;
  exact_put(sum, al * bl, exponent, s);
  exact_put(sum, ah * bl + al * bh, exponent + EXACT_HALF, s);
  exact_put(sum, ah * bh, exponent + 2 * EXACT_HALF, s);
}

void mine__exact_add_scaled(mine__exact *sum, mine__exact *other, double factor, int sign) {
  const exact_parts a = exact_take_apart(factor);
  const uint64_t ah = a.m >> EXACT_HALF, al = a.m & EXACT_MASK;
  exact_carry(other);
  for (int i = other->low; i < other->high; i++) {
    const int64_t digit = other->digit[i];
    if (digit == 0) continue;
    const uint64_t d = (uint64_t)(digit < 0 ? -digit : digit);
    const int exponent = a.exponent + 32 * i - EXACT_POINT;
    const int s = digit < 0 ? -sign * a.sign : sign * a.sign;
    exact_put(sum, d * al, exponent, s);
    exact_put(sum, d * ah, exponent + EXACT_HALF, s);
  }
}

/* ---- rounding --------------------------------------------------------------------------- */

/* The digits of the absolute value, all of them from 0 to 2^32 - 1; returns the sign. */
static int exact_absolute(mine__exact *sum, mine__exact *out) {
  exact_carry(sum);
  mine__exact_copy(out, sum);
  while (out->high > out->low && out->digit[out->high - 1] == 0)
    out->high--;
  if (out->high == out->low) return 0;
  if (out->digit[out->high - 1] > 0) return 1;
  for (int i = out->low; i < out->high; i++)
    out->digit[i] = -out->digit[i];
  exact_carry(out);
  while (out->digit[out->high - 1] == 0)
    out->high--;
  return -1;
}

/* The 64 bits from the leading one on, the last of which also stands for all that
** follow it: converting them to a double rounds as converting all of them would. */
double mine__exact_fraction(mine__exact *sum, int *exponent) {
  mine__exact a;
  const int sign = exact_absolute(sum, &a);
  *exponent = 0;
  if (sign == 0) return 0;
  const int top = a.high - 1, shift = 32 - mine__bits_needed((uint64_t)a.digit[top]);
  uint64_t follow[2] = {0, 0};
  for (int i = 0; i < 2 && top - 1 - i >= a.low; i++)
    follow[i] = (uint64_t)a.digit[top - 1 - i];
  uint64_t bits = (uint64_t)a.digit[top] << 32 | follow[0];
  bits = shift ? bits << shift | follow[1] >> (32 - shift) : bits;
  int rest = ((follow[1] << shift) & EXACT_LOW32) != 0;
  for (int i = a.low; i < top - 2 && !rest; i++)
    rest = a.digit[i] != 0;
  *exponent = 32 * (top + 1) - EXACT_POINT - shift;
  return sign * ldexp((double)(bits | (uint64_t)rest), -64);
}

double mine__exact_value(mine__exact *sum) {
  int exponent;
  const double fraction = mine__exact_fraction(sum, &exponent);
  return ldexp(fraction, exponent);
}

/* ---- around the mean ----------------------------------------------------------------------
**
** With any numbers a, b near the means, and Rx = sum (x - a), Ry = sum (y - b):
**
**   sum (x - mx)(y - my) = sum (x - a)(y - b) - Rx Ry / n
**   sum (x - a)(y - b)   = sum x y  -  a sum y  -  b Rx
**
** The second line is computed exactly, so its cancellation costs nothing; a and b are
** the rounded means, so that the correction is of the size of their last bits.
*/

typedef struct exact_centre {
  double mean;
  mine__exact rest; /* sum (x - mean) */
} exact_centre;

static void exact_centre_of(exact_centre *centre, mine__exact *x, int64_t n) {
  int exponent;
  const double fraction = mine__exact_fraction(x, &exponent);
  centre->mean = ldexp(fraction / (double)n, exponent);
  mine__exact_copy(&centre->rest, x);
  mine__exact_add_product(&centre->rest, centre->mean, (double)n, -1);
}

double mine__exact_comoment(mine__exact *x, mine__exact *y, mine__exact *xy, int64_t n,
                            int *exponent) {
  exact_centre a, b;
  mine__exact sum;
  int of_x, of_y;
  exact_centre_of(&a, x, n);
  exact_centre_of(&b, y, n);
  mine__exact_copy(&sum, xy);
  mine__exact_add_scaled(&sum, y, a.mean, -1);
  mine__exact_add_scaled(&sum, &a.rest, b.mean, -1);
  const double whole = mine__exact_fraction(&sum, exponent);
  const double rest_x = mine__exact_fraction(&a.rest, &of_x);
  const double rest_y = mine__exact_fraction(&b.rest, &of_y);
  if (whole == 0) *exponent = of_x + of_y;
  return whole - ldexp(rest_x * rest_y / (double)n, of_x + of_y - *exponent);
}
