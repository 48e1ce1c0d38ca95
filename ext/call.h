/*
** call.h -- one call of a verb: the engine's environment on SQLite's ground.
**
** A call lends the engine SQLite's allocator (so heap limits hold), asks the
** connection whether it was interrupted, and shows progress on a terminal.
** Failures of SQLite and of the engine meet here: the first sentence wins, and
** SQLite's own result code is kept when the failure was SQLite's.
*/
#ifndef MINE_EXT_CALL_H
#define MINE_EXT_CALL_H

#include <limits.h>

#include "connection.h"
#include "remaining.h"

typedef struct mine_call {
  mine_connection *connection;
  sqlite3 *db;
  mine_env *env;
  const char *verb;
  int sqlite_code;          /* SQLITE_OK, or the code of SQLite's own failure   */
  sqlite3_stmt *probe;      /* asks "interrupted?" where SQLite has no call for it */
  double started;           /* seconds, monotonic                               */
  int on_terminal;          /* progress is wanted and stderr is a terminal      */
  mine_remaining remaining; /* of the step that progress is told of          */
  int shown;                /* a progress line stands on the terminal           */
} mine_call;

/* Open and close; after a failed open only mine__call_close and the error
** functions may be used.  The call must not move: the engine points at it. */
mine_status mine__call_open(mine_call *call, mine_connection *connection, const char *verb);
void mine__call_close(mine_call *call);
/* Between two uses of a call that is kept: nothing stays prepared, no thread alive. */
void mine__call_rest(mine_call *call);

/* Record a failure in words (sqlite3_mprintf format, %Q and %w welcome). */
mine_status mine__call_fail(mine_call *call, mine_status status, const char *format, ...);
/* Record what SQLite says went wrong: "doing: message". */
mine_status mine__call_fail_sqlite(mine_call *call, int code, const char *doing);

int mine__call_code(const mine_call *call);            /* as an SQLite result code */
const char *mine__call_message(const mine_call *call); /* one sentence             */
void mine__call_result_error(const mine_call *call, sqlite3_context *context);
/* The same in other words; NULL: out of memory. */
void mine__call_result_message(const mine_call *call, const char *message,
                               sqlite3_context *context);

/* An argument as text: NULL argument or SQL NULL -> *out NULL.  Refuses BLOBs,
** embedded NULs, invalid UTF-8 and more than `most` bytes, naming `what`. */
mine_status mine__call_text(mine_call *call, sqlite3_value *value, const char *what, int most,
                            const char **out);
/* The same, but NULL and '' are refused too. */
mine_status mine__call_required_text(mine_call *call, sqlite3_value *value, const char *what,
                                     int most, const char **out);

#define MINE_LONGEST_NAME     1000
#define MINE_LONGEST_TEXT     1000000
#define MINE_LONGEST_DOCUMENT INT_MAX

void mine__result_cell(sqlite3_context *context, const mine_cell *cell);
void mine__value_cell(sqlite3_value *value, mine_cell *out);
/* Arguments of a function into cells of the row under construction:
** values[i * step] into column[i]. */
void mine__frame_put_values(mine_frame *frame, const int *column, sqlite3_value **values, int step,
                            int n);

#endif
