/*
** combination.c -- the mean of simple, Holt's and damped exponential smoothing: "Comb S-H-D", which
** was hard to beat in the M3 competition (Makridakis & Hibon, International Journal of Forecasting
** 16, 2000).
**
** Exponential smoothing of the series without its season (season.h, put back afterwards) by three
** of the forms of ets.  Each is a linear filter of the errors, and so is their mean: with c_j the
** mean of what an error adds to the forecast j steps on, and sigma the deviation of the mean's own
** errors, the variance h steps ahead is
**
**   v_h = sigma^2 (1 + c_1^2 + .. + c_(h-1)^2)      c_j = alpha + beta (1 + phi + .. + phi^(j-1))
*/
#include <math.h>
#include <stdio.h>

#include "../kernel/special.h"
#include "ets.h"
#include "season.h"

#define COMBINATION_OF   3
#define COMBINATION_EACH (1 + ETS_SEASON) /* the form's code, its state */
#define COMBINATION_ALL  (COMBINATION_OF * COMBINATION_EACH)

static const char *const combination_names[COMBINATION_OF] = {"ses", "holt", "damped"};

/* The three, then the season's index. */
static int combination_state(const mine_forecast_how *how, int season) {
  (void)how;
  return COMBINATION_ALL + season;
}

static size_t combination_scratch(const mine_forecast_how *how, int64_t n, int season, int64_t h) {
  const size_t fit = mine__forecaster_find("ses")->scratch(how, n, 1, h),
               take = mine__season_room(n, season), ahead = 3 * (size_t)h;
  return 3 * (size_t)n + (fit > take ? fit : take) + ahead;
}

static ets_form combination_form(const double *state, int k) {
  return ets_form_of((int64_t)state[k * COMBINATION_EACH]);
}

/* Into the units of the series, at point i, and out of them. */
static double combination_with(const mine_forecast_fit *fit, int64_t i, double z) {
  const double s = fit->state[COMBINATION_ALL + i % fit->season];
  return fit->form == MINE_SEASONAL_MULTIPLICATIVE ? z * s : z + s;
}

static double combination_without(const mine_forecast_fit *fit, int64_t i, double y) {
  const double s = fit->state[COMBINATION_ALL + i % fit->season];
  return fit->form == MINE_SEASONAL_MULTIPLICATIVE ? y / s : y - s;
}

static void combination_advance(mine_forecast_fit *fit, const double *y, int64_t n,
                                double *fitted) {
  for (int64_t i = 0; i < n; i++, fit->n++) {
    const double z = combination_without(fit, fit->n, y[i]);
    double sum = 0;
    for (int k = 0; k < COMBINATION_OF; k++)
      sum += mine__ets_step(combination_form(fit->state, k), 1,
                            fit->state + k * COMBINATION_EACH + 1, fit->n, z);
    if (fitted) fitted[i] = combination_with(fit, fit->n, sum / COMBINATION_OF);
  }
}

static const char *combination_fit(const mine_points *p, const mine_forecast_how *how,
                                   double *scratch, mine_forecast_fit *out) {
  double *z = scratch, *one = z + p->n, *all = one + p->n, *rest = all + p->n;
  const mine_points plain = {.y = z, .n = p->n, .known = p->known, .season = 1};
  double squares = 0;
  out->form = mine__season_take(p, how->seasonal, 1, z, out->state + COMBINATION_ALL, rest);
  for (int64_t i = 0; i < p->n; i++)
    all[i] = 0;
  for (int k = 0; k < COMBINATION_OF; k++) {
    double *state = out->state + k * COMBINATION_EACH;
    mine_forecast_fit fit = {.state = state + 1, .fitted = one};
    const char *why =
        mine__series_fit_one(mine__forecaster_find(combination_names[k]), &plain, how, rest, &fit);
    if (why) return why;
    state[0] = (double)fit.form;
    for (int64_t i = 0; i < p->n; i++)
      all[i] += one[i] / COMBINATION_OF;
  }
  out->sse = 0;
  for (int64_t i = 0; i < p->n; i++) {
    const double expected = combination_with(out, i, all[i]);
    if (out->fitted) out->fitted[i] = expected;
    if (isnan(z[i])) continue;
    squares += (z[i] - all[i]) * (z[i] - all[i]);
    out->sse += (p->y[i] - expected) * (p->y[i] - expected);
  }
  /* the largest of the three has five unknowns */
  out->sigma2 = p->known > 5 ? squares / (double)(p->known - 5) : (double)NAN;
  out->n_state = COMBINATION_ALL + p->season;
  out->parameters = 11 + (out->form != MINE_SEASONAL_NONE ? p->season - 1 : 0);
  return NULL;
}

