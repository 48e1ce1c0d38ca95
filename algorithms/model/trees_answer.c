/*
** trees_answer.c -- answering with trees.
**
** A walk down a tree waits for every node it reads, and one walk must not wait for another.
** So walks go side by side, one step of each at a time:
**   many rows, many trees   the rows' values become bytes; small trees are asked without
**                           walking at all, large ones by a block of rows (trees_ask.h)
**   many rows, few trees    a block of rows goes down each tree together, and rows that
**                           reached a leaf drop out
**   a row, many trees       the row goes down TREES_ABREAST trees together
**   a row, a tree           alone: the processor guesses the sides and goes on
** Sums are taken tree after tree in all of them.
*/
#include "trees_ask.h"

#include <math.h>
#include <string.h>

#include "../kernel/simd.h"
#include "metrics.h"

#define TREES_BLOCK   1024 /* rows; a multiple of MINE__SLOT_ROWS */
#define TREES_ROWS    32   /* rows from which on they go by the block */
#define TREES_ABREAST 8
#define TREES_BYTES   32   /* trees from which on a row becomes bytes    */
#define TREES_COLUMNS 1024 /* of bytes that a row may have               */

typedef struct trees_run {
  const mine_trees *trees;
  const mine_batch *batch;
  double *out;  /* n x outputs; under logit n x 2 */
  int8_t *byte; /* per worker: n_columns x TREES_BLOCK; or NULL */
} trees_run;

/* Which child the row takes: 0 left, 1 right.  A NaN is not equal to itself, and missing. */
static inline int trees_side(const trees_run *run, const mine__trees_node *node, uint32_t row) {
  const mine_feature_view *view = &run->batch->feature[node->feature];
  const int missing = mine__trees_missing_right(node), set = missing ? ~node->set : node->set;
  if (set == MINE__TREES_NUMBER) {
    const double value = view->number[row];
    return (value >= node->threshold) | ((value != value) & missing);
  }
  const int32_t code = view->code[row];
  return code < 0 ? missing : !mine_trees_in_set(run->trees->bits + set, code);
}

/* ---- a block of rows goes down a tree ---------------------------------------------------- */

/* Where row k of those in `context` goes from an inner node. */
typedef mine__trees_next (*trees_stepping)(const void *context, mine__trees_next at, int k);

/* Send n rows down from `root`; at[k] becomes the leaf of row k.  All rows step together until
** the first is in a leaf; then a list of those still going.  Inlined with its step. */
MINE_INLINE void trees_descend(trees_stepping step, const void *context, mine__trees_next root,
                               int n, mine__trees_next *at) {
  uint16_t going[TREES_BLOCK];
  int left = 0, leaves = root < 0 ? n : 0;
  for (int k = 0; k < n; k++)
    at[k] = root;
  while (leaves == 0) {
    for (int k = 0; k < n; k++) {
      at[k] = step(context, at[k], k);
      leaves += at[k] < 0;
    }
  }
  for (int k = 0; k < n; k++) { /* without a branch: what does not stay is overwritten */
    going[left] = (uint16_t)k;
    left += at[k] >= 0;
  }
  while (left > 0) {
    int still = 0;
    for (int j = 0; j < left; j++)
      at[going[j]] = step(context, at[going[j]], going[j]);
    for (int j = 0; j < left; j++) {
      const uint16_t k = going[j];
      going[still] = k;
      still += at[k] >= 0;
    }
    left = still;
  }
}

/* Rows by their values. */
typedef struct trees_values {
  const trees_run *run;
  const mine__trees_node *node;
  const uint32_t *row;
} trees_values;

static inline mine__trees_next trees_step_value(const void *context, mine__trees_next at, int k) {
  const trees_values *v = context;
  const mine__trees_node *node = &v->node[at];
  return node->child[trees_side(v->run, node, v->row[k])];
}

/* at[k]: the row of values of row[k]'s leaf. */
static void trees_walk_values(const trees_run *run, int32_t tree, const uint32_t *row, int n,
                              int32_t *at) {
  const mine_trees *trees = run->trees;
  const trees_values context = {run, trees->ask->node, row};
  trees_descend(trees_step_value, &context, trees->ask->root[tree], n, at);
  for (int k = 0; k < n; k++)
    at[k] = trees->value[~at[k]];
}

/* ---- rows by their bytes --------------------------------------------------------------- */

