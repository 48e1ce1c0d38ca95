/*
** evaluate.c -- the loss of a generalised linear model at a point, with its derivatives.
**
** Rows are cut into chains by their number alone.  A chain takes a block of rows at a time,
** column by column (x: q x n), so that every loop runs along rows: margins, then what the block
** adds to the gradient, x r, and to the Hessian, x d x', the latter as the product of the
** columns, each row times the root of |d|, with themselves.  Chains are added in their order.
*/
#include <math.h>
#include <string.h>

#include "../kernel/simd.h"
#include "loss.h"

#define EVALUATE_ROWS   256  /* their columns, 20 or so, stay in the nearest cache */
#define EVALUATE_LEAST  1024 /* rows of a chain */
#define EVALUATE_CHAINS 32
#define EVALUATE_MANY   16
#define EVALUATE_CELLS  (1 << 24) /* of the Hessians of all chains, 128 MB, unless one is larger */

typedef struct evaluate_job {
  const linear_problem *problem;
  const double *beta;
  int what;
  int64_t q, pairs, record, chains; /* record: loss, most, g, a Hessian for each pair of margins */
  double *sum;                      /* per chain: a record         */
  double *room;                     /* per worker                  */
} evaluate_job;

/* A worker's room: rows, rows times a root, margins, residuals; targets, weights, two more. */
static int64_t evaluate_room(const evaluate_job *job) {
  return EVALUATE_ROWS * (2 * job->q + 2 * job->problem->margins + 4);
}

typedef struct evaluate_block {
  const uint32_t *row;
  int64_t first, n;
  double *x, *scaled;        /* q x n       */
  double *margin, *rest;     /* margins x n */
  double *y, *weight, *room; /* n, n, 2 n */
} evaluate_block;

static int64_t evaluate_row(const evaluate_block *b, int64_t i) {
  return b->row ? (int64_t)b->row[i] : b->first + i;
}

static void evaluate_weights(const linear_design *design, const evaluate_block *b) {
  const double *weight = design->data->weight;
  double *to = b->weight;
  for (int64_t i = 0; i < b->n; i++)
    to[i] = weight ? weight[evaluate_row(b, i)] : 1;
}

/* Many margins are one product of matrices, few are as fast by plain loops. */
static mine_linalg evaluate_products(const linear_problem *p) {
  return p->margins >= EVALUATE_MANY ? p->la : (mine_linalg){0};
}

static void evaluate_margins(const evaluate_job *job, const evaluate_block *b, double *record) {
  const linear_problem *p = job->problem;
  double least = 0, most = 0;
  mine__design_fill(p->design, b->row, b->first, b->n, b->x);
  mine__gemm(evaluate_products(p), 0, 0, p->margins, b->n, job->q, 1, job->beta, b->x, 0,
             b->margin);
  mine__kernels_here()->moments_range(b->margin, b->n * p->margins, &least, &most);
  record[1] = fmax(record[1], fmax(most, -least));
}

/* record += sign x d x', into the square of a pair of margins; `scaled` may be x. */
static void evaluate_square(const evaluate_job *job, const evaluate_block *b, const double *d,
                            double sign, double *scaled, double *square) {
  const mine__kernels *kernels = mine__kernels_here();
  double root[EVALUATE_ROWS];
  for (int64_t i = 0; i < b->n; i++)
    root[i] = sqrt(fmax(d[i], 0));
  for (int64_t j = 0; j < job->q; j++)
    kernels->scale_rows(b->x + j * b->n, root, b->n, scaled + j * b->n);
  mine__syrk(job->problem->la, job->q, b->n, sign, scaled, b->n, square);
}

static void evaluate_gradient(const evaluate_job *job, const evaluate_block *b, double *g) {
  mine__gemm(evaluate_products(job->problem), 0, 1, job->problem->margins, job->q, b->n, 1, b->rest,
             b->x, 1, g);
}

