/*
** tree.h -- the inside of CART: what the files tree*.c share.
**
** The work is cut as Breiman, Friedman, Olshen and Stone (1984) cut it:
**   tree_columns.c   each column made ready once: sorted, or cut into bins
**   tree_search.c    the best split of one node on one feature
**   tree_category.c  the best set of levels of a category feature
**   tree_grow.c      level after level: search all nodes, split, partition
**   tree_prune.c     max_leaves, cost-complexity pruning, the finished model
**   tree.c           options, and the order of these
**
** A *record* is what a set of rows is to a split: `width` doubles,
**   classification   the weight of each class
**   regression       the weight, and the weighted sum of (target - mean of node)
**   and, when rows have weights, the number of rows at the end.
** Without weights all but the regression sums are whole numbers, so gains of
** equal splits are equal to the last bit.
*/
#ifndef MINE_CLASSIFY_TREE_H
#define MINE_CLASSIFY_TREE_H

#include "../core/radix.h"
#include "../model/trees.h"

typedef enum mine_tree_criterion {
  MINE_TREE_GINI,
  MINE_TREE_ENTROPY,
  MINE_TREE_SQUARED_ERROR
} mine_tree_criterion;

typedef struct mine_tree_options {
  int64_t max_depth, min_samples_split, min_samples_leaf;
  int criterion;
  double ccp_alpha;
  int64_t max_leaves;
  double min_impurity_decrease;
  int64_t max_bins;
} mine_tree_options;

typedef enum mine_tree_form {
  MINE_TREE_SORTED,  /* `pair`: rows in order of value, key = 2 x rank (+ the
                     ** label when there are two classes)                      */
  MINE_TREE_COUNTED, /* numeric, a bin per distinct value                      */
  MINE_TREE_CUT,     /* numeric, a bin holds several values (max_bins)         */
  MINE_TREE_LEVELS   /* category, a bin per level                              */
} mine_tree_form;

/* A feature made ready: `pair`, or per row its bin in `narrow` or `wide` (bin
** number `bins` = missing).  Rows are counted within the training rows. */
typedef struct mine_tree_column {
  mine_tree_form form;
  uint32_t bins; /* distinct values, cuts or levels */
  const double *number;
  const int32_t *code;
  mine_pair *pair;
  uint16_t *narrow;
  uint32_t *wide;
  double *low, *high; /* numeric: least and most value in each bin */
} mine_tree_column;

typedef struct mine_tree_node {
  int64_t first, rows; /* its rows: row[first .. first+rows-1] */
  double weight, impurity, mean, gain, threshold;
  int64_t set; /* first word in bits, -1 = none */
  int64_t left_rows;
  int32_t parent, left, right, feature, depth;
  uint8_t missing_left, pure;
} mine_tree_node;

/* The best split of one node on one feature. */
typedef struct mine_tree_candidate {
  double score; /* decrease of impurity x weight; <= 0: none */
  double threshold;
  int missing_left;
} mine_tree_candidate;

/* Memory of one worker. */
typedef struct mine_tree_scratch {
  mine_pair *pair, *temp;         /* of all rows, or of all groups              */
  double *record;                 /* histogram, then the groups that are not empty */
  uint32_t *group;                /* bin of each group                          */
  double *key;                    /* what groups are ordered by                 */
  double *left, *missing, *total; /* one record each             */
  double *sums;                   /* 2^(TREE_EXHAUSTIVE - 1) records            */
  double *axis, *next, *centre;   /* one per class               */
} mine_tree_scratch;

typedef struct mine_tree_grow {
  mine_env *env;
  mine_arena *arena; /* scratch of this fit */
  const mine_dataset *data;
  mine_tree_options options;
  int64_t n;                 /* rows    */
  int n_features, n_classes; /* 0 classes = regression */
  int weighted;
  int width; /* doubles in a record */
  uint16_t *label;
  double *target, *weight; /* in the order of the training rows */
  uint32_t *row;           /* rows of each node, ascending      */
  uint8_t *side;           /* 1 = went left                     */
  mine_tree_column *column;
  int64_t groups; /* the most groups any feature can have at a node */
  mine_tree_node *node;
  size_t n_nodes, node_capacity;
  double *total; /* classification: n_classes weights per node */
  size_t total_capacity;
  uint64_t *bits;
  size_t n_bits, bits_capacity;
  mine_tree_scratch *scratch; /* per worker */
  /* The level under way: nodes to be split, bundled for the workers. */
  int32_t *active;
  size_t n_active, active_capacity;
  int64_t *bundle; /* where each bundle of active nodes starts, and the end */
  size_t n_bundles, bundle_capacity;
  mine_tree_candidate *candidate; /* active node x feature */
  size_t candidate_capacity;
  double *xlogx; /* k log2 k, or NULL */
  int *sorted;   /* features of form MINE_TREE_SORTED */
  int n_sorted;
} mine_tree_grow;

#define MINE_TREE_EXHAUSTIVE 10 /* so many levels: all ways to cut them */

static inline int64_t mine_tree_frame_row(const mine_tree_grow *grow, int64_t i) {
  return mine_batch_row(&grow->data->rows, i);
}

/* tree_columns.c */
mine_status mine__tree_columns(mine_tree_grow *grow) MINE_MUST_CHECK;

/* tree_search.c; both safe inside a parallel task */
void mine__tree_search(const mine_tree_grow *grow, int32_t node, int feature,
                       mine_tree_scratch *scratch, mine_tree_candidate *best);
/* Search again on a category feature and mark the levels that go left. */
void mine__tree_search_set(const mine_tree_grow *grow, int32_t node, int feature,
                           mine_tree_scratch *scratch, uint64_t *set);
double mine__tree_log2(double x);
/* Entropy without weights: k log2 k for every count k of rows. */
mine_status mine__tree_count_logs(mine_tree_grow *grow) MINE_MUST_CHECK;
double mine__tree_impurity(const mine_tree_grow *grow, const double *total, double weight);

/* A search under way: shared by tree_search.c and tree_category.c. */
typedef struct mine_tree_trial {
  const mine_tree_grow *grow;
  mine_tree_scratch *scratch;
  double rows, missing_rows, least_rows;
  double parent;    /* score of not splitting            */
  double tolerance; /* a better split is better by this  */
  double best;
  double left_rows; /* of the best split                 */
  int64_t at;       /* where the best split is: -1 none  */
  int missing_left;
  /* Groups of a binned feature: records in scratch->record, bins in ->group. */
  int64_t n_groups;
} mine_tree_trial;
/* Judge "scratch->left goes left" (the missing on either side); `last`: nothing
** but the missing would go right. */
void mine__tree_try(mine_tree_trial *trial, const double *left, int64_t at, int last);
/* Where missing values go after the best split: as tried, or with more rows. */
static inline int mine_tree_missing_left(const mine_tree_trial *trial) {
  return trial->missing_rows > 0 ? trial->missing_left : 2 * trial->left_rows >= trial->rows;
}
static inline void mine_tree_add(double *sum, const double *record, int width) {
  for (int c = 0; c < width; c++)
    sum[c] += record[c];
}

/* tree_category.c: best cut of the groups; set may be NULL. */
void mine__tree_levels(mine_tree_trial *trial, int64_t levels, uint64_t *set);

/* tree_grow.c */
mine_status mine__tree_grow_all(mine_tree_grow *grow) MINE_MUST_CHECK;

/* tree_prune.c */
mine_status mine__tree_finish(mine_tree_grow *grow, mine_model *model) MINE_MUST_CHECK;

#endif
