/*
** test_resample.c -- intervals of measures: DeLong's variance against its definition in O(n^2),
** the bootstrap against what it is of, the same bytes on any number of threads.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/env.h"
#include "core/random.h"
#include "env_fixture.h"
#include "model/metrics.h"

#define ROWS 157

/* Two models of the same rows, with ties, and weights. */
typedef struct sample {
  int32_t label[ROWS];
  double score[2][2 * ROWS], weight[ROWS];
} sample;

static void draw(sample *s, uint64_t seed, int levels) {
  mine_random r;
  mine__random_open(&r, seed, 1, 0);
  for (int i = 0; i < ROWS; i++) {
    const double truth = mine__random_real(&r);
    s->label[i] = truth > 0.6;
    s->weight[i] = (double)mine__random_below(&r, 4);
    for (int m = 0; m < 2; m++) {
      const double p = floor((0.5 * truth + 0.5 * mine__random_real(&r)) * levels) / levels;
      s->score[m][2 * i] = 1 - p;
      s->score[m][2 * i + 1] = p;
    }
  }
}

static mine_gauged gauged(const sample *s, int model, const double *weight) {
  return (mine_gauged){.n = ROWS,
                       .n_classes = 2,
                       .positive = 1,
                       .threshold = NAN,
                       .label = s->label,
                       .score = s->score[model],
                       .weight = weight};
}

static double weight_of(const double *weight, int i) {
  return weight ? weight[i] : 1;
}

/* By the definition: every pair of a positive row and another. */
static double pairs(const sample *s, int model, const double *weight, double *part) {
  double sum[2] = {0, 0}, area = 0;
  for (int i = 0; i < ROWS; i++)
    sum[s->label[i]] += weight_of(weight, i);
  for (int i = 0; i < ROWS; i++) {
    part[i] = 0;
    for (int j = 0; j < ROWS; j++) {
      if (s->label[i] == s->label[j]) continue;
      const double a = s->score[model][2 * (s->label[i] ? i : j) + 1];
      const double b = s->score[model][2 * (s->label[i] ? j : i) + 1];
      part[i] += weight_of(weight, j) * (a > b ? 1 : a < b ? 0 : 0.5) / sum[s->label[j]];
    }
    if (s->label[i]) area += weight_of(weight, i) * part[i] / sum[1];
  }
  return area;
}

static void near(double got, double expected) {
  if (!(fabs(got - expected) <= 1e-12 * fmax(1, fabs(expected))))
    fail_msg("%.17g, not %.17g", got, expected);
}

static void delong_is_of_all_pairs(void **state) {
  (void)state;
  static sample s;
  for (uint64_t seed = 1; seed <= 12; seed++) {
    draw(&s, seed, seed % 3 ? 1000000 : 7);
    const double *weight = seed % 2 ? NULL : s.weight;
    double part[2][ROWS], expected[2][ROWS], area[2], of[2];
    for (int m = 0; m < 2; m++) {
      const mine_gauged rows = gauged(&s, m, weight);
      const mine__gauge *g = mine__gauge_open(env->scratch, &rows);
      assert_non_null(g);
      area[m] = mine__delong_parts(g, part[m]);
      of[m] = pairs(&s, m, weight, expected[m]);
      near(area[m], of[m]);
      for (int i = 0; i < ROWS; i++)
        near(part[m][i], expected[m][i]);
    }
    const mine_gauged rows = gauged(&s, 0, weight);
    for (int a = 0; a < 2; a++) {
      for (int b = 0; b < 2; b++) {
        double sum[2] = {0, 0}, total[2] = {0, 0}, n[2] = {0, 0};
        for (int i = 0; i < ROWS; i++) {
          const double w = weight_of(weight, i);
          sum[s.label[i]] += w * w * (expected[a][i] - of[a]) * (expected[b][i] - of[b]);
          total[s.label[i]] += w;
          n[s.label[i]] += w > 0;
        }
        near(mine__delong_covariance(&rows, part[a], area[a], part[b], area[b]),
             sum[0] / (total[0] * total[0]) * n[0] / (n[0] - 1) +
                 sum[1] / (total[1] * total[1]) * n[1] / (n[1] - 1));
      }
    }
  }
}

