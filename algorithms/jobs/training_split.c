/*
** training_split.c -- which rows a model is measured on, and of which others it is made.
**
** By a hash of the id (or of the group's value), by time, or as a column says.  Only rows
** that are used are divided; the rest was left out before.  Rolling folds are those of
** Tashman, "Out-of-sample tests of forecasting accuracy", IJF 16, 2000.
*/
#include <stdio.h>
#include <string.h>

#include "../data/split.h"
#include "training.h"

#define SPLIT_MOST_FOLD 9999
#define SPLIT_TIMES     20   /* rows of which the ids may be times */
#define SPLIT_LOOK      1024 /* ids that are looked at             */

static const mine_column *split_column(const mine_training *t, int column) {
  return &t->frame->column[column];
}

/* ---- told ----------------------------------------------------------------------------- */

/* Whether the first column, which became the id, holds times: a table in their order. */
static int split_ids_are_times(const mine_training *t) {
  const mine_values *ids = &t->frame->ids;
  mine_time_survey survey;
  if (t->roles.id < 0 || !t->roles.id_by_default || t->frame->rows < SPLIT_TIMES) return 0;
  mine__time_survey_open(&survey);
  for (int64_t i = 0; i < t->frame->rows && i < SPLIT_LOOK; i++) {
    mine_cell cell;
    mine__values_get(ids, i, &cell);
    if (cell.type != MINE_TEXT) return 0;
    mine__time_show(&survey, &cell, i + 1);
  }
  return mine__time_looks(&survey);
}

/* By chance although an attribute is a time: the rows measured on lie between those
** learned from, which tomorrow's do not. */
static void split_warn_of_time(mine_training *t) {
  if (t->roles.by != MINE_SPLIT_ID || t->asked.split.split_by >= 0) return;
  for (int i = 0; i < t->chosen.n; i++) {
    const mine_column *column = split_column(t, t->chosen.column[i]);
    if (!column->time) continue;
    mine__training_notef(t, "warning", column->name,
                         "has times, and the rows to measure on were chosen by chance: that "
                         "flatters a model for later rows; split_by=time, time=%s measures on the "
                         "latest",
                         column->name);
    return;
  }
  if (!split_ids_are_times(t)) return;
  const char *id = split_column(t, t->roles.id)->name;
  mine__training_notef(t, "warning", id,
                       "has times and became the id; rows to measure on were chosen by chance, "
                       "which flatters: id=none, split_by=time, time=%s",
                       id);
}

/* ---- what a column says ------------------------------------------------------------------ */

enum { SPLIT_TRAIN = -1, SPLIT_TEST = -2, SPLIT_NONE = -3 };

/* The number of a fold, or one of the above. */
static int64_t split_said(const mine_cell *cell) {
  double number;
  if (cell->type == MINE_TEXT) {
    if (cell->bytes == 5 && memcmp(cell->as.text, "train", 5) == 0) return SPLIT_TRAIN;
    if (cell->bytes == 4 && memcmp(cell->as.text, "test", 4) == 0) return SPLIT_TEST;
    if (!mine__read_decimal(cell->as.text, cell->bytes, &number)) return SPLIT_NONE;
  } else if (cell->type == MINE_INT) {
    number = (double)cell->as.integer;
  } else if (cell->type == MINE_REAL) {
    number = cell->as.real;
  } else {
    return SPLIT_NONE;
  }
  if (!(number >= 0 && number <= SPLIT_MOST_FOLD)) return SPLIT_NONE;
  return number == (double)(int64_t)number ? (int64_t)number : SPLIT_NONE;
}

