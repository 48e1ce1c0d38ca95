/*
** cluster_profile.c -- what clusters look like: gathered from the rows when the model is made,
** saved and loaded in its body.
**
** Means are summed around the column's mean, per block of rows, and added in the order of the
** blocks: the same bytes for any number of threads.  Rows without a cluster are summed as a
** cluster of their own, behind the others, that only `overall` and `deviation` know.
*/
#include "cluster_profile.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../core/radix.h"

#define PROFILE_BLOCKS     64
#define PROFILE_BLOCK_ROWS 512 /* at least, but for the last blocks */

const double mine__cluster_quantile[MINE_CLUSTER_QUANTILES] = {0.5, 0.9, 0.95, 0.99};

/* ---- sums of the rows ------------------------------------------------------------------- */

/* Sums per block of rows, cluster (the last one is the rows in none) and encoded column.  Blocks
** are cut by the number of rows and of clusters, so that the sums never outweigh the rows. */
typedef struct profile_job {
  const mine_encoding *encoding;
  const mine_dataset *data;
  const int32_t *label;
  int64_t k, parts; /* parts: k + 1 */
  int64_t blocks;
  double *sum;    /* blocks x parts x width: of weight x (value - about.mean), or of weights */
  double *known;  /* blocks x parts x features: weight of the known values                   */
  double *square; /* blocks x width: of weight x (value - about.mean)^2                      */
} profile_job;

/* What a feature's bent numbers are summed around: near the mean, sums stay small and the
** squares do not cancel (amounts of 1e9 that differ by 1). */
static double profile_shift(const profile_job *job, int f) {
  const double mean = mine__encode_bend(job->encoding, f, job->data->about[f].mean);
  return isfinite(mean) ? mean : 0;
}

