/*
** grow.h -- one tree from binned rows, by histograms.
**
** A node's rows are summed per bin, and every place where a feature could be cut is
** judged from those sums alone.  Of two children only the smaller is summed; the other
** is what is left of the parent (Ke et al., LightGBM, NIPS 2017).  So a level costs at
** most half the rows, and a node costs its bins.
**
** What is summed of a row is one of two things:
**   gradients   g and h.  A part with sums G and H scores G^2 / (H + l2): for g and h the
**               first and second derivative of a loss that is the loss a Newton step
**               takes away, twice (Chen & Guestrin, XGBoost, KDD 2016); for g = w y and
**               h = w it is the decrease of squared error, and with y in {0, 1} that of
**               gini, halved
**   classes     the weight of each class; gini or entropy
**
** Sums are sums of whole numbers: g and h are scaled to at most 15 and 16 bits and
** rounded up or down by chance, so that the expected value stays (Shi et al.,
** Quantized training of gradient boosting decision trees, NeurIPS 2022).  The scale is
** the largest with which no sum overflows 32 bits.  Whole numbers add up to the same
** bits in any order, so rows may be cut among threads as one likes; where g and h are
** small whole numbers to begin with (labels, counts) nothing is rounded at all.
**
** A tree is grown in one of two orders.  With max_leaves the split that brings most is
** made first; without, the order does not matter.  Nodes are made ready in *waves* of
** GROW_WAVE, so that small nodes, too, keep several threads busy; the few that turn out
** not to be wanted are forgotten, and what is grown does not depend on the waves.
*/
#ifndef MINE_TREE_GROW_H
#define MINE_TREE_GROW_H

#include "../core/env.h"
#include "bins.h"

typedef enum mine_grow_score {
  MINE_GROW_GRADIENT, /* G^2 / (H + l2)        */
  MINE_GROW_GINI,     /* of classes            */
  MINE_GROW_ENTROPY   /* of classes, natural logarithm */
} mine_grow_score;

/* What a tree is allowed.  Zeroed: no limit but that of the row. */
typedef struct mine_grow_plan {
  mine_grow_score score;
  int n_classes;      /* of MINE_GROW_GINI, _ENTROPY                           */
  int64_t max_depth;  /* 0: no limit but MINE_TREES_DEEPEST                    */
  int64_t max_leaves; /* 0: no limit                                           */
  int64_t min_samples_leaf, min_samples_split;
  double min_child_weight; /* least sum of h in a leaf                              */
  double min_gain;         /* of a split, in units of the score                     */
  double l1, l2;           /* of gradients                                          */
  double level_smooth;     /* added to H when levels are put in order               */
  double level_l2;         /* added to l2 where a split is a set of levels          */
  int try_features;        /* features tried at a node, by chance; 0 = all          */
  int random_cut;          /* one cut of a feature is tried, by chance              */
  const int8_t *monotone; /* per binned feature: 1 the value may only rise, -1 only fall; or NULL */
  /* Which features may meet on a path: bit i (0..62) of groups[f] = feature f is in group i; one
  ** that is in none meets no other.  NULL: any may. */
  const uint64_t *groups;
  uint64_t seed;
} mine_grow_plan;

/* A node of the tree that is being grown.  Children stand behind their parent. */
typedef struct mine_grown_node {
  int32_t left, right; /* -1 in a leaf                                        */
  int32_t parent, depth;
  int64_t first, rows; /* its rows: mine__grown_rows                          */
  int feature;         /* binned feature of the split; -1 in a leaf           */
  int bin;             /* number: bins 1..bin go left                         */
  int missing_left;
  uint64_t set[4];  /* category: the bins that go left; bin 0 = missing    */
  double gain;      /* of the split, in units of the score                 */
  double weight;    /* sum of h, or of the classes' weights                */
  double low, high; /* monotone: where its value must lie                  */
  uint64_t groups;  /* which may still be used; all bits: any              */
  int alone;        /* the only attribute that may still be used; -1: see groups */
  int side;         /* which of two buffers holds its rows                 */
} mine_grown_node;

typedef struct mine_grown {
  int32_t n_nodes;
  mine_grown_node *node; /* root first */
} mine_grown;

typedef struct mine_grower mine_grower;

/* A place to grow one tree after another from the same binned rows; in arena, as are the
** trees, each until the next.  Memory: 17 bytes a row and 8 bytes times the bins of all
** features for each node that waits to be split.  NULL: failure recorded. */
mine_grower *mine__grower_open(mine_env *env, mine_arena *arena, const mine_binned *binned,
                               const mine_grow_plan *plan);

/* The rows of a tree, ascending, and what is summed of them, by row number.
** Gradients: g, and h >= 0 (NULL: 1).  Classes: label, and h as the weight. */
typedef struct mine_grow_rows {
  const uint32_t *row; /* NULL: 0 .. n - 1 */
  int64_t n;
  const float *g, *h;
  const int32_t *label;
} mine_grow_rows;

/* Grow a tree.  `used[f]` (NULL: all): whether a feature may be used; `number` tells the trees
** of a model apart wherever chance decides.  O(rows x features x log(leaves)) or so; the same
** bytes for any number of threads. */
mine_status mine__grow(mine_grower *grower, const mine_grow_rows *rows, const uint8_t *used,
                       uint64_t number, mine_grown *out) MINE_MUST_CHECK;
/* A row on its way down: where its bytes are, and what is summed of it. */
typedef struct mine_grow_entry {
  uint32_t row;
  int16_t g; /* or the class */
  uint16_t h;
} mine_grow_entry;
/* The rows of a node of the tree grown last, node->rows of them, in ascending order. */
const mine_grow_entry *mine__grown_rows(const mine_grower *grower, const mine_grown_node *node);
/* The leaf of any row of the binned. */
int32_t mine__grown_leaf(const mine_binned *binned, const mine_grown *tree, int64_t row);

/* Which side a row takes: 1 left. */
static inline int mine_grown_goes_left(const mine_grown_node *node, int category, uint8_t bin) {
  if (category) return (int)(node->set[bin >> 6] >> (bin & 63) & 1);
  return bin == 0 ? node->missing_left : bin <= node->bin;
}

#endif
