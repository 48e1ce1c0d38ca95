/*
** arima_estimate.c -- one order fitted by exact likelihood (arima.h).
**
** The search (box.h) goes over numbers without bounds but those that keep rounding away;
** gradients are differences.  It begins where the conditional sum of squares is least (as R's
** CSS-ML), at the parameters of a neighbouring order, or at none of all, whichever is
** likeliest; a thorough fit goes from each of them and keeps the best end, for such likelihoods
** have several tops.
*/
#include <math.h>
#include <string.h>

#include "arima.h"
#include "box.h"

#define ESTIMATE_EVALUATIONS 200
#define ESTIMATE_ENOUGH      1e-8 /* of -2 log L */
#define ESTIMATE_NEIGHBOUR   1e-6 /* ... of an order that is one of many */
#define ESTIMATE_CONDITIONAL 1e-2 /* ... where the search only wants a beginning */
#define ESTIMATE_FARTHEST    7.25 /* tanh of it is 1 - 1e-6 */
#define ESTIMATE_STEP        1e-5 /* of the differences that a gradient is made of */
#define ESTIMATE_NEAR        3    /* of a beginning */
#define ESTIMATE_SCALE       0.3

typedef struct estimate_run {
  arima_work *w;
  int k, conditional;
} estimate_run;

static double estimate_at(const estimate_run *run, const double *u) {
  double c[ARIMA_COEFFICIENTS];
  mine__arima_natural(&run->w->model.order, u, c);
  return mine__arima_value(run->w, c, run->conditional, NULL);
}

static double estimate_value(void *context, const double *u, double *gradient) {
  const estimate_run *run = context;
  const double value = estimate_at(run, u);
  double moved[ARIMA_COEFFICIENTS];
  if (!isfinite(value)) return INFINITY;
  memcpy(moved, u, (size_t)run->k * sizeof *u);
  for (int i = 0; i < run->k; i++) {
    moved[i] = u[i] + ESTIMATE_STEP;
    gradient[i] = (estimate_at(run, moved) - value) / ESTIMATE_STEP;
    moved[i] = u[i];
    if (!isfinite(gradient[i])) return INFINITY;
  }
  return value;
}

/* From u to the least near it. */
static double estimate_search(arima_work *w, int conditional, double enough, double *u) {
  estimate_run run = {w, mine__arima_coefficients(&w->model.order), conditional};
  double least[ARIMA_COEFFICIENTS], most[ARIMA_COEFFICIENTS], scale[ARIMA_COEFFICIENTS];
  for (int i = 0; i < run.k; i++) {
    least[i] = -ESTIMATE_FARTHEST;
    most[i] = ESTIMATE_FARTHEST;
    scale[i] = ESTIMATE_SCALE;
  }
  mine__box box = {.n = run.k,
                   .least = least,
                   .most = most,
                   .scale = scale,
                   .value = estimate_value,
                   .context = &run,
                   .u = u};
  mine__box_minimise(&box, w->box, ESTIMATE_EVALUATIONS, enough);
  return box.at;
}

/* Parameters of another order, where both have them; the others 0. */
static void estimate_from(const arima_order *o, const arima_found *from, double *u) {
  const int to[] = {o->p, o->q, o->P, o->Q};
  const int had[] = {from->order.p, from->order.q, from->order.P, from->order.Q};
  const double *v = from->unbounded;
  for (int part = 0; part < 4; u += to[part], v += had[part], part++)
    for (int i = 0; i < to[part]; i++)
      u[i] = i < had[part] ? v[i] : 0;
}

/* First parameters of ar, ma, sar, sma: a slow process, one that swings, ... */
static const double estimate_places[][4] = {{0, 0, 0, 0},           {1.5, 0.7, 1.5, 0.7},
                                            {-1.5, -1.2, 0.5, 0.5}, {-0.5, 0.5, -1, -1},
                                            {0.5, -0.5, -0.5, 0.5}, {2.5, 0.5, 2.5, 0.5}};
#define ESTIMATE_PLACES ((int)(sizeof estimate_places / sizeof *estimate_places))
#define ESTIMATE_STARTS (ESTIMATE_PLACES + 2)

