/*
** aggregate.h -- the engine's side of an aggregate: what its row's functions are given.
**
** A group (aggregate.c) reads the arguments as the verb's row declares them, leaves out
** rows that do not count and keeps what is said to be constant; the aggregate sees rows
** that count only, and is asked for a value only when there is one:
**
**   add     one row more
**   remove  one row less, which was added before; the state must come to be what it
**           would be had the row never been there, up to nothing: no sum may drift
**   count   instead of both, for what only sums: sign is 1 for a row more, -1 for one less
**   value   of the rows that are in it, one or more.  `last`: nobody will ask again, so
**           the cheapest way will do; else expect many questions, a row apart
**
** The state is `state_bytes` of zeroed memory; everything else lies in the group's
** arena.  A failure is recorded in the environment, and ends the group.
*/
#ifndef MINE_JOBS_AGGREGATE_H
#define MINE_JOBS_AGGREGATE_H

#include "verb.h"

struct mine_group {
  mine_env *env;
  mine_arena *arena; /* given back, but for the state, when the group is cleared */
  const mine_verb *verb;
  int64_t rows; /* that count and are in it                  */
  int begun;    /* a row was seen, so the constants are known */
  double constant[MINE_MOST_ARGUMENTS];
  mine_mark mark; /* of the arena when the state was made */
  void *state;
};

/* A row that counts: the cells as given, and those declared as numbers as such
** (never NAN, perhaps infinite). */
typedef struct mine__group_row {
  const mine_cell *cell;
  double number[MINE_MOST_ARGUMENTS];
} mine__group_row;

struct mine_aggregate {
  size_t state_bytes;
  void (*add)(mine_group *group, const mine__group_row *row);
  void (*remove)(mine_group *group, const mine__group_row *row);
  void (*count)(mine_group *group, const mine__group_row *row, int sign);
  void (*value)(mine_group *group, int last, mine_cell *out);
};

/* As the value; NAN is NULL. */
static inline void mine__group_answer(mine_cell *out, double v) {
  if (v == v) *out = (mine_cell){.type = MINE_REAL, .as.real = v};
}
/* The host removes what it never added: recorded, so that no count runs below zero. */
void mine__group_refuse_removal(mine_group *group);

/* What the row of every aggregate begins with: its name, its one column, its functions
** (designated: .add and .remove or .count, .value). */
#define MINE_AGGREGATE(verb_name, type, help, state, ...)                    \
  .name = verb_name, .form = MINE_VERB_AGGREGATE, .job = MINE_JOB_AGGREGATE, \
  .answer = (const mine_answer[]){{"value", type, 0, help}, {0}},            \
  .aggregate = &(const mine_aggregate) {                                     \
    .state_bytes = sizeof(state), __VA_ARGS__                                \
  }

/* Sentences that stand in the notes of several. */
#define MINE_NOTE_SKIPS "Rows with NULL are left out."
#define MINE_NOTE_PAIRS "A row in which either is NULL is left out."

#endif
