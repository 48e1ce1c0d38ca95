/*
** watch.c -- how many rounds, and how large the trees.
**
** How many rounds are enough is not known beforehand: too few leave the pattern, too many
** learn the noise.  So rows are watched that were not learned from -- by folds where rows are
** few, else a part of them -- and the rounds with which their loss was least are what the model
** is made with.  The same watching chooses, where nobody said, how many leaves a tree has and
** whether categories are parted as sets or by their ordered statistics.
**
** Watching costs many times what the model does, unless it is sparing:
**   - of few rows it takes longer steps.  With a rate k times as great the loss is least after
**     about a k-th of the rounds (Friedman 2001, section 5).  Long steps favour small trees and
**     statistics a little: of few rows that is less than what chance does to folds, of many not
**   - of five folds so many are watched as give some thousands of rows
**   - a way that is worse on each of the first two parts is not watched on the others
**   - of many rows, trees are tried from large to small for as long as the smaller lose less
*/
#include <math.h>

#include "../core/branch.h"
#include "run.h"

#define WATCH_ROUNDS   3000 /* of the model, at most                             */
#define WATCH_PATIENCE 50   /* rounds of the model without gain                  */
#define WATCH_RATE     0.1  /* of what is watched, up to WATCH_ROWS rows         */
#define WATCH_LONGER   10   /* times the model's steps, at most: five rounds' patience is some */
#define WATCH_FOLDS    5
#define WATCH_FEW_ROWS 60000 /* up to here by folds ...                           */
#define WATCH_ROWS     10000 /* ... of which so many rows will do                 */
#define WATCH_SHARE    0.1   /* watched, beyond                                   */
#define WATCH_FIRST    2     /* parts that tell whether a way is worth the others */
#define WATCH_FEW      8     /* levels that are always a set                      */

/* ---- parts ------------------------------------------------------------------------------- */

/* How the rows are divided to be watched, and what is tried on them. */
typedef struct watch_division {
  const mine_dataset *data;
  const boost_target *target;
  boost_options options; /* of what is watched: its steps may be longer            */
  int64_t rounds;        /* at most                                                */
  const int32_t *part;   /* of each row given: which run watches it; -1: none      */
  int parts;             /* that are watched, 0 .. parts - 1; 0: rows cannot be divided */
} watch_division;

/* One way under way: a division of the rows into parts, each watched by what the others learn. */
typedef struct watch_trial {
  const watch_division *watching;
  mine_grow_plan plan;
  int64_t most_levels;
  int from; /* the first part that is watched now */
  /* Of each part: the loss after each round, how many rounds were made, the least loss. */
  double *history[WATCH_FOLDS];
  int64_t made[WATCH_FOLDS];
  double least[WATCH_FOLDS];
} watch_trial;

/* A branch's task: one part.  Nothing of it stays but the history, whose room is the caller's. */
static void watch_part_task(mine_env *branch, void *context, int64_t task) {
  watch_trial *trial = context;
  const watch_division *w = trial->watching;
  const int part = trial->from + (int)task;
  boost_run run;
  mine_binned binned;
  mine_arena *arena = mine__arena_open(branch);
  if (!arena) return;
  run = (boost_run){.env = branch,
                    .arena = arena,
                    .data = w->data,
                    .options = &w->options,
                    .target = w->target,
                    .history = trial->history[part],
                    .rounds = w->rounds};
  mine__boost_rows(&run, w->part, part);
  mine__boost_columns(&run, &trial->plan, trial->most_levels, &binned);
  if (!mine_failed(branch)) mine__boost_open(&run);
  if (!mine_failed(branch)) mine__boost_rounds(&run);
  trial->made[part] = run.made;
  mine__arena_close(arena);
}

