/*
** quality.c -- one customer after the other (quality.h).
*/
#include "quality.h"

#include <math.h>

enum { QUALITY_BEFORE = 1, QUALITY_LATER = 2 };

int mine__quality_open(mine_env *env, mine_arena *arena, int64_t k, int64_t n_items,
                       int64_t n_customers, const int64_t *taken, mine_quality_sum *out) {
  *out = (mine_quality_sum){
      .sum = {.k = k}, .n_items = n_items, .n_customers = n_customers, .taken = taken};
  out->mark = mine__arena_zeros(arena, (size_t)n_items, 1);
  out->offered = mine__arena_zeros(arena, (size_t)n_items, 1);
  return !mine_failed(env);
}

static double quality_gain(int64_t rank) {
  return 1 / log2((double)rank + 1);
}

typedef struct quality_hits {
  int64_t n, repeats;
  double gain, precisions;
} quality_hits;

static quality_hits quality_count(mine_quality_sum *to, int64_t n, const int32_t *offer) {
  quality_hits hits = {0, 0, 0, 0};
  for (int64_t r = 0; r < n; r++) {
    const int32_t item = offer[r];
    to->offered[item] = 1;
    to->offers++;
    if (to->taken[item] > 0)
      to->sum.novelty -= log2((double)to->taken[item] / (double)to->n_customers);
    else
      to->sum.novelty += log2((double)to->n_customers); /* no less known than of one */
    if (!(to->mark[item] & QUALITY_LATER)) continue;
    hits.n++;
    hits.repeats += (to->mark[item] & QUALITY_BEFORE) != 0;
    hits.gain += quality_gain(r + 1);
    hits.precisions += (double)hits.n / (double)(r + 1);
  }
  return hits;
}

void mine__quality_add(mine_quality_sum *to, int64_t n_offers, const int32_t *offer,
                       int64_t n_before, const int32_t *before, int64_t n_later,
                       const int32_t *later, int64_t unknown) {
  mine_quality *sum = &to->sum;
  const int64_t all = n_later + unknown, best = all < sum->k ? all : sum->k;
  int64_t repeats = 0;
  double ideal = 0;
  if (all == 0) return;
  for (int64_t i = 0; i < n_before; i++)
    to->mark[before[i]] |= QUALITY_BEFORE;
  for (int64_t i = 0; i < n_later; i++) {
    repeats += to->mark[later[i]] == QUALITY_BEFORE;
    to->mark[later[i]] |= QUALITY_LATER;
  }
  const quality_hits hits = quality_count(to, n_offers < sum->k ? n_offers : sum->k, offer);
  for (int64_t r = 1; r <= best; r++)
    ideal += quality_gain(r);
  sum->customers++;
  sum->precision += (double)hits.n / (double)sum->k;
  sum->recall += (double)hits.n / (double)all;
  sum->hit += hits.n > 0;
  sum->ndcg += hits.gain / ideal;
  sum->map += hits.precisions / (double)best;
  sum->repeat_share += (double)repeats / (double)all;
  sum->with_repeats += repeats > 0;
  sum->with_new += all > repeats;
  if (repeats > 0) sum->repeat_recall += (double)hits.repeats / (double)repeats;
  if (all > repeats) sum->new_recall += (double)(hits.n - hits.repeats) / (double)(all - repeats);
  for (int64_t i = 0; i < n_before; i++)
    to->mark[before[i]] = 0;
  for (int64_t i = 0; i < n_later; i++)
    to->mark[later[i]] = 0;
}

static double quality_mean(double sum, int64_t n) {
  return n > 0 ? sum / (double)n : (double)NAN;
}

mine_quality mine__quality_of(const mine_quality_sum *of) {
  mine_quality q = of->sum;
  const int64_t n = q.customers;
  int64_t offered = 0;
  for (int64_t i = 0; i < of->n_items; i++)
    offered += of->offered[i];
  q.precision = quality_mean(q.precision, n);
  q.recall = quality_mean(q.recall, n);
  q.ndcg = quality_mean(q.ndcg, n);
  q.map = quality_mean(q.map, n);
  q.hit = quality_mean(q.hit, n);
  q.repeat_share = quality_mean(q.repeat_share, n);
  q.repeat_recall = quality_mean(q.repeat_recall, q.with_repeats);
  q.new_recall = quality_mean(q.new_recall, q.with_new);
  q.coverage = n > 0 ? quality_mean((double)offered, of->n_items) : (double)NAN;
  q.novelty = quality_mean(q.novelty, of->offers);
  return q;
}
