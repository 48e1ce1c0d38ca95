/*
** places.h -- points that are equal, coordinate for coordinate, are at one place.
*/
#ifndef MINE_KERNEL_PLACES_H
#define MINE_KERNEL_PLACES_H

#include "../core/env.h"

typedef struct mine__places {
  int64_t n;       /* how many there are                         */
  uint32_t *at;    /* per point: its place                       */
  uint32_t *first; /* per place: the first point there, ascending */
} mine__places;

/* Of n points of `width` finite numbers (0.0 and -0.0 are equal), in arena; failures in env.
** Places are numbered by their first points.  O(n width) expected. */
void mine__places_find(mine_env *env, mine_arena *arena, const double *point, int64_t n, int width,
                       mine__places *out);

#endif
