/*
** mixture.h -- the model kind of mixtures of normal densities.
**
**   p(x) = sum over c of w_c N(x; m_c, S_c)
**
** in the encoded space of data/encode.h.  A row's share of component c is its part of that sum, its
** group the component with the largest share, its distance the Mahalanobis distance to that
** component's mean: how many deviations of the component it lies away.
**
** A covariance is kept as what undoes it: the lower triangle F = L^-1 of S = L L' (full: one for
** each component; tied: one for all), or one over the deviation (diagonal: of each column;
** spherical: one number for all columns).
*/
#ifndef MINE_MODEL_MIXTURE_H
#define MINE_MODEL_MIXTURE_H

#include "../data/encode.h"
#include "cluster_profile.h"
#include "model.h"

typedef enum mine_covariance {
  MINE_COVARIANCE_FULL,
  MINE_COVARIANCE_TIED,
  MINE_COVARIANCE_DIAGONAL,
  MINE_COVARIANCE_SPHERICAL
} mine_covariance;
#define MINE_COVARIANCES 4
extern const char *const mine__covariance_names[]; /* ends with "auto", for the option, and NULL */

typedef struct mine_mixture {
  mine_encoding encoding;
  int64_t k;
  mine_covariance form;
  double *weight; /* k, > 0, of sum 1                                                        */
  double *centre; /* k x width                                                               */
  double *factor; /* mine__mixture_factors numbers: see above; triangles row after row       */
  double *packed; /* made of factor: whitenings in groups (kernel/gauss.h), k x width factors */
  double *offset; /* made, k: ln w_c + ln |F| - width/2 ln(2 pi)                             */
  mine_cluster_profile profile;
} mine_mixture;

/* Whether rows are met by triangles. */
static inline int mine__mixture_turns(mine_covariance form) {
  return form == MINE_COVARIANCE_FULL || form == MINE_COVARIANCE_TIED;
}
/* How many factors there are, and how many of them the components have each. */
int64_t mine__mixture_factors(mine_covariance form, int64_t k, int64_t width);
/* How many numbers are free: of weights, means and covariances. */
double mine__mixture_parameters(mine_covariance form, int64_t k, int64_t width);

/* Room for packed and offset, by k, form and width; then make them (again) from the others. */
void mine__mixture_room(mine_arena *arena, mine_mixture *mixture);
void mine__mixture_prepare(mine_mixture *mixture);

/* Squared Mahalanobis distances of the rows of so many panels to all components:
** square[c * panels * MINE_LANES + row], at most MINE_MIXTURE_FARTHEST.  room: width x MINE_LANES.
** The same bits for a row in any panel.  Safe inside a parallel task. */
#define MINE_MIXTURE_FARTHEST 1e300
void mine__mixture_squares(const mine_mixture *mixture, const double *panel, int64_t panels,
                           double *room, double *square);

/* mixture_explain.c: the margins of a mixture that another kind's body holds; only what is made of
** the factors is read where they are not turned (packed, offset). */
mine_status mine__normals_explain(mine_env *env, const mine_model *model,
                                  const mine_mixture *mixture, const mine_batch *batch,
                                  mine_explained *out) MINE_MUST_CHECK;

/* mixture_describe.c */
extern const mine_part mine__mixture_parts[];
/* The covariance of component c (width x width, row-major), in the encoded space; room: as much. */
void mine__mixture_covariance(const mine_mixture *mixture, int64_t c, double *room,
                              double *covariance);
extern const mine_kind mine__kind_mixture;

#endif
