/*
** test_lasso.c -- the ways to the least of penalties where there are many columns: parts of them
** (screen.c), the space of the rows (rotate.c), coefficients all at once (descend.c).
*/
#include "linear_fixture.h"

typedef struct tried {
  linear_family family;
  int classes, margins;
  double l1, l2;
} tried;

typedef struct lasso {
  mine_env *env;
  mine_dataset data;
  linear_design design;
  linear_problem problem;
} lasso;

static void lasso_open(lasso *l, int rows, int columns, const tried *t) {
  const mine_list none = {0};
  l->env = open_env();
  l->data = made(rows, columns, t->classes, 1);
  assert_int_equal(mine__design_open(l->env, &l->data, &none, &l->design), MINE_OK);
  mine__glm_open(&l->problem, &l->design, t->family, t->margins, NULL, rows);
  l->problem.l1 = t->l1;
  l->problem.l2 = t->l2;
}

static double *lasso_start(const lasso *l, linear_point *point, int with_h) {
  const size_t width = (size_t)linear_width(&l->problem);
  double *beta = mine__arena_array(l->env->scratch, width, sizeof *beta);
  *point = (linear_point){.g = mine__arena_array(l->env->scratch, width, sizeof(double))};
  if (with_h) point->h = mine__arena_array(l->env->scratch, width, width * sizeof(double));
  mine__glm_start(&l->problem, beta);
  assert_int_equal(mine__glm_evaluate(&l->problem, beta, LINEAR_NEWTON, point), MINE_OK);
  return beta;
}

/* By how much a slope is beside what the penalties ask for: Karush, Kuhn and Tucker. */
static double beside(const lasso *l, const double *beta) {
  const linear_objective of = linear_objective_of(&l->problem);
  const double intercepts = linear_intercepts(&of, beta), l1 = l->problem.l1;
  linear_point point = {.g = mine__arena_array(l->env->scratch, (size_t)of.width, sizeof(double))};
  double most = 0;
  assert_int_equal(mine__glm_evaluate(&l->problem, beta, LINEAR_GRADIENT, &point), MINE_OK);
  for (int64_t j = 0; j < of.width; j++) {
    const double slope = linear_slope(&of, point.g, beta, j, intercepts);
    const double asked = linear_is_intercept(&of, j) ? 0 : l1;
    most = fmax(most,
                beta[j] == 0 ? fabs(slope) - asked : fabs(slope + (beta[j] > 0 ? asked : -asked)));
  }
  return most;
}

typedef mine_status way(const linear_problem *, double *, linear_point *, int *);

static void same(int rows, int columns, const tried *t, way *other) {
  lasso l;
  linear_point full, bare;
  int steps[2];
  lasso_open(&l, rows, columns, t);
  double *newton = lasso_start(&l, &full, 1), *beta = lasso_start(&l, &bare, 0);
  assert_int_equal(mine__newton_solve(&l.problem, newton, &full, &steps[0]), MINE_OK);
  assert_int_equal(other(&l.problem, beta, &bare, &steps[1]), MINE_OK);
  assert_true(steps[0] > 0 && steps[1] > 0);
  assert_true(fabs(full.loss - bare.loss) <= 1e-9 * fabs(full.loss));
  for (int64_t j = 0; j < linear_width(&l.problem); j++) {
    if (!(fabs(beta[j] - newton[j]) <= 1e-7 * fmax(1, fabs(newton[j]))))
      fail_msg("family %d, coefficient %d: %.12g, Newton %.12g", (int)t->family, (int)j, beta[j],
               newton[j]);
    assert_true((beta[j] == 0) == (newton[j] == 0));
  }
  mine_env_close(l.env);
}

/* From none of the columns to nearly all. */
static void parts_are_the_whole(void **state) {
  static const tried on[] = {
      {LINEAR_LOGISTIC, 2, 1, 20, 0},   {LINEAR_LOGISTIC, 2, 1, 0.5, 0},
      {LINEAR_LOGISTIC, 2, 1, 1e6, 0},  {LINEAR_LOGISTIC, 2, 1, 2, 3},
      {LINEAR_POISSON, 2, 1, 5, 0},     {LINEAR_GAUSSIAN, 2, 1, 5, 0},
      {LINEAR_MULTINOMIAL, 3, 3, 4, 0}, {LINEAR_MULTINOMIAL, 4, 4, 3, 1},
  };
  (void)state;
  for (size_t t = 0; t < sizeof on / sizeof on[0]; t++)
    same(ROWS, COLUMNS, &on[t], mine__screen_solve);
}

