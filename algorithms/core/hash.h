/*
** hash.h -- the hash table there is: numbers of things, found by open addressing.
**
** A slot holds the number of a thing + 1; the things, and their hashes where they
** are wanted again, are the caller's.  Linear probing, at most 60 % full (Knuth,
** TAOCP 3, 6.4); a hash must therefore be good in its low bits.
*/
#ifndef MINE_CORE_HASH_H
#define MINE_CORE_HASH_H

#include <string.h>

#include "env.h"

/* SplitMix64's finaliser (Stafford's mix 13): every bit of x moves every bit. */
static inline uint64_t mine_hash_mix(uint64_t x) {
  x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
  return x ^ (x >> 31);
}

typedef struct mine__table {
  uint32_t *slot; /* number + 1, 0 = empty                   */
  size_t slots;   /* a power of two; 0 before it has room    */
} mine__table;

/* Whether the thing `number` is the one looked for. */
typedef int (*mine__same)(const void *context, uint32_t number);

/* The number of the thing with this hash, or -1.  Compiled for `same` at each call. */
MINE_INLINE int64_t mine__table_find(const mine__table *table, uint64_t hash, mine__same same,
                                     const void *context) {
  if (table->slots == 0) return -1;
  const size_t mask = table->slots - 1;
  for (size_t at = (size_t)hash & mask; table->slot[at]; at = (at + 1) & mask) {
    if (same(context, table->slot[at] - 1)) return (int64_t)table->slot[at] - 1;
  }
  return -1;
}

/* Enter a number that is not in the table, which has room for it. */
static inline void mine__table_enter(mine__table *table, uint64_t hash, uint32_t number) {
  const size_t mask = table->slots - 1;
  size_t at = (size_t)hash & mask;
  while (table->slot[at])
    at = (at + 1) & mask;
  table->slot[at] = number + 1;
}

static inline void mine__table_clear(mine__table *table) {
  memset(table->slot, 0, table->slots * sizeof *table->slot);
}

/* How many slots n things need. */
static inline size_t mine__table_slots(size_t n) {
  size_t slots = 16;
  while (n > slots / 5 * 3)
    slots *= 2;
  return slots;
}

/* Room for n things, in an arena; the table is empty after it has grown, so that
** its things must be entered again.  1 = grown, 0 = there was room, -1 = failure
** recorded (the table is as it was). */
static inline int mine__table_grow(mine__table *table, mine_arena *arena, size_t n) {
  const size_t slots = mine__table_slots(n);
  if (slots <= table->slots) return 0;
  uint32_t *slot = mine__arena_block(arena, table->slot, slots, sizeof *slot);
  if (!slot) return -1;
  *table = (mine__table){slot, slots};
  mine__table_clear(table);
  return 1;
}

#endif
