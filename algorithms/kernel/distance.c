/*
** distance.c -- squared distances: packing, and the kernels of distance_body.h.
*/
#include "distance.h"

#include "simd.h"

void mine__panel_pack(const double *rows, int64_t count, int width, double *panel) {
  for (int64_t lane = 0; lane < MINE_LANES; lane++) {
    const double *row = rows + (lane < count ? lane : count - 1) * width;
    for (int j = 0; j < width; j++)
      panel[(int64_t)j * MINE_LANES + lane] = row[j];
  }
}

void mine__distance_panel(const double *panel, int width, const double *points, int64_t count,
                          double *out) {
  mine__kernels_here()->distance_panel(panel, width, points, count, out);
}

void mine__distance_nearest(const double *panel, int width, const double *points, int64_t count,
                            double *best, double *second, int32_t *nearest) {
  mine__kernels_here()->distance_nearest(panel, width, points, count, best, second, nearest);
}

double mine__distance_pair(const double *a, const double *b, int width) {
  double sum = 0;
  for (int j = 0; j < width; j++) {
    const double t = a[j] - b[j];
    sum += t * t;
  }
  return sum;
}
