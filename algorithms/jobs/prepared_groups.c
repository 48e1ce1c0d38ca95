/*
** prepared_groups.c -- a model for each value of a column, stored as one.
**
** Rows are sorted into their groups; then each group is a fit like any other.  Groups of
** many rows are fitted one after another, each on all threads; the others side by side,
** each on one (core/branch.h).  What a group's model is does not depend on that.
*/
#include <stdio.h>
#include <string.h>

#include "../core/branch.h"
#include "../core/order.h"
#include "../core/radix.h"
#include "../model/members.h"
#include "prepared.h"

#define GROUPS_WHY_BYTES 200
#define GROUPS_TOLD      10 /* of so many the report says why they could not be fitted */

typedef struct groups_fit {
  const mine_prepared *prepared;
  const mine_method *method;
  const mine_values *value; /* of the groups, by code */
  uint32_t *row;            /* all rows used, group after group, each in their order */
  mine__by_code by;         /* where each group's begin, and which of those given they are */
  int32_t *order;           /* groups with rows, those with most first              */
  int n_order;
  mine_model **model;            /* per group: sealed, or NULL                             */
  char (*why)[GROUPS_WHY_BYTES]; /* per group: why there is none            */
  int32_t *found;                /* per row given: what the fits found; NULL: they do not  */
  mine_arena *arena;
} groups_fit;

/* ---- rows by groups ------------------------------------------------------------------- */

static const int32_t *groups_codes(const mine_prepared *p) {
  return p->view[p->n_features].code;
}

static void groups_sort(mine_env *env, groups_fit *g, mine_rows rows) {
  const int32_t *code = groups_codes(g->prepared);
  int32_t *of_row = mine__arena_array(g->arena, (size_t)rows.n, sizeof *of_row);
  g->row = mine__arena_array(g->arena, (size_t)rows.n, sizeof *g->row);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < rows.n; i++)
    of_row[i] = code[rows.row[i]];
  if (!mine__sort_codes(g->arena, of_row, rows.n, g->value->n, &g->by)) return;
  for (int64_t i = 0; i < rows.n; i++)
    g->row[i] = rows.row[g->by.at[i]];
}

static mine_rows groups_rows(const groups_fit *g, int32_t group) {
  return (mine_rows){g->row + g->by.first[group], g->by.first[group + 1] - g->by.first[group]};
}

/* Falling: the longest fits begin first, so that the threads end together. */
static int groups_before(const void *context, const void *a, const void *b) {
  const groups_fit *g = context;
  return groups_rows(g, *(const int32_t *)a).n > groups_rows(g, *(const int32_t *)b).n;
}

static void groups_order(mine_env *env, groups_fit *g) {
  const int64_t n = g->value->n;
  g->order = mine__arena_array(g->arena, (size_t)n, sizeof *g->order);
  g->model = mine__arena_zeros(g->arena, (size_t)n, sizeof(mine_model *));
  g->why = mine__arena_zeros(g->arena, (size_t)n, sizeof *g->why);
  int32_t *spare = mine__arena_array(g->arena, (size_t)n, sizeof *spare);
  if (mine_failed(env)) return;
  for (int32_t c = 0; c < n; c++)
    if (groups_rows(g, c).n > 0) g->order[g->n_order++] = c;
  mine__sort(env, g->order, spare, (size_t)g->n_order, sizeof *g->order, groups_before, g);
}

/* ---- the fits --------------------------------------------------------------------------- */

