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

#include "ranked.h"

/* Weights of the rows of the class, and of the others. */
typedef struct roc_count {
  double positive, negative;
  int64_t rows;
} roc_count;

static void roc_add(roc_count *count, const mine_ranked *rows, int64_t i) {
  *(rows->label[i] == rows->class_ ? &count->positive : &count->negative) +=
      mine__ranked_weight(rows, i);
  count->rows++;
}

static void roc_put(mine_relation *out, double threshold, const roc_count *so_far,
                    const mine_ranked_sums *all) {
  const double called = so_far->positive + so_far->negative;
  mine__row_real(out, threshold);
  mine__row_real(out, so_far->positive / all->positive);
  mine__row_real(out, so_far->negative / all->negative);
  mine__row_real(out, called > 0 ? so_far->positive / called : (double)NAN);
  mine__row_int(out, so_far->rows);
  mine__relation_end_row(out);
}

static void roc_walk(mine_job *job, const mine_ranked *rows, mine_relation *out) {
  roc_count so_far = {0};
  mine_ranked_sums all;
  if (mine__ranked_sums(job, rows, &all)) return;
  const mine_pair *order = rows->order;
  roc_put(out, INFINITY, &so_far, &all);
  for (int64_t i = 0; i < rows->n; i++) {
    if (MINE_POLL_AT(job->env, i)) return;
    roc_add(&so_far, rows, order[i].row);
    if (i + 1 == rows->n || order[i + 1].key != order[i].key)
      roc_put(out, -rows->fall[order[i].row], &so_far, &all);
  }
}

static mine_status roc_run(mine_job *job, mine_relation *out) {
  mine_ranked rows;
  MINE_TRY(mine__ranked_rows(job, &rows));
  roc_walk(job, &rows, out);
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
    MINE_SETS_RANKED,
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
    .state_bytes = sizeof(mine_ranking),
    .open = mine__ranked_open,
    .source = mine__ranked_source,
    .run = roc_run,
    .close = mine__ranked_close,
};
