/*
** kmedoids_solve.c -- starts that compete, how many clusters there are, and tables too long for
** the distances of all pairs.
**
** A start is BUILD where that is affordable, then LAB with other draws; each is swapped to its
** optimum and the cheapest wins.  k=auto goes down from max_k within one run (DynMSC: Lenssen &
** Schubert, "Medoid silhouette clustering with automatic cluster number selection", Information
** Systems 120, 2024): swaps raise the mean medoid silhouette 1 - d(nearest) / d(second) as far as
** it goes (kmedoids_msc.c), the medoid that is missed least is dropped, and so on; the k of the
** largest is the answer.  Such swaps may stop early, so that at each k they begin a second time at
** medoids of small distances, which go down beside them, and the better end counts.  The medoids
** of the chosen k are then swapped for small distances, and compete with other starts, as if that k
** had been given.
**
** Beyond fit->whole rows: CLARA (Kaufman & Rousseeuw, "Finding groups in data", 1990, chapter 3).
** Some samples are solved, each with the best medoids so far among its rows, and of the solutions
** the one with the smallest cost over all rows wins.
*/
#include <math.h>
#include <string.h>

#include "kmeans_private.h"
#include "kmedoids_private.h"

#define SOLVE_STARTS 10
#define SOLVE_WORK   4e7  /* rows^2 of all starts, where starts=auto    */
#define SOLVE_BUILD  2e9  /* rows^2 x k that BUILD may take             */
#define SOLVE_SAMPLE 4000 /* rows of a sample, at least                 */
#define SOLVE_EACH   10   /* and for each medoid                        */
#define SOLVE_POINTS 512  /* rows made points in a task                 */

/* ---- points ----------------------------------------------------------------------------- */

typedef struct solve_points {
  const mine_neighbours *space;
  mine_batch batch;
  double *point;
} solve_points;

static void solve_points_task(void *context, int64_t task, int worker) {
  const solve_points *job = context;
  const int64_t first = task * SOLVE_POINTS, left = job->batch.n - first;
  mine__neighbours_points(job->space, &job->batch, first, left < SOLVE_POINTS ? left : SOLVE_POINTS,
                          job->point + first * job->space->width);
  (void)worker;
}

/* The frame rows of positions; NULL: failure recorded. */
static const uint32_t *solve_rows(const kmedoids_fit *fit, const int64_t *row, int64_t n) {
  uint32_t *of = mine__arena_array(fit->env->scratch, (size_t)n, sizeof *of);
  for (int64_t i = 0; of && i < n; i++)
    of[i] = (uint32_t)mine_batch_row(&fit->data->rows, row[i]);
  return of;
}

void mine__kmedoids_matrix_of(const kmedoids_fit *fit, const int64_t *row, int64_t n,
                              kmedoids_matrix *out) {
  mine_env *env = fit->env;
  const mine_dataset *data = fit->data;
  solve_points job = {.space = &fit->body->rows, .batch = data->rows};
  double *weight = NULL;
  if (row) job.batch.row = solve_rows(fit, row, n);
  job.batch.n = n;
  job.point =
      mine__arena_array(env->scratch, (size_t)n, (size_t)fit->body->rows.width * sizeof(double));
  if (data->weight) weight = mine__arena_array(env->scratch, (size_t)n, sizeof *weight);
  if (mine_failed(env)) return;
  for (int64_t i = 0; weight && i < n; i++)
    weight[i] = data->weight[mine_batch_row(&job.batch, i)];
  if (mine__parallel(env, MINE_BLOCKS(n, SOLVE_POINTS), solve_points_task, &job)) return;
  mine__kmedoids_measure(env, &fit->body->rows, job.point, n, weight, out);
}

void mine__kmedoids_take(kmedoids_fit *fit, const int64_t *row, int64_t k) {
  mine_env *env = fit->env;
  mine_neighbours *rows = &fit->body->rows;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_batch batch = fit->data->rows;
  if (rows->n != k || !rows->point) {
    rows->n = k;
    rows->point =
        mine__arena_array(fit->model->arena, (size_t)k, (size_t)rows->width * sizeof(double));
    fit->body->panel = NULL;
    fit->body->zero = NULL;
  }
  batch.row = solve_rows(fit, row, k);
  batch.n = k;
  if (mine_failed(env)) return;
  mine__neighbours_points(rows, &batch, 0, k, rows->point);
  (void)!mine__medoids_prepare(env, fit->model->arena, fit->body);
  mine__arena_rewind(env->scratch, mark);
}

/* ---- all rows to their medoids ------------------------------------------------------------ */

typedef struct solve_cost {
  const kmedoids_fit *fit;
  const double *distance;
  double *partial; /* per task */
} solve_cost;

