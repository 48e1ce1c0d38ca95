/*
** kmeans_init.c -- where the centres start.
**
** k-means++: each next centre is drawn with probability proportional to the
** squared distance to the nearest centre so far (Arthur & Vassilvitskii, "k-means++:
** the advantages of careful seeding", SODA 2007), in its greedy form: of
** 2 + ln k draws the one that lowers the sum most (up to INIT_GREEDY_K clusters).
** The sums are kept per block of
** rows, so a draw walks the blocks and then one block, and no order of threads
** shows.
*/
#include <math.h>
#include <string.h>

#include "kmeans_private.h"

#define INIT_BLOCK     1024 /* rows per task; a multiple of MINE_LANES */
#define INIT_GREEDY_K  100  /* more clusters: one draw each, or seeding would outlast the rest */
#define INIT_MOST_DRAW 8    /* 2 + ln INIT_GREEDY_K and some */

typedef struct init_job {
  const kmeans_points *points;
  int64_t blocks;
  int draws;
  const double *draw; /* draws x width                                       */
  double *nearest;    /* per row: squared distance to the nearest centre     */
  double *candidate;  /* draws x n: the same if that draw were a centre      */
  double *sum;        /* draws x blocks: sums of weight x candidate          */
} init_job;

static void init_measure(void *context, int64_t task, int worker) {
  init_job *job = context;
  const kmeans_points *points = job->points;
  const int64_t first = task * INIT_BLOCK;
  const int64_t last = first + INIT_BLOCK < points->n ? first + INIT_BLOCK : points->n;
  double d[INIT_MOST_DRAW * MINE_LANES];
  double sum[INIT_MOST_DRAW] = {0};
  for (int64_t i = first; i < last; i += MINE_LANES) {
    const int64_t lanes = last - i < MINE_LANES ? last - i : MINE_LANES;
    mine__distance_panel(mine__kmeans_panel(points, i, worker), points->width, job->draw,
                         job->draws, d);
    for (int c = 0; c < job->draws; c++) {
      double *out = job->candidate + c * points->n + i;
      for (int64_t l = 0; l < lanes; l++) {
        const double t = d[c * MINE_LANES + l];
        out[l] = t < job->nearest[i + l] ? t : job->nearest[i + l];
        sum[c] += kmeans_weight(points, i + l) * out[l];
      }
    }
  }
  for (int c = 0; c < job->draws; c++)
    job->sum[c * job->blocks + task] = sum[c];
}

/* A row, with probability proportional to its weight x nearest. */
static int64_t init_draw(const init_job *job, const double *block, double total,
                         mine_random *random) {
  const kmeans_points *points = job->points;
  double left = mine__random_real(random) * total;
  int64_t b = 0, last = -1;
  while (b + 1 < job->blocks && left >= block[b])
    left -= block[b++];
  for (; b < job->blocks; b++) {
    const int64_t end = (b + 1) * INIT_BLOCK < points->n ? (b + 1) * INIT_BLOCK : points->n;
    for (int64_t i = b * INIT_BLOCK; i < end; i++) {
      const double t = kmeans_weight(points, i) * job->nearest[i];
      if (t <= 0) continue;
      last = i;
      if (left < t) return i;
      left -= t;
    }
  }
  for (int64_t i = 0; last < 0 && i < points->n; i++) {
    if (job->nearest[i] > 0) last = i; /* rounding ran past the end of the blocks */
  }
  return last;
}

/* Of the draws' sums, the smallest; ties to the first. */
static int init_best(const init_job *job, double *total) {
  int best = 0;
  for (int c = 0; c < job->draws; c++) {
    double sum = 0;
    for (int64_t b = 0; b < job->blocks; b++)
      sum += job->sum[c * job->blocks + b];
    if (c == 0 || sum < *total) {
      *total = sum;
      best = c;
    }
  }
  return best;
}

