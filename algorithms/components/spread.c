/*
** spread.c -- the covariances of encoded rows.
**
** Two passes, the means first, so that a large offset costs no digits.  Rows are cut into chains
** by their number alone and the chains' sums added in order: the same bytes for any number of
** threads.  A row is taken times the root of its weight.
*/
#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "../core/text.h"
#include "../kernel/linalg.h"
#include "spread.h"

#define SPREAD_ROWS   256
#define SPREAD_CHAINS 32
#define SPREAD_CELLS  (1 << 23) /* of all chains' squares, 64 MB, unless one is larger */

typedef struct spread_job {
  const components_spread *spread;
  mine_linalg la;
  int64_t chains;
  double *sum;    /* per chain: width                        */
  double *square; /* per chain: width x width, upper         */
  double *point;  /* per worker: SPREAD_ROWS x width         */
  double *turned; /* per worker: the same, column by column  */
} spread_job;

static double spread_weight(const components_spread *s, int64_t i) {
  return s->data->weight ? s->data->weight[mine_batch_row(&s->data->rows, i)] : 1;
}

/* The rows of a chain, so many at a time, in the worker's room. */
static int64_t spread_fill(const spread_job *job, int64_t at, int64_t end, int worker) {
  const components_spread *s = job->spread;
  const int64_t n = end - at < SPREAD_ROWS ? end - at : SPREAD_ROWS;
  mine__encode(&s->encoding, &s->data->rows, at, n, job->point + worker * SPREAD_ROWS * s->width);
  return n;
}

static void spread_sum_task(void *context, int64_t task, int worker) {
  const spread_job *job = context;
  const components_spread *s = job->spread;
  const int64_t rows = s->data->rows.n, w = s->width;
  const int64_t end = mine__block_first(rows, job->chains, task + 1);
  const double *point = job->point + worker * SPREAD_ROWS * w;
  double *sum = job->sum + task * w;
  for (int64_t at = mine__block_first(rows, job->chains, task); at < end; at += SPREAD_ROWS) {
    const int64_t n = spread_fill(job, at, end, worker);
    for (int64_t i = 0; i < n; i++) {
      const double by = spread_weight(s, at + i);
      for (int64_t j = 0; j < w; j++)
        sum[j] += by * point[i * w + j];
    }
  }
}

static void spread_square_task(void *context, int64_t task, int worker) {
  const spread_job *job = context;
  const components_spread *s = job->spread;
  const int64_t rows = s->data->rows.n, w = s->width;
  const int64_t end = mine__block_first(rows, job->chains, task + 1);
  const double *point = job->point + worker * SPREAD_ROWS * w;
  double *turned = job->turned + worker * SPREAD_ROWS * w, root[SPREAD_ROWS];
  for (int64_t at = mine__block_first(rows, job->chains, task); at < end; at += SPREAD_ROWS) {
    const int64_t n = spread_fill(job, at, end, worker);
    for (int64_t i = 0; i < n; i++)
      root[i] = sqrt(spread_weight(s, at + i));
    for (int64_t j = 0; j < w; j++) {
      for (int64_t i = 0; i < n; i++)
        turned[j * n + i] = (point[i * w + j] - s->mean[j]) * root[i];
    }
    mine__syrk(job->la, w, n, 1, turned, n, job->square + task * w * w);
  }
}

static void spread_open(components_spread *s, spread_job *job) {
  mine_env *env = s->env;
  const size_t w = (size_t)s->width, threads = (size_t)env->threads;
  job->chains = s->data->rows.n / (SPREAD_ROWS * 8) + 1;
  if (job->chains > SPREAD_CELLS / (s->width * s->width) + 1)
    job->chains = SPREAD_CELLS / (s->width * s->width) + 1;
  if (job->chains > SPREAD_CHAINS) job->chains = SPREAD_CHAINS;
  job->la = mine__linalg_open(env);
  job->sum = mine__arena_zeros(env->scratch, (size_t)job->chains, w * sizeof(double));
  job->square = mine__arena_zeros(env->scratch, (size_t)job->chains, w * w * sizeof(double));
  job->point = mine__arena_array(env->scratch, threads * SPREAD_ROWS, w * sizeof(double));
  job->turned = mine__arena_array(env->scratch, threads * SPREAD_ROWS, w * sizeof(double));
  s->mean = mine__arena_zeros(s->model->arena, w, sizeof(double));
  for (int64_t i = 0; i < s->data->rows.n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    s->rows += spread_weight(s, i);
  }
}

