/*
** plan.c -- what options say of attributes, and the columns that trees are grown from.
*/
#include "run.h"

#include <string.h>

#include "../tree/ordered.h"

#define PLAN_SMOOTH 10 /* rows of the mean, to which a level is drawn before ordering */
#define PLAN_GROUPS 63
#define PLAN_DEPTH  6

/* ---- what is said of features -------------------------------------------------------- */

static int plan_feature_named(const mine_dataset *data, const char *name, size_t bytes) {
  for (int f = 0; f < data->n_features; f++) {
    if (strlen(data->about[f].name) == bytes && memcmp(data->about[f].name, name, bytes) == 0)
      return f;
  }
  return -1;
}

/* monotone=Age:+1|Tenure:-1: of the number, or the probability of the positive class. */
static void plan_monotone(mine_env *env, const mine_dataset *data, const mine_cell *said,
                          const boost_target *target, int8_t *direction) {
  char shown[MINE_SHOW_BYTES];
  const char *text = said->type == MINE_TEXT ? said->as.text : "";
  const char *colon = strrchr(text, ':');
  const int up = colon && (strcmp(colon, ":+1") == 0 || strcmp(colon, ":1") == 0);
  const int down = colon && strcmp(colon, ":-1") == 0;
  if (!up && !down) {
    (void)mine__fail(env, MINE_OPTION,
                     "monotone takes a column and +1 or -1, such as monotone=Age:+1|Tenure:-1, "
                     "not %s",
                     mine__show_cell(shown, said));
    return;
  }
  const int f = plan_feature_named(data, text, (size_t)(colon - text));
  if (f < 0 || data->about[f].type == MINE_COLUMN_CATEGORY) {
    (void)mine__fail(env, MINE_OPTION,
                     "monotone: %s is not a numeric attribute of this table; name one, or leave "
                     "it out",
                     mine__show_cell(shown, said));
    return;
  }
  direction[f] = up != target->positive_first ? 1 : -1;
}

/* age&plan: features of one group, a bit, may meet on a path; those in no group meet none. */
static void plan_interactions(mine_env *env, const mine_dataset *data, const mine_cell *said,
                              uint64_t group, uint64_t *groups) {
  const char *text = said->type == MINE_TEXT ? said->as.text : "";
  while (*text) {
    const size_t bytes = strcspn(text, "&");
    size_t from = 0, to = bytes;
    while (from < to && text[from] == ' ')
      from++;
    while (to > from && text[to - 1] == ' ')
      to--;
    const int f = plan_feature_named(data, text + from, to - from);
    if (f < 0) {
      char shown[MINE_SHOW_BYTES];
      (void)mine__fail(env, MINE_OPTION,
                       "interactions: %s names a column that is no attribute of this table; "
                       "write groups such as interactions=age&plan|region&calls",
                       mine__show_cell(shown, said));
      return;
    }
    groups[f] |= group;
    text += bytes + (text[bytes] == '&');
  }
}

/* Of binned features rather than of the table's. */
static void plan_terms(boost_run *run, const mine_grow_plan *plan) {
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

mine_status mine__boost_plan(mine_env *env, mine_arena *arena, const mine_dataset *data,
                             const boost_options *o, const boost_target *target,
                             mine_grow_plan *plan) {
  *plan = (mine_grow_plan){.max_depth = o->max_depth == MINE_NOT_GIVEN ? 0 : o->max_depth,
                           .max_leaves = o->max_leaves == MINE_NOT_GIVEN ? 0 : o->max_leaves,
                           .min_samples_leaf = o->min_samples_leaf,
                           .min_child_weight = o->min_child_weight,
                           .l1 = o->l1 / target->of.unit,
                           .l2 = o->l2,
                           .level_smooth = PLAN_SMOOTH,
                           .level_l2 = PLAN_SMOOTH,
                           .seed = data->seed};
  if (o->grow == BOOST_BY_DEPTH && !plan->max_depth) plan->max_depth = PLAN_DEPTH;
  if (o->grow == BOOST_BY_LEAF && !plan->max_leaves) plan->max_leaves = BOOST_LEAVES;
  if (o->monotone.n && target->objective == BOOST_MULTINOMIAL)
    return mine__fail(
        env, MINE_OPTION,
        "monotone is for numbers and two classes, and the target has %d; leave it out",
        target->outputs);
  if (o->interactions.n > PLAN_GROUPS)
    return mine__fail(env, MINE_OPTION, "interactions has %d groups; give at most %d",
                      (int)o->interactions.n, PLAN_GROUPS);
  if (o->monotone.n) {
    int8_t *direction = mine__arena_zeros(arena, (size_t)data->n_features, sizeof *direction);
    plan->monotone = direction;
    for (size_t i = 0; i < o->monotone.n && !mine_failed(env); i++)
      plan_monotone(env, data, &o->monotone.item[i], target, direction);
  }
  if (o->interactions.n) {
    uint64_t *groups = mine__arena_zeros(arena, (size_t)data->n_features, sizeof *groups);
    plan->groups = groups;
    for (size_t i = 0; i < o->interactions.n && !mine_failed(env); i++)
      plan_interactions(env, data, &o->interactions.item[i], (uint64_t)1 << i, groups);
  }
  return mine_env_status(env);
}

/* ---- the columns --------------------------------------------------------------------- */

void mine__boost_columns(boost_run *run, const mine_grow_plan *plan, int64_t most_levels,
                         mine_binned *binned) {
  run->binned = binned;
  if (mine__ordered_bins(run->env, run->arena, run->data, &run->target->of, most_levels, run->row,
                         run->n, (int)run->options->max_bins, binned) == MINE_OK)
    plan_terms(run, plan);
}
