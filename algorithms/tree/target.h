/*
** target.h -- what trees over binned rows learn, by row given instead of by frame row.
*/
#ifndef MINE_TREE_TARGET_H
#define MINE_TREE_TARGET_H

#include "../core/env.h"
#include "../data/dataset.h"

typedef struct mine_tree_target {
  int64_t n;
  int classes;          /* 0: numbers                                                      */
  const int32_t *label; /* of classes                                                      */
  const double *y;      /* the number, the label of two classes; NULL with more            */
  const float *weight;  /* NULL: 1                                                         */
  double middle, unit;  /* a number is middle + unit x y; 0 and 1 where it is not centred  */
} mine_tree_target;

/* Gather them in `arena`.  `centred`: numbers around their mean, the farthest at -1 or 1: their
** squares add up to the same decisions, and no square of a large number overflows.
** MINE_NUMERIC where their differences are no numbers.  O(rows). */
mine_status mine__tree_target(mine_env *env, mine_arena *arena, const mine_dataset *data,
                              int centred, mine_tree_target *out) MINE_MUST_CHECK;

#endif
