/*
** ets.c -- the rows of exponential smoothing: ets, the best form by AICc, and three forms that have
** names of their own.
**
** A series is divided by the mean of its values' sizes before it is fitted, so that states are near
** 1.  A missing point has no error: states move on as they were expected.
*/
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "box.h"
#include "ets.h"

#define ETS_TWO_PI 6.283185307179586

static int ets_state(const mine_forecast_how *how, int season) {
  (void)how;
  return ETS_SEASON + (season <= ETS_MOST_SEASON ? season : 1);
}

/* Unknowns of the largest form. */
static size_t ets_unknowns(int season) {
  return 5 + (size_t)(season <= ETS_MOST_SEASON ? season : 1);
}

static size_t ets_scratch(const mine_forecast_how *how, int64_t n, int season, int64_t h) {
  const size_t m = season <= ETS_MOST_SEASON ? (size_t)season : 1, k = ets_unknowns(season);
  const size_t line = 2 * m > 10 ? 2 * m : 10;
  const size_t fit = 5 * (size_t)n + m + (2 + m + k) + 2 * (ETS_SEASON + m) + mine__box_room(k) +
                     4 * k + ETS_FORMS * (ETS_SEASON + m + k * k) + line;
  const size_t ahead = 2 * (size_t)h + 5 * m;
  (void)how;
  return fit > ahead ? fit : ahead;
}

static void ets_lay_out(ets_work *w, double *scratch, double **y, ets_seen *seen, double **line) {
  const size_t n = (size_t)w->n, m = (size_t)w->m, k = ets_unknowns(w->m);
  double *at = scratch;
#define ETS_TAKE(what, count) ((what) = at, at += (count))
  ETS_TAKE(*y, n);
  ETS_TAKE(w->q, n);
  ETS_TAKE(w->s, n);
  ETS_TAKE(w->e, n);
  ETS_TAKE(w->b, n);
  ETS_TAKE(w->season, m);
  ETS_TAKE(w->start, 2 + m + k);
  ETS_TAKE(w->natural, ETS_SEASON + m);
  ETS_TAKE(w->turn, ETS_SEASON + m);
  ETS_TAKE(w->box, mine__box_room(k));
  ETS_TAKE(w->u, k);
  ETS_TAKE(w->least, k);
  ETS_TAKE(w->most, k);
  ETS_TAKE(w->step, k);
  ETS_TAKE(seen->state, ETS_FORMS * (ETS_SEASON + m));
  ETS_TAKE(seen->inverse, ETS_FORMS * k * k);
  *line = at;
#undef ETS_TAKE
}

/* The mean size of the values; what is below 0 or 0 has no multiplicative form. */
static int ets_scale(const mine_points *p, double *scale) {
  double sum = 0;
  int above = 1;
  for (int64_t i = 0; i < p->n; i++) {
    if (isnan(p->y[i])) continue;
    sum += fabs(p->y[i]) / (double)p->known;
    above &= p->y[i] > 0;
  }
  *scale = sum > 0 && isfinite(sum) ? sum : 1;
  return above;
}

static int ets_all_equal(const mine_points *p) {
  for (int64_t i = 1; i < p->n; i++)
    if (!isnan(p->y[i]) && p->y[i] != p->y[0]) return 0;
  return 1;
}

/* ---- what was found ------------------------------------------------------------------------- */

