/*
** order.c -- the merge sort and the selection of order.h.
**
** Runs of a few items are sorted by insertion, then merged bottom up, to and fro
** between the two arrays (Knuth, TAOCP 3, 5.2.4).  Two runs that are in order
** already are copied without comparing each.
*/
#include "order.h"

#include <math.h>
#include <string.h>

#include "hash.h"

#define ORDER_RUN  ((size_t)8)     /* insertion sort up to here   */
#define ORDER_POLL ((size_t)65536) /* items moved between polls   */

typedef struct order_task {
  mine_env *env;
  mine__before before;
  const void *context;
} order_task;

/* Everything below is compiled for each `size` that mine__sort names. */

/* Insertion sort of a run; `spare` holds the item that moves. */
MINE_INLINE void order_run(const order_task *sort, char *item, char *spare, size_t n, size_t size) {
  for (size_t i = 1; i < n; i++) {
    if (!sort->before(sort->context, item + i * size, item + (i - 1) * size)) continue;
    memcpy(spare, item + i * size, size);
    size_t at = i;
    do {
      memcpy(item + at * size, item + (at - 1) * size, size);
      at--;
    } while (at > 0 && sort->before(sort->context, spare, item + (at - 1) * size));
    memcpy(item + at * size, spare, size);
  }
}

/* from[0..middle) and from[middle..n), each in order, to to[0..n). */
MINE_INLINE void order_merge(const order_task *sort, const char *from, char *to, size_t middle,
                             size_t n, size_t size) {
  const char *a = from, *b = from + middle * size;
  const char *const a_end = b, *const b_end = from + n * size;
  if (b == b_end || !sort->before(sort->context, b, b - size)) {
    memcpy(to, from, n * size);
    return;
  }
  for (; a < a_end && b < b_end; to += size) {
    const int right = sort->before(sort->context, b, a);
    memcpy(to, right ? b : a, size);
    b += right ? size : 0;
    a += right ? 0 : size;
  }
  memcpy(to, a, (size_t)(a_end - a));
  memcpy(to + (a_end - a), b, (size_t)(b_end - b));
}

MINE_INLINE void order_sort_of(const order_task *sort, char *items, char *spare, size_t n,
                               size_t size) {
  char *from = items, *to = spare;
  size_t moved = 0;
  for (size_t i = 0; i < n; i += ORDER_RUN)
    order_run(sort, items + i * size, spare, n - i < ORDER_RUN ? n - i : ORDER_RUN, size);
  for (size_t run = ORDER_RUN; run < n; run *= 2) {
    for (size_t i = 0; i < n; i += 2 * run) {
      const size_t both = n - i < 2 * run ? n - i : 2 * run;
      order_merge(sort, from + i * size, to + i * size, both < run ? both : run, both, size);
      moved += both;
      if (moved < ORDER_POLL) continue;
      moved = 0;
      if (sort->env && mine__poll(sort->env) != MINE_OK) return;
    }
    char *const swap = from;
    from = to;
    to = swap;
  }
  if (from != items) memcpy(items, from, n * size);
}

void mine__sort(mine_env *env, void *items, void *spare, size_t n, size_t size, mine__before before,
                const void *context) {
  const order_task sort = {env, before, context};
  switch (size) {
    case 4:
      order_sort_of(&sort, items, spare, n, 4);
      break;
    case 8:
      order_sort_of(&sort, items, spare, n, 8);
      break;
    case 16:
      order_sort_of(&sort, items, spare, n, 16);
      break;
    case 32:
      order_sort_of(&sort, items, spare, n, 32);
      break;
    default:
      order_sort_of(&sort, items, spare, n, size);
      break;
  }
}

/* Hoare's selection ("Algorithm 65: Find", CACM 4, 1961).  The pivot's place is
** scrambled, so no order of x makes it quadratic. */
double mine__select(double *x, int64_t n, int64_t k) {
  int64_t low = 0, high = n - 1;
  while (low < high) {
    const uint64_t span = (uint64_t)(high - low + 1);
    const double pivot = x[low + (int64_t)(mine_hash_mix(span) % span)];
    int64_t i = low, j = high;
    while (i <= j) {
      while (x[i] < pivot)
        i++;
      while (x[j] > pivot)
        j--;
      if (i <= j) {
        const double t = x[i];
        x[i++] = x[j];
        x[j--] = t;
      }
    }
    if (k <= j) {
      high = j;
    } else if (k >= i) {
      low = i;
    } else {
      break;
    }
  }
  return x[k];
}

double mine__interpolate(double low, double high, double part) {
  if (!(part > 0) || low == high) return low;
  const double x = (1 - part) * low + part * high;
  return x < low ? low : x > high ? high : x;
}

double mine__quantile(double *x, int64_t n, double share) {
  if (n < 1) return NAN;
  const mine__rank rank = mine__rank_of(n, share);
  const double low = mine__select(x, n, rank.below);
  return rank.part > 0 ? mine__interpolate(low, mine__select(x, n, rank.below + 1), rank.part)
                       : low;
}

double mine__median(double *x, int64_t n) {
  return mine__quantile(x, n, 0.5);
}