static mine_status init_open(mine_env *env, const kmeans_run *run, init_job *job, double **draw,
                             double **block) {
  const kmeans_points *points = run->points;
  const size_t n = (size_t)points->n;
  const int draws = run->k > INIT_GREEDY_K ? 1 : 2 + (int)log((double)run->k);
  memset(job, 0, sizeof *job);
  job->points = points;
  job->blocks = MINE_BLOCKS(points->n, INIT_BLOCK);
  job->draws = draws;
  job->nearest = mine__arena_array(env->scratch, n, sizeof(double));
  job->candidate = mine__arena_array(env->scratch, n, (size_t)draws * sizeof(double));
  job->sum = mine__arena_array(env->scratch, (size_t)job->blocks, (size_t)draws * sizeof(double));
  *draw = mine__arena_array(env->scratch, (size_t)points->width, (size_t)draws * sizeof(double));
  *block = mine__arena_array(env->scratch, (size_t)job->blocks, sizeof(double));
  job->draw = *draw;
  return mine_env_status(env);
}

/* The first centre: any row, by weight. */
static int64_t init_first(const init_job *job, double *block, mine_random *random) {
  double total = 0;
  for (int64_t i = 0; i < job->points->n; i++)
    job->nearest[i] = 1;
  for (int64_t b = 0; b < job->blocks; b++) {
    const int64_t end = (b + 1) * INIT_BLOCK;
    block[b] = 0;
    for (int64_t i = b * INIT_BLOCK; i < end && i < job->points->n; i++) {
      block[b] += kmeans_weight(job->points, i);
    }
    total += block[b];
  }
  return init_draw(job, block, total, random);
}

static mine_status init_grow(mine_env *env, kmeans_run *run, init_job *job, double *draw,
                             double *block, mine_random *random, int64_t *found) {
  const int64_t width = run->points->width, n = run->points->n;
  const int draws = job->draws;
  double total = 0;
  mine__kmeans_row(run->points, init_first(job, block, random), draw);
  for (int64_t i = 0; i < n; i++)
    job->nearest[i] = INFINITY;
  for (int64_t c = 0; c < run->k; c++) {
    mine_status status;
    int best;
    job->draws = c == 0 ? 1 : draws;
    for (int d = 0; c > 0 && d < draws; d++) {
      mine__kmeans_row(run->points, init_draw(job, block, total, random), draw + d * width);
    }
    status = mine__parallel(env, job->blocks, init_measure, job);
    if (status != MINE_OK) return status;
    best = init_best(job, &total);
    memcpy(run->centre + c * width, draw + best * width, (size_t)width * sizeof(double));
    memcpy(job->nearest, job->candidate + best * n, (size_t)n * sizeof(double));
    memcpy(block, job->sum + best * job->blocks, (size_t)job->blocks * sizeof(double));
    *found = c + 1;
    if (!(total > 0)) break;
  }
  return mine__poll(env);
}

mine_status mine__kmeans_seed_plus(mine_env *env, kmeans_run *run, mine_random *random,
                                   int64_t *found) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  init_job job;
  double *draw, *block;
  mine_status status = init_open(env, run, &job, &draw, &block);
  *found = 0;
  if (status == MINE_OK) status = init_grow(env, run, &job, draw, block, random, found);
  mine__arena_rewind(env->scratch, mark);
  return status;
}

/* k different rows, all alike probable (Floyd's sampling would need a set; a
** partial shuffle of row numbers is as quick and simpler). */
mine_status mine__kmeans_seed_random(mine_env *env, kmeans_run *run, mine_random *random) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t n = run->points->n;
  uint32_t *row = mine__arena_array(env->scratch, (size_t)n, sizeof *row);
  if (!row) return mine_env_status(env);
  for (int64_t i = 0; i < n; i++)
    row[i] = (uint32_t)i;
  for (int64_t c = 0; c < run->k; c++) {
    const int64_t other = c + (int64_t)mine__random_below(random, (uint64_t)(n - c));
    const uint32_t t = row[c];
    row[c] = row[other];
    row[other] = t;
    mine__kmeans_row(run->points, row[c], run->centre + c * run->points->width);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine__poll(env);
}
