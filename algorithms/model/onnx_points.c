/*
** onnx_points.c -- centres, components and networks: rows as points, and what is made of them.
*/
#include <math.h>
#include <string.h>

#include "../kernel/gauss.h"
#include "components.h"
#include "medoids.h"
#include "mixture.h"
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
                     "scale=quantile is not written as onnx; take sql or c, or another scale");
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

/* Rows x width; "" after a failure. */
static mine__tensor opoint_rows(mine__onnx *o, const mine_model *model, const mine_encoding *e) {
  mine__tensor *place = mine__arena_array(o->arena, (size_t)e->n_features, sizeof *place);
  int n = 0;
  for (int f = 0; place && f < e->n_features && !mine_failed(o->env); f++)
    if (e->first[f] < e->first[f + 1])
      place[n++] = e->levels[f] ? opoint_levels(o, model, e, f) : opoint_number(o, model, e, f);
  return mine_failed(o->env) ? "" : mine__onnx_concat(o, place, n, 1);
}

/* k centres, and the metric: squares are summed, or distances. */
static void opoint_nearest(mine__onnx *o, const mine_model *model, const mine_encoding *e,
                           const double *centre, int64_t k, int squares, mine__onnx_said *out) {
  mine__tensor point = opoint_rows(o, model, e);
  if (mine_failed(o->env)) return;
  point = mine__onnx_op(o, "Unsqueeze", point, mine__onnx_whole(o, 1), NULL); /* rows x 1 x width */
  mine__tensor d = mine__onnx_op(o, "Sub", point, mine__onnx_reals(o, centre, k, e->width), NULL);
  d = squares ? mine__onnx_op(o, "Mul", d, d, NULL) : mine__onnx_op(o, "Abs", d, NULL, NULL);
  mine__tensor sum = mine__onnx_reduce(o, "ReduceSum", d, 2, 0);
  out->cluster = mine__onnx_op(o, "Add", mine__onnx_reduce(o, "ArgMin", sum, 1, 0),
                               mine__onnx_whole(o, 1), NULL);
  out->distance = mine__onnx_reduce(o, "ReduceMin", sum, 1, 0);
  if (squares) out->distance = mine__onnx_op(o, "Sqrt", out->distance, NULL, NULL);
}

void mine__onnx_prototypes(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  const mine_prototypes *m = model->body;
  if (m->scale || m->encoding.width == 0)
    (void)mine__fail(o->env, MINE_UNSUPPORTED, "only centres are written as onnx, no mixtures");
  else
    opoint_nearest(o, model, &m->encoding, m->centre, m->k, 1, out);
}

void mine__onnx_medoids(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  const mine_neighbours *m = &((const mine_medoids *)model->body)->rows;
  if (m->space != MINE_SPACE_EUCLIDEAN && m->space != MINE_SPACE_MANHATTAN)
    (void)mine__fail(o->env, MINE_UNSUPPORTED,
                     "medoids of metric=%s are not written as onnx; take sql or c",
                     mine__space_names[m->space]);
  else
    opoint_nearest(o, model, &m->encoding, m->point, m->n, m->space == MINE_SPACE_EUCLIDEAN, out);
}

/* ---- components -------------------------------------------------------------------------- */

/* (z - mean) W', W: k x width. */
void mine__onnx_components(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  const mine_components *m = model->body;
  const int64_t width = m->encoding.width;
  double *turned = mine__arena_array(o->arena, (size_t)width, (size_t)m->k * sizeof *turned);
  mine__tensor point = opoint_rows(o, model, &m->encoding);
  if (mine_failed(o->env)) return;
  for (int64_t c = 0; c < m->k; c++)
    for (int64_t j = 0; j < width; j++)
      turned[j * m->k + c] = m->weight[c * width + j];
  point = mine__onnx_op(o, "Sub", point, mine__onnx_reals(o, m->mean, 1, width), NULL);
  out->value = mine__onnx_op(o, "MatMul", point, mine__onnx_reals(o, turned, width, m->k), NULL);
}

/* ---- mixtures ---------------------------------------------------------------------------- */

/* Squared Mahalanobis distances to component c: rows x 1. */
static mine__tensor omix_square(mine__onnx *o, const mine_mixture *m, mine__tensor point,
                                int64_t c) {
  const int64_t width = m->encoding.width;
  const double *packed = m->factor;
  mine__tensor t =
      mine__onnx_op(o, "Sub", point, mine__onnx_reals(o, m->centre + c * width, 1, width), NULL);
  if (mine__mixture_turns(m->form)) {
    double *turn = mine__arena_zeros(o->arena, (size_t)width, (size_t)width * sizeof *turn);
    if (m->form == MINE_COVARIANCE_FULL) packed += c * mine__gauss_triangle(width);
    for (int64_t j = 0; turn && j < width; j++)
      for (int64_t i = 0; i <= j; i++)
        turn[i * width + j] = packed[mine__gauss_triangle(j) + i];
    t = turn ? mine__onnx_op(o, "MatMul", t, mine__onnx_reals(o, turn, width, width), NULL) : "";
  } else {
    t = mine__onnx_op(o, "Mul", t, mine__onnx_reals(o, m->packed + c * width, 1, width), NULL);
  }
  return mine__onnx_reduce(o, "ReduceSum", mine__onnx_op(o, "Mul", t, t, NULL), 1, 1);
}

void mine__onnx_mixture(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  const mine_mixture *m = model->body;
  mine_text axis;
  mine__tensor *square = mine__arena_array(o->arena, (size_t)m->k, sizeof *square);
  mine__tensor point = opoint_rows(o, model, &m->encoding);
  for (int64_t c = 0; square && c < m->k && !mine_failed(o->env); c++)
    square[c] = omix_square(o, m, point, c);
  if (mine_failed(o->env)) return;
  mine__tensor squares = mine__onnx_concat(o, square, (int)m->k, 1);
  mine__tensor log_ =
      mine__onnx_op(o, "Sub", mine__onnx_reals(o, m->offset, 1, m->k),
                    mine__onnx_op(o, "Div", squares, mine__onnx_real(o, 2), NULL), NULL);
  mine__onnx_attributes(o, &axis);
  mine__onnx_int(&axis, "axis", 1);
  mine__tensor own = mine__onnx_with(o, "GatherElements", &axis, squares,
                                     mine__onnx_reduce(o, "ArgMax", log_, 1, 1));
  out->cluster = mine__onnx_op(o, "Add", mine__onnx_reduce(o, "ArgMax", log_, 1, 0),
                               mine__onnx_whole(o, 1), NULL);
  out->distance = mine__onnx_flat(o, mine__onnx_op(o, "Sqrt", own, NULL, NULL));
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