/* The state before the first point in the units of the series, run through it. */
static void ets_keep(const ets_work *w, const mine_points *p, mine_forecast_fit *out) {
  const ets_form f = w->form;
  const int scaled =
      f.season == ETS_MULTIPLICATIVE ? ETS_SLOPE : ETS_SEASON + (f.season ? w->m : 0) - 1;
  const double n = (double)p->known;
  double squares = 0, logs = 0, sse = 0;
  const int k = mine__ets_parameters(f, w->m);
  out->form = ets_form_code(f);
  out->season = w->m;
  out->n_state = ETS_SEASON + (f.season ? w->m : 0);
  memcpy(out->state, w->natural, (size_t)out->n_state * sizeof *out->state);
  for (int i = ETS_LEVEL; i <= scaled; i++)
    out->state[i] *= w->scale;
  for (int64_t i = 0; i < p->n; i++) {
    const double expected = mine__ets_step(f, w->m, out->state, i, p->y[i]), e = p->y[i] - expected;
    if (out->fitted) out->fitted[i] = expected;
    if (isnan(e)) continue;
    const double r = f.error == ETS_MULTIPLICATIVE ? e / expected : e;
    squares += r * r;
    sse += e * e;
    if (f.error == ETS_MULTIPLICATIVE) logs += log(expected);
  }
  out->n = p->n;
  out->sse = sse;
  out->sigma2 = n > k ? squares / (n - k) : (double)NAN;
  out->parameters = k + 1;
  out->likelihood = squares > 0 ? -n / 2 * (log(ETS_TWO_PI * squares / n) + 1) - logs : (double)NAN;
  const double q = k + 1;
  out->criterion = n - q - 1 > 0 ? -2 * out->likelihood + 2 * q * n / (n - q - 1) : (double)NAN;
}

/* All values are one: there is nothing to learn. */
static void ets_keep_constant(ets_work *w, const mine_points *p, mine_forecast_fit *out) {
  w->form = (ets_form){ETS_ADDITIVE, ETS_TREND_NONE, ETS_NONE};
  memset(w->natural, 0, ETS_SEASON * sizeof *w->natural);
  w->natural[ETS_ALPHA] = ETS_MOST;
  w->natural[ETS_PHI] = 1;
  w->natural[ETS_LEVEL] = p->y[0];
  w->scale = 1;
  ets_keep(w, p, out);
  if (isnan(out->sigma2)) out->sigma2 = 0;
}

/* ---- which form ----------------------------------------------------------------------------- */

/* What is asked for, as sets of what a form may be: bit 1 << value. */
typedef struct ets_wanted {
  unsigned error, trend, season;
} ets_wanted;

static int ets_is_wanted(const ets_wanted *wanted, ets_form f) {
  if (f.error == ETS_ADDITIVE && f.season == ETS_MULTIPLICATIVE) return 0; /* unbounded variance */
  return wanted->error >> f.error & 1 && wanted->trend >> f.trend & 1 &&
         wanted->season >> f.season & 1;
}

/* AICc of a form, but for what is the same of all; INFINITY: data tell too little. */
static double ets_criterion(const ets_work *w, double value) {
  const double n = (double)w->known, k = mine__ets_parameters(w->form, w->m) + 1;
  return n - k - 1 > 0 ? value + 2 * k * n / (n - k - 1) : (double)INFINITY;
}

/* Too few values for a criterion: the form with the fewest unknowns, and where even these cannot be
** told a level alone; the form is said beside every forecast. */
static const char *ets_smallest(ets_work *w, const mine_points *p, const ets_wanted *wanted,
                                double *line, mine_forecast_fit *out) {
  int least = INT_MAX;
  ets_form form = {ETS_ADDITIVE, ETS_TREND_NONE, ETS_NONE};
  for (int64_t code = 0; code < ETS_FORMS; code++) {
    const ets_form f = ets_form_of(code);
    const int k = mine__ets_parameters(f, w->m);
    if (!ets_is_wanted(wanted, f) || k >= least) continue;
    least = k;
    form = f;
  }
  if (least >= p->known) form = (ets_form){ETS_ADDITIVE, ETS_TREND_NONE, ETS_NONE};
  w->form = form;
  mine__ets_start(w, form.season, line);
  if (!isfinite(mine__ets_settle(w, NULL))) return "no form of it suits";
  ets_keep(w, p, out);
  return NULL;
}

/* AICc of a look that a form must come near to be settled. */
#define ETS_NEAR 4

