/*
** arima.c -- the row of the method arima (arima.h).
**
** A series is divided by the mean of its values' sizes before it is fitted.  What is kept are
** the coefficients and where the filter stands, exactly: new points, missing ones too, move it
** as if they had been there from the first.  A forecast h steps ahead is u' x with u =
** (T')^(h-1) z, and its variance, in units of that of e,
**
**   1 + psi_1^2 + .. + psi_(h-1)^2 + u' E u      psi_j = u' R of the step before,
**
** O(r + lags) a step once E has died out.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../kernel/special.h"
#include "arima.h"
#include "box.h"

/* ---- forms ---------------------------------------------------------------------------------- */

int64_t mine__arima_form(const arima_order *o) {
  const int radix = ARIMA_MOST_ORDER + 1;
  return (((((int64_t)o->p * radix + o->q) * 3 + o->P) * 3 + o->Q) * 3 + o->d) * 4 + o->D * 2 +
         o->constant;
}

#define ARIMA_FORMS ((ARIMA_MOST_ORDER + 1) * (ARIMA_MOST_ORDER + 1) * 3 * 3 * 3 * 4)

static arima_order arima_order_of(int64_t form) {
  const int code = (int)form, radix = ARIMA_MOST_ORDER + 1;
  return (arima_order){.constant = code % 2,
                       .D = code / 2 % 2,
                       .d = code / 4 % 3,
                       .Q = code / 12 % 3,
                       .P = code / 36 % 3,
                       .q = code / 108 % radix,
                       .p = code / 108 / radix};
}

/* The model of a fit; 0: there is none of this form. */
static int arima_model_of(const mine_forecast_fit *fit, arima_model *m) {
  if (fit->form < 0 || fit->form >= ARIMA_FORMS) return 0;
  const arima_order o = arima_order_of(fit->form);
  if (!mine__arima_shape(m, &o, fit->season)) return 0;
  if (fit->n_state < ARIMA_FIRST + mine__arima_coefficients(&o) + m->r + m->lags) return 0;
  mine__arima_expand(m, fit->state + ARIMA_FIRST);
  return 1;
}

/* ---- memory --------------------------------------------------------------------------------- */

static arima_order arima_said(const mine_forecast_how *how) {
  return (arima_order){.p = how->order[0],
                       .d = how->order[1],
                       .q = how->order[2],
                       .P = how->seasonal_order[0],
                       .D = how->seasonal_order[1],
                       .Q = how->seasonal_order[2]};
}

/* States of the largest model that may be fitted, and its coefficients. */
static int arima_most_states(const mine_forecast_how *how, int season, int *coefficients) {
  arima_model m;
  if (season > ARIMA_MOST_SEASON) season = 1;
  const arima_order o = how->ordered ? arima_said(how) : mine__arima_largest(season);
  *coefficients = mine__arima_coefficients(&o);
  return mine__arima_shape(&m, &o, season) ? m.r + m.lags : ARIMA_STATES;
}

static int arima_state(const mine_forecast_how *how, int season) {
  int k;
  const int n = arima_most_states(how, season, &k);
  return ARIMA_FIRST + k + n + (int)ARIMA_PACKED(n);
}

static size_t arima_scratch(const mine_forecast_how *how, int64_t n, int season, int64_t h) {
  int k;
  const size_t states = (size_t)arima_most_states(how, season, &k);
  (void)h;
  return 2 * (size_t)n + ARIMA_COLUMNS * states + 2 * ARIMA_PACKED(states) +
         mine__arima_missing_room((int)states) + mine__box_room(ARIMA_COEFFICIENTS) +
         mine__arima_search_room(n, season);
}

/* ---- a fit ---------------------------------------------------------------------------------- */

static double arima_scale(const mine_points *p) {
  double sum = 0;
  for (int64_t i = 0; i < p->n; i++)
    if (!isnan(p->y[i])) sum += fabs(p->y[i]) / (double)p->known;
  return sum > 0 && isfinite(sum) ? sum : 1;
}

/* An order that was said; a constant where AICc likes it, if not said as well. */
static const char *arima_fit_said(arima_work *w, const mine_forecast_how *how, arima_found *best) {
  arima_order o = arima_said(how);
  arima_found found;
  const int may = o.d + o.D < 2;
  if (o.P + o.D + o.Q > 0 && w->season < 2)
    return "its seasonal order needs a season, and values for two of them";
  if (how->constant == 2 && !may)
    return "with two differences a constant would be a bent trend; leave constant out";
  if (!mine__arima_shape(&w->model, &o, w->season))
    return "its order and season come to more than 128 states; say a smaller order";
  mine__arima_difference(w, o.d, o.D);
  *best = (arima_found){.value = INFINITY, .criterion = INFINITY};
  for (o.constant = may && how->constant == 2; o.constant <= (may && how->constant != 1);
       o.constant++) {
    if (!mine__arima_fit_order(w, &o, NULL, 1, &found)) continue;
    if (isfinite(best->value) && !(found.criterion < best->criterion)) continue;
    *best = found;
  }
  return isfinite(best->value) ? NULL : "it has too few values for this order";
}

