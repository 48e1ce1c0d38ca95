/*
** test_factors.c -- what recommenders compute: the inverse by tiles, weights between items and
** alternating least squares against their definitions, in plain loops and OpenBLAS.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "env_fixture.h"

#include "core/random.h"
#include "recommend/als.h"

#define CUSTOMERS 150
#define ITEMS     40

typedef struct table {
  mine_taken taken;
  int64_t first[CUSTOMERS + 1];
  int32_t item[CUSTOMERS * ITEMS];
  double value[CUSTOMERS * ITEMS];
  double full[CUSTOMERS][ITEMS];
} table;

/* Customer c takes items of his own kind more often; the last item is nobody's. */
static void make(table *t) {
  mine_random chance;
  int64_t n = 0;
  mine__random_open(&chance, 3, 1, 0);
  for (int c = 0; c < CUSTOMERS; c++) {
    t->first[c] = n;
    for (int i = 0; i < ITEMS - 1 && c % 10; i++) {
      t->full[c][i] = 0;
      if (mine__random_real(&chance) > (i % 4 == c % 4 ? 0.4 : 0.1)) continue;
      t->item[n] = i;
      t->full[c][i] = t->value[n++] = (double)(1 + mine__random_below(&chance, 3));
    }
  }
  t->first[CUSTOMERS] = n;
  t->taken = (mine_taken){CUSTOMERS, ITEMS, t->first, t->item, t->value};
}

static void inverses_are_inverses(void **state) {
  static const int64_t sizes[] = {1, 7, 255, 256, 257, 530};
  (void)state;
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    const int64_t n = sizes[s];
    mine_arena *arena = mine__arena_open(env);
    mine_tiles tiles;
    int definite;
    assert_true(mine__tiles_open(env, arena, n, &tiles));
    /* a_ij = 0.5^|i - j|: its inverse has three diagonals */
    for (int64_t i = 0; i < n; i++) {
      for (int64_t j = i / tiles.edge * tiles.edge; j < n; j++)
        mine__tile(&tiles, i / tiles.edge,
                   j / tiles.edge)[i % tiles.edge * tiles.edge + j % tiles.edge] =
            pow(0.5, (double)llabs(i - j));
    }
    assert_true(mine__tiles_invert(env, arena, &tiles, &definite));
    for (int64_t i = 0; i < n; i++) {
      for (int64_t j = 0; j < n; j++) {
        const double corner = i == 0 || i == n - 1 ? 4.0 / 3 : 5.0 / 3;
        const double expected = llabs(i - j) > 1 ? 0 : i != j ? -2.0 / 3 : n == 1 ? 1 : corner;
        if (fabs(mine__tiles_at(&tiles, i, j) - expected) > 1e-11) fail();
      }
    }
    mine__arena_close(arena);
  }
}

static void no_inverse_is_said(void **state) {
  mine_tiles tiles;
  int definite;
  (void)state;
  assert_true(mine__tiles_open(env, env->scratch, 300, &tiles));
  for (int64_t i = 0; i < 299; i++) /* the last one stays 0 */
    mine__tile(&tiles, i / 256, i / 256)[i % 256 * 257] = 1;
  assert_false(mine__tiles_invert(env, env->scratch, &tiles, &definite));
  assert_false(definite);
  assert_int_equal(mine_env_status(env), MINE_OK);
}

/* X'X + lambda I, and its inverse by Gauss and Jordan. */
static void plain_inverse(const table *t, double lambda, double p[ITEMS][ITEMS]) {
  static double a[ITEMS][2 * ITEMS];
  memset(a, 0, sizeof a);
  for (int i = 0; i < ITEMS; i++) {
    for (int j = 0; j < ITEMS; j++) {
      for (int c = 0; c < CUSTOMERS; c++)
        a[i][j] += t->full[c][i] * t->full[c][j];
    }
    a[i][i] += lambda;
    a[i][ITEMS + i] = 1;
  }
  for (int k = 0; k < ITEMS; k++) {
    const double pivot = a[k][k];
    for (int j = 0; j < 2 * ITEMS; j++)
      a[k][j] /= pivot;
    for (int i = 0; i < ITEMS; i++) {
      const double by = a[i][k];
      for (int j = 0; i != k && j < 2 * ITEMS; j++)
        a[i][j] -= by * a[k][j];
    }
  }
  for (int i = 0; i < ITEMS; i++)
    memcpy(p[i], a[i] + ITEMS, sizeof p[i]);
}

