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
** Trees are grown side by side, each by one thread; they are put together in their order.
** Cost: trees x rows x features tried x depth.
*/
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "../core/branch.h"
#include "../core/random.h"
#include "../model/metrics.h"
#include "../tree/builder.h"
#include "../tree/grow.h"
#include "../tree/ordered.h"
#include "../tree/target.h"

#define FOREST_DRAWS   21     /* purpose of a random stream: the bootstrap           */
#define FOREST_ONE     0x1p40 /* out-of-bag sums are whole numbers: order is free */
#define FOREST_CLASSES 256
#define FOREST_BLOCK   128 /* draws */
#define FOREST_AHEAD   24  /* rows of which numbers are on their way */

/* Rows a leaf must keep where nobody says.  Of numbers, and with them half of the attributes tried
** at a node, it was chosen by out-of-bag error on 16 tables of R (docs/design/performance.md): a
** mean of few rows is what the forest averages away, a share of classes from few is not. */
#define FOREST_LEAF_CLASSES 5
#define FOREST_LEAF_NUMBERS 2

typedef struct forest_options {
  int64_t n_trees, max_depth, min_samples_leaf, min_samples_split, max_features;
  int bootstrap, criterion;
  double max_samples;
  int64_t max_bins;
} forest_options;

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

typedef struct forest_tree {
  mine_arena *arena;
  mine_trees_builder builder;
} forest_tree;

/* Where a thread grows its trees, one after another: memory of many rows is cleared by the system
** each time it is asked for anew.  It belongs to the thread's branch, which is how it is found. */
typedef struct forest_room {
  _Atomic(mine_env *) owner; /* NULL: nobody's yet */
  mine_arena *arena;
  uint32_t *row;
  float *g, *h; /* by row given */
  mine_grower *grower;
} forest_room;

typedef struct forest_run {
  const mine_dataset *data;
  const forest_options *options;
  mine_grow_plan plan;
  mine_binned binned;
  mine_tree_target of;
  int width; /* values of a leaf */
  forest_tree *tree;
  forest_room *room; /* MINE_MAX_THREADS */
  /* Of the trees that have not learned from the row. */
  _Atomic int64_t *told; /* n x width; NULL: no bootstrap */
  _Atomic int32_t *times;
} forest_run;

/* ---- one tree ------------------------------------------------------------------------- */

/* What one tree is grown from and becomes; beside the room, all in the task's arena. */
typedef struct forest_work {
  mine_env *env;
  const forest_run *run;
  mine_arena *arena;
  uint32_t *row; /* drawn at least once */
  int64_t n;
  float *g, *h; /* by row given */
  mine_grower *grower;
  mine_grown grown;
  double *value; /* width for each node */
} forest_work;

/* The room of the thread whose branch this is; there are as many as there can be threads. */
static forest_room *forest_room_of(const forest_run *run, mine_env *branch) {
  forest_room *room = run->room;
  for (;; room++) {
    mine_env *nobody = NULL;
    if (atomic_load(&room->owner) == branch ||
        atomic_compare_exchange_strong(&room->owner, &nobody, branch))
      return room;
  }
}

static mine_status forest_enter(forest_work *work, forest_room *room) {
  const forest_run *run = work->run;
  const size_t n = (size_t)run->of.n;
  if (!room->arena) room->arena = mine__arena_open(work->env);
  if (!room->arena) return mine_env_status(work->env);
  if (!room->grower) {
    room->row = mine__arena_array(room->arena, n, sizeof *room->row);
    room->h = mine__arena_array(room->arena, n, sizeof *room->h);
    if (run->plan.score == MINE_GROW_GRADIENT)
      room->g = mine__arena_array(room->arena, n, sizeof *room->g);
    if (mine_failed(work->env)) return mine_env_status(work->env);
    room->grower = mine__grower_open(work->env, room->arena, &run->binned, &run->plan);
  }
  work->row = room->row;
  work->g = room->g;
  work->h = room->h;
  work->grower = room->grower;
  return mine_env_status(work->env);
}

/* Draw rows, FOREST_BLOCK at most: what they are counted in lies anywhere in memory, and is fetched
** while others are drawn. */
static void forest_draw_some(const forest_work *work, mine_random *random, int64_t draws) {
  float *drawn[FOREST_BLOCK];
  for (int64_t k = 0; k < draws; k++) {
    drawn[k] = work->h + mine__random_below(random, (uint64_t)work->run->of.n);
    MINE_FETCH(drawn[k]);
  }
  for (int64_t k = 0; k < draws; k++)
    *drawn[k] += 1;
}

/* How often each row is drawn, times its weight, in h. */
static void forest_draw(forest_work *work, uint64_t tree) {
  const forest_run *run = work->run;
  const double share = run->options->max_samples;
  memset(work->h, 0, (size_t)run->of.n * sizeof *work->h);
  if (run->options->bootstrap) {
    mine_random random;
    mine__random_open(&random, run->data->seed, FOREST_DRAWS, tree);
    int64_t draws = (int64_t)(share * (double)run->of.n + 0.5);
    if (draws < 1) draws = 1;
    for (int64_t k = 0; k < draws; k += FOREST_BLOCK) {
      if (MINE_POLL_AT(work->env, k)) return;
      forest_draw_some(work, &random, draws - k < FOREST_BLOCK ? draws - k : FOREST_BLOCK);
    }
  } else {
    const uint64_t stream = mine_hash_mix(run->data->seed ^ mine_hash_mix(tree + FOREST_DRAWS));
    for (int64_t i = 0; i < run->of.n; i++) {
      const double chance = (double)(mine_hash_mix(stream + (uint64_t)i) >> 11) * 0x1p-53;
      work->h[i] = share >= 1 || chance < share;
    }
  }
  work->n = 0;
  for (int64_t i = 0; i < run->of.n; i++) {
    if (work->h[i] == 0 && !(work->n == 0 && i + 1 == run->of.n)) continue;
    if (work->h[i] == 0) work->h[i] = 1; /* a share of few rows: one at least */
    work->row[work->n++] = (uint32_t)i;
    if (run->of.weight) work->h[i] *= run->of.weight[i];
    if (work->g) work->g[i] = work->h[i] * (float)run->of.y[i];
  }
}

