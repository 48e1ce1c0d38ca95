/*
** tifu.h -- customers as sparse vectors of what they take, and who is near to whom.
**
** Apart from the recommender (tifu.c), so that a test can ask it over plain arrays.
*/
#ifndef MINE_RECOMMEND_TIFU_H
#define MINE_RECOMMEND_TIFU_H

#include "../core/env.h"
#include "../kernel/topk.h"

typedef struct mine_tifu {
  double within_decay,
      group_decay; /* how much a basket (a group) counts against the next, (0, 1] */
  double alpha;    /* the share of the customer's own vector in a score          */
  int64_t groups, neighbors;
} mine_tifu;

/* All customers: c has item[first[c]] .. with value[], and norm[c], the square of its length. */
typedef struct mine_tifu_space {
  int64_t n, n_items;
  const int64_t *first;
  const int32_t *item;
  double *value, *norm;
  int64_t *by_first; /* of an item: who has it, and how much; customers in order */
  int32_t *who;
  double *has;
  int32_t *short_first; /* customers by norm, the least first */
} mine_tifu_space;

/* Weight of basket b (0: the first) of n. */
double mine__tifu_weight(const mine_tifu *how, int64_t n, int64_t b);
/* The vectors are there (first, item, value): make the rest, in arena.  0: failure recorded. */
int mine__tifu_index(mine_env *env, mine_arena *arena, mine_tifu_space *space);

/* A worker's memory, from zeros: it is left as it was found but for the neighbours. */
typedef struct mine_tifu_near {
  double *dot; /* by customer */
  int32_t *touched;
  mine_topk top; /* the neighbours, in no order that means anything, but always the same */
} mine_tifu_near;
/* The near->top.k customers nearest to the vector item[], value[] by Euclid's distance, exactly (of
** equals the first); `self` is left out.  Safe inside a parallel task. */
void mine__tifu_nearest(const mine_tifu_space *space, int64_t n, const int32_t *item,
                        const double *value, int64_t self, mine_tifu_near *near);

#endif
