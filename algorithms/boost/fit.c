/*
** fit.c -- round after round, and how many rounds.
**
** A round grows a tree (of multinomial loss one for each class) that takes away as much of
** the loss as a step of learning_rate may (Friedman 2001; second order, Chen & Guestrin
** 2016).  How many rounds are enough is not known beforehand: too few leave the pattern,
** too many learn the noise.  So the rows are divided: by folds where they are few, else a
** part is held back; the rounds with which the loss on rows not learned from was least are
** then made with all rows.
*/
#include <math.h>
#include <string.h>

#include "../core/branch.h"
#include "../core/order.h"
#include "../core/random.h"
#include "../data/split.h"
#include "../tree/ordered.h"
#include "boost.h"

#define FIT_BLOCK     4096
#define FIT_ROUNDS    2000 /* at most, where nobody says how many   */
#define FIT_FOLDS     5
#define FIT_FEW_ROWS  60000 /* up to here by folds                   */
#define FIT_SHARE     0.1   /* held back, beyond                     */
#define FIT_STRENGTH  1.0   /* of the mean in an ordered statistic   */
#define FIT_SAMPLE    11    /* purposes of random streams            */
#define FIT_COLUMNS   12
#define FIT_SETS_MOST 254 /* levels that a set of bins can hold    */

typedef struct boost_run {
  mine_env *env;
  mine_arena *arena;
  const mine_dataset *data;
  const boost_options *options;
  const boost_target *target;
  const mine_binned *binned;
  int ordered;                /* categories of so many levels and more are statistics */
  const uint32_t *row, *held; /* learned from, watched */
  int64_t n, n_held;
  double *base;
  double *margin; /* n x outputs, of all rows given */
  float *g, *h;   /* outputs x n                    */
  mine_grow_plan plan;
  mine_grower *grower;
  mine_trees_builder *builder; /* NULL: the trees are not kept */
  int64_t rounds;              /* at most                      */
  double *history;             /* loss of the watched after each round */
  int64_t made;
  /* of a round */
  uint32_t *sample;
  int64_t n_sample;
  uint8_t *used;
  uint32_t *others; /* learned from, but not in this round */
  mine_grown tree;
  double *value; /* of each node */
  int32_t *leaf, *stack;
  size_t value_capacity, leaf_capacity, stack_capacity;
  int64_t n_leaves;
  struct fit_rest *rest; /* 2 x n: quantiles of leaves */
  int output;
  int64_t round;
  const char *what; /* progress is told, from .. to */
  double from, to;
} boost_run;

/* ---- a round --------------------------------------------------------------------------- */

static void fit_gradient_task(void *context, int64_t task, int worker) {
  const boost_run *run = context;
  const int64_t from = task * FIT_BLOCK, rest = run->n_sample - from;
  (void)worker;
  mine__boost_gradient(run->target, run->margin, run->sample + from,
                       rest < FIT_BLOCK ? rest : FIT_BLOCK, run->g, run->h);
}

/* The rows of this round, ascending. */
static void fit_choose_rows(boost_run *run) {
  const double share = run->options->subsample;
  if (share >= 1) {
    run->sample = (uint32_t *)(uintptr_t)run->row;
    run->n_sample = run->n;
    return;
  }
  const uint64_t stream =
      mine_hash_mix(run->data->seed ^ mine_hash_mix((uint64_t)run->round + (FIT_SAMPLE << 20)));
  run->n_sample = 0;
  for (int64_t k = 0; k < run->n; k++) {
    const uint64_t chance = mine_hash_mix(stream + run->row[k]) >> 11;
    if ((double)chance * 0x1p-53 < share) run->sample[run->n_sample++] = run->row[k];
  }
}

/* The features of this round: each in its turn with the probability (wanted) / (left). */
static const uint8_t *fit_choose_features(boost_run *run) {
  const int n = run->binned->n_features;
  const double share = run->options->colsample;
  if (share >= 1) return NULL;
  mine_random random;
  mine__random_open(&random, run->data->seed, FIT_COLUMNS,
                    (uint64_t)run->round * (uint64_t)run->target->outputs + (uint64_t)run->output);
  int wanted = (int)(share * n + 0.5);
  if (wanted < 1) wanted = 1;
  for (int f = 0; f < n; f++) {
    run->used[f] = mine__random_below(&random, (uint64_t)(n - f)) < (uint64_t)wanted;
    wanted -= run->used[f];
  }
  return run->used;
}

