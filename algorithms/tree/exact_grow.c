/*
** exact_grow.c -- growing a tree level by level.
**
** All nodes of a level are searched together, in tasks of (feature, bundle of
** nodes); then each node is split and its rows parted in place, keeping their
** order, in the list of rows and in the tree's copy of every sorted column (Mehta, Agrawal &
** Rissanen 1996; Shafer, Agrawal & Mehta 1996, SPRINT).  A node's rows stand
** together, so finished nodes cost nothing.  Every sum runs over a node's rows in
** ascending order within one task: any number of threads gives the same bits.
*/
#include "../core/parallel.h"
#include "exact_private.h"

#define GROW_BUNDLE_ROWS 131072  /* rows a task searches, unless a node has more */
#define GROW_CANDIDATES  1000000 /* (node, feature) pairs searched at a time     */

/* The level under way, and what it is worked on with. */
typedef struct grow_level {
  mine_exact_growth *of;
  mine_env *env;
  mine_arena *arena;
  uint8_t *side;               /* by row: 1 = went left */
  mine_exact_scratch *scratch; /* per worker */
  int *sorted;                 /* features of form MINE_EXACT_SORTED */
  int n_sorted;
  /* Nodes to be split, bundled for the workers. */
  int32_t *active;
  size_t n_active, active_capacity;
  int64_t *bundle; /* where each bundle of active nodes starts, and the end */
  size_t n_bundles, bundle_capacity;
  mine_exact_candidate *candidate; /* active node x feature */
  size_t candidate_capacity;
} grow_level;

/* ---- what a node is ------------------------------------------------------------ */

static void grow_measure(const mine_exact_growth *growth, int32_t number) {
  mine_tree_node *node = &growth->nodes->node[number];
  growth->rows->loss->measure(growth->rows, growth->row + node->first, node,
                              mine_nodes_total(growth->nodes, number));
}

static int grow_may_split(const mine_exact_growth *growth, const mine_tree_node *node) {
  const mine_exact_plan *plan = growth->plan;
  return !node->pure && node->depth < plan->max_depth && node->rows >= plan->min_samples_split &&
         node->rows >= 2 * plan->min_samples_leaf;
}

static mine_status grow_root(grow_level *level) {
  mine_exact_growth *growth = level->of;
  if (mine__nodes_add(growth->nodes, -1) < 0) return mine_env_status(level->env);
  mine_tree_node *root = growth->nodes->node;
  root->rows = growth->rows->n;
  for (int64_t i = 0; i < growth->rows->n; i++)
    growth->row[i] = (uint32_t)i;
  grow_measure(growth, 0);
  return mine__nodes_check(growth->nodes);
}

/* ---- searching ------------------------------------------------------------------- */

/* Collect the nodes from..to-1 that may split, while their candidates fit. */
static int32_t grow_collect(grow_level *level, int32_t from, int32_t to) {
  const size_t features = (size_t)level->of->columns->n_features;
  const size_t most = 1 + GROW_CANDIDATES / features;
  int64_t rows = GROW_BUNDLE_ROWS;
  level->n_active = level->n_bundles = 0;
  for (; from < to && level->n_active < most; from++) {
    const mine_tree_node *node = &level->of->nodes->node[from];
    if (!grow_may_split(level->of, node)) continue;
    if (!MINE_RESERVE(level->arena, level->active, level->active_capacity, level->n_active + 1) ||
        !MINE_RESERVE(level->arena, level->bundle, level->bundle_capacity, level->n_bundles + 2)) {
      return -1;
    }
    if (rows >= GROW_BUNDLE_ROWS) {
      level->bundle[level->n_bundles++] = (int64_t)level->n_active;
      rows = 0;
    }
    rows += node->rows;
    level->active[level->n_active++] = from;
    level->bundle[level->n_bundles] = (int64_t)level->n_active;
  }
  const size_t candidates = level->n_active * features;
  if (!MINE_RESERVE(level->arena, level->candidate, level->candidate_capacity, candidates))
    return -1;
  return from;
}

