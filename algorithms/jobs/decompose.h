/*
** decompose.h -- series as trend, season and remainder: what mine_decompose and mine_anomalies
** share.
*/
#ifndef MINE_JOBS_DECOMPOSE_H
#define MINE_JOBS_DECOMPOSE_H

#include "../series/series.h"
#include "verb.h"

enum { MINE_DECOMPOSE_STL, MINE_DECOMPOSE_CLASSICAL };
enum { MINE_DECOMPOSE_AUTO, MINE_DECOMPOSE_ADDITIVE, MINE_DECOMPOSE_MULTIPLICATIVE };

typedef struct mine_decompose_options {
  int method, seasonal, robust;
  int64_t seasonal_window, trend_window;
} mine_decompose_options;
extern const mine_option mine__decompose_option_table[];
mine_status mine__decompose_check(mine_env *env, const mine_decompose_options *o) MINE_MUST_CHECK;

/* Parts of all points of a set, as set->value.  NAN: none (classical, at the ends). */
typedef struct mine_parts {
  double *trend, *seasonal;
  int *season;          /* of each series: 1 where it is shorter than two */
  const char **why_not; /* NULL: it has parts */
} mine_parts;

/* All series on all cores; everything in arena. */
mine_status mine__decompose(mine_env *env, mine_arena *arena, const mine_series_set *set,
                            const mine_decompose_options *how, mine_parts *out) MINE_MUST_CHECK;
/* Warn of series without parts and without a season; none has any: a failure. */
mine_status mine__parts_tell(mine_job *job, const mine_series_set *set,
                             const mine_parts *parts) MINE_MUST_CHECK;
/* Warn of the series that have no answer (why_not, as of mine_parts), the first five by name; none
** has any: a failure, "no series has WHAT". */
mine_status mine__series_left_out(mine_job *job, const mine_series_set *set, const char **why_not,
                                  const char *what) MINE_MUST_CHECK;
/* series, time, value: the first three cells of a row about point i of series s. */
void mine__row_point(const mine_series_set *set, int64_t s, int64_t i, mine_relation *out);

#endif
