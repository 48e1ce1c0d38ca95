/*
** naive.c -- the benchmarks that every method has to beat: the last value, that of the last
** season, a straight line from the first value to the last, the mean.
**
** With errors e of variance sigma^2 one step ahead, the variance h steps ahead is (Hyndman and
** Athanasopoulos, Forecasting: Principles and Practice, 5.5)
**
**   naive           h sigma^2
**   seasonal_naive  (k + 1) sigma^2, k the whole seasons before h
**   drift           h (1 + h / (T - 1)) sigma^2
**   mean            (1 + 1 / T) sigma^2, Student's t with T - 1 degrees
**
** A missing value is the one that was expected.
*/
#include <math.h>
#include <stdio.h>

#include "../kernel/special.h"
#include "series.h"

static int naive_state(const mine_forecast_how *how, int season) {
  (void)how;
  return season > 3 ? season : 3;
}

static size_t naive_scratch(const mine_forecast_how *how, int64_t n, int season, int64_t h) {
  (void)how;
  (void)n;
  (void)season;
  (void)h;
  return 1;
}

static double naive_z(double level) {
  return mine__normal_quantile((1 - level) / 2, MINE__UPPER);
}

static void naive_bounds(mine_forecast_out *out, int64_t i, double deviation, double z) {
  if (!out->low) return;
  out->low[i] = out->mean[i] - z * deviation;
  out->high[i] = out->mean[i] + z * deviation;
}

static const char *naive_parameter_none(const mine_forecast_fit *fit, int i, double *value) {
  (void)fit;
  (void)i;
  (void)value;
  return NULL;
}

static void naive_words(const mine_forecast_fit *fit, char buffer[48]) {
  snprintf(buffer, 48, "%s", fit->method->name);
}

/* Squares of what the last error was, over how many errors. */
static void naive_errors(mine_forecast_fit *out, double sse, int64_t errors) {
  out->sse = sse;
  out->sigma2 = errors > 0 ? sse / (double)errors : (double)NAN;
}

/* ---- the last value ------------------------------------------------------------------------- */

static void naive_advance(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted) {
  for (int64_t i = 0; i < n; i++) {
    if (fitted) fitted[i] = fit->state[0];
    if (!isnan(y[i])) fit->state[0] = y[i];
  }
  fit->n += n;
}

static const char *naive_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                             mine_forecast_fit *out) {
  double sse = 0;
  int64_t errors = 0, last = 0;
  (void)how;
  (void)scratch;
  for (int64_t i = 1; i < p->n; i++) {
    if (out->fitted) out->fitted[i] = p->y[last];
    if (isnan(p->y[i])) continue;
    const double e = p->y[i] - p->y[last];
    sse += e * e / (double)(i - last);
    errors++;
    last = i;
  }
  out->n_state = 1;
  out->state[0] = p->y[last];
  out->parameters = 1;
  naive_errors(out, sse, errors);
  return NULL;
}

static void naive_forecast(const mine_forecast_fit *fit, double *scratch, mine_forecast_out *out) {
  const double z = naive_z(out->level);
  (void)scratch;
  for (int64_t i = 0; i < out->h; i++) {
    out->mean[i] = fit->state[0];
    naive_bounds(out, i, sqrt(fit->sigma2 * (double)(i + 1)), z);
  }
}

static int naive_valid(const mine_forecast_fit *fit) {
  return fit->n_state == 1;
}

const mine_forecaster mine__forecaster_naive = {
    .name = "naive",
    .state = naive_state,
    .scratch = naive_scratch,
    .fit = naive_fit,
    .forecast = naive_forecast,
    .advance = naive_advance,
    .valid = naive_valid,
    .form_words = naive_words,
    .parameter = naive_parameter_none,
};

/* ---- the value of the last season: state[i % season] is what step i shall be ---------------- */

static void seasonal_naive_advance(mine_forecast_fit *fit, const double *y, int64_t n,
                                   double *fitted) {
  for (int64_t i = 0; i < n; i++) {
    double *expected = &fit->state[fit->n++ % fit->season];
    if (fitted) fitted[i] = *expected;
    if (!isnan(y[i])) *expected = y[i];
  }
}

static const char *seasonal_naive_fit(const mine_points *p, const mine_forecast_how *how,
                                      double *scratch, mine_forecast_fit *out) {
  const int64_t m = p->season;
  double sse = 0;
  int64_t errors = 0;
  (void)how;
  (void)scratch;
  for (int64_t i = 0; i < m; i++)
    out->state[i] = NAN;
  for (int64_t i = 0; i < p->n; i++) {
    double *expected = &out->state[i % m];
    const double e = p->y[i] - *expected;
    if (out->fitted) out->fitted[i] = *expected;
    if (!isnan(e)) {
      sse += e * e;
      errors++;
    }
    if (!isnan(p->y[i])) *expected = p->y[i];
  }
  for (int64_t i = 0; i < m; i++)
    if (isnan(out->state[i])) return "a point of its season has no value at all";
  out->n_state = (int)m;
  out->parameters = 1;
  naive_errors(out, sse, errors);
  return NULL;
}

static void seasonal_naive_forecast(const mine_forecast_fit *fit, double *scratch,
                                    mine_forecast_out *out) {
  const double z = naive_z(out->level);
  (void)scratch;
  for (int64_t i = 0; i < out->h; i++) {
    out->mean[i] = fit->state[(fit->n + i) % fit->season];
    naive_bounds(out, i, sqrt(fit->sigma2 * (double)(i / fit->season + 1)), z);
  }
}

