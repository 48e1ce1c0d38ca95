/*
** baskets_groups.c -- the rows of an event list by their groups: each group's baskets are
** numbered anew, so that it is asked as if it were the whole source.
**
** One counting sort divides the rows, O(rows + groups); a basket with rows in two groups
** counts in both.  Rows without a group are left out.
*/
#include "baskets_groups.h"

#include <string.h>

#include "../core/order.h"
#include "../core/radix.h"

typedef struct basket_division {
  mine_env *env;
  const mine__baskets_rows *all;
  const mine_values *values;
  mine__by_code by;
  int32_t *number, *seen; /* per basket of the source: its number in the group `seen` */
} basket_division;

static void division_divide(basket_division *d, mine_arena *arena, const mine_column *group) {
  const size_t baskets = (size_t)d->all->n_baskets;
  d->number = mine__arena_zeros(arena, baskets, sizeof *d->number);
  d->seen = mine__arena_array(arena, baskets, sizeof *d->seen);
  if (mine_failed(d->env)) return;
  memset(d->seen, -1, baskets * sizeof *d->seen);
  (void)mine__sort_codes(arena, group->code, d->all->n, d->values->n, &d->by);
}

/* The rows of one group; none with both values: n is 0. */
static void division_take(basket_division *d, mine_arena *arena, int32_t group,
                          mine__baskets_rows *out) {
  const int64_t first = d->by.first[group], n = d->by.first[group + 1] - first;
  int32_t *basket = mine__arena_array(arena, (size_t)n, sizeof *basket);
  int32_t *item = mine__arena_array(arena, (size_t)n, sizeof *item);
  *out = (mine__baskets_rows){.basket = basket, .item = item, .items = d->all->items};
  if (mine_failed(d->env)) return;
  for (int64_t i = 0; i < n; i++) {
    const uint32_t row = d->by.at[first + i];
    const int32_t old = d->all->basket[row];
    if (old < 0 || d->all->item[row] < 0) continue;
    if (d->seen[old] != group) {
      d->seen[old] = group;
      d->number[old] = (int32_t)out->n_baskets++;
    }
    basket[out->n] = d->number[old];
    item[out->n++] = d->all->item[row];
  }
}

static int division_before(const void *values, const void *a, const void *b) {
  mine_cell x, y;
  mine__values_get(values, *(const int32_t *)a, &x);
  mine__values_get(values, *(const int32_t *)b, &y);
  return mine__cell_compare(&x, &y) < 0;
}

/* The groups in the order of their values; NULL: failure recorded. */
static int32_t *division_order(const basket_division *d, mine_arena *arena) {
  const int64_t n = d->values->n;
  int32_t *order = mine__arena_array(arena, (size_t)n, sizeof *order);
  int32_t *spare = mine__arena_array(arena, (size_t)n, sizeof *spare);
  if (mine_failed(d->env)) return NULL;
  for (int32_t g = 0; g < n; g++)
    order[g] = g;
  mine__sort(d->env, order, spare, (size_t)n, sizeof *order, division_before, d->values);
  return order;
}

static void division_ask(basket_division *d, int32_t group, mine__baskets_ask ask, void *context,
                         mine_relation *out) {
  mine_cell value;
  mine_text name;
  mine__baskets_rows rows;
  mine_arena *arena = mine__arena_open(d->env);
  if (!arena) return;
  mine__values_get(d->values, group, &value);
  mine__relation_group(out, &value);
  mine__text_open(&name, arena);
  mine__text_add_shown(&name, &value);
  division_take(d, arena, group, &rows);
  if (!mine_failed(d->env) && rows.n > 0) (void)ask(context, arena, &rows, name.data, out);
  mine__arena_close(arena);
}

mine_status mine__baskets_by_group(mine_arena *arena, const mine__baskets_rows *all,
                                   const mine_column *group, mine__baskets_ask ask, void *context,
                                   mine_relation *out) {
  basket_division d = {.env = mine__arena_env(arena), .all = all, .values = &group->levels};
  division_divide(&d, arena, group);
  const int32_t *order = division_order(&d, arena);
  for (int64_t i = 0; !mine_failed(d.env) && i < d.values->n; i++)
    division_ask(&d, order[i], ask, context, out);
  return mine_env_status(d.env);
}
