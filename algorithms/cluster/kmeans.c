/*
** kmeans.c -- k-means clustering: options, the fit, the model.
**
** The rows become points once (data/encode.h).  Several starts compete; the best
** is refined (mine__kmeans_refine.c); a last Lloyd run and an exact assignment make the
** clusters agree with the centres.  On large data the starts and the refinement
** work on a spread sample, and only the winner meets all rows (Bradley & Fayyad,
** "Refining initial points for k-means clustering", ICML 1998): one pass over a
** million rows costs more than a whole start on the sample.
**
** k=auto tries k = 2..max_k and takes the largest mean silhouette.
*/
#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../model/prototypes.h"
#include "kmeans_private.h"

#define KMEANS_SAMPLE_ROWS 16384 /* and at least KMEANS_SAMPLE_EACH per cluster */
#define KMEANS_SAMPLE_EACH 64
#define KMEANS_SIEVE_ROWS  4096      /* fewer are assigned exactly straight away */
#define KMEANS_PANELS      (1 << 21) /* doubles; more are not kept encoded (16 MB) */
#define KMEANS_MEASURED    5000      /* rows whose silhouettes are measured      */

static const char *const kmeans_init_names[] = {"kmeans++", "random", NULL};
enum { KMEANS_INIT_SPREAD, KMEANS_INIT_RANDOM };

typedef struct kmeans_options {
  int64_t k, max_k;
  int scale;
  mine_select init;
  int64_t starts, max_iter;
  double tol;
} kmeans_options;

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
        kmeans_options, init, .initial = "kmeans++", .choices = kmeans_init_names,
        .help = "kmeans++, random, or a SELECT of k rows to start from, columns matched by name"),
    OPTION_INT(
        kmeans_options, starts, .initial = "10", .range = {1, 10000},
        .help = "starts that compete; with more than one the best is refined by random swaps and "
                "exchanges; large data compete on a sample"),
    OPTION_INT(kmeans_options, max_iter, .initial = "300", .range = {1, 1000000},
               .help = "most iterations of one start"),
    OPTION_REAL(kmeans_options, tol, .initial = "1e-4", .range = {0, 1e6},
                .help = "stop when the centres' squared moves fall below tol x the mean variance"),
    OPTION_END};

/* Everything one fit needs. */
typedef struct kmeans_fit {
  mine_env *env;
  const mine_dataset *data;
  const kmeans_options *options;
  mine_model *model;
  mine_encoding encoding;
  kmeans_points points; /* all rows                                        */
  kmeans_points sample; /* where the starts compete: all rows, or a sample */
  int random;           /* init=random                                     */
  int64_t k;
} kmeans_fit;

/* ---- starts ---------------------------------------------------------------------- */

static mine_status kmeans_too_few(const kmeans_fit *fit, int64_t distinct) {
  return mine__fail(fit->env, MINE_DATA,
                    "k=%lld clusters need as many different rows, but only %lld of the %lld rows "
                    "differ; use k=%lld or fewer",
                    (long long)fit->k, (long long)distinct, (long long)fit->points.n,
                    (long long)distinct);
}

/* One start on run's points.  *distinct < k: they have fewer distinct rows. */
static mine_status kmeans_start(const kmeans_fit *fit, kmeans_run *run, int64_t start,
                                int64_t *distinct) {
  mine_random random;
  mine_status status;
  mine__random_open(&random, fit->data->seed, KMEANS_SEED, (uint64_t)start);
  *distinct = run->k;
  status = fit->random ? mine__kmeans_seed_random(fit->env, run, &random)
                       : mine__kmeans_seed_plus(fit->env, run, &random, distinct);
  if (status != MINE_OK || *distinct < run->k) return status;
  return mine__kmeans_lloyd(fit->env, run, fit->options->max_iter, fit->options->tol, distinct);
}

/* The best of all starts, refined, into centre (k x width). */
static mine_status kmeans_compete(const kmeans_fit *fit, const kmeans_points *points, int64_t k,
                                  kmeans_run *best, int64_t *distinct) {
  const int64_t starts = fit->options->starts;
  const size_t bytes = (size_t)k * (size_t)points->width * sizeof(double);
  mine_env *env = fit->env;
  double *centre, inertia = INFINITY;
  int iterations = 0;
  mine_status status = mine__kmeans_run_open(env, points, k, best);
  centre = mine__arena_array(env->scratch, 1, bytes);
  if (status == MINE_OK) status = mine_env_status(env);
  for (int64_t start = 0; status == MINE_OK && start < starts; start++) {
    status = kmeans_start(fit, best, start, distinct);
    if (status != MINE_OK || *distinct < k) return status;
    if (best->inertia < inertia) {
      inertia = best->inertia;
      iterations = best->iterations;
      memcpy(centre, best->centre, bytes);
    }
    status = mine__poll_progress(env, "k-means", (double)(start + 1) / (double)(starts + 2));
  }
  if (status != MINE_OK) return status;
  memcpy(best->centre, centre, bytes);
  status = mine__kmeans_assign_exact(env, best);
  if (status == MINE_OK && starts > 1) status = mine__kmeans_refine(env, best, fit->data->seed);
  best->iterations = iterations;
  return status;
}

