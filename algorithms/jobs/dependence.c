/*
** dependence.c -- mine_dependence: what the model says as one feature changes.
**
** Partial dependence (Friedman, Ann. Statist. 29, 2001): every row is given the same value of the
** feature and keeps all others; the mean of what the model then says, for one value after another,
** is how its answer depends on that feature.  Values are those that the source has: of a number all
** of them, or its quantiles where there are many; of a category its most frequent levels.  Of many
** rows some answer, evenly spaced.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "reasons.h"

#define DEPENDENCE_FEATURES 5 /* unless some are named */

typedef struct dependence_options {
  mine_list feature;
  int64_t points, sample;
} dependence_options;

static const mine_option dependence_option_table[] = {
    OPTION_LIST(dependence_options, feature,
                .help = "which ones; not given: the five that mine_importance says most of, of a "
                        "model that does not say the first five"),
    OPTION_INT(dependence_options, points, .initial = "20", .range = {2, 1000},
               .help = "values of a feature, at most"),
    OPTION_INT(dependence_options, sample, .initial = "10000", .range = {1, INT32_MAX},
               .help = "rows that the mean is taken over; of more, evenly spaced ones"),
    OPTION_END};

typedef struct dependence_state {
  mine_scoring *scoring;
  const dependence_options *said;
  int n_features;
  int *feature;
  int64_t n; /* rows that answer */
  uint32_t *row;
  /* Room for what they are given and say. */
  double *number;
  int32_t *code;
  mine_answers answers;
} dependence_state;

/* One of the values that are tried. */
typedef struct dependence_point {
  double number;
  int32_t code;
  int64_t rows;
} dependence_point;

static dependence_state *dependence_state_of(const mine_job *job) {
  return mine__job_state(job);
}

/* ---- which features -------------------------------------------------------------------------- */

static int dependence_feature(mine_env *env, const mine_model *model, const mine_cell *named) {
  const char *name = mine__option_name_of(named);
  for (int pass = 0; pass < 2 && name; pass++) {
    for (int f = 0; f < model->n_features; f++) {
      const char *own = model->feature[f].name;
      if (pass ? mine__same_word(own, name) : strcmp(own, name) == 0) return f;
    }
  }
  (void)mine__fail(env, MINE_OPTION,
                   "feature=%.60s is no attribute of the model; SELECT feature "
                   "FROM mine_importance(model) lists them",
                   name ? name : "NULL");
  return 0;
}

static void dependence_choose(mine_job *job) {
  dependence_state *s = dependence_state_of(job);
  const mine_model *model = s->scoring->model;
  const mine_list *named = &s->said->feature;
  const size_t most = named->n > DEPENDENCE_FEATURES ? named->n : DEPENDENCE_FEATURES;
  s->feature = mine__arena_array(job->arena, most, sizeof *s->feature);
  if (!s->feature) return;
  for (size_t i = 0; i < named->n && !mine_failed(job->env); i++)
    s->feature[s->n_features++] = dependence_feature(job->env, model, &named->item[i]);
  if (named->n > 0) return;
  s->n_features = mine__model_leaders(job->env, model, DEPENDENCE_FEATURES, s->feature);
  if (s->n_features > 0) return;
  for (; s->n_features < model->n_features && s->n_features < DEPENDENCE_FEATURES; s->n_features++)
    s->feature[s->n_features] = s->n_features;
}

static mine_status dependence_open(mine_job *job) {
  dependence_state *s = dependence_state_of(job);
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  s->said = mine__options_of(&job->options, dependence_option_table);
  MINE_TRY(mine__scoring_open(job->env, model, MINE_SCORE_ROWS, &job->options, &s->scoring));
  if (model->task == MINE_CLUSTERING)
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "a cluster is no number that could depend on a feature; FROM "
                      "mine_centroids(model) says what sets clusters apart");
  if ((s->scoring->gives & MINE_GIVES_SHARE) && s->scoring->asked.class_ < 0)
    return mine__fail(job->env, MINE_OPTION,
                      "the model has %d classes; say whose probability is asked for, class=...",
                      model->n_groups);
  dependence_choose(job);
  return mine_env_status(job->env);
}

static mine_status dependence_source(mine_job *job, int step, const char **sql,
                                     mine_frame **frame) {
  if (step > 0) return MINE_OK;
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = mine_scoring_frame(dependence_state_of(job)->scoring);
  return MINE_OK;
}

static void dependence_close(mine_job *job) {
  mine_scoring_close(dependence_state_of(job)->scoring);
}

