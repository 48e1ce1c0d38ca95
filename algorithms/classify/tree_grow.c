/*
** tree_grow.c -- growing a tree level by level.
**
** All nodes of a level are searched together, in tasks of (feature, bundle of
** nodes); then each node is split and its rows parted in place, keeping their
** order, in the list of rows and in every sorted column (Mehta, Agrawal &
** Rissanen 1996; Shafer, Agrawal & Mehta 1996, SPRINT).  A node's rows stand
** together, so finished nodes cost nothing.  Every sum runs over a node's rows in
** ascending order within one task: any number of threads gives the same bits.
*/
#include <math.h>
#include <string.h>

#include "../data/moments.h"
#include "tree.h"

#define GROW_BUNDLE_ROWS 131072  /* rows a task searches, unless a node has more */
#define GROW_CANDIDATES  1000000 /* (node, feature) pairs searched at a time     */
#define GROW_MOST_NODES  (INT32_MAX / 2)

/* ---- what a node is ------------------------------------------------------------ */

static double grow_weight(const mine_tree_grow *grow, uint32_t i) {
  return grow->weighted ? grow->weight[i] : 1.0;
}

static void grow_measure_classes(mine_tree_grow *grow, int32_t number) {
  mine_tree_node *node = &grow->node[number];
  double *total = grow->total + (size_t)number * (size_t)grow->n_classes;
  const uint32_t *row = grow->row + node->first;
  memset(total, 0, (size_t)grow->n_classes * sizeof *total);
  for (int64_t k = 0; k < node->rows; k++) {
    total[grow->label[row[k]]] += grow_weight(grow, row[k]);
  }
  int present = 0;
  node->weight = 0;
  for (int c = 0; c < grow->n_classes; c++) {
    node->weight += total[c];
    present += total[c] > 0;
  }
  node->pure = present < 2;
  node->impurity = node->pure ? 0 : mine__tree_impurity(grow, total, node->weight);
}

static void grow_measure_mean(mine_tree_grow *grow, int32_t number) {
  mine_tree_node *node = &grow->node[number];
  mine_moments m;
  mine__moments_of_rows(&m, grow->target, grow->row + node->first,
                        grow->weighted ? grow->weight : NULL, node->rows);
  node->pure = m.least == m.most;
  node->weight = m.weight;
  node->mean = node->pure ? m.least : m.mean;
  node->impurity = node->pure ? 0 : m.m2 / m.weight;
}

static void grow_measure(mine_tree_grow *grow, int32_t number) {
  if (grow->n_classes) {
    grow_measure_classes(grow, number);
  } else {
    grow_measure_mean(grow, number);
  }
}

static int grow_may_split(const mine_tree_grow *grow, const mine_tree_node *node) {
  const mine_tree_options *options = &grow->options;
  return !node->pure && node->depth < options->max_depth &&
         node->rows >= options->min_samples_split && node->rows >= 2 * options->min_samples_leaf;
}

/* Append a leaf; its rows and figures come later.  -1: failure recorded. */
static int32_t grow_new_node(mine_tree_grow *grow, int32_t parent) {
  if (grow->n_nodes >= GROW_MOST_NODES) {
    mine__fail(grow->env, MINE_LIMIT,
               "the tree has more than a billion nodes; lower max_depth or raise min_samples_leaf");
    return -1;
  }
  if (!MINE_RESERVE(grow->arena, grow->node, grow->node_capacity, grow->n_nodes + 1)) return -1;
  const size_t totals = (grow->n_nodes + 1) * (size_t)grow->n_classes;
  if (totals && !MINE_RESERVE(grow->arena, grow->total, grow->total_capacity, totals)) return -1;
  mine_tree_node *node = &grow->node[grow->n_nodes];
  memset(node, 0, sizeof *node);
  node->parent = parent;
  node->depth = parent < 0 ? 0 : grow->node[parent].depth + 1;
  node->left = node->right = -1;
  node->feature = MINE_TREES_LEAF;
  node->set = -1;
  return (int32_t)grow->n_nodes++;
}

static mine_status grow_root(mine_tree_grow *grow) {
  if (grow_new_node(grow, -1) < 0) return mine_env_status(grow->env);
  grow->node[0].rows = grow->n;
  for (int64_t i = 0; i < grow->n; i++)
    grow->row[i] = (uint32_t)i;
  grow_measure(grow, 0);
  if (!isfinite(grow->node[0].impurity) || !isfinite(grow->node[0].weight)) {
    return mine__fail(grow->env, MINE_NUMERIC,
                      "the target's values or the weights are too large for their squares to be "
                      "summed; divide them by a constant");
  }
  return MINE_OK;
}

/* ---- searching ------------------------------------------------------------------- */

