/*
** antecedents_grow.c -- from frequent itemsets to rules, and from their left sides to a tree.
**
** The left sides are put in the order of their paths, the rarest item first; in that order a branch
** is a stretch, and only the stretches that hold rules are kept.
*/
#include "../core/order.h"
#include "antecedents.h"

/* ---- from itemsets to rules ----------------------------------------------------------------- */

int mine__antecedents_baskets(mine_env *env, const mine_interactions *of, int by,
                              mine_transactions *to) {
  const int64_t n = by ? of->n_baskets : of->n_customers;
  const int64_t *first = by ? of->event_first : of->pair_first;
  const int32_t *item = by ? of->event_item : of->pair_item;
  *to = (mine_transactions){.items = (uint32_t)of->n_items, .names = of->items};
  if (first[n] >= UINT32_MAX) {
    (void)mine__fail(env, MINE_LIMIT, "%lld pairs are more than rules are made of (%lld)",
                     (long long)first[n], (long long)UINT32_MAX);
    return 0;
  }
  to->start = mine__arena_array(env->scratch, (size_t)n + 1, sizeof *to->start);
  to->item = mine__arena_array(env->scratch, (size_t)first[n], sizeof *to->item);
  if (mine_failed(env)) return 0;
  to->start[0] = 0;
  for (int64_t b = 0; b < n; b++) {
    if (first[b + 1] > first[b]) to->start[++to->baskets] = (uint32_t)first[b + 1];
  }
  for (int64_t i = 0; i < first[n]; i++)
    to->item[i] = (uint32_t)item[i];
  to->rows = first[n];
  return 1;
}

/* An itemset as a path: its ranks from the rarest to the most frequent, one of them left out. */
typedef struct antecedents_path {
  uint32_t n;
  uint32_t rank[ANTECEDENTS_DEEPEST + 1];
} antecedents_path;

static antecedents_path antecedents_of(const mine_itemsets *sets, int64_t s, int64_t without) {
  const uint32_t *set = sets->data + sets->at[s];
  antecedents_path path = {.n = 0};
  for (uint32_t i = set[1]; i-- > 0;)
    if ((int64_t)i != without) path.rank[path.n++] = set[2 + i];
  return path;
}

static int antecedents_compare(const antecedents_path *a, const antecedents_path *b) {
  for (uint32_t i = 0; i < a->n && i < b->n; i++)
    if (a->rank[i] != b->rank[i]) return a->rank[i] < b->rank[i] ? -1 : 1;
  return a->n == b->n ? 0 : a->n < b->n ? -1 : 1;
}

static int antecedents_before(const void *context, const void *a, const void *b) {
  const antecedents_path x = antecedents_of(context, *(const int64_t *)a, -1);
  const antecedents_path y = antecedents_of(context, *(const int64_t *)b, -1);
  return antecedents_compare(&x, &y) < 0;
}

/* Sets in the order of their paths, and rules by the place of their left side. */
typedef struct antecedents_rule {
  int64_t place;
  double confidence;
  int32_t then;
} antecedents_rule;

typedef struct antecedents_made {
  const mine_itemsets *sets;
  int64_t *order;
  antecedents_rule *rule;
  int64_t n_rules;
  size_t room;
} antecedents_made;

