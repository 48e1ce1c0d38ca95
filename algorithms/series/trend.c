/*
** trend.c -- a straight line, a season of dummies and regressors by least squares, as R's tslm.
**
**   y_t = a + b t + s_(t mod m) + x_t' c + e_t,   t = 1, 2 ... and the season of the first point 0
**
** What is kept is the triangle r of (X y), r'r = (X y)'(X y), by Householder's QR: coefficients are
** solved from it when they are asked for, and a new row is rotated into it, so that a model that
** has moved on by new rows is that of all rows.  Columns that follow from those before them are
** left out, as R's lm does, and stay so.  Bounds are those of a new value (Draper & Smith, Applied
** Regression Analysis, 3rd ed., 3.1),
**
**   x'c +- t_(n - k) s sqrt(1 + x'(X'X)^-1 x)
**
** A missing value has no row.
*/
#include <math.h>
#include <stdio.h>

#include "../kernel/linalg.h"
#include "../kernel/special.h"
#include "series.h"

#define TREND_SEASON 60  /* points of a season at most */
#define TREND_BLOCK  256 /* rows that enter the triangle at once */
#define TREND_ALIKE  1e-7
#define TREND_MOST   (TREND_SEASON + 1 + MINE_MOST_REGRESSORS)

/* A state: how many values; per column 1 where it is in, else 0; the triangle of those that are
** and of y, row after row from the diagonal on. */
enum { TREND_VALUES, TREND_KEPT };

static int trend_columns(int season, int n_x) {
  return 1 + season + n_x; /* the constant, the slope, season - 1 dummies */
}

/* Points of the season that has dummies: form 0 has none. */
static int trend_season(const mine_forecast_fit *fit) {
  return fit->form ? fit->season : 1;
}

static int trend_triangle(int k) {
  return k * (k + 1) / 2;
}

static int trend_state(const mine_forecast_how *how, int season) {
  const int most = season < TREND_SEASON ? season : TREND_SEASON;
  const int q = trend_columns(most, how->n_x);
  return TREND_KEPT + q + trend_triangle(q + 1);
}

static size_t trend_scratch(const mine_forecast_how *how, int64_t n, int season, int64_t h) {
  const int most = season < TREND_SEASON ? season : TREND_SEASON;
  const size_t p = (size_t)trend_columns(most, how->n_x) + 1;
  (void)h;
  return p * p + p * (size_t)(n < TREND_BLOCK ? n : TREND_BLOCK);
}

/* Column j of the design, of point t. */
static double trend_cell(int season, int64_t t, const double *x, int j) {
  if (j == 0) return 1;
  if (j == 1) return (double)(t + 1);
  if (j > season) return x[j - season - 1];
  return t % season == j - 1;
}

/* ---- what is learned, as a triangle --------------------------------------------------------- */

typedef struct trend_view {
  int q, k; /* columns; those that are in */
  double values;
  const double *kept;
  double *r;
} trend_view;

static trend_view trend_look(const mine_forecast_fit *fit) {
  trend_view v = {.q = trend_columns(trend_season(fit), fit->n_x),
                  .values = fit->state[TREND_VALUES],
                  .kept = fit->state + TREND_KEPT};
  for (int j = 0; j < v.q; j++)
    v.k += v.kept[j] > 0;
  v.r = fit->state + TREND_KEPT + v.q;
  return v;
}

/* Row i of the triangle, from its diagonal on. */
static double *trend_row(const trend_view *v, int i) {
  return v->r + i * (v->k + 1) - i * (i - 1) / 2;
}

static void trend_design(const mine_forecast_fit *fit, const trend_view *v, int64_t t,
                         const double *x, double *row) {
  int to = 0;
  for (int j = 0; j < v->q; j++)
    if (v->kept[j] > 0) row[to++] = trend_cell(trend_season(fit), t, x, j);
}

static void trend_solve(const trend_view *v, double *c) {
  for (int i = v->k - 1; i >= 0; i--) {
    const double *r = trend_row(v, i);
    c[i] = r[v->k - i];
    for (int j = i + 1; j < v->k; j++)
      c[i] -= r[j - i] * c[j];
    c[i] /= r[0];
  }
}

/* x'(X'X)^-1 x = |w|^2 with r'w = x; the row becomes w. */
static double trend_leverage(const trend_view *v, double *row) {
  double sum = 0;
  for (int i = 0; i < v->k; i++) {
    const double *r = trend_row(v, i);
    row[i] /= r[0];
    sum += row[i] * row[i];
    for (int j = i + 1; j < v->k; j++)
      row[j] -= r[j - i] * row[i];
  }
  return sum;
}

