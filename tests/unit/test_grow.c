/*
** test_grow.c -- bins, and trees grown from them by histograms, against plain definitions.
*/
#include "tree_fixture.h"

#include "tree/builder.h"
#include "tree/grow.h"
#include "tree/ordered.h"

#define MOST_ROWS 4000

static float g_of[MOST_ROWS], h_of[MOST_ROWS];

static void bin_all(table *t, int most, mine_binned *binned) {
  mine_bin_source source[TABLE_FEATURES] = {{0}};
  for (int f = 0; f < t->data.n_features; f++)
    source[f].feature = f;
  assert_int_equal(
      mine__bins_make(t->env, t->arena, &t->data, source, t->data.n_features, most, binned),
      MINE_OK);
}

/* ---- bins ------------------------------------------------------------------------------ */

static void bins_part_the_line(void **state) {
  table t;
  mine_binned binned;
  (void)state;
  table_open(&t, "nn4", MOST_ROWS, 2, 1);
  table_fill(&t, 1, 0.1, 0);
  for (int64_t i = 0; i < MOST_ROWS; i++) { /* many values, some heavy */
    if (t.number[1][i] == t.number[1][i])
      t.number[1][i] = i % 3 ? floor(1e4 * mine__random_real(&t.random)) / 7 : 500;
  }
  bin_all(&t, 40, &binned);
  for (int f = 0; f < 3; f++) {
    const mine_binned_feature *feature = &binned.feature[f];
    int64_t held[256] = {0};
    for (int64_t i = 0; i < MOST_ROWS; i++) {
      const int bin = mine_bin_of(&binned, i, f);
      assert_true(bin < feature->bins);
      held[bin]++;
      if (feature->category) {
        assert_int_equal(bin, t.code[f][i] + 1 > 0 ? t.code[f][i] + 1 : 0);
        continue;
      }
      const double value = t.number[f][i];
      assert_int_equal(bin == 0, value != value);
      for (int b = 1; bin && b + 1 < feature->bins; b++)
        assert_int_equal(value < feature->cut[b], bin <= b);
    }
    for (int b = 1; b < feature->bins; b++)
      assert_true(held[b] > 0);
    if (f == 0) assert_int_equal(feature->bins, 13); /* twelve values, each its own */
    if (f != 1) continue;
    assert_in_range(feature->bins, 30, 41);
    for (int b = 1; b < feature->bins; b++)
      assert_true(held[b] < 2 * MOST_ROWS / 3 / 38 || (500 < feature->cut[b] && b > 0));
  }
  table_close(&t);
}

static void constant_and_missing_columns_have_one_bin(void **state) {
  table t;
  mine_binned binned;
  (void)state;
  table_open(&t, "nn", 50, 2, 1);
  for (int i = 0; i < 50; i++) {
    t.number[0][i] = 7;
    t.number[1][i] = NAN;
  }
  bin_all(&t, 255, &binned);
  assert_int_equal(binned.feature[0].bins, 2);
  assert_int_equal(binned.feature[1].bins, 1);
  assert_int_equal(mine_bin_of(&binned, 3, 0), 1);
  assert_int_equal(mine_bin_of(&binned, 3, 1), 0);
  table_close(&t);
}

/* ---- the best split, by trying all ---------------------------------------------------------- */

typedef struct part {
  double g, h;
  int64_t rows;
} part;

static double part_score(part p, double l2) {
  return p.h + l2 > 0 ? p.g * p.g / (p.h + l2) : 0;
}

static double split_gain(part left, part all, const mine_grow_plan *plan) {
  const part right = {all.g - left.g, all.h - left.h, all.rows - left.rows};
  if (left.rows < plan->min_samples_leaf || right.rows < plan->min_samples_leaf) return 0;
  return part_score(left, plan->l2) + part_score(right, plan->l2) - part_score(all, plan->l2);
}

