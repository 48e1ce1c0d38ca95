/*
** kmeans_batch.c -- k-means of rows that do not fit in memory: they are read in passes, a piece at
** a time (jobs/training_batch.h), from a start on a sample.
**
**   measure   what all rows are like: the scaled space becomes theirs, and the centres move into it
**             (scale=robust and quantile keep the sample's quartiles and shares)
**   Lloyd     every row to its nearest centre, every centre to the mean of its rows, until the
**             centres hardly move or max_iter: what kmeans_lloyd.c does with rows in memory, from
**             the same centres, up to the rounding of sums
**   look      distances, sizes, profiles; what the next pass would gain.  Clusters without rows
**             start again on far rows (each cluster offers its farthest), and Lloyd goes on.
**
** Distance from the exact: with I = sum of |x - c(x)|^2 of the final centres over all rows, m(c)
** rows and mean x(c) of a cluster,  I - sum m(c) |x(c) - c|^2  is the inertia that the rows would
** have around the means of their clusters (Huygens' theorem): that much the next pass takes off at
** least. Both are sums over all rows, told in the summary.
**
** Pieces come in the order of the rows, are cut by the width of the data only, and are added in
** that order: the same bytes for any number of threads and any max_memory.
*/
#include <math.h>
#include <string.h>

#include "../data/moments.h"
#include "../model/prototypes.h"
#include "clusters.h"
#include "kmeans_private.h"

#define BATCH_SIEVE       4096  /* fewer rows are assigned exactly straight away */
#define BATCH_SAMPLE      65536 /* rows to start from, and BATCH_EACH per cluster */
#define BATCH_EACH        64
#define BATCH_RELOCATIONS 10

typedef enum batch_pass { BATCH_MEASURE, BATCH_LLOYD, BATCH_LOOK } batch_pass;

/* Of a pass; all but the moments begin at zero. */
typedef struct batch_sums {
  double *total;      /* k x width sums of encoded rows, then k: rows                      */
  double *known;      /* k x width: of a number the sum of value - mean, of a level rows   */
  double *known_rows; /* k x features: rows that have a value                              */
  int64_t *rows;      /* k                                                                 */
  double *far;        /* k: the largest squared distance in the cluster                    */
  double *far_row;    /* k x width: the first row that has it                              */
  double inertia;
} batch_sums;

typedef struct batch_state {
  const kmeans_options *options;
  const mine_dataset *sample;
  mine_model *model;
  mine_prototypes *body;
  batch_pass pass;
  int64_t k, n;
  int width, lloyds, settled, relocated;
  double variance, shift, gain;
  double *was;           /* 2 x width: centre and factor of the sample's space */
  mine_moments *moments; /* per feature that is a number: of bent values       */
  double *levels;        /* width: rows of each level                          */
  batch_sums sums;
} batch_state;

static int batch_wanted(const void *options) {
  return ((const kmeans_options *)options)->batch;
}

static int64_t batch_sample(const void *options) {
  const kmeans_options *o = options;
  const int64_t k = o->k == MINE_AUTO ? o->max_k : o->k;
  return k * BATCH_EACH > BATCH_SAMPLE ? k * BATCH_EACH : BATCH_SAMPLE;
}

static void *batch_open(mine_env *env, mine_arena *arena, const mine_dataset *sample,
                        const void *options, mine_model *model) {
  batch_state *s = mine__arena_zeros(arena, 1, sizeof *s);
  if (!s) return NULL;
  s->options = options;
  s->sample = sample;
  s->model = model;
  s->body = model->body;
  s->k = s->body->k;
  s->width = s->body->encoding.width;
  const size_t k = (size_t)s->k, width = (size_t)s->width, p = (size_t)model->n_features;
  const size_t bytes = width * sizeof(double);
  s->was = mine__arena_array(arena, 2, bytes);
  s->moments = mine__arena_zeros(arena, p, sizeof *s->moments);
  s->levels = mine__arena_zeros(arena, 1, bytes);
  s->sums.total = mine__arena_zeros(arena, k, bytes + sizeof(double));
  s->sums.known = mine__arena_zeros(arena, k, bytes);
  s->sums.known_rows = mine__arena_zeros(arena, k, p * sizeof(double));
  s->sums.rows = mine__arena_zeros(arena, k, sizeof *s->sums.rows);
  s->sums.far = mine__arena_zeros(arena, k, sizeof *s->sums.far);
  s->sums.far_row = mine__arena_zeros(arena, k, bytes);
  if (mine_failed(env)) return NULL;
  memcpy(s->was, s->body->encoding.centre, bytes);
  memcpy(s->was + width, s->body->encoding.factor, bytes);
  for (size_t f = 0; f < p; f++)
    mine__moments_open(&s->moments[f], 1.0);
  return s;
}

