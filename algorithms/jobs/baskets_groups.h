/*
** baskets_groups.h -- baskets by groups: the answer of each group, in the order of their values.
*/
#ifndef MINE_JOBS_BASKETS_GROUPS_H
#define MINE_JOBS_BASKETS_GROUPS_H

#include "verb.h"

/* Rows (basket, item), as codes. */
typedef struct mine__baskets_rows {
  int64_t n;
  const int32_t *basket, *item; /* -1: NULL */
  int64_t n_baskets;
  int64_t n_items;        /* codes of items are below                   */
  const double *weight;   /* of each row's basket; NULL: there are none */
  const double *quantity; /* of each row; NULL: there are none          */
  const mine_values *items;
} mine__baskets_rows;

/* Append the answer of one group to `out`.  The job is a copy whose environment is that of
** the thread that runs it, and whose notes are its own; `arena` ends with the group.
** `group`: its value in a word.  Failures stick in the job's environment. */
typedef void (*mine__baskets_mine)(mine_job *job, mine_arena *arena, const mine__baskets_rows *rows,
                                   const char *group, mine_relation *out);

/* Answer each group of the column: small groups side by side, large ones one after another
** with all threads.  The first group that fails, in the order of the values, is the failure of
** the call. */
mine_status mine__baskets_by_group(mine_job *job, const mine__baskets_rows *rows,
                                   const mine_column *group, mine__baskets_mine mine,
                                   mine_relation *out) MINE_MUST_CHECK;

#endif
