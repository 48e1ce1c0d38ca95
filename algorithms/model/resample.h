/*
** resample.h -- how far a measure would lie elsewhere in other samples of such rows.
*/
#ifndef MINE_MODEL_RESAMPLE_H
#define MINE_MODEL_RESAMPLE_H

#include "gauge.h"

/* NAN: not known. */
typedef struct mine_bounds {
  double low, high;
} mine_bounds;

/* How sure, by how many resamples, drawn by which chance. */
typedef struct mine_certainty {
  double level;
  int64_t resamples;
  uint64_t seed;
} mine_certainty;

/* The measures of several gauges on the same resamples of the same rows. */
typedef struct mine_resamples {
  int64_t n;
  int n_gauges, n_metrics;
  double *value; /* of gauge g, measure m, resample i: [(g n_metrics + m) n + i] */
} mine_resamples;

/* Each resample draws as many rows as there are, with replacement; the gauges are of the same
** rows and tasks.  Lives in arena.  O(resamples x rows); the same bytes for any threads. */
mine_status mine__resample(mine_env *env, mine_arena *arena, const mine__gauge *const *gauge,
                           int n_gauges, const mine_certainty *how,
                           mine_resamples *out) MINE_MUST_CHECK;
/* How often each of n rows is drawn in resample i. */
void mine__resample_draw(const mine_certainty *how, int64_t i, size_t n, uint32_t *times);
/* The middle share `level` of the resamples of a measure; NAN where most lack it. */
mine_bounds mine__resamples_bounds(mine_env *env, const mine_resamples *all, int gauge, int metric,
                                   double level);
/* The standard deviation of the difference of two gauges in a measure; NAN likewise. */
double mine__resamples_apart(const mine_resamples *all, int a, int b, int metric);

/* Bounds of all measures of a gauge, as mine__gauge_read counts them: DeLong's of auc and gini,
** of the others by resamples. */
mine_status mine__metrics_bounds(mine_env *env, const mine__gauge *gauge, const mine_certainty *how,
                                 mine_bounds *out) MINE_MUST_CHECK;

/* ---- DeLong ------------------------------------------------------------------------------- */

/* Each row's part in the area: of a positive row the share of the others below it, of another
** the share of the positive ones above it, ties one half.  part: n of them; returns the area,
** NAN with one class only.  O(n). */
double mine__delong_parts(const mine__gauge *gauge, double *part);
/* The covariance of the areas of two gauges of the same rows, by their parts: of a gauge with
** itself its variance.  NAN with fewer than two rows of a class. */
double mine__delong_covariance(const mine_gauged *rows, const double *a, double area_a,
                               const double *b, double area_b);
/* Between which the area lies, within 0 and 1; NAN of a variance that is not known. */
mine_bounds mine__delong_bounds(double area, double variance, double level);

#endif