/* Task = (bundle, feature). */
static void grow_search_task(void *context, int64_t task, int worker) {
  grow_level *level = context;
  const int features = level->of->columns->n_features, feature = (int)(task % features);
  const int64_t bundle = task / features;
  for (int64_t k = level->bundle[bundle]; k < level->bundle[bundle + 1]; k++) {
    mine__exact_search(level->of, level->active[k], feature, &level->scratch[worker],
                       &level->candidate[k * features + feature]);
  }
}

/* The best feature of an active node; the first in column order among equals.
** -1: no split is worth it. */
static int grow_choose(const grow_level *level, int64_t k) {
  const mine_exact_growth *growth = level->of;
  const int features = growth->columns->n_features;
  const mine_exact_candidate *candidate = level->candidate + k * features;
  const mine_tree_node *node = &growth->nodes->node[level->active[k]];
  const mine_tree_loss *loss = growth->rows->loss;
  const double tolerance = loss->exact ? 0 : loss->least(node);
  double best = 0;
  int chosen = -1;
  for (int f = 0; f < features; f++) {
    if (!(candidate[f].score > best + (chosen < 0 ? 0 : tolerance))) continue;
    best = candidate[f].score;
    chosen = f;
  }
  if (best / growth->nodes->node[0].weight < growth->plan->min_impurity_decrease) return -1;
  return chosen;
}

/* ---- splitting --------------------------------------------------------------------- */

/* Write the chosen splits into the nodes and make their children; active[]
** keeps the nodes that do split. */
static mine_status grow_decide(grow_level *level) {
  mine_tree_nodes *nodes = level->of->nodes;
  const mine_exact_columns *columns = level->of->columns;
  for (int64_t k = 0; k < (int64_t)level->n_active; k++) {
    const int feature = grow_choose(level, k);
    if (feature < 0) continue;
    const mine_exact_candidate *candidate = &level->candidate[k * columns->n_features + feature];
    const int32_t number = level->active[k];
    const int32_t left = mine__nodes_add(nodes, number), right = mine__nodes_add(nodes, number);
    if (left < 0 || right < 0) return mine_env_status(level->env);
    mine_tree_node *node = &nodes->node[number];
    node->feature = feature;
    node->threshold = candidate->threshold;
    node->missing_left = (uint8_t)candidate->missing_left;
    node->gain = candidate->score / nodes->node[0].weight;
    node->left = left;
    node->right = right;
    if (columns->column[feature].form != MINE_EXACT_LEVELS) continue;
    MINE_TRY(mine__nodes_add_set(nodes, number, columns->column[feature].bins));
  }
  return MINE_OK;
}

/* Which side each row of the node takes. */
static void grow_take_sides(const grow_level *level, const mine_tree_node *node) {
  const mine_exact_growth *growth = level->of;
  const mine_exact_column *column = &growth->columns->column[node->feature];
  const uint32_t *row = growth->row + node->first;
  const uint64_t *set = node->set < 0 ? NULL : growth->nodes->bits + node->set;
  for (int64_t k = 0; k < node->rows; k++) {
    const int64_t at = mine_batch_row(growth->columns->rows, row[k]);
    int left;
    if (set) {
      const int32_t code = column->code[at];
      left = code < 0 ? node->missing_left : mine_trees_in_set(set, code);
    } else {
      const double value = column->number[at];
      left = value == value ? value < node->threshold : node->missing_left;
    }
    level->side[row[k]] = (uint8_t)left;
  }
}

