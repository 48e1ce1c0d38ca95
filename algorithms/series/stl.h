/*
** stl.h -- a series as trend + season + remainder.
*/
#ifndef MINE_SERIES_STL_H
#define MINE_SERIES_STL_H

#include "series.h"

/* How STL smooths; windows are counted in points (season: in seasons) and odd. */
typedef struct mine_stl_how {
  int season;       /* points of a season, at least 2                                        */
  int64_t seasonal; /* window of each point of the season over the years; 0: the same always  */
  int64_t trend;    /* window of the trend; 0: R's, 1.5 season / (1 - 1.5 / seasonal)         */
  int robust;       /* 15 rounds that trust far values less, instead of none                  */
} mine_stl_how;

/* Numbers of memory that mine__stl needs for n points. */
size_t mine__stl_room(int64_t n, int season);
/* All of y (n, at least two seasons) is known.  trend, seasonal: n.  O(n (window / jump)). */
void mine__stl(const double *y, int64_t n, const mine_stl_how *how, double *trend, double *seasonal,
               double *memory);
/* A smooth line through y by local regression of degree 1 over `window` points, with the weights w
** (NULL: all 1). */
void mine__loess(const double *y, int64_t n, int64_t window, const double *w, double *out);
/* Weights by how far what remains lies out: Tukey's bisquare at six medians. */
void mine__bisquare(const double *remainder, int64_t n, double *w);

#endif
