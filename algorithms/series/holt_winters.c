/*
** holt_winters.c -- Holt and Winters' filter with parameters of least squares, started as R's
** HoltWinters starts it.
**
** With level l, slope b and season s of m points (Winters 1960; Chatfield & Yar 1988), additive or
** multiplicative (in brackets),
**
**   yhat = l + b + s                [(l + b) s]
**   l'   = a (y - s) + (1 - a)(l + b)       [y / s]
**   b'   = beta (l' - l) + (1 - beta) b
**   s'   = g (y - l') + (1 - g) s           [y / l']
**
** The first two seasons give the start: a line through their centred moving average, and what the
** values have beside it; errors count from the second season on.  Without a season it is Holt's
** filter, begun from the first two values.  The squares fall along exact gradients in the box
** 0..1, from R's start.
**
** Variances of forecasts are those of the ARIMA process of which the filter is the best linear
** forecast (additive), and Yar and Chatfield's (1990) of the multiplicative one.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../kernel/special.h"
#include "box.h"
#include "series.h"

enum { HW_ALPHA, HW_BETA, HW_GAMMA, HW_LEVEL, HW_SLOPE, HW_SEASON };
enum { HW_NONE, HW_ADDITIVE, HW_MULTIPLICATIVE };

#define HW_LEAST 1e-300
#define HW_MOST  500 /* evaluations */

/* One fit. */
typedef struct hw_work {
  const mine_points *p;
  int form;
  double level, slope; /* at the start */
  double *season;      /* m: at the start */
  double *now;         /* m: while it runs */
  double *turn;        /* m x 3: its derivatives */
  double *box;
} hw_work;

static int hw_state(const mine_forecast_how *how, int season) {
  (void)how;
  return HW_SEASON + season;
}

static size_t hw_scratch(const mine_forecast_how *how, int64_t n, int season, int64_t h) {
  const size_t m = (size_t)season, two = n < 2 * season ? (size_t)n : 2 * m;
  (void)how;
  (void)h;
  return two + 5 * m + mine__box_room(3);
}

/* Points before the first error. */
static int64_t hw_begins(const hw_work *w) {
  return w->form == HW_NONE ? 2 : w->p->season;
}

/* ---- the start ------------------------------------------------------------------------------- */

/* The moving average over a season around point i, of what is known; NAN: nothing is. */
static double hw_average(const mine_points *p, int64_t i) {
  const int64_t half = p->season / 2;
  double sum = 0, weight = 0;
  for (int64_t k = i - half; k <= i + half; k++) {
    const double w = p->season % 2 == 0 && (k == i - half || k == i + half) ? 0.5 : 1;
    if (isnan(p->y[k])) continue;
    sum += w * p->y[k];
    weight += w;
  }
  return weight > 0 ? sum / weight : (double)NAN;
}

/* A line through the trend of the first two seasons. */
static void hw_start_line(hw_work *w, const double *trend, int64_t from, int64_t n) {
  double sx = 0, sy = 0, sxx = 0, sxy = 0, k = 0;
  for (int64_t i = 0; i < n; i++) {
    const double x = (double)(i + 1), y = trend[from + i];
    if (isnan(y)) continue;
    k++;
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
  }
  const double spread = sxx - sx * sx / k;
  w->slope = spread > 0 ? (sxy - sx * sy / k) / spread : 0;
  w->level = sy / k - w->slope * sx / k;
}

static const char *hw_start(hw_work *w, double *trend) {
  const mine_points *p = w->p;
  const int64_t m = p->season, half = m / 2, n = 2 * m;
  double mean = 0;
  if (w->form == HW_NONE) {
    w->level = isnan(p->y[1]) ? p->y[0] : p->y[1];
    w->slope = isnan(p->y[1]) ? 0 : p->y[1] - p->y[0];
    return NULL;
  }
  for (int64_t i = 0; i < n; i++)
    trend[i] = i < half || i >= n - half ? (double)NAN : hw_average(p, i);
  hw_start_line(w, trend, half, n - 2 * half);
  for (int64_t j = 0; j < m; j++) {
    double sum = 0, known = 0;
    for (int64_t i = j; i < n; i += m) {
      const double d = w->form == HW_ADDITIVE ? p->y[i] - trend[i] : p->y[i] / trend[i];
      if (!isfinite(d)) continue;
      sum += d;
      known++;
    }
    if (known == 0) return "a point of its first two seasons has no value";
    w->season[j] = sum / known;
    mean += w->season[j] / (double)m;
  }
  for (int64_t j = 0; j < m; j++)
    w->season[j] = w->form == HW_ADDITIVE ? w->season[j] - mean : w->season[j] / mean;
  return isfinite(w->level) && isfinite(mean) && (w->form == HW_ADDITIVE || mean != 0)
             ? NULL
             : "its first two seasons have too few values";
}