/* A row (x, y) is rotated into the triangle (Golub & Van Loan, Matrix Computations, 5.2.5). */
static void trend_rotate(const trend_view *v, double *row) {
  for (int i = 0; i <= v->k; i++) {
    double *r = trend_row(v, i);
    const double length = hypot(r[0], row[i]);
    if (length == 0) continue;
    const double c = r[0] / length, s = row[i] / length;
    for (int j = i; j <= v->k; j++) {
      const double above = r[j - i];
      r[j - i] = c * above + s * row[j];
      row[j] = c * row[j] - s * above;
    }
  }
}

static double trend_expected(const trend_view *v, const double *c, const double *row) {
  double sum = 0;
  for (int i = 0; i < v->k; i++)
    sum += c[i] * row[i];
  return sum;
}

static int trend_knows(const mine_forecast_fit *fit, const double *x) {
  for (int k = 0; k < fit->n_x; k++)
    if (!x || isnan(x[k])) return 0;
  return 1;
}

/* Figures of the triangle: its last number squared is what the columns leave of y. */
static void trend_figures(mine_forecast_fit *fit, const trend_view *v) {
  const double n = v->values, k = v->k, rest = *trend_row(v, v->k);
  fit->sse = rest * rest;
  fit->sigma2 = n > k ? fit->sse / (n - k) : (double)NAN;
  fit->parameters = v->k + 1;
  fit->likelihood = -n / 2 * (log(2 * 3.14159265358979323846 * fit->sse / n) + 1);
  fit->criterion = n - k - 2 > 0 && isfinite(fit->likelihood)
                       ? -2 * fit->likelihood + 2 * (k + 1) * n / (n - k - 2)
                       : (double)NAN;
  if (!isfinite(fit->likelihood)) fit->likelihood = NAN;
}

/* ---- fit ------------------------------------------------------------------------------------ */

/* The triangle of all known points, p x p, row-major. */
static void trend_qr(const mine_points *p, int q, double *block, double *r) {
  const int64_t most = p->n < TREND_BLOCK ? p->n : TREND_BLOCK;
  const int width = q + 1;
  int64_t t = 0;
  for (int i = 0; i < width * width; i++)
    r[i] = 0;
  while (t < p->n) {
    int64_t rows = 0, from = t, known = 0;
    for (; t < p->n && known < most; t++)
      known += !isnan(p->y[t]);
    for (; from < t; from++) {
      if (isnan(p->y[from])) continue;
      for (int j = 0; j < q; j++)
        block[j * known + rows] =
            trend_cell(p->season, from, p->n_x ? p->x + from * p->n_x : NULL, j);
      block[q * known + rows++] = p->y[from];
    }
    if (known > 0) mine__qr_add(width, r, known, block);
  }
}

static const char *trend_fit(const mine_points *p, const mine_forecast_how *how, double *scratch,
                             mine_forecast_fit *out) {
  mine_points seen = *p;
  uint8_t keep[TREND_MOST];
  double c[TREND_MOST], row[TREND_MOST];
  if (how->seasonal == MINE_SEASONAL_MULTIPLICATIVE)
    return "a season of dummies is additive, and seasonal=multiplicative was said";
  out->form = p->season > 1 && how->seasonal != MINE_SEASONAL_NONE;
  seen.season = trend_season(out);
  const int q = trend_columns(seen.season, p->n_x), width = q + 1;
  double *r = scratch, *state = out->state;
  trend_qr(&seen, q, scratch + width * width, r);
  const int k = (int)mine__qr_keep(width, q, r, TREND_ALIKE, keep);
  if (p->known <= k)
    return "it has no more values than trend, season and regressors have coefficients";
  /* From here on r is the triangle of the k columns that are kept and of y, k + 1 wide: in its
  ** last column are Q'y, and at its end the root of the sum of squared residuals. */
  state[TREND_VALUES] = (double)p->known;
  for (int j = 0; j < q; j++)
    state[TREND_KEPT + j] = keep[j];
  out->n_state = TREND_KEPT + q + trend_triangle(k + 1);
  const trend_view v = trend_look(out);
  for (int i = 0; i <= k; i++)
    for (int j = i; j <= k; j++)
      trend_row(&v, i)[j - i] = r[i * (k + 1) + j];
  trend_figures(out, &v);
  if (!out->fitted) return NULL;
  trend_solve(&v, c);
  for (int64_t t = 0; t < p->n; t++) {
    const double *x = p->n_x ? p->x + t * p->n_x : NULL;
    if (!trend_knows(out, x)) continue;
    trend_design(out, &v, t, x, row);
    out->fitted[t] = trend_expected(&v, c, row);
  }
  return NULL;
}

/* ---- ahead ---------------------------------------------------------------------------------- */

