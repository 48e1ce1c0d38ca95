/*
** frame_finish.c -- all rows are in: types settled, levels sorted, statistics.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../core/text.h"
#include "frame_filling.h"
#include "moments.h"

/* ---- categories: levels in order, codes to match ------------------------------------ */

typedef struct finish_level {
  mine_cell cell;
  int32_t code;
} finish_level;

static int finish_before(const void *context, const void *a, const void *b) {
  (void)context;
  return mine__cell_compare(&((const finish_level *)a)->cell, &((const finish_level *)b)->cell) < 0;
}

/* The dictionary's values sorted into column->levels; *place: old code -> new. */
static int finish_sort_levels(mine_column *col, int32_t **place) {
  const mine_values *values = &col->filling->dictionary.values;
  mine_arena *arena = col->filling->dictionary_arena; /* dropped with the dictionary */
  int64_t n = values->n;
  finish_level *level = mine__arena_array(arena, (size_t)n, sizeof *level);
  finish_level *other = mine__arena_array(arena, (size_t)n, sizeof *other);
  *place = mine__arena_array(arena, (size_t)n, sizeof **place);
  if (!level || !other || !*place) return 0;
  for (int64_t i = 0; i < n; i++) {
    mine__values_get(values, i, &level[i].cell);
    level[i].code = (int32_t)i;
  }
  mine__sort(NULL, level, other, (size_t)n, sizeof *level, finish_before, NULL);
  for (int64_t i = 0; i < n; i++) {
    if (!mine__values_push(&col->levels, &level[i].cell)) return 0;
    (*place)[level[i].code] = (int32_t)i;
  }
  return 1;
}

int mine__frame_settle_category(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  int32_t *code = col->code, *place;
  int64_t rows = frame->rows;
  if (!finish_sort_levels(col, &place)) return 0;
  for (int64_t row = 0; row < rows; row++)
    if (code[row] >= 0) code[row] = place[code[row]];
  col->code = NULL; /* keep the codes, drop the dictionary */
  mine__frame_drop_codes(frame, column);
  col->code = code;
  col->type = MINE_COLUMN_CATEGORY;
  return 1;
}

/* ---- what each column turned out to be ---------------------------------------------- */

static void finish_empty(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine__frame_drop_codes(frame, column);
  mine__frame_give_back(frame, column, col->number);
  col->number = NULL;
  col->filling->mode = MINE_MODE_EMPTY;
  col->type = MINE_COLUMN_EMPTY;
}

/* Texts of an attribute: dates, else levels. */
static int finish_texts(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  if (col->reading == MINE_READ_AUTO && mine__frame_dated(col))
    return mine__frame_settle_time(frame, column);
  if (!mine__frame_survey_texts(frame, column)) return 0;
  if (col->filling->many) return mine__frame_too_many(frame, column) == MINE_OK;
  return mine__frame_settle_category(frame, column);
}

static int finish_codes(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  if (col->reading == MINE_READ_EXACT) {
    col->levels = f->dictionary.values;
    col->type = MINE_COLUMN_CATEGORY;
    return 1;
  }
  if (col->reading == MINE_READ_TIME) return mine__frame_settle_time(frame, column);
  if (f->dictionary.values.n == 0 || (f->decimals && !f->any_decimal && !f->typed)) {
    finish_empty(frame, column);
    return 1;
  }
  if (col->reading == MINE_READ_BOTH) { /* codes stay until the task is known */
    col->type = f->decimals ? MINE_COLUMN_NUMERIC : MINE_COLUMN_CATEGORY;
    if (!f->decimals && !mine__frame_survey_texts(frame, column)) return 0;
    if (f->decimals && f->any_word && !mine__frame_settle_words(frame, column, 1)) return 0;
    if (f->decimals) f->level_number = mine__frame_level_numbers(col);
    return !f->decimals || f->level_number;
  }
  if (!f->decimals) return finish_texts(frame, column);
  col->type = MINE_COLUMN_NUMERIC;
  return mine__frame_codes_to_numbers(frame, column);
}