/* Watch parts from .. to - 1; the loss of each where it is least. */
static void watch_parts(mine_env *env, mine_arena *arena, watch_trial *trial, int from, int to) {
  const int64_t rounds = trial->watching->rounds;
  if (from >= to || mine_failed(env)) return;
  trial->from = from;
  for (int p = from; p < to; p++)
    trial->history[p] = mine__arena_array(arena, (size_t)rounds, sizeof(double));
  if (mine_failed(env)) return;
  mine_branches *branches = mine__branches_open(env, arena, to - from);
  if (branches) mine__branches_run(branches, to - from, watch_part_task, trial);
  mine__branches_close(branches);
  for (int p = from; p < to && !mine_failed(env); p++) {
    trial->least[p] = INFINITY;
    for (int64_t r = 0; r < trial->made[p]; r++)
      if (trial->history[p][r] < trial->least[p]) trial->least[p] = trial->history[p][r];
  }
}

/* The rounds with which the loss of all parts together is least: a part that has stopped keeps its
** last. */
static int64_t watch_best_round(const watch_trial *trial, int parts, double *loss) {
  const int64_t *made = trial->made;
  int64_t most = 0, best = 0;
  *loss = INFINITY;
  for (int p = 0; p < parts; p++) {
    if (made[p] > most) most = made[p];
  }
  for (int64_t r = 0; r < most; r++) {
    double sum = 0;
    for (int p = 0; p < parts; p++)
      sum += trial->history[p][r < made[p] ? r : made[p] - 1];
    if (!(sum < *loss)) continue;
    *loss = sum;
    best = r + 1;
  }
  return best;
}

/* ---- ways -------------------------------------------------------------------------------- */

/* The best way so far. */
typedef struct watch_best {
  boost_way way;
  double loss, least[WATCH_FOLDS];
} watch_best;

/* Whether it is worse on each of the first parts. */
static int watch_is_hopeless(const watch_trial *trial, const watch_best *best, int parts) {
  for (int p = 0; p < parts; p++) {
    if (trial->least[p] <= best->least[p]) return 0;
  }
  return 1;
}

/* Watch one way; whether it took the place of *best. */
static int watch_try(mine_env *env, const watch_division *w, const mine_grow_plan *plan,
                     boost_way way, watch_best *best) {
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return 0;
  watch_trial trial = {.watching = w, .plan = *plan, .most_levels = way.most_levels};
  const int is_first = best->loss == INFINITY;
  const int few = is_first || w->parts < WATCH_FIRST ? w->parts : WATCH_FIRST;
  double loss = INFINITY;
  if (way.leaves) trial.plan.max_leaves = way.leaves;
  watch_parts(env, arena, &trial, 0, few);
  if (is_first || !watch_is_hopeless(&trial, best, few)) {
    watch_parts(env, arena, &trial, few, w->parts);
    if (!mine_failed(env)) way.rounds = watch_best_round(&trial, w->parts, &loss);
  }
  mine__arena_close(arena);
  if (mine_failed(env) || !(loss < best->loss)) return 0;
  *best = (watch_best){.way = way, .loss = loss};
  for (int p = 0; p < w->parts; p++)
    best->least[p] = trial.least[p];
  return 1;
}

static int watch_has_levels(const mine_dataset *data, int64_t more_than) {
  for (int f = 0; f < data->n_features; f++) {
    const mine_feature *about = &data->about[f];
    if (about->type == MINE_COLUMN_CATEGORY && about->levels.values.n > more_than) return 1;
  }
  return 0;
}

/* Levels that a set of bins can hold. */
static int64_t watch_levels_of_sets(const boost_options *o) {
  return o->max_bins - 1 < MINE_BINS_SET ? o->max_bins - 1 : MINE_BINS_SET;
}

