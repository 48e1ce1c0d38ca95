/*
** cluster_profile.h -- what clusters look like in the units of the source, whatever found them.
**
** Per encoded column (data/encode.h): of a number the mean of the known values (bent by the scale:
** of the bent values, brought back), of a category the share of the level among the known ones,
** of each cluster and of all rows.  Rows that are in no cluster (noise) count among all.
** Every kind of clustering keeps one and gives it by its `profile` (kind.h); mine_centroids and
** mine_segments list it.
*/
#ifndef MINE_MODEL_CLUSTER_PROFILE_H
#define MINE_MODEL_CLUSTER_PROFILE_H

#include "../core/bytes.h"
#include "../data/encode.h"

/* Quantiles of the distances to the cluster that are kept: of mine__cluster_quantile[]. */
#define MINE_CLUSTER_QUANTILES 4
extern const double mine__cluster_quantile[MINE_CLUSTER_QUANTILES]; /* 0.5 0.9 0.95 0.99 */

typedef struct mine_cluster_profile {
  int64_t k;
  int64_t *rows;     /* k: rows of each cluster                                           */
  int64_t noise;     /* rows in none                                                      */
  double *value;     /* k x width; NAN: no known value in the cluster                     */
  double *apart;     /* width: likewise of the rows in none; NULL: there are none, or not known */
  double *overall;   /* width, of all rows; NAN: no known value at all                    */
  double *deviation; /* width, of all rows (divisor n); of the bent values                */
  double *distance;  /* k x MINE_CLUSTER_QUANTILES, of the rows' distances in the model's space;
                     ** NAN: not known; NULL: none is                                     */
} mine_cluster_profile;

/* From the rows and their labels: label[i] of the i-th row given is 0..k-1, or -1: noise.  Weights
** count, but in `rows` and `noise`, which are of rows.  Allocates in `arena`; distance is left NULL
** (mine__cluster_profile_distances).  On all threads, the same bytes for any number of them.
** O(rows x features). */
mine_status mine__cluster_profile_make(mine_env *env, mine_arena *arena,
                                       const mine_encoding *encoding, const mine_dataset *data,
                                       const int32_t *label, int64_t k,
                                       mine_cluster_profile *out) MINE_MUST_CHECK;
/* Once the model answers: group[i] (1..k, others are left out) and distance[i] of n rows that stand
** for all.  Allocates in `arena`. */
mine_status mine__cluster_profile_distances(mine_env *env, mine_arena *arena, const int32_t *group,
                                            const double *distance, int64_t n,
                                            mine_cluster_profile *profile) MINE_MUST_CHECK;

/* Cluster c becomes cluster number[c], a permutation of 0..k-1. */
mine_status mine__cluster_profile_renumber(mine_env *env, mine_cluster_profile *profile, int width,
                                           const int32_t *number) MINE_MUST_CHECK;
/* Likewise of the k items of `size` bytes of any array of a model. */
mine_status mine__cluster_renumber(mine_env *env, void *items, int64_t k, size_t size,
                                   const int32_t *number) MINE_MUST_CHECK;

void mine__cluster_profile_save(const mine_cluster_profile *profile, int width, mine_writer *w);
/* Every number is checked; problems are the reader's. */
void mine__cluster_profile_load(mine_reader *r, int width, int64_t k, mine_cluster_profile *out);

/* The pieces of the two, for a body whose layout is older than this file. */
void mine__cluster_rows_load(mine_reader *r, int64_t k, mine_cluster_profile *out);
void mine__cluster_values_save(const mine_cluster_profile *profile, int width, mine_writer *w);
void mine__cluster_values_load(mine_reader *r, int width, int64_t k, mine_cluster_profile *out);
void mine__cluster_distances_save(const mine_cluster_profile *profile, mine_writer *w);
void mine__cluster_distances_load(mine_reader *r, int64_t k, mine_cluster_profile *out);

#endif
