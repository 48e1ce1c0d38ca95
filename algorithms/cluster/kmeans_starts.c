/*
** kmeans_starts.c -- starts that compete, and the winner on all rows.
**
** Each start draws its centres (kmeans_init.c) and iterates (kmeans_lloyd.c); the one of
** the smallest inertia is refined (kmeans_refine.c).  On large data the starts and the
** refinement work on a spread sample, and only the winner meets all rows (Bradley & Fayyad,
** "Refining initial points for k-means clustering", ICML 1998): one pass over a million
** rows costs more than a whole start on the sample.
*/
#include <math.h>
#include <string.h>

#include "kmeans_private.h"

#define STARTS_ROWS  16384 /* of the sample, and at least STARTS_EACH per cluster */
#define STARTS_EACH  64
#define STARTS_SIEVE 4096 /* fewer rows are assigned exactly straight away */

void mine__kmeans_spread(kmeans_fit *fit, int64_t most_k) {
  const int64_t each = most_k * STARTS_EACH, count = each > STARTS_ROWS ? each : STARTS_ROWS;
  mine_env *env = fit->env;
  if (fit->points.n >= STARTS_SIEVE) mine__kmeans_sieve_open(env, &fit->points);
  fit->sample = fit->points;
  if (mine_failed(env) || fit->options->init.rows || fit->points.n <= 2 * count) return;
  mine__kmeans_points_sample(env, &fit->points, count, fit->data->seed, &fit->sample);
  if (!mine_failed(env)) mine__kmeans_sieve_open(env, &fit->sample);
  if (fit->options->batch) return;
  mine__model_note(fit->model, "fit", "sample",
                   "the starts competed on %lld of the %lld rows; the best continued on all",
                   (long long)count, (long long)fit->points.n);
}

/* One start: seed, then iterate.  run->distinct < k: there are fewer different rows. */
static void starts_one(const kmeans_fit *fit, kmeans_run *run, int64_t start) {
  mine_random random;
  mine__random_open(&random, fit->data->seed, KMEANS_SEED, (uint64_t)start);
  run->distinct = run->k;
  if (fit->random) {
    mine__kmeans_seed_random(fit->env, run, &random);
  } else {
    mine__kmeans_seed_plus(fit->env, run, &random);
  }
  if (mine_failed(fit->env) || run->distinct < run->k) return;
  mine__kmeans_lloyd(fit->env, run, fit->options->max_iter, fit->options->tol);
}

void mine__kmeans_compete(const kmeans_fit *fit, const kmeans_points *points, int64_t k,
                          kmeans_run *best) {
  const int64_t starts = fit->options->starts;
  mine_env *env = fit->env;
  double inertia = INFINITY;
  int iterations = 0;
  mine__kmeans_run_open(env, points, k, best);
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *centre = mine__arena_array(env->scratch, 1, kmeans_centre_bytes(best));
  if (mine_failed(env)) return;
  for (int64_t start = 0; start < starts; start++) {
    starts_one(fit, best, start);
    if (mine_failed(env) || best->distinct < k) return;
    if (best->inertia < inertia) {
      inertia = best->inertia;
      iterations = best->iterations;
      memcpy(centre, best->centre, kmeans_centre_bytes(best));
    }
    if (mine__poll_progress(env, "k-means", (double)(start + 1) / (double)(starts + 2))) return;
  }
  memcpy(best->centre, centre, kmeans_centre_bytes(best));
  mine__kmeans_assign_exact(env, best);
  if (!mine_failed(env) && starts > 1) mine__kmeans_refine(env, best, fit->data->seed);
  best->iterations = iterations;
  mine__arena_rewind(env->scratch, mark);
}

/* ---- the winner on all rows --------------------------------------------------------- */

/* init=SELECT: from the rows that are given. */
static void starts_given(const kmeans_fit *fit, kmeans_run *run) {
  const mine_batch *initial = fit->options->init.rows;
  if (initial->n != fit->k)
    mine__fail(fit->env, MINE_OPTION,
               "init gives %lld rows but k is %lld; give one row per cluster",
               (long long)initial->n, (long long)fit->k);
  mine__kmeans_run_open(fit->env, &fit->points, fit->k, run);
  if (mine_failed(fit->env)) return;
  mine__encode(&fit->encoding, initial, 0, initial->n, run->centre);
  mine__kmeans_lloyd(fit->env, run, fit->options->max_iter, fit->options->tol);
}

/* The starts compete on the sample: fit->best, unless it has fewer than k different rows. */
static void starts_on_sample(kmeans_fit *fit) {
  mine_env *env = fit->env;
  const size_t width = (size_t)fit->points.width;
  double *centre = mine__arena_array(env->scratch, (size_t)fit->k, width * sizeof *centre);
  const mine_mark mark = mine__arena_mark(env->scratch);
  kmeans_run run;
  if (mine_failed(env)) return;
  mine__kmeans_compete(fit, &fit->sample, fit->k, &run);
  if (mine_failed(env)) return;
  if (run.distinct == fit->k) fit->best = memcpy(centre, run.centre, kmeans_centre_bytes(&run));
  mine__arena_rewind(env->scratch, mark);
}

/* The winner of the sample iterates on all rows; where the sample is all rows it has. */
static void starts_go_on(const kmeans_fit *fit, kmeans_run *run) {
  mine__kmeans_run_open(fit->env, &fit->points, fit->k, run);
  if (mine_failed(fit->env)) return;
  memcpy(run->centre, fit->best, kmeans_centre_bytes(run));
  if (fit->sample.n < fit->points.n) {
    mine__kmeans_lloyd(fit->env, run, fit->options->max_iter, fit->options->tol);
  } else {
    mine__kmeans_assign_exact(fit->env, run);
    run->iterations = fit->iterations;
  }
}

void mine__kmeans_solve(kmeans_fit *fit, kmeans_run *run) {
  const int sampled = fit->sample.n < fit->points.n, given = fit->options->init.rows != NULL;
  if (sampled && !given && !fit->best) starts_on_sample(fit);
  if (mine_failed(fit->env)) return;
  if (given) {
    starts_given(fit, run);
  } else if (fit->best) {
    starts_go_on(fit, run);
  } else { /* no sample, or one that is poorer in different rows than the data */
    mine__kmeans_compete(fit, &fit->points, fit->k, run);
  }
  if (mine_failed(fit->env) || run->distinct == fit->k) return;
  mine__fail(fit->env, MINE_DATA,
             "k=%lld clusters need as many different rows, but only %lld of the %lld rows "
             "differ; use k=%lld or fewer",
             (long long)fit->k, (long long)run->distinct, (long long)fit->points.n,
             (long long)run->distinct);
}
