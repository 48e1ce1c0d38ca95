/*
** forest.c -- many deep trees, each from other rows and other features: their mean.
**
** A deep tree has little bias and much variance; the mean of many that differ keeps the
** one and loses the other (Breiman, Random forests, Machine Learning 45, 2001).  Trees differ
** because each learns from a bootstrap of the rows and tries few features at every node;
** extra trees (Geurts, Ernst & Wehenkel, Extremely randomized trees, Machine Learning 63, 2006)
** learn from all rows and cut each feature at one place, by chance.
**
** About 37 rows in 100 are in no given tree's bootstrap: what the trees that have not seen a row
** say of it is as good as a held-out row (Breiman's out-of-bag estimate), and is told.
**
** Trees are grown side by side, each by one thread (forest_tree.c); they are put together in their
** order.
** Cost: trees x rows x features tried x depth.
*/
#include <math.h>
#include <string.h>

#include "../model/metrics.h"
#include "../tree/ordered.h"
#include "forest.h"

#define FOREST_CLASSES 256

/* Rows a leaf must keep where nobody says.  Of numbers, and with them half of the attributes tried
** at a node, it was chosen by out-of-bag error on 16 tables of R (docs/design/performance.md): a
** mean of few rows is what the forest averages away, a share of classes from few is not. */
#define FOREST_LEAF_CLASSES 5
#define FOREST_LEAF_NUMBERS 2

enum { FOREST_GINI, FOREST_ENTROPY, FOREST_SQUARED_ERROR };
static const char *const forest_criteria[] = {"gini", "entropy", "squared_error", NULL};

#define FOREST_OPTIONS(draws)                                                                     \
  OPTION_INT(forest_options, n_trees, .initial = "200", .range = {1, 100000},                     \
             .help = "how many trees"),                                                           \
      OPTION_INT(forest_options, max_depth, .range = {1, 200},                                    \
                 .help = "the most questions asked of a row; default no limit"),                  \
      OPTION_INT(forest_options, min_samples_leaf, .initial = "auto", .range = {1, 1e9},          \
                 .allows_auto = 1, .help = "rows every leaf must keep; auto: 5, for numbers 2"),  \
      OPTION_INT(forest_options, min_samples_split, .initial = "2", .range = {2, 1e9},            \
                 .help = "rows a node must have to be split"),                                    \
      OPTION_INT(forest_options, max_features, .initial = "auto", .range = {1, 1e6},              \
                 .allows_auto = 1,                                                                \
                 .help =                                                                          \
                     "attributes tried at a node; auto: the square root of all, for numbers "     \
                     "half of them"),                                                             \
      OPTION_FLAG(forest_options, bootstrap, .initial = draws,                                    \
                  .help = "whether each tree learns from rows drawn with replacement"),           \
      OPTION_CHOICE(forest_options, criterion, .choices = forest_criteria,                        \
                    .help = "impurity to decrease; default gini, for numbers squared_error"),     \
      OPTION_REAL(forest_options, max_samples, .initial = "1", .range = {0, 1}, .above_least = 1, \
                  .help = "rows drawn for a tree, as a share of all"),                            \
      OPTION_INT(forest_options, max_bins, .initial = "255", .range = {2, 255},                   \
                 .help = "bins of a numeric attribute"),                                          \
      OPTION_END

static const mine_option forest_table[] = {FOREST_OPTIONS("1")};
static const mine_option extra_table[] = {FOREST_OPTIONS("0")};

/* ---- out of the bag --------------------------------------------------------------------- */

