/*
** run.c -- a round: a tree for each output, its leaves' values, and every row's step.
*/
#include "run.h"

#include <string.h>

#include "../core/random.h"

#define RUN_AHEAD   16
#define RUN_BLOCK   4096
#define RUN_SAMPLE  11 /* purposes of random streams: rows ... */
#define RUN_COLUMNS 12 /* ... and attributes                   */

/* ---- a round --------------------------------------------------------------------------- */

static void run_gradient_task(void *context, int64_t task, int worker) {
  const boost_run *run = context;
  const int64_t from = task * RUN_BLOCK, rest = run->now.n_sample - from;
  (void)worker;
  mine__boost_gradient(run->target, run->margin, run->now.sample + from,
                       rest < RUN_BLOCK ? rest : RUN_BLOCK, run->g, run->h);
}

/* The rows of this round, ascending. */
static void run_choose_rows(boost_run *run) {
  boost_round *now = &run->now;
  const double share = run->options->subsample;
  if (share >= 1) {
    now->sample = (uint32_t *)(uintptr_t)run->row;
    now->n_sample = run->n;
    return;
  }
  const uint64_t stream =
      mine_hash_mix(run->data->seed ^ mine_hash_mix((uint64_t)now->round + (RUN_SAMPLE << 20)));
  now->n_sample = 0;
  for (int64_t k = 0; k < run->n; k++) {
    const uint64_t chance = mine_hash_mix(stream + run->row[k]) >> 11;
    if ((double)chance * 0x1p-53 < share) now->sample[now->n_sample++] = run->row[k];
  }
}

/* The features of this round: each in its turn with the probability (wanted) / (left). */
static const uint8_t *run_choose_features(boost_run *run) {
  boost_round *now = &run->now;
  const int n = run->binned->n_features;
  const double share = run->options->colsample;
  if (share >= 1) return NULL;
  mine_random random;
  mine__random_open(&random, run->data->seed, RUN_COLUMNS,
                    (uint64_t)now->round * (uint64_t)run->target->outputs + (uint64_t)now->output);
  int wanted = (int)(share * n + 0.5);
  if (wanted < 1) wanted = 1;
  for (int f = 0; f < n; f++) {
    now->used[f] = mine__random_below(&random, (uint64_t)(n - f)) < (uint64_t)wanted;
    wanted -= now->used[f];
  }
  return now->used;
}

/* ---- what a leaf says --------------------------------------------------------------------- */

/* A leaf's rows lie far apart: the row of which numbers are fetched while row k is added. */
static uint32_t run_ahead(const mine_grow_entry *entry, const mine_grown_node *node, int64_t k) {
  return entry[k + RUN_AHEAD < node->rows ? k + RUN_AHEAD : k].row;
}

static double run_newton(const boost_run *run, const mine_grown_node *node) {
  const size_t part = (size_t)run->now.output * (size_t)run->target->of.n;
  const float *g = run->g + part, *h = run->h + part;
  const mine_grow_entry *entry = mine__grown_rows(run->grower, node);
  double sum_g = 0, sum_h = 0;
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t soon = run_ahead(entry, node, k);
    MINE_FETCH(g + soon);
    MINE_FETCH(h + soon);
    sum_g += (double)g[entry[k].row];
    sum_h += (double)h[entry[k].row];
  }
  const double l1 = run->plan.l1;
  const double shrunk = sum_g > l1 ? sum_g - l1 : sum_g < -l1 ? sum_g + l1 : 0;
  return sum_h + run->options->l2 > 0 ? -shrunk / (sum_h + run->options->l2) : 0;
}

/* The alpha-quantile of what is left of the leaf's rows.  `room` holds twice the rows. */
static double run_quantile(const boost_run *run, const mine_grown_node *node, double alpha,
                           boost_rest *room) {
  const mine_tree_target *of = &run->target->of;
  const mine_grow_entry *entry = mine__grown_rows(run->grower, node);
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t row = entry[k].row;
    room[k].rest = of->y[row] - run->margin[row];
    room[k].weight = of->weight ? (double)of->weight[row] : 1;
  }
  return mine__boost_quantile(room, node->rows, alpha);
}

