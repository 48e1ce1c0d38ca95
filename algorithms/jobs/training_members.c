/*
** training_members.c -- a clustering that remembers rows by their ids (keep_ids=1), and what became
** of those of the model before.
**
** Kept are the rows whose ids have the least hashes: all of up to MEMBERS_MOST, else a share that
** makes as many.  The hash is of the id alone, so that two trainings keep the same customers as far
** as both have them (a bottom sketch: Broder, "On the resemblance and containment of documents",
** 1997), whatever the order of the rows.
*/
#include <string.h>

#include "../core/random.h"
#include "../model/cluster_align.h"
#include "training.h"

#define MEMBERS_MOST  100000
#define MEMBERS_AIM   95000 /* a share by hashes makes some more or some fewer */
#define MEMBERS_LEAST 100   /* ids found again, or half of those kept: else they say too little */

int mine__training_keeps_members(const mine_training *t) {
  return t->asked.ids.keep_ids && t->roles.target < 0 && t->data.task == MINE_CLUSTERING;
}

void mine__training_check_members(const mine_training *t) {
  if (!mine__training_keeps_members(t)) return;
  if (t->roles.id < 0)
    mine__fail(t->env, MINE_OPTION,
               "keep_ids=1 keeps ids, and there is none (id=none); leave one of the two out");
  else if (t->data.grouped)
    mine__fail(t->env, MINE_OPTION,
               "keep_ids=1 is of one clustering, and group= makes one for each group; leave one of "
               "the two out");
}

/* ---- clusters of some rows ------------------------------------------------------------------- */

/* Positions among the rows that were used, rising. */
typedef struct members_some {
  int64_t n;
  int64_t *at;
  int32_t *group; /* of each: 1 .., 0: noise, MINE_NO_GROUP: it has none */
} members_some;

static void members_open(mine_training *t, members_some *some) {
  const size_t n = (size_t)t->data.n;
  some->n = 0;
  some->at = mine__arena_array(t->env->scratch, n, sizeof *some->at);
  some->group = mine__arena_array(t->env->scratch, n, sizeof *some->group);
}

/* What the fit found, else what the model says. */
static void members_ask(mine_training *t, const mine_trained *trained, members_some *some) {
  mine_env *env = t->env;
  if (trained->group) {
    for (int64_t i = 0; i < some->n; i++)
      some->group[i] = trained->group[some->at[i]];
    return;
  }
  uint32_t *row = mine__arena_array(env->scratch, (size_t)some->n, sizeof *row);
  if (!row) return;
  for (int64_t i = 0; i < some->n; i++)
    row[i] = t->data.row[some->at[i]];
  const mine_batch batch = {some->n, row, t->data.view};
  mine_answers answers = {.group = some->group};
  (void)!mine__model_answer(env, trained->model, &batch, &answers);
}

/* ---- what is kept ---------------------------------------------------------------------------- */

void mine__training_keep_members(mine_training *t, const mine_trained *trained) {
  mine_env *env = t->env;
  mine_model *model = trained->model;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const double share = t->data.n <= MEMBERS_MOST ? 1 : (double)MEMBERS_AIM / (double)t->data.n;
  members_some some;
  mine_cell id;
  if (!mine__training_keeps_members(t)) return;
  members_open(t, &some);
  for (int64_t i = 0; i < t->data.n && !MINE_POLL_AT(env, i); i++) {
    mine__values_get(t->data.ids, t->data.row[i], &id);
    const uint64_t hash = mine_hash_mix(mine__cell_hash(&id));
    if (id.type != MINE_NULL && some.n < MEMBERS_MOST && (double)(hash >> 11) * 0x1p-53 < share)
      some.at[some.n++] = i;
  }
  if (!mine_failed(env)) members_ask(t, trained, &some);
  model->members.group = mine__arena_array(model->arena, (size_t)some.n, sizeof(int32_t));
  for (int64_t i = 0; i < some.n && !mine_failed(env); i++) {
    if (some.group[i] < 0) continue;
    mine__values_get(t->data.ids, t->data.row[some.at[i]], &id);
    model->members.group[model->members.id.n] = some.group[i];
    (void)mine__values_push(&model->members.id, &id);
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- where those of the model before are now ------------------------------------------------- */

/* The ids that the model before knows, and the member that each is: of two with one id the
** first. */
typedef struct members_known {
  mine_dictionary id;
  int64_t *of;
} members_known;

static void members_learn(mine_env *env, const mine_model *old, members_known *known) {
  const int64_t n = old->members.id.n;
  known->of = mine__arena_array(env->scratch, (size_t)n, sizeof *known->of);
  if (!known->of || !mine__dictionary_open(&known->id, env->scratch)) return;
  for (int64_t i = 0; i < n; i++) {
    mine_cell id;
    const int64_t before = known->id.values.n;
    mine__values_get(&old->members.id, i, &id);
    const int64_t number = mine__dictionary_add(&known->id, &id);
    if (number < 0) return;
    if (number == before) known->of[number] = i;
  }
}

/* Rows whose ids it knows, and the cluster that each was in. */
static void members_find(mine_training *t, const members_known *known, members_some *some,
                         int32_t *was) {
  mine_cell id;
  for (int64_t i = 0; i < t->data.n && !MINE_POLL_AT(t->env, i); i++) {
    mine__values_get(t->data.ids, t->data.row[i], &id);
    const int64_t found = id.type == MINE_NULL ? -1 : mine__dictionary_find(&known->id, &id);
    if (found < 0) continue;
    was[some->n] = t->asked.previous->members.group[known->of[found]];
    some->at[some->n++] = i;
  }
}

int64_t *mine__training_common(mine_training *t, const mine_trained *trained, int64_t *common) {
  mine_env *env = t->env;
  const mine_model *old = t->asked.previous;
  const size_t k_old = (size_t)old->n_groups, k_new = (size_t)trained->model->n_groups;
  members_known known;
  members_some some;
  *common = 0;
  if (old->members.id.n == 0 || !t->data.ids || t->batch || t->data.grouped) return NULL;
  int64_t *count = mine__arena_zeros(env->scratch, k_old + 1, (k_new + 1) * sizeof *count);
  const mine_mark mark = mine__arena_mark(env->scratch);
  int32_t *was = mine__arena_array(env->scratch, (size_t)t->data.n, sizeof *was);
  members_open(t, &some);
  if (!mine_failed(env)) members_learn(env, old, &known);
  if (!mine_failed(env)) members_find(t, &known, &some, was);
  if (!mine_failed(env)) members_ask(t, trained, &some);
  for (int64_t i = 0; i < some.n && !mine_failed(env); i++)
    if (some.group[i] >= 0) count[(size_t)was[i] * (k_new + 1) + (size_t)some.group[i]]++;
  mine__arena_rewind(env->scratch, mark);
  if (mine_failed(env)) return NULL;
  *common = some.n;
  return some.n >= MEMBERS_LEAST || 2 * some.n >= old->members.id.n ? count : NULL;
}
