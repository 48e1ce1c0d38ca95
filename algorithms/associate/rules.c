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
*/
#include <math.h>
#include <string.h>

#include "../core/hash.h"
#include "../core/order.h"
#include "associate.h"

#define RULES_WIDEST 63 /* items of a set: bits of mine_rule.consequent */

typedef struct rules_finder {
  mine_env *env;
  mine_arena *arena;
  const mine_itemsets *sets;
  const mine_rule_query *query;
  mine__table table;      /* of the sets, by their hash */
  size_t n_left, n_right; /* ranks that a side must hold */
  uint32_t *left, *right;
  mine_rule_set *rules;
  size_t capacity;
  /* The set at hand. */
  int64_t number;
  const uint32_t *set;  /* count, size, ranks */
  uint64_t hash, stays; /* stays: bits that must not go to the right */
} rules_finder;

static uint64_t rules_item_hash(uint32_t rank) {
  return mine_hash_mix((uint64_t)rank + 1);
}

/* ---- the table of counts ------------------------------------------------------------ */

static void rules_index(rules_finder *f) {
  const mine_itemsets *sets = f->sets;
  if (mine__table_grow(&f->table, f->env->scratch, (size_t)sets->n) < 0) return;
  for (int64_t s = 0; s < sets->n; s++) {
    const uint32_t *set = sets->data + sets->at[s];
    uint64_t hash = 0;
    for (uint32_t i = 0; i < set[1]; i++)
      hash ^= rules_item_hash(set[2 + i]);
    mine__table_enter(&f->table, hash, (uint32_t)s);
    if (s % 65536 == 0 && mine__poll(f->env)) return;
  }
}

typedef struct rules_part {
  const rules_finder *f;
  uint64_t part;
} rules_part;

/* Whether the set `number` is the part of the set at hand that is looked for. */
static int rules_is_part(const void *context, uint32_t number) {
  const rules_part *wanted = context;
  const rules_finder *f = wanted->f;
  const uint32_t *candidate = f->sets->data + f->sets->at[number];
  uint32_t n = 0;
  for (uint32_t i = 0; i < f->set[1]; i++) {
    if (!(wanted->part >> i & 1)) continue;
    if (n == candidate[1] || candidate[2 + n] != f->set[2 + i]) return 0;
    n++;
  }
  return n == candidate[1];
}

/* The count of a non-empty part of the set at hand. */
static uint32_t rules_count(const rules_finder *f, uint64_t part, uint64_t hash) {
  const rules_part wanted = {f, part};
  const int64_t number = mine__table_find(&f->table, hash, rules_is_part, &wanted);
  if (number < 0) return 0; /* cannot be: every part of a frequent set is frequent */
  return f->sets->data[f->sets->at[number]];
}

/* ---- the rules of one set -------------------------------------------------------------- */

static void rules_add(rules_finder *f, uint64_t right, uint32_t n_left, uint32_t n_right) {
  mine_rule_set *rules = f->rules;
  if (rules->n >= f->query->max_rules) {
    mine__fail(f->env, MINE_LIMIT,
               "more than max_rules=%lld rules; raise min_confidence, min_lift or "
               "min_support, name items of the antecedent or consequent, or raise max_rules",
               (long long)f->query->max_rules);
    return;
  }
  if (!MINE_RESERVE(f->arena, rules->rule, f->capacity, (size_t)rules->n + 1)) return;
  rules->rule[rules->n++] = (mine_rule){f->number, right, n_left, n_right};
}

/* Judge the consequent `right` (hash `right_hash`, `size` items), then those with
** one more item at position `from` or later. */
static void rules_consequents(rules_finder *f, uint64_t right, uint64_t right_hash, uint32_t size,
                              uint32_t from) {
  const uint32_t n = f->set[1];
  const uint64_t all = ((uint64_t)1 << n) - 1;
  if (size > 0) {
    const uint32_t n_left = rules_count(f, all & ~right, f->hash ^ right_hash);
    if (n_left == 0 || (double)f->set[0] / n_left < f->query->min_confidence) return;
    const uint32_t n_right = rules_count(f, right, right_hash);
    mine_rule_measures m;
    mine__rule_measure(f->sets->baskets, n_left, n_right, f->set[0], &m);
    if (!(m.lift < f->query->min_lift)) rules_add(f, right, n_left, n_right);
    if (mine_failed(f->env)) return;
  }
  if (size + 1 >= n || (int64_t)size >= f->query->max_consequent) return;
  for (uint32_t i = from; i < n; i++) {
    if ((right | f->stays) >> i & 1) continue;
    rules_consequents(f, right | (uint64_t)1 << i, right_hash ^ rules_item_hash(f->set[2 + i]),
                      size + 1, i + 1);
    if (mine_failed(f->env)) break;
  }
}

/* The bits of ranks[0..n-1] in the set at hand; 0 = one is not in it. */
static int rules_bits(const rules_finder *f, const uint32_t *rank, size_t n, uint64_t *bits) {
  *bits = 0;
  for (size_t r = 0; r < n; r++) {
    uint32_t i = 0;
    while (i < f->set[1] && f->set[2 + i] != rank[r])
      i++;
    if (i == f->set[1]) return 0;
    *bits |= (uint64_t)1 << i;
  }
  return 1;
}

