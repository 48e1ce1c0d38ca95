/*
** verb_lookup.h -- the rows of an answer that have a key, or one of several.
**
** The index finds a superset quickly (id_index.h).  Of keys without a type the rows are
** then chosen exactly (key_compare.h), with all further conditions on such keys; of the
** others SQLite chooses.
*/
#ifndef MINE_EXT_VERB_LOOKUP_H
#define MINE_EXT_VERB_LOOKUP_H

#include "verb_result.h"

/* One condition: a column equals one of n values. */
typedef struct mine_lookup_key {
  int column, n, room;
  mine_sought *sought;
} mine_lookup_key;

#define MINE_LOOKUP_KEYS 16

typedef struct mine_lookup {
  int64_t *match; /* rows in the order of the answer, each once */
  int64_t n, room;
  int n_keys;
  mine_lookup_key key[MINE_LOOKUP_KEYS]; /* the first has the index */
} mine_lookup;

/* Add the condition that the plan's letter tells (verb_plan.h).  SQLITE_NOMEM ... */
int mine__lookup_add(mine_lookup *lookup, mine_verb_result *result, char what, int column,
                     sqlite3_value *value);
/* All rows that fit. */
int mine__lookup_run(mine_lookup *lookup, mine_verb_result *result);
void mine__lookup_clear(mine_lookup *lookup); /* keeps the room of `match` */
void mine__lookup_free(mine_lookup *lookup);

#endif
