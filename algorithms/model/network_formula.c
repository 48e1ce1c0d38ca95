/*
** network_formula.c -- dense layers as a formula: a let for each unit.
*/
#include "formula.h"
#include "network.h"

#define NETWORK_TERMS 1000000 /* weights of a model that is written as one formula */

typedef struct netformula_work {
  mine_formula *f;
  const mine_model *model;
  const mine_network *m;
  const int *map;
  const double *weight; /* of the network at hand */
} netformula_work;

/* A number as an input; of a gap nothing. */
static const mine_term *netformula_input(const netformula_work *w, int i) {
  mine_formula *f = w->f;
  const mine_network_column *column = &w->m->column[i];
  const mine_term *x = mine__term_number(f, w->map[i]);
  const mine_term *z =
      mine__term_two(f, MINE_TERM_OVER,
                     mine__term_two(f, MINE_TERM_MINUS, x, mine__term_constant(f, column->mean)),
                     mine__term_constant(f, column->deviation));
  z = mine__term_two(f, MINE_TERM_KNOWN, z, mine__term_constant(f, 0));
  const mine_term *up[] = {z, mine__term_constant(f, -MINE_NETWORK_FARTHEST)};
  const mine_term *down[] = {mine__term_many(f, MINE_TERM_MOST, 2, up),
                             mine__term_constant(f, MINE_NETWORK_FARTHEST)};
  z = mine__term_let(f, mine__term_many(f, MINE_TERM_LEAST, 2, down));
  if (!(w->m->bend > 0)) return z;
  const mine_term *bent =
      mine__term_let(f, mine__term_two(f, MINE_TERM_OVER, z, mine__term_constant(f, w->m->bend)));
  const mine_term *under = mine__term_two(f, MINE_TERM_SUM, mine__term_constant(f, 1),
                                          mine__term_two(f, MINE_TERM_PRODUCT, bent, bent));
  return mine__term_let(
      f, mine__term_two(f, MINE_TERM_OVER, z, mine__term_one(f, MINE_TERM_SQRT, under)));
}

/* 1 where the number is missing. */
static const mine_term *netformula_gap(const netformula_work *w, int i) {
  mine_formula *f = w->f;
  const mine_term *x = mine__term_number(f, w->map[i]), *zero = mine__term_constant(f, 0);
  return mine__term_let(
      f, mine__term_two(f, MINE_TERM_KNOWN, mine__term_two(f, MINE_TERM_PRODUCT, zero, x),
                        mine__term_constant(f, 1)));
}

/* Number `at` of the rows of a column's table, by level. */
static const mine_term *netformula_table(const netformula_work *w, int i, int64_t at) {
  const mine_network_column *column = &w->m->column[i];
  double *y = mine__arena_array(w->f->arena, (size_t)column->levels + 2, sizeof *y);
  for (int64_t l = 0; y && l < column->levels + 2; l++)
    y[l] = w->weight[column->table + l * column->width + at];
  return y ? mine__term_levels(w->f, w->map[i], &w->model->feature[i], y, y[column->levels],
                               y[column->levels + 1])
           : NULL;
}

/* All inputs, those of many levels last; numbers are the same for all networks. */
static void netformula_inputs(const netformula_work *w, const mine_term **input) {
  for (int i = 0; i < w->m->n_columns && !mine_failed(w->f->env); i++) {
    const mine_network_column *column = &w->m->column[i];
    if (column->form <= MINE_NETWORK_GAPS) {
      if (!input[column->input]) input[column->input] = netformula_input(w, i);
      if (column->form == MINE_NETWORK_GAPS && !input[column->input + 1])
        input[column->input + 1] = netformula_gap(w, i);
    } else if (column->form == MINE_NETWORK_EMBEDDED_LEVELS) {
      for (int64_t at = 0; at < column->inputs; at++)
        input[column->input + at] = mine__term_let(w->f, netformula_table(w, i, at));
    }
  }
}

/* Unit u of layer l. */
static const mine_term *netformula_unit(const netformula_work *w, int l, int64_t u,
                                        const mine_term *const *from) {
  const mine_network *m = w->m;
  mine_terms terms = {0};
  mine__terms_add(w->f, &terms,
                  mine__term_constant(w->f, w->weight[mine_network_constants(m, l) + u]));
  for (int i = 0; l == 0 && i < m->n_columns; i++)
    if (m->column[i].form == MINE_NETWORK_LEVELS)
      mine__terms_add(w->f, &terms, netformula_table(w, i, u));
  for (int64_t i = 0; i < m->width[l]; i++) {
    const double by = w->weight[m->layer[l] + i * m->width[l + 1] + u];
    if (by != 0)
      mine__terms_add(
          w->f, &terms,
          mine__term_two(w->f, MINE_TERM_PRODUCT, mine__term_constant(w->f, by), from[i]));
  }
  return mine__term_let(w->f, mine__terms_sum(w->f, &terms));
}

