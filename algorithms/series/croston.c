/*
** croston.c -- demand that comes now and then: most values are 0.
**
** Croston, "Forecasting and stock control for intermittent demands", Operational Research Quarterly
** 23 (1972): the size of a demand and the interval between demands are smoothed apart, each time
** one comes,
**
**   z' = z + alpha (y - z)      p' = p + alpha (q - p)      yhat = z / p
**
** with q the steps since the demand before.  Syntetos & Boylan, International Journal of
** Forecasting 21 (2005), take the bias out: yhat = (1 - alpha / 2) z / p (sba).  Teunter,
** Syntetos & Babai, European Journal of Operational Research 214 (2011), smooth the probability
** of a demand at every step, so that what is no longer asked for fades (tsb):
**
**   d' = d + beta ([y > 0] - d)      z' = z + alpha (y - z) where y > 0      yhat = d z
**
** alpha is 0.1, as in R's croston and most of the literature, and beta of tsb as well: series with
** a handful of demands do not say better.  Bounds are those of independent errors around a
** level that stays.  A missing value is a step without news: no demand, and none missed.
*/
#include <math.h>
#include <stdio.h>

#include "../kernel/special.h"
#include "series.h"

enum { CROSTON_SIZE, CROSTON_INTERVAL, CROSTON_SINCE, CROSTON_STATE };

#define CROSTON_ALPHA 0.1

extern const mine_forecaster mine__forecaster_croston;
extern const mine_forecaster mine__forecaster_sba;
extern const mine_forecaster mine__forecaster_tsb;

static int croston_state(const mine_forecast_how *how, int season) {
  (void)how;
  (void)season;
  return CROSTON_STATE;
}

static size_t croston_scratch(const mine_forecast_how *how, int64_t n, int season, int64_t h) {
  (void)how;
  (void)n;
  (void)season;
  (void)h;
  return 1;
}

static double croston_expected(const mine_forecaster *method, const double *x) {
  if (method == &mine__forecaster_tsb) return x[CROSTON_INTERVAL] * x[CROSTON_SIZE];
  const double ratio = x[CROSTON_SIZE] / x[CROSTON_INTERVAL];
  return method == &mine__forecaster_sba ? (1 - CROSTON_ALPHA / 2) * ratio : ratio;
}

/* One value more.  of tsb CROSTON_INTERVAL is the probability of a demand. */
static void croston_move(const mine_forecaster *method, double *x, double y) {
  if (isnan(y)) return;
  if (method == &mine__forecaster_tsb) {
    x[CROSTON_INTERVAL] += CROSTON_ALPHA * ((y > 0) - x[CROSTON_INTERVAL]);
    if (y > 0) x[CROSTON_SIZE] += CROSTON_ALPHA * (y - x[CROSTON_SIZE]);
    return;
  }
  x[CROSTON_SINCE]++;
  if (!(y > 0)) return;
  x[CROSTON_SIZE] += CROSTON_ALPHA * (y - x[CROSTON_SIZE]);
  x[CROSTON_INTERVAL] += CROSTON_ALPHA * (x[CROSTON_SINCE] - x[CROSTON_INTERVAL]);
  x[CROSTON_SINCE] = 0;
}

/* The first demand: its size, and the steps until it, the first of them counted.  Where it stands,
** or -1. */
static int64_t croston_start(const mine_points *p, const mine_forecaster *method, double *x) {
  double steps = 0;
  for (int64_t i = 0; i < p->n; i++) {
    if (isnan(p->y[i])) continue;
    steps++;
    if (!(p->y[i] > 0)) continue;
    x[CROSTON_SIZE] = p->y[i];
    x[CROSTON_INTERVAL] = method == &mine__forecaster_tsb ? 1 / steps : steps;
    x[CROSTON_SINCE] = 0;
    return i;
  }
  return -1;
}

static const char *croston_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                               mine_forecast_fit *out) {
  double *x = out->state, sse = 0;
  int64_t errors = 0;
  (void)how;
  (void)scratch;
  for (int64_t i = 0; i < p->n; i++)
    if (p->y[i] < 0) return "it has values below 0, and demand is 0 or more";
  const int64_t first = croston_start(p, out->method, x);
  if (first < 0) return "all its values are 0: there was no demand yet";
  for (int64_t i = first + 1; i < p->n; i++) {
    const double expected = croston_expected(out->method, x), e = p->y[i] - expected;
    if (out->fitted) out->fitted[i] = expected;
    if (!isnan(e)) {
      sse += e * e;
      errors++;
    }
    croston_move(out->method, x, p->y[i]);
  }
  out->n_state = CROSTON_STATE;
  out->parameters = 1;
  out->sse = sse;
  out->sigma2 = errors > 0 ? sse / (double)errors : (double)NAN;
  return NULL;
}

static void croston_forecast(const mine_forecast_fit *fit, double *scratch,
                             mine_forecast_out *out) {
  const double z = mine__normal_quantile((1 - out->level) / 2, MINE__UPPER);
  const double expected = croston_expected(fit->method, fit->state);
  (void)scratch;
  for (int64_t i = 0; i < out->h; i++) {
    out->mean[i] = expected;
    if (!out->low) continue;
    out->low[i] = fmax(expected - z * sqrt(fit->sigma2), 0);
    out->high[i] = expected + z * sqrt(fit->sigma2);
  }
}

static void croston_advance(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted) {
  for (int64_t i = 0; i < n; i++) {
    if (fitted) fitted[i] = croston_expected(fit->method, fit->state);
    croston_move(fit->method, fit->state, y[i]);
  }
  fit->n += n;
}

static int croston_valid(const mine_forecast_fit *fit) {
  const double *x = fit->state;
  const double least = fit->method == &mine__forecaster_tsb ? 0 : 1; /* faded; every step */
  return fit->n_state == CROSTON_STATE && x[CROSTON_SIZE] > 0 && x[CROSTON_INTERVAL] >= least &&
         x[CROSTON_SINCE] >= 0;
}

static void croston_words(const mine_forecast_fit *fit, char buffer[48]) {
  snprintf(buffer, 48, "%s", fit->method->name);
}

static const char *croston_parameter(const mine_forecast_fit *fit, int i, double *value) {
  const int tsb = fit->method == &mine__forecaster_tsb;
  if (i > 1) return NULL;
  *value = fit->state[i == 0 ? CROSTON_SIZE : CROSTON_INTERVAL];
  return i == 0 ? "size" : tsb ? "probability" : "interval";
}

#define CROSTON_ROW(own_name)                                                                 \
  {                                                                                           \
    .name = own_name, .state = croston_state, .scratch = croston_scratch, .fit = croston_fit, \
    .forecast = croston_forecast, .advance = croston_advance, .valid = croston_valid,         \
    .form_words = croston_words, .parameter = croston_parameter                               \
  }

const mine_forecaster mine__forecaster_croston = CROSTON_ROW("croston");

const mine_forecaster mine__forecaster_sba = CROSTON_ROW("sba");

const mine_forecaster mine__forecaster_tsb = CROSTON_ROW("tsb");
