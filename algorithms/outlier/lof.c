/*
** lof.c -- outliers by their neighbours: the local outlier factor, and the distance to the k-th
** neighbour.
**
**   knn  the distance to the k-th neighbour (Ramaswamy, Rastogi & Shim, SIGMOD 2000)
**   lof  Breunig, Kriegel, Ng & Sander, "LOF: identifying density-based local outliers", SIGMOD
**        2000: how much denser it is around the neighbours than around the row,
**
**          reach(i, j) = max(distance of i and j, distance of j to its k-th neighbour)
**          density(i)  = 1 / (mean of reach(i, j) over the k neighbours j + 1e-10)
**          lof(i)      = mean of density(j) over them / density(i)
**
** The 1e-10 is scikit-learn's, whose numbers these are: exactly k neighbours, of equally distant
** ones the first rows.  Where a row has k twins its density is 1e10, and rows beside it look like
** outliers without being any.  Then places count instead of rows: rows at one place are one point
** (the paper's k-distinct-distance) and have one score; it is told.
**
** Distances are euclidean, in the space of data/encode.h.  What sets a row apart is, of each
** feature, the mean of its squared difference to the k neighbours.  In few dimensions a k-d tree
** finds them, near O(n log n); in more all pairs are looked at, O(n^2 width).
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/parallel.h"
#include "../kernel/kdtree.h"
#include "../kernel/nearest.h"
#include "../kernel/places.h"
#include "outlier.h"

#define LOF_LEAST 1e-10
#define LOF_ROWS  512 /* of a task */

typedef struct lof_state {
  mine_encoding encoding;
  int64_t n, k;     /* points, neighbours of each                 */
  double *point;    /* n x width                                  */
  uint32_t *at;     /* per row given: its point; NULL: the same   */
  uint32_t *near;   /* n x k, nearest first                       */
  double *distance; /* likewise                                   */
  double *density;  /* n */
  double *score;    /* per point                                  */
} lof_state;

/* ---- points ----------------------------------------------------------------------------- */

typedef struct lof_encoding {
  const lof_state *state;
  const mine_batch *rows;
} lof_encoding;

static void lof_encode_task(void *context, int64_t task, int worker) {
  const lof_encoding *job = context;
  const int64_t first = task * LOF_ROWS, left = job->rows->n - first;
  const int64_t count = left < LOF_ROWS ? left : LOF_ROWS, width = job->state->encoding.width;
  (void)worker;
  mine__encode(&job->state->encoding, job->rows, first, count, job->state->point + first * width);
}

static void lof_open(mine_outliers *o, lof_state *s) {
  mine_env *env = o->env;
  const mine_batch *rows = &o->data->rows;
  if (mine__encoding_fit(env, o->arena, o->data, o->scale, &s->encoding)) return;
  s->n = rows->n;
  s->point = mine__arena_array(o->arena, (size_t)s->n, (size_t)s->encoding.width * sizeof(double));
  lof_encoding job = {s, rows};
  if (!mine_failed(env))
    (void)!mine__parallel(env, MINE_BLOCKS(s->n, LOF_ROWS), lof_encode_task, &job);
}

/* ---- neighbours ------------------------------------------------------------------------- */

/* In few dimensions by a tree. */
static void lof_by_tree(mine_env *env, const lof_state *s) {
  mine__kdtree tree;
  if (mine__kdtree_build(env, env->scratch, MINE__NORM_SQUARES, s->point, s->n, s->encoding.width,
                         &tree) ||
      mine__kdtree_neighbours(env, &tree, s->k, "searching neighbours", s->distance, s->near))
    return;
  for (int64_t i = 0; i < s->n; i++) {
    if (MINE_POLL_AT(env, i)) return;
    for (int64_t j = 0; j < s->k; j++)
      s->distance[i * s->k + j] = sqrt(s->distance[i * s->k + j]);
  }
}

/* In many by looking at all. */
static void lof_by_all(mine_env *env, const lof_state *s) {
  const size_t n = (size_t)s->n;
  int64_t *found = mine__arena_array(env->scratch, n, sizeof *found);
  uint32_t *key = mine__arena_array(env->scratch, n, sizeof *key);
  for (size_t i = 0; key && i < n; i++)
    key[i] = (uint32_t)i;
  mine_nearest nearest;
  const mine_nearest_query query = {.n = s->n,
                                    .row = s->point,
                                    .k = s->k,
                                    .base_key = key,
                                    .query_key = key,
                                    .what = "searching neighbours",
                                    .from = 0,
                                    .to = 0.9};
  if (!mine_failed(env) && mine__nearest_build(env, env->scratch, MINE_SPACE_EUCLIDEAN, s->point,
                                               s->n, s->encoding.width, NULL, &nearest) == MINE_OK)
    (void)!mine__nearest_search(env, &nearest, &query, s->near, s->distance, found);
}

/* The k nearest other points of each point: the same ones either way, of equally distant ones the
** first rows. */
static void lof_search(mine_outliers *o, lof_state *s) {
  mine_env *env = o->env;
  s->k = o->k < s->n - 1 ? o->k : s->n - 1;
  const size_t n = (size_t)s->n, k = (size_t)s->k;
  s->near = mine__arena_block(o->arena, s->near, n, k * sizeof *s->near);
  s->distance = mine__arena_block(o->arena, s->distance, n, k * sizeof *s->distance);
  const mine_mark mark = mine__arena_mark(env->scratch);
  if (mine_failed(env)) return;
  if (s->encoding.width > 0 && s->encoding.width <= MINE__KDTREE_WIDEST)
    lof_by_tree(env, s);
  else
    lof_by_all(env, s);
  mine__arena_rewind(env->scratch, mark);
}

