/*
** trees_bytes.c -- trees as bytes, and back.
**
** A tree from a file is a stranger's: before it is walked it is proved that every
** link points forward within its tree, that every node but the root has exactly
** one parent, that every feature, set and value is there, and that what the link
** makes of the sums is what the schema promises: as many probabilities as there are
** classes, as many numbers as outputs.
*/
#include <string.h>

#include "trees.h"

/* Which of the arrays that may be NULL are there. */
enum {
  TREES_HAS_OUTPUT = 1,
  TREES_HAS_BASE = 2,
  TREES_HAS_WEIGHT = 4,
  TREES_HAS_ROWS = 8,
  TREES_HAS_IMPURITY = 16,
  TREES_HAS_GAIN = 32,
  TREES_HAS_ALL = 63,
  TREES_HAD = TREES_HAS_WEIGHT | TREES_HAS_ROWS | TREES_HAS_IMPURITY | TREES_HAS_GAIN
};

/* ---- writing -------------------------------------------------------------------- */

static uint32_t trees_has(const mine_trees *trees) {
  return (trees->output ? TREES_HAS_OUTPUT : 0u) | (trees->base ? TREES_HAS_BASE : 0u) |
         (trees->weight ? TREES_HAS_WEIGHT : 0u) | (trees->rows ? TREES_HAS_ROWS : 0u) |
         (trees->impurity ? TREES_HAS_IMPURITY : 0u) | (trees->gain ? TREES_HAS_GAIN : 0u);
}

static void trees_write_told(mine_writer *w, const double *v, size_t n) {
  if (v) mine__write_reals(w, v, n);
}

/* Body, version 2: counts, how the sums are made, which arrays are there; then each
** array of mine_trees in the order of the struct (what is asked is made again).  Version 1 had
** neither outputs nor link, and all of weight, rows, impurity and gain. */
void mine__trees_save(const mine_model *model, mine_writer *w) {
  const mine_trees *trees = model->body;
  const size_t n = (size_t)trees->n_nodes;
  mine__write_u64(w, (uint64_t)trees->n_trees);
  mine__write_u64(w, (uint64_t)trees->n_nodes);
  mine__write_u64(w, (uint64_t)trees->n_values);
  mine__write_u64(w, (uint64_t)trees->n_bits);
  mine__write_u32(w, (uint32_t)trees->width);
  mine__write_u32(w, (uint32_t)trees->combine);
  mine__write_u32(w, (uint32_t)trees->outputs);
  mine__write_u32(w, (uint32_t)trees->link);
  mine__write_u32(w, trees_has(trees));
  if (trees->output) mine__write_i32s(w, trees->output, (size_t)trees->n_trees);
  if (trees->base) mine__write_reals(w, trees->base, (size_t)trees->outputs);
  mine__write_i32s(w, trees->first, (size_t)trees->n_trees + 1);
  mine__write_i32s(w, trees->feature, n);
  mine__write_reals(w, trees->threshold, n);
  mine__write_i32s(w, trees->left, n);
  mine__write_i32s(w, trees->right, n);
  mine__write_i32s(w, trees->missing_left, n);
  mine__write_i32s(w, trees->set, n);
  mine__write_i32s(w, trees->value, n);
  trees_write_told(w, trees->weight, n);
  trees_write_told(w, trees->rows, n);
  trees_write_told(w, trees->impurity, n);
  trees_write_told(w, trees->gain, n);
  mine__write_reals(w, trees->values, (size_t)trees->n_values * (size_t)trees->width);
  mine__write_u64s(w, trees->bits, (size_t)trees->n_bits);
}

/* ---- reading -------------------------------------------------------------------- */

/* A count that is at least 1, at most 2^31 - 1, and fits the bytes left. */
static int32_t trees_read_count(mine_reader *r, size_t bytes_each, const char *problem) {
  const size_t n = mine__read_count(r, bytes_each);
  if (n > INT32_MAX) mine__reader_bad(r, problem);
  return mine__reader_ok(r) ? (int32_t)n : 0;
}

/* The products fit: each factor is below 2^31, and read_reals asks whether the bytes are there
** before any memory is. */
static void trees_read_arrays(mine_reader *r, mine_trees *trees, uint32_t has) {
  const size_t n = (size_t)trees->n_nodes;
  if (has & TREES_HAS_OUTPUT)
    trees->output = mine__read_i32s(mine__called(r, "output"), (size_t)trees->n_trees);
  if (has & TREES_HAS_BASE)
    trees->base = mine__read_reals(mine__called(r, "base"), (size_t)trees->outputs, 1);
  trees->first = mine__read_i32s(mine__called(r, "first"), (size_t)trees->n_trees + 1);
  trees->feature = mine__read_i32s(mine__called(r, "feature"), n);
  trees->threshold = mine__read_reals(mine__called(r, "threshold"), n, 1);
  trees->left = mine__read_i32s(mine__called(r, "left"), n);
  trees->right = mine__read_i32s(mine__called(r, "right"), n);
  trees->missing_left = mine__read_i32s(mine__called(r, "missing_left"), n);
  trees->set = mine__read_i32s(mine__called(r, "set"), n);
  trees->value = mine__read_i32s(mine__called(r, "value"), n);
  if (has & TREES_HAS_WEIGHT) trees->weight = mine__read_reals(mine__called(r, "weight"), n, 1);
  if (has & TREES_HAS_ROWS) trees->rows = mine__read_reals(mine__called(r, "rows"), n, 1);
  if (has & TREES_HAS_IMPURITY)
    trees->impurity = mine__read_reals(mine__called(r, "impurity"), n, 1);
  if (has & TREES_HAS_GAIN) trees->gain = mine__read_reals(mine__called(r, "gain"), n, 1);
  const size_t cells = (size_t)trees->n_values * (size_t)trees->width;
  trees->values = mine__read_reals(mine__called(r, "value_table"), cells, 1);
  trees->bits = mine__read_u64s(mine__called(r, "level_sets"), (size_t)trees->n_bits);
}

