/*
** baskets_empty.c -- an answer about baskets that a threshold left without rows says which
** threshold it was, and what it would have to be.
**
** Three stages can lose everything, and the first that did is told: no item is frequent, no
** two items are frequent together, no rule is confident enough.  The most frequent pair is
** looked for by halving the least count.  A pair that is in c baskets takes c of all pairs of
** items in a basket, so at most (all of them) / c pairs come back: the look ends before that
** is more than EMPTY_MOST_PAIRS.
*/
#include "baskets_empty.h"

#include <math.h>
#include <string.h>

#define EMPTY_MOST_PAIRS 2e6
#define EMPTY_MOST_SETS  200000 /* whose rules are looked through for the best */

typedef struct empty_look {
  mine_job *job;
  mine_env *env;
  const mine__baskets_answer *answer;
  const mine_transactions *baskets;
} empty_look;

/* ---- words ----------------------------------------------------------------------------------- */

/* The items of set s whose bits are in `mask`, as JSON. */
static const char *empty_items(const empty_look *e, const mine_itemsets *sets, int64_t s,
                               uint64_t mask, mine_text *text) {
  mine_json_values items;
  const uint32_t *set = sets->data + sets->at[s];
  uint32_t rank[64];
  size_t n = 0;
  mine__text_open(text, e->answer->arena);
  if (mine__json_values_make(e->env, e->answer->arena, e->baskets->names, sets->code, sets->n_items,
                             &items))
    return "";
  for (uint32_t i = 0; i < set[1] && i < 64; i++)
    if (mask >> i & 1) rank[n++] = set[2 + i];
  mine__item_texts_join(&items, rank, n, text);
  return text->failed ? "" : text->data;
}

/* A threshold just below the value, in three significant digits: with it there are rows. */
static const char *empty_below(char buffer[MINE_NUMBER_BYTES], double value) {
  const double unit = value > 0 ? pow(10, floor(log10(value)) - 2) : 1;
  double below = floor(value / unit + 1e-9) * unit;
  mine__format_real(buffer, below, 3);
  if (mine__read_number(buffer, strlen(buffer), &below) && below > value)
    mine__format_real(buffer, below - unit, 3);
  return buffer;
}

static void empty_say_count(const empty_look *e, const char *what, const char *items,
                            int64_t count) {
  char support[MINE_NUMBER_BYTES];
  mine__job_notef(e->job, "warning", e->answer->group,
                  "no rows: no %s in %lld of the %lld baskets, as asked for; the most frequent, "
                  "%s, is in %lld; min_count=%lld (or min_support=%s) gives some",
                  what, (long long)e->answer->asked->min_count, (long long)e->baskets->baskets,
                  items, (long long)count, (long long)count,
                  empty_below(support, (double)count / (double)e->baskets->baskets));
}

/* ---- no item -------------------------------------------------------------------------------- */

static void empty_tell_item(const empty_look *e) {
  const mine_transactions *b = e->baskets;
  int64_t *count = mine__arena_zeros(e->answer->arena, b->items, sizeof *count);
  if (!count) return;
  int64_t most = 0;
  for (uint32_t i = 0; i < b->start[b->baskets]; i++)
    if (++count[b->item[i]] > most) most = count[b->item[i]];
  if (most == 0) {
    mine__job_note(e->job, "warning", e->answer->group,
                   "no rows: in no basket do the quantities of an item add up to more than 0 (or "
                   "to min_quantity)");
    return;
  }
  const mine_itemset_query query = {
      .min_count = most, .max_length = 1, .max_itemsets = INT32_MAX, .kind = MINE_SETS_ALL};
  mine_itemsets sets;
  mine_text text;
  if (mine__itemsets_mine(e->env, e->answer->arena, b, &query, &sets)) return;
  if (sets.n > 0) empty_say_count(e, "item is", empty_items(e, &sets, 0, 1, &text), most);
}

/* ---- no two items ---------------------------------------------------------------------------- */

