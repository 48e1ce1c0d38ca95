/*
** read.c -- rows (series, time, value) become regular series on one calendar (series.h).
**
** Rows are sorted by time first and then, stably, by series: two sorts without comparisons,
** O(rows).  A row without a series or a time is left out, told; one without a value is a missing
** point.  Missing points at the ends of a series are no part of it: a value to come that stands as
** NULL in the table is what is asked for.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/radix.h"
#include "../data/frame.h"
#include "../data/notes.h"
#include "series_private.h"

#define READ_MOST_POINTS (INT64_C(1) << 33) /* of all series, missing ones included */
#define READ_MOST_SEASON 8760

static const char *const read_gaps[] = {"missing", "zero", "interpolate", "error", NULL};
static const char *const read_duplicates[] = {"error", "sum", "mean", NULL};

const mine_option mine__series_option_table[] = {
    OPTION_EITHER(mine_series_options, step, .choices = mine__step_names, .range = {0, 1e300},
                  .above_least = 1,
                  .help =
                      "of time: a unit, in whose periods times count (with duplicates=sum events "
                      "become totals), or a number where times are numbers; not given: recognised"),
    OPTION_CHOICE(mine_series_options, gaps, .initial = "missing", .choices = read_gaps,
                  .help = "a step without a value: missing (methods step over it), zero (also from "
                          "the end of a series to that of all), interpolate (a line), or error"),
    OPTION_CHOICE(mine_series_options, duplicates, .initial = "error", .choices = read_duplicates,
                  .help = "several values of a series in one step: error, their sum or mean"),
    OPTION_INT(mine_series_options, season, .initial = "auto", .range = {1, READ_MOST_SEASON},
               .allows_auto = 1,
               .help =
                   "points of a season, 1: none; auto: 12 of months, 4 of quarters, 7 of days, 52 "
                   "of weeks, 24 of hours, none of numbers"),
    OPTION_END};

const mine_want mine__series_wants[] = {
    {.name = "series",
     .reading = MINE_READ_EXACT,
     .flags = MINE_WANT_OPTIONAL | MINE_WANT_ID,
     .help = "whose value it is; not there: all rows are one series"},
    {.name = "time",
     .reading = MINE_READ_TIME,
     .flags = MINE_WANT_COUNTED,
     .help = "when: a time, or a number"},
    {.name = "value", .reading = MINE_READ_NUMBER, .help = "what is foretold"},
    {0}};

/* Rows to come are read as the first were. */
mine_status mine__series_plan(void *owner, mine_frame *frame) {
  mine_series_reading *reading = owner;
  const mine_series_set *like = reading->like;
  memcpy(reading->want, mine__series_wants, sizeof reading->want);
  mine_want *time = &reading->want[MINE_SERIES_TIME];
  if ((like && !like->reading) || reading->numbers) time->reading = MINE_READ_NUMBER;
  if (like && like->reading) {
    time->flags |= MINE_WANT_FIXED;
    time->time = like->reading;
  }
  if (like && like->name) reading->want[MINE_SERIES_NAME].flags &= ~MINE_WANT_OPTIONAL;
  reading->events.want = reading->want;
  return mine__events_plan(&reading->events, frame);
}

/* ---- rows ----------------------------------------------------------------------------------- */

typedef struct read_rows {
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
} read_rows;

static void read_tell(const read_rows *r, const char *item, const char *name, const char *format,
                      ...) MINE_PRINTF(4, 5);
static void read_tell(const read_rows *r, const char *item, const char *name, const char *format,
                      ...) {
  char detail[MINE_NOTE_BYTES];
  va_list args;
  va_start(args, format);
  mine__note_format(detail, format, args);
  va_end(args);
  if (r->note && !mine_failed(r->env)) r->note(r->context, item, name, detail);
}

const char *mine__series_shown(const mine_series_set *set, int64_t s,
                               char buffer[MINE_SHOW_BYTES]) {
  mine_cell cell;
  if (!set->name) return "the series";
  mine__values_get(set->name, s, &cell);
  return mine__show_cell(buffer, &cell);
}

int mine__series_time(const mine_series_set *set, int64_t i, char buffer[MINE_TIME_BYTES],
                      mine_cell *out) {
  const double time = mine__calendar_time(&set->calendar, i);
  *out = (mine_cell){.type = MINE_NULL};
  if (set->reading) return mine__time_write(set->reading, time, buffer, out);
  if (isnan(time)) return 0;
  const double whole = floor(time + 0.5);
  if (set->whole && fabs(time) < (double)MINE_EXACT_WHOLE)
    *out = (mine_cell){.type = MINE_INT, .as.integer = (int64_t)whole};
  else
    *out = (mine_cell){.type = MINE_REAL, .as.real = time};
  return 1;
}

