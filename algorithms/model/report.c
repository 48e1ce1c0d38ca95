/*
** report.c -- a model in words and small tables: the one-line report, its
** metrics and features as JSON, the parts that every model has ("summary",
** "metrics", "confusion"), and the scalar call that scores with it.
*/
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "metrics.h"
#include "model.h"

/* ---- the texts of the getters ------------------------------------------------- */

static const char *report_features_json(const mine_model *model) {
  mine_text text;
  mine_text_open(&text, model->arena);
  mine_text_adds(&text, "[");
  for (int f = 0; f < model->n_features; f++) {
    if (f > 0) mine_text_adds(&text, ",");
    mine_text_add_json(&text, model->feature[f].name, strlen(model->feature[f].name));
  }
  mine_text_adds(&text, "]");
  return text.failed ? NULL : text.data;
}

static const char *report_metrics_json(const mine_model *model) {
  mine_text text;
  mine_text_open(&text, model->arena);
  mine_text_adds(&text, "{");
  for (int i = 0; i < model->n_metrics; i++) {
    if (i > 0) mine_text_adds(&text, ",");
    mine_text_add_json(&text, model->metric[i].name, strlen(model->metric[i].name));
    mine_text_adds(&text, ":");
    if (isfinite(model->metric[i].value)) {
      mine_text_add_real(&text, model->metric[i].value);
    } else {
      mine_text_adds(&text, "null");
    }
  }
  mine_text_adds(&text, "}");
  return text.failed ? NULL : text.data;
}

/* The measure a person asks for first: the first of these that is defined. */
static const mine_metric *report_main_metric(const mine_model *model) {
  static const char *const order[] = {"auc", "accuracy", "r2", "rmse", "inertia"};
  for (size_t o = 0; o < sizeof order / sizeof order[0]; o++) {
    for (int i = 0; i < model->n_metrics; i++) {
      if (strcmp(model->metric[i].name, order[o]) == 0 && isfinite(model->metric[i].value))
        return &model->metric[i];
    }
  }
  return NULL;
}

/* The first warning in words, so that nobody trains past it unawares. */
static void report_first_warning(const mine_model *model, mine_text *text) {
  mine_cell item, name, detail;
  int64_t i = 0;
  for (; i < model->note_item.n; i++) {
    mine_values_get(&model->note_item, i, &item);
    if (mine_note_warns(item.as.text)) break;
  }
  if (i == model->note_item.n) return;
  mine_values_get(&model->note_name, i, &name);
  mine_values_get(&model->note_detail, i, &detail);
  mine_text_adds(text, model->n_warnings > 1 ? ", the first: " : ": ");
  if (name.bytes) mine_text_addf(text, "'%.60s' ", name.as.text);
  if (strcmp(item.as.text, "dropped") == 0) mine_text_adds(text, "dropped: ");
  mine_text_add(text, detail.as.text, mine_utf8_prefix(detail.as.text, detail.bytes, 140));
}

/* "tree on 20000 rows, auc 0.842 on 3968 held-out rows, 1 warning: ..." */
static const char *report_line(const mine_model *model) {
  char number[MINE_NUMBER_BYTES];
  mine_text text;
  mine_text_open(&text, model->arena);
  mine_text_addf(&text, "%.40s on %lld row%s", model->algorithm, (long long)model->rows,
                 model->rows == 1 ? "" : "s");
  const mine_metric *metric = report_main_metric(model);
  double rows;
  if (metric) {
    const int digits = fabs(metric->value) < 1 ? 4 : 6;
    mine_text_addf(&text, ", %.40s %s", metric->name,
                   mine_format_real(number, metric->value, digits));
    if (model->task != MINE_CLUSTERING && mine_model_metric_find(model, "rows", &rows))
      mine_text_addf(&text, " on %s held-out rows", mine_format_real(number, rows, 0));
  }
  if (model->n_warnings == 0) {
    mine_text_adds(&text, ", no warnings");
  } else {
    mine_text_addf(&text, ", %d warning%s", model->n_warnings, model->n_warnings == 1 ? "" : "s");
    report_first_warning(model, &text);
  }
  return text.failed ? NULL : text.data;
}

