/*
** eigen.h -- eigenvalues and eigenvectors of a symmetric matrix.
**
** Householder's reflections make it tridiagonal, implicit shifts of the QL algorithm make that
** diagonal (Martin, Reinsch & Wilkinson 1968; Bowdler et al. 1968; Golub & Van Loan, Matrix
** Computations, 8.3).  Backward stable: an eigenvalue is as exact as the largest one allows, and
** the vectors are orthogonal to rounding, of equal eigenvalues too.  Plain loops over rows: the
** same bits wherever they are compiled alike, and without OpenBLAS, whose eigenvalues are
** LAPACK's in Fortran and would bring its library along.
**
** No state, no allocation; may be called inside a task.
*/
#ifndef MINE_KERNEL_EIGEN_H
#define MINE_KERNEL_EIGEN_H

#include "../core/env.h"

/* The eigenvalues of the symmetric a (p x p, both triangles given), falling, into value[p]; with
** `vectors` row i of `a` becomes the unit vector of value[i], its sign left to chance, else `a` is
** spoilt.  `room` is 2 p numbers.  env is asked whether to go on; NULL inside a task.  1, or 0:
** a number is not finite, or the call has to stop.  About 4 p^3 multiplications, 9 p^3 with
** vectors. */
int mine__eigen(mine_env *env, int64_t p, double *a, int vectors, double *value, double *room);

#endif
