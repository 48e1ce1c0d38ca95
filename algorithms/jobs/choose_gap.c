/*
** choose_gap.c -- the gap statistic (Tibshirani, Walther & Hastie, "Estimating the number of
** clusters in a data set via the gap statistic", JRSS B 63, 2001): how much nearer the rows are to
** the means of their clusters than rows without clusters would be,
**   gap(k) = mean over b of ln W_b(k) - ln W(k),  se(k) = deviation of ln W_b(k) sqrt(1 + 1/B)
** W the mean squared distance, W_b that of reference b of B: as many rows (at most GAP_ROWS),
** uniform within the range of each column of the space, clustered likewise.
*/
#include <math.h>
#include <stdio.h>

#include "../core/random.h"
#include "../data/encode.h"
#include "choose_k.h"

#define GAP_ROWS   5000
#define GAP_STREAM 0x676170 /* "gap" */
#define GAP_CHUNK  256

/* The range of each column of the space. */
static double *gap_ranges(mine_env *env, const mine_prepared *p, const mine_model *model) {
  const int64_t width = model->kind->width(model);
  const mine_batch batch = {p->n, p->row, p->view};
  double *range = mine__arena_array(env->scratch, (size_t)width, 2 * sizeof *range);
  double *rows = mine__arena_array(env->scratch, GAP_CHUNK, (size_t)width * sizeof *rows);
  if (mine_failed(env)) return NULL;
  for (int64_t j = 0; j < width; j++) {
    range[2 * j] = INFINITY;
    range[2 * j + 1] = -INFINITY;
  }
  for (int64_t first = 0; first < p->n; first += GAP_CHUNK) {
    const int64_t left = p->n - first, count = left < GAP_CHUNK ? left : GAP_CHUNK;
    if (mine__poll(env)) return NULL;
    model->kind->points(model, &batch, first, count, rows);
    for (int64_t i = 0; i < count; i++) {
      for (int64_t j = 0; j < width; j++) {
        range[2 * j] = fmin(range[2 * j], rows[i * width + j]);
        range[2 * j + 1] = fmax(range[2 * j + 1], rows[i * width + j]);
      }
    }
  }
  return range;
}

/* A table of such rows, of `width` columns; its arrays in env->scratch. */
static void gap_table(mine_env *env, const mine_prepared *p, int width, mine_prepared *out) {
  const size_t n = p->n < GAP_ROWS ? (size_t)p->n : GAP_ROWS;
  *out = (mine_prepared){.task = p->task,
                         .frame_rows = (int64_t)n,
                         .n = (int64_t)n,
                         .n_features = width,
                         .positive = -1,
                         .seed = p->seed};
  out->about = mine__arena_zeros(env->scratch, (size_t)width, sizeof *out->about);
  out->view = mine__arena_zeros(env->scratch, (size_t)width, sizeof *out->view);
  out->row = mine__arena_array(env->scratch, n, sizeof *out->row);
  for (int j = 0; j < width && !mine_failed(env); j++) {
    out->about[j].name = "";
    out->about[j].why = "";
    out->about[j].type = MINE_COLUMN_NUMERIC;
    out->view[j].number = mine__arena_array(env->scratch, n, sizeof(double));
  }
  for (size_t i = 0; i < n && !mine_failed(env); i++)
    out->row[i] = (uint32_t)i;
}

static void gap_draw(const mine_prepared *table, const double *range, uint64_t reference) {
  mine_random random;
  mine__random_open(&random, table->seed, GAP_STREAM, reference);
  for (int j = 0; j < table->n_features; j++) {
    double *x = (double *)table->view[j].number; /* ours */
    for (int64_t i = 0; i < table->n; i++)
      x[i] = range[2 * j] + mine__random_real(&random) * (range[2 * j + 1] - range[2 * j]);
  }
}

/* ln W of a reference; NAN: it could not be fitted. */
static double gap_reference(mine_env *env, const choose_run *run, const mine_prepared *table,
                            int64_t k) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_trained trained;
  double within = NAN;
  if (mine__choose_fit(env, run, table, k, 1, &trained)) return NAN;
  const int32_t *label = mine__choose_labels(env, table, &trained);
  if (label) within = mine__choose_within(env, table, &trained, label);
  mine_model_free(trained.model);
  mine__arena_rewind(env->scratch, mark);
  return log(within);
}

void mine__choose_gap(mine_env *env, const choose_run *run, const mine_trained *trained, int64_t k,
                      choose_figures *out) {
  const mine_prepared *p = &run->training->data;
  const mine_model *model = trained->model;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t references = run->options->references;
  mine_prepared table;
  double sum = 0, squares = 0;
  const int32_t *label = mine__choose_labels(env, p, trained);
  const double own = label ? log(mine__choose_within(env, p, trained, label)) : (double)NAN;
  const double *range = gap_ranges(env, p, model);
  gap_table(env, p, model->kind->width(model), &table);
  for (int64_t b = 0; b < references && !mine_failed(env); b++) {
    gap_draw(&table, range, (uint64_t)b);
    const double other = gap_reference(env, run, &table, k) - own;
    sum += other;
    squares += other * other;
  }
  const double n = (double)references, mean = sum / n;
  out->gap = isfinite(mean) ? mean : (double)NAN;
  out->gap_se = sqrt(fmax(squares / n - mean * mean, 0) * (1 + 1 / n));
  mine__arena_rewind(env->scratch, mark);
}
