/*
** baskets.c -- the job behind mine_itemsets and mine_rules: an event list
** (basket, item) in, a table of itemsets or rules out.
**
** The source is read by position: exactly two columns, the basket and the item,
** unless the options `basket` and `item` name them.  A row whose basket or item
** is NULL is skipped; a basket is a basket when it holds at least one item.
** Values are compared exactly: 1 and '1' are different items, 1 and 1.0 are the
** same.
*/
#include "verb.h"

#include <math.h>
#include <string.h>

#include "../core/likeness.h"
#include "baskets_empty.h"
#include "baskets_groups.h"
#include "common_options.h"

typedef struct baskets_options {
  double min_support;
  int64_t min_count;  /* MINE_NOT_GIVEN: min_support decides    */
  int64_t max_length; /* MINE_NOT_GIVEN: no limit               */
  int64_t max_itemsets;
} baskets_options;

typedef struct itemsets_options {
  int kind; /* mine_itemset_kind */
} itemsets_options;

typedef struct rules_options {
  double min_confidence;
  double min_lift; /* NAN: any */
  int64_t max_consequent;
  mine_list antecedent, consequent;
  int64_t max_rules;
  int sort; /* mine_rule_sort */
} rules_options;

/* One call: a job and what its options say. */
typedef struct baskets {
  mine_job *job;
  mine_env *env;
  mine_arena *arena; /* baskets, itemsets, rules */
  const baskets_options *common;
  const itemsets_options *itemsets; /* mine_itemsets, else NULL */
  const rules_options *rules;       /* mine_rules, else NULL    */
} baskets;

/* ---- options ------------------------------------------------------------------------ */

#define BASKETS_MOST 1e9 /* itemsets or rules that an answer may be allowed to have */

#define BASKETS_EVENTS                                                       \
  {.name = "basket",                                                         \
   .reading = MINE_READ_EXACT,                                               \
   .help = "the column of the basket; not given: the first of two columns"}, \
  {                                                                          \
    .name = "item", .reading = MINE_READ_EXACT,                              \
    .help = "the column of the item; not given: the second of two columns"   \
  }
static const mine_want itemsets_reads[] = {BASKETS_EVENTS, {0}};
static const mine_want rules_reads[] = {
    BASKETS_EVENTS,
    {.name = "group",
     .reading = MINE_READ_EXACT,
     .flags = MINE_WANT_NAMED,
     .help = "a column: the rules of each of its values, from the baskets of its rows"},
    {0}};
enum { BASKETS_BASKET, BASKETS_ITEM, BASKETS_GROUP };

/* A count where a share belongs. */
static mine_status baskets_refuse_share(mine_env *env, double value) {
  char shown[MINE_NUMBER_BYTES];
  if (value <= 1) return MINE_OK;
  return mine__fail(env, MINE_OPTION,
                    "min_support=%s is not a share of the baskets (above 0, at most 1); for a "
                    "number of baskets use min_count=%s",
                    mine__format_real(shown, value, 0), shown);
}

static const mine_option baskets_option_table[] = {
    OPTION_REAL(baskets_options, min_support, .initial = "0.01", .range = {0, 1}, .above_least = 1,
                .refuse = baskets_refuse_share,
                .help = "least share of the baskets that hold the itemset"),
    OPTION_INT(baskets_options, min_count, .range = {1, 2147483647},
               .help = "least number of baskets that hold the itemset, instead of min_support"),
    OPTION_INT(baskets_options, max_length, .range = {1, 1e6},
               .help = "most items of an itemset; not given: no limit"),
    OPTION_INT(baskets_options, max_itemsets, .initial = "1000000", .range = {1, BASKETS_MOST},
               .help = "more itemsets than this are an error"),
    OPTION_END};

static const char *const baskets_kinds[] = {"all", "closed", "maximal", NULL};

static const mine_option itemsets_option_table[] = {
    OPTION_CHOICE(itemsets_options, kind, .initial = "all", .choices = baskets_kinds,
                  .help =
                      "closed: no larger itemset has the same count; maximal: no larger itemset is "
                      "frequent"),
    OPTION_END};

static const char *const baskets_sorts[] = {"lift",     "confidence", "support", "count",
                                            "leverage", "conviction", NULL};

