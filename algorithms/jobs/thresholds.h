/*
** thresholds.h -- what the option threshold comes to, in training and in scoring.
*/
#ifndef MINE_JOBS_THRESHOLDS_H
#define MINE_JOBS_THRESHOLDS_H

#include <math.h>

#include "../model/threshold.h"
#include "common_options.h"

static inline int mine__threshold_given(const mine_threshold_options *said) {
  return said->threshold.choice >= 0 || !isnan(said->threshold.number);
}
/* An error unless there are the two classes that a threshold divides (0: no classes; `task`
** in words), and what a goal needs was said. */
mine_status mine__threshold_check(mine_env *env, const mine_threshold_options *said,
                                  const char *target, int classes,
                                  const char *task) MINE_MUST_CHECK;
/* The number that was said, or the best for the goal on these rows. */
mine_status mine__threshold_choose(mine_env *env, const mine_threshold_options *said,
                                   const mine_judged *rows, mine_cut *out) MINE_MUST_CHECK;
/* Minus the probabilities of the class on the held-out rows that the model keeps; in arena. */
double *mine__held_fall(mine_arena *arena, const mine_model *model, int class_);
/* "the positive class from probability 0.31 on: the largest f1, 0.62, of 812 ..." */
#define MINE_CUT_WORDS 320
void mine__threshold_words(const mine_threshold_options *said, const mine_cut *cut,
                           char words[MINE_CUT_WORDS]);

#endif
