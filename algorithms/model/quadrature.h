/*
** quadrature.h -- integrals over 0 to 1 of polynomials, exactly, from few of their values.
*/
#ifndef MINE_MODEL_QUADRATURE_H
#define MINE_MODEL_QUADRATURE_H

/* The n points and weights of Gauss-Legendre's rule: sum of weight[i] p(at[i]) is the integral of p
** from 0 to 1 for every polynomial of degree up to 2n - 1.  Points lie within 0 and 1, themselves
** excluded, and weights are above zero.  O(n^2). */
void mine__quadrature(int n, double *at, double *weight);

#endif
