/*
** rules.c -- association rules from frequent itemsets (Agrawal & Srikant,
** VLDB 1994, section 3).
**
** Every split of a frequent set into antecedent => consequent is a rule whose
** three counts are already known: all subsets of a frequent set are frequent, so
** they stand in a hash table.  A set's hash is the exclusive or of its items'
** hashes: that of a part follows from the whole without reading it.
**
** Confidence falls when an item moves from the left to the right (the left side
** becomes more frequent), so a consequent that fails ends its branch.
**
** The first few in the order are kept in a heap whose root is the worst of them: a set
** whose count already says that none of its rules can be better is not split at all
** (Webb, "Efficient search for association rules", KDD 2000).
*/
#include "rules.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"

#define RULES_WIDEST 63 /* items of a set: bits of mine_rule.consequent */

/* Which lists of a side hold a rank; those of the consequent are shifted by RULES_RIGHT. */
enum { RULES_ALL = 1, RULES_ANY = 2, RULES_ONLY = 4, RULES_RIGHT = 3 };

/* ---- the table of counts ------------------------------------------------------------ */

static void rules_index(mine__rule_search *f) {
  const mine_itemsets *sets = f->sets;
  if (mine__table_grow(&f->table, f->env->scratch, (size_t)sets->n) < 0) return;
  for (int64_t s = 0; s < sets->n; s++) {
    const uint32_t *set = sets->data + sets->at[s];
    uint64_t hash = 0;
    for (uint32_t i = 0; i < set[1]; i++)
      hash ^= mine__rules_hash(set[2 + i]);
    mine__table_enter(&f->table, hash, (uint32_t)s);
    if (s % 65536 == 0 && mine__poll(f->env)) return;
  }
}

typedef struct rules_part {
  const mine__rule_search *f;
  uint64_t part;
} rules_part;

/* Whether the set `number` is the part of the set at hand that is looked for. */
static int rules_is_part(const void *context, uint32_t number) {
  const rules_part *wanted = context;
  const mine__rule_search *f = wanted->f;
  const uint32_t *candidate = f->sets->data + f->sets->at[number];
  uint32_t n = 0;
  for (uint32_t i = 0; i < f->set[1]; i++) {
    if (!(wanted->part >> i & 1)) continue;
    if (n == candidate[1] || candidate[2 + n] != f->set[2 + i]) return 0;
    n++;
  }
  return n == candidate[1];
}

uint32_t mine__rules_part(const mine__rule_search *f, uint64_t part, uint64_t hash) {
  const rules_part wanted = {f, part};
  const int64_t number = mine__table_find(&f->table, hash, rules_is_part, &wanted);
  return number < 0 ? 0 : (uint32_t)number; /* it is there: parts of frequent sets are frequent */
}

/* ---- what is kept ------------------------------------------------------------------------ */

static int rules_full(const mine__rule_search *f) {
  return f->query->top > 0 && f->rules->n >= f->query->top;
}

static int rules_heap_worse(const void *arrays, int64_t a, int64_t b) {
  const mine__rule_search *f = arrays;
  return mine__rules_before(&f->key[b], &f->key[a]);
}

static void rules_heap_swap(void *arrays, int64_t a, int64_t b) {
  mine__rule_search *f = arrays;
  const mine__rule_key key = f->key[a];
  const mine_rule rule = f->rules->rule[a];
  f->key[a] = f->key[b];
  f->rules->rule[a] = f->rules->rule[b];
  f->key[b] = key;
  f->rules->rule[b] = rule;
}

static const mine__heap rules_heap = {rules_heap_worse, rules_heap_swap};

/* Among the top ones, in place of the worst when there is no more room. */
static void rules_push(mine__rule_search *f, const mine_rule *rule, const mine__rule_key *key) {
  mine_rule_set *rules = f->rules;
  if (rules_full(f)) {
    rules->rule[0] = *rule;
    f->key[0] = *key;
    mine__heap_sink(rules_heap, f, rules->n);
    return;
  }
  if (!MINE_RESERVE(f->arena, rules->rule, f->capacity, (size_t)rules->n + 1)) return;
  if (!MINE_RESERVE(f->arena, f->key, f->key_capacity, (size_t)rules->n + 1)) return;
  rules->rule[rules->n] = *rule;
  f->key[rules->n] = *key;
  mine__heap_rise(rules_heap, f, rules->n++);
}

