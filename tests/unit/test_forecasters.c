/*
** test_forecasters.c -- what every method of forecasting keeps, by a loop over their table: a
** state that was fitted or moved on is one that could have been stored, the expectation of the
** next point is the forecast one step ahead, points one by one are points at once, a missing one
** does no harm.  What a method finds is tested by figures of others (test_series.c).
*/
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "series/series.h"

enum { POINTS = 60, LATER = 20, SEASON = 4, ROOM = 4096, SERIES = 3 };

/* A season that grows, a level that wanders, demand now and then. */
static void make(int which, double *y) {
  for (int i = 0; i < POINTS + LATER; i++) {
    const int noise = i * 37 % 23 - 11;
    if (which == 0) y[i] = 100 + 2 * i + (i % SEASON) * (10 + 0.2 * i) + noise;
    if (which == 1) y[i] = 50 + 8 * sin(i / 5.0) + 0.5 * noise;
    if (which == 2) y[i] = i * i % 5 == 1 ? 1 + i % 7 : 0;
  }
}

static double y[POINTS + LATER], scratch[1 << 16];

static mine_forecast_fit learn(const mine_forecaster *method, double *state, double *fitted,
                               const char **why) {
  static const mine_forecast_how how = {.seasonal = MINE_SEASONAL_AUTO, .damped = -1};
  const mine_points p = {
      .y = y, .n = POINTS, .known = POINTS, .season = method->seasons ? SEASON : 1};
  assert_true(method->state(&how, SEASON) <= ROOM);
  assert_true(method->scratch(&how, POINTS, SEASON, LATER) <= sizeof scratch / sizeof *scratch);
  mine_forecast_fit fit = {.method = method,
                           .season = p.season,
                           .state = state,
                           .fitted = fitted,
                           .n = POINTS,
                           .sigma2 = NAN,
                           .sse = NAN,
                           .likelihood = NAN,
                           .criterion = NAN};
  *why = method->fit(&p, &how, scratch, &fit);
  return fit;
}

static void near(const mine_forecaster *method, const char *what, double a, double b) {
  if (!(fabs(a - b) <= 1e-9 * (1 + fabs(b))))
    fail_msg("%s, %s: %.12g %.12g", method->name, what, a, b);
}

static double ahead(const mine_forecast_fit *fit) {
  double mean[1], low[1], high[1];
  mine_forecast_out out = {1, 0.9, 1, mean, low, high};
  fit->method->forecast(fit, scratch, &out);
  return mean[0];
}

static void go_on(const mine_forecaster *method, mine_forecast_fit *fit) {
  double copy[ROOM], expected[LATER], single;
  mine_forecast_fit other = *fit;
  char words[48];
  memcpy(copy, fit->state, (size_t)fit->n_state * sizeof *copy);
  other.state = copy;
  method->advance(&other, y + POINTS, LATER, expected);
  for (int i = 0; i < LATER; i++) {
    const double foretold = ahead(fit);
    method->advance(fit, y + POINTS + i, 1, &single);
    near(method, "the next point", single, foretold);
    near(method, "at once", expected[i], single);
  }
  assert_int_equal(fit->n, POINTS + LATER);
  assert_true(method->valid(fit));
  near(method, "both ways", ahead(&other), ahead(fit));
  const double missing[] = {NAN, NAN, NAN};
  method->advance(fit, missing, 3, NULL);
  assert_true(isfinite(ahead(fit)) && method->valid(fit));
  method->form_words(fit, words);
  assert_true(strlen(words) > 0);
  for (int i = 0; method->parameter(fit, i, &single); i++)
    assert_true(isfinite(single));
}

static void test_every_method_goes_on(void **unused) {
  (void)unused;
  const mine_forecaster *method;
  for (int i = 0; (method = mine__forecaster_at(i)) != NULL; i++) {
    int done = 0;
    for (int which = 0; which < SERIES; which++) {
      double state[ROOM], fitted[POINTS];
      const char *why;
      make(which, y);
      mine_forecast_fit fit = learn(method, state, fitted, &why);
      if (why) continue;
      done++;
      assert_true(method->valid(&fit));
      go_on(method, &fit);
    }
    if (done < 2) fail_msg("%s fitted %d series", method->name, done);
  }
}

