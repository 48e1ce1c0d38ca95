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
** far then search the tree, a leaf at a time as in kernel/kdtree_search.c, for a shorter one; nodes
** that are of one component altogether are passed by where that is their own.  The best edge so far
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

typedef struct span_tree {
  const mine__kdtree *tree;
  const hdbscan_near *near;
  mine__component *up;
  uint32_t *of;      /* per place: its component in this round                         */
  double *bound;     /* per place: no place of another component is nearer             */
  double *length;    /* per place: of the shortest edge it knows; INFINITY: none       */
  uint32_t *to;      /* ... and where it ends                                          */
  uint32_t *all;     /* per node: the component of all its places; HDBSCAN_NONE: several */
  double *least;     /* per node: the least core distance                              */
  span_length *best; /* per component (its root): the shortest edge so far             */
  uint32_t *by;      /* per component: the place that knows it                         */
  double *point;     /* per worker: the rows of a leaf                                 */
} span_tree;

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

/* ---- by the lists -----------------------------------------------------------------------------
 */

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
    const double length = fmax(fmax(core, near->core[q]), distance[j]);
    if (length >= shortest) continue;
    shortest = length;
    s->to[place] = q;
    if (length <= core) break;
  }
  s->length[place] = shortest;
  const double beyond = m == s->tree->n - 1 ? INFINITY : m > 0 ? fmax(core, distance[m - 1]) : core;
  s->bound[place] = fmax(s->bound[place], fmin(shortest, beyond));
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

/* A leaf whose rows look for edges. */
typedef struct span_leaf {
  span_tree *s;
  const mine__kernels *kernels;
  const double *box, *point;
  int64_t first, end; /* panels                 */
  uint32_t place;     /* of the first row       */
  int n;
  uint32_t one;                    /* the component of all that look; HDBSCAN_NONE: several */
  double widest;                   /* the largest limit                                     */
  double limit[MINE__KDTREE_LEAF]; /* only a shorter edge matters; -1: it does not look     */
} span_leaf;

static void span_limits(span_leaf *a) {
  a->widest = -1;
  for (int q = 0; q < a->n; q++)
    if (a->limit[q] > a->widest) a->widest = a->limit[q];
}

/* Row q looks at a leaf's panels. */
static void span_look(span_leaf *a, int q, int64_t first, int64_t end) {
  span_tree *s = a->s;
  const mine__kdtree *tree = s->tree;
  const uint32_t place = a->place + (uint32_t)q, own = s->of[place];
  const double core = s->near->core[place];
  double limit = a->limit[q];
  for (int64_t p = first; p < end; p++) {
    double distance[MINE_LANES];
    a->kernels->distance_panel(mine__kdtree_panel(tree, p), tree->width,
                               a->point + (int64_t)q * tree->width, 1, distance);
    const int lanes = mine__kdtree_lanes(tree, p);
    const uint32_t from = (uint32_t)(p * MINE_LANES);
    for (int l = 0; l < lanes; l++) {
      if (distance[l] >= limit || s->of[from + (uint32_t)l] == own) continue;
      const double length = fmax(fmax(core, s->near->core[from + (uint32_t)l]), distance[l]);
      if (length >= limit) continue;
      limit = length;
      s->length[place] = length;
      s->to[place] = from + (uint32_t)l;
    }
  }
  if (limit < a->limit[q]) span_offer(s, own, limit);
  a->limit[q] = limit;
}

static void span_meet(span_leaf *a, int64_t leaf) {
  span_tree *s = a->s;
  const mine__kdtree *tree = s->tree;
  const int64_t node = mine__kdtree_leaves(tree) + leaf;
  const int64_t first = mine__kdtree_first(tree, leaf), end = mine__kdtree_first(tree, leaf + 1);
  const double *box = mine__kdtree_box(tree, node), least = s->least[node];
  for (int64_t p = a->first; p < a->end; p++) {
    double away[MINE_LANES];
    a->kernels->box_panel(mine__kdtree_panel(tree, p), tree->width, box, away);
    for (int l = 0; l < MINE_LANES; l++) {
      const int q = (int)(p - a->first) * MINE_LANES + l;
      if (q >= a->n || !(fmax(away[l], least) < a->limit[q])) continue;
      if (s->all[node] == s->of[a->place + (uint32_t)q]) continue;
      a->limit[q] = fmin(a->limit[q], span_best(s, s->of[a->place + (uint32_t)q]));
      if (fmax(away[l], least) < a->limit[q]) span_look(a, q, first, end);
    }
  }
  span_limits(a);
}

static int span_passes(const span_leaf *a, int64_t node, double apart) {
  return !(fmax(apart, a->s->least[node]) < a->widest) ||
         (a->one != HDBSCAN_NONE && a->s->all[node] == a->one);
}

