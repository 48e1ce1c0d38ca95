/*
** quadrature.c -- Gauss-Legendre's rule, by Newton's method on Legendre's polynomial.
**
**   P(0) = 1, P(1) = x, j P(j) = (2j - 1) x P(j-1) - (j - 1) P(j-2)
**   P(n)' = n (x P(n) - P(n-1)) / (x^2 - 1)
**
** (Abramowitz & Stegun, Handbook of Mathematical Functions, 25.4.29 and 22.7.10.)  The points of
** -1 to 1 are symmetric; they are moved to 0 to 1.
*/
#include "quadrature.h"

#include <math.h>

#define QUADRATURE_PI    3.14159265358979323846
#define QUADRATURE_STEPS 100 /* three or four are enough */

/* P(n) at x, and its derivative. */
static double quadrature_legendre(int n, double x, double *derivative) {
  double before = 0, now = 1;
  for (int j = 1; j <= n; j++) {
    const double next = ((2 * j - 1) * x * now - (j - 1) * before) / j;
    before = now;
    now = next;
  }
  *derivative = n * (x * now - before) / (x * x - 1);
  return now;
}

void mine__quadrature(int n, double *at, double *weight) {
  for (int i = 0; i < n; i++) {
    double x = cos(QUADRATURE_PI * (i + 0.75) / (n + 0.5)), slope, step = 1;
    for (int s = 0; s < QUADRATURE_STEPS && fabs(step) > 1e-15; s++) {
      step = quadrature_legendre(n, x, &slope) / slope;
      x -= step;
    }
    (void)quadrature_legendre(n, x, &slope);
    at[i] = (1 + x) / 2;
    weight[i] = 1 / ((1 - x * x) * slope * slope);
  }
}
