/*
** onnx.c -- the file around a graph: inputs, outputs, calibration, threshold, proof.
*/
#include "onnx.h"

#include <math.h>
#include <string.h>

#include "bayes.h"
#include "components.h"
#include "hazard.h"
#include "json.h"
#include "linear.h"
#include "medoids.h"
#include "members.h"
#include "mixture.h"
#include "network.h"
#include "prototypes.h"
#include "trees.h"

#define ONNX_IR     8  /* of the file                    */
#define ONNX_OPSET  17 /* of ai.onnx                     */
#define ONNX_OPS_ML 5  /* of ai.onnx.ml: TreeEnsemble    */

/* ---- tensors ------------------------------------------------------------------------ */

static mine__tensor onnx_reshape(mine__onnx *o, mine__tensor a, int column) {
  if (!column) return mine__onnx_op(o, "Reshape", a, mine__onnx_whole(o, -1), NULL);
  const mine__tensor two[] = {mine__onnx_whole(o, -1), mine__onnx_whole(o, 1)};
  return mine__onnx_op(o, "Reshape", a, mine__onnx_concat(o, two, 2, 0), NULL);
}

mine__tensor mine__onnx_flat(mine__onnx *o, mine__tensor a) {
  return onnx_reshape(o, a, 0);
}

mine__tensor mine__onnx_column(mine__onnx *o, mine__tensor a) {
  return onnx_reshape(o, a, 1);
}

mine__tensor mine__onnx_cast(mine__onnx *o, mine__tensor a, int type) {
  mine_text attributes;
  mine__onnx_attributes(o, &attributes);
  mine__onnx_int(&attributes, "to", type);
  return mine__onnx_with(o, "Cast", &attributes, a, NULL);
}

/* ReduceSum has its axes as an input, the others as an attribute (until opset 18). */
mine__tensor mine__onnx_reduce(mine__onnx *o, const char *op, mine__tensor a, int axis, int keep) {
  mine_text attributes;
  const int64_t axes = axis;
  const int input = strcmp(op, "ReduceSum") == 0;
  mine__onnx_attributes(o, &attributes);
  mine__onnx_int(&attributes, "keepdims", keep);
  if (strncmp(op, "Arg", 3) == 0)
    mine__onnx_int(&attributes, "axis", axis);
  else if (!input)
    mine__onnx_ints(&attributes, "axes", &axes, 1);
  return mine__onnx_with(o, op, &attributes, a, input ? mine__onnx_whole(o, axis) : NULL);
}

mine__tensor mine__onnx_number(mine__onnx *o, const mine_model *model, int f) {
  (void)o;
  return model->feature[f].name;
}

mine__tensor mine__onnx_code(mine__onnx *o, const mine_model *model, int f) {
  const mine_values *levels = &model->feature[f].levels.values;
  int64_t *code = mine__arena_array(o->arena, (size_t)levels->n + 1, sizeof *code);
  mine_text attributes;
  if (!code) return "";
  for (int64_t l = 0; l <= levels->n; l++)
    code[l] = l;
  mine__onnx_attributes(o, &attributes);
  mine__onnx_strings(&attributes, "keys_strings", levels, 1);
  mine__onnx_ints(&attributes, "values_int64s", code, levels->n + 1);
  mine__onnx_int(&attributes, "default_int64", levels->n + 1);
  return mine__onnx_flat(o, mine__onnx_ml(o, "LabelEncoder", &attributes, model->feature[f].name));
}

mine__tensor mine__onnx_look(mine__onnx *o, mine__tensor code, const double *table, int64_t rows,
                             int64_t width) {
  return mine__onnx_op(o, "Gather", mine__onnx_reals(o, table, rows, width), code, NULL);
}

mine__tensor mine__onnx_shares(mine__onnx *o, mine__tensor margins, int one) {
  mine_text attributes;
  if (one) {
    const mine__tensor both[] = {mine__onnx_op(o, "Mul", margins, mine__onnx_real(o, 0), NULL),
                                 margins};
    margins = mine__onnx_concat(o, both, 2, 1);
  }
  mine__onnx_attributes(o, &attributes);
  mine__onnx_int(&attributes, "axis", 1);
  return mine__onnx_with(o, "Softmax", &attributes, margins, NULL);
}

/* ---- calibration --------------------------------------------------------------------- */

/* Column c of rows x k. */
static mine__tensor onnx_take(mine__onnx *o, mine__tensor a, int c) {
  mine_text attributes;
  mine__onnx_attributes(o, &attributes);
  mine__onnx_int(&attributes, "axis", 1);
  return mine__onnx_with(o, "Gather", &attributes, a, mine__onnx_whole(o, c));
}

