/*
** way.c -- which way to the least (glm.h).
**
** Newton's method costs rows x coefficients^2 a step, and their cube.  A lasso needs few of many
** columns (screen.c), a ridge of more columns than rows as many coefficients as rows (rotate.c).
** Least squares read their rows once for all penalties, unless these are few.
*/
#include "glm.h"

#define WAY_MANY 100 /* columns are worth screening                                */
#define WAY_WIDE 4   /* columns for each row make it worth turning the rows for one fit */

int mine__glm_is_wide(const linear_problem *problem, int fits) {
  const int64_t columns = problem->design->n_used, rows = problem->design->data->rows.n;
  return problem->l1 == 0 && problem->l2 > 0 && columns > (fits > 1 ? 1 : WAY_WIDE) * rows;
}

linear_way mine__glm_way(const linear_problem *problem) {
  const linear_problem *p = problem;
  const int64_t columns = p->design->n_used, rows = p->design->data->rows.n;
  const int once = p->family == LINEAR_GAUSSIAN && columns <= rows;
  if (p->l1 > 0 && !p->chosen && columns >= WAY_MANY && !once) return LINEAR_BY_PARTS;
  if (mine__glm_is_wide(p, 1)) return LINEAR_BY_ROWS;
  return linear_width(p) <= DESIGN_MOST + 1 ? LINEAR_BY_NEWTON : LINEAR_BY_SLOPES;
}

mine_status mine__glm_point(const linear_problem *problem, linear_point *point) {
  const size_t width = (size_t)linear_width(problem);
  *point = (linear_point){0};
  point->g = mine__arena_array(problem->env->scratch, width, sizeof(double));
  if (mine__glm_way(problem) == LINEAR_BY_NEWTON)
    point->h = mine__arena_array(problem->env->scratch, width, width * sizeof(double));
  return mine_env_status(problem->env);
}

mine_status mine__glm_solve(const linear_problem *problem, double *beta, linear_point *point,
                            int *steps) {
  switch (mine__glm_way(problem)) {
    case LINEAR_BY_PARTS:
      return mine__screen_solve(problem, beta, point, steps);
    case LINEAR_BY_ROWS:
      return mine__rotate_solve(problem, beta, point, steps);
    case LINEAR_BY_SLOPES:
      return mine__quasi_solve(problem, beta, point, steps);
    case LINEAR_BY_NEWTON:
      break;
  }
  return mine__newton_solve(problem, beta, point, steps);
}
