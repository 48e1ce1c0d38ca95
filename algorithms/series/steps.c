/*
** steps.c -- steps of time, and which one a set of times has.
**
** Times keep one *phase* of a unit: the same day of every month, the same weekday, the same minute
** of every hour.  The step is the longest unit (year, quarter, month, week, day, hour, minute,
** second) whose phase all times share, taken as often as the greatest common divisor of their
** distances says (15 minutes, 2 weeks).  A month's phase is a day of the month, its last day where
** the month is too short; so 31 January, 28 February, 31 March are one phase.  Where that
** leaves most steps empty (the last working day of each month), it is the longest unit of a day or
** more in whose periods no series has two points and of whose periods most have one; that is told.
**
** Of plain numbers the step is the smallest distance, of which all others are multiples; numbers
** that were rounded (1949.083) are followed along the longest series.
*/
#include <math.h>
#include <stdio.h>

#include "series_private.h"

#define STEPS_EXACT  1e-9 /* of a day: far below a second */
#define STEPS_NEAR   0.1  /* of a step, of plain numbers  */
#define STEPS_SPARSE 0.1  /* of points known: fewer, and a step below a day is by chance */
#define STEPS_HALF   0.5  /* of points known: fewer, and a longer unit may do without a phase */
#define STEPS_FULL   0.8  /* of periods that have a point, where there is no phase */

#define STEPS_MOST 9e15 /* steps: more are no calendar */

/* ---- a calendar in use ---------------------------------------------------------------------- */

