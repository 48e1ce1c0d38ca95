/*
** kmeans_batch.h -- the state of k-means in passes, which kmeans_batch.c drives and
** kmeans_batch_model.c makes a model of.
*/
#ifndef MINE_CLUSTER_KMEANS_BATCH_H
#define MINE_CLUSTER_KMEANS_BATCH_H

#include "../data/moments.h"
#include "../model/prototypes.h"
#include "kmeans_private.h"

typedef enum batch_pass { BATCH_MEASURE, BATCH_LLOYD, BATCH_LOOK } batch_pass;

/* Of a pass; all but the moments begin at zero. */
typedef struct batch_sums {
  double *total;      /* k x width sums of encoded rows, then k: rows                      */
  double *known;      /* k x width: of a number the sum of value - mean, of a level rows   */
  double *known_rows; /* k x features: rows that have a value                              */
  int64_t *rows;      /* k                                                                 */
  double *far;        /* k: the largest squared distance in the cluster                    */
  double *far_row;    /* k x width: the first row that has it                              */
  double inertia;
} batch_sums;

typedef struct batch_state {
  const kmeans_options *options;
  const mine_dataset *sample;
  mine_model *model;
  mine_prototypes *body;
  batch_pass pass;
  int64_t k, n;
  int width, lloyds, settled, relocated;
  double variance, shift, gain;
  double *was;           /* 2 x width: centre and factor of the sample's space */
  mine_moments *moments; /* per feature that is a number: of bent values       */
  double *levels;        /* width: rows of each level                          */
  batch_sums sums;
} batch_state;

/* Quartiles and shares are the sample's: they need all rows at once. */
static inline int batch_keeps_scale(const batch_state *s) {
  return s->options->scale == MINE_SCALE_ROBUST || s->options->scale == MINE_SCALE_QUANTILE;
}

/* After the last look: profile, numbers, metrics and notes, from the sums of all rows; failures
** stick in env. */
void mine__kmeans_batch_model(mine_env *env, batch_state *s);

#endif
