/*
** test_arima.c -- ARIMA against densities that are written out: closed forms, the normal
** density of all points at once; the filter against the recursions of complete series; new rows
** against a fit of all; figures that R 4.2 with forecast 8.20 prints.
*/
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "core/random.h"
#include "series/arima.h"
#include "series_data.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))
#define TWO_PI   6.283185307179586

static double scratch[200000], state[10000], fitted[200], series[200];

static void assert_near(double a, double b, double share) {
  if (!(fabs(a - b) <= share * (1 + fabs(b)))) fail_msg("%.12g is not %.12g", a, b);
}

static arima_work work_of(const double *y, int n, int season) {
  arima_work w = {.y = y, .n = n, .season = season, .scale = 1};
  for (int i = 0; i < n; i++)
    w.known += !isnan(y[i]);
  w.w = scratch;
  w.mean = scratch + 1000;
  w.cov = scratch + 2000;
  w.diffuse = scratch + 20000;
  w.columns = scratch + 40000;
  w.box = scratch + 60000;
  return w;
}

static double value_of(arima_work *w, const arima_order *o, const double *c, int by_filter) {
  arima_told told;
  double squares;
  assert_true(mine__arima_shape(&w->model, o, w->season));
  mine__arima_difference(w, o->d, o->D);
  if (!by_filter) return mine__arima_value(w, c, 0, NULL);
  mine__arima_expand(&w->model, c);
  assert_true(mine__arima_begin(&w->model));
  assert_true(mine__arima_run(w, &told));
  (void)mine__arima_constant(w, &told, &squares);
  const double n = (double)told.used;
  return n * (log(TWO_PI * squares / n) + 1) + told.logs;
}

/* ---- closed forms --------------------------------------------------------------------------- */

static void test_closed(void **unused) {
  static const double y[] = {0.3, -1.2, 0.7, 2.1, -0.4};
  const arima_order ar = {.p = 1}, ma = {.q = 1};
  arima_work w = work_of(y, 5, 1);
  const double phi = 0.6, theta = -0.8;
  (void)unused;
  /* of AR(1): the first value has the variance 1 / (1 - phi^2), the others come from it */
  double squares = y[0] * y[0] * (1 - phi * phi);
  for (int t = 1; t < 5; t++)
    squares += (y[t] - phi * y[t - 1]) * (y[t] - phi * y[t - 1]);
  assert_near(value_of(&w, &ar, &phi, 0), 5 * (log(TWO_PI * squares / 5) + 1) - log(1 - phi * phi),
              1e-13);
  /* of MA(1): F_t = (1 + theta^2 + .. + theta^(2 t)) / (1 + .. + theta^(2 (t - 1))) and
  ** v_t = y_t - theta v_(t-1) / F_(t-1) */
  double logs = 0, before = 1, last = 0, last_f = 1;
  squares = 0;
  for (int t = 0; t < 5; t++) {
    const double sum = 1 + theta * theta * before, f = sum / before;
    const double e = y[t] - (t ? theta * last / last_f : 0);
    squares += e * e / f;
    logs += log(f);
    last = e;
    last_f = f;
    before = sum;
  }
  assert_near(value_of(&w, &ma, &theta, 0), 5 * (log(TWO_PI * squares / 5) + 1) + logs, 1e-13);
}

/* ---- the density of all points at once ------------------------------------------------------ */

#define MOST 60
static double matrix[MOST][MOST];

/* Covariances of u, by many psi weights. */
static void covariances(const arima_model *m, double *gamma, int n) {
  static double psi[6000];
  for (int j = 0; j < COUNT(psi); j++) {
    psi[j] = j <= m->n_theta ? m->theta[j] : 0;
    for (int i = 1; i <= j && i <= m->n_phi; i++)
      psi[j] += m->phi[i - 1] * psi[j - i];
  }
  for (int k = 0; k < n; k++) {
    gamma[k] = 0;
    for (int j = 0; j + k < COUNT(psi); j++)
      gamma[k] += psi[j] * psi[j + k];
  }
}

