/*
** tile.c -- exact distances of one point to the rows of a tile, by vector
** instructions: a lane is a row, its sum runs over the dimensions in order, so
** the bits do not depend on the width of the vectors.
*/
#include "tile.h"

#include "distance.h"
#include "simd.h"

#define TILE_PANELS (MINE_TILE_ROWS / MINE_LANES)

/* The MINE_LANES rows of a panel as one value.  Vector types, because compilers
** do not agree on when to vectorise a loop of eight. */
typedef double tile_reals __attribute__((vector_size(8 * MINE_LANES), aligned(8), may_alias));
typedef int64_t tile_ints __attribute__((vector_size(8 * MINE_LANES), aligned(8), may_alias));
#define TILE_ABS(x) ((tile_reals)((tile_ints)(x)&INT64_MAX))

/* The rows of `panel` against one point; out as mine_distance_panel gives it. */
MINE_SIMD static void tile_manhattan_panel(const double *panel, int width, const double *point,
                                           double *out) {
  tile_reals sum = {0};
  for (int j = 0; j < width; j++, panel += MINE_LANES) {
    sum += TILE_ABS(*(const tile_reals *)panel - point[j]);
  }
  *(tile_reals *)out = sum;
}

/* Comparisons are all ones or all zeros per lane: they select by AND. */
MINE_SIMD static void tile_gower_panel(const double *panel, int width, const uint8_t *category,
                                       const double *point, double *out) {
  const tile_ints one = (tile_ints)((tile_reals){0} + 1.0);
  tile_reals sum = {0};
  tile_ints known = {0};
  for (int j = 0; j < width; j++, panel += MINE_LANES) {
    const tile_reals x = *(const tile_reals *)panel;
    if (point[j] != point[j]) continue;
    const tile_ints is_known = x == x;
    tile_ints difference;
    if (category[j]) {
      difference = (x != point[j]) & one;
    } else {
      const tile_reals away = TILE_ABS(x - point[j]);
      const tile_ints is_most = away > 1.0;
      difference = (is_most & one) | (~is_most & (tile_ints)away);
    }
    sum += (tile_reals)(difference & is_known);
    known -= is_known;
  }
  for (int r = 0; r < MINE_LANES; r++)
    out[r] = known[r] > 0 ? sum[r] / (double)known[r] : 1.0;
}

void mine_tile_distances(const mine_nearest *base, const double *panels, const double *point,
                         double out[MINE_TILE_ROWS]) {
  for (int p = 0; p < TILE_PANELS; p++) {
    const double *panel = panels + (int64_t)p * base->width * MINE_LANES;
    double *at = out + p * MINE_LANES;
    switch (base->space) {
      case MINE_SPACE_MANHATTAN:
        tile_manhattan_panel(panel, base->width, point, at);
        break;
      case MINE_SPACE_GOWER:
        tile_gower_panel(panel, base->width, base->category, point, at);
        break;
      default:
        mine_distance_panel(panel, base->width, point, 1, at);
    }
  }
}

/* The rows of tile t in panels; panels past the end repeat the last row. */
void mine_tile_pack(const mine_nearest *base, int64_t t, double *panels) {
  for (int p = 0; p < TILE_PANELS; p++) {
    int64_t first = t * MINE_TILE_ROWS + p * MINE_LANES;
    if (first >= base->n) first = base->n - 1;
    const int64_t left = base->n - first;
    mine_panel_pack(base->row + first * base->width, left < MINE_LANES ? left : MINE_LANES,
                    base->width, panels + (int64_t)p * base->width * MINE_LANES);
  }
}
