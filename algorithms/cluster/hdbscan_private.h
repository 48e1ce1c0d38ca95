/*
** hdbscan_private.h -- the parts of HDBSCAN and what they hand each other.
**
**   hdbscan.c         options, the fit in its steps, the model
**   hdbscan_near.c    core distances, and the nearest others of every row
**   hdbscan_span.c    a minimum spanning tree of the mutual reachability distances (Boruvka)
**   hdbscan_merge.c   the tree in which components merge, equal distances at once
**   hdbscan_select.c  the clusters of at least min_cluster_size rows, which of them are the answer,
**                     strengths and outlier scores
**
** Distances are as the tree compares them (kernel/kdtree.h) until the merges are known.  Rows
** are counted by their places in the k-d tree until then, and by their numbers afterwards.  A
** failure stays in the environment.
*/
#ifndef MINE_CLUSTER_HDBSCAN_PRIVATE_H
#define MINE_CLUSTER_HDBSCAN_PRIVATE_H

#include "../core/components.h"
#include "../kernel/kdtree.h"
#include "../model/labelled.h"

typedef enum hdbscan_selection { HDBSCAN_EOM, HDBSCAN_LEAF } hdbscan_selection;

typedef struct hdbscan_options {
  int64_t min_cluster_size, min_samples;
  double cluster_selection_epsilon;
  int selection, allow_single_cluster, scale, metric;
} hdbscan_options;

/* Of every place the `m` nearest others, nearest first. */
typedef struct hdbscan_near {
  int64_t m;
  double *distance; /* n x m, as compared                                         */
  uint32_t *place;  /* n x m                                                      */
  double *core;     /* n: to the min_samples-th nearest row, itself the first; likewise */
} hdbscan_near;

typedef struct hdbscan_edge {
  double weight; /* as compared */
  uint32_t a, b; /* places  */
} hdbscan_edge;

/* What merges at which distance: things are the rows 0..n-1 and then the merges, in rising order of
** their distances; the last is all rows. */
typedef struct hdbscan_merges {
  int64_t n;       /* rows           */
  int64_t things;  /* rows and merges */
  double *at;      /* per merge: its distance */
  uint32_t *size;  /* per thing: its rows                  */
  uint32_t *first; /* per merge: a thing that it merges    */
  uint32_t *next;  /* per thing: another that the same merge merges; HDBSCAN_NONE: no other */
} hdbscan_merges;
#define HDBSCAN_NONE UINT32_MAX

/* Arrays of all of these live in env->scratch. */
void mine__hdbscan_near(mine_env *env, const mine__kdtree *tree, int64_t min_samples,
                        hdbscan_near *out);
/* The n - 1 edges of a minimum spanning tree, in no particular order.  Which of several it is may
** depend on threads; its weights do not, nor what hangs together by edges up to a weight. */
hdbscan_edge *mine__hdbscan_span(mine_env *env, const mine__kdtree *tree, const hdbscan_near *near);
void mine__hdbscan_merge(mine_env *env, const mine__kdtree *tree, const hdbscan_edge *edge,
                         hdbscan_merges *out);
/* label (any numbers below n, -1 noise), reach, strength and outlier of the body. */
void mine__hdbscan_select(mine_env *env, const hdbscan_merges *merges, const hdbscan_options *o,
                          mine_labelled *body);

#endif
