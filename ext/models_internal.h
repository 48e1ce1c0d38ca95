/*
** models_internal.h -- what the two halves of models.h share.
*/
#ifndef MINE_EXT_MODELS_INTERNAL_H
#define MINE_EXT_MODELS_INTERNAL_H

#include "models.h"

/* Whether the schema's model table exists; one that is not ours is an error. */
mine_status mine__models_present(mine_call *call, const char *schema, const char *table,
                                 int *present);
/* The same of a table that must have these columns ("a,b,c") and holds, in words, such things. */
mine_status mine__models_table(mine_call *call, const char *schema, const char *table,
                               const char *columns, const char *holds, int *present);

/* The name becomes what it is in the table, where it fits one model only but for its spelling;
** *spelled holds it then (sqlite3_free). */
mine_status mine__models_spelled(mine_call *call, mine_model_name *name, char **spelled);

/* The sentence that there is no model of that name, and which there are. */
mine_status mine__models_missing(mine_call *call, const mine_model_name *name);

#endif
