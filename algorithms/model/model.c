/*
** model.c -- what every fitted model has: its life, its report, its numbers.
**
** A model owns one arena and is counted by reference; after mine__model_seal it
** never changes, so any number of threads may read it.  How it is written and
** read back is envelope.c's; what it says about itself in words, report.c's.
*/
#include "model.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "metrics.h"

static const struct {
  mine_task_kind task;
  const char *name;
} model_tasks[] = {{MINE_CLASSIFICATION, "classification"},
                   {MINE_REGRESSION, "regression"},
                   {MINE_CLUSTERING, "clustering"},
                   {MINE_NEIGHBORS, "neighbors"},
                   {MINE_COMPONENTS, "components"},
                   {MINE_UPLIFT, "uplift"},
                   {MINE_SURVIVAL, "survival"},
                   {MINE_PURCHASES, "purchases"},
                   {MINE_RECOMMENDATION, "recommendation"},
                   {MINE_FORECASTING, "forecasting"}};
#define MODEL_TASKS (sizeof model_tasks / sizeof model_tasks[0])

const char *mine__task_name(mine_task_kind task) {
  for (size_t i = 0; i < MODEL_TASKS; i++) {
    if (model_tasks[i].task == task) return model_tasks[i].name;
  }
  return "unknown";
}

mine_task_kind mine__task_find(const char *name) {
  for (size_t i = 0; i < MODEL_TASKS; i++) {
    if (strcmp(model_tasks[i].name, name) == 0) return model_tasks[i].task;
  }
  return (mine_task_kind)0;
}

/* ---- life ------------------------------------------------------------------- */

void mine__model_begin(mine_model *model, mine_arena *arena) {
  model->arena = arena;
  atomic_init(&model->references, 1);
  model->positive = -1;
  model->after.threshold = NAN;
  model->quantile = NAN;
  mine__values_open(&model->groups, arena);
  mine__values_open(&model->held.id, arena);
  mine__values_open(&model->members.id, arena);
  mine__notes_open(&model->told.notes, arena);
}

mine_status mine__model_empty(mine_env *env, mine_model **out) {
  *out = NULL;
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  mine_model *model = mine__arena_zeros(arena, 1, sizeof *model);
  if (!model) {
    mine__arena_close(arena);
    return mine_env_status(env);
  }
  mine__model_begin(model, arena);
  *out = model;
  return MINE_OK;
}

void mine_model_retain(mine_model *model) {
  if (model) atomic_fetch_add(&model->references, 1);
}

void mine_model_free(mine_model *model) {
  if (!model || atomic_fetch_sub(&model->references, 1) > 1) return;
  for (int i = 0; i < model->n_members; i++)
    mine_model_free(model->member[i]);
  mine__arena_close(model->arena);
}

mine_status mine__model_adopt(mine_env *env, mine_model *model, mine_model *member) {
  const size_t n = (size_t)model->n_members + 1;
  mine_model **room = mine__arena_block(model->arena, model->member, n, sizeof(mine_model *));
  if (!room) {
    mine_model_free(member);
    return mine_env_status(env);
  }
  room[model->n_members++] = member;
  model->member = room;
  return MINE_OK;
}

/* ---- filling ------------------------------------------------------------------ */

int mine__note_warns(const char *item) {
  return strcmp(item, "warning") == 0 || strcmp(item, "dropped") == 0;
}

int mine__note_told(const char *item, const char *detail) {
  return mine__note_warns(item) || strcmp(item, "numbers") == 0 || strcmp(item, "threshold") == 0 ||
         strcmp(item, "step") == 0 || strcmp(item, "season") == 0 ||
         (strcmp(item, "id") == 0 && strcmp(detail, MINE__NOTE_BY_POSITION) == 0);
}

void mine__model_note(mine_model *model, const char *item, const char *name, const char *format,
                      ...) {
  char detail[MINE_NOTE_BYTES];
  va_list args;
  va_start(args, format);
  mine__note_format(detail, format, args);
  va_end(args);
  if (!mine__notes_add(&model->told.notes, item, name, detail)) return;
  if (mine__note_warns(item)) model->told.n_warnings++;
}

void mine__model_metric(mine_model *model, const char *name, double value) {
  mine_model_told *told = &model->told;
  if (!told->metric)
    told->metric = mine__arena_array(model->arena, MINE_MAX_METRICS, sizeof *told->metric);
  if (!told->metric || told->n_metrics >= MINE_MAX_METRICS) return;
  const char *copy = mine__arena_text(model->arena, name, strlen(name));
  if (!copy) return;
  told->metric[told->n_metrics++] = (mine_metric){copy, value};
}

