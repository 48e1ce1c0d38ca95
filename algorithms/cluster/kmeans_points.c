/*
** kmeans_points.c -- rows as points, side by side in panels.
**
** Encoded once, read by every iteration.  Blocks of rows are encoded row-major
** in a worker's own scratch and packed into their panels.
*/
#include <math.h>
#include <string.h>

#include "kmeans_private.h"

#define POINTS_BLOCK 256 /* rows; a multiple of MINE_LANES */

typedef struct points_job {
  const mine_encoding *encoding;
  const mine_batch *batch;
  kmeans_points *points;
  double *rows;   /* per worker: POINTS_BLOCK x width */
  double *column; /* per column: mean, then variance  */
} points_job;

static void points_encode(void *context, int64_t task, int worker) {
  points_job *job = context;
  kmeans_points *points = job->points;
  const int64_t width = points->width, first = task * POINTS_BLOCK;
  const int64_t count = points->n - first < POINTS_BLOCK ? points->n - first : POINTS_BLOCK;
  double *rows = job->rows + worker * POINTS_BLOCK * width;
  mine_encode(job->encoding, job->batch, first, count, rows);
  for (int64_t i = 0; i < count; i += MINE_LANES) {
    const int64_t lanes = count - i < MINE_LANES ? count - i : MINE_LANES;
    mine_panel_pack(rows + i * width, lanes, points->width, points->panel + (first + i) * width);
  }
}

/* The variance of one column, around its first value. */
static void points_variance(void *context, int64_t task, int worker) {
  points_job *job = context;
  const kmeans_points *points = job->points;
  const double *x = points->panel + task * MINE_LANES;
  const int64_t step = (int64_t)points->width * MINE_LANES;
  const double shift = x[0];
  double weight = 0, sum = 0, squares = 0;
  for (int64_t i = 0; i < points->n; i++) {
    const double t = x[i / MINE_LANES * step + i % MINE_LANES] - shift;
    const double w = kmeans_weight(points, i);
    weight += w;
    sum += w * t;
    squares += w * t * t;
  }
  job->column[task] = fmax(squares / weight - (sum / weight) * (sum / weight), 0);
  (void)worker;
}

static mine_status points_spread(mine_env *env, points_job *job) {
  const int width = job->points->width;
  mine_status status = mine_parallel(env, width, points_variance, job);
  double sum = 0;
  for (int j = 0; j < width; j++)
    sum += job->column[j];
  job->points->variance = width ? sum / width : 0;
  return status;
}

static mine_status points_no_room(mine_env *env, const mine_encoding *encoding, int64_t n) {
  char size[MINE_NUMBER_BYTES];
  const double megabytes = (double)n * encoding->width * sizeof(double) / 1e6;
  return mine_fail(env, MINE_LIMIT,
                   "%lld rows of %d encoded columns need %s MB, more than max_memory leaves; "
                   "leave columns with many categories out (ignore=...) or raise max_memory",
                   (long long)n, encoding->width, mine_format_real(size, megabytes, 3));
}

mine_status kmeans_points_encode(mine_env *env, const mine_encoding *encoding,
                                 const mine_batch *batch, const double *weight,
                                 kmeans_points *out) {
  points_job job = {encoding, batch, out, NULL, NULL};
  const size_t width = (size_t)encoding->width, n = (size_t)batch->n;
  const double bytes = (double)n * (double)width * sizeof(double);
  mine_status status;
  memset(out, 0, sizeof *out);
  out->n = batch->n;
  out->width = encoding->width;
  if (env->memory.limit > 0 && bytes > (double)env->memory.limit - (double)env->memory.used) {
    return points_no_room(env, encoding, batch->n);
  }
  out->panel =
      mine_arena_array(env->scratch, mine_panel_doubles(out->n, out->width), sizeof(double));
  job.column = mine_arena_array(env->scratch, width, sizeof(double));
  job.rows =
      mine_arena_array(env->scratch, (size_t)env->threads * POINTS_BLOCK * width, sizeof(double));
  if (weight) out->weight = mine_arena_array(env->scratch, n, sizeof(double));
  status = mine_env_status(env);
  if (status != MINE_OK) return status;
  for (int64_t i = 0; weight && i < out->n; i++)
    out->weight[i] = weight[mine_batch_row(batch, i)];
  status = mine_parallel(env, MINE_BLOCKS(out->n, POINTS_BLOCK), points_encode, &job);
  return status == MINE_OK ? points_spread(env, &job) : status;
}

void kmeans_stretches(int64_t n, int64_t count, uint64_t seed, uint64_t purpose, int64_t *row) {
  mine_random random;
  mine_random_open(&random, seed, purpose, 0);
  for (int64_t s = 0; s < count; s++) {
    const int64_t first = n / count * s + n % count * s / count;
    const int64_t next = n / count * (s + 1) + n % count * (s + 1) / count;
    row[s] = first + (int64_t)mine_random_below(&random, (uint64_t)(next - first));
  }
}

mine_status kmeans_points_sample(mine_env *env, const kmeans_points *from, int64_t count,
                                 uint64_t seed, kmeans_points *out) {
  const int64_t width = from->width;
  double *rows = mine_arena_array(env->scratch, (size_t)width, MINE_LANES * sizeof(double));
  int64_t *row = mine_arena_array(env->scratch, (size_t)count, sizeof *row);
  *out = *from;
  out->n = count;
  out->sieve = NULL;
  out->panel =
      mine_arena_array(env->scratch, mine_panel_doubles(count, out->width), sizeof(double));
  if (from->weight) out->weight = mine_arena_array(env->scratch, (size_t)count, sizeof(double));
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  kmeans_stretches(from->n, count, seed, KMEANS_SAMPLE, row);
  for (int64_t i = 0; i < count; i += MINE_LANES) {
    const int64_t lanes = count - i < MINE_LANES ? count - i : MINE_LANES;
    for (int64_t l = 0; l < lanes; l++)
      kmeans_row(from, row[i + l], rows + l * width);
    mine_panel_pack(rows, lanes, out->width, out->panel + i * width);
  }
  for (int64_t i = 0; out->weight && i < count; i++)
    out->weight[i] = from->weight[row[i]];
  return mine_poll(env);
}
