/*
** nearest.h -- exact k-nearest search by looking at every base row.
**
** The answer is defined without reference to how it is found: the k base rows
** with the smallest (distance, row), the distance being a sum over dimensions
** in order, in double.  Blocks, threads, vector width and the single-precision
** sieve (sieve.h) change the time, never a bit of it.
**
**   euclidean  sqrt(sum (x-y)^2)
**   manhattan  sum |x-y|
**   cosine     1 - cos, as half the squared distance of rows that the caller
**              scaled to length 1 (never negative, 0 for equal rows); a row of
**              zeros has no direction: its distance to anything is 1
**   gower      Gower (1971): the mean of the differences over the attributes
**              known in both rows; numbers |x-y| (the caller divided by the range;
**              beyond it more than 1, so that far stays behind near), categories
**              0 or 1, NAN = missing; infinite when no attribute is known in both
*/
#ifndef MINE_KERNEL_NEAREST_H
#define MINE_KERNEL_NEAREST_H

#include "../core/parallel.h"
#include "sieve.h"

typedef enum mine_space {
  MINE_SPACE_EUCLIDEAN,
  MINE_SPACE_MANHATTAN,
  MINE_SPACE_COSINE,
  MINE_SPACE_GOWER
} mine_space;
extern const char *const mine__space_names[]; /* for the option tables */

typedef struct mine_nearest {
  mine_space space;
  int64_t n; /* base rows */
  int width;
  const double *row;       /* n x width, row-major, the caller's            */
  const uint8_t *category; /* gower: per dimension; else NULL               */
  uint8_t *zero;           /* cosine: rows of zeros; else NULL              */
  mine__sieve sieve;       /* euclidean, cosine; not usable: all is measured */
} mine_nearest;

/* Prepare the search over n x width rows, finite but for gower's NAN; `row` and
** `category` must live as long as the search.  Memory from arena: 4 bytes a
** value for the sieve.  O(n width). */
mine_status mine__nearest_build(mine_env *env, mine_arena *arena, mine_space space,
                                const double *row, int64_t n, int width, const uint8_t *category,
                                mine_nearest *out) MINE_MUST_CHECK;

#define MINE_NEAREST_GROUP 8 /* queries are worked on in groups of so many */

typedef struct mine_nearest_query {
  int64_t n;
  const double *row; /* n x width, in the same space as the base */
  int64_t k;         /* 1..base rows */
  /* Leave base row b out for query q when base_key[b] == query_key[q]; NULL,
  ** NULL: never. */
  const uint32_t *base_key, *query_key;
  const char *what; /* progress: from share `from` to share `to` */
  double from, to;
} mine_nearest_query;

/* For query q: found[q] rows (k, or fewer when keys leave rows out), nearest
** first, in row[q*k ...] and distance[q*k ...]; all three the caller's.
** O(n base rows width); scratch memory from env, a few hundred kilobytes per
** thread. */
mine_status mine__nearest_search(mine_env *env, const mine_nearest *base,
                                 const mine_nearest_query *query, uint32_t *row, double *distance,
                                 int64_t *found) MINE_MUST_CHECK;

#endif
