/*
** test_metrics.c -- the measures against scikit-learn's.
**
** The rows come from one linear congruential generator, x' = 1103515245 x +
** 12345 mod 2^31, streams started at 1, 2 and 3 (a, b, c; v = x >> 8):
**   two classes    p = (a % 101) / 100, label = b % 100 < 20 + 60 p,
**                  weight = 1 + c % 4
**   three classes  q ~ (a % 97 + 1, b % 89 + 1, c % 83 + 1), label =
**                  ((b's x >> 9) + (c's x >> 10)) % 3
**   amounts        target = (a % 1000) / 10, value = target + (b % 200) / 10 - 10
** The expected numbers are those of sklearn.metrics 1.2.1 (Debian 12) on the same
** 200 rows: roc_auc_score, log_loss (p clipped to 2^-52), brier_score_loss ...
** with and without sample_weight; macro averages for three classes.
*/
#include <math.h>
#include <string.h>

#include "core/env.h"
#include "env_fixture.h"
#include "model/metrics.h"

#define ROWS 200

static void stream(uint32_t seed, uint32_t *out) {
  for (int i = 0; i < ROWS; i++) {
    seed = (uint32_t)(((uint64_t)seed * 1103515245u + 12345u) % 2147483648u);
    out[i] = seed;
  }
}

static double value_of(const mine_metric *metric, int n, const char *name) {
  for (int i = 0; i < n; i++) {
    if (strcmp(metric[i].name, name) == 0) return metric[i].value;
  }
  fail_msg("no metric %s", name);
  return 0;
}

static void near(const mine_metric *metric, int n, const char *name, double expected) {
  const double got = value_of(metric, n, name);
  if (!(fabs(got - expected) <= 1e-12 * fmax(1, fabs(expected))))
    fail_msg("%s is %.17g, not %.17g", name, got, expected);
}

/* ---- against scikit-learn --------------------------------------------------------- */

static void two_classes(const double *weighted, const double expected[8]) {
  static const char *const names[] = {"accuracy", "balanced_accuracy", "auc",    "log_loss",
                                      "brier",    "precision",         "recall", "f1"};
  uint32_t a[ROWS], b[ROWS];
  double probability[2 * ROWS];
  int32_t label[ROWS];
  mine_metric metric[MINE_MAX_METRICS];
  stream(1, a);
  stream(2, b);
  for (int i = 0; i < ROWS; i++) {
    const double p = (double)((a[i] >> 8) % 101) / 100;
    label[i] = (double)((b[i] >> 8) % 100) < 20 + 60 * p;
    probability[2 * i] = 1 - p;
    probability[2 * i + 1] = p;
  }
  const int n =
      mine__metrics_classification(env->scratch, ROWS, 2, 1, label, probability, weighted, metric);
  assert_int_equal(n, 16);
  near(metric, n, "rows", ROWS);
  for (int i = 0; i < 8; i++)
    near(metric, n, names[i], expected[i]);
  near(metric, n, "gini", 2 * expected[2] - 1);
}

static void two_classes_agree(void **state) {
  (void)state;
  const double expected[8] = {0.645,    0.6470352564102564, 0.7037760416666665, 0.6899308933479396,
                              0.230043, 0.6813186813186813, 0.5961538461538461, 0.635897435897436};
  two_classes(NULL, expected);
}

static void two_weighted_classes_agree(void **state) {
  (void)state;
  const double expected[8] = {0.6222222222222222, 0.624418185393995,   0.6940064901009572,
                              0.7119460585609296, 0.23543858585858587, 0.6623931623931624,
                              0.5893536121673004, 0.6237424547283703};
  uint32_t c[ROWS];
  double weight[ROWS];
  stream(3, c);
  for (int i = 0; i < ROWS; i++)
    weight[i] = 1 + (c[i] >> 8) % 4;
  two_classes(weight, expected);
}

static void three_classes_agree(void **state) {
  (void)state;
  uint32_t a[ROWS], b[ROWS], c[ROWS];
  double probability[3 * ROWS];
  int32_t label[ROWS];
  mine_metric metric[MINE_MAX_METRICS];
  stream(1, a);
  stream(2, b);
  stream(3, c);
  for (int i = 0; i < ROWS; i++) {
    double *q = probability + 3 * i;
    q[0] = (a[i] >> 8) % 97 + 1;
    q[1] = (b[i] >> 8) % 89 + 1;
    q[2] = (c[i] >> 8) % 83 + 1;
    const double sum = q[0] + q[1] + q[2];
    for (int k = 0; k < 3; k++)
      q[k] /= sum;
    label[i] = (int32_t)(((b[i] >> 9) + (c[i] >> 10)) % 3);
  }
  const int n =
      mine__metrics_classification(env->scratch, ROWS, 3, -1, label, probability, NULL, metric);
  near(metric, n, "accuracy", 0.315);
  near(metric, n, "balanced_accuracy", 0.3108829983829984);
  near(metric, n, "log_loss", 1.3057252453379373);
  near(metric, n, "brier", 0.2549506561226611);
  near(metric, n, "precision", 0.3071392848212053);
  near(metric, n, "recall", 0.3108829983829984);
  near(metric, n, "f1", 0.3069047619047619);
}