static void batch_clear(batch_state *s) {
  const size_t k = (size_t)s->k, width = (size_t)s->width;
  const size_t p = (size_t)s->model->n_features;
  memset(s->sums.total, 0, k * (width + 1) * sizeof(double));
  memset(s->sums.known, 0, k * width * sizeof(double));
  memset(s->sums.known_rows, 0, k * p * sizeof(double));
  memset(s->sums.rows, 0, k * sizeof *s->sums.rows);
  memset(s->sums.far, 0, k * sizeof *s->sums.far);
  s->sums.inertia = 0;
}

/* ---- measure --------------------------------------------------------------------------------- */

typedef struct batch_measure {
  batch_state *state;
  const mine_batch *rows;
} batch_measure;

/* A task per feature, which has records of its own. */
static void batch_measure_feature(void *context, int64_t task, int worker) {
  const batch_measure *job = context;
  batch_state *s = job->state;
  const mine_encoding *e = &s->body->encoding;
  const mine_batch *rows = job->rows;
  const int f = (int)task;
  const mine_feature_view *view = &rows->feature[f];
  double bent[MINE_MOMENTS_BLOCK];
  mine_moments m;
  (void)worker;
  if (e->first[f] == e->first[f + 1]) return;
  if (view->code) {
    for (int64_t i = 0; i < rows->n; i++) {
      const int32_t code = view->code[mine_batch_row(rows, i)];
      if (code >= 0) s->levels[e->first[f] + code] += 1;
    }
    return;
  }
  if (!e->warp) {
    mine__moments_of_rows(&m, view->number, rows->row, NULL, rows->n);
    mine__moments_merge(&s->moments[f], &m);
    return;
  }
  for (int64_t at = 0; at < rows->n; at += MINE_MOMENTS_BLOCK) {
    const int64_t n = rows->n - at < MINE_MOMENTS_BLOCK ? rows->n - at : MINE_MOMENTS_BLOCK;
    for (int64_t i = 0; i < n; i++)
      bent[i] = mine__encode_bend(e, f, view->number[mine_batch_row(rows, at + i)]);
    mine__moments_of_rows(&m, bent, NULL, NULL, n);
    mine__moments_merge(&s->moments[f], &m);
  }
}

/* Quartiles and shares are the sample's: they need all rows at once. */
static int batch_keeps_scale(const batch_state *s) {
  return s->options->scale == MINE_SCALE_ROBUST || s->options->scale == MINE_SCALE_QUANTILE;
}

static void batch_rescale(mine_env *env, batch_state *s) {
  mine_encoding *e = &s->body->encoding;
  for (int f = 0; f < e->n_features; f++) {
    if (e->first[f] == e->first[f + 1]) continue;
    if (e->levels[f] > 0) {
      mine__encoding_category(e, f, s->levels + e->first[f]);
    } else if (!batch_keeps_scale(s)) {
      const double worst =
          mine__encoding_number(e, f, (mine_scale)s->options->scale, &s->moments[f], NULL);
      mine__encoding_refuse(env, &s->model->feature[f], worst);
    }
  }
}

/* The sample's centres in the space of all rows; those that init gave, as they are. */
static void batch_move_in(batch_state *s) {
  const mine_encoding *e = &s->body->encoding;
  const double *centre = s->was, *factor = s->was + s->width;
  const mine_batch *given = s->options->init.rows;
  if (given) {
    mine__encode(e, given, 0, given->n, s->body->centre);
    return;
  }
  for (int64_t c = 0; c < s->k; c++) {
    double *to = s->body->centre + c * s->width;
    for (int j = 0; j < s->width; j++)
      to[j] = factor[j] > 0 ? (to[j] / factor[j] + centre[j] - e->centre[j]) * e->factor[j]
                            : e->fill[j];
  }
}

