/*
** test_series.c -- forecasting methods against figures that R 4.2 with forecast 8.20 prints,
** gradients against differences, variances against a simulation, calendars against dates
** written by hand.
*/
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "core/random.h"
#include "series/box.h"
#include "series/ets.h"
#include "series/stl.h"
#include "series_data.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

static mine_points points_of(const char *name) {
  const int is_air = strcmp(name, "AirPassengers") == 0;
  const double *y = is_air ? air : nile;
  const int n = is_air ? COUNT(air) : COUNT(nile);
  return (mine_points){.y = y, .n = n, .known = n, .season = is_air ? 12 : 1};
}

static double state[64], fitted[256], scratch[60000];

static mine_forecast_fit fit_of(const char *method, const mine_points *p, mine_forecast_how how) {
  const mine_forecaster *row = mine__forecaster_find(method);
  assert_non_null(row);
  assert_true(row->state(&how, p->season) <= COUNT(state));
  assert_true(row->scratch(&how, p->n, p->season, 36) <= (size_t)COUNT(scratch));
  mine_forecast_fit fit = {.method = row,
                           .season = p->season,
                           .state = state,
                           .fitted = fitted,
                           .n = p->n,
                           .likelihood = NAN};
  assert_null(row->fit(p, &how, scratch, &fit));
  assert_true(row->valid(&fit));
  return fit;
}

static void assert_near(double a, double b, double share) {
  if (!(fabs(a - b) <= share * fabs(b))) fail_msg("%.10g is not %.10g", a, b);
}

/* The figures that R's documentation of HoltWinters leads to. */
static void test_holt_winters(void **unused) {
  static const double published[] = {0.2755925, 0.03269295, 0.8707292},
                      ahead[] = {447.0559, 419.7123, 464.8671};
  const mine_points p = points_of("AirPassengers");
  double mean[3], low[3], high[3];
  mine_forecast_out out = {3, 0.95, 1, mean, low, high};
  (void)unused;
  mine_forecast_fit fit =
      fit_of("holt_winters", &p,
             (mine_forecast_how){.seasonal = MINE_SEASONAL_MULTIPLICATIVE, .damped = -1});
  assert_near(fit.sse, 16570.78, 1e-6);
  for (int i = 0; i < 3; i++)
    assert_near(fit.state[i], published[i], 1e-3); /* R stops a little before the least */
  fit.method->forecast(&fit, scratch, &out);
  for (int i = 0; i < 3; i++)
    assert_near(mean[i], ahead[i], 1e-5);
  fit = fit_of("holt_winters", &p,
               (mine_forecast_how){.seasonal = MINE_SEASONAL_ADDITIVE, .damped = -1});
  assert_near(fit.sse, 21860.18, 1e-6);
  fit.method->forecast(&fit, scratch, &out);
  assert_near(mean[2], 467.0360, 1e-5);
  assert_near(high[2], 493.7705, 1e-5);
  assert_near(high[0], 478.5802, 1e-5);
}

