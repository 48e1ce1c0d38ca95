/*
** order.h -- sorting by comparison, a heap, selection and quantiles: what radix.h cannot do.
**
** Whoever asks says what stands before what; a comparison gets the context it was
** given beside the two items.  All results depend on the items alone, never on
** threads or on the library's qsort.
*/
#ifndef MINE_CORE_ORDER_H
#define MINE_CORE_ORDER_H

#include "env.h"

/* Whether a must stand before b (equal items: neither). */
typedef int (*mine__before)(const void *context, const void *a, const void *b);

/* Stable merge sort of n items of `size` bytes; spare has room for n.  O(n log n)
** comparisons, n - 1 when the items are in order.  With an environment the host is
** asked on the way and a failure leaves the items in any order; inside a parallel
** task env is NULL. */
void mine__sort(mine_env *env, void *items, void *spare, size_t n, size_t size, mine__before before,
                const void *context);

/* x[k] becomes the value of rank k (0 = least), smaller ones before it, larger ones
** behind; returns it.  No NAN.  O(n) expected whatever the order of x. */
double mine__select(double *x, int64_t n, int64_t k);

/* ---- quantiles --------------------------------------------------------------------------
** as R (type 7) and numpy have them by default: the quantile of a share lies between
** the values of rank `below` and below + 1, the part `part` of the way. */

typedef struct mine__rank {
  int64_t below;
  double part; /* 0: at `below`, and below + 1 may not exist */
} mine__rank;

/* Of n >= 1 values, share in [0, 1]. */
static inline mine__rank mine__rank_of(int64_t n, double share) {
  const double at = (double)(n - 1) * share;
  const int64_t below = (int64_t)at;
  return (mine__rank){below, at - (double)below};
}

/* The part of the way from low to high, never beside them.  No difference is taken, so that
** neither 1e308 - (-1e308) overflows nor an infinity beside the quantile makes it NAN. */
double mine__interpolate(double low, double high, double part);
/* Of n values, none of them NAN, which are moved about; NAN: there are none. */
double mine__quantile(double *x, int64_t n, double share);
double mine__median(double *x, int64_t n);

/* Sort a few words in place, by Shell's gaps: most arrays have ten, but some have
** thousands.  Compiled for `before` at each call; not stable, so let it decide ties. */
MINE_INLINE void mine__sort_words(uint32_t *word, uint32_t n,
                                  int (*before)(const void *context, uint32_t a, uint32_t b),
                                  const void *context) {
  uint32_t gap = 1;
  while (gap < n / 3)
    gap = 3 * gap + 1;
  for (; gap > 0; gap /= 3) {
    for (uint32_t i = gap; i < n; i++) {
      const uint32_t moving = word[i];
      uint32_t at = i;
      for (; at >= gap && before(context, moving, word[at - gap]); at -= gap)
        word[at] = word[at - gap];
      word[at] = moving;
    }
  }
}

/* ---- a binary heap (Williams 1964, "Algorithm 232: Heapsort", CACM 7) ----------------
** over the positions 0..n-1 of whatever arrays the caller has: nobody stands before
** his parent, so position 0 holds who stands before all others.  The functions are
** compiled for `before` and `swap` at each call. */

typedef struct mine__heap {
  int (*before)(const void *arrays, int64_t a, int64_t b); /* the item at a before that at b */
  void (*swap)(void *arrays, int64_t a, int64_t b);
} mine__heap;

/* The item at `at` (the last) rises to its place. */
MINE_INLINE void mine__heap_rise(mine__heap heap, void *arrays, int64_t at) {
  for (; at > 0 && heap.before(arrays, at, (at - 1) / 2); at = (at - 1) / 2)
    heap.swap(arrays, at, (at - 1) / 2);
}

/* The item at `at` of n sinks to its place. */
MINE_INLINE void mine__heap_sink_from(mine__heap heap, void *arrays, int64_t at, int64_t n) {
  for (int64_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && heap.before(arrays, child + 1, child)) child++;
    if (!heap.before(arrays, child, at)) return;
    heap.swap(arrays, child, at);
  }
}

/* The item at 0 of n sinks to its place. */
MINE_INLINE void mine__heap_sink(mine__heap heap, void *arrays, int64_t n) {
  mine__heap_sink_from(heap, arrays, 0, n);
}

#endif
