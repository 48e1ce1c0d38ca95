/*
** outliers.h -- the inside of mine_outliers: what is usual, and an outlier's reason in words.
*/
#ifndef MINE_JOBS_OUTLIERS_H
#define MINE_JOBS_OUTLIERS_H

#include "../data/dataset.h"
#include "../data/relation.h"

/* What is usual of a feature among the rows given. */
typedef struct mine__usual {
  double low, high; /* numbers: values that nine in ten rows lie between; NAN: none is known */
  int64_t *rows;    /* category: how many rows have each level                          */
  int64_t known;    /* rows in which it is known                                        */
} mine__usual;

/* One for each feature, in arena; NULL: failure recorded. */
const mine__usual *mine__usual_of(mine_env *env, mine_arena *arena, const mine_dataset *data);

/* The features with the greatest amounts, at most `most` and none below a fifth of the first, as
** one sentence: "spend = 9100 (usual 120 to 640); plan = gold (2 of 200 rows)".  `row` is one of
** the frame; `picked` has room for `most`. */
void mine__outlier_reason(const mine_dataset *data, const mine__usual *usual, int64_t row,
                          const double *amount, int most, mine_lang lang, int *picked,
                          mine_text *out);

#endif
