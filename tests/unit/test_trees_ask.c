/*
** test_trees_ask.c -- every form in which trees are asked gives the bits of the plain walk.
**
** Random trees of every size (one leaf, up to 256, more), features of every kind (few
** thresholds, more than a byte tells apart, levels up to and beyond a byte's), missing and
** unknown values, infinities, values that are thresholds, thresholds that part only the
** missing; one sum or many, a base, outputs of trees, means and sums.  The plain walk is that of
** forest_fixture.h, from the definition in trees.h.
*/
#include "forest_fixture.h"

static void plain_answer(const forest *f, uint32_t row, double *sum) {
  const mine_trees *t = f->trees;
  const int begun = t->base || t->output;
  for (int c = 0; c < t->outputs; c++)
    sum[c] = t->base ? t->base[c] : 0;
  for (int32_t tree = 0; tree < t->n_trees; tree++) {
    const double *value = t->values + t->value[plain_leaf(f, tree, row)] * t->width;
    double *to = sum + (t->output ? t->output[tree] : 0);
    for (int c = 0; c < t->width; c++)
      to[c] = tree == 0 && !begun ? value[c] : to[c] + value[c];
  }
  for (int c = 0; c < t->outputs && t->combine == MINE_TREES_MEAN && t->n_trees > 1; c++)
    sum[c] = t->base ? t->base[c] + (sum[c] - t->base[c]) / t->n_trees : sum[c] / t->n_trees;
}

/* All rows, some rows, and rows one by one. */
static void check(forest *f) {
  static const int64_t sizes[] = {ROWS, 1025, 257, 256, 255, 33, 31, 9, 1};
  const size_t outputs = (size_t)f->trees->outputs;
  double *out = malloc(ROWS * outputs * sizeof *out), *expected = malloc(outputs * sizeof *out);
  uint32_t *row = malloc(ROWS * sizeof *row);
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    for (int64_t i = 0; i < sizes[s]; i++)
      row[i] = s == 0 ? (uint32_t)i : (uint32_t)below(f, ROWS);
    const mine_batch batch = {sizes[s], s == 0 ? NULL : row, f->view};
    mine_answers answers = {.value = out};
    memset(out, 0xab, ROWS * outputs * sizeof *out);
    assert_int_equal(mine__kind_trees.answer(f->env, f->model, &batch, &answers), MINE_OK);
    for (int64_t i = 0; i < sizes[s]; i++) {
      plain_answer(f, row[i], expected);
      assert_memory_equal(out + (size_t)i * outputs, expected, outputs * sizeof *out);
    }
  }
  if (f->trees->n_trees == 1) {
    int32_t leaf[ROWS];
    const mine_batch batch = {ROWS, NULL, f->view};
    mine_answers answers = {.leaf = leaf};
    assert_int_equal(mine__kind_trees.answer(f->env, f->model, &batch, &answers), MINE_OK);
    for (uint32_t i = 0; i < ROWS; i++)
      assert_int_equal(leaf[i], 1 + plain_leaf(f, 0, i));
  }
  free(out);
  free(expected);
  free(row);
}

static const int64_t kinds[][FEATURES] = {{0, 0, 0, 0, 0, 0},
                                          {0, 3, 0, 64, 255, 1},
                                          {255, 200, 130, 127, 128, 63},
                                          {0, 0, 256, 0, 9, 1000}};

static const shape shapes[] = {
    {.trees = 1, .leaves = 1, .width = 1, .outputs = 1},
    {.trees = 1, .leaves = 40, .width = 3, .outputs = 3, .mean = 1},
    {.trees = 1, .leaves = 150, .width = 1, .outputs = 1, .lean = 1},
    {.trees = 7, .leaves = 64, .width = 1, .outputs = 1, .base = 1},
    {.trees = 8, .leaves = 1, .width = 1, .outputs = 1},
    {.trees = 8, .leaves = 64, .width = 1, .outputs = 1},
    {.trees = 10, .leaves = 256, .width = 2, .outputs = 2, .mean = 1},
    {.trees = 10, .leaves = 257, .width = 1, .outputs = 3, .base = 1},
    {.trees = 11, .leaves = 700, .width = 3, .outputs = 3, .mean = 1},
    {.trees = 23, .leaves = 30, .width = 1, .outputs = 4},
    {.trees = 17, .leaves = 190, .width = 1, .outputs = 1, .mean = 1, .base = 1, .lean = 1},
};

static void every_form_has_the_bits_of_the_plain_walk(void **state) {
  int with_bytes = 0, without = 0, large = 0, classes = 0;
  (void)state;
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
      /* 254 thresholds and MINE_TREES_ANY are as many as a byte tells apart */
      const int thresholds = s % 3 == 0 ? 10 : s % 3 == 1 ? 253 : 400;
      forest f;
      open_forest(&f, 100 * k + s, kinds[k], thresholds, 1 + (int)(s % 3));
      f.ordered = s % 2 == 0;
      make_trees(&f, &shapes[s]);
      const mine__trees_bins *bins = f.trees->ask->bins;
      with_bytes += bins != NULL;
      without += bins == NULL && f.trees->n_trees >= 8;
      for (int c = 0; bins && c < bins->n_sources; c++)
        classes += bins->source[c].class_of != NULL;
      for (int t = 0; bins && t < f.trees->n_trees; t++)
        large += bins->part[t].cut < 0;
      check(&f);
      close_forest(&f);
    }
  }
  assert_true(with_bytes > 10 && without > 2 && large > 2 && classes > 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_form_has_the_bits_of_the_plain_walk),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
