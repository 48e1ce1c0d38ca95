/*
** tree_histogram.c -- a tree of many rows: CART, but cut only where bins end.
**
** With many rows it hardly matters that a threshold lies between this pair of neighbours or
** between the next: features are cut into bins of about equally many rows, and a tree is grown
** from sums per bin (tree/grow.h), as forests and boosting grow theirs.  A node's figures are
** then taken from its rows, as exactly as those of the other engine, so that pruning, reports and
** answers are the same kind of number.
**
** Categories of more than MINE_BINS_SET levels are cut by their ordered statistic (tree/ordered.h).
*/
#include <math.h>

#include "../core/options.h"
#include "../core/parallel.h"
#include "../tree/builder.h"
#include "../tree/ordered.h"
#include "tree.h"

typedef struct histogram_run {
  mine_env *env;
  mine_arena *arena;
  const mine_tree_rows *rows;
  mine_binned binned;
  mine_grower *grower;
  mine_grown grown;
  mine_tree_nodes *nodes;
  int32_t *from; /* by node: its number in `grown` */
  uint32_t *row; /* rows of each node, side by side */
} histogram_run;

/* What is summed: with two classes gini is the squared error of 0 and 1, halved. */
static mine_grow_plan histogram_plan(const mine_tree_rows *rows, const mine_tree_options *options,
                                     const mine_tree_target *of, uint64_t seed) {
  mine_grow_plan plan = {
      .score = MINE_GROW_GRADIENT,
      .n_classes = rows->n_classes,
      .max_depth = options->max_depth,
      .max_leaves = options->max_leaves == MINE_NOT_GIVEN ? 0 : options->max_leaves,
      .min_samples_leaf = options->min_samples_leaf,
      .min_samples_split = options->min_samples_split,
      .seed = seed};
  double weight = 0, unit = 1; /* a decrease of impurity is unit x the score's gain */
  for (int64_t i = 0; i < rows->n; i++)
    weight += rows->weight ? rows->weight[i] : 1;
  if (options->criterion == MINE_TREE_ENTROPY) {
    plan.score = MINE_GROW_ENTROPY;
    unit = 1 / log(2.0); /* bits, of natural logarithms */
  } else if (rows->n_classes > 2) {
    plan.score = MINE_GROW_GINI;
  } else {
    unit = rows->n_classes ? 2 : of->unit * of->unit;
  }
  plan.min_gain = options->min_impurity_decrease * weight / unit;
  return plan;
}

static mine_status histogram_columns(histogram_run *run, const mine_dataset *data,
                                     const mine_tree_options *options, const mine_tree_target *of) {
  const int64_t bins = options->max_bins == MINE_NOT_GIVEN ? MINE_TREE_BINS : options->max_bins;
  run->row = mine__arena_array(run->arena, (size_t)of->n, sizeof *run->row);
  if (!run->row) return mine_env_status(run->env);
  return mine__ordered_bins(run->env, run->arena, data, of,
                            bins < MINE_BINS_SET ? bins : MINE_BINS_SET, NULL, of->n, (int)bins,
                            &run->binned);
}

static mine_status histogram_grow(histogram_run *run, const mine_dataset *data,
                                  const mine_tree_options *options) {
  const mine_tree_rows *rows = run->rows;
  mine_tree_target of;
  float *g = NULL;
  MINE_TRY(mine__tree_target(run->env, run->arena, data, 1, &of));
  if (!rows->weight) of.weight = NULL; /* they are all one */
  MINE_TRY(histogram_columns(run, data, options, &of));
  const mine_grow_plan plan = histogram_plan(rows, options, &of, data->seed);
  const int by_class = plan.score != MINE_GROW_GRADIENT;
  if (!by_class) g = mine__arena_array(run->arena, (size_t)of.n, sizeof *g);
  if (mine_failed(run->env)) return mine_env_status(run->env);
  for (int64_t i = 0; g && i < of.n; i++)
    g[i] = (of.weight ? of.weight[i] : 1.0f) * (float)of.y[i];
  run->grower = mine__grower_open(run->env, run->arena, &run->binned, &plan);
  if (!run->grower) return mine_env_status(run->env);
  const mine_grow_rows grow = {
      .n = of.n, .g = g, .h = of.weight, .label = by_class ? of.label : NULL};
  return mine__grow(run->grower, &grow, NULL, 0, &run->grown);
}

