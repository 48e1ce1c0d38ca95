/*
** aggregate_verb.h -- aggregates of the engine as SQL aggregate and window functions.
*/
#ifndef MINE_EXT_AGGREGATE_VERB_H
#define MINE_EXT_AGGREGATE_VERB_H

#include "call.h"

int mine__aggregate_verb_register(mine_connection *connection, const mine_verb *verb);

#endif
