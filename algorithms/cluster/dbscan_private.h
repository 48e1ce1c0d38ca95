/*
** dbscan_private.h -- the parts of DBSCAN and what they hand each other.
**
**   dbscan.c       options, eps, the fit in its steps
**   dbscan_join.c  which rows are core rows, how they hang together, whose the border rows are
**
** Rows are counted by their places in the k-d tree.  A failure stays in the environment.
*/
#ifndef MINE_CLUSTER_DBSCAN_PRIVATE_H
#define MINE_CLUSTER_DBSCAN_PRIVATE_H

#include "../core/components.h"
#include "../kernel/kdtree.h"

typedef struct dbscan_rows {
  const mine__kdtree *tree;
  double square; /* eps as distances are compared: what is at most so far apart is within        */
  double least;  /* rows, or weight, that a core row has within eps, itself too   */
  const double *weight; /* per row; NULL: 1                                             */
  uint32_t *core;       /* per leaf: a bit for each core row                             */
  mine__component *up;  /* per place: of core rows                                       */
  int64_t *some;        /* per node: the place of a core row in it; -1: it has none      */
  uint8_t *whole;       /* per node: all its core rows are known to hang together        */
  int32_t *label;       /* per row: the place of the root of its cluster; -1: noise      */
} dbscan_rows;

/* core, up and label from the rest; arrays live in env->scratch.  Where many rows lie within eps
** of each other, whole nodes are joined at once: O(n log n) in few dimensions for any eps. */
void mine__dbscan_label(mine_env *env, dbscan_rows *rows);

#endif