static void weights_are_those_of_the_inverse(void **state) {
  static table t;
  static double p[ITEMS][ITEMS];
  mine_ease ease;
  (void)state;
  make(&t);
  plain_inverse(&t, 7, p);
  assert_true(mine__ease_fit(env, env->scratch, &t.taken, 7, ITEMS, &ease));
  assert_int_equal(ease.first[ITEMS], (ITEMS - 1) * (ITEMS - 2)); /* nobody's item has none */
  for (int i = 0; i < ITEMS; i++) {
    for (int64_t k = ease.first[i]; k < ease.first[i + 1]; k++) {
      const int j = ease.other[k];
      assert_true(i != j && (k == ease.first[i] || ease.other[k - 1] < j));
      assert_true(fabs(ease.weight[k] + p[i][j] / p[j][j]) < 1e-12);
    }
  }
}

static void the_largest_weights_are_kept(void **state) {
  static table t;
  mine_ease all, some;
  (void)state;
  make(&t);
  assert_true(mine__ease_fit(env, env->scratch, &t.taken, 7, ITEMS, &all));
  assert_true(mine__ease_fit(env, env->scratch, &t.taken, 7, 5, &some));
  for (int j = 0; j < ITEMS - 1; j++) {
    double least = INFINITY;
    int kept = 0, above = 0;
    for (int64_t k = 0; k < some.first[ITEMS]; k++) {
      if (some.other[k] != j) continue;
      least = fmin(least, fabs(some.weight[k]));
      kept++;
    }
    for (int64_t k = 0; k < all.first[ITEMS]; k++)
      above += all.other[k] == j && fabs(all.weight[k]) > least;
    assert_int_equal(kept, 5);
    assert_int_equal(above, 4);
  }
}

static const mine_als_options base = {.factors = 20,
                                      .iterations = 12,
                                      .seed = 1,
                                      .regularization = 0.5,
                                      .alpha = 4,
                                      .scaling = 0.5,
                                      .steps = 3};

static double product(const float *x, const float *y, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += (double)x[i] * (double)y[i];
  return sum;
}

/* The loss as als.h defines it. */
static double plain_loss(const table *t, const mine_als_options *o, const mine_als *als) {
  double loss = 0;
  int64_t takers[ITEMS] = {0};
  for (int c = 0; c < CUSTOMERS; c++) {
    const float *x = als->customer + c * als->wide;
    const int64_t n = t->first[c + 1] - t->first[c];
    loss += o->regularization * pow((double)n + ITEMS / o->alpha, o->scaling) *
            product(x, x, als->wide);
    for (int i = 0; i < ITEMS; i++) {
      const double v = t->full[c][i], s = product(x, als->item + i * als->wide, als->wide);
      loss += (1 + o->alpha * v) * ((v > 0) - s) * ((v > 0) - s);
      takers[i] += v > 0;
    }
  }
  for (int i = 0; i < ITEMS; i++) {
    const float *y = als->item + i * als->wide;
    loss += o->regularization * pow((double)takers[i] + CUSTOMERS / o->alpha, o->scaling) *
            product(y, y, als->wide);
  }
  return loss;
}

static void the_loss_falls_and_is_the_loss(void **state) {
  static table t;
  (void)state;
  make(&t);
  for (int solver = 0; solver < 2; solver++) {
    mine_als_options o = base;
    mine_als als;
    o.solver = solver;
    assert_true(mine__als_fit(env, env->scratch, &t.taken, &o, &als));
    for (int i = 1; i < o.iterations; i++)
      assert_true(als.loss[i] <= als.loss[i - 1] * (1 + 1e-6));
    const double loss = plain_loss(&t, &o, &als);
    assert_true(fabs(als.loss[o.iterations - 1] - loss) < 1e-4 * loss);
  }
}

static void both_solvers_come_to_the_same(void **state) {
  static table t;
  mine_als_options o = base;
  mine_als steps, exact;
  (void)state;
  make(&t);
  o.iterations = 60;
  assert_true(mine__als_fit(env, env->scratch, &t.taken, &o, &steps));
  o.solver = 1;
  assert_true(mine__als_fit(env, env->scratch, &t.taken, &o, &exact));
  assert_true(fabs(steps.loss[59] - exact.loss[59]) < 0.01 * exact.loss[59]);
}

