/*
** newton.c -- to the least of loss and penalties.
**
** The loss is replaced by its second-order expansion at the point; its least is a system of
** equations (Cholesky), or with a lasso penalty descend.c finds it, which never sees the rows.
** A step that does not lower the objective by a share of what the expansion promises is halved.
** Near the least the promise is of the order of the square of what is wrong; the step after
** which it is below `enough` is the last.
**
** For the gaussian family the expansion is the loss itself: the rows are read once.
*/
#include <string.h>

#include "objective.h"

#define NEWTON_STEPS  60
#define NEWTON_SAME   1e-18 /* of the objective: the Hessian is that of the least, to nine digits */
#define NEWTON_NEAR   1e-10 /* of a promise: the step after it may be made with an old Hessian    */
#define NEWTON_ARMIJO 1e-4
#define NEWTON_HALVES 40
#define NEWTON_LATE   15 /* a fit that is far and moves after so many steps has no end */

typedef struct newton_run {
  linear_objective of;
  double scale; /* of the objective */
  double *beta, *trial, *step;
  double *u;    /* width squared: the system; with a lasso penalty NULL */
  double *turn; /* the Hessian times a step */
  linear_point *point;
} newton_run;

/* step = -(system)^-1 slope.  Where classes drift apart the system becomes singular; then its
** diagonal is raised. */
static void newton_equations(const newton_run *run) {
  const double intercepts = linear_intercepts(&run->of, run->beta);
  double raise = 0, most = 0;
  for (int64_t j = 0; j < run->of.width; j++)
    most = fmax(most, run->point->h[j * run->of.width + j]);
  for (int again = 0; again < 20; again++) {
    linear_system(&run->of, run->point->h, run->u);
    for (int64_t j = 0; j < run->of.width; j++)
      run->u[j * run->of.width + j] += raise;
    if (mine__cholesky(run->of.problem->la, run->of.width, run->u)) break;
    raise = raise > 0 ? 10 * raise : fmax(most * 1e-14, 1e-300);
  }
  for (int64_t j = 0; j < run->of.width; j++)
    run->step[j] = -linear_slope(&run->of, run->point->g, run->beta, j, intercepts);
  mine__solve_upper(run->of.width, run->u, 1, run->step);
  mine__solve_upper(run->of.width, run->u, 0, run->step);
}

/* By how much the whole step lowers the expansion to first order; not negative but for
** rounding. */
static double newton_promise(const newton_run *run) {
  const double intercepts = linear_intercepts(&run->of, run->beta);
  double sum = 0;
  for (int64_t j = 0; j < run->of.width; j++) {
    sum -= linear_slope(&run->of, run->point->g, run->beta, j, intercepts) * run->step[j];
    if (!linear_is_intercept(&run->of, j))
      sum -= run->of.problem->l1 * (fabs(run->beta[j] + run->step[j]) - fabs(run->beta[j]));
  }
  return sum;
}

/* Loss and gradient after a whole step, by the expansion. */
static void newton_expand(const newton_run *run) {
  linear_point *at = run->point;
  const int64_t width = run->of.width;
  memset(run->turn, 0, (size_t)width * sizeof *run->turn);
  for (int64_t i = 0; i < width; i++) {
    const double step = run->step[i], *row = at->h + i * width;
    for (int64_t j = 0; step != 0 && j < width; j++)
      run->turn[j] += step * row[j];
  }
  for (int64_t j = 0; j < width; j++) {
    at->loss += run->step[j] * (at->g[j] + 0.5 * run->turn[j]);
    at->g[j] += run->turn[j];
  }
}

/* Stand at beta + share step, of which `trial` holds the place. */
static void newton_stand(const newton_run *run, double share, int what) {
  const linear_problem *p = run->of.problem;
  const int gaussian = p->family == LINEAR_GAUSSIAN;
  linear_point *at = run->point;
  for (int64_t j = 0; j < run->of.width; j++)
    run->trial[j] = run->beta[j] + share * run->step[j];
  if (!gaussian && mine__glm_evaluate(p, run->trial, what, at)) return;
  if (gaussian) newton_expand(run); /* share is 1 */
}

