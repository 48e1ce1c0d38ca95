/*
** profile.h -- what mine_profile (profile.c) tells beside its rows (profile_tell.c).
*/
#ifndef MINE_JOBS_PROFILE_H
#define MINE_JOBS_PROFILE_H

#include "../data/tally.h"
#include "verb.h"

/* Note what a column of texts would be if an option said so.  dates: its texts are dates;
** two_ways: day or month may stand first. */
void mine__profile_tell(mine_job *job, const char *name, const mine_tally *p, int dates,
                        int two_ways);

#endif
