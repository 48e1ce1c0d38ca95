/*
** mixture.c -- scoring, saving and loading mixtures of normal densities.
**
** Training and scoring meet rows by the same kernels on panels of rows, so the rows of training
** get exactly the groups of training, and lanes never meet, so a row's bits do not depend on the
** rows around it.
*/
#include "mixture.h"

#include <math.h>
#include <string.h>

#include "../kernel/distance.h"
#include "../kernel/encode_panel.h"
#include "../kernel/gauss.h"
#include "../kernel/simd.h"
#include "cluster_explain.h"
#include "formula.h"
#include "metrics.h"
#include "write.h"

#define MIXTURE_TAG     0x5854494du /* "MITX" */
#define MIXTURE_VERSION 1u
#define MIXTURE_ROWS    256       /* per task; a multiple of MINE_LANES */
#define MIXTURE_SQUARES (1 << 18) /* numbers of a worker, at most */
#define MIXTURE_LN_2PI  1.8378770664093454836

const char *const mine__covariance_names[] = {"full",      "tied", "diagonal",
                                              "spherical", "auto", NULL};

/* ---- what it is made of -------------------------------------------------------------- */

int64_t mine__mixture_factors(mine_covariance form, int64_t k, int64_t width) {
  return form == MINE_COVARIANCE_FULL       ? k * mine__gauss_triangle(width)
         : form == MINE_COVARIANCE_TIED     ? mine__gauss_triangle(width)
         : form == MINE_COVARIANCE_DIAGONAL ? k * width
                                            : k;
}

double mine__mixture_parameters(mine_covariance form, int64_t k, int64_t width) {
  return (double)(mine__mixture_factors(form, k, width) + k * width + k - 1);
}

/* Numbers of `packed` that each component has to itself. */
static int64_t mixture_packed(const mine_mixture *m) {
  return mine__mixture_turns(m->form) ? mine__gauss_numbers(m->encoding.width) : m->encoding.width;
}

void mine__mixture_room(mine_arena *arena, mine_mixture *m) {
  const int64_t sets = m->form == MINE_COVARIANCE_TIED ? 1 : m->k;
  m->packed = mine__arena_array(arena, (size_t)sets, (size_t)mixture_packed(m) * sizeof(double));
  m->offset = mine__arena_array(arena, (size_t)m->k, sizeof(double));
}

/* ln |F| of component c. */
static double mixture_log_factor(const mine_mixture *m, int64_t c) {
  const int64_t width = m->encoding.width;
  double sum = 0;
  if (m->form == MINE_COVARIANCE_SPHERICAL) return (double)width * log(m->factor[c]);
  for (int64_t j = 0; j < width; j++)
    sum += log(
        m->form == MINE_COVARIANCE_DIAGONAL
            ? m->factor[c * width + j]
            : m->factor[(m->form == MINE_COVARIANCE_FULL ? c : 0) * mine__gauss_triangle(width) +
                        mine__gauss_triangle(j) + j]);
  return sum;
}

void mine__mixture_prepare(mine_mixture *m) {
  const int64_t width = m->encoding.width, triangle = mine__gauss_triangle(width);
  const int64_t own = mixture_packed(m);
  for (int64_t c = 0; c < m->k; c++) {
    m->offset[c] =
        log(m->weight[c]) + mixture_log_factor(m, c) - (double)width / 2 * MIXTURE_LN_2PI;
    if (m->form == MINE_COVARIANCE_FULL || (m->form == MINE_COVARIANCE_TIED && c == 0))
      mine__gauss_pack(width, m->factor + c * triangle, m->packed + c * own);
    for (int64_t j = 0; !mine__mixture_turns(m->form) && j < width; j++)
      m->packed[c * width + j] = m->factor[m->form == MINE_COVARIANCE_DIAGONAL ? c * width + j : c];
  }
}