static const char *arima_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                             mine_forecast_fit *out) {
  const size_t n = (size_t)p->n;
  int k;
  const size_t states = (size_t)arima_most_states(how, p->season, &k);
  arima_work w = {
      .n = p->n, .known = p->known, .season = p->season, .scale = arima_scale(p), .ask = how->ask};
  arima_found best;
  const char *why_not = NULL;
  if (p->known < 3) return "it has fewer than three known points";
  if (how->seasonal == MINE_SEASONAL_MULTIPLICATIVE)
    return "arima has no multiplicative season; forecast the logarithms";
  if (how->seasonal == MINE_SEASONAL_NONE) w.season = 1;
  double *y = scratch;
  w.y = y;
  w.w = y + n;
  w.mean = w.w + n;
  w.cov = w.mean + ARIMA_COLUMNS * states;
  w.diffuse = w.cov + ARIMA_PACKED(states);
  w.columns = w.diffuse + ARIMA_PACKED(states);
  w.box = w.columns + mine__arima_missing_room((int)states);
  for (size_t i = 0; i < n; i++)
    y[i] = p->y[i] / w.scale;
  if (how->ordered)
    why_not = arima_fit_said(&w, how, &best);
  else
    mine__arima_search(&w, how, w.box + mine__box_room(ARIMA_COEFFICIENTS), &best);
  if (why_not) return why_not;
  if (!isfinite(best.value)) return "its values tell no model";
  if (how->constant == 2 && !best.order.constant)
    return "it is differenced twice, which leaves no constant; leave constant out";
  mine__arima_keep(&w, &best, p, out);
  return NULL;
}

/* ---- what it foretells ---------------------------------------------------------------------- */

/* u' E u. */
static double arima_unknown(const double *cov, int extent, const double *u) {
  double sum = 0;
  for (int i = 0; i < extent; i++) {
    const double *row = cov + ARIMA_PACKED(i);
    double side = row[i] * u[i] / 2;
    for (int j = 0; j < i; j++)
      side += row[j] * u[j];
    sum += 2 * u[i] * side;
  }
  return sum;
}

/* u becomes T' u. */
static void arima_back(const arima_model *m, double *u) {
  const int r = m->r, n = m->r + m->lags;
  const double last = n > r ? u[n - 1] : 0;
  double top = 0;
  for (int i = 0; i < r; i++)
    top += m->phi[i] * u[i];
  for (int i = n - 1; i > 0; i--)
    u[i] = i == r ? 0 : u[i - 1];
  u[0] = top;
  for (int k = 0; n > r && k < m->n_z; k++)
    u[m->at[k]] += m->z[k] * last;
}

static void arima_forecast(const mine_forecast_fit *fit, double *scratch, mine_forecast_out *out) {
  arima_model m;
  double u[ARIMA_STATES] = {0}, squares = 0;
  const double z = mine__normal_quantile((1 - out->level) / 2, MINE__UPPER);
  (void)scratch;
  if (!arima_model_of(fit, &m)) return;
  const double *x = fit->state + ARIMA_FIRST + mine__arima_coefficients(&m.order);
  const int n = m.r + m.lags, moves = m.order.d + m.order.D > 0;
  for (int k = 0; k < m.n_z; k++)
    u[m.at[k]] = m.z[k];
  for (int64_t h = 0; h < out->h; h++) {
    double mean = fit->state[ARIMA_CONSTANT] * (moves ? (double)(fit->n + h + 1) : 1), psi = 0;
    for (int i = 0; i < n; i++)
      mean += u[i] * x[i];
    for (int i = 0; i < m.r; i++)
      psi += u[i] * m.theta[i];
    squares += psi * psi;
    out->mean[h] = mean;
    if (out->low) {
      const double unknown = arima_unknown(x + n, (int)fit->state[ARIMA_EXTENT], u);
      const double deviation = z * sqrt(fit->sigma2 * (squares + unknown));
      out->low[h] = mean - deviation;
      out->high[h] = mean + deviation;
    }
    arima_back(&m, u);
  }
}

