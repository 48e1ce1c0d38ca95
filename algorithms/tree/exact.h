/*
** exact.h -- one tree by exact splits: CART.
**
** Breiman, Friedman, Olshen and Stone (1984): a threshold lies halfway between two values that
** neighbour each other in the node.  The work is divided by how long its parts live:
**   columns   what is known of the features, made once and never changed
**   rows      what is learned, with the loss that judges splits (loss.h)
**   growth    one tree: its rows, parted level after level (exact_grow.c)
**   nodes     what comes of it (nodes.h)
** Inside: exact_search.c finds the best split of one node on one feature, exact_category.c the
** best set of levels.
**
** Cost: O(n log n) per feature to make the columns (a radix sort), then O(n) per feature and
** level.  Memory per row: 4 bytes for each long numeric column and 8 while a tree
** grows, 2 for any other.
*/
#ifndef MINE_TREE_EXACT_H
#define MINE_TREE_EXACT_H

#include "loss.h"
#include "nodes.h"

typedef enum mine_exact_form {
  MINE_EXACT_SORTED,  /* `order`: rows in order of value                     */
  MINE_EXACT_COUNTED, /* numeric, a bin per distinct value                   */
  MINE_EXACT_CUT,     /* numeric, a bin holds several values (max_bins)      */
  MINE_EXACT_LEVELS   /* category, a bin per level                           */
} mine_exact_form;

#define MINE_EXACT_SAME \
  ((uint32_t)1 << 31) /* of an entry of order[]: the value of the one before */

/* A feature made ready: `order`, or per row its bin in `narrow` or `wide` (bin
** number `bins` = missing).  Rows are counted within the training rows. */
typedef struct mine_exact_column {
  mine_exact_form form;
  uint32_t bins; /* distinct values, cuts or levels */
  const double *number;
  const int32_t *code;
  const uint32_t *order; /* those with a value first ... */
  int64_t numbers;       /* ... so many                  */
  uint16_t *narrow;
  uint32_t *wide;
  double *low, *high; /* numeric: least and most value in each bin */
} mine_exact_column;

typedef struct mine_exact_columns {
  const mine_batch *rows; /* which of the frame */
  int n_features;
  mine_exact_column *column;
  int64_t groups; /* the most groups any feature can have at a node */
} mine_exact_columns;

/* Make the columns of the dataset's rows in `arena`; with most_bins (else MINE_NOT_GIVEN) long
** ones are cut into so many bins of about equal size. */
mine_status mine__exact_columns_make(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                     int64_t most_bins, mine_exact_columns *out) MINE_MUST_CHECK;

typedef struct mine_exact_plan {
  int64_t max_depth, min_samples_split, min_samples_leaf;
  double min_impurity_decrease;
} mine_exact_plan;

/* Grow a tree from all rows into `out`, which is open and empty; memory from `arena`.  Ties go to
** the first feature in column order, then to the lowest threshold.  The same bytes for any
** number of threads. */
mine_status mine__exact_grow(mine_env *env, mine_arena *arena, const mine_exact_columns *columns,
                             const mine_tree_rows *rows, const mine_exact_plan *plan,
                             mine_tree_nodes *out) MINE_MUST_CHECK;

#endif
