/*
** pmml_read_trees.h -- what the readers of PMML's trees share: predicates as tests
** (pmml_read_predicates.c), a tree of them (pmml_read_trees.c), and how many trees make a model
** (pmml_read_forests.c).
*/
#ifndef MINE_MODEL_PMML_READ_TREES_H
#define MINE_MODEL_PMML_READ_TREES_H

#include "pmml_read.h"
#include "trees.h"

/* ---- predicates -------------------------------------------------------------------- */

typedef enum mine__pin_ask {
  MINE__PIN_TRUE,
  MINE__PIN_FALSE,
  MINE__PIN_NUMBER,
  MINE__PIN_SET,
  MINE__PIN_KNOWN
} mine__pin_ask;

typedef struct mine__pin_test {
  mine__pin_ask ask;
  int feature;
  double threshold; /* NUMBER: x < threshold goes left           */
  uint64_t *set;    /* SET: these levels go left                 */
  int left;         /* which side is the one where it is true    */
  int missing;      /* 1 true, 0 false, -1: not to be said       */
} mine__pin_test;

/* The test that a predicate is; sets are in scratch memory. */
void mine__pin_predicate(const mine__pin *pin, const mine__element *e, mine__pin_test *t);
/* Whether one is true exactly where the other is false, of values that are known. */
int mine__pin_opposite(const mine__pin *pin, const mine__pin_test *a, const mine__pin_test *b);
/* What a missing value is replaced with, as the test sees it: 1 true, 0 false, -1: with
** nothing. */
int mine__pin_replaced(const mine__pin *pin, const mine__pin_test *t);
/* Whether a node, or a segment, is asked always: its predicate is True. */
int mine__pin_always(const mine__element *at);
/* Words of a set of the feature's levels. */
int64_t mine__pin_words(const mine__pin *pin, int feature);

/* ---- trees ------------------------------------------------------------------------- */

typedef struct mine__pin_node {
  int32_t feature, left, right, missing_left, set, value;
  double threshold;
} mine__pin_node;

/* The trees that were read, one behind the other, in scratch memory. */
typedef struct mine__pin_forest {
  mine__pin *pin;
  mine_arena *arena; /* scratch */
  mine__pin_node *node;
  size_t n_nodes, node_room;
  double *value; /* width each */
  size_t n_values, value_room;
  uint64_t *bits;
  size_t n_bits, bit_room;
  int32_t *first, *output;
  size_t n_trees, first_room, output_room;
  int width;
  int classes, votes; /* leaves hold probabilities; of the one class that is chosen */
  /* Of the tree that is read. */
  int level;     /* nodes inside nodes                         */
  double factor; /* of what leaves say, where that is a number */
  const char *missing, *no_child;
} mine__pin_forest;

/* Add a TreeModel, whose values go into the sum `output`. */
void mine__pin_tree(mine__pin_forest *w, const mine__element *tree, int output);

#endif
