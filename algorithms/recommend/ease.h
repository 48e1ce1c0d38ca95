/*
** ease.h -- weights between items by one inverse (Steck, "Embarrassingly shallow autoencoders for
** sparse data", WWW 2019).
**
** Each column of customers x items is explained by all others: with P = (X'X + lambda I)^-1 the
** weight of item i in the score of item j is -P_ij / P_jj.
*/
#ifndef MINE_RECOMMEND_EASE_H
#define MINE_RECOMMEND_EASE_H

#include "../kernel/inverse.h"

/* Customers x items by rows: customer c has item[first[c]] .. , each once, with value[]. */
typedef struct mine_taken {
  int64_t rows, columns;
  const int64_t *first;
  const int32_t *item;
  const double *value;
} mine_taken;

/* How an item counts that is in so many baskets of a customer. */
enum { MINE_TAKEN_BINARY, MINE_TAKEN_COUNT, MINE_TAKEN_LOG, MINE_TAKEN_WEIGHTS };
extern const char *const mine__taken_weights[]; /* their names, ends with NULL */
double mine__taken_value(int weights, int64_t baskets);

/* The same by items: what the rows of `out` are; in arena. */
int mine__taken_turn(mine_env *env, mine_arena *arena, const mine_taken *of, mine_taken *out);

typedef struct mine_ease {
  int64_t n;
  int64_t *first; /* item i adds weight[k] to the score of other[k], first[i] <= k < first[i + 1] */
  int32_t *other;
  double *weight;
} mine_ease;

/* Of each scored item the `neighbors` weights that are furthest from 0 are kept (equal: the item of
** the lower number).  In arena; 0: failure recorded. */
int mine__ease_fit(mine_env *env, mine_arena *arena, const mine_taken *of, double lambda,
                   int64_t neighbors, mine_ease *out);

#endif
