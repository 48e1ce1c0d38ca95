/*
** test_trees_ask.c -- every form in which trees are asked gives the bits of the plain walk.
**
** Random trees of every size (one leaf, up to 256, more), features of every kind (few
** thresholds, more than a byte tells apart, levels up to and beyond a byte's), missing and
** unknown values, infinities, values that are thresholds, thresholds that part only the
** missing; one sum or many, a base, outputs of trees, means and sums.  The plain walk is written
** here, from the definition in trees.h.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "model/trees_ask.h"

#define FEATURES 6
#define ROWS     2100

typedef struct forest {
  mine_env *env;
  mine_model *model;
  mine_trees *trees;
  mine_feature about[FEATURES];
  mine_feature_view view[FEATURES];
  int64_t levels[FEATURES]; /* 0: a number */
  int thresholds;           /* different ones of a number */
  int ordered;              /* sets of many levels are alike */
  mine_random random;
} forest;

static uint64_t below(forest *f, uint64_t n) {
  return mine__random_below(&f->random, n);
}

/* Thresholds and values lie on the same grid. */
static double grid(forest *f) {
  const double v = (double)below(f, (uint64_t)f->thresholds) / 4 - 3;
  return v == 0 && below(f, 2) ? -0.0 : v;
}

static void open_forest(forest *f, uint64_t seed, const int64_t *levels, int thresholds,
                        int threads) {
  memset(f, 0, sizeof *f);
  mine__random_open(&f->random, seed, 5, 0);
  f->thresholds = thresholds;
  assert_int_equal(mine_env_open(NULL, "mine_predict", &f->env), MINE_OK);
  mine__env_set_threads(f->env, threads);
  assert_int_equal(mine__model_empty(f->env, &f->model), MINE_OK);
  for (int c = 0; c < FEATURES; c++) {
    f->levels[c] = levels[c];
    f->about[c].name = "f";
    f->about[c].type = levels[c] ? MINE_COLUMN_CATEGORY : MINE_COLUMN_NUMERIC;
    assert_true(mine__dictionary_open(&f->about[c].levels, f->model->arena));
    for (int64_t l = 0; l < levels[c]; l++)
      mine__values_push_int(&f->about[c].levels.values, l);
    double *number = mine__arena_array(f->model->arena, ROWS, sizeof *number);
    int32_t *code = mine__arena_array(f->model->arena, ROWS, sizeof *code);
    for (int i = 0; i < ROWS; i++) {
      const uint64_t kind = below(f, 40);
      number[i] = kind < 4    ? (double)NAN
                  : kind == 4 ? (double)INFINITY
                  : kind == 5 ? -(double)INFINITY
                  : kind == 6 ? MINE_TREES_ANY
                              : grid(f) + (kind < 12 ? 0.1 : 0);
      code[i] = kind < 4    ? MINE_CODE_MISSING
                : kind == 4 ? MINE_CODE_UNKNOWN
                            : (int32_t)below(f, levels[c] ? (uint64_t)levels[c] : 1);
    }
    f->view[c].number = levels[c] ? NULL : number;
    f->view[c].code = levels[c] ? code : NULL;
  }
  f->model->kind = &mine__kind_trees;
  f->model->n_features = FEATURES;
  f->model->feature = f->about;
}

static void close_forest(forest *f) {
  mine_model_free(f->model);
  mine_env_close(f->env);
}

