/*
** kmeans_private.h -- the parts of k-means and what they hand each other.
**
**   kmeans_points.c  rows as points in panels, samples of them
**   kmeans_init.c    where the centres start
**   mine__kmeans_lloyd.c   assign, update, repeat
**   kmeans_sieve.c   the assignment in single precision, certified
**   mine__kmeans_refine.c  better optima: random swaps and exchanges
**   kmeans_choose.c  silhouettes, and how many clusters there are
**   kmeans.c         options, the fit, the model
**
** n rows, k clusters, width encoded columns throughout.
*/
#ifndef MINE_CLUSTER_KMEANS_PRIVATE_H
#define MINE_CLUSTER_KMEANS_PRIVATE_H

#include "../core/parallel.h"
#include "../core/random.h"
#include "../data/encode.h"
#include "../kernel/distance.h"
#include "../kernel/sieve.h"
#include "../kernel/simd.h"
#include "../model/model.h"

/* Purposes of the random streams. */
enum { KMEANS_SAMPLE = 0x6b6d01, KMEANS_SEED, KMEANS_SWAP, KMEANS_SILHOUETTE };

#define KMEANS_BLOCKS 64 /* partial sums are kept for at most so many blocks of rows */

#define KMEANS_CHUNK 256 /* rows encoded at a time; a multiple of MINE_LANES */

/* Rows as points.  Few lie encoded in panels (kernel/distance.h); many stay in
** the frame, which holds them anyway, and are encoded a chunk at a time where they
** are needed: the same bits, without a second copy of the data. */
typedef struct kmeans_points {
  int64_t n;
  int width;
  double *panel; /* NULL: encoded when needed */
  const mine_encoding *encoding;
  mine_batch batch;
  double *scratch;   /* per worker: a chunk of encoded rows, and a panel */
  double *weight;    /* per row; NULL = 1 */
  double variance;   /* mean over the columns: what tol is relative to */
  double *mean;      /* per column */
  double reach;      /* largest |x - mean| of any row and column */
  mine__sieve sieve; /* not usable: exact distances only */
} kmeans_points;

/* One solution and its working memory. */
typedef struct kmeans_run {
  const kmeans_points *points;
  int64_t k;
  double *centre;   /* k x width                                  */
  int32_t *label;   /* per row, 0..k-1                            */
  int32_t *before;  /* the labels that the sums stand for         */
  double *distance; /* per row, squared; after mine__kmeans_assign_exact */
  double inertia;   /* sum of weight x distance; same             */
  int iterations;
  int64_t blocks;  /* of rows, for the sums                      */
  double *sum;     /* blocks x k x width                         */
  double *mass;    /* blocks x k: weights                        */
  double *total;   /* k: weights                                 */
  double *partial; /* blocks: inertia                            */
  int64_t *moved;  /* blocks: rows that changed cluster          */
  int summed;      /* the sums are those of `before`             */
} kmeans_run;

static inline double kmeans_weight(const kmeans_points *points, int64_t row) {
  return points->weight ? points->weight[row] : 1.0;
}
static inline int64_t kmeans_block_first(const kmeans_points *points, int64_t blocks, int64_t b) {
  return points->n / blocks * b + (points->n % blocks) * b / blocks;
}

/* points */
/* panels: whether to keep the encoded rows.  encoding and batch must live on. */
mine_status mine__kmeans_points_encode(mine_env *env, const mine_encoding *encoding,
                                       const mine_batch *batch, const double *weight, int panels,
                                       kmeans_points *out) MINE_MUST_CHECK;
/* One row, row-major. */
void mine__kmeans_row(const kmeans_points *points, int64_t row, double *out);
/* The panel of rows first.. (a multiple of MINE_LANES); good until the worker asks again. */
const double *mine__kmeans_panel(const kmeans_points *points, int64_t first, int worker);
/* `count` (<= KMEANS_CHUNK) rows, row-major, first.. or those listed; good until the
** worker asks again. */
const double *mine__kmeans_rows(const kmeans_points *points, int64_t first, const int64_t *row,
                                int64_t count, int worker);
/* `count` rows spread over all, one drawn from each of `count` equal stretches. */
mine_status mine__kmeans_points_sample(mine_env *env, const kmeans_points *from, int64_t count,
                                       uint64_t seed, kmeans_points *out) MINE_MUST_CHECK;
void mine__kmeans_stretches(int64_t n, int64_t count, uint64_t seed, uint64_t purpose,
                            int64_t *row);

/* init: fill run->centre; *found < k when there are fewer distinct rows. */
mine_status mine__kmeans_seed_plus(mine_env *env, kmeans_run *run, mine_random *random,
                                   int64_t *found) MINE_MUST_CHECK;
mine_status mine__kmeans_seed_random(mine_env *env, kmeans_run *run,
                                     mine_random *random) MINE_MUST_CHECK;

/* lloyd */
mine_status mine__kmeans_run_open(mine_env *env, const kmeans_points *points, int64_t k,
                                  kmeans_run *run) MINE_MUST_CHECK;
mine_status mine__kmeans_assign_exact(mine_env *env, kmeans_run *run) MINE_MUST_CHECK;
/* From run->centre to labels, distances and inertia that agree with the centres.
** *distinct: k, or the number of distinct rows when that is smaller (then stop). */
mine_status mine__kmeans_lloyd(mine_env *env, kmeans_run *run, int64_t max_iter, double tol,
                               int64_t *distinct) MINE_MUST_CHECK;

/* sieve */
mine_status mine__kmeans_sieve_open(mine_env *env, kmeans_points *points) MINE_MUST_CHECK;
/* Nearest centres of run into run->label. */
mine_status mine__kmeans_sieve_assign(mine_env *env, kmeans_run *run) MINE_MUST_CHECK;

/* refine: improve run (an optimum of Lloyd's) within a bounded amount of work. */
mine_status mine__kmeans_refine(mine_env *env, kmeans_run *run, uint64_t seed) MINE_MUST_CHECK;

/* tell: warn of very unequal clusters (rows: of each of k, falling) and of very skewed numbers. */
void mine__kmeans_tell(mine_env *env, const mine_dataset *data, mine_scale scale,
                       const int64_t *rows, int64_t k, mine_model *model);

/* choose: mean silhouette of at most `most` rows; NAN where undefined. */
mine_status mine__kmeans_silhouette(mine_env *env, const kmeans_points *points,
                                    const int32_t *label, int64_t k, int64_t most, uint64_t seed,
                                    double *out) MINE_MUST_CHECK;

#endif
