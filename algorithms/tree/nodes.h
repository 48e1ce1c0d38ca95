/*
** nodes.h -- a tree that was grown, before it becomes a model.
**
** Whatever grew it, by exact splits (exact.h) or by histograms (grow.h), one tree as a model is
** its nodes with what is told of them: the root first, children behind their parent, and
** sets of levels as the model has them.  From here on nothing asks for rows: what is not worth
** its leaves is cut off (prune.c), and the rest is written down in pre-order.
*/
#ifndef MINE_TREE_NODES_H
#define MINE_TREE_NODES_H

#include "../model/trees.h"

typedef struct mine_tree_node {
  int64_t first, rows; /* its rows, in the order of whoever grew it */
  double weight, impurity, mean, gain, threshold;
  int64_t set; /* first word in bits, -1 = none */
  int32_t words;
  int32_t parent, left, right, feature, depth;
  uint8_t missing_left, pure;
} mine_tree_node;

typedef struct mine_tree_nodes {
  mine_env *env;
  mine_arena *arena;
  int n_classes; /* 0: numbers */
  mine_tree_node *node;
  size_t n, capacity;
  double *total; /* n_classes weights per node */
  size_t total_capacity;
  uint64_t *bits;
  size_t n_bits, bits_capacity;
} mine_tree_nodes;

void mine__nodes_open(mine_tree_nodes *nodes, mine_env *env, mine_arena *arena, int n_classes);
/* Append a leaf (parent -1: the root); its rows and figures come later.  -1: failure recorded. */
int32_t mine__nodes_add(mine_tree_nodes *nodes, int32_t parent);
/* Room for a node's set of so many levels, not yet filled in. */
mine_status mine__nodes_add_set(mine_tree_nodes *nodes, int32_t number,
                                int64_t levels) MINE_MUST_CHECK;

/* MINE_NUMERIC where the figures of the root overflow: those of the others cannot then be told. */
mine_status mine__nodes_check(const mine_tree_nodes *nodes) MINE_MUST_CHECK;

static inline double *mine_nodes_total(const mine_tree_nodes *nodes, int32_t number) {
  return nodes->total + (size_t)number * (size_t)nodes->n_classes;
}

/* prune.c.  max_leaves MINE_NOT_GIVEN and alpha 0: nothing is cut. */
mine_status mine__nodes_prune(mine_tree_nodes *nodes, int64_t max_leaves,
                              double alpha) MINE_MUST_CHECK;
/* The body of the model, with notes of its leaves and depth. */
mine_status mine__nodes_finish(const mine_tree_nodes *nodes, mine_model *model) MINE_MUST_CHECK;

#endif
