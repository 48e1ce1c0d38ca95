/*
** silhouette.h -- how well points lie in their clusters.
**
** The silhouette of a point is (b - a) / max(a, b), a its mean distance to the
** other points of its cluster, b the least mean distance to the points of another
** cluster; 0 for a point alone in its cluster (Rousseeuw, "Silhouettes", Journal
** of Computational and Applied Mathematics 20, 1987).
*/
#ifndef MINE_KERNEL_SILHOUETTE_H
#define MINE_KERNEL_SILHOUETTE_H

#include "../core/env.h"

/* Clustered points, as they lie in the model's space. */
typedef struct mine__clustered {
  int64_t n;
  int width;
  const double *point;    /* n x width, row-major                      */
  const int32_t *cluster; /* per point: 0..k-1, some perhaps not used  */
  int64_t k;
} mine__clustered;

/* The mean silhouette (euclidean distances, -1..1); NAN where it is undefined --
** one cluster, or as many as points -- and where env fails.  All pairs are
** measured: O(n^2 width); scratch memory from env, as much as the points take. */
double mine__silhouette(mine_env *env, const mine__clustered *points);

#endif
