/*
** evaluate_clusters.c -- how far apart clusters lie on the rows evaluated.
**
** The mean silhouette (kernel/silhouette.h) in the model's own space, on a sample: every s-th row,
** with s doubled whenever the
** sample is full, so that it depends on the rows and not on the batches.
*/
#include <math.h>
#include <string.h>

#include "../kernel/silhouette.h"
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

mine_status mine__scoring_sample(mine_scoring *s) {
  const mine_kind *kind = s->model->kind;
  if (!kind->points) return MINE_OK;
  const size_t width = (size_t)kind->width(s->model);
  mine_sample *sample = &s->sample;
  if (!sample->point) {
    sample->step = 1;
    sample->point = mine__arena_array(s->arena, SILHOUETTE_ROWS * width, sizeof(double));
    sample->cluster = mine__arena_array(s->arena, SILHOUETTE_ROWS, sizeof(int32_t));
    if (!sample->point || !sample->cluster) return mine_env_status(s->env);
  }
  const mine_batch batch = {s->batch.n, NULL, s->batch.view};
  for (int64_t i = 0; i < s->batch.n; i++) {
    if (mine__scoring_skipped(s, i) || s->batch.answers.group[i] < 0) continue;
    if (sample->seen++ % sample->step != 0) continue;
    if (sample->n == SILHOUETTE_ROWS) {
      clusters_thin(sample, width);
      if ((sample->seen - 1) % sample->step != 0) continue;
    }
    kind->points(s->model, &batch, i, 1, sample->point + (size_t)sample->n * width);
    sample->cluster[sample->n++] = s->batch.answers.group[i];
  }
  return MINE_OK;
}

mine_status mine__scoring_silhouette(mine_scoring *s, double *out) {
  const mine_sample *sample = &s->sample;
  *out = NAN;
  if (sample->n < 2) return MINE_OK;
  *out = mine__silhouette(s->env, &(mine__clustered){.n = sample->n,
                                                     .width = s->model->kind->width(s->model),
                                                     .point = sample->point,
                                                     .cluster = sample->cluster,
                                                     .k = s->model->n_groups + 1});
  return s->env->status;
}
