/*
** kmeans.c -- k-means clustering: options, the fit in its steps, the model.
**
** The rows become points once (data/encode.h).  Several starts compete, on a spread sample
** where the rows are many, and the best is refined; the winner meets all rows
** (kmeans_starts.c).  k=auto lets the silhouette choose first (kmeans_choose.c).  The
** clusters are then numbered by falling size and profiled in the units of the source.
*/
#include <string.h>

#include "../model/prototypes.h"
#include "clusters.h"
#include "kmeans_private.h"

#define KMEANS_PANELS (1 << 21) /* doubles; more are not kept encoded (16 MB) */

const char *const mine__kmeans_inits[] = {"kmeans++", "random", NULL};
enum { KMEANS_INIT_SPREAD, KMEANS_INIT_RANDOM };

static const mine_option kmeans_option_table[] = {
    OPTION_INT(kmeans_options, k, .initial = "8", .range = {1, 65536}, .allows_auto = 1,
               .help = "number of clusters; auto: the number from 2 to max_k with the largest mean "
                       "silhouette (Rousseeuw 1987)"),
    OPTION_INT(kmeans_options, max_k, .initial = "10", .range = {2, 1000},
               .help = "largest number of clusters that k=auto tries"),
    OPTION_CHOICE(
        kmeans_options, scale, .initial = "standard", .choices = mine__scale_names,
        .help =
            "standard: mean 0 and deviation 1 (divisor n); minmax: 0 to 1; robust: median 0 "
            "and interquartile range 1; none: as they are; log: standard of sign(x) ln(1+|x|), for "
            "amounts and counts with a long right tail; quantile: the share of the training rows "
            "below (ties count half), 0 to 1; a category counts 1 when it differs"),
    OPTION_SOURCE(
        kmeans_options, init, .initial = "kmeans++", .choices = mine__kmeans_inits,
        .help = "kmeans++, random, or a SELECT of k rows to start from, columns matched by name"),
    OPTION_INT(
        kmeans_options, starts, .initial = "10", .range = {1, 10000},
        .help = "starts that compete; with more than one the best is refined by random swaps and "
                "exchanges; large data compete on a sample"),
    OPTION_INT(kmeans_options, max_iter, .initial = "300", .range = {1, 1000000},
               .help = "most iterations of one start"),
    OPTION_REAL(kmeans_options, tol, .initial = "1e-4", .range = {0, 1e6},
                .help = "stop when the centres' squared moves fall below tol x the mean variance"),
    OPTION_FLAG(kmeans_options, batch, .initial = "0",
                .help = "1: read the source in passes instead of keeping its rows, for tables "
                        "beyond max_memory; of mine_train and mine_fit"),
    OPTION_END};

/* Clusters by falling size: body gets the centres, run's centres and labels follow. */
static void kmeans_number(const kmeans_fit *fit, kmeans_run *run, mine_prototypes *body) {
  mine_env *env = fit->env;
  const size_t k = (size_t)run->k, width = (size_t)fit->points.width;
  int64_t *order = mine__arena_array(env->scratch, k, sizeof *order);
  int64_t *rows = mine__arena_array(env->scratch, k, sizeof *rows);
  if (mine_failed(env)) return;
  mine__clusters_number(env, run->k, fit->points.width, run->centre, fit->points.n, run->label,
                        order, rows);
  if (mine_failed(env)) return;
  for (size_t c = 0; c < k; c++)
    memcpy(body->centre + c * width, run->centre + (size_t)order[c] * width,
           width * sizeof(double));
  memcpy(run->centre, body->centre, kmeans_centre_bytes(run));
}

/* ---- the model ------------------------------------------------------------------------- */

static void kmeans_measure(const kmeans_fit *fit, const kmeans_run *run) {
  const double silhouette = mine__kmeans_silhouette(fit, run);
  mine__model_measure(fit->model, MINE_MEASURE_INERTIA, run->inertia);
  mine__model_measure(fit->model, MINE_MEASURE_SILHOUETTE, silhouette);
  mine__model_measure(fit->model, MINE_MEASURE_K, (double)run->k);
  mine__model_measure(fit->model, MINE_MEASURE_ITERATIONS, run->iterations);
  if (fit->points.n > KMEANS_MEASURED)
    mine__model_note(fit->model, "fit", "silhouette", "measured on %d of the %lld rows",
                     KMEANS_MEASURED, (long long)fit->points.n);
}