/* Methods that learn nothing but where the series is, and one that keeps all it needs: new points
 * are as good as a new fit. */
static void test_moved_on_is_fitted_anew(void **unused) {
  static const char *const names[] = {"naive", "seasonal_naive", "mean", "croston", "sba",
                                      "tsb",   "trend"};
  (void)unused;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const mine_forecaster *method = mine__forecaster_find(names[i]);
    double state[ROOM], all[POINTS + LATER];
    const char *why;
    make(2, y);
    mine_forecast_fit fit = learn(method, state, NULL, &why);
    assert_null(why);
    method->advance(&fit, y + POINTS, LATER, NULL);
    const double moved = ahead(&fit);
    const mine_points p = {.y = y,
                           .n = POINTS + LATER,
                           .known = POINTS + LATER,
                           .season = method->seasons ? SEASON : 1};
    mine_forecast_fit anew = {.method = method, .season = p.season, .state = all, .n = p.n};
    assert_null(method->fit(&p, &(mine_forecast_how){0}, scratch, &anew));
    near(method, "fitted anew", moved, ahead(&anew));
  }
}

/* On paper: the line through 1, 2, 4 is -2/3 + 3/2 t and leaves 1/6; with x = 0, 1, 0 it leaves
** nothing, and 2 x = 0, 2, 0 says nothing more. */
static void test_a_line(void **unused) {
  static const double values[] = {1, 2, 4, 6.5}, x[] = {0, 0, 1, 2, 0, 0, 0, 0};
  static const char *const names[] = {"x", "twice"};
  const mine_forecaster *trend = mine__forecaster_find("trend");
  double state[ROOM], fitted[4], mean[1], low[1], high[1], value;
  const mine_forecast_how how = {.n_x = 2};
  mine_points p = {.y = values, .n = 3, .known = 3, .season = 1};
  mine_forecast_fit fit = {.method = trend, .season = 1, .state = state, .fitted = fitted, .n = 3};
  (void)unused;
  assert_null(trend->fit(&p, &(mine_forecast_how){0}, scratch, &fit));
  near(trend, "squares", fit.sse, 1.0 / 6);
  near(trend, "fitted", fitted[1], 7.0 / 3);
  near(trend, "ahead", ahead(&fit), 16.0 / 3);
  mine_forecast_out out = {1, 0.95, 1, mean, low, high};
  trend->forecast(&fit, scratch, &out);
  /* s^2 (1 + 1/3 + 2^2/2), and Student's 12.7062 of one degree */
  near(trend, "bounds", high[0] - mean[0], 12.706204736432095 * sqrt(1.0 / 6 * (10.0 / 3)));
  p = (mine_points){
      .y = values, .n = 4, .known = 4, .season = 1, .x = x, .n_x = 2, .x_name = names};
  fit = (mine_forecast_fit){.method = trend, .season = 1, .state = state, .n = 4, .n_x = 2};
  fit.x_name = names;
  assert_true(trend->state(&how, 1) <= ROOM);
  assert_null(trend->fit(&p, &how, scratch, &fit));
  assert_true(trend->uses(&fit, 0) && !trend->uses(&fit, 1) && trend->valid(&fit));
  assert_string_equal(trend->parameter(&fit, 2, &value), "x");
  assert_null(trend->parameter(&fit, 3, &value));
}

/* What is asked for no longer fades, and is a state all the same. */
static void test_demand_that_ended(void **unused) {
  static const double none = 0;
  const mine_forecaster *method = mine__forecaster_find("tsb");
  double state[ROOM];
  const char *why;
  (void)unused;
  make(2, y);
  mine_forecast_fit fit = learn(method, state, NULL, &why);
  for (int i = 0; i < 20000; i++)
    method->advance(&fit, &none, 1, NULL);
  assert_true(method->valid(&fit) && ahead(&fit) < 1e-300);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_method_goes_on),
      cmocka_unit_test(test_moved_on_is_fitted_anew),
      cmocka_unit_test(test_demand_that_ended),
      cmocka_unit_test(test_a_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