/* In an environment whose failures are the group's own. */
static void groups_fit_one(mine_env *env, groups_fit *g, int32_t group) {
  const mine_prepared *p = g->prepared;
  const mine_rows rows = groups_rows(g, group);
  mine_trained trained;
  if ((p->label || p->target) && !mine__prepared_learnable(p, rows)) {
    (void)mine__fail(
        env, MINE_DATA, "%s",
        p->label ? "its rows are all of one class" : "its rows all have the same target");
    return;
  }
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (mine__prepared_fit_one(env, p, g->method, rows, env->scratch, &trained) == MINE_OK) {
    for (int64_t i = 0; trained.group && i < rows.n; i++)
      g->found[g->by.at[g->by.first[group] + i]] = trained.group[i];
    if (mine__model_seal(env, trained.model)) {
      mine_model_free(trained.model);
    } else {
      g->model[group] = trained.model;
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

static void groups_keep_why(char why[GROUPS_WHY_BYTES], const char *error) {
  const size_t n = mine__utf8_prefix(error, strlen(error), GROUPS_WHY_BYTES - 1);
  memcpy(why, error, n);
  why[n] = '\0';
}

static void groups_task(mine_env *branch, void *context, int64_t task) {
  groups_fit *g = context;
  const int32_t group = g->order[task];
  groups_fit_one(branch, g, group);
  if (!g->model[group]) groups_keep_why(g->why[group], branch->error);
}

/* Groups order[from..to-1], side by side or one after another. */
static void groups_run(mine_env *env, groups_fit *g, int from, int to, int most) {
  groups_fit part = *g;
  part.order = g->order + from;
  if (to <= from || mine_failed(env)) return;
  mine_branches *branches = mine__branches_open(env, g->arena, most);
  if (branches) mine__branches_run(branches, to - from, groups_task, &part);
  mine__branches_close(branches);
}

static void groups_fit_all(mine_env *env, groups_fit *g) {
  int large = 0;
  while (large < g->n_order && groups_rows(g, g->order[large]).n >= MINE_PREPARED_LARGE)
    large++;
  groups_run(env, g, 0, large, 1);
  groups_run(env, g, large, g->n_order, env->threads);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void groups_show(const groups_fit *g, int64_t group, char shown[MINE_SHOW_BYTES]) {
  mine_cell cell;
  mine__values_get(g->value, group, &cell);
  (void)mine__show_cell(shown, &cell);
}

/* The members come to belong to the whole, or are freed. */
static void groups_adopt(mine_env *env, groups_fit *g, mine_model *whole, mine_grouped *body) {
  const size_t n = (size_t)g->value->n;
  body->feature = g->prepared->n_features;
  body->other = -1;
  body->of_level = mine__arena_array(whole->arena, n, sizeof *body->of_level);
  body->member = mine__arena_zeros(whole->arena, n, sizeof *body->member);
  for (size_t c = 0; c < n; c++) {
    mine_model *member = g->model[c];
    g->model[c] = NULL;
    if (mine_failed(env)) {
      mine_model_free(member);
      continue;
    }
    body->of_level[c] = member ? body->n_members : -1;
    if (!member || mine__model_adopt(env, whole, member)) continue;
    body->member[body->n_members++].model = member;
  }
}

static void groups_note(const groups_fit *g, mine_model *whole) {
  const mine_prepared *p = g->prepared;
  const char *column = p->about[p->n_features].name;
  const mine_grouped *body = whole->body;
  char shown[MINE_SHOW_BYTES];
  int told = 0, failed = 0;
  mine__model_note(whole, "groups", column, "%d models, one for each value", body->n_members);
  for (int64_t c = 0; c < g->value->n; c++) {
    const int64_t rows = groups_rows(g, (int32_t)c).n;
    groups_show(g, c, shown);
    if (rows == 0) continue;
    if (body->of_level[c] >= 0) {
      mine__model_note(whole, "group", shown, "%lld rows", (long long)rows);
    } else if (++failed <= GROUPS_TOLD) {
      told++;
      mine__model_note(whole, "warning", column, "%s has no model: %s; its rows get no answer",
                       shown, g->why[c]);
    }
  }
  if (failed > told)
    mine__model_note(whole, "warning", column, "%d more groups have no model", failed - told);
}

/* Measures of the fits that add up over groups. */
static void groups_measures(mine_model *whole) {
  const char *name = mine__measures[MINE_MEASURE_INERTIA].name;
  double sum = 0, value;
  int n = 0;
  for (int i = 0; i < whole->n_members; i++) {
    if (!mine__model_metric_find(whole->member[i], name, &value)) continue;
    sum += value;
    n++;
  }
  if (n > 0 && n == whole->n_members) mine__model_metric(whole, name, sum);
}

static void groups_none(mine_env *env, const groups_fit *g) {
  char shown[MINE_SHOW_BYTES];
  const mine_prepared *p = g->prepared;
  const int32_t first = g->order[0];
  groups_show(g, first, shown);
  mine__fail(env, MINE_DATA, "none of the %d groups of '%s' could be fitted (the largest, %s: %s)",
             g->n_order, p->about[p->n_features].name, shown, g->why[first]);
}

static void groups_whole(mine_env *env, groups_fit *g, mine_rows rows, mine_model **out) {
  mine_model *whole;
  *out = NULL;
  if (mine__prepared_model(env, g->prepared, g->method, g->prepared->n_features + 1, &whole))
    return;
  whole->kind = &mine__kind_grouped;
  whole->told.rows = rows.n;
  mine_grouped *body = mine__arena_zeros(whole->arena, 1, sizeof *body);
  whole->body = body;
  if (body) groups_adopt(env, g, whole, body);
  if (!mine_failed(env) && body->n_members == 0) groups_none(env, g);
  const char *problem =
      mine_failed(env) ? NULL : mine__members_bind(env, whole, body->member, body->n_members);
  if (problem && !mine_failed(env))
    (void)mine__fail(env, MINE_NUMERIC, "the models of the groups do not fit: %s", problem);
  if (!mine_failed(env)) groups_measures(whole);
  if (!mine_failed(env)) groups_note(g, whole);
  if (mine_failed(env)) {
    mine_model_free(whole);
    return;
  }
  *out = whole;
}

static void groups_free(groups_fit *g) {
  for (int64_t c = 0; g->model && c < g->value->n; c++)
    mine_model_free(g->model[c]);
}

mine_status mine__prepared_fit_groups(mine_env *env, const mine_prepared *p,
                                      const mine_method *method, mine_rows rows, mine_arena *arena,
                                      mine_trained *out) {
  *out = (mine_trained){NULL, NULL};
  groups_fit g = {.prepared = p, .method = method, .value = &p->about[p->n_features].levels.values};
  if (method->algorithm->finds) g.found = mine__arena_zeros(arena, (size_t)rows.n, sizeof *g.found);
  g.arena = mine__arena_open(env);
  if (g.arena) groups_sort(env, &g, rows);
  if (!mine_failed(env)) groups_order(env, &g);
  if (!mine_failed(env)) groups_fit_all(env, &g);
  if (!mine_failed(env)) groups_whole(env, &g, rows, &out->model);
  groups_free(&g);
  mine__arena_close(g.arena);
  out->group = g.found;
  return mine_env_status(env);
}
