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

#include "glm.h"

#define EVALUATE_ROWS   128
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

/* A worker's room: rows, rows times a root, margins, residuals. */
static int64_t evaluate_room(const evaluate_job *job) {
  return EVALUATE_ROWS * (2 * job->q + 2 * job->problem->margins);
}

/* exp, but finite: a margin of 700 is beyond all reason, and a step to it is cut. */
static double evaluate_exp(double m) {
  return exp(fmin(fmax(m, -700), 700));
}

/* Loss, derivative and second derivative of one margin; y is a number or 0 and 1. */
static double evaluate_single(linear_family family, int what, double m, double y, double *r,
                              double *d) {
  if (family == LINEAR_GAUSSIAN) {
    *r = m - y;
    *d = 1;
    return 0.5 * *r * *r;
  }
  if (family == LINEAR_POISSON) {
    *d = evaluate_exp(m);
    *r = *d - y;
    return *d - y * m;
  }
  if (family == LINEAR_GAMMA) {
    const double ratio = y * evaluate_exp(-m);
    *r = 1 - ratio;
    *d = what == LINEAR_FISHER ? 1 : ratio;
    return ratio + m;
  }
  const double less = exp(-fabs(m)), large = 1 / (1 + less), small = less * large;
  *d = small * large;
  *r = y > 0 ? (m > 0 ? -small : -large) : (m > 0 ? large : small);
  return log1p(less) + fmax(y > 0 ? -m : m, 0); /* log(1 + exp(y > 0 ? -m : m)) */
}

/* Of several margins, `step` apart: probabilities take their place.  The class of the margin of
** index -1, the first, has margin 0 where there is one margin less than classes. */
static double evaluate_softmax(double *m, int64_t step, int margins, int spared, int label) {
  double most = spared ? 0 : -INFINITY, sum = 0;
  const int own = label - spared;
  const double margin = own < 0 ? 0 : m[own * step];
  for (int k = 0; k < margins; k++)
    most = fmax(most, m[k * step]);
  for (int k = 0; k < margins; k++)
    sum += m[k * step] = exp(m[k * step] - most);
  if (spared) sum += exp(-most);
  for (int k = 0; k < margins; k++)
    m[k * step] /= sum;
  return most + log(sum) - margin;
}

typedef struct evaluate_block {
  const uint32_t *row;
  int64_t first, n;
  double *x, *scaled;    /* q x n       */
  double *margin, *rest; /* margins x n */
} evaluate_block;

static int64_t evaluate_row(const evaluate_block *b, int64_t i) {
  return b->row ? (int64_t)b->row[i] : b->first + i;
}

/* Many margins are one product of matrices, few are as fast by plain loops. */
static mine_linalg evaluate_products(const linear_problem *p) {
  return p->margins >= EVALUATE_MANY ? p->la : (mine_linalg){0};
}

static void evaluate_margins(const evaluate_job *job, const evaluate_block *b, double *record) {
  const linear_problem *p = job->problem;
  double most = record[1];
  mine__design_fill(p->design, b->row, b->first, b->n, b->x);
  mine__gemm(evaluate_products(p), 0, 0, p->margins, b->n, job->q, 1, job->beta, b->x, 0,
             b->margin);
  for (int64_t i = 0; i < b->n * p->margins; i++) {
    const double far = fabs(b->margin[i]);
    most = far > most ? far : most;
  }
  record[1] = most;
}

/* record += sign x d x', into the square of a pair of margins. */
static void evaluate_square(const evaluate_job *job, const evaluate_block *b, const double *d,
                            double sign, double *square) {
  double root[EVALUATE_ROWS];
  for (int64_t i = 0; i < b->n; i++)
    root[i] = sqrt(fmax(d[i], 0));
  for (int64_t j = 0; j < job->q; j++) {
    const double *x = b->x + j * b->n;
    double *to = b->scaled + j * b->n;
#pragma omp simd
    for (int64_t i = 0; i < b->n; i++)
      to[i] = root[i] * x[i];
  }
  mine__syrk(job->problem->la, job->q, b->n, sign, b->scaled, b->n, square);
}

static void evaluate_gradient(const evaluate_job *job, const evaluate_block *b, double *g) {
  mine__gemm(evaluate_products(job->problem), 0, 1, job->problem->margins, job->q, b->n, 1, b->rest,
             b->x, 1, g);
}

static void evaluate_one(const evaluate_job *job, const evaluate_block *b, double *record) {
  const linear_problem *p = job->problem;
  const mine_dataset *data = p->design->data;
  for (int64_t i = 0; i < b->n; i++) {
    const int64_t row = evaluate_row(b, i);
    const double w = design_weight(p->design, row);
    const double y =
        p->family == LINEAR_LOGISTIC ? data->label[row] : (data->target[row] - p->middle) / p->unit;
    double r, d;
    record[0] += w * evaluate_single(p->family, job->what, b->margin[i], y, &r, &d);
    b->rest[i] = w * r;
    b->margin[i] = w * d; /* not needed any more */
  }
  if (job->what == LINEAR_LOSS) return;
  evaluate_gradient(job, b, record + 2);
  if (job->what == LINEAR_GRADIENT) return;
  evaluate_square(job, b, b->margin, 1, record + 2 + job->q);
}

