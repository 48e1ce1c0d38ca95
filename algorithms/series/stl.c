/*
** stl.c -- seasonal-trend decomposition by loess.
**
** Cleveland, Cleveland, McRae & Terpenning, "STL: a seasonal-trend decomposition procedure based on
** loess", Journal of Official Statistics 6 (1990).  Step by step as the paper has it, section 2.  A
** round of the inner loop:
**
**   1  detrend                     y - T
**   2  smooth each cycle-subseries (all Januaries ...), one season longer at both ends:  C
**   3  a low-pass filter of C: moving averages of m, m and 3 points, then loess:  L
**   4, 5  the season               S = C - L, deseasonalised y - S
**   6  the trend                   T = loess(y - S)
**
** The outer loop weighs points by the bisquare of what remains.  Loess is computed at every jump-th
** point and interpolated between (a jump is a tenth of the window), as the authors' program and R's
** stl do, so that the figures are theirs.
*/
#include "stl.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"

#define STL_PLAIN_ROUNDS 4 /* of a trend without a season: it settles sooner */

/* Points 0 .. n - 1, a window of `window` points, a degree of 0 or 1, computed at every
** `jump`-th. */
typedef struct stl_loess {
  int64_t window;
  int degree;
  int64_t jump;
} stl_loess;

/* The local regression at x from the points left .. right; w NULL: all weigh 1.  0: all weights are
** 0. */
/* A local line is a weighted mean, too: its value at x is that with the weights of a local mean
** times 1 + (x - a)(j - a) / spread, a being the mean place and spread the variance of the
** places.  0.999 and 0.001 are the authors' (their est). */
static int stl_at(const double *y, int64_t n, const stl_loess *how, double x, int64_t left,
                  int64_t right, const double *w, double *to) {
  double h = fmax(x - (double)left, (double)right - x);
  double sum = 0, mean = 0, spread = 0, value = 0;
  if (how->window > n) h += (double)((how->window - n) / 2);
  const double most = 0.999 * h, least = 0.001 * h;
  for (int pass = 0; pass < 3; pass++) {
    const int sloped = how->degree > 0 && h > 0 && sqrt(spread) > 0.001 * (double)(n - 1);
    for (int64_t j = left; j <= right; j++) {
      const double r = fabs((double)j - x), cube = r / h * (r / h) * (r / h);
      double weight = r > most ? 0 : r <= least ? 1 : (1 - cube) * (1 - cube) * (1 - cube);
      if (w) weight *= w[j];
      if (pass == 0) {
        sum += weight;
        mean += weight * (double)j;
      } else if (pass == 1) {
        spread += weight / sum * ((double)j - mean) * ((double)j - mean);
      } else {
        const double slope = sloped ? (x - mean) / spread * ((double)j - mean) + 1 : 1;
        value += weight / sum * slope * y[j];
      }
    }
    if (pass > 0) continue;
    if (!(sum > 0)) return 0;
    mean /= sum;
  }
  *to = value;
  return 1;
}

static void stl_line(double *out, int64_t from, int64_t to) {
  const double slope = (out[to] - out[from]) / (double)(to - from);
  for (int64_t j = from + 1; j < to; j++)
    out[j] = out[from] + slope * (double)(j - from);
}

/* Which points the window of point i holds. */
static void stl_window(const stl_loess *how, int64_t n, int64_t i, int64_t *left, int64_t *right) {
  const int64_t half = (how->window + 1) / 2;
  *left = 0;
  *right = n - 1;
  if (how->window >= n) return;
  *left = i + 1 < half ? 0 : i - half + 1;
  if (*left > n - how->window) *left = n - how->window;
  *right = *left + how->window - 1;
}