/* ---- what a leaf says --------------------------------------------------------------------- */

static double fit_newton(const boost_run *run, const mine_grown_node *node) {
  const size_t part = (size_t)run->output * (size_t)run->target->n;
  const float *g = run->g + part, *h = run->h + part;
  double sum_g = 0, sum_h = 0;
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t row = mine__grown_row(run->grower, node, k);
    sum_g += (double)g[row];
    sum_h += (double)h[row];
  }
  const double l1 = run->plan.l1;
  const double shrunk = sum_g > l1 ? sum_g - l1 : sum_g < -l1 ? sum_g + l1 : 0;
  return sum_h + run->options->l2 > 0 ? -shrunk / (sum_h + run->options->l2) : 0;
}

/* What is left of a row, and its weight. */
typedef struct fit_rest {
  double rest, weight;
} fit_rest;

static int fit_rest_before(const void *context, const void *a, const void *b) {
  (void)context;
  return ((const fit_rest *)a)->rest < ((const fit_rest *)b)->rest;
}

/* The alpha-quantile of what is left of the leaf's rows: the least that is not below so much of
** their weight.  `room` holds twice the rows. */
static double fit_quantile(const boost_run *run, const mine_grown_node *node, double alpha,
                           fit_rest *room) {
  double all = 0, below = 0;
  for (int64_t k = 0; k < node->rows; k++) {
    const uint32_t row = mine__grown_row(run->grower, node, k);
    room[k].rest = run->target->y[row] - run->margin[row];
    room[k].weight = run->target->weight ? (double)run->target->weight[row] : 1;
    all += room[k].weight;
  }
  mine__sort(NULL, room, room + node->rows, (size_t)node->rows, sizeof *room, fit_rest_before,
             NULL);
  for (int64_t k = 0; k < node->rows; k++) {
    below += room[k].weight;
    if (below >= alpha * all) return room[k].rest;
  }
  return room[node->rows - 1].rest;
}

/* Task = leaf: its value, a step of learning_rate. */
static void fit_leaf_task(void *context, int64_t task, int worker) {
  const boost_run *run = context;
  const mine_grown_node *node = &run->tree.node[run->leaf[task]];
  double alpha;
  (void)worker;
  double value = mine__boost_leaf_is_quantile(run->target, &alpha)
                     ? fit_quantile(run, node, alpha, run->rest + 2 * node->first)
                     : fit_newton(run, node);
  value = value < node->low ? node->low : value > node->high ? node->high : value;
  run->value[run->leaf[task]] = value * run->options->learning_rate;
}

/* Task = leaf: its rows move by its value. */
static void fit_step_task(void *context, int64_t task, int worker) {
  const boost_run *run = context;
  const mine_grown_node *node = &run->tree.node[run->leaf[task]];
  const size_t outputs = (size_t)run->target->outputs;
  double *margin = run->margin + run->output;
  const double value = run->value[run->leaf[task]];
  (void)worker;
  for (int64_t k = 0; k < node->rows; k++)
    margin[mine__grown_row(run->grower, node, k) * outputs] += value;
}

/* Task = block of rows that the tree was not grown from. */
typedef struct fit_others {
  const boost_run *run;
  const uint32_t *row;
  int64_t n;
  int sampled; /* those of them that were are left out */
} fit_others;

static void fit_others_task(void *context, int64_t task, int worker) {
  const fit_others *others = context;
  const boost_run *run = others->run;
  const size_t outputs = (size_t)run->target->outputs;
  const int64_t from = task * FIT_BLOCK;
  const int64_t to = from + FIT_BLOCK < others->n ? from + FIT_BLOCK : others->n;
  (void)worker;
  for (int64_t k = from; k < to; k++) {
    const uint32_t row = others->row[k];
    const int32_t leaf = mine__grown_leaf(run->binned, &run->tree, row);
    run->margin[row * outputs + (size_t)run->output] += run->value[leaf];
  }
}

