/*
** components.h -- the model kind "components": a few numbers that stand for many.
**
** A row is put into the encoded space (data/encode.h) as the point z, and
**
**   score(c) = sum over the columns j of weight(c, j) (z(j) - mean(j)).
**
** Principal components: weight(c) is the c-th unit eigenvector of the covariance of the points, so
** that distances between rows of scores are those between points but for what the components left
** out hold.  Factors: weight(c) gives the estimated factor score.
**
** A loading is what a component has to do with a column: of points with variance 1 their
** correlation (of factors that correlate with each other the regression coefficient).
**
** Signs are free in the mathematics and fixed here: the strongest loading of a component is
** positive; of loadings that are as strong as it to a millionth the first column's.
*/
#ifndef MINE_MODEL_COMPONENTS_H
#define MINE_MODEL_COMPONENTS_H

#include "../data/encode.h"
#include "model.h"

typedef struct mine_components {
  mine_encoding encoding;
  int64_t k;           /* components                                                  */
  double *mean;        /* width: of the encoded columns                               */
  double *variance;    /* width: likewise, divisor the rows' weight                   */
  double *weight;      /* k x width                                                   */
  double *loading;     /* k x width                                                   */
  double *communality; /* width: the share of the column's variance that they hold    */
} mine_components;

/* More than any table has columns for. */
#define MINE_COMPONENTS_MOST 65536

/* Room for k components of encoding->width columns, but for the encoding; NULL: failure
** recorded. */
mine_components *mine__components_new(mine_arena *arena, const mine_encoding *encoding, int64_t k);
/* Whether the sign of a component with these loadings is to be turned. */
int mine__components_turned(const double *loading, int64_t width);
/* The names that its k numbers have in the model: "1", "2", ... */
void mine__components_name(mine_model *model, int64_t k);
/* "age", or one "plan=gold" for each level: names of the encoded columns, in `arena`; NULL: failure
** recorded. */
const char **mine__components_columns(mine_arena *arena, const mine_encoding *encoding,
                                      const mine_feature *about);

/* components_formula.c */
void mine__components_formula(mine_formula *f, const mine_model *model, const int *map,
                              mine_said *said);

extern const mine_part mine__components_parts[]; /* components_describe.c */
extern const mine_kind mine__kind_components;

#endif
