/*
** quasi.c -- to the least of loss and penalties without second derivatives.
**
** L-BFGS (Liu & Nocedal 1989, "On the limited memory BFGS method for large scale
** optimization", Mathematical Programming 45): the last few steps and the changes of the slope
** along them stand for the second derivatives.  They begin from a diagonal: the curvature that
** the loss has at the intercepts alone, columns being in units of their deviation.  With a lasso
** penalty a step stays in the orthant it begins in (OWL-QN: Andrew & Gao 2007, "Scalable
** training of L1-regularized log-linear models", ICML): there the penalty is linear.
**
** A step is halved until the objective falls by a share of what its slope promises (for a convex
** loss that is enough: Byrd & Nocedal 1989, SIAM J. Numerical Analysis 26).  Near the least the
** objective cannot tell better from worse any more, so what is within its rounding is taken, and
** the end is seen by the slope: QUASI_ENOUGH of the objective is all that is promised.
*/
#include <string.h>

#include "objective.h"

#define QUASI_MEMORY 10
#define QUASI_STEPS  3000
#define QUASI_LATE   500   /* see LINEAR_FAR                                       */
#define QUASI_ENOUGH 1e-17 /* of the objective                                     */
#define QUASI_ARMIJO 1e-4
#define QUASI_HALVES 40
#define QUASI_EXACT  4e-16 /* of the objective: to how much it is known, and times  */
#define QUASI_LOST   8     /* ... steps that did no more than that end it           */

typedef struct quasi_run {
  linear_objective of;
  linear_point *point;
  double *beta, *trial, *step;
  double *slope, *fresh; /* of all that is smooth: at beta, at trial        */
  double *pseudo;        /* ... with the lasso penalty: the least steep one */
  double *curve;         /* the diagonal to begin from                      */
  double *moved[QUASI_MEMORY], *turned[QUASI_MEMORY];
  double product[QUASI_MEMORY]; /* moved x turned                            */
  int64_t n;                    /* pairs so far: the last QUASI_MEMORY are kept */
  double value;                 /* at beta                                   */
  double scale;
} quasi_run;

static double quasi_dot(const quasi_run *run, const double *a, const double *b) {
  return mine__dot(a, b, run->of.width);
}

/* The objective at `beta`, and in `slope` the derivative of all that is smooth. */
static double quasi_evaluate(const quasi_run *run, const double *beta, double *slope) {
  const double intercepts = linear_intercepts(&run->of, beta);
  if (mine__glm_evaluate(run->of.problem, beta, LINEAR_GRADIENT, run->point)) return 0;
  for (int64_t j = 0; j < run->of.width; j++)
    slope[j] = linear_slope(&run->of, run->point->g, beta, j, intercepts);
  return run->point->loss + linear_penalties(&run->of, beta);
}

/* The weight of the rows of each class: p (1 - p) of all is the curvature of its margin. */
static void quasi_open_curve(quasi_run *run) {
  const linear_problem *p = run->of.problem;
  const int classes = p->design->data->n_classes;
  const int many = p->family == LINEAR_MULTINOMIAL, spared = many ? classes - p->margins : 0;
  const mine_mark mark = mine__arena_mark(p->env->scratch);
  double *weight = mine__arena_zeros(p->env->scratch, (size_t)classes + 1, sizeof *weight);
  if (!weight) return;
  if (many) mine__glm_class_weights(p, weight);
  for (int k = 0; k < p->margins; k++) {
    double *to = run->curve + k * run->of.q;
    const double share = many ? weight[k + spared] / p->total : 0.5;
    const double curve = p->total * fmax(share * (1 - share), 1e-6);
    for (int64_t j = 0; j < run->of.q; j++)
      to[j] = curve + (j == 0 ? run->of.pull : p->l2);
  }
  mine__arena_rewind(p->env->scratch, mark);
}

/* Of the slopes that the penalty has at a coefficient of 0, the least steep. */
static void quasi_soften(const quasi_run *run) {
  const double l1 = run->of.problem->l1;
  for (int64_t j = 0; j < run->of.width; j++) {
    const double slope = run->slope[j], at = run->beta[j];
    run->pseudo[j] = slope;
    if (l1 == 0 || linear_is_intercept(&run->of, j)) continue;
    if (at != 0)
      run->pseudo[j] = slope + (at > 0 ? l1 : -l1);
    else
      run->pseudo[j] = slope > l1 ? slope - l1 : slope < -l1 ? slope + l1 : 0;
  }
}

/* step = -H pseudo, by the two loops of L-BFGS; returns what it promises to first order.
** (Nocedal & Wright, Numerical Optimization, algorithm 7.4.) The diagonal is scaled so that it
** turns the last step as the slope did: ratio = s'y / y'(1/curve)y, their (7.20) in the units
** of the diagonal.  With a lasso penalty what does not go down by itself is left out: the step
** is projected on the signs of -pseudo (Andrew & Gao). */
static double quasi_direct(quasi_run *run) {
  const int64_t width = run->of.width;
  const int64_t first = run->n > QUASI_MEMORY ? run->n - QUASI_MEMORY : 0;
  double by[QUASI_MEMORY], ratio = 1;
  for (int64_t j = 0; j < width; j++)
    run->step[j] = -run->pseudo[j];
  for (int64_t i = run->n - 1; i >= first; i--) {
    const int64_t at = i % QUASI_MEMORY;
    by[at] = quasi_dot(run, run->moved[at], run->step) / run->product[at];
    for (int64_t j = 0; j < width; j++)
      run->step[j] -= by[at] * run->turned[at][j];
  }
  if (run->n > 0) {
    const int64_t at = (run->n - 1) % QUASI_MEMORY;
    double squares = 0;
    for (int64_t j = 0; j < width; j++)
      squares += run->turned[at][j] * run->turned[at][j] / run->curve[j];
    ratio = run->product[at] / squares;
  }
  for (int64_t j = 0; j < width; j++)
    run->step[j] *= ratio / run->curve[j];
  for (int64_t i = first; i < run->n; i++) {
    const int64_t at = i % QUASI_MEMORY;
    const double less = quasi_dot(run, run->turned[at], run->step) / run->product[at];
    for (int64_t j = 0; j < width; j++)
      run->step[j] += (by[at] - less) * run->moved[at][j];
  }
  for (int64_t j = 0; run->of.problem->l1 > 0 && j < width; j++) /* only downhill, in each */
    if (!(run->step[j] * run->pseudo[j] < 0)) run->step[j] = 0;
  return -quasi_dot(run, run->step, run->pseudo);
}

