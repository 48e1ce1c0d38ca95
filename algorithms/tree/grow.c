/*
** grow.c -- nodes are taken into the tree in their order, and made ready before that.
*/
#include <string.h>

#include "grow_private.h"

/* ---- which node is next -------------------------------------------------------------- */

static void growth_push(mine_grower *g, int32_t number) {
  if (g->tree.work[number].best.feature < 0) return;
  if (!MINE_RESERVE(g->arena, g->tree.waiting, g->tree.waiting_capacity, g->tree.n_waiting + 1))
    return;
  g->tree.waiting[g->tree.n_waiting++] = number;
}

/* The place in waiting[] of the node to be split next: with max_leaves the one whose split
** brings most, the first made of equal ones; without, the last, so that few nodes wait.
** `unready`: of those to be split that are not made ready and not in the wave.  -1: none. */
static int64_t growth_next(const mine_grower *g, const grow_step *step, int unready) {
  int64_t next = -1;
  for (int64_t i = (int64_t)g->tree.n_waiting; i-- > 0;) {
    const int32_t number = g->tree.waiting[i];
    const grow_work *work = &g->tree.work[number];
    int taken = unready && (work->child[0] || work->best.feature < 0);
    for (int at = 0; unready && at < step->n_wave; at++)
      taken |= step->wave[at] == number;
    if (taken) continue;
    if (!g->plan.max_leaves) return i;
    if (next < 0) next = i;
    const int32_t best = g->tree.waiting[next];
    const double gain = g->tree.work[number].best.gain, most = g->tree.work[best].best.gain;
    if (gain > most || (gain == most && number < best)) next = i;
  }
  return next;
}

static void growth_gather_wave(const mine_grower *g, grow_step *step, int64_t leaves) {
  const int64_t wanted = g->plan.max_leaves ? g->plan.max_leaves - leaves : GROW_WAVE;
  step->n_wave = 0;
  while (step->n_wave < GROW_WAVE && step->n_wave < wanted) {
    const int64_t next = growth_next(g, step, 1);
    if (next < 0) return;
    step->wave[step->n_wave++] = g->tree.waiting[next];
  }
}

/* The node becomes an inner one. */
static void growth_take_in(mine_grower *g, int64_t at) {
  const int32_t number = g->tree.waiting[at];
  mine_grown_node *node = &g->tree.node[number];
  grow_work *work = &g->tree.work[number];
  g->tree.waiting[at] = g->tree.waiting[--g->tree.n_waiting];
  if (work->best.feature < 0) { /* it turned out that it cannot be split */
    mine__grow_give_sums(g, &work->sums);
    return;
  }
  node->left = work->child[0];
  node->right = work->child[1];
  node->feature = work->best.feature;
  node->bin = work->best.bin;
  node->missing_left = work->best.missing_left;
  memcpy(node->set, work->best.set, sizeof node->set);
  node->gain = work->best.gain * g->scale.gain_unit;
  growth_push(g, node->left);
  growth_push(g, node->right);
}

static mine_status growth_root(mine_grower *g, grow_step *step, const mine_grow_rows *rows) {
  uint64_t total;
  MINE_TRY(mine__grow_enter(g, rows, &total));
  if (mine__grow_new_node(g, -1, 0, rows->n, 0) < 0) return mine_env_status(g->env);
  g->tree.total[0] = total;
  if (g->plan.score != MINE_GROW_GRADIENT)
    mine__histogram_total(g, g->entry[0], rows->n, g->tree.total);
  g->tree.node[0].weight = mine__grow_weight(g, g->tree.total);
  if (!mine__grow_may_split(g, &g->tree.node[0])) return MINE_OK;
  step->n_pairs = 1;
  step->pair[0] = (grow_pair){.small = 0, .large = -1};
  if (!g->plan.try_features) {
    g->tree.work[0].sums = mine__grow_take_sums(g);
    if (mine_failed(g->env)) return mine_env_status(g->env);
  }
  MINE_TRY(mine__grow_search(step));
  growth_push(g, 0);
  return mine_env_status(g->env);
}

