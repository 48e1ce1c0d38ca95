/*
** twostep.h -- clusters of mixed columns with noise apart: what `auto` does without a target.
**
** Its row in the registry is that of jobs/auto.h, which has two tasks; this is its fit for the
** second.
*/
#ifndef MINE_CLUSTER_TWOSTEP_H
#define MINE_CLUSTER_TWOSTEP_H

#include "../model/model.h"

typedef struct mine__twostep_options {
  int64_t k;         /* MINE_AUTO: chosen                             */
  int64_t max_k;     /* the most that are tried                       */
  double noise;      /* the largest share of noise; 0: none           */
  int64_t resamples; /* from which stability is taken; 0: it is not   */
} mine__twostep_options;

/* As mine_algorithm.fit: the model is of the kind `latent`. */
mine_status mine__twostep_fit(mine_env *env, const mine_dataset *data,
                              const mine__twostep_options *options, mine_model *model);

#endif
