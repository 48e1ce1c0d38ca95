/*
** tree.c -- CART: classification and regression trees.
**
** Breiman, Friedman, Olshen & Stone (1984).  Splits are exact: a threshold lies
** halfway between two values that neighbour each other in the node, a category
** is parted into two sets of levels, and missing values have a side of their
** own at every split.  Ties go to the first feature in column order, then to the
** lowest threshold.
**
** What it costs is said in tree/exact.h.
*/
#include "tree.h"

#include "../core/options.h"
#include "../tree/exact.h"

#define TREE_MANY_ROWS 100000 /* more are split by histograms, where nothing else is said */

static const char *const tree_criteria[] = {"gini", "entropy", "squared_error", NULL};

enum { TREE_AUTO, TREE_EXACT, TREE_HISTOGRAM };
static const char *const tree_splits[] = {"auto", "exact", "histogram", NULL};

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
               .help = "cut long numeric columns into so many bins for speed; default exact, by "
                       "histograms 255, which is also the most"),
    OPTION_CHOICE(mine_tree_options, splits, .initial = "auto", .choices = tree_splits,
                  .help =
                      "exact: between any two values; histogram: where bins of about equally many "
                      "rows end, much faster; auto: exact up to 100000 rows"),
    OPTION_END};

/* The criterion that suits the task, or the sentence why not. */
static mine_status tree_criterion(mine_env *env, int classes, mine_tree_options *options) {
  const int given = options->criterion >= 0;
  if (!given) options->criterion = classes ? MINE_TREE_GINI : MINE_TREE_SQUARED_ERROR;
  return mine__option_suits(env, "criterion", tree_criteria[options->criterion],
                            options->criterion != MINE_TREE_SQUARED_ERROR, classes != 0,
                            classes ? "use gini or entropy" : "leave it out");
}

static mine_status tree_suits(mine_env *env, const mine_dataset *data, int classes) {
  if (data->rows.n < 1) return mine__fail(env, MINE_DATA, "there are no rows to learn from");
  if (data->n_features < 1) {
    return mine__fail(env, MINE_DATA, "there is no feature to split on; add a column that varies");
  }
  if (classes > UINT16_MAX) {
    return mine__fail(env, MINE_DATA,
                      "the target has %d classes, a tree takes at most 65535; if it is a number, "
                      "say task=regression",
                      classes);
  }
  return MINE_OK;
}

/* Whether by histograms; *status: why that cannot be. */
static int tree_by_histogram(mine_env *env, const mine_dataset *data, int classes,
                             const mine_tree_options *options, mine_status *status) {
  const int can = classes <= MINE_TREE_CLASSES &&
                  (options->max_bins == MINE_NOT_GIVEN || options->max_bins <= MINE_TREE_BINS);
  *status = MINE_OK;
  if (options->splits == TREE_AUTO) return can && data->rows.n > TREE_MANY_ROWS;
  if (options->splits != TREE_HISTOGRAM || can) return options->splits == TREE_HISTOGRAM;
  *status = classes > MINE_TREE_CLASSES
                ? mine__fail(env, MINE_DATA,
                             "the target has %d classes, splits=histogram takes at most %d; say "
                             "splits=exact",
                             classes, MINE_TREE_CLASSES)
                : mine__fail(env, MINE_OPTION,
                             "max_bins=%lld is for splits=exact, splits=histogram takes at most "
                             "%d; leave one of the two out",
                             (long long)options->max_bins, MINE_TREE_BINS);
  return 1;
}

static mine_status tree_grow_exactly(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                     const mine_tree_rows *rows, const mine_tree_options *options,
                                     mine_tree_nodes *nodes) {
  const mine_exact_plan plan = {options->max_depth, options->min_samples_split,
                                options->min_samples_leaf, options->min_impurity_decrease};
  mine_exact_columns columns;
  MINE_TRY(mine__exact_columns_make(env, arena, data, options->max_bins, &columns));
  return mine__exact_grow(env, arena, &columns, rows, &plan, nodes);
}

static void tree_note(mine_model *model, const mine_tree_options *options, int by_histogram) {
  const int binned = by_histogram || options->max_bins != MINE_NOT_GIVEN;
  const int64_t bins = options->max_bins == MINE_NOT_GIVEN ? MINE_TREE_BINS : options->max_bins;
  const char *why = by_histogram && options->splits == TREE_AUTO ? ", as the rows are many" : "";
  mine__model_note(model, "fit", "criterion", "%s", tree_criteria[options->criterion]);
  if (binned) {
    mine__model_note(model, "fit", "splits", "%s, %lld bins%s",
                     tree_splits[by_histogram ? TREE_HISTOGRAM : TREE_EXACT], (long long)bins, why);
  } else {
    mine__model_note(model, "fit", "splits", "%s", tree_splits[TREE_EXACT]);
  }
}

static mine_status tree_fit(mine_env *env, const mine_dataset *data, const void *given,
                            mine_model *model) {
  mine_tree_options options = *(const mine_tree_options *)given;
  mine_arena *arena = env->scratch;
  const int classes = data->task == MINE_CLASSIFICATION ? data->n_classes : 0;
  mine_tree_rows rows;
  mine_tree_nodes nodes;
  mine_status status;
  MINE_TRY(tree_suits(env, data, classes));
  MINE_TRY(tree_criterion(env, classes, &options));
  const int by_histogram = tree_by_histogram(env, data, classes, &options, &status);
  MINE_TRY(status);
  MINE_TRY(mine__tree_rows_make(env, arena, data, (mine_tree_criterion)options.criterion, &rows));
  mine__nodes_open(&nodes, env, arena, classes);
  MINE_TRY(by_histogram ? mine__tree_by_histogram(env, data, &rows, &options, &nodes)
                        : tree_grow_exactly(env, arena, data, &rows, &options, &nodes));
  tree_note(model, &options, by_histogram);
  MINE_TRY(mine__nodes_prune(&nodes, options.max_leaves, options.ccp_alpha));
  return mine__nodes_finish(&nodes, model);
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
