/*
** linear.c -- scoring by sums of coefficients, and the way into bytes and back.
**
** Rows are scored in blocks, column after column, as naive Bayes does (bayes.c): each
** column adds what it says to the margins of the block's rows.
*/
#include "linear.h"

#include <math.h>

#include "formula.h"
#include "metrics.h"
#include "proof.h"
#include "write.h"

#define LINEAR_TAG     0x454e494cu /* "LINE" */
#define LINEAR_VERSION 2u          /* 1: before scorecards */
#define LINEAR_ROWS    256         /* rows of a block */

mine_linear *mine__linear_new(mine_arena *arena, const mine_feature *about, int n_columns,
                              int n_margins, mine_linear_link link) {
  const size_t k = (size_t)n_margins, n = (size_t)n_columns;
  mine_linear *m = mine__arena_zeros(arena, 1, sizeof *m);
  mine_linear_column *column = mine__arena_zeros(arena, n, sizeof *column);
  if (!m || !column) return NULL;
  *m = (mine_linear){.n_columns = n_columns, .n_margins = n_margins, .link = link};
  m->column = column;
  m->base = mine__arena_zeros(arena, k, sizeof(double));
  m->base_error = mine__arena_array(arena, k, sizeof(double));
  for (size_t c = 0; m->base_error && c < k; c++)
    m->base_error[c] = MINE_LINEAR_NO_ERROR;
  for (size_t f = 0; f < n; f++) {
    const int category = about[f].type == MINE_COLUMN_CATEGORY;
    const size_t levels = category ? (size_t)about[f].levels.values.n : 1;
    column[f].levels = category ? (int64_t)levels : 0;
    column[f].reference = category ? 0 : -1;
    column[f].coef = mine__arena_zeros(arena, levels, k * sizeof(double));
    column[f].error = mine__arena_array(arena, levels, k * sizeof(double));
    column[f].unknown = mine__arena_zeros(arena, k, sizeof(double));
    for (size_t i = 0; column[f].error && i < levels * k; i++)
      column[f].error[i] = MINE_LINEAR_NO_ERROR;
  }
  return mine_failed(mine__arena_env(arena)) ? NULL : m;
}

/* ---- answer ---------------------------------------------------------------------------- */

typedef struct linear_run {
  const mine_linear *model;
  const mine_batch *batch;
  double *out;    /* n x margins; under logit n x 2 */
  double *margin; /* per worker: margins x LINEAR_ROWS */
} linear_run;

/* A loop of its own, which compilers turn into vectors: missing is a choice, no branch. */
static void linear_add_numbers(const double *x, int64_t n, double coef, double unknown,
                               double *margin) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    const double says = coef * x[i];
    margin[i] += x[i] == x[i] ? says : unknown;
  }
}

static void linear_add_column(const linear_run *run, int f, int64_t first, int64_t n,
                              double *margin) {
  const mine_linear *m = run->model;
  const mine_linear_column *column = &m->column[f];
  const mine_feature_view *view = &run->batch->feature[f];
  double number[LINEAR_ROWS];
  int32_t code[LINEAR_ROWS];
  for (int64_t i = 0; i < n; i++) {
    const int64_t row = mine_batch_row(run->batch, first + i);
    if (column->levels) {
      code[i] = view->code[row];
    } else if (column->woe) {
      number[i] = mine_woe_of(column->woe, view, row);
    } else {
      number[i] = view->number[row];
    }
  }
  for (int k = 0; k < m->n_margins; k++, margin += LINEAR_ROWS) {
    if (!column->levels) linear_add_numbers(number, n, column->coef[k], column->unknown[k], margin);
    for (int64_t i = 0; column->levels && i < n; i++)
      margin[i] +=
          code[i] >= 0 ? column->coef[(int64_t)code[i] * m->n_margins + k] : column->unknown[k];
  }
}

/* Task = block of rows. */
static void linear_task(void *context, int64_t task, int worker) {
  const linear_run *run = context;
  const mine_linear *m = run->model;
  const int64_t k = m->n_margins, first = task * LINEAR_ROWS, left = run->batch->n - first;
  const int64_t n = left < LINEAR_ROWS ? left : LINEAR_ROWS;
  double *margin = run->margin + worker * k * LINEAR_ROWS;
  for (int64_t c = 0; c < k; c++) {
    for (int64_t i = 0; i < n; i++)
      margin[c * LINEAR_ROWS + i] = m->base[c];
  }
  for (int f = 0; f < m->n_columns; f++)
    linear_add_column(run, f, first, n, margin);
  for (int64_t i = 0; i < n; i++) {
    if (m->link == MINE_LINEAR_LOGIT) {
      mine__metrics_logit(margin[i], run->out + 2 * (first + i));
      continue;
    }
    double *out = run->out + (first + i) * k;
    for (int64_t c = 0; c < k; c++)
      out[c] = m->link == MINE_LINEAR_EXP ? exp(margin[c * LINEAR_ROWS + i])
                                          : margin[c * LINEAR_ROWS + i];
    if (m->link == MINE_LINEAR_SOFTMAX) mine__metrics_shares(out, (int)k);
  }
}

