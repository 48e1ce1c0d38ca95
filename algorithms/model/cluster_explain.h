/*
** cluster_explain.h -- why a row is of one cluster rather than of the others.
**
** Each cluster c has of a row a number L(c), the greater the more the row is of it, and the margin
** of a cluster is its L less the other's, of more than two less the mean of all:
**
**   latent, mixture     ln of the weighted density: the log-odds of the cluster
**   prototypes          minus half the squared distance to the centre: the log-odds, were all
**                       clusters normal, of one size and with deviations of 1
**   medoids             likewise (euclidean); minus the distance to the medoid (manhattan, gower)
**
** What is not known of a row counts as a missing value does in the model: it is left out (latent,
** gower), or lies where the encoding puts it (the others).  So a missing value says nothing.  All
** contributions are exact Shapley values: of sums over the features they are the terms, of the
** others closed forms (mixture_explain.c, medoids_explain.c).
*/
#ifndef MINE_MODEL_CLUSTER_EXPLAIN_H
#define MINE_MODEL_CLUSTER_EXPLAIN_H

#include "../data/encode.h"
#include "model.h"

/* By how much L(c) counts in the margin of cluster `of`, where there are n of them. */
static inline double mine__cluster_told(int64_t n, int64_t of, int64_t c) {
  return n == 2 ? (c == of ? 1 : -1) : (double)(c == of) - 1.0 / (double)n;
}

/* Row i of the batch: contributions, zeros before, the base last.  room: as many numbers as were
** asked for, the worker's own. */
typedef void (*mine__cluster_says)(const void *context, const mine_batch *batch, int64_t i,
                                   double *room, double *contribution);

/* Explain the rows of a batch by `says`, on all threads; a sentence where n < 2.  A row whose
** numbers are too large to be told has no contributions. */
mine_status mine__clusters_explain(mine_env *env, const mine_model *model, int64_t n,
                                   mine__cluster_says says, const void *context, size_t room,
                                   const mine_batch *batch, mine_explained *out) MINE_MUST_CHECK;

/* The margin of one of k centres (k x width, encoded): a linear function of the point.  All live
** as long as the batch is explained. */
mine_status mine__centres_explain(mine_env *env, const mine_model *model,
                                  const mine_encoding *encoding, const double *centre, int64_t k,
                                  const mine_batch *batch, mine_explained *out) MINE_MUST_CHECK;

/* The kinds' own. */
mine_status mine__medoids_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  mine_explained *out);
mine_status mine__mixture_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  mine_explained *out);
mine_status mine__latent_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                 mine_explained *out);
/* MINE_MARGIN_ODDS where there are shares, else MINE_MARGIN_NEAR. */
mine_margin mine__clusters_margin(const mine_model *model);

#endif
