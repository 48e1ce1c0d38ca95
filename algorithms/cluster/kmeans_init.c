/*
** kmeans_init.c -- where the centres start.
**
** k-means++ (Arthur & Vassilvitskii, "k-means++: the advantages of careful seeding", SODA
** 2007, section 2.2), its steps by their numbers there:
**
**   1a  the first centre is a row, all alike probable (here: by weight);
**   1b  each next centre is row x with probability D(x)^2 / sum of D^2, where D(x) is the
**       distance to the nearest centre so far;
**   1c  repeat 1b until there are k.
**
** In its greedy form (section 7 there): of 2 + ln k such draws the one that lowers the sum
** most, up to INIT_GREEDY_K clusters.  The sums are kept per block of rows and added in
** block order, so a draw walks the blocks and then one block, and no order of threads shows.
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
  int draws;         /* candidates for the next centre                             */
  double *draw;      /* draws x width: the candidates                              */
  double *nearest;   /* n: D^2, squared distance to the nearest centre             */
  double *candidate; /* draws x n: the same if that draw were a centre             */
  double *sum;       /* blocks x draws: sums of weight x candidate                 */
  double *total;     /* draws: sums of those over the blocks                       */
  double *block;     /* blocks: sums of weight x nearest                           */
  double all;        /* the sum over all rows                                      */
} init_job;

static int64_t init_block_end(const init_job *job, int64_t block) {
  const int64_t end = (block + 1) * INIT_BLOCK;
  return end < job->points->n ? end : job->points->n;
}

static void init_measure(void *context, int64_t task, int worker) {
  init_job *job = context;
  const kmeans_points *points = job->points;
  const int64_t last = init_block_end(job, task);
  double d[INIT_MOST_DRAW * MINE_LANES];
  double sum[INIT_MOST_DRAW] = {0};
  for (int64_t i = task * INIT_BLOCK; i < last; i += MINE_LANES) {
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
  memcpy(job->sum + task * job->draws, sum, (size_t)job->draws * sizeof *sum);
}

/* A row, with probability proportional to its weight x nearest. */
static int64_t init_draw(const init_job *job, mine_random *random) {
  const kmeans_points *points = job->points;
  double left = mine__random_real(random) * job->all;
  int64_t b = 0, last = -1;
  while (b + 1 < job->blocks && left >= job->block[b])
    left -= job->block[b++];
  for (; b < job->blocks; b++) {
    for (int64_t i = b * INIT_BLOCK; i < init_block_end(job, b); i++) {
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

static void init_open(mine_env *env, const kmeans_run *run, init_job *job) {
  const kmeans_points *points = run->points;
  const size_t n = (size_t)points->n;
  job->points = points;
  job->blocks = MINE_BLOCKS(points->n, INIT_BLOCK);
  job->draws = run->k > INIT_GREEDY_K ? 1 : 2 + (int)log((double)run->k);
  const size_t blocks = (size_t)job->blocks, draws = (size_t)job->draws;
  job->nearest = mine__arena_array(env->scratch, n, sizeof(double));
  job->candidate = mine__arena_array(env->scratch, n, draws * sizeof(double));
  job->sum = mine__arena_array(env->scratch, blocks, draws * sizeof(double));
  job->total = mine__arena_array(env->scratch, draws, sizeof(double));
  job->draw = mine__arena_array(env->scratch, (size_t)points->width, draws * sizeof(double));
  job->block = mine__arena_array(env->scratch, blocks, sizeof(double));
}

/* 1a: as if every row were 1 away from the nearest centre. */
static int64_t init_first(mine_env *env, init_job *job, mine_random *random) {
  for (int64_t i = 0; i < job->points->n; i++)
    job->nearest[i] = 1;
  for (int64_t b = 0; b < job->blocks; b++) {
    job->block[b] = 0;
    for (int64_t i = b * INIT_BLOCK; i < init_block_end(job, b); i++)
      job->block[b] += kmeans_weight(job->points, i);
  }
  if (mine__sum_blocks(env, job->block, job->blocks, 1, &job->all)) return 0;
  return init_draw(job, random);
}

/* The draw of the smallest sum (ties to the first) is centre c, and `nearest` follows. */
static void init_take(mine_env *env, init_job *job, kmeans_run *run, int64_t c) {
  const int64_t n = job->points->n, width = job->points->width;
  int best = 0;
  if (mine__parallel(env, job->blocks, init_measure, job)) return;
  if (mine__sum_blocks(env, job->sum, job->blocks, (size_t)job->draws, job->total)) return;
  for (int d = 1; d < job->draws; d++)
    if (job->total[d] < job->total[best]) best = d;
  job->all = job->total[best];
  memcpy(run->centre + c * width, job->draw + best * width, (size_t)width * sizeof(double));
  memcpy(job->nearest, job->candidate + best * n, (size_t)n * sizeof(double));
  for (int64_t b = 0; b < job->blocks; b++)
    job->block[b] = job->sum[b * job->draws + best];
}

void mine__kmeans_seed_plus(mine_env *env, kmeans_run *run, mine_random *random) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t n = run->points->n, width = run->points->width;
  init_job job = {0};
  init_open(env, run, &job);
  if (mine_failed(env)) return;
  const int draws = job.draws; /* but the first centre is a single one */
  mine__kmeans_row(run->points, init_first(env, &job, random), job.draw);
  for (int64_t i = 0; i < n; i++)
    job.nearest[i] = INFINITY;
  job.draws = 1;
  init_take(env, &job, run, 0);
  if (mine_failed(env)) return;
  job.draws = draws;
  /* Where all rows lie on centres there are no more different rows. */
  for (run->distinct = 1; run->distinct < run->k && job.all > 0; run->distinct++) {
    for (int d = 0; d < draws; d++)
      mine__kmeans_row(run->points, init_draw(&job, random), job.draw + d * width);
    init_take(env, &job, run, run->distinct);
    if (mine_failed(env)) return;
  }
  mine__arena_rewind(env->scratch, mark);
}

/* k different rows, all alike probable (Floyd's sampling would need a set; a
** partial shuffle of row numbers is as quick and simpler). */
void mine__kmeans_seed_random(mine_env *env, kmeans_run *run, mine_random *random) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t n = run->points->n;
  uint32_t *row = mine__arena_array(env->scratch, (size_t)n, sizeof *row);
  if (mine_failed(env)) return;
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
}
