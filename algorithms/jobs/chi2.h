/*
** chi2.h -- the parts of mine_chi2: chi2.c counts and compares, chi2_trend.c looks along ordered
** levels.
*/
#ifndef MINE_JOBS_CHI2_H
#define MINE_JOBS_CHI2_H

#include "hypothesis.h"

enum { CHI2_PLAIN, CHI2_YATES, CHI2_FISHER, CHI2_ALL, CHI2_TREND };

/* Counts of a pair of categories: cell[a * columns + b], and the totals. */
typedef struct chi2_table {
  const mine_values *first, *second; /* their levels */
  int64_t rows, columns;             /* how many     */
  int64_t n, gaps;
  int64_t *cell, *row, *column;
} chi2_table;

typedef struct chi2_result {
  double statistic, df, p, effect, least_expected;
} chi2_result;

/* Levels that some row has. */
int64_t mine__chi2_present(const int64_t *total, int64_t n);
/* The test of a trend, and along what in the detail. */
chi2_result mine__chi2_trend(mine_job *job, const chi2_table *table, const mine_list *order,
                             mine_text *detail);

#endif