/* ---- which values ----------------------------------------------------------------------- */

/* Sorted numbers, those that are missing last. */
typedef struct dependence_sorted {
  const double *value;
  const mine_pair *order;
  int64_t n; /* without the missing */
} dependence_sorted;

static double dependence_at(const dependence_sorted *sorted, int64_t i) {
  return sorted->value[sorted->order[i].row];
}

/* Each row counts for the point that is nearest, of two the lower. */
static void dependence_count(const dependence_sorted *sorted, dependence_point *point, int n) {
  int at = 0;
  for (int64_t i = 0; i < sorted->n; i++) {
    const double v = dependence_at(sorted, i);
    while (at + 1 < n && v / 2 - point[at].number / 2 > point[at + 1].number / 2 - v / 2)
      at++;
    point[at].rows++;
  }
}

/* All distinct values, or quantiles that occur. */
static int dependence_numbers(mine_env *env, const dependence_state *s, const double *value,
                              dependence_point *point) {
  const int64_t rows = s->scoring->batch.n, most = s->said->points;
  mine_pair *order = mine__arena_array(env->scratch, (size_t)rows, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, (size_t)rows, sizeof *temp);
  int n = 0;
  if (!order || !temp) return 0;
  (void)mine__sort_reals(value, NULL, rows, order, temp);
  const dependence_sorted sorted = {value, order, mine__sort_known(order, rows)};
  /* Keys are dense ranks: the last one counts the distinct values. */
  const int all = sorted.n > 0 && (int64_t)order[sorted.n - 1].key < most;
  for (int64_t i = 0; i < (all ? sorted.n : most) && sorted.n > 0; i++) {
    const int64_t at = all ? i : i * (sorted.n - 1) / (most - 1);
    const double v = dependence_at(&sorted, at);
    if (n > 0 && v == point[n - 1].number) continue;
    point[n++] = (dependence_point){.number = v, .code = -1};
  }
  dependence_count(&sorted, point, n);
  return n;
}

static int dependence_before(const void *context, uint32_t a, uint32_t b) {
  const int64_t *rows = context;
  return rows[a] != rows[b] ? rows[a] > rows[b] : a < b;
}

/* The most frequent levels. */
static int dependence_levels(mine_env *env, const dependence_state *s, int feature,
                             dependence_point *point) {
  const int64_t levels = s->scoring->model->feature[feature].levels.values.n;
  const int32_t *code = s->scoring->batch.view[feature].code;
  int64_t *rows = mine__arena_zeros(env->scratch, (size_t)levels, sizeof *rows);
  uint32_t *order = mine__arena_array(env->scratch, (size_t)levels, sizeof *order);
  int n = 0;
  if (!rows || !order) return 0;
  for (int64_t i = 0; i < s->scoring->batch.n; i++)
    if (code[i] >= 0) rows[code[i]]++;
  for (int64_t l = 0; l < levels; l++)
    order[l] = (uint32_t)l;
  mine__sort_words(order, (uint32_t)levels, dependence_before, rows);
  for (int64_t l = 0; l < levels && n < s->said->points && rows[order[l]] > 0; l++)
    point[n++] = (dependence_point){.code = (int32_t)order[l], .rows = rows[order[l]]};
  return n;
}

/* ---- what is said ---------------------------------------------------------------------------- */

/* The mean of what the model says, every row having that value. */
static double dependence_ask(mine_env *env, dependence_state *s, int feature,
                             const dependence_point *point) {
  mine_scoring *scoring = s->scoring;
  mine_feature_view *view = &scoring->batch.view[feature];
  const mine_feature_view kept = *view;
  const mine_batch batch = {s->n, s->row, scoring->batch.view};
  const int k = scoring->model->n_groups, outputs = scoring->model->n_outputs;
  double sum = 0;
  int64_t said = 0;
  for (int64_t i = 0; i < s->n; i++) {
    s->number[s->row[i]] = point->number;
    s->code[s->row[i]] = point->code;
  }
  *view = (mine_feature_view){kept.number ? s->number : NULL, kept.code ? s->code : NULL};
  (void)!mine__model_answer(env, scoring->model, &batch, &s->answers);
  *view = kept;
  for (int64_t i = 0; i < s->n && !mine_failed(env); i++) {
    const double v = s->answers.share ? s->answers.share[i * k + scoring->asked.class_]
                                      : s->answers.value[i * outputs];
    if (isnan(v) || mine__scoring_skipped(scoring, s->row[i])) continue;
    sum += v;
    said++;
  }
  return said ? sum / (double)said : (double)NAN;
}