static int finish_settle(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  mine_lane *lane = &frame->lane[column];
  if (!mine__frame_pad(frame, column, frame->rows)) return 0;
  if (f->fixed || f->mode == MINE_MODE_IGNORE || f->mode == MINE_MODE_CELLS) return 1;
  f->closed = 1;
  frame->stage.slot[column] = -1;
  lane->code = NULL;
  lane->cache = NULL;
  lane->next = frame->rows;
  if (f->mode == MINE_MODE_CODE) return finish_codes(frame, column);
  if (f->mode == MINE_MODE_NUMBER || f->mode == MINE_MODE_KEEP) col->type = MINE_COLUMN_NUMERIC;
  return 1;
}

/* ---- statistics ---------------------------------------------------------------------- */

/* A number of a target that is still kept as it came, or as codes of decimals. */
static double finish_target_number(const mine_column *col, int64_t row) {
  const mine_filling *f = col->filling;
  if (f->mode == MINE_MODE_CODE) return col->code[row] < 0 ? NAN : f->level_number[col->code[row]];
  mine_cell cell;
  mine__values_get(&f->kept, row, &cell);
  return mine__cell_number(&cell);
}

static void finish_target_moments(const mine_column *col, int64_t rows, mine_moments *m) {
  double buffer[MINE_MOMENTS_BLOCK];
  mine__moments_open(m, 1.0);
  for (int64_t at = 0; at < rows; at += MINE_MOMENTS_BLOCK) {
    int64_t n = rows - at < MINE_MOMENTS_BLOCK ? rows - at : MINE_MOMENTS_BLOCK;
    for (int64_t i = 0; i < n; i++)
      buffer[i] = finish_target_number(col, at + i);
    mine__moments_add(m, buffer, n);
  }
}

static void finish_count_codes(mine_column *col, int64_t rows) {
  int64_t missing = 0;
  for (int64_t row = 0; row < rows; row++)
    missing += col->code[row] < 0;
  col->missing = missing;
}

void mine__frame_describe(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  const mine_filling *f = col->filling;
  mine_moments m;
  col->missing = frame->rows;
  if (col->code) finish_count_codes(col, frame->rows);
  if (col->number) {
    mine__moments_of(&m, col->number, frame->rows);
  } else if (f->mode == MINE_MODE_KEEP ||
             (f->mode == MINE_MODE_CODE && col->type == MINE_COLUMN_NUMERIC)) {
    finish_target_moments(col, frame->rows, &m);
  } else {
    return;
  }
  col->missing = frame->rows - m.n;
  if (m.n == 0) return;
  col->all_integers = m.whole;
  col->least = m.least;
  col->most = m.most;
  col->mean = mine__moments_mean(&m);
  col->deviation = mine__moments_deviation(&m, 0);
}

static void finish_describe_task(void *context, int64_t task, int worker) {
  mine_frame *frame = context;
  (void)worker;
  if (frame->column[task].filling->closed) mine__frame_describe(frame, (int)task);
}

/* ---- what a want forbids ------------------------------------------------------------------ */

/* The first row whose value the flags forbid, or the number of rows. */
static int64_t finish_forbidden(const mine_column *col, int64_t rows, int flags) {
  const int no_missing = flags & MINE_WANT_NO_MISSING, no_less = flags & MINE_WANT_NOT_NEGATIVE;
  int64_t row = 0;
  if (col->number)
    while (row < rows && !(no_missing && isnan(col->number[row])) &&
           !(no_less && col->number[row] < 0))
      row++;
  else if (col->code)
    while (row < rows && !(no_missing && col->code[row] == MINE_CODE_MISSING))
      row++;
  return row;
}

