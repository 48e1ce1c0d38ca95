/*
** gather.h -- the walkers' answers become a list.
*/
#ifndef MINE_SEQUENCE_GATHER_H
#define MINE_SEQUENCE_GATHER_H

#include "sequence.h"

/* `used` words of answers in `arena`, which stay; out->data is set.  The first query->top of
** them where counts alone decide; of rules those of two itemsets or more. */
void mine__sequences_gather(mine_env *env, mine_arena *arena, const uint32_t *answer, size_t used,
                            int64_t n, const mine_sequence_query *query, mine_sequence_set *out);

#endif
