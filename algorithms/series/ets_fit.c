/*
** ets_fit.c -- one form fitted by likelihood (ets.h).
**
** The unknowns are alpha, beta, gamma, phi and where the states begin; the season of the last point
** of a season follows from the others. R's bounds,
**
**   0.0001 <= alpha <= 0.9999, 0.0001 <= beta <= alpha, 0.0001 <= gamma <= 1 - alpha,
**   0.8 <= phi <= 0.98, and of seasonal forms the past must be forgotten,
**
** become a box where beta and gamma are shares of their ranges.
**
** Most forms lose by far.  So each is looked at first: one search that ends early, from the
** likeliest of a slow form, quicker ones and the ends of the forms before it that differ in one
** thing.  Those that come near the best by AICc are settled: searched to the end from several
** starts, of which the best end is kept, for the likelihood of forms that do not suit has several
** tops.
*/
#include <math.h>
#include <string.h>

#include "box.h"
#include "ets.h"

#define FIT_LOOK        80    /* evaluations of a search that ends early, */
#define FIT_LOOK_ENOUGH 0.002 /* or where it gains less, of -2 log L */
#define FIT_EVALUATIONS 400
#define FIT_ENOUGH      1e-7
#define FIT_ANEW        0.01 /* of beta and gamma where a form before had none */
#define FIT_NEW         0.01 /* of squares of steps */
#define FIT_NEAR        2    /* of -2 log L: an early end that may still be the best */

static int fit_unknowns(ets_form f, int m) {
  return 2 + 2 * (f.trend != 0) + (f.trend == ETS_TREND_DAMPED) + (f.season ? m : 0);
}

int mine__ets_parameters(ets_form form, int m) {
  return fit_unknowns(form, m);
}

/* Unknowns to a state. */
static void fit_state(const ets_work *w, const double *u, double *x) {
  const ets_form f = w->form;
  int k = 0;
  x[ETS_ALPHA] = u[k++];
  x[ETS_BETA] = f.trend ? ETS_LEAST + (x[ETS_ALPHA] - ETS_LEAST) * u[k++] : 0;
  x[ETS_GAMMA] = f.season ? ETS_LEAST + (1 - x[ETS_ALPHA] - ETS_LEAST) * u[k++] : 0;
  x[ETS_PHI] = f.trend == ETS_TREND_DAMPED ? u[k++] : 1;
  x[ETS_LEVEL] = u[k++];
  x[ETS_SLOPE] = f.trend ? u[k++] : 0;
  if (!f.season) return;
  double left = f.season == ETS_MULTIPLICATIVE ? w->m : 0;
  for (int j = 0; j < w->m - 1; j++) {
    x[ETS_SEASON + j] = u[k];
    left -= u[k++];
  }
  x[ETS_SEASON + w->m - 1] = left;
}

/* The gradient by the unknowns from that by the state. */
static void fit_gradient(const ets_work *w, const double *u, const double *g, double *out) {
  const ets_form f = w->form;
  int k = 0;
  const double alpha = u[k];
  out[k++] = g[ETS_ALPHA];
  if (f.trend) {
    out[0] += g[ETS_BETA] * u[k];
    out[k++] = g[ETS_BETA] * (alpha - ETS_LEAST);
  }
  if (f.season) {
    out[0] -= g[ETS_GAMMA] * u[k];
    out[k++] = g[ETS_GAMMA] * (1 - alpha - ETS_LEAST);
  }
  if (f.trend == ETS_TREND_DAMPED) out[k++] = g[ETS_PHI];
  out[k++] = g[ETS_LEVEL];
  if (f.trend) out[k++] = g[ETS_SLOPE];
  for (int j = 0; f.season && j < w->m - 1; j++)
    out[k++] = g[ETS_SEASON + j] - g[ETS_SEASON + w->m - 1];
}

/* A share of a range; of what a form before did not have (0): as little as lets it move. */
static double fit_share(double x, double range) {
  if (x == 0) return FIT_ANEW;
  return range > 0 ? fmin(fmax((x - ETS_LEAST) / range, 0), 1) : 0;
}

/* A state to unknowns, in the box. */
static void fit_unknown(const ets_work *w, const double *x, double *u) {
  const ets_form f = w->form;
  int k = 0;
  u[k++] = x[ETS_ALPHA];
  if (f.trend) u[k++] = fit_share(x[ETS_BETA], x[ETS_ALPHA] - ETS_LEAST);
  if (f.season) u[k++] = fit_share(x[ETS_GAMMA], 1 - x[ETS_ALPHA] - ETS_LEAST);
  if (f.trend == ETS_TREND_DAMPED) u[k++] = fmin(x[ETS_PHI], ETS_MOST_PHI);
  u[k++] = x[ETS_LEVEL];
  if (f.trend) u[k++] = x[ETS_SLOPE];
  for (int j = 0; f.season && j < w->m - 1; j++)
    u[k++] = x[ETS_SEASON + j];
}

