/*
** twostep_micro.c -- many small clusters: the first of the two steps.
**
** TwoStep's first step is one pass that grows a tree of small clusters as rows come (Zhang,
** Ramakrishnan & Livny, "BIRCH", SIGMOD 1996), and so depends on their order.  Here they are the
** cells of k-means, begun by k-means++ (Arthur & Vassilvitskii 2007) in the order of the content.
** The squared distance of a point to a cell is
**
**   sum over numbers (z - mean)^2  +  sum over categories |e - share|^2 / 2,
**
** e the indicator of the point's level: two levels are 1 apart, as far as one deviation.  Numbers
** count as at most MICRO_FAR; what is missing lies at the median, or between the levels.
*/
#include <math.h>
#include <string.h>

#include "twostep_private.h"

#define MICRO_FAR   6.0
#define MICRO_STEPS 6

typedef struct micro_run {
  const twostep_points *points;
  int64_t n;      /* cells                                           */
  int width;      /* numbers + slots                                 */
  double *centre; /* n x width: means, then shares                   */
  double *half;   /* n x categories: the sum of squared shares, halved */
  int32_t *label;
} micro_run;

static double micro_number(double z) {
  if (isnan(z)) return 0;
  return z > MICRO_FAR ? MICRO_FAR : z < -MICRO_FAR ? -MICRO_FAR : z;
}

/* ---- the start -------------------------------------------------------------------------- */

static double micro_between(const twostep_points *p, int64_t a, int64_t b) {
  const twostep_scale *s = p->scale;
  double sum = 0;
  for (int j = 0; j < s->numbers; j++) {
    const double d = micro_number(p->z[j * p->n + a]) - micro_number(p->z[j * p->n + b]);
    sum += d * d;
  }
  for (int j = 0; j < s->categories; j++)
    sum += p->slot[j * p->n + a] != p->slot[j * p->n + b];
  return sum;
}

/* In proportion to mass[]; -1: there is none. */
static int64_t micro_draw(mine_random *random, const double *mass, int64_t n) {
  double total = 0;
  int64_t last = -1;
  for (int64_t i = 0; i < n; i++)
    total += mass[i];
  double left = mine__random_real(random) * total;
  for (int64_t i = 0; i < n; i++) {
    if (!(mass[i] > 0)) continue;
    last = i;
    if ((left -= mass[i]) < 0) break;
  }
  return last;
}

/* A point as a cell. */
static void micro_seat(micro_run *run, int64_t cell, int64_t i) {
  const twostep_points *p = run->points;
  const twostep_scale *s = p->scale;
  double *centre = run->centre + cell * run->width;
  for (int j = 0; j < s->numbers; j++)
    centre[j] = micro_number(p->z[j * p->n + i]);
  for (int j = 0; j < s->categories; j++) {
    const int32_t slot = p->slot[j * p->n + i];
    double *share = centre + s->numbers + s->first[j];
    const mine_latent_column *column = &s->column[s->category[j]];
    memset(share, 0, (size_t)column->slots * sizeof *share);
    if (slot >= 0) share[slot] = 1;
  }
}

/* Points that are far from those before, by chance; fewer than asked where no more differ. */
static void micro_start(mine_env *env, micro_run *run, int64_t most, mine_random *random) {
  const twostep_points *p = run->points;
  double *nearest = mine__arena_array(env->scratch, (size_t)p->n, sizeof *nearest);
  double *mass = mine__arena_array(env->scratch, (size_t)p->n, sizeof *mass);
  if (mine_failed(env)) return;
  memcpy(mass, p->weight, (size_t)p->n * sizeof *mass);
  for (int64_t i = 0; i < p->n; i++)
    nearest[i] = INFINITY;
  for (run->n = 0; run->n < most && !mine__poll(env);) {
    const int64_t at = micro_draw(random, mass, p->n);
    if (at < 0) return;
    micro_seat(run, run->n++, at);
    for (int64_t i = 0; i < p->n; i++) {
      if (!(p->weight[i] > 0)) continue;
      nearest[i] = fmin(nearest[i], micro_between(p, i, at));
      mass[i] = nearest[i] * p->weight[i];
    }
  }
}

/* ---- iterations --------------------------------------------------------------------------- */

static void micro_halve(micro_run *run) {
  const twostep_scale *s = run->points->scale;
  for (int64_t c = 0; c < run->n; c++) {
    for (int j = 0; j < s->categories; j++) {
      const double *share = run->centre + c * run->width + s->numbers + s->first[j];
      double sum = 0;
      for (int64_t l = 0; l < s->column[s->category[j]].slots; l++)
        sum += share[l] * share[l];
      run->half[c * s->categories + j] = sum / 2;
    }
  }
}

