/*
** itemsets_order.c -- itemsets in their order, and as a table.
**
** The order is by falling count, then rising size, then ranks.  All of the first
** two and as many leading ranks as fit are packed into one 64-bit key, which a
** radix sort orders; only equal keys are ever compared rank by rank.
*/
#include <string.h>

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
    at += mine__itemset_words(sets, set);
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
    at += mine__itemset_words(sets, sets->data + at);
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

void mine__item_texts_join(const mine_json_values *items, const uint32_t *rank, size_t n,
                           mine_text *out) {
  out->bytes = 0;
  for (size_t i = 0; i < n; i++) {
    mine__text_add(out, i ? "," : "[", 1);
    mine__text_add(out, items->text[rank[i]], items->bytes[rank[i]]);
  }
  mine__text_add(out, "]", 1);
}

/* Cells are made when they are read: from the sets, or from tallies of them. */
typedef struct itemsets_rows {
  mine_itemsets sets;
  mine_json_values items;
  char *room;    /* for the longest text */
  int64_t *ends; /* of each tally: the row behind its last */
  int64_t tally; /* of the row that was read last          */
} itemsets_rows;

static char *itemsets_put(char *at, const char *from, size_t bytes) {
  memcpy(at, from, bytes);
  return at + bytes;
}

static void itemsets_json(const itemsets_rows *rows, const uint32_t *set, mine_cell *out) {
  char *at = rows->room;
  for (uint32_t i = 0; i < set[1]; i++) {
    *at++ = i ? ',' : '[';
    at = itemsets_put(at, rows->items.text[set[2 + i]], rows->items.bytes[set[2 + i]]);
  }
  *at++ = ']';
  *out = (mine_cell){.type = MINE_TEXT, .as.text = rows->room, .bytes = (size_t)(at - rows->room)};
}

static void itemsets_number(const itemsets_rows *rows, uint32_t count, uint32_t size, int column,
                            mine_cell *out) {
  if (column == MINE_ITEMSETS_SUPPORT)
    *out = (mine_cell){.type = MINE_REAL, .as.real = (double)count / (double)rows->sets.baskets};
  else
    *out = (mine_cell){.type = MINE_INT, .as.integer = column == MINE_ITEMSETS_SIZE ? size : count};
}

static void itemsets_make(void *maker, int64_t row, int column, mine_cell *out) {
  const itemsets_rows *rows = maker;
  const uint32_t *set = rows->sets.data + rows->sets.at[row];
  if (column == MINE_ITEMSETS_ITEMSET)
    itemsets_json(rows, set, out);
  else if (column == MINE_ITEMSETS_SUPPORT && rows->sets.weighted)
    *out = (mine_cell){.type = MINE_REAL,
                       .as.real = mine__itemset_weight(&rows->sets, row) / rows->sets.total};
  else
    itemsets_number(rows, set[0], set[1], column, out);
}

/* Rows are mostly read one after the other. */
static void itemsets_make_counted(void *maker, int64_t row, int column, mine_cell *out) {
  itemsets_rows *rows = maker;
  if (rows->tally > 0 && row < rows->ends[rows->tally - 1]) rows->tally = 0;
  while (row >= rows->ends[rows->tally])
    rows->tally++;
  const mine_itemset_tally *tally = &rows->sets.tally[rows->tally];
  *out = (mine_cell){.type = MINE_NULL};
  if (column != MINE_ITEMSETS_ITEMSET)
    itemsets_number(rows, tally->count, tally->size, column, out);
}

/* What the longest text needs. */
static size_t itemsets_room(mine_env *env, const mine_itemsets *sets,
                            const mine_json_values *items) {
  size_t most = 0, next = 0;
  for (int64_t s = 0; s < sets->n; s++) { /* as they were found: in the order of memory */
    const uint32_t *set = sets->data + next;
    size_t bytes = (size_t)set[1] + 1;
    for (uint32_t i = 0; i < set[1]; i++)
      bytes += items->bytes[set[2 + i]];
    if (bytes > most) most = bytes;
    next += mine__itemset_words(sets, set);
    if (s % 65536 == 0 && mine__poll(env)) break;
  }
  return most;
}

mine_status mine__itemsets_relation(mine_env *env, const mine_itemsets *sets,
                                    const mine_values *names, mine_relation *out) {
  itemsets_rows *rows = mine__arena_zeros(out->arena, 1, sizeof *rows);
  if (!rows || sets->n == 0) return mine_env_status(env);
  rows->sets = *sets;
  if (sets->tally) {
    rows->ends = mine__arena_array(out->arena, (size_t)sets->n_tallies, sizeof *rows->ends);
    for (int64_t i = 0, end = 0; rows->ends && i < sets->n_tallies; i++)
      rows->ends[i] = end += sets->tally[i].sets;
  } else {
    MINE_TRY(
        mine__json_values_make(env, out->arena, names, sets->code, sets->n_items, &rows->items));
    rows->room = mine__arena_array(out->arena, itemsets_room(env, sets, &rows->items), 1);
  }
  if (mine_failed(env)) return mine_env_status(env);
  mine__relation_made(out, sets->n, sets->tally ? itemsets_make_counted : itemsets_make, rows);
  return MINE_OK;
}
