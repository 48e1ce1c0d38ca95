/*
** frame_infer.c -- what a column is, decided by its cells as they come.
**
** The modes and the ways between them are drawn in frame_filling.h.  Nothing is
** decided before it must be: a column of decimal texts keeps its spellings (a
** later 'abc' makes it a category) until a number arrives or the different
** texts exceed max_levels; from then on it holds numbers only, in bounded
** memory.
*/
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "frame_filling.h"

/* ---- payloads --------------------------------------------------------------------- */

/* Large blocks all begin at the same place of a page, and sixteen columns
** written row by row would fight for the same eight lines of the first cache:
** 4.5 times slower.  So columns begin one cache line apart. */
static size_t infer_stagger(int column, size_t size) {
  return (size_t)(column % 64) * 64 / size;
}

void *mine__frame_room(mine_frame *frame, int column, void *old, size_t rows, size_t size) {
  size_t stagger = infer_stagger(column, size);
  char *block = old ? (char *)old - stagger * size : NULL;
  block = mine__arena_block(frame->arena, block, rows + stagger, size);
  return block ? block + stagger * size : NULL;
}

void mine__frame_give_back(mine_frame *frame, int column, void *old) {
  if (old) mine__arena_drop(frame->arena, (char *)old - infer_stagger(column, 1));
}

int mine__frame_pad(mine_frame *frame, int column, int64_t rows) {
  mine_column *col = &frame->column[column];
  mine_lane *lane = &frame->lane[column];
  mine_filling *f = col->filling;
  int id = f->mode == MINE_MODE_CELLS;
  for (; lane->next < rows; lane->next++) {
    size_t row = (size_t)lane->next;
    if (lane->code) lane->code[row] = MINE_CODE_MISSING;
    if (f->mode == MINE_MODE_TIME) col->number[row] = NAN;
    if (f->mode == MINE_MODE_KEEP && !mine__values_push_null(&f->kept)) return 0;
    if (id && !mine__values_push_null(&frame->ids)) return 0;
  }
  return 1;
}

int mine__frame_use_numbers(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_lane *lane = &frame->lane[column];
  double *number = mine__frame_room(frame, column, NULL, frame->capacity, sizeof *number);
  if (!number) return 0;
  for (int64_t row = 0; row < frame->rows; row++)
    number[row] = NAN;
  col->number = number;
  lane->code = NULL;
  lane->cache = NULL;
  lane->next = frame->rows;
  col->filling->mode = MINE_MODE_NUMBER;
  mine__frame_stage_column(frame, column);
  return 1;
}

int mine__frame_use_codes(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_lane *lane = &frame->lane[column];
  mine_filling *f = col->filling;
  f->dictionary_arena = mine__arena_open(frame->env);
  if (!f->dictionary_arena) return 0;
  int32_t *code = mine__frame_room(frame, column, NULL, frame->capacity, sizeof *code);
  if (!code) return 0;
  col->code = lane->code = code;
  frame->n_slow++;
  lane->cache =
      mine__arena_zeros(f->dictionary_arena, (size_t)1 << MINE_CACHE_BITS, sizeof *lane->cache);
  if (!lane->cache) return 0;
  lane->next = 0;
  if (f->mode != MINE_MODE_LOOKUP) {
    f->mode = MINE_MODE_CODE;
    if (!mine__dictionary_open(&f->dictionary, f->dictionary_arena)) return 0;
  }
  return mine__frame_pad(frame, column, frame->rows);
}

void mine__frame_drop_codes(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_lane *lane = &frame->lane[column];
  mine_filling *f = col->filling;
  mine__frame_give_back(frame, column, col->code);
  mine__arena_close(f->dictionary_arena);
  f->dictionary_arena = NULL;
  memset(&f->dictionary, 0, sizeof f->dictionary);
  col->code = lane->code = NULL;
  lane->cache = NULL;
}

/* ---- from codes to numbers --------------------------------------------------------- */

static void infer_note_rounding(mine_filling *f, const mine_cell *cell, double value) {
  if (cell->type == MINE_INT)
    f->rounded |= cell->as.integer > MINE_EXACT_WHOLE || cell->as.integer < -MINE_EXACT_WHOLE;
  else if (cell->type == MINE_TEXT)
    f->rounded |= fabs(value) > (double)MINE_EXACT_WHOLE;
}

