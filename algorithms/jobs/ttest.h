/*
** ttest.h -- the parts of mine_ttest: ttest.c compares two groups, ttest_paired.c two columns.
*/
#ifndef MINE_JOBS_TTEST_H
#define MINE_JOBS_TTEST_H

#include "hypothesis.h"

typedef enum mine__ttest_test {
  MINE__TTEST_WELCH,
  MINE__TTEST_POOLED,
  MINE__TTEST_MANN_WHITNEY,
  MINE__TTEST_PAIRED,
  MINE__TTEST_SIGNED_RANK,
  MINE__TTEST_ALL
} mine__ttest_test;

typedef struct mine__ttest_options {
  int test; /* mine__ttest_test */
  mine_list groups;
  int side; /* mine__side */
  double level;
} mine__ttest_options;
extern const mine_option mine__ttest_table[];
extern const char *const mine__ttest_tests[];

/* Exact p-values below so many rows, as R has them. */
#define MINE_TTEST_EXACT 50

/* t, p, the interval: of a difference with its standard error, df in the row; `unit` turns a
** difference into the number's own unit, 2^-power of the samples. */
void mine__ttest_figures(const mine__ttest_options *options, double difference, double error,
                         int power, mine__tested *row);
/* A statistic whose mean and deviation are known, normal with a correction for continuity of
** one half towards the mean (R's wilcox.test). */
double mine__ttest_normal(double statistic, double mean, double deviation, mine__side side);
double mine__ttest_exact(double lower, double upper, mine__side side);

/* Of `all` numbers in order, the k-th of which is at(context, k) (k from 1), and of as many chances
** that so many lie below the true shift: their median, and between which of them the shift lies
** (Hodges & Lehmann 1963; R's wilcox.test with conf.int).  chance NULL: normal, with the mean
** all / 2 and this deviation.  Where even the outermost are not wide enough there is no interval,
** and the detail says so. */
typedef struct mine__ttest_shifts {
  int64_t all;
  double (*at)(const void *context, int64_t k);
  const void *context;
  const double *chance;
  double deviation;
} mine__ttest_shifts;
void mine__ttest_shift(const mine__ttest_options *options, const mine__ttest_shifts *of, int power,
                       mine__tested *row, mine_text *detail);

/* A row for each pair of numbers. */
mine_status mine__ttest_paired_run(mine_job *job, const mine__ttest_options *options,
                                   mine_relation *out);

#endif
