/*
** boost.h -- gradient boosting: what boost.c and loss.c share.  Through run.h also plan.c, fit.c,
** run.c and watch.c, which make the rounds and watch them.
*/
#ifndef MINE_BOOST_BOOST_H
#define MINE_BOOST_BOOST_H

#include "../core/parallel.h"
#include "../tree/builder.h"
#include "../tree/grow.h"
#include "../tree/target.h"

typedef enum boost_objective {
  BOOST_SQUARED,
  BOOST_ABSOLUTE,
  BOOST_QUANTILE,
  BOOST_POISSON,
  BOOST_TWEEDIE,
  BOOST_LOGISTIC,
  BOOST_MULTINOMIAL
} boost_objective;

typedef enum boost_growth { BOOST_BY_LEAF, BOOST_BY_DEPTH } boost_growth;
typedef enum boost_categories { BOOST_EITHER, BOOST_SETS, BOOST_ORDERED } boost_categories;
#define BOOST_LEAVES 31 /* of a tree, where nobody says and nothing is tried */

typedef struct boost_options {
  int64_t n_trees;
  double learning_rate;
  int64_t max_leaves, max_depth, min_samples_leaf;
  double min_child_weight, subsample, colsample, l1, l2;
  int grow, objective;
  double alpha, tweedie_power;
  mine_list monotone, interactions;
  int64_t max_bins, early_stopping;
  int categories;
} boost_options;

/* What is learned, by row given. */
typedef struct boost_target {
  boost_objective objective;
  double alpha, power;
  int outputs;        /* margins of a row: classes of MULTINOMIAL, else 1                  */
  int positive_first; /* LOGISTIC: the margin is that of the second class, and the positive
                      ** one is the first                                                    */
  mine_tree_target of;
} boost_target;

/* ---- loss.c ------------------------------------------------------------------------ */

extern const char *const mine__boost_objective_names[];
/* The link that makes an answer of a margin. */
mine_trees_link mine__boost_link(boost_objective objective);
/* The margins that are best where nothing is known, of the rows row[0..n-1]. */
void mine__boost_start(mine_env *env, const boost_target *target, const uint32_t *row, int64_t n,
                       double *base);
/* g and h of the rows: first and second derivative of the loss at margin[row x outputs ...],
** times the weight; of output c at g[c x t->n + row]. */
void mine__boost_gradient(const boost_target *target, const double *margin, const uint32_t *row,
                          int64_t n, float *g, float *h);
/* The sum of the loss over rows, times the weight. */
double mine__boost_loss(const boost_target *target, const double *margin, const uint32_t *row,
                        int64_t n);
/* The alpha-quantile of n numbers with weights, the least that is not below so much of the weight;
** 0 of none.  rest[] holds twice as many and is put in order. */
typedef struct boost_rest {
  double rest, weight;
} boost_rest;
double mine__boost_quantile(boost_rest *rest, int64_t n, double alpha);
/* Whether a leaf's value is a quantile of what is left rather than a Newton step; which. */
int mine__boost_leaf_is_quantile(const boost_target *target, double *alpha);

/* ---- fit.c --------------------------------------------------------------------------- */

mine_status mine__boost_fit(mine_env *env, const mine_dataset *data, const boost_options *options,
                            const boost_target *target, mine_model *model) MINE_MUST_CHECK;

#endif
