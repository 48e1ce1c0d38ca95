/*
** histories.h -- an event list (customer, time[, amount]) as the histories of customers: the one
** reader of purchases, for verbs and for models.
**
** Which rows are purchases, when "now" is, and each customer's rows in the order of time.
**
**   as_of      up to when events are known: a bare date holds its whole day.  Not given: the
**              last event, told.  Later events are left out, told.
**   returns    rows with a negative amount (cancellations, refunds), told:
**                net      money that goes back: lowers amounts, is no purchase (default)
**                ignore   left out
**                count    a purchase like any other
**                error    refused, with the row
**
** A row without a customer is left out, told; one without a time and an amount says that the
** customer exists (LEFT JOIN), one with an amount only is left out, told; one without an amount
** is a purchase that adds nothing to amounts, told.
*/
#ifndef MINE_DATA_HISTORIES_H
#define MINE_DATA_HISTORIES_H

#include "frame.h"
#include "wants.h"

typedef enum mine_returns {
  MINE_RETURNS_NET,
  MINE_RETURNS_IGNORE,
  MINE_RETURNS_COUNT,
  MINE_RETURNS_ERROR
} mine_returns;

typedef struct mine_history_options {
  mine_cell as_of;
  int returns; /* mine_returns */
} mine_history_options;
extern const mine_option mine__history_option_table[];
#define MINE_SET_HISTORIES \
  { mine__history_option_table, sizeof(mine_history_options), 0 }

/* The places of the wants; a verb's own follow. */
enum { MINE_HISTORY_CUSTOMER, MINE_HISTORY_TIME, MINE_HISTORY_AMOUNT, MINE_HISTORY_MORE };
extern const mine_want mine__history_wants[];
#define MINE_WANT_OF_CUSTOMER \
  { .name = "customer", .reading = MINE_READ_EXACT, .flags = MINE_WANT_ID, .help = "who bought" }
#define MINE_WANT_OF_TIME \
  { .name = "time", .reading = MINE_READ_TIME, .help = "when" }
#define MINE_WANT_OF_AMOUNT                                                      \
  {                                                                              \
    .name = "amount", .reading = MINE_READ_NUMBER, .flags = MINE_WANT_OPTIONAL,  \
    .help = "for how much; below 0: a return, which the option returns is about" \
  }

/* Where the columns are, what was asked, and who hears what is told. */
typedef struct mine_history_source {
  const mine_frame *frame;                      /* finished */
  const mine_column *column[MINE_HISTORY_MORE]; /* of the amount NULL: none */
  const mine_history_options *asked;
  /* Rows that are left out are told as "rows", "skipped" (a training); else as warnings. */
  int skips;
  /* The caller counts days of purchase, and a mean of amounts is one of days with an amount above
  ** 0: as_of is told as a day, rows with an amount of 0 like those without one, and returns=net is
  ** left to the caller, who knows which day a return lowers. */
  int by_day;
  void (*note)(void *context, const char *item, const char *name, const char *detail);
  void *context;
} mine_history_source;

typedef struct mine_histories {
  int64_t n; /* customers, in the order in which they appear; also those without a row */
  const mine_values *id; /* of them */
  int64_t *first;        /* n + 1: those of customer c are first[c] .. first[c + 1] - 1 */
  double *time;          /* days, rising within a customer */
  double *amount;        /* NULL: the source has none; 0: the row has none */
  uint8_t *is_return;
  uint32_t *row; /* of the frame */
  double as_of;  /* days; the start of the day where the whole day counts */
  const mine_time_reading *reading;
} mine_histories;

/* Check and sort; all lives in `arena`.  O(rows).  Errors: no rows, no customer, no event until
** as_of, a return where returns=error. */
mine_status mine__histories_read(mine_env *env, mine_arena *arena, const mine_history_source *of,
                                 mine_histories *out) MINE_MUST_CHECK;

#endif
