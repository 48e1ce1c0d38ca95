/*
** bayes.c -- scoring by Bayes' rule in logarithms, and the way into bytes and back.
**
** Rows are scored in blocks, column after column: a class has a lane of the block's
** rows, and each column adds what it says to all of them.  A row's sum runs in column
** order, whatever the block, so its bits do not depend on how rows are divided.
**
** Far rows.  A row of which the likeliest class has a log density below BAYES_FAR lies
** so far out that the squares, all of them huge, differ by less than their rounding, or
** are not finite.  Such a row is scored by contrasts instead: with z(c) the distance from
** the mean in deviations,
**
**   log p(x|a) - log p(x|b) = ... - (z(a) - z(b)) (z(a) + z(b)) / 2,
**
** where z(a) - z(b) = (x - mean(a)) (1/s(a) - 1/s(b)) - (mean(a) - mean(b)) / s(b) is
** exact to rounding however large x is.
*/
#include "bayes.h"

#include <float.h>
#include <math.h>

#include "formula.h"
#include "metrics.h"
#include "write.h"

#define BAYES_TAG     0x45594142u /* "BAYE" */
#define BAYES_VERSION 1u
#define BAYES_ROWS    256    /* rows of a block                                      */
#define BAYES_FAR     (-1e5) /* rounding is below 1e-10 per column above it          */
#define BAYES_NEAR    1e4    /* squares of less are accurate to 1e-8 and need no more */
#define BAYES_MOST    1e300  /* what one column may say at most                      */
#define BAYES_2PI     6.283185307179586476925

/* ---- the tables -------------------------------------------------------------------- */

mine_bayes *mine__bayes_new(mine_arena *arena, int n_classes, const mine_feature *about,
                            int n_columns) {
  const size_t k = (size_t)n_classes, n = (size_t)n_columns;
  mine_bayes *bayes = mine__arena_zeros(arena, 1, sizeof *bayes);
  mine_bayes_column *column = mine__arena_zeros(arena, n, sizeof *column);
  if (!bayes || !column) return NULL;
  *bayes = (mine_bayes){.n_classes = n_classes, .n_columns = n_columns, .column = column};
  bayes->weight = mine__arena_zeros(arena, k, sizeof(double));
  bayes->prior = mine__arena_zeros(arena, k, sizeof(double));
  for (size_t f = 0; f < n; f++) {
    column[f].known = mine__arena_zeros(arena, k, sizeof(double));
    if (about[f].type == MINE_COLUMN_CATEGORY) {
      column[f].levels = about[f].levels.values.n;
      column[f].count = mine__arena_zeros(arena, k, (size_t)column[f].levels * sizeof(double));
    } else {
      column[f].mean = mine__arena_zeros(arena, k, sizeof(double));
      column[f].variance = mine__arena_zeros(arena, k, sizeof(double));
    }
  }
  return mine_failed(mine__arena_env(arena)) ? NULL : bayes;
}

int mine__bayes_met(const mine_bayes *bayes, const mine_bayes_column *column, int64_t level) {
  for (int c = 0; c < bayes->n_classes; c++) {
    if (column->count[c * column->levels + level] > 0) return 1;
  }
  return 0;
}

double mine__bayes_share(const mine_bayes *bayes, const mine_bayes_column *column, int c,
                         int64_t level) {
  return (column->count[c * column->levels + level] + bayes->smoothing) /
         (column->known[c] + bayes->smoothing * (double)column->met);
}

static void bayes_prepare_numbers(mine_arena *arena, const mine_bayes *bayes,
                                  mine_bayes_column *column) {
  column->base = mine__arena_array(arena, (size_t)bayes->n_classes, sizeof(double));
  column->half = mine__arena_array(arena, (size_t)bayes->n_classes, sizeof(double));
  if (!column->base || !column->half) return;
  for (int c = 0; c < bayes->n_classes; c++) {
    const double raised = column->variance[c] + bayes->added, s2 = raised > 0 ? raised : 1;
    column->base[c] = -0.5 * (log(BAYES_2PI) + log(s2));
    column->half[c] = 0.5 / s2;
  }
}

