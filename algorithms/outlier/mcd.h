/*
** mcd.h -- where the rows that agree the most lie: the minimum covariance determinant.
**
** Of all halves of the rows the one whose covariance has the least determinant gives a mean and a
** covariance that outliers, up to nearly half of the rows, do not move (Rousseeuw 1985).
*/
#ifndef MINE_OUTLIER_MCD_H
#define MINE_OUTLIER_MCD_H

#include "../core/env.h"

typedef struct mine__mcd {
  int64_t p;
  int64_t half; /* rows of the half                                                      */
  int64_t kept; /* rows that the final estimate is of                                    */
  double *mean; /* p                                                                     */
  double *root; /* p x p, upper: the covariance is root' root                            */
  double mixed; /* 0; or the share of the identity in the covariance, where half of the rows lie
                ** in a plane                                                            */
} mine__mcd;

/* Of n x p numbers in units of how most of them spread, n >= 2, p >= 1; mean and root in arena
** (not env's scratch). The same bits for any number of threads.  FAST-MCD (Rousseeuw & Van
** Driessen, Technometrics 41, 1999): O(500 p^3 + 20 n p^2). */
mine_status mine__mcd_fit(mine_env *env, mine_arena *arena, const double *x, int64_t n, int64_t p,
                          uint64_t seed, mine__mcd *out) MINE_MUST_CHECK;

/* The squared distance of a row, in units of the covariance; room holds p.  On return it has
** the inverse root times (row - mean), whose squares add up to it. */
double mine__mcd_distance(const mine__mcd *mcd, const double *row, double *room);

#endif
