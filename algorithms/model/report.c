/*
** report.c -- a model in words and small tables: its metrics and features as JSON, the
** parts and forms that every model has; and where those of its kind are found.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/radix.h"
#include "../core/text.h"
#include "metrics.h"
#include "model.h"

/* ---- the texts of the getters ------------------------------------------------- */

static const char *report_features_json(const mine_model *model) {
  mine_text text;
  mine__text_open(&text, model->arena);
  mine__text_adds(&text, "[");
  for (int f = 0; f < model->n_features; f++) {
    if (f > 0) mine__text_adds(&text, ",");
    mine__text_add_json(&text, model->feature[f].name, strlen(model->feature[f].name));
  }
  mine__text_adds(&text, "]");
  return text.failed ? NULL : text.data;
}

static const char *report_metrics_json(const mine_model *model) {
  const mine_model_told *told = &model->told;
  mine_text text;
  mine__text_open(&text, model->arena);
  mine__text_adds(&text, "{");
  for (int i = 0; i < told->n_metrics; i++) {
    if (i > 0) mine__text_adds(&text, ",");
    mine__text_add_json(&text, told->metric[i].name, strlen(told->metric[i].name));
    mine__text_adds(&text, ":");
    if (isfinite(told->metric[i].value)) {
      mine__text_add_real(&text, told->metric[i].value);
    } else {
      mine__text_adds(&text, "null");
    }
  }
  mine__text_adds(&text, "}");
  return text.failed ? NULL : text.data;
}

mine_status mine__model_seal(mine_env *env, mine_model *model) {
  if (!mine_failed(env)) {
    model->sealed.features_json = report_features_json(model);
    model->sealed.metrics_json = report_metrics_json(model);
    model->sealed.report = mine__report_line(model);
  }
  if (mine_failed(env)) return mine_env_status(env);
  mine__arena_detach(model->arena);
  return MINE_OK;
}

/* ---- the parts of every model -------------------------------------------------------- */

static int report_kind_keeps_rows(const mine_model *model) {
  return model->kind->keeps_rows != MINE_KEEPS_NONE;
}

static int report_kind_keeps_all(const mine_model *model) {
  return model->kind->keeps_rows == MINE_KEEPS_ALL;
}

static int report_kind_keeps_points(const mine_model *model) {
  return model->kind->keeps_rows == MINE_KEEPS_POINTS;
}

int mine__model_keeps_rows(const mine_model *model) {
  return mine__model_any(model, report_kind_keeps_rows);
}

int mine__model_keeps_most(const mine_model *model) {
  if (mine__model_any(model, report_kind_keeps_all)) return MINE_KEEPS_ALL;
  if (mine__model_any(model, report_kind_keeps_points)) return MINE_KEEPS_POINTS;
  return mine__model_keeps_rows(model) ? MINE_KEEPS_SOME : MINE_KEEPS_NONE;
}

static void report_put(mine_relation *to, const char *name, const char *detail) {
  mine__row_text(to, "keeps");
  mine__row_text(to, name);
  mine__row_text(to, detail);
  mine__relation_end_row(to);
}

/* The rows themselves, and ids; whether there are any. */
static int report_keeps_rows(const mine_model *model, mine_relation *to) {
  char detail[200];
  const int most = mine__model_keeps_most(model);
  if (most >= MINE_KEEPS_POINTS) {
    snprintf(detail, sizeof detail, "the %lld rows it learned from, %s: it looks among them",
             (long long)model->told.rows,
             most == MINE_KEEPS_ALL ? "with their ids" : "without their ids");
    report_put(to, "rows", detail);
  } else if (most == MINE_KEEPS_SOME) {
    report_put(to, "rows",
               "one row of each cluster as it is, its medoid, without its id: it measures from it");
  }
  if (model->held.id.n > 0) {
    snprintf(detail, sizeof detail, "the ids of %lld held-out rows (keep_ids=1)",
             (long long)model->held.id.n);
    report_put(to, "ids", detail);
  }
  if (model->members.id.n > 0) {
    snprintf(detail, sizeof detail, "the ids of %lld rows, each with its cluster (keep_ids=1)",
             (long long)model->members.id.n);
    report_put(to, "ids", detail);
  }
  return most != MINE_KEEPS_NONE || model->held.id.n + model->members.id.n > 0;
}

