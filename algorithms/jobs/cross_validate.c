/*
** cross_validate.c -- how good an algorithm is on rows it has not seen, from
** every row once (Stone, JRSS B 36, 1974): folds, each measured by a model of the others,
** or of what came before; then the mean and its standard error over the folds.
*/
#include <math.h>
#include <string.h>

#include "../data/moments.h"
#include "../model/metrics.h"
#include "training.h"

typedef struct validation_sum {
  const char *name;
  mine_moments moments; /* over the folds that have it */
} validation_sum;

/* Rows of one fold and of those its model learns from, in the order of rows[]. */
static void validation_divide(const mine_training *t, const mine_folds *folds, int which,
                              uint32_t *train, int64_t *n_train, uint32_t *test, int64_t *n_test) {
  *n_train = *n_test = 0;
  for (int64_t i = 0; i < t->data.n; i++) {
    if (folds->of[i] == which) {
      test[(*n_test)++] = t->data.row[i];
    } else if (!folds->rolling || folds->of[i] < which) {
      train[(*n_train)++] = t->data.row[i];
    }
  }
}

static void validation_add(validation_sum *sum, int *n_sums, const mine_metric *metric) {
  int at = 0;
  while (at < *n_sums && strcmp(sum[at].name, metric->name) != 0)
    at++;
  if (at == MINE_MAX_METRICS) return;
  if (at == *n_sums) {
    sum[at].name = metric->name;
    mine__moments_open(&sum[at].moments, 1.0);
    ++*n_sums;
  }
  mine__moments_add(&sum[at].moments, &metric->value, 1);
}

static void validation_put(mine_relation *r, int64_t fold, const char *name,
                           const mine_metric *metric) {
  if (name) {
    mine__row_text(r, name);
  } else {
    mine__row_int(r, fold);
  }
  mine__row_text(r, metric->name);
  const mine_measure *measure = mine__measure_find(metric->name);
  if (!name && measure && measure->is_count) {
    mine__row_int(r, (int64_t)metric->value);
  } else {
    mine__row_real(r, metric->value);
  }
  mine__relation_end_row(r);
}

/* A fold whose other rows are all of one class cannot be learned: only its rows
** are reported. */
static void validation_fold(mine_training *t, mine_rows train, mine_rows test, mine_measured *out) {
  mine_env *env = t->env;
  memset(out, 0, sizeof *out);
  out->metric[0] = (mine_metric){mine__measures[MINE_MEASURE_ROWS].name, (double)test.n};
  out->n_metrics = 1;
  if (test.n == 0 || !mine__prepared_learnable(&t->data, train)) return;
  mine_arena *arena = mine__arena_open(env);
  mine_trained trained = {NULL, NULL};
  if (arena && mine__training_fit_rows(t, train, arena, &trained) == MINE_OK &&
      mine__prepared_measure(env, &t->data, trained.model, test, arena, out))
    out->n_metrics = 0;
  mine__arena_close(arena);
  mine_model_free(trained.model);
}

static void validation_summarise(mine_relation *r, const mine_measured *fold, int folds) {
  validation_sum sum[MINE_MAX_METRICS];
  int n_sums = 0;
  for (int f = 0; f < folds; f++) {
    for (int i = 0; i < fold[f].n_metrics; i++)
      validation_add(sum, &n_sums, &fold[f].metric[i]);
  }
  for (int i = 0; i < n_sums; i++) {
    const mine_moments *m = &sum[i].moments;
    validation_put(r, 0, "mean", &(mine_metric){sum[i].name, mine__moments_mean(m)});
  }
  for (int i = 0; i < n_sums; i++) {
    const mine_moments *m = &sum[i].moments;
    const double error = mine__moments_deviation(m, 1) / sqrt((double)m->n);
    validation_put(r, 0, "se", &(mine_metric){sum[i].name, error});
  }
}

static void validation_run(mine_training *t, mine_arena *arena, mine_relation *r) {
  mine_env *env = t->env;
  mine_folds divided;
  if (mine__training_folds(t, arena, &divided)) return;
  const int folds = divided.n;
  uint32_t *train = mine__arena_array(arena, (size_t)t->data.n, sizeof *train);
  uint32_t *test = mine__arena_array(arena, (size_t)t->data.n, sizeof *test);
  mine_measured *measured = mine__arena_zeros(arena, (size_t)folds, sizeof *measured);
  if (!train || !test || !measured) return;
  for (int f = 0; f < folds; f++) {
    int64_t n_train, n_test;
    if (mine__poll_progress(env, "cross validation", (double)f / folds)) return;
    validation_divide(t, &divided, f, train, &n_train, test, &n_test);
    validation_fold(t, (mine_rows){train, n_train}, (mine_rows){test, n_test}, &measured[f]);
    if (mine_failed(env)) return;
  }
  for (int f = 0; f < folds; f++) {
    for (int i = 0; i < measured[f].n_metrics; i++)
      validation_put(r, divided.number ? divided.number[f] : f + 1, NULL, &measured[f].metric[i]);
  }
  validation_summarise(r, measured, folds);
}

mine_status mine__training_cross_validate(mine_training *t, mine_relation *out) {
  mine_env *env = t->env;
  if (mine_failed(env)) return mine_env_status(env);
  if (!t->roles.supervised)
    return mine__fail(env, MINE_UNSUPPORTED,
                      "algorithm '%s' has no target; cross validation needs one to measure against",
                      t->asked.algorithm->name);
  if (t->asked.supervised.target.type == MINE_NULL)
    return mine__fail(env, MINE_OPTION, "cross validation needs a target; say target=<column>");
  if (mine__training_prepare(t)) return mine_env_status(env);
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  validation_run(t, arena, out);
  mine__arena_close(arena);
  return mine_env_status(env);
}
