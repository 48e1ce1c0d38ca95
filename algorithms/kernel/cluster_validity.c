/*
** cluster_validity.c -- two passes over the points: the means, then the distances to them.
**
** Sums are held per block of points and added in the order of the blocks (mine__sum_blocks);
** distances are summed around the means, so nothing cancels.
*/
#include "cluster_validity.h"

#include <math.h>
#include <string.h>

#include "../core/parallel.h"

#define VALIDITY_BLOCKS 64
#define VALIDITY_ROWS   1024 /* of a block, at least, but for the last ones */
#define VALIDITY_CHUNK  64   /* points that are read at a time              */

typedef struct validity_job {
  const mine__clustered *points;
  mine__points_read read;
  const void *context;
  int64_t blocks;
  double *room;   /* per worker: a chunk of points                                   */
  double *sum;    /* blocks x k x width: of the points; then block 0: the means      */
  double *count;  /* blocks x k                                                      */
  double *spread; /* blocks x 2k: of each cluster the squared distances, the distances */
  double *worst;  /* k: the largest ratio of Davies and Bouldin                      */
} validity_job;

static const double *validity_chunk(const validity_job *job, int64_t first, int64_t count,
                                    int worker) {
  const int64_t width = job->points->width;
  if (job->points->point) return job->points->point + first * width;
  double *room = job->room + (int64_t)worker * VALIDITY_CHUNK * width;
  job->read(job->context, first, count, room);
  return room;
}

/* ---- the means -------------------------------------------------------------------------- */

static void validity_add(const validity_job *job, int64_t block, int64_t i, const double *x) {
  const int64_t k = job->points->k, width = job->points->width, c = job->points->cluster[i];
  if (c < 0) return;
  double *sum = job->sum + (block * k + c) * width;
  for (int64_t j = 0; j < width; j++)
    sum[j] += x[j];
  job->count[block * k + c] += 1;
}

/* The squared distance and the distance to the mean of the cluster. */
static void validity_measure(const validity_job *job, int64_t block, int64_t i, const double *x) {
  const int64_t k = job->points->k, width = job->points->width, c = job->points->cluster[i];
  if (c < 0) return;
  const double *mean = job->sum + c * width;
  double *spread = job->spread + block * 2 * k, square = 0;
  for (int64_t j = 0; j < width; j++)
    square += (x[j] - mean[j]) * (x[j] - mean[j]);
  spread[c] += square;
  spread[k + c] += sqrt(square);
}

/* What is done with each point of a block. */
typedef void (*validity_step)(const validity_job *job, int64_t block, int64_t i, const double *x);

static void validity_block(const validity_job *job, int64_t block, int worker, validity_step step) {
  const int64_t n = job->points->n, width = job->points->width;
  const int64_t last = mine__block_first(n, job->blocks, block + 1);
  for (int64_t i = mine__block_first(n, job->blocks, block); i < last; i += VALIDITY_CHUNK) {
    const int64_t count = last - i < VALIDITY_CHUNK ? last - i : VALIDITY_CHUNK;
    const double *x = validity_chunk(job, i, count, worker);
    for (int64_t r = 0; r < count; r++)
      step(job, block, i + r, x + r * width);
  }
}

static void validity_sum(void *context, int64_t task, int worker) {
  validity_block(context, task, worker, validity_add);
}
static void validity_spread(void *context, int64_t task, int worker) {
  validity_block(context, task, worker, validity_measure);
}

/* ---- the figures ------------------------------------------------------------------------ */

/* B, and the means in place of the sums. */
static void validity_between(validity_job *job, double *middle, mine__validity *out) {
  const int64_t k = job->points->k, width = job->points->width;
  double all = 0;
  memset(middle, 0, (size_t)width * sizeof *middle);
  for (int64_t c = 0; c < k; c++) {
    out->used += job->count[c] > 0;
    all += job->count[c];
    for (int64_t j = 0; j < width; j++) {
      middle[j] += job->sum[c * width + j];
      if (job->count[c] > 0) job->sum[c * width + j] /= job->count[c];
    }
  }
  out->n = (int64_t)all;
  out->between = 0;
  for (int64_t c = 0; c < k; c++) {
    double square = 0;
    for (int64_t j = 0; job->count[c] > 0 && j < width; j++) {
      const double d = job->sum[c * width + j] - middle[j] / all;
      square += d * d;
    }
    out->between += job->count[c] * square;
  }
}

