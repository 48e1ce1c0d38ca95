/*
** latent_describe.c -- what clusters of mixed columns are made of, as relations.
*/
#include "latent.h"

#include <math.h>
#include <stdio.h>

static void latent_importance(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_latent *m = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *amount = mine__arena_array(env->scratch, (size_t)m->n_columns, sizeof *amount), all = 0;
  for (int f = 0; amount && f < m->n_columns; f++)
    all += amount[f] = m->importance[f];
  if (!mine_failed(env)) mine__importance_list(env, model, amount, all, to);
  mine__arena_rewind(env->scratch, mark);
}

const mine_part mine__latent_parts[] = {
    {.verb = "mine_importance",
     .what = "each feature's share of the mutual information with the cluster",
     .list = latent_importance},
    {.verb = NULL},
};

/* How well each cluster came back when the rows were drawn again. */
void mine__latent_summary(const mine_model *model, mine_relation *to) {
  const mine_latent *m = model->body;
  for (int c = 0; c < m->k; c++) {
    char number[MINE_NUMBER_BYTES], name[40], detail[100];
    if (isnan(m->stability[c])) continue;
    snprintf(name, sizeof name, "cluster %d", c + 1);
    snprintf(detail, sizeof detail, "%s: mean Jaccard similarity over %lld resamples",
             mine__format_real(number, m->stability[c], 3), (long long)m->resamples);
    mine__row_text(to, "stability");
    mine__row_text(to, name);
    mine__row_text(to, detail);
    mine__relation_end_row(to);
  }
}

mine_status mine__latent_renumber(mine_env *env, mine_model *model, const int32_t *number) {
  mine_latent *m = model->body;
  const size_t real = sizeof(double);
  (void)!mine__cluster_renumber(env, m->weight, m->k, real, number);
  (void)!mine__cluster_renumber(env, m->log_weight, m->k, real, number);
  (void)!mine__cluster_renumber(env, m->stability, m->k, real, number);
  for (int f = 0; f < m->n_columns && !mine_failed(env); f++) {
    mine_latent_column *column = &m->column[f];
    (void)!mine__cluster_renumber(env, column->mode, m->k, real, number);
    if (column->slots) {
      const size_t slots = (size_t)column->slots;
      (void)!mine__cluster_renumber(env, column->share, m->k, slots * real, number);
      (void)!mine__cluster_renumber(env, column->log, m->k, (slots + 1) * real, number);
      continue;
    }
    (void)!mine__cluster_renumber(env, column->mean, m->k, real, number);
    (void)!mine__cluster_renumber(env, column->variance, m->k, real, number);
    (void)!mine__cluster_renumber(env, column->base, m->k, real, number);
    (void)!mine__cluster_renumber(env, column->half, m->k, real, number);
  }
  return mine__cluster_profile_renumber(env, &m->profile, m->encoding.width, number);
}
