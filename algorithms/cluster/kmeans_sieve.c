/*
** kmeans_sieve.c -- the assignment step in single precision, certified.
**
** A float copy of the rows, shifted to their mean and scaled so that no
** coordinate exceeds 1, goes through kernel/sieve.h.  A row's nearest centre is
** taken from there only when the gap to the second exceeds what rounding can
** have done to both; the other rows (one in thousands) are measured exactly.
** So the labels are those of the exact assignment, on every processor, at a
** sixth of the time and half of the memory traffic.
**
** The bound.  With u = 2^-24, x and c rounded to float and a sum of d products
** in any order of rounding, the bracket s = |c|^2/2 - x.c is off by at most
** (2d + 8) u (|x||c| + |c|^2/2) (Higham, "Accuracy and stability of numerical
** algorithms", 2002, section 3.1, with room to spare); the exact kernel's own
** rounding is covered by (d + 8) 2^-50 (|x| + |c|)^2, underflow by a constant.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "../kernel/sieve.h"
#include "kmeans_private.h"

#define SIEVE_TASK  4096 /* rows, at most; a multiple of MINE_SIEVE_LANES */
#define SIEVE_LANES MINE_SIEVE_LANES

struct kmeans_sieve {
  float *panel; /* rows in panels of SIEVE_LANES    */
  float *norm;  /* per row, padded: |x|, rounded up */
  double scale; /* a power of two                   */
};

/* ---- packing ------------------------------------------------------------------ */

static void sieve_pack_row(const kmeans_points *points, int64_t i, const double *x) {
  const struct kmeans_sieve *sieve = points->sieve;
  const int64_t width = points->width;
  float *to = sieve->panel + (i - i % SIEVE_LANES) * width + i % SIEVE_LANES;
  double norm = 0;
  for (int64_t j = 0; j < width; j++) {
    const double v = (x[j] - points->mean[j]) * sieve->scale;
    to[j * SIEVE_LANES] = (float)v;
    norm += v * v;
  }
  sieve->norm[i] = (float)(sqrt(norm) * (1 + 1e-6));
}

/* Task = chunk of rows.  What fills the last panel repeats the last row. */
static void sieve_pack(void *context, int64_t task, int worker) {
  const kmeans_points *points = context;
  const int64_t width = points->width, first = task * KMEANS_CHUNK, left = points->n - first;
  const int64_t count = left < KMEANS_CHUNK ? left : KMEANS_CHUNK;
  const double *rows = kmeans_rows(points, first, NULL, count, worker);
  for (int64_t i = 0; i < count; i++)
    sieve_pack_row(points, first + i, rows + i * width);
  for (int64_t i = count; (first + i) % SIEVE_LANES != 0; i++)
    sieve_pack_row(points, first + i, rows + (count - 1) * width);
}

mine_status kmeans_sieve_open(mine_env *env, kmeans_points *points) {
  struct kmeans_sieve *sieve = mine_arena_zeros(env->scratch, 1, sizeof *sieve);
  const size_t width = (size_t)points->width;
  const int64_t padded = MINE_BLOCKS(points->n, SIEVE_LANES) * SIEVE_LANES;
  points->sieve = NULL;
  if (!sieve) return mine_env_status(env);
  if (!(points->reach > 1e-300 && points->reach < 1e300)) return MINE_OK; /* equal rows */
  sieve->panel = mine_arena_array(env->scratch, (size_t)padded, width * sizeof(float));
  sieve->norm = mine_arena_array(env->scratch, (size_t)padded, sizeof(float));
  sieve->scale = ldexp(1, -(int)ceil(log2(points->reach)));
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  points->sieve = sieve;
  return mine_parallel(env, MINE_BLOCKS(points->n, KMEANS_CHUNK), sieve_pack, points);
}

/* ---- assigning -------------------------------------------------------------------- */

typedef struct sieve_job {
  kmeans_run *run;
  int64_t rows, count;      /* per task; centres, padded  */
  float *centre, *half;     /* shifted and scaled         */
  double flat, steep, bend; /* the gap that certifies: flat + steep |x| + bend |x|^2 */
} sieve_job;

static void sieve_exact(const kmeans_run *run, int64_t first, int worker) {
  const kmeans_points *points = run->points;
  const int64_t left = points->n - first;
  double best[MINE_LANES], second[MINE_LANES];
  int32_t nearest[MINE_LANES];
  mine_distance_nearest(kmeans_panel(points, first, worker), points->width, run->centre, run->k,
                        best, second, nearest);
  memcpy(run->label + first, nearest,
         (size_t)(left < MINE_LANES ? left : MINE_LANES) * sizeof *nearest);
}

