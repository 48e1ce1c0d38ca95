/*
** glm.h -- generalised linear models with penalties, by Newton's method or, where there are too
** many coefficients for a matrix of second derivatives, by one that goes without.
**
** Least is  loss(beta) + l2/2 sum beta^2 + l1 sum |beta|  over all coefficients but the
** intercepts, in the units of design.h; the loss is the sum over the rows, times their
** weights, of
**
**   gaussian     (y - m)^2 / 2                m: the margin
**   poisson      exp(m) - y m
**   gamma        y exp(-m) + m                (the link is the logarithm)
**   logistic     log(1 + exp(m)) - y m
**   multinomial  log sum exp(m_k) - m_y
**
** All are convex in the margins.  McCullagh & Nelder (1989), Generalized Linear Models;
** Friedman, Hastie & Tibshirani (2010), "Regularization paths for generalized linear models
** via coordinate descent", Journal of Statistical Software 33(1).
*/
#ifndef MINE_LINEAR_GLM_H
#define MINE_LINEAR_GLM_H

#include "design.h"

typedef enum linear_family {
  LINEAR_GAUSSIAN,
  LINEAR_POISSON,
  LINEAR_GAMMA,
  LINEAR_LOGISTIC,
  LINEAR_MULTINOMIAL
} linear_family;

#define LINEAR_ENOUGH  1e-14
#define LINEAR_SETTLED 1e-22

typedef struct linear_problem {
  mine_env *env;
  const linear_design *design;
  mine_linalg la;
  linear_family family;
  int margins;         /* multinomial: classes, or one less: the first has margin 0 */
  const uint32_t *row; /* rows of the frame; NULL: 0 .. n - 1                       */
  int64_t n;
  double total;  /* their weight                                              */
  double middle; /* gaussian: y = target - middle                             */
  double spread; /* what the loss of a row is like: 1; gaussian: the variance of y */
  double l1, l2;
  double enough;  /* the fit ends where it expects no more than this share of the objective */
  double settled; /* lasso: a step's descent ends where no coefficient moves it by this share */
  int chosen;     /* columns of a wider problem, by screen.c: who looks at the last point there */
} linear_problem;

/* What is known at a point: loss, and where asked for its gradient and Hessian. */
typedef struct linear_point {
  double loss;
  double *g;   /* margins x q                                                     */
  double *h;   /* (margins q) squared, both triangles; the order is that of beta; NULL: too
               ** many */
  double most; /* the largest |margin|                                           */
  int stale;   /* h is that of a point nearby                                    */
} linear_point;

/* No derivatives, the first, and the second as well: observed, expected. */
enum { LINEAR_LOSS, LINEAR_GRADIENT, LINEAR_NEWTON, LINEAR_FISHER };

static inline int64_t linear_row(const linear_problem *p, int64_t i) {
  return p->row ? (int64_t)p->row[i] : i;
}
static inline int linear_of_classes(const linear_problem *p) {
  return p->family == LINEAR_LOGISTIC || p->family == LINEAR_MULTINOMIAL;
}
/* alpha: the penalty per unit of weight, of which l1_ratio is lasso. */
static inline void linear_penalise(linear_problem *p, double alpha, double l1_ratio) {
  p->l1 = alpha * l1_ratio * p->total;
  p->l2 = alpha * (1 - l1_ratio) * p->total;
}

/* The rows, weights and sizes of a problem on the given rows. */
void mine__glm_open(linear_problem *problem, const linear_design *design, linear_family family,
                    int margins, const uint32_t *row, int64_t n);
/* The same problem on other rows of the frame. */
void mine__glm_on_rows(const linear_problem *of, const uint32_t *row, int64_t n,
                       linear_problem *to);
/* Width of beta: margins x (1 + n_used). */
static inline int64_t linear_width(const linear_problem *p) {
  return p->margins * (p->design->n_used + 1);
}
/* The way to the least of these penalties: newton.c, of at most DESIGN_MOST coefficients beside an
** intercept; quasi.c, without h; screen.c, by parts of the columns; rotate.c, by the rows. */
typedef enum linear_way {
  LINEAR_BY_NEWTON,
  LINEAR_BY_SLOPES,
  LINEAR_BY_PARTS,
  LINEAR_BY_ROWS
} linear_way;
linear_way mine__glm_way(const linear_problem *problem);
/* Whether to turn the rows first, which takes as long as some fits: a ridge of more columns than
** rows, of far more where it is for one fit alone. */
int mine__glm_is_wide(const linear_problem *problem, int fits);
/* Room for g and, where the way is Newton's, h, in scratch. */
mine_status mine__glm_point(const linear_problem *problem, linear_point *point) MINE_MUST_CHECK;
/* n width^2 multiplications; without second derivatives, for which there may be no room, n
** width. */
mine_status mine__glm_evaluate(const linear_problem *problem, const double *beta, int what,
                               linear_point *point) MINE_MUST_CHECK;
/* weight += that of the rows of each class. */
void mine__glm_class_weights(const linear_problem *problem, double *weight);
/* The intercepts that fit best by themselves, each class having half a row more; all else 0. */
void mine__glm_start(const linear_problem *problem, double *beta);
/* The least loss where all else is 0: of classes by their shares, of counts and amounts by their
** mean; not for the gaussian family. */
double mine__glm_none(const linear_problem *problem);

/* beta becomes the least of a sample of the rows, where there are many and the sample has one;
** else it stays.  `point`: loss, gradient and Hessian of all rows there. */
mine_status mine__glm_begin(const linear_problem *problem, double *beta,
                            linear_point *point) MINE_MUST_CHECK;

/* From beta to the least.  *steps: how many it took, negative where it did not end, as it
** cannot where classes are told apart without error.  `point` is left at the end, or a step before
** it that lowers the objective by less than its last digit. */
mine_status mine__glm_solve(const linear_problem *problem, double *beta, linear_point *point,
                            int *steps) MINE_MUST_CHECK;

/* The ways there, of which mine__glm_solve takes one.  Newton's steps want h in `point`, the others
** leave it alone.  Steps by slopes are more, of n width multiplications each. */
mine_status mine__newton_solve(const linear_problem *problem, double *beta, linear_point *point,
                               int *steps) MINE_MUST_CHECK;
mine_status mine__quasi_solve(const linear_problem *problem, double *beta, linear_point *point,
                              int *steps) MINE_MUST_CHECK;
mine_status mine__screen_solve(const linear_problem *problem, double *beta, linear_point *point,
                               int *steps) MINE_MUST_CHECK;
mine_status mine__rotate_solve(const linear_problem *problem, double *beta, linear_point *point,
                               int *steps) MINE_MUST_CHECK;

/* descend.c: the step to the least of the expansion at `point` (with h), which is at beta, with a
** lasso penalty.  `scale`: the size of the objective.  Whether it was found. */
int mine__glm_descend(const linear_problem *problem, const linear_point *point, const double *beta,
                      double scale, double *step);

/* path.c: of alphas from the largest worth trying downward the one with the least loss on rows
** not learned from, by folds.  alpha is per unit of weight, of which l1_ratio is lasso. */
mine_status mine__path_choose(const linear_problem *problem, mine_model *model, double l1_ratio,
                              double *alpha) MINE_MUST_CHECK;

#endif
