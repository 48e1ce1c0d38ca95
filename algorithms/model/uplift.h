/*
** uplift.h -- what a treatment adds to a target: a difference of two models, or a transformed one.
**
**   two models   value = m1(x) - m0(x), of a model of the treated and one of the others; m is
**                the share of class 1, or a number
**   transformed  value = 2 m(x) - 1, of a model of z = (treated and bought) or (neither):
**                E[2z - 1 | x] is the uplift where treated and others weigh the same
**
** The members have the whole's features, in its order, with its levels: they are asked the
** whole's batch as it is.
*/
#ifndef MINE_MODEL_UPLIFT_H
#define MINE_MODEL_UPLIFT_H

#include "../core/radix.h"
#include "resample.h"

typedef enum mine_uplift_method { MINE_UPLIFT_TWO, MINE_UPLIFT_TRANSFORMED } mine_uplift_method;
enum { MINE_UPLIFT_OTHERS, MINE_UPLIFT_TREATED }; /* members of two; of one: the first */

/* The columns beside the features, and what their cells mean. */
typedef struct mine_uplift_columns {
  const char *target, *treatment;
  mine_cell positive; /* the class that counts as 1; MINE_NULL: the target is a number */
  mine_cell treated;  /* the value of the treated                                      */
} mine_uplift_columns;

typedef struct mine_uplift {
  int method; /* mine_uplift_method */
  int n_members;
  const mine_model *member[2];
  mine_uplift_columns columns;
  /* Held-out rows, at most 100,000: for mine_uplift without a source. */
  int64_t held;
  double *outcome;
  int32_t *treated;
  double *weight; /* NULL: 1 */
  double *score;
} mine_uplift;
extern const mine_kind mine__kind_uplift;

/* Tell a model of the kind (no other: nothing happens) what its columns are called; copied. */
void mine__uplift_name(mine_model *model, const mine_uplift_columns *columns);

/* Rows that are judged: n of each; weight NULL: 1. */
typedef struct mine_uplift_rows {
  int64_t n;
  const double *outcome;
  const uint8_t *treated;
  const double *weight;
  const double *score;
} mine_uplift_rows;

/* Remember them in a model of the kind (no other: nothing happens).  Failures stick. */
void mine__uplift_keep(mine_env *env, mine_model *model, const mine_uplift_rows *rows);

/* The measures of such rows; how many (0: failure recorded); and, by resamples, their bounds. */
int mine__uplift_metrics(mine_env *env, mine_arena *arena, const mine_uplift_rows *rows,
                         mine_metric *metric);
mine_status mine__uplift_bounds(mine_env *env, mine_arena *arena, const mine_uplift_rows *rows,
                                const mine_certainty *how, mine_bounds *out) MINE_MUST_CHECK;

/* Positions of the rows by falling score, equal ones in their order; in arena, NULL: failure
** recorded.  O(n log n). */
const mine_pair *mine__uplift_order(mine_env *env, mine_arena *arena, const double *score,
                                    int64_t n);

#endif
