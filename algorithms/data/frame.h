/*
** frame.h -- rows in memory: typed columns, each read in its way (wants.h).
**
** A frame is filled cell by cell and then finished: types are inferred (or
** fixed, when a model says what they are), categories become codes.  Columns
** are contiguous and grow by moving pages, so a full frame costs its payload:
** 8 bytes a number, 4 a category code.
**
** Type inference of a training column (surface.md "Types"):
**   - numbers only                       -> numeric
**   - text whose values all read as plain decimals -> numeric; leading zeros, nan, inf,
**     hex, exponents keep it text
**   - other text, nine in ten of its values dates -> days (core/dates.h), numeric;
**     day first or month first, and a text that is no such date, are errors
**   - other text                         -> category
**   - text among numbers                 -> error (column, row, value), unless
**     the text is '' (missing) or a plain decimal, or the column is declared
**     categorical
**   - BLOB, infinity, invalid UTF-8      -> error
** NULL, '' and text of blanks only are missing, whatever the column is read as.
** `why` says in words what was inferred and why (mine_summary shows it).
*/
#ifndef MINE_DATA_FRAME_H
#define MINE_DATA_FRAME_H

#include "../core/background.h"
#include "../core/text.h"
#include "wants.h"

#define MINE_MAX_ROWS     INT32_MAX /* row numbers fit 32 bits */
#define MINE_CODE_MISSING (-1)
#define MINE_CODE_UNKNOWN (-2) /* scoring: a level the model never saw */

typedef enum mine_column_type {
  MINE_COLUMN_EMPTY,   /* no value seen */
  MINE_COLUMN_NUMERIC, /* number[] is filled, NAN = missing  */
  MINE_COLUMN_CATEGORY /* code[] is filled, levels are known */
} mine_column_type;

/* Texts that were taken for missing, and in how many cells: named by `numerals`, or words
** such as NA among numbers. */
#define MINE_WORDS_KEPT 8
typedef struct mine_words {
  int n; /* that are kept; `rows` counts all */
  struct mine_word {
    char *text;
    int64_t rows;
  } word[MINE_WORDS_KEPT];
  int64_t rows;
} mine_words;

/* A category of which nine in ten values read as numbers. */
typedef struct mine_almost {
  int64_t values, numbers; /* cells that have a value; those that read as numbers if it were said */
  unsigned marks;          /* ... what they have beside digits                    */
  mine_cell first;         /* the first that is no plain number                   */
  int64_t row;             /* where it stands, from 1                             */
  mine_cell odd;           /* the first that is no number at all; MINE_NULL: none */
} mine_almost;
/* frame_words.c: count a value that so many rows have; plain: it is a number as it stands.  `first`
** and `odd` point at the texts that were given. */
void mine__almost_add(mine_almost *almost, const mine_cell *cell, int64_t rows, int plain);
/* Whether it is worth telling: nine in ten values are numbers, and not all of them plain ones. */
int mine__almost_enough(const mine_almost *almost);

/* What was guessed of a column and may be told: nothing is decided by it. */
typedef struct mine_guess {
  int dated;                 /* category, declared: its texts look like dates             */
  unsigned marks;            /* what numbers had beside digits (numerals.h)               */
  mine_words *words;         /* texts taken for missing; NULL: none                       */
  const mine_almost *almost; /* category: what of it is a number; NULL: too little        */
  int json;                  /* category: nine in ten texts are JSON arrays, objects      */
} mine_guess;

/* Scoring: what a category has that training has not seen. */
typedef struct mine_unseen {
  int64_t cells;              /* how many, of the rows in the frame              */
  mine_values *kept, *at;     /* all of them and their rows; NULL: not asked for */
  int64_t row;                /* the first of them (of single rows, the last one) */
  char said[MINE_SHOW_BYTES]; /* and as in a sentence                            */
} mine_unseen;

