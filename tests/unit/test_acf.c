/*
** test_acf.c -- autocorrelations by hand, and partial ones of processes that are known.
*/
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "series/acf.h"

static void assert_near(double a, double b) {
  if (!(fabs(a - b) <= 1e-12)) fail_msg("%.15g is not %.15g", a, b);
}

/* 1, 2, 4, none, 3: deviations -1.5, -0.5, 1.5, none, 0.5. */
static void test_pairs_that_are_known(void **unused) {
  const double y[] = {1, 2, 4, NAN, 3};
  double r[5];
  (void)unused;
  assert_near(mine__acf_mean(y, 5), 2.5);
  assert_near(mine__acf_covariance(y, 5, 2.5, 0), 1.25);
  assert_near(mine__acf_covariance(y, 5, 2.5, 2), -0.375);
  mine__acf(y, 5, 4, r);
  assert_near(r[0], 1);
  assert_near(r[1], 0);
  assert_near(r[2], -0.3);
  assert_near(r[3], -0.05);
  assert_near(r[4], -0.12);
}

static void test_none(void **unused) {
  const double gap[] = {1, NAN, NAN, 3}, same[] = {2, 2, 2}, missing[] = {NAN, NAN};
  double r[4];
  (void)unused;
  mine__acf(gap, 4, 3, r);
  assert_near(r[0], 1);
  assert_true(isnan(r[1]) && isnan(r[2]));
  assert_near(r[3], -0.25); /* -1 / (1 pair + lag 3), over 1 */
  mine__acf(same, 3, 2, r);
  assert_true(isnan(r[0]) && isnan(r[1]) && isnan(r[2]));
  assert_true(isnan(mine__acf_mean(missing, 2)));
  mine__acf(missing, 2, 1, r);
  assert_true(isnan(r[0]) && isnan(r[1]));
}

/* Of an autoregression of two steps, a and b, the partial ones are a / (1 - b), b, 0, 0 ... */
static void test_partial(void **unused) {
  const double a = 0.5, b = -0.3;
  double r[9] = {1, a / (1 - b)}, partial[8], memory[16];
  (void)unused;
  for (int k = 2; k < 9; k++)
    r[k] = a * r[k - 1] + b * r[k - 2];
  mine__pacf(r, 8, partial, memory);
  assert_near(partial[0], a / (1 - b));
  assert_near(partial[1], b);
  for (int k = 2; k < 8; k++)
    assert_near(partial[k], 0);
  /* Nothing is left to say of what one step says in full. */
  const double alternates[] = {1, -1, 1, -1};
  mine__pacf(alternates, 3, partial, memory);
  assert_near(partial[0], -1);
  assert_true(isnan(partial[1]) && isnan(partial[2]));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pairs_that_are_known),
      cmocka_unit_test(test_none),
      cmocka_unit_test(test_partial),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
