/*
** bayes_explain.c -- what each column says for a class.
**
** By Bayes' rule the log-odds of two classes are a sum over the columns,
**
**   ln P(a | x) / P(b | x) = ln P(a) / P(b) + sum over f of ln p_f(x | a) / p_f(x | b),
**
** and so is ln P(a | x) less the mean of ln P(b | x) over all classes b.  Of such a sum a column
** has the Shapley value of what it says of the row less what it says on the average (it is the
** same for every order in which columns become known).  The average is taken over rows as the
** model itself makes them: a class by its prior, then the value by the class's density; a value
** is known as often as it was in training.  Of densities with the means m and the variances s2,
**
**   mean over class c of ln p(x | a) = base(a) - half(a) (s2(c) + (m(c) - m(a))^2).
**
** What is missing, or was never met, says nothing, and so contributes the average taken away.
*/
#include <math.h>

#include "bayes.h"

#define BAYES_REASONS 256 /* rows of a task */

typedef struct bayes_reasons {
  const mine_bayes *model;
  const mine_batch *batch;
  double *average; /* column x class: the mean of ln p(x | class) */
  double base;
  double *out;
  int of;
} bayes_reasons;

/* Two classes: the difference between `of` and the other; more: its excess over the mean of
** those that can be the answer.  by_class[b] of each class. */
static double bayes_told(const mine_bayes *m, int of, const double *by_class) {
  double sum = 0;
  int classes = 0;
  if (m->n_classes == 2) return by_class[of] - by_class[1 - of];
  for (int b = 0; b < m->n_classes; b++) {
    if (!(m->prior[b] > 0)) continue;
    sum += by_class[of] - by_class[b];
    classes++;
  }
  return sum / classes;
}

/* ---- the average --------------------------------------------------------------------------- */

/* How often a row of the model is of class c and has a value in the column. */
static double bayes_known(const mine_bayes *m, const mine_bayes_column *column, int c) {
  const double known = m->weight[c] > 0 ? column->known[c] / m->weight[c] : 0;
  return m->prior[c] > 0 ? m->prior[c] * fmin(1, known) : 0;
}

/* Bounded, as rows far out are. */
static void bayes_average_number(const mine_bayes *m, const mine_bayes_column *column,
                                 double *average) {
  for (int a = 0; a < m->n_classes; a++) {
    double sum = 0;
    for (int c = 0; c < m->n_classes; c++) {
      const double spread = 0.5 / column->half[c], apart = column->mean[c] - column->mean[a];
      const double off = fmin(1e300, column->half[a] * (spread + apart * apart));
      sum += bayes_known(m, column, c) * (column->base[a] - off);
    }
    average[a] = sum;
  }
}

/* A level that no class has met says nothing. */
static void bayes_average_level(const mine_bayes *m, const mine_bayes_column *column,
                                double *average) {
  const int64_t width = column->levels + 1;
  for (int64_t l = 1; l < width; l++) {
    double share = 0;
    for (int c = 0; c < m->n_classes; c++)
      share += bayes_known(m, column, c) * exp(column->log[c * width + l]);
    for (int a = 0; a < m->n_classes; a++)
      average[a] += share * column->log[a * width + l];
  }
}

/* ---- rows ------------------------------------------------------------------------------------ */

static double bayes_says_told(const bayes_reasons *run, int f, int64_t row) {
  const mine_bayes *m = run->model;
  const mine_bayes_column *column = &m->column[f];
  const mine_feature_view *view = &run->batch->feature[f];
  double sum = 0;
  int classes = 0;
  if (m->n_classes == 2) return mine__bayes_says(column, view, row, run->of, 1 - run->of);
  for (int b = 0; b < m->n_classes; b++) {
    if (!(m->prior[b] > 0)) continue;
    sum += b == run->of ? 0 : mine__bayes_says(column, view, row, run->of, b);
    classes++;
  }
  return sum / classes;
}

static void bayes_reasons_task(void *context, int64_t task, int worker) {
  const bayes_reasons *run = context;
  const mine_bayes *m = run->model;
  const int64_t first = task * BAYES_REASONS, left = run->batch->n - first;
  const int64_t end = first + (left < BAYES_REASONS ? left : BAYES_REASONS);
  (void)worker;
  for (int64_t i = first; i < end; i++) {
    double *out = run->out + i * (m->n_columns + 1);
    const int64_t row = mine_batch_row(run->batch, i);
    for (int f = 0; f < m->n_columns; f++)
      out[f] = bayes_says_told(run, f, row) -
               bayes_told(m, run->of, run->average + (int64_t)f * m->n_classes);
    out[m->n_columns] = run->base;
  }
}

/* Whether the class and another can be the answer: else there are no odds. */
static int bayes_has_odds(const mine_bayes *m, int of) {
  int classes = 0;
  for (int c = 0; c < m->n_classes; c++)
    classes += m->prior[c] > 0;
  return m->prior[of] > 0 && classes > 1;
}

mine_status mine__bayes_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                mine_explained *out) {
  const mine_bayes *m = model->body;
  const size_t k = (size_t)m->n_classes;
  if (!bayes_has_odds(m, out->of)) {
    for (int64_t i = 0; i < batch->n; i++)
      mine__explain_nothing(out->contribution + i * (m->n_columns + 1), m->n_columns);
    return mine_env_status(env);
  }
  bayes_reasons run = {.model = m, .batch = batch, .out = out->contribution, .of = out->of};
  run.base = bayes_told(m, out->of, m->log_prior);
  run.average = mine__arena_zeros(env->scratch, (size_t)m->n_columns, k * sizeof *run.average);
  for (int f = 0; run.average && f < m->n_columns; f++) {
    double *average = run.average + (size_t)f * k;
    if (m->column[f].levels) {
      bayes_average_level(m, &m->column[f], average);
    } else {
      bayes_average_number(m, &m->column[f], average);
    }
    run.base += bayes_told(m, out->of, average);
  }
  if (mine_failed(env)) return mine_env_status(env);
  return mine__parallel(env, MINE_BLOCKS(batch->n, BAYES_REASONS), bayes_reasons_task, &run);
}

mine_margin mine__bayes_margin(const mine_model *model) {
  (void)model;
  return MINE_MARGIN_ODDS;
}
