/*
** evaluate_treated.c -- rows that say who was treated and what came of it, beside what a model of
** uplift answers: for mine_evaluate and mine_uplift.
*/
#include <math.h>

#include "../model/metrics.h"
#include "scoring.h"

/* ---- columns --------------------------------------------------------------------------------- */

/* The target by number or by class, the treatment by its value. */
mine_status mine__treated_plan(mine_scoring *s, mine_frame *frame) {
  mine_scoring_plan *plan = &s->plan;
  const mine_uplift_columns *c = &((const mine_uplift *)s->model->body)->columns;
  plan->target = mine__evaluate_column(s, frame, "the target of the training", c->target);
  plan->target_want = (mine_want){.name = "target",
                                  .reading = c->positive.type ? MINE_READ_EXACT : MINE_READ_NUMBER,
                                  .flags = c->positive.type ? 0 : MINE_WANT_FIXED,
                                  .numerals = s->model->roles.target_numerals};
  if (plan->target < 0) return mine_env_status(s->env);
  mine__column_want(frame, plan->target, &plan->target_want);
  frame->column[plan->target].numerals = s->model->roles.target_numerals; /* na= of classes */
  plan->treatment = mine__evaluate_column(s, frame, "the treatment", c->treatment);
  plan->treatment_want = (mine_want){.name = "treatment", .reading = MINE_READ_EXACT};
  if (plan->treatment < 0) return mine_env_status(s->env);
  mine__column_want(frame, plan->treatment, &plan->treatment_want);
  frame->column[plan->treatment].numerals = s->model->roles.target_numerals;
  return mine_env_status(s->env);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Of one arm alone there is no difference. */
static mine_status treated_check(mine_env *env, const mine_model *model,
                                 const mine_uplift_rows *rows) {
  const mine_uplift *body = model->body;
  int64_t treated = 0;
  for (int64_t i = 0; i < rows->n; i++)
    treated += rows->treated[i];
  if (rows->n == 0)
    return mine__fail(env, MINE_DATA,
                      "no row has a target, a treatment and an answer; there is nothing to judge");
  if (treated > 0 && treated < rows->n) return mine_env_status(env);
  return mine__fail(env, MINE_DATA,
                    "%s of the %lld rows was treated ('%s'), so there is nothing to compare with; "
                    "give rows of both",
                    treated ? "every one" : "none", (long long)rows->n, body->columns.treatment);
}

/* Per level of a column, whether it is that value, however it is spelled. */
static uint8_t *treated_is(mine_scoring *s, const mine_column *column, const mine_cell *value) {
  const int which = mine__class_find(&column->levels, value, 1);
  uint8_t *is = mine__arena_zeros(s->arena, (size_t)column->levels.n + 1, sizeof *is);
  if (is && which >= 0) is[which] = 1;
  return is;
}

static double treated_outcome(const mine_column *target, const uint8_t *is_one, int64_t i) {
  if (!is_one) return target->number ? target->number[i] : (double)NAN;
  return target->code && target->code[i] >= 0 ? is_one[target->code[i]] : (double)NAN;
}

mine_status mine__treated_rows(mine_scoring *s, mine_job *job, mine_uplift_rows *out) {
  const mine_uplift_columns *c = &((const mine_uplift *)s->model->body)->columns;
  if (mine_failed(s->env)) return mine_env_status(s->env);
  const mine_column *target = &s->frame->column[s->plan.target];
  const mine_column *treatment = &s->frame->column[s->plan.treatment];
  const double *weights = s->plan.weight < 0 ? NULL : s->frame->column[s->plan.weight].number;
  const size_t n = (size_t)s->batch.n;
  double *outcome = mine__arena_array(s->arena, n, sizeof *outcome);
  double *score = mine__arena_array(s->arena, n, sizeof *score);
  double *weight = weights ? mine__arena_array(s->arena, n, sizeof *weight) : NULL;
  uint8_t *treated = mine__arena_array(s->arena, n, sizeof *treated);
  const uint8_t *is_treated = treated_is(s, treatment, &c->treated);
  const uint8_t *is_one = c->positive.type ? treated_is(s, target, &c->positive) : NULL;
  if (mine_failed(s->env)) return mine_env_status(s->env);
  int64_t used = 0;
  for (int64_t i = 0; i < s->batch.n; i++) {
    const double y = treated_outcome(target, is_one, i), answer = s->batch.answers.value[i];
    if (isnan(y) || isnan(answer) || mine__scoring_skipped(s, i)) continue;
    if (!treatment->code || treatment->code[i] < 0 || (weights && !(weights[i] > 0))) continue;
    outcome[used] = y;
    treated[used] = is_treated[treatment->code[i]];
    if (weight) weight[used] = weights[i];
    score[used++] = answer;
  }
  if (used < s->batch.n)
    mine__job_notef(job, "rows", "skipped",
                    "%lld of %lld: the target, the treatment or the answer is missing",
                    (long long)(s->batch.n - used), (long long)s->batch.n);
  *out = (mine_uplift_rows){used, outcome, treated, weight, score};
  return treated_check(s->env, s->model, out);
}

mine_status mine__treated_held(mine_job *job, const mine_model *model, mine_uplift_rows *out) {
  const mine_uplift *body = model->body;
  job->reads = 1; /* mine_warnings tells of this call */
  if (body->held == 0)
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "the model keeps no held-out rows (holdout=0, or too few rows); give a "
                      "source with the target and the treatment");
  uint8_t *treated = mine__arena_array(job->arena, (size_t)body->held, sizeof *treated);
  for (int64_t i = 0; treated && i < body->held; i++)
    treated[i] = (uint8_t)body->treated[i];
  if (!treated) return mine_env_status(job->env);
  *out = (mine_uplift_rows){body->held, body->outcome, treated, body->weight, body->score};
  return treated_check(job->env, model, out);
}

/* ---- measures -------------------------------------------------------------------------------- */

mine_status mine__treated_metrics(mine_job *job, const mine_uplift_rows *rows,
                                  const mine_certainty *how, mine_relation *out) {
  mine_metric metric[MINE_MAX_METRICS];
  mine_bounds bounds[MINE_MAX_METRICS];
  const int sure = !isnan(how->level);
  const int n = mine__uplift_metrics(job->env, job->arena, rows, metric);
  if (mine_failed(job->env) ||
      (sure && mine__uplift_bounds(job->env, job->arena, rows, how, bounds)))
    return mine_env_status(job->env);
  mine__metrics_list(metric, n, sure ? bounds : NULL, NULL, out);
  return mine_env_status(job->env);
}
