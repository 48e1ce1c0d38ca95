/*
** screen.c -- a lasso of many columns, on the few of them that matter.
**
** A column whose slope the penalty holds has the coefficient 0 and may as well not be there.  So
** the problem is solved on a part of the columns; then the slopes of all are looked at, once, and
** those that break the penalty join, until none does: the least of the part is that of all
** (Karush, Kuhn & Tucker).  What a part costs depends on its columns, a look is rows x columns.
**
** The part begins with the columns that are not 0 and those that the strong rule keeps: where the
** point is the least of a penalty `before`, slopes change by no more than the penalty does, but
** for a few (Tibshirani et al. 2012, "Strong rules for discarding predictors in lasso-type
** problems", JRSS B 74).  The penalty before is the largest slope.  At most as many join as are
** there, the steepest first: from far away, where all slopes are large, most would be in vain.
** Columns only join, so it ends, and their number doubles, so that it ends soon.
*/
#include <stdlib.h>

#include "../kernel/topk.h"
#include "objective.h"

#define SCREEN_FEW 50 /* columns may join in any case */

typedef struct screen_run {
  const linear_problem *whole;
  linear_objective of;
  double *beta;
  linear_point *point;
  linear_design design; /* of the part                                            */
  int64_t *column;      /* its columns, ascending, among those of the whole       */
  uint8_t *in;          /* per column of the whole: it is among them              */
  double *steep;        /* ... the largest |slope| of its margins                 */
  double *room;
  uint32_t *order;
} screen_run;

static void screen_open(screen_run *run, const linear_problem *problem) {
  const size_t columns = (size_t)problem->design->n_used, offers = columns + SCREEN_FEW;
  mine_arena *scratch = problem->env->scratch;
  run->whole = problem;
  run->of = linear_objective_of(problem);
  run->design = *problem->design;
  run->design.n_used = 0;
  run->design.used = mine__arena_array(scratch, columns, sizeof *run->design.used);
  run->column = mine__arena_array(scratch, columns, sizeof *run->column);
  run->in = mine__arena_zeros(scratch, columns, sizeof *run->in);
  run->steep = mine__arena_array(scratch, columns, sizeof *run->steep);
  run->room = mine__arena_array(scratch, offers, sizeof *run->room);
  run->order = mine__arena_array(scratch, offers, sizeof *run->order);
}

/* The slopes at beta; the largest comes back. */
static double screen_look(const screen_run *run) {
  const int64_t q = run->of.q;
  double most = 0;
  for (int64_t j = 1; j < q; j++) {
    double steep = 0;
    for (int64_t at = j; at < run->of.width; at += q)
      steep = fmax(steep, fabs(linear_slope(&run->of, run->point->g, run->beta, at, 0)));
    run->steep[j - 1] = steep;
    most = fmax(most, steep);
  }
  return most;
}

static void screen_collect(screen_run *run) {
  int64_t n = 0;
  for (int64_t j = 0; j < run->of.q - 1; j++) {
    if (!run->in[j]) continue;
    run->column[n] = j;
    run->design.used[n++] = run->whole->design->used[j];
  }
  run->design.n_used = n;
}

static void screen_keep(screen_run *run) {
  for (int64_t at = 0; at < run->of.width; at++)
    if (!linear_is_intercept(&run->of, at) && run->beta[at] != 0) run->in[at % run->of.q - 1] = 1;
  screen_collect(run);
}

/* Those whose slope is beyond `limit`; how many. */
static int64_t screen_join(screen_run *run, double limit) {
  const int64_t known = run->design.n_used;
  mine_topk top;
  mine__topk_open(&top, known > SCREEN_FEW ? known : SCREEN_FEW, run->room, run->order);
  for (int64_t j = 0; j < run->of.q - 1; j++)
    if (!run->in[j] && run->steep[j] > limit) mine__topk_offer(&top, -run->steep[j], (uint32_t)j);
  for (int64_t i = 0; i < top.n; i++)
    run->in[run->order[i]] = 1;
  screen_collect(run);
  return top.n;
}

/* The coefficients of the part, out of those of the whole (back: into them). */
static void screen_copy(const screen_run *run, double *part, int back) {
  const int64_t q = run->of.q, n = run->design.n_used;
  for (int64_t k = 0; k < run->whole->margins; k++, part += n + 1) {
    double *whole = run->beta + k * q;
    for (int64_t i = 0; i <= n; i++) {
      const int64_t at = i == 0 ? 0 : run->column[i - 1] + 1;
      if (back)
        whole[at] = part[i];
      else
        part[i] = whole[at];
    }
  }
}

/* Beta becomes the least of the part, the point that of the whole there; the steps, negative: it
** has not settled. */
static int screen_solve(screen_run *run) {
  mine_env *env = run->whole->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  linear_problem part = *run->whole;
  linear_point point;
  int steps = 0;
  part.design = &run->design;
  part.chosen = 1;
  double *beta = mine__arena_array(env->scratch, (size_t)linear_width(&part), sizeof *beta);
  if (!beta || mine__glm_point(&part, &point)) return 0;
  screen_copy(run, beta, 0);
  if (mine__glm_evaluate(&part, beta, LINEAR_NEWTON, &point) ||
      mine__glm_solve(&part, beta, &point, &steps))
    return 0;
  screen_copy(run, beta, 1);
  mine__arena_rewind(env->scratch, mark);
  return mine__glm_evaluate(run->whole, run->beta, LINEAR_GRADIENT, run->point) ? 0 : steps;
}

mine_status mine__screen_solve(const linear_problem *problem, double *beta, linear_point *point,
                               int *steps) {
  mine_env *env = problem->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const double l1 = problem->l1;
  screen_run run = {.beta = beta, .point = point};
  double limit;
  int last, sum = 0;
  screen_open(&run, problem);
  if (mine_failed(env)) return mine_env_status(env);
  screen_keep(&run);
  (void)screen_join(&run, fmin(l1, 2 * l1 - screen_look(&run)));
  do {
    last = screen_solve(&run);
    sum += abs(last);
    if (mine_failed(env)) return mine_env_status(env);
    /* what a column could gain by itself, were it bent as the square of its values */
    const double scale = fabs(point->loss) + 1e-6 * problem->total * problem->spread;
    limit = l1 + sqrt(problem->settled * scale * problem->total);
    (void)screen_look(&run);
  } while (screen_join(&run, limit) > 0);
  *steps = last < 0 ? -sum : sum;
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
