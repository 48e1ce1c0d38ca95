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
#include "trials.h"

typedef struct validation_sum {
  const char *name;
  mine_moments moments; /* over the folds that have it */
} validation_sum;

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

void mine__validation_list(mine_relation *r, const int64_t *number, const mine_measured *fold,
                           int folds) {
  for (int f = 0; f < folds; f++) {
    for (int i = 0; i < fold[f].n_metrics; i++)
      validation_put(r, number ? number[f] : f + 1, NULL, &fold[f].metric[i]);
  }
  validation_summarise(r, fold, folds);
}

static void validation_run(mine_training *t, mine_arena *arena, mine_relation *r) {
  mine_env *env = t->env;
  mine_folds divided;
  if (mine__training_folds(t, arena, &divided)) return;
  const int folds = divided.n;
  const mine_method method = {t->asked.algorithm, t->asked.own, t->asked.canonical,
                              (mine_calibrate)t->asked.calibrate.calibrate};
  const mine_comparison comparison = {
      .data = &t->data, .rows = {t->data.row, t->data.n}, .folds = &divided, .share = 1};
  mine_measured *measured = mine__arena_zeros(arena, (size_t)folds, sizeof *measured);
  if (!measured || mine__training_selects(t)) return;
  for (int f = 0; f < folds; f++) {
    if (mine__poll_progress(env, "cross validation", (double)f / folds)) return;
    mine_arena *own = mine__arena_open(env);
    if (own) mine__fold_measure(env, &comparison, &method, f, own, &measured[f]);
    mine__arena_close(own);
    if (mine_failed(env)) return;
  }
  mine__validation_list(r, divided.number, measured, folds);
}

mine_status mine__training_cross_validate(mine_training *t, mine_relation *out) {
  mine_env *env = t->env;
  if (mine_failed(env)) return mine_env_status(env);
  if (t->asked.algorithm->recommends) return mine__training_cross_offers(t, out);
  if (t->asked.supervised.target.type == MINE_NULL)
    return mine__fail(env, MINE_OPTION, "cross validation needs a target; say target=<column>");
  if (mine__training_prepare(t)) return mine_env_status(env);
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  validation_run(t, arena, out);
  mine__arena_close(arena);
  return mine_env_status(env);
}
