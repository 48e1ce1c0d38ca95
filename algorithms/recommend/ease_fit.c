/*
** ease_fit.c -- ease.h: the products of items by rows of sparse customers, the inverse by tiles,
** and of every column the largest weights.
*/
#include <math.h>
#include <string.h>

#include "../core/parallel.h"
#include "../kernel/topk.h"
#include "ease.h"

#define EASE_BLOCK 16 /* items of a task; a divisor of a tile's edge is not needed */

const char *const mine__taken_weights[] = {"binary", "count", "log", NULL};

double mine__taken_value(int weights, int64_t baskets) {
  return weights == MINE_TAKEN_BINARY  ? 1
         : weights == MINE_TAKEN_COUNT ? (double)baskets
                                       : log1p((double)baskets);
}

/* Counts stand two places ahead: filling moves first[i + 1] from where row i begins to where it
** ends, and leaves all beginnings in their places. */
int mine__taken_turn(mine_env *env, mine_arena *arena, const mine_taken *of, mine_taken *out) {
  const int64_t cells = of->first[of->rows];
  int64_t *first = mine__arena_zeros(arena, (size_t)of->columns + 2, sizeof *first);
  int32_t *item = mine__arena_array(arena, (size_t)cells, sizeof *item);
  double *value = mine__arena_array(arena, (size_t)cells, sizeof *value);
  if (mine_failed(env)) return 0;
  for (int64_t k = 0; k < cells; k++)
    first[of->item[k] + 2]++;
  for (int64_t i = 0; i < of->columns; i++)
    first[i + 2] += first[i + 1];
  for (int64_t r = 0; r < of->rows; r++) {
    if (MINE_POLL_AT(env, r)) return 0;
    for (int64_t k = of->first[r]; k < of->first[r + 1]; k++) {
      const int64_t to = first[of->item[k] + 1]++;
      item[to] = (int32_t)r;
      value[to] = of->value[k];
    }
  }
  *out = (mine_taken){of->columns, of->rows, first, item, value};
  return 1;
}

typedef struct ease_worker {
  double *row; /* by item; 0 between items */
  double *distance;
  uint32_t *best;
} ease_worker;

typedef struct ease_job {
  const mine_taken *by_customer, *by_item;
  mine_tiles *tiles;
  double lambda;
  int64_t keep;
  ease_worker *worker;
  int32_t *kept, *source; /* of item j: source[j * keep] .., kept[j] of them */
  double *weight;
} ease_job;

/* Row i of X'X + lambda I, from the first column of its tile on, into the tiles. */
static void ease_row(const ease_job *job, int64_t i, double *row) {
  const mine_taken *x = job->by_customer, *turned = job->by_item;
  const int64_t edge = job->tiles->edge, from = i / edge * edge, n = job->tiles->n;
  for (int64_t u = turned->first[i]; u < turned->first[i + 1]; u++) {
    const int32_t customer = turned->item[u];
    for (int64_t k = x->first[customer]; k < x->first[customer + 1]; k++)
      row[x->item[k]] += turned->value[u] * x->value[k];
  }
  row[i] += job->lambda;
  for (int64_t j = from; j < n; j += edge) {
    const int64_t wide = n - j < edge ? n - j : edge;
    memcpy(mine__tile(job->tiles, i / edge, j / edge) + i % edge * edge, row + j,
           (size_t)wide * sizeof *row);
  }
  memset(row, 0, (size_t)n * sizeof *row);
}

static void ease_rows(void *context, int64_t task, int worker) {
  const ease_job *job = context;
  const int64_t end = (task + 1) * EASE_BLOCK;
  for (int64_t i = task * EASE_BLOCK; i < end && i < job->tiles->n; i++)
    ease_row(job, i, job->worker[worker].row);
}

static void ease_column(const ease_job *job, int64_t j, const ease_worker *w) {
  const double pivot = mine__tiles_at(job->tiles, j, j);
  mine_topk top;
  mine__topk_open(&top, job->keep, w->distance, w->best);
  for (int64_t i = 0; i < job->tiles->n; i++) {
    /* B = -P / P_jj in column j: the largest |P| are the largest weights. */
    const double weight = i == j ? 0 : mine__tiles_at(job->tiles, i, j);
    if (weight != 0) mine__topk_offer(&top, -fabs(weight), (uint32_t)i);
  }
  mine__topk_sort(&top);
  job->kept[j] = (int32_t)top.n;
  for (int64_t k = 0; k < top.n; k++) {
    job->source[j * job->keep + k] = (int32_t)w->best[k];
    job->weight[j * job->keep + k] = -mine__tiles_at(job->tiles, w->best[k], j) / pivot;
  }
}

