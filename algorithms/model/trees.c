/*
** trees.c -- answering with trees.
**
** Rows are scored in blocks.  A block goes down a tree together, one level at a
** time: the steps of different rows do not wait for each other, which hides the
** time a lookup takes, and rows that reached a leaf drop out.
*/
#include "trees.h"
#include "metrics.h"

#include <math.h>
#include <string.h>

#define TREES_TAG   0x45455254u /* "TREE" */
#define TREES_BLOCK 1024

mine_trees *mine__trees_new(mine_arena *arena, int32_t n_trees, int32_t n_nodes, int32_t n_values,
                            int32_t n_bits, int width) {
  mine_trees *trees = mine__arena_zeros(arena, 1, sizeof *trees);
  if (!trees) return NULL;
  const size_t n = (size_t)n_nodes;
  trees->n_trees = n_trees;
  trees->n_nodes = n_nodes;
  trees->n_values = n_values;
  trees->n_bits = n_bits;
  trees->width = trees->outputs = width;
  trees->first = mine__arena_zeros(arena, (size_t)n_trees + 1, sizeof *trees->first);
  trees->bits = mine__arena_zeros(arena, (size_t)n_bits, sizeof *trees->bits);
  trees->values = mine__arena_zeros(arena, (size_t)n_values, (size_t)width * sizeof(double));
  trees->step = mine__arena_zeros(arena, n, sizeof *trees->step);
  int32_t **whole[] = {&trees->feature,      &trees->left, &trees->right,
                       &trees->missing_left, &trees->set,  &trees->value};
  double **real[] = {&trees->threshold, &trees->weight, &trees->rows, &trees->impurity,
                     &trees->gain};
  int complete = trees->first && trees->bits && trees->values && trees->step;
  for (size_t k = 0; k < sizeof whole / sizeof *whole; k++) {
    *whole[k] = mine__arena_zeros(arena, n, sizeof(int32_t));
    complete = complete && *whole[k];
  }
  for (size_t k = 0; k < sizeof real / sizeof *real; k++) {
    *real[k] = mine__arena_zeros(arena, n, sizeof(double));
    complete = complete && *real[k];
  }
  if (!complete) return NULL;
  if (n_trees == 1) trees->first[1] = n_nodes;
  return trees;
}

