/*
** test_linalg.c -- products, Cholesky and QR against their definitions, in plain loops and,
** where it is linked, OpenBLAS.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "kernel/linalg.h"

#define MOST 90

static mine_random chance;
static mine_env *env;

static void fill(double *v, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    v[i] = mine__random_real(&chance) * 2 - 1;
}

static void near_to(double got, double expected) {
  assert_true(fabs(got - expected) <= 1e-10 * fmax(1, fabs(expected)));
}

static double a_at(const double *a, int turned, int64_t rows, int64_t columns, int64_t i,
                   int64_t j) {
  return turned ? a[j * rows + i] : a[i * columns + j];
}

static void products_are_sums(void **state) {
  static double a[MOST * MOST], b[MOST * MOST], c[MOST * MOST], was[MOST * MOST];
  const int64_t sizes[][3] = {{1, 1, 1}, {3, 2, 5}, {17, 23, 40}, {64, 33, 16}, {90, 80, 1}};
  (void)state;
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    const int64_t m = sizes[s][0], n = sizes[s][1], k = sizes[s][2];
    for (int way = 0; way < 8; way++) {
      const mine_linalg la = way & 4 ? mine__linalg_open(env) : (mine_linalg){0};
      fill(a, m * k);
      fill(b, k * n);
      fill(was, m * n);
      memcpy(c, was, sizeof c);
      mine__gemm(la, way & 1, way & 2, m, n, k, 0.5, a, b, way & 1 ? 2 : 0, c);
      for (int64_t i = 0; i < m; i++) {
        for (int64_t j = 0; j < n; j++) {
          double sum = way & 1 ? 2 * was[i * n + j] : 0;
          for (int64_t l = 0; l < k; l++)
            sum += 0.5 * a_at(a, way & 1, m, k, i, l) * a_at(b, way & 2, k, n, l, j);
          near_to(c[i * n + j], sum);
        }
      }
    }
  }
}

/* Matrices that are parts of wider ones, whose other cells nobody touches. */
static void products_of_parts_are_sums(void **state) {
  static double a[MOST * MOST], b[MOST * MOST], c[MOST * MOST], was[MOST * MOST];
  const mine_linalg_steps steps = {MOST, MOST - 1, MOST - 3};
  const int64_t m = 21, n = 34, k = 27;
  (void)state;
  for (int way = 0; way < 8; way++) {
    const mine_linalg la = way & 4 ? mine__linalg_open(env) : (mine_linalg){0};
    fill(a, MOST * MOST);
    fill(b, MOST * MOST);
    fill(was, MOST * MOST);
    memcpy(c, was, sizeof c);
    mine__gemm_of_parts(la, way & 1, way & 2, m, n, k, 2, a, b, 1, c, steps);
    for (int64_t i = 0; i < MOST * MOST; i++) {
      const int64_t row = i / steps.c, column = i % steps.c;
      double sum = was[i];
      for (int64_t l = 0; row < m && column < n && l < k; l++)
        sum += 2 * (way & 1 ? a[l * steps.a + row] : a[row * steps.a + l]) *
               (way & 2 ? b[column * steps.b + l] : b[l * steps.b + column]);
      near_to(c[i], sum);
    }
  }
}

