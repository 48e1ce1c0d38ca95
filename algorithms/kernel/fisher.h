/*
** fisher.h -- Fisher's exact test of tables larger than 2 x 2 (those are in special.h).
*/
#ifndef MINE_KERNEL_FISHER_H
#define MINE_KERNEL_FISHER_H

#include "../core/env.h"

/* The chance, all margins given, of a table no likelier than cell[i * columns + j] (likelihoods
** equal to a relative 1e-7 count as equal, as in R's fisher.test).  rows, columns >= 2, no
** margin 0.  NAN: there are too many tables to count, or (recorded in env) no memory or the call
** has to stop.  Memory of `arena`, at most some 50 MB. */
double mine__fisher_exact_table(mine_env *env, mine_arena *arena, const int64_t *cell, int64_t rows,
                                int64_t columns);

/* The same of `tables` that are drawn at random with these margins: (1 + those no likelier) /
** (1 + tables), R's fisher.test with simulate.p.value.  NAN: recorded in env.  O(tables n). */
double mine__fisher_drawn(mine_env *env, mine_arena *arena, const int64_t *cell, int64_t rows,
                          int64_t columns, uint64_t seed, int64_t tables);

#endif
