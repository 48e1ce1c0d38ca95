/*
** network_describe.c -- the weights and what each column is worth, as relations.
**
** mine_coefficients: a row for each weight, "2 h1.5 <- age": in network 2 what unit 5 of the
** first layer takes of column age; without an arrow the unit's constant.  The last layer's
** units are called by their class, or "out"; of two classes it is the log-odds of the positive
** one.  "2 city=Rome.3" is the third input that level Rome of a column of many levels stands
** for.
**
** mine_importance: how much the margins vary by a column over the training rows, as a share of
** all (mlp/worth.c measures it).
*/
#include <math.h>

#include "network.h"

typedef struct network_list {
  mine_env *env;
  const mine_model *model;
  const mine_network *network;
  const double *weight; /* of this network */
  int number;           /* from 1          */
  mine_relation *to;
} network_list;

static int network_is_last(const network_list *list, int l) {
  return l == list->network->n_layers - 1;
}

/* A row; of the last layer of two classes towards the positive one. */
static void network_row(const network_list *list, mine_text *name, int l, double value) {
  const int turned = list->network->link == MINE_NETWORK_LOGIT && list->model->positive == 0;
  if (name->failed) return;
  mine__row_bytes(list->to, name->data, name->bytes);
  mine__coefficient_list(&(mine_coefficient)MINE_COEFFICIENT_ALONE(
                             turned && network_is_last(list, l) ? -value : value),
                         list->to);
}

static void network_unit(const network_list *list, int l, int64_t unit, mine_text *name) {
  const mine_network *m = list->network;
  mine__text_open(name, list->env->scratch);
  mine__text_addf(name, "%d ", list->number);
  if (!network_is_last(list, l)) {
    mine__text_addf(name, "h%d.%lld", l + 1, (long long)unit + 1);
  } else if (m->link == MINE_NETWORK_SOFTMAX) {
    mine_cell group;
    mine__model_group(list->model, (int32_t)unit + 1, &group);
    mine__text_add_cell(name, &group);
  } else {
    mine__text_adds(name, "out");
  }
}

/* " <- plan=Gold" or "plan=Gold"; behind the levels stand missing and the mean. */
static void network_level(const network_list *list, int f, int64_t level, mine_text *name) {
  const mine_feature *about = &list->model->feature[f];
  mine_cell cell;
  mine__text_addf(name, "%s=", about->name);
  if (level < about->levels.values.n) {
    mine__values_get(&about->levels.values, level, &cell);
    mine__text_add_cell(name, &cell);
  } else {
    mine__text_adds(name, level == about->levels.values.n ? "(missing)" : "(mean)");
  }
}

static void network_table(const network_list *list, int f) {
  const mine_network_column *column = &list->network->column[f];
  const double *value = list->weight + column->table;
  mine_text name;
  for (int64_t level = 0; level < column->levels + 2; level++) {
    const mine_mark mark = mine__arena_mark(list->env->scratch);
    if (mine__poll(list->env) != MINE_OK) return;
    for (int64_t u = 0; u < column->width; u++, value++) {
      if (column->form == MINE_NETWORK_LEVELS) {
        network_unit(list, 0, u, &name);
        mine__text_adds(&name, " <- ");
        network_level(list, f, level, &name);
        network_row(list, &name, 0, *value);
      } else {
        mine__text_open(&name, list->env->scratch);
        mine__text_addf(&name, "%d ", list->number);
        network_level(list, f, level, &name);
        mine__text_addf(&name, ".%lld", (long long)u + 1);
        network_row(list, &name, -1, *value);
      }
    }
    mine__arena_rewind(list->env->scratch, mark);
  }
}

/* The name of an input of the first layer. */
static void network_input(const network_list *list, int64_t input, mine_text *name) {
  const mine_network *m = list->network;
  for (int f = 0; f < m->n_columns; f++) {
    const mine_network_column *column = &m->column[f];
    const int64_t at = input - column->input;
    if (column->form == MINE_NETWORK_LEVELS || at < 0 || at >= column->inputs) continue;
    mine__text_adds(name, list->model->feature[f].name);
    if (column->form == MINE_NETWORK_EMBEDDED_LEVELS) {
      mine__text_addf(name, ".%lld", (long long)at + 1);
    } else if (at == 1) {
      mine__text_adds(name, "=(missing)");
    }
    return;
  }
}

static void network_layer(const network_list *list, int l) {
  const mine_network *m = list->network;
  const double *value = list->weight + m->layer[l];
  mine_text name;
  for (int64_t i = 0; i <= m->width[l]; i++) {
    const mine_mark mark = mine__arena_mark(list->env->scratch);
    if (mine__poll(list->env) != MINE_OK) return;
    for (int64_t u = 0; u < m->width[l + 1]; u++, value++) {
      network_unit(list, l, u, &name);
      if (i < m->width[l]) mine__text_adds(&name, " <- ");
      if (i < m->width[l] && l > 0) mine__text_addf(&name, "h%d.%lld", l, (long long)i + 1);
      if (i < m->width[l] && l == 0) network_input(list, i, &name);
      network_row(list, &name, l, *value);
    }
    mine__arena_rewind(list->env->scratch, mark);
  }
}

static void network_coefficients(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_network *m = model->body;
  network_list list = {.env = env, .model = model, .network = m, .to = to};
  for (int c = 0; c < m->n_networks; c++) {
    list.weight = m->weight + c * m->size;
    list.number = c + 1;
    for (int f = 0; f < m->n_columns && !mine_failed(env); f++)
      if (m->column[f].form > MINE_NETWORK_GAPS) network_table(&list, f);
    for (int l = 0; l < m->n_layers && !mine_failed(env); l++)
      network_layer(&list, l);
  }
}

static void network_importance(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_network *m = model->body;
  mine__importance_list_columns(env, model, &m->column->weight, sizeof *m->column, to);
}

const mine_part mine__network_parts[] = {
    {.verb = "mine_coefficients",
     .what = "the weights of each network, layer by layer",
     .list = network_coefficients},
    {.verb = "mine_importance",
     .what = "each feature's share of how much the answers vary",
     .list = network_importance},
    {.verb = NULL},
};
