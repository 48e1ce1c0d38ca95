/*
** prepared.c -- one fit on prepared rows, and how good a model is on some of them.
*/
#include "prepared.h"

#include <math.h>
#include <string.h>

#include "../data/split.h"
#include "../model/metrics.h"
#include "auto.h"
#include "crossed.h"

/* ---- one fit ------------------------------------------------------------------------ */

static const char *prepared_text(mine_model *model, const char *text) {
  return text ? mine__arena_text(model->arena, text, strlen(text)) : NULL;
}

static void prepared_copy_features(mine_env *env, const mine_prepared *p, int n,
                                   mine_model *model) {
  model->n_features = n;
  model->feature = mine__arena_zeros(model->arena, (size_t)n, sizeof *model->feature);
  for (int f = 0; f < n && !mine_failed(env); f++)
    mine__feature_copy(model->arena, &p->about[f], &model->feature[f]);
}

static mine_model_roles prepared_roles(mine_model *model, const mine_model_roles *roles) {
  return (mine_model_roles){
      .id = prepared_text(model, roles->id),
      .target = prepared_text(model, roles->target),
      .weight = prepared_text(model, roles->weight),
      .target_numerals = mine__numerals_copy(model->arena, roles->target_numerals),
      .weight_numerals = mine__numerals_copy(model->arena, roles->weight_numerals),
  };
}

static void prepared_describe(mine_env *env, const mine_prepared *p, const mine_method *method,
                              mine_model *model) {
  model->algorithm = prepared_text(model, method->algorithm->name);
  model->kind = mine__algorithm_kind(method->algorithm, p->task);
  model->task = p->task;
  model->roles = prepared_roles(model, &p->memory.roles);
  model->gaps = p->memory.gaps;
  model->told.source = prepared_text(model, p->memory.source);
  model->told.options = prepared_text(model, method->text);
  model->n_groups = p->n_classes;
  model->positive = p->positive;
  for (int c = 0; c < p->n_classes; c++) {
    mine_cell cell;
    mine__values_get(&p->classes, c, &cell);
    if (!mine__values_push(&model->groups, &cell)) return;
  }
  if (!p->target) return;
  if (p->arms.treated) model->roles.target = NULL; /* what it answers is not the target */
  model->output_name = mine__arena_array(model->arena, 1, sizeof *model->output_name);
  if (mine_failed(env)) return;
  model->output_name[0] = p->arms.treated ? "uplift" : model->roles.target;
  model->n_outputs = 1;
}

mine_status mine__prepared_model(mine_env *env, const mine_prepared *p, const mine_method *method,
                                 int n_features, mine_model **out) {
  *out = NULL;
  mine_model *model;
  MINE_TRY(mine__model_empty(env, &model));
  prepared_describe(env, p, method, model);
  prepared_copy_features(env, p, n_features, model);
  if (mine_failed(env)) {
    mine_model_free(model);
    return mine_env_status(env);
  }
  *out = model;
  return MINE_OK;
}

mine_dataset mine__prepared_dataset(const mine_prepared *p, const mine_model *model, mine_rows rows,
                                    int32_t *found) {
  return (mine_dataset){
      .task = p->task,
      .rows = {rows.n, rows.n == p->frame_rows ? NULL : rows.row, p->view},
      .n_features = p->n_features,
      .about = model->feature,
      .n_classes = p->n_classes,
      .label = p->label,
      .target = p->target,
      .treated = p->arms.treated,
      .weight = p->fit_weight,
      .ids = p->ids,
      .hash = p->parting.hash,
      .time = p->parting.time,
      .whole = p->parting.whole,
      .event = p->lives.event,
      .start = p->lives.start,
      .cluster = p->lives.cluster,
      .strata = p->lives.strata,
      .seed = p->seed,
      .found = found,
  };
}

/* Of clusters: how far rows lie from theirs, of rows that stand for all. */
#define PREPARED_DISTANCES 10000