/* What is not a number or infinite is as far away as can be. */
void mine__mixture_squares(const mine_mixture *m, const double *panel, int64_t panels, double *room,
                           double *square) {
  const mine__kernels *kernels = mine__kernels_here();
  const int64_t width = m->encoding.width, rows = panels * MINE_LANES, own = mixture_packed(m);
  for (int64_t c = 0; c < m->k; c++) {
    const double *factor = m->packed + (m->form == MINE_COVARIANCE_TIED ? 0 : c) * own;
    const double *centre = m->centre + c * width;
    double *to = square + c * rows;
    for (int64_t p = 0; p < panels; p++) {
      const double *x = panel + p * width * MINE_LANES;
      if (mine__mixture_turns(m->form))
        kernels->gauss_full(x, width, centre, factor, room, to + p * MINE_LANES);
      else
        kernels->gauss_diagonal(x, width, centre, factor, to + p * MINE_LANES);
    }
    for (int64_t i = 0; i < rows; i++)
      to[i] = to[i] < MINE_MIXTURE_FARTHEST ? to[i] : MINE_MIXTURE_FARTHEST;
  }
}

/* ---- answer -------------------------------------------------------------------------- */

typedef struct mixture_scoring {
  const mine_mixture *model;
  const mine_batch *batch;
  mine_answers *out;
  int64_t rows;  /* per task; a multiple of MINE_LANES                          */
  size_t stride; /* of a worker's memory                                        */
  double *memory;
} mixture_scoring;

/* The parts of a worker's memory. */
typedef struct mixture_memory {
  double *panel;  /* rows x width        */
  double *row;    /* MINE_LANES x width  */
  double *room;   /* MINE_LANES x width  */
  double *square; /* k x rows            */
  double *share;  /* k                   */
} mixture_memory;

static size_t mixture_stride(const mine_mixture *m, int64_t rows) {
  return (size_t)((rows + 2 * MINE_LANES) * m->encoding.width + m->k * (rows + 1));
}

static mixture_memory mixture_parts(const mixture_scoring *job, int worker) {
  const int64_t width = job->model->encoding.width;
  double *at = job->memory + (size_t)worker * job->stride;
  mixture_memory memory;
  memory.panel = at;
  memory.row = memory.panel + job->rows * width;
  memory.room = memory.row + MINE_LANES * width;
  memory.square = memory.room + MINE_LANES * width;
  memory.share = memory.square + job->model->k * job->rows;
  return memory;
}

static void mixture_panels(const mixture_scoring *job, const mixture_memory *memory, int64_t first,
                           int64_t count) {
  const mine_encoding *e = &job->model->encoding;
  for (int64_t i = 0; i < count; i += MINE_LANES) {
    const int64_t lanes = count - i < MINE_LANES ? count - i : MINE_LANES;
    double *panel = memory->panel + i * e->width;
    if (lanes == MINE_LANES && !job->batch->row) {
      mine__encode_panel(e, job->batch, first + i, panel);
      continue;
    }
    mine__encode(e, job->batch, first + i, lanes, memory->row);
    mine__panel_pack(memory->row, lanes, e->width, panel);
  }
}

static void mixture_score(void *context, int64_t task, int worker) {
  const mixture_scoring *job = context;
  const mine_mixture *m = job->model;
  const mixture_memory memory = mixture_parts(job, worker);
  const int64_t first = task * job->rows, left = job->batch->n - first;
  const int64_t count = left < job->rows ? left : job->rows;
  const int64_t panels = MINE_BLOCKS(count, MINE_LANES), rows = panels * MINE_LANES;
  mixture_panels(job, &memory, first, count);
  mine__mixture_squares(m, memory.panel, panels, memory.room, memory.square);
  for (int64_t i = 0; i < count; i++) {
    double *share = job->out->share ? job->out->share + (first + i) * m->k : memory.share;
    for (int64_t c = 0; c < m->k; c++)
      share[c] = m->offset[c] - memory.square[c * rows + i] / 2;
    mine__metrics_shares(share, (int)m->k);
    const int best = mine__metrics_argmax(share, (int)m->k);
    if (job->out->group) job->out->group[first + i] = best + 1;
    if (job->out->distance) job->out->distance[first + i] = sqrt(memory.square[best * rows + i]);
  }
}