static void fit_list_leaves(boost_run *run) {
  run->n_leaves = 0;
  if (!MINE_RESERVE(run->arena, run->leaf, run->leaf_capacity, (size_t)run->tree.n_nodes) ||
      !MINE_RESERVE(run->arena, run->value, run->value_capacity, (size_t)run->tree.n_nodes) ||
      !MINE_RESERVE(run->arena, run->stack, run->stack_capacity, (size_t)run->tree.n_nodes + 1)) {
    return;
  }
  int64_t n = 0;
  run->stack[n++] = 0;
  while (n > 0) {
    const int32_t number = run->stack[--n];
    const mine_grown_node *node = &run->tree.node[number];
    if (node->left < 0) {
      run->leaf[run->n_leaves++] = number;
      continue;
    }
    run->stack[n++] = node->right;
    run->stack[n++] = node->left;
  }
}

/* An inner node says what its rows are told on the average.  Children stand behind parents. */
static void fit_inner_values(boost_run *run) {
  for (int32_t i = run->tree.n_nodes; i-- > 0;) {
    const mine_grown_node *node = &run->tree.node[i];
    if (node->left < 0) continue;
    const double left = run->tree.node[node->left].weight;
    const double right = run->tree.node[node->right].weight;
    run->value[i] =
        (left * run->value[node->left] + right * run->value[node->right]) / (left + right);
  }
}

static mine_status fit_others_step(boost_run *run, const uint32_t *row, int64_t n) {
  fit_others others = {.run = run, .row = row, .n = n};
  return mine__parallel(run->env, MINE_BLOCKS(n, FIT_BLOCK), fit_others_task, &others);
}

/* The rows learned from that were not sampled, into `others`. */
static int64_t fit_not_sampled(const boost_run *run, uint32_t *others) {
  int64_t n = 0, next = 0;
  for (int64_t k = 0; k < run->n; k++) {
    if (next < run->n_sample && run->sample[next] == run->row[k]) {
      next++;
    } else {
      others[n++] = run->row[k];
    }
  }
  return n;
}

/* A tree for one output. */
static mine_status fit_tree(boost_run *run, int output) {
  const size_t part = (size_t)output * (size_t)run->target->n;
  run->output = output;
  const mine_grow_rows rows = {
      .row = run->sample, .n = run->n_sample, .g = run->g + part, .h = run->h + part};
  const uint64_t number = (uint64_t)run->round * (uint64_t)run->target->outputs + (uint64_t)output;
  MINE_TRY(mine__grow(run->grower, &rows, fit_choose_features(run), number, &run->tree));
  fit_list_leaves(run);
  if (mine_failed(run->env)) return mine_env_status(run->env);
  MINE_TRY(mine__parallel(run->env, run->n_leaves, fit_leaf_task, run));
  MINE_TRY(mine__parallel(run->env, run->n_leaves, fit_step_task, run));
  if (run->n_sample < run->n)
    MINE_TRY(fit_others_step(run, run->others, fit_not_sampled(run, run->others)));
  MINE_TRY(fit_others_step(run, run->held, run->n_held));
  if (run->builder) {
    fit_inner_values(run);
    mine__builder_add(run->env, run->builder, run->binned, &run->tree, run->value, output);
  }
  return mine_env_status(run->env);
}

/* Whether the loss on the watched rows has not fallen for so many rounds. */
static int fit_stops(const boost_run *run) {
  int64_t best = 0;
  const int64_t patience = run->options->early_stopping;
  if (!run->history || run->made <= patience) return 0;
  for (int64_t r = 1; r < run->made; r++) {
    if (run->history[r] < run->history[best]) best = r;
  }
  return run->made - 1 - best >= patience;
}

static void fit_rounds(boost_run *run) {
  for (run->round = 0; run->round < run->rounds && !mine_failed(run->env); run->round++) {
    fit_choose_rows(run);
    if (mine__parallel(run->env, MINE_BLOCKS(run->n_sample, FIT_BLOCK), fit_gradient_task, run))
      return;
    for (int c = 0; c < run->target->outputs; c++) {
      if (fit_tree(run, c)) return;
    }
    run->made = run->round + 1;
    if (run->history) {
      double weight;
      run->history[run->round] =
          mine__boost_loss(run->target, run->margin, run->held, run->n_held, &weight);
      if (fit_stops(run)) return;
    }
    if (run->what && mine__poll_progress(run->env, "boost",
                                         run->from + (run->to - run->from) * (double)run->made /
                                                         (double)run->rounds))
      return;
  }
}

