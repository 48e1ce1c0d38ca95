/*
** latent.c -- scoring rows by clusters and noise, and the way into bytes and back.
**
** Rows are scored in blocks, column after column: a cluster has a lane of the block's rows, and
** each column adds what it says to all of them.  A row's sum runs in column order, whatever the
** block, so its bits do not depend on how rows are divided.  Numbers are kept within bounds, so
** nothing overflows however far out a row lies.
*/
#include "latent.h"

#include <math.h>
#include <string.h>

#include "cluster_explain.h"
#include "formula.h"
#include "metrics.h"
#include "write.h"

#define LATENT_TAG      0x4554414cu /* "LATE" */
#define LATENT_VERSION  1u
#define LATENT_ROWS     256   /* rows of a block                                */
#define LATENT_NARROW   1e-12 /* no variance of z is smaller                    */
#define LATENT_FARTHEST 1e9   /* no bound of z, and no mean, is larger          */
#define LATENT_2PI      6.283185307179586476925

double mine__latent_number(const mine_latent_column *column, double x) {
  const mine__warp warp = {.form = column->bent ? MINE_WARP_LOG : MINE_WARP_NONE};
  const double z = (mine__warp_number(&warp, x) - column->centre) * column->factor;
  return z < column->least ? column->least : z > column->most ? column->most : z;
}

/* ---- the tables --------------------------------------------------------------------- */

static void latent_prepare_numbers(mine_arena *arena, int k, mine_latent_column *column) {
  column->base = mine__arena_array(arena, (size_t)k, sizeof(double));
  column->half = mine__arena_array(arena, (size_t)k, sizeof(double));
  if (!column->base || !column->half) return;
  for (int c = 0; c < k; c++) {
    column->base[c] = column->mode[c] = -0.5 * (log(LATENT_2PI) + log(column->variance[c]));
    column->half[c] = 0.5 / column->variance[c];
  }
}

static void latent_prepare_levels(mine_arena *arena, int k, mine_latent_column *column) {
  double *to = mine__arena_array(arena, (size_t)k, (size_t)(column->slots + 1) * sizeof *to);
  column->log = to;
  for (int c = 0; to && c < k; c++) {
    *to++ = 0;
    column->mode[c] = -INFINITY;
    for (int64_t s = 0; s < column->slots; s++) {
      *to = log(column->share[c * column->slots + s]);
      column->mode[c] = fmax(column->mode[c], *to++);
    }
  }
}

void mine__latent_prepare(mine_arena *arena, mine_latent *m) {
  m->log_weight = mine__arena_array(arena, (size_t)m->k + 1, sizeof(double));
  if (!m->log_weight) return;
  for (int c = 0; c < m->k; c++)
    m->log_weight[c] = log(m->weight[c]) + log1p(-m->noise);
  m->log_weight[m->k] = log(m->noise); /* -infinity: it never is */
  for (int f = 0; f < m->n_columns; f++) {
    mine_latent_column *column = &m->column[f];
    column->mode = mine__arena_array(arena, (size_t)m->k, sizeof(double));
    if (!column->mode) return;
    if (column->slots)
      latent_prepare_levels(arena, m->k, column);
    else
      latent_prepare_numbers(arena, m->k, column);
  }
}

/* ---- answer --------------------------------------------------------------------------- */

/* What a worker holds: a lane of logarithms for each cluster and for noise, and the block's cells
** of a column. */
typedef struct latent_room {
  double *log; /* (k + 1) x LATENT_ROWS */
  double *row; /* k + 1                 */
  double number[LATENT_ROWS];
  int32_t slot[LATENT_ROWS]; /* 1 + slot; 0: nothing is said */
} latent_room;

typedef struct latent_job {
  const mine_latent *model;
  const mine_batch *batch;
  mine_answers *out;
  latent_room *room; /* per worker */
} latent_job;

static int32_t latent_slot(const mine_latent_column *column, int32_t code) {
  return code < 0 ? 0 : column->slot[code] + 1;
}

static void latent_add_numbers(const mine_latent *m, const mine_latent_column *column, int64_t n,
                               latent_room *room) {
  const double *z = room->number;
  for (int c = 0; c < m->k; c++) {
    double *log = room->log + (int64_t)c * LATENT_ROWS;
    const double base = column->base[c], half = column->half[c], mean = column->mean[c];
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
      const double d = z[i] - mean, said = base - half * (d * d);
      log[i] += z[i] == z[i] ? said : 0.0;
    }
  }
  double *log = room->log + (int64_t)m->k * LATENT_ROWS;
  for (int64_t i = 0; i < n; i++)
    log[i] += z[i] == z[i] ? column->noise : 0.0;
}

