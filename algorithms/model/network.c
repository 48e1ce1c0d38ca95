/*
** network.c -- scoring by dense layers, and the way into bytes and back.
**
** Rows are scored in blocks: a layer's matrix is read once for all of them.  A unit's sum runs
** over its inputs in their order, by a kernel whose lanes are units (kernel/dense_body.h), so
** that a row has the same bits alone and in any block, on any processor.
*/
#include "network.h"

#include <float.h>
#include <string.h>

#include "../kernel/simd.h"
#include "formula.h"
#include "metrics.h"
#include "write.h"

#define NETWORK_TAG     0x5754454eu /* "NETW" */
#define NETWORK_VERSION 1u
#define NETWORK_ROWS    32                 /* of a block */
#define NETWORK_MOST    ((int64_t)1 << 40) /* weights    */

/* ---- where everything stands ----------------------------------------------------------- */

/* *at += count x each, where that stays within reason. */
static int network_take(int64_t *at, int64_t count, int64_t each) {
  if (each > 0 && count > (NETWORK_MOST - *at) / each) return 0;
  *at += count * each;
  return 1;
}

/* Inputs: the numbers first, then the embeddings, each in the order of the columns.  Weights: a
** table for each category, then the layers, whose further row is the constants'.  Levels that
** are not embedded are no inputs: their table's row is what they add to the first layer. */
int mine__network_lay(mine_network *m) {
  int64_t at = 0, inputs = 0;
  for (int f = 0; f < m->n_columns; f++) {
    mine_network_column *column = &m->column[f];
    if (column->form > MINE_NETWORK_GAPS) continue;
    column->inputs = 1 + (column->form == MINE_NETWORK_GAPS);
    column->input = inputs;
    inputs += column->inputs;
  }
  m->numbers = inputs;
  for (int f = 0; f < m->n_columns; f++) {
    mine_network_column *column = &m->column[f];
    if (column->form <= MINE_NETWORK_GAPS) continue;
    const int embedded = column->form == MINE_NETWORK_EMBEDDED_LEVELS;
    if (embedded) {
      column->input = inputs;
      inputs += column->inputs;
    }
    column->width = embedded ? column->inputs : m->width[1];
    column->table = at;
    if (!network_take(&at, column->levels + 2, column->width)) return 0;
  }
  m->width[0] = inputs;
  m->widest = 0;
  for (int l = 0; l < m->n_layers; l++) {
    m->layer[l] = at;
    if (!network_take(&at, m->width[l] + 1, m->width[l + 1])) return 0;
    if (m->width[l + 1] > m->widest) m->widest = m->width[l + 1];
  }
  m->size = at;
  return at <= NETWORK_MOST / m->n_networks;
}

/* ---- answer ---------------------------------------------------------------------------- */

typedef struct network_run {
  const mine_network *model;
  const mine_batch *batch;
  const mine__kernels *kernels;
  double *out;    /* n x margins; under logit n x 2            */
  int raw;        /* ... without the link                      */
  double *room;   /* per worker                                */
  int64_t a_room; /* doubles of it: inputs, two layers, margins */
} network_run;

/* What a worker holds. */
typedef struct network_room {
  double *x, *from, *to, *sum;
} network_room;

static network_room network_room_of(const network_run *run, int worker, int64_t rows) {
  const mine_network *m = run->model;
  network_room room = {.x = run->room + worker * run->a_room};
  room.from = room.x + rows * m->width[0];
  room.to = room.from + rows * m->widest;
  room.sum = room.to + rows * m->widest;
  return room;
}

static void network_numbers(const network_run *run, int64_t first, int64_t n, double *x) {
  const mine_network *m = run->model;
  for (int f = 0; f < m->n_columns; f++) {
    const mine_network_column *column = &m->column[f];
    if (column->form > MINE_NETWORK_GAPS) continue;
    const double *number = run->batch->feature[f].number;
    for (int64_t i = 0; i < n; i++) {
      const double v = number[mine_batch_row(run->batch, first + i)];
      double *to = x + i * m->width[0] + column->input;
      to[0] = v == v ? mine_network_number(m, column, v) : 0;
      if (column->form == MINE_NETWORK_GAPS) to[1] = v != v;
    }
  }
}

