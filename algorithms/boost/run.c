/*
** run.c -- a round: a tree for each output, its leaves' values, and every row's step.
*/
#include "run.h"

#include <string.h>

#include "../core/random.h"

#define RUN_BLOCK   4096
#define RUN_SAMPLE  11 /* purposes of random streams: rows ... */
#define RUN_COLUMNS 12 /* ... and attributes                   */

/* ---- a round --------------------------------------------------------------------------- */

static void run_gradient_task(void *context, int64_t task, int worker) {
  const boost_run *run = context;
  const int64_t from = task * RUN_BLOCK, rest = run->n_sample - from;
  (void)worker;
  mine__boost_gradient(run->target, run->margin, run->sample + from,
                       rest < RUN_BLOCK ? rest : RUN_BLOCK, run->g, run->h);
}

/* The rows of this round, ascending. */
static void run_choose_rows(boost_run *run) {
  const double share = run->options->subsample;
  if (share >= 1) {
    run->sample = (uint32_t *)(uintptr_t)run->row;
    run->n_sample = run->n;
    return;
  }
  const uint64_t stream =
      mine_hash_mix(run->data->seed ^ mine_hash_mix((uint64_t)run->round + (RUN_SAMPLE << 20)));
  run->n_sample = 0;
  for (int64_t k = 0; k < run->n; k++) {
    const uint64_t chance = mine_hash_mix(stream + run->row[k]) >> 11;
    if ((double)chance * 0x1p-53 < share) run->sample[run->n_sample++] = run->row[k];
  }
}

/* The features of this round: each in its turn with the probability (wanted) / (left). */
static const uint8_t *run_choose_features(boost_run *run) {
  const int n = run->binned->n_features;
  const double share = run->options->colsample;
  if (share >= 1) return NULL;
  mine_random random;
  mine__random_open(&random, run->data->seed, RUN_COLUMNS,
                    (uint64_t)run->round * (uint64_t)run->target->outputs + (uint64_t)run->output);
  int wanted = (int)(share * n + 0.5);
  if (wanted < 1) wanted = 1;
  for (int f = 0; f < n; f++) {
    run->used[f] = mine__random_below(&random, (uint64_t)(n - f)) < (uint64_t)wanted;
    wanted -= run->used[f];
  }
  return run->used;
}

/* ---- what a leaf says --------------------------------------------------------------------- */

static double run_newton(const boost_run *run, const mine_grown_node *node) {
  const size_t part = (size_t)run->output * (size_t)run->target->of.n;
  const float *g = run->g + part, *h = run->h + part;
  double sum_g = 0, sum_h = 0;
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t row = mine__grown_row(run->grower, node, k);
    sum_g += (double)g[row];
    sum_h += (double)h[row];
  }
  const double l1 = run->plan.l1;
  const double shrunk = sum_g > l1 ? sum_g - l1 : sum_g < -l1 ? sum_g + l1 : 0;
  return sum_h + run->options->l2 > 0 ? -shrunk / (sum_h + run->options->l2) : 0;
}

/* The alpha-quantile of what is left of the leaf's rows.  `room` holds twice the rows. */
static double run_quantile(const boost_run *run, const mine_grown_node *node, double alpha,
                           boost_rest *room) {
  const mine_tree_target *of = &run->target->of;
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t row = mine__grown_row(run->grower, node, k);
    room[k].rest = of->y[row] - run->margin[row];
    room[k].weight = of->weight ? (double)of->weight[row] : 1;
  }
  return mine__boost_quantile(room, node->rows, alpha);
}

/* Task = leaf: its value, a step of learning_rate. */
static void run_leaf_task(void *context, int64_t task, int worker) {
  const boost_run *run = context;
  const mine_grown_node *node = &run->tree.node[run->leaf[task]];
  double alpha;
  (void)worker;
  double value = mine__boost_leaf_is_quantile(run->target, &alpha)
                     ? run_quantile(run, node, alpha, run->rest + 2 * node->first)
                     : run_newton(run, node);
  value = value < node->low ? node->low : value > node->high ? node->high : value;
  run->value[run->leaf[task]] = value * run->options->learning_rate;
}

/* Task = leaf: its rows move by its value. */
static void run_step_task(void *context, int64_t task, int worker) {
  const boost_run *run = context;
  const mine_grown_node *node = &run->tree.node[run->leaf[task]];
  const size_t outputs = (size_t)run->target->outputs;
  double *margin = run->margin + run->output;
  const double value = run->value[run->leaf[task]];
  (void)worker;
  for (int64_t k = 0; k < node->rows; k++)
    margin[mine__grown_row(run->grower, node, k) * outputs] += value;
}

/* Task = block of rows that the tree was not grown from. */
typedef struct run_others {
  const boost_run *run;
  const uint32_t *row;
  int64_t n;
  int sampled; /* those of them that were are left out */
} run_others;

static void run_others_task(void *context, int64_t task, int worker) {
  const run_others *others = context;
  const boost_run *run = others->run;
  const size_t outputs = (size_t)run->target->outputs;
  const int64_t from = task * RUN_BLOCK;
  const int64_t to = from + RUN_BLOCK < others->n ? from + RUN_BLOCK : others->n;
  (void)worker;
  for (int64_t k = from; k < to; k++) {
    const uint32_t row = others->row[k];
    const int32_t leaf = mine__grown_leaf(run->binned, &run->tree, row);
    run->margin[row * outputs + (size_t)run->output] += run->value[leaf];
  }
}

