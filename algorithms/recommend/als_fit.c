/*
** als_fit.c -- als.h: the two half steps are one function, over rows of customers or of items.
**
** The products of all factors with themselves are added by blocks of rows in doubles; a row is
** solved in floats (conjugate gradients) or doubles (Cholesky).  The loss before a half step falls
** off its first residuals.
*/
#include "als.h"

#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "../core/random.h"

#define ALS_ROWS   64   /* of a task */
#define ALS_SQUARE 1024 /* rows of a block of products */
#define ALS_GROUP  64   /* ... that become columns of doubles at a time */

typedef struct als_worker {
  float *residual, *direction, *product;
  double *a, *x, *room;
} als_worker;

typedef struct als_side {
  const mine_taken *taken;
  const float *more; /* alpha v */
  float *factor;
} als_side;

typedef struct als_job {
  const mine_als_options *options;
  const mine__kernels *kernels;
  mine_linalg la;
  int64_t f, wide;
  const als_side *to, *from; /* to->factor is learned from from->factor */
  double *square;            /* from'from, f x f */
  float *square_floats;      /* wide x wide */
  double *blocks, *groups;
  double *loss; /* by task of rows of `to` */
  als_worker *worker;
  int only_loss;
} als_job;

double mine__als_lambda(const mine_als_options *options, int64_t n, int64_t all) {
  if (options->scaling == 0) return options->regularization;
  return options->regularization * pow((double)n + (double)all / options->alpha, options->scaling);
}

/* Hu, Koren & Volinsky's (4): x = (square + sum alpha v y y' + lambda I)^-1 sum (1 + alpha v)
** y.  Of a the upper triangle alone is made. */
void mine__als_solve(const float *item, int64_t wide, int64_t f, const double *square,
                     double lambda, int64_t n, const int32_t *index, const double *more, double *a,
                     double *x, double *room) {
  memcpy(a, square, (size_t)(f * f) * sizeof *a);
  memset(x, 0, (size_t)f * sizeof *x);
  for (int64_t i = 0; i < n; i++) {
    const float *y = item + index[i] * wide;
    for (int64_t j = 0; j < f; j++)
      room[j] = (double)y[j];
    for (int64_t j = 0; j < f; j++) {
      const double by = more[i] * room[j];
      double *row = a + j * f;
      x[j] += (1 + more[i]) * room[j];
#pragma omp simd
      for (int64_t k = j; k < f; k++)
        row[k] += by * room[k];
    }
  }
  for (int64_t j = 0; j < f; j++)
    a[j * f + j] += lambda;
  const mine_linalg plain = {0};
  if (!mine__cholesky(plain, f, a)) {
    memset(x, 0, (size_t)f * sizeof *x);
    return;
  }
  mine__solve_upper(f, a, 1, x);
  mine__solve_upper(f, a, 0, x);
}

/* ---- products of the other side ------------------------------------------------------------- */

static void als_square_block(void *context, int64_t task, int worker) {
  const als_job *job = context;
  const int64_t f = job->f, rows = job->from->taken->rows;
  double *sum = job->blocks + task * f * f, *group = job->groups + (int64_t)worker * f * ALS_GROUP;
  const int64_t end = (task + 1) * ALS_SQUARE < rows ? (task + 1) * ALS_SQUARE : rows;
  memset(sum, 0, (size_t)(f * f) * sizeof *sum);
  for (int64_t i = task * ALS_SQUARE; i < end; i += ALS_GROUP) {
    const int64_t n = end - i < ALS_GROUP ? end - i : ALS_GROUP;
    for (int64_t r = 0; r < n; r++) {
      for (int64_t j = 0; j < f; j++)
        group[j * ALS_GROUP + r] = (double)job->from->factor[(i + r) * job->wide + j];
    }
    mine__syrk(job->la, f, n, 1, group, ALS_GROUP, sum);
  }
}