/* A row that is drawn twice counts as two rows; one that is not drawn is not there. */
static void a_draw_is_a_table(void **state) {
  (void)state;
  static sample s, drawn;
  uint32_t times[ROWS];
  mine_random r;
  for (uint64_t seed = 1; seed <= 6; seed++) {
    draw(&s, seed, 20);
    mine__random_open(&r, seed, 2, 0);
    memset(times, 0, sizeof times);
    for (int i = 0; i < ROWS; i++)
      times[mine__random_below(&r, ROWS)]++;
    int n = 0;
    for (int i = 0; i < ROWS; i++) {
      for (uint32_t t = 0; t < times[i]; t++, n++) {
        drawn.label[n] = s.label[i];
        drawn.weight[n] = s.weight[i];
        memcpy(&drawn.score[0][2 * n], &s.score[0][2 * i], 2 * sizeof(double));
      }
    }
    assert_int_equal(n, ROWS);
    mine_metric one[MINE_MAX_METRICS], other[MINE_MAX_METRICS];
    double room[10];
    const mine_gauged rows = gauged(&s, 0, s.weight), table = gauged(&drawn, 0, drawn.weight);
    const mine__gauge *g = mine__gauge_open(env->scratch, &rows);
    const int k = mine__gauge_read(g, env, times, room, one);
    assert_int_equal(k, mine__metrics_of(env->scratch, &table, other));
    for (int m = 0; m < k; m++)
      near(one[m].value, other[m].value);
    mine_gauged numbers = {.n = ROWS, .score = s.score[0], .weight = s.weight, .quantile = 0.9};
    mine_gauged more = {
        .n = ROWS, .score = drawn.score[0], .weight = drawn.weight, .quantile = 0.9};
    double target[ROWS], target_drawn[ROWS];
    for (int i = 0, j = 0; i < ROWS; i++) {
      target[i] = s.score[1][2 * i + 1] + 1;
      for (uint32_t t = 0; t < times[i]; t++)
        target_drawn[j++] = target[i];
    }
    double value[ROWS], value_drawn[ROWS];
    for (int i = 0; i < ROWS; i++) {
      value[i] = s.score[0][2 * i + 1];
      value_drawn[i] = drawn.score[0][2 * i + 1];
    }
    numbers.target = target, numbers.score = value;
    more.target = target_drawn, more.score = value_drawn;
    const mine__gauge *h = mine__gauge_open(env->scratch, &numbers);
    const int l = mine__gauge_read(h, env, times, room, one);
    assert_int_equal(l, mine__metrics_of(env->scratch, &more, other));
    for (int m = 0; m < l; m++)
      near(one[m].value, other[m].value);
  }
}

/* The mean of n numbers has the standard error that everybody knows. */
static void the_mean_is_as_sure_as_known(void **state) {
  (void)state;
  double target[ROWS], value[ROWS], sum = 0, squares = 0;
  mine_random r;
  mine__random_open(&r, 5, 3, 0);
  for (int i = 0; i < ROWS; i++) {
    value[i] = 0;
    target[i] = mine__random_real(&r) + 1;
    sum += target[i];
    squares += target[i] * target[i];
  }
  const double mean = sum / ROWS, error = sqrt((squares / ROWS - mean * mean) / ROWS);
  const mine_gauged rows = {.n = ROWS, .target = target, .score = value, .quantile = 0.5};
  const mine_certainty how = {0.95, 4000, 1};
  mine_bounds bounds[MINE_MAX_METRICS];
  assert_int_equal(mine__metrics_bounds(env, mine__gauge_open(env->scratch, &rows), &how, bounds),
                   MINE_OK);
  assert_true(isnan(bounds[0].low) && isnan(bounds[0].high)); /* rows */
  assert_true(fabs(bounds[2].low - (mean - 1.96 * error)) < 0.15 * error);
  assert_true(fabs(bounds[2].high - (mean + 1.96 * error)) < 0.15 * error);
}

static void threads_change_nothing(void **state) {
  (void)state;
  static sample s;
  draw(&s, 9, 30);
  mine_bounds first[MINE_MAX_METRICS], bounds[MINE_MAX_METRICS];
  const mine_gauged rows = gauged(&s, 0, NULL);
  for (int threads = 1; threads <= 4; threads++) {
    mine__env_set_threads(env, threads);
    const mine_certainty how = {0.9, 300, 7};
    const mine__gauge *g = mine__gauge_open(env->scratch, &rows);
    memset(bounds, 0, sizeof bounds);
    assert_int_equal(mine__metrics_bounds(env, g, &how, bounds), MINE_OK);
    if (threads == 1) memcpy(first, bounds, sizeof first);
    assert_memory_equal(first, bounds, 16 * sizeof *bounds);
  }
  const mine_certainty other = {0.9, 300, 8};
  assert_int_equal(mine__metrics_bounds(env, mine__gauge_open(env->scratch, &rows), &other, bounds),
                   MINE_OK);
  assert_true(bounds[1].low != first[1].low || bounds[4].low != first[4].low);
  mine_env_rest(env);
}

/* One row, one class, all scores equal. */
static void little_is_said_of_little(void **state) {
  (void)state;
  const int32_t label[] = {1, 1, 0, 1};
  const double equal[] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
  const mine_certainty how = {0.95, 100, 1};
  mine_bounds bounds[MINE_MAX_METRICS];
  for (int n = 1; n <= 4; n++) {
    const mine_gauged rows = {
        .n = n, .n_classes = 2, .positive = 1, .threshold = NAN, .label = label, .score = equal};
    const mine__gauge *g = mine__gauge_open(env->scratch, &rows);
    assert_int_equal(mine__metrics_bounds(env, g, &how, bounds), MINE_OK);
    assert_true(isnan(bounds[3].low)); /* auc: a class has fewer than two rows */
    assert_true(bounds[5].low == 0.25 && bounds[5].high == 0.25); /* brier */
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(delong_is_of_all_pairs, open_env, close_env),
      cmocka_unit_test_setup_teardown(a_draw_is_a_table, open_env, close_env),
      cmocka_unit_test_setup_teardown(the_mean_is_as_sure_as_known, open_env, close_env),
      cmocka_unit_test_setup_teardown(threads_change_nothing, open_env, close_env),
      cmocka_unit_test_setup_teardown(little_is_said_of_little, open_env, close_env),
  };
  return cmocka_run_group_tests_name("resample", tests, NULL, NULL);
}