static void finish_check_flags(const mine_frame *frame, const mine_column *col) {
  const int flags = mine__column_flags(col);
  if (!(flags & (MINE_WANT_NO_MISSING | MINE_WANT_NOT_NEGATIVE))) return;
  const int64_t row = finish_forbidden(col, frame->rows, flags);
  if (row == frame->rows) return;
  const char *name = col->want->name;
  const long long shown_row = (long long)(frame->cleared + row + 1);
  if (col->reading != MINE_READ_NUMBER) {
    mine__fail(frame->env, MINE_DATA, "%s column '%s' has no value (row %lld); leave such rows out",
               name, col->name, shown_row);
    return;
  }
  char shown[MINE_NUMBER_BYTES];
  const double v = col->number[row];
  mine__fail(frame->env, MINE_DATA, "%s column '%s' has %s (row %lld); %ss are numbers%s", name,
             col->name, isnan(v) ? "no value" : mine__format_real(shown, v, 0), shown_row, name,
             flags & MINE_WANT_NOT_NEGATIVE ? ", 0 or more" : "");
}

/* ---- in words ------------------------------------------------------------------------------ */

static const char *finish_numeric_why(const mine_column *col) {
  if (col->reading == MINE_READ_NUMBER) return col->want ? "numeric" : "numeric: as declared";
  if (!col->from_text) return "numeric: numbers only";
  if (col->guess.marks & MINE_MARK_COMMA)
    return "numeric: every text in it is a number, decimal=comma";
  return "numeric: every text in it is a plain decimal number";
}

/* In what form times came. */
static const char *finish_time_why(const mine_column *col) {
  mine_text text;
  mine__text_open(&text, col->levels.arena);
  mine__time_describe(col->time, &text);
  return text.failed ? "" : text.data;
}

/* The first text that is no number says why a column is not numeric. */
static void finish_words(const mine_column *col, char shown[MINE_SHOW_BYTES]) {
  const mine_filling *f = col->filling;
  mine_cell cell;
  mine__values_get(&f->dictionary.values, f->words_code, &cell);
  mine__show_cell(shown, &cell);
}

void mine__frame_explain(mine_column *col, const char *shown) {
  const mine_filling *f = col->filling;
  const mine_values *levels = col->levels.n ? &col->levels : &f->dictionary.values;
  char text[512], missing[48] = "";
  if (col->missing) snprintf(missing, sizeof missing, ", %lld missing", (long long)col->missing);
  if (col->type == MINE_COLUMN_EMPTY)
    snprintf(text, sizeof text, "empty: no value in any row");
  else if (col->time)
    snprintf(text, sizeof text, "time: %s, as days since 1970-01-01%s", finish_time_why(col),
             missing);
  else if (col->type == MINE_COLUMN_NUMERIC)
    snprintf(text, sizeof text, "%s%s%s", finish_numeric_why(col), missing,
             f->rounded ? "; whole numbers beyond 2^53 are rounded" : "");
  else
    snprintf(text, sizeof text, "category: %s%s, %lld level%s%s%s",
             shown[0] ? "text such as " : "exact values", shown, (long long)levels->n,
             levels->n == 1 ? "" : "s", missing, col->guess.dated ? "; looks like dates" : "");
  size_t n = mine__utf8_prefix(text, strlen(text), sizeof col->why - 1);
  memcpy(col->why, text, n);
  col->why[n] = 0;
}

/* ---- room given back ------------------------------------------------------------------------ */

static int finish_trim_block(mine_frame *frame, void **block, size_t count, size_t size) {
  if (!*block) return 1;
  void *trimmed = mine__arena_block(frame->arena, *block, count ? count : 1, size);
  if (trimmed) *block = trimmed;
  return trimmed != NULL;
}

static void finish_trim(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  size_t rows = frame->rows ? (size_t)frame->rows : 1;
  if (col->number) {
    double *number = mine__frame_room(frame, column, col->number, rows, sizeof *number);
    if (!number) return;
    col->number = number;
  }
  if (col->code) {
    int32_t *code = mine__frame_room(frame, column, col->code, rows, sizeof *code);
    if (code) col->code = code;
  }
}

