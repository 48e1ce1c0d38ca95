/*
** theta.c -- the theta method, winner of the M3 competition.
**
** Assimakopoulos & Nikolopoulos, "The theta model: a decomposition approach to forecasting",
** International Journal of Forecasting 16 (2000); as exponential smoothing with drift: Hyndman &
** Billah, "Unmasking the Theta method", ibid. 19 (2003).  The curvature of the series is doubled
** (theta = 2) and taken away (theta = 0, the straight line of least squares with slope b); the
** first is smoothed exponentially, the second goes on, and the forecast is their mean:
**
**   yhat(n + h) = l_n + b/2 (h - 1 + (1 - (1 - alpha)^n) / alpha)
**
** A season that the autocorrelation shows (at 90%, Fiorucci et al., ibid. 32, 2016, 2.2) is divided
** out before, by the classical ratios to a moving average, or subtracted where values are not
** above 0
** or the option says so, and put back afterwards.
**
** theta_optimised chooses theta as well (Fiorucci et al.: the dynamic form with a fixed line),
** between 1, exponential smoothing, and what the errors one step ahead like best:
**
**   yhat(t + 1) = l_t + (1 - 1/theta) (A_n (1 - alpha)^t + B_n (1 - (1 - alpha)^(t + 1)) / alpha)
**
** with the line A_n + B_n t.  A missing value is the one that was expected.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../kernel/special.h"
#include "season.h"
#include "series.h"

enum { THETA_ALPHA, THETA_LEVEL, THETA_SHARE, THETA_A, THETA_B, THETA_SEASON };

#define THETA_LEAST 0.0001
#define THETA_MOST  0.9999
#define THETA_GRID  16

extern const mine_forecaster mine__forecaster_theta_optimised;

static int theta_state(const mine_forecast_how *how, int season) {
  (void)how;
  return THETA_SEASON + season;
}

static size_t theta_scratch(const mine_forecast_how *how, int64_t n, int season, int64_t h) {
  (void)how;
  (void)h;
  return 2 * (size_t)n + mine__season_room(n, season);
}

/* What the line adds to the smoothed level one step ahead of t values: the mean of the two
** lines where share = 1 - 1/theta is a half. */
static double theta_line(const double *x, int64_t t) {
  const double left = pow(1 - x[THETA_ALPHA], (double)t);
  return x[THETA_SHARE] *
         (x[THETA_A] * left + x[THETA_B] * (1 - left * (1 - x[THETA_ALPHA])) / x[THETA_ALPHA]);
}

/* ---- smoothing ------------------------------------------------------------------------------ */

/* The series without its season, and what is known of it. */
typedef struct theta_work {
  const double *z; /* NAN: missing */
  int64_t n;
  int dynamic; /* the line enters the errors (theta_optimised) */
} theta_work;

/* Squares of the errors one step ahead.  They are linear in the first level, which is solved
** for: e = u - v l0, where u are the errors from l0 = 0. */
static double theta_errors(const theta_work *w, double *x) {
  double u = 0, v = 1, uu = 0, uv = 0, vv = 0;
  const double alpha = x[THETA_ALPHA];
  double left = 1;
  for (int64_t t = 0; t < w->n; t++) {
    double line = 0;
    if (w->dynamic)
      line = x[THETA_SHARE] * (x[THETA_A] * left + x[THETA_B] * (1 - left * (1 - alpha)) / alpha);
    left *= 1 - alpha;
    if (isnan(w->z[t])) {
      if (w->dynamic) u += alpha * line; /* the level moves to what was expected */
      continue;
    }
    const double e = w->z[t] - line - u;
    uu += e * e;
    uv += e * v;
    vv += v * v;
    u += alpha * (w->z[t] - u);
    v *= 1 - alpha;
  }
  x[THETA_LEVEL] = vv > 0 ? uv / vv : 0;
  return uu - 2 * x[THETA_LEVEL] * uv + x[THETA_LEVEL] * x[THETA_LEVEL] * vv;
}

