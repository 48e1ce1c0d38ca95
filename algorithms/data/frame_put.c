/*
** frame_put.c -- a cell arrives.
**
** The fast way, most cells: one comparison says that the column takes this kind
** of value, one store puts it: numbers into the staged row (frame_stage.c), codes
** into their column.  Texts of at most 16
** bytes are looked up in a small cache by their very bytes, so a category that
** was seen lately costs no hash table.
**
** The slow way: complete skipped rows, then let the column's mode decide
** (frame_infer.c).
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "frame_filling.h"

/* Kept out of line, so that the fast way needs no stack. */
#if defined(__GNUC__)
#define MINE_COLD __attribute__((noinline))
#else
#define MINE_COLD
#endif

/* ---- the cache of recent codes ----------------------------------------------- */

static inline uint64_t cache_load4(const char *at) {
  uint32_t v;
  memcpy(&v, at, 4);
  return v;
}

/* bytes 1..16: head, tail and the length determine the text.  From four bytes on
** the same four overlapping loads serve every length, without a branch (the way
** Wang Yi's wyhash reads short keys). */
static inline void cache_key(const char *text, size_t bytes, uint64_t *head, uint64_t *tail) {
  if (bytes >= 4) {
    const char *end = text + bytes - 4;
    size_t step = bytes >> 3 << 2;
    *head = cache_load4(text) << 32 | cache_load4(text + step);
    *tail = cache_load4(end) << 32 | cache_load4(end - step);
  } else {
    *head = (uint8_t)text[0];
    *tail = (uint64_t)(uint8_t)text[bytes / 2] << 8 | (uint8_t)text[bytes - 1];
  }
}

static inline size_t cache_slot(uint64_t head, uint64_t tail, size_t bytes) {
  uint64_t mixed = (head ^ bytes) * 0x9E3779B97F4A7C15u + (tail ^ head >> 32) * 0xC2B2AE3D27D4EB4Fu;
  return (size_t)((mixed ^ mixed >> 29) * 0x9E3779B97F4A7C15u >> (64 - MINE_CACHE_BITS));
}

static inline int cache_hits(const mine_cached *entry, uint64_t head, uint64_t tail, size_t bytes) {
  return entry->head == head && entry->tail == tail && entry->bytes == bytes;
}

/* Two places for each key: its slot and the slot's neighbour. */
static inline const mine_cached *cache_find(const mine_cached *cache, uint64_t head, uint64_t tail,
                                            size_t bytes) {
  size_t slot = cache_slot(head, tail, bytes);
  if (cache_hits(&cache[slot], head, tail, bytes)) return &cache[slot];
  slot ^= 1;
  return cache_hits(&cache[slot], head, tail, bytes) ? &cache[slot] : NULL;
}

void mine__cache_add(mine_cached *cache, const mine_cell *cell, int32_t code) {
  mine_cached entry = {0, 0, MINE_CACHED_INT, code};
  if (!cache || cell->type == MINE_REAL) return;
  if (cell->type == MINE_INT) {
    entry.head = (uint64_t)cell->as.integer;
  } else {
    if (cell->bytes - 1 >= MINE_CACHED_TEXT) return;
    entry.bytes = (uint32_t)cell->bytes;
    cache_key(cell->as.text, cell->bytes, &entry.head, &entry.tail);
  }
  size_t slot = cache_slot(entry.head, entry.tail, entry.bytes);
  if (cache[slot].bytes && !cache[slot ^ 1].bytes) slot ^= 1;
  cache[slot] = entry;
}

/* ---- sentences ------------------------------------------------------------------ */

static void put_refuse_kind(mine_frame *frame, int column, const char *what, const char *remedy) {
  mine__fail(frame->env, MINE_DATA, "column '%s' has %s (row %lld); %s", frame->column[column].name,
             what, (long long)mine_frame_row(frame), remedy);
}

static const char *put_comma(const mine_cell *text) {
  unsigned marks = 0;
  const int number = mine__numeral_like(text->as.text, text->bytes, &marks);
  return number && marks & MINE_MARK_COMMA ? "say decimal=comma, " : "";
}