static void part_add(part *p, int64_t row) {
  p->g += (double)g_of[row];
  p->h += (double)h_of[row];
  p->rows++;
}

/* Every cut of every feature, the missing on either side, and every set of levels. */
static double best_gain(const table *t, const mine_grow_plan *plan) {
  part all = {0, 0, 0};
  double best = 0;
  for (int64_t i = 0; i < t->data.rows.n; i++)
    part_add(&all, i);
  for (int f = 0; f < t->data.n_features; f++) {
    const int levels = (int)t->about[f].levels.values.n;
    const int tries = t->number[f] ? 2 * 13 : 1 << (levels + 1);
    for (int try = 0; try < tries; try++) {
      part left = {0, 0, 0};
      for (int64_t i = 0; i < t->data.rows.n; i++) {
        int goes;
        if (t->number[f]) {
          const double value = t->number[f][i], cut = -1 + (try / 2) / 4.0 + 0.125;
          goes = value == value ? value < cut : try % 2;
        } else {
          goes = try >> (t->code[f][i] + 1) & 1;
        }
        if (goes) part_add(&left, i);
      }
      const double gain = split_gain(left, all, plan);
      if (gain > best) best = gain;
    }
  }
  return best;
}

static void the_first_split_is_the_best(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 40; seed++) {
    const int real = seed % 2 != 0;
    table t;
    mine_binned binned;
    mine_grown tree;
    table_open(&t, "n5n3", 60 + (int64_t)seed * 7, 2, 1);
    table_fill(&t, seed, seed % 4 ? 0.2 : 0, 0);
    for (int64_t i = 0; i < t.data.rows.n; i++) {
      g_of[i] = real ? (float)(t.target[i] - 2.5) : (float)t.label[i];
      h_of[i] = real ? (float)t.weight[i] : 1;
    }
    bin_all(&t, 255, &binned);
    const mine_grow_plan plan = {.max_depth = 1,
                                 .min_samples_leaf = 1 + (int64_t)seed % 5,
                                 .l2 = real ? 1 : 0,
                                 .seed = seed};
    mine_grower *grower = mine__grower_open(t.env, t.arena, &binned, &plan);
    const mine_grow_rows rows = {.n = t.data.rows.n, .g = g_of, .h = h_of};
    assert_non_null(grower);
    assert_int_equal(mine__grow(grower, &rows, NULL, 0, &tree), MINE_OK);
    const double best = best_gain(&t, &plan);
    if (best > 1e-6) {
      /* Rounding moves each sum by less than a row's last bit. */
      const double tolerance = real ? 2e-3 * best + 1e-3 : 1e-9;
      assert_true(tree.node[0].left > 0);
      assert_true(fabs(tree.node[0].gain - best) <= tolerance);
    }
    table_close(&t);
  }
}

/* ---- a whole tree --------------------------------------------------------------------------- */

static void check_tree(const table *t, const mine_binned *binned, mine_grower *grower,
                       const mine_grown *tree, const mine_grow_plan *plan) {
  int64_t rows = 0, leaves = 0;
  int32_t stack[1000], n = 0;
  char *seen = calloc((size_t)t->data.rows.n, 1);
  stack[n++] = 0;
  while (n > 0) {
    const int32_t at = stack[--n];
    const mine_grown_node *node = &tree->node[at];
    assert_true(node->rows >= plan->min_samples_leaf);
    if (node->left >= 0) {
      assert_true(tree->node[node->left].rows + tree->node[node->right].rows == node->rows);
      assert_true(node->gain > 0 && node->left > at && node->right > at);
      stack[n++] = node->left;
      stack[n++] = node->right;
      continue;
    }
    leaves++;
    for (int64_t k = 0; k < node->rows; k++) {
      const uint32_t row = mine__grown_rows(grower, node)[k].row;
      assert_false(seen[row]);
      seen[row] = 1;
      rows++;
      if (k) assert_true(row > mine__grown_rows(grower, node)[k - 1].row);
      assert_int_equal(mine__grown_leaf(binned, tree, row), at);
    }
  }
  assert_int_equal(rows, t->data.rows.n);
  if (plan->max_leaves) assert_true(leaves <= plan->max_leaves);
  free(seen);
}