static const mine_option rules_option_table[] = {
    OPTION_REAL(rules_options, min_confidence, .initial = "0.5", .range = {0, 1},
                .help = "least share of the antecedent's baskets that hold the consequent too"),
    OPTION_REAL(rules_options, min_lift, .range = {0, 1e300}, .help = "least lift; not given: any"),
    OPTION_INT(rules_options, max_consequent, .initial = "1", .range = {1, 62},
               .help = "most items of the consequent"),
    OPTION_LIST(rules_options, antecedent,
                .help = "items that the antecedent must hold, all of them"),
    OPTION_LIST(rules_options, consequent,
                .help = "items that the consequent must hold, all of them"),
    OPTION_INT(rules_options, max_rules, .initial = "1000000", .range = {1, BASKETS_MOST},
               .help = "more rules than this are an error"),
    OPTION_CHOICE(rules_options, sort, .initial = "lift", .choices = baskets_sorts,
                  .help = "the measure by which the rules are ordered, largest first"),
    OPTION_END};

/* What the option tables cannot say. */
static void baskets_check(const baskets *b, const mine__options *options) {
  if (mine__options_given(options->group, options->n, "min_support") &&
      mine__options_given(options->group, options->n, "min_count"))
    (void)mine__fail(b->env, MINE_OPTION,
                     "both min_support and min_count are given; give one of them");
  if (b->rules && (int64_t)b->rules->consequent.n > b->rules->max_consequent)
    (void)mine__fail(b->env, MINE_OPTION,
                     "consequent lists %lld items that a rule must all hold, but max_consequent is "
                     "%lld; set max_consequent=%lld or list fewer",
                     (long long)b->rules->consequent.n, (long long)b->rules->max_consequent,
                     (long long)b->rules->consequent.n);
}

/* ---- items that the options name ------------------------------------------------------- */

/* The text of a cell as a person reads it, or NULL (failure recorded). */
static const char *baskets_spelling(mine_text *text, const mine_cell *cell) {
  text->bytes = 0;
  mine__text_add_shown(text, cell);
  return text->failed ? NULL : text->data;
}

/* The code of the item that an option means: the same value, else (a number in
** the short form arrives as text) the same spelling; -1 = none. */
static int64_t baskets_item_code(baskets *b, const mine_values *items, const mine_cell *want) {
  mine_cell cell;
  for (int64_t i = 0; i < items->n; i++) {
    mine__values_get(items, i, &cell);
    if (mine__cell_equal(&cell, want)) return i;
  }
  mine_text wanted, other;
  mine__text_open(&wanted, b->arena);
  mine__text_open(&other, b->arena);
  const char *spelling = baskets_spelling(&wanted, want);
  for (int64_t i = 0; spelling && i < items->n; i++) {
    mine__values_get(items, i, &cell);
    const char *mine = baskets_spelling(&other, &cell);
    if (!mine) return -1;
    if (other.bytes == wanted.bytes && memcmp(mine, spelling, wanted.bytes) == 0) return i;
  }
  return -1;
}

/* No such item: say so, with the one that is spelled most alike. */
static void baskets_no_item(baskets *b, const mine_values *items, const char *option,
                            const mine_cell *want) {
  mine_text wanted, other, alike;
  mine__text_open(&wanted, b->arena);
  mine__text_open(&other, b->arena);
  mine__text_open(&alike, b->arena);
  const char *spelling = baskets_spelling(&wanted, want);
  mine_likeness likeness = {.asked = spelling};
  for (int64_t i = 0; spelling && i < items->n && !mine__poll(b->env); i++) {
    mine_cell cell;
    mine__values_get(items, i, &cell);
    const char *mine = baskets_spelling(&other, &cell);
    if (!mine || !mine__likeness_show(&likeness, mine, i)) continue;
    alike.bytes = 0;
    mine__text_addf(&alike, "; did you mean '%s'?", mine);
  }
  char shown[MINE_SHOW_BYTES];
  (void)mine__fail(b->env, MINE_DATA, "no item %s (option %s) among the %lld items of the source%s",
                   mine__show_cell(shown, want), option, (long long)items->n,
                   alike.bytes ? alike.data : "");
}

