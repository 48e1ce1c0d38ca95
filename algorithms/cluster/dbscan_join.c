/*
** dbscan_join.c -- the three passes of DBSCAN over the leaves of the tree.
**
**   count   a row is a core row when `least` rows lie within eps; counting ends there
**   join    core rows within eps of each other are one cluster: a forest that all threads
**           join at a time (core/components.h), whose components do not depend on who was first
**   border  a row within eps of a core row is in the cluster of the nearest one; of several as
**           near, of that with the least coordinates: rows at the same place are always of one
**           cluster, so this depends on no order
**
** A leaf looks for all its rows at once (kernel/kdtree_search.c).  To join, two leaves are looked
** at row by row only until their core rows hang together; nodes whose core rows do are passed by,
** and nodes all of whose rows are within eps of each other are joined by one of each.
*/
#include <math.h>

#include "../model/labelled.h"
#include "dbscan_private.h"

#define JOIN_LEAVES 8 /* of a task */

/* A leaf that looks for rows within eps. */
typedef struct join_leaf {
  const dbscan_rows *rows;
  const mine__kernels *kernels;
  int64_t leaf, first, end; /* its panels            */
  int64_t place;            /* of its first row      */
  const double *box;
  int n;
  int waiting;                      /* rows that still look                */
  uint8_t looks[MINE__KDTREE_LEAF]; /* per row                            */
  double sum[MINE__KDTREE_LEAF];    /* count: rows or weight found so far  */
  double best[MINE__KDTREE_LEAF];   /* border: the nearest core row        */
  int64_t whose[MINE__KDTREE_LEAF]; /* ... and its place; -1: none        */
  double *point;                    /* its rows                            */
} join_leaf;

typedef struct join_job {
  dbscan_rows *rows;
  double *point; /* per worker */
} join_job;

static void join_open(const join_job *job, int64_t leaf, int worker, join_leaf *a) {
  const mine__kdtree *tree = job->rows->tree;
  const int64_t width = tree->width;
  *a = (join_leaf){.rows = job->rows, .kernels = mine__kernels_here(), .leaf = leaf};
  a->first = mine__kdtree_first(tree, leaf);
  a->end = mine__kdtree_first(tree, leaf + 1);
  a->place = a->first * MINE_LANES;
  const int64_t left = tree->n - a->place, room = (a->end - a->first) * MINE_LANES;
  a->n = (int)(left < room ? left : room);
  a->box = mine__kdtree_box(tree, mine__kdtree_leaves(tree) + leaf);
  a->point = job->point + (int64_t)worker * MINE__KDTREE_LEAF * width;
  for (int q = 0; q < a->n; q++) {
    const double *x = tree->point + (int64_t)tree->row[a->place + q] * width;
    for (int64_t j = 0; j < width; j++)
      a->point[q * width + j] = x[j];
    a->best[q] = job->rows->square;
    a->whose[q] = -1;
  }
}

/* ---- count ------------------------------------------------------------------------------------
 */

static void count_row(join_leaf *a, int q, int64_t first, int64_t end) {
  const dbscan_rows *rows = a->rows;
  const mine__kdtree *tree = rows->tree;
  for (int64_t p = first; p < end && a->looks[q]; p++) {
    double distance[MINE_LANES];
    a->kernels->distance_panel(mine__kdtree_panel(tree, p), tree->width,
                               a->point + (int64_t)q * tree->width, 1, distance);
    const int lanes = mine__kdtree_lanes(tree, p);
    for (int l = 0; l < lanes; l++)
      if (distance[l] <= rows->square)
        a->sum[q] += rows->weight ? rows->weight[tree->row[p * MINE_LANES + l]] : 1;
    if (a->sum[q] >= rows->least) {
      rows->core[a->place + q] = 1;
      a->looks[q] = 0;
      a->waiting--;
    }
  }
}