/* What each value of the dictionary is as a number; in the dictionary's arena. */
double *mine__frame_level_numbers(mine_column *col) {
  mine_filling *f = col->filling;
  int64_t n = f->dictionary.values.n;
  double *value = mine__arena_array(f->dictionary_arena, (size_t)n, sizeof *value);
  for (int64_t i = 0; value && i < n; i++) {
    mine_cell cell;
    mine__values_get(&f->dictionary.values, i, &cell);
    value[i] = mine__column_number(col, &cell);
    infer_note_rounding(f, &cell, value[i]);
    if (cell.type == MINE_TEXT && !isnan(value[i])) col->from_text = 1;
  }
  return value;
}

/* Every value of the dictionary is a number, a decimal text or blank.  Converted by level,
** not by row: each text is read once.  The dictionary ends here, so that whatever asks for
** its texts (words for missing) comes first. */
int mine__frame_codes_to_numbers(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_lane *lane = &frame->lane[column];
  int64_t rows = lane->next;
  const int32_t *code = col->code;
  if (col->filling->any_word && !mine__frame_settle_words(frame, column, 0)) return 0;
  const double *value = mine__frame_level_numbers(col);
  if (!value) return 0;
  size_t capacity = col->filling->closed ? (size_t)rows + 1 : frame->capacity;
  double *number = mine__frame_room(frame, column, NULL, capacity, sizeof *number);
  if (!number) return 0;
  for (int64_t row = 0; row < rows; row++)
    number[row] = code[row] < 0 ? NAN : value[code[row]];
  mine__frame_drop_codes(frame, column);
  col->number = number;
  col->filling->mode = MINE_MODE_NUMBER;
  if (col->filling->closed) return 1;
  mine__frame_stage_flush(frame); /* those rows were staged without this column */
  mine__frame_stage_column(frame, column);
  return 1;
}

/* ---- the dictionary grows ----------------------------------------------------------- */

/* More different texts than a category may have.  Dates may be as many: whether these
** are is asked once, and once more when all are in. */
static void infer_many_words(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  if (f->many) return;
  f->many = col->reading == MINE_READ_AUTO && mine__frame_dated(col);
  if (!f->many) (void)mine__frame_too_many(frame, column);
}

/* Numbers so far: does the column stay one?  Words for missing do not decide. */
static void infer_judge_level(mine_frame *frame, int column, const mine_cell *cell, int64_t code) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  if (cell->type != MINE_TEXT || !isnan(mine__column_number(col, cell))) {
    f->any_decimal = 1;
    return;
  }
  const int word = mine__numeral_is_word(cell->as.text, cell->bytes);
  if (!word || !f->any_word) {
    f->words_row = mine_frame_row(frame);
    f->words_code = code;
  }
  f->any_word |= word;
  f->decimals = word;
}

/* A value never seen before has become level `code`. */
static void infer_new_level(mine_frame *frame, int column, const mine_cell *cell, int64_t code) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  if (f->decimals) infer_judge_level(frame, column, cell, code);
  if (col->reading == MINE_READ_EXACT || col->reading == MINE_READ_TIME || code < frame->max_levels)
    return;
  if (!f->decimals)
    infer_many_words(frame, column);
  else if (mine__frame_codes_to_numbers(frame, column))
    *mine_frame_number(frame, column) = mine__column_number(col, cell);
}

static void infer_code(mine_frame *frame, int column, const mine_cell *cell) {
  mine_lane *lane = &frame->lane[column];
  mine_filling *f = frame->column[column].filling;
  int64_t known = f->dictionary.values.n;
  int64_t code = mine__dictionary_add(&f->dictionary, cell);
  if (code < 0) return;
  lane->code[frame->rows] = (int32_t)code;
  mine__cache_add(lane->cache, cell, (int32_t)code);
  if (code == known) infer_new_level(frame, column, cell, code);
}

/* ---- the model's levels ------------------------------------------------------------- */

