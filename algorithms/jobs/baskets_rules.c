/*
** baskets_rules.c -- the job behind mine_rules: baskets, of each group on their own, in; rules out.
*/
#include <math.h>
#include <string.h>

#include "baskets.h"
#include "baskets_empty.h"
#include "common_options.h"

typedef struct basket_rules_options {
  double min_confidence;
  double min_lift; /* NAN: any */
  int64_t max_consequent, min_length;
  mine_list antecedent, antecedent_any, antecedent_only;
  mine_list consequent, consequent_any, consequent_only;
  int redundant, per_itemset;
  int64_t top; /* MINE_NOT_GIVEN: all */
  int64_t max_rules;
  int sort; /* mine_rule_sort */
} basket_rules_options;

/* One call. */
typedef struct basket_rules_job {
  mine__baskets_call call; /* first: mine__baskets_source finds it there */
  const basket_rules_options *asked;
} basket_rules_job;

/* ---- options ------------------------------------------------------------------------ */

static const mine_want basket_rules_reads[] = {
    MINE_BASKETS_EVENTS,
    {.name = "group",
     .reading = MINE_READ_EXACT,
     .flags = MINE_WANT_NAMED,
     .help = "a column: the rules of each of its values, from the baskets of its rows"},
    {0}};
enum { BASKET_RULES_GROUP = MINE_BASKETS_MORE };

/* In the order of mine_rule_sort. */
static const char *const basket_rules_sorts[] = {
    "count",      "support",         "confidence",  "lift",        "leverage",
    "conviction", "coverage",        "added_value", "cosine",      "jaccard",
    "kulczynski", "imbalance_ratio", "phi",         "chi_squared", "odds_ratio",
    "certainty",  "p_value",         "q_value",     NULL};

static const mine_option basket_rules_table[] = {
    OPTION_REAL(basket_rules_options, min_confidence, .initial = "0.5", .range = {0, 1},
                .help = "least share of the antecedent's baskets that hold the consequent too"),
    OPTION_REAL(basket_rules_options, min_lift, .range = {0, 1e300},
                .help = "least lift; not given: any"),
    OPTION_INT(basket_rules_options, max_consequent, .initial = "1", .range = {1, 62},
               .help = "most items of the consequent"),
    OPTION_INT(basket_rules_options, min_length, .initial = "2", .range = {2, 63},
               .help = "least number of items of a rule, both sides together"),
    OPTION_LIST(basket_rules_options, antecedent,
                .help = "items that the antecedent must hold, all of them"),
    OPTION_LIST(basket_rules_options, antecedent_any,
                .help = "items of which the antecedent must hold one at least"),
    OPTION_LIST(basket_rules_options, antecedent_only,
                .help = "the only items that the antecedent may hold"),
    OPTION_LIST(basket_rules_options, consequent,
                .help = "items that the consequent must hold, all of them"),
    OPTION_LIST(basket_rules_options, consequent_any,
                .help = "items of which the consequent must hold one at least"),
    OPTION_LIST(basket_rules_options, consequent_only,
                .help = "the only items that the consequent may hold"),
    OPTION_FLAG(basket_rules_options, redundant, .initial = "1",
                .help = "0 leaves out a rule that is no more confident than one with the same "
                        "consequent and a part of the antecedent"),
    OPTION_FLAG(basket_rules_options, per_itemset, .initial = "0",
                .help = "1: of the rules of an itemset only the first in the order"),
    OPTION_INT(basket_rules_options, top, .range = {1, MINE_BASKETS_MOST},
               .help = "only so many rules, the first in the order; not given: all"),
    OPTION_INT(basket_rules_options, max_rules, .initial = "1000000",
               .range = {1, MINE_BASKETS_MOST}, .help = "more rules than this are an error"),
    OPTION_CHOICE(basket_rules_options, sort, .initial = "lift", .choices = basket_rules_sorts,
                  .help = "the measure by which the rules are ordered: p_value and q_value the "
                          "smallest first, others the largest"),
    OPTION_END};

