/*
** unfinished.c -- is the last step of summed rows over?
**
** Orders of a shop until the 9th, summed by month, end in a month of nine days, and every method
** takes it for a fall.  Rows do not say whether there will be more, but earlier steps say how long
** their ends are without rows (weekends, nights): a last step whose end is more than twice as
** long as the longest of them is taken for a part.
*/
#include <math.h>

#include "series_private.h"

#define UNFINISHED_STEPS (INT64_C(1) << 20) /* more are not looked through */

/* The latest time with a value within each of n steps; NAN: none.  NULL: no memory. */
static double *unfinished_latest(mine_env *env, const series_times *times, const double *value,
                                 const uint32_t *row, const mine_calendar *calendar, int64_t n) {
  const int64_t from = mine__calendar_index(calendar, times->least);
  double *latest = mine__arena_array(env->scratch, (size_t)n, sizeof *latest);
  for (int64_t i = 0; latest && i < n; i++)
    latest[i] = NAN;
  for (int64_t k = 0; latest && k < times->n; k++) {
    const double time = times->time[k];
    const int64_t i = mine__calendar_index(calendar, time) - from;
    if (i >= 0 && i < n && !isnan(value[row[k]]) && !(latest[i] >= time)) latest[i] = time;
  }
  return latest;
}

double mine__series_unfinished(mine_env *env, const series_times *times, const double *value,
                               const uint32_t *row, const mine_calendar *calendar) {
  const int64_t from = mine__calendar_index(calendar, times->least);
  const int64_t last = mine__calendar_index(calendar, times->most) - from;
  if (last < 2 || last >= UNFINISHED_STEPS) return NAN;
  const double *latest = unfinished_latest(env, times, value, row, calendar, last + 1);
  double quiet = 0; /* the longest end of an earlier step */
  int64_t before = 0;
  for (int64_t i = 0; latest && i < last; i++) {
    const double end = mine__calendar_time(calendar, from + i + 1) - latest[i];
    before += !isnan(end);
    quiet = end > quiet ? end : quiet;
  }
  if (before < 2 || isnan(latest[last])) return NAN;
  return mine__calendar_time(calendar, from + last + 1) - latest[last] > 2 * quiet ? latest[last]
                                                                                   : (double)NAN;
}
