/*
** compare_private.h -- the parts of mine_compare and what they hand each other.
**
**   compare.c       options, reading, measures and tests
**   compare_rows.c  the rows on which all models are measured
*/
#ifndef MINE_JOBS_COMPARE_PRIVATE_H
#define MINE_JOBS_COMPARE_PRIVATE_H

#include "scoring.h"

typedef struct compare_state {
  mine_scoring **scoring; /* one for each model */
  int scored;             /* so many have scored their rows */
} compare_state;

/* What all models have answered. */
typedef struct compare_rows {
  int64_t n;
  int32_t *label;
  double *target, *weight; /* weight NULL: 1 */
  double **score;          /* of each model  */
} compare_rows;

/* Of the rows that each model has scored those that all have answered; arrays in the job's arena.
** Failures stick. */
void mine__compare_gather(mine_job *job, compare_rows *out);
/* The rows that all models held out, with what each said of them (rounded to float). */
void mine__compare_held(mine_job *job, compare_rows *out);

#endif