static void combination_forecast(const mine_forecast_fit *fit, double *scratch,
                                 mine_forecast_out *out) {
  const double z = mine__normal_quantile((1 - out->level) / 2, MINE__UPPER);
  double damp[COMBINATION_OF] = {0}, power[COMBINATION_OF] = {1, 1, 1}, variance = 1;
  (void)scratch;
  for (int64_t i = 0; i < out->h; i++) {
    double mean = 0, c = 0;
    for (int k = 0; k < COMBINATION_OF; k++) {
      const double *x = fit->state + k * COMBINATION_EACH + 1;
      const double phi = combination_form(fit->state, k).trend ? x[ETS_PHI] : 0;
      power[k] *= phi;
      damp[k] += power[k];
      mean += (x[ETS_LEVEL] + damp[k] * x[ETS_SLOPE]) / COMBINATION_OF;
      c += (x[ETS_ALPHA] + x[ETS_BETA] * damp[k]) / COMBINATION_OF;
    }
    const double far = z * sqrt(fit->sigma2 * variance);
    out->mean[i] = combination_with(fit, fit->n + i, mean);
    variance += c * c;
    if (!out->low) continue;
    out->low[i] = combination_with(fit, fit->n + i, mean - far);
    out->high[i] = combination_with(fit, fit->n + i, mean + far);
  }
}

static int combination_valid(const mine_forecast_fit *fit) {
  const double *x = fit->state;
  if (fit->n_state != COMBINATION_ALL + fit->season) return 0;
  if (fit->form < MINE_SEASONAL_NONE || fit->form > MINE_SEASONAL_MULTIPLICATIVE) return 0;
  for (int i = 0; fit->form == MINE_SEASONAL_MULTIPLICATIVE && i < fit->season; i++)
    if (!(x[COMBINATION_ALL + i] > 0)) return 0;
  for (int k = 0; k < COMBINATION_OF; k++, x += COMBINATION_EACH) {
    if (!(x[0] >= 0) || !(x[0] < ETS_FORMS) || x[0] != floor(x[0])) return 0;
    const ets_form f = ets_form_of((int64_t)x[0]);
    if (f.season || f.error != ETS_ADDITIVE) return 0;
    for (int i = ETS_ALPHA; i <= ETS_PHI; i++)
      if (!(x[1 + i] >= 0) || !(x[1 + i] <= 1)) return 0;
  }
  return 1;
}

static void combination_words(const mine_forecast_fit *fit, char buffer[48]) {
  static const char *const season[] = {"", "", ", additive season", ", multiplicative season"};
  snprintf(buffer, 48, "ses + holt + damped%s", season[fit->form]);
}

static const char *combination_parameter(const mine_forecast_fit *fit, int i, double *value) {
  static const struct {
    int method, at;
    const char *name;
  } of[] = {{0, ETS_ALPHA, "ses alpha"},  {1, ETS_ALPHA, "holt alpha"},
            {1, ETS_BETA, "holt beta"},   {2, ETS_ALPHA, "damped alpha"},
            {2, ETS_BETA, "damped beta"}, {2, ETS_PHI, "damped phi"}};
  if (i >= (int)(sizeof of / sizeof *of)) return NULL;
  *value = fit->state[of[i].method * COMBINATION_EACH + 1 + of[i].at];
  return of[i].name;
}

const mine_forecaster mine__forecaster_combination = {
    .name = "combination",
    .seasons = 2,
    .state = combination_state,
    .scratch = combination_scratch,
    .fit = combination_fit,
    .forecast = combination_forecast,
    .advance = combination_advance,
    .valid = combination_valid,
    .form_words = combination_words,
    .parameter = combination_parameter,
};