/* All pairs of items in a basket, those in several baskets as often. */
static double empty_pairs(const mine_transactions *b) {
  double pairs = 0;
  for (int64_t i = 0; i < b->baskets; i++) {
    const double n = (double)(b->start[i + 1] - b->start[i]);
    pairs += n * (n - 1) / 2;
  }
  return pairs;
}

/* The first set of two items or more, which is the most frequent; -1: none. */
static int64_t empty_first_pair(const mine_itemsets *sets) {
  for (int64_t s = 0; s < sets->n; s++)
    if (sets->data[sets->at[s] + 1] > 1) return s;
  return -1;
}

static int64_t empty_longest(const mine_itemsets *sets) {
  uint32_t longest = 0;
  for (int64_t s = 0; s < sets->n; s++)
    if (sets->data[sets->at[s] + 1] > longest) longest = sets->data[sets->at[s] + 1];
  return longest;
}

static void empty_tell_pair(const empty_look *e) {
  const double pairs = empty_pairs(e->baskets);
  mine_itemset_query query = {.min_count = e->answer->asked->min_count,
                              .max_length = 2,
                              .max_itemsets = INT32_MAX,
                              .kind = MINE_SETS_ALL};
  if (pairs == 0) {
    mine__job_note(e->job, "warning", e->answer->group,
                   "no rows: every basket holds one item only, so nothing goes together; is the "
                   "first column the basket?");
    return;
  }
  while (query.min_count > 2) {
    mine_itemsets sets;
    mine_text text;
    query.min_count = (query.min_count + 1) / 2;
    if (pairs / (double)query.min_count > EMPTY_MOST_PAIRS) {
      mine__job_notef(e->job, "warning", e->answer->group,
                      "no rows: no two items are together in %lld of the %lld baskets, as asked "
                      "for, nor in %lld; try a lower min_count",
                      (long long)e->answer->asked->min_count, (long long)e->baskets->baskets,
                      (long long)(2 * query.min_count));
      return;
    }
    if (mine__itemsets_mine(e->env, e->answer->arena, e->baskets, &query, &sets)) return;
    const int64_t s = empty_first_pair(&sets);
    if (s < 0) continue;
    empty_say_count(e, "two items are together", empty_items(e, &sets, s, 3, &text),
                    sets.data[sets.at[s]]);
    return;
  }
  mine__job_note(e->job, "warning", e->answer->group,
                 "no rows: no two items are together in more than one basket");
}

/* ---- no rule --------------------------------------------------------------------------------- */

/* The first rule of the query with these thresholds; 0: none, or a failure. */
static int empty_best_rule(const empty_look *e, double confidence, double lift, mine_rule_sort sort,
                           mine_rule *out) {
  const mine_rule_query *asked = e->answer->rules;
  mine_rule_query query = *asked;
  mine_rule_set rules;
  query.min_confidence = confidence;
  query.min_lift = lift;
  query.sort = sort;
  query.top = 1;
  query.redundant = 1;
  query.per_itemset = 0;
  if (asked->antecedent.n_only == 0)
    query.max_consequent = asked->consequent.n_all > 1 ? (int64_t)asked->consequent.n_all : 1;
  if (mine__rules_find(e->env, e->answer->arena, e->answer->sets, &query, &rules)) return 0;
  if (rules.n > 0) *out = rules.rule[0];
  return rules.n > 0;
}

