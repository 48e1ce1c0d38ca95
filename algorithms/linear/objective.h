/*
** objective.h -- what is to be made the least: the loss and its penalties (glm.h).
**
** Where every class has a margin the loss lets all intercepts go together; a pull to the sum
** 0 holds them, which changes no probability.
*/
#ifndef MINE_LINEAR_OBJECTIVE_H
#define MINE_LINEAR_OBJECTIVE_H

#include <math.h>
#include <string.h>

#include "glm.h"

typedef struct linear_objective {
  const linear_problem *problem;
  int64_t q, width;
  double pull; /* on the square of the sum of the intercepts */
} linear_objective;

static inline linear_objective linear_objective_of(const linear_problem *problem) {
  const int every =
      problem->family == LINEAR_MULTINOMIAL && problem->margins == problem->design->data->n_classes;
  return (linear_objective){.problem = problem,
                            .q = problem->design->n_used + 1,
                            .width = linear_width(problem),
                            .pull = every ? problem->total / problem->margins : 0};
}

static inline int linear_is_intercept(const linear_objective *of, int64_t j) {
  return j % of->q == 0;
}

static inline double linear_intercepts(const linear_objective *of, const double *beta) {
  double sum = 0;
  for (int64_t j = 0; j < of->width; j += of->q)
    sum += beta[j];
  return sum;
}

/* What the penalties add to the loss. */
static inline double linear_penalties(const linear_objective *of, const double *beta) {
  const double sum = linear_intercepts(of, beta);
  double squares = 0, sizes = 0;
  for (int64_t j = 0; j < of->width; j++) {
    if (linear_is_intercept(of, j)) continue;
    squares += beta[j] * beta[j];
    sizes += fabs(beta[j]);
  }
  return 0.5 * of->problem->l2 * squares + of->problem->l1 * sizes + 0.5 * of->pull * sum * sum;
}

/* The derivative of all that is smooth, g being that of the loss. */
static inline double linear_slope(const linear_objective *of, const double *g, const double *beta,
                                  int64_t j, double intercepts) {
  return g[j] + (linear_is_intercept(of, j) ? of->pull * intercepts : of->problem->l2 * beta[j]);
}

/* u = the Hessian of all that is smooth, h being that of the loss. */
static inline void linear_system(const linear_objective *of, const double *h, double *u) {
  memcpy(u, h, (size_t)(of->width * of->width) * sizeof *u);
  for (int64_t i = 0; i < of->width; i++) {
    if (!linear_is_intercept(of, i)) u[i * of->width + i] += of->problem->l2;
    for (int64_t j = 0; linear_is_intercept(of, i) && j < of->width; j += of->q)
      u[i * of->width + j] += of->pull;
  }
}

/* A margin of 20 is a chance of 2e-9: a fit that still moves there, late, has no end. */
#define LINEAR_FAR 20.0

#endif
