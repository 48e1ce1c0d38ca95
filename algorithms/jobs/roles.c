/*
** roles.c -- which column is what in an attribute table, and whether what was
** read suits its role.
*/
#include "roles.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/names.h"
#include "../model/model.h"

/* What to say when the first column is no id; the last keeps rowid, to join answers on. */
#define ROLES_ID_REMEDY \
  "say id=<column> or id=none (rows are numbered from 1), or read SELECT rowid, * FROM the table"

/* ---- the plan ----------------------------------------------------------------- */

static const mine_want roles_id = {.name = "id", .reading = MINE_READ_CELLS};
static const mine_want roles_target = {.name = "target", .reading = MINE_READ_BOTH};
static const mine_want roles_group = {.name = "group", .reading = MINE_READ_CATEGORY};
static const mine_want roles_treatment = {.name = "treatment", .reading = MINE_READ_CATEGORY};
static const mine_want roles_weight = {.name = "weight",
                                       .reading = MINE_READ_NUMBER,
                                       .flags = MINE_WANT_NO_MISSING | MINE_WANT_NOT_NEGATIVE};

/* Everything that is read, but for the id, the target, the weight and the group. */
static int roles_is_attribute(const mine_column *column) {
  return !column->want && column->reading != MINE_READ_NOT;
}

/* The id: as said, else the first column. */
static void roles_plan_id(mine_roles *roles, mine_frame *frame) {
  const mine_cell *id = &roles->source->id;
  const char *name = mine__option_name_of(id);
  roles->id_by_default = id->type == MINE_NULL;
  roles->id = 0;
  if (name && strcmp(name, "none") == 0)
    roles->id = -1;
  else if (!roles->id_by_default)
    roles->id = mine__column_said(frame, "option id", id);
  if (roles->id >= 0) mine__column_want(frame, roles->id, &roles_id);
}

static void roles_refuse_no_target(const mine_roles *roles, const mine_frame *frame) {
  mine_text list;
  mine__text_open(&list, roles->env->scratch);
  mine__columns_list(&list, frame, NULL);
  (void)mine__fail(roles->env, MINE_OPTION,
                   "%s needs the column to be predicted; say target=<column> in the options (the "
                   "columns are %s)",
                   roles->algorithm ? roles->algorithm : "this algorithm",
                   list.bytes ? list.data : "none");
}

/* Whether a list of the options names the column. */
static int roles_lists(const mine_list *list, const char *option, const mine_frame *frame,
                       int column) {
  for (size_t i = 0; i < list->n; i++) {
    const char *name = mine__option_name_of(&list->item[i]);
    if (name && mine__frame_find(frame, option, name) == column) return 1;
  }
  return 0;
}

static void roles_check_target(const mine_roles *roles, const mine_frame *frame) {
  const char *name = frame->column[roles->target].name;
  const struct {
    const mine_list *list;
    const char *option;
  } elsewhere[] = {{&roles->source->ignore, "ignore"},
                   {&roles->source->categorical, "categorical"},
                   {&roles->source->numeric, "numeric"}};
  if (roles->target == roles->id)
    (void)mine__fail(roles->env, MINE_OPTION, "the target '%s' is also the id%s; " ROLES_ID_REMEDY,
                     name, roles->id_by_default ? " (the first column)" : "");
  for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
    if (roles_lists(elsewhere[i].list, elsewhere[i].option, frame, roles->target))
      (void)mine__fail(roles->env, MINE_OPTION,
                       "the target '%s' is also listed in %s; the task of the target is chosen "
                       "with task=",
                       name, elsewhere[i].option);
  }
}

static void roles_plan_target(mine_roles *roles, mine_frame *frame) {
  const mine_supervised_options *s = roles->supervised;
  roles->target = roles->weight = -1;
  if (!s) return;
  if (s->target.type == MINE_NULL) {
    if (roles->needs_target) roles_refuse_no_target(roles, frame);
    return;
  }
  roles->target = mine__column_said(frame, "option target", &s->target);
  if (roles->target < 0) return;
  roles_check_target(roles, frame);
  mine__column_want(frame, roles->target, &roles_target);
}

/* ---- survival ------------------------------------------------------------------- */

static const mine_want roles_duration = {
    .name = "target", .reading = MINE_READ_NUMBER, .flags = MINE_WANT_NOT_NEGATIVE};
static const mine_want roles_event = {.name = "event", .reading = MINE_READ_CATEGORY};
static const mine_want roles_start = {.name = "start", .reading = MINE_READ_NUMBER};
static const mine_want roles_cluster = {.name = "cluster", .reading = MINE_READ_EXACT};