/* Every form is at least as likely as R finds it: -n / 2 log(sum of squares) - sum of log f. */
static void test_likelihood(void **unused) {
  static const struct {
    const char *series, *form;
    double likelihood;
  } theirs[] = {
      {"AirPassengers", "ETS(A,N,N)", -863.893377599},
      {"AirPassengers", "ETS(M,N,N)", -833.950130596},
      {"AirPassengers", "ETS(A,A,N)", -863.647302495},
      {"AirPassengers", "ETS(M,A,N)", -831.897577028},
      {"AirPassengers", "ETS(A,Ad,N)", -863.796068067},
      {"AirPassengers", "ETS(M,Ad,N)", -833.411725632},
      {"AirPassengers", "ETS(A,N,A)", -767.429538965},
      {"AirPassengers", "ETS(M,N,A)", -775.396153368},
      {"AirPassengers", "ETS(A,A,A)", -765.935847512},
      {"AirPassengers", "ETS(M,A,A)", -768.233410054},
      {"AirPassengers", "ETS(A,Ad,A)", -767.615445621},
      {"AirPassengers", "ETS(M,Ad,A)", -773.604971794},
      {"AirPassengers", "ETS(M,N,M)", -715.657196898},
      {"AirPassengers", "ETS(M,A,M)", -682.403619058},
      {"AirPassengers", "ETS(M,Ad,M)", -679.583216237},
      {"Nile", "ETS(A,N,N)", -726.390519999},
      {"Nile", "ETS(M,N,N)", -726.150957803},
      {"Nile", "ETS(A,A,N)", -725.956062245},
      {"Nile", "ETS(M,A,N)", -725.741241187},
      {"Nile", "ETS(A,Ad,N)", -726.502046801},
      {"Nile", "ETS(M,Ad,N)", -726.307260664},
  };
  (void)unused;
  for (int i = 0; i < COUNT(theirs); i++) {
    const mine_points p = points_of(theirs[i].series);
    const char *form = theirs[i].form + 4;
    const char season = form[strlen(form) - 2];
    const int trend = form[2] == 'N' ? 0 : form[3] == 'd' ? 2 : 1;
    mine_forecast_how how = {.seasonal = season == 'N'   ? MINE_SEASONAL_NONE
                                         : season == 'A' ? MINE_SEASONAL_ADDITIVE
                                                         : MINE_SEASONAL_MULTIPLICATIVE,
                             .damped = -1};
    how.form = 1 + ets_form_code((ets_form){form[0] == 'A' ? 1 : 2, trend,
                                            season == 'N'   ? 0
                                            : season == 'A' ? 1
                                                            : 2});
    const mine_forecast_fit fit = fit_of("ets", &p, how);
    char words[48];
    fit.method->form_words(&fit, words);
    assert_string_equal(words, theirs[i].form);
    const double n = (double)p.n;
    const double constant = -n / 2 * (log(2 * 3.14159265358979323846 / n) + 1);
    if (fit.likelihood - constant < theirs[i].likelihood - 1e-3)
      fail_msg("%s of %s: %.6f, R has %.6f", words, theirs[i].series, fit.likelihood - constant,
               theirs[i].likelihood);
  }
}

/* The form that is chosen, for which most are only looked at, is the best of all when each is
** fitted for itself. */
static void test_choice(void **unused) {
  (void)unused;
  for (int which = 0; which < 3; which++) {
    mine_points p = points_of(which == 1 ? "Nile" : "AirPassengers");
    if (which == 2) p.n = p.known = 50;
    double best = INFINITY;
    int64_t form = 0;
    for (int64_t code = 0; code < ETS_FORMS; code++) {
      static const int seasonal[] = {MINE_SEASONAL_NONE, MINE_SEASONAL_ADDITIVE,
                                     MINE_SEASONAL_MULTIPLICATIVE};
      const ets_form f = ets_form_of(code);
      if (f.error == ETS_ADDITIVE && f.season == ETS_MULTIPLICATIVE) continue;
      if (f.season && p.season == 1) continue;
      const double one = fit_of("ets", &p,
                                (mine_forecast_how){
                                    .seasonal = seasonal[f.season], .damped = -1, .form = 1 + code})
                             .criterion;
      if (!(one < best)) continue;
      best = one;
      form = code;
    }
    const mine_forecast_fit fit = fit_of("ets", &p, (mine_forecast_how){.damped = -1});
    assert_int_equal(fit.form, form);
    assert_true(fabs(fit.criterion - best) < 0.01);
  }
}

/* ---- the gradient --------------------------------------------------------------------------- */

static double memory[6][400];

static ets_work work_of(const mine_points *p, ets_form form) {
  ets_work w = {.y = p->y, .n = p->n, .known = p->n, .m = p->season, .form = form};
  w.q = memory[0];
  w.s = memory[1];
  w.e = memory[2];
  w.b = memory[3];
  w.season = memory[4];
  return w;
}

