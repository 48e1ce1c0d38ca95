/*
** kmeans_private.h -- the parts of k-means and what they hand each other.
**
**   kmeans.c         options; the fit in its steps; the model
**   kmeans_starts.c  starts that compete, on a sample of large data
**   kmeans_choose.c  silhouettes, and how many clusters there are
**   kmeans_points.c  rows as points in panels, samples of them
**   kmeans_init.c    where the centres start
**   kmeans_lloyd.c   assign, update sums, move the centres, relocate empty clusters
**   kmeans_assign.c  the assignment: exact, and in single precision, certified
**   kmeans_refine.c  better optima: random swaps and exchanges
**   kmeans_tell.c    what to know before believing the clusters
**   kmeans_batch.c   rows that are read in passes; kmeans_batch_model.c: what they come to
**   kprototypes.c    the same with modes for the centres' categories
**
** n rows, k clusters, width encoded columns throughout.  A failure stays in the
** environment: after a step that can fail they ask mine_failed(env), and only the
** algorithm's fit returns a status.
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

#define KMEANS_CHUNK    256  /* rows encoded at a time; a multiple of MINE_LANES */
#define KMEANS_MEASURED 5000 /* rows whose silhouettes are measured              */

/* k-prototypes: centres are means of the numbers and modes of the categories, vertices of the
** encoded space. */
typedef struct kmeans_modes {
  const mine_encoding *encoding;
  int32_t *usual; /* per feature: the level of most rows of all; numbers: not used */
  double gamma;   /* the squared distance of two levels                            */
} kmeans_modes;

/* Rows as points.  Few lie encoded in panels (kernel/distance.h); many stay in
** the frame, which holds them anyway, and are encoded a chunk at a time where they
** are needed: the same bits, without a second copy of the data. */
typedef struct kmeans_points {
  int64_t n;
  int width;
  double *panel; /* NULL: encoded when needed */
  const mine_encoding *encoding;
  const kmeans_modes *modes; /* NULL: centres are means */
  mine_batch batch;
  double *scratch;   /* per worker: a chunk of encoded rows, and a panel */
  double *weight;    /* per row; NULL = 1 */
  double variance;   /* mean over the columns: what tol is relative to */
  double *mean;      /* per column */
  double reach;      /* largest |x - mean| of any row and column */
  mine__sieve sieve; /* factor 0: not usable, exact distances only */
} kmeans_points;

/* One solution and its working memory; all of it in the encoded space, whose unit is the
** deviation of a column (scale=standard), squared where distances are meant.
**
** Which fields agree with which:
**   label and distance, inertia   with centre, after mine__kmeans_assign_exact and all that
**                                 ends with it (mine__kmeans_lloyd, mine__kmeans_refine)
**   label alone                   with the centres before the last move, in between
**   block                         with `before`, if summed: the rows as they were labelled
**                                 when the sums were last brought up to date */
typedef struct kmeans_run {
  const kmeans_points *points;
  int64_t k;
  double *centre;   /* k x width: the centres; one without rows keeps its place        */
  double *next;     /* width: where a centre moves                                     */
  int32_t *label;   /* n: the cluster of every row, 0..k-1                             */
  int32_t *before;  /* n: the labels that the sums stand for                           */
  double *distance; /* n: squared distance to the centre of the row's cluster          */
  double inertia;   /* sum over the rows of weight x distance                          */
  int iterations;   /* of the last mine__kmeans_lloyd                                  */
  int64_t distinct; /* k, or the number of different rows if that is smaller: no run   */

  /* The sums behind the means.  Block b of the rows has one record of `record` doubles,
  **   k x width   sums of weight x row, per cluster
  **   k           sums of weight, per cluster
  **   1           how many of its rows the last update moved to another cluster
  ** and zeros up to whole lanes. */
  int64_t blocks;
  size_t record;
  double *block;  /* blocks x record                                                   */
  double *all;    /* record: the blocks' records, added in the order of the blocks     */
  double *scores; /* blocks: sums of weight x distance                                 */
  int summed;     /* the records stand for `before`; else they are made anew           */
  int64_t moved;  /* rows that the last update moved                                   */
  int64_t empty;  /* clusters that the last move of the centres found without weight   */
  double shift;   /* sum of the squared distances by which it moved them               */
} kmeans_run;

static inline double kmeans_weight(const kmeans_points *points, int64_t row) {
  return points->weight ? points->weight[row] : 1.0;
}
/* Of a block's record, or of `all`: the sums of cluster c, width of them; its weight; rows. */
static inline double *kmeans_sum(const kmeans_run *run, double *record, int64_t c) {
  return record + c * run->points->width;
}
static inline double *kmeans_mass(const kmeans_run *run, double *record, int64_t c) {
  return record + run->k * run->points->width + c;
}
static inline double *kmeans_moved(const kmeans_run *run, double *record) {
  return kmeans_mass(run, record, run->k);
}
static inline size_t kmeans_centre_bytes(const kmeans_run *run) {
  return (size_t)run->k * (size_t)run->points->width * sizeof(double);
}

/* ---- points -------------------------------------------------------------------------- */

/* panels: whether to keep the encoded rows.  encoding and batch must live on. */
void mine__kmeans_points_encode(mine_env *env, const mine_encoding *encoding,
                                const mine_batch *batch, const double *weight, int panels,
                                kmeans_points *out);
