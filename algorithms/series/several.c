/*
** several.c -- auto: several methods at once, each with the weight that its errors in the past give
** it.
**
** Every method of a table is fitted to the series as it was, and forecasts a season from some
** origins before its end (rolling.h); weights are one over the mean absolute error there,
** squared (Bates & Granger, "The combination of forecasts", Operational Research Quarterly 20,
** 1969).  Then each is fitted to the whole series, and forecast, fitted values and bounds are
** the weighted means of theirs: bounds as quantiles are averaged (Lichtendahl,
** Grushka-Cockayne & Winkler, Management Science 59, 2013).  A method whose share would be
** small is left out.
**
** Demand that comes now and then (values of 0 or more, and more than 1.32 steps from one above 0 to
** the next: Syntetos, Boylan & Croston, Journal of the Operational Research Society 56, 2005) has a
** table of its own, and its errors are squares: the median of such values is 0, and it is the mean
** that is wanted.
**
** Table and power were chosen on the series of the M1 competition and of the tourism competition of
** 2010, whose last values were kept apart; the M3 competition was not looked at
** (docs/design/performance.md has the figures).
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rolling.h"

#define SEVERAL_MOST    8
#define SEVERAL_ORIGINS 3
#define SEVERAL_LEAST   0.05 /* a smaller share is none */
#define SEVERAL_STEPS   1.32
#define SEVERAL_STEADY  6 /* steps ahead of a series without a season, if none were asked for */

/* The tables; a method that a series or the call has no use for has no errors, and no weight. */
static const char *const several_usual[] = {"ets",   "theta", "holt_winters", "seasonal_naive",
                                            "naive", NULL};
static const char *const several_demand[] = {"sba", "tsb", "mean", NULL};

/* A state: how many methods, then of each SEVERAL_HEAD numbers and its own state. */
enum {
  SEVERAL_TABLE, /* 0 usual, 1 demand */
  SEVERAL_WHICH, /* its place there */
  SEVERAL_WEIGHT,
  SEVERAL_ERROR, /* its mean error from the origins; -1: not known */
  SEVERAL_FORM,
  SEVERAL_SEASON,
  SEVERAL_STATES,
  SEVERAL_ROOM,   /* numbers of its state at most */
  SEVERAL_SIGMA2, /* -1: not known */
  SEVERAL_HEAD
};

static const mine_forecaster *several_method(int demand, int which) {
  return mine__forecaster_find((demand ? several_demand : several_usual)[which]);
}

static int several_count(int demand) {
  int n = 0;
  while ((demand ? several_demand : several_usual)[n])
    n++;
  return n;
}

static int several_state(const mine_forecast_how *how, int season) {
  int most = 0;
  for (int demand = 0; demand < 2; demand++) {
    int sum = 1;
    for (int k = 0; k < several_count(demand); k++)
      sum += SEVERAL_HEAD + several_method(demand, k)->state(how, season);
    if (sum > most) most = sum;
  }
  return most;
}

static size_t several_scratch(const mine_forecast_how *how, int64_t n, int season, int64_t h) {
  const int64_t ahead = h > 0 ? h : season + SEVERAL_STEADY;
  size_t most = 0;
  for (int demand = 0; demand < 2; demand++)
    for (int k = 0; k < several_count(demand); k++) {
      const size_t one = mine__rolling_room(several_method(demand, k), how, n, season, ahead);
      if (one > most) most = one;
    }
  return 3 * (size_t)n + 3 * (size_t)ahead + most;
}

/* ---- one of them ---------------------------------------------------------------------------- */

/* The fit of the method whose head this is, as its own functions know it. */
static mine_forecast_fit several_one(const mine_forecast_fit *all, double *head) {
  mine_forecast_fit one = *all;
  one.method = several_method(head[SEVERAL_TABLE] > 0, (int)head[SEVERAL_WHICH]);
  one.form = (int64_t)head[SEVERAL_FORM];
  one.season = (int)head[SEVERAL_SEASON];
  one.n_state = (int)head[SEVERAL_STATES];
  one.state = head + SEVERAL_HEAD;
  one.fitted = NULL;
  one.sigma2 = head[SEVERAL_SIGMA2] >= 0 ? head[SEVERAL_SIGMA2] : (double)NAN;
  return one;
}

static double *several_next(double *head) {
  return head + SEVERAL_HEAD + (int)head[SEVERAL_ROOM];
}