/* x between the map's ends, through its knots: which lie around x, and how far between them. */
static mine__tensor onnx_isotonic(mine__onnx *o, const mine_calibration_map *map, mine__tensor x) {
  const int n = map->n_knots;
  if (n == 1)
    return mine__onnx_op(o, "Add", mine__onnx_op(o, "Mul", x, mine__onnx_real(o, 0), NULL),
                         mine__onnx_real(o, map->share[0]), NULL);
  mine__tensor at = mine__onnx_reals(o, map->at, n, -1),
               share = mine__onnx_reals(o, map->share, n, -1);
  mine__tensor above = mine__onnx_cast(o, mine__onnx_op(o, "GreaterOrEqual", x, at, NULL),
                                       MINE_ONNX_INT64); /* rows x n */
  mine__tensor low = mine__onnx_op(o, "Sub", mine__onnx_reduce(o, "ReduceSum", above, 1, 1),
                                   mine__onnx_whole(o, 1), NULL);
  low = mine__onnx_op(o, "Max", low, mine__onnx_whole(o, 0), NULL);
  low = mine__onnx_op(o, "Min", low, mine__onnx_whole(o, n - 2), NULL);
  mine__tensor high = mine__onnx_op(o, "Add", low, mine__onnx_whole(o, 1), NULL);
  mine__tensor x0 = mine__onnx_op(o, "Gather", at, low, NULL);
  mine__tensor x1 = mine__onnx_op(o, "Gather", at, high, NULL);
  mine__tensor y0 = mine__onnx_op(o, "Gather", share, low, NULL);
  mine__tensor y1 = mine__onnx_op(o, "Gather", share, high, NULL);
  mine__tensor part = mine__onnx_op(o, "Div", mine__onnx_op(o, "Sub", x, x0, NULL),
                                    mine__onnx_op(o, "Sub", x1, x0, NULL), NULL);
  part = mine__onnx_op(o, "Max", part, mine__onnx_real(o, 0), NULL);
  part = mine__onnx_op(o, "Min", part, mine__onnx_real(o, 1), NULL);
  mine__tensor rise = mine__onnx_op(o, "Mul", part, mine__onnx_op(o, "Sub", y1, y0, NULL), NULL);
  return mine__onnx_op(o, "Add", y0, rise, NULL);
}

/* The log-odds x (rows x 1) as a share. */
static mine__tensor onnx_mapped(mine__onnx *o, const mine_calibration *c,
                                const mine_calibration_map *map, mine__tensor x) {
  x = mine__onnx_op(o, "Max", x, mine__onnx_real(o, map->low), NULL);
  x = mine__onnx_op(o, "Min", x, mine__onnx_real(o, map->high), NULL);
  if (c->method != MINE_CALIBRATE_PLATT) return onnx_isotonic(o, map, x);
  x = mine__onnx_op(o, "Mul", x, mine__onnx_real(o, map->slope), NULL);
  x = mine__onnx_op(o, "Add", x, mine__onnx_real(o, map->intercept), NULL);
  return onnx_take(o, mine__onnx_shares(o, x, 1), 1);
}

static mine__tensor onnx_calibrated(mine__onnx *o, const mine_model *model, mine__tensor share) {
  const mine_calibration *c = model->after.calibration;
  const int k = model->n_groups;
  double *others = mine__arena_array(o->arena, (size_t)k, (size_t)k * sizeof *others);
  mine__tensor *column = mine__arena_array(o->arena, (size_t)k, sizeof *column);
  if (!others || !column) return "";
  for (int i = 0; i < k * k; i++)
    others[i] = i / k != i % k;
  mine__tensor rest = mine__onnx_op(o, "MatMul", share, mine__onnx_reals(o, others, k, k), NULL);
  mine__tensor odds = mine__onnx_op(o, "Sub", mine__onnx_op(o, "Log", share, NULL, NULL),
                                    mine__onnx_op(o, "Log", rest, NULL, NULL), NULL);
  for (int g = k == 2 ? 1 : 0; g < k; g++) {
    const mine_calibration_map *map = &c->map[k == 2 ? 0 : g];
    column[g] = map->known ? onnx_mapped(o, c, map, onnx_take(o, odds, g)) : onnx_take(o, share, g);
  }
  if (k == 2) column[0] = mine__onnx_op(o, "Sub", mine__onnx_real(o, 1), column[1], NULL);
  mine__tensor all = mine__onnx_concat(o, column, k, 1);
  if (k == 2) return all;
  return mine__onnx_op(o, "Div", all, mine__onnx_reduce(o, "ReduceSum", all, 1, 1), NULL);
}

