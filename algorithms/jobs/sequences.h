/*
** sequences.h -- what mine_sequences and mine_sequence_rules share: the source
** (customer, time, item), its options, and what of it counts.
**
** Rows without a customer, a time or an item are left out, told.  Items at one time are one
** event.  With `outcome` a further column says of each customer which of two outcomes he had.
*/
#ifndef MINE_JOBS_SEQUENCES_H
#define MINE_JOBS_SEQUENCES_H

#include "../sequence/sequence.h"
#include "verb.h"

typedef struct mine_sequences_options {
  double min_support;
  int64_t min_count;             /* MINE_NOT_GIVEN: min_support decides */
  int64_t max_length, max_items; /* MINE_NOT_GIVEN: any number          */
  double min_gap, max_gap, max_span;
  int64_t top;
} mine_sequences_options;
extern const mine_option mine__sequences_option_table[];
#define MINE_SET_SEQUENCES \
  { mine__sequences_option_table, sizeof(mine_sequences_options), 0 }

enum { SEQUENCES_CUSTOMER, SEQUENCES_TIME, SEQUENCES_ITEM, SEQUENCES_OUTCOME };
#define SEQUENCES_EVENTS                                                                \
  {.name = "customer", .reading = MINE_READ_EXACT, .help = "whose sequence it is"},     \
      {.name = "time",                                                                  \
       .reading = MINE_READ_TIME,                                                       \
       .flags = MINE_WANT_COUNTED,                                                      \
       .help = "when: a date, a time, or a number; items at one time are one event"},   \
  {                                                                                     \
    .name = "item", .reading = MINE_READ_EXACT, .help = "what was bought, done or seen" \
  }

/* Of two outcomes. */
typedef struct mine_outcomes {
  mine_cell positive, other;
} mine_outcomes;

typedef struct mine__sequences {
  mine_job *job;
  mine_env *env;
  mine_arena *arena;
  const mine_sequences_options *options;
  mine_sequence_rows rows;
  mine_sequence_query query;
  mine_sequence_data data;
  mine_outcomes outcomes;
  const mine_list *contains; /* items that every sequence must hold; NULL: none */
} mine__sequences;

/* What the option table cannot say; for the verbs' `open`. */
mine_status mine__sequences_check(mine_job *job) MINE_MUST_CHECK;
/* The frame was read: everything but `query`'s own parts of the verb, which are set before.
** `positive`: the option, MINE_NULL if not given. */
mine_status mine__sequences_read(mine__sequences *s, const mine_cell *positive) MINE_MUST_CHECK;
/* The codes of the items that an option lists. */
const uint32_t *mine__sequences_items(mine__sequences *s, const char *option,
                                      const mine_list *list);
/* The answer has no rows: why. */
void mine__sequences_tell_empty(mine__sequences *s);

#endif
