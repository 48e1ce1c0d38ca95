/*
** gmm_pass.c -- one pass over the rows: what they say of the components, summed.
**
** Expectation and the sums of the maximisation are one pass: a chunk of rows is met by all
** components (kernel/gauss.h), its shares follow, and its sums are added before the next chunk is
** read, so that nothing of the size rows x components is ever kept.  Sums are taken around the
** centres as they are: what is subtracted later, the square of how far a centre moves, is small
** beside them.
**
** A component meets, as a rule, few of the rows of a chunk with a share that says anything: where
** they are less than half of the chunk, those with a share above PASS_LEAST are gathered, the
** others left out (in all they are less than n x PASS_LEAST of a row).
**
** Chunks belong to blocks, blocks to tasks; blocks are cut by the rows and the size of a record,
** and added in their order: the same bits for any number of threads.
*/
#include <math.h>
#include <string.h>

#include "../model/metrics.h"
#include "gmm_private.h"

#define PASS_BLOCKS  256
#define PASS_NUMBERS (1 << 22) /* of all records: 32 MB, unless one is larger */
#define PASS_LEAST   0x1p-60

/* A worker's memory. */
typedef struct pass_memory {
  double *panel;  /* GMM_CHUNK x width                                        */
  double *room;   /* MINE_LANES x width                                       */
  double *share;  /* k x GMM_CHUNK: squares, then ln p, then shares x weight  */
  double *most;   /* GMM_CHUNK: the largest ln p                              */
  double *weight; /* GMM_CHUNK: 0 behind the last row                         */
  double *root;   /* GMM_CHUNK                                                */
  double *turned; /* (width + 1) x GMM_CHUNK                                  */
  double *row;    /* k                                                        */
} pass_memory;

typedef struct pass_job {
  gmm_run *run;
  gmm_mode mode;
} pass_job;

void mine__gmm_run_open(const gmm_fit *fit, const kmeans_points *points, int64_t k,
                        mine_covariance form, gmm_run *run) {
  mine_arena *scratch = fit->env->scratch;
  const size_t width = (size_t)points->width, p = width + 1;
  *run = (gmm_run){.fit = fit, .points = points};
  mine_mixture *m = &run->mixture;
  m->encoding = fit->encoding;
  m->k = k;
  m->form = form;
  run->own = mine__mixture_turns(form) ? p * p : 2 * width + 1;
  run->record = (size_t)k * run->own + 1;
  run->chunks = MINE_BLOCKS(points->n, GMM_CHUNK);
  run->blocks = PASS_NUMBERS / (int64_t)run->record;
  if (run->blocks > PASS_BLOCKS) run->blocks = PASS_BLOCKS;
  if (run->blocks > run->chunks) run->blocks = run->chunks;
  if (run->blocks < 1) run->blocks = 1;
  run->stride = GMM_CHUNK * (2 * width + 1 + (size_t)k + 3) + MINE_LANES * width + (size_t)k;
  m->weight = mine__arena_array(scratch, (size_t)k, sizeof(double));
  m->centre = mine__arena_array(scratch, (size_t)k, width * sizeof(double));
  m->factor = mine__arena_array(scratch, (size_t)mine__mixture_factors(form, k, points->width),
                                sizeof(double));
  mine__mixture_room(scratch, m);
  run->label = mine__arena_zeros(scratch, (size_t)points->n, sizeof *run->label);
  run->block = mine__arena_array(scratch, (size_t)run->blocks, run->record * sizeof(double));
  run->all = mine__arena_array(scratch, run->record, sizeof(double));
  run->memory = mine__arena_array(scratch, (size_t)fit->env->threads, run->stride * sizeof(double));
}

static pass_memory pass_parts(const gmm_run *run, int worker) {
  const int64_t width = run->points->width, k = run->mixture.k;
  pass_memory memory;
  memory.panel = run->memory + (size_t)worker * run->stride;
  memory.room = memory.panel + GMM_CHUNK * width;
  memory.share = memory.room + MINE_LANES * width;
  memory.most = memory.share + GMM_CHUNK * k;
  memory.weight = memory.most + GMM_CHUNK;
  memory.root = memory.weight + GMM_CHUNK;
  memory.turned = memory.root + GMM_CHUNK;
  memory.row = memory.turned + GMM_CHUNK * (width + 1);
  return memory;
}

