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
** A leaf looks for all its rows at once (kernel/kdtree_tour.c), a row at all rows of a leaf: what
** is within comes as the bits of a word (kernel/kdtree_body.h).  To join, two leaves are looked
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
  mine__kdtree_asker ask;           /* limits: eps^2; border: the nearest core row */
  double sum[MINE__KDTREE_LEAF];    /* count: rows or weight found so far          */
  int64_t whose[MINE__KDTREE_LEAF]; /* border: the place of the nearest; -1: none  */
} join_leaf;

typedef struct join_job {
  dbscan_rows *rows;
  mine__kdtree_index index;
  join_leaf *leaf; /* per worker */
} join_job;

/* Rows `looking` look. */
static join_leaf *join_open(const join_job *job, int64_t leaf, int worker, uint32_t looking) {
  join_leaf *a = &job->leaf[worker];
  mine__kdtree_ask(&a->ask, leaf);
  for (int q = 0; q < a->ask.own.n; q++) {
    a->sum[q] = 0;
    a->ask.limit[q] = looking >> q & 1 ? job->rows->square : -1;
    a->whose[q] = -1;
  }
  return a;
}

/* Which rows of a leaf are within `square` of row q, and how far they are. */
static uint32_t join_within(const join_leaf *a, int q, const mine__kdtree_rows *other,
                            double square, double *distance) {
  const int width = a->rows->tree->width;
  return other->all & a->ask.kernels->leaf_within[a->rows->tree->norm](
                          other->panel, other->panels, width, a->ask.point + (int64_t)q * width,
                          square, distance);
}

/* ---- count ---------------------------------------------------------------------------------- */

static void count_row(join_leaf *a, int q, const mine__kdtree_rows *other) {
  const dbscan_rows *rows = a->rows;
  double distance[MINE__KDTREE_LEAF];
  uint32_t within = join_within(a, q, other, rows->square, distance);
  if (!rows->weight)
    for (; within; within &= within - 1)
      a->sum[q]++;
  while (within)
    a->sum[q] += rows->weight[rows->tree->row[other->place + mine__kdtree_next(&within)]];
  if (a->sum[q] >= rows->least) {
    rows->core[a->ask.leaf] |= UINT32_C(1) << q;
    a->ask.limit[q] = -1; /* it looks no more */
  }
}

static void count_meet(void *context, int64_t leaf, const mine__kdtree_rows *other, uint32_t near) {
  while (near)
    count_row(context, mine__kdtree_next(&near), other);
  (void)leaf;
}

static void join_count_task(void *context, int64_t task, int worker) {
  const join_job *job = context;
  const int64_t first = task * JOIN_LEAVES, end = first + JOIN_LEAVES;
  const mine__kdtree_guide guide = {.meet = count_meet, .context = &job->leaf[worker]};
  for (int64_t leaf = first; leaf < end && leaf < mine__kdtree_leaves(job->rows->tree); leaf++) {
    join_leaf *a = join_open(job, leaf, worker, UINT32_MAX);
    mine__kdtree_tour(&a->ask, &guide);
  }
}

/* ---- border --------------------------------------------------------------------------------- */

/* The nearest core row so far; of equal ones that with the least coordinates. */
static void border_row(join_leaf *a, int q, int64_t leaf, const mine__kdtree_rows *other) {
  const mine__kdtree *tree = a->rows->tree;
  double distance[MINE__KDTREE_LEAF];
  uint32_t within = join_within(a, q, other, a->ask.limit[q], distance) & a->rows->core[leaf];
  while (within) {
    const int i = mine__kdtree_next(&within);
    const int64_t place = other->place + i;
    if (distance[i] > a->ask.limit[q]) continue;
    if (distance[i] == a->ask.limit[q] && a->whose[q] >= 0 &&
        mine__labelled_order(tree->point + (int64_t)tree->row[place] * tree->width,
                             tree->point + (int64_t)tree->row[a->whose[q]] * tree->width,
                             tree->width) >= 0)
      continue;
    a->ask.limit[q] = distance[i];
    a->whose[q] = place;
  }
}

