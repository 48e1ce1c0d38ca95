/*
** periods.h -- the periods of the calendar that options name: what they are called, how long
** they are on average, and which one a day lies in.  One table for every verb.
*/
#ifndef MINE_CORE_PERIODS_H
#define MINE_CORE_PERIODS_H

#include "dates.h"

/* A step of time; one of whole months has no fixed length in days. */
typedef struct mine_step_about {
  const char *name;
  double days; /* on average: a year is 365.25 days */
  int months;  /* 0: a fixed number of days         */
} mine_step_about;
extern const mine_step_about mine__steps[MINE_STEP_FRACTION];
/* The same names as the choices of an option, in the order of mine_time_step. */
extern const char *const mine__step_names[];

/* The periods of a day and more, from the shortest on: the choices of `unit=`, in this order. */
typedef enum mine_period {
  MINE_PERIOD_DAY,
  MINE_PERIOD_WEEK,
  MINE_PERIOD_MONTH,
  MINE_PERIOD_QUARTER,
  MINE_PERIOD_YEAR
} mine_period;
#define MINE_PERIOD_NAMES "day", "week", "month", "quarter", "year"
extern const char *const mine__periods[]; /* MINE_PERIOD_NAMES, NULL */
mine_time_step mine__period_step(mine_period period);
double mine__period_days(mine_period period); /* on average */

/* The period, a day or longer, in which `days` since 1970-01-01 lie, as a number that grows by
** one from each to the next; weeks begin on Monday. */
int64_t mine__period_of(mine_period period, double days);

#endif
