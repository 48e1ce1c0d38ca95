/*
** test_factor.c -- factors that were put into correlations come out again; bounds; rotations that
** change no correlation and cannot be bettered.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../algorithms/components/factor.h"
#include "core/random.h"

static mine_env *env;
static mine_random chance;

static int open_env(void **state) {
  (void)state;
  mine__random_open(&chance, 4, 5, 6);
  return (int)mine_env_open(NULL, "test", &env);
}

static int close_env(void **state) {
  (void)state;
  mine_env_close(env);
  return 0;
}

#define NEAR_BY(a, b, by) assert_true(fabs((a) - (b)) <= (by))
#define MOST              20

/* r = L L' + Psi, its diagonal 1. */
static void correlate(int64_t p, int64_t k, const double *loading, double *r) {
  for (int64_t i = 0; i < p; i++) {
    for (int64_t j = 0; j < p; j++) {
      r[i * p + j] = i == j;
      for (int64_t c = 0; c < k && i != j; c++)
        r[i * p + j] += loading[c * p + i] * loading[c * p + j];
    }
  }
}

static factor_solution extract(factor_method method, int64_t p, int64_t k, const double *r) {
  factor_solution s = {.p = p, .k = k};
  mine__factor_extract(env, method, r, NULL, &s);
  assert_false(mine_failed(env));
  return s;
}

/* What the factors say of a correlation. */
static double said(const factor_solution *s, int64_t i, int64_t j) {
  double phi[MOST * MOST], sum = 0;
  memcpy(phi, s->tie, (size_t)(s->k * s->k) * sizeof *phi);
  assert_true(mine__factor_invert(env, s->k, phi));
  for (int64_t a = 0; a < s->k; a++) {
    for (int64_t b = 0; b < s->k; b++)
      sum += s->loading[a * s->p + i] * phi[a * s->k + b] * s->loading[b * s->p + j];
  }
  return sum;
}

static void one_factor_comes_out(void **state) {
  static const double loading[] = {0.9, -0.8, 0.7, 0.6};
  double r[16];
  (void)state;
  correlate(4, 1, loading, r);
  for (int method = FACTOR_ML; method <= FACTOR_MINRES; method++) {
    factor_solution s = extract((factor_method)method, 4, 1, r);
    mine__factor_varimax(env, &s); /* nothing to turn */
    mine__factor_order(&s);
    for (int i = 0; i < 4; i++) {
      NEAR_BY(s.loading[i], loading[i], 1e-8);
      NEAR_BY(s.psi[i], 1 - loading[i] * loading[i], 1e-8);
    }
    assert_int_equal(s.at_bound, 0);
    NEAR_BY(s.criterion, 0, 1e-14);
  }
}

static double made[3 * MOST], made_r[MOST * MOST];

static void make(int64_t p, int64_t k) {
  for (int64_t j = 0; j < k * p; j++)
    made[j] = (j / p == j % p % k ? 0.6 : 0) + 0.3 * mine__random_real(&chance) - 0.15;
  correlate(p, k, made, made_r);
}

static void several_come_out(void **state) {
  (void)state;
  for (int trial = 0; trial < 6; trial++) {
    const int64_t p = 12 + trial, k = 2 + trial % 2;
    make(p, k);
    for (int method = FACTOR_ML; method <= FACTOR_MINRES; method++) {
      factor_solution s = extract((factor_method)method, p, k, made_r);
      NEAR_BY(s.criterion, 0, 1e-13);
      for (int64_t i = 0; i < p; i++) {
        NEAR_BY(s.psi[i] + said(&s, i, i), 1, 1e-6);
        for (int64_t j = 0; j < i; j++)
          NEAR_BY(said(&s, i, j), made_r[i * p + j], 1e-6);
      }
    }
  }
}

/* 0.9 x 0.9 / 0.5 is more than all of the first column's variance. */
static void nothing_of_its_own(void **state) {
  static const double r[] = {1, 0.9, 0.9, 0.9, 1, 0.5, 0.9, 0.5, 1};
  (void)state;
  const factor_solution s = extract(FACTOR_MINRES, 3, 1, r);
  assert_int_equal(s.at_bound, 1);
  assert_int_equal(s.first, 0);
  NEAR_BY(s.psi[0], FACTOR_LEAST, 1e-12);
}

static double simple(const factor_solution *s) {
  double sum = 0;
  for (int64_t c = 0; c < s->k; c++) {
    double squares = 0, fourths = 0;
    for (int64_t i = 0; i < s->p; i++) {
      double length = 0;
      for (int64_t d = 0; d < s->k; d++)
        length += s->loading[d * s->p + i] * s->loading[d * s->p + i];
      const double own = s->loading[c * s->p + i] * s->loading[c * s->p + i] / length;
      squares += own;
      fourths += own * own;
    }
    sum += fourths - squares * squares / (double)s->p;
  }
  return sum;
}

/* No pair of factors is simpler at any other angle, and correlations stay. */
static void varimax_is_simplest(void **state) {
  (void)state;
  for (int trial = 0; trial < 4; trial++) {
    const int64_t p = 13, k = 3;
    make(p, k);
    factor_solution s = extract(FACTOR_ML, p, k, made_r);
    const double was = said(&s, 3, 7);
    mine__factor_varimax(env, &s);
    mine__factor_order(&s);
    NEAR_BY(said(&s, 3, 7), was, 1e-12);
    const double best = simple(&s);
    for (int64_t a = 0; a < k; a++) {
      assert_false(mine__components_turned(s.loading + a * p, p));
      for (int64_t b = a + 1; b < k; b++) {
        for (double angle = 0.01; angle < 3.14; angle += 0.01) {
          factor_solution turned = s;
          double other[3 * MOST];
          memcpy(other, s.loading, (size_t)(k * p) * sizeof *other);
          turned.loading = other;
          for (int64_t i = 0; i < p; i++) {
            const double x = s.loading[a * p + i], y = s.loading[b * p + i];
            other[a * p + i] = cos(angle) * x + sin(angle) * y;
            other[b * p + i] = cos(angle) * y - sin(angle) * x;
          }
          assert_true(simple(&turned) <= best + 1e-12);
        }
      }
    }
  }
}

static void promax_keeps_correlations(void **state) {
  (void)state;
  for (int trial = 0; trial < 4; trial++) {
    const int64_t p = 12, k = 3;
    double phi[9];
    make(p, k);
    factor_solution s = extract(FACTOR_ML, p, k, made_r);
    const double was = said(&s, 1, 8), own = said(&s, 2, 2);
    mine__factor_promax(env, &s);
    mine__factor_order(&s);
    NEAR_BY(said(&s, 1, 8), was, 1e-11);
    NEAR_BY(said(&s, 2, 2), own, 1e-11);
    memcpy(phi, s.tie, sizeof phi);
    assert_true(mine__factor_invert(env, k, phi));
    for (int c = 0; c < 3; c++)
      NEAR_BY(phi[c * 3 + c], 1, 1e-12);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_env, close_env)
      TEST(one_factor_comes_out), TEST(several_come_out),          TEST(nothing_of_its_own),
      TEST(varimax_is_simplest),  TEST(promax_keeps_correlations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