static int seasonal_naive_valid(const mine_forecast_fit *fit) {
  return fit->n_state == fit->season;
}

const mine_forecaster mine__forecaster_seasonal_naive = {
    .name = "seasonal_naive",
    .seasons = 1,
    .state = naive_state,
    .scratch = naive_scratch,
    .fit = seasonal_naive_fit,
    .forecast = seasonal_naive_forecast,
    .advance = seasonal_naive_advance,
    .valid = seasonal_naive_valid,
    .form_words = naive_words,
    .parameter = naive_parameter_none,
};

/* ---- the line through the first and the last value: state = last, slope, T - 1 -------------- */

static void drift_advance(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted) {
  for (int64_t i = 0; i < n; i++) {
    const double expected = fit->state[0] + fit->state[1];
    if (fitted) fitted[i] = expected;
    fit->state[0] = isnan(y[i]) ? expected : y[i];
  }
  fit->n += n;
}

static const char *drift_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                             mine_forecast_fit *out) {
  double sse = 0, last = p->y[0];
  int64_t errors = 0, run = 0;
  (void)how;
  (void)scratch;
  if (p->n < 2) return "it has fewer than two points";
  const double slope = (p->y[p->n - 1] - p->y[0]) / (double)(p->n - 1);
  for (int64_t i = 1; i < p->n; i++) {
    const double expected = last + slope, e = p->y[i] - expected;
    if (out->fitted) out->fitted[i] = expected;
    last = isnan(e) ? expected : p->y[i];
    run++;
    if (isnan(e)) continue;
    sse += e * e / (double)run;
    run = 0;
    errors++;
  }
  out->n_state = 3;
  out->state[0] = last;
  out->state[1] = slope;
  out->state[2] = (double)(p->n - 1);
  out->parameters = 2;
  out->sse = sse;
  out->sigma2 = errors > 1 ? sse / (double)(errors - 1) : (double)NAN;
  return NULL;
}

static void drift_forecast(const mine_forecast_fit *fit, double *scratch, mine_forecast_out *out) {
  const double z = naive_z(out->level);
  (void)scratch;
  for (int64_t i = 0; i < out->h; i++) {
    const double h = (double)(i + 1);
    out->mean[i] = fit->state[0] + h * fit->state[1];
    naive_bounds(out, i, sqrt(fit->sigma2 * h * (1 + h / fit->state[2])), z);
  }
}

static int drift_valid(const mine_forecast_fit *fit) {
  return fit->n_state == 3 && fit->state[2] >= 1;
}

static const char *drift_parameter(const mine_forecast_fit *fit, int i, double *value) {
  *value = fit->state[1];
  return i == 0 ? "drift" : NULL;
}

const mine_forecaster mine__forecaster_drift = {
    .name = "drift",
    .state = naive_state,
    .scratch = naive_scratch,
    .fit = drift_fit,
    .forecast = drift_forecast,
    .advance = drift_advance,
    .valid = drift_valid,
    .form_words = naive_words,
    .parameter = drift_parameter,
};

/* ---- the mean: state = mean, how many values ------------------------------------------------ */

static void mean_advance(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted) {
  for (int64_t i = 0; i < n; i++) {
    if (fitted) fitted[i] = fit->state[0];
    if (!isnan(y[i])) fit->state[0] += (y[i] - fit->state[0]) / ++fit->state[1];
  }
  fit->n += n;
}

static const char *mean_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                            mine_forecast_fit *out) {
  double sum = 0, sse = 0;
  (void)how;
  (void)scratch;
  for (int64_t i = 0; i < p->n; i++)
    if (!isnan(p->y[i])) sum += p->y[i] / (double)p->known;
  for (int64_t i = 0; i < p->n; i++) {
    if (out->fitted) out->fitted[i] = sum;
    if (!isnan(p->y[i])) sse += (p->y[i] - sum) * (p->y[i] - sum);
  }
  out->n_state = 2;
  out->state[0] = sum;
  out->state[1] = (double)p->known;
  out->parameters = 2;
  out->sse = sse;
  out->sigma2 = p->known > 1 ? sse / (double)(p->known - 1) : (double)NAN;
  return NULL;
}

static void mean_forecast(const mine_forecast_fit *fit, double *scratch, mine_forecast_out *out) {
  const double n = fit->state[1];
  const double t = n > 1 ? mine__t_quantile((1 - out->level) / 2, n - 1, MINE__UPPER) : (double)NAN;
  (void)scratch;
  for (int64_t i = 0; i < out->h; i++) {
    out->mean[i] = fit->state[0];
    naive_bounds(out, i, sqrt(fit->sigma2 * (1 + 1 / n)), t);
  }
}

static int mean_valid(const mine_forecast_fit *fit) {
  return fit->n_state == 2 && fit->state[1] >= 1;
}

const mine_forecaster mine__forecaster_mean = {
    .name = "mean",
    .state = naive_state,
    .scratch = naive_scratch,
    .fit = mean_fit,
    .forecast = mean_forecast,
    .advance = mean_advance,
    .valid = mean_valid,
    .form_words = naive_words,
    .parameter = naive_parameter_none,
};
