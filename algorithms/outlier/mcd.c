/*
** mcd.c -- FAST-MCD (Rousseeuw & Van Driessen, "A fast algorithm for the minimum covariance
** determinant estimator", Technometrics 41, 1999).
**
** A C-step takes the h rows nearest to an estimate and estimates from them: the determinant never
** grows.  MCD_STARTS begin with p + 1 rows drawn by chance and take two C-steps; the best
** go on.  Of more than MCD_SMALL rows the starts are made in up to five groups of 300, whose best
** go on in the rows of all groups, and then in all rows until nothing moves (where a step is dear
** the best ten go two steps, and the best three of these to the end).  The best of them is the
** estimate.  It is then scaled so that the median of the distances is that of chi-squared, the rows
** within its 97.5 % quantile give the final mean and covariance, and this is divided by what
** cutting normal rows there makes of it (Croux & Haesbroeck, Journal of Multivariate Analysis 71,
** 1999).
**
** Where h rows lie in a plane (columns that mostly repeat one value, or follow from others) the
** determinant is 0 and says nothing.  Then covariances are mixed with the identity,
**     (1 - rho) covariance + rho I,  rho = 0.05,
** for which C-steps fall, too (Boudt, Rousseeuw, Vanduffel & Verdonck, "The minimum regularized
** covariance determinant estimator", Statistics and Computing 30, 2020); the caller's numbers are
** in units of their spread, so that I is a fair target.
**
** Starts are tasks with a random stream each, sums over many rows are taken in blocks: the same
** bits for any number of threads.
*/
#include "mcd.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../core/random.h"
#include "../kernel/linalg.h"
#include "../kernel/special.h"

#define MCD_STREAM  UINT64_C(0x6d6364) /* "mcd" */
#define MCD_STARTS  500
#define MCD_BEST    50  /* of all groups, and in all rows ...           */
#define MCD_FEW     10  /* ... where a step is dear                     */
#define MCD_CHEAP   1e6 /* multiplications of a step up to which it is not */
#define MCD_FINAL   3   /* of the few: that go on until nothing moves   */
#define MCD_SMALL   600 /* rows up to which there are no groups */
#define MCD_GROUP   300
#define MCD_GROUPS  5
#define MCD_STEPS   200 /* most C-steps to the end              */
#define MCD_RHO     0.05
#define MCD_FLAT    1e-12 /* what is left of a variance in a plane: rounding */
#define MCD_BLOCKS  256
#define MCD_WORK    (1 << 22) /* multiplications of a block, about */
#define MCD_QUANTUM 0.975

typedef struct mcd_estimate {
  double *mean, *root;
  double log_det; /* INFINITY: none; -INFINITY: the rows lie in a plane */
} mcd_estimate;

/* Rows among which C-steps choose: rows[0 .. n-1] of x, h of them. */
typedef struct mcd_rows {
  const double *x;
  int64_t p;
  const uint32_t *row;
  int64_t n, h;
} mcd_rows;

typedef struct mcd_room {
  double *distance, *ordered; /* n */
  uint32_t *chosen;           /* n: rows of x */
  double *point;              /* p */
  mcd_estimate at;
} mcd_room;

typedef struct mcd_run {
  mine_env *env;
  mine_arena *arena; /* scratch */
  const double *x;
  int64_t n, p, h;
  double rho;
  uint64_t seed;
  uint32_t *all;          /* 0 .. n-1 */
  uint32_t *drawn;        /* rows of all groups, one after another */
  int64_t groups, merged; /* how many; their rows */
  double *log_det;        /* per start */
  int32_t *start;         /* those that go on */
  int64_t n_start;
  mcd_estimate *best; /* of each */
  mcd_room *room;     /* per worker */
} mcd_run;

/* ---- estimates ---------------------------------------------------------------------------- */

static void mcd_add_mean(const double *x, int64_t p, const uint32_t *row, int64_t n, double *sum) {
  memset(sum, 0, (size_t)p * sizeof *sum);
  for (int64_t i = 0; i < n; i++) {
    const double *at = x + row[i] * p;
    for (int64_t j = 0; j < p; j++)
      sum[j] += at[j];
  }
}

/* The upper triangle of the sum of squares and products around the mean. */
static void mcd_add_products(const double *x, int64_t p, const uint32_t *row, int64_t n,
                             const double *mean, double *point, double *sum) {
  memset(sum, 0, (size_t)p * (size_t)p * sizeof *sum);
  for (int64_t i = 0; i < n; i++) {
    const double *at = x + row[i] * p;
    for (int64_t j = 0; j < p; j++)
      point[j] = at[j] - mean[j];
    for (int64_t j = 0; j < p; j++) {
      double *to = sum + j * p;
      for (int64_t k = j; k < p; k++)
        to[k] += point[j] * point[k];
    }
  }
}

