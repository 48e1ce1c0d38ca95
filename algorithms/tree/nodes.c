/*
** nodes.c -- nodes are added one by one, and written down as a model.
*/
#include "nodes.h"

#include <math.h>
#include <string.h>

#define NODES_MOST (INT32_MAX / 2)

void mine__nodes_open(mine_tree_nodes *nodes, mine_env *env, mine_arena *arena, int n_classes) {
  *nodes = (mine_tree_nodes){.env = env, .arena = arena, .n_classes = n_classes};
}

int32_t mine__nodes_add(mine_tree_nodes *nodes, int32_t parent) {
  if (nodes->n >= NODES_MOST) {
    mine__fail(nodes->env, MINE_LIMIT,
               "the tree has more than a billion nodes; lower max_depth or raise min_samples_leaf");
    return -1;
  }
  if (!MINE_RESERVE(nodes->arena, nodes->node, nodes->capacity, nodes->n + 1)) return -1;
  const size_t totals = (nodes->n + 1) * (size_t)nodes->n_classes;
  if (totals && !MINE_RESERVE(nodes->arena, nodes->total, nodes->total_capacity, totals)) return -1;
  nodes->node[nodes->n] = (mine_tree_node){.parent = parent,
                                           .depth = parent < 0 ? 0 : nodes->node[parent].depth + 1,
                                           .left = -1,
                                           .right = -1,
                                           .feature = MINE_TREES_LEAF,
                                           .set = -1};
  return (int32_t)nodes->n++;
}

mine_status mine__nodes_add_set(mine_tree_nodes *nodes, int32_t number, int64_t levels) {
  const size_t words = (size_t)mine_trees_words(levels);
  if (!MINE_RESERVE(nodes->arena, nodes->bits, nodes->bits_capacity, nodes->n_bits + words))
    return mine_env_status(nodes->env);
  nodes->node[number].set = (int64_t)nodes->n_bits;
  nodes->node[number].words = (int32_t)words;
  nodes->n_bits += words;
  return MINE_OK;
}

mine_status mine__nodes_check(const mine_tree_nodes *nodes) {
  if (isfinite(nodes->node[0].impurity) && isfinite(nodes->node[0].weight)) return MINE_OK;
  return mine__fail(nodes->env, MINE_NUMERIC,
                    "the target's values or the weights are too large for their squares to be "
                    "summed; divide them by a constant");
}

/* ---- the finished model ------------------------------------------------------------- */

/* Pre-order positions of the nodes that are left; -1 = cut off. */
typedef struct nodes_layout {
  int32_t *place;
  int32_t nodes, bits, leaves, depth;
} nodes_layout;

/* A child was added after its parent, so its number is larger: from the last node to the first
** the sizes of what hangs below each are known, and from the first to the last the places, a left
** child behind its parent and a right one behind all that is left. */
static mine_status nodes_lay_out(const mine_tree_nodes *nodes, nodes_layout *layout) {
  const int32_t n = (int32_t)nodes->n;
  int32_t *size = mine__arena_array(nodes->arena, (size_t)n, sizeof *size);
  layout->place = mine__arena_array(nodes->arena, (size_t)n, sizeof *layout->place);
  if (!size || !layout->place) return mine_env_status(nodes->env);
  int64_t bits = 0;
  for (int32_t i = n; i-- > 0;) {
    const mine_tree_node *node = &nodes->node[i];
    size[i] = node->left < 0 ? 1 : 1 + size[node->left] + size[node->right];
    layout->place[i] = -1;
  }
  layout->place[0] = 0;
  for (int32_t i = 0; i < n; i++) {
    const mine_tree_node *node = &nodes->node[i];
    if (layout->place[i] < 0) continue;
    if (node->depth > layout->depth) layout->depth = node->depth;
    if (node->left < 0) {
      layout->leaves++;
      continue;
    }
    layout->place[node->left] = layout->place[i] + 1;
    layout->place[node->right] = layout->place[i] + 1 + size[node->left];
    if (node->set >= 0) bits += node->words;
  }
  layout->nodes = size[0];
  if (bits > INT32_MAX) {
    return mine__fail(
        nodes->env, MINE_LIMIT,
        "the tree's sets of levels do not fit a model; lower max_depth, or ignore the "
        "category columns with very many levels");
  }
  layout->bits = (int32_t)bits;
  return MINE_OK;
}

/* The values of a model are shares of classes or a mean, where growing keeps sums of weights. */
static void nodes_write_node(const mine_tree_nodes *nodes, const nodes_layout *layout, int32_t from,
                             mine_trees *trees) {
  const mine_tree_node *node = &nodes->node[from];
  const int32_t at = layout->place[from];
  double *value = trees->values + (size_t)at * (size_t)trees->width;
  trees->value[at] = at;
  trees->weight[at] = node->weight;
  trees->rows[at] = (double)node->rows;
  trees->impurity[at] = node->impurity;
  trees->gain[at] = node->gain;
  for (int c = 0; c < nodes->n_classes; c++) {
    value[c] = mine_nodes_total(nodes, from)[c] / node->weight;
  }
  if (nodes->n_classes == 0) value[0] = node->mean;
  trees->feature[at] = node->feature;
  trees->left[at] = node->left < 0 ? -1 : layout->place[node->left];
  trees->right[at] = node->left < 0 ? -1 : layout->place[node->right];
  trees->missing_left[at] = node->left < 0 ? 0 : node->missing_left;
  trees->set[at] = -1;
  trees->threshold[at] = node->set < 0 ? node->threshold : 0;
}

static void nodes_write(const mine_tree_nodes *nodes, const nodes_layout *layout,
                        mine_trees *trees) {
  int32_t bits = 0;
  for (int32_t i = 0; i < (int32_t)nodes->n; i++) {
    if (layout->place[i] < 0) continue;
    nodes_write_node(nodes, layout, i, trees);
    const mine_tree_node *node = &nodes->node[i];
    if (node->set < 0) continue;
    const int32_t words = node->words;
    memcpy(trees->bits + bits, nodes->bits + node->set, (size_t)words * sizeof *trees->bits);
    trees->set[layout->place[i]] = bits;
    bits += words;
  }
}

mine_status mine__nodes_finish(const mine_tree_nodes *nodes, mine_model *model) {
  nodes_layout layout = {0};
  MINE_TRY(nodes_lay_out(nodes, &layout));
  const int width = nodes->n_classes ? nodes->n_classes : 1;
  mine_trees *trees =
      mine__trees_new(model->arena, 1, layout.nodes, layout.nodes, layout.bits, width);
  if (!trees) return mine_env_status(nodes->env);
  nodes_write(nodes, &layout, trees);
  MINE_TRY(mine__trees_prepare(nodes->env, model, trees));
  model->body = trees;
  mine__model_note(model, "fit", "leaves", "%d", (int)layout.leaves);
  mine__model_note(model, "fit", "depth", "%d", (int)layout.depth);
  return mine_env_status(nodes->env);
}