/* ---- the mean of models ------------------------------------------------------------------ */

/* Shares of a member's classes as shares of the whole's. */
static mine__tensor onnx_groups(mine__onnx *o, const mine_model *whole, const mine_member *member,
                                mine__tensor share) {
  const int own = member->model->n_groups, all = whole->n_groups;
  if (!member->group && own == all) return share;
  double *to = mine__arena_zeros(o->arena, (size_t)own, (size_t)all * sizeof *to);
  for (int g = 0; to && g < own; g++)
    to[g * all + (member->group ? member->group[g] : g)] = 1;
  return to ? mine__onnx_op(o, "MatMul", share, mine__onnx_reals(o, to, own, all), NULL) : "";
}

static void onnx_ensemble(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  const mine_ensemble *body = model->body;
  double total = 0;
  mine__tensor sum = NULL;
  for (int i = 0; i < body->n_members; i++)
    total += body->weight[i];
  for (int i = 0; i < body->n_members && !mine_failed(o->env); i++) {
    mine__onnx_said said = {0};
    if (body->weight[i] == 0) continue;
    mine__onnx_model(o, body->member[i].model, &said);
    mine__tensor says =
        said.share ? onnx_groups(o, model, &body->member[i], said.share) : said.value;
    says = mine__onnx_op(o, "Mul", says, mine__onnx_real(o, body->weight[i] / total), NULL);
    sum = sum ? mine__onnx_op(o, "Add", sum, says, NULL) : says;
  }
  *(model->n_groups > 0 ? &out->share : &out->value) = sum;
}

void mine__onnx_model(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  if (mine_failed(o->env)) return;
  if (model->kind == &mine__kind_trees) mine__onnx_trees(o, model, out);
  if (model->kind == &mine__kind_linear || model->kind == &mine__kind_hazard)
    mine__onnx_linear(o, model, out);
  if (model->kind == &mine__kind_bayes) mine__onnx_bayes(o, model, out);
  if (model->kind == &mine__kind_prototypes) mine__onnx_prototypes(o, model, out);
  if (model->kind == &mine__kind_mixture) mine__onnx_mixture(o, model, out);
  if (model->kind == &mine__kind_medoids) mine__onnx_medoids(o, model, out);
  if (model->kind == &mine__kind_network) mine__onnx_network(o, model, out);
  if (model->kind == &mine__kind_components) mine__onnx_components(o, model, out);
  if (model->kind == &mine__kind_ensemble) onnx_ensemble(o, model, out);
  if (model->after.calibration && !mine_failed(o->env))
    out->share = onnx_calibrated(o, model, out->share);
}

/* ---- outputs ------------------------------------------------------------------------------ */

/* ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1; Tensor: elem_type 1, shape 2; shape:
** dim 1; dim: dim_value 1, dim_param 2.  columns -1: rank 1. */
static void onnx_value_info(mine__onnx *o, int field, const char *name, int type, int columns) {
  mine_text dim, shape, tensor, typed, info;
  mine__text_open(&shape, o->arena);
  mine__text_open(&dim, o->arena);
  mine__proto_text(&dim, 2, "rows");
  mine__proto_add(&shape, 1, &dim);
  if (columns >= 0) {
    mine__text_open(&dim, o->arena);
    mine__proto_int(&dim, 1, columns);
    mine__proto_add(&shape, 1, &dim);
  }
  mine__text_open(&tensor, o->arena);
  mine__proto_int(&tensor, 1, type);
  mine__proto_add(&tensor, 2, &shape);
  mine__text_open(&typed, o->arena);
  mine__proto_add(&typed, 1, &tensor);
  mine__text_open(&info, o->arena);
  mine__proto_text(&info, 1, name);
  mine__proto_add(&info, 2, &typed);
  mine__proto_add(&o->graph, field, &info);
}

enum { ONNX_INPUT = 11, ONNX_OUTPUT = 12 };

/* The class with the largest share, the first of equals; or the positive one from its threshold
** on. */
static mine__tensor onnx_chosen(mine__onnx *o, const mine_model *model, mine__tensor share) {
  if (isnan(model->after.threshold)) return mine__onnx_reduce(o, "ArgMax", share, 1, 0);
  mine__tensor positive = onnx_take(o, share, model->positive);
  mine__tensor reached = mine__onnx_op(o, "GreaterOrEqual", positive,
                                       mine__onnx_real(o, model->after.threshold), NULL);
  return mine__onnx_flat(o, mine__onnx_op(o, "Where", reached, mine__onnx_whole(o, model->positive),
                                          mine__onnx_whole(o, 1 - model->positive)));
}

