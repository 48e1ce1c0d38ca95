/*
** prototypes.c -- scoring, saving and loading centres.  What clusters look like:
** cluster_profile.c.
**
** Scoring uses the kernel that training's last assignment uses, on panels of
** rows: the rows of training get exactly the clusters and distances of training,
** however they are divided into batches.
**
** In a mixture of normal distributions (McLachlan & Peel, Finite Mixture Models, 2000)
** with diagonal covariances a row x has in component c the log density, up to a
** constant,  offset(c) - sum over j of ((x(j) - centre(c,j)) scale(c,j))^2 / 2.
*/
#include "prototypes.h"

#include <math.h>

#include "../kernel/distance.h"
#include "../kernel/encode_panel.h"
#include "cluster_explain.h"
#include "formula.h"
#include "metrics.h"
#include "mixture.h"
#include "write.h"

#define PROTOTYPES_TAG 0x544f5250u /* "PROT" */
#define PROTOTYPES_VERSION                                                                 \
  4u                                 /* 1: no mixtures; 2: no warps in the encoding; 3: no \
                                     ** quantiles of distances                             */
#define PROTOTYPES_WORK    (1 << 20) /* row x centre x dimension per task */
#define PROTOTYPES_POINT   256       /* a single row's dimensions on the stack */
#define PROTOTYPES_MIXTURE 128       /* rows per task of a mixture        */

/* ---- answer ------------------------------------------------------------------- */

typedef struct prototypes_job {
  const mine_prototypes *model;
  const mine_batch *batch;
  mine_answers *out;
  int64_t block; /* rows per task          */
  double *rows;  /* per worker: MINE_LANES x width */
  double *panel; /* per worker: one panel     */
} prototypes_job;

/* Up to MINE_LANES rows as a panel; `rows` is room for as many. */
static void prototypes_panel(const mine_prototypes *m, const mine_batch *batch, int64_t first,
                             int64_t lanes, double *rows, double *panel) {
  if (lanes == MINE_LANES && !batch->row) {
    mine__encode_panel(&m->encoding, batch, first, panel);
    return;
  }
  mine__encode(&m->encoding, batch, first, lanes, rows);
  mine__panel_pack(rows, lanes, m->encoding.width, panel);
}

static void prototypes_score(void *context, int64_t task, int worker) {
  const prototypes_job *job = context;
  const mine_prototypes *m = job->model;
  const int64_t width = m->encoding.width, first = task * job->block;
  const int64_t left = job->batch->n - first, count = left < job->block ? left : job->block;
  double *rows = job->rows + worker * MINE_LANES * width;
  double *panel = job->panel + worker * MINE_LANES * width;
  for (int64_t i = 0; i < count; i += MINE_LANES) {
    const int64_t lanes = count - i < MINE_LANES ? count - i : MINE_LANES;
    double best[MINE_LANES], second[MINE_LANES];
    int32_t nearest[MINE_LANES];
    prototypes_panel(m, job->batch, first + i, lanes, rows, panel);
    mine__distance_nearest(panel, m->encoding.width, m->centre, m->k, best, second, nearest);
    for (int64_t l = 0; l < lanes; l++) {
      if (job->out->group) job->out->group[first + i + l] = nearest[l] + 1;
      if (job->out->distance) job->out->distance[first + i + l] = sqrt(best[l]);
    }
  }
}

/* One row, as in a trigger: no clock, no threads, and the centres lie in panels instead of
** the rows.  Each distance is the same sum in the same order as in a batch, and of equals the
** first centre wins there, too: a row alone gets the very bits that it gets among others. */
static void prototypes_score_row(const mine_prototypes *m, const mine_batch *batch, double *row,
                                 const mine_answers *out) {
  const int64_t width = m->encoding.width;
  double best = INFINITY;
  int32_t nearest = 0;
  mine__encode(&m->encoding, batch, 0, 1, row);
  for (int64_t c = 0; c < m->k; c += MINE_LANES) {
    double distance[MINE_LANES];
    mine__distance_panel(m->panel + c * width, (int)width, row, 1, distance);
    for (int64_t l = 0; l < MINE_LANES && c + l < m->k; l++) {
      if (distance[l] >= best) continue;
      best = distance[l];
      nearest = (int32_t)(c + l);
    }
  }
  if (out->group) out->group[0] = nearest + 1;
  if (out->distance) out->distance[0] = sqrt(best);
}

