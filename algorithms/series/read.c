/*
** read.c -- rows (series, time, value) put in order, and the calendar that their times are on
** (series.h).
**
** Rows are sorted by time first and then, stably, by series: two sorts without comparisons,
** O(rows).  A row without a series or a time is left out, told; one without a value is a missing
** point (grid.c).
*/
#include <math.h>
#include <string.h>

#include "../core/radix.h"
#include "../data/frame.h"
#include "../data/notes.h"
#include "series_private.h"

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

void mine__series_note(const series_rows *r, const char *item, const char *name, const char *format,
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
static double *read_keys(series_rows *r, int64_t n) {
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

static void read_sort(series_rows *r, int64_t rows, int64_t n_series) {
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

static void read_refuse_step(const series_rows *r, const mine_series_set *set) {
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
static void read_calendar(const series_rows *r, mine_series_set *set) {
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
    mine__series_note(r, "step", "time", "%s, recognised", words);
    if (loose)
      mine__series_note(
          r, "warning", "time",
          "the times keep no day of their periods: they count for %s, and are written as the "
          "first day",
          words);
  }
}

static void read_season(const series_rows *r, mine_series_set *set) {
  const int64_t said = r->how->season;
  if (said != MINE_AUTO) {
    set->season = (int)said;
    return;
  }
  const int64_t season = mine__calendar_season(&set->calendar);
  set->season = season >= 1 && season <= READ_MOST_SEASON ? (int)season : 1;
  if (set->season > 1)
    mine__series_note(r, "season", "time", "%d points, recognised by the step", set->season);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void read_columns(series_rows *r, mine_frame *frame, const mine_series_reading *reading,
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

mine_status mine__series_read(mine_env *env, mine_arena *arena, mine_frame *frame,
                              const mine_series_reading *reading, const mine_series_options *how,
                              mine_series_note note, void *context, mine_series_set *out) {
  series_rows r = {.env = env, .arena = arena, .how = how, .note = note, .context = context};
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
  if (!mine_failed(env)) mine__series_grid(&r, out);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
