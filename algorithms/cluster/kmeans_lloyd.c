/*
** mine__kmeans_lloyd.c -- assign every row to its nearest centre, move the centres to
** the means, repeat (Lloyd, "Least squares quantization in PCM", IEEE
** Transactions on Information Theory 28, 1982).
**
** The sums behind the means are kept from one iteration to the next: only rows
** that changed cluster are taken from one sum and added to the other.  They are
** held per block of rows and reduced in block order, so neither the number of
** threads nor their timing shows in the bits.  The blocks are few (at most
** KMEANS_BLOCKS, fewer when k is large) so that the sums never outweigh the rows.
**
** The last assignment is always the exact one of kernel/distance.h, which also
** scores: rows scored later get the very clusters and distances of training.
*/
#include <math.h>
#include <string.h>

#include "kmeans_private.h"

#define LLOYD_TASK_WORK (1 << 20) /* row x centre x dimension per task: a millisecond or so */
#define LLOYD_REPAIRS   10

/* Rows per assignment task: depends on the shape of the data only. */
static int64_t lloyd_task_rows(const kmeans_run *run) {
  const double each = (double)run->k * run->points->width + 1;
  const double rows = LLOYD_TASK_WORK / each;
  const int64_t panels = rows > 8192 ? 1024 : (int64_t)(rows / MINE_LANES);
  return (panels > 0 ? panels : 1) * MINE_LANES;
}

mine_status mine__kmeans_run_open(mine_env *env, const kmeans_points *points, int64_t k,
                                  kmeans_run *run) {
  const size_t n = (size_t)points->n, width = (size_t)points->width, clusters = (size_t)k;
  size_t blocks;
  memset(run, 0, sizeof *run);
  run->points = points;
  run->k = k;
  run->blocks = points->n / (2 * k) < KMEANS_BLOCKS ? points->n / (2 * k) : KMEANS_BLOCKS;
  if (run->blocks > MINE_BLOCKS(points->n, 512)) run->blocks = MINE_BLOCKS(points->n, 512);
  if (run->blocks < 1) run->blocks = 1;
  blocks = (size_t)run->blocks;
  run->centre = mine__arena_array(env->scratch, clusters, width * sizeof(double));
  run->label = mine__arena_zeros(env->scratch, n, sizeof *run->label);
  run->before = mine__arena_zeros(env->scratch, n, sizeof *run->before);
  run->distance = mine__arena_array(env->scratch, n, sizeof(double));
  run->sum = mine__arena_array(env->scratch, blocks * clusters, width * sizeof(double));
  run->mass = mine__arena_array(env->scratch, blocks * clusters, sizeof(double));
  run->total = mine__arena_array(env->scratch, clusters, sizeof(double));
  run->partial = mine__arena_array(env->scratch, blocks, sizeof(double));
  run->moved = mine__arena_array(env->scratch, blocks, sizeof *run->moved);
  return mine_env_status(env);
}

/* ---- assignment ------------------------------------------------------------ */

typedef struct lloyd_assign_job {
  kmeans_run *run;
  int64_t rows;
} lloyd_assign_job;

static void lloyd_assign(void *context, int64_t task, int worker) {
  const lloyd_assign_job *job = context;
  kmeans_run *run = job->run;
  const kmeans_points *points = run->points;
  const int64_t end = (task + 1) * job->rows, last = end < points->n ? end : points->n;
  for (int64_t i = task * job->rows; i < last; i += MINE_LANES) {
    const size_t lanes = (size_t)(last - i < MINE_LANES ? last - i : MINE_LANES);
    double best[MINE_LANES], second[MINE_LANES];
    int32_t nearest[MINE_LANES];
    mine__distance_nearest(mine__kmeans_panel(points, i, worker), points->width, run->centre,
                           run->k, best, second, nearest);
    memcpy(run->label + i, nearest, lanes * sizeof *nearest);
    memcpy(run->distance + i, best, lanes * sizeof *best);
  }
}

static void lloyd_inertia(void *context, int64_t block, int worker) {
  kmeans_run *run = context;
  const int64_t last = kmeans_block_first(run->points, run->blocks, block + 1);
  double sum = 0;
  for (int64_t i = kmeans_block_first(run->points, run->blocks, block); i < last; i++) {
    sum += kmeans_weight(run->points, i) * run->distance[i];
  }
  run->partial[block] = sum;
  (void)worker;
}

