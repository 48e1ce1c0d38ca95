/*
** hdbscan_select.c -- from merges to clusters.
**
** Campello, Moulavi & Sander (2013), "Density-based clustering based on hierarchical density
** estimates", PAKDD.  All rows are a cluster.  Going down the merges, parts of fewer than
** min_cluster_size rows fall out of their cluster, at the distance w of the merge; where two parts
** or more are as large, the cluster ends and they are clusters.  With lambda = 1 / w a cluster is
** as stable as
**
**   the sum over its rows of  lambda(the row leaves) - lambda(the cluster appears),
**
** and the answer is the set of clusters, none in another, of the largest total stability (`eom`),
** or those that have none inside (`leaf`).  A row belongs to the chosen cluster that it was in
** last.
**
**   strength  lambda(the row leaves) / lambda(its cluster ends), at most 1
**   outlier   1 - lambda(the row leaves) / lambda(the last row leaves that was in its last
**             cluster): GLOSH (Campello, Moulavi, Zimek & Sander 2015, TKDD 10)
**
** cluster_selection_epsilon (Malzer & Baum 2020, MFI): a chosen cluster that appears at a smaller
** distance gives way to the smallest around it that appears at a larger one.
**
** Sums over a cluster run along its life, from its appearance to its end; those over the clusters
** inside are rounded once (core/exact.h).  So nothing depends on the order in which merges list
** their parts.
*/
#include <math.h>

#include "../core/exact.h"
#include "hdbscan_private.h"

#define SELECT_DENSEST 1e280

typedef struct select_cluster {
  double appears, ends; /* distances: appears > ends; all rows appear at infinity     */
  double stability;     /* its own                                                    */
  double best;          /* of the chosen clusters in it, itself perhaps               */
  double deepest;       /* where the last of its rows leaves it or a cluster in it    */
  uint32_t parent;      /* 0: of all rows, and of none                                */
  uint32_t first, next; /* a cluster in it; another in the same one; HDBSCAN_NONE: no */
  int32_t owner;        /* the chosen cluster around it, or itself; -1: none          */
  uint8_t chosen;
} select_cluster;

typedef struct select_state {
  const hdbscan_merges *merges;
  const hdbscan_options *options;
  select_cluster *cluster;
  int64_t n;       /* clusters                                  */
  uint32_t *top;   /* per cluster: the merge that it begins with */
  uint32_t *last;  /* per row: the cluster that it was in last  */
  double *leaves;  /* per row: the distance at which it left it */
  uint32_t *stack; /* things                                    */
} select_state;

/* ---- clusters ----------------------------------------------------------------------------- */

/* All rows of a thing leave the cluster. */
static void select_fall(select_state *s, uint32_t cluster, uint32_t thing, double at) {
  const hdbscan_merges *m = s->merges;
  int64_t waiting = 0;
  s->stack[waiting++] = thing;
  while (waiting > 0) {
    thing = s->stack[--waiting];
    if (thing < m->n) {
      s->last[thing] = cluster;
      s->leaves[thing] = at;
      continue;
    }
    for (uint32_t part = m->first[thing - m->n]; part != HDBSCAN_NONE; part = m->next[part])
      s->stack[waiting++] = part;
  }
}

static void select_begin(select_state *s, uint32_t parent, uint32_t thing, double at) {
  select_cluster *c = &s->cluster[s->n];
  *c = (select_cluster){.appears = at, .parent = parent, .first = HDBSCAN_NONE, .owner = -1};
  c->next = HDBSCAN_NONE;
  if (s->n > 0) {
    c->next = s->cluster[parent].first;
    s->cluster[parent].first = (uint32_t)s->n;
  }
  s->top[s->n++] = thing;
}

/* 1 / distance; equal rows are as dense as anything that can still be added up. */
static double select_lambda(double distance) {
  return fmin(1 / distance, SELECT_DENSEST);
}

static double select_gain(const select_cluster *c, uint32_t rows, double at) {
  return rows * (select_lambda(at) - select_lambda(c->appears));
}

/* Follow a cluster from the merge it begins with to its end. */
static void select_follow(select_state *s, uint32_t cluster) {
  const hdbscan_merges *m = s->merges;
  const uint32_t enough = (uint32_t)s->options->min_cluster_size;
  uint32_t thing = s->top[cluster];
  for (;;) {
    select_cluster *c = &s->cluster[cluster];
    const double at = m->at[thing - m->n];
    uint32_t large = HDBSCAN_NONE, parts = 0;
    for (uint32_t part = m->first[thing - m->n]; part != HDBSCAN_NONE; part = m->next[part]) {
      if (m->size[part] >= enough) {
        parts++;
        large = part;
      } else {
        select_fall(s, cluster, part, at);
      }
    }
    if (parts == 1) {
      /* The rows of all small parts fall out here, and the cluster goes on as the large one. */
      c->stability += select_gain(c, m->size[thing] - m->size[large], at);
      thing = large;
      continue;
    }
    /* It ends, in two clusters or more or in none: all rows that it still has leave it here. */
    c->stability += select_gain(c, m->size[thing], at);
    c->ends = c->deepest = at;
    for (uint32_t part = m->first[thing - m->n]; parts > 1 && part != HDBSCAN_NONE;
         part = m->next[part])
      if (m->size[part] >= enough) select_begin(s, cluster, part, at);
    return;
  }
}