/* The root of a covariance, in its place; its log determinant. */
static double mcd_root(int64_t p, double rho, double *a) {
  const mine_linalg plain = {0};
  double sum = 0;
  for (int64_t j = 0; j < p; j++) {
    for (int64_t k = j; k < p; k++)
      a[j * p + k] *= 1 - rho;
    a[j * p + j] += rho;
  }
  if (!mine__cholesky(plain, p, a)) return -INFINITY;
  for (int64_t j = 0; j < p; j++) {
    const double pivot = a[j * p + j];
    if (!(pivot * pivot > MCD_FLAT)) return -INFINITY;
    sum += 2 * log(pivot);
  }
  return isfinite(sum) ? sum : -INFINITY;
}

/* Of n rows, by one thread. */
static void mcd_estimate_few(const mcd_rows *rows, const uint32_t *row, int64_t n, double rho,
                             double *point, mcd_estimate *out) {
  const int64_t p = rows->p;
  mcd_add_mean(rows->x, p, row, n, out->mean);
  for (int64_t j = 0; j < p; j++)
    out->mean[j] /= (double)n;
  mcd_add_products(rows->x, p, row, n, out->mean, point, out->root);
  for (int64_t j = 0; j < p * p; j++)
    out->root[j] /= (double)n;
  out->log_det = mcd_root(p, rho, out->root);
}

static double mcd_distance(int64_t p, const double *mean, const double *root, const double *row,
                           double *point) {
  double sum = 0;
  for (int64_t j = 0; j < p; j++)
    point[j] = row[j] - mean[j];
  mine__solve_upper(p, root, 1, point);
  for (int64_t j = 0; j < p; j++)
    sum += point[j] * point[j];
  return sum;
}

double mine__mcd_distance(const mine__mcd *mcd, const double *row, double *room) {
  return mcd_distance(mcd->p, mcd->mean, mcd->root, row, room);
}

/* The h rows of least distance, of equals the first, in their order. */
static void mcd_choose(const mcd_rows *rows, mcd_room *room) {
  memcpy(room->ordered, room->distance, (size_t)rows->n * sizeof *room->ordered);
  const double last = mine__select(room->ordered, rows->n, rows->h - 1);
  int64_t below = 0, n = 0;
  for (int64_t i = 0; i < rows->n; i++)
    below += room->distance[i] < last;
  int64_t equal = rows->h - below;
  for (int64_t i = 0; i < rows->n; i++) {
    if (!(room->distance[i] < last) && !(room->distance[i] == last && equal-- > 0)) continue;
    room->chosen[n++] = rows->row[i];
  }
}

/* A C-step among a few rows; 0: it led into a plane. */
static int mcd_step(const mcd_rows *rows, double rho, mcd_room *room) {
  for (int64_t i = 0; i < rows->n; i++)
    room->distance[i] = mcd_distance(rows->p, room->at.mean, room->at.root,
                                     rows->x + rows->row[i] * rows->p, room->point);
  mcd_choose(rows, room);
  mcd_estimate_few(rows, room->chosen, rows->h, rho, room->point, &room->at);
  return room->at.log_det > -INFINITY;
}

/* ---- starts --------------------------------------------------------------------------------- */

static mcd_rows mcd_group(const mcd_run *run, int64_t group) {
  const int64_t first = mine__block_first(run->merged, run->groups, group);
  const int64_t n = mine__block_first(run->merged, run->groups, group + 1) - first;
  return (mcd_rows){run->x, run->p, run->drawn + first, n, (n * run->h + run->n - 1) / run->n};
}

/* p + 1 rows by chance, and more where these lie in a plane; then two steps.  The estimate is
** the room's. */
static void mcd_begin(const mcd_run *run, int64_t start, mcd_room *room) {
  const mcd_rows rows = mcd_group(run, start % run->groups);
  mine_random random;
  mine__random_open(&random, run->seed, MCD_STREAM, (uint64_t)start);
  memcpy(room->chosen, rows.row, (size_t)rows.n * sizeof *room->chosen);
  mine__random_shuffle(&random, NULL, room->chosen, rows.n);
  int64_t n = run->p + 1 < rows.n ? run->p + 1 : rows.n;
  for (;; n = 2 * n < rows.n ? 2 * n : rows.n) {
    mcd_estimate_few(&rows, room->chosen, n, run->rho, room->point, &room->at);
    if (room->at.log_det > -INFINITY || n == rows.n) break;
  }
  for (int step = 0; step < 2 && room->at.log_det > -INFINITY; step++)
    (void)mcd_step(&rows, run->rho, room);
}