/* ---- the rows to compete on -------------------------------------------------------- */

static mine_status kmeans_spread(kmeans_fit *fit, int64_t most_k) {
  const int64_t each = most_k * KMEANS_SAMPLE_EACH;
  const int64_t count = each > KMEANS_SAMPLE_ROWS ? each : KMEANS_SAMPLE_ROWS;
  mine_status status = MINE_OK;
  if (fit->points.n >= KMEANS_SIEVE_ROWS) status = mine__kmeans_sieve_open(fit->env, &fit->points);
  fit->sample = fit->points;
  if (status != MINE_OK || fit->options->init.rows || fit->points.n <= 2 * count) return status;
  status = mine__kmeans_points_sample(fit->env, &fit->points, count, fit->data->seed, &fit->sample);
  if (status == MINE_OK) status = mine__kmeans_sieve_open(fit->env, &fit->sample);
  mine__model_note(fit->model, "fit", "sample",
                   "the starts competed on %lld of the %lld rows; the best continued on all",
                   (long long)count, (long long)fit->points.n);
  return status;
}

/* ---- k=auto -------------------------------------------------------------------------- */

static void kmeans_note_choice(const kmeans_fit *fit, int64_t k, double silhouette,
                               double inertia) {
  char name[MINE_NUMBER_BYTES], a[MINE_NUMBER_BYTES], b[MINE_NUMBER_BYTES];
  mine__format_real(name, (double)k, 0);
  mine__model_note(fit->model, "k", name, "silhouette %s, inertia %s%s",
                   isnan(silhouette) ? "undefined" : mine__format_real(a, silhouette, 4),
                   mine__format_real(b, inertia, 6),
                   fit->sample.n < fit->points.n ? " (of the starts' sample)" : "");
}

static mine_status kmeans_choose_k(kmeans_fit *fit) {
  const int64_t n = fit->sample.n;
  double best = -INFINITY;
  int64_t chosen = 1, last = 1, distinct = 0;
  for (int64_t k = 2; k <= fit->options->max_k && k < n; k++) {
    const mine_mark mark = mine__arena_mark(fit->env->scratch);
    kmeans_run run;
    double silhouette = NAN;
    mine_status status = kmeans_compete(fit, &fit->sample, k, &run, &distinct);
    if (status == MINE_OK && distinct == k) {
      status = mine__kmeans_silhouette(fit->env, &fit->sample, run.label, k, KMEANS_MEASURED,
                                       fit->data->seed, &silhouette);
    }
    if (status != MINE_OK) return status;
    if (distinct == k) kmeans_note_choice(fit, k, silhouette, run.inertia);
    mine__arena_rewind(fit->env->scratch, mark);
    if (distinct < k) break;
    last = k;
    if (silhouette > best) {
      best = silhouette;
      chosen = k;
    }
  }
  fit->k = chosen;
  if (chosen > 1)
    mine__model_note(fit->model, MINE__NOTE_CHOSEN, "k", "k=%lld of 2 to %lld", (long long)chosen,
                     (long long)last);
  mine__model_note(fit->model, "fit", "k", "k=%lld has the largest mean silhouette of k=2 to %lld",
                   (long long)chosen, (long long)fit->options->max_k);
  if (n < fit->points.n) {
    mine__model_note(fit->model, "fit", "attempts",
                     "silhouettes and inertias of k=2 to %lld are those of the starts' sample "
                     "(silhouettes: of %d rows of it)",
                     (long long)fit->options->max_k, KMEANS_MEASURED);
  }
  return MINE_OK;
}

/* ---- the winner on all rows --------------------------------------------------------- */

static mine_status kmeans_given(kmeans_fit *fit, kmeans_run *run) {
  const mine_batch *initial = fit->options->init.rows;
  if (initial->n != fit->k) {
    return mine__fail(fit->env, MINE_OPTION,
                      "init gives %lld rows but k is %lld; give one row per cluster",
                      (long long)initial->n, (long long)fit->k);
  }
  mine__encode(&fit->encoding, initial, 0, initial->n, run->centre);
  return mine__poll(fit->env);
}