static void kmeans_publish(const kmeans_fit *fit, kmeans_run *run) {
  const size_t k = (size_t)run->k, width = (size_t)fit->points.width;
  mine_env *env = fit->env;
  mine_arena *arena = fit->model->arena;
  mine_prototypes *body = mine__arena_zeros(arena, 1, sizeof *body);
  if (mine_failed(env)) return;
  body->encoding = fit->encoding;
  body->k = run->k;
  body->inertia = run->inertia;
  body->centre = mine__arena_array(arena, k, width * sizeof(double));
  if (mine_failed(env)) return;
  kmeans_number(fit, run, body);
  if (mine_failed(env) || mine__prototypes_prepare(env, arena, body) ||
      mine__cluster_profile_make(env, arena, &body->encoding, fit->data, run->label, run->k,
                                 &body->profile))
    return;
  fit->model->body = body;
  fit->model->n_groups = (int)body->k;
  if (fit->options->batch) return; /* what is told is of all rows */
  kmeans_measure(fit, run);
  if (run->k > 1 && body->profile.rows[run->k - 1] == 0)
    mine__model_note(fit->model, "warning", "", "a cluster is left without rows; use a smaller k");
  mine__kmeans_tell(env, fit->data, (mine_scale)fit->options->scale, body->profile.rows, run->k,
                    fit->model);
}

/* ---- fit ----------------------------------------------------------------------------------- */

/* What k is, and whether the rows can have so many clusters. */
static void kmeans_open(kmeans_fit *fit) {
  const kmeans_options *o = fit->options;
  const int64_t n = fit->data->rows.n;
  fit->k = o->init.rows && o->k == MINE_AUTO ? o->init.rows->n : o->k;
  fit->random = o->init.choice == KMEANS_INIT_RANDOM;
  if (n < 1)
    mine__fail(fit->env, MINE_DATA, "there are no rows to cluster; give at least one");
  else if (o->k != MINE_AUTO && o->k > n)
    mine__fail(fit->env, MINE_DATA, "k=%lld is more than the %lld rows; use k=%lld or fewer",
               (long long)o->k, (long long)n, (long long)n);
}

static void kmeans_encode(kmeans_fit *fit) {
  mine_env *env = fit->env;
  const mine_dataset *data = fit->data;
  if (mine__encoding_fit(env, fit->model->arena, data, (mine_scale)fit->options->scale,
                         &fit->encoding))
    return;
  if (fit->modes) mine__kmeans_mix(fit);
  if (fit->encoding.width == 0)
    mine__fail(env, MINE_DATA, "no column has values to cluster by; check ignore= and the source");
  const double doubles = (double)data->rows.n * fit->encoding.width;
  mine__kmeans_points_encode(env, &fit->encoding, &data->rows, data->weight,
                             doubles <= KMEANS_PANELS, &fit->points);
  fit->points.modes = fit->modes;
}

mine_status mine__kmeans_fit(mine_env *env, const mine_dataset *data, const kmeans_options *options,
                             kmeans_modes *modes, mine_model *model) {
  kmeans_fit fit = {.env = env, .data = data, .options = options, .modes = modes, .model = model};
  kmeans_run run;
  kmeans_open(&fit);
  if (!mine_failed(env)) kmeans_encode(&fit);
  const int automatic = fit.k == MINE_AUTO;
  if (!mine_failed(env)) mine__kmeans_spread(&fit, automatic ? fit.options->max_k : fit.k);
  if (!mine_failed(env) && automatic) mine__kmeans_choose_k(&fit);
  if (!mine_failed(env)) mine__kmeans_solve(&fit, &run);
  if (!mine_failed(env)) kmeans_publish(&fit, &run);
  return mine_env_status(env);
}

static mine_status kmeans_fit_rows(mine_env *env, const mine_dataset *data, const void *options,
                                   mine_model *model) {
  return mine__kmeans_fit(env, data, options, NULL, model);
}

const mine_algorithm mine__algorithm_kmeans = {
    .name = "kmeans",
    .title = "k-means clustering: k centres, every row belongs to the nearest",
    .citation = "Lloyd 1982; Arthur & Vassilvitskii 2007 (k-means++)",
    .notes =
        "Groups rows so that the squared distances to their group's centre are small. Numbers "
        "are scaled first (`scale`); two rows that differ in a category are as far apart in "
        "it as one standard deviation of a number. A missing number lies at the average, a "
        "missing or unknown category between its levels, by their shares: neither pulls a row "
        "anywhere. Clusters are numbered by falling size.",
    .example =
        "SELECT cluster, rows, feature, round(value, 1) AS average\n"
        "FROM mine_centroids((SELECT mine_fit('kmeans',\n"
        "  'WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 200)\n"
        "  SELECT i AS id, i*i%90 AS age, i*7%31*10.5 AS spend FROM n', 'k=3')));",
    .tasks = MINE_CLUSTERING,
    .reads = "attributes",
    .options_size = sizeof(kmeans_options),
    .options = kmeans_option_table,
    .kind = &mine__kind_prototypes,
    .fit = kmeans_fit_rows,
    .passes = &mine__kmeans_passes,
};