/* The class shares, or the mean, of a leaf's rows. */
static void forest_leaf(const forest_work *work, const mine_grown_node *node, double *value) {
  const forest_run *run = work->run;
  const mine_grow_entry *entry = mine__grown_rows(work->grower, node);
  double all = 0;
  memset(value, 0, (size_t)run->width * sizeof *value);
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t row = entry[k].row;
    if (k + FOREST_AHEAD < node->rows) {
      const uint32_t soon = entry[k + FOREST_AHEAD].row; /* a leaf's rows lie far apart */
      MINE_FETCH(work->h + soon);
      if (run->of.classes) {
        MINE_FETCH(run->of.label + soon);
      } else {
        MINE_FETCH(run->of.y + soon);
      }
    }
    const double w = (double)work->h[row];
    all += w;
    if (run->of.classes) {
      value[run->of.label[row]] += w;
    } else {
      value[0] += w * run->of.y[row];
    }
  }
  for (int c = 0; c < run->width; c++)
    value[c] = run->of.middle + run->of.unit * (value[c] / all);
}

/* Leaves from their rows; inner nodes, which stand before their children, from these. */
static void forest_values(forest_work *work) {
  const size_t width = (size_t)work->run->width;
  for (int32_t i = work->grown.n_nodes; i-- > 0;) {
    const mine_grown_node *node = &work->grown.node[i];
    double *value = work->value + (size_t)i * width;
    if (node->left < 0) {
      forest_leaf(work, node, value);
      continue;
    }
    const double left = work->grown.node[node->left].weight;
    const double right = work->grown.node[node->right].weight;
    const double *of_left = work->value + (size_t)node->left * width;
    const double *of_right = work->value + (size_t)node->right * width;
    for (size_t c = 0; c < width; c++)
      value[c] = (left * of_left[c] + right * of_right[c]) / (left + right);
  }
}

/* Tell the rows that were not drawn what the tree says of them. */
static void forest_tell(const forest_work *work) {
  const forest_run *run = work->run;
  const size_t width = (size_t)run->width;
  for (int64_t i = 0; i < run->of.n; i++) {
    if (MINE_POLL_AT(work->env, i)) return;
    if (work->h[i] > 0) continue;
    const int32_t leaf = mine__grown_leaf(&run->binned, &work->grown, i);
    const double *value = work->value + (size_t)leaf * width;
    atomic_fetch_add_explicit(&run->times[i], 1, memory_order_relaxed);
    for (size_t c = 0; c < width; c++) {
      const double part = (value[c] - run->of.middle) / run->of.unit;
      atomic_fetch_add_explicit(&run->told[(size_t)i * width + c], (int64_t)(part * FOREST_ONE),
                                memory_order_relaxed);
    }
  }
}

static void forest_grow(forest_work *work, int64_t number) {
  const forest_run *run = work->run;
  forest_tree *tree = &run->tree[number];
  const int by_class = run->plan.score != MINE_GROW_GRADIENT;
  if (forest_enter(work, forest_room_of(run, work->env))) return;
  forest_draw(work, (uint64_t)number);
  const mine_grow_rows rows = {.row = work->row,
                               .n = work->n,
                               .g = work->g,
                               .h = work->h,
                               .label = by_class ? run->of.label : NULL};
  if (mine_failed(work->env) ||
      mine__grow(work->grower, &rows, NULL, (uint64_t)number, &work->grown))
    return;
  work->value = mine__arena_array(work->arena, (size_t)work->grown.n_nodes * (size_t)run->width,
                                  sizeof *work->value);
  if (!work->value) return;
  forest_values(work);
  if (run->told) forest_tell(work);
  tree->arena = mine__arena_open(work->env);
  if (!tree->arena) return;
  mine__builder_open(&tree->builder, tree->arena, run->width);
  mine__builder_add(work->env, &tree->builder, &run->binned, &work->grown, work->value, 0);
}

static void forest_task(mine_env *branch, void *context, int64_t task) {
  forest_work work = {.env = branch, .run = context, .arena = mine__arena_open(branch)};
  if (work.arena) forest_grow(&work, task);
  mine__arena_close(work.arena);
}

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
  run.room = mine__arena_zeros(arena, MINE_MAX_THREADS, sizeof *run.room);
  if (o->bootstrap) {
    run.told = mine__arena_zeros(arena, (size_t)run.of.n * (size_t)run.width, sizeof *run.told);
    run.times = mine__arena_zeros(arena, (size_t)run.of.n, sizeof *run.times);
  }
  if (mine_failed(env)) return;
  mine_branches *branches =
      mine__branches_open(env, arena, (int)(o->n_trees < 256 ? o->n_trees : 256));
  if (branches) mine__branches_run(branches, o->n_trees, forest_task, &run);
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