/* The triangle of products, its root, the solution of a system, the inverse of the root. */
static void squares_have_roots(void **state) {
  static double x[MOST * MOST], c[MOST * MOST], u[MOST * MOST], b[MOST], v[MOST];
  (void)state;
  for (int64_t p = 1; p <= 60; p += p < 5 ? 1 : 11) {
    for (int fast = 0; fast < 2; fast++) {
      const mine_linalg la = fast ? mine__linalg_open(env) : (mine_linalg){0};
      const int64_t n = MOST;
      fill(x, n * p);
      memset(c, 0, sizeof c);
      mine__syrk(la, p, n, 2, x, n, c);
      for (int64_t i = 0; i < p; i++) {
        for (int64_t j = i; j < p; j++) {
          double sum = 0;
          for (int64_t l = 0; l < n; l++)
            sum += 2 * x[i * n + l] * x[j * n + l];
          near_to(c[i * p + j], sum);
          if (i != j) assert_true(c[j * p + i] == 0); /* the lower triangle is not touched */
        }
      }
      memcpy(u, c, sizeof u);
      assert_true(mine__cholesky(la, p, u));
      fill(b, p);
      memcpy(v, b, sizeof v);
      mine__solve_upper(p, u, 1, v);
      mine__solve_upper(p, u, 0, v);
      for (int64_t i = 0; i < p; i++) {
        double sum = 0;
        for (int64_t j = 0; j < p; j++)
          sum += c[i < j ? i * p + j : j * p + i] * v[j];
        near_to(sum, b[i]);
      }
      memcpy(x, u, sizeof u);
      mine__invert_upper(p, x);
      for (int64_t i = 0; i < p; i++) {
        for (int64_t j = i; j < p; j++) {
          double sum = 0;
          for (int64_t l = i; l <= j; l++)
            sum += u[i * p + l] * x[l * p + j];
          near_to(sum, i == j);
        }
      }
      c[p * p - 1] = -1;
      assert_false(mine__cholesky(la, p, c));
    }
  }
}

/* Blocks of any length give a triangle with the same squares; a column that is a sum of
** others is found, and the triangle goes on without it. */
static void rows_become_a_triangle(void **state) {
  enum { P = 7, N = 83 };
  static double x[N * P], r[P * P], block[N * P], c[P * P];
  uint8_t keep[P];
  (void)state;
  fill(x, N * P);
  for (int64_t i = 0; i < N; i++)
    x[i * P + 3] = 2 * x[i * P + 1] - x[i * P + 2];
  memset(r, 0, sizeof r);
  for (int64_t at = 0, n = 1; at < N; at += n, n += 3) {
    if (n > N - at) n = N - at;
    for (int64_t i = 0; i < n; i++) {
      for (int64_t j = 0; j < P; j++)
        block[j * n + i] = x[(at + i) * P + j];
    }
    mine__qr_add(P, r, n, block);
  }
  memset(c, 0, sizeof c);
  for (int64_t i = 0; i < N; i++) {
    for (int64_t j = 0; j < P; j++)
      block[j * N + i] = x[i * P + j];
  }
  mine__syrk((mine_linalg){0}, P, N, 1, block, N, c);
  for (int64_t i = 0; i < P; i++) {
    for (int64_t j = i; j < P; j++) {
      double sum = 0;
      for (int64_t l = 0; l <= i; l++)
        sum += r[l * P + i] * r[l * P + j];
      near_to(sum, c[i * P + j]);
    }
  }
  assert_int_equal(mine__qr_keep(P, P - 1, r, 1e-7, keep), P - 2);
  const int left[] = {0, 1, 2, 4, 5, 6};
  for (int i = 0; i < P; i++)
    assert_int_equal(i == P - 1 || keep[i], i != 3);
  for (int i = 0; i < P - 1; i++) {
    for (int j = i; j < P - 1; j++) {
      double sum = 0;
      for (int l = 0; l <= i; l++)
        sum += r[l * (P - 1) + i] * r[l * (P - 1) + j];
      near_to(sum, c[left[i] * P + left[j]]);
    }
    for (int j = 0; j < i; j++)
      assert_true(fabs(r[i * (P - 1) + j]) < 1e-12);
  }
}

static void openblas_is_there(void **state) {
  (void)state;
  mine__env_set_max_memory(env, 1 << 20);
  assert_false(mine__linalg_open(env).fast);
  mine__env_set_threads(env, 2);
  mine__env_set_max_memory(env, (size_t)1 << 30);
#ifdef MINE_OPENBLAS
  assert_true(mine__linalg_open(env).fast);
#else
  assert_false(mine__linalg_open(env).fast);
#endif
}

int main(void) {
  mine__random_open(&chance, 5, 1, 0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_are_sums),  cmocka_unit_test(products_of_parts_are_sums),
      cmocka_unit_test(squares_have_roots), cmocka_unit_test(rows_become_a_triangle),
      cmocka_unit_test(openblas_is_there),
  };
  if (mine_env_open(NULL, "test", &env) != MINE_OK) return 1;
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  mine_env_close(env);
  return failed;
}
