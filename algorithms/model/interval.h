/*
** interval.h -- between which numbers a target lies: low and high of a prediction.
**
** Split-conformal prediction (Vovk, Gammerman & Shafer 2005; Lei, G'Sell, Rinaldo, Tibshirani &
** Wasserman, "Distribution-free predictive inference for regression", JASA 113, 2018): the
** residuals y - f(x) of n rows that f has not seen, in order r_1 <= ... <= r_n.  Of one row more
** that is like them, y - f(x) is equally likely to take any of the n + 1 places, so
**
**   P(f(x) + r_i <= y <= f(x) + r_j) >= (j - i) / (n + 1),   whatever f and the rows are.
**
** Each side has its own residuals (asymmetric, as Romano, Patterson & Candes 2019 for quantiles),
** because what people spend is skewed: i = floor((n + 1)(1 - level) / 2), j = n + 1 - i.  Where
** there are many, rows are first divided by the prediction (Bostrom & Johansson, "Mondrian
** conformal regressors", COPA 2020): large numbers are further off, and each range keeps the
** promise by itself.  A level that the rows of a range are too few for is that of all rows.
**
** The promise is that of the model whose residuals they are.  One fitted again on all rows has
** seen more of them and is as good or better; then it is an expectation, not a theorem, as it
** is for residuals out of fold (Barber, Candes, Ramdas & Tibshirani, "Predictive inference with
** the jackknife+", Ann. Stat. 49, 2021).
*/
#ifndef MINE_MODEL_INTERVAL_H
#define MINE_MODEL_INTERVAL_H

#include "../core/bytes.h"

#define MINE_INTERVAL_STEPS 200 /* residuals at most of all rows ...     */
#define MINE_INTERVAL_PART  160 /* ... and of a range of the prediction, */
#define MINE_INTERVAL_BINS  5   /* of which there are at most so many,   */
#define MINE_INTERVAL_RANGE 60  /* each with so many rows or more        */
#define MINE_INTERVAL_LEAST 19  /* rows: as many as a level of 0.9 needs */

/* Of the rows predicted `from` or more, up to the next range. */
typedef struct mine_interval_bin {
  double from;
  int64_t rows;     /* whose residuals they are                                  */
  int steps;        /* residual[j]: a share of j / steps of the places lies below */
  double *residual; /* steps + 1, not falling; the least first, the largest last */
} mine_interval_bin;

typedef struct mine_interval {
  int crossed; /* 0: held-out rows; 1: all rows, each answered by a model of others */
  mine_interval_bin all;
  int n_bins; /* ranges: none where there are few rows */
  mine_interval_bin *bin;
} mine_interval;

/* Rows that were answered by a model which had not seen them. */
typedef struct mine_missed {
  int64_t n;
  const double *target, *value;
  const double *weight; /* NULL: 1.  A row counts as often as it weighs */
} mine_missed;

/* In arena (not scratch); NULL: failure recorded.  n >= 1.  O(n log n). */
mine_interval *mine__interval_learn(mine_env *env, mine_arena *arena, const mine_missed *rows,
                                    int crossed);
/* Bounds of n predictions; NAN where there is no prediction, and where the level needs more rows
** than there were. */
void mine__interval_bounds(const mine_interval *interval, double level, int64_t n,
                           const double *value, double *lower, double *upper);
/* The largest level that there is. */
double mine__interval_widest(const mine_interval *interval);

void mine__interval_write(mine_writer *w, const mine_interval *interval); /* NULL: one byte */
mine_interval *mine__interval_read(mine_reader *r); /* NULL: none, or a problem */

#endif
