/*
** trials.h -- several ways to learn, compared on the same folds of the same rows.
**
** Rows are read and prepared once; a trial is a method (prepared.h), and each of its folds
** one fit.  Fits of few rows go side by side, large ones one after another on all threads;
** which of the two changes nothing but the time.  What fails is the trial's own: the others
** go on.  Only memory, a deadline and an interruption end the call.
*/
#ifndef MINE_JOBS_TRIALS_H
#define MINE_JOBS_TRIALS_H

#include "../model/metrics.h"
#include "prepared.h"

/* What all trials have in common. */
typedef struct mine_comparison {
  const mine_prepared *data;
  mine_rows rows;
  const mine_folds *folds; /* of those rows */
  double share;            /* of the rows that a fit learns from: 1 all, else chosen by a
                           ** hash of id and seed, the same for every fold and trial      */
  const char *what;        /* for the progress                                            */
} mine_comparison;

#define MINE_TRIAL_WHY_BYTES 240
typedef struct mine_trial_fold {
  int n_metrics; /* 0: not measured */
  mine_metric metric[MINE_MAX_METRICS];
  char why[MINE_TRIAL_WHY_BYTES]; /* it failed; "" else */
} mine_trial_fold;

typedef struct mine_trial {
  mine_method method;
  const mine_prepared *data; /* the comparison's with fewer features; NULL: that itself     */
  mine_trial_fold *fold;     /* one per fold, of the last run                             */
  double *score;             /* rows.n x (classes or 1), out of fold, NAN where there is no
                             ** answer; NULL: not wanted                                  */
  double *clock;             /* seconds, per fold, of all runs                            */
} mine_trial;

/* Room for the results: `scores` says whether answers out of fold are wanted. */
mine_status mine__trial_open(mine_env *env, mine_arena *arena, const mine_comparison *comparison,
                             int scores, mine_trial *trial) MINE_MUST_CHECK;
/* Fit and measure every fold of trial[0..n-1]. */
mine_status mine__trials_run(mine_env *env, const mine_comparison *comparison, mine_trial **trial,
                             int n) MINE_MUST_CHECK;

/* Fit the method on the rows of the other folds and measure it on this one; without a fit,
** if those have nothing to tell apart, `rows` is the only metric.  Failures stick in env. */
void mine__fold_measure(mine_env *env, const mine_comparison *comparison, const mine_method *method,
                        int which, mine_arena *arena, mine_measured *out);

/* Over the folds that have the measure: its mean, the standard error of that, and how many
** they are.  NAN where there are none (of the error: fewer than two). */
typedef struct mine_trial_mean {
  double mean, se;
  int64_t folds;
} mine_trial_mean;
mine_trial_mean mine__trial_measure(const mine_trial *trial, const mine_folds *folds,
                                    const char *measure);
/* Why it could not be fitted: of the first fold that failed; NULL: none did. */
const char *mine__trial_why(const mine_trial *trial, const mine_folds *folds);
double mine__trial_seconds(const mine_trial *trial, const mine_folds *folds);

#endif
