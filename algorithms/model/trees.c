/*
** trees.c -- predicting with trees, and their bytes.
**
** Rows are scored in blocks.  A block goes down a tree together, one level at a
** time: the steps of different rows do not wait for each other, which hides the
** time a lookup takes, and rows that reached a leaf drop out.
**
** A tree from a file is a stranger's: before it is walked it is proved that every
** link points forward within its tree, that every node but the root has exactly
** one parent, and that every feature, set and value is there.
*/
#include "trees.h"

#include <string.h>

#define TREES_TAG   0x45455254u /* "TREE" */
#define TREES_BLOCK 1024

mine_trees *mine_trees_new(mine_arena *arena, int32_t n_trees, int32_t n_nodes, int32_t n_values,
                           int32_t n_bits, int width) {
  mine_trees *trees = mine_arena_zeros(arena, 1, sizeof *trees);
  if (!trees) return NULL;
  const size_t n = (size_t)n_nodes;
  trees->n_trees = n_trees;
  trees->n_nodes = n_nodes;
  trees->n_values = n_values;
  trees->n_bits = n_bits;
  trees->width = width;
  trees->first = mine_arena_zeros(arena, (size_t)n_trees + 1, sizeof *trees->first);
  trees->bits = mine_arena_zeros(arena, (size_t)n_bits, sizeof *trees->bits);
  trees->values = mine_arena_zeros(arena, (size_t)n_values, (size_t)width * sizeof(double));
  trees->step = mine_arena_zeros(arena, n, sizeof *trees->step);
  int32_t **whole[] = {&trees->feature,      &trees->left, &trees->right,
                       &trees->missing_left, &trees->set,  &trees->value};
  double **real[] = {&trees->threshold, &trees->weight, &trees->rows, &trees->impurity,
                     &trees->gain};
  int complete = trees->first && trees->bits && trees->values && trees->step;
  for (size_t k = 0; k < sizeof whole / sizeof *whole; k++) {
    *whole[k] = mine_arena_zeros(arena, n, sizeof(int32_t));
    complete = complete && *whole[k];
  }
  for (size_t k = 0; k < sizeof real / sizeof *real; k++) {
    *real[k] = mine_arena_zeros(arena, n, sizeof(double));
    complete = complete && *real[k];
  }
  if (!complete) return NULL;
  if (n_trees == 1) trees->first[1] = n_nodes;
  return trees;
}

void mine_trees_prepare(mine_trees *trees) {
  for (int32_t i = 0; i < trees->n_nodes; i++) {
    mine_trees_step *step = &trees->step[i];
    const int leaf = trees->feature[i] == MINE_TREES_LEAF;
    step->threshold = trees->threshold[i];
    step->feature = trees->feature[i];
    step->set = trees->set[i];
    step->missing = !trees->missing_left[i];
    step->child[0] = leaf ? i : trees->left[i];
    step->child[1] = leaf ? i : trees->right[i];
  }
}

/* ---- predicting ---------------------------------------------------------------- */

typedef struct trees_run {
  const mine_trees *trees;
  const mine_batch *batch;
  double *out; /* n x width */
} trees_run;

/* Which child the row takes: 0 left, 1 right. */
static inline int trees_side(const trees_run *run, const mine_trees_step *step, uint32_t row) {
  const mine_feature_view *view = &run->batch->feature[step->feature];
  if (step->set < 0) {
    const double value = view->number[row];
    return value == value ? !(value < step->threshold) : step->missing;
  }
  const int32_t code = view->code[row];
  return code < 0 ? step->missing : !mine_trees_in_set(run->trees->bits + step->set, code);
}

/* One level for all n rows; how many of them stand in a leaf now. */
static int trees_step_all(const trees_run *run, const uint32_t *row, int n, int32_t *at) {
  const mine_trees_step *step = run->trees->step;
  int leaves = 0;
  for (int k = 0; k < n; k++) {
    const mine_trees_step *here = &step[at[k]];
    const int32_t next = here->child[trees_side(run, here, row[k])];
    at[k] = next;
    leaves += step[next].feature < 0;
  }
  return leaves;
}

/* Send n rows down from the root; at[k] becomes the leaf of row[k].  All rows
** step together until the first is in a leaf; then a list of those still going. */
static void trees_descend(const trees_run *run, int32_t root, const uint32_t *row, int n,
                          int32_t *at) {
  const mine_trees_step *step = run->trees->step;
  uint16_t going[TREES_BLOCK];
  int left = 0, leaves = step[root].feature < 0 ? n : 0;
  for (int k = 0; k < n; k++)
    at[k] = root;
  while (leaves == 0)
    leaves = trees_step_all(run, row, n, at);
  for (int k = 0; k < n; k++) {
    going[left] = (uint16_t)k;
    left += step[at[k]].feature >= 0;
  }
  while (left > 0) {
    int still = 0;
    for (int j = 0; j < left; j++) {
      const uint16_t k = going[j];
      const mine_trees_step *here = &step[at[k]];
      at[k] = here->child[trees_side(run, here, row[k])];
    }
    for (int j = 0; j < left; j++) {
      const uint16_t k = going[j];
      going[still] = k;
      still += step[at[k]].feature >= 0;
    }
    left = still;
  }
}