static void amounts_agree(void **state) {
  (void)state;
  uint32_t a[ROWS], b[ROWS], c[ROWS];
  double target[ROWS], value[ROWS], weight[ROWS];
  mine_metric metric[MINE_MAX_METRICS];
  stream(1, a);
  stream(2, b);
  stream(3, c);
  for (int i = 0; i < ROWS; i++) {
    target[i] = (double)((a[i] >> 8) % 1000) / 10;
    value[i] = target[i] + ((double)((b[i] >> 8) % 200) / 10 - 10);
    weight[i] = 1 + (c[i] >> 8) % 4;
  }
  int n = mine__metrics_regression(env->scratch, ROWS, target, value, NULL, 0.5, metric);
  near(metric, n, "rmse", 5.556806636909368);
  near(metric, n, "mae", 4.7589999999999995);
  near(metric, n, "r2", 0.9619451490088274);
  n = mine__metrics_regression(env->scratch, ROWS, target, value, weight, 0.9, metric);
  near(metric, n, "rmse", 5.567414212190522);
  near(metric, n, "mae", 4.764646464646464);
  near(metric, n, "r2", 0.962295658224858);
}

/* ---- by hand ------------------------------------------------------------------------ */

static void auc_counts_ties_half(void **state) {
  (void)state;
  /* Pairs (positive, negative): 0.9>0.5, 0.9>0.1, 0.5=0.5, 0.5>0.1 -> 3.5 of 4. */
  const int32_t label[] = {1, 0, 1, 0};
  const double score[] = {0.9, 0.5, 0.5, 0.1};
  assert_true(mine__metrics_auc(env->scratch, 4, label, score, NULL) == 0.875);
  /* A weight of 3 counts as three rows: 0.5 ties thrice, 0.1 loses. */
  const double weight[] = {1, 3, 1, 1};
  assert_true(mine__metrics_auc(env->scratch, 4, label, score, weight) == (4 + 1.5 + 1) / 8);
  const double flat[] = {0, -0.0, 0, 0};
  assert_true(mine__metrics_auc(env->scratch, 4, label, flat, NULL) == 0.5);
  const int32_t one_class[] = {1, 1, 1, 1};
  assert_true(isnan(mine__metrics_auc(env->scratch, 4, one_class, score, NULL)));
}

static void top_decile_is_the_best_tenth(void **state) {
  (void)state;
  /* 20 rows, 4 positive; the best 2 hold 2 of them: rate 1 against 0.2. */
  double probability[40];
  int32_t label[20];
  mine_metric metric[MINE_MAX_METRICS];
  for (int i = 0; i < 20; i++) {
    probability[2 * i + 1] = 1 - i / 20.0;
    probability[2 * i] = 1 - probability[2 * i + 1];
    label[i] = i < 2 || i > 17;
  }
  int n = mine__metrics_classification(env->scratch, 20, 2, 1, label, probability, NULL, metric);
  near(metric, n, "top_decile_lift", 5);
  /* All tied: the best tenth is any tenth. */
  for (int i = 0; i < 40; i++)
    probability[i] = 0.5;
  n = mine__metrics_classification(env->scratch, 20, 2, 1, label, probability, NULL, metric);
  near(metric, n, "top_decile_lift", 1);
}

static void undefined_is_nan(void **state) {
  (void)state;
  const int32_t label[] = {0, 0};
  const double probability[] = {1, 0, 0.75, 0.25};
  mine_metric metric[MINE_MAX_METRICS];
  int n = mine__metrics_classification(env->scratch, 2, 2, 1, label, probability, NULL, metric);
  assert_true(isnan(value_of(metric, n, "auc")));
  assert_true(isnan(value_of(metric, n, "precision")));
  assert_true(isnan(value_of(metric, n, "recall")));
  assert_true(isnan(value_of(metric, n, "f1")));
  assert_true(isnan(value_of(metric, n, "top_decile_lift")));
  near(metric, n, "accuracy", 1);
  const double target[] = {3, 3}, value[] = {3, 5};
  n = mine__metrics_regression(env->scratch, 2, target, value, NULL, 0.5, metric);
  assert_true(isnan(value_of(metric, n, "r2")));
  near(metric, n, "rmse", sqrt(2));
  n = mine__metrics_regression(env->scratch, 0, target, value, NULL, 0.5, metric);
  assert_true(isnan(value_of(metric, n, "rmse")));
}

static void a_certain_error_is_finite(void **state) {
  (void)state;
  const int32_t label[] = {1, 0};
  const double probability[] = {1, 0, 1, 0};
  mine_metric metric[MINE_MAX_METRICS];
  const int n =
      mine__metrics_classification(env->scratch, 2, 2, 1, label, probability, NULL, metric);
  assert_true(isfinite(value_of(metric, n, "log_loss")));
  near(metric, n, "brier", 0.5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(two_classes_agree, open_env, close_env),
      cmocka_unit_test_setup_teardown(two_weighted_classes_agree, open_env, close_env),
      cmocka_unit_test_setup_teardown(three_classes_agree, open_env, close_env),
      cmocka_unit_test_setup_teardown(amounts_agree, open_env, close_env),
      cmocka_unit_test_setup_teardown(auc_counts_ties_half, open_env, close_env),
      cmocka_unit_test_setup_teardown(top_decile_is_the_best_tenth, open_env, close_env),
      cmocka_unit_test_setup_teardown(undefined_is_nan, open_env, close_env),
      cmocka_unit_test_setup_teardown(a_certain_error_is_finite, open_env, close_env),
  };
  return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