/* The chunk's panels; weights, 0 behind the last row. */
static const double *pass_read(const gmm_run *run, int64_t first, int64_t count, int worker,
                               const pass_memory *memory) {
  const kmeans_points *points = run->points;
  const size_t bytes = (size_t)points->width * MINE_LANES * sizeof(double);
  for (int64_t i = 0; i < GMM_CHUNK; i++)
    memory->weight[i] = i < count ? kmeans_weight(points, first + i) : 0;
  if (points->panel) return mine__kmeans_panel(points, first, worker);
  for (int64_t i = 0; i < count; i += MINE_LANES)
    memcpy(memory->panel + i * points->width, mine__kmeans_panel(points, first + i, worker), bytes);
  return memory->panel;
}

/* ---- expectation ------------------------------------------------------------------------ */

/* Squares become ln (w_c p_c(x)), and `most` the largest of a row. */
static void pass_logs(const gmm_run *run, int64_t rows, const pass_memory *memory) {
  for (int64_t i = 0; i < rows; i++)
    memory->most[i] = -INFINITY;
  for (int64_t c = 0; c < run->mixture.k; c++) {
    double *log_ = memory->share + c * rows;
    const double offset = run->mixture.offset[c];
    for (int64_t i = 0; i < rows; i++) {
      log_[i] = offset - log_[i] / 2;
      memory->most[i] = log_[i] > memory->most[i] ? log_[i] : memory->most[i];
    }
  }
}

/* Those become shares times the row's weight; returns the sum of weight x ln p(x). */
static double pass_shares(const gmm_run *run, int64_t count, int64_t rows,
                          const pass_memory *memory) {
  double *total = memory->root, sum = 0;
  memset(total, 0, (size_t)rows * sizeof *total);
  for (int64_t c = 0; c < run->mixture.k; c++) {
    double *share = memory->share + c * rows;
    for (int64_t i = 0; i < rows; i++) {
      const double log_ = share[i] - memory->most[i];
      /* e^-745 is the least number there is */
      share[i] = log_ < -745 ? 0 : exp(log_);
      total[i] += share[i];
    }
  }
  for (int64_t i = 0; i < count; i++)
    sum += memory->weight[i] * (memory->most[i] + log(total[i]));
  for (int64_t i = 0; i < rows; i++)
    total[i] = memory->weight[i] / total[i];
  for (int64_t c = 0; c < run->mixture.k; c++) {
    double *share = memory->share + c * rows;
    for (int64_t i = 0; i < rows; i++)
      share[i] *= total[i];
  }
  return sum;
}

/* As scoring chooses (model/mixture.c): the first of the largest shares. */
static void pass_labels(gmm_run *run, int64_t first, int64_t count, int64_t rows,
                        const pass_memory *memory) {
  const int64_t k = run->mixture.k;
  for (int64_t i = 0; i < count; i++) {
    for (int64_t c = 0; c < k; c++)
      memory->row[c] = memory->share[c * rows + i];
    mine__metrics_shares(memory->row, (int)k);
    run->label[first + i] = mine__metrics_argmax(memory->row, (int)k);
  }
}

static void pass_hard(const gmm_run *run, int64_t first, int64_t count, int64_t rows,
                      const pass_memory *memory) {
  memset(memory->share, 0, (size_t)(run->mixture.k * rows) * sizeof(double));
  for (int64_t i = 0; i < count; i++)
    memory->share[run->label[first + i] * rows + i] = memory->weight[i];
}

/* ---- sums -------------------------------------------------------------------------------- */

/* The rows that the component has, gathered by columns: how many.  Each as sqrt(share) (x -
** centre) and, behind that, sqrt(share): syrk then adds share times the products, the numbers
** themselves and 1, all that maximisation needs. */
static int64_t pass_gather(const gmm_run *run, int64_t c, const double *panel, int64_t rows,
                           int64_t having, const pass_memory *memory) {
  const int64_t width = run->points->width;
  const double *share = memory->share + c * rows, *centre = run->mixture.centre + c * width;
  int64_t at[GMM_CHUNK], n = 0;
  for (int64_t i = 0; i < rows; i++) {
    if (!(share[i] > PASS_LEAST)) continue;
    at[n] = i / MINE_LANES * MINE_LANES * width + i % MINE_LANES;
    memory->root[n++] = sqrt(share[i]);
  }
  for (int64_t j = 0; j < width; j++) {
    double *to = memory->turned + j * having;
    for (int64_t i = 0; i < n; i++)
      to[i] = (panel[at[i] + j * MINE_LANES] - centre[j]) * memory->root[i];
  }
  memcpy(memory->turned + width * having, memory->root, (size_t)n * sizeof(double));
  return n;
}

