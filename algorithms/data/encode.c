/*
** encode.c -- attributes as points.
**
** Fitting looks at every feature on its own, one parallel task each, in row
** order: the same bits for any number of threads.  Means and deviations (moments.h,
** divisor n) and level shares respect row weights, so a row of weight 2
** is a row given twice; the quartiles of scale=robust and the shares of scale=quantile do
** not (documented).
** Where the chosen spread is zero though the values differ (an interquartile
** range with a heavy tie), the deviation, then the range, stands in for it; where
** they do not differ, 1.
*/
#include "encode.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../core/text.h"

const char *const mine__scale_names[] = {"standard", "none",     "minmax", "robust",
                                         "log",      "quantile", NULL};

#define ENCODE_LARGEST 1e150 /* squares and their sums stay finite */

typedef struct encode_job {
  const mine_dataset *data;
  mine_scale scale;
  mine_encoding *out;
  double *room;         /* robust, log: n numbers per worker; quantile: two times n  */
  const double *weight; /* of the rows in their order, where `room` is            */
  int64_t stride;       /* of a worker's room                                      */
  double *worst;        /* per feature: the value that cannot be encoded, or NAN */
} encode_job;

static double encode_weight(const mine_dataset *data, int64_t row) {
  return data->weight ? data->weight[row] : 1.0;
}

static void encode_quartiles(const mine_dataset *data, const double *x, double *sorted,
                             double quartile[3]) {
  int64_t n = 0;
  for (int64_t i = 0; i < data->rows.n; i++) {
    const double v = x[mine_batch_row(&data->rows, i)];
    if (!isnan(v)) sorted[n++] = v;
  }
  for (int q = 0; q < 3; q++)
    quartile[q] = n ? mine__quantile(sorted, n, 0.25 * (q + 1)) : 0;
}

/* A feature's bent numbers, in the order of the rows.  Learning by rank puts what is
** known in order in the first half of the room and works in the second (encode_room gives
** both) before the first half becomes the answer. */
static void encode_bend_rows(const encode_job *job, int f, double *bent) {
  const mine_batch *rows = &job->data->rows;
  const double *x = rows->feature[f].number;
  mine__warp *warp = &job->out->warp[f];
  if (warp->form == MINE_WARP_RANK) {
    int64_t n = 0;
    for (int64_t i = 0; i < rows->n; i++) {
      const double v = x[mine_batch_row(rows, i)];
      if (!isnan(v)) bent[n++] = v;
    }
    mine__warp_learn(warp, bent, bent + rows->n, n);
  }
  for (int64_t i = 0; i < rows->n; i++)
    bent[i] = mine__warp_number(warp, x[mine_batch_row(rows, i)]);
}

/* (x - centre) * factor, and `fill`, already scaled, for what is missing.  A column without
** any value gets factor 0: all rows are in the same place.  Values whose squares could
** overflow are not clipped but told, because a distance that is infinite makes every other
** attribute vanish without a word. */
double mine__encoding_number(mine_encoding *out, int f, mine_scale scale, const mine_moments *m,
                             const double *quartile) {
  const int c = out->first[f];
  const double deviation = isfinite(m->m2) ? mine__moments_deviation(m, 0) : (double)INFINITY;
  const double least = m->n > 0 ? m->least : 0, most = m->n > 0 ? m->most : 0;
  double centre = 0, spread = 1, fill = m->mean;
  if (scale == MINE_SCALE_ROBUST) {
    centre = fill = quartile[1];
    spread = quartile[2] - quartile[0];
  } else if (scale == MINE_SCALE_STANDARD || scale == MINE_SCALE_LOG) {
    centre = m->mean;
    spread = deviation;
  } else if (scale == MINE_SCALE_MINMAX) {
    centre = least;
    spread = most - least;
  }
  if (!(spread > 0)) spread = deviation > 0 ? deviation : most - least;
  if (!(most > least)) {
    spread = 1;
    fill = least; /* a mean may be rounded */
    if (scale != MINE_SCALE_NONE) centre = fill;
  }
  out->centre[c] = centre;
  out->factor[c] = m->n > 0 ? 1 / spread : 0;
  out->fill[c] = (fill - centre) * out->factor[c];
  if (isfinite(centre) && isfinite(spread) && isfinite(out->factor[c]) &&
      fabs(out->fill[c]) < ENCODE_LARGEST &&
      fabs((most - centre) * out->factor[c]) < ENCODE_LARGEST &&
      fabs((least - centre) * out->factor[c]) < ENCODE_LARGEST)
    return NAN;
  return fabs(most) > fabs(least) ? most : least;
}

