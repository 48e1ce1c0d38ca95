/*
** remaining.h -- how long a step of a call will go on, where that can be said.
*/
#ifndef MINE_EXT_REMAINING_H
#define MINE_EXT_REMAINING_H

#define MINE_REMAINING_MARKS 32

typedef struct mine_remaining {
  char what[40];                      /* the step under way                                  */
  int n;                              /* marks of the way; 0: none yet                       */
  double last;                        /* the share that was reported last                    */
  double gap;                         /* seconds between two marks, at least                 */
  double time[MINE_REMAINING_MARKS];  /* seconds of any clock, rising   */
  double share[MINE_REMAINING_MARKS]; /* of the step that was done then */
} mine_remaining;

/* Take note that at `now` so much of the step `what` is done.  Returns the seconds that the step
** will take from now on, or NAN where nobody knows yet.  Zeros are a valid start.  O(1). */
double mine__remaining(mine_remaining *remaining, double now, const char *what, double share);

#endif
