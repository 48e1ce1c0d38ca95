/*
** order.c -- itemsets in their order, and as a table.
**
** The order is by falling count, then rising size, then ranks.  All of the first
** two and as many leading ranks as fit are packed into one 64-bit key, which a
** radix sort orders; only equal keys are ever compared rank by rank.
*/
#include <string.h>

#include "miner.h"

#define ORDER_DIGIT 11
#define ORDER_SLOTS ((size_t)1 << ORDER_DIGIT)

typedef struct order_entry {
  uint64_t key;
  size_t at;
} order_entry;

static int order_bits(uint64_t most) {
  int bits = 0;
  for (; most > 0; most >>= 1)
    bits++;
  return bits;
}

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
  layout.size_bits = order_bits(longest);
  layout.rank_bits = order_bits(sets->n_items);
  const int used = order_bits(layout.most_count) + layout.size_bits;
  layout.ranks = (uint32_t)((64 - used) / layout.rank_bits);
  if (layout.ranks > longest) layout.ranks = longest;
  layout.key_bits = used + (int)layout.ranks * layout.rank_bits;
  return layout;
}

/* Stable distribution by one digit; 0 when all entries have the same. */
static int order_pass(const order_entry *from, order_entry *to, int64_t n, int shift,
                      size_t *slot) {
  memset(slot, 0, ORDER_SLOTS * sizeof *slot);
  for (int64_t i = 0; i < n; i++)
    slot[from[i].key >> shift & (ORDER_SLOTS - 1)]++;
  if (slot[from[0].key >> shift & (ORDER_SLOTS - 1)] == (size_t)n) return 0;
  size_t sum = 0;
  for (size_t d = 0; d < ORDER_SLOTS; d++) {
    const size_t here = slot[d];
    slot[d] = sum;
    sum += here;
  }
  for (int64_t i = 0; i < n; i++)
    to[slot[from[i].key >> shift & (ORDER_SLOTS - 1)]++] = from[i];
  return 1;
}

/* Whether the set at a stands behind the one at b; both have the same size. */
static int order_behind(const mine_itemsets *sets, size_t a, size_t b) {
  const uint32_t *x = sets->data + a, *y = sets->data + b;
  for (uint32_t i = 0; i < x[1]; i++) {
    if (x[2 + i] != y[2 + i]) return x[2 + i] > y[2 + i];
  }
  return 0;
}

/* Merge sort of entries with equal keys. */
static void order_equal(const mine_itemsets *sets, order_entry *entry, order_entry *spare,
                        size_t n) {
  for (size_t run = 1; run < n; run *= 2) {
    for (size_t from = 0; from < n; from += 2 * run) {
      const size_t middle = from + run < n ? from + run : n;
      const size_t to = middle + run < n ? middle + run : n;
      size_t a = from, b = middle;
      for (size_t at = from; at < to; at++) {
        const int right = a == middle || (b < to && order_behind(sets, entry[a].at, entry[b].at));
        spare[at] = right ? entry[b++] : entry[a++];
      }
    }
    memcpy(entry, spare, n * sizeof *entry);
  }
}

static mine_status order_sort(mine_env *env, const mine_itemsets *sets, order_entry **entry,
                              order_entry **spare, size_t *slot) {
  const order_layout layout = order_plan(sets);
  size_t at = 0;
  for (int64_t s = 0; s < sets->n; s++) {
    (*entry)[s] = (order_entry){order_key(&layout, sets->data + at), at};
    at += (size_t)sets->data[at + 1] + 2;
  }
  for (int shift = 0; shift < layout.key_bits; shift += ORDER_DIGIT) {
    if (order_pass(*entry, *spare, sets->n, shift, slot)) {
      order_entry *const sorted = *spare;
      *spare = *entry;
      *entry = sorted;
    }
    if (mine_poll(env)) return mine_env_status(env);
  }
  for (int64_t from = 0, to; from < sets->n; from = to) {
    for (to = from + 1; to < sets->n && (*entry)[to].key == (*entry)[from].key; to++)
      continue;
    if (to - from > 1) order_equal(sets, *entry + from, *spare, (size_t)(to - from));
  }
  return MINE_OK;
}

