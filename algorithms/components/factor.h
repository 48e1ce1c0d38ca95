/*
** factor.h -- the inside of `factor`: r is about L Phi L' + Psi, with the correlations r of p
** columns, loadings L of k factors (here k x p, factor by factor), their correlations Phi and the
** uniquenesses Psi, a diagonal.
*/
#ifndef MINE_COMPONENTS_FACTOR_H
#define MINE_COMPONENTS_FACTOR_H

#include "../kernel/linalg.h"
#include "spread.h"

#define FACTOR_LEAST 0.005 /* uniqueness; R's factanal has the same bound */

typedef enum factor_method { FACTOR_AUTO, FACTOR_ML, FACTOR_MINRES } factor_method;

typedef struct factor_solution {
  int64_t p, k;
  double *psi;      /* p                                                      */
  double *loading;  /* k x p                                                  */
  double *tie;      /* k x k: the inverse of Phi; of the identity where unrelated */
  double criterion; /* what was minimised                                     */
  int steps;
  int64_t at_bound; /* columns whose uniqueness is the least: a Heywood case  */
  int64_t first;    /* the first of them                                      */
} factor_solution;

/* Minimise the discrepancy over the uniquenesses: of ML  sum of (t - log t - 1)  over the
** eigenvalues t of Psi^-1/2 r Psi^-1/2 but the k largest, of MINRES half the sum of the squares of
** those of r - Psi.  `start` (p): 1 / diagonal of the inverse of r, or NULL.  Arrays in scratch;
** failures stick. */
void mine__factor_extract(mine_env *env, factor_method method, const double *r, const double *start,
                          factor_solution *s);

/* rotate.c: to simple structure.  varimax (Kaiser 1958, each column's loadings in units of its
** length) keeps factors unrelated; promax (Hendrickson & White 1964, power 4) starts from it and
** lets them correlate. */
void mine__factor_varimax(mine_env *env, factor_solution *s);
void mine__factor_promax(mine_env *env, factor_solution *s);
/* Falling by what they hold, the strongest loading of each positive. */
void mine__factor_order(factor_solution *s);
/* a (k x k, positive definite, small) becomes its inverse; 0: it is not, to rounding. */
int mine__factor_invert(mine_env *env, int64_t k, double *a);

#endif