/* The other spelling of a value: '1' for 1, 1 for '1'.  Beyond 2^53 several integers share
** a double: there is no other spelling that is surely this one. */
static int64_t infer_find_respelled(const mine_dictionary *levels, const mine_cell *cell) {
  mine_cell other = {MINE_REAL, 0, {0}};
  if (cell->type == MINE_TEXT) {
    other.as.real = mine__cell_number(cell);
    return isnan(other.as.real) ? -1 : mine__dictionary_find(levels, &other);
  }
  char text[MINE_NUMBER_BYTES];
  if (cell->type == MINE_REAL ||
      (cell->as.integer >= -MINE_EXACT_WHOLE && cell->as.integer <= MINE_EXACT_WHOLE))
    mine__format_real(text, mine__cell_number(cell), 0);
  else
    return -1;
  other.type = MINE_TEXT;
  other.bytes = strlen(text);
  other.as.text = text;
  return mine__dictionary_find(levels, &other);
}

void mine__column_keep_unseen(mine_frame *frame, int column) {
  mine_unseen *unknown = &frame->column[column].unknown;
  mine_values *kept = mine__arena_zeros(frame->arena, 2, sizeof *kept);
  if (!kept || unknown->kept) return;
  mine__values_open(&kept[0], frame->arena);
  mine__values_open(&kept[1], frame->arena);
  unknown->kept = &kept[0];
  unknown->at = &kept[1];
}

/* Rows rise, so that one is found by bisection. */
void mine__column_unseen(const mine_column *column, int64_t row, mine_cell *out) {
  const mine_values *at = column->unknown.at;
  int64_t low = 0, high = at ? at->n : 0;
  mine_cell cell;
  memset(out, 0, sizeof *out);
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    mine__values_get(at, middle, &cell);
    if (cell.as.integer < row) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (!at || low == at->n || low >= column->unknown.kept->n) return;
  mine__values_get(at, low, &cell);
  if (cell.as.integer == row) mine__values_get(column->unknown.kept, low, out);
}

static void infer_lookup(mine_frame *frame, int column, const mine_cell *cell) {
  mine_column *col = &frame->column[column];
  mine_lane *lane = &frame->lane[column];
  const mine_dictionary *levels = col->want->levels;
  int64_t code = mine__dictionary_find(levels, cell);
  if (code < 0) code = infer_find_respelled(levels, cell);
  if (code >= 0) {
    mine__cache_add(lane->cache, cell, (int32_t)code);
  } else {
    if (col->unknown.cells == 0 || frame->rows == 0) {
      col->unknown.row = mine_frame_row(frame);
      mine__show_cell(col->unknown.said, cell);
    }
    col->unknown.cells++;
    if (col->unknown.kept && mine__values_push(col->unknown.kept, cell))
      (void)mine__values_push_int(col->unknown.at, frame->rows);
  }
  lane->code[frame->rows] = code >= 0 ? (int32_t)code : MINE_CODE_UNKNOWN;
}

/* ---- targets: numbers kept exactly -------------------------------------------------- */

static int infer_use_kept(mine_frame *frame, int column) {
  mine_filling *f = frame->column[column].filling;
  if (!f->kept.arena) mine__values_open(&f->kept, frame->arena);
  f->mode = MINE_MODE_KEEP;
  frame->lane[column].next = 0;
  return mine__frame_pad(frame, column, frame->rows);
}

static void infer_drop_kept(mine_frame *frame, mine_filling *f) {
  mine__arena_drop(frame->arena, f->kept.payload);
  mine__arena_drop(frame->arena, f->kept.type);
  mine__arena_drop(frame->arena, f->kept.pool);
  mine__values_open(&f->kept, frame->arena);
}

/* A text after numbers: both become levels (or numbers, when there are many).  The rows are
** taken again from the first, as if they had never been kept: the mode may change on the way,
** which is why it is asked for each. */
static int infer_kept_to_codes(mine_frame *frame, int column) {
  mine_filling *f = frame->column[column].filling;
  mine_lane *lane = &frame->lane[column];
  int64_t rows = lane->next, complete = frame->rows;
  if (!mine__frame_use_codes(frame, column)) return 0;
  lane->next = 0;
  mine__frame_stage_flush(frame);
  for (int64_t row = 0; row < rows && !mine_failed(frame->env); row++) {
    mine_cell cell;
    mine__values_get(&f->kept, row, &cell);
    frame->rows = row; /* replay the rows as they came */
    if (cell.type != MINE_NULL)
      mine__frame_take_number(frame, column, &cell);
    else if (f->mode == MINE_MODE_NUMBER)
      *mine_frame_number(frame, column) = NAN;
    else
      lane->code[row] = MINE_CODE_MISSING;
    lane->next = row + 1;
  }
  frame->rows = complete;
  infer_drop_kept(frame, f);
  return !mine_failed(frame->env);
}

