/*
** screen.h -- which base rows could be near enough: the single-precision sieve
** in front of the exact distances of nearest.c.
**
** For a centred query q and base row b,  |q - b|^2 / 2 = |q|^2/2 + (|b|^2/2 - q.b).
** The sieve computes the bracket in float, sixteen rows to an instruction, and
** marks the rows where it does not exceed the query's limit.  The caller chooses
** the limit so that a rounding error can only let a row through, never drop
** one; what passes is measured exactly in double.  So the sieve's own bits
** never reach a result, and it alone may use fused multiply-add.
*/
#ifndef MINE_KERNEL_SCREEN_H
#define MINE_KERNEL_SCREEN_H

#include <stdint.h>

#define MINE_SCREEN_ROWS    32 /* base rows of a tile    */
#define MINE_SCREEN_QUERIES 8  /* queries of a group     */

/* One tile against `groups` groups of queries.
**   query  groups x width x MINE_SCREEN_QUERIES
**   limit  groups x MINE_SCREEN_QUERIES
**   tile   width x MINE_SCREEN_ROWS, half: |b|^2/2 of each row
**   mask   groups x MINE_SCREEN_QUERIES, out: bit r = row r may be near */
typedef void (*mine_screen)(int groups, int width, const float *query, const float *limit,
                            const float *tile, const float *half, uint32_t *mask);

/* The sieves this processor can run, slowest first; returns how many (1..3). */
#define MINE_SCREEN_KINDS 3
int mine_screen_list(mine_screen screen[MINE_SCREEN_KINDS]);

#endif
