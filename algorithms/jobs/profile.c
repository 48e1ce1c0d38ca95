/*
** profile.c -- what a table holds: one row of statistics per column.
**
** The columns are read as tallies (tally.h).  After sorting the numbers, one walk
** over them gives range, quartiles, distinct values and the most frequent.
**
**   type      numeric   numbers, or texts that all read as plain decimals
**             date      texts that training reads as days (core/dates.h)
**             category  other text          mixed  numbers and such text
**             blob, empty                   (mixed also: blobs and others, or
**                                           dates and other text)
**   missing   NULL, empty text and text of blanks only
**   distinct  different values as SQL compares them: 1 = 1.0, 1 <> '1'; NULL
**             when there are blobs
**   min, max  of numeric columns numbers, of dates the earliest and the latest, none
**             where day and month cannot be told apart; else in the order of SQLite
**   q1, median, q3, mean, stddev  of numeric columns; quantiles of type 7
**             (Hyndman & Fan 1996, the default of R), stddev with divisor n - 1
**   top       the most frequent value as it was, the smallest of equals
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/radix.h"
#include "../core/text.h"
#include "../data/frame.h"
#include "../data/moments.h"
#include "../data/tally.h"
#include "profile.h"

enum {
  PROFILE_COLUMN,
  PROFILE_TYPE,
  PROFILE_ROWS,
  PROFILE_MISSING,
  PROFILE_DISTINCT,
  PROFILE_MIN,
  PROFILE_Q1,
  PROFILE_MEDIAN,
  PROFILE_MEAN,
  PROFILE_Q3,
  PROFILE_MAX,
  PROFILE_STDDEV,
  PROFILE_TOP,
  PROFILE_TOP_COUNT,
  PROFILE_DISTINCT_VALUES
};

/* ---- a walk over the numbers in order ------------------------------------------------ */

typedef struct profile_walk {
  const mine_tally *p;
  size_t whole, real;
} profile_walk;

static int profile_next(profile_walk *walk, mine_cell *out) {
  const mine_tally *p = walk->p;
  mine_cell real = {MINE_REAL, 0, {0}};
  out->type = MINE_INT;
  out->bytes = 0;
  if (walk->whole < p->n_whole) out->as.integer = mine_key_to_int(p->whole[walk->whole]);
  if (walk->real < p->n_real) real.as.real = mine_key_to_real(p->real[walk->real]);
  if (walk->whole < p->n_whole &&
      (walk->real == p->n_real || mine__cell_compare(out, &real) <= 0)) {
    walk->whole++;
    return 1;
  }
  if (walk->real == p->n_real) return 0;
  *out = real;
  walk->real++;
  return 1;
}

static void profile_sort(mine_env *env, mine_tally *p) {
  size_t most = p->n_whole > p->n_real ? p->n_whole : p->n_real;
  mine_mark mark = mine__arena_mark(env->scratch);
  uint64_t *temp = mine__arena_array(env->scratch, most, sizeof *temp);
  if (!temp) return;
  if (mine__sort_keys(env, p->whole, temp, (int64_t)p->n_whole) == MINE_OK)
    (void)!mine__sort_keys(env, p->real, temp, (int64_t)p->n_real);
  mine__arena_rewind(env->scratch, mark);
}

/* ---- distinct values and the most frequent --------------------------------------------- */

typedef struct profile_tally {
  int64_t distinct, top_count;
  mine_cell top; /* text lies in the dictionary */
} profile_tally;

static void profile_tally_value(profile_tally *tally, const mine_cell *value, int64_t count) {
  tally->distinct++;
  if (count < tally->top_count ||
      (count == tally->top_count && mine__cell_compare(value, &tally->top) >= 0))
    return;
  tally->top = *value;
  tally->top_count = count;
}

/* The numbers must be sorted. */
static void profile_count_values(const mine_tally *p, profile_tally *tally) {
  profile_walk walk = {p, 0, 0};
  mine_cell value, run;
  int64_t count = 0;
  memset(tally, 0, sizeof *tally);
  memset(&run, 0, sizeof run);
  while (profile_next(&walk, &value)) {
    if (count && mine__cell_compare(&value, &run) != 0) {
      profile_tally_value(tally, &run, count);
      count = 0;
    }
    if (count++ == 0) run = value;
  }
  if (count) profile_tally_value(tally, &run, count);
  for (int64_t i = 0; i < p->texts.values.n; i++) {
    mine__values_get(&p->texts.values, i, &value);
    profile_tally_value(tally, &value, p->count[i]);
  }
}

/* ---- decimals among the texts ------------------------------------------------------------ */

