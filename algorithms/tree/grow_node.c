/*
** grow_node.c -- a node: its room, what it may be split on, and its two children.
*/
#include <math.h>
#include <string.h>

#include "grow_private.h"

#define NODE_DEEPEST 200
#define NODE_MOST    (INT32_MAX / 4)

/* ---- room ------------------------------------------------------------------------------ */

/* Sums of one node; NULL: failure recorded. */
uint64_t *mine__grow_take_sums(mine_grower *g) {
  if (g->sums.n_spare > 0) return g->sums.spare[--g->sums.n_spare];
  return mine__arena_block(g->arena, NULL, g->words, sizeof(uint64_t));
}

void mine__grow_give_sums(mine_grower *g, uint64_t **sums) {
  if (*sums && MINE_RESERVE(g->arena, g->sums.spare, g->sums.spare_capacity, g->sums.n_spare + 1))
    g->sums.spare[g->sums.n_spare++] = *sums;
  *sums = NULL;
}

/* Which features may be used below a split on this one. */
static void growth_narrow(const mine_grower *g, mine_grown_node *node, int feature) {
  node->groups &= g->plan.groups[feature];
  if (g->plan.groups[feature] == 0) node->alone = g->binned->feature[feature].source.feature;
}

/* A node of so many rows; -1: failure recorded. */
int32_t mine__grow_new_node(mine_grower *g, int32_t parent, int64_t first, int64_t rows, int side) {
  const size_t needed = (size_t)g->tree.n_nodes + 1;
  if (g->tree.n_nodes >= NODE_MOST) {
    mine__fail(g->env, MINE_LIMIT,
               "a tree has more than half a billion nodes; lower max_depth, or raise "
               "min_samples_leaf");
    return -1;
  }
  if (!MINE_RESERVE(g->arena, g->tree.node, g->tree.node_capacity, needed) ||
      !MINE_RESERVE(g->arena, g->tree.work, g->tree.work_capacity, needed) ||
      !MINE_RESERVE(g->arena, g->tree.total, g->tree.total_capacity, needed * (size_t)g->width)) {
    return -1;
  }
  mine_grown_node *node = &g->tree.node[g->tree.n_nodes];
  *node = (mine_grown_node){.left = -1,
                            .right = -1,
                            .parent = parent,
                            .first = first,
                            .rows = rows,
                            .side = side,
                            .feature = -1,
                            .low = -INFINITY,
                            .high = INFINITY,
                            .groups = UINT64_MAX,
                            .alone = -1};
  if (parent >= 0) {
    node->depth = g->tree.node[parent].depth + 1;
    node->low = g->tree.node[parent].low;
    node->high = g->tree.node[parent].high;
    node->groups = g->tree.node[parent].groups;
    node->alone = g->tree.node[parent].alone;
    if (g->plan.groups) growth_narrow(g, node, g->tree.work[parent].best.feature);
  }
  g->tree.work[g->tree.n_nodes] = (grow_work){.best = {.feature = -1}};
  return g->tree.n_nodes++;
}

/* ---- which features ---------------------------------------------------------------------- */

int mine__grow_may_use(const mine_grower *g, const mine_grown_node *node, int feature) {
  if (!grow_is_used(g, feature)) return 0;
  if (!g->plan.groups || node->groups == UINT64_MAX) return 1;
  if (node->alone >= 0) return g->binned->feature[feature].source.feature == node->alone;
  return (g->plan.groups[feature] & node->groups) != 0;
}

int mine__grow_may_split(const mine_grower *g, const mine_grown_node *node) {
  const int64_t deepest = g->plan.max_depth ? g->plan.max_depth : NODE_DEEPEST;
  return node->depth < deepest && node->rows >= 2 * g->plan.min_samples_leaf &&
         node->rows >= g->plan.min_samples_split && node->rows >= 2;
}

/* ---- the children -------------------------------------------------------------------- */

/* The sum of the rows on the left, from the parent's sums of the feature, else from the rows. */
static void growth_total_left(mine_grower *g, int32_t parent, int32_t child, uint64_t *total) {
  const grow_split *split = &g->tree.work[parent].best;
  const mine_binned_feature *feature = &g->binned->feature[split->feature];
  const mine_grown_node *node = &g->tree.node[child];
  if (!g->tree.work[parent].sums) {
    mine__histogram_total(g, g->entry[node->side] + node->first, node->rows, total);
    return;
  }
  const uint64_t *sums = g->tree.work[parent].sums + (size_t)feature->first * (size_t)g->width;
  mine_grown_node asked = {.bin = split->bin, .missing_left = split->missing_left};
  memcpy(asked.set, split->set, sizeof asked.set);
  memset(total, 0, (size_t)g->width * sizeof *total);
  for (int b = 0; b < feature->bins; b++) {
    if (!mine_grown_goes_left(&asked, feature->category, (uint8_t)b)) continue;
    for (int c = 0; c < g->width; c++)
      total[c] += sums[b * g->width + c];
  }
}

double mine__grow_weight(const mine_grower *g, const uint64_t *total) {
  if (g->plan.score == MINE_GROW_GRADIENT) return (double)grow_h(total[0]) / g->scale.h;
  double weight = 0;
  for (int c = 0; c < g->width; c++)
    weight += (double)total[c];
  return weight / g->scale.h;
}

/* The value of a node without regard to bounds. */
static double growth_value(const mine_grower *g, int32_t number) {
  const uint64_t total = grow_total(g, number)[0];
  return -(double)grow_g(total) / ((double)grow_h(total) + g->scale.l2) * g->scale.h / g->scale.g;
}

/* Where the split is on a feature in which the value may only rise (or fall), a bound between the
** children keeps whatever grows below them in order. */
static void growth_bound(mine_grower *g, int32_t parent, int32_t left, int32_t right) {
  if (!g->plan.monotone) return;
  mine_grown_node *l = &g->tree.node[left], *r = &g->tree.node[right];
  const int direction = g->plan.monotone[g->tree.work[parent].best.feature];
  if (direction == 0) return;
  double vl = growth_value(g, left), vr = growth_value(g, right);
  vl = vl < l->low ? l->low : vl > l->high ? l->high : vl;
  vr = vr < r->low ? r->low : vr > r->high ? r->high : vr;
  const double middle = 0.5 * (vl + vr);
  if (direction > 0) {
    l->high = r->low = middle;
  } else {
    l->low = r->high = middle;
  }
}

/* The two children of a node whose rows have moved. */
void mine__grow_children(mine_grower *g, int32_t parent, int64_t lefts) {
  const int64_t first = g->tree.node[parent].first, rows = g->tree.node[parent].rows;
  const int side = !g->tree.node[parent].side;
  const int32_t left = mine__grow_new_node(g, parent, first, lefts, side);
  const int32_t right = mine__grow_new_node(g, parent, first + lefts, rows - lefts, side);
  if (left < 0 || right < 0) return;
  uint64_t *of_left = g->tree.total + (size_t)left * (size_t)g->width;
  uint64_t *of_right = g->tree.total + (size_t)right * (size_t)g->width;
  growth_total_left(g, parent, left, of_left);
  for (int c = 0; c < g->width; c++)
    of_right[c] = grow_total(g, parent)[c] - of_left[c];
  g->tree.node[left].weight = mine__grow_weight(g, of_left);
  g->tree.node[right].weight = mine__grow_weight(g, of_right);
  growth_bound(g, parent, left, right);
  g->tree.work[parent].child[0] = left;
  g->tree.work[parent].child[1] = right;
}