static void encode_fit_numeric(encode_job *job, int f, int worker) {
  mine_encoding *out = job->out;
  const double *x = job->data->rows.feature[f].number;
  const mine_batch *rows = &job->data->rows;
  double *room = job->room ? job->room + (int64_t)worker * job->stride : NULL;
  double quartile[3] = {0};
  mine_moments m;
  if (out->warp) {
    encode_bend_rows(job, f, room);
    mine__moments_of_rows(&m, room, NULL, job->weight, rows->n);
  } else {
    mine__moments_of_rows(&m, x, rows->row, job->data->weight, rows->n);
  }
  if (job->scale == MINE_SCALE_ROBUST) encode_quartiles(job->data, x, room, quartile);
  job->worst[f] = mine__encoding_number(out, f, job->scale, &m, quartile);
}

/* One column per level, with sqrt(1/2): two rows of different levels are at the squared
** distance 1/2 + 1/2 = 1, as two numbers one spread apart.  What is missing is put at the
** shares of the levels, the mean of the rows. */
void mine__encoding_category(mine_encoding *out, int f, const double *weight) {
  const int first = out->first[f], levels = out->levels[f];
  double total = 0;
  for (int l = 0; l < levels; l++)
    total += weight[l];
  for (int l = 0; l < levels; l++) {
    out->centre[first + l] = 0;
    out->factor[first + l] = total > 0 ? sqrt(0.5) : 0;
    out->fill[first + l] = total > 0 ? weight[l] / total * sqrt(0.5) : 0;
  }
  if (out->apart && levels > 0) out->factor[first + levels] = out->factor[first];
}

static void encode_fit_category(encode_job *job, int f) {
  const mine_dataset *data = job->data;
  const int32_t *code = data->rows.feature[f].code;
  double *weight = job->out->fill + job->out->first[f];
  memset(weight, 0, (size_t)job->out->levels[f] * sizeof *weight);
  for (int64_t i = 0; i < data->rows.n; i++) {
    const int64_t row = mine_batch_row(&data->rows, i);
    if (code[row] >= 0) weight[code[row]] += encode_weight(data, row);
  }
  mine__encoding_category(job->out, f, weight);
  job->worst[f] = NAN;
}

static void encode_fit_feature(void *context, int64_t task, int worker) {
  encode_job *job = context;
  const int f = (int)task;
  if (job->data->rows.feature[f].code) {
    encode_fit_category(job, f);
  } else {
    encode_fit_numeric(job, f, worker);
  }
}

/* Where each feature's columns are; the arrays follow. */
static void encode_layout(mine_env *env, mine_arena *arena, const mine_dataset *data,
                          mine_encoding *out) {
  const int p = data->n_features;
  int64_t width = 0;
  out->n_features = p;
  out->first = mine__arena_array(arena, (size_t)p + 1, sizeof *out->first);
  out->levels = mine__arena_array(arena, (size_t)p, sizeof *out->levels);
  if (!out->first || !out->levels) return;
  for (int f = 0; f < p; f++) {
    const int category = data->about[f].type == MINE_COLUMN_CATEGORY;
    out->first[f] = (int)width;
    out->levels[f] = category ? (int)data->about[f].levels.values.n : 0;
    width += category ? out->levels[f] + (out->apart && out->levels[f] > 0) : 1;
    if (width > INT32_MAX / 64) {
      mine__fail(env, MINE_DATA,
                 "the categories have more than %d values in all (column %s); leave columns "
                 "such as names out with ignore=%s",
                 INT32_MAX / 64, data->about[f].name, data->about[f].name);
      return;
    }
  }
  out->first[p] = (int)width;
  out->width = (int)width;
  out->centre = mine__arena_zeros(arena, (size_t)width, sizeof(double));
  out->factor = mine__arena_zeros(arena, (size_t)width, sizeof(double));
  out->fill = mine__arena_zeros(arena, (size_t)width, sizeof(double));
}