static void span_search(span_leaf *a, int64_t leaf) {
  const span_tree *s = a->s;
  const mine__kdtree *tree = s->tree;
  const int64_t leaves = mine__kdtree_leaves(tree);
  mine__kdtree_stack stack = {.n = 0};
  if (s->all[leaves + leaf] == HDBSCAN_NONE) span_meet(a, leaf);
  for (int64_t at = leaves + leaf; at > 1 && a->widest >= 0; at /= 2) {
    const int64_t sibling = at ^ 1;
    mine__kdtree_push(&stack, sibling,
                      mine__kdtree_apart(mine__kdtree_box(tree, sibling), a->box, tree->width));
    while (stack.n > 0) {
      const int64_t node = stack.at[--stack.n].node;
      if (span_passes(a, node, stack.at[stack.n].apart)) continue;
      if (node >= leaves) {
        span_meet(a, node - leaves);
        continue;
      }
      const double *left = mine__kdtree_box(tree, 2 * node), *right = left + 2 * tree->width;
      mine__kdtree_push_both(&stack, 2 * node, mine__kdtree_apart(left, a->box, tree->width),
                             mine__kdtree_apart(right, a->box, tree->width));
    }
  }
}

/* Which rows of a leaf look: those that may know a shorter edge than their component does. */
static void span_open(span_tree *s, int64_t leaf, int worker, span_leaf *a) {
  const mine__kdtree *tree = s->tree;
  const int64_t width = tree->width;
  double *point = s->point + (int64_t)worker * MINE__KDTREE_LEAF * width;
  *a = (span_leaf){.s = s, .kernels = mine__kernels_here(), .point = point, .one = HDBSCAN_NONE};
  a->first = mine__kdtree_first(tree, leaf);
  a->end = mine__kdtree_first(tree, leaf + 1);
  a->place = (uint32_t)(a->first * MINE_LANES);
  const int64_t left = tree->n - a->place, room = (a->end - a->first) * MINE_LANES;
  a->n = (int)(left < room ? left : room);
  a->box = mine__kdtree_box(tree, mine__kdtree_leaves(tree) + leaf);
  int looking = 0, several = 0;
  for (int q = 0; q < a->n; q++) {
    const uint32_t place = a->place + (uint32_t)q;
    const double limit = fmin(s->length[place], span_best(s, s->of[place]));
    a->limit[q] = s->bound[place] < limit ? limit : -1;
    if (a->limit[q] < 0) continue;
    if (looking++ == 0) a->one = s->of[place];
    several |= a->one != s->of[place];
    memcpy(point + q * width, tree->point + (int64_t)tree->row[place] * width,
           (size_t)width * sizeof *point);
  }
  if (several) a->one = HDBSCAN_NONE;
  span_limits(a);
}

static void span_search_task(void *context, int64_t task, int worker) {
  span_tree *s = context;
  const int64_t first = task * SPAN_LEAVES, end = first + SPAN_LEAVES;
  for (int64_t leaf = first; leaf < end && leaf < mine__kdtree_leaves(s->tree); leaf++) {
    span_leaf a;
    span_open(s, leaf, worker, &a);
    if (a.widest < 0) continue;
    span_search(&a, leaf);
    for (int q = 0; q < a.n; q++) { /* nothing of another component is nearer than that */
      double *bound = &s->bound[a.place + (uint32_t)q];
      if (a.limit[q] > *bound) *bound = a.limit[q];
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

/* Nodes of one component, and where their core distances begin. */
static void span_nodes(span_tree *s) {
  const mine__kdtree *tree = s->tree;
  const int64_t leaves = mine__kdtree_leaves(tree);
  for (int64_t leaf = 0; leaf < leaves; leaf++) {
    const int64_t first = mine__kdtree_first(tree, leaf) * MINE_LANES;
    const int64_t end = mine__kdtree_first(tree, leaf + 1) * MINE_LANES;
    uint32_t all = s->of[first];
    double least = INFINITY;
    for (int64_t i = first; i < end && i < tree->n; i++) {
      if (s->of[i] != all) all = HDBSCAN_NONE;
      least = fmin(least, s->near->core[i]);
    }
    s->all[leaves + leaf] = all;
    s->least[leaves + leaf] = least;
  }
  for (int64_t node = leaves - 1; node > 0; node--) {
    s->all[node] = s->all[2 * node] == s->all[2 * node + 1] ? s->all[2 * node] : HDBSCAN_NONE;
    s->least[node] = fmin(s->least[2 * node], s->least[2 * node + 1]);
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
  s->up = mine__arena_array(scratch, n, sizeof *s->up);
  s->of = mine__arena_array(scratch, n, sizeof *s->of);
  s->bound = mine__arena_zeros(scratch, n, sizeof *s->bound);
  s->length = mine__arena_array(scratch, n, sizeof *s->length);
  s->to = mine__arena_zeros(scratch, n, sizeof *s->to);
  s->best = mine__arena_array(scratch, n, sizeof *s->best);
  s->by = mine__arena_array(scratch, n, sizeof *s->by);
  s->all = mine__arena_array(scratch, nodes, sizeof *s->all);
  s->least = mine__arena_array(scratch, nodes, sizeof *s->least);
  s->point = mine__arena_array(scratch, (size_t)env->threads * MINE__KDTREE_LEAF,
                               (size_t)tree->width * sizeof *s->point);
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
