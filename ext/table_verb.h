/*
** table_verb.h -- a table function is a row of a table.
**
** A verb declares its columns, its arguments and how to start; this module is
** the virtual table they all share.  Two kinds:
**   - a relation verb computes a whole mine_relation in `start`;
**   - a block verb yields rows block by block through `fill` and `cell`, so that
**     a million scored rows need the memory of one block.
**
** Promises kept here for every verb (surface.md "Table functions"):
**   T1  hidden columns _model, _source, ... take the arguments: omit=1, echoed;
**   T2  another operator than = on them, or two values for one, is an error; a plan
**       that cannot supply them is refused (SQLITE_CONSTRAINT);
**   T3  a verb with an id column answers id = ? from a hash of its result, which
**       is kept as long as the cursor lives and the arguments stay the same;
**   T4  while a write transaction is open the source is read to its end first;
**   T5  verbs that take source text are DIRECTONLY, the others INNOCUOUS.
*/
#ifndef MINE_EXT_TABLE_VERB_H
#define MINE_EXT_TABLE_VERB_H

#include "call.h"

#define MINE_MOST_ARGUMENTS 3

typedef struct mine_verb_run mine_verb_run;

typedef struct mine_table_verb {
  const char *name;
  const char *columns;                        /* "id, cluster, distance"                     */
  const char *arguments[MINE_MOST_ARGUMENTS]; /* "_model", "_source" ...  */
  int required;                               /* how many of them must be given              */
  int id_column;                              /* the column that answers id = ?, or -1       */
  int reads_source;                           /* takes SQL text: DIRECTONLY                  */
  mine_status (*start)(mine_verb_run *run);
  mine_status (*fill)(mine_verb_run *run); /* next block: run->rows, 0 = end   */
  void (*cell)(mine_verb_run *run, int64_t row, int column, mine_cell *out);
  void (*stop)(mine_verb_run *run); /* release run->state */
} mine_table_verb;

/* One execution of a verb. */
struct mine_verb_run {
  mine_call call;
  const mine_table_verb *verb;
  sqlite3_value *argument[MINE_MOST_ARGUMENTS]; /* NULL = not given */
  int whole;               /* read the source to its end before the first row */
  mine_relation *relation; /* relation verbs                                */
  int64_t rows;            /* in the current block                          */
  void *state;             /* the verb's own                                */
};

int mine_table_verb_register(mine_connection *connection, const mine_table_verb *verb);

/* Arguments as text; `which` counts from 0.  A source must be given. */
mine_status mine_run_source_text(mine_verb_run *run, int which, const char **out);
mine_status mine_run_options(mine_verb_run *run, int which, const char **out);

#endif
