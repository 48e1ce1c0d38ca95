/*
** frame.c -- a frame's life: columns named and their readings begun, rows ended, room
** made, everything dropped for the next batch.
**
** All payloads have room for `capacity` rows, which is always more than `rows`:
** a put needs no check of its own.  Room grows by moving pages (arena blocks).
*/
#include <string.h>

#include "../core/names.h"
#include "../core/text.h"
#include "frame_filling.h"

#define FRAME_FIRST_ROWS 16
#define FRAME_MAX_LEVELS 100000
#define FRAME_POLL_ROWS  8192 /* the host is asked to go on every so many rows */

mine_status mine__frame_open(mine_env *env, mine_frame_plan plan, void *owner, mine_frame **out) {
  *out = NULL;
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  mine_frame *frame = mine__arena_zeros(arena, 1, sizeof *frame);
  if (!frame) {
    mine__arena_close(arena);
    return mine_env_status(env);
  }
  frame->env = env;
  frame->arena = arena;
  frame->plan = plan;
  frame->owner = owner;
  frame->capacity = FRAME_FIRST_ROWS;
  frame->max_levels = FRAME_MAX_LEVELS;
  mine__values_open(&frame->ids, arena);
  *out = frame;
  return MINE_OK;
}

void mine__frame_close(mine_frame *frame) {
  if (!frame) return;
  mine_frame_overlap_end(frame);
  for (int c = 0; c < frame->n_columns; c++) {
    mine__arena_close(frame->column[c].filling->dictionary_arena);
    mine__tally_close(frame->column[c].tally);
  }
  mine__arena_close(frame->arena);
}

/* ---- columns ------------------------------------------------------------- */

/* The first name may follow a byte order mark. */
static const char *frame_name(const char *const *names, int c) {
  return c == 0 ? mine__name_without_mark(names[0]) : names[c];
}