static void als_square(mine_env *env, als_job *job) {
  const int64_t f = job->f, blocks = MINE_BLOCKS(job->from->taken->rows, ALS_SQUARE);
  if (mine__parallel(env, blocks, als_square_block, job) ||
      mine__sum_blocks(env, job->blocks, blocks, (size_t)(f * f), job->square))
    return;
  for (int64_t i = 0; i < f; i++) {
    for (int64_t j = 0; j < f; j++) {
      if (j < i) job->square[i * f + j] = job->square[j * f + i];
      job->square_floats[i * job->wide + j] = (float)job->square[i * f + j];
    }
  }
}

/* ---- rows ----------------------------------------------------------------------------------- */

static double als_product(const float *a, const float *b, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += (double)a[i] * (double)b[i];
  return sum;
}

/* residual = sum of c y - (square + sum of more y y' + lambda) x; what the row adds to the loss.
** x square x is what the row adds where nothing was taken; factors_pass puts right what was. */
static double als_residual(const als_job *job, int64_t row, double lambda, const als_worker *w) {
  const mine_taken *taken = job->to->taken;
  const int64_t first = taken->first[row], wide = job->wide;
  const float *x = job->to->factor + row * wide;
  memset(w->product, 0, (size_t)wide * sizeof *w->product);
  job->kernels->factors_square(job->square_floats, wide, x, 1, w->product);
  double loss = als_product(x, w->product, wide) + lambda * als_product(x, x, wide);
  for (int64_t j = 0; j < wide; j++)
    w->residual[j] = -w->product[j] - (float)lambda * x[j];
  loss += job->kernels->factors_pass(job->from->factor, wide, taken->item + first,
                                     job->to->more + first, taken->first[row + 1] - first, x, 1,
                                     w->residual);
  return loss;
}

static void als_gradients(const als_job *job, int64_t row, double lambda, const als_worker *w) {
  const mine_taken *taken = job->to->taken;
  const int64_t first = taken->first[row], wide = job->wide;
  float *x = job->to->factor + row * wide;
  double left = als_product(w->residual, w->residual, wide);
  memcpy(w->direction, w->residual, (size_t)wide * sizeof *w->direction);
  for (int64_t step = 0; step < job->options->steps && left > 1e-20; step++) {
    for (int64_t j = 0; j < wide; j++)
      w->product[j] = (float)lambda * w->direction[j];
    job->kernels->factors_square(job->square_floats, wide, w->direction, 1, w->product);
    (void)job->kernels->factors_pass(job->from->factor, wide, taken->item + first,
                                     job->to->more + first, taken->first[row + 1] - first,
                                     w->direction, 0, w->product);
    const double curve = als_product(w->direction, w->product, wide);
    if (!(curve > 0)) return;
    const float along = (float)(left / curve);
    for (int64_t j = 0; j < wide; j++) {
      x[j] += along * w->direction[j];
      w->residual[j] -= along * w->product[j];
    }
    const double now = als_product(w->residual, w->residual, wide);
    const float turn = (float)(now / left);
    for (int64_t j = 0; j < wide; j++)
      w->direction[j] = w->residual[j] + turn * w->direction[j];
    left = now;
  }
}

/* The exact row, in blocks of its items that syrk multiplies.  Rows are sqrt(alpha v) y, of
** which syrk adds the squares. */
static void als_exact(const als_job *job, int64_t row, double lambda, int worker) {
  const mine_taken *taken = job->to->taken;
  const int64_t f = job->f;
  const als_worker *w = &job->worker[worker];
  double *group = job->groups + (int64_t)worker * f * ALS_GROUP;
  memcpy(w->a, job->square, (size_t)(f * f) * sizeof *w->a);
  memset(w->x, 0, (size_t)f * sizeof *w->x);
  for (int64_t i = taken->first[row]; i < taken->first[row + 1]; i += ALS_GROUP) {
    const int64_t left = taken->first[row + 1] - i, n = left < ALS_GROUP ? left : ALS_GROUP;
    for (int64_t r = 0; r < n; r++) {
      const float *y = job->from->factor + taken->item[i + r] * job->wide;
      const double more = (double)job->to->more[i + r], root = sqrt(more);
      for (int64_t j = 0; j < f; j++) {
        group[j * ALS_GROUP + r] = root * (double)y[j];
        w->x[j] += (1 + more) * (double)y[j];
      }
    }
    mine__syrk(job->la, f, n, 1, group, ALS_GROUP, w->a);
  }
  for (int64_t j = 0; j < f; j++)
    w->a[j * f + j] += lambda;
  if (!mine__cholesky(job->la, f, w->a)) return; /* the row stays as it is */
  mine__solve_upper(f, w->a, 1, w->x);
  mine__solve_upper(f, w->a, 0, w->x);
  for (int64_t j = 0; j < f; j++)
    job->to->factor[row * job->wide + j] = (float)w->x[j];
}

