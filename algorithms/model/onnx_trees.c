/*
** onnx_trees.c -- trees as one TreeEnsemble (ai.onnx.ml 5) in doubles.
**
** Tree t has an output of its own, on which the leaf of a row puts the number of its row of values:
** a whole number, so exact.  The values are looked up by it and added up, so leaves may hold any
** number of values.  Categories come as their codes, which a test has in a set; what is missing or
** was never seen has codes too, and they are in the sets of the tests whose left side takes it.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "onnx.h"
#include "trees.h"

enum { OTREE_LEQ, OTREE_LT, OTREE_MEMBER = 6 }; /* nodes_modes */

typedef struct otree_work {
  mine__onnx *o;
  const mine_model *model;
  const mine_trees *trees;
  int64_t *number; /* per node: of its kind, inner or leaf */
  int64_t n_inner, n_leaves;
  /* Of inner nodes, those of single leaves included. */
  uint8_t *mode;
  double *split;
  int64_t *feature, *missing, *true_leaf, *true_node, *false_leaf, *false_node;
  int64_t *target; /* of leaves */
  double *weight;
  int64_t *root;
  double *member; /* sets, each ended by NAN */
  size_t n_members, member_room;
} otree_work;

static int otree_is_leaf(const mine_trees *trees, int32_t node) {
  return trees->feature[node] == MINE_TREES_LEAF;
}

/* Numbers of nodes and leaves; a tree that is a leaf gets a node that always leads there. */
static void otree_count(otree_work *w) {
  const mine_trees *trees = w->trees;
  w->number = mine__arena_array(w->o->arena, (size_t)trees->n_nodes, sizeof *w->number);
  for (int32_t i = 0; w->number && i < trees->n_nodes; i++)
    w->number[i] = otree_is_leaf(trees, i) ? w->n_leaves++ : w->n_inner++;
}

static void otree_room(otree_work *w) {
  mine_arena *a = w->o->arena;
  const size_t n = (size_t)w->n_inner + (size_t)w->trees->n_trees, k = (size_t)w->n_leaves;
  w->mode = mine__arena_zeros(a, n, 1);
  w->split = mine__arena_zeros(a, n, sizeof *w->split);
  w->feature = mine__arena_zeros(a, n, sizeof *w->feature);
  w->missing = mine__arena_zeros(a, n, sizeof *w->missing);
  w->true_leaf = mine__arena_zeros(a, n, sizeof *w->true_leaf);
  w->true_node = mine__arena_zeros(a, n, sizeof *w->true_node);
  w->false_leaf = mine__arena_zeros(a, n, sizeof *w->false_leaf);
  w->false_node = mine__arena_zeros(a, n, sizeof *w->false_node);
  w->target = mine__arena_zeros(a, k, sizeof *w->target);
  w->weight = mine__arena_zeros(a, k, sizeof *w->weight);
  w->root = mine__arena_zeros(a, (size_t)w->trees->n_trees, sizeof *w->root);
}

static void otree_member(otree_work *w, double code) {
  if (MINE_RESERVE(w->o->arena, w->member, w->member_room, w->n_members + 1))
    w->member[w->n_members++] = code;
}

static void otree_levels(otree_work *w, int32_t node) {
  const mine_trees *trees = w->trees;
  const int64_t levels = w->model->feature[trees->feature[node]].levels.values.n;
  const uint64_t *set = trees->bits + trees->set[node];
  int64_t n = 0;
  for (int64_t l = 0; l < levels; l++) {
    if (!mine_trees_in_set(set, (int32_t)l)) continue;
    otree_member(w, (double)l);
    n++;
  }
  for (int64_t l = levels; l < levels + 2 && trees->missing_left[node]; l++, n++)
    otree_member(w, (double)l);
  if (n == 0) otree_member(w, -1); /* no code */
  otree_member(w, NAN);
}

static void otree_inner(otree_work *w, int32_t node) {
  const mine_trees *trees = w->trees;
  const int64_t at = w->number[node];
  const int32_t left = trees->left[node], right = trees->right[node];
  const int any = trees->threshold[node] == MINE_TREES_ANY;
  w->feature[at] = trees->feature[node];
  w->true_leaf[at] = otree_is_leaf(trees, left);
  w->true_node[at] = w->number[left];
  w->false_leaf[at] = otree_is_leaf(trees, right);
  w->false_node[at] = w->number[right];
  if (trees->set[node] >= 0) {
    w->mode[at] = OTREE_MEMBER;
    otree_levels(w, node);
    return;
  }
  w->mode[at] = any ? OTREE_LEQ : OTREE_LT;
  w->split[at] = trees->threshold[node];
  w->missing[at] = trees->missing_left[node];
}

static void otree_fill(otree_work *w) {
  const mine_trees *trees = w->trees;
  for (int32_t t = 0; t < trees->n_trees; t++) {
    const int32_t first = trees->first[t];
    for (int32_t i = first; i < trees->first[t + 1]; i++) {
      if (!otree_is_leaf(trees, i)) {
        otree_inner(w, i);
        continue;
      }
      w->target[w->number[i]] = t;
      w->weight[w->number[i]] = trees->value[i];
    }
    w->root[t] = w->number[first];
    if (!otree_is_leaf(trees, first)) continue;
    w->mode[w->n_inner] = OTREE_LEQ;
    w->split[w->n_inner] = DBL_MAX;
    w->true_leaf[w->n_inner] = w->false_leaf[w->n_inner] = 1;
    w->true_node[w->n_inner] = w->false_node[w->n_inner] = w->number[first];
    w->root[t] = w->n_inner++;
  }
}

