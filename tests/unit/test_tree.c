/*
** test_tree.c -- does CART find the best split there is?
**
** Written to be broken by: a split that is not the best of all (found by trying
** every one), a leaf below its least size, a tie told differently, a thread count
** that shows, weights that count as rows, pruning that keeps what does not pay.
*/
#include "tree_fixture.h"

#include "core/radix.h"
#include "refusing_fixture.h"

typedef union options_room {
  char bytes[512];
  double aligned;
} options_room;

/* ---- judging a split by hand ----------------------------------------------------- */

static double sum_impurity(const table *t, const char *criterion, const uint8_t *in, int side) {
  double share[16] = {0}, weight = 0, mean = 0, sum = 0;
  for (int64_t i = 0; i < t->data.rows.n; i++) {
    if (in[i] != side) continue;
    const double w = t->data.weight ? t->weight[i] : 1;
    weight += w;
    mean += w * t->target[i];
    if (t->data.n_classes) share[t->label[i]] += w;
  }
  if (weight <= 0) return 0;
  mean /= weight;
  for (int64_t i = 0; !t->data.n_classes && i < t->data.rows.n; i++) {
    const double w = t->data.weight ? t->weight[i] : 1, apart = t->target[i] - mean;
    if (in[i] == side) sum += w * apart * apart;
  }
  if (!t->data.n_classes) return sum;
  sum = *criterion == 'g' ? 1 : 0;
  for (int c = 0; c < t->data.n_classes; c++) {
    const double p = share[c] / weight;
    if (*criterion == 'g') sum -= p * p;
    if (*criterion == 'e' && p > 0) sum -= p * log2(p);
  }
  return weight * sum;
}

/* Decrease of impurity x share of rows; -1 if a side is too small. */
static double judge(const table *t, const char *criterion, const uint8_t *left, int64_t least) {
  const size_t n = (size_t)t->data.rows.n;
  uint8_t *all = table_room((table *)(uintptr_t)t, n, 1);
  int64_t rows = 0;
  double weight = 0;
  for (size_t i = 0; i < n; i++) {
    rows += left[i];
    weight += t->data.weight ? t->weight[i] : 1;
  }
  if (rows < least || (int64_t)n - rows < least) return -1;
  const double decrease = sum_impurity(t, criterion, all, 0) - sum_impurity(t, criterion, left, 1) -
                          sum_impurity(t, criterion, left, 0);
  return decrease / weight;
}

/* The best of all splits on one feature: every subset of levels or every
** threshold, with the missing on either side. */
static double best_by_hand(table *t, int f, const char *criterion, int64_t least) {
  const int64_t n = t->data.rows.n, levels = t->about[f].levels.values.n;
  const int64_t cuts = t->code[f] ? (int64_t)1 << levels : 14;
  uint8_t *left = table_room(t, (size_t)n, 1);
  double best = 0;
  for (int64_t cut = 0; cut < cuts; cut++) {
    for (int missing_left = 0; missing_left < 2; missing_left++) {
      for (int64_t i = 0; i < n; i++) {
        if (t->code[f]) {
          const int32_t code = t->code[f][i];
          left[i] = (uint8_t)(code < 0 ? missing_left : cut >> code & 1);
        } else {
          const double value = t->number[f][i], threshold = (double)cut / 4 - 1.125;
          left[i] = (uint8_t)(isnan(value) ? missing_left : value < threshold);
        }
      }
      const double gain = judge(t, criterion, left, least);
      if (gain > best) best = gain;
    }
  }
  return best;
}