/* The warps that are to be learned, with room for their knots. */
static void encode_warps(mine_env *env, mine_arena *arena, encode_job *job) {
  mine_encoding *out = job->out;
  const size_t p = (size_t)out->n_features;
  const int64_t n = job->data->rows.n;
  const size_t knots = (size_t)(n < MINE_WARP_KNOTS ? n : MINE_WARP_KNOTS);
  out->warp = NULL;
  if (job->scale != MINE_SCALE_LOG && job->scale != MINE_SCALE_QUANTILE) return;
  mine__warp *warp = mine__arena_zeros(arena, p, sizeof *warp);
  for (size_t f = 0; !mine_failed(env) && f < p; f++) {
    if (job->data->rows.feature[f].code) continue;
    warp[f].form = job->scale == MINE_SCALE_LOG ? MINE_WARP_LOG : MINE_WARP_RANK;
    if (warp[f].form == MINE_WARP_LOG) continue;
    warp[f].value = mine__arena_array(arena, knots, sizeof(double));
    warp[f].share = mine__arena_array(arena, knots, sizeof(double));
  }
  if (!mine_failed(env)) out->warp = warp;
}

/* What the workers write on, and the weights beside it. */
static void encode_room(mine_env *env, encode_job *job) {
  const mine_dataset *data = job->data;
  const size_t n = (size_t)data->rows.n;
  if (!job->out->warp && job->scale != MINE_SCALE_ROBUST) return;
  job->stride = data->rows.n * (job->scale == MINE_SCALE_QUANTILE ? 2 : 1);
  job->room =
      mine__arena_array(env->scratch, (size_t)env->threads * (size_t)job->stride, sizeof(double));
  job->weight = data->weight;
  if (!data->weight || !data->rows.row) return;
  double *weight = mine__arena_array(env->scratch, n, sizeof *weight);
  for (size_t i = 0; weight && i < n; i++)
    weight[i] = data->weight[data->rows.row[i]];
  job->weight = weight;
}

void mine__encoding_refuse(mine_env *env, const mine_feature *about, double worst) {
  char number[MINE_NUMBER_BYTES];
  if (isnan(worst)) return;
  mine__fail(env, MINE_NUMERIC,
             "column %s cannot be scaled: distances overflow at values such as %s; use "
             "ignore=%s or correct the values",
             about->name, mine__format_real(number, worst, 6), about->name);
}