/* Categories whose levels may be names; whether there are any. */
static int report_keeps_names(const mine_model *model, mine_relation *to) {
  char detail[200];
  int keeps = model->kind->keeps_names != NULL;
  if (keeps) report_put(to, "names", model->kind->keeps_names);
  for (int f = 0; f < model->n_features; f++) {
    const mine_feature *about = &model->feature[f];
    const int64_t levels = about->levels.values.n;
    const int64_t rows = model->told.rows; /* 0: another program's, which does not say */
    const int names = (rows > 0 && levels * 2 > rows) || (levels > 100 && levels * 50 > rows);
    if (about->type != MINE_COLUMN_CATEGORY || !names) continue;
    if (rows > 0)
      snprintf(detail, sizeof detail,
               "its %lld values, so many for %lld rows that they may name customers",
               (long long)levels, (long long)rows);
    else
      snprintf(detail, sizeof detail,
               "its %lld values, so many that they may name customers (of how many rows, the file "
               "does not say)",
               (long long)levels);
    report_put(to, about->name, detail);
    keeps = 1;
  }
  return keeps;
}

/* What of its rows is in the model, so that whoever must forget a customer can see it. */
static void report_keeps(const mine_model *model, mine_relation *to) {
  char detail[200];
  const int rows = report_keeps_rows(model, to), names = report_keeps_names(model, to);
  if (model->held.rows > 0) {
    snprintf(detail, sizeof detail, "labels and scores of %lld held-out rows%s",
             (long long)model->held.rows, model->held.id.n > 0 ? "" : ", without their ids");
    report_put(to, "scores", detail);
  }
  if (model->portrait) {
    snprintf(detail, sizeof detail, "counts and quantiles of %d attribute%s, for mine_drift",
             model->portrait->n, model->portrait->n == 1 ? "" : "s");
    report_put(to, "profile", detail);
  }
  if (!rows && !names) report_put(to, "", "no customer's row, id or name");
}

static void report_summary(mine_env *env, const mine_model *model, mine_relation *to) {
  (void)env;
  for (int64_t i = 0; i < mine__notes_count(&model->told.notes); i++) {
    const mine_note note = mine__notes_at(&model->told.notes, i);
    mine__row_text(to, note.item);
    mine__row_text(to, note.name);
    mine__row_text(to, note.detail);
    mine__relation_end_row(to);
  }
  if (model->kind->summary) model->kind->summary(model, to);
  report_keeps(model, to);
  if (model->told.seconds > 0) {
    char number[MINE_NUMBER_BYTES];
    mine__row_text(to, "seconds");
    mine__row_text(to, "");
    mine__row_text(to, mine__format_real(number, model->told.seconds, 3));
    mine__relation_end_row(to);
  }
}

/* Measures that count something come out as integers. */
static int report_is_count(const mine_metric *metric) {
  const mine_measure *measure = mine__measure_find(metric->name);
  return measure && measure->is_count && fabs(metric->value) < 9007199254740992.0;
}

void mine__coefficient_list(const mine_coefficient *of, mine_relation *to) {
  mine__row_real(to, of->value);
  mine__row_real(to, of->std_error);
  mine__row_real(to, of->statistic);
  mine__row_real(to, of->p);
  mine__row_real(to, of->low);
  mine__row_real(to, of->high);
  mine__row_real(to, of->is_log ? exp(of->value) : (double)NAN);
  mine__row_real(to, of->is_log ? exp(of->low) : (double)NAN);
  mine__row_real(to, of->is_log ? exp(of->high) : (double)NAN);
  mine__relation_end_row(to);
}

void mine__metrics_list(const mine_metric *metric, int n, const mine_bounds *bounds,
                        const mine_cell *slice, mine_relation *to) {
  static const mine_cell all = {MINE_NULL, 0, {0}};
  for (int i = 0; i < n; i++) {
    mine__row_text(to, metric[i].name);
    if (report_is_count(&metric[i])) {
      mine__row_int(to, (int64_t)metric[i].value);
    } else {
      mine__row_real(to, metric[i].value);
    }
    mine__row_real(to, bounds ? bounds[i].low : (double)NAN);
    mine__row_real(to, bounds ? bounds[i].high : (double)NAN);
    mine__row_cell(to, slice ? slice : &all);
    mine__relation_end_row(to);
  }
}

static void report_metrics(mine_env *env, const mine_model *model, mine_relation *to) {
  if (model->told.n_metrics > 0) {
    mine__metrics_list(model->told.metric, model->told.n_metrics, NULL, NULL, to);
  } else if (model->task == MINE_NEIGHBORS) {
    (void)mine__fail(env, MINE_UNSUPPORTED,
                     "the model was trained without a target, so there is nothing to measure; "
                     "use mine_neighbors, or train it with target=<column>");
  } else {
    (void)mine__fail(
        env, MINE_UNSUPPORTED,
        "the model has no metrics (holdout=0, or too few rows); give a source with the "
        "target");
  }
}

