/*
** recommender.c -- the model kind "recommender": made, into bytes and back, and what it lists
** (recommender.h).
*/
#include "recommender.h"

#include <stdio.h>
#include <string.h>

#include "../core/order.h"
#include "metrics.h"
#include "write.h"

#define RECOMMENDER_TAG     0x444d4352u /* "RCMD" */
#define RECOMMENDER_VERSION 1u

#define RECOMMENDER_EVENTS \
  "it is asked of what a customer took rather than a row; use FROM mine_recommend(model, source)"

const char *const mine__repeats[] = {"allow", "only", "exclude", NULL};

/* ---- making --------------------------------------------------------------------------------- */

static void recommender_copy(const mine_values *from, mine_arena *arena, mine_values *to) {
  mine__values_open(to, arena);
  for (int64_t i = 0; i < from->n; i++) {
    mine_cell cell;
    mine__values_get(from, i, &cell);
    if (!mine__values_push(to, &cell)) return;
  }
}

static void *recommender_copy_array(mine_arena *arena, const void *from, size_t n, size_t size) {
  void *to = mine__arena_array(arena, n, size);
  if (to && n > 0) memcpy(to, from, n * size);
  return to;
}

static int recommender_more_taken(const void *context, const void *a, const void *b) {
  const int64_t *taken = context;
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return taken[x] > taken[y];
}

/* What follows from the baskets. */
static void recommender_count(mine_env *env, mine_arena *arena, mine_recommender *to) {
  const size_t n = (size_t)to->n_items;
  to->of.customers = &to->customers;
  to->of.items = &to->items;
  mine__interactions_pairs(env, arena, &to->of);
  to->taken = mine__arena_zeros(arena, n, sizeof *to->taken);
  to->popular = mine__arena_array(arena, n, sizeof *to->popular);
  if (mine_failed(env)) return;
  for (int64_t p = 0; p < to->of.n_pairs; p++)
    to->taken[to->of.pair_item[p]]++;
  for (int32_t i = 0; i < to->n_items; i++)
    to->popular[i] = i;
  const mine_mark mark = mine__arena_mark(env->scratch);
  int32_t *spare = mine__arena_array(env->scratch, n, sizeof *spare);
  if (spare)
    mine__sort(env, to->popular, spare, n, sizeof *spare, recommender_more_taken, to->taken);
  mine__arena_rewind(env->scratch, mark);
}

mine_recommender *mine__recommender_make(mine_env *env, mine_model *model,
                                         const mine_interactions *of,
                                         const mine_recommending *how) {
  mine_arena *arena = model->arena;
  mine_recommender *to = mine__arena_zeros(arena, 1, sizeof *to);
  if (!to) return NULL;
  to->how = how;
  to->n_items = of->n_items;
  recommender_copy(of->items, arena, &to->items);
  recommender_copy(of->customers, arena, &to->customers);
  to->of = *of;
  to->of.basket_time = NULL;
  to->of.basket_first =
      recommender_copy_array(arena, of->basket_first, (size_t)of->n_customers + 1, sizeof(int64_t));
  to->of.event_first =
      recommender_copy_array(arena, of->event_first, (size_t)of->n_baskets + 1, sizeof(int64_t));
  to->of.event_item =
      recommender_copy_array(arena, of->event_item, (size_t)of->n_events, sizeof(int32_t));
  if (!how->keeps_amounts)
    to->of.event_amount = NULL;
  else if (of->event_amount)
    to->of.event_amount =
        recommender_copy_array(arena, of->event_amount, (size_t)of->n_events, sizeof(double));
  if (!mine_failed(env)) recommender_count(env, arena, to);
  model->body = to;
  return mine_failed(env) ? NULL : to;
}

/* ---- finding by value ------------------------------------------------------------------------ */

/* A dictionary of a list, in scratch. */
static int recommender_index(mine_env *env, const mine_values *values, mine_dictionary *out) {
  if (!mine__dictionary_open(out, env->scratch)) return 0;
  for (int64_t i = 0; i < values->n; i++) {
    mine_cell cell;
    mine__values_get(values, i, &cell);
    if (MINE_POLL_AT(env, i) || mine__dictionary_add(out, &cell) < 0) return 0;
  }
  return 1;
}

int64_t *mine__recommender_customers(mine_env *env, mine_arena *arena, const mine_recommender *of,
                                     const mine_values *asked) {
  mine_dictionary index;
  int64_t *to = mine__arena_array(arena, (size_t)asked->n, sizeof *to);
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (!to || !recommender_index(env, &of->customers, &index)) return NULL;
  for (int64_t i = 0; i < asked->n; i++) {
    mine_cell cell;
    mine__values_get(asked, i, &cell);
    to[i] = mine__dictionary_find(&index, &cell);
    if (MINE_POLL_AT(env, i)) return NULL;
  }
  mine__arena_rewind(env->scratch, mark);
  return to;
}

int32_t *mine__recommender_items(mine_env *env, mine_arena *arena, const mine_recommender *of,
                                 const mine_values *asked) {
  mine_dictionary index;
  int32_t *to = mine__arena_array(arena, (size_t)asked->n, sizeof *to);
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (!to || !recommender_index(env, &of->items, &index)) return NULL;
  for (int64_t i = 0; i < asked->n; i++) {
    mine_cell cell;
    mine__values_get(asked, i, &cell);
    to[i] = (int32_t)mine__dictionary_find(&index, &cell);
    if (MINE_POLL_AT(env, i)) return NULL;
  }
  mine__arena_rewind(env->scratch, mark);
  return to;
}