/* The mean variance of a column of the space: what tol is relative to. */
static void batch_variance(batch_state *s) {
  const mine_encoding *e = &s->body->encoding;
  s->variance = 0;
  for (int f = 0; f < e->n_features; f++) {
    double known = 0;
    for (int c = e->first[f]; c < e->first[f + 1] && e->levels[f] > 0; c++)
      known += s->levels[c];
    for (int c = e->first[f]; c < e->first[f + 1]; c++) {
      const double share = known > 0 ? s->levels[c] / known : 0;
      const double spread = e->levels[f] > 0 ? share * (1 - share) * known : s->moments[f].m2;
      s->variance += spread / (double)s->n * e->factor[c] * e->factor[c];
    }
  }
  s->variance /= s->width;
}

/* ---- Lloyd ----------------------------------------------------------------------------------- */

static void batch_add(batch_state *s, const kmeans_run *run) {
  const int64_t n = s->k * (s->width + 1);
  for (int64_t i = 0; i < n; i++)
    s->sums.total[i] += run->all[i];
}

/* Every centre to the mean of its rows; how far they went, and what that takes off the inertia.
** `moves` 0: only how far and what. */
static void batch_means(batch_state *s, int moves) {
  s->shift = s->gain = 0;
  for (int64_t c = 0; c < s->k; c++) {
    const double rows = s->sums.total[s->k * s->width + c];
    double *centre = s->body->centre + c * s->width, way = 0;
    for (int j = 0; rows > 0 && j < s->width; j++) {
      const double mean = s->sums.total[c * s->width + j] / rows;
      way += (mean - centre[j]) * (mean - centre[j]);
      if (moves) centre[j] = mean;
    }
    s->shift += way;
    s->gain += rows * way;
  }
}

static int64_t batch_empty(const batch_state *s) {
  int64_t empty = 0;
  for (int64_t c = 0; c < s->k; c++)
    empty += !(s->sums.total[s->k * s->width + c] > 0);
  return empty;
}

/* ---- look ------------------------------------------------------------------------------------ */

typedef struct batch_look {
  batch_state *state;
  const mine_batch *rows;
  const int32_t *label;
} batch_look;

/* What is known of a row adds to its cluster.  A task per feature. */
static void batch_look_feature(void *context, int64_t task, int worker) {
  const batch_look *job = context;
  batch_state *s = job->state;
  const mine_encoding *e = &s->body->encoding;
  const int f = (int)task, p = e->n_features;
  const mine_feature_view *view = &job->rows->feature[f];
  (void)worker;
  if (e->first[f] == e->first[f + 1]) return;
  for (int64_t i = 0; i < job->rows->n; i++) {
    const int64_t row = mine_batch_row(job->rows, i), c = job->label[i];
    double *sum = s->sums.known + c * s->width + e->first[f];
    if (view->code ? view->code[row] < 0 : isnan(view->number[row])) continue;
    if (view->code)
      sum[view->code[row]] += 1;
    else
      sum[0] += mine__encode_bend(e, f, view->number[row]) - s->moments[f].mean;
    s->sums.known_rows[c * p + f] += 1;
  }
}

static void batch_far(batch_state *s, const kmeans_run *run) {
  for (int64_t i = 0; i < run->points->n; i++) {
    const int64_t c = run->label[i];
    s->sums.rows[c]++;
    if (!(run->distance[i] > s->sums.far[c])) continue;
    s->sums.far[c] = run->distance[i];
    mine__kmeans_row(run->points, i, s->sums.far_row + c * s->width);
  }
}

static void batch_look_at(mine_env *env, batch_state *s, const mine_batch *rows, kmeans_run *run) {
  batch_look job = {s, rows, run->label};
  mine__kmeans_assign_exact(env, run);
  if (!mine_failed(env)) mine__kmeans_sums(env, run);
  if (mine_failed(env)) return;
  batch_add(s, run);
  batch_far(s, run);
  s->sums.inertia += run->inertia;
  (void)!mine__parallel(env, s->body->encoding.n_features, batch_look_feature, &job);
}

