/*
** roc.c -- mine_roc: what a threshold on the probability would catch, and at which cost.
**
** Rows are taken in falling order of the probability of the class.  A threshold t calls
** positive whoever has at least t; equal probabilities are taken together, so a row of
** the answer is a threshold that can be chosen:
**
**   true positive rate   = caught positives / positives
**   false positive rate  = negatives called positive / negatives
**   precision            = caught positives / all called positive
**
** from (0, 0), threshold Infinity, to (1, 1) (Fawcett 2006, An introduction to ROC
** analysis).  The area under the points, by trapezoids, is the auc of mine_evaluate.
** Rates and precision count weights; `rows` counts rows.  O(n log n).
*/
#include <math.h>

#include "../core/radix.h"
#include "scoring.h"

typedef struct roc_state {
  mine_scoring *scoring;
} roc_state;

static mine_scoring *roc_scoring(const mine_job *job) {
  return ((const roc_state *)mine__job_state(job))->scoring;
}

/* The rows that are judged: of a source, or the held-out ones that the model keeps. */
typedef struct roc_rows {
  int64_t n;
  double *fall; /* minus the probability of the class: sorting puts the largest first */
  const int32_t *label;
  const double *weight; /* NULL: 1 */
} roc_rows;

static mine_status roc_open(mine_job *job) {
  const mine_model *model = mine__job_model(job, MINE_ARG_MODEL);
  roc_state *state = mine__job_state(job);
  if (!mine__model_has_classes(model)) {
    return mine__fail(job->env, MINE_UNSUPPORTED,
                      "a curve needs a classification model; for this %s model (%s) use "
                      "mine_evaluate",
                      mine__model_task(model), model->algorithm);
  }
  MINE_TRY(
      mine__scoring_open(job->env, model, MINE_SCORE_EVALUATE, &job->options, &state->scoring));
  if (state->scoring->asked.class_ >= 0) return MINE_OK;
  return mine__fail(job->env, MINE_OPTION,
                    "the model has %d classes and a curve is of one against the others; say "
                    "class=<class>",
                    model->n_groups);
}

static mine_status roc_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  if (*sql && step == 0) *frame = mine_scoring_frame(roc_scoring(job));
  return MINE_OK;
}

static void roc_close(mine_job *job) {
  mine_scoring_close(roc_scoring(job));
}

static void roc_of_source(mine_job *job, roc_rows *rows) {
  mine_scoring *s = roc_scoring(job);
  const int k = s->model->n_groups;
  if (mine_frame_rows(s->frame) > 0 && mine__scoring_run(s)) return;
  mine__scoring_tell_unknown(s, job);
  const mine_remembered *m = &s->remembered;
  *rows =
      (roc_rows){.n = m->n, .label = m->label, .weight = s->plan.weight >= 0 ? m->weight : NULL};
  rows->fall = mine__arena_array(job->arena, (size_t)m->n, sizeof *rows->fall);
  for (int64_t i = 0; rows->fall && i < m->n; i++)
    rows->fall[i] = -m->score[i * k + s->asked.class_];
}

static void roc_of_held(mine_job *job, roc_rows *rows) {
  const mine_scoring *s = roc_scoring(job);
  const mine_model *model = s->model;
  if (!model->held.label) {
    mine__fail(job->env, MINE_UNSUPPORTED,
               "the model keeps no held-out rows (holdout=0, or too few rows); give a source "
               "with the target");
    return;
  }
  *rows = (roc_rows){.n = model->held.rows, .label = model->held.label};
  rows->fall = mine__arena_array(job->arena, (size_t)rows->n, sizeof *rows->fall);
  for (int64_t i = 0; rows->fall && i < rows->n; i++)
    rows->fall[i] = -(double)model->held.score[i * model->n_groups + s->asked.class_];
}

/* Weights of the rows of the class, and of the others. */
typedef struct roc_count {
  double positive, negative;
  int64_t rows;
} roc_count;

