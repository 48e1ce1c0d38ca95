/*
** onnx_sums.c -- linear models and naive Bayes: what each column says of the margins, added up.
**
** A number x that is known says coef x (naive Bayes: base - half (x - mean)^2), one that is missing
** what the model has for it; a level says its row of a table, whose last two rows are for missing
** and never seen.
*/
#include <math.h>
#include <string.h>

#include "bayes.h"
#include "linear.h"
#include "onnx.h"

/* rows x k: `says` where x (rows x 1) is known, else the constants. */
static mine__tensor osum_known(mine__onnx *o, mine__tensor x, mine__tensor says,
                               const double *missing, int64_t k) {
  return mine__onnx_op(o, "Where", mine__onnx_op(o, "IsNaN", x, NULL, NULL),
                       mine__onnx_reals(o, missing, 1, k), says);
}

static mine__tensor osum_add(mine__onnx *o, mine__tensor sum, mine__tensor says) {
  return sum ? mine__onnx_op(o, "Add", sum, says, NULL) : says;
}

/* ---- linear models -------------------------------------------------------------------- */

static mine__tensor osum_levels(mine__onnx *o, const mine_model *model, int f) {
  const mine_linear *m = model->body;
  const mine_linear_column *column = &m->column[f];
  const size_t k = (size_t)m->n_margins, n = (size_t)column->levels;
  double *table = mine__arena_array(o->arena, n + 2, k * sizeof *table);
  if (!table) return "";
  memcpy(table, column->coef, n * k * sizeof *table);
  memcpy(table + n * k, column->unknown, k * sizeof *table);
  memcpy(table + (n + 1) * k, column->unknown, k * sizeof *table);
  return mine__onnx_look(o, mine__onnx_code(o, model, f), table, (int64_t)n + 2, m->n_margins);
}

/* The bin of a number is one more than the cuts that it has reached; bin 0 is what is missing. */
static mine__tensor osum_bins(mine__onnx *o, const mine_model *model, int f) {
  const mine_linear *m = model->body;
  const mine_woe *woe = m->column[f].woe;
  const double coef = m->column[f].coef[0];
  const int category = model->feature[f].type == MINE_COLUMN_CATEGORY;
  const int64_t rows = category ? model->feature[f].levels.values.n + 2 : woe->n + 1;
  double *says = mine__arena_array(o->arena, (size_t)rows, sizeof *says);
  if (!says) return "";
  if (category) {
    const double other = woe->other ? woe->woe[woe->other] : 0;
    for (int64_t l = 0; l < rows; l++)
      says[l] = coef * (l == rows - 2                      ? woe->woe[0]
                        : l == rows - 1 || !woe->bin_of[l] ? other
                                                           : woe->woe[woe->bin_of[l]]);
    return mine__onnx_look(o, mine__onnx_code(o, model, f), says, rows, 1);
  }
  for (int64_t bin = 0; bin < rows; bin++)
    says[bin] = coef * woe->woe[bin];
  mine__tensor x = mine__onnx_number(o, model, f);
  mine__tensor missing = mine__onnx_op(o, "IsNaN", x, NULL, NULL);
  mine__tensor bin =
      mine__onnx_cast(o, mine__onnx_op(o, "Not", missing, NULL, NULL), MINE_ONNX_INT64);
  if (woe->n > 1) {
    mine__tensor cuts = mine__onnx_reals(o, woe->cut, woe->n - 1, -1);
    mine__tensor reached =
        mine__onnx_cast(o, mine__onnx_op(o, "GreaterOrEqual", x, cuts, NULL), MINE_ONNX_INT64);
    bin = mine__onnx_op(o, "Add", bin, mine__onnx_reduce(o, "ReduceSum", reached, 1, 1), NULL);
  }
  return mine__onnx_look(o, mine__onnx_flat(o, bin), says, rows, 1);
}

static mine__tensor osum_number(mine__onnx *o, const mine_model *model, int f) {
  const mine_linear *m = model->body;
  const mine_linear_column *column = &m->column[f];
  mine__tensor x = mine__onnx_number(o, model, f);
  mine__tensor says =
      mine__onnx_op(o, "Mul", x, mine__onnx_reals(o, column->coef, 1, m->n_margins), NULL);
  return osum_known(o, x, says, column->unknown, m->n_margins);
}

void mine__onnx_linear(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  const mine_linear *m = model->body;
  mine__tensor sum = NULL;
  for (int f = 0; f < m->n_columns && !mine_failed(o->env); f++)
    sum = osum_add(o, sum,
                   m->card               ? osum_bins(o, model, f)
                   : m->column[f].levels ? osum_levels(o, model, f)
                                         : osum_number(o, model, f));
  if (!sum) return;
  sum = mine__onnx_op(o, "Add", sum, mine__onnx_reals(o, m->base, 1, m->n_margins), NULL);
  if (m->link == MINE_LINEAR_EXP) sum = mine__onnx_op(o, "Exp", sum, NULL, NULL);
  if (model->n_groups > 0)
    out->share = mine__onnx_shares(o, sum, m->link == MINE_LINEAR_LOGIT);
  else
    out->value = sum;
}

/* ---- naive Bayes ------------------------------------------------------------------------ */

static mine__tensor obayes_number(mine__onnx *o, const mine_model *model, int f) {
  const mine_bayes *m = model->body;
  const mine_bayes_column *column = &m->column[f];
  const int64_t k = m->n_classes;
  double *nothing = mine__arena_zeros(o->arena, (size_t)k, sizeof *nothing);
  if (!nothing) return "";
  mine__tensor x = mine__onnx_number(o, model, f);
  mine__tensor d = mine__onnx_op(o, "Sub", x, mine__onnx_reals(o, column->mean, 1, k), NULL);
  mine__tensor square = mine__onnx_op(o, "Mul", mine__onnx_op(o, "Mul", d, d, NULL),
                                      mine__onnx_reals(o, column->half, 1, k), NULL);
  mine__tensor says =
      mine__onnx_op(o, "Sub", mine__onnx_reals(o, column->base, 1, k), square, NULL);
  return osum_known(o, x, says, nothing, k);
}

/* column->log is class by class, its first what an unknown level adds. */
static mine__tensor obayes_levels(mine__onnx *o, const mine_model *model, int f) {
  const mine_bayes *m = model->body;
  const mine_bayes_column *column = &m->column[f];
  const int64_t k = m->n_classes, n = column->levels;
  double *table = mine__arena_array(o->arena, (size_t)n + 2, (size_t)k * sizeof *table);
  for (int64_t l = 0; table && l < n + 2; l++)
    for (int64_t c = 0; c < k; c++)
      table[l * k + c] = column->log[c * (n + 1) + (l < n ? l + 1 : 0)];
  return table ? mine__onnx_look(o, mine__onnx_code(o, model, f), table, n + 2, k) : "";
}

void mine__onnx_bayes(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  const mine_bayes *m = model->body;
  mine__tensor sum = NULL;
  for (int f = 0; f < m->n_columns && !mine_failed(o->env); f++)
    sum = osum_add(o, sum,
                   m->column[f].levels ? obayes_levels(o, model, f) : obayes_number(o, model, f));
  if (!sum) return;
  sum = mine__onnx_op(o, "Add", sum, mine__onnx_reals(o, m->log_prior, 1, m->n_classes), NULL);
  out->share = mine__onnx_shares(o, sum, 0);
}
