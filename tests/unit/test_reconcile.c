/*
** test_reconcile.c -- sums and their leaves against cases computed on paper; the formula on random
** series is tested in tests/differential/test_reconcile.py.
*/
#include "env_fixture.h"

#include <math.h>

#include "series/reconcile.h"

enum { N = 3, POINTS = 6 };

/* The series 0 is 1 + 2.  Errors one step ahead are those given. */
static double values[N * POINTS], fitted[N * POINTS];
static int64_t at[] = {0, POINTS, 2 * POINTS, 3 * POINTS}, from[N];
static mine_series_set set = {.n = N, .at = at, .value = values, .first = from, .season = 1};
static const int64_t first[] = {0, 2, 2, 2}, leaf[] = {1, 2}, parent[] = {-1, 0, 0};
static const mine_sums sums = {N, first, leaf, parent};

static mine_status agree(mine_reconcile method, const double *error, double *mean,
                         int nonnegative) {
  mine_forecast_fit fit[N];
  const mine_forecasts fits = {.set = &set, .fit = fit, .fitted = fitted};
  const mine_forecast_ask ask = {.h = 1, .level = 0.9, .nonnegative = nonnegative};
  double low[N], high[N];
  for (int i = 0; i < N * POINTS; i++) {
    values[i] = 10;
    fitted[i] = 10 - error[i];
  }
  for (int s = 0; s < N; s++) {
    low[s] = mean[s] - 1;
    high[s] = mean[s] + 1;
  }
  const mine_status status = mine__reconcile(env, &sums, &fits, method, &ask, mean, low, high);
  for (int s = 0; s < N && !status; s++)
    assert_true(low[s] <= mean[s] && mean[s] <= high[s]);
  return status;
}

static void near(double a, double b) {
  if (!(fabs(a - b) <= 1e-12 * (1 + fabs(b)))) fail_msg("%.15g is not %.15g", a, b);
}

/* Variances 4, 1, 1: what is missing to the sum, 3, is shared 2 : 1/2 : 1/2 by wls, alike by ols.
 */
static const double apart[N * POINTS] = {2,  -2, 2,  -2, 2, -2, 1, 1,  -1,
                                         -1, 1,  -1, 1,  1, 1,  1, -1, -1};

static void test_on_paper(void **state) {
  static const struct {
    mine_reconcile method;
    double mean[N];
  } cases[] = {{MINE_RECONCILE_WLS, {11, 5.5, 5.5}},
               {MINE_RECONCILE_OLS, {12, 6, 6}},
               {MINE_RECONCILE_BOTTOM_UP, {10, 5, 5}},
               {MINE_RECONCILE_TOP_DOWN, {13, 6.5, 6.5}}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double mean[N] = {13, 5, 5};
    assert_int_equal(agree(cases[i].method, apart, mean, 0), MINE_OK);
    for (int s = 0; s < N; s++)
      near(mean[s], cases[i].mean[s]);
    near(mean[0], mean[1] + mean[2]);
  }
  double mean[N] = {13, 5, 5};
  assert_int_equal(agree(MINE_RECONCILE_MINT, apart, mean, 0), MINE_OK);
  near(mean[0], mean[1] + mean[2]);
}

/* Of a leaf below 0 that may not be, 0 is left, and the sum is of that. */
static void test_not_below_0(void **state) {
  double mean[N] = {1, -2, 6};
  (void)state;
  assert_int_equal(agree(MINE_RECONCILE_BOTTOM_UP, apart, mean, 1), MINE_OK);
  near(mean[0], 6);
  near(mean[1], 0);
}

/* Without an error that all have there is no covariance; others do without. */
static void test_without_errors(void **state) {
  double error[N * POINTS], mean[N] = {13, 5, 5};
  (void)state;
  for (int i = 0; i < N * POINTS; i++)
    error[i] = i < POINTS ? NAN : apart[i];
  assert_int_equal(agree(MINE_RECONCILE_BOTTOM_UP, error, mean, 0), MINE_OK);
  near(mean[0], 10);
  assert_int_equal(agree(MINE_RECONCILE_MINT, error, mean, 0), MINE_DATA);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_on_paper, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_not_below_0, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_without_errors, open_env, close_env),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