/* The side of each row, as loss.h wants it; without a branch, which classes would mislead. */
static void evaluate_sides(const evaluate_block *b, const int32_t *label, double *y) {
  const uint32_t *row = b->row;
  const int64_t n = b->n;
  if (!row) label += b->first;
  for (int64_t i = 0; row && i < n; i++)
    y[i] = 2.0 * label[row[i]] - 1;
  for (int64_t i = 0; !row && i < n; i++)
    y[i] = 2.0 * label[i] - 1;
}

/* Targets and weights of the block, to whole lanes, whose last rows count nothing. */
static void evaluate_targets(const evaluate_job *job, const evaluate_block *b, int64_t padded) {
  const linear_problem *p = job->problem;
  const mine_dataset *data = p->design->data;
  const double middle = p->middle, unit = p->unit, *target = data->target;
  double *y = b->y;
  if (p->family == LINEAR_LOGISTIC) {
    evaluate_sides(b, data->label, y);
  } else {
    for (int64_t i = 0; i < b->n; i++)
      y[i] = (target[evaluate_row(b, i)] - middle) / unit;
  }
  evaluate_weights(p->design, b);
  for (int64_t i = b->n; i < padded; i++)
    b->weight[i] = y[i] = b->margin[i] = 0;
}

static void evaluate_one(const evaluate_job *job, const evaluate_block *b, double *record) {
  const int64_t padded = (b->n + EXP_LANES - 1) / EXP_LANES * EXP_LANES;
  double *second = b->room;
  evaluate_targets(job, b, padded);
  record[0] += mine__loss_rows(job->problem->family, job->what == LINEAR_FISHER, b->margin, b->y,
                               b->weight, padded, b->rest, second);
  if (job->what == LINEAR_LOSS) return;
  evaluate_gradient(job, b, record + 2);
  if (job->what == LINEAR_GRADIENT) return;
  evaluate_square(job, b, second, 1, b->x, record + 2 + job->q);
}

static void evaluate_many(const evaluate_job *job, const evaluate_block *b, double *record) {
  const linear_problem *p = job->problem;
  const mine_dataset *data = p->design->data;
  const int k = p->margins, spared = data->n_classes - k;
  const int64_t n = b->n;
  int32_t label[EVALUATE_ROWS] = {0};
  for (int64_t i = 0; i < n; i++)
    label[i] = data->label[evaluate_row(b, i)];
  evaluate_weights(p->design, b);
  mine__loss_softmax(b->margin, n, k, spared, label, b->room, b->y);
  for (int64_t i = 0; i < n; i++)
    record[0] += b->weight[i] * b->y[i];
  for (int c = 0; c < k; c++) {
    for (int64_t i = 0; i < n; i++)
      b->rest[c * n + i] = b->weight[i] * (b->margin[c * n + i] - (c + spared == label[i]));
  }
  if (job->what == LINEAR_LOSS) return;
  evaluate_gradient(job, b, record + 2);
  if (job->what == LINEAR_GRADIENT) return;
  double *square = record + 2 + k * job->q;
  for (int a = 0; a < k; a++) {
    for (int c = a; c < k; c++, square += job->q * job->q) {
      const double *one = b->margin + a * n, *other = b->margin + c * n;
      for (int64_t i = 0; i < n; i++)
        b->rest[i] = b->weight[i] * one[i] * (a == c ? 1 - one[i] : other[i]);
      evaluate_square(job, b, b->rest, a == c ? 1 : -1, b->scaled, square);
    }
  }
}