static void mcd_start_task(void *context, int64_t task, int worker) {
  const mcd_run *run = context;
  mcd_begin(run, task, &run->room[worker]);
  run->log_det[task] = run->room[worker].at.log_det;
}

static void mcd_keep(int64_t p, const mcd_estimate *from, mcd_estimate *to) {
  memcpy(to->mean, from->mean, (size_t)p * sizeof *to->mean);
  memcpy(to->root, from->root, (size_t)p * (size_t)p * sizeof *to->root);
  to->log_det = from->log_det;
}

/* One that goes on: made once more, and two steps among the rows of all groups. */
static void mcd_merge_task(void *context, int64_t task, int worker) {
  const mcd_run *run = context;
  mcd_room *room = &run->room[worker];
  mcd_rows rows = {run->x, run->p, run->drawn, run->merged, 0};
  rows.h = (rows.n * run->h + run->n - 1) / run->n;
  mcd_begin(run, run->start[task], room);
  for (int step = 0; run->groups > 1 && step < 2 && room->at.log_det > -INFINITY; step++)
    (void)mcd_step(&rows, run->rho, room);
  mcd_keep(run->p, &room->at, &run->best[task]);
}

/* The best starts of each group, of equals the first. */
static void mcd_choose_starts(mcd_run *run) {
  for (int64_t g = 0; g < run->groups; g++) {
    for (int64_t k = 0; k < MCD_BEST / run->groups; k++) {
      int64_t best = -1;
      for (int64_t s = g; s < MCD_STARTS; s += run->groups)
        if (!isnan(run->log_det[s]) && (best < 0 || run->log_det[s] < run->log_det[best])) best = s;
      if (best < 0) break;
      run->start[run->n_start++] = (int32_t)best;
      run->log_det[best] = NAN;
    }
  }
}

/* ---- all rows ------------------------------------------------------------------------------- */

typedef struct mcd_whole {
  const mcd_run *run;
  const uint32_t *row; /* whose sums are taken */
  int64_t n, blocks;
  mcd_estimate *at;
  double *sum; /* per block: p, or p x p */
  double *distance;
} mcd_whole;

static int64_t mcd_blocks(const mcd_run *run) {
  const double blocks = (double)run->n * (double)(run->p * run->p) / MCD_WORK + 1;
  const int64_t most = MINE_BLOCKS(run->n, 64);
  const int64_t some = blocks > MCD_BLOCKS ? MCD_BLOCKS : (int64_t)blocks;
  return some < most ? some : most;
}

static void mcd_mean_task(void *context, int64_t task, int worker) {
  const mcd_whole *job = context;
  const int64_t p = job->run->p, first = mine__block_first(job->n, job->blocks, task);
  const int64_t end = mine__block_first(job->n, job->blocks, task + 1);
  (void)worker;
  mcd_add_mean(job->run->x, p, job->row + first, end - first, job->sum + task * p);
}

static void mcd_product_task(void *context, int64_t task, int worker) {
  const mcd_whole *job = context;
  const int64_t p = job->run->p, first = mine__block_first(job->n, job->blocks, task);
  const int64_t end = mine__block_first(job->n, job->blocks, task + 1);
  mcd_add_products(job->run->x, p, job->row + first, end - first, job->at->mean,
                   job->run->room[worker].point, job->sum + task * p * p);
}

static void mcd_distance_task(void *context, int64_t task, int worker) {
  const mcd_whole *job = context;
  const mcd_run *run = job->run;
  const int64_t end = mine__block_first(run->n, job->blocks, task + 1);
  for (int64_t i = mine__block_first(run->n, job->blocks, task); i < end; i++)
    job->distance[i] = mcd_distance(run->p, job->at->mean, job->at->root, run->x + i * run->p,
                                    run->room[worker].point);
}

