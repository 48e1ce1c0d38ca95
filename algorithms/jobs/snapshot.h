/*
** snapshot.h -- the inside of mine_snapshot, shared by snapshot*.c.
**
**   snapshot.c             the verb: what is read of every source, what is refused
**   snapshot_definition.c  the JSON that says what is wanted
**   snapshot_time.c        times as SQL: columns as Julian days, bounds of windows
**   snapshot_text.c        the SELECT
*/
#ifndef MINE_JOBS_SNAPSHOT_H
#define MINE_JOBS_SNAPSHOT_H

#include "verb.h"

#define SNAPSHOT_SOURCES 16
#define SNAPSHOT_WINDOWS 12
#define SNAPSHOT_COLUMNS 1990 /* SQLite's own limit is 2000 */

/* Columns of an event list, and of the list of customers. */
enum { SNAPSHOT_CUSTOMER, SNAPSHOT_TIME, SNAPSHOT_AMOUNT, SNAPSHOT_KIND, SNAPSHOT_WANTS };

/* What is said of the events before the cut-off: bits. */
enum {
  SNAPSHOT_COUNT = 1,    /* rows in a window                                       */
  SNAPSHOT_DAYS = 2,     /* days with one                                          */
  SNAPSHOT_SUM = 4,      /* of the amounts                                         */
  SNAPSHOT_MEAN = 8,     /* of the amounts; NULL without one                       */
  SNAPSHOT_TREND = 16,   /* (later half - earlier half) / all, -1 to 1; NULL: none */
  SNAPSHOT_RECENCY = 32, /* days since the last                                    */
  SNAPSHOT_TENURE = 64,  /* days since the first                                   */
  SNAPSHOT_GAPS = 128    /* mean and longest days between days with one; overdue   */
};

/* The number of days, months or years before or after the cut-off. */
typedef struct snapshot_span {
  int64_t n;
  mine_time_step step; /* DAY, MONTH or YEAR                      */
  int all;             /* a window that has no beginning          */
  char name[24];       /* "30d", "12w", "3m", "1y", "all"          */
} snapshot_span;

/* What a label says of the events after the cut-off. */
typedef enum snapshot_what {
  SNAPSHOT_NO_LABEL,
  SNAPSHOT_NONE,
  SNAPSHOT_ANY,
  SNAPSHOT_NUMBER,
  SNAPSHOT_TOTAL
} snapshot_what;

typedef struct snapshot_source {
  const char *name; /* before its columns; "": nothing              */
  const char *text; /* a table, or one SELECT                       */
  mine_events events;
  mine_list kinds; /* a feature each; item NULL: no kinds            */
  int is_customers;
  /* Once it is read. */
  const char *column[SNAPSHOT_WANTS]; /* names in the source; NULL: absent */
  mine_time_reading time;
  int timed;          /* it has a column of times                           */
  int64_t rows, left; /* that were read; without a customer or a time       */
  double first, last; /* days; first > last: no events                      */
} snapshot_source;

typedef struct snapshot_label {
  snapshot_what what;
  int of;         /* of which source */
  mine_cell kind; /* MINE_NULL: of all kinds */
} snapshot_label;

typedef struct snapshot {
  mine_env *env;
  mine_arena *arena;
  int n;                                        /* sources, without the customers */
  snapshot_source source[SNAPSHOT_SOURCES + 1]; /* [n]: the customers, if has_customers */
  int has_customers;
  const char *entity;   /* what the first column is called; NULL: as it is in the source */
  int now;              /* the cut-off is this morning, whenever it is asked            */
  double cutoff, until; /* days; until NAN: the last event                              */
  snapshot_span gap, horizon;
  int has_horizon;
  int n_windows;
  snapshot_span window[SNAPSHOT_WINDOWS];
  unsigned features; /* SNAPSHOT_ bits */
  snapshot_label label;
  mine_frame *frame; /* of the source that is being read */
  int reading;       /* which that is; -1: none yet      */
} snapshot;

/* Read the definition.  Failures stick in env. */
void mine__snapshot_read(snapshot *s, const char *text);

/* "30 days", "3 months", a number of days, "all": 0 when it is none of these. */
int mine__snapshot_span(const mine_cell *cell, snapshot_span *out);
/* `sign` times the span after `days`. */
double mine__snapshot_after(double days, const snapshot_span *span, int sign);
/* That moment in SQL, in Julian days: of a fixed cut-off a date, else an offset to now. */
void mine__snapshot_moment(const snapshot *s, mine_text *to, const snapshot_span *first, int sign,
                           const snapshot_span *second);
/* A date, or a date and a time, as ISO 8601 writes them. */
#define SNAPSHOT_SHOWN 48
const char *mine__snapshot_shown(double days, char buffer[SNAPSHOT_SHOWN]);
/* The column of times in SQL, in Julian days.  0: SQLite cannot read them. */
int mine__snapshot_julian(mine_text *to, const char *column, const mine_time_reading *time);

/* The SELECT. */
void mine__snapshot_write(const snapshot *s, mine_text *to);
/* A table's name in quotes, or a SELECT in brackets. */
void mine__snapshot_from(mine_text *to, const char *text);

#endif
