/*
** hdbscan_span.c -- a minimum spanning tree of the rows under the mutual reachability distance
**
**   d(a, b) = max(core(a), core(b), |a - b|),
**
** by Boruvka's rounds (McInnes & Healy 2017, "Accelerated hierarchical density based clustering",
** ICDM workshops): every component takes its shortest edge to another until there is one.
**
** A place knows a lower bound of the distance to any place of another component, which only grows,
** and, when it has found one, the nearest.  In a round every place looks at its list of nearest
** others first (hdbscan_near.c).  Those whose bound is below the best edge of their component so
** far then search the tree, a leaf at a time (kernel/kdtree_tour.c), for a shorter one.  A
** node knows the least core distance in it, and the least of those that are not of the component
** that reigns there: where clusters have become components, what is left among their rows are
** sparse ones, whose core distances are too large for them.  The best edge so far
** is shared by all threads: it decides how much is searched and, of several edges of one length,
** which is found, never how long the shortest is.
**
** Of edges of one length any may be taken: an edge that closes a circle with those taken
** before in the round is left out, and what remains is a minimum spanning tree all the same: along
** the path that they make, lengths only grow away from a component that has not yet been joined.
*/
#include <math.h>
#include <string.h>

#include "../core/bits.h"
#include "hdbscan_private.h"

#define SPAN_PLACES 2048 /* of a task */
#define SPAN_LEAVES 8

typedef _Atomic uint64_t
    span_length; /* the bits of a number that is not negative order as it does */

typedef struct span_leaf span_leaf;

typedef struct span_tree {
  const mine__kdtree *tree;
  const hdbscan_near *near;
  mine__kdtree_index index;
  mine__component *up;
  uint32_t *of;      /* per place: its component in this round                         */
  double *bound;     /* per place: no place of another component is nearer             */
  double *length;    /* per place: of the shortest edge it knows; INFINITY: none       */
  uint32_t *to;      /* ... and where it ends                                          */
  uint32_t *reigns;  /* per node: a component                                          */
  double *least;     /* per node: the least core distance                              */
  double *other;     /* per node: of places not of the component that reigns; INFINITY: none */
  span_length *best; /* per component (its root): the shortest edge so far             */
  uint32_t *by;      /* per component: the place that knows it                         */
  span_leaf *leaf;   /* per worker                                                     */
} span_tree;

static double span_larger(double a, double b) {
  return a > b ? a : b;
}

static double span_best(const span_tree *s, uint32_t component) {
  return mine__bits_to_real(atomic_load_explicit(&s->best[component], memory_order_relaxed));
}

static void span_offer(span_tree *s, uint32_t component, double length) {
  const uint64_t bits = mine__bits_of_real(length);
  uint64_t old = atomic_load_explicit(&s->best[component], memory_order_relaxed);
  while (bits < old &&
         !atomic_compare_exchange_weak_explicit(&s->best[component], &old, bits,
                                                memory_order_relaxed, memory_order_relaxed)) {
  }
}

/* ---- by the lists --------------------------------------------------------------------------- */

/* The shortest edge among the nearest others.  What is not listed is at least as far as the last,
** unless all others are listed. */
static void span_list(span_tree *s, uint32_t place) {
  const hdbscan_near *near = s->near;
  const int64_t m = near->m;
  const double *distance = near->distance + place * m, core = near->core[place];
  const uint32_t *other = near->place + place * m, own = s->of[place];
  double shortest = INFINITY;
  for (int64_t j = 0; j < m && (distance[j] < shortest); j++) {
    const uint32_t q = other[j];
    if (s->of[q] == own) continue;
    const double length = span_larger(span_larger(core, near->core[q]), distance[j]);
    if (length >= shortest) continue;
    shortest = length;
    s->to[place] = q;
    if (length <= core) break;
  }
  s->length[place] = shortest;
  const double beyond = m == s->tree->n - 1 ? INFINITY
                        : m > 0             ? span_larger(core, distance[m - 1])
                                            : core;
  s->bound[place] = span_larger(s->bound[place], shortest < beyond ? shortest : beyond);
}