void mine__prepared_distances(mine_env *env, const mine_prepared *p, mine_rows rows,
                              mine_model *model) {
  const mine_encoding *encoding;
  mine_cluster_profile *profile = (mine_cluster_profile *)mine__model_profile(model, &encoding);
  int64_t n;
  if (!profile || profile->distance || !(mine__model_gives(model) & MINE_GIVES_DISTANCE)) return;
  const uint32_t *row = mine__portrait_rows(env->scratch, rows.row, rows.n, PREPARED_DISTANCES, &n);
  int32_t *group = mine__arena_array(env->scratch, PREPARED_DISTANCES, sizeof *group);
  double *distance = mine__arena_array(env->scratch, PREPARED_DISTANCES, sizeof *distance);
  if (mine_failed(env)) return;
  const mine_batch batch = {n, row, p->view};
  mine_answers answers = {.group = group, .distance = distance};
  if (mine__model_answer(env, model, &batch, &answers)) return;
  (void)!mine__cluster_profile_distances(env, model->arena, group, distance, n, profile);
}

mine_status mine__prepared_fit_one(mine_env *env, const mine_prepared *p, const mine_method *method,
                                   mine_rows rows, mine_arena *arena, mine_trained *out) {
  const mine_algorithm *algorithm = method->algorithm;
  *out = (mine_trained){NULL, NULL};
  if (mine__algorithm_composes(algorithm, p->task)) {
    const mine_composition *composition;
    const int keep = method->calibrate != MINE_CALIBRATE_NONE;
    MINE_TRY(mine__auto_compose(env, p, method->options, "", rows, keep, arena, &composition));
    return mine__auto_fit(env, p, method, composition, rows, arena, out);
  }
  mine_model *model;
  MINE_TRY(mine__prepared_model(env, p, method, p->n_features, &model));
  int32_t *found = NULL;
  if (algorithm->finds) found = mine__arena_zeros(arena, (size_t)rows.n, sizeof *found);
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_status status = mine_env_status(env);
  if (!status) {
    const mine_dataset data = mine__prepared_dataset(p, model, rows, found);
    model->told.rows = rows.n;
    status = algorithm->fit(env, &data, method->options, model);
    if (!status && !mine_failed(env) && p->arms.treated) mine__uplift_name(model, &p->arms.columns);
    if (!status && !mine_failed(env) && p->lives.event) mine__hazard_name(model, &p->lives.columns);
    if (!status && !mine_failed(env)) mine__prepared_distances(env, p, rows, model);
  }
  mine__arena_rewind(env->scratch, mark);
  if (status || mine_failed(env)) {
    mine_model_free(model);
    return mine_failed(env) ? mine_env_status(env)
                            : mine__fail(env, status, "algorithm '%s' failed", algorithm->name);
  }
  *out = (mine_trained){model, found};
  return MINE_OK;
}

mine_status mine__prepared_fit(mine_env *env, const mine_prepared *p, const mine_method *method,
                               mine_rows rows, mine_arena *arena, mine_trained *out) {
  /* What is made of other algorithms' models is made of theirs for each group. */
  MINE_TRY(p->grouped && !mine__algorithm_composes(method->algorithm, p->task)
               ? mine__prepared_fit_groups(env, p, method, rows, arena, out)
               : mine__prepared_fit_one(env, p, method, rows, arena, out));
  if (method->calibrate == MINE_CALIBRATE_NONE || out->model->after.calibration) return MINE_OK;
  return mine__calibrate_crossed(env, p, method, rows, out);
}

/* ---- folds ---------------------------------------------------------------------------- */

#define PREPARED_FOLDS 5

/* By time: one stretch more than folds, the first of which is never measured. */
static void prepared_folds_rolling(mine_env *env, const mine_prepared *p, mine_rows rows,
                                   mine_arena *arena, mine_folds *out) {
  int32_t *of;
  int64_t used;
  if (mine__split_blocks(env, arena, rows, p->parting.time, out->n + 1, &of, &used)) return;
  for (int64_t i = 0; i < rows.n; i++)
    of[i]--;
  out->n = (int)used - 1;
  out->of = of;
  out->rolling = 1;
}

static void prepared_folds_of_groups(mine_env *env, const mine_prepared *p, mine_rows rows,
                                     mine_arena *arena, mine_folds *out) {
  int32_t *of;
  int64_t groups;
  if (mine__split_whole(env, arena, rows, mine_prepared_division(p), out->n, &of, &groups)) return;
  if (groups < out->n) out->n = (int)groups;
  out->of = of;
}

