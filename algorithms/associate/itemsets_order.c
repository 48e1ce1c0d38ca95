/*
** itemsets_order.c -- itemsets in their order, and as a table.
**
** The order is by falling count, then rising size, then ranks.  All of the first
** two and as many leading ranks as fit are packed into one 64-bit key, which a
** radix sort orders; only equal keys are ever compared rank by rank.
*/
#include "../core/order.h"
#include "../core/radix.h"
#include "miner.h"

/* Rank bits, and how many ranks the key has room for. */
typedef struct order_layout {
  uint64_t most_count;
  int size_bits, rank_bits;
  uint32_t ranks;
  int key_bits;
} order_layout;

static uint64_t order_key(const order_layout *layout, const uint32_t *set) {
  uint64_t key = (layout->most_count - set[0]) << layout->size_bits | set[1];
  for (uint32_t i = 0; i < layout->ranks; i++) {
    key = key << layout->rank_bits | (i < set[1] ? set[2 + i] : 0);
  }
  return key;
}

static order_layout order_plan(const mine_itemsets *sets) {
  order_layout layout = {0};
  uint32_t longest = 0;
  size_t at = 0;
  for (int64_t s = 0; s < sets->n; s++) {
    const uint32_t *set = sets->data + at;
    if (set[0] > layout.most_count) layout.most_count = set[0];
    if (set[1] > longest) longest = set[1];
    at += (size_t)set[1] + 2;
  }
  layout.size_bits = mine__bits_needed(longest);
  layout.rank_bits = mine__bits_needed(sets->n_items);
  const int used = mine__bits_needed(layout.most_count) + layout.size_bits;
  layout.ranks = (uint32_t)((64 - used) / layout.rank_bits);
  if (layout.ranks > longest) layout.ranks = longest;
  layout.key_bits = used + (int)layout.ranks * layout.rank_bits;
  return layout;
}

/* By ranks where the keys are equal; both sets have the same size. */
static int order_before(const void *context, const void *a, const void *b) {
  const mine_itemsets *sets = context;
  const uint32_t *x = sets->data + ((const mine__place *)a)->at;
  const uint32_t *y = sets->data + ((const mine__place *)b)->at;
  for (uint32_t i = 0; i < x[1]; i++) {
    if (x[2 + i] != y[2 + i]) return x[2 + i] < y[2 + i];
  }
  return 0;
}

static void order_sort(mine_env *env, const mine_itemsets *sets, mine__place *place,
                       mine__place *spare) {
  const order_layout layout = order_plan(sets);
  size_t at = 0;
  for (int64_t s = 0; s < sets->n; s++) {
    place[s] = (mine__place){order_key(&layout, sets->data + at), at};
    at += (size_t)sets->data[at + 1] + 2;
  }
  mine__sort_places(env, place, spare, sets->n, layout.key_bits);
  for (int64_t from = 0, to; from < sets->n && !mine_failed(env); from = to) {
    for (to = from + 1; to < sets->n && place[to].key == place[from].key; to++)
      continue;
    if (to - from == 1) continue;
    mine__sort(env, place + from, spare, (size_t)(to - from), sizeof *place, order_before, sets);
  }
}

void mine__itemsets_sort(mine_env *env, mine_arena *arena, mine_itemsets *sets) {
  sets->at = mine__arena_array(arena, (size_t)sets->n, sizeof *sets->at);
  if (!sets->at || sets->n == 0) return;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine__place *place = mine__arena_array(env->scratch, (size_t)sets->n, sizeof *place);
  mine__place *spare = mine__arena_array(env->scratch, (size_t)sets->n, sizeof *spare);
  if (place && spare) order_sort(env, sets, place, spare);
  for (int64_t s = 0; s < sets->n && !mine_failed(env); s++)
    sets->at[s] = place[s].at;
  mine__arena_rewind(env->scratch, mark);
}

/* ---- as a table ------------------------------------------------------------------- */

mine_status mine__item_texts_make(mine_env *env, mine_arena *arena, const mine_itemsets *sets,
                                  const mine_values *names, mine_item_texts *out) {
  out->text = mine__arena_array(arena, sets->n_items, sizeof *out->text);
  out->bytes = mine__arena_array(arena, sets->n_items, sizeof *out->bytes);
  if (!out->text || !out->bytes) return mine_env_status(env);
  mine_text json;
  mine__text_open(&json, arena);
  for (uint32_t r = 0; r < sets->n_items && !mine_failed(env); r++) {
    mine_cell cell;
    mine__values_get(names, sets->code[r], &cell);
    json.bytes = 0;
    mine__text_add_cell_json(&json, &cell);
    if (json.failed) break;
    out->bytes[r] = json.bytes;
    out->text[r] = mine__arena_text(arena, json.data, json.bytes);
  }
  return mine_env_status(env);
}

void mine__item_texts_join(const mine_item_texts *items, const uint32_t *rank, size_t n,
                           mine_text *out) {
  out->bytes = 0;
  for (size_t i = 0; i < n; i++) {
    mine__text_add(out, i ? "," : "[", 1);
    mine__text_add(out, items->text[rank[i]], items->bytes[rank[i]]);
  }
  mine__text_add(out, "]", 1);
}

static void itemsets_rows(mine_env *env, const mine_itemsets *sets, const mine_item_texts *items,
                          mine_relation *relation) {
  mine_text json;
  mine__text_open(&json, env->scratch);
  for (int64_t s = 0; s < sets->n; s++) {
    const uint32_t *set = sets->data + sets->at[s];
    mine__item_texts_join(items, set + 2, set[1], &json);
    const mine_cell cell = {.type = MINE_TEXT, .bytes = json.bytes, .as.text = json.data};
    if (json.failed) break;
    mine__row_cell(relation, &cell);
    mine__row_int(relation, set[1]);
    mine__row_int(relation, set[0]);
    mine__row_real(relation, (double)set[0] / (double)sets->baskets);
    mine__relation_end_row(relation);
    if (s % 4096 == 0 && mine__poll(env)) break;
  }
}

mine_status mine__itemsets_relation(mine_env *env, const mine_itemsets *sets,
                                    const mine_values *names, mine_relation *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_item_texts items;
  if (mine__item_texts_make(env, env->scratch, sets, names, &items) == MINE_OK) {
    itemsets_rows(env, sets, &items, out);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
