/*
** kmedoids_private.h -- the parts of k-medoids and what they hand each other.
**
**   kmedoids.c         options; the fit in its steps; the model
**   kmedoids_matrix.c  the distances of all pairs
**   kmedoids_build.c   where the medoids start
**   kmedoids_swap.c    swaps until none is better by the aim of the run
**   kmedoids_pam.c     the aim of a given k: a small sum of distances (FasterPAM)
**   kmedoids_msc.c     the aim of k=auto: a large mean medoid silhouette (FasterMSC)
**   kmedoids_solve.c   starts that compete, k=auto, samples of many rows
**
** n rows, k medoids throughout.  A failure stays in the environment: after a step that can fail
** they ask mine_failed(env), and only the algorithm's fit returns a status.
*/
#ifndef MINE_CLUSTER_KMEDOIDS_PRIVATE_H
#define MINE_CLUSTER_KMEDOIDS_PRIVATE_H

#include "../core/parallel.h"
#include "../core/random.h"
#include "../model/medoids.h"

/* Purposes of the random streams. */
enum { KMEDOIDS_SEED = 0x6b6d11, KMEDOIDS_SAMPLE, KMEDOIDS_MEASURE };

/* The distances of all pairs of some rows, in units of a power of two (the largest is at most 1),
** so that floats hold them whatever the units of the table. */
typedef struct kmedoids_matrix {
  int64_t n;
  float *distance;      /* n x n, symmetric, 0 on the diagonal */
  double unit;          /* what a distance of 1 there is       */
  const double *weight; /* per row; NULL = 1                   */
} kmedoids_matrix;

static inline double kmedoids_weight(const kmedoids_matrix *matrix, int64_t row) {
  return matrix->weight ? matrix->weight[row] : 1.0;
}
static inline const float *kmedoids_from(const kmedoids_matrix *matrix, int64_t row) {
  return matrix->distance + row * matrix->n;
}

/* Of n points in the space of `space`, whose own are not looked at.  4 n^2 bytes of scratch memory;
** O(n^2 width) on all threads, the same bits for any number of them. */
void mine__kmedoids_measure(mine_env *env, const mine_neighbours *space, const double *point,
                            int64_t n, const double *weight, kmedoids_matrix *out);
/* Mean silhouette (Rousseeuw 1987) of rows in clusters 0..k-1, by the distances themselves; NAN
** where it is undefined. */
double mine__kmedoids_silhouette(mine_env *env, const kmedoids_matrix *matrix,
                                 const int32_t *cluster, int64_t k);

#define KMEDOIDS_BEYOND 2.0f /* farther than anything in a matrix     */
#define KMEDOIDS_SIFTED 512  /* rows at a time that vectors pass by    */
#define KMEDOIDS_RANKS  3    /* nearest medoids kept of a row, at most */

typedef struct kmedoids_run kmedoids_run;

/* What swaps are to make small. */
typedef struct kmedoids_aim {
  int ranks; /* nearest medoids of a row that it asks for */
  /* cost and removal, which are 0 before, from the nearest medoids of all rows. */
  void (*count)(kmedoids_run *run);
  /* Row as a candidate: by how much the cost changes whoever goes, and loss[] (removal before)
  ** becomes what is to be added for each medoid that goes.  INFINITY: it is no candidate.  Safe
  ** inside a parallel task. */
  double (*judge)(const kmedoids_run *run, int64_t row, double *loss);
  /* Row i is at distance d of run->medoid[medoid], which is new.  Likewise. */
  void (*move)(const kmedoids_run *run, int64_t i, float d, int32_t medoid);
} kmedoids_aim;
extern const kmedoids_aim mine__kmedoids_pam, mine__kmedoids_msc;

/* A row's part of the cost of mine__kmedoids_msc: as it is; without its nearest, or its second
** medoid. */
typedef struct kmedoids_share {
  double now, without_first, without_second;
} kmedoids_share;

