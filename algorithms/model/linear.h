/*
** linear.h -- the model kind "linear": sums of coefficients, through a link.
**
**   margin(k) = base(k) + sum over the columns f of says(f, k)
**   numbers     says = coef(k) x; of a missing one coef(k) mean
**   categories  says = coef(level, k), 0 for the reference level; of a missing one, and of a
**               level that training never met, the mean over the training rows
**
** so that a value of which nothing is known moves the margin to where the mean row has it.
** identity and exp give numbers, logit (one margin: the log-odds of the second class) and
** softmax (one margin a class) give shares.  A margin is summed in column order, whatever the
** batch: the same bits for any division of the rows.
*/
#ifndef MINE_MODEL_LINEAR_H
#define MINE_MODEL_LINEAR_H

#include "model.h"

typedef enum mine_linear_link {
  MINE_LINEAR_IDENTITY,
  MINE_LINEAR_LOGIT,
  MINE_LINEAR_SOFTMAX,
  MINE_LINEAR_EXP,
  MINE_LINEAR_LINKS
} mine_linear_link;

/* How sure a coefficient is. */
typedef enum mine_linear_test {
  MINE_LINEAR_UNTESTED, /* penalised: a standard error would be that of something else */
  MINE_LINEAR_T,
  MINE_LINEAR_Z
} mine_linear_test;

typedef struct mine_linear_column {
  int64_t levels;    /* 0: a number                                                */
  int64_t reference; /* categories: the level whose coefficients are 0; else -1    */
  double *coef;      /* (levels or 1) x margins                                    */
  double *error;     /* likewise; -1: it has none, -2: dropped, its coefficient 0  */
  double *unknown;   /* per margin: what a missing value says                      */
  double weight;     /* how much the margins vary by it in training, for importance */
} mine_linear_column;

#define MINE_LINEAR_NO_ERROR (-1.0)
#define MINE_LINEAR_DROPPED  (-2.0)

typedef struct mine_linear {
  int n_columns, n_margins;
  mine_linear_link link;
  mine_linear_test test;
  double df;                 /* of the t distribution                        */
  double *base, *base_error; /* per margin                                   */
  mine_linear_column *column;
} mine_linear;

extern const mine_kind mine__kind_linear;
extern const mine_part mine__linear_parts[]; /* linear_describe.c */

/* A model with all coefficients 0 and no errors; NULL: failure recorded. */
mine_linear *mine__linear_new(mine_arena *arena, const mine_feature *about, int n_columns,
                              int n_margins, mine_linear_link link);

#endif
