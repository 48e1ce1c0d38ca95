/*
** roles_split.c -- the column by which rows are divided into those that are learned from
** and those that are measured on.
**
**   split_by=time, time=ordered_at        later rows are measured on
**   split_by=group, fold_group=patient    rows of one patient stay together
**   split=part                            it says train or test, or the number of a fold
**
** What divides the rows is no attribute: a model that is used tomorrow does not find
** tomorrow in it.  (Whoever wants both has the column twice, under two names.)
*/
#include <string.h>

#include "roles.h"

static const mine_want divide_time = {.name = "time", .reading = MINE_READ_TIME};
static const mine_want divide_group = {.name = "fold_group", .reading = MINE_READ_EXACT};
static const mine_want divide_side = {.name = "split", .reading = MINE_READ_EXACT};

static void divide_refuse(const mine_roles *roles, const char *sentence) {
  (void)mine__fail(roles->env, MINE_OPTION, "%s", sentence);
}

static int divide_given(const mine_cell *cell) {
  return cell->type != MINE_NULL;
}

/* Options that do not go together. */
static void divide_check(const mine_roles *roles) {
  const mine_split_options *s = roles->split;
  const int by_time = s->split_by == MINE_SPLIT_TIME, by_group = s->split_by == MINE_SPLIT_GROUP;
  if (divide_given(&s->split) && s->split_by >= 0)
    divide_refuse(roles,
                  "options split and split_by both say how rows are divided; leave one of the two "
                  "out");
  if (divide_given(&s->time) && !by_time)
    divide_refuse(roles,
                  "option time divides rows with split_by=time; say that, too, or leave "
                  "time out");
  if (divide_given(&s->fold_group) && !by_group)
    divide_refuse(roles,
                  "option fold_group divides rows with split_by=group; say that, too, or "
                  "leave fold_group out");
  if (by_time && !divide_given(&s->time))
    divide_refuse(roles, "split_by=time needs the column of times; say time=<column>");
  if (by_group && !divide_given(&s->fold_group))
    divide_refuse(roles, "split_by=group needs the column of groups; say fold_group=<column>");
  if (roles->target < 0 && (s->split_by >= 0 || divide_given(&s->split)))
    divide_refuse(roles,
                  "rows are divided to measure how well a target is predicted; say "
                  "target=<column>, or leave split_by and split out");
}

/* The column of an option, for this alone; -1: failure recorded. */
static int divide_column(const mine_roles *roles, mine_frame *frame, const char *what,
                         const mine_cell *said, const mine_want *want) {
  const int c = mine__column_said(frame, what, said);
  if (c < 0) return -1;
  if (c == roles->id && want == &divide_group) return c; /* read already */
  const mine_column *column = &frame->column[c];
  if (column->want) {
    (void)mine__fail(
        roles->env, MINE_OPTION, "%s: '%s' is also the %s; name another column%s", what,
        column->name, column->want->name,
        c == roles->id && roles->id_by_default ? ", or say id=<column> or id=none" : "");
    return -1;
  }
  mine__column_want(frame, c, want);
  return c;
}

void mine__roles_plan_split(mine_roles *roles, mine_frame *frame) {
  const mine_split_options *s = roles->split;
  roles->time = roles->fold_group = roles->side = -1;
  roles->by = MINE_SPLIT_ID;
  if (!s) return;
  divide_check(roles);
  if (mine_failed(roles->env)) return;
  if (divide_given(&s->split)) {
    roles->by = MINE_SPLIT_COLUMN;
    roles->side = divide_column(roles, frame, "option split", &s->split, &divide_side);
  } else if (s->split_by == MINE_SPLIT_TIME) {
    roles->by = MINE_SPLIT_TIME;
    roles->time = divide_column(roles, frame, "option time", &s->time, &divide_time);
  } else if (s->split_by == MINE_SPLIT_GROUP) {
    roles->by = MINE_SPLIT_GROUP;
    roles->fold_group =
        divide_column(roles, frame, "option fold_group", &s->fold_group, &divide_group);
  }
}