mine_status mine_model_seal(mine_env *env, mine_model *model) {
  if (!env->status) {
    model->features_json = report_features_json(model);
    model->metrics_json = report_metrics_json(model);
    model->report = report_line(model);
  }
  if (env->status) return env->status;
  mine_arena_detach(model->arena);
  return MINE_OK;
}

static const mine_answer report_summary_columns[] = {
    {"item", MINE_ANSWER_TEXT, 1,
     "rows, id, target, positive, holdout, feature, dropped, warning, fit, metric, option, source "
     "..."},
    {"name", MINE_ANSWER_TEXT, 1, "of the feature, metric or option"},
    {"detail", MINE_ANSWER_ANY, 0, "in words or figures"},
    {0},
};

/* ---- parts as relations ---------------------------------------------------------- */

static mine_status report_summary(mine_env *env, const mine_model *model, mine_relation **out) {
  mine_relation *r = mine_relation_new(env, report_summary_columns);
  for (int64_t i = 0; r && i < model->note_item.n; i++) {
    mine_cell cell;
    mine_values_get(&model->note_item, i, &cell);
    mine_relation_put(r, 0, &cell);
    mine_values_get(&model->note_name, i, &cell);
    mine_relation_put(r, 1, &cell);
    mine_values_get(&model->note_detail, i, &cell);
    mine_relation_put(r, 2, &cell);
    mine_relation_end_row(r);
  }
  if (r && model->seconds > 0) {
    char number[MINE_NUMBER_BYTES];
    mine_relation_text(r, 0, "seconds");
    mine_relation_text(r, 1, "");
    mine_relation_text(r, 2, mine_format_real(number, model->seconds, 3));
    mine_relation_end_row(r);
  }
  return mine_relation_finish(env, r, out);
}

/* Measures that count something come out as integers. */
static int report_is_count(const mine_metric *metric) {
  static const char *const counts[] = {"rows", "k", "iterations"};
  if (!(fabs(metric->value) < 9007199254740992.0)) return 0;
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    if (strcmp(metric->name, counts[i]) == 0) return 1;
  }
  return 0;
}

static const mine_answer report_metric_columns[] = {
    {"metric", MINE_ANSWER_TEXT, 1, "its name"},
    {"value", MINE_ANSWER_ANY, 0, "NULL where it is not defined"},
    {0},
};

mine_status mine_metrics_relation(mine_env *env, const mine_metric *metric, int n,
                                  mine_relation **out) {
  mine_relation *r = mine_relation_new(env, report_metric_columns);
  for (int i = 0; r && i < n; i++) {
    mine_relation_text(r, 0, metric[i].name);
    if (report_is_count(&metric[i])) {
      mine_relation_int(r, 1, (int64_t)metric[i].value);
    } else {
      mine_relation_real(r, 1, metric[i].value);
    }
    mine_relation_end_row(r);
  }
  return mine_relation_finish(env, r, out);
}

static const mine_answer report_confusion_columns[] = {
    {"actual", MINE_ANSWER_ANY, 1, "class in the data"},
    {"predicted", MINE_ANSWER_ANY, 1, "class the model says"},
    {"rows", MINE_ANSWER_INTEGER, 0, "how many"},
    {0},
};

mine_status mine_confusion_relation(mine_env *env, const mine_values *classes,
                                    const int64_t *counts, mine_relation **out) {
  mine_relation *r = mine_relation_new(env, report_confusion_columns);
  const int64_t k = classes->n;
  for (int64_t a = 0; r && a < k; a++) {
    for (int64_t p = 0; p < k; p++) {
      mine_cell cell;
      mine_values_get(classes, a, &cell);
      mine_relation_put(r, 0, &cell);
      mine_values_get(classes, p, &cell);
      mine_relation_put(r, 1, &cell);
      mine_relation_int(r, 2, counts[a * k + p]);
      mine_relation_end_row(r);
    }
  }
  return mine_relation_finish(env, r, out);
}