static int64_t antecedents_find(const antecedents_made *made, const antecedents_path *path) {
  int64_t low = 0, high = made->sets->n - 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    const antecedents_path at = antecedents_of(made->sets, made->order[middle], -1);
    if (antecedents_compare(&at, path) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Every subset of a frequent set is one, so its count is there. */
static int antecedents_split(mine_arena *arena, const mine_antecedents_options *o,
                             antecedents_made *made, int64_t s) {
  const mine_itemsets *sets = made->sets;
  const uint32_t *set = sets->data + sets->at[s];
  for (uint32_t i = 0; set[1] > 1 && i < set[1]; i++) {
    const antecedents_path left = antecedents_of(sets, s, i);
    const antecedents_path right = {.n = 1, .rank = {set[2 + i]}};
    const int64_t place = antecedents_find(made, &left);
    const double count = (double)set[0];
    const double x = (double)sets->data[sets->at[made->order[place]]];
    const double y = (double)sets->data[sets->at[made->order[antecedents_find(made, &right)]]];
    if (count / x < o->min_confidence || count * (double)sets->baskets < o->min_lift * x * y)
      continue;
    if (!MINE_RESERVE(arena, made->rule, made->room, (size_t)made->n_rules + 1)) return 0;
    made->rule[made->n_rules++] =
        (antecedents_rule){place, count / x, (int32_t)sets->code[set[2 + i]]};
  }
  return 1;
}

static int antecedents_earlier(const void *context, const void *a, const void *b) {
  (void)context;
  return ((const antecedents_rule *)a)->place < ((const antecedents_rule *)b)->place;
}

static int antecedents_make(mine_env *env, const mine_antecedents_options *o,
                            antecedents_made *made) {
  mine_arena *arena = env->scratch;
  const size_t n = (size_t)made->sets->n;
  int64_t *spare = mine__arena_array(arena, n, sizeof *spare);
  made->order = mine__arena_array(arena, n, sizeof *made->order);
  if (!spare || !made->order) return 0;
  for (int64_t s = 0; s < made->sets->n; s++)
    made->order[s] = s;
  mine__sort(env, made->order, spare, n, sizeof *spare, antecedents_before, made->sets);
  for (int64_t s = 0; s < made->sets->n && !mine_failed(env); s++)
    if (MINE_POLL_AT(env, s) || !antecedents_split(arena, o, made, s)) return 0;
  antecedents_rule *room = mine__arena_array(arena, (size_t)made->n_rules, sizeof *room);
  if (room)
    mine__sort(env, made->rule, room, (size_t)made->n_rules, sizeof *room, antecedents_earlier,
               NULL);
  return !mine_failed(env);
}

/* ---- the tree ------------------------------------------------------------------------------- */

/* Per place where its branch ends: before the next path that is not longer. */
static int64_t *antecedents_ends(mine_env *env, const antecedents_made *made) {
  int64_t *end = mine__arena_array(env->scratch, (size_t)made->sets->n + 1, sizeof *end);
  int64_t open[ANTECEDENTS_DEEPEST + 2];
  uint32_t depth = 0;
  for (int64_t p = 0; end && p <= made->sets->n; p++) {
    const uint32_t size =
        p < made->sets->n ? made->sets->data[made->sets->at[made->order[p]] + 1] : 1;
    while (depth >= size)
      end[open[--depth]] = p;
    open[depth++] = p;
  }
  return end;
}

int mine__antecedents_roots(mine_arena *arena, int64_t n_items, mine_antecedents *body) {
  body->root = mine__arena_array(arena, (size_t)n_items, sizeof *body->root);
  for (int64_t i = 0; body->root && i < n_items; i++)
    body->root[i] = -1;
  for (int32_t i = 0; body->root && i < (int32_t)body->n; i = body->end[i])
    body->root[body->item[i]] = i;
  return body->root != NULL;
}

/* Only the branches that have rules. */
static int antecedents_write(mine_env *env, mine_arena *arena, const antecedents_made *made,
                             mine_antecedents *body) {
  const int64_t n = made->sets->n;
  const int64_t *end = antecedents_ends(env, made);
  int64_t *rules = mine__arena_zeros(env->scratch, (size_t)n + 1, sizeof *rules);
  int64_t *kept = mine__arena_zeros(env->scratch, (size_t)n + 1, sizeof *kept);
  if (!end || !rules || !kept) return 0;
  for (int64_t r = 0; r < made->n_rules; r++)
    rules[made->rule[r].place + 1]++;
  for (int64_t p = 0; p < n; p++)
    rules[p + 1] += rules[p];
  for (int64_t p = 0; p < n; p++)
    kept[p + 1] = kept[p] + (rules[end[p]] > rules[p]);
  const size_t nodes = (size_t)kept[n];
  body->n = kept[n];
  body->item = mine__arena_array(arena, nodes, sizeof *body->item);
  body->end = mine__arena_array(arena, nodes, sizeof *body->end);
  body->first = mine__arena_zeros(arena, nodes + 1, sizeof *body->first);
  body->then = mine__arena_array(arena, (size_t)made->n_rules, sizeof *body->then);
  body->confidence = mine__arena_array(arena, (size_t)made->n_rules, sizeof *body->confidence);
  if (mine_failed(env)) return 0;
  for (int64_t p = 0; p < n; p++) {
    const int64_t node = kept[p];
    if (kept[p + 1] == node) continue;
    const antecedents_path path = antecedents_of(made->sets, made->order[p], -1);
    body->item[node] = (int32_t)made->sets->code[path.rank[path.n - 1]];
    body->end[node] = (int32_t)kept[end[p]];
    body->first[node + 1] = rules[p + 1];
  }
  for (int64_t r = 0; r < made->n_rules; r++) {
    body->then[r] = made->rule[r].then;
    body->confidence[r] = made->rule[r].confidence;
  }
  return 1;
}

int64_t mine__antecedents_grow(mine_env *env, mine_arena *arena, const mine_itemsets *sets,
                               const mine_antecedents_options *options, int64_t n_items,
                               mine_antecedents *out) {
  antecedents_made made = {.sets = sets};
  return antecedents_make(env, options, &made) && antecedents_write(env, arena, &made, out) &&
                 mine__antecedents_roots(arena, n_items, out)
             ? made.n_rules
             : -1;
}
