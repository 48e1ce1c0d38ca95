/*
** frame_target.c -- questions to a finished frame: what a target becomes, how
** many values there are, whether the id is one.
**
** A target is kept as it came until the job knows its task: numbers exactly
** (integers beyond 2^53 too), texts as codes.
*/
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "frame_filling.h"

int mine__column_is_text(const mine_column *column) {
  return column->filling->any_text;
}

int mine__column_has_words(const mine_column *column) {
  const mine_filling *f = column->filling;
  return f->mode == MINE_MODE_CODE && !f->decimals;
}

/* ---- a value of a column, whatever its state ------------------------------------------- */

static void target_cell(const mine_column *col, int64_t row, mine_cell *out) {
  const mine_filling *f = col->filling;
  memset(out, 0, sizeof *out); /* MINE_NULL */
  if (f->mode == MINE_MODE_KEEP) {
    mine__values_get(&f->kept, row, out);
  } else if (col->number && !isnan(col->number[row])) {
    out->type = MINE_REAL;
    out->as.real = col->number[row];
  } else if (col->code && col->code[row] >= 0) {
    mine__values_get(col->levels.n ? &col->levels : &f->dictionary.values, col->code[row], out);
  }
}

int64_t mine__column_distinct(mine_frame *frame, int column, int64_t limit) {
  const mine_column *col = &frame->column[column];
  int64_t levels = col->levels.n ? col->levels.n : col->filling->dictionary.values.n;
  if (col->code) return levels > limit ? limit + 1 : levels;
  mine_mark mark = mine__arena_mark(frame->env->scratch);
  mine_dictionary seen;
  if (!mine__dictionary_open(&seen, frame->env->scratch)) return -1;
  for (int64_t row = 0; row < frame->rows && seen.values.n <= limit; row++) {
    mine_cell cell;
    target_cell(col, row, &cell);
    if (cell.type != MINE_NULL && mine__dictionary_add(&seen, &cell) < 0) return -1;
  }
  int64_t n = seen.values.n;
  mine__arena_rewind(frame->env->scratch, mark);
  return n;
}

/* ---- as a category ----------------------------------------------------------------------- */

static void target_too_many(mine_frame *frame, int column, int64_t most) {
  const mine_column *col = &frame->column[column];
  (void)mine__fail(frame->env, MINE_DATA, "column '%s' has more than %lld different values; %s",
                   col->name, (long long)most,
                   col->type == MINE_COLUMN_NUMERIC
                       ? "that is too many classes: say task=regression, or group them first"
                       : "that is too many classes: group them first");
}

/* Numbers become codes of a typed dictionary. */
static void target_numbers_to_codes(mine_frame *frame, int column, int64_t most) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  f->dictionary_arena = mine__arena_open(frame->env);
  if (!f->dictionary_arena || !mine__dictionary_open(&f->dictionary, f->dictionary_arena)) return;
  size_t room = frame->rows ? (size_t)frame->rows : 1;
  int32_t *code = mine__frame_room(frame, column, NULL, room, sizeof *code);
  if (!code) return;
  for (int64_t row = 0; row < frame->rows; row++) {
    mine_cell cell;
    if (MINE_POLL_AT(frame->env, row)) return;
    target_cell(col, row, &cell);
    int64_t at =
        cell.type == MINE_NULL ? MINE_CODE_MISSING : mine__dictionary_add(&f->dictionary, &cell);
    if (at < 0 && cell.type != MINE_NULL) return;
    if (f->dictionary.values.n > most) {
      target_too_many(frame, column, most);
      return;
    }
    code[row] = (int32_t)at;
  }
  mine__frame_give_back(frame, column, col->number);
  mine__values_clear(&f->kept);
  col->number = NULL;
  col->code = code;
  f->mode = MINE_MODE_CODE;
}

mine_status mine__column_as_category(mine_frame *frame, int column, int64_t most) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  if (mine_failed(frame->env) || col->type == MINE_COLUMN_EMPTY || col->levels.n)
    return mine_env_status(frame->env);
  if (col->code && f->dictionary.values.n > most) target_too_many(frame, column, most);
  if (!col->code) target_numbers_to_codes(frame, column, most);
  if (mine_failed(frame->env) || !mine__frame_settle_category(frame, column))
    return mine_env_status(frame->env);
  mine__frame_describe(frame, column);
  mine__frame_explain(col, "");
  return MINE_OK;
}

/* ---- as a number --------------------------------------------------------------------------- */