/* The nearest core row so far; of equal ones that with the least coordinates. */
static void border_row(join_leaf *a, int q, int64_t first, int64_t end) {
  const dbscan_rows *rows = a->rows;
  const mine__kdtree *tree = rows->tree;
  for (int64_t p = first; p < end; p++) {
    double distance[MINE_LANES];
    a->kernels->distance_panel(mine__kdtree_panel(tree, p), tree->width,
                               a->point + (int64_t)q * tree->width, 1, distance);
    const int lanes = mine__kdtree_lanes(tree, p);
    for (int l = 0; l < lanes; l++) {
      const int64_t place = p * MINE_LANES + l;
      if (distance[l] > a->best[q] || !rows->core[place]) continue;
      if (distance[l] == a->best[q] && a->whose[q] >= 0 &&
          mine__labelled_order(tree->point + (int64_t)tree->row[place] * tree->width,
                               tree->point + (int64_t)tree->row[a->whose[q]] * tree->width,
                               tree->width) >= 0)
        continue;
      a->best[q] = distance[l];
      a->whose[q] = place;
    }
  }
}

/* The rows that look meet another leaf. */
static void join_meet(join_leaf *a, int64_t leaf, void (*row)(join_leaf *, int, int64_t, int64_t)) {
  const mine__kdtree *tree = a->rows->tree;
  const int64_t first = mine__kdtree_first(tree, leaf), end = mine__kdtree_first(tree, leaf + 1);
  const double *box = mine__kdtree_box(tree, mine__kdtree_leaves(tree) + leaf);
  for (int64_t p = a->first; p < a->end; p++) {
    double away[MINE_LANES];
    a->kernels->box_panel(mine__kdtree_panel(tree, p), tree->width, box, away);
    for (int l = 0; l < MINE_LANES; l++) {
      const int q = (int)(p - a->first) * MINE_LANES + l;
      if (q < a->n && a->looks[q] && away[l] <= a->best[q]) row(a, q, first, end);
    }
  }
}

/* Leaves within eps, from its own upwards, while a row looks; `cores`: only those that have one. */
static void join_search(join_leaf *a, int cores, void (*row)(join_leaf *, int, int64_t, int64_t)) {
  const dbscan_rows *rows = a->rows;
  const mine__kdtree *tree = rows->tree;
  const int64_t leaves = mine__kdtree_leaves(tree);
  mine__kdtree_stack stack = {.n = 0};
  join_meet(a, a->leaf, row);
  for (int64_t at = leaves + a->leaf; at > 1; at /= 2) {
    const int64_t sibling = at ^ 1;
    mine__kdtree_push(&stack, sibling,
                      mine__kdtree_apart(mine__kdtree_box(tree, sibling), a->box, tree->width));
    while (stack.n > 0 && a->waiting > 0) {
      const int64_t node = stack.at[--stack.n].node;
      if (stack.at[stack.n].apart > rows->square || (cores && rows->some[node] < 0)) continue;
      if (node >= leaves) {
        join_meet(a, node - leaves, row);
        continue;
      }
      const double *left = mine__kdtree_box(tree, 2 * node), *right = left + 2 * tree->width;
      mine__kdtree_push_both(&stack, 2 * node, mine__kdtree_apart(left, a->box, tree->width),
                             mine__kdtree_apart(right, a->box, tree->width));
    }
    if (a->waiting == 0) return;
  }
}

static void join_count_task(void *context, int64_t task, int worker) {
  const join_job *job = context;
  const int64_t first = task * JOIN_LEAVES, end = first + JOIN_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < mine__kdtree_leaves(job->rows->tree); leaf++) {
    join_leaf a;
    join_open(job, leaf, worker, &a);
    for (int q = 0; q < a.n; q++)
      a.looks[q] = 1;
    a.waiting = a.n;
    join_search(&a, 0, count_row);
  }
}

static void border_task(void *context, int64_t task, int worker) {
  const join_job *job = context;
  const dbscan_rows *rows = job->rows;
  const int64_t first = task * JOIN_LEAVES, end = first + JOIN_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < mine__kdtree_leaves(rows->tree); leaf++) {
    join_leaf a;
    join_open(job, leaf, worker, &a);
    for (int q = 0; q < a.n; q++) {
      a.looks[q] = rows->core[a.place + q] ? 0 : 1;
      a.waiting += a.looks[q];
    }
    if (a.waiting > 0) join_search(&a, 1, border_row);
    for (int q = 0; q < a.n; q++) {
      const int64_t of = rows->core[a.place + q] ? a.place + q : a.whose[q];
      rows->label[rows->tree->row[a.place + q]] =
          of < 0 ? -1 : (int32_t)mine__component_of(rows->up, (uint32_t)of);
    }
  }
}

