/*
** pmml_read_trees.c -- a TreeModel as a tree of tests with two sides.
**
** A node of PMML asks its children in order and takes the first whose predicate is true.  Here that
** is a chain of tests; where the last two predicates are each other's opposite, as in binary trees,
** the last is not asked.
*/
#include <string.h>

#include "pmml_read_trees.h"

#define PTREE_LEVELS 600 /* nodes inside nodes, some of which are no test */

/* ---- leaves ------------------------------------------------------------------------ */

static int32_t ptree_add(mine__pin_forest *w) {
  if (w->n_nodes >= INT32_MAX - 1 || !MINE_RESERVE(w->arena, w->node, w->node_room, w->n_nodes + 1))
    return 0;
  w->node[w->n_nodes] =
      (mine__pin_node){.feature = MINE_TREES_LEAF, .left = -1, .right = -1, .set = -1};
  return (int32_t)w->n_nodes++;
}

static void ptree_chosen(mine__pin_forest *w, const mine__element *node, double *share) {
  const char *score = mine__pin_text(w->pin, node, "score");
  const int g = mine_failed(w->pin->env) ? -1 : mine__pin_class(w->pin, score);
  if (g < 0) mine__pin_refuse_value(w->pin, node, "the score is no class:", score);
  for (int c = 0; g >= 0 && c < w->width; c++)
    share[c] = c == g;
}

/* Probabilities; of none said the shares of the records; of none counted the class itself. */
static void ptree_shares(mine__pin_forest *w, const mine__element *node, double *share) {
  double sum = 0;
  int said = 0;
  for (int c = 0; c < w->width; c++)
    share[c] = 0;
  for (const mine__element *s = mine__xml_child(node, "ScoreDistribution");
       s && !mine_failed(w->pin->env); s = mine__xml_next(s)) {
    const char *value = mine__pin_text(w->pin, s, "value");
    const int g = mine__pin_class(w->pin, value);
    const char *by = mine__xml_get(s, "probability") ? "probability" : "recordCount";
    const double v = mine__pin_real(w->pin, s, by);
    if (g < 0) mine__pin_refuse_value(w->pin, s, "it is no class:", value);
    if (!(v >= 0)) mine__pin_refuse(w->pin, s, "a share below zero");
    if (mine_failed(w->pin->env)) return;
    share[g] += v;
    sum += v;
    said = 1;
  }
  if (!said || w->votes || !(sum > 0)) {
    ptree_chosen(w, node, share);
    return;
  }
  for (int c = 0; c < w->width; c++)
    share[c] /= sum;
}

static int32_t ptree_leaf(mine__pin_forest *w, const mine__element *node) {
  const int32_t at = ptree_add(w);
  const size_t width = (size_t)w->width;
  if (mine_failed(w->pin->env) ||
      !MINE_RESERVE(w->arena, w->value, w->value_room, (w->n_values + 1) * width))
    return at;
  double *value = w->value + w->n_values * width;
  if (w->classes)
    ptree_shares(w, node, value);
  else
    value[0] = w->factor * mine__pin_real(w->pin, node, "score");
  w->node[at].value = (int32_t)w->n_values++;
  return at;
}

/* ---- nodes ------------------------------------------------------------------------- */

static int32_t ptree_set(mine__pin_forest *w, int feature, const uint64_t *set) {
  const size_t words = (size_t)mine__pin_words(w->pin, feature), at = w->n_bits;
  if (at + words > INT32_MAX || !MINE_RESERVE(w->arena, w->bits, w->bit_room, at + words)) return 0;
  memcpy(w->bits + at, set, words * sizeof *set);
  w->n_bits += words;
  return (int32_t)at;
}

/* A test that is asked; its sides are the caller's. */
static int32_t ptree_ask_node(mine__pin_forest *w, const mine__pin_test *t) {
  const int32_t at = ptree_add(w);
  if (mine_failed(w->pin->env)) return at;
  const mine_feature *about = &w->pin->model->feature[t->feature];
  const int category = about->type == MINE_COLUMN_CATEGORY;
  w->node[at].feature = t->feature;
  w->node[at].threshold = category ? 0 : t->ask == MINE__PIN_KNOWN ? MINE_TREES_ANY : t->threshold;
  if (!category) return at;
  uint64_t *all = t->set;
  if (t->ask == MINE__PIN_KNOWN) {
    all = mine__arena_zeros(w->arena, (size_t)mine__pin_words(w->pin, t->feature), sizeof *all);
    for (int64_t l = 0; all && l < about->levels.values.n; l++)
      all[l >> 6] |= UINT64_C(1) << (l & 63);
  }
  if (all) w->node[at].set = ptree_set(w, t->feature, all);
  return at;
}

static int32_t ptree_build(mine__pin_forest *w, const mine__element *node, int depth);

typedef struct ptree_chain {
  const mine__element *node;   /* whose children are asked */
  const mine__element *chosen; /* its default child, or NULL */
  int feature;                 /* -2: none yet; -1: several  */
} ptree_chain;

/* Where a missing value goes of which the predicate says nothing: as where the test is false, as
** where it is true, or no further (the last prediction). */
typedef enum ptree_way { PTREE_NO, PTREE_YES, PTREE_ENDS } ptree_way;