/* Levels: what they add to the first layer, or what they are as inputs. */
static void network_levels(const network_run *run, const double *weight, int64_t first, int64_t n,
                           const network_room *room) {
  const mine_network *m = run->model;
  for (int f = 0; f < m->n_columns; f++) {
    const mine_network_column *column = &m->column[f];
    if (column->form <= MINE_NETWORK_GAPS) continue;
    const int32_t *code = run->batch->feature[f].code;
    for (int64_t i = 0; i < n; i++) {
      const int32_t c = code[mine_batch_row(run->batch, first + i)];
      const double *row = weight + column->table + mine_network_row(column, c) * column->width;
      if (column->form == MINE_NETWORK_EMBEDDED_LEVELS) {
        memcpy(room->x + i * m->width[0] + column->input, row, (size_t)column->width * sizeof *row);
      } else {
        run->kernels->add_row(room->to + i * m->width[1], row, column->width, 1);
      }
    }
  }
}

void mine__network_activate(mine_network_activation activation, double *z, int64_t n) {
  if (activation == MINE_NETWORK_TANH) {
    for (int64_t i = 0; i < n; i++)
      z[i] = tanh(z[i]);
    return;
  }
#pragma omp simd
  for (int64_t i = 0; i < n; i++)
    z[i] = z[i] > 0 ? z[i] : 0;
}

/* The margins of one network, into room->from. */
static void network_layers(const network_run *run, const double *weight, int64_t first, int64_t n,
                           network_room *room) {
  const mine_network *m = run->model;
  for (int l = 0; l < m->n_layers; l++) {
    const int64_t in = m->width[l], out = m->width[l + 1];
    const double *constant = weight + mine_network_constants(m, l);
    for (int64_t i = 0; i < n; i++)
      memcpy(room->to + i * out, constant, (size_t)out * sizeof *constant);
    if (l == 0) network_levels(run, weight, first, n, room);
    run->kernels->dense(l == 0 ? room->x : room->from, in, n, weight + m->layer[l], in, out,
                        room->to);
    if (l + 1 < m->n_layers) mine__network_activate(m->activation, room->to, n * out);
    double *other = room->from;
    room->from = room->to;
    room->to = other;
  }
}

static void network_link(const network_run *run, const double *margin, double *out) {
  const mine_network *m = run->model;
  const int64_t k = m->width[m->n_layers];
  if (m->link == MINE_NETWORK_LOGIT) {
    mine__metrics_logit(margin[0], out);
    return;
  }
  if (m->link == MINE_NETWORK_IDENTITY) {
    out[0] = fmax(-DBL_MAX, fmin(DBL_MAX, m->middle + m->unit * margin[0]));
    return;
  }
  memcpy(out, margin, (size_t)k * sizeof *out);
  mine__metrics_shares(out, (int)k);
}

/* Task = block of rows. */
static void network_task(void *context, int64_t task, int worker) {
  const network_run *run = context;
  const mine_network *m = run->model;
  const int64_t first = task * NETWORK_ROWS, left = run->batch->n - first;
  const int64_t n = left < NETWORK_ROWS ? left : NETWORK_ROWS, k = m->width[m->n_layers];
  const int64_t rows = run->batch->n < NETWORK_ROWS ? run->batch->n : NETWORK_ROWS;
  network_room room = network_room_of(run, worker, rows);
  memset(room.sum, 0, (size_t)(n * k) * sizeof *room.sum);
  network_numbers(run, first, n, room.x);
  for (int c = 0; c < m->n_networks; c++) {
    network_layers(run, m->weight + c * m->size, first, n, &room);
    for (int64_t i = 0; i < n * k; i++)
      room.sum[i] += room.from[i];
  }
  for (int64_t i = 0; i < n * k; i++)
    room.sum[i] /= m->n_networks;
  if (run->raw && m->link != MINE_NETWORK_IDENTITY) {
    memcpy(run->out + first * k, room.sum, (size_t)(n * k) * sizeof *room.sum);
    return;
  }
  const int64_t wide = m->link == MINE_NETWORK_LOGIT ? 2 : k;
  for (int64_t i = 0; i < n; i++)
    network_link(run, room.sum + i * k, run->out + (first + i) * wide);
}

