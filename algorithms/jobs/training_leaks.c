/*
** training_leaks.c -- attributes that say what the target says.
**
** A copy of the target among the attributes makes every measure perfect and the
** model useless: an error.  An attribute that alone ranks the classes (almost)
** perfectly usually became known only after the fact: a warning.
*/
#include <math.h>
#include <string.h>

#include "../model/metrics.h"
#include "training.h"

#define LEAKS_FEW_ROWS 20    /* in fewer rows a one-to-one match may be chance   */
#define LEAKS_SAMPLE   10000 /* rows on which single attributes are ranked       */
#define LEAKS_LEVELS   50    /* categories with more levels fit any small sample */
#define LEAKS_SURE     0.995 /* AUC                                              */

/* ---- one to one ------------------------------------------------------------------ */

static int leaks_same_number(const mine_training *t, const double *number) {
  for (int64_t i = 0; i < t->data.n; i++) {
    if (number[t->data.row[i]] != t->data.target[t->data.row[i]]) return 0; /* NAN differs */
  }
  return 1;
}

/* Each value of the attribute has one class and each class one value. */
static int leaks_one_to_one_numbers(const mine_training *t, const double *number,
                                    double *value_of) {
  for (int c = 0; c < t->data.n_classes; c++)
    value_of[c] = NAN;
  for (int64_t i = 0; i < t->data.n; i++) {
    const double v = number[t->data.row[i]];
    const int c = t->data.label[t->data.row[i]];
    if (isnan(value_of[c])) value_of[c] = v;
    if (!(value_of[c] == v)) return 0; /* a missing value is no match */
  }
  for (int a = 0; a < t->data.n_classes; a++) {
    for (int b = 0; b < a; b++) {
      if (value_of[a] == value_of[b]) return 0;
    }
  }
  return 1;
}

static int leaks_one_to_one_codes(const mine_training *t, const int32_t *code, int64_t levels,
                                  int32_t *code_of, int32_t *class_of) {
  for (int c = 0; c < t->data.n_classes; c++)
    code_of[c] = -1;
  for (int64_t l = 0; l < levels; l++)
    class_of[l] = -1;
  for (int64_t i = 0; i < t->data.n; i++) {
    const int32_t v = code[t->data.row[i]], c = t->data.label[t->data.row[i]];
    if (v < 0) return 0;
    if (code_of[c] < 0) code_of[c] = v;
    if (class_of[v] < 0) class_of[v] = c;
    if (code_of[c] != v || class_of[v] != c) return 0;
  }
  return 1;
}

/* The values themselves are the labels, not just a code for them. */
static int leaks_is_copy(const mine_training *t, int f, const double *value_of,
                         const int32_t *code_of) {
  for (int c = 0; c < t->data.n_classes; c++) {
    mine_cell label, value = {MINE_REAL, 0, {0}};
    mine__values_get(&t->data.classes, c, &label);
    if (t->data.view[f].number) {
      value.as.real = value_of[c];
      if (label.type == MINE_TEXT) {
        double number;
        if (!mine__read_decimal(label.as.text, label.bytes, &number) || number != value_of[c])
          return 0;
        continue;
      }
    } else {
      if (code_of[c] < 0) continue;
      mine__values_get(&t->data.about[f].levels.values, code_of[c], &value);
    }
    if (!mine__cell_equal(&label, &value)) return 0;
  }
  return 1;
}

static mine_status leaks_fail(const mine_training *t, int f) {
  const char *name = t->data.about[f].name;
  return mine__fail(t->env, MINE_DATA,
                    "leak: attribute '%s' says exactly what the target '%s' says in all %lld rows; "
                    "take it out with ignore=%s",
                    name, t->frame->column[t->roles.target].name, (long long)t->data.n, name);
}

