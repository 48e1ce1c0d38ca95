/*
** concordance.c -- of pairs of rows of which one is known to have the event first, the share in
** which that one has the higher margin (Harrell et al. 1982; ties of margins count one half).
**
** By falling time: rows with a later end, or censored at the same time, stand in a tree of
** weights by rank of margin (Fenwick 1994) when a row with the event asks how many of them lie
** below it.
*/
#include <math.h>

#include "../core/radix.h"
#include "cox.h"

typedef struct concordance_tree {
  double *sum; /* of weights, by rank from 1 */
  int64_t n;
  double all;
} concordance_tree;

static void concordance_put(concordance_tree *t, int64_t rank, double w) {
  t->all += w;
  for (; rank <= t->n; rank += rank & -rank)
    t->sum[rank] += w;
}

static void concordance_clear(concordance_tree *t, int64_t rank) {
  for (; rank <= t->n; rank += rank & -rank)
    t->sum[rank] = 0;
}

/* The weight of ranks up to this one. */
static double concordance_below(const concordance_tree *t, int64_t rank) {
  double sum = 0;
  for (; rank > 0; rank -= rank & -rank)
    sum += t->sum[rank];
  return sum;
}

typedef struct concordance_pairs {
  double right, half, all;
} concordance_pairs;

static void concordance_stratum(mine_env *env, const cox_rows *c, int64_t s, const uint32_t *rank,
                                concordance_tree *t, concordance_pairs *pairs) {
  int64_t gone = c->first[s], at = c->first[s], put = at;
  for (int64_t e = c->event_of[s]; e < c->event_of[s + 1]; e++) {
    const cox_event *event = &c->event[e];
    if (e % 16384 == 0 && mine__poll(env)) return;
    for (; at < event->lo; at++)
      concordance_put(t, rank[at], cox_weight(c, at));
    for (put = event->lo; put < event->hi; put++)
      if (!c->dead[put]) concordance_put(t, rank[put], cox_weight(c, put));
    for (; c->removed && gone < event->gone; gone++)
      concordance_put(t, rank[c->removed[gone]], -cox_weight(c, c->removed[gone]));
    for (int64_t i = event->lo; i < event->hi; i++) {
      if (!c->dead[i]) continue;
      const double w = cox_weight(c, i), low = concordance_below(t, rank[i] - 1);
      const double same = concordance_below(t, rank[i]) - low;
      pairs->right += w * low;
      pairs->half += w * same;
      pairs->all += w * t->all;
    }
    for (; at < event->hi; at++)
      if (c->dead[at]) concordance_put(t, rank[at], cox_weight(c, at));
  }
}

double mine__cox_concordance(mine_env *env, const cox_rows *c, const double *margin) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)c->n;
  mine_pair *order = mine__arena_array(env->scratch, n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, n, sizeof *temp);
  uint32_t *rank = mine__arena_array(env->scratch, n, sizeof *rank);
  concordance_pairs pairs = {0, 0, 0};
  if (mine_failed(env)) return NAN;
  concordance_tree tree = {.n = mine__sort_reals(margin, NULL, c->n, order, temp)};
  for (size_t i = 0; i < n; i++)
    rank[order[i].row] = order[i].key + 1;
  tree.sum = mine__arena_zeros(env->scratch, (size_t)tree.n + 1, sizeof *tree.sum);
  for (int64_t s = 0; tree.sum && s < c->n_strata && !mine__poll(env); s++) {
    tree.all = 0;
    concordance_stratum(env, c, s, rank, &tree, &pairs);
    for (int64_t i = c->first[s]; i < c->first[s + 1]; i++)
      concordance_clear(&tree, rank[i]);
  }
  mine__arena_rewind(env->scratch, mark);
  return pairs.all > 0 ? (pairs.right + pairs.half / 2) / pairs.all : NAN;
}