static double lof_farthest(const lof_state *s, int64_t i) {
  return s->distance[i * s->k + s->k - 1];
}

/* ---- places -------------------------------------------------------------------------------- */

/* Points at one place become one. */
static void lof_places(mine_outliers *o, lof_state *s) {
  mine__places places;
  const size_t width = (size_t)s->encoding.width;
  mine__places_find(o->env, o->arena, s->point, s->n, s->encoding.width, &places);
  if (mine_failed(o->env)) return;
  s->at = places.at;
  s->n = places.n;
  for (size_t p = 0; p < (size_t)places.n; p++)
    memmove(s->point + p * width, s->point + places.first[p] * width, width * sizeof *s->point);
}

/* Whether a point has k others at its place; if so, how many have. */
static int64_t lof_crowded(const lof_state *s) {
  int64_t n = 0;
  for (int64_t i = 0; i < s->n; i++)
    n += lof_farthest(s, i) == 0;
  return n;
}

static void lof_tell(const mine_outliers *o, int64_t crowded, int64_t places) {
  char text[200];
  snprintf(text, sizeof text,
           "%lld rows have %lld others with the same values, where no density is known: rows with "
           "the same values count as one (%lld places)",
           (long long)crowded, (long long)o->k, (long long)places);
  o->note(o->context, "warning", "k", text);
}

/* ---- scores ---------------------------------------------------------------------------------- */

static void lof_density_task(void *context, int64_t task, int worker) {
  const lof_state *s = context;
  const int64_t first = task * LOF_ROWS, end = first + LOF_ROWS;
  (void)worker;
  for (int64_t i = first; i < end && i < s->n; i++) {
    double sum = 0;
    for (int64_t j = 0; j < s->k; j++) {
      const double between = s->distance[i * s->k + j];
      const double far = lof_farthest(s, s->near[i * s->k + j]);
      sum += between > far ? between : far;
    }
    s->density[i] = 1 / (sum / (double)s->k + LOF_LEAST);
  }
}

static void lof_factor_task(void *context, int64_t task, int worker) {
  const lof_state *s = context;
  const int64_t first = task * LOF_ROWS, end = first + LOF_ROWS;
  (void)worker;
  for (int64_t i = first; i < end && i < s->n; i++) {
    double sum = 0;
    for (int64_t j = 0; j < s->k; j++)
      sum += s->density[s->near[i * s->k + j]] / s->density[i];
    s->score[i] = sum / (double)s->k;
  }
}

static void lof_factors(mine_outliers *o, lof_state *s) {
  mine_env *env = o->env;
  const int64_t tasks = MINE_BLOCKS(s->n, LOF_ROWS);
  s->density = mine__arena_array(o->arena, (size_t)s->n, sizeof *s->density);
  if (mine_failed(env) || mine__parallel(env, tasks, lof_density_task, s)) return;
  (void)!mine__parallel(env, tasks, lof_factor_task, s);
}

static int64_t lof_point_of(const lof_state *s, int64_t row) {
  return s->at ? (int64_t)s->at[row] : row;
}

/* Points with their neighbours; NULL: failure recorded. */
static lof_state *lof_begin(mine_outliers *o) {
  lof_state *s = mine__arena_zeros(o->arena, 1, sizeof *s);
  if (!s) return NULL;
  o->state = s;
  lof_open(o, s);
  if (!mine_failed(o->env)) lof_search(o, s);
  return mine_failed(o->env) ? NULL : s;
}

static void lof_score(mine_outliers *o) {
  mine_env *env = o->env;
  lof_state *s = lof_begin(o);
  const int64_t crowded = s ? lof_crowded(s) : 0;
  if (crowded > 0) {
    lof_places(o, s);
    if (!mine_failed(env)) lof_tell(o, crowded, s->n);
    if (!mine_failed(env) && s->n > 1) lof_search(o, s);
  }
  if (mine_failed(env)) return;
  s->score = mine__arena_array(o->arena, (size_t)s->n, sizeof *s->score);
  if (mine_failed(env)) return;
  s->score[0] = 1; /* one place: all are alike */
  if (s->n > 1) lof_factors(o, s);
  for (int64_t i = 0; i < o->data->rows.n && !mine_failed(env); i++)
    o->score[i] = s->score[lof_point_of(s, i)];
}

static void lof_knn_score(mine_outliers *o) {
  const lof_state *s = lof_begin(o);
  for (int64_t i = 0; s && i < s->n; i++)
    o->score[i] = lof_farthest(s, i);
}

static void lof_apart(mine_outliers *o, const uint32_t *at, int64_t n, double *amount) {
  const lof_state *s = o->state;
  const mine_encoding *e = &s->encoding;
  const int64_t width = e->width;
  memset(amount, 0, (size_t)n * (size_t)e->n_features * sizeof *amount);
  if (s->n < 2) return;
  for (int64_t i = 0; i < n; i++) {
    const int64_t p = lof_point_of(s, at[i]);
    const double *point = s->point + p * width;
    double *out = amount + i * e->n_features;
    for (int64_t j = 0; j < s->k; j++) {
      const double *other = s->point + s->near[p * s->k + j] * width;
      for (int f = 0; f < e->n_features; f++) {
        for (int c = e->first[f]; c < e->first[f + 1]; c++)
          out[f] += (point[c] - other[c]) * (point[c] - other[c]);
      }
    }
  }
}

const mine__outlier_method mine__outlier_lof = {
    .name = "lof", .score = lof_score, .apart = lof_apart};
const mine__outlier_method mine__outlier_knn = {
    .name = "knn", .score = lof_knn_score, .apart = lof_apart};
