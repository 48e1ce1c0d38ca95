/*
** bins.c -- where the number line is cut, and every row's bytes.
*/
#include "bins.h"

#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "../core/radix.h"
#include "../model/trees.h"

#define BINS_SAMPLE 200000 /* rows from which the cuts are learnt       */
#define BINS_ROWS   4096   /* rows written by one task                  */
#define BINS_STEPS  256    /* cuts of a column, padded: a power of two */

/* What a worker sorts a column's sample in. */
typedef struct bins_scratch {
  double *value;
  mine_pair *pair, *temp;
  double *distinct;
  uint32_t *count;
} bins_scratch;

typedef struct bins_work {
  const mine_dataset *data;
  mine_binned *binned;
  bins_scratch *scratch;
  double *cut; /* BINS_STEPS for each feature, the first unused; NAN behind the last */
  int64_t sample;
  int most;
} bins_work;

static double bins_value(const bins_work *work, const mine_binned_feature *feature, int64_t i) {
  if (feature->source.statistic) return feature->source.statistic[i];
  const mine_batch *rows = &work->data->rows;
  return rows->feature[feature->source.feature].number[mine_batch_row(rows, i)];
}

/* ---- where to cut ------------------------------------------------------------------ */

/* The distinct numbers of the sample in ascending order, and how often each occurs. */
static int64_t bins_distinct(const bins_scratch *s, int64_t n) {
  const int64_t distinct = mine__sort_reals(s->value, NULL, n, s->pair, s->temp);
  memset(s->count, 0, (size_t)distinct * sizeof *s->count);
  for (int64_t k = 0; k < n && s->pair[k].key != MINE_SORT_MISSING; k++) {
    s->distinct[s->pair[k].key] = s->value[s->pair[k].row] + 0.0;
    s->count[s->pair[k].key]++;
  }
  return distinct;
}

/* Bins of about equally many rows.  A value that alone has more than its share gets a
** bin of its own, and the others share what is left (as LightGBM does). */
static int bins_divide(const bins_scratch *s, int64_t distinct, int64_t rows, int most,
                       double *cut) {
  int64_t heavy = 0, rest = rows;
  const double fair = (double)rows / most;
  for (int64_t d = 0; d < distinct; d++) {
    if (s->count[d] < fair) continue;
    heavy++;
    rest -= s->count[d];
  }
  int bins = 1; /* the bin being filled */
  int64_t held = 0;
  int64_t light = most - heavy;
  double share = light > 0 ? (double)rest / (double)light : 0;
  for (int64_t d = 0; d + 1 < distinct && bins < most; d++) {
    const int is_heavy = s->count[d] >= fair, next_heavy = s->count[d + 1] >= fair;
    held += s->count[d];
    if (!is_heavy) rest -= s->count[d];
    if (!is_heavy && !(next_heavy && 2.0 * (double)held >= share) && (double)held < share) continue;
    cut[bins++] = mine__trees_threshold(s->distinct[d], s->distinct[d + 1]);
    if (!is_heavy) light--;
    if (light > 0) share = (double)rest / (double)light;
    held = 0;
  }
  return bins;
}

/* Task = feature. */
static void bins_cut_task(void *context, int64_t task, int worker) {
  bins_work *work = context;
  mine_binned_feature *feature = &work->binned->feature[task];
  const bins_scratch *s = &work->scratch[worker];
  double *cut = work->cut + task * BINS_STEPS;
  for (int k = 0; k < BINS_STEPS; k++)
    cut[k] = NAN;
  feature->cut = cut;
  if (feature->category) {
    feature->bins = 1 + feature->levels;
    return;
  }
  int64_t rows = 0;
  for (int64_t k = 0; k < work->sample; k++) {
    s->value[k] = bins_value(work, feature, mine__block_first(work->data->rows.n, work->sample, k));
    rows += s->value[k] == s->value[k];
  }
  const int64_t distinct = bins_distinct(s, work->sample);
  int bins = distinct > 0;
  if (distinct > work->most) {
    bins = bins_divide(s, distinct, rows, work->most, cut);
  } else {
    for (int64_t d = 0; d + 1 < distinct; d++)
      cut[bins++] = mine__trees_threshold(s->distinct[d], s->distinct[d + 1]);
  }
  feature->bins = 1 + bins;
}

/* ---- every row's bytes --------------------------------------------------------------- */

/* One more than the cuts that are not above the value.  Compares eight times whatever the
** value is: no branch to be guessed.  Places behind the last cut hold NAN, which no value
** reaches. */
static inline uint8_t bins_find(const double *cut, double value) {
  unsigned below = 0;
  for (unsigned step = BINS_STEPS / 2; step > 0; step /= 2)
    below += value >= cut[below + step] ? step : 0;
  return (uint8_t)(value == value ? below + 1 : 0);
}

static void bins_fill_numbers(const bins_work *work, const mine_binned_feature *feature,
                              int64_t from, int64_t to, uint8_t *byte, int width) {
  for (int64_t i = from; i < to; i++, byte += width)
    *byte = bins_find(feature->cut, bins_value(work, feature, i));
}