/* What to find out where a step leads that promises so much of the objective. */
static int newton_wanted(const newton_run *run, double share) {
  const double next = share * share; /* is promised there, by a Hessian of its own */
  const int same = !run->of.problem->chosen && next <= NEWTON_SAME;
  const int near = next <= NEWTON_NEAR && !same;
  return near && !run->point->stale ? LINEAR_GRADIENT : LINEAR_NEWTON;
}

/* Take the step, or the share of it that lowers the objective enough.  Whether there is more to
** be gained: not after a failure.  A step by the Hessian of another point is never the last, but
** where nobody looks at the point it leads to. */
static int newton_move(const newton_run *run, double promise) {
  const mine_env *env = run->of.problem->env;
  const double before = run->point->loss + linear_penalties(&run->of, run->beta);
  const int last = promise <= run->of.problem->enough * run->scale;
  const int gaussian = run->of.problem->family == LINEAR_GAUSSIAN, stale = run->point->stale;
  const int sure = gaussian || last;
  const int ends = run->of.problem->chosen ? last : !stale && promise <= NEWTON_SAME * run->scale;
  double share = 1;
  if (!gaussian && ends) {
    for (int64_t j = 0; j < run->of.width; j++)
      run->beta[j] += run->step[j];
    return 0;
  }
  newton_stand(run, 1, last ? LINEAR_NEWTON : newton_wanted(run, promise / run->scale));
  for (int halves = 0; !sure && !mine_failed(env); halves++) {
    const double now = run->point->loss + linear_penalties(&run->of, run->trial);
    if (now <= before - NEWTON_ARMIJO * share * promise) break;
    share = halves == NEWTON_HALVES ? 0 : share / 2;
    if (share == 0) break;
    newton_stand(run, share, LINEAR_LOSS);
  }
  if (share < 1 && !mine_failed(env)) newton_stand(run, share, LINEAR_NEWTON);
  if (mine_failed(env)) return 0;
  memcpy(run->beta, run->trial, (size_t)run->of.width * sizeof *run->beta);
  return stale || (share > 0 && !sure);
}

/* The steps made; negative: it does not end. */
static int newton_go(newton_run *run) {
  const linear_problem *p = run->of.problem;
  const int free_ = p->l1 == 0 && p->l2 == 0, once = p->family == LINEAR_GAUSSIAN;
  int steps = 1, found = 1;
  for (; steps <= NEWTON_STEPS; steps++) {
    run->scale = fabs(run->point->loss) + 1e-6 * p->total * p->spread;
    if (p->l1 > 0)
      found = mine__glm_descend(p, run->point, run->beta, run->scale, run->step);
    else
      newton_equations(run);
    if (mine_failed(p->env) || !newton_move(run, newton_promise(run)) || mine__poll(p->env))
      return once && !found ? -steps : steps;
    if (linear_of_classes(p) && free_ && run->point->most > LINEAR_FAR && steps > NEWTON_LATE)
      break;
  }
  return -steps;
}

mine_status mine__newton_solve(const linear_problem *problem, double *beta, linear_point *point,
                               int *steps) {
  mine_env *env = problem->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  newton_run run = {.of = linear_objective_of(problem), .beta = beta, .point = point};
  const size_t width = (size_t)run.of.width;
  run.trial = mine__arena_array(env->scratch, width, sizeof(double));
  run.step = mine__arena_array(env->scratch, width, sizeof(double));
  run.turn = mine__arena_array(env->scratch, width, sizeof(double));
  if (problem->l1 == 0) run.u = mine__arena_array(env->scratch, width, width * sizeof(double));
  if (mine_failed(env)) return mine_env_status(env);
  *steps = newton_go(&run);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