static void profile_feature(const profile_job *job, int64_t block, int f, int64_t first,
                            int64_t last) {
  const mine_encoding *e = job->encoding;
  const mine_feature_view *view = &job->data->rows.feature[f];
  const int64_t width = e->width, p = e->n_features;
  const double shift = profile_shift(job, f);
  double *sum = job->sum + block * job->parts * width + e->first[f];
  double *known = job->known + block * job->parts * p + f;
  double *square = job->square + block * width + e->first[f];
  for (int64_t i = first; i < last; i++) {
    const int64_t row = mine_batch_row(&job->data->rows, i);
    const int64_t c = job->label[i] < 0 ? job->k : job->label[i];
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
  const mine_encoding *e = job->encoding;
  for (int f = 0; f < e->n_features; f++) {
    if (e->first[f] < e->first[f + 1]) profile_feature(job, task, f, first, last);
  }
  (void)worker;
}

static void profile_encoded(const profile_job *job, mine_cluster_profile *out, int f, int column) {
  const mine_encoding *e = job->encoding;
  const int64_t width = e->width, p = e->n_features;
  const int numeric = e->levels[f] == 0;
  const double shift = numeric ? profile_shift(job, f) : 0;
  double sum = 0, known = 0, average;
  for (int64_t c = 0; c < job->parts; c++) {
    const double s = job->sum[c * width + column], w = job->known[c * p + f];
    sum += s;
    known += w;
    double *of = c < job->k ? out->value + c * width : out->apart;
    const double value = w > 0 ? mine__encode_unbend(e, f, shift + s / w) : (double)NAN;
    if (of) of[column] = isfinite(value) ? value : (double)NAN;
  }
  average = sum / known; /* 0/0: nothing known */
  out->overall[column] = mine__encode_unbend(e, f, shift + average);
  if (numeric) {
    out->deviation[column] = sqrt(fmax(job->square[column] / known - average * average, 0));
  } else {
    out->deviation[column] = sqrt(fmax(average * (1 - average), 0));
  }
  if (!isfinite(out->overall[column]) || !isfinite(out->deviation[column])) {
    out->deviation[column] = 0;
    if (isinf(out->overall[column])) out->overall[column] = NAN;
  }
}

static void profile_run(mine_env *env, profile_job *job, mine_cluster_profile *out) {
  const size_t parts = (size_t)job->parts, width = (size_t)job->encoding->width;
  const int p = job->encoding->n_features;
  if (mine__parallel(env, job->blocks, profile_block, job)) return;
  if (mine__sum_blocks(env, job->sum, job->blocks, parts * width, job->sum)) return;
  if (mine__sum_blocks(env, job->known, job->blocks, parts * (size_t)p, job->known)) return;
  if (mine__sum_blocks(env, job->square, job->blocks, width, job->square)) return;
  for (int f = 0; f < p; f++) {
    for (int c = job->encoding->first[f]; c < job->encoding->first[f + 1]; c++) {
      profile_encoded(job, out, f, c);
    }
  }
}

static int64_t profile_blocks(int64_t n, int64_t k) {
  const int64_t most = MINE_BLOCKS(n, PROFILE_BLOCK_ROWS);
  int64_t blocks = k > 0 && n / (2 * k) < PROFILE_BLOCKS ? n / (2 * k) : PROFILE_BLOCKS;
  if (blocks > most) blocks = most;
  return blocks < 1 ? 1 : blocks;
}

mine_status mine__cluster_profile_make(mine_env *env, mine_arena *arena,
                                       const mine_encoding *encoding, const mine_dataset *data,
                                       const int32_t *label, int64_t k, mine_cluster_profile *out) {
  const size_t width = (size_t)encoding->width, p = (size_t)encoding->n_features;
  const size_t parts = (size_t)k + 1;
  profile_job job = {encoding, data, label, k, k + 1, profile_blocks(data->rows.n, k),
                     NULL,     NULL, NULL};
  const size_t b = (size_t)job.blocks;
  *out = (mine_cluster_profile){.k = k};
  out->rows = mine__arena_zeros(arena, (size_t)k, sizeof *out->rows);
  out->value = mine__arena_array(arena, (size_t)k, width * sizeof(double));
  out->overall = mine__arena_array(arena, width, sizeof(double));
  out->deviation = mine__arena_array(arena, width, sizeof(double));
  for (int64_t i = 0; !mine_failed(env) && i < data->rows.n; i++)
    ++*(label[i] < 0 ? &out->noise : &out->rows[label[i]]);
  if (out->noise > 0) out->apart = mine__arena_array(arena, width, sizeof(double));
  const mine_mark mark = mine__arena_mark(env->scratch); /* which may be the arena */
  job.sum = mine__arena_zeros(env->scratch, b * parts, width * sizeof(double));
  job.known = mine__arena_zeros(env->scratch, b * parts, p * sizeof(double));
  job.square = mine__arena_zeros(env->scratch, b, width * sizeof(double));
  if (!mine_failed(env)) profile_run(env, &job, out);
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- distances ------------------------------------------------------------------------- */

mine_status mine__cluster_profile_distances(mine_env *env, mine_arena *arena, const int32_t *group,
                                            const double *distance, int64_t n,
                                            mine_cluster_profile *profile) {
  const size_t k = (size_t)profile->k;
  double *quantile = mine__arena_array(arena, k, MINE_CLUSTER_QUANTILES * sizeof(double));
  const mine_mark mark = mine__arena_mark(env->scratch); /* which may be the arena */
  int32_t *of = mine__arena_array(env->scratch, (size_t)n, sizeof *of);
  double *of_cluster = mine__arena_array(env->scratch, (size_t)n, sizeof *of_cluster);
  mine__by_code by;
  for (int64_t i = 0; !mine_failed(env) && i < n; i++)
    of[i] = group[i] >= 1 && group[i] <= profile->k && isfinite(distance[i]) ? group[i] - 1
                                                                             : (int32_t)profile->k;
  if (mine_failed(env) || !mine__sort_codes(env->scratch, of, n, profile->k + 1, &by))
    return mine_env_status(env);
  for (int64_t i = 0; i < n; i++)
    of_cluster[i] = distance[by.at[i]];
  for (int64_t c = 0; c < profile->k; c++) {
    const int64_t first = by.first[c], rows = by.first[c + 1] - first;
    for (int q = 0; q < MINE_CLUSTER_QUANTILES; q++)
      quantile[c * MINE_CLUSTER_QUANTILES + q] =
          mine__quantile(of_cluster + first, rows, mine__cluster_quantile[q]);
  }
  profile->distance = quantile;
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- renumbering ----------------------------------------------------------------------- */

mine_status mine__cluster_renumber(mine_env *env, void *items, int64_t k, size_t size,
                                   const int32_t *number) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  char *copy = mine__arena_array(env->scratch, (size_t)k, size), *to = items;
  if (!copy) return mine_env_status(env);
  memcpy(copy, items, (size_t)k * size);
  for (int64_t c = 0; c < k; c++)
    memcpy(to + (size_t)number[c] * size, copy + (size_t)c * size, size);
  mine__arena_rewind(env->scratch, mark);
  return MINE_OK;
}

mine_status mine__cluster_profile_renumber(mine_env *env, mine_cluster_profile *profile, int width,
                                           const int32_t *number) {
  const int64_t k = profile->k;
  MINE_TRY(mine__cluster_renumber(env, profile->rows, k, sizeof *profile->rows, number));
  MINE_TRY(mine__cluster_renumber(env, profile->value, k, (size_t)width * sizeof(double), number));
  if (!profile->distance) return MINE_OK;
  return mine__cluster_renumber(env, profile->distance, k, MINE_CLUSTER_QUANTILES * sizeof(double),
                                number);
}

/* ---- bytes ----------------------------------------------------------------------------- */

void mine__cluster_values_save(const mine_cluster_profile *p, int width, mine_writer *w) {
  mine__write_reals(w, p->value, (size_t)p->k * (size_t)width);
  mine__write_reals(w, p->overall, (size_t)width);
  mine__write_reals(w, p->deviation, (size_t)width);
}

void mine__cluster_distances_save(const mine_cluster_profile *p, mine_writer *w) {
  mine__write_u8(w, p->distance != NULL);
  if (p->distance) mine__write_reals(w, p->distance, (size_t)p->k * MINE_CLUSTER_QUANTILES);
}

void mine__cluster_profile_save(const mine_cluster_profile *p, int width, mine_writer *w) {
  mine__write_u64s(w, (const uint64_t *)p->rows, (size_t)p->k);
  mine__write_i64(w, p->noise);
  mine__cluster_values_save(p, width, w);
  mine__write_u8(w, p->apart != NULL);
  if (p->apart) mine__write_reals(w, p->apart, (size_t)width);
  mine__cluster_distances_save(p, w);
}

static int64_t profile_load_count(mine_reader *r, const char *problem) {
  const int64_t rows = mine__read_i64(r);
  if (rows < 0 || rows > MINE_MAX_ROWS) mine__reader_bad(r, problem);
  return rows;
}

void mine__cluster_rows_load(mine_reader *r, int64_t k, mine_cluster_profile *out) {
  out->k = k;
  out->rows = mine__arena_array(r->arena, (size_t)k, sizeof *out->rows);
  if (!out->rows) mine__reader_bad(r, "no memory for the clusters");
  mine__read_items(r, "rows");
  for (int64_t c = 0; mine__reader_ok(r) && c < k; c++)
    out->rows[c] = profile_load_count(r, "rows of a cluster");
  mine__read_close(r);
}

/* Reals of which NAN is meant and infinity is not. */
static double *profile_load_reals(mine_reader *r, const char *name, size_t n) {
  double *v = mine__read_reals(mine__called(r, name), n, 0);
  for (size_t i = 0; v && i < n; i++) {
    if (isinf(v[i])) mine__reader_bad(r, "cluster profile");
  }
  return v;
}

void mine__cluster_values_load(mine_reader *r, int width, int64_t k, mine_cluster_profile *out) {
  out->value = profile_load_reals(r, "mean", (size_t)k * (size_t)width);
  out->overall = profile_load_reals(r, "overall", (size_t)width);
  out->deviation = profile_load_reals(r, "deviation", (size_t)width);
}

void mine__cluster_distances_load(mine_reader *r, int64_t k, mine_cluster_profile *out) {
  const uint8_t there = mine__read_u8(mine__called(r, "distances"));
  if (there > 1) mine__reader_bad(r, "the distances of the clusters");
  if (mine__reader_ok(r) && there)
    out->distance = profile_load_reals(r, "distance", (size_t)k * MINE_CLUSTER_QUANTILES);
}

/* The caller has bounded k by the bytes that are left. */
void mine__cluster_profile_load(mine_reader *r, int width, int64_t k, mine_cluster_profile *out) {
  *out = (mine_cluster_profile){.k = k};
  if (!mine__reader_ok(r)) return;
  mine__cluster_rows_load(r, k, out);
  out->noise = profile_load_count(mine__called(r, "noise"), "rows in no cluster");
  mine__cluster_values_load(r, width, k, out);
  const uint8_t apart = mine__read_u8(mine__called(r, "apart"));
  if (apart > 1) mine__reader_bad(r, "the rows in no cluster");
  if (mine__reader_ok(r) && apart) out->apart = profile_load_reals(r, "apart_mean", (size_t)width);
  mine__cluster_distances_load(r, k, out);
}