static void span_list_task(void *context, int64_t task, int worker) {
  span_tree *s = context;
  const int64_t n = s->tree->n, first = task * SPAN_PLACES;
  const int64_t end = first + SPAN_PLACES < n ? first + SPAN_PLACES : n;
  for (int64_t i = first; i < end; i++) {
    const uint32_t place = (uint32_t)i;
    /* An edge that is known to be the shortest stays it until its end joins the component. */
    if (!(s->length[i] < INFINITY) || s->of[s->to[i]] == s->of[i] || s->length[i] > s->bound[i])
      span_list(s, place);
    if (s->length[i] < INFINITY) span_offer(s, s->of[i], s->length[i]);
  }
  (void)worker;
}

/* ---- by the tree -------------------------------------------------------------------------- */

/* A leaf whose rows look for edges: its limits are squared, and of those that look only. */
struct span_leaf {
  span_tree *s;
  mine__kdtree_asker ask;
  uint32_t rows, one; /* the component of these rows; HDBSCAN_NONE: several */
};

static uint32_t span_of(const span_leaf *a, int q) {
  return a->s->of[a->ask.own.place + q];
}

/* Row q looks at some rows of a leaf. */
static void span_look(span_leaf *a, int q, const mine__kdtree_rows *other, uint32_t may) {
  span_tree *s = a->s;
  const int64_t place = a->ask.own.place + q;
  const uint32_t own = s->of[place], *of = s->of + other->place;
  const double core = s->near->core[place], *cores = s->near->core + other->place;
  double limit = a->ask.limit[q], distance[MINE__KDTREE_LEAF];
  for (uint32_t left = may; left;) { /* mostly its own component's */
    const int i = mine__kdtree_next(&left);
    if (of[i] == own || cores[i] >= limit) may &= ~(UINT32_C(1) << i);
  }
  if (!may) return;
  may = mine__kdtree_measure(&a->ask, q, other, may, limit, distance);
  while (may) {
    const int i = mine__kdtree_next(&may);
    const double length = span_larger(span_larger(core, cores[i]), distance[i]);
    if (length >= limit) continue;
    limit = length;
    s->length[place] = length;
    s->to[place] = (uint32_t)other->place + (uint32_t)i;
  }
  if (limit < a->ask.limit[q]) span_offer(s, own, limit);
  a->ask.limit[q] = limit;
}

/* The least core distance in a node of places of other components, or less. */
static double span_least(const span_tree *s, int64_t node, uint32_t component) {
  return s->reigns[node] == component ? s->other[node] : s->least[node];
}

/* Those of some rows that may have a shorter edge to a node, now that their components may know
** shorter ones than when they began. */
static uint32_t span_doubt(span_leaf *a, int64_t node, uint32_t rows) {
  const span_tree *s = a->s;
  for (uint32_t left = rows; left;) {
    const int q = mine__kdtree_next(&left);
    const double best = span_best(s, span_of(a, q));
    if (best < a->ask.limit[q]) a->ask.limit[q] = best;
    if (!(span_least(s, node, span_of(a, q)) < a->ask.limit[q])) rows &= ~(UINT32_C(1) << q);
  }
  return rows;
}

static void span_meet(void *context, int64_t leaf, const mine__kdtree_rows *other, uint32_t near) {
  span_leaf *a = context;
  const mine__kdtree *tree = a->s->tree;
  uint32_t may[MINE__KDTREE_LEAF];
  near = span_doubt(a, mine__kdtree_leaves(tree) + leaf, near);
  if (near) mine__kdtree_sift(&a->ask, leaf, other, near, may);
  while (near) {
    const int q = mine__kdtree_next(&near);
    if (may[q]) span_look(a, q, other, may[q]);
  }
}

/* The component of the rows that ask together. */
static uint32_t span_one(span_leaf *a) {
  if (a->rows == a->ask.rows) return a->one;
  uint32_t left = a->rows = a->ask.rows;
  a->one = span_of(a, mine__kdtree_next(&left));
  while (left)
    if (span_of(a, mine__kdtree_next(&left)) != a->one) {
      a->one = HDBSCAN_NONE;
      break;
    }
  return a->one;
}