/* tanh(z) = sign(z) (1 - e) / (1 + e), e = exp(-2 |z|). */
static const mine_term *netformula_activated(const netformula_work *w, const mine_term *z) {
  mine_formula *f = w->f;
  const mine_term *zero = mine__term_constant(f, 0), *one = mine__term_constant(f, 1);
  if (w->m->activation == MINE_NETWORK_RELU) {
    const mine_term *both[] = {z, zero};
    return mine__term_let(f, mine__term_many(f, MINE_TERM_MOST, 2, both));
  }
  const mine_term *e = mine__term_let(
      f, mine__term_one(f, MINE_TERM_EXP,
                        mine__term_two(f, MINE_TERM_PRODUCT, mine__term_constant(f, -2),
                                       mine__term_one(f, MINE_TERM_ABS, z))));
  const mine_term *t = mine__term_two(f, MINE_TERM_OVER, mine__term_two(f, MINE_TERM_MINUS, one, e),
                                      mine__term_two(f, MINE_TERM_SUM, one, e));
  return mine__term_let(f,
                        mine__term_if(f, z, zero, mine__term_two(f, MINE_TERM_MINUS, zero, t), t));
}

/* The margins of one network, added to those before. */
static void netformula_net(const netformula_work *w, const mine_term **input, mine_terms *margin) {
  const mine_network *m = w->m;
  const mine_term **from = input;
  netformula_inputs(w, input);
  for (int l = 0; l < m->n_layers && !mine_failed(w->f->env); l++) {
    const mine_term **to = mine__formula_terms(w->f, (int)m->width[l + 1]);
    for (int64_t u = 0; to && u < m->width[l + 1]; u++) {
      to[u] = netformula_unit(w, l, u, from);
      if (l + 1 < m->n_layers) to[u] = netformula_activated(w, to[u]);
      if (l + 1 == m->n_layers) mine__terms_add(w->f, &margin[u], to[u]);
    }
    from = to;
  }
}

static int netformula_small(const netformula_work *w) {
  if (w->m->size <= NETWORK_TERMS / w->m->n_networks) return 1;
  (void)mine__fail(w->f->env, MINE_LIMIT,
                   "a network of %lld weights is not written as one formula, which has %d at most; "
                   "train one with fewer units (hidden=)",
                   (long long)(w->m->size * w->m->n_networks), NETWORK_TERMS);
  return 0;
}

void mine__network_formula(mine_formula *f, const mine_model *model, const int *map,
                           mine_said *said) {
  const mine_network *m = model->body;
  netformula_work w = {f, model, m, map, m->weight};
  const int k = (int)m->width[m->n_layers];
  if (!netformula_small(&w)) return;
  mine_terms *margin = mine__arena_zeros(f->arena, (size_t)k, sizeof *margin);
  const mine_term **input = mine__formula_terms(f, (int)m->width[0]);
  const mine_term **mean = mine__formula_terms(f, k), **out = mine__formula_terms(f, k + 1);
  for (int c = 0; !mine_failed(f->env) && c < m->n_networks; c++) {
    w.weight = m->weight + c * m->size;
    netformula_net(&w, input, margin);
  }
  for (int u = 0; !mine_failed(f->env) && u < k; u++) {
    mean[u] = mine__terms_sum(f, &margin[u]);
    if (m->n_networks > 1)
      mean[u] = mine__term_two(f, MINE_TERM_OVER, mean[u], mine__term_constant(f, m->n_networks));
    mean[u] = mine__term_let(f, mean[u]);
  }
  if (mine_failed(f->env)) return;
  if (m->link == MINE_NETWORK_LOGIT) mine__formula_logit(f, mean[0], out);
  if (m->link == MINE_NETWORK_SOFTMAX) mine__formula_softmax(f, k, mean, out);
  if (m->link == MINE_NETWORK_IDENTITY)
    out[0] = mine__term_two(
        f, MINE_TERM_SUM, mine__term_constant(f, m->middle),
        mine__term_two(f, MINE_TERM_PRODUCT, mine__term_constant(f, m->unit), mean[0]));
  if (model->n_groups > 0)
    said->share = out;
  else
    said->value = out;
}
