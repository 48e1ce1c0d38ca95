/*
** labelled_fixture.h -- tables of numbers, and models of the kind `labelled` fitted on them.
*/
#ifndef TESTS_LABELLED_FIXTURE_H
#define TESTS_LABELLED_FIXTURE_H

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
#include "model/labelled.h"

#define TABLE_WIDEST 32

typedef struct table {
  mine_env *env;
  int64_t n;
  int width;
  double *point; /* n x width */
  double *column[TABLE_WIDEST];
  double *weight; /* NULL: 1 */
  mine_feature about[TABLE_WIDEST];
  mine_feature_view view[TABLE_WIDEST];
  int32_t *found;
} table;

static inline mine_env *table_env(int threads) {
  mine_env *env = NULL;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__env_set_threads(env, threads);
  env->progress = 0;
  return env;
}

static inline table table_open(mine_env *env, int64_t n, int width) {
  table t = {.env = env, .n = n, .width = width};
  t.point = mine__arena_zeros(env->scratch, (size_t)n * (size_t)width, sizeof(double));
  t.found = mine__arena_zeros(env->scratch, (size_t)n, sizeof *t.found);
  assert_non_null(t.point);
  return t;
}

/* `groups` round groups in a cube, and a tenth of the rows anywhere; `grid` > 0: values are
** multiples of it, so that there are ties and equal rows. */
static inline table table_groups(mine_env *env, int64_t n, int width, int groups, uint64_t seed,
                                 double grid) {
  table t = table_open(env, n, width);
  mine_random random;
  double centre[16][TABLE_WIDEST];
  mine__random_open(&random, seed, 1, 1);
  for (int g = 0; g < groups; g++)
    for (int j = 0; j < width; j++)
      centre[g][j] = 20 * mine__random_real(&random);
  for (int64_t i = 0; i < n; i++) {
    const uint64_t g = mine__random_below(&random, (uint64_t)groups);
    const int stray = mine__random_below(&random, 10) == 0;
    for (int j = 0; j < width; j++) {
      double v = -6;
      for (int u = 0; u < 12; u++)
        v += mine__random_real(&random);
      v = stray ? 20 * mine__random_real(&random) : centre[g][j] + v;
      t.point[i * width + j] = grid > 0 ? grid * floor(v / grid) : v;
    }
  }
  return t;
}

/* The same rows in another order: to[i] is where row i went. */
static inline table table_shuffled(const table *from, uint64_t seed, int64_t *to) {
  table t = table_open(from->env, from->n, from->width);
  mine_random random;
  mine__random_open(&random, seed, 2, 2);
  for (int64_t i = 0; i < t.n; i++)
    to[i] = i;
  for (int64_t i = t.n - 1; i > 0; i--) {
    const int64_t j = (int64_t)mine__random_below(&random, (uint64_t)i + 1), swapped = to[i];
    to[i] = to[j];
    to[j] = swapped;
  }
  for (int64_t i = 0; i < t.n; i++)
    memcpy(t.point + to[i] * t.width, from->point + i * t.width, (size_t)t.width * sizeof(double));
  return t;
}

static inline mine_status table_try(table *t, const mine_algorithm *algorithm, const char *options,
                                    mine_model **model) {
  mine_env *env = t->env;
  void *own = mine__arena_zeros(env->scratch, 1, algorithm->options_size);
  mine_option_group group = {.table = algorithm->options, .values = own};
  for (int j = 0; j < t->width; j++) {
    t->column[j] = mine__arena_array(env->scratch, (size_t)t->n, sizeof(double));
    assert_non_null(t->column[j]);
    for (int64_t i = 0; i < t->n; i++)
      t->column[j][i] = t->point[i * t->width + j];
    t->about[j] = (mine_feature){.name = "x", .type = MINE_COLUMN_NUMERIC, .why = ""};
    t->view[j] = (mine_feature_view){.number = t->column[j]};
  }
  const mine_dataset data = {.task = MINE_CLUSTERING,
                             .rows = {.n = t->n, .feature = t->view},
                             .n_features = t->width,
                             .about = t->about,
                             .weight = t->weight,
                             .seed = 1,
                             .found = t->found};
  *model = NULL;
  if (mine__options_parse(env, env->scratch, &group, 1, options)) return mine_env_status(env);
  if (mine__model_empty(env, model)) return mine_env_status(env);
  (*model)->kind = algorithm->kind;
  (*model)->algorithm = algorithm->name;
  (*model)->task = MINE_CLUSTERING;
  (*model)->n_features = t->width;
  (*model)->feature = t->about;
  (*model)->told.rows = t->n;
  return algorithm->fit(env, &data, own, *model);
}

static inline mine_model *table_fit(table *t, const mine_algorithm *algorithm,
                                    const char *options) {
  mine_model *model;
  if (table_try(t, algorithm, options, &model)) fail_msg("%s", mine_env_error(t->env));
  return model;
}

/* What the model says of its own rows must be what it found. */
static inline void table_answers_itself(const table *t, const mine_model *model) {
  const mine_labelled *body = model->body;
  int32_t *group = mine__arena_zeros(t->env->scratch, (size_t)t->n, sizeof *group);
  double *distance = mine__arena_zeros(t->env->scratch, (size_t)t->n, sizeof *distance);
  const mine_batch batch = {.n = t->n, .feature = t->view};
  mine_answers out = {.group = group, .distance = distance};
  assert_int_equal(model->kind->answer(t->env, model, &batch, &out), MINE_OK);
  for (int64_t i = 0; i < t->n; i++) {
    assert_int_equal(group[i], body->label[i] + 1);
    assert_int_equal(group[i], t->found[i]);
    if (body->reach[i] >= 0) assert_true(distance[i] == 0);
  }
}

static inline double table_square(const table *t, int64_t a, int64_t b) {
  return mine__distance_pair(t->point + a * t->width, t->point + b * t->width, t->width);
}

/* Clusters 1..k by falling size. */
static inline void table_is_numbered(const mine_labelled *body) {
  for (int64_t c = 0; c < body->k; c++) {
    assert_true(body->profile.rows[c] > 0);
    if (c > 0) assert_true(body->profile.rows[c] <= body->profile.rows[c - 1]);
  }
}

#endif
