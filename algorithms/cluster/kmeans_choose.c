/*
** kmeans_choose.c -- how well rows lie in their clusters.
**
** The silhouette of a row is (b - a) / max(a, b), a its mean distance to the
** other rows of its cluster, b the least mean distance to the rows of another
** cluster; 0 for a row alone in its cluster (Rousseeuw, "Silhouettes", Journal
** of Computational and Applied Mathematics 20, 1987).  All pairs are measured,
** so beyond `most` rows a spread sample stands for all of them.
*/
#include <math.h>
#include <string.h>

#include "kmeans_private.h"

#define CHOOSE_CHUNK 64 /* rows met by a panel at a time */

typedef struct choose_job {
  int64_t n, k; /* of the sample; k counts all clusters */
  int width;
  double *row;     /* n x width, ordered by cluster            */
  int64_t *first;  /* k + 1: cluster c owns rows first[c]..first[c+1]-1 */
  double *sum;     /* per worker: k x MINE_LANES               */
  double *panel;   /* per worker                               */
  double *partial; /* per task: sum of silhouettes            */
} choose_job;

/* Sums of the distances of a panel's rows to every cluster. */
static void choose_sums(const choose_job *job, const double *panel, double *sum) {
  double d[CHOOSE_CHUNK * MINE_LANES];
  for (int64_t c = 0; c < job->k; c++) {
    double total[MINE_LANES] = {0};
    for (int64_t i = job->first[c]; i < job->first[c + 1]; i += CHOOSE_CHUNK) {
      const int64_t left = job->first[c + 1] - i, count = left < CHOOSE_CHUNK ? left : CHOOSE_CHUNK;
      mine_distance_panel(panel, job->width, job->row + i * job->width, count, d);
      for (int64_t r = 0; r < count; r++) {
        for (int l = 0; l < MINE_LANES; l++)
          total[l] += sqrt(d[r * MINE_LANES + l]);
      }
    }
    memcpy(sum + c * MINE_LANES, total, sizeof total);
  }
}

static double choose_silhouette(const choose_job *job, const double *sum, int64_t own, int lane) {
  const int64_t mates = job->first[own + 1] - job->first[own] - 1;
  double a, b = INFINITY;
  if (mates == 0) return 0;
  a = sum[own * MINE_LANES + lane] / (double)mates;
  for (int64_t c = 0; c < job->k; c++) {
    const int64_t rows = job->first[c + 1] - job->first[c];
    const double mean = sum[c * MINE_LANES + lane] / (double)rows;
    if (c != own && rows > 0 && mean < b) b = mean;
  }
  return a == b || isinf(b) ? 0 : (b - a) / (a > b ? a : b);
}

static void choose_panel(void *context, int64_t task, int worker) {
  const choose_job *job = context;
  const int64_t first = task * MINE_LANES, left = job->n - first;
  const int64_t lanes = left < MINE_LANES ? left : MINE_LANES;
  double *sum = job->sum + worker * job->k * MINE_LANES;
  double *panel = job->panel + (int64_t)worker * job->width * MINE_LANES;
  int64_t own = 0;
  mine_panel_pack(job->row + first * job->width, lanes, job->width, panel);
  choose_sums(job, panel, sum);
  job->partial[task] = 0;
  for (int l = 0; l < (int)lanes; l++) {
    while (first + l >= job->first[own + 1])
      own++;
    job->partial[task] += choose_silhouette(job, sum, own, l);
  }
}

/* The sample's rows, ordered by cluster (stable). */
static void choose_gather(choose_job *job, const kmeans_points *points, const int32_t *label,
                          const int64_t *row, int64_t *next) {
  memset(job->first, 0, (size_t)(job->k + 1) * sizeof *job->first);
  for (int64_t s = 0; s < job->n; s++)
    job->first[label[row[s]] + 1]++;
  for (int64_t c = 0; c < job->k; c++)
    job->first[c + 1] += job->first[c];
  memcpy(next, job->first, (size_t)job->k * sizeof *next);
  for (int64_t s = 0; s < job->n; s++) {
    kmeans_row(points, row[s], job->row + next[label[row[s]]]++ * job->width);
  }
}

static mine_status choose_open(mine_env *env, const kmeans_points *points, const int32_t *label,
                               uint64_t seed, choose_job *job) {
  const size_t n = (size_t)job->n, k = (size_t)job->k, threads = (size_t)env->threads;
  const size_t width = (size_t)points->width;
  int64_t *row = mine_arena_array(env->scratch, n, sizeof *row);
  int64_t *next = mine_arena_array(env->scratch, k, sizeof *next);
  job->width = points->width;
  job->row = mine_arena_array(env->scratch, n, width * sizeof(double));
  job->first = mine_arena_array(env->scratch, k + 1, sizeof(int64_t));
  job->sum = mine_arena_array(env->scratch, threads * k, MINE_LANES * sizeof(double));
  job->panel = mine_arena_array(env->scratch, threads * width, MINE_LANES * sizeof(double));
  job->partial = mine_arena_array(env->scratch, n, sizeof(double));
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  kmeans_stretches(points->n, job->n, seed, KMEANS_SILHOUETTE, row);
  choose_gather(job, points, label, row, next);
  return MINE_OK;
}

mine_status kmeans_silhouette(mine_env *env, const kmeans_points *points, const int32_t *label,
                              int64_t k, int64_t most, uint64_t seed, double *out) {
  const mine_mark mark = mine_arena_mark(env->scratch);
  choose_job job = {.n = points->n < most ? points->n : most, .k = k};
  int64_t clusters = 0;
  mine_status status = choose_open(env, points, label, seed, &job);
  *out = NAN;
  for (int64_t c = 0; status == MINE_OK && c < k; c++)
    clusters += job.first[c + 1] > job.first[c];
  if (clusters > 1 && clusters < job.n) {
    const int64_t tasks = MINE_BLOCKS(job.n, MINE_LANES);
    double sum = 0;
    status = mine_parallel(env, tasks, choose_panel, &job);
    for (int64_t t = 0; t < tasks; t++)
      sum += job.partial[t];
    if (status == MINE_OK) *out = sum / (double)job.n;
  }
  mine_arena_rewind(env->scratch, mark);
  return status;
}