/* A rule passes: kept, if it is one of the top ones (and the first of its itemset). */
static void rules_offer(mine__rule_search *f, mine_rule *rule) {
  const mine_rule_query *query = f->query;
  if (query->sort == MINE_BY_P_VALUE || query->sort == MINE_BY_Q_VALUE) {
    const mine_itemsets *sets = f->sets;
    rule->p = mine__rule_p(sets->baskets, sets->data[sets->at[rule->left]],
                           sets->data[sets->at[rule->right]], f->set[0]);
  }
  const mine__rule_key key = mine__rules_key(f, rule, f->turn++);
  if (rules_full(f) && !mine__rules_before(&key, &f->key[0])) return;
  if (query->per_itemset && f->best.set >= 0 && !mine__rules_before(&key, &f->best_key)) return;
  if (!query->redundant && mine__rules_redundant(f, rule)) return;
  if (query->per_itemset) {
    f->best = *rule;
    f->best_key = key;
  } else {
    rules_push(f, rule, &key);
  }
}

static void rules_add(mine__rule_search *f, mine_rule *rule) {
  mine_rule_set *rules = f->rules;
  if (f->query->top > 0) {
    rules_offer(f, rule);
    return;
  }
  if (rules->n >= f->query->max_rules) {
    mine__fail(f->env, MINE_LIMIT,
               "more than max_rules=%lld rules; raise min_confidence, min_lift or "
               "min_support, name items of the antecedent or consequent, ask for the first ones "
               "only (top=100), or raise max_rules",
               (long long)f->query->max_rules);
    return;
  }
  if (!MINE_RESERVE(f->arena, rules->rule, f->capacity, (size_t)rules->n + 1)) return;
  rules->rule[rules->n++] = *rule;
}

/* ---- what cannot be better ---------------------------------------------------------------- */

/* No rule of the set at hand has a larger value of the measure; HUGE_VAL: nothing is known.
** Its count is both <= x and <= y; a consequent of one item is at least as frequent as the
** rarest item.  (The chance of a table has no such bound, and some measures are 1 for any.) */
static double rules_bound(const mine__rule_search *f) {
  const mine_itemsets *sets = f->sets;
  const double n = sets->total, both = mine__itemset_weight(sets, f->number), share = both / n;
  double least = both; /* what a consequent weighs at least */
  if (f->query->max_consequent == 1 && !sets->weighted) {
    const uint64_t last = (uint64_t)1 << (f->set[1] - 1); /* the rarest: the largest rank */
    const uint32_t s = mine__rules_part(f, last, mine__rules_hash(f->set[1 + f->set[1]]));
    least = sets->data[sets->at[s]];
  }
  switch (f->query->sort) {
    case MINE_BY_COUNT:
      return f->set[0];
    case MINE_BY_SUPPORT:
      return share;
    case MINE_BY_LIFT:
      return n / least;
    case MINE_BY_LEVERAGE:
      return share - share * share;
    case MINE_BY_ADDED_VALUE:
      return 1 - least / n;
    case MINE_BY_PHI: /* <= the cosine: 1 - xy/both <= sqrt((1 - x)(1 - y)) */
    case MINE_BY_COSINE:
      return sqrt(both / least);
    case MINE_BY_JACCARD:
      return both / least;
    case MINE_BY_KULCZYNSKI:
      return (1 + both / least) / 2;
    default:
      return HUGE_VAL;
  }
}

static int rules_hopeless(const mine__rule_search *f) {
  return rules_full(f) && rules_bound(f) * (1 + 1e-9) < f->key[0].by;
}

