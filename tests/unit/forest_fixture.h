/*
** forest_fixture.h -- random trees that no algorithm grew, and rows for them; and the plain walk
** down a tree, from the definition in trees.h.
*/
#ifndef FOREST_FIXTURE_H
#define FOREST_FIXTURE_H

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

static inline uint64_t below(forest *f, uint64_t n) {
  return mine__random_below(&f->random, n);
}

/* Thresholds and values lie on the same grid. */
static inline double grid(forest *f) {
  const double v = (double)below(f, (uint64_t)f->thresholds) / 4 - 3;
  return v == 0 && below(f, 2) ? -0.0 : v;
}

static inline void open_forest(forest *f, uint64_t seed, const int64_t *levels, int thresholds,
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

static inline void close_forest(forest *f) {
  mine_model_free(f->model);
  mine_env_close(f->env);
}

/* Pre-order: a tree of so many leaves in nodes at .. at + 2 leaves - 2. */
static inline void make_tree(forest *f, int32_t at, int leaves, int lean, int32_t *bits) {
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

static inline void make_trees(forest *f, const shape *s) {
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

static inline int goes_left(const forest *f, int32_t node, uint32_t row) {
  const mine_trees *t = f->trees;
  const mine_feature_view *view = &f->view[t->feature[node]];
  if (t->set[node] >= 0) {
    const int32_t code = view->code[row];
    return code < 0 ? t->missing_left[node] : mine_trees_in_set(t->bits + t->set[node], code);
  }
  const double value = view->number[row];
  return isnan(value) ? t->missing_left[node] : value < t->threshold[node];
}

static inline int32_t plain_leaf(const forest *f, int32_t tree, uint32_t row) {
  int32_t at = f->trees->first[tree];
  while (f->trees->feature[at] >= 0)
    at = goes_left(f, at, row) ? f->trees->left[at] : f->trees->right[at];
  return at;
}

#endif