static void bins_fill_levels(const bins_work *work, const mine_binned_feature *feature,
                             int64_t from, int64_t to, uint8_t *byte, int width) {
  const mine_batch *rows = &work->data->rows;
  const int32_t *code = rows->feature[feature->source.feature].code;
  for (int64_t i = from; i < to; i++, byte += width) {
    const int32_t level = code[mine_batch_row(rows, i)];
    *byte = (uint8_t)(level < 0 ? 0 : level + 1);
  }
}

/* Task = block of rows. */
static void bins_fill_task(void *context, int64_t task, int worker) {
  const bins_work *work = context;
  const mine_binned *binned = work->binned;
  const int64_t from = task * BINS_ROWS;
  const int64_t to = from + BINS_ROWS < binned->n ? from + BINS_ROWS : binned->n;
  (void)worker;
  for (int f = 0; f < binned->n_features; f++) {
    const mine_binned_feature *feature = &binned->feature[f];
    const int width = mine_panel_width(binned, f / MINE_PANEL);
    uint8_t *byte = binned->panel[f / MINE_PANEL] + from * width + f % MINE_PANEL;
    if (feature->category) {
      bins_fill_levels(work, feature, from, to, byte, width);
    } else {
      bins_fill_numbers(work, feature, from, to, byte, width);
    }
    for (int64_t i = from; i < to; i++)
      binned->column[f][i] = byte[(i - from) * width];
  }
}

/* ---- all together ---------------------------------------------------------------------- */

static void bins_scratch_make(mine_env *env, mine_arena *arena, bins_work *work) {
  const size_t n = (size_t)work->sample;
  work->scratch = mine__arena_zeros(arena, (size_t)env->threads, sizeof *work->scratch);
  for (int t = 0; work->scratch && t < env->threads; t++) {
    bins_scratch *s = &work->scratch[t];
    s->value = mine__arena_array(arena, n, sizeof *s->value);
    s->pair = mine__arena_array(arena, n, sizeof *s->pair);
    s->temp = mine__arena_array(arena, n, sizeof *s->temp);
    s->distinct = mine__arena_array(arena, n, sizeof *s->distinct);
    s->count = mine__arena_array(arena, n, sizeof *s->count);
    if (mine_failed(env)) return;
  }
}

static void bins_features(mine_env *env, mine_arena *arena, const bins_work *work,
                          const mine_bin_source *source) {
  mine_binned *binned = work->binned;
  const size_t n = (size_t)binned->n_features;
  binned->feature = mine__arena_zeros(arena, n, sizeof *binned->feature);
  binned->panel =
      mine__arena_zeros(arena, (size_t)mine_panel_count(binned->n_features), sizeof *binned->panel);
  binned->column = mine__arena_zeros(arena, n, sizeof *binned->column);
  if (mine_failed(env)) return;
  for (int f = 0; f < binned->n_features; f++) {
    mine_binned_feature *feature = &binned->feature[f];
    const mine_feature *about = &work->data->about[source[f].feature];
    feature->source = source[f];
    feature->category = about->type == MINE_COLUMN_CATEGORY && !source[f].statistic;
    feature->levels = about->type == MINE_COLUMN_CATEGORY ? (int32_t)about->levels.values.n : 0;
  }
  for (size_t f = 0; f < n; f++)
    binned->column[f] = mine__arena_array(arena, (size_t)binned->n, 1);
  for (int p = 0; p < mine_panel_count(binned->n_features); p++) {
    binned->panel[p] =
        mine__arena_array(arena, (size_t)binned->n, (size_t)mine_panel_width(binned, p));
  }
}

static int bins_number(mine_binned *binned) {
  int first = 0;
  for (int f = 0; f < binned->n_features; f++) {
    binned->feature[f].first = first;
    first += binned->feature[f].bins;
  }
  return first;
}

mine_status mine__bins_make(mine_env *env, mine_arena *arena, const mine_dataset *data,
                            const mine_bin_source *source, int n_features, int most_bins,
                            mine_binned *out) {
  const int64_t n = data->rows.n;
  bins_work work = {
      .data = data, .binned = out, .most = most_bins, .sample = n < BINS_SAMPLE ? n : BINS_SAMPLE};
  *out = (mine_binned){.n = n, .n_features = n_features};
  bins_features(env, arena, &work, source);
  work.cut = mine__arena_array(arena, (size_t)n_features * BINS_STEPS, sizeof *work.cut);
  if (mine_failed(env)) return mine_env_status(env);
  mine_arena *passing = mine__arena_open(env);
  if (!passing) return mine_env_status(env);
  bins_scratch_make(env, passing, &work);
  mine_status status = mine_env_status(env);
  if (!status) status = mine__parallel(env, n_features, bins_cut_task, &work);
  mine__arena_close(passing);
  if (!status) status = mine__parallel(env, MINE_BLOCKS(n, BINS_ROWS), bins_fill_task, &work);
  out->n_bins = bins_number(out);
  return status;
}
