/*
** random.h -- deterministic random streams.
**
** A stream is named by (seed, purpose, index): streams belong to blocks of
** work, never to threads, so results do not depend on the number of threads.
** SplitMix64 seeds xoshiro256** (Blackman & Vigna 2018); both are public domain
** algorithms with known good statistical quality.
*/
#ifndef MINE_CORE_RANDOM_H
#define MINE_CORE_RANDOM_H

#include <stdint.h>

#include "env.h"
#include "hash.h" /* mine_hash_mix */

typedef struct mine_random {
  uint64_t s[4];
} mine_random;

void mine__random_open(mine_random *r, uint64_t seed, uint64_t purpose, uint64_t index);
uint64_t mine__random_next(mine_random *r);
double mine__random_real(mine_random *r);                /* [0, 1)               */
uint64_t mine__random_below(mine_random *r, uint64_t n); /* 0..n-1, without bias */
/* The n items in an order by chance (Fisher & Yates; Durstenfeld 1964, algorithm 235).  env, unless
** NULL, is asked in between; after a failure they are in some order. */
void mine__random_shuffle(mine_random *r, mine_env *env, uint32_t *item, int64_t n);

#endif
