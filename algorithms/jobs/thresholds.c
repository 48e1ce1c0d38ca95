/*
** thresholds.c -- the option threshold: a number, or a goal that held-out rows decide.
**
** A goal is never decided by the rows that are being scored: with their labels it would
** flatter, and without them it cannot.  In training it is found on the rows held out; later,
** on those of them that the model remembers.
*/
#include "thresholds.h"

#include <stdio.h>
#include <string.h>

#include "../model/metrics.h"
#include "scoring.h"

mine_status mine__threshold_check(mine_env *env, const mine_threshold_options *said,
                                  const char *target, int classes, const char *task) {
  const int profit = said->threshold.choice == MINE_GOAL_PROFIT;
  if (profit && (isnan(said->revenue) || isnan(said->cost)))
    return mine__fail(env, MINE_OPTION,
                      "threshold=profit needs revenue=, what a positive row brings in, and cost=, "
                      "what each row predicted positive costs; say both");
  if (!profit && !(isnan(said->revenue) && isnan(said->cost)))
    return mine__fail(env, MINE_OPTION,
                      "options revenue and cost belong to threshold=profit; say that, too, or "
                      "leave them out");
  if (!mine__threshold_given(said) || classes == 2) return MINE_OK;
  if (classes > 0)
    return mine__fail(env, MINE_OPTION,
                      "option threshold divides two classes, and '%s' has %d; leave it out", target,
                      classes);
  return mine__fail(env, MINE_OPTION, "option threshold needs a classification model; this is %s",
                    task);
}

mine_status mine__threshold_choose(mine_env *env, const mine_threshold_options *said,
                                   const mine_judged *rows, mine_cut *out) {
  if (said->threshold.choice >= 0)
    return mine__threshold_find(
        env, (mine_goal)said->threshold.choice,
        &(mine_campaign){.revenue = said->revenue, .cost = said->cost, .budget = NAN}, rows, out);
  *out = (mine_cut){.threshold = said->threshold.number, .value = NAN, .rows = rows->n};
  return MINE_OK;
}

void mine__threshold_words(const mine_threshold_options *said, const mine_cut *cut,
                           char words[MINE_CUT_WORDS]) {
  char number[MINE_NUMBER_BYTES], value[MINE_NUMBER_BYTES];
  mine__format_real(number, cut->threshold, 15);
  if (said->threshold.choice < 0) {
    snprintf(words, MINE_CUT_WORDS, "the positive class is predicted from probability %s on",
             number);
    return;
  }
  snprintf(words, MINE_CUT_WORDS,
           "the positive class is predicted from probability %s on: the largest %s, %s, of %lld "
           "held-out rows with %lld positive ones, of which it calls %lld; measured on the same "
           "rows it flatters a little",
           number, mine__goals[said->threshold.choice],
           mine__format_real(value, cut->value, fabs(cut->value) < 1 ? 4 : 10),
           (long long)cut->rows, (long long)cut->positives, (long long)cut->called);
}

/* ---- of a model ------------------------------------------------------------------------- */

/* Scores are kept as floats. */
double *mine__held_fall(mine_arena *arena, const mine_model *model, int class_) {
  const mine_model_held *held = &model->held;
  double *fall = mine__arena_array(arena, (size_t)held->rows, sizeof *fall);
  for (int64_t i = 0; fall && i < held->rows; i++)
    fall[i] = -(double)held->score[i * model->n_groups + class_];
  return fall;
}

/* The held-out rows as they are judged, in scratch. */
static mine_judged thresholds_held(mine_env *env, const mine_model *model) {
  const mine_model_held *held = &model->held;
  double *fall = NULL;
  if (!held->label || (model->roles.weight && !held->weight))
    (void)mine__fail(env, MINE_UNSUPPORTED,
                     "the model keeps no held-out rows that a threshold could divide (%s); %s",
                     held->label ? "made by 0.1.0, it does not keep their weights" : "holdout=0",
                     "give a number and a source, or train with threshold=");
  else
    fall = mine__held_fall(env->scratch, model, model->positive);
  return (mine_judged){held->rows, model->positive, held->label, fall, held->weight, NULL};
}

mine_status mine__threshold_of(mine_env *env, const mine_model *model,
                               const mine_threshold_options *said, mine_cut *out) {
  const int classes = mine__model_has_classes(model) ? model->n_groups : 0;
  *out = (mine_cut){.threshold = model->after.threshold};
  MINE_TRY(mine__threshold_check(env, said, model->roles.target, classes, mine__model_task(model)));
  if (!mine__threshold_given(said)) return MINE_OK;
  mine_judged rows = {0};
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (said->threshold.choice >= 0) rows = thresholds_held(env, model);
  if (mine_failed(env)) return env->status;
  MINE_TRY(mine__threshold_choose(env, said, &rows, out));
  mine__arena_rewind(env->scratch, mark);
  return MINE_OK;
}

void mine__threshold_tell(mine_job *job, const mine_threshold_options *said, const mine_cut *cut) {
  char words[MINE_CUT_WORDS];
  if (said->threshold.choice < 0) return;
  mine__threshold_words(said, cut, words);
  mine__job_note(job, "threshold", mine__goals[said->threshold.choice], words);
}