static void target_kept_to_numbers(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  size_t room = frame->rows ? (size_t)frame->rows : 1;
  double *number = mine__frame_room(frame, column, NULL, room, sizeof *number);
  if (!number) return;
  for (int64_t row = 0; row < frame->rows; row++) {
    mine_cell cell;
    if (MINE_POLL_AT(frame->env, row)) return;
    mine__values_get(&f->kept, row, &cell);
    number[row] = mine__cell_number(&cell); /* kept ones are no texts */
    if (cell.type == MINE_INT &&
        (cell.as.integer > MINE_EXACT_WHOLE || cell.as.integer < -MINE_EXACT_WHOLE))
      f->rounded = 1;
  }
  mine__values_clear(&f->kept);
  col->number = number;
  f->mode = MINE_MODE_NUMBER;
}

static void target_no_number(mine_frame *frame, int column) {
  const mine_column *col = &frame->column[column];
  const mine_filling *f = col->filling;
  char shown[MINE_SHOW_BYTES];
  mine_cell words;
  mine__values_get(&f->dictionary.values, f->words_code, &words);
  (void)mine__fail(frame->env, MINE_DATA,
                   "column '%s' is no number (row %lld: %s); clean it, or say task=classification",
                   col->name, (long long)f->words_row, mine__show_cell(shown, &words));
}

mine_status mine__column_as_number(mine_frame *frame, int column) {
  mine_column *col = &frame->column[column];
  mine_filling *f = col->filling;
  if (mine_failed(frame->env) || col->type == MINE_COLUMN_EMPTY) return mine_env_status(frame->env);
  if (f->mode == MINE_MODE_CODE && !f->decimals) target_no_number(frame, column);
  if (mine_failed(frame->env) ||
      (f->mode == MINE_MODE_CODE && !mine__frame_codes_to_numbers(frame, column)))
    return mine_env_status(frame->env);
  if (f->mode == MINE_MODE_KEEP) target_kept_to_numbers(frame, column);
  if (mine_failed(frame->env)) return mine_env_status(frame->env);
  col->type = MINE_COLUMN_NUMERIC;
  mine__frame_describe(frame, column);
  if (col->missing == frame->rows) col->type = MINE_COLUMN_EMPTY; /* nothing but blanks */
  mine__frame_explain(col, "");
  return MINE_OK;
}

/* ---- ids ------------------------------------------------------------------------------------ */

/* Integers in rising order, as a key has them, differ: no need to look for equals. */
static int target_ids_rise(const mine_values *ids) {
  if (ids->type || ids->uniform != MINE_INT) return 0;
  int64_t i = 1;
  while (i < ids->n && (int64_t)ids->payload[i - 1] < (int64_t)ids->payload[i])
    i++;
  return i >= ids->n;
}

typedef struct target_hashes {
  uint64_t *hash; /* distinct, in order of arrival */
  uint64_t wanted;
} target_hashes;

static int target_same_hash(const void *context, uint32_t number) {
  const target_hashes *seen = context;
  return seen->hash[number] == seen->wanted;
}

/* How many different hashes the ids have, at most so many. */
static int64_t target_count_hashes(mine_frame *frame, mine__table *table, target_hashes *seen,
                                   int64_t most) {
  int64_t n = 0;
  for (int64_t row = 0; row < frame->ids.n && n < most; row++) {
    mine_cell id;
    if (MINE_POLL_AT(frame->env, row)) return -1;
    mine__values_get(&frame->ids, row, &id);
    if (mine__cell_is_missing(&id)) continue;
    seen->wanted = mine__cell_hash(&id);
    if (mine__table_find(table, seen->wanted, target_same_hash, seen) >= 0) continue;
    mine__table_enter(table, seen->wanted, (uint32_t)n);
    seen->hash[n++] = seen->wanted;
  }
  return n;
}

int64_t mine__frame_distinct_ids(mine_frame *frame, int64_t enough) {
  mine_env *env = frame->env;
  if (target_ids_rise(&frame->ids)) return frame->ids.n < enough ? frame->ids.n : enough;
  const int64_t most = enough < frame->rows ? enough : frame->rows;
  mine_mark mark = mine__arena_mark(env->scratch);
  mine__table table = {0};
  target_hashes seen = {mine__arena_array(env->scratch, (size_t)most, sizeof *seen.hash), 0};
  if (!seen.hash || mine__table_grow(&table, env->scratch, (size_t)most) < 0) return -1;
  const int64_t n = target_count_hashes(frame, &table, &seen, most);
  mine__arena_rewind(env->scratch, mark);
  return n;
}
