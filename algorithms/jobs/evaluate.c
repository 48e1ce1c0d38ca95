/*
** evaluate.c -- how good a model is on rows that bring their target along.
**
** Rows are scored batch by batch; what the measures need of each is remembered
** until the relation is asked for.
*/
#include <math.h>
#include <string.h>

#include "../model/metrics.h"
#include "scoring.h"

static int evaluate_supervised(const mine_scoring *s) {
  return s->model->roles.target != NULL;
}

int mine__evaluate_column(mine_scoring *s, mine_frame *frame, const char *what, const char *name) {
  const int column = mine__column_named(frame, what, name);
  if (column < 0 || !frame->column[column].want) return column;
  (void)mine__fail(s->env, MINE_DATA,
                   "column '%s' is read as an attribute, so it cannot be %s ('%s') as well",
                   frame->column[column].name, what, name);
  return -1;
}

/* Rows that were weighted in training are weighted here: the figures agree with
** those on the held-out rows. */
static void evaluate_plan_weight(mine_scoring *s, mine_frame *frame) {
  mine_scoring_plan *plan = &s->plan;
  plan->weight_want =
      (mine_want){.name = "weight",
                  .reading = MINE_READ_NUMBER,
                  .flags = MINE_WANT_FIXED | MINE_WANT_NO_MISSING | MINE_WANT_NOT_NEGATIVE,
                  .numerals = s->model->roles.weight_numerals};
  const char *name = s->model->roles.weight;
  plan->weight =
      name ? mine__evaluate_column(s, frame, "the weight of the rows in training", name) : -1;
  if (plan->weight >= 0) mine__column_want(frame, plan->weight, &plan->weight_want);
}

/* The classes by identity. */
static void evaluate_know_classes(mine_scoring *s) {
  if (!mine__dictionary_open(&s->plan.classes, s->arena)) return;
  for (int c = 0; c < s->model->n_groups && !mine_failed(s->env); c++) {
    mine_cell cell;
    mine__values_get(&s->model->groups, c, &cell);
    (void)mine__dictionary_add(&s->plan.classes, &cell);
  }
}

/* Without a target, clusters can be measured. */
static void evaluate_check_clusters(const mine_scoring *s) {
  char called[MINE_CALLED_BYTES];
  if (s->asked.slicing.by.type != MINE_NULL)
    (void)mine__fail(s->env, MINE_OPTION,
                     "option by measures a model that predicts a target; this one (%s) was "
                     "trained without",
                     s->model->algorithm);
  else if (s->model->task == MINE_UPLIFT)
    (void)mine__fail(s->env, MINE_UNSUPPORTED,
                     "what a treatment adds (%s) is judged with the treatment; use FROM "
                     "mine_evaluate(model, source) or mine_uplift(model, source)",
                     s->model->algorithm);
  else if (!(s->gives & MINE_GIVES_GROUP))
    (void)mine__fail(s->env, MINE_UNSUPPORTED,
                     "there is no measure for %s, which was trained without a target",
                     mine__model_called(s->model, called));
}

/* Labels are read as categories of the model's classes. */
mine_status mine__scoring_plan_target(mine_scoring *s, mine_frame *frame) {
  mine_scoring_plan *plan = &s->plan;
  const mine_model *model = s->model;
  evaluate_plan_weight(s, frame);
  if (mine_failed(s->env)) return mine_env_status(s->env);
  if (s->mode == MINE_SCORE_JUDGE)
    return model->task == MINE_SURVIVAL ? mine__lives_plan(s, frame) : mine__treated_plan(s, frame);
  if (!evaluate_supervised(s)) {
    evaluate_check_clusters(s);
    return mine_failed(s->env) ? mine_env_status(s->env) : mine__clusters_plan(s, frame);
  }
  if (s->asked.label.type != MINE_NULL)
    (void)mine__fail(s->env, MINE_OPTION,
                     "option label measures clusters; this model (%s) predicts '%s', which is read "
                     "from the source by itself",
                     model->algorithm, model->roles.target);
  if (mine_failed(s->env)) return mine_env_status(s->env);
  plan->target = mine__evaluate_column(s, frame, "the target of the model", model->roles.target);
  if (plan->target < 0) return mine_env_status(s->env);
  plan->target_want = (mine_want){.name = "target",
                                  .reading = MINE_READ_NUMBER,
                                  .flags = MINE_WANT_FIXED,
                                  .numerals = model->roles.target_numerals};
  if (!mine__model_has_target_number(model)) {
    evaluate_know_classes(s);
    plan->target_want.reading = MINE_READ_CATEGORY;
    plan->target_want.levels = &plan->classes;
  }
  mine__column_want(frame, plan->target, &plan->target_want);
  if (mine_failed(s->env)) return mine_env_status(s->env);
  return mine__slices_plan(s, frame);
}

