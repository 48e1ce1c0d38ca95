/*
** itemsets_root.c -- baskets become the root of the search tree: items that are not frequent
** are left out, the others are numbered by frequency.
**
** Items that are in exactly the same baskets (*twins*) come into a closed or maximal set all
** together or not at all.  One of them stands for all in the tree: the million items of one
** basket are one item, which would otherwise be a million branches of a million items each.
** Twins are found by a hash of their baskets and then compared basket by basket.
*/
#include "../core/order.h"
#include "miner.h"

#define ROOT_BLOCK 16384 /* baskets between two questions to the host */

/* What is known of the items while the root is made: by code, or by rank. */
typedef struct root_items {
  uint32_t *rank;      /* of each code: its rank + 1, 0: not frequent     */
  uint32_t *frequency; /* of each rank                                    */
  double *weight;      /* of each rank; NULL: baskets have none           */
  uint32_t *number;    /* of each rank: its item number + 1, 0: a twin    */
  uint32_t *stands;    /* of each rank: the rank that stands for it in the tree */
} root_items;

int mine__miner_before(const void *context, const void *left, const void *right) {
  const miner_order *order = context;
  const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  if (order->count[a] != order->count[b]) return order->count[a] > order->count[b];
  if (!order->t->names) return a < b;
  mine_cell x, y;
  mine__values_get(order->t->names, a, &x);
  mine__values_get(order->t->names, b, &y);
  return mine__cell_compare(&x, &y) < 0;
}

/* What the baskets of each code weigh; NULL: they have no weights, or a failure. */
static double *root_weigh(mine_env *env, const mine_transactions *t) {
  double *weight = t->weight ? mine__arena_zeros(env->scratch, t->items, sizeof *weight) : NULL;
  for (int64_t b = 0; weight && b < t->baskets; b++) {
    for (uint32_t p = t->start[b]; p < t->start[b + 1]; p++)
      weight[t->item[p]] += t->weight[b];
  }
  return weight;
}

/* Count items, keep the frequent ones as ranks. */
static void root_rank(mine_env *env, mine_arena *arena, const mine_transactions *t,
                      const mine_itemset_query *query, mine_itemsets *sets, root_items *items) {
  const double *weight = root_weigh(env, t);
  uint32_t *count = mine__arena_zeros(env->scratch, t->items, sizeof *count);
  uint32_t *spare = mine__arena_array(env->scratch, t->items, sizeof *spare);
  items->rank = mine__arena_zeros(env->scratch, t->items, sizeof *items->rank);
  sets->code = mine__arena_array(arena, t->items, sizeof *sets->code);
  if (mine_failed(env)) return;
  for (uint32_t p = 0; p < t->start[t->baskets]; p++)
    count[t->item[p]]++;
  for (uint32_t x = 0; x < t->items; x++) {
    if ((int64_t)count[x] < query->min_count) continue;
    if (weight && !(weight[x] >= query->min_weight && weight[x] > 0)) continue;
    sets->code[sets->n_items++] = x;
  }
  const miner_order order = {t, count};
  mine__sort(env, sets->code, spare, sets->n_items, sizeof *spare, mine__miner_before, &order);
  if (mine_failed(env)) return;
  for (uint32_t r = 0; r < sets->n_items; r++)
    items->rank[sets->code[r]] = r + 1;
  items->frequency = spare;
  for (uint32_t r = 0; r < sets->n_items; r++)
    spare[r] = count[sets->code[r]];
  if (!weight) return;
  items->weight = mine__arena_array(env->scratch, sets->n_items, sizeof *items->weight);
  for (uint32_t r = 0; items->weight && r < sets->n_items; r++)
    items->weight[r] = weight[sets->code[r]];
}

/* ---- twins -------------------------------------------------------------------------------- */

typedef struct root_twin {
  const uint64_t *hash;
  const uint32_t *frequency;
  uint32_t rank;
} root_twin;

static int root_alike(const void *context, uint32_t rank) {
  const root_twin *twin = context;
  return twin->hash[rank] == twin->hash[twin->rank] &&
         twin->frequency[rank] == twin->frequency[twin->rank];
}

/* stands[r] = the first rank with the same frequency and hash; whether there is another one. */
static int root_guess(mine_env *env, const mine_transactions *t, uint32_t n, root_items *items) {
  uint64_t *hash = mine__arena_zeros(env->scratch, n, sizeof *hash);
  mine__table table = {0};
  int some = 0;
  if (!hash || mine__table_grow(&table, env->scratch, n) < 0) return 0;
  for (int64_t b = 0; b < t->baskets; b++) {
    const uint64_t of_basket = mine_hash_mix((uint64_t)b + 1);
    for (uint32_t p = t->start[b]; p < t->start[b + 1]; p++) {
      const uint32_t r = items->rank[t->item[p]];
      if (r) hash[r - 1] ^= of_basket;
    }
    if (b % ROOT_BLOCK == 0 && mine__poll(env)) return 0;
  }
  for (uint32_t r = 0; r < n; r++) {
    const root_twin twin = {hash, items->frequency, r};
    const int64_t first = mine__table_find(&table, hash[r], root_alike, &twin);
    if (first < 0) mine__table_enter(&table, hash[r], r);
    items->stands[r] = first < 0 ? r : (uint32_t)first;
    some |= first >= 0;
  }
  return some;
}