/* The column that an option names, which nothing else has; -1: it is not given, or a failure. */
static int roles_plan_named(mine_roles *roles, mine_frame *frame, const mine_cell *said,
                            const mine_want *want) {
  char what[80];
  if (said->type == MINE_NULL) return -1;
  snprintf(what, sizeof what, "option %s", want->name);
  const int column = mine__column_said(frame, what, said);
  if (column < 0) return -1;
  if (frame->column[column].want) {
    (void)mine__fail(roles->env, MINE_OPTION, "the %s '%s' is also the %s; name another column",
                     want->name, frame->column[column].name, frame->column[column].want->name);
    return -1;
  }
  mine__column_want(frame, column, want);
  return column;
}

/* May be the id. */
static void roles_plan_cluster(mine_roles *roles, mine_frame *frame, const mine_cell *said) {
  if (said->type == MINE_TEXT && roles->id >= 0 &&
      mine__frame_find(frame, "option cluster", said->as.text) == roles->id)
    roles->cluster = roles->id;
  else
    roles->cluster = roles_plan_named(roles, frame, said, &roles_cluster);
}

static void roles_plan_survival(mine_roles *roles, mine_frame *frame) {
  const mine_survival_options *s = roles->survival;
  roles->event = roles->start = roles->strata = roles->cluster = -1;
  if (!s) return;
  if (s->target.type == MINE_NULL) {
    roles_refuse_no_target(roles, frame);
    return;
  }
  if (s->event.type == MINE_NULL) {
    (void)mine__fail(roles->env, MINE_OPTION,
                     "%s needs the column that says whether the event came; say event=<column>",
                     roles->algorithm);
    return;
  }
  roles->target = roles_plan_named(roles, frame, &s->target, &roles_duration);
  roles->event = roles_plan_named(roles, frame, &s->event, &roles_event);
  roles->start = roles_plan_named(roles, frame, &s->start, &roles_start);
  roles_plan_cluster(roles, frame, &s->cluster);
  if (s->strata.type == MINE_NULL || mine_failed(roles->env)) return;
  roles->strata = mine__column_said(frame, "option strata", &s->strata);
  if (roles->strata < 0) return;
  mine_column *strata = &frame->column[roles->strata];
  if (strata->want)
    (void)mine__fail(roles->env, MINE_OPTION,
                     "the strata '%s' are also the %s; name another column", strata->name,
                     strata->want->name);
  strata->reading = MINE_READ_CATEGORY;
}

static void roles_plan_weight(mine_roles *roles, mine_frame *frame) {
  const mine_cell *said = roles->supervised ? &roles->supervised->weight
                          : roles->weighing ? &roles->weighing->weight
                                            : NULL;
  if (!said || said->type == MINE_NULL) return;
  roles->weight = mine__column_said(frame, "option weight", said);
  if (roles->weight < 0) return;
  const mine_column *column = &frame->column[roles->weight];
  if (column->want)
    (void)mine__fail(roles->env, MINE_OPTION, "the weight '%s' is also the %s; name another column",
                     column->name, column->want->name);
  mine__column_want(frame, roles->weight, &roles_weight);
}

/* Any number of groups, by their exact values. */
static void roles_plan_group(mine_roles *roles, mine_frame *frame) {
  const mine_group_options *g = roles->grouping;
  roles->group = -1;
  if (!g || g->group.type == MINE_NULL) return;
  roles->group = mine__column_said(frame, "option group", &g->group);
  if (roles->group < 0) return;
  const mine_column *column = &frame->column[roles->group];
  if (column->want)
    (void)mine__fail(roles->env, MINE_OPTION, "the group '%s' is also the %s; name another column",
                     column->name, column->want->name);
  mine__column_want(frame, roles->group, &roles_group);
}

/* Who was treated, by exact values. */
static void roles_plan_treatment(mine_roles *roles, mine_frame *frame) {
  const mine_treatment_options *said = roles->treating;
  roles->treatment = -1;
  if (!said || mine_failed(roles->env)) return;
  if (said->treatment.type == MINE_NULL) {
    (void)mine__fail(roles->env, MINE_OPTION,
                     "%s needs the column that says who was treated; say treatment=<column>",
                     roles->algorithm);
    return;
  }
  roles->treatment = mine__column_said(frame, "option treatment", &said->treatment);
  if (roles->treatment < 0) return;
  const mine_column *column = &frame->column[roles->treatment];
  if (column->want)
    (void)mine__fail(roles->env, MINE_OPTION,
                     "the treatment '%s' is also the %s; name another column", column->name,
                     column->want->name);
  mine__column_want(frame, roles->treatment, &roles_treatment);
}