static void latent_add_levels(const mine_latent *m, const mine_latent_column *column, int64_t n,
                              latent_room *room) {
  for (int c = 0; c < m->k; c++) {
    double *log = room->log + (int64_t)c * LATENT_ROWS;
    const double *says = column->log + c * (column->slots + 1);
    for (int64_t i = 0; i < n; i++)
      log[i] += says[room->slot[i]];
  }
  double *log = room->log + (int64_t)m->k * LATENT_ROWS;
  for (int64_t i = 0; i < n; i++)
    log[i] += room->slot[i] ? column->noise : 0.0;
}

static void latent_add_column(const latent_job *job, int f, int64_t first, int64_t n,
                              latent_room *room) {
  const mine_latent *m = job->model;
  const mine_latent_column *column = &m->column[f];
  const mine_feature_view *view = &job->batch->feature[f];
  for (int64_t i = 0; i < n; i++) {
    const int64_t row = mine_batch_row(job->batch, first + i);
    if (column->slots)
      room->slot[i] = latent_slot(column, view->code[row]);
    else
      room->number[i] = mine__latent_number(column, view->number[row]);
  }
  if (column->slots)
    latent_add_levels(m, column, n, room);
  else
    latent_add_numbers(m, column, n, room);
}

/* Of a row to one cluster.  The root of twice what the logarithm of the density lacks to that
** of the cluster's own mode, over the columns that say something: of numbers that is the square
** in standard deviations. */
static double latent_distance(const mine_latent *m, const mine_batch *batch, int64_t row, int c) {
  double sum = 0;
  for (int f = 0; f < m->n_columns; f++) {
    const mine_latent_column *column = &m->column[f];
    const mine_feature_view *view = &batch->feature[f];
    if (column->slots) {
      const int32_t slot = latent_slot(column, view->code[row]);
      if (slot) sum += 2 * (column->mode[c] - column->log[c * (column->slots + 1) + slot]);
    } else if (column->factor > 0) {
      const double z = mine__latent_number(column, view->number[row]), d = z - column->mean[c];
      if (!isnan(z)) sum += 2 * column->half[c] * d * d;
    }
  }
  return sqrt(sum);
}

static int32_t latent_group(const mine_latent *m, const double *share) {
  const int best = mine__metrics_argmax(share, m->k);
  return share[m->k] > share[best] ? 0 : best + 1;
}

static void latent_score(void *context, int64_t task, int worker) {
  const latent_job *job = context;
  const mine_latent *m = job->model;
  latent_room *room = &job->room[worker];
  const int64_t first = task * LATENT_ROWS, left = job->batch->n - first;
  const int64_t n = left < LATENT_ROWS ? left : LATENT_ROWS;
  for (int c = 0; c <= m->k; c++) {
    for (int64_t i = 0; i < n; i++)
      room->log[(int64_t)c * LATENT_ROWS + i] = m->log_weight[c];
  }
  for (int f = 0; f < m->n_columns; f++)
    if (m->column[f].slots || m->column[f].factor > 0) latent_add_column(job, f, first, n, room);
  for (int64_t i = 0; i < n; i++) {
    double *share = room->row;
    for (int c = 0; c <= m->k; c++)
      share[c] = room->log[(int64_t)c * LATENT_ROWS + i];
    const int best = mine__metrics_argmax(share, m->k);
    mine__metrics_shares(share, m->k + 1);
    if (job->out->share)
      memcpy(job->out->share + (first + i) * m->k, share, (size_t)m->k * sizeof *share);
    if (job->out->group) job->out->group[first + i] = latent_group(m, share);
    if (job->out->distance)
      job->out->distance[first + i] =
          latent_distance(m, job->batch, mine_batch_row(job->batch, first + i), best);
  }
}

