/*
** statements.h -- what the statements that are running on a connection say.
**
** A verb sees the values of its arguments and not the statement they come from.  Some
** sentences need it: whether the caller wrote this text or made it row by row, whether
** a WITH of the outer query defines the name that a source cannot find, whether the
** rows come from the table that is about to be written.
*/
#ifndef MINE_EXT_STATEMENTS_H
#define MINE_EXT_STATEMENTS_H

#include "sqlite_api.h"

/* Whether a running statement names the verb in its own text. */
int mine__statements_name(sqlite3 *db, const char *verb);
/* Whether the text stands in one of them as a literal: then the caller has it in sight. */
int mine__statements_show(sqlite3 *db, const char *text);
/* Whether one of them defines the name in a WITH (or says "name AS (", which is near). */
int mine__statements_define(sqlite3 *db, const char *name);
/* Whether a statement that calls the verb, or reads a source, goes from row to row of
** schema.table (through a view, a subquery, a join or an index): rows that are written
** there may come up in it.  A row that is found by its name alone is found once. */
int mine__statements_scan(sqlite3 *db, const char *verb, const char *schema, const char *table);

#endif
