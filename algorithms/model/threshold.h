/*
** threshold.h -- from which probability on the positive of two classes is predicted.
**
** A goal is a measure of what is then predicted; the threshold that makes it the largest is
** looked for among the probabilities that occur.
*/
#ifndef MINE_MODEL_THRESHOLD_H
#define MINE_MODEL_THRESHOLD_H

#include "../core/env.h"

typedef enum mine_goal {
  MINE_GOAL_F1,
  MINE_GOAL_YOUDEN, /* true positive rate - false positive rate */
  MINE_GOAL_ACCURACY,
  MINE_GOAL_BALANCED_ACCURACY,
  MINE_GOAL_PROFIT /* revenue x true positives - cost x predicted positive */
} mine_goal;
extern const char *const mine__goals[]; /* their names, in this order; ends with NULL */

/* Rows of two classes that were answered: probability is n x 2. */
typedef struct mine_judged {
  int64_t n;
  int positive; /* which of the two */
  const int32_t *label;
  const double *probability;
  const double *weight; /* NULL: 1 */
} mine_judged;

typedef struct mine_cut {
  double threshold;
  double value;                    /* of the goal there                          */
  int64_t rows, positives, called; /* that were judged; of the class; predicted so */
} mine_cut;

/* The threshold at which the goal is the largest, of equal ones the highest; at least one row
** is predicted positive.  It lies between the probability of the last row that is and the next
** one below, in as few digits as part the two.  All of one class: an error.  O(n log n). */
mine_status mine__threshold_find(mine_env *env, mine_goal goal, double revenue, double cost,
                                 const mine_judged *rows, mine_cut *out) MINE_MUST_CHECK;

#endif
