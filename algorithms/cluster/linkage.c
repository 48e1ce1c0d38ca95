/*
** linkage.c -- chains over a table of distances (complete, average linkage), and merges as a tree.
*/
#include "linkage.h"

#include <math.h>
#include <string.h>

#include "../core/order.h"
#include "../core/parallel.h"
#include "../kernel/distance.h"

/* ---- the table ------------------------------------------------------------------------------- */

/* The distances of i < j, row after row. */
typedef struct linkage_table {
  const linkage_points *points;
  double *real;  /* either ... */
  float *single; /* ... or     */
} linkage_table;

/* Row a begins behind (n - 1) + (n - 2) + ... of the a rows before it. */
static size_t table_at(const linkage_table *t, int64_t i, int64_t j) {
  const int64_t a = i < j ? i : j, b = i < j ? j : i;
  return (size_t)(a * t->points->n - a * (a + 1) / 2 + b - a - 1);
}

static double table_get(const linkage_table *t, int64_t i, int64_t j) {
  const size_t at = table_at(t, i, j);
  return t->real ? t->real[at] : (double)t->single[at];
}

static void table_set(const linkage_table *t, int64_t i, int64_t j, double v) {
  const size_t at = table_at(t, i, j);
  if (t->real)
    t->real[at] = v;
  else
    t->single[at] = (float)v;
}

static void table_row_task(void *context, int64_t task, int worker) {
  const linkage_table *t = context;
  const linkage_points *p = t->points;
  (void)worker;
  for (int64_t j = task + 1; j < p->n; j++)
    table_set(
        t, task, j,
        sqrt(mine__distance_pair(p->point + task * p->width, p->point + j * p->width, p->width)));
}

double mine__linkage_table_bytes(int64_t n) {
  const double unit = n <= LINKAGE_DOUBLES ? sizeof(double) : sizeof(float);
  return (double)n * (double)(n - 1) / 2 * unit;
}

/* ---- the chain ------------------------------------------------------------------------------- */

typedef struct linkage_chain {
  linkage_table table;
  linkage_how how;
  int64_t n; /* clusters that are left, by their lowest points, ascending */
  uint32_t *left;
  double *rows;   /* per cluster, by its lowest point */
  double *height; /* of its last merge                */
  uint32_t *link; /* the chain; each is the nearest of the one before */
  double *far;    /* how near: far[k] of link[k] and link[k + 1]      */
  int64_t links;
} linkage_chain;

/* The nearest of the clusters left: of equal ones the lowest. */
static uint32_t chain_nearest(const linkage_chain *c, uint32_t from, double *distance) {
  uint32_t nearest = from;
  *distance = INFINITY;
  for (int64_t k = 0; k < c->n; k++) {
    const uint32_t other = c->left[k];
    if (other == from) continue;
    const double d = table_get(&c->table, from, other);
    if (d >= *distance && nearest != from) continue;
    *distance = d;
    nearest = other;
  }
  return nearest;
}

/* b becomes part of a, which is lower (Lance & Williams 1967). */
static void chain_merge(linkage_chain *c, uint32_t a, uint32_t b) {
  const double all = c->rows[a] + c->rows[b];
  int64_t kept = 0;
  for (int64_t k = 0; k < c->n; k++) {
    const uint32_t other = c->left[k];
    if (other != b) c->left[kept++] = other;
    if (other == a || other == b) continue;
    const double to_a = table_get(&c->table, a, other), to_b = table_get(&c->table, b, other);
    table_set(&c->table, a, other,
              c->how == LINKAGE_COMPLETE ? fmax(to_a, to_b)
                                         : (c->rows[a] * to_a + c->rows[b] * to_b) / all);
  }
  c->n = kept;
  c->rows[a] = all;
}

/* The chain grows by a link, or its last two are merged; 1: merged.  Each link is strictly
** nearer to the next than to the one before, so the chain never comes back to itself, and what
** is left of it after a merge still holds (linkage.h). */
static int chain_step(linkage_chain *c, linkage_merge *out) {
  double distance;
  if (c->links == 0) c->link[c->links++] = c->left[0];
  const uint32_t last = c->link[c->links - 1];
  const uint32_t next = chain_nearest(c, last, &distance);
  if (c->links == 1 || distance < c->far[c->links - 2]) {
    c->far[c->links - 1] = distance;
    c->link[c->links++] = next;
    return 0;
  }
  const uint32_t before = c->link[c->links - 2];
  const uint32_t a = before < last ? before : last, b = before < last ? last : before;
  /* A mean of means may be rounded below what it is made of. */
  const double height = fmax(c->far[c->links - 2], fmax(c->height[a], c->height[b]));
  *out = (linkage_merge){a, b, height};
  chain_merge(c, a, b);
  c->height[a] = height;
  c->links -= 2;
  return 1;
}

