/*
** spread.h -- the inside of `pca` and `factor`: how the columns vary together, and how many
** components of that are worth keeping.
*/
#ifndef MINE_COMPONENTS_SPREAD_H
#define MINE_COMPONENTS_SPREAD_H

#include "../model/components.h"

#define COMPONENTS_WIDEST 4000 /* columns: a matrix of 4000 x 4000 is 128 MB */

/* The rows as points, and their covariances. */
typedef struct components_spread {
  mine_env *env;
  const mine_dataset *data;
  mine_model *model; /* the encoding and the mean live in its arena */
  mine_scale scale;
  mine_encoding encoding;
  int64_t width;
  double rows;  /* the weight of all of them: a weight of 2 is a row that is there twice */
  double *mean; /* width                                                                 */
  double *c;    /* width x width, both triangles, in scratch: divisor `rows`             */
} components_spread;

/* Encode and measure the rows.  With scale=standard every number that varies has the variance 1
** with its gaps filled, so that `c` holds correlations.  What is made of gaps and categories is
** noted in the model.  n width^2 multiplications, on all threads; failures stick. */
void mine__components_spread(mine_env *env, const mine_dataset *data, mine_scale scale,
                             mine_model *model, components_spread *out);
/* Whether `c` holds correlations of numbers, and nothing else. */
int mine__components_correlates(const components_spread *s);

/* How many of the components stand out from those of unrelated columns (choose.c); variance[]: of
** the columns, value[]: the eigenvalues of their covariances, falling.  0: none does. */
int64_t mine__components_parallel(const components_spread *s, const double *variance,
                                  const double *value);
/* How many have more than their share: an eigenvalue above the mean (Kaiser 1960). */
int64_t mine__components_above_mean(const double *value, int64_t n);
/* Columns up to which parallel analysis takes seconds. */
#define COMPONENTS_PARALLEL 600

/* Whether there is something to be found: Kaiser, Meyer & Olkin's measure and Bartlett's test, as
** measures of the model, where `c` holds correlations (adequacy.c). */
void mine__components_adequacy(const components_spread *s);

#endif