static void rows_span_a_ridge(void **state) {
  static const tried on[] = {
      {LINEAR_LOGISTIC, 2, 1, 0, 1},    {LINEAR_LOGISTIC, 2, 1, 0, 1e-3},
      {LINEAR_GAUSSIAN, 2, 1, 0, 2},    {LINEAR_POISSON, 2, 1, 0, 2},
      {LINEAR_MULTINOMIAL, 3, 3, 0, 1},
  };
  (void)state;
  for (size_t t = 0; t < sizeof on / sizeof on[0]; t++)
    same(30, COLUMNS, &on[t], mine__rotate_solve);
}

static void settles(const tried *t, int rows, double apart) {
  const mine_list none = {0};
  lasso l;
  linear_point point;
  mine_random rng;
  int steps;
  lasso_open(&l, rows, COLUMNS, t);
  mine__random_open(&rng, 6, 0, 0);
  for (int c = COLUMNS / 2; c < COLUMNS; c++) {
    for (int i = 0; i < rows; i++)
      number[c][i] = number[c - COLUMNS / 2][i] + apart * normal(&rng);
  }
  assert_int_equal(mine__design_open(l.env, &l.data, &none, &l.design), MINE_OK);
  double *beta = lasso_start(&l, &point, 1);
  assert_int_equal(mine__newton_solve(&l.problem, beta, &point, &steps), MINE_OK);
  assert_true(steps > 0);
  const double gap = beside(&l, beta);
  if (!(gap < 1e-6 * t->l1))
    fail_msg("family %d, %d rows, %g apart, l1=%g: a slope is %g beside, after %d steps",
             (int)t->family, rows, apart, t->l1, gap, steps);
  mine_env_close(l.env);
}

/* The second half of the columns says what the first does, but for a share of chance. */
static void equal_columns_settle(void **state) {
  static const double apart[] = {0, 1e-13, 1e-9, 1e-6, 1e-3, 0.1};
  static const tried on[] = {
      {LINEAR_LOGISTIC, 2, 1, 3, 0},    {LINEAR_LOGISTIC, 2, 1, 0.1, 0},
      {LINEAR_LOGISTIC, 2, 1, 1e-3, 0}, {LINEAR_GAUSSIAN, 2, 1, 1, 0},
      {LINEAR_GAUSSIAN, 2, 1, 0.01, 0}, {LINEAR_POISSON, 2, 1, 0.01, 0},
  };
  (void)state;
  for (size_t a = 0; a < sizeof apart / sizeof apart[0]; a++) {
    for (size_t t = 0; t < sizeof on / sizeof on[0]; t++) {
      settles(&on[t], 60, apart[a]);
      settles(&on[t], 30, apart[a]);
    }
  }
}

/* Which way is taken. */
static void the_way(void **state) {
  static const struct {
    int rows, columns;
    tried problem;
    linear_way way;
  } on[] = {
      {ROWS, COLUMNS, {LINEAR_LOGISTIC, 2, 1, 1, 0}, LINEAR_BY_NEWTON},
      {30, COLUMNS, {LINEAR_LOGISTIC, 2, 1, 0, 0}, LINEAR_BY_NEWTON},
      {15, COLUMNS, {LINEAR_LOGISTIC, 2, 1, 0, 1}, LINEAR_BY_ROWS},
      {15, COLUMNS, {LINEAR_GAUSSIAN, 2, 1, 0, 1}, LINEAR_BY_ROWS},
      {60, COLUMNS, {LINEAR_GAUSSIAN, 2, 1, 0, 1}, LINEAR_BY_NEWTON},
      {60, COLUMNS, {LINEAR_GAUSSIAN, 2, 1, 1, 1}, LINEAR_BY_NEWTON},
      {ROWS, COLUMNS, {LINEAR_GAUSSIAN, 2, 1, 0, 1}, LINEAR_BY_NEWTON},
      {ROWS, COLUMNS, {LINEAR_MULTINOMIAL, CLASSES, CLASSES, 0, 1}, LINEAR_BY_SLOPES},
  };
  (void)state;
  for (size_t t = 0; t < sizeof on / sizeof on[0]; t++) {
    lasso l;
    lasso_open(&l, on[t].rows, on[t].columns, &on[t].problem);
    assert_int_equal(mine__glm_way(&l.problem), on[t].way);
    mine_env_close(l.env);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts_are_the_whole),
      cmocka_unit_test(rows_span_a_ridge),
      cmocka_unit_test(equal_columns_settle),
      cmocka_unit_test(the_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
