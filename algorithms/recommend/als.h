/*
** als.h -- factors of customers and items from what was taken, by alternating least squares.
**
** Hu, Koren & Volinsky, "Collaborative filtering for implicit feedback datasets", ICDM 2008: every
** customer and every item is a point, and the product of two says whether they go together; the
** loss
**
**   sum over all (customer, item) of c (p - x y)^2 + sum of lambda_u x x + sum of lambda_i y y
**
** with p = 1 and c = 1 + alpha v where it was taken (v: how much), p = 0 and c = 1 elsewhere, is
** brought down by turns in the customers and in the items: a few steps of conjugate gradients each
** (Takacs, Pilaszy & Tikk, RecSys 2011), or exactly.  lambda_u = lambda (n_u + items / alpha)^s,
** n_u the number of items that the customer took (Rendle, Krichene, Zhang & Koren, RecSys 2022);
** s = 0: the same for all.
*/
#ifndef MINE_RECOMMEND_ALS_H
#define MINE_RECOMMEND_ALS_H

#include "../kernel/linalg.h"
#include "../kernel/simd.h"
#include "ease.h"

typedef struct mine_als_options {
  int64_t factors, iterations;
  uint64_t seed;
  double regularization, alpha, scaling;
  int solver; /* 0: conjugate gradients, 1: Cholesky */
  int64_t steps;
} mine_als_options;

typedef struct mine_als {
  int64_t n, wide; /* items, floats in a row: factors, then zeros to a multiple of FACTORS_LANES */
  float *item;     /* n x wide */
  float *customer; /* rows x wide */
  double *loss;    /* after each iteration */
} mine_als;

/* lambda of a row that took n of `all`. */
double mine__als_lambda(const mine_als_options *options, int64_t n, int64_t all);
/* What fitting holds at once, about: of `cells` pairs taken. */
double mine__als_bytes(const mine_env *env, int64_t rows, int64_t columns, int64_t cells,
                       int64_t factors);
/* In arena; 0: failure recorded.  The same bytes for any number of threads. */
int mine__als_fit(mine_env *env, mine_arena *arena, const mine_taken *of,
                  const mine_als_options *options, mine_als *out);

/* One row exactly, in doubles and plain loops, so that its bits are the same everywhere.  a (f x f)
** becomes the Cholesky triangle of square + sum of more y y' + lambda I; x the row; `room` holds f.
** square is item'item, f x f.  May be called inside a task. */
void mine__als_solve(const float *item, int64_t wide, int64_t f, const double *square,
                     double lambda, int64_t n, const int32_t *index, const double *more, double *a,
                     double *x, double *room);

#endif