/* The codes of the items that an option lists. */
static uint32_t *baskets_codes(baskets *b, const mine_values *items, const char *option,
                               const mine_list *list) {
  uint32_t *code = mine__arena_array(b->arena, list->n, sizeof *code);
  for (size_t i = 0; i < list->n && !mine_failed(b->env); i++) {
    const int64_t found = baskets_item_code(b, items, &list->item[i]);
    if (found < 0 && !mine_failed(b->env)) baskets_no_item(b, items, option, &list->item[i]);
    code[i] = (uint32_t)found;
  }
  return code;
}

/* ---- running ------------------------------------------------------------------------------ */

/* A line without a basket or without an item is in no basket. */
static void baskets_note_missing(mine_job *job, const mine_column *basket,
                                 const mine_column *item) {
  int64_t lines = 0;
  for (int64_t row = 0; row < job->frame->rows; row++)
    lines += basket->code[row] < 0 || item->code[row] < 0;
  if (lines > 0)
    mine__job_notef(job, "warning", "", "lines without a basket or an item, left out: %lld of %lld",
                    (long long)lines, (long long)job->frame->rows);
}

static mine__baskets_rows baskets_all_rows(mine_job *job) {
  const mine_column *basket = mine__job_event(job, BASKETS_BASKET);
  const mine_column *item = mine__job_event(job, BASKETS_ITEM);
  baskets_note_missing(job, basket, item);
  return (mine__baskets_rows){job->frame->rows, basket->code, item->code, basket->levels.n,
                              &item->levels};
}

static mine_transactions baskets_build(baskets *b, const mine__baskets_rows *rows) {
  mine_transactions all = {0};
  if (mine__transactions_build(b->env, b->arena, rows->n, rows->basket, rows->n_baskets, rows->item,
                               rows->items->n, &all) == MINE_OK)
    all.names = rows->items;
  return all;
}

static mine_itemset_query baskets_query(const baskets *b, const mine_transactions *baskets) {
  const baskets_options *o = b->common;
  return (mine_itemset_query){
      .min_count = o->min_count != MINE_NOT_GIVEN
                       ? o->min_count
                       : mine__min_count(o->min_support, baskets->baskets),
      .max_length = o->max_length != MINE_NOT_GIVEN ? o->max_length : INT64_MAX,
      .max_itemsets = o->max_itemsets,
      .kind = b->itemsets ? (mine_itemset_kind)b->itemsets->kind : MINE_SETS_ALL};
}

static void baskets_sets(baskets *b, const mine_transactions *baskets, mine_relation *out) {
  const mine_itemset_query asked = baskets_query(b, baskets);
  mine_itemsets sets;
  if (mine__itemsets_mine(b->env, b->arena, baskets, &asked, &sets)) return;
  if (sets.n == 0)
    mine__baskets_tell_empty(
        b->job,
        &(mine__baskets_answer){
            .arena = b->arena, .baskets = baskets, .asked = &asked, .sets = &sets, .group = ""});
  if (mine__itemsets_relation(b->env, &sets, baskets->names, out)) return;
}

/* `group`: whose baskets these are, in a word; "": all. */
static void baskets_rules(baskets *b, const mine_transactions *baskets, const char *group,
                          mine_relation *out) {
  const rules_options *o = b->rules;
  const mine_itemset_query asked = baskets_query(b, baskets);
  mine_itemsets sets;
  mine_rule_set rules;
  mine_rule_query query = {.min_confidence = o->min_confidence,
                           .min_lift = o->min_lift,
                           .max_consequent = o->max_consequent,
                           .max_rules = o->max_rules,
                           .sort = (mine_rule_sort)o->sort,
                           .n_antecedent = o->antecedent.n,
                           .n_consequent = o->consequent.n};
  query.antecedent = baskets_codes(b, baskets->names, "antecedent", &o->antecedent);
  query.consequent = baskets_codes(b, baskets->names, "consequent", &o->consequent);
  if (mine_failed(b->env) || mine__itemsets_mine(b->env, b->arena, baskets, &asked, &sets) ||
      mine__rules_find(b->env, b->arena, &sets, &query, &rules))
    return;
  if (rules.n == 0)
    mine__baskets_tell_empty(b->job, &(mine__baskets_answer){.arena = b->arena,
                                                             .baskets = baskets,
                                                             .asked = &asked,
                                                             .sets = &sets,
                                                             .rules = &query,
                                                             .group = group});
  if (mine__rules_relation(b->env, &sets, &rules, baskets->names, out)) return;
}

