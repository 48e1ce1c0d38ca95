/*
** prototypes.h -- the model kind of clusterings whose clusters have a centre.
**
** A row belongs to the nearest of k centres in the encoded space of
** data/encode.h; ties go to the lower number.  In a mixture it belongs to each
** component by its share of the density.  Beside the centres the model keeps what its
** clusters look like in the units of the source.
*/
#ifndef MINE_MODEL_PROTOTYPES_H
#define MINE_MODEL_PROTOTYPES_H

#include "../data/encode.h"
#include "cluster_profile.h"
#include "model.h"

typedef struct mine_prototypes {
  mine_encoding encoding;
  int64_t k;
  double *centre; /* k x width, encoded                                       */
  double *panel;  /* the same in panels (kernel/distance.h), for single rows  */
  double inertia; /* sum of weight x squared distance                         */
  double *scale;  /* mixture: k x width, 1 / standard deviation; NULL: no mixture */
  double *offset; /* mixture: k, log weight - sum of log standard deviations  */
  mine_cluster_profile profile;
} mine_prototypes;

/* Make the panels (allocated in the arena, if there are none) from the centres. */
mine_status mine__prototypes_prepare(mine_env *env, mine_arena *arena,
                                     mine_prototypes *prototypes) MINE_MUST_CHECK;

/* prototypes_formula.c: centres of another kind's body. */
void mine__centres_formula(mine_formula *to, const mine_prototypes *centres,
                           const mine_model *model, const int *map, mine_said *said);

extern const mine_kind mine__kind_prototypes;

#endif
