/*
** judged.h -- models of events beside what came afterwards: mine_evaluate of a recommender
** (judged.c) and of a model of purchases (evaluate_purchases.c).
*/
#ifndef MINE_JOBS_JUDGED_H
#define MINE_JOBS_JUDGED_H

#include "../model/purchases.h"
#include "../model/recommender.h"
#include "../recommend/quality.h"
#include "scoring.h"
#include "training.h"

#define MINE_OFFERS_K 10 /* of training, and of the names in mine_metrics */

typedef struct mine_offers_options {
  int64_t k;  /* MINE_NOT_GIVEN: 10            */
  int repeat; /* -1: as the algorithm does it  */
} mine_offers_options;
extern const mine_option mine__offers_option_table[];

/* Of the training of a recommender. */
typedef struct mine_measured_options {
  int holdout;
} mine_measured_options;
extern const mine_option mine__measured_option_table[];

/* Ask for the customers of `later`, each with the history that the model holds of known[c] (-1: it
** holds none), and compare: the items of `later` are the model's; unknown[c] (NULL: none) more were
** taken that are not. */
mine_status mine__offers_measure(mine_env *env, const mine_recommender *of, const int64_t *known,
                                 const mine_interactions *later, const int64_t *unknown,
                                 const mine_offers_options *how, mine_quality *out) MINE_MUST_CHECK;

/* The measures, their names at k in arena: how many metric[MINE_MAX_METRICS] are filled. */
int mine__offers_metrics(mine_arena *arena, const mine_quality *quality, mine_metric *metric);

/* ---- what is held out (judged_held.c) ---- */

/* Of a training: what is learned from, and what came later, of the customers who have such. */
typedef struct mine_offers_held {
  mine_interactions rest, later;
  int64_t *known; /* customer c of `later` is known[c] of `rest`, or not there: -1 */
} mine_offers_held;

/* Of each customer one basket is held out, by time his last one, else one by chance; who has one
** basket keeps it.  part (NULL: everybody): of the customers with part[c] == fold only.  A failure
** is recorded. */
void mine__offers_hold(mine_env *env, mine_arena *arena, const mine_interactions *of,
                       const int32_t *part, int fold, mine_offers_held *out);

/* How mine_cross_validate divides events. */
typedef enum mine_offers_by { MINE_OFFERS_BY_CUSTOMER, MINE_OFFERS_BY_TIME } mine_offers_by;
typedef struct mine_offers_folds_options {
  int split_by; /* mine_offers_by */
} mine_offers_folds_options;
extern const mine_option mine__offers_folds_option_table[];

typedef struct mine_offers_folds {
  mine_offers_by by;
  int n;
  const int32_t *part; /* of each customer the fold, -1: never measured; by time of each basket the
                       ** stretch, of which there is one more than folds */
} mine_offers_folds;
/* In arena; 0: failure recorded. */
int mine__offers_divide(mine_env *env, mine_arena *arena, const mine_interactions *of,
                        mine_offers_by by, int folds, mine_offers_folds *out);
/* What fold f, from 0, learns from and is measured on. */
void mine__offers_fold(mine_env *env, mine_arena *arena, const mine_interactions *of,
                       const mine_offers_folds *folds, int f, mine_offers_held *out);

/* ---- of a training (training_recommender.c); 0: failure recorded ---- */

/* What the source said, and whether the algorithm can learn from it. */
int mine__recommender_read(mine_training *training, mine_interactions *of);
mine_method mine__recommender_method(const mine_training *training);
/* Learn from the rest and measure on what is held out. */
int mine__recommender_try(mine_training *training, const mine_offers_held *held,
                          const mine_offers_options *asked, mine_quality *out);

/* ---- mine_evaluate (the verb's row: verbs_judge.c) ---- */

typedef struct mine_judging_options {
  mine_number_list times; /* of survival                   */
  mine_cell cutoff;       /* of purchases; MINE_NULL: none */
} mine_judging_options;
extern const mine_option mine__judging_option_table[];

/* The state of the verb's job. */
typedef struct mine__judging {
  mine_scoring *scoring;          /* rows of a source                */
  mine_purchases_reading reading; /* or purchases of one             */
  mine_threshold_options cut;     /* or of the held-out rows ...     */
  mine_cut chosen;                /* ... and what it came to         */
  struct mine_rolled *rolled;     /* or series (rolled.h)            */
} mine__judging;

mine_status mine__offers_open(mine_job *job) MINE_MUST_CHECK;
mine_status mine__offers_run(mine_job *job, mine_relation *out) MINE_MUST_CHECK;
mine_status mine__purchases_judge_open(mine_job *job) MINE_MUST_CHECK;
mine_status mine__purchases_judge_run(mine_job *job, mine_relation *out) MINE_MUST_CHECK;

#endif
