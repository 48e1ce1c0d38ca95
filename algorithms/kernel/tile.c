/*
** tile.c -- exact distances of one point to the rows of a tile, by the kernels of
** distance_body.h and tile_body.h.
*/
#include "tile.h"

#include "distance.h"
#include "simd.h"

#define TILE_PANELS (MINE_TILE_ROWS / MINE_LANES)

void mine__tile_distances(const mine_nearest *base, const double *panels, const double *point,
                          double out[MINE_TILE_ROWS]) {
  const mine__kernels *kernels = mine__kernels_here();
  for (int p = 0; p < TILE_PANELS; p++) {
    const double *panel = panels + (int64_t)p * base->width * MINE_LANES;
    double *at = out + p * MINE_LANES;
    switch (base->space) {
      case MINE_SPACE_MANHATTAN:
        kernels->manhattan(panel, base->width, point, at);
        break;
      case MINE_SPACE_GOWER:
        kernels->gower(panel, base->width, base->category, point, at);
        break;
      default:
        kernels->distance_panel(panel, base->width, point, 1, at);
    }
  }
}

/* The rows of tile t in panels; panels past the end repeat the last row. */
void mine__tile_pack(const mine_nearest *base, int64_t t, double *panels) {
  for (int p = 0; p < TILE_PANELS; p++) {
    int64_t first = t * MINE_TILE_ROWS + p * MINE_LANES;
    if (first >= base->n) first = base->n - 1;
    const int64_t left = base->n - first;
    mine__panel_pack(base->row + first * base->width, left < MINE_LANES ? left : MINE_LANES,
                     base->width, panels + (int64_t)p * base->width * MINE_LANES);
  }
}
