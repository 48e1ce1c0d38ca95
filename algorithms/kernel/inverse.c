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

typedef struct inverse_job {
  mine_linalg la;
  mine_tiles *tiles;
  int64_t k;      /* the block that is swept                 */
  double *corner; /* D^-1                                    */
  double *was;    /* A_ik of every i, a tile each, before it */
  double *by;     /* A_ik D^-1                               */
} inverse_job;

double mine__tiles_bytes(int64_t n) {
  const double edge = n < MINE__TILE ? (double)n : MINE__TILE;
  const double across = (double)MINE_BLOCKS(n, MINE__TILE);
  return edge * edge * (across * (across + 1) / 2 + 2 * across + 2) * sizeof(double);
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

/* D^-1 = W W' with W the inverse of Cholesky's triangle; `room` is a tile. */
static int inverse_corner(const inverse_job *job, double *room) {
  const int64_t n = job->tiles->edge;
  memcpy(room, mine__tile(job->tiles, job->k, job->k), (size_t)(n * n) * sizeof *room);
  if (!mine__cholesky(job->la, n, room)) return 0;
  mine__invert_upper(n, room);
  for (int64_t i = 1; i < n; i++)
    memset(room + i * n, 0, (size_t)i * sizeof *room);
  mine__gemm(job->la, 0, 1, n, n, n, 1, room, room, 0, job->corner);
  return 1;
}

/* Tile i of the column of block k. */
static void inverse_column(void *context, int64_t i, int worker) {
  const inverse_job *job = context;
  const int64_t n = job->tiles->edge, k = job->k;
  const size_t bytes = (size_t)(n * n) * sizeof(double);
  double *was = job->was + i * n * n, *by = job->by + i * n * n;
  (void)worker;
  if (i == k) return;
  double *tile = i < k ? mine__tile(job->tiles, i, k) : mine__tile(job->tiles, k, i);
  if (i < k)
    memcpy(was, tile, bytes);
  else
    inverse_turn(tile, n, was);
  mine__gemm(job->la, 0, 0, n, n, n, 1, was, job->corner, 0, by);
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
  mine__gemm(job->la, 0, 1, n, n, n, -1, job->by + i * n * n, job->was + j * n * n, 1,
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
  inverse_job job = {.la = mine__linalg_open(env), .tiles = tiles};
  double *room = mine__arena_array(arena, 1, size);
  job.corner = mine__arena_array(arena, 1, size);
  job.was = mine__arena_array(arena, (size_t)tiles->across, size);
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
