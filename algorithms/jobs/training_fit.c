/*
** training_fit.c -- hold out, fit, measure, fit again on all rows.
**
** The measures come from rows the model has not seen; the model that is kept
** has seen them all (refit=0 keeps the measured one).
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../data/split.h"
#include "../model/metrics.h"
#include "training.h"

#define FIT_HELD_KEPT  100000 /* held-out rows that stay in the model */
#define FIT_LEAST_HELD 10     /* held-out rows a class needs to be measured */

/* ---- one fit ------------------------------------------------------------------------ */

static const char *fit_text(mine_model *model, const char *text) {
  return text ? mine__arena_text(model->arena, text, strlen(text)) : NULL;
}

static mine_status fit_describe_features(const mine_training *t, mine_model *model) {
  model->n_features = t->chosen.n;
  model->feature = mine__arena_zeros(model->arena, (size_t)t->chosen.n, sizeof *model->feature);
  if (!model->feature) return mine_env_status(t->env);
  for (int f = 0; f < t->chosen.n; f++) {
    const mine_column *column = &t->frame->column[t->chosen.column[f]];
    if (mine__feature_from_column(t->env, model->arena, column, &model->feature[f]))
      return t->env->status;
  }
  return MINE_OK;
}

/* Everything about the model but what the algorithm learns. */
static mine_status fit_frame_of_model(const mine_training *t, mine_model *model) {
  const mine_roles *roles = &t->roles;
  model->algorithm = fit_text(model, t->algorithm->name);
  model->kind = t->algorithm->kind;
  model->task = t->task;
  if (roles->id >= 0) model->id_name = fit_text(model, t->frame->column[roles->id].name);
  if (roles->target >= 0)
    model->target_name = fit_text(model, t->frame->column[roles->target].name);
  if (roles->weight >= 0)
    model->weight_name = fit_text(model, t->frame->column[roles->weight].name);
  model->source = fit_text(model, t->source_text);
  model->options = fit_text(model, t->canonical);
  model->missing = t->source.missing;
  model->unknown = t->unknown.unknown;
  model->n_groups = t->n_classes;
  model->positive = t->positive;
  for (int c = 0; c < t->n_classes; c++) {
    mine_cell cell;
    mine__values_get(&t->classes, c, &cell);
    if (!mine__values_push(&model->groups, &cell)) return mine_env_status(t->env);
  }
  if (t->target) {
    model->output_name = mine__arena_array(model->arena, 1, sizeof *model->output_name);
    if (!model->output_name) return mine_env_status(t->env);
    model->output_name[0] = model->target_name;
    model->n_outputs = 1;
  }
  return fit_describe_features(t, model);
}

static mine_status fit_run(mine_training *t, const uint32_t *row, int64_t n, mine_model *model) {
  if (mine__training_selects(t)) return t->env->status;
  const mine_dataset data = {
      .task = t->task,
      .rows = {n, n == t->frame->rows ? NULL : row, t->view},
      .n_features = t->chosen.n,
      .about = model->feature,
      .n_classes = t->n_classes,
      .label = t->label,
      .target = t->target,
      .weight = t->fit_weight,
      .ids = t->roles.id >= 0 ? &t->frame->ids : NULL,
      .seed = (uint64_t)t->seed.seed,
  };
  model->rows = n;
  return t->algorithm->fit(t->env, &data, t->own, model);
}

mine_status mine__training_fit_rows(mine_training *t, const uint32_t *row, int64_t n,
                                    mine_model **out) {
  mine_env *env = t->env;
  mine_model *model;
  *out = NULL;
  if (mine__model_empty(env, &model)) return mine_env_status(env);
  mine_mark mark = mine__arena_mark(env->scratch);
  mine_status status = fit_frame_of_model(t, model);
  if (!status) status = fit_run(t, row, n, model);
  mine__arena_rewind(env->scratch, mark);
  if (status || env->status) {
    mine_model_free(model);
    return env->status ? env->status
                       : mine__fail(env, status, "algorithm '%s' failed", t->algorithm->name);
  }
  *out = model;
  return MINE_OK;
}

/* ---- measuring ------------------------------------------------------------------------ */

int mine__training_learnable(const mine_training *t, const uint32_t *row, int64_t n) {
  if (n < 2) return 0;
  for (int64_t i = 1; i < n; i++) {
    if (t->label && t->label[row[i]] != t->label[row[0]]) return 1;
    if (t->target && t->target[row[i]] != t->target[row[0]]) return 1;
  }
  return 0;
}

