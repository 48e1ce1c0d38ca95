/*
** portray.h -- rows compared with the portrait of others (model/portrait.h): how far they are
** from it, and whether chance alone goes so far.
**
** Both are counted in the same cells, a_c of n and b_c of m, cells that chance would leave with
** fewer than five rows put together.  With shares a_c/n and b_c/m:
**
**   psi = sum over cells of (b_c/m - a_c/n) ln((b_c/m) / (a_c/n)),
**
** in which a share below half a percent counts as that (else it would be infinite, and a level that
** one customer in a thousand has would weigh as much as all others): the population stability index
** (Lewis 1994; the symmetric Kullback-Leibler divergence).  From chance alone it is about (cells -
** 1)(1/n + 1/m) (Yurdakul 2018), which is taken off where it is judged.  The test is Pearson's of
** two samples,
**
**   X = sum of (b_c/m - a_c/n)^2 / (p_c (1/n + 1/m)),  p_c = (a_c + b_c) / (n + m),
**
** chi-square with cells - 1 degrees of freedom; Fisher's exact test for two cells.  A normal
** attribute that moves by d standard deviations has a psi of about d^2, and no distribution that
** has a density moves so far with less (the normal one has the least Fisher information).
**
** What the model says of rows it has learned from is surer than what it says of others, and
** tonight's rows are some of each, who knows how many: scores are compared with the mixture of
** the two that is nearest.
*/
#ifndef MINE_JOBS_PORTRAY_H
#define MINE_JOBS_PORTRAY_H

#include "../model/model.h"

/* Two samples in the same cells; was: shares of rows, an effective number of them. */
typedef struct mine_portrayed {
  const double *was;
  double rows;
  const int64_t *now; /* counts */
  int64_t n;
  int cells;
  int ordered; /* neighbours are put together, else the small ones */
} mine_portrayed;

typedef struct mine_shift {
  double psi, statistic, p_value; /* NAN: there is nothing to compare            */
  double beyond;                  /* psi less what chance gives                  */
  int cell;                       /* whose share moved the most                  */
  double was, now;                /* and its shares                              */
} mine_shift;

/* `room` holds 2 x cells numbers. */
void mine__shift_of(const mine_portrayed *both, double *room, mine_shift *out);
/* Of two shares: a of n before, b of m now; only a rise counts where `rises`. */
void mine__shift_of_share(int64_t a, int64_t n, int64_t b, int64_t m, int rises, mine_shift *out);

/* The values of a column against its portrait: of n rows (row NULL: 0 .. n-1).  *missing: rows
** without a value; *unknown: with a level that training had not.  Failures stick. */
void mine__shift_of_column(mine_env *env, const mine_feature *about,
                           const mine_portrait_column *column, const mine_feature_view *view,
                           const uint32_t *row, int64_t n, int64_t *missing, int64_t *unknown,
                           mine_shift *out);
/* Scores, or groups (-1: no answer), against those of the portrait; *share: of the nearest
** mixture, how much is of rows learned from. */
void mine__shift_of_scores(mine_env *env, const mine_portrait_scores *score, const double *value,
                           const int32_t *group, int64_t n, double *share, mine_shift *out);

/* What a model says of rows: *value or *group, in arena, as it has the one or the other; both
** NULL: nothing.  Of shares n x groups, or values, that are there: `shares`, `values`. */
void mine__portray_answer(mine_env *env, mine_arena *arena, const mine_model *model,
                          const mine_batch *batch, double **value, int32_t **group);

/* What moved, before and now: "median 34", "median 41"; texts in scratch. */
typedef struct mine_shift_words {
  mine_text was, now;
} mine_shift_words;
/* `now` is the portrait of the other rows, of which numbers need the quantiles. */
void mine__shift_words(mine_env *env, const mine_feature *about, const mine_portrait_column *was,
                       const mine_portrait_column *now, const mine_shift *shift, mine_lang lang,
                       mine_shift_words *out);

#endif
