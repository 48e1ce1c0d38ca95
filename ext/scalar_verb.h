/*
** scalar_verb.h -- scalar verbs of the engine as SQL functions.
**
** Most need nothing of their own: arguments in, the one cell of the answer out.  The
** few that write, or that score a row after the other, have a function here, found by
** the verb's name.
*/
#ifndef MINE_EXT_SCALAR_VERB_H
#define MINE_EXT_SCALAR_VERB_H

#include "verb_call.h"

/* What a special verb does instead: `call` within a call that is open and closed around
** it, values[i] NULL where not given; or `function`, which does everything itself. */
typedef struct mine_scalar_special {
  const char *name; /* NULL ends a list */
  mine_status (*call)(mine_call *call, const mine_verb *verb, sqlite3_value **values,
                      sqlite3_context *context);
  void (*function)(sqlite3_context *context, int n, sqlite3_value **values);
} mine_scalar_special;

extern const mine_scalar_special mine__scalar_specials_train[]; /* verbs_train.c  */
extern const mine_scalar_special mine__scalar_specials_row[];   /* verbs_scalar.c */
extern const mine_scalar_special mine__scalar_specials_debug[]; /* scalar_verb.c  */
extern const mine_scalar_special mine__scalar_specials_names[]; /* models_names.c */

int mine__scalar_verb_register(mine_connection *connection, const mine_verb *verb);
/* A table verb called as a scalar is answered with its form. */
int mine__scalar_hint_register(mine_connection *connection, const mine_verb *verb);

/* In a `function`: whose connection it is. */
mine_connection *mine__scalar_connection(sqlite3_context *context);

#endif