static void check_root(table *t, const char *criterion, int64_t least) {
  char options[100];
  snprintf(options, sizeof options,
           "max_depth=1,min_samples_split=2,min_samples_leaf=%d,criterion=%s", (int)least,
           criterion);
  const mine_model *model = table_grow(t, options);
  assert_non_null(model);
  const mine_trees *trees = model->body;
  double best = 0;
  int feature = -1;
  for (int f = 0; f < t->data.n_features; f++) {
    const double gain = best_by_hand(t, f, criterion, least);
    if (gain > best + 1e-9) {
      best = gain;
      feature = f;
    }
  }
  if (feature < 0) {
    assert_int_equal(trees->n_nodes, 1);
  } else {
    assert_int_equal(trees->n_nodes, 3);
    assert_int_equal(trees->feature[0], feature);
    assert_true(fabs(trees->gain[0] - best) < 1e-9);
    uint8_t *left = table_room(t, (size_t)t->data.rows.n, 1);
    for (int64_t i = 0; i < t->data.rows.n; i++) {
      left[i] = (uint8_t)table_goes_left(trees, t, 0, i);
    }
    assert_true(fabs(judge(t, criterion, left, least) - best) < 1e-9);
  }
  mine_model_free((mine_model *)(uintptr_t)model);
}

static void test_best_split(void **state) {
  (void)state;
  static const struct {
    const char *kinds, *criterion;
    int classes;
  } cases[] = {{"nn4", "gini", 2},          {"n5n", "entropy", 2}, {"nn", "gini", 3},
               {"n6", "squared_error", 0},  {"7n3", "gini", 4},    {"65", "entropy", 3},
               {"nnn5", "squared_error", 0}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    for (uint64_t seed = 1; seed <= 24; seed++) {
      table t;
      const int64_t n = 8 + (int64_t)(seed * seed) % 60;
      table_open(&t, cases[c].kinds, n, cases[c].classes, 1);
      table_fill(&t, seed, seed % 3 == 0 ? 0 : 0.15, seed % 2 == 0);
      check_root(&t, cases[c].criterion, 1 + (int64_t)(seed % 4));
      table_close(&t);
    }
  }
}

/* More distinct values than are counted: the column is sorted instead.  Both
** ways, and a weight of one, must grow the same tree. */
static void test_sorted_like_counted(void **state) {
  (void)state;
  for (int classes = 0; classes <= 3; classes += classes ? 1 : 2) {
    table t;
    table_open(&t, "nn3", 6000, classes, 2);
    table_fill(&t, 5, 0.05, 0);
    const mine_model *counted = table_grow(&t, "max_depth=7");
    assert_non_null(counted);
    for (int64_t i = 0; i < 6000; i++) {
      for (int f = 0; f < 2; f++)
        t.number[f][i] += (double)i * 1e-6;
    }
    const mine_model *fine = table_grow(&t, "max_depth=7,min_samples_leaf=100");
    assert_non_null(fine);
    const mine_trees *a = counted->body, *b = fine->body;
    assert_int_equal(a->feature[0], b->feature[0]);
    assert_true(b->gain[0] >= a->gain[0] - 1e-9);
    t.data.weight = t.weight;
    for (int64_t i = 0; i < 6000; i++)
      t.weight[i] = 2;
    const mine_model *heavy = table_grow(&t, "max_depth=7,min_samples_leaf=100");
    assert_non_null(heavy);
    const mine_trees *c = heavy->body;
    assert_int_equal(b->n_nodes, c->n_nodes);
    for (int32_t i = 0; i < b->n_nodes; i++) {
      assert_int_equal(b->feature[i], c->feature[i]);
      assert_true(b->threshold[i] == c->threshold[i]);
      assert_true(b->rows[i] == c->rows[i] && 2 * b->weight[i] == c->weight[i]);
      assert_true(fabs(b->gain[i] - c->gain[i]) < 1e-9);
    }
    mine_model_free((mine_model *)(uintptr_t)counted);
    mine_model_free((mine_model *)(uintptr_t)fine);
    mine_model_free((mine_model *)(uintptr_t)heavy);
    table_close(&t);
  }
}

