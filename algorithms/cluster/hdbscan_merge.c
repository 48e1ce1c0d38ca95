/*
** hdbscan_merge.c -- the single linkage tree of a minimum spanning tree.
**
** Edges come in rising order; those of equal length are taken together, and what they connect
** merges at once, two components or many.  So the tree depends on the distances only, and not on
** which of several minimum spanning trees was found, nor on the order of the rows.  Mutual
** reachability makes equal lengths out of different distances all the time: a row is as far from
** all that is nearer than its core distance.
*/
#include <math.h>

#include "../core/radix.h"
#include "hdbscan_private.h"

typedef struct merge_state {
  mine__component *up;
  uint32_t *thing; /* per root: what its component is so far   */
  uint32_t *above; /* per thing: the merge it is in, once it is */
  hdbscan_merges *to;
} merge_state;

static uint32_t merge_root(const merge_state *s, uint32_t row) {
  return mine__component_of(s->up, row);
}

/* Thing `part` is merged by `into`, unless it is already. */
static void merge_add(merge_state *s, uint32_t into, uint32_t part) {
  hdbscan_merges *to = s->to;
  if (s->above[part] != HDBSCAN_NONE) return;
  s->above[part] = into;
  to->next[part] = to->first[into - to->n];
  to->first[into - to->n] = part;
  to->size[into] += to->size[part];
}

/* Edges of one length: ends[2 i], ends[2 i + 1] are the things at their ends before.  All are
** joined first, then every new component becomes a merge of the things that it had. */
static void merge_equal(merge_state *s, const mine__kdtree *tree, const hdbscan_edge *edge,
                        const mine__place *order, int64_t n, double at, uint32_t *ends) {
  hdbscan_merges *to = s->to;
  const uint32_t before = (uint32_t)to->things;
  for (int64_t i = 0; i < n; i++) {
    const hdbscan_edge *e = &edge[order[i].at];
    ends[2 * i] = s->thing[merge_root(s, tree->row[e->a])];
    ends[2 * i + 1] = s->thing[merge_root(s, tree->row[e->b])];
  }
  for (int64_t i = 0; i < n; i++) {
    const hdbscan_edge *e = &edge[order[i].at];
    (void)mine__components_join(s->up, tree->row[e->a], tree->row[e->b]);
  }
  for (int64_t i = 0; i < n; i++) {
    const uint32_t root = merge_root(s, tree->row[edge[order[i].at].a]);
    /* Things are numbered as they come: rows first, then merges, so that those of this length
    ** stand from `before` on. */
    if (s->thing[root] < before) { /* not one of this length yet */
      s->thing[root] = (uint32_t)to->things;
      to->at[to->things - to->n] = at;
      to->first[to->things - to->n] = HDBSCAN_NONE;
      to->size[to->things++] = 0;
    }
    merge_add(s, s->thing[root], ends[2 * i]);
    merge_add(s, s->thing[root], ends[2 * i + 1]);
  }
}

static void merge_run(mine_env *env, merge_state *s, const mine__kdtree *tree,
                      const hdbscan_edge *edge) {
  const int64_t edges = tree->n - 1;
  mine__place *order = mine__arena_array(env->scratch, (size_t)edges, sizeof *order);
  mine__place *temp = mine__arena_array(env->scratch, (size_t)edges, sizeof *temp);
  uint32_t *ends = mine__arena_array(env->scratch, (size_t)edges, 2 * sizeof *ends);
  if (mine_failed(env)) return;
  for (int64_t i = 0; i < edges; i++)
    order[i] = (mine__place){mine_key_of_real(edge[i].weight), (size_t)i};
  mine__sort_places(env, order, temp, edges, 64);
  for (int64_t i = 0, next; !mine_failed(env) && i < edges; i = next) {
    if (MINE_POLL_AT(env, i)) return;
    for (next = i + 1; next < edges && order[next].key == order[i].key;)
      next++;
    merge_equal(s, tree, edge, order + i, next - i,
                mine__kdtree_distance(tree, mine_key_to_real(order[i].key)), ends);
  }
}

void mine__hdbscan_merge(mine_env *env, const mine__kdtree *tree, const hdbscan_edge *edge,
                         hdbscan_merges *out) {
  const size_t n = (size_t)tree->n;
  *out = (hdbscan_merges){.n = tree->n, .things = tree->n};
  out->at = mine__arena_array(env->scratch, n, sizeof *out->at);
  out->size = mine__arena_array(env->scratch, 2 * n, sizeof *out->size);
  out->first = mine__arena_array(env->scratch, n, sizeof *out->first);
  out->next = mine__arena_array(env->scratch, 2 * n, sizeof *out->next);
  const mine_mark mark = mine__arena_mark(env->scratch);
  merge_state s = {.to = out};
  s.up = mine__arena_array(env->scratch, n, sizeof *s.up);
  s.thing = mine__arena_array(env->scratch, n, sizeof *s.thing);
  s.above = mine__arena_array(env->scratch, 2 * n, sizeof *s.above);
  if (mine_failed(env)) return;
  mine__components_open(s.up, tree->n);
  for (size_t i = 0; i < 2 * n; i++) {
    s.above[i] = out->next[i] = HDBSCAN_NONE;
    if (i >= n) continue;
    s.thing[i] = (uint32_t)i;
    out->size[i] = 1;
  }
  merge_run(env, &s, tree, edge);
  mine__arena_rewind(env->scratch, mark);
}
