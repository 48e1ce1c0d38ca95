/*
** prepared.h -- rows that are ready to be learned from, as often as wanted.
**
** A training job reads its source once and decides what each column is
** (training_prepare.c); from then on nothing about the rows changes.  Whatever fits
** more than once is a loop over mine__prepared_fit() with other rows, another
** algorithm or other options: the two fits of a training, the folds of a cross
** validation, a model for each group, the trials of a search.
*/
#ifndef MINE_JOBS_PREPARED_H
#define MINE_JOBS_PREPARED_H

#include "../data/split.h"
#include "../model/gauge.h"
#include "../model/hazard.h"
#include "../model/uplift.h"

/* Of uplift: who was treated, and what that column and the target are called. */
typedef struct mine_prepared_arms {
  const uint8_t *treated; /* 1 = treated, else 0; NULL: no uplift */
  mine_uplift_columns columns;
} mine_prepared_arms;

/* Of survival, where the target is until when each row was seen. */
typedef struct mine_prepared_lives {
  const uint8_t *event;   /* whether it came; 2: not known; NULL: no survival */
  const double *start;    /* at risk only after that; NULL: from the beginning */
  const int32_t *cluster; /* codes of what belongs together; or NULL           */
  int strata;             /* a feature, or -1                                  */
  mine_hazard_columns columns;
} mine_prepared_lives;

/* What parts rows that are learned from from those that are measured on. */
typedef struct mine_prepared_parting {
  uint64_t *hash;     /* of the id, or of the group's value; NULL: no target       */
  int whole;          /* split_by=group: rows of one hash stay together            */
  const double *time; /* split_by=time: later rows are measured on; else NULL      */
} mine_prepared_parting;

/* What a model remembers of its source; NULL where there is none. */
typedef struct mine_prepared_memory {
  mine_model_roles roles;
  mine_model_gaps gaps;
  const char *source;
} mine_prepared_memory;

/* Arrays are indexed by frame row and, like everything here, owned by the job or its frame. */
typedef struct mine_prepared {
  mine_task_kind task;
  uint64_t seed;
  /* The columns as they were read. */
  int64_t frame_rows;
  int n_features;
  mine_feature *about;     /* n_features, then the column of the groups, if any */
  mine_feature_view *view; /* likewise                                          */
  int grouped;             /* whether there is one: a model for each value      */
  const mine_values *ids;
  const double *weight; /* measures use it; NULL: 1 */
  /* What is to be learned of a row: a class or a number, and what some tasks know besides. */
  mine_values classes;
  int n_classes, positive;
  const int32_t *label;
  const double *target;
  mine_prepared_arms arms;
  mine_prepared_lives lives;
  /* What is made of these for the fits. */
  uint32_t *row; /* the rows that are used, rising */
  int64_t n;
  double *fit_weight; /* class weights multiplied in; may be weight */
  mine_prepared_parting parting;
  /* What their models are given to keep. */
  mine_prepared_memory memory;
} mine_prepared;

/* How the rows are divided at random. */
static inline mine_division mine_prepared_division(const mine_prepared *prepared) {
  return (mine_division){prepared->parting.hash, prepared->seed};
}

/* One way to learn: an algorithm, its options struct, what was said, as text, and whether
** shares are calibrated. */
typedef struct mine_method {
  const mine_algorithm *algorithm;
  void *options;
  const char *text;
  mine_calibrate calibrate;
} mine_method;

/* A fitted model, not sealed yet, and the groups that the fit found for the rows it was
** given, in their order; NULL: ask the model.  Algorithms that find labels rather than
** a rule (mine_algorithm.finds) give the latter. */
typedef struct mine_trained {
  mine_model *model;
  int32_t *group;
} mine_trained;

/* Fit the method on some of the rows; with groups, a model for each; calibrated if the method
** says so.  `group` of the answer lives in `arena`.  A group that cannot be fitted is a warning in
** the model. */
mine_status mine__prepared_fit(mine_env *env, const mine_prepared *prepared,
                               const mine_method *method, mine_rows rows, mine_arena *arena,
                               mine_trained *out) MINE_MUST_CHECK;

/* Rows from which on a fit uses all threads by itself; fits of fewer go side by side. */
#define MINE_PREPARED_LARGE 20000

/* Whether rows hold at least two classes, or two numbers: something to tell apart. */
int mine__prepared_learnable(const mine_prepared *prepared, mine_rows rows);

/* Fold f is the rows i (of those divided) with of[i] == f; it is measured by a model of the
** others, or of those with of[i] < f (-1: never measured). */
typedef struct mine_folds {
  int n, rolling;
  const int32_t *of;
  const int64_t *number; /* as a column has them; NULL: 1, 2, ... */
} mine_folds;

/* Five folds of some of the rows, or as many as there can be, divided as the call divides
** its rows: by the hash (stratified), whole groups of them, or time. */
mine_status mine__prepared_folds(mine_env *env, const mine_prepared *prepared, mine_rows rows,
                                 mine_arena *arena, mine_folds *out) MINE_MUST_CHECK;

/* What a model says about rows, and how good that is.  Rows that it does not answer are
** left out, and counted. */
typedef struct mine_measured {
  int64_t n, unanswered;
  uint32_t *row;    /* which they are */
  int32_t *label;   /* classification */
  double *target;   /* regression     */
  uint8_t *treated; /* uplift       */
  double *score;    /* n x n_classes, or n */
  double *weight;   /* NULL: 1        */
  int n_metrics;
  mine_metric metric[MINE_MAX_METRICS];
} mine_measured;
/* Arrays live in arena. */
/* label, target and weight of the rows that are there, their arrays in arena. */
mine_status mine__prepared_truth(mine_env *env, const mine_prepared *prepared, mine_arena *arena,
                                 mine_measured *measured) MINE_MUST_CHECK;
mine_status mine__prepared_measure(mine_env *env, const mine_prepared *prepared,
                                   const mine_model *model, mine_rows rows, mine_arena *arena,
                                   mine_measured *out) MINE_MUST_CHECK;

/* ---- inside: prepared.c for prepared_groups.c -------------------------------------- */

/* A model that has everything but what the algorithm learns: the first n_features of
** `about` as its attributes.  On failure *out is NULL. */
mine_status mine__prepared_model(mine_env *env, const mine_prepared *prepared,
                                 const mine_method *method, int n_features,
                                 mine_model **out) MINE_MUST_CHECK;
/* The rows as an algorithm gets them for this model; found: for the labels that it finds, or
** NULL. */
mine_dataset mine__prepared_dataset(const mine_prepared *prepared, const mine_model *model,
                                    mine_rows rows, int32_t *found);
/* Quantiles of the rows' distances to their clusters, where the model has a place for them that is
** empty; a failure sticks. */
void mine__prepared_distances(mine_env *env, const mine_prepared *prepared, mine_rows rows,
                              mine_model *model);
/* One model of all the rows, whatever their groups. */
mine_status mine__prepared_fit_one(mine_env *env, const mine_prepared *prepared,
                                   const mine_method *method, mine_rows rows, mine_arena *arena,
                                   mine_trained *out) MINE_MUST_CHECK;
mine_status mine__prepared_fit_groups(mine_env *env, const mine_prepared *prepared,
                                      const mine_method *method, mine_rows rows, mine_arena *arena,
                                      mine_trained *out) MINE_MUST_CHECK;

#endif