static void same_tree(const mine_grown *a, const mine_grown_node *b, int32_t n) {
  assert_int_equal(a->n_nodes, n);
  for (int32_t i = 0; i < n; i++) {
    assert_int_equal(a->node[i].feature, b[i].feature);
    assert_int_equal(a->node[i].left, b[i].left);
    assert_int_equal(a->node[i].bin, b[i].bin);
    assert_int_equal(a->node[i].rows, b[i].rows);
    assert_memory_equal(&a->node[i].gain, &b[i].gain, sizeof(double));
    assert_memory_equal(a->node[i].set, b[i].set, sizeof b[i].set);
  }
}

/* All scores, orders of growing and kinds of column; rows are shared by any number of threads. */
static void trees_hold_together_on_any_threads(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 24; seed++) {
    mine_grown_node *first = NULL;
    int32_t n_first = 0;
    for (int threads = 1; threads <= 4; threads += 3) {
      table t;
      mine_binned binned;
      mine_grown tree;
      const int classes = seed % 3 == 2 ? 3 : 2;
      table_open(&t, "n5n9n", 300 + (int64_t)seed * 150, classes, threads);
      table_fill(&t, seed, 0.15, 0);
      for (int64_t i = 0; i < t.data.rows.n; i++) {
        g_of[i] = (float)(t.target[i] - 2);
        h_of[i] = seed % 2 ? 1 : (float)t.weight[i];
      }
      bin_all(&t, seed % 5 ? 255 : 9, &binned);
      const mine_grow_plan plan = {.score = classes == 3
                                                ? (seed % 2 ? MINE_GROW_GINI : MINE_GROW_ENTROPY)
                                                : MINE_GROW_GRADIENT,
                                   .n_classes = classes,
                                   .max_leaves = seed % 4 ? 0 : 20,
                                   .max_depth = seed % 4 ? 6 : 0,
                                   .min_samples_leaf = 1 + (int64_t)seed % 7,
                                   .l2 = 0.5,
                                   .seed = seed,
                                   .try_features = seed % 6 == 5 ? 2 : 0,
                                   .random_cut = seed % 6 == 5};
      mine_grower *grower = mine__grower_open(t.env, t.arena, &binned, &plan);
      const mine_grow_rows rows = {
          .n = t.data.rows.n, .g = g_of, .h = h_of, .label = classes == 3 ? t.label : NULL};
      for (uint64_t number = 0; number < 3; number++)
        assert_int_equal(mine__grow(grower, &rows, NULL, number, &tree), MINE_OK);
      assert_true(tree.n_nodes > 1);
      check_tree(&t, &binned, grower, &tree, &plan);
      if (threads == 1) {
        n_first = tree.n_nodes;
        first = malloc((size_t)n_first * sizeof *first);
        memcpy(first, tree.node, (size_t)n_first * sizeof *first);
      } else {
        same_tree(&tree, first, n_first);
      }
      table_close(&t);
    }
    free(first);
  }
}

/* Rows that all want the same are a leaf, although their g and h were rounded by chance. */
static void alike_rows_are_a_leaf(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 20; seed++) {
    table t;
    mine_binned binned;
    mine_grown tree;
    table_open(&t, "nn5", 3000, 2, 1);
    table_fill(&t, seed, 0.1, 1);
    for (int64_t i = 0; i < t.data.rows.n; i++) {
      h_of[i] = seed % 2 ? (float)t.weight[i] : 1;
      g_of[i] = 0.3F * h_of[i];
    }
    bin_all(&t, 255, &binned);
    const mine_grow_plan plan = {.max_depth = 9, .min_samples_leaf = 1, .seed = seed};
    mine_grower *grower = mine__grower_open(t.env, t.arena, &binned, &plan);
    const mine_grow_rows rows = {.n = t.data.rows.n, .g = g_of, .h = h_of};
    assert_int_equal(mine__grow(grower, &rows, NULL, seed, &tree), MINE_OK);
    assert_true(tree.node[0].left < 0);
    table_close(&t);
  }
}

