/*
** evaluate_held.c -- mine_evaluate without a source, where more is asked than what was measured in
** training: another threshold, or low and high.
**
** The model keeps labels and scores of the held-out rows, rounded to float, of the first 100,000
** of them.  Whatever training measured stays as it was; what a threshold changes is measured anew,
** and low and high are of the rows that are kept.
*/
#include <math.h>

#include "../model/metrics.h"
#include "scoring.h"

/* Held scores are rounded to float: so is the threshold. */
static mine_gauged held_gauged(mine_env *env, const mine_model *model, double threshold) {
  const mine_model_held *held = &model->held;
  const int classes = mine__model_has_classes(model) ? model->n_groups : 0;
  const size_t cells = (size_t)held->rows * (size_t)(classes > 0 ? classes : 1);
  mine_gauged rows = {
      .n = held->rows,
      .n_classes = classes,
      .positive = model->positive,
      .threshold = (double)(float)(isnan(threshold) ? model->after.threshold : threshold),
      .label = held->label,
      .target = held->target,
      .weight = held->weight,
      .quantile = mine__model_quantile(model)};
  if (model->task == MINE_SURVIVAL) {
    (void)mine__fail(env, MINE_OPTION,
                     "option level needs a source with the columns of the training: a model of "
                     "survival keeps no rows");
    return rows;
  }
  if (!classes && !mine__model_has_target_number(model)) {
    (void)mine__fail(env, MINE_OPTION,
                     "option level needs a model that predicts a target; this one (%s) was trained "
                     "without",
                     model->algorithm);
    return rows;
  }
  if (!held->label && !held->target) {
    (void)mine__fail(env, MINE_UNSUPPORTED,
                     "the model keeps no held-out rows (holdout=0, or too few rows); give a source "
                     "with the target");
    return rows;
  }
  double *score = mine__arena_array(env->scratch, cells, sizeof *score);
  for (size_t i = 0; score && i < cells; i++)
    score[i] = (double)held->score[i];
  rows.score = score;
  return rows;
}

/* The first 100,000 stand for all of them. */
static void held_tell(mine_job *job, const mine_model *model) {
  double rows;
  if (mine__model_metric_find(model, mine__measures[MINE_MEASURE_ROWS].name, &rows) &&
      rows > (double)model->held.rows)
    mine__job_notef(job, "warning", "level",
                    "low and high are of the %lld held-out rows that the model keeps, of %lld",
                    (long long)model->held.rows, (long long)rows);
}

mine_status mine__evaluate_held(mine_job *job, const mine_model *model, double threshold,
                                const mine_certainty *how, mine_relation *out) {
  mine_env *env = job->env;
  const mine_model_told *told = &model->told;
  mine_metric metric[MINE_MAX_METRICS], now[MINE_MAX_METRICS];
  mine_bounds bounds[MINE_MAX_METRICS], of_now[MINE_MAX_METRICS];
  const int sure = !isnan(how->level);
  job->reads = 1; /* mine_warnings tells of this call */
  const mine_mark mark = mine__arena_mark(env->scratch);
  const mine_gauged rows = held_gauged(env, model, threshold);
  const mine__gauge *gauge = mine_failed(env) ? NULL : mine__gauge_open(env->scratch, &rows);
  double *room =
      gauge ? mine__arena_array(env->scratch, mine__gauge_room(gauge), sizeof *room) : NULL;
  const int k = room ? mine__gauge_read(gauge, env, NULL, room, now) : 0;
  if (mine_failed(env) || (sure && mine__metrics_bounds(env, gauge, how, of_now)))
    return mine_env_status(env);
  for (int i = 0; i < told->n_metrics; i++) {
    const mine_metric *found = mine__metric_find(now, k, told->metric[i].name);
    metric[i] = told->metric[i];
    if (found && !isnan(threshold) && mine__measure_find(found->name)->predicted)
      metric[i].value = found->value;
    bounds[i] = (mine_bounds){NAN, NAN};
    if (found && sure && !isnan(metric[i].value)) bounds[i] = of_now[found - now];
  }
  mine__metrics_list(metric, told->n_metrics, sure ? bounds : NULL, NULL, out);
  if (sure) held_tell(job, model);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
