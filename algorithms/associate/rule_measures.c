/*
** rule_measures.c -- how interesting a rule is, and the table of rules.
**
** Definitions: Tan, Kumar & Srivastava, "Selecting the right objective measure
** for association analysis", Information Systems 29 (2004); Hahsler, "A
** probabilistic comparison of commonly used interest measures for association
** rules" (the reference of R's arules), whose names are used; imbalance ratio
** and Kulczynski: Wu, Chen & Han, DMKD 21 (2010); certainty: Berzal, Blanco,
** Sanchez & Vila, Intelligent Data Analysis 6 (2002); the exact test of a rule:
** Hahsler & Hornik, Intelligent Data Analysis 11 (2007).
**
** Everything is computed from integer counts, products first and one division
** last where that is possible: equal ratios give equal bits, so that rules of
** the same lift compare as equal.
*/
#include <math.h>

#include "../kernel/special.h"
#include "associate.h"

/* Certainty: the share of the way from the consequent's own share to certain, or to never. */
static double measures_certainty(double n, double x, double y, double xy) {
  const double more = xy * n - x * y;
  if (more > 0) return more / (x * (n - y));
  return more < 0 ? more / (x * y) : 0;
}

/* By weight, or by count; `baskets` is how many there are. */
static void measures_fill(double n, double x, double y, double xy, double baskets,
                          mine_rule_measures *out) {
  const double any = x + y - xy;
  const double spread = x * (n - x) * y * (n - y);
  const double against = (x - xy) * (y - xy);
  out->support = xy / n;
  out->confidence = xy / x;
  out->lift = xy * n / (x * y);
  out->leverage = (xy * n - x * y) / (n * n);
  out->conviction = x > xy ? (n - y) * x / (n * (x - xy)) : NAN;
  out->coverage = x / n;
  out->added_value = (xy * n - x * y) / (x * n);
  out->cosine = xy / sqrt(x * y);
  out->jaccard = xy / any;
  out->kulczynski = (xy / x + xy / y) / 2;
  out->imbalance_ratio = fabs(x - y) / any;
  out->phi = spread > 0 ? (xy * n - x * y) / sqrt(spread) : NAN;
  out->chi_squared = spread > 0 ? baskets * ((xy * n - x * y) * (xy * n - x * y) / spread) : NAN;
  out->odds_ratio = against > 0 ? xy * (n - any) / against : NAN;
  out->certainty = measures_certainty(n, x, y, xy);
}

void mine__rule_measure(int64_t baskets, int64_t antecedent, int64_t consequent, int64_t both,
                        mine_rule_measures *out) {
  const double n = (double)baskets;
  measures_fill(n, (double)antecedent, (double)consequent, (double)both, n, out);
}

void mine__rule_measure_of(const mine_itemsets *sets, const mine_rule *rule,
                           mine_rule_measures *out) {
  measures_fill(sets->total, mine__itemset_weight(sets, rule->left),
                mine__itemset_weight(sets, rule->right), mine__itemset_weight(sets, rule->set),
                (double)sets->baskets, out);
}

double mine__rule_p(int64_t n, int64_t x, int64_t y, int64_t xy) {
  const int64_t more = x > y ? x : y, less = x > y ? y : x; /* one chance for both directions */
  return mine__hypergeometric_tail(xy - 1, more, n - more, less, MINE__UPPER);
}

/* ---- as a table --------------------------------------------------------------------- */

/* The items of a table of rules: as JSON, and in words. */
typedef struct measures_texts {
  mine_json_values json;
  mine_text *words; /* per rank */
  mine_text text;
} measures_texts;

static void measures_open(mine_env *env, const mine_itemsets *sets, const mine_values *names,
                          measures_texts *items) {
  mine__text_open(&items->text, env->scratch);
  items->words = mine__arena_zeros(env->scratch, sets->n_items, sizeof *items->words);
  if (!items->words ||
      mine__json_values_make(env, env->scratch, names, sets->code, sets->n_items, &items->json))
    return;
  for (uint32_t r = 0; r < sets->n_items && !mine_failed(env); r++) {
    mine_cell cell;
    mine__values_get(names, sets->code[r], &cell);
    mine__text_open(&items->words[r], env->scratch);
    mine__text_add_cell(&items->words[r], &cell);
  }
}

/* The ranks of the set that `part` picks. */
static size_t measures_side(const uint32_t *set, uint64_t part, uint32_t side[64]) {
  size_t n = 0;
  for (uint32_t i = 0; i < set[1]; i++)
    if (part >> i & 1) side[n++] = set[2 + i];
  return n;
}

static void measures_put(mine_relation *relation, const mine_text *text) {
  const mine_cell cell = {.type = MINE_TEXT, .bytes = text->bytes, .as.text = text->data};
  if (!text->failed) mine__row_cell(relation, &cell);
}

/* One side of a rule as JSON. */
static void measures_json(mine_relation *relation, measures_texts *items, const uint32_t *set,
                          uint64_t part) {
  uint32_t side[64];
  const size_t n = measures_side(set, part, side);
  mine__item_texts_join(&items->json, side, n, &items->text);
  measures_put(relation, &items->text);
}

/* ... and as it goes on a slide: items joined by comma and blank. */
static void measures_words(mine_relation *relation, measures_texts *items, const uint32_t *set,
                           uint64_t part) {
  uint32_t side[64];
  const size_t n = measures_side(set, part, side);
  items->text.bytes = 0;
  for (size_t i = 0; i < n; i++) {
    const mine_text *word = &items->words[side[i]];
    if (i) mine__text_add(&items->text, ", ", 2);
    mine__text_add(&items->text, word->data ? word->data : "", word->bytes);
  }
  measures_put(relation, &items->text);
}

static void measures_row(const mine_itemsets *sets, const mine_rule *rule, measures_texts *items,
                         mine_relation *relation) {
  const uint32_t *set = sets->data + sets->at[rule->set];
  mine_rule_measures m;
  mine__rule_measure_of(sets, rule, &m);
  const double value[] = {
      m.support,         m.confidence,  m.lift,        m.leverage,   m.conviction,
      m.coverage,        m.added_value, m.cosine,      m.jaccard,    m.kulczynski,
      m.imbalance_ratio, m.phi,         m.chi_squared, m.odds_ratio, m.certainty,
      rule->p,           rule->q};
  measures_json(relation, items, set, ~rule->consequent);
  measures_json(relation, items, set, rule->consequent);
  mine__row_int(relation, set[0]);
  for (int i = 0; i < (int)(sizeof value / sizeof value[0]); i++) {
    mine__row_real(relation, value[i]);
  }
  measures_words(relation, items, set, ~rule->consequent);
  measures_words(relation, items, set, rule->consequent);
  mine__relation_end_row(relation);
}

mine_status mine__rules_relation(mine_env *env, const mine_itemsets *sets,
                                 const mine_rule_set *rules, const mine_values *names,
                                 mine_relation *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  measures_texts items;
  measures_open(env, sets, names, &items);
  for (int64_t i = 0; i < rules->n && !mine_failed(env) && !items.text.failed; i++) {
    measures_row(sets, &rules->rule[i], &items, out);
    if (i % 1024 == 0 && mine__poll(env)) break;
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