/* -2 log density, variance and constant at their best, of the known among y less what stands
** before: y = start + sums of u, where d or D say so. */
static double density(const arima_model *m, const double *y, int n) {
  static double step[MOST][MOST], gamma[MOST];
  const arima_order *o = &m->order;
  const int lags = m->lags;
  double logs = 0, v[3][MOST] = {{0}};
  int known[MOST], k = 0;
  covariances(m, gamma, n);
  /* row t of step: y_t as a sum of u; the first values are given */
  memset(step, 0, sizeof step);
  double given[MOST] = {0}, x[MOST];
  for (int t = 0; t < n; t++) {
    x[t] = o->d + o->D > 0 ? t + 1 : 1;
    if (t < lags) {
      given[t] = y[t];
      continue;
    }
    step[t][t] = 1;
    for (int i = 1; i < m->n_z; i++) {
      const int at = t - lags + (m->at[i] - m->r);
      given[t] += m->z[i] * given[at];
      for (int j = 0; j < n; j++)
        step[t][j] += m->z[i] * step[at][j];
    }
    if (!isnan(y[t])) known[k++] = t;
  }
  /* what x makes of the differences goes the same way */
  double moved[MOST] = {0};
  for (int t = 0; t < n; t++) {
    if (t < lags) {
      moved[t] = x[t];
      continue;
    }
    for (int i = 1; i < m->n_z; i++)
      moved[t] += m->z[i] * moved[t - lags + (m->at[i] - m->r)];
  }
  for (int a = 0; a < k; a++)
    for (int b = 0; b < k; b++) {
      matrix[a][b] = 0;
      for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
          matrix[a][b] += step[known[a]][i] * step[known[b]][j] * gamma[i > j ? i - j : j - i];
    }
  double yy = 0, yx = 0, xx = 0;
  for (int a = 0; a < k; a++) {
    for (int b = 0; b <= a; b++) {
      double sum = matrix[a][b];
      for (int i = 0; i < b; i++)
        sum -= matrix[a][i] * matrix[b][i];
      matrix[a][b] = a == b ? sqrt(sum) : sum / matrix[b][b];
    }
    v[0][a] = y[known[a]] - given[known[a]];
    v[1][a] = x[known[a]] - moved[known[a]];
    for (int c = 0; c < 2; c++) {
      for (int i = 0; i < a; i++)
        v[c][a] -= matrix[a][i] * v[c][i];
      v[c][a] /= matrix[a][a];
    }
    logs += 2 * log(matrix[a][a]);
    yy += v[0][a] * v[0][a];
    yx += v[0][a] * v[1][a];
    xx += v[1][a] * v[1][a];
  }
  const double squares = o->constant ? yy - yx * yx / xx : yy;
  return k * (log(TWO_PI * squares / k) + 1) + logs;
}

static const struct {
  arima_order order;
  int season;
  double c[8];
} orders[] = {
    {{.p = 1}, 1, {0.9}},
    {{.q = 1}, 1, {-0.99}},
    {{.p = 2, .q = 1, .constant = 1}, 1, {1.2, -0.5, 0.4}},
    {{.p = 1, .q = 3}, 1, {-0.7, 0.4, -0.3, 0.2}},
    {{.p = 1, .P = 1, .q = 1, .Q = 1, .constant = 1}, 4, {0.5, 0.3, 0.6, -0.4}},
    {{.d = 1, .q = 1}, 1, {-0.6}},
    {{.d = 1, .q = 1, .constant = 1}, 1, {0.5}},
    {{.d = 2, .p = 1, .q = 1}, 1, {0.3, -0.6}},
    {{.d = 1, .D = 1, .q = 1, .Q = 1}, 4, {-0.4, -0.6}},
    {{.D = 1, .p = 1, .P = 1, .constant = 1}, 4, {0.7, -0.4}},
};

/* Complete series by the recursions and by the filter, and those with gaps: the density of all
** points. The first values stay, for the density is written with them given. */
static void test_density(void **unused) {
  mine_random r;
  (void)unused;
  mine__random_open(&r, 11, 1, 0);
  for (int i = 0; i < COUNT(orders); i++) {
    double y[40], level = 3;
    for (int t = 0; t < 40; t++) {
      level += mine__random_real(&r) - 0.5;
      y[t] = level + 4 * (mine__random_real(&r) - 0.5) + (t % 4 == 2);
    }
    arima_work w = work_of(y, 40, orders[i].season);
    const double fast = value_of(&w, &orders[i].order, orders[i].c, 0);
    const double slow = value_of(&w, &orders[i].order, orders[i].c, 1);
    assert_near(fast, slow, 1e-11);
    assert_near(fast, density(&w.model, y, 40), 1e-9);
    for (int t = w.model.lags + 1; t < 39; t++)
      if (t % 7 == 3 || t % 11 == 2 || (t > 20 && t < 24)) y[t] = NAN;
    w = work_of(y, 40, orders[i].season);
    const double gaps = value_of(&w, &orders[i].order, orders[i].c, 0);
    assert_near(gaps, density(&w.model, y, 40), 1e-9);
    assert_near(gaps, value_of(&w, &orders[i].order, orders[i].c, 1), 1e-11);
    /* among the first ones too: what these tell is the same for all parameters */
    y[1] = y[3] = NAN;
    w = work_of(y, 40, orders[i].season);
    assert_near(value_of(&w, &orders[i].order, orders[i].c, 0),
                value_of(&w, &orders[i].order, orders[i].c, 1), 1e-11);
  }
}

