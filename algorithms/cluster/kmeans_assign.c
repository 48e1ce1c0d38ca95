/*
** kmeans_assign.c -- the assignment step: every row to its nearest centre.
**
** Exactly, by the distances of kernel/distance.h, which also score: rows scored later
** get the very clusters and distances of training.  Equal distances go to the lower
** number.
**
** In single precision, certified: a float copy of the rows goes through kernel/sieve.h,
** which finds for every row the smallest and the second smallest *bracket*
** |c|^2/2 - x.c, half the squared distance less |x|^2/2, which is the same for all
** centres of a row.  Each bracket may be off by at most e (derived in kernel/sieve.c from
** the lengths of the panel's longest row and of the longest centre).  Where the second
** lies more than the gap (2 e and what the exact distances themselves round) above the
** first, no other centre can be nearer, however the arithmetic rounded: the label is the
** exact one, on every processor.  The other rows (one in thousands; all ties are among
** them) are measured exactly, MINE_LANES at a time.  A sixth of the time and half of the
** memory traffic.
*/
#include <float.h>
#include <math.h>
#include <string.h>

#include "kmeans_private.h"

#define ASSIGN_WORK  (1 << 20) /* row x centre x column per exact task: a millisecond or so */
#define ASSIGN_SIEVE 4096      /* rows per task of the sieve, at most; a multiple of its panels */

/* Rows per task follow from the shape of the data only, never from the threads. */
typedef struct assign_job {
  kmeans_run *run;
  int64_t rows;    /* per task                                                        */
  int64_t count;   /* centres in the sieve: k, and padding that no row is near        */
  float *centre;   /* count x width: centres as the sieve sees them                   */
  float *half;     /* count: |c|^2/2; FLT_MAX for the padding                         */
  double farthest; /* length of the longest centre there                              */
} assign_job;

/* ---- exactly ----------------------------------------------------------------------- */

/* The nearest centres of rows first.. (at most MINE_LANES); returns how many rows. */
static size_t assign_lanes(const kmeans_run *run, int64_t first, int worker, double *distance) {
  const kmeans_points *points = run->points;
  const int64_t left = points->n - first;
  const size_t lanes = (size_t)(left < MINE_LANES ? left : MINE_LANES);
  double second[MINE_LANES];
  int32_t nearest[MINE_LANES];
  mine__distance_nearest(mine__kmeans_panel(points, first, worker), points->width, run->centre,
                         run->k, distance, second, nearest);
  memcpy(run->label + first, nearest, lanes * sizeof *nearest);
  return lanes;
}

static void assign_exact_task(void *context, int64_t task, int worker) {
  const assign_job *job = context;
  const kmeans_run *run = job->run;
  const int64_t end = (task + 1) * job->rows, last = end < run->points->n ? end : run->points->n;
  for (int64_t i = task * job->rows; i < last; i += MINE_LANES) {
    double distance[MINE_LANES];
    const size_t lanes = assign_lanes(run, i, worker, distance);
    memcpy(run->distance + i, distance, lanes * sizeof *distance);
  }
}

static void assign_score_task(void *context, int64_t block, int worker) {
  const kmeans_run *run = context;
  const int64_t last = mine__block_first(run->points->n, run->blocks, block + 1);
  double sum = 0;
  for (int64_t i = mine__block_first(run->points->n, run->blocks, block); i < last; i++)
    sum += kmeans_weight(run->points, i) * run->distance[i];
  run->scores[block] = sum;
  (void)worker;
}

void mine__kmeans_assign_exact(mine_env *env, kmeans_run *run) {
  const double rows = ASSIGN_WORK / ((double)run->k * run->points->width + 1);
  const int64_t panels = rows > 8192 ? 1024 : (int64_t)(rows / MINE_LANES);
  assign_job job = {.run = run, .rows = (panels > 0 ? panels : 1) * MINE_LANES};
  if (mine__parallel(env, MINE_BLOCKS(run->points->n, job.rows), assign_exact_task, &job)) return;
  if (mine__parallel(env, run->blocks, assign_score_task, run)) return;
  if (mine__sum_blocks(env, run->scores, run->blocks, 1, &run->inertia)) return;
}

/* ---- through the sieve --------------------------------------------------------------- */

static void assign_pack_task(void *context, int64_t task, int worker) {
  const kmeans_points *points = context;
  const int64_t first = task * KMEANS_CHUNK, left = points->n - first;
  const int64_t count = left < KMEANS_CHUNK ? left : KMEANS_CHUNK;
  mine__sieve_pack(&points->sieve, first, mine__kmeans_rows(points, first, NULL, count, worker),
                   count);
}

