/*
** inverse.h -- the inverse of a large symmetric positive definite matrix, on all threads.
**
** The upper triangle is kept as square tiles, so that a matrix of n rows takes n^2 / 2 numbers
** and a tile is a task: a product of three tiles that stay in a core's cache.  The inverse
** takes the place of the matrix, n^3 / 2 multiplications.
**
** Sweeping by blocks (Goodnight, The American Statistician 33 (1979); block Gauss-Jordan): after
** block k was swept, what is left is the Schur complement whose corner Cholesky's method
** would factor next, so the corners' factors tell whether the matrix is positive definite.
**
** The products are those of kernel/dense_body.h, not of BLAS: the bits are the same on every
** processor and for any number of threads, and a build without OpenBLAS is as fast.
*/
#ifndef MINE_KERNEL_INVERSE_H
#define MINE_KERNEL_INVERSE_H

#include "../core/env.h"

#define MINE__TILE 256

typedef struct mine_tiles {
  int64_t n, edge, across; /* rows; of a tile; tiles in a row of them */
  double *number;          /* tile (i, j), i <= j: see mine__tile; rows beyond n are those of 1 */
} mine_tiles;

/* Tile (i, j), i <= j, edge x edge by rows. */
static inline double *mine__tile(const mine_tiles *t, int64_t i, int64_t j) {
  return t->number + (size_t)(j * (j + 1) / 2 + i) * (size_t)(t->edge * t->edge);
}
/* The number in row i of column j, whichever is the smaller. */
static inline double mine__tiles_at(const mine_tiles *t, int64_t i, int64_t j) {
  if (i / t->edge > j / t->edge) {
    const int64_t other = i;
    i = j;
    j = other;
  }
  return mine__tile(t, i / t->edge, j / t->edge)[i % t->edge * t->edge + j % t->edge];
}

/* What a matrix of n rows and its inversion take, in bytes (as a number that cannot overflow). */
double mine__tiles_bytes(int64_t n);
/* Zeros; in arena.  0: failure recorded. */
int mine__tiles_open(mine_env *env, mine_arena *arena, int64_t n, mine_tiles *out);
/* 1: done; 0: failure recorded, or *definite is 0: not positive definite to rounding.  Of the
** tiles in the diagonal both triangles are read and written. */
int mine__tiles_invert(mine_env *env, mine_arena *arena, mine_tiles *tiles, int *definite);

#endif