static const char *trees_check_set(const mine_trees *trees, const mine_feature *feature,
                                   int32_t set) {
  const int64_t levels = feature->levels.values.n, words = mine_trees_words(levels);
  if (levels < 1 || set < 0 || set > trees->n_bits - words) return "a set of levels";
  const int64_t spare = words * 64 - levels;
  const uint64_t last = trees->bits[set + words - 1];
  if (spare > 0 && last >> (64 - spare) != 0) return "a level in a set";
  return NULL;
}

/* What is told of a node; each array may be absent. */
static const char *trees_check_told(const mine_trees *trees, int32_t i) {
  const double rows = trees->rows ? trees->rows[i] : 0;
  if (rows < 0 || rows > 9007199254740992.0 || rows != (double)(int64_t)rows ||
      (trees->weight && trees->weight[i] < 0))
    return "the rows of a node";
  if ((trees->impurity && trees->impurity[i] < 0) || (trees->gain && trees->gain[i] < 0))
    return "the impurity of a node";
  return NULL;
}

/* One node of the tree that ends before `end`; marks its children as found.  depth[] is 0 for
** a node that no parent has named yet: links point forward, so that when a node's turn comes
** its parent has been seen, and walking down ends after MINE_TREES_DEEPEST levels. */
static const char *trees_check_node(const mine_trees *trees, const mine_model *model, int32_t i,
                                    int32_t end, uint8_t *depth) {
  const int32_t feature = trees->feature[i], left = trees->left[i], right = trees->right[i];
  if (trees->value[i] < 0 || trees->value[i] >= trees->n_values) return "the value of a node";
  const char *told = trees_check_told(trees, i);
  if (told) return told;
  if (feature == MINE_TREES_LEAF) {
    return left == -1 && right == -1 && trees->set[i] == -1 ? NULL : "the children of a leaf";
  }
  if (feature < 0 || feature >= model->n_features) return "the feature of a node";
  if (trees->missing_left[i] != 0 && trees->missing_left[i] != 1)
    return "a branch for missing values";
  if (left <= i || right <= i || left >= end || right >= end || left == right)
    return "a child link";
  if (depth[left] || depth[right]) return "a node with two parents";
  if (depth[i] == MINE_TREES_DEEPEST) return "the depth of a tree";
  depth[left] = depth[right] = (uint8_t)(depth[i] + 1);
  if (model->feature[feature].type == MINE_COLUMN_CATEGORY) {
    return trees_check_set(trees, &model->feature[feature], trees->set[i]);
  }
  return trees->set[i] == -1 ? NULL : "a set of a numeric feature";
}

static const char *trees_check(const mine_trees *trees, const mine_model *model, uint8_t *depth) {
  if (trees->first[0] != 0 || trees->first[trees->n_trees] != trees->n_nodes)
    return "the bounds of a tree";
  for (int32_t t = 0; t < trees->n_trees; t++) {
    if (trees->first[t + 1] <= trees->first[t] || trees->first[t + 1] > trees->n_nodes) {
      return "the bounds of a tree";
    }
    for (int32_t i = trees->first[t]; i < trees->first[t + 1]; i++) {
      if (i == trees->first[t]) {
        depth[i] = 1;
      } else if (depth[i] == 0) {
        return "a node without a parent";
      }
      const char *problem = trees_check_node(trees, model, i, trees->first[t + 1], depth);
      if (problem) return problem;
    }
  }
  return NULL;
}

/* Where there are classes and no link, rows of values are probabilities: they lie in
** [0, 1] and add up to one. */
static const char *trees_check_values(const mine_trees *trees, const mine_model *model) {
  if (model->n_groups == 0 || trees->link != MINE_TREES_IDENTITY) return NULL;
  for (int32_t i = 0; i < trees->n_values; i++) {
    const double *value = trees->values + (size_t)i * (size_t)trees->width;
    double sum = 0;
    for (int c = 0; c < trees->width; c++) {
      if (!(value[c] >= 0 && value[c] <= 1)) return "a probability";
      sum += value[c];
    }
    if (!(sum > 1 - 1e-6 && sum < 1 + 1e-6)) return "a sum of probabilities";
  }
  return NULL;
}

