/*
** linalg.h -- dense linear algebra: the only door to BLAS and LAPACK.
**
** Matrices are row-major, a[i * columns + j].  Every function has plain loops, and most
** have OpenBLAS beside them (cmake/MineBlas.cmake): which of them runs is decided by
** mine__linalg_open(), once for a fit.  OpenBLAS maps 128 MB for each thread that is inside it
** and, refused, tries for ever; so that much and some is asked for, and given back, before it
** is called.
**
** Both give values equal to rounding, not the same bits, and OpenBLAS chooses its loops by
** the processor: fits that come here have the same bytes for any number of threads on one
** kind of processor.  Nothing that scores rows comes here.
**
** No state, no allocation; may be called inside a task.
*/
#ifndef MINE_KERNEL_LINALG_H
#define MINE_KERNEL_LINALG_H

#include "../core/env.h"

typedef struct mine_linalg {
  int fast; /* OpenBLAS is there and has the memory it wants */
} mine_linalg;

/* Plain loops also where max_memory leaves no room for what OpenBLAS maps. */
mine_linalg mine__linalg_open(const mine_env *env);

/* Sum of a[i] b[i], in eight lanes: the same bits everywhere. */
double mine__dot(const double *a, const double *b, int64_t n);

/* c (m x n) = beta c + alpha a b; a is m x k (a_turned: k x m), b is k x n (b_turned: n x k). */
void mine__gemm(mine_linalg la, int a_turned, int b_turned, int64_t m, int64_t n, int64_t k,
                double alpha, const double *a, const double *b, double beta, double *c);

/* The same of matrices that are parts of wider ones: rows of a, b, c are so far apart. */
typedef struct mine_linalg_steps {
  int64_t a, b, c;
} mine_linalg_steps;
void mine__gemm_of_parts(mine_linalg la, int a_turned, int b_turned, int64_t m, int64_t n,
                         int64_t k, double alpha, const double *a, const double *b, double beta,
                         double *c, mine_linalg_steps steps);

/* The upper triangle of c (p x p) += alpha x x'; x is p x n, its rows (the columns of a design)
** `step` apart.  n p^2 multiplications. */
void mine__syrk(mine_linalg la, int64_t p, int64_t n, double alpha, const double *x, int64_t step,
                double *c);

/* a = u'u of a symmetric a (p x p), of which the upper triangle is read and becomes u.
** 1, or 0 where a is not positive definite to rounding (then `a` is of no use). */
int mine__cholesky(mine_linalg la, int64_t p, double *a);

/* u x = b, or u'x = b (turned), for an upper triangle u without zeros in its diagonal; x
** takes the place of b. */
void mine__solve_upper(int64_t p, const double *u, int turned, double *b);

/* u (upper) becomes its inverse. */
void mine__invert_upper(int64_t p, double *u);

/* Householder's QR by blocks of rows (Golub & Van Loan, Matrix Computations, 5.2; the update
** of a triangle by rows below it, as LAPACK's dtpqrt2 has it): r (p x p, upper, at first
** zeros) becomes the triangle of all rows so far, those of this block included, so that
** r'r is the sum of their squares and products.  `rows` is the block by columns,
** rows[j * n + i], and is spoilt.  n p^2 multiplications; backward stable. */
void mine__qr_add(int64_t p, double *r, int64_t n, double *rows);

/* Which columns of the triangle r (p x p) say something that those before them do not: of
** column j < q, what the columns kept before it leave is more than `tolerance` of its
** length (R's lm: 1e-7).  keep[j] is 1 or 0; r becomes the triangle of the kept ones, in
** their order, then the columns from q on, p - (dropped) wide.  Returns how many of the q
** are kept.  p^3 multiplications where something is dropped. */
int64_t mine__qr_keep(int64_t p, int64_t q, double *r, double tolerance, uint8_t *keep);

#endif
