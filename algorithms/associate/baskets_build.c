/*
** baskets_build.c -- rows (basket, item) become baskets: a counting sort.
**
** Two passes over the codes and no comparison: count each basket's rows, then
** put every item in its basket's place.  Repeated items and baskets without any
** item are squeezed out in place afterwards.
*/
#include "associate.h"

/* Rows between two questions to the host. */
#define BASKETS_BLOCK 262144

/* start[b + 1] = rows of basket b that have an item; 32 bits hold it, because a
** frame holds fewer than 2^32 rows. */
static void baskets_count(mine_env *env, const int32_t *basket, const int32_t *item,
                          mine_transactions *t) {
  for (int64_t i = 0; i < t->rows; i++) {
    if (basket[i] < 0 || item[i] < 0) {
      t->skipped++;
    } else {
      t->start[basket[i] + 1]++;
    }
    if (i % BASKETS_BLOCK == 0 && mine__poll(env)) return;
  }
}

/* Fill item[]; next[b] is where basket b's next item goes. */
static void baskets_fill(mine_env *env, const int32_t *basket, const int32_t *item, uint32_t *next,
                         mine_transactions *t) {
  for (int64_t i = 0; i < t->rows; i++) {
    if (basket[i] >= 0 && item[i] >= 0) t->item[next[basket[i]]++] = (uint32_t)item[i];
    if (i % BASKETS_BLOCK == 0 && mine__poll(env)) return;
  }
}

/* Keep the first of equal items in a basket, and baskets that hold something.
** seen[item] = the last basket (numbered from 1) that has it.  In place: `kept`
** and `baskets` never run ahead of what is read, and start[b + 1] is taken before
** start[baskets] is written. */
static void baskets_squeeze(mine_transactions *t, int64_t n_baskets, uint32_t *seen) {
  uint32_t kept = 0;
  int64_t baskets = 0;
  uint32_t from = 0;
  for (int64_t b = 0; b < n_baskets; b++) {
    const uint32_t to = t->start[b + 1];
    t->start[baskets] = kept;
    for (uint32_t p = from; p < to; p++) {
      const uint32_t x = t->item[p];
      if (seen[x] == (uint32_t)b + 1) continue;
      seen[x] = (uint32_t)b + 1;
      t->item[kept++] = x;
    }
    if (to > from) baskets++;
    from = to;
  }
  t->start[baskets] = kept;
  t->baskets = baskets;
}

mine_status mine__transactions_build(mine_env *env, mine_arena *arena, int64_t rows,
                                     const int32_t *basket, int64_t n_baskets, const int32_t *item,
                                     int64_t n_items, mine_transactions *out) {
  *out = (mine_transactions){.items = (uint32_t)n_items, .rows = rows};
  if (rows == 0) {
    return mine__fail(env, MINE_DATA, "the source has no rows; baskets need rows (basket, item)");
  }
  out->start = mine__arena_zeros(arena, (size_t)n_baskets + 1, sizeof *out->start);
  if (!out->start) return mine_env_status(env);
  baskets_count(env, basket, item, out);
  if (mine_failed(env)) return mine_env_status(env);
  if (out->skipped == rows) {
    return mine__fail(
        env, MINE_DATA,
        "none of the %lld rows has both a basket and an item; the first column of the "
        "source is the basket, the second the item",
        (long long)rows);
  }
  for (int64_t b = 0; b < n_baskets; b++)
    out->start[b + 1] += out->start[b];
  out->item = mine__arena_array(arena, out->start[n_baskets], sizeof *out->item);
  if (!out->item) return mine_env_status(env);

  const mine_mark mark = mine__arena_mark(env->scratch);
  uint32_t *next = mine__arena_array(env->scratch, (size_t)n_baskets, sizeof *next);
  uint32_t *seen = mine__arena_zeros(env->scratch, (size_t)n_items, sizeof *seen);
  if (next && seen) {
    for (int64_t b = 0; b < n_baskets; b++)
      next[b] = out->start[b];
    baskets_fill(env, basket, item, next, out);
    if (!mine_failed(env)) baskets_squeeze(out, n_baskets, seen);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

void mine__transactions_keep(mine_transactions *t, const uint8_t *keep) {
  uint32_t kept = 0, from = 0;
  for (int64_t b = 0; b < t->baskets; b++) {
    const uint32_t to = t->start[b + 1];
    for (uint32_t p = from; p < to; p++) {
      if (keep[t->item[p]]) t->item[kept++] = t->item[p];
    }
    t->start[b + 1] = kept;
    from = to;
  }
}

double mine__transactions_weight(const mine_transactions *t) {
  double sum = 0;
  if (!t->weight) return (double)t->baskets;
  for (int64_t b = 0; b < t->baskets; b++)
    sum += t->weight[b];
  return sum;
}
