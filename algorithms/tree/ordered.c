/*
** ordered.c -- the sums of each level, in an order of rows by chance.
*/
#include "ordered.h"

#include <string.h>

#include "../core/random.h"

#define ORDERED_STREAM   3 /* purpose of a random stream  */
#define ORDERED_STRENGTH 1 /* rows that the mean counts as */

typedef struct ordered_sums {
  double sum, weight;
} ordered_sums;

/* One statistic on its way. */
typedef struct ordered_work {
  mine_env *env;
  const mine_dataset *data;
  const int32_t *code;
  int64_t levels; /* their number; also the place of a missing value */
  const double *y;
  const float *weight;
  double mean;
  ordered_sums *sums; /* levels + 1 */
} ordered_work;

static ordered_sums *ordered_of(const ordered_work *work, int64_t i) {
  const int32_t level = work->code[mine_batch_row(&work->data->rows, i)];
  return &work->sums[level < 0 ? work->levels : level];
}

static double ordered_weight(const ordered_work *work, int64_t i) {
  return work->weight ? (double)work->weight[i] : 1;
}

static double ordered_value(const ordered_work *work, const ordered_sums *s) {
  return (s->sum + ORDERED_STRENGTH * work->mean) / (s->weight + ORDERED_STRENGTH);
}

static double ordered_mean(const ordered_work *work, const uint32_t *row, int64_t n) {
  double sum = 0, weight = 0;
  for (int64_t k = 0; k < n; k++) {
    const double w = ordered_weight(work, row[k]);
    sum += w * work->y[row[k]];
    weight += w;
  }
  return weight > 0 ? sum / weight : 0;
}

/* Rows in an order by chance. */
static void ordered_shuffle(mine_env *env, uint32_t *order, int64_t n, uint64_t seed,
                            uint64_t number) {
  mine_random random;
  mine__random_open(&random, seed, ORDERED_STREAM, number);
  mine__random_shuffle(&random, env, order, n);
}

/* A row's value is what the rows before it say. */
static void ordered_learn(const ordered_work *work, const uint32_t *order, int64_t n,
                          double *statistic) {
  for (int64_t k = 0; k < n && !MINE_POLL_AT(work->env, k); k++) {
    const uint32_t i = order[k];
    ordered_sums *s = ordered_of(work, i);
    const double w = ordered_weight(work, i);
    statistic[i] = ordered_value(work, s);
    s->sum += w * work->y[i];
    s->weight += w;
  }
}

/* All rows but those of row[] are given what all of these say.  row[] is ascending. */
static void ordered_fill(const ordered_work *work, const uint32_t *row, int64_t n,
                         double *statistic) {
  int64_t next = 0;
  for (int64_t i = 0; i < work->data->rows.n; i++) {
    if (next < n && row[next] == (uint32_t)i) {
      next++;
    } else {
      statistic[i] = ordered_value(work, ordered_of(work, i));
    }
  }
}

mine_status mine__ordered_statistic(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                    int feature, const double *y, const float *weight,
                                    const uint32_t *row, int64_t n_rows, uint64_t number,
                                    mine_bin_source *out) {
  ordered_work work = {.env = env,
                       .data = data,
                       .code = data->rows.feature[feature].code,
                       .levels = data->about[feature].levels.values.n,
                       .y = y,
                       .weight = weight};
  const size_t places = (size_t)work.levels + 1;
  double *statistic = mine__arena_array(arena, (size_t)data->rows.n, sizeof *statistic);
  double *of_level = mine__arena_array(arena, places, sizeof *of_level);
  const mine_mark mark = mine__arena_mark(env->scratch);
  uint32_t *order = mine__arena_array(env->scratch, (size_t)n_rows, sizeof *order);
  work.sums = mine__arena_zeros(env->scratch, places, sizeof *work.sums);
  if (mine_failed(env)) return mine_env_status(env);
  work.mean = ordered_mean(&work, row, n_rows);
  memcpy(order, row, (size_t)n_rows * sizeof *order);
  ordered_shuffle(env, order, n_rows, data->seed, number);
  ordered_learn(&work, order, n_rows, statistic);
  ordered_fill(&work, row, n_rows, statistic);
  for (size_t level = 0; level < places; level++)
    of_level[level] = ordered_value(&work, &work.sums[level]);
  *out = (mine_bin_source){feature, statistic, of_level, of_level[work.levels]};
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- the columns of a table ---------------------------------------------------------------- */

static mine_status ordered_columns(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                   const mine_tree_target *target, int64_t most_levels,
                                   const uint32_t *row, int64_t n_rows, mine_bin_source **out,
                                   int *n) {
  const int statistics = target->classes > 2 ? target->classes : 1;
  mine_bin_source *source =
      mine__arena_array(arena, (size_t)data->n_features * (size_t)statistics, sizeof *source);
  double *is = statistics > 1 ? mine__arena_array(arena, (size_t)target->n, sizeof *is) : NULL;
  *out = source;
  *n = 0;
  if (mine_failed(env)) return mine_env_status(env);
  for (int f = 0; f < data->n_features; f++) {
    const mine_feature *about = &data->about[f];
    if (about->type != MINE_COLUMN_CATEGORY || about->levels.values.n <= most_levels) {
      source[(*n)++] = (mine_bin_source){.feature = f};
      continue;
    }
    for (int c = 0; c < statistics; c++) {
      for (int64_t i = 0; is && i < target->n; i++)
        is[i] = target->label[i] == c;
      MINE_TRY(mine__ordered_statistic(
          env, arena, data, f, is ? is : target->y, target->weight, row, n_rows,
          (uint64_t)f * (uint64_t)statistics + (uint64_t)c, &source[(*n)++]));
    }
  }
  return MINE_OK;
}

mine_status mine__ordered_bins(mine_env *env, mine_arena *arena, const mine_dataset *data,
                               const mine_tree_target *target, int64_t most_levels,
                               const uint32_t *row, int64_t n_rows, int max_bins,
                               mine_binned *out) {
  mine_bin_source *source;
  uint32_t *all = row ? NULL : mine__arena_array(arena, (size_t)n_rows, sizeof *all);
  int n;
  if (mine_failed(env)) return mine_env_status(env);
  for (int64_t i = 0; all && i < n_rows; i++)
    all[i] = (uint32_t)i;
  MINE_TRY(
      ordered_columns(env, arena, data, target, most_levels, row ? row : all, n_rows, &source, &n));
  return mine__bins_make(env, arena, data, source, n, max_bins, out);
}