/* The estimate of n rows, by all threads. */
static void mcd_estimate_many(const mcd_run *run, const uint32_t *row, int64_t n,
                              mcd_estimate *at) {
  mine_env *env = run->env;
  const int64_t p = run->p;
  const mine_mark mark = mine__arena_mark(run->arena);
  mcd_whole job = {.run = run, .row = row, .n = n, .blocks = mcd_blocks(run), .at = at};
  job.sum = mine__arena_array(run->arena, (size_t)job.blocks, (size_t)(p * p) * sizeof *job.sum);
  if (!mine_failed(env) && mine__parallel(env, job.blocks, mcd_mean_task, &job) == MINE_OK &&
      mine__sum_blocks(env, job.sum, job.blocks, (size_t)p, at->mean) == MINE_OK) {
    for (int64_t j = 0; j < p; j++)
      at->mean[j] /= (double)n;
    if (mine__parallel(env, job.blocks, mcd_product_task, &job) == MINE_OK)
      (void)!mine__sum_blocks(env, job.sum, job.blocks, (size_t)(p * p), at->root);
    for (int64_t j = 0; j < p * p; j++)
      at->root[j] /= (double)n;
    at->log_det = mcd_root(p, run->rho, at->root);
  }
  mine__arena_rewind(run->arena, mark);
}

static void mcd_distances(const mcd_run *run, mcd_estimate *at, double *distance) {
  mcd_whole job = {.run = run, .blocks = mcd_blocks(run), .at = at, .distance = distance};
  (void)!mine__parallel(run->env, job.blocks, mcd_distance_task, &job);
}

/* C-steps among all rows, until the determinant stays. */
static void mcd_go_on(const mcd_run *run, int steps, mcd_estimate *at) {
  const mcd_rows rows = {run->x, run->p, run->all, run->n, run->h};
  mcd_room *room = &run->room[0];
  for (int step = 0; step < steps && at->log_det > -INFINITY; step++) {
    const double before = at->log_det;
    mcd_distances(run, at, room->distance);
    if (mine_failed(run->env)) return;
    mcd_choose(&rows, room);
    mcd_estimate_many(run, room->chosen, run->h, at);
    if (mine_failed(run->env) || at->log_det == before) return;
  }
}

/* The n best estimates to the front, of equals the first. */
static void mcd_order(mcd_estimate *best, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    const mcd_estimate moving = best[i];
    int64_t at = i;
    for (; at > 0 && moving.log_det < best[at - 1].log_det; at--)
      best[at] = best[at - 1];
    best[at] = moving;
  }
}

/* Scaled by the median; then the rows that are near give the final estimate. */
static void mcd_reweigh(const mcd_run *run, mcd_estimate *at, mine__mcd *out) {
  mcd_room *room = &run->room[0];
  const double p = (double)run->p;
  mcd_distances(run, at, room->distance);
  if (mine_failed(run->env)) return;
  memcpy(room->ordered, room->distance, (size_t)run->n * sizeof *room->ordered);
  double scale = mine__median(room->ordered, run->n) / mine__chi2_quantile(0.5, p, MINE__LOWER);
  if (!(scale > 0)) scale = 1; /* half of the rows in one place */
  const double far = mine__chi2_quantile(MCD_QUANTUM, p, MINE__LOWER);
  int64_t kept = 0;
  for (int64_t i = 0; i < run->n; i++)
    if (room->distance[i] <= far * scale) room->chosen[kept++] = (uint32_t)i;
  mcd_keep(run->p, at, &room->at);
  if (kept > 1) mcd_estimate_many(run, room->chosen, kept, &room->at);
  if (mine_failed(run->env)) return;
  if (kept > 1 && room->at.log_det > -INFINITY) {
    at = &room->at;
    scale = MCD_QUANTUM / mine__chi2_tail(far, p + 2, MINE__LOWER);
  } else {
    kept = run->h;
  }
  memcpy(out->mean, at->mean, (size_t)run->p * sizeof *out->mean);
  for (int64_t j = 0; j < run->p * run->p; j++)
    out->root[j] = at->root[j] * sqrt(scale);
  out->kept = kept;
}

/* ---- the whole ----------------------------------------------------------------------------- */

/* A sample, without order, and the groups it is parted into. */
static void mcd_draw(mcd_run *run) {
  mine_random random;
  run->groups = run->n <= MCD_SMALL ? 1 : run->n / MCD_GROUP;
  if (run->groups > MCD_GROUPS) run->groups = MCD_GROUPS;
  run->merged =
      run->groups == 1 || run->n < MCD_GROUPS * MCD_GROUP ? run->n : MCD_GROUPS * MCD_GROUP;
  if (run->groups == 1) return;
  mine__random_open(&random, run->seed, MCD_STREAM, MCD_STARTS);
  mine__random_shuffle(&random, run->env, run->drawn, run->n);
}

