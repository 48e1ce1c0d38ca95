/*
** partition.h -- an ordered row of cells divided into stretches that tell two classes apart.
**
** A cell holds the weight of rows that are `in` the class and of those that are `out` of it.
** A stretch with the sums i and o says (I and O: the sums of all rows)
**
**   woe = log((i / I) / (o / O))         weight of evidence
**   iv  = (i / I - o / O) woe            its part of the information value
**
** where a class of which it has less than `smooth` counts as `smooth`, so that a stretch with
** one class only says something finite.  The best division has the largest sum of iv, less a
** `price` for every stretch after the first (a finer division never says less, and noise would
** fill any number of stretches), among those of at most `most` stretches that weigh at least
** `least` each and, if a direction is asked for, whose rate i / (i + o) never turns.
**
** It is found by dynamic programming over (number, begin and end of the last stretch), exactly
** (Fisher 1958, "On grouping for maximum homogeneity", JASA 53; information value: Kullback
** 1959, Information Theory and Statistics; Siddiqi 2006, Credit Risk Scorecards).
*/
#ifndef MINE_KERNEL_PARTITION_H
#define MINE_KERNEL_PARTITION_H

#include "../core/env.h"

#define MINE_PARTITION_CELLS 220 /* at most */
#define MINE_PARTITION_PARTS 50  /* at most */

typedef struct mine_partition {
  int n;                  /* cells, 1 .. MINE_PARTITION_CELLS      */
  const double *in, *out; /* per cell                              */
  double all_in, all_out; /* I and O, above 0; cells may hold less */
  double smooth;          /* above 0                               */
  double least, price;
  int most;
  int direction; /* 1: the rate never falls, -1: never rises, 0: any */
} mine_partition;

/* What the search needs: a few megabytes. */
typedef struct mine_partition_room {
  double in[MINE_PARTITION_CELLS + 1], out[MINE_PARTITION_CELLS + 1]; /* sums before a cell */
  double worth[MINE_PARTITION_CELLS][MINE_PARTITION_CELLS + 1];
  double best[2][MINE_PARTITION_CELLS][MINE_PARTITION_CELLS + 1];
  uint8_t before[MINE_PARTITION_PARTS][MINE_PARTITION_CELLS][MINE_PARTITION_CELLS + 1];
} mine_partition_room;

/* woe of the sums, and in *iv (may be NULL) what it adds to the information value. */
double mine__partition_woe(const mine_partition *partition, double in, double out, double *iv);

/* The best division: stretch s ends before cell end[s].  Returns how many there are; *value (may
** be NULL) is the sum of iv less the prices.  One stretch, whatever it weighs, where no
** division is allowed; of equal ones the coarsest.  O(cells^2 most), with a direction O(cells^3
** most / 6).  Safe inside a task. */
int mine__partition_best(const mine_partition *partition, mine_partition_room *room,
                         int end[MINE_PARTITION_PARTS], double *value);

#endif
