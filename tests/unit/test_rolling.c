/*
** test_rolling.c -- errors of rolling origins against sums written by hand, and against fits of
** series that end where the origin is.
*/
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "series/rolling.h"

static double scratch[60000];

static const char *roll(const mine_points *p, const char *method, const mine_rolling_ask *ask,
                        int by_step, mine_rolling_errors *out, int64_t *origins) {
  static const mine_forecast_how how = {.seasonal = MINE_SEASONAL_AUTO, .damped = -1};
  const mine_forecaster *row = mine__forecaster_find(method);
  assert_non_null(row);
  assert_true(mine__rolling_room(row, &how, p->n, p->season, ask->h) <=
              sizeof scratch / sizeof *scratch);
  memset(out, 0, (size_t)(by_step ? ask->h : 1) * sizeof *out);
  return mine__rolling_one(p, row, &how, ask, scratch, by_step, out, origins);
}

static void assert_close(double a, double b) {
  if (!(fabs(a - b) <= 1e-12 * (1 + fabs(b)))) fail_msg("%.17g is not %.17g", a, b);
}

/* Origins after the fourth, fifth and sixth value, two ahead of each: the last value again. */
static void test_by_hand(void **unused) {
  static const double y[] = {1, 2, 4, 7, 11, 0, 3, 5};
  const mine_points p = {.y = y, .n = 8, .known = 8, .season = 1};
  const mine_rolling_ask ask = {.h = 2, .origins = 3, .step = 1, .refit = 1, .level = 0.95};
  mine_rolling_errors at[2], all = {0};
  int64_t origins = 0;
  (void)unused;
  assert_null(roll(&p, "naive", &ask, 1, at, &origins));
  assert_int_equal(origins, 3);
  assert_int_equal(at[0].n, 3); /* 11 - 7, 0 - 11, 3 - 0 */
  assert_close(at[0].error, 4 - 11 + 3);
  assert_close(at[0].absolute, 4 + 11 + 3);
  assert_close(at[0].squares, 16 + 121 + 9);
  assert_int_equal(at[0].n_share, 2); /* a value is 0 */
  assert_close(at[0].share, 4.0 / 11 + 1);
  assert_close(at[0].symmetric, 8.0 / 18 + 2 + 2);
  /* mean steps before the origins: 6 / 3, 10 / 4, 21 / 5 */
  assert_close(at[0].scaled, 4 / 2.0 + 11 / 2.5 + 3 / 4.2);
  assert_close(at[1].absolute, 7 + 8 + 5); /* 0 - 7, 3 - 11, 5 - 0 */
  assert_int_equal(at[0].n_bounded, 3);
  assert_int_equal(at[0].covered, 2); /* 0 is below 11 - 1.96 sqrt(30 / 4) */
  for (int i = 0; i < 2; i++)
    mine__rolling_add(&all, &at[i]);
  mine_rolling_errors once;
  assert_null(roll(&p, "naive", &ask, 0, &once, NULL));
  assert_close(once.squares, all.squares);
  assert_close(once.scaled, all.scaled);
  assert_int_equal(once.n, all.n);
}

static void some_series(double *y, int n, int season) {
  for (int i = 0; i < n; i++)
    y[i] = 100 + i + 10 * sin(6.283185307179586 * i / season) + (i * 7919 % 13);
}

/* Every origin is a fit of the series that ends there; without refit, of the first, moved on. */
static void test_origins_are_fits(void **unused) {
  static const char *const methods[] = {"ets",  "theta", "holt_winters", "naive", "seasonal_naive",
                                        "mean", "drift", "croston",      "damped"};
  double y[60], state[64], mean[6];
  mine_forecast_how how = {.seasonal = MINE_SEASONAL_AUTO, .damped = -1};
  (void)unused;
  some_series(y, 60, 4);
  y[17] = y[49] = NAN;
  const mine_points p = {.y = y, .n = 60, .known = 58, .season = 4};
  for (size_t k = 0; k < sizeof methods / sizeof *methods; k++)
    for (int refit = 0; refit < 2; refit++) {
      const mine_forecaster *row = mine__forecaster_find(methods[k]);
      const mine_rolling_ask ask = {.h = 6, .origins = 3, .step = 2, .refit = refit, .level = 0};
      mine_rolling_errors got, want = {0};
      mine_forecast_fit fit = {.state = state};
      assert_null(roll(&p, methods[k], &ask, 0, &got, NULL));
      for (int64_t origin = 50; origin <= 54; origin += 2) {
        mine_points before = {.y = y, .n = origin == 50 ? 49 : origin, .season = 4};
        for (int64_t i = 0; i < before.n; i++)
          before.known += !isnan(y[i]);
        if (refit || origin == 50)
          assert_null(mine__series_fit_one(row, &before, &how, scratch, &fit));
        fit.method->advance(&fit, y + fit.n, origin - fit.n, NULL);
        assert_int_equal(fit.n, origin);
        mine_forecast_out out = {6, 0.95, 1, mean, NULL, NULL};
        row->forecast(&fit, scratch, &out);
        for (int i = 0; i < 6; i++) {
          want.n++;
          want.absolute += fabs(y[origin + i] - mean[i]);
        }
      }
      assert_int_equal(got.n, want.n);
      assert_close(got.absolute, want.absolute);
      assert_int_equal(got.n_bounded, 0);
    }
}

static void test_short_series(void **unused) {
  static const double y[] = {1, 2, NAN, 4, 5, 6};
  const mine_points p = {.y = y, .n = 6, .known = 5, .season = 1};
  mine_rolling_ask ask = {.h = 2, .origins = 9, .step = 1, .refit = 1};
  mine_rolling_errors got;
  int64_t origins = 0;
  (void)unused;
  assert_null(roll(&p, "naive", &ask, 0, &got, &origins));
  assert_int_equal(origins, 1); /* three known values are before it */
  ask.h = 3;
  assert_non_null(roll(&p, "naive", &ask, 0, &got, &origins));
  ask.h = 100;
  assert_non_null(roll(&p, "naive", &ask, 0, &got, &origins));
  ask.h = 1;
  ask.least = 4;
  assert_null(roll(&p, "naive", &ask, 0, &got, &origins));
  assert_int_equal(origins, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_by_hand),
      cmocka_unit_test(test_origins_are_fits),
      cmocka_unit_test(test_short_series),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