/* Starts on the sample; when the sample is poorer in distinct rows than the data,
** on all rows. */
static mine_status kmeans_begin(kmeans_fit *fit, kmeans_run *run, int *finished) {
  const mine_mark mark = mine__arena_mark(fit->env->scratch);
  const size_t bytes = (size_t)fit->k * (size_t)fit->points.width * sizeof(double);
  const int sampled = fit->sample.n < fit->points.n;
  kmeans_run best;
  int64_t distinct = 0;
  mine_status status = kmeans_compete(fit, &fit->sample, fit->k, &best, &distinct);
  if (status == MINE_OK && distinct < fit->k && sampled) {
    status = kmeans_compete(fit, &fit->points, fit->k, &best, &distinct);
  }
  if (status == MINE_OK && distinct < fit->k) status = kmeans_too_few(fit, distinct);
  if (status == MINE_OK) memcpy(run->centre, best.centre, bytes);
  if (status == MINE_OK) run->iterations = best.iterations;
  *finished = best.points == &fit->points || !sampled;
  mine__arena_rewind(fit->env->scratch, mark);
  return status;
}

static mine_status kmeans_solve(kmeans_fit *fit, kmeans_run *run) {
  const kmeans_options *options = fit->options;
  int64_t distinct = fit->k;
  int finished = 0;
  mine_status status = mine__kmeans_run_open(fit->env, &fit->points, fit->k, run);
  if (status != MINE_OK) return status;
  status = fit->options->init.rows ? kmeans_given(fit, run) : kmeans_begin(fit, run, &finished);
  if (status != MINE_OK) return status;
  if (finished) return mine__kmeans_assign_exact(fit->env, run);
  status = mine__kmeans_lloyd(fit->env, run, options->max_iter, options->tol, &distinct);
  if (status == MINE_OK && distinct < fit->k) status = kmeans_too_few(fit, distinct);
  return status;
}

/* ---- the model ------------------------------------------------------------------------- */

typedef struct kmeans_rank {
  int64_t cluster, rows;
  const double *centre;
  int width;
} kmeans_rank;

/* Falling size; equal sizes by the centres' coordinates, then as they were. */
static int kmeans_rank_before(const void *context, const void *left, const void *right) {
  const kmeans_rank *a = left, *b = right;
  (void)context;
  if (a->rows != b->rows) return a->rows > b->rows;
  for (int j = 0; j < a->width; j++) {
    if (a->centre[j] != b->centre[j]) return a->centre[j] < b->centre[j];
  }
  return 0;
}

/* Number the clusters: body gets centres and sizes in order, labels follow. */
static mine_status kmeans_number(const kmeans_fit *fit, kmeans_run *run, mine_prototypes *body) {
  mine_env *env = fit->env;
  const int64_t k = run->k, n = fit->points.n;
  const size_t width = (size_t)fit->points.width;
  kmeans_rank *rank = mine__arena_zeros(env->scratch, (size_t)k, sizeof *rank);
  kmeans_rank *spare = mine__arena_array(env->scratch, (size_t)k, sizeof *spare);
  int32_t *number = mine__arena_array(env->scratch, (size_t)k, sizeof *number);
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  for (int64_t c = 0; c < k; c++) {
    rank[c] = (kmeans_rank){c, 0, run->centre + c * fit->points.width, fit->points.width};
  }
  for (int64_t i = 0; i < n; i++)
    rank[run->label[i]].rows++;
  mine__sort(env, rank, spare, (size_t)k, sizeof *rank, kmeans_rank_before, NULL);
  for (int64_t c = 0; c < k; c++) {
    memcpy(body->centre + (size_t)c * width, rank[c].centre, width * sizeof(double));
    body->rows[c] = rank[c].rows;
    number[rank[c].cluster] = (int32_t)c;
  }
  memcpy(run->centre, body->centre, (size_t)k * width * sizeof(double));
  for (int64_t i = 0; i < n; i++)
    run->label[i] = number[run->label[i]];
  return mine__poll(env);
}