mine_status mine__training_measure(mine_training *t, const mine_model *model, const uint32_t *row,
                                   int64_t n, mine_arena *arena, mine_measured *out) {
  mine_env *env = t->env;
  const int classes = t->task == MINE_CLASSIFICATION;
  const size_t width = classes ? (size_t)t->n_classes : 1;
  memset(out, 0, sizeof *out);
  out->n = n;
  if ((size_t)n > SIZE_MAX / width) return mine__fail_memory(env, SIZE_MAX);
  out->score = mine__arena_zeros(arena, (size_t)n * width, sizeof *out->score);
  if (classes) out->label = mine__arena_array(arena, (size_t)n, sizeof *out->label);
  if (!classes) out->target = mine__arena_array(arena, (size_t)n, sizeof *out->target);
  if (t->weight) out->weight = mine__arena_array(arena, (size_t)n, sizeof *out->weight);
  if (env->status) return env->status;
  for (int64_t i = 0; i < n; i++) {
    if (classes) out->label[i] = t->label[row[i]];
    if (!classes) out->target[i] = t->target[row[i]];
    if (t->weight) out->weight[i] = t->weight[row[i]];
  }
  const mine_batch batch = {n, row, t->view};
  mine_answers answers = {.share = classes ? out->score : NULL,
                          .value = classes ? NULL : out->score};
  if (mine__model_answer(env, model, &batch, &answers)) return mine_env_status(env);
  out->n_metrics =
      classes ? mine__metrics_classification(arena, n, t->n_classes, t->positive, out->label,
                                             out->score, out->weight, out->metric)
              : mine__metrics_regression(n, out->target, out->score, out->weight, out->metric);
  return env->status;
}

static mine_status fit_judge_classes(mine_training *t, mine_measured *held) {
  mine_mark mark = mine__arena_mark(t->env->scratch);
  int64_t *rows = mine__arena_zeros(t->env->scratch, (size_t)t->n_classes, sizeof *rows);
  if (!rows) return mine_env_status(t->env);
  for (int64_t i = 0; i < held->n; i++)
    rows[held->label[i]]++;
  int few = 0, first = -1;
  for (int c = 0; c < t->n_classes; c++) {
    if (rows[c] >= FIT_LEAST_HELD) continue;
    few++;
    if (first < 0) first = c;
  }
  if (few > 0) {
    mine_cell cell;
    char shown[MINE_SHOW_BYTES], others[40] = "";
    mine__values_get(&t->classes, first, &cell);
    if (few > 1) snprintf(others, sizeof others, " (and %d more)", few - 1);
    mine__training_notef(t, "warning", t->frame->column[t->roles.target].name,
                         "class %s%s has only %lld held-out rows, fewer than %d: measures by class "
                         "are left out (NULL)",
                         mine__show_cell(shown, &cell), others, (long long)rows[first],
                         FIT_LEAST_HELD);
    for (int i = 0; i < held->n_metrics; i++) {
      if (mine__measure_find(held->metric[i].name)->needs_classes) held->metric[i].value = NAN;
    }
  }
  mine__arena_rewind(t->env->scratch, mark);
  return t->env->status;
}

static mine_status fit_judge(mine_training *t, mine_measured *held) {
  if (t->task == MINE_CLASSIFICATION) return fit_judge_classes(t, held);
  if (held->n >= FIT_LEAST_HELD) return MINE_OK;
  mine__training_notef(t, "warning", t->frame->column[t->roles.target].name,
                       "only %lld held-out rows, fewer than %d: measures are left out (NULL)",
                       (long long)held->n, FIT_LEAST_HELD);
  for (int i = 0; i < held->n_metrics; i++) {
    if (!mine__measure_find(held->metric[i].name)->is_count) held->metric[i].value = NAN;
  }
  return t->env->status;
}

/* ---- the holdout -------------------------------------------------------------------------- */

/* Fit on the kept rows and measure on the others.  *model stays NULL when there
** is too little to measure on. */
static mine_status fit_hold_out(mine_training *t, mine_arena *arena, mine_model **model,
                                mine_measured *held) {
  mine_env *env = t->env;
  uint32_t *train, *test;
  int64_t n_train, n_test;
  *model = NULL;
  held->n_metrics = 0;
  if (t->holdout.holdout <= 0) {
    mine__training_note(t, "holdout", "", "none (holdout=0): the model was not measured");
    return MINE_OK;
  }
  if (mine__training_hash(t)) return env->status;
  if (mine__split_holdout(env, arena, t->row, t->n, t->hash, (uint64_t)t->seed.seed,
                          t->holdout.holdout, &train, &n_train, &test, &n_test))
    return env->status;
  if (n_test == 0 || !mine__training_learnable(t, train, n_train)) {
    mine__training_notef(t, "warning", "",
                         "%lld rows are too few to hold some out: the model was "
                         "not measured; try mine_cross_validate",
                         (long long)t->n);
    return MINE_OK;
  }
  if (mine__training_fit_rows(t, train, n_train, model)) return env->status;
  if (mine__training_measure(t, *model, test, n_test, arena, held) || fit_judge(t, held)) {
    mine_model_free(*model);
    *model = NULL;
    return env->status;
  }
  mine__training_notef(t, "holdout", "", "%lld of %lld rows, chosen by a hash of id and seed; %s",
                       (long long)n_test, (long long)t->n,
                       t->holdout.refit ? "after measuring, the model was fitted on all rows"
                                        : "the model was fitted on the others (refit=0)");
  return MINE_OK;
}

