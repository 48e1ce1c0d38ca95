/*
** reduce.c -- the triangle of all rows, and the columns it finds to be collinear.
**
** Rows are cut into chains by their number alone: the same bytes for any number of threads.  No
** matrix of all rows is made.
**
** The triangle R of the QR is also the root of x'x, which is had at a fraction of the cost, but
** with the square of the error: a column of which those before it leave the share s (of its
** squares) is known to about 1e-15 / s.  So with many rows the squares come first, chain by
** chain, and they are enough where every column, the target too, keeps a share of
** REDUCE_APART: twelve digits.  Else, and with few rows, the rows go through Householder's
** reflections: a chain takes them a block at a time into its triangle (kernel/linalg.h), and
** the triangles, being rows too, are taken into one, in their order.
**
** Where only the question is whether a column is collinear, a part of the rows is asked first: what
** the columns before it leave of it there, they leave of it in all rows, or more.
**
** Collinear is as R's lm has it: the columns are taken in order, and one of which those
** before it leave less than 1e-7 of its length is dropped.
*/
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "design.h"

#define REDUCE_TOLERANCE 1e-7
#define REDUCE_APART     1e-3
#define REDUCE_MANY      20000 /* rows from which the squares are tried */
#define REDUCE_EACH      16    /* one block of so many is a part of the rows ... */
#define REDUCE_PART      1e-6  /* ... which has this share of each column's squares */
#define REDUCE_ROWS      256
#define REDUCE_CHAINS    32
#define REDUCE_CELLS     (1 << 23) /* of all triangles, 64 MB, unless one is larger */

typedef struct reduce_job {
  const linear_design *design;
  const double *target;
  double middle, unit;
  int64_t width; /* 1 + n_used + 1 */
  int64_t chains;
  int64_t each;   /* one block of so many          */
  mine_linalg la; /* of the squares               */
  double *r;      /* per chain: width x width     */
  double *rows;   /* per worker                   */
} reduce_job;

/* Rows first .. first + n - 1 column after column: 1, the columns used, the target; a weighted
** row counts as sqrt(weight) times it, so that squares have the weight itself. */
static void reduce_fill(const reduce_job *job, int64_t first, int64_t n, double *to) {
  const linear_design *d = job->design;
  const uint32_t *row = d->data->rows.row ? d->data->rows.row + first : NULL;
  double *y = to + (job->width - 1) * n;
  mine__design_fill(d, row, first, n, to);
  for (int64_t i = 0; i < n; i++) {
    const int64_t at = row ? (int64_t)row[i] : first + i;
    y[i] = job->target ? (job->target[at] - job->middle) / job->unit : 0;
    if (!d->data->weight) continue;
    const double root = sqrt(d->data->weight[at]);
    for (int64_t j = 0; j < job->width; j++)
      to[j * n + i] *= root;
  }
}

/* A chain: what its rows add to a square, or to a triangle. */
static void reduce_chain(const reduce_job *job, int64_t task, int worker, int squares) {
  const int64_t all = job->design->data->rows.n, w = job->width;
  const int64_t end = mine__block_first(all, job->chains, task + 1);
  double *rows = job->rows + worker * REDUCE_ROWS * w, *r = job->r + task * w * w;
  for (int64_t at = mine__block_first(all, job->chains, task); at < end;
       at += job->each * REDUCE_ROWS) {
    const int64_t n = end - at < REDUCE_ROWS ? end - at : REDUCE_ROWS;
    reduce_fill(job, at, n, rows);
    if (squares)
      mine__syrk(job->la, w, n, 1, rows, n, r);
    else
      mine__qr_add(w, r, n, rows);
  }
}

static void reduce_squares_task(void *context, int64_t task, int worker) {
  reduce_chain(context, task, worker, 1);
}

static void reduce_task(void *context, int64_t task, int worker) {
  reduce_chain(context, task, worker, 0);
}