/* ---- remembering --------------------------------------------------------------------- */

static void evaluate_refuse_class(mine_scoring *s, int64_t row) {
  mine_text list;
  mine__text_open(&list, s->env->scratch);
  mine__classes_list(&list, &s->model->groups);
  if (list.failed) return;
  const long long number = s->frame->cleared + row + 1;
  const mine_column *column = &s->frame->column[s->plan.target];
  const int said = column->unknown.cells > 0 && column->unknown.row == number;
  (void)mine__fail(s->env, MINE_DATA,
                   "column '%s' has %s%s in row %lld that the model never saw; it knows %s; "
                   "leave such rows out or train again",
                   s->model->roles.target, said ? "the class " : "a class",
                   said ? column->unknown.said : "", number, list.data);
}

/* Room for n rows; 0: failure recorded. */
static int evaluate_reserve(mine_scoring *s, size_t n) {
  mine_remembered *m = &s->remembered;
  const size_t width = mine__model_has_classes(s->model) ? (size_t)s->model->n_groups : 1;
  if (n > SIZE_MAX / width) {
    (void)mine__fail_memory(s->env, SIZE_MAX);
    return 0;
  }
  return MINE_RESERVE(s->arena, m->score, m->score_capacity, n * width) &&
         MINE_RESERVE(s->arena, m->target, m->target_capacity, n) &&
         MINE_RESERVE(s->arena, m->weight, m->weight_capacity, n) &&
         MINE_RESERVE(s->arena, m->label, m->label_capacity, n) &&
         MINE_RESERVE(s->arena, m->slice, m->slice_capacity, n) &&
         MINE_RESERVE(s->arena, m->row, m->row_capacity, n);
}

static double evaluate_weight(const mine_scoring *s, int64_t row) {
  return s->plan.weight >= 0 ? s->frame->column[s->plan.weight].number[row] : 1.0;
}

static void evaluate_keep(mine_scoring *s, int64_t row, int32_t label, double target) {
  mine_remembered *m = &s->remembered;
  const int k = s->model->n_groups;
  m->label[m->n] = label;
  m->target[m->n] = target;
  m->weight[m->n] = evaluate_weight(s, row);
  m->row[m->n] = s->frame->cleared + row;
  m->slice[m->n] = s->plan.slice >= 0 ? mine__slice_of(s, row) : 0;
  const mine_answers *a = &s->batch.answers;
  if (!evaluate_supervised(s)) {
    m->score[m->n] = a->distance ? a->distance[row] : (double)NAN;
  } else if (k > 0) {
    memcpy(m->score + m->n * k, a->share + row * k, (size_t)k * sizeof(double));
  } else {
    m->score[m->n] = a->value[row * s->model->n_outputs];
  }
  m->n++;
}

/* Whether the model answered the row: a model made of models may have none for it, and a
** sum may leave the range of numbers.  Such rows are not measured. */
static int evaluate_answered(const mine_scoring *s, int64_t row) {
  const mine_answers *a = &s->batch.answers;
  if (mine__scoring_skipped(s, row)) return 0;
  return a->group ? a->group[row] != MINE_NO_GROUP : isfinite(a->value[row * s->model->n_outputs]);
}

mine_status mine__scoring_remember(mine_scoring *s) {
  mine_remembered *m = &s->remembered;
  if (!evaluate_reserve(s, (size_t)(m->n + s->batch.n))) return mine_env_status(s->env);
  const mine_column *column = s->plan.target >= 0 ? &s->frame->column[s->plan.target] : NULL;
  mine_feature_view target = {NULL, NULL};
  if (column) mine__view_of_column(column, &target);
  for (int64_t i = 0; i < s->batch.n; i++) {
    if (MINE_POLL_AT(s->env, i)) return s->env->status;
    if (!evaluate_answered(s, i)) continue;
    if (!(evaluate_weight(s, i) > 0)) continue;
    if (!column) {
      evaluate_keep(s, i, s->batch.answers.group[i], NAN);
    } else if (mine__missing_in_row(&target, 1, i) == 0) {
      m->no_target++;
    } else if (column->code) {
      if (column->code[i] < 0) {
        evaluate_refuse_class(s, i);
        return mine_env_status(s->env);
      }
      evaluate_keep(s, i, column->code[i], NAN);
    } else {
      evaluate_keep(s, i, 0, column->number[i]);
    }
  }
  return MINE_OK;
}