/* rows x features, codes as doubles. */
static mine__tensor otree_rows(otree_work *w) {
  const int n = w->model->n_features;
  mine__tensor *column = mine__arena_array(w->o->arena, (size_t)n, sizeof *column);
  for (int f = 0; column && f < n; f++) {
    const int category = w->model->feature[f].type == MINE_COLUMN_CATEGORY;
    column[f] =
        category ? mine__onnx_column(w->o, mine__onnx_cast(w->o, mine__onnx_code(w->o, w->model, f),
                                                           MINE_ONNX_DOUBLE))
                 : mine__onnx_number(w->o, w->model, f);
  }
  return column ? mine__onnx_concat(w->o, column, n, 1) : "";
}

/* rows x trees: rows of the values. */
static mine__tensor otree_ensemble(otree_work *w) {
  mine_text a;
  const int64_t n = w->n_inner, k = w->n_leaves;
  mine__onnx_attributes(w->o, &a);
  mine__onnx_int(&a, "n_targets", w->trees->n_trees);
  mine__onnx_int(&a, "aggregate_function", 1);
  mine__onnx_int(&a, "post_transform", 0);
  mine__onnx_ints(&a, "tree_roots", w->root, w->trees->n_trees);
  mine__onnx_ints(&a, "nodes_featureids", w->feature, n);
  mine__onnx_bytes(&a, "nodes_modes", w->mode, n);
  mine__onnx_doubles(&a, "nodes_splits", w->split, n);
  mine__onnx_ints(&a, "nodes_missing_value_tracks_true", w->missing, n);
  mine__onnx_ints(&a, "nodes_truenodeids", w->true_node, n);
  mine__onnx_ints(&a, "nodes_trueleafs", w->true_leaf, n);
  mine__onnx_ints(&a, "nodes_falsenodeids", w->false_node, n);
  mine__onnx_ints(&a, "nodes_falseleafs", w->false_leaf, n);
  mine__onnx_ints(&a, "leaf_targetids", w->target, k);
  mine__onnx_doubles(&a, "leaf_weights", w->weight, k);
  if (w->n_members > 0)
    mine__onnx_doubles(&a, "membership_values", w->member, (int64_t)w->n_members);
  return mine__onnx_cast(w->o, mine__onnx_ml(w->o, "TreeEnsemble", &a, otree_rows(w)),
                         MINE_ONNX_INT64);
}

/* Which sum a tree adds to, where each holds one value: trees x outputs. */
static mine__tensor otree_outputs(otree_work *w, mine__tensor values) {
  const mine_trees *trees = w->trees;
  const int64_t n = trees->n_trees, k = trees->outputs;
  double *to = mine__arena_zeros(w->o->arena, (size_t)n, (size_t)k * sizeof *to);
  for (int64_t t = 0; to && t < n; t++)
    to[t * k + trees->output[t]] = 1;
  return to ? mine__onnx_op(w->o, "MatMul", values, mine__onnx_reals(w->o, to, n, k), NULL) : "";
}

void mine__onnx_trees(mine__onnx *o, const mine_model *model, mine__onnx_said *out) {
  const mine_trees *trees = model->body;
  otree_work w = {.o = o, .model = model, .trees = trees};
  if ((trees->output && trees->width != 1) || (model->n_groups == 0 && trees->outputs > 1)) {
    (void)mine__fail(o->env, MINE_UNSUPPORTED, "trees of several numbers are not written as onnx");
    return;
  }
  otree_count(&w);
  otree_room(&w);
  if (mine_failed(o->env)) return;
  otree_fill(&w);
  mine__tensor at = otree_ensemble(&w), sum;
  if (trees->output) { /* values are rows x trees */
    mine__tensor values = mine__onnx_reals(o, trees->values, trees->n_values, -1);
    sum = otree_outputs(&w, mine__onnx_op(o, "Gather", values, at, NULL));
  } else { /* rows x trees x width */
    mine__tensor values = mine__onnx_reals(o, trees->values, trees->n_values, trees->width);
    sum = mine__onnx_reduce(o, trees->combine == MINE_TREES_MEAN ? "ReduceMean" : "ReduceSum",
                            mine__onnx_op(o, "Gather", values, at, NULL), 1, 0);
  }
  if (trees->base)
    sum = mine__onnx_op(o, "Add", sum, mine__onnx_reals(o, trees->base, trees->outputs, -1), NULL);
  if (trees->link == MINE_TREES_EXP) sum = mine__onnx_op(o, "Exp", sum, NULL, NULL);
  if (trees->link == MINE_TREES_LOGIT || trees->link == MINE_TREES_SOFTMAX)
    sum = mine__onnx_shares(o, sum, trees->link == MINE_TREES_LOGIT);
  *(model->n_groups > 0 ? &out->share : &out->value) = sum;
}