static void mcd_open_estimate(mine_arena *arena, int64_t p, mcd_estimate *out) {
  out->mean = mine__arena_zeros(arena, (size_t)p, sizeof(double));
  out->root = mine__arena_zeros(arena, (size_t)p, (size_t)p * sizeof(double));
  out->log_det = INFINITY;
}

static void mcd_open(mcd_run *run) {
  mine_env *env = run->env;
  mine_arena *a = run->arena;
  const size_t n = (size_t)run->n, workers = (size_t)env->threads;
  const size_t few = n < MCD_GROUPS * MCD_GROUP ? n : MCD_GROUPS * MCD_GROUP;
  run->all = mine__arena_array(a, n, sizeof *run->all);
  run->drawn = mine__arena_array(a, n, sizeof *run->drawn);
  run->log_det = mine__arena_array(a, MCD_STARTS, sizeof *run->log_det);
  run->start = mine__arena_array(a, MCD_BEST, sizeof *run->start);
  run->best = mine__arena_zeros(a, MCD_BEST, sizeof *run->best);
  run->room = mine__arena_zeros(a, workers, sizeof *run->room);
  for (size_t w = 0; w < workers && !mine_failed(env); w++) {
    mcd_room *room = &run->room[w];
    const size_t rows = w == 0 ? n : few > MCD_SMALL ? few : MCD_SMALL;
    room->distance = mine__arena_array(a, rows, sizeof *room->distance);
    room->ordered = mine__arena_array(a, rows, sizeof *room->ordered);
    room->chosen = mine__arena_array(a, rows, sizeof *room->chosen);
    room->point = mine__arena_array(a, (size_t)run->p, sizeof *room->point);
    mcd_open_estimate(a, run->p, &room->at);
  }
  for (size_t i = 0; i < n && !mine_failed(env); i++)
    run->all[i] = run->drawn[i] = (uint32_t)i;
  if (!mine_failed(env)) mcd_draw(run);
}

/* The best estimate; NULL: half of the rows lie in a plane, or a failure. */
static mcd_estimate *mcd_search(mcd_run *run) {
  mine_env *env = run->env;
  run->n_start = 0;
  if (mine__parallel_progress(env, MCD_STARTS, mcd_start_task, run, "searching the middle", 0, 0.4))
    return NULL;
  for (int s = 0; s < MCD_STARTS; s++)
    if (run->log_det[s] == -INFINITY) return NULL;
  mcd_choose_starts(run);
  for (int64_t i = 0; i < run->n_start && !run->best[i].root; i++)
    mcd_open_estimate(run->arena, run->p, &run->best[i]);
  if (mine_failed(env) || mine__parallel_progress(env, run->n_start, mcd_merge_task, run,
                                                  "searching the middle", 0.4, 0.5))
    return NULL;
  mcd_order(run->best, run->n_start);
  const int dear = (double)run->n * (double)(run->p * run->p) > MCD_CHEAP;
  int64_t n = dear && run->n_start > MCD_FEW ? MCD_FEW : run->n_start;
  for (int64_t i = 0; i < n && dear && !mine_failed(env); i++)
    mcd_go_on(run, 2, &run->best[i]);
  mcd_order(run->best, n);
  if (dear && n > MCD_FINAL) n = MCD_FINAL;
  for (int64_t i = 0; i < n && !mine_failed(env); i++)
    mcd_go_on(run, MCD_STEPS, &run->best[i]);
  mcd_order(run->best, n);
  return mine_failed(env) || run->best[0].log_det == -INFINITY ? NULL : &run->best[0];
}

mine_status mine__mcd_fit(mine_env *env, mine_arena *arena, const double *x, int64_t n, int64_t p,
                          uint64_t seed, mine__mcd *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  mcd_run run = {.env = env, .arena = env->scratch, .x = x, .n = n, .p = p, .seed = seed};
  run.h = (n + p + 1) / 2 < n ? (n + p + 1) / 2 : n;
  *out = (mine__mcd){.p = p, .half = run.h};
  mcd_estimate final;
  mcd_open_estimate(arena, p, &final);
  mcd_open(&run);
  if (mine_failed(env)) return mine_env_status(env);
  mcd_estimate *best = mcd_search(&run);
  if (!best && !mine_failed(env)) {
    run.rho = out->mixed = MCD_RHO;
    best = mcd_search(&run);
  }
  if (!best && !mine_failed(env))
    (void)mine__fail(env, MINE_NUMERIC, "the covariance of these numbers overflows");
  out->mean = final.mean;
  out->root = final.root;
  if (best) mcd_reweigh(&run, best, out);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
