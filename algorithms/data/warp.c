/*
** warp.c -- numbers bent before they are scaled.
**
** Both directions of rank are one interpolation with the roles of values and shares
** exchanged, so that a knot comes back exactly.
*/
#include "warp.h"

#include <math.h>

#include "../core/order.h"

/* ---- learning ------------------------------------------------------------------- */

static int warp_less(const void *context, const void *a, const void *b) {
  (void)context;
  return *(const double *)a < *(const double *)b;
}

/* The run of equals around `at`, as a knot; the place behind the run. */
static int64_t warp_knot(mine__warp *warp, const double *number, int64_t n, int64_t at) {
  int64_t first = at, behind = at + 1;
  while (first > 0 && number[first - 1] == number[at])
    first--;
  while (behind < n && number[behind] == number[at])
    behind++;
  warp->value[warp->n] = number[at];
  warp->share[warp->n++] =
      ((double)first + 0.5 * (double)(behind - first)) / (double)n; /* 0 < share < 1 */
  return behind;
}

static int64_t warp_different(const double *number, int64_t n) {
  int64_t different = n > 0;
  for (int64_t i = 1; i < n; i++)
    different += number[i] != number[i - 1];
  return different;
}

void mine__warp_learn(mine__warp *warp, double *number, double *spare, int64_t n) {
  warp->n = 0;
  mine__sort(NULL, number, spare, (size_t)n, sizeof *number, warp_less, NULL);
  if (warp_different(number, n) <= MINE_WARP_KNOTS) {
    for (int64_t at = 0; at < n;)
      at = warp_knot(warp, number, n, at);
    return;
  }
  int64_t behind = 0;
  for (int64_t step = 0; step < MINE_WARP_KNOTS; step++) {
    const int64_t at = step * (n - 1) / (MINE_WARP_KNOTS - 1);
    if (at >= behind) behind = warp_knot(warp, number, n, at);
  }
}

/* ---- there and back ---------------------------------------------------------------- */

/* Linear between the rising from[], n >= 1; x within its ends.  Halves, so that no
** difference overflows. */
static double warp_between(const double *from, const double *to, int n, double x) {
  int low = 0, high = n - 1;
  while (low < high) {
    const int middle = low + (high - low + 1) / 2;
    if (from[middle] <= x)
      low = middle;
    else
      high = middle - 1;
  }
  if (low == n - 1 || from[low] == x) return to[low];
  const double part = (0.5 * x - 0.5 * from[low]) / (0.5 * from[low + 1] - 0.5 * from[low]);
  return (1 - part) * to[low] + part * to[low + 1];
}

static double warp_rank(const mine__warp *warp, double x) {
  if (warp->n == 0 || isnan(x)) return NAN;
  if (x < warp->value[0]) return 0;
  if (x > warp->value[warp->n - 1]) return 1;
  return warp_between(warp->value, warp->share, warp->n, x);
}

static double warp_rank_back(const mine__warp *warp, double y) {
  if (warp->n == 0 || isnan(y)) return NAN;
  if (y < warp->share[0]) return warp->value[0];
  if (y > warp->share[warp->n - 1]) return warp->value[warp->n - 1];
  return warp_between(warp->share, warp->value, warp->n, y);
}

double mine__warp_number(const mine__warp *warp, double x) {
  if (warp->form == MINE_WARP_LOG) return copysign(log1p(fabs(x)), x);
  return warp->form == MINE_WARP_RANK ? warp_rank(warp, x) : x;
}

double mine__warp_back(const mine__warp *warp, double y) {
  if (warp->form == MINE_WARP_LOG) return copysign(expm1(fabs(y)), y);
  return warp->form == MINE_WARP_RANK ? warp_rank_back(warp, y) : y;
}

/* ---- bytes ---------------------------------------------------------------------------- */

void mine__warp_save(const mine__warp *warp, mine_writer *w) {
  if (warp->form != MINE_WARP_RANK) return;
  mine__write_u64(w, (uint64_t)warp->n); /* mine__read_count */
  mine__write_reals(w, warp->value, (size_t)warp->n);
  mine__write_reals(w, warp->share, (size_t)warp->n);
}

void mine__warp_load(mine_reader *r, mine__warp *warp) {
  if (warp->form != MINE_WARP_RANK) return;
  const size_t n = mine__read_count(mine__called(r, "quantiles"), 2 * sizeof(double));
  if (n > MINE_WARP_KNOTS) mine__reader_bad(r, "the number of quantiles");
  if (!mine__reader_ok(r)) return;
  warp->n = (int)n;
  warp->value = mine__read_reals(mine__called(r, "value"), n, 1);
  warp->share = mine__read_reals(mine__called(r, "share"), n, 1);
  for (size_t i = 0; mine__reader_ok(r) && i < n; i++) {
    const int rises =
        i == 0 || (warp->value[i - 1] < warp->value[i] && warp->share[i - 1] < warp->share[i]);
    if (!rises || !(warp->share[i] > 0 && warp->share[i] < 1)) mine__reader_bad(r, "quantiles");
  }
}
