/*
** histories.h -- an event list (customer, time[, amount]) as the histories of customers.
**
** What every verb about customers' events shares: which rows are purchases, when "now" is,
** and each customer's rows in the order of time.
**
**   as_of      up to when events are known: a bare date holds its whole day.  Not given: the
**              last event, told.  Later events are left out, told.
**   returns    rows with a negative amount (cancellations, refunds):
**                net      money that goes back: lowers amounts, is no purchase (default)
**                ignore   left out
**                count    a purchase like any other
**                error    refused, with the row
**
** A row without a customer is left out, told; one without a time and an amount says that the
** customer exists (LEFT JOIN), one with an amount only is left out, told; a missing amount is
** a purchase of nothing, told.
*/
#ifndef MINE_JOBS_HISTORIES_H
#define MINE_JOBS_HISTORIES_H

#include "verb.h"

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

typedef struct mine_histories {
  int64_t n; /* customers, in the order in which they appear; also those without a row */
  const mine_values *id; /* of them */
  int64_t *first;        /* n + 1: those of customer c are first[c] .. first[c + 1] - 1 */
  double *time;          /* days, rising within a customer */
  double *amount;        /* NULL: the source has none */
  uint8_t *is_return;
  uint32_t *row; /* of the frame */
  double as_of;  /* days; the start of the day where the whole day counts */
  const mine_time_reading *reading;
} mine_histories;

/* The frame of the job was read: finish it and sort it.  All lives in the job's arena.
** O(rows).  Errors: no rows, no customer, no event until as_of, a return where returns=error. */
mine_status mine__histories_read(mine_job *job, mine_histories *out) MINE_MUST_CHECK;

/* `days` as the times of the source are written; NAN: NULL. */
void mine__row_time(mine_relation *out, const mine_time_reading *reading, double days);
/* The same as a person reads it. */
const char *mine__show_time(mine_arena *arena, const mine_time_reading *reading, double days);

#endif
