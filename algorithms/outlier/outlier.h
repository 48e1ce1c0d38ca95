/*
** outlier.h -- how far each row stands apart from the others, and which features set it apart.
**
** A method is one row of a table.  It scores all rows of a data set (the greater, the more apart)
** and is then asked about some of them: an amount for each feature, of which those of one row
** compare with each other and say which features make its score.  Nothing is learned that would be
** kept.
**
**   iforest      how few cuts by chance it takes to be alone (isolation.c)
**   lof          how much thinner it is around the row than around its neighbours (lof.c)
**   knn          how far away the k-th neighbour is (lof.c)
**   mahalanobis  how far from the middle of those rows that agree the most (mahalanobis.c)
*/
#ifndef MINE_OUTLIER_OUTLIER_H
#define MINE_OUTLIER_OUTLIER_H

#include "../data/encode.h"

typedef struct mine_outliers mine_outliers;

typedef struct mine__outlier_method {
  const char *name;
  /* Fill score; what `apart` needs stays in `state`.  Failures stick in env. */
  void (*score)(mine_outliers *o);
  /* amount[i * n_features + f] of the rows at[0 .. n-1], which count the rows given; above 0: the
  ** feature sets the row apart.  As many rows at a time as the caller has room for. */
  void (*apart)(mine_outliers *o, const uint32_t *at, int64_t n, double *amount);
} mine__outlier_method;

struct mine_outliers {
  mine_env *env;
  mine_arena *arena;        /* what outlives the scoring            */
  const mine_dataset *data; /* rows, features, seed: at least two rows */
  mine_feature *about;      /* the same as data->about               */
  int64_t n_trees, sample;  /* iforest                               */
  int64_t k;                /* lof, knn                              */
  mine_scale scale;         /* lof, knn                              */
  double *score;            /* per row given, finite; the caller's   */
  void *state;              /* the method's own                      */
  /* A warning about the rows. */
  void (*note)(void *context, const char *item, const char *name, const char *detail);
  void *context;
};

extern const mine__outlier_method mine__outlier_iforest, mine__outlier_lof, mine__outlier_knn,
    mine__outlier_mahalanobis;

#endif
