/*
** clusters.c -- the numbers by which clusters are known.
*/
#include "clusters.h"

#include "../core/order.h"

typedef struct clusters_rank {
  int64_t cluster, rows, width;
  const double *centre;
} clusters_rank;

static int clusters_before(const void *context, const void *left, const void *right) {
  const clusters_rank *a = left, *b = right;
  (void)context;
  if (a->rows != b->rows) return a->rows > b->rows;
  for (int64_t j = 0; j < a->width; j++) {
    if (a->centre[j] != b->centre[j]) return a->centre[j] < b->centre[j];
  }
  return 0;
}

void mine__clusters_order(mine_env *env, int64_t k, int64_t width, const double *centre,
                          const int64_t *rows, int64_t *order) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  clusters_rank *rank = mine__arena_zeros(env->scratch, (size_t)k, sizeof *rank);
  clusters_rank *spare = mine__arena_array(env->scratch, (size_t)k, sizeof *spare);
  if (mine_failed(env)) return;
  for (int64_t c = 0; c < k; c++)
    rank[c] = (clusters_rank){c, rows[c], width, centre + c * width};
  mine__sort(env, rank, spare, (size_t)k, sizeof *rank, clusters_before, NULL);
  for (int64_t c = 0; c < k; c++)
    order[c] = rank[c].cluster;
  mine__arena_rewind(env->scratch, mark);
}

void mine__clusters_number(mine_env *env, int64_t k, int64_t width, const double *centre, int64_t n,
                           int32_t *label, int64_t *order, int64_t *rows) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t *count = mine__arena_zeros(env->scratch, (size_t)k, sizeof *count);
  int32_t *number = mine__arena_array(env->scratch, (size_t)k, sizeof *number);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < n; i++)
    count[label[i]]++;
  mine__clusters_order(env, k, width, centre, count, order);
  if (mine_failed(env)) return;
  for (int64_t c = 0; c < k; c++) {
    rows[c] = count[order[c]];
    number[order[c]] = (int32_t)c;
  }
  for (int64_t i = 0; i < n; i++)
    label[i] = number[label[i]];
  mine__arena_rewind(env->scratch, mark);
}
