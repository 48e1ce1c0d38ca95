/*
** mine__kmeans_refine.c -- out of local optima.
**
** Lloyd's iteration stops at the first partition that is its own nearest-centre
** partition; on skewed customer data most starts stop at a poor one.  Two cures,
** both within an amount of work fixed by the shape of the data:
**
**   random swap: put one centre on another row, iterate a little, keep the
**   result if it is better (Franti, "Efficiency of random swap clustering",
**   Journal of Big Data 5, 2018); the row is drawn by turns from all alike and
**   in proportion to its squared distance, which finds small far-off groups;
**
**   exchange: move single rows while that lowers the inertia, which takes into
**   account that the means move with the row, and so leaves optima that
**   Lloyd's iteration cannot (Hartigan & Wong, "Algorithm AS 136", Applied
**   Statistics 28, 1979; here in its plain form over all clusters).
*/
#include <math.h>
#include <string.h>

#include "kmeans_private.h"

#define REFINE_SWAPS         100 /* and as many again per cluster / 10           */
#define REFINE_SWAP_STEPS    20
#define REFINE_SWAP_WORK     1e9 /* rows x k x width x steps, all swaps together */
#define REFINE_EXCHANGE_WORK 1e8 /* rows x k x width x passes, all together    */
#define REFINE_PASSES        10
#define REFINE_LAST_WORK     2e9   /* the same, of the Lloyd run after the swaps */
#define REFINE_BETTER        1e-10 /* relative gain that counts */

/* ---- exchange -------------------------------------------------------------------- */

/* Centres side by side, so that one row meets eight of them at a time. */
typedef struct refine_exchange {
  kmeans_run *run;
  double *panel;    /* centres in panels       */
  double *row;      /* one row                 */
  double *distance; /* to every centre, padded */
  double *mass;     /* weight of each cluster  */
  int64_t *count;   /* its rows                */
} refine_exchange;

static double *refine_centre(const refine_exchange *x, int64_t c) {
  return x->panel + (c / MINE_LANES) * MINE_LANES * x->run->points->width + c % MINE_LANES;
}

/* The row leaves a for b: both means follow. */
static void refine_move(const refine_exchange *x, double w, int64_t a, int64_t b) {
  double *from = refine_centre(x, a), *to = refine_centre(x, b);
  for (int64_t j = 0; j < x->run->points->width; j++) {
    from[j * MINE_LANES] -= (x->row[j] - from[j * MINE_LANES]) * w / (x->mass[a] - w);
    to[j * MINE_LANES] += (x->row[j] - to[j * MINE_LANES]) * w / (x->mass[b] + w);
  }
  x->mass[a] -= w;
  x->mass[b] += w;
  x->count[a]--;
  x->count[b]++;
}

/* Where a row of cluster a is best: a itself unless another lowers the inertia. */
static int64_t refine_better(const refine_exchange *x, double w, int64_t a) {
  const kmeans_run *run = x->run;
  const int64_t width = run->points->width;
  double least, gain;
  int64_t b = a;
  for (int64_t c = 0; c < run->k; c += MINE_LANES) {
    mine__distance_panel(x->panel + c * width, run->points->width, x->row, 1, x->distance + c);
  }
  gain = x->distance[a] * x->mass[a] / (x->mass[a] - w);
  least = gain * (1 - REFINE_BETTER);
  for (int64_t c = 0; c < run->k; c++) {
    const double cost = x->distance[c] * x->mass[c] / (x->mass[c] + w);
    if (c != a && cost < least) {
      least = cost;
      b = c;
    }
  }
  return b;
}

static mine_status refine_pass(mine_env *env, const refine_exchange *x, int64_t *moved) {
  kmeans_run *run = x->run;
  const int64_t poll = 1 + 1000000 / (run->k * run->points->width + 1);
  *moved = 0;
  for (int64_t i = 0; i < run->points->n; i++) {
    const int64_t a = run->label[i];
    const double w = kmeans_weight(run->points, i);
    int64_t b;
    if (i % poll == 0) {
      const mine_status status = mine__poll(env);
      if (status != MINE_OK) return status;
    }
    if (x->count[a] < 2) continue;
    mine__kmeans_row(run->points, i, x->row);
    b = refine_better(x, w, a);
    if (b == a) continue;
    refine_move(x, w, a, b);
    run->label[i] = (int32_t)b;
    (*moved)++;
  }
  return MINE_OK;
}

static mine_status refine_open(mine_env *env, kmeans_run *run, refine_exchange *x) {
  const int64_t k = run->k, width = run->points->width;
  const size_t padded = mine_panel_doubles(k, 1);
  x->run = run;
  x->panel = mine__arena_array(env->scratch, padded, (size_t)width * sizeof(double));
  x->row = mine__arena_array(env->scratch, (size_t)width, sizeof(double));
  x->distance = mine__arena_array(env->scratch, padded, sizeof(double));
  x->mass = mine__arena_zeros(env->scratch, (size_t)k, sizeof(double));
  x->count = mine__arena_zeros(env->scratch, (size_t)k, sizeof(int64_t));
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  for (int64_t c = 0; c < k; c += MINE_LANES) {
    const int64_t lanes = k - c < MINE_LANES ? k - c : MINE_LANES;
    mine__panel_pack(run->centre + c * width, lanes, run->points->width, x->panel + c * width);
  }
  for (int64_t i = 0; i < run->points->n; i++) {
    x->mass[run->label[i]] += kmeans_weight(run->points, i);
    x->count[run->label[i]]++;
  }
  return MINE_OK;
}

