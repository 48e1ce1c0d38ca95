/*
** frame_time.c -- cells become days since 1970-01-01 (core/dates.h).
**
** A column of times is read in one way, which only the whole column tells.  So its
** cells are kept as codes of a dictionary, as exact values are: events of a few
** thousand days cost four bytes each.  When all rows are in, every different value is
** surveyed once, with the row in which it came first; one reading is decided; every
** different value is converted once.  A million different times of 19 bytes hold 57 MB
** while they are read, and 7 MB afterwards.
**
** Where the reading was learned before (MINE_WANT_FIXED) there is nothing to decide:
** each cell becomes days as it comes.
*/
#include <math.h>
#include <string.h>

#include "frame_filling.h"

/* ---- a reading that was learned ------------------------------------------------------------ */

int mine__frame_use_times(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  col->number = mine__frame_room(frame, column, NULL, frame->capacity, sizeof *col->number);
  if (!col->number) return 0;
  col->type = MINE_COLUMN_NUMERIC;
  col->time = col->want->time;
  col->filling->mode = MINE_MODE_TIME;
  frame->n_slow++;
  return 1;
}

void mine__frame_take_time(mine_frame *frame, int column, const mine_cell *cell) {
  mine_column *col = &frame->column[column];
  double *days = &col->number[frame->rows];
  *days = NAN;
  if (cell->type == MINE_TEXT && mine__text_is_blank(cell->as.text, cell->bytes)) return;
  if (mine__time_read(col->time, cell, days)) return;
  (void)mine__time_misfit(frame->env, col->time, col->name, mine_frame_row(frame), cell);
}

/* ---- a column read whole -------------------------------------------------------------------- */

static const mine_values *time_values(const mine_column *col) {
  return col->levels.n ? &col->levels : &col->filling->dictionary.values;
}

/* Every different value once, at the row where it came first. */
static void time_survey(const mine_frame *frame, const mine_column *col, mine_time_survey *survey) {
  mine_env *env = frame->env;
  const mine_values *values = time_values(col);
  const mine_mark mark = mine__arena_mark(env->scratch);
  char *seen = mine__arena_zeros(env->scratch, (size_t)values->n, 1);
  mine__time_survey_open(survey);
  if (col->said) mine__time_survey_format(survey, col->said);
  for (int64_t row = 0; seen && row < frame->rows; row++) {
    mine_cell cell;
    const int32_t code = col->code[row];
    if (MINE_POLL_AT(env, row)) break;
    if (code < 0 || seen[code]) continue;
    seen[code] = 1;
    mine__values_get(values, code, &cell);
    mine__time_show(survey, &cell, frame->cleared + row + 1);
  }
  mine__arena_rewind(env->scratch, mark);
}

/* Days of every different value, or, without a reading, its number; NULL: failure recorded. */
static double *time_of_values(const mine_frame *frame, const mine_column *col,
                              const mine_time_reading *reading) {
  const mine_values *values = time_values(col);
  double *days = mine__arena_array(frame->env->scratch, (size_t)values->n, sizeof *days);
  for (int64_t i = 0; days && i < values->n; i++) {
    mine_cell cell;
    if (MINE_POLL_AT(frame->env, i)) return NULL;
    mine__values_get(values, i, &cell);
    if (!reading)
      days[i] = mine__cell_number(&cell);
    else if (!mine__time_read(reading, &cell, &days[i]))
      days[i] = NAN; /* blanks */
  }
  return days;
}

/* Codes become days, or plain numbers: the column is numeric. */
static void time_convert(mine_frame *frame, int column, const mine_time_reading *reading) {
  mine_column *col = &frame->column[column];
  mine_env *env = frame->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t rows = frame->rows ? (size_t)frame->rows : 1;
  const double *days = time_of_values(frame, col, reading);
  double *number = mine__frame_room(frame, column, NULL, rows, sizeof *number);
  mine_time_reading *kept = reading ? mine__arena_array(frame->arena, 1, sizeof *kept) : NULL;
  if (days && number && (kept || !reading)) {
    for (int64_t row = 0; row < frame->rows; row++)
      number[row] = col->code[row] < 0 ? NAN : days[col->code[row]];
    if (kept) *kept = *reading;
    col->time = kept;
    col->number = number;
    col->type = MINE_COLUMN_NUMERIC;
    col->filling->mode = MINE_MODE_NUMBER;
    mine__frame_drop_codes(frame, column);
    mine__values_clear(&col->levels);
  }
  mine__arena_rewind(env->scratch, mark);
}

