/*
** table_verb.h -- the one virtual table behind every table verb of the engine.
**
** What a verb is called, takes and answers is its row (mine_verb, mine.h); nothing
** here knows any verb by name.
**
** Promises kept here for every verb (surface.md "Table functions"):
**   T1  hidden columns _model, _source, ... take the arguments: omit=1, echoed;
**   T2  another operator than = on them, or two values for one, is an error; a plan
**       that cannot supply them is refused (SQLITE_CONSTRAINT);
**   T3  key = ?, for every column that is a key, is answered from a hash of the
**       result, which is kept as long as the cursor lives and the arguments stay;
**   T4  while a write transaction is open the source is read to its end first;
**   T5  verbs that take source text are DIRECTONLY, the others INNOCUOUS.
*/
#ifndef MINE_EXT_TABLE_VERB_H
#define MINE_EXT_TABLE_VERB_H

#include "connection.h"

int mine__table_verb_register(mine_connection *connection, const mine_verb *verb);
/* A scalar verb called as a table is answered with its form. */
int mine__table_hint_register(mine_connection *connection, const mine_verb *verb);

#endif
