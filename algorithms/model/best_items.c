/*
** best_items.c -- the best few of many scored items (best_items.h).
*/
#include "best_items.h"

#include <math.h>

#include "../core/order.h"

static int best_worse(const mine_best_items *b, double x, int32_t i, double y, int32_t j) {
  if (x != y) return x < y;
  return b->taken[i] != b->taken[j] ? b->taken[i] < b->taken[j] : i > j;
}

static int best_before(const void *heap, int64_t a, int64_t b) {
  const mine_best_items *h = heap;
  return best_worse(h, h->value[a], h->item[a], h->value[b], h->item[b]);
}

static void best_swap(void *heap, int64_t a, int64_t b) {
  mine_best_items *h = heap;
  const int32_t item = h->item[a];
  const double value = h->value[a];
  h->item[a] = h->item[b];
  h->value[a] = h->value[b];
  h->item[b] = item;
  h->value[b] = value;
}

static const mine__heap best_order = {best_before, best_swap};

void mine__best_items_offer(mine_best_items *best, int32_t item, double value) {
  if (isnan(value)) return;
  if (best->n < best->most) {
    best->item[best->n] = item;
    best->value[best->n] = value;
    mine__heap_rise(best_order, best, best->n++);
    return;
  }
  if (!best_worse(best, best->value[0], best->item[0], value, item)) return;
  best->item[0] = item;
  best->value[0] = value;
  mine__heap_sink(best_order, best, best->n);
}

void mine__best_items_sort(mine_best_items *best) {
  for (int64_t n = best->n - 1; n > 0; n--) {
    best_swap(best, 0, n);
    mine__heap_sink(best_order, best, n);
  }
}
