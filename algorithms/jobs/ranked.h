/*
** ranked.h -- rows that are judged in the order of the probability of one class: what
** mine_roc and mine_calibration walk over.
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

/* Its sets of options, before those of its own. */
#define MINE_SETS_RANKED                                        \
  {mine__class_option_table, sizeof(mine_class_options), 0}, {  \
    mine__missing_option_table, sizeof(mine_missing_options), 0 \
  }

#endif
