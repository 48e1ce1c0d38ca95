/*
** twostep_stable.c -- which clusters come back when the rows are drawn again.
**
** Rows are drawn with replacement (at most STABLE_DRAWN) and clustered anew, with as many clusters;
** of each cluster the largest Jaccard similarity |A and B| / |A or B| to one of the new ones, over
** the rows that were drawn, is averaged over the resamples (Hennig, "Cluster-wise assessment of
** cluster stability", Computational Statistics & Data Analysis 52, 2007).  As he reads it: above
** 0.85 a cluster is very stable, below 0.6 it should not be trusted, below 0.5 it is dissolved more
** often than not.
*/
#include <math.h>
#include <string.h>

#include "twostep_private.h"

#define STABLE_ABOVE 2 /* where each descent begins */
#define STABLE_STEPS 25
#define STABLE_MICRO 64
#define STABLE_DRAWN 2048

typedef struct stable_run {
  const twostep_fit *fit;
  twostep_points drawn; /* those of fit->few that were drawn, weighted by how often */
  int64_t *at;          /* which they are                                            */
  double *times;        /* per point of fit->few: how often                          */
  double *below;        /* ... : cumulated weights                                    */
  int32_t *label, *other;
  double *both, *of, *of_other; /* k x k2, k, k2 */
  twostep_mixture found;
} stable_run;

/* The first point whose cumulated weight is above `at`. */
static int64_t stable_find(const double *below, int64_t n, double at) {
  int64_t low = 0, high = n - 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (below[middle] > at)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static void stable_draw(stable_run *run, int64_t resample) {
  const twostep_points *few = &run->fit->few;
  const twostep_scale *s = few->scale;
  twostep_points *to = &run->drawn;
  const double rows = fmin(few->total, STABLE_DRAWN);
  const int64_t draws = rows < 1 ? 1 : (int64_t)rows;
  mine_random random;
  mine__random_open(&random, run->fit->data->seed, TWOSTEP_SEED_RESAMPLE, (uint64_t)resample);
  memset(run->times, 0, (size_t)few->n * sizeof(double));
  for (int64_t i = 0; i < draws; i++)
    run->times[stable_find(run->below, few->n, mine__random_real(&random) * few->total)]++;
  to->n = 0;
  to->total = (double)draws;
  for (int64_t i = 0; i < few->n; i++)
    if (run->times[i] > 0) run->at[to->n++] = i;
  for (int64_t i = 0; i < to->n; i++) {
    const int64_t at = run->at[i];
    to->weight[i] = run->times[at];
    for (int j = 0; j < s->numbers; j++)
      to->z[j * to->n + i] = few->z[j * few->n + at];
    for (int j = 0; j < s->categories; j++)
      to->slot[j * to->n + i] = few->slot[j * few->n + at];
  }
}

/* Adds to sum[c] the largest similarity, and to seen[c] that there was one. */
static void stable_compare(stable_run *run, int k, double *sum, double *seen) {
  const twostep_points *few = &run->fit->few;
  const int others = run->found.k;
  memset(run->both, 0, (size_t)k * (size_t)others * sizeof(double));
  memset(run->of, 0, (size_t)k * sizeof(double));
  memset(run->of_other, 0, (size_t)others * sizeof(double));
  for (int64_t i = 0; i < run->drawn.n; i++) {
    const int32_t a = run->label[run->at[i]], b = run->other[i];
    const double w = few->weight[run->at[i]];
    if (a >= 0) run->of[a] += w;
    if (b >= 0) run->of_other[b] += w;
    if (a >= 0 && b >= 0) run->both[a * others + b] += w;
  }
  for (int c = 0; c < k; c++) {
    double best = 0;
    if (!(run->of[c] > 0)) continue;
    for (int b = 0; b < others; b++) {
      const double both = run->both[c * others + b];
      best = fmax(best, both / (run->of[c] + run->of_other[b] - both));
    }
    sum[c] += best;
    seen[c]++;
  }
}

static void stable_open(stable_run *run, int k) {
  mine_env *env = run->fit->env;
  const twostep_points *few = &run->fit->few;
  const size_t n = (size_t)few->n;
  double sum = 0;
  const twostep_scale *s = few->scale;
  run->drawn.scale = s;
  run->drawn.z = mine__arena_array(env->scratch, n, (size_t)s->numbers * sizeof(double));
  run->drawn.slot = mine__arena_array(env->scratch, n, (size_t)s->categories * sizeof(int32_t));
  run->drawn.weight = mine__arena_array(env->scratch, n, sizeof(double));
  run->at = mine__arena_array(env->scratch, n, sizeof *run->at);
  run->times = mine__arena_array(env->scratch, n, sizeof *run->times);
  run->below = mine__arena_array(env->scratch, n, sizeof(double));
  run->label = mine__arena_array(env->scratch, n, sizeof(int32_t));
  run->other = mine__arena_array(env->scratch, n, sizeof(int32_t));
  run->both = mine__arena_array(env->scratch, (size_t)k, TWOSTEP_MOST * sizeof(double));
  run->of = mine__arena_array(env->scratch, (size_t)k, sizeof(double));
  run->of_other = mine__arena_array(env->scratch, TWOSTEP_MOST, sizeof(double));
  mine__twostep_mixture_open(env, env->scratch, &run->fit->scale, TWOSTEP_MOST, &run->found);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < few->n; i++)
    run->below[i] = sum += few->weight[i];
  mine__twostep_label(env, few, &run->fit->mixture, run->label, NULL);
}

static void stable_resample(stable_run *run, int64_t resample) {
  const twostep_fit *fit = run->fit;
  const int k = fit->mixture.k;
  int top = k + STABLE_ABOVE;
  if (top > TWOSTEP_MOST) top = TWOSTEP_MOST;
  stable_draw(run, resample);
  if (top > run->drawn.n) top = (int)run->drawn.n;
  int64_t micro = 2 * (int64_t)top > STABLE_MICRO ? 2 * (int64_t)top : STABLE_MICRO;
  if (micro > run->drawn.n) micro = run->drawn.n;
  const twostep_descent descent = {
      .env = fit->env,
      .points = &run->drawn,
      .noise = fit->options->noise,
      .micro = micro,
      .steps = STABLE_STEPS,
      .top = top,
      .bottom = k < top ? k : top,
      .exact = 1,
      .seed = fit->data->seed,
      .index = (uint64_t)resample + 1,
  };
  mine__twostep_descend(&descent, &run->found);
  if (!mine_failed(fit->env))
    mine__twostep_label(fit->env, &run->drawn, &run->found, run->other, NULL);
}

void mine__twostep_stability(twostep_fit *fit, double *stability) {
  mine_env *env = fit->env;
  const int k = fit->mixture.k;
  const int64_t resamples = fit->options->resamples;
  const mine_mark mark = mine__arena_mark(env->scratch);
  stable_run run = {.fit = fit};
  double *sum = mine__arena_zeros(env->scratch, (size_t)k, sizeof *sum);
  double *seen = mine__arena_zeros(env->scratch, (size_t)k, sizeof *seen);
  if (!mine_failed(env) && resamples > 0) stable_open(&run, k);
  for (int64_t r = 0; r < resamples && !mine_failed(env); r++) {
    if (mine__poll_progress(env, "stability", (double)r / (double)resamples)) break;
    stable_resample(&run, r);
    if (!mine_failed(env)) stable_compare(&run, k, sum, seen);
  }
  for (int c = 0; c < k && !mine_failed(env); c++)
    stability[c] = seen[c] > 0 ? fmin(1, sum[c] / seen[c]) : (double)NAN;
  mine__arena_rewind(env->scratch, mark);
}