static void solve_cost_task(void *context, int64_t task, int worker) {
  const solve_cost *job = context;
  const mine_dataset *data = job->fit->data;
  const int64_t first = task * SOLVE_POINTS;
  job->partial[task] = 0;
  for (int64_t i = first; i < first + SOLVE_POINTS && i < data->rows.n; i++)
    job->partial[task] +=
        (data->weight ? data->weight[mine_batch_row(&data->rows, i)] : 1.0) * job->distance[i];
  (void)worker;
}

double mine__kmedoids_assign(const kmedoids_fit *fit, int32_t *label) {
  mine_env *env = fit->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const mine_batch *rows = &fit->data->rows;
  const int64_t tasks = MINE_BLOCKS(rows->n, SOLVE_POINTS);
  double *distance = mine__arena_array(env->scratch, (size_t)rows->n, sizeof *distance);
  solve_cost job = {fit, distance, mine__arena_array(env->scratch, (size_t)tasks, sizeof(double))};
  double cost = NAN;
  if (mine_failed(env) || mine__medoids_nearest(env, fit->body, rows, label, distance) ||
      mine__parallel(env, tasks, solve_cost_task, &job) ||
      mine__sum_blocks(env, job.partial, tasks, 1, &cost))
    return NAN;
  mine__arena_rewind(env->scratch, mark);
  return cost;
}

/* ---- one matrix --------------------------------------------------------------------------- */

static int64_t solve_starts(const kmedoids_fit *fit, int64_t n) {
  const double fit_in = SOLVE_WORK / ((double)n * (double)n);
  if (fit->options->starts != MINE_AUTO) return fit->options->starts;
  return fit_in > SOLVE_STARTS ? SOLVE_STARTS : fit_in < 1 ? 1 : (int64_t)fit_in;
}

/* One start, swapped to its optimum. */
static void solve_start(const kmedoids_fit *fit, kmedoids_run *run, int64_t start) {
  const double n = (double)run->matrix->n;
  mine_random random;
  mine__random_open(&random, fit->data->seed, KMEDOIDS_SEED, (uint64_t)start);
  mine__kmedoids_build(fit->env, run, start == 0 && n * n * (double)run->k <= SOLVE_BUILD, &random);
  if (!mine_failed(fit->env) && run->distinct == run->k)
    mine__kmedoids_swap(fit->env, run, fit->options->max_iter);
}

/* The best of all starts, and of `given` (k medoids, or NULL), into row[]: positions in the matrix.
** How many different rows there are, or k if that is smaller. */
static int64_t solve_compete(kmedoids_fit *fit, const kmedoids_matrix *matrix, int64_t k,
                             const int64_t *given, int64_t *row) {
  mine_env *env = fit->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t bytes = (size_t)k * sizeof *row;
  const int64_t starts = solve_starts(fit, matrix->n);
  double cost = INFINITY;
  kmedoids_run run;
  mine__kmedoids_run_open(env, matrix, k, &mine__kmedoids_pam, &run);
  for (int64_t s = given ? -1 : 0; s < starts && !mine_failed(env); s++) {
    if (s < 0) {
      memcpy(run.medoid, given, bytes);
      mine__kmedoids_swap(env, &run, fit->options->max_iter);
    } else {
      solve_start(fit, &run, s);
    }
    if (mine_failed(env) || run.distinct < k) break;
    if (run.cost < cost) {
      cost = run.cost;
      memcpy(row, run.medoid, bytes);
      fit->swaps = run.swaps;
    }
    (void)!mine__poll_progress(env, "k-medoids", (double)(s + 2) / (double)(starts + 2));
  }
  const int64_t distinct = run.distinct;
  mine__arena_rewind(env->scratch, mark);
  return distinct;
}

/* ---- k=auto --------------------------------------------------------------------------------- */

typedef struct solve_attempt {
  double silhouette, cost;
} solve_attempt;

/* The sum of weight x distance to the nearest medoid, in the units of the space. */
static double solve_distances(const kmedoids_run *run) {
  double sum = 0;
  for (int64_t i = 0; i < run->matrix->n; i++)
    sum += kmedoids_weight(run->matrix, i) * (double)run->far[0][i];
  return sum * run->matrix->unit;
}

/* Swap for the silhouette, from the run's medoids and from those of the smallest distances: the
** better one's medoids are the run's. */
static double solve_silhouette(const kmedoids_fit *fit, kmedoids_run *run, const kmedoids_run *near,
                               int64_t *spare) {
  mine_env *env = fit->env;
  const size_t bytes = (size_t)run->k * sizeof *spare;
  mine__kmedoids_swap(env, run, fit->options->max_iter);
  if (mine_failed(env)) return NAN;
  const double first = mine__kmedoids_medoid_silhouette(run);
  memcpy(spare, run->medoid, bytes);
  memcpy(run->medoid, near->medoid, bytes);
  mine__kmedoids_swap(env, run, fit->options->max_iter);
  if (mine_failed(env)) return NAN;
  const double second = mine__kmedoids_medoid_silhouette(run);
  if (second > first) return second;
  memcpy(run->medoid, spare, bytes);
  mine__kmedoids_nearest(env, run);
  return first;
}

