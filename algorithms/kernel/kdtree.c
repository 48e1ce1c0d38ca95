/*
** kdtree.c -- the tree of kdtree.h is built, level by level, and asked about one point.
**
** All nodes of a level are tasks: each finds its box, and parts its rows at the middle of its
** widest side by selection.  Nodes of very many rows are parted by the calling thread, which asks
** the host meanwhile.
*/
#include "kdtree.h"

#include <math.h>
#include <string.h>

#include "../core/hash.h"
#include "topk.h"

#define KDTREE_LARGE (1 << 20) /* rows of a node that is no task */

/* A row of a level and its coordinate in the dimension that its node is parted in. */
typedef struct kdtree_item {
  double key;
  uint32_t at;
} kdtree_item;

/* Rows in the order of a level: those of a node are side by side, so that the next level finds them
** in the cache. */
typedef struct kdtree_order {
  const double *point;
  const uint32_t *row; /* NULL: row i is i */
} kdtree_order;

typedef struct kdtree_job {
  const mine__kdtree *tree;
  kdtree_item *item; /* n */
  kdtree_order from; /* of the level             */
  double *point;     /* n x width: of the next   */
  uint32_t *row;     /* n                        */
  int level;
} kdtree_job;

/* ---- distances of boxes --------------------------------------------------------------------- */

static double kdtree_term(mine__norm norm, double t) {
  return norm == MINE__NORM_SQUARES ? t * t : fabs(t);
}

double mine__kdtree_pair(const mine__kdtree *tree, const double *a, const double *b) {
  double sum = 0;
  if (tree->norm == MINE__NORM_SQUARES) return mine__distance_pair(a, b, tree->width);
  for (int j = 0; j < tree->width; j++)
    sum += fabs(a[j] - b[j]);
  return sum;
}

double mine__kdtree_apart(const mine__kdtree *tree, const double *a, const double *b) {
  const int width = tree->width;
  double sum = 0;
  for (int j = 0; j < width; j++) {
    const double below = b[j] - a[width + j], above = a[j] - b[width + j];
    const double away = below > above ? below : above, t = away > 0 ? away : 0;
    sum += kdtree_term(tree->norm, t);
  }
  return sum;
}

double mine__kdtree_across(const mine__kdtree *tree, const double *a, const double *b) {
  const int width = tree->width;
  double sum = 0;
  for (int j = 0; j < width; j++) {
    const double up = b[width + j] - a[j], down = a[width + j] - b[j];
    const double t = up > down ? up : down;
    sum += kdtree_term(tree->norm, t);
  }
  return sum;
}

double mine__kdtree_from_point(const mine__kdtree *tree, const double *box, const double *point) {
  const int width = tree->width;
  double sum = 0;
  for (int j = 0; j < width; j++) {
    const double below = box[j] - point[j], above = point[j] - box[width + j];
    const double away = below > above ? below : above, t = away > 0 ? away : 0;
    sum += kdtree_term(tree->norm, t);
  }
  return sum;
}

/* ---- building ------------------------------------------------------------------------------- */

/* The rows of node `at` of the level, and where its left child ends, in places. */
static void kdtree_range(const kdtree_job *job, int64_t at, int64_t *first, int64_t *middle,
                         int64_t *end) {
  const mine__kdtree *tree = job->tree;
  const int64_t nodes = (int64_t)1 << job->level;
  *first = mine__block_first(tree->panels, nodes, at) * MINE_LANES;
  *middle = mine__block_first(tree->panels, 2 * nodes, 2 * at + 1) * MINE_LANES;
  *end = mine__block_first(tree->panels, nodes, at + 1) * MINE_LANES;
  if (*end > tree->n) *end = tree->n;
}

