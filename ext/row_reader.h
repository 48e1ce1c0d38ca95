/*
** row_reader.h -- one row as (name, value) pairs, from arguments or from JSON.
**
** The cell that comes out lives until the next one is asked for.
*/
#ifndef MINE_EXT_ROW_READER_H
#define MINE_EXT_ROW_READER_H

#include "call.h"

typedef struct mine_row_reader {
  mine_call *call;
  int n;                  /* arguments left over for the row        */
  sqlite3_value **values; /* 'name', value, ...; NULL when JSON      */
  sqlite3_stmt *json;     /* key, value, type of each member; owned  */
  int at;
} mine_row_reader;

/* values: what follows the model (and class).  One text argument is JSON. */
mine_status mine__row_reader_open(mine_call *call, int n, sqlite3_value **values,
                                  mine_row_reader *out);
void mine__row_reader_rewind(mine_row_reader *reader);
/* *name NULL at the end.  Names are `bytes` long. */
mine_status mine__row_reader_next(mine_row_reader *reader, const char **name, int *bytes,
                                  mine_cell *value);
void mine__row_reader_close(mine_row_reader *reader);

#endif