static void trees_collect(const trees_run *run, const int32_t *at, int n, int first_tree,
                          double *out) {
  const mine_trees *trees = run->trees;
  const size_t width = (size_t)trees->width;
  for (int k = 0; k < n; k++) {
    const double *value = trees->values + (size_t)trees->value[at[k]] * width;
    double *to = out + (size_t)k * width;
    for (size_t c = 0; c < width; c++)
      to[c] = first_tree ? value[c] : to[c] + value[c];
  }
}

static void trees_average(const mine_trees *trees, int n, double *out) {
  if (trees->n_trees == 1 || trees->combine == MINE_TREES_SUM) return;
  for (int64_t k = 0; k < (int64_t)n * trees->width; k++)
    out[k] /= trees->n_trees;
}

/* Task = block of rows. */
static void trees_predict_task(void *context, int64_t task, int worker) {
  const trees_run *run = context;
  const mine_trees *trees = run->trees;
  const int64_t first = task * TREES_BLOCK, rest = run->batch->n - first;
  const int n = rest < TREES_BLOCK ? (int)rest : TREES_BLOCK;
  uint32_t row[TREES_BLOCK];
  int32_t at[TREES_BLOCK];
  double *out = run->out + first * trees->width;
  (void)worker;
  for (int k = 0; k < n; k++)
    row[k] = (uint32_t)mine_batch_row(run->batch, first + k);
  for (int32_t t = 0; t < trees->n_trees; t++) {
    trees_descend(run, trees->first[t], row, n, at);
    trees_collect(run, at, n, t == 0, out);
  }
  trees_average(trees, n, out);
}

/* The leaf of one row.  Computing the side, as for many rows, would make a chain of
** loads eight levels long; a branch lets the processor guess the side and go on. */
static int32_t trees_leaf(const trees_run *run, int32_t root, uint32_t row) {
  const mine_trees_step *step = run->trees->step, *here = &step[root];
  while (here->feature >= 0) {
    const double *number = run->batch->feature[here->feature].number;
    if (here->set < 0 && number[row] < here->threshold)
      here = &step[here->child[0]];
    else if (here->set < 0 && number[row] >= here->threshold)
      here = &step[here->child[1]];
    else
      here = &step[here->child[trees_side(run, here, row)]];
  }
  return (int32_t)(here - step);
}

/* One row, as in a trigger: no lists, no clock, no threads. */
static void trees_predict_row(const trees_run *run) {
  const mine_trees *trees = run->trees;
  const uint32_t row = (uint32_t)mine_batch_row(run->batch, 0);
  for (int32_t t = 0; t < trees->n_trees; t++) {
    const int32_t leaf = trees_leaf(run, trees->first[t], row);
    trees_collect(run, &leaf, 1, t == 0, run->out);
  }
  trees_average(trees, 1, run->out);
}

static mine_status trees_predict(mine_env *env, const mine_model *model, const mine_batch *batch,
                                 mine_scores *out) {
  trees_run run = {model->body, batch, NULL};
  run.out = model->task == MINE_CLASSIFICATION ? out->probability : out->value;
  if (batch->n == 1) {
    trees_predict_row(&run);
    return MINE_OK;
  }
  return mine_parallel(env, MINE_BLOCKS(batch->n, TREES_BLOCK), trees_predict_task, &run);
}

/* ---- bytes --------------------------------------------------------------------- */

/* Body, version 1: counts, then each array of mine_trees in the order of the
** struct (step[] is made again). */
static void trees_save(const mine_model *model, mine_writer *w) {
  const mine_trees *trees = model->body;
  const size_t n = (size_t)trees->n_nodes;
  mine_write_u64(w, (uint64_t)trees->n_trees);
  mine_write_u64(w, (uint64_t)trees->n_nodes);
  mine_write_u64(w, (uint64_t)trees->n_values);
  mine_write_u64(w, (uint64_t)trees->n_bits);
  mine_write_u32(w, (uint32_t)trees->width);
  mine_write_u32(w, (uint32_t)trees->combine);
  mine_write_i32s(w, trees->first, (size_t)trees->n_trees + 1);
  mine_write_i32s(w, trees->feature, n);
  mine_write_reals(w, trees->threshold, n);
  mine_write_i32s(w, trees->left, n);
  mine_write_i32s(w, trees->right, n);
  mine_write_i32s(w, trees->missing_left, n);
  mine_write_i32s(w, trees->set, n);
  mine_write_i32s(w, trees->value, n);
  mine_write_reals(w, trees->weight, n);
  mine_write_reals(w, trees->rows, n);
  mine_write_reals(w, trees->impurity, n);
  mine_write_reals(w, trees->gain, n);
  mine_write_reals(w, trees->values, (size_t)trees->n_values * (size_t)trees->width);
  for (int32_t i = 0; i < trees->n_bits; i++)
    mine_write_u64(w, trees->bits[i]);
}