/* The next column, from `from` on, that an item of a list means: the one of that name, or
** with * and ? every one that fits.  -1: no more, or none at all (failure recorded). */
static int roles_next(mine_frame *frame, const char *what, const mine_cell *item, int from,
                      int *pattern) {
  const char *name = mine__option_name_of(item);
  *pattern = name && mine__name_is_pattern(name) && mine__frame_find(frame, what, name) < 0;
  if (!*pattern) return from == 0 ? mine__column_said(frame, what, item) : -1;
  for (int c = from; c < frame->n_columns; c++)
    if (mine__name_matches(name, frame->column[c].name)) return c;
  for (int c = 0; c < from; c++)
    if (mine__name_matches(name, frame->column[c].name)) return -1;
  return mine__column_said(frame, what, item); /* says which columns there are */
}

void mine__roles_mark(const mine_roles *roles, mine_frame *frame, const char *what,
                      const mine_list *list, uint8_t *mark) {
  int pattern, c;
  for (size_t i = 0; i < list->n && !mine_failed(roles->env); i++) {
    for (int at = 0; (c = roles_next(frame, what, &list->item[i], at, &pattern)) >= 0; at = c + 1) {
      if (!pattern || !frame->column[c].want) mark[c] = 1;
      if (!pattern) break;
    }
  }
}

static void roles_plan_ignore(const mine_roles *roles, mine_frame *frame) {
  const mine_list *list = &roles->source->ignore;
  int pattern, c;
  for (size_t i = 0; i < list->n && !mine_failed(roles->env); i++) {
    for (int at = 0; (c = roles_next(frame, "option ignore", &list->item[i], at, &pattern)) >= 0;
         at = c + 1) {
      if (c == roles->id && !roles->id_by_default && !pattern)
        (void)mine__fail(roles->env, MINE_OPTION, "column '%s' is both id and ignored",
                         frame->column[c].name);
      if (!frame->column[c].want) frame->column[c].reading = MINE_READ_NOT;
      if (!pattern) break;
    }
  }
}

/* The attributes that categorical= or numeric= list.  A pattern leaves those alone that
** the other list has. */
static void roles_plan_declared(const mine_roles *roles, mine_frame *frame, const mine_list *list,
                                const char *what, mine_reading reading) {
  int pattern, c;
  for (size_t i = 0; i < list->n && !mine_failed(roles->env); i++) {
    for (int at = 0; (c = roles_next(frame, what, &list->item[i], at, &pattern)) >= 0; at = c + 1) {
      mine_column *column = &frame->column[c];
      const int free = column->reading == MINE_READ_AUTO || column->reading == reading;
      if (roles_is_attribute(column) && !free && !pattern)
        (void)mine__fail(roles->env, MINE_OPTION,
                         "column '%s' is listed as numeric and categorical", column->name);
      if (roles_is_attribute(column) && free) column->reading = reading;
      if (!pattern) break;
    }
  }
}

static void roles_check_attributes(const mine_roles *roles, const mine_frame *frame) {
  for (int c = 0; c < frame->n_columns; c++)
    if (roles_is_attribute(&frame->column[c])) return;
  (void)mine__fail(roles->env, MINE_DATA,
                   "no attributes left: every column is the id%s%s or ignored; add columns to the "
                   "source%s",
                   roles->id_by_default ? " (the first column)" : "",
                   roles->target >= 0 ? ", the target" : "",
                   roles->id_by_default ? ", or say id=none to learn from the first" : "");
}

mine_status mine__roles_plan(void *owner, mine_frame *frame) {
  mine_roles *roles = owner;
  const mine_source_options *source = roles->source;
  for (int c = 0; c < frame->n_columns; c++)
    frame->column[c].reading = MINE_READ_AUTO;
  roles_plan_id(roles, frame);
  roles_plan_target(roles, frame); /* the first failure stays */
  roles_plan_survival(roles, frame);
  roles_plan_weight(roles, frame);
  roles_plan_group(roles, frame);
  roles_plan_treatment(roles, frame);
  mine__roles_plan_split(roles, frame);
  roles_plan_ignore(roles, frame);
  roles_plan_declared(roles, frame, &source->categorical, "option categorical", MINE_READ_CATEGORY);
  roles_plan_declared(roles, frame, &source->numeric, "option numeric", MINE_READ_NUMBER);
  roles_check_attributes(roles, frame);
  MINE_TRY(mine__roles_plan_numerals(roles, frame));
  return mine__roles_plan_dates(roles, frame);
}

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
                     "fraction); " ROLES_ID_REMEDY,
                     name, mine__show_cell(shown, &cell), (long long)at + 1);
  } else if (repeated > 0 || distinct * 2 < frame->rows) {
    (void)mine__fail(roles->env, MINE_DATA,
                     "the first column '%s' does not look like an id (%lld different value%s in "
                     "%lld rows); " ROLES_ID_REMEDY,
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
    if (!roles_is_attribute(column)) continue;
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
