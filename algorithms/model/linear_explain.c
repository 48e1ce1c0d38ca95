/*
** linear_explain.c -- what each column adds to a sum of coefficients.
**
** Features that are added up have the Shapley value of adding them up: what the column says of
** the row, less what it says of the mean row (mine_linear_column.unknown), of which a missing
** value says nothing else.  So base is the margin of the mean row, and what is missing, or was
** never met in training, contributes 0.
**
** With more than two classes a margin is taken less the mean of all margins: shares do not change
** by that, and a class whose coefficients are 0 by convention is told as the others are.
*/
#include <float.h>
#include <math.h>

#include "linear.h"

#define LINEAR_REASONS 256 /* rows of a task */

typedef struct linear_reasons {
  const mine_model *model;
  const mine_batch *batch;
  double *out;
  int of;
} linear_reasons;

/* A number for each margin, as the margin that is told has it. */
static double linear_told(const mine_linear *m, const double *by_margin, int of) {
  double sum = 0;
  if (m->link == MINE_LINEAR_LOGIT) return of == 1 ? by_margin[0] : -by_margin[0];
  if (m->link != MINE_LINEAR_SOFTMAX) return by_margin[0];
  for (int k = 0; k < m->n_margins; k++)
    sum += by_margin[k];
  return by_margin[of] - sum / m->n_margins;
}

/* What column f says of a row beyond the mean. */
static double linear_says(const mine_linear *m, int f, const mine_feature_view *view, int64_t row,
                          int of) {
  const mine_linear_column *column = &m->column[f];
  const double mean = linear_told(m, column->unknown, of);
  if (column->levels) {
    const int32_t code = view->code[row];
    return code < 0 ? 0 : linear_told(m, column->coef + (int64_t)code * m->n_margins, of) - mean;
  }
  const double x = column->woe ? mine_woe_of(column->woe, view, row) : view->number[row];
  return x == x ? x * linear_told(m, column->coef, of) - mean : 0;
}

/* The margin of the mean row.  Where its parts cancel, as they do in a model whose margin is taken
** from the mean row (cox), what is left is their rounding, and 0 is told. */
static double linear_mean_margin(const mine_linear *m, int of) {
  double sum = linear_told(m, m->base, of), size = fabs(sum);
  for (int f = 0; f < m->n_columns; f++) {
    const double part = linear_told(m, m->column[f].unknown, of);
    sum += part;
    size += fabs(part);
  }
  return fabs(sum) <= (m->n_columns + 1) * DBL_EPSILON * size ? 0 : sum;
}

static void linear_reasons_task(void *context, int64_t task, int worker) {
  const linear_reasons *run = context;
  const mine_linear *m = run->model->body;
  const int64_t first = task * LINEAR_REASONS, left = run->batch->n - first;
  const int64_t end = first + (left < LINEAR_REASONS ? left : LINEAR_REASONS);
  const double base = linear_mean_margin(m, run->of);
  (void)worker;
  for (int64_t i = first; i < end; i++) {
    double *out = run->out + i * (m->n_columns + 1);
    const int64_t row = mine_batch_row(run->batch, i);
    for (int f = 0; f < m->n_columns; f++)
      out[f] = linear_says(m, f, &run->batch->feature[f], row, run->of);
    out[m->n_columns] = base;
  }
}

mine_status mine__linear_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                 mine_explained *out) {
  linear_reasons run = {model, batch, out->contribution, out->of};
  return mine__parallel(env, MINE_BLOCKS(batch->n, LINEAR_REASONS), linear_reasons_task, &run);
}

mine_margin mine__linear_margin(const mine_model *model) {
  const mine_linear *m = model->body;
  if (m->link == MINE_LINEAR_IDENTITY) return MINE_MARGIN_NUMBER;
  return m->link == MINE_LINEAR_EXP ? MINE_MARGIN_LOG : MINE_MARGIN_ODDS;
}