static void onnx_outputs(mine__onnx *o, const mine_model *model, const mine__onnx_said *said) {
  if (mine__model_has_classes(model)) {
    mine__tensor names = mine__onnx_texts(o, &model->groups);
    mine__onnx_call(o, mine__onnx_op(o, "Gather", names, onnx_chosen(o, model, said->share), NULL),
                    "label");
    mine__onnx_call(o, said->share, "probabilities");
    onnx_value_info(o, ONNX_OUTPUT, "label", MINE_ONNX_STRING, -1);
    onnx_value_info(o, ONNX_OUTPUT, "probabilities", MINE_ONNX_DOUBLE, model->n_groups);
  } else if (model->n_groups > 0) {
    mine__onnx_call(o, said->cluster, "cluster");
    mine__onnx_call(o, said->distance, "distance");
    onnx_value_info(o, ONNX_OUTPUT, "cluster", MINE_ONNX_INT64, -1);
    onnx_value_info(o, ONNX_OUTPUT, "distance", MINE_ONNX_DOUBLE, -1);
  } else if (mine__model_gives(model) & MINE_GIVES_COMPONENTS) {
    mine__onnx_call(o, said->value, "value");
    onnx_value_info(o, ONNX_OUTPUT, "value", MINE_ONNX_DOUBLE, model->n_outputs);
  } else {
    mine__onnx_call(o, mine__onnx_flat(o, said->value), "value");
    onnx_value_info(o, ONNX_OUTPUT, "value", MINE_ONNX_DOUBLE, -1);
  }
}

/* ---- the file ------------------------------------------------------------------------------- */

/* An input or output of ours, two inputs alike, or a level that is written as another. */
static void onnx_check_names(mine__onnx *o, const mine_model *model) {
  static const char *const taken[] = {"label", "probabilities", "cluster", "distance", "value"};
  for (int f = 0; f < model->n_features; f++) {
    const char *name = model->feature[f].name;
    int same = !*name || strncmp(name, "mine/", 5) == 0;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
      same |= strcmp(name, taken[i]) == 0;
    if (same)
      (void)mine__fail(o->env, MINE_UNSUPPORTED,
                       "column '%s' has a name that the graph needs for itself; rename it (AS) and "
                       "train again",
                       name);
  }
}

static void onnx_metadata(mine_text *file, mine_arena *arena, const char *key, const char *value,
                          size_t n) {
  mine_text entry;
  mine__text_open(&entry, arena);
  mine__proto_text(&entry, 1, key);
  mine__proto_bytes(&entry, 2, value, n);
  mine__proto_add(file, 14, &entry);
}

static void onnx_opset(mine_text *file, mine_arena *arena, const char *domain, int version) {
  mine_text set;
  mine__text_open(&set, arena);
  mine__proto_text(&set, 1, domain);
  mine__proto_int(&set, 2, version);
  mine__proto_add(file, 8, &set);
}

void mine__write_onnx(mine_env *env, const mine_model *model, const mine_writing *how,
                      mine_text *to) {
  mine_arena *arena = mine_failed(env) ? NULL : mine__arena_open(env);
  if (!arena) return;
  mine__onnx o = {.env = env, .arena = arena};
  mine__onnx_said said = {0};
  mine_text file, proof;
  mine__text_open(&o.graph, arena);
  mine__text_open(&file, arena);
  mine__text_open(&proof, arena);
  onnx_check_names(&o, model);
  mine__onnx_model(&o, model, &said);
  if (!mine_failed(env)) onnx_outputs(&o, model, &said);
  for (int f = 0; f < model->n_features; f++)
    onnx_value_info(
        &o, ONNX_INPUT, model->feature[f].name,
        model->feature[f].type == MINE_COLUMN_CATEGORY ? MINE_ONNX_STRING : MINE_ONNX_DOUBLE, 1);
  mine__proto_text(&o.graph, 2, how->as ? how->as : "model");
  mine__proto_int(&file, 1, ONNX_IR);
  mine__proto_text(&file, 2, "sqlite-mine");
  mine__proto_text(&file, 3, MINE_VERSION);
  mine__proto_add(&file, 7, &o.graph);
  onnx_opset(&file, arena, "", ONNX_OPSET);
  onnx_opset(&file, arena, "ai.onnx.ml", ONNX_OPS_ML);
  mine__json_proof(env, model, how->proof, &proof);
  onnx_metadata(&file, arena, "algorithm", model->algorithm, strlen(model->algorithm));
  if (!proof.failed) onnx_metadata(&file, arena, "proof", proof.data, proof.bytes);
  if (!mine_failed(env) && !file.failed) mine__text_add(to, file.data, file.bytes);
  mine__arena_close(arena);
}
