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

/* Per column, around the first row: what one pass can tell. */
typedef struct points_moments {
  double *sum, *square, *least, *most; /* weighted sums; extremes */
} points_moments;

typedef struct points_job {
  const mine_encoding *encoding;
  const mine_batch *batch;
  kmeans_points *points;
  double *shift;   /* the first row                    */
  double *moments; /* per task: 4 x width              */
  double *weight;  /* per task: sum                    */
} points_job;

static points_moments points_moments_of(const points_job *job, int64_t task) {
  const int64_t width = job->points->width;
  double *at = job->moments + task * 4 * width;
  return (points_moments){at, at + width, at + 2 * width, at + 3 * width};
}

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

static void points_encode(void *context, int64_t task, int worker) {
  points_job *job = context;
  kmeans_points *points = job->points;
  const int64_t width = points->width, first = task * KMEANS_CHUNK;
  const int64_t count = points->n - first < KMEANS_CHUNK ? points->n - first : KMEANS_CHUNK;
  const points_moments m = points_moments_of(job, task);
  const mine__kernels *kernels = mine__kernels_here();
  const double *rows = points_encode_chunk(points, first, NULL, count, worker);
  for (int64_t i = 0; points->panel && i < count; i += MINE_LANES) {
    const int64_t lanes = count - i < MINE_LANES ? count - i : MINE_LANES;
    mine__panel_pack(rows + i * width, lanes, points->width, points->panel + (first + i) * width);
  }
  memset(m.sum, 0, 4 * (size_t)width * sizeof(double));
  job->weight[task] = 0;
  for (int64_t i = 0; i < count; i++) {
    const double w = kmeans_weight(points, first + i);
    job->weight[task] += w;
    kernels->measure_row(rows + i * width, job->shift, width, w, m.sum, m.square, m.least, m.most);
  }
}

/* Reduced in task order. */
static void points_spread(const points_job *job, int64_t tasks) {
  kmeans_points *points = job->points;
  const points_moments all = points_moments_of(job, 0);
  double weight = job->weight[0], variance = 0;
  for (int64_t t = 1; t < tasks; t++) {
    const points_moments m = points_moments_of(job, t);
    weight += job->weight[t];
    for (int j = 0; j < points->width; j++) {
      all.sum[j] += m.sum[j];
      all.square[j] += m.square[j];
      all.least[j] = fmin(all.least[j], m.least[j]);
      all.most[j] = fmax(all.most[j], m.most[j]);
    }
  }
  points->reach = 0;
  for (int j = 0; j < points->width; j++) {
    const double mean = all.sum[j] / weight;
    points->mean[j] = job->shift[j] + mean;
    points->reach = fmax(points->reach, fmax(all.most[j] - mean, mean - all.least[j]));
    variance += fmax(all.square[j] / weight - mean * mean, 0);
  }
  points->variance = variance / points->width;
}

static mine_status points_no_room(mine_env *env, const mine_encoding *encoding, int64_t n) {
  char size[MINE_NUMBER_BYTES];
  const double megabytes = (double)n * encoding->width * sizeof(double) / 1e6;
  return mine__fail(env, MINE_LIMIT,
                    "%lld rows of %d encoded columns need %s MB, more than max_memory leaves; "
                    "leave columns with many categories out (ignore=...) or raise max_memory",
                    (long long)n, encoding->width, mine__format_real(size, megabytes, 3));
}

static mine_status points_open(mine_env *env, points_job *job, int64_t tasks, const double *weight,
                               int panels) {
  kmeans_points *points = job->points;
  const size_t width = (size_t)points->width, n = (size_t)points->n, t = (size_t)tasks;
  mine_arena *scratch = env->scratch;
  if (panels)
    points->panel =
        mine__arena_array(scratch, mine_panel_doubles(points->n, points->width), sizeof(double));
  points->scratch = mine__arena_array(scratch, (size_t)env->threads * (KMEANS_CHUNK + MINE_LANES),
                                      width * sizeof(double));
  points->mean = mine__arena_array(scratch, width, sizeof(double));
  job->shift = mine__arena_array(scratch, width, sizeof(double));
  job->moments = mine__arena_array(scratch, t, 4 * width * sizeof(double));
  job->weight = mine__arena_array(scratch, t, sizeof(double));
  if (weight) points->weight = mine__arena_array(scratch, n, sizeof(double));
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  for (int64_t i = 0; weight && i < points->n; i++) {
    points->weight[i] = weight[mine_batch_row(job->batch, i)];
  }
  mine__encode(job->encoding, job->batch, 0, 1, job->shift);
  return mine__poll(env);
}

mine_status mine__kmeans_points_encode(mine_env *env, const mine_encoding *encoding,
                                       const mine_batch *batch, const double *weight, int panels,
                                       kmeans_points *out) {
  points_job job = {.encoding = encoding, .batch = batch, .points = out};
  const double bytes =
      (double)batch->n * encoding->width * (panels ? sizeof(double) : sizeof(float));
  const int64_t tasks = MINE_BLOCKS(batch->n, KMEANS_CHUNK);
  mine_status status;
  memset(out, 0, sizeof *out);
  out->encoding = encoding;
  out->batch = *batch;
  out->n = batch->n;
  out->width = encoding->width;
  if (env->memory.limit > 0 && bytes > (double)env->memory.limit - (double)env->memory.used) {
    return points_no_room(env, encoding, batch->n);
  }
  status = points_open(env, &job, tasks, weight, panels);
  if (status == MINE_OK) status = mine__parallel(env, tasks, points_encode, &job);
  if (status == MINE_OK) points_spread(&job, tasks);
  return status;
}

void mine__kmeans_stretches(int64_t n, int64_t count, uint64_t seed, uint64_t purpose,
                            int64_t *row) {
  mine_random random;
  mine__random_open(&random, seed, purpose, 0);
  for (int64_t s = 0; s < count; s++) {
    const int64_t first = n / count * s + n % count * s / count;
    const int64_t next = n / count * (s + 1) + n % count * (s + 1) / count;
    row[s] = first + (int64_t)mine__random_below(&random, (uint64_t)(next - first));
  }
}

mine_status mine__kmeans_points_sample(mine_env *env, const kmeans_points *from, int64_t count,
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
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  mine__kmeans_stretches(from->n, count, seed, KMEANS_SAMPLE, row);
  for (int64_t i = 0; i < count; i += MINE_LANES) {
    const int64_t lanes = count - i < MINE_LANES ? count - i : MINE_LANES;
    for (int64_t l = 0; l < lanes; l++)
      mine__kmeans_row(from, row[i + l], rows + l * width);
    mine__panel_pack(rows, lanes, out->width, out->panel + i * width);
  }
  for (int64_t i = 0; out->weight && i < count; i++)
    out->weight[i] = from->weight[row[i]];
  return mine__poll(env);
}
