/*
** fit.c -- the model: so many rounds as were found by watching, made with all rows.
*/
#include <string.h>

#include "run.h"

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

mine_status mine__boost_fit(mine_env *env, const mine_dataset *data, const boost_options *o,
                            const boost_target *target, mine_model *model) {
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  mine_grow_plan plan;
  mine_binned binned;
  mine_trees_builder builder;
  boost_run run = {.env = env,
                   .arena = arena,
                   .data = data,
                   .options = o,
                   .target = target,
                   .builder = &builder,
                   .telling = {"boost", 0.5, 1}};
  mine__builder_open(&builder, arena, 1);
  if (mine__boost_plan(env, arena, data, o, target, &plan) == MINE_OK) {
    const boost_way way = mine__boost_watch(env, arena, data, o, target, &plan, model);
    if (way.leaves) plan.max_leaves = way.leaves;
    run.rounds = way.rounds;
    mine__boost_rows(&run, NULL, 0);
    mine__boost_columns(&run, &plan, way.most_levels, &binned);
  }
  if (!mine_failed(env)) mine__boost_open(&run);
  if (!mine_failed(env)) mine__boost_rounds(&run);
  if (!mine_failed(env)) fit_finish(env, &run, &builder, model);
  mine__arena_close(arena);
  return mine_env_status(env);
}