static int profile_all_decimals(const mine_tally *p) {
  for (int64_t i = 0; i < p->texts.values.n; i++) {
    mine_cell cell;
    mine__values_get(&p->texts.values, i, &cell);
    if (isnan(mine__cell_number(&cell))) return 0;
  }
  return 1;
}

/* Texts join the numbers, each as often as it occurs. */
static void profile_read_texts(mine_tally *p) {
  for (int64_t i = 0; i < p->texts.values.n; i++) {
    mine_cell cell;
    mine__values_get(&p->texts.values, i, &cell);
    double v = mine__cell_number(&cell);
    int whole = !memchr(cell.as.text, '.', cell.bytes) && fabs(v) <= (double)MINE_EXACT_WHOLE;
    for (int64_t k = 0; !isnan(v) && k < p->count[i]; k++) {
      if (whole)
        mine__tally_whole(p, (int64_t)v);
      else
        mine__tally_real(p, v);
    }
  }
}

/* ---- dates among the texts ------------------------------------------------------------------ */

typedef struct profile_dates {
  const char *type;      /* NULL: the texts are no dates */
  int two_ways;          /* day or month first: nobody can tell */
  mine_cell least, most; /* MINE_NULL: day or month first, which is first? */
} profile_dates;

static void profile_date_range(const mine_tally *p, const mine_time_reading *reading,
                               profile_dates *dates) {
  double least = 0, most = 0, days;
  for (int64_t i = 0; i < p->texts.values.n; i++) {
    mine_cell cell;
    mine__values_get(&p->texts.values, i, &cell);
    if (!mine__time_read(reading, &cell, &days)) continue;
    const int first = dates->least.type == MINE_NULL;
    if (first || days < least) {
      least = days;
      dates->least = cell;
    }
    if (first || days > most) {
      most = days;
      dates->most = cell;
    }
  }
}

static void profile_find_dates(const mine_tally *p, profile_dates *dates) {
  mine_time_survey survey;
  mine_time_reading reading;
  memset(dates, 0, sizeof *dates);
  mine__time_survey_open(&survey);
  for (int64_t i = 0; i < p->texts.values.n && !survey.hopeless; i++) {
    mine_cell cell;
    mine__values_get(&p->texts.values, i, &cell);
    mine__time_show(&survey, &cell, i + 1);
  }
  if (!mine__time_looks(&survey)) return;
  const mine_time_problem problem = mine__time_decide(&survey, MINE_TIME_ATTRIBUTE, &reading);
  dates->type = problem == MINE_TIME_MISFIT ? "mixed" : "date";
  dates->two_ways = problem != MINE_TIME_MISFIT && problem != MINE_TIME_FITS;
  if (problem == MINE_TIME_FITS) profile_date_range(p, &reading, dates);
}

/* ---- statistics of numbers ------------------------------------------------------------------ */

typedef struct profile_numbers {
  mine_cell least, most;
  double quartile[3];
  mine_moments moments;
} profile_numbers;

/* Values are met in rising order: a quartile first becomes the one below it. */
static void profile_meet(profile_numbers *s, int64_t position, int64_t n, double value) {
  for (int q = 0; q < 3; q++) {
    const mine__rank rank = mine__rank_of(n, (q + 1) / 4.0);
    if (position == rank.below)
      s->quartile[q] = value;
    else if (position == rank.below + 1)
      s->quartile[q] = mine__interpolate(s->quartile[q], value, rank.part);
  }
}

static void profile_pass(const mine_tally *p, profile_numbers *s, double scale) {
  profile_walk walk = {p, 0, 0};
  int64_t n = (int64_t)(p->n_whole + p->n_real), position = 0;
  double buffer[MINE_MOMENTS_BLOCK];
  mine_cell value;
  mine__moments_open(&s->moments, scale);
  while (profile_next(&walk, &value)) {
    double v = mine__cell_number(&value);
    if (position == 0) s->least = value;
    s->most = value;
    profile_meet(s, position, n, v);
    buffer[position % MINE_MOMENTS_BLOCK] = v;
    if (++position % MINE_MOMENTS_BLOCK == 0)
      mine__moments_add(&s->moments, buffer, MINE_MOMENTS_BLOCK);
  }
  mine__moments_add(&s->moments, buffer, position % MINE_MOMENTS_BLOCK);
}

static void profile_measure(const mine_tally *p, profile_numbers *s) {
  const mine_moments *m = &s->moments;
  profile_pass(p, s, 1.0);
  if (!isfinite(m->m2) || !isfinite(m->mean))
    profile_pass(p, s, 0x1p-600);
  else if (m->m2 < 0x1p-900 && m->least < m->most) /* squares that vanish */
    profile_pass(p, s, 0x1p600);
}