/* Every node tells the truth about its rows, at every depth. */
static void check_nodes(const table *t, const mine_trees *trees, int64_t least) {
  double *rows = table_room((table *)(uintptr_t)t, (size_t)trees->n_nodes, sizeof *rows);
  for (int64_t i = 0; i < t->data.rows.n; i++)
    rows[table_leaf(trees, t, i)]++;
  for (int32_t i = trees->n_nodes; i-- > 0;) {
    if (trees->feature[i] >= 0) {
      rows[i] = rows[trees->left[i]] + rows[trees->right[i]];
      const double share = trees->weight[i] / trees->weight[0];
      const double left = trees->weight[trees->left[i]] / trees->weight[0];
      const double right = trees->weight[trees->right[i]] / trees->weight[0];
      const double gain = share * trees->impurity[i] - left * trees->impurity[trees->left[i]] -
                          right * trees->impurity[trees->right[i]];
      assert_true(fabs(gain - trees->gain[i]) < 1e-9);
      assert_true(trees->gain[i] > 0);
    }
    assert_true(rows[i] == trees->rows[i]);
    assert_true(rows[i] >= (double)least);
  }
}

static void test_nodes_add_up(void **state) {
  (void)state;
  for (int classes = 0; classes <= 4; classes += 2) {
    for (int weighted = 0; weighted < 2; weighted++) {
      table t;
      table_open(&t, "n9n4", 3000, classes, 2);
      table_fill(&t, 9, 0.1, weighted);
      for (int64_t i = 0; i < 3000; i++)
        t.number[0][i] += (double)(i * 7919 % 3001) * 1e-6;
      for (int binned = 0; binned < 2; binned++) {
        mine_model *model = table_grow(
            &t, binned ? "max_depth=12,min_samples_leaf=3,min_samples_split=6,splits=histogram"
                       : "max_depth=12,min_samples_leaf=3,min_samples_split=6");
        assert_non_null(model);
        assert_true(((mine_trees *)model->body)->n_nodes > 50);
        check_nodes(&t, model->body, 3);
        mine_model_free(model);
      }
      table_close(&t);
    }
  }
}

/* ---- what must not matter ------------------------------------------------------------ */

static void grow_bytes(int threads, int classes, const char *options, mine_writer *w, table *t) {
  table_open(t, "nn5nn", 4000, classes, threads);
  table_fill(t, 3, 0.05, 1);
  for (int64_t i = 0; i < 4000; i++)
    t->number[1][i] += (double)(i * 31 % 4001) * 1e-5;
  mine_model *model = table_grow(t, options);
  assert_non_null(model);
  mine__text_open(&w->text, t->arena);
  mine__kind_trees.save(model, w);
  assert_false(w->text.failed);
  mine_model_free(model);
}

static void test_threads_do_not_show(void **state) {
  (void)state;
  static const char *const options[] = {
      "max_depth=9", "max_depth=9,max_bins=64", "max_depth=20,max_leaves=31",
      "max_depth=9,splits=histogram,max_bins=40", "max_depth=20,max_leaves=31,splits=histogram"};
  for (int classes = 0; classes <= 3; classes++) {
    if (classes == 1) continue;
    for (int k = 0; k < 5; k++) {
      table one, three;
      mine_writer a, b;
      grow_bytes(1, classes, options[k], &a, &one);
      grow_bytes(3, classes, options[k], &b, &three);
      assert_int_equal(a.text.bytes, b.text.bytes);
      assert_memory_equal(a.text.data, b.text.data, a.text.bytes);
      table_close(&one);
      table_close(&three);
    }
  }
}

/* Rows given by number are those rows, nothing else. */
static void test_rows_are_a_choice(void **state) {
  (void)state;
  table t;
  table_open(&t, "n4", 400, 2, 1);
  table_fill(&t, 8, 0.1, 0);
  uint32_t row[200];
  for (uint32_t i = 0; i < 200; i++)
    row[i] = 2 * i;
  t.data.rows.row = row;
  t.data.rows.n = 200;
  mine_model *some = table_grow(&t, "max_depth=5");
  for (uint32_t i = 0; i < 200; i++) {
    t.number[0][i] = t.number[0][2 * i];
    t.code[1][i] = t.code[1][2 * i];
    t.label[i] = t.label[2 * i];
  }
  t.data.rows.row = NULL;
  mine_model *alone = table_grow(&t, "max_depth=5");
  mine_writer a, b;
  mine__text_open(&a.text, t.arena);
  mine__text_open(&b.text, t.arena);
  mine__kind_trees.save(some, &a);
  mine__kind_trees.save(alone, &b);
  assert_int_equal(a.text.bytes, b.text.bytes);
  assert_memory_equal(a.text.data, b.text.data, a.text.bytes);
  mine_model_free(some);
  mine_model_free(alone);
  table_close(&t);
}

