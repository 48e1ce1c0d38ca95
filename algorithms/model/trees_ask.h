/*
** trees_ask.h -- trees in the forms in which rows ask them.
**
** The arrays of mine_trees are what is stored and told.  When a model is made or read,
** compact forms are made of them once, in O(nodes + sets), and never change:
**
**   nodes   what a walk touches of an inner node, breadth first within a tree, so that
**           what most rows pass stands together.  Leaves are no nodes: a link to one is
**           the complement of its number among those of mine_trees.
**   bins    where trees are many.  Which side a row takes depends on its values only by
**           which thresholds of the model they reach: so each value becomes a byte, once
**           for all trees.  A tree of at most 256 leaves is asked by its cuts
**           (kernel/slots.h), a larger one is walked, by nodes of eight bytes.  Many levels
**           are fewer classes, where sets part them in few ways.  NULL where a
**           feature has more thresholds or classes than a byte tells apart, a tree more
**           than 32,768 leaves, or trees are too few to pay for the bytes.
**
** Values of leaves and the sums over trees are as trees.h defines them in either form,
** tree after tree: the bits are the same.
*/
#ifndef MINE_MODEL_TREES_ASK_H
#define MINE_MODEL_TREES_ASK_H

#include "../kernel/slots.h"
#include "trees.h"

/* A link: an inner node, or ~node of mine_trees for a leaf. */
typedef int32_t mine__trees_next;

typedef struct mine__trees_node {
  double threshold;
  mine__trees_next child[2]; /* left, right */
  int32_t feature;
  int32_t set; /* first word in bits, of a number MINE__TREES_NUMBER; or its complement: the
               ** missing go right */
} mine__trees_node;

#define MINE__TREES_NUMBER (INT32_MAX)

static inline int mine__trees_missing_right(const mine__trees_node *node) {
  return node->set < 0;
}

/* A column of bytes, or two; see slots.h. */
typedef struct mine__trees_column {
  int32_t feature;
  int category;
  int32_t low, high; /* number: the columns in which the missing are least, greatest; -1: none.
                     ** category: low, and the one behind it */
  const uint8_t *class_of; /* category of more levels than a byte tells apart: levels of one class
                           ** stand together in all sets of the model; else NULL            */
  int steps;               /* a power of two above the number of thresholds  */
  const double *reach;     /* thresholds, ascending, from place 1 on; NAN fills up */
} mine__trees_column;

/* An inner node by bytes.  Nodes are counted within their tree, a leaf is ~its slot. */
typedef struct mine__trees_byte_node {
  int16_t child[2];
  uint16_t column;
  int8_t bin; /* number: greater ones go right */
  uint8_t is_set;
} mine__trees_byte_node;

/* A tree: its inner nodes, and its leaves by their slots. */
typedef struct mine__trees_part {
  int32_t first, nodes; /* places */
  int32_t cut;          /* the first of its cuts; -1: too many of them, it is walked */
  int32_t leaf;
} mine__trees_part;

typedef struct mine__trees_bins {
  int n_columns, n_sources;
  const mine__trees_column *source;
  mine__trees_part *part;      /* n_trees */
  mine__trees_byte_node *node; /* by place */
  int32_t *set_of;             /* by place: its set */
  mine__slot_cut *cut;
  int32_t *leaf; /* by leaf: the row of values                   */
  double *value; /* by leaf: the value; NULL: they have several */
  uint8_t *set;  /* MINE__SLOT_SET bytes each; bit 0 the missing, then the levels */
} mine__trees_bins;

struct mine__trees_ask {
  mine__trees_node *node;
  mine__trees_next *root; /* n_trees */
  mine__trees_bins *bins;
};

/* trees_reach.c: of MINE__SLOT_ROWS rows column after column, MINE__SLOT_ROWS bytes each; of
** one row a byte for each column. */
void mine__trees_bytes(const mine__trees_bins *bins, const mine_feature_view *feature,
                       const uint32_t *row, int8_t *byte);
void mine__trees_bytes_of_row(const mine__trees_bins *bins, const mine_feature_view *feature,
                              uint32_t row, int8_t *byte);

/* trees_explain.c */
mine_status mine__trees_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                mine_explained *out);
mine_margin mine__trees_margin(const mine_model *model);

/* trees_answer.c */
unsigned mine__trees_given(const mine_model *model);
mine_status mine__trees_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                               mine_answers *out);

#endif
