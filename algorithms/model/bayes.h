/*
** bayes.h -- the model kind "bayes": the columns of a row are independent of each
** other once its class is known, so that
**
**   P(c | x)  is proportional to  P(c) x product over the columns f of p_f(x(f) | c).
**
**   numbers     p_f(x | c) is the normal density with the mean and the variance (divisor:
**               the weight) of the class, the variance raised by `added`
**   categories  p_f(l | c) = (count(c, l) + smoothing) / (known(c) + smoothing x levels met):
**               Lidstone's estimate, Laplace's with smoothing 1
**
** A missing value is left out of the product, as it must be where nothing is known of
** why it is missing: the sum over all values it might have is 1.  A level that training
** never met is left out too: the levels met share all of the probability, and the estimate
** of an unmet one would be smoothing / known(c), which speaks for the class with the
** fewest rows and says nothing of the row.
**
** Maron (1961), "Automatic indexing: an experimental inquiry", Journal of the ACM 8(3);
** Lidstone (1920), "Note on the general case of the Bayes-Laplace formula", Transactions
** of the Faculty of Actuaries 8.
*/
#ifndef MINE_MODEL_BAYES_H
#define MINE_MODEL_BAYES_H

#include "model.h"

/* What one column says of the classes. */
typedef struct mine_bayes_column {
  int64_t levels;          /* 0: numbers                                              */
  int64_t met;             /* how many of them some class has rows of; made by prepare */
  double *known;           /* per class: the weight of the values it was learned from */
  double *mean, *variance; /* numbers, per class; without `added`                     */
  double *count;           /* categories: class x level, by weight                    */
  /* Made of these by mine__bayes_prepare: */
  double *base, *half; /* numbers: log density = base - half (x - mean)^2             */
  double *log;         /* categories: class x (1 + levels), the log of the shares; the
                       ** first of a class is 0, what an unknown level adds           */
} mine_bayes_column;

typedef struct mine_bayes {
  int n_classes, n_columns; /* the model's groups and features                  */
  int counted;              /* whether the priors are the classes' shares       */
  double smoothing, added;
  double *weight; /* per class: of its rows                                     */
  double *prior;  /* per class; 0: it had no rows, and is never the answer      */
  double *log_prior;
  mine_bayes_column *column;
} mine_bayes;

/* A variance with what is added to it; beyond these bounds neither it nor its inverse
** can be computed with.  0 stands for a column without any spread, which says nothing
** and is taken as 1. */
#define MINE_BAYES_NARROWEST 1e-290
#define MINE_BAYES_WIDEST    1e300
static inline int mine_bayes_spread_sound(double variance) {
  return variance == 0 || (variance >= MINE_BAYES_NARROWEST && variance <= MINE_BAYES_WIDEST);
}

extern const mine_kind mine__kind_bayes;
extern const mine_part mine__bayes_parts[]; /* bayes_describe.c */

/* Room for the columns of a model of so many classes; levels are as `about` says. */
mine_bayes *mine__bayes_new(mine_arena *arena, int n_classes, const mine_feature *about,
                            int n_columns);
/* Whether training met the level in a row of any class. */
int mine__bayes_met(const mine_bayes *bayes, const mine_bayes_column *column, int64_t level);
/* The share of a level that was met among the rows of a class. */
double mine__bayes_share(const mine_bayes *bayes, const mine_bayes_column *column, int c,
                         int64_t level);
/* How much more the column says of the row for class a than for b: ln p(x | a) - ln p(x | b), also
** of a number so far out that neither is anything but 0; 0 of what is missing or was never met. */
double mine__bayes_says(const mine_bayes_column *column, const mine_feature_view *view, int64_t row,
                        int a, int b);
/* bayes_explain.c */
mine_status mine__bayes_explain(mine_env *env, const mine_model *model, const mine_batch *batch,
                                mine_explained *out);
mine_margin mine__bayes_margin(const mine_model *model);
/* Make the tables by which rows are scored; failures stick in the arena's environment. */
void mine__bayes_prepare(mine_arena *arena, mine_bayes *bayes);

#endif