/* As differences of logarithms, so that the smallest smoothing does not underflow. */
static void bayes_prepare_levels(mine_arena *arena, const mine_bayes *bayes,
                                 mine_bayes_column *column) {
  const int64_t levels = column->levels;
  column->met = 0;
  for (int64_t l = 0; l < levels; l++)
    column->met += mine__bayes_met(bayes, column, l);
  double *to = column->log =
      mine__arena_array(arena, (size_t)bayes->n_classes, (size_t)(levels + 1) * sizeof(double));
  for (int c = 0; to && c < bayes->n_classes; c++) {
    const double *count = column->count + c * levels;
    const double all = log(column->known[c] + bayes->smoothing * (double)column->met);
    *to++ = 0;
    for (int64_t l = 0; l < levels; l++)
      *to++ = mine__bayes_met(bayes, column, l) ? log(count[l] + bayes->smoothing) - all : 0;
  }
}

void mine__bayes_prepare(mine_arena *arena, mine_bayes *bayes) {
  bayes->log_prior = mine__arena_array(arena, (size_t)bayes->n_classes, sizeof(double));
  if (!bayes->log_prior) return;
  for (int c = 0; c < bayes->n_classes; c++)
    bayes->log_prior[c] = log(bayes->prior[c]); /* -infinity: never the answer */
  for (int f = 0; f < bayes->n_columns; f++) {
    if (bayes->column[f].levels) {
      bayes_prepare_levels(arena, bayes, &bayes->column[f]);
    } else {
      bayes_prepare_numbers(arena, bayes, &bayes->column[f]);
    }
  }
}

/* ---- far rows ------------------------------------------------------------------------ */

/* How much more the number speaks for class a than for b, but for the `base`. */
static double bayes_contrast_number(const mine_bayes_column *column, double x, int a, int b) {
  const double from_a = x - column->mean[a], from_b = x - column->mean[b];
  const double by_a = sqrt(2 * column->half[a]), by_b = sqrt(2 * column->half[b]);
  const double z_a = from_a * by_a, z_b = from_b * by_b;
  if (fabs(z_a) < BAYES_NEAR && fabs(z_b) < BAYES_NEAR) return (z_b * z_b - z_a * z_a) / 2;
  const double apart = from_a * (by_a - by_b) - (column->mean[a] - column->mean[b]) * by_b;
  const double contrast = -0.5 * apart * (z_a + z_b);
  if (isnan(contrast)) return 0; /* no difference times infinity */
  return fmax(-BAYES_MOST, fmin(BAYES_MOST, contrast));
}

double mine__bayes_says(const mine_bayes_column *column, const mine_feature_view *view, int64_t row,
                        int a, int b) {
  if (column->levels) {
    const int64_t code = view->code[row], width = column->levels + 1;
    return code >= 0 ? column->log[a * width + code + 1] - column->log[b * width + code + 1] : 0;
  }
  if (isnan(view->number[row])) return 0;
  const double x = fmax(-DBL_MAX / 2, fmin(DBL_MAX / 2, view->number[row]));
  return column->base[a] - column->base[b] + bayes_contrast_number(column, x, a, b);
}

/* log P(a | row) - log P(b | row). */
static double bayes_contrast(const mine_bayes *m, const mine_batch *batch, int64_t row, int a,
                             int b) {
  double sum = m->log_prior[a] - m->log_prior[b];
  for (int f = 0; f < m->n_columns; f++)
    sum += mine__bayes_says(&m->column[f], &batch->feature[f], row, a, b);
  return sum;
}

/* The classes in contrast with the one that beats those before it. */
static void bayes_far(const mine_bayes *m, const mine_batch *batch, int64_t row, double *log) {
  int best = -1;
  for (int c = 0; c < m->n_classes; c++) {
    if (!(m->prior[c] > 0)) continue;
    if (best < 0 || bayes_contrast(m, batch, row, c, best) > 0) best = c;
  }
  for (int c = 0; c < m->n_classes; c++)
    log[c] = m->prior[c] > 0 ? bayes_contrast(m, batch, row, c, best) : -INFINITY;
}

/* ---- answer ---------------------------------------------------------------------------- */

/* What a worker holds: a lane of logarithms per class, and the block's cells of a column. */
typedef struct bayes_room {
  double *log; /* class x BAYES_ROWS */
  double number[BAYES_ROWS];
  int32_t slot[BAYES_ROWS]; /* 1 + code, 0: missing or unknown */
} bayes_room;

