/*
** tree_prune.c -- what is kept of a grown tree, and the model it becomes.
**
** max_leaves: the splits a best-first builder would have made, largest decrease
** of impurity first (the decision at a node does not depend on the order, so
** the full tree holds them all).
** ccp_alpha: minimal cost-complexity pruning (Breiman et al. 1984, section 3.3):
** of all subtrees the smallest with the least R + alpha x leaves, where R sums
** impurity x share of weight over the leaves (as scikit-learn defines it).
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "tree.h"

/* A heap of nodes, the largest gain first, then the lowest number. */
typedef struct prune_heap {
  const mine_tree_node *node;
  int32_t *item;
  int32_t n;
} prune_heap;

static int prune_before(const void *context, int64_t a, int64_t b) {
  const prune_heap *heap = context;
  const double x = heap->node[heap->item[a]].gain, y = heap->node[heap->item[b]].gain;
  return x > y || (x == y && heap->item[a] < heap->item[b]);
}

static void prune_swap(void *context, int64_t a, int64_t b) {
  int32_t *item = ((prune_heap *)context)->item;
  const int32_t t = item[a];
  item[a] = item[b];
  item[b] = t;
}

static const mine__heap prune_order = {prune_before, prune_swap};

static void prune_push(prune_heap *heap, int32_t number) {
  if (heap->node[number].left < 0) return;
  heap->item[heap->n] = number;
  mine__heap_rise(prune_order, heap, heap->n++);
}

static int32_t prune_pop(prune_heap *heap) {
  const int32_t top = heap->item[0];
  heap->item[0] = heap->item[--heap->n];
  mine__heap_sink(prune_order, heap, heap->n);
  return top;
}

static void prune_cut(mine_tree_node *node) {
  node->left = node->right = -1;
  node->feature = MINE_TREES_LEAF;
  node->gain = node->threshold = 0;
  node->set = -1;
}

/* Keep the max_leaves - 1 best splits, each after its parent's. */
static mine_status prune_best_first(mine_tree_grow *grow) {
  const int64_t most = grow->options.max_leaves;
  uint8_t *keep = mine__arena_zeros(grow->arena, grow->n_nodes, sizeof *keep);
  prune_heap heap = {grow->node, NULL, 0};
  heap.item = mine__arena_array(grow->arena, grow->n_nodes + 1, sizeof *heap.item);
  if (!keep || !heap.item) return mine_env_status(grow->env);
  prune_push(&heap, 0);
  for (int64_t leaves = 1; leaves < most && heap.n > 0; leaves++) {
    const int32_t number = prune_pop(&heap);
    keep[number] = 1;
    prune_push(&heap, grow->node[number].left);
    prune_push(&heap, grow->node[number].right);
  }
  for (size_t i = 0; i < grow->n_nodes; i++) {
    if (!keep[i]) prune_cut(&grow->node[i]);
  }
  return MINE_OK;
}

/* From the leaves up: a subtree that does not pay for its leaves is cut. */
static mine_status prune_cost_complexity(mine_tree_grow *grow) {
  const double alpha = grow->options.ccp_alpha;
  double *cost = mine__arena_array(grow->arena, grow->n_nodes, sizeof *cost);
  if (!cost) return mine_env_status(grow->env);
  for (size_t i = grow->n_nodes; i-- > 0;) {
    mine_tree_node *node = &grow->node[i];
    const double alone = node->impurity * node->weight / grow->node[0].weight + alpha;
    const double split = node->left < 0 ? alone : cost[node->left] + cost[node->right];
    cost[i] = alone <= split ? alone : split;
    if (alone <= split) prune_cut(node);
  }
  return MINE_OK;
}

/* ---- the finished model ----------------------------------------------------------- */

/* Pre-order positions of the nodes that are left; -1 = cut off. */
typedef struct prune_layout {
  int32_t *place;
  int32_t nodes, bits, leaves, depth;
} prune_layout;