static void chain_open(mine_env *env, const linkage_points *points, linkage_chain *c) {
  const size_t n = (size_t)points->n, pairs = n * (n - 1) / 2;
  mine_arena *a = env->scratch;
  if (points->n <= LINKAGE_DOUBLES)
    c->table.real = mine__arena_array(a, pairs, sizeof(double));
  else
    c->table.single = mine__arena_array(a, pairs, sizeof(float));
  c->left = mine__arena_array(a, n, sizeof *c->left);
  c->rows = mine__arena_array(a, n, sizeof *c->rows);
  c->height = mine__arena_zeros(a, n, sizeof *c->height);
  c->link = mine__arena_array(a, n + 1, sizeof *c->link);
  c->far = mine__arena_array(a, n + 1, sizeof *c->far);
  if (mine_failed(env)) return;
  c->n = points->n;
  memcpy(c->rows, points->rows, n * sizeof *c->rows);
  for (size_t i = 0; i < n; i++)
    c->left[i] = (uint32_t)i;
  (void)!mine__parallel_progress(env, points->n, table_row_task, &c->table, "measuring distances",
                                 0, 0.3);
}

void mine__linkage_table(mine_env *env, linkage_how how, const linkage_points *points,
                         linkage_merge *merge) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  linkage_chain c = {.table = {.points = points}, .how = how};
  int64_t made = 0;
  chain_open(env, points, &c);
  while (!mine_failed(env) && c.n > 1) {
    made += chain_step(&c, &merge[made]);
    if (mine__poll_progress(env, "merging", 0.3 + 0.7 * (double)made / (double)points->n)) break;
  }
  mine__arena_rewind(env->scratch, mark);
}

/* ---- merges as a tree ----------------------------------------------------------------------- */

static int linkage_before(const void *context, const void *left, const void *right) {
  const linkage_merge *a = left, *b = right;
  (void)context;
  return a->height < b->height;
}

void mine__linkage_sort(mine_env *env, linkage_merge *merge, int64_t n) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  linkage_merge *spare = mine__arena_array(env->scratch, (size_t)n, sizeof *spare);
  if (spare) mine__sort(env, merge, spare, (size_t)n, sizeof *merge, linkage_before, NULL);
  mine__arena_rewind(env->scratch, mark);
}

/* The lowest point of the cluster that holds point i; ways are shortened by half. */
static uint32_t linkage_root(uint32_t *above, uint32_t i) {
  while (above[i] != i) {
    above[i] = above[above[i]];
    i = above[i];
  }
  return i;
}

/* Each point a cluster of its own. */
static uint32_t *linkage_alone(mine_env *env, int64_t n) {
  uint32_t *above = mine__arena_array(env->scratch, (size_t)n, sizeof *above);
  for (int64_t i = 0; above && i < n; i++)
    above[i] = (uint32_t)i;
  return above;
}

/* Of two names the one that stands first: points before steps, lower numbers before higher. */
static int linkage_name_first(int64_t a, int64_t b) {
  if ((a < 0) != (b < 0)) return a < 0;
  return a < 0 ? a > b : a < b;
}

void mine__linkage_name(mine_env *env, const linkage_merge *merge, int64_t n, int64_t *name,
                        int64_t *size) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  uint32_t *above = linkage_alone(env, n);
  int64_t *called = mine__arena_array(env->scratch, (size_t)n, sizeof *called);
  int64_t *below = mine__arena_array(env->scratch, (size_t)n, sizeof *below);
  for (int64_t i = 0; !mine_failed(env) && i < n; i++) {
    called[i] = -(i + 1);
    below[i] = 1;
  }
  for (int64_t s = 0; !mine_failed(env) && s + 1 < n; s++) {
    const uint32_t a = linkage_root(above, merge[s].a), b = linkage_root(above, merge[s].b);
    const uint32_t low = a < b ? a : b, high = a < b ? b : a;
    const int first = linkage_name_first(called[low], called[high]);
    name[2 * s] = called[first ? low : high];
    name[2 * s + 1] = called[first ? high : low];
    size[s] = below[low] += below[high];
    above[high] = low;
    called[low] = s + 1;
  }
  mine__arena_rewind(env->scratch, mark);
}

void mine__linkage_cut(mine_env *env, const linkage_merge *merge, int64_t steps, int64_t n,
                       int32_t *label) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  uint32_t *above = linkage_alone(env, n);
  int32_t k = 0;
  for (int64_t s = 0; above && s < steps; s++) {
    const uint32_t a = linkage_root(above, merge[s].a), b = linkage_root(above, merge[s].b);
    above[a < b ? b : a] = a < b ? a : b;
  }
  for (int64_t i = 0; above && i < n; i++) {
    const uint32_t root = linkage_root(above, (uint32_t)i);
    label[i] = root == (uint32_t)i ? k++ : label[root]; /* the root is lower: it has its label */
  }
  mine__arena_rewind(env->scratch, mark);
}
