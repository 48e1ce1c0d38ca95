/*
** model.c -- what every fitted model has: its life, its report, its numbers.
**
** A model owns one arena and is counted by reference; after mine_model_seal it
** never changes, so any number of threads may read it.  How it is written and
** read back is envelope.c's; what it says about itself in words, report.c's.
*/
#include "model.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "metrics.h"

const char *mine_task_name(mine_task_kind task) {
  switch (task) {
    case MINE_CLASSIFICATION:
      return "classification";
    case MINE_REGRESSION:
      return "regression";
    case MINE_CLUSTERING:
      return "clustering";
    case MINE_NEIGHBORS:
      return "neighbors";
    case MINE_ASSOCIATION:
      return "association";
  }
  return "unknown";
}

/* ---- life ------------------------------------------------------------------- */

mine_status mine_model_empty(mine_env *env, mine_model **out) {
  *out = NULL;
  mine_arena *arena = mine_arena_open(env);
  if (!arena) return mine_env_status(env);
  mine_model *model = mine_arena_zeros(arena, 1, sizeof *model);
  if (!model) {
    mine_arena_close(arena);
    return mine_env_status(env);
  }
  model->arena = arena;
  atomic_init(&model->references, 1);
  model->positive = -1;
  mine_values_open(&model->classes, arena);
  mine_values_open(&model->note_item, arena);
  mine_values_open(&model->note_name, arena);
  mine_values_open(&model->note_detail, arena);
  *out = model;
  return MINE_OK;
}

void mine_model_retain(mine_model *model) {
  if (model) atomic_fetch_add(&model->references, 1);
}

void mine_model_free(mine_model *model) {
  if (!model || atomic_fetch_sub(&model->references, 1) > 1) return;
  mine_arena_close(model->arena);
}

/* ---- filling ------------------------------------------------------------------ */

int mine_note_warns(const char *item) {
  return strcmp(item, "warning") == 0 || strcmp(item, "dropped") == 0;
}

void mine_model_note(mine_model *model, const char *item, const char *name, const char *format,
                     ...) {
  char detail[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(detail, sizeof detail, format, args);
  va_end(args);
  const size_t bytes = mine_utf8_prefix(detail, strlen(detail), sizeof detail - 1);
  if (!mine_values_push_text(&model->note_item, item, strlen(item)) ||
      !mine_values_push_text(&model->note_name, name, strlen(name)) ||
      !mine_values_push_text(&model->note_detail, detail, bytes))
    return;
  if (mine_note_warns(item)) model->n_warnings++;
}

void mine_model_metric(mine_model *model, const char *name, double value) {
  if (!model->metric)
    model->metric = mine_arena_array(model->arena, MINE_MAX_METRICS, sizeof *model->metric);
  if (!model->metric || model->n_metrics >= MINE_MAX_METRICS) return;
  const char *copy = mine_arena_text(model->arena, name, strlen(name));
  if (!copy) return;
  model->metric[model->n_metrics++] = (mine_metric){copy, value};
}

int mine_model_metric_find(const mine_model *model, const char *name, double *value) {
  for (int i = 0; i < model->n_metrics; i++) {
    if (strcmp(model->metric[i].name, name) != 0) continue;
    *value = model->metric[i].value;
    return 1;
  }
  return 0;
}

/* ---- bytes ---------------------------------------------------------------------- */

mine_status mine_model_bytes(mine_env *env, const mine_model *model, const void **bytes,
                             size_t *n) {
  *bytes = NULL;
  *n = 0;
  if (env->status) return env->status;
  if (!model->bytes) {
    /* The one late write into a model; the header says who may do it. */
    mine_model *late = (mine_model *)model;
    mine_writer w;
    mine_text_open(&w.text, model->arena);
    mine_envelope_write(model, &w);
    if (env->status) return env->status;
    if (w.text.failed) return mine_fail_memory(env, w.text.bytes);
    late->n_bytes = w.text.bytes;
    late->bytes = w.text.data;
  }
  *bytes = model->bytes;
  *n = model->n_bytes;
  return MINE_OK;
}

mine_status mine_model_load(mine_env *env, const void *bytes, size_t n, mine_model **out) {
  *out = NULL;
  if (env->status) return env->status;
  mine_model *model;
  if (mine_model_empty(env, &model)) return mine_env_status(env);
  if (mine_envelope_read(env, bytes, n, model) || mine_model_seal(env, model)) {
    mine_model_free(model);
    return env->status;
  }
  *out = model;
  return MINE_OK;
}

/* ---- getters ---------------------------------------------------------------------- */

const char *mine_model_get_text(const mine_model *model, mine_model_text what) {
  switch (what) {
    case MINE_MODEL_ALGORITHM:
      return model->algorithm;
    case MINE_MODEL_TASK:
      return mine_task_name(model->task);
    case MINE_MODEL_TARGET:
      return model->target_name;
    case MINE_MODEL_ID:
      return model->id_name;
    case MINE_MODEL_SOURCE:
      return model->source;
    case MINE_MODEL_OPTIONS:
      return model->options;
    case MINE_MODEL_FEATURES:
      return model->features_json;
    case MINE_MODEL_METRICS:
      return model->metrics_json;
    case MINE_MODEL_REPORT:
      return model->report;
  }
  return NULL;
}

int64_t mine_model_rows(const mine_model *model) {
  return model->rows;
}

void mine_model_positive(const mine_model *model, mine_cell *out) {
  memset(out, 0, sizeof *out);
  if (model->positive >= 0) mine_values_get(&model->classes, model->positive, out);
}