static void forest_note_bag(mine_env *env, const forest_run *run, mine_model *model) {
  const size_t n = (size_t)run->of.n, width = (size_t)run->width;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *score = mine__arena_array(env->scratch, n * width, sizeof *score);
  double *target = mine__arena_array(env->scratch, n, sizeof *target);
  double *weight = mine__arena_array(env->scratch, n, sizeof *weight);
  int32_t *label = mine__arena_array(env->scratch, n, sizeof *label);
  mine_metric metric[MINE_MAX_METRICS];
  int64_t told = 0;
  for (size_t i = 0; i < n && !mine_failed(env); i++) {
    const int32_t times = atomic_load_explicit(&run->times[i], memory_order_relaxed);
    if (times == 0) continue;
    for (size_t c = 0; c < width; c++) {
      const double sum =
          (double)atomic_load_explicit(&run->told[i * width + c], memory_order_relaxed) /
          FOREST_ONE;
      score[(size_t)told * width + c] = run->of.middle + run->of.unit * sum / times;
    }
    weight[told] = run->of.weight ? (double)run->of.weight[i] : 1;
    if (run->of.classes) label[told] = run->of.label[i];
    if (!run->of.classes) target[told] = run->of.middle + run->of.unit * run->of.y[i];
    told++;
  }
  if (mine_failed(env) || told == 0) return;
  const int n_metrics =
      run->of.classes
          ? mine__metrics_classification(env->scratch, told, run->of.classes, model->positive,
                                         label, score, weight, metric)
          : mine__metrics_regression(env->scratch, told, target, score, weight, 0.5, metric);
  for (int m = 0; m < n_metrics && !mine_failed(env); m++) {
    char shown[MINE_NUMBER_BYTES];
    if (isnan(metric[m].value)) continue;
    mine__model_note(model, "out of bag", metric[m].name, "%s",
                     mine__format_real(shown, metric[m].value, 6));
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- all together -------------------------------------------------------------------------- */

static void forest_criterion(mine_env *env, const forest_options *o, forest_run *run) {
  if (o->criterion >= 0 &&
      mine__option_suits(env, "criterion", forest_criteria[o->criterion],
                         o->criterion != FOREST_SQUARED_ERROR, run->of.classes,
                         run->of.classes ? "use gini or entropy" : "leave it out"))
    return;
  if (run->of.classes > FOREST_CLASSES)
    (void)mine__fail(env, MINE_DATA,
                     "the target has %d classes, a forest takes at most %d; if it is a number, say "
                     "task=regression",
                     run->of.classes, FOREST_CLASSES);
  /* With two classes gini is the squared error of 0 and 1. */
  run->plan.score = o->criterion == 1     ? MINE_GROW_ENTROPY
                    : run->of.classes > 2 ? MINE_GROW_GINI
                                          : MINE_GROW_GRADIENT;
}

/* Bins; a category of more levels than a set holds becomes its ordered statistic. */
static void forest_columns(mine_env *env, mine_arena *arena, forest_run *run) {
  const int64_t bins = run->options->max_bins;
  (void)!mine__ordered_bins(env, arena, run->data, &run->of,
                            bins < MINE_BINS_SET ? bins : MINE_BINS_SET, NULL, run->of.n, (int)bins,
                            &run->binned);
}

static void forest_plan(forest_run *run, int random_cut) {
  const forest_options *o = run->options;
  const int n = run->binned.n_features;
  run->plan.n_classes = run->of.classes;
  run->plan.max_depth = o->max_depth == MINE_NOT_GIVEN ? 0 : o->max_depth;
  run->plan.min_samples_leaf = o->min_samples_leaf != MINE_AUTO ? o->min_samples_leaf
                               : run->of.classes                ? FOREST_LEAF_CLASSES
                                                                : FOREST_LEAF_NUMBERS;
  run->plan.min_samples_split = o->min_samples_split;
  run->plan.random_cut = random_cut;
  run->plan.seed = run->data->seed;
  const double share = run->of.classes ? sqrt((double)n) : n / 2.0; /* a half of 5 is 3 */
  run->plan.try_features = o->max_features == MINE_AUTO ? (int)(share + 0.5)
                           : o->max_features < n        ? (int)o->max_features
                                                        : n;
  if (run->plan.try_features < 1) run->plan.try_features = 1;
}

/* The trees, one behind the other, as one model. */
static void forest_finish(mine_env *env, mine_arena *arena, forest_run *run, mine_model *model) {
  mine_trees_builder whole;
  mine__builder_open(&whole, arena, run->width);
  for (int64_t t = 0; t < run->options->n_trees && !mine_failed(env); t++)
    mine__builder_append(env, &whole, &run->tree[t].builder);
  mine_trees *trees = mine__builder_finish(env, &whole, whole.n_trees, model->arena);
  if (!trees) return;
  trees->combine = MINE_TREES_MEAN;
  if (mine__trees_prepare(env, model, trees) == MINE_OK) model->body = trees;
}

static void forest_learn(mine_env *env, mine_arena *arena, const mine_dataset *data,
                         const forest_options *o, int random_cut, mine_model *model) {
  forest_run run = {.data = data, .options = o};
  if (mine__tree_target(env, arena, data, 1, &run.of)) return;
  run.width = run.of.classes ? run.of.classes : 1;
  forest_criterion(env, o, &run);
  if (!mine_failed(env)) forest_columns(env, arena, &run);
  if (mine_failed(env)) return;
  forest_plan(&run, random_cut);
  run.tree = mine__arena_zeros(arena, (size_t)o->n_trees, sizeof *run.tree);
  if (o->bootstrap) {
    run.told = mine__arena_zeros(arena, (size_t)run.of.n * (size_t)run.width, sizeof *run.told);
    run.times = mine__arena_zeros(arena, (size_t)run.of.n, sizeof *run.times);
  }
  if (mine_failed(env)) return;
  mine_branches *branches =
      mine__branches_open(env, arena, (int)(o->n_trees < 256 ? o->n_trees : 256));
  if (branches) mine__branches_run(branches, o->n_trees, mine__forest_tree, &run);
  for (int t = 0; t < MINE_MAX_THREADS; t++)
    mine__arena_close(run.room[t].arena);
  if (!mine_failed(env)) forest_finish(env, arena, &run, model);
  for (int64_t t = 0; t < o->n_trees; t++)
    mine__arena_close(run.tree[t].arena);
  mine__branches_close(branches);
  if (!mine_failed(env) && run.told) forest_note_bag(env, &run, model);
}

static void forest_fit_with(mine_env *env, const mine_dataset *data, const forest_options *o,
                            int random_cut, mine_model *model) {
  mine_arena *arena = mine__arena_open(env);
  if (data->rows.n < 1)
    (void)mine__fail(env, MINE_DATA, "there are no rows to learn from");
  else if (data->n_features < 1)
    (void)mine__fail(env, MINE_DATA, "there is no attribute to split on; add a column that varies");
  else if (arena)
    forest_learn(env, arena, data, o, random_cut, model);
  mine__arena_close(arena);
}

static mine_status forest_fit(mine_env *env, const mine_dataset *data, const void *options,
                              mine_model *model) {
  forest_fit_with(env, data, options, 0, model);
  return mine_env_status(env);
}

static mine_status extra_fit(mine_env *env, const mine_dataset *data, const void *options,
                             mine_model *model) {
  forest_fit_with(env, data, options, 1, model);
  return mine_env_status(env);
}

#define FOREST_EXAMPLE(name)                                                       \
  "SELECT mine_train('temp.demo', '" name                                          \
  "',\n"                                                                           \
  "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 400)\n"  \
  "  SELECT i AS id, i*7%31 AS calls, i*7%31 + i*13%17 > 26 AS churned FROM n',\n" \
  "  'target=churned, n_trees=10');"

const mine_algorithm mine__algorithm_forest = {
    .name = "forest",
    .title = "random forest: the mean of many trees of other rows and attributes",
    .citation = "Breiman (2001), Random forests, Machine Learning 45",
    .notes =
        "Grows many deep trees, each from rows drawn with replacement, and tries few attributes "
        "at every node; the answer is the mean of theirs. What trees say of rows they have not "
        "seen is told as out-of-bag measures in the summary.",
    .example = FOREST_EXAMPLE("forest"),
    .tasks = MINE_CLASSIFICATION | MINE_REGRESSION,
    .reads = "attributes",
    .options_size = sizeof(forest_options),
    .options = forest_table,
    .kind = &mine__kind_trees,
    .fit = forest_fit,
};

const mine_algorithm mine__algorithm_extra_trees = {
    .name = "extra_trees",
    .title = "extremely randomized trees: as a forest, but each attribute is cut by chance",
    .citation = "Geurts, Ernst & Wehenkel (2006), Extremely randomized trees, Machine Learning 63",
    .notes =
        "Grows many deep trees from all rows; at every node each of the few attributes tried is "
        "cut at one place, by chance. Smoother than a forest, and faster.",
    .example = FOREST_EXAMPLE("extra_trees"),
    .tasks = MINE_CLASSIFICATION | MINE_REGRESSION,
    .reads = "attributes",
    .options_size = sizeof(forest_options),
    .options = extra_table,
    .kind = &mine__kind_trees,
    .fit = extra_fit,
};