mine_status mine__kmeans_assign_exact(mine_env *env, kmeans_run *run) {
  lloyd_assign_job job = {run, lloyd_task_rows(run)};
  mine_status status =
      mine__parallel(env, MINE_BLOCKS(run->points->n, job.rows), lloyd_assign, &job);
  if (status == MINE_OK) status = mine__parallel(env, run->blocks, lloyd_inertia, run);
  if (status != MINE_OK) return status;
  run->inertia = 0;
  for (int64_t b = 0; b < run->blocks; b++)
    run->inertia += run->partial[b];
  return MINE_OK;
}

/* ---- update ------------------------------------------------------------------ */

static void lloyd_add(const kmeans_run *run, int64_t block, const double *x, int32_t cluster,
                      double weight) {
  const int64_t width = run->points->width;
  mine__kernels_here()->add_row(run->sum + (block * run->k + cluster) * width, x, width, weight);
  run->mass[block * run->k + cluster] += weight;
}

/* Rows that changed cluster, out of the old sum and into the new one. */
static void lloyd_move_rows(kmeans_run *run, int64_t block, const int64_t *row, int64_t count,
                            int worker) {
  const double *x = mine__kmeans_rows(run->points, 0, row, count, worker);
  for (int64_t m = 0; m < count; m++, x += run->points->width) {
    const int64_t i = row[m];
    const double weight = kmeans_weight(run->points, i);
    if (run->summed) lloyd_add(run, block, x, run->before[i], -weight);
    lloyd_add(run, block, x, run->label[i], weight);
    run->before[i] = run->label[i];
  }
}

static void lloyd_move(void *context, int64_t block, int worker) {
  kmeans_run *run = context;
  const int64_t first = kmeans_block_first(run->points, run->blocks, block);
  const int64_t last = kmeans_block_first(run->points, run->blocks, block + 1);
  int64_t row[KMEANS_CHUNK], moved = 0, waiting = 0;
  if (!run->summed) {
    const size_t k = (size_t)run->k, width = (size_t)run->points->width;
    memset(run->sum + (size_t)block * k * width, 0, k * width * sizeof(double));
    memset(run->mass + (size_t)block * k, 0, k * sizeof(double));
  }
  for (int64_t i = first; i < last; i++) {
    if (run->summed && run->label[i] == run->before[i]) continue;
    row[waiting++] = i;
    moved++;
    if (waiting < KMEANS_CHUNK) continue;
    lloyd_move_rows(run, block, row, waiting, worker);
    waiting = 0;
  }
  lloyd_move_rows(run, block, row, waiting, worker);
  run->moved[block] = moved;
}

/* Bring the sums up to date with the labels; how many rows changed cluster. */
static mine_status lloyd_sums(mine_env *env, kmeans_run *run, int64_t *moved) {
  const mine_status status = mine__parallel(env, run->blocks, lloyd_move, run);
  *moved = 0;
  for (int64_t b = 0; status == MINE_OK && b < run->blocks; b++)
    *moved += run->moved[b];
  run->summed = 1;
  return status;
}

/* Centres to the means, block sums added in block order.  A cluster without rows
** keeps its centre.  Returns the sum of the squared moves. */
static double lloyd_means(kmeans_run *run, int64_t *empty) {
  const int64_t k = run->k, width = run->points->width;
  double shift = 0;
  *empty = 0;
  for (int64_t c = 0; c < k; c++) {
    double mass = 0;
    for (int64_t b = 0; b < run->blocks; b++)
      mass += run->mass[b * k + c];
    run->total[c] = mass;
    if (!(mass > 0)) (*empty)++;
    for (int64_t j = 0; mass > 0 && j < width; j++) {
      double sum = 0, *at = run->centre + c * width + j;
      for (int64_t b = 0; b < run->blocks; b++)
        sum += run->sum[(b * k + c) * width + j];
      sum /= mass;
      shift += (sum - *at) * (sum - *at);
      *at = sum;
    }
  }
  return shift;
}

/* ---- empty clusters ------------------------------------------------------------- */

/* Which clusters hold rows, exactly (sums of weights taken in and out again may
** leave a crumb). */
static mine_status lloyd_count(mine_env *env, const kmeans_run *run, int64_t *count,
                               int64_t *empty) {
  memset(count, 0, (size_t)run->k * sizeof *count);
  for (int64_t i = 0; i < run->points->n; i++)
    count[run->label[i]]++;
  *empty = 0;
  for (int64_t c = 0; c < run->k; c++)
    *empty += count[c] == 0;
  return mine__poll(env);
}