/* By lifetime: what is said before the first row stays; `number`, `code` and `filling` are
** the frame's while it reads, and of one batch; the rest is filled by finish and is of the
** rows in the frame.  mine__frame_clear starts a batch: fixed columns keep their type and
** levels, the others begin anew. */
typedef struct mine_column {
  /* Said: by the source (name), by the plan, by options. */
  const char *name;
  mine_reading reading;
  const mine_want *want;         /* what asked for it; NULL: an attribute, or nothing did */
  const mine_time_reading *said; /* by date_format=, or NULL: READ_TIME how it is read, READ_AUTO
                                 ** how it is if its texts are written so                 */
  const mine_numerals *numerals; /* how its numbers and missing texts are written; NULL: plain */
  /* Read.  Payload is NULL where the type does not use it. */
  struct mine_filling *filling; /* frame.c's own state while reading */
  mine_column_type type;
  double *number;
  int32_t *code;
  mine_values levels;       /* category: sorted (mine__cell_compare), code = position */
  struct mine_tally *tally; /* READ_TALLY, else NULL                                  */
  /* Found out about what was read. */
  int64_t missing;  /* cells that are missing (NULL, blank); not counted in fixed columns */
  int all_integers; /* numeric: every value is a whole number                  */
  int from_text;    /* numeric values that arrived as text                     */
  const mine_time_reading *time;       /* the numbers are days, and came written so; or NULL */
  double least, most, mean, deviation; /* numeric; deviation has divisor n      */
  char why[160];                       /* the type and why, in words            */
  mine_guess guess;
  mine_unseen unknown;
} mine_column;

/* Decides how each column is read once the names are known: sets column[i].reading,
** or has the binder of wants.h do it.  Returns a status. */
typedef mine_status (*mine_frame_plan)(void *owner, mine_frame *frame);

/* Staged rows on their way to the columns. */
typedef struct mine_stage_load {
  const double *block;
  int64_t rows;
  int width;
  double **to; /* per place: where its numbers go, or NULL */
} mine_stage_load;

/* The last rows' numbers, row by row (frame_stage.c). */
typedef struct mine_stage {
  int width;     /* columns that have a place                                */
  int *slot;     /* per column: its place while it takes plain numbers, or -1 */
  double *blank; /* a row of NaN                                              */
  double *block; /* complete rows, then the one under construction            */
  double *row;   /* the one under construction                                */
  int64_t room;  /* complete rows that fit                                    */
  int64_t first; /* the first staged row; earlier ones are in the columns     */
  mine_stage_load load;
  mine_background background; /* unloads the block before; between overlap begin and end */
  double *spare;              /* the block that it unloads */
  int overlap;                /* a background is wanted, and was not started yet */
} mine_stage;

/* Rows that do not all stay in the frame.  Set once it is open, before its first row.
**   keep  the others are taken back when they end; what their cells told of the columns (types,
**         levels) stays
**   pour  is called after every `piece` rows, finishes the frame, takes them and clears it: while
**         the host reads, which a failure of pour's stops */
typedef struct mine_flow {
  const uint32_t *keep; /* numbers from 0, rising; NULL: all are kept */
  int64_t n_keep, kept; /* how many; how many of them have come      */
  int64_t piece;        /* 0: rows stay until the last has come      */
  void (*pour)(void *owner, mine_frame *frame);
} mine_flow;

struct mine_frame {
  mine_env *env;
  mine_arena *arena;
  int n_columns;
  mine_column *column;
  struct mine_lane *lane; /* per column: where the next code goes */
  mine_stage stage;
  int n_slow; /* how often a column began to take codes or times; 0: all are staged */
  int64_t rows;
  size_t capacity; /* rows for which every payload has room */
  int64_t cleared; /* rows dropped, by clear or not kept: row numbers in errors go on */
  mine_flow flow;
  int finished;
  mine_values ids; /* of the READ_CELLS column; empty when there is none */
  mine_frame_plan plan;
  void *owner;
  int64_t max_levels; /* categories per attribute column, else an error; default 100000.
                      ** EXACT columns take any number. */
};

