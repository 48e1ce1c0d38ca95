/*
** grow_private.h -- what grow.c, histogram.c and search.c share.
*/
#ifndef MINE_TREE_GROW_PRIVATE_H
#define MINE_TREE_GROW_PRIVATE_H

#include "../core/parallel.h"
#include "grow.h"

#define GROW_WAVE      4  /* nodes made ready at a time: a property of the tree, not of threads */
#define GROW_STRETCHES 64 /* of the rows of a node, at most */
#define GROW_BLOCK     8  /* features searched by one task                                      */
#define GROW_TOGETHER  8  /* features that a pass over a node's rows sums                       */

typedef mine_grow_entry grow_entry;

/* A *sum* is `width` words: of gradients one, g above and h below (32 bits each, g signed); of
** classes one for each.  grow_rows.c scales so that no sum of h reaches 2^32 and none of |g|
** 2^31: nothing is carried from h into g, and sums are added and subtracted as one word. */
static inline uint64_t grow_pack(grow_entry e) {
  return ((uint64_t)(int64_t)e.g << 32) + e.h;
}
static inline int64_t grow_g(uint64_t sum) {
  return (int64_t)(int32_t)(uint32_t)(sum >> 32);
}
static inline int64_t grow_h(uint64_t sum) {
  return (int64_t)(sum & UINT32_MAX);
}

/* The bins of one feature at a node. */
typedef struct grow_bins {
  int feature;
  uint64_t *sums, *counts; /* counts: the rows; NULL: the sums tell */
} grow_bins;

/* The best split of a node on some features. */
typedef struct grow_split {
  double gain; /* of whole numbers: not yet in units of the score; <= 0: none */
  int feature, bin, missing_left;
  uint64_t set[4];
} grow_split;

/* What is known of a node beside what the tree keeps. */
typedef struct grow_work {
  uint64_t *sums; /* of all bins; NULL: not needed any more, or never kept */
  grow_split best;
  int32_t child[2]; /* made ready: left and right; 0: not (no child is the root) */
} grow_work;

/* What g and h were multiplied by to be whole, and the plan in their units. */
typedef struct grow_scale {
  double g, h;
  int counted; /* h is one for every row: its sums are the rows */
  int rounded; /* g and h were rounded by chance                */
  double l2, level_l2, level_smooth, child_weight, gain_unit;
} grow_scale;

/* Nodes so far, by number. */
typedef struct grow_nodes {
  mine_grown_node *node;
  grow_work *work;
  uint64_t *total; /* width words of each */
  int32_t n_nodes;
  size_t node_capacity, work_capacity, total_capacity;
  int32_t *waiting; /* those that have a split and are no part of the tree yet */
  size_t n_waiting, waiting_capacity;
} grow_nodes;

/* Room for sums: at hand, and of the stretches of large nodes behind the first. */
typedef struct grow_sums {
  uint64_t **spare, **behind;
  size_t n_spare, spare_capacity, n_behind, behind_capacity;
  uint64_t **own; /* per worker: sums and counts of GROW_TOGETHER features */
} grow_sums;

struct mine_grower {
  mine_env *env;
  mine_arena *arena;
  const mine_binned *binned;
  mine_grow_plan plan;
  int width;    /* words of a sum */
  size_t words; /* of all sums of a node */
  int n_panels;
  int n_blocks;          /* of features                                */
  grow_split *candidate; /* 2 x GROW_WAVE nodes x blocks of features   */
  grow_sums sums;
  /* of the tree being grown */
  const uint8_t *used;
  uint64_t number;
  grow_scale scale;
  grow_entry *entry[2]; /* the rows, by place */
  uint8_t *left;        /* by place: whether the row there goes left */
  grow_nodes tree;
};

/* Word `width` x node: the sum of a node's rows. */
static inline const uint64_t *grow_total(const mine_grower *g, int32_t number) {
  return g->tree.total + (size_t)number * (size_t)g->width;
}
static inline int grow_is_used(const mine_grower *g, int feature) {
  return !g->used || g->used[feature];
}

/* Some rows of a node. */
typedef struct grow_stretch {
  int32_t node;
  int at;                    /* of the node in the wave       */
  int number;                /* of the stretch in its node    */
  int64_t from, to;          /* places                        */
  int64_t lefts;             /* rows that go left             */
  int64_t left_at, right_at; /* where the first of either side goes */
} grow_stretch;

/* Two nodes to be searched: `small` is summed, `large` is the rest of its parent, whose sums
** it has; -1: there is none. */
typedef struct grow_pair {
  int32_t small, large;
  int stretches;
  size_t behind; /* of its stretches behind the first, in behind[] */
} grow_pair;

typedef struct grow_step {
  mine_grower *g;
  int n_wave;
  int32_t wave[GROW_WAVE];
  grow_stretch *stretch;
  int64_t n_stretches;
  int n_pairs;
  grow_pair pair[GROW_WAVE];
} grow_step;

/* grow_rows.c: the entries of the rows, scaled and rounded; of gradients also their sum. */
mine_status mine__grow_enter(mine_grower *g, const mine_grow_rows *rows,
                             uint64_t *total) MINE_MUST_CHECK;

/* grow_node.c */
/* Room for the sums of a node, and back; NULL: failure recorded. */
uint64_t *mine__grow_take_sums(mine_grower *g);
void mine__grow_give_sums(mine_grower *g, uint64_t **sums);
/* A node of so many rows from place `first` on in a buffer; -1: failure recorded. */
int32_t mine__grow_new_node(mine_grower *g, int32_t parent, int64_t first, int64_t rows, int side);
int mine__grow_may_use(const mine_grower *g, const mine_grown_node *node, int feature);
int mine__grow_may_split(const mine_grower *g, const mine_grown_node *node);
/* The sum of h, or of all classes, in units of the rows. */
double mine__grow_weight(const mine_grower *g, const uint64_t *total);
/* The two children of a node whose rows have moved, `lefts` of them to the left. */
void mine__grow_children(mine_grower *g, int32_t parent, int64_t lefts);

/* grow_wave.c */
/* Sum and search the nodes of step->pair[]. */
mine_status mine__grow_search(grow_step *step) MINE_MUST_CHECK;
/* Make the nodes of step->wave[] ready: their children, with the children's best splits. */
mine_status mine__grow_make_ready(grow_step *step) MINE_MUST_CHECK;

/* histogram.c */
/* Sum rows into `sums` (of all features; those of the panel are zeroed first). */
void mine__histogram_panel(const mine_grower *g, const grow_entry *entry, int64_t n, int panel,
                           uint64_t *sums);
/* The same for at most GROW_TOGETHER features, each with sums and counts of its own. */
void mine__histogram_features(const mine_grower *g, const grow_entry *entry, int64_t n,
                              const grow_bins *bins, int n_bins);
/* How many rows there are in each bin of all features. */
void mine__histogram_counts(const mine_grower *g, const grow_entry *entry, int64_t n,
                            uint64_t *counts);
/* The sum of the rows. */
void mine__histogram_total(const mine_grower *g, const grow_entry *entry, int64_t n,
                           uint64_t *total);

/* search.c */
/* The best split of a node on the feature of those bins, if better than *best. */
void mine__split_search(const mine_grower *g, const mine_grown_node *node, int32_t number,
                        const grow_bins *bins, grow_split *best);

#endif
