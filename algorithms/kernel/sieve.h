/*
** sieve.h -- which point is nearest, quickly and not quite surely.
**
** In single precision, with fused multiply-add where the processor has it: the
** bits differ between processors.  What comes out is therefore never a result:
** the caller compares the gap between best and second with a bound on the error
** and measures exactly (distance.h) where the gap is too small.
**
** |x - c|^2 / 2 = |x|^2 / 2 + (|c|^2 / 2 - x.c); only the bracket differs between
** the centres, and only it is computed.
*/
#ifndef MINE_KERNEL_SIEVE_H
#define MINE_KERNEL_SIEVE_H

#include <stdint.h>

#define MINE_SIEVE_LANES  32 /* rows side by side in a panel: panel[j * 32 + lane] */
#define MINE_SIEVE_POINTS 4  /* points are padded to a multiple of this           */

/* For each lane the smallest and the second smallest bracket over `count` points
** (a multiple of MINE_SIEVE_POINTS; pad with zeros and half FLT_MAX) and the
** number of the smallest.  points: count x width; half: |c|^2 / 2. */
void mine_sieve_nearest(const float *panel, int width, const float *points, const float *half,
                        int64_t count, float *best, float *second, int32_t *nearest);

#endif
