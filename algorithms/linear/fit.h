/*
** fit.h -- what linear and logistic regression share: options, penalties, the way from a
** solution to a model.
*/
#ifndef MINE_LINEAR_FIT_H
#define MINE_LINEAR_FIT_H

#include "glm.h"

typedef struct linear_options {
  int family; /* linear only */
  double l1, l2, l1_ratio;
  mine_cell alpha;
  mine_list reference;
} linear_options;

/* The rows of the options table that both have. */
#define FIT_PENALTIES                                                                         \
  OPTION_REAL(linear_options, l2, .initial = "0", .range = {0, 1e300},                        \
              .help =                                                                         \
                  "penalty on the squares of the coefficients (of columns in units of their " \
                  "deviation), beside the sum of all rows' losses"),                          \
      OPTION_REAL(linear_options, l1, .initial = "0", .range = {0, 1e300},                    \
                  .help = "penalty on the sizes of the coefficients, which makes some 0"),    \
      OPTION_TEXT(linear_options, alpha,                                                      \
                  .help =                                                                     \
                      "penalty for each row rather than for all, as glmnet's lambda: a "      \
                      "number, or auto, which chooses it by cross-validation"),               \
      OPTION_REAL(linear_options, l1_ratio, .range = {0, 1},                                  \
                  .help = "share of alpha that is l1; the rest is l2; default 1"),            \
      OPTION_LIST(linear_options, reference,                                                  \
                  .help =                                                                     \
                      "levels that coefficients are differences from, such as plan:Basic; "   \
                      "otherwise the most frequent of each category")

/* Options that exclude each other, and alpha's spelling. */
mine_status mine__linear_check(mine_env *env, const void *options);
/* Whether there is a penalty, alpha=0 being none. */
int mine__linear_penalised(const linear_options *options);
/* l1 and l2 of the problem; alpha=auto is chosen now. */
mine_status mine__linear_penalty(linear_problem *problem, const linear_options *options,
                                 mine_model *model) MINE_MUST_CHECK;
/* Unpenalised: leave out what is collinear, and refuse fewer rows than coefficients; the
** triangle as mine__design_reduce leaves it. */
mine_status mine__linear_reduce(linear_design *design, mine_model *model, const double *target,
                                double middle, double unit, double **r) MINE_MUST_CHECK;
/* "name": "value" in the report, with six digits. */
void mine__linear_tell_number(mine_model *model, const char *name, double value);

#endif
