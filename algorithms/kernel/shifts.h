/*
** shifts.h -- by how much one sample lies above another, or above 0: Hodges and Lehmann's (1963)
** estimates are medians of all differences x - y, or of all means of two x, and the ends of their
** intervals are others of these in order.
**
** The k-th of m n such numbers is found without making them: they are counted up to a value in
** O(m + n), by two fingers on sorted samples, and the value is searched among all doubles by
** halves, 64 counts in all, which ask the host (env): of ten million rows they take a second.
*/
#ifndef MINE_KERNEL_SHIFTS_H
#define MINE_KERNEL_SHIFTS_H

#include "../core/env.h"

/* Samples are in rising order; k counts from 1.  On the calling thread; after a failure of env the
** value means nothing. */
double mine__difference_at(mine_env *env, const double *x, int64_t m, const double *y, int64_t n,
                           int64_t k);
/* Of the n (n + 1) / 2 means of x[i] and x[j], i <= j. */
double mine__mean_of_two_at(mine_env *env, const double *x, int64_t n, int64_t k);

#endif
