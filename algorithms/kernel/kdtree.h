/*
** kdtree.h -- a k-d tree (Bentley 1975, "Multidimensional binary search trees used for
** associative searching", CACM 18), for exact searches in a few dimensions.
**
** Rows are divided at the middle of their widest dimension until a leaf has at most
** MINE__KDTREE_LEAF of them.  The middle is counted in panels of MINE_LANES rows (distance.h), so
** that leaves are whole panels, nodes are numbered as in a heap (the root is 1, the children of i
** are 2 i and 2 i + 1, the leaves come last, all on one level), and equal values do no harm.
** Every node has the box of its rows.
**
** Answers do not depend on the tree: distances are compared squared, the sums of distance.h, bit
** for bit, or by the norm of sums as they are, |a0 - b0| + |a1 - b1| + ...; what a box rules out is
** farther by the same sums, so that ties are found as well.  Of equal distances the lower row
** stands first.
**
** Up to about 15 dimensions a search looks at few rows.  Beyond, it is right and looks at most of
** them: kernel/nearest.h does that faster.
*/
#ifndef MINE_KERNEL_KDTREE_H
#define MINE_KERNEL_KDTREE_H

#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "distance.h"
#include "sieve.h"
#include "simd.h"

#define MINE__KDTREE_LEAF    32 /* rows of a leaf at most: four panels, a bit of a word each */
#define MINE__KDTREE_WIDEST  16 /* columns up to which it beats looking at all rows         */
#define MINE__KDTREE_DEEPEST 64 /* nodes that wait while a search goes down: levels and few */

typedef struct mine__kdtree {
  mine__norm norm;
  int64_t n;
  int width;
  int levels;          /* below the root: there are 1 << levels leaves                   */
  int64_t panels;      /* places in the tree are counted in panels: p * MINE_LANES + lane */
  const double *point; /* n x width, the caller's                                        */
  uint32_t *row;       /* of each place, n                                               */
  double *panel;       /* the rows of each panel; lanes past the end repeat the last     */
  double *box;         /* per node: width least values, then width largest; node 0: none */
} mine__kdtree;

/* Points are finite, 1 <= n < 2^32 - 1, and live as long as the tree.  In arena, about 8 (width
** + 1) bytes a row, and as much of scratch memory while it is built.  On all threads.  O(n width
** log n). */
mine_status mine__kdtree_build(mine_env *env, mine_arena *arena, mine__norm norm,
                               const double *point, int64_t n, int width,
                               mine__kdtree *out) MINE_MUST_CHECK;

/* A distance as it is compared, and back. */
static inline double mine__kdtree_compared(const mine__kdtree *tree, double distance) {
  return tree->norm == MINE__NORM_SQUARES ? distance * distance : distance;
}
static inline double mine__kdtree_distance(const mine__kdtree *tree, double compared) {
  return tree->norm == MINE__NORM_SQUARES ? sqrt(compared) : compared;
}
/* Of two points; the same bits as in the leaves. */
double mine__kdtree_pair(const mine__kdtree *tree, const double *a, const double *b);

/* The k nearest rows of a point, nearest first, without row `skip` (-1: none): how many there are.
** Distances as compared.  Safe inside a parallel task. */
int64_t mine__kdtree_nearest(const mine__kdtree *tree, const double *query, int64_t k, int64_t skip,
                             double *distance, uint32_t *row);
/* The rows at a distance of at most `square`, as compared: how many; the first `room` of them,
** in no particular order, in row[] (NULL with room 0).  Safe inside a parallel task. */
int64_t mine__kdtree_within(const mine__kdtree *tree, const double *query, double square,
                            int64_t room, uint32_t *row);

/* Of every row of the tree the k nearest others (1 <= k < n), nearest first, in distance[row *
** k ...] (as compared) and row[row * k ...].  On all threads; progress as `what`.  A leaf asks
** for all its rows at once. */
mine_status mine__kdtree_neighbours(mine_env *env, const mine__kdtree *tree, int64_t k,
                                    const char *what, double *distance,
                                    uint32_t *row) MINE_MUST_CHECK;

/* ---- inside, for whoever goes through the tree in another way ----------------------------- */