/* Pre-order: a tree of so many leaves in nodes at .. at + 2 leaves - 2. */
static void make_tree(forest *f, int32_t at, int leaves, int lean, int32_t *bits) {
  mine_trees *t = f->trees;
  t->feature[at] = t->left[at] = t->right[at] = t->set[at] = -1;
  if (leaves == 1) return;
  /* lean: deep and thin, but not deeper than a model may be */
  const int few = lean && leaves < 200 ? 1 : 1 + (int)below(f, (uint64_t)leaves - 1);
  const int left = lean ? few : leaves / 2;
  const int32_t c = (int32_t)below(f, FEATURES);
  t->feature[at] = c;
  t->missing_left[at] = (int32_t)below(f, 2);
  t->left[at] = at + 1;
  t->right[at] = at + 2 * left;
  if (f->levels[c]) {
    const int64_t words = mine_trees_words(f->levels[c]);
    t->set[at] = *bits;
    /* many levels mostly by an order of theirs, as ordered statistics part them */
    const int by_order = f->levels[c] > 255 && f->ordered;
    const uint64_t until = below(f, 40) * (uint64_t)f->levels[c] / 40;
    for (int64_t l = 0; l < f->levels[c]; l++) {
      const uint64_t in = by_order ? (uint64_t)(l * 7 % f->levels[c]) < until : below(f, 2);
      t->bits[*bits + (l >> 6)] |= in << (l & 63);
    }
    *bits += (int32_t)words;
  } else {
    t->threshold[at] = below(f, 12) ? grid(f) : MINE_TREES_ANY;
  }
  make_tree(f, at + 1, left, lean, bits);
  make_tree(f, at + 2 * left, leaves - left, lean, bits);
}

typedef struct shape {
  int trees, leaves, width, outputs, base, mean, lean;
} shape;

static void make_trees(forest *f, const shape *s) {
  int sizes[64], nodes = 0;
  int32_t bits = 0, at = 0;
  for (int t = 0; t < s->trees; t++) {
    sizes[t] = t % 3 == 0 ? s->leaves : 1 + (int)below(f, (uint64_t)s->leaves);
    nodes += 2 * sizes[t] - 1;
  }
  mine_trees *trees = mine__trees_new(f->model->arena, s->trees, nodes, nodes, nodes * 8, s->width);
  assert_non_null(trees);
  f->trees = trees;
  trees->outputs = s->outputs;
  trees->combine = s->mean ? MINE_TREES_MEAN : MINE_TREES_SUM;
  if (s->outputs > s->width)
    trees->output = mine__arena_zeros(f->model->arena, (size_t)s->trees, sizeof(int32_t));
  if (s->base) trees->base = mine__arena_zeros(f->model->arena, (size_t)s->outputs, sizeof(double));
  for (int c = 0; s->base && c < s->outputs; c++)
    trees->base[c] = 0.1 * c - 0.05;
  for (int t = 0; t < s->trees; t++) {
    trees->first[t] = at;
    if (trees->output) trees->output[t] = (int32_t)below(f, (uint64_t)(s->outputs - s->width + 1));
    make_tree(f, at, sizes[t], s->lean, &bits);
    at += 2 * sizes[t] - 1;
  }
  trees->first[s->trees] = at;
  for (int32_t i = 0; i < nodes; i++) {
    trees->value[i] = nodes - 1 - i;
    for (int c = 0; c < s->width; c++)
      trees->values[i * s->width + c] = below(f, 50) ? mine__random_real(&f->random) - 0.5 : -0.0;
  }
  f->model->n_outputs = s->outputs;
  f->model->body = trees;
  assert_int_equal(mine__trees_prepare(f->env, f->model, trees), MINE_OK);
}

/* ---- the plain walk ----------------------------------------------------------------------- */

static int goes_left(const forest *f, int32_t node, uint32_t row) {
  const mine_trees *t = f->trees;
  const mine_feature_view *view = &f->view[t->feature[node]];
  if (t->set[node] >= 0) {
    const int32_t code = view->code[row];
    return code < 0 ? t->missing_left[node] : mine_trees_in_set(t->bits + t->set[node], code);
  }
  const double value = view->number[row];
  return isnan(value) ? t->missing_left[node] : value < t->threshold[node];
}

static int32_t plain_leaf(const forest *f, int32_t tree, uint32_t row) {
  int32_t at = f->trees->first[tree];
  while (f->trees->feature[at] >= 0)
    at = goes_left(f, at, row) ? f->trees->left[at] : f->trees->right[at];
  return at;
}

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