typedef struct bayes_job {
  const mine_bayes *model;
  const mine_batch *batch;
  double *share;
  bayes_room *room; /* per worker */
} bayes_job;

/* A loop of its own, which compilers turn into vectors: missing is a choice, no branch. */
static void bayes_add_numbers(const double *x, int64_t n, double base, double half, double mean,
                              double *log) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    const double d = x[i] - mean, said = base - half * (d * d);
    log[i] += x[i] == x[i] ? said : 0.0;
  }
}

static void bayes_add_column(const bayes_job *job, int f, int64_t first, int64_t n,
                             bayes_room *room) {
  const mine_bayes *m = job->model;
  const mine_bayes_column *column = &m->column[f];
  const mine_feature_view *view = &job->batch->feature[f];
  for (int64_t i = 0; i < n; i++) {
    const int64_t row = mine_batch_row(job->batch, first + i);
    if (column->levels) {
      room->slot[i] = view->code[row] < 0 ? 0 : view->code[row] + 1;
    } else {
      room->number[i] = view->number[row];
    }
  }
  for (int c = 0; c < m->n_classes; c++) {
    double *log = room->log + (int64_t)c * BAYES_ROWS;
    if (column->levels) {
      const double *says = column->log + c * (column->levels + 1);
      for (int64_t i = 0; i < n; i++)
        log[i] += says[room->slot[i]];
    } else {
      bayes_add_numbers(room->number, n, column->base[c], column->half[c], column->mean[c], log);
    }
  }
}

static void bayes_score(void *context, int64_t task, int worker) {
  const bayes_job *job = context;
  const mine_bayes *m = job->model;
  bayes_room *room = &job->room[worker];
  const int64_t first = task * BAYES_ROWS, left = job->batch->n - first;
  const int64_t n = left < BAYES_ROWS ? left : BAYES_ROWS;
  for (int c = 0; c < m->n_classes; c++) {
    for (int64_t i = 0; i < n; i++)
      room->log[(int64_t)c * BAYES_ROWS + i] = m->log_prior[c];
  }
  for (int f = 0; f < m->n_columns; f++)
    bayes_add_column(job, f, first, n, room);
  for (int64_t i = 0; i < n; i++) {
    double *share = job->share + (first + i) * m->n_classes, most = -INFINITY;
    for (int c = 0; c < m->n_classes; c++) {
      share[c] = room->log[(int64_t)c * BAYES_ROWS + i];
      if (share[c] > most) most = share[c];
    }
    if (most < BAYES_FAR) bayes_far(m, job->batch, mine_batch_row(job->batch, first + i), share);
    mine__metrics_shares(share, m->n_classes);
  }
}