/* ---- join -------------------------------------------------------------------------------------
 */

static int join_same(const dbscan_rows *rows, int64_t a, int64_t b) {
  return mine__component_of(rows->up, (uint32_t)a) == mine__component_of(rows->up, (uint32_t)b);
}

static void join_two(const dbscan_rows *rows, int64_t a, int64_t b) {
  (void)mine__components_join(rows->up, (uint32_t)a, (uint32_t)b);
}

/* Join core row q with those of a leaf within eps; 1: with one, and the leaf is whole. */
static int join_row(const join_leaf *a, int q, int64_t first, int64_t end, int whole) {
  const dbscan_rows *rows = a->rows;
  const mine__kdtree *tree = rows->tree;
  for (int64_t p = first; p < end; p++) {
    double distance[MINE_LANES];
    a->kernels->distance_panel(mine__kdtree_panel(tree, p), tree->width,
                               a->point + (int64_t)q * tree->width, 1, distance);
    const int lanes = mine__kdtree_lanes(tree, p);
    for (int l = 0; l < lanes; l++) {
      const int64_t place = p * MINE_LANES + l;
      if (distance[l] > rows->square || !rows->core[place]) continue;
      join_two(rows, a->place + q, place);
      if (whole) return 1;
    }
  }
  return 0;
}

/* The core rows of a leaf with those of another, row by row. */
static void join_leaves(const join_leaf *a, int64_t leaf) {
  const dbscan_rows *rows = a->rows;
  const mine__kdtree *tree = rows->tree;
  const int64_t leaves = mine__kdtree_leaves(tree), other = leaves + leaf;
  const int64_t first = mine__kdtree_first(tree, leaf), end = mine__kdtree_first(tree, leaf + 1);
  const double *box = mine__kdtree_box(tree, other);
  const int whole = rows->whole[other], both = whole && rows->whole[leaves + a->leaf];
  for (int64_t p = a->first; p < a->end; p++) {
    double away[MINE_LANES];
    a->kernels->box_panel(mine__kdtree_panel(tree, p), tree->width, box, away);
    for (int l = 0; l < MINE_LANES; l++) {
      const int q = (int)(p - a->first) * MINE_LANES + l;
      if (q >= a->n || !rows->core[a->place + q] || away[l] > rows->square) continue;
      if (whole && join_same(rows, a->place + q, rows->some[other])) continue;
      if (join_row(a, q, first, end, whole) && both) return;
    }
  }
}

/* All nodes whose leaves come after this one. */
static void join_later(const join_leaf *a) {
  const dbscan_rows *rows = a->rows;
  const mine__kdtree *tree = rows->tree;
  const int64_t leaves = mine__kdtree_leaves(tree), self = leaves + a->leaf;
  mine__kdtree_stack stack = {.n = 0};
  for (int64_t at = self; at > 1; at /= 2)
    if (at % 2 == 0)
      mine__kdtree_push(&stack, at + 1,
                        mine__kdtree_apart(mine__kdtree_box(tree, at + 1), a->box, tree->width));
  while (stack.n > 0) {
    const int64_t node = stack.at[--stack.n].node;
    if (stack.at[stack.n].apart > rows->square || rows->some[node] < 0) continue;
    const int both = rows->whole[self] && rows->whole[node];
    if (both && join_same(rows, rows->some[self], rows->some[node])) continue;
    const double *box = mine__kdtree_box(tree, node);
    if (both && mine__kdtree_across(a->box, box, tree->width) <= rows->square) {
      join_two(rows, rows->some[self], rows->some[node]);
    } else if (node >= leaves) {
      join_leaves(a, node - leaves);
    } else {
      const double *left = mine__kdtree_box(tree, 2 * node), *right = left + 2 * tree->width;
      mine__kdtree_push_both(&stack, 2 * node, mine__kdtree_apart(left, a->box, tree->width),
                             mine__kdtree_apart(right, a->box, tree->width));
    }
  }
}