/* The box of a node's rows; its widest dimension.  env NULL: inside a task. */
static int kdtree_measure(mine_env *env, const kdtree_job *job, int64_t first, int64_t end,
                          double *box) {
  const mine__kdtree *tree = job->tree;
  const int64_t width = tree->width;
  double *least = box, *most = box + width;
  memcpy(least, job->from.point + first * width, (size_t)width * sizeof(double));
  memcpy(most, least, (size_t)width * sizeof(double));
  for (int64_t i = first + 1; i < end; i++) {
    const double *x = job->from.point + i * width;
    if (env && MINE_POLL_AT(env, i)) return 0;
    for (int64_t j = 0; j < width; j++) {
      least[j] = x[j] < least[j] ? x[j] : least[j];
      most[j] = x[j] > most[j] ? x[j] : most[j];
    }
  }
  int widest = 0;
  for (int j = 1; j < tree->width; j++)
    if (most[j] - least[j] > most[widest] - least[widest]) widest = j;
  return widest;
}

/* Order items so that none before `middle` is above one from there on: Hoare's selection, O(n)
** expected whatever their order. */
static void kdtree_part(mine_env *env, kdtree_item *item, int64_t n, int64_t middle) {
  int64_t low = 0, high = n - 1;
  while (low < high) {
    const uint64_t span = (uint64_t)(high - low + 1);
    /* By chance, but by the span alone: the same rows are parted in the same way anywhere, and
    ** no order that rows come in is the worst. */
    const double pivot = item[low + (int64_t)(mine_hash_mix(span) % span)].key;
    int64_t i = low, j = high;
    while (i <= j) {
      while (item[i].key < pivot)
        i++;
      while (item[j].key > pivot)
        j--;
      if (i <= j) {
        const kdtree_item t = item[i];
        item[i++] = item[j];
        item[j--] = t;
      }
    }
    if (middle > j && middle < i) break;
    if (middle <= j) high = j;
    if (middle >= i) low = i;
    if (env && mine__poll(env)) return;
  }
}

static void kdtree_divide(mine_env *env, const kdtree_job *job, int64_t at) {
  const mine__kdtree *tree = job->tree;
  int64_t first, middle, end;
  kdtree_range(job, at, &first, &middle, &end);
  double *box = tree->box + (((int64_t)1 << job->level) + at) * 2 * tree->width;
  const int widest = kdtree_measure(env, job, first, end, box);
  if (job->level == tree->levels) return;
  if (env && mine_failed(env)) return;
  for (int64_t i = first; i < end; i++) {
    if (env && MINE_POLL_AT(env, i)) return;
    job->item[i] = (kdtree_item){job->from.point[i * tree->width + widest], (uint32_t)i};
  }
  kdtree_part(env, job->item + first, end - first, middle - first);
  for (int64_t i = first; i < end; i++) {
    if (env && MINE_POLL_AT(env, i)) return;
    const uint32_t was = job->item[i].at;
    job->row[i] = job->from.row ? job->from.row[was] : was;
    memcpy(job->point + i * tree->width, job->from.point + (int64_t)was * tree->width,
           (size_t)tree->width * sizeof(double));
  }
}

static void kdtree_task(void *context, int64_t task, int worker) {
  kdtree_divide(NULL, context, task);
  (void)worker;
}

#define KDTREE_PANELS 256 /* laid out by a task */

static void kdtree_lay_out(void *context, int64_t task, int worker) {
  const kdtree_job *job = context;
  const mine__kdtree *tree = job->tree;
  const int64_t first = task * KDTREE_PANELS, last = first + KDTREE_PANELS, width = tree->width;
  for (int64_t p = first; p < last && p < tree->panels; p++) {
    double *panel = tree->panel + p * MINE_LANES * width;
    for (int64_t l = 0; l < MINE_LANES; l++) {
      const int64_t place = p * MINE_LANES + l;
      const int64_t at = place < tree->n ? place : tree->n - 1;
      const double *x = job->from.point + at * width;
      if (place < tree->n) tree->row[place] = job->from.row ? job->from.row[at] : (uint32_t)at;
      for (int64_t j = 0; j < width; j++)
        panel[j * MINE_LANES + l] = x[j];
    }
  }
  (void)worker;
}