/* Task = leaf: its value, a step of learning_rate. */
static void run_leaf_task(void *context, int64_t task, int worker) {
  const boost_run *run = context;
  const boost_round *now = &run->now;
  const mine_grown_node *node = &now->tree.node[now->leaf[task]];
  double alpha;
  (void)worker;
  double value = mine__boost_leaf_is_quantile(run->target, &alpha)
                     ? run_quantile(run, node, alpha, now->rest + 2 * node->first)
                     : run_newton(run, node);
  value = value < node->low ? node->low : value > node->high ? node->high : value;
  now->value[now->leaf[task]] = value * run->options->learning_rate;
}

/* Task = leaf: its rows move by its value. */
static void run_step_task(void *context, int64_t task, int worker) {
  const boost_run *run = context;
  const boost_round *now = &run->now;
  const mine_grown_node *node = &now->tree.node[now->leaf[task]];
  const size_t outputs = (size_t)run->target->outputs;
  double *margin = run->margin + now->output;
  const double value = now->value[now->leaf[task]];
  const mine_grow_entry *entry = mine__grown_rows(run->grower, node);
  (void)worker;
  for (int64_t k = 0; k < node->rows; k++) {
    MINE_FETCH(margin + run_ahead(entry, node, k) * outputs);
    margin[entry[k].row * outputs] += value;
  }
}

/* Task = block of rows that the tree was not grown from. */
typedef struct run_others {
  const boost_run *run;
  const uint32_t *row;
  int64_t n;
} run_others;

static void run_others_task(void *context, int64_t task, int worker) {
  const run_others *others = context;
  const boost_run *run = others->run;
  const boost_round *now = &run->now;
  const size_t outputs = (size_t)run->target->outputs;
  const int64_t from = task * RUN_BLOCK;
  const int64_t to = from + RUN_BLOCK < others->n ? from + RUN_BLOCK : others->n;
  (void)worker;
  for (int64_t k = from; k < to; k++) {
    const uint32_t row = others->row[k];
    const int32_t leaf = mine__grown_leaf(run->binned, &now->tree, row);
    run->margin[row * outputs + (size_t)now->output] += now->value[leaf];
  }
}

static void run_list_leaves(boost_run *run) {
  boost_round *now = &run->now;
  now->n_leaves = 0;
  if (!MINE_RESERVE(run->arena, now->leaf, now->leaf_capacity, (size_t)now->tree.n_nodes) ||
      !MINE_RESERVE(run->arena, now->value, now->value_capacity, (size_t)now->tree.n_nodes) ||
      !MINE_RESERVE(run->arena, now->stack, now->stack_capacity, (size_t)now->tree.n_nodes + 1)) {
    return;
  }
  int64_t n = 0;
  now->stack[n++] = 0;
  while (n > 0) {
    const int32_t number = now->stack[--n];
    const mine_grown_node *node = &now->tree.node[number];
    if (node->left < 0) {
      now->leaf[now->n_leaves++] = number;
      continue;
    }
    now->stack[n++] = node->right;
    now->stack[n++] = node->left;
  }
}

/* An inner node says what its rows are told on the average.  Children stand behind parents. */
static void run_inner_values(boost_run *run) {
  boost_round *now = &run->now;
  for (int32_t i = now->tree.n_nodes; i-- > 0;) {
    const mine_grown_node *node = &now->tree.node[i];
    if (node->left < 0) continue;
    const double left = now->tree.node[node->left].weight;
    const double right = now->tree.node[node->right].weight;
    now->value[i] =
        (left * now->value[node->left] + right * now->value[node->right]) / (left + right);
  }
}

static void run_others_step(boost_run *run, const uint32_t *row, int64_t n) {
  run_others others = {.run = run, .row = row, .n = n};
  if (mine__parallel(run->env, MINE_BLOCKS(n, RUN_BLOCK), run_others_task, &others)) return;
}

/* The rows learned from that were not sampled, into `others`. */
static int64_t run_not_sampled(const boost_run *run, uint32_t *others) {
  const boost_round *now = &run->now;
  int64_t n = 0, next = 0;
  for (int64_t k = 0; k < run->n; k++) {
    if (next < now->n_sample && now->sample[next] == run->row[k]) {
      next++;
    } else {
      others[n++] = run->row[k];
    }
  }
  return n;
}

