/*
** kdtree_search.c -- the nearest others of every row of a tree.
**
** The rows of a leaf ask together (kdtree_tour.c), and look at those rows of another leaf that
** single precision cannot rule out.
*/
#include "kdtree.h"
#include "topk.h"

#define SEARCH_LEAVES 4 /* of a task */

typedef struct search_asker {
  mine__kdtree_asker ask;
  mine_topk top[MINE__KDTREE_LEAF];
} search_asker;

typedef struct search_job {
  const mine__kdtree *tree;
  int64_t k;
  double *distance;
  uint32_t *row;
  search_asker *asker; /* per worker */
} search_job;

/* Row q of the asking leaf looks at some rows of another. */
static void search_look(search_asker *a, int q, const mine__kdtree_rows *other, uint32_t may) {
  const mine__kdtree *tree = a->ask.tree;
  mine_topk *top = &a->top[q];
  const uint32_t self = tree->row[a->ask.own.place + q], *row = tree->row + other->place;
  double distance[MINE__KDTREE_LEAF];
  may = mine__kdtree_measure(&a->ask, q, other, may, top->worst, distance);
  while (may) {
    const int i = mine__kdtree_next(&may);
    if (distance[i] <= top->worst && row[i] != self) mine__topk_offer(top, distance[i], row[i]);
  }
  a->ask.limit[q] = top->worst;
}

static void search_meet(void *context, int64_t leaf, const mine__kdtree_rows *other,
                        uint32_t near) {
  search_asker *a = context;
  uint32_t may[MINE__KDTREE_LEAF];
  mine__kdtree_sift(&a->ask, leaf, other, near, may);
  while (near) {
    const int q = mine__kdtree_next(&near);
    if (may[q]) search_look(a, q, other, may[q]);
  }
}

static void search_leaf(const search_job *job, int64_t leaf, search_asker *a) {
  const mine__kdtree_guide guide = {.meet = search_meet, .context = a};
  mine__kdtree_ask(&a->ask, leaf);
  for (int q = 0; q < a->ask.own.n; q++) {
    const int64_t at = (int64_t)job->tree->row[a->ask.own.place + q] * job->k;
    mine__topk_open(&a->top[q], job->k, job->distance + at, job->row + at);
    a->ask.limit[q] = a->top[q].worst;
  }
  mine__kdtree_tour(&a->ask, &guide);
  for (int q = 0; q < a->ask.own.n; q++)
    mine__topk_sort(&a->top[q]);
}

static void kdtree_search_task(void *context, int64_t task, int worker) {
  const search_job *job = context;
  const int64_t first = task * SEARCH_LEAVES, end = first + SEARCH_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < mine__kdtree_leaves(job->tree); leaf++)
    search_leaf(job, leaf, &job->asker[worker]);
}

mine_status mine__kdtree_neighbours(mine_env *env, const mine__kdtree *tree, int64_t k,
                                    const char *what, double *distance, uint32_t *row) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  search_job job = {.tree = tree, .k = k, .distance = distance, .row = row};
  mine__kdtree_index index;
  mine__kdtree_index_build(env, env->scratch, tree, &index);
  job.asker = mine__arena_zeros(env->scratch, (size_t)env->threads, sizeof *job.asker);
  for (int w = 0; !mine_failed(env) && w < env->threads; w++)
    mine__kdtree_asker_open(env->scratch, &index, &job.asker[w].ask);
  if (mine_failed(env)) return mine_env_status(env);
  (void)!mine__parallel_progress(env, MINE_BLOCKS(mine__kdtree_leaves(tree), SEARCH_LEAVES),
                                 kdtree_search_task, &job, what, 0, 1);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