static const char *ets_search(ets_work *w, const mine_points *p, const ets_wanted *wanted,
                              double *line, ets_seen *seen, mine_forecast_fit *out) {
  double best = INFINITY, looked = INFINITY;
  double criterion[ETS_FORMS];
  for (int64_t code = 0; code < ETS_FORMS; code++)
    seen->value[code] = criterion[code] = INFINITY;
  for (int64_t code = 0; code < ETS_FORMS; code++) {
    w->form = ets_form_of(code);
    if (!ets_is_wanted(wanted, w->form) || isinf(ets_criterion(w, 0))) continue;
    mine__ets_start(w, w->form.season, line);
    criterion[code] = ets_criterion(w, mine__ets_look(w, seen));
    looked = fmin(looked, criterion[code]);
  }
  for (int64_t code = 0; code < ETS_FORMS; code++) {
    w->form = ets_form_of(code);
    if (!(criterion[code] <= looked + ETS_NEAR) || isinf(criterion[code])) continue;
    mine__ets_start(w, w->form.season, line);
    const double settled = ets_criterion(w, mine__ets_settle(w, seen));
    if (!(settled < best)) continue;
    best = settled;
    ets_keep(w, p, out);
  }
  return isfinite(best) ? NULL : ets_smallest(w, p, wanted, line, out);
}

static const char *ets_fit_wanted(const mine_points *p, const ets_wanted *said, double *scratch,
                                  mine_forecast_fit *out) {
  ets_wanted wanted = *said;
  ets_work w = {.n = p->n, .known = p->known, .m = p->season};
  ets_seen seen;
  double *y, *line;
  const int above = ets_scale(p, &w.scale);
  if (p->known < 3) return "it has fewer than three values";
  ets_lay_out(&w, scratch, &y, &seen, &line);
  for (int64_t i = 0; i < p->n; i++)
    y[i] = p->y[i] / w.scale;
  w.y = y;
  if (!above) wanted.error &= 1u << ETS_ADDITIVE;
  if (!above) wanted.season &= ~(1u << ETS_MULTIPLICATIVE);
  if (w.m == 1) wanted.season = 1u << ETS_NONE;
  if (!wanted.season)
    return "it has values of 0 or less, so a season cannot multiply; say seasonal=additive";
  if (ets_all_equal(p)) {
    ets_keep_constant(&w, p, out);
    return NULL;
  }
  return ets_search(&w, p, &wanted, line, &seen, out);
}

#define ETS_ONE(what) (1u << (what))
#define ETS_ERRORS    (ETS_ONE(ETS_ADDITIVE) | ETS_ONE(ETS_MULTIPLICATIVE))

static const char *ets_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                           mine_forecast_fit *out) {
  static const unsigned seasons[] = {[MINE_SEASONAL_AUTO] = ETS_ONE(ETS_NONE) | ETS_ERRORS,
                                     [MINE_SEASONAL_NONE] = ETS_ONE(ETS_NONE),
                                     [MINE_SEASONAL_ADDITIVE] = ETS_ONE(ETS_ADDITIVE),
                                     [MINE_SEASONAL_MULTIPLICATIVE] = ETS_ONE(ETS_MULTIPLICATIVE)};
  const unsigned damped = ETS_ONE(ETS_TREND_NONE) | ETS_ONE(ETS_TREND_DAMPED);
  const ets_wanted wanted = {ETS_ERRORS,
                             how->damped > 0    ? damped
                             : how->damped == 0 ? ETS_ONE(ETS_TREND_NONE) | ETS_ONE(ETS_TREND)
                                                : damped | ETS_ONE(ETS_TREND),
                             seasons[how->seasonal]};
  if (how->form > 0) {
    const ets_form f = ets_form_of(how->form - 1);
    const ets_wanted one = {ETS_ONE(f.error), ETS_ONE(f.trend), ETS_ONE(f.season)};
    return ets_fit_wanted(p, &one, scratch, out);
  }
  return ets_fit_wanted(p, &wanted, scratch, out);
}

