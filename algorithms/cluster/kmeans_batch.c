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

#include "kmeans_batch.h"

#define BATCH_SIEVE       4096  /* fewer rows are assigned exactly straight away */
#define BATCH_SAMPLE      65536 /* rows to start from, and BATCH_EACH per cluster */
#define BATCH_EACH        64
#define BATCH_RELOCATIONS 10

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

/* ---- from pass to pass ------------------------------------------------------------------- */

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
    batch_means(s, 0);
    if (!mine_failed(env)) mine__kmeans_batch_model(env, s);
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
