/*
** prototypes_describe.c -- what clusters look like in the units of the source: gathered
** from the rows when the model is made, listed by mine_centroids.
**
** Means are summed around the column's mean, per block of rows, and added in the order of
** the blocks: the same bytes for any number of threads.
*/
#include <math.h>

#include "prototypes.h"

/* ---- the profile --------------------------------------------------------------- */

/* Sums per block of rows, cluster and encoded column.  Blocks are cut by the number of rows
** and added in their order: the same bits for any number of threads. */
typedef struct profile_job {
  const mine_prototypes *model;
  const mine_dataset *data;
  const int32_t *label;
  int64_t blocks;
  double *sum;    /* blocks x k x width: of weight x (value - about.mean), or of weights */
  double *known;  /* blocks x k x features: weight of the known values                   */
  double *square; /* blocks x width: of weight x (value - about.mean)^2                  */
} profile_job;

/* What a feature's bent numbers are summed around: near the mean, sums stay small and the
** squares do not cancel (amounts of 1e9 that differ by 1). */
static double profile_shift(const profile_job *job, int f) {
  const double mean = mine__encode_bend(&job->model->encoding, f, job->data->about[f].mean);
  return isfinite(mean) ? mean : 0;
}

static void profile_feature(const profile_job *job, int64_t block, int f, int64_t first,
                            int64_t last) {
  const mine_encoding *e = &job->model->encoding;
  const mine_feature_view *view = &job->data->rows.feature[f];
  const int64_t width = e->width, p = e->n_features;
  const double shift = profile_shift(job, f);
  double *sum = job->sum + block * job->model->k * width + e->first[f];
  double *known = job->known + block * job->model->k * p + f;
  double *square = job->square + block * width + e->first[f];
  for (int64_t i = first; i < last; i++) {
    const int64_t row = mine_batch_row(&job->data->rows, i), c = job->label[i];
    const double w = job->data->weight ? job->data->weight[row] : 1.0;
    if (view->code) {
      if (view->code[row] < 0) continue;
      sum[c * width + view->code[row]] += w;
    } else {
      const double t = mine__encode_bend(e, f, view->number[row]) - shift;
      if (isnan(t)) continue;
      sum[c * width] += w * t;
      *square += w * t * t;
    }
    known[c * p] += w;
  }
}

static void profile_block(void *context, int64_t task, int worker) {
  const profile_job *job = context;
  const int64_t n = job->data->rows.n, blocks = job->blocks;
  const int64_t first = mine__block_first(n, blocks, task);
  const int64_t last = mine__block_first(n, blocks, task + 1);
  const mine_encoding *e = &job->model->encoding;
  for (int f = 0; f < e->n_features; f++) {
    if (e->first[f] < e->first[f + 1]) profile_feature(job, task, f, first, last);
  }
  (void)worker;
}

static void profile_encoded(const profile_job *job, mine_prototypes *m, int f, int column) {
  const int64_t k = m->k, width = m->encoding.width, p = m->encoding.n_features;
  const int numeric = m->encoding.levels[f] == 0;
  const double shift = numeric ? profile_shift(job, f) : 0;
  double sum = 0, known = 0, average;
  for (int64_t c = 0; c < k; c++) {
    const double s = job->sum[c * width + column], w = job->known[c * p + f];
    const double value = w > 0 ? mine__encode_unbend(&m->encoding, f, shift + s / w) : NAN;
    m->value[c * width + column] = isfinite(value) ? value : NAN;
    sum += s;
    known += w;
  }
  average = sum / known; /* 0/0: nothing known */
  m->overall[column] = mine__encode_unbend(&m->encoding, f, shift + average);
  if (numeric) {
    m->deviation[column] = sqrt(fmax(job->square[column] / known - average * average, 0));
  } else {
    m->deviation[column] = sqrt(fmax(average * (1 - average), 0));
  }
  if (!isfinite(m->overall[column]) || !isfinite(m->deviation[column])) {
    m->deviation[column] = 0;
    if (isinf(m->overall[column])) m->overall[column] = NAN;
  }
}