static inline int64_t mine__kdtree_leaves(const mine__kdtree *tree) {
  return (int64_t)1 << tree->levels;
}
static inline const double *mine__kdtree_box(const mine__kdtree *tree, int64_t node) {
  return tree->box + node * 2 * tree->width;
}
/* Leaf `leaf` (from 0) has the panels first(leaf) .. first(leaf + 1) - 1: mine__block_first of the
** panels, but that dividing by a power of two takes no time. */
static inline int64_t mine__kdtree_first(const mine__kdtree *tree, int64_t leaf) {
  return (tree->panels * leaf) >> tree->levels;
}
static inline const double *mine__kdtree_panel(const mine__kdtree *tree, int64_t panel) {
  return tree->panel + panel * MINE_LANES * tree->width;
}
/* Rows in a panel: MINE_LANES but for the last. */
static inline int mine__kdtree_lanes(const mine__kdtree *tree, int64_t panel) {
  const int64_t left = tree->n - panel * MINE_LANES;
  return left < MINE_LANES ? (int)left : MINE_LANES;
}

/* The rows of a leaf, n of them from `place` on. */
typedef struct mine__kdtree_rows {
  const double *panel, *box;
  ptrdiff_t panels;
  int64_t place;
  int n;
  uint32_t all; /* bits 0 .. n - 1 */
} mine__kdtree_rows;

static inline mine__kdtree_rows mine__kdtree_leaf(const mine__kdtree *tree, int64_t leaf) {
  const int64_t first = mine__kdtree_first(tree, leaf), end = mine__kdtree_first(tree, leaf + 1);
  const int64_t left = tree->n - first * MINE_LANES, room = (end - first) * MINE_LANES;
  const int n = (int)(left < room ? left : room);
  return (mine__kdtree_rows){.panel = mine__kdtree_panel(tree, first),
                             .box = mine__kdtree_box(tree, mine__kdtree_leaves(tree) + leaf),
                             .panels = (ptrdiff_t)(end - first),
                             .place = first * MINE_LANES,
                             .n = n,
                             .all = UINT32_MAX >> (MINE__KDTREE_LEAF - n)};
}
/* Its points, one after the other: n x width. */
static inline void mine__kdtree_points(const mine__kdtree *tree, const mine__kdtree_rows *rows,
                                       double *point) {
  const int64_t width = tree->width;
  for (int q = 0; q < rows->n; q++)
    for (int64_t j = 0; j < width; j++)
      point[q * width + j] =
          rows->panel[(q / MINE_LANES * width + j) * MINE_LANES + q % MINE_LANES];
}
/* The lowest bit of a word that is not 0, which is taken out. */
static inline int mine__kdtree_next(uint32_t *bits) {
  const int lowest = __builtin_ctz(*bits);
  *bits &= *bits - 1;
  return lowest;
}

/* What leaves that ask need of the tree besides: a sieve (sieve.h) whose panels are the leaves, not
** usable where single precision is of no use; and the boxes of the eight nodes three levels below a
** node side by side. */
typedef struct mine__kdtree_index {
  const mine__kdtree *tree;
  mine__sieve sieve;
  double *boxes;
} mine__kdtree_index;

/* A leaf that asks for all its rows at once. */
typedef struct mine__kdtree_asker {
  const mine__kdtree *tree;
  const mine__kdtree_index *index;
  const mine__kernels *kernels;
  int64_t leaf;
  mine__kdtree_rows own;
  double *point;                    /* its rows                                              */
  double *box;                      /* of those that ask together                            */
  float *seen, *group;              /* rows as the sieve sees them; room for as many         */
  double length[MINE__KDTREE_LEAF]; /* there                                                 */
  double limit[MINE__KDTREE_LEAF]; /* as compared: beyond, nothing matters; below 0: nothing does */
  uint32_t rows;                   /* that ask together                                     */
  double widest;                   /* of their limits                                       */
} mine__kdtree_asker;

void mine__kdtree_index_build(mine_env *env, mine_arena *arena, const mine__kdtree *tree,
                              mine__kdtree_index *out);
/* Room for one thread's asker. */
void mine__kdtree_asker_open(mine_arena *arena, const mine__kdtree_index *index,
                             mine__kdtree_asker *out);
/* Its rows become those of a leaf; limits are the caller's. */
void mine__kdtree_ask(mine__kdtree_asker *a, int64_t leaf);

/* The rows that ask and may have a row of a box within their limits. */
static inline uint32_t mine__kdtree_near(const mine__kdtree_asker *a, const double *box) {
  return a->own.all & a->kernels->leaf_near[a->tree->norm](a->own.panel, a->own.panels,
                                                           a->tree->width, box, a->limit);
}

