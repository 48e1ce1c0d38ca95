/*
** roles.c -- which column is what in an attribute table, and whether what was
** read suits its role.
*/
#include "roles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- naming columns --------------------------------------------------------- */

#define ROLES_NAMES_SHOWN 12

typedef struct roles_near {
  int column, distance;
} roles_near;

static int roles_by_distance(const void *a, const void *b) {
  const roles_near *x = a, *y = b;
  if (x->distance != y->distance) return x->distance < y->distance ? -1 : 1;
  return (x->column > y->column) - (x->column < y->column);
}

/* The columns, nearest to `name` first (NULL: in source order), at most a dozen. */
static void roles_list(mine_text *list, const mine_frame *frame, const char *name) {
  const int n = frame->n_columns;
  roles_near *near = mine_arena_array(list->arena, (size_t)n, sizeof *near);
  if (!near) return;
  for (int c = 0; c < n; c++) {
    near[c] = (roles_near){c, name ? mine_edit_distance(name, frame->column[c].name) : 0};
  }
  if (n > 1) qsort(near, (size_t)n, sizeof *near, roles_by_distance);
  for (int i = 0; i < n && i < ROLES_NAMES_SHOWN; i++) {
    mine_text_addf(list, "%s%s", i ? ", " : "", frame->column[near[i].column].name);
  }
  if (n > ROLES_NAMES_SHOWN) mine_text_addf(list, " and %d more", n - ROLES_NAMES_SHOWN);
}

mine_status mine_fail_column(mine_env *env, const mine_frame *frame, const char *what,
                             const char *name) {
  mine_text list;
  mine_text_open(&list, env->scratch);
  roles_list(&list, frame, name);
  if (env->status) return env->status;
  return mine_fail(env, MINE_DATA, "no column '%s' (%s); the columns are %s", name, what,
                   list.bytes ? list.data : "none");
}

static mine_status roles_find(mine_env *env, const mine_frame *frame, const char *what,
                              const mine_cell *cell, int *column) {
  char shown[MINE_SHOW_BYTES];
  const char *name = mine_option_name_of(cell);
  if (!name)
    return mine_fail(env, MINE_OPTION, "%s must be the name of a column, not %s", what,
                     mine_show_cell(shown, cell));
  *column = mine_frame_find(frame, name);
  if (*column < 0) return mine_fail_column(env, frame, what, name);
  return MINE_OK;
}

/* ---- the plan ----------------------------------------------------------------- */

/* The id: as said, else the first column. */
static mine_status roles_plan_id(mine_roles *roles, mine_frame *frame) {
  const mine_cell *id = &roles->source->id;
  const char *name = mine_option_name_of(id);
  roles->id = -1;
  roles->id_by_default = 0;
  if (id->type == MINE_NULL) {
    roles->id = 0;
    roles->id_by_default = 1;
  } else if (!name || strcmp(name, "none") != 0) {
    if (roles_find(roles->env, frame, "option id", id, &roles->id)) return roles->env->status;
  }
  if (roles->id >= 0) frame->column[roles->id].role = MINE_ROLE_ID;
  return MINE_OK;
}

static mine_status roles_plan_target(mine_roles *roles, mine_frame *frame) {
  const mine_supervised_options *s = roles->supervised;
  mine_env *env = roles->env;
  roles->target = roles->weight = -1;
  if (!s) return MINE_OK;
  if (s->target.type == MINE_NULL) {
    if (!roles->needs_target) return MINE_OK;
    mine_text list;
    mine_text_open(&list, env->scratch);
    roles_list(&list, frame, NULL);
    if (env->status) return env->status;
    return mine_fail(env, MINE_OPTION,
                     "%s needs the column to be predicted; say target=<column> in the options (the "
                     "columns are %s)",
                     roles->algorithm ? roles->algorithm : "this algorithm",
                     list.bytes ? list.data : "none");
  }
  if (roles_find(env, frame, "option target", &s->target, &roles->target)) return env->status;
  const char *name = frame->column[roles->target].name;
  if (roles->target == roles->id)
    return mine_fail(env, MINE_OPTION,
                     "the target '%s' is also the id%s; say id=<column> or id=none", name,
                     roles->id_by_default ? " (the first column)" : "");
  const struct {
    const mine_list *list;
    const char *option;
  } elsewhere[] = {{&roles->source->ignore, "ignore"},
                   {&roles->source->categorical, "categorical"},
                   {&roles->source->numeric, "numeric"}};
  for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
    if (mine_list_has(elsewhere[i].list, name))
      return mine_fail(env, MINE_OPTION,
                       "the target '%s' is also listed in %s; the task of the target is chosen "
                       "with task=",
                       name, elsewhere[i].option);
  }
  frame->column[roles->target].role = MINE_ROLE_TARGET;
  return MINE_OK;
}