static void test_gradient(void **unused) {
  static double y[60];
  const mine_points p = {.y = y, .n = 60, .known = 57, .season = 4};
  (void)unused;
  for (int i = 0; i < 60; i++)
    y[i] = i % 23 == 11 ? (double)NAN : 1 + 0.01 * i + 0.2 * ((i % 4) - 1.5) + 0.05 * sin(i * 1.7);
  for (int64_t code = 0; code < ETS_FORMS; code++) {
    const ets_form form = ets_form_of(code);
    if (form.error == ETS_ADDITIVE && form.season == ETS_MULTIPLICATIVE) continue;
    ets_work w = work_of(&p, form);
    w.known = 58;
    double x[] = {0.3, 0.1, 0.2, 0.9, 0.9, 0.02, 0.8, 0.9, 1.1, 1.2}, g[10], none[10];
    if (form.season == ETS_ADDITIVE)
      for (int j = 0; j < 4; j++)
        x[ETS_SEASON + j] -= 1;
    assert_true(isfinite(mine__ets_value(&w, x, g)));
    const int n = form.season ? 10 : ETS_SEASON;
    for (int i = 0; i < n; i++) {
      if (!form.trend && (i == ETS_BETA || i == ETS_PHI || i == ETS_SLOPE)) continue;
      if (!form.season && i == ETS_GAMMA) continue;
      const double at = x[i], step = 1e-6;
      x[i] = at + step;
      const double above = mine__ets_value(&w, x, none);
      x[i] = at - step;
      const double below = mine__ets_value(&w, x, none);
      x[i] = at;
      const double slope = (above - below) / (2 * step);
      if (fabs(slope - g[i]) > 1e-4 * (1 + fabs(slope)))
        fail_msg("form %d, unknown %d: %g, not %g", (int)code, i, g[i], slope);
    }
  }
}

/* ---- variances ------------------------------------------------------------------------------ */

#define PATHS 60000

