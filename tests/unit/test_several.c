/*
** test_several.c -- auto's weights against rolling errors and the squares by hand, combination
** against its three, bounds by bootstrap against a normal law that errors were drawn from.
*/
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "core/random.h"
#include "series/bootstrap.h"
#include "series/rolling.h"

enum { N = 72, H = 12, ROOM = 4096 };
static const mine_forecast_how how = {.seasonal = MINE_SEASONAL_AUTO, .damped = -1};
static double y[N], scratch[1 << 17], state[ROOM], other[ROOM], fitted[N];

static void make(int season) {
  for (int i = 0; i < N; i++)
    y[i] = 100 + i + (season ? 20 * sin(6.283185307179586 * i / 12) : 0) + i * 7919 % 13;
}

static mine_forecast_fit fit_of(const char *name, const mine_points *p, double *into) {
  const mine_forecaster *row = mine__forecaster_find(name);
  mine_forecast_fit fit = {.state = into, .fitted = fitted};
  assert_non_null(row);
  assert_true(row->state(&how, p->season) <= ROOM);
  assert_true(row->scratch(&how, p->n, p->season, H) <= sizeof scratch / sizeof *scratch);
  assert_null(mine__series_fit_one(row, p, &how, scratch, &fit));
  assert_true(row->valid(&fit));
  return fit;
}

static void ahead(const mine_forecast_fit *fit, double *mean, double *low, double *high) {
  mine_forecast_out out = {H, 0.9, 1, mean, low, high};
  fit->method->forecast(fit, scratch, &out);
}

static void assert_close(double a, double b) {
  if (!(fabs(a - b) <= 1e-9 * (1 + fabs(b)))) fail_msg("%.15g is not %.15g", a, b);
}

/* Weights are one over the squares of the errors from three origins, those below 5% left out; and
** forecasts and bounds their means. */
static void test_weights(void **unused) {
  static const char *const names[] = {"ets", "theta", "holt_winters", "seasonal_naive", "naive"};
  double weight[5], sum = 0, kept = 0, mean[H], low[H], high[H];
  double all[3][H] = {{0}}, one[3][H];
  (void)unused;
  make(1);
  const mine_points p = {.y = y, .n = N, .known = N, .season = 12};
  for (int k = 0; k < 5; k++) {
    const mine_rolling_ask ask = {.h = 12, .origins = 3, .step = 1, .least = 26};
    mine_rolling_errors errors = {0};
    assert_null(mine__rolling_one(&p, mine__forecaster_find(names[k]), &how, &ask, scratch, 0,
                                  &errors, NULL));
    weight[k] = (double)errors.n / errors.absolute;
    weight[k] *= weight[k];
    sum += weight[k];
  }
  for (int k = 0; k < 5; k++) {
    weight[k] /= sum;
    if (weight[k] < 0.05) weight[k] = 0;
    kept += weight[k];
  }
  for (int k = 0; k < 5; k++) {
    weight[k] /= kept;
    if (!(weight[k] > 0)) continue;
    const mine_forecast_fit fit = fit_of(names[k], &p, other);
    ahead(&fit, one[0], one[1], one[2]);
    for (int i = 0; i < H; i++)
      for (int b = 0; b < 3; b++)
        all[b][i] += weight[k] * one[b][i];
  }
  const mine_forecast_fit fit = fit_of("auto", &p, state);
  ahead(&fit, mean, low, high);
  for (int i = 0; i < H; i++) {
    assert_close(mean[i], all[0][i]);
    assert_close(low[i], all[1][i]);
    assert_close(high[i], all[2][i]);
  }
  for (int k = 0, i = 0; k < 5; k++) {
    double said;
    if (!(weight[k] > 0)) continue;
    assert_string_equal(fit.method->parameter(&fit, i++, &said), names[k]);
    assert_close(said, weight[k]);
  }
}

static void test_demand(void **unused) {
  char words[48];
  (void)unused;
  for (int i = 0; i < N; i++)
    y[i] = i % 3 == 1 ? 1 + i % 5 : 0;
  const mine_points p = {.y = y, .n = N, .known = N, .season = 12};
  const mine_forecast_fit fit = fit_of("auto", &p, state);
  double mean[H], low[H], high[H];
  fit.method->form_words(&fit, words);
  assert_non_null(strstr(words, "sba"));
  ahead(&fit, mean, low, high);
  assert_true(mean[0] > 0.6 && mean[0] < 1.4); /* a mean demand of 3 in every third step */
}