/* The times of the rows that have a series and a time; NAN for the others. */
static double *read_keys(read_rows *r, int64_t n) {
  double *key = mine__arena_array(r->env->scratch, (size_t)n, sizeof *key);
  for (int64_t i = 0; key && i < n; i++) {
    if (MINE_POLL_AT(r->env, i)) return NULL;
    const int named = !r->series || r->series[i] >= 0;
    r->no_series += !named;
    r->no_time += named && isnan(r->time[i]);
    key[i] = named ? r->time[i] : (double)NAN;
  }
  return key;
}

static void read_sort(read_rows *r, int64_t rows, int64_t n_series) {
  mine_env *env = r->env;
  const double *key = read_keys(r, rows);
  mine_pair *order = mine__arena_array(env->scratch, (size_t)rows, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, (size_t)rows, sizeof *temp);
  mine__by_code by;
  if (!key || !order || !temp || !mine__sort_reals_asked(env, key, NULL, rows, order, temp)) return;
  const int64_t n = mine__sort_known(order, rows);
  int32_t *code = mine__arena_array(env->scratch, (size_t)n, sizeof *code);
  for (int64_t k = 0; code && k < n; k++)
    code[k] = r->series ? r->series[order[k].row] : 0;
  if (!code || !mine__sort_codes(env->scratch, code, n, n_series, &by)) return;
  r->row = mine__arena_array(env->scratch, (size_t)n, sizeof *r->row);
  r->times.time = mine__arena_array(env->scratch, (size_t)n, sizeof *r->times.time);
  if (mine_failed(env)) return;
  for (int64_t k = 0; k < n; k++) {
    r->row[k] = order[by.at[k]].row;
    r->times.time[k] = r->time[r->row[k]];
  }
  r->times.n = n;
  r->times.n_series = n_series;
  r->times.first = by.first;
  r->times.least = n ? r->time[order[0].row] : (double)NAN;
  r->times.most = n ? r->time[order[n - 1].row] : (double)NAN;
}

/* ---- the calendar --------------------------------------------------------------------------- */

static void read_refuse_step(const read_rows *r, const mine_series_set *set) {
  const series_times *t = &r->times;
  for (int64_t s = 0; s < t->n_series; s++) {
    if (t->first[s + 1] - t->first[s] < 2 || t->time[t->first[s]] == t->time[t->first[s + 1] - 1])
      continue;
    mine__fail(r->env, MINE_DATA,
               "the times have no common step, such as %s and %s of a series; say step=day or "
               "another unit, and duplicates=sum or mean where several values fall into one",
               mine__show_time(r->arena, set->reading, t->time[t->first[s]]),
               mine__show_time(r->arena, set->reading, t->time[t->first[s] + 1]));
    return;
  }
  mine__fail(r->env, MINE_DATA,
             "no series has values at two times, so a step cannot be recognised; say step=month or "
             "another unit");
}

static int read_has_two(const series_times *t) {
  for (int64_t s = 0; s < t->n_series; s++)
    if (t->first[s + 1] > t->first[s] && t->time[t->first[s + 1] - 1] > t->time[t->first[s]])
      return 1;
  return 0;
}

/* As said, else as recognised. */
static void read_calendar(const read_rows *r, mine_series_set *set) {
  const mine_either *step = &r->how->step;
  char words[MINE_CALENDAR_BYTES];
  int loose = 0;
  if (!isnan(step->number) && set->reading) {
    mine__fail(r->env, MINE_OPTION,
               "the times are dates and option step is a number; say step=day or another unit");
  } else if (step->choice >= 0 && !set->reading) {
    mine__fail(r->env, MINE_OPTION,
               "the times are plain numbers and option step is a unit; say how they are written "
               "with date_format=, or step= as a number");
  } else if (!isnan(step->number)) {
    set->calendar =
        (mine_calendar){.plain = 1, .every = 1, .origin = r->times.least, .step = step->number};
  } else if (step->choice >= 0) {
    mine__calendar_periods(&r->times, (mine_time_step)step->choice, &set->calendar);
  } else if (!read_has_two(&r->times) ||
             !mine__calendar_recognise(&r->times, !set->reading, &set->calendar, &loose)) {
    read_refuse_step(r, set);
  } else {
    mine__calendar_words(&set->calendar, words);
    read_tell(r, "step", "time", "%s, recognised", words);
    if (loose)
      read_tell(r, "warning", "time",
                "the times keep no day of their periods: they count for %s, and are written as the "
                "first day",
                words);
  }
}

static void read_season(const read_rows *r, mine_series_set *set) {
  const int64_t said = r->how->season;
  if (said != MINE_AUTO) {
    set->season = (int)said;
    return;
  }
  const int64_t season = mine__calendar_season(&set->calendar);
  set->season = season >= 1 && season <= READ_MOST_SEASON ? (int)season : 1;
  if (set->season > 1)
    read_tell(r, "season", "time", "%d points, recognised by the step", set->season);
}