static void ease_columns(void *context, int64_t task, int worker) {
  const ease_job *job = context;
  const int64_t end = (task + 1) * EASE_BLOCK;
  for (int64_t j = task * EASE_BLOCK; j < end && j < job->tiles->n; j++)
    ease_column(job, j, &job->worker[worker]);
}

static int ease_room(mine_env *env, mine_arena *arena, int64_t n, int64_t keep, ease_job *job) {
  job->worker = mine__arena_zeros(arena, (size_t)env->threads, sizeof *job->worker);
  for (int t = 0; job->worker && t < env->threads; t++) {
    job->worker[t].row = mine__arena_zeros(arena, (size_t)n, sizeof(double));
    job->worker[t].distance = mine__arena_array(arena, (size_t)keep, sizeof(double));
    job->worker[t].best = mine__arena_array(arena, (size_t)keep, sizeof(uint32_t));
  }
  job->kept = mine__arena_zeros(arena, (size_t)n, sizeof *job->kept);
  job->source = mine__arena_array(arena, (size_t)n, (size_t)keep * sizeof *job->source);
  job->weight = mine__arena_array(arena, (size_t)n, (size_t)keep * sizeof *job->weight);
  return !mine_failed(env);
}

/* From the items that are scored to the items that score. */
static int ease_by_source(mine_env *env, mine_arena *arena, const ease_job *job, mine_ease *out) {
  const int64_t n = job->tiles->n;
  int64_t all = 0;
  out->n = n;
  out->first = mine__arena_zeros(arena, (size_t)n + 2, sizeof *out->first);
  if (mine_failed(env)) return 0;
  for (int64_t j = 0; j < n; j++) {
    for (int64_t k = 0; k < job->kept[j]; k++)
      out->first[job->source[j * job->keep + k] + 2]++;
    all += job->kept[j];
  }
  for (int64_t i = 0; i < n; i++)
    out->first[i + 2] += out->first[i + 1];
  out->other = mine__arena_array(arena, (size_t)all, sizeof *out->other);
  out->weight = mine__arena_array(arena, (size_t)all, sizeof *out->weight);
  if (mine_failed(env)) return 0;
  for (int64_t j = 0; j < n; j++) {
    for (int64_t k = 0; k < job->kept[j]; k++) {
      const int64_t to = out->first[job->source[j * job->keep + k] + 1]++;
      out->other[to] = (int32_t)j;
      out->weight[to] = job->weight[j * job->keep + k];
    }
  }
  return 1;
}

int mine__ease_fit(mine_env *env, mine_arena *arena, const mine_taken *of, double lambda,
                   int64_t neighbors, mine_ease *out) {
  const mine_mark mark = mine__arena_mark(env->scratch);
  const int64_t n = of->columns;
  mine_taken turned;
  mine_tiles tiles;
  ease_job job = {.by_customer = of, .by_item = &turned, .tiles = &tiles, .lambda = lambda};
  int definite = 1;
  job.keep = neighbors < n - 1 ? neighbors : n - 1;
  if (job.keep < 1) job.keep = 1;
  if (!mine__taken_turn(env, env->scratch, of, &turned) ||
      !mine__tiles_open(env, env->scratch, n, &tiles) ||
      !ease_room(env, env->scratch, n, job.keep, &job) ||
      mine__parallel(env, MINE_BLOCKS(n, EASE_BLOCK), ease_rows, &job))
    return 0;
  if (!mine__tiles_invert(env, env->scratch, &tiles, &definite)) {
    if (!definite && !mine_failed(env))
      (void)mine__fail(env, MINE_DATA,
                       "the items' products have no inverse to rounding; use a larger lambda");
    return 0;
  }
  if (mine__parallel(env, MINE_BLOCKS(n, EASE_BLOCK), ease_columns, &job) ||
      !ease_by_source(env, arena, &job, out))
    return 0;
  if (arena != env->scratch) mine__arena_rewind(env->scratch, mark);
  return 1;
}
