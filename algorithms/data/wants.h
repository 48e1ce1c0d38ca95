/*
** wants.h -- which columns a job wants, and how their cells are read.
**
** A job says what it reads as a table of wants; the frame only reads.  One binder
** finds the columns of a source for them:
**
**   by position  event lists.  Exactly the stated number of columns, in order;
**                optional ones are given what is left over, the first first.  An
**                option that is called like a want names its column instead
**                (customer=buyer, time=ordered_at): once the options name every
**                required column, what they do not name is not read.
**   by name      scoring, queries: what a model was trained on, anywhere in the
**                source; every column that lacks is in one sentence.
**   one by one   the roles of an attribute table (jobs/roles.c).
**
** Names are found as core/names.h says, always.
**
**   static const mine_want rfm_reads[] = {
**       {.name = "customer", .reading = MINE_READ_EXACT, .help = "who bought"},
**       {.name = "time", .reading = MINE_READ_TIME, .help = "when"},
**       {.name = "amount", .reading = MINE_READ_NUMBER, .flags = MINE_WANT_OPTIONAL,
**        .help = "for how much"},
**       {0}};
**   mine_events events = {.want = rfm_reads};
**   group[n++] = (mine_option_group){mine__wants_options(arena, rfm_reads), &events};
**   ... parse ...
**   mine__frame_open(env, mine__events_plan, &events, &frame);
**   ... the rows come, mine__frame_finish ...
**   frame->column[events.column[0]].code            of the customer
**   frame->column[events.column[1]].number          days
**   mine__time_write(frame->column[events.column[1]].time, days, buffer, &cell)
*/
#ifndef MINE_DATA_WANTS_H
#define MINE_DATA_WANTS_H

#include "../core/options.h"
#include "../core/text.h"
#include "numerals.h"
#include "values.h"

/* NULL, '' and blanks are missing in all of them; CELLS keeps them as they came. */
typedef enum mine_reading {
  MINE_READ_NOT,      /* not wanted: cells may be left out                                */
  MINE_READ_AUTO,     /* an attribute: a number or a category, inferred                    */
  MINE_READ_NUMBER,   /* number[]; plain decimal texts are read, others are an error        */
  MINE_READ_CATEGORY, /* code[] by exact value, levels sorted                               */
  MINE_READ_EXACT,    /* code[] by exact value, levels in order of appearance, any number of
                      ** them (customers, baskets, items)                                   */
  MINE_READ_TIME,     /* number[] in days since 1970-01-01, read in the one way that suits the
                      ** whole column, or as date_format= says: column->time; a value that
                      ** does not fit is an error with its row                              */
  MINE_READ_BOTH,     /* a target: exact values AND numbers where possible, until the job
                      ** decides the task                                                   */
  MINE_READ_CELLS,    /* every cell as it came, in frame->ids; one column at most           */
  MINE_READ_TALLY     /* anything goes: counted by storage class, in column->tally          */
} mine_reading;

enum {
  MINE_WANT_OPTIONAL = 1,      /* may be absent: its column is -1 then                       */
  MINE_WANT_NAMED = 2,         /* never by position: only if its option names it; optional   */
  MINE_WANT_REST = 4,          /* every column that nothing else took, any number; the last
                               ** want.  Its column stays -1: ask column->want               */
  MINE_WANT_NO_MISSING = 8,    /* a missing value is an error, with its row                  */
  MINE_WANT_NOT_NEGATIVE = 16, /* NUMBER: so is a number below 0                            */
  MINE_WANT_FIXED = 32,        /* as in training: NUMBER, CATEGORY of `levels`, or TIME by
                               ** `time`; the column takes more rows after mine__frame_finish */
  MINE_WANT_ID = 64,           /* EXACT: the answer's id, to be compared as its column compares */
  MINE_WANT_COUNTED = 128      /* TIME: plain numbers that are no dates are times, too; column->time
                               ** is NULL then                                              */
};

/* A column that is asked for.  Arrays end with a NULL name and outlive the frame. */
struct mine_want {
  const char *name; /* in sentences, and the option that names the column: "customer" */
  mine_reading reading;
  int flags;
  const mine_dictionary *levels; /* FIXED: sorted as codes, any other value gets
                                 ** MINE_CODE_UNKNOWN; may be shared                   */
  const mine_time_reading *time; /* FIXED TIME: the reading that was learned            */
  const mine_numerals *numerals; /* FIXED: how numbers and missing texts are written; NULL: plain */
  const char *help;              /* of the option: one line, lower case, no full stop  */
};

/* ---- event lists --------------------------------------------------------------------- */

#define MINE_WANTS_MOST 12

/* A job's event list: zeroed but for `want` before the options are parsed. */
typedef struct mine_events {
  const mine_want *want;
  mine_cell named[MINE_WANTS_MOST]; /* per want: what its option says               */
  int column[MINE_WANTS_MOST];      /* per want, once bound: its column, -1: absent */
  mine_cell date_format;            /* an option of every list with a time          */
  mine_time_reading format;         /* ... as the plan understood it                */
} mine_events;

/* The options that exist because the wants do (and date_format, where one is a TIME),
** over mine_events; NULL: failure recorded.  A table for the options parser and the catalogue, made
** in `arena`. */
const mine_option *mine__wants_options(mine_arena *arena, const mine_want *want);

/* A mine_frame_plan: binds the frame's columns to the wants; owner = mine_events.
** Errors: another number of columns, a name that is none, one column for two wants. */
mine_status mine__events_plan(void *events, mine_frame *frame);
/* The same for a plan that chooses among tables by what the frame has; named (per
** want) may be NULL. */
mine_status mine__wants_by_position(mine_frame *frame, const mine_want *want,
                                    const mine_cell *named, int *column);

/* ---- by name --------------------------------------------------------------------------- */

/* The sentence about what is not there: "the source lacks" 2 columns "that the model
** was trained on": 'a', 'b'; "name them with AS". */
typedef struct mine_lack {
  const char *who, *those, *remedy;
} mine_lack;

/* Find the column of every want by the want's name and have it read; column[] per
** want.  Exact fits go first, and no column is taken twice. */
mine_status mine__wants_by_name(mine_frame *frame, const mine_want *want, const mine_lack *lack,
                                int *column);

/* ---- one by one ------------------------------------------------------------------------- */

/* In a plan: read this column so. */
void mine__column_want(mine_frame *frame, int column, const mine_want *want);
/* The column called `name`, or as an option says; -1: failure recorded, "no column 'x'
** (what); the columns are a, b, c", nearest first. */
int mine__column_named(mine_frame *frame, const char *what, const char *name);
int mine__column_said(mine_frame *frame, const char *what, const mine_cell *said);
/* "a, b, c and 3 more": nearest to `name` first; NULL: in order. */
void mine__columns_list(mine_text *list, const mine_frame *frame, const char *name);

#endif
