/*
** kmeans_choose.c -- the silhouette of a solution (Rousseeuw 1987; kernel/silhouette.h), and
** k=auto: the number of clusters from 2 to max_k whose best solution has the largest.  All
** pairs are measured, so beyond KMEANS_MEASURED rows a spread sample stands for all of them.
*/
#include <math.h>
#include <string.h>

#include "../kernel/silhouette.h"
#include "kmeans_private.h"

double mine__kmeans_silhouette(const kmeans_fit *fit, const kmeans_run *run) {
  const kmeans_points *points = run->points;
  mine_env *env = fit->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t n = points->n < KMEANS_MEASURED ? points->n : KMEANS_MEASURED;
  const int64_t width = points->width;
  int64_t *row = mine__arena_array(env->scratch, (size_t)n, sizeof *row);
  int32_t *cluster = mine__arena_array(env->scratch, (size_t)n, sizeof *cluster);
  double *point = mine__arena_array(env->scratch, (size_t)n, (size_t)width * sizeof *point);
  if (mine_failed(env)) return NAN;
  mine__kmeans_stretches(points->n, n, fit->data->seed, KMEANS_SILHOUETTE, row);
  for (int64_t i = 0; i < n; i++) {
    mine__kmeans_row(points, row[i], point + i * width);
    cluster[i] = run->label[row[i]];
  }
  const double mean =
      mine__silhouette(env, &(mine__clustered){n, points->width, point, cluster, run->k});
  mine__arena_rewind(env->scratch, mark);
  return mean;
}

static void choose_note(const kmeans_fit *fit, const kmeans_run *run, double silhouette) {
  char name[MINE_NUMBER_BYTES], a[MINE_NUMBER_BYTES], b[MINE_NUMBER_BYTES];
  mine__format_real(name, (double)run->k, 0);
  mine__model_note(fit->model, "k", name, "silhouette %s, inertia %s%s",
                   isnan(silhouette) ? "undefined" : mine__format_real(a, silhouette, 4),
                   mine__format_real(b, run->inertia, 6),
                   fit->sample.n < fit->points.n ? " (of the starts' sample)" : "");
}

/* What was tried and chosen. */
static void choose_tell(const kmeans_fit *fit, int64_t last) {
  const long long most = (long long)fit->options->max_k;
  if (fit->k > 1)
    mine__model_note(fit->model, MINE__NOTE_CHOSEN, "k", "k=%lld of 2 to %lld", (long long)fit->k,
                     (long long)last);
  mine__model_note(fit->model, "fit", "k", "k=%lld has the largest mean silhouette of k=2 to %lld",
                   (long long)fit->k, most);
  if (fit->sample.n < fit->points.n)
    mine__model_note(fit->model, "fit", "attempts",
                     "silhouettes and inertias of k=2 to %lld are those of the starts' sample "
                     "(silhouettes: of %d rows of it)",
                     most, KMEANS_MEASURED);
}

void mine__kmeans_choose_k(kmeans_fit *fit) {
  mine_env *env = fit->env;
  const size_t width = (size_t)fit->points.width;
  double best = -INFINITY;
  int64_t last = 1;
  double *centre =
      mine__arena_array(env->scratch, (size_t)fit->options->max_k, width * sizeof *centre);
  fit->k = 1;
  if (mine_failed(env)) return;
  for (int64_t k = 2; k <= fit->options->max_k && k < fit->sample.n; k++) {
    const mine_mark mark = mine__arena_mark(env->scratch);
    kmeans_run run;
    mine__kmeans_compete(fit, &fit->sample, k, &run);
    if (mine_failed(env)) return;
    if (run.distinct < k) break; /* nor will there be more for a larger k */
    const double silhouette = mine__kmeans_silhouette(fit, &run);
    if (mine_failed(env)) return;
    choose_note(fit, &run, silhouette);
    last = k;
    if (silhouette > best) {
      best = silhouette;
      fit->k = k;
      fit->best = memcpy(centre, run.centre, kmeans_centre_bytes(&run));
      fit->iterations = run.iterations;
    }
    mine__arena_rewind(env->scratch, mark);
  }
  choose_tell(fit, last);
}
