/*
** hdbscan_near.c -- the nearest others of every row, by the tree or, where there are too many
** columns for it, by looking at all rows in single precision first (kernel/nearest.h).
**
** More of them than min_samples asks for are kept: most steps of the spanning tree find their edge
** among those and need no search.
*/
#include "../kernel/nearest.h"
#include "hdbscan_private.h"

#define NEAR_KEPT 12

/* By all rows: distances come as roots, and are taken again as the tree compares them. */
static void near_by_all(mine_env *env, const mine__kdtree *tree, int64_t m, double *distance,
                        uint32_t *row) {
  const int64_t n = tree->n, width = tree->width;
  uint32_t *key = mine__arena_array(env->scratch, (size_t)n, sizeof *key);
  int64_t *found = mine__arena_array(env->scratch, (size_t)n, sizeof *found);
  mine_nearest all;
  if (mine_failed(env) ||
      mine__nearest_build(
          env, env->scratch,
          tree->norm == MINE__NORM_SQUARES ? MINE_SPACE_EUCLIDEAN : MINE_SPACE_MANHATTAN,
          tree->point, n, tree->width, NULL, &all))
    return;
  for (int64_t i = 0; i < n; i++)
    key[i] = (uint32_t)i;
  const mine_nearest_query query = {.n = n,
                                    .row = tree->point,
                                    .k = m,
                                    .base_key = key,
                                    .query_key = key,
                                    .what = "measuring neighbours",
                                    .to = 1};
  if (mine__nearest_search(env, &all, &query, row, distance, found)) return;
  for (int64_t i = 0; i < n; i++) {
    if (i % 4096 == 0 && mine__poll(env)) return;
    for (int64_t j = 0; j < m; j++)
      distance[i * m + j] =
          mine__kdtree_pair(tree, tree->point + i * width, tree->point + row[i * m + j] * width);
  }
}

typedef struct near_job {
  const mine__kdtree *tree;
  const hdbscan_near *near;
  const double *distance; /* per row */
  const uint32_t *row, *place_of;
  int64_t others; /* the core distance is that to the so-manieth other; 0: it is 0 */
} near_job;

#define NEAR_PLACES 1024

static void near_by_place(void *context, int64_t task, int worker) {
  const near_job *job = context;
  const hdbscan_near *near = job->near;
  const int64_t m = near->m, first = task * NEAR_PLACES, end = first + NEAR_PLACES;
  for (int64_t place = first; place < end && place < job->tree->n; place++) {
    const int64_t row = job->tree->row[place];
    for (int64_t j = 0; j < m; j++) {
      near->distance[place * m + j] = job->distance[row * m + j];
      near->place[place * m + j] = job->place_of[job->row[row * m + j]];
    }
    near->core[place] = job->others > 0 ? near->distance[place * m + job->others - 1] : 0;
  }
  (void)worker;
}

void mine__hdbscan_near(mine_env *env, const mine__kdtree *tree, int64_t min_samples,
                        hdbscan_near *out) {
  const int64_t n = tree->n, asked = min_samples - 1 < n - 1 ? min_samples - 1 : n - 1;
  int64_t m = asked > NEAR_KEPT ? asked : NEAR_KEPT;
  if (m > n - 1) m = n - 1;
  const size_t all = (size_t)n * (size_t)m;
  *out = (hdbscan_near){.m = m};
  out->distance = mine__arena_array(env->scratch, all, sizeof *out->distance);
  out->place = mine__arena_array(env->scratch, all, sizeof *out->place);
  out->core = mine__arena_array(env->scratch, (size_t)n, sizeof *out->core);
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *distance = mine__arena_array(env->scratch, all, sizeof *distance);
  uint32_t *row = mine__arena_array(env->scratch, all, sizeof *row);
  uint32_t *place_of = mine__arena_array(env->scratch, (size_t)n, sizeof *place_of);
  if (mine_failed(env)) return;
  if (m > 0 && tree->width > MINE__KDTREE_WIDEST)
    near_by_all(env, tree, m, distance, row);
  else if (m > 0)
    (void)!mine__kdtree_neighbours(env, tree, m, "measuring neighbours", distance, row);
  if (!mine_failed(env)) {
    for (int64_t place = 0; place < n; place++)
      place_of[tree->row[place]] = (uint32_t)place;
    near_job job = {tree, out, distance, row, place_of, asked};
    (void)!mine__parallel(env, MINE_BLOCKS(n, NEAR_PLACES), near_by_place, &job);
  }
  mine__arena_rewind(env->scratch, mark);
}