/* Series of any length that has a forecast at all, and constants. */
static void test_short_ones(void **unused) {
  double mean[H], low[H], high[H];
  (void)unused;
  for (int n = 1; n < 30; n++)
    for (int same = 0; same < 2; same++) {
      make(1);
      for (int i = 0; same && i < n; i++)
        y[i] = 7;
      const mine_points p = {.y = y, .n = n, .known = n, .season = 12};
      const mine_forecast_fit fit = fit_of("auto", &p, state);
      ahead(&fit, mean, low, high);
      for (int i = 0; i < H; i++)
        assert_true(same ? fabs(mean[i] - 7) < 1e-6 : isfinite(mean[i]));
    }
}

/* The mean of the three, of a series without a season. */
static void test_combination(void **unused) {
  static const char *const names[] = {"ses", "holt", "damped"};
  double mean[H], low[H], high[H], sum[H] = {0}, expected[N] = {0};
  (void)unused;
  make(0);
  const mine_points p = {.y = y, .n = N, .known = N, .season = 1};
  for (int k = 0; k < 3; k++) {
    const mine_forecast_fit fit = fit_of(names[k], &p, other);
    ahead(&fit, mean, low, high);
    for (int i = 0; i < H; i++)
      sum[i] += mean[i] / 3;
    for (int i = 0; i < N; i++)
      expected[i] += fitted[i] / 3;
  }
  const mine_forecast_fit fit = fit_of("combination", &p, state);
  ahead(&fit, mean, low, high);
  for (int i = 0; i < H; i++)
    assert_close(mean[i], sum[i]);
  for (int i = 0; i < N; i++)
    assert_close(fitted[i], expected[i]);
}

/* Of a random walk the bounds by bootstrap are those of the formula, and the same for a seed. */
static void test_bootstrap(void **unused) {
  static double walk[2000], told[2000], room[2000 + MINE_BOOTSTRAP_PATHS * 8];
  double mean[H], low[H], high[H], drawn[H], drawn_high[H], again[H], again_high[H];
  mine_random r;
  (void)unused;
  mine__random_open(&r, 5, 1, 0);
  for (int i = 1; i < 2000; i++) {
    const double u = 1 - mine__random_real(&r), v = mine__random_real(&r);
    walk[i] = walk[i - 1] + sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
  }
  const mine_points p = {.y = walk, .n = 2000, .known = 2000, .season = 1};
  mine_forecast_fit fit = {.state = state, .fitted = told};
  assert_null(mine__series_fit_one(mine__forecaster_find("naive"), &p, &how, scratch, &fit));
  ahead(&fit, mean, low, high);
  mine_forecast_out out = {H, 0.9, 1, mean, drawn, drawn_high};
  assert_true(mine__bootstrap_room(2000, fit.n_state) <= sizeof room / sizeof *room);
  assert_true(mine__bootstrap(NULL, &fit, walk, told, 2000, room, scratch, &out));
  for (int i = 0; i < H; i++) {
    const double width = high[i] - low[i];
    assert_true(fabs(drawn[i] - low[i]) < 0.06 * width);
    assert_true(fabs(drawn_high[i] - high[i]) < 0.06 * width);
  }
  out.low = again;
  out.high = again_high;
  assert_true(mine__bootstrap(NULL, &fit, walk, told, 2000, room, scratch, &out));
  assert_memory_equal(drawn, again, sizeof drawn);
  out.seed = 2;
  assert_true(mine__bootstrap(NULL, &fit, walk, told, 2000, room, scratch, &out));
  assert_true(memcmp(drawn, again, sizeof drawn) != 0);
  assert_false(mine__bootstrap(NULL, &fit, walk, told, 2, room, scratch, &out)); /* one error */
}

/* Errors that grow with the level are shares of it: bounds stay above 0 and grow with the mean. */
static void test_shares(void **unused) {
  static double room[N + MINE_BOOTSTRAP_PATHS * 24];
  double mean[H], low[H], high[H];
  (void)unused;
  for (int i = 0; i < N; i++)
    y[i] = 10 * exp(0.05 * i) * (1 + 0.2 * ((i * 7919 % 13) / 6.0 - 1));
  const mine_points p = {.y = y, .n = N, .known = N, .season = 1};
  const mine_forecast_fit fit = fit_of("ets", &p, state);
  mine_forecast_out out = {H, 0.9, 1, mean, low, high};
  ahead(&fit, mean, low, high);
  assert_true(mine__bootstrap(NULL, &fit, y, fitted, N, room, scratch, &out));
  for (int i = 0; i < H; i++)
    if (!(low[i] > 0.3 * mean[i] && low[i] < mean[i] && high[i] > mean[i]))
      fail_msg("%g %g %g", low[i], mean[i], high[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_weights),    cmocka_unit_test(test_demand),
      cmocka_unit_test(test_short_ones), cmocka_unit_test(test_combination),
      cmocka_unit_test(test_bootstrap),  cmocka_unit_test(test_shares),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
