/*
** inverse.c -- inverse.h: one block of rows after the other is swept.
**
** For block k with the corner D: every tile (i, j) outside its row and column loses
** A_ik D^-1 A_kj, the tiles of its row and column become A_ik D^-1, the corner -D^-1.  When all
** blocks were swept the matrix is minus its inverse.
*/
#include "inverse.h"

#include <string.h>

#include "../core/parallel.h"
#include "linalg.h"
#include "simd.h"

typedef struct inverse_job {
  const mine__kernels *kernels;
  mine_tiles *tiles;
  int64_t k;      /* the block that is swept      */
  double *corner; /* D^-1                         */
  double *less;   /* -A_ki of every i, a tile each */
  double *by;     /* A_ik D^-1                    */
} inverse_job;

double mine__tiles_bytes(int64_t n) {
  const double edge = n < MINE__TILE ? (double)n : MINE__TILE;
  const double across = (double)MINE_BLOCKS(n, MINE__TILE);
  return edge * edge * (across * (across + 1) / 2 + 2 * across + 3) * sizeof(double);
}

int mine__tiles_open(mine_env *env, mine_arena *arena, int64_t n, mine_tiles *out) {
  out->n = n;
  out->edge = n < MINE__TILE ? n : MINE__TILE;
  out->across = MINE_BLOCKS(n, out->edge);
  const size_t tiles = (size_t)(out->across * (out->across + 1) / 2);
  out->number = mine__arena_zeros(arena, tiles, (size_t)(out->edge * out->edge) * sizeof(double));
  for (int64_t i = n; out->number && i < out->across * out->edge; i++) {
    const int64_t at = i % out->edge;
    mine__tile(out, i / out->edge, i / out->edge)[at * out->edge + at] = 1;
  }
  return !mine_failed(env);
}

static void inverse_turn(const double *from, int64_t n, double *to) {
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++)
      to[j * n + i] = from[i * n + j];
}

/* D^-1 = W W' with W the inverse of Cholesky's triangle, made from its last row up: row i is
** (e_i - the sum of u_ik row k) / u_ii.  `room` is two tiles. */
static int inverse_corner(const inverse_job *job, double *room) {
  const int64_t n = job->tiles->edge;
  const mine_linalg plain = {0};
  double *w = room, *u = room + n * n;
  memcpy(u, mine__tile(job->tiles, job->k, job->k), (size_t)(n * n) * sizeof *u);
  if (!mine__cholesky(plain, n, u)) return 0;
  memset(w, 0, (size_t)(n * n) * sizeof *w);
  for (int64_t i = n; i-- > 0;) {
    double *row = w + i * n;
    row[i] = 1;
    for (int64_t k = i + 1; k < n; k++)
      job->kernels->add_row(row + k, w + k * n + k, n - k, -u[i * n + k]);
    for (int64_t j = i; j < n; j++)
      row[j] /= u[i * n + i];
  }
  inverse_turn(w, n, u);
  memset(job->corner, 0, (size_t)(n * n) * sizeof *w);
  job->kernels->dense(w, n, n, u, n, n, job->corner);
  return 1;
}

/* Tile i of the column of block k. */
static void inverse_column(void *context, int64_t i, int worker) {
  const inverse_job *job = context;
  const int64_t n = job->tiles->edge, k = job->k;
  const size_t bytes = (size_t)(n * n) * sizeof(double);
  double *less = job->less + i * n * n, *by = job->by + i * n * n;
  (void)worker;
  if (i == k) return;
  double *tile = i < k ? mine__tile(job->tiles, i, k) : mine__tile(job->tiles, k, i);
  if (i < k)
    memcpy(less, tile, bytes);
  else
    inverse_turn(tile, n, less);
  memset(by, 0, bytes);
  job->kernels->dense(less, n, n, job->corner, n, n, by);
  if (i < k)
    inverse_turn(tile, n, less);
  else
    memcpy(less, tile, bytes);
  for (int64_t at = 0; at < n * n; at++)
    less[at] = -less[at];
  if (i < k)
    memcpy(tile, by, bytes);
  else
    inverse_turn(by, n, tile);
}

/* Tiles (0 .. j, j) of column j. */
static void inverse_rest(void *context, int64_t task, int worker) {
  const inverse_job *job = context;
  const int64_t n = job->tiles->edge, k = job->k;
  int64_t j = 0;
  (void)worker;
  while ((j + 1) * (j + 2) / 2 <= task)
    j++;
  const int64_t i = task - j * (j + 1) / 2;
  if (i == k || j == k) return;
  job->kernels->dense(job->by + i * n * n, n, n, job->less + j * n * n, n, n,
                      mine__tile(job->tiles, i, j));
}

static void inverse_negate(void *context, int64_t task, int worker) {
  const inverse_job *job = context;
  const int64_t size = job->tiles->edge * job->tiles->edge;
  double *tile = job->tiles->number + task * size;
  (void)worker;
  for (int64_t i = 0; i < size; i++)
    tile[i] = -tile[i];
}

static int inverse_sweep(mine_env *env, inverse_job *job, double *room) {
  const int64_t n = job->tiles->edge, across = job->tiles->across,
                tiles = across * (across + 1) / 2;
  const double share = (double)job->k / (double)across;
  if (!inverse_corner(job, room)) return 0;
  if (mine__parallel(env, across, inverse_column, job) ||
      mine__parallel_progress(env, tiles, inverse_rest, job, "inverting", share,
                              share + 1 / (double)across))
    return 1;
  double *corner = mine__tile(job->tiles, job->k, job->k);
  for (int64_t i = 0; i < n * n; i++)
    corner[i] = -job->corner[i];
  return 1;
}

int mine__tiles_invert(mine_env *env, mine_arena *arena, mine_tiles *tiles, int *definite) {
  const mine_mark mark = mine__arena_mark(arena);
  const size_t size = (size_t)(tiles->edge * tiles->edge) * sizeof(double);
  inverse_job job = {.kernels = mine__kernels_here(), .tiles = tiles};
  double *room = mine__arena_array(arena, 2, size);
  job.corner = mine__arena_array(arena, 1, size);
  job.less = mine__arena_array(arena, (size_t)tiles->across, size);
  job.by = mine__arena_array(arena, (size_t)tiles->across, size);
  *definite = 1;
  for (job.k = 0; !mine_failed(env) && *definite && job.k < tiles->across; job.k++)
    *definite = inverse_sweep(env, &job, room);
  if (!mine_failed(env) && *definite &&
      mine__parallel(env, tiles->across * (tiles->across + 1) / 2, inverse_negate, &job))
    *definite = 0;
  mine__arena_rewind(arena, mark);
  return !mine_failed(env) && *definite;
}
