/*
** loss.h -- what exact splits are judged by: a loss is a row of functions.
**
** A *record* is what a set of rows is to a split: `width` doubles,
**   classification   the weight of each class
**   regression       the weight, and the weighted sum of (target - mean of node)
**   and, when rows have weights, the number of rows at the end.
** Without weights all but the regression sums are whole numbers, so gains of
** equal splits are equal to the last bit.
**
** A split is judged by how much it decreases the impurity.  With W the weight on a side and c
** its class weights, the part of a side in the score is
**   gini            sum c^2 / W
**   entropy         sum c log2 c - W log2 W
**   squared error   (sum w (y - mean of node))^2 / W
** and the decrease times the node's weight is left + right - node.
**
** As in rpart (func_table.h) whoever searches knows none of this.  The loops over rows
** are functions of a loss, too, chosen once a search: what they do for each row is inlined.
*/
#ifndef MINE_TREE_LOSS_H
#define MINE_TREE_LOSS_H

#include "../data/dataset.h"
#include "nodes.h"

typedef enum mine_tree_criterion {
  MINE_TREE_GINI,
  MINE_TREE_ENTROPY,
  MINE_TREE_SQUARED_ERROR
} mine_tree_criterion;

typedef struct mine_tree_loss mine_tree_loss;
struct mine_exact_column;
struct mine_exact_span;
struct mine_exact_trial;

/* What is learned, by training row: next to each other, and never changed. */
typedef struct mine_tree_rows {
  const mine_tree_loss *loss;
  int64_t n;
  int n_classes; /* 0: numbers */
  int width;     /* of a record */
  uint16_t *label;
  double *target, *weight; /* weight NULL: 1 */
  double *xlogx;           /* k log2 k of a count of rows, or NULL */
} mine_tree_rows;

struct mine_tree_loss {
  const char *name;
  int exact; /* sums are whole numbers: equal splits have equal scores */
  /* Rows into a record; how many rows one holds. */
  void (*add)(const mine_tree_rows *rows, double *record, uint32_t row, double mean);
  double (*rows)(const mine_tree_rows *rows, const double *record);
  /* Both sides of "left goes left, the rest of total goes right", -infinity when a side weighs
  ** nothing; and of not splitting: the one part that holds everything. */
  double (*score)(const mine_tree_rows *rows, const double *left, const double *total);
  double (*whole)(const mine_tree_rows *rows, const double *total);
  /* What a node's gain must exceed: what rounding makes of none. */
  double (*least)(const mine_tree_node *node);
  /* A node's figures from its rows; total[]: the class weights.  And its record from these. */
  void (*measure)(const mine_tree_rows *rows, const uint32_t *row, mine_tree_node *node,
                  double *total);
  void (*record)(const mine_tree_rows *rows, const mine_tree_node *node, const double *total,
                 double *record);
  /* All rows of a node into the records of a column's bins. */
  void (*count)(const mine_tree_rows *rows, const struct mine_exact_column *column,
                const uint32_t *row, int64_t n, double mean, double *histogram);
  /* Judge all cuts of rows in order of value. */
  void (*sorted)(struct mine_exact_trial *trial, const struct mine_exact_span *span, double mean);
};

/* Gather the rows of the dataset in `arena`, with the loss that the criterion is for them.
** Weights that are all one are no weights: whole numbers are exact and fast. */
mine_status mine__tree_rows_make(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                 mine_tree_criterion criterion,
                                 mine_tree_rows *out) MINE_MUST_CHECK;

static inline void mine_tree_add(double *sum, const double *record, int width) {
  for (int c = 0; c < width; c++)
    sum[c] += record[c];
}

#endif
