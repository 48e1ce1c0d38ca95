/*
** gauge.h -- rows that are measured: made ready once, read as often as wanted.
**
** All that needs the model's answers or a sort is done when the gauge is opened; reading it
** is a pass over the rows with how often each of them counts.  So a measure and the thousand
** of its resamples (resample.h) are the same code.
*/
#ifndef MINE_MODEL_GAUGE_H
#define MINE_MODEL_GAUGE_H

#include "../core/radix.h"
#include "model.h"

#define MINE_MAX_METRICS 24

/* What was said of some rows, and what is true of them. */
typedef struct mine_gauged {
  int64_t n;
  int n_classes;        /* 0: numbers                                              */
  int positive;         /* of two classes; -1: none                                */
  double threshold;     /* it is predicted from this share on; NAN: the larger one */
  const int32_t *label; /* classes: 0 to n_classes - 1                             */
  const double *target; /* numbers                                                 */
  const double *score;  /* n x n_classes, or n                                     */
  const double *weight; /* NULL: 1                                                 */
  double quantile;      /* of numbers: which one they are to be, 0.5 the middle    */
} mine_gauged;

typedef struct mine__gauge {
  mine_gauged rows;
  int32_t *guess;   /* the class that is predicted                                        */
  double *surprise; /* what the row adds to the log loss                                  */
  double *squared;  /* ... and to the Brier score                                         */
  double *fall;     /* minus the share of the positive class, else of the predicted one;
                    ** of numbers the size of the error                                   */
  mine_pair *order; /* rows by rising `fall`, equal ones in their order                   */
} mine__gauge;

/* Lives in arena; the rows must outlive it.  NULL: failure recorded there.  O(n log n). */
mine__gauge *mine__gauge_open(mine_arena *arena, const mine_gauged *rows);
/* Room that a reading needs, in doubles. */
size_t mine__gauge_room(const mine__gauge *gauge);
/* The measures, in the order of measures.h, where row i counts times[i] times (NULL: once).
** Returns how many.  env NULL: in a task, nobody is asked whether to stop.  O(n). */
int mine__gauge_read(const mine__gauge *gauge, mine_env *env, const uint32_t *times, double *room,
                     mine_metric *metric);

#endif