static mine_status latent_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                 mine_answers *out) {
  const mine_latent *m = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int workers = batch->n > LATENT_ROWS ? (int)env->threads : 1;
  const size_t lanes = (size_t)m->k + 1;
  if (batch->n == 0) return mine_env_status(env);
  latent_room *room = mine__arena_array(env->scratch, (size_t)workers, sizeof *room);
  const latent_job job = {m, batch, out, room};
  for (int t = 0; room && t < workers; t++) {
    room[t].log = mine__arena_array(env->scratch, lanes, LATENT_ROWS * sizeof(double));
    room[t].row = mine__arena_array(env->scratch, lanes, sizeof(double));
  }
  if (!mine_failed(env))
    (void)!mine__parallel(env, MINE_BLOCKS(batch->n, LATENT_ROWS), latent_score, (void *)&job);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

static int latent_width(const mine_model *model) {
  return ((const mine_latent *)model->body)->encoding.width;
}

static void latent_points(const mine_model *model, const mine_batch *batch, int64_t first,
                          int64_t count, double *out) {
  mine__encode(&((const mine_latent *)model->body)->encoding, batch, first, count, out);
}

static const mine_cluster_profile *latent_profile(const mine_model *model,
                                                  const mine_encoding **encoding) {
  const mine_latent *m = model->body;
  *encoding = &m->encoding;
  return &m->profile;
}

/* ---- save and load ------------------------------------------------------------------------ */

static void latent_save(const mine_model *model, mine_writer *w) {
  const mine_latent *m = model->body;
  const size_t k = (size_t)m->k;
  mine__encoding_save(&m->encoding, w);
  mine__write_u64(w, (uint64_t)k); /* mine__read_count */
  mine__write_reals(w, m->weight, k);
  mine__write_real(w, m->noise);
  for (int f = 0; f < m->n_columns; f++) {
    const mine_latent_column *column = &m->column[f];
    mine__write_real(w, column->noise);
    mine__write_u64(w, (uint64_t)column->slots);
    if (column->slots) {
      mine__write_i32s(w, column->slot, (size_t)column->levels);
      mine__write_reals(w, column->share, k * (size_t)column->slots);
      continue;
    }
    mine__write_u8(w, (uint8_t)column->bent);
    mine__write_real(w, column->centre);
    mine__write_real(w, column->factor);
    mine__write_real(w, column->least);
    mine__write_real(w, column->most);
    mine__write_reals(w, column->mean, k);
    mine__write_reals(w, column->variance, k);
  }
  mine__write_reals(w, m->importance, (size_t)m->n_columns);
  mine__write_i64(w, m->resamples);
  mine__write_reals(w, m->stability, k);
  mine__cluster_profile_save(&m->profile, m->encoding.width, w);
}

/* Shares: between 0 and 1; those of each n add up to 1. */
static double *latent_load_shares(mine_reader *r, size_t n, size_t times, int zero,
                                  const char *problem) {
  double *v = mine__read_reals(r, n * times, 1);
  for (size_t i = 0; v && i < times; i++) {
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
      const double share = v[i * n + j];
      if (share < 0 || (share == 0 && !zero)) mine__reader_bad(r, problem);
      sum += share;
    }
    if (!(fabs(sum - 1) < 1e-6)) mine__reader_bad(r, problem);
  }
  return v;
}

static void latent_load_levels(mine_reader *r, size_t k, mine_latent_column *column) {
  if (column->levels < 1) mine__reader_bad(r, "the levels of a column");
  if (!mine__reader_ok(r)) return;
  column->slot = mine__read_i32s(mine__called(r, "slot_of_level"), (size_t)column->levels);
  for (int64_t l = 0; column->slot && l < column->levels; l++)
    if (column->slot[l] < -1 || column->slot[l] >= column->slots)
      mine__reader_bad(r, "the slot of a level");
  if (mine__reader_ok(r))
    column->share = latent_load_shares(mine__called(r, "share"), (size_t)column->slots, k, 0,
                                       "the shares of levels");
}

static void latent_load_numbers(mine_reader *r, size_t k, mine_latent_column *column) {
  const uint8_t bent = mine__read_u8(mine__called(r, "log"));
  if (bent > 1) mine__reader_bad(r, "how numbers are bent");
  column->bent = bent;
  column->centre = mine__read_finite(mine__called(r, "centre"));
  column->factor = mine__read_finite(mine__called(r, "factor"));
  column->least = mine__read_finite(mine__called(r, "least"));
  column->most = mine__read_finite(mine__called(r, "most"));
  if (!(column->factor >= 0)) mine__reader_bad(r, "the scale of a column");
  if (!(column->least <= column->most) || column->least < -LATENT_FARTHEST ||
      column->most > LATENT_FARTHEST)
    mine__reader_bad(r, "the bounds of a column");
  column->mean = mine__read_reals(mine__called(r, "mean"), k, 1);
  column->variance = mine__read_reals(mine__called(r, "variance"), k, 1);
  for (size_t c = 0; mine__reader_ok(r) && c < k; c++) {
    if (fabs(column->mean[c]) > LATENT_FARTHEST) mine__reader_bad(r, "a mean");
    if (column->variance[c] < LATENT_NARROW || column->variance[c] > LATENT_FARTHEST)
      mine__reader_bad(r, "a variance");
  }
}

