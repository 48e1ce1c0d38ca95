/*
** rules_thin.c -- what happens to rules that were found: p and q, then without those that
** say nothing new, in their order.
**
** A rule is redundant when a more general one with the same consequent, whose antecedent
** lacks some of the items, is as confident (Bayardo, Agrawal & Gunopulos, DMKD 4, 2000:
** improvement of 0 or less).  All its counts are known: they are of parts of one itemset.
** The more general rule need not be in the answer itself, and the one without any
** antecedent ("everybody") is not asked: that is what lift is for.
*/
#include <math.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../kernel/special.h"
#include "rules.h"

#define THIN_BLOCK 256 /* rules of a task */

/* ---- the order ------------------------------------------------------------------------------ */

/* Undefined = infinite for those that a rule without exception has: it comes first. */
static double thin_value(const mine__rule_search *f, const mine_rule *rule,
                         const mine_rule_measures *m, uint32_t count) {
  const double value[] = {
      count,       m->support,     m->confidence, m->lift,      m->leverage,   m->conviction,
      m->coverage, m->added_value, m->cosine,     m->jaccard,   m->kulczynski, m->imbalance_ratio,
      m->phi,      m->chi_squared, m->odds_ratio, m->certainty, -rule->p,      -rule->p};
  const mine_rule_sort sort = f->query->sort;
  if (!isnan(value[sort])) return value[sort];
  if (sort == MINE_BY_CONVICTION) return HUGE_VAL;
  if (sort == MINE_BY_ODDS_RATIO) /* 0 / 0 where everybody has one of the sides */
    return isnan(m->phi) ? -HUGE_VAL : HUGE_VAL;
  return -HUGE_VAL;
}

mine__rule_key mine__rules_key(const mine__rule_search *f, const mine_rule *rule, uint32_t turn) {
  const uint32_t count = f->sets->data[f->sets->at[rule->set]];
  mine_rule_measures m;
  mine__rule_measure_of(f->sets, rule, &m);
  return (mine__rule_key){.by = thin_value(f, rule, &m, count),
                          .lift = m.lift,
                          .confidence = m.confidence,
                          .count = count,
                          .turn = turn,
                          .set = rule->set};
}

int mine__rules_before(const mine__rule_key *a, const mine__rule_key *b) {
  if (a->by != b->by) return a->by > b->by;
  if (a->lift != b->lift) return a->lift > b->lift;
  if (a->confidence != b->confidence) return a->confidence > b->confidence;
  if (a->count != b->count) return a->count > b->count;
  if (a->set != b->set) return a->set < b->set;
  return a->turn < b->turn;
}

typedef struct thin_place {
  mine__rule_key key;
  uint32_t rule;
} thin_place;

static int thin_before(const void *context, const void *left, const void *right) {
  const thin_place *a = left, *b = right;
  (void)context;
  return mine__rules_before(&a->key, &b->key);
}

static void thin_sort(mine__rule_search *f) {
  const size_t n = (size_t)f->rules->n;
  thin_place *place = mine__arena_array(f->env->scratch, n, sizeof *place);
  thin_place *spare = mine__arena_array(f->env->scratch, n, sizeof *spare);
  mine_rule *sorted = mine__arena_array(f->arena, n, sizeof *sorted);
  if (!place || !spare || !sorted) return;
  for (size_t i = 0; i < n; i++) /* of `top` the keys are there: a turn is one within its set */
    place[i] = (thin_place){
        f->key ? f->key[i] : mine__rules_key(f, &f->rules->rule[i], (uint32_t)i), (uint32_t)i};
  mine__sort(f->env, place, spare, n, sizeof *place, thin_before, NULL);
  if (mine_failed(f->env)) return;
  for (size_t i = 0; i < n; i++)
    sorted[i] = f->rules->rule[place[i].rule];
  f->rules->rule = sorted;
}

/* ---- p and q -------------------------------------------------------------------------------- */

static void thin_p_task(void *context, int64_t task, int worker) {
  const mine__rule_search *f = context;
  const mine_itemsets *sets = f->sets;
  const int64_t to = (task + 1) * THIN_BLOCK < f->rules->n ? (task + 1) * THIN_BLOCK : f->rules->n;
  (void)worker;
  for (int64_t i = task * THIN_BLOCK; i < to; i++) {
    mine_rule *rule = &f->rules->rule[i];
    rule->p = mine__rule_p(sets->baskets, sets->data[sets->at[rule->left]],
                           sets->data[sets->at[rule->right]], sets->data[sets->at[rule->set]]);
  }
}

