/*
** scatter.c -- how far values lie from what was expected, in robust deviations.
**
** The deviation is 1.4826 times the median of what is left (its absolute value), which is the
** standard deviation of noise and does not mind far values (Hampel 1974).  Four things are added:
**
** few points    A median of few says little.  The deviation is made greater by what Student's
**               distribution asks beyond the normal one, with 0.37 degrees of freedom a point
**               (the efficiency of the median deviation).  And it is divided by the share of
**               points that are not spent on parameters: these come near to every value but
**               to one that they do not trust.
** the season    Points of a season that scatter more (days beside nights) are measured by
**               themselves, mixed with all as ten points would be, where that is greater.
** equal values  Values that are the same as many others (zeros of demand now and then) do not
**               count: their deviation is 0.  Where at most one value in fifty differs, it is
**               compared with the mean, and stands out.
** changes       The test of Brown & Forsythe (1974), Levene's with absolute deviations, at
**               every point, with a bound for many tests and for neighbours that go together;
**               each part has its own deviation.
*/
#include <math.h>

#include "../core/order.h"
#include "../kernel/special.h"
#include "anomaly.h"

#define SCATTER_NORMAL     1.4826022185056018 /* 1 / the upper quartile of the normal distribution */
#define SCATTER_MEAN       1.2533141373155003 /* sqrt(pi / 2)                                      */
#define SCATTER_EFFICIENCY 0.37
#define SCATTER_LEAST      12  /* points of a part                                    */
#define SCATTER_PRIOR      10  /* points that all of them are worth beside a season's */
#define SCATTER_FAR        5   /* deviations that count at most, in the test           */
#define SCATTER_TIMES      1.5 /* a smaller change is none                          */

typedef struct scatter_work {
  const double *rest;
  const uint8_t *common;
  int64_t n;
  const mine_scatter_how *how;
  double *factor; /* n: of the point's season */
  double *room;   /* n                        */
  double *amount; /* n + 1                    */
  double *square; /* n + 1                    */
} scatter_work;

/* The deviation of points from .. to - 1, `step` apart; *known: how many it is of. */
static double scatter_deviation(const scatter_work *w, int64_t from, int64_t to, int64_t step,
                                int64_t *known) {
  double sum = 0;
  int64_t all = 0, k = 0;
  for (int64_t i = from; i < to; i += step) {
    if (isnan(w->rest[i])) continue;
    const double r = fabs(w->rest[i]) / w->factor[i];
    sum += r;
    all++;
    if (!(w->common && w->common[i])) w->room[k++] = r;
  }
  *known = all;
  const int64_t few = all / 50 > 2 ? all / 50 : 2;
  if (all == 0) return 0;
  if (k > few) {
    const double middle = mine__median(w->room, k);
    if (middle > 0) return SCATTER_NORMAL * middle;
    int64_t differ = 0;
    for (int64_t i = 0; i < k; i++)
      if (w->room[i] > 0) w->room[differ++] = w->room[i];
    k = differ;
    if (k > few) return SCATTER_NORMAL * mine__median(w->room, k);
  }
  return SCATTER_MEAN * sum / (double)all;
}

/* ---- the season ----------------------------------------------------------------------------- */

static void scatter_seasons(const scatter_work *w) {
  const int m = w->how->season;
  int64_t known;
  for (int64_t i = 0; i < w->n; i++)
    w->factor[i] = 1;
  const double all = fmax(scatter_deviation(w, 0, w->n, 1, &known), w->how->least);
  if (m < 2 || !(all > 0)) return;
  for (int64_t j = 0; j < m; j++) {
    const double own = scatter_deviation(w, j, w->n, m, &known) / all, k = (double)known;
    const double both = sqrt((k * own * own + SCATTER_PRIOR) / (k + SCATTER_PRIOR));
    for (int64_t i = j; known >= 4 && both > 1 && i < w->n; i += m)
      w->factor[i] = both;
  }
}

/* ---- changes -------------------------------------------------------------------------------- */

/* Sums of amounts, and of their squares, over known points before i. */
static void scatter_sum(const scatter_work *w, double deviation) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i <= w->n; i++) {
    w->amount[i] = sum;
    w->square[i] = squares;
    if (i == w->n || isnan(w->rest[i])) continue;
    const double r = fabs(w->rest[i]) / w->factor[i] / deviation;
    const double a = r < SCATTER_FAR ? r : SCATTER_FAR;
    sum += a;
    squares += a * a;
  }
}

static int64_t scatter_known(const scatter_work *w, int64_t from, int64_t to) {
  int64_t n = 0;
  for (int64_t i = from; i < to; i++)
    n += !isnan(w->rest[i]);
  return n;
}

static double scatter_amount(const scatter_work *w, int64_t i) {
  return w->amount[i + 1] - w->amount[i];
}

/* Levene's test of points from .. t - 1 (a known) against t .. to - 1 (b known), in normal
** deviations.  together: the correlation of neighbouring amounts, which are worth fewer. */
static double scatter_levene(const scatter_work *w, int64_t from, int64_t t, int64_t to, double a,
                             double b, double together) {
  const double before = (w->amount[t] - w->amount[from]) / a;
  const double after = (w->amount[to] - w->amount[t]) / b;
  const double squares = w->square[to] - w->square[from] - a * before * before - b * after * after;
  const double variance = fmax(squares, 0) / (a + b - 2), share = (1 - together) / (1 + together);
  const double error = sqrt(variance * (1 / a + 1 / b) / share), apart = fabs(after - before);
  if (!(apart > 1e-9)) return 0;
  const double tail = mine__t_tail(error > 0 ? apart / error : INFINITY,
                                   fmax((a + b - 2) * share, 2), MINE__LOG_UPPER);
  return fmin(mine__normal_quantile(tail, MINE__LOG_UPPER), 1000);
}

