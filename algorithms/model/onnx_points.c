/*
** onnx_points.c -- centres, and networks: rows as points, and what is made of them.
*/
#include <math.h>
#include <string.h>

#include "network.h"
#include "onnx.h"
#include "prototypes.h"

/* ---- centres ------------------------------------------------------------------------- */

static mine__tensor opoint_missing(mine__onnx *o, mine__tensor x, mine__tensor says,
                                   double missing) {
  return mine__onnx_op(o, "Where", mine__onnx_op(o, "IsNaN", x, NULL, NULL),
                       mine__onnx_real(o, missing), says);
}

/* sign(x) ln(1 + |x|) */
static mine__tensor opoint_log(mine__onnx *o, mine__tensor x) {
  mine__tensor size = mine__onnx_op(o, "Abs", x, NULL, NULL);
  mine__tensor log_ = mine__onnx_op(
      o, "Log", mine__onnx_op(o, "Add", size, mine__onnx_real(o, 1), NULL), NULL, NULL);
  return mine__onnx_op(o, "Mul", mine__onnx_op(o, "Sign", x, NULL, NULL), log_, NULL);
}

static mine__tensor opoint_number(mine__onnx *o, const mine_model *model, const mine_encoding *e,
                                  int f) {
  const int c = e->first[f];
  mine__tensor x = mine__onnx_number(o, model, f), bent = x;
  if (e->warp && e->warp[f].form == MINE_WARP_RANK)
    (void)mine__fail(o->env, MINE_UNSUPPORTED,
                     "scale=quantile is not written as onnx; take pmml, or another scale");
  if (e->warp && e->warp[f].form == MINE_WARP_LOG) bent = opoint_log(o, x);
  mine__tensor d = mine__onnx_op(o, "Sub", bent, mine__onnx_real(o, e->centre[c]), NULL);
  d = mine__onnx_op(o, "Mul", d, mine__onnx_real(o, e->factor[c]), NULL);
  return opoint_missing(o, x, d, e->fill[c]);
}

/* A level has its factor in its place; missing and never seen the fill. */
static mine__tensor opoint_levels(mine__onnx *o, const mine_model *model, const mine_encoding *e,
                                  int f) {
  const int n = e->levels[f], c = e->first[f];
  double *table = mine__arena_zeros(o->arena, (size_t)n + 2, (size_t)n * sizeof *table);
  for (int l = 0; table && l < n; l++) {
    table[l * n + l] = e->factor[c + l];
    table[n * n + l] = table[(n + 1) * n + l] = e->fill[c + l];
  }
  return table ? mine__onnx_look(o, mine__onnx_code(o, model, f), table, n + 2, n) : "";
}

void mine__onnx_prototypes(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  const mine_prototypes *m = model->body;
  const mine_encoding *e = &m->encoding;
  mine__tensor *place = mine__arena_array(o->arena, (size_t)e->n_features, sizeof *place);
  int n = 0;
  if (m->scale || e->width == 0)
    (void)mine__fail(o->env, MINE_UNSUPPORTED, "only centres are written as onnx, no mixtures");
  for (int f = 0; place && f < e->n_features && !mine_failed(o->env); f++)
    if (e->first[f] < e->first[f + 1])
      place[n++] = e->levels[f] ? opoint_levels(o, model, e, f) : opoint_number(o, model, e, f);
  if (mine_failed(o->env)) return;
  mine__tensor point = mine__onnx_concat(o, place, n, 1);
  point = mine__onnx_op(o, "Unsqueeze", point, mine__onnx_whole(o, 1), NULL); /* rows x 1 x width */
  mine__tensor d =
      mine__onnx_op(o, "Sub", point, mine__onnx_reals(o, m->centre, m->k, e->width), NULL);
  mine__tensor square =
      mine__onnx_reduce(o, "ReduceSum", mine__onnx_op(o, "Mul", d, d, NULL), 2, 0);
  out->cluster = mine__onnx_op(o, "Add", mine__onnx_reduce(o, "ArgMin", square, 1, 0),
                               mine__onnx_whole(o, 1), NULL);
  out->distance =
      mine__onnx_op(o, "Sqrt", mine__onnx_reduce(o, "ReduceMin", square, 1, 0), NULL, NULL);
}

/* ---- networks ------------------------------------------------------------------------- */

