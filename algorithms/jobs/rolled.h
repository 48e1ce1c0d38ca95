/*
** rolled.h -- mine_evaluate of a model that forecasts: rolling origins over a source
** (series/rolling.h).
*/
#ifndef MINE_JOBS_ROLLED_H
#define MINE_JOBS_ROLLED_H

#include "forecast.h"

typedef struct mine_rolled_options {
  int64_t origins, horizon, every;
  int refit; /* -1: not given */
} mine_rolled_options;
extern const mine_option mine__rolled_option_table[];

/* For verbs_judge.c, which has refused options of other models. */
mine_status mine__rolled_open(mine_job *job) MINE_MUST_CHECK;
mine_status mine__rolled_source(mine_job *job, int step, const char **sql,
                                mine_frame **frame) MINE_MUST_CHECK;
mine_status mine__rolled_run(mine_job *job, mine_relation *out) MINE_MUST_CHECK;
void mine__rolled_close(mine_job *job);

#endif
