/*
** anomalies.h -- the inside of mine_anomalies: what is found of each point, and its words.
*/
#ifndef MINE_JOBS_ANOMALIES_H
#define MINE_JOBS_ANOMALIES_H

#include "../data/relation.h"
#include "../series/anomaly.h"
#include "../series/series.h"

enum { MINE_ANOMALIES_STL, MINE_ANOMALIES_FORECAST };

typedef enum mine_anomaly {
  MINE_ANOMALY_NONE,
  MINE_ANOMALY_POINT,
  MINE_ANOMALY_SHIFT,
  MINE_ANOMALY_SCATTER
} mine_anomaly;

typedef struct mine_anomalies_options {
  int method, algorithm, seasonal;
  double threshold;
  int64_t seasonal_window, trend_window, last;
} mine_anomalies_options;

/* Of all points of a set, as set->value. */
typedef struct mine_anomalies {
  double *expected; /* NAN: nothing was expected                                 */
  double *score;    /* deviations; of a shift or a change of scatter those of it */
  double *size;     /* of a shift: by how much; of scatter: how many times       */
  uint8_t *kind;    /* mine_anomaly                                              */
  uint8_t *factors; /* of each series: its parts multiply, sizes are factors     */
  int *season;      /* of each series: 1 where it is shorter than two            */
  const char **why_not;
} mine_anomalies;

/* All series on all cores; everything in arena. */
mine_status mine__anomalies_find(mine_env *env, mine_arena *arena, const mine_series_set *set,
                                 const mine_anomalies_options *how,
                                 mine_anomalies *out) MINE_MUST_CHECK;

/* "712 where 430 was expected, 5.2 robust deviations above; highest for this time of year" of
** point i of series s. */
void mine__anomaly_words(const mine_series_set *set, const mine_anomalies *found, int64_t s,
                         int64_t i, mine_lang lang, mine_text *out);

#endif
