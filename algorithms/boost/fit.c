/*
** fit.c -- how many rounds, how large the trees, and the model.
**
** How many rounds are enough is not known beforehand: too few leave the pattern, too many
** learn the noise.  So rows are watched that were not learned from -- by folds where rows are
** few, else a part of them -- and the rounds with which their loss was least are then made with
** all rows.  The same watching chooses, where nobody said, how many leaves a tree has and
** whether categories are parted as sets or by their ordered statistics.
*/
#include <math.h>
#include <string.h>

#include "../core/branch.h"
#include "run.h"

#define FIT_ROUNDS   3000 /* at most, where nobody says how many */
#define FIT_FOLDS    5
#define FIT_FEW_ROWS 60000 /* up to here by folds                 */
#define FIT_SHARE    0.1   /* watched, beyond                     */
#define FIT_PATIENCE 50    /* rounds without gain                 */
#define FIT_FEW      8     /* levels that are always a set        */

/* ---- how many rounds ----------------------------------------------------------------- */

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

/* Learn from the rows of all parts but `part`, in arena; the rows are listed there. */
static void fit_open_part(mine_env *env, const fit_trial *trial, int part, mine_arena *arena,
                          boost_run *run, mine_binned *binned) {
  const int64_t n = trial->target->of.n;
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
  mine__boost_columns(run, trial->plan, trial->most_levels, binned);
  if (!mine_failed(env)) mine__boost_open(run);
}