/* Scores as float, with the winner of each row still the winner. */
static void fit_keep_row(float *out, const double *score, int width) {
  const int best = mine__metrics_argmax(score, width);
  for (int c = 0; c < width; c++)
    out[c] = (float)score[c];
  for (int c = 0; c < best; c++) {
    if (out[c] >= out[best]) out[best] = nextafterf(out[c], 2.0f);
  }
}

static mine_status fit_keep_held(mine_training *t, mine_model *model, const mine_measured *held) {
  const int classes = t->task == MINE_CLASSIFICATION;
  const int width = classes ? t->n_classes : 1;
  const int64_t n = held->n < FIT_HELD_KEPT ? held->n : FIT_HELD_KEPT;
  for (int i = 0; i < held->n_metrics; i++)
    mine__model_metric(model, held->metric[i].name, held->metric[i].value);
  float *score = mine__arena_array(model->arena, (size_t)n * (size_t)width, sizeof *score);
  if (!score) return mine_env_status(t->env);
  if (classes) {
    model->held_label = mine__arena_array(model->arena, (size_t)n, sizeof(int32_t));
    if (!model->held_label) return mine_env_status(t->env);
    memcpy(model->held_label, held->label, (size_t)n * sizeof(int32_t));
  } else {
    model->held_target = mine__arena_array(model->arena, (size_t)n, sizeof(double));
    if (!model->held_target) return mine_env_status(t->env);
    memcpy(model->held_target, held->target, (size_t)n * sizeof(double));
  }
  for (int64_t i = 0; i < n; i++)
    fit_keep_row(score + i * width, held->score + i * width, width);
  model->held_score = score;
  model->held_rows = n;
  return t->env->status;
}

/* ---- the job ----------------------------------------------------------------------------------
 */

static mine_status fit_job(mine_training *t, mine_arena *arena, mine_model **out) {
  mine_env *env = t->env;
  const int supervised = t->roles.target >= 0;
  mine_measured held = {0};
  mine_model *measured = NULL, *model = NULL;
  if (supervised && fit_hold_out(t, arena, &measured, &held)) return env->status;
  if (measured && !t->holdout.refit) {
    model = measured;
  } else {
    mine_model_free(measured);
    if (mine__training_fit_rows(t, t->row, t->n, &model)) return env->status;
  }
  if (held.n_metrics > 0) (void)fit_keep_held(t, model, &held);
  mine__training_report(t, model);
  if (env->status || mine__model_seal(env, model)) {
    mine_model_free(model);
    return env->status;
  }
  *out = model;
  return MINE_OK;
}

mine_status mine__training_fit(mine_training *t, mine_model **out) {
  mine_env *env = t->env;
  const double start = mine__clock();
  *out = NULL;
  if (env->status) return env->status;
  if (mine__training_prepare(t)) return env->status;
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  const mine_status status = fit_job(t, arena, out);
  mine__arena_close(arena);
  if (*out) (*out)->seconds = mine__clock() - start;
  return status;
}

/* ---- clusters of the training rows ------------------------------------------------------------
 */

mine_status mine__training_assignments(mine_training *t, const mine_model *model,
                                       mine_relation *r) {
  mine_env *env = t->env;
  if (env->status) return env->status;
  if (model->target_name || !(mine__model_gives(model) & MINE_GIVES_GROUP))
    return mine__fail(env, MINE_UNSUPPORTED, "a %s model (%s) has no clusters",
                      mine__model_task(model), model->algorithm);
  const int measured = (mine__model_gives(model) & MINE_GIVES_DISTANCE) != 0;
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  int32_t *cluster = mine__arena_zeros(arena, (size_t)t->n, sizeof *cluster);
  double *distance = mine__arena_zeros(arena, (size_t)t->n, sizeof *distance);
  const mine_batch batch = {t->n, t->row, t->view};
  mine_answers answers = {.group = cluster, .distance = measured ? distance : NULL};
  mine__model_answer(env, model, &batch, &answers);
  for (int64_t row = 0, i = 0; !env->status && row < t->frame->rows; row++) {
    mine_cell id = {MINE_INT, 0, {row + 1}};
    if (t->roles.id >= 0) mine__values_get(&t->frame->ids, row, &id);
    mine__row_cell(r, &id);
    if (i < t->n && t->row[i] == row) {
      mine__row_int(r, cluster[i]);
      mine__row_real(r, measured ? distance[i] : (double)NAN);
      i++;
    } else {
      mine__row_null(r);
      mine__row_null(r);
    }
    mine__relation_end_row(r);
  }
  mine__arena_close(arena);
  return env->status;
}