static unsigned network_given(const mine_model *model) {
  return model->n_groups > 0 ? MINE_GIVES_GROUP | MINE_GIVES_SHARE : MINE_GIVES_VALUE;
}

static void network_rows(mine_env *env, const mine_model *model, const mine_batch *batch, int raw,
                         double *out) {
  const mine_network *m = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t workers = batch->n > NETWORK_ROWS ? (size_t)env->threads : 1;
  const int64_t rows = batch->n < NETWORK_ROWS ? batch->n : NETWORK_ROWS;
  network_run run = {.model = m,
                     .batch = batch,
                     .kernels = mine__kernels_here(),
                     .out = out,
                     .raw = raw,
                     .a_room = rows * (m->width[0] + 2 * m->widest + m->width[m->n_layers])};
  if (!run.out || batch->n == 0) return;
  run.room = mine__arena_array(env->scratch, workers, (size_t)run.a_room * sizeof *run.room);
  if (mine_failed(env)) return;
  if (mine__parallel(env, MINE_BLOCKS(batch->n, NETWORK_ROWS), network_task, &run)) return;
  mine__arena_rewind(env->scratch, mark);
}

static mine_status network_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  mine_answers *out) {
  network_rows(env, model, batch, 0, model->n_groups > 0 ? out->share : out->value);
  return mine_env_status(env);
}

mine_status mine__network_margins(mine_env *env, const mine_model *model, const mine_batch *batch,
                                  double *out) {
  network_rows(env, model, batch, 1, out);
  return mine_env_status(env);
}

/* ---- save and load ------------------------------------------------------------------------ */

static void network_save(const mine_model *model, mine_writer *w) {
  const mine_network *m = model->body;
  mine__write_u8(w, (uint8_t)m->link);
  mine__write_u8(w, (uint8_t)m->activation);
  mine__write_u8(w, (uint8_t)m->n_layers);
  for (int l = 1; l <= m->n_layers; l++)
    mine__write_i64(w, m->width[l]);
  mine__write_u32(w, (uint32_t)m->n_networks);
  mine__write_real(w, m->bend);
  mine__write_real(w, m->middle);
  mine__write_real(w, m->unit);
  for (int f = 0; f < m->n_columns; f++) {
    const mine_network_column *column = &m->column[f];
    mine__write_u8(w, (uint8_t)column->form);
    mine__write_i64(w, column->inputs);
    mine__write_real(w, column->mean);
    mine__write_real(w, column->deviation);
    mine__write_real(w, column->weight);
  }
  for (int c = 0; c < m->n_networks; c++)
    mine__write_reals(w, m->weight + c * m->size, (size_t)m->size);
}

static void network_load_column(mine_reader *r, const mine_feature *about,
                                mine_network_column *column) {
  const int category = about->type == MINE_COLUMN_CATEGORY;
  static const char *const forms[] = {"number", "gaps", "levels", "embedded", NULL};
  const uint8_t form = mine__read_u8(mine__worded(r, "form", forms));
  if (form >= MINE_NETWORK_FORMS || (form > MINE_NETWORK_GAPS) != category)
    mine__reader_bad(r, "the form of a column");
  if (!mine__reader_ok(r)) return;
  column->form = form;
  column->levels = category ? about->levels.values.n : 0;
  column->inputs = mine__read_i64(mine__called(r, "inputs"));
  column->mean = mine__read_finite(mine__called(r, "mean"));
  column->deviation = mine__read_finite(mine__called(r, "deviation"));
  column->weight = mine__read_finite(mine__called(r, "weight"));
  const int embedded = column->form == MINE_NETWORK_EMBEDDED_LEVELS;
  if (column->inputs < embedded || column->inputs > MINE_NETWORK_EMBEDDED)
    mine__reader_bad(r, "the inputs of a column");
  if (!(column->deviation > 0)) mine__reader_bad(r, "a deviation");
  if (!(column->weight >= 0)) mine__reader_bad(r, "the weight of a column");
}

/* How many margins the link makes of the model's classes or outputs. */
static int network_margins(const mine_model *model, mine_network_link link) {
  if (link == MINE_NETWORK_LOGIT) return model->n_groups == 2 ? 1 : 0;
  if (link == MINE_NETWORK_SOFTMAX) return model->n_groups > 1 ? model->n_groups : 0;
  return model->n_groups == 0 && model->n_outputs == 1;
}

