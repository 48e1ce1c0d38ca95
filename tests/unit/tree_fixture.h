/*
** tree_fixture.h -- small random tables, and trees grown on them.
*/
#ifndef TREE_FIXTURE_H
#define TREE_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "model/trees.h"

#define TABLE_FEATURES 8

extern const mine_algorithm mine__algorithm_tree;

typedef struct table {
  mine_env *env;
  mine_arena *arena;
  mine_dataset data;
  mine_feature about[TABLE_FEATURES];
  mine_feature_view view[TABLE_FEATURES];
  double *number[TABLE_FEATURES];
  int32_t *code[TABLE_FEATURES];
  int32_t *label;
  double *target, *weight;
  mine_random random;
} table;

static inline void *table_room(table *t, size_t n, size_t size) {
  void *room = mine__arena_zeros(t->arena, n, size);
  assert_non_null(room);
  return room;
}

/* An empty table: kinds has a letter per feature, 'n' numeric, a digit = a
** category with so many levels ("a", "b", ...). */
static inline void table_open(table *t, const char *kinds, int64_t n, int n_classes, int threads) {
  memset(t, 0, sizeof *t);
  assert_int_equal(mine_env_open(NULL, "mine_train", &t->env), MINE_OK);
  mine__env_set_threads(t->env, threads);
  t->arena = mine__arena_open(t->env);
  assert_non_null(t->arena);
  t->data.task = n_classes ? MINE_CLASSIFICATION : MINE_REGRESSION;
  t->data.n_classes = n_classes;
  t->data.n_features = (int)strlen(kinds);
  t->data.rows.n = n;
  t->data.rows.feature = t->view;
  t->data.about = t->about;
  t->data.label = t->label = table_room(t, (size_t)n, sizeof(int32_t));
  t->data.target = t->target = table_room(t, (size_t)n, sizeof(double));
  t->weight = table_room(t, (size_t)n, sizeof(double));
  static const char *const names[] = {"f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7"};
  for (int f = 0; f < t->data.n_features; f++) {
    t->about[f].name = names[f];
    assert_true(mine__dictionary_open(&t->about[f].levels, t->arena));
    if (kinds[f] == 'n') {
      t->about[f].type = MINE_COLUMN_NUMERIC;
      t->view[f].number = t->number[f] = table_room(t, (size_t)n, sizeof(double));
      continue;
    }
    t->about[f].type = MINE_COLUMN_CATEGORY;
    t->view[f].code = t->code[f] = table_room(t, (size_t)n, sizeof(int32_t));
    for (int level = 0; level < kinds[f] - '0'; level++) {
      const char name = (char)('a' + level);
      mine_cell cell = {MINE_TEXT, 1, {0}};
      cell.as.text = &name;
      assert_int_equal(mine__dictionary_add(&t->about[f].levels, &cell), level);
    }
  }
}

static inline void table_close(table *t) {
  mine__arena_close(t->arena);
  mine_env_close(t->env);
}

/* Random cells on a coarse grid, so that values and gains tie now and then; a
** target that depends on the features. */
static inline void table_fill(table *t, uint64_t seed, double missing, int weighted) {
  mine__random_open(&t->random, seed, 77, 0);
  for (int64_t i = 0; i < t->data.rows.n; i++) {
    double signal = 3 * mine__random_real(&t->random);
    for (int f = 0; f < t->data.n_features; f++) {
      const int gone = mine__random_real(&t->random) < missing;
      t->about[f].missing += gone;
      if (t->number[f]) {
        const double value = (double)mine__random_below(&t->random, 12) / 4 - 1;
        t->number[f][i] = gone ? (double)NAN : value;
        signal += gone ? 1 : value;
      } else {
        const int32_t code =
            (int32_t)mine__random_below(&t->random, (uint64_t)t->about[f].levels.values.n);
        t->code[f][i] = gone ? MINE_CODE_MISSING : code;
        signal += code % 3;
      }
    }
    t->target[i] = floor(signal * 8) / 8;
    if (t->data.n_classes) t->label[i] = (int32_t)fmod(fabs(signal), t->data.n_classes);
    t->weight[i] = 0.25 + mine__random_real(&t->random);
  }
  t->data.weight = weighted ? t->weight : NULL;
}

/* Grow a tree; NULL after a failure.  The model lives as long as the table. */
static inline mine_model *table_grow(table *t, const char *options) {
  _Alignas(16) char room[512];
  mine_option_group group = {.table = mine__algorithm_tree.options, .values = room};
  assert_true(mine__algorithm_tree.options_size <= sizeof room);
  if (mine__options_parse(t->env, t->arena, &group, 1, options)) return NULL;
  mine_model *model = NULL;
  assert_int_equal(mine__model_empty(t->env, &model), MINE_OK);
  model->algorithm = "tree";
  model->kind = &mine__kind_trees;
  model->task = t->data.task;
  model->roles.target = "y";
  model->n_features = t->data.n_features;
  model->feature = t->about;
  model->n_groups = t->data.n_classes;
  model->n_outputs = t->data.n_classes == 0;
  model->positive = t->data.n_classes == 2 ? 1 : -1;
  for (int c = 0; c < t->data.n_classes; c++)
    mine__values_push_int(&model->groups, c);
  model->told.rows = t->data.rows.n;
  if (mine__algorithm_tree.fit(t->env, &t->data, room, model) == MINE_OK) return model;
  mine_model_free(model);
  return NULL;
}

/* Whether a row goes left at a node, by the definition in trees.h. */
static inline int table_goes_left(const mine_trees *trees, const table *t, int32_t node,
                                  int64_t row) {
  const int32_t f = trees->feature[node];
  if (trees->set[node] >= 0) {
    const int32_t code = t->code[f][row];
    return code < 0 ? trees->missing_left[node]
                    : mine_trees_in_set(trees->bits + trees->set[node], code);
  }
  const double value = t->number[f][row];
  return isnan(value) ? trees->missing_left[node] : value < trees->threshold[node];
}

static inline int32_t table_leaf(const mine_trees *trees, const table *t, int64_t row) {
  int32_t at = 0;
  while (trees->feature[at] >= 0) {
    at = table_goes_left(trees, t, at, row) ? trees->left[at] : trees->right[at];
  }
  return at;
}

#endif