int mine__frame_settle_time(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  const mine_time_mode mode =
      col->reading == MINE_READ_TIME ? MINE_TIME_WANTED : MINE_TIME_ATTRIBUTE;
  mine_time_survey survey;
  mine_time_reading reading = {0};
  time_survey(frame, col, &survey);
  if (mine_failed(frame->env)) return 0;
  const mine_time_problem problem = mine__time_decide(&survey, mode, &reading);
  const int counted =
      problem == MINE_TIME_NUMBERS && col->want && col->want->flags & MINE_WANT_COUNTED;
  if (problem != MINE_TIME_FITS && problem != MINE_TIME_EMPTY && !counted) {
    (void)mine__time_refuse(frame->env, &survey, mode, col->name);
    return 0;
  }
  time_convert(frame, column, counted ? NULL : &reading);
  if (problem == MINE_TIME_EMPTY) col->time = NULL;
  return !mine_failed(frame->env);
}

/* ---- texts that are dates ------------------------------------------------------------------ */

/* A text here and there may be none: nine in ten make it a column of dates, in which the
** others are errors. */
int mine__frame_dated(mine_column *col) {
  const mine_values *values = time_values(col);
  for (int said = col->said != NULL; said >= 0; said--) {
    mine_time_survey survey;
    mine__time_survey_open(&survey);
    if (said) mine__time_survey_format(&survey, col->said);
    for (int64_t i = 0; i < values->n && !survey.hopeless; i++) {
      mine_cell cell;
      mine__values_get(values, i, &cell);
      mine__time_show(&survey, &cell, i + 1);
    }
    if (!said) return mine__time_looks(&survey);
    if (survey.fitted > 0 && 10 * survey.fitted >= 9 * survey.cells) return 1;
    col->said = NULL; /* it was said of other columns */
  }
  return 0;
}

int mine__column_has_dates(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  return col->type == MINE_COLUMN_CATEGORY && mine__frame_dated(col);
}

/* ---- numbers that are times ---------------------------------------------------------------- */

#define TIME_LEAST_LOOK 100000 /* smaller numbers are years, or anything         */
#define TIME_LAST_LOOK  47482  /* 2100-01-01: telephone numbers go on from there */

/* A number of the column as it came: whole, or not. */
static mine_cell time_number(double value) {
  mine_cell cell = {.type = MINE_REAL, .as = {.real = value}};
  if (value == trunc(value) && fabs(value) < (double)MINE_EXACT_WHOLE)
    cell = (mine_cell){.type = MINE_INT, .as = {.integer = (int64_t)value}};
  return cell;
}

int mine__column_looks_like_time(const mine_frame *frame, int column, mine_time_reading *out) {
  const mine_column *col = &frame->column[column];
  mine_time_survey survey;
  double last;
  if (!col->number || col->time || col->least == col->most || col->least < TIME_LEAST_LOOK)
    return 0;
  mine__time_survey_open(&survey);
  for (int64_t row = 0; row < frame->rows && survey.numbers.compact; row++) {
    const mine_cell cell = time_number(col->number[row]);
    if (!isnan(col->number[row])) mine__time_show(&survey, &cell, row + 1);
  }
  const mine_cell most = time_number(col->most);
  return survey.numbers.compact && mine__time_numbers_look(&survey, out) &&
         out->unit != MINE_TIME_JULIAN && mine__time_read(out, &most, &last) &&
         last < TIME_LAST_LOOK;
}

mine_status mine__column_as_time(mine_frame *frame, int column, const mine_time_reading *reading) {
  mine_column *col = &frame->column[column];
  mine_env *env = frame->env;
  mine_time_reading *kept = mine__arena_array(frame->arena, 1, sizeof *kept);
  if (!kept) return mine_env_status(env);
  *kept = *reading;
  kept->cell = col->from_text ? MINE_TEXT : col->all_integers ? MINE_INT : MINE_REAL;
  for (int64_t row = 0; row < frame->rows; row++) {
    const mine_cell cell = time_number(col->number[row]);
    if (MINE_POLL_AT(env, row)) return mine_env_status(env);
    if (isnan(col->number[row]) || mine__time_read(kept, &cell, &col->number[row])) continue;
    return mine__time_misfit(env, kept, col->name, frame->cleared + row + 1, &cell);
  }
  col->time = kept;
  mine__frame_describe(frame, column);
  mine__frame_explain(col, "");
  return mine_env_status(env);
}