static mine_status report_confusion(mine_env *env, const mine_model *model, mine_relation **out) {
  const int k = model->n_classes;
  if (model->task != MINE_CLASSIFICATION)
    return mine_fail(env, MINE_UNSUPPORTED,
                     "a confusion table needs a classification model; for this %s model (%s) use "
                     "mine_evaluate",
                     mine_task_name(model->task), model->algorithm);
  if (!model->held_label)
    return mine_fail(env, MINE_UNSUPPORTED,
                     "the model keeps no held-out rows (holdout=0, or too few rows); give a source "
                     "with the target");
  int64_t *counts = mine_arena_zeros(env->scratch, (size_t)k * (size_t)k, sizeof *counts);
  if (!counts) return mine_env_status(env);
  for (int64_t i = 0; i < model->held_rows; i++) {
    const float *score = model->held_score + i * k;
    int best = 0;
    for (int c = 1; c < k; c++) {
      if (score[c] > score[best]) best = c;
    }
    counts[(int64_t)model->held_label[i] * k + best]++;
  }
  return mine_confusion_relation(env, &model->classes, counts, out);
}

mine_status mine_model_relation(mine_env *env, const mine_model *model, const char *part,
                                mine_relation **out) {
  *out = NULL;
  if (env->status) return env->status;
  if (strcmp(part, "summary") == 0) return report_summary(env, model, out);
  if (strcmp(part, "confusion") == 0) return report_confusion(env, model, out);
  if (strcmp(part, "metrics") == 0) {
    if (model->n_metrics > 0)
      return mine_metrics_relation(env, model->metric, model->n_metrics, out);
    if (model->task == MINE_NEIGHBORS)
      return mine_fail(env, MINE_UNSUPPORTED,
                       "the model was trained without a target, so there is nothing to measure; "
                       "use mine_neighbors, or train it with target=<column>");
    return mine_fail(
        env, MINE_UNSUPPORTED,
        "the model has no metrics (holdout=0, or too few rows); give a source with the "
        "target");
  }
  const mine_status status =
      model->kind->describe ? model->kind->describe(env, model, part, out) : MINE_UNSUPPORTED;
  if (status != MINE_UNSUPPORTED || env->status) return status;
  return mine_fail(env, MINE_UNSUPPORTED, "a %s model (%s) has no %s; it has mine_summary%s%s",
                   model->algorithm, model->kind->name, part, model->kind->verbs ? ", " : "",
                   model->kind->verbs ? model->kind->verbs : "");
}

/* ---- the scalar call ----------------------------------------------------------------- */

#define REPORT_MOST_PAIRS 63 /* SQLite: 127 arguments at most */

static void report_quote(mine_text *text, const char *s, char quote) {
  mine_text_add(text, &quote, 1);
  for (; *s; s++) {
    if (*s == quote) mine_text_add(text, &quote, 1);
    mine_text_add(text, s, 1);
  }
  mine_text_add(text, &quote, 1);
}

static void report_pair(mine_text *text, const char *before, const char *name, const char *between,
                        const char *after) {
  mine_text_adds(text, before);
  report_quote(text, name, '\'');
  mine_text_adds(text, between);
  report_quote(text, name, '"');
  mine_text_adds(text, after);
}

static const mine_answer report_call_columns[] = {
    {"call", MINE_ANSWER_TEXT, 0, "ready to paste"},
    {0},
};

/* Beyond 63 features one JSON object carries the row; json_object() has the
** same limit of arguments, an aggregate over VALUES has not. */
mine_status mine_model_call(mine_env *env, const mine_model *model, const char *name,
                            mine_relation **out) {
  *out = NULL;
  if (env->status) return env->status;
  const int n = model->n_features;
  mine_text text;
  mine_text_open(&text, env->scratch);
  mine_text_adds(&text, "mine_predict(");
  report_quote(&text, name, '\'');
  if (n <= REPORT_MOST_PAIRS) {
    for (int f = 0; f < n; f++)
      report_pair(&text, ", ", model->feature[f].name, ", ", "");
    mine_text_adds(&text, ")");
  } else {
    mine_text_adds(&text, ", (SELECT json_group_object(k, v) FROM (");
    report_pair(&text, "SELECT ", model->feature[0].name, " AS k, ", " AS v UNION ALL VALUES ");
    for (int f = 1; f < n; f++)
      report_pair(&text, f == 1 ? "(" : ", (", model->feature[f].name, ", ", ")");
    mine_text_adds(&text, ")))");
  }
  mine_relation *r = mine_relation_new(env, report_call_columns);
  if (r) {
    mine_relation_text(r, 0, text.data);
    mine_relation_end_row(r);
  }
  return mine_relation_finish(env, r, out);
}
