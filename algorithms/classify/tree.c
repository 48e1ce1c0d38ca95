/*
** tree.c -- CART: classification and regression trees.
**
** Breiman, Friedman, Olshen & Stone (1984).  Splits are exact: a threshold lies
** halfway between two values that neighbour each other in the node, a category
** is parted into two sets of levels, and missing values have a side of their
** own at every split.  Ties go to the first feature in column order, then to the
** lowest threshold.
**
** Cost: O(n log n) per feature to make the columns ready (a radix sort), then
** O(n) per feature and level.  Memory: 8 bytes per row and long numeric column, 2
** per row and any other.
*/
#include "tree.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const char *const tree_criteria[] = {"gini", "entropy", "squared_error", NULL};

static const mine_option tree_table[] = {
    OPTION_INT(mine_tree_options, max_depth, .initial = "6", .range = {1, 60},
               .help = "the most questions asked of a row"),
    OPTION_INT(mine_tree_options, min_samples_split, .initial = "20", .range = {2, 1e9},
               .help = "rows a node must have to be split"),
    OPTION_INT(mine_tree_options, min_samples_leaf, .initial = "7", .range = {1, 1e9},
               .help = "rows every leaf must keep"),
    OPTION_CHOICE(mine_tree_options, criterion, .choices = tree_criteria,
                  .help = "impurity to decrease; default gini, for regression squared_error"),
    OPTION_REAL(mine_tree_options, ccp_alpha, .initial = "0", .range = {0, 1e300},
                .help = "cost of a leaf in cost-complexity pruning; 0 keeps the whole tree"),
    OPTION_INT(mine_tree_options, max_leaves, .range = {2, 1e9},
               .help = "keep the best splits up to so many leaves; default no limit"),
    OPTION_REAL(mine_tree_options, min_impurity_decrease, .initial = "0", .range = {0, 1e300},
                .help = "least decrease of impurity, times the share of rows, a split must bring"),
    OPTION_INT(mine_tree_options, max_bins, .range = {2, 2048},
               .help = "cut long numeric columns into so many bins for speed; default exact"),
    OPTION_END};

/* The criterion that suits the task, or the sentence why not. */
static mine_status tree_criterion(mine_tree_grow *grow) {
  mine_tree_options *options = &grow->options;
  const int regression = grow->n_classes == 0;
  if (options->criterion < 0) {
    options->criterion = regression ? MINE_TREE_SQUARED_ERROR : MINE_TREE_GINI;
  }
  return mine__option_suits(grow->env, "criterion", tree_criteria[options->criterion],
                            options->criterion != MINE_TREE_SQUARED_ERROR, !regression,
                            regression ? "leave it out" : "use gini or entropy");
}

static mine_status tree_suits(mine_tree_grow *grow) {
  if (grow->n < 1) return mine__fail(grow->env, MINE_DATA, "there are no rows to learn from");
  if (grow->n_features < 1) {
    return mine__fail(grow->env, MINE_DATA,
                      "there is no feature to split on; add a column that varies");
  }
  if (grow->n_classes > UINT16_MAX) {
    return mine__fail(grow->env, MINE_DATA,
                      "the target has %d classes, a tree takes at most 65535; if it is a number, "
                      "say task=regression",
                      grow->n_classes);
  }
  return tree_criterion(grow);
}

/* The target and the weights of the training rows, next to each other. */
static mine_status tree_gather(mine_tree_grow *grow) {
  const mine_dataset *data = grow->data;
  const size_t n = (size_t)grow->n;
  mine_arena *arena = grow->arena;
  grow->row = mine__arena_array(arena, n, sizeof *grow->row);
  grow->side = mine__arena_zeros(arena, n, sizeof *grow->side);
  if (grow->n_classes) grow->label = mine__arena_array(arena, n, sizeof *grow->label);
  if (!grow->n_classes) grow->target = mine__arena_array(arena, n, sizeof *grow->target);
  if (grow->weighted) grow->weight = mine__arena_array(arena, n, sizeof *grow->weight);
  if (mine_env_status(grow->env)) return mine_env_status(grow->env);
  for (int64_t i = 0; i < grow->n; i++) {
    const int64_t row = mine_tree_frame_row(grow, i);
    if (grow->n_classes) {
      grow->label[i] = (uint16_t)data->label[row];
    } else {
      grow->target[i] = data->target[row];
    }
    if (grow->weighted) grow->weight[i] = data->weight[row];
  }
  return mine__poll(grow->env);
}

/* Weights that are all one are no weights: whole numbers are exact and fast. */
static int tree_weighted(const mine_dataset *data) {
  if (!data->weight) return 0;
  for (int64_t i = 0; i < data->rows.n; i++) {
    if (data->weight[mine_batch_row(&data->rows, i)] != 1.0) return 1;
  }
  return 0;
}

static mine_status tree_fit(mine_env *env, const mine_dataset *data, const void *options,
                            mine_model *model) {
  mine_tree_grow grow;
  memset(&grow, 0, sizeof grow);
  grow.env = env;
  grow.arena = env->scratch;
  grow.data = data;
  grow.options = *(const mine_tree_options *)options;
  grow.n = data->rows.n;
  grow.n_features = data->n_features;
  grow.n_classes = data->task == MINE_CLASSIFICATION ? data->n_classes : 0;
  grow.weighted = tree_weighted(data);
  grow.width = (grow.n_classes ? grow.n_classes : 2) + grow.weighted;
  mine_status status = tree_suits(&grow);
  if (!status) status = tree_gather(&grow);
  if (!status) status = mine__tree_count_logs(&grow);
  if (!status) status = mine__tree_columns(&grow);
  if (!status) status = mine__tree_grow_all(&grow);
  if (!status)
    mine__model_note(model, "fit", "criterion", "%s", tree_criteria[grow.options.criterion]);
  if (!status) status = mine__tree_finish(&grow, model);
  return status;
}

const mine_algorithm mine__algorithm_tree = {
    .name = "tree",
    .title = "decision tree (CART): one question after the other, classes or numbers",
    .citation = "Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees",
    .notes =
        "Asks one question after the other; each divides the rows so that the parts differ "
        "most in the target. Numbers are compared with a threshold, categories are divided "
        "into two sets, missing values go to the side that suits them best.",
    .example =
        "SELECT rows, round(probability, 2) AS risk, path\n"
        "FROM mine_tree((SELECT mine_fit('tree',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*7%31 AS calls, i*7%31 + i*13%17 > 26 AS churned FROM n',\n"
        "  'target=churned'))) WHERE gain IS NULL;",
    .tasks = MINE_CLASSIFICATION | MINE_REGRESSION,
    .reads = "attributes",
    .options_size = sizeof(mine_tree_options),
    .options = tree_table,
    .kind = &mine__kind_trees,
    .fit = tree_fit,
};