/* ---- weights -------------------------------------------------------------------------------- */

static int several_is_demand(const mine_points *p) {
  int64_t above = 0;
  for (int64_t i = 0; i < p->n; i++) {
    if (p->y[i] < 0) return 0;
    above += p->y[i] > 0;
  }
  return above > 0 && (double)p->known > SEVERAL_STEPS * (double)above;
}

static int several_is_wanted(const mine_forecaster *method, const mine_points *p,
                             const mine_forecast_how *how) {
  if (strcmp(method->name, "seasonal_naive") != 0) return 1;
  return p->season > 1 && how->seasonal != MINE_SEASONAL_NONE;
}

/* The points before the first origin of a series that has no two seasons before it: two thirds,
** without a season then, which most methods do not see in the whole of it either. */
static int64_t several_short(int64_t known) {
  const int64_t least = 2 * known / 3;
  return least > 5 ? least : 5;
}

/* The mean error from origins, a season ahead or as far as the series allows; NAN: none.  Not
** as far as is asked for: the same series has the same model whatever the horizon, and more
** points are left before the origins. */
static double several_error(const mine_points *p, const mine_forecaster *method, int demand,
                            const mine_forecast_how *how, double *scratch) {
  const int m = p->season;
  const int64_t asked = m > 1 ? m : SEVERAL_STEADY;
  int64_t least = m > 1 ? 2 * (int64_t)m + 2 : 5;
  if (p->known < least + SEVERAL_ORIGINS) least = several_short(p->known);
  int64_t h = p->known - least - (SEVERAL_ORIGINS - 1);
  if (h > asked) h = asked;
  if (h < 1) h = 1;
  const mine_rolling_ask ask = {
      .h = h, .origins = SEVERAL_ORIGINS, .step = 1, .least = least, .refit = 0, .level = 0};
  mine_rolling_errors errors = {0};
  if (mine__rolling_one(p, method, how, &ask, scratch, 0, &errors, NULL) || errors.n == 0)
    return NAN;
  return (demand ? errors.squares : errors.absolute) / (double)errors.n;
}

/* Errors to weights of sum 1.  A method that has made no error is taken alone; of one whose error
** is not known it is taken to be the worst of the others', and all are the same where none is. */
static void several_weigh(int n, int demand, const double *error, const int *fits, double *weight) {
  double worst = 0, sum = 0, left = 0;
  int perfect = -1;
  for (int k = n - 1; k >= 0; k--) {
    if (fits[k] && error[k] > worst) worst = error[k];
    if (fits[k] && error[k] == 0) perfect = k;
  }
  for (int k = 0; k < n; k++) {
    const double e = worst > 0 && !isnan(error[k]) ? error[k] / worst : 1;
    weight[k] = perfect >= 0 ? k == perfect : !fits[k] ? 0 : demand ? 1 / e : 1 / (e * e);
    sum += weight[k];
  }
  for (int k = 0; k < n; k++) {
    weight[k] /= sum;
    if (weight[k] < SEVERAL_LEAST) weight[k] = 0;
    left += weight[k];
  }
  for (int k = 0; k < n; k++)
    weight[k] /= left;
}

/* ---- fitting -------------------------------------------------------------------------------- */

/* Fits method k behind `head`; 0: it has none. */
static int several_fit_one(const mine_points *p, const mine_forecast_how *how, int demand, int k,
                           double *scratch, double *fitted, double *head) {
  const mine_forecaster *method = several_method(demand, k);
  mine_forecast_fit one = {.state = head + SEVERAL_HEAD, .fitted = fitted};
  const int room = method->state(how, p->season);
  memset(head, 0, (size_t)(SEVERAL_HEAD + room) * sizeof *head);
  if (mine__series_fit_one(method, p, how, scratch, &one)) return 0;
  head[SEVERAL_TABLE] = demand;
  head[SEVERAL_WHICH] = k;
  head[SEVERAL_FORM] = (double)one.form;
  head[SEVERAL_SEASON] = one.season;
  head[SEVERAL_STATES] = one.n_state;
  head[SEVERAL_ROOM] = room;
  head[SEVERAL_SIGMA2] = isfinite(one.sigma2) ? one.sigma2 : -1;
  return 1;
}

