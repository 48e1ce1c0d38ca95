/*
** test_linkage.c -- merges against taking the nearest two clusters by looking at all pairs of them,
** on points with and without ties, for one thread and several.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cluster/linkage.h"
#include "core/random.h"

#define N          60
#define WIDTH      3
#define NEAR(a, b) assert_true(fabs((a) - (b)) <= 1e-10 * (1 + fabs(b)))

static mine_env *open_env(int threads) {
  mine_env *env = NULL;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__env_set_threads(env, threads);
  env->progress = 0;
  return env;
}

typedef struct cloud {
  double point[N * WIDTH], rows[N];
  linkage_points points;
} cloud;

/* rows: each point stands for 1 to `most`. */
static void cloud_make(cloud *c, uint64_t seed, int most) {
  mine_random r;
  mine__random_open(&r, seed, 1, 2);
  for (int i = 0; i < N * WIDTH; i++)
    c->point[i] = mine__random_real(&r) + (double)(i / WIDTH % 4);
  for (int i = 0; i < N; i++)
    c->rows[i] = 1 + (double)mine__random_below(&r, (uint64_t)most);
  c->points = (linkage_points){N, WIDTH, c->point, c->rows};
}

static void merge_all(mine_env *env, linkage_how how, const linkage_points *points,
                      linkage_merge *merge) {
  if (how == LINKAGE_WARD)
    mine__linkage_ward(env, points, merge);
  else if (how == LINKAGE_SINGLE)
    mine__linkage_single(env, points, merge);
  else
    mine__linkage_table(env, how, points, merge);
  mine__linkage_sort(env, merge, points->n - 1);
  assert_false(mine_failed(env));
}

/* ---- by looking at all pairs ---------------------------------------------------------------- */

static double apart(const cloud *c, int i, int j) {
  double sum = 0;
  for (int x = 0; x < WIDTH; x++)
    sum += pow(c->point[i * WIDTH + x] - c->point[j * WIDTH + x], 2);
  return sqrt(sum);
}

/* Of the rows of two clusters, from the points themselves. */
static double between(const cloud *c, linkage_how how, const int *of, int a, int b) {
  double least = INFINITY, most = 0, sum = 0, pairs = 0, rows[2] = {0, 0}, mean[2][WIDTH] = {{0}};
  for (int i = 0; i < N; i++) {
    if (of[i] != a && of[i] != b) continue;
    rows[of[i] == b] += c->rows[i];
    for (int x = 0; x < WIDTH; x++)
      mean[of[i] == b][x] += c->rows[i] * c->point[i * WIDTH + x];
    for (int j = 0; of[i] == a && j < N; j++) {
      if (of[j] != b) continue;
      const double d = apart(c, i, j);
      least = fmin(least, d);
      most = fmax(most, d);
      sum += d * c->rows[i] * c->rows[j];
      pairs += c->rows[i] * c->rows[j];
    }
  }
  if (how == LINKAGE_SINGLE) return least;
  if (how == LINKAGE_COMPLETE) return most;
  if (how == LINKAGE_AVERAGE) return sum / pairs;
  sum = 0;
  for (int x = 0; x < WIDTH; x++)
    sum += pow(mean[0][x] / rows[0] - mean[1][x] / rows[1], 2);
  return sqrt(2 * rows[0] * rows[1] / (rows[0] + rows[1]) * sum);
}

/* of[i] is the lowest point of i's cluster; the nearest two become one. */
static double merge_nearest(const cloud *c, linkage_how how, int *of) {
  double best = INFINITY;
  int pair[2] = {0, 0};
  for (int a = 0; a < N; a++) {
    for (int b = a + 1; of[a] == a && b < N; b++) {
      if (of[b] != b) continue;
      const double d = between(c, how, of, a, b);
      if (d >= best) continue;
      best = d;
      pair[0] = a;
      pair[1] = b;
    }
  }
  for (int i = 0; i < N; i++)
    if (of[i] == pair[1]) of[i] = pair[0];
  return best;
}

