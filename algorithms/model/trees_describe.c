/*
** trees_describe.c -- trees as relations: every node with the test that leads
** to it, and which features mattered.
**
** A test is written as a person reads it: "tenure < 12.5", "plan in (basic,
** gold)", "age >= 30 or missing".  "or missing" appears only where training
** met missing values of the feature (elsewhere it would be noise).  The path joins
** the tests from the root; where a feature comes back, only its tightest bounds
** and the levels still possible are told.  The words are those of the answer's language.
*/
#include <string.h>

#include "metrics.h"
#include "trees.h"

#define DESCRIBE_LEVELS 10 /* levels spelled out; longer lists are cut */

/* What is known of one feature's value at a node. */
typedef struct describe_condition {
  int32_t feature;
  int has_lower, has_upper, numbers, missing; /* whether a number, a gap may be there */
  double lower, upper;                        /* lower <= value < upper               */
  uint64_t *set;                              /* category: levels still possible      */
} describe_condition;

typedef struct describe_state {
  mine_env *env;
  const mine_model *model;
  const mine_trees *trees;
  int32_t *parent;
  int *depth;
  mine_relation *relation;
} describe_state;

/* ---- conditions ------------------------------------------------------------------ */

static int64_t describe_levels(const describe_state *state, int32_t feature) {
  const mine_feature *about = &state->model->feature[feature];
  return about->type == MINE_COLUMN_CATEGORY ? about->levels.values.n : 0;
}

/* Nothing known yet.  0: no memory. */
static int describe_open(const describe_state *state, int32_t feature,
                         describe_condition *condition) {
  const int64_t words = mine_trees_words(describe_levels(state, feature));
  memset(condition, 0, sizeof *condition);
  condition->feature = feature;
  condition->numbers = condition->missing = 1;
  condition->set = mine__arena_array(state->env->scratch, (size_t)words, sizeof *condition->set);
  if (!condition->set) return 0;
  memset(condition->set, 0xff, (size_t)words * sizeof *condition->set);
  return 1;
}

/* Add what going to `side` (0 left, 1 right) of a node says. */
static void describe_narrow(const describe_state *state, int32_t node, int side,
                            describe_condition *condition) {
  const mine_trees *trees = state->trees;
  const double threshold = trees->threshold[node];
  if (trees->missing_left[node] == side) condition->missing = 0;
  if (trees->set[node] >= 0) {
    const int64_t words = mine_trees_words(describe_levels(state, condition->feature));
    const uint64_t *set = trees->bits + trees->set[node];
    for (int64_t w = 0; w < words; w++)
      condition->set[w] &= side ? ~set[w] : set[w];
  } else if (threshold == MINE_TREES_ANY) {
    if (side) condition->numbers = 0;
  } else if (side == 0) {
    if (!condition->has_upper || threshold < condition->upper) condition->upper = threshold;
    condition->has_upper = 1;
  } else {
    if (!condition->has_lower || threshold > condition->lower) condition->lower = threshold;
    condition->has_lower = 1;
  }
  /* A gap may go where no number is left. */
  if (condition->has_lower && condition->has_upper && condition->lower >= condition->upper)
    condition->numbers = 0;
}

/* ---- in words ---------------------------------------------------------------------- */

typedef struct describe_words {
  const char *among, *both, *missing, *not_missing, *or_missing, *more, *more_end;
} describe_words;

static const describe_words *describe_lang(const describe_state *state) {
  static const describe_words words[] = {
      [MINE_LANG_EN] = {" in (", " and ", " is missing", " is not missing", " or missing", ", ... ",
                        " more"},
      [MINE_LANG_ZH] = {" 属于 (", " 且 ", " 缺失", " 不缺失", " 或缺失", ", …… 另有 ", " 个"},
  };
  return &words[state->relation->lang];
}

static void describe_bound(mine_text *text, const mine_feature *about, const char *sign,
                           double value) {
  mine__text_adds(text, about->name);
  mine__text_adds(text, sign);
  mine__feature_bound(about, value, text);
}

static void describe_numeric(mine_text *text, const mine_feature *about,
                             const describe_condition *c, const describe_words *words) {
  if (c->has_lower) describe_bound(text, about, " >= ", c->lower);
  if (c->has_lower && c->has_upper) mine__text_adds(text, words->both);
  if (c->has_upper) describe_bound(text, about, " < ", c->upper);
}

