/*
** grid.c -- rows in order become points, one to each step of the calendar.
**
** A series lies from its first value to its last (with gaps=zero to the last of all): missing
** points at its ends are no part of it, for a value to come that stands as NULL in the table is
** what is asked for.  A step with several values is their sum or mean; one without is missing, 0,
** or on the line between its neighbours, as the options say.  What was found of all series is told
** once.
*/
#include <math.h>

#include "series_private.h"

#define GRID_MOST_POINTS (INT64_C(1) << 33) /* of all series, missing ones included */

/* A series while its rows are laid out. */
typedef struct grid_one {
  int64_t s, first, end; /* rows with a place, the last one counted out */
  int64_t from, to;      /* steps from its first known value to its last; to < from: none */
} grid_one;

static void grid_span(const series_rows *r, const mine_series_set *set, int64_t s, grid_one *one) {
  *one = (grid_one){.s = s, .first = r->times.first[s], .end = r->times.first[s + 1], .to = -1};
  while (one->first < one->end && isnan(r->value[r->row[one->first]]))
    one->first++;
  while (one->first < one->end && isnan(r->value[r->row[one->end - 1]]))
    one->end--;
  if (one->first == one->end) return;
  one->from = mine__calendar_index(&set->calendar, r->times.time[one->first]);
  one->to = mine__calendar_index(&set->calendar, r->times.time[one->end - 1]);
}

static void grid_refuse_twice(const series_rows *r, const mine_series_set *set, int64_t s,
                              int64_t k) {
  char name[MINE_SHOW_BYTES], words[MINE_CALENDAR_BYTES];
  const int same = r->times.time[k - 1] == r->times.time[k];
  mine__fail(r->env, MINE_DATA,
             "%s has two values %s%s (%s in row %lld, %s in row %lld); say duplicates=sum or mean",
             mine__series_shown(set, s, name), same ? "at one time" : "in one step, ",
             same ? "" : mine__calendar_words(&set->calendar, words),
             mine__show_time(r->arena, set->reading, r->times.time[k - 1]),
             (long long)r->row[k - 1] + 1,
             mine__show_time(r->arena, set->reading, r->times.time[k]), (long long)r->row[k] + 1);
}

/* Values to their steps; how many steps got several. */
static int64_t grid_lay(const series_rows *r, const mine_series_set *set, const grid_one *one,
                        double *y) {
  const int64_t n = one->to - one->from + 1;
  int64_t twice = 0, known = 0, at = -1;
  for (int64_t i = 0; i < n; i++)
    y[i] = NAN;
  for (int64_t k = one->first; k < one->end; k++) {
    const int64_t i = mine__calendar_index(&set->calendar, r->times.time[k]) - one->from;
    const double v = r->value[r->row[k]];
    if (i < 0 || i >= n || isnan(v)) continue;
    if (i != at) {
      if (known > 1 && r->how->duplicates == MINE_DUPLICATES_MEAN) y[at] /= (double)known;
      y[i] = v;
      known = 1;
      at = i;
      continue;
    }
    if (r->how->duplicates == MINE_DUPLICATES_ERROR) {
      grid_refuse_twice(r, set, one->s, k);
      return 0;
    }
    y[i] += v;
    twice += known++ == 1;
  }
  if (known > 1 && r->how->duplicates == MINE_DUPLICATES_MEAN) y[at] /= (double)known;
  return twice;
}

/* A line from y[last] to the next known value. */
static int64_t grid_line(double *y, int64_t last) {
  int64_t next = last + 1;
  while (isnan(y[next]))
    next++;
  for (int64_t i = last + 1; i < next; i++)
    y[i] = y[last] + (double)(i - last) / (double)(next - last) * (y[next] - y[last]);
  return next - last - 1;
}

/* What is done with steps that have no value; how many there were. */
static int64_t grid_fill(const series_rows *r, const mine_series_set *set, int64_t s, double *y,
                         int64_t n) {
  char name[MINE_SHOW_BYTES];
  int64_t missing = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!isnan(y[i])) continue;
    if (r->how->gaps == MINE_GAPS_INTERPOLATE) {
      missing += grid_line(y, i - 1);
      continue;
    }
    missing++;
    if (r->how->gaps == MINE_GAPS_ZERO) {
      y[i] = 0;
    } else if (r->how->gaps == MINE_GAPS_ERROR) {
      mine__fail(r->env, MINE_DATA,
                 "%s has no value at %s and gaps=error; add the row, or say gaps=missing, zero or "
                 "interpolate",
                 mine__series_shown(set, s, name),
                 mine__show_time(r->arena, set->reading,
                                 mine__calendar_time(&set->calendar, set->first[s] + i)));
      return 0;
    }
  }
  return missing;
}