/* Where a row goes from the inner node at `place`; its columns are `stride` bytes apart. */
static inline int trees_step(const mine__trees_bins *bins, int32_t place, const int8_t *byte,
                             ptrdiff_t stride) {
  const mine__trees_byte_node *node = &bins->node[place];
  byte += node->column * stride;
  if (!node->is_set) return node->child[byte[0] > node->bin];
  const uint8_t *set = bins->set + (ptrdiff_t)bins->set_of[place] * MINE__SLOT_SET;
  return node->child[!(set[(uint8_t)byte[0]] & (uint8_t)byte[stride])];
}

/* Rows by their bytes. */
typedef struct trees_binned {
  const mine__trees_bins *bins;
  int32_t first;
  const int8_t *byte;
} trees_binned;

static inline mine__trees_next trees_step_byte(const void *context, mine__trees_next at, int k) {
  const trees_binned *b = context;
  return trees_step(b->bins, b->first + at, b->byte + k, MINE__SLOT_ROWS);
}

/* The slots of MINE__SLOT_ROWS rows in a tree. */
static void trees_walk_bytes(const mine__trees_bins *bins, const mine__trees_part *part,
                             const int8_t *byte, int32_t *at) {
  const trees_binned context = {bins, part->first, byte};
  trees_descend(trees_step_byte, &context, part->nodes ? 0 : ~0, MINE__SLOT_ROWS, at);
  for (int k = 0; k < MINE__SLOT_ROWS; k++)
    at[k] = ~at[k];
}

/* ---- sums ------------------------------------------------------------------------------- */

/* Start the sums of n rows where they do not begin with the first tree's values. */
static void trees_begin(const mine_trees *trees, int n, double *sum) {
  if (!trees->base && !trees->output) return;
  for (int k = 0; k < n; k++) {
    for (int c = 0; c < trees->outputs; c++)
      sum[(size_t)k * (size_t)trees->outputs + (size_t)c] = trees->base ? trees->base[c] : 0;
  }
}

/* Whether the sums of an output begin with the first tree's values. */
static int trees_starts(const mine_trees *trees, int32_t tree) {
  return tree == 0 && !trees->base && !trees->output;
}

/* Add a tree: at[k] is the row of values of row k. */
static void trees_collect(const mine_trees *trees, const int32_t *at, int n, int32_t tree,
                          double *sum) {
  const size_t width = (size_t)trees->width, outputs = (size_t)trees->outputs;
  const int start = trees_starts(trees, tree);
  double *to = sum + (trees->output ? trees->output[tree] : 0);
  for (int k = 0; k < n; k++, to += outputs) {
    const double *value = trees->values + (size_t)at[k] * width;
    for (size_t c = 0; c < width; c++)
      to[c] = start ? value[c] : to[c] + value[c];
  }
}