/* Each empty cluster takes the row that is farthest from every centre, the rows
** taken before it included.  *taken: how many found a row not on a centre. */
static mine_status lloyd_reseed(mine_env *env, kmeans_run *run, const int64_t *count,
                                int64_t *taken) {
  const int64_t n = run->points->n, width = run->points->width;
  double d[MINE_LANES];
  *taken = 0;
  for (int64_t c = 0; c < run->k; c++) {
    double *centre = run->centre + c * width;
    int64_t far = 0;
    const mine_status status = mine__poll(env);
    if (status != MINE_OK) return status;
    if (count[c] > 0) continue;
    for (int64_t i = 1; i < n; i++) {
      if (run->distance[i] > run->distance[far]) far = i;
    }
    if (!(run->distance[far] > 0)) return MINE_OK;
    mine__kmeans_row(run->points, far, centre);
    (*taken)++;
    for (int64_t i = 0; i < n; i++) {
      const int64_t lane = i % MINE_LANES;
      if (lane == 0) {
        mine__distance_panel(mine__kmeans_panel(run->points, i, 0), run->points->width, centre, 1,
                             d);
      }
      if (d[lane] < run->distance[i]) run->distance[i] = d[lane];
    }
  }
  return MINE_OK;
}

/* Fill the empty clusters, if there are any.  Leaves exact labels and distances.
** *distinct falls below k only when there are fewer distinct rows than k. */
static mine_status lloyd_repair(mine_env *env, kmeans_run *run, int64_t *empty, int64_t *distinct) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t *count = mine__arena_array(env->scratch, (size_t)run->k, sizeof *count);
  int64_t taken = 0;
  mine_status status;
  if (!count) return mine_env_status(env);
  status = lloyd_count(env, run, count, empty);
  if (status == MINE_OK && *empty > 0) {
    status = mine__kmeans_assign_exact(env, run);
    if (status == MINE_OK) status = lloyd_count(env, run, count, empty);
    if (status == MINE_OK) status = lloyd_reseed(env, run, count, &taken);
    if (taken < *empty) *distinct = run->k - *empty + taken;
    run->summed = 0;
    if (status == MINE_OK) status = mine__kmeans_assign_exact(env, run);
  }
  mine__arena_rewind(env->scratch, mark);
  return status;
}

/* ---- the loop --------------------------------------------------------------------- */

static mine_status lloyd_nearest(mine_env *env, kmeans_run *run) {
  return run->points->sieve.factor > 0 ? mine__kmeans_sieve_assign(env, run)
                                       : mine__kmeans_assign_exact(env, run);
}

/* One iteration.  *done: the labels or the centres have come to rest. */
static mine_status lloyd_step(mine_env *env, kmeans_run *run, double rest, int64_t *distinct,
                              int *done) {
  const int first = !run->summed;
  int64_t moved = 0, empty = 0;
  mine_status status = lloyd_nearest(env, run);
  if (status == MINE_OK) status = lloyd_sums(env, run, &moved);
  if (status != MINE_OK) return status;
  *done = !first && moved == 0;
  if (*done) return mine__poll(env);
  *done = lloyd_means(run, &empty) <= rest;
  if (empty == 0) return mine__poll(env);
  *done = 0;
  status = lloyd_repair(env, run, &empty, distinct);
  if (status == MINE_OK && *distinct == run->k) status = lloyd_sums(env, run, &moved);
  if (status == MINE_OK && *distinct == run->k) lloyd_means(run, &empty);
  return status;
}

mine_status mine__kmeans_lloyd(mine_env *env, kmeans_run *run, int64_t max_iter, double tol,
                               int64_t *distinct) {
  const double rest = tol * run->points->variance;
  int64_t empty = 0, moved = 0;
  int done = 0;
  mine_status status = MINE_OK;
  *distinct = run->k;
  run->summed = 0;
  run->iterations = 0;
  while (!done && run->iterations < max_iter) {
    status = lloyd_step(env, run, rest, distinct, &done);
    if (status != MINE_OK || *distinct < run->k) return status;
    run->iterations++;
  }
  status = mine__kmeans_assign_exact(env, run);
  for (int i = 0; status == MINE_OK && i < LLOYD_REPAIRS; i++) {
    status = lloyd_repair(env, run, &empty, distinct);
    if (status != MINE_OK || empty == 0 || *distinct < run->k) return status;
    status = lloyd_sums(env, run, &moved);
    if (status == MINE_OK) lloyd_means(run, &empty);
    if (status == MINE_OK) status = mine__kmeans_assign_exact(env, run);
  }
  return status;
}
