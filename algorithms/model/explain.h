/*
** explain.h -- why a model says of a row what it says: what each feature adds.
**
** Before it becomes an answer, what a model makes of a row is one number, its *margin*.  That is
** told as a sum,
**
**   margin(row) = base + contribution(1) + ... + contribution(features),
**
** where base is what the model would say if it knew nothing of the row, and the contribution of a
** feature is its Shapley value: what learning it moves the margin by, the mean over all orders
** in which the features may become known (Shapley, "A value for n-person games", 1953; Lundberg
** & Lee, "A unified approach to interpreting model predictions", NeurIPS 2017).  What is not known
** is averaged over, and each kind says by what:
**
**   trees      the rows of training that came to the nodes (trees_explain.c), exactly
**   linear     the mean row of training, exactly
**   hazard     as linear: of the logarithm of the risk or of the time
**   bayes      rows as its own priors and densities make them, exactly
**   network    the mean row of training, by sampled orders (sampled.h)
**   neighbours rows that the model remembers, by sampled orders
**   prototypes, mixture, medoids, latent
**              what the model makes of a missing value, exactly (cluster_explain.h)
**   ensemble   as its members, whose contributions are weighted as their answers are
**   uplift     as its members: their contributions to the answer, as it is made of theirs
**   grouped    as the member of the row's group
**
** A mean of models is a mean of shares, so a member tells its contributions to its share: those to
** the margin, rescaled by what the way from base to margin makes of the share (Chen, Lundberg &
** Lee, "Explaining a series of models by propagating Shapley values", Nature Communications 13,
** 2022).
*/
#ifndef MINE_MODEL_EXPLAIN_H
#define MINE_MODEL_EXPLAIN_H

#include "../data/dataset.h"

typedef enum mine_margin {
  MINE_MARGIN_NUMBER, /* the number                                                     */
  MINE_MARGIN_LOG,    /* of a number above zero its logarithm                           */
  MINE_MARGIN_SHARE,  /* the share of the class                                         */
  MINE_MARGIN_ODDS,   /* of two classes ln (share / share of the other); of more ln share less
                      ** the mean of ln share over the classes                          */
  MINE_MARGIN_NEAR    /* of clusters without shares: likewise of how near the row is    */
} mine_margin;

/* Of a batch.  Shares are those before any calibration.  `i` counts the batch's rows. */
typedef struct mine_explained {
  int of;     /* in: the class or cluster, or without either the output, from 0; noise, where
              ** a model has it: n_groups                                                    */
  int answer; /* in: 1 = the parts of the share as it is answered, calibrated, or of the number,
              ** instead of the margin                                                       */
  int pairs;  /* in: where orders are sampled, how many pairs of them                        */
  int member; /* in: 1 = a model of many: without reasons its rows have none, and it is no
              ** failure */
  double *contribution; /* n x (n_features + 1), the base last; NAN: the row has no answer   */
  double *error;        /* likewise: its standard error, 0: exact; NULL: not asked for       */
} mine_explained;
#define MINE_EXPLAIN_PAIRS 16 /* unless told otherwise */

/* What the margin of a model is. */
mine_margin mine__model_margin(const mine_model *model);
/* MINE_UNSUPPORTED of a model that gives no reasons; the sentence says what can be asked
** instead. */
mine_status mine__model_explain_check(mine_env *env, const mine_model *model) MINE_MUST_CHECK;
/* Whether contributions are estimates, with errors. */
int mine__model_samples(const mine_model *model);
/* Explain the rows of a batch.  The same bits for any number of threads and any division into
** batches. */
mine_status mine__model_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                mine_explained *out) MINE_MUST_CHECK;

/* Inside: the parts of the answer, from those of the margin that the kind gives (explain_answer.c).
** A kind made of models that is asked for them gives those of its own answer, before a calibration
** of the whole. */
void mine__explain_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                          mine_explained *out);
/* A row without an answer. */
void mine__explain_nothing(double *contribution, int n_features);

#endif
