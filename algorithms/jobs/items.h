/*
** items.h -- what the verbs over recommenders share.
*/
#ifndef MINE_JOBS_ITEMS_H
#define MINE_JOBS_ITEMS_H

#include "../model/recommender.h"
#include "../recommend/recommend.h"

/* A model that is none is refused. */
mine_status mine__recommender_check(mine_env *env, const mine_model *model) MINE_MUST_CHECK;
/* The number of each of `asked` in a list of different values, in arena; -1: it is not there.
** NULL: failure recorded. */
int64_t *mine__values_find_all(mine_env *env, mine_arena *arena, const mine_values *list,
                               const mine_values *asked);

#endif