static void border_meet(void *context, int64_t leaf, const mine__kdtree_rows *other,
                        uint32_t near) {
  while (near)
    border_row(context, mine__kdtree_next(&near), leaf, other);
}

static int border_passes(void *context, int64_t node, double apart) {
  (void)apart;
  return ((const join_leaf *)context)->rows->some[node] < 0;
}

static void border_task(void *context, int64_t task, int worker) {
  const join_job *job = context;
  const dbscan_rows *rows = job->rows;
  const int64_t first = task * JOIN_LEAVES, end = first + JOIN_LEAVES;
  const mine__kdtree_guide guide = {border_passes, border_meet, &job->leaf[worker]};
  for (int64_t leaf = first; leaf < end && leaf < mine__kdtree_leaves(rows->tree); leaf++) {
    const mine__kdtree_rows own = mine__kdtree_leaf(rows->tree, leaf);
    const uint32_t core = rows->core[leaf], looking = own.all & ~core;
    join_leaf *a = &job->leaf[worker];
    if (looking) mine__kdtree_tour(&join_open(job, leaf, worker, looking)->ask, &guide);
    for (int q = 0; q < own.n; q++) {
      const int64_t of = core >> q & 1 ? own.place + q : a->whose[q];
      rows->label[rows->tree->row[own.place + q]] =
          of < 0 ? -1 : (int32_t)mine__component_of(rows->up, (uint32_t)of);
    }
  }
}

/* ---- join ----------------------------------------------------------------------------------- */

static int join_same(const dbscan_rows *rows, int64_t a, int64_t b) {
  return mine__component_of(rows->up, (uint32_t)a) == mine__component_of(rows->up, (uint32_t)b);
}

static void join_two(const dbscan_rows *rows, int64_t a, int64_t b) {
  (void)mine__components_join(rows->up, (uint32_t)a, (uint32_t)b);
}

/* Join core row q with those of a leaf within eps, or with one where the leaf is whole; whether
** there was one. */
static int join_row(const join_leaf *a, int q, int64_t leaf, const mine__kdtree_rows *other,
                    int whole) {
  double distance[MINE__KDTREE_LEAF];
  uint32_t within = join_within(a, q, other, a->rows->square, distance) & a->rows->core[leaf];
  if (!within) return 0;
  do
    join_two(a->rows, a->ask.own.place + q, other->place + mine__kdtree_next(&within));
  while (within && !whole);
  return 1;
}

/* The core rows of a leaf with those of another, row by row. */
static void join_leaves(const join_leaf *a, int64_t leaf) {
  const dbscan_rows *rows = a->rows;
  const int64_t leaves = mine__kdtree_leaves(rows->tree), node = leaves + leaf;
  const mine__kdtree_rows other = mine__kdtree_leaf(rows->tree, leaf);
  const int whole = rows->whole[node], both = whole && rows->whole[leaves + a->ask.leaf];
  uint32_t near = rows->core[a->ask.leaf] & mine__kdtree_near(&a->ask, other.box);
  while (near) {
    const int q = mine__kdtree_next(&near);
    if (whole && join_same(rows, a->ask.own.place + q, rows->some[node])) continue;
    if (join_row(a, q, leaf, &other, whole) && both) return;
  }
}