/* The splits of the set at hand: of `open` items any may go to the right, `right` are there. */
static double rules_splits(const mine__rule_search *f, uint32_t open, uint32_t right) {
  double ways = 1, sum = 0;
  for (uint32_t k = 0; k <= open; k++) {
    const uint32_t size = right + k;
    if (size >= f->set[1] || (int64_t)size > f->query->max_consequent) break;
    if (size > 0) sum += ways;
    ways = ways * (double)(open - k) / (double)(k + 1);
  }
  return sum;
}

/* ---- the rules of one set -------------------------------------------------------------- */

static void rules_judge(mine__rule_search *f, uint64_t right, uint64_t right_hash, uint32_t left) {
  mine_rule rule = {.set = f->number, .consequent = right, .left = left, .p = NAN, .q = NAN};
  mine_rule_measures m;
  rule.right = mine__rules_part(f, right, right_hash);
  mine__rule_measure_of(f->sets, &rule, &m);
  if (!(m.lift < f->query->min_lift)) rules_add(f, &rule);
}

/* Judge the consequent `right` (hash `right_hash`, `size` items), then those with
** one more item at position `from` or later. */
static void rules_consequents(mine__rule_search *f, uint64_t right, uint64_t right_hash,
                              uint32_t size, uint32_t from) {
  const uint32_t n = f->set[1];
  const uint64_t left = (((uint64_t)1 << n) - 1) & ~right;
  if (f->any[0] && !(left & f->any[0])) return;
  if (size > 0) {
    const uint32_t s = mine__rules_part(f, left, f->hash ^ right_hash);
    const double confidence =
        mine__itemset_weight(f->sets, f->number) / mine__itemset_weight(f->sets, s);
    if (!(confidence >= f->query->min_confidence)) return;
    if (f->query->sort == MINE_BY_CONFIDENCE && rules_full(f) && confidence < f->key[0].by) return;
    if (!f->any[1] || (right & f->any[1])) rules_judge(f, right, right_hash, s);
    if (mine_failed(f->env)) return;
  }
  if (size + 1 >= n || (int64_t)size >= f->query->max_consequent) return;
  for (uint32_t i = from; i < n; i++) {
    if ((right | f->stays) >> i & 1) continue;
    rules_consequents(f, right | (uint64_t)1 << i, right_hash ^ mine__rules_hash(f->set[2 + i]),
                      size + 1, i + 1);
    if (mine_failed(f->env)) break;
  }
}

/* Where the items of the set at hand may stand: 0 = no split of it is a rule. */
static int rules_place(mine__rule_search *f, uint64_t *right) {
  const mine_rule_side *side[2] = {&f->query->antecedent, &f->query->consequent};
  uint64_t has[2] = {0, 0}, may[2] = {0, 0};
  uint32_t n[2] = {0, 0};
  f->any[0] = f->any[1] = 0;
  for (uint32_t i = 0; i < f->set[1]; i++) {
    const uint64_t bit = (uint64_t)1 << i;
    for (int k = 0; k < 2; k++) {
      const int mark = f->marks[f->set[2 + i]] >> (k * RULES_RIGHT);
      if (mark & RULES_ALL) has[k] |= bit, n[k]++;
      if (mark & RULES_ANY) f->any[k] |= bit;
      if (side[k]->n_only == 0 || mark & RULES_ONLY) may[k] |= bit;
    }
  }
  for (int k = 0; k < 2; k++)
    if (n[k] < f->all[k] || (side[k]->n_any > 0 && !f->any[k])) return 0;
  const uint64_t all = ((uint64_t)1 << f->set[1]) - 1;
  f->stays = has[0] | (all & ~may[1]);
  *right = has[1] | (all & ~may[0]);
  return !(*right & f->stays);
}

static void rules_take(mine__rule_search *f, int64_t s) {
  f->number = s;
  f->set = f->sets->data + f->sets->at[s];
  f->hash = 0;
  f->turn = 0;
  f->best.set = -1;
  for (uint32_t i = 0; i < f->set[1]; i++)
    f->hash ^= mine__rules_hash(f->set[2 + i]);
}