/* The same where leaves have one value each: value[slot[k]] is row k's. */
static inline void trees_add(const mine_trees *trees, const double *value, const uint8_t *slot,
                             int n, int32_t tree, double *sum) {
  const size_t outputs = (size_t)trees->outputs;
  double *to = sum + (trees->output ? trees->output[tree] : 0);
  if (trees_starts(trees, tree)) {
    for (int k = 0; k < n; k++, to += outputs)
      *to = value[slot[k]];
  } else if (outputs == 1) {
    for (int k = 0; k < n; k++)
      to[k] += value[slot[k]];
  } else {
    for (int k = 0; k < n; k++, to += outputs)
      *to += value[slot[k]];
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

/* ---- a block of rows ------------------------------------------------------------------- */

/* By values: tree after tree for all rows. */
static void trees_block_values(const trees_run *run, const uint32_t *row, int n, double *sum) {
  int32_t at[TREES_BLOCK];
  for (int32_t t = 0; t < run->trees->n_trees; t++) {
    trees_walk_values(run, t, row, n, at);
    trees_collect(run->trees, at, n, t, sum);
  }
}

/* By bytes: a large tree is used by all rows while it is at hand. */
static void trees_block_bytes(const trees_run *run, const uint32_t *row, int n, int8_t *byte,
                              double *sum) {
  const mine_trees *trees = run->trees;
  const mine__trees_bins *bins = trees->ask->bins;
  const mine__kernels *kernels = mine__kernels_here();
  const ptrdiff_t part_bytes = (ptrdiff_t)bins->n_columns * MINE__SLOT_ROWS;
  uint8_t slot[MINE__SLOT_ROWS];
  int32_t at[MINE__SLOT_ROWS];
  for (int k = 0; k < n; k += MINE__SLOT_ROWS)
    mine__trees_bytes(bins, run->batch->feature, row + k, byte + k / MINE__SLOT_ROWS * part_bytes);
  for (int32_t t = 0; t < trees->n_trees; t++) {
    const mine__trees_part *part = &bins->part[t];
    for (int k = 0; k < n; k += MINE__SLOT_ROWS) {
      const int8_t *from = byte + k / MINE__SLOT_ROWS * part_bytes;
      const int rows = n - k < MINE__SLOT_ROWS ? n - k : MINE__SLOT_ROWS;
      double *to = sum + (size_t)k * (size_t)trees->outputs;
      if (part->cut < 0) {
        trees_walk_bytes(bins, part, from, at);
      } else {
        kernels->slots(from, bins->cut + part->cut, part->nodes, bins->set, slot);
      }
      if (part->cut >= 0 && bins->value) {
        trees_add(trees, bins->value + part->leaf, slot, rows, t, to);
        continue;
      }
      for (int j = 0; j < rows; j++)
        at[j] = bins->leaf[part->leaf + (part->cut < 0 ? at[j] : slot[j])];
      trees_collect(trees, at, rows, t, to);
    }
  }
}

/* Task = block of rows.  Behind the last row its number is repeated, up to whole parts. */
static void trees_answer_task(void *context, int64_t task, int worker) {
  const trees_run *run = context;
  const mine_trees *trees = run->trees;
  const int64_t first = task * TREES_BLOCK, rest = run->batch->n - first;
  const int n = rest < TREES_BLOCK ? (int)rest : TREES_BLOCK;
  uint32_t row[TREES_BLOCK];
  double margin[TREES_BLOCK]; /* logit: one sum a row, two answers */
  const int logit = trees->link == MINE_TREES_LOGIT;
  double *out = run->out + first * (logit ? 2 : trees->outputs), *sum = logit ? margin : out;
  for (int k = 0; k < TREES_BLOCK; k++)
    row[k] = (uint32_t)mine_batch_row(run->batch, first + (k < n ? k : n - 1));
  trees_begin(trees, n, sum);
  if (run->byte) {
    trees_block_bytes(run, row, n,
                      run->byte + (ptrdiff_t)worker * trees->ask->bins->n_columns * TREES_BLOCK,
                      sum);
  } else {
    trees_block_values(run, row, n, sum);
  }
  trees_average(trees, n, sum);
  trees_link(trees, n, sum, out);
}

/* ---- a row ------------------------------------------------------------------------------ */

/* The leaf of one row.  Computing the side, as for many rows, would make a chain of
** loads eight levels long; a branch lets the processor guess the side and go on. */
static int32_t trees_leaf(const trees_run *run, mine__trees_next at, uint32_t row) {
  while (at >= 0) {
    const mine__trees_node *node = &run->trees->ask->node[at];
    const int number = node->set == MINE__TREES_NUMBER || node->set == ~MINE__TREES_NUMBER;
    const double *value = run->batch->feature[node->feature].number;
    if (number && value[row] < node->threshold)
      at = node->child[0];
    else if (number && value[row] >= node->threshold)
      at = node->child[1];
    else
      at = node->child[trees_side(run, node, row)];
  }
  return ~at;
}

/* The leaves to which a row comes in TREES_ABREAST trees, by its bytes. */
static void trees_abreast_bytes(const mine__trees_bins *bins, const mine__trees_part *part,
                                const int8_t *byte, int32_t *leaf) {
  int at[TREES_ABREAST], going = 0;
  for (int j = 0; j < TREES_ABREAST; j++) {
    at[j] = part[j].nodes ? 0 : ~0;
    going |= ~at[j];
  }
  for (; going < 0;) {
    going = 0;
    for (int j = 0; j < TREES_ABREAST; j++) {
      if (at[j] < 0) continue;
      at[j] = trees_step(bins, part[j].first + at[j], byte, 1);
      going |= ~at[j];
    }
  }
  for (int j = 0; j < TREES_ABREAST; j++)
    leaf[j] = part[j].leaf + ~at[j];
}

/* The same by its values. */
static void trees_abreast_values(const trees_run *run, const mine__trees_next *root, uint32_t row,
                                 int32_t *value) {
  const mine__trees_node *node = run->trees->ask->node;
  mine__trees_next at[TREES_ABREAST], going = 0;
  for (int j = 0; j < TREES_ABREAST; j++) {
    at[j] = root[j];
    going |= ~at[j];
  }
  for (; going < 0;) {
    going = 0;
    for (int j = 0; j < TREES_ABREAST; j++) {
      if (at[j] < 0) continue;
      at[j] = node[at[j]].child[trees_side(run, &node[at[j]], row)];
      going |= ~at[j];
    }
  }
  for (int j = 0; j < TREES_ABREAST; j++)
    value[j] = run->trees->value[~at[j]];
}

/* Add the first trees of one row, as many as go abreast; returns how many. */
static int32_t trees_row_bytes(const trees_run *run, uint32_t row, double *sum) {
  const mine_trees *trees = run->trees;
  const mine__trees_bins *bins = trees->ask->bins;
  int8_t byte[TREES_COLUMNS];
  int32_t leaf[TREES_ABREAST], t = 0;
  mine__trees_bytes_of_row(bins, run->batch->feature, row, byte);
  while (t + TREES_ABREAST <= trees->n_trees) {
    trees_abreast_bytes(bins, &bins->part[t], byte, leaf);
    for (int j = 0; j < TREES_ABREAST; j++, t++) {
      const uint8_t first = 0;
      if (bins->value) {
        trees_add(trees, &bins->value[leaf[j]], &first, 1, t, sum);
      } else {
        trees_collect(trees, &bins->leaf[leaf[j]], 1, t, sum);
      }
    }
  }
  return t;
}

static int32_t trees_row_values(const trees_run *run, uint32_t row, double *sum) {
  const mine_trees *trees = run->trees;
  int32_t value[TREES_ABREAST], t = 0;
  while (t + TREES_ABREAST <= trees->n_trees) {
    trees_abreast_values(run, &trees->ask->root[t], row, value);
    for (int j = 0; j < TREES_ABREAST; j++, t++)
      trees_collect(trees, &value[j], 1, t, sum);
  }
  return t;
}

/* Row i of the batch, as in a trigger: no lists, no clock, no threads, no memory. */
static void trees_answer_row(const trees_run *run, int64_t i) {
  const mine_trees *trees = run->trees;
  const mine__trees_bins *bins = trees->ask->bins;
  const uint32_t row = (uint32_t)mine_batch_row(run->batch, i);
  const int logit = trees->link == MINE_TREES_LOGIT;
  const int by_bytes = bins && trees->n_trees >= TREES_BYTES && bins->n_columns <= TREES_COLUMNS;
  double margin, *out = run->out + i * (logit ? 2 : trees->outputs), *sum = logit ? &margin : out;
  trees_begin(trees, 1, sum);
  int32_t t = by_bytes ? trees_row_bytes(run, row, sum) : trees_row_values(run, row, sum);
  for (; t < trees->n_trees; t++)
    trees_collect(trees, &trees->value[trees_leaf(run, trees->ask->root[t], row)], 1, t, sum);
  trees_average(trees, 1, sum);
  trees_link(trees, 1, sum, out);
}

unsigned mine__trees_given(const mine_model *model) {
  const mine_trees *trees = model->body;
  const unsigned leaf = trees->n_trees == 1 ? MINE_GIVES_LEAF : 0u;
  return leaf | (model->n_groups > 0 ? MINE_GIVES_GROUP | MINE_GIVES_SHARE : MINE_GIVES_VALUE);
}

/* The leaf of each row in the one tree, counted from 1. */
static void trees_leaves(mine_env *env, const trees_run *run, int32_t *leaf) {
  for (int64_t i = 0; i < run->batch->n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    leaf[i] =
        1 + trees_leaf(run, run->trees->ask->root[0], (uint32_t)mine_batch_row(run->batch, i));
  }
}

mine_status mine__trees_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                               mine_answers *out) {
  const mine_trees *trees = model->body;
  trees_run run = {trees, batch, NULL, NULL};
  run.out = model->n_groups > 0 ? out->share : out->value;
  if (out->leaf) trees_leaves(env, &run, out->leaf);
  if (!run.out) return mine_env_status(env);
  if (batch->n < TREES_ROWS) {
    for (int64_t i = 0; i < batch->n; i++)
      trees_answer_row(&run, i);
    return MINE_OK;
  }
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (trees->ask->bins)
    run.byte = mine__arena_array(env->scratch, (size_t)env->threads * TREES_BLOCK,
                                 (size_t)trees->ask->bins->n_columns);
  mine_status status = mine_env_status(env);
  if (!status)
    status = mine__parallel(env, MINE_BLOCKS(batch->n, TREES_BLOCK), trees_answer_task, &run);
  mine__arena_rewind(env->scratch, mark);
  return status;
}