/* ---- cells ---------------------------------------------------------------------------- */

static void infer_store_number(mine_frame *frame, int column, const mine_cell *cell) {
  double value = mine__column_number(&frame->column[column], cell);
  infer_note_rounding(frame->column[column].filling, cell, value);
  *mine_frame_number(frame, column) = value;
}

static void infer_first_number(mine_frame *frame, int column, const mine_cell *cell) {
  if (frame->column[column].reading == MINE_READ_BOTH) {
    if (infer_use_kept(frame, column)) mine__frame_take_number(frame, column, cell);
  } else if (mine__frame_use_numbers(frame, column)) {
    infer_store_number(frame, column, cell);
  }
}

static void infer_number_among_texts(mine_frame *frame, int column, const mine_cell *cell) {
  mine_filling *f = frame->column[column].filling;
  if (f->decimals) {
    if (mine__frame_codes_to_numbers(frame, column)) infer_store_number(frame, column, cell);
    return;
  }
  mine_cell words;
  mine__values_get(&f->dictionary.values, f->words_code, &words);
  (void)mine__frame_mixed(frame, column, f->words_row, &words);
}

void mine__frame_take_number(mine_frame *frame, int column, const mine_cell *cell) {
  mine_filling *f = frame->column[column].filling;
  if (f->mode == MINE_MODE_NUMBER)
    infer_store_number(frame, column, cell);
  else if (f->mode == MINE_MODE_EMPTY)
    infer_first_number(frame, column, cell);
  else if (f->mode == MINE_MODE_KEEP)
    (void)mine__values_push(&f->kept, cell);
  else if (f->mode == MINE_MODE_LOOKUP)
    infer_lookup(frame, column, cell);
  else if (f->typed)
    infer_code(frame, column, cell);
  else
    infer_number_among_texts(frame, column, cell);
}

static void infer_text_as_number(mine_frame *frame, int column, const mine_cell *cell) {
  mine_column *col = &frame->column[column];
  if (isnan(mine__column_number(col, cell))) {
    if (!col->filling->fixed && mine__numeral_is_word(cell->as.text, cell->bytes)) {
      *mine_frame_number(frame, column) = NAN;
      mine__column_count_word(frame, column, cell, 1);
      return;
    }
    (void)mine__frame_mixed(frame, column, mine_frame_row(frame), cell);
    return;
  }
  col->from_text = 1;
  infer_store_number(frame, column, cell);
}

/* '' and blanks are missing, wherever they stand; but not where a model has learned them. */
static int infer_is_missing(const mine_column *col, const mine_cell *cell) {
  if (!mine__text_is_blank(cell->as.text, cell->bytes)) return 0;
  return cell->bytes == 0 || col->filling->mode != MINE_MODE_LOOKUP ||
         mine__dictionary_find(col->want->levels, cell) < 0;
}

static void infer_take_missing(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  if (f->mode == MINE_MODE_NUMBER) *mine_frame_number(frame, column) = NAN;
  if (col->code) col->code[frame->rows] = MINE_CODE_MISSING;
  if (f->mode == MINE_MODE_KEEP) (void)mine__values_push_null(&f->kept);
}

void mine__frame_take_text(mine_frame *frame, int column, const mine_cell *cell) {
  mine_filling *f = frame->column[column].filling;
  if (infer_is_missing(&frame->column[column], cell)) {
    infer_take_missing(frame, column);
    return;
  }
  f->any_text = 1;
  if (f->mode == MINE_MODE_NUMBER) {
    infer_text_as_number(frame, column, cell);
  } else if (f->mode == MINE_MODE_LOOKUP) {
    infer_lookup(frame, column, cell);
  } else if (f->mode == MINE_MODE_EMPTY) {
    if (mine__frame_use_codes(frame, column)) infer_code(frame, column, cell);
  } else if (f->mode == MINE_MODE_KEEP && mine__numeral_is_word(cell->as.text, cell->bytes)) {
    infer_take_missing(frame, column);
    mine__column_count_word(frame, column, cell, 1);
  } else if (f->mode == MINE_MODE_KEEP) {
    if (infer_kept_to_codes(frame, column)) mine__frame_take_text(frame, column, cell);
  } else {
    infer_code(frame, column, cell);
  }
}
