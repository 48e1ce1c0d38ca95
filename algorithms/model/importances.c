/*
** importances.c -- what mine_importance says of a model without a source: shares of the features,
** the most important first.
**
** What a kind counts is its own (a tree its gains, a regression how much a column moves the sum);
** a model that others answer in is told as the mean of what they say, each with its weight.
*/
#include <string.h>

#include "../core/radix.h"
#include "model.h"

#define IMPORTANCES_VERB "mine_importance"

void mine__importance_list(mine_env *env, const mine_model *model, double *amount, double total,
                           mine_relation *to) {
  const size_t n = (size_t)model->n_features;
  double *key = mine__arena_array(env->scratch, n, sizeof *key);
  mine_pair *order = mine__arena_array(env->scratch, n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, n, sizeof *temp);
  if (!key || !order || !temp) return;
  for (size_t f = 0; f < n; f++) {
    if (total > 0) amount[f] /= total;
    key[f] = -amount[f];
  }
  mine__sort_reals(key, NULL, model->n_features, order, temp);
  for (size_t k = 0; k < n; k++) {
    mine__row_text(to, model->feature[order[k].row].name);
    mine__row_real(to, amount[order[k].row]);
    mine__row_int(to, (int64_t)k + 1);
    mine__row_null(to); /* of permutations only */
    mine__relation_end_row(to);
  }
}

void mine__importance_list_columns(mine_env *env, const mine_model *model, const double *first,
                                   size_t stride, mine_relation *to) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *amount = mine__arena_zeros(env->scratch, (size_t)model->n_features, sizeof *amount);
  double all = 0;
  for (int f = 0; amount && f < model->n_features; f++) {
    memcpy(&amount[f], (const char *)first + (size_t)f * stride, sizeof *amount);
    all += amount[f];
  }
  if (!mine_failed(env)) mine__importance_list(env, model, amount, all, to);
  mine__arena_rewind(env->scratch, mark);
}

/* ---- what another model says ------------------------------------------------------------ */

static int importances_feature(const mine_model *model, const mine_cell *name) {
  for (int f = 0; name->type == MINE_TEXT && f < model->n_features; f++)
    if (strcmp(model->feature[f].name, name->as.text) == 0) return f;
  return -1;
}

/* The list of a model as a relation, which the caller frees; NULL: its kind has none, or failure
** recorded. */
static mine_relation *importances_of(mine_env *env, const mine_model *model) {
  const mine_part *part = mine__model_part(model, IMPORTANCES_VERB);
  if (!part || mine_failed(env)) return NULL;
  mine_relation *list =
      mine__relation_new(env, mine_verb_find(IMPORTANCES_VERB, MINE_VERB_TABLE)->answer);
  if (list) part->list(env, model, list);
  return list;
}

int mine__model_leaders(mine_env *env, const mine_model *model, int most, int *feature) {
  mine_relation *list = importances_of(env, model);
  int n = 0;
  for (int64_t i = 0; list && !mine_failed(env) && i < list->rows && n < most; i++) {
    mine_cell name;
    mine__values_get(&list->column[0], i, &name);
    feature[n] = importances_feature(model, &name);
    n += feature[n] >= 0;
  }
  mine_relation_free(list);
  return n;
}

const char *mine__model_leader(mine_env *env, const mine_model *model) {
  int feature;
  return mine__model_leaders(env, model, 1, &feature) ? model->feature[feature].name : NULL;
}

/* ---- of models inside ------------------------------------------------------------ */

int mine__importance_inside(const mine_model *model) {
  int n = 0;
  for (int i = 0; i < model->kind->n_inside(model); i++) {
    mine_cell value;
    const mine_model *member = model->kind->inside(model, i, &value);
    n += member && mine__model_part(member, IMPORTANCES_VERB);
  }
  return n > 0;
}

void mine__importance_list_inside(mine_env *env, const mine_model *model, const double *weight,
                                  mine_relation *to) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *amount = mine__arena_zeros(env->scratch, (size_t)model->n_features, sizeof *amount);
  double all = 0;
  for (int i = 0; amount && i < model->kind->n_inside(model) && !mine_failed(env); i++) {
    mine_cell name, share;
    const mine_model *member = model->kind->inside(model, i, &name);
    mine_relation *list = member ? importances_of(env, member) : NULL;
    for (int64_t k = 0; list && !mine_failed(env) && k < list->rows; k++) {
      mine__values_get(&list->column[0], k, &name);
      mine__values_get(&list->column[1], k, &share);
      const int f = importances_feature(model, &name);
      if (f < 0 || share.type != MINE_REAL) continue;
      amount[f] += (weight ? weight[i] : 1) * share.as.real;
    }
    mine_relation_free(list);
  }
  for (int f = 0; amount && f < model->n_features; f++)
    all += amount[f];
  if (!mine_failed(env)) mine__importance_list(env, model, amount, all, to);
  mine__arena_rewind(env->scratch, mark);
}