/* The least over parameter `at` of the state between low and high, and what `value` is there: a
** grid, for there may be several, then its best part by golden section until it is as narrow as
** `enough`. */
typedef double (*theta_value)(const theta_work *w, double *x);
static double theta_least(const theta_work *w, double *x, int at, double low, double high, int grid,
                          double enough, theta_value value) {
  const double golden = 0.6180339887498949, step = (high - low) / grid, least = low;
  double best = INFINITY, side[2], found[2];
  int from = 0;
  for (int i = 0; i <= grid; i++) {
    x[at] = least + step * i;
    const double here = value(w, x);
    if (here < best) {
      best = here;
      from = i;
    }
  }
  low = least + step * (from > 0 ? from - 1 : 0);
  high = least + step * (from < grid ? from + 1 : grid);
  for (int k = 0; k < 2; k++) {
    x[at] = side[k] = k ? low + golden * (high - low) : high - golden * (high - low);
    found[k] = value(w, x);
  }
  while (high - low > enough) {
    const int k = found[0] <= found[1] ? 0 : 1; /* the side that is made anew */
    *(k ? &low : &high) = side[1 - k];
    side[1 - k] = side[k];
    found[1 - k] = found[k];
    x[at] = side[k] = k ? low + golden * (high - low) : high - golden * (high - low);
    found[k] = value(w, x);
  }
  x[at] = (low + high) / 2;
  return value(w, x);
}

static double theta_alpha(const theta_work *w, double *x) {
  return theta_least(w, x, THETA_ALPHA, THETA_LEAST, THETA_MOST, THETA_GRID, 1e-9, theta_errors);
}

/* share = 1 - 1/theta, from 0 (theta 1) to 0.98 (theta 50). */
static double theta_share(const theta_work *w, double *x) {
  return theta_least(w, x, THETA_SHARE, 0, 0.98, 7, 1e-5, theta_alpha);
}

/* ---- fitting --------------------------------------------------------------------------------- */

/* The straight line of least squares through the known values, at 0, 1, 2 ... */
static void theta_straight(const theta_work *w, double *x) {
  double n = 0, t = 0, z = 0, tt = 0, tz = 0;
  for (int64_t i = 0; i < w->n; i++) {
    if (isnan(w->z[i])) continue;
    n++;
    t += (double)i;
    z += w->z[i];
  }
  t /= n;
  z /= n;
  for (int64_t i = 0; i < w->n; i++) {
    if (isnan(w->z[i])) continue;
    tt += ((double)i - t) * ((double)i - t);
    tz += ((double)i - t) * (w->z[i] - z);
  }
  x[THETA_B] = tt > 0 ? tz / tt : 0;
  x[THETA_A] = z - x[THETA_B] * t;
}

/* Through the points with the parameters found: the level moves to the end, and expectations
** with the season are written.  Returns the squares of the errors on the scale without the
** season. */
static double theta_walk(const mine_points *p, const theta_work *w, double *x, int multiplies,
                         double *fitted, double *sse) {
  double level = x[THETA_LEVEL], squares = 0;
  *sse = 0;
  for (int64_t t = 0; t < w->n; t++) {
    const double line = theta_line(x, t), s = x[THETA_SEASON + t % p->season];
    const double expected = level + line, told = multiplies ? expected * s : expected + s;
    const double smoothed = w->dynamic ? expected : level;
    if (fitted) fitted[t] = told;
    if (isnan(w->z[t])) {
      if (w->dynamic) level += x[THETA_ALPHA] * line;
      continue;
    }
    squares += (w->z[t] - smoothed) * (w->z[t] - smoothed);
    *sse += (p->y[t] - told) * (p->y[t] - told);
    level += x[THETA_ALPHA] * (w->z[t] - level);
  }
  x[THETA_LEVEL] = level;
  return squares;
}

static const char *theta_learn(const mine_points *p, const mine_forecast_how *how, double *scratch,
                               mine_forecast_fit *out, int optimised) {
  double *x = out->state, *z = scratch;
  theta_work w = {z, p->n, optimised};
  if (p->known < 3) return "it has fewer than three known points";
  const int season = mine__season_take(p, how->seasonal, 1, z, x + THETA_SEASON, scratch + p->n);
  theta_straight(&w, x);
  if (optimised) {
    (void)theta_share(&w, x);
  } else {
    x[THETA_SHARE] = 0.5;
    (void)theta_alpha(&w, x);
  }
  if (!optimised) x[THETA_A] = 0; /* Hyndman & Billah: the drift alone */
  const double squares =
      theta_walk(p, &w, x, season == MINE_SEASONAL_MULTIPLICATIVE, out->fitted, &out->sse);
  out->form = season;
  out->n_state = THETA_SEASON + p->season;
  out->parameters = 4 + (optimised ? 1 : 0) + (season != MINE_SEASONAL_NONE ? p->season - 1 : 0);
  out->sigma2 = p->known > 2 ? squares / (double)(p->known - 2) : (double)NAN;
  return NULL;
}

