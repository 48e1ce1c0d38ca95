/*
** baskets_groups.c -- the baskets of each region, mined on their own and side by side.
**
** Rows are put in order of their groups, and baskets numbered anew in each: a basket with rows
** in two counts in both.  Then a group is a piece of work that shares nothing with the others.
** It runs in a branch (core/branch.h) and leaves rows, notes, or a sentence why there are none;
** these are put together in the order of the values, so that threads are not seen.
*/
#include "baskets_groups.h"

#include <string.h>

#include "../core/branch.h"
#include "../core/order.h"
#include "../core/radix.h"

#define BASKETS_LARGE 100000 /* rows from which on a group uses all threads by itself */

/* What a group came to. */
typedef struct basket_groups_answer {
  mine_relation *rows, *notes; /* NULL: none */
  mine_status status;
  char error[MINE_ERROR_BYTES];
} basket_groups_answer;

typedef struct basket_groups_work {
  mine_job *job;
  const mine__baskets_rows *all;
  const mine_values *value; /* of the groups */
  mine__baskets_mine mine;
  const mine_answer *columns;
  mine__by_code by;
  int32_t *basket;    /* per place in by.at: the basket's number in its group */
  int64_t *n_baskets; /* per group                                            */
  int32_t *order;     /* groups by their values                               */
  int32_t *turn;      /* groups in the order in which they run                */
  basket_groups_answer *answer;
} basket_groups_work;

static int64_t basket_groups_rows(const basket_groups_work *g, int32_t group) {
  return g->by.first[group + 1] - g->by.first[group];
}

/* ---- before ------------------------------------------------------------------------------- */

/* Number the baskets of each group from 0. */
static void basket_groups_number(basket_groups_work *g, mine_arena *arena) {
  const mine__baskets_rows *all = g->all;
  const size_t baskets = (size_t)all->n_baskets;
  int32_t *number = mine__arena_zeros(arena, baskets, sizeof *number);
  int32_t *seen = mine__arena_array(arena, baskets, sizeof *seen);
  if (mine_failed(g->job->env)) return;
  memset(seen, -1, baskets * sizeof *seen);
  for (int32_t group = 0; group < g->value->n; group++) {
    for (int64_t i = g->by.first[group]; i < g->by.first[group + 1]; i++) {
      const uint32_t row = g->by.at[i];
      const int32_t old = all->basket[row];
      g->basket[i] = -1;
      if (old < 0 || all->item[row] < 0) continue;
      if (seen[old] != group) {
        seen[old] = group;
        number[old] = (int32_t)g->n_baskets[group]++;
      }
      g->basket[i] = number[old];
    }
  }
}

static int basket_groups_before(const void *context, const void *a, const void *b) {
  mine_cell x, y;
  mine__values_get(context, *(const int32_t *)a, &x);
  mine__values_get(context, *(const int32_t *)b, &y);
  return mine__cell_compare(&x, &y) < 0;
}

static int basket_groups_larger(const void *context, const void *a, const void *b) {
  return basket_groups_rows(context, *(const int32_t *)a) >
         basket_groups_rows(context, *(const int32_t *)b);
}

static void basket_groups_open(basket_groups_work *g, const mine_column *group) {
  mine_env *env = g->job->env;
  mine_arena *arena = g->job->arena;
  const size_t n = (size_t)g->value->n;
  if (!mine__sort_codes(arena, group->code, g->all->n, (int64_t)n, &g->by)) return;
  g->basket = mine__arena_array(arena, (size_t)g->by.first[n], sizeof *g->basket);
  g->n_baskets = mine__arena_zeros(arena, n, sizeof *g->n_baskets);
  g->order = mine__arena_array(arena, n, sizeof *g->order);
  g->turn = mine__arena_array(arena, n, sizeof *g->turn);
  g->answer = mine__arena_zeros(arena, n, sizeof *g->answer);
  int32_t *spare = mine__arena_array(arena, n, sizeof *spare);
  if (mine_failed(env)) return;
  basket_groups_number(g, arena);
  for (int32_t c = 0; c < (int32_t)n; c++)
    g->order[c] = c;
  mine__sort(env, g->order, spare, n, sizeof *g->order, basket_groups_before, g->value);
  memcpy(g->turn, g->order, n * sizeof *g->turn);
  mine__sort(env, g->turn, spare, n, sizeof *g->turn, basket_groups_larger, g);
}

/* ---- one group ------------------------------------------------------------------------------ */