/* ---- the filter ----------------------------------------------------------------------------- */

/* Squares of the errors and their derivatives by the three parameters. */
static double hw_squares(const hw_work *w, const double *u, double *gradient) {
  const mine_points *p = w->p;
  const double a = u[HW_ALPHA], beta = u[HW_BETA], g = u[HW_GAMMA];
  const int m = p->season, multiplies = w->form == HW_MULTIPLICATIVE, seasonal = w->form != HW_NONE;
  double l = w->level, b = w->slope, dl[3] = {0}, db[3] = {0}, sse = 0;
  memset(gradient, 0, 3 * sizeof *gradient);
  if (seasonal) memcpy(w->now, w->season, (size_t)m * sizeof *w->now);
  if (seasonal) memset(w->turn, 0, (size_t)m * 3 * sizeof *w->turn);
  for (int64_t i = hw_begins(w); i < p->n; i++) {
    static const double none[3] = {0};
    const double s = seasonal ? w->now[i % m] : 0, q = l + b, y = p->y[i];
    double *turn = seasonal ? w->turn + i % m * 3 : NULL;
    const double *ds = seasonal ? turn : none;
    if (isnan(y)) {
      l = q;
      for (int k = 0; k < 3; k++)
        dl[k] += db[k];
      continue;
    }
    const double e = multiplies ? y - q * s : y - q - s, plain = multiplies ? y / s : y - s;
    const double next = a * plain + (1 - a) * q, old = l;
    sse += e * e;
    for (int k = 0; k < 3; k++) {
      const double dq = dl[k] + db[k], df = multiplies ? dq * s + q * ds[k] : dq + ds[k];
      const double dplain = multiplies ? -y / (s * s) * ds[k] : -ds[k];
      const double dnext = a * dplain + (1 - a) * dq + (k == HW_ALPHA ? plain - q : 0);
      gradient[k] -= 2 * e * df;
      db[k] = beta * (dnext - dl[k]) + (1 - beta) * db[k] + (k == HW_BETA ? next - old - b : 0);
      dl[k] = dnext;
      if (!seasonal) continue;
      const double out = multiplies ? y / next : y - next;
      const double dout = multiplies ? -y / (next * next) * dnext : -dnext;
      turn[k] = g * dout + (1 - g) * ds[k] + (k == HW_GAMMA ? out - s : 0);
    }
    b = beta * (next - l) + (1 - beta) * b;
    l = next;
    if (seasonal) w->now[i % m] = g * (multiplies ? y / next : y - next) + (1 - g) * s;
  }
  return sse;
}

static double hw_value(void *context, const double *u, double *gradient) {
  const hw_work *w = context;
  const double n = (double)w->p->known, sse = hw_squares(w, u, gradient);
  if (!isfinite(sse)) return INFINITY;
  for (int k = 0; k < 3; k++)
    gradient[k] = sse > HW_LEAST && isfinite(gradient[k]) ? n * gradient[k] / sse : 0;
  return n * log(fmax(sse, HW_LEAST));
}

