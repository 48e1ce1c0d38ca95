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
#include "baskets.h"

#include <math.h>
#include <string.h>

#include "../associate/associate.h"
#include "../data/frame.h"
#include "common_options.h"

struct mine_baskets {
  mine_env *env;
  mine_arena *arena; /* options, baskets, itemsets, rules */
  mine_baskets_what what;
  mine_baskets_options common;
  mine_itemsets_options itemsets;
  mine_rules_options rules;
  mine_run_options run;
  mine_frame *frame;
  mine_events events;
};

/* ---- options ------------------------------------------------------------------------ */

#define BASKETS_MOST 1e9 /* itemsets or rules that an answer may be allowed to have */

const mine_want mine_baskets_reads[] = {
    {.name = "basket",
     .reading = MINE_READ_EXACT,
     .help = "the column of the basket; not given: the first of two columns"},
    {.name = "item",
     .reading = MINE_READ_EXACT,
     .help = "the column of the item; not given: the second of two columns"},
    {0}};
enum { BASKETS_BASKET, BASKETS_ITEM };

/* A count where a share belongs. */
static mine_status baskets_refuse_share(mine_env *env, double value) {
  char shown[MINE_NUMBER_BYTES];
  if (value <= 1) return MINE_OK;
  return mine_fail(env, MINE_OPTION,
                   "min_support=%s is not a share of the baskets (above 0, at most 1); for a "
                   "number of baskets use min_count=%s",
                   mine_format_real(shown, value, 0), shown);
}

const mine_option mine_baskets_option_table[] = {
    OPTION_REAL(mine_baskets_options, min_support, .initial = "0.01", .range = {0, 1},
                .above_least = 1, .refuse = baskets_refuse_share,
                .help = "least share of the baskets that hold the itemset"),
    OPTION_INT(mine_baskets_options, min_count, .range = {1, 2147483647},
               .help = "least number of baskets that hold the itemset, instead of min_support"),
    OPTION_INT(mine_baskets_options, max_length, .range = {1, 1e6},
               .help = "most items of an itemset; not given: no limit"),
    OPTION_INT(mine_baskets_options, max_itemsets, .initial = "1000000", .range = {1, BASKETS_MOST},
               .help = "more itemsets than this are an error"),
    OPTION_END};

static const char *const baskets_kinds[] = {"all", "closed", "maximal", NULL};

const mine_option mine_itemsets_option_table[] = {
    OPTION_CHOICE(mine_itemsets_options, kind, .initial = "all", .choices = baskets_kinds,
                  .help =
                      "closed: no larger itemset has the same count; maximal: no larger itemset is "
                      "frequent"),
    OPTION_END};

static const char *const baskets_sorts[] = {"lift",     "confidence", "support", "count",
                                            "leverage", "conviction", NULL};

const mine_option mine_rules_option_table[] = {
    OPTION_REAL(mine_rules_options, min_confidence, .initial = "0.5", .range = {0, 1},
                .help = "least share of the antecedent's baskets that hold the consequent too"),
    OPTION_REAL(mine_rules_options, min_lift, .range = {0, 1e300},
                .help = "least lift; not given: any"),
    OPTION_INT(mine_rules_options, max_consequent, .initial = "1", .range = {1, 62},
               .help = "most items of the consequent"),
    OPTION_LIST(mine_rules_options, antecedent,
                .help = "items that the antecedent must hold, all of them"),
    OPTION_LIST(mine_rules_options, consequent,
                .help = "items that the consequent must hold, all of them"),
    OPTION_INT(mine_rules_options, max_rules, .initial = "1000000", .range = {1, BASKETS_MOST},
               .help = "more rules than this are an error"),
    OPTION_CHOICE(mine_rules_options, sort, .initial = "lift", .choices = baskets_sorts,
                  .help = "the measure by which the rules are ordered, largest first"),
    OPTION_END};

static mine_status baskets_check_support(const mine_option_group *groups, int n, mine_env *env) {
  if (!mine__options_given(groups, n, "min_support") ||
      !mine__options_given(groups, n, "min_count"))
    return MINE_OK;
  return mine_fail(env, MINE_OPTION, "both min_support and min_count are given; give one of them");
}

