/*
** items.h -- what the verbs over recommenders share.
*/
#ifndef MINE_JOBS_ITEMS_H
#define MINE_JOBS_ITEMS_H

#include "../model/recommender.h"
#include "../recommend/recommend.h"

/* A model that is none is refused. */
mine_status mine__recommender_check(mine_env *env, const mine_model *model) MINE_MUST_CHECK;

#endif
