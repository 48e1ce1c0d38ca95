/*
** linear.h -- the model kind "linear": sums of coefficients, through a link.
**
**   margin(k) = base(k) + sum over the columns f of says(f, k)
**   numbers     says = coef(k) x; of a missing one coef(k) mean
**   categories  says = coef(level, k), 0 for the reference level; of a missing one, and of a
**               level that training never met, the mean over the training rows
**   scorecards  says = coef(k) woe, the weight of evidence of the bin in which the value lies
**               (kernel/woe.h), which a missing one has, too
**
** so that a value of which nothing is known moves the margin to where the mean row has it.
** identity and exp give numbers, logit (one margin: the log-odds of the second class) and
** softmax (one margin a class) give shares.  A margin is summed in column order, whatever the
** batch: the same bits for any division of the rows.
*/
#ifndef MINE_MODEL_LINEAR_H
#define MINE_MODEL_LINEAR_H

#include "../kernel/woe.h"
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
  int64_t levels;      /* 0: a number                                                */
  int64_t reference;   /* categories: the level whose coefficients are 0; else -1    */
  double *coef;        /* (levels or 1) x margins                                    */
  double *error;       /* likewise; -1: it has none, -2: dropped, its coefficient 0  */
  double *unknown;     /* per margin: what a missing value says                      */
  double weight;       /* how much the margins vary by it in training, for importance */
  const mine_woe *woe; /* of a scorecard, where `levels` is 0; else NULL              */
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
  int card;                 /* a scorecard: every column has woe; two classes, one margin      */
  double scale[MINE_SCALE]; /* ... and its points (mine_model_after.scale)          */
} mine_linear;

extern const mine_kind mine__kind_linear;
extern const mine_part mine__linear_parts[]; /* linear_describe.c */

/* Of a kind whose body begins with one (hazard.h): the answer of the body; the sum into bytes and
** back (of a layout that this version of the kind linear has; NULL after a problem); and its
** coefficients, the intercept among them or not, but for those of one column (-1: of all). */
mine_status mine__linear_answer(mine_env *env, const mine_model *model, const mine_batch *batch,
                                mine_answers *out);
void mine__linear_write(const mine_linear *linear, mine_writer *w);
mine_linear *mine__linear_read(mine_reader *r, const mine_model *model, uint32_t version);
void mine__linear_coefficients_of(mine_env *env, const mine_model *model, const mine_linear *linear,
                                  int intercept, int but, mine_relation *to);

/* linear_explain.c */
mine_status mine__linear_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                 mine_explained *out);
mine_margin mine__linear_margin(const mine_model *model);

/* scorecard.c: a model of two classes that was fitted on the woe of its columns becomes the
** scorecard of them: woe[f] of column f and what it holds live as long as the model. */
void mine__linear_card(mine_model *model, mine_linear *linear, const mine_woe *woe,
                       const double scale[MINE_SCALE]);
/* The points of each bin of column f, in points[0 .. n]. */
void mine__linear_points(const mine_model *model, int f, double *points);
int mine__linear_has_bins(const mine_model *model);
/* For mine_bins: every column's bins, the most informative first. */
void mine__linear_bins(mine_env *env, const mine_model *model, mine_relation *to);
void mine__linear_save_woe(const mine_woe *woe, mine_writer *w);
/* Checked as the rest is; NULL after a problem. */
const mine_woe *mine__linear_load_woe(mine_reader *r, const mine_feature *about);

/* A model with all coefficients 0 and no errors; NULL: failure recorded. */
mine_linear *mine__linear_new(mine_arena *arena, const mine_feature *about, int n_columns,
                              int n_margins, mine_linear_link link);

#endif