/* ---- save and load -------------------------------------------------------------------------- */

static void recommender_save_values(mine_writer *w, const mine_values *values) {
  mine__write_u64(w, (uint64_t)values->n);
  for (int64_t i = 0; i < values->n; i++) {
    mine_cell cell;
    mine__values_get(values, i, &cell);
    mine__write_cell(w, &cell);
  }
}

static void recommender_save(const mine_model *model, mine_writer *w) {
  const mine_recommender *of = model->body;
  recommender_save_values(w, &of->items);
  recommender_save_values(w, &of->customers);
  mine__interactions_write(w, &of->of, of->how->keeps_amounts);
  if (of->how->save) of->how->save(of, w);
}

/* Different values; two that are equal would be found as one. */
static void recommender_load_values(mine_reader *r, const char *name, const char *problem,
                                    mine_values *out) {
  const size_t n = mine__read_list(r, name, 1);
  mine_dictionary all;
  mine__values_open(out, r->arena);
  if (!mine__dictionary_open(&all, r->arena)) return;
  for (size_t i = 0; i < n && mine__reader_ok(r); i++) {
    mine_cell cell;
    mine__read_cell(mine__called(r, NULL), &cell);
    if (!mine__reader_ok(r)) break;
    if (cell.type == MINE_NULL || mine__dictionary_add(&all, &cell) != (int64_t)i)
      mine__reader_bad(r, problem);
  }
  mine__read_close(r);
  *out = all.values;
}

static const mine_recommending *recommender_how(const mine_model *model) {
  const mine_algorithm *algorithm = mine__algorithm_find(model->algorithm);
  return algorithm ? algorithm->recommends : NULL;
}

static void recommender_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_recommender *to = mine__arena_zeros(r->arena, 1, sizeof *to);
  (void)version; /* the only one so far */
  if (!to) mine__reader_bad(r, "memory");
  if (mine__reader_ok(r)) to->how = recommender_how(model);
  if (mine__reader_ok(r) && !to->how) mine__reader_bad(r, "the algorithm of a recommender");
  if (!mine__reader_ok(r)) return;
  recommender_load_values(r, "items", "an item", &to->items);
  recommender_load_values(r, "customers", "a customer", &to->customers);
  if (mine__reader_ok(r) && to->items.n > INT32_MAX) mine__reader_bad(r, "the number of items");
  if (mine__reader_ok(r) && to->items.n == 0) mine__reader_bad(r, "the number of items");
  if (!mine__reader_ok(r)) return;
  to->n_items = to->of.n_items = to->items.n;
  to->of.n_customers = to->customers.n;
  mine__interactions_load(r, &to->of);
  if (mine__reader_ok(r) && to->of.event_amount && !to->how->keeps_amounts)
    mine__reader_bad(r, "amounts");
  if (!mine__reader_ok(r)) return;
  recommender_count(r->env, r->arena, to);
  if (mine_failed(r->env)) {
    mine__reader_bad(r, "memory");
    return;
  }
  if (to->how->load) to->how->load(r, to);
  if (mine__reader_ok(r)) model->body = to;
}

/* ---- what it lists -------------------------------------------------------------------------- */

static void recommender_evaluate(mine_env *env, const mine_model *model, mine_relation *to) {
  if (model->told.n_metrics == 0) {
    (void)mine__fail(env, MINE_UNSUPPORTED,
                     "nothing was held out of the model's training; give the source of the events "
                     "that came later");
    return;
  }
  mine__metrics_list(model->told.metric, model->told.n_metrics, NULL, NULL, to);
}

static void recommender_summary(const mine_model *model, mine_relation *to) {
  const mine_recommender *of = model->body;
  char detail[160];
  snprintf(detail, sizeof detail, "%s: %s", mine__repeats[of->how->repeat],
           of->how->repeat == MINE_REPEAT_EXCLUDE
               ? "what a customer has taken is not offered again unless repeat= says so"
           : of->how->repeat == MINE_REPEAT_ONLY
               ? "only what a customer has taken is offered unless repeat= says otherwise"
               : "what a customer has taken is offered again unless repeat= says otherwise");
  mine__row_text(to, "repeat");
  mine__row_text(to, "");
  mine__row_text(to, detail);
  mine__relation_end_row(to);
  if (of->how->summary) of->how->summary(of, to);
}

static const mine_part recommender_parts[] = {
    {.verb = "mine_evaluate",
     .what = "how much of what was held out it would have offered",
     .list = recommender_evaluate},
    {.verb = NULL},
};

const mine_kind mine__kind_recommender = {
    .name = "recommender",
    .tag = RECOMMENDER_TAG,
    .version = RECOMMENDER_VERSION,
    .keeps_rows = MINE_KEEPS_ALL,
    .save = recommender_save,
    .load = recommender_load,
    .summary = recommender_summary,
    .parts = recommender_parts,
    .asked = RECOMMENDER_EVENTS,
    .written =
        {
            [MINE_FORMAT_TEXT] = {.why_not = RECOMMENDER_EVENTS},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
        },
};
