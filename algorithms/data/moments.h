/*
** moments.h -- count, weight, range, mean and spread of numbers, in one pass.
**
** Blocks of numbers are summed in eight independent lanes around their own mean
** and then joined by the updating formula of Chan, Golub & LeVeque (1983,
** "Algorithms for computing the sample variance"): as accurate as two passes
** over everything.  The same numbers in the same blocks give the same bits.
** A number of weight 2 counts as that number twice.
*/
#ifndef MINE_DATA_MOMENTS_H
#define MINE_DATA_MOMENTS_H

#include "../core/env.h"

#define MINE_MOMENTS_BLOCK 1024

typedef struct mine_moments {
  int64_t n;          /* numbers that are not NAN                        */
  double weight;      /* the sum of their weights: n where there are none */
  double least, most; /* +-infinity when n = 0                           */
  double mean, m2;    /* m2: sum of squared differences from the mean    */
  int whole;          /* every one is a whole number                     */
  double scale;       /* numbers are multiplied by this before summing   */
} mine_moments;

/* scale 1, or 0x1p-600 for numbers whose squares overflow. */
void mine__moments_open(mine_moments *m, double scale);
/* n <= MINE_MOMENTS_BLOCK; NAN is skipped. */
void mine__moments_add(mine_moments *m, const double *value, int64_t n);
/* What `other` (of the same scale) has seen is seen too. */
void mine__moments_merge(mine_moments *m, const mine_moments *other);
/* Of value[row[i]] (row NULL: value[i]) for i < n, with the weights weight[row[i]] > 0
** (NULL: 1).  They are summed around the first of them, so that a large offset, as
** of a year or an amount in cents, costs no digits.  An overflow shows as a mean or m2
** that is not finite.  Safe inside a parallel task. */
void mine__moments_of_rows(mine_moments *m, const double *value, const uint32_t *row,
                           const double *weight, int64_t n);
/* Of n numbers; scales by itself where squares overflow. */
void mine__moments_of(mine_moments *m, const double *value, int64_t n);
double mine__moments_mean(const mine_moments *m);
/* sqrt(m2 / (weight - less)): less = 0 population, 1 sample; NAN when undefined. */
double mine__moments_deviation(const mine_moments *m, int less);

#endif
