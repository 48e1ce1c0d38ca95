/*
** evaluate.c -- the loss of a generalised linear model at a point, with its derivatives.
**
** Rows are cut into chains by their number alone.  A chain takes a block of rows at a time,
** column by column (x: q x n), so that every loop runs along rows: margins, then what the block
** adds to the gradient, x r, and to the Hessian, x d x', the latter as the product of the
** columns, each row times the root of |d|, with themselves.  Chains are added in their order.
**
** Of the many columns of levels a row has one that is not 0, before their means are taken off.
** So where levels make most of the columns their products are counted row by row, and the means
** are taken off in the end: (z - m)'d(z - m) = z'dz - m (d'z) - (d'z)' m + (sum d) m m'.  A mean
** is a share below 1, so that no digits are lost.
*/
#include <math.h>
#include <string.h>

#include "../kernel/simd.h"
#include "loss.h"

#define EVALUATE_ROWS   256  /* their columns, 20 or so, stay in the nearest cache */
#define EVALUATE_LEAST  1024 /* rows of a chain */
#define EVALUATE_CHAINS 32
#define EVALUATE_MANY   16
#define EVALUATE_WORTH  16 /* multiplications of a matrix in the time of one that is counted */
#define EVALUATE_CELLS  (1 << 24) /* of the Hessians of all chains, 128 MB, unless one is larger */

/* The columns that are counted, of categories that no row has missing, and the others. */
typedef struct evaluate_levels {
  int n;           /* categories; 0: none is counted                          */
  const int **at;  /* per category: the column of each level, 0: it has none  */
  int *feature;    /* per category                                            */
  int64_t n_dense; /* columns                                                 */
  int64_t *dense;  /* the others, ascending: the intercept first              */
  char *counted;   /* per column                                              */
} evaluate_levels;

typedef struct evaluate_job {
  const linear_problem *problem;
  const double *beta;
  int what;
  int64_t q, pairs, record, chains; /* record: loss, most, g, a Hessian for each pair of margins */
  double *sum;                      /* per chain: a record         */
  double *room;                     /* per worker                  */
  evaluate_levels levels;
} evaluate_job;

/* A worker's room: rows, rows times a root, margins, residuals; targets, weights, two more. */
static int64_t evaluate_room(const evaluate_job *job) {
  const int64_t few = job->levels.n > 0 ? job->levels.n_dense : 0;
  return EVALUATE_ROWS * (2 * job->q + 2 * job->problem->margins + 4) + few * few;
}

typedef struct evaluate_block {
  const uint32_t *row;
  int64_t first, n;
  double *x, *scaled;        /* q x n       */
  double *margin, *rest;     /* margins x n */
  double *y, *weight, *room; /* n, n, 2 n */
  double *few;               /* n_dense squared */
} evaluate_block;

static int64_t evaluate_row(const evaluate_block *b, int64_t i) {
  return b->row ? (int64_t)b->row[i] : b->first + i;
}

