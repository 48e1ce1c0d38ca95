/*
** kmeans_points.c -- rows as points.
**
** Few rows are encoded once, into panels that every iteration reads.  Many would
** take as much memory again as the frame, and more time to write than to compute:
** they are encoded a chunk at a time, row-major in a worker's own scratch.
*/
#include <math.h>
#include <string.h>

#include "../kernel/encode_panel.h"
#include "kmeans_private.h"

/* One pass over the rows measures every column around the first row.  Sums and extremes
** come together differently, so a task has a record of each:
**   sums      1 + 2 width: of weight; per column of weight x (x - shift), and of the squares
**   extremes  2 width: per column the least and the most of x - shift, and of 0, which is
**             the first row's */
typedef struct points_job {
  const mine_encoding *encoding;
  const mine_batch *batch;
  kmeans_points *points;
  int64_t tasks;
  double *shift;    /* width: the first row      */
  double *sums;     /* tasks x (1 + 2 width)     */
  double *extremes; /* tasks x 2 width           */
} points_job;

static double *points_scratch(const kmeans_points *points, int worker) {
  return points->scratch + (int64_t)worker * (KMEANS_CHUNK + MINE_LANES) * points->width;
}

/* Rows of the batch, encoded into the worker's scratch. */
static const double *points_encode_chunk(const kmeans_points *points, int64_t first,
                                         const int64_t *row, int64_t count, int worker) {
  double *to = points_scratch(points, worker);
  uint32_t listed[KMEANS_CHUNK];
  mine_batch batch = points->batch;
  for (int64_t i = 0; row && i < count; i++)
    listed[i] = (uint32_t)mine_batch_row(&points->batch, row[i]);
  if (row) batch.row = listed;
  mine__encode(points->encoding, &batch, row ? 0 : first, count, to);
  return to;
}

void mine__kmeans_row(const kmeans_points *points, int64_t row, double *out) {
  if (!points->panel) {
    mine__encode(points->encoding, &points->batch, row, 1, out);
    return;
  }
  const double *x =
      points->panel + (row / MINE_LANES) * MINE_LANES * points->width + row % MINE_LANES;
  for (int64_t j = 0; j < points->width; j++)
    out[j] = x[j * MINE_LANES];
}

const double *mine__kmeans_panel(const kmeans_points *points, int64_t first, int worker) {
  if (points->panel) return points->panel + first * points->width;
  const int64_t left = points->n - first, count = left < MINE_LANES ? left : MINE_LANES;
  double *panel = points_scratch(points, worker) + (int64_t)KMEANS_CHUNK * points->width;
  if (count == MINE_LANES && !points->batch.row) {
    mine__encode_panel(points->encoding, &points->batch, first, panel);
  } else {
    const double *rows = points_encode_chunk(points, first, NULL, count, worker);
    mine__panel_pack(rows, count, points->width, panel);
  }
  return panel;
}

const double *mine__kmeans_rows(const kmeans_points *points, int64_t first, const int64_t *row,
                                int64_t count, int worker) {
  if (!points->panel) return points_encode_chunk(points, first, row, count, worker);
  double *to = points_scratch(points, worker);
  for (int64_t i = 0; i < count; i++)
    mine__kmeans_row(points, row ? row[i] : first + i, to + i * points->width);
  return to;
}

/* Rows into panels, if they are kept, and the task's records. */
static void points_encode(void *context, int64_t task, int worker) {
  points_job *job = context;
  kmeans_points *points = job->points;
  const int64_t width = points->width, first = task * KMEANS_CHUNK;
  const int64_t count = points->n - first < KMEANS_CHUNK ? points->n - first : KMEANS_CHUNK;
  double *sums = job->sums + task * (1 + 2 * width), *extremes = job->extremes + task * 2 * width;
  const mine__kernels *kernels = mine__kernels_here();
  const double *rows = points_encode_chunk(points, first, NULL, count, worker);
  for (int64_t i = 0; points->panel && i < count; i += MINE_LANES) {
    const int64_t lanes = count - i < MINE_LANES ? count - i : MINE_LANES;
    mine__panel_pack(rows + i * width, lanes, points->width, points->panel + (first + i) * width);
  }
  memset(sums, 0, (1 + 2 * (size_t)width) * sizeof(double));
  memset(extremes, 0, 2 * (size_t)width * sizeof(double));
  for (int64_t i = 0; i < count; i++) {
    const double w = kmeans_weight(points, first + i);
    sums[0] += w;
    kernels->measure_row(rows + i * width, job->shift, width, w, sums + 1, sums + 1 + width,
                         extremes, extremes + width);
  }
}