/* ---- fits ----------------------------------------------------------------------------------- */

static mine_points points_of(const double *y, int n, int season) {
  mine_points p = {.y = y, .n = n, .season = season};
  for (int i = 0; i < n; i++)
    p.known += !isnan(y[i]);
  return p;
}

static mine_forecast_fit fit_of(const mine_points *p, const mine_forecast_how *how) {
  const mine_forecaster *row = mine__forecaster_find("arima");
  assert_true(row->state(how, p->season) <= COUNT(state));
  assert_true(row->scratch(how, p->n, p->season, 36) <= (size_t)COUNT(scratch));
  mine_forecast_fit fit = {.method = row,
                           .season = p->season,
                           .state = state,
                           .fitted = fitted,
                           .n = p->n,
                           .likelihood = NAN};
  for (int64_t i = 0; i < p->n; i++)
    fitted[i] = NAN;
  const char *why_not = row->fit(p, how, scratch, &fit);
  if (why_not) fail_msg("%s", why_not);
  assert_true(fit.n_state <= row->state(how, p->season));
  assert_true(row->valid(&fit));
  return fit;
}

static mine_forecast_how said(int p, int d, int q, int P, int D, int Q, int constant) {
  return (mine_forecast_how){.damped = -1,
                             .ordered = 1,
                             .order = {p, d, q},
                             .seasonal_order = {P, D, Q},
                             .constant = 1 + constant};
}

static void assert_form(const mine_forecast_fit *fit, const char *expected) {
  char words[48];
  fit->method->form_words(fit, words);
  assert_string_equal(words, expected);
}

/* Likelihoods of R's arima, and what AICc chooses. */
static void test_figures(void **unused) {
  double logs[144];
  mine_forecast_how how = said(0, 1, 1, 0, 1, 1, 0);
  double value;
  (void)unused;
  for (int i = 0; i < 144; i++)
    logs[i] = log(air[i]);
  const mine_points airline = points_of(logs, 144, 12), flow = points_of(nile, 100, 1);
  mine_forecast_fit fit = fit_of(&airline, &how);
  assert_near(fit.likelihood, 244.6965, 1e-5);
  assert_string_equal(fit.method->parameter(&fit, 0, &value), "ma1");
  assert_near(value, -0.4018, 1e-4);
  assert_string_equal(fit.method->parameter(&fit, 1, &value), "sma1");
  assert_near(value, -0.5569, 1e-4);
  assert_null(fit.method->parameter(&fit, 2, &value));
  how = (mine_forecast_how){.damped = -1};
  fit = fit_of(&airline, &how);
  assert_form(&fit, "ARIMA(0,1,1)(0,1,1)[12]");
  assert_near(fit.criterion, -483.2, 1e-4);
  fit = fit_of(&flow, &how);
  assert_form(&fit, "ARIMA(1,1,1)");
  assert_near(fit.criterion, 1267.507, 1e-6);
  how = said(1, 0, 1, 0, 0, 0, 1);
  fit = fit_of(&flow, &how);
  assert_form(&fit, "ARIMA(1,0,1) with mean");
  assert_near(fit.likelihood, -637.03878, 1e-7);
  assert_string_equal(fit.method->parameter(&fit, 2, &value), "mean");
}

/* A fit of the first points that goes on with the others stands where one stands that saw them all,
** whatever is missing, and foretells the same. */
static void test_advance(void **unused) {
  static double moved[10000];
  (void)unused;
  for (int i = 0; i < COUNT(orders); i++) {
    for (int t = 0; t < 100; t++)
      series[t] = t % 13 == 7 || t == 70 || t == 97 ? (double)NAN : nile[t] + 50 * (t % 4);
    arima_found found = {.order = orders[i].order};
    found.order.constant = 0; /* which the points after 60 would change */
    for (int k = 0; k < mine__arima_coefficients(&found.order); k++)
      found.unbounded[k] = 0.3 - 0.2 * k;
    mine_forecast_fit fit[2];
    for (int part = 0; part < 2; part++) {
      const mine_points p = points_of(series, part ? 60 : 100, orders[i].season);
      fit[part] = (mine_forecast_fit){.method = mine__forecaster_find("arima"),
                                      .state = part ? moved : state,
                                      .fitted = part ? NULL : fitted};
      arima_work w = work_of(series, (int)p.n, orders[i].season);
      mine__arima_difference(&w, found.order.d, found.order.D);
      mine__arima_keep(&w, &found, &p, &fit[part]);
    }
    double seen[40], ahead[2][3][9];
    assert_true(fit[1].method->room(&fit[1]) <= COUNT(moved));
    fit[1].method->advance(&fit[1], series + 60, 40, seen);
    assert_int_equal(fit[1].n, 100);
    assert_int_equal(fit[0].n_state, fit[1].n_state);
    for (int k = 0; k < fit[0].n_state; k++)
      assert_near(state[k], moved[k], 1e-9);
    for (int t = 0; t < 40; t++)
      assert_near(seen[t], fitted[60 + t], 1e-9);
    fit[0].sigma2 = fit[1].sigma2 = 2;
    for (int part = 0; part < 2; part++) {
      mine_forecast_out out = {9, 0.9, 1, ahead[part][0], ahead[part][1], ahead[part][2]};
      assert_true(fit[part].method->valid(&fit[part]));
      fit[part].method->forecast(&fit[part], scratch, &out);
    }
    for (int k = 0; k < 27; k++)
      assert_near(ahead[0][k / 9][k % 9], ahead[1][k / 9][k % 9], 1e-9);
    /* a forecast is what a filter expects that is told nothing more */
    fit[1].method->advance(&fit[1], (const double[]){NAN, NAN, NAN}, 3, seen);
    for (int t = 0; t < 3; t++)
      assert_near(seen[t], ahead[0][0][t], 1e-9);
  }
}

