/*
** source.h -- from the text a caller gave to rows in a frame.
**
** A source is the exact name of a table or view, schema.table, or the text of
** one SELECT.  Requirements of the gate (surface.md "Source"):
**
**   S1  a name is tried first, whole and then as schema.table, quoted or not;
**   S2  a statement starts, after comments, with SELECT, WITH or VALUES;
**   S3  it compiles alone, with nothing behind it but comments and one ';';
**   S4  it is read-only, no EXPLAIN, returns columns, has no parameters;
**   S5  it compiles as WITH "mine:source"(c0, ...) AS (newline text newline)
**       SELECT ...: what only looks like a SELECT does not;
**   S6  its column names are distinct;
**   S7  it does not read pragma_optimize, directly or in a view: that one writes.
**
** Rows arrive in two ways.  Pushed: an aggregate of our own receives the
** columns inside SQLite's loop (1.6-1.9 x faster than step + column), to the end
** of the source.  Pulled: step by step, for results that stream.
*/
#ifndef MINE_EXT_SOURCE_H
#define MINE_EXT_SOURCE_H

#include "call.h"

typedef struct mine_read_group mine_read_group;

typedef struct mine_source {
  mine_call *call;
  const char *text; /* as given (not owned)                 */
  char *select;     /* one SELECT, without a final semicolon */
  int n_columns;
  char **name;            /* one allocation                       */
  sqlite3_stmt *rows;     /* while reading                     */
  mine_read_group *group; /* what its functions point at       */
  int *wanted;            /* columns the frame wants, in order     */
  int n_wanted;
  int64_t row; /* rows read so far                      */
  mine_frame *frame;
} mine_source;

mine_status mine__source_open(mine_call *call, const char *text, mine_source *out);
void mine__source_close(mine_source *source);
/* Whether `text` names a table or view (S1).  Out of memory is recorded. */
int mine__source_is_table(mine_call *call, const char *text);

/* Tell the frame the columns.  Before reading. */
mine_status mine__source_bind(mine_source *source, mine_frame *frame);
/* Push every row into the frame. */
mine_status mine__source_read(mine_source *source);
/* Pull up to `most` rows into the frame; *done = 1 after the last. */
mine_status mine__source_pull(mine_source *source, int64_t most, int *done);

/* The functions that rows come through; registered with every connection. */
void mine__row_function(sqlite3_context *context, int n, sqlite3_value **values);
void mine__rows_step(sqlite3_context *context, int n, sqlite3_value **values);
void mine__rows_final(sqlite3_context *context);
#define MINE_ROW_FUNCTION  "mine_row_"
#define MINE_ROWS_FUNCTION "mine_rows_"

#endif
