/*
** vertical.c -- frequent itemsets from lists of baskets (Eclat: Zaki, IEEE TKDE 12, 2000), for
** what the counts of itemsets.c cannot do: baskets with weights, and items in groups.
**
** A set is frequent when it is in enough baskets *and* these weigh enough (something at
** least); neither grows when an item is added, so both end a branch.  Of an item and a group
** above it the pair is never made, so nothing with both is looked at (Srikant & Agrawal, VLDB
** 1995).  Items are tried from the rarest to the most frequent: a node holds the items that may
** still join its set, each with the baskets of the two together.
*/
#include <string.h>

#include "../core/order.h"
#include "miner.h"

#define VERTICAL_DEEPEST 200
#define VERTICAL_WORK    (1 << 20) /* steps between two questions to the host */

typedef struct vertical_list {
  uint32_t rank, count;
  double weight;
  uint32_t *basket; /* rising */
} vertical_list;

typedef struct vertical {
  mine_env *env;
  mine_arena *arena;
  const mine_transactions *t;
  const mine_hierarchy *h;
  const mine_itemset_query *query;
  double min_weight;
  mine_itemsets *sets;
  size_t used, data_capacity, place_capacity, weight_capacity;
  size_t *place; /* of each set in data, as they are found: rising */
  double *weight;
  uint32_t prefix[VERTICAL_DEEPEST + 1]; /* falling ranks */
  int64_t work;
} vertical;

/* ---- answers ----------------------------------------------------------------------------- */

static int vertical_enough(const vertical *v, uint32_t count, double weight) {
  return (int64_t)count >= v->query->min_count && weight >= v->min_weight && weight > 0;
}

/* The prefix of n ranks is a frequent set. */
static void vertical_answer(vertical *v, uint32_t n, uint32_t count, double weight) {
  mine_itemsets *sets = v->sets;
  if (sets->n >= v->query->max_itemsets) {
    mine__fail(v->env, MINE_LIMIT,
               "more than max_itemsets=%lld itemsets; raise min_support (or min_count), set "
               "max_length, or raise max_itemsets",
               (long long)v->query->max_itemsets);
    return;
  }
  if (!MINE_RESERVE(v->arena, sets->data, v->data_capacity, v->used + n + 2) ||
      !MINE_RESERVE(v->env->scratch, v->place, v->place_capacity, (size_t)sets->n + 1) ||
      !MINE_RESERVE(v->env->scratch, v->weight, v->weight_capacity, (size_t)sets->n + 1))
    return;
  v->place[sets->n] = v->used;
  v->weight[sets->n++] = weight;
  sets->data[v->used++] = count;
  sets->data[v->used++] = n;
  for (uint32_t i = 0; i < n; i++)
    sets->data[v->used++] = v->prefix[n - 1 - i];
}

/* ---- the tree ------------------------------------------------------------------------------ */

static int vertical_related(const vertical *v, uint32_t a, uint32_t b) {
  return v->h && mine__hierarchy_related(v->h, v->sets->code[a], v->sets->code[b]);
}

static double vertical_weigh(const vertical *v, const uint32_t *basket, uint32_t n) {
  if (!v->t->weight) return n;
  double sum = 0;
  for (uint32_t i = 0; i < n; i++)
    sum += v->t->weight[basket[i]];
  return sum;
}

/* The baskets of both, in out, which has room for the shorter list. */
static uint32_t vertical_meet(vertical *v, const vertical_list *a, const vertical_list *b,
                              uint32_t *out) {
  uint32_t n = 0, i = 0, j = 0;
  while (i < a->count && j < b->count) {
    const uint32_t x = a->basket[i], y = b->basket[j];
    out[n] = x;
    n += x == y;
    i += x <= y;
    j += y <= x;
  }
  v->work += i + j;
  return n;
}

/* What may join item k of a node once that has joined: those behind it, where both together
** are frequent and none is above the other.  In `room`. */
static uint32_t vertical_children(vertical *v, mine_arena *room, const vertical_list *item,
                                  uint32_t k, uint32_t n, vertical_list **child) {
  uint32_t *meets = mine__arena_array(room, item[k].count, sizeof *meets), children = 0;
  *child = mine__arena_array(room, n - k - 1, sizeof **child);
  if (!meets || !*child) return 0;
  for (uint32_t j = k + 1; j < n; j++) {
    if (vertical_related(v, item[k].rank, item[j].rank)) continue;
    const uint32_t count = vertical_meet(v, &item[k], &item[j], meets);
    const double weight = vertical_weigh(v, meets, count);
    if (v->work > VERTICAL_WORK) {
      v->work = 0;
      if (mine__poll(v->env)) return 0;
    }
    if (count == 0 || !vertical_enough(v, count, weight)) continue;
    uint32_t *basket = mine__arena_array(room, count, sizeof *basket);
    if (!basket) return 0;
    memcpy(basket, meets, count * sizeof *basket);
    (*child)[children++] = (vertical_list){item[j].rank, count, weight, basket};
  }
  return children;
}