mine_status mine__frame_mixed(mine_frame *frame, int column, int64_t row, const mine_cell *text) {
  const mine_column *col = &frame->column[column];
  char shown[MINE_SHOW_BYTES];
  mine__show_cell(shown, text);
  const char *name = col->name;
  if (col->filling->fixed)
    return mine__fail(frame->env, MINE_DATA,
                      "column '%s' was numeric in training but has text (row %lld: %s); write NULL "
                      "for what is missing, or train with na=",
                      name, (long long)row, shown);
  if (col->want && col->reading == MINE_READ_NUMBER)
    return mine__fail(frame->env, MINE_DATA,
                      "%s column '%s' has text (row %lld: %s); %ss are numbers%s", col->want->name,
                      name, (long long)row, shown, col->want->name,
                      col->want->flags & MINE_WANT_NOT_NEGATIVE ? ", 0 or more" : "");
  if (col->reading == MINE_READ_NUMBER)
    return mine__fail(frame->env, MINE_DATA,
                      "column '%s' is declared numeric but has text (row %lld: %s); %sclean it, "
                      "name it with na=, or take the column out of numeric=",
                      name, (long long)row, shown, put_comma(text));
  return mine__fail(frame->env, MINE_DATA,
                    "column '%s' mixes numbers and text (row %lld: %s); %sclean it, name it with "
                    "na=, or add categorical=%s",
                    name, (long long)row, shown, put_comma(text), name);
}

mine_status mine__frame_too_many(mine_frame *frame, int column) {
  const char *name = frame->column[column].name;
  if (frame->column[column].reading == MINE_READ_BOTH)
    return mine__fail(frame->env, MINE_DATA,
                      "column '%s' has more than %lld different values; a target of classes needs "
                      "few: group them first",
                      name, (long long)frame->max_levels);
  return mine__fail(frame->env, MINE_DATA,
                    "column '%s' has more than %lld different values; ignore=%s, or group them "
                    "first",
                    name, (long long)frame->max_levels, name);
}

/* ---- the slow way --------------------------------------------------------------- */

/* Whether the row has this cell already; of a staged one: a number. */
static int put_again(const mine_frame *frame, int column) {
  const int slot = frame->stage.slot[column];
  return slot >= 0 ? !isnan(frame->stage.row[slot]) : frame->lane[column].next > frame->rows;
}

/* Whether the column takes a cell of this row; skipped rows are completed. */
static mine_filling *put_enter(mine_frame *frame, int column) {
  if (mine_failed(frame->env)) return NULL;
  if (column < 0 || column >= frame->n_columns) {
    (void)mine__fail(frame->env, MINE_DATA, "there is no column number %d, only 0 to %d", column,
                     frame->n_columns - 1);
    return NULL;
  }
  mine_filling *f = frame->column[column].filling;
  if (f->mode == MINE_MODE_IGNORE) return NULL;
  if (f->closed) {
    (void)mine__fail(frame->env, MINE_DATA, "column '%s' takes no more rows: it is finished",
                     frame->column[column].name);
    return NULL;
  }
  if (put_again(frame, column)) {
    (void)mine__fail(frame->env, MINE_DATA, "column '%s' was given twice in row %lld",
                     frame->column[column].name, (long long)mine_frame_row(frame));
    return NULL;
  }
  if (frame->stage.slot[column] >= 0) return f;
  return mine__frame_pad(frame, column, frame->rows) ? f : NULL;
}

/* Pass a good cell to the column's mode. */
static void put_take(mine_frame *frame, int column, const mine_cell *cell) {
  const mine_column *col = &frame->column[column];
  const mine_filling *f = col->filling;
  mine_cell nothing = {MINE_TEXT, 0, {.text = ""}};
  if (cell->type == MINE_TEXT && mine__numeral_missing(col->numerals, cell->as.text, cell->bytes)) {
    if (!f->fixed) mine__column_count_word(frame, column, cell, 1);
    cell = &nothing;
  }
  if (f->mode == MINE_MODE_TALLY)
    mine__tally_put(frame->column[column].tally, cell);
  else if (f->mode == MINE_MODE_TIME)
    mine__frame_take_time(frame, column, cell);
  else if (f->mode == MINE_MODE_CELLS)
    (void)mine__values_push(&frame->ids, cell);
  else if (cell->type == MINE_TEXT)
    mine__frame_take_text(frame, column, cell);
  else
    mine__frame_take_number(frame, column, cell);
  frame->lane[column].next = frame->rows + 1;
}

static void put_number(mine_frame *frame, int column, const mine_cell *cell) {
  mine_filling *f = put_enter(frame, column);
  if (!f) return;
  if (cell->type == MINE_REAL && isinf(cell->as.real) && f->mode != MINE_MODE_TALLY) {
    put_refuse_kind(frame, column, "an infinite number", "replace it by NULL or a finite number");
    return;
  }
  put_take(frame, column, cell);
}

/* NAN can only come from C: a missing number. */
MINE_COLD static void put_real(mine_frame *frame, int column, double value) {
  mine_cell cell = {MINE_REAL, 0, {0}};
  cell.as.real = value;
  if (isnan(value))
    mine_frame_put_null(frame, column);
  else
    put_number(frame, column, &cell);
}

