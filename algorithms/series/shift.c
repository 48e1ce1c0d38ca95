/*
** shift.c -- where the level of a series jumps and stays.
**
** A step is asked for at every point t, in windows of several widths around it: least squares fit
** a line of one slope, and a jump J at t, to the points of the window (an analysis of covariance
** whose two groups are before and after).  So a trend is no shift.  J in standard errors becomes a
** score by Student's distribution; neighbouring errors that go together (a series that wanders)
** make the standard error greater by sqrt((1 + r) / (1 - r)) of their autocorrelation r.  The best
** t counts where chance would not give one like it in n tests, where J is not less than errors are,
** and where half of J is still there in a narrow window and between the medians of the five points
** before and after t: a jump, no climb.  It is taken away, and the next one is sought.
**
** Single far values are shaved first, to the median of the seven around them (Hampel's filter),
** which leaves steps as they are.
*/
#include <math.h>

#include "../core/order.h"
#include "../kernel/special.h"
#include "anomaly.h"

#define SHIFT_LEAST  6   /* points on each side                      */
#define SHIFT_NARROW 8   /* the narrowest window reaches so far      */
#define SHIFT_WIDER  4   /* each is so many times as wide as the one before */
#define SHIFT_WIDE   512 /* no window reaches farther                */
#define SHIFT_NEAR   16  /* half of the jump must be one in a window of that reach */
#define SHIFT_BESIDE 5   /* points whose medians must lie apart       */
#define SHIFT_SHAVED 5   /* deviations                                */

double mine__change_bound(double threshold, int64_t n) {
  const double rare = mine__normal_tail(threshold, MINE__LOG_UPPER) - log((double)n);
  return mine__normal_quantile(rare, MINE__LOG_UPPER);
}

/* ---- far values ----------------------------------------------------------------------------- */

static double shift_median(const double *y, int64_t n) {
  double room[2 * SHIFT_BESIDE];
  for (int64_t i = 0; i < n; i++)
    room[i] = y[i];
  return mine__median(room, n);
}

static void shift_shave(const double *y, int64_t n, double *out, double *memory) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    const int64_t left = i < 3 ? 0 : i - 3, right = i + 3 < n ? i + 3 : n - 1;
    out[i] = shift_median(y + left, right - left + 1);
    memory[i] = fabs(y[i] - out[i]);
    sum += memory[i];
  }
  /* Of normal errors 1.4826 medians of their sizes are a standard deviation, and sqrt(pi / 2) =
  ** 1.2533 means; the median is 0 where more than half of the points are their neighbours'
  ** median. */
  double far = SHIFT_SHAVED * 1.4826 * mine__median(memory, n);
  if (!(far > 0)) far = SHIFT_SHAVED * 1.2533 * sum / (double)n;
  for (int64_t i = 0; i < n; i++)
    if (fabs(y[i] - out[i]) <= far) out[i] = y[i];
}

/* ---- one step ------------------------------------------------------------------------------- */

/* Sums of y, of i y and of y squared over the points before i. */
typedef struct shift_sums {
  double *y, *iy, *yy;
} shift_sums;

typedef struct shift_fit {
  int64_t left, t, right;    /* points left .. t - 1 before, t .. right - 1 after */
  double slope, jump, error; /* its standard error */
  double before, middle;     /* means of y and of i before */
} shift_fit;

/* Sums about the means of points from .. to - 1. */
typedef struct shift_group {
  double n, mean, middle, xx, xy, yy;
} shift_group;

static shift_group shift_side(const shift_sums *s, int64_t from, int64_t to) {
  const double n = (double)(to - from), y = s->y[to] - s->y[from];
  shift_group g = {.n = n, .mean = y / n, .middle = (double)(from + to - 1) / 2};
  g.xx = n * (n * n - 1) / 12;
  g.xy = s->iy[to] - s->iy[from] - g.middle * y;
  g.yy = s->yy[to] - s->yy[from] - y * g.mean;
  return g;
}

static shift_fit shift_at(const shift_sums *s, int64_t n, int64_t t, int64_t reach) {
  shift_fit f = {.left = t > reach ? t - reach : 0, .t = t, .right = t + reach < n ? t + reach : n};
  const shift_group a = shift_side(s, f.left, t), b = shift_side(s, t, f.right);
  const double xx = a.xx + b.xx, apart = b.middle - a.middle;
  f.slope = (a.xy + b.xy) / xx;
  f.jump = b.mean - a.mean - f.slope * apart;
  const double squares = a.yy + b.yy - f.slope * (a.xy + b.xy);
  const double variance = fmax(squares, 0) / (a.n + b.n - 3);
  f.error = sqrt(variance * (1 / a.n + 1 / b.n + apart * apart / xx));
  f.before = a.mean;
  f.middle = a.middle;
  return f;
}

/* What the window leaves: the deviation of its errors, and how those of neighbours go together. */
static double shift_errors(const double *y, const shift_fit *f, double *together) {
  double squares = 0, products = 0, last = 0;
  for (int64_t i = f->left; i < f->right; i++) {
    const double line = f->before + f->slope * ((double)i - f->middle);
    const double e = y[i] - line - (i >= f->t ? f->jump : 0);
    squares += e * e;
    products += e * last;
    last = e;
  }
  const double n = (double)(f->right - f->left);
  /* The errors left by three coefficients look less alike than they are, by about 3 / n. */
  const double r = squares > 0 ? products / squares + 3 / n : 0;
  *together = r < 0 ? 0 : r > 0.98 ? 0.98 : r;
  return sqrt(squares / (n - 3));
}

