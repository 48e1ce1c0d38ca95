/*
** concordance.c -- of pairs of rows of which one is known to have the event first, the share in
** which that one has the higher margin (Harrell et al. 1982; ties of margins count one half).
**
** By falling time: rows with a later end, or censored at the same time, stand in a tree of
** weights by rank of margin (Fenwick 1994) when a row with the event asks how many of them lie
** below it.
**
** With R = sum over pairs w_i w_j c_ij and P = sum over pairs w_i w_j, the concordance C is R / P,
** and a row moves it by w_i (r_i - C p_i) / P, where r_i and p_i are its own sums over w_j.  Those
** as the earlier row are as above; those as the later one come of the same walk by rising time,
** in which the rows with the event stand in the tree.
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

/* right_of, all_of: of each row r_i and p_i; NULL: not wanted. */
typedef struct concordance_pairs {
  double right, half, all;
  double *right_of, *all_of;
} concordance_pairs;

static void concordance_own(concordance_pairs *pairs, int64_t i, double right, double all) {
  if (!pairs->right_of) return;
  pairs->right_of[i] += right;
  pairs->all_of[i] += all;
}

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
      concordance_own(pairs, i, low + same / 2, t->all);
    }
    for (; at < event->hi; at++)
      if (c->dead[at]) concordance_put(t, rank[at], cox_weight(c, at));
  }
}

/* What the events so far, all of them before row i, are to it: those with a higher margin came
** first by right.  sign -1: it was not seen yet when they came. */
static void concordance_later(const concordance_tree *t, int64_t i, const uint32_t *rank,
                              double sign, concordance_pairs *pairs) {
  const double up_to = concordance_below(t, rank[i]), low = concordance_below(t, rank[i] - 1);
  concordance_own(pairs, i, sign * (t->all - up_to + (up_to - low) / 2), sign * t->all);
}

/* The same stratum by rising time: what each row is as the later of a pair. */
static void concordance_rising(mine_env *env, const cox_rows *c, int64_t s, const uint32_t *rank,
                               concordance_tree *t, concordance_pairs *pairs) {
  int64_t at = c->first[s + 1]; /* rows from here on have been asked */
  for (int64_t e = c->event_of[s + 1] - 1; e >= c->event_of[s]; e--) {
    const cox_event *event = &c->event[e];
    const int64_t later = e > c->event_of[s] ? c->event[e - 1].gone : c->first[s];
    if (e % 16384 == 0 && mine__poll(env)) return;
    while (at > event->hi)
      concordance_later(t, --at, rank, 1, pairs);
    for (int64_t i = event->lo; i < event->hi; i++)
      if (c->dead[i]) concordance_later(t, i, rank, 1, pairs);
    for (int64_t i = event->lo; i < event->hi; i++)
      if (c->dead[i]) concordance_put(t, rank[i], cox_weight(c, i));
    for (int64_t i = event->lo; i < event->hi; i++)
      if (!c->dead[i]) concordance_later(t, i, rank, 1, pairs);
    at = event->lo;
    for (int64_t k = later; c->removed && k < event->gone; k++)
      concordance_later(t, c->removed[k], rank, -1, pairs);
  }
  while (at > c->first[s])
    concordance_later(t, --at, rank, 1, pairs);
}

/* All strata, with the own sums of the rows where there is room for them. */
static void concordance_sums(mine_env *env, const cox_rows *c, const double *margin,
                             concordance_pairs *pairs) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)c->n;
  mine_pair *order = mine__arena_array(env->scratch, n, sizeof *order);
  mine_pair *temp = mine__arena_array(env->scratch, n, sizeof *temp);
  uint32_t *rank = mine__arena_array(env->scratch, n, sizeof *rank);
  if (mine_failed(env)) return;
  concordance_tree tree = {.n = mine__sort_reals(margin, NULL, c->n, order, temp)};
  for (size_t i = 0; i < n; i++)
    rank[order[i].row] = order[i].key + 1;
  tree.sum = mine__arena_zeros(env->scratch, (size_t)tree.n + 1, sizeof *tree.sum);
  for (int64_t s = 0; tree.sum && s < c->n_strata && !mine__poll(env); s++) {
    for (int rising = 0; rising <= (pairs->right_of != NULL); rising++) {
      tree.all = 0;
      (rising ? concordance_rising : concordance_stratum)(env, c, s, rank, &tree, pairs);
      for (int64_t i = c->first[s]; i < c->first[s + 1]; i++)
        concordance_clear(&tree, rank[i]);
    }
  }
  mine__arena_rewind(env->scratch, mark);
}

double mine__cox_concordance(mine_env *env, const cox_rows *c, const double *margin,
                             double *variance) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)c->n;
  concordance_pairs pairs = {0};
  double sum = 0;
  if (variance) {
    pairs.right_of = mine__arena_zeros(env->scratch, n, sizeof(double));
    pairs.all_of = mine__arena_zeros(env->scratch, n, sizeof(double));
    *variance = NAN;
    if (mine_failed(env)) return NAN;
  }
  concordance_sums(env, c, margin, &pairs);
  const double share = pairs.all > 0 ? (pairs.right + pairs.half / 2) / pairs.all : NAN;
  for (int64_t i = 0; variance && i < c->n; i++) {
    const double own = pairs.right_of[i] - share * pairs.all_of[i];
    const double moves = cox_weight(c, i) * own / pairs.all;
    sum += moves * moves;
  }
  if (variance && pairs.all > 0) *variance = sum;
  mine__arena_rewind(env->scratch, mark);
  return share;
}
