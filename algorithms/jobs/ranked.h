/*
** ranked.h -- rows that are judged in the order of the probability of one class: what
** mine_roc, mine_calibration, mine_lift and mine_threshold walk over.
**
** Of a source that has the target, or the held-out rows that the model keeps.  The first thing
** in the state of such a verb is a mine_ranking.
*/
#ifndef MINE_JOBS_RANKED_H
#define MINE_JOBS_RANKED_H

#include "../core/radix.h"
#include "scoring.h"

typedef struct mine_ranking {
  mine_scoring *scoring;
} mine_ranking;

/* order[i] is the i-th row from the highest probability on; equal ones have equal keys. */
typedef struct mine_ranked {
  int64_t n;
  double *fall; /* minus the probability of the class */
  const int32_t *label;
  const double *weight; /* NULL: 1 */
  mine_pair *order;
  int class_;
} mine_ranked;

static inline double mine__ranked_weight(const mine_ranked *rows, int64_t row) {
  return rows->weight ? rows->weight[row] : 1;
}

/* The ways of the verb: open, source, close; models without classes, and several classes
** without class=, are refused. */
mine_status mine__ranked_open(mine_job *job);
mine_status mine__ranked_source(mine_job *job, int step, const char **sql, mine_frame **frame);
void mine__ranked_close(mine_job *job);
/* The rows, sorted; in the job's arena.  O(n log n). */
mine_status mine__ranked_rows(mine_job *job, mine_ranked *out) MINE_MUST_CHECK;

/* Their weights: of the class, and of the others.  An error unless there are both. */
typedef struct mine_ranked_sums {
  double positive, negative;
} mine_ranked_sums;
mine_status mine__ranked_sums(mine_job *job, const mine_ranked *rows,
                              mine_ranked_sums *out) MINE_MUST_CHECK;

/* What a campaign brings in and costs, from the options and a budget (NAN: none); 0: none is
** spoken of, or failure recorded. */
int mine__ranked_campaign(mine_job *job, double budget, mine_campaign *out);
#define MINE_SET_CAMPAIGN \
  { mine__campaign_option_table, sizeof(mine_campaign_options), 0 }

/* Its sets of options, before those of its own. */
#define MINE_SETS_RANKED                                        \
  {mine__class_option_table, sizeof(mine_class_options), 0}, {  \
    mine__missing_option_table, sizeof(mine_missing_options), 0 \
  }

#endif