static void spread_measure(components_spread *s) {
  mine_env *env = s->env;
  const int64_t w = s->width;
  spread_job job = {.spread = s};
  spread_open(s, &job);
  if (mine_failed(env) || mine__parallel(env, job.chains, spread_sum_task, &job) ||
      mine__sum_blocks(env, job.sum, job.chains, (size_t)w, job.sum))
    return;
  for (int64_t j = 0; j < w; j++)
    s->mean[j] = job.sum[j] / s->rows;
  if (mine__parallel_progress(env, job.chains, spread_square_task, &job, "comparing columns", 0,
                              1) ||
      mine__sum_blocks(env, job.square, job.chains, (size_t)(w * w), job.square))
    return;
  s->c = job.square;
  for (int64_t i = 0; i < w; i++) {
    for (int64_t j = i; j < w; j++)
      s->c[j * w + i] = s->c[i * w + j] = s->c[i * w + j] / s->rows;
  }
}

/* Numbers that vary get the variance 1: gaps, at the mean, have taken some of it. */
static void spread_standardise(components_spread *s) {
  const int64_t w = s->width;
  for (int f = 0; f < s->encoding.n_features; f++) {
    const int64_t j = s->encoding.first[f];
    if (s->encoding.levels[f] != 0 || !(s->c[j * w + j] > 0)) continue;
    const double by = 1 / sqrt(s->c[j * w + j]);
    s->encoding.factor[j] *= by;
    s->encoding.fill[j] *= by;
    s->mean[j] *= by;
    for (int64_t i = 0; i < w; i++) {
      s->c[i * w + j] *= by;
      s->c[j * w + i] = s->c[i * w + j];
    }
    s->c[j * w + j] = 1;
  }
}

/* ---- what is told --------------------------------------------------------------------------- */

static void spread_tell_gaps(const components_spread *s) {
  const mine_batch *rows = &s->data->rows;
  int64_t gaps = 0;
  for (int64_t i = 0; i < rows->n; i++) {
    if (MINE_POLL_AT(s->env, i)) return;
    gaps += mine__missing_in_row(rows->feature, s->data->n_features, mine_batch_row(rows, i)) >= 0;
  }
  if (gaps > 0)
    mine__model_note(s->model, "warning", "",
                     "%lld of %lld rows have gaps, which stand at the mean of their column: that "
                     "weakens its correlations; missing=skip leaves these rows out",
                     (long long)gaps, (long long)rows->n);
}

static void spread_tell_columns(const components_spread *s) {
  int categories = 0;
  for (int f = 0; f < s->encoding.n_features; f++) {
    const int64_t j = s->encoding.first[f], w = s->width;
    categories += s->encoding.levels[f] > 0;
    if (s->encoding.levels[f] == 0 && !(s->c[j * w + j] > 0))
      mine__model_note(s->model, "warning", s->data->about[f].name,
                       "does not vary where it is known: it is in no component");
  }
  if (categories > 0)
    mine__model_note(s->model, "fit", "categories",
                     "%d became a column for each level, times the root of 1/2: rows that differ "
                     "in one are as far apart as by a standard deviation of a number",
                     categories);
}

/* ---- all together --------------------------------------------------------------------------- */

static void spread_check(const components_spread *s) {
  if (s->width == 0)
    (void)mine__fail(s->env, MINE_DATA,
                     "no column has values to make components of; check ignore= and the source");
  else if (s->width > COMPONENTS_WIDEST)
    (void)mine__fail(s->env, MINE_DATA,
                     "%lld columns, with one for each level of a category, are more than the %d "
                     "that are compared with each other; leave some out with ignore=",
                     (long long)s->width, COMPONENTS_WIDEST);
}

void mine__components_spread(mine_env *env, const mine_dataset *data, mine_scale scale,
                             mine_model *model, components_spread *out) {
  *out = (components_spread){.env = env, .data = data, .model = model, .scale = scale};
  if (mine__encoding_fit(env, model->arena, data, scale, &out->encoding)) return;
  out->width = out->encoding.width;
  spread_check(out);
  if (!mine_failed(env)) spread_measure(out);
  if (mine_failed(env)) return;
  double trace = 0;
  for (int64_t j = 0; j < out->width; j++)
    trace += out->c[j * out->width + j];
  if (!(trace > 0)) {
    (void)mine__fail(env, MINE_DATA,
                     data->rows.n == 1
                         ? "there is only one row, and components say how rows differ; give more"
                         : "the rows do not differ, and components say how they do; check ignore= "
                           "and the source");
    return;
  }
  spread_tell_gaps(out);
  spread_tell_columns(out);
  if (scale == MINE_SCALE_STANDARD) spread_standardise(out);
}

int mine__components_correlates(const components_spread *s) {
  for (int64_t j = 0; j < s->width; j++)
    if (s->c[j * s->width + j] != 1) return 0;
  return s->scale == MINE_SCALE_STANDARD;
}