static int64_t grow_part_rows(const grow_level *level, const mine_tree_node *node, uint32_t *temp) {
  uint32_t *row = level->of->row + node->first;
  int64_t left = 0, right = 0;
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t i = row[k];
    const int side = level->side[i];
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
  const grow_level *level = context;
  const mine_exact_growth *growth = level->of;
  const mine_tree_nodes *nodes = growth->nodes;
  mine_exact_scratch *scratch = &level->scratch[worker];
  for (int64_t k = level->bundle[task]; k < level->bundle[task + 1]; k++) {
    const mine_tree_node *node = &nodes->node[level->active[k]];
    if (node->left < 0) continue;
    mine_tree_node *left = &nodes->node[node->left], *right = &nodes->node[node->right];
    if (node->set >= 0) {
      mine__exact_search_set(growth, level->active[k], node->feature, scratch,
                             nodes->bits + node->set);
    }
    grow_take_sides(level, node);
    left->first = node->first;
    left->rows = grow_part_rows(level, node, (uint32_t *)(void *)scratch->temp);
    right->first = node->first + left->rows;
    right->rows = node->rows - left->rows;
    grow_measure(growth, node->left);
    grow_measure(growth, node->right);
  }
}

/* Task = (bundle, sorted column): part the pairs of nodes whose children go on. */
static void grow_part_task(void *context, int64_t task, int worker) {
  const grow_level *level = context;
  const mine_exact_growth *growth = level->of;
  mine_pair *pairs = growth->pair[level->sorted[task % level->n_sorted]];
  const int64_t bundle = task / level->n_sorted;
  mine_pair *temp = level->scratch[worker].temp;
  for (int64_t k = level->bundle[bundle]; k < level->bundle[bundle + 1]; k++) {
    const mine_tree_node *node = &growth->nodes->node[level->active[k]];
    if (node->left < 0) continue;
    if (!grow_may_split(growth, &growth->nodes->node[node->left]) &&
        !grow_may_split(growth, &growth->nodes->node[node->right])) {
      continue;
    }
    mine_pair *pair = pairs + node->first;
    int64_t left = 0, right = 0;
    for (int64_t i = 0; i < node->rows; i++) {
      const mine_pair moving = pair[i];
      const int side = level->side[moving.row];
      pair[left] = moving;
      temp[right] = moving;
      left += side;
      right += 1 - side;
    }
    memcpy(pair + left, temp, (size_t)right * sizeof *pair);
  }
}

/* ---- what a tree needs for itself ------------------------------------------------------- */

/* Task = sorted column: the pairs of all rows, from the order that is shared.  rank begins at
** -1 and ends below the rows, which are fewer than 2^31: keys stay below MINE_SORT_MISSING. */
static void grow_pairs_task(void *context, int64_t task, int worker) {
  const grow_level *level = context;
  const mine_tree_rows *rows = level->of->rows;
  const mine_exact_column *column = &level->of->columns->column[level->sorted[task]];
  mine_pair *pair = level->of->pair[level->sorted[task]];
  const int two = rows->n_classes == 2;
  uint32_t rank = UINT32_MAX; /* of the value before */
  (void)worker;
  for (int64_t k = 0; k < rows->n; k++) {
    const uint32_t row = column->order[k] & ~MINE_EXACT_SAME;
    rank += !(column->order[k] & MINE_EXACT_SAME);
    pair[k] = (mine_pair){2 * rank + (two ? rows->label[row] : 0u), row};
    if (k >= column->numbers) pair[k].key = MINE_SORT_MISSING;
  }
}

static mine_status grow_pairs(grow_level *level) {
  mine_exact_growth *growth = level->of;
  const size_t features = (size_t)growth->columns->n_features;
  level->sorted = mine__arena_array(level->arena, features, sizeof *level->sorted);
  growth->pair = mine__arena_zeros(level->arena, features, sizeof *growth->pair);
  if (mine_failed(level->env)) return mine_env_status(level->env);
  for (int f = 0; f < growth->columns->n_features; f++) {
    if (growth->columns->column[f].form != MINE_EXACT_SORTED) continue;
    level->sorted[level->n_sorted++] = f;
    growth->pair[f] =
        mine__arena_array(level->arena, (size_t)growth->rows->n, sizeof *growth->pair[f]);
    if (!growth->pair[f]) return mine_env_status(level->env);
  }
  return mine__parallel(level->env, level->n_sorted, grow_pairs_task, level);
}

