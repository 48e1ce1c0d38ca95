/*
** rotate.c -- a ridge of more columns than rows, with as many coefficients as rows.
**
** The least of a ridge lies in the span of the rows: what is beside it changes no margin and costs
** a penalty.  So the rows are written by their own directions, which are orthonormal: squares
** are the same there.  What is least of these few coefficients is turned back at the end (Hastie &
** Tibshirani 2004, "Efficient quadratic regularization for expression arrays", Biostatistics 5).
** Any part of the rows has its least there, too, so that one rotation serves all folds.
**
** The directions come row by row, each less what those before it say, twice, which leaves them
** orthogonal to rounding whatever the rows are (Giraud, Langou & Rozloznik 2005, "The loss of
** orthogonality in the Gram-Schmidt orthogonalization process", Computers & Mathematics with
** Applications 50).  2 rows^2 x columns multiplications.
*/
#include "rotate.h"

#include <math.h>
#include <string.h>

#include "../kernel/simd.h"

#define ROTATE_NEW 1e-10 /* of a row that those before it do not say: a direction of its own */

/* v less what lies along the directions so far, which is added to `along`. */
static void rotate_clear(const linear_rotation *r, double *v, double *along) {
  const mine__kernels *kernels = mine__kernels_here();
  for (int64_t s = 0; s < r->n; s++) {
    const double *direction = r->direction + s * r->columns;
    const double by = mine__dot(direction, v, r->columns);
    kernels->add_row(v, direction, r->columns, -by);
    along[s] += by;
  }
}

/* Direction by direction: row i has along[s] of direction s. */
static void rotate_row(linear_rotation *r, double *v, double *along) {
  const double before = sqrt(mine__dot(v, v, r->columns));
  rotate_clear(r, v, along);
  rotate_clear(r, v, along);
  const double left = sqrt(mine__dot(v, v, r->columns));
  if (!(left > ROTATE_NEW * before)) return;
  double *direction = r->direction + r->n * r->columns;
  for (int64_t j = 0; j < r->columns; j++)
    direction[j] = v[j] / left;
  along[r->n++] = left;
}

/* Targets and weights of the rows, in their order. */
static void rotate_targets(const linear_problem *of, linear_rotation *r) {
  const mine_dataset *data = of->design->data;
  mine_arena *scratch = of->env->scratch;
  const size_t n = (size_t)of->n;
  int32_t *label = data->label ? mine__arena_array(scratch, n, sizeof *label) : NULL;
  double *target = data->target ? mine__arena_array(scratch, n, sizeof *target) : NULL;
  double *weight = mine__arena_array(scratch, n, sizeof *weight);
  if (mine_failed(of->env)) return;
  for (int64_t i = 0; i < of->n; i++) {
    const int64_t row = linear_row(of, i);
    if (label) label[i] = data->label[row];
    if (target) target[i] = data->target[row];
    weight[i] = design_weight(of->design, row);
  }
  r->data.label = label;
  r->data.target = target;
  r->data.weight = weight;
}

/* A design whose columns are the directions, as they are. */
static void rotate_design(const linear_problem *of, linear_rotation *r, const double *along) {
  mine_arena *scratch = of->env->scratch;
  const size_t n = (size_t)r->n, rows = (size_t)of->n;
  mine_feature_view *view = mine__arena_zeros(scratch, n, sizeof *view);
  double *number = mine__arena_array(scratch, n, rows * sizeof *number);
  r->design.slot = mine__arena_array(scratch, n, sizeof *r->design.slot);
  r->design.used = mine__arena_array(scratch, n, sizeof *r->design.used);
  r->design.missing = mine__arena_zeros(scratch, n, sizeof *r->design.missing);
  if (mine_failed(of->env)) return;
  for (size_t s = 0; s < n; s++) {
    for (size_t i = 0; i < rows; i++)
      number[s * rows + i] = along[i * rows + s];
    view[s].number = number + s * rows;
    r->design.slot[s] = (design_slot){.feature = (int)s, .level = -1, .deviation = 1};
    r->design.used[s] = (int64_t)s;
  }
  r->design.n_slots = r->design.n_used = r->n;
  r->data.n_features = (int)r->n;
  r->data.rows = (mine_batch){of->n, NULL, view};
}

mine_status mine__rotate_open(const linear_problem *problem, linear_rotation *rotation) {
  mine_env *env = problem->env;
  linear_rotation *r = rotation;
  const size_t n = (size_t)problem->n, q = (size_t)problem->design->n_used + 1;
  *r = (linear_rotation){.columns = problem->design->n_used};
  r->direction = mine__arena_array(env->scratch, n, (q - 1) * sizeof *r->direction);
  double *x = mine__arena_array(env->scratch, q, sizeof *x);
  double *along = mine__arena_zeros(env->scratch, n, n * sizeof *along);
  if (mine_failed(env)) return mine_env_status(env);
  for (int64_t i = 0; i < problem->n && !mine__poll(env); i++) {
    const uint32_t row = (uint32_t)linear_row(problem, i);
    mine__design_fill(problem->design, &row, 0, 1, x);
    rotate_row(r, x + 1, along + i * problem->n);
  }
  r->data = (mine_dataset){.n_classes = problem->design->data->n_classes};
  r->design = (linear_design){.env = env, .data = &r->data, .total = problem->design->total};
  rotate_targets(problem, r);
  rotate_design(problem, r, along);
  r->problem = *problem;
  r->problem.design = &r->design;
  r->problem.row = NULL;
  return mine_env_status(env);
}

/* The coefficients of one margin, whose intercept stays. */
static void rotate_margin(const linear_rotation *r, const double *beta, double *theta) {
  theta[0] = beta[0];
  for (int64_t s = 0; s < r->n; s++)
    theta[s + 1] = mine__dot(r->direction + s * r->columns, beta + 1, r->columns);
}

static void rotate_margin_back(const linear_rotation *r, const double *theta, double *beta) {
  beta[0] = theta[0];
  memset(beta + 1, 0, (size_t)r->columns * sizeof *beta);
  for (int64_t s = 0; s < r->n; s++)
    mine__kernels_here()->add_row(beta + 1, r->direction + s * r->columns, r->columns,
                                  theta[s + 1]);
}

mine_status mine__rotate_solve(const linear_problem *problem, double *beta, linear_point *point,
                               int *steps) {
  mine_env *env = problem->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  linear_rotation r;
  linear_point turned;
  MINE_TRY(mine__rotate_open(problem, &r));
  const int64_t q = r.columns + 1, few = r.n + 1;
  double *theta = mine__arena_array(env->scratch, (size_t)linear_width(&r.problem), sizeof *theta);
  MINE_TRY(mine__glm_point(&r.problem, &turned));
  for (int k = 0; k < problem->margins; k++)
    rotate_margin(&r, beta + k * q, theta + k * few);
  MINE_TRY(mine__glm_evaluate(&r.problem, theta, LINEAR_NEWTON, &turned));
  MINE_TRY(mine__glm_solve(&r.problem, theta, &turned, steps));
  for (int k = 0; k < problem->margins; k++)
    rotate_margin_back(&r, theta + k * few, beta + k * q);
  mine__arena_rewind(env->scratch, mark);
  return mine__glm_evaluate(problem, beta, LINEAR_GRADIENT, point);
}