/* ---- which of them ------------------------------------------------------------------------ */

/* The sum over the clusters in it, which have their best already; and how deep they go. */
static double select_inside(select_state *s, select_cluster *c) {
  mine__exact sum = {0};
  for (uint32_t i = c->first; i != HDBSCAN_NONE; i = s->cluster[i].next) {
    c->deepest = fmin(c->deepest, s->cluster[i].deepest);
    mine__exact_add(&sum, s->cluster[i].best, 1);
  }
  return mine__exact_value(&sum);
}

static void select_choose(select_state *s) {
  for (int64_t i = s->n - 1; i >= 0; i--) { /* clusters stand behind those that they are in */
    select_cluster *c = &s->cluster[i];
    const int whole = i == 0 && !s->options->allow_single_cluster;
    const double inside = select_inside(s, c);
    if (s->options->selection == HDBSCAN_LEAF)
      c->chosen = !whole && c->first == HDBSCAN_NONE;
    else
      c->chosen = !whole && !(c->first != HDBSCAN_NONE && inside > c->stability);
    c->best = c->chosen ? c->stability : inside;
  }
}

/* The smallest cluster around i that appears beyond epsilon, or below all rows. */
static uint32_t select_widen(const select_state *s, uint32_t i) {
  const double epsilon = s->options->cluster_selection_epsilon;
  while (i > 0) {
    const uint32_t parent = s->cluster[i].parent;
    if (parent == 0) return s->options->allow_single_cluster ? 0 : i;
    i = parent;
    if (s->cluster[i].appears > epsilon) break;
  }
  return i;
}

/* Whoever stands in a chosen cluster is its. */
static void select_own(select_state *s) {
  for (int64_t i = 0; i < s->n; i++) {
    select_cluster *c = &s->cluster[i];
    const int32_t above = i > 0 ? s->cluster[c->parent].owner : -1;
    c->owner = above >= 0 ? above : c->chosen ? (int32_t)i : -1;
  }
}

static void select_widen_all(select_state *s) {
  for (int64_t i = 1; i < s->n; i++)
    if (s->cluster[i].owner == (int32_t)i &&
        s->cluster[i].appears < s->options->cluster_selection_epsilon)
      s->cluster[select_widen(s, (uint32_t)i)].chosen = 1;
  select_own(s);
}

/* ---- rows --------------------------------------------------------------------------------- */

/* large / small of distances, as lambdas the other way round: 1 where the row is as dense. */
static double select_share(double ends, double leaves) {
  return leaves <= ends ? 1 : ends / leaves;
}

/* All rows as one cluster: those that are left when it divides, or within epsilon. */
static double select_edge(const select_state *s, const select_cluster *c) {
  if (c != s->cluster) return c->appears;
  const double epsilon = s->options->cluster_selection_epsilon;
  return epsilon > 0 ? epsilon : c->ends;
}

static void select_say_rows(const select_state *s, mine_labelled *body) {
  for (int64_t i = 0; i < body->n; i++) {
    const select_cluster *last = &s->cluster[s->last[i]];
    const int32_t owner = last->owner;
    const double leaves = s->leaves[i];
    body->label[i] = -1;
    body->reach[i] = -1;
    body->strength[i] = 0;
    body->outlier[i] = 1 - select_share(last->deepest, leaves);
    if (owner < 0) continue;
    const select_cluster *c = &s->cluster[owner];
    const double edge = select_edge(s, c);
    if (owner == 0 && leaves > edge) continue;
    body->label[i] = owner;
    body->reach[i] = edge;
    body->strength[i] = select_share(c->ends, leaves);
  }
}

/* Clusters without one inside are disjoint, so at most n / min_cluster_size; one that divides
** has two or more inside, so there are fewer than twice as many in all. */
void mine__hdbscan_select(mine_env *env, const hdbscan_merges *m, const hdbscan_options *o,
                          mine_labelled *body) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)m->n, most = 2 * n / (size_t)o->min_cluster_size + 2;
  select_state s = {.merges = m, .options = o};
  s.cluster = mine__arena_array(env->scratch, most, sizeof *s.cluster);
  s.top = mine__arena_array(env->scratch, most, sizeof *s.top);
  s.last = mine__arena_zeros(env->scratch, n, sizeof *s.last);
  s.leaves = mine__arena_array(env->scratch, n, sizeof *s.leaves);
  s.stack = mine__arena_array(env->scratch, 2 * n, sizeof *s.stack);
  if (mine_failed(env)) return;
  select_begin(&s, 0, (uint32_t)(m->things - 1), INFINITY);
  if (m->things == m->n) { /* one row */
    s.leaves[0] = INFINITY;
    s.cluster[0].ends = s.cluster[0].deepest = INFINITY;
  }
  for (int64_t i = 0; m->things > m->n && i < s.n; i++) {
    if (i % 4096 == 0 && mine__poll(env)) return;
    select_follow(&s, (uint32_t)i);
  }
  select_choose(&s);
  select_own(&s);
  if (o->cluster_selection_epsilon > 0) select_widen_all(&s);
  select_say_rows(&s, body);
  mine__arena_rewind(env->scratch, mark);
}