/* ---- the rows of the answer ------------------------------------------------------------------ */

static void profile_put_numbers(mine_relation *out, const profile_numbers *s) {
  mine__relation_put(out, PROFILE_MIN, &s->least);
  mine__relation_real(out, PROFILE_Q1, s->quartile[0]);
  mine__relation_real(out, PROFILE_MEDIAN, s->quartile[1]);
  mine__relation_real(out, PROFILE_MEAN, mine__moments_mean(&s->moments));
  mine__relation_real(out, PROFILE_Q3, s->quartile[2]);
  mine__relation_put(out, PROFILE_MAX, &s->most);
  mine__relation_real(out, PROFILE_STDDEV, mine__moments_deviation(&s->moments, 1));
}

/* Smallest and largest as SQLite orders them; blobs come last and are unknown. */
static void profile_put_range(mine_relation *out, const mine_tally *p, int64_t values) {
  mine_cell least = {MINE_NULL, 0, {0}}, most = {MINE_NULL, 0, {0}}, value;
  profile_walk walk = {p, 0, 0};
  while (profile_next(&walk, &value)) {
    if (least.type == MINE_NULL) least = value;
    most = value;
  }
  for (int64_t i = 0; i < p->texts.values.n; i++) {
    mine__values_get(&p->texts.values, i, &value);
    if (least.type == MINE_NULL || mine__cell_compare(&value, &least) < 0) least = value;
    if (most.type == MINE_NULL || mine__cell_compare(&value, &most) > 0) most = value;
  }
  if (p->n_blob || values == 0) most.type = MINE_NULL;
  if (values == 0) least.type = MINE_NULL;
  mine__relation_put(out, PROFILE_MIN, &least);
  mine__relation_put(out, PROFILE_MAX, &most);
  for (int column = PROFILE_Q1; column <= PROFILE_STDDEV; column++)
    if (column != PROFILE_MAX) mine__relation_null(out, column);
}

static const char *profile_type(const mine_tally *p, int numeric, int64_t values) {
  if (values == 0) return "empty";
  if (numeric) return "numeric";
  if (p->n_blob == values) return "blob";
  return p->n_text == values ? "category" : "mixed";
}

static void profile_put_top(mine_relation *out, profile_tally *tally) {
  mine__relation_put(out, PROFILE_TOP, &tally->top);
  if (tally->top_count)
    mine__relation_int(out, PROFILE_TOP_COUNT, tally->top_count);
  else
    mine__relation_null(out, PROFILE_TOP_COUNT);
}

/* Statistics of a column whose numbers are sorted. */
static void profile_put_statistics(mine_env *env, mine_tally *p, int numeric, int64_t values,
                                   const profile_dates *dates, mine_relation *out) {
  profile_numbers numbers;
  if (dates->type && strcmp(dates->type, "date") == 0) {
    for (int column = PROFILE_Q1; column <= PROFILE_STDDEV; column++)
      if (column != PROFILE_MAX) mine__relation_null(out, column);
    mine__relation_put(out, PROFILE_MIN, &dates->least);
    mine__relation_put(out, PROFILE_MAX, &dates->most);
    return;
  }
  if (!numeric) {
    profile_put_range(out, p, values);
    return;
  }
  if (p->n_text) {
    profile_read_texts(p);
    profile_sort(env, p);
    if (mine_failed(env)) return;
  }
  profile_measure(p, &numbers);
  profile_put_numbers(out, &numbers);
}

static void profile_column(mine_job *job, mine_frame *frame, int column, mine_relation *out) {
  mine_tally *p = frame->column[column].tally;
  profile_tally tally;
  const int64_t values = (int64_t)(p->n_whole + p->n_real) + p->n_text + p->n_blob;
  int decimals = values > 0 && !p->n_blob && profile_all_decimals(p);
  int numeric = decimals && values > 0;
  profile_dates dates = {0};
  if (!numeric && p->n_text == values) profile_find_dates(p, &dates);
  if (!numeric)
    mine__profile_tell(job, frame->column[column].name, p, dates.type != NULL, dates.two_ways);
  profile_sort(frame->env, p);
  if (mine_failed(frame->env)) return;
  profile_count_values(p, &tally);
  if (p->n_blob) memset(&tally, 0, sizeof tally); /* which values they are is unknown */
  mine__relation_text(out, PROFILE_COLUMN, frame->column[column].name);
  mine__relation_text(out, PROFILE_TYPE,
                      dates.type ? dates.type : profile_type(p, numeric, values));
  mine__relation_int(out, PROFILE_ROWS, frame->rows);
  mine__relation_int(out, PROFILE_MISSING, frame->rows - values);
  for (int i = 0; i < 2; i++) { /* under two names: the first has to be quoted in SQL */
    const int at = i == 0 ? PROFILE_DISTINCT : PROFILE_DISTINCT_VALUES;
    if (p->n_blob)
      mine__relation_null(out, at);
    else
      mine__relation_int(out, at, tally.distinct);
  }
  profile_put_top(out, &tally);
  profile_put_statistics(frame->env, p, numeric, values, &dates, out);
  if (!mine_failed(frame->env)) mine__relation_end_row(out);
}

