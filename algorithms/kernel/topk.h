/*
** topk.h -- the k nearest seen so far.
**
** A bounded max-heap over (distance, row): the worst of the k sits on top, so
** an offer that cannot enter costs one comparison.  Equal distances are decided
** by the smaller row number, which makes the result a function of the offers,
** not of their order.
*/
#ifndef MINE_KERNEL_TOPK_H
#define MINE_KERNEL_TOPK_H

#include <stdint.h>

typedef struct mine_topk {
  int64_t k, n;     /* room, filled                               */
  double *distance; /* k of each, the caller's; heap order until  */
  uint32_t *row;    /* mine__topk_sort()                           */
  double worst;     /* an offer above this cannot enter; INFINITY while n < k */
} mine_topk;

void mine__topk_open(mine_topk *top, int64_t k, double *distance, uint32_t *row);
/* distance must not be NAN. */
void mine__topk_offer(mine_topk *top, double distance, uint32_t row);
/* Nearest first; the heap is finished after this. */
void mine__topk_sort(mine_topk *top);

#endif
