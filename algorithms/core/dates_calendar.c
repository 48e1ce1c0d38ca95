/*
** dates_calendar.c -- days and the proleptic Gregorian calendar.
**
** Days to civil dates and back without tables or loops: the year is begun in
** March, so that the leap day is its last, and eras of 400 years (146,097 days)
** repeat exactly (H. Hinnant, chrono-compatible low-level date algorithms, 2013).
*/
#include <math.h>

#include "dates_pattern.h"
#include "periods.h"

#define ERA_DAYS 146097
#define TO_1970  719468 /* days from 0000-03-01 to 1970-01-01 */

static int64_t calendar_floor_div(int64_t a, int64_t b) {
  const int64_t q = a / b;
  return q - (a % b < 0);
}

int64_t mine__day_of_civil(int year, int month, int day) {
  const int64_t y = (int64_t)year - (month <= 2);
  const int64_t era = calendar_floor_div(y, 400);
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         TO_1970;
}

void mine__civil_of_day(int64_t day, int *year, int *month, int *day_of_month) {
  const int64_t z = day + TO_1970;
  const int64_t era = calendar_floor_div(z, ERA_DAYS);
  const int64_t day_of_era = z - era * ERA_DAYS;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t from_march = (5 * day_of_year + 2) / 153;
  *day_of_month = (int)(day_of_year - (153 * from_march + 2) / 5 + 1);
  *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
  *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

int mine__days_in_month(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

int mine__weekday(int64_t day) { /* 1970-01-01 was a Thursday */
  return (int)(day + 3 - 7 * calendar_floor_div(day + 3, 7)) + 1;
}

int64_t mine__day_of_iso_week(int year, int week) {
  const int64_t fourth = mine__day_of_civil(year, 1, 4); /* always in week 1 */
  return fourth - (mine__weekday(fourth) - 1) + 7 * ((int64_t)week - 1);
}

void mine__iso_week_of_day(int64_t day, int *year, int *week) {
  const int64_t thursday = day - mine__weekday(day) + 4; /* in the week's year */
  int month, day_of_month;
  mine__civil_of_day(thursday, year, &month, &day_of_month);
  *week = (int)((thursday - mine__day_of_civil(*year, 1, 1)) / 7) + 1;
}

int mine__weeks_in_year(int year) {
  return (int)((mine__day_of_iso_week(year + 1, 1) - mine__day_of_iso_week(year, 1)) / 7);
}

/* ---- steps ------------------------------------------------------------------------- */

#define CALENDAR_DAY_US INT64_C(86400000000)
/* Beyond this nothing is a date and int64 microseconds end: left as it is. */
#define CALENDAR_MOST 1e8

static int64_t calendar_step_us(mine_time_step step) {
  switch (step) {
    case MINE_STEP_WEEK:
      return 7 * CALENDAR_DAY_US;
    case MINE_STEP_DAY:
      return CALENDAR_DAY_US;
    case MINE_STEP_HOUR:
      return INT64_C(3600000000);
    case MINE_STEP_MINUTE:
      return 60000000;
    case MINE_STEP_SECOND:
      return 1000000;
    default:
      return 1;
  }
}

void mine__time_split(double days, int64_t *day, int64_t *us) {
  const double whole = floor(days);
  *day = (int64_t)whole;
  *us = llround((days - whole) * (double)CALENDAR_DAY_US);
  if (*us < CALENDAR_DAY_US) return;
  *us -= CALENDAR_DAY_US;
  *day += 1;
}

double mine__time_join(int64_t day, int64_t us) {
  return (double)day + (double)us / (double)CALENDAR_DAY_US;
}

double mine__time_floor(double days, mine_time_step step) {
  if (!(fabs(days) < CALENDAR_MOST)) return days;
  int64_t day, us;
  mine__time_split(days, &day, &us);
  if (step <= MINE_STEP_MONTH) {
    int year, month, day_of_month;
    mine__civil_of_day(day, &year, &month, &day_of_month);
    if (step == MINE_STEP_YEAR) month = 1;
    if (step == MINE_STEP_QUARTER) month -= (month - 1) % 3;
    return (double)mine__day_of_civil(year, month, 1);
  }
  if (step == MINE_STEP_WEEK) return (double)(day - mine__weekday(day) + 1);
  const int64_t unit = calendar_step_us(step);
  return mine__time_join(day, us - us % unit); /* every unit divides the day */
}

static double calendar_add_months(double days, int64_t n) {
  int64_t day, us;
  int year, month, day_of_month;
  mine__time_split(days, &day, &us);
  mine__civil_of_day(day, &year, &month, &day_of_month);
  const int64_t total = (int64_t)year * 12 + month - 1 + n;
  year = (int)calendar_floor_div(total, 12);
  month = (int)(total - (int64_t)year * 12) + 1;
  const int last = mine__days_in_month(year, month);
  return mine__time_join(mine__day_of_civil(year, month, day_of_month < last ? day_of_month : last),
                         us);
}

double mine__time_add(double days, int64_t n, mine_time_step step) {
  if (!(fabs(days) < CALENDAR_MOST)) return days;
  if (step <= MINE_STEP_MONTH) {
    if (n > 10000000 || n < -10000000) return NAN; /* some 800,000 years */
    return calendar_add_months(days, n * mine__steps[step].months);
  }
  const int64_t unit = calendar_step_us(step);
  if (!(fabs((double)n * (double)unit) < CALENDAR_MOST / 2 * (double)CALENDAR_DAY_US)) return NAN;
  int64_t day, us;
  mine__time_split(days, &day, &us);
  us += n * unit;
  const int64_t over = calendar_floor_div(us, CALENDAR_DAY_US);
  return mine__time_join(day + over, us - over * CALENDAR_DAY_US);
}