/* ---- corners --------------------------------------------------------------------------- */

/* Equal features: the first; equal thresholds: the lowest.  -0.0 is 0.0. */
static void test_ties(void **state) {
  (void)state;
  table t;
  table_open(&t, "nnn", 8, 2, 1);
  for (int i = 0; i < 8; i++) {
    t.number[0][i] = i % 2 ? 0.0 : -0.0;
    t.number[1][i] = t.number[2][i] = i / 2;
    t.label[i] = i / 2 == 1 || i / 2 == 2;
  }
  mine_model *model = table_grow(&t, "max_depth=1,min_samples_split=2,min_samples_leaf=1");
  const mine_trees *trees = model->body;
  assert_int_equal(trees->feature[0], 1);
  assert_true(trees->threshold[0] == 0.5);
  mine_model_free(model);
  table_close(&t);
}

/* Neighbours without a number between them are still told apart. */
static void test_threshold_between_neighbours(void **state) {
  (void)state;
  static const double pairs[][2] = {{1.0, 1.0000000000000002},
                                    {0.0, 5e-324},
                                    {-1e308, 1e308},
                                    {1.7e308, 1.7976931348623157e308},
                                    {-5e-324, 0.0}};
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
    table t;
    table_open(&t, "n", 20, 2, 1);
    for (int i = 0; i < 20; i++) {
      t.label[i] = i % 2;
      t.number[0][i] = pairs[k][i % 2];
    }
    mine_model *model = table_grow(&t, "max_depth=3,min_samples_leaf=1");
    const mine_trees *trees = model->body;
    assert_int_equal(trees->n_nodes, 3);
    for (int i = 0; i < 20; i++) {
      assert_true(trees->values[2 * table_leaf(trees, &t, i) + i % 2] == 1.0);
    }
    mine_model_free(model);
    table_close(&t);
  }
}

/* Halfway between two prices is told as a person would write it. */
static void test_threshold_is_tidy(void **state) {
  (void)state;
  static const double cases[][3] = {
      {93.6, 93.75, 93.675}, {0.1, 0.2, 0.15}, {237.25, 237.3, 237.275}};
  static const char *const forms[] = {"max_depth=1,min_samples_leaf=1",
                                      "max_depth=1,min_samples_leaf=1,max_bins=2"};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
      table t;
      table_open(&t, "n", 20, 2, 1);
      for (int i = 0; i < 20; i++) {
        t.label[i] = i % 2;
        t.number[0][i] = cases[k][i % 2];
      }
      mine_model *model = table_grow(&t, forms[f]);
      const mine_trees *trees = model->body;
      assert_true(trees->threshold[0] == cases[k][2]);
      mine_model_free(model);
      table_close(&t);
    }
  }
}

/* Only whether a value is missing matters: "is missing" is a split of its own. */
static void test_missing_alone(void **state) {
  (void)state;
  for (int classes = 0; classes <= 2; classes += 2) {
    table t;
    table_open(&t, "n3", 60, classes, 1);
    for (int i = 0; i < 60; i++) {
      t.number[0][i] = i % 3 ? (double)(i % 7) : (double)NAN;
      t.code[1][i] = i % 3 ? i % 2 : MINE_CODE_MISSING;
      t.label[i] = i % 3 == 0;
      t.target[i] = i % 3 == 0 ? 9 : 1;
    }
    t.about[0].missing = t.about[1].missing = 20;
    mine_model *model = table_grow(&t, "");
    const mine_trees *trees = model->body;
    assert_int_equal(trees->n_nodes, 3);
    assert_int_equal(trees->feature[0], 0);
    assert_true(trees->threshold[0] == MINE_TREES_ANY && !trees->missing_left[0]);
    assert_true(trees->impurity[1] == 0 && trees->impurity[2] == 0);
    mine_model_free(model);
    table_close(&t);
  }
}