static void roc_add(roc_count *count, const roc_rows *rows, int64_t i, int class_) {
  const double weight = rows->weight ? rows->weight[i] : 1;
  *(rows->label[i] == class_ ? &count->positive : &count->negative) += weight;
  count->rows++;
}

static void roc_put(mine_relation *out, double threshold, const roc_count *so_far,
                    const roc_count *all) {
  const double called = so_far->positive + so_far->negative;
  mine__row_real(out, threshold);
  mine__row_real(out, so_far->positive / all->positive);
  mine__row_real(out, so_far->negative / all->negative);
  mine__row_real(out, called > 0 ? so_far->positive / called : (double)NAN);
  mine__row_int(out, so_far->rows);
  mine__relation_end_row(out);
}

static void roc_walk(mine_job *job, const roc_rows *rows, mine_relation *out) {
  const int class_ = roc_scoring(job)->asked.class_;
  roc_count all = {0}, so_far = {0};
  for (int64_t i = 0; i < rows->n; i++)
    roc_add(&all, rows, i, class_);
  if (!(all.positive > 0 && all.negative > 0)) {
    mine__fail(job->env, MINE_DATA,
               "of the %lld rows with a target %s are of the class; a curve needs rows of it "
               "and others",
               (long long)rows->n, all.positive > 0 ? "all" : "none");
    return;
  }
  mine_pair *order = mine__arena_array(job->arena, (size_t)rows->n, sizeof *order);
  mine_pair *temp = mine__arena_array(job->arena, (size_t)rows->n, sizeof *temp);
  if (!order || !temp) return;
  mine__sort_reals(rows->fall, NULL, rows->n, order, temp);
  roc_put(out, INFINITY, &so_far, &all);
  for (int64_t i = 0; i < rows->n; i++) {
    if (MINE_POLL_AT(job->env, i)) return;
    roc_add(&so_far, rows, order[i].row, class_);
    if (i + 1 == rows->n || order[i + 1].key != order[i].key)
      roc_put(out, -rows->fall[order[i].row], &so_far, &all);
  }
}

static mine_status roc_run(mine_job *job, mine_relation *out) {
  roc_rows rows = {0};
  if (mine__job_text(job, MINE_ARG_SOURCE))
    roc_of_source(job, &rows);
  else
    roc_of_held(job, &rows);
  if (!mine_failed(job->env)) roc_walk(job, &rows, out);
  return mine_env_status(job->env);
}

static const mine_answer roc_answer[] = {
    {"threshold", MINE_ANSWER_REAL, 0,
     "called positive: whoever has at least this probability; Infinity in the first row"},
    {"true_positive_rate", MINE_ANSWER_REAL, 0, "share of the positives that are caught"},
    {"false_positive_rate", MINE_ANSWER_REAL, 0, "share of the others that are called positive"},
    {"precision", MINE_ANSWER_REAL, 0, "share of positives among those called; NULL for none"},
    {"rows", MINE_ANSWER_INTEGER, 0, "how many are called positive"},
    {0},
};

static const mine_option_set roc_sets[] = {
    {mine__class_option_table, sizeof(mine_class_options), 0},
    {mine__missing_option_table, sizeof(mine_missing_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_roc = {
    .name = "mine_roc",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_JUDGE,
    .what = "What each threshold on the probability catches: the ROC curve, with precision.",
    .notes =
        "On the held-out rows that the model keeps, or on a source that has the target. A row "
        "for each probability that occurs, the highest first.",
    .example =
        "SELECT round(threshold, 2) AS threshold, round(true_positive_rate, 2) AS caught,\n"
        "  round(false_positive_rate, 2) AS false_alarms, rows\n"
        "FROM mine_roc(" MINE_CHURN_MODEL ");",
    .argument = {{MINE_ARG_MODEL, "model"},
                 {MINE_ARG_SOURCE, "source"},
                 {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = roc_answer,
    .options = roc_sets,
    .reads = "an id, then attributes and the target",
    .state_bytes = sizeof(roc_state),
    .open = roc_open,
    .source = roc_source,
    .run = roc_run,
    .close = roc_close,
};
