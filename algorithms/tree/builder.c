/*
** builder.c -- from bins back to numbers and levels.
*/
#include "builder.h"

#include <string.h>

void mine__grown_levels(const mine_binned_feature *feature, const mine_grown_node *node,
                        uint64_t *bits) {
  memset(bits, 0, (size_t)mine_trees_words(feature->levels) * sizeof *bits);
  for (int32_t level = 0; level < feature->levels; level++) {
    const int left = feature->category ? mine_grown_goes_left(node, 1, (uint8_t)(level + 1))
                                       : feature->source.of_level[level] < feature->cut[node->bin];
    if (left) bits[level >> 6] |= (uint64_t)1 << (level & 63);
  }
}

double mine__grown_threshold(const mine_binned_feature *feature, const mine_grown_node *node) {
  return node->bin + 1 < feature->bins ? feature->cut[node->bin] : MINE_TREES_ANY;
}

int mine__grown_missing_left(const mine_binned_feature *feature, const mine_grown_node *node) {
  return feature->source.statistic ? feature->source.prior < feature->cut[node->bin]
                                   : node->missing_left;
}

void mine__builder_open(mine_trees_builder *b, mine_arena *arena, int width) {
  *b = (mine_trees_builder){.arena = arena, .width = width};
}

/* Room for so many more nodes.  0: failure recorded. */
static int builder_reserve(mine_trees_builder *b, int32_t more) {
  const size_t n = (size_t)b->n_nodes + (size_t)more;
  size_t *capacity = b->node_capacity;
  return MINE_RESERVE(b->arena, b->feature, capacity[0], n) &&
         MINE_RESERVE(b->arena, b->left, capacity[1], n) &&
         MINE_RESERVE(b->arena, b->right, capacity[2], n) &&
         MINE_RESERVE(b->arena, b->missing_left, capacity[3], n) &&
         MINE_RESERVE(b->arena, b->set, capacity[4], n) &&
         MINE_RESERVE(b->arena, b->threshold, capacity[5], n) &&
         MINE_RESERVE(b->arena, b->weight, capacity[6], n) &&
         MINE_RESERVE(b->arena, b->rows, capacity[7], n) &&
         MINE_RESERVE(b->arena, b->gain, capacity[8], n) &&
         MINE_RESERVE(b->arena, b->values, capacity[9], n * (size_t)b->width);
}

static int builder_reserve_trees(mine_trees_builder *b, int32_t more) {
  const size_t n = (size_t)b->n_trees + (size_t)more;
  return MINE_RESERVE(b->arena, b->first, b->tree_capacity, n + 1) &&
         MINE_RESERVE(b->arena, b->output, b->output_capacity, n);
}

/* Whether so many nodes and words more can still be numbered; else the failure is recorded. */
static int builder_fits(mine_env *env, const mine_trees_builder *b, int32_t nodes, int64_t words) {
  if (INT32_MAX - nodes >= b->n_nodes && INT32_MAX - words >= b->n_bits) return 1;
  mine__fail(env, MINE_LIMIT,
             "the trees have more than two billion nodes or words of level sets; grow fewer or "
             "smaller trees, or ignore the category columns with very many levels");
  return 0;
}

/* The set of levels that go left; -1: failure recorded.  Bins are the growing's own: a model
** knows levels, and level l is bit l. */
static int32_t builder_set(mine_env *env, mine_trees_builder *b, const mine_binned_feature *feature,
                           const mine_grown_node *node) {
  const int32_t words = (int32_t)mine_trees_words(feature->levels), first = b->n_bits;
  if (!builder_fits(env, b, 0, words)) return -1;
  if (!MINE_RESERVE(b->arena, b->bits, b->bits_capacity, (size_t)(first + words))) return -1;
  mine__grown_levels(feature, node, b->bits + first);
  b->n_bits += words;
  return first;
}

static int builder_node(mine_env *env, mine_trees_builder *b, const mine_binned *binned,
                        const mine_grown_node *node, const double *value) {
  if (!builder_fits(env, b, 1, 0) || !builder_reserve(b, 1)) return -1;
  const int32_t at = b->n_nodes++;
  b->weight[at] = node->weight;
  b->rows[at] = (double)node->rows;
  b->gain[at] = node->left < 0 ? 0 : node->gain;
  memcpy(b->values + (size_t)at * (size_t)b->width, value, (size_t)b->width * sizeof *value);
  b->left[at] = b->right[at] = -1;
  b->set[at] = -1;
  b->threshold[at] = 0;
  b->missing_left[at] = 0;
  b->feature[at] = MINE_TREES_LEAF;
  if (node->left < 0) return at;
  const mine_binned_feature *feature = &binned->feature[node->feature];
  b->feature[at] = feature->source.feature;
  b->missing_left[at] = mine__grown_missing_left(feature, node);
  if (feature->levels == 0) b->threshold[at] = mine__grown_threshold(feature, node);
  if (feature->levels > 0 && (b->set[at] = builder_set(env, b, feature, node)) < 0) return -1;
  return at;
}