/* Fits those with a weight, one behind the other; the weighted mean of their fitted values. */
static void several_fit_all(const mine_points *p, const mine_forecast_how *how, int demand,
                            const double *error, double *weight, double *scratch,
                            mine_forecast_fit *out) {
  const int n = several_count(demand);
  double *one = scratch, *sum = one + p->n, *known = sum + p->n, *rest = known + p->n;
  double *head = out->state + 1;
  for (int64_t i = 0; i < p->n; i++)
    sum[i] = known[i] = 0;
  out->state[0] = 0;
  for (int k = 0; k < n; k++) {
    if (!(weight[k] > 0) || !several_fit_one(p, how, demand, k, rest, one, head)) continue;
    head[SEVERAL_WEIGHT] = weight[k];
    head[SEVERAL_ERROR] = isnan(error[k]) ? -1 : error[k];
    for (int64_t i = 0; i < p->n; i++) {
      if (isnan(one[i])) continue;
      sum[i] += weight[k] * one[i];
      known[i] += weight[k];
    }
    out->state[0]++;
    head = several_next(head);
  }
  out->n_state = (int)(head - out->state);
  double errors = 0;
  out->sse = 0;
  for (int64_t i = 0; i < p->n; i++) {
    const double expected = known[i] > 0 ? sum[i] / known[i] : (double)NAN, e = p->y[i] - expected;
    if (out->fitted) out->fitted[i] = expected;
    if (isnan(e)) continue;
    out->sse += e * e;
    errors++;
  }
  out->sigma2 = errors > 0 ? out->sse / errors : (double)NAN;
}

static const char *several_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                               mine_forecast_fit *out) {
  const int demand = several_is_demand(p), n = several_count(demand);
  double error[SEVERAL_MOST], weight[SEVERAL_MOST];
  int fits[SEVERAL_MOST], any = 0;
  for (int k = 0; k < n; k++) {
    const mine_forecaster *method = several_method(demand, k);
    mine_forecast_fit one = {.state = out->state};
    error[k] = weight[k] = NAN;
    fits[k] = several_is_wanted(method, p, how);
    if (!fits[k]) continue;
    error[k] = several_error(p, method, demand, how, scratch);
    if (isnan(error[k])) fits[k] = !mine__series_fit_one(method, p, how, scratch, &one);
    any |= fits[k];
  }
  if (!any) return "none of the methods of auto has a forecast of it";
  several_weigh(n, demand, error, fits, weight);
  several_fit_all(p, how, demand, error, weight, scratch, out);
  out->form = demand;
  return out->state[0] > 0 ? NULL : "none of the methods of auto has a forecast of it";
}

/* ---- forecasting ---------------------------------------------------------------------------- */

static void several_forecast(const mine_forecast_fit *fit, double *scratch,
                             mine_forecast_out *out) {
  const int n = (int)fit->state[0];
  double *head = fit->state + 1, all = 0, bounded = 0;
  mine_forecast_out one = *out;
  one.mean = scratch;
  one.low = out->low ? one.mean + out->h : NULL;
  one.high = out->low ? one.low + out->h : NULL;
  for (int64_t i = 0; i < out->h; i++) {
    out->mean[i] = 0;
    if (out->low) out->low[i] = out->high[i] = 0;
  }
  for (int k = 0; k < n; k++, head = several_next(head)) {
    const mine_forecast_fit member = several_one(fit, head);
    const double w = head[SEVERAL_WEIGHT];
    member.method->forecast(&member, scratch + 3 * out->h, &one);
    all += w;
    for (int64_t i = 0; i < out->h; i++)
      out->mean[i] += w * one.mean[i];
    if (!out->low || head[SEVERAL_SIGMA2] < 0) continue;
    bounded += w;
    for (int64_t i = 0; i < out->h; i++) { /* as far from the mean as its own are */
      out->low[i] += w * (one.low[i] - one.mean[i]);
      out->high[i] += w * (one.high[i] - one.mean[i]);
    }
  }
  for (int64_t i = 0; i < out->h; i++) {
    out->mean[i] /= all;
    if (!out->low) continue;
    out->low[i] = bounded > 0 ? out->mean[i] + out->low[i] / bounded : (double)NAN;
    if (fit->form && out->low[i] < 0) out->low[i] = 0; /* demand */
    out->high[i] = bounded > 0 ? out->mean[i] + out->high[i] / bounded : (double)NAN;
  }
}

