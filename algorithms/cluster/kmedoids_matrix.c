/*
** kmedoids_matrix.c -- the distances of all pairs, and silhouettes by them.
**
** A task compares a tile of rows (kernel/tile.h) with a stretch of later rows, some at a time, and
** writes each distance to both its places; no other task writes there.  Each distance is the sum
** over dimensions in order, rounded once to a float: no order of threads shows.
*/
#include <math.h>
#include <string.h>

#include "../kernel/distance.h"
#include "../kernel/tile.h"
#include "kmedoids_private.h"

#define MATRIX_STRETCH 1024    /* rows that a tile meets in a task */
#define MATRIX_FEW     16      /* of them at a time                */
#define MATRIX_LEAST   (-1000) /* the unit is at least 2 to that */
#define MATRIX_PANELS  (MINE_TILE_ROWS / MINE_LANES)

typedef struct matrix_job {
  mine_nearest base;
  const uint8_t *zero; /* cosine: rows of zeros; else NULL */
  double factor;
  int64_t stretches;
  double *panel; /* per worker: a tile */
  float *out;    /* n x n              */
} matrix_job;

/* What is compared of rows first.. (count of them, at most MATRIX_FEW) and the tile's: that of
** row q and the tile's row p * MINE_LANES + l is at [(p * MATRIX_FEW + q) * MINE_LANES + l]. */
static void matrix_compare(const matrix_job *job, const double *panel, int64_t first, int64_t count,
                           double *compared) {
  const int64_t width = job->base.width;
  const double *point = job->base.row + first * width;
  if (job->base.space == MINE_SPACE_EUCLIDEAN || job->base.space == MINE_SPACE_COSINE) {
    for (int64_t p = 0; p < MATRIX_PANELS; p++)
      mine__distance_panel(panel + p * width * MINE_LANES, job->base.width, point, count,
                           compared + p * MATRIX_FEW * MINE_LANES);
    return;
  }
  for (int64_t q = 0; q < count; q++) {
    double of[MINE_TILE_ROWS];
    mine__tile_distances(&job->base, panel, point + q * width, of);
    for (int64_t p = 0; p < MATRIX_PANELS; p++)
      memcpy(compared + (p * MATRIX_FEW + q) * MINE_LANES, of + p * MINE_LANES,
             MINE_LANES * sizeof(double));
  }
}

/* What was compared of row q and a panel's becomes distances in units of the matrix.  A loop for
** each metric: there are as many of these as pairs of rows. */
static void matrix_convert(const matrix_job *job, int64_t row, int64_t panel_first,
                           const double *compared, float *out) {
  const double factor = job->factor;
  if (job->base.space == MINE_SPACE_EUCLIDEAN) {
    for (int l = 0; l < MINE_LANES; l++)
      out[l] = (float)(sqrt(compared[l]) * factor);
  } else if (job->base.space == MINE_SPACE_MANHATTAN) {
    for (int l = 0; l < MINE_LANES; l++)
      out[l] = (float)(compared[l] * factor);
  } else {
    for (int64_t l = 0; l < MINE_LANES; l++) {
      const int there = job->zero && panel_first + l < job->base.n;
      const int zeros = there ? job->zero[row] + job->zero[panel_first + l] : 0;
      out[l] = (float)(mine__medoids_distance(job->base.space, compared[l], zeros) * factor);
    }
  }
}

/* Both places of the distances of rows first.. and tile t's. */
static void matrix_write(const matrix_job *job, int64_t t, int64_t first, int64_t count,
                         const double *compared) {
  const int64_t n = job->base.n, from = t * MINE_TILE_ROWS;
  const int64_t rows = n - from < MINE_TILE_ROWS ? n - from : MINE_TILE_ROWS;
  float tile[MATRIX_FEW][MINE_TILE_ROWS], side[MATRIX_FEW];
  for (int64_t q = 0; q < count; q++) {
    const int64_t own = first + q - from;
    for (int64_t p = 0; p < MATRIX_PANELS; p++)
      matrix_convert(job, first + q, from + p * MINE_LANES,
                     compared + (p * MATRIX_FEW + q) * MINE_LANES, tile[q] + p * MINE_LANES);
    if (own >= 0 && own < rows) tile[q][own] = 0;
    memcpy(job->out + (first + q) * n + from, tile[q], (size_t)rows * sizeof(float));
  }
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t q = 0; q < count; q++)
      side[q] = tile[q][r];
    memcpy(job->out + (from + r) * n + first, side, (size_t)count * sizeof(float));
  }
}

static void matrix_task(void *context, int64_t task, int worker) {
  const matrix_job *job = context;
  const int64_t t = task / job->stretches, n = job->base.n, from = t * MINE_TILE_ROWS;
  int64_t first = task % job->stretches * MATRIX_STRETCH;
  const int64_t end = n - first < MATRIX_STRETCH ? n : first + MATRIX_STRETCH;
  double *panel = job->panel + (int64_t)worker * MINE_TILE_ROWS * job->base.width;
  double compared[MATRIX_PANELS * MATRIX_FEW * MINE_LANES];
  if (first < from) first = from;
  if (first >= end) return; /* earlier rows meet the tile in their own tasks */
  mine__tile_pack(&job->base, t, panel);
  for (int64_t i = first; i < end; i += MATRIX_FEW) {
    const int64_t count = end - i < MATRIX_FEW ? end - i : MATRIX_FEW;
    matrix_compare(job, panel, i, count, compared);
    matrix_write(job, t, i, count, compared);
  }
}

