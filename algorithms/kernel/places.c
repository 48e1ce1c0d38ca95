/*
** places.c -- equal points, by a hash of their numbers.
*/
#include "places.h"

#include "../core/bits.h"
#include "../core/hash.h"

typedef struct places_looking {
  const double *point; /* all of them     */
  const uint32_t *first;
  int64_t asked; /* the one that is looked for */
  int width;
} places_looking;

static int places_same(const void *context, uint32_t place) {
  const places_looking *looking = context;
  const double *a = looking->point + looking->first[place] * (int64_t)looking->width;
  const double *b = looking->point + looking->asked * looking->width;
  for (int c = 0; c < looking->width; c++)
    if (a[c] != b[c]) return 0;
  return 1;
}

static uint64_t places_hash(const double *point, int width) {
  uint64_t hash = (uint64_t)width;
  for (int c = 0; c < width; c++)
    hash = mine_hash_mix(hash ^ mine__bits_of_real(point[c] + 0.0)); /* 0.0 for -0.0 */
  return hash;
}

void mine__places_find(mine_env *env, mine_arena *arena, const double *point, int64_t n, int width,
                       mine__places *out) {
  mine__table table = {NULL, 0};
  *out = (mine__places){.at = mine__arena_array(arena, (size_t)n, sizeof *out->at),
                        .first = mine__arena_array(arena, (size_t)n, sizeof *out->first)};
  places_looking looking = {.point = point, .first = out->first, .width = width};
  if (mine_failed(env) || mine__table_grow(&table, arena, (size_t)n) < 0) return;
  for (int64_t i = 0; i < n; i++) {
    if (MINE_POLL_AT(env, i)) break;
    const uint64_t hash = places_hash(point + i * width, width);
    looking.asked = i;
    int64_t place = mine__table_find(&table, hash, places_same, &looking);
    if (place < 0) {
      place = out->n++;
      out->first[place] = (uint32_t)i;
      mine__table_enter(&table, hash, (uint32_t)place);
    }
    out->at[i] = (uint32_t)place;
  }
  mine__arena_drop(arena, table.slot);
}
