/*
** sieve.h -- which points are near, quickly and almost surely: the single-precision
** pass in front of the exact distances of k-means and of the neighbour search.
**
** Rows lie in panels of MINE__SIEVE_ROWS, as floats, shifted to a centre and scaled by
** a power of two.  Other points stream past them.  Of
**
**     |x - c|^2 / 2 = |x|^2/2 + (|c|^2/2 - x.c)
**
** only the *bracket* is computed, with whichever side's half makes what is left
** the same for all that is compared.  Its error is bounded (mine__sieve_error),
** so that the caller knows when it may trust a comparison; where not, it measures
** exactly (distance.h).  The brackets' bits differ between processors and never
** reach a result.
*/
#ifndef MINE_KERNEL_SIEVE_H
#define MINE_KERNEL_SIEVE_H

#include "../core/env.h"

#define MINE__SIEVE_ROWS   32     /* rows side by side: panel[j * 32 + row]          */
#define MINE__SIEVE_POINTS 4      /* points come in multiples of this                */
#define MINE__SIEVE_FAR    0x1p40 /* points this many reaches away are not for it    */
#define MINE__SIEVE_WIDEST 100000 /* beyond, the bound's second order is not small   */

typedef struct mine__sieve {
  int64_t n;
  int width;
  double factor; /* (x - centre) * factor is what the sieve sees; 0: it cannot be used */
  double *centre;
  float *panel;  /* n rows, padded, in panels                          */
  float *half;   /* per row, padded: |x|^2/2, infinite for the padding */
  double *reach; /* per panel: the largest |x|                         */
} mine__sieve;

/* Room for n rows of `width` columns around `centre`, which lives as long as the
** sieve; no row (or no coordinate of one) is farther from it than `reach`.  Not
** usable, without being a failure, where all rows are equal, numbers too large or
** rows too wide.  4 bytes a value from arena. */
void mine__sieve_open(mine_env *env, mine_arena *arena, int64_t n, int width, double *centre,
                      double reach, mine__sieve *out);

/* `count` row-major rows into the panels, as rows first.. (a multiple of
** MINE__SIEVE_ROWS, and so is count unless they are the last).  Safe in a task. */
void mine__sieve_pack(const mine__sieve *sieve, int64_t first, const double *row, int64_t count);

/* A point as the sieve sees it, out[width]; returns its length there. */
double mine__sieve_point(const mine__sieve *sieve, const double *point, float *out);

/* By how much a bracket of points of these lengths can be off, `halved` being the one
** whose half is in it: SLACK (width + 6) u halved (halved/2 + other), derived in
** sieve.c.  Holds for lengths below MINE__SIEVE_FAR. */
#define MINE__SIEVE_SLACK 1.05
#define MINE__SIEVE_TINY  0x1p-110 /* more than underflow loses in a step */
static inline double mine__sieve_error(const mine__sieve *sieve, double halved, double other) {
  const double relative = MINE__SIEVE_SLACK * (sieve->width + 6) * 0x1p-24;
  return relative * halved * (halved / 2 + other) + (sieve->width + 8) * MINE__SIEVE_TINY;
}

/* The bracket at which a row's squared distance to a point of this length equals
** `square` (unscaled, from exact distances), and a little more: what rounding in
** double and to float can take away. */
double mine__sieve_bracket(const mine__sieve *sieve, double length, double square);

/* How much larger than the smallest bracket |c|^2/2 - x.c of a row of panel p the
** second smallest must be, for points c no longer than `most`, so that exact
** distances have the same nearest point. */
double mine__sieve_gap(const mine__sieve *sieve, int64_t p, double most);

/* For each row of panel p, over `count` points with |c|^2/2 in half[] (pad with zeros
** and FLT_MAX): the smallest and the second smallest bracket and whose the smallest is. */
void mine__sieve_nearest(const mine__sieve *sieve, int64_t p, const float *point, const float *half,
                         int64_t count, float *best, float *second, int32_t *nearest);

/* For each of `count` points, the rows of panel p whose bracket |x|^2/2 - x.c is at
** most the point's limit: bit r of mask[] = row r. */
void mine__sieve_below(const mine__sieve *sieve, int64_t p, const float *point, const float *limit,
                       int64_t count, uint32_t *mask);

#endif
