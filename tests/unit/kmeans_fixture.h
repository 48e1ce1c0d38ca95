/*
** kmeans_fixture.h -- rows in memory as the engine's algorithms are given them,
** one fit, and the shared data files.
*/
#ifndef KMEANS_FIXTURE_H
#define KMEANS_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../algorithms/core/random.h"
#include "../../algorithms/model/prototypes.h"

#define FIXTURE_COLUMNS 16

/* Columns are added with fixture_numbers / fixture_codes; memory is the fixture's. */
typedef struct fixture {
  mine_env *env;
  int64_t n;
  int width;
  mine_feature_view view[FIXTURE_COLUMNS];
  mine_feature about[FIXTURE_COLUMNS];
  mine_dataset data;
  const mine_batch *initial; /* what init=SELECT gives */
} fixture;

static inline void fixture_open(fixture *f, int64_t n) {
  memset(f, 0, sizeof *f);
  assert_int_equal(mine_env_open(NULL, "test", &f->env), MINE_OK);
  f->n = n;
  f->data.task = MINE_CLUSTERING;
  f->data.rows.n = n;
  f->data.rows.feature = f->view;
  f->data.about = f->about;
  f->data.seed = 1;
}
static inline void fixture_close(fixture *f) {
  mine_env_close(f->env);
}

static inline double *fixture_numbers(fixture *f, const char *name, const double *value) {
  double *copy = mine__arena_zeros(f->env->scratch, (size_t)f->n, sizeof *copy);
  assert_non_null(copy);
  if (value) memcpy(copy, value, (size_t)f->n * sizeof *copy);
  f->view[f->width].number = copy;
  f->about[f->width].name = name;
  f->about[f->width].type = MINE_COLUMN_NUMERIC;
  f->data.n_features = ++f->width;
  return copy;
}

/* levels: names, comma-free, ended by NULL; must be sorted. */
static inline int32_t *fixture_codes(fixture *f, const char *name, const int32_t *code,
                                     const char *const *levels) {
  int32_t *copy = mine__arena_zeros(f->env->scratch, (size_t)f->n, sizeof *copy);
  assert_non_null(copy);
  if (code) memcpy(copy, code, (size_t)f->n * sizeof *copy);
  f->view[f->width].code = copy;
  f->about[f->width].name = name;
  f->about[f->width].type = MINE_COLUMN_CATEGORY;
  assert_true(mine__dictionary_open(&f->about[f->width].levels, f->env->scratch));
  for (; *levels; levels++) {
    const mine_cell cell = {.type = MINE_TEXT, .bytes = strlen(*levels), .as.text = *levels};
    assert_true(mine__dictionary_add(&f->about[f->width].levels, &cell) >= 0);
  }
  f->data.n_features = ++f->width;
  return copy;
}

/* Roughly normal: the sum of twelve uniforms. */
static inline double fixture_normal(mine_random *random) {
  double sum = -6;
  for (int i = 0; i < 12; i++)
    sum += mine__random_real(random);
  return sum;
}

/* `groups` round groups around centres drawn in [0, spread)^width. */
static inline void fixture_groups(fixture *f, int width, int groups, double spread, uint64_t seed) {
  mine_random random;
  double centre[64][FIXTURE_COLUMNS];
  mine__random_open(&random, seed, 1, 1);
  for (int g = 0; g < groups; g++) {
    for (int j = 0; j < width; j++)
      centre[g][j] = mine__random_real(&random) * spread;
  }
  for (int j = 0; j < width; j++)
    fixture_numbers(f, "x", NULL);
  for (int64_t i = 0; i < f->n; i++) {
    const uint64_t g = mine__random_below(&random, (uint64_t)groups);
    for (int j = 0; j < width; j++) {
      ((double *)f->view[j].number)[i] = centre[g][j] + fixture_normal(&random);
    }
  }
}

