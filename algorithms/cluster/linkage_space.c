/*
** linkage_space.c -- merging in O(n) memory, where a cluster's distances follow from its place:
** Ward's linkage by chains over centres, single linkage by the minimum spanning tree.
**
** Both ask again and again which of the clusters left is nearest to one of them.  Those left stand
** in panels (kernel/distance.h) without gaps: the last one takes the place of one that goes.  So a
** cluster has a position, which changes, and a number, its lowest point, by which ties are decided.
**
** Ward: the centre of a merged cluster is the mean of its rows, and with the squared distance
**   2 |A| |B| / (|A| + |B|) x |centre A - centre B|^2
** the height is its root.  Single: the merges are the edges of the minimum spanning tree by rising
** length (Gower & Ross 1969), and the tree is grown by Prim's algorithm (1957).
*/
#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "../kernel/distance.h"
#include "linkage.h"

#define SPACE_VALUES (1 << 17) /* of a task, about */

typedef struct space_clusters {
  int64_t n; /* left */
  int width;
  double *panel;
  double *rows;      /* by position                           */
  uint32_t *number;  /* by position                           */
  int64_t *position; /* by number; -1: it is part of another  */
} space_clusters;

/* The nearest of a block; number UINT32_MAX: none. */
typedef struct space_nearest {
  double distance;
  uint32_t number;
} space_nearest;

static void space_take(space_nearest *best, double distance, uint32_t number) {
  if (distance > best->distance || (distance == best->distance && number > best->number)) return;
  *best = (space_nearest){distance, number};
}

static double *space_value(const space_clusters *s, int64_t position, int64_t column) {
  return s->panel + (position / MINE_LANES * s->width + column) * MINE_LANES +
         position % MINE_LANES;
}

static void space_open(mine_env *env, const linkage_points *points, space_clusters *s) {
  const size_t n = (size_t)points->n;
  mine_arena *a = env->scratch;
  *s = (space_clusters){.n = points->n, .width = points->width};
  s->panel = mine__arena_array(a, mine_panel_doubles(points->n, points->width), sizeof(double));
  s->rows = mine__arena_array(a, n, sizeof *s->rows);
  s->number = mine__arena_array(a, n, sizeof *s->number);
  s->position = mine__arena_array(a, n, sizeof *s->position);
  if (mine_failed(env)) return;
  memcpy(s->rows, points->rows, n * sizeof *s->rows);
  for (int64_t i = 0; i < points->n; i++) {
    const int64_t left = points->n - i;
    s->number[i] = (uint32_t)i;
    s->position[i] = i;
    if (i % MINE_LANES == 0)
      mine__panel_pack(points->point + i * points->width, left < MINE_LANES ? left : MINE_LANES,
                       points->width, s->panel + i * points->width);
  }
}

/* A row-major copy of a cluster's place. */
static void space_copy(const space_clusters *s, int64_t position, double *out) {
  for (int64_t c = 0; c < s->width; c++)
    out[c] = *space_value(s, position, c);
}

/* The cluster at `position` goes; the last one comes there. */
static void space_remove(space_clusters *s, int64_t position) {
  const int64_t last = --s->n;
  s->position[s->number[position]] = -1;
  if (position == last) return;
  for (int64_t c = 0; c < s->width; c++)
    *space_value(s, position, c) = *space_value(s, last, c);
  s->rows[position] = s->rows[last];
  s->number[position] = s->number[last];
  s->position[s->number[position]] = position;
}

/* Panels of a task; the one behind its last; tasks. */
static int64_t space_block(const space_clusters *s) {
  const int64_t block = SPACE_VALUES / (MINE_LANES * (int64_t)s->width);
  return block < 1 ? 1 : block;
}
static int64_t space_end(const space_clusters *s, int64_t task) {
  const int64_t end = (task + 1) * space_block(s), panels = MINE_BLOCKS(s->n, MINE_LANES);
  return end < panels ? end : panels;
}
static int64_t space_tasks(const space_clusters *s) {
  return MINE_BLOCKS(MINE_BLOCKS(s->n, MINE_LANES), space_block(s));
}

static space_nearest space_least(const space_nearest *best, int64_t tasks) {
  space_nearest least = best[0];
  for (int64_t t = 1; t < tasks; t++)
    space_take(&least, best[t].distance, best[t].number);
  return least;
}

/* ---- ward ----------------------------------------------------------------------------------- */

typedef struct ward_chain {
  space_clusters clusters;
  double *place; /* row-major, of the cluster that asks */
  double rows;
  uint32_t asks;
  space_nearest *best; /* per task   */
  uint32_t *link;      /* the chain  */
  double *far;         /* far[k] of link[k] and link[k + 1], squared */
  int64_t links;
  double *height;  /* by number: of its last merge */
  uint32_t lowest; /* no cluster left is below */
} ward_chain;

static void ward_task(void *context, int64_t task, int worker) {
  const ward_chain *w = context;
  const space_clusters *s = &w->clusters;
  const int64_t end = space_end(s, task);
  space_nearest best = {INFINITY, UINT32_MAX};
  (void)worker;
  for (int64_t p = task * space_block(s); p < end; p++) {
    double square[MINE_LANES];
    mine__distance_panel(s->panel + p * MINE_LANES * s->width, s->width, w->place, 1, square);
    for (int64_t l = 0; l < MINE_LANES && p * MINE_LANES + l < s->n; l++) {
      const int64_t at = p * MINE_LANES + l;
      if (s->number[at] == w->asks) continue;
      const double rows = s->rows[at];
      space_take(&best, 2 * square[l] * (w->rows * rows / (w->rows + rows)), s->number[at]);
    }
  }
  w->best[task] = best;
}