/* The rules of one group, on the thread that has it (baskets_groups.h). */
static void baskets_rules_of(mine_job *job, mine_arena *arena, const mine__baskets_rows *rows,
                             const char *group, mine_relation *out) {
  baskets part = *(const baskets *)mine__job_state(job);
  part.job = job;
  part.env = job->env;
  part.arena = arena;
  const mine_transactions transactions = baskets_build(&part, rows);
  if (!mine_failed(part.env)) baskets_rules(&part, &transactions, group, out);
}

/* ---- the verbs ------------------------------------------------------------------------------- */

static mine_status baskets_open(mine_job *job) {
  baskets *b = mine__job_state(job);
  const mine__options *options = &job->options;
  *b = (baskets){.job = job,
                 .env = job->env,
                 .arena = job->arena,
                 .common = mine__options_of(options, baskets_option_table),
                 .itemsets = mine__options_of(options, itemsets_option_table),
                 .rules = mine__options_of(options, rules_option_table)};
  baskets_check(b, options);
  return mine_env_status(job->env);
}

static mine_status baskets_run(mine_job *job, mine_relation *out) {
  baskets *b = mine__job_state(job);
  MINE_TRY(mine__frame_finish(job->frame));
  if (job->frame->n_columns == 0) return mine__fail(b->env, MINE_DATA, "the source has no columns");
  const mine__baskets_rows rows = baskets_all_rows(job);
  const mine_column *group = b->rules ? mine__job_event(job, BASKETS_GROUP) : NULL;
  if (group) return mine__baskets_by_group(job, &rows, group, baskets_rules_of, out);
  const mine_transactions transactions = baskets_build(b, &rows);
  if (mine_failed(b->env)) return mine_env_status(b->env);
  if (b->rules)
    baskets_rules(b, &transactions, "", out);
  else
    baskets_sets(b, &transactions, out);
  return mine_env_status(b->env);
}

#define BASKETS_SAMPLE                                                               \
  "'VALUES (1,''bread''),(1,''butter''),(2,''bread''),(2,''butter''),(2,''jam''),\n" \
  "  (3,''bread''),(3,''milk''),(4,''bread''),(4,''butter'')'"

static const mine_answer itemsets_answer[] = {
    {"itemset", MINE_ANSWER_JSON, 1, "JSON array, the most frequent item first"},
    {"size", MINE_ANSWER_INTEGER, 0, "number of items"},
    {"count", MINE_ANSWER_INTEGER, 0, "baskets that hold all of them"},
    {"support", MINE_ANSWER_REAL, 0, "count / number of baskets"},
    {0},
};

static const mine_option_set itemsets_sets[] = {
    {baskets_option_table, sizeof(baskets_options), 0},
    {itemsets_option_table, sizeof(itemsets_options), 0},
    MINE_SET_RUN,
    MINE_SET_END,
};

const mine_verb mine__verb_itemsets = {
    .name = "mine_itemsets",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_BASKETS,
    .what = "What occurs together in at least a minimum number of baskets.",
    .notes =
        "The source has two columns, the basket and the item, or names them with `basket=` "
        "and `item=`. A NULL is skipped; an item twice in a basket counts once. Rows come by "
        "falling count.",
    .example = "SELECT itemset, count FROM mine_itemsets(\n  " BASKETS_SAMPLE ", 'min_count=2');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = itemsets_answer,
    .options = itemsets_sets,
    .wants = itemsets_reads,
    .state_bytes = sizeof(baskets),
    .open = baskets_open,
    .run = baskets_run,
};

static const mine_answer rules_answer[] = {
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
    {"group_value", MINE_ANSWER_ANY, 1, "of the column that group= names; else NULL"},
    {0},
};

static const mine_option_set rules_sets[] = {
    {baskets_option_table, sizeof(baskets_options), 0},
    {rules_option_table, sizeof(rules_options), 0},
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
        "not defined. With `group=` each group is mined on its own: supports are shares of its "
        "baskets, and a basket with rows in two groups counts in both. Small groups are mined side "
        "by side.",
    .example =
        "SELECT antecedent, consequent, count, round(lift, 2) AS lift FROM mine_rules(\n"
        "  " BASKETS_SAMPLE ", 'min_count=2');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = rules_answer,
    .options = rules_sets,
    .wants = rules_reads,
    .state_bytes = sizeof(baskets),
    .open = baskets_open,
    .run = baskets_run,
};