/* A tree for one output. */
static void run_tree(boost_run *run, int output) {
  boost_round *now = &run->now;
  const size_t part = (size_t)output * (size_t)run->target->of.n;
  now->output = output;
  const mine_grow_rows rows = {
      .row = now->sample, .n = now->n_sample, .g = run->g + part, .h = run->h + part};
  const uint64_t number = (uint64_t)now->round * (uint64_t)run->target->outputs + (uint64_t)output;
  if (mine__grow(run->grower, &rows, run_choose_features(run), number, &now->tree)) return;
  run_list_leaves(run);
  if (mine_failed(run->env)) return;
  if (mine__parallel(run->env, now->n_leaves, run_leaf_task, run)) return;
  if (mine__parallel(run->env, now->n_leaves, run_step_task, run)) return;
  if (now->n_sample < run->n) run_others_step(run, now->others, run_not_sampled(run, now->others));
  run_others_step(run, run->held, run->n_held);
  if (mine_failed(run->env)) return;
  if (run->builder) {
    run_inner_values(run);
    mine__builder_add(run->env, run->builder, run->binned, &now->tree, now->value, output);
  }
}

/* Whether the loss on the watched rows has not fallen for so many rounds. */
static int run_stops(const boost_run *run) {
  int64_t best = 0;
  const int64_t patience = run->options->early_stopping;
  if (!run->history || patience <= 0 || run->made <= patience) return 0;
  for (int64_t r = 1; r < run->made; r++) {
    if (run->history[r] < run->history[best]) best = r;
  }
  return run->made - 1 - best >= patience;
}

void mine__boost_rounds(boost_run *run) {
  boost_round *now = &run->now;
  for (now->round = 0; now->round < run->rounds && !mine_failed(run->env); now->round++) {
    run_choose_rows(run);
    if (mine__parallel(run->env, MINE_BLOCKS(now->n_sample, RUN_BLOCK), run_gradient_task, run))
      return;
    for (int c = 0; c < run->target->outputs && !mine_failed(run->env); c++)
      run_tree(run, c);
    if (mine_failed(run->env)) return;
    run->made = now->round + 1;
    if (run->history) {
      run->history[now->round] = mine__boost_loss(run->target, run->margin, run->held, run->n_held);
      if (run_stops(run)) return;
    }
    if (run->telling.what &&
        mine__poll_progress(run->env, "boost",
                            run->telling.from + (run->telling.to - run->telling.from) *
                                                    (double)run->made / (double)run->rounds))
      return;
  }
}

/* ---- making ready -------------------------------------------------------------------------- */

void mine__boost_rows(boost_run *run, const int32_t *part, int watched) {
  const int64_t n = run->target->of.n;
  uint32_t *row = mine__arena_array(run->arena, (size_t)n, sizeof *row);
  uint32_t *held = mine__arena_array(run->arena, part ? (size_t)n : 1, sizeof *held);
  if (!row || !held) return;
  for (int64_t i = 0; i < n; i++) {
    if (part && part[i] == watched) {
      held[run->n_held++] = (uint32_t)i;
    } else {
      row[run->n++] = (uint32_t)i;
    }
  }
  run->row = row;
  run->held = held;
}

void mine__boost_open(boost_run *run) {
  boost_round *now = &run->now;
  mine_arena *arena = run->arena;
  const size_t n = (size_t)run->target->of.n, outputs = (size_t)run->target->outputs;
  double alpha;
  run->base = mine__arena_zeros(arena, outputs, sizeof *run->base);
  run->margin = mine__arena_array(arena, n * outputs, sizeof *run->margin);
  run->g = mine__arena_array(arena, n * outputs, sizeof *run->g);
  run->h = mine__arena_array(arena, n * outputs, sizeof *run->h);
  now->used = mine__arena_array(arena, (size_t)run->binned->n_features, 1);
  if (run->options->subsample < 1) {
    now->sample = mine__arena_array(arena, (size_t)run->n, sizeof *now->sample);
    now->others = mine__arena_array(arena, (size_t)run->n, sizeof *now->others);
  }
  if (mine__boost_leaf_is_quantile(run->target, &alpha))
    now->rest = mine__arena_array(arena, 2 * n, sizeof *now->rest);
  if (mine_failed(run->env)) return;
  run->grower = mine__grower_open(run->env, arena, run->binned, &run->plan);
  if (!run->grower) return;
  mine__boost_start(run->env, run->target, run->row, run->n, run->base);
  for (size_t i = 0; i < n; i++)
    memcpy(run->margin + i * outputs, run->base, outputs * sizeof *run->base);
}