static void latent_load_column(mine_reader *r, const mine_feature *about, size_t k,
                               mine_latent_column *column) {
  const int category = about->type == MINE_COLUMN_CATEGORY;
  column->noise = mine__read_finite(mine__called(r, "noise_log_density"));
  if (fabs(column->noise) > LATENT_FARTHEST) mine__reader_bad(r, "the density of noise");
  const uint64_t slots = mine__read_u64(mine__called(r, "slots"));
  if ((slots > 0) != category || slots > INT32_MAX || slots > mine__reader_left(r) / 8)
    mine__reader_bad(r, "the slots of a column");
  if (!mine__reader_ok(r)) return;
  column->slots = (int64_t)slots;
  column->levels = category ? about->levels.values.n : 0;
  if (category)
    latent_load_levels(r, k, column);
  else
    latent_load_numbers(r, k, column);
}

static void latent_load_told(mine_reader *r, mine_latent *m) {
  const size_t k = (size_t)m->k, n = (size_t)m->n_columns;
  m->importance = mine__read_reals(mine__called(r, "importance"), n, 1);
  for (size_t f = 0; mine__reader_ok(r) && f < n; f++)
    if (m->importance[f] < 0) mine__reader_bad(r, "an importance");
  m->resamples = mine__read_i64(mine__called(r, "resamples"));
  if (m->resamples < 0) mine__reader_bad(r, "the resamples");
  m->stability = mine__read_reals(mine__called(r, "stability"), k, 0);
  for (size_t c = 0; mine__reader_ok(r) && c < k; c++)
    if (m->stability[c] < 0 || m->stability[c] > 1) mine__reader_bad(r, "a stability");
  mine__cluster_profile_load(r, m->encoding.width, m->k, &m->profile);
}

static void latent_load_columns(mine_reader *r, const mine_model *model, mine_latent *m) {
  const size_t n = (size_t)m->n_columns;
  m->column = mine__arena_zeros(r->arena, n, sizeof *m->column);
  if (!m->column) mine__reader_bad(r, "no memory for the columns");
  mine__read_items(r, "columns");
  for (size_t f = 0; f < n && mine__reader_ok(r); f++) {
    mine__read_open(r, NULL);
    latent_load_column(r, &model->feature[f], (size_t)m->k, &m->column[f]);
    mine__read_close(r);
  }
  mine__read_close(r);
}

static void latent_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_latent *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  if (version != LATENT_VERSION) mine__reader_bad(r, "the version of the clusters");
  if (!m) mine__reader_bad(r, "no memory for the clusters");
  if (!mine__reader_ok(r)) return;
  m->n_columns = model->n_features;
  mine__encoding_load(r, model->feature, model->n_features, MINE_ENCODING_WARPS, &m->encoding);
  const size_t k = mine__read_count(mine__called(r, "clusters"), sizeof(double));
  if (mine__reader_ok(r) && (k < 1 || k > INT32_MAX - 1)) mine__reader_bad(r, "number of clusters");
  if (model->groups.n != 0 && model->groups.n != (int64_t)k)
    mine__reader_bad(r, "the number of the groups' names");
  if (!mine__reader_ok(r)) return;
  m->k = (int)k;
  m->weight = latent_load_shares(mine__called(r, "weight"), k, 1, 0, "the weights of clusters");
  m->noise = mine__read_finite(mine__called(r, "noise_share"));
  if (!(m->noise >= 0 && m->noise < 1)) mine__reader_bad(r, "the share of noise");
  if (mine__reader_ok(r)) latent_load_columns(r, model, m);
  if (mine__reader_ok(r)) latent_load_told(r, m);
  if (!mine__reader_ok(r)) return;
  model->n_groups = m->k;
  mine__latent_prepare(r->arena, m);
  if (!mine_failed(r->env)) model->body = m;
}

/* ---- the row -------------------------------------------------------------------------------- */

const mine_kind mine__kind_latent = {
    .name = "latent",
    .tag = LATENT_TAG,
    .version = LATENT_VERSION,
    .gives = MINE_GIVES_GROUP | MINE_GIVES_SHARE | MINE_GIVES_DISTANCE,
    .answer = latent_answer,
    .explain = mine__latent_explain,
    .margin = mine__clusters_margin,
    .width = latent_width,
    .points = latent_points,
    .save = latent_save,
    .load = latent_load,
    .profile = latent_profile,
    .renumber = mine__latent_renumber,
    .summary = mine__latent_summary,
    .parts = mine__latent_parts,
    .formula = mine__latent_formula,
    .written =
        {
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_clusters, NULL},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
            [MINE_FORMAT_PMML] = {.why_not = "PMML has no clusters with noise beside them"},
            [MINE_FORMAT_ONNX] = {.why_not = "ONNX has no group for noise"},
        },
};
