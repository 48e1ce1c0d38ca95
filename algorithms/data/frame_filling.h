/*
** frame_filling.h -- the state of a frame's columns while rows come in.
** Private to frame*.c.
**
** A column is in one *mode*; cells move it from one mode to the next:
**
**            number                 text
**   EMPTY ----------> NUMBER    EMPTY ------> CODE      a feature
**   EMPTY ----------> KEEP      EMPTY ------> CODE      a target
**   CODE  ----------> NUMBER    while every text was a plain decimal, when a
**                               number arrives, at more than max_levels
**                               different texts, or at finish
**   KEEP  --text----> CODE      a target with numbers and text (or NUMBER, at
**                               more than max_levels different numbers)
**
** Two structs a column.  The *lane* holds what the hot path of codes touches:
** where the next one goes and a small cache of recent texts.  A lane that cannot
** take a value at once (other mode, skipped rows, finished) has no pointer there,
** and the cell takes the slow way through the *filling*.  Rows in which a column
** got no cell are filled in late, by the next cell or by finish: leaving a cell
** out costs nothing.
**
** A column in mode NUMBER takes its numbers through the stage (frame_stage.c),
** which knows what was left out; its lane waits until it is finished.
*/
#ifndef MINE_DATA_FRAME_FILLING_H
#define MINE_DATA_FRAME_FILLING_H

#include "frame.h"
#include "tally.h"

#define MINE_TEXT_BYTES 1000000 /* longest text cell */

typedef enum mine_mode {
  MINE_MODE_IGNORE, /* cells are dropped                                   */
  MINE_MODE_EMPTY,  /* nothing but missing cells so far                    */
  MINE_MODE_NUMBER, /* the stage, then column->number                      */
  MINE_MODE_CODE,   /* column->code, positions in a dictionary that grows  */
  MINE_MODE_LOOKUP, /* column->code, positions in the model's dictionary   */
  MINE_MODE_TIME,   /* column->number, by a reading that was learned         */
  MINE_MODE_KEEP,   /* numbers kept exactly, in filling->kept               */
  MINE_MODE_CELLS,  /* kept exactly, in frame->ids                         */
  MINE_MODE_TALLY   /* counted, in column->tally                           */
} mine_mode;

/* A text of at most 16 bytes is its own key: its first and last eight bytes
** and its length.  Integers of code columns use the length MINE_CACHED_INT. */
typedef struct mine_cached {
  uint64_t head, tail;
  uint32_t bytes; /* 0 = empty entry */
  int32_t code;
} mine_cached;
#define MINE_CACHE_BITS  9
#define MINE_CACHED_TEXT 16
#define MINE_CACHED_INT  255

typedef struct mine_lane {
  int64_t next;       /* first row that has no cell yet            */
  int32_t *code;      /* NULL unless codes are stored              */
  mine_cached *cache; /* NULL unless codes of texts are remembered */
  mine_values *ids;   /* NULL unless cells are kept as they came   */
} mine_lane;

typedef struct mine_filling {
  mine_mode mode;
  int place;                     /* in a staged row                                */
  int fixed;                     /* MINE_WANT_FIXED                                */
  int closed;                    /* finished: takes no more cells                  */
  int typed;                     /* CODE: numbers are levels too                   */
  int decimals;                  /* CODE: every text so far is blank or a decimal   */
  int any_decimal;               /* CODE: at least one is a decimal                */
  int any_word;                  /* CODE: a word for missing among the texts        */
  int any_text;                  /* a text that is not '' was seen                 */
  int rounded;                   /* NUMBER: a whole number beyond 2^53             */
  int many;                      /* CODE: more texts than levels may be, dates so far */
  int64_t words_row, words_code; /* CODE: the first text that is no decimal       */
  const double *level_number;    /* finished target of decimal texts: of each code */
  mine_dictionary dictionary;
  mine_arena *dictionary_arena;
  mine_values kept;
} mine_filling;