/* beta + share step, cut where it would leave the orthant; what that promises.  The orthant of
** a coefficient that is 0 is the one that the least steep slope leads into. */
static double quasi_stand(const quasi_run *run, double share) {
  double sum = 0;
  for (int64_t j = 0; j < run->of.width; j++) {
    const double at = run->beta[j], side = at != 0 ? at : -run->pseudo[j];
    double to = at + share * run->step[j];
    if (run->of.problem->l1 > 0 && !linear_is_intercept(&run->of, j) && !(to * side > 0)) to = 0;
    run->trial[j] = to;
    sum -= run->pseudo[j] * (to - at);
  }
  return sum;
}

/* Remember how the slope turned on the way.  A pair whose product is not above 0 would make H
** indefinite; one that is rounding says nothing. */
static void quasi_remember(quasi_run *run) {
  const int64_t at = run->n % QUASI_MEMORY;
  double *moved = run->moved[at], *turned = run->turned[at];
  for (int64_t j = 0; j < run->of.width; j++) {
    moved[j] = run->trial[j] - run->beta[j];
    turned[j] = run->fresh[j] - run->slope[j];
  }
  const double product = quasi_dot(run, moved, turned);
  const double sizes = sqrt(quasi_dot(run, moved, moved) * quasi_dot(run, turned, turned));
  if (!(product > 1e-10 * sizes)) return;
  run->product[at] = product;
  run->n++;
}

/* Take the step, or the share of it that lowers the objective: by how much it did, negative
** where none does. */
static double quasi_move(quasi_run *run) {
  const mine_env *env = run->of.problem->env;
  double share = 1;
  for (int halves = 0; halves < QUASI_HALVES && !mine_failed(env); halves++, share /= 2) {
    const double promise = quasi_stand(run, share);
    const double value = quasi_evaluate(run, run->trial, run->fresh);
    if (!(value <= run->value - QUASI_ARMIJO * promise + QUASI_EXACT * run->scale)) continue;
    const double fall = run->value - value;
    quasi_remember(run);
    memcpy(run->beta, run->trial, (size_t)run->of.width * sizeof *run->beta);
    memcpy(run->slope, run->fresh, (size_t)run->of.width * sizeof *run->slope);
    run->value = value;
    return fmax(fall, 0);
  }
  return -1;
}

/* Classes without a penalty that drift apart: steps get no shorter there, but the objective
** loses sight of them. */
static int quasi_is_far(const quasi_run *run) {
  const linear_problem *p = run->of.problem;
  return linear_of_classes(p) && p->l1 == 0 && p->l2 == 0 && run->point->most > LINEAR_FAR;
}

/* The steps made; negative: it does not end. */
static int quasi_go(quasi_run *run) {
  const linear_problem *p = run->of.problem;
  int lost = 0;
  run->value = quasi_evaluate(run, run->beta, run->slope);
  for (int steps = 1; steps <= QUASI_STEPS && !mine_failed(p->env); steps++) {
    run->scale = fabs(run->value) + 1e-6 * p->total * p->spread;
    quasi_soften(run);
    double promise = quasi_direct(run);
    if (!(promise > 0) && run->n > 0) {
      run->n = 0;
      promise = quasi_direct(run);
    }
    if (!(promise > QUASI_ENOUGH * run->scale)) return steps;
    const double fall = quasi_move(run);
    if (fall < 0 && run->n == 0) return steps;
    if (fall < 0) run->n = 0; /* begin anew from the diagonal */
    lost = fall > QUASI_EXACT * run->scale ? 0 : lost + 1;
    if (lost > QUASI_LOST || mine__poll(p->env)) return steps;
    if (quasi_is_far(run) && steps > QUASI_LATE) break;
  }
  return -QUASI_STEPS;
}

mine_status mine__quasi_solve(const linear_problem *problem, double *beta, linear_point *point,
                              int *steps) {
  mine_env *env = problem->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  quasi_run run = {.of = linear_objective_of(problem), .point = point, .beta = beta};
  const size_t width = (size_t)run.of.width;
  double **const vector[] = {&run.trial, &run.step,   &run.slope,
                             &run.fresh, &run.pseudo, &run.curve};
  for (size_t i = 0; i < sizeof vector / sizeof vector[0]; i++)
    *vector[i] = mine__arena_array(env->scratch, width, sizeof(double));
  for (int i = 0; i < QUASI_MEMORY; i++) {
    run.moved[i] = mine__arena_array(env->scratch, width, sizeof(double));
    run.turned[i] = mine__arena_array(env->scratch, width, sizeof(double));
  }
  *steps = 0;
  if (mine_failed(env)) return mine_env_status(env);
  quasi_open_curve(&run);
  *steps = quasi_go(&run);
  if (!mine_failed(env)) (void)quasi_evaluate(&run, beta, run.slope); /* the point is there */
  if (*steps > 0 && quasi_is_far(&run)) *steps = -*steps;
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