static void merges_by_all_pairs(void **state) {
  (void)state;
  for (int how = LINKAGE_WARD; how <= LINKAGE_SINGLE; how++) {
    for (uint64_t seed = 1; seed <= 4; seed++) {
      mine_env *env = open_env(2);
      cloud c;
      linkage_merge merge[N - 1];
      int of[N];
      int32_t label[N];
      cloud_make(&c, seed, seed % 2 ? 1 : 4);
      merge_all(env, (linkage_how)how, &c.points, merge);
      for (int i = 0; i < N; i++)
        of[i] = i;
      for (int s = 0; s < N - 1; s++) {
        const double height = merge_nearest(&c, (linkage_how)how, of);
        NEAR(merge[s].height, height);
        mine__linkage_cut(env, merge, s + 1, N, label);
        for (int i = 0; i < N; i++) {
          assert_true(label[i] >= 0 && label[i] < N - s - 1);
          assert_int_equal(label[i], label[of[i]]);
        }
        for (int i = 0, k = 0; i < N; i++)
          if (of[i] == i) assert_int_equal(label[i], k++);
      }
      mine_env_close(env);
    }
  }
}

/* On a grid, where most distances are equal: every merge is at the distance of what it merges, no
** merge that was open is nearer, and threads change nothing. */
static void ties(void **state) {
  (void)state;
  for (int how = LINKAGE_WARD; how <= LINKAGE_SINGLE; how++) {
    cloud c = {.rows = {0}};
    linkage_merge merge[2][N - 1];
    for (int i = 0; i < N; i++) {
      c.rows[i] = 1;
      c.point[i * WIDTH] = i % 4;
      c.point[i * WIDTH + 1] = i / 4 % 4;
      c.point[i * WIDTH + 2] = i / 16;
    }
    c.points = (linkage_points){N, WIDTH, c.point, c.rows};
    for (int run = 0; run < 2; run++) {
      mine_env *env = open_env(run ? 4 : 1);
      merge_all(env, (linkage_how)how, &c.points, merge[run]);
      mine_env_close(env);
    }
    int of[N];
    for (int i = 0; i < N; i++)
      of[i] = i;
    for (int s = 0; s < N - 1; s++) {
      const linkage_merge *m = &merge[0][s];
      assert_true(m->a == merge[1][s].a && m->b == merge[1][s].b);
      assert_true(m->height == merge[1][s].height);
      int a = of[m->a], b = of[m->b];
      assert_true(a != b);
      const double height = between(&c, (linkage_how)how, of, a, b);
      NEAR(m->height, height);
      for (int i = 0; i < N; i++)
        if (of[i] == a || of[i] == b) of[i] = a < b ? a : b;
    }
  }
}

/* ---- names ---------------------------------------------------------------------------------- */

/* Five points on a line: 0, 1, 5, 7, 20.  R: hclust(dist(x), "single"). */
static void names_are_those_of_r(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  const double x[] = {0, 1, 5, 7, 20}, rows[] = {1, 1, 1, 1, 1};
  const linkage_points points = {5, 1, x, rows};
  static const int64_t want[] = {-1, -2, -3, -4, 1, 2, -5, 3}, below[] = {2, 2, 4, 5};
  static const double height[] = {1, 2, 4, 13};
  linkage_merge merge[4];
  int64_t name[8], size[4];
  int32_t label[5];
  merge_all(env, LINKAGE_SINGLE, &points, merge);
  mine__linkage_name(env, merge, 5, name, size);
  for (int s = 0; s < 4; s++) {
    assert_int_equal(name[2 * s], want[2 * s]);
    assert_int_equal(name[2 * s + 1], want[2 * s + 1]);
    assert_int_equal(size[s], below[s]);
    assert_true(merge[s].height == height[s]);
  }
  mine__linkage_cut(env, merge, 2, 5, label);
  const int32_t three[] = {0, 0, 1, 1, 2};
  assert_memory_equal(label, three, sizeof three);
  mine_env_close(env);
}

static void one_point(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  const double x[] = {3}, rows[] = {2};
  const linkage_points points = {1, 1, x, rows};
  linkage_merge none[1];
  int32_t label[1] = {7};
  for (int how = LINKAGE_WARD; how <= LINKAGE_SINGLE; how++)
    merge_all(env, (linkage_how)how, &points, none);
  mine__linkage_cut(env, none, 0, 1, label);
  assert_int_equal(label[0], 0);
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(merges_by_all_pairs),
      cmocka_unit_test(ties),
      cmocka_unit_test(names_are_those_of_r),
      cmocka_unit_test(one_point),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