/* Down from run->k, and beside it from near->k for small distances: attempt[] of each k, and the
** medoids of the best into row[]. */
static int64_t solve_descend(const kmedoids_fit *fit, kmedoids_run *run, kmedoids_run *near,
                             solve_attempt *attempt, int64_t *row) {
  mine_env *env = fit->env;
  double best = -INFINITY;
  int64_t chosen = 1;
  int64_t *spare = mine__arena_array(env->scratch, (size_t)run->k, sizeof *spare);
  while (run->k > 1 && !mine_failed(env)) {
    mine__kmedoids_swap(env, near, fit->options->max_iter);
    const double silhouette =
        mine_failed(env) ? (double)NAN : solve_silhouette(fit, run, near, spare);
    if (mine_failed(env)) break;
    attempt[run->k] = (solve_attempt){silhouette, solve_distances(run)};
    if (silhouette >= best) { /* of equals the fewer clusters */
      best = silhouette;
      chosen = run->k;
      memcpy(row, run->medoid, (size_t)run->k * sizeof *row);
    }
    if (run->k == 2) break;
    mine__kmedoids_drop(env, run);
    if (!mine_failed(env)) mine__kmedoids_drop(env, near);
  }
  return chosen;
}

static void solve_tell(kmedoids_fit *fit, const solve_attempt *attempt, int64_t last, int64_t n) {
  for (int64_t k = 2; k <= last; k++) {
    char name[MINE_NUMBER_BYTES], a[MINE_NUMBER_BYTES], b[MINE_NUMBER_BYTES];
    mine__format_real(name, (double)k, 0);
    mine__model_note(fit->model, "k", name, "medoid silhouette %s, cost %s%s",
                     mine__format_real(a, attempt[k].silhouette, 4),
                     mine__format_real(b, attempt[k].cost, 6),
                     n < fit->data->rows.n ? " (of a sample)" : "");
  }
  if (fit->k > 1)
    mine__model_note(fit->model, MINE__NOTE_CHOSEN, "k", "k=%lld of 2 to %lld", (long long)fit->k,
                     (long long)last);
  mine__model_note(fit->model, "fit", "k",
                   "k=%lld has the largest mean medoid silhouette of k=2 to %lld",
                   (long long)fit->k, (long long)(last > 2 ? last : 2));
}

/* fit->k, and its medoids (room for max_k) in row[]. */
static void solve_choose(kmedoids_fit *fit, const kmedoids_matrix *matrix, int64_t *row) {
  mine_env *env = fit->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t most = fit->options->max_k < matrix->n - 1 ? fit->options->max_k : matrix->n - 1;
  mine_random random;
  kmedoids_run run, near;
  fit->k = 1;
  if (most < 2) return;
  solve_attempt *attempt = mine__arena_zeros(env->scratch, (size_t)most + 1, sizeof *attempt);
  mine__kmedoids_run_open(env, matrix, most, &mine__kmedoids_msc, &run);
  mine__kmedoids_run_open(env, matrix, most, &mine__kmedoids_pam, &near);
  if (mine_failed(env)) return;
  mine__random_open(&random, fit->data->seed, KMEDOIDS_SEED, 0);
  const double n = (double)matrix->n;
  mine__kmedoids_build(env, &run, n * n * (double)most <= SOLVE_BUILD, &random);
  if (mine_failed(env)) return;
  run.k = near.k = most = run.distinct; /* as many as there are different rows */
  memcpy(near.medoid, run.medoid, (size_t)most * sizeof *near.medoid);
  fit->k = solve_descend(fit, &run, &near, attempt, row);
  if (!mine_failed(env)) solve_tell(fit, attempt, most, matrix->n);
  mine__arena_rewind(env->scratch, mark);
}

/* The best medoids of a matrix, into row[] (room for as many as there may be). */
static void solve_matrix(kmedoids_fit *fit, const kmedoids_matrix *matrix, int64_t *row) {
  const int automatic = fit->k == MINE_AUTO;
  mine_env *env = fit->env;
  if (automatic) solve_choose(fit, matrix, row);
  if (mine_failed(env)) return;
  const int64_t distinct =
      solve_compete(fit, matrix, fit->k, automatic && fit->k > 1 ? row : NULL, row);
  if (mine_failed(env) || distinct == fit->k) return;
  mine__fail(env, MINE_DATA,
             "k=%lld clusters need as many different rows, but only %lld of the %lld rows%s "
             "differ; use k=%lld or fewer",
             (long long)fit->k, (long long)distinct, (long long)matrix->n,
             matrix->n < fit->data->rows.n ? " of a sample" : "", (long long)distinct);
}