static int finish_any_fixed(const mine_frame *frame) {
  for (int c = 0; c < frame->n_columns; c++)
    if (frame->column[c].filling->fixed) return 1;
  return 0;
}

/* A frame of a model's columns is filled again, batch after batch: its room stays. */
static void finish_trim_ids(mine_frame *frame) {
  mine_values *ids = &frame->ids;
  void *payload = ids->payload, *pool = ids->pool;
  size_t n = ids->n ? (size_t)ids->n : 1, bytes = ids->pool_bytes ? ids->pool_bytes : 1;
  if (!payload || finish_any_fixed(frame)) return;
  if (!finish_trim_block(frame, &payload, n, sizeof *ids->payload)) return;
  ids->payload = payload;
  ids->capacity = n;
  if (!pool || !finish_trim_block(frame, &pool, bytes, 1)) return;
  ids->pool = pool;
  ids->pool_capacity = bytes;
}

/* ---- all of it ----------------------------------------------------------------------------- */

/* Settle one column; what made it a category is shown before it is dropped. */
static void finish_column(mine_frame *frame, int column, char shown[MINE_SHOW_BYTES]) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  if (f->any_word && !f->any_decimal) f->decimals = 0; /* nothing but words: they are its levels */
  shown[0] = 0;
  if (f->mode == MINE_MODE_CODE && !f->decimals && !f->typed) finish_words(col, shown);
  if (!finish_settle(frame, column)) return;
  if (mine__poll(frame->env)) return;
  finish_check_flags(frame, col);
}

/* A declared numeric column without a single number is empty after all. */
static void finish_words_of_column(mine_frame *frame, int column, const char *shown) {
  mine_column *col = &frame->column[column];
  if (col->filling->mode == MINE_MODE_TALLY) return;
  if (col->number && col->missing == frame->rows && !col->want) finish_empty(frame, column);
  if (col->type == MINE_COLUMN_CATEGORY && col->reading == MINE_READ_CATEGORY)
    col->guess.dated = mine__frame_dated(col);
  mine__frame_explain(col, shown);
}

/* Settling allocates and may fail, so it goes column by column on the calling thread;
** describing reads and writes one column only, so that goes in parallel; the words need what
** was described.  Room is given back last: until then a column may still change its payload. */
mine_status mine__frame_finish(mine_frame *frame) {
  mine_env *env = frame->env;
  if (mine_failed(env) || frame->finished) return mine_env_status(env);
  if (frame->n_columns == 0) return mine__fail(env, MINE_DATA, "the columns were never named");
  mine__frame_stage_flush(frame);
  mine_mark mark = mine__arena_mark(env->scratch);
  char(*shown)[MINE_SHOW_BYTES] =
      mine__arena_array(env->scratch, (size_t)frame->n_columns, sizeof *shown);
  if (!shown) return mine_env_status(env);
  for (int c = 0; c < frame->n_columns && !mine_failed(env); c++)
    finish_column(frame, c, shown[c]);
  if (!mine_failed(env)) (void)!mine__parallel(env, frame->n_columns, finish_describe_task, frame);
  for (int c = 0; c < frame->n_columns && !mine_failed(env); c++) {
    if (!frame->column[c].filling->closed) continue;
    finish_words_of_column(frame, c, shown[c]);
    finish_trim(frame, c);
  }
  if (!mine_failed(env)) finish_trim_ids(frame);
  mine__arena_rewind(env->scratch, mark);
  frame->finished = !mine_failed(env);
  return mine_env_status(env);
}

const double *mine__column_numbers(mine_arena *arena, const mine_column *column, int64_t rows) {
  if (column->number) return column->number;
  double *none = mine__arena_array(arena, (size_t)rows, sizeof *none);
  for (int64_t i = 0; none && i < rows; i++)
    none[i] = NAN;
  return none;
}