static int64_t steps_floor_div(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

double mine__calendar_time(const mine_calendar *c, int64_t i) {
  if (c->plain) return c->origin + (double)i * c->step;
  const int months = mine__steps[c->unit].months;
  if (fabs((double)i * (double)c->every) > 1e17) return NAN;
  if (months == 0) {
    const int week = c->unit == MINE_STEP_WEEK;
    return mine__time_add(c->origin, i * c->every * (week ? 7 : 1), week ? MINE_STEP_DAY : c->unit);
  }
  if (i > 1000000 || i < -1000000) return NAN;
  const int64_t month = c->month + i * c->every * months;
  const int64_t year = steps_floor_div(month, 12);
  if (year < 1 || year > 9999) return NAN;
  const int in_year = (int)(month - year * 12) + 1, days = mine__days_in_month((int)year, in_year);
  const int day = c->day < days ? c->day : days;
  return (double)mine__day_of_civil((int)year, in_year, day) + c->origin;
}

/* The month in which days lie, counted from year 0. */
static int64_t steps_month(double days, int *day) {
  int year, month;
  mine__civil_of_day((int64_t)floor(days), &year, &month, day);
  return (int64_t)year * 12 + month - 1;
}

int64_t mine__calendar_index(const mine_calendar *c, double time) {
  const int months = c->plain ? 0 : mine__steps[c->unit].months;
  if (months) {
    int day;
    return steps_floor_div(steps_month(time, &day) - c->month, c->every * months);
  }
  const double step = c->plain ? c->step : mine__steps[c->unit].days * (double)c->every;
  const double at = floor((time - c->origin) / step + (c->plain ? 0.5 : 1e-6));
  return (int64_t)fmin(fmax(at, -STEPS_MOST), STEPS_MOST);
}

int64_t mine__calendar_season(const mine_calendar *c) {
  static const int64_t of_unit[] = {
      [MINE_STEP_YEAR] = 1,      [MINE_STEP_QUARTER] = 4, [MINE_STEP_MONTH] = 12,
      [MINE_STEP_WEEK] = 52,     [MINE_STEP_DAY] = 7,     [MINE_STEP_HOUR] = 24,
      [MINE_STEP_MINUTE] = 1440, [MINE_STEP_SECOND] = 60};
  if (c->plain) return 1;
  const int64_t all = of_unit[c->unit];
  if (c->unit == MINE_STEP_MINUTE && c->every < 15) return 60 % c->every ? 1 : 60 / c->every;
  return all % c->every ? 1 : all / c->every;
}

const char *mine__calendar_words(const mine_calendar *c, char buffer[MINE_CALENDAR_BYTES]) {
  char number[MINE_NUMBER_BYTES];
  if (c->plain)
    snprintf(buffer, MINE_CALENDAR_BYTES, "%s", mine__format_real(number, c->step, 6));
  else if (c->every == 1)
    snprintf(buffer, MINE_CALENDAR_BYTES, "%s %s", mine__article(mine__steps[c->unit].name),
             mine__steps[c->unit].name);
  else
    snprintf(buffer, MINE_CALENDAR_BYTES, "%lld %ss", (long long)c->every,
             mine__steps[c->unit].name);
  return buffer;
}

/* ---- recognised ------------------------------------------------------------------------------ */

static int64_t steps_gcd(int64_t a, int64_t b) {
  while (b) {
    const int64_t c = a % b;
    a = b;
    b = c;
  }
  return a < 0 ? -a : a;
}

/* Whether all times have one phase of a unit of months; fills the calendar's phase. */
static int steps_phase_months(const series_times *t, mine_time_step unit, mine_calendar *out) {
  const int months = mine__steps[unit].months;
  const double share = t->time[0] - floor(t->time[0]);
  int day, last = 0;
  const int64_t month0 = steps_month(t->time[0], &day);
  for (int64_t k = 0; k < t->n; k++) {
    const int64_t month = steps_month(t->time[k], &day);
    if ((month - month0) % months || fabs(t->time[k] - floor(t->time[k]) - share) > STEPS_EXACT)
      return 0;
    if (day > last) last = day;
  }
  int ends = 1;
  for (int64_t k = 0; k < t->n; k++) {
    const int64_t month = steps_month(t->time[k], &day);
    const int days = mine__days_in_month((int)(month / 12), (int)(month % 12) + 1);
    if (day != (last < days ? last : days)) return 0;
    ends &= day == days;
  }
  *out = (mine_calendar){.unit = unit, .every = 1, .origin = share, .day = ends ? 31 : last};
  return 1;
}

static int steps_phase_days(const series_times *t, mine_time_step unit, mine_calendar *out) {
  const double step = mine__steps[unit].days;
  for (int64_t k = 0; k < t->n; k++) {
    const double steps = (t->time[k] - t->time[0]) / step;
    if (fabs(steps - floor(steps + 0.5)) * step > STEPS_EXACT) return 0;
  }
  *out = (mine_calendar){.unit = unit, .every = 1};
  return 1;
}

/* The calendar begins at the first time of all; and how many units lie between times. */
static void steps_anchor(const series_times *t, mine_calendar *c) {
  int day;
  int64_t gcd = 0;
  if (mine__steps[c->unit].months)
    c->month = steps_month(t->least, &day);
  else
    c->origin = t->least;
  for (int64_t k = 0; k < t->n && gcd != 1; k++)
    gcd = steps_gcd(mine__calendar_index(c, t->time[k]), gcd);
  c->every = gcd > 0 ? gcd : 1;
}

/* Which share of the points from the first to the last of every series there is; -1: two times of
** a series, that differ, are in one step. */
static double steps_filled(const series_times *t, const mine_calendar *c) {
  double there = 0, all = 0;
  for (int64_t s = 0; s < t->n_series; s++) {
    int64_t last = 0;
    for (int64_t k = t->first[s]; k < t->first[s + 1]; k++) {
      const int64_t i = mine__calendar_index(c, t->time[k]);
      const int begins = k == t->first[s];
      if (!begins && i == last && t->time[k] > t->time[k - 1]) return -1;
      if (begins || i > last) there++;
      all += begins ? 1 : (double)(i - last);
      last = i;
    }
  }
  return all > 0 ? there / all : 0;
}

/* Periods of the calendar, whatever times lie in them. */
void mine__calendar_periods(const series_times *t, mine_time_step unit, mine_calendar *out) {
  int day;
  const double start = mine__time_floor(t->least, unit);
  *out = (mine_calendar){.unit = unit, .every = 1, .day = 1};
  if (mine__steps[unit].months)
    out->month = steps_month(start, &day);
  else
    out->origin = start;
}

/* The longest unit whose phase all times share. */
static int steps_phase(const series_times *t, mine_calendar *out) {
  for (mine_time_step unit = MINE_STEP_YEAR; unit <= MINE_STEP_SECOND; unit++) {
    const int found = mine__steps[unit].months ? steps_phase_months(t, unit, out)
                                               : steps_phase_days(t, unit, out);
    if (!found) continue;
    steps_anchor(t, out);
    return 1;
  }
  return 0;
}

static int steps_dates(const series_times *t, mine_calendar *out, int *loose) {
  mine_calendar phase = {0};
  const int has = steps_phase(t, &phase);
  const double filled = has ? steps_filled(t, &phase) : 0;
  *loose = 0;
  *out = phase;
  if (has && (phase.unit <= MINE_STEP_WEEK || filled >= STEPS_HALF)) return 1;
  *loose = 1;
  for (mine_time_step unit = MINE_STEP_YEAR; unit <= MINE_STEP_DAY; unit++) {
    if (has && unit >= phase.unit) break;
    mine__calendar_periods(t, unit, out);
    if (steps_filled(t, out) >= STEPS_FULL) return 1;
  }
  *loose = 0;
  *out = phase;
  return has && (phase.unit <= MINE_STEP_DAY || filled >= STEPS_SPARSE);
}

/* The smallest distance of two times of a series; 0: there are none. */
static double steps_smallest(const series_times *t, int64_t *longest) {
  double least = 0;
  int64_t most = 0;
  for (int64_t s = 0; s < t->n_series; s++) {
    if (t->first[s + 1] - t->first[s] > most) {
      most = t->first[s + 1] - t->first[s];
      *longest = s;
    }
    for (int64_t k = t->first[s] + 1; k < t->first[s + 1]; k++) {
      const double d = t->time[k] - t->time[k - 1];
      if (d > 0 && (least == 0 || d < least)) least = d;
    }
  }
  return least;
}

static int steps_numbers(const series_times *t, mine_calendar *out) {
  int64_t longest = 0, steps = 0;
  double step = steps_smallest(t, &longest);
  const double *time = t->time + t->first[longest];
  if (!(step > 0)) return 0;
  for (int64_t k = 1; k < t->first[longest + 1] - t->first[longest]; k++) {
    steps += (int64_t)floor((time[k] - time[k - 1]) / step + 0.5);
    if (steps > 0) step = (time[k] - time[0]) / (double)steps;
  }
  *out = (mine_calendar){.plain = 1, .every = 1, .origin = t->least, .step = step};
  for (int64_t k = 0; k < t->n; k++) {
    const double at = (t->time[k] - t->least) / step;
    if (fabs(at - floor(at + 0.5)) > STEPS_NEAR) return 0;
  }
  return 1;
}

int mine__calendar_recognise(const series_times *t, int plain, mine_calendar *out, int *loose) {
  *loose = 0;
  return plain ? steps_numbers(t, out) : steps_dates(t, out, loose);
}