/* ---- samples --------------------------------------------------------------------------------- */

/* Positions spread over all rows, and the best medoids so far behind them. */
static int64_t solve_sample(const kmedoids_fit *fit, int64_t number, int64_t count, int64_t best,
                            int64_t *row) {
  const uint64_t purpose = KMEDOIDS_SAMPLE + ((uint64_t)(number + 1) << 32);
  int64_t n = count;
  mine__kmeans_stretches(fit->data->rows.n, count, fit->data->seed, purpose, row);
  for (int64_t c = 0; c < best; c++) {
    int there = 0;
    for (int64_t i = 0; i < count && !there; i++)
      there = row[i] == fit->row[c];
    if (!there) row[n++] = fit->row[c];
  }
  return n;
}

/* How many rows a sample has, for up to k medoids. */
static int64_t solve_sample_rows(const kmedoids_fit *fit, int64_t k) {
  const int64_t each = SOLVE_EACH * k;
  int64_t rows = fit->options->sample_rows;
  if (rows == MINE_AUTO) rows = each > SOLVE_SAMPLE ? each : SOLVE_SAMPLE;
  if (rows > fit->whole - k) rows = fit->whole - k;
  if (rows < 2 * k)
    mine__fail(fit->env, MINE_OPTION,
               "k=%lld is too many for samples of %lld rows; use fewer clusters, a larger "
               "sample_rows or more max_memory",
               (long long)k, (long long)(rows > 0 ? rows : 0));
  return rows;
}

static void solve_tell_samples(const kmedoids_fit *fit, int64_t rows) {
  char bytes[MINE_NUMBER_BYTES];
  const double n = (double)fit->data->rows.n;
  mine__format_real(bytes, n * n * sizeof(float) / 1e9, 3);
  mine__model_note(fit->model, "fit", "sample",
                   "the medoids come from the best of %lld samples of %lld rows (CLARA), judged on "
                   "all %lld; all pairs would take %s GB, and up to %lld rows are measured whole "
                   "(exact_rows, max_memory)",
                   (long long)fit->options->samples, (long long)rows, (long long)fit->data->rows.n,
                   bytes, (long long)fit->whole);
}

/* CLARA. */
static void solve_samples(kmedoids_fit *fit, int64_t most) {
  mine_env *env = fit->env;
  const int64_t rows = solve_sample_rows(fit, most);
  double cost = INFINITY;
  int64_t best = 0;
  if (mine_failed(env)) return;
  int64_t *sample = mine__arena_array(env->scratch, (size_t)(rows + most), sizeof *sample);
  int64_t *row = mine__arena_array(env->scratch, (size_t)most, sizeof *row);
  for (int64_t s = 0; s < fit->options->samples && !mine_failed(env); s++) {
    const mine_mark mark = mine__arena_mark(env->scratch);
    kmedoids_matrix matrix;
    const int64_t n = solve_sample(fit, s, rows, best, sample);
    mine__kmedoids_matrix_of(fit, sample, n, &matrix);
    if (!mine_failed(env)) solve_matrix(fit, &matrix, row);
    for (int64_t c = 0; !mine_failed(env) && c < fit->k; c++)
      row[c] = sample[row[c]];
    if (!mine_failed(env)) mine__kmedoids_take(fit, row, fit->k);
    const double now = mine_failed(env) ? (double)NAN : mine__kmedoids_assign(fit, NULL);
    if (mine_failed(env)) return;
    if (now < cost) {
      cost = now;
      best = fit->k;
      memcpy(fit->row, row, (size_t)best * sizeof *row);
    }
    mine__arena_rewind(env->scratch, mark);
  }
  if (!mine_failed(env)) solve_tell_samples(fit, rows);
}

/* ---- the solution --------------------------------------------------------------------------- */

void mine__kmedoids_solve(kmedoids_fit *fit) {
  mine_env *env = fit->env;
  const int64_t n = fit->data->rows.n, asked = fit->k == MINE_AUTO ? fit->options->max_k : fit->k;
  const int64_t most = asked < n ? asked : n;
  fit->row = mine__arena_array(env->scratch, (size_t)most, sizeof *fit->row);
  if (mine_failed(env)) return;
  if (n > fit->whole) {
    solve_samples(fit, most);
    return;
  }
  mine__kmedoids_matrix_of(fit, NULL, n, &fit->matrix);
  if (!mine_failed(env)) solve_matrix(fit, &fit->matrix, fit->row);
}