void mine__kmeans_sieve_open(mine_env *env, kmeans_points *points) {
  mine__sieve_open(env, env->scratch, points->n, points->width, points->mean, points->reach,
                   &points->sieve);
  if (mine_failed(env) || points->sieve.factor == 0) return;
  if (mine__parallel(env, MINE_BLOCKS(points->n, KMEANS_CHUNK), assign_pack_task, points)) return;
}

/* The nearest centres of panel p of the sieve; which of its groups of MINE_LANES rows hold a
** row that is not certain, as bits. */
static unsigned assign_sieve_panel(const assign_job *job, int64_t p) {
  enum { ROWS = MINE__SIEVE_ROWS };
  const mine__sieve *sieve = &job->run->points->sieve;
  const double gap = mine__sieve_gap(sieve, p, job->farthest);
  const int64_t left = sieve->n - p * ROWS;
  float best[ROWS], second[ROWS];
  int32_t nearest[ROWS];
  unsigned doubt = 0;
  mine__sieve_nearest(sieve, p, job->centre, job->half, job->count, best, second, nearest);
  memcpy(job->run->label + p * ROWS, nearest,
         (size_t)(left < ROWS ? left : ROWS) * sizeof *nearest);
  for (int g = 0; g < ROWS / MINE_LANES; g++) {
    unsigned certain = 1;
    for (int l = g * MINE_LANES; l < (g + 1) * MINE_LANES; l++)
      certain &= (double)second[l] - (double)best[l] > gap;
    doubt |= (certain ^ 1u) << g;
  }
  return doubt;
}

static void assign_sieve_task(void *context, int64_t task, int worker) {
  const assign_job *job = context;
  const int64_t n = job->run->points->n;
  const int64_t end = (task + 1) * job->rows, last = end < n ? end : n;
  for (int64_t i = task * job->rows; i < last; i += MINE__SIEVE_ROWS) {
    unsigned doubt = assign_sieve_panel(job, i / MINE__SIEVE_ROWS);
    for (int64_t at = i; doubt && at < last; at += MINE_LANES, doubt >>= 1) {
      double distance[MINE_LANES]; /* to the centres of now: not kept, the labels move on */
      if (doubt & 1) assign_lanes(job->run, at, worker, distance);
    }
  }
}

/* The centres as the sieve sees them, and the length of the longest. */
static void assign_sieve_centres(assign_job *job) {
  const kmeans_run *run = job->run;
  const int64_t width = run->points->width;
  for (int64_t c = 0; c < run->k; c++) {
    const double length =
        mine__sieve_point(&run->points->sieve, run->centre + c * width, job->centre + c * width);
    job->half[c] = (float)(length * length / 2);
    job->farthest = fmax(job->farthest, length);
  }
  for (int64_t c = run->k; c < job->count; c++)
    job->half[c] = FLT_MAX;
}

void mine__kmeans_assign(mine_env *env, kmeans_run *run) {
  const kmeans_points *points = run->points;
  const mine_mark mark = mine__arena_mark(env->scratch);
  assign_job job = {.run = run,
                    .count = MINE_BLOCKS(run->k, MINE__SIEVE_POINTS) * MINE__SIEVE_POINTS};
  const double rows = 4e6 / ((double)job.count * points->width + 1);
  if (points->sieve.factor == 0) {
    mine__kmeans_assign_exact(env, run);
    return;
  }
  job.rows = rows > ASSIGN_SIEVE
                 ? ASSIGN_SIEVE
                 : MINE_BLOCKS((int64_t)rows + 1, MINE__SIEVE_ROWS) * MINE__SIEVE_ROWS;
  job.centre =
      mine__arena_zeros(env->scratch, (size_t)job.count, (size_t)points->width * sizeof(float));
  job.half = mine__arena_array(env->scratch, (size_t)job.count, sizeof(float));
  if (mine_failed(env)) return;
  assign_sieve_centres(&job);
  if (!(job.farthest < MINE__SIEVE_FAR)) { /* beyond, the bound does not hold */
    mine__kmeans_assign_exact(env, run);
  } else if (mine__parallel(env, MINE_BLOCKS(points->n, job.rows), assign_sieve_task, &job)) {
    return;
  }
  mine__arena_rewind(env->scratch, mark);
}