static void als_rows(void *context, int64_t task, int worker) {
  const als_job *job = context;
  const mine_taken *taken = job->to->taken;
  const int64_t end = (task + 1) * ALS_ROWS;
  double loss = 0;
  for (int64_t row = task * ALS_ROWS; row < end && row < taken->rows; row++) {
    const int64_t n = taken->first[row + 1] - taken->first[row];
    const double lambda = mine__als_lambda(job->options, n, taken->columns);
    loss += als_residual(job, row, lambda, &job->worker[worker]);
    if (job->only_loss) continue;
    if (n == 0)
      memset(job->to->factor + row * job->wide, 0, (size_t)job->wide * sizeof(float));
    else if (job->options->solver)
      als_exact(job, row, lambda, worker);
    else
      als_gradients(job, row, lambda, &job->worker[worker]);
  }
  job->loss[task] = loss;
}

/* The penalty on the rows of a side. */
static double als_penalty(const als_job *job, const als_side *side) {
  double sum = 0;
  for (int64_t r = 0; r < side->taken->rows; r++) {
    const int64_t n = side->taken->first[r + 1] - side->taken->first[r];
    const float *x = side->factor + r * job->wide;
    sum += mine__als_lambda(job->options, n, side->taken->columns) * als_product(x, x, job->wide);
  }
  return sum;
}

/* One half step; the loss before it. */
static double als_half(mine_env *env, als_job *job, const als_side *to, const als_side *from) {
  const int64_t tasks = MINE_BLOCKS(to->taken->rows, ALS_ROWS);
  double loss = 0;
  job->to = to;
  job->from = from;
  als_square(env, job);
  if (mine_failed(env) || mine__parallel(env, tasks, als_rows, job)) return 0;
  for (int64_t t = 0; t < tasks; t++)
    loss += job->loss[t];
  return loss + als_penalty(job, from);
}

/* ---- all of it ------------------------------------------------------------------------------ */

double mine__als_bytes(const mine_env *env, int64_t rows, int64_t columns, int64_t cells,
                       int64_t factors) {
  const double f = (double)factors, points = (double)rows + (double)columns;
  const double wide = (double)(MINE_BLOCKS(factors, FACTORS_LANES) * FACTORS_LANES);
  const int64_t most = rows > columns ? rows : columns;
  return points * (wide * sizeof(float) + sizeof(int64_t)) +
         (double)cells * (sizeof(int32_t) + sizeof(double) + 2 * sizeof(float)) +
         f * f * sizeof(double) * (double)(MINE_BLOCKS(most, ALS_SQUARE) + env->threads + 1) +
         f * sizeof(double) * ALS_GROUP * env->threads;
}

static float *als_more(mine_env *env, const mine_taken *of, double alpha) {
  const int64_t n = of->first[of->rows];
  float *more = mine__arena_array(env->scratch, (size_t)n, sizeof *more);
  for (int64_t k = 0; more && k < n; k++)
    more[k] = (float)(alpha * of->value[k]);
  return more;
}

