/*
** prune.c -- what is kept of a grown tree.
**
** max_leaves: the splits a best-first builder would have made, largest decrease
** of impurity first (the decision at a node does not depend on the order, so
** the full tree holds them all).
** ccp_alpha: minimal cost-complexity pruning (Breiman et al. 1984, section 3.3):
** of all subtrees the smallest with the least R + alpha x leaves, where R sums
** impurity x share of weight over the leaves (as scikit-learn defines it).
*/
#include "../core/options.h"
#include "../core/order.h"
#include "nodes.h"

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
static mine_status prune_best_first(mine_tree_nodes *nodes, int64_t most) {
  uint8_t *keep = mine__arena_zeros(nodes->arena, nodes->n, sizeof *keep);
  prune_heap heap = {nodes->node, NULL, 0};
  heap.item = mine__arena_array(nodes->arena, nodes->n + 1, sizeof *heap.item);
  if (!keep || !heap.item) return mine_env_status(nodes->env);
  prune_push(&heap, 0);
  for (int64_t leaves = 1; leaves < most && heap.n > 0; leaves++) {
    const int32_t number = prune_pop(&heap);
    keep[number] = 1;
    prune_push(&heap, nodes->node[number].left);
    prune_push(&heap, nodes->node[number].right);
  }
  for (size_t i = 0; i < nodes->n; i++) {
    if (!keep[i]) prune_cut(&nodes->node[i]);
  }
  return MINE_OK;
}

/* From the leaves up: a subtree that does not pay for its leaves is cut. */
static mine_status prune_cost_complexity(mine_tree_nodes *nodes, double alpha) {
  double *cost = mine__arena_array(nodes->arena, nodes->n, sizeof *cost);
  if (!cost) return mine_env_status(nodes->env);
  /* Children stand behind their parent: theirs is known when it asks. */
  for (size_t i = nodes->n; i-- > 0;) {
    mine_tree_node *node = &nodes->node[i];
    const double alone = node->impurity * node->weight / nodes->node[0].weight + alpha;
    const double split = node->left < 0 ? alone : cost[node->left] + cost[node->right];
    cost[i] = alone <= split ? alone : split;
    if (alone <= split) prune_cut(node);
  }
  return MINE_OK;
}

mine_status mine__nodes_prune(mine_tree_nodes *nodes, int64_t max_leaves, double alpha) {
  if (max_leaves != MINE_NOT_GIVEN) MINE_TRY(prune_best_first(nodes, max_leaves));
  if (alpha > 0) MINE_TRY(prune_cost_complexity(nodes, alpha));
  return MINE_OK;
}