mine_status mine__encoding_fit(mine_env *env, mine_arena *arena, const mine_dataset *data,
                               mine_scale scale, mine_encoding *out) {
  encode_job job = {.data = data, .scale = scale, .out = out};
  const size_t p = (size_t)data->n_features;
  encode_layout(env, arena, data, out);
  if (mine_failed(env)) return mine_env_status(env);
  const mine_mark mark = mine__arena_mark(env->scratch);
  job.worst = mine__arena_array(env->scratch, p, sizeof(double));
  encode_warps(env, arena, &job);
  encode_room(env, &job);
  if (!mine_failed(env)) (void)!mine__parallel(env, data->n_features, encode_fit_feature, &job);
  for (size_t f = 0; !mine_failed(env) && f < p; f++)
    mine__encoding_refuse(env, &data->about[f], job.worst[f]);
  /* Where the encoding itself is scratch, its warps stand above the mark. */
  if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

static void encode_codes(const mine_encoding *e, int f, const mine_batch *batch, int64_t first,
                         int64_t count, double *out) {
  const int c = e->first[f], levels = e->levels[f];
  const size_t bytes = (size_t)levels * sizeof(double);
  const int32_t *code = batch->feature[f].code;
  for (int64_t i = 0; i < count; i++) {
    const int32_t v = code[mine_batch_row(batch, first + i)];
    double *to = out + i * e->width + c;
    if (e->apart) to[levels] = 0;
    if (e->apart && v == MINE_CODE_UNKNOWN) {
      memset(to, 0, bytes);
      to[levels] = e->factor[c + levels];
    } else if (v < 0 || v >= levels) {
      memcpy(to, e->fill + c, bytes);
    } else {
      memset(to, 0, bytes);
      to[v] = e->factor[c + v];
    }
  }
}

static inline double encode_number(double v, double centre, double factor, double fill) {
  return isnan(v) ? fill : (v - centre) * factor;
}

static void encode_numbers(const mine_encoding *e, int f, const mine_batch *batch, int64_t first,
                           int64_t count, double *out) {
  const int c = e->first[f];
  const double *x = batch->feature[f].number;
  const uint32_t *row = batch->row ? batch->row + first : NULL;
  const double centre = e->centre[c], factor = e->factor[c], fill = e->fill[c];
  const int64_t width = e->width;
  double *to = out + c;
  if (e->warp) {
    for (int64_t i = 0; i < count; i++, to += width)
      *to = encode_number(mine__warp_number(&e->warp[f], x[row ? row[i] : first + i]), centre,
                          factor, fill);
  } else if (row) {
    for (int64_t i = 0; i < count; i++, to += width)
      *to = encode_number(x[row[i]], centre, factor, fill);
  } else {
    for (int64_t i = 0; i < count; i++, to += width)
      *to = encode_number(x[first + i], centre, factor, fill);
  }
}

double mine__encode_bend(const mine_encoding *encoding, int feature, double number) {
  return encoding->warp ? mine__warp_number(&encoding->warp[feature], number) : number;
}

double mine__encode_unbend(const mine_encoding *encoding, int feature, double bent) {
  return encoding->warp ? mine__warp_back(&encoding->warp[feature], bent) : bent;
}

/* One row after another, as in a trigger: a loop per attribute is not worth it. */
static void encode_row(const mine_encoding *e, const mine_batch *batch, int64_t row, double *out) {
  for (int f = 0; f < e->n_features; f++) {
    const int c = e->first[f];
    if (e->levels[f] != 0)
      encode_codes(e, f, batch, row, 1, out);
    else if (c < e->first[f + 1])
      out[c] = encode_number(
          mine__encode_bend(e, f, batch->feature[f].number[mine_batch_row(batch, row)]),
          e->centre[c], e->factor[c], e->fill[c]);
  }
}

void mine__encode(const mine_encoding *encoding, const mine_batch *batch, int64_t first,
                  int64_t count, double *out) {
  if (count == 1) {
    encode_row(encoding, batch, first, out);
    return;
  }
  for (int f = 0; f < encoding->n_features; f++) {
    if (encoding->first[f] == encoding->first[f + 1]) continue; /* a category never seen */
    if (encoding->levels[f] == 0) {
      encode_numbers(encoding, f, batch, first, count, out);
    } else {
      encode_codes(encoding, f, batch, first, count, out);
    }
  }
}

double mine__decode(const mine_encoding *encoding, int column, double value) {
  const double factor = encoding->factor[column];
  const double scaled = encoding->centre[column] + (factor > 0 ? value / factor : 0);
  int f = 0;
  while (encoding->warp && encoding->first[f + 1] <= column)
    f++;
  return mine__encode_unbend(encoding, f, scaled);
}

/* first and levels follow from the model's features; only numbers are kept. */
void mine__encoding_save(const mine_encoding *encoding, mine_writer *w) {
  const size_t width = (size_t)encoding->width;
  mine__write_i32(w, encoding->n_features);
  mine__write_i32(w, encoding->width);
  mine__write_reals(w, encoding->centre, width);
  mine__write_reals(w, encoding->factor, width);
  mine__write_reals(w, encoding->fill, width);
  mine__write_u8(w, encoding->warp != NULL);
  for (int f = 0; encoding->warp && f < encoding->n_features; f++) {
    mine__write_u8(w, (uint8_t)encoding->warp[f].form);
    mine__warp_save(&encoding->warp[f], w);
  }
}

static void encode_load_layout(mine_reader *r, const mine_feature *feature, int n_features,
                               mine_encoding *out) {
  int64_t width = 0;
  out->first = mine__arena_array(r->arena, (size_t)n_features + 1, sizeof *out->first);
  out->levels = mine__arena_array(r->arena, (size_t)n_features, sizeof *out->levels);
  if (!out->first || !out->levels) {
    mine__reader_bad(r, "no memory for the encoding");
    return;
  }
  for (int f = 0; f < n_features; f++) {
    const int category = feature[f].type == MINE_COLUMN_CATEGORY;
    out->first[f] = (int)width;
    out->levels[f] = category ? (int)feature[f].levels.values.n : 0;
    width += category ? feature[f].levels.values.n : 1;
    if (width > INT32_MAX / 64) {
      mine__reader_bad(r, "encoding width");
      return;
    }
  }
  out->first[n_features] = (int)width;
  if (width != out->width) mine__reader_bad(r, "encoding width");
}

static void encode_load_warps(mine_reader *r, const mine_feature *feature, mine_encoding *out) {
  const uint8_t there = mine__read_u8(mine__called(r, "warped"));
  if (there > 1) mine__reader_bad(r, "the warps of the encoding");
  if (!mine__reader_ok(r) || !there) return;
  mine__warp *warp = mine__arena_zeros(r->arena, (size_t)out->n_features, sizeof *warp);
  if (!warp) mine__reader_bad(r, "no memory for the encoding");
  mine__read_items(r, "warps");
  for (int f = 0; mine__reader_ok(r) && f < out->n_features; f++) {
    static const char *const forms[] = {"none", "log", "rank", NULL};
    mine__read_open(r, NULL);
    const uint8_t form = mine__read_u8(mine__worded(r, "form", forms));
    const int category = feature[f].type == MINE_COLUMN_CATEGORY;
    if (form > (category ? MINE_WARP_NONE : MINE_WARP_RANK)) {
      mine__reader_bad(r, "the warps of the encoding");
      return;
    }
    warp[f].form = (mine__warp_form)form;
    mine__warp_load(r, &warp[f]);
    mine__read_close(r);
  }
  mine__read_close(r);
  out->warp = warp;
}

void mine__encoding_load(mine_reader *r, const mine_feature *feature, int n_features,
                         mine__encoding_format format, mine_encoding *out) {
  memset(out, 0, sizeof *out);
  mine__read_open(r, "encoding");
  out->n_features = mine__read_i32(mine__called(r, "features"));
  out->width = mine__read_i32(mine__called(r, "width"));
  if (out->n_features != n_features || out->width < 0) mine__reader_bad(r, "encoding features");
  if (!mine__reader_ok(r)) return;
  encode_load_layout(r, feature, n_features, out);
  if (!mine__reader_ok(r)) return;
  out->centre = mine__read_reals(mine__called(r, "centre"), (size_t)out->width, 1);
  out->factor = mine__read_reals(mine__called(r, "factor"), (size_t)out->width, 1);
  out->fill = mine__read_reals(mine__called(r, "fill"), (size_t)out->width, 1);
  for (int c = 0; mine__reader_ok(r) && c < out->width; c++) {
    if (out->factor[c] < 0) mine__reader_bad(r, "encoding factor");
  }
  if (mine__reader_ok(r) && format == MINE_ENCODING_WARPS) encode_load_warps(r, feature, out);
  mine__read_close(r);
}