/* Of cluster `task` against all others. */
static void validity_worst(void *context, int64_t task, int worker) {
  const validity_job *job = context;
  const int64_t k = job->points->k, width = job->points->width;
  const double *mine = job->sum + task * width;
  double worst = 0;
  (void)worker;
  for (int64_t d = 0; job->count[task] > 0 && d < k; d++) {
    if (d == task || !(job->count[d] > 0)) continue;
    const double *other = job->sum + d * width;
    double square = 0;
    for (int64_t j = 0; j < width; j++)
      square += (mine[j] - other[j]) * (mine[j] - other[j]);
    const double apart = sqrt(square);
    const double ratio =
        (job->spread[k + task] / job->count[task] + job->spread[k + d] / job->count[d]) / apart;
    if (apart > 0 && ratio > worst) worst = ratio;
  }
  job->worst[task] = worst;
}

static void validity_run(mine_env *env, validity_job *job, double *middle, mine__validity *out) {
  const int64_t k = job->points->k;
  const size_t width = (size_t)job->points->width;
  double ratios = 0;
  if (mine__parallel(env, job->blocks, validity_sum, job) ||
      mine__sum_blocks(env, job->sum, job->blocks, (size_t)k * width, job->sum) ||
      mine__sum_blocks(env, job->count, job->blocks, (size_t)k, job->count))
    return;
  validity_between(job, middle, out);
  if (mine__parallel(env, job->blocks, validity_spread, job) ||
      mine__sum_blocks(env, job->spread, job->blocks, 2 * (size_t)k, job->spread))
    return;
  out->within = 0;
  for (int64_t c = 0; c < k; c++)
    out->within += job->spread[c];
  if (out->used < 2 || out->used >= out->n || mine__parallel(env, k, validity_worst, job)) return;
  for (int64_t c = 0; c < k; c++)
    ratios += job->worst[c];
  out->davies_bouldin = ratios / (double)out->used;
  out->calinski_harabasz = 1;
  if (out->within > 0)
    out->calinski_harabasz =
        out->between / (double)(out->used - 1) / (out->within / (double)(out->n - out->used));
}

/* Few enough blocks that the sums do not outweigh the points. */
static int64_t validity_blocks(int64_t n, int64_t k) {
  int64_t blocks = n / (2 * k + 1);
  const int64_t most = MINE_BLOCKS(n, VALIDITY_ROWS);
  if (blocks > VALIDITY_BLOCKS) blocks = VALIDITY_BLOCKS;
  if (blocks > most) blocks = most;
  return blocks < 1 ? 1 : blocks;
}

mine__validity mine__cluster_validity(mine_env *env, const mine__clustered *points,
                                      mine__points_read read, const void *context) {
  mine__validity out = {0, 0, NAN, NAN, NAN, NAN};
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t k = (size_t)points->k, width = (size_t)points->width;
  const size_t threads = (size_t)env->threads;
  validity_job job = {.points = points, .read = read, .context = context};
  job.blocks = validity_blocks(points->n, points->k);
  const size_t b = (size_t)job.blocks;
  if (!points->point)
    job.room = mine__arena_array(env->scratch, threads * VALIDITY_CHUNK, width * sizeof(double));
  job.sum = mine__arena_zeros(env->scratch, b * k, width * sizeof(double));
  job.count = mine__arena_zeros(env->scratch, b * k, sizeof(double));
  job.spread = mine__arena_zeros(env->scratch, b * k, 2 * sizeof(double));
  job.worst = mine__arena_zeros(env->scratch, k, sizeof(double));
  double *middle = mine__arena_array(env->scratch, width, sizeof(double));
  if (!mine_failed(env)) validity_run(env, &job, middle, &out);
  mine__arena_rewind(env->scratch, mark);
  return out;
}

double mine__calinski_harabasz(mine_env *env, const mine__clustered *points) {
  return mine__cluster_validity(env, points, NULL, NULL).calinski_harabasz;
}

double mine__davies_bouldin(mine_env *env, const mine__clustered *points) {
  return mine__cluster_validity(env, points, NULL, NULL).davies_bouldin;
}