static double fit_value(void *context, const double *u, double *gradient) {
  ets_work *w = context;
  fit_state(w, u, w->natural);
  if (w->form.season && !mine__ets_admissible(w->natural, w->m)) return INFINITY;
  const double value = mine__ets_value(w, w->natural, gradient ? w->turn : NULL);
  if (gradient && isfinite(value)) fit_gradient(w, u, w->turn, gradient);
  return value;
}

static void fit_bounds(ets_work *w, int k, double least, double most, double step) {
  w->least[k] = least;
  w->most[k] = most;
  w->step[k] = step;
}

/* The box of a form; how many unknowns. */
static int fit_box(ets_work *w) {
  const ets_form f = w->form;
  int k = 0;
  fit_bounds(w, k++, ETS_LEAST, ETS_MOST, 0.1);
  for (int share = 0; share < (f.trend != 0) + (f.season != 0); share++)
    fit_bounds(w, k++, 0, 1, 0.1);
  if (f.trend == ETS_TREND_DAMPED) fit_bounds(w, k++, ETS_LEAST_PHI, ETS_MOST_PHI, 0.05);
  fit_bounds(w, k++, -INFINITY, INFINITY, 0.1);
  if (f.trend) fit_bounds(w, k++, -INFINITY, INFINITY, 0.02);
  for (int j = 0; f.season && j < w->m - 1; j++)
    fit_bounds(w, k++, f.season == ETS_MULTIPLICATIVE ? 0 : (double)-INFINITY, INFINITY, 0.1);
  return k;
}

/* Parameters from which a search may set out: alpha, the shares of beta and gamma, phi. */
typedef struct fit_from {
  double alpha, beta, gamma, phi;
} fit_from;

/* ... with the states as they were guessed. */
static void fit_guess(const ets_work *w, const fit_from *from, double *u) {
  const ets_form f = w->form;
  int k = 0;
  u[k++] = from->alpha;
  if (f.trend) u[k++] = from->beta;
  if (f.season) u[k++] = from->gamma;
  if (f.trend == ETS_TREND_DAMPED) u[k++] = from->phi;
  u[k++] = w->start[0];
  if (f.trend) u[k++] = w->start[1];
  for (int j = 0; f.season && j < w->m - 1; j++)
    u[k++] = w->start[2 + j];
}

static fit_from fit_slow(const ets_work *w) {
  return (fit_from){ETS_LEAST + 0.2 * (ETS_MOST - ETS_LEAST) / w->m, 0.1, 0.05, 0.978};
}

/* Of some quick forms the likeliest: of each alpha one. */
#define FIT_ALPHAS 3
static const double fit_alphas[FIT_ALPHAS] = {0.2, 0.6, 0.95};
static fit_from fit_quick(ets_work *w, int alpha, double *value) {
  static const double shares[] = {0.03, 0.9}, turns[] = {0.05, 0.5};
  const ets_form f = w->form;
  fit_from found = {fit_alphas[alpha], 0.1, 0.05, 0.9};
  *value = INFINITY;
  for (int b = 0; b < (f.trend ? 2 : 1); b++)
    for (int g = 0; g < (f.season ? 2 : 1); g++) {
      const fit_from from = {fit_alphas[alpha], shares[b], turns[g], 0.9};
      fit_guess(w, &from, w->u);
      const double at = fit_value(w, w->u, NULL);
      if (!(at < *value)) continue;
      *value = at;
      found = from;
    }
  return found;
}

/* From w->u; the value at the end, which is left there.  learned: w->box has an inverse Hessian. */
static double fit_search(ets_work *w, int n, int learned, int most, double enough) {
  mine__box box = {.n = n,
                   .least = w->least,
                   .most = w->most,
                   .scale = w->step,
                   .value = fit_value,
                   .context = w,
                   .u = w->u,
                   .learned = learned};
  mine__box_minimise(&box, w->box, most, enough);
  return box.at;
}

/* Keeps u if it is likelier than what was. */
static void fit_keep(const double *u, int n, double at, double *keep, double *best) {
  if (!(at < *best)) return;
  *best = at;
  memcpy(keep, u, (size_t)n * sizeof *keep);
}

static void fit_level(ets_work *w) { /* the line that was guessed leaves what the form can be */
  w->start[0] = 1;
  w->start[1] = 0;
}

static double *fit_inverse(const ets_work *w, const ets_seen *seen, int64_t code) {
  const int64_t most = 5 + w->m;
  return seen->inverse + code * most * most;
}

/* ---- looked at ------------------------------------------------------------------------------ */

/* Whether the end of an earlier form is a start for this one: a thing less, or another error. */
static int fit_follows(ets_form f, ets_form before) {
  return f.season == before.season && f.trend >= before.trend;
}