static void dependence_of(mine_env *env, dependence_state *s, int feature, mine_relation *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const mine_feature *about = &s->scoring->model->feature[feature];
  const double *number = s->scoring->batch.view[feature].number;
  dependence_point *point = mine__arena_zeros(env->scratch, (size_t)s->said->points, sizeof *point);
  int n = 0;
  if (point)
    n = number ? dependence_numbers(env, s, number, point)
               : dependence_levels(env, s, feature, point);
  for (int i = 0; i < n && !mine_failed(env); i++) {
    char buffer[MINE_TIME_BYTES];
    mine_cell value;
    const double said = dependence_ask(env, s, feature, &point[i]);
    if (number) {
      mine__reason_number(about, point[i].number, buffer, &value);
    } else {
      mine__values_get(&about->levels.values, point[i].code, &value);
    }
    mine__row_text(out, about->name);
    mine__row_cell(out, &value);
    mine__row_real(out, said);
    mine__row_int(out, point[i].rows);
    mine__relation_end_row(out);
  }
  mine__arena_rewind(env->scratch, mark);
}

static void dependence_room(mine_job *job) {
  dependence_state *s = dependence_state_of(job);
  mine_scoring *scoring = s->scoring;
  const int64_t rows = scoring->batch.n;
  s->n = rows < s->said->sample ? rows : s->said->sample;
  const size_t n = (size_t)s->n, k = (size_t)scoring->model->n_groups;
  s->row = mine__arena_array(job->arena, n, sizeof *s->row);
  s->number = mine__arena_array(job->arena, (size_t)rows, sizeof *s->number);
  s->code = mine__arena_array(job->arena, (size_t)rows, sizeof *s->code);
  if (scoring->gives & MINE_GIVES_SHARE) {
    s->answers.share = mine__arena_array(job->arena, n, k * sizeof(double));
  } else {
    s->answers.value =
        mine__arena_array(job->arena, n, (size_t)scoring->model->n_outputs * sizeof(double));
  }
  for (int64_t i = 0; s->row && i < s->n; i++)
    s->row[i] = (uint32_t)(i * rows / s->n);
}

static mine_status dependence_run(mine_job *job, mine_relation *out) {
  dependence_state *s = dependence_state_of(job);
  const int64_t rows = mine__scoring_block(s->scoring, job);
  if (!mine_failed(job->env) && rows == 0)
    return mine__fail(job->env, MINE_DATA, "the source has no rows; nothing depends on anything");
  if (!mine_failed(job->env)) dependence_room(job);
  for (int i = 0; i < s->n_features && !mine_failed(job->env); i++) {
    dependence_of(job->env, s, s->feature[i], out);
    (void)!mine__poll_progress(job->env, "trying values", (double)(i + 1) / s->n_features);
  }
  return mine_env_status(job->env);
}

static const mine_answer dependence_answer[] = {
    {"feature", MINE_ANSWER_TEXT, 1, "its name"},
    {"value", MINE_ANSWER_ANY, 0, "that all rows are given"},
    {"prediction", MINE_ANSWER_REAL, 0,
     "the mean of what the model then says: of the probability of the class, or of the number"},
    {"rows", MINE_ANSWER_INTEGER, 0,
     "of the source that have the value, or are nearest to it: with few of them the model guesses"},
    {0},
};

static const mine_option_set dependence_sets[] = {
    {mine__class_option_table, sizeof(mine_class_options), 0},
    {dependence_option_table, sizeof(dependence_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_dependence = {
    .name = "mine_dependence",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_MODEL,
    .what = "How the answer of a model changes with one feature, the others as they are.",
    .notes =
        "Partial dependence: all rows are given one value of the feature and keep the others; the "
        "mean of what the model says of them is a row. Numbers take their distinct values, or "
        "quantiles of them where there are more than `points`; categories their most frequent "
        "levels. Where features hang together, rows are made that do not occur (young "
        "pensioners): read it beside mine_explain.",
    .example =
        "SELECT feature, value, round(prediction, 2) AS risk, rows\n"
        "FROM mine_dependence(" MINE_CHURN_MODEL ",\n  " MINE_CALLERS ", 'points=5');",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 2,
    .answer = dependence_answer,
    .options = dependence_sets,
    .reads = "an id, then attributes",
    .state_bytes = sizeof(dependence_state),
    .open = dependence_open,
    .source = dependence_source,
    .run = dependence_run,
    .close = dependence_close,
};
