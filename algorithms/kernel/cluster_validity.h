/*
** cluster_validity.h -- how compact clusters are and how far apart, from their centres: two
** figures that cost one look at each point, where the silhouette costs all pairs.
**
** n points in k clusters with means m(c) and n(c) points each, m the mean of all:
**   Calinski-Harabasz  (B / (k - 1)) / (W / (n - k)),  B = sum over c of n(c) |m(c) - m|^2,
**                      W = sum over the points of |x - m(c)|^2; larger is better; 1 where W is 0
**   Davies-Bouldin     mean over c of the largest (s(c) + s(d)) / |m(c) - m(d)|, s(c) the mean
**                      distance of c's points to m(c); smaller is better; pairs of clusters with
**                      one mean are left out
** (Calinski & Harabasz, "A dendrite method for cluster analysis", Communications in Statistics 3,
** 1974; Davies & Bouldin, "A cluster separation measure", IEEE Transactions on Pattern Analysis
** and Machine Intelligence 1, 1979).  Clusters without points are no clusters.
*/
#ifndef MINE_KERNEL_CLUSTER_VALIDITY_H
#define MINE_KERNEL_CLUSTER_VALIDITY_H

#include "silhouette.h"

typedef struct mine__validity {
  int64_t n, used;        /* points in clusters, and clusters that have any      */
  double within, between; /* W and B; W of k-means' own clusters is the inertia */
  double calinski_harabasz, davies_bouldin; /* NAN: fewer than two clusters, or as many as points */
} mine__validity;

/* Points first .. first + count - 1, row-major; called by several threads. */
typedef void (*mine__points_read)(const void *context, int64_t first, int64_t count, double *out);

/* The figures of clustered points; those of a negative cluster are left out.  `read` gives them
** where points->point is NULL.  On all threads, the same bits for any number of them; O(n width),
** and O(k^2 width) for the second figure.  NAN after a failure. */
mine__validity mine__cluster_validity(mine_env *env, const mine__clustered *points,
                                      mine__points_read read, const void *context);

double mine__calinski_harabasz(mine_env *env, const mine__clustered *points);
double mine__davies_bouldin(mine_env *env, const mine__clustered *points);

#endif