static void rules_of_set(mine__rule_search *f, int64_t s) {
  const uint32_t n = f->sets->data[f->sets->at[s] + 1];
  if (n < 2 || (int64_t)n < f->query->min_length) return;
  if (n > RULES_WIDEST) {
    mine__fail(f->env, MINE_LIMIT, "an itemset has %u items, more than %d; set max_length", n,
               RULES_WIDEST);
    return;
  }
  rules_take(f, s);
  uint64_t right, right_hash = 0;
  uint32_t size = 0, open = 0;
  if (!rules_place(f, &right)) return;
  for (uint32_t i = 0; i < n; i++) {
    open += !((right | f->stays) >> i & 1);
    if (right >> i & 1) right_hash ^= mine__rules_hash(f->set[2 + i]), size++;
  }
  if (size >= n || (int64_t)size > f->query->max_consequent) return;
  if (f->query->top > 0) f->candidates += rules_splits(f, open, size);
  if (rules_hopeless(f)) return;
  rules_consequents(f, right, right_hash, size, 0);
  if (f->best.set >= 0 && !mine_failed(f->env)) rules_push(f, &f->best, &f->best_key);
}

/* ---- items by code -> marks per rank -------------------------------------------------------- */

/* Mark the ranks of some codes; how many different ones are frequent. */
static uint32_t rules_mark(mine__rule_search *f, uint16_t *marks, const uint32_t *code, size_t n,
                           int mark) {
  uint32_t frequent = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t r = 0;
    while (r < f->sets->n_items && f->sets->code[r] != code[i])
      r++;
    if (r == f->sets->n_items || marks[r] & mark) continue;
    marks[r] = (uint16_t)(marks[r] | mark);
    frequent++;
  }
  return frequent;
}

static uint32_t rules_distinct(const uint32_t *code, size_t n) {
  uint32_t distinct = 0;
  for (size_t i = 0; i < n; i++) {
    size_t j = 0;
    while (code[j] != code[i])
      j++;
    distinct += j == i;
  }
  return distinct;
}

/* 0 = what a side must hold is not frequent: no rule has it (or failure recorded). */
static int rules_sides(mine__rule_search *f) {
  uint16_t *marks = mine__arena_zeros(f->env->scratch, f->sets->n_items, sizeof *marks);
  if (!marks) return 0;
  f->marks = marks;
  for (int k = 0; k < 2; k++) {
    const mine_rule_side *side = k ? &f->query->consequent : &f->query->antecedent;
    const int shift = k * RULES_RIGHT;
    f->all[k] = rules_distinct(side->all, side->n_all);
    if (rules_mark(f, marks, side->all, side->n_all, RULES_ALL << shift) < f->all[k]) return 0;
    if (!rules_mark(f, marks, side->any, side->n_any, RULES_ANY << shift) && side->n_any) return 0;
    if (!rules_mark(f, marks, side->only, side->n_only, RULES_ONLY << shift) && side->n_only)
      return 0;
  }
  return 1;
}

/* ---- all ------------------------------------------------------------------------------------ */

static void rules_run(mine__rule_search *f) {
  if (!rules_sides(f)) return;
  rules_index(f);
  if (mine_failed(f->env)) return;
  /* The top by lift are of rare sets: those first, that the others need not be split. */
  const int backwards = f->query->top > 0 && f->query->sort == MINE_BY_LIFT;
  const int64_t n = f->sets->n;
  for (int64_t i = 0; i < n; i++) {
    rules_of_set(f, backwards ? n - 1 - i : i);
    if (mine_failed(f->env)) return;
    if (i % 1024 == 0 && mine__poll_progress(f->env, "rules", (double)i / (double)n)) return;
  }
  mine__rules_finish(f);
}

mine_status mine__rules_find(mine_env *env, mine_arena *arena, const mine_itemsets *sets,
                             const mine_rule_query *query, mine_rule_set *out) {
  *out = (mine_rule_set){0};
  if (sets->n >= UINT32_MAX || query->max_rules >= UINT32_MAX) {
    return mine__fail(env, MINE_LIMIT, "more than 4 billion itemsets or rules; raise min_support");
  }
  mine__rule_search f = {.env = env, .arena = arena, .sets = sets, .query = query, .rules = out};
  const mine_mark mark = mine__arena_mark(env->scratch);
  rules_run(&f);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
