/*
** trees.h -- the model kind "trees": one decision tree, and room for many.
**
** All trees stand in one pool of nodes, a structure of arrays.  Tree t owns
** nodes first[t] .. first[t+1]-1, its root comes first, children come after
** their parent; links are positions in the pool.  A row goes left at an inner
** node
**   - numeric feature:   when value < threshold   (missing: when missing_left)
**   - category feature:  when the bit of its level is set in the node's set
**                        (missing or unknown: when missing_left)
** threshold MINE_TREES_ANY sends every number left: the split asks only whether
** the value is missing.
**
** Every node has a row of `width` values: class probabilities, or one mean.
** The prediction is the mean (or the sum) of the leaves' values over the trees.
*/
#ifndef MINE_MODEL_TREES_H
#define MINE_MODEL_TREES_H

#include <float.h>

#include "model.h"

#define MINE_TREES_ANY     DBL_MAX
#define MINE_TREES_LEAF    (-1)
#define MINE_TREES_DEEPEST 255 /* levels a tree may have: work per row stays bounded */

typedef enum mine_trees_combine { MINE_TREES_MEAN = 0, MINE_TREES_SUM = 1 } mine_trees_combine;

/* What a traversal touches of a node; made from the arrays below. */
typedef struct mine_trees_step {
  double threshold;
  int32_t feature;  /* MINE_TREES_LEAF: none                             */
  int32_t child[2]; /* left, right; of a leaf: itself                    */
  int32_t set;      /* first word in bits[]; -1 = numeric                */
  int32_t missing;  /* which child a missing value takes: 0 left, 1 right */
} mine_trees_step;

typedef struct mine_trees {
  int32_t n_trees, n_nodes;
  int width; /* n_classes, or 1 */
  mine_trees_combine combine;
  int32_t *first;    /* n_trees + 1                                        */
  int32_t *feature;  /* n_nodes each from here on; MINE_TREES_LEAF = leaf   */
  double *threshold; /* numeric feature; else 0                            */
  int32_t *left;     /* -1 in a leaf                                       */
  int32_t *right;    /* -1 in a leaf                                       */
  int32_t *missing_left;
  int32_t *set;   /* category feature: first of its words in bits; else -1 */
  int32_t *value; /* row of `values`                                    */
  double *weight; /* weighted rows of training that came here           */
  double *rows;   /* rows of training that came here (whole numbers)    */
  double *impurity;
  double *gain; /* decrease of impurity by the split, times the share of
                ** the tree's weight that came here; 0 in a leaf       */
  int32_t n_values;
  double *values; /* n_values x width                                   */
  int32_t n_bits;
  uint64_t *bits;        /* sets: ceil(levels / 64) words each                 */
  mine_trees_step *step; /* n_nodes                                         */
} mine_trees;

extern const mine_kind mine_kind_trees;

/* Arrays for so many nodes, values and words; `first` is set for one tree.
** NULL: failure recorded in the arena's environment. */
mine_trees *mine_trees_new(mine_arena *arena, int32_t n_trees, int32_t n_nodes, int32_t n_values,
                           int32_t n_bits, int width);
/* Fill step[] from the arrays, once these are complete. */
void mine_trees_prepare(mine_trees *trees);

/* Words of a set over so many levels. */
static inline int64_t mine_trees_words(int64_t levels) {
  return (levels + 63) / 64;
}
static inline int mine_trees_in_set(const uint64_t *set, int32_t code) {
  return (int)(set[code >> 6] >> (code & 63) & 1);
}

/* trees_describe.c */
mine_status mine_trees_describe(mine_env *env, const mine_model *model, const char *part,
                                mine_relation **out);

#endif