static void frame_check_names(mine_frame *frame, const char *const *names, int n) {
  mine_env *env = frame->env;
  mine_mark mark = mine__arena_mark(env->scratch);
  mine_dictionary seen;
  if (!mine__dictionary_open(&seen, env->scratch)) return;
  for (int c = 0; c < n; c++) {
    if (!names[c]) {
      mine__fail(env, MINE_DATA, "column %d has no name", c + 1);
      return;
    }
    const char *name = frame_name(names, c);
    const mine_cell cell = {MINE_TEXT, strlen(name), {.text = name}};
    int64_t at = mine__dictionary_add(&seen, &cell);
    if (at < 0) return;
    if (at != c) {
      mine__fail(env, MINE_DATA,
                 "two columns are called '%s' (columns %d and %d); name them apart with AS", name,
                 (int)at + 1, c + 1);
      return;
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

/* Names copied, fillings and lanes ready for the plan. */
static void frame_make_columns(mine_frame *frame, const char *const *names, int n) {
  mine_arena *arena = frame->arena;
  mine_column *column = mine__arena_zeros(arena, (size_t)n, sizeof *column);
  mine_filling *filling = mine__arena_zeros(arena, (size_t)n, sizeof *filling);
  mine_lane *lane = mine__arena_zeros(arena, (size_t)n, sizeof *lane);
  if (!column || !filling || !lane) return;
  for (int c = 0; c < n; c++) {
    column[c].filling = &filling[c];
    const char *name = frame_name(names, c);
    column[c].name = mine__arena_text(arena, name, strlen(name));
    if (!column[c].name) return;
    mine__values_open(&column[c].levels, arena);
  }
  frame->column = column;
  frame->lane = lane;
  frame->n_columns = n;
}

/* Cells as they came are kept for one column only. */
static void frame_check_cells(mine_frame *frame) {
  int id = -1;
  for (int c = 0; c < frame->n_columns; c++) {
    if (frame->column[c].reading != MINE_READ_CELLS) continue;
    if (id >= 0) {
      mine__fail(frame->env, MINE_DATA, "both '%s' and '%s' are to be the id; choose one",
                 frame->column[id].name, frame->column[c].name);
      return;
    }
    id = c;
  }
}

mine_status mine_frame_columns(mine_frame *frame, const char *const *names, int n) {
  mine_env *env = frame->env;
  if (mine_failed(env)) return mine_env_status(env);
  if (frame->n_columns > 0) return mine__fail(env, MINE_DATA, "the columns were named already");
  if (n < 1) return mine__fail(env, MINE_DATA, "the source has no columns");
  frame_check_names(frame, names, n);
  if (!mine_failed(env)) frame_make_columns(frame, names, n);
  if (mine_failed(env)) return mine_env_status(env);
  if (frame->plan) MINE_TRY(frame->plan(frame->owner, frame));
  /* Only now is it known how each column is read: the plan said so. */
  frame_check_cells(frame);
  if (mine_failed(env) || !mine__frame_stage_open(frame)) return mine_env_status(env);
  for (int c = 0; c < n; c++)
    if (!mine__frame_begin_column(frame, c)) break;
  return mine_env_status(env);
}

/* As in training: the type is settled, and nothing is inferred. */
static int frame_begin_fixed(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  col->numerals = col->want->numerals;
  col->filling->fixed = 1;
  if (col->reading == MINE_READ_TIME) return mine__frame_use_times(frame, column);
  if (col->reading == MINE_READ_NUMBER) {
    col->type = MINE_COLUMN_NUMERIC;
    return mine__frame_use_numbers(frame, column);
  }
  col->type = MINE_COLUMN_CATEGORY;
  col->filling->mode = MINE_MODE_LOOKUP;
  return mine__frame_use_codes(frame, column);
}

/* Values by their identity: numbers are levels, too. */
static int frame_begin_exact(mine_frame *frame, int column) {
  mine_filling *f = frame->column[column].filling;
  f->typed = 1;
  f->decimals = 0;
  return mine__frame_use_codes(frame, column);
}

static int frame_begin_tally(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  col->filling->mode = MINE_MODE_TALLY;
  if (!col->tally) col->tally = mine__tally_open(frame->arena);
  return col->tally != NULL;
}

/* The mode a column starts in. */
int mine__frame_begin_column(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  f->mode = MINE_MODE_EMPTY;
  f->decimals = 1;
  switch (col->reading) {
    case MINE_READ_NOT:
      f->mode = MINE_MODE_IGNORE;
      return 1;
    case MINE_READ_AUTO:
      return 1;
    case MINE_READ_BOTH:
      f->typed = 1;
      return 1;
    case MINE_READ_NUMBER:
      if (mine__column_flags(col) & MINE_WANT_FIXED) return frame_begin_fixed(frame, column);
      return mine__frame_use_numbers(frame, column);
    case MINE_READ_CATEGORY:
      if (mine__column_flags(col) & MINE_WANT_FIXED) return frame_begin_fixed(frame, column);
      return frame_begin_exact(frame, column);
    case MINE_READ_TIME:
      if (mine__column_flags(col) & MINE_WANT_FIXED) return frame_begin_fixed(frame, column);
      return frame_begin_exact(frame, column);
    case MINE_READ_EXACT:
      return frame_begin_exact(frame, column);
    case MINE_READ_CELLS:
      f->mode = MINE_MODE_CELLS;
      frame->lane[column].ids = &frame->ids;
      return 1;
    case MINE_READ_TALLY:
      return frame_begin_tally(frame, column);
  }
  return 0;
}

int mine_frame_wants(const mine_frame *frame, int column) {
  return column >= 0 && column < frame->n_columns &&
         frame->column[column].filling->mode != MINE_MODE_IGNORE;
}

int mine_frame_cells(const mine_frame *frame) {
  for (int i = 0; i < frame->n_columns; i++)
    if (frame->column[i].reading == MINE_READ_CELLS ||
        mine__column_flags(&frame->column[i]) & MINE_WANT_ID)
      return i;
  return -1;
}

/* ---- rows ------------------------------------------------------------------ */

/* Four times while tiny, then twice; a quarter once a tenth of max_memory is in
** use.  Rows that are not filled yet cost no memory, only account; steps, on the
** other hand, may copy everything (realloc moves pages only where the C library
** mapped the block on its own). */
static size_t frame_next_capacity(const mine_frame *frame) {
  const mine_memory *memory = &frame->env->memory;
  size_t capacity = frame->capacity;
  if (capacity < 4096) return capacity * 4;
  int gently = memory->limit && memory->used > memory->limit / 10;
  return capacity + (gently ? capacity / 4 : capacity);
}

static void frame_grow(mine_frame *frame) {
  size_t capacity = frame_next_capacity(frame);
  mine__background_wait(&frame->stage.background); /* columns move */
  for (int c = 0; c < frame->n_columns; c++) {
    mine_column *col = &frame->column[c];
    mine_lane *lane = &frame->lane[c];
    if (frame->stage.slot[c] >= 0 || col->filling->mode == MINE_MODE_TIME) {
      double *number = mine__frame_room(frame, c, col->number, capacity, sizeof *number);
      if (!number) return;
      col->number = number;
    }
    if (lane->code) {
      int32_t *code = mine__frame_room(frame, c, col->code, capacity, sizeof *code);
      if (!code) return;
      col->code = lane->code = code;
    }
  }
  frame->capacity = capacity;
}

/* Whether finish has settled a column, which then takes no more rows. */
static int frame_is_closed(const mine_frame *frame) {
  for (int c = 0; c < frame->n_columns; c++)
    if (frame->column[c].filling->closed) return 1;
  return 0;
}

/* Whether the row that ends is one of those that stay. */
static int frame_keeps(mine_frame *frame) {
  mine_flow *flow = &frame->flow;
  const int64_t row = frame->cleared + frame->rows;
  if (!flow->keep) return 1;
  if (flow->kept == flow->n_keep || flow->keep[flow->kept] != row) return 0;
  flow->kept++;
  return 1;
}

/* Its cells as if they had not come. */
static mine_status frame_take_back(mine_frame *frame) {
  mine__frame_stage_blank(frame);
  for (int c = 0; c < frame->n_columns; c++) {
    mine_filling *f = frame->column[c].filling;
    if (frame->lane[c].next <= frame->rows) continue;
    frame->lane[c].next = frame->rows;
    if (f->mode == MINE_MODE_CELLS) mine__values_drop_last(&frame->ids);
    if (f->mode == MINE_MODE_KEEP) mine__values_drop_last(&f->kept);
  }
  frame->cleared++;
  return frame->cleared % FRAME_POLL_ROWS == 0 ? mine__poll(frame->env)
                                               : mine_env_status(frame->env);
}

/* Rows go on as soon as there are enough of them.  Then the host's own code runs again, beside
** which there are no threads. */
static mine_status frame_pour(mine_frame *frame) {
  frame->flow.pour(frame->owner, frame);
  mine_env_rest(frame->env);
  return mine_env_status(frame->env);
}

mine_status mine_frame_end_row(mine_frame *frame) {
  mine_env *env = frame->env;
  if (mine_failed(env)) return mine_env_status(env);
  if (frame->n_columns == 0)
    return mine__fail(env, MINE_DATA, "a row ended before the columns were named");
  if (frame->rows >= MINE_MAX_ROWS)
    return mine__fail(env, MINE_LIMIT, "the source has more than %lld rows; narrow it with WHERE",
                      (long long)MINE_MAX_ROWS);
  if (frame->finished && frame_is_closed(frame))
    return mine__fail(env, MINE_DATA, "the rows are finished; no more can be added");
  if (!frame_keeps(frame)) return frame_take_back(frame);
  /* The next row's cells come before its end: there must always be room for one more. */
  if ((size_t)frame->rows + 2 > frame->capacity) frame_grow(frame);
  if (mine_failed(env)) return mine_env_status(env);
  frame->rows++;
  frame->finished = 0;
  if (!mine__frame_stage_next(frame)) return mine_env_status(env);
  if (frame->rows == frame->flow.piece) return frame_pour(frame);
  if (frame->rows % FRAME_POLL_ROWS == 0) return mine__poll(env);
  return MINE_OK;
}

int64_t mine_frame_rows(const mine_frame *frame) {
  return frame->rows;
}

/* ---- the next batch ---------------------------------------------------------- */

static void frame_clear_column(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  frame->lane[column].next = 0;
  col->missing = col->unknown.cells = 0;
  if (col->unknown.kept) {
    mine__values_clear(col->unknown.kept);
    mine__values_clear(col->unknown.at);
  }
  if (f->mode == MINE_MODE_CELLS) mine__values_clear(&frame->ids);
  if (f->fixed || f->mode == MINE_MODE_IGNORE || f->mode == MINE_MODE_CELLS) return;
  mine__frame_drop_codes(frame, column);
  mine__frame_give_back(frame, column, col->number);
  col->number = NULL;
  frame->stage.slot[column] = -1;
  col->type = MINE_COLUMN_EMPTY;
  col->time = NULL;
  col->guess = (mine_guess){0};
  const mine_filling fresh = {.place = f->place, .kept = f->kept};
  *f = fresh;
  if (f->kept.arena) mine__values_clear(&f->kept);
  if (col->tally) mine__tally_clear(col->tally);
  if (col->reading == MINE_READ_EXACT)
    mine__values_open(&col->levels, frame->arena); /* they were the dictionary's */
  else
    mine__values_clear(&col->levels);
  (void)mine__frame_begin_column(frame, column); /* a failure sticks in env */
}

void mine__frame_clear(mine_frame *frame) {
  frame->cleared += frame->rows;
  frame->rows = 0;
  frame->finished = 0;
  mine__frame_stage_clear(frame);
  for (int c = 0; c < frame->n_columns; c++)
    frame_clear_column(frame, c);
}

/* ---- one row after another ---------------------------------------------------- */

/* Every row is "row 1" in an error: calls have no number that a user knows. */
void mine__frame_again(mine_frame *frame) {
  frame->rows = 0;
  mine__frame_stage_clear(frame);
  for (int c = 0; frame->n_slow && c < frame->n_columns; c++)
    frame->lane[c].next = 0;
}

mine_status mine__frame_single(mine_frame *frame) {
  if (!mine_failed(frame->env) && frame->capacity < 2) frame_grow(frame);
  if (mine_failed(frame->env)) return mine_env_status(frame->env);
  frame->rows = 1;
  for (int c = 0; frame->n_slow && c < frame->n_columns; c++)
    if ((frame->lane[c].code || frame->column[c].filling->mode == MINE_MODE_TIME) &&
        frame->lane[c].next == 0 && !mine__frame_pad(frame, c, 1))
      return mine_env_status(frame->env);
  return MINE_OK;
}
