/*
** auto.h -- `auto`: several algorithms tried on the same folds, and a mean of the best; without a
** target, clusters of mixed columns.
**
** It stands above the algorithms: its row in the registry has options like any other, but
** what it does with a target is a loop over fits (trials.h).  Without one there is nothing to try
** against, and its `fit` is that of cluster/twostep.h.  Trying and making are two
** steps: a training tries on the rows that it learns from first, and the model of all
** rows is made of what was found then.
*/
#ifndef MINE_JOBS_AUTO_H
#define MINE_JOBS_AUTO_H

#include "trials.h"

typedef struct mine_auto_options {
  double budget_seconds;
  mine_list portfolio; /* names; empty: all there are, in their order */
  /* Without a target: */
  int64_t k, max_k;
  double noise;
  int64_t resamples;
} mine_auto_options;

extern const mine_algorithm mine__algorithm_auto;

/* What was tried, and of which of them the mean is made. */
typedef struct mine_composition mine_composition;

/* Try on these rows.  common: the options of the call that are not auto's own, as text; for
** the list of trials.  keep: the mean's answers out of fold, too.  The answer lives in `arena`. */
mine_status mine__auto_compose(mine_env *env, const mine_prepared *prepared,
                               const mine_auto_options *options, const char *common, mine_rows rows,
                               int keep, mine_arena *arena,
                               const mine_composition **out) MINE_MUST_CHECK;
/* What the mean answered to the rows that were tried on; none unless it was kept. */
const mine_measured *mine__auto_unseen(const mine_composition *composition);
/* The names of all that was tried: as portfolio= they compose the same. */
mine_list mine__auto_portfolio(const mine_composition *composition);
/* Make its members of the rows, and one model of them. */
mine_status mine__auto_fit(mine_env *env, const mine_prepared *prepared, const mine_method *method,
                           const mine_composition *composition, mine_rows rows, mine_arena *arena,
                           mine_trained *out) MINE_MUST_CHECK;

#endif
