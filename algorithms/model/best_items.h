/*
** best_items.h -- the best few of many scored items: a heap, its worst on top.
**
** Of equal scores the item that more have taken stands first, then the one of the smaller number.
*/
#ifndef MINE_MODEL_BEST_ITEMS_H
#define MINE_MODEL_BEST_ITEMS_H

#include <stdint.h>

typedef struct mine_best_items {
  const int64_t *taken; /* by item                           */
  int32_t *item;        /* room for `most` of both           */
  double *value;
  int64_t n, most;
} mine_best_items;

/* Keep it, if it is among the best so far; NAN never is.  O(log most). */
void mine__best_items_offer(mine_best_items *best, int32_t item, double value);
/* All have been offered: the best first. */
void mine__best_items_sort(mine_best_items *best);

#endif