static mine_status roles_plan_weight(mine_roles *roles, mine_frame *frame) {
  const mine_supervised_options *s = roles->supervised;
  if (!s || s->weight.type == MINE_NULL) return MINE_OK;
  mine_env *env = roles->env;
  if (roles_find(env, frame, "option weight", &s->weight, &roles->weight)) return env->status;
  const char *name = frame->column[roles->weight].name;
  if (roles->weight == roles->id)
    return mine_fail(env, MINE_OPTION, "the weight '%s' is also the id; name another column", name);
  if (roles->weight == roles->target)
    return mine_fail(env, MINE_OPTION, "the weight '%s' is also the target; name another column",
                     name);
  frame->column[roles->weight].role = MINE_ROLE_WEIGHT;
  return MINE_OK;
}

static mine_status roles_plan_ignore(const mine_roles *roles, mine_frame *frame) {
  const mine_list *list = &roles->source->ignore;
  for (size_t i = 0; i < list->n; i++) {
    int c;
    if (roles_find(roles->env, frame, "option ignore", &list->item[i], &c))
      return roles->env->status;
    if (c == roles->id && !roles->id_by_default)
      return mine_fail(roles->env, MINE_OPTION, "column '%s' is both id and ignored",
                       frame->column[c].name);
    if (frame->column[c].role == MINE_ROLE_FEATURE) frame->column[c].role = MINE_ROLE_IGNORED;
  }
  return MINE_OK;
}

static mine_status roles_plan_declared(const mine_roles *roles, mine_frame *frame,
                                       const mine_list *list, const char *what,
                                       mine_declared declared) {
  for (size_t i = 0; i < list->n; i++) {
    int c;
    if (roles_find(roles->env, frame, what, &list->item[i], &c)) return roles->env->status;
    mine_column *column = &frame->column[c];
    if (column->declared != MINE_DECLARED_NO && column->declared != declared)
      return mine_fail(roles->env, MINE_OPTION, "column '%s' is listed as numeric and categorical",
                       column->name);
    column->declared = declared;
  }
  return MINE_OK;
}

mine_status mine_roles_plan(void *owner, mine_frame *frame) {
  mine_roles *roles = owner;
  for (int c = 0; c < frame->n_columns; c++) {
    frame->column[c].role = MINE_ROLE_FEATURE;
    frame->column[c].declared = MINE_DECLARED_NO;
  }
  if (roles_plan_id(roles, frame)) return roles->env->status;
  if (roles_plan_target(roles, frame)) return roles->env->status;
  if (roles_plan_weight(roles, frame)) return roles->env->status;
  if (roles_plan_ignore(roles, frame)) return roles->env->status;
  if (roles_plan_declared(roles, frame, &roles->source->categorical, "option categorical",
                          MINE_DECLARED_CATEGORY))
    return roles->env->status;
  if (roles_plan_declared(roles, frame, &roles->source->numeric, "option numeric",
                          MINE_DECLARED_NUMERIC))
    return roles->env->status;
  for (int c = 0; c < frame->n_columns; c++) {
    if (frame->column[c].role == MINE_ROLE_FEATURE) return MINE_OK;
  }
  return mine_fail(roles->env, MINE_DATA,
                   "no attributes left: every column is the id%s or ignored; add columns to the "
                   "source",
                   roles->target >= 0 ? ", the target" : "");
}

/* ---- is the id an id ------------------------------------------------------------ */

