/*
** kmeans_refine.c -- out of local optima.
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

/* The centres in panels, so that one row meets eight of them at a time. */
typedef struct refine_exchange {
  kmeans_run *run;
  double *panel;    /* k x width in panels: the centres, which move with every row */
  double *row;      /* width: one row                                              */
  double *distance; /* k, padded to whole lanes: squared, of that row              */
  double *mass;     /* k: weight of each cluster                                   */
  int64_t *count;   /* k: its rows; the last one never leaves                      */
} refine_exchange;

static double *refine_centre(const refine_exchange *x, int64_t c) {
  return x->panel + (c / MINE_LANES) * MINE_LANES * x->run->points->width + c % MINE_LANES;
}

static void refine_open(mine_env *env, kmeans_run *run, refine_exchange *x) {
  const int64_t k = run->k, width = run->points->width;
  const size_t padded = mine_panel_doubles(k, 1);
  x->run = run;
  x->panel = mine__arena_array(env->scratch, padded, (size_t)width * sizeof(double));
  x->row = mine__arena_array(env->scratch, (size_t)width, sizeof(double));
  x->distance = mine__arena_array(env->scratch, padded, sizeof(double));
  x->mass = mine__arena_zeros(env->scratch, (size_t)k, sizeof(double));
  x->count = mine__arena_zeros(env->scratch, (size_t)k, sizeof(int64_t));
  if (mine_failed(env)) return;
  for (int64_t c = 0; c < k; c += MINE_LANES) {
    const int64_t lanes = k - c < MINE_LANES ? k - c : MINE_LANES;
    mine__panel_pack(run->centre + c * width, lanes, run->points->width, x->panel + c * width);
  }
  for (int64_t i = 0; i < run->points->n; i++) {
    x->mass[run->label[i]] += kmeans_weight(run->points, i);
    x->count[run->label[i]]++;
  }
}

/* Where a row of cluster a is best: a itself unless another lowers the inertia.  With d the
** squared distance to a centre and m the weight of its cluster, a row of weight w that leaves
** a takes w d(a) m(a) / (m(a) - w) off the inertia, and adds w d(c) m(c) / (m(c) + w) in c. */
static int64_t refine_better(const refine_exchange *x, double w, int64_t a) {
  const kmeans_run *run = x->run;
  const int64_t width = run->points->width;
  int64_t b = a;
  for (int64_t c = 0; c < run->k; c += MINE_LANES)
    mine__distance_panel(x->panel + c * width, run->points->width, x->row, 1, x->distance + c);
  const double gain = x->distance[a] * x->mass[a] / (x->mass[a] - w);
  double least = gain * (1 - REFINE_BETTER);
  for (int64_t c = 0; c < run->k; c++) {
    const double cost = x->distance[c] * x->mass[c] / (x->mass[c] + w);
    if (c != a && cost < least) {
      least = cost;
      b = c;
    }
  }
  return b;
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

/* Every row once; how many moved. */
static int64_t refine_pass(mine_env *env, const refine_exchange *x) {
  kmeans_run *run = x->run;
  const int64_t poll = 1 + 1000000 / (run->k * run->points->width + 1);
  int64_t moved = 0;
  for (int64_t i = 0; i < run->points->n; i++) {
    const int64_t a = run->label[i];
    const double w = kmeans_weight(run->points, i);
    if (i % poll == 0 && mine__poll(env)) return 0;
    if (x->count[a] < 2) continue;
    mine__kmeans_row(run->points, i, x->row);
    const int64_t b = refine_better(x, w, a);
    if (b == a) continue;
    refine_move(x, w, a, b);
    run->label[i] = (int32_t)b;
    moved++;
  }
  return moved;
}

/* Labels and centres to an optimum of single moves, as far as the passes go; distances and
** inertia are left behind. */
static void refine_exchanges(mine_env *env, kmeans_run *run) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t width = run->points->width;
  refine_exchange x;
  refine_open(env, run, &x);
  for (int pass = 0; pass < REFINE_PASSES && !mine_failed(env); pass++)
    if (refine_pass(env, &x) == 0) break;
  if (mine_failed(env)) return;
  for (int64_t c = 0; c < run->k; c++)
    for (int64_t j = 0; j < width; j++)
      run->centre[c * width + j] = refine_centre(&x, c)[j * MINE_LANES];
  mine__arena_rewind(env->scratch, mark);
}

