/*
** sequence.h -- frequent sequences: what customers do, in which order.
**
** A customer's sequence is a list of events at rising times; an event is a set of items.  A
** pattern is a list of itemsets; a customer *holds* it when he has as many events, one after the
** other, each of which holds the pattern's itemset, and whose times keep the limits:
**
**   min_gap, max_gap   between one event and the next
**   max_span           between the first and the last
**   within             instead of max_gap, between a rule's antecedent and its consequent
**
** A customer counts once.  All is exact: with limits every place at which a pattern can end is
** kept, not the first alone.
*/
#ifndef MINE_SEQUENCE_H
#define MINE_SEQUENCE_H

#include "../core/env.h"
#include "../core/text.h"
#include "../data/json_values.h"
#include "../data/relation.h"

#define SEQUENCE_NEW UINT32_C(0x80000000) /* the word begins an event, or a pattern's itemset */
#define SEQUENCE_END UINT32_MAX           /* behind the last word of a customer              */

/* What is asked. */
typedef struct mine_sequence_query {
  int outcome;          /* customers have one of two outcomes                              */
  int64_t min_count[2]; /* of the others (without outcomes: of all), of the positive ones:
                        ** a pattern is frequent that reaches either                       */
  int64_t min_length, max_length;            /* events */
  int64_t max_items;                         /* in all */
  double min_gap, max_gap, max_span, within; /* NAN: none */
  int closed;
  int rules;
  double min_confidence; /* of rules                                                        */
  int64_t top;           /* more than these by falling count are not wanted; 0: all         */
  size_t n_contains;     /* what every pattern must hold: codes of items                    */
  const uint32_t *contains;
} mine_sequence_query;

/* What the source holds, row by row; rows with a negative code or a NAN are left out. */
typedef struct mine_sequence_rows {
  int64_t n, n_customers;
  const int32_t *customer, *item;
  const double *time;
  const mine_values *items;
  const uint8_t *positive; /* of each customer: 1, or 0; NULL: no outcomes */
} mine_sequence_rows;

/* The customers' sequences as one row of words: the ranks of frequent items, rising within an
** event (ranks are in the order of the values).  Customers with the positive outcome stand
** first: those before `split`. */
typedef struct mine_sequence_data {
  int64_t customers, positives; /* that have an event                                   */
  int64_t ties, repeats;        /* events of several items; rows that say nothing new   */
  uint32_t n_items;
  uint32_t *code; /* of a rank */
  const mine_values *names;
  uint32_t *word;
  size_t words, split;
  uint32_t longest; /* words of a customer, at most */
  /* Where limits or closed patterns are asked for; else NULL. */
  uint32_t n_events;
  uint32_t *event_of;       /* of a word                                 */
  uint32_t *event_first;    /* its first word; n_events + 1              */
  uint32_t *customer_of;    /* of an event                               */
  uint32_t *customer_first; /* its first event; kept customers + 1       */
  double *time;             /* of an event                               */
  double slack;             /* differences of times are equal up to this */
} mine_sequence_data;

/* Of a rule, beside what a pattern has. */
typedef struct mine_sequence_rule {
  uint32_t antecedent, consequent; /* customers that hold it */
  double mean_gap, median_gap;
} mine_sequence_rule;

typedef struct mine_sequence {
  uint32_t count, positives;
  uint32_t words, length;
  const uint32_t *word;
  mine_sequence_rule rule;
} mine_sequence;

/* Patterns, or rules: those whose last itemset is the consequent. */
typedef struct mine_sequence_set {
  const mine_sequence_data *data;
  int64_t n;
  mine_sequence *sequence;
} mine_sequence_set;

/* Least counts and positives are of customers, so they are known only when these are counted. */
mine_status mine__sequences_count(mine_env *env, const mine_sequence_rows *rows,
                                  mine_sequence_data *out) MINE_MUST_CHECK;
mine_status mine__sequences_build(mine_env *env, mine_arena *arena, const mine_sequence_rows *rows,
                                  const mine_sequence_query *query,
                                  mine_sequence_data *out) MINE_MUST_CHECK;
/* By falling count, then rising length, items, and their values. */
mine_status mine__sequences_mine(mine_env *env, mine_arena *arena, const mine_sequence_data *data,
                                 const mine_sequence_query *query,
                                 mine_sequence_set *out) MINE_MUST_CHECK;

/* n words as a JSON array of arrays; `texts`: of the ranks. */
void mine__sequence_write(const mine_json_values *texts, const uint32_t *word, uint32_t n,
                          mine_text *out);

#endif