/* A point whose value was y, or is not known (NAN). */
static double hw_step(mine_forecast_fit *fit, double y) {
  double *x = fit->state;
  double none = 0;
  double *s = fit->form == HW_NONE ? &none : &x[HW_SEASON + fit->n % fit->season];
  const int multiplies = fit->form == HW_MULTIPLICATIVE;
  const double q = x[HW_LEVEL] + x[HW_SLOPE], expected = multiplies ? q * *s : q + *s;
  fit->n++;
  if (isnan(y)) {
    x[HW_LEVEL] = q;
    return expected;
  }
  const double next = x[HW_ALPHA] * (multiplies ? y / *s : y - *s) + (1 - x[HW_ALPHA]) * q;
  x[HW_SLOPE] = x[HW_BETA] * (next - x[HW_LEVEL]) + (1 - x[HW_BETA]) * x[HW_SLOPE];
  x[HW_LEVEL] = next;
  if (fit->form != HW_NONE)
    *s = x[HW_GAMMA] * (multiplies ? y / next : y - next) + (1 - x[HW_GAMMA]) * *s;
  return expected;
}

static void hw_advance(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted) {
  for (int64_t i = 0; i < n; i++) {
    const double expected = hw_step(fit, y[i]);
    if (fitted) fitted[i] = expected;
  }
}

/* ---- the fit -------------------------------------------------------------------------------- */

/* Run once more from the start with the parameters found: the state, and what was expected. */
static void hw_keep(const hw_work *w, const double *u, mine_forecast_fit *out) {
  const mine_points *p = w->p;
  double sum = 0, sse = 0;
  int64_t errors = 0;
  out->form = w->form;
  out->n_state = HW_SEASON + (w->form == HW_NONE ? 0 : p->season);
  memcpy(out->state, u, 3 * sizeof *u);
  out->state[HW_LEVEL] = w->level;
  out->state[HW_SLOPE] = w->slope;
  if (w->form == HW_NONE)
    out->state[HW_GAMMA] = 0;
  else
    memcpy(out->state + HW_SEASON, w->season, (size_t)p->season * sizeof *w->season);
  out->n = hw_begins(w);
  while (out->n < p->n) {
    const int64_t i = out->n;
    const double expected = hw_step(out, p->y[i]), e = p->y[i] - expected;
    if (out->fitted) out->fitted[i] = expected;
    if (isnan(e)) continue;
    sse += e * e;
    sum += e;
    errors++;
  }
  const double n = (double)errors;
  out->sse = sse;
  out->sigma2 = errors > 1 ? (sse - sum * sum / n) / (n - 1) : (double)NAN;
  out->parameters = w->form == HW_NONE ? 3 : 4;
}

static const char *hw_fit_form(hw_work *w, double *trend, double *u, double *value) {
  static const double least[3] = {0, 0, 0}, most[3] = {1, 1, 1}, scale[3] = {0.1, 0.1, 0.1};
  const char *why_not = hw_start(w, trend);
  if (why_not) return why_not;
  mine__box box = {.n = w->form == HW_NONE ? 2 : 3,
                   .least = least,
                   .most = most,
                   .scale = scale,
                   .value = hw_value,
                   .context = w,
                   .u = u};
  u[HW_ALPHA] = 0.3;
  u[HW_BETA] = u[HW_GAMMA] = 0.1;
  mine__box_minimise(&box, w->box, HW_MOST, 1e-10);
  *value = box.at;
  return isfinite(box.at) ? NULL : "its values leave all numbers";
}

static int hw_all_above_zero(const mine_points *p) {
  for (int64_t i = 0; i < p->n; i++)
    if (p->y[i] <= 0) return 0;
  return 1;
}