static int span_passes(void *context, int64_t node, double apart) {
  span_leaf *a = context;
  return !(span_larger(apart, span_least(a->s, node, span_one(a))) < a->ask.widest);
}

/* Which rows of a leaf look: those that may know a shorter edge than their component does. */
static int span_open(span_leaf *a, int64_t leaf) {
  const span_tree *s = a->s;
  const mine__kdtree_rows own = mine__kdtree_leaf(s->tree, leaf);
  int looking = 0;
  for (int q = 0; q < own.n; q++) {
    const int64_t place = own.place + q;
    const double best = span_best(s, s->of[place]);
    const double limit = s->length[place] < best ? s->length[place] : best;
    const int looks = s->bound[place] < limit;
    a->ask.limit[q] = looks ? limit : -1;
    looking |= looks;
  }
  a->rows = 0;
  if (looking) mine__kdtree_ask(&a->ask, leaf);
  return looking;
}

static void span_search_task(void *context, int64_t task, int worker) {
  span_tree *s = context;
  span_leaf *a = &s->leaf[worker];
  const mine__kdtree_guide guide = {.passes = span_passes, .meet = span_meet, .context = a};
  const int64_t first = task * SPAN_LEAVES, end = first + SPAN_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < mine__kdtree_leaves(s->tree); leaf++) {
    if (!span_open(a, leaf)) continue;
    mine__kdtree_tour(&a->ask, &guide);
    for (int q = 0; q < a->ask.own.n; q++) { /* nothing of another component is nearer than that */
      double *bound = &s->bound[a->ask.own.place + q];
      if (a->ask.limit[q] > *bound) *bound = a->ask.limit[q];
    }
  }
}

/* ---- a round ------------------------------------------------------------------------------ */

static void span_of_task(void *context, int64_t task, int worker) {
  span_tree *s = context;
  const int64_t n = s->tree->n, first = task * SPAN_PLACES;
  for (int64_t i = first; i < first + SPAN_PLACES && i < n; i++)
    s->of[i] = mine__component_of(s->up, (uint32_t)i);
  (void)worker;
}

/* The component of the place with the least core distance reigns. */
static void span_leaf_cores(span_tree *s, int64_t leaf) {
  const mine__kdtree *tree = s->tree;
  const mine__kdtree_rows rows = mine__kdtree_leaf(tree, leaf);
  const int64_t node = mine__kdtree_leaves(tree) + leaf;
  const double *core = s->near->core + rows.place;
  const uint32_t *of = s->of + rows.place;
  int first = 0;
  for (int i = 1; i < rows.n; i++)
    if (core[i] < core[first]) first = i;
  s->reigns[node] = of[first];
  s->least[node] = core[first];
  s->other[node] = INFINITY;
  for (int i = 0; i < rows.n; i++)
    if (of[i] != of[first] && core[i] < s->other[node]) s->other[node] = core[i];
}

/* Of two that reign in halves that one beside which the others are sparser. */
static void span_nodes(span_tree *s) {
  const int64_t leaves = mine__kdtree_leaves(s->tree);
  for (int64_t leaf = 0; leaf < leaves; leaf++)
    span_leaf_cores(s, leaf);
  for (int64_t node = leaves - 1; node > 0; node--) {
    const int64_t left = 2 * node, right = left + 1;
    const uint32_t a = s->reigns[left], b = s->reigns[right];
    const double by_a = fmin(s->other[left], span_least(s, right, a));
    const double by_b = fmin(s->other[right], span_least(s, left, b));
    s->least[node] = fmin(s->least[left], s->least[right]);
    s->reigns[node] = by_a >= by_b ? a : b;
    s->other[node] = by_a >= by_b ? by_a : by_b;
  }
}

