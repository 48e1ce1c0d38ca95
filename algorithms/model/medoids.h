/*
** medoids.h -- the model kind of clusterings whose clusters are around one of their rows.
**
** A row belongs to the nearest of k medoids in the space of a metric (kernel/nearest.h), at its
** distance; ties go to the lower number.  Medoids are rows of the table, so the model keeps k of
** them, as points.  Of the metrics' cases that no distance is defined for:
**
**   gower    two rows that share no known attribute are 1 apart, as far as rows of the table are
**   cosine   a row of zeros is 1 from every other, and 0 from another row of zeros
**
** Beside the medoids the model keeps what its clusters look like in the units of the source; where
** the metric needs no encoding (gower) that of scale=standard names the columns.
*/
#ifndef MINE_MODEL_MEDOIDS_H
#define MINE_MODEL_MEDOIDS_H

#include <math.h>

#include "cluster_profile.h"
#include "neighbours.h"

typedef struct mine_medoids {
  mine_neighbours rows;   /* n = k medoids: metric, space and points; no answers, no ids */
  double *panel;          /* k points in tiles (kernel/tile.h)                           */
  uint8_t *zero;          /* k: cosine, a row of zeros; else NULL                        */
  double cost;            /* sum over the rows of weight x distance to the medoid        */
  mine_encoding standard; /* gower: names the columns of the profile; else not used      */
  mine_cluster_profile profile;
} mine_medoids;

/* Panels and zeros of the points (allocated in the arena, if there are none). */
mine_status mine__medoids_prepare(mine_env *env, mine_arena *arena,
                                  mine_medoids *medoids) MINE_MUST_CHECK;

/* The nearest medoid, 0..k-1, of each row of the batch, and the distance to it; either may be
** NULL.  On all threads, the same bits for any number of them and any division into batches.
** O(rows x k x width). */
mine_status mine__medoids_nearest(mine_env *env, const mine_medoids *medoids,
                                  const mine_batch *batch, int32_t *nearest,
                                  double *distance) MINE_MUST_CHECK;

/* A distance from what kernel/tile.h compares by; zeros: how many of the two rows are zeros
** (cosine). */
static inline double mine__medoids_distance(mine_space space, double compared, int zeros) {
  switch (space) {
    case MINE_SPACE_EUCLIDEAN:
      return sqrt(compared);
    case MINE_SPACE_COSINE:
      return zeros == 0 ? compared / 2 : zeros == 1;
    case MINE_SPACE_GOWER:
      return isinf(compared) ? 1 : compared;
    default:
      return compared;
  }
}
int mine__medoids_is_zero(const double *point, int width);

/* In which columns the profile is. */
static inline const mine_encoding *mine__medoids_encoding(const mine_medoids *medoids) {
  return medoids->rows.space == MINE_SPACE_GOWER ? &medoids->standard : &medoids->rows.encoding;
}

/* medoids_formula.c */
void mine__medoids_formula(mine_formula *to, const mine_model *model, const int *map,
                           mine_said *said);

extern const mine_kind mine__kind_medoids;

#endif