static mine_status leaks_check_match(mine_training *t, int f, double *value_of, int32_t *code_of) {
  const mine_feature_view *view = &t->data.view[f];
  const char *target = t->frame->column[t->roles.target].name;
  if (t->data.task == MINE_REGRESSION)
    return view->number && leaks_same_number(t, view->number) ? leaks_fail(t, f) : MINE_OK;
  int match;
  if (view->number) {
    match = leaks_one_to_one_numbers(t, view->number, value_of);
  } else {
    const int64_t levels = t->data.about[f].levels.values.n;
    mine_mark mark = mine__arena_mark(t->env->scratch);
    int32_t *class_of = mine__arena_array(t->env->scratch, (size_t)levels, sizeof *class_of);
    if (!class_of) return mine_env_status(t->env);
    match = leaks_one_to_one_codes(t, view->code, levels, code_of, class_of);
    mine__arena_rewind(t->env->scratch, mark);
  }
  if (!match) return MINE_OK;
  if (t->data.n >= LEAKS_FEW_ROWS || leaks_is_copy(t, f, value_of, code_of))
    return leaks_fail(t, f);
  mine__training_notef(t, "warning", t->data.about[f].name,
                       "says exactly what the target '%s' says; in %lld rows that may be chance",
                       target, (long long)t->data.n);
  return MINE_OK;
}

/* ---- almost perfect ---------------------------------------------------------------- */

/* The attribute as one score per sampled row: the number itself (missing: its
** mean), or the share of positives of the category. */
static int leaks_score(const mine_training *t, int f, int64_t n, int64_t step, double *score) {
  const mine_feature *about = &t->data.about[f];
  const int64_t levels = about->levels.values.n;
  if (t->data.view[f].number) {
    for (int64_t i = 0; i < n; i++) {
      const double v = t->data.view[f].number[t->data.row[i * step]];
      score[i] = isnan(v) ? about->mean : v;
    }
    return 1;
  }
  if (levels > LEAKS_LEVELS) return 0;
  double hits[LEAKS_LEVELS + 2] = {0}, rows[LEAKS_LEVELS + 2] = {0};
  for (int64_t i = 0; i < n; i++) {
    const uint32_t row = t->data.row[i * step];
    hits[t->data.view[f].code[row] + 2] += t->data.label[row] == t->data.positive;
    rows[t->data.view[f].code[row] + 2] += 1;
  }
  for (int64_t i = 0; i < n; i++) {
    const int at = t->data.view[f].code[t->data.row[i * step]] + 2;
    score[i] = hits[at] / rows[at];
  }
  return 1;
}

static mine_status leaks_warn_sure(mine_training *t) {
  mine_env *env = t->env;
  const int64_t step = MINE_BLOCKS(t->data.n, LEAKS_SAMPLE), n = t->data.n / step;
  if (t->data.task != MINE_CLASSIFICATION || t->data.positive < 0 || n < 100) return MINE_OK;
  mine_mark mark = mine__arena_mark(env->scratch);
  double *score = mine__arena_array(env->scratch, (size_t)n, sizeof *score);
  int32_t *label = mine__arena_array(env->scratch, (size_t)n, sizeof *label);
  if (!score || !label) return mine_env_status(env);
  for (int64_t i = 0; i < n; i++)
    label[i] = t->data.label[t->data.row[i * step]] == t->data.positive;
  for (int f = 0; f < t->chosen.n && !env->status; f++) {
    if (!leaks_score(t, f, n, step, score)) continue;
    const double auc = mine__metrics_auc(env->scratch, n, label, score, NULL);
    if (!(auc > LEAKS_SURE || auc < 1 - LEAKS_SURE)) continue;
    mine__training_notef(t, "warning", t->data.about[f].name,
                         "tells the classes apart almost perfectly on its own; was it known before "
                         "the target was?  If not, ignore=%s",
                         t->data.about[f].name);
    if (mine__poll(env)) return env->status;
  }
  mine__arena_rewind(env->scratch, mark);
  return env->status;
}

mine_status mine__training_check_leaks(mine_training *t) {
  mine_env *env = t->env;
  mine_mark mark = mine__arena_mark(env->scratch);
  const size_t k = (size_t)(t->data.n_classes > 0 ? t->data.n_classes : 1);
  double *value_of = mine__arena_array(env->scratch, k, sizeof *value_of);
  int32_t *code_of = mine__arena_array(env->scratch, k, sizeof *code_of);
  if (!value_of || !code_of) return mine_env_status(env);
  for (int f = 0; f < t->chosen.n; f++) {
    if (leaks_check_match(t, f, value_of, code_of)) return env->status;
  }
  mine__arena_rewind(env->scratch, mark);
  return leaks_warn_sure(t);
}
