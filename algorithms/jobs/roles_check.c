/*
** roles_check.c -- whether what was read suits its role: is the id an id, and which attributes
** can be learned from.
**
** What cannot is left out and told; nothing is repaired.
*/
#include <math.h>
#include <stdio.h>

#include "../model/model.h"
#include "roles.h"

/* ---- is the id an id ------------------------------------------------------------ */

/* The first id that is a number with a fraction, also among ids that arrived
** as text provided that all of them read as numbers; -1: none. */
static int64_t roles_fractional_id(const mine_frame *frame) {
  int64_t found = -1;
  for (int64_t i = 0; i < frame->rows; i++) {
    mine_cell cell;
    double v = 0;
    mine__values_get(&frame->ids, i, &cell);
    if (cell.type == MINE_REAL && cell.as.real != floor(cell.as.real)) return i;
    if (cell.type == MINE_TEXT) {
      if (!mine__read_decimal(cell.as.text, cell.bytes, &v)) return -1;
      if (found < 0 && v != floor(v)) found = i;
    }
  }
  return found;
}

static int64_t roles_null_ids(const mine_frame *frame) {
  int64_t nulls = 0;
  if (frame->ids.type == NULL &&
      (frame->ids.uniform == MINE_INT || frame->ids.uniform == MINE_REAL))
    return 0;
  for (int64_t i = 0; i < frame->rows; i++) {
    mine_cell cell;
    mine__values_get(&frame->ids, i, &cell);
    nulls += mine__cell_is_missing(&cell);
  }
  return nulls;
}

/* A first column that nobody called an id must look like one. */
static void roles_refuse_id(const mine_roles *roles, const mine_frame *frame, int64_t distinct,
                            int64_t repeated) {
  const char *name = frame->column[roles->id].name;
  const int64_t at = roles_fractional_id(frame);
  if (at >= 0) {
    mine_cell cell;
    char shown[MINE_SHOW_BYTES];
    mine__values_get(&frame->ids, at, &cell);
    (void)mine__fail(roles->env, MINE_DATA,
                     "the first column '%s' does not look like an id (%s in row %lld has a "
                     "fraction); " MINE_ROLES_ID_REMEDY,
                     name, mine__show_cell(shown, &cell), (long long)at + 1);
  } else if (repeated > 0 || distinct * 2 < frame->rows) {
    (void)mine__fail(roles->env, MINE_DATA,
                     "the first column '%s' does not look like an id (%lld different value%s in "
                     "%lld rows); " MINE_ROLES_ID_REMEDY,
                     name, (long long)distinct, distinct == 1 ? "" : "s", (long long)frame->rows);
  }
}

static void roles_check_id(const mine_roles *roles, mine_frame *frame, mine_roles_note note,
                           void *context) {
  if (roles->id < 0) note(context, "id", "", "none: rows are numbered from 1");
  if (roles->id < 0 || frame->rows == 0) return;
  const char *name = frame->column[roles->id].name;
  const int64_t distinct = mine__frame_distinct_ids(frame, frame->rows);
  if (mine_failed(roles->env)) return;
  const int64_t nulls = roles_null_ids(frame), repeated = frame->rows - distinct - nulls;
  if (roles->id_by_default) roles_refuse_id(roles, frame, distinct, repeated);
  if (mine_failed(roles->env)) return;
  note(context, "id", name,
       roles->id_by_default ? MINE__NOTE_BY_POSITION : "as the option id says");
  char detail[160];
  if (nulls > 0) {
    snprintf(detail, sizeof detail, "rows without an id (NULL or blank), which are kept: %lld",
             (long long)nulls);
    note(context, "warning", name, detail);
  }
  if (repeated > 0) {
    snprintf(detail, sizeof detail, "rows that repeat an earlier id: %lld%s", (long long)repeated,
             roles->by == MINE_SPLIT_ID ? "; rows of one id stay on one side of the holdout" : "");
    note(context, "warning", name, detail);
  }
}