/* The score of a step; 0: it is none. */
static double shift_score(const double *y, int64_t n, const shift_fit *f, double least) {
  double together;
  const double deviation = fmax(shift_errors(y, f, &together), least);
  const int64_t left = f->t < SHIFT_BESIDE ? f->t : SHIFT_BESIDE;
  const int64_t right = n - f->t < SHIFT_BESIDE ? n - f->t : SHIFT_BESIDE;
  const double apart = shift_median(y + f->t, right) - shift_median(y + f->t - left, left);
  if (fabs(f->jump) < deviation || apart * f->jump < 0 || fabs(apart) < fabs(f->jump) / 2) return 0;
  const double share = (1 - together) / (1 + together);
  const double points = (double)(f->right - f->left - 3) * share;
  const double error = fmax(f->error, least) / sqrt(share);
  const double tail = mine__t_tail(fabs(f->jump) / error, points > 2 ? points : 2, MINE__LOG_UPPER);
  return mine__normal_quantile(tail, MINE__LOG_UPPER);
}

/* ---- the best one --------------------------------------------------------------------------- */

typedef struct shift_search {
  const double *y;
  int64_t n;
  shift_sums sums;
  double *ratio; /* n: |jump| in errors, of one width */
  double least;  /* what is nothing but rounding    */
} shift_search;

/* Of what y has above its first value: the squares of a level far from 0 would cancel.
** shift_try puts the first value back. */
static void shift_sum(const shift_search *s) {
  const double first = s->y[0];
  double y = 0, iy = 0, yy = 0;
  for (int64_t i = 0; i <= s->n; i++) {
    s->sums.y[i] = y;
    s->sums.iy[i] = iy;
    s->sums.yy[i] = yy;
    if (i == s->n) break;
    const double d = s->y[i] - first;
    y += d;
    iy += d * (double)i;
    yy += d * d;
  }
}

/* Whether point t is the best of those within half a window. */
static int shift_is_peak(const shift_search *s, int64_t t, int64_t reach) {
  const int64_t half = reach / 2;
  for (int64_t k = t - half < 0 ? 0 : t - half; k <= t + half && k < s->n; k++)
    if (s->ratio[k] > s->ratio[t] || (s->ratio[k] == s->ratio[t] && k < t)) return 0;
  return 1;
}

static void shift_try(const shift_search *s, int64_t reach, double bound, mine_change *best) {
  for (int64_t t = 0; t < s->n; t++) {
    s->ratio[t] = 0;
    if (t < SHIFT_LEAST || t + SHIFT_LEAST > s->n) continue;
    const shift_fit f = shift_at(&s->sums, s->n, t, reach);
    s->ratio[t] = fabs(f.jump) / fmax(f.error, s->least);
  }
  for (int64_t t = SHIFT_LEAST; t + SHIFT_LEAST <= s->n; t++) {
    if (s->ratio[t] < bound || !shift_is_peak(s, t, reach)) continue;
    shift_fit f = shift_at(&s->sums, s->n, t, reach);
    f.before += s->y[0];
    const shift_fit near = shift_at(&s->sums, s->n, t, reach < SHIFT_NEAR ? reach : SHIFT_NEAR);
    if (near.jump / f.jump < 0.5) continue; /* a climb, to narrower windows */
    const double score = shift_score(s->y, s->n, &f, s->least);
    if (score > best->score) *best = (mine_change){t, f.jump, score};
  }
}

size_t mine__shifts_room(int64_t n) {
  return 5 * (size_t)n + 3;
}

static int shift_put(mine_change *out, int n, mine_change one) {
  int at = n;
  for (int k = 0; k < n; k++) {
    if (out[k].at != one.at) continue;
    out[k].size += one.size; /* what was left of it */
    return n;
  }
  for (; at > 0 && out[at - 1].at > one.at; at--)
    out[at] = out[at - 1];
  out[at] = one;
  return n + 1;
}

int mine__shifts(const double *y, int64_t n, double threshold, mine_change *out, double *memory) {
  if (n < 2 * SHIFT_LEAST) return 0;
  double *shaved = memory;
  shift_search s = {.y = shaved, .n = n};
  s.ratio = memory + n;
  s.sums = (shift_sums){memory + 2 * n, memory + 3 * n + 1, memory + 4 * n + 2};
  shift_shave(y, n, shaved, s.ratio);
  for (int64_t i = 0; i < n; i++)
    s.least = fmax(s.least, 1e-9 * fabs(shaved[i]));
  const double bound = mine__change_bound(threshold, n);
  int found = 0;
  for (int pass = 0; pass < MINE_MOST_CHANGES && found < MINE_MOST_CHANGES; pass++) {
    mine_change best = {.score = bound};
    shift_sum(&s);
    for (int64_t reach = SHIFT_NARROW;; reach *= SHIFT_WIDER) {
      shift_try(&s, reach, bound, &best);
      if (reach >= n || reach >= SHIFT_WIDE) break;
    }
    if (!(best.score > bound)) break;
    found = shift_put(out, found, best);
    for (int64_t i = best.at; i < n; i++)
      shaved[i] -= best.size;
  }
  return found;
}