mine_status mine__kdtree_build(mine_env *env, mine_arena *arena, mine__norm norm,
                               const double *point, int64_t n, int width, mine__kdtree *out) {
  const int most = MINE__KDTREE_LEAF / MINE_LANES;
  *out = (mine__kdtree){.norm = norm, .n = n, .width = width, .point = point};
  out->panels = MINE_BLOCKS(n, MINE_LANES);
  while (MINE_BLOCKS(out->panels, mine__kdtree_leaves(out)) > most)
    out->levels++;
  out->row = mine__arena_array(arena, (size_t)n, sizeof *out->row);
  out->panel = mine__arena_array(arena, mine_panel_doubles(n, width), sizeof *out->panel);
  out->box = mine__arena_array(arena, (size_t)mine__kdtree_leaves(out) * 2,
                               2 * (size_t)width * sizeof *out->box);
  if (mine_failed(env)) return mine_env_status(env);
  const mine_mark mark = mine__arena_mark(env->scratch);
  kdtree_job job = {.tree = out, .from = {point, NULL}};
  /* Levels write to these and to what the tree will be in turns; the last to these. */
  double *there = mine__arena_array(env->scratch, (size_t)n, (size_t)width * sizeof *there);
  uint32_t *row = mine__arena_array(env->scratch, (size_t)n, sizeof *row);
  job.item = mine__arena_array(env->scratch, (size_t)n, sizeof *job.item);
  if (mine_failed(env)) return mine_env_status(env);
  memset(out->box, 0, 2 * (size_t)width * sizeof *out->box);
  for (; job.level <= out->levels && !mine_failed(env); job.level++) {
    const int64_t nodes = (int64_t)1 << job.level;
    const int last = (out->levels - job.level) % 2 == 1;
    job.point = last ? there : out->panel;
    job.row = last ? row : out->row;
    if (n / nodes < KDTREE_LARGE)
      (void)!mine__parallel(env, nodes, kdtree_task, &job);
    else
      for (int64_t i = 0; i < nodes && mine__poll(env) == MINE_OK; i++)
        kdtree_divide(env, &job, i);
    if (job.level < out->levels) job.from = (kdtree_order){job.point, job.row};
  }
  if (!mine_failed(env))
    (void)!mine__parallel(env, MINE_BLOCKS(out->panels, KDTREE_PANELS), kdtree_lay_out, &job);
  if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
  return mine_env_status(env);
}

/* ---- one point ---------------------------------------------------------------------------- */

typedef struct kdtree_asked {
  mine_topk top;
  int64_t skip;
} kdtree_asked;

static double kdtree_keep(void *context, double bound, double distance, uint32_t row) {
  kdtree_asked *asked = context;
  if ((int64_t)row != asked->skip) mine__topk_offer(&asked->top, distance, row);
  (void)bound;
  return asked->top.worst;
}

int64_t mine__kdtree_nearest(const mine__kdtree *tree, const double *query, int64_t k, int64_t skip,
                             double *distance, uint32_t *row) {
  kdtree_asked asked = {.skip = skip};
  mine__topk_open(&asked.top, k, distance, row);
  if (k > 0) mine__kdtree_walk(tree, query, INFINITY, kdtree_keep, &asked);
  mine__topk_sort(&asked.top);
  return asked.top.n;
}

typedef struct kdtree_ball {
  int64_t n, room;
  uint32_t *row;
} kdtree_ball;

static double kdtree_count(void *context, double bound, double distance, uint32_t row) {
  kdtree_ball *ball = context;
  if (ball->n < ball->room) ball->row[ball->n] = row;
  ball->n++;
  (void)distance;
  return bound;
}

int64_t mine__kdtree_within(const mine__kdtree *tree, const double *query, double square,
                            int64_t room, uint32_t *row) {
  kdtree_ball ball = {.room = room, .row = row};
  mine__kdtree_walk(tree, query, square, kdtree_count, &ball);
  return ball.n;
}