static mine_status kmeans_measure(const kmeans_fit *fit, const kmeans_run *run) {
  const int64_t n = fit->points.n;
  double silhouette = NAN;
  const mine_status status = mine__kmeans_silhouette(fit->env, &fit->points, run->label, run->k,
                                                     KMEANS_MEASURED, fit->data->seed, &silhouette);
  mine__model_measure(fit->model, MINE_MEASURE_INERTIA, run->inertia);
  mine__model_measure(fit->model, MINE_MEASURE_SILHOUETTE, silhouette);
  mine__model_measure(fit->model, MINE_MEASURE_K, (double)run->k);
  mine__model_measure(fit->model, MINE_MEASURE_ITERATIONS, run->iterations);
  if (n > KMEANS_MEASURED) {
    mine__model_note(fit->model, "fit", "silhouette", "measured on %d of the %lld rows",
                     KMEANS_MEASURED, (long long)n);
  }
  return status;
}

static mine_status kmeans_publish(const kmeans_fit *fit, kmeans_run *run) {
  const size_t k = (size_t)run->k, width = (size_t)fit->points.width;
  mine_arena *arena = fit->model->arena;
  mine_prototypes *body = mine__arena_zeros(arena, 1, sizeof *body);
  mine_status status = mine_env_status(fit->env);
  if (status != MINE_OK) return status;
  body->encoding = fit->encoding;
  body->k = run->k;
  body->inertia = run->inertia;
  body->centre = mine__arena_array(arena, k, width * sizeof(double));
  body->rows = mine__arena_array(arena, k, sizeof *body->rows);
  status = mine_env_status(fit->env);
  if (status == MINE_OK) status = kmeans_number(fit, run, body);
  if (status == MINE_OK) status = mine__prototypes_prepare(fit->env, arena, body);
  if (status == MINE_OK) {
    status =
        mine__prototypes_profile(fit->env, fit->model, body, fit->data, run->label, run->blocks);
  }
  if (status == MINE_OK) status = kmeans_measure(fit, run);
  if (status == MINE_OK && run->k > 1 && body->rows[run->k - 1] == 0) {
    mine__model_note(fit->model, "warning", "", "a cluster is left without rows; use a smaller k");
  }
  if (status == MINE_OK) {
    mine__kmeans_tell(fit->env, fit->data, (mine_scale)fit->options->scale, body->rows, run->k,
                      fit->model);
    status = mine_env_status(fit->env);
  }
  fit->model->body = body;
  fit->model->n_groups = (int)body->k;
  return status;
}

/* ---- fit ----------------------------------------------------------------------------------- */

static mine_status kmeans_open(kmeans_fit *fit) {
  const kmeans_options *o = fit->options;
  const int64_t n = fit->data->rows.n;
  fit->k = o->k;
  fit->random = o->init.choice == KMEANS_INIT_RANDOM;
  if (n < 1)
    return mine__fail(fit->env, MINE_DATA, "there are no rows to cluster; give at least one");
  if (o->k != MINE_AUTO && o->k > n) {
    return mine__fail(fit->env, MINE_DATA, "k=%lld is more than the %lld rows; use k=%lld or fewer",
                      (long long)o->k, (long long)n, (long long)n);
  }
  if (o->init.rows && o->k == MINE_AUTO) fit->k = o->init.rows->n;
  return MINE_OK;
}

static mine_status kmeans_run_fit(kmeans_fit *fit) {
  const int automatic = fit->k == MINE_AUTO;
  mine_env *env = fit->env;
  kmeans_run run;
  double doubles;
  mine_status status = mine__encoding_fit(env, fit->model->arena, fit->data,
                                          (mine_scale)fit->options->scale, &fit->encoding);
  if (status == MINE_OK && fit->encoding.width == 0) {
    status = mine__fail(env, MINE_DATA,
                        "no column has values to cluster by; check ignore= and the source");
  }
  if (status != MINE_OK) return status;
  doubles = (double)fit->data->rows.n * fit->encoding.width;
  status = mine__kmeans_points_encode(env, &fit->encoding, &fit->data->rows, fit->data->weight,
                                      doubles <= KMEANS_PANELS, &fit->points);
  if (status == MINE_OK) status = kmeans_spread(fit, automatic ? fit->options->max_k : fit->k);
  if (status == MINE_OK && automatic) status = kmeans_choose_k(fit);
  if (status == MINE_OK) status = kmeans_solve(fit, &run);
  return status == MINE_OK ? kmeans_publish(fit, &run) : status;
}

static mine_status kmeans_fit_model(mine_env *env, const mine_dataset *data, const void *options,
                                    mine_model *model) {
  kmeans_fit fit = {.env = env, .data = data, .options = options, .model = model};
  const mine_status status = kmeans_open(&fit);
  return status == MINE_OK ? kmeans_run_fit(&fit) : status;
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
    .fit = kmeans_fit_model,
};
