/*
** linkage.h -- merging clusters, the nearest two first: the parts of algorithm agglomerative.
**
**   agglomerative.c  options, the cut, the model
**   linkage.c        merges in their order, numbered; chains over a table of distances
**   linkage_space.c  the same without a table: Ward by centres, single by a spanning tree
**
** The distance of two clusters is
**   ward      sqrt(2 |A| |B| / (|A| + |B|)) x the distance of their centres: R's ward.D2
**   complete  the largest of a row of one and a row of the other
**   average   the mean of all such pairs
**   single    the smallest
** Of these a merge never brings two others nearer, so that two clusters, each the nearest of the
** other, may be merged at once, whoever else is nearer elsewhere: the nearest-neighbour chain
** (Benzecri 1982; Murtagh, Computer Journal 26, 1983; Muellner, arXiv 1109.2378, 2011) makes the
** very merges that taking the globally nearest pair makes, in O(n^2).  Of equal distances the
** neighbour stays that the chain came from, else the cluster with the lowest point is taken; merges
** at equal heights stand in the order in which they are found.
**
** A failure stays in the environment.
*/
#ifndef MINE_CLUSTER_LINKAGE_H
#define MINE_CLUSTER_LINKAGE_H

#include "../core/env.h"

typedef enum linkage_how {
  LINKAGE_WARD,
  LINKAGE_COMPLETE,
  LINKAGE_AVERAGE,
  LINKAGE_SINGLE
} linkage_how;

/* What is merged: points, no two of them equal, each for so many rows. */
typedef struct linkage_points {
  int64_t n;
  int width;
  const double *point; /* n x width */
  const double *rows;  /* n         */
} linkage_points;

/* The clusters that hold points a and b become one. */
typedef struct linkage_merge {
  uint32_t a, b;
  double height;
} linkage_merge;

/* merge[0 .. n-2], in the order in which they were found. */
void mine__linkage_ward(mine_env *env, const linkage_points *points, linkage_merge *merge);
void mine__linkage_single(mine_env *env, const linkage_points *points, linkage_merge *merge);
/* complete, average: n (n-1)/2 distances in scratch memory, of LINKAGE_DOUBLES points or fewer in
** double precision, of more in single. */
#define LINKAGE_DOUBLES 20000
void mine__linkage_table(mine_env *env, linkage_how how, const linkage_points *points,
                         linkage_merge *merge);
/* Bytes of that table. */
double mine__linkage_table_bytes(int64_t n);

/* By rising height, equal ones as they are. */
void mine__linkage_sort(mine_env *env, linkage_merge *merge, int64_t n);

/* Sorted merges of n points as R's hclust numbers them: name[2 s], name[2 s + 1] of step s (from
** 0) are -i for the point i (from 1) alone and +t for what step t (from 1) made; points first, by
** number, then steps.  size[s]: points below. */
void mine__linkage_name(mine_env *env, const linkage_merge *merge, int64_t n, int64_t *name,
                        int64_t *size);

/* label[0 .. n-1] once the first `steps` merges are made: 0 .. n - steps - 1. */
void mine__linkage_cut(mine_env *env, const linkage_merge *merge, int64_t steps, int64_t n,
                       int32_t *label);

#endif
