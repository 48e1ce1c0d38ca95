/*
** tile.h -- base rows, some at a time, as the exact search looks at them.
*/
#ifndef MINE_KERNEL_TILE_H
#define MINE_KERNEL_TILE_H

#include "nearest.h"

#define MINE_TILE_ROWS 32

/* The rows of tile t in panels (distance.h), MINE_TILE_ROWS x width doubles; panels
** past the end repeat the last rows. */
void mine__tile_pack(const mine_nearest *base, int64_t t, double *panels);
/* What is compared, from `point` to each row of the tile: the sum of squares for
** euclidean and cosine, the distance itself for the others. */
void mine__tile_distances(const mine_nearest *base, const double *panels, const double *point,
                          double out[MINE_TILE_ROWS]);

#endif