static void stl_smooth(const double *y, int64_t n, const stl_loess *how, const double *w,
                       double *out) {
  const int64_t jump = how->jump < n - 1 ? how->jump : n - 1;
  int64_t left = 0, right = 0, last = 0;
  if (n < 2) {
    out[0] = y[0];
    return;
  }
  for (int64_t i = 0; i < n; i += jump) {
    stl_window(how, n, i, &left, &right);
    if (!stl_at(y, n, how, (double)i, left, right, w, &out[i])) out[i] = y[i];
    if (i > 0) stl_line(out, i - jump, i);
    last = i;
  }
  if (last == n - 1) return;
  /* the window is that of the last point computed */
  if (!stl_at(y, n, how, (double)(n - 1), left, right, w, &out[n - 1])) out[n - 1] = y[n - 1];
  stl_line(out, last, n - 1);
}

/* ---- the season ----------------------------------------------------------------------------- */

typedef struct stl_work {
  int64_t n;
  int m;
  stl_loess seasonal, trend, low;
  double *detrended;                 /* n + 2 m */
  double *cycles;                    /* n + 2 m */
  double *filtered;                  /* n + 2 m */
  double *one, *smooth, *one_weight; /* a cycle-subseries, n / m + 3 */
} stl_work;

/* Step 2: each point of the season over the years, a year further at both ends. */
static void stl_cycles(const stl_work *s, const double *weight) {
  for (int64_t j = 0; j < s->m; j++) {
    const int64_t k = (s->n - j - 1) / s->m + 1;
    const double *w = weight ? s->one_weight : NULL;
    for (int64_t i = 0; i < k; i++) {
      s->one[i] = s->detrended[i * s->m + j];
      if (weight) s->one_weight[i] = weight[i * s->m + j];
    }
    double *out = s->smooth;
    const int64_t window = s->seasonal.window, right = window < k ? window - 1 : k - 1;
    stl_smooth(s->one, k, &s->seasonal, w, out + 1);
    if (!stl_at(s->one, k, &s->seasonal, -1, 0, right, w, &out[0])) out[0] = out[1];
    const int64_t left = k > window ? k - window : 0;
    if (!stl_at(s->one, k, &s->seasonal, (double)k, left, k - 1, w, &out[k + 1]))
      out[k + 1] = out[k];
    for (int64_t i = 0; i < k + 2; i++)
      s->cycles[i * s->m + j] = out[i];
  }
}

/* Means of `span` points in a row: n - span + 1 of them. */
static void stl_average(const double *x, int64_t n, int64_t span, double *out) {
  double sum = 0;
  for (int64_t i = 0; i < span; i++)
    sum += x[i];
  out[0] = sum / (double)span;
  for (int64_t i = span; i < n; i++) {
    sum += x[i] - x[i - span];
    out[i - span + 1] = sum / (double)span;
  }
}

static void stl_inner(const stl_work *s, const double *y, const double *weight, double *trend,
                      double *seasonal) {
  const int64_t n = s->n, m = s->m, all = n + 2 * m;
  for (int64_t i = 0; i < n; i++)
    s->detrended[i] = y[i] - trend[i];
  stl_cycles(s, weight);
  /* n + 2 m points become n + m + 1, n + 2 and n */
  stl_average(s->cycles, all, m, s->filtered);
  stl_average(s->filtered, all - m + 1, m, s->detrended);
  stl_average(s->detrended, all - 2 * m + 2, 3, s->filtered);
  stl_smooth(s->filtered, n, &s->low, NULL, s->detrended);
  for (int64_t i = 0; i < n; i++)
    seasonal[i] = s->cycles[m + i] - s->detrended[i];
  for (int64_t i = 0; i < n; i++)
    s->detrended[i] = y[i] - seasonal[i];
  stl_smooth(s->detrended, n, &s->trend, weight, trend);
}

/* ---- weights -------------------------------------------------------------------------------- */