static void profile_run(mine_env *env, profile_job *job, mine_prototypes *m) {
  const size_t k = (size_t)m->k, width = (size_t)m->encoding.width;
  const int p = m->encoding.n_features;
  if (mine__parallel(env, job->blocks, profile_block, job)) return;
  if (mine__sum_blocks(env, job->sum, job->blocks, k * width, job->sum)) return;
  if (mine__sum_blocks(env, job->known, job->blocks, k * (size_t)p, job->known)) return;
  if (mine__sum_blocks(env, job->square, job->blocks, width, job->square)) return;
  for (int f = 0; f < p; f++) {
    for (int c = m->encoding.first[f]; c < m->encoding.first[f + 1]; c++) {
      profile_encoded(job, m, f, c);
    }
  }
}

mine_status mine__prototypes_profile(mine_env *env, mine_model *model, mine_prototypes *prototypes,
                                     const mine_dataset *data, const int32_t *label,
                                     int64_t blocks) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t k = (size_t)prototypes->k, width = (size_t)prototypes->encoding.width;
  const size_t p = (size_t)prototypes->encoding.n_features, b = (size_t)blocks;
  profile_job job = {prototypes, data, label, blocks, NULL, NULL, NULL};
  prototypes->value = mine__arena_array(model->arena, k, width * sizeof(double));
  prototypes->overall = mine__arena_array(model->arena, width, sizeof(double));
  prototypes->deviation = mine__arena_array(model->arena, width, sizeof(double));
  job.sum = mine__arena_zeros(env->scratch, b * k, width * sizeof(double));
  job.known = mine__arena_zeros(env->scratch, b * k, p * sizeof(double));
  job.square = mine__arena_zeros(env->scratch, b, width * sizeof(double));
  if (!mine_failed(env)) profile_run(env, &job, prototypes);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- describe ---------------------------------------------------------------------- */

/* An average in the units of the source; of dates, a date. */
static void centroids_average(mine_relation *to, const mine_feature *about, double value) {
  char buffer[MINE_TIME_BYTES];
  mine_cell cell;
  mine__feature_cell(about, value, buffer, &cell);
  mine__row_cell(to, &cell);
}

static void centroids_row(mine_relation *to, const mine_prototypes *m, int64_t c, int f, int column,
                          const mine_feature *about, const char *name) {
  const double value = m->value[c * m->encoding.width + column], overall = m->overall[column];
  const double deviation = m->deviation[column];
  mine__row_int(to, c + 1);
  mine__row_int(to, m->rows[c]);
  mine__row_text(to, name);
  centroids_average(to, about, value);
  centroids_average(to, about, overall);
  const double apart =
      mine__encode_bend(&m->encoding, f, value) - mine__encode_bend(&m->encoding, f, overall);
  mine__row_real(to, deviation > 0 ? apart / deviation : NAN);
  mine__relation_end_row(to);
}

/* "tenure", or one "plan=gold" per level. */
static void centroids_names(mine_env *env, const mine_model *model, const char **name) {
  const mine_encoding *e = &((const mine_prototypes *)model->body)->encoding;
  for (int f = 0; f < e->n_features; f++) {
    for (int c = e->first[f]; c < e->first[f + 1]; c++) {
      mine_text text;
      mine_cell level;
      name[c] = model->feature[f].name;
      if (e->levels[f] == 0) continue;
      mine__text_open(&text, env->scratch);
      mine__text_adds(&text, model->feature[f].name);
      mine__text_adds(&text, "=");
      mine__values_get(&model->feature[f].levels.values, c - e->first[f], &level);
      mine__text_add_shown(&text, &level);
      name[c] = text.data;
    }
  }
}

static void prototypes_centroids(mine_env *env, const mine_model *model, mine_relation *to) {
  const mine_prototypes *m = model->body;
  const mine_mark mark = mine__arena_mark(env->scratch);
  const char **name = mine__arena_array(env->scratch, (size_t)m->encoding.width, sizeof *name);
  if (name) {
    centroids_names(env, model, name);
    for (int64_t c = 0; c < m->k && mine__poll(env) == MINE_OK; c++) {
      for (int f = 0; f < m->encoding.n_features; f++)
        for (int column = m->encoding.first[f]; column < m->encoding.first[f + 1]; column++)
          centroids_row(to, m, c, f, column, &model->feature[f], name[column]);
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

const mine_part mine__prototypes_parts[] = {
    {.verb = "mine_centroids",
     .what = "the centres of the clusters in the units of the source",
     .list = prototypes_centroids},
    {.verb = NULL},
};
