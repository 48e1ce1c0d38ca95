/*
** exact_private.h -- what exact_*.c and loss.c share.
*/
#ifndef MINE_TREE_EXACT_PRIVATE_H
#define MINE_TREE_EXACT_PRIVATE_H

#include <string.h>

#include "../core/radix.h"
#include "exact.h"

/* The best split of one node on one feature. */
typedef struct mine_exact_candidate {
  double score; /* decrease of impurity x weight; <= 0: none */
  double threshold;
  int missing_left;
} mine_exact_candidate;

/* Memory of one worker. */
typedef struct mine_exact_scratch {
  mine_pair *pair;                /* of all groups                              */
  mine_pair *temp;                /* of all rows, or of all groups              */
  double *record;                 /* histogram, then the groups that are not empty */
  uint32_t *group;                /* bin of each group                          */
  double *key;                    /* what groups are ordered by                 */
  double *left, *missing, *total; /* one record each             */
  double *sums;                   /* 2^(MINE_EXACT_EXHAUSTIVE - 1) records      */
  double *axis, *next, *centre;   /* one per class               */
} mine_exact_scratch;

/* One tree as it grows: its rows, and what a search looks at. */
typedef struct mine_exact_growth {
  const mine_exact_columns *columns;
  const mine_tree_rows *rows;
  const mine_exact_plan *plan;
  mine_tree_nodes *nodes;
  uint32_t *row;    /* rows of each node, ascending                              */
  mine_pair **pair; /* per sorted column: rows of each node in order of value,
                    ** key = 2 x rank (+ the label when there are two classes)  */
} mine_exact_growth;

#define MINE_EXACT_EXHAUSTIVE 10 /* so many levels: all ways to cut them */

/* A search under way. */
typedef struct mine_exact_trial {
  const mine_tree_rows *of;
  mine_exact_scratch *scratch;
  double rows, missing_rows, least_rows;
  double parent;    /* score of not splitting            */
  double tolerance; /* a better split is better by this  */
  double best;
  double left_rows; /* of the best split                 */
  int64_t at;       /* where the best split is: -1 none  */
  int missing_left;
  /* Groups of a binned feature: records in scratch->record, bins in ->group. */
  int64_t n_groups;
} mine_exact_trial;

/* The rows of the node in order of value; `numbers` of them have one. */
typedef struct mine_exact_span {
  const mine_pair *pair;
  int64_t numbers, rows;
} mine_exact_span;

typedef double (*mine_exact_rows)(const mine_tree_rows *rows, const double *record);
typedef double (*mine_exact_score)(const mine_tree_rows *rows, const double *left,
                                   const double *total);

/* Judge "left goes left", with these functions of the loss inlined. */
MINE_INLINE void mine_exact_judge(mine_exact_trial *trial, const double *left, int64_t at,
                                  int missing_left, mine_exact_rows count, mine_exact_score judge) {
  const double rows = count(trial->of, left);
  if (rows < trial->least_rows || trial->rows - rows < trial->least_rows) return;
  const double score = judge(trial->of, left, trial->scratch->total);
  if (!(score > trial->best + trial->tolerance)) return;
  trial->best = score;
  trial->left_rows = rows;
  trial->at = at;
  trial->missing_left = missing_left;
}

/* The same with the missing on either side; `last`: nothing but the missing would go right. */
MINE_INLINE void mine_exact_judge_both(mine_exact_trial *trial, const double *left, int64_t at,
                                       int last, mine_exact_rows count, mine_exact_score judge) {
  mine_exact_judge(trial, left, at, 0, count, judge);
  if (trial->missing_rows == 0 || last) return;
  double *both = trial->scratch->centre; /* free while a prefix is judged */
  memcpy(both, left, (size_t)trial->of->width * sizeof *both);
  mine_tree_add(both, trial->scratch->missing, trial->of->width);
  mine_exact_judge(trial, both, at, 1, count, judge);
}

static inline void mine_exact_try(mine_exact_trial *trial, const double *left, int64_t at,
                                  int last) {
  mine_exact_judge_both(trial, left, at, last, trial->of->loss->rows, trial->of->loss->score);
}

/* Where missing values go after the best split: as tried, or with more rows. */
static inline int mine_exact_missing_left(const mine_exact_trial *trial) {
  return trial->missing_rows > 0 ? trial->missing_left : 2 * trial->left_rows >= trial->rows;
}

/* exact_search.c; both safe inside a parallel task */
void mine__exact_search(const mine_exact_growth *growth, int32_t node, int feature,
                        mine_exact_scratch *scratch, mine_exact_candidate *best);
/* Search again on a category feature and mark the levels that go left. */
void mine__exact_search_set(const mine_exact_growth *growth, int32_t node, int feature,
                            mine_exact_scratch *scratch, uint64_t *set);

/* exact_category.c: best cut of the groups; set may be NULL. */
void mine__exact_levels(mine_exact_trial *trial, int64_t levels, uint64_t *set);

#endif
