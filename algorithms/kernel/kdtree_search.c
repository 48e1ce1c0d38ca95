/*
** kdtree_search.c -- the nearest others of every row of a tree.
**
** The rows of a leaf ask together: first their own leaf, then upwards the siblings of each node
** on the way to the root.  A node is passed by where its box is farther from the leaf's than any of
** their lists reaches; of a leaf that is not, those rows look at the points whose own list reaches
** its box.
*/
#include <math.h>

#include "kdtree.h"
#include "topk.h"

#define SEARCH_LEAVES 4 /* of a task */

typedef struct search_asker {
  const mine__kdtree *tree;
  const mine__kernels *kernels;
  int64_t first, end; /* panels of the leaf that asks */
  const double *box;  /* its box                      */
  int n;
  double worst;  /* the farthest that any list reaches */
  double *point; /* its rows: n x width                */
  mine_topk top[MINE__KDTREE_LEAF];
} search_asker;

typedef struct search_job {
  const mine__kdtree *tree;
  int64_t k;
  double *distance;
  uint32_t *row;
  double *point; /* per worker: a leaf's rows */
} search_job;

/* Row q of the asking leaf looks at the rows of leaf's panels first .. end - 1. */
static void search_look(search_asker *a, int q, int64_t first, int64_t end) {
  const mine__kdtree *tree = a->tree;
  mine_topk *top = &a->top[q];
  const uint32_t self = tree->row[a->first * MINE_LANES + q];
  for (int64_t p = first; p < end; p++) {
    double distance[MINE_LANES];
    a->kernels->distance_panel(mine__kdtree_panel(tree, p), tree->width,
                               a->point + (int64_t)q * tree->width, 1, distance);
    const int lanes = mine__kdtree_lanes(tree, p);
    const uint32_t *row = tree->row + p * MINE_LANES;
    for (int l = 0; l < lanes; l++) {
      if (distance[l] <= top->worst && row[l] != self) mine__topk_offer(top, distance[l], row[l]);
    }
  }
}

/* The asking rows meet another leaf. */
static void search_meet(search_asker *a, int64_t leaf) {
  const mine__kdtree *tree = a->tree;
  const int64_t first = mine__kdtree_first(tree, leaf), end = mine__kdtree_first(tree, leaf + 1);
  const double *box = mine__kdtree_box(tree, mine__kdtree_leaves(tree) + leaf);
  int looked = 0;
  for (int64_t p = a->first; p < a->end; p++) {
    double away[MINE_LANES];
    a->kernels->box_panel(mine__kdtree_panel(tree, p), tree->width, box, away);
    for (int l = 0; l < MINE_LANES; l++) {
      const int q = (int)(p - a->first) * MINE_LANES + l;
      if (q >= a->n || away[l] > a->top[q].worst) continue;
      search_look(a, q, first, end);
      looked = 1;
    }
  }
  if (!looked) return;
  a->worst = 0;
  for (int q = 0; q < a->n; q++)
    a->worst = fmax(a->worst, a->top[q].worst);
}

static void search_descend(search_asker *a, int64_t node) {
  const mine__kdtree *tree = a->tree;
  const int64_t leaves = mine__kdtree_leaves(tree);
  mine__kdtree_stack stack = {.n = 0};
  mine__kdtree_push(&stack, node,
                    mine__kdtree_apart(mine__kdtree_box(tree, node), a->box, tree->width));
  while (stack.n > 0) {
    node = stack.at[--stack.n].node;
    if (stack.at[stack.n].apart > a->worst) continue;
    if (node >= leaves) {
      search_meet(a, node - leaves);
    } else {
      const double *left = mine__kdtree_box(tree, 2 * node), *right = left + 2 * tree->width;
      mine__kdtree_push_both(&stack, 2 * node, mine__kdtree_apart(left, a->box, tree->width),
                             mine__kdtree_apart(right, a->box, tree->width));
    }
  }
}

static void search_leaf(const search_job *job, int64_t leaf, search_asker *a) {
  const mine__kdtree *tree = job->tree;
  const int64_t width = tree->width;
  a->first = mine__kdtree_first(tree, leaf);
  a->end = mine__kdtree_first(tree, leaf + 1);
  const int64_t place = a->first * MINE_LANES, left = tree->n - place;
  const int64_t room = (a->end - a->first) * MINE_LANES;
  a->n = (int)(left < room ? left : room);
  a->box = mine__kdtree_box(tree, mine__kdtree_leaves(tree) + leaf);
  a->worst = INFINITY;
  for (int q = 0; q < a->n; q++) {
    const int64_t row = tree->row[place + q];
    for (int64_t j = 0; j < width; j++)
      a->point[q * width + j] = tree->point[row * width + j];
    mine__topk_open(&a->top[q], job->k, job->distance + row * job->k, job->row + row * job->k);
  }
  search_meet(a, leaf);
  for (int64_t node = mine__kdtree_leaves(tree) + leaf; node > 1; node /= 2)
    search_descend(a, node ^ 1);
  for (int q = 0; q < a->n; q++)
    mine__topk_sort(&a->top[q]);
}

static void kdtree_search_task(void *context, int64_t task, int worker) {
  const search_job *job = context;
  search_asker asker = {.tree = job->tree, .kernels = mine__kernels_here()};
  asker.point = job->point + (int64_t)worker * MINE__KDTREE_LEAF * job->tree->width;
  const int64_t first = task * SEARCH_LEAVES, end = first + SEARCH_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < mine__kdtree_leaves(job->tree); leaf++)
    search_leaf(job, leaf, &asker);
}

mine_status mine__kdtree_neighbours(mine_env *env, const mine__kdtree *tree, int64_t k,
                                    const char *what, double *distance, uint32_t *row) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  search_job job = {.tree = tree, .k = k, .distance = distance, .row = row};
  job.point = mine__arena_array(env->scratch, (size_t)env->threads * MINE__KDTREE_LEAF,
                                (size_t)tree->width * sizeof *job.point);
  if (!job.point) return mine_env_status(env);
  (void)!mine__parallel_progress(env, MINE_BLOCKS(mine__kdtree_leaves(tree), SEARCH_LEAVES),
                                 kdtree_search_task, &job, what, 0, 1);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
