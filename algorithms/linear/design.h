/*
** design.h -- the rows of a frame as the columns of a regression.
**
** Column 0 is the intercept, 1.  A numeric feature is one column; a category is one for each
** level but its reference, 1 in the rows of that level.  All are taken around their mean and
** in units of their deviation, by weight, so that penalties mean the same for all and sums
** lose no digits.  A missing value, and a level that training never met, stand at the mean:
** 0 here.  Columns that are constant, or say what those before them say, are left out.
*/
#ifndef MINE_LINEAR_DESIGN_H
#define MINE_LINEAR_DESIGN_H

#include "../kernel/linalg.h"
#include "../model/linear.h"

#define DESIGN_MOST 4000 /* columns: a matrix of 4000 x 4000 is 128 MB */

typedef struct design_slot {
  int feature;
  int64_t level; /* -1: a number */
  double mean, deviation;
} design_slot;

typedef struct linear_design {
  mine_env *env;
  const mine_dataset *data;
  double total;       /* weight of the rows                                   */
  int64_t *reference; /* per feature: its level, -1 for numbers               */
  double **share;     /* per category: the share of each level in known rows  */
  int64_t *missing;   /* per feature: rows                                    */
  int64_t n_slots;    /* that vary                                            */
  design_slot *slot;
  int64_t n_used; /* of them, those of used[]; the matrix is 1 wider      */
  int64_t *used;
} linear_design;

/* Measure the features; `reference` is the option, feature:level.  All slots are used. */
mine_status mine__design_open(mine_env *env, const mine_dataset *data, const mine_list *reference,
                              linear_design *design) MINE_MUST_CHECK;
/* Leave out what is collinear, by the QR of all rows, each times the root of its weight (or, where
** that is as exact, the root of their squares: reduce.c).  The triangle of what is left comes out
** in `r` (in scratch), 1 + n_used + 1 wide: its last column is the target, (target[row] - middle) /
** unit; NULL: nothing comes out. */
mine_status mine__design_reduce(linear_design *design, mine_model *model, const double *target,
                                double middle, double unit, double **r) MINE_MUST_CHECK;
/* Element (i, j) of the matrix, for the rows row[0..n-1] of the frame (NULL: first, first +
** 1, ...), goes to to[j * n + i]: column by column, as all loops over them like it.  Safe
** inside a task. */
void mine__design_fill(const linear_design *design, const uint32_t *row, int64_t first, int64_t n,
                       double *to);

/* The weight of a row of the frame. */
static inline double design_weight(const linear_design *design, int64_t row) {
  return design->data->weight ? design->data->weight[row] : 1;
}

/* Facts for the report: reference levels, missing values. */
void mine__design_tell(const linear_design *design, mine_model *model);
/* The model with these coefficients: beta[k * (1 + n_used) + j] of margin from + k, in the
** design's units, `unit` times and the intercept `middle` more; u (1 + n_used wide, NULL:
** nothing is tested) is the triangle whose u'u is the information of margin `from`, and
** `scale` the root of the dispersion. */
mine_status mine__design_finish(const linear_design *design, const double *beta, int margins,
                                int from, double middle, double unit, const double *errors,
                                mine_linear *out) MINE_MUST_CHECK;
/* Standard errors in the units of the data, 1 + n_used of each of `margins`, from the triangle
** u of the information of all of them (it is spoilt); `scale` times. */
mine_status mine__design_errors(const linear_design *design, double *u, int margins, double scale,
                                double *errors) MINE_MUST_CHECK;

#endif