void mine__builder_add(mine_env *env, mine_trees_builder *b, const mine_binned *binned,
                       const mine_grown *tree, const double *value, int output) {
  if (!builder_reserve_trees(b, 1)) return;
  b->first[b->n_trees] = b->n_nodes;
  b->output[b->n_trees++] = output;
  const mine_mark mark = mine__arena_mark(env->scratch);
  /* Nodes in pre-order: those whose place waits for its content, the left one on top. */
  struct waiting {
    int32_t node, parent;
    int is_right;
  } *stack = mine__arena_array(env->scratch, (size_t)tree->n_nodes + 1, sizeof *stack);
  size_t n = 0;
  if (stack) stack[n++] = (struct waiting){0, -1, 0};
  while (n > 0 && !mine_failed(env)) {
    const struct waiting next = stack[--n];
    const mine_grown_node *node = &tree->node[next.node];
    const int32_t at =
        builder_node(env, b, binned, node, value + (size_t)next.node * (size_t)b->width);
    if (at < 0) break;
    if (next.parent >= 0) (next.is_right ? b->right : b->left)[next.parent] = at;
    if (node->left < 0) continue;
    stack[n++] = (struct waiting){node->right, at, 1};
    stack[n++] = (struct waiting){node->left, at, 0};
  }
  mine__arena_rewind(env->scratch, mark);
  b->first[b->n_trees] = b->n_nodes;
}

/* Of the other builder's numbers those of nodes and of words of sets move by what is here; so a
** forest that is grown in parts is the one that would have been grown in one. */
void mine__builder_append(mine_env *env, mine_trees_builder *b, const mine_trees_builder *more) {
  if (!builder_fits(env, b, more->n_nodes, more->n_bits) || !builder_reserve(b, more->n_nodes) ||
      !builder_reserve_trees(b, more->n_trees) ||
      !MINE_RESERVE(b->arena, b->bits, b->bits_capacity, (size_t)(b->n_bits + more->n_bits))) {
    return;
  }
  const int32_t node = b->n_nodes;
  const size_t width = (size_t)b->width;
  for (int32_t t = 0; t < more->n_trees; t++) {
    b->first[b->n_trees] = node + more->first[t];
    b->output[b->n_trees++] = more->output[t];
  }
  for (int32_t i = 0; i < more->n_nodes; i++) {
    b->feature[node + i] = more->feature[i];
    b->left[node + i] = more->left[i] < 0 ? -1 : node + more->left[i];
    b->right[node + i] = more->right[i] < 0 ? -1 : node + more->right[i];
    b->missing_left[node + i] = more->missing_left[i];
    b->set[node + i] = more->set[i] < 0 ? -1 : b->n_bits + more->set[i];
    b->threshold[node + i] = more->threshold[i];
    b->weight[node + i] = more->weight[i];
    b->rows[node + i] = more->rows[i];
    b->gain[node + i] = more->gain[i];
  }
  memcpy(b->values + (size_t)node * width, more->values,
         (size_t)more->n_nodes * width * sizeof *b->values);
  if (more->n_bits) memcpy(b->bits + b->n_bits, more->bits, (size_t)more->n_bits * sizeof *b->bits);
  b->n_nodes += more->n_nodes;
  b->n_bits += more->n_bits;
  b->first[b->n_trees] = b->n_nodes;
}

/* Only the first n_trees: early stopping grows some in vain.  Every node has values of its own. */
mine_trees *mine__builder_finish(mine_env *env, mine_trees_builder *b, int32_t n_trees,
                                 mine_arena *arena) {
  if (mine_failed(env)) return NULL;
  const int32_t n = n_trees ? b->first[n_trees] : 0;
  mine_trees *trees = mine__trees_new(arena, n_trees, n, n, b->n_bits, b->width);
  if (!trees) return NULL;
  const size_t nodes = (size_t)n;
  memcpy(trees->first, b->first, ((size_t)n_trees + 1) * sizeof *trees->first);
  memcpy(trees->feature, b->feature, nodes * sizeof *trees->feature);
  memcpy(trees->left, b->left, nodes * sizeof *trees->left);
  memcpy(trees->right, b->right, nodes * sizeof *trees->right);
  memcpy(trees->missing_left, b->missing_left, nodes * sizeof *trees->missing_left);
  memcpy(trees->set, b->set, nodes * sizeof *trees->set);
  memcpy(trees->threshold, b->threshold, nodes * sizeof *trees->threshold);
  memcpy(trees->weight, b->weight, nodes * sizeof *trees->weight);
  memcpy(trees->rows, b->rows, nodes * sizeof *trees->rows);
  memcpy(trees->gain, b->gain, nodes * sizeof *trees->gain);
  memcpy(trees->values, b->values, nodes * (size_t)b->width * sizeof *trees->values);
  if (b->n_bits) memcpy(trees->bits, b->bits, (size_t)b->n_bits * sizeof *trees->bits);
  trees->impurity = NULL;
  for (int32_t i = 0; i < n; i++)
    trees->value[i] = i;
  return trees;
}
