/*
** components.c -- scores of rows, and the way into bytes and back (components.h).
**
** A row's score is one sum in the order of the columns (kernel/linalg.h), whichever block or
** thread computes it.
*/
#include "components.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../kernel/linalg.h"
#include "write.h"

#define COMPONENTS_TAG     0x504d4f43u /* "COMP" */
#define COMPONENTS_VERSION 1u
#define COMPONENTS_ROWS    128
#define COMPONENTS_HAIR    1e-6

#define COMPONENTS_NO_CALL \
  "its answers are several numbers for a row, and no prediction; use FROM mine_project"
#define COMPONENTS_NO_PMML \
  "a model of PMML predicts one target, and this one says several numbers; take sql, c or onnx"

mine_components *mine__components_new(mine_arena *arena, const mine_encoding *encoding, int64_t k) {
  const size_t width = (size_t)encoding->width, cells = (size_t)k * width;
  mine_components *m = mine__arena_zeros(arena, 1, sizeof *m);
  if (!m) return NULL;
  m->k = k;
  m->mean = mine__arena_zeros(arena, width, sizeof(double));
  m->variance = mine__arena_zeros(arena, width, sizeof(double));
  m->weight = mine__arena_zeros(arena, cells, sizeof(double));
  m->loading = mine__arena_zeros(arena, cells, sizeof(double));
  m->communality = mine__arena_zeros(arena, width, sizeof(double));
  return mine_failed(mine__arena_env(arena)) ? NULL : m;
}

int mine__components_turned(const double *loading, int64_t width) {
  double most = 0;
  for (int64_t j = 0; j < width; j++)
    most = fmax(most, fabs(loading[j]));
  for (int64_t j = 0; j < width; j++)
    if (fabs(loading[j]) >= most * (1 - COMPONENTS_HAIR)) return loading[j] < 0;
  return 0;
}

void mine__components_name(mine_model *model, int64_t k) {
  const char **name = mine__arena_array(model->arena, (size_t)k, sizeof *name);
  for (int64_t c = 0; name && c < k; c++) {
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)c + 1);
    name[c] = mine__arena_text(model->arena, number, strlen(number));
    if (!name[c]) return;
  }
  model->output_name = name;
  model->n_outputs = name ? (int)k : 0;
}

const char **mine__components_columns(mine_arena *arena, const mine_encoding *encoding,
                                      const mine_feature *about) {
  const char **name = mine__arena_array(arena, (size_t)encoding->width, sizeof *name);
  for (int f = 0; name && f < encoding->n_features; f++) {
    for (int c = encoding->first[f]; c < encoding->first[f + 1]; c++) {
      mine_text text;
      mine_cell level;
      name[c] = about[f].name;
      if (encoding->levels[f] == 0) continue;
      mine__text_open(&text, arena);
      mine__text_addf(&text, "%s=", about[f].name);
      mine__values_get(&about[f].levels.values, c - encoding->first[f], &level);
      mine__text_add_shown(&text, &level);
      if (text.failed) return NULL;
      name[c] = text.data;
    }
  }
  return name;
}

/* ---- answer ----------------------------------------------------------------------------- */

typedef struct components_job {
  const mine_components *model;
  const mine_batch *batch;
  double *point; /* per worker: COMPONENTS_ROWS x width */
  double *value;
} components_job;

static void components_block(void *context, int64_t task, int worker) {
  const components_job *job = context;
  const mine_components *m = job->model;
  const int64_t width = m->encoding.width, first = task * COMPONENTS_ROWS;
  const int64_t left = job->batch->n - first, n = left < COMPONENTS_ROWS ? left : COMPONENTS_ROWS;
  double *point = job->point + worker * COMPONENTS_ROWS * width;
  mine__encode(&m->encoding, job->batch, first, n, point);
  for (int64_t i = 0; i < n; i++) {
    double *row = point + i * width;
    for (int64_t j = 0; j < width; j++)
      row[j] -= m->mean[j];
    for (int64_t c = 0; c < m->k; c++)
      job->value[(first + i) * m->k + c] = mine__dot(m->weight + c * width, row, width);
  }
}

static mine_status components_answer(mine_env *env, const mine_model *model,
                                     const mine_batch *batch, mine_answers *out) {
  const mine_components *m = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  components_job job = {m, batch, NULL, out->value};
  if (!out->value || batch->n == 0) return mine_env_status(env);
  job.point = mine__arena_array(env->scratch, (size_t)env->threads * COMPONENTS_ROWS,
                                (size_t)m->encoding.width * sizeof(double));
  if (job.point)
    (void)!mine__parallel(env, MINE_BLOCKS(batch->n, COMPONENTS_ROWS), components_block, &job);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- save and load ------------------------------------------------------------------------ */

static void components_save(const mine_model *model, mine_writer *w) {
  const mine_components *m = model->body;
  const size_t width = (size_t)m->encoding.width, cells = (size_t)m->k * width;
  mine__encoding_save(&m->encoding, w);
  mine__write_u64(w, (uint64_t)m->k); /* mine__read_count */
  mine__write_reals(w, m->mean, width);
  mine__write_reals(w, m->variance, width);
  mine__write_reals(w, m->communality, width);
  mine__write_reals(w, m->weight, cells);
  mine__write_reals(w, m->loading, cells);
}

/* Finite and not negative. */
static double *components_load_sizes(mine_reader *r, size_t n, const char *problem) {
  double *v = mine__read_reals(r, n, 1);
  for (size_t i = 0; v && i < n; i++) {
    if (v[i] < 0) mine__reader_bad(r, problem);
  }
  return v;
}

static void components_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_components *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  (void)version; /* the only one so far */
  if (!m) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return;
  mine__encoding_load(r, model->feature, model->n_features, MINE_ENCODING_WARPS, &m->encoding);
  if (!mine__reader_ok(r)) return;
  const size_t width = (size_t)m->encoding.width;
  if (width < 1) {
    mine__reader_bad(r, "the width of the components");
    return;
  }
  const size_t k = mine__read_count(mine__called(r, "components"), 2 * width * sizeof(double));
  if (mine__reader_ok(r) && (k < 1 || k > MINE_COMPONENTS_MOST || (int64_t)k != model->n_outputs))
    mine__reader_bad(r, "the number of components");
  if (!mine__reader_ok(r)) return;
  m->k = (int64_t)k;
  m->mean = mine__read_reals(mine__called(r, "mean"), width, 1);
  m->variance = components_load_sizes(mine__called(r, "variance"), width, "a variance");
  m->communality = components_load_sizes(mine__called(r, "communality"), width, "a communality");
  m->weight = mine__read_reals(mine__called(r, "weight"), k * width, 1);
  m->loading = mine__read_reals(mine__called(r, "loading"), k * width, 1);
  if (mine__reader_ok(r)) model->body = m;
}

const mine_kind mine__kind_components = {
    .name = "components",
    .tag = COMPONENTS_TAG,
    .version = COMPONENTS_VERSION,
    .gives = MINE_GIVES_COMPONENTS,
    .answer = components_answer,
    .save = components_save,
    .load = components_load,
    .parts = mine__components_parts,
    .formula = mine__components_formula,
    .written =
        {
            [MINE_FORMAT_CALL] = {.why_not = COMPONENTS_NO_CALL},
            [MINE_FORMAT_TRIGGER] = {.why_not = COMPONENTS_NO_CALL},
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_loadings, NULL},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
            /* others' programs */
            [MINE_FORMAT_PMML] = {.why_not = COMPONENTS_NO_PMML},
            [MINE_FORMAT_ONNX] = {mine__write_onnx, NULL},
        },
};