/* The sums, and what the link makes of them, fit the schema. */
static const char *trees_check_sums(const mine_trees *trees, const mine_model *model,
                                    uint32_t has) {
  const int groups = model->n_groups, numbers = model->n_outputs;
  const int probabilities = groups > 0 && trees->link == MINE_TREES_IDENTITY;
  const int expected = groups == 0 ? numbers : trees->link == MINE_TREES_LOGIT ? 1 : groups;
  if (trees->link == MINE_TREES_LOGIT && groups != 2) return "the link of the trees";
  if (trees->link == MINE_TREES_SOFTMAX && groups < 2) return "the link of the trees";
  if (trees->link == MINE_TREES_EXP && groups != 0) return "the link of the trees";
  if (trees->outputs != expected || expected < 1) return "the outputs of the trees";
  if (trees->width < 1 || trees->width > trees->outputs) return "the values of a node";
  if (!(has & TREES_HAS_OUTPUT) && trees->width != trees->outputs) return "the values of a node";
  if (probabilities && (trees->combine != MINE_TREES_MEAN || (has & TREES_HAS_BASE)))
    return "the way to combine trees";
  if ((has & TREES_HAS_OUTPUT) && trees->combine != MINE_TREES_SUM)
    return "the way to combine trees";
  return NULL;
}

static const char *trees_check_outputs(const mine_trees *trees) {
  for (int32_t t = 0; trees->output && t < trees->n_trees; t++) {
    if (trees->output[t] < 0 || trees->output[t] > trees->outputs - trees->width)
      return "the output of a tree";
  }
  return NULL;
}

/* Which arrays follow; 0 and a problem when they cannot. */
static uint32_t trees_read_head(mine_reader *r, const mine_model *model, mine_trees *trees,
                                uint32_t version) {
  const size_t node_bytes = 6 * sizeof(int32_t) + sizeof(double);
  trees->n_trees =
      trees_read_count(mine__called(r, "trees"), sizeof(int32_t), "the number of trees");
  trees->n_nodes = trees_read_count(mine__called(r, "nodes"), node_bytes, "the number of nodes");
  trees->n_values =
      trees_read_count(mine__called(r, "values"), sizeof(double), "the number of values");
  trees->n_bits = trees_read_count(mine__called(r, "bits"), sizeof(uint64_t), "the number of sets");
  static const char *const combines[] = {"mean", "sum", NULL};
  static const char *const links[] = {"identity", "logit", "softmax", "exp", NULL};
  const uint32_t width = mine__read_u32(mine__called(r, "width"));
  const uint32_t combine = mine__read_u32(mine__worded(r, "combine", combines));
  const uint32_t outputs = version > 1 ? mine__read_u32(mine__called(r, "outputs")) : width;
  const uint32_t link =
      version > 1 ? mine__read_u32(mine__worded(r, "link", links)) : MINE_TREES_IDENTITY;
  const uint32_t has = version > 1 ? mine__read_u32(mine__called(r, "arrays")) : TREES_HAD;
  if (!mine__reader_ok(r)) return 0;
  if (trees->n_trees < 1 || trees->n_nodes < 1 || trees->n_values < 1)
    mine__reader_bad(r, "trees without nodes");
  if (width > INT32_MAX || outputs > INT32_MAX) mine__reader_bad(r, "the values of a node");
  if (combine > MINE_TREES_SUM) mine__reader_bad(r, "the way to combine trees");
  if (link > MINE_TREES_EXP) mine__reader_bad(r, "the link of the trees");
  if (has & ~(uint32_t)TREES_HAS_ALL) mine__reader_bad(r, "the arrays of the trees");
  if (!mine__reader_ok(r)) return 0;
  trees->width = (int)width;
  trees->outputs = (int)outputs;
  trees->combine = (mine_trees_combine)combine;
  trees->link = (mine_trees_link)link;
  const char *problem = trees_check_sums(trees, model, has);
  if (problem) mine__reader_bad(r, problem);
  return has;
}

void mine__trees_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_trees *trees = mine__arena_zeros(r->arena, 1, sizeof *trees);
  if (!trees || version < 1) {
    mine__reader_bad(r, "the version of the trees");
    return;
  }
  const uint32_t has = trees_read_head(r, model, trees, version);
  if (mine__reader_ok(r)) trees_read_arrays(r, trees, has);
  if (!mine__reader_ok(r)) return;
  uint8_t *depth = mine__arena_zeros(r->arena, (size_t)trees->n_nodes, sizeof *depth);
  if (!depth) {
    mine__reader_bad(r, "memory for the trees");
    return;
  }
  const char *problem = trees_check(trees, model, depth);
  if (!problem) problem = trees_check_values(trees, model);
  if (!problem) problem = trees_check_outputs(trees);
  if (problem) {
    mine__reader_bad(r, problem);
    return;
  }
  if (mine__trees_prepare(r->env, model, trees)) {
    mine__reader_bad(r, "memory for the trees");
    return;
  }
  model->body = trees;
}