/* ---- nodes -------------------------------------------------------------------------------- */

/* The split of a grown node as a model has it. */
static mine_status histogram_split(histogram_run *run, int32_t number,
                                   const mine_grown_node *grown) {
  const mine_binned_feature *feature = &run->binned.feature[grown->feature];
  mine_tree_node *node = &run->nodes->node[number];
  node->feature = feature->source.feature;
  node->missing_left = (uint8_t)mine__grown_missing_left(feature, grown);
  if (feature->levels == 0) {
    node->threshold = mine__grown_threshold(feature, grown);
    return MINE_OK;
  }
  MINE_TRY(mine__nodes_add_set(run->nodes, number, feature->levels));
  mine__grown_levels(feature, grown, run->nodes->bits + node->set);
  return MINE_OK;
}

/* The nodes of the tree, level after level. */
static mine_status histogram_nodes(histogram_run *run) {
  mine_tree_nodes *nodes = run->nodes;
  run->from = mine__arena_array(run->arena, (size_t)run->grown.n_nodes, sizeof *run->from);
  if (!run->from || mine__nodes_add(nodes, -1) < 0) return mine_env_status(run->env);
  run->from[0] = 0;
  for (int32_t i = 0; i < (int32_t)nodes->n; i++) {
    const mine_grown_node *grown = &run->grown.node[run->from[i]];
    nodes->node[i].first = grown->first;
    nodes->node[i].rows = grown->rows;
    if (grown->left < 0) {
      for (int64_t k = 0; k < grown->rows; k++)
        run->row[grown->first + k] = mine__grown_rows(run->grower, grown)[k].row;
      continue;
    }
    MINE_TRY(histogram_split(run, i, grown));
    const int32_t left = mine__nodes_add(nodes, i), right = mine__nodes_add(nodes, i);
    if (left < 0 || right < 0) return mine_env_status(run->env);
    nodes->node[i].left = left;
    nodes->node[i].right = right;
    run->from[left] = grown->left;
    run->from[right] = grown->right;
  }
  return MINE_OK;
}

/* Task = node: its figures, from its rows. */
static void histogram_measure_task(void *context, int64_t task, int worker) {
  const histogram_run *run = context;
  mine_tree_node *node = &run->nodes->node[task];
  (void)worker;
  run->rows->loss->measure(run->rows, run->row + node->first, node,
                           mine_nodes_total(run->nodes, (int32_t)task));
}

static void histogram_gains(mine_tree_nodes *nodes) {
  for (size_t i = 0; i < nodes->n; i++) {
    mine_tree_node *node = &nodes->node[i];
    if (node->left < 0) continue;
    const mine_tree_node *left = &nodes->node[node->left], *right = &nodes->node[node->right];
    const double gain = node->impurity * node->weight - left->impurity * left->weight -
                        right->impurity * right->weight;
    node->gain = gain > 0 ? gain / nodes->node[0].weight : 0;
  }
}

static mine_status histogram_make(histogram_run *run, const mine_dataset *data,
                                  const mine_tree_options *options) {
  MINE_TRY(histogram_grow(run, data, options));
  MINE_TRY(histogram_nodes(run));
  MINE_TRY(mine__parallel(run->env, (int64_t)run->nodes->n, histogram_measure_task, run));
  MINE_TRY(mine__nodes_check(run->nodes));
  histogram_gains(run->nodes);
  return MINE_OK;
}

mine_status mine__tree_by_histogram(mine_env *env, const mine_dataset *data,
                                    const mine_tree_rows *rows, const mine_tree_options *options,
                                    mine_tree_nodes *out) {
  histogram_run run = {.env = env, .arena = mine__arena_open(env), .rows = rows, .nodes = out};
  if (!run.arena) return mine_env_status(env);
  const mine_status status = histogram_make(&run, data, options);
  mine__arena_close(run.arena);
  return status;
}
