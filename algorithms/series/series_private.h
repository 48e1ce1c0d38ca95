/*
** series_private.h -- what the files that read series share.
*/
#ifndef MINE_SERIES_PRIVATE_H
#define MINE_SERIES_PRIVATE_H

#include "series.h"

/* Times of rows, by series and rising: those of series s are time[first[s]] .. */
typedef struct series_times {
  int64_t n, n_series;
  const int64_t *first;
  double *time;
  double least, most;
} series_times;

/* The rows of an event list while they become series. */
typedef struct series_rows {
  mine_env *env;
  mine_arena *arena;
  const mine_series_options *how;
  mine_series_note note;
  void *context;
  const int32_t *series; /* NULL: one */
  const double *time, *value;
  uint32_t *row; /* of the frame, by series and time */
  series_times times;
  int64_t no_series, no_time;
} series_rows;

/* read.c: a line for the report, unless the reading failed. */
void mine__series_note(const series_rows *rows, const char *item, const char *name,
                       const char *format, ...) MINE_PRINTF(4, 5);
/* grid.c: the points of the series, in rows->arena, from rows in order on a calendar that is
** known; failures stick in env. */
void mine__series_grid(series_rows *rows, mine_series_set *set);

/* steps.c.  The step that times have; 0: none.  loose: they have no phase, and step are the
** periods in which they lie. */
int mine__calendar_recognise(const series_times *times, int plain, mine_calendar *out, int *loose);
/* Periods of a unit that was said. */
void mine__calendar_periods(const series_times *times, mine_time_step unit, mine_calendar *out);
/* Of rows whose sums by step are taken (row: of each time, its place in value): the time of the
** last one, if the last step seems not to be over; else NAN.  In env's scratch memory.  O(rows +
** steps). */
double mine__series_unfinished(mine_env *env, const series_times *times, const double *value,
                               const uint32_t *row, const mine_calendar *calendar);

#endif