/* Variances of forecasts: of AR(1) and a random walk in closed form, after a gap too. */
static void test_variances(void **unused) {
  double mean[6], low[6], high[6];
  mine_forecast_out out = {6, 0.6826894921370859, 1, mean, low, high};
  (void)unused;
  for (int gap = 0; gap < 4; gap += 3)
    for (int d = 0; d < 2; d++) {
      const mine_forecast_how how = said(1 - d, d, 0, 0, 0, 0, 0);
      const mine_points p = points_of(nile, 100, 1);
      mine_forecast_fit fit = fit_of(&p, &how);
      const double phi = d ? 1 : state[ARIMA_FIRST];
      fit.method->advance(&fit, (const double[]){NAN, NAN, NAN}, gap, NULL);
      fit.method->forecast(&fit, scratch, &out);
      double variance = 0, power = 1, far = 1;
      for (int h = 0; h < gap + 6; h++, power *= phi * phi) {
        variance += power;
        far *= phi;
        if (h < gap) continue;
        assert_near(mean[h - gap], far * nile[99], 1e-12);
        assert_near(high[h - gap] - mean[h - gap], sqrt(fit.sigma2 * variance), 1e-9);
      }
    }
}

/* What cannot be is refused; what is all one value is a mean without errors. */
static void test_refused(void **unused) {
  const mine_forecaster *row = mine__forecaster_find("arima");
  const double few[] = {1, 2}, same[] = {5, 5, 5, 5, 5, 5, 5, 5}, line[] = {3, 5, 7, 9, 11, 13};
  mine_forecast_how how = {.damped = -1};
  mine_forecast_fit fit = {.method = row, .state = state};
  mine_points p = points_of(few, 2, 1);
  double mean[2], low[2], high[2];
  mine_forecast_out out = {2, 0.95, 1, mean, low, high};
  (void)unused;
  assert_non_null(row->fit(&p, &how, scratch, &fit));
  p = points_of(same, 8, 1);
  fit = fit_of(&p, &how);
  assert_form(&fit, "ARIMA(0,0,0) with mean");
  fit.method->forecast(&fit, scratch, &out);
  assert_near(low[1], 5, 1e-12);
  assert_true(isnan(fit.likelihood));
  p = points_of(line, 6, 1);
  fit = fit_of(&p, &how);
  fit.method->forecast(&fit, scratch, &out);
  assert_near(mean[1], 17, 1e-9);
  p = points_of(nile, 8, 1);
  how = said(4, 1, 4, 0, 0, 0, 0);
  assert_non_null(row->fit(&p, &how, scratch, &fit));
  how = said(1, 0, 0, 1, 0, 0, 0);
  assert_non_null(row->fit(&p, &how, scratch, &fit));
  /* states from elsewhere */
  p = points_of(nile, 100, 1);
  how = said(1, 1, 1, 0, 0, 0, 1);
  fit = fit_of(&p, &how);
  const mine_forecast_fit sound = fit;
  fit.n_state++;
  assert_false(row->valid(&fit));
  fit = sound;
  fit.form = -1;
  assert_false(row->valid(&fit));
  fit.form = sound.form + 1;
  assert_false(row->valid(&fit));
  fit.form = 1000000;
  assert_false(row->valid(&fit));
  fit = sound;
  for (int k = ARIMA_EXTENT; k <= ARIMA_FIRST; k++) {
    const double was = state[k];
    state[k] = 1.5;
    assert_false(row->valid(&fit));
    state[k] = was;
  }
  assert_true(row->valid(&fit));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_closed),    cmocka_unit_test(test_density),
      cmocka_unit_test(test_figures),   cmocka_unit_test(test_advance),
      cmocka_unit_test(test_variances), cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