static void evaluate_many(const evaluate_job *job, const evaluate_block *b, double *record) {
  const linear_problem *p = job->problem;
  const mine_dataset *data = p->design->data;
  const int k = p->margins, spared = data->n_classes - k;
  const int64_t n = b->n;
  for (int64_t i = 0; i < n; i++) {
    const int64_t row = evaluate_row(b, i);
    const double w = design_weight(p->design, row);
    double *share = b->margin + i;
    record[0] += w * evaluate_softmax(share, n, k, spared, data->label[row]);
    for (int c = 0; c < k; c++)
      b->rest[c * n + i] = w * (share[c * n] - (c + spared == data->label[row]));
  }
  if (job->what == LINEAR_LOSS) return;
  evaluate_gradient(job, b, record + 2);
  if (job->what == LINEAR_GRADIENT) return;
  double *square = record + 2 + k * job->q;
  for (int a = 0; a < k; a++) {
    for (int c = a; c < k; c++, square += job->q * job->q) {
      const double *one = b->margin + a * n, *other = b->margin + c * n;
      for (int64_t i = 0; i < n; i++)
        b->rest[i] = design_weight(p->design, evaluate_row(b, i)) * one[i] *
                     (a == c ? 1 - one[i] : other[i]);
      evaluate_square(job, b, b->rest, a == c ? 1 : -1, square);
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
  job.chains = problem->n / (EVALUATE_ROWS * 8) + 1;
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
  if (what != LINEAR_LOSS) {
    memcpy(point->g, job.sum + 2, (size_t)width * sizeof *point->g);
    if (job.pairs > 0) evaluate_assemble(&job, job.sum + 2 + width, point->h);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- beginning ----------------------------------------------------------------------------- */

mine_status mine__glm_point(const linear_problem *problem, linear_point *point) {
  const size_t width = (size_t)linear_width(problem);
  *point = (linear_point){0};
  point->g = mine__arena_array(problem->env->scratch, width, sizeof(double));
  if (width <= DESIGN_MOST + 1)
    point->h = mine__arena_array(problem->env->scratch, width, width * sizeof(double));
  return mine_env_status(problem->env);
}

void mine__glm_open(linear_problem *problem, const linear_design *design, linear_family family,
                    int margins, const uint32_t *row, int64_t n) {
  *problem = (linear_problem){.env = design->env,
                              .design = design,
                              .la = mine__linalg_open(design->env),
                              .family = family,
                              .margins = margins,
                              .row = row,
                              .n = n,
                              .unit = 1,
                              .spread = 1};
  for (int64_t i = 0; i < n; i++)
    problem->total += design_weight(design, row ? (int64_t)row[i] : i);
}

/* The mean of the target; of classes their weights, each half a row more. */
static double glm_mean(const linear_problem *p, int label) {
  const mine_dataset *data = p->design->data;
  double sum = label >= 0 ? 0.5 : 0;
  for (int64_t i = 0; i < p->n; i++) {
    const int64_t row = p->row ? (int64_t)p->row[i] : i;
    const double w = design_weight(p->design, row);
    if (label >= 0) {
      sum += data->label[row] == label ? w : 0;
    } else {
      sum += w / p->total * (data->target[row] - p->middle) / p->unit;
    }
  }
  return sum;
}

double mine__glm_none(const linear_problem *problem, const double *beta) {
  const linear_problem *p = problem;
  const int classes = p->design->data->n_classes, margins = p->margins;
  const int64_t q = p->design->n_used + 1;
  mine_env *env = p->env;
  const mine_mark mark = mine__arena_mark(env->scratch);
  double *weight = mine__arena_zeros(env->scratch, (size_t)classes, sizeof *weight), sum = 0;
  double *m = mine__arena_array(env->scratch, (size_t)margins, sizeof *m), r, d;
  if (mine_failed(env)) return 0;
  for (int64_t i = 0; i < p->n; i++) {
    const int64_t row = p->row ? (int64_t)p->row[i] : i;
    weight[p->design->data->label[row]] += design_weight(p->design, row);
  }
  for (int c = 0; c < classes; c++) {
    for (int k = 0; k < margins; k++)
      m[k] = beta[k * q];
    sum += weight[c] * (p->family == LINEAR_LOGISTIC
                            ? evaluate_single(p->family, LINEAR_LOSS, m[0], c, &r, &d)
                            : evaluate_softmax(m, 1, margins, classes - margins, c));
  }
  mine__arena_rewind(env->scratch, mark);
  return sum;
}

void mine__glm_start(const linear_problem *problem, double *beta) {
  const linear_problem *p = problem;
  const int64_t q = p->design->n_used + 1;
  memset(beta, 0, (size_t)linear_width(p) * sizeof *beta);
  if (p->family == LINEAR_LOGISTIC) {
    beta[0] = log(glm_mean(p, 1) / glm_mean(p, 0));
  } else if (p->family == LINEAR_MULTINOMIAL) {
    const int spared = p->design->data->n_classes - p->margins;
    double middle = spared ? log(glm_mean(p, 0)) : 0;
    for (int k = 0; k < p->margins; k++)
      beta[k * q] = log(glm_mean(p, k + spared));
    for (int k = 0; !spared && k < p->margins; k++)
      middle += beta[k * q] / p->margins;
    for (int k = 0; k < p->margins; k++)
      beta[k * q] -= middle;
  } else {
    const double mean = glm_mean(p, -1);
    beta[0] = p->family == LINEAR_GAUSSIAN ? mean : log(fmax(mean, 1e-300));
  }
}