static const char *hw_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                          mine_forecast_fit *out) {
  const size_t m = (size_t)p->season;
  double *trend = scratch + 5 * m + mine__box_room(3), u[3], value = INFINITY;
  hw_work w = {.p = p,
               .season = scratch,
               .now = scratch + m,
               .turn = scratch + 2 * m,
               .box = scratch + 5 * m};
  const int above = hw_all_above_zero(p);
  const int seasonal = p->season > 1 && how->seasonal != MINE_SEASONAL_NONE;
  const char *why_not = NULL;
  if (p->known < 3) return "it has fewer than three values";
  if (how->seasonal == MINE_SEASONAL_MULTIPLICATIVE && seasonal && !above)
    return "it has values of 0 or less, so a season cannot multiply; say seasonal=additive";
  for (int form = HW_NONE; form <= HW_MULTIPLICATIVE; form++) {
    if ((form != HW_NONE) != seasonal || (form == HW_MULTIPLICATIVE && !above) ||
        (form == HW_ADDITIVE && how->seasonal == MINE_SEASONAL_MULTIPLICATIVE) ||
        (form == HW_MULTIPLICATIVE && how->seasonal == MINE_SEASONAL_ADDITIVE))
      continue;
    double tried[3] = {0}, at = INFINITY;
    w.form = form;
    const char *why = hw_fit_form(&w, trend, tried, &at);
    if (why) why_not = why;
    if (why || !(at < value)) continue;
    value = at;
    memcpy(u, tried, sizeof u);
    hw_keep(&w, u, out);
  }
  return isfinite(value) ? NULL : why_not ? why_not : "no form of it suits";
}

/* ---- forecasts ------------------------------------------------------------------------------ */

/* What an error j steps before counts now. */
static double hw_weight(const mine_forecast_fit *fit, int64_t j) {
  const double *x = fit->state;
  if (j == 0) return 1;
  return x[HW_ALPHA] * (1 + (double)j * x[HW_BETA]) +
         (fit->form != HW_NONE && j % fit->season == 0 ? x[HW_GAMMA] * (1 - x[HW_ALPHA]) : 0);
}

static double hw_season_of(const mine_forecast_fit *fit, int64_t ahead) {
  return fit->state[HW_SEASON + (fit->n + ahead) % fit->season];
}

static void hw_forecast(const mine_forecast_fit *fit, double *scratch, mine_forecast_out *out) {
  const double *x = fit->state;
  const double z = mine__normal_quantile((1 - out->level) / 2, MINE__UPPER);
  double sum = 0;
  (void)scratch;
  for (int64_t i = 0; i < out->h; i++) {
    const double q = x[HW_LEVEL] + (double)(i + 1) * x[HW_SLOPE];
    const int multiplies = fit->form == HW_MULTIPLICATIVE;
    const double s = fit->form == HW_NONE ? 0 : hw_season_of(fit, i);
    out->mean[i] = multiplies ? q * s : q + s;
    if (!out->low) continue;
    /* Of the multiplicative one errors are in proportion to the season in which they came:
    ** i - j counts back from it, and i - i is the first step to come. */
    const double weight = hw_weight(fit, i);
    sum += multiplies ? 0 : weight * weight;
    double all = sum;
    for (int64_t j = 0; multiplies && j <= i; j++) {
      const double part = hw_weight(fit, j) * s / hw_season_of(fit, i - j);
      all += part * part;
    }
    const double deviation = sqrt(fit->sigma2 * all);
    out->low[i] = out->mean[i] - z * deviation;
    out->high[i] = out->mean[i] + z * deviation;
  }
}

static int hw_valid(const mine_forecast_fit *fit) {
  if (fit->form < HW_NONE || fit->form > HW_MULTIPLICATIVE) return 0;
  for (int k = 0; k < 3; k++)
    if (fit->n_state < HW_SEASON || fit->state[k] < 0 || fit->state[k] > 1) return 0;
  return fit->n_state == HW_SEASON + (fit->form == HW_NONE ? 0 : fit->season);
}

static void hw_words(const mine_forecast_fit *fit, char buffer[48]) {
  static const char *const words[] = {"none", "additive", "multiplicative"};
  snprintf(buffer, 48, "holt_winters, season %s", words[fit->form]);
}

static const char *hw_parameter(const mine_forecast_fit *fit, int i, double *value) {
  static const char *const names[] = {"alpha", "beta", "gamma"};
  if (i >= (fit->form == HW_NONE ? 2 : 3)) return NULL;
  *value = fit->state[i];
  return names[i];
}

const mine_forecaster mine__forecaster_holt_winters = {
    .name = "holt_winters",
    .seasons = 2,
    .state = hw_state,
    .scratch = hw_scratch,
    .fit = hw_fit,
    .forecast = hw_forecast,
    .advance = hw_advance,
    .valid = hw_valid,
    .form_words = hw_words,
    .parameter = hw_parameter,
};