/* Its rows with both values; 0: no memory. */
static int basket_groups_gather(const basket_groups_work *g, mine_arena *arena, int32_t group,
                                mine__baskets_rows *out) {
  const int64_t first = g->by.first[group], n = basket_groups_rows(g, group);
  int32_t *basket = mine__arena_array(arena, (size_t)n, sizeof *basket);
  int32_t *item = mine__arena_array(arena, (size_t)n, sizeof *item);
  const mine__baskets_rows *all = g->all;
  double *weight = all->weight ? mine__arena_array(arena, (size_t)n, sizeof *weight) : NULL;
  double *quantity = all->quantity ? mine__arena_array(arena, (size_t)n, sizeof *quantity) : NULL;
  *out = (mine__baskets_rows){.basket = basket,
                              .item = item,
                              .n_baskets = g->n_baskets[group],
                              .n_items = all->n_items,
                              .weight = weight,
                              .quantity = quantity,
                              .items = all->items};
  if (!basket || !item || (all->weight && !weight) || (all->quantity && !quantity)) return 0;
  for (int64_t i = first; i < first + n; i++) {
    if (g->basket[i] < 0) continue;
    const uint32_t row = g->by.at[i];
    basket[out->n] = g->basket[i];
    item[out->n] = all->item[row];
    if (weight) weight[out->n] = all->weight[row];
    if (quantity) quantity[out->n] = all->quantity[row];
    out->n++;
  }
  return 1;
}

static void basket_groups_mine(mine_env *branch, const basket_groups_work *g, mine_arena *arena,
                               int32_t group, basket_groups_answer *answer) {
  mine_job job = *g->job;
  mine__baskets_rows rows;
  mine_cell value;
  mine_text name;
  job.env = branch;
  job.notes = NULL;
  mine__values_get(g->value, group, &value);
  mine__text_open(&name, arena);
  mine__text_add_shown(&name, &value);
  if (name.failed || !basket_groups_gather(g, arena, group, &rows) || rows.n == 0) return;
  mine_relation *out = mine__relation_new(branch, g->columns);
  if (!out) return;
  mine__relation_group(out, &value);
  g->mine(&job, arena, &rows, name.data, out);
  (void)mine__relation_finish(branch, out, &answer->rows);
  if (job.notes) (void)mine__relation_finish(branch, job.notes, &answer->notes);
}

static void basket_groups_task(mine_env *branch, void *context, int64_t task) {
  const basket_groups_work *g = context;
  const int32_t group = g->turn[task];
  basket_groups_answer *answer = &g->answer[group];
  const mine_mark mark = mine__arena_mark(branch->scratch);
  mine_arena *arena = mine__arena_open(branch);
  if (arena) basket_groups_mine(branch, g, arena, group, answer);
  mine__arena_close(arena);
  mine__arena_rewind(branch->scratch, mark);
  answer->status = branch->status;
  if (answer->status) memcpy(answer->error, branch->error, sizeof answer->error);
}

/* ---- all of them ---------------------------------------------------------------------------- */

static void basket_groups_run(const basket_groups_work *g, int64_t from, int64_t to, int most) {
  mine_env *env = g->job->env;
  basket_groups_work part = *g;
  part.turn = g->turn + from;
  if (to <= from || mine_failed(env)) return;
  mine_branches *branches = mine__branches_open(env, g->job->arena, most);
  if (branches) mine__branches_run(branches, to - from, basket_groups_task, &part);
  mine__branches_close(branches);
}

/* The answers in the order of the values; what follows a failure is freed. */
static void basket_groups_collect(const basket_groups_work *g, mine_relation *out) {
  mine_job *job = g->job;
  for (int64_t i = 0; i < g->value->n; i++) {
    basket_groups_answer *answer = &g->answer[g->order[i]];
    if (answer->status && !mine_failed(job->env))
      (void)mine__fail(job->env, answer->status, "%s", answer->error);
    if (!mine_failed(job->env) && answer->rows) {
      (void)mine__relation_move(job->env, answer->rows, out);
      answer->rows = NULL;
    }
    if (!mine_failed(job->env) && answer->notes) {
      mine__job_note_all(job, answer->notes);
      answer->notes = NULL;
    }
    mine_relation_free(answer->rows);
    mine_relation_free(answer->notes);
  }
}

mine_status mine__baskets_by_group(mine_job *job, const mine__baskets_rows *rows,
                                   const mine_column *group, mine__baskets_mine mine,
                                   mine_relation *out) {
  basket_groups_work g = {
      .job = job, .all = rows, .value = &group->levels, .mine = mine, .columns = job->verb->answer};
  basket_groups_open(&g, group);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  int64_t large = 0;
  while (large < g.value->n && basket_groups_rows(&g, g.turn[large]) >= BASKETS_LARGE)
    large++;
  basket_groups_run(&g, 0, large, 1);
  basket_groups_run(&g, large, g.value->n, job->env->threads);
  basket_groups_collect(&g, out);
  return mine_env_status(job->env);
}