static void describe_list(mine_text *text, const mine_feature *about,
                          const describe_condition *condition, const describe_words *words) {
  const int64_t levels = about->levels.values.n;
  int64_t told = 0, more = 0;
  mine__text_adds(text, about->name);
  mine__text_adds(text, words->among);
  for (int64_t level = 0; level < levels; level++) {
    if (!mine_trees_in_set(condition->set, (int32_t)level)) continue;
    if (told == DESCRIBE_LEVELS) {
      more++;
      continue;
    }
    mine_cell cell;
    mine__values_get(&about->levels.values, level, &cell);
    if (told++) mine__text_adds(text, ", ");
    mine__text_add_shown(text, &cell);
  }
  if (more) mine__text_addf(text, "%s%lld%s", words->more, (long long)more, words->more_end);
  mine__text_adds(text, ")");
}

/* How many levels are possible: none, some or all. */
static int64_t describe_count(const mine_feature *about, const describe_condition *condition) {
  int64_t count = 0;
  for (int64_t level = 0; level < about->levels.values.n; level++) {
    count += mine_trees_in_set(condition->set, (int32_t)level);
  }
  return count;
}

/* The condition as text; in a path, alternatives stand in parentheses. */
static void describe_condition_text(const describe_state *state, mine_text *text,
                                    const describe_condition *condition, int in_path) {
  const mine_feature *about = &state->model->feature[condition->feature];
  const describe_words *words = describe_lang(state);
  const int category = about->type == MINE_COLUMN_CATEGORY;
  const int64_t levels = category ? describe_count(about, condition) : 0;
  const int bounds = condition->has_lower || condition->has_upper;
  const int none = category ? levels == 0 : !condition->numbers;
  const int all = category ? levels == about->levels.values.n : !bounds;
  if (none || all) {
    mine__text_adds(text, about->name);
    mine__text_adds(text, none ? words->missing : words->not_missing);
    return;
  }
  const int or_missing = condition->missing && about->missing > 0;
  if (or_missing && in_path) mine__text_adds(text, "(");
  if (category) {
    describe_list(text, about, condition, words);
  } else {
    describe_numeric(text, about, condition, words);
  }
  if (or_missing) mine__text_adds(text, words->or_missing);
  if (or_missing && in_path) mine__text_adds(text, ")");
}

static void describe_put(const describe_state *state, const mine_text *text) {
  mine__row_text(state->relation, text->failed ? NULL : text->data);
}

/* The test between the parent and this node.  Levels, and a missing value, that
** an earlier test on the feature has ruled out are not told again. */
static void describe_test(const describe_state *state, int32_t node) {
  const int32_t feature = state->trees->feature[state->parent[node]];
  describe_condition condition;
  mine_text text;
  if (!describe_open(state, feature, &condition)) return;
  for (int32_t at = state->parent[node]; state->parent[at] >= 0; at = state->parent[at]) {
    const int32_t parent = state->parent[at];
    if (state->trees->feature[parent] != feature) continue;
    describe_narrow(state, parent, state->trees->right[parent] == at, &condition);
    condition.has_lower = condition.has_upper = 0;
  }
  const int32_t parent = state->parent[node];
  describe_narrow(state, parent, state->trees->right[parent] == node, &condition);
  mine__text_open(&text, state->env->scratch);
  describe_condition_text(state, &text, &condition, 0);
  describe_put(state, &text);
}

/* All tests from the root, one condition per feature. */
static void describe_path(const describe_state *state, int32_t node) {
  int32_t chain[MINE_TREES_DEEPEST + 1];
  describe_condition condition[MINE_TREES_DEEPEST + 1];
  mine_text text;
  int n = 0, known = 0;
  for (int32_t at = node; state->parent[at] >= 0 && n < MINE_TREES_DEEPEST;
       at = state->parent[at]) {
    chain[n++] = at;
  }
  while (n-- > 0) {
    const int32_t parent = state->parent[chain[n]], feature = state->trees->feature[parent];
    int c = 0;
    while (c < known && condition[c].feature != feature)
      c++;
    if (c == known && !describe_open(state, feature, &condition[known++])) return;
    describe_narrow(state, parent, state->trees->right[parent] == chain[n], &condition[c]);
  }
  mine__text_open(&text, state->env->scratch);
  for (int c = 0; c < known; c++) {
    if (c) mine__text_adds(&text, describe_lang(state)->both);
    describe_condition_text(state, &text, &condition[c], 1);
  }
  describe_put(state, &text);
}

/* ---- the relation "tree" ---------------------------------------------------------------- */

