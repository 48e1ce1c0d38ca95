/*
** baskets_call.c -- a call of mine_itemsets or mine_rules up to the baskets that are mined: the
** sources that it reads, by quantity, by weight and with the groups of the items.
**
** What belongs to all baskets (names of items, the hierarchy, the weight of a basket) is made
** once; where rules are asked of groups of baskets, the rest is done in each on its own.
*/
#include <math.h>
#include <string.h>

#include "baskets.h"
#include "common_options.h"

/* ---- options --------------------------------------------------------------------------------- */

static mine_status baskets_call_refuse_share(mine_env *env, double value) {
  return mine__support_refuse(env, value, "baskets");
}

const mine_option mine__baskets_table[] = {
    OPTION_REAL(mine__baskets_options, min_support, .initial = "0.01", .range = {0, 1},
                .above_least = 1, .refuse = baskets_call_refuse_share,
                .help = "least share of the baskets that hold the itemset"),
    OPTION_INT(mine__baskets_options, min_count, .range = {1, 2147483647},
               .help = "least number of baskets that hold the itemset, instead of min_support"),
    OPTION_INT(mine__baskets_options, max_length, .range = {1, 1e6},
               .help = "most items of an itemset; not given: no limit"),
    OPTION_INT(mine__baskets_options, max_itemsets, .range = {1, MINE_BASKETS_MOST},
               .help = "more itemsets than this are an error; not given: max_memory is the limit"),
    OPTION_SOURCE(mine__baskets_options, hierarchy,
                  .help = "a SELECT of item, parent: itemsets and rules of groups of items too"),
    OPTION_REAL(mine__baskets_options, min_quantity, .range = {0, 1e300}, .above_least = 1,
                .help = "with quantity=: an item counts from this much in the basket on; not "
                        "given: above 0"),
    OPTION_NUMBERS(mine__baskets_options, quantity_levels, .range = {0, 1e300},
                   .help = "with quantity=, rising cuts: each item is one per level (2|6: below 2, "
                           "2 to below 6, 6 and more)"),
    OPTION_END};

static void baskets_call_check_quantity(mine_job *job, const mine__baskets_options *o) {
  const mine_events *events = mine__options_of(&job->options, job->options.wants);
  const mine_number_list *levels = &o->quantity_levels;
  const int given = events->named[MINE_BASKETS_QUANTITY].type != MINE_NULL;
  if (!given && (levels->n > 0 || !isnan(o->min_quantity)))
    (void)mine__fail(job->env, MINE_OPTION,
                     "%s needs the column of the quantities; name it with quantity=",
                     levels->n > 0 ? "quantity_levels" : "min_quantity");
  for (size_t i = 0; i < levels->n; i++)
    if (levels->item[i] <= (i > 0 ? levels->item[i - 1] : 0))
      (void)mine__fail(job->env, MINE_OPTION,
                       "quantity_levels must be above 0 and rise, as 2|6 does");
  if (levels->n > 99)
    (void)mine__fail(job->env, MINE_OPTION, "quantity_levels has more than 99 cuts");
  if (levels->n > 0 && o->hierarchy.sql)
    (void)mine__fail(job->env, MINE_OPTION,
                     "quantity_levels makes new items, which the hierarchy does not know; leave "
                     "one of the two out, or split the items in the source");
}

void mine__baskets_open(mine_job *job, const mine_want *reads, mine__baskets_call *call) {
  const mine__options *options = &job->options;
  mine__baskets_options *o = mine__options_of(options, mine__baskets_table);
  call->asked = o;
  call->reads = reads;
  call->amounts.least = isnan(o->min_quantity) ? 0 : o->min_quantity;
  call->amounts.levels = o->quantity_levels;
  if (mine__options_given(options->group, options->n, "min_support") &&
      mine__options_given(options->group, options->n, "min_count"))
    (void)mine__fail(job->env, MINE_OPTION,
                     "both min_support and min_count are given; give one of them");
  baskets_call_check_quantity(job, o);
}

/* ---- the sources ----------------------------------------------------------------------------- */

/* The hierarchy first, then the baskets. */
mine_status mine__baskets_source(mine_job *job, int step, const char **sql, mine_frame **frame) {
  mine__baskets_call *call = mine__job_state(job);
  mine_select *hierarchy = &call->asked->hierarchy;
  const int first = hierarchy->sql ? 1 : 0;
  if (step < first) {
    call->map.want = mine__hierarchy_wants;
    *sql = hierarchy->sql;
    MINE_TRY(mine__frame_open(job->env, mine__events_plan, &call->map, &hierarchy->frame));
    *frame = hierarchy->frame;
  } else if (step == first) {
    *sql = mine__job_text(job, MINE_ARG_SOURCE);
    job->events = *(const mine_events *)mine__options_of(&job->options, job->options.wants);
    job->events.want = call->reads;
    MINE_TRY(mine__frame_open(job->env, mine__events_plan, &job->events, &job->frame));
    *frame = job->frame;
  }
  return mine_env_status(job->env);
}

void mine__baskets_close(mine_job *job) {
  const mine__baskets_call *call = mine__job_state(job);
  if (call->asked) mine__frame_close(call->asked->hierarchy.frame);
}

