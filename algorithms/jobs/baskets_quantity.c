/*
** baskets_quantity.c -- how much of an item is in a basket: a bar that it must reach, or levels
** that make it an item each (the intervals of Srikant & Agrawal, "Mining quantitative
** association rules in large relational tables", SIGMOD 1996, with cuts that are given).
**
** Quantities of an item add up within a basket: returned goods, as negative ones, take away
** what was bought.  A basket whose items all fall out is still one of all baskets.
*/
#include <math.h>

#include "../core/radix.h"
#include "baskets.h"

/* ---- names ------------------------------------------------------------------------------ */

/* "milk (<2)", "milk (2 to <6)", "milk (6+)". */
static void basket_quantity_name(mine_text *text, const mine_cell *item,
                                 const mine_number_list *levels, size_t level) {
  char low[MINE_NUMBER_BYTES], high[MINE_NUMBER_BYTES];
  if (level > 0) mine__format_real(low, levels->item[level - 1], 0);
  if (level < levels->n) mine__format_real(high, levels->item[level], 0);
  text->bytes = 0;
  mine__text_add_cell(text, item);
  if (level == 0)
    mine__text_addf(text, " (<%s)", high);
  else if (level == levels->n)
    mine__text_addf(text, " (%s+)", low);
  else
    mine__text_addf(text, " (%s to <%s)", low, high);
}

const mine_values *mine__baskets_levels(mine_env *env, mine_arena *arena, const mine_values *items,
                                        const mine_number_list *levels) {
  mine_values *names = mine__arena_array(arena, 1, sizeof *names);
  mine_text text;
  if (!names) return NULL;
  if ((double)items->n * (double)(levels->n + 1) >= INT32_MAX) {
    (void)mine__fail(env, MINE_LIMIT, "%lld items by %lld levels are more than 2 billion",
                     (long long)items->n, (long long)(levels->n + 1));
    return NULL;
  }
  mine__values_open(names, arena);
  mine__text_open(&text, env->scratch);
  for (int64_t x = 0; x < items->n && !text.failed; x++) {
    mine_cell cell;
    mine__values_get(items, x, &cell);
    for (size_t level = 0; level <= levels->n; level++) {
      basket_quantity_name(&text, &cell, levels, level);
      if (text.failed || !mine__values_push_text(names, text.data, text.bytes)) return NULL;
    }
    if (MINE_POLL_AT(env, x)) return NULL;
  }
  return text.failed ? NULL : names;
}

/* ---- rows --------------------------------------------------------------------------------- */

/* The code of an item of which so much is in a basket. */
static int32_t basket_quantity_code(const mine__baskets_amounts *amounts,
                                    const mine__baskets_rows *rows, int32_t item, double sum) {
  const size_t n = amounts->levels.n;
  size_t level = 0;
  if (!(sum > 0) || sum < amounts->least) return (int32_t)rows->n_items;
  if (n == 0) return item;
  while (level < n && sum >= amounts->levels.item[level])
    level++;
  return item * (int32_t)(n + 1) + (int32_t)level;
}

int mine__baskets_amount(mine_env *env, mine_arena *arena, const mine__baskets_rows *rows,
                         const mine__baskets_amounts *amounts, mine__baskets_rows *out) {
  const size_t base = (size_t)rows->n_items / (amounts->levels.n + 1);
  int32_t *basket = mine__arena_array(arena, (size_t)rows->n, sizeof *basket);
  int32_t *item = mine__arena_array(arena, (size_t)rows->n, sizeof *item);
  double *weight = mine__arena_array(arena, rows->weight ? (size_t)rows->n : 0, sizeof *weight);
  int64_t *place = mine__arena_array(arena, base, sizeof *place); /* of the item in this basket */
  double *sum = mine__arena_array(arena, (size_t)rows->n, sizeof *sum);
  mine__by_code by;
  *out = *rows;
  out->n = 0;
  if (!basket || !item || !weight || !place || !sum) return 0;
  if (!mine__sort_codes(arena, rows->basket, rows->n, rows->n_baskets, &by)) return 0;
  for (size_t x = 0; x < base; x++)
    place[x] = -1;
  for (int64_t b = 0; b < rows->n_baskets; b++) {
    const int64_t first = out->n;
    for (int64_t i = by.first[b]; i < by.first[b + 1]; i++) {
      const uint32_t row = by.at[i];
      const int32_t x = rows->item[row];
      if (x < 0 || isnan(rows->quantity[row])) continue;
      if (place[x] < first) {
        place[x] = out->n;
        basket[out->n] = (int32_t)b;
        item[out->n] = x;
        if (rows->weight) weight[out->n] = rows->weight[row];
        sum[out->n++] = 0;
      }
      sum[place[x]] += rows->quantity[row];
    }
    if (MINE_POLL_AT(env, b)) return 0;
  }
  for (int64_t i = 0; i < out->n; i++)
    item[i] = basket_quantity_code(amounts, rows, item[i], sum[i]);
  out->basket = basket;
  out->item = item;
  out->weight = rows->weight ? weight : NULL;
  out->quantity = NULL;
  out->n_items = rows->n_items + 1;
  return 1;
}