/* Labels and centres to an optimum of single moves, as far as the passes go. */
static mine_status refine_exchanges(mine_env *env, kmeans_run *run) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  refine_exchange x;
  int64_t moved = 1;
  mine_status status = refine_open(env, run, &x);
  for (int pass = 0; status == MINE_OK && moved > 0 && pass < REFINE_PASSES; pass++) {
    status = refine_pass(env, &x, &moved);
  }
  for (int64_t c = 0; status == MINE_OK && c < run->k; c++) {
    const double *from = refine_centre(&x, c);
    for (int64_t j = 0; j < run->points->width; j++) {
      run->centre[c * run->points->width + j] = from[j * MINE_LANES];
    }
  }
  mine__arena_rewind(env->scratch, mark);
  return status;
}

/* ---- random swap --------------------------------------------------------------- */

typedef struct refine_best {
  double *centre, *distance; /* of the best solution so far */
  double inertia;
} refine_best;

static void refine_keep(refine_best *best, const kmeans_run *run) {
  const size_t n = (size_t)run->points->n, width = (size_t)run->points->width;
  best->inertia = run->inertia;
  memcpy(best->centre, run->centre, (size_t)run->k * width * sizeof(double));
  memcpy(best->distance, run->distance, n * sizeof(double));
}

/* A row in proportion to weight x squared distance. */
static int64_t refine_far_row(const refine_best *best, const kmeans_points *points,
                              mine_random *random) {
  double left = mine__random_real(random) * best->inertia;
  for (int64_t i = 0; i < points->n; i++) {
    left -= kmeans_weight(points, i) * best->distance[i];
    if (left < 0) return i;
  }
  return points->n - 1;
}

/* From run->centre to the optimum nearby. */
static mine_status refine_descend(mine_env *env, kmeans_run *run, int exchange) {
  int64_t distinct;
  mine_status status = mine__kmeans_lloyd(env, run, REFINE_SWAP_STEPS, 0, &distinct);
  if (status != MINE_OK || !exchange) return status;
  status = refine_exchanges(env, run);
  return status == MINE_OK ? mine__kmeans_assign_exact(env, run) : status;
}

static mine_status refine_swaps(mine_env *env, kmeans_run *run, refine_best *best, int64_t swaps,
                                int exchange, uint64_t seed) {
  const kmeans_points *points = run->points;
  const size_t bytes = (size_t)run->k * (size_t)points->width * sizeof(double);
  mine_random random;
  mine__random_open(&random, seed, KMEANS_SWAP, 0);
  for (int64_t s = 0; s < swaps; s++) {
    const int64_t c = (int64_t)mine__random_below(&random, (uint64_t)run->k);
    const int64_t row = s % 2 ? refine_far_row(best, points, &random)
                              : (int64_t)mine__random_below(&random, (uint64_t)points->n);
    mine_status status;
    memcpy(run->centre, best->centre, bytes);
    mine__kmeans_row(points, row, run->centre + c * points->width);
    status = refine_descend(env, run, exchange);
    if (status != MINE_OK) return status;
    if (run->inertia < best->inertia * (1 - REFINE_BETTER)) refine_keep(best, run);
  }
  memcpy(run->centre, best->centre, bytes);
  return mine__poll(env);
}

mine_status mine__kmeans_refine(mine_env *env, kmeans_run *run, uint64_t seed) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const double pass = (double)run->points->n * (double)run->k * run->points->width + 1;
  const double afford = REFINE_SWAP_WORK / (pass * REFINE_SWAP_STEPS);
  const double wanted = REFINE_SWAPS * (1 + (double)run->k / 10);
  const int64_t swaps = (int64_t)(afford < wanted ? afford : wanted);
  const int64_t steps = (int64_t)fmin(100, REFINE_LAST_WORK / pass);
  const int exchange = pass * REFINE_PASSES < REFINE_EXCHANGE_WORK;
  refine_best best;
  int64_t distinct;
  mine_status status = MINE_OK;
  if (run->k < 2 || !(run->inertia > 0) || steps < 1) return MINE_OK;
  best.centre =
      mine__arena_array(env->scratch, (size_t)run->k, (size_t)run->points->width * sizeof(double));
  best.distance = mine__arena_array(env->scratch, (size_t)run->points->n, sizeof(double));
  if (mine_env_status(env) != MINE_OK) return mine_env_status(env);
  refine_keep(&best, run);
  status =
      refine_swaps(env, run, &best, swaps,
                   exchange && pass * REFINE_PASSES * (double)swaps < REFINE_EXCHANGE_WORK, seed);
  if (status == MINE_OK) status = mine__kmeans_lloyd(env, run, steps, 0, &distinct);
  if (status == MINE_OK && exchange) status = refine_exchanges(env, run);
  if (status == MINE_OK && exchange) status = mine__kmeans_lloyd(env, run, steps, 0, &distinct);
  mine__arena_rewind(env->scratch, mark);
  return status;
}
