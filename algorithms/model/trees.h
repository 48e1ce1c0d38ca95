/*
** trees.h -- the model kind "trees": one decision tree, a forest, boosting.
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
** Every node has a row of `width` values.  Tree t adds those of the row's leaf to the
** sums output[t] .. output[t]+width-1 of `outputs`:
**     sum = base + the sum, or the mean, over the trees
** and the link makes the answer of the sums:
**     identity  the numbers themselves, or class probabilities
**     logit     of one sum the probability of the second of two classes, 1/(1+exp(-s))
**     softmax   of a sum per class its probability, exp(s)/sum of exp
**     exp       numbers that are above zero
** A tree or forest is the mean of probabilities or numbers; boosting a sum with a
** base (Friedman, Ann. Statist. 29, 2001): two classes logit and one margin a leaf,
** more classes a tree per class and round; counts exp.  An isolation forest (Liu,
** Ting & Zhou, ICDM 2008) has no target: each leaf holds -ln 2 / c(n) times its path
** length, and the mean under exp is the score 2^(-E h / c(n)).
*/
#ifndef MINE_MODEL_TREES_H
#define MINE_MODEL_TREES_H

#include <float.h>

#include "model.h"

#define MINE_TREES_ANY     DBL_MAX
#define MINE_TREES_VERSION 2u
#define MINE_TREES_LEAF    (-1)
#define MINE_TREES_DEEPEST 255 /* levels a tree may have: work per row stays bounded */

typedef enum mine_trees_combine { MINE_TREES_MEAN = 0, MINE_TREES_SUM = 1 } mine_trees_combine;

typedef enum mine_trees_link {
  MINE_TREES_IDENTITY = 0,
  MINE_TREES_LOGIT = 1,
  MINE_TREES_SOFTMAX = 2,
  MINE_TREES_EXP = 3
} mine_trees_link;

typedef struct mine__trees_ask mine__trees_ask; /* trees_ask.h */

typedef struct mine_trees {
  int32_t n_trees, n_nodes;
  int width;   /* values of a node */
  int outputs; /* sums             */
  mine_trees_combine combine;
  mine_trees_link link;
  int32_t *output;   /* n_trees: the sum its first value goes to; NULL: 0, and width = outputs */
  double *base;      /* outputs: where the sums start; NULL: 0              */
  int32_t *first;    /* n_trees + 1                                        */
  int32_t *feature;  /* n_nodes each from here on; MINE_TREES_LEAF = leaf   */
  double *threshold; /* numeric feature; else 0                            */
  int32_t *left;     /* -1 in a leaf                                       */
  int32_t *right;    /* -1 in a leaf                                       */
  int32_t *missing_left;
  int32_t *set;   /* category feature: first of its words in bits; else -1 */
  int32_t *value; /* row of `values`                                    */
  /* Told, not asked; each may be NULL: not kept. */
  double *weight; /* weighted rows of training that came here           */
  double *rows;   /* rows of training that came here (whole numbers)    */
  double *impurity;
  double *gain; /* decrease of impurity by the split, times the share of
                ** the tree's weight that came here; 0 in a leaf       */
  int32_t n_values;
  double *values; /* n_values x width                                   */
  int32_t n_bits;
  uint64_t *bits;       /* sets: ceil(levels / 64) words each                 */
  mine__trees_ask *ask; /* how rows ask them: mine__trees_prepare             */
} mine_trees;

extern const mine_kind mine__kind_trees;

/* Arrays for so many nodes, values and words, a plain mean of `width` outputs; `first`
** is set for one tree.
** NULL: failure recorded in the arena's environment. */
mine_trees *mine__trees_new(mine_arena *arena, int32_t n_trees, int32_t n_nodes, int32_t n_values,
                            int32_t n_bits, int width);
/* Make the forms in which rows ask the trees, for a model with these features and in its arena.
** Nodes and values are complete, and change no more; base, output and link may. */
mine_status mine__trees_prepare(mine_env *env, const mine_model *model,
                                mine_trees *trees) MINE_MUST_CHECK;

/* A threshold strictly above the lower value and not above the upper, so that
** `value < threshold` parts them even when nothing lies between: halfway, without the
** noise of binary fractions where 15 digits do (93.675, not 93.67500000000001). */
double mine__trees_threshold(double lower, double upper);

/* Words of a set over so many levels. */
static inline int64_t mine_trees_words(int64_t levels) {
  return (levels + 63) / 64;
}
static inline int mine_trees_in_set(const uint64_t *set, int32_t code) {
  return (int)(set[code >> 6] >> (code & 63) & 1);
}

/* trees_bytes.c */
void mine__trees_save(const mine_model *model, mine_writer *w);
void mine__trees_load(mine_reader *r, mine_model *model, uint32_t version);
/* trees_describe.c */
extern const mine_part mine__trees_parts[];
/* The first n trees, as mine_tree lists them. */
void mine__trees_list(mine_env *env, const mine_model *model, int32_t n, mine_relation *to);

#endif
