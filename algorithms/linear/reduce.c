/*
** reduce.c -- the QR of all rows, and the columns it finds to be collinear.
**
** Rows are cut into chains by their number alone; a chain takes its rows a block at a time
** into its triangle (kernel/linalg.h), and the triangles of the chains, being rows too, are
** taken into one, in their order: the same bytes for any number of threads.  No matrix of all
** rows is made.
**
** Collinear is as R's lm has it: the columns are taken in order, and one of which those
** before it leave less than 1e-7 of its length is dropped.
*/
#include <math.h>
#include <string.h>

#include "../core/text.h"
#include "design.h"

#define REDUCE_TOLERANCE 1e-7
#define REDUCE_ROWS      256
#define REDUCE_CHAINS    32
#define REDUCE_CELLS     (1 << 23) /* of all triangles, 64 MB, unless one is larger */

typedef struct reduce_job {
  const linear_design *design;
  const double *target;
  double middle, unit;
  int64_t width; /* 1 + n_used + 1 */
  int64_t chains;
  double *r;    /* per chain  */
  double *rows; /* per worker */
} reduce_job;

static void reduce_fill(const reduce_job *job, int64_t first, int64_t n, double *to) {
  const linear_design *d = job->design;
  const uint32_t *row = d->data->rows.row ? d->data->rows.row + first : NULL;
  double *y = to + (job->width - 1) * n;
  mine__design_fill(d, row, first, n, 1, n, to);
  for (int64_t i = 0; i < n; i++) {
    const int64_t at = row ? (int64_t)row[i] : first + i;
    y[i] = job->target ? (job->target[at] - job->middle) / job->unit : 0;
    if (!d->data->weight) continue;
    const double root = sqrt(d->data->weight[at]);
    for (int64_t j = 0; j < job->width; j++)
      to[j * n + i] *= root;
  }
}

static void reduce_task(void *context, int64_t task, int worker) {
  const reduce_job *job = context;
  const int64_t all = job->design->data->rows.n, w = job->width;
  const int64_t end = mine__block_first(all, job->chains, task + 1);
  double *rows = job->rows + worker * REDUCE_ROWS * w;
  for (int64_t at = mine__block_first(all, job->chains, task); at < end; at += REDUCE_ROWS) {
    const int64_t n = end - at < REDUCE_ROWS ? end - at : REDUCE_ROWS;
    reduce_fill(job, at, n, rows);
    mine__qr_add(w, job->r + task * w * w, n, rows);
  }
}

/* Take the triangles of the chains into the first. */
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
  reduce_job job = {design, target, middle, unit, w, 1, NULL, NULL};
  job.chains = design->data->rows.n / (REDUCE_ROWS * 8) + 1;
  if (job.chains > REDUCE_CELLS / (w * w) + 1) job.chains = REDUCE_CELLS / (w * w) + 1;
  if (job.chains > REDUCE_CHAINS) job.chains = REDUCE_CHAINS;
  job.r = mine__arena_zeros(env->scratch, (size_t)job.chains, (size_t)(w * w) * sizeof(double));
  job.rows = mine__arena_array(env->scratch, (size_t)env->threads * REDUCE_ROWS,
                               (size_t)w * sizeof(double));
  uint8_t *keep = mine__arena_zeros(env->scratch, (size_t)w, 1);
  if (!job.r || !job.rows || !keep) return mine_env_status(env);
  MINE_TRY(mine__parallel(env, job.chains, reduce_task, &job));
  reduce_join(env, &job);
  if (mine_failed(env)) return mine_env_status(env);
  const int64_t q = w - 1;
  if (mine__qr_keep(w, q, job.r, REDUCE_TOLERANCE, keep) < q) reduce_drop(design, model, keep);
  *r = job.r;
  return mine__poll(env);
}
