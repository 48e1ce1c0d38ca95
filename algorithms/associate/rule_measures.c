/*
** rule_measures.c -- how interesting a rule is, and the table of rules.
**
** Definitions: Tan, Kumar & Srivastava, "Selecting the right objective measure
** for association analysis", Information Systems 29 (2004); Hahsler, "A
** probabilistic comparison of commonly used interest measures for association
** rules" (the reference of R's arules), whose names are used; imbalance ratio
** and Kulczynski: Wu, Chen & Han, DMKD 21 (2010).
**
** Everything is computed from integer counts, products first and one division
** last where that is possible: equal ratios give equal bits, so that rules of
** the same lift compare as equal.
*/
#include <math.h>

#include "associate.h"

void mine__rule_measure(int64_t baskets, int64_t antecedent, int64_t consequent, int64_t both,
                        mine_rule_measures *out) {
  const double n = (double)baskets, x = (double)antecedent, y = (double)consequent;
  const double xy = (double)both;
  const double any = x + y - xy;
  const double spread = x * (n - x) * y * (n - y);
  out->support = xy / n;
  out->confidence = xy / x;
  out->lift = xy * n / (x * y);
  out->leverage = (xy * n - x * y) / (n * n);
  out->conviction = antecedent > both ? (n - y) * x / (n * (x - xy)) : NAN;
  out->coverage = x / n;
  out->added_value = (xy * n - x * y) / (x * n);
  out->cosine = xy / sqrt(x * y);
  out->jaccard = xy / any;
  out->kulczynski = (xy / x + xy / y) / 2;
  out->imbalance_ratio = fabs(x - y) / any;
  out->phi = spread > 0 ? (xy * n - x * y) / sqrt(spread) : NAN;
  out->chi_squared = spread > 0 ? n * ((xy * n - x * y) * (xy * n - x * y) / spread) : NAN;
}

/* One side of a rule as JSON: the ranks of the set that `part` picks. */
static void measures_side(mine_relation *relation, const mine_item_texts *items,
                          const uint32_t *set, uint64_t part, mine_text *json) {
  uint32_t side[64];
  size_t n = 0;
  for (uint32_t i = 0; i < set[1]; i++) {
    if (part >> i & 1) side[n++] = set[2 + i];
  }
  mine__item_texts_join(items, side, n, json);
  const mine_cell cell = {.type = MINE_TEXT, .bytes = json->bytes, .as.text = json->data};
  if (!json->failed) mine__row_cell(relation, &cell);
}

static void measures_row(const mine_itemsets *sets, const mine_rule *rule,
                         const mine_item_texts *items, mine_relation *relation, mine_text *json) {
  const uint32_t *set = sets->data + sets->at[rule->set];
  mine_rule_measures m;
  mine__rule_measure(sets->baskets, rule->n_antecedent, rule->n_consequent, set[0], &m);
  const double value[] = {m.support,         m.confidence,  m.lift,       m.leverage, m.conviction,
                          m.coverage,        m.added_value, m.cosine,     m.jaccard,  m.kulczynski,
                          m.imbalance_ratio, m.phi,         m.chi_squared};
  measures_side(relation, items, set, ~rule->consequent, json);
  measures_side(relation, items, set, rule->consequent, json);
  mine__row_int(relation, set[0]);
  for (int i = 0; i < (int)(sizeof value / sizeof value[0]); i++) {
    mine__row_real(relation, value[i]);
  }
  mine__relation_end_row(relation);
}

mine_status mine__rules_relation(mine_env *env, const mine_itemsets *sets,
                                 const mine_rule_set *rules, const mine_values *names,
                                 mine_relation *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_item_texts items;
  mine_text json;
  mine__text_open(&json, env->scratch);
  if (mine__item_texts_make(env, env->scratch, sets, names, &items) == MINE_OK) {
    for (int64_t i = 0; i < rules->n && !json.failed; i++) {
      measures_row(sets, &rules->rule[i], &items, out, &json);
      if (i % 1024 == 0 && mine__poll(env)) break;
    }
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