static double scatter_together(const scatter_work *w, int64_t from, int64_t t, int64_t to, double a,
                               double b) {
  const double before = (w->amount[t] - w->amount[from]) / a;
  const double after = (w->amount[to] - w->amount[t]) / b;
  double squares = 0, products = 0, last = 0;
  for (int64_t i = from; i < to; i++) {
    if (isnan(w->rest[i])) continue;
    const double e = scatter_amount(w, i) - (i < t ? before : after);
    squares += e * e;
    products += e * last;
    last = e;
  }
  const double r = squares > 0 ? products / squares + 2 / (a + b) : 0;
  return r < 0 ? 0 : r > 0.98 ? 0.98 : r;
}

/* The best change of a part, with at least so many points on each side. */
static mine_change scatter_best(const scatter_work *w, int64_t from, int64_t to, double bound) {
  mine_change best = {.score = bound};
  int64_t a = 0;
  const int64_t all = scatter_known(w, from, to);
  for (int64_t t = from; t < to; t++) {
    if (a >= SCATTER_LEAST && all - a >= SCATTER_LEAST && !isnan(w->rest[t])) {
      const double score = scatter_levene(w, from, t, to, (double)a, (double)(all - a), 0);
      if (score > best.score) best = (mine_change){t, 0, score};
    }
    a += !isnan(w->rest[t]);
  }
  int64_t known;
  if (best.score > bound) {
    const double before = (double)scatter_known(w, from, best.at), after = (double)all - before;
    const double together = scatter_together(w, from, best.at, to, before, after);
    best.score = scatter_levene(w, from, best.at, to, before, after, together);
  }
  if (!(best.score > bound)) return (mine_change){0};
  const double before = scatter_deviation(w, from, best.at, 1, &known);
  const double after = scatter_deviation(w, best.at, to, 1, &known);
  best.size = after > w->how->least ? before > w->how->least ? after / before : INFINITY : 0;
  if (best.size < SCATTER_TIMES && best.size > 1 / SCATTER_TIMES) return (mine_change){0};
  return before > w->how->least || after > w->how->least ? best : (mine_change){0};
}

static int scatter_changes(const scatter_work *w, mine_change *out) {
  int64_t known, edge[MINE_MOST_CHANGES + 2] = {0, w->n};
  int found = 0;
  const double deviation = fmax(scatter_deviation(w, 0, w->n, 1, &known), w->how->least);
  /* tests at neighbouring points are nearly the same one: they count as 5 log n */
  const double bound = mine__change_bound(w->how->threshold, 1 + (int64_t)(5 * log((double)w->n)));
  if (!(deviation > 0)) return 0;
  scatter_sum(w, deviation);
  for (int part = 0; part <= found && found < MINE_MOST_CHANGES;) {
    const mine_change best = scatter_best(w, edge[part], edge[part + 1], bound);
    if (!(best.score > 0)) {
      part++;
      continue;
    }
    for (int k = found; k > part; k--)
      out[k] = out[k - 1];
    for (int k = found + 1; k > part; k--)
      edge[k + 1] = edge[k];
    out[part] = best;
    edge[part + 1] = best.at;
    found++;
  }
  return found;
}

/* ---- scores ---------------------------------------------------------------------------------- */

/* How much greater a deviation of so many points must be taken. */
static double scatter_doubt(const scatter_work *w, int64_t known) {
  const double threshold = w->how->threshold, n = (double)known;
  const double left = fmax(n * (1 - w->how->spent / (double)w->n), 2);
  const double tail = mine__normal_tail(threshold, MINE__LOG_UPPER);
  const double asked = mine__t_quantile(tail, fmax(SCATTER_EFFICIENCY * left, 1), MINE__LOG_UPPER);
  return asked / threshold / (left / n);
}

static void scatter_score(const scatter_work *w, int64_t from, int64_t to, double *score) {
  int64_t known;
  const double deviation = scatter_deviation(w, from, to, 1, &known);
  const double doubt = scatter_doubt(w, known);
  for (int64_t i = from; i < to; i++) {
    const double all = fmax(deviation * w->factor[i] * doubt, w->how->least);
    score[i] = all > 0 ? fabs(w->rest[i]) / all : w->rest[i] * 0;
  }
}

size_t mine__scatter_room(int64_t n) {
  return 4 * (size_t)n + 2;
}

int mine__scatter(const double *rest, const uint8_t *common, int64_t n, const mine_scatter_how *how,
                  double *score, mine_change *out, double *memory) {
  scatter_work w = {.rest = rest, .common = common, .n = n, .how = how};
  w.factor = memory;
  w.room = memory + n;
  w.amount = memory + 2 * n;
  w.square = memory + 3 * n + 1;
  scatter_seasons(&w);
  const int found = scatter_changes(&w, out);
  for (int part = 0; part <= found; part++)
    scatter_score(&w, part > 0 ? out[part - 1].at : 0, part < found ? out[part].at : n, score);
  return found;
}
