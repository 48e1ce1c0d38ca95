/*
** choose_k.h -- the parts of mine_choose_k.
**
**   choose_k.c      the verb: its options, a fit for each k, what is chosen
**   choose_judge.c  how good the clusters of one fit are
**   choose_gap.c    the gap statistic: the same fits of rows without clusters
*/
#ifndef MINE_JOBS_CHOOSE_K_H
#define MINE_JOBS_CHOOSE_K_H

#include "training.h"

typedef struct choose_options {
  int64_t min_k;
  int by; /* choose_by */
  int gap;
  int64_t references;
} choose_options;

typedef enum choose_by {
  CHOOSE_AUTO,
  CHOOSE_SILHOUETTE,
  CHOOSE_CALINSKI_HARABASZ,
  CHOOSE_DAVIES_BOULDIN,
  CHOOSE_BIC,
  CHOOSE_GAP
} choose_by;

/* What there is to say of one k; NAN: nothing. */
typedef struct choose_figures {
  int fitted;
  double inertia, silhouette, calinski_harabasz, davies_bouldin, bic, gap, gap_se;
  int likelihood;  /* bic is that of a mixture */
  int64_t sampled; /* rows whose silhouettes were measured; 0: all */
} choose_figures;

#define CHOOSE_WHY 200 /* bytes of why the first k that was not fitted could not be */

typedef struct choose_run {
  mine_training *training;
  const choose_options *options;
  const mine_option *k; /* of the algorithm */
  int64_t first;        /* k of the first */
  choose_figures *figures;
  char why[CHOOSE_WHY];
} choose_run;

/* Fit the algorithm with that k on some prepared rows; scaled: the rows are points already.  The
** model is not sealed; free it. */
mine_status mine__choose_fit(mine_env *env, const choose_run *run, const mine_prepared *prepared,
                             int64_t k, int scaled, mine_trained *out);
/* Labels of the rows: 0 .. k - 1, -1 noise; in env->scratch. */
int32_t *mine__choose_labels(mine_env *env, const mine_prepared *prepared,
                             const mine_trained *trained);

void mine__choose_judge(mine_env *env, const choose_run *run, const mine_trained *trained,
                        choose_figures *out);
/* The mean squared distance of rows to the mean of their cluster; NAN: not known. */
double mine__choose_within(mine_env *env, const mine_prepared *prepared,
                           const mine_trained *trained, const int32_t *label);
/* gap and gap_se of that k, whose fit is `trained`. */
void mine__choose_gap(mine_env *env, const choose_run *run, const mine_trained *trained, int64_t k,
                      choose_figures *out);

#endif
