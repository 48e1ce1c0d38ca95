/*
** twostep_private.h -- the steps of the clustering `auto`, one to a file.
**
**   twostep.c         options, the steps in their order, numbering, the model
**   twostep_content.c the order of the rows: by what they hold, so that theirs does not matter
**   twostep_scale.c   columns as the fit sees them, and the rows as points
**   twostep_micro.c   many small clusters (k-means)
**   twostep_merge.c   joined two by two by likelihood: a start for each number of clusters
**   twostep_pass.c    a pass over the points: shares in clusters, and sums
**   twostep_em.c      expectation and maximisation of the mixture with noise
**   twostep_choose.c  which number of clusters
**   twostep_stable.c  which of them come back when rows are drawn again
**
** Every sum over rows runs in the order of their content, every chance is drawn from the seed, so
** the model is the same, bit for bit, for any order of the rows and any number of threads.
*/
#ifndef MINE_CLUSTER_TWOSTEP_PRIVATE_H
#define MINE_CLUSTER_TWOSTEP_PRIVATE_H

#include "../core/random.h"
#include "../model/latent.h"
#include "twostep.h"

#define TWOSTEP_BLOCK 512 /* points of a task */
#define TWOSTEP_MOST  100 /* clusters         */

/* Purposes of random streams. */
enum { TWOSTEP_SEED_MICRO = 0x7402, TWOSTEP_SEED_RESAMPLE };

/* The different rows, in the order of their content. */
typedef struct twostep_content {
  int64_t n;      /* different rows                                   */
  uint32_t *row;  /* of each, one of the frame's rows that hold it    */
  double *weight; /* the weights of all that do                       */
  double total;   /* of the weights                                   */
} twostep_content;

/* Columns that the fit uses; the others say nothing. */
typedef struct twostep_scale {
  mine_latent_column *column; /* per feature: all but what clusters have; in the model's arena */
  double *floor;              /* per feature: least variance of a number                        */
  double **overall;           /* per feature: shares of its slots; NULL: numbers                */
  int numbers, categories, slots;
  int *number, *category; /* which features                                                    */
  int *first;             /* per category: where its slots begin among all slots               */
} twostep_scale;

/* Rows as points, a column after another. */
typedef struct twostep_points {
  const twostep_scale *scale;
  int64_t n;
  double *z;      /* numbers x n; NAN missing                  */
  int32_t *slot;  /* categories x n; -1: nothing is said       */
  double *weight; /* n; 0: the point takes no part             */
  double total;
} twostep_points;

/* Clusters as rows of numbers, one after another: weight; means; variances; shares of slots. */
typedef struct twostep_mixture {
  int k, numbers, slots, stride;
  double noise, *value;
  /* Of the points it was fitted on: */
  double fit;     /* mean ln density of a point                */
  double entropy; /* mean entropy of a point's shares          */
  double score;   /* integrated completed likelihood, halved   */
} twostep_mixture;

static inline double *twostep_of(const twostep_mixture *m, int c) {
  return m->value + (size_t)c * (size_t)m->stride;
}

typedef struct twostep_fit {
  mine_env *env;
  const mine_dataset *data;
  const mine__twostep_options *options;
  mine_model *model;
  twostep_content content;
  twostep_scale scale;
  twostep_points sample; /* what the parameters come from          */
  twostep_points few;    /* the first of them: k is chosen on these */
  int most_k;            /* that is tried                           */
  twostep_mixture mixture;
} twostep_fit;

void mine__twostep_content(twostep_fit *fit);
void mine__twostep_scale(twostep_fit *fit);
/* The first n rows of the content as points. */
void mine__twostep_points(twostep_fit *fit, int64_t n, twostep_points *out);

/* How points fall into small clusters: label[i] of each, 0 .. *n - 1. */
void mine__twostep_micro(mine_env *env, const twostep_points *points, int64_t most, uint64_t seed,
                         uint64_t index, int32_t *label, int64_t *n);