/* Leaves keep their rows although h only says about how many there are. */
static void small_leaves_are_counted(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 10; seed++) {
    table t;
    mine_binned binned;
    mine_grown tree;
    table_open(&t, "nn5", 1500, 2, 1);
    table_fill(&t, seed, 0.1, 0);
    for (int64_t i = 0; i < t.data.rows.n; i++) {
      g_of[i] = (float)(t.label[i] - 0.5);
      h_of[i] = i % 10 ? 0.01F : 1; /* few rows have most of the weight */
    }
    bin_all(&t, 255, &binned);
    const mine_grow_plan plan = {.max_leaves = 40, .min_samples_leaf = 30, .l2 = 1, .seed = seed};
    mine_grower *grower = mine__grower_open(t.env, t.arena, &binned, &plan);
    const mine_grow_rows rows = {.n = t.data.rows.n, .g = g_of, .h = h_of};
    assert_int_equal(mine__grow(grower, &rows, NULL, 0, &tree), MINE_OK);
    check_tree(&t, &binned, grower, &tree, &plan);
    table_close(&t);
  }
}

/* Along a feature that may only rise, the value of the leaf never falls. */
static void monotone_features_are_kept(void **state) {
  static const int8_t direction[] = {1, 0, -1, 0};
  (void)state;
  for (uint64_t seed = 0; seed < 12; seed++) {
    table t;
    mine_binned binned;
    mine_grown tree;
    table_open(&t, "n5nn", 2000, 2, 1);
    table_fill(&t, seed, 0.1, 0);
    for (int64_t i = 0; i < t.data.rows.n; i++) {
      g_of[i] = (float)(2 - t.target[i] + mine__random_real(&t.random));
      h_of[i] = 1;
    }
    bin_all(&t, 255, &binned);
    const mine_grow_plan plan = {
        .max_leaves = 40, .min_samples_leaf = 5, .l2 = 1, .seed = seed, .monotone = direction};
    mine_grower *grower = mine__grower_open(t.env, t.arena, &binned, &plan);
    const mine_grow_rows rows = {.n = t.data.rows.n, .g = g_of, .h = h_of};
    assert_int_equal(mine__grow(grower, &rows, NULL, 0, &tree), MINE_OK);
    assert_true(tree.n_nodes > 9);
    double *value = calloc((size_t)tree.n_nodes, sizeof *value);
    for (int32_t i = 0; i < tree.n_nodes; i++) {
      const mine_grown_node *node = &tree.node[i];
      if (node->left >= 0) continue;
      double g = 0, h = 1;
      for (int64_t k = 0; k < node->rows && node->rows <= t.data.rows.n; k++) {
        g += (double)g_of[mine__grown_rows(grower, node)[k].row];
        h += 1;
      }
      value[i] = fmin(fmax(-g / h, node->low), node->high);
    }
    for (int64_t i = 0; i < 300; i++) {
      for (int f = 0; f < 4; f++) {
        double last = direction[f] > 0 ? -1e9 : 1e9;
        uint8_t *byte = &binned.panel[0][i * binned.n_features + f], kept = *byte;
        for (int b = 1; direction[f] && b < binned.feature[f].bins; b++) {
          *byte = (uint8_t)b;
          const double now = value[mine__grown_leaf(&binned, &tree, i)];
          assert_true(direction[f] > 0 ? now >= last : now <= last);
          last = now;
        }
        *byte = kept;
      }
    }
    free(value);
    table_close(&t);
  }
}

