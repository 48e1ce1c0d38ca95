/*
** anomaly.h -- what is wrong in a series: the level jumps and stays, values scatter otherwise
** than before, a single value is far from what was expected.
**
**   shift.c    level shifts, in a series without its season
**   scatter.c  how far values lie from what was expected, in robust deviations, and where these
**              change
**
** All functions work in the memory they are given and run on any thread.
*/
#ifndef MINE_SERIES_ANOMALY_H
#define MINE_SERIES_ANOMALY_H

#include <stddef.h>
#include <stdint.h>

#define MINE_MOST_CHANGES 10 /* level shifts of a series, and changes of scatter */

/* From point `at` on. */
typedef struct mine_change {
  int64_t at;
  double size;  /* shift: by how much; scatter: times as much as before (INFINITY, 0: none before,
                ** none since) */
  double score; /* deviations of a normal distribution that are as rare */
} mine_change;

/* Normal deviations beyond which one of n tests is as rare as one point beyond `threshold`. */
double mine__change_bound(double threshold, int64_t n);

/* Numbers of memory that mine__shifts needs. */
size_t mine__shifts_room(int64_t n);
/* The level shifts of y (all known), in order of time; at most MINE_MOST_CHANGES.  O(n) for each
** that is found, and once more. */
int mine__shifts(const double *y, int64_t n, double threshold, mine_change *out, double *memory);

typedef struct mine_scatter_how {
  int season;       /* 1: none                                                     */
  double threshold; /* a score beyond it is an anomaly                            */
  double spent;     /* parameters that the expected values took, of the n points */
  double least;     /* no deviation is smaller                                   */
} mine_scatter_how;

size_t mine__scatter_room(int64_t n);
/* rest: what is left of n values (NAN: missing); common (may be NULL): 1 for values that are the
** same as many others, which say nothing of how others scatter.  score: |rest| in robust
** deviations (NAN: missing).  Returns how many changes of scatter there are, in order of time. */
int mine__scatter(const double *rest, const uint8_t *common, int64_t n, const mine_scatter_how *how,
                  double *score, mine_change *out, double *memory);

#endif