static void later_task(void *context, int64_t task, int worker) {
  const join_job *job = context;
  const int64_t leaves = mine__kdtree_leaves(job->rows->tree);
  const int64_t first = task * JOIN_LEAVES, end = first + JOIN_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < leaves; leaf++) {
    join_leaf a;
    if (job->rows->some[leaves + leaf] < 0) continue;
    join_open(job, leaf, worker, &a);
    join_later(&a);
  }
}

/* Within a leaf: join what is within eps, and see whether that is all. */
static void within_task(void *context, int64_t task, int worker) {
  const join_job *job = context;
  dbscan_rows *rows = job->rows;
  const int64_t leaves = mine__kdtree_leaves(rows->tree);
  const int64_t first = task * JOIN_LEAVES, end = first + JOIN_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < leaves; leaf++) {
    join_leaf a;
    join_open(job, leaf, worker, &a);
    int64_t some = -1;
    int whole = 1;
    for (int q = 0; q < a.n; q++) {
      if (!rows->core[a.place + q]) continue;
      if (some < 0) some = a.place + q;
      (void)join_row(&a, q, a.first, a.end, 0);
    }
    for (int q = 0; q < a.n; q++)
      if (rows->core[a.place + q] && !join_same(rows, a.place + q, some)) whole = 0;
    rows->some[leaves + leaf] = some;
    rows->whole[leaves + leaf] = (uint8_t)whole;
  }
}

/* Nodes, from below: those without a gap, and those so small that there can be none. */
static void join_nodes(mine_env *env, dbscan_rows *rows) {
  const mine__kdtree *tree = rows->tree;
  for (int64_t node = mine__kdtree_leaves(tree) - 1; node > 0; node--) {
    const int64_t left = rows->some[2 * node], right = rows->some[2 * node + 1];
    const double *box = mine__kdtree_box(tree, node);
    if (MINE_POLL_AT(env, node)) return;
    rows->some[node] = left >= 0 ? left : right;
    rows->whole[node] = rows->whole[2 * node] && rows->whole[2 * node + 1];
    if (!rows->whole[node] || left < 0 || right < 0) continue;
    if (mine__kdtree_across(box, box, tree->width) <= rows->square) join_two(rows, left, right);
    rows->whole[node] = (uint8_t)join_same(rows, left, right);
  }
}

void mine__dbscan_label(mine_env *env, dbscan_rows *rows) {
  const mine__kdtree *tree = rows->tree;
  const size_t n = (size_t)tree->n, nodes = 2 * (size_t)mine__kdtree_leaves(tree);
  const int64_t tasks = MINE_BLOCKS(mine__kdtree_leaves(tree), JOIN_LEAVES);
  join_job job = {.rows = rows};
  rows->core = mine__arena_zeros(env->scratch, n, 1);
  rows->up = mine__arena_array(env->scratch, n, sizeof *rows->up);
  rows->some = mine__arena_array(env->scratch, nodes, sizeof *rows->some);
  rows->whole = mine__arena_zeros(env->scratch, nodes, 1);
  job.point = mine__arena_array(env->scratch, (size_t)env->threads * MINE__KDTREE_LEAF,
                                (size_t)tree->width * sizeof *job.point);
  if (mine_failed(env)) return;
  mine__components_open(rows->up, tree->n);
  if (mine__parallel_progress(env, tasks, join_count_task, &job, "counting neighbours", 0, 0.6))
    return;
  if (mine__parallel(env, tasks, within_task, &job)) return;
  join_nodes(env, rows);
  if (mine_failed(env)) return;
  if (mine__parallel_progress(env, tasks, later_task, &job, "joining neighbours", 0.6, 0.9)) return;
  (void)!mine__parallel_progress(env, tasks, border_task, &job, "placing the rest", 0.9, 1);
}
