/*
** tifu_near.c -- the nearest of many sparse vectors, exactly (tifu.h).
**
** |u - v|^2 = |u|^2 + |v|^2 - 2 u.v: the products with all vectors that share an item come from
** the lists of who has it; those that share none are looked at from the shortest on, until one
** cannot be near enough any more.  O(sum of the lists of u's items + most) for a vector.
*/
#include <math.h>

#include "../core/order.h"
#include "tifu.h"

/* As many groups as there are baskets, at most `groups`; the last ones take what is left over. */
double mine__tifu_weight(const mine_tifu *how, int64_t n, int64_t b) {
  const int64_t groups = how->groups < n ? how->groups : n, least = n / groups;
  const int64_t small = groups - n % groups; /* groups of the least size */
  const int larger = b >= small * least;
  const int64_t size = least + larger, from = larger ? b - small * least : b;
  const int64_t group = (larger ? small : 0) + from / size, at = from % size;
  return pow(how->within_decay, (double)(size - 1 - at)) / (double)size *
         (pow(how->group_decay, (double)(groups - 1 - group)) / (double)groups);
}

static int tifu_shorter(const void *context, const void *a, const void *b) {
  const double *norm = context;
  return norm[*(const int32_t *)a] < norm[*(const int32_t *)b];
}

/* Who has an item, turned round from what a customer has. */
static void tifu_turn(mine_env *env, mine_tifu_space *s) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t *next = mine__arena_array(env->scratch, (size_t)s->n_items, sizeof *next);
  for (int64_t p = 0; next && p < s->first[s->n]; p++)
    s->by_first[s->item[p] + 1]++;
  for (int64_t i = 0; next && i < s->n_items; i++) {
    s->by_first[i + 1] += s->by_first[i];
    next[i] = s->by_first[i];
  }
  for (int64_t c = 0; next && c < s->n && !MINE_POLL_AT(env, c); c++) {
    for (int64_t p = s->first[c]; p < s->first[c + 1]; p++) {
      const int64_t to = next[s->item[p]]++;
      s->who[to] = (int32_t)c;
      s->has[to] = s->value[p];
      s->norm[c] += s->value[p] * s->value[p];
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

int mine__tifu_index(mine_env *env, mine_arena *arena, mine_tifu_space *s) {
  const size_t n = (size_t)s->n, cells = (size_t)s->first[s->n];
  s->norm = mine__arena_zeros(arena, n, sizeof *s->norm);
  s->by_first = mine__arena_zeros(arena, (size_t)s->n_items + 1, sizeof *s->by_first);
  s->who = mine__arena_array(arena, cells, sizeof *s->who);
  s->has = mine__arena_array(arena, cells, sizeof *s->has);
  s->short_first = mine__arena_array(arena, n, sizeof *s->short_first);
  if (mine_failed(env)) return 0;
  tifu_turn(env, s);
  for (int32_t c = 0; c < (int32_t)s->n; c++)
    s->short_first[c] = c;
  const mine_mark mark = mine__arena_mark(env->scratch);
  int32_t *spare = mine__arena_array(env->scratch, n, sizeof *spare);
  if (spare) mine__sort(env, s->short_first, spare, n, sizeof *spare, tifu_shorter, s->norm);
  mine__arena_rewind(env->scratch, mark);
  return !mine_failed(env);
}

/* ---- the nearest ---------------------------------------------------------------------------- */

static int64_t tifu_products(const mine_tifu_space *s, int64_t n, const int32_t *item,
                             const double *value, mine_tifu_near *near) {
  int64_t touched = 0;
  for (int64_t i = 0; i < n; i++) {
    for (int64_t k = s->by_first[item[i]]; k < s->by_first[item[i] + 1]; k++) {
      const double product = value[i] * s->has[k];
      const int32_t c = s->who[k];
      if (!(product > 0)) continue; /* so small that it is none */
      if (!(near->dot[c] > 0)) near->touched[touched++] = c;
      near->dot[c] += product;
    }
  }
  return touched;
}

void mine__tifu_nearest(const mine_tifu_space *s, int64_t n, const int32_t *item,
                        const double *value, int64_t self, mine_tifu_near *near) {
  double norm = 0;
  mine__topk_open(&near->top, near->top.k, near->top.distance, near->top.row);
  for (int64_t i = 0; i < n; i++)
    norm += value[i] * value[i];
  const int64_t touched = tifu_products(s, n, item, value, near);
  for (int64_t t = 0; t < touched; t++) {
    const int32_t c = near->touched[t];
    if (c != self) mine__topk_offer(&near->top, norm + s->norm[c] - 2 * near->dot[c], (uint32_t)c);
  }
  for (int64_t k = 0; k < s->n; k++) {
    const int32_t c = s->short_first[k];
    const double distance = norm + s->norm[c];
    if (distance > near->top.worst) break;
    const int has = s->first[c] < s->first[c + 1]; /* who took nothing is near to nobody */
    if (c != self && has && !(near->dot[c] > 0))
      mine__topk_offer(&near->top, distance, (uint32_t)c);
  }
  for (int64_t t = 0; t < touched; t++)
    near->dot[near->touched[t]] = 0;
}