/* A category is the indicators of its slots over sqrt 2, so its part of the squared distance is
** 1/2 - share of the slot + half, half = sum share^2 / 2; where nothing is said it is half. */
static void micro_assign(void *context, int64_t task, int worker) {
  const micro_run *run = context;
  const twostep_points *p = run->points;
  const twostep_scale *s = p->scale;
  const int64_t first = task * TWOSTEP_BLOCK, left = p->n - first;
  const int64_t n = left < TWOSTEP_BLOCK ? left : TWOSTEP_BLOCK;
  double best[TWOSTEP_BLOCK], sum[TWOSTEP_BLOCK];
  (void)worker;
  for (int64_t i = 0; i < n; i++)
    best[i] = INFINITY;
  for (int64_t c = 0; c < run->n; c++) {
    const double *centre = run->centre + c * run->width;
    for (int64_t i = 0; i < n; i++)
      sum[i] = 0;
    for (int j = 0; j < s->numbers; j++) {
      const double *z = p->z + j * p->n + first;
      for (int64_t i = 0; i < n; i++) {
        const double d = micro_number(z[i]) - centre[j];
        sum[i] += d * d;
      }
    }
    for (int j = 0; j < s->categories; j++) {
      const int32_t *slot = p->slot + j * p->n + first;
      const double *share = centre + s->numbers + s->first[j];
      const double half = run->half[c * s->categories + j];
      for (int64_t i = 0; i < n; i++)
        sum[i] += half + (slot[i] < 0 ? 0 : 0.5 - share[slot[i]]);
    }
    for (int64_t i = 0; i < n; i++) {
      if (!(sum[i] < best[i])) continue;
      best[i] = sum[i];
      run->label[first + i] = (int32_t)c;
    }
  }
}

/* Means and shares of the points of each cell; a cell without points stays. */
static void micro_centre(mine_env *env, micro_run *run) {
  const twostep_points *p = run->points;
  const twostep_scale *s = p->scale;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)run->n, width = (size_t)run->width;
  double *sum = mine__arena_zeros(env->scratch, n, width * sizeof *sum);
  double *known = mine__arena_zeros(env->scratch, n, ((size_t)s->categories + 1) * sizeof *known);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < p->n; i++) {
    double *to = sum + run->label[i] * run->width;
    double *weights = known + run->label[i] * (s->categories + 1);
    const double w = p->weight[i];
    weights[s->categories] += w;
    for (int j = 0; j < s->numbers; j++)
      to[j] += w * micro_number(p->z[j * p->n + i]);
    for (int j = 0; j < s->categories; j++) {
      const int32_t slot = p->slot[j * p->n + i];
      if (slot < 0) continue;
      to[s->numbers + s->first[j] + slot] += w;
      weights[j] += w;
    }
  }
  for (int64_t c = 0; c < run->n; c++) {
    double *centre = run->centre + c * run->width;
    const double *weights = known + c * (s->categories + 1), *from = sum + c * run->width;
    if (!(weights[s->categories] > 0)) continue;
    for (int j = 0; j < s->numbers; j++)
      centre[j] = from[j] / weights[s->categories];
    for (int j = 0; j < s->categories; j++) {
      const int64_t first = s->numbers + s->first[j];
      for (int64_t l = 0; l < s->column[s->category[j]].slots && weights[j] > 0; l++)
        centre[first + l] = from[first + l] / weights[j];
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

void mine__twostep_micro(mine_env *env, const twostep_points *points, int64_t most, uint64_t seed,
                         uint64_t index, int32_t *label, int64_t *n) {
  const twostep_scale *s = points->scale;
  const mine_mark mark = mine__arena_mark(env->scratch);
  micro_run run = {.points = points, .width = s->numbers + s->slots, .label = label};
  mine_random random;
  *n = 0;
  run.centre =
      mine__arena_zeros(env->scratch, (size_t)most, ((size_t)run.width + 1) * sizeof *run.centre);
  run.half =
      mine__arena_zeros(env->scratch, (size_t)most, ((size_t)s->categories + 1) * sizeof(double));
  if (mine_failed(env)) return;
  mine__random_open(&random, seed, TWOSTEP_SEED_MICRO, index);
  micro_start(env, &run, most, &random);
  for (int step = 0; step <= MICRO_STEPS && !mine_failed(env); step++) {
    micro_halve(&run);
    if (mine__parallel(env, MINE_BLOCKS(points->n, TWOSTEP_BLOCK), micro_assign, &run)) return;
    if (step < MICRO_STEPS) micro_centre(env, &run);
  }
  *n = run.n;
  mine__arena_rewind(env->scratch, mark);
}