/* Room for the points; the last step of all. */
static int64_t grid_room(const series_rows *r, mine_series_set *set, grid_one *one) {
  int64_t end = INT64_MIN, total = 0;
  for (int64_t s = 0; s < set->n; s++) {
    grid_span(r, set, s, &one[s]);
    if (one[s].to > end && one[s].to >= one[s].from) end = one[s].to;
  }
  for (int64_t s = 0; s < set->n; s++) {
    const int empty = one[s].to < one[s].from;
    if (!empty && r->how->gaps == MINE_GAPS_ZERO) one[s].to = end;
    set->at[s] = total;
    set->first[s] = empty ? 0 : one[s].from;
    total += empty ? 0 : one[s].to - one[s].from + 1;
    if (total > GRID_MOST_POINTS || total < 0) {
      char words[MINE_CALENDAR_BYTES];
      mine__fail(r->env, MINE_DATA,
                 "the series have more than %lld steps of %s; say a longer step=",
                 (long long)GRID_MOST_POINTS, mine__calendar_words(&set->calendar, words));
      return 0;
    }
  }
  set->at[set->n] = total;
  if (total == 0)
    mine__fail(r->env, MINE_DATA, "no row has a time and a value; there is no series in it");
  return end;
}

/* What was found of all series. */
typedef struct grid_found {
  int64_t missing, gappy, twice, empty, early, end;
} grid_found;

static void grid_points(const series_rows *r, mine_series_set *set, const grid_one *one,
                        grid_found *found) {
  for (int64_t s = 0; s < set->n && !MINE_POLL_AT(r->env, s); s++) {
    const int64_t n = set->at[s + 1] - set->at[s];
    double *y = set->value + set->at[s];
    if (n == 0) {
      found->empty++;
      continue;
    }
    found->twice += grid_lay(r, set, &one[s], y);
    if (mine_failed(r->env)) return;
    const int64_t missing = grid_fill(r, set, s, y, n);
    if (mine_failed(r->env)) return;
    found->missing += missing;
    found->gappy += missing > 0;
    found->early += one[s].to < found->end;
  }
}

/* Sums by month of rows that end on the 9th. */
static void grid_tell_part(const series_rows *r, const mine_series_set *set) {
  char words[MINE_CALENDAR_BYTES];
  if (set->calendar.plain || r->how->step.choice < 0 || r->how->duplicates != MINE_DUPLICATES_SUM)
    return;
  const double end = mine__series_unfinished(r->env, &r->times, r->value, r->row, &set->calendar);
  if (!isnan(end))
    mine__series_note(
        r, "warning", "time",
        "the rows end at %s, earlier in their step (%s) than in any before: if it is not over, "
        "its sum is that of a part; leave it out with WHERE",
        mine__show_time(r->arena, set->reading, end), mine__calendar_words(&set->calendar, words));
}

static void grid_report(const series_rows *r, const mine_series_set *set, const grid_found *found) {
  static const char *const gaps[] = {"methods step over them", "they count as 0",
                                     "they are on the line between their neighbours", ""};
  const long long rows = (long long)(r->times.n + r->no_series + r->no_time);
  if (r->no_series)
    mine__series_note(r, "warning", "series", "%lld of %lld rows have no series and are left out",
                      (long long)r->no_series, rows);
  if (r->no_time)
    mine__series_note(r, "warning", "time", "%lld of %lld rows have no time and are left out",
                      (long long)r->no_time, rows);
  if (found->empty)
    mine__series_note(r, "warning", "value", "%lld of %lld series have no value and are left out",
                      (long long)found->empty, (long long)set->n);
  if (found->missing)
    mine__series_note(r, "warning", "value",
                      "%lld of %lld points, in %lld series, have no value: %s",
                      (long long)found->missing, (long long)set->at[set->n],
                      (long long)found->gappy, gaps[r->how->gaps]);
  if (found->twice)
    mine__series_note(r, "duplicates", "time", "%lld points have several rows and are their %s",
                      (long long)found->twice,
                      r->how->duplicates == MINE_DUPLICATES_SUM ? "sum" : "mean");
  if (found->early)
    mine__series_note(
        r, "warning", "time",
        "%lld of %lld series end before %s, the last of all: each ends with its own last "
        "value",
        (long long)found->early, (long long)set->n,
        mine__show_time(r->arena, set->reading, mine__calendar_time(&set->calendar, found->end)));
  grid_tell_part(r, set);
}

void mine__series_grid(series_rows *r, mine_series_set *set) {
  grid_found found = {0};
  grid_one *one = mine__arena_array(r->env->scratch, (size_t)set->n, sizeof *one);
  set->at = mine__arena_zeros(r->arena, (size_t)set->n + 1, sizeof *set->at);
  set->first = mine__arena_zeros(r->arena, (size_t)set->n, sizeof *set->first);
  if (mine_failed(r->env)) return;
  found.end = grid_room(r, set, one);
  if (mine_failed(r->env)) return;
  set->value = mine__arena_array(r->arena, (size_t)set->at[set->n], sizeof *set->value);
  if (!set->value) return;
  grid_points(r, set, one, &found);
  grid_report(r, set, &found);
}
