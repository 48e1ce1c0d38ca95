/*
** season.h -- whether a series has a season, and the classical way to take it away.
*/
#ifndef MINE_SERIES_SEASON_H
#define MINE_SERIES_SEASON_H

#include "series.h"

/* Numbers of memory that mine__season_take needs. */
size_t mine__season_room(int64_t n, int season);

/* z becomes the series without its season, which is index[0 .. season - 1]: divided by it, of
** mean 1 (multiplicative), or less it, of mean 0.  Missing stays missing.  `seasonal` says
** which; auto: multiplicative where every value is above 0, else additive, and none where the
** autocorrelation at the lag of the season is not beyond the bounds that noise leaves (asks =
** 1; 0: always).  Returns the mine_seasonal that it is; none: index is 0. */
int mine__season_take(const mine_points *p, int seasonal, int asks, double *z, double *index,
                      double *memory);

/* Centred moving average of a season (2 x m where m is even), NAN where it does not reach or a
** value is missing. */
void mine__season_average(const double *y, int64_t n, int m, double *out);

#endif
