/*
** threshold.h -- from which probability on the positive of two classes is predicted.
**
** A goal is a measure of what is then predicted; the threshold that makes it the largest is
** looked for among the probabilities that occur.
*/
#ifndef MINE_MODEL_THRESHOLD_H
#define MINE_MODEL_THRESHOLD_H

#include "../core/arena.h"
#include "../core/env.h"
#include "../core/radix.h"

typedef enum mine_goal {
  MINE_GOAL_F1,
  MINE_GOAL_YOUDEN, /* true positive rate - false positive rate */
  MINE_GOAL_ACCURACY,
  MINE_GOAL_BALANCED_ACCURACY,
  MINE_GOAL_PROFIT /* revenue x true positives - cost x predicted positive - fixed cost */
} mine_goal;
extern const char *const mine__goals[]; /* their names, in this order; ends with NULL */

/* Rows that were answered, of one class against the others. */
typedef struct mine_judged {
  int64_t n;
  int positive; /* which class */
  const int32_t *label;
  const double *fall;     /* minus its probability */
  const double *weight;   /* NULL: 1 */
  const mine_pair *order; /* of fall, by mine__sort_reals; NULL: not sorted yet */
} mine_judged;

/* What predicting brings in and costs. */
typedef struct mine_campaign {
  double revenue;    /* of each positive row that is predicted positive */
  double cost;       /* of each row predicted positive                  */
  double fixed_cost; /* of doing it at all                              */
  double budget;     /* no more may be spent; NAN: no limit             */
} mine_campaign;

typedef struct mine_cut {
  double threshold;
  double value;                          /* of the goal there                            */
  int64_t rows, positives, called, hits; /* that were judged; of the class; predicted so;
                                         ** and of the class, too                        */
  double precision, recall;
} mine_cut;

/* n minus probabilities out of n x classes; in arena. */
double *mine__judged_fall(mine_arena *arena, int64_t n, int classes, int positive,
                          const double *share);

/* The threshold at which the goal is the largest, of equal ones the highest; at least one row
** is predicted positive.  It lies between the probability of the last row that is and the next
** one below, in as few digits as part the two.  All of one class: an error.  The campaign (else
** NULL) is for profit; `called` 0: its budget is too small for the rows of the highest
** probability.  O(n log n). */
mine_status mine__threshold_find(mine_env *env, mine_goal goal, const mine_campaign *campaign,
                                 const mine_judged *rows, mine_cut *out) MINE_MUST_CHECK;

#endif