static int als_room(mine_env *env, als_job *job, int64_t rows) {
  mine_arena *arena = env->scratch;
  const size_t f = (size_t)job->f, wide = (size_t)job->wide;
  job->square = mine__arena_zeros(arena, f * f, sizeof *job->square);
  job->square_floats = mine__arena_zeros(arena, wide * wide, sizeof *job->square_floats);
  job->blocks =
      mine__arena_array(arena, (size_t)MINE_BLOCKS(rows, ALS_SQUARE), f * f * sizeof *job->blocks);
  job->groups = mine__arena_array(arena, (size_t)env->threads, f * ALS_GROUP * sizeof *job->groups);
  job->loss = mine__arena_zeros(arena, (size_t)MINE_BLOCKS(rows, ALS_ROWS), sizeof *job->loss);
  job->worker = mine__arena_zeros(arena, (size_t)env->threads, sizeof *job->worker);
  for (int t = 0; job->worker && t < env->threads; t++) {
    job->worker[t].residual = mine__arena_zeros(arena, wide, sizeof(float));
    job->worker[t].direction = mine__arena_zeros(arena, wide, sizeof(float));
    job->worker[t].product = mine__arena_zeros(arena, wide, sizeof(float));
    job->worker[t].a = mine__arena_array(arena, f, f * sizeof(double));
    job->worker[t].x = mine__arena_array(arena, f, sizeof(double));
  }
  return !mine_failed(env);
}

/* Numbers of mean 0 and a length of about 0.1. */
static void als_begin(const als_job *job, int64_t n, uint64_t seed, float *factor) {
  /* evenly between - most and most: the variance is most^2 / 3 */
  const double most = 0.1 * sqrt(3 / (double)job->f);
  for (int64_t i = 0; i < n; i++) {
    mine_random chance;
    mine__random_open(&chance, seed, 0x616c73, (uint64_t)i);
    for (int64_t j = 0; j < job->f; j++)
      factor[i * job->wide + j] = (float)((2 * mine__random_real(&chance) - 1) * most);
  }
}

/* The loss before the customers' half step is that after the iteration before; the last one is
** asked for alone. */
static void als_iterate(mine_env *env, als_job *job, const als_side *customers,
                        const als_side *items, double *loss) {
  const int64_t all = job->options->iterations;
  for (int64_t t = 0; t < all; t++) {
    if (mine__poll_progress(env, "alternating", (double)t / (double)all)) return;
    const double before = als_half(env, job, customers, items);
    if (t > 0) loss[t - 1] = before;
    (void)als_half(env, job, items, customers);
    if (mine_failed(env)) return;
  }
  job->only_loss = 1;
  loss[all - 1] = als_half(env, job, customers, items);
}

int mine__als_fit(mine_env *env, mine_arena *arena, const mine_taken *of,
                  const mine_als_options *options, mine_als *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_taken turned;
  als_job job = {.options = options, .kernels = mine__kernels_here(), .f = options->factors};
  job.wide = MINE_BLOCKS(job.f, FACTORS_LANES) * FACTORS_LANES;
  out->n = of->columns;
  out->wide = job.wide;
  out->item = mine__arena_zeros(arena, (size_t)of->columns, (size_t)job.wide * sizeof(float));
  out->customer = mine__arena_zeros(arena, (size_t)of->rows, (size_t)job.wide * sizeof(float));
  out->loss = mine__arena_zeros(arena, (size_t)options->iterations, sizeof *out->loss);
  if (mine_failed(env) || !mine__taken_turn(env, env->scratch, of, &turned) ||
      !als_room(env, &job, of->rows > of->columns ? of->rows : of->columns))
    return 0;
  job.la = mine__linalg_open(env);
  const als_side customers = {of, als_more(env, of, options->alpha), out->customer};
  const als_side items = {&turned, als_more(env, &turned, options->alpha), out->item};
  if (mine_failed(env)) return 0;
  als_begin(&job, of->columns, options->seed, out->item);
  als_iterate(env, &job, &customers, &items, out->loss);
  if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
  return !mine_failed(env);
}
