/*
** exp_body.h -- the exponential function of many numbers, and what needs it, for one instruction
** set (simd.h).  Lanes are numbers and never meet, and only sums, products and quotients are
** used, so the bits are the same on every set; libm's are others in the last place.
**
** exp(x) = 2^n exp(r) with n the whole number next to x / log 2, so that |r| <= 0.35, where the
** first fourteen terms of the series leave 5e-18.  Muller (2016), Elementary Functions, ch. 11.
*/
#define EXP_ROUND 0x1.8p52        /* adding it rounds to a whole number, in the low bits */
#define EXP_LN2   0x1.62e42feep-1 /* n times this is exact ... */
#define EXP_REST  1.90821492927058770002e-10 /* ... and this is the rest of log 2 */

/* x is taken to be in -708 ... 709: beyond, powers of two leave the normal numbers. */
static inline v_doubles V(exp)(v_doubles x) {
  static const double share[] = {1.0 / 6227020800,
                                 1.0 / 479001600,
                                 1.0 / 39916800,
                                 1.0 / 3628800,
                                 1.0 / 362880,
                                 1.0 / 40320,
                                 1.0 / 5040,
                                 1.0 / 720,
                                 1.0 / 120,
                                 1.0 / 24,
                                 1.0 / 6,
                                 1.0 / 2,
                                 1.0,
                                 1.0};
  const v_doubles least = V_ALL(v_doubles, -708.0), most = V_ALL(v_doubles, 709.0);
  x = V_PICK(v_doubles, x < least, v_longs, least, x);
  x = V_PICK(v_doubles, x > most, v_longs, most, x);
  const v_doubles shifted = x * 0x1.71547652b82fep0 + EXP_ROUND, n = shifted - EXP_ROUND;
  const v_doubles r = (x - n * EXP_LN2) - n * EXP_REST;
  v_doubles sum = V_ALL(v_doubles, share[0]);
  V_UNROLL
  for (int k = 1; k < 14; k++)
    sum = sum * r + share[k];
  return (v_doubles)((v_longs)sum + ((v_longs)shifted << 52));
}

/* n: whole vectors of the widest set. */
static void V(exps)(const double *x, ptrdiff_t n, double *out) {
  for (ptrdiff_t i = 0; i < n; i += (ptrdiff_t)V_DOUBLES)
    V_STORE(v_doubles, out + i, V(exp)(V_AT(v_doubles, x + i)));
}

/* log(1 + t), t from 0 to 1: 2 artanh(u) of u = t / (2 + t), at most a third, by eighteen terms. */
static inline v_doubles V(log_of_one_and)(v_doubles t) {
  static const double share[] = {1.0 / 35, 1.0 / 33, 1.0 / 31, 1.0 / 29, 1.0 / 27, 1.0 / 25,
                                 1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13,
                                 1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3,  1.0};
  const v_doubles u = t / (t + 2.0), square = u * u;
  v_doubles sum = V_ALL(v_doubles, share[0]);
  V_UNROLL
  for (int k = 1; k < 18; k++)
    sum = sum * square + share[k];
  return u * 2.0 * sum;
}

/* Of log(1 + exp(-side m)), side 1 or -1, times the weight: the sum, and of each row the first
** and second derivative by m. */
static double V(logistic)(const double *m, const double *side, const double *weight, ptrdiff_t n,
                          double *first, double *second) {
  enum { VECTORS = EXP_LANES / V_DOUBLES };
  v_doubles loss[VECTORS];
  double sum = 0;
  for (int v = 0; v < VECTORS; v++)
    loss[v] = V_ALL(v_doubles, 0);
  for (ptrdiff_t i = 0; i < n; i += EXP_LANES) {
    V_UNROLL
    for (int v = 0; v < VECTORS; v++) {
      const ptrdiff_t at = i + v * (ptrdiff_t)V_DOUBLES;
      const v_doubles s = V_AT(v_doubles, side + at), w = V_AT(v_doubles, weight + at);
      const v_doubles z = s * V_AT(v_doubles, m + at), zero = V_ALL(v_doubles, 0);
      const v_doubles away = V_PICK(v_doubles, z > zero, v_longs, zero - z, z); /* -|z| */
      const v_doubles less = V(exp)(away), large = 1.0 / (less + 1.0), small = less * large;
      const v_doubles wrong = V_PICK(v_doubles, z > zero, v_longs, small, large);
      V_STORE(v_doubles, first + at, zero - w * s * wrong);
      V_STORE(v_doubles, second + at, w * (small * large));
      loss[v] +=
          w * (V(log_of_one_and)(less) + V_PICK(v_doubles, z > zero, v_longs, zero, zero - z));
    }
  }
  for (int v = 0; v < VECTORS; v++) {
    for (int lane = 0; lane < (int)V_DOUBLES; lane++)
      sum += loss[v][lane];
  }
  return sum;
}

#undef EXP_ROUND
#undef EXP_LN2
#undef EXP_REST
