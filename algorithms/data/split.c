/*
** split.c -- held-out rows and folds by a hash of (id, seed).
*/
#include "split.h"

#include "../core/radix.h"

/* Rows without an id column are numbered from 1. */
static uint64_t split_hash(const uint64_t *id_hash, uint32_t row, uint64_t salt) {
  mine_cell number = {MINE_INT, 0, {0}};
  number.as.integer = (int64_t)row + 1;
  uint64_t id = id_hash ? id_hash[row] : mine__cell_hash(&number);
  return mine_hash_mix(id ^ salt);
}

static int split_is_held(uint64_t hash, double share) {
  return (double)(hash >> 11) * 0x1.0p-53 < share;
}

mine_status mine__split_holdout(mine_env *env, mine_arena *arena, mine_rows rows, mine_division by,
                                double share, mine_rows *train, mine_rows *held) {
  const uint64_t salt = mine_division_salt(by);
  int64_t out = 0;
  for (int64_t i = 0; i < rows.n; i++)
    out += split_is_held(split_hash(by.hash, mine_rows_at(rows, i), salt), share);
  uint32_t *kept = mine__arena_array(arena, (size_t)(rows.n - out), sizeof *kept);
  uint32_t *away = mine__arena_array(arena, (size_t)out, sizeof *away);
  *train = (mine_rows){kept, rows.n - out};
  *held = (mine_rows){away, out};
  if (!kept || !away) return mine_env_status(env);
  for (int64_t i = 0; i < rows.n; i++) {
    const uint32_t r = mine_rows_at(rows, i);
    if (split_is_held(split_hash(by.hash, r, salt), share))
      *away++ = r;
    else
      *kept++ = r;
  }
  return MINE_OK;
}

/* What decides the order of positions: an upper half of a hash with the position
** below it sorts nearly right; equal halves are compared in full. */
typedef struct split_keys {
  mine_rows rows;
  const uint64_t *hash;
  uint64_t salt;
} split_keys;

static uint64_t split_key(const split_keys *keys, uint64_t packed) {
  return split_hash(keys->hash, mine_rows_at(keys->rows, (int64_t)(uint32_t)packed), keys->salt);
}

/* Runs of equal upper halves are short, or are one id and in order already. */
static void split_settle_runs(const split_keys *keys, uint64_t *packed, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    if (packed[i] >> 32 != packed[i - 1] >> 32) continue;
    uint64_t moving = packed[i], key = split_key(keys, moving);
    int64_t at = i;
    for (; at > 0 && packed[at - 1] >> 32 == moving >> 32; at--) {
      if (split_key(keys, packed[at - 1]) <= key) break;
      packed[at] = packed[at - 1];
    }
    packed[at] = moving;
  }
}

/* Positions 0..n-1 (lower halves) in the order of their hashes. */
static uint64_t *split_order(mine_env *env, const split_keys *keys, int64_t n) {
  uint64_t *packed = mine__arena_array(env->scratch, (size_t)n, sizeof *packed);
  uint64_t *temp = mine__arena_array(env->scratch, (size_t)n, sizeof *temp);
  if (!packed || !temp) return NULL;
  for (int64_t i = 0; i < n; i++)
    packed[i] = (split_key(keys, (uint64_t)i) & ~(uint64_t)UINT32_MAX) | (uint64_t)i;
  if (mine__sort_keys(env, packed, temp, n) != MINE_OK) return NULL;
  split_settle_runs(keys, packed, n);
  return packed;
}

/* Where class c's first row goes: classes go round the folds one after another,
** so the folds' totals differ by at most one row too.  A row without a class
** belongs to class n_classes. */
static int split_class(const int32_t *label, uint32_t row, int n_classes) {
  if (!label) return 0;
  return label[row] >= 0 && label[row] < n_classes ? label[row] : n_classes;
}

mine_status mine__split_folds(mine_env *env, mine_arena *arena, mine_rows rows, mine_division by,
                              int folds, const int32_t *label, int n_classes, int32_t **fold) {
  const int64_t n = rows.n;
  if (folds < 2 || n < folds)
    return mine__fail(env, MINE_DATA, "%d folds need at least 2 folds and %d rows, not %lld", folds,
                      folds > 2 ? folds : 2, (long long)n);
  *fold = mine__arena_array(arena, (size_t)n, sizeof **fold);
  mine_mark mark = mine__arena_mark(env->scratch);
  size_t classes = label ? (size_t)n_classes + 1 : 1;
  int64_t *next = mine__arena_zeros(env->scratch, classes + 1, sizeof *next);
  split_keys keys = {rows, by.hash, mine_division_salt(by)};
  uint64_t *order = split_order(env, &keys, n);
  if (!*fold || !next || !order) return mine_env_status(env);
  for (int64_t i = 0; i < n; i++)
    next[split_class(label, mine_rows_at(rows, i), n_classes) + 1]++;
  for (size_t c = 1; c < classes; c++)
    next[c] += next[c - 1];
  for (int64_t i = 0; i < n; i++) {
    uint32_t at = (uint32_t)order[i];
    int64_t place = next[split_class(label, mine_rows_at(rows, at), n_classes)]++;
    (*fold)[at] = (int32_t)(place % folds);
  }
  if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
  return MINE_OK;
}