/* Features of different groups never meet on a path. */
static void groups_do_not_meet(void **state) {
  static const uint64_t groups[] = {1, 3, 2, 0, 0};
  table t;
  mine_binned binned;
  mine_grown tree;
  (void)state;
  table_open(&t, "nnnnn", 3000, 2, 1);
  table_fill(&t, 3, 0.1, 0);
  for (int64_t i = 0; i < t.data.rows.n; i++) {
    g_of[i] = (float)(2 - t.target[i]);
    h_of[i] = 1;
  }
  bin_all(&t, 255, &binned);
  const mine_grow_plan plan = {.max_leaves = 100, .min_samples_leaf = 5, .l2 = 1, .groups = groups};
  mine_grower *grower = mine__grower_open(t.env, t.arena, &binned, &plan);
  const mine_grow_rows rows = {.n = t.data.rows.n, .g = g_of, .h = h_of};
  assert_int_equal(mine__grow(grower, &rows, NULL, 0, &tree), MINE_OK);
  int deep = 0;
  for (int32_t i = 1; i < tree.n_nodes; i++) {
    if (tree.node[i].left < 0) continue;
    uint64_t common = UINT64_MAX;
    int alone = -1;
    for (int32_t at = i; at >= 0; at = tree.node[at].parent) {
      const int f = tree.node[at].feature;
      common &= groups[f] ? groups[f] : UINT64_MAX;
      if (!groups[f] && alone < 0) alone = f;
    }
    for (int32_t at = i; at >= 0; at = tree.node[at].parent)
      assert_true(alone < 0 ? common != 0 : tree.node[at].feature == alone);
    deep++;
  }
  assert_true(deep > 10);
  table_close(&t);
}

/* ---- ordered statistics ---------------------------------------------------------------------- */

/* By the definition: the rows of the level that stand before in the order, which is found out from
** a target that tells the rows apart. */
static void a_statistic_never_sees_its_own_row(void **state) {
  table t;
  mine_bin_source before, after;
  uint32_t row[200];
  double y[200];
  (void)state;
  table_open(&t, "5", 200, 2, 1);
  table_fill(&t, 1, 0.1, 0);
  for (uint32_t i = 0; i < 200; i++) {
    row[i] = i;
    y[i] = t.label[i];
  }
  for (int changed = 0; changed < 200; changed += 17) {
    assert_int_equal(
        mine__ordered_statistic(t.env, t.arena, &t.data, 0, y, NULL, row, 200, 5, &before),
        MINE_OK);
    y[changed] += 0;
    const double kept = y[changed];
    /* The mean of all moves, too: give another row the difference. */
    const int other = (changed + 100) % 200;
    y[changed] = kept + 8;
    y[other] -= 8;
    assert_int_equal(
        mine__ordered_statistic(t.env, t.arena, &t.data, 0, y, NULL, row, 200, 5, &after), MINE_OK);
    y[changed] = kept;
    y[other] += 8;
    if (t.code[0][other] != t.code[0][changed])
      assert_true(before.statistic[changed] == after.statistic[changed]);
  }
  /* Of all rows: (sum + mean) / (n + 1). */
  double sum = 0, n = 0, all = 0;
  for (int i = 0; i < 200; i++) {
    all += y[i] / 200;
    if (t.code[0][i] != 2) continue;
    sum += y[i];
    n++;
  }
  assert_true(fabs(before.of_level[2] - (sum + all) / (n + 1)) < 1e-12);
  table_close(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bins_part_the_line),
      cmocka_unit_test(constant_and_missing_columns_have_one_bin),
      cmocka_unit_test(the_first_split_is_the_best),
      cmocka_unit_test(trees_hold_together_on_any_threads),
      cmocka_unit_test(alike_rows_are_a_leaf),
      cmocka_unit_test(small_leaves_are_counted),
      cmocka_unit_test(monotone_features_are_kept),
      cmocka_unit_test(groups_do_not_meet),
      cmocka_unit_test(a_statistic_never_sees_its_own_row),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