/* No missing value in training: the missing, and levels never seen at the node,
** go with the larger child. */
static void test_unseen_goes_with_the_larger(void **state) {
  (void)state;
  for (int flip = 0; flip < 2; flip++) { /* the larger child is right, then left */
    table t;
    table_open(&t, "4", 50, 2, 1);
    for (int i = 0; i < 50; i++) {
      t.code[0][i] = i < 35 ? 1 : 2;
      t.label[i] = (i < 35) != flip;
    }
    mine_model *model = table_grow(&t, "");
    const mine_trees *trees = model->body;
    assert_int_equal(trees->n_nodes, 3);
    const int32_t larger = flip ? 1 : 2;
    assert_true(trees->rows[larger] == 35);
    t.code[0][0] = MINE_CODE_MISSING;
    t.code[0][1] = MINE_CODE_UNKNOWN;
    t.code[0][2] = 0;
    t.code[0][3] = 3;
    for (int i = 0; i < 4; i++)
      assert_int_equal(table_leaf(trees, &t, i), larger);
    mine_model_free(model);
    table_close(&t);
  }
}

static void test_nothing_to_split(void **state) {
  (void)state;
  table t;
  table_open(&t, "n2", 40, 0, 1);
  for (int i = 0; i < 40; i++)
    t.target[i] = 0.1;
  mine_model *model = table_grow(&t, "");
  assert_int_equal(((mine_trees *)model->body)->n_nodes, 1);
  assert_true(((mine_trees *)model->body)->values[0] == 0.1);
  mine_model_free(model);
  for (int i = 0; i < 40; i++)
    t.target[i] = i;
  model = table_grow(&t, ""); /* both features are constant */
  assert_int_equal(((mine_trees *)model->body)->n_nodes, 1);
  mine_model_free(model);
  for (int i = 0; i < 40; i++)
    t.number[0][i] = (double)NAN;
  model = table_grow(&t, "");
  assert_int_equal(((mine_trees *)model->body)->n_nodes, 1);
  mine_model_free(model);
  table_close(&t);
}

/* ---- pruning ------------------------------------------------------------------------------ */

static int leaves_of(table *t, const char *options, double *gain) {
  mine_model *model = table_grow(t, options);
  assert_non_null(model);
  const mine_trees *trees = model->body;
  const int leaves = (trees->n_nodes + 1) / 2;
  *gain = 0;
  for (int32_t i = 0; i < trees->n_nodes; i++)
    *gain += trees->gain[i];
  check_nodes(t, trees, 1);
  mine_model_free(model);
  return leaves;
}

/* max_leaves keeps exactly so many, and never loses to fewer; ccp_alpha keeps
** the subtree with the least cost, so cost falls as it should. */
static void test_pruning(void **state) {
  (void)state;
  table t;
  char options[120];
  double gain, before = 0;
  table_open(&t, "nnn5", 1500, 2, 1);
  table_fill(&t, 4, 0.05, 0);
  const char *full = "max_depth=10,min_samples_leaf=5,min_samples_split=10";
  const int most = leaves_of(&t, full, &gain);
  assert_true(most > 40);
  for (int leaves = 2; leaves < 40; leaves += 7) {
    snprintf(options, sizeof options, "%s,max_leaves=%d", full, leaves);
    assert_int_equal(leaves_of(&t, options, &gain), leaves);
    assert_true(gain > before);
    before = gain;
  }
  int last = most;
  for (int k = 1; k <= 6; k++) {
    const double alpha = 0.0004 * k * k;
    double kept, other;
    snprintf(options, sizeof options, "%s,ccp_alpha=%.6f", full, alpha);
    const int leaves = leaves_of(&t, options, &kept);
    assert_true(leaves <= last);
    last = leaves;
    for (int try = 2; try < 40; try += 3) {
      snprintf(options, sizeof options, "%s,max_leaves=%d", full, try);
      const int n = leaves_of(&t, options, &other);
      assert_true(kept - alpha * leaves >= other - alpha * n - 1e-12);
    }
  }
  assert_true(last < most);
  table_close(&t);
}