void mine__model_measure(mine_model *model, mine_measure_id id, double value) {
  mine__model_metric(model, mine__measures[id].name, value);
}

int mine__model_metric_find(const mine_model *model, const char *name, double *value) {
  const mine_metric *found = mine__metric_find(model->told.metric, model->told.n_metrics, name);
  if (found) *value = found->value;
  return found != NULL;
}

/* ---- answers --------------------------------------------------------------------- */

unsigned mine__model_gives(const mine_model *model) {
  const mine_kind *kind = model->kind;
  if (!kind->answer) return 0;
  return (kind->given ? kind->given(model) : kind->gives) |
         (model->after.interval ? MINE_GIVES_INTERVAL : 0u);
}

int mine__model_has_classes(const mine_model *model) {
  return model->roles.target != NULL && model->n_groups > 0;
}

int mine__model_has_target_number(const mine_model *model) {
  return model->roles.target != NULL && model->n_groups == 0 && model->n_outputs > 0;
}

/* The group with the largest share, the first of equals, or as the threshold says.  Shares of
** clusters may add up to less than 1: the rest is the share of noise, which is no cluster. */
static int32_t model_group_of(const mine_model *model, const double *share) {
  const int k = model->n_groups;
  double rest = 1;
  if (isnan(share[0])) return MINE_NO_GROUP;
  const int best = mine__metrics_choose(share, k, model->positive, model->after.threshold);
  if (model->task != MINE_CLUSTERING) return best + 1;
  for (int c = 0; c < k; c++)
    rest -= share[c];
  return rest > share[best] ? 0 : best + 1;
}

static void model_groups(mine_env *env, const mine_model *model, const double *share, int64_t n,
                         int32_t *group) {
  const int k = model->n_groups;
  for (int64_t i = 0; i < n; i++) {
    if (i > 0 && MINE_POLL_AT(env, i)) return; /* a single row asks nobody */
    group[i] = model_group_of(model, share + i * k);
  }
}

/* What the kind must be asked so that `out` can be filled: groups come from shares, and bounds
** from values. */
static void model_ask(mine_env *env, const mine_model *model, int64_t n, const mine_answers *out,
                      int by_share, mine_answers *asked) {
  const size_t rows = (size_t)n;
  *asked = *out;
  if (by_share) asked->group = NULL;
  if ((by_share || out->points) && !asked->share)
    asked->share = mine__arena_array(env->scratch, rows, (size_t)model->n_groups * sizeof(double));
  if (!model->after.interval || !out->lower) return;
  asked->lower = asked->upper = NULL;
  if (!asked->value)
    asked->value = mine__arena_array(env->scratch, rows, (size_t)model->n_outputs * sizeof(double));
}

int mine__model_any(const mine_model *model, int (*is)(const mine_model *model)) {
  const mine_kind *kind = model->kind;
  const int n = kind->n_inside ? kind->n_inside(model) : 0;
  int any = is(model);
  for (int i = 0; i < n && !any; i++) {
    mine_cell value;
    const mine_model *inside = kind->inside(model, i, &value);
    any = inside && mine__model_any(inside, is);
  }
  return any;
}

const double *mine__model_scale(const mine_model *model) {
  mine_cell value;
  while (model && !model->after.scale) {
    const mine_kind *kind = model->kind;
    model = kind->n_inside && kind->n_inside(model) > 0 ? kind->inside(model, 0, &value) : NULL;
  }
  return model ? model->after.scale : NULL;
}

double mine__model_quantile(const mine_model *model) {
  mine_cell value;
  while (model && isnan(model->quantile)) {
    const mine_kind *kind = model->kind;
    const mine_model *first = NULL;
    const int n = kind->n_inside ? kind->n_inside(model) : 0;
    for (int i = 0; i < n && !first; i++)
      first = kind->inside(model, i, &value);
    model = first;
  }
  return model ? model->quantile : 0.5;
}

void mine__model_points(const mine_model *model, const double *share, int64_t n, double *points) {
  const double *scale = mine__model_scale(model);
  for (int64_t i = 0; i < n; i++) {
    const double *row = share + i * model->n_groups;
    points[i] = scale
                    ? scale[0] + scale[1] * (log2(row[1 - model->positive] / row[model->positive]) -
                                             log2(scale[2]))
                    : (double)NAN;
  }
}

