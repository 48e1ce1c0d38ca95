/*
** itemsets_tally.c -- itemsets that are counted and not kept: how many there are of each
** count and size.
**
** A node of the search tree with f free items (miner.h) is C(f, j) sets of j items more than
** its prefix.  There are few different counts and sizes, so a small table holds the answer.
*/
#include "../core/order.h"
#include "miner.h"

/* ---- how many an answer is -------------------------------------------------------------- */

/* C(n, j + 1) from C(n, j), which is at most `most`; most + 1 when it is more. */
static int64_t tally_next(int64_t chosen, uint32_t n, uint32_t j, int64_t most) {
  const double next = (double)chosen * (double)(n - j) / (double)(j + 1);
  if (next > 1.5 * (double)most || chosen > INT64_MAX / (int64_t)n) return most + 1;
  return chosen * (int64_t)(n - j) / (int64_t)(j + 1);
}

int64_t mine__miner_worth(const mine_itemset_query *query, uint32_t n_prefix, uint32_t n_free,
                          int64_t most) {
  int64_t sum = 0, chosen = 1;
  if (n_free < 62 && (int64_t)n_prefix + n_free <= query->max_length)
    return (INT64_C(1) << n_free) <= most ? INT64_C(1) << n_free : most + 1;
  for (uint32_t j = 0; j <= n_free && (int64_t)n_prefix + j <= query->max_length; j++) {
    if (chosen > most - sum) return most + 1;
    sum += chosen;
    if (j < n_free) chosen = tally_next(chosen, n_free, j, most);
  }
  return sum;
}

/* ---- the table ----------------------------------------------------------------------------- */

typedef struct tally_key {
  const mine_itemset_tally *tally;
  uint32_t count, size;
} tally_key;

static int tally_same(const void *context, uint32_t number) {
  const tally_key *key = context;
  return key->tally[number].count == key->count && key->tally[number].size == key->size;
}

static uint64_t tally_hash(uint32_t count, uint32_t size) {
  return mine_hash_mix((uint64_t)count << 32 | size);
}

static void tally_enter(miner_tallies *t, mine_arena *arena, uint32_t count, uint32_t size,
                        int64_t sets) {
  const int grown = mine__table_grow(&t->table, arena, t->n + 1);
  if (grown < 0 || !MINE_RESERVE(arena, t->tally, t->capacity, t->n + 1)) return;
  for (size_t i = 0; grown && i < t->n; i++)
    mine__table_enter(&t->table, tally_hash(t->tally[i].count, t->tally[i].size), (uint32_t)i);
  t->tally[t->n] = (mine_itemset_tally){count, size, sets};
  mine__table_enter(&t->table, tally_hash(count, size), (uint32_t)t->n++);
}

static void tally_add(miner_tallies *t, mine_arena *arena, uint32_t count, uint32_t size,
                      int64_t sets) {
  const tally_key key = {t->tally, count, size};
  const int64_t at = mine__table_find(&t->table, tally_hash(count, size), tally_same, &key);
  if (at >= 0)
    t->tally[at].sets += sets;
  else
    tally_enter(t, arena, count, size, sets);
}

void mine__miner_tally(miner_tallies *t, mine_arena *arena, const mine_itemset_query *query,
                       const uint32_t *out, size_t words) {
  for (size_t p = 0; p < words && !mine_failed(t->env); p += MINER_COUNT_WORDS) {
    const uint32_t n = out[p + 2];
    int64_t chosen = 1;
    for (uint32_t j = 0; j <= n && (int64_t)out[p + 1] + j <= query->max_length; j++) {
      tally_add(t, arena, out[p], out[p + 1] + j, chosen);
      if (j < n) chosen = tally_next(chosen, n, j, INT64_MAX - 1);
    }
  }
}

static int tally_before(const void *context, const void *a, const void *b) {
  (void)context;
  const mine_itemset_tally *x = a, *y = b;
  return x->count != y->count ? x->count > y->count : x->size < y->size;
}

void mine__miner_tallies_sort(miner_tallies *t, mine_itemsets *sets) {
  mine_itemset_tally *spare = mine__arena_array(t->env->scratch, t->n, sizeof *spare);
  if (!spare) return;
  mine__sort(t->env, t->tally, spare, t->n, sizeof *spare, tally_before, NULL);
  sets->tally = t->tally;
  sets->n_tallies = (int64_t)t->n;
}
