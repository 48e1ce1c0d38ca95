/*
** ets_fit.c -- one form fitted by likelihood (ets.h).
**
** The unknowns are alpha, beta, gamma, phi and where the states begin; the season of the last point
** of a season follows from the others. R's bounds,
**
**   0.0001 <= alpha <= 0.9999, 0.0001 <= beta <= alpha, 0.0001 <= gamma <= 1 - alpha,
**   0.8 <= phi <= 0.98, and of seasonal forms the past must be forgotten,
**
** become a box where beta and gamma are shares of their ranges.  The search begins four
** times, from a slow form and from quicker ones, and keeps the best end: the likelihood of forms
** that do not suit has several tops.
*/
#include <math.h>
#include <string.h>

#include "box.h"
#include "ets.h"

#define FIT_EVALUATIONS 400
#define FIT_ENOUGH      1e-7 /* of -2 log L */

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

static double fit_value(void *context, const double *u, double *gradient) {
  ets_work *w = context;
  fit_state(w, u, w->natural);
  if (w->form.season && !mine__ets_admissible(w->natural, w->m)) return INFINITY;
  const double value = mine__ets_value(w, w->natural, w->turn);
  if (isfinite(value)) fit_gradient(w, u, w->turn, gradient);
  return value;
}

/* Parameters from which a search may set out: alpha, the shares of beta and gamma, phi. */
typedef struct fit_from {
  double alpha, beta, gamma, phi;
} fit_from;

/* Where a search begins, and the box. */
static int fit_box(ets_work *w, const fit_from *from) {
  const ets_form f = w->form;
  int k = 0;
  w->u[k] = from->alpha;
  w->least[k] = ETS_LEAST;
  w->most[k] = ETS_MOST;
  w->step[k++] = 0.1;
  for (int share = 0; share < (f.trend != 0) + (f.season != 0); share++) {
    w->u[k] = share == 0 && f.trend ? from->beta : from->gamma;
    w->least[k] = 0;
    w->most[k] = 1;
    w->step[k++] = 0.1;
  }
  if (f.trend == ETS_TREND_DAMPED) {
    w->u[k] = from->phi;
    w->least[k] = ETS_LEAST_PHI;
    w->most[k] = ETS_MOST_PHI;
    w->step[k++] = 0.05;
  }
  w->u[k] = w->start[0];
  w->step[k] = 0.1;
  w->least[k] = -INFINITY;
  w->most[k++] = INFINITY;
  if (f.trend) {
    w->u[k] = w->start[1];
    w->step[k] = 0.02;
    w->least[k] = -INFINITY;
    w->most[k++] = INFINITY;
  }
  for (int j = 0; f.season && j < w->m - 1; j++) {
    w->u[k] = w->start[2 + j];
    w->step[k] = 0.1;
    w->least[k] = f.season == ETS_MULTIPLICATIVE ? 0 : (double)-INFINITY;
    w->most[k++] = INFINITY;
  }
  return k;
}

/* Of some quick forms the likeliest, where states begin as guessed: of each alpha one, the best
** first. */
#define FIT_ALPHAS 3
static void fit_likeliest(ets_work *w, fit_from out[FIT_ALPHAS]) {
  static const double alphas[FIT_ALPHAS] = {0.2, 0.6, 0.95}, shares[] = {0.03, 0.9},
                      turns[] = {0.05, 0.5};
  const ets_form f = w->form;
  double value[FIT_ALPHAS];
  for (int a = 0; a < FIT_ALPHAS; a++) {
    double best = INFINITY;
    fit_from found = {alphas[a], 0.1, 0.05, 0.9};
    for (int b = 0; b < (f.trend ? 2 : 1); b++)
      for (int g = 0; g < (f.season ? 2 : 1); g++) {
        const fit_from from = {alphas[a], shares[b], turns[g], 0.9};
        (void)fit_box(w, &from);
        const double at = fit_value(w, w->u, w->step);
        if (!(at < best)) continue;
        best = at;
        found = from;
      }
    int k = a;
    for (; k > 0 && best < value[k - 1]; k--) {
      value[k] = value[k - 1];
      out[k] = out[k - 1];
    }
    value[k] = best;
    out[k] = found;
  }
}

/* From every start; the best end is left in `keep`. */
static double fit_searches(ets_work *w, double *keep) {
  fit_from from[1 + FIT_ALPHAS] = {
      {ETS_LEAST + 0.2 * (ETS_MOST - ETS_LEAST) / w->m, 0.1, 0.05, 0.978}};
  double best = INFINITY;
  fit_likeliest(w, from + 1);
  for (int i = 0; i < 1 + FIT_ALPHAS; i++) {
    mine__box box = {.n = fit_box(w, &from[i]),
                     .least = w->least,
                     .most = w->most,
                     .scale = w->step,
                     .value = fit_value,
                     .context = w,
                     .u = w->u};
    mine__box_minimise(&box, w->box, FIT_EVALUATIONS, FIT_ENOUGH);
    if (!(box.at < best)) continue;
    best = box.at;
    memcpy(keep, w->u, (size_t)box.n * sizeof *keep);
  }
  return best;
}

double mine__ets_fit_form(ets_work *w) {
  double *keep = w->start + 2 + w->m;
  double best = fit_searches(w, keep);
  if (!isfinite(best)) { /* the line that was guessed leaves what the form can be */
    w->start[0] = 1;
    w->start[1] = 0;
    best = fit_searches(w, keep);
  }
  if (isfinite(best)) fit_state(w, keep, w->natural);
  return best;
}