mine_status mine_itemsets_sort(mine_env *env, mine_arena *arena, mine_itemsets *sets) {
  sets->at = mine_arena_array(arena, (size_t)sets->n, sizeof *sets->at);
  if (!sets->at || sets->n == 0) return mine_env_status(env);
  const mine_mark mark = mine_arena_mark(env->scratch);
  order_entry *entry = mine_arena_array(env->scratch, (size_t)sets->n, sizeof *entry);
  order_entry *spare = mine_arena_array(env->scratch, (size_t)sets->n, sizeof *spare);
  size_t *slot = mine_arena_array(env->scratch, ORDER_SLOTS, sizeof *slot);
  if (entry && spare && slot && order_sort(env, sets, &entry, &spare, slot) == MINE_OK) {
    for (int64_t s = 0; s < sets->n; s++)
      sets->at[s] = entry[s].at;
  }
  mine_arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- as a table ------------------------------------------------------------------- */

mine_status mine_item_texts_make(mine_env *env, mine_arena *arena, const mine_itemsets *sets,
                                 const mine_values *names, mine_item_texts *out) {
  out->text = mine_arena_array(arena, sets->n_items, sizeof *out->text);
  out->bytes = mine_arena_array(arena, sets->n_items, sizeof *out->bytes);
  if (!out->text || !out->bytes) return mine_env_status(env);
  mine_text json;
  mine_text_open(&json, arena);
  for (uint32_t r = 0; r < sets->n_items && !mine_env_status(env); r++) {
    mine_cell cell;
    mine_values_get(names, sets->code[r], &cell);
    json.bytes = 0;
    mine_text_add_cell_json(&json, &cell);
    if (json.failed) break;
    out->bytes[r] = json.bytes;
    out->text[r] = mine_arena_text(arena, json.data, json.bytes);
  }
  return mine_env_status(env);
}

void mine_item_texts_join(const mine_item_texts *items, const uint32_t *rank, size_t n,
                          mine_text *out) {
  out->bytes = 0;
  for (size_t i = 0; i < n; i++) {
    mine_text_add(out, i ? "," : "[", 1);
    mine_text_add(out, items->text[rank[i]], items->bytes[rank[i]]);
  }
  mine_text_add(out, "]", 1);
}

static mine_status itemsets_rows(mine_env *env, const mine_itemsets *sets,
                                 const mine_item_texts *items, mine_relation *relation) {
  mine_text json;
  mine_text_open(&json, env->scratch);
  for (int64_t s = 0; s < sets->n; s++) {
    const uint32_t *set = sets->data + sets->at[s];
    mine_item_texts_join(items, set + 2, set[1], &json);
    const mine_cell cell = {.type = MINE_TEXT, .bytes = json.bytes, .as.text = json.data};
    if (json.failed) break;
    mine_relation_put(relation, 0, &cell);
    mine_relation_int(relation, 1, set[1]);
    mine_relation_int(relation, 2, set[0]);
    mine_relation_real(relation, 3, (double)set[0] / (double)sets->baskets);
    mine_relation_end_row(relation);
    if (s % 4096 == 0 && mine_poll(env)) break;
  }
  return mine_env_status(env);
}

static const mine_answer order_columns[] = {
    {"itemset", MINE_ANSWER_JSON, 1, "JSON array, the most frequent item first"},
    {"size", MINE_ANSWER_INTEGER, 0, "number of items"},
    {"count", MINE_ANSWER_INTEGER, 0, "baskets that hold all of them"},
    {"support", MINE_ANSWER_REAL, 0, "count / number of baskets"},
    {0},
};

mine_status mine_itemsets_relation(mine_env *env, const mine_itemsets *sets,
                                   const mine_values *names, mine_relation **out) {
  *out = NULL;
  mine_relation *relation = mine_relation_new(env, order_columns);
  if (!relation) return mine_env_status(env);
  const mine_mark mark = mine_arena_mark(env->scratch);
  mine_item_texts items;
  if (mine_item_texts_make(env, env->scratch, sets, names, &items) == MINE_OK) {
    (void)!itemsets_rows(env, sets, &items, relation);
  }
  mine_arena_rewind(env->scratch, mark);
  return mine_relation_finish(env, relation, out);
}