/* A count that is at least 1, at most 2^31 - 1, and fits the bytes left. */
static int32_t trees_read_count(mine_reader *r, size_t bytes_each, const char *problem) {
  const size_t n = mine_read_count(r, bytes_each);
  if (n > INT32_MAX) mine_reader_bad(r, problem);
  return mine_reader_ok(r) ? (int32_t)n : 0;
}

static void trees_read_arrays(mine_reader *r, mine_trees *trees) {
  const size_t n = (size_t)trees->n_nodes;
  trees->first = mine_read_i32s(r, (size_t)trees->n_trees + 1);
  trees->feature = mine_read_i32s(r, n);
  trees->threshold = mine_read_reals(r, n, 1);
  trees->left = mine_read_i32s(r, n);
  trees->right = mine_read_i32s(r, n);
  trees->missing_left = mine_read_i32s(r, n);
  trees->set = mine_read_i32s(r, n);
  trees->value = mine_read_i32s(r, n);
  trees->weight = mine_read_reals(r, n, 1);
  trees->rows = mine_read_reals(r, n, 1);
  trees->impurity = mine_read_reals(r, n, 1);
  trees->gain = mine_read_reals(r, n, 1);
  trees->values = mine_read_reals(r, (size_t)trees->n_values * (size_t)trees->width, 1);
  if (!mine_reader_ok(r)) return;
  trees->bits = mine_arena_array(r->arena, (size_t)trees->n_bits, sizeof *trees->bits);
  trees->step = mine_arena_zeros(r->arena, n, sizeof *trees->step);
  if (!trees->bits || !trees->step) {
    mine_reader_bad(r, "memory for the trees");
    return;
  }
  for (int32_t i = 0; i < trees->n_bits; i++)
    trees->bits[i] = mine_read_u64(r);
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

/* One node of the tree that ends before `end`; marks its children as found. */
static const char *trees_check_node(const mine_trees *trees, const mine_model *model, int32_t i,
                                    int32_t end, uint8_t *depth) {
  const int32_t feature = trees->feature[i], left = trees->left[i], right = trees->right[i];
  if (trees->value[i] < 0 || trees->value[i] >= trees->n_values) return "the value of a node";
  if (trees->weight[i] < 0 || trees->rows[i] < 0 || trees->rows[i] > 9007199254740992.0 ||
      trees->rows[i] != (double)(int64_t)trees->rows[i]) {
    return "the rows of a node";
  }
  if (trees->impurity[i] < 0 || trees->gain[i] < 0) return "the impurity of a node";
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

/* Rows of probabilities lie in [0, 1] and add up to one. */
static const char *trees_check_values(const mine_trees *trees, const mine_model *model) {
  if (model->task != MINE_CLASSIFICATION) return NULL;
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

static void trees_read_head(mine_reader *r, const mine_model *model, mine_trees *trees) {
  const size_t node_bytes = 6 * sizeof(int32_t) + 5 * sizeof(double);
  trees->n_trees = trees_read_count(r, sizeof(int32_t), "the number of trees");
  trees->n_nodes = trees_read_count(r, node_bytes, "the number of nodes");
  trees->n_values = trees_read_count(r, sizeof(double), "the number of values");
  trees->n_bits = trees_read_count(r, sizeof(uint64_t), "the number of sets");
  const uint32_t width = mine_read_u32(r), combine = mine_read_u32(r);
  const int expected = model->task == MINE_CLASSIFICATION ? model->n_classes : 1;
  if (!mine_reader_ok(r)) return;
  if (trees->n_trees < 1 || trees->n_nodes < 1 || trees->n_values < 1) {
    mine_reader_bad(r, "trees without nodes");
  }
  if (model->task != MINE_CLASSIFICATION && model->task != MINE_REGRESSION) {
    mine_reader_bad(r, "the task");
  }
  if (width != (uint32_t)expected) mine_reader_bad(r, "the values of a node");
  if (combine > (model->task == MINE_REGRESSION ? MINE_TREES_SUM : MINE_TREES_MEAN)) {
    mine_reader_bad(r, "the way to combine trees");
  }
  trees->width = expected;
  trees->combine = (mine_trees_combine)combine;
}

static void trees_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_trees *trees = mine_arena_zeros(r->arena, 1, sizeof *trees);
  if (!trees || version != 1) {
    mine_reader_bad(r, "the version of the trees");
    return;
  }
  trees_read_head(r, model, trees);
  if (mine_reader_ok(r)) trees_read_arrays(r, trees);
  if (!mine_reader_ok(r)) return;
  uint8_t *depth = mine_arena_zeros(r->arena, (size_t)trees->n_nodes, sizeof *depth);
  if (!depth) {
    mine_reader_bad(r, "memory for the trees");
    return;
  }
  const char *problem = trees_check(trees, model, depth);
  if (!problem) problem = trees_check_values(trees, model);
  if (problem) {
    mine_reader_bad(r, problem);
    return;
  }
  mine_trees_prepare(trees);
  model->body = trees;
}

const mine_kind mine_kind_trees = {
    .name = "trees",
    .tag = TREES_TAG,
    .version = 1,
    .predict = trees_predict,
    .save = trees_save,
    .load = trees_load,
    .describe = mine_trees_describe,
    .verbs = "mine_tree, mine_importance",
};