static const char *ets_fit_trend(const mine_points *p, int trend, double *scratch,
                                 mine_forecast_fit *out) {
  const ets_wanted wanted = {ETS_ONE(ETS_ADDITIVE), ETS_ONE(trend), ETS_ONE(ETS_NONE)};
  return ets_fit_wanted(p, &wanted, scratch, out);
}

static const char *ses_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                           mine_forecast_fit *out) {
  (void)how;
  return ets_fit_trend(p, ETS_TREND_NONE, scratch, out);
}

static const char *holt_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                            mine_forecast_fit *out) {
  (void)how;
  return ets_fit_trend(p, ETS_TREND, scratch, out);
}

static const char *damped_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                              mine_forecast_fit *out) {
  (void)how;
  return ets_fit_trend(p, ETS_TREND_DAMPED, scratch, out);
}

/* ---- the rows ------------------------------------------------------------------------------- */

static void ets_advance(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted) {
  const ets_form form = ets_form_of(fit->form);
  for (int64_t i = 0; i < n; i++) {
    const double expected = mine__ets_step(form, fit->season, fit->state, fit->n++, y[i]);
    if (fitted) fitted[i] = expected;
  }
}

static int ets_valid(const mine_forecast_fit *fit) {
  const double *x = fit->state;
  if (fit->form < 0 || fit->form >= ETS_FORMS) return 0;
  const ets_form form = ets_form_of(fit->form);
  if (form.error == ETS_ADDITIVE && form.season == ETS_MULTIPLICATIVE) return 0;
  if (form.season && (fit->season < 2 || fit->season > ETS_MOST_SEASON)) return 0;
  if (fit->n_state != ETS_SEASON + (form.season ? fit->season : 0)) return 0;
  return x[ETS_ALPHA] >= 0 && x[ETS_ALPHA] <= 1 && x[ETS_BETA] >= 0 && x[ETS_BETA] <= 1 &&
         x[ETS_GAMMA] >= 0 && x[ETS_GAMMA] <= 1 && x[ETS_PHI] >= 0 && x[ETS_PHI] <= 1;
}

static void ets_words(const mine_forecast_fit *fit, char buffer[48]) {
  static const char *const trends[] = {"N", "A", "Ad"};
  const ets_form f = ets_form_of(fit->form);
  snprintf(buffer, 48, "ETS(%c,%s,%c)", "NAM"[f.error], trends[f.trend], "NAM"[f.season]);
}

static const char *ets_parameter(const mine_forecast_fit *fit, int i, double *value) {
  static const char *const names[] = {"alpha", "beta", "gamma", "phi"};
  const ets_form f = ets_form_of(fit->form);
  const int has[] = {1, f.trend != 0, f.season != 0, f.trend == ETS_TREND_DAMPED};
  for (int k = 0; k < 4; k++) {
    if (!has[k] || i-- > 0) continue;
    *value = fit->state[k];
    return names[k];
  }
  return NULL;
}

#define ETS_ROW                                                               \
  .state = ets_state, .scratch = ets_scratch, .forecast = mine__ets_forecast, \
  .advance = ets_advance, .valid = ets_valid, .form_words = ets_words, .parameter = ets_parameter

const mine_forecaster mine__forecaster_ets = {
    .name = "ets",
    .seasons = 2,
    .most_season = ETS_MOST_SEASON,
    .fit = ets_fit,
    ETS_ROW,
};

const mine_forecaster mine__forecaster_ses = {
    .name = "ses",
    .fit = ses_fit,
    ETS_ROW,
};

const mine_forecaster mine__forecaster_holt = {
    .name = "holt",
    .fit = holt_fit,
    ETS_ROW,
};

const mine_forecaster mine__forecaster_damped = {
    .name = "damped",
    .fit = damped_fit,
    ETS_ROW,
};
