/*
** test_uplift.c -- the Qini coefficient computed on paper, models of a treatment, and what is
** refused of their bytes.
*/
#include "jobs_fixture.h"
#include "model/uplift.h"

/* Scores 4 3 2 1: treated, other, treated, other; the first treated and the last other bought.
** Curve: 0 1 1 1 0, area 3; the best order has the same; its line to the end is 0. */
static const double outcome[] = {1, 0, 0, 1};
static const uint8_t treated[] = {1, 0, 1, 0};

static double qini_of(const double *score, const double *weight, int64_t n, const double *y,
                      const uint8_t *arm) {
  mine_metric metric[MINE_MAX_METRICS];
  const mine_uplift_rows rows = {n, y, arm, weight, score};
  const int k = mine__uplift_metrics(env, env->scratch, &rows, metric);
  assert_int_equal(k, 4);
  assert_string_equal(metric[2].name, "qini");
  assert_true(metric[0].value == (double)n);
  return metric[2].value;
}

static void the_qini_coefficient(void **state) {
  (void)state;
  const double best[] = {4, 3, 2, 1}, worst[] = {1, 2, 3, 4}, same[] = {7, 7, 7, 7};
  assert_true(qini_of(best, NULL, 4, outcome, treated) == 1);
  /* Curve 0 0 -1 -1/2 0: area -3/2. */
  assert_true(qini_of(worst, NULL, 4, outcome, treated) == -0.5);
  /* One step, to 0. */
  assert_true(qini_of(same, NULL, 4, outcome, treated) == 0);
}

static void a_weight_of_two_is_a_row_twice(void **state) {
  (void)state;
  const double score[] = {4, 2, 3, 1}, weight[] = {2, 1, 1, 1};
  const double more[] = {4, 2, 3, 1, 4}, y[] = {1, 0, 0, 1, 1};
  const uint8_t arm[] = {1, 0, 1, 0, 1};
  const mine_uplift_rows rows = {4, outcome, treated, weight, score},
                         twice = {5, y, arm, NULL, more};
  mine_metric a[MINE_MAX_METRICS], b[MINE_MAX_METRICS];
  mine__uplift_metrics(env, env->scratch, &rows, a);
  mine__uplift_metrics(env, env->scratch, &twice, b);
  assert_true(fabs(a[1].value - b[1].value) < 1e-15 && fabs(a[2].value - b[2].value) < 1e-15);
}

static void one_arm_has_no_measure(void **state) {
  (void)state;
  const uint8_t all[] = {1, 1, 1, 1};
  const double score[] = {4, 3, 2, 1};
  assert_true(isnan(qini_of(score, NULL, 4, outcome, all)));
}

/* ---- models ------------------------------------------------------------------------------ */

#define CAMPAIGN                                                                        \
  "id,x,called,bought;1,1,1,1;2,1,1,1;3,1,0,0;4,1,0,0;5,9,1,0;6,9,1,0;7,9,0,1;8,9,0,1;" \
  "9,1,1,0;10,1,0,1;11,9,1,1;12,9,0,0"
#define LIKE                                                                                  \
  "target=bought,treatment=called,holdout=0,base=tree,base_options=\"min_samples_leaf=1,min_" \
  "samples_split=2\""

static double uplift_at(const mine_model *model, double x) {
  double value = NAN;
  const mine_feature_view view = {.number = &x};
  const mine_batch batch = {1, NULL, &view};
  mine_answers answers = {.value = &value};
  assert_int_equal(mine__model_answer(env, model, &batch, &answers), MINE_OK);
  return value;
}

/* x = 1: 2 of 3 treated bought, 1 of 3 others; x = 9 the reverse. */
static void the_difference_of_two_models(void **state) {
  (void)state;
  mine_model *model = fixture_train("uplift", LIKE, CAMPAIGN);
  assert_non_null(model);
  assert_true(fabs(uplift_at(model, 1) - 1.0 / 3) < 1e-12);
  assert_true(fabs(uplift_at(model, 9) + 1.0 / 3) < 1e-12);
  mine_model_free(model);
  model = fixture_train("uplift", LIKE ",method=class_transformation", CAMPAIGN);
  assert_non_null(model);
  assert_true(fabs(uplift_at(model, 1) - 1.0 / 3) < 1e-12);
  assert_true(fabs(uplift_at(model, 9) + 1.0 / 3) < 1e-12);
  mine_model_free(model);
}

static void refused(const char *options, const char *table, const char *said) {
  assert_null(fixture_train("uplift", options, table));
  if (!strstr(mine_env_error(env), said)) fail_msg("'%s' lacks '%s'", mine_env_error(env), said);
  close_env(NULL);
  open_env(NULL);
}

static void what_cannot_be_learned(void **state) {
  (void)state;
  refused(LIKE, "id,x,called,bought;1,1,1,1;2,2,1,0;3,3,1,1", "one value in every row");
  refused(LIKE, "id,x,called,bought;1,1,1,1;2,2,1,0;3,3,0,1", "are not treated");
  refused(LIKE, "id,x,called,bought;1,1,1,1;2,2,1,1;3,3,0,1;4,1,0,0",
          "all of the 2 rows that were treated");
  refused(LIKE, "id,x,called,bought;1,1,1,1;2,2,,0;3,3,,0", "one value in every row");
  refused("target=bought,treatment=called,treated=maybe", CAMPAIGN, "which value");
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {
      T(the_qini_coefficient),         T(a_weight_of_two_is_a_row_twice), T(one_arm_has_no_measure),
      T(the_difference_of_two_models), T(what_cannot_be_learned),
  };
  return cmocka_run_group_tests_name("uplift", tests, NULL, NULL);
}