/* The status of a fit by an algorithm; the error text stays in the environment. */
static inline mine_status fixture_try_by(fixture *f, const mine_algorithm *algorithm,
                                         const char *options, mine_model **model) {
  void *values = mine__arena_zeros(f->env->scratch, 1, algorithm->options_size);
  mine_option_group group = {.table = algorithm->options, .values = values};
  mine_status status = mine__options_parse(f->env, f->env->scratch, &group, 1, options);
  *model = NULL;
  mine_select *init = mine__options_select(&group, 1, 0, NULL);
  if (init) init->rows = f->initial;
  if (status == MINE_OK) status = mine__model_empty(f->env, model);
  if (status != MINE_OK) return status;
  (*model)->feature = f->about;
  (*model)->n_features = f->width;
  (*model)->kind = algorithm->kind;
  (*model)->task = MINE_CLUSTERING;
  status = algorithm->fit(f->env, &f->data, values, *model);
  if (status != MINE_OK) {
    mine_model_free(*model);
    *model = NULL;
  }
  return status;
}

static inline mine_status fixture_try(fixture *f, const char *options, mine_model **model) {
  extern const mine_algorithm mine__algorithm_kmeans;
  return fixture_try_by(f, &mine__algorithm_kmeans, options, model);
}

static inline mine_model *fixture_fit_by(fixture *f, const mine_algorithm *algorithm,
                                         const char *options) {
  mine_model *model;
  const mine_status status = fixture_try_by(f, algorithm, options, &model);
  if (status != MINE_OK) print_message("%s\n", mine_env_error(f->env));
  assert_int_equal(status, MINE_OK);
  return model;
}

static inline mine_model *fixture_fit(fixture *f, const char *options) {
  extern const mine_algorithm mine__algorithm_kmeans;
  return fixture_fit_by(f, &mine__algorithm_kmeans, options);
}

static inline const mine_prototypes *fixture_body(const mine_model *model) {
  return model->body;
}

static inline void fixture_near(double a, double b, double tolerance) {
  if (!(fabs(a - b) <= tolerance * fmax(1, fabs(b)))) fail_msg("%.17g is not %.17g", a, b);
}

static inline double fixture_metric(const mine_model *model, const char *name) {
  for (int i = 0; i < model->told.n_metrics; i++)
    if (strcmp(model->told.metric[i].name, name) == 0) return model->told.metric[i].value;
  fail_msg("no metric %s", name);
  return 0;
}

/* `f` with a weight of 2 for each third row (room for n), and the same rows, those twice, in
** `twice` (row: room for 2 n). */
static inline void fixture_twice(fixture *f, fixture *twice, double *weight, uint32_t *row) {
  int64_t m = 0;
  for (int64_t i = 0; i < f->n; i++) {
    weight[i] = 1 + (i % 3 == 0);
    for (int copy = 0; copy < (int)weight[i]; copy++)
      row[m++] = (uint32_t)i;
  }
  *twice = *f;
  f->data.weight = weight;
  twice->data.rows.n = m;
  twice->data.rows.row = row;
  twice->data.rows.feature = twice->view;
}

/* Numeric columns first..first+width-1 of a comma-separated file; 0 = not there. */
static inline int fixture_read(fixture *f, const char *name, int header, int first, int width) {
  char path[4096], line[8192];
  const char *folder = getenv("MINE_DATA");
  FILE *file;
  int64_t n = 0;
  snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/data", name);
  file = fopen(path, "rb");
  if (!file) {
    print_message("skipped: %s is not there (MINE_DATA)\n", path);
    return 0;
  }
  while (fgets(line, sizeof line, file))
    n += strlen(line) > 1;
  fixture_open(f, n - header);
  for (int j = 0; j < width; j++)
    fixture_numbers(f, "x", NULL);
  rewind(file);
  n = -header;
  while (fgets(line, sizeof line, file)) {
    const char *at = line;
    for (int c = 0; n >= 0 && c < first + width; c++) {
      if (c >= first) ((double *)f->view[c - first].number)[n] = strtod(at, NULL);
      at = strchr(at, ',');
      at = at ? at + 1 : "";
    }
    n++;
  }
  fclose(file);
  return 1;
}

#endif