static void model_bounds(const mine_model *model, const double *value, int64_t n,
                         const mine_answers *out) {
  const int outputs = model->n_outputs;
  if (outputs == 1) {
    mine__interval_bounds(model->after.interval, out->level, n, value, out->lower, out->upper);
    return;
  }
  for (int64_t i = 0; i < n; i++)
    mine__interval_bounds(model->after.interval, out->level, 1, value + i * outputs, out->lower + i,
                          out->upper + i);
}

mine_status mine__model_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                               mine_answers *out) {
  if (mine_failed(env)) return mine_env_status(env);
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t n = batch->n;
  const int by_share = out->group && (mine__model_gives(model) & MINE_GIVES_SHARE);
  mine_answers asked;
  model_ask(env, model, n, out, by_share, &asked);
  if (!mine_failed(env)) (void)model->kind->answer(env, model, batch, &asked);
  if (!mine_failed(env) && out->points) mine__model_points(model, asked.share, n, out->points);
  if (!mine_failed(env) && model->after.calibration && asked.share)
    (void)!mine__calibration_apply(env, model->after.calibration, n, model->n_groups, asked.share);
  if (!mine_failed(env) && by_share) model_groups(env, model, asked.share, n, out->group);
  if (!mine_failed(env) && model->after.interval && out->lower)
    model_bounds(model, asked.value, n, out);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

void mine__model_group(const mine_model *model, int32_t group, mine_cell *out) {
  memset(out, 0, sizeof *out);
  if (group >= 1 && group <= model->groups.n) {
    mine__values_get(&model->groups, group - 1, out);
    if (out->type == MINE_NULL && !model->roles.target) /* a cluster without a name */
      *out = (mine_cell){MINE_INT, 0, {.integer = group}};
  } else if (group >= 0 && (model->groups.n == 0 || !model->roles.target)) {
    *out = (mine_cell){MINE_INT, 0, {.integer = group}};
  }
}

const char *mine__model_task(const mine_model *model) {
  return model->task_name ? model->task_name : mine__task_name(model->task);
}

const char *mine__model_called(const mine_model *model, char out[MINE_CALLED_BYTES]) {
  const char *task = mine__model_task(model), *algorithm = model->algorithm;
  const int of_task = (int)mine__utf8_prefix(task, strlen(task), 60);
  const int of_algorithm = (int)mine__utf8_prefix(algorithm, strlen(algorithm), 60);
  snprintf(out, MINE_CALLED_BYTES, "%s %.*s model (%.*s)", mine__article(task), of_task, task,
           of_algorithm, algorithm);
  return out;
}

/* ---- bytes ---------------------------------------------------------------------- */

mine_status mine_model_bytes(mine_env *env, const mine_model *model, const void **bytes,
                             size_t *n) {
  *bytes = NULL;
  *n = 0;
  if (mine_failed(env)) return mine_env_status(env);
  mine_writer w;
  mine__text_open(&w.text, env->scratch);
  mine__envelope_write(model, &w);
  if (mine_failed(env)) return mine_env_status(env);
  *n = w.text.bytes;
  *bytes = w.text.data;
  return MINE_OK;
}

mine_status mine_model_load(mine_env *env, const void *bytes, size_t n, mine_model **out) {
  *out = NULL;
  if (mine_failed(env)) return mine_env_status(env);
  mine_model *model;
  if (mine__model_empty(env, &model)) return mine_env_status(env);
  if (mine__envelope_read(env, bytes, n, model) || mine__model_seal(env, model)) {
    mine_model_free(model);
    return mine_env_status(env);
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
      return mine__model_task(model);
    case MINE_MODEL_TARGET:
      return model->roles.target;
    case MINE_MODEL_ID:
      return model->roles.id;
    case MINE_MODEL_SOURCE:
      return model->told.source;
    case MINE_MODEL_OPTIONS:
      return model->told.options;
    case MINE_MODEL_FEATURES:
      return model->sealed.features_json;
    case MINE_MODEL_METRICS:
      return model->sealed.metrics_json;
    case MINE_MODEL_REPORT:
      return model->sealed.report;
  }
  return NULL;
}

int64_t mine_model_rows(const mine_model *model) {
  return model->told.rows;
}

void mine_model_positive(const mine_model *model, mine_cell *out) {
  memset(out, 0, sizeof *out);
  if (model->positive >= 0) mine__values_get(&model->groups, model->positive, out);
}