/* ---- making ready -------------------------------------------------------------------------- */

/* One boosting of the rows, all of its memory in run->arena. */
static void fit_open(boost_run *run) {
  mine_arena *arena = run->arena;
  const size_t n = (size_t)run->target->n, outputs = (size_t)run->target->outputs;
  double alpha;
  run->base = mine__arena_zeros(arena, outputs, sizeof *run->base);
  run->margin = mine__arena_array(arena, n * outputs, sizeof *run->margin);
  run->g = mine__arena_array(arena, n * outputs, sizeof *run->g);
  run->h = mine__arena_array(arena, n * outputs, sizeof *run->h);
  run->used = mine__arena_array(arena, (size_t)run->binned->n_features, 1);
  if (run->options->subsample < 1) {
    run->sample = mine__arena_array(arena, (size_t)run->n, sizeof *run->sample);
    run->others = mine__arena_array(arena, (size_t)run->n, sizeof *run->others);
  }
  if (mine__boost_leaf_is_quantile(run->target, &alpha))
    run->rest = mine__arena_array(arena, 2 * n, sizeof *run->rest);
  if (mine_failed(run->env)) return;
  run->grower = mine__grower_open(run->env, arena, run->binned, &run->plan);
  if (!run->grower) return;
  mine__boost_start(run->env, run->target, run->row, run->n, run->base);
  for (size_t i = 0; i < n; i++)
    memcpy(run->margin + i * outputs, run->base, outputs * sizeof *run->base);
}

/* ---- the columns ------------------------------------------------------------------------------
 */

/* Whether a category becomes its ordered statistic, with sets up to so many levels. */
static int fit_is_ordered(const mine_dataset *data, int feature, int64_t most_levels) {
  const mine_feature *about = &data->about[feature];
  return about->type == MINE_COLUMN_CATEGORY && about->levels.values.n > most_levels;
}

/* What an ordered statistic is the mean of: the number, or whether the row is of class c. */
static const double *fit_statistic_target(mine_arena *arena, const boost_target *target, int c,
                                          const double *y) {
  if (target->objective != BOOST_MULTINOMIAL) return target->y;
  double *is = y ? (double *)(uintptr_t)y : mine__arena_array(arena, (size_t)target->n, sizeof *is);
  for (int64_t i = 0; is && i < target->n; i++)
    is[i] = target->label[i] == c;
  return is;
}

/* The columns of a run, and their bins.  Statistics see the rows learned from only. */
static mine_status fit_columns(boost_run *run, int64_t most_levels, mine_binned *binned) {
  const mine_dataset *data = run->data;
  const int outputs = run->target->outputs;
  mine_bin_source *source =
      mine__arena_array(run->arena, (size_t)data->n_features * (size_t)outputs, sizeof *source);
  const double *y = NULL;
  int n = 0;
  if (!source) return mine_env_status(run->env);
  for (int f = 0; f < data->n_features; f++) {
    if (!fit_is_ordered(data, f, most_levels)) {
      source[n++] = (mine_bin_source){.feature = f};
      continue;
    }
    for (int c = 0; c < outputs; c++) {
      y = fit_statistic_target(run->arena, run->target, c, y);
      if (!y) return mine_env_status(run->env);
      MINE_TRY(mine__ordered_statistic(
          run->env, run->arena, data, f, y, run->target->weight, run->row, run->n, FIT_STRENGTH,
          (uint64_t)f * (uint64_t)outputs + (uint64_t)c, &source[n++]));
    }
  }
  run->binned = binned;
  return mine__bins_make(run->env, run->arena, data, source, n, (int)run->options->max_bins,
                         binned);
}

/* ---- how many rounds ----------------------------------------------------------------------------
 */

/* What is tried: a division of the rows into parts, each watched by what the others learn. */
typedef struct fit_trial {
  const mine_dataset *data;
  const boost_options *options;
  const boost_target *target;
  const mine_grow_plan *plan;
  int64_t most_levels;
  const int32_t *part; /* of each row given: which run watches it; -1: none */
  boost_run *run;
} fit_trial;

static void fit_plan_columns(boost_run *run, const mine_grow_plan *plan);

