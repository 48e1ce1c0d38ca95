/*
** purchases.h -- what is known of customers' purchases, and the model kind "purchases".
**
** The models of lifetime value (lifetime/lifetime.h) see four numbers of a customer, named as in
** Fader and Hardie's papers:
**
**   x     repeat purchases, the first one not counted
**   t_x   when the last of them was, counted from the first purchase; 0 where x = 0
**   T     how long the customer was observed since then
**   m     the mean amount of the repeat purchases
**
** They come as a summary, (id, repeats, last_at, age [, monetary]), or are counted from events,
** (customer, time [, amount]), which data/histories.h reads.  All purchases of a customer on a day
** are one; a day on which all was taken back (returns, and amounts that sum to zero or less) is
** none.  What a purchase is worth is the mean of those with an amount above zero.  Of processes
** that are observed in whole periods (bgbb) x, t_x and T count periods of the calendar, and one
** that was not over is left out.
**
** A model of the kind is a handful of parameters with the covariance of their estimates, and the
** hold-out table: what was foretold of the later part of the log by a fit of its first part, beside
** what came.
*/
#ifndef MINE_MODEL_PURCHASES_H
#define MINE_MODEL_PURCHASES_H

#include "../core/periods.h"
#include "../data/histories.h"
#include "model.h"

/* ---- reading -------------------------------------------------------------------------- */

/* How a source of purchases is read; by its number of columns events or a summary. */
typedef struct mine_purchases_reading {
  mine_events events; /* zeroed but for `want` before the options are parsed */
  int is_summary;
  int column[5]; /* of the summary: id, repeats, last_at, age, monetary or -1 */
} mine_purchases_reading;
extern const mine_want mine__purchases_summary_wants[]; /* id, repeats, last_at, age, monetary */
/* A mine_frame_plan; owner = mine_purchases_reading. */
mine_status mine__purchases_plan(void *reading, mine_frame *frame);

/* Days on which customers bought: those of customer c stand at first[c] .. first[c + 1] - 1,
** ascending; before the first such day of all customers and after the last nothing is known. */
typedef struct mine_purchase_log {
  int64_t n; /* customers, some without purchases */
  int64_t *first;
  double *day;    /* whole days since 1970-01-01               */
  double *amount; /* of the day; NULL: amounts are not there   */
  double from, to;
} mine_purchase_log;

struct mine_purchases {
  int64_t n; /* customers who bought */
  double *x, *t_x, *T;
  double *m;    /* NULL: no amounts; NAN: x = 0, or no amount of the customer */
  double *paid; /* ... of how many of the x it is the mean: those with an amount above zero */
  uint32_t *id; /* their places in `ids` */
  const mine_values *ids;
  mine_period unit; /* of t_x and T */
  int whole;        /* observed in whole periods */
  double at;        /* observed until this day; NAN: a summary */
  double log_gaps;  /* sum of the logarithms of the times between purchases; NAN: not known */
  const mine_purchase_log *log; /* NULL: a summary */
  double holdout;               /* the share of the log's time that is held out */
};

/* How it is to be taken. */
typedef struct mine_purchases_how {
  mine_period unit;
  int whole;
  const mine_history_options *history; /* which events count */
  int returns_said;                    /* ... by an option: not of a summary */
  double holdout;
  int skips; /* a training: see mine_history_source */
  void (*note)(void *context, const char *item, const char *name, const char *detail);
  void *context;
} mine_purchases_how;

/* Finish the frame and count; everything in `arena`.  Errors: no customer, a summary that no
** customer can have (t_x > T), a customer twice.  O(rows). */
void mine__purchases_read(mine_env *env, mine_arena *arena, mine_frame *frame,
                          const mine_purchases_reading *reading, const mine_purchases_how *how,
                          mine_purchases *out);
/* The same log as it stood at the end of a day: customers who had bought by then. */
void mine__purchases_until(mine_env *env, mine_arena *arena, const mine_purchase_log *log,
                           double day, mine_purchases *like);

/* ---- the kind --------------------------------------------------------------------------- */

#define MINE_PURCHASE_PARAMETERS 4
#define MINE_PURCHASE_CLASSES    8 /* of customers by x: 0, 1, ... 6, 7 and more */

/* Customers of a class in the time held out. */
typedef struct mine_purchase_class {
  double customers, actual, expected;
} mine_purchase_class;

typedef struct mine_purchase_model {
  int n;
  const char *name[MINE_PURCHASE_PARAMETERS]; /* "r", "alpha" ... */
  double value[MINE_PURCHASE_PARAMETERS];     /* above 0          */
  /* n x n: of the estimates of the logarithms; NAN where the likelihood is flat. */
  double covariance[MINE_PURCHASE_PARAMETERS * MINE_PURCHASE_PARAMETERS];
  int k; /* of the process with regular purchases, else 1 */
  mine_period unit;
  double calibrated, held; /* the time fitted and the time held out, in units; held 0: none */
  mine_purchase_class held_of[MINE_PURCHASE_CLASSES];
} mine_purchase_model;

extern const mine_kind mine__kind_purchases;

/* Rows of mine_evaluate: the measures, then actual against expected by the repeat purchases
** before, MINE_PURCHASE_CLASSES of them. */
void mine__purchases_list_held(const mine_metric *metric, int n, const mine_purchase_class *held,
                               mine_relation *to);

#endif
