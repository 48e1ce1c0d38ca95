/*
** verb_result.h -- what is kept of one execution of a verb.
**
** A result belongs to a cursor and may be handed to the next one of the same
** statement.  Whole results are read again and again; streams once.
*/
#ifndef MINE_EXT_VERB_RESULT_H
#define MINE_EXT_VERB_RESULT_H

#include "id_index.h"
#include "verb_run.h"

/* A column that rows are looked up by. */
typedef struct mine_result_key {
  mine_id_index index; /* over the whole result; made when needed */
  mine_affinity affinity;
} mine_result_key;

typedef struct mine_verb_result {
  mine_verb_run run;
  int running;
  int64_t passed; /* rows before this block                                   */
  int n_columns;
  mine_result_key *key; /* per column */
} mine_verb_result;

/* Bit i of `given`: argument i is the next of values.  NULL: out of memory. */
mine_verb_result *mine__verb_result_new(const mine_verb *verb, int n_columns, uint64_t reads,
                                        int given, sqlite3_value **values);
void mine__verb_result_free(mine_verb_result *result); /* NULL is fine */
/* For these arguments, with all these columns. */
int mine__verb_result_is_for(const mine_verb_result *result, uint64_t reads, int given,
                             sqlite3_value **values);
/* Equal as values of SQL: the same type and the same bytes; NULL = not given. */
int mine__verb_same_value(sqlite3_value *a, sqlite3_value *b);

/* Start the verb and make its first block. */
mine_status mine__verb_result_begin(mine_verb_result *result, mine_connection *connection,
                                    int whole);
mine_status mine__verb_result_next_block(mine_verb_result *result);
void mine__verb_result_stop(mine_verb_result *result); /* keeps the arguments */

/* Make the index of a column.  SQLITE_OK or SQLITE_NOMEM. */
int mine__verb_result_index(mine_verb_result *result, int column);
/* How its values are compared: as the column that the ids were read from, else as the
** values that there are.  NONE for a column of a fixed type, which SQLite compares. */
mine_affinity mine__verb_result_affinity(mine_verb_result *result, int column);

#endif