/* Task = chain. */
static void evaluate_task(void *context, int64_t task, int worker) {
  const evaluate_job *job = context;
  const linear_problem *p = job->problem;
  const int64_t end = mine__block_first(p->n, job->chains, task + 1);
  double *room = job->room + worker * evaluate_room(job), *record = job->sum + task * job->record;
  memset(record, 0, (size_t)job->record * sizeof *record);
  for (int64_t at = mine__block_first(p->n, job->chains, task); at < end; at += EVALUATE_ROWS) {
    evaluate_block b = {.row = p->row ? p->row + at : NULL, .first = at};
    b.n = end - at < EVALUATE_ROWS ? end - at : EVALUATE_ROWS;
    b.x = room;
    b.scaled = b.x + EVALUATE_ROWS * job->q;
    b.margin = b.scaled + EVALUATE_ROWS * job->q;
    b.rest = b.margin + EVALUATE_ROWS * p->margins;
    b.y = b.rest + EVALUATE_ROWS * p->margins;
    b.weight = b.y + EVALUATE_ROWS;
    b.room = b.weight + EVALUATE_ROWS;
    evaluate_margins(job, &b, record);
    if (p->family == LINEAR_MULTINOMIAL) {
      evaluate_many(job, &b, record);
    } else {
      evaluate_one(job, &b, record);
    }
  }
}

/* The squares of pairs of margins become one matrix, both triangles. */
static void evaluate_assemble(const evaluate_job *job, const double *square, double *h) {
  const int64_t q = job->q, width = q * job->problem->margins;
  for (int64_t a = 0; a < job->problem->margins; a++) {
    for (int64_t c = a; c < job->problem->margins; c++, square += q * q) {
      for (int64_t i = 0; i < q; i++) {
        for (int64_t j = i; j < q; j++) {
          const double v = square[i * q + j];
          const int64_t ai = a * q + i, aj = a * q + j, ci = c * q + i, cj = c * q + j;
          h[ai * width + cj] = h[cj * width + ai] = v;
          h[aj * width + ci] = h[ci * width + aj] = v;
        }
      }
    }
  }
}

mine_status mine__glm_evaluate(const linear_problem *problem, const double *beta, int what,
                               linear_point *point) {
  mine_env *env = problem->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  evaluate_job job = {.problem = problem, .beta = beta, .what = what};
  const int64_t width = linear_width(problem), k = problem->margins;
  if (what != LINEAR_LOSS && !point->h) job.what = LINEAR_GRADIENT;
  job.q = problem->design->n_used + 1;
  job.pairs = job.what <= LINEAR_GRADIENT ? 0 : k * (k + 1) / 2;
  job.record = 2 + (what == LINEAR_LOSS ? 0 : width) + job.pairs * job.q * job.q;
  job.chains = problem->n / EVALUATE_LEAST + 1;
  if (job.chains > EVALUATE_CELLS / job.record + 1) job.chains = EVALUATE_CELLS / job.record + 1;
  if (job.chains > EVALUATE_CHAINS) job.chains = EVALUATE_CHAINS;
  job.sum =
      mine__arena_array(env->scratch, (size_t)job.chains, (size_t)job.record * sizeof(double));
  job.room = mine__arena_array(env->scratch, (size_t)env->threads,
                               (size_t)evaluate_room(&job) * sizeof(double));
  if (!job.sum || !job.room) return mine_env_status(env);
  MINE_TRY(mine__parallel(env, job.chains, evaluate_task, &job));
  point->most = 0;
  for (int64_t c = 0; c < job.chains; c++)
    point->most = fmax(point->most, job.sum[c * job.record + 1]);
  MINE_TRY(mine__sum_blocks(env, job.sum, job.chains, (size_t)job.record, job.sum));
  point->loss = job.sum[0];
  point->stale = job.pairs == 0;
  if (what != LINEAR_LOSS) {
    memcpy(point->g, job.sum + 2, (size_t)width * sizeof *point->g);
    if (job.pairs > 0) evaluate_assemble(&job, job.sum + 2 + width, point->h);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- room ---------------------------------------------------------------------------------- */

mine_status mine__glm_point(const linear_problem *problem, linear_point *point) {
  const size_t width = (size_t)linear_width(problem);
  *point = (linear_point){0};
  point->g = mine__arena_array(problem->env->scratch, width, sizeof(double));
  if (width <= DESIGN_MOST + 1)
    point->h = mine__arena_array(problem->env->scratch, width, width * sizeof(double));
  return mine_env_status(problem->env);
}