static unsigned linear_given(const mine_model *model) {
  return model->n_groups > 0 ? MINE_GIVES_GROUP | MINE_GIVES_SHARE : MINE_GIVES_VALUE;
}

mine_status mine__linear_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                mine_answers *out) {
  const mine_linear *m = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t workers = batch->n > LINEAR_ROWS ? (size_t)env->threads : 1;
  linear_run run = {m, batch, model->n_groups > 0 ? out->share : out->value, NULL};
  if (!run.out || batch->n == 0) return mine_env_status(env);
  run.margin =
      mine__arena_array(env->scratch, workers * LINEAR_ROWS, (size_t)m->n_margins * sizeof(double));
  if (mine_failed(env)) return mine_env_status(env);
  MINE_TRY(mine__parallel(env, MINE_BLOCKS(batch->n, LINEAR_ROWS), linear_task, &run));
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- save and load ------------------------------------------------------------------------ */

static size_t linear_cells(const mine_linear *m, const mine_linear_column *column) {
  return (size_t)(column->levels ? column->levels : 1) * (size_t)m->n_margins;
}

void mine__linear_write(const mine_linear *m, mine_writer *w) {
  const size_t k = (size_t)m->n_margins;
  mine__write_u8(w, (uint8_t)m->link);
  mine__write_u8(w, (uint8_t)m->test);
  mine__write_u8(w, (uint8_t)m->card);
  if (m->card) mine__write_reals(w, m->scale, MINE_SCALE);
  mine__write_real(w, m->df);
  mine__write_u32(w, (uint32_t)k);
  mine__write_reals(w, m->base, k);
  mine__write_reals(w, m->base_error, k);
  for (int f = 0; f < m->n_columns; f++) {
    const mine_linear_column *column = &m->column[f];
    mine__write_i64(w, column->reference);
    mine__write_real(w, column->weight);
    mine__write_reals(w, column->unknown, k);
    mine__write_reals(w, column->coef, linear_cells(m, column));
    mine__write_reals(w, column->error, linear_cells(m, column));
    if (m->card) mine__linear_save_woe(column->woe, w);
  }
}

static void linear_save(const mine_model *model, mine_writer *w) {
  mine__linear_write(model->body, w);
}

/* Standard errors: not negative, or one of the two that say why there is none. */
static double *linear_load_errors(mine_reader *r, size_t n) {
  double *v = mine__read_reals(r, n, 1);
  for (size_t i = 0; v && i < n; i++) {
    if (v[i] < 0 && v[i] != MINE_LINEAR_NO_ERROR && v[i] != MINE_LINEAR_DROPPED)
      mine__reader_bad(r, "a standard error");
  }
  return v;
}

static void linear_load_column(mine_reader *r, const mine_linear *m, const mine_feature *about,
                               mine_linear_column *column) {
  if (about->type == MINE_COLUMN_CATEGORY && !m->card) {
    column->levels = about->levels.values.n;
    if (column->levels < 1 || (uint64_t)column->levels > SIZE_MAX / (size_t)m->n_margins)
      mine__reader_bad(r, "the levels of a column");
  }
  column->reference = mine__read_i64(mine__called(r, "reference"));
  column->weight = mine__read_finite(mine__called(r, "weight"));
  if (column->levels ? column->reference < 0 || column->reference >= column->levels
                     : column->reference != -1)
    mine__reader_bad(r, "a reference level");
  if (!(column->weight >= 0)) mine__reader_bad(r, "the weight of a column");
  if (!mine__reader_ok(r)) return;
  column->unknown = mine__read_reals(mine__called(r, "unknown"), (size_t)m->n_margins, 1);
  column->coef = mine__read_reals(mine__called(r, "coef"), linear_cells(m, column), 1);
  column->error = linear_load_errors(mine__called(r, "error"), linear_cells(m, column));
  if (m->card && mine__reader_ok(r)) column->woe = mine__linear_load_woe(r, about);
}

/* How many margins the link makes of the model's classes or outputs. */
static int linear_margins(const mine_model *model, mine_linear_link link) {
  if (link == MINE_LINEAR_LOGIT) return model->n_groups == 2 ? 1 : 0;
  if (link == MINE_LINEAR_SOFTMAX) return model->n_groups > 1 ? model->n_groups : 0;
  return model->n_groups == 0 && model->n_outputs == 1;
}

/* Whether it is a scorecard, and its scale: odds and a step that can be computed with. */
static void linear_load_card(mine_reader *r, uint32_t version, mine_linear *m) {
  if (version < 2) return;
  const uint8_t card = mine__read_u8(mine__called(r, "scorecard"));
  if (card > 1 || (card && m->link != MINE_LINEAR_LOGIT)) mine__reader_bad(r, "the scorecard");
  m->card = card;
  if (m->card) mine__read_items(r, "scale");
  for (int i = 0; m->card && i < MINE_SCALE; i++)
    m->scale[i] = mine__read_finite(r);
  if (m->card) mine__read_close(r);
  if (m->card && !(m->scale[2] > 0)) mine__reader_bad(r, "the odds of the scorecard");
}

mine_linear *mine__linear_read(mine_reader *r, const mine_model *model, uint32_t version) {
  const size_t n = (size_t)model->n_features;
  mine_linear *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  if (version < 1 || version > LINEAR_VERSION)
    mine__reader_bad(r, "the version of the coefficients");
  if (!m) mine__reader_bad(r, "memory");
  static const char *const links[] = {"identity", "logit", "softmax", "exp", NULL};
  static const char *const tests[] = {"none", "t", "z", NULL};
  const uint8_t link = mine__read_u8(mine__worded(r, "link", links));
  const uint8_t test = mine__read_u8(mine__worded(r, "test", tests));
  if (link >= MINE_LINEAR_LINKS || test > MINE_LINEAR_Z) mine__reader_bad(r, "the link");
  if (!mine__reader_ok(r)) return NULL;
  *m = (mine_linear){.n_columns = model->n_features, .link = link, .test = test};
  linear_load_card(r, version, m);
  m->df = mine__read_finite(mine__called(r, "df"));
  m->n_margins = linear_margins(model, m->link);
  if (m->n_margins < 1 || mine__read_u32(mine__called(r, "margins")) != (uint32_t)m->n_margins)
    mine__reader_bad(r, "the outputs of the coefficients");
  if (!(m->df > 0) && m->test == MINE_LINEAR_T) mine__reader_bad(r, "the degrees of freedom");
  if (!mine__reader_ok(r)) return NULL;
  m->base = mine__read_reals(mine__called(r, "base"), (size_t)m->n_margins, 1);
  m->base_error = linear_load_errors(mine__called(r, "base_error"), (size_t)m->n_margins);
  m->column = mine__arena_zeros(r->arena, n, sizeof *m->column);
  mine__read_items(r, "columns");
  for (size_t f = 0; m->column && f < n && mine__reader_ok(r); f++) {
    mine__read_open(r, NULL);
    linear_load_column(r, m, &model->feature[f], &m->column[f]);
    mine__read_close(r);
  }
  mine__read_close(r);
  return mine__reader_ok(r) && !mine_failed(r->env) ? m : NULL;
}

static void linear_load(mine_reader *r, mine_model *model, uint32_t version) {
  mine_linear *m = mine__linear_read(r, model, version);
  if (!m) return;
  model->body = m;
  if (m->card) model->after.scale = m->scale;
}

/* A scorecard jumps from bin to bin. */
static void linear_cuts(const mine_model *model, mine_cuts *to) {
  const mine_linear *m = model->body;
  for (int f = 0; f < m->n_columns; f++) {
    const mine_woe *woe = m->column[f].woe;
    for (int i = 0; woe && woe->cut && i < woe->n - 1; i++)
      mine__cuts_add(to, f, woe->cut[i]);
  }
}

const mine_kind mine__kind_linear = {
    .name = "linear",
    .tag = LINEAR_TAG,
    .version = LINEAR_VERSION,
    .gives = MINE_GIVES_VALUE | MINE_GIVES_GROUP | MINE_GIVES_SHARE,
    .given = linear_given,
    .answer = mine__linear_answer,
    .explain = mine__linear_explain,
    .margin = mine__linear_margin,
    .save = linear_save,
    .load = linear_load,
    .parts = mine__linear_parts,
    .cuts = linear_cuts,
    .formula = mine__linear_formula,
    .written =
        {
            [MINE_FORMAT_SQL] = {mine__write_sql, NULL},
            [MINE_FORMAT_C] = {mine__write_c, NULL},
            [MINE_FORMAT_TEXT] = {mine__write_text_linear, NULL},
            [MINE_FORMAT_DOT] = {.why_not = MINE_ONLY_TREES},
            /* others' programs */
            [MINE_FORMAT_PMML] = {.write = mine__write_pmml},
            [MINE_FORMAT_ONNX] = {.write = mine__write_onnx},
        },
};
