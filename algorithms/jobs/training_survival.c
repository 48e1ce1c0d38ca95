/*
** training_survival.c -- of a training of survival: until when each row was seen, whether the event
** came then, and from when on.
*/
#include <math.h>

#include "lives.h"
#include "training.h"

#define TRAINING_NO_EVENT 2 /* it is missing */

static const mine_column *survival_column(const mine_training *t, int column) {
  return column < 0 ? NULL : &t->frame->column[column];
}

int mine__training_no_life(const mine_training *t, int64_t row) {
  const mine_prepared *p = &t->data;
  return isnan(p->target[row]) || p->lives.event[row] == TRAINING_NO_EVENT ||
         (p->lives.start && isnan(p->lives.start[row])) ||
         (p->lives.cluster && p->lives.cluster[row] < 0) ||
         (p->lives.strata >= 0 && survival_column(t, t->roles.strata)->code[row] < 0);
}

static void survival_events(mine_training *t, const mine_column *event) {
  const mine_mark mark = mine__arena_mark(t->env->scratch);
  const int64_t rows = t->frame->rows;
  const uint8_t *came = mine__lives_events(t->env, event, &t->asked.survival.event_value);
  uint8_t *of = mine__arena_array(t->arena, (size_t)rows, sizeof *of);
  for (int64_t i = 0; came && of && i < rows; i++)
    of[i] = event->code[i] < 0 ? TRAINING_NO_EVENT : came[event->code[i]];
  t->data.lives.event = of;
  mine__arena_rewind(t->env->scratch, mark);
}

/* Who was never seen. */
static void survival_check_start(const mine_training *t) {
  const mine_prepared *p = &t->data;
  for (int64_t i = 0; p->lives.start && i < t->frame->rows; i++) {
    char from[MINE_NUMBER_BYTES], to[MINE_NUMBER_BYTES];
    if (!(p->lives.start[i] >= p->target[i])) continue;
    (void)mine__fail(t->env, MINE_DATA,
                     "row %lld begins at %s ('%s') and ends at %s ('%s'), not later; leave such "
                     "rows out with WHERE",
                     (long long)i + 1, mine__format_real(from, p->lives.start[i], 0),
                     survival_column(t, t->roles.start)->name,
                     mine__format_real(to, p->target[i], 0),
                     survival_column(t, t->roles.target)->name);
    return;
  }
}

/* Those of the ids, numbered as they come. */
static const int32_t *survival_clusters_of_ids(mine_training *t) {
  const int64_t rows = t->frame->rows;
  mine_dictionary ids;
  int32_t *code = mine__arena_array(t->arena, (size_t)rows, sizeof *code);
  if (!code || !mine__dictionary_open(&ids, t->arena)) return NULL;
  for (int64_t i = 0; i < rows && !MINE_POLL_AT(t->env, i); i++) {
    mine_cell cell;
    mine__values_get(&t->frame->ids, i, &cell);
    code[i] = mine__cell_is_missing(&cell) ? MINE_CODE_MISSING
                                           : (int32_t)mine__dictionary_add(&ids, &cell);
  }
  return code;
}

/* The column of the strata, which must be an attribute that varies. */
static void survival_strata(mine_training *t) {
  t->data.lives.strata = -1;
  for (int f = 0; f < t->chosen.n && t->roles.strata >= 0; f++)
    if (t->chosen.column[f] == t->roles.strata) t->data.lives.strata = f;
  if (t->roles.strata >= 0 && t->data.lives.strata < 0)
    mine__training_note(t, "warning", survival_column(t, t->roles.strata)->name,
                        "has one value: there are no strata");
}

mine_status mine__training_survival(mine_training *t) {
  const struct {
    int column;
    const char *what;
  } needed[] = {{t->roles.target, "target"},
                {t->roles.event, "event"},
                {t->roles.start, "start"},
                {t->roles.cluster, "cluster"}};
  for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
    const mine_column *column = survival_column(t, needed[i].column);
    if (column && needed[i].column != t->roles.id && column->type == MINE_COLUMN_EMPTY)
      return mine__fail(t->env, MINE_DATA, "the %s '%s' is missing in every row", needed[i].what,
                        column->name);
  }
  t->data.task = MINE_SURVIVAL;
  t->data.target = survival_column(t, t->roles.target)->number;
  if (t->roles.start >= 0) t->data.lives.start = survival_column(t, t->roles.start)->number;
  if (t->roles.cluster >= 0)
    t->data.lives.cluster = t->roles.cluster == t->roles.id
                                ? survival_clusters_of_ids(t)
                                : survival_column(t, t->roles.cluster)->code;
  t->data.lives.columns = (mine_hazard_columns){.event = survival_column(t, t->roles.event)->name,
                                                .event_value = t->asked.survival.event_value};
  if (t->roles.start >= 0) t->data.lives.columns.start = survival_column(t, t->roles.start)->name;
  survival_strata(t);
  survival_events(t, survival_column(t, t->roles.event));
  if (!mine_failed(t->env)) survival_check_start(t);
  if (!mine_failed(t->env))
    mine__training_notef(t, "target", survival_column(t, t->roles.target)->name,
                         "survival: until when each was seen; '%s' says whether the event came",
                         survival_column(t, t->roles.event)->name);
  return mine_env_status(t->env);
}