/* A power of two that no distance reaches. */
static double matrix_unit(mine_env *env, const mine_nearest *base) {
  const int64_t width = base->width;
  double widest = 0;
  int exponent;
  if (base->space == MINE_SPACE_GOWER) return 2;
  if (base->space == MINE_SPACE_COSINE) return 4;
  for (int64_t j = 0; j < width; j++) {
    double least = INFINITY, most = -INFINITY;
    if (mine__poll(env)) return 1;
    for (int64_t i = 0; i < base->n; i++) {
      least = fmin(least, base->row[i * width + j]);
      most = fmax(most, base->row[i * width + j]);
    }
    widest = fmax(widest, most - least);
  }
  if (!(widest > 0)) return 1;
  (void)frexp(widest * (double)width, &exponent);
  return ldexp(1, exponent < MATRIX_LEAST ? MATRIX_LEAST : exponent + 1);
}

void mine__kmedoids_measure(mine_env *env, const mine_neighbours *space, const double *point,
                            int64_t n, const double *weight, kmedoids_matrix *out) {
  matrix_job job = {.base = {.space = space->space,
                             .n = n,
                             .width = space->width,
                             .row = point,
                             .category = space->category},
                    .stretches = MINE_BLOCKS(n, MATRIX_STRETCH)};
  const size_t width = (size_t)space->width;
  *out = (kmedoids_matrix){.n = n, .weight = weight};
  out->distance = mine__arena_array(env->scratch, (size_t)n, (size_t)n * sizeof(float));
  const mine_mark mark = mine__arena_mark(env->scratch);
  job.panel = mine__arena_array(env->scratch, (size_t)env->threads * MINE_TILE_ROWS,
                                width * sizeof(double));
  uint8_t *zero = mine__arena_zeros(env->scratch, (size_t)n, 1);
  if (mine_failed(env)) return;
  for (int64_t i = 0; space->space == MINE_SPACE_COSINE && i < n; i++)
    zero[i] = (uint8_t)mine__medoids_is_zero(point + i * space->width, space->width);
  if (space->space == MINE_SPACE_COSINE) job.zero = zero;
  out->unit = matrix_unit(env, &job.base);
  job.factor = 1 / out->unit;
  job.out = out->distance;
  if (mine_failed(env) ||
      mine__parallel_progress(env, MINE_BLOCKS(n, MINE_TILE_ROWS) * job.stretches, matrix_task,
                              &job, "measuring distances", 0, 0.5))
    return;
  mine__arena_rewind(env->scratch, mark);
}

/* ---- silhouettes ------------------------------------------------------------------------ */

#define MATRIX_ROWS 16 /* whose silhouettes are a task */

typedef struct matrix_silhouette_job {
  const kmedoids_matrix *matrix;
  const int32_t *cluster;
  int64_t k;
  const int64_t *rows; /* of each cluster     */
  double *sum;         /* per worker: k       */
  double *partial;     /* per task            */
} matrix_silhouette_job;

static double matrix_silhouette_of(const matrix_silhouette_job *job, int64_t row, double *sum) {
  const float *d = kmedoids_from(job->matrix, row);
  const int64_t own = job->cluster[row];
  double other = INFINITY;
  if (job->rows[own] < 2) return 0;
  memset(sum, 0, (size_t)job->k * sizeof *sum);
  for (int64_t i = 0; i < job->matrix->n; i++)
    sum[job->cluster[i]] += (double)d[i];
  for (int64_t c = 0; c < job->k; c++)
    if (c != own && job->rows[c] > 0) other = fmin(other, sum[c] / (double)job->rows[c]);
  const double mates = sum[own] / (double)(job->rows[own] - 1);
  return mates == other || isinf(other) ? 0 : (other - mates) / fmax(mates, other);
}

static void matrix_silhouette_task(void *context, int64_t task, int worker) {
  const matrix_silhouette_job *job = context;
  const int64_t first = task * MATRIX_ROWS;
  job->partial[task] = 0;
  for (int64_t i = first; i < first + MATRIX_ROWS && i < job->matrix->n; i++)
    job->partial[task] += matrix_silhouette_of(job, i, job->sum + worker * job->k);
}

double mine__kmedoids_silhouette(mine_env *env, const kmedoids_matrix *matrix,
                                 const int32_t *cluster, int64_t k) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t tasks = MINE_BLOCKS(matrix->n, MATRIX_ROWS);
  matrix_silhouette_job job = {.matrix = matrix, .cluster = cluster, .k = k};
  int64_t *rows = mine__arena_zeros(env->scratch, (size_t)k, sizeof *rows), used = 0;
  double mean = NAN;
  job.rows = rows;
  job.sum = mine__arena_array(env->scratch, (size_t)env->threads * (size_t)k, sizeof(double));
  job.partial = mine__arena_array(env->scratch, (size_t)tasks, sizeof(double));
  for (int64_t i = 0; !mine_failed(env) && i < matrix->n; i++)
    used += rows[cluster[i]]++ == 0;
  if (!mine_failed(env) && used > 1 && used < matrix->n) {
    double sum = NAN;
    if (mine__parallel(env, tasks, matrix_silhouette_task, &job) ||
        mine__sum_blocks(env, job.partial, tasks, 1, &sum))
      return NAN;
    mean = sum / (double)matrix->n;
  }
  mine__arena_rewind(env->scratch, mark);
  return mean;
}
