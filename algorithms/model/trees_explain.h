/*
** trees_explain.h -- what is known of trees before their contributions to rows are asked
** (trees_explain.c has the method).
*/
#ifndef MINE_MODEL_TREES_EXPLAIN_H
#define MINE_MODEL_TREES_EXPLAIN_H

#include "trees.h"

#define EXPLAIN_LEVELS (MINE_TREES_DEEPEST + 1)

typedef struct explain_tree {
  int32_t tree;   /* which of the model's                             */
  int32_t depth;  /* edges from the root to the deepest leaf          */
  int32_t points; /* half of the features that a path asks at most    */
} explain_tree;

/* Points t, their weights, and 1/(1 - t). */
typedef struct explain_rule {
  double *at, *weight, *turn;
} explain_rule;

/* What is asked of the trees, known before the first row. */
typedef struct explain_plan {
  const mine_model *model;
  const mine_trees *trees;
  double *coef; /* per output: how it counts in the margin */
  double base;  /* the margin of a row of which nothing is known */
  int n_trees;  /* that count; in order */
  explain_tree *tree;
  explain_rule rule[EXPLAIN_LEVELS / 2 + 1]; /* by points */
  int depth, points;                         /* of all of them, at most */
  int n_used;                                /* features that some tree asks */
  int32_t *used, *place;                     /* which; where each of the model stands among them */
} explain_plan;

/* The plan of the margin of class or output `of`, in scratch; failures stick in env. */
void mine__trees_explain_plan(mine_env *env, const mine_model *model, int of, explain_plan *plan);

/* Of the rows that come to a node, the share that goes left.  Strangers' trees may say nothing
** sensible: it lies between 0 and 1 all the same. */
static inline double explain_share_left(const mine_trees *trees, int32_t node) {
  const double *rows = trees->weight ? trees->weight : trees->rows;
  const double left = rows[trees->left[node]] / 2, right = rows[trees->right[node]] / 2;
  return left + right > 0 ? left / (left + right) : 0.5;
}

static inline double explain_leaf(const explain_plan *plan, int32_t tree, int32_t node) {
  const mine_trees *trees = plan->trees;
  const int first = trees->output ? trees->output[tree] : 0;
  const double *value = trees->values + (size_t)trees->value[node] * (size_t)trees->width;
  double sum = 0;
  for (int c = 0; c < trees->width; c++)
    sum += plan->coef[first + c] * value[c];
  return sum;
}

#endif