/* The small clusters joined to 1 .. most_k: of[k x micro + m] is the cluster of small cluster m
** where there are k, or -1: so few points that it is set aside.  k above the number of those that
** are not set aside have no start: *n_starts is the most that has one.  In scratch. */
void mine__twostep_merge(mine_env *env, const twostep_points *points, const int32_t *label,
                         int64_t micro, int most_k, double aside, int32_t **of, int *n_starts);

/* ---- twostep_pass.c ------------------------------------------------------------------------ */

/* Sums over all points, in scratch; of each cluster `width`: its weight; of each number known,
** first and second power around the cluster's mean; of each slot its weight.  The last three of the
** n are the weight of noise, the sum of ln densities and that of entropies. */
typedef struct twostep_sums {
  const double *of;
  int width;
  int64_t n;
} twostep_sums;
/* given: hard labels to be summed, -1 noise; NULL: shares.  0: failure recorded. */
int mine__twostep_gather(mine_env *env, const twostep_points *points, const twostep_mixture *m,
                         const int32_t *given, twostep_sums *out);
/* Of each point the cluster of the largest share, -1 noise, and the ln density less the entropy of
** its shares, whose mean is in the score; either may be NULL. */
void mine__twostep_label(mine_env *env, const twostep_points *points, const twostep_mixture *m,
                         int32_t *label, double *said);
/* Mutual information of each feature with the cluster, by the points' shares. */
void mine__twostep_importance(mine_env *env, const twostep_points *points, const twostep_mixture *m,
                              int n_features, double *importance);

/* ---- twostep_em.c -------------------------------------------------------------------------- */

/* Room for most_k clusters. */
void mine__twostep_mixture_open(mine_env *env, mine_arena *arena, const twostep_scale *scale,
                                int most_k, twostep_mixture *out);
void mine__twostep_mixture_copy(twostep_mixture *to, const twostep_mixture *from);
/* From hard labels 0 .. k - 1; -1 noise. */
void mine__twostep_mixture_start(mine_env *env, const twostep_points *points, const int32_t *label,
                                 int k, double most_noise, twostep_mixture *m);
/* The two clusters that are most alike become one; room for one cluster. */
void mine__twostep_mixture_join(const twostep_scale *scale, twostep_mixture *m, double *room);
/* Iterate, at most so often, until the fit gains less than `enough` of itself; clusters that are
** left with hardly any rows are dropped.  Fills fit, entropy, score. */
void mine__twostep_em(mine_env *env, const twostep_points *points, double most_noise, int most,
                      double enough, twostep_mixture *m);
/* How many rows the score is of, at most. */
double mine__twostep_rows(const twostep_points *points);
/* How much likelihood is lost when two clusters are one (Chiu et al. 2001): stats as
** twostep_mixture's rows, the weights absolute. */
double mine__twostep_apart(const twostep_scale *scale, const double *a, const double *b,
                           double *joined);

/* Solutions of `points` for ever fewer clusters, from `top` to `bottom`: each the better of two,
** one that begins with small clusters joined to so many, one with the solution before, of which
** two clusters are joined. */
typedef struct twostep_descent {
  mine_env *env;
  const twostep_points *points;
  double noise;
  int64_t micro; /* small clusters */
  int steps;     /* of EM          */
  int top, bottom;
  int exact; /* of two solutions the one with more clusters is better */
  uint64_t seed, index;
  void (*visit)(void *context, int k, const twostep_mixture *solution);
  void *context;
} twostep_descent;
/* The last solution is copied to out. */
void mine__twostep_descend(const twostep_descent *descent, twostep_mixture *out);

/* fit->mixture on fit->few: the number of clusters of the best score, or as many as were asked. */
void mine__twostep_choose(twostep_fit *fit);
/* Mean Jaccard of each cluster over the resamples; NAN: none. */
void mine__twostep_stability(twostep_fit *fit, double *stability);

#endif