void mine__trees_prepare(mine_trees *trees) {
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

double mine__trees_threshold(double lower, double upper) {
  const double halfway = lower * 0.5 + upper * 0.5;
  char digits[MINE_NUMBER_BYTES];
  double tidy;
  mine__format_real(digits, halfway, 15);
  if (mine__read_number(digits, strlen(digits), &tidy) && tidy > lower && tidy <= upper)
    return tidy;
  return halfway > lower && halfway <= upper ? halfway : upper;
}

/* ---- answering ----------------------------------------------------------------- */

typedef struct trees_run {
  const mine_trees *trees;
  const mine_batch *batch;
  double *out; /* n x outputs; under logit n x 2 */
} trees_run;

/* Which child the row takes: 0 left, 1 right.  A NaN is not equal to itself, and missing. */
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
  for (int k = 0; k < n; k++) { /* without a branch: what does not stay is overwritten */
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

/* Start the sums of n rows where they do not begin with the first tree's values. */
static void trees_begin(const mine_trees *trees, int n, double *sum) {
  if (!trees->base && !trees->output) return;
  for (int k = 0; k < n; k++) {
    for (int c = 0; c < trees->outputs; c++)
      sum[(size_t)k * (size_t)trees->outputs + (size_t)c] = trees->base ? trees->base[c] : 0;
  }
}

static void trees_collect(const trees_run *run, const int32_t *at, int n, int32_t tree,
                          double *sum) {
  const mine_trees *trees = run->trees;
  const size_t width = (size_t)trees->width, outputs = (size_t)trees->outputs;
  const int start = tree == 0 && !trees->base && !trees->output;
  double *to = sum + (trees->output ? trees->output[tree] : 0);
  for (int k = 0; k < n; k++, to += outputs) {
    const double *value = trees->values + (size_t)trees->value[at[k]] * width;
    for (size_t c = 0; c < width; c++)
      to[c] = start ? value[c] : to[c] + value[c];
  }
}

static void trees_average(const mine_trees *trees, int n, double *sum) {
  if (trees->n_trees == 1 || trees->combine == MINE_TREES_SUM) return;
  const int outputs = trees->outputs;
  for (int64_t k = 0; k < (int64_t)n * outputs; k++) {
    const double base = trees->base ? trees->base[k % outputs] : 0;
    sum[k] = trees->base ? base + (sum[k] - base) / trees->n_trees : sum[k] / trees->n_trees;
  }
}

/* The answers of n rows from their sums; `out` may be `sum` but under logit. */
static void trees_link(const mine_trees *trees, int n, double *sum, double *out) {
  const int outputs = trees->outputs;
  if (trees->link == MINE_TREES_LOGIT) {
    for (int k = 0; k < n; k++)
      mine__metrics_logit(sum[k], out + (int64_t)2 * k);
  } else if (trees->link == MINE_TREES_SOFTMAX) {
    for (int k = 0; k < n; k++)
      mine__metrics_shares(sum + (int64_t)k * outputs, outputs);
  } else if (trees->link == MINE_TREES_EXP) {
    for (int64_t k = 0; k < (int64_t)n * outputs; k++)
      sum[k] = exp(sum[k]);
  }
}

/* Task = block of rows. */
static void trees_answer_task(void *context, int64_t task, int worker) {
  const trees_run *run = context;
  const mine_trees *trees = run->trees;
  const int64_t first = task * TREES_BLOCK, rest = run->batch->n - first;
  const int n = rest < TREES_BLOCK ? (int)rest : TREES_BLOCK;
  uint32_t row[TREES_BLOCK];
  int32_t at[TREES_BLOCK];
  double margin[TREES_BLOCK]; /* logit: one sum a row, two answers */
  const int logit = trees->link == MINE_TREES_LOGIT;
  double *out = run->out + first * (logit ? 2 : trees->outputs), *sum = logit ? margin : out;
  (void)worker;
  for (int k = 0; k < n; k++)
    row[k] = (uint32_t)mine_batch_row(run->batch, first + k);
  trees_begin(trees, n, sum);
  for (int32_t t = 0; t < trees->n_trees; t++) {
    trees_descend(run, trees->first[t], row, n, at);
    trees_collect(run, at, n, t, sum);
  }
  trees_average(trees, n, sum);
  trees_link(trees, n, sum, out);
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
static void trees_answer_row(const trees_run *run) {
  const mine_trees *trees = run->trees;
  const uint32_t row = (uint32_t)mine_batch_row(run->batch, 0);
  double margin, *sum = trees->link == MINE_TREES_LOGIT ? &margin : run->out;
  trees_begin(trees, 1, sum);
  for (int32_t t = 0; t < trees->n_trees; t++) {
    const int32_t leaf = trees_leaf(run, trees->first[t], row);
    trees_collect(run, &leaf, 1, t, sum);
  }
  trees_average(trees, 1, sum);
  trees_link(trees, 1, sum, run->out);
}

static unsigned trees_given(const mine_model *model) {
  const mine_trees *trees = model->body;
  const unsigned leaf = trees->n_trees == 1 ? MINE_GIVES_LEAF : 0u;
  return leaf | (model->n_groups > 0 ? MINE_GIVES_GROUP | MINE_GIVES_SHARE : MINE_GIVES_VALUE);
}

/* The leaf of each row in the one tree, counted from 1. */
static void trees_leaves(mine_env *env, const trees_run *run, int32_t *leaf) {
  for (int64_t i = 0; i < run->batch->n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    leaf[i] = 1 + trees_leaf(run, 0, (uint32_t)mine_batch_row(run->batch, i));
  }
}

static mine_status trees_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                mine_answers *out) {
  trees_run run = {model->body, batch, NULL};
  run.out = model->n_groups > 0 ? out->share : out->value;
  if (out->leaf) trees_leaves(env, &run, out->leaf);
  if (!run.out || batch->n == 0) return mine_env_status(env);
  if (batch->n == 1) {
    trees_answer_row(&run);
    return MINE_OK;
  }
  return mine__parallel(env, MINE_BLOCKS(batch->n, TREES_BLOCK), trees_answer_task, &run);
}

const mine_kind mine__kind_trees = {
    .name = "trees",
    .tag = TREES_TAG,
    .version = MINE_TREES_VERSION,
    .gives = MINE_GIVES_VALUE | MINE_GIVES_GROUP | MINE_GIVES_SHARE | MINE_GIVES_LEAF,
    .given = trees_given,
    .answer = trees_answer,
    .save = mine__trees_save,
    .load = mine__trees_load,
    .parts = mine__trees_parts,
};