static const char *theta_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                             mine_forecast_fit *out) {
  return theta_learn(p, how, scratch, out, 0);
}

static const char *theta_optimised_fit(const mine_points *p, const mine_forecast_how *how,
                                       double *scratch, mine_forecast_fit *out) {
  return theta_learn(p, how, scratch, out, 1);
}

/* ---- forecasting ---------------------------------------------------------------------------- */

static void theta_forecast(const mine_forecast_fit *fit, double *scratch, mine_forecast_out *out) {
  const double *x = fit->state;
  const double z = mine__normal_quantile((1 - out->level) / 2, MINE__UPPER);
  const int dynamic = fit->method == &mine__forecaster_theta_optimised;
  double level = x[THETA_LEVEL];
  (void)scratch;
  for (int64_t i = 0; i < out->h; i++) {
    const double s = x[THETA_SEASON + (fit->n + i) % fit->season];
    const int multiplies = fit->form == MINE_SEASONAL_MULTIPLICATIVE;
    const double line = dynamic ? theta_line(x, fit->n + i)
                                : theta_line(x, fit->n) + x[THETA_SHARE] * x[THETA_B] * (double)i;
    const double expected = level + line;
    const double deviation = sqrt(fit->sigma2 * (1 + (double)i * x[THETA_ALPHA] * x[THETA_ALPHA]));
    if (dynamic) level += x[THETA_ALPHA] * line;
    out->mean[i] = multiplies ? expected * s : expected + s;
    if (!out->low) continue;
    out->low[i] = multiplies ? (expected - z * deviation) * s : expected - z * deviation + s;
    out->high[i] = multiplies ? (expected + z * deviation) * s : expected + z * deviation + s;
  }
}

static void theta_advance(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted) {
  double *x = fit->state;
  const int multiplies = fit->form == MINE_SEASONAL_MULTIPLICATIVE;
  for (int64_t i = 0; i < n; i++, fit->n++) {
    const double s = x[THETA_SEASON + fit->n % fit->season], line = theta_line(x, fit->n);
    const double expected = x[THETA_LEVEL] + line;
    if (fitted) fitted[i] = multiplies ? expected * s : expected + s;
    const double seen = isnan(y[i]) ? expected : multiplies ? y[i] / s : y[i] - s;
    x[THETA_LEVEL] += x[THETA_ALPHA] * (seen - x[THETA_LEVEL]);
  }
}

static int theta_valid(const mine_forecast_fit *fit) {
  const double *x = fit->state;
  if (fit->n_state != THETA_SEASON + fit->season) return 0;
  if (fit->form < MINE_SEASONAL_NONE || fit->form > MINE_SEASONAL_MULTIPLICATIVE) return 0;
  for (int i = 0; fit->form == MINE_SEASONAL_MULTIPLICATIVE && i < fit->season; i++)
    if (!(x[THETA_SEASON + i] > 0)) return 0;
  return x[THETA_ALPHA] > 0 && x[THETA_ALPHA] <= 1 && x[THETA_SHARE] >= 0 && x[THETA_SHARE] < 1;
}

static void theta_words(const mine_forecast_fit *fit, char buffer[48]) {
  static const char *const season[] = {"", "", ", additive season", ", multiplicative season"};
  snprintf(buffer, 48, "%s%s", fit->method->name, season[fit->form]);
}

static const char *theta_parameter(const mine_forecast_fit *fit, int i, double *value) {
  const double *x = fit->state;
  static const char *const names[] = {"alpha", "level", "theta", "slope", NULL};
  const double values[] = {x[THETA_ALPHA], x[THETA_LEVEL], 1 / (1 - x[THETA_SHARE]), x[THETA_B]};
  if (i > 3) return NULL;
  *value = values[i];
  return names[i];
}

const mine_forecaster mine__forecaster_theta = {
    .name = "theta",
    .seasons = 2,
    .state = theta_state,
    .scratch = theta_scratch,
    .fit = theta_fit,
    .forecast = theta_forecast,
    .advance = theta_advance,
    .valid = theta_valid,
    .form_words = theta_words,
    .parameter = theta_parameter,
};

const mine_forecaster mine__forecaster_theta_optimised = {
    .name = "theta_optimised",
    .seasons = 2,
    .state = theta_state,
    .scratch = theta_scratch,
    .fit = theta_optimised_fit,
    .forecast = theta_forecast,
    .advance = theta_advance,
    .valid = theta_valid,
    .form_words = theta_words,
    .parameter = theta_parameter,
};
