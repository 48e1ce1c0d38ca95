/*
** kmeans_batch_model.c -- what passes over rows that do not fit in memory come to: the profile of
** the clusters, their numbers, the measures, and how far the model is from the exact one.
*/
#include <math.h>
#include <string.h>

#include "clusters.h"
#include "kmeans_batch.h"

static void batch_profile_column(batch_state *s, int f, int column, double known) {
  const mine_encoding *e = &s->body->encoding;
  mine_cluster_profile *profile = &s->body->profile;
  const int number = e->levels[f] == 0;
  const double shift = number ? s->moments[f].mean : 0;
  double all = 0;
  for (int64_t c = 0; c < s->k; c++) {
    const double rows = s->sums.known_rows[c * e->n_features + f];
    const double sum = s->sums.known[c * s->width + column];
    const double value = rows > 0 ? mine__encode_unbend(e, f, shift + sum / rows) : (double)NAN;
    profile->value[c * s->width + column] = isfinite(value) ? value : (double)NAN;
    all += sum;
  }
  const double mean = number ? shift : all / known;
  profile->overall[column] = known > 0 ? mine__encode_unbend(e, f, mean) : (double)NAN;
  profile->deviation[column] =
      number ? mine__moments_deviation(&s->moments[f], 0) : sqrt(fmax(mean * (1 - mean), 0));
  if (!isfinite(profile->deviation[column])) profile->deviation[column] = 0;
}

/* As cluster_profile.c makes it, from the sums of all rows. */
static void batch_profile(batch_state *s) {
  const mine_encoding *e = &s->body->encoding;
  for (int f = 0; f < e->n_features; f++) {
    double known = 0;
    for (int64_t c = 0; c < s->k; c++)
      known += s->sums.known_rows[c * e->n_features + f];
    for (int column = e->first[f]; column < e->first[f + 1]; column++)
      batch_profile_column(s, f, column, known);
  }
  memcpy(s->body->profile.rows, s->sums.rows, (size_t)s->k * sizeof *s->sums.rows);
  s->body->profile.distance = NULL; /* those were the sample's */
}

/* Clusters by falling size, as kmeans.c has them. */
static void batch_number(mine_env *env, batch_state *s) {
  const size_t k = (size_t)s->k;
  int64_t *order = mine__arena_array(env->scratch, k, sizeof *order);
  int32_t *number = mine__arena_array(env->scratch, k, sizeof *number);
  if (mine_failed(env)) return;
  mine__clusters_order(env, s->k, s->width, s->body->centre, s->sums.rows, order);
  for (int64_t c = 0; c < s->k && !mine_failed(env); c++)
    number[order[c]] = (int32_t)c;
  if (!mine_failed(env)) (void)!mine__kind_prototypes.renumber(env, s->model, number);
}

/* Of the sample's rows, around the final centres. */
static double batch_silhouette(mine_env *env, batch_state *s) {
  kmeans_fit fit = {.env = env, .data = s->sample, .options = s->options, .model = s->model};
  kmeans_run run;
  mine__kmeans_points_encode(env, &s->body->encoding, &s->sample->rows, NULL, 0, &fit.points);
  if (!mine_failed(env)) mine__kmeans_run_open(env, &fit.points, s->k, &run);
  if (mine_failed(env)) return NAN;
  memcpy(run.centre, s->body->centre, kmeans_centre_bytes(&run));
  mine__kmeans_assign_exact(env, &run);
  return mine_failed(env) ? (double)NAN : mine__kmeans_silhouette(&fit, &run);
}

/* What was read, and how far the centres are from those that another pass would give. */
static void batch_tell(batch_state *s) {
  char moved[MINE_NUMBER_BYTES], gain[MINE_NUMBER_BYTES], inertia[MINE_NUMBER_BYTES];
  mine_model *model = s->model;
  const double share = s->sums.inertia > 0 ? s->gain / s->sums.inertia : 0;
  const double way = s->variance > 0 ? sqrt(s->shift / s->variance) : 0;
  mine__model_note(model, "fit", "batch",
                   "%d pass%s of Lloyd's iteration over all %lld rows, from the %s; %s", s->lloyds,
                   s->lloyds == 1 ? "" : "es", (long long)s->n,
                   s->options->init.rows      ? "rows that init gives"
                   : s->sample->rows.n < s->n ? "centres of the sample"
                                              : "centres of a fit in memory",
                   s->settled ? "the centres have settled, as they would in memory"
                              : "the centres have not settled");
  mine__model_note(model, "fit", "exactness",
                   "the inertia %s is of all rows; one pass more would move the centres by %s mean "
                   "deviations together and so take %s%% off it",
                   mine__format_real(inertia, s->sums.inertia, 6), mine__format_real(moved, way, 2),
                   mine__format_real(gain, 100 * share, 2));
  if (batch_keeps_scale(s) && s->sample->rows.n < s->n)
    mine__model_note(model, "fit", "scale", "the scale is that of the sample's %lld rows",
                     (long long)s->sample->rows.n);
  if (s->sample->rows.n > KMEANS_MEASURED)
    mine__model_note(model, "fit", "silhouette", "measured on %d rows of the sample",
                     KMEANS_MEASURED);
  if (!s->settled)
    mine__model_note(model, "warning", "",
                     "the centres have not settled after %d passes; raise "
                     "max_iter",
                     s->lloyds);
  if (s->k > 1 && s->body->profile.rows[s->k - 1] == 0)
    mine__model_note(model, "warning", "", "a cluster is left without rows; use a smaller k");
}

void mine__kmeans_batch_model(mine_env *env, batch_state *s) {
  mine_model *model = s->model;
  const mine_mark mark = mine__arena_mark(env->scratch);
  batch_profile(s);
  s->body->inertia = s->sums.inertia;
  batch_number(env, s);
  if (mine_failed(env)) return;
  const double silhouette = batch_silhouette(env, s);
  if (mine_failed(env)) return;
  model->told.n_metrics = 0;
  mine__model_measure(model, MINE_MEASURE_INERTIA, s->sums.inertia);
  mine__model_measure(model, MINE_MEASURE_SILHOUETTE, silhouette);
  mine__model_measure(model, MINE_MEASURE_K, (double)s->k);
  mine__model_measure(model, MINE_MEASURE_ITERATIONS, s->lloyds);
  batch_tell(s);
  mine__kmeans_tell(env, s->sample, (mine_scale)s->options->scale, s->body->profile.rows, s->k,
                    model);
  mine__arena_rewind(env->scratch, mark);
}