static inline int mine__column_flags(const mine_column *column) {
  return column->want ? column->want->flags : 0;
}

/* 1-based number of the row under construction, in source order. */
static inline int64_t mine_frame_row(const mine_frame *frame) {
  return frame->cleared + frame->rows + 1;
}

/* The place of a number in the row under construction, or in an earlier row that
** is put again; mode NUMBER, not closed. */
static inline double *mine_frame_number(mine_frame *frame, int column) {
  const mine_column *col = &frame->column[column];
  if (frame->rows < frame->stage.first) return &col->number[frame->rows];
  return &frame->stage.row[col->filling->place];
}

/* frame_stage.c; 0 = failure recorded */
int mine__frame_stage_open(mine_frame *frame);                /* once the readings are known */
void mine__frame_stage_column(mine_frame *frame, int column); /* takes plain numbers now     */
void mine__frame_stage_flush(mine_frame *frame);              /* complete rows to the columns */
int mine__frame_stage_next(mine_frame *frame);                /* a row has ended              */
void mine__frame_stage_clear(mine_frame *frame);              /* drop what is staged          */
void mine__frame_stage_blank(mine_frame *frame);              /* ... of the row at hand       */

/* frame.c */
int mine__frame_begin_column(mine_frame *frame, int column); /* mode by reading; 0 = failure */

/* frame_infer.c: mode changes and what a cell does in each mode.  The row under
** construction is frame->rows; earlier rows are complete.  0 = failure recorded. */
/* A payload for `rows` cells, or `old` resized; and given back (NULL is fine). */
void *mine__frame_room(mine_frame *frame, int column, void *old, size_t rows, size_t size);
void mine__frame_give_back(mine_frame *frame, int column, void *payload);
int mine__frame_pad(mine_frame *frame, int column, int64_t rows); /* missing up to `rows` */
int mine__frame_use_numbers(mine_frame *frame, int column);
int mine__frame_use_codes(mine_frame *frame, int column);
int mine__frame_codes_to_numbers(mine_frame *frame, int column);
double *mine__frame_level_numbers(mine_column *column); /* NULL: failure recorded */
void mine__frame_drop_codes(mine_frame *frame, int column);
void mine__frame_take_number(mine_frame *frame, int column, const mine_cell *cell);
void mine__frame_take_text(mine_frame *frame, int column, const mine_cell *cell);

/* frame_words.c */
/* What a cell is as a number of this column, NAN: none; notes what it had beside digits. */
double mine__column_number(mine_column *column, const mine_cell *cell);
/* A cell of the column has been taken for missing. */
void mine__column_count_word(mine_frame *frame, int column, const mine_cell *word, int64_t rows);
/* Count the words for missing among the codes of a column that turned out to be numbers;
** `drop`: and have them missing, out of the dictionary.  0 = failure recorded */
int mine__frame_settle_words(mine_frame *frame, int column, int drop);
/* How much of a column of other texts reads as numbers, or is JSON. */
int mine__frame_survey_texts(mine_frame *frame, int column);

/* frame_put.c */
void mine__cache_add(mine_cached *cache, const mine_cell *cell, int32_t code);
mine_status mine__frame_mixed(mine_frame *frame, int column, int64_t row, const mine_cell *text);
mine_status mine__frame_too_many(mine_frame *frame, int column);

/* frame_time.c */
int mine__frame_use_times(mine_frame *frame, int column);
void mine__frame_take_time(mine_frame *frame, int column, const mine_cell *cell);
int mine__frame_settle_time(mine_frame *frame, int column); /* decide, codes to days */
/* Whether the texts so far are dates: in the form that was said, or in any. */
int mine__frame_dated(mine_column *column);

/* frame_finish.c */
int mine__frame_settle_category(mine_frame *frame, int column); /* sort levels, recode */
void mine__frame_describe(mine_frame *frame, int column);       /* missing and statistics */
/* Set column->why; `shown`: a text that made it a category, or "". */
void mine__frame_explain(mine_column *column, const char *shown);

#endif
