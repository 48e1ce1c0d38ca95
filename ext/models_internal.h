/*
** models_internal.h -- what the two halves of models.h share.
*/
#ifndef MINE_EXT_MODELS_INTERNAL_H
#define MINE_EXT_MODELS_INTERNAL_H

#include "models.h"

/* Whether the schema's model table exists; one that is not ours is an error. */
mine_status mine__models_present(mine_call *call, const char *schema, const char *table,
                                 int *present);

#endif