static void evaluate_weights(const linear_design *design, const evaluate_block *b) {
  for (int64_t i = 0; i < b->n; i++)
    b->weight[i] = design_weight(design, evaluate_row(b, i));
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

/* ---- levels, counted ----------------------------------------------------------------- */

/* Which columns to count: 0 of them where that is not worth it. */
static void evaluate_open_levels(const linear_problem *p, int64_t q, evaluate_levels *levels) {
  const linear_design *d = p->design;
  mine_arena *scratch = p->env->scratch;
  const size_t features = (size_t)d->data->n_features;
  int *order = mine__arena_zeros(scratch, features, sizeof *order), n = 0;
  int **at = mine__arena_zeros(scratch, features, sizeof *at);
  levels->feature = mine__arena_array(scratch, features, sizeof *levels->feature);
  levels->dense = mine__arena_array(scratch, (size_t)q, sizeof *levels->dense);
  levels->counted = mine__arena_zeros(scratch, (size_t)q, 1);
  if (mine_failed(p->env)) return;
  for (int64_t j = 1; j < q; j++) {
    const design_slot *slot = &d->slot[d->used[j - 1]];
    const int f = slot->feature;
    if (slot->level < 0 || d->missing[f] > 0) continue;
    if (order[f] == 0) {
      at[n] = mine__arena_zeros(scratch, (size_t)d->data->about[f].levels.values.n, sizeof **at);
      if (!at[n]) return;
      levels->feature[n] = f;
      order[f] = ++n;
    }
    at[order[f] - 1][slot->level] = (int)j;
    levels->counted[j] = 1;
  }
  levels->n_dense = 0;
  for (int64_t j = 0; j < q; j++)
    if (!levels->counted[j]) levels->dense[levels->n_dense++] = j;
  const double counted = (double)n * ((double)levels->n_dense + n), few = (double)levels->n_dense;
  levels->at = (const int **)at;
  levels->n = EVALUATE_WORTH * counted + few * few < (double)q * (double)q ? n : 0;
}

static void evaluate_add(const evaluate_job *job, double *square, int64_t i, int64_t j, double v) {
  square[i < j ? i * job->q + j : j * job->q + i] += v;
}

/* The products of the columns of levels with themselves and with the others; scaled: those, each
** row times root. */
static void evaluate_count(const evaluate_job *job, const evaluate_block *b, double sign,
                           const double *root, const double *scaled, double *square) {
  const evaluate_levels *l = &job->levels;
  const mine_feature_view *view = job->problem->design->data->rows.feature;
  for (int a = 0; a < l->n; a++) {
    const int32_t *code = view[l->feature[a]].code;
    for (int64_t i = 0; i < b->n; i++) {
      const int64_t row = evaluate_row(b, i);
      const int64_t j = l->at[a][code[row]];
      const double by = sign * root[i];
      if (j == 0) continue;
      for (int64_t k = 0; k < l->n_dense; k++)
        evaluate_add(job, square, l->dense[k], j, by * scaled[k * b->n + i]);
      square[j * job->q + j] += by * root[i];
      for (int c = a + 1; c < l->n; c++) {
        const int64_t other = l->at[c][view[l->feature[c]].code[row]];
        if (other > 0) evaluate_add(job, square, j, other, by * root[i]);
      }
    }
  }
}

/* evaluate_square, levels being counted; `scaled` may be x. */
static void evaluate_square_of_levels(const evaluate_job *job, const evaluate_block *b, double sign,
                                      const double *root, double *scaled, double *square) {
  const evaluate_levels *l = &job->levels;
  const int64_t few = l->n_dense;
  for (int64_t k = 0; k < few; k++) /* k is at most dense[k]: nothing is lost where it is x */
    mine__kernels_here()->scale_rows(b->x + l->dense[k] * b->n, root, b->n, scaled + k * b->n);
  memset(b->few, 0, (size_t)(few * few) * sizeof *b->few);
  mine__syrk(job->problem->la, few, b->n, sign, scaled, b->n, b->few);
  for (int64_t k = 0; k < few; k++)
    for (int64_t i = k; i < few; i++)
      square[l->dense[k] * job->q + l->dense[i]] += b->few[k * few + i];
  evaluate_count(job, b, sign, root, scaled, square);
}

/* Take the means off the columns counted, and divide them by their deviations. */
static void evaluate_centre(const evaluate_job *job, double *square) {
  const linear_design *d = job->problem->design;
  const evaluate_levels *l = &job->levels;
  const int64_t q = job->q;
  for (int64_t i = q - 1; i >= 0; i--) { /* row 0, which all need, is the last */
    const design_slot *one = i > 0 && l->counted[i] ? &d->slot[d->used[i - 1]] : NULL;
    const double mean = one ? one->mean : 0, unit = one ? one->deviation : 1;
    for (int64_t j = q - 1; j >= i; j--) {
      const design_slot *other = j > 0 && l->counted[j] ? &d->slot[d->used[j - 1]] : NULL;
      const double by = other ? other->mean : 0, per = other ? other->deviation : 1;
      if (!one && !other) continue;
      const double v =
          square[i * q + j] - mean * square[j] - by * square[i] + mean * by * square[0];
      square[i * q + j] = v / (unit * per);
    }
  }
}

/* ---- derivatives ------------------------------------------------------------------------- */

/* record += sign x d x', into the square of a pair of margins; `scaled` may be x. */
static void evaluate_square(const evaluate_job *job, const evaluate_block *b, const double *d,
                            double sign, double *scaled, double *square) {
  const mine__kernels *kernels = mine__kernels_here();
  double root[EVALUATE_ROWS];
  for (int64_t i = 0; i < b->n; i++)
    root[i] = sqrt(fmax(d[i], 0));
  if (job->levels.n > 0) {
    evaluate_square_of_levels(job, b, sign, root, scaled, square);
    return;
  }
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
  const double middle = p->middle, *target = data->target;
  double *y = b->y;
  if (p->family == LINEAR_LOGISTIC) {
    evaluate_sides(b, data->label, y);
  } else {
    for (int64_t i = 0; i < b->n; i++)
      y[i] = target[evaluate_row(b, i)] - middle;
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
    b.few = b.room + 2 * EVALUATE_ROWS;
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
  if (job.pairs > 0) evaluate_open_levels(problem, job.q, &job.levels);
  if (mine_failed(env)) return mine_env_status(env);
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
    for (int64_t pair = 0; job.levels.n > 0 && pair < job.pairs; pair++)
      evaluate_centre(&job, job.sum + 2 + width + pair * job.q * job.q);
    if (job.pairs > 0) evaluate_assemble(&job, job.sum + 2 + width, point->h);
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