/* Join each component with the one at the end of its shortest edge: how many edges there are then.
** Where distances are infinite nothing is shorter than anything. */
static int64_t span_join(span_tree *s, hdbscan_edge *edge, int64_t edges) {
  const int64_t n = s->tree->n;
  for (int64_t i = 0; i < n; i++)
    if (s->of[i] == (uint32_t)i) s->by[i] = HDBSCAN_NONE;
  for (int64_t i = 0; i < n; i++) {
    const uint32_t own = s->of[i];
    if (s->by[own] == HDBSCAN_NONE && s->length[i] < INFINITY && s->length[i] == span_best(s, own))
      s->by[own] = (uint32_t)i;
  }
  for (int64_t i = 0; i < n; i++) {
    if (s->of[i] != (uint32_t)i) continue;
    const uint32_t by = s->by[i], to = by == HDBSCAN_NONE ? 0 : s->to[by];
    const uint32_t from = by == HDBSCAN_NONE ? (uint32_t)i : by;
    if (!mine__components_join(s->up, from, to)) continue;
    edge[edges++] = (hdbscan_edge){by == HDBSCAN_NONE ? (double)INFINITY : s->length[by], from, to};
  }
  return edges;
}

static void span_round(mine_env *env, span_tree *s, int first) {
  const int64_t n = s->tree->n, tasks = MINE_BLOCKS(n, SPAN_PLACES);
  if (mine__parallel(env, tasks, span_of_task, s)) return;
  span_nodes(s);
  for (int64_t i = 0; i < n; i++)
    if (first || s->of[i] == (uint32_t)i)
      atomic_store_explicit(&s->best[i], mine__bits_of_real(INFINITY), memory_order_relaxed);
  if (mine__parallel(env, tasks, span_list_task, s)) return;
  (void)!mine__parallel(env, MINE_BLOCKS(mine__kdtree_leaves(s->tree), SPAN_LEAVES),
                        span_search_task, s);
}

static void span_room(mine_env *env, const mine__kdtree *tree, span_tree *s) {
  const size_t n = (size_t)tree->n, nodes = 2 * (size_t)mine__kdtree_leaves(tree);
  mine_arena *scratch = env->scratch;
  mine__kdtree_index_build(env, scratch, tree, &s->index);
  s->up = mine__arena_array(scratch, n, sizeof *s->up);
  s->of = mine__arena_array(scratch, n, sizeof *s->of);
  s->bound = mine__arena_zeros(scratch, n, sizeof *s->bound);
  s->length = mine__arena_array(scratch, n, sizeof *s->length);
  s->to = mine__arena_zeros(scratch, n, sizeof *s->to);
  s->best = mine__arena_array(scratch, n, sizeof *s->best);
  s->by = mine__arena_array(scratch, n, sizeof *s->by);
  s->reigns = mine__arena_array(scratch, nodes, sizeof *s->reigns);
  s->least = mine__arena_array(scratch, nodes, sizeof *s->least);
  s->other = mine__arena_array(scratch, nodes, sizeof *s->other);
  s->leaf = mine__arena_zeros(scratch, (size_t)env->threads, sizeof *s->leaf);
  for (int w = 0; !mine_failed(env) && w < env->threads; w++) {
    s->leaf[w].s = s;
    mine__kdtree_asker_open(scratch, &s->index, &s->leaf[w].ask);
  }
}

hdbscan_edge *mine__hdbscan_span(mine_env *env, const mine__kdtree *tree,
                                 const hdbscan_near *near) {
  const int64_t n = tree->n;
  hdbscan_edge *edge = mine__arena_array(env->scratch, (size_t)n, sizeof *edge);
  const mine_mark mark = mine__arena_mark(env->scratch);
  span_tree s = {.tree = tree, .near = near};
  span_room(env, tree, &s);
  if (mine_failed(env)) return NULL;
  mine__components_open(s.up, n);
  for (int64_t i = 0; i < n; i++)
    s.length[i] = INFINITY;
  for (int64_t edges = 0; edges < n - 1 && !mine_failed(env);) {
    span_round(env, &s, edges == 0);
    if (!mine_failed(env)) edges = span_join(&s, edge, edges);
    if (mine__poll_progress(env, "joining rows", (double)edges / (double)n)) break;
  }
  mine__arena_rewind(env->scratch, mark);
  return mine_failed(env) ? NULL : edge;
}