mine_status mine__prototypes_prepare(mine_env *env, mine_arena *arena, mine_prototypes *m) {
  const int64_t width = m->encoding.width;
  if (!m->panel)
    m->panel =
        mine__arena_array(arena, mine_panel_doubles(m->k, m->encoding.width), sizeof *m->panel);
  if (!m->panel) return mine_env_status(env);
  for (int64_t c = 0; c < m->k; c += MINE_LANES) {
    const int64_t lanes = m->k - c < MINE_LANES ? m->k - c : MINE_LANES;
    mine__panel_pack(m->centre + c * width, lanes, m->encoding.width, m->panel + c * width);
  }
  return MINE_OK;
}

/* Rows per task: about a millisecond, and no more than there are. */
static int64_t prototypes_block(const mine_prototypes *m, int64_t n) {
  const double rows = PROTOTYPES_WORK / ((double)m->k * m->encoding.width + 1);
  const int64_t block = rows > 256 ? 256 : (int64_t)rows;
  return block < 1 ? 1 : block < n ? block : n;
}

static void prototypes_answer_nearest(mine_env *env, const mine_prototypes *m,
                                      const mine_batch *batch, mine_answers *out) {
  double point[PROTOTYPES_POINT];
  if (batch->n == 1 && m->encoding.width <= PROTOTYPES_POINT) {
    prototypes_score_row(m, batch, point, out);
    return;
  }
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t width = (size_t)m->encoding.width, threads = (size_t)env->threads;
  prototypes_job job = {m, batch, out, 0, NULL, NULL};
  job.block = MINE_BLOCKS(prototypes_block(m, batch->n), MINE_LANES) * MINE_LANES;
  job.rows = mine__arena_array(env->scratch, threads * MINE_LANES, width * sizeof(double));
  job.panel = mine__arena_array(env->scratch, threads * MINE_LANES, width * sizeof(double));
  if (!mine_failed(env)) {
    if (batch->n == 1) {
      prototypes_score_row(m, batch, job.rows, out);
    } else {
      (void)!mine__parallel(env, MINE_BLOCKS(batch->n, job.block), prototypes_score, &job);
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- answer: a mixture ------------------------------------------------------------- */

/* Shares of one encoded row: of each component's density. */
static void mixture_shares(const mine_prototypes *m, const double *row, double *share) {
  const int64_t width = m->encoding.width;
  for (int64_t c = 0; c < m->k; c++) {
    double sum = 0;
    for (int64_t j = 0; j < width; j++) {
      const double z = (row[j] - m->centre[c * width + j]) * m->scale[c * width + j];
      sum += z * z;
    }
    share[c] = m->offset[c] - sum / 2;
  }
  mine__metrics_shares(share, (int)m->k);
}

static double mixture_distance(const mine_prototypes *m, const double *row, int64_t c) {
  const int64_t width = m->encoding.width;
  double sum = 0;
  for (int64_t j = 0; j < width; j++) {
    const double d = row[j] - m->centre[c * width + j];
    sum += d * d;
  }
  return sqrt(sum);
}

typedef struct mixture_job {
  const mine_prototypes *model;
  const mine_batch *batch;
  mine_answers *out;
  double *row, *share; /* per worker: width, k */
} mixture_job;

static void mixture_block(void *context, int64_t task, int worker) {
  const mixture_job *job = context;
  const mine_prototypes *m = job->model;
  const int64_t first = task * PROTOTYPES_MIXTURE, last = first + PROTOTYPES_MIXTURE;
  double *row = job->row + (int64_t)worker * m->encoding.width;
  for (int64_t i = first; i < last && i < job->batch->n; i++) {
    double *share =
        job->out->share ? job->out->share + i * m->k : job->share + (int64_t)worker * m->k;
    mine__encode(&m->encoding, job->batch, i, 1, row);
    mixture_shares(m, row, share);
    if (job->out->distance)
      job->out->distance[i] = mixture_distance(m, row, mine__metrics_argmax(share, (int)m->k));
  }
}

static void mixture_answer(mine_env *env, const mine_prototypes *m, const mine_batch *batch,
                           mine_answers *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t threads = (size_t)env->threads;
  mixture_job job = {m, batch, out, NULL, NULL};
  job.row = mine__arena_array(env->scratch, threads, (size_t)m->encoding.width * sizeof(double));
  job.share = mine__arena_array(env->scratch, threads, (size_t)m->k * sizeof(double));
  if (!mine_failed(env))
    (void)!mine__parallel(env, MINE_BLOCKS(batch->n, PROTOTYPES_MIXTURE), mixture_block, &job);
  mine__arena_rewind(env->scratch, mark);
}

static unsigned prototypes_given(const mine_model *model) {
  const mine_prototypes *m = model->body;
  return MINE_GIVES_GROUP | MINE_GIVES_DISTANCE | (m->scale ? MINE_GIVES_SHARE : 0u);
}

static mine_status prototypes_answer(mine_env *env, const mine_model *model,
                                     const mine_batch *batch, mine_answers *out) {
  const mine_prototypes *m = model->body;
  if (batch->n == 0) return mine_env_status(env);
  if (m->scale)
    mixture_answer(env, m, batch, out);
  else
    prototypes_answer_nearest(env, m, batch, out);
  return mine_env_status(env);
}

static mine_status prototypes_explain(mine_env *env, const mine_model *model,
                                      const mine_batch *batch, mine_explained *out) {
  const mine_prototypes *m = model->body;
  const mine_mixture as = {.encoding = m->encoding,
                           .k = m->k,
                           .form = MINE_COVARIANCE_DIAGONAL,
                           .centre = m->centre,
                           .packed = m->scale,
                           .offset = m->offset};
  return m->scale ? mine__normals_explain(env, model, &as, batch, out)
                  : mine__centres_explain(env, model, &m->encoding, m->centre, m->k, batch, out);
}

static int prototypes_width(const mine_model *model) {
  return ((const mine_prototypes *)model->body)->encoding.width;
}

static void prototypes_points(const mine_model *model, const mine_batch *batch, int64_t first,
                              int64_t count, double *out) {
  mine__encode(&((const mine_prototypes *)model->body)->encoding, batch, first, count, out);
}

static const mine_cluster_profile *prototypes_profile(const mine_model *model,
                                                      const mine_encoding **encoding) {
  const mine_prototypes *m = model->body;
  *encoding = &m->encoding;
  return &m->profile;
}

static mine_status prototypes_renumber(mine_env *env, mine_model *model, const int32_t *number) {
  mine_prototypes *m = model->body;
  const size_t row = (size_t)m->encoding.width * sizeof(double);
  MINE_TRY(mine__cluster_renumber(env, m->centre, m->k, row, number));
  MINE_TRY(mine__cluster_profile_renumber(env, &m->profile, m->encoding.width, number));
  if (m->scale) {
    MINE_TRY(mine__cluster_renumber(env, m->scale, m->k, row, number));
    MINE_TRY(mine__cluster_renumber(env, m->offset, m->k, sizeof *m->offset, number));
  }
  return mine__prototypes_prepare(env, model->arena, m);
}

/* ---- save and load ------------------------------------------------------------------ */

static void prototypes_save(const mine_model *model, mine_writer *w) {
  const mine_prototypes *m = model->body;
  const size_t width = (size_t)m->encoding.width, k = (size_t)m->k;
  mine__encoding_save(&m->encoding, w);
  mine__write_u64(w, (uint64_t)k); /* mine__read_count */
  mine__write_reals(w, m->centre, k * width);
  mine__write_u64s(w, (const uint64_t *)m->profile.rows, k);
  mine__write_real(w, m->inertia);
  mine__cluster_values_save(&m->profile, m->encoding.width, w);
  mine__write_u8(w, m->scale != NULL);
  if (m->scale) {
    mine__write_reals(w, m->scale, k * width);
    mine__write_reals(w, m->offset, k);
  }
  mine__cluster_distances_save(&m->profile, w);
}

/* Since version 2: what makes centres the components of a mixture. */
static void prototypes_load_mixture(mine_reader *r, mine_prototypes *m) {
  const size_t k = (size_t)m->k, width = (size_t)m->encoding.width;
  const uint8_t there = mine__read_u8(mine__called(r, "mixture"));
  if (there > 1) mine__reader_bad(r, "the mixture");
  if (!mine__reader_ok(r) || !there) return;
  m->scale = mine__read_reals(mine__called(r, "scale"), k * width, 1);
  m->offset = mine__read_reals(mine__called(r, "offset"), k, 1);
  for (size_t i = 0; mine__reader_ok(r) && i < k * width; i++) {
    if (m->scale[i] < 0) mine__reader_bad(r, "the width of a component");
  }
}

static void prototypes_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_prototypes *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  size_t width, k;
  if (!m) {
    mine__reader_bad(r, "no memory for the centres");
    return;
  }
  mine__encoding_load(r, model->feature, model->n_features,
                      version > 2 ? MINE_ENCODING_WARPS : MINE_ENCODING_PLAIN, &m->encoding);
  if (!mine__reader_ok(r)) return;
  width = (size_t)m->encoding.width;
  k = mine__read_count(mine__called(r, "clusters"), (2 * width + 1) * sizeof(double));
  if (mine__reader_ok(r) && (k < 1 || k > INT32_MAX - 1)) mine__reader_bad(r, "number of clusters");
  if (!mine__reader_ok(r)) return;
  m->k = (int64_t)k;
  m->centre = mine__read_reals(mine__called(r, "centre"), k * width, 1);
  mine__cluster_rows_load(r, m->k, &m->profile);
  m->inertia = mine__read_finite(mine__called(r, "inertia"));
  if (m->inertia < 0) mine__reader_bad(r, "inertia");
  mine__cluster_values_load(r, m->encoding.width, m->k, &m->profile);
  if (version > 1) prototypes_load_mixture(r, m);
  if (version > 3 && mine__reader_ok(r)) mine__cluster_distances_load(r, m->k, &m->profile);
  if (model->groups.n != 0 && model->groups.n != m->k)
    mine__reader_bad(r, "the number of the groups' names");
  if (!mine__reader_ok(r)) return;
  model->n_groups = (int)m->k;
  if (mine__prototypes_prepare(mine__arena_env(r->arena), r->arena, m))
    mine__reader_bad(r, "no memory for the centres");
  else
    model->body = m;
}

const mine_kind mine__kind_prototypes = {
    .name = "prototypes",
    .tag = PROTOTYPES_TAG,
    .version = PROTOTYPES_VERSION,
    .gives = MINE_GIVES_GROUP | MINE_GIVES_SHARE | MINE_GIVES_DISTANCE,
    .given = prototypes_given,
    .answer = prototypes_answer,
    .explain = prototypes_explain,
    .margin = mine__clusters_margin,
    .width = prototypes_width,
    .points = prototypes_points,
    .save = prototypes_save,
    .load = prototypes_load,
    .profile = prototypes_profile,
    .renumber = prototypes_renumber,
    .formula = mine__prototypes_formula,
    .written =
        {
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_clusters, NULL},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
            /* others' programs */
            [MINE_FORMAT_PMML] = {.write = mine__write_pmml},
            [MINE_FORMAT_ONNX] = {.write = mine__write_onnx},
        },
};