/* Each cluster without rows takes the farthest row that a cluster offers.  How many did. */
static int64_t batch_relocate(batch_state *s) {
  int64_t taken = 0;
  for (int64_t c = 0; c < s->k; c++) {
    int64_t from = 0;
    if (s->sums.rows[c] > 0) continue;
    for (int64_t d = 1; d < s->k; d++)
      if (s->sums.far[d] > s->sums.far[from]) from = d;
    if (!(s->sums.far[from] > 0)) break;
    memcpy(s->body->centre + c * s->width, s->sums.far_row + from * s->width,
           (size_t)s->width * sizeof(double));
    s->sums.far[from] = 0;
    taken++;
  }
  return taken;
}

/* ---- a piece --------------------------------------------------------------------------------- */

static void batch_piece(mine_env *env, void *state, const mine_batch *rows) {
  batch_state *s = state;
  const mine_encoding *e = &s->body->encoding;
  const mine_mark mark = mine__arena_mark(env->scratch);
  kmeans_points points;
  kmeans_run run;
  if (s->pass == BATCH_MEASURE) {
    batch_measure job = {s, rows};
    s->n += rows->n;
    (void)!mine__parallel(env, e->n_features, batch_measure_feature, &job);
    return;
  }
  mine__kmeans_points_encode(env, e, rows, NULL, 1, &points);
  if (!mine_failed(env) && rows->n >= BATCH_SIEVE && s->pass == BATCH_LLOYD)
    mine__kmeans_sieve_open(env, &points);
  if (!mine_failed(env)) mine__kmeans_run_open(env, &points, s->k, &run);
  if (mine_failed(env)) return;
  memcpy(run.centre, s->body->centre, kmeans_centre_bytes(&run));
  if (s->pass == BATCH_LOOK) {
    batch_look_at(env, s, rows, &run);
  } else {
    mine__kmeans_assign(env, &run);
    if (!mine_failed(env)) mine__kmeans_sums(env, &run);
    if (!mine_failed(env)) batch_add(s, &run);
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- the model ------------------------------------------------------------------------------- */

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

static void batch_finish(mine_env *env, batch_state *s) {
  mine_model *model = s->model;
  const mine_mark mark = mine__arena_mark(env->scratch);
  batch_means(s, 0);
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

static void batch_too_few(mine_env *env, const batch_state *s, int64_t empty) {
  mine__fail(env, MINE_DATA,
             "k=%lld clusters need as many different rows, but only %lld of the %lld rows "
             "differ; use k=%lld or fewer",
             (long long)s->k, (long long)(s->k - empty), (long long)s->n,
             (long long)(s->k - empty));
}

/* All rows have been looked at.  1: clusters had none, and begin again. */
static int batch_again(mine_env *env, batch_state *s) {
  const int64_t empty = batch_empty(s);
  if (empty == 0 || s->relocated == BATCH_RELOCATIONS) return 0;
  s->relocated++;
  if (batch_relocate(s) == 0) batch_too_few(env, s, empty);
  return !mine_failed(env);
}

/* A pass is over.  1: another is wanted. */
static int batch_end(mine_env *env, void *state) {
  batch_state *s = state;
  if (s->pass == BATCH_MEASURE) {
    batch_rescale(env, s);
    batch_move_in(s);
    batch_variance(s);
    s->pass = BATCH_LLOYD;
  } else if (s->pass == BATCH_LLOYD) {
    const int64_t empty = batch_empty(s);
    batch_means(s, 1);
    s->lloyds++;
    s->settled = empty == 0 && s->shift <= s->options->tol * s->variance;
    if (s->settled || empty > 0 || s->lloyds >= s->options->max_iter) s->pass = BATCH_LOOK;
  } else if (batch_again(env, s)) {
    s->pass = BATCH_LLOYD;
  } else {
    if (!mine_failed(env)) batch_finish(env, s);
    return 0;
  }
  batch_clear(s);
  return !mine_failed(env);
}

const mine_passes mine__kmeans_passes = {
    .wanted = batch_wanted,
    .sample = batch_sample,
    .open = batch_open,
    .piece = batch_piece,
    .end = batch_end,
};