static void pass_add_products(const gmm_run *run, int64_t c, const double *panel, int64_t rows,
                              double *record, const pass_memory *memory) {
  const int64_t width = run->points->width;
  const double *share = memory->share + c * rows;
  int64_t n = 0;
  for (int64_t i = 0; i < rows; i++)
    n += share[i] > PASS_LEAST;
  if (n == 0) return;
  if (2 * n < rows) {
    pass_gather(run, c, panel, rows, n, memory);
  } else {
    n = rows;
    for (int64_t i = 0; i < rows; i++)
      memory->root[i] = sqrt(share[i]);
    mine__kernels_here()->gauss_spread(panel, rows / MINE_LANES, width,
                                       run->mixture.centre + c * width, memory->root,
                                       memory->turned);
    memcpy(memory->turned + width * rows, memory->root, (size_t)rows * sizeof(double));
  }
  mine__syrk(run->fit->la, width + 1, n, 1, memory->turned, n, record);
}

static void pass_add_squares(const gmm_run *run, int64_t c, const double *panel, int64_t rows,
                             double *record, const pass_memory *memory) {
  const int64_t width = run->points->width;
  const double *share = memory->share + c * rows;
  double mass = 0;
  for (int64_t i = 0; i < rows; i++)
    mass += share[i];
  if (!(mass > 0)) return;
  mine__kernels_here()->gauss_moments(panel, rows / MINE_LANES, width,
                                      run->mixture.centre + c * width, share, record,
                                      record + width);
  record[2 * width] += mass;
}

static void pass_chunk(const pass_job *job, int64_t chunk, int worker, double *record) {
  gmm_run *run = job->run;
  const mine_mixture *m = &run->mixture;
  const pass_memory memory = pass_parts(run, worker);
  const int64_t first = chunk * GMM_CHUNK, left = run->points->n - first;
  const int64_t count = left < GMM_CHUNK ? left : GMM_CHUNK;
  const int64_t panels = MINE_BLOCKS(count, MINE_LANES), rows = panels * MINE_LANES;
  const double *panel = pass_read(run, first, count, worker, &memory);
  if (job->mode == GMM_HARD) {
    pass_hard(run, first, count, rows, &memory);
  } else {
    mine__mixture_squares(m, panel, panels, memory.room, memory.share);
    pass_logs(run, rows, &memory);
    if (job->mode == GMM_LABEL) pass_labels(run, first, count, rows, &memory);
    record[run->record - 1] += pass_shares(run, count, rows, &memory);
  }
  for (int64_t c = 0; job->mode != GMM_LABEL && c < m->k; c++) {
    double *own = record + (size_t)c * run->own;
    if (mine__mixture_turns(m->form))
      pass_add_products(run, c, panel, rows, own, &memory);
    else
      pass_add_squares(run, c, panel, rows, own, &memory);
  }
}

static void pass_task(void *context, int64_t block, int worker) {
  const pass_job *job = context;
  const gmm_run *run = job->run;
  const int64_t last = mine__block_first(run->chunks, run->blocks, block + 1);
  double *record = run->block + (size_t)block * run->record;
  memset(record, 0, run->record * sizeof *record);
  for (int64_t i = mine__block_first(run->chunks, run->blocks, block); i < last; i++)
    pass_chunk(job, i, worker, record);
}

void mine__gmm_pass(gmm_run *run, gmm_mode mode) {
  mine_env *env = run->fit->env;
  pass_job job = {run, mode};
  if (mine__parallel(env, run->blocks, pass_task, &job)) return;
  if (mine__sum_blocks(env, run->block, run->blocks, run->record, run->all)) return;
  run->log_likelihood = run->all[run->record - 1];
}
