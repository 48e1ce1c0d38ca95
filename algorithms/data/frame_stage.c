/*
** frame_stage.c -- numbers wait row by row, and go to their columns in blocks.
**
** Sixteen numbers of a row belong to sixteen columns, sixteen places of memory.
** Written one by one they cost more than it takes SQLite to compare them, so a
** row is first staged as it comes, next to the last ones, and a block of rows is
** turned into pieces of columns at once.
**
** Every column that may hold numbers has a place in the staged row from the
** start; slot[] shows it only while the column takes plain numbers.  A new row
** is NAN everywhere: a cell that never comes is missing.
*/
#include <math.h>
#include <string.h>

#include "frame_filling.h"

#define STAGE_DOUBLES 2048      /* of a block: what the first cache holds beside its columns */
#define STAGE_LARGE   16384     /* of a block that is handed over: a wake-up costs 5 us      */
#define STAGE_LEAST   8         /* rows of a block: one cache line of a column              */
#define STAGE_MANY    (1 << 19) /* numbers; fewer are not worth a thread              */

static int64_t stage_most(int width, int64_t doubles) {
  const int64_t rows = doubles / width;
  return rows < STAGE_LEAST ? STAGE_LEAST : rows;
}

static void stage_blank(mine_stage *stage) {
  memcpy(stage->row, stage->blank, (size_t)stage->width * sizeof(double));
}

/* Room for that many complete rows, and the one under construction. */
static int stage_make_room(mine_frame *frame, int64_t rows) {
  mine_stage *stage = &frame->stage;
  double *block = mine__arena_block(frame->arena, stage->block, (size_t)rows + 1,
                                    (size_t)stage->width * sizeof(double));
  if (!block) return 0;
  stage->row = block + (stage->row ? stage->row - stage->block : 0);
  stage->block = block;
  stage->room = rows;
  return 1;
}

/* Whether cells of the column may become numbers in the frame. */
static int stage_holds(const mine_column *column) {
  return column->reading == MINE_READ_AUTO || column->reading == MINE_READ_NUMBER ||
         column->reading == MINE_READ_BOTH;
}

int mine__frame_stage_open(mine_frame *frame) {
  mine_stage *stage = &frame->stage;
  stage->slot = mine__arena_array(frame->arena, (size_t)frame->n_columns, sizeof *stage->slot);
  if (!stage->slot) return 0;
  for (int c = 0; c < frame->n_columns; c++) {
    stage->slot[c] = -1;
    if (stage_holds(&frame->column[c])) frame->column[c].filling->place = stage->width++;
  }
  stage->blank = mine__arena_array(frame->arena, (size_t)stage->width, sizeof(double));
  stage->load.to = mine__arena_array(frame->arena, (size_t)stage->width, sizeof(double *));
  if (!stage->blank || !stage->load.to) return 0;
  for (int i = 0; i < stage->width; i++)
    stage->blank[i] = NAN;
  if (!stage_make_room(frame, 1)) return 0; /* a frame may never see a second row */
  stage_blank(stage);
  return 1;
}

void mine__frame_stage_clear(mine_frame *frame) {
  mine_stage *stage = &frame->stage;
  mine__background_wait(&stage->background);
  stage->first = 0;
  stage->row = stage->block;
  if (stage->width) stage_blank(stage);
}

void mine__frame_stage_blank(mine_frame *frame) {
  if (frame->stage.width) stage_blank(&frame->stage);
}

void mine__frame_stage_column(mine_frame *frame, int column) {
  frame->stage.slot[column] = frame->column[column].filling->place;
}

const double *mine__frame_staged(const mine_frame *frame, int column) {
  const int slot = frame->stage.slot[column];
  return slot < 0 ? NULL : frame->stage.block + slot;
}

/* ---- a block to its columns ------------------------------------------------------- */

/* One column's piece of the block. */
static void stage_unload(const mine_stage_load *load, int slot, double *to) {
  const double *from = load->block + slot;
  const int64_t rows = load->rows, width = load->width;
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4, from += 4 * width) {
    to[i] = from[0];
    to[i + 1] = from[width];
    to[i + 2] = from[2 * width];
    to[i + 3] = from[3 * width];
  }
  for (; i < rows; i++, from += width)
    to[i] = *from;
}

