/*
** assignment.h -- the pairing of rows and columns whose costs have the least sum.
**
** Shortest augmenting paths with dual prices (Jonker & Volgenant, "A shortest augmenting path
** algorithm for dense and sparse linear assignment problems", Computing 38, 1987; without their
** starting heuristics, which only matter where problems are large).
*/
#ifndef MINE_KERNEL_ASSIGNMENT_H
#define MINE_KERNEL_ASSIGNMENT_H

#include "../core/env.h"

/* cost: rows x columns, finite.  of_row[i] is the column of row i, -1 where there are fewer columns
** than rows and the row has none.  Of equal sums the one that the order of rows and columns gives.
** O(min^2 max); the host is asked on the way. */
mine_status mine__assign(mine_env *env, const double *cost, int64_t rows, int64_t columns,
                         int32_t *of_row) MINE_MUST_CHECK;

#endif
