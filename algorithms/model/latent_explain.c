/*
** latent_explain.c -- what each column says for a cluster, or for noise.
**
** The log density of a cluster is a sum over the columns, and a column that is not known is left
** out of it: what a column adds is the logarithm of how much likelier its value is there, and the
** base is the odds of a row of which nothing is known.
*/
#include <math.h>

#include "cluster_explain.h"
#include "latent.h"

typedef struct lexplain_told {
  const mine_latent *model;
  const double *told; /* k, and of noise last */
  double base;
} lexplain_told;

static double lexplain_number(const lexplain_told *t, const mine_latent_column *column, double x) {
  const mine_latent *m = t->model;
  const double z = mine__latent_number(column, x);
  double sum = t->told[m->k] * column->noise;
  if (isnan(z)) return 0;
  for (int c = 0; c < m->k; c++) {
    const double d = z - column->mean[c];
    sum += t->told[c] * (column->base[c] - column->half[c] * (d * d));
  }
  return sum;
}

static double lexplain_level(const lexplain_told *t, const mine_latent_column *column,
                             int32_t code) {
  const mine_latent *m = t->model;
  const int32_t slot = code < 0 ? 0 : column->slot[code] + 1;
  double sum = t->told[m->k] * column->noise;
  if (slot == 0) return 0;
  for (int c = 0; c < m->k; c++)
    sum += t->told[c] * column->log[c * (column->slots + 1) + slot];
  return sum;
}

static void lexplain_says(const void *context, const mine_batch *batch, int64_t i, double *room,
                          double *contribution) {
  const lexplain_told *t = context;
  const mine_latent *m = t->model;
  const int64_t row = mine_batch_row(batch, i);
  (void)room;
  for (int f = 0; f < m->n_columns; f++) {
    const mine_latent_column *column = &m->column[f];
    const mine_feature_view *view = &batch->feature[f];
    if (column->slots)
      contribution[f] = lexplain_level(t, column, view->code[row]);
    else if (column->factor > 0)
      contribution[f] = lexplain_number(t, column, view->number[row]);
  }
  contribution[m->n_columns] = t->base;
}

mine_status mine__latent_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                 mine_explained *out) {
  const mine_latent *m = model->body;
  const int64_t n = m->k + (m->noise > 0);
  lexplain_told t = {.model = m};
  double *told = mine__arena_zeros(env->scratch, (size_t)m->k + 1, sizeof *told);
  for (int64_t c = 0; told && c < n; c++) {
    told[c] = mine__cluster_told(n, out->of, c);
    t.base += told[c] * m->log_weight[c];
  }
  t.told = told;
  return mine__clusters_explain(env, model, n, lexplain_says, &t, 0, batch, out);
}
