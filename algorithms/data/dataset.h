/*
** dataset.h -- what an algorithm is given: some rows of a frame, their
** features, and what is to be learned.
**
** Columns are indexed by *frame row*.  The rows to use are row[0..n-1]; when
** row is NULL they are 0..n-1.  Nothing here is owned or may be changed.
*/
#ifndef MINE_DATA_DATASET_H
#define MINE_DATA_DATASET_H

#include "frame.h"

typedef enum mine_task_kind {
  MINE_CLASSIFICATION = 1,
  MINE_REGRESSION = 2,
  MINE_CLUSTERING = 4,
  MINE_NEIGHBORS = 8,        /* base rows for a search, no target  */
  MINE_COMPONENTS = 16,      /* few numbers that stand for many    */
  MINE_UPLIFT = 64,          /* what a treatment adds to a target  */
  MINE_SURVIVAL = 128,       /* when an event comes                */
  MINE_PURCHASES = 256,      /* what customers will buy, from events */
  MINE_RECOMMENDATION = 512, /* what customers shall be offered, from events */
  MINE_FORECASTING = 1024    /* values to come of series */
} mine_task_kind;

/* What a model knows of an attribute: how to recognise and read it again. */
typedef struct mine_feature {
  const char *name;
  mine_column_type type;  /* NUMERIC or CATEGORY */
  mine_dictionary levels; /* category: code = position, sorted */
  int all_integers;
  int64_t missing; /* in training */
  double least, most, mean, deviation;
  const char *why;               /* the inferred type and why, in words */
  const mine_time_reading *time; /* its numbers are days, read and written so; NULL: numbers */
  const mine_numerals *numerals; /* how its cells are written where it is not plain; or NULL */
} mine_feature;

/* One feature's payload: exactly one of the two is not NULL. */
typedef struct mine_feature_view {
  const double *number; /* NAN = missing                                      */
  const int32_t *code;  /* MINE_CODE_MISSING, MINE_CODE_UNKNOWN, 0..levels-1  */
} mine_feature_view;

/* Rows to be scored: features in the order of the model's. */
typedef struct mine_batch {
  int64_t n;
  const uint32_t *row; /* NULL: 0..n-1 */
  const mine_feature_view *feature;
} mine_batch;

typedef struct mine_dataset {
  mine_task_kind task;
  mine_batch rows;
  int n_features;
  const mine_feature *about; /* name, type, levels, statistics           */
  int n_classes;             /* classification                           */
  const int32_t *label;      /* classification: 0..n_classes-1           */
  const double *target;      /* regression                               */
  const uint8_t *treated;    /* uplift: per frame row, 1 = treated        */
  const double *weight;      /* per frame row, > 0 on the rows given;
                             ** class weights are multiplied in; NULL = 1 */
  const mine_values *ids;    /* per frame row; NULL = numbered from 1    */
  const uint64_t *hash;      /* per frame row, of its id; NULL: no target */
  /* How rows that are watched must be parted from those learned from; see mine__dataset_parts. */
  const double *time; /* per frame row: later rows are watched; or NULL             */
  int whole;          /* rows of equal hash stay together                           */
  uint64_t seed;
  /* Of survival, where the target is until when each was seen; per frame row. */
  const uint8_t *event;   /* 1: it came then                                 */
  const double *start;    /* at risk only after that; NULL: from the beginning */
  const int32_t *cluster; /* codes of what belongs together; or NULL         */
  int strata;             /* the feature whose levels are strata; -1: none   */
  int32_t *found;         /* per row given: the group that the fit found, 0 = none; NULL unless
                          ** the algorithm finds groups                                        */
} mine_dataset;

/* Describe a finished column as a model's feature; everything copied to arena. */
mine_status mine__feature_from_column(mine_env *env, mine_arena *arena, const mine_column *column,
                                      mine_feature *out) MINE_MUST_CHECK;
/* The same of n columns of a finished frame, and their rows at hand; in arena, failures in env. */
void mine__features_of_columns(mine_env *env, mine_arena *arena, const mine_frame *frame,
                               const int *column, int n, mine_feature **about,
                               mine_feature_view **view);
/* A number of the feature as its column has it: a date is one again (cut to what the
** column tells).  `buffer` holds its text. */
void mine__feature_cell(const mine_feature *about, double value, char buffer[MINE_TIME_BYTES],
                        mine_cell *out);
/* The bound of x < bound, x >= bound, in words.  Between two dates of a column lie others
** that it has no form for: the first of its dates that is not below says the same. */
void mine__feature_bound(const mine_feature *about, double value, mine_text *out);
/* The same feature once more, in another arena; a failure of memory is in its
** environment. */
void mine__feature_copy(mine_arena *arena, const mine_feature *from, mine_feature *out);
/* How cells of a finished column were written, with what was taken for missing, to read others
** so; copied to arena.  NULL: plainly.  mine__numerals_copy: the same once more. */
const mine_numerals *mine__numerals_of_column(mine_arena *arena, const mine_column *column);
const mine_numerals *mine__numerals_copy(mine_arena *arena, const mine_numerals *from);
void mine__view_of_column(const mine_column *column, mine_feature_view *out);
/* The wants of rows that are read as these features were: FIXED, by their names.  In
** `arena`, n and the end; NULL: failure recorded.  `about` must outlive the frame. */
const mine_want *mine__wants_of_features(mine_arena *arena, const mine_feature *about, int n);

/* MINE_OPTION and the sentence where option=value is for classes and the target is a number, or
** the reverse; `instead`: what to say of such rows ("leave it out"). */
mine_status mine__option_suits(mine_env *env, const char *option, const char *value,
                               int for_classes, int has_classes, const char *instead);

/* Divide the rows given for a fit that needs rows to see when to stop: in `folds` parts, each
** watched while the others are learned from (stratified by label, or whole groups of equal
** hash), or with folds 1 in one part of about `share` of the rows and the rest.  Where rows are
** divided by time there is always one part, the latest rows.  part[i] of the i-th row given is
** 0 .. *parts - 1, or -1: never watched.  By the hash of the ids and the seed, so that it does not
** depend on which rows were held out before.  *parts is 0 where the rows cannot be divided (all of
** one time, or of one group).  In arena.  O(rows). */
mine_status mine__dataset_parts(mine_env *env, mine_arena *arena, const mine_dataset *data,
                                int folds, double share, int32_t **part,
                                int *parts) MINE_MUST_CHECK;

/* The first feature that is missing in a row, or -1. */
int mine__missing_in_row(const mine_feature_view *feature, int n_features, int64_t row);
/* The first row of the batch in which a feature is missing: that feature, *at the
** position in the batch; -1: nothing is missing. */
int mine__missing_first(const mine_batch *batch, int n_features, int64_t *at);

static inline int64_t mine_batch_row(const mine_batch *batch, int64_t i) {
  return batch->row ? (int64_t)batch->row[i] : i;
}

#endif