static void stage_unload_all(void *context) {
  const mine_stage_load *load = context;
  for (int slot = 0; slot < load->width; slot++)
    if (load->to[slot]) stage_unload(load, slot, load->to[slot]);
}

/* The complete rows as a load; they count as those of the columns from now on. */
static void stage_load(mine_frame *frame, mine_stage_load *load) {
  mine_stage *stage = &frame->stage;
  load->block = stage->block;
  load->rows = frame->rows - stage->first;
  load->width = stage->width;
  for (int slot = 0; slot < stage->width; slot++)
    load->to[slot] = NULL;
  for (int c = 0; c < frame->n_columns; c++) {
    if (stage->slot[c] < 0) continue;
    load->to[stage->slot[c]] = frame->column[c].number + stage->first;
    frame->lane[c].next = frame->rows;
  }
  stage->first = frame->rows;
}

/* The row under construction becomes the first of the block at `block`. */
static void stage_restart(mine_stage *stage, double *block) {
  memmove(block, stage->row, (size_t)stage->width * sizeof(double));
  stage->block = stage->row = block;
}

void mine__frame_stage_flush(mine_frame *frame) {
  mine_stage *stage = &frame->stage;
  mine__background_wait(&stage->background);
  if (stage->width == 0 || frame->rows <= stage->first) return; /* less: rows are put again */
  stage_load(frame, &stage->load);
  stage_unload_all(&stage->load);
  stage_restart(stage, stage->block);
}

/* ---- beside the reading ------------------------------------------------------------- */

/* A column that was never touched costs a page fault every 512 numbers, a sixth of
** what SQLite needs for the rows: that, and the moving, another core can do. */
static void stage_start_background(mine_frame *frame) {
  mine_stage *stage = &frame->stage;
  stage->overlap = 0; /* whatever comes of it, asked once */
  stage->spare = mine__arena_block(frame->arena, NULL, (size_t)stage->room + 1,
                                   (size_t)stage->width * sizeof(double));
  if (stage->spare) mine__background_start(&stage->background, stage_unload_all);
}

static void stage_give(mine_frame *frame) {
  mine_stage *stage = &frame->stage;
  mine__background_wait(&stage->background); /* the spare block is free again */
  double *block = stage->block;
  stage_load(frame, &stage->load);
  stage_restart(stage, stage->spare);
  stage->spare = block;
  mine__background_give(&stage->background, &stage->load);
}

void mine_frame_overlap_begin(mine_frame *frame) {
  frame->stage.overlap = frame->env->threads > 1;
}

void mine_frame_overlap_end(mine_frame *frame) {
  mine_stage *stage = &frame->stage;
  stage->overlap = 0;
  mine__background_stop(&stage->background);
  if (stage->spare) mine__arena_drop(frame->arena, stage->spare);
  stage->spare = NULL;
}

/* ---- row by row ----------------------------------------------------------------------- */

/* The block is full. */
static int stage_turn(mine_frame *frame) {
  mine_stage *stage = &frame->stage;
  if (stage->background.running) {
    stage_give(frame);
    return 1;
  }
  mine__frame_stage_flush(frame);
  const int large = stage->overlap && frame->rows * stage->width >= STAGE_MANY;
  const int64_t most = stage_most(stage->width, large ? STAGE_LARGE : STAGE_DOUBLES);
  if (stage->room < most && !stage_make_room(frame, most)) return 0;
  if (large) stage_start_background(frame);
  return !mine_failed(frame->env);
}

int mine__frame_stage_next(mine_frame *frame) {
  mine_stage *stage = &frame->stage;
  if (stage->width == 0) return 1;
  stage->row += stage->width;
  stage_blank(stage);
  return frame->rows - stage->first < stage->room || stage_turn(frame);
}

mine_numbers mine_frame_numbers(mine_frame *frame) {
  return (mine_numbers){frame->stage.row, frame->stage.slot};
}