/* Whoever is in a basket without the one that stands for it stands for itself.  (As often as
** that one, and always beside it: in the same baskets.) */
static void root_verify(mine_env *env, const mine_transactions *t, uint32_t n, root_items *items) {
  int64_t *seen = mine__arena_zeros(env->scratch, n, sizeof *seen); /* the last basket + 1 */
  if (!seen) return;
  for (int64_t b = 0; b < t->baskets; b++) {
    for (uint32_t p = t->start[b]; p < t->start[b + 1]; p++)
      if (items->rank[t->item[p]]) seen[items->rank[t->item[p]] - 1] = b + 1;
    for (uint32_t p = t->start[b]; p < t->start[b + 1]; p++) {
      const uint32_t r = items->rank[t->item[p]];
      if (r && seen[items->stands[r - 1]] != b + 1) items->stands[r - 1] = r - 1;
    }
    if (b % ROOT_BLOCK == 0 && mine__poll(env)) return;
  }
}

/* Of each rank that stands for others, these. */
static void root_list(mine_env *env, uint32_t n, const root_items *items, miner_twins *twins) {
  uint32_t *start = mine__arena_zeros(env->scratch, (size_t)n + 1, sizeof *start);
  uint32_t *twin = mine__arena_array(env->scratch, n, sizeof *twin);
  if (!start || !twin) return;
  for (uint32_t r = 0; r < n; r++)
    start[items->stands[r] + 1] += items->stands[r] != r;
  for (uint32_t r = 0; r < n; r++)
    start[r + 1] += start[r];
  for (uint32_t r = 0; r < n; r++)
    if (items->stands[r] != r) twin[start[items->stands[r]]++] = r;
  for (uint32_t r = n; r > 0; r--)
    start[r] = start[r - 1];
  start[0] = 0;
  *twins = (miner_twins){start, twin};
}

/* How many items the tree has.  In groups nothing joins (project.c), so there are no twins. */
static uint32_t root_number(mine_env *env, const mine_transactions *t, mine_itemset_kind kind,
                            uint32_t n, root_items *items, miner_twins *twins) {
  items->number = mine__arena_zeros(env->scratch, n, sizeof *items->number);
  items->stands = mine__arena_array(env->scratch, n, sizeof *items->stands);
  if (!items->number || !items->stands) return 0;
  for (uint32_t r = 0; r < n; r++)
    items->stands[r] = r;
  if (kind != MINE_SETS_ALL && !t->groups && root_guess(env, t, n, items)) {
    root_verify(env, t, n, items);
    if (!mine_failed(env)) root_list(env, n, items, twins);
  }
  uint32_t used = 0;
  for (uint32_t r = n; r-- > 0;)
    if (items->stands[r] == r) items->number[r] = ++used;
  return used;
}

/* ---- rows --------------------------------------------------------------------------------- */

/* In item numbers: what is rarer comes first. */
static void root_rows(mine_env *env, const mine_transactions *t, const root_items *items,
                      miner_node *root, size_t *length) {
  uint32_t *row = root->row;
  size_t used = 0, rows = 0;
  row[used++] = MINER_END;
  for (int64_t b = 0; b < t->baskets; b++) {
    const size_t from = used;
    for (uint32_t p = t->start[b]; p < t->start[b + 1]; p++) {
      const uint32_t r = items->rank[t->item[p]];
      if (r && items->number[r - 1]) row[used++] = items->number[r - 1] - 1;
    }
    if (used - from < 2) {
      used = from;
    } else {
      mine__miner_sort(row + from, (uint32_t)(used - from));
      row[used++] = MINER_END;
      if (root->row_weight) root->row_weight[rows++] = t->weight[b];
    }
    if (b % ROOT_BLOCK == 0 && mine__poll(env)) return;
  }
  *length = used;
}

void mine__miner_root(mine_env *env, mine_arena *arena, const mine_transactions *t,
                      const mine_itemset_query *query, mine_itemsets *sets, miner_node *root,
                      miner_twins *twins) {
  root_items items = {0};
  *twins = (miner_twins){0};
  root_rank(env, arena, t, query, sets, &items);
  if (mine_failed(env)) return;
  const uint32_t n = root_number(env, t, query->kind, sets->n_items, &items, twins);
  size_t cells = 0, length = 0;
  for (uint32_t r = 0; r < sets->n_items && !mine_failed(env); r++)
    if (items.number[r]) cells += items.frequency[r];
  if (cells + (size_t)t->baskets + 2 > UINT32_MAX)
    mine__fail(env, MINE_LIMIT, "the baskets hold more than 4 billion items; use fewer rows");
  if (mine_failed(env)) return;
  *root = (miner_node){.items = n};
  root->item = mine__arena_array(env->scratch, n, sizeof *root->item);
  root->count = mine__arena_array(env->scratch, n, sizeof *root->count);
  root->start = mine__arena_array(env->scratch, (size_t)n + 1, sizeof *root->start);
  root->row = mine__arena_array(env->scratch, cells + (size_t)t->baskets + 2, sizeof *root->row);
  root->place = mine__arena_array(env->scratch, cells, sizeof *root->place);
  if (t->weight) {
    root->weight = mine__arena_array(env->scratch, n, sizeof *root->weight);
    root->place_weight = mine__arena_array(env->scratch, cells, sizeof *root->place_weight);
    root->row_weight =
        mine__arena_array(env->scratch, (size_t)t->baskets, sizeof *root->row_weight);
  }
  if (mine_failed(env)) return;
  for (uint32_t r = 0; r < sets->n_items; r++) {
    if (!items.number[r]) continue;
    root->item[items.number[r] - 1] = r;
    root->count[items.number[r] - 1] = items.frequency[r];
    if (root->weight) root->weight[items.number[r] - 1] = items.weight[r];
  }
  root_rows(env, t, &items, root, &length);
  if (mine_failed(env)) return;
  mine__miner_index(root, length);
}