MINE_COLD static void put_int(mine_frame *frame, int column, int64_t value) {
  mine_cell cell = {MINE_INT, 0, {0}};
  cell.as.integer = value;
  put_number(frame, column, &cell);
}

MINE_COLD static void put_text(mine_frame *frame, int column, const char *text, size_t bytes) {
  if (!put_enter(frame, column)) return;
  if (bytes > MINE_TEXT_BYTES) {
    (void)mine__fail(frame->env, MINE_LIMIT,
                     "column '%s' has a text of %lld bytes (row %lld); the limit is %d: leave the "
                     "column out",
                     frame->column[column].name, (long long)bytes, (long long)mine_frame_row(frame),
                     MINE_TEXT_BYTES);
    return;
  }
  if (!mine_valid_utf8(text, bytes)) {
    put_refuse_kind(frame, column, "text that is not UTF-8", "convert it, or leave it out");
    return;
  }
  mine_cell cell = {MINE_TEXT, bytes, {0}};
  cell.as.text = text;
  put_take(frame, column, &cell);
}

/* ---- the public puts -------------------------------------------------------------- */

/* The lane if its next row is the one under construction. */
static inline mine_lane *put_lane(mine_frame *frame, int column) {
  if ((unsigned)column >= (unsigned)frame->n_columns) return NULL;
  mine_lane *lane = &frame->lane[column];
  return lane->next == frame->rows ? lane : NULL;
}

/* The staged place of a number, if the column takes one and has none yet. */
static inline double *put_place(mine_frame *frame, int column) {
  if ((unsigned)column >= (unsigned)frame->n_columns) return NULL;
  const int slot = frame->stage.slot[column];
  if (slot < 0) return NULL;
  double *place = &frame->stage.row[slot];
  return isnan(*place) ? place : NULL;
}

void mine_frame_put_real(mine_frame *frame, int column, double value) {
  double *place = put_place(frame, column);
  if (place && fabs(value) <= DBL_MAX)
    *place = value;
  else
    put_real(frame, column, value);
}

void mine_frame_put_int(mine_frame *frame, int column, int64_t value) {
  double *place = put_place(frame, column);
  if (place && (uint64_t)value + (uint64_t)MINE_EXACT_WHOLE <= 2 * (uint64_t)MINE_EXACT_WHOLE) {
    *place = (double)value;
    return;
  }
  mine_lane *lane = put_lane(frame, column);
  if (lane && lane->ids && mine_values_push_int_fast(lane->ids, value)) {
    lane->next++;
    return;
  }
  if (lane && lane->cache) { /* baskets and items come again and again */
    const mine_cached *entry = cache_find(lane->cache, (uint64_t)value, 0, MINE_CACHED_INT);
    if (entry) {
      lane->code[lane->next++] = entry->code;
      return;
    }
  }
  put_int(frame, column, value);
}

void mine_frame_put_text(mine_frame *frame, int column, const char *text, size_t bytes) {
  mine_lane *lane = put_lane(frame, column);
  if (lane && lane->cache && bytes - 1 < MINE_CACHED_TEXT) {
    uint64_t head, tail;
    cache_key(text, bytes, &head, &tail);
    const mine_cached *entry = cache_find(lane->cache, head, tail, bytes);
    if (entry) {
      lane->code[lane->next++] = entry->code;
      return;
    }
  }
  put_text(frame, column, text, bytes);
}

/* A missing cell is a cell that was left out, except that it may be stored now. */
void mine_frame_put_null(mine_frame *frame, int column) {
  mine_lane *lane = put_lane(frame, column);
  if (lane && lane->code) lane->code[lane->next++] = MINE_CODE_MISSING;
}

void mine_frame_put_blob(mine_frame *frame, int column) {
  mine_filling *f = put_enter(frame, column);
  if (!f) return;
  if (f->mode == MINE_MODE_TALLY) {
    const mine_cell cell = {MINE_BLOB, 0, {0}};
    put_take(frame, column, &cell);
    return;
  }
  put_refuse_kind(frame, column, "a BLOB", "leave the column out, or cast it");
}

void mine_frame_put_cell(mine_frame *frame, int column, const mine_cell *cell) {
  switch (cell->type) {
    case MINE_NULL:
      mine_frame_put_null(frame, column);
      break;
    case MINE_INT:
      mine_frame_put_int(frame, column, cell->as.integer);
      break;
    case MINE_REAL:
      mine_frame_put_real(frame, column, cell->as.real);
      break;
    case MINE_TEXT:
      mine_frame_put_text(frame, column, cell->as.text, cell->bytes);
      break;
    case MINE_BLOB:
      mine_frame_put_blob(frame, column);
      break;
  }
}