static void trend_forecast(const mine_forecast_fit *fit, double *scratch, mine_forecast_out *out) {
  const trend_view v = trend_look(fit);
  double c[TREND_MOST], row[TREND_MOST];
  const double t = mine__t_quantile((1 - out->level) / 2, v.values - v.k, MINE__UPPER);
  (void)scratch;
  trend_solve(&v, c);
  for (int64_t i = 0; i < out->h; i++) {
    const double *x = fit->x ? fit->x + i * fit->n_x : NULL;
    out->mean[i] = NAN;
    if (out->low) out->low[i] = out->high[i] = NAN;
    if (!trend_knows(fit, x)) continue;
    trend_design(fit, &v, fit->n + i, x, row);
    out->mean[i] = trend_expected(&v, c, row);
    if (!out->low) continue;
    const double half = t * sqrt(fit->sigma2 * (1 + trend_leverage(&v, row)));
    out->low[i] = out->mean[i] - half;
    out->high[i] = out->mean[i] + half;
  }
}

static void trend_advance(mine_forecast_fit *fit, const double *y, int64_t n, double *fitted) {
  trend_view v = trend_look(fit);
  double c[TREND_MOST], row[TREND_MOST + 1];
  for (int64_t i = 0; i < n; i++, fit->n++) {
    const double *x = fit->x ? fit->x + i * fit->n_x : NULL;
    const int known = trend_knows(fit, x);
    if (fitted) fitted[i] = NAN;
    if (!known || (isnan(y[i]) && !fitted)) continue;
    trend_design(fit, &v, fit->n, x, row);
    if (fitted) {
      trend_solve(&v, c);
      fitted[i] = trend_expected(&v, c, row);
    }
    if (isnan(y[i])) continue;
    row[v.k] = y[i];
    trend_rotate(&v, row);
    v.values = ++fit->state[TREND_VALUES];
  }
  if (fit->x) fit->x += n * fit->n_x;
  trend_figures(fit, &v);
}

static int trend_valid(const mine_forecast_fit *fit) {
  const int q = trend_columns(trend_season(fit), fit->n_x);
  if (fit->form < 0 || fit->form > 1 || fit->season > TREND_SEASON || fit->n_state < TREND_KEPT + q)
    return 0;
  for (int j = 0; j < q; j++)
    if (fit->state[TREND_KEPT + j] != 0 && fit->state[TREND_KEPT + j] != 1) return 0;
  const trend_view v = trend_look(fit);
  if (v.k < 1 || fit->n_state != TREND_KEPT + q + trend_triangle(v.k + 1)) return 0;
  for (int i = 0; i < v.k; i++)
    if (*trend_row(&v, i) == 0) return 0;
  return v.values > v.k;
}

static int trend_uses(const mine_forecast_fit *fit, int which) {
  return fit->state[TREND_KEPT + 1 + trend_season(fit) + which] > 0;
}

/* ---- words ---------------------------------------------------------------------------------- */

static void trend_words(const mine_forecast_fit *fit, char buffer[48]) {
  int used = 0;
  for (int k = 0; k < fit->n_x; k++)
    used += trend_uses(fit, k);
  char more[24] = "";
  if (used > 0) snprintf(more, sizeof more, ", %d regressor%s", used, used > 1 ? "s" : "");
  snprintf(buffer, 48, "trend%s%s", fit->form ? ", season" : "", more);
}

#define TREND_TEN(t)                                                                        \
  "season " #t "0", "season " #t "1", "season " #t "2", "season " #t "3", "season " #t "4", \
      "season " #t "5", "season " #t "6", "season " #t "7", "season " #t "8", "season " #t "9"

static const char *trend_name(const mine_forecast_fit *fit, int j) {
  static const char *const season[] = {"",           "",           "season 2",   "season 3",
                                       "season 4",   "season 5",   "season 6",   "season 7",
                                       "season 8",   "season 9",   TREND_TEN(1), TREND_TEN(2),
                                       TREND_TEN(3), TREND_TEN(4), TREND_TEN(5), "season 60"};
  if (j < 2) return j ? "slope" : "intercept";
  const int m = trend_season(fit);
  return j > m ? fit->x_name[j - m - 1] : season[j];
}

/* Parameter i is the i-th column that is in. */
static const char *trend_parameter(const mine_forecast_fit *fit, int i, double *value) {
  const trend_view v = trend_look(fit);
  double c[TREND_MOST];
  if (i >= v.k) return NULL;
  trend_solve(&v, c);
  *value = c[i];
  int at = 0;
  for (int j = 0;; j++)
    if (v.kept[j] > 0 && at++ == i) return trend_name(fit, j);
}

const mine_forecaster mine__forecaster_trend = {
    .name = "trend",
    .seasons = 2,
    .most_season = TREND_SEASON,
    .state = trend_state,
    .scratch = trend_scratch,
    .fit = trend_fit,
    .forecast = trend_forecast,
    .advance = trend_advance,
    .uses = trend_uses,
    .valid = trend_valid,
    .form_words = trend_words,
    .parameter = trend_parameter,
};