/* A branch's task: one part.  Nothing of it stays but the history, whose room is the caller's. */
static void fit_part_task(mine_env *branch, void *context, int64_t task) {
  const fit_trial *trial = context;
  boost_run *kept = &trial->run[task], run;
  mine_binned binned;
  mine_arena *arena = mine__arena_open(branch);
  if (!arena) return;
  fit_open_part(branch, trial, (int)task, arena, &run, &binned);
  run.history = kept->history;
  run.rounds = kept->rounds;
  if (!mine_failed(branch)) mine__boost_rounds(&run);
  kept->made = run.made;
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

/* ---- what suits the rows ------------------------------------------------------------------- */

/* A way to grow, and what it came to. */
typedef struct fit_way {
  int64_t leaves;      /* 0: as the plan says */
  int64_t most_levels; /* of a set            */
  int64_t rounds;
  double loss;
} fit_way;

/* Watch one way; a better one takes the place of *best. */
static void fit_try(mine_env *env, fit_trial *trial, const mine_grow_plan *plan, int parts,
                    fit_way way, fit_way *best) {
  mine_arena *arena = mine__arena_open(env);
  mine_grow_plan own = *plan;
  if (!arena) return;
  if (way.leaves) own.max_leaves = way.leaves;
  trial->plan = &own;
  trial->most_levels = way.most_levels;
  way.rounds = fit_find_rounds(env, arena, trial, parts, way.rounds, &way.loss);
  if (!mine_failed(env) && way.loss < best->loss) *best = way;
  mine__arena_close(arena);
}

static int fit_has_levels(const mine_dataset *data, int64_t more_than) {
  for (int f = 0; f < data->n_features; f++) {
    const mine_feature *about = &data->about[f];
    if (about->type == MINE_COLUMN_CATEGORY && about->levels.values.n > more_than) return 1;
  }
  return 0;
}

/* Levels that a set of bins can hold. */
static int64_t fit_levels_of_sets(const boost_options *o) {
  return o->max_bins - 1 < MINE_BINS_SET ? o->max_bins - 1 : MINE_BINS_SET;
}

/* The leaves are chosen first, with the statistics; then sets are tried with as many. */
static void fit_choose(mine_env *env, fit_trial *trial, const mine_grow_plan *plan, int parts,
                       fit_way *way) {
  static const int64_t leaves[] = {6, 12, BOOST_LEAVES};
  const boost_options *o = trial->options;
  const int few = trial->target->of.n <= FIT_FEW_ROWS;
  const int any_leaves = few && o->grow == BOOST_BY_LEAF && o->max_leaves == MINE_NOT_GIVEN &&
                         o->max_depth == MINE_NOT_GIVEN;
  const int any_category =
      few && o->categories == BOOST_EITHER && fit_has_levels(trial->data, FIT_FEW);
  fit_way best = *way;
  for (int i = 0; i < (any_leaves ? 3 : 1) && !mine_failed(env); i++) {
    if (any_leaves) way->leaves = leaves[i];
    fit_try(env, trial, plan, parts, *way, &best);
  }
  if (any_category && !mine_failed(env)) {
    fit_way sets = best;
    sets.rounds = way->rounds;
    sets.most_levels = fit_levels_of_sets(o);
    fit_try(env, trial, plan, parts, sets, &best);
  }
  *way = best;
}

static void fit_note(mine_model *model, const fit_trial *trial, int parts, const fit_way *way) {
  mine__model_note(model, "fit", "rounds", "%lld, with which %s lost least", (long long)way->rounds,
                   parts == 1 ? "rows held back" : "the rows of each fold, when not learned from,");
  if (way->leaves)
    mine__model_note(model, "fit", "max_leaves", "%lld, likewise", (long long)way->leaves);
  if (trial->options->categories == BOOST_EITHER && fit_has_levels(trial->data, FIT_FEW)) {
    mine__model_note(model, "fit", "categories", "%s",
                     way->most_levels == fit_levels_of_sets(trial->options)
                         ? "parted as sets of levels"
                         : "of more than 8 levels by ordered statistics of the target");
  }
}

/* ---- the model ----------------------------------------------------------------------- */

static void fit_finish(mine_env *env, const boost_run *run, mine_trees_builder *builder,
                       mine_model *model) {
  const boost_target *target = run->target;
  mine_trees *trees = mine__builder_finish(env, builder, builder->n_trees, model->arena);
  if (!trees) return;
  trees->combine = MINE_TREES_SUM;
  trees->link = mine__boost_link(target->objective);
  trees->outputs = target->outputs;
  trees->base = mine__arena_array(model->arena, (size_t)target->outputs, sizeof *trees->base);
  trees->output = mine__arena_array(model->arena, (size_t)builder->n_trees, sizeof *trees->output);
  if (mine_failed(env)) return;
  for (int c = 0; c < target->outputs; c++)
    trees->base[c] = target->of.middle + target->of.unit * run->base[c];
  for (int32_t i = 0; i < trees->n_values; i++)
    trees->values[i] *= target->of.unit;
  memcpy(trees->output, builder->output, (size_t)builder->n_trees * sizeof *trees->output);
  if (mine__trees_prepare(env, model, trees) == MINE_OK) model->body = trees;
}

/* All rows, so many rounds. */
static void fit_whole(mine_env *env, mine_arena *arena, fit_trial *trial, int64_t rounds,
                      mine_model *model) {
  boost_run run;
  mine_binned binned;
  mine_trees_builder builder;
  trial->part = NULL;
  fit_open_part(env, trial, 0, arena, &run, &binned);
  mine__builder_open(&builder, arena, 1);
  run.builder = &builder;
  run.rounds = rounds;
  run.telling.what = "boost";
  run.telling.from = 0.5;
  run.telling.to = 1;
  if (!mine_failed(env)) mine__boost_rounds(&run);
  if (!mine_failed(env)) fit_finish(env, &run, &builder, model);
}

static void fit_all(mine_env *env, mine_arena *arena, fit_trial *trial, mine_grow_plan *plan,
                    mine_model *model) {
  const boost_options *o = trial->options;
  const int fixed = o->n_trees != MINE_AUTO;
  const int64_t most = fit_levels_of_sets(o);
  fit_way way = {.most_levels = o->categories == BOOST_SETS || most < FIT_FEW ? most : FIT_FEW,
                 .rounds = fixed ? o->n_trees : FIT_ROUNDS,
                 .loss = INFINITY};
  int parts = 0;
  if (!fixed || o->early_stopping > 0) {
    int32_t *part = NULL;
    const int folds = trial->target->of.n > FIT_FEW_ROWS ? 1 : FIT_FOLDS;
    if (trial->target->of.n >= 2 * FIT_FOLDS &&
        mine__dataset_parts(env, arena, trial->data, folds, FIT_SHARE, &part, &parts))
      return;
    trial->part = part;
  }
  if (parts) {
    fit_choose(env, trial, plan, parts, &way);
    if (mine_failed(env)) return;
    fit_note(model, trial, parts, &way);
  } else if (!fixed) {
    way.rounds = 10;
    mine__model_note(model, "warning", "n_trees",
                     "the rows cannot be divided to see when to stop: %lld rounds were made",
                     (long long)way.rounds);
  }
  if (way.leaves) plan->max_leaves = way.leaves;
  trial->plan = plan;
  trial->most_levels = way.most_levels;
  fit_whole(env, arena, trial, way.rounds, model);
}

mine_status mine__boost_fit(mine_env *env, const mine_dataset *data, const boost_options *o,
                            const boost_target *target, mine_model *model) {
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  mine_grow_plan plan;
  boost_options own = *o;
  if (own.early_stopping == MINE_AUTO)
    own.early_stopping = own.n_trees == MINE_AUTO ? FIT_PATIENCE : 0;
  fit_trial trial = {.data = data, .options = &own, .target = target};
  if (mine__boost_plan(env, arena, data, &own, target, &plan) == MINE_OK)
    fit_all(env, arena, &trial, &plan, model);
  mine__arena_close(arena);
  return mine_env_status(env);
}
