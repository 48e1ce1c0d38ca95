/*
** roles.c -- which column is what in an attribute table, decided before a row is read.
*/
#include "roles.h"

#include <stdio.h>
#include <string.h>

#include "../core/names.h"

/* ---- the plan ----------------------------------------------------------------- */

static const mine_want roles_id = {.name = "id", .reading = MINE_READ_CELLS};
static const mine_want roles_target = {.name = "target", .reading = MINE_READ_BOTH};
static const mine_want roles_group = {.name = "group", .reading = MINE_READ_CATEGORY};
static const mine_want roles_treatment = {.name = "treatment", .reading = MINE_READ_CATEGORY};
static const mine_want roles_weight = {.name = "weight",
                                       .reading = MINE_READ_NUMBER,
                                       .flags = MINE_WANT_NO_MISSING | MINE_WANT_NOT_NEGATIVE};

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
    (void)mine__fail(roles->env, MINE_OPTION,
                     "the target '%s' is also the id%s; " MINE_ROLES_ID_REMEDY, name,
                     roles->id_by_default ? " (the first column)" : "");
  for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
    if (roles_lists(elsewhere[i].list, elsewhere[i].option, frame, roles->target))
      (void)mine__fail(roles->env, MINE_OPTION,
                       "the target '%s' is also listed in %s; the task of the target is chosen "
                       "with task=",
                       name, elsewhere[i].option);
  }
}

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
  if (said) roles->weight = roles_plan_named(roles, frame, said, &roles_weight);
}

/* Any number of groups, by their exact values. */
static void roles_plan_group(mine_roles *roles, mine_frame *frame) {
  const mine_group_options *g = roles->grouping;
  roles->group = g ? roles_plan_named(roles, frame, &g->group, &roles_group) : -1;
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
  roles->treatment = roles_plan_named(roles, frame, &said->treatment, &roles_treatment);
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
      if (mine_roles_is_attribute(column) && !free && !pattern)
        (void)mine__fail(roles->env, MINE_OPTION,
                         "column '%s' is listed as numeric and categorical", column->name);
      if (mine_roles_is_attribute(column) && free) column->reading = reading;
      if (!pattern) break;
    }
  }
}

static void roles_check_attributes(const mine_roles *roles, const mine_frame *frame) {
  for (int c = 0; c < frame->n_columns; c++)
    if (mine_roles_is_attribute(&frame->column[c])) return;
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
