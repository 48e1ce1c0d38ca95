/*
** test_kdtree.c -- the k-d tree against looking at every row: nearest rows, rows within a distance,
** everybody's neighbours; ties, equal rows, one row; boxes on every instruction set; by both norms.
*/
#include <math.h>

#include "labelled_fixture.h"

typedef struct pair {
  double distance;
  uint32_t row;
} pair;

static int pair_order(const void *left, const void *right) {
  const pair *a = left, *b = right;
  if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
  return a->row < b->row ? -1 : a->row > b->row;
}

/* By the tree's norm. */
static double plain_pair(const mine__kdtree *tree, const double *a, const double *b) {
  double sum = 0;
  for (int j = 0; j < tree->width; j++)
    sum += tree->norm == MINE__NORM_SUMS ? fabs(a[j] - b[j]) : (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/* The k rows nearest to the point by (distance, row), without row `skip`: how many there are. */
static int64_t plainly(const table *t, const mine__kdtree *tree, const double *query, int64_t k,
                       int64_t skip, pair *out) {
  pair *all = malloc((size_t)t->n * sizeof *all);
  int64_t n = 0;
  for (int64_t i = 0; i < t->n; i++)
    if (i != skip) all[n++] = (pair){plain_pair(tree, query, t->point + i * t->width), (uint32_t)i};
  qsort(all, (size_t)n, sizeof *all, pair_order);
  if (n > k) n = k;
  memcpy(out, all, (size_t)n * sizeof *out);
  free(all);
  return n;
}

#define MOST 20

static void same_nearest(const table *t, const mine__kdtree *tree, const double *query, int64_t k,
                         int64_t skip) {
  double got[MOST];
  uint32_t row[MOST];
  pair expected[MOST];
  const int64_t n = plainly(t, tree, query, k, skip, expected);
  assert_int_equal(mine__kdtree_nearest(tree, query, k, skip, got, row), n);
  for (int64_t i = 0; i < n; i++) {
    assert_true(got[i] == expected[i].distance);
    assert_int_equal(row[i], expected[i].row);
  }
}

/* The nearest others of all rows are those of each. */
static void everybody(const table *t, const mine__kdtree *tree) {
  mine_env *env = t->env;
  const int64_t n = t->n, width = t->width;
  const int64_t k = n - 1 < 7 ? n - 1 : 7;
  double *distance = mine__arena_array(env->scratch, (size_t)n, 8 * sizeof(double));
  uint32_t *row = mine__arena_array(env->scratch, (size_t)n, 8 * sizeof *row);
  if (k > 0) {
    assert_int_equal(mine__kdtree_neighbours(env, tree, k, "test", distance, row), MINE_OK);
    for (int64_t i = 0; i < n; i++) {
      double alone[8];
      uint32_t alone_row[8];
      assert_int_equal(mine__kdtree_nearest(tree, t->point + i * width, k, i, alone, alone_row), k);
      assert_memory_equal(alone, distance + i * k, (size_t)k * sizeof(double));
      assert_memory_equal(alone_row, row + i * k, (size_t)k * sizeof *row);
    }
  }
}

static void tried(mine__norm norm, int64_t n, int width, double grid, int threads) {
  mine_env *env = table_env(threads);
  table t = table_groups(env, n, width, 4, (uint64_t)(n + width), grid);
  mine__kdtree tree;
  assert_int_equal(mine__kdtree_build(env, env->scratch, norm, t.point, n, width, &tree), MINE_OK);
  mine_random random;
  mine__random_open(&random, 5, 5, 5);
  for (int times = 0; times < 40; times++) {
    double query[TABLE_WIDEST];
    const int64_t at = (int64_t)mine__random_below(&random, (uint64_t)n);
    const int64_t k = 1 + (int64_t)mine__random_below(&random, MOST);
    const double square = 30 * mine__random_real(&random) * mine__random_real(&random);
    for (int j = 0; j < width; j++)
      query[j] = 25 * mine__random_real(&random) - 2;
    same_nearest(&t, &tree, query, k, -1);
    same_nearest(&t, &tree, t.point + at * width, k, times % 2 ? at : -1);
    int64_t within = 0;
    for (int64_t i = 0; i < n; i++)
      within += plain_pair(&tree, query, t.point + i * width) <= square;
    assert_int_equal(mine__kdtree_within(&tree, query, square, 0, NULL), within);
    uint32_t some[3];
    assert_int_equal(mine__kdtree_within(&tree, query, square, 3, some), within);
    for (int64_t i = 0; i < within && i < 3; i++)
      assert_true(plain_pair(&tree, query, t.point + (ptrdiff_t)some[i] * width) <= square);
  }
  everybody(&t, &tree);
  mine_env_close(env);
}

static void the_same_as_every_row(mine__norm norm) {
  static const int64_t rows[] = {1, 2, 7, 8, 9, 31, 33, 64, 65, 257, 1000, 3001};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    tried(norm, rows[i], 1 + (int)i % 5, 0, 1 + (int)i % 3);
    tried(norm, rows[i], 2, 4, 2);    /* ties */
    tried(norm, rows[i], 3, 1000, 1); /* all equal */
  }
  for (int width = 6; width <= 17; width++) /* by single precision first */
    tried(norm, width % 2 ? 2000 : 130, width, width % 3 ? 0 : 2, 2);
}

/* Groups far from each other, in which rows are so near that single precision cannot tell them. */
static void groups_may_be_tight(mine__norm norm) {
  mine_env *env = table_env(2);
  for (int e = -9; e <= 0; e += 3) {
    table t = table_groups(env, 700, 8, 1, 3, 0);
    mine__kdtree tree;
    for (int64_t i = 0; i < t.n * t.width; i++)
      t.point[i] = (double)(i / t.width % 3) * 1e4 + t.point[i] * pow(10, e);
    assert_int_equal(mine__kdtree_build(env, env->scratch, norm, t.point, t.n, t.width, &tree),
                     MINE_OK);
    for (int64_t i = 0; i < t.n; i += 50)
      same_nearest(&t, &tree, t.point + i * t.width, 9, i);
    everybody(&t, &tree);
  }
  mine_env_close(env);
}

/* Every place holds a row once, leaves have whole panels, boxes are the rows' own. */
static void a_tree_is_sound(mine__norm norm) {
  mine_env *env = table_env(2);
  for (int64_t n = 1; n < 700; n += 13) {
    table t = table_groups(env, n, 3, 3, 9, 0.5);
    mine__kdtree tree;
    assert_int_equal(mine__kdtree_build(env, env->scratch, norm, t.point, n, 3, &tree), MINE_OK);
    uint8_t *seen = mine__arena_zeros(env->scratch, (size_t)n, 1);
    const int64_t leaves = mine__kdtree_leaves(&tree);
    assert_int_equal(mine__kdtree_first(&tree, 0), 0);
    assert_int_equal(mine__kdtree_first(&tree, leaves), MINE_BLOCKS(n, MINE_LANES));
    for (int64_t leaf = 0; leaf < leaves; leaf++) {
      const int64_t first = mine__kdtree_first(&tree, leaf),
                    end = mine__kdtree_first(&tree, leaf + 1);
      assert_true(end > first && (end - first) * MINE_LANES <= MINE__KDTREE_LEAF);
      for (int64_t p = first; p < end; p++) {
        for (int l = 0; l < mine__kdtree_lanes(&tree, p); l++) {
          const uint32_t row = tree.row[p * MINE_LANES + l];
          assert_false(seen[row]++);
          for (int64_t node = leaves + leaf; node > 0; node /= 2)
            assert_true(mine__kdtree_from_point(&tree, mine__kdtree_box(&tree, node),
                                                t.point + row * 3) == 0);
        }
      }
    }
  }
  mine_env_close(env);
}

/* Distances have the bits of pairs, on every instruction set; what is just within, is. */
static void leaves_are_measured(mine__norm norm) {
  mine_env *env = table_env(1);
  const mine__kernels *set[MINE__KERNEL_SETS];
  const int sets = mine__kernels_all(set);
  for (int width = 1; width <= 19; width += 3) {
    table t = table_groups(env, 150, width, 2, 3, 0.5);
    mine__kdtree tree;
    assert_int_equal(mine__kdtree_build(env, env->scratch, norm, t.point, t.n, width, &tree),
                     MINE_OK);
    for (int64_t leaf = 0; leaf < mine__kdtree_leaves(&tree); leaf++) {
      const mine__kdtree_rows rows = mine__kdtree_leaf(&tree, leaf);
      double point[MINE__KDTREE_LEAF * TABLE_WIDEST], out[MINE__KDTREE_LEAF];
      mine__kdtree_points(&tree, &rows, point);
      for (int s = 0; s < sets; s++) {
        for (int64_t q = 0; q < t.n; q++) {
          const int64_t other = tree.row[rows.place + (uint32_t)(q % rows.n)];
          const double limit = plain_pair(&tree, t.point + q * width, t.point + other * width);
          const uint32_t bits = set[s]->leaf_within[tree.norm](rows.panel, rows.panels, width,
                                                               t.point + q * width, limit, out);
          for (int i = 0; i < rows.n; i++) {
            const double d = plain_pair(&tree, t.point + q * width, point + i * width);
            assert_true(out[i] == d && (int)(bits >> i & 1) == (d <= limit));
          }
        }
      }
    }
  }
  mine_env_close(env);
}

/* No instruction set puts a point nearer to a box, or a pair outside of what boxes say. */
static void boxes_bound_their_points(mine__norm norm) {
  mine_env *env = table_env(1);
  const mine__kernels *set[MINE__KERNEL_SETS];
  const int sets = mine__kernels_all(set);
  table t = table_groups(env, 64, 5, 2, 3, 0);
  mine__kdtree tree;
  assert_int_equal(mine__kdtree_build(env, env->scratch, norm, t.point, 64, 5, &tree), MINE_OK);
  for (int64_t leaf = 0; leaf < mine__kdtree_leaves(&tree); leaf++) {
    const mine__kdtree_rows rows = mine__kdtree_leaf(&tree, leaf);
    for (int64_t node = 1; node < 2 * mine__kdtree_leaves(&tree); node++) {
      const double *box = mine__kdtree_box(&tree, node);
      double most[MINE__KDTREE_LEAF] = {0};
      uint32_t expected = 0;
      for (int i = 0; i < rows.n; i++) { /* exactly as far, or just not */
        most[i] = mine__kdtree_from_point(&tree, box, t.point + tree.row[rows.place + i] * 5);
        if (i % 3) expected |= UINT32_C(1) << i;
        if (i % 3 == 0) most[i] = nextafter(most[i], -1);
      }
      for (int s = 0; s < sets; s++)
        assert_int_equal(
            rows.all & set[s]->leaf_near[tree.norm](rows.panel, rows.panels, 5, box, most),
            expected);
    }
  }
  const int64_t leaves = mine__kdtree_leaves(&tree);
  for (int64_t a = 0; a < 64; a++) {
    for (int64_t b = 0; b < 64; b++) {
      const double *one = mine__kdtree_box(&tree, leaves + a * leaves / 64);
      const double *two = mine__kdtree_box(&tree, leaves + b * leaves / 64);
      const double d = plain_pair(&tree, t.point + tree.row[a] * 5, t.point + tree.row[b] * 5);
      assert_true(mine__kdtree_apart(&tree, one, two) <= d &&
                  d <= mine__kdtree_across(&tree, one, two));
    }
  }
  mine_env_close(env);
}

/* Eight boxes at once are as far as one by one, on every instruction set. */
static void boxes_are_measured_side_by_side(mine__norm norm) {
  mine_env *env = table_env(1);
  const mine__kernels *set[MINE__KERNEL_SETS];
  const int sets = mine__kernels_all(set);
  table t = table_groups(env, 900, 5, 3, 4, 0.5);
  mine__kdtree tree;
  mine__kdtree_index index;
  assert_int_equal(mine__kdtree_build(env, env->scratch, norm, t.point, t.n, 5, &tree), MINE_OK);
  mine__kdtree_index_build(env, env->scratch, &tree, &index);
  assert_int_equal(mine_env_status(env), MINE_OK);
  const int64_t groups = 2 * mine__kdtree_leaves(&tree) / MINE_LANES;
  for (int64_t group = 1; group < groups; group++) {
    for (int64_t node = 1; node < 2 * mine__kdtree_leaves(&tree); node += 3) {
      const double *box = mine__kdtree_box(&tree, node);
      for (int s = 0; s < sets; s++) {
        double apart[MINE_LANES];
        const double most = mine__kdtree_apart(&tree, mine__kdtree_box(&tree, 8 * group + 2), box);
        const uint32_t bits = set[s]->boxes_apart[tree.norm](
            index.boxes + group * MINE_LANES * 2 * 5, 5, box, most, apart);
        for (int l = 0; l < MINE_LANES; l++) {
          const double d = mine__kdtree_apart(&tree, mine__kdtree_box(&tree, 8 * group + l), box);
          assert_true(apart[l] == d && (int)(bits >> l & 1) == (d <= most));
        }
      }
    }
  }
  mine_env_close(env);
}

#define BY_BOTH(test)                    \
  static void test##_by_both(void **s) { \
    (void)s;                             \
    test(MINE__NORM_SQUARES);            \
    test(MINE__NORM_SUMS);               \
  }
BY_BOTH(the_same_as_every_row)
BY_BOTH(groups_may_be_tight)
BY_BOTH(a_tree_is_sound)
BY_BOTH(leaves_are_measured)
BY_BOTH(boxes_bound_their_points)
BY_BOTH(boxes_are_measured_side_by_side)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_as_every_row_by_both),
      cmocka_unit_test(groups_may_be_tight_by_both),
      cmocka_unit_test(a_tree_is_sound_by_both),
      cmocka_unit_test(leaves_are_measured_by_both),
      cmocka_unit_test(boxes_bound_their_points_by_both),
      cmocka_unit_test(boxes_are_measured_side_by_side_by_both),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