/* "no rule passes ...; the best is ...; min_lift=2.1 gives some" */
static void empty_say_rule(const empty_look *e, const char *which, const mine_rule *rule,
                           int by_confidence, int by_lift) {
  const mine_itemsets *sets = e->answer->sets;
  char confidence[MINE_NUMBER_BYTES], lift[MINE_NUMBER_BYTES];
  char has_confidence[MINE_NUMBER_BYTES], has_lift[MINE_NUMBER_BYTES];
  mine_rule_measures m;
  mine_text left, right;
  mine__rule_measure_of(sets, rule, &m);
  empty_below(confidence, m.confidence);
  empty_below(lift, m.lift);
  mine__job_notef(
      e->job, "warning", e->answer->group,
      "no rows: %s %s => %s, has a confidence of %s and a lift of %s; %s%s%s%s%s give%s some",
      which, empty_items(e, sets, rule->set, ~rule->consequent, &left),
      empty_items(e, sets, rule->set, rule->consequent, &right),
      mine__format_real(has_confidence, m.confidence, 3), mine__format_real(has_lift, m.lift, 3),
      by_confidence ? "min_confidence=" : "", by_confidence ? confidence : "",
      by_confidence && by_lift ? " and " : "", by_lift ? "min_lift=" : "", by_lift ? lift : "",
      by_confidence && by_lift ? "" : "s");
}

/* The threshold that alone can be moved, else both. */
static void empty_tell_rule(const empty_look *e) {
  const mine_rule_query *asked = e->answer->rules;
  mine_rule rule;
  if (e->answer->sets->n > EMPTY_MOST_SETS)
    mine__job_note(e->job, "warning", e->answer->group,
                   "no rows: no rule passes min_confidence and min_lift; try lower ones");
  else if (!asked->redundant &&
           empty_best_rule(e, asked->min_confidence, asked->min_lift, asked->sort, &rule))
    mine__job_note(e->job, "warning", e->answer->group,
                   "no rows: every rule is no better than a more general one that the options "
                   "leave out; redundant=1 shows them");
  else if (empty_best_rule(e, asked->min_confidence, NAN, MINE_BY_LIFT, &rule))
    empty_say_rule(e, "the rule of the largest lift,", &rule, 0, 1);
  else if (empty_best_rule(e, 0, asked->min_lift, MINE_BY_CONFIDENCE, &rule))
    empty_say_rule(e, "the most confident rule,", &rule, 1, 0);
  else if (empty_best_rule(e, 0, NAN, MINE_BY_CONFIDENCE, &rule))
    empty_say_rule(e, "the most confident rule,", &rule, 1, 1);
  else
    mine__job_notef(e->job, "warning", e->answer->group,
                    "no rows: the items of antecedent and consequent are not together in %lld of "
                    "the %lld baskets, as asked for; try a lower min_support",
                    (long long)e->answer->asked->min_count, (long long)e->baskets->baskets);
}

/* With weights or groups the look at counts would mislead: which stage it was. */
static void empty_tell_stage(const empty_look *e) {
  const mine_itemsets *sets = e->answer->sets;
  const char *of = e->baskets->weight ? "their weight" : "the baskets";
  if (sets->n == 0)
    mine__job_notef(e->job, "warning", e->answer->group,
                    "no rows: no item is in as large a share of %s as asked for; try a lower "
                    "min_support",
                    of);
  else if (empty_first_pair(sets) < 0)
    mine__job_notef(e->job, "warning", e->answer->group,
                    "no rows: no two items are together in as large a share of %s as asked for; "
                    "try a lower min_support",
                    of);
  else
    empty_tell_rule(e);
}

void mine__baskets_tell_empty(mine_job *job, const mine__baskets_answer *answer) {
  const empty_look e = {job, job->env, answer, answer->baskets};
  const int64_t least = answer->rules ? answer->rules->min_length : 1;
  if (answer->rules && answer->asked->max_length < 2)
    mine__job_note(job, "warning", answer->group,
                   "no rows: a rule has two items at least, and max_length leaves one");
  else if (answer->baskets->weight || answer->baskets->groups)
    empty_tell_stage(&e);
  else if (answer->sets->n == 0)
    empty_tell_item(&e);
  else if (answer->rules && empty_first_pair(answer->sets) < 0)
    empty_tell_pair(&e);
  else if (answer->rules && least > 2 && empty_longest(answer->sets) < least)
    mine__job_notef(job, "warning", answer->group,
                    "no rows: the longest itemset has %lld items, and min_length asks for %lld",
                    (long long)empty_longest(answer->sets), (long long)least);
  else if (answer->rules)
    empty_tell_rule(&e);
}