/* The first id that is a number with a fraction, also among ids that arrived
** as text provided that all of them read as numbers; -1: none. */
static int64_t roles_fractional_id(const mine_frame *frame) {
  int64_t found = -1;
  for (int64_t i = 0; i < frame->rows; i++) {
    mine_cell cell;
    double v = 0;
    mine_values_get(&frame->ids, i, &cell);
    if (cell.type == MINE_REAL && cell.as.real != floor(cell.as.real)) return i;
    if (cell.type == MINE_TEXT) {
      if (!mine_read_decimal(cell.as.text, cell.bytes, &v)) return -1;
      if (found < 0 && v != floor(v)) found = i;
    }
  }
  return found;
}

static int64_t roles_null_ids(const mine_frame *frame) {
  int64_t nulls = 0;
  if (frame->ids.type == NULL && frame->ids.uniform != MINE_NULL) return 0;
  for (int64_t i = 0; i < frame->rows; i++) {
    mine_cell cell;
    mine_values_get(&frame->ids, i, &cell);
    nulls += cell.type == MINE_NULL;
  }
  return nulls;
}

static mine_status roles_check_id(const mine_roles *roles, mine_frame *frame, mine_roles_note note,
                                  void *context) {
  if (roles->id < 0 || frame->rows == 0) return MINE_OK;
  mine_env *env = roles->env;
  const char *name = frame->column[roles->id].name;
  const int64_t distinct = mine_frame_distinct_ids(frame, frame->rows);
  if (distinct < 0 || env->status) return env->status;
  if (roles->id_by_default) {
    const int64_t at = roles_fractional_id(frame);
    if (at >= 0) {
      mine_cell cell;
      char shown[MINE_SHOW_BYTES];
      mine_values_get(&frame->ids, at, &cell);
      return mine_fail(env, MINE_DATA,
                       "the first column '%s' does not look like an id (%s in row %lld has a "
                       "fraction); say id=<column> or id=none",
                       name, mine_show_cell(shown, &cell), (long long)at + 1);
    }
    if (distinct * 2 < frame->rows)
      return mine_fail(env, MINE_DATA,
                       "the first column '%s' does not look like an id (%lld different value%s in "
                       "%lld rows); say id=<column> or id=none",
                       name, (long long)distinct, distinct == 1 ? "" : "s", (long long)frame->rows);
  }
  char detail[160];
  const int64_t nulls = roles_null_ids(frame);
  if (nulls > 0) {
    snprintf(detail, sizeof detail, "rows without an id (NULL), which are kept: %lld",
             (long long)nulls);
    note(context, "warning", name, detail);
  }
  const int64_t repeated = frame->rows - distinct - nulls;
  if (repeated > 0) {
    snprintf(detail, sizeof detail,
             "rows that repeat an earlier id: %lld; rows of one id stay on one side of the holdout",
             (long long)repeated);
    note(context, "warning", name, detail);
  }
  return MINE_OK;
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

static int roles_is_date(const mine_cell *cell) {
  static const char shape[] = "dddd-dd-dd";
  if (cell->type != MINE_TEXT || cell->bytes < sizeof shape - 1) return 0;
  for (size_t i = 0; i < sizeof shape - 1; i++) {
    const char c = cell->as.text[i];
    if (shape[i] == 'd' ? (c < '0' || c > '9') : (c != '-' && c != '/')) return 0;
  }
  return 1;
}

#define ROLES_DATES_ASKED   20
#define ROLES_FEW_LEVELS    100
#define ROLES_ROWS_PER_CODE 50

/* Dates, names and codes are not categories: their levels hold a few rows
** each, so a model would learn the rows by heart and fail on the next customer.
** Unless the caller insists with categorical=, they are left out, with a word. */
static const char *roles_unfit(const mine_column *column, int64_t rows) {
  const int64_t levels = column->levels.n;
  if (column->type != MINE_COLUMN_CATEGORY || column->declared == MINE_DECLARED_CATEGORY)
    return NULL;
  int64_t dates = 0, asked = levels < ROLES_DATES_ASKED ? levels : ROLES_DATES_ASKED;
  for (int64_t i = 0; i < asked; i++) {
    mine_cell cell;
    mine_values_get(&column->levels, i, &cell);
    dates += roles_is_date(&cell);
  }
  if (asked > 0 && dates == asked)
    return "its texts are dates; make a number of them, such as julianday(), or insist with "
           "categorical=";
  if (levels > ROLES_FEW_LEVELS && levels * ROLES_ROWS_PER_CODE > rows)
    return "fewer than 50 rows for each of its texts: a name or a code; group them, or insist with "
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

mine_status mine_roles_check(const mine_roles *roles, mine_frame *frame, mine_roles_note note,
                             void *context, mine_chosen *chosen) {
  mine_env *env = roles->env;
  if (env->status) return env->status;
  if (frame->rows == 0)
    return mine_fail(env, MINE_DATA, "the source has no rows; nothing can be learned from it");
  if (roles_check_id(roles, frame, note, context)) return env->status;
  chosen->n = 0;
  chosen->column = mine_arena_array(frame->arena, (size_t)frame->n_columns, sizeof(int));
  if (!chosen->column) return mine_env_status(env);
  const char *last = NULL, *last_why = NULL;
  for (int c = 0; c < frame->n_columns; c++) {
    const mine_column *column = &frame->column[c];
    if (column->role != MINE_ROLE_FEATURE) continue;
    const char *why =
        frame->rows > 1 || column->type == MINE_COLUMN_EMPTY ? roles_useless(column) : NULL;
    if (!why) why = roles_unfit(column, frame->rows);
    if (why) {
      note(context, "dropped", column->name, why);
      last = column->name;
      last_why = why;
      continue;
    }
    roles_remark(column, note, context);
    chosen->column[chosen->n++] = c;
  }
  if (chosen->n > 0) return MINE_OK;
  return mine_fail(env, MINE_DATA,
                   "no attributes left: none can be learned from (the last, '%s': %s)",
                   last ? last : "", last_why ? last_why : "");
}

/* ---- missing values ------------------------------------------------------------------ */

int mine_column_missing_at(const mine_column *column, int64_t row) {
  if (column->number) return isnan(column->number[row]);
  if (column->code) return column->code[row] == MINE_CODE_MISSING;
  return 1;
}

mine_status mine_roles_refuse_missing(mine_frame *frame, const mine_chosen *chosen,
                                      int64_t row_offset) {
  int64_t first = frame->rows;
  int which = -1;
  for (int i = 0; i < chosen->n; i++) {
    const mine_column *column = &frame->column[chosen->column[i]];
    if (column->missing == 0) continue;
    for (int64_t row = 0; row < first; row++) {
      if (!mine_column_missing_at(column, row)) continue;
      first = row;
      which = chosen->column[i];
    }
  }
  if (which < 0) return MINE_OK;
  return mine_fail(frame->env, MINE_DATA,
                   "column '%s' is missing in row %lld and missing=error; fill it in, or say "
                   "missing=skip or missing=auto",
                   frame->column[which].name, (long long)(row_offset + first + 1));
}

/* ---- columns as features ------------------------------------------------------------- */

mine_status mine_feature_from_column(mine_env *env, mine_arena *arena, const mine_column *column,
                                     mine_feature *out) {
  memset(out, 0, sizeof *out);
  out->name = mine_arena_text(arena, column->name, strlen(column->name));
  out->why = mine_arena_text(arena, column->why, strlen(column->why));
  out->type = column->type;
  out->all_integers = column->all_integers;
  out->missing = column->missing;
  out->least = column->least;
  out->most = column->most;
  out->mean = column->mean;
  out->deviation = column->deviation;
  if (!out->name || !out->why || !mine_dictionary_open(&out->levels, arena))
    return mine_env_status(env);
  if (column->type != MINE_COLUMN_CATEGORY) return MINE_OK;
  for (int64_t i = 0; i < column->levels.n; i++) {
    mine_cell cell;
    mine_values_get(&column->levels, i, &cell);
    if (mine_dictionary_add(&out->levels, &cell) < 0) return mine_env_status(env);
  }
  return MINE_OK;
}

void mine_view_of_column(const mine_column *column, mine_feature_view *out) {
  out->number = column->type == MINE_COLUMN_NUMERIC ? column->number : NULL;
  out->code = column->type == MINE_COLUMN_CATEGORY ? column->code : NULL;
}