mine_status mine__grow(mine_grower *g, const mine_grow_rows *rows, const uint8_t *used,
                       uint64_t number, mine_grown *out) {
  grow_step step = {.g = g};
  g->used = used;
  g->number = number;
  for (int32_t i = 0; i < g->tree.n_nodes; i++)
    mine__grow_give_sums(g, &g->tree.work[i].sums);
  g->tree.n_nodes = 0;
  g->tree.n_waiting = 0;
  const mine_mark mark = mine__arena_mark(g->env->scratch);
  step.stretch =
      mine__arena_array(g->env->scratch, GROW_WAVE * (GROW_STRETCHES + 1), sizeof *step.stretch);
  if (!step.stretch) return mine_env_status(g->env);
  mine_status status = growth_root(g, &step, rows);
  for (int64_t leaves = 1; !status && g->tree.n_waiting > 0;) {
    if (g->plan.max_leaves && leaves >= g->plan.max_leaves) break;
    const int64_t next = growth_next(g, &step, 0);
    if (g->tree.work[g->tree.waiting[next]].child[0] ||
        g->tree.work[g->tree.waiting[next]].best.feature < 0) {
      leaves += g->tree.work[g->tree.waiting[next]].best.feature >= 0;
      growth_take_in(g, next);
      continue;
    }
    growth_gather_wave(g, &step, leaves);
    status = mine__grow_make_ready(&step);
  }
  mine__arena_rewind(g->env->scratch, mark);
  out->n_nodes = g->tree.n_nodes;
  out->node = g->tree.node;
  return status ? status : mine_env_status(g->env);
}

/* ---- the place ----------------------------------------------------------------------- */

mine_grower *mine__grower_open(mine_env *env, mine_arena *arena, const mine_binned *binned,
                               const mine_grow_plan *plan) {
  mine_grower *g = mine__arena_zeros(arena, 1, sizeof *g);
  if (!g) return NULL;
  g->env = env;
  g->arena = arena;
  g->binned = binned;
  g->plan = *plan;
  if (g->plan.min_samples_leaf < 1) g->plan.min_samples_leaf = 1;
  if (g->plan.try_features >= binned->n_features) g->plan.try_features = 0;
  g->width = plan->score == MINE_GROW_GRADIENT ? 1 : plan->n_classes;
  g->words = (size_t)binned->n_bins * (size_t)g->width;
  g->n_panels = mine_panel_count(binned->n_features);
  g->n_blocks = (binned->n_features + GROW_BLOCK - 1) / GROW_BLOCK;
  g->entry[0] = mine__arena_array(arena, (size_t)binned->n, sizeof *g->entry[0]);
  g->entry[1] = mine__arena_array(arena, (size_t)binned->n, sizeof *g->entry[1]);
  g->left = mine__arena_array(arena, (size_t)binned->n, sizeof *g->left);
  g->candidate =
      mine__arena_array(arena, (size_t)(2 * GROW_WAVE * g->n_blocks), sizeof *g->candidate);
  if (mine_failed(env) || !g->plan.try_features) return mine_failed(env) ? NULL : g;
  g->sums.own = mine__arena_zeros(arena, (size_t)env->threads, sizeof *g->sums.own);
  for (int t = 0; g->sums.own && t < env->threads; t++) {
    g->sums.own[t] = mine__arena_array(
        arena, GROW_TOGETHER * (MINE_BINS_MOST + 1) * (size_t)(g->width + 1), sizeof **g->sums.own);
  }
  return mine_failed(env) ? NULL : g;
}

const mine_grow_entry *mine__grown_rows(const mine_grower *g, const mine_grown_node *node) {
  return g->entry[node->side] + node->first;
}

int32_t mine__grown_leaf(const mine_binned *binned, const mine_grown *tree, int64_t row) {
  int32_t at = 0;
  while (tree->node[at].left >= 0) {
    const mine_grown_node *node = &tree->node[at];
    const int left = mine_grown_goes_left(node, binned->feature[node->feature].category,
                                          mine_bin_of(binned, row, node->feature));
    at = left ? node->left : node->right;
  }
  return at;
}