/* Learn from the rows of all parts but `part`, in arena; the rows are listed there. */
static void fit_open_part(mine_env *env, const fit_trial *trial, int part, mine_arena *arena,
                          boost_run *run, mine_binned *binned) {
  const int64_t n = trial->target->n;
  uint32_t *row = mine__arena_array(arena, (size_t)n, sizeof *row);
  uint32_t *held = mine__arena_array(arena, (size_t)n, sizeof *held);
  *run = (boost_run){.env = env,
                     .arena = arena,
                     .data = trial->data,
                     .options = trial->options,
                     .target = trial->target,
                     .row = row,
                     .held = held,
                     .rounds = FIT_ROUNDS};
  if (!row || !held) return;
  for (int64_t i = 0; i < n; i++) {
    if (trial->part && trial->part[i] == part) {
      held[run->n_held++] = (uint32_t)i;
    } else {
      row[run->n++] = (uint32_t)i;
    }
  }
  if (fit_columns(run, trial->most_levels, binned)) return;
  fit_plan_columns(run, trial->plan);
  fit_open(run);
}

/* A branch's task: one part.  Its arena is the environment's own scratch: nothing stays but
** the history, whose room is the caller's. */
static void fit_part_task(mine_env *branch, void *context, int64_t task) {
  const fit_trial *trial = context;
  boost_run *kept = &trial->run[task], run;
  mine_binned binned;
  mine_arena *arena = mine__arena_open(branch);
  if (!arena) return;
  fit_open_part(branch, trial, (int)task, arena, &run, &binned);
  run.history = kept->history;
  run.rounds = kept->rounds;
  if (!mine_failed(branch)) fit_rounds(&run);
  kept->made = run.made;
  kept->n_held = run.n_held;
  mine__arena_close(arena);
}

/* The loss of all parts together after each round: a part that has stopped keeps its last. */
static int64_t fit_best_round(const boost_run *run, int parts, double *loss) {
  int64_t most = 0, best = 0;
  *loss = INFINITY;
  for (int p = 0; p < parts; p++) {
    if (run[p].made > most) most = run[p].made;
  }
  for (int64_t r = 0; r < most; r++) {
    double sum = 0;
    for (int p = 0; p < parts; p++)
      sum += run[p].history[r < run[p].made ? r : run[p].made - 1];
    if (!(sum < *loss)) continue;
    *loss = sum;
    best = r + 1;
  }
  return best;
}

/* The rounds with which the loss on rows not learned from is least. */
static int64_t fit_find_rounds(mine_env *env, mine_arena *arena, fit_trial *trial, int parts,
                               int64_t rounds, double *loss) {
  trial->run = mine__arena_zeros(arena, (size_t)parts, sizeof *trial->run);
  for (int p = 0; trial->run && p < parts; p++) {
    trial->run[p].rounds = rounds;
    trial->run[p].history = mine__arena_array(arena, (size_t)rounds, sizeof(double));
  }
  if (mine_failed(env)) return 0;
  mine_branches *branches = mine__branches_open(env, arena, parts);
  if (branches) mine__branches_run(branches, parts, fit_part_task, trial);
  mine__branches_close(branches);
  return mine_failed(env) ? 0 : fit_best_round(trial->run, parts, loss);
}

/* Which part each row given is watched in: folds where rows are few, else one part. */
static int fit_divide(mine_env *env, mine_arena *arena, const mine_dataset *data, int32_t **part) {
  const int64_t n = data->rows.n;
  if (n <= FIT_FEW_ROWS) {
    const int folds = n < 2 * FIT_FOLDS ? 2 : FIT_FOLDS;
    if (mine__split_folds(env, arena, data->rows.row, n, data->hash, data->seed ^ FIT_SAMPLE, folds,
                          data->label, data->n_classes, part))
      return 0;
    return folds;
  }
  mine_dataset kept, held;
  if (mine__dataset_divide(env, arena, data, FIT_SHARE, &kept, &held)) return 0;
  *part = mine__arena_array(arena, (size_t)n, sizeof **part);
  if (!*part) return 0;
  int64_t next = 0;
  for (int64_t i = 0; i < n; i++) {
    const int is_held =
        next < held.rows.n && mine_batch_row(&held.rows, next) == mine_batch_row(&data->rows, i);
    next += is_held;
    (*part)[i] = is_held ? 0 : -1;
  }
  return 1;
}

