/*
** frame_fixture.h -- small tables written down as text, put into frames.
**
** A cell in a table of strings: NULL a NULL, "#1" the integer 1, "#1.5" or
** "#1.0" a real, "#inf" infinity, "#nan" NAN, "#blob" a BLOB, any other string
** itself.
*/
#ifndef FRAME_FIXTURE_H
#define FRAME_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/text.h"
#include "data/frame.h"

typedef struct fixture {
  mine_env *env;
  mine_frame *frame;
  const mine_reading *readings; /* for the plan */
  const mine_want *want;        /* what one of them, column `wanted`, is read for */
  int wanted;
} fixture;

static inline mine_status fixture_plan(void *owner, mine_frame *frame) {
  const fixture *x = owner;
  for (int c = 0; c < frame->n_columns; c++)
    frame->column[c].reading = x->readings[c];
  if (x->want) mine__column_want(frame, x->wanted, x->want);
  return MINE_OK;
}

static inline void fixture_cell(mine_frame *frame, int column, const char *cell) {
  double v = 0;
  if (!cell)
    mine_frame_put_null(frame, column);
  else if (cell[0] != '#')
    mine_frame_put_text(frame, column, cell, strlen(cell));
  else if (strcmp(cell, "#inf") == 0)
    mine_frame_put_real(frame, column, INFINITY);
  else if (strcmp(cell, "#nan") == 0)
    mine_frame_put_real(frame, column, NAN);
  else if (strcmp(cell, "#blob") == 0)
    mine_frame_put_blob(frame, column);
  else if (strpbrk(cell, ".e") && mine__read_number(cell + 1, strlen(cell + 1), &v))
    mine_frame_put_real(frame, column, v);
  else
    mine_frame_put_int(frame, column, strtoll(cell + 1, NULL, 10));
}

static inline mine_status fixture_open(fixture *x) {
  static const char *const names[] = {"x", "y", "z"};
  int n = 0;
  while (n < 3 && x->readings[n] != MINE_READ_NOT)
    n++;
  mine_status status = mine_env_open(NULL, "mine_test", &x->env);
  if (status == MINE_OK) status = mine__frame_open(x->env, fixture_plan, x, &x->frame);
  if (status == MINE_OK) status = mine_frame_columns(x->frame, names, n);
  return status;
}

/* One column, n cells, one a row. */
static inline mine_status fixture_fill(fixture *x, const char *const *cells, int n) {
  for (int i = 0; i < n; i++) {
    fixture_cell(x->frame, 0, cells[i]);
    mine_status status = mine_frame_end_row(x->frame);
    if (status != MINE_OK) return status;
  }
  return MINE_OK;
}

static inline void fixture_close(fixture *x) {
  mine__frame_close(x->frame);
  mine_env_close(x->env);
}

#endif
