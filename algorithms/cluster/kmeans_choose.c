/*
** kmeans_choose.c -- the silhouette of a solution (kernel/silhouette.h).  All pairs
** are measured, so beyond `most` rows a spread sample stands for all of them.
*/
#include <math.h>

#include "../kernel/silhouette.h"
#include "kmeans_private.h"

mine_status mine__kmeans_silhouette(mine_env *env, const kmeans_points *points,
                                    const int32_t *label, int64_t k, int64_t most, uint64_t seed,
                                    double *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t n = points->n < most ? points->n : most, width = points->width;
  int64_t *row = mine__arena_array(env->scratch, (size_t)n, sizeof *row);
  int32_t *cluster = mine__arena_array(env->scratch, (size_t)n, sizeof *cluster);
  double *point = mine__arena_array(env->scratch, (size_t)n, (size_t)width * sizeof *point);
  *out = NAN;
  if (mine_failed(env)) return env->status;
  mine__kmeans_stretches(points->n, n, seed, KMEANS_SILHOUETTE, row);
  for (int64_t i = 0; i < n; i++) {
    mine__kmeans_row(points, row[i], point + i * width);
    cluster[i] = label[row[i]];
  }
  *out = mine__silhouette(env, &(mine__clustered){n, points->width, point, cluster, k});
  mine__arena_rewind(env->scratch, mark);
  return env->status;
}