/* ---- points --------------------------------------------------------------------------------- */

/* A series while its rows are laid out. */
typedef struct read_one {
  int64_t s, first, end; /* rows with a place, the last one counted out */
  int64_t from, to;      /* steps from its first known value to its last; to < from: none */
} read_one;

static void read_span(const read_rows *r, const mine_series_set *set, int64_t s, read_one *one) {
  *one = (read_one){.s = s, .first = r->times.first[s], .end = r->times.first[s + 1], .to = -1};
  while (one->first < one->end && isnan(r->value[r->row[one->first]]))
    one->first++;
  while (one->first < one->end && isnan(r->value[r->row[one->end - 1]]))
    one->end--;
  if (one->first == one->end) return;
  one->from = mine__calendar_index(&set->calendar, r->times.time[one->first]);
  one->to = mine__calendar_index(&set->calendar, r->times.time[one->end - 1]);
}

static void read_refuse_twice(const read_rows *r, const mine_series_set *set, int64_t s,
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
static int64_t read_lay(const read_rows *r, const mine_series_set *set, const read_one *one,
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
      read_refuse_twice(r, set, one->s, k);
      return 0;
    }
    y[i] += v;
    twice += known++ == 1;
  }
  if (known > 1 && r->how->duplicates == MINE_DUPLICATES_MEAN) y[at] /= (double)known;
  return twice;
}

/* A line from y[last] to the next known value. */
static int64_t read_line(double *y, int64_t last) {
  int64_t next = last + 1;
  while (isnan(y[next]))
    next++;
  for (int64_t i = last + 1; i < next; i++)
    y[i] = y[last] + (double)(i - last) / (double)(next - last) * (y[next] - y[last]);
  return next - last - 1;
}

