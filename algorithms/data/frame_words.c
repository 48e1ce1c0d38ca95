/*
** frame_words.c -- numbers that are not written plainly, and words that are none.
**
** A column of plain numbers and of words for missing (NA, n/a, - ...) is a column of
** numbers; the words are counted, so that they can be told.  Any other text among them makes
** a category of it, as if the numbers were codes; how many of its values read as numbers if
** somebody said how (numerals.h) is counted for the same reason.
*/
#include <math.h>
#include <string.h>

#include "frame_filling.h"

/* ---- cells -------------------------------------------------------------------------- */

double mine__column_number(mine_column *col, const mine_cell *cell) {
  double v;
  if (cell->type != MINE_TEXT || !col->numerals) return mine__cell_number(cell);
  return mine__numeral_read(col->numerals, cell->as.text, cell->bytes, &v, &col->guess.marks) ? v
                                                                                              : NAN;
}

void mine__column_count_word(mine_frame *frame, int column, const mine_cell *cell, int64_t rows) {
  mine_column *col = &frame->column[column];
  if (!col->guess.words)
    col->guess.words = mine__arena_zeros(frame->arena, 1, sizeof *col->guess.words);
  mine_words *words = col->guess.words;
  if (!words) return;
  words->rows += rows;
  int i = 0;
  while (i < words->n && !(strlen(words->word[i].text) == cell->bytes &&
                           memcmp(words->word[i].text, cell->as.text, cell->bytes) == 0))
    i++;
  if (i == MINE_WORDS_KEPT) return;
  if (i == words->n) {
    words->word[i].text = mine__arena_text(frame->arena, cell->as.text, cell->bytes);
    if (!words->word[i].text) return;
    words->n++;
  }
  words->word[i].rows += rows;
}

/* ---- words among numbers --------------------------------------------------------------- */

/* How many rows have each value of the dictionary; NULL: failure recorded. */
static int64_t *words_rows(mine_frame *frame, const mine_column *col, int64_t rows) {
  int64_t *count = mine__arena_zeros(frame->env->scratch, (size_t)col->filling->dictionary.values.n,
                                     sizeof *count);
  for (int64_t row = 0; count && row < rows; row++)
    if (col->code[row] >= 0) count[col->code[row]]++;
  return count;
}

static int words_is_one(const mine_cell *cell) {
  return cell->type == MINE_TEXT && mine__numeral_is_word(cell->as.text, cell->bytes);
}

/* The dictionary anew, without the words; place: old code -> new. */
static int words_drop(mine_filling *f, int32_t *place) {
  mine_dictionary kept;
  if (!mine__dictionary_open(&kept, f->dictionary_arena)) return 0;
  for (int64_t i = 0; i < f->dictionary.values.n; i++) {
    mine_cell cell;
    mine__values_get(&f->dictionary.values, i, &cell);
    place[i] = MINE_CODE_MISSING;
    if (words_is_one(&cell)) continue;
    const int64_t at = mine__dictionary_add(&kept, &cell);
    if (at < 0) return 0;
    place[i] = (int32_t)at;
  }
  f->dictionary = kept;
  return 1;
}

int mine__frame_settle_words(mine_frame *frame, int column, int drop) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  const int64_t rows = frame->lane[column].next;
  const mine_mark mark = mine__arena_mark(frame->env->scratch);
  const int64_t *count = words_rows(frame, col, rows);
  for (int64_t i = 0; count && i < f->dictionary.values.n; i++) {
    mine_cell cell;
    mine__values_get(&f->dictionary.values, i, &cell);
    if (words_is_one(&cell)) mine__column_count_word(frame, column, &cell, count[i]);
  }
  if (count && drop) {
    int32_t *place =
        mine__arena_array(frame->env->scratch, (size_t)f->dictionary.values.n, sizeof *place);
    if (place && words_drop(f, place)) {
      for (int64_t row = 0; row < rows; row++)
        if (col->code[row] >= 0) col->code[row] = place[col->code[row]];
    }
  }
  mine__arena_rewind(frame->env->scratch, mark);
  return !mine_failed(frame->env);
}

/* ---- numbers among words ----------------------------------------------------------------- */

/* An array or an object, by its first and last character. */
static int words_is_json(const mine_cell *cell) {
  if (cell->type != MINE_TEXT) return 0;
  const char *at = cell->as.text, *end = at + cell->bytes;
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\t'))
    at++;
  while (at < end && (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\t'))
    end--;
  return end - at >= 2 && ((*at == '[' && end[-1] == ']') || (*at == '{' && end[-1] == '}'));
}

/* The row in which a value of the dictionary stands first, from 1. */
static int64_t words_first_row(const mine_frame *frame, const mine_column *col, int64_t code) {
  int64_t row = 0;
  while (row < frame->rows && col->code[row] != code)
    row++;
  return frame->cleared + row + 1;
}

void mine__almost_add(mine_almost *almost, const mine_cell *cell, int64_t rows, int plain) {
  unsigned marks = 0;
  almost->values += rows;
  if (!plain && almost->first.type == MINE_NULL) almost->first = *cell;
  if (plain ||
      (cell->type == MINE_TEXT && mine__numeral_like(cell->as.text, cell->bytes, &marks))) {
    almost->numbers += rows;
    almost->marks |= marks;
  } else if (almost->odd.type == MINE_NULL) {
    almost->odd = *cell;
  }
}

int mine__almost_enough(const mine_almost *almost) {
  return almost->first.type != MINE_NULL && 10 * almost->numbers >= 9 * almost->values;
}

int mine__frame_survey_texts(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  const mine_values *values = &col->filling->dictionary.values;
  const mine_mark mark = mine__arena_mark(frame->env->scratch);
  const int64_t *count = words_rows(frame, col, frame->rows);
  mine_almost *almost = mine__arena_zeros(frame->arena, 1, sizeof *almost);
  int64_t json = 0, first = -1;
  for (int64_t i = 0; count && almost && i < values->n; i++) {
    mine_cell cell;
    mine__values_get(values, i, &cell);
    mine__almost_add(almost, &cell, count[i], !isnan(mine__column_number(col, &cell)));
    if (words_is_json(&cell)) json += count[i];
    if (first < 0 && almost->first.type != MINE_NULL) first = i;
  }
  mine__arena_rewind(frame->env->scratch, mark);
  if (mine_failed(frame->env)) return 0;
  col->guess.json = almost->values > 0 && 10 * json >= 9 * almost->values;
  if (!mine__almost_enough(almost)) return 1;
  mine_cell *shown[] = {&almost->first, &almost->odd}; /* the dictionary ends with finish */
  almost->row = words_first_row(frame, col, first);
  for (int i = 0; i < 2; i++)
    if (shown[i]->type == MINE_TEXT)
      shown[i]->as.text = mine__arena_text(frame->arena, shown[i]->as.text, shown[i]->bytes);
  col->guess.almost = almost;
  return !mine_failed(frame->env);
}