/* Which unknowns of a form another one has, too: of each its place there, or -1. */
static void fit_places(ets_form f, ets_form before, int m, int *place) {
  const int in[] = {1, f.trend != 0, f.season != 0, f.trend == ETS_TREND_DAMPED, 1, f.trend != 0},
            was[] = {1, before.trend != 0, before.season != 0, before.trend == ETS_TREND_DAMPED,
                     1, before.trend != 0};
  int k = 0, old = 0;
  for (int i = 0; i < 6; i++) {
    if (in[i]) place[k++] = was[i] ? old : -1;
    old += was[i];
  }
  for (int j = 0; f.season && j < m - 1; j++)
    place[k++] = old++;
}

/* What the search of an earlier form has learned, for this one. */
static void fit_inherit(ets_work *w, int n, ets_form before, const double *inverse) {
  int place[5 + ETS_MOST_SEASON];
  const int old = fit_unknowns(before, w->m);
  fit_places(w->form, before, w->m, place);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      w->box[i * n + j] = place[i] >= 0 && place[j] >= 0 ? inverse[place[i] * old + place[j]]
                          : i == j                       ? FIT_NEW * w->step[i] * w->step[i]
                                                         : 0;
}

static double fit_looks(ets_work *w, ets_seen *seen, double *keep) {
  const int n = fit_box(w);
  const fit_from slow = fit_slow(w);
  int64_t from = -1;
  double best = INFINITY;
  fit_guess(w, &slow, w->u);
  fit_keep(w->u, n, fit_value(w, w->u, NULL), keep, &best);
  for (int a = 0; a < FIT_ALPHAS; a++) {
    double at;
    const fit_from quick = fit_quick(w, a, &at);
    fit_guess(w, &quick, w->u);
    fit_keep(w->u, n, at, keep, &best);
  }
  for (int64_t code = 0; code < ETS_FORMS; code++) {
    if (isinf(seen->value[code]) || !fit_follows(w->form, ets_form_of(code))) continue;
    fit_unknown(w, seen->state + code * (ETS_SEASON + w->m), w->u);
    const double at = fit_value(w, w->u, NULL);
    if (at < best) from = code;
    fit_keep(w->u, n, at, keep, &best);
  }
  if (isinf(best)) return best;
  memcpy(w->u, keep, (size_t)n * sizeof *keep);
  if (from >= 0) fit_inherit(w, n, ets_form_of(from), fit_inverse(w, seen, from));
  fit_keep(w->u, n, fit_search(w, n, from >= 0, FIT_LOOK, FIT_LOOK_ENOUGH), keep, &best);
  memcpy(fit_inverse(w, seen, ets_form_code(w->form)), w->box,
         (size_t)n * (size_t)n * sizeof *w->box);
  return best;
}

double mine__ets_look(ets_work *w, ets_seen *seen) {
  const int64_t code = ets_form_code(w->form);
  double *keep = w->start + 2 + w->m;
  double best = fit_looks(w, seen, keep);
  if (isinf(best)) {
    fit_level(w);
    best = fit_looks(w, seen, keep);
  }
  if (isfinite(best)) fit_state(w, keep, seen->state + code * (ETS_SEASON + w->m));
  seen->value[code] = best;
  return best;
}

/* ---- settled -------------------------------------------------------------------------------- */

/* From one start; most searches see early that they come to nothing. */
static void fit_from_here(ets_work *w, int n, double *keep, double *best) {
  const double at = fit_search(w, n, 0, FIT_LOOK, FIT_LOOK_ENOUGH);
  if (!(at < *best + FIT_NEAR)) return;
  fit_keep(w->u, n, fit_search(w, n, 1, FIT_EVALUATIONS, FIT_ENOUGH), keep, best);
}

static double fit_searches(ets_work *w, ets_seen *seen, double *keep) {
  const int n = fit_box(w);
  const fit_from slow = fit_slow(w);
  double best = INFINITY, unused;
  if (seen) {
    const int64_t code = ets_form_code(w->form);
    fit_unknown(w, seen->state + code * (ETS_SEASON + w->m), w->u);
    memcpy(w->box, fit_inverse(w, seen, code), (size_t)n * (size_t)n * sizeof *w->box);
    fit_keep(w->u, n, seen->value[code], keep, &best);
    fit_keep(w->u, n, fit_search(w, n, 1, FIT_EVALUATIONS, FIT_ENOUGH), keep, &best);
  }
  fit_guess(w, &slow, w->u);
  fit_from_here(w, n, keep, &best);
  for (int a = 0; a < FIT_ALPHAS; a++) {
    const fit_from quick = fit_quick(w, a, &unused);
    fit_guess(w, &quick, w->u);
    fit_from_here(w, n, keep, &best);
  }
  return best;
}

double mine__ets_settle(ets_work *w, ets_seen *seen) {
  double *keep = w->start + 2 + w->m;
  double best = fit_searches(w, seen, keep);
  if (!isfinite(best)) {
    fit_level(w);
    best = fit_searches(w, seen, keep);
  }
  if (isfinite(best)) fit_state(w, keep, w->natural);
  return best;
}
