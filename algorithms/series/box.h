/*
** box.h -- the least value of a smooth function whose arguments have bounds.
**
** BFGS with the gradient projected into the box (Bertsekas 1982): arguments at a bound from which
** the function falls outwards are held, the others move by an inverse Hessian that is learned from
** gradients; a step that leaves the box is bent along its sides.  No allocation: it runs in tasks.
*/
#ifndef MINE_SERIES_BOX_H
#define MINE_SERIES_BOX_H

#include <stddef.h>

/* value(u), infinite where u is not allowed, and its gradient. */
typedef double (*mine__box_value)(void *context, const double *u, double *gradient);

typedef struct mine__box {
  int n;
  const double *least, *most; /* may be infinite */
  const double *scale;        /* n: how far a first step may go, more or less */
  mine__box_value value;
  void *context;
  double *u;   /* in: where to begin, inside; out: the least found */
  int learned; /* memory begins with an inverse Hessian, n x n, as a search before left it */
  double at;   /* out: the value there */
  int evaluations;
} mine__box;

/* Numbers of memory that a minimum of n arguments takes. */
static inline size_t mine__box_room(size_t n) {
  return n * n + 6 * n;
}
/* Until nothing falls by more than `enough` any more, or `most` evaluations. */
void mine__box_minimise(mine__box *box, double *memory, int most, double enough);

#endif
