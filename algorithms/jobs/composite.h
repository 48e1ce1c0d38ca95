/*
** composite.h -- the inside of mine_composite: indicators side by side, and what each counts.
*/
#ifndef MINE_JOBS_COMPOSITE_H
#define MINE_JOBS_COMPOSITE_H

#include "verb.h"

typedef struct composite_options {
  mine_list weights, pairs, lower_is_better, tiers;
  int scale, by;
} composite_options;

/* The rows in which every indicator is known, the columns as 0 (the worst of these rows) to 1 (the
** best): k columns of n rows, one after the other. */
typedef struct composite_table {
  mine_job *job;
  const composite_options *asked;
  int k;
  int64_t n;
  uint32_t *row;  /* n: in the frame                                      */
  int *column;    /* k: likewise                                          */
  uint8_t *lower; /* per column of the frame: less is better              */
  double *unit;   /* k x n                                                */
  double *weight; /* k, their sum 1                                       */
  double ratio;   /* of pairs: Saaty's consistency ratio; NAN: of no pairs */
} composite_table;

/* The name of the j-th indicator, and its values over all rows of the frame. */
static inline const mine_column *composite_column(const composite_table *t, int j) {
  return &t->job->frame->column[t->column[j]];
}

/* composite_weights.c: t->weight (and ratio) as the options say; failures stick. */
void mine__composite_weigh(composite_table *t);

#endif
