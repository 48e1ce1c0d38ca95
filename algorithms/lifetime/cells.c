/*
** cells.c -- customers who bought alike are one cell: a million customers are some ten thousand of
** them where time is counted in days.
*/
#include "../core/radix.h"
#include "lifetime.h"

/* row[] by value, stably. */
static void cells_sort(const double *value, uint32_t *row, uint32_t *spare, int64_t n,
                       mine_pair *order, mine_pair *temp) {
  mine__sort_reals(value, row, n, order, temp);
  for (int64_t i = 0; i < n; i++)
    spare[i] = row[order[i].row];
  for (int64_t i = 0; i < n; i++)
    row[i] = spare[i];
}

static int cells_same(const mine__buyer *a, const mine__buyer *b) {
  return a->x == b->x && a->t_x == b->t_x && a->T == b->T;
}

void mine__cells_make(mine_env *env, mine_arena *arena, int64_t n, const double *x,
                      const double *t_x, const double *T, mine__cells *out, uint32_t *of) {
  const size_t room = (size_t)n;
  *out = (mine__cells){.n = 0};
  out->buyer = mine__arena_array(arena, room, sizeof *out->buyer);
  out->weight = mine__arena_array(arena, room, sizeof *out->weight);
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_pair *order = mine__arena_array(env->scratch, room, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, room, sizeof *temp);
  uint32_t *row = mine__arena_array(env->scratch, room, sizeof *row);
  uint32_t *spare = mine__arena_array(env->scratch, room, sizeof *spare);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < n; i++)
    row[i] = (uint32_t)i;
  cells_sort(T, row, spare, n, order, temp);
  if (mine__poll(env)) return;
  cells_sort(t_x, row, spare, n, order, temp);
  if (mine__poll(env)) return;
  cells_sort(x, row, spare, n, order, temp);
  for (int64_t i = 0; i < n; i++) {
    const uint32_t at = row[i];
    const mine__buyer buyer = {x[at], t_x[at], T[at]};
    if (out->n == 0 || !cells_same(&buyer, &out->buyer[out->n - 1])) {
      out->weight[out->n] = 0;
      out->buyer[out->n++] = buyer;
    }
    out->weight[out->n - 1]++;
    if (of) of[at] = (uint32_t)(out->n - 1);
  }
  mine__arena_rewind(env->scratch, mark);
}
