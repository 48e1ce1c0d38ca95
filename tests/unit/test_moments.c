/*
** test_moments.c -- means and deviations against NIST's certified ones and against
** two passes in long double; weights as repeated numbers; parts joined.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/hash.h"
#include "data/moments.h"

enum { MOST = 5000 };

static double value[MOST], weight[MOST];
static uint32_t row[MOST];

static void near(double got, double expected, double digits) {
  if (!(fabs(got - expected) <= fabs(expected) * pow(10, -digits) + 1e-300)) {
    fail_msg("%.17g instead of %.17g", got, expected);
  }
}

/* NIST StRD, univariate summary statistics, NumAcc3 and NumAcc4: certified mean
** 1000000.2 and 10000000.2, standard deviation 0.1 (divisor n - 1), n = 1001. */
static void test_certified(void **state) {
  (void)state;
  for (double base = 1e6; base < 5e7; base *= 10) {
    mine_moments m, of;
    value[0] = base + 0.2;
    for (int i = 1; i < 1001; i++)
      value[i] = base + (i % 2 ? 0.1 : 0.3);
    mine__moments_of_rows(&m, value, NULL, NULL, 1001);
    near(mine__moments_mean(&m), base + 0.2, 15);
    near(mine__moments_deviation(&m, 1), 0.1, base < 2e6 ? 9 : 8);
    mine__moments_of(&of, value, 1001);
    near(mine__moments_mean(&of), base + 0.2, 13);
    near(mine__moments_deviation(&of, 1), 0.1, base < 2e6 ? 9 : 8);
    assert_int_equal(m.n, 1001);
    assert_true(m.least == base + 0.1 && m.most == base + 0.3 && !m.whole);
  }
}

static void make(int n, double offset) {
  for (int i = 0; i < n; i++) {
    const uint64_t x = mine_hash_mix((uint64_t)i + 1);
    value[i] = x % 11 == 0 ? (double)NAN : offset + (double)(x % 100000) / 7.0;
    weight[i] = 1 + (double)(x >> 32 & 3);
    row[i] = (uint32_t)(n - 1 - i);
  }
}

static void two_passes(int n, const double *w, double *mean, double *deviation) {
  long double total = 0, sum = 0, square = 0;
  for (int i = 0; i < n; i++) {
    if (isnan(value[i])) continue;
    total += w ? w[i] : 1;
    sum += (long double)(w ? w[i] : 1) * value[i];
  }
  for (int i = 0; i < n; i++) {
    if (isnan(value[i])) continue;
    square += (w ? w[i] : 1) * (value[i] - sum / total) * (value[i] - sum / total);
  }
  *mean = (double)(sum / total);
  *deviation = (double)sqrtl(square / total);
}

static void test_rows_and_weights(void **state) {
  static const int sizes[] = {2, 7, 8, 9, 1000, 1024, 1025, 4097, MOST};
  (void)state;
  for (int s = 0; s < 9; s++) {
    for (double offset = 0; offset < 1e10; offset = offset * 1e4 + 3) {
      double mean, deviation;
      mine_moments m;
      make(sizes[s], offset);
      for (int weighted = 0; weighted < 2; weighted++) {
        const double *w = weighted ? weight : NULL;
        two_passes(sizes[s], w, &mean, &deviation);
        mine__moments_of_rows(&m, value, NULL, w, sizes[s]);
        near(mine__moments_mean(&m), mean, 14);
        near(mine__moments_deviation(&m, 0), deviation, 12);
        mine__moments_of_rows(&m, value, row, w, sizes[s]); /* from the last to the first */
        near(mine__moments_mean(&m), mean, 14);
        near(mine__moments_deviation(&m, 0), deviation, 12);
      }
    }
  }
}

/* A number of weight 3 is the number three times. */
static void test_weight_repeats(void **state) {
  static double many[4 * MOST];
  mine_moments heavy, repeated;
  int n = 0;
  (void)state;
  make(MOST, 50);
  for (int i = 0; i < MOST; i++) {
    for (int k = 0; k < (int)weight[i]; k++)
      many[n++] = value[i];
  }
  mine__moments_of_rows(&heavy, value, NULL, weight, MOST);
  mine__moments_of_rows(&repeated, many, NULL, NULL, n);
  assert_true(heavy.weight == repeated.weight && heavy.n < repeated.n);
  assert_true(heavy.least == repeated.least && heavy.most == repeated.most);
  near(mine__moments_mean(&heavy), mine__moments_mean(&repeated), 14);
  near(mine__moments_deviation(&heavy, 1), mine__moments_deviation(&repeated, 1), 13);
}

static void test_merge(void **state) {
  double mean, deviation;
  (void)state;
  make(MOST, 1e6);
  two_passes(MOST, weight, &mean, &deviation);
  for (int cut = 0; cut <= MOST; cut += 625) {
    mine_moments left, right;
    mine__moments_of_rows(&left, value, NULL, weight, cut);
    mine__moments_of_rows(&right, value + cut, NULL, weight + cut, MOST - cut);
    mine__moments_merge(&left, &right);
    near(mine__moments_mean(&left), mean, 14);
    near(mine__moments_deviation(&left, 0), deviation, 12);
  }
}

static void test_nothing_and_one(void **state) {
  mine_moments m;
  (void)state;
  value[0] = value[1] = NAN;
  mine__moments_of_rows(&m, value, NULL, NULL, 2);
  assert_true(m.n == 0 && isnan(mine__moments_mean(&m)) && isnan(mine__moments_deviation(&m, 0)));
  assert_true(m.least > m.most);
  value[1] = 1e300;
  mine__moments_of_rows(&m, value, NULL, NULL, 2);
  assert_true(m.n == 1 && mine__moments_mean(&m) == 1e300 && mine__moments_deviation(&m, 0) == 0);
  assert_true(isnan(mine__moments_deviation(&m, 1)));
  value[0] = -1e300; /* the squares are beyond a double, and it shows */
  mine__moments_of_rows(&m, value, NULL, NULL, 2);
  assert_true(!isfinite(m.m2));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_certified),       cmocka_unit_test(test_rows_and_weights),
      cmocka_unit_test(test_weight_repeats),  cmocka_unit_test(test_merge),
      cmocka_unit_test(test_nothing_and_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