static void test_least_decrease(void **state) {
  (void)state;
  table t;
  table_open(&t, "nn5", 900, 0, 1);
  table_fill(&t, 6, 0, 0);
  mine_model *model = table_grow(&t, "max_depth=10,min_impurity_decrease=0.02");
  const mine_trees *trees = model->body;
  assert_true(trees->n_nodes > 3);
  for (int32_t i = 0; i < trees->n_nodes; i++) {
    if (trees->feature[i] >= 0) assert_true(trees->gain[i] >= 0.02);
  }
  mine_model_free(model);
  table_close(&t);
}

/* ---- errors, and the sort below it all ------------------------------------------------------ */

static void test_wrong_criterion(void **state) {
  (void)state;
  table t;
  table_open(&t, "n", 30, 0, 1);
  assert_null(table_grow(&t, "criterion=gini"));
  assert_int_equal(mine_env_status(t.env), MINE_OPTION);
  assert_non_null(strstr(mine_env_error(t.env), "criterion=gini"));
  table_close(&t);
  table_open(&t, "n", 30, 2, 1);
  assert_null(table_grow(&t, "criterion=squared_error"));
  assert_int_equal(mine_env_status(t.env), MINE_OPTION);
  table_close(&t);
  table_open(&t, "n", 30, 0, 1);
  for (int i = 0; i < 30; i++)
    t.target[i] = i % 2 ? 1e300 : -1e300;
  assert_null(table_grow(&t, ""));
  assert_int_equal(mine_env_status(t.env), MINE_NUMERIC);
  table_close(&t);
  table_open(&t, "n", 30, 2, 1);
  assert_null(table_grow(&t, "splits=histogram,max_bins=256"));
  assert_int_equal(mine_env_status(t.env), MINE_OPTION);
  assert_non_null(strstr(mine_env_error(t.env), "max_bins=256 is for splits=exact"));
  table_close(&t);
  table_open(&t, "n", 30, 300, 1);
  assert_null(table_grow(&t, "splits=histogram"));
  assert_int_equal(mine_env_status(t.env), MINE_DATA);
  table_close(&t);
}

/* ---- by histograms ------------------------------------------------------------------------ */

/* Where every value has a bin of its own and sums are whole numbers, both engines make the same
** tree: the same rows in every leaf, whatever stands between two values. */
static void test_few_values_are_exact(void **state) {
  (void)state;
  for (int classes = 2; classes <= 3; classes++) {
    for (int entropy = 0; entropy < 2; entropy++) {
      table t;
      char exact[80], binned[120];
      /* by entropy the sides of a set are the other way round */
      table_open(&t, classes == 2 && !entropy ? "nn5n" : "nnnn", 3000, classes, 2);
      table_fill(&t, 31, 0.1, 0);
      snprintf(exact, sizeof exact, "max_depth=5,min_samples_leaf=50,criterion=%s",
               entropy ? "entropy" : "gini");
      snprintf(binned, sizeof binned, "%s,splits=histogram", exact);
      mine_model *one = table_grow(&t, exact), *other = table_grow(&t, binned);
      const mine_trees *a = one->body, *b = other->body;
      assert_true(a->n_nodes > 15);
      assert_int_equal(a->n_nodes, b->n_nodes);
      for (int32_t i = 0; i < a->n_nodes; i++) {
        assert_int_equal(a->feature[i], b->feature[i]);
        assert_int_equal((int64_t)a->rows[i], (int64_t)b->rows[i]);
        assert_true(fabs(a->gain[i] - b->gain[i]) < 1e-9);
      }
      for (int64_t i = 0; i < 3000; i++)
        assert_int_equal(table_leaf(a, &t, i), table_leaf(b, &t, i));
      mine_model_free(one);
      mine_model_free(other);
      table_close(&t);
    }
  }
}

