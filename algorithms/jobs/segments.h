/*
** segments.h -- what the verbs about segments share.
*/
#ifndef MINE_JOBS_SEGMENTS_H
#define MINE_JOBS_SEGMENTS_H

#include "../model/cluster_traits.h"
#include "scoring.h"

/* MINE_UNSUPPORTED unless the model itself has clusters with a profile. */
mine_status mine__segments_check(mine_env *env, const mine_model *model) MINE_MUST_CHECK;

/* The profile of the rows that were just scored, in the clusters of the model, which has one;
** allocates in arena.  Rows without an answer are left out. */
mine_status mine__profile_of_rows(mine_scoring *scoring, mine_arena *arena,
                                  const mine_encoding **encoding,
                                  mine_cluster_profile *out) MINE_MUST_CHECK;

#endif