static mine_status grow_scratch(grow_level *level) {
  mine_arena *arena = level->arena;
  const mine_tree_rows *rows = level->of->rows;
  const size_t groups = (size_t)level->of->columns->groups + 1, width = (size_t)rows->width;
  const size_t n = (size_t)rows->n > groups ? (size_t)rows->n : groups;
  const size_t sums = rows->n_classes > 2 ? (size_t)1 << (MINE_EXACT_EXHAUSTIVE - 1) : 1;
  level->of->row = mine__arena_array(arena, (size_t)rows->n, sizeof *level->of->row);
  level->side = mine__arena_zeros(arena, (size_t)rows->n, sizeof *level->side);
  level->scratch = mine__arena_zeros(arena, (size_t)level->env->threads, sizeof *level->scratch);
  for (int t = 0; !mine_failed(level->env) && t < level->env->threads; t++) {
    mine_exact_scratch *scratch = &level->scratch[t];
    scratch->pair = mine__arena_array(arena, groups, sizeof *scratch->pair);
    scratch->temp = mine__arena_array(arena, n, sizeof *scratch->temp);
    scratch->record = mine__arena_array(arena, groups, width * sizeof(double));
    scratch->group = mine__arena_array(arena, groups, sizeof *scratch->group);
    scratch->key = mine__arena_array(arena, groups, sizeof *scratch->key);
    scratch->sums = mine__arena_array(arena, sums, width * sizeof(double));
    scratch->left = mine__arena_array(arena, 6 * width, sizeof(double));
    if (mine_failed(level->env)) break;
    scratch->missing = scratch->left + width;
    scratch->total = scratch->missing + width;
    scratch->axis = scratch->total + width;
    scratch->next = scratch->axis + width;
    scratch->centre = scratch->next + width;
  }
  return mine_env_status(level->env);
}

/* ---- level after level ---------------------------------------------------------------- */

/* Searching and parting run on all threads; deciding adds nodes, which moves their array, and
** runs on one. */
static mine_status grow_batch(grow_level *level, double from, double to) {
  const int64_t bundles = (int64_t)level->n_bundles;
  const double middle = from + 0.6 * (to - from);
  MINE_TRY(mine__parallel_progress(level->env, bundles * level->of->columns->n_features,
                                   grow_search_task, level, "tree", from, middle));
  MINE_TRY(grow_decide(level));
  MINE_TRY(mine__parallel(level->env, bundles, grow_split_task, level));
  if (level->n_sorted == 0) return MINE_OK;
  return mine__parallel_progress(level->env, bundles * level->n_sorted, grow_part_task, level,
                                 "tree", middle, to);
}

mine_status mine__exact_grow(mine_env *env, mine_arena *arena, const mine_exact_columns *columns,
                             const mine_tree_rows *rows, const mine_exact_plan *plan,
                             mine_tree_nodes *out) {
  mine_exact_growth growth = {.columns = columns, .rows = rows, .plan = plan, .nodes = out};
  grow_level level = {.of = &growth, .env = env, .arena = arena};
  MINE_TRY(grow_scratch(&level));
  MINE_TRY(grow_pairs(&level));
  MINE_TRY(grow_root(&level));
  int32_t from = 0;
  for (int64_t depth = 0; from < (int32_t)out->n; depth++) {
    const int32_t level_end = (int32_t)out->n;
    const double share = 0.15 + 0.85 * (double)depth / (double)plan->max_depth;
    const double next = share + 0.85 / (double)plan->max_depth;
    while (from < level_end) {
      from = grow_collect(&level, from, level_end);
      if (from < 0) return mine_env_status(env);
      if (level.n_active) MINE_TRY(grow_batch(&level, share, next < 1 ? next : 1));
    }
  }
  return MINE_OK;
}