/* One row, row-major. */
void mine__kmeans_row(const kmeans_points *points, int64_t row, double *out);
/* The panel of rows first.. (a multiple of MINE_LANES); good until the worker asks again. */
const double *mine__kmeans_panel(const kmeans_points *points, int64_t first, int worker);
/* `count` (<= KMEANS_CHUNK) rows, row-major, first.. or those listed; good until the
** worker asks again. */
const double *mine__kmeans_rows(const kmeans_points *points, int64_t first, const int64_t *row,
                                int64_t count, int worker);
/* `count` rows spread over all, one drawn from each of `count` equal stretches. */
void mine__kmeans_points_sample(mine_env *env, const kmeans_points *from, int64_t count,
                                uint64_t seed, kmeans_points *out);
void mine__kmeans_stretches(int64_t n, int64_t count, uint64_t seed, uint64_t purpose,
                            int64_t *row);

/* ---- centres ------------------------------------------------------------------------- */

void mine__kmeans_run_open(mine_env *env, const kmeans_points *points, int64_t k, kmeans_run *run);

/* Fill run->centre; run->distinct < k when there are fewer different rows. */
void mine__kmeans_seed_plus(mine_env *env, kmeans_run *run, mine_random *random);
void mine__kmeans_seed_random(mine_env *env, kmeans_run *run, mine_random *random);

/* Single-precision rows for mine__kmeans_assign.  Where the rows do not lend themselves to it
** (kernel/sieve.h) nothing is made, and the assignment stays exact. */
void mine__kmeans_sieve_open(mine_env *env, kmeans_points *points);
/* Nearest centres into run->label: through the sieve where there is one.  The labels are
** those of the exact assignment; distance and inertia may be left as they are. */
void mine__kmeans_assign(mine_env *env, kmeans_run *run);
/* Labels, distances and inertia that agree with the centres. */
void mine__kmeans_assign_exact(mine_env *env, kmeans_run *run);

/* From run->centre to labels, distances and inertia that agree with the centres, within
** max_iter iterations or until the centres' squared moves are at most tol x the variance.
** Stops at once where run->distinct < k. */
void mine__kmeans_lloyd(mine_env *env, kmeans_run *run, int64_t max_iter, double tol);

/* run->all anew, of the rows as they are labelled. */
void mine__kmeans_sums(mine_env *env, kmeans_run *run);

/* Improve run (an optimum of Lloyd's) within a bounded amount of work. */
void mine__kmeans_refine(mine_env *env, kmeans_run *run, uint64_t seed);

/* ---- the fit ------------------------------------------------------------------------- */

typedef struct kmeans_options {
  int64_t k, max_k;
  int scale;
  mine_select init;
  int64_t starts, max_iter;
  double tol;
  mine_either gamma; /* kprototypes */
  int batch;         /* kmeans: this is the fit of a sample, and kmeans_batch.c goes on from it */
} kmeans_options;

/* Everything one fit needs. */
typedef struct kmeans_fit {
  mine_env *env;
  const mine_dataset *data;
  const kmeans_options *options;
  mine_model *model;
  kmeans_modes *modes; /* NULL: k-means */
  mine_encoding encoding;
  kmeans_points points; /* all rows                                        */
  kmeans_points sample; /* where the starts compete: all rows, or a sample */
  int random;           /* init=random                                     */
  int64_t k;
  double *best;   /* k x width: the winner's centres on the sample; NULL: none yet */
  int iterations; /* that it took                                                  */
} kmeans_fit;

/* From the rows to the model; modes NULL: k-means. */
mine_status mine__kmeans_fit(mine_env *env, const mine_dataset *data, const kmeans_options *options,
                             kmeans_modes *modes, mine_model *model) MINE_MUST_CHECK;
extern const char *const mine__kmeans_inits[]; /* for the option tables */

/* fit->encoding, just fitted, becomes that of k-prototypes; fit->modes is made. */
void mine__kmeans_mix(kmeans_fit *fit);
/* The modes of the categories of a centre of means, in its place. */
void mine__kmeans_to_modes(const kmeans_modes *modes, double *centre);

/* Where the starts compete, for up to most_k clusters: fit->sample. */
void mine__kmeans_spread(kmeans_fit *fit, int64_t most_k);
/* The best of all starts on these points, refined; best->distinct < k: they cannot be. */
void mine__kmeans_compete(const kmeans_fit *fit, const kmeans_points *points, int64_t k,
                          kmeans_run *best);
/* The solution of all rows. */
void mine__kmeans_solve(kmeans_fit *fit, kmeans_run *run);

/* k=auto: fit->k, and fit->best where k > 1. */
void mine__kmeans_choose_k(kmeans_fit *fit);
/* Mean silhouette of the rows, or of KMEANS_MEASURED of them; NAN where undefined. */
double mine__kmeans_silhouette(const kmeans_fit *fit, const kmeans_run *run);

/* Warn of very unequal clusters (rows: of each of k, falling) and of very skewed numbers. */
void mine__kmeans_tell(mine_env *env, const mine_dataset *data, mine_scale scale,
                       const int64_t *rows, int64_t k, mine_model *model);

extern const mine_passes mine__kmeans_passes; /* kmeans_batch.c */

#endif
