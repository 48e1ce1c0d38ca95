/*
** kmeans_sieve.c -- the assignment step in single precision, certified.
**
** A float copy of the rows goes through kernel/sieve.h.  A row's nearest centre is
** taken from there only when the gap to the second exceeds what rounding can
** have done to both; the other rows (one in thousands) are measured exactly.
** So the labels are those of the exact assignment, on every processor, at a
** sixth of the time and half of the memory traffic.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "kmeans_private.h"

#define SIEVE_TASK 4096 /* rows, at most; a multiple of MINE__SIEVE_ROWS */
#define SIEVE_ROWS MINE__SIEVE_ROWS

/* ---- packing ------------------------------------------------------------------ */

/* Task = chunk of rows. */
static void sieve_pack(void *context, int64_t task, int worker) {
  const kmeans_points *points = context;
  const int64_t first = task * KMEANS_CHUNK, left = points->n - first;
  const int64_t count = left < KMEANS_CHUNK ? left : KMEANS_CHUNK;
  mine__sieve_pack(&points->sieve, first, mine__kmeans_rows(points, first, NULL, count, worker),
                   count);
}

mine_status mine__kmeans_sieve_open(mine_env *env, kmeans_points *points) {
  mine__sieve_open(env, env->scratch, points->n, points->width, points->mean, points->reach,
                   &points->sieve);
  if (mine_failed(env) || points->sieve.factor == 0) return env->status;
  return mine__parallel(env, MINE_BLOCKS(points->n, KMEANS_CHUNK), sieve_pack, points);
}

/* ---- assigning -------------------------------------------------------------------- */

typedef struct sieve_job {
  kmeans_run *run;
  int64_t rows, count;  /* per task; centres, padded                */
  float *centre, *half; /* as the sieve sees them                   */
  double most;          /* the length of the longest                */
} sieve_job;

static void sieve_exact(const kmeans_run *run, int64_t first, int worker) {
  const kmeans_points *points = run->points;
  const int64_t left = points->n - first;
  double best[MINE_LANES], second[MINE_LANES];
  int32_t nearest[MINE_LANES];
  mine__distance_nearest(mine__kmeans_panel(points, first, worker), points->width, run->centre,
                         run->k, best, second, nearest);
  memcpy(run->label + first, nearest,
         (size_t)(left < MINE_LANES ? left : MINE_LANES) * sizeof *nearest);
}

/* The nearest centres of panel p; which of its groups of MINE_LANES rows hold a row that
** is not certain, as bits. */
static unsigned sieve_panel(const sieve_job *job, int64_t p) {
  const mine__sieve *sieve = &job->run->points->sieve;
  const double gap = mine__sieve_gap(sieve, p, job->most);
  const int64_t left = sieve->n - p * SIEVE_ROWS;
  float best[SIEVE_ROWS], second[SIEVE_ROWS];
  int32_t nearest[SIEVE_ROWS];
  unsigned doubt = 0;
  mine__sieve_nearest(sieve, p, job->centre, job->half, job->count, best, second, nearest);
  memcpy(job->run->label + p * SIEVE_ROWS, nearest,
         (size_t)(left < SIEVE_ROWS ? left : SIEVE_ROWS) * sizeof *nearest);
  for (int g = 0; g < SIEVE_ROWS / MINE_LANES; g++) {
    unsigned certain = 1;
    for (int l = g * MINE_LANES; l < (g + 1) * MINE_LANES; l++)
      certain &= (double)second[l] - (double)best[l] > gap;
    doubt |= (certain ^ 1u) << g;
  }
  return doubt;
}

static void sieve_assign(void *context, int64_t task, int worker) {
  const sieve_job *job = context;
  const kmeans_points *points = job->run->points;
  const int64_t end = (task + 1) * job->rows, last = end < points->n ? end : points->n;
  for (int64_t i = task * job->rows; i < last; i += SIEVE_ROWS) {
    unsigned doubt = sieve_panel(job, i / SIEVE_ROWS);
    for (int64_t at = i; doubt && at < last; at += MINE_LANES, doubt >>= 1) {
      if (doubt & 1) sieve_exact(job->run, at, worker);
    }
  }
}

/* The centres as the sieve sees them, and the length of the longest. */
static void sieve_centres(sieve_job *job) {
  const kmeans_run *run = job->run;
  const mine__sieve *sieve = &run->points->sieve;
  const int64_t width = run->points->width;
  for (int64_t c = 0; c < job->count; c++) {
    float *to = job->centre + c * width;
    job->half[c] = FLT_MAX;
    if (c < run->k) {
      const double length = mine__sieve_point(sieve, run->centre + c * width, to);
      job->half[c] = (float)(length * length / 2);
      job->most = fmax(job->most, length);
    } else {
      memset(to, 0, (size_t)width * sizeof *to);
    }
  }
}

mine_status mine__kmeans_sieve_assign(mine_env *env, kmeans_run *run) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t count = MINE_BLOCKS(run->k, MINE__SIEVE_POINTS) * MINE__SIEVE_POINTS;
  const double each = (double)count * run->points->width + 1, rows = 4e6 / each;
  sieve_job job = {.run = run, .count = count};
  mine_status status;
  job.rows =
      rows > SIEVE_TASK ? SIEVE_TASK : MINE_BLOCKS((int64_t)rows + 1, SIEVE_ROWS) * SIEVE_ROWS;
  job.centre =
      mine__arena_array(env->scratch, (size_t)count, (size_t)run->points->width * sizeof(float));
  job.half = mine__arena_array(env->scratch, (size_t)count, sizeof(float));
  status = mine_env_status(env);
  if (status == MINE_OK) {
    sieve_centres(&job);
    status = job.most < MINE__SIEVE_FAR
                 ? mine__parallel(env, MINE_BLOCKS(run->points->n, job.rows), sieve_assign, &job)
                 : mine__kmeans_assign_exact(env, run);
  }
  mine__arena_rewind(env->scratch, mark);
  return status;
}