mine_status mine__frame_open(mine_env *env, mine_frame_plan plan, void *owner,
                             mine_frame **out) MINE_MUST_CHECK;
void mine__frame_close(mine_frame *frame);
/* Infer types, sort levels, recode, compute statistics; trims the columns.
** Fixed and id columns are only completed: they keep their room and take more
** rows afterwards; any other column takes no cell after finish until clear.
** EXACT: levels stay in order of first appearance.  A target that is not fixed
** has neither number nor code that may be used until one of the two calls
** below; its type says what it looks like (texts that are all plain decimals look
** like numbers), and of numbers the statistics are there. */
mine_status mine__frame_finish(mine_frame *frame) MINE_MUST_CHECK;
/* Drop the rows, keep the columns and their room: the next batch.  Row numbers
** in errors go on counting.  A fixed column stays fixed, others start anew. */
void mine__frame_clear(mine_frame *frame);
/* The same for a fixed frame that holds one row under construction, and that row
** completed and finished: what a single row costs, and nothing else.  Its numbers
** stay where they were staged. */
void mine__frame_again(mine_frame *frame);
mine_status mine__frame_single(mine_frame *frame) MINE_MUST_CHECK;
/* Where the number of a single row stands; NULL: in its column, which was never staged. */
const double *mine__frame_staged(const mine_frame *frame, int column);
/* The column of that name (mine.h, "names"), or -1; more than one is a failure that says
** `what` the name is. */
int mine__frame_find(const mine_frame *frame, const char *what, const char *name);

/* A target column holds both views until the job decides; these make one final.
** as_category: exact typed levels, at most `most` of them.  as_number: error
** naming the first value that is no number.  After mine__frame_finish, once. */
mine_status mine__column_as_category(mine_frame *frame, int column, int64_t most) MINE_MUST_CHECK;
mine_status mine__column_as_number(mine_frame *frame, int column) MINE_MUST_CHECK;
/* Finished numbers that are digits of dates, or times counted from somewhere, become
** days by `reading`; an error names the first that does not fit. */
mine_status mine__column_as_time(mine_frame *frame, int column,
                                 const mine_time_reading *reading) MINE_MUST_CHECK;
/* Whether a finished target has texts that are dates. */
int mine__column_has_dates(mine_frame *frame, int column);
/* Whether finished numbers look like times although they are taken as they are
** (20240131, Unix seconds; not Julian days, which are days), and as which. */
int mine__column_looks_like_time(const mine_frame *frame, int column, mine_time_reading *out);
/* Distinct non-missing values, counted up to `limit` (then limit + 1). */
int64_t mine__column_distinct(mine_frame *frame, int column, int64_t limit);
int mine__column_is_text(const mine_column *column); /* any text that is not '' was seen */
/* A finished target that is not made final yet: any text was seen that is no
** plain decimal number, so it cannot become a number. */
int mine__column_has_words(const mine_column *column);

/* The numbers of a finished column that can have nothing else: NAN throughout, in `arena`, where
** no row has a value and the column is of no type.  NULL: no memory, recorded there. */
const double *mine__column_numbers(mine_arena *arena, const mine_column *column, int64_t rows);

/* Keep what a fixed category has that its levels lack; a failure sticks.  The cell of a row whose
** code is MINE_CODE_UNKNOWN; MINE_NULL where they are not kept. */
void mine__column_keep_unseen(mine_frame *frame, int column);
void mine__column_unseen(const mine_column *column, int64_t row, mine_cell *out);

/* The id column.  How many different ids (by 64-bit hash; NULL and blank count as none),
** counted until `enough` are found; -1 = failure recorded.  O(rows), 8 to 32
** bytes of scratch for each id counted. */
int64_t mine__frame_distinct_ids(mine_frame *frame, int64_t enough);

#endif