static mine_status baskets_check_consequent(const mine_baskets *b) {
  if ((int64_t)b->rules.consequent.n <= b->rules.max_consequent) return MINE_OK;
  return mine_fail(b->env, MINE_OPTION,
                   "consequent lists %lld items that a rule must all hold, but max_consequent is "
                   "%lld; set max_consequent=%lld or list fewer",
                   (long long)b->rules.consequent.n, (long long)b->rules.max_consequent,
                   (long long)b->rules.consequent.n);
}

static mine_status baskets_options(mine_baskets *b, const char *options) {
  mine_option_group groups[] = {
      {.table = mine__wants_options(b->arena, b->events.want), .values = &b->events},
      {.table = mine_baskets_option_table, .values = &b->common},
      {.table = mine_itemsets_option_table, .values = &b->itemsets},
      {.table = mine_run_option_table, .values = &b->run}};
  if (b->what == MINE_RULES) {
    groups[2] = (mine_option_group){.table = mine_rules_option_table, .values = &b->rules};
  }
  if (!groups[0].table) return mine_env_status(b->env);
  if (mine_options_parse(b->env, b->arena, groups, 4, options)) return mine_env_status(b->env);
  if (baskets_check_support(groups, 4, b->env)) return mine_env_status(b->env);
  mine_run_options_apply(b->env, &b->run);
  return b->what == MINE_RULES ? baskets_check_consequent(b) : MINE_OK;
}

/* ---- items that the options name ------------------------------------------------------- */

/* The text of a cell as a person reads it, or NULL (failure recorded). */
static const char *baskets_spelling(mine_text *text, const mine_cell *cell) {
  text->bytes = 0;
  mine_text_add_cell(text, cell);
  return text->failed ? NULL : text->data;
}

/* The code of the item that an option means: the same value, else (a number in
** the short form arrives as text) the same spelling; -1 = none. */
static int64_t baskets_item_code(mine_baskets *b, const mine_values *items, const mine_cell *want) {
  mine_cell cell;
  for (int64_t i = 0; i < items->n; i++) {
    mine_values_get(items, i, &cell);
    if (mine_cell_equal(&cell, want)) return i;
  }
  mine_text wanted, other;
  mine_text_open(&wanted, b->arena);
  mine_text_open(&other, b->arena);
  const char *spelling = baskets_spelling(&wanted, want);
  for (int64_t i = 0; spelling && i < items->n; i++) {
    mine_values_get(items, i, &cell);
    const char *mine = baskets_spelling(&other, &cell);
    if (!mine) return -1;
    if (other.bytes == wanted.bytes && memcmp(mine, spelling, wanted.bytes) == 0) return i;
  }
  return -1;
}

/* No such item: say so, with the one that is spelled most alike. */
static mine_status baskets_no_item(mine_baskets *b, const mine_values *items, const char *option,
                                   const mine_cell *want) {
  mine_text wanted, other, alike;
  mine_text_open(&wanted, b->arena);
  mine_text_open(&other, b->arena);
  mine_text_open(&alike, b->arena);
  const char *spelling = baskets_spelling(&wanted, want);
  int best = MINE_NO_HINT;
  for (int64_t i = 0; spelling && i < items->n && !mine_poll(b->env); i++) {
    mine_cell cell;
    mine_values_get(items, i, &cell);
    const char *mine = baskets_spelling(&other, &cell);
    if (!mine || strlen(mine) > 64 || strlen(spelling) > 64) continue;
    const int distance = mine__hint_distance(mine, spelling);
    if (distance >= best) continue;
    best = distance;
    alike.bytes = 0;
    mine_text_addf(&alike, "; did you mean '%s'?", mine);
  }
  char shown[MINE_SHOW_BYTES];
  return mine_fail(b->env, MINE_DATA, "no item %s (option %s) among the %lld items of the source%s",
                   mine_show_cell(shown, want), option, (long long)items->n,
                   alike.bytes ? alike.data : "");
}

static mine_status baskets_codes(mine_baskets *b, const mine_values *items, const char *option,
                                 const mine_list *list, const uint32_t **out) {
  uint32_t *code = mine_arena_array(b->arena, list->n, sizeof *code);
  if (!code) return mine_env_status(b->env);
  for (size_t i = 0; i < list->n; i++) {
    const int64_t found = baskets_item_code(b, items, &list->item[i]);
    if (mine_env_status(b->env)) return mine_env_status(b->env);
    if (found < 0) return baskets_no_item(b, items, option, &list->item[i]);
    code[i] = (uint32_t)found;
  }
  *out = code;
  return MINE_OK;
}

