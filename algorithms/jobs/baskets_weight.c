/*
** baskets_weight.c -- baskets that count more or less than one.
*/
#include <math.h>

#include "baskets.h"

double *mine__baskets_weights(mine_env *env, mine_arena *arena, const mine__baskets_rows *rows,
                              int64_t baskets) {
  double *of = mine__arena_array(arena, (size_t)rows->n_baskets, sizeof *of);
  double *weight = mine__arena_array(arena, (size_t)baskets, sizeof *weight);
  if (!of || !weight) return NULL;
  for (int64_t b = 0; b < rows->n_baskets; b++)
    of[b] = NAN;
  for (int64_t i = 0; i < rows->n; i++)
    if (rows->basket[i] >= 0 && rows->item[i] >= 0) of[rows->basket[i]] = rows->weight[i];
  int64_t n = 0;
  double most = 0;
  for (int64_t b = 0; b < rows->n_baskets && n < baskets; b++) {
    if (isnan(of[b])) continue;
    if (of[b] > most) most = of[b];
    weight[n++] = of[b];
  }
  if (most > 0) return weight;
  (void)mine__fail(env, MINE_DATA, "the weight of every basket is 0; a share of nothing is none");
  return NULL;
}

void mine__baskets_check_weights(mine_job *job, const mine__baskets_rows *rows) {
  double *of = mine__arena_array(job->arena, (size_t)rows->n_baskets, sizeof *of);
  if (!of) return;
  for (int64_t b = 0; b < rows->n_baskets; b++)
    of[b] = NAN;
  for (int64_t i = 0; i < rows->n; i++) {
    const int32_t b = rows->basket[i];
    if (b < 0 || isnan(rows->weight[i])) continue;
    if (isnan(of[b])) of[b] = rows->weight[i];
    if (of[b] == rows->weight[i]) continue;
    char shown[MINE_SHOW_BYTES], first[MINE_NUMBER_BYTES], second[MINE_NUMBER_BYTES];
    mine_cell basket;
    mine__values_get(&mine__job_event(job, MINE_BASKETS_BASKET)->levels, b, &basket);
    (void)mine__fail(job->env, MINE_DATA,
                     "basket %s has the weights %s and %s (row %lld); a basket has one: select "
                     "max(...) OVER (PARTITION BY the basket), or what adds up to it",
                     mine__show_cell(shown, &basket), mine__format_real(first, of[b], 0),
                     mine__format_real(second, rows->weight[i], 0), (long long)(i + 1));
    return;
  }
}