/* Collect the nodes from..to-1 that may split, while their candidates fit. */
static int32_t grow_collect(mine_tree_grow *grow, int32_t from, int32_t to) {
  const size_t most = 1 + GROW_CANDIDATES / (size_t)grow->n_features;
  int64_t rows = GROW_BUNDLE_ROWS;
  grow->n_active = grow->n_bundles = 0;
  for (; from < to && grow->n_active < most; from++) {
    if (!grow_may_split(grow, &grow->node[from])) continue;
    if (!MINE_RESERVE(grow->arena, grow->active, grow->active_capacity, grow->n_active + 1) ||
        !MINE_RESERVE(grow->arena, grow->bundle, grow->bundle_capacity, grow->n_bundles + 2)) {
      return -1;
    }
    if (rows >= GROW_BUNDLE_ROWS) {
      grow->bundle[grow->n_bundles++] = (int64_t)grow->n_active;
      rows = 0;
    }
    rows += grow->node[from].rows;
    grow->active[grow->n_active++] = from;
    grow->bundle[grow->n_bundles] = (int64_t)grow->n_active;
  }
  const size_t candidates = grow->n_active * (size_t)grow->n_features;
  if (!MINE_RESERVE(grow->arena, grow->candidate, grow->candidate_capacity, candidates)) return -1;
  return from;
}

/* Task = (bundle, feature). */
static void grow_search_task(void *context, int64_t task, int worker) {
  mine_tree_grow *grow = context;
  const int feature = (int)(task % grow->n_features);
  const int64_t bundle = task / grow->n_features;
  for (int64_t k = grow->bundle[bundle]; k < grow->bundle[bundle + 1]; k++) {
    mine__tree_search(grow, grow->active[k], feature, &grow->scratch[worker],
                      &grow->candidate[k * grow->n_features + feature]);
  }
}

/* The best feature of an active node; the first in column order among equals.
** -1: no split is worth it. */
static int grow_choose(const mine_tree_grow *grow, int64_t k) {
  const mine_tree_candidate *candidate = grow->candidate + k * grow->n_features;
  const mine_tree_node *node = &grow->node[grow->active[k]];
  const int inexact = grow->weighted || grow->n_classes == 0;
  const double tolerance =
      inexact ? 1e-12 * node->weight * (grow->n_classes ? 1.0 : node->impurity) : 0;
  double best = 0;
  int chosen = -1;
  for (int f = 0; f < grow->n_features; f++) {
    if (!(candidate[f].score > best + (chosen < 0 ? 0 : tolerance))) continue;
    best = candidate[f].score;
    chosen = f;
  }
  if (best / grow->node[0].weight < grow->options.min_impurity_decrease) return -1;
  return chosen;
}

/* ---- splitting --------------------------------------------------------------------- */

static mine_status grow_reserve_set(mine_tree_grow *grow, int32_t number, int feature) {
  const size_t words = (size_t)mine_trees_words(grow->column[feature].bins);
  if (!MINE_RESERVE(grow->arena, grow->bits, grow->bits_capacity, grow->n_bits + words)) {
    return mine_env_status(grow->env);
  }
  grow->node[number].set = (int64_t)grow->n_bits;
  grow->n_bits += words;
  return MINE_OK;
}

/* Write the chosen splits into the nodes and make their children; active[]
** keeps the nodes that do split. */
static mine_status grow_decide(mine_tree_grow *grow) {
  for (int64_t k = 0; k < (int64_t)grow->n_active; k++) {
    const int feature = grow_choose(grow, k);
    if (feature < 0) continue;
    const mine_tree_candidate *candidate = &grow->candidate[k * grow->n_features + feature];
    const int32_t number = grow->active[k];
    const int32_t left = grow_new_node(grow, number), right = grow_new_node(grow, number);
    if (left < 0 || right < 0) return mine_env_status(grow->env);
    mine_tree_node *node = &grow->node[number];
    node->feature = feature;
    node->threshold = candidate->threshold;
    node->missing_left = (uint8_t)candidate->missing_left;
    node->gain = candidate->score / grow->node[0].weight;
    node->left = left;
    node->right = right;
    if (grow->column[feature].form != MINE_TREE_LEVELS) continue;
    if (grow_reserve_set(grow, number, feature)) return mine_env_status(grow->env);
  }
  return MINE_OK;
}

/* Which side each row of the node takes. */
static void grow_take_sides(mine_tree_grow *grow, const mine_tree_node *node) {
  const mine_tree_column *column = &grow->column[node->feature];
  const uint32_t *row = grow->row + node->first;
  const uint64_t *set = node->set < 0 ? NULL : grow->bits + node->set;
  for (int64_t k = 0; k < node->rows; k++) {
    const int64_t at = mine_tree_frame_row(grow, row[k]);
    int left;
    if (set) {
      const int32_t code = column->code[at];
      left = code < 0 ? node->missing_left : mine_trees_in_set(set, code);
    } else {
      const double value = column->number[at];
      left = value == value ? value < node->threshold : node->missing_left;
    }
    grow->side[row[k]] = (uint8_t)left;
  }
}

