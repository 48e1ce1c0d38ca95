/*
** tree.h -- what tree.c and tree_histogram.c share.
*/
#ifndef MINE_CLASSIFY_TREE_H
#define MINE_CLASSIFY_TREE_H

#include "../tree/loss.h"
#include "../tree/nodes.h"

typedef struct mine_tree_options {
  int64_t max_depth, min_samples_split, min_samples_leaf;
  int criterion;
  double ccp_alpha;
  int64_t max_leaves;
  double min_impurity_decrease;
  int64_t max_bins;
  int splits;
} mine_tree_options;

#define MINE_TREE_BINS    255 /* of a feature, at most, by histograms */
#define MINE_TREE_CLASSES 256 /* likewise                             */

/* Grow the tree of these rows of the dataset by histograms (tree/grow.h) into `out`, open and
** empty. */
mine_status mine__tree_by_histogram(mine_env *env, const mine_dataset *data,
                                    const mine_tree_rows *rows, const mine_tree_options *options,
                                    mine_tree_nodes *out) MINE_MUST_CHECK;

#endif
