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
#include "model.h"

typedef struct mine_prototypes {
  mine_encoding encoding;
  int64_t k;
  double *centre; /* k x width, encoded                                       */
  double *panel;  /* the same in panels (kernel/distance.h), for single rows  */
  int64_t *rows;  /* per cluster                                              */
  double inertia; /* sum of weight x squared distance                         */
  double *scale;  /* mixture: k x width, 1 / standard deviation; NULL: no mixture */
  double *offset; /* mixture: k, log weight - sum of log standard deviations  */
  /* Per encoded column, in the units of the source: numeric the mean of the
  ** known values (bent by the scale: of the bent values, brought back), category the share of
  ** the level among the known ones. */
  double *value;     /* k x width; NAN: no known value in the cluster         */
  double *overall;   /* width; NAN: no known value at all                     */
  double *deviation; /* width; of all rows (divisor n); of the bent values    */
} mine_prototypes;

/* Make the panels (allocated in the arena) from the centres. */
mine_status mine__prototypes_prepare(mine_env *env, mine_arena *arena,
                                     mine_prototypes *prototypes) MINE_MUST_CHECK;

/* Fill value, overall and deviation (allocated in the model's arena) from the
** rows and their labels 0..k-1.  Weights count.  Parallel over `blocks` blocks of
** rows, whose number must not depend on threads.  O(rows x features). */
mine_status mine__prototypes_profile(mine_env *env, mine_model *model, mine_prototypes *prototypes,
                                     const mine_dataset *data, const int32_t *label,
                                     int64_t blocks) MINE_MUST_CHECK;

extern const mine_part mine__prototypes_parts[]; /* prototypes_describe.c */
extern const mine_kind mine__kind_prototypes;

#endif
