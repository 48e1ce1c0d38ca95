/*
** judged.h -- a recommender beside what its customers took afterwards: mine_evaluate of one.
*/
#ifndef MINE_JOBS_JUDGED_H
#define MINE_JOBS_JUDGED_H

#include "../model/recommender.h"
#include "../recommend/quality.h"
#include "verb.h"

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

/* Ask for everybody in `who` and compare with `later`: the same customers in the same order,
** whose items are the model's; unknown[c] (NULL: none) more were taken that are not. */
mine_status mine__offers_measure(mine_env *env, const mine_recommender *of,
                                 const mine_interactions *who, const int64_t *known,
                                 const mine_interactions *later, const int64_t *unknown,
                                 const mine_offers_options *how, mine_quality *out) MINE_MUST_CHECK;

/* The measures by their names at 10, into the model or as rows of mine_evaluate. */
void mine__offers_keep(mine_model *model, const mine_quality *quality);
void mine__offers_list(const mine_quality *quality, mine_relation *to);

/* What is held out of the training of `of`: of each customer one basket, by time his last one,
** else one by chance; a customer with one basket keeps it.  Pairs of both are made.  How many
** customers; a failure is recorded. */
int64_t mine__offers_hold(mine_env *env, mine_arena *arena, const mine_interactions *of,
                          uint64_t seed, mine_interactions *out, mine_interactions *later);

/* ---- mine_evaluate of a recommender (the verb's row: verbs_score.c) ---- */
int mine__offers_asked(const mine_job *job);
mine_status mine__offers_open(mine_job *job) MINE_MUST_CHECK;
mine_status mine__offers_run(mine_job *job, mine_relation *out) MINE_MUST_CHECK;

#endif