/* All nodes whose leaves come after this one. */
static void join_later(const join_leaf *a) {
  const dbscan_rows *rows = a->rows;
  const mine__kdtree *tree = rows->tree;
  const int64_t leaves = mine__kdtree_leaves(tree), self = leaves + a->ask.leaf;
  mine__kdtree_stack stack = {.n = 0};
  for (int64_t at = self; at > 1; at /= 2)
    if (at % 2 == 0)
      mine__kdtree_push(&stack, at + 1,
                        mine__kdtree_apart(tree, mine__kdtree_box(tree, at + 1), a->ask.own.box));
  while (stack.n > 0) {
    const int64_t node = stack.at[--stack.n].node;
    if (stack.at[stack.n].apart > rows->square || rows->some[node] < 0) continue;
    const int both = rows->whole[self] && rows->whole[node];
    if (both && join_same(rows, rows->some[self], rows->some[node])) continue;
    const double *box = mine__kdtree_box(tree, node);
    if (both && mine__kdtree_across(tree, a->ask.own.box, box) <= rows->square) {
      join_two(rows, rows->some[self], rows->some[node]);
    } else if (node >= leaves) {
      join_leaves(a, node - leaves);
    } else {
      const double *left = mine__kdtree_box(tree, 2 * node), *right = left + 2 * tree->width;
      mine__kdtree_push_both(&stack, 2 * node, mine__kdtree_apart(tree, left, a->ask.own.box),
                             mine__kdtree_apart(tree, right, a->ask.own.box));
    }
  }
}

static void later_task(void *context, int64_t task, int worker) {
  const join_job *job = context;
  const int64_t leaves = mine__kdtree_leaves(job->rows->tree);
  const int64_t first = task * JOIN_LEAVES, end = first + JOIN_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < leaves; leaf++) {
    if (job->rows->some[leaves + leaf] < 0) continue;
    join_later(join_open(job, leaf, worker, job->rows->core[leaf]));
  }
}

/* Within a leaf: join what is within eps, and see whether that is all. */
static void within_task(void *context, int64_t task, int worker) {
  const join_job *job = context;
  dbscan_rows *rows = job->rows;
  const int64_t leaves = mine__kdtree_leaves(rows->tree);
  const int64_t first = task * JOIN_LEAVES, end = first + JOIN_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < leaves; leaf++) {
    uint32_t left = rows->core[leaf];
    rows->some[leaves + leaf] = -1;
    rows->whole[leaves + leaf] = 1;
    if (!left) continue;
    const join_leaf *a = join_open(job, leaf, worker, left);
    const mine__kdtree_rows *own = &a->ask.own;
    rows->some[leaves + leaf] = own->place + __builtin_ctz(left);
    for (int groups = 0; left; groups++) { /* flood from the first that is left */
      uint32_t front = left & -left;
      const int seed = __builtin_ctz(left);
      left &= left - 1;
      rows->whole[leaves + leaf] = groups == 0;
      while (front) {
        double distance[MINE__KDTREE_LEAF];
        const int q = mine__kdtree_next(&front);
        const uint32_t found = left & join_within(a, q, own, rows->square, distance);
        if (q != seed) join_two(rows, own->place + seed, own->place + q);
        front |= found;
        left &= ~found;
      }
    }
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
    if (mine__kdtree_across(tree, box, box) <= rows->square) join_two(rows, left, right);
    rows->whole[node] = (uint8_t)join_same(rows, left, right);
  }
}

void mine__dbscan_label(mine_env *env, dbscan_rows *rows) {
  const mine__kdtree *tree = rows->tree;
  const size_t n = (size_t)tree->n, leaves = (size_t)mine__kdtree_leaves(tree);
  const int64_t tasks = MINE_BLOCKS(mine__kdtree_leaves(tree), JOIN_LEAVES);
  join_job job = {.rows = rows};
  rows->core = mine__arena_zeros(env->scratch, leaves, sizeof *rows->core);
  rows->up = mine__arena_array(env->scratch, n, sizeof *rows->up);
  rows->some = mine__arena_array(env->scratch, 2 * leaves, sizeof *rows->some);
  rows->whole = mine__arena_zeros(env->scratch, 2 * leaves, 1);
  job.leaf = mine__arena_zeros(env->scratch, (size_t)env->threads, sizeof *job.leaf);
  mine__kdtree_index_build(env, env->scratch, tree, &job.index);
  for (int w = 0; !mine_failed(env) && w < env->threads; w++) {
    job.leaf[w].rows = rows;
    mine__kdtree_asker_open(env->scratch, &job.index, &job.leaf[w].ask);
  }
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
