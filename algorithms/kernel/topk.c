/*
** topk.c -- the bounded heap of topk.h: the worst of the k on top; sorted by
** taking the worst away again and again.
*/
#include "topk.h"

#include <math.h>

#include "../core/order.h"

/* The order of the answer: by distance, then by row. */
static inline int topk_before(double a, uint32_t a_row, double b, uint32_t b_row) {
  return a < b || (a == b && a_row < b_row);
}

/* The order of the heap: the worst first. */
static int topk_worse(const void *context, int64_t a, int64_t b) {
  const mine_topk *top = context;
  return topk_before(top->distance[b], top->row[b], top->distance[a], top->row[a]);
}

static void topk_swap(void *context, int64_t a, int64_t b) {
  mine_topk *top = context;
  const double distance = top->distance[a];
  const uint32_t row = top->row[a];
  top->distance[a] = top->distance[b];
  top->row[a] = top->row[b];
  top->distance[b] = distance;
  top->row[b] = row;
}

static const mine__heap topk_order = {topk_worse, topk_swap};

void mine__topk_open(mine_topk *top, int64_t k, double *distance, uint32_t *row) {
  *top = (mine_topk){.k = k, .distance = distance, .row = row, .worst = INFINITY};
}

void mine__topk_offer(mine_topk *top, double distance, uint32_t row) {
  if (top->n < top->k) {
    top->distance[top->n] = distance;
    top->row[top->n] = row;
    mine__heap_rise(topk_order, top, top->n++);
  } else if (top->k > 0 && topk_before(distance, row, top->distance[0], top->row[0])) {
    top->distance[0] = distance;
    top->row[0] = row;
    mine__heap_sink(topk_order, top, top->n);
  }
  if (top->n == top->k && top->k > 0) top->worst = top->distance[0];
}

void mine__topk_sort(mine_topk *top) {
  for (int64_t last = top->n - 1; last > 0; last--) {
    topk_swap(top, 0, last);
    mine__heap_sink(topk_order, top, last);
  }
}
