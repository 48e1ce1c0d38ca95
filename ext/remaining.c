/*
** remaining.c -- an estimate is given when it is one.
**
** Time that went by before a step began (reading the source) says nothing of the step, and a rate
** says nothing of the rest while it still changes.  So a step is timed from its own first report
** on, and its rate r = share / time is believed when three things hold:
**
**   - it has run for 2 seconds and done a tenth of its work;
**   - over the last quarter of that time it was within a factor 3/2 of the quarter before;
**   - the report is of the same step, and no less done than before (a second fit starts anew).
**
** Then (1 - share) / r remain, r that of both quarters.  When there are too many marks of the way
** every other one is dropped, and new ones are as far apart: a quarter is met to within a sixteenth
** of the time.
*/
#include "remaining.h"

#include <math.h>
#include <string.h>

#define REMAINING_SECONDS 2.0
#define REMAINING_SHARE   0.1
#define REMAINING_STEADY  1.5

static void remaining_thin(mine_remaining *r) {
  for (int i = 1; 2 * i < r->n; i++) {
    r->time[i] = r->time[2 * i];
    r->share[i] = r->share[2 * i];
  }
  r->n = (r->n + 1) / 2;
  r->gap = (r->time[r->n - 1] - r->time[0]) / r->n;
}

static void remaining_mark(mine_remaining *r, double now, const char *what, double share) {
  if (strncmp(r->what, what, sizeof r->what - 1) != 0 || share < r->last) r->n = 0;
  if (r->n == 0) {
    memset(r->what, 0, sizeof r->what);
    strncpy(r->what, what, sizeof r->what - 1);
    r->gap = 0;
  }
  r->last = share;
  if (r->n > 0 && now - r->time[r->n - 1] < r->gap) return;
  if (r->n == MINE_REMAINING_MARKS) remaining_thin(r);
  r->time[r->n] = now;
  r->share[r->n++] = share;
}

/* The last mark that is at least so many seconds old. */
static int remaining_ago(const mine_remaining *r, double now, double seconds) {
  int at = 0;
  while (at + 1 < r->n && now - r->time[at + 1] >= seconds)
    at++;
  return at;
}

double mine__remaining(mine_remaining *r, double now, const char *what, double share) {
  remaining_mark(r, now, what, share);
  const double elapsed = now - r->time[0];
  if (elapsed < REMAINING_SECONDS || share - r->share[0] < REMAINING_SHARE) return NAN;
  const int half = remaining_ago(r, now, elapsed / 2), quarter = remaining_ago(r, now, elapsed / 4);
  const double before = (r->share[quarter] - r->share[half]) / (r->time[quarter] - r->time[half]);
  const double lately = (share - r->share[quarter]) / (now - r->time[quarter]);
  if (!(lately > 0 && lately <= REMAINING_STEADY * before && before <= REMAINING_STEADY * lately))
    return NAN;
  return (1 - share) / ((share - r->share[half]) / (now - r->time[half]));
}