/* What is done with steps that have no value; how many there were. */
static int64_t read_fill(const read_rows *r, const mine_series_set *set, int64_t s, double *y,
                         int64_t n) {
  char name[MINE_SHOW_BYTES];
  int64_t missing = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!isnan(y[i])) continue;
    if (r->how->gaps == MINE_GAPS_INTERPOLATE) {
      missing += read_line(y, i - 1);
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
static int64_t read_room(const read_rows *r, mine_series_set *set, read_one *one) {
  int64_t end = INT64_MIN, total = 0;
  for (int64_t s = 0; s < set->n; s++) {
    read_span(r, set, s, &one[s]);
    if (one[s].to > end && one[s].to >= one[s].from) end = one[s].to;
  }
  for (int64_t s = 0; s < set->n; s++) {
    const int empty = one[s].to < one[s].from;
    if (!empty && r->how->gaps == MINE_GAPS_ZERO) one[s].to = end;
    set->at[s] = total;
    set->first[s] = empty ? 0 : one[s].from;
    total += empty ? 0 : one[s].to - one[s].from + 1;
    if (total > READ_MOST_POINTS || total < 0) {
      char words[MINE_CALENDAR_BYTES];
      mine__fail(r->env, MINE_DATA,
                 "the series have more than %lld steps of %s; say a longer step=",
                 (long long)READ_MOST_POINTS, mine__calendar_words(&set->calendar, words));
      return 0;
    }
  }
  set->at[set->n] = total;
  if (total == 0)
    mine__fail(r->env, MINE_DATA, "no row has a time and a value; there is no series in it");
  return end;
}

/* What was found of all series. */
typedef struct read_found {
  int64_t missing, gappy, twice, empty, early, end;
} read_found;

static void read_points(const read_rows *r, mine_series_set *set, const read_one *one,
                        read_found *found) {
  for (int64_t s = 0; s < set->n && !MINE_POLL_AT(r->env, s); s++) {
    const int64_t n = set->at[s + 1] - set->at[s];
    double *y = set->value + set->at[s];
    if (n == 0) {
      found->empty++;
      continue;
    }
    found->twice += read_lay(r, set, &one[s], y);
    if (mine_failed(r->env)) return;
    const int64_t missing = read_fill(r, set, s, y, n);
    if (mine_failed(r->env)) return;
    found->missing += missing;
    found->gappy += missing > 0;
    found->early += one[s].to < found->end;
  }
}

/* Sums by month of rows that end on the 9th. */
static void read_tell_part(const read_rows *r, const mine_series_set *set) {
  char words[MINE_CALENDAR_BYTES];
  if (set->calendar.plain || r->how->step.choice < 0 || r->how->duplicates != MINE_DUPLICATES_SUM)
    return;
  const double end = mine__series_unfinished(r->env, &r->times, r->value, r->row, &set->calendar);
  if (!isnan(end))
    read_tell(
        r, "warning", "time",
        "the rows end at %s, earlier in their step (%s) than in any before: if it is not over, "
        "its sum is that of a part; leave it out with WHERE",
        mine__show_time(r->arena, set->reading, end), mine__calendar_words(&set->calendar, words));
}

static void read_report(const read_rows *r, const mine_series_set *set, const read_found *found) {
  static const char *const gaps[] = {"methods step over them", "they count as 0",
                                     "they are on the line between their neighbours", ""};
  const long long rows = (long long)(r->times.n + r->no_series + r->no_time);
  if (r->no_series)
    read_tell(r, "warning", "series", "%lld of %lld rows have no series and are left out",
              (long long)r->no_series, rows);
  if (r->no_time)
    read_tell(r, "warning", "time", "%lld of %lld rows have no time and are left out",
              (long long)r->no_time, rows);
  if (found->empty)
    read_tell(r, "warning", "value", "%lld of %lld series have no value and are left out",
              (long long)found->empty, (long long)set->n);
  if (found->missing)
    read_tell(r, "warning", "value", "%lld of %lld points, in %lld series, have no value: %s",
              (long long)found->missing, (long long)set->at[set->n], (long long)found->gappy,
              gaps[r->how->gaps]);
  if (found->twice)
    read_tell(r, "duplicates", "time", "%lld points have several rows and are their %s",
              (long long)found->twice, r->how->duplicates == MINE_DUPLICATES_SUM ? "sum" : "mean");
  if (found->early)
    read_tell(
        r, "warning", "time",
        "%lld of %lld series end before %s, the last of all: each ends with its own last "
        "value",
        (long long)found->early, (long long)set->n,
        mine__show_time(r->arena, set->reading, mine__calendar_time(&set->calendar, found->end)));
  read_tell_part(r, set);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void read_columns(read_rows *r, mine_frame *frame, const mine_series_reading *reading,
                         mine_series_set *set) {
  const int *at = reading->events.column;
  const mine_column *name = at[MINE_SERIES_NAME] < 0 ? NULL : &frame->column[at[MINE_SERIES_NAME]];
  const mine_column *time = &frame->column[at[MINE_SERIES_TIME]];
  *set = (mine_series_set){.n = name ? name->levels.n : 1,
                           .name = name ? &name->levels : NULL,
                           .reading = time->time,
                           .whole = 1};
  r->series = name ? name->code : NULL;
  r->time = mine__column_numbers(r->arena, time, frame->rows);
  r->value = mine__column_numbers(r->arena, &frame->column[at[MINE_SERIES_VALUE]], frame->rows);
  for (int64_t i = 0; r->time && i < frame->rows; i++)
    set->whole &= isnan(r->time[i]) || r->time[i] == floor(r->time[i]);
}

static void read_fill_set(read_rows *r, mine_series_set *set) {
  read_found found = {0};
  read_one *one = mine__arena_array(r->env->scratch, (size_t)set->n, sizeof *one);
  set->at = mine__arena_zeros(r->arena, (size_t)set->n + 1, sizeof *set->at);
  set->first = mine__arena_zeros(r->arena, (size_t)set->n, sizeof *set->first);
  if (mine_failed(r->env)) return;
  found.end = read_room(r, set, one);
  if (mine_failed(r->env)) return;
  set->value = mine__arena_array(r->arena, (size_t)set->at[set->n], sizeof *set->value);
  if (!set->value) return;
  read_points(r, set, one, &found);
  read_report(r, set, &found);
}

mine_status mine__series_read(mine_env *env, mine_arena *arena, mine_frame *frame,
                              const mine_series_reading *reading, const mine_series_options *how,
                              mine_series_note note, void *context, mine_series_set *out) {
  read_rows r = {.env = env, .arena = arena, .how = how, .note = note, .context = context};
  MINE_TRY(mine__frame_finish(frame));
  if (frame->n_columns == 0) return mine__fail(env, MINE_DATA, "the source has no columns");
  if (frame->rows == 0)
    return mine__fail(env, MINE_DATA, "the source has no rows; there is no series in it");
  const mine_mark mark = mine__arena_mark(env->scratch);
  read_columns(&r, frame, reading, out);
  if (!mine_failed(env)) read_sort(&r, frame->rows, out->n);
  if (!mine_failed(env) && r.times.n == 0)
    mine__fail(env, MINE_DATA, "no row has a time and a value; there is no series in it");
  if (!mine_failed(env) && reading->like)
    out->calendar = reading->like->calendar;
  else if (!mine_failed(env))
    read_calendar(&r, out);
  if (!mine_failed(env) && reading->like)
    out->season = reading->like->season;
  else if (!mine_failed(env))
    read_season(&r, out);
  if (!mine_failed(env)) read_fill_set(&r, out);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
