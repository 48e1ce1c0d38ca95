/*
** silhouette.c -- all pairs, by panels (distance.h): eight points at a time meet
** one cluster after the other.  A distance is the sum over dimensions in order and
** a cluster's sum runs over its points in order, so neither threads nor the width
** of vectors show in the bits.
*/
#include "silhouette.h"

#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "distance.h"

#define SILHOUETTE_CHUNK 64 /* points met by a panel at a time */

typedef struct silhouette_job {
  int64_t n, k;
  int width;
  double *point;   /* n x width, ordered by cluster                          */
  int64_t *first;  /* k + 1: cluster c owns points first[c]..first[c+1]-1    */
  double *sum;     /* per worker: k x MINE_LANES                             */
  double *panel;   /* per worker                                             */
  double *partial; /* per panel: the sum of its silhouettes                  */
} silhouette_job;

/* Sums of the distances of a panel's points to every cluster. */
static void silhouette_sums(const silhouette_job *job, const double *panel, double *sum) {
  double d[SILHOUETTE_CHUNK * MINE_LANES];
  for (int64_t c = 0; c < job->k; c++) {
    double total[MINE_LANES] = {0};
    for (int64_t i = job->first[c]; i < job->first[c + 1]; i += SILHOUETTE_CHUNK) {
      const int64_t left = job->first[c + 1] - i;
      const int64_t count = left < SILHOUETTE_CHUNK ? left : SILHOUETTE_CHUNK;
      mine__distance_panel(panel, job->width, job->point + i * job->width, count, d);
      for (int64_t r = 0; r < count; r++) {
        for (int l = 0; l < MINE_LANES; l++)
          total[l] += sqrt(d[r * MINE_LANES + l]);
      }
    }
    memcpy(sum + c * MINE_LANES, total, sizeof total);
  }
}

/* Of the panel's point `lane`, which is one of cluster `own`. */
static double silhouette_of(const silhouette_job *job, const double *sum, int64_t own, int lane) {
  const int64_t mates = job->first[own + 1] - job->first[own] - 1;
  if (mates == 0) return 0;
  const double a = sum[own * MINE_LANES + lane] / (double)mates;
  double b = INFINITY;
  for (int64_t c = 0; c < job->k; c++) {
    const int64_t points = job->first[c + 1] - job->first[c];
    const double mean = sum[c * MINE_LANES + lane] / (double)points;
    if (c != own && points > 0 && mean < b) b = mean;
  }
  return a == b || isinf(b) ? 0 : (b - a) / (a > b ? a : b);
}

static void silhouette_panel(void *context, int64_t task, int worker) {
  const silhouette_job *job = context;
  const int64_t first = task * MINE_LANES, left = job->n - first;
  const int64_t lanes = left < MINE_LANES ? left : MINE_LANES;
  double *sum = job->sum + worker * job->k * MINE_LANES;
  double *panel = job->panel + (int64_t)worker * job->width * MINE_LANES;
  int64_t own = 0;
  mine__panel_pack(job->point + first * job->width, lanes, job->width, panel);
  silhouette_sums(job, panel, sum);
  job->partial[task] = 0;
  for (int l = 0; l < (int)lanes; l++) {
    while (first + l >= job->first[own + 1])
      own++;
    job->partial[task] += silhouette_of(job, sum, own, l);
  }
}

/* The points in the order of their clusters (stable); how many clusters have any. */
static int64_t silhouette_gather(silhouette_job *job, const mine__clustered *points,
                                 int64_t *next) {
  const int64_t width = job->width;
  int64_t used = 0;
  for (int64_t i = 0; i < job->n; i++)
    job->first[points->cluster[i] + 1]++;
  for (int64_t c = 0; c < job->k; c++) {
    used += job->first[c + 1] > 0;
    job->first[c + 1] += job->first[c];
  }
  memcpy(next, job->first, (size_t)job->k * sizeof *next);
  for (int64_t i = 0; i < job->n; i++) {
    memcpy(job->point + next[points->cluster[i]]++ * width, points->point + i * width,
           (size_t)width * sizeof(double));
  }
  return used;
}

static double silhouette_mean(mine_env *env, silhouette_job *job) {
  const int64_t panels = MINE_BLOCKS(job->n, MINE_LANES);
  double sum;
  if (mine__parallel(env, panels, silhouette_panel, job)) return NAN;
  if (mine__sum_blocks(env, job->partial, panels, 1, &sum)) return NAN;
  return sum / (double)job->n;
}

double mine__silhouette(mine_env *env, const mine__clustered *points) {
  const size_t n = (size_t)points->n, k = (size_t)points->k, width = (size_t)points->width;
  const size_t threads = (size_t)env->threads;
  mine_arena *scratch = env->scratch;
  const mine_mark mark = mine__arena_mark(scratch);
  silhouette_job job = {.n = points->n, .k = points->k, .width = points->width};
  double mean = NAN;
  int64_t *next = mine__arena_array(scratch, k, sizeof *next);
  job.point = mine__arena_array(scratch, n, width * sizeof(double));
  job.first = mine__arena_zeros(scratch, k + 1, sizeof(int64_t));
  job.sum = mine__arena_array(scratch, threads * k, MINE_LANES * sizeof(double));
  job.panel = mine__arena_array(scratch, threads * width, MINE_LANES * sizeof(double));
  job.partial = mine__arena_array(scratch, n, sizeof(double));
  if (!mine_failed(env)) {
    const int64_t used = silhouette_gather(&job, points, next);
    if (used > 1 && used < job.n) mean = silhouette_mean(env, &job);
  }
  mine__arena_rewind(scratch, mark);
  return mean;
}
