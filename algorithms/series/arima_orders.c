/*
** arima_orders.c -- which order (Hyndman & Khandakar, Automatic time series forecasting: the
** forecast package for R, Journal of Statistical Software 27(3), 2008, 3.2; as R's auto.arima
** has it today).
**
** D is 1 where the season is strong: STL leaves of what is not trend less than 36%.  d is the
** least number of differences, at most 2, after which the test of Kwiatkowski, Phillips,
** Schmidt & Shin (Journal of Econometrics 54, 1992) no longer rejects, at 5%, that the level
** stays.  From four small orders the search goes to any neighbour with a lower AICc, one of P,
** Q, p, q or two of them changed by one, or the constant, until there is none.  Models are
** fitted by exact likelihood throughout, however long the series: nothing is approximated.  A
** neighbour begins at the parameters of the best so far.
*/
#include <math.h>
#include <string.h>

#include "arima.h"
#include "stl.h"

#define ORDERS_STRONG      0.64
#define ORDERS_WINDOW      11    /* of STL, in seasons, as R's mstl */
#define ORDERS_KPSS        0.463 /* its statistic at 5% */
#define ORDERS_MOST_ORDER  5     /* of p and q; of P and Q 2, of seasons above 24 points 1 */
#define ORDERS_LONG_SEASON 24

arima_order mine__arima_largest(int season) {
  const int most = season > ORDERS_LONG_SEASON ? 1 : 2;
  return (arima_order){.p = ORDERS_MOST_ORDER,
                       .d = 2,
                       .q = ORDERS_MOST_ORDER,
                       .P = season > 1 ? most : 0,
                       .D = season > 1,
                       .Q = season > 1 ? most : 0};
}

size_t mine__arima_search_room(int64_t n, int season) {
  return 3 * (size_t)n + mine__stl_room(n, season);
}

/* ---- differences ---------------------------------------------------------------------------- */

/* Sum of squares around the mean, of those whose value is known. */
static double orders_squares(const double *x, const double *known, int64_t n) {
  double mean = 0, count = 0, sum = 0;
  for (int64_t i = 0; i < n; i++) {
    if (isnan(known[i])) continue;
    mean += x[i];
    count++;
  }
  mean /= count;
  for (int64_t i = 0; i < n; i++)
    if (!isnan(known[i])) sum += (x[i] - mean) * (x[i] - mean);
  return sum;
}

static int orders_season_is_strong(const arima_work *w, double *memory) {
  const int64_t n = w->n;
  const mine_stl_how how = {.season = w->season, .seasonal = ORDERS_WINDOW};
  double *filled = memory, *trend = memory + n, *seasonal = memory + 2 * n;
  if (w->season < 2 || n <= 2 * (int64_t)w->season) return 0;
  mine__series_bridge(w->y, n, filled);
  mine__stl(filled, n, &how, trend, seasonal, memory + 3 * n);
  for (int64_t i = 0; i < n; i++) {
    filled[i] -= trend[i];
    trend[i] = filled[i] - seasonal[i];
  }
  return 1 - orders_squares(trend, w->y, n) / orders_squares(filled, w->y, n) > ORDERS_STRONG;
}

/* All values that are known are one. */
static int orders_is_constant(const double *x, int64_t n) {
  double first = NAN;
  for (int64_t i = 0; i < n; i++) {
    if (isnan(x[i])) continue;
    if (isnan(first)) first = x[i];
    if (fabs(x[i] - first) > 1e-12 * (1 + fabs(first))) return 0;
  }
  return 1;
}

/* Whether the level moves: KPSS, with Bartlett's weights over 3 sqrt(n) / 13 lags. */
static int orders_level_moves(const double *x, int64_t n) {
  const int64_t lags = (int64_t)(3 * sqrt((double)n) / 13);
  double mean = 0, sum = 0, squares = 0, variance = 0;
  for (int64_t i = 0; i < n; i++)
    mean += x[i] / (double)n;
  for (int64_t i = 0; i < n; i++) {
    sum += x[i] - mean;
    squares += sum * sum;
  }
  for (int64_t lag = 0; lag <= lags; lag++) {
    double product = 0;
    for (int64_t i = lag; i < n; i++)
      product += (x[i] - mean) * (x[i - lag] - mean);
    variance += (lag == 0 ? 1 : 2 * (1 - (double)lag / (double)(lags + 1))) * product;
  }
  return squares / (double)n > ORDERS_KPSS * variance;
}

/* d, of the series differenced D times; what is missing is left out, as R does. */
static int orders_differences(const arima_work *w, int D, double *x) {
  int64_t n = 0;
  for (int64_t i = D ? w->season : 0; i < w->n; i++) {
    const double v = D ? w->y[i] - w->y[i - w->season] : w->y[i];
    if (!isnan(v)) x[n++] = v;
  }
  for (int d = 0;; d++) {
    if (d == 2 || n < 3 || orders_is_constant(x, n) || !orders_level_moves(x, n)) return d;
    n--;
    for (int64_t i = 0; i < n; i++)
      x[i] = x[i + 1] - x[i];
  }
}

/* ---- neighbours ----------------------------------------------------------------------------- */

/* A neighbour: what changes. */
static const struct orders_move {
  int p, q, P, Q;
} orders_moves[] = {{0, 0, -1, 0},  {0, 0, 0, -1}, {0, 0, 1, 0},  {0, 0, 0, 1},
                    {0, 0, -1, -1}, {0, 0, -1, 1}, {0, 0, 1, -1}, {0, 0, 1, 1},
                    {-1, 0, 0, 0},  {0, -1, 0, 0}, {1, 0, 0, 0},  {0, 1, 0, 0},
                    {-1, -1, 0, 0}, {-1, 1, 0, 0}, {1, -1, 0, 0}, {1, 1, 0, 0}};
