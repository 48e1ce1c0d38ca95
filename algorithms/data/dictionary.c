/*
** dictionary.c -- distinct values by open addressing.
**
** A slot holds a value's number; the value's hash stands in an array of its
** own, so growing the table compares nothing.  Linear probing, at most 60 %
** full (D. Knuth, The Art of Computer Programming 3, 6.4).
*/
#include <string.h>

#include "values.h"

#define DICTIONARY_FIRST_SLOTS ((size_t)16)
#define DICTIONARY_MOST        ((int64_t)UINT32_MAX - 1)

static void dictionary_place(mine_dictionary *d, uint64_t hash, uint32_t number) {
  size_t mask = d->slots - 1, at = (size_t)hash & mask;
  while (d->slot[at])
    at = (at + 1) & mask;
  d->slot[at] = number + 1;
}

/* Make the table `slots` wide and place the first n values in it. */
static int dictionary_resize(mine_dictionary *d, size_t slots, int64_t n) {
  uint32_t *slot = mine_arena_block(d->values.arena, d->slot, slots, sizeof *slot);
  if (!slot) return 0;
  memset(slot, 0, slots * sizeof *slot);
  d->slot = slot;
  d->slots = slots;
  for (int64_t i = 0; i < n; i++)
    dictionary_place(d, d->hash[i], (uint32_t)i);
  return 1;
}

int mine_dictionary_open(mine_dictionary *d, mine_arena *arena) {
  memset(d, 0, sizeof *d);
  mine_values_open(&d->values, arena);
  return dictionary_resize(d, DICTIONARY_FIRST_SLOTS, 0);
}

/* Integers in a vector of integers are the common case: no cell is made. */
static int dictionary_same(const mine_dictionary *d, int64_t i, const mine_cell *cell) {
  const mine_values *values = &d->values;
  if (cell->type == MINE_INT && !values->type && values->uniform == MINE_INT)
    return (int64_t)values->payload[i] == cell->as.integer;
  mine_cell other;
  mine_values_get(values, i, &other);
  return mine_cell_equal(&other, cell);
}

static int64_t dictionary_look_up(const mine_dictionary *d, const mine_cell *cell, uint64_t hash) {
  if (!d->slots) return -1;
  size_t mask = d->slots - 1;
  for (size_t at = (size_t)hash & mask; d->slot[at]; at = (at + 1) & mask) {
    int64_t number = (int64_t)d->slot[at] - 1;
    if (d->hash[number] == hash && dictionary_same(d, number, cell)) return number;
  }
  return -1;
}

int64_t mine_dictionary_find(const mine_dictionary *d, const mine_cell *cell) {
  return dictionary_look_up(d, cell, mine_cell_hash(cell));
}

/* How many slots n values need, at most 60 % full. */
static size_t dictionary_slots(const mine_dictionary *d, int64_t n) {
  size_t slots = d->slots ? d->slots : DICTIONARY_FIRST_SLOTS;
  while ((size_t)n > slots / 5 * 3)
    slots *= 2;
  return slots;
}

/* Room for the hashes of n values. */
static int dictionary_reserve(mine_dictionary *d, int64_t n) {
  mine_arena *arena = d->values.arena;
  if (n <= DICTIONARY_MOST) return MINE_RESERVE(arena, d->hash, d->hash_capacity, (size_t)n);
  (void)mine_fail(mine_arena_env(arena), MINE_LIMIT, "more than %lld distinct values",
                  (long long)DICTIONARY_MOST);
  return 0;
}

static int dictionary_make_room(mine_dictionary *d, int64_t n) {
  size_t slots = dictionary_slots(d, n + 1);
  if (!dictionary_reserve(d, n + 1)) return 0;
  return slots == d->slots || dictionary_resize(d, slots, n);
}

/* Room first, then the value, then its slot: a failure leaves no trace. */
int64_t mine_dictionary_add(mine_dictionary *d, const mine_cell *cell) {
  uint64_t hash = mine_cell_hash(cell);
  int64_t number = dictionary_look_up(d, cell, hash);
  if (number >= 0) return number;
  number = d->values.n;
  if (!dictionary_make_room(d, number) || !mine_values_push(&d->values, cell)) return -1;
  d->hash[number] = hash;
  dictionary_place(d, hash, (uint32_t)number);
  return number;
}

/* Values that occur twice are found under their first number. */
int mine_dictionary_rebuild(mine_dictionary *d) {
  int64_t n = d->values.n;
  if (!dictionary_reserve(d, n)) return 0;
  for (int64_t i = 0; i < n; i++) {
    mine_cell cell;
    mine_values_get(&d->values, i, &cell);
    d->hash[i] = mine_cell_hash(&cell);
  }
  return dictionary_resize(d, dictionary_slots(d, n), n);
}