static void rules_of_set(rules_finder *f, int64_t s) {
  f->number = s;
  f->set = f->sets->data + f->sets->at[s];
  if (f->set[1] < 2) return;
  if (f->set[1] > RULES_WIDEST) {
    mine__fail(f->env, MINE_LIMIT, "an itemset has %u items, more than %d; set max_length",
               f->set[1], RULES_WIDEST);
    return;
  }
  uint64_t right;
  if (!rules_bits(f, f->left, f->n_left, &f->stays)) return;
  if (!rules_bits(f, f->right, f->n_right, &right) || (right & f->stays)) return;
  uint64_t right_hash = 0;
  uint32_t size = 0;
  f->hash = 0;
  for (uint32_t i = 0; i < f->set[1]; i++) {
    const uint64_t h = rules_item_hash(f->set[2 + i]);
    f->hash ^= h;
    if (right >> i & 1) right_hash ^= h, size++;
  }
  if (size >= f->set[1] || (int64_t)size > f->query->max_consequent) return;
  rules_consequents(f, right, right_hash, size, 0);
}

/* ---- items by code -> ranks --------------------------------------------------------------- */

/* 0 = an item is not frequent: no rule can hold it (or failure recorded). */
static int rules_ranks(rules_finder *f, const uint32_t *code, size_t n, uint32_t **rank) {
  *rank = mine__arena_array(f->env->scratch, n, sizeof **rank);
  if (!*rank) return 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t r = 0;
    while (r < f->sets->n_items && f->sets->code[r] != code[i])
      r++;
    if (r == f->sets->n_items) return 0;
    (*rank)[i] = r;
  }
  return 1;
}

/* ---- the order ------------------------------------------------------------------------------ */

typedef struct rules_key {
  double by, lift, confidence; /* by: the measure that was asked for */
  uint32_t count, rule;
} rules_key;

/* The largest first. */
static int rules_before(const void *context, const void *left, const void *right) {
  const rules_key *a = left, *b = right;
  (void)context;
  if (a->by != b->by) return a->by > b->by;
  if (a->lift != b->lift) return a->lift > b->lift;
  if (a->confidence != b->confidence) return a->confidence > b->confidence;
  return a->count > b->count;
}

static double rules_sort_value(mine_rule_sort sort, const mine_rule_measures *m, uint32_t count) {
  switch (sort) {
    case MINE_BY_CONFIDENCE:
      return m->confidence;
    case MINE_BY_SUPPORT:
    case MINE_BY_COUNT:
      return (double)count;
    case MINE_BY_LEVERAGE:
      return m->leverage;
    case MINE_BY_CONVICTION: /* undefined = infinite: confidence 1 comes first */
      return isnan(m->conviction) ? HUGE_VAL : m->conviction;
    case MINE_BY_LIFT:
      break;
  }
  return m->lift;
}

static rules_key rules_key_of(const rules_finder *f, int64_t i) {
  const mine_rule *rule = &f->rules->rule[i];
  const uint32_t count = f->sets->data[f->sets->at[rule->set]];
  mine_rule_measures m;
  mine__rule_measure(f->sets->baskets, rule->n_antecedent, rule->n_consequent, count, &m);
  return (rules_key){rules_sort_value(f->query->sort, &m, count), m.lift, m.confidence, count,
                     (uint32_t)i};
}

/* Stable: rules that are equal in all four stay in the order of the itemsets. */
static void rules_sort(rules_finder *f) {
  const size_t n = (size_t)f->rules->n;
  rules_key *key = mine__arena_array(f->env->scratch, n, sizeof *key);
  rules_key *spare = mine__arena_array(f->env->scratch, n, sizeof *spare);
  mine_rule *sorted = mine__arena_array(f->arena, n, sizeof *sorted);
  if (!key || !spare || !sorted) return;
  for (size_t i = 0; i < n; i++)
    key[i] = rules_key_of(f, (int64_t)i);
  mine__sort(f->env, key, spare, n, sizeof *key, rules_before, NULL);
  if (mine_failed(f->env)) return;
  for (size_t i = 0; i < n; i++)
    sorted[i] = f->rules->rule[key[i].rule];
  f->rules->rule = sorted;
}

static void rules_run(rules_finder *f) {
  if (!rules_ranks(f, f->query->antecedent, f->n_left, &f->left)) return;
  if (!rules_ranks(f, f->query->consequent, f->n_right, &f->right)) return;
  rules_index(f);
  if (mine_failed(f->env)) return;
  for (int64_t s = 0; s < f->sets->n; s++) {
    rules_of_set(f, s);
    if (mine_failed(f->env)) return;
    if (s % 1024 == 0 && mine__poll_progress(f->env, "rules", (double)s / (double)f->sets->n)) {
      return;
    }
  }
  rules_sort(f);
}

mine_status mine__rules_find(mine_env *env, mine_arena *arena, const mine_itemsets *sets,
                             const mine_rule_query *query, mine_rule_set *out) {
  *out = (mine_rule_set){0};
  if (sets->n >= UINT32_MAX || query->max_rules >= UINT32_MAX) {
    return mine__fail(env, MINE_LIMIT, "more than 4 billion itemsets or rules; raise min_support");
  }
  rules_finder f = {.env = env, .arena = arena, .sets = sets, .query = query, .rules = out};
  f.n_left = query->n_antecedent;
  f.n_right = query->n_consequent;
  const mine_mark mark = mine__arena_mark(env->scratch);
  rules_run(&f);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
