/*
** stl.h -- a series as trend + season + remainder.
*/
#ifndef MINE_SERIES_STL_H
#define MINE_SERIES_STL_H

#include "series.h"

#define MINE_STL_ROUNDS 15 /* of R's robust stl */

/* How STL smooths; windows are counted in points (season: in seasons) and odd. */
typedef struct mine_stl_how {
  int season;       /* points of a season; 1: there is none, and the trend is all             */
  int64_t seasonal; /* window of each point of the season over the years; 0: the same always  */
  int64_t trend;    /* window of the trend; 0: R's, 1.5 season / (1 - 1.5 / seasonal), and    */
                    /* a third of the points, at least 7, where there is no season            */
  int rounds;       /* robust ones, that trust far values less; 0: none                       */
} mine_stl_how;

/* The window of the trend that `how` comes to for n points. */
int64_t mine__stl_trend(const mine_stl_how *how, int64_t n);

/* Numbers of memory that mine__stl needs for n points. */
size_t mine__stl_room(int64_t n, int season);
/* All of y (n, at least two seasons) is known.  trend, seasonal: n.  O(n (window / jump)). */
void mine__stl(const double *y, int64_t n, const mine_stl_how *how, double *trend, double *seasonal,
               double *memory);

#endif