/* What each level of the column says; an error names the first used row that says
** something else than what is wanted here. */
static int64_t *split_levels(mine_training *t, mine_arena *arena, int folds) {
  const mine_column *column = split_column(t, t->roles.side);
  int64_t *said = mine__arena_array(arena, (size_t)column->levels.n, sizeof *said);
  if (!said) return NULL;
  for (int64_t i = 0; i < column->levels.n; i++) {
    mine_cell cell;
    mine__values_get(&column->levels, i, &cell);
    said[i] = split_said(&cell);
  }
  for (int64_t i = 0; i < t->data.n; i++) {
    const uint32_t row = t->data.row[i];
    const int32_t code = column->code[row];
    const int64_t says = code < 0 ? SPLIT_NONE : said[code];
    if (folds ? says >= 0 : says == SPLIT_TRAIN || says == SPLIT_TEST) continue;
    mine_cell cell = {MINE_NULL, 0, {0}};
    char shown[MINE_SHOW_BYTES];
    if (code >= 0) mine__values_get(&column->levels, code, &cell);
    const char *remedy = says == SPLIT_NONE ? "correct it, or leave such rows out"
                         : folds            ? "mine_train measures on rows that say test"
                                            : "mine_cross_validate takes the numbers of folds";
    (void)mine__fail(t->env, MINE_DATA,
                     "option split: column '%s' must say %s, not %s (row %lld); %s", column->name,
                     folds ? "the number of a fold, 0 to 9999" : "train or test",
                     mine__show_cell(shown, &cell), (long long)row + 1, remedy);
    return NULL;
  }
  return said;
}

/* ---- a holdout --------------------------------------------------------------------------- */

static void hold_out_said(mine_training *t, mine_arena *arena, mine_held_out *out) {
  const mine_column *column = split_column(t, t->roles.side);
  if (mine__options_given(t->asked.options.group, t->asked.options.n, "holdout")) {
    mine__fail(t->env, MINE_OPTION,
               "option split says which rows are held out; leave holdout out (holdout=0 "
               "measures nothing)");
    return;
  }
  const int64_t *said = split_levels(t, arena, 0);
  uint32_t *kept = mine__arena_array(arena, (size_t)t->data.n, sizeof *kept);
  uint32_t *away = mine__arena_array(arena, (size_t)t->data.n, sizeof *away);
  if (!said || !kept || !away) return;
  for (int64_t i = 0; i < t->data.n; i++) {
    const uint32_t row = t->data.row[i];
    if (said[column->code[row]] == SPLIT_TEST)
      away[out->away.n++] = row;
    else
      kept[out->kept.n++] = row;
  }
  out->kept.row = kept;
  out->away.row = away;
  snprintf(out->how, sizeof out->how, "where '%.100s' says test", column->name);
}

static void hold_out_latest(mine_training *t, mine_arena *arena, mine_held_out *out) {
  const mine_column *column = split_column(t, t->roles.time);
  double from;
  if (mine__split_latest(t->env, arena, (mine_rows){t->data.row, t->data.n}, column->number,
                         t->asked.holdout.holdout, &out->kept, &out->away, &from))
    return;
  if (out->away.n == 0) {
    mine__fail(t->env, MINE_DATA,
               "option time: '%s' has the same value in every row, so none is later; name "
               "another column, or leave split_by out",
               column->name);
    return;
  }
  mine_cell cell;
  char buffer[MINE_TIME_BYTES], shown[MINE_SHOW_BYTES];
  (void)mine__time_write(column->time, from, buffer, &cell);
  snprintf(out->how, sizeof out->how, "the latest: '%.100s' from %s on", column->name,
           mine__show_cell(shown, &cell));
}

static void hold_out_by_hash(mine_training *t, mine_arena *arena, mine_held_out *out) {
  if (mine__split_holdout(t->env, arena, (mine_rows){t->data.row, t->data.n},
                          mine_prepared_division(&t->data), t->asked.holdout.holdout, &out->kept,
                          &out->away))
    return;
  if (t->roles.by == MINE_SPLIT_ID)
    snprintf(out->how, sizeof out->how, "chosen by a hash of id and seed");
  else
    snprintf(out->how, sizeof out->how,
             "whole groups of equal '%.100s', chosen by a hash of its value and seed",
             split_column(t, t->roles.fold_group)->name);
  if (out->away.n > 0 && mine__prepared_learnable(&t->data, out->kept)) split_warn_of_time(t);
}

mine_status mine__training_hold_out(mine_training *t, mine_arena *arena, mine_held_out *out) {
  *out = (mine_held_out){.how = ""};
  if (t->roles.by == MINE_SPLIT_COLUMN)
    hold_out_said(t, arena, out);
  else if (t->roles.by == MINE_SPLIT_TIME)
    hold_out_latest(t, arena, out);
  else
    hold_out_by_hash(t, arena, out);
  return mine_env_status(t->env);
}

/* ---- folds ------------------------------------------------------------------------------- */

