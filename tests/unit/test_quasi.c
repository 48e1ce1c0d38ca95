/*
** test_quasi.c -- L-BFGS and OWL-QN end where Newton's method ends; more coefficients than
** that has room for; classes that have no end.
*/
#include "linear_fixture.h"

static void ends_where_newton_ends(void **state) {
  static const struct {
    linear_family family;
    int classes, margins;
    double l1, l2;
  } tried[] = {
      /* an odd number of classes: else a lasso has several leasts */
      {LINEAR_MULTINOMIAL, 4, 4, 0, 1},    {LINEAR_MULTINOMIAL, 3, 3, 8, 0},
      {LINEAR_MULTINOMIAL, 4, 4, 3, 2},    {LINEAR_MULTINOMIAL, 4, 3, 0, 0},
      {LINEAR_LOGISTIC, 2, 1, 0, 0},       {LINEAR_LOGISTIC, 2, 1, 12, 0.5},
      {LINEAR_POISSON, 2, 1, 0, 0},        {LINEAR_POISSON, 2, 1, 10, 0},
      {LINEAR_MULTINOMIAL, 7, 7, 0, 1e-3}, {LINEAR_MULTINOMIAL, 5, 5, 1e6, 0},
  };
  (void)state;
  for (size_t t = 0; t < sizeof tried / sizeof tried[0]; t++) {
    mine_env *env = open_env();
    const mine_dataset data = made(ROWS, 6, tried[t].classes, 2);
    const mine_list none = {0};
    linear_design design;
    linear_problem problem;
    linear_point point, bare = {0};
    double beta[2][64], g[64];
    int steps[2];
    assert_int_equal(mine__design_open(env, &data, &none, &design), MINE_OK);
    mine__glm_open(&problem, &design, tried[t].family, tried[t].margins, NULL, ROWS);
    problem.l1 = tried[t].l1;
    problem.l2 = tried[t].l2;
    assert_int_equal(mine__glm_point(&problem, &point), MINE_OK);
    bare.g = g;
    for (int i = 0; i < 2; i++)
      mine__glm_start(&problem, beta[i]);
    assert_int_equal(mine__glm_evaluate(&problem, beta[0], LINEAR_NEWTON, &point), MINE_OK);
    assert_int_equal(mine__glm_solve(&problem, beta[0], &point, &steps[0]), MINE_OK);
    assert_int_equal(mine__quasi_solve(&problem, beta[1], &bare, &steps[1]), MINE_OK);
    assert_true(steps[0] > 0 && steps[1] > 0);
    for (int64_t j = 0; j < linear_width(&problem); j++) {
      if (!(fabs(beta[0][j] - beta[1][j]) <= 1e-6 * fmax(1, fabs(beta[0][j]))))
        fail_msg("case %d, coefficient %d: %.12g, Newton %.12g (%d and %d steps)", (int)t, (int)j,
                 beta[1][j], beta[0][j], steps[1], steps[0]);
      assert_true((beta[0][j] == 0) == (beta[1][j] == 0)); /* the lasso's zeros */
    }
    mine_env_close(env);
  }
}

/* 50 x 81 coefficients: no matrix, and the slope at the end is next to nothing. */
static void goes_beyond(void **state) {
  (void)state;
  mine_env *env = open_env();
  const mine_dataset data = made(ROWS, COLUMNS, CLASSES, 1);
  const mine_list none = {0};
  linear_design design;
  linear_problem problem;
  linear_point point;
  int steps;
  assert_int_equal(mine__design_open(env, &data, &none, &design), MINE_OK);
  mine__glm_open(&problem, &design, LINEAR_MULTINOMIAL, CLASSES, NULL, ROWS);
  problem.l2 = 1;
  assert_int_equal(mine__glm_point(&problem, &point), MINE_OK);
  assert_null(point.h);
  double *beta = mine__arena_array(env->scratch, (size_t)linear_width(&problem), sizeof *beta);
  mine__glm_start(&problem, beta);
  assert_int_equal(mine__glm_evaluate(&problem, beta, LINEAR_NEWTON, &point), MINE_OK);
  const double before = point.loss;
  assert_int_equal(mine__glm_solve(&problem, beta, &point, &steps), MINE_OK);
  assert_true(steps > 0 && point.loss < before);
  const linear_objective of = linear_objective_of(&problem);
  for (int64_t j = 0; j < of.width; j++)
    assert_true(fabs(linear_slope(&of, point.g, beta, j, linear_intercepts(&of, beta))) < 1e-6);
  mine_env_close(env);
}

/* Told apart without error: no end, and it is seen. */
static void has_no_end(void **state) {
  (void)state;
  mine_env *env = open_env();
  mine_dataset data = made(ROWS, 3, 3, 0);
  const mine_list none = {0};
  linear_design design;
  linear_problem problem;
  linear_point point = {0};
  double beta[16], g[16];
  int steps;
  for (int i = 0; i < ROWS; i++)
    label[i] = number[0][i] < 0 ? 0 : number[0][i] < 2 ? 1 : 2;
  assert_int_equal(mine__design_open(env, &data, &none, &design), MINE_OK);
  mine__glm_open(&problem, &design, LINEAR_MULTINOMIAL, 2, NULL, ROWS);
  point.g = g;
  mine__glm_start(&problem, beta);
  assert_int_equal(mine__quasi_solve(&problem, beta, &point, &steps), MINE_OK);
  assert_true(steps < 0);
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ends_where_newton_ends),
      cmocka_unit_test(goes_beyond),
      cmocka_unit_test(has_no_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