/* Whether the root of the squares is the triangle to twelve digits; job->r holds it then, else
** zeros again.  Without a target the last column is 0, and is left out.  Of a part of the rows:
** whether no column is collinear in all. */
static int reduce_by_squares(mine_env *env, reduce_job *job) {
  const int64_t w = job->width, q = job->target ? w : w - 1;
  const size_t cells = (size_t)(w * w);
  double *root = mine__arena_zeros(env->scratch, cells, sizeof *root);
  int apart = 1;
  if (!root || mine__parallel(env, job->chains, reduce_squares_task, job) ||
      mine__sum_blocks(env, job->r, job->chains, cells, job->r))
    return 0;
  for (int64_t i = 0; i < q; i++) {
    for (int64_t j = i; j < q; j++)
      root[i * q + j] = job->r[i * w + j];
  }
  apart = mine__cholesky(job->la, q, root);
  for (int64_t i = 0; i < q && apart; i++) {
    const double squares = job->r[i * w + i];
    apart = root[i * q + i] * root[i * q + i] > REDUCE_APART * squares &&
            (job->each == 1 || squares > REDUCE_PART * job->design->total);
  }
  memset(job->r, 0, (size_t)(apart ? 1 : job->chains) * cells * sizeof *job->r);
  for (int64_t i = 0; i < q && apart; i++)
    memcpy(job->r + i * w + i, root + i * q + i, (size_t)(q - i) * sizeof *root);
  return apart;
}

/* Take the triangles of the chains into the first.  mine__qr_add takes rows column after
** column, hence the transposition. */
static void reduce_join(mine_env *env, const reduce_job *job) {
  const int64_t w = job->width;
  double *rows = mine__arena_array(env->scratch, (size_t)w, (size_t)w * sizeof *rows);
  for (int64_t c = 1; rows && c < job->chains && !mine__poll(env); c++) {
    const double *r = job->r + c * w * w;
    for (int64_t i = 0; i < w; i++) {
      for (int64_t j = 0; j < w; j++)
        rows[j * w + i] = r[i * w + j];
    }
    mine__qr_add(w, job->r, w, rows);
  }
}

/* "age", "plan=Family" */
static void reduce_name(const linear_design *d, const design_slot *slot, mine_text *to) {
  const mine_feature *about = &d->data->about[slot->feature];
  mine__text_open(to, d->env->scratch);
  mine__text_adds(to, about->name);
  if (slot->level < 0) return;
  mine_cell cell;
  mine__values_get(&about->levels.values, slot->level, &cell);
  mine__text_adds(to, "=");
  mine__text_add_cell(to, &cell);
}

static void reduce_drop(linear_design *d, mine_model *model, const uint8_t *keep) {
  int64_t n = 0;
  for (int64_t j = 0; j < d->n_used; j++) {
    const design_slot *slot = &d->slot[d->used[j]];
    mine_text name;
    if (keep[j + 1]) {
      d->used[n++] = d->used[j];
      continue;
    }
    reduce_name(d, slot, &name);
    if (name.failed || !model) continue;
    mine__model_note(model, "warning", name.data,
                     "says nothing that the columns before it do not: it has no coefficient "
                     "(collinear)");
  }
  d->n_used = n;
}

mine_status mine__design_reduce(linear_design *design, mine_model *model, const double *target,
                                double middle, double unit, double **r) {
  mine_env *env = design->env;
  const int64_t w = design->n_used + 2;
  reduce_job job = {.design = design, .target = target, .middle = middle, .unit = unit, .width = w};
  job.chains = design->data->rows.n / (REDUCE_ROWS * 8) + 1;
  if (job.chains > REDUCE_CELLS / (w * w) + 1) job.chains = REDUCE_CELLS / (w * w) + 1;
  if (job.chains > REDUCE_CHAINS) job.chains = REDUCE_CHAINS;
  job.r = mine__arena_zeros(env->scratch, (size_t)job.chains, (size_t)(w * w) * sizeof(double));
  job.rows = mine__arena_array(env->scratch, (size_t)env->threads * REDUCE_ROWS,
                               (size_t)w * sizeof(double));
  uint8_t *keep = mine__arena_zeros(env->scratch, (size_t)w, 1);
  if (!job.r || !job.rows || !keep) return mine_env_status(env);
  if (r) *r = job.r;
  job.la = mine__linalg_open(env);
  const int64_t n = design->data->rows.n;
  job.each = REDUCE_EACH;
  if (!target && n >= REDUCE_EACH * REDUCE_MANY && reduce_by_squares(env, &job))
    return mine__poll(env);
  job.each = 1;
  if (n >= REDUCE_MANY && !mine_failed(env) && reduce_by_squares(env, &job)) return mine__poll(env);
  if (mine_failed(env)) return mine_env_status(env);
  MINE_TRY(mine__parallel(env, job.chains, reduce_task, &job));
  reduce_join(env, &job);
  if (mine_failed(env)) return mine_env_status(env);
  const int64_t q = w - 1;
  if (mine__qr_keep(w, q, job.r, REDUCE_TOLERANCE, keep) < q) reduce_drop(design, model, keep);
  return mine__poll(env);
}