/* A line without a basket or without an item is in no basket. */
static void baskets_call_note_missing(mine_job *job, const mine_column *basket,
                                      const mine_column *item) {
  int64_t lines = 0;
  for (int64_t row = 0; row < job->frame->rows; row++)
    lines += basket->code[row] < 0 || item->code[row] < 0;
  if (lines > 0)
    mine__job_notef(job, "warning", "", "lines without a basket or an item, left out: %lld of %lld",
                    (long long)lines, (long long)job->frame->rows);
}

static void baskets_call_note_amounts(mine_job *job, const mine__baskets_rows *rows) {
  int64_t lines = 0;
  for (int64_t i = 0; i < rows->n; i++)
    lines += rows->basket[i] >= 0 && rows->item[i] >= 0 && isnan(rows->quantity[i]);
  if (lines > 0)
    mine__job_notef(job, "warning", "", "lines without a quantity, left out: %lld of %lld",
                    (long long)lines, (long long)rows->n);
}

/* Names of codes, weights, quantities. */
static mine_status baskets_call_prepare(mine_job *job, mine__baskets_call *call,
                                        mine__baskets_rows *rows) {
  const mine_column *weight = mine__job_event(job, MINE_BASKETS_WEIGHT);
  const mine_column *quantity = mine__job_event(job, MINE_BASKETS_QUANTITY);
  if (weight) {
    rows->weight = weight->number;
    mine__baskets_check_weights(job, rows);
  }
  if (quantity) {
    rows->quantity = quantity->number;
    baskets_call_note_amounts(job, rows);
    if (call->amounts.levels.n > 0)
      rows->items = mine__baskets_levels(job->env, job->arena, rows->items, &call->amounts.levels);
    if (mine_failed(job->env)) return mine_env_status(job->env);
    rows->n_items = rows->items->n;
  }
  if (call->asked->hierarchy.frame && rows->n_items > 0)
    MINE_TRY(mine__baskets_hierarchy(job, call->asked->hierarchy.frame, call->map.column,
                                     &mine__hierarchy_items, &rows->items, &call->hierarchy));
  call->names = rows->items;
  return mine_env_status(job->env);
}

mine_status mine__baskets_read(mine_job *job, mine__baskets_call *call, mine__baskets_rows *out) {
  MINE_TRY(mine__frame_finish(job->frame));
  if (job->frame->n_columns == 0)
    return mine__fail(job->env, MINE_DATA, "the source has no columns");
  const mine_column *basket = mine__job_event(job, MINE_BASKETS_BASKET);
  const mine_column *item = mine__job_event(job, MINE_BASKETS_ITEM);
  baskets_call_note_missing(job, basket, item);
  mine__baskets_tell_alike(job, &item->levels);
  *out = (mine__baskets_rows){.n = job->frame->rows,
                              .basket = basket->code,
                              .item = item->code,
                              .n_baskets = basket->levels.n,
                              .n_items = item->levels.n,
                              .items = &item->levels};
  return baskets_call_prepare(job, call, out);
}

/* ---- the baskets ----------------------------------------------------------------------------- */

mine_transactions mine__baskets_build(mine_env *env, mine_arena *arena,
                                      const mine__baskets_call *call,
                                      const mine__baskets_rows *rows) {
  mine_transactions baskets = {0};
  mine__baskets_rows counted = *rows;
  if (rows->quantity && !mine__baskets_amount(env, arena, rows, &call->amounts, &counted))
    return baskets;
  if (mine__transactions_build(env, arena, counted.n, counted.basket, counted.n_baskets,
                               counted.item, counted.n_items, &baskets))
    return baskets;
  baskets.names = counted.items;
  if (rows->quantity) {
    uint8_t *keep = mine__arena_array(arena, baskets.items, sizeof *keep);
    if (!keep) return baskets;
    memset(keep, 1, baskets.items);
    keep[rows->n_items] = 0; /* what was too little of something */
    mine__transactions_keep(&baskets, keep);
  }
  if (rows->weight) baskets.weight = mine__baskets_weights(env, arena, &counted, baskets.baskets);
  if (call->hierarchy.items > 0 && !mine_failed(env)) {
    const mine_transactions plain = baskets;
    if (mine__transactions_lift(env, arena, &plain, &call->hierarchy, &baskets)) return baskets;
  }
  return baskets;
}

/* With weights min_support is a share of them, and min_count one of baskets. */
mine_itemset_query mine__baskets_query(const mine__baskets_options *asked,
                                       const mine_transactions *baskets) {
  mine_itemset_query query = {
      .min_count = asked->min_count,
      .max_length = asked->max_length != MINE_NOT_GIVEN ? asked->max_length : INT64_MAX,
      .max_itemsets =
          asked->max_itemsets != MINE_NOT_GIVEN ? asked->max_itemsets : MINE_SETS_UNLIMITED,
      .kind = MINE_SETS_ALL};
  if (asked->min_count != MINE_NOT_GIVEN) return query;
  query.min_count = baskets->weight ? 1 : mine__min_count(asked->min_support, baskets->baskets);
  query.min_weight = asked->min_support * mine__transactions_weight(baskets);
  return query;
}