/* What the option tables cannot say. */
static mine_status basket_rules_open(mine_job *job) {
  basket_rules_job *r = mine__job_state(job);
  r->asked = mine__options_of(&job->options, basket_rules_table);
  const basket_rules_options *o = r->asked;
  const mine__baskets_options *common = mine__options_of(&job->options, mine__baskets_table);
  mine__baskets_open(job, basket_rules_reads, &r->call);
  if ((int64_t)o->consequent.n > o->max_consequent)
    (void)mine__fail(job->env, MINE_OPTION,
                     "consequent lists %lld items that a rule must all hold, but max_consequent is "
                     "%lld; set max_consequent=%lld or list fewer",
                     (long long)o->consequent.n, (long long)o->max_consequent,
                     (long long)o->consequent.n);
  if (common->max_length != MINE_NOT_GIVEN && common->max_length >= 2 &&
      o->min_length > common->max_length)
    (void)mine__fail(job->env, MINE_OPTION,
                     "min_length=%lld is above max_length=%lld: no rule has such a length",
                     (long long)o->min_length, (long long)common->max_length);
  if (o->top != MINE_NOT_GIVEN &&
      mine__options_given(job->options.group, job->options.n, "max_rules"))
    (void)mine__fail(job->env, MINE_OPTION,
                     "both top and max_rules are given; top already says how many rules there are");
  return mine_env_status(job->env);
}

/* ---- what a side must be ------------------------------------------------------------------- */

static void basket_rules_sides(mine_job *job, mine_arena *arena, const mine_values *names,
                               mine_rule_query *query) {
  static const char *const left[] = {"antecedent", "antecedent_any", "antecedent_only"};
  static const char *const right[] = {"consequent", "consequent_any", "consequent_only"};
  const basket_rules_options *o = ((const basket_rules_job *)mine__job_state(job))->asked;
  const mine_list *const of_left[] = {&o->antecedent, &o->antecedent_any, &o->antecedent_only};
  const mine_list *const of_right[] = {&o->consequent, &o->consequent_any, &o->consequent_only};
  query->antecedent = mine__baskets_side(job->env, arena, names, left, of_left);
  query->consequent = mine__baskets_side(job->env, arena, names, right, of_right);
  if (mine_failed(job->env)) return;
  for (size_t i = 0; i < query->antecedent.n_all; i++) {
    char shown[MINE_SHOW_BYTES];
    if (!mine__baskets_listed(query->consequent.all, query->consequent.n_all,
                              query->antecedent.all[i]))
      continue;
    (void)mine__fail(job->env, MINE_OPTION,
                     "antecedent and consequent both ask for %s; an item is on one side of a rule",
                     mine__show_cell(shown, &o->antecedent.item[i]));
  }
}

/* Where both sides may hold certain items only, no others need to be mined. */
static void basket_rules_narrow(mine_env *env, mine_arena *arena, const mine_rule_query *query,
                                mine_transactions *baskets) {
  const mine_rule_side *side[] = {&query->antecedent, &query->consequent};
  if (side[0]->n_only == 0 || side[1]->n_only == 0) return;
  uint8_t *keep = mine__arena_zeros(arena, baskets->items, sizeof *keep);
  if (!keep || mine_failed(env)) return;
  for (int k = 0; k < 2; k++)
    for (size_t i = 0; i < side[k]->n_only; i++)
      keep[side[k]->only[i]] = 1;
  mine__transactions_keep(baskets, keep);
}

/* ---- rules ---------------------------------------------------------------------------------- */

/* Of one group, on the thread that has it (baskets_groups.h). */
static void basket_rules_of(mine_job *job, mine_arena *arena, const mine__baskets_rows *rows,
                            const char *group, mine_relation *out) {
  const basket_rules_job *r = mine__job_state(job);
  const basket_rules_options *o = r->asked;
  mine_rule_query query = {.min_confidence = o->min_confidence,
                           .min_lift = o->min_lift,
                           .max_consequent = o->max_consequent,
                           .min_length = o->min_length,
                           .max_rules = o->max_rules,
                           .top = o->top == MINE_NOT_GIVEN ? 0 : o->top,
                           .redundant = o->redundant,
                           .per_itemset = o->per_itemset,
                           .sort = (mine_rule_sort)o->sort};
  mine_transactions baskets = mine__baskets_build(job->env, arena, &r->call, rows);
  if (mine_failed(job->env)) return;
  basket_rules_sides(job, arena, r->call.names, &query);
  basket_rules_narrow(job->env, arena, &query, &baskets);
  if (mine_failed(job->env)) return;
  const mine_itemset_query asked = mine__baskets_query(r->call.asked, &baskets);
  mine_itemsets sets;
  mine_rule_set rules;
  if (mine__itemsets_mine(job->env, arena, &baskets, &asked, &sets) ||
      mine__rules_find(job->env, arena, &sets, &query, &rules))
    return;
  if (rules.n == 0)
    mine__baskets_tell_empty(job, &(mine__baskets_answer){.arena = arena,
                                                          .baskets = &baskets,
                                                          .asked = &asked,
                                                          .sets = &sets,
                                                          .rules = &query,
                                                          .group = group});
  if (mine__rules_relation(job->env, &sets, &rules, baskets.names, out)) return;
}