/* ---- answers --------------------------------------------------------------------------- */

/* Rows were scored, and some of them had a target. */
mine_status mine__scoring_ready(mine_scoring *s) {
  if (mine_failed(s->env)) return s->env->status;
  if (s->remembered.n > 0) return MINE_OK;
  return mine__fail(s->env, MINE_DATA, "the source has no rows to evaluate (%lld without a target)",
                    (long long)s->remembered.no_target);
}

mine_gauged mine__scoring_gauged(const mine_scoring *s) {
  const mine_remembered *m = &s->remembered;
  return (mine_gauged){.n = m->n,
                       .n_classes = mine__model_has_classes(s->model) ? s->model->n_groups : 0,
                       .positive = s->model->positive,
                       .threshold = s->asked.chosen.threshold,
                       .label = m->label,
                       .target = m->target,
                       .score = m->score,
                       .weight = s->plan.weight >= 0 ? m->weight : NULL,
                       .quantile = mine__model_quantile(s->model)};
}

mine_status mine__evaluate_rows(mine_env *env, const mine_gauged *rows, const mine_certainty *how,
                                int withhold, const mine_cell *slice, mine_relation *out) {
  mine_metric metric[MINE_MAX_METRICS];
  mine_bounds bounds[MINE_MAX_METRICS];
  const int sure = !isnan(how->level);
  const mine_mark mark = mine__arena_mark(env->scratch);
  const mine__gauge *gauge = mine__gauge_open(env->scratch, rows);
  double *room =
      gauge ? mine__arena_array(env->scratch, mine__gauge_room(gauge), sizeof *room) : NULL;
  const int n = room ? mine__gauge_read(gauge, env, NULL, room, metric) : 0;
  if (mine_failed(env) || (sure && mine__metrics_bounds(env, gauge, how, bounds)))
    return mine_env_status(env);
  if (withhold) mine__metrics_withhold(metric, n, rows->n_classes > 0);
  for (int i = 0; sure && i < n; i++)
    if (isnan(metric[i].value)) bounds[i] = (mine_bounds){NAN, NAN};
  mine__metrics_list(metric, n, sure ? bounds : NULL, slice, out);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

mine_status mine__scoring_metrics(mine_scoring *s, const mine_certainty *how, mine_relation *to) {
  MINE_TRY(mine__scoring_ready(s));
  if (mine__model_has_classes(s->model) || mine__model_has_target_number(s->model)) {
    const mine_gauged rows = mine__scoring_gauged(s);
    return mine__evaluate_rows(s->env, &rows, how, 0, NULL, to);
  }
  if (!isnan(how->level))
    return mine__fail(
        s->env, MINE_OPTION,
        "option level needs a model that predicts a target; this one (%s) was trained "
        "without",
        s->model->algorithm);
  mine_metric metric[MINE_MAX_METRICS];
  const int n = mine__clusters_metrics(s, metric);
  if (!mine_failed(s->env)) mine__metrics_list(metric, n, NULL, NULL, to);
  return s->env->status;
}

mine_status mine__scoring_confusion(mine_scoring *s, mine_relation *to) {
  const mine_remembered *m = &s->remembered;
  const int k = s->model->n_groups;
  MINE_TRY(mine__scoring_ready(s));
  if (!mine__model_has_classes(s->model)) return mine__confusion_refuse(s->env, s->model);
  int64_t *counts = mine__arena_zeros(s->arena, (size_t)k * (size_t)k, sizeof *counts);
  if (!counts) return mine_env_status(s->env);
  for (int64_t i = 0; i < m->n; i++)
    counts[(int64_t)m->label[i] * k + mine__metrics_choose(m->score + i * k, k, s->model->positive,
                                                           s->asked.chosen.threshold)]++;
  mine__confusion_list(&s->model->groups, counts, to);
  return s->env->status;
}