/* z bent, 0 where it is missing; and beside it 1 there, of a column with gaps. */
static void onet_number(mine__onnx *o, const mine_model *model, int f, mine__tensor *list, int *n) {
  const mine_network *m = model->body;
  const mine_network_column *column = &m->column[f];
  mine__tensor x = mine__onnx_number(o, model, f);
  mine__tensor z = mine__onnx_op(o, "Sub", x, mine__onnx_real(o, column->mean), NULL);
  z = mine__onnx_op(o, "Div", z, mine__onnx_real(o, column->deviation), NULL);
  z = mine__onnx_op(o, "Max", z, mine__onnx_real(o, -MINE_NETWORK_FARTHEST), NULL);
  z = mine__onnx_op(o, "Min", z, mine__onnx_real(o, MINE_NETWORK_FARTHEST), NULL);
  if (m->bend > 0) {
    mine__tensor b = mine__onnx_op(o, "Div", z, mine__onnx_real(o, m->bend), NULL);
    b = mine__onnx_op(o, "Add", mine__onnx_op(o, "Mul", b, b, NULL), mine__onnx_real(o, 1), NULL);
    z = mine__onnx_op(o, "Div", z, mine__onnx_op(o, "Sqrt", b, NULL, NULL), NULL);
  }
  list[(*n)++] = opoint_missing(o, x, z, 0);
  if (column->form == MINE_NETWORK_GAPS)
    list[(*n)++] = mine__onnx_cast(o, mine__onnx_op(o, "IsNaN", x, NULL, NULL), MINE_ONNX_DOUBLE);
}

/* Inputs of a network: the numbers, which all share, and its own of levels. */
static mine__tensor onet_inputs(mine__onnx *o, const mine_model *model, const double *weight,
                                const mine__tensor *code, mine__tensor *list, int n) {
  const mine_network *m = model->body;
  for (int f = 0; f < m->n_columns; f++) {
    const mine_network_column *column = &m->column[f];
    if (column->form == MINE_NETWORK_EMBEDDED_LEVELS)
      list[n++] =
          mine__onnx_look(o, code[f], weight + column->table, column->levels + 2, column->width);
  }
  return n > 0 ? mine__onnx_concat(o, list, n, 1) : NULL;
}

static mine__tensor onet_layers(mine__onnx *o, const mine_model *model, const double *weight,
                                const mine__tensor *code, mine__tensor a) {
  const mine_network *m = model->body;
  for (int l = 0; l < m->n_layers; l++) {
    const int64_t in = m->width[l], out = m->width[l + 1];
    mine__tensor sum = mine__onnx_reals(o, weight + mine_network_constants(m, l), 1, out);
    if (a)
      sum = mine__onnx_op(
          o, "Add",
          mine__onnx_op(o, "MatMul", a, mine__onnx_reals(o, weight + m->layer[l], in, out), NULL),
          sum, NULL);
    for (int f = 0; l == 0 && f < m->n_columns; f++) {
      const mine_network_column *column = &m->column[f];
      if (column->form == MINE_NETWORK_LEVELS)
        sum = mine__onnx_op(
            o, "Add", sum,
            mine__onnx_look(o, code[f], weight + column->table, column->levels + 2, column->width),
            NULL);
    }
    a = l + 1 == m->n_layers
            ? sum
            : mine__onnx_op(o, m->activation == MINE_NETWORK_TANH ? "Tanh" : "Relu", sum, NULL,
                            NULL);
  }
  return a;
}

void mine__onnx_network(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  const mine_network *m = model->body;
  const size_t n = (size_t)m->n_columns;
  mine__tensor *code = mine__arena_zeros(o->arena, n, sizeof *code);
  mine__tensor *list = mine__arena_zeros(o->arena, 3 * n, sizeof *list), sum = NULL;
  int numbers = 0;
  if (!code || !list) return;
  for (int f = 0; f < m->n_columns; f++) {
    if (m->column[f].form <= MINE_NETWORK_GAPS)
      onet_number(o, model, f, list, &numbers);
    else
      code[f] = mine__onnx_code(o, model, f);
  }
  for (int c = 0; c < m->n_networks && !mine_failed(o->env); c++) {
    const double *weight = m->weight + c * m->size;
    mine__tensor inputs = onet_inputs(o, model, weight, code, list, numbers);
    mine__tensor margin = onet_layers(o, model, weight, code, inputs);
    sum = sum ? mine__onnx_op(o, "Add", sum, margin, NULL) : margin;
  }
  if (mine_failed(o->env)) return;
  sum = mine__onnx_op(o, "Div", sum, mine__onnx_real(o, m->n_networks), NULL);
  if (model->n_groups > 0) {
    out->share = mine__onnx_shares(o, sum, m->link == MINE_NETWORK_LOGIT);
    return;
  }
  sum = mine__onnx_op(o, "Mul", sum, mine__onnx_real(o, m->unit), NULL);
  out->value = mine__onnx_op(o, "Add", sum, mine__onnx_real(o, m->middle), NULL);
}
