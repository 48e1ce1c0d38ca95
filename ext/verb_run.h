/*
** verb_run.h -- one execution of a table verb: a relation made at once, or rows that
** flow in blocks.
**
** A verb that streams is fed block by block: pull rows into the job's frame, let it
** answer on all cores, hand the answer out cell by cell.  A block grows from small
** (LIMIT 5 answers at once) to large.  When the result must be whole (a lookup by key,
** an open write transaction, a first block that the rows to come may turn into a failure),
** the source is pushed in one go and is one block.
*/
#ifndef MINE_EXT_VERB_RUN_H
#define MINE_EXT_VERB_RUN_H

#include "source.h"
#include "verb_call.h"

typedef struct mine_verb_run {
  mine_call call;
  const mine_verb *verb;
  sqlite3_value *argument[MINE_MOST_ARGUMENTS]; /* NULL = not given */
  mine_verb_call job;
  mine_source source;      /* of a verb that streams                       */
  int64_t block;           /* source rows that the next block may hold     */
  int done;                /* the source is at its end                     */
  int sourceless;          /* it reads none: the answer is one block       */
  uint64_t reads;          /* the columns of the answer that are read      */
  int keyed;               /* the rows will be looked up by a key          */
  int whole;               /* read it to its end before the first row      */
  mine_relation *relation; /* of a verb that does not stream               */
  int64_t rows;            /* of the answer, in the current block          */
} mine_verb_run;

/* Start, and make the first block; run->verb, argument, reads, keyed and whole are set. */
mine_status mine__verb_run_start(mine_verb_run *run, mine_connection *connection);
mine_status mine__verb_run_next(mine_verb_run *run); /* run->rows 0: the end */
mine_status mine__verb_run_cell(const mine_verb_run *run, int64_t row, int column, mine_cell *out);
void mine__verb_run_stop(mine_verb_run *run); /* keeps the arguments */

#endif
