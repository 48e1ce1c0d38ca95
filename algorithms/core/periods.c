/*
** periods.c -- the table of periods (periods.h).
*/
#include "periods.h"

#include <math.h>

const mine_step_about mine__steps[MINE_STEP_FRACTION] = {
    [MINE_STEP_YEAR] = {"year", 365.25, 12},
    [MINE_STEP_QUARTER] = {"quarter", 365.25 / 4, 3},
    [MINE_STEP_MONTH] = {"month", 365.25 / 12, 1},
    [MINE_STEP_WEEK] = {"week", 7, 0},
    [MINE_STEP_DAY] = {"day", 1, 0},
    [MINE_STEP_HOUR] = {"hour", 1.0 / 24, 0},
    [MINE_STEP_MINUTE] = {"minute", 1.0 / 1440, 0},
    [MINE_STEP_SECOND] = {"second", 1.0 / 86400, 0},
};

const char *const mine__step_names[] = {"year", "quarter", "month",  "week", "day",
                                        "hour", "minute",  "second", NULL};

const char *const mine__periods[] = {MINE_PERIOD_NAMES, NULL};

mine_time_step mine__period_step(mine_period period) {
  return (mine_time_step)(MINE_STEP_DAY - period);
}

double mine__period_days(mine_period period) {
  return mine__steps[mine__period_step(period)].days;
}

int64_t mine__period_of(mine_period period, double days) {
  const int64_t day = (int64_t)mine__time_floor(days, MINE_STEP_DAY);
  const int months = mine__steps[mine__period_step(period)].months;
  int year, month, of_month;
  if (period == MINE_PERIOD_DAY) return day;
  if (period == MINE_PERIOD_WEEK) return (int64_t)floor(((double)day + 3) / 7); /* a Thursday */
  mine__civil_of_day(day, &year, &month, &of_month);
  return ((int64_t)year * 12 + month - 1) / months;
}
