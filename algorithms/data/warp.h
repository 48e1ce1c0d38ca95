/*
** warp.h -- a number bent before it is scaled, by a function that rises everywhere.
**
**   log   sign(x) ln(1 + |x|): zero stays zero, losses mirror gains, tenfold is a step
**         of 2.3 wherever it begins
**   rank  the share of the training rows below x, those equal to it counted half (the
**         mid-rank of ties); linear between the values kept, 0 below the least and 1
**         above the largest of them
** Of at most MINE_WARP_KNOTS different values rank keeps every one; of more, those that
** stand at equal steps of rank, the least and the largest among them: a share is then off
** by half a step at most.
*/
#ifndef MINE_DATA_WARP_H
#define MINE_DATA_WARP_H

#include "../core/bytes.h"

#define MINE_WARP_KNOTS 1000

typedef enum mine__warp_form { MINE_WARP_NONE, MINE_WARP_LOG, MINE_WARP_RANK } mine__warp_form;

typedef struct mine__warp {
  mine__warp_form form;
  int n;         /* rank: knots; 0: no value was known              */
  double *value; /* rank: n, rising                                  */
  double *share; /* rank: n, rising, all between 0 and 1 (exclusive) */
} mine__warp;

/* Learn the knots from n numbers, in any order and without NAN (they are put in order);
** spare has room for n; warp->value and warp->share for MINE_WARP_KNOTS or n.
** O(n log n).  Safe inside a parallel task. */
void mine__warp_learn(mine__warp *warp, double *number, double *spare, int64_t n);
/* NAN stays NAN; rank without knots makes everything NAN. */
double mine__warp_number(const mine__warp *warp, double x);
/* Back in the units of the source; rank: within the least and the largest knot. */
double mine__warp_back(const mine__warp *warp, double y);

void mine__warp_save(const mine__warp *warp, mine_writer *w);
/* warp->form is the caller's to set. */
void mine__warp_load(mine_reader *r, mine__warp *warp);

#endif