/* With long columns, numbers and weights it is about as good, and keeps every limit. */
static void test_histograms_keep_limits(void **state) {
  (void)state;
  for (int classes = 0; classes <= 3; classes++) {
    table t;
    double gain[2] = {0, 0};
    char options[100];
    if (classes == 1) continue;
    table_open(&t, "nn9nn", 6000, classes, 2);
    table_fill(&t, 13, 0.05, classes != 2);
    for (int64_t i = 0; i < 6000; i++)
      t.number[1][i] += (double)(i * 7919 % 6007) * 1e-5;
    for (int binned = 0; binned < 2; binned++) {
      mine_model *model = table_grow(&t, binned ? "max_depth=8,splits=histogram" : "max_depth=8");
      const mine_trees *trees = model->body;
      for (int32_t i = 0; i < trees->n_nodes; i++)
        gain[binned] += trees->gain[i];
      mine_model_free(model);
    }
    assert_true(gain[1] > 0.97 * gain[0]);
    mine_model *model = table_grow(
        &t, "max_depth=5,min_samples_leaf=60,min_samples_split=150,max_leaves=9,splits=histogram");
    const mine_trees *trees = model->body;
    int leaves = 0;
    for (int32_t i = 0; i < trees->n_nodes; i++) {
      leaves += trees->feature[i] < 0;
      assert_true(trees->rows[i] >= (trees->feature[i] < 0 ? 60 : 150));
    }
    assert_int_equal(leaves, 9);
    const double least = 0.1 * trees->gain[0];
    mine_model_free(model);
    snprintf(options, sizeof options, "max_depth=9,min_impurity_decrease=%.9f,splits=histogram",
             least);
    model = table_grow(&t, options);
    trees = model->body;
    assert_true(trees->n_nodes > 3);
    for (int32_t i = 0; i < trees->n_nodes; i++)
      if (trees->feature[i] >= 0) assert_true(trees->gain[i] > 0.97 * least);
    mine_model_free(model);
    table_close(&t);
  }
}

static const char *told_of_splits(const mine_model *model) {
  static char said[100];
  *said = 0;
  for (int64_t i = 0; i < mine__notes_count(&model->told.notes); i++) {
    const mine_note note = mine__notes_at(&model->told.notes, i);
    if (!strcmp(note.name, "splits")) snprintf(said, sizeof said, "%s", note.detail);
  }
  return said;
}

/* Which engine it is, by the rows or by what is asked, and that it is told. */
static void test_many_rows(void **state) {
  (void)state;
  table t;
  table_open(&t, "n", 100001, 2, 2);
  table_fill(&t, 3, 0, 0);
  static const struct {
    int64_t rows;
    const char *options, *told;
  } cases[] = {{100001, "max_depth=2", "histogram, 255 bins, as the rows are many"},
               {100001, "max_depth=2,max_bins=64", "histogram, 64 bins, as the rows are many"},
               {100001, "max_depth=2,max_bins=300", "exact, 300 bins"},
               {100001, "max_depth=2,splits=exact", "exact"},
               {100000, "max_depth=2", "exact"},
               {100000, "max_depth=2,splits=histogram", "histogram, 255 bins"}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    t.data.rows.n = cases[k].rows;
    mine_model *model = table_grow(&t, cases[k].options);
    assert_non_null(model);
    assert_string_equal(told_of_splits(model), cases[k].told);
    mine_model_free(model);
  }
  table_close(&t);
}