/* Where a search may begin; how many. */
static int estimate_starts(arima_work *w, const arima_found *from, int thorough,
                           double u[ESTIMATE_STARTS][ARIMA_COEFFICIENTS]) {
  const arima_order *o = &w->model.order;
  const int part[] = {o->p, o->q, o->P, o->Q}, k = mine__arima_coefficients(o);
  int n = 0;
  memset(u, 0, ESTIMATE_STARTS * sizeof *u);
  if (from) estimate_from(o, from, u[n++]);
  if (from && !thorough) return n;
  (void)estimate_search(w, 1, ESTIMATE_CONDITIONAL, u[n]);
  for (int i = 0; i < k; i++)
    u[n][i] = fmin(fmax(u[n][i], -ESTIMATE_NEAR), ESTIMATE_NEAR);
  n++;
  for (int place = 0; place < (thorough ? ESTIMATE_PLACES : 1); place++, n++)
    for (int i = 0, at = 0; i < 4; at += part[i++])
      if (part[i] > 0) u[n][at] = estimate_places[place][i];
  return n;
}

static double estimate_criterion(double value, double n, double q) {
  return n - q - 1 > 0 ? value + 2 * q * n / (n - q - 1) : (double)INFINITY;
}

int mine__arima_fit_order(arima_work *w, const arima_order *order, const arima_found *from,
                          int thorough, arima_found *out) {
  double u[ESTIMATE_STARTS][ARIMA_COEFFICIENTS];
  *out = (arima_found){.order = *order, .value = INFINITY, .criterion = INFINITY};
  if (!mine__arima_shape(&w->model, order, w->season)) return 0;
  if (w->ask && mine__poll(w->ask)) return 0;
  const int k = mine__arima_coefficients(order);
  const double n = (double)(w->known - w->model.lags);
  if (n <= k + order->constant) return 0;
  const int starts = estimate_starts(w, from, thorough, u);
  const estimate_run run = {w, k, 0};
  int first = 0;
  double likeliest = INFINITY;
  for (int i = 0; i < starts; i++) {
    const double value = estimate_at(&run, u[i]);
    if (!(value < likeliest)) continue;
    likeliest = value;
    first = i;
  }
  for (int i = thorough ? 0 : first; i < (thorough ? starts : first + 1); i++) {
    if (w->ask && mine__poll(w->ask)) return 0;
    const double value =
        k > 0 ? estimate_search(w, 0, thorough ? ESTIMATE_ENOUGH : ESTIMATE_NEIGHBOUR, u[i])
              : likeliest;
    if (!(value < out->value)) continue;
    out->value = value;
    memcpy(out->unbounded, u[i], sizeof out->unbounded);
  }
  out->criterion = estimate_criterion(out->value, n, k + order->constant + 1);
  return isfinite(out->value);
}

void mine__arima_keep(arima_work *w, const arima_found *found, const mine_points *p,
                      mine_forecast_fit *out) {
  arima_told told;
  arima_filter f;
  const arima_order *o = &found->order;
  const int k = mine__arima_coefficients(o);
  double *coefficients = out->state + ARIMA_FIRST, squares, sse = 0;
  (void)mine__arima_shape(&w->model, o, w->season);
  mine__arima_natural(o, found->unbounded, coefficients);
  const double value = mine__arima_value(w, coefficients, 0, &told);
  const double constant = mine__arima_constant(w, &told, &squares), n = (double)told.used;
  const int states = w->model.r + w->model.lags;
  double *mean = coefficients + k;
  mine__arima_filter_open(&f, &w->model, 1, mean, mean + states, w->diffuse);
  for (int64_t t = 0; t < w->n; t++) {
    const double x = constant * (o->d + o->D > 0 ? (double)(t + 1) : 1), y = w->y[t] - x;
    double expected, variance;
    const int told_all = f.left == 0;
    const int counts = mine__arima_filter_step(&f, &y, &expected, &variance);
    if (out->fitted && told_all) out->fitted[t] = (expected + x) * w->scale;
    if (counts > 0) sse += (y - expected) * (y - expected);
  }
  for (int i = 0; i < states; i++)
    mean[i] *= w->scale;
  out->state[ARIMA_CONSTANT] = constant * w->scale;
  out->state[ARIMA_EXTENT] = f.extent;
  out->n_state = ARIMA_FIRST + k + states + (int)ARIMA_PACKED(f.extent);
  out->form = mine__arima_form(o);
  out->season = w->season;
  out->n = p->n;
  out->parameters = k + o->constant + 1;
  const double scale = w->scale * w->scale, free = n - k - o->constant;
  const int exact = !(squares > n * 1e-24);
  out->sse = sse * scale;
  out->sigma2 = exact ? 0 : free > 0 ? squares / free * scale : (double)NAN;
  out->likelihood = exact ? (double)NAN : -value / 2 - n * log(w->scale);
  out->criterion =
      exact ? (double)NAN : estimate_criterion(-2 * out->likelihood, n, out->parameters);
  if (!isfinite(out->criterion)) out->criterion = NAN;
}