/* One solution on a matrix.  near and far are those of the medoids, always. */
struct kmedoids_run {
  const kmedoids_matrix *matrix;
  const kmedoids_aim *aim;
  int64_t k;
  int64_t distinct;              /* k; fewer where the rows are not so different: no solution */
  int64_t *medoid;               /* room for k: rows                                          */
  int32_t *near[KMEDOIDS_RANKS]; /* n each: the nearest medoid, the second ...; -1: none      */
  float *far[KMEDOIDS_RANKS];    /* n each: how far they are; KMEDOIDS_BEYOND: none           */
  kmedoids_share *share;         /* n, for mine__kmedoids_msc                                 */
  double *removal;               /* k: by how much the cost grows without it                  */
  double cost;                   /* by the aim                                                */
  int64_t swaps, passes;         /* of the last mine__kmedoids_swap                           */
};

/* Room for up to k medoids. */
void mine__kmedoids_run_open(mine_env *env, const kmedoids_matrix *matrix, int64_t k,
                             const kmedoids_aim *aim, kmedoids_run *run);
/* near, far, removal and cost from the medoids. */
void mine__kmedoids_nearest(mine_env *env, kmedoids_run *run);
/* A row's near and far, afresh; and with another medoid.  Safe inside a parallel task. */
void mine__kmedoids_look(const kmedoids_run *run, int64_t row);
void mine__kmedoids_insert(const kmedoids_run *run, int64_t row, float distance, int32_t medoid);
/* Mean medoid silhouette of a run of mine__kmedoids_msc. */
double mine__kmedoids_medoid_silhouette(const kmedoids_run *run);
/* The medoid goes without which the cost grows least; k > 2. */
void mine__kmedoids_drop(mine_env *env, kmedoids_run *run);

/* k medoids, the one after the other that lowers the cost most: among all rows (BUILD), or among
** a few drawn for each (LAB).  run->distinct < k: there are fewer different rows. */
void mine__kmedoids_build(mine_env *env, kmedoids_run *run, int all, mine_random *random);
/* Swap medoids with other rows while that lowers the cost, in at most so many passes; k > 1 for
** mine__kmedoids_msc. */
void mine__kmedoids_swap(mine_env *env, kmedoids_run *run, int64_t max_iter);

/* ---- the fit ------------------------------------------------------------------------- */

typedef struct kmedoids_options {
  int64_t k, max_k;
  int metric, scale;
  int64_t starts, max_iter, exact_rows, samples, sample_rows;
} kmedoids_options;

/* Everything one fit needs. */
typedef struct kmedoids_fit {
  mine_env *env;
  const mine_dataset *data;
  const kmedoids_options *options;
  mine_model *model;
  mine_medoids *body;
  int64_t k;
  int64_t whole;          /* up to so many rows all pairs are measured               */
  int32_t *label;         /* n: of the solution, in body's numbers                   */
  int64_t *row;           /* k: the medoids, as positions in data->rows              */
  int64_t swaps;          /* of the best start                                       */
  kmedoids_matrix matrix; /* of all rows; n = 0: there were too many              */
} kmedoids_fit;

/* The medoids of all rows: fit->row, fit->k where it was auto, and fit->matrix, which stays in
** scratch memory. */
void mine__kmedoids_solve(kmedoids_fit *fit);
/* Rows of the dataset, by their positions (NULL: all), measured. */
void mine__kmedoids_matrix_of(const kmedoids_fit *fit, const int64_t *row, int64_t n,
                              kmedoids_matrix *out);
/* body's medoids become these rows, prepared. */
void mine__kmedoids_take(kmedoids_fit *fit, const int64_t *row, int64_t k);
/* Labels of all rows by body's medoids (NULL: not wanted), and the sum of weight x distance. */
double mine__kmedoids_assign(const kmedoids_fit *fit, int32_t *label);

#endif