static void thin_q(mine__rule_search *f) {
  const int64_t n = f->rules->n;
  double *q = mine__arena_array(f->env->scratch, (size_t)n, sizeof *q);
  mine_pair *order = mine__arena_array(f->env->scratch, (size_t)n, sizeof *order);
  mine_pair *spare = mine__arena_array(f->env->scratch, (size_t)n, sizeof *spare);
  if (!q || !order || !spare) return;
  for (int64_t i = 0; i < n; i++)
    q[i] = f->rules->rule[i].p;
  mine__benjamini_hochberg(q, n, order, spare);
  /* Of the top ones the others were candidates too: as if each had p = 1. */
  const double wider = f->query->top > 0 ? f->candidates / (double)n : 1;
  for (int64_t i = 0; i < n; i++)
    f->rules->rule[i].q = fmin(1, q[i] * wider);
}

/* ---- without those that say nothing new ----------------------------------------------------- */

/* Whether `part` of the antecedent leads to the consequent as surely: products instead of
** quotients, so that counts are compared exactly. */
static int thin_as_good(const mine__rule_search *f, const mine_rule *rule, uint64_t part) {
  uint64_t left_hash = 0, both_hash = 0;
  for (uint32_t i = 0; i < f->set[1]; i++) {
    const uint64_t hash = mine__rules_hash(f->set[2 + i]);
    if (part >> i & 1) left_hash ^= hash;
    if ((part | rule->consequent) >> i & 1) both_hash ^= hash;
  }
  const mine_itemsets *sets = f->sets;
  const uint32_t left = mine__rules_part(f, part, left_hash);
  const uint32_t both = mine__rules_part(f, part | rule->consequent, both_hash);
  if (!sets->weighted)
    return (uint64_t)sets->data[sets->at[both]] * sets->data[sets->at[rule->left]] >=
           (uint64_t)sets->data[sets->at[rule->set]] * sets->data[sets->at[left]];
  return mine__itemset_weight(sets, both) * mine__itemset_weight(sets, rule->left) >=
         mine__itemset_weight(sets, rule->set) * mine__itemset_weight(sets, left) *
             (1 - 1e-12); /* sums of weights are rounded */
}

int mine__rules_redundant(const mine__rule_search *f, const mine_rule *rule) {
  const uint64_t whole = (((uint64_t)1 << f->set[1]) - 1) & ~rule->consequent;
  uint32_t steps = 0;
  for (uint64_t part = (whole - 1) & whole; part; part = (part - 1) & whole) {
    if (thin_as_good(f, rule, part)) return 1;
    if (++steps % 4096 == 0 && mine__poll(f->env)) return 0;
  }
  return 0;
}

/* In the order in which they were found: the rules of a set one after the other. */
static void thin_redundant(mine__rule_search *f) {
  mine_rule_set *rules = f->rules;
  int64_t kept = 0;
  for (int64_t i = 0; i < rules->n; i++) {
    const mine_rule rule = rules->rule[i];
    f->set = f->sets->data + f->sets->at[rule.set];
    if (!mine__rules_redundant(f, &rule)) rules->rule[kept++] = rule;
    if (i % 1024 == 0 && mine__poll(f->env)) return;
  }
  rules->n = kept;
}

static void thin_per_itemset(mine__rule_search *f) {
  mine_rule_set *rules = f->rules;
  int64_t kept = 0;
  for (int64_t i = 0, next; i < rules->n; i = next) {
    mine_rule best = rules->rule[i];
    mine__rule_key best_key = mine__rules_key(f, &best, 0);
    for (next = i + 1; next < rules->n && rules->rule[next].set == best.set; next++) {
      const mine__rule_key key = mine__rules_key(f, &rules->rule[next], (uint32_t)(next - i));
      if (!mine__rules_before(&key, &best_key)) continue;
      best = rules->rule[next];
      best_key = key;
    }
    rules->rule[kept++] = best;
  }
  rules->n = kept;
}

void mine__rules_finish(mine__rule_search *f) {
  if (f->rules->n == 0) return;
  if (mine__parallel(f->env, MINE_BLOCKS(f->rules->n, THIN_BLOCK), thin_p_task, f)) return;
  thin_q(f);
  if (f->query->top == 0 && !f->query->redundant) thin_redundant(f);
  if (f->query->top == 0 && f->query->per_itemset && !mine_failed(f->env)) thin_per_itemset(f);
  if (!mine_failed(f->env)) thin_sort(f);
}
