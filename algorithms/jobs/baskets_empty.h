/*
** baskets_empty.h -- why an answer about baskets has no rows.
*/
#ifndef MINE_JOBS_BASKETS_EMPTY_H
#define MINE_JOBS_BASKETS_EMPTY_H

#include "../associate/associate.h"
#include "verb.h"

typedef struct mine__baskets_answer {
  mine_arena *arena; /* for what is looked for; not env->scratch */
  const mine_transactions *baskets;
  const mine_itemset_query *asked;
  const mine_itemsets *sets;    /* that came of it                              */
  const mine_rule_query *rules; /* that gave none; NULL: itemsets were asked for */
  const char *group;            /* whose baskets these are; "": all             */
} mine__baskets_answer;

/* Leave in mine_warnings which threshold took the last row, what comes nearest to it, and
** the value with which there are some.  Looks no further than a few million pairs. */
void mine__baskets_tell_empty(mine_job *job, const mine__baskets_answer *answer);

#endif
