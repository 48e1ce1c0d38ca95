/*
** clusters.h -- what clusterings with centres have in common.
*/
#ifndef MINE_CLUSTER_CLUSTERS_H
#define MINE_CLUSTER_CLUSTERS_H

#include "../core/env.h"

/* Clusters by falling size; equal sizes by the coordinates of their centres, then as they were.
** order[r] is the cluster that becomes r; rows[c] are those of cluster c as it is. */
void mine__clusters_order(mine_env *env, int64_t k, int64_t width, const double *centre,
                          const int64_t *rows, int64_t *order);
/* Likewise of labelled rows.
** label[0..n-1] (0..k-1) becomes that number; order[r] is the cluster that has become r, rows[r]
** its rows.  */
void mine__clusters_number(mine_env *env, int64_t k, int64_t width, const double *centre, int64_t n,
                           int32_t *label, int64_t *order, int64_t *rows);

#endif
