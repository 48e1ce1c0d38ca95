/*
** baskets.c -- an event list (basket, item) in, itemsets out; and what rules (baskets_rules.c)
** share with that.
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

/* A count where a share belongs. */
static mine_status baskets_refuse_share(mine_env *env, double value) {
  char shown[MINE_NUMBER_BYTES];
  if (value <= 1) return MINE_OK;
  return mine__fail(env, MINE_OPTION,
                    "min_support=%s is not a share of the baskets (above 0, at most 1); for a "
                    "number of baskets use min_count=%s",
                    mine__format_real(shown, value, 0), shown);
}

const mine_option mine__baskets_table[] = {
    OPTION_REAL(mine__baskets_options, min_support, .initial = "0.01", .range = {0, 1},
                .above_least = 1, .refuse = baskets_refuse_share,
                .help = "least share of the baskets that hold the itemset"),
    OPTION_INT(mine__baskets_options, min_count, .range = {1, 2147483647},
               .help = "least number of baskets that hold the itemset, instead of min_support"),
    OPTION_INT(mine__baskets_options, max_length, .range = {1, 1e6},
               .help = "most items of an itemset; not given: no limit"),
    OPTION_INT(mine__baskets_options, max_itemsets, .range = {1, MINE_BASKETS_MOST},
               .help = "more itemsets than this are an error; not given: max_memory is the limit"),
    OPTION_END};

static const char *const baskets_kinds[] = {"all", "closed", "maximal", NULL};

static const mine_option itemsets_option_table[] = {
    OPTION_CHOICE(itemsets_options, kind, .initial = "all", .choices = baskets_kinds,
                  .help =
                      "closed: no larger itemset has the same count; maximal: no larger itemset is "
                      "frequent"),
    OPTION_END};

void mine__baskets_check(mine_job *job) {
  const mine__options *options = &job->options;
  if (mine__options_given(options->group, options->n, "min_support") &&
      mine__options_given(options->group, options->n, "min_count"))
    (void)mine__fail(job->env, MINE_OPTION,
                     "both min_support and min_count are given; give one of them");
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

mine_status mine__baskets_read(mine_job *job, mine__baskets_rows *out) {
  MINE_TRY(mine__frame_finish(job->frame));
  if (job->frame->n_columns == 0)
    return mine__fail(job->env, MINE_DATA, "the source has no columns");
  const mine_column *basket = mine__job_event(job, MINE_BASKETS_BASKET);
  const mine_column *item = mine__job_event(job, MINE_BASKETS_ITEM);
  baskets_note_missing(job, basket, item);
  mine__baskets_tell_alike(job, &item->levels);
  *out = (mine__baskets_rows){.n = job->frame->rows,
                              .basket = basket->code,
                              .item = item->code,
                              .n_baskets = basket->levels.n,
                              .n_items = item->levels.n,
                              .items = &item->levels};
  return mine_env_status(job->env);
}

mine_transactions mine__baskets_build(mine_env *env, mine_arena *arena,
                                      const mine__baskets_rows *rows) {
  mine_transactions all = {0};
  if (mine__transactions_build(env, arena, rows->n, rows->basket, rows->n_baskets, rows->item,
                               rows->n_items, &all) == MINE_OK)
    all.names = rows->items;
  return all;
}

mine_itemset_query mine__baskets_query(const mine__baskets_options *asked, int64_t baskets) {
  return (mine_itemset_query){
      .min_count = asked->min_count != MINE_NOT_GIVEN
                       ? asked->min_count
                       : mine__min_count(asked->min_support, baskets),
      .max_length = asked->max_length != MINE_NOT_GIVEN ? asked->max_length : INT64_MAX,
      .max_itemsets =
          asked->max_itemsets != MINE_NOT_GIVEN ? asked->max_itemsets : MINE_SETS_UNLIMITED,
      .kind = MINE_SETS_ALL};
}

/* ---- mine_itemsets -------------------------------------------------------------------------- */

static mine_status itemsets_open(mine_job *job) {
  mine__baskets_check(job);
  return mine_env_status(job->env);
}

static mine_status itemsets_run(mine_job *job, mine_relation *out) {
  const itemsets_options *asked = mine__options_of(&job->options, itemsets_option_table);
  mine__baskets_rows rows;
  mine_itemsets sets;
  MINE_TRY(mine__baskets_read(job, &rows));
  const mine_transactions baskets = mine__baskets_build(job->env, job->arena, &rows);
  if (mine_failed(job->env)) return mine_env_status(job->env);
  mine_itemset_query query =
      mine__baskets_query(mine__options_of(&job->options, mine__baskets_table), baskets.baskets);
  query.kind = (mine_itemset_kind)asked->kind;
  query.narrower = query.kind == MINE_SETS_ALL ? "ask for kind=closed or kind=maximal" : NULL;
  query.counted = !mine__relation_reads(out, 0);
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
    {"support", MINE_ANSWER_REAL, 0, "count / number of baskets"},
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
        "falling count.",
    .example =
        "SELECT itemset, count FROM mine_itemsets(\n  " MINE_BASKETS_SAMPLE ", 'min_count=2');",
    .argument = {{MINE_ARG_SOURCE, "source"}, {MINE_ARG_OPTIONS, "options"}},
    .required = 1,
    .answer = itemsets_answer,
    .options = itemsets_sets,
    .wants = itemsets_reads,
    .lean = 1,
    .open = itemsets_open,
    .run = itemsets_run,
};
