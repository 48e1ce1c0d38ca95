/*
** anova.h -- the parts of mine_anova: anova.c has one category, anova_two.c two,
** anova_pairs.c pairs of groups, anova_ordered.c ordered ones.
*/
#ifndef MINE_JOBS_ANOVA_H
#define MINE_JOBS_ANOVA_H

#include "hypothesis.h"

typedef enum mine__anova_test {
  MINE__ANOVA_ONE_WAY,
  MINE__ANOVA_WELCH,
  MINE__ANOVA_KRUSKAL,
  MINE__ANOVA_TUKEY,
  MINE__ANOVA_TWO_WAY,
  MINE__ANOVA_ALL,
  MINE__ANOVA_JONCKHEERE
} mine__anova_test;

typedef struct mine__anova_options {
  int test; /* mine__anova_test */
  int64_t squares;
  int interaction;
  double level;
  mine_list order;
} mine__anova_options;
extern const mine_option mine__anova_table[];

/* A row for each pair of groups that have rows.  O(k^2), a millisecond each. */
void mine__anova_pairs(mine_job *job, const mine__anova_options *options, const mine_column *factor,
                       const mine_column *value, const mine__samples *samples, mine_relation *out);
/* The test of ordered groups; in `row`. */
void mine__anova_ordered(mine_job *job, const mine__anova_options *options,
                         const mine_column *factor, const mine_column *value,
                         const mine__samples *samples, mine__tested *row);
/* Three rows for each pair of categories and a number; two without interaction. */
mine_status mine__anova_two_run(mine_job *job, const mine__anova_options *options,
                                mine_relation *out);

#endif