#define ORDERS_MOVES ((int)(sizeof orders_moves / sizeof *orders_moves))

typedef struct orders_run {
  arima_work *w;
  arima_order most;
  int constants; /* whether a constant can be told */
  int64_t tried[ARIMA_MODELS];
  int n_tried;
  arima_found *best;
} orders_run;

/* Try an order; 1: it is the best so far. */
static int orders_try(orders_run *s, arima_order o) {
  arima_found found;
  double c[ARIMA_COEFFICIENTS];
  const int64_t form = mine__arima_form(&o);
  if (o.p < 0 || o.q < 0 || o.P < 0 || o.Q < 0 || o.p > s->most.p || o.q > s->most.q ||
      o.P > s->most.P || o.Q > s->most.Q || s->n_tried == ARIMA_MODELS)
    return 0;
  for (int i = 0; i < s->n_tried; i++)
    if (s->tried[i] == form) return 0;
  s->tried[s->n_tried++] = form;
  const arima_found *from = isfinite(s->best->criterion) ? s->best : NULL;
  if (!mine__arima_fit_order(s->w, &o, from, 0, &found)) return 0;
  if (!(found.criterion < s->best->criterion)) return 0;
  mine__arima_natural(&o, found.unbounded, c);
  if (!mine__arima_away_from_one(&o, s->w->season, c)) return 0;
  *s->best = found;
  return 1;
}

static int orders_step(orders_run *s) {
  for (int i = 0; i < ORDERS_MOVES; i++) {
    arima_order o = s->best->order;
    o.p += orders_moves[i].p;
    o.q += orders_moves[i].q;
    o.P += orders_moves[i].P;
    o.Q += orders_moves[i].Q;
    if (orders_try(s, o)) return 1;
  }
  if (!s->constants) return 0;
  arima_order o = s->best->order;
  o.constant = !o.constant;
  return orders_try(s, o);
}

static int orders_least(int64_t a, int64_t b) {
  return (int)(a < b ? a : b);
}

/* Bounds of the orders, as R has them for short series. */
static arima_order orders_most(const arima_work *w) {
  arima_order most = mine__arima_largest(w->season);
  const int64_t third = w->known / 3;
  most.p = most.q = orders_least(most.p, third);
  most.P = most.Q = orders_least(most.P, third / w->season);
  if (w->season > 1 && most.P > 0) most.p = most.q = orders_least(most.p, w->season - 1);
  return most;
}

/* The orders from which the search sets out. */
static void orders_begin(orders_run *s, const arima_order *plain) {
  const int few = s->w->n < 10;
  const arima_order *most = &s->most;
  arima_order o = *plain;
  o.p = orders_least(few ? 1 : 2, most->p);
  o.q = orders_least(few ? 1 : 2, most->q);
  o.P = orders_least(!few, most->P);
  o.Q = orders_least(!few, most->Q);
  orders_try(s, o);
  orders_try(s, *plain);
  o = *plain;
  o.p = orders_least(1, most->p);
  o.P = orders_least(1, most->P);
  orders_try(s, o);
  o = *plain;
  o.q = orders_least(1, most->q);
  o.Q = orders_least(1, most->Q);
  orders_try(s, o);
  o = *plain;
  o.constant = 0;
  if (s->constants) orders_try(s, o);
}

/* d and D, as far as the values tell what is differenced. */
static arima_order orders_plain(arima_work *w, int may_season, double *memory) {
  arima_order plain = {.D = may_season && orders_season_is_strong(w, memory)};
  arima_found found;
  plain.d = orders_differences(w, plain.D, memory);
  for (;;) {
    mine__arima_difference(w, plain.d, plain.D);
    if (plain.d + plain.D == 0 || mine__arima_fit_order(w, &plain, NULL, 0, &found)) return plain;
    if (plain.D > 0) {
      plain.D = 0;
      plain.d = orders_differences(w, 0, memory);
    } else {
      plain.d--;
    }
  }
}

/* The best so far once more, from several places; a better end that is too near to 1 is none. */
static void orders_again(arima_work *w, arima_found *best) {
  arima_found again;
  double c[ARIMA_COEFFICIENTS];
  if (!mine__arima_fit_order(w, &best->order, best, 1, &again) || again.value > best->value) return;
  mine__arima_natural(&again.order, again.unbounded, c);
  if (mine__arima_away_from_one(&again.order, w->season, c)) *best = again;
}

void mine__arima_search(arima_work *w, const mine_forecast_how *how, double *memory,
                        arima_found *best) {
  orders_run s = {.w = w, .best = best, .most = orders_most(w)};
  if (how->seasonal == MINE_SEASONAL_NONE) s.most.P = s.most.Q = 0;
  arima_order plain = orders_plain(w, how->seasonal != MINE_SEASONAL_NONE, memory);
  s.constants = plain.d + plain.D < 2 && how->constant == 0;
  plain.constant = plain.d + plain.D < 2 && how->constant != 1;
  *best = (arima_found){.order = plain, .value = INFINITY, .criterion = INFINITY};
  if (!orders_is_constant(w->w, w->n_w)) {
    orders_begin(&s, &plain);
    while (isfinite(best->criterion) && orders_step(&s)) {
    }
  }
  if (isfinite(best->criterion)) {
    orders_again(w, best);
    return;
  }
  /* too few values for a criterion, or all the same: what has the fewest unknowns */
  if (mine__arima_fit_order(w, &plain, NULL, 0, best)) return;
  plain.constant = 0;
  (void)mine__arima_fit_order(w, &plain, NULL, 0, best);
}