static void arima_advance(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted) {
  arima_model m;
  if (!arima_model_of(fit, &m)) return;
  const int k = mine__arima_coefficients(&m.order), states = m.r + m.lags;
  double *mean = fit->state + ARIMA_FIRST + k;
  arima_filter f = {.model = &m,
                    .columns = 1,
                    .mean = mean,
                    .cov = mean + states,
                    .extent = (int)fit->state[ARIMA_EXTENT]};
  for (int64_t i = 0; i < n; i++) {
    const double x = fit->state[ARIMA_CONSTANT] *
                     (m.order.d + m.order.D > 0 ? (double)++fit->n : (fit->n++, 1.0));
    const double value = y[i] - x;
    double expected, variance;
    (void)mine__arima_filter_step(&f, &value, &expected, &variance);
    if (fitted) fitted[i] = expected + x;
  }
  fit->state[ARIMA_EXTENT] = f.extent;
  fit->n_state = ARIMA_FIRST + k + states + (int)ARIMA_PACKED(f.extent);
}

/* ---- stored --------------------------------------------------------------------------------- */

static int arima_room(const mine_forecast_fit *fit) {
  arima_model m;
  if (!arima_model_of(fit, &m)) return fit->n_state;
  const int n = m.r + m.lags;
  return ARIMA_FIRST + mine__arima_coefficients(&m.order) + n + (int)ARIMA_PACKED(n);
}

/* Whether E may be a covariance. */
static int arima_is_covariance(const double *cov, int extent) {
  for (int i = 0; i < extent; i++)
    for (int j = 0; j <= i; j++) {
      const double a = cov[ARIMA_PACKED(i) + (size_t)i], b = cov[ARIMA_PACKED(j) + (size_t)j];
      const double c = cov[ARIMA_PACKED(i) + (size_t)j];
      if (a < -1e-9 || c * c > fabs(a) * fabs(b) * (1 + 1e-6) + 1e-9) return 0;
    }
  return 1;
}

static int arima_valid(const mine_forecast_fit *fit) {
  arima_model m;
  if (!arima_model_of(fit, &m)) return 0;
  const double extent = fit->state[ARIMA_EXTENT];
  const int k = mine__arima_coefficients(&m.order), states = m.r + m.lags;
  if (m.order.P + m.order.D + m.order.Q > 0 && fit->season < 2) return 0;
  if (m.order.constant && m.order.d + m.order.D > 1) return 0;
  if (extent != 0 && extent != m.r && extent != states) return 0;
  if (fit->n_state != ARIMA_FIRST + k + states + (int)ARIMA_PACKED((int)extent)) return 0;
  return mine__arima_is_stationary(&m) &&
         arima_is_covariance(fit->state + ARIMA_FIRST + k + states, (int)extent);
}

static void arima_words(const mine_forecast_fit *fit, char buffer[48]) {
  const arima_order o = arima_order_of(fit->form);
  char seasonal[24] = "";
  if (o.P + o.D + o.Q > 0)
    snprintf(seasonal, sizeof seasonal, "(%d,%d,%d)[%d]", o.P, o.D, o.Q, fit->season);
  snprintf(buffer, 48, "ARIMA(%d,%d,%d)%s%s", o.p, o.d, o.q, seasonal,
           !o.constant     ? ""
           : o.d + o.D > 0 ? " with drift"
                           : " with mean");
}

static const char *arima_parameter(const mine_forecast_fit *fit, int i, double *value) {
  static const char *const names[][ARIMA_MOST_ORDER] = {
      {"ar1", "ar2", "ar3", "ar4", "ar5", "ar6", "ar7", "ar8", "ar9"},
      {"ma1", "ma2", "ma3", "ma4", "ma5", "ma6", "ma7", "ma8", "ma9"},
      {"sar1", "sar2"},
      {"sma1", "sma2"}};
  const arima_order o = arima_order_of(fit->form);
  const int n[] = {o.p, o.q, o.P, o.Q};
  for (int part = 0, k = i; part < 4; k -= n[part++]) {
    if (k >= n[part]) continue;
    *value = fit->state[ARIMA_FIRST + i];
    return names[part][k];
  }
  if (i > mine__arima_coefficients(&o) || !o.constant) return NULL;
  *value = fit->state[ARIMA_CONSTANT];
  return o.d + o.D > 0 ? "drift" : "mean";
}

const mine_forecaster mine__forecaster_arima = {
    .name = "arima",
    .seasons = 2,
    .most_season = ARIMA_MOST_SEASON,
    .state = arima_state,
    .scratch = arima_scratch,
    .room = arima_room,
    .fit = arima_fit,
    .forecast = arima_forecast,
    .advance = arima_advance,
    .valid = arima_valid,
    .form_words = arima_words,
    .parameter = arima_parameter,
};