/* Each request for memory refused in turn: an error, never a crash. */
static void refuse_memory(const char *options) {
  table t;
  table_open(&t, "n5n", 3000, 3, 1);
  table_fill(&t, 14, 0.05, 1);
  for (int i = 0; i < 3000; i++)
    t.number[2][i] += i * 1e-6;
  options_room room;
  mine_option_group group = {.table = mine__algorithm_tree.options, .values = room.bytes};
  assert_int_equal(mine__options_parse(t.env, t.arena, &group, 1, options), MINE_OK);
  int failed = 0, done = 0;
  for (int nth = 1; !done; nth++) {
    refusing memory = {.countdown = nth};
    const mine_host host = refusing_host(&memory);
    mine_env *env = NULL;
    mine_model *model = NULL;
    if (mine_env_open(&host, "mine_train", &env) != MINE_OK) continue;
    mine_status status = mine__model_empty(env, &model);
    if (!status) {
      model->task = t.data.task;
      status = mine__algorithm_tree.fit(env, &t.data, room.bytes, model);
    }
    assert_true(status == MINE_OK || status == MINE_NOMEM);
    assert_int_equal(status, mine_env_status(env));
    failed += status == MINE_NOMEM;
    done = status == MINE_OK;
    mine_model_free(model);
    mine_env_close(env);
  }
  assert_true(failed > 20);
  table_close(&t);
}

static void test_no_memory(void **state) {
  (void)state;
  refuse_memory("max_depth=9,max_leaves=20,ccp_alpha=0.0001");
  refuse_memory("max_depth=9,max_leaves=20,ccp_alpha=0.0001,splits=histogram");
}

static void check_order(const double *value, int64_t n, int64_t distinct) {
  mine_pair *pair = calloc((size_t)n, sizeof *pair), *temp = calloc((size_t)n, sizeof *temp);
  assert_int_equal(mine__sort_reals(value, NULL, n, pair, temp), distinct);
  for (int64_t i = 1; i < n; i++) {
    const double a = value[pair[i - 1].row], b = value[pair[i].row];
    assert_true(isnan(b) || a <= b);
    if (a == b || (isnan(a) && isnan(b))) {
      assert_true(pair[i - 1].row < pair[i].row);
      assert_int_equal(pair[i - 1].key, pair[i].key);
    } else {
      assert_true(pair[i - 1].key < pair[i].key);
    }
  }
  free(pair);
  free(temp);
}

static void test_sort(void **state) {
  (void)state;
  static double value[40000];
  mine_random random;
  mine__random_open(&random, 1, 2, 3);
  const int64_t n = 40000;
  for (int64_t i = 0; i < n; i++)
    value[i] = (double)(i * 7919 % n) - 20000;
  check_order(value, n, n);
  for (int64_t i = 0; i < n; i++)
    value[i] = 1 + (double)(i * 7919 % n) * 1e-13;
  value[77] = -1e300;
  value[78] = 1e300; /* one key for all others, and again, and again */
  check_order(value, n, n);
  for (int64_t i = 0; i < n; i++)
    value[i] = i % 5 ? (double)(i % 3) : (double)NAN;
  for (int64_t i = 0; i < n; i += 3)
    value[i] = i % 2 ? -0.0 : 0.0;
  check_order(value, n, 3);
  for (int64_t i = 0; i < 30; i++)
    value[i] = mine__random_real(&random);
  check_order(value, 30, 30);
  check_order(value, 1, 1);
  value[0] = (double)NAN;
  check_order(value, 1, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_best_split),
      cmocka_unit_test(test_sorted_like_counted),
      cmocka_unit_test(test_nodes_add_up),
      cmocka_unit_test(test_threads_do_not_show),
      cmocka_unit_test(test_rows_are_a_choice),
      cmocka_unit_test(test_ties),
      cmocka_unit_test(test_threshold_between_neighbours),
      cmocka_unit_test(test_threshold_is_tidy),
      cmocka_unit_test(test_missing_alone),
      cmocka_unit_test(test_unseen_goes_with_the_larger),
      cmocka_unit_test(test_nothing_to_split),
      cmocka_unit_test(test_pruning),
      cmocka_unit_test(test_least_decrease),
      cmocka_unit_test(test_wrong_criterion),
      cmocka_unit_test(test_few_values_are_exact),
      cmocka_unit_test(test_histograms_keep_limits),
      cmocka_unit_test(test_many_rows),
      cmocka_unit_test(test_no_memory),
      cmocka_unit_test(test_sort),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