static int64_t grow_part_rows(const mine_tree_grow *grow, const mine_tree_node *node,
                              uint32_t *temp) {
  uint32_t *row = grow->row + node->first;
  int64_t left = 0, right = 0;
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t i = row[k];
    const int side = grow->side[i];
    row[left] = i;
    temp[right] = i;
    left += side;
    right += 1 - side;
  }
  memcpy(row + left, temp, (size_t)right * sizeof *row);
  return left;
}

/* Task = bundle: part the rows of its nodes and measure the children. */
static void grow_split_task(void *context, int64_t task, int worker) {
  mine_tree_grow *grow = context;
  mine_tree_scratch *scratch = &grow->scratch[worker];
  for (int64_t k = grow->bundle[task]; k < grow->bundle[task + 1]; k++) {
    mine_tree_node *node = &grow->node[grow->active[k]];
    if (node->left < 0) continue;
    mine_tree_node *left = &grow->node[node->left], *right = &grow->node[node->right];
    if (node->set >= 0) {
      mine__tree_search_set(grow, grow->active[k], node->feature, scratch, grow->bits + node->set);
    }
    grow_take_sides(grow, node);
    node->left_rows = grow_part_rows(grow, node, (uint32_t *)(void *)scratch->temp);
    left->first = node->first;
    left->rows = node->left_rows;
    right->first = node->first + node->left_rows;
    right->rows = node->rows - node->left_rows;
    grow_measure(grow, node->left);
    grow_measure(grow, node->right);
  }
}

/* Task = (bundle, sorted column): part the pairs of nodes whose children go on. */
static void grow_part_task(void *context, int64_t task, int worker) {
  mine_tree_grow *grow = context;
  const mine_tree_column *column = &grow->column[grow->sorted[task % grow->n_sorted]];
  const int64_t bundle = task / grow->n_sorted;
  mine_pair *temp = grow->scratch[worker].temp;
  for (int64_t k = grow->bundle[bundle]; k < grow->bundle[bundle + 1]; k++) {
    const mine_tree_node *node = &grow->node[grow->active[k]];
    if (node->left < 0) continue;
    if (!grow_may_split(grow, &grow->node[node->left]) &&
        !grow_may_split(grow, &grow->node[node->right])) {
      continue;
    }
    mine_pair *pair = column->pair + node->first;
    int64_t left = 0, right = 0;
    for (int64_t i = 0; i < node->rows; i++) {
      const mine_pair moving = pair[i];
      const int side = grow->side[moving.row];
      pair[left] = moving;
      temp[right] = moving;
      left += side;
      right += 1 - side;
    }
    memcpy(pair + left, temp, (size_t)right * sizeof *pair);
  }
}

/* ---- level after level ---------------------------------------------------------------- */

static mine_status grow_batch(mine_tree_grow *grow, double from, double to) {
  const int64_t bundles = (int64_t)grow->n_bundles;
  const double middle = from + 0.6 * (to - from);
  mine_status status = mine__parallel_progress(grow->env, bundles * grow->n_features,
                                               grow_search_task, grow, "tree", from, middle);
  if (!status) status = grow_decide(grow);
  if (!status) status = mine__parallel(grow->env, bundles, grow_split_task, grow);
  if (status || grow->n_sorted == 0) return status;
  return mine__parallel_progress(grow->env, bundles * grow->n_sorted, grow_part_task, grow, "tree",
                                 middle, to);
}

static mine_status grow_list_sorted(mine_tree_grow *grow) {
  grow->sorted = mine__arena_array(grow->arena, (size_t)grow->n_features, sizeof *grow->sorted);
  if (!grow->sorted) return mine_env_status(grow->env);
  for (int f = 0; f < grow->n_features; f++) {
    if (grow->column[f].form == MINE_TREE_SORTED) grow->sorted[grow->n_sorted++] = f;
  }
  return MINE_OK;
}

mine_status mine__tree_grow_all(mine_tree_grow *grow) {
  mine_status status = grow_list_sorted(grow);
  if (!status) status = grow_root(grow);
  int32_t from = 0;
  for (int64_t depth = 0; !status && from < (int32_t)grow->n_nodes; depth++) {
    const int32_t level_end = (int32_t)grow->n_nodes;
    const double share = 0.15 + 0.85 * (double)depth / (double)grow->options.max_depth;
    const double next = share + 0.85 / (double)grow->options.max_depth;
    while (!status && from < level_end) {
      from = grow_collect(grow, from, level_end);
      if (from < 0) return mine_env_status(grow->env);
      if (grow->n_active) status = grow_batch(grow, share, next < 1 ? next : 1);
    }
  }
  return status;
}