void mine__confusion_list(const mine_values *classes, const int64_t *counts, mine_relation *to) {
  const int64_t k = classes->n;
  for (int64_t a = 0; a < k; a++) {
    for (int64_t p = 0; p < k; p++) {
      mine_cell cell;
      mine__values_get(classes, a, &cell);
      mine__row_cell(to, &cell);
      mine__values_get(classes, p, &cell);
      mine__row_cell(to, &cell);
      mine__row_int(to, counts[a * k + p]);
      mine__relation_end_row(to);
    }
  }
}

mine_status mine__confusion_refuse(mine_env *env, const mine_model *model) {
  return mine__fail(env, MINE_UNSUPPORTED,
                    "a confusion table needs a classification model; for this %s model (%s) use "
                    "mine_evaluate",
                    mine__model_task(model), model->algorithm);
}

/* Held scores were rounded to float: so is the threshold. */
void mine__held_confusion(mine_env *env, const mine_model *model, double threshold,
                          mine_relation *to) {
  const int k = model->n_groups;
  if (!mine__model_has_classes(model)) {
    (void)mine__confusion_refuse(env, model);
    return;
  }
  if (!model->held.label) {
    (void)mine__fail(env, MINE_UNSUPPORTED,
                     "the model keeps no held-out rows (holdout=0, or too few rows); give a source "
                     "with the target");
    return;
  }
  int64_t *counts = mine__arena_zeros(env->scratch, (size_t)k * (size_t)k, sizeof *counts);
  if (!counts) return;
  double *share = mine__arena_array(env->scratch, (size_t)k, sizeof *share);
  if (!share) return;
  for (int64_t i = 0; i < model->held.rows; i++) {
    for (int c = 0; c < k; c++)
      share[c] = (double)model->held.score[i * k + c];
    counts[(int64_t)model->held.label[i] * k +
           mine__metrics_choose(share, k, model->positive, (double)(float)threshold)]++;
  }
  mine__confusion_list(&model->groups, counts, to);
}

static void report_confusion(mine_env *env, const mine_model *model, mine_relation *to) {
  mine__held_confusion(env, model, model->after.threshold, to);
}

static const mine_part report_parts[] = {
    {.verb = "mine_summary",
     .what = "the report of a training: what was read, how, and what came out",
     .list = report_summary},
    {.verb = "mine_evaluate",
     .what = "how good it is on the held-out rows",
     .list = report_metrics},
    {.verb = "mine_confusion",
     .what = "actual against predicted classes of the held-out rows",
     .list = report_confusion},
    {.verb = NULL},
};

static int report_has(const mine_model *model, const mine_part *part) {
  return !part->has || part->has(model);
}

const mine_cluster_profile *mine__model_profile(const mine_model *model,
                                                const mine_encoding **encoding) {
  return model->kind->profile ? model->kind->profile(model, encoding) : NULL;
}

static const mine_part *report_find_part(const mine_model *model, const mine_part *part,
                                         const char *verb) {
  while (part && part->verb && strcmp(part->verb, verb) != 0)
    part++;
  return part && part->verb && report_has(model, part) ? part : NULL;
}

const mine_part *mine__model_part(const mine_model *model, const char *verb) {
  return report_find_part(model, model->kind->parts, verb);
}

/* 1 = the model, or a member, has the part. */
static int report_list(mine_env *env, const mine_model *model, const char *verb,
                       mine_relation *to) {
  const mine_part *part = mine__model_part(model, verb);
  if (!part) part = report_find_part(model, report_parts, verb);
  if (!part) part = report_find_part(model, mine__cluster_parts, verb);
  if (part) part->list(env, model, to);
  if (part || !model->kind->inside) return part != NULL;
  const int n = model->kind->n_inside(model);
  int found = 0;
  for (int i = 0; i < n && !mine_failed(env); i++) {
    mine_cell value;
    const mine_model *member = model->kind->inside(model, i, &value);
    if (!member) continue;
    if (value.type != MINE_NULL) mine__relation_group(to, &value);
    found += report_list(env, member, verb, to);
  }
  return found > 0;
}

static void report_names(const mine_model *model, const mine_part *part, mine_text *to) {
  for (; part && part->verb; part++)
    if (report_has(model, part)) mine__text_addf(to, ", %s", part->verb);
}

mine_status mine__model_list(mine_env *env, const mine_model *model, const char *verb,
                             mine_relation *to) {
  if (mine_failed(env) || report_list(env, model, verb, to) || mine_failed(env))
    return mine_env_status(env);
  mine_text others;
  mine__text_open(&others, env->scratch);
  report_names(model, mine__cluster_parts, &others);
  report_names(model, model->kind->parts, &others);
  return mine__fail(env, MINE_UNSUPPORTED, "%s %s model (%s) has no %s; it has mine_summary%s",
                    mine__article(model->algorithm), model->algorithm, model->kind->name,
                    verb + strlen("mine_"), others.data);
}
