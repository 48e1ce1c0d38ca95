/*
** hypothesis.h -- what the tests of a number between groups share: the columns of their
** answer, the options, the sums of a group.
**
** mine_anova and mine_ttest answer in the same columns, so that rows of both may stand in one
** table.  A row is filled as a mine__tested and put; a figure that is NAN is NULL.
*/
#ifndef MINE_JOBS_HYPOTHESIS_H
#define MINE_JOBS_HYPOTHESIS_H

#include "../kernel/special.h"
#include "verb.h"

typedef struct mine__tested {
  const char *test, *first, *second;
  double statistic, df, df2, p, effect;
  const char *detail;
  mine_cell a, b; /* the two groups; MINE_NULL: none */
  double difference, low, high;
} mine__tested;

/* Everything is NULL but these. */
mine__tested mine__tested_of(const char *test, const char *first, const char *second);
void mine__tested_put(mine_relation *out, const mine__tested *row);

/* The columns of such an answer, with what they mean for this verb. */
#define MINE_ANSWER_TESTED(tests, statistics, dfs, df2s, effects, firsts, seconds, pairs)          \
  {"test", MINE_ANSWER_TEXT, 0, tests}, {"statistic", MINE_ANSWER_REAL, 0, statistics},            \
      {"df", MINE_ANSWER_REAL, 0, dfs}, {"df2", MINE_ANSWER_REAL, 0, df2s},                        \
      {"p_value", MINE_ANSWER_REAL, 0,                                                             \
       "the chance of such a statistic, or one farther out, if there were no difference"},         \
      {"effect", MINE_ANSWER_REAL, 0, effects},                                                    \
      {"detail", MINE_ANSWER_TEXT, 0, "groups and rows, and what to be careful about"},            \
      {"first", MINE_ANSWER_TEXT, 1, firsts}, {"second", MINE_ANSWER_TEXT, 1, seconds},            \
      {"group_a", MINE_ANSWER_ANY, 0, pairs}, {"group_b", MINE_ANSWER_ANY, 0, "the other group"},  \
      {"difference", MINE_ANSWER_REAL, 0, "of the means, a less b; NULL: the test compares none"}, \
      {"low", MINE_ANSWER_REAL, 0,                                                                 \
       "the interval that holds the true difference in `level` of all samples; NULL: no bound"},   \
      {"high", MINE_ANSWER_REAL, 0, "its upper end"}, {                                            \
    0                                                                                              \
  }

/* ---- groups ------------------------------------------------------------------------------ */

/* n values, their mean, and the sum of squares around it. */
typedef struct mine__sample {
  int64_t n;
  double sum, mean, squares;
} mine__sample;

/* Samples are kept less `shift` and times 2^power: squares neither overflow nor vanish. */
typedef struct mine__samples {
  int64_t n;        /* codes                                */
  int64_t rows;     /* in all groups                        */
  int64_t gaps;     /* rows left out: one of the two is missing */
  int64_t used;     /* groups that have a row               */
  mine__sample *of; /* by code, in scratch                  */
  int power;
  double shift;
} mine__samples;

/* The value's rows by their code (negative: none), 0 <= code < n.  A failure sticks.  Two
** passes, means first: O(rows). */
void mine__samples_of(mine_job *job, const int32_t *code, int64_t n, const mine_column *value,
                      mine__samples *out);
/* A difference of means in the value's own unit. */
double mine__samples_unit(const mine__samples *samples, double difference);
/* The mean of all rows; the spread within the groups and between their means. */
double mine__samples_mean(const mine__samples *samples);
double mine__samples_within(const mine__samples *samples);
double mine__samples_between(const mine__samples *samples);

/* Ordered groups: place[code] becomes 1, 2 ... as `order` names the levels, 0 of others; where
** it is empty as they are sorted, of those that have rows.  Returns how many have one; 0:
** `order` has a name that is no level.  mine__order_add: " low, mid, high". */
int64_t mine__order_places(const mine_values *levels, const int64_t *rows, const mine_list *order,
                           int64_t *place);
void mine__order_add(mine_text *detail, const mine_values *levels, const int64_t *place);

/* ", 3 rows left out for a gap", if there are any. */
void mine__gaps_add(mine_text *detail, int64_t gaps);

/* ---- sides -------------------------------------------------------------------------------- */

extern const char *const mine__sides[]; /* as mine__side counts them */
double mine__side_of_normal(double z, mine__side side);
double mine__side_of_t(double t, double df, mine__side side);

#endif