/* The leaves are chosen first, with the statistics; then sets are tried with as many. */
static boost_way watch_choose(mine_env *env, const watch_division *w, const mine_grow_plan *plan,
                              boost_way way) {
  static const int64_t leaves[] = {BOOST_LEAVES, 12, 6};
  const boost_options *o = &w->options;
  const int few = w->target->of.n <= WATCH_FEW_ROWS;
  const int any_leaves = few && o->grow == BOOST_BY_LEAF && o->max_leaves == MINE_NOT_GIVEN &&
                         o->max_depth == MINE_NOT_GIVEN;
  const int any_category =
      few && o->categories == BOOST_EITHER && watch_has_levels(w->data, WATCH_FEW);
  watch_best best = {.way = way, .loss = INFINITY};
  const int all_of_them = w->target->of.n <= WATCH_ROWS;
  int better = 1;
  for (int i = 0; i < (any_leaves ? 3 : 1) && (better || all_of_them) && !mine_failed(env); i++) {
    if (any_leaves) way.leaves = leaves[i];
    better = watch_try(env, w, plan, way, &best);
  }
  if (any_category && !mine_failed(env)) {
    way = best.way;
    way.most_levels = watch_levels_of_sets(o);
    (void)watch_try(env, w, plan, way, &best);
  }
  return best.way;
}

static void watch_note(mine_model *model, const watch_division *w, const boost_way *way) {
  mine__model_note(
      model, "fit", "rounds", "%lld, with which %s lost least", (long long)way->rounds,
      w->parts == 1 ? "rows held back" : "the rows of each fold, when not learned from,");
  if (way->leaves)
    mine__model_note(model, "fit", "max_leaves", "%lld, likewise", (long long)way->leaves);
  if (w->options.categories == BOOST_EITHER && watch_has_levels(w->data, WATCH_FEW)) {
    mine__model_note(model, "fit", "categories", "%s",
                     way->most_levels == watch_levels_of_sets(&w->options)
                         ? "parted as sets of levels"
                         : "of more than 8 levels by ordered statistics of the target");
  }
}

/* ---- all of it ----------------------------------------------------------------------------- */

/* How the rows are divided, and how many parts of five are watched. */
static mine_status watch_divide(mine_env *env, mine_arena *arena, watch_division *w) {
  const int64_t n = w->target->of.n;
  int32_t *part = NULL;
  if (n < 2 * WATCH_FOLDS) return MINE_OK;
  MINE_TRY(mine__dataset_parts(env, arena, w->data, n > WATCH_FEW_ROWS ? 1 : WATCH_FOLDS,
                               WATCH_SHARE, &part, &w->parts));
  w->part = part;
  const int64_t enough = MINE_BLOCKS(WATCH_ROWS * (int64_t)w->parts, n);
  if (enough < w->parts) w->parts = (int)enough;
  return MINE_OK;
}

boost_way mine__boost_watch(mine_env *env, mine_arena *arena, const mine_dataset *data,
                            const boost_options *o, const boost_target *target,
                            const mine_grow_plan *plan, mine_model *model) {
  const int fixed = o->n_trees != MINE_AUTO, sparing = !fixed && o->early_stopping == MINE_AUTO;
  const int64_t most = watch_levels_of_sets(o);
  watch_division w = {
      .data = data, .target = target, .options = *o, .rounds = fixed ? o->n_trees : WATCH_ROUNDS};
  boost_way way = {
      .most_levels = o->categories == BOOST_SETS || most < WATCH_FEW ? most : WATCH_FEW,
      .rounds = w.rounds};
  if (fixed && o->early_stopping <= 0) return way;
  const int longer_steps = target->of.n <= WATCH_ROWS && o->learning_rate < WATCH_RATE;
  const double longer =
      sparing && longer_steps ? fmin(WATCH_RATE / o->learning_rate, WATCH_LONGER) : 1;
  if (sparing) {
    w.options.learning_rate *= longer;
    w.options.early_stopping = (int64_t)ceil(WATCH_PATIENCE / longer);
    w.rounds = (int64_t)ceil(WATCH_ROUNDS / longer);
  }
  if (watch_divide(env, arena, &w)) return way;
  if (w.parts) {
    way = watch_choose(env, &w, plan, way);
    if (mine_failed(env)) return way;
    if (sparing) way.rounds = (int64_t)fmin((double)way.rounds * longer + 0.5, WATCH_ROUNDS);
    watch_note(model, &w, &way);
  } else if (!fixed) {
    way.rounds = 10;
    mine__model_note(model, "warning", "n_trees",
                     "the rows cannot be divided to see when to stop: %lld rounds were made",
                     (long long)way.rounds);
  }
  return way;
}
