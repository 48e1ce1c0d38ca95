/*
** baskets.h -- what mine_itemsets and mine_rules have in common: the event list
** (basket, item), how often a set must be there, and what is told about items.
*/
#ifndef MINE_JOBS_BASKETS_H
#define MINE_JOBS_BASKETS_H

#include "../associate/associate.h"
#include "baskets_groups.h"
#include "verb.h"

typedef struct mine__baskets_options {
  double min_support;
  int64_t min_count;  /* MINE_NOT_GIVEN: min_support decides    */
  int64_t max_length; /* MINE_NOT_GIVEN: no limit               */
  int64_t max_itemsets;
  mine_select hierarchy;
  double min_quantity; /* NAN: above 0 */
  mine_number_list quantity_levels;
} mine__baskets_options;
extern const mine_option mine__baskets_table[];

#define MINE_BASKETS_MOST 1e9 /* itemsets or rules that an answer may be allowed to have */

#define MINE_BASKETS_EVENTS                                                      \
  {.name = "basket",                                                             \
   .reading = MINE_READ_EXACT,                                                   \
   .help = "the column of the basket; not given: the first of two columns"},     \
      {.name = "item",                                                           \
       .reading = MINE_READ_EXACT,                                               \
       .help = "the column of the item; not given: the second of two columns"},  \
      {.name = "weight",                                                         \
       .reading = MINE_READ_NUMBER,                                              \
       .flags = MINE_WANT_NAMED | MINE_WANT_NO_MISSING | MINE_WANT_NOT_NEGATIVE, \
       .help =                                                                   \
           "a column: what a basket weighs, the same in all its rows; "          \
           "support is a share of the weight"},                                  \
  {                                                                              \
    .name = "quantity", .reading = MINE_READ_NUMBER, .flags = MINE_WANT_NAMED,   \
    .help =                                                                      \
        "a column: how much of the item; an item counts where they add "         \
        "up to more than 0 in the basket"                                        \
  }
enum {
  MINE_BASKETS_BASKET,
  MINE_BASKETS_ITEM,
  MINE_BASKETS_WEIGHT,
  MINE_BASKETS_QUANTITY,
  MINE_BASKETS_MORE
};

#define MINE_BASKETS_SAMPLE                                              \
  "'VALUES (1,''bread''),(1,''butter''),(2,''bread''),(2,''butter''),\n" \
  "  (2,''jam''),(3,''bread''),(3,''milk''),(4,''bread''),(4,''butter'')'"

/* ---- items (baskets_items.c) ------------------------------------------------------------- */

/* The codes of the items that an option lists; a failure sticks. */
uint32_t *mine__baskets_codes(mine_env *env, mine_arena *arena, const mine_values *items,
                              const char *option, const mine_list *list);
int mine__baskets_listed(const uint32_t *code, size_t n, uint32_t item);
/* A side of a rule, of the lists all, any and only and the options that they come from; lists
** that contradict each other are refused, and a failure sticks. */
mine_rule_side mine__baskets_side(mine_env *env, mine_arena *arena, const mine_values *names,
                                  const char *const option[3], const mine_list *const list[3]);
/* Tell of items that differ only in case, in spaces around them or as number and text. */
void mine__baskets_tell_alike(mine_job *job, const mine_values *items);

/* ---- weights (baskets_weight.c) ------------------------------------------------------------- */

/* A basket has one weight, in all its rows; a failure sticks. */
void mine__baskets_check_weights(mine_job *job, const mine__baskets_rows *rows);
/* What each of the baskets weighs that were made of the rows, in their order; NULL: a failure. */
double *mine__baskets_weights(mine_env *env, mine_arena *arena, const mine__baskets_rows *rows,
                              int64_t baskets);

/* ---- quantities (baskets_quantity.c) -------------------------------------------------------- */

typedef struct mine__baskets_amounts {
  double least;            /* an item counts from this quantity on; 0: above 0 */
  mine_number_list levels; /* rising: what is bought in other amounts is another item */
} mine__baskets_amounts;

/* The items by level: item x at level l has code x * (levels + 1) + l. */
const mine_values *mine__baskets_levels(mine_env *env, mine_arena *arena, const mine_values *items,
                                        const mine_number_list *levels);
/* Rows, one for each item of a basket, of the sum of its quantities: its code by level, or the
** last code, rows->n_items, which is no item but keeps the basket.  1 = done. */
int mine__baskets_amount(mine_env *env, mine_arena *arena, const mine__baskets_rows *rows,
                         const mine__baskets_amounts *amounts, mine__baskets_rows *out);

/* ---- groups of items (baskets_hierarchy.c) --------------------------------------------------- */

extern const mine_want mine__hierarchy_wants[];
/* What belongs to groups, in sentences. */
typedef struct mine_hierarchy_words {
  const char *one, *many, *all, *strange; /* "an item", "items", "items of the baskets", ... */
} mine_hierarchy_words;
extern const mine_hierarchy_words mine__hierarchy_items;
/* The frame of (item, parent), bound to `column`, closed upwards over the items of the baskets,
** which keep their codes; *items: with the groups.  Loops and strangers are told or refused. */
mine_status mine__baskets_hierarchy(mine_job *job, mine_frame *frame, const int *column,
                                    const mine_hierarchy_words *words, const mine_values **items,
                                    mine_hierarchy *out) MINE_MUST_CHECK;

/* ---- a call (baskets_call.c) ----------------------------------------------------------------- */

/* The first member of the job's state. */
typedef struct mine__baskets_call {
  mine__baskets_options *asked;
  const mine_want *reads;
  mine_events map;          /* of the table (item, parent)          */
  mine_hierarchy hierarchy; /* items 0: none                        */
  mine__baskets_amounts amounts;
  const mine_values *names; /* of all codes                         */
} mine__baskets_call;

/* What the option table cannot say: a failure sticks. */
void mine__baskets_open(mine_job *job, const mine_want *reads, mine__baskets_call *call);
/* The members `source` and `close` of a verb. */
mine_status mine__baskets_source(mine_job *job, int step, const char **sql, mine_frame **frame);
void mine__baskets_close(mine_job *job);

/* The sources were read: rows, with what belongs to all of them in `call`.  Tells which lines
** count in no basket, and which items look like one another. */
mine_status mine__baskets_read(mine_job *job, mine__baskets_call *call,
                               mine__baskets_rows *out) MINE_MUST_CHECK;

/* Rows become the baskets that are mined; a failure sticks. */
mine_transactions mine__baskets_build(mine_env *env, mine_arena *arena,
                                      const mine__baskets_call *call,
                                      const mine__baskets_rows *rows);

mine_itemset_query mine__baskets_query(const mine__baskets_options *asked,
                                       const mine_transactions *baskets);

#endif