/* By how far what remains lies out: Tukey's bisquare at six medians.  Where most points are met
** exactly the median is 0, and only these weigh. */
static void stl_bisquare(const double *remainder, int64_t n, double *w) {
  for (int64_t i = 0; i < n; i++)
    w[i] = fabs(remainder[i]);
  const double far = 6 * mine__median(w, n);
  for (int64_t i = 0; i < n; i++) {
    const double r = fabs(remainder[i]), share = r / far;
    w[i] = r <= 0.001 * far ? 1 : r <= 0.999 * far ? (1 - share * share) * (1 - share * share) : 0;
  }
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int64_t stl_odd(double x) {
  const int64_t up = (int64_t)ceil(x);
  return up % 2 == 0 ? up + 1 : up;
}

static stl_loess stl_window_of(int64_t window, int degree) {
  return (stl_loess){window, degree, (window + 9) / 10};
}

size_t mine__stl_room(int64_t n, int season) {
  return 3 * ((size_t)n + 2 * (size_t)season) + 3 * ((size_t)n / (size_t)season + 4) +
         2 * (size_t)n;
}

static double *stl_take(double **memory, int64_t n) {
  double *at = *memory;
  *memory += n;
  return at;
}

/* A season that is the same always: the mean of each of its points. */
static void stl_periodic(double *seasonal, int64_t n, int m) {
  for (int64_t j = 0; j < m; j++) {
    double sum = 0, k = 0;
    for (int64_t i = j; i < n; i += m, k++)
      sum += seasonal[i];
    for (int64_t i = j; i < n; i += m)
      seasonal[i] = sum / k;
  }
}

int64_t mine__stl_trend(const mine_stl_how *how, int64_t n) {
  const int64_t window = how->seasonal > 0 ? how->seasonal : 10 * n + 1;
  if (how->trend > 0) return how->trend;
  if (how->season > 1) return stl_odd(ceil(1.5 * how->season / (1 - 1.5 / (double)window)));
  return n / 3 > 7 ? n / 3 | 1 : 7;
}

/* A trend alone, by loess that trusts far values less in every round. */
static void stl_plain(const double *y, int64_t n, const mine_stl_how *how, double *trend,
                      double *memory) {
  const stl_loess loess = stl_window_of(mine__stl_trend(how, n), 1);
  double *weight = memory, *rest = memory + n;
  const int rounds = how->rounds < STL_PLAIN_ROUNDS ? how->rounds : STL_PLAIN_ROUNDS;
  for (int round = 0;; round++) {
    stl_smooth(y, n, &loess, round > 0 ? weight : NULL, trend);
    if (round == rounds) return;
    for (int64_t i = 0; i < n; i++)
      rest[i] = y[i] - trend[i];
    stl_bisquare(rest, n, weight);
  }
}

void mine__stl(const double *y, int64_t n, const mine_stl_how *how, double *trend, double *seasonal,
               double *memory) {
  const int m = how->season;
  if (m < 2) {
    memset(seasonal, 0, (size_t)n * sizeof *seasonal);
    stl_plain(y, n, how, trend, memory);
    return;
  }
  stl_work s = {.n = n, .m = m};
  s.seasonal = stl_window_of(how->seasonal > 0 ? how->seasonal : 10 * n + 1, 0);
  s.trend = stl_window_of(mine__stl_trend(how, n), 1);
  s.low = stl_window_of(stl_odd(m), 1);
  s.detrended = stl_take(&memory, n + 2 * m);
  s.cycles = stl_take(&memory, n + 2 * m);
  s.filtered = stl_take(&memory, n + 2 * m);
  s.one = stl_take(&memory, n / m + 4);
  s.smooth = stl_take(&memory, n / m + 4);
  s.one_weight = stl_take(&memory, n / m + 4);
  double *weight = stl_take(&memory, n), *rest = stl_take(&memory, n);
  memset(trend, 0, (size_t)n * sizeof *trend);
  for (int round = 0;; round++) {
    for (int inner = 0; inner < (how->rounds > 0 ? 1 : 2); inner++)
      stl_inner(&s, y, round > 0 ? weight : NULL, trend, seasonal);
    if (round == how->rounds) break;
    for (int64_t i = 0; i < n; i++)
      rest[i] = y[i] - trend[i] - seasonal[i];
    stl_bisquare(rest, n, weight);
  }
  if (how->seasonal == 0) stl_periodic(seasonal, n, m);
}
