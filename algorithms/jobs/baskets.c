/*
** baskets.c -- the job behind mine_itemsets: an event list (basket, item) in, itemsets out.
**
** The source is read by position: exactly two columns, the basket and the item,
** unless the options `basket` and `item` name them.  A row whose basket or item
** is NULL is skipped; a basket is a basket when it holds at least one item.
** Values are compared exactly: 1 and '1' are different items, 1 and 1.0 are the
** same.
*/
#include "baskets.h"

#include "baskets_empty.h"
#include "common_options.h"

typedef struct itemsets_options {
  int kind; /* mine_itemset_kind */
} itemsets_options;

/* ---- options ------------------------------------------------------------------------ */

static const mine_want itemsets_reads[] = {MINE_BASKETS_EVENTS, {0}};

static const char *const baskets_kinds[] = {"all", "closed", "maximal", NULL};

static const mine_option itemsets_option_table[] = {
    OPTION_CHOICE(itemsets_options, kind, .initial = "all", .choices = baskets_kinds,
                  .help =
                      "closed: no larger itemset has the same count; maximal: no larger itemset is "
                      "frequent"),
    OPTION_END};

/* ---- mine_itemsets -------------------------------------------------------------------------- */

static mine_status itemsets_open(mine_job *job) {
  mine__baskets_open(job, itemsets_reads, mine__job_state(job));
  return mine_env_status(job->env);
}

/* Sets of which only count and size are read need not be kept; a weight is one of each set. */
static int itemsets_counted(const mine_relation *out, const mine_transactions *baskets) {
  return !mine__relation_reads(out, MINE_ITEMSETS_ITEMSET) &&
         (!baskets->weight || !mine__relation_reads(out, MINE_ITEMSETS_SUPPORT));
}

static mine_status itemsets_run(mine_job *job, mine_relation *out) {
  const itemsets_options *asked = mine__options_of(&job->options, itemsets_option_table);
  mine__baskets_call *call = mine__job_state(job);
  mine__baskets_rows rows;
  mine_itemsets sets;
  MINE_TRY(mine__baskets_read(job, call, &rows));
  const mine_transactions baskets = mine__baskets_build(job->env, job->arena, call, &rows);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  mine_itemset_query query = mine__baskets_query(call->asked, &baskets);
  query.kind = (mine_itemset_kind)asked->kind;
  query.narrower = query.kind == MINE_SETS_ALL ? "ask for kind=closed or kind=maximal" : NULL;
  query.counted = itemsets_counted(out, &baskets);
  MINE_TRY(mine__itemsets_mine(job->env, out->arena, &baskets, &query, &sets));
  if (sets.n == 0)
    mine__baskets_tell_empty(
        job,
        &(mine__baskets_answer){
            .arena = job->arena, .baskets = &baskets, .asked = &query, .sets = &sets, .group = ""});
  return mine__itemsets_relation(job->env, &sets, baskets.names, out);
}

static const mine_answer itemsets_answer[] = {
    {"itemset", MINE_ANSWER_JSON, 1, "JSON array, the most frequent item first"},
    {"size", MINE_ANSWER_INTEGER, 0, "number of items"},
    {"count", MINE_ANSWER_INTEGER, 0, "baskets that hold all of them"},
    {"support", MINE_ANSWER_REAL, 0,
     "count / number of baskets; with weight= the share of their weight"},
    {0},
};

static const mine_option_set itemsets_sets[] = {
    {mine__baskets_table, sizeof(mine__baskets_options), 0},
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
        "falling count. With `hierarchy=` a basket also holds the groups above its items, and no "
        "itemset has an item together with what is above it; `kind=` is meant among these. With "
        "`weight=` `support` and `min_support` are shares of the weight; `count` and `min_count` "
        "are of baskets.",
    .example =
        "SELECT itemset, count FROM mine_itemsets(\n  " MINE_BASKETS_SAMPLE ", 'min_count=2');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = itemsets_answer,
    .options = itemsets_sets,
    .wants = itemsets_reads,
    .lean = 1,
    .state_bytes = sizeof(mine__baskets_call),
    .open = itemsets_open,
    .source = mine__baskets_source,
    .run = itemsets_run,
    .close = mine__baskets_close,
};
