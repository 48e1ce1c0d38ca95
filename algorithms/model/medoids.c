/*
** medoids.c -- scoring, saving and loading medoids.
**
** A row is compared with every medoid by the kernels of the neighbour search, medoids in panels:
** the sum over dimensions in order, so that the rows of training get exactly the clusters and
** distances of training, however they are divided into batches.
*/
#include "medoids.h"

#include <math.h>
#include <string.h>

#include "../kernel/tile.h"
#include "cluster_explain.h"
#include "write.h"

#define MEDOIDS_TAG     0x4f44454du /* "MEDO" */
#define MEDOIDS_VERSION 1u
#define MEDOIDS_WORK    (1 << 20) /* row x medoid x dimension per task */
#define MEDOIDS_MOST    256       /* rows per task                     */

/* ---- preparing ---------------------------------------------------------------------- */

int mine__medoids_is_zero(const double *point, int width) {
  for (int j = 0; j < width; j++)
    if (point[j] != 0) return 0;
  return 1;
}

static mine_nearest medoids_base(const mine_medoids *m) {
  return (mine_nearest){.space = m->rows.space,
                        .n = m->rows.n,
                        .width = m->rows.width,
                        .row = m->rows.point,
                        .category = m->rows.category};
}

mine_status mine__medoids_prepare(mine_env *env, mine_arena *arena, mine_medoids *m) {
  const int64_t tiles = MINE_BLOCKS(m->rows.n, MINE_TILE_ROWS), width = m->rows.width;
  const mine_nearest base = medoids_base(m);
  if (!m->panel)
    m->panel =
        mine__arena_array(arena, (size_t)tiles * MINE_TILE_ROWS, (size_t)width * sizeof *m->panel);
  if (!m->zero && m->rows.space == MINE_SPACE_COSINE)
    m->zero = mine__arena_zeros(arena, (size_t)m->rows.n, 1);
  if (mine_failed(env)) return mine_env_status(env);
  for (int64_t t = 0; t < tiles; t++)
    mine__tile_pack(&base, t, m->panel + t * MINE_TILE_ROWS * width);
  for (int64_t c = 0; m->zero && c < m->rows.n; c++)
    m->zero[c] = (uint8_t)mine__medoids_is_zero(m->rows.point + c * width, m->rows.width);
  return MINE_OK;
}

/* ---- answer ------------------------------------------------------------------------- */

typedef struct medoids_job {
  const mine_medoids *model;
  const mine_batch *batch;
  int64_t block; /* rows per task            */
  double *point; /* per worker: block x width */
  int32_t *nearest;
  double *distance;
} medoids_job;

/* The nearest medoid of a point. */
static int32_t medoids_of(const mine_medoids *m, const mine_nearest *base, const double *point,
                          double *distance) {
  const int zero = m->zero && mine__medoids_is_zero(point, m->rows.width);
  double best = INFINITY, compared[MINE_TILE_ROWS];
  int32_t nearest = 0;
  for (int64_t c = 0; c < m->rows.n; c++) {
    const int64_t lane = c % MINE_TILE_ROWS;
    if (lane == 0) mine__tile_distances(base, m->panel + c * m->rows.width, point, compared);
    const double d =
        mine__medoids_distance(m->rows.space, compared[lane], m->zero ? zero + m->zero[c] : 0);
    if (d >= best) continue;
    best = d;
    nearest = (int32_t)c;
  }
  *distance = best;
  return nearest;
}

static void medoids_score(void *context, int64_t task, int worker) {
  const medoids_job *job = context;
  const mine_medoids *m = job->model;
  const mine_nearest base = medoids_base(m);
  const int64_t width = m->rows.width, first = task * job->block, left = job->batch->n - first;
  const int64_t count = left < job->block ? left : job->block;
  double *point = job->point + (int64_t)worker * job->block * width;
  mine__neighbours_points(&m->rows, job->batch, first, count, point);
  for (int64_t i = 0; i < count; i++) {
    double distance;
    const int32_t nearest = medoids_of(m, &base, point + i * width, &distance);
    if (job->nearest) job->nearest[first + i] = nearest;
    if (job->distance) job->distance[first + i] = distance;
  }
}

mine_status mine__medoids_nearest(mine_env *env, const mine_medoids *m, const mine_batch *batch,
                                  int32_t *nearest, double *distance) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const double rows = MEDOIDS_WORK / ((double)m->rows.n * m->rows.width + 1);
  medoids_job job = {.model = m, .batch = batch, .nearest = nearest, .distance = distance};
  job.block = rows > MEDOIDS_MOST ? MEDOIDS_MOST : rows < 1 ? 1 : (int64_t)rows;
  if (job.block > batch->n) job.block = batch->n;
  if (batch->n == 0) return mine_env_status(env);
  job.point = mine__arena_array(env->scratch, (size_t)env->threads * (size_t)job.block,
                                (size_t)m->rows.width * sizeof(double));
  if (!mine_failed(env))
    (void)!mine__parallel(env, MINE_BLOCKS(batch->n, job.block), medoids_score, &job);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

