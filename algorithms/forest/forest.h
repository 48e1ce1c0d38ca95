/*
** forest.h -- what the trees of a forest are grown from, and where each goes.
*/
#ifndef MINE_FOREST_FOREST_H
#define MINE_FOREST_FOREST_H

#include <stdatomic.h>

#include "../core/branch.h"
#include "../tree/builder.h"
#include "../tree/grow.h"
#include "../tree/target.h"

#define FOREST_ONE 0x1p40 /* out-of-bag sums are whole numbers: their order is free */

typedef struct forest_options {
  int64_t n_trees, max_depth, min_samples_leaf, min_samples_split, max_features;
  int bootstrap, criterion;
  double max_samples;
  int64_t max_bins;
} forest_options;

typedef struct forest_tree {
  mine_arena *arena;
  mine_trees_builder builder;
} forest_tree;

/* Where a branch grows its trees, one after another: memory of many rows is cleared by the system
** each time it is asked for anew. */
typedef struct forest_room {
  mine_arena *arena;
  uint32_t *row; /* drawn at least once */
  int64_t n;
  float *g, *h; /* by row given */
  mine_grower *grower;
} forest_room;

typedef struct forest_run {
  const mine_dataset *data;
  const forest_options *options;
  mine_grow_plan plan;
  mine_binned binned;
  mine_tree_target of;
  int width; /* values of a leaf */
  forest_tree *tree;
  forest_room room[MINE_MAX_THREADS]; /* by branch */
  /* Of the trees that have not learned from the row. */
  _Atomic int64_t *told; /* n x width; NULL: no bootstrap */
  _Atomic int32_t *times;
} forest_run;

/* A mine_branch_task: the tree of that number; context: the run. */
void mine__forest_tree(mine_env *branch, void *context, int64_t number);

#endif