/* ---- running ------------------------------------------------------------------------------ */

static mine_status baskets_build(mine_baskets *b, mine_transactions *baskets) {
  mine_frame *frame = b->frame;
  if (mine_frame_finish(frame)) return mine_env_status(b->env);
  if (frame->n_columns == 0) return mine_fail(b->env, MINE_DATA, "the source has no columns");
  const mine_column *basket = &frame->column[b->events.column[BASKETS_BASKET]];
  const mine_column *item = &frame->column[b->events.column[BASKETS_ITEM]];
  if (mine_transactions_build(b->env, b->arena, frame->rows, basket->code, basket->levels.n,
                              item->code, item->levels.n, baskets)) {
    return mine_env_status(b->env);
  }
  baskets->names = &item->levels;
  return MINE_OK;
}

static mine_status baskets_mine(mine_baskets *b, const mine_transactions *baskets,
                                mine_itemsets *sets) {
  const mine_baskets_options *o = &b->common;
  mine_itemset_query query = {
      .min_count = o->min_count != MINE_NOT_GIVEN
                       ? o->min_count
                       : mine_min_count(o->min_support, baskets->baskets),
      .max_length = o->max_length != MINE_NOT_GIVEN ? o->max_length : INT64_MAX,
      .max_itemsets = o->max_itemsets,
      .kind = b->what == MINE_ITEMSETS ? (mine_itemset_kind)b->itemsets.kind : MINE_SETS_ALL};
  return mine_itemsets_mine(b->env, b->arena, baskets, &query, sets);
}

static mine_status baskets_rules(mine_baskets *b, const mine_transactions *baskets,
                                 mine_relation **out) {
  const mine_rules_options *o = &b->rules;
  mine_itemsets sets;
  mine_rule_set rules;
  mine_rule_query query = {.min_confidence = o->min_confidence,
                           .min_lift = o->min_lift,
                           .max_consequent = o->max_consequent,
                           .max_rules = o->max_rules,
                           .sort = (mine_rule_sort)o->sort,
                           .n_antecedent = o->antecedent.n,
                           .n_consequent = o->consequent.n};
  if (baskets_codes(b, baskets->names, "antecedent", &o->antecedent, &query.antecedent) ||
      baskets_codes(b, baskets->names, "consequent", &o->consequent, &query.consequent) ||
      baskets_mine(b, baskets, &sets) || mine_rules_find(b->env, b->arena, &sets, &query, &rules)) {
    return mine_env_status(b->env);
  }
  return mine_rules_relation(b->env, &sets, &rules, baskets->names, out);
}

mine_status mine_baskets_run(mine_baskets *b, mine_relation **out) {
  mine_transactions baskets;
  mine_itemsets sets;
  *out = NULL;
  if (mine_env_status(b->env) || baskets_build(b, &baskets)) return mine_env_status(b->env);
  if (b->what == MINE_RULES) return baskets_rules(b, &baskets, out);
  if (baskets_mine(b, &baskets, &sets)) return mine_env_status(b->env);
  return mine_itemsets_relation(b->env, &sets, baskets.names, out);
}

/* ---- opening and closing --------------------------------------------------------------------- */

mine_status mine_baskets_open(mine_env *env, mine_baskets_what what, const char *options,
                              mine_baskets **out) {
  *out = NULL;
  if (mine_env_status(env)) return mine_env_status(env);
  mine_arena *arena = mine_arena_open(env);
  mine_baskets *b = arena ? mine_arena_zeros(arena, 1, sizeof *b) : NULL;
  if (b) {
    *b = (mine_baskets){
        .env = env, .arena = arena, .what = what, .events = {.want = mine_baskets_reads}};
    if (baskets_options(b, options) == MINE_OK &&
        mine_frame_open(env, mine__events_plan, &b->events, &b->frame) == MINE_OK) {
      *out = b;
      return MINE_OK;
    }
  }
  mine_arena_close(arena);
  return mine_env_status(env);
}

mine_frame *mine_baskets_frame(mine_baskets *b) {
  return b->frame;
}

void mine_baskets_close(mine_baskets *b) {
  if (!b) return;
  mine_frame_close(b->frame);
  mine_arena_close(b->arena);
}
