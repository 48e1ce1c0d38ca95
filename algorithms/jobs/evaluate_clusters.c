/*
** evaluate_clusters.c -- how far apart clusters lie on the rows evaluated.
**
** The mean silhouette (Rousseeuw, J. Comput. Appl. Math. 20, 1987) in the
** model's own space, on a sample: every s-th row, with s doubled whenever the
** sample is full, so that it depends on the rows and not on the batches.
*/
#include <math.h>
#include <string.h>

#include "../model/prototypes.h"
#include "scoring.h"

#define SILHOUETTE_ROWS 4000 /* most rows in the sample */

/* Keep every other row of a full sample. */
static void clusters_thin(mine_sample *sample, size_t width) {
  int64_t kept = 0;
  for (int64_t i = 0; i < sample->n; i += 2, kept++) {
    sample->cluster[kept] = sample->cluster[i];
    memmove(sample->point + (size_t)kept * width, sample->point + (size_t)i * width,
            width * sizeof(double));
  }
  sample->n = kept;
  sample->step *= 2;
}

mine_status mine_scoring_sample(mine_scoring *s) {
  if (s->model->kind != &mine_kind_prototypes) return MINE_OK;
  const mine_prototypes *body = s->model->body;
  const size_t width = (size_t)body->encoding.width;
  mine_sample *sample = &s->sample;
  if (!sample->point) {
    sample->step = 1;
    sample->point = mine_arena_array(s->arena, SILHOUETTE_ROWS * width, sizeof(double));
    sample->cluster = mine_arena_array(s->arena, SILHOUETTE_ROWS, sizeof(int32_t));
    if (!sample->point || !sample->cluster) return mine_env_status(s->env);
  }
  const mine_batch batch = {s->n, NULL, s->view};
  for (int64_t i = 0; i < s->n; i++) {
    if (s->missing == MINE_MISSING_SKIP && s->missing_count[i] > 0) continue;
    if (sample->seen++ % sample->step != 0) continue;
    if (sample->n == SILHOUETTE_ROWS) {
      clusters_thin(sample, width);
      if ((sample->seen - 1) % sample->step != 0) continue;
    }
    mine_encode(&body->encoding, &batch, i, 1, sample->point + (size_t)sample->n * width);
    sample->cluster[sample->n++] = s->cluster[i];
  }
  return MINE_OK;
}

typedef struct clusters_job {
  const mine_sample *sample;
  size_t width;
  int32_t k;
  const int64_t *size;
  double *sum;   /* per worker: k+1 */
  double *value; /* per row         */
} clusters_job;

/* One row: a = mean distance to its own cluster, b to the nearest other. */
static void clusters_row(void *context, int64_t row, int worker) {
  const clusters_job *job = context;
  const mine_sample *sample = job->sample;
  double *sum = job->sum + (size_t)worker * ((size_t)job->k + 1);
  const double *at = sample->point + (size_t)row * job->width;
  const int32_t own = sample->cluster[row];
  for (int32_t c = 0; c <= job->k; c++)
    sum[c] = 0;
  for (int64_t i = 0; i < sample->n; i++) {
    const double *other = sample->point + (size_t)i * job->width;
    double square = 0;
    for (size_t j = 0; j < job->width; j++)
      square += (at[j] - other[j]) * (at[j] - other[j]);
    sum[sample->cluster[i]] += sqrt(square);
  }
  double nearest = INFINITY;
  for (int32_t c = 0; c <= job->k; c++) {
    if (c != own && job->size[c] > 0) nearest = fmin(nearest, sum[c] / (double)job->size[c]);
  }
  const double within = job->size[own] > 1 ? sum[own] / (double)(job->size[own] - 1) : 0;
  const double most = fmax(within, nearest);
  job->value[row] = job->size[own] < 2 || !(most > 0) ? 0 : (nearest - within) / most;
}

mine_status mine_scoring_silhouette(mine_scoring *s, double *out) {
  const mine_sample *sample = &s->sample;
  mine_env *env = s->env;
  *out = NAN;
  if (sample->n < 2) return MINE_OK;
  const mine_prototypes *body = s->model->body;
  clusters_job job = {sample, (size_t)body->encoding.width, (int32_t)body->k, NULL, NULL, NULL};
  const size_t groups = (size_t)job.k + 1;
  int64_t *size = mine_arena_zeros(s->arena, groups, sizeof *size);
  job.sum = mine_arena_array(s->arena, groups * (size_t)env->threads, sizeof(double));
  job.value = mine_arena_array(s->arena, (size_t)sample->n, sizeof(double));
  if (!size || !job.sum || !job.value) return mine_env_status(env);
  int clusters = 0;
  for (int64_t i = 0; i < sample->n; i++)
    clusters += size[sample->cluster[i]]++ == 0;
  job.size = size;
  if (clusters < 2) return MINE_OK;
  if (mine_parallel(env, sample->n, clusters_row, &job)) return mine_env_status(env);
  double total = 0;
  for (int64_t i = 0; i < sample->n; i++)
    total += job.value[i];
  *out = total / (double)sample->n;
  return MINE_OK;
}