/* Whoever asks: `passes` says that a node so far away is of no use to those who ask together (NULL:
** all are within widest); `meet` looks at a leaf, of use for the rows `near`, and lowers limits. */
typedef struct mine__kdtree_guide {
  int (*passes)(void *context, int64_t node, double apart);
  void (*meet)(void *context, int64_t leaf, const mine__kdtree_rows *rows, uint32_t near);
  void *context;
} mine__kdtree_guide;

/* Lead the leaf past every leaf that may be within the limit of one of its rows, near ones first.
** Rows with limits far above those of the others go on their own, so that all others need not look
** as far. */
void mine__kdtree_tour(mine__kdtree_asker *a, const mine__kdtree_guide *guide);
/* For each of the rows `near` that ask, the rows of a leaf that may be within its limit, in may[];
** those that are not in it are farther. */
void mine__kdtree_sift(const mine__kdtree_asker *a, int64_t leaf, const mine__kdtree_rows *other,
                       uint32_t near, uint32_t *may);
/* The distances, as compared, of row q that asks to the rows `may` of a leaf; those within `limit`,
** or more. */
uint32_t mine__kdtree_measure(const mine__kdtree_asker *a, int q, const mine__kdtree_rows *other,
                              uint32_t may, double limit, double *distance);

/* The least and the largest distance, as compared, between points of two boxes, rounded so that no
** pair of points within is nearer, or farther. */
double mine__kdtree_apart(const mine__kdtree *tree, const double *a, const double *b);
double mine__kdtree_across(const mine__kdtree *tree, const double *a, const double *b);
/* The least from a point. */
double mine__kdtree_from_point(const mine__kdtree *tree, const double *box, const double *point);

/* Nodes that wait to be looked at, with how far they are. */
typedef struct mine__kdtree_stack {
  int n;
  struct {
    int64_t node;
    double apart;
  } at[MINE__KDTREE_DEEPEST];
} mine__kdtree_stack;

static inline void mine__kdtree_push(mine__kdtree_stack *stack, int64_t node, double apart) {
  stack->at[stack->n].node = node;
  stack->at[stack->n++].apart = apart;
}
/* The nearer of two nodes on top. */
static inline void mine__kdtree_push_both(mine__kdtree_stack *stack, int64_t node, double left,
                                          double right) {
  const int first = left <= right;
  mine__kdtree_push(stack, node + first, first ? right : left);
  mine__kdtree_push(stack, node + !first, first ? left : right);
}

/* The two halves of a node, seen from a point. */
static inline void mine__kdtree_push_below(mine__kdtree_stack *stack, const mine__kdtree *tree,
                                           int64_t node, const double *query) {
  const double *left = mine__kdtree_box(tree, 2 * node);
  mine__kdtree_push_both(stack, 2 * node, mine__kdtree_from_point(tree, left, query),
                         mine__kdtree_from_point(tree, left + 2 * tree->width, query));
}

/* Offer every row that may lie within `bound` (as compared) of the point to `offer`, the
** nearer leaves first; it returns the bound that holds from then on.  Compiled for `offer` at
** each call. */
typedef double (*mine__kdtree_offer)(void *context, double bound, double distance, uint32_t row);
MINE_INLINE void mine__kdtree_walk(const mine__kdtree *tree, const double *query, double bound,
                                   mine__kdtree_offer offer, void *context) {
  const mine__kernels *kernels = mine__kernels_here();
  const int64_t leaves = mine__kdtree_leaves(tree);
  mine__kdtree_stack stack = {.n = 0};
  mine__kdtree_push(&stack, 1, 0);
  while (stack.n > 0) {
    const int64_t node = stack.at[--stack.n].node;
    if (stack.at[stack.n].apart > bound) continue;
    if (node < leaves) {
      mine__kdtree_push_below(&stack, tree, node, query);
      continue;
    }
    const mine__kdtree_rows rows = mine__kdtree_leaf(tree, node - leaves);
    double distance[MINE__KDTREE_LEAF];
    uint32_t within = rows.all & kernels->leaf_within[tree->norm](
                                     rows.panel, rows.panels, tree->width, query, bound, distance);
    while (within) {
      const int i = mine__kdtree_next(&within);
      if (distance[i] <= bound)
        bound = offer(context, bound, distance[i], tree->row[rows.place + i]);
    }
  }
}

#endif