static mine_status bayes_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                mine_answers *out) {
  const mine_bayes *m = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int workers = batch->n > BAYES_ROWS ? (int)env->threads : 1;
  if (!out->share) return mine_env_status(env);
  bayes_room *room = mine__arena_array(env->scratch, (size_t)workers, sizeof *room);
  const bayes_job job = {m, batch, out->share, room};
  for (int t = 0; room && t < workers; t++) {
    room[t].log =
        mine__arena_array(env->scratch, (size_t)m->n_classes, BAYES_ROWS * sizeof(double));
    if (!room[t].log) return mine_env_status(env);
  }
  if (!mine_failed(env))
    MINE_TRY(mine__parallel(env, MINE_BLOCKS(batch->n, BAYES_ROWS), bayes_score, (void *)&job));
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- save and load ------------------------------------------------------------------------ */

static void bayes_save(const mine_model *model, mine_writer *w) {
  const mine_bayes *m = model->body;
  const size_t k = (size_t)m->n_classes;
  mine__write_u8(w, (uint8_t)m->counted);
  mine__write_real(w, m->smoothing);
  mine__write_real(w, m->added);
  mine__write_reals(w, m->weight, k);
  mine__write_reals(w, m->prior, k);
  for (int f = 0; f < m->n_columns; f++) {
    const mine_bayes_column *column = &m->column[f];
    mine__write_reals(w, column->known, k);
    if (column->levels) {
      mine__write_reals(w, column->count, k * (size_t)column->levels);
    } else {
      mine__write_reals(w, column->mean, k);
      mine__write_reals(w, column->variance, k);
    }
  }
}

/* Weights, shares, variances: finite and not negative. */
static double *bayes_load_reals(mine_reader *r, size_t n, const char *problem) {
  double *v = mine__read_reals(r, n, 1);
  for (size_t i = 0; v && i < n; i++) {
    if (v[i] < 0) mine__reader_bad(r, problem);
  }
  return v;
}

static void bayes_load_column(mine_reader *r, const mine_bayes *m, mine_bayes_column *column) {
  const size_t k = (size_t)m->n_classes;
  column->known = bayes_load_reals(mine__called(r, "known"), k, "the rows of a column");
  if (column->levels) {
    if ((uint64_t)column->levels > SIZE_MAX / k) mine__reader_bad(r, "the levels of a column");
    if (mine__reader_ok(r))
      column->count = bayes_load_reals(mine__called(r, "count"), k * (size_t)column->levels,
                                       "the rows of a level");
    return;
  }
  column->mean = mine__read_reals(mine__called(r, "mean"), k, 1);
  column->variance = bayes_load_reals(mine__called(r, "variance"), k, "a variance");
  for (size_t c = 0; mine__reader_ok(r) && c < k; c++) {
    if (!mine_bayes_spread_sound(column->variance[c] + m->added)) mine__reader_bad(r, "a variance");
  }
}

static void bayes_load_classes(mine_reader *r, mine_bayes *m) {
  const size_t k = (size_t)m->n_classes;
  const uint8_t counted = mine__read_u8(mine__called(r, "prior_is_counted"));
  if (counted > 1) mine__reader_bad(r, "the priors");
  m->counted = counted;
  m->smoothing = mine__read_finite(mine__called(r, "smoothing"));
  m->added = mine__read_finite(mine__called(r, "variance_smoothing"));
  if (!(m->smoothing > 0)) mine__reader_bad(r, "the smoothing");
  if (!(m->added >= 0)) mine__reader_bad(r, "the smoothing of variances");
  m->weight = bayes_load_reals(mine__called(r, "class_weight"), k, "the rows of a class");
  m->prior = bayes_load_reals(mine__called(r, "prior"), k, "a prior");
  double sum = 0;
  for (size_t c = 0; mine__reader_ok(r) && c < k; c++)
    sum += m->prior[c];
  if (mine__reader_ok(r) && !(fabs(sum - 1) < 1e-6)) mine__reader_bad(r, "the priors");
}

static void bayes_load(mine_reader *r, mine_model *model, uint32_t version) {
  const size_t n = (size_t)model->n_features;
  mine_bayes *m = mine__arena_zeros(r->arena, 1, sizeof *m);
  mine_bayes_column *column = mine__arena_zeros(r->arena, n, sizeof *column);
  if (version != BAYES_VERSION) mine__reader_bad(r, "the version of the probabilities");
  if (!mine__model_has_classes(model)) mine__reader_bad(r, "the classes");
  if (!m || !column) mine__reader_bad(r, "memory");
  if (!mine__reader_ok(r)) return;
  *m = (mine_bayes){.n_classes = model->n_groups, .n_columns = model->n_features, .column = column};
  bayes_load_classes(r, m);
  mine__read_items(r, "columns");
  for (size_t f = 0; f < n && mine__reader_ok(r); f++) {
    if (model->feature[f].type == MINE_COLUMN_CATEGORY) {
      column[f].levels = model->feature[f].levels.values.n;
      if (column[f].levels < 1) mine__reader_bad(r, "the levels of a column");
    }
    mine__read_open(r, NULL);
    if (mine__reader_ok(r)) bayes_load_column(r, m, &column[f]);
    mine__read_close(r);
  }
  mine__read_close(r);
  if (!mine__reader_ok(r)) return;
  mine__bayes_prepare(r->arena, m);
  if (!mine_failed(r->env)) model->body = m;
}

const mine_kind mine__kind_bayes = {
    .name = "bayes",
    .tag = BAYES_TAG,
    .version = BAYES_VERSION,
    .gives = MINE_GIVES_GROUP | MINE_GIVES_SHARE,
    .answer = bayes_answer,
    .explain = mine__bayes_explain,
    .margin = mine__bayes_margin,
    .save = bayes_save,
    .load = bayes_load,
    .parts = mine__bayes_parts,
    .formula = mine__bayes_formula,
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