static void a_row_solves_its_equations(void **state) {
  static table t;
  static double square[20 * 20], a[20 * 20], x[20], room[20], more[ITEMS];
  mine_als als;
  (void)state;
  make(&t);
  assert_true(mine__als_fit(env, env->scratch, &t.taken, &base, &als));
  for (int i = 0; i < 20; i++) {
    for (int j = 0; j < 20; j++) {
      square[i * 20 + j] = 0;
      for (int k = 0; k < ITEMS; k++)
        square[i * 20 + j] +=
            (double)als.item[k * als.wide + i] * (double)als.item[k * als.wide + j];
    }
  }
  const int64_t c = 1, n = t.first[2] - t.first[1];
  for (int64_t k = 0; k < n; k++)
    more[k] = base.alpha * t.value[t.first[c] + k];
  mine__als_solve(als.item, als.wide, 20, square, 0.25, n, t.item + t.first[c], more, a, x, room);
  for (int j = 0; j < 20; j++) {
    double left = -0.25 * x[j];
    for (int i = 0; i < ITEMS; i++) {
      const float *y = als.item + i * als.wide;
      double s = 0;
      for (int k = 0; k < 20; k++)
        s += x[k] * (double)y[k];
      const double v = t.full[c][i];
      left += (double)y[j] * (1 + base.alpha * v) * ((v > 0) - s);
    }
    assert_true(fabs(left) < 1e-10);
  }
}

static void threads_do_not_matter(void **state) {
  static table t;
  mine_als one, two;
  mine_ease a, b;
  (void)state;
  make(&t);
  mine__env_set_threads(env, 1);
  assert_true(mine__als_fit(env, env->scratch, &t.taken, &base, &one));
  assert_true(mine__ease_fit(env, env->scratch, &t.taken, 7, 9, &a));
  mine__env_set_threads(env, 3);
  assert_true(mine__als_fit(env, env->scratch, &t.taken, &base, &two));
  assert_true(mine__ease_fit(env, env->scratch, &t.taken, 7, 9, &b));
  assert_memory_equal(one.item, two.item, (size_t)(ITEMS * one.wide) * sizeof(float));
  assert_memory_equal(one.loss, two.loss, (size_t)base.iterations * sizeof(double));
  assert_memory_equal(a.weight, b.weight, (size_t)a.first[ITEMS] * sizeof(double));
}

static void sets_have_the_same_bits(void **state) {
  static float factors[9 * 48], square[48 * 48], p[48], out[2][48];
  static const int32_t index[] = {3, 8, 0, 1, 7, 5};
  static const float more[] = {1, 2.5F, 0, 3, 1, 40};
  const mine__kernels *set[MINE__KERNEL_SETS];
  const int sets = mine__kernels_all(set);
  mine_random chance;
  (void)state;
  mine__random_open(&chance, 9, 1, 0);
  for (int i = 0; i < 48 * 48; i++) {
    square[i] = (float)mine__random_real(&chance);
    if (i < 9 * 48) factors[i] = (float)mine__random_real(&chance) - 0.5F;
    if (i < 48) p[i] = (float)mine__random_real(&chance) - 0.5F;
  }
  for (int first = 0; first < 2; first++) {
    double loss[2] = {0};
    for (int s = 0; s < sets; s++) {
      float *to = out[s > 0];
      memset(to, 0, sizeof out[0]);
      loss[s > 0] = set[s]->factors_pass(factors, 48, index, more, 6, p, first, to);
      set[s]->factors_square(square, 48, p, 0.3F, to);
      if (s == 0) continue;
      assert_memory_equal(out[0], out[1], sizeof out[0]);
      assert_true(loss[0] == loss[1]);
    }
    double expected = 0, sum = 0;
    for (int i = 0; i < 6; i++) {
      const float *y = factors + index[i] * 48;
      const double t = product(y, p, 48), w = (double)more[i];
      if (first) expected += (w + 1) * (1 - t) * (1 - t) - t * t;
      sum += (double)y[5] * (first ? w + 1 - w * t : w * t);
    }
    for (int i = 0; i < 48; i++)
      sum += (double)(0.3F * p[i] * square[i * 48 + 5]);
    assert_true(fabs(loss[0] - expected) < 1e-3);
    assert_true(fabs((double)out[0][5] - sum) < 1e-3);
  }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(inverses_are_inverses),
      TEST(no_inverse_is_said),
      TEST(weights_are_those_of_the_inverse),
      TEST(the_largest_weights_are_kept),
      TEST(the_loss_falls_and_is_the_loss),
      TEST(both_solvers_come_to_the_same),
      TEST(a_row_solves_its_equations),
      TEST(threads_do_not_matter),
      TEST(sets_have_the_same_bits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