static void network_load_shape(mine_reader *r, const mine_model *model, mine_network *m) {
  static const char *const links[] = {"identity", "logit", "softmax", NULL};
  static const char *const activations[] = {"relu", "tanh", NULL};
  const uint8_t link = mine__read_u8(mine__worded(r, "link", links));
  const uint8_t activation = mine__read_u8(mine__worded(r, "activation", activations));
  const uint8_t layers = mine__read_u8(mine__called(r, "layers"));
  if (link >= MINE_NETWORK_LINKS || activation >= MINE_NETWORK_ACTIVATIONS || layers < 1 ||
      layers > MINE_NETWORK_LAYERS)
    mine__reader_bad(r, "the layers");
  if (!mine__reader_ok(r)) return;
  m->link = link;
  m->activation = activation;
  m->n_layers = layers;
  mine__read_items(r, "units");
  for (int l = 1; l <= m->n_layers; l++) {
    m->width[l] = mine__read_i64(r);
    if (m->width[l] < 1 || m->width[l] > MINE_NETWORK_WIDEST)
      mine__reader_bad(r, "the units of a layer");
  }
  mine__read_close(r);
  if (m->width[m->n_layers] != network_margins(model, m->link))
    mine__reader_bad(r, "the outputs of the network");
  const uint32_t networks = mine__read_u32(mine__called(r, "networks"));
  if (networks < 1 || networks > MINE_NETWORK_NETWORKS)
    mine__reader_bad(r, "the number of networks");
  if (!mine__reader_ok(r)) return;
  m->n_networks = (int)networks;
  m->bend = mine__read_finite(mine__called(r, "bend"));
  m->middle = mine__read_finite(mine__called(r, "middle"));
  m->unit = mine__read_finite(mine__called(r, "unit"));
  if (!(m->bend >= 0) || (m->bend > 0 && m->bend < 1e-3)) mine__reader_bad(r, "the bend");
}

static void network_load(mine_reader *r, mine_model *model, uint32_t version) {
  const size_t n = (size_t)model->n_features;
  mine_network *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  mine_network_column *column = mine__arena_zeros(r->arena, n, sizeof *column);
  if (version != NETWORK_VERSION) mine__reader_bad(r, "the version of the network");
  if (!m || !column) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return;
  m->n_columns = model->n_features;
  m->column = column;
  network_load_shape(r, model, m);
  mine__read_items(r, "columns");
  for (size_t f = 0; f < n && mine__reader_ok(r); f++) {
    mine__read_open(r, NULL);
    network_load_column(r, &model->feature[f], &column[f]);
    mine__read_close(r);
  }
  mine__read_close(r);
  if (!mine__reader_ok(r)) return;
  if (!mine__network_lay(m)) mine__reader_bad(r, "the size of the network");
  const size_t size = (size_t)m->n_networks * (size_t)m->size;
  if (mine__reader_ok(r)) m->weight = mine__read_reals(mine__called(r, "weights"), size, 1);
  for (size_t i = 0; mine__reader_ok(r) && i < size; i++) {
    if (fabs(m->weight[i]) > MINE_NETWORK_HEAVIEST) mine__reader_bad(r, "a weight");
  }
  if (mine__reader_ok(r) && !mine_failed(r->env)) model->body = m;
}

const mine_kind mine__kind_network = {
    .name = "network",
    .tag = NETWORK_TAG,
    .version = NETWORK_VERSION,
    .gives = MINE_GIVES_VALUE | MINE_GIVES_GROUP | MINE_GIVES_SHARE,
    .given = network_given,
    .answer = network_answer,
    .explain = mine__network_explain,
    .margin = mine__network_margin,
    .samples = 1,
    .save = network_save,
    .load = network_load,
    .parts = mine__network_parts,
    .formula = mine__network_formula,
    .written =
        {
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_importance, NULL},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
            /* others' programs */
            [MINE_FORMAT_PMML] = {.write = mine__write_pmml},
            [MINE_FORMAT_ONNX] = {.write = mine__write_onnx},
        },
};