static mine_status basket_rules_run(mine_job *job, mine_relation *out) {
  mine__baskets_rows rows;
  basket_rules_job *r = mine__job_state(job);
  MINE_TRY(mine__baskets_read(job, &r->call, &rows));
  const mine_column *group = mine__job_event(job, BASKET_RULES_GROUP);
  if (group) return mine__baskets_by_group(job, &rows, group, basket_rules_of, out);
  basket_rules_of(job, job->arena, &rows, "", out);
  return mine_env_status(job->env);
}

static const mine_answer basket_rules_answer[] = {
    {"antecedent", MINE_ANSWER_JSON, 1, "JSON array"},
    {"consequent", MINE_ANSWER_JSON, 1, "JSON array"},
    {"count", MINE_ANSWER_INTEGER, 0, "baskets with both"},
    {"support", MINE_ANSWER_REAL, 0, "count / number of baskets"},
    {"confidence", MINE_ANSWER_REAL, 0, "count / baskets with the antecedent"},
    {"lift", MINE_ANSWER_REAL, 0,
     "confidence / share of baskets with the consequent; 1 = unrelated"},
    {"leverage", MINE_ANSWER_REAL, 0, "support - what it would be if unrelated"},
    {"conviction", MINE_ANSWER_REAL, 0, "how much rarer a failure is than if unrelated"},
    {"coverage", MINE_ANSWER_REAL, 0, "share of baskets with the antecedent"},
    {"added_value", MINE_ANSWER_REAL, 0, "confidence - share with the consequent"},
    {"cosine", MINE_ANSWER_REAL, 0, "support / geometric mean of the two shares"},
    {"jaccard", MINE_ANSWER_REAL, 0, "baskets with both / baskets with either"},
    {"kulczynski", MINE_ANSWER_REAL, 0, "mean of the two confidences"},
    {"imbalance_ratio", MINE_ANSWER_REAL, 0, "0 = both sides equally frequent"},
    {"phi", MINE_ANSWER_REAL, 0, "correlation of the two sides"},
    {"chi_squared", MINE_ANSWER_REAL, 0, "of the 2 x 2 table"},
    {"odds_ratio", MINE_ANSWER_REAL, 0,
     "odds of the consequent with the antecedent / without it; NULL: infinite"},
    {"certainty", MINE_ANSWER_REAL, 0,
     "share of the way from the consequent's own share to always (below 0: to never)"},
    {"p_value", MINE_ANSWER_REAL, 0,
     "Fisher's exact test, one-sided: the chance of so many baskets with both, or more, if "
     "unrelated"},
    {"q_value", MINE_ANSWER_REAL, 0,
     "Benjamini and Hochberg's, over all rules found: the share of chance finds among rules up to "
     "this p_value"},
    {"antecedent_text", MINE_ANSWER_TEXT, 0, "the items, joined by comma and blank"},
    {"consequent_text", MINE_ANSWER_TEXT, 0, "the items, joined by comma and blank"},
    {"group_value", MINE_ANSWER_ANY, 1, "of the column that group= names; else NULL"},
    {0},
};

static const mine_option_set basket_rules_sets[] = {
    {mine__baskets_table, sizeof(mine__baskets_options), 0},
    {basket_rules_table, sizeof(basket_rules_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_rules = {
    .name = "mine_rules",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_BASKETS,
    .what = "Who has the antecedent also has the consequent.",
    .notes =
        "Source as for `mine_itemsets`. Every measure is always a column; NULL where it is "
        "not defined. `q_value` is over all rules that pass `min_confidence`, `min_lift`, the "
        "lengths and what the sides must hold (of each group on its own), before `redundant=0` and "
        "`per_itemset=1` thin them out. With `top=` the other rules are not looked at: the family "
        "is every rule that the itemsets can be split into, each other one with p = 1, so that no "
        "q is smaller than without. With `hierarchy=` a basket also holds the groups above its "
        "items, and no rule has an item together with what is above it. With `weight=` the "
        "measures are those of weights; `count`, `p_value` and `min_count` are of baskets. "
        "`antecedent`, `_any`, `_only` and those of the consequent name items as they are in the "
        "answer. With `group=` each group is mined on its own: supports are shares of its baskets, "
        "and a basket with rows in two groups counts in both. Small groups are mined side by side.",
    .example =
        "SELECT antecedent, consequent, count, round(lift, 2) AS lift FROM mine_rules(\n"
        "  " MINE_BASKETS_SAMPLE ", 'min_count=2');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = basket_rules_answer,
    .options = basket_rules_sets,
    .wants = basket_rules_reads,
    .state_bytes = sizeof(basket_rules_job),
    .open = basket_rules_open,
    .source = mine__baskets_source,
    .run = basket_rules_run,
    .close = mine__baskets_close,
};
