/*
** topk.c -- the bounded heap of topk.h: sift down to enter, heapsort to leave
** (Williams 1964, "Algorithm 232: Heapsort", CACM 7).
*/
#include "topk.h"

#include <math.h>

typedef struct topk_entry {
  double distance;
  uint32_t row;
} topk_entry;

/* The order of the answer: by distance, then by row. */
static inline int topk_before(double a, uint32_t a_row, double b, uint32_t b_row) {
  return a < b || (a == b && a_row < b_row);
}

static void topk_put(mine_topk *top, int64_t at, topk_entry entry) {
  top->distance[at] = entry.distance;
  top->row[at] = entry.row;
}

static topk_entry topk_get(const mine_topk *top, int64_t at) {
  return (topk_entry){top->distance[at], top->row[at]};
}

/* Let `entry` sink from position `at` in a heap of n entries. */
static void topk_sink(mine_topk *top, int64_t at, int64_t n, topk_entry entry) {
  for (int64_t child = 2 * at + 1; child < n; child = 2 * at + 1) {
    if (child + 1 < n && topk_before(top->distance[child], top->row[child],
                                     top->distance[child + 1], top->row[child + 1])) {
      child++;
    }
    if (!topk_before(entry.distance, entry.row, top->distance[child], top->row[child])) break;
    topk_put(top, at, topk_get(top, child));
    at = child;
  }
  topk_put(top, at, entry);
}

/* Let `entry` rise from the last position. */
static void topk_rise(mine_topk *top, int64_t at, topk_entry entry) {
  while (at > 0) {
    const int64_t parent = (at - 1) / 2;
    if (!topk_before(top->distance[parent], top->row[parent], entry.distance, entry.row)) break;
    topk_put(top, at, topk_get(top, parent));
    at = parent;
  }
  topk_put(top, at, entry);
}

void mine_topk_open(mine_topk *top, int64_t k, double *distance, uint32_t *row) {
  *top = (mine_topk){.k = k, .distance = distance, .row = row, .worst = INFINITY};
}

void mine_topk_offer(mine_topk *top, double distance, uint32_t row) {
  const topk_entry entry = {distance, row};
  if (top->n < top->k) {
    topk_rise(top, top->n++, entry);
  } else if (top->k > 0 && topk_before(distance, row, top->distance[0], top->row[0])) {
    topk_sink(top, 0, top->n, entry);
  }
  if (top->n == top->k && top->k > 0) top->worst = top->distance[0];
}

void mine_topk_sort(mine_topk *top) {
  for (int64_t last = top->n - 1; last > 0; last--) {
    const topk_entry worst = topk_get(top, 0), entry = topk_get(top, last);
    topk_sink(top, 0, last, entry);
    topk_put(top, last, worst);
  }
}