/* mean, variance and reach from the records. */
static void points_measure(mine_env *env, points_job *job) {
  kmeans_points *points = job->points;
  const int width = points->width;
  const double *sum = job->sums + 1, *square = sum + width;
  double *least = job->extremes, *most = least + width, variance = 0;
  if (mine__sum_blocks(env, job->sums, job->tasks, 1 + 2 * (size_t)width, job->sums)) return;
  for (int64_t t = 1; t < job->tasks; t++) {
    const double *of = job->extremes + t * 2 * width;
    for (int j = 0; j < width; j++) {
      least[j] = fmin(least[j], of[j]);
      most[j] = fmax(most[j], of[width + j]);
    }
  }
  for (int j = 0; j < width; j++) {
    const double mean = sum[j] / job->sums[0];
    points->mean[j] = job->shift[j] + mean;
    points->reach = fmax(points->reach, fmax(most[j] - mean, mean - least[j]));
    variance += fmax(square[j] / job->sums[0] - mean * mean, 0);
  }
  points->variance = variance / width;
}

static void points_no_room(mine_env *env, const mine_encoding *encoding, int64_t n) {
  char size[MINE_NUMBER_BYTES];
  const double megabytes = (double)n * encoding->width * sizeof(double) / 1e6;
  mine__fail(env, MINE_LIMIT,
             "%lld rows of %d encoded columns need %s MB, more than max_memory leaves; "
             "leave columns with many categories out (ignore=...) or raise max_memory",
             (long long)n, encoding->width, mine__format_real(size, megabytes, 3));
}

static void points_open(mine_env *env, points_job *job, const double *weight, int panels) {
  kmeans_points *points = job->points;
  const size_t width = (size_t)points->width, n = (size_t)points->n, t = (size_t)job->tasks;
  mine_arena *scratch = env->scratch;
  if (panels)
    points->panel =
        mine__arena_array(scratch, mine_panel_doubles(points->n, points->width), sizeof(double));
  points->scratch = mine__arena_array(scratch, (size_t)env->threads * (KMEANS_CHUNK + MINE_LANES),
                                      width * sizeof(double));
  points->mean = mine__arena_array(scratch, width, sizeof(double));
  job->shift = mine__arena_array(scratch, width, sizeof(double));
  job->sums = mine__arena_array(scratch, t, (1 + 2 * width) * sizeof(double));
  job->extremes = mine__arena_array(scratch, t, 2 * width * sizeof(double));
  if (weight) points->weight = mine__arena_array(scratch, n, sizeof(double));
  if (mine_failed(env)) return;
  for (int64_t i = 0; weight && i < points->n; i++)
    points->weight[i] = weight[mine_batch_row(job->batch, i)];
  mine__encode(job->encoding, job->batch, 0, 1, job->shift);
}

void mine__kmeans_points_encode(mine_env *env, const mine_encoding *encoding,
                                const mine_batch *batch, const double *weight, int panels,
                                kmeans_points *out) {
  points_job job = {.encoding = encoding,
                    .batch = batch,
                    .points = out,
                    .tasks = MINE_BLOCKS(batch->n, KMEANS_CHUNK)};
  const double bytes =
      (double)batch->n * encoding->width * (panels ? sizeof(double) : sizeof(float));
  *out = (kmeans_points){
      .n = batch->n, .width = encoding->width, .encoding = encoding, .batch = *batch};
  if (env->memory.limit > 0 && bytes > (double)env->memory.limit - (double)env->memory.used)
    points_no_room(env, encoding, batch->n);
  if (mine_failed(env)) return;
  points_open(env, &job, weight, panels);
  if (mine__parallel(env, job.tasks, points_encode, &job)) return;
  points_measure(env, &job);
}

void mine__kmeans_stretches(int64_t n, int64_t count, uint64_t seed, uint64_t purpose,
                            int64_t *row) {
  mine_random random;
  mine__random_open(&random, seed, purpose, 0);
  for (int64_t s = 0; s < count; s++) {
    const int64_t first = mine__block_first(n, count, s);
    const int64_t next = mine__block_first(n, count, s + 1);
    row[s] = first + (int64_t)mine__random_below(&random, (uint64_t)(next - first));
  }
}

void mine__kmeans_points_sample(mine_env *env, const kmeans_points *from, int64_t count,
                                uint64_t seed, kmeans_points *out) {
  const int64_t width = from->width;
  double *rows = mine__arena_array(env->scratch, (size_t)width, MINE_LANES * sizeof(double));
  int64_t *row = mine__arena_array(env->scratch, (size_t)count, sizeof *row);
  *out = *from;
  out->n = count;
  out->sieve = (mine__sieve){0};
  out->panel =
      mine__arena_array(env->scratch, mine_panel_doubles(count, out->width), sizeof(double));
  if (from->weight) out->weight = mine__arena_array(env->scratch, (size_t)count, sizeof(double));
  if (mine_failed(env)) return;
  mine__kmeans_stretches(from->n, count, seed, KMEANS_SAMPLE, row);
  for (int64_t i = 0; i < count; i += MINE_LANES) {
    const int64_t lanes = count - i < MINE_LANES ? count - i : MINE_LANES;
    for (int64_t l = 0; l < lanes; l++)
      mine__kmeans_row(from, row[i + l], rows + l * width);
    mine__panel_pack(rows, lanes, out->width, out->panel + i * width);
  }
  for (int64_t i = 0; out->weight && i < count; i++)
    out->weight[i] = from->weight[row[i]];
}