/* `item` is what may join the prefix of `depth` ranks, the rarest first. */
static void vertical_node(vertical *v, const vertical_list *item, uint32_t n, uint32_t depth) {
  if (depth >= VERTICAL_DEEPEST) {
    mine__fail(v->env, MINE_LIMIT, "itemsets of more than %d items; set max_length",
               VERTICAL_DEEPEST);
    return;
  }
  for (uint32_t k = 0; k < n && !mine_failed(v->env); k++) {
    v->prefix[depth] = item[k].rank;
    vertical_answer(v, depth + 1, item[k].count, item[k].weight);
    if ((int64_t)depth + 1 >= v->query->max_length || k + 1 == n) continue;
    mine_arena *room = mine__arena_open(v->env);
    if (!room) return;
    vertical_list *child;
    const uint32_t children = vertical_children(v, room, item, k, n, &child);
    if (children > 0 && !mine_failed(v->env)) vertical_node(v, child, children, depth + 1);
    mine__arena_close(room);
    if (depth == 0 && mine__poll_progress(v->env, "itemsets", (double)k / (double)n)) return;
  }
}

/* ---- the single items ---------------------------------------------------------------------- */

/* The lists of all items by code, and the codes of the frequent ones in their order. */
static vertical_list *vertical_lists(vertical *v, uint32_t **code, uint32_t *frequent) {
  const mine_transactions *t = v->t;
  mine_arena *scratch = v->env->scratch;
  vertical_list *list = mine__arena_zeros(scratch, t->items, sizeof *list);
  uint32_t *count = mine__arena_zeros(scratch, t->items, sizeof *count);
  uint32_t *baskets = mine__arena_array(scratch, t->start[t->baskets], sizeof *baskets);
  uint32_t *spare = mine__arena_array(scratch, t->items, sizeof *spare);
  *code = mine__arena_array(v->arena, t->items, sizeof **code);
  if (!list || !count || !baskets || !spare || !*code) return NULL;
  for (uint32_t p = 0; p < t->start[t->baskets]; p++)
    count[t->item[p]]++;
  for (uint32_t x = 0; x < t->items; x++) {
    list[x].basket = baskets;
    baskets += count[x];
  }
  for (int64_t b = 0; b < t->baskets; b++) {
    for (uint32_t p = t->start[b]; p < t->start[b + 1]; p++)
      list[t->item[p]].basket[list[t->item[p]].count++] = (uint32_t)b;
    if (b % 16384 == 0 && mine__poll(v->env)) return NULL;
  }
  for (uint32_t x = 0; x < t->items; x++) {
    list[x].weight = vertical_weigh(v, list[x].basket, list[x].count);
    if (list[x].count > 0 && vertical_enough(v, list[x].count, list[x].weight))
      (*code)[(*frequent)++] = x;
  }
  const miner_order order = {t, count};
  mine__sort(v->env, *code, spare, *frequent, sizeof *spare, mine__miner_before, &order);
  return mine_failed(v->env) ? NULL : list;
}

static void vertical_run(vertical *v) {
  mine_itemsets *sets = v->sets;
  const vertical_list *list = vertical_lists(v, &sets->code, &sets->n_items);
  vertical_list *item = mine__arena_array(v->env->scratch, sets->n_items, sizeof *item);
  if (!list || !item) return;
  for (uint32_t r = 0; r < sets->n_items; r++) { /* the rarest first */
    item[sets->n_items - 1 - r] = list[sets->code[r]];
    item[sets->n_items - 1 - r].rank = r;
  }
  vertical_node(v, item, sets->n_items, 0);
}

/* The weights in the order that the sets got; `place` is rising. */
static void vertical_weights(vertical *v) {
  const mine_itemsets *sets = v->sets;
  double *weight = mine__arena_array(v->arena, (size_t)sets->n, sizeof *weight);
  if (!weight) return;
  for (int64_t s = 0; s < sets->n; s++) {
    int64_t low = 0, high = sets->n - 1;
    while (low < high) {
      const int64_t middle = (low + high) / 2;
      if (v->place[middle] < sets->at[s])
        low = middle + 1;
      else
        high = middle;
    }
    weight[s] = v->weight[low];
  }
  v->sets->weight = weight;
}

mine_status mine__itemsets_vertical(mine_env *env, mine_arena *arena,
                                    const mine_transactions *baskets, const mine_hierarchy *h,
                                    const mine_itemset_query *query, double min_weight,
                                    mine_itemsets *out) {
  *out = (mine_itemsets){.baskets = baskets->baskets, .total = (double)baskets->baskets};
  vertical v = {.env = env,
                .arena = arena,
                .t = baskets,
                .h = h,
                .query = query,
                /* a share of a rounded sum, as mine__min_count forgives it */
                .min_weight = min_weight * (1 - 1e-9),
                .sets = out};
  if (baskets->weight) {
    out->total = 0;
    for (int64_t b = 0; b < baskets->baskets; b++)
      out->total += baskets->weight[b];
  }
  const mine_mark mark = mine__arena_mark(env->scratch);
  vertical_run(&v);
  if (!mine_failed(env)) mine__itemsets_sort(env, arena, out);
  if (!mine_failed(env) && baskets->weight) vertical_weights(&v);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
