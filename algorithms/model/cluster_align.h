/*
** cluster_align.h -- clusters of a new model that are those of an old one: they keep its numbers
** and given names.
**
** Both are seen as points of the old model's space: what their profiles say of each attribute that
** both have, encoded as the old model encodes it.  The pairing with the least sum of squared
** distances is looked for (kernel/assignment.h); a pair stands where the new centre is nearer to
** the old one than half the way from the old one to the next old one, and the old centre than half
** the way from the new one to the next new one: then by the triangle inequality nobody else is
** nearer to either.
**
** Where rows of the old model are known again by their ids, clusters are compared by these members
** instead: common(o, c) of them were in o and are in c.  The pairing with the largest sum of common
** members is looked for; a pair stands where these are more than a third of all that are in either
** (Jaccard's index above 1/3: of clusters of one size, more than half of each).
*/
#ifndef MINE_MODEL_CLUSTER_ALIGN_H
#define MINE_MODEL_CLUSTER_ALIGN_H

#include "model.h"

#define MINE_ALIGN_MOST 1000 /* clusters; with more of them none is looked for again */

typedef struct mine__alignment {
  int64_t k_old, k_new;
  int32_t *old_of; /* k_new: the old cluster that it is, 0 ..; -1: it is new             */
  int32_t *new_of; /* k_old: likewise; -1: it has vanished                               */
  double *way;     /* k_new: how far it went, as a share of the half way; NAN: it is new */
  int found;       /* pairs                                                              */
  /* By members; else NULL.  Of pairs, per new cluster: of the rows known again the share that
  ** ... */
  double *stayed; /* was in the old one and is in the new one                            */
  double *came;   /* is in the new one and was in the old one                            */
} mine__alignment;

/* In arena.  0: they cannot be compared (no profile, too many clusters, no attribute in common), or
** a failure is recorded. */
int mine__clusters_align(mine_env *env, mine_arena *arena, const mine_model *old,
                         const mine_model *model, mine__alignment *out);

/* The same by members: common is (k_old + 1) x (k_new + 1), row and column 0 being noise. */
int mine__clusters_align_members(mine_env *env, mine_arena *arena, const int64_t *common,
                                 int64_t k_old, int64_t k_new, mine__alignment *out);

/* number[c] of the new cluster c, a permutation: that of the old cluster that it is, if there is
** one that small; the others take what is left, in their order. */
void mine__alignment_numbers(const mine__alignment *alignment, int32_t *number);

#endif