static space_nearest ward_nearest(mine_env *env, ward_chain *w, uint32_t asks) {
  const space_clusters *s = &w->clusters;
  const int64_t position = s->position[asks], tasks = space_tasks(s);
  space_copy(s, position, w->place);
  w->rows = s->rows[position];
  w->asks = asks;
  if (mine__parallel(env, tasks, ward_task, w)) return (space_nearest){INFINITY, UINT32_MAX};
  return space_least(w->best, tasks);
}

/* b becomes part of a, which is lower. */
static void ward_merge(ward_chain *w, uint32_t a, uint32_t b) {
  space_clusters *s = &w->clusters;
  const int64_t at = s->position[a], from = s->position[b];
  const double all = s->rows[at] + s->rows[from];
  for (int64_t c = 0; c < s->width; c++) {
    double *to = space_value(s, at, c);
    *to = (s->rows[at] * *to + s->rows[from] * *space_value(s, from, c)) / all;
  }
  s->rows[at] = all;
  space_remove(s, from);
}

/* The chain grows by a link, or its last two are merged; 1: merged. */
static int ward_step(mine_env *env, ward_chain *w, linkage_merge *out) {
  while (w->clusters.position[w->lowest] < 0)
    w->lowest++;
  if (w->links == 0) w->link[w->links++] = w->lowest;
  const uint32_t last = w->link[w->links - 1];
  const space_nearest next = ward_nearest(env, w, last);
  if (mine_failed(env)) return 0;
  if (w->links == 1 || next.distance < w->far[w->links - 2]) {
    w->far[w->links - 1] = next.distance;
    w->link[w->links++] = next.number;
    return 0;
  }
  const uint32_t before = w->link[w->links - 2];
  const uint32_t a = before < last ? before : last, b = before < last ? last : before;
  const double height = fmax(sqrt(w->far[w->links - 2]), fmax(w->height[a], w->height[b]));
  *out = (linkage_merge){a, b, height};
  ward_merge(w, a, b);
  w->height[a] = height;
  w->links -= 2;
  return 1;
}

void mine__linkage_ward(mine_env *env, const linkage_points *points, linkage_merge *merge) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)points->n;
  mine_arena *a = env->scratch;
  ward_chain w = {0};
  int64_t made = 0;
  space_open(env, points, &w.clusters);
  w.place = mine__arena_array(a, (size_t)points->width, sizeof *w.place);
  w.best = mine__arena_array(a, (size_t)space_tasks(&w.clusters), sizeof *w.best);
  w.link = mine__arena_array(a, n + 1, sizeof *w.link);
  w.far = mine__arena_array(a, n + 1, sizeof *w.far);
  w.height = mine__arena_zeros(a, n, sizeof *w.height);
  while (!mine_failed(env) && w.clusters.n > 1) {
    made += ward_step(env, &w, &merge[made]);
    if (mine__poll_progress(env, "merging", (double)made / (double)points->n)) break;
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- single --------------------------------------------------------------------------------- */

typedef struct prim_tree {
  space_clusters left; /* not in the tree yet      */
  double *place;       /* of the point that came last */
  uint32_t came;
  double *near;   /* by number: squared distance to the tree */
  uint32_t *from; /* ... and to which of its points           */
  space_nearest *best;
} prim_tree;

static void prim_task(void *context, int64_t task, int worker) {
  const prim_tree *t = context;
  const space_clusters *s = &t->left;
  const int64_t end = space_end(s, task);
  space_nearest best = {INFINITY, UINT32_MAX};
  (void)worker;
  for (int64_t p = task * space_block(s); p < end; p++) {
    double square[MINE_LANES];
    mine__distance_panel(s->panel + p * MINE_LANES * s->width, s->width, t->place, 1, square);
    for (int64_t l = 0; l < MINE_LANES && p * MINE_LANES + l < s->n; l++) {
      const uint32_t number = s->number[p * MINE_LANES + l];
      if (square[l] < t->near[number] ||
          (square[l] == t->near[number] && t->came < t->from[number])) {
        t->near[number] = square[l];
        t->from[number] = t->came;
      }
      space_take(&best, t->near[number], number);
    }
  }
  t->best[task] = best;
}

void mine__linkage_single(mine_env *env, const linkage_points *points, linkage_merge *merge) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const size_t n = (size_t)points->n;
  prim_tree t = {.came = 0};
  space_open(env, points, &t.left);
  t.place = mine__arena_array(env->scratch, (size_t)points->width, sizeof *t.place);
  t.near = mine__arena_array(env->scratch, n, sizeof *t.near);
  t.from = mine__arena_zeros(env->scratch, n, sizeof *t.from);
  t.best = mine__arena_array(env->scratch, (size_t)space_tasks(&t.left), sizeof *t.best);
  for (size_t i = 0; !mine_failed(env) && i < n; i++)
    t.near[i] = INFINITY;
  for (int64_t made = 0; !mine_failed(env) && made + 1 < points->n; made++) {
    const int64_t position = t.left.position[t.came];
    space_copy(&t.left, position, t.place);
    space_remove(&t.left, position);
    const int64_t tasks = space_tasks(&t.left);
    if (mine__parallel(env, tasks, prim_task, &t)) break;
    const space_nearest next = space_least(t.best, tasks);
    merge[made] = (linkage_merge){t.from[next.number], next.number, sqrt(next.distance)};
    t.came = next.number;
    if (mine__poll_progress(env, "merging", (double)made / (double)points->n)) break;
  }
  mine__arena_rewind(env->scratch, mark);
}