static void run_list_leaves(boost_run *run) {
  run->n_leaves = 0;
  if (!MINE_RESERVE(run->arena, run->leaf, run->leaf_capacity, (size_t)run->tree.n_nodes) ||
      !MINE_RESERVE(run->arena, run->value, run->value_capacity, (size_t)run->tree.n_nodes) ||
      !MINE_RESERVE(run->arena, run->stack, run->stack_capacity, (size_t)run->tree.n_nodes + 1)) {
    return;
  }
  int64_t n = 0;
  run->stack[n++] = 0;
  while (n > 0) {
    const int32_t number = run->stack[--n];
    const mine_grown_node *node = &run->tree.node[number];
    if (node->left < 0) {
      run->leaf[run->n_leaves++] = number;
      continue;
    }
    run->stack[n++] = node->right;
    run->stack[n++] = node->left;
  }
}

/* An inner node says what its rows are told on the average.  Children stand behind parents. */
static void run_inner_values(boost_run *run) {
  for (int32_t i = run->tree.n_nodes; i-- > 0;) {
    const mine_grown_node *node = &run->tree.node[i];
    if (node->left < 0) continue;
    const double left = run->tree.node[node->left].weight;
    const double right = run->tree.node[node->right].weight;
    run->value[i] =
        (left * run->value[node->left] + right * run->value[node->right]) / (left + right);
  }
}

static mine_status run_others_step(boost_run *run, const uint32_t *row, int64_t n) {
  run_others others = {.run = run, .row = row, .n = n};
  return mine__parallel(run->env, MINE_BLOCKS(n, RUN_BLOCK), run_others_task, &others);
}

/* The rows learned from that were not sampled, into `others`. */
static int64_t run_not_sampled(const boost_run *run, uint32_t *others) {
  int64_t n = 0, next = 0;
  for (int64_t k = 0; k < run->n; k++) {
    if (next < run->n_sample && run->sample[next] == run->row[k]) {
      next++;
    } else {
      others[n++] = run->row[k];
    }
  }
  return n;
}

/* A tree for one output. */
static mine_status run_tree(boost_run *run, int output) {
  const size_t part = (size_t)output * (size_t)run->target->of.n;
  run->output = output;
  const mine_grow_rows rows = {
      .row = run->sample, .n = run->n_sample, .g = run->g + part, .h = run->h + part};
  const uint64_t number = (uint64_t)run->round * (uint64_t)run->target->outputs + (uint64_t)output;
  MINE_TRY(mine__grow(run->grower, &rows, run_choose_features(run), number, &run->tree));
  run_list_leaves(run);
  if (mine_failed(run->env)) return mine_env_status(run->env);
  MINE_TRY(mine__parallel(run->env, run->n_leaves, run_leaf_task, run));
  MINE_TRY(mine__parallel(run->env, run->n_leaves, run_step_task, run));
  if (run->n_sample < run->n)
    MINE_TRY(run_others_step(run, run->others, run_not_sampled(run, run->others)));
  MINE_TRY(run_others_step(run, run->held, run->n_held));
  if (run->builder) {
    run_inner_values(run);
    mine__builder_add(run->env, run->builder, run->binned, &run->tree, run->value, output);
  }
  return mine_env_status(run->env);
}

/* Whether the loss on the watched rows has not fallen for so many rounds. */
static int run_stops(const boost_run *run) {
  int64_t best = 0;
  const int64_t patience = run->options->early_stopping;
  if (!run->history || run->made <= patience) return 0;
  for (int64_t r = 1; r < run->made; r++) {
    if (run->history[r] < run->history[best]) best = r;
  }
  return run->made - 1 - best >= patience;
}

void mine__boost_rounds(boost_run *run) {
  for (run->round = 0; run->round < run->rounds && !mine_failed(run->env); run->round++) {
    run_choose_rows(run);
    if (mine__parallel(run->env, MINE_BLOCKS(run->n_sample, RUN_BLOCK), run_gradient_task, run))
      return;
    for (int c = 0; c < run->target->outputs; c++) {
      if (run_tree(run, c)) return;
    }
    run->made = run->round + 1;
    if (run->history) {
      run->history[run->round] = mine__boost_loss(run->target, run->margin, run->held, run->n_held);
      if (run_stops(run)) return;
    }
    if (run->what && mine__poll_progress(run->env, "boost",
                                         run->from + (run->to - run->from) * (double)run->made /
                                                         (double)run->rounds))
      return;
  }
}

/* ---- making ready -------------------------------------------------------------------------- */

void mine__boost_open(boost_run *run) {
  mine_arena *arena = run->arena;
  const size_t n = (size_t)run->target->of.n, outputs = (size_t)run->target->outputs;
  double alpha;
  run->base = mine__arena_zeros(arena, outputs, sizeof *run->base);
  run->margin = mine__arena_array(arena, n * outputs, sizeof *run->margin);
  run->g = mine__arena_array(arena, n * outputs, sizeof *run->g);
  run->h = mine__arena_array(arena, n * outputs, sizeof *run->h);
  run->used = mine__arena_array(arena, (size_t)run->binned->n_features, 1);
  if (run->options->subsample < 1) {
    run->sample = mine__arena_array(arena, (size_t)run->n, sizeof *run->sample);
    run->others = mine__arena_array(arena, (size_t)run->n, sizeof *run->others);
  }
  if (mine__boost_leaf_is_quantile(run->target, &alpha))
    run->rest = mine__arena_array(arena, 2 * n, sizeof *run->rest);
  if (mine_failed(run->env)) return;
  run->grower = mine__grower_open(run->env, arena, run->binned, &run->plan);
  if (!run->grower) return;
  mine__boost_start(run->env, run->target, run->row, run->n, run->base);
  for (size_t i = 0; i < n; i++)
    memcpy(run->margin + i * outputs, run->base, outputs * sizeof *run->base);
}