/* The different numbers in ascending order, and each row's place among them. */
static void folds_number(mine_training *t, mine_arena *arena, const int64_t *said, int32_t *of,
                         mine_folds *out) {
  const mine_column *column = split_column(t, t->roles.side);
  int32_t *place = mine__arena_zeros(arena, SPLIT_MOST_FOLD + 1, sizeof *place);
  int64_t *number = mine__arena_array(arena, MINE_MOST_FOLDS, sizeof *number);
  if (!place || !number) return;
  for (int64_t i = 0; i < t->data.n; i++)
    place[said[column->code[t->data.row[i]]]] = 1;
  int n = 0;
  for (int64_t v = 0; v <= SPLIT_MOST_FOLD; v++) {
    if (!place[v]) continue;
    if (n < MINE_MOST_FOLDS) number[n] = v;
    place[v] = n++;
  }
  if (n < 2 || n > MINE_MOST_FOLDS) {
    mine__fail(t->env, MINE_DATA,
               "option split: the folds that column '%s' tells apart are %d; give 2 to %d",
               column->name, n, MINE_MOST_FOLDS);
    return;
  }
  for (int64_t i = 0; i < t->data.n; i++)
    of[i] = place[said[column->code[t->data.row[i]]]];
  out->n = n;
  out->number = number;
  out->of = of;
}

static void folds_said(mine_training *t, mine_arena *arena, mine_folds *out) {
  if (mine__options_given(t->asked.options.group, t->asked.options.n, "folds")) {
    mine__fail(t->env, MINE_OPTION, "option split says which folds there are; leave folds out");
    return;
  }
  const int64_t *said = split_levels(t, arena, 1);
  int32_t *of = mine__arena_array(arena, (size_t)t->data.n, sizeof *of);
  if (!said || !of) return;
  folds_number(t, arena, said, of, out);
}

/* One block more than folds: the first is never measured. */
static void folds_rolling(mine_training *t, mine_arena *arena, mine_folds *out) {
  const mine_column *column = split_column(t, t->roles.time);
  int32_t *of;
  int64_t blocks;
  if (mine__split_blocks(t->env, arena, (mine_rows){t->data.row, t->data.n}, column->number,
                         out->n + 1, &of, &blocks))
    return;
  if (blocks < out->n + 1) {
    mine__fail(t->env, MINE_DATA,
               "folds=%d by time are measured one after another on %d stretches of rows, "
               "and rows of equal '%s' stay together: there are only %lld such stretches; "
               "%s",
               out->n, out->n + 1, column->name, (long long)blocks,
               blocks > 2 ? "give fewer folds" : "name another column");
    return;
  }
  for (int64_t i = 0; i < t->data.n; i++)
    of[i]--;
  out->of = of;
  out->rolling = 1;
}

static void folds_of_groups(mine_training *t, mine_arena *arena, mine_folds *out) {
  int32_t *of;
  int64_t groups;
  if (mine__split_whole(t->env, arena, (mine_rows){t->data.row, t->data.n},
                        mine_prepared_division(&t->data), out->n, &of, &groups))
    return;
  if (groups < out->n) {
    mine__fail(t->env, MINE_DATA, "folds=%d is more than the %lld groups of '%s'; give fewer folds",
               out->n, (long long)groups, split_column(t, t->roles.fold_group)->name);
    return;
  }
  out->of = of;
}

static void folds_of_rows(mine_training *t, mine_arena *arena, mine_folds *out) {
  int32_t *of = NULL;
  split_warn_of_time(t);
  (void)!mine__split_folds(t->env, arena, (mine_rows){t->data.row, t->data.n},
                           mine_prepared_division(&t->data), out->n, t->data.label,
                           t->data.n_classes, &of);
  out->of = of;
}

mine_status mine__training_folds(mine_training *t, mine_arena *arena, mine_folds *out) {
  *out = (mine_folds){.n = (int)t->asked.folds.folds};
  if (t->roles.by == MINE_SPLIT_COLUMN) /* which says how many there are */
    folds_said(t, arena, out);
  else if (out->n > t->data.n)
    mine__fail(t->env, MINE_DATA, "folds=%d is more than the %lld rows", out->n,
               (long long)t->data.n);
  else if (t->roles.by == MINE_SPLIT_TIME)
    folds_rolling(t, arena, out);
  else if (t->roles.by == MINE_SPLIT_GROUP)
    folds_of_groups(t, arena, out);
  else
    folds_of_rows(t, arena, out);
  return mine_env_status(t->env);
}
