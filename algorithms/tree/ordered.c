/*
** ordered.c -- the sums of each level, in an order of rows by chance.
*/
#include "ordered.h"

#include <string.h>

#include "../core/random.h"

#define ORDERED_STREAM 3

typedef struct ordered_sums {
  double sum, weight;
} ordered_sums;

/* Rows in an order by chance (Fisher & Yates; Durstenfeld 1964, algorithm 235). */
static void ordered_shuffle(mine_env *env, uint32_t *order, int64_t n, uint64_t seed,
                            uint64_t number) {
  mine_random random;
  mine__random_open(&random, seed, ORDERED_STREAM, number);
  for (int64_t i = n; i-- > 1;) {
    if (MINE_POLL_AT(env, i)) return;
    const int64_t j = (int64_t)mine__random_below(&random, (uint64_t)i + 1);
    const uint32_t moved = order[i];
    order[i] = order[j];
    order[j] = moved;
  }
}

mine_status mine__ordered_statistic(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                    int feature, const double *y, const float *weight,
                                    const uint32_t *row, int64_t n_rows, double strength,
                                    uint64_t number, mine_bin_source *out) {
  const int64_t n = data->rows.n, levels = data->about[feature].levels.values.n;
  const int32_t *code = data->rows.feature[feature].code;
  double *statistic = mine__arena_array(arena, (size_t)n, sizeof *statistic);
  double *of_level = mine__arena_array(arena, (size_t)levels + 1, sizeof *of_level);
  const mine_mark mark = mine__arena_mark(env->scratch);
  ordered_sums *sums = mine__arena_zeros(env->scratch, (size_t)levels + 1, sizeof *sums);
  uint32_t *order = mine__arena_array(env->scratch, (size_t)n_rows, sizeof *order);
  if (mine_failed(env)) return mine_env_status(env);
  double all = 0, total = 0;
  for (int64_t k = 0; k < n_rows; k++) {
    const double w = weight ? (double)weight[row[k]] : 1;
    order[k] = row[k];
    all += w * y[row[k]];
    total += w;
  }
  const double mean = total > 0 ? all / total : 0;
  ordered_shuffle(env, order, n_rows, data->seed, number);
  for (int64_t k = 0; k < n_rows && !MINE_POLL_AT(env, k); k++) {
    const uint32_t i = order[k];
    const int32_t level = code[mine_batch_row(&data->rows, i)];
    ordered_sums *s = &sums[level < 0 ? levels : level];
    const double w = weight ? (double)weight[i] : 1;
    statistic[i] = (s->sum + strength * mean) / (s->weight + strength);
    s->sum += w * y[i];
    s->weight += w;
  }
  for (int64_t level = 0; level <= levels; level++)
    of_level[level] = (sums[level].sum + strength * mean) / (sums[level].weight + strength);
  int64_t next = 0;
  for (int64_t i = 0; i < n; i++) {
    if (next < n_rows && row[next] == (uint32_t)i) {
      next++;
      continue;
    }
    const int32_t level = code[mine_batch_row(&data->rows, i)];
    statistic[i] = of_level[level < 0 ? levels : level];
  }
  *out = (mine_bin_source){feature, statistic, of_level, of_level[levels]};
  mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}