static double random_normal(mine_random *r) {
  const double u = 1 - mine__random_real(r), v = mine__random_real(r);
  return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* Means and variances of forecasts are those of many futures drawn from the model. */
static void test_variances(void **unused) {
  enum { H = 9 };
  double mean[H], low[H], high[H];
  mine_forecast_out out = {H, 0.6826894921370859, 1, mean, low, high};
  (void)unused;
  for (int64_t code = 0; code < ETS_FORMS; code++) {
    const ets_form form = ets_form_of(code);
    if (form.error == ETS_ADDITIVE && form.season == ETS_MULTIPLICATIVE) continue;
    double x[] = {0.5, 0.2, 0.3, 0.85, 100, 3, 0.8, 0.9, 1.1, 1.2}, sum[H] = {0}, square[H] = {0};
    for (int j = 0; form.season == ETS_ADDITIVE && j < 4; j++)
      x[ETS_SEASON + j] = 100 * (x[ETS_SEASON + j] - 1);
    if (form.trend != ETS_TREND_DAMPED) x[ETS_PHI] = 1;
    if (!form.trend) x[ETS_SLOPE] = x[ETS_BETA] = 0;
    const double sigma = form.error == ETS_ADDITIVE ? 8 : 0.08;
    mine_forecast_fit fit = {.method = mine__forecaster_find("ets"),
                             .form = code,
                             .season = form.season ? 4 : 1,
                             .n_state = form.season ? 10 : ETS_SEASON,
                             .state = x,
                             .n = 7,
                             .sigma2 = sigma * sigma};
    fit.method->forecast(&fit, scratch, &out);
    mine_random r;
    mine__random_open(&r, 7, 1, (uint64_t)code);
    for (int path = 0; path < PATHS; path++) {
      double now[10];
      memcpy(now, x, sizeof now);
      for (int i = 0; i < H; i++) {
        double same[10];
        memcpy(same, now, sizeof same);
        const double f = mine__ets_step(form, 4, same, fit.n + i, NAN),
                     e = sigma * random_normal(&r);
        const double y = form.error == ETS_ADDITIVE ? f + e : f * (1 + e);
        (void)mine__ets_step(form, 4, now, fit.n + i, y);
        sum[i] += y;
        square[i] += (y - mean[i]) * (y - mean[i]);
      }
    }
    for (int i = 0; i < H; i++) {
      const double drawn = square[i] / PATHS, said = (high[i] - mean[i]) * (high[i] - mean[i]);
      assert_near(sum[i] / PATHS, mean[i], 6 * sqrt(drawn / PATHS) / mean[i]);
      assert_near(said, drawn, 0.04);
    }
  }
}

/* ---- the box -------------------------------------------------------------------------------- */

static double valley(void *context, const double *u, double *g) {
  const double a = 1 - u[0], b = u[1] - u[0] * u[0];
  (void)context;
  g[0] = -2 * a - 400 * b * u[0];
  g[1] = 200 * b;
  return a * a + 100 * b * b;
}

static void test_box(void **unused) {
  static const double least[] = {-2, -2}, most[] = {2, 2}, tight[] = {0.5, 2}, scale[] = {0.1, 0.1};
  double u[] = {-1.2, 1}, room[64];
  mine__box box = {.n = 2, .least = least, .most = most, .scale = scale, .value = valley, .u = u};
  (void)unused;
  assert_true(mine__box_room(2) <= COUNT(room));
  mine__box_minimise(&box, room, 1000, 1e-14);
  assert_near(u[0], 1, 1e-5);
  assert_near(u[1], 1, 1e-5);
  u[0] = -1.2;
  u[1] = 1;
  box = (mine__box){.n = 2, .least = least, .most = tight, .scale = scale, .value = valley, .u = u};
  mine__box_minimise(&box, room, 1000, 1e-14);
  assert_near(u[0], 0.5, 1e-12);
  assert_near(u[1], 0.25, 1e-5);
}

/* ---- seasons forget the past ---------------------------------------------------------------- */

/* Whether errors die out: the recursion of an additive form is run on nothing but one error. */
static int dies_out(const double *x) {
  ets_form form = {ETS_ADDITIVE, ETS_TREND_DAMPED, ETS_ADDITIVE};
  double now[10] = {0};
  memcpy(now, x, 4 * sizeof *now);
  (void)mine__ets_step(form, 4, now, 0, 1);
  for (int i = 1; i < 100000; i++) {
    const double f = mine__ets_step(form, 4, now, i, 0);
    if (i > 99000 && !(fabs(f) < 1e-3)) return 0;
  }
  return 1;
}

static void test_admissible(void **unused) {
  mine_random r;
  int yes = 0, no = 0;
  (void)unused;
  mine__random_open(&r, 3, 1, 0);
  for (int i = 0; i < 100; i++) {
    const double x[] = {mine__random_real(&r), mine__random_real(&r), mine__random_real(&r),
                        0.8 + 0.18 * mine__random_real(&r)};
    const int said = mine__ets_admissible(x, 4);
    yes += said;
    no += !said;
    assert_int_equal(said, dies_out(x));
  }
  assert_true(yes > 10 && no > 10);
}

/* ---- calendars ------------------------------------------------------------------------------ */

static double day_of(int year, int month, int day) {
  return (double)mine__day_of_civil(year, month, day);
}

static void test_calendar(void **unused) {
  const mine_calendar ends = {
      .unit = MINE_STEP_MONTH, .every = 1, .month = 2023 * 12 + 10, .day = 31};
  const mine_calendar halves = {
      .unit = MINE_STEP_QUARTER, .every = 2, .month = 2023 * 12, .day = 1};
  const mine_calendar weeks = {.unit = MINE_STEP_WEEK, .every = 2, .origin = day_of(2024, 1, 1)};
  const mine_calendar tenth = {.plain = 1, .every = 1, .origin = 5, .step = 0.1};
  char words[MINE_CALENDAR_BYTES];
  (void)unused;
  assert_true(mine__calendar_time(&ends, 3) == day_of(2024, 2, 29));
  assert_int_equal(mine__calendar_index(&ends, day_of(2025, 2, 28)), 15);
  assert_true(mine__calendar_time(&halves, 3) == day_of(2024, 7, 1));
  assert_int_equal(mine__calendar_season(&halves), 2);
  assert_true(mine__calendar_time(&weeks, 2) == day_of(2024, 1, 29));
  assert_string_equal(mine__calendar_words(&weeks, words), "2 weeks");
  for (int64_t i = -50; i < 200; i++) {
    assert_int_equal(mine__calendar_index(&ends, mine__calendar_time(&ends, i)), i);
    assert_int_equal(mine__calendar_index(&halves, mine__calendar_time(&halves, i)), i);
    assert_int_equal(mine__calendar_index(&weeks, mine__calendar_time(&weeks, i)), i);
    assert_int_equal(mine__calendar_index(&tenth, mine__calendar_time(&tenth, i)), i);
  }
  assert_true(isnan(mine__calendar_time(&ends, 100000)));
}

/* R's thetaf and croston; fitted values and new rows go on as if all had been there at once. */
static void test_theta(void **unused) {
  static const double theirs[] = {440.0782, 428.3843, 489.7071, 475.7046, 479.6704, 545.3663};
  static const double demand[] = {0, 0, 3, 0, 0, 0, 5, 1, 0, 0, 0, 0,
                                  2, 0, 4, 0, 0, 0, 0, 7, 0, 0, 2, 0};
  static const char *const methods[] = {"theta", "theta_optimised", "croston", "sba", "tsb"};
  mine_points p = points_of("AirPassengers");
  double mean[6], low[6], high[6];
  mine_forecast_out out = {6, 0.95, 1, mean, low, high};
  (void)unused;
  mine_forecast_fit fit = fit_of("theta", &p, (mine_forecast_how){.damped = -1});
  fit.method->forecast(&fit, scratch, &out);
  for (int i = 0; i < 6; i++)
    assert_near(mean[i], theirs[i], 1e-5);
  for (int i = 0; i < COUNT(methods); i++) {
    p = (mine_points){.y = demand, .n = 24, .known = 24, .season = 1};
    fit = fit_of(methods[i], &p, (mine_forecast_how){.damped = -1});
    const double last = fitted[p.n - 1];
    fit.method->forecast(&fit, scratch, &out);
    if (i == 2) assert_near(mean[0], 1.0259560762, 1e-10);
    const double next = mean[0];
    double expected;
    fit.method->advance(&fit, demand + 2, 1, &expected);
    assert_near(expected, next, 1e-12);
    assert_int_equal(fit.n, 25);
    assert_true(isfinite(last));
  }
}

/* R's stl. */
static void test_stl(void **unused) {
  static const struct {
    int64_t window;
    double trend[3], seasonal[3];
  } theirs[] = {
      {7,
       {122.536917649, 217.107880244, 495.992096826},
       {-13.718653527, -22.359272731, -51.527141331}},
      {0,
       {127.187348437, 220.126339422, 497.429905052},
       {-25.497718340, -35.220934802, -31.740515502}},
  };
  static const int at[] = {0, 49, 143};
  double trend[144], seasonal[144];
  (void)unused;
  assert_true(mine__stl_room(144, 12) <= (size_t)COUNT(scratch));
  for (int i = 0; i < COUNT(theirs); i++) {
    const mine_stl_how how = {.season = 12, .seasonal = theirs[i].window};
    mine__stl(air, 144, &how, trend, seasonal, scratch);
    for (int k = 0; k < 3; k++) {
      assert_near(trend[at[k]], theirs[i].trend[k], 1e-10);
      assert_near(seasonal[at[k]], theirs[i].seasonal[k], 1e-10);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_theta),        cmocka_unit_test(test_stl),
      cmocka_unit_test(test_holt_winters), cmocka_unit_test(test_likelihood),
      cmocka_unit_test(test_choice),       cmocka_unit_test(test_gradient),
      cmocka_unit_test(test_variances),    cmocka_unit_test(test_box),
      cmocka_unit_test(test_admissible),   cmocka_unit_test(test_calendar),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