/* prediction, probability.  Before a link, a node's value is a part of a sum: it is told
** as it is, and has no probability. */
static void describe_prediction(const describe_state *state, int32_t node) {
  const mine_model *model = state->model;
  const double *value =
      state->trees->values + (size_t)state->trees->value[node] * (size_t)state->trees->width;
  if (model->n_groups == 0 || state->trees->link != MINE_TREES_IDENTITY) {
    mine__row_real(state->relation, value[0]);
    mine__row_null(state->relation);
    return;
  }
  const int best =
      mine__metrics_choose(value, model->n_groups, model->positive, model->after.threshold);
  mine_cell cell;
  mine__model_group(model, best + 1, &cell);
  mine__row_cell(state->relation, &cell);
  mine__row_real(state->relation, value[model->positive >= 0 ? model->positive : best]);
}

static void describe_node(const describe_state *state, int32_t tree, int32_t node) {
  const mine_trees *trees = state->trees;
  mine_relation *to = state->relation;
  const int32_t first = trees->first[tree], parent = state->parent[node];
  mine__row_int(to, tree + 1);
  mine__row_int(to, node - first + 1);
  if (parent < 0) {
    mine__row_null(to);
    mine__row_int(to, state->depth[node]);
    mine__row_null(to);
    mine__row_null(to);
  } else {
    mine__row_int(to, parent - first + 1);
    mine__row_int(to, state->depth[node]);
    mine__row_text(to, state->model->feature[trees->feature[parent]].name);
    describe_test(state, node);
  }
  if (trees->rows) {
    mine__row_int(to, (int64_t)trees->rows[node]);
  } else {
    mine__row_null(to);
  }
  describe_prediction(state, node);
  if (!trees->gain || trees->feature[node] == MINE_TREES_LEAF) {
    mine__row_null(to);
  } else {
    mine__row_real(to, trees->gain[node]);
  }
  if (parent < 0) {
    mine__row_null(to);
  } else {
    describe_path(state, node);
  }
}

static void describe_family(describe_state *state) {
  const mine_trees *trees = state->trees;
  const size_t n = (size_t)trees->n_nodes;
  state->parent = mine__arena_array(state->env->scratch, n, sizeof *state->parent);
  state->depth = mine__arena_zeros(state->env->scratch, n, sizeof *state->depth);
  if (!state->parent || !state->depth) return;
  for (size_t i = 0; i < n; i++)
    state->parent[i] = -1;
  for (int32_t i = 0; i < trees->n_nodes; i++) {
    if (trees->feature[i] == MINE_TREES_LEAF) continue;
    state->parent[trees->left[i]] = state->parent[trees->right[i]] = i;
    state->depth[trees->left[i]] = state->depth[trees->right[i]] = state->depth[i] + 1;
  }
}

void mine__trees_list(mine_env *env, const mine_model *model, int32_t n, mine_relation *to) {
  describe_state state = {env, model, model->body, NULL, NULL, to};
  describe_family(&state);
  if (mine_failed(env)) return;
  for (int32_t t = 0; t < n; t++) {
    for (int32_t i = state.trees->first[t]; i < state.trees->first[t + 1]; i++) {
      const mine_mark mark = mine__arena_mark(env->scratch);
      describe_node(&state, t, i);
      mine__arena_rewind(env->scratch, mark);
      if (mine_failed(env) || mine__poll(env)) return;
      mine__relation_end_row(to);
    }
  }
}

static void describe_tree(mine_env *env, const mine_model *model, mine_relation *to) {
  mine__trees_list(env, model, ((const mine_trees *)model->body)->n_trees, to);
}

/* ---- the relation "importance" ------------------------------------------------------------ */

static void describe_importance(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_trees *trees = model->body;
  const size_t n = (size_t)model->n_features;
  if (!trees->gain) {
    (void)mine__fail(env, MINE_UNSUPPORTED, "the trees of this %s model keep no gains to add up",
                     model->algorithm);
    return;
  }
  double *sum = mine__arena_zeros(env->scratch, n, sizeof *sum);
  double all = 0;
  if (!sum) return;
  for (int32_t i = 0; i < trees->n_nodes; i++) {
    if (trees->feature[i] == MINE_TREES_LEAF) continue;
    sum[trees->feature[i]] += trees->gain[i];
    all += trees->gain[i];
  }
  mine__importance_list(env, model, sum, all, to);
}

const mine_part mine__trees_parts[] = {
    {.verb = "mine_tree",
     .what = "every node with the test that leads to it",
     .list = describe_tree},
    {.verb = "mine_importance",
     .what = "each feature's share of the decrease of impurity by the splits",
     .list = describe_importance},
    {.verb = NULL},
};