/* Take the labels of one panel; which of its groups of MINE_LANES rows hold a
** row that is not certain, as bits. */
static unsigned sieve_judge(const sieve_job *job, int64_t first, const float *best,
                            const float *second, const int32_t *nearest) {
  const int64_t n = job->run->points->n, left = n - first;
  const float *norm = job->run->points->sieve->norm + first;
  unsigned doubt = 0;
  memcpy(job->run->label + first, nearest,
         (size_t)(left < SIEVE_LANES ? left : SIEVE_LANES) * sizeof *nearest);
  for (int g = 0; g < SIEVE_LANES / MINE_LANES; g++) {
    unsigned certain = 1;
    for (int l = g * MINE_LANES; l < (g + 1) * MINE_LANES; l++) {
      const double x = norm[l], gap = (double)second[l] - (double)best[l];
      certain &= gap > job->flat + x * (job->steep + x * job->bend);
    }
    doubt |= (certain ^ 1u) << g;
  }
  return doubt;
}

static void sieve_assign(void *context, int64_t task, int worker) {
  const sieve_job *job = context;
  const kmeans_points *points = job->run->points;
  const int64_t end = (task + 1) * job->rows, last = end < points->n ? end : points->n;
  for (int64_t i = task * job->rows; i < last; i += SIEVE_LANES) {
    float best[SIEVE_LANES], second[SIEVE_LANES];
    int32_t nearest[SIEVE_LANES];
    unsigned doubt;
    mine_sieve_nearest(points->sieve->panel + i * points->width, points->width, job->centre,
                       job->half, job->count, best, second, nearest);
    doubt = sieve_judge(job, i, best, second, nearest);
    for (int64_t g = 0; doubt; g++, doubt >>= 1) {
      if ((doubt & 1) && i + g * MINE_LANES < last)
        sieve_exact(job->run, i + g * MINE_LANES, worker);
    }
  }
}

/* The centres as the sieve sees them, and the gap that certifies a label. */
static void sieve_centres(sieve_job *job) {
  const kmeans_run *run = job->run;
  const struct kmeans_sieve *sieve = run->points->sieve;
  const int64_t width = run->points->width;
  const double d = (double)width, u = ldexp(1, -24), v = ldexp(1, -50);
  double most = 0;
  for (int64_t c = 0; c < job->count; c++) {
    double norm = 0;
    for (int64_t j = 0; j < width; j++) {
      const double t =
          c < run->k ? (run->centre[c * width + j] - run->points->mean[j]) * sieve->scale : 0;
      job->centre[c * width + j] = (float)t;
      norm += t * t;
    }
    job->half[c] = c < run->k ? (float)(norm / 2) : FLT_MAX;
    most = fmax(most, norm);
  }
  most = sqrt(most);
  /* Twice the bound: for best and for second; a little more for our own sums. */
  job->flat = 2.1 * ((2 * d + 8) * u * most * most / 2 + (d + 8) * v * most * most) + 1e-30;
  job->steep = 2.1 * ((2 * d + 8) * u * most + 2 * (d + 8) * v * most);
  job->bend = 2.1 * (d + 8) * v;
}

mine_status kmeans_sieve_assign(mine_env *env, kmeans_run *run) {
  const mine_mark mark = mine_arena_mark(env->scratch);
  const int64_t count = MINE_BLOCKS(run->k, MINE_SIEVE_POINTS) * MINE_SIEVE_POINTS;
  const double each = (double)count * run->points->width + 1, rows = 4e6 / each;
  sieve_job job = {.run = run, .count = count};
  mine_status status;
  job.rows =
      rows > SIEVE_TASK ? SIEVE_TASK : MINE_BLOCKS((int64_t)rows + 1, SIEVE_LANES) * SIEVE_LANES;
  job.centre =
      mine_arena_array(env->scratch, (size_t)count, (size_t)run->points->width * sizeof(float));
  job.half = mine_arena_array(env->scratch, (size_t)count, sizeof(float));
  status = mine_env_status(env);
  if (status == MINE_OK) {
    sieve_centres(&job);
    status = mine_parallel(env, MINE_BLOCKS(run->points->n, job.rows), sieve_assign, &job);
  }
  mine_arena_rewind(env->scratch, mark);
  return status;
}
