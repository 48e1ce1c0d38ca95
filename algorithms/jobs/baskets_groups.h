/*
** baskets_groups.h -- the same question to the baskets of each group.
*/
#ifndef MINE_JOBS_BASKETS_GROUPS_H
#define MINE_JOBS_BASKETS_GROUPS_H

#include "../data/frame.h"
#include "../data/relation.h"

/* Rows (basket, item), as codes. */
typedef struct mine__baskets_rows {
  int64_t n;
  const int32_t *basket, *item; /* -1: NULL */
  int64_t n_baskets;
  const mine_values *items;
} mine__baskets_rows;

/* Add to `out` what is asked of these rows; `arena` ends afterwards.  `group`: whose rows
** they are, in a word. */
typedef mine_status (*mine__baskets_ask)(void *context, mine_arena *arena,
                                         const mine__baskets_rows *rows, const char *group,
                                         mine_relation *out);

/* Ask each group that has rows with both values, one after another in the order of the
** values of the column `group`, which end up in group_value. */
mine_status mine__baskets_by_group(mine_arena *arena, const mine__baskets_rows *all,
                                   const mine_column *group, mine__baskets_ask ask, void *context,
                                   mine_relation *out) MINE_MUST_CHECK;

#endif