mine_status mine__prepared_folds(mine_env *env, const mine_prepared *p, mine_rows rows,
                                 mine_arena *arena, mine_folds *out) {
  int32_t *of = NULL;
  *out = (mine_folds){.n = rows.n < PREPARED_FOLDS ? (int)rows.n : PREPARED_FOLDS};
  if (out->n >= 2 && p->parting.time)
    prepared_folds_rolling(env, p, rows, arena, out);
  else if (out->n >= 2 && p->parting.whole)
    prepared_folds_of_groups(env, p, rows, arena, out);
  else if (out->n >= 2 && mine__split_folds(env, arena, rows, mine_prepared_division(p), out->n,
                                            p->label, p->n_classes, &of) == MINE_OK)
    out->of = of;
  if (!mine_failed(env) && out->n < (p->parting.time ? 1 : 2))
    (void)mine__fail(env, MINE_DATA,
                     "%lld rows cannot be parted into some to learn from and some to try on",
                     (long long)rows.n);
  return mine_env_status(env);
}

/* ---- measuring ------------------------------------------------------------------------ */

int mine__prepared_learnable(const mine_prepared *p, mine_rows rows) {
  if (rows.n < 2) return 0;
  for (int64_t i = 1; i < rows.n; i++) {
    if (p->label && p->label[rows.row[i]] != p->label[rows.row[0]]) return 1;
    if (p->target && p->target[rows.row[i]] != p->target[rows.row[0]]) return 1;
  }
  return 0;
}

/* Close the ranks over the rows without an answer; their scores are not numbers. */
static void measured_drop_unanswered(mine_measured *m, size_t width) {
  const int64_t n = m->n;
  m->n = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!isfinite(m->score[(size_t)i * width])) continue;
    if (i > m->n) {
      memmove(m->score + (size_t)m->n * width, m->score + (size_t)i * width,
              width * sizeof *m->score);
      m->row[m->n] = m->row[i];
    }
    m->n++;
  }
  m->unanswered = n - m->n;
}

mine_status mine__prepared_truth(mine_env *env, const mine_prepared *p, mine_arena *arena,
                                 mine_measured *m) {
  const size_t n = (size_t)m->n;
  if (p->label) m->label = mine__arena_array(arena, n, sizeof *m->label);
  if (p->target) m->target = mine__arena_array(arena, n, sizeof *m->target);
  if (p->arms.treated) m->treated = mine__arena_array(arena, n, sizeof *m->treated);
  if (p->weight) m->weight = mine__arena_array(arena, n, sizeof *m->weight);
  if (mine_failed(env)) return mine_env_status(env);
  for (int64_t i = 0; i < m->n; i++) {
    const uint32_t row = m->row[i];
    if (m->label) m->label[i] = p->label[row];
    if (m->target) m->target[i] = p->target[row];
    if (m->treated) m->treated[i] = p->arms.treated[row];
    if (m->weight) m->weight[i] = p->weight[row];
  }
  return MINE_OK;
}

mine_status mine__prepared_measure(mine_env *env, const mine_prepared *p, const mine_model *model,
                                   mine_rows rows, mine_arena *arena, mine_measured *out) {
  const int classes = p->task == MINE_CLASSIFICATION;
  const size_t n = (size_t)rows.n, width = classes ? (size_t)p->n_classes : 1;
  *out = (mine_measured){.n = rows.n};
  if (n > SIZE_MAX / width) return mine__fail_memory(env, SIZE_MAX);
  out->score = mine__arena_zeros(arena, n * width, sizeof *out->score);
  out->row = mine__arena_array(arena, n, sizeof *out->row);
  if (mine_failed(env)) return mine_env_status(env);
  memcpy(out->row, rows.row, n * sizeof *out->row);
  const mine_batch batch = {rows.n, rows.row, p->view};
  mine_answers answers = {.share = classes ? out->score : NULL,
                          .value = classes ? NULL : out->score};
  MINE_TRY(mine__model_answer(env, model, &batch, &answers));
  measured_drop_unanswered(out, width);
  MINE_TRY(mine__prepared_truth(env, p, arena, out));
  if (out->n == 0) return mine_env_status(env);
  if (p->arms.treated) {
    const mine_uplift_rows judged = {out->n, out->target, out->treated, out->weight, out->score};
    out->n_metrics = mine__uplift_metrics(env, arena, &judged, out->metric);
    return mine_env_status(env);
  }
  out->n_metrics =
      classes ? mine__metrics_classification(arena, out->n, p->n_classes, p->positive, out->label,
                                             out->score, out->weight, out->metric)
              : mine__metrics_regression(arena, out->n, out->target, out->score, out->weight,
                                         mine__model_quantile(model), out->metric);
  return mine_env_status(env);
}