/* ---- random swap --------------------------------------------------------------- */

/* The best solution so far. */
typedef struct refine_best {
  double *centre;   /* k x width                     */
  double *distance; /* n: as kmeans_run's            */
  double inertia;
} refine_best;

static void refine_keep(refine_best *best, const kmeans_run *run) {
  best->inertia = run->inertia;
  memcpy(best->centre, run->centre, kmeans_centre_bytes(run));
  memcpy(best->distance, run->distance, (size_t)run->points->n * sizeof(double));
}

/* A row in proportion to weight x squared distance.  What the inertia is more than these sums,
** by rounding, falls to the last row. */
static int64_t refine_far_row(const refine_best *best, const kmeans_points *points,
                              mine_random *random) {
  double left = mine__random_real(random) * best->inertia;
  for (int64_t i = 0; i < points->n; i++) {
    left -= kmeans_weight(points, i) * best->distance[i];
    if (left < 0) return i;
  }
  return points->n - 1;
}

/* Ends with the best centres in run. */
static void refine_swaps(mine_env *env, kmeans_run *run, refine_best *best, int64_t swaps,
                         int exchange, uint64_t seed) {
  const kmeans_points *points = run->points;
  mine_random random;
  mine__random_open(&random, seed, KMEANS_SWAP, 0);
  for (int64_t s = 0; s < swaps; s++) {
    const int64_t c = (int64_t)mine__random_below(&random, (uint64_t)run->k);
    const int64_t row = s % 2 ? refine_far_row(best, points, &random)
                              : (int64_t)mine__random_below(&random, (uint64_t)points->n);
    memcpy(run->centre, best->centre, kmeans_centre_bytes(run));
    mine__kmeans_row(points, row, run->centre + c * points->width);
    mine__kmeans_lloyd(env, run, REFINE_SWAP_STEPS, 0);
    if (exchange && !mine_failed(env)) {
      refine_exchanges(env, run);
      mine__kmeans_assign_exact(env, run);
    }
    if (mine_failed(env)) return;
    if (run->inertia < best->inertia * (1 - REFINE_BETTER)) refine_keep(best, run);
  }
  memcpy(run->centre, best->centre, kmeans_centre_bytes(run));
}

/* The amounts of work are rows x k x width x steps. */
void mine__kmeans_refine(mine_env *env, kmeans_run *run, uint64_t seed) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const double pass = (double)run->points->n * (double)run->k * run->points->width + 1;
  const double afford = REFINE_SWAP_WORK / (pass * REFINE_SWAP_STEPS);
  const double wanted = REFINE_SWAPS * (1 + (double)run->k / 10);
  const int64_t swaps = (int64_t)(afford < wanted ? afford : wanted);
  const int64_t steps = (int64_t)fmin(100, REFINE_LAST_WORK / pass);
  const int means = !run->points->modes; /* exchanges are worked out for means */
  const int exchange = means && pass * REFINE_PASSES < REFINE_EXCHANGE_WORK;
  const int exchange_each = pass * REFINE_PASSES * (double)swaps < REFINE_EXCHANGE_WORK;
  if (run->k < 2 || !(run->inertia > 0) || steps < 1) return;
  refine_best best = {
      .centre = mine__arena_array(env->scratch, 1, kmeans_centre_bytes(run)),
      .distance = mine__arena_array(env->scratch, (size_t)run->points->n, sizeof(double))};
  if (mine_failed(env)) return;
  refine_keep(&best, run);
  refine_swaps(env, run, &best, swaps, exchange && exchange_each, seed);
  if (!mine_failed(env)) mine__kmeans_lloyd(env, run, steps, 0);
  if (exchange && !mine_failed(env)) {
    refine_exchanges(env, run);
    if (!mine_failed(env)) mine__kmeans_lloyd(env, run, steps, 0);
  }
  run->distinct = run->k; /* run was a solution, whatever the swaps ran into */
  mine__arena_rewind(env->scratch, mark);
}
