/*
** verbs.h -- everything the extension adds to SQL, as two lists.
**
** sqlite_mine.c loops over them; each file of verbs_*.c owns a few rows.
*/
#ifndef MINE_EXT_VERBS_H
#define MINE_EXT_VERBS_H

#include "table_verb.h"

typedef struct mine_scalar_verb {
  const char *name;
  int arguments; /* -1 = any number; the function says what it wants */
  int flags;     /* SQLITE_DIRECTONLY, SQLITE_INNOCUOUS             */
  void (*call)(sqlite3_context *, int, sqlite3_value **);
} mine_scalar_verb;

/* Each list ends with a NULL name. */
extern const mine_scalar_verb mine_scalar_verbs_train[];
extern const mine_scalar_verb mine_scalar_verbs_score[];
extern const mine_scalar_verb mine_scalar_verbs_about[];
extern const mine_table_verb mine_table_verbs_score[];
extern const mine_table_verb mine_table_verbs_model[];
extern const mine_table_verb mine_table_verbs_source[];

/* Read the source text into a job's frame: gate, columns, rows. */
mine_status mine_verb_read(mine_call *call, const char *text, mine_frame *frame);
/* The same for training, with the SELECTs that options hold. */
mine_status mine_verb_read_training(mine_call *call, const char *text, mine_training *training);

#endif