/* ---- what is said of features
 * --------------------------------------------------------------------- */

static int fit_feature_named(const mine_dataset *data, const char *name, size_t bytes) {
  for (int f = 0; f < data->n_features; f++) {
    if (strlen(data->about[f].name) == bytes && memcmp(data->about[f].name, name, bytes) == 0)
      return f;
  }
  return -1;
}

/* monotone=Age:+1|Tenure:-1 */
static mine_status fit_monotone(mine_env *env, const mine_dataset *data, const mine_list *list,
                                int8_t *direction) {
  memset(direction, 0, (size_t)data->n_features);
  for (size_t i = 0; i < list->n; i++) {
    char shown[MINE_SHOW_BYTES];
    const mine_cell *cell = &list->item[i];
    const char *text = cell->type == MINE_TEXT ? cell->as.text : "";
    const char *colon = strrchr(text, ':');
    const int up = colon && (strcmp(colon, ":+1") == 0 || strcmp(colon, ":1") == 0);
    const int down = colon && strcmp(colon, ":-1") == 0;
    if (!up && !down) {
      return mine__fail(env, MINE_OPTION,
                        "monotone takes a column and +1 or -1, such as monotone=Age:+1|Tenure:-1, "
                        "not %s",
                        mine__show_cell(shown, cell));
    }
    const int f = fit_feature_named(data, text, (size_t)(colon - text));
    if (f < 0 || data->about[f].type == MINE_COLUMN_CATEGORY) {
      return mine__fail(env, MINE_OPTION,
                        "monotone: %s is not a numeric attribute of this table; name one, or leave "
                        "it out",
                        mine__show_cell(shown, cell));
    }
    direction[f] = up ? 1 : -1;
  }
  return MINE_OK;
}

/* interactions=a&b|c&d: features of one group may meet on a path; those in no group meet none. */
static mine_status fit_interactions(mine_env *env, const mine_dataset *data, const mine_list *list,
                                    uint64_t *groups) {
  memset(groups, 0, (size_t)data->n_features * sizeof *groups);
  if (list->n > 63) {
    return mine__fail(env, MINE_OPTION, "interactions has %d groups; give at most 63",
                      (int)list->n);
  }
  for (size_t i = 0; i < list->n; i++) {
    const mine_cell *cell = &list->item[i];
    const char *text = cell->type == MINE_TEXT ? cell->as.text : "";
    while (*text) {
      const size_t bytes = strcspn(text, "&");
      size_t from = 0, to = bytes;
      while (from < to && text[from] == ' ')
        from++;
      while (to > from && text[to - 1] == ' ')
        to--;
      const int f = fit_feature_named(data, text + from, to - from);
      if (f < 0) {
        char shown[MINE_SHOW_BYTES];
        return mine__fail(env, MINE_OPTION,
                          "interactions: %s names a column that is no attribute of this table; "
                          "write groups such as interactions=age&plan|region&calls",
                          mine__show_cell(shown, cell));
      }
      groups[f] |= (uint64_t)1 << i;
      text += bytes + (text[bytes] == '&');
    }
  }
  return MINE_OK;
}

/* Of binned features rather than of the table's. */
static void fit_plan_columns(boost_run *run, const mine_grow_plan *plan) {
  const int n = run->binned->n_features;
  run->plan = *plan;
  int8_t *monotone = mine__arena_array(run->arena, (size_t)n, sizeof *monotone);
  uint64_t *groups = mine__arena_array(run->arena, (size_t)n, sizeof *groups);
  if (!monotone || !groups) return;
  for (int f = 0; f < n; f++) {
    const int from = run->binned->feature[f].source.feature;
    monotone[f] = plan->monotone ? plan->monotone[from] : 0;
    groups[f] = plan->groups ? plan->groups[from] : 0;
  }
  run->plan.monotone = plan->monotone ? monotone : NULL;
  run->plan.groups = plan->groups ? groups : NULL;
}

