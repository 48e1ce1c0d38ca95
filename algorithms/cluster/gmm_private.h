/*
** gmm_private.h -- the parts of the Gaussian mixture and what they hand each other.
**
**   gmm.c         options; the fit in its steps; the model
**   gmm_starts.c  starts that compete, how many components, of which form
**   gmm_em.c      expectation and maximisation, until they agree
**   gmm_pass.c    one pass over the rows: what they say of the components, summed
**   gmm_learn.c   weights, means and covariances from the sums; singular ones
**
** n rows, k components, width encoded columns throughout.  A failure stays in the environment.
*/
#ifndef MINE_CLUSTER_GMM_PRIVATE_H
#define MINE_CLUSTER_GMM_PRIVATE_H

#include "../kernel/linalg.h"
#include "../model/mixture.h"
#include "kmeans_private.h"

typedef struct gmm_options {
  int64_t k, max_k;
  int covariance; /* mine_covariance, or GMM_AUTO */
  int scale;
  mine_select init;
  int64_t starts, max_iter;
  double tol, reg_covar;
} gmm_options;

enum { GMM_AUTO = MINE_COVARIANCES };
enum { GMM_INIT_KMEANS, GMM_INIT_RANDOM };

/* Everything one fit needs. */
typedef struct gmm_fit {
  mine_env *env;
  const mine_dataset *data;
  const gmm_options *options;
  mine_model *model;
  mine_linalg la;
  mine_encoding encoding;
  kmeans_points points; /* all rows                                        */
  kmeans_points sample; /* where the starts compete: all rows, or a sample */
  double weight;        /* of all rows                                     */
} gmm_fit;

/* One solution and its working memory.
**
** The sums of a block of rows are a record of `record` doubles, made around the centres as they
** were: for every component, with t = x - centre and r its share of the row, times the row's
** weight,
**   full, tied            (width + 1)^2: the upper triangle of the sums of r (t, 1)(t, 1)'
**   diagonal, spherical   2 width + 1:   of r t, of r t^2, of r
** then one number: the sum of weight x ln p(x). */
typedef struct gmm_run {
  const gmm_fit *fit;
  const kmeans_points *points;
  mine_mixture mixture;  /* in scratch memory: encoding, k, form and the numbers    */
  double log_likelihood; /* of the rows, as the last pass found it                  */
  int iterations;        /* maximisations                                           */
  int converged;
  int64_t singular; /* components whose covariance reg_covar holds up          */
  int64_t repaired; /* covariances that were no use even so, in all iterations */
  int32_t *label;   /* n: the component with the largest share, or where hard  */
  int64_t chunks, blocks;
  size_t record, own;  /* numbers of a record, and of a component in it           */
  double *block, *all; /* blocks x record; record                                 */
  size_t stride;       /* of a worker's memory                                    */
  double *memory;
} gmm_run;

#define GMM_CHUNK 256 /* rows at a time; a multiple of MINE_LANES */

/* Memory for a mixture of k components of a form on these rows; its numbers are not set. */
void mine__gmm_run_open(const gmm_fit *fit, const kmeans_points *points, int64_t k,
                        mine_covariance form, gmm_run *run);

/* A pass over the rows.  HARD: every row belongs to label[row] wholly.  SOFT: to each component by
** its share.  Both leave run->all, SOFT also run->log_likelihood.  LABEL: no sums, but labels and
** log_likelihood. */
typedef enum gmm_mode { GMM_HARD, GMM_SOFT, GMM_LABEL } gmm_mode;
void mine__gmm_pass(gmm_run *run, gmm_mode mode);

/* The mixture from the sums of a pass: the maximisation. */
void mine__gmm_learn(gmm_run *run);

/* From run->mixture's centres (which were set) and labels to the first mixture: as if every row
** belonged to its label. */
void mine__gmm_first(gmm_run *run);
/* Expectation and maximisation until ln p of a row grows by less than tol on the average, or
** max_iter maximisations; then labels and log_likelihood of the mixture as it is. */
void mine__gmm_iterate(gmm_run *run);

/* -2 log_likelihood + parameters ln(weight of the rows); the smaller, the better. */
double mine__gmm_bic(const gmm_run *run);
double mine__gmm_aic(const gmm_run *run);

/* The solution of all rows: k and the form chosen, the starts competed. */
void mine__gmm_solve(gmm_fit *fit, gmm_run *run);

#endif
