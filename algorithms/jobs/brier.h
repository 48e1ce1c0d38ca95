/*
** brier.h -- how far survival that was foretold lies from what came, where some were lost from
** sight: the Brier score of Graf, Schmoor, Sauerbrei and Schumacher (Statistics in Medicine 18,
** 1999).
**
**   B(t) = sum w v (came by t - (1 - S(t)))^2 / sum w
**
** v is 1 / G before the row's own end where the event had come by t, 1 / G before t of rows
** that were still there, 0 of those lost before t; G is the Kaplan-Meier curve of being lost,
** of the same rows, with events before losses at equal times.  The v of all rows add up to
** their number, so those that were lost are made up for by others that stayed longer.
*/
#ifndef MINE_JOBS_BRIER_H
#define MINE_JOBS_BRIER_H

#include "../core/env.h"

/* Rows all of which were seen from the beginning, and what is foretold of them. */
typedef struct mine__brier_rows {
  int64_t n;
  const double *end;      /* until when each was seen  */
  const uint8_t *event;   /* whether the event came then */
  const double *weight;   /* NULL: 1                   */
  const double *risk;     /* the cumulated hazard of row i at t is base(t, stratum[i]) * risk[i] */
  const int32_t *stratum; /* NULL: one of them */
  int32_t n_strata;
  double (*base)(const void *context, int32_t stratum, double t);
  const void *context;
  double known; /* until when base is known */
} mine__brier_rows;

typedef struct mine__brier {
  double value; /* NAN: t is beyond what is known, or nobody is left */
  double alike; /* that of the Kaplan-Meier curve of all rows */
} mine__brier;

/* At n times.  O(rows log rows + n rows), on all threads. */
mine_status mine__brier_at(mine_env *env, const mine__brier_rows *rows, const double *time,
                           int64_t n, mine__brier *out) MINE_MUST_CHECK;

/* The times of events until `known`, each once, rising; of more than `most` so many spread evenly
** over them.  In scratch; NULL: failure recorded. */
double *mine__brier_times(mine_env *env, const mine__brier_rows *rows, int64_t most, int64_t *n);
/* The mean over the time from the first of them to the last, by trapezia. */
mine__brier mine__brier_mean(const double *time, const mine__brier *at, int64_t n);

#endif