static ptree_way ptree_missing(mine__pin_forest *w, const ptree_chain *chain,
                               const mine__element *child, const mine__pin_test *t) {
  const int replaced = t->missing < 0 ? mine__pin_replaced(w->pin, t) : t->missing;
  if (replaced >= 0) return replaced ? PTREE_YES : PTREE_NO;
  if (strcmp(w->missing, "none") == 0) return PTREE_NO;
  if (strcmp(w->missing, "lastPrediction") == 0) return PTREE_ENDS;
  if (strcmp(w->missing, "nullPrediction") == 0) {
    w->pin->skips = 1;
    return PTREE_NO;
  }
  if (strcmp(w->missing, "defaultChild") == 0 && chain->chosen) {
    if (chain->feature == -1)
      mine__pin_refuse(w->pin, chain->node,
                       "a default child of a node that asks several fields is not covered");
    return chain->chosen == child ? PTREE_YES : PTREE_NO;
  }
  mine__pin_refuse_value(w->pin, chain->node, "missing values: this is not covered:", w->missing);
  return PTREE_NO;
}

/* What is known of the test's field goes on, the rest ends with the prediction of the node. */
static int32_t ptree_gate(mine__pin_forest *w, const mine__element *node, const mine__pin_test *t) {
  const mine__pin_test known = {.ask = MINE__PIN_KNOWN, .feature = t->feature, .left = 1};
  const int32_t gate = ptree_ask_node(w, &known), end = ptree_leaf(w, node);
  if (mine_failed(w->pin->env)) return 0;
  w->node[gate].right = end;
  w->node[gate].missing_left = 0;
  return gate;
}

/* Where no child is true. */
static int32_t ptree_no_child(mine__pin_forest *w, const mine__element *node) {
  if (strcmp(w->no_child, "returnLastPrediction") != 0)
    mine__pin_refuse(w->pin, node,
                     "rows for which no child is true have no prediction, which is "
                     "not covered (noTrueChildStrategy)");
  return ptree_leaf(w, node);
}

/* The children from `child` on, of which none before was true; `before` is the last test. */
static int32_t ptree_children(mine__pin_forest *w, ptree_chain *chain, const mine__element *child,
                              const mine__pin_test *before, int depth) {
  const mine__element *node = chain->node;
  if (depth > MINE_TREES_DEEPEST) mine__pin_refuse(w->pin, node, "the tree is too deep");
  if (mine_failed(w->pin->env)) return 0;
  if (!child) return ptree_no_child(w, node);
  const mine__element *e = mine__pin_inside(child);
  mine__pin_test t;
  if (!e) {
    mine__pin_refuse(w->pin, child, "a predicate was expected");
    return 0;
  }
  mine__pin_predicate(w->pin, e, &t);
  if (mine_failed(w->pin->env)) return 0;
  if (t.ask == MINE__PIN_FALSE)
    return ptree_children(w, chain, mine__xml_next(child), before, depth + 1);
  if (t.ask == MINE__PIN_TRUE ||
      (before && !mine__xml_next(child) && mine__pin_opposite(w->pin, before, &t)))
    return ptree_build(w, child, depth);
  if (chain->feature == -2) chain->feature = t.feature;
  if (chain->feature != t.feature) chain->feature = -1;
  const ptree_way missing = ptree_missing(w, chain, child, &t);
  const int32_t gate = missing == PTREE_ENDS ? ptree_gate(w, node, &t) : -1;
  const int32_t at = ptree_ask_node(w, &t);
  const int32_t yes = ptree_build(w, child, depth + 1);
  const int32_t no = ptree_children(w, chain, mine__xml_next(child), &t, depth + 1);
  if (mine_failed(w->pin->env)) return 0;
  w->node[at].left = t.left ? yes : no;
  w->node[at].right = t.left ? no : yes;
  w->node[at].missing_left = (missing == PTREE_YES) == t.left;
  if (gate < 0) return at;
  w->node[gate].left = at;
  return gate;
}

/* The subtree of a node whose predicate was true. */
static int32_t ptree_build(mine__pin_forest *w, const mine__element *node, int depth) {
  const mine__element *child = mine__xml_child(node, "Node");
  if (mine_failed(w->pin->env) || mine__poll(w->pin->env)) return 0;
  if (!child) return ptree_leaf(w, node);
  if (++w->level > PTREE_LEVELS) mine__pin_refuse(w->pin, node, "the tree is too deep");
  ptree_chain chain = {node, NULL, -2};
  const char *chosen = mine__xml_get(node, "defaultChild");
  for (const mine__element *c = child; c && chosen; c = mine__xml_next(c))
    if (mine__pin_is(c, "id", chosen, "")) chain.chosen = c;
  const int32_t at = ptree_children(w, &chain, child, NULL, depth);
  w->level--;
  return at;
}

/* ---- the tree ---------------------------------------------------------------------- */

void mine__pin_tree(mine__pin_forest *w, const mine__element *tree, int output) {
  const mine__element *root = mine__xml_child(tree, "Node");
  const char *missing = mine__xml_get(tree, "missingValueStrategy");
  const char *no_child = mine__xml_get(tree, "noTrueChildStrategy");
  w->missing = missing ? missing : "none";
  w->no_child = no_child ? no_child : "returnNullPrediction";
  if (!root || !mine__pin_always(root)) {
    mine__pin_refuse(w->pin, tree, "a tree whose root is not always true is not covered");
    return;
  }
  if (!MINE_RESERVE(w->arena, w->first, w->first_room, w->n_trees + 1) ||
      !MINE_RESERVE(w->arena, w->output, w->output_room, w->n_trees + 1))
    return;
  w->first[w->n_trees] = (int32_t)w->n_nodes;
  w->output[w->n_trees++] = output;
  (void)ptree_build(w, root, 1);
}
