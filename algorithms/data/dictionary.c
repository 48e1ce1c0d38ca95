/*
** dictionary.c -- distinct values, found through the hash table of core/hash.h.
**
** A value's hash stands in an array of its own, so growing the table compares
** nothing.
*/
#include <string.h>

#include "values.h"

#define DICTIONARY_MOST ((int64_t)UINT32_MAX - 1)

/* Room for n values in the table, and the first `known` of them in it. */
static int dictionary_make_table(mine_dictionary *d, int64_t n, int64_t known) {
  const int grown = mine__table_grow(&d->table, d->values.arena, (size_t)n);
  for (int64_t i = 0; grown > 0 && i < known; i++)
    mine__table_enter(&d->table, d->hash[i], (uint32_t)i);
  return grown >= 0;
}

int mine__dictionary_open(mine_dictionary *d, mine_arena *arena) {
  memset(d, 0, sizeof *d);
  mine__values_open(&d->values, arena);
  return dictionary_make_table(d, 0, 0);
}

/* Integers in a vector of integers are the common case: no cell is made. */
static int dictionary_same(const mine_dictionary *d, int64_t i, const mine_cell *cell) {
  const mine_values *values = &d->values;
  if (cell->type == MINE_INT && !values->type && values->uniform == MINE_INT)
    return (int64_t)values->payload[i] == cell->as.integer;
  mine_cell other;
  mine__values_get(values, i, &other);
  return mine__cell_equal(&other, cell);
}

typedef struct dictionary_wanted {
  const mine_dictionary *d;
  const mine_cell *cell;
  uint64_t hash;
} dictionary_wanted;

static int dictionary_is_wanted(const void *context, uint32_t number) {
  const dictionary_wanted *wanted = context;
  return wanted->d->hash[number] == wanted->hash &&
         dictionary_same(wanted->d, (int64_t)number, wanted->cell);
}

static int64_t dictionary_look_up(const mine_dictionary *d, const mine_cell *cell, uint64_t hash) {
  const dictionary_wanted wanted = {d, cell, hash};
  return mine__table_find(&d->table, hash, dictionary_is_wanted, &wanted);
}

int64_t mine__dictionary_find(const mine_dictionary *d, const mine_cell *cell) {
  return dictionary_look_up(d, cell, mine__cell_hash(cell));
}

/* Room for the hashes of n values. */
static int dictionary_reserve(mine_dictionary *d, int64_t n) {
  mine_arena *arena = d->values.arena;
  if (n <= DICTIONARY_MOST) return MINE_RESERVE(arena, d->hash, d->hash_capacity, (size_t)n);
  (void)mine__fail(mine__arena_env(arena), MINE_LIMIT, "more than %lld distinct values",
                   (long long)DICTIONARY_MOST);
  return 0;
}

/* Room first, then the value, then its slot: a failure leaves no trace. */
int64_t mine__dictionary_add(mine_dictionary *d, const mine_cell *cell) {
  uint64_t hash = mine__cell_hash(cell);
  int64_t number = dictionary_look_up(d, cell, hash);
  if (number >= 0) return number;
  number = d->values.n;
  if (!dictionary_reserve(d, number + 1) || !dictionary_make_table(d, number + 1, number))
    return -1;
  if (!mine__values_push(&d->values, cell)) return -1;
  d->hash[number] = hash;
  mine__table_enter(&d->table, hash, (uint32_t)number);
  return number;
}

/* Values that occur twice are found under their first number. */
int mine__dictionary_rebuild(mine_dictionary *d) {
  int64_t n = d->values.n;
  if (!dictionary_reserve(d, n)) return 0;
  for (int64_t i = 0; i < n; i++) {
    mine_cell cell;
    mine__values_get(&d->values, i, &cell);
    d->hash[i] = mine__cell_hash(&cell);
  }
  mine__arena_drop(d->values.arena, d->table.slot);
  d->table = (mine__table){0};
  return dictionary_make_table(d, n, n);
}

void mine__dictionary_drop(mine_dictionary *d) {
  mine_arena *arena = d->values.arena;
  mine__arena_drop(arena, d->values.payload);
  mine__arena_drop(arena, d->values.type);
  mine__arena_drop(arena, d->values.pool);
  mine__arena_drop(arena, d->hash);
  mine__arena_drop(arena, d->table.slot);
  memset(d, 0, sizeof *d);
}

int64_t *mine__values_find_all(mine_env *env, mine_arena *arena, const mine_values *list,
                               const mine_values *asked) {
  mine_dictionary index;
  int64_t *to = mine__arena_array(arena, (size_t)asked->n, sizeof *to);
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (!to || !mine__dictionary_open(&index, env->scratch)) return NULL;
  for (int64_t i = 0; i < list->n; i++) {
    mine_cell cell;
    mine__values_get(list, i, &cell);
    if (MINE_POLL_AT(env, i) || mine__dictionary_add(&index, &cell) < 0) return NULL;
  }
  for (int64_t i = 0; i < asked->n; i++) {
    mine_cell cell;
    if (MINE_POLL_AT(env, i)) return NULL;
    mine__values_get(asked, i, &cell);
    to[i] = mine__dictionary_find(&index, &cell);
  }
  mine__arena_rewind(env->scratch, mark);
  return to;
}
