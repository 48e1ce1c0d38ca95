/*
** aggregate.c -- a group of rows and its value: what all aggregates have in common.
*/
#include "aggregate.h"

#include <math.h>
#include <string.h>

mine_status mine_group_open(mine_env *env, const mine_verb *verb, mine_group **out) {
  *out = NULL;
  if (mine_failed(env)) return mine_env_status(env);
  if (!verb->aggregate) return mine__fail(env, MINE_UNSUPPORTED, "the verb is no aggregate");
  mine_arena *arena = mine__arena_open(env);
  mine_group *group = arena ? mine__arena_zeros(arena, 1, sizeof *group) : NULL;
  void *state = group ? mine__arena_zeros(arena, 1, verb->aggregate->state_bytes) : NULL;
  if (!state) {
    mine__arena_close(arena);
    return mine_env_status(env);
  }
  *group = (mine_group){.env = env, .arena = arena, .verb = verb, .state = state};
  group->mark = mine__arena_mark(arena);
  *out = group;
  return MINE_OK;
}

void mine_group_close(mine_group *group) {
  if (group) mine__arena_close(group->arena);
}

void mine_group_clear(mine_group *group) {
  mine__arena_rewind(group->arena, group->mark);
  memset(group->state, 0, group->verb->aggregate->state_bytes);
  group->rows = 0;
  group->begun = 0;
}

/* ---- arguments ---------------------------------------------------------------------- */

static int group_is_missing(const mine_cell *cell) {
  return cell->type == MINE_NULL || (cell->type == MINE_REAL && isnan(cell->as.real)) ||
         (cell->type == MINE_TEXT && mine__text_is_blank(cell->as.text, cell->bytes));
}

/* A cell that is there as a number; else the failure is recorded. */
static double group_number(mine_group *group, int i, const mine_cell *cell) {
  char shown[MINE_SHOW_BYTES];
  const double v = mine__cell_number(cell);
  if (isnan(v)) {
    (void)mine__fail(group->env, MINE_DATA,
                     "%s is no number (argument %d); leave such rows out with WHERE, or CAST them",
                     cell->type == MINE_BLOB ? "a BLOB" : mine__show_cell(shown, cell), i + 1);
  }
  return v;
}

static void group_constant(mine_group *group, int i, const mine_cell *cell) {
  const char *name = group->verb->argument[i].name;
  if (group_is_missing(cell)) {
    (void)mine__fail(group->env, MINE_DATA, "the %s is NULL; give a number", name);
    return;
  }
  const double v = group_number(group, i, cell), before = group->begun ? group->constant[i] : v;
  group->constant[i] = v;
  if (mine_failed(group->env) || v == before) return;
  char first[MINE_NUMBER_BYTES], second[MINE_NUMBER_BYTES];
  (void)mine__fail(group->env, MINE_DATA,
                   "the %s is %s and %s in rows of one group; give one, and GROUP BY it if it "
                   "differs",
                   name, mine__format_real(first, before, 0), mine__format_real(second, v, 0));
}

/* The row as its aggregate sees it; 0: it does not count, or a failure is recorded.
** Of a row that is removed the constants were looked at when it was added. */
static int group_read(mine_group *group, const mine_cell *cells, int adding, mine__group_row *row) {
  const mine_argument *argument = group->verb->argument;
  int counts = 1;
  row->cell = cells;
  for (int i = 0; i < MINE_MOST_ARGUMENTS && argument[i].kind; i++) {
    row->number[i] = NAN;
    if (argument[i].kind == MINE_ARG_CONSTANT) {
      if (adding) group_constant(group, i, &cells[i]);
      row->number[i] = group->constant[i];
    } else if (argument[i].kind != MINE_ARG_NUMBER) {
      counts &= cells[i].type != MINE_NULL;
    } else if (group_is_missing(&cells[i])) {
      counts = 0;
    } else {
      row->number[i] = group_number(group, i, &cells[i]);
    }
  }
  group->begun = 1;
  return counts && !mine_failed(group->env);
}

/* ---- rows and the value --------------------------------------------------------------- */

static void group_count(mine_group *group, const mine__group_row *row, int sign) {
  const mine_aggregate *aggregate = group->verb->aggregate;
  if (aggregate->count) {
    aggregate->count(group, row, sign);
  } else if (sign > 0) {
    aggregate->add(group, row);
  } else {
    aggregate->remove(group, row);
  }
  group->rows += sign;
}

mine_status mine_group_add(mine_group *group, const mine_cell *cells) {
  mine__group_row row;
  if (mine_failed(group->env)) return group->env->status;
  if (group_read(group, cells, 1, &row)) group_count(group, &row, 1);
  return group->env->status;
}

void mine__group_refuse_removal(mine_group *group) {
  (void)mine__fail(group->env, MINE_DATA, "a row is removed that was not added");
}

mine_status mine_group_remove(mine_group *group, const mine_cell *cells) {
  mine__group_row row;
  if (mine_failed(group->env)) return group->env->status;
  if (!group_read(group, cells, 0, &row)) return group->env->status;
  if (group->rows > 0) {
    group_count(group, &row, -1);
  } else {
    mine__group_refuse_removal(group);
  }
  return group->env->status;
}

mine_status mine_group_value(mine_group *group, int last, mine_cell *out) {
  *out = (mine_cell){.type = MINE_NULL};
  if (!mine_failed(group->env) && group->rows > 0) group->verb->aggregate->value(group, last, out);
  if (mine_failed(group->env)) *out = (mine_cell){.type = MINE_NULL};
  return group->env->status;
}
