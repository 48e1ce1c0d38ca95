/*
** builder.h -- grown trees become a model, one after another.
**
** A grown tree speaks of bins; a model speaks of numbers and levels.  A cut of a number
** becomes a threshold, a set of bins a set of levels, and a cut of a category's statistic
** the set of the levels whose statistic lies below it.
*/
#ifndef MINE_TREE_BUILDER_H
#define MINE_TREE_BUILDER_H

#include "../model/trees.h"
#include "grow.h"

typedef struct mine_trees_builder {
  mine_arena *arena; /* of what is being built */
  int width;         /* values of a node       */
  int32_t n_trees, n_nodes, n_bits;
  int32_t *first, *output;
  int32_t *feature, *left, *right, *missing_left, *set;
  double *threshold, *weight, *rows, *gain, *values;
  uint64_t *bits;
  size_t tree_capacity, output_capacity, bits_capacity, node_capacity[10];
} mine_trees_builder;

/* What a split of a grown tree is in a model: which levels go left (bits[] of
** mine_trees_words(levels), of a feature that has levels), else the threshold; and where a missing
** value goes. */
void mine__grown_levels(const mine_binned_feature *feature, const mine_grown_node *node,
                        uint64_t *bits);
double mine__grown_threshold(const mine_binned_feature *feature, const mine_grown_node *node);
int mine__grown_missing_left(const mine_binned_feature *feature, const mine_grown_node *node);

void mine__builder_open(mine_trees_builder *builder, mine_arena *arena, int width);
/* Append a tree of which node i has the values value[i * width ...], adding to the sums
** from `output` on.  Failures stick in the environment. */
void mine__builder_add(mine_env *env, mine_trees_builder *builder, const mine_binned *binned,
                       const mine_grown *tree, const double *value, int output);
/* Append the trees of another builder of the same width. */
void mine__builder_append(mine_env *env, mine_trees_builder *builder,
                          const mine_trees_builder *more);
/* The first n_trees trees, in `arena`: complete but for mine__trees_prepare, when values are.
** NULL: failure recorded. */
mine_trees *mine__builder_finish(mine_env *env, mine_trees_builder *builder, int32_t n_trees,
                                 mine_arena *arena);

#endif
