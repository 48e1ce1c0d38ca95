/*
** sampled.h -- Shapley values of models that can only be asked, by sampling orders.
**
** A feature's contribution is the mean, over all orders in which features become known, of what
** the margin moves by when it does; some orders drawn at random estimate that (Castro, Gomez &
** Tejada, "Polynomial calculation of the Shapley value based on sampling", 2009).  Each order is
** walked forth and back, which takes out what depends on coming early or late only (antithetic
** pairs: Mitchell et al., "Sampling permutations for Shapley value estimation", JMLR 23, 2022).
** From the first feature to the last each walk goes from a row of which nothing is known to the row
** itself: whatever orders were drawn, contributions add up exactly.
**
** What is not known is filled from a *background*: pair d of a row takes background d.  The
** standard error of a contribution is that of the mean over the pairs.  Pairs are the same for all
** rows, so nothing depends on batches or threads.
*/
#ifndef MINE_MODEL_SAMPLED_H
#define MINE_MODEL_SAMPLED_H

#include "model.h"

/* Rows that are mixed: row j has the features with known[j x n_features + f] of row at[j] of the
** batch, and the others of background number by[j]. */
typedef struct mine__mixed {
  int64_t n;
  const int64_t *at;
  const int32_t *by;
  const uint8_t *known;
} mine__mixed;

typedef struct mine__game {
  int n_features;
  int backgrounds; /* different ones; pair d has d % backgrounds */
  const void *context;
  /* The margins of mixed rows; failures stick in env. */
  void (*margins)(mine_env *env, const void *context, const mine_batch *batch,
                  const mine__mixed *mixed, double *out);
} mine__game;

/* Explain the rows of a batch: out->pairs of them are drawn.  Work: rows x pairs x 2 features
** margins. */
mine_status mine__sampled_explain(mine_env *env, const mine__game *game, const mine_batch *batch,
                                  mine_explained *out);

#endif