/* Rows per task: no more than there are, nor so many that their distances are too many. */
static int64_t mixture_rows(const mine_mixture *m, int64_t n) {
  const int64_t all = MINE_BLOCKS(n, MINE_LANES) * MINE_LANES;
  int64_t rows = MIXTURE_ROWS;
  while (rows > MINE_LANES && rows * m->k > MIXTURE_SQUARES)
    rows /= 2;
  return rows < all ? rows : all;
}

static mine_status mixture_say(mine_env *env, const mine_model *model, const mine_batch *batch,
                               mine_answers *out) {
  const mine_mixture *m = model->body;
  mixture_scoring job = {.model = m, .batch = batch, .out = out};
  if (batch->n == 0) return mine_env_status(env);
  const mine_mark mark = mine__arena_mark(env->scratch);
  job.rows = mixture_rows(m, batch->n);
  job.stride = mixture_stride(m, job.rows);
  const size_t workers = batch->n <= job.rows ? 1 : (size_t)env->threads;
  job.memory = mine__arena_array(env->scratch, workers, job.stride * sizeof(double));
  if (job.memory && batch->n <= job.rows)
    mixture_score(&job, 0, 0); /* as in a trigger: no team */
  else if (job.memory)
    (void)!mine__parallel(env, MINE_BLOCKS(batch->n, job.rows), mixture_score, &job);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

static int mixture_width(const mine_model *model) {
  return ((const mine_mixture *)model->body)->encoding.width;
}

static void mixture_points(const mine_model *model, const mine_batch *batch, int64_t first,
                           int64_t count, double *out) {
  mine__encode(&((const mine_mixture *)model->body)->encoding, batch, first, count, out);
}

/* ---- clusters -------------------------------------------------------------------------- */

static const mine_cluster_profile *mixture_profile(const mine_model *model,
                                                   const mine_encoding **encoding) {
  const mine_mixture *m = model->body;
  *encoding = &m->encoding;
  return &m->profile;
}

static mine_status mixture_renumber(mine_env *env, mine_model *model, const int32_t *number) {
  mine_mixture *m = model->body;
  const size_t width = (size_t)m->encoding.width;
  MINE_TRY(mine__cluster_renumber(env, m->weight, m->k, sizeof(double), number));
  MINE_TRY(mine__cluster_renumber(env, m->centre, m->k, width * sizeof(double), number));
  if (m->form != MINE_COVARIANCE_TIED)
    MINE_TRY(mine__cluster_renumber(
        env, m->factor, m->k,
        (size_t)mine__mixture_factors(m->form, 1, m->encoding.width) * sizeof(double), number));
  MINE_TRY(mine__cluster_profile_renumber(env, &m->profile, m->encoding.width, number));
  mine__mixture_prepare(m);
  return mine_env_status(env);
}

/* ---- save and load ------------------------------------------------------------------ */

static void mixture_save(const mine_model *model, mine_writer *w) {
  const mine_mixture *m = model->body;
  const size_t width = (size_t)m->encoding.width, k = (size_t)m->k;
  mine__encoding_save(&m->encoding, w);
  mine__write_u8(w, (uint8_t)m->form);
  mine__write_u64(w, (uint64_t)k); /* mine__read_count */
  mine__write_reals(w, m->weight, k);
  mine__write_reals(w, m->centre, k * width);
  mine__write_reals(w, m->factor, (size_t)mine__mixture_factors(m->form, m->k, m->encoding.width));
  mine__cluster_profile_save(&m->profile, m->encoding.width, w);
}

static void mixture_load_weights(mine_reader *r, mine_mixture *m) {
  double sum = 0;
  m->weight = mine__read_reals(mine__called(r, "weight"), (size_t)m->k, 1);
  for (int64_t c = 0; m->weight && c < m->k; c++) {
    if (!(m->weight[c] > 0)) mine__reader_bad(r, "the weight of a component");
    sum += m->weight[c];
  }
  if (m->weight && !(fabs(sum - 1) < 1e-6)) mine__reader_bad(r, "the sum of the weights");
}

/* What is divided by is above 0: the diagonals of triangles, else all. */
static void mixture_load_factors(mine_reader *r, mine_mixture *m) {
  const int64_t width = m->encoding.width, triangle = mine__gauss_triangle(width);
  const int64_t each = mine__mixture_factors(m->form, 1, width);
  const int64_t sets = m->form == MINE_COVARIANCE_TIED ? 1 : m->k;
  if ((uint64_t)each > mine__reader_left(r) / sizeof(double) / (uint64_t)sets)
    mine__reader_bad(r, "the covariances");
  if (!mine__reader_ok(r)) return;
  const int64_t n = each * sets;
  m->factor = mine__read_reals(mine__called(r, "whitening"), (size_t)n, 1);
  if (!m->factor) return;
  for (int64_t i = 0; !mine__mixture_turns(m->form) && i < n; i++)
    if (!(m->factor[i] > 0)) mine__reader_bad(r, "the width of a component");
  for (int64_t i = 0; mine__mixture_turns(m->form) && i < n; i += triangle)
    for (int64_t j = 0; j < width; j++)
      if (!(m->factor[i + mine__gauss_triangle(j) + j] > 0))
        mine__reader_bad(r, "the width of a component");
}

static void mixture_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_mixture *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  (void)version;
  if (!m) {
    mine__reader_bad(r, "no memory for the mixture");
    return;
  }
  mine__encoding_load(r, model->feature, model->n_features, MINE_ENCODING_WARPS, &m->encoding);
  if (!mine__reader_ok(r)) return;
  const uint8_t form = mine__read_u8(mine__worded(r, "covariance", mine__covariance_names));
  if (form >= MINE_COVARIANCES) mine__reader_bad(r, "the form of the covariances");
  const size_t width = (size_t)m->encoding.width;
  const size_t k = mine__read_count(mine__called(r, "clusters"), (width + 1) * sizeof(double));
  if (mine__reader_ok(r) && (k < 1 || k > INT32_MAX - 1 || width < 1 || width > (1 << 24)))
    mine__reader_bad(r, "number of clusters");
  if (!mine__reader_ok(r)) return;
  m->form = (mine_covariance)form;
  m->k = (int64_t)k;
  mixture_load_weights(r, m);
  m->centre = mine__read_reals(mine__called(r, "centre"), k * width, 1);
  if (mine__reader_ok(r)) mixture_load_factors(r, m);
  if (mine__reader_ok(r)) mine__cluster_profile_load(r, m->encoding.width, m->k, &m->profile);
  if (model->groups.n != 0 && model->groups.n != m->k)
    mine__reader_bad(r, "the number of the groups' names");
  if (!mine__reader_ok(r)) return;
  mine__mixture_room(r->arena, m);
  if (!m->packed || !m->offset) {
    mine__reader_bad(r, "no memory for the mixture");
    return;
  }
  mine__mixture_prepare(m);
  model->n_groups = (int)m->k;
  model->body = m;
}

const mine_kind mine__kind_mixture = {
    .name = "mixture",
    .tag = MIXTURE_TAG,
    .version = MIXTURE_VERSION,
    .gives = MINE_GIVES_GROUP | MINE_GIVES_SHARE | MINE_GIVES_DISTANCE,
    .answer = mixture_say,
    .explain = mine__mixture_explain,
    .margin = mine__clusters_margin,
    .width = mixture_width,
    .points = mixture_points,
    .save = mixture_save,
    .load = mixture_load,
    .profile = mixture_profile,
    .renumber = mixture_renumber,
    .parts = mine__mixture_parts,
    .formula = mine__mixture_formula,
    .written =
        {
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_clusters, NULL},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
            /* others' programs */
            [MINE_FORMAT_PMML] = {.why_not = "PMML has no mixtures; take onnx, sql or c"},
            [MINE_FORMAT_ONNX] = {.write = mine__write_onnx},
        },
};