static mine_status medoids_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  mine_answers *out) {
  MINE_TRY(mine__medoids_nearest(env, model->body, batch, out->group, out->distance));
  for (int64_t i = 0; out->group && i < batch->n; i++)
    out->group[i]++;
  return MINE_OK;
}

/* The space that distances between rows are taken in: gower's has gaps, so that rows are points of
** the profile's there. */
static int medoids_width(const mine_model *model) {
  return mine__medoids_encoding(model->body)->width;
}

static void medoids_points(const mine_model *model, const mine_batch *batch, int64_t first,
                           int64_t count, double *out) {
  const mine_medoids *m = model->body;
  if (m->rows.space == MINE_SPACE_GOWER)
    mine__encode(&m->standard, batch, first, count, out);
  else
    mine__neighbours_points(&m->rows, batch, first, count, out);
}

/* ---- the profile -------------------------------------------------------------------- */

static const mine_cluster_profile *medoids_profile(const mine_model *model,
                                                   const mine_encoding **encoding) {
  const mine_medoids *m = model->body;
  *encoding = mine__medoids_encoding(m);
  return &m->profile;
}

static mine_status medoids_renumber(mine_env *env, mine_model *model, const int32_t *number) {
  mine_medoids *m = model->body;
  const size_t row = (size_t)m->rows.width * sizeof(double);
  MINE_TRY(mine__cluster_renumber(env, m->rows.point, m->rows.n, row, number));
  MINE_TRY(
      mine__cluster_profile_renumber(env, &m->profile, mine__medoids_encoding(m)->width, number));
  return mine__medoids_prepare(env, model->arena, m);
}

/* ---- bytes -------------------------------------------------------------------------- */

static void medoids_save(const mine_model *model, mine_writer *w) {
  const mine_medoids *m = model->body;
  mine__write_u32(w, (uint32_t)m->rows.space);
  mine__neighbours_save_space(&m->rows, w);
  if (m->rows.space == MINE_SPACE_GOWER) mine__encoding_save(&m->standard, w);
  mine__write_u64(w, (uint64_t)m->rows.n); /* mine__read_count */
  mine__write_reals(w, m->rows.point, (size_t)m->rows.n * (size_t)m->rows.width);
  mine__write_real(w, m->cost);
  mine__cluster_profile_save(&m->profile, mine__medoids_encoding(m)->width, w);
}

static void medoids_load_body(mine_reader *r, mine_model *model, mine_medoids *m) {
  const uint32_t space = mine__read_u32(mine__worded(r, "metric", mine__space_names));
  if (space > MINE_SPACE_GOWER) mine__reader_bad(r, "the metric");
  if (!mine__reader_ok(r)) return;
  m->rows.space = (mine_space)space;
  mine__neighbours_load_space(r, model, MINE_ENCODING_WARPS, &m->rows);
  if (m->rows.space == MINE_SPACE_GOWER)
    mine__encoding_load(r, model->feature, model->n_features, MINE_ENCODING_WARPS, &m->standard);
  mine__neighbours_load_points(r, "clusters", &m->rows);
  if (mine__reader_ok(r) && m->rows.n > INT32_MAX - 1) mine__reader_bad(r, "number of clusters");
  m->cost = mine__read_finite(mine__called(r, "cost"));
  if (m->cost < 0) mine__reader_bad(r, "cost");
  if (!mine__reader_ok(r)) return;
  mine__cluster_profile_load(r, mine__medoids_encoding(m)->width, m->rows.n, &m->profile);
  if (model->groups.n != 0 && model->groups.n != m->rows.n)
    mine__reader_bad(r, "the number of the groups' names");
}

static void medoids_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_medoids *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  if (!m || version > MEDOIDS_VERSION) mine__reader_bad(r, m ? "version" : "no memory");
  if (!mine__reader_ok(r)) return;
  medoids_load_body(r, model, m);
  if (!mine__reader_ok(r)) return;
  model->n_groups = (int)m->rows.n;
  if (mine__medoids_prepare(mine__arena_env(r->arena), r->arena, m))
    mine__reader_bad(r, "no memory for the medoids");
  else
    model->body = m;
}

const mine_kind mine__kind_medoids = {
    .name = "medoids",
    .tag = MEDOIDS_TAG,
    .version = MEDOIDS_VERSION,
    .gives = MINE_GIVES_GROUP | MINE_GIVES_DISTANCE,
    .answer = medoids_answer,
    .explain = mine__medoids_explain,
    .margin = mine__clusters_margin,
    .width = medoids_width,
    .points = medoids_points,
    .save = medoids_save,
    .load = medoids_load,
    .keeps_rows = MINE_KEEPS_SOME,
    .profile = medoids_profile,
    .renumber = medoids_renumber,
    .formula = mine__medoids_formula,
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