static mine_status fit_plan(mine_env *env, mine_arena *arena, const mine_dataset *data,
                            const boost_options *o, const boost_target *target,
                            mine_grow_plan *plan) {
  *plan = (mine_grow_plan){.max_depth = o->max_depth == MINE_NOT_GIVEN ? 0 : o->max_depth,
                           .max_leaves = o->max_leaves == MINE_NOT_GIVEN ? 0 : o->max_leaves,
                           .min_samples_leaf = o->min_samples_leaf,
                           .min_child_weight = o->min_child_weight,
                           .l1 = o->l1 / target->unit,
                           .l2 = o->l2,
                           .level_smooth = 10,
                           .level_l2 = 10,
                           .seed = data->seed};
  if (o->grow == 1 && !plan->max_depth) plan->max_depth = 6;
  if (o->grow == 0 && !plan->max_leaves) plan->max_leaves = 31;
  if (o->grow == 1 && o->max_leaves == MINE_NOT_GIVEN) plan->max_leaves = 0;
  if (o->monotone.n) {
    int8_t *direction = mine__arena_array(arena, (size_t)data->n_features, sizeof *direction);
    if (!direction) return mine_env_status(env);
    plan->monotone = direction;
    MINE_TRY(fit_monotone(env, data, &o->monotone, direction));
  }
  if (o->interactions.n) {
    uint64_t *groups = mine__arena_array(arena, (size_t)data->n_features, sizeof *groups);
    if (!groups) return mine_env_status(env);
    plan->groups = groups;
    MINE_TRY(fit_interactions(env, data, &o->interactions, groups));
  }
  return MINE_OK;
}

/* ---- all together
 * -------------------------------------------------------------------------------------- */

static int64_t fit_sets_levels(const boost_options *o, int choice) {
  if (choice == 0) return FIT_SETS_MOST < o->max_bins ? FIT_SETS_MOST : o->max_bins - 1;
  return choice == 1 ? 8 : 2;
}

mine_status mine__boost_fit(mine_env *env, const mine_dataset *data, const boost_options *o,
                            const boost_target *target, mine_model *model) {
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  mine_grow_plan plan;
  mine_status status = fit_plan(env, arena, data, o, target, &plan);
  int64_t rounds = o->n_trees == MINE_AUTO ? FIT_ROUNDS : o->n_trees;
  fit_trial trial = {.data = data,
                     .options = o,
                     .target = target,
                     .plan = &plan,
                     .most_levels = fit_sets_levels(o, o->categories ? o->categories - 1 : 1)};
  if (!status && o->early_stopping > 0 && data->rows.n >= 20) {
    int32_t *part = NULL;
    double loss;
    const int parts = fit_divide(env, arena, data, &part);
    trial.part = part;
    if (parts) rounds = fit_find_rounds(env, arena, &trial, parts, rounds, &loss);
    status = mine_env_status(env);
    if (!status) {
      mine__model_note(model, "fit", "rounds", "%lld, chosen by %d-fold division of the rows",
                       (long long)rounds, parts);
    }
  }
  boost_run run;
  mine_binned binned;
  mine_trees_builder builder;
  trial.part = NULL;
  if (!status) {
    fit_open_part(env, &trial, 0, arena, &run, &binned);
    mine__builder_open(&builder, arena, 1);
    run.builder = &builder;
    run.rounds = rounds;
    run.what = "boost";
    run.from = 0.5;
    run.to = 1;
    if (!mine_failed(env)) fit_rounds(&run);
    status = mine_env_status(env);
  }
  if (!status) {
    mine_trees *trees = mine__builder_finish(env, &builder, builder.n_trees, model->arena);
    if (trees) {
      trees->combine = MINE_TREES_SUM;
      trees->link = mine__boost_link(target->objective);
      trees->outputs = target->outputs;
      trees->base = mine__arena_array(model->arena, (size_t)target->outputs, sizeof(double));
      trees->output = mine__arena_array(model->arena, (size_t)builder.n_trees, sizeof(int32_t));
      for (int c = 0; trees->base && c < target->outputs; c++)
        trees->base[c] = target->middle + target->unit * run.base[c];
      for (int32_t i = 0; i < trees->n_values; i++)
        trees->values[i] *= target->unit;
      if (trees->output)
        memcpy(trees->output, builder.output, (size_t)builder.n_trees * sizeof(int32_t));
      model->body = trees;
    }
    status = mine_env_status(env);
  }
  mine__arena_close(arena);
  return status;
}