/* ---- what is left to learn from --------------------------------------------------- */

/* Why a feature column teaches nothing, or NULL. */
static const char *roles_useless(const mine_column *column) {
  if (column->type == MINE_COLUMN_EMPTY) return "every value is missing";
  if (column->missing > 0) return NULL;
  if (column->type == MINE_COLUMN_NUMERIC && column->least == column->most)
    return "constant: every row has the same value, so it gets weight zero";
  if (column->type == MINE_COLUMN_CATEGORY && column->levels.n <= 1)
    return "constant: every row has the same value, so it gets weight zero";
  return NULL;
}

#define ROLES_FEW_LEVELS    100
#define ROLES_ROWS_PER_CODE 50

/* Names and codes are not categories: their levels hold a few rows
** each, so a model would learn the rows by heart and fail on the next customer.
** Unless the caller insists with categorical=, they are left out, with a word. */
static const char *roles_unfit(const mine_roles *roles, const mine_column *column, int64_t rows) {
  const int64_t levels = column->levels.n;
  if (column->type != MINE_COLUMN_CATEGORY || column->reading == MINE_READ_CATEGORY) return NULL;
  if (column->guess.json)
    return "its texts are JSON; take values out with json_extract() or json_each(), or insist with "
           "categorical=";
  if (levels > ROLES_FEW_LEVELS && levels * ROLES_ROWS_PER_CODE > rows && column->guess.almost)
    return mine__roles_almost(roles, column, "numbers that are text");
  if (levels > ROLES_FEW_LEVELS && levels * ROLES_ROWS_PER_CODE > rows)
    return "a name or a code; fewer than 50 rows for each of its texts: group them, or insist with "
           "categorical=";
  return NULL;
}

/* Things a careful colleague would mention. */
static void roles_remark(const mine_column *column, mine_roles_note note, void *context) {
  if (column->type == MINE_COLUMN_NUMERIC && column->all_integers &&
      (column->most > 9007199254740992.0 || column->least < -9007199254740992.0))
    note(context, "warning", column->name,
         "whole numbers beyond 2^53 are rounded; if it is a code, say categorical= or ignore=");
}

mine_status mine__roles_check(const mine_roles *roles, mine_frame *frame, mine_roles_note note,
                              void *context, mine_chosen *chosen) {
  mine_env *env = roles->env;
  if (env->status) return env->status;
  if (frame->rows == 0)
    return mine__fail(env, MINE_DATA, "the source has no rows; nothing can be learned from it");
  roles_check_id(roles, frame, note, context);
  if (mine_failed(env)) return env->status;
  MINE_TRY(mine__roles_check_dates(roles, frame, note, context));
  chosen->n = 0;
  chosen->column = mine__arena_array(frame->arena, (size_t)frame->n_columns, sizeof(int));
  if (!chosen->column) return mine_env_status(env);
  const char *last = NULL, *last_why = NULL;
  if (roles->target >= 0) mine__roles_tell(roles, frame, roles->target, note, context);
  if (roles->weight >= 0) mine__roles_tell(roles, frame, roles->weight, note, context);
  for (int c = 0; c < frame->n_columns; c++) {
    const mine_column *column = &frame->column[c];
    if (!mine_roles_is_attribute(column)) continue;
    const int constant_counts = roles->keep_constants || frame->rows == 1;
    const char *why =
        constant_counts && column->type != MINE_COLUMN_EMPTY ? NULL : roles_useless(column);
    if (!why) why = roles_unfit(roles, column, frame->rows);
    if (why) {
      note(context, "dropped", column->name, why);
      last = column->name;
      last_why = why;
      continue;
    }
    roles_remark(column, note, context);
    mine__roles_tell(roles, frame, c, note, context);
    chosen->column[chosen->n++] = c;
  }
  if (chosen->n > 0) return MINE_OK;
  return mine__fail(env, MINE_DATA,
                    "no attributes left: none can be learned from (the last, '%s': %s)",
                    last ? last : "", last_why ? last_why : "");
}