/* ---- public ---------------------------------------------------------------------------------- */

static const mine_want profile_reads[] = {
    {.name = "column", .reading = MINE_READ_TALLY, .flags = MINE_WANT_REST}, {0}};

static mine_status profile_plan(void *owner, mine_frame *frame) {
  int rest;
  (void)owner;
  return mine__wants_by_position(frame, profile_reads, NULL, &rest);
}

typedef struct profile_state {
  mine_frame *frame;
} profile_state;

static mine_status profile_reads_all(mine_job *job, int step, const char **sql,
                                     mine_frame **frame) {
  profile_state *state = mine__job_state(job);
  if (step > 0) return MINE_OK;
  MINE_TRY(mine__frame_open(job->env, profile_plan, NULL, &state->frame));
  *sql = mine__job_text(job, MINE_ARG_SOURCE);
  *frame = state->frame;
  return MINE_OK;
}

static mine_status profile_answer_rows(mine_job *job, mine_relation *out) {
  mine_frame *frame = ((profile_state *)mine__job_state(job))->frame;
  MINE_TRY(mine__frame_finish(frame));
  for (int c = 0; c < frame->n_columns && !mine_failed(frame->env); c++)
    profile_column(job, frame, c, out);
  return mine_env_status(frame->env);
}

static void profile_close(mine_job *job) {
  mine__frame_close(((profile_state *)mine__job_state(job))->frame);
}

static const mine_answer profile_answer[] = {
    {"column", MINE_ANSWER_TEXT, 1, "name of the column"},
    {"type", MINE_ANSWER_TEXT, 0,
     "numeric: numbers, or texts that all read as plain decimals; date: texts that training reads "
     "as days; category: other text; mixed: more than one of them, which training refuses; blob; "
     "empty: no value"},
    {"rows", MINE_ANSWER_INTEGER, 0, "rows of the source"},
    {"missing", MINE_ANSWER_INTEGER, 0, "NULLs and empty texts"},
    {"distinct", MINE_ANSWER_INTEGER, 0,
     "different values as SQL compares them; NULL when there are BLOBs"},
    {"min", MINE_ANSWER_ANY, 0,
     "smallest value, in SQLite's order; of dates the earliest, NULL when they are day first or "
     "month first and nobody can tell"},
    {"q1", MINE_ANSWER_REAL, 0, "first quartile (numeric columns; as R's type 7)"},
    {"median", MINE_ANSWER_REAL, 0, "middle value (numeric columns)"},
    {"mean", MINE_ANSWER_REAL, 0, "average (numeric columns)"},
    {"q3", MINE_ANSWER_REAL, 0, "third quartile (numeric columns)"},
    {"max", MINE_ANSWER_ANY, 0, "largest value, in SQLite's order; of dates the latest"},
    {"stddev", MINE_ANSWER_REAL, 0, "standard deviation, divisor n - 1 (numeric columns)"},
    {"top", MINE_ANSWER_ANY, 0, "the most frequent value; of equals the smallest"},
    {"top_count", MINE_ANSWER_INTEGER, 0, "how often it occurs"},
    {"distinct_values", MINE_ANSWER_INTEGER, 0, "as distinct, which has to be quoted"},
    {0},
};

const mine_verb mine__verb_profile = {
    .name = "mine_profile",
    .form = MINE_VERB_TABLE,
    .job = MINE_JOB_LOOK,
    .what = "One row per column of the source: type, missing values, spread.",
    .example =
        "SELECT \"column\", type, missing, min, mean, max FROM mine_profile(\n"
        "  " MINE_SHOPPERS ");",
    .argument = {{MINE_ARG_SOURCE, "source"}},
    .required = 1,
    .answer = profile_answer,
    .reads = "any columns",
    .state_bytes = sizeof(profile_state),
    .source = profile_reads_all,
    .run = profile_answer_rows,
    .close = profile_close,
};