static mine_status prune_lay_out(mine_tree_grow *grow, prune_layout *layout) {
  const int32_t n = (int32_t)grow->n_nodes;
  int32_t *size = mine__arena_array(grow->arena, (size_t)n, sizeof *size);
  layout->place = mine__arena_array(grow->arena, (size_t)n, sizeof *layout->place);
  if (!size || !layout->place) return mine_env_status(grow->env);
  int64_t bits = 0;
  for (int32_t i = n; i-- > 0;) {
    const mine_tree_node *node = &grow->node[i];
    size[i] = node->left < 0 ? 1 : 1 + size[node->left] + size[node->right];
    layout->place[i] = -1;
  }
  layout->place[0] = 0;
  for (int32_t i = 0; i < n; i++) {
    const mine_tree_node *node = &grow->node[i];
    if (layout->place[i] < 0) continue;
    if (node->depth > layout->depth) layout->depth = node->depth;
    if (node->left < 0) {
      layout->leaves++;
      continue;
    }
    layout->place[node->left] = layout->place[i] + 1;
    layout->place[node->right] = layout->place[i] + 1 + size[node->left];
    if (node->set >= 0) bits += mine_trees_words(grow->column[node->feature].bins);
  }
  layout->nodes = size[0];
  if (bits > INT32_MAX) {
    return mine__fail(
        grow->env, MINE_LIMIT,
        "the tree's sets of levels do not fit a model; lower max_depth, or ignore the "
        "category columns with very many levels");
  }
  layout->bits = (int32_t)bits;
  return MINE_OK;
}

static void prune_write_node(const mine_tree_grow *grow, const prune_layout *layout, int32_t from,
                             mine_trees *trees) {
  const mine_tree_node *node = &grow->node[from];
  const int32_t at = layout->place[from];
  double *value = trees->values + (size_t)at * (size_t)trees->width;
  trees->value[at] = at;
  trees->weight[at] = node->weight;
  trees->rows[at] = (double)node->rows;
  trees->impurity[at] = node->impurity;
  trees->gain[at] = node->gain;
  for (int c = 0; c < grow->n_classes; c++) {
    value[c] = grow->total[(size_t)from * (size_t)grow->n_classes + (size_t)c] / node->weight;
  }
  if (grow->n_classes == 0) value[0] = node->mean;
  trees->feature[at] = node->feature;
  trees->left[at] = node->left < 0 ? -1 : layout->place[node->left];
  trees->right[at] = node->left < 0 ? -1 : layout->place[node->right];
  trees->missing_left[at] = node->left < 0 ? 0 : node->missing_left;
  trees->set[at] = -1;
  trees->threshold[at] = node->set < 0 ? node->threshold : 0;
}

static void prune_write(const mine_tree_grow *grow, const prune_layout *layout, mine_trees *trees) {
  int32_t bits = 0;
  for (int32_t i = 0; i < (int32_t)grow->n_nodes; i++) {
    if (layout->place[i] < 0) continue;
    prune_write_node(grow, layout, i, trees);
    const mine_tree_node *node = &grow->node[i];
    if (node->set < 0) continue;
    const int32_t words = (int32_t)mine_trees_words(grow->column[node->feature].bins);
    memcpy(trees->bits + bits, grow->bits + node->set, (size_t)words * sizeof *trees->bits);
    trees->set[layout->place[i]] = bits;
    bits += words;
  }
}

mine_status mine__tree_finish(mine_tree_grow *grow, mine_model *model) {
  prune_layout layout = {0};
  mine_status status = MINE_OK;
  if (grow->options.max_leaves != MINE_NOT_GIVEN) status = prune_best_first(grow);
  if (!status && grow->options.ccp_alpha > 0) status = prune_cost_complexity(grow);
  if (!status) status = prune_lay_out(grow, &layout);
  if (status) return status;
  const int width = grow->n_classes ? grow->n_classes : 1;
  mine_trees *trees =
      mine__trees_new(model->arena, 1, layout.nodes, layout.nodes, layout.bits, width);
  if (!trees) return mine_env_status(grow->env);
  prune_write(grow, &layout, trees);
  MINE_TRY(mine__trees_prepare(grow->env, model, trees));
  model->body = trees;
  mine__model_note(model, "fit", "leaves", "%d", (int)layout.leaves);
  mine__model_note(model, "fit", "depth", "%d", (int)layout.depth);
  return mine_env_status(grow->env);
}
