/*
** trees_explain_plan.c -- which trees count in a margin, how deep they are, by how many points
** their integrals are exact, and what they say of a row of which nothing is known.
**
** Nothing of it depends on a row, so it is done once for all of them.  O(nodes).
*/
#include "quadrature.h"
#include "trees_explain.h"

static int explain_counts(const explain_plan *plan, int32_t tree) {
  const int first = plan->trees->output ? plan->trees->output[tree] : 0;
  for (int c = 0; c < plan->trees->width; c++)
    if (plan->coef[first + c] != 0) return 1;
  return 0;
}

/* How deep a tree is and how many features its paths have at most; returns what it says where
** nothing is known.  uses: per place, 0 before and after. */
static double explain_survey(const explain_plan *plan, int *uses, explain_tree *tree) {
  const mine_trees *trees = plan->trees;
  struct {
    int32_t node;
    int side;
    double share;
  } at[EXPLAIN_LEVELS + 1];
  int level = 0, features = 0, most = 0;
  double expected = 0;
  at[0].node = trees->first[tree->tree];
  at[0].side = 0;
  at[0].share = 1;
  while (level >= 0) {
    const int32_t node = at[level].node, feature = trees->feature[node];
    if (feature == MINE_TREES_LEAF)
      expected += explain_leaf(plan, tree->tree, node) * at[level].share;
    if (feature == MINE_TREES_LEAF || at[level].side == 2) {
      if (features > most) most = features;
      if (--level >= 0) features -= --uses[plan->place[trees->feature[at[level].node]]] == 0;
      continue;
    }
    const int side = at[level].side++;
    const double left = explain_share_left(trees, node);
    features += uses[plan->place[feature]]++ == 0;
    at[level + 1].node = side ? trees->right[node] : trees->left[node];
    at[level + 1].side = 0;
    at[level + 1].share = at[level].share * (side ? 1 - left : left);
    level++;
    if (level > tree->depth) tree->depth = level;
  }
  tree->points = (most + 1) / 2;
  return expected;
}

static void explain_add_rule(mine_env *env, explain_plan *plan, int points) {
  explain_rule *rule = &plan->rule[points];
  if (rule->at || points == 0) return;
  rule->at = mine__arena_array(env->scratch, (size_t)points, 3 * sizeof(double));
  if (!rule->at) return;
  rule->weight = rule->at + points;
  rule->turn = rule->weight + points;
  mine__quadrature(points, rule->at, rule->weight);
  for (int q = 0; q < points; q++)
    rule->turn[q] = 1 / (1 - rule->at[q]);
}

static void explain_plan_features(mine_env *env, explain_plan *plan) {
  const mine_trees *trees = plan->trees;
  const size_t n = (size_t)plan->model->n_features;
  plan->place = mine__arena_array(env->scratch, n, sizeof *plan->place);
  plan->used = mine__arena_array(env->scratch, n, sizeof *plan->used);
  if (mine_failed(env)) return;
  for (size_t f = 0; f < n; f++)
    plan->place[f] = -1;
  for (int32_t i = 0; i < trees->n_nodes; i++) {
    const int32_t f = trees->feature[i];
    if (f == MINE_TREES_LEAF || plan->place[f] >= 0) continue;
    plan->place[f] = plan->n_used;
    plan->used[plan->n_used++] = f;
  }
}

/* The margin as a sum over the outputs. */
static void explain_plan_margin(mine_env *env, explain_plan *plan, int of) {
  const mine_trees *trees = plan->trees;
  plan->coef = mine__arena_zeros(env->scratch, (size_t)trees->outputs, sizeof *plan->coef);
  if (!plan->coef) return;
  if (trees->link == MINE_TREES_LOGIT) {
    plan->coef[0] = of == 1 ? 1 : -1;
    return;
  }
  for (int c = 0; trees->link == MINE_TREES_SOFTMAX && c < trees->outputs; c++)
    plan->coef[c] = -1.0 / trees->outputs;
  plan->coef[of] += 1;
}

static void explain_plan_trees(mine_env *env, explain_plan *plan) {
  const mine_trees *trees = plan->trees;
  int *uses = mine__arena_zeros(env->scratch, (size_t)plan->n_used + 1, sizeof *uses);
  double expected = 0;
  plan->tree = mine__arena_array(env->scratch, (size_t)trees->n_trees, sizeof *plan->tree);
  for (int32_t t = 0; t < trees->n_trees && !mine_failed(env); t++) {
    explain_tree *tree = &plan->tree[plan->n_trees];
    if (!explain_counts(plan, t)) continue;
    *tree = (explain_tree){.tree = t};
    expected += explain_survey(plan, uses, tree);
    if (tree->depth == 0) continue;
    explain_add_rule(env, plan, tree->points);
    if (tree->depth > plan->depth) plan->depth = tree->depth;
    if (tree->points > plan->points) plan->points = tree->points;
    plan->n_trees++;
    if (t % 1024 == 1023 && mine__poll(env)) return;
  }
  if (trees->combine == MINE_TREES_MEAN) expected /= trees->n_trees;
  plan->base = expected;
  for (int c = 0; trees->base && c < trees->outputs && plan->coef; c++)
    plan->base += plan->coef[c] * trees->base[c];
}

void mine__trees_explain_plan(mine_env *env, const mine_model *model, int of, explain_plan *plan) {
  *plan = (explain_plan){.model = model, .trees = model->body};
  explain_plan_features(env, plan);
  if (!mine_failed(env)) explain_plan_margin(env, plan, of);
  if (!mine_failed(env)) explain_plan_trees(env, plan);
}