static void several_advance(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted) {
  for (int64_t i = 0; i < n; i++) {
    double *head = fit->state + 1, sum = 0, known = 0;
    mine_forecast_fit member = *fit;
    for (int k = 0; k < (int)fit->state[0]; k++, head = several_next(head)) {
      double expected = NAN;
      member = several_one(fit, head);
      member.method->advance(&member, y + i, 1, &expected);
      head[SEVERAL_STATES] = member.n_state;
      if (isnan(expected)) continue;
      sum += head[SEVERAL_WEIGHT] * expected;
      known += head[SEVERAL_WEIGHT];
    }
    if (fitted) fitted[i] = known > 0 ? sum / known : (double)NAN;
    fit->n = member.n;
  }
}

/* ---- stored --------------------------------------------------------------------------------- */

static int several_whole(double x, double least, double most) {
  return x >= least && x <= most && x == floor(x);
}

static int several_valid(const mine_forecast_fit *fit) {
  double *head = fit->state + 1, *end = fit->state + fit->n_state;
  if (fit->n_state < 1 || !several_whole((double)fit->form, 0, 1)) return 0;
  const int demand = fit->form > 0;
  if (!several_whole(fit->state[0], 1, several_count(demand))) return 0;
  for (int k = 0; k < (int)fit->state[0]; k++) {
    if (end - head < SEVERAL_HEAD || head[SEVERAL_TABLE] != demand ||
        !several_whole(head[SEVERAL_WHICH], 0, several_count(demand) - 1) ||
        !(head[SEVERAL_WEIGHT] > 0) || !(head[SEVERAL_WEIGHT] <= 1) ||
        !several_whole(head[SEVERAL_FORM], 0, 9e15) ||
        !several_whole(head[SEVERAL_SEASON], 1, fit->season) ||
        !several_whole(head[SEVERAL_ROOM], 0, (double)(end - head) - SEVERAL_HEAD) ||
        !several_whole(head[SEVERAL_STATES], 0, head[SEVERAL_ROOM]))
      return 0;
    const mine_forecast_fit one = several_one(fit, head);
    if (!one.method->valid(&one)) return 0;
    head = several_next(head);
  }
  return head == end;
}

/* The heaviest behind `last` (NULL: of all), of equal ones in order; NULL: no more. */
static double *several_heaviest(const mine_forecast_fit *fit, const double *last) {
  double *head = fit->state + 1, *found = NULL;
  for (int k = 0; k < (int)fit->state[0]; k++, head = several_next(head)) {
    const double w = head[SEVERAL_WEIGHT];
    if (last && (w > last[SEVERAL_WEIGHT] || (w == last[SEVERAL_WEIGHT] && head <= last))) continue;
    if (!found || w > found[SEVERAL_WEIGHT]) found = head;
  }
  return found;
}

/* "auto: ETS(M,A,M) 61%, theta 39%", as many as there is room for. */
static void several_words(const mine_forecast_fit *fit, char buffer[48]) {
  size_t used = (size_t)snprintf(buffer, 48, "auto");
  for (double *head = NULL; (head = several_heaviest(fit, head)) != NULL;) {
    const mine_forecast_fit one = several_one(fit, head);
    char words[48], next[64];
    one.method->form_words(&one, words);
    const char *name = strncmp(words, "ETS", 3) == 0 ? words : one.method->name;
    const int alone = head[SEVERAL_WEIGHT] > 0.995;
    const int n = alone ? snprintf(next, sizeof next, ": %s", name)
                        : snprintf(next, sizeof next, "%s %s %.0f%%", used > 4 ? "," : ":", name,
                                   100 * head[SEVERAL_WEIGHT]);
    if (used + (size_t)n >= 48) return;
    memcpy(buffer + used, next, (size_t)n + 1);
    used += (size_t)n;
  }
}

/* The weight of each method. */
static const char *several_parameter(const mine_forecast_fit *fit, int i, double *value) {
  double *head = fit->state + 1;
  if (i >= (int)fit->state[0]) return NULL;
  for (int k = 0; k < i; k++)
    head = several_next(head);
  *value = head[SEVERAL_WEIGHT];
  return several_method(head[SEVERAL_TABLE] > 0, (int)head[SEVERAL_WHICH])->name;
}

const mine_forecaster mine__forecaster_auto = {
    .name = "auto",
    .seasons = 1,
    .state = several_state,
    .scratch = several_scratch,
    .fit = several_fit,
    .forecast = several_forecast,
    .advance = several_advance,
    .valid = several_valid,
    .form_words = several_words,
    .parameter = several_parameter,
};
