/*
** distance.c -- the loop nest behind every squared distance, per processor.
**
** distance_lanes.h is compiled for two, four and eight doubles in a vector; the
** widest that the processor has is chosen at each call (one load and test).
** All give the same bits: a lane never meets another lane.
*/
#include "distance.h"

#include <math.h>

#define LANES_WIDTH 2
#define LANES_TARGET
#define LANES_NAME(x) distance_base_##x
#include "distance_lanes.h"

#if defined(__x86_64__) && !defined(MINE_NO_SIMD)
#define DISTANCE_WIDE 1
#define LANES_WIDTH   4
#define LANES_TARGET  __attribute__((target("avx2")))
#define LANES_NAME(x) distance_avx2_##x
#include "distance_lanes.h"
#define LANES_WIDTH   8
#define LANES_TARGET  __attribute__((target("avx512f")))
#define LANES_NAME(x) distance_avx512_##x
#include "distance_lanes.h"
#endif

void mine_panel_pack(const double *rows, int64_t count, int width, double *panel) {
  for (int64_t lane = 0; lane < MINE_LANES; lane++) {
    const double *row = rows + (lane < count ? lane : count - 1) * width;
    for (int j = 0; j < width; j++)
      panel[(int64_t)j * MINE_LANES + lane] = row[j];
  }
}

void mine_distance_panel(const double *panel, int width, const double *points, int64_t count,
                         double *out) {
#ifdef DISTANCE_WIDE
  if (__builtin_cpu_supports("avx512f")) {
    distance_avx512_panel(panel, width, points, count, out);
    return;
  }
  if (__builtin_cpu_supports("avx2")) {
    distance_avx2_panel(panel, width, points, count, out);
    return;
  }
#endif
  distance_base_panel(panel, width, points, count, out);
}

void mine_distance_nearest(const double *panel, int width, const double *points, int64_t count,
                           double *best, double *second, int32_t *nearest) {
#ifdef DISTANCE_WIDE
  if (__builtin_cpu_supports("avx512f")) {
    distance_avx512_nearest(panel, width, points, count, best, second, nearest);
    return;
  }
  if (__builtin_cpu_supports("avx2")) {
    distance_avx2_nearest(panel, width, points, count, best, second, nearest);
    return;
  }
#endif
  distance_base_nearest(panel, width, points, count, best, second, nearest);
}

double mine_distance_pair(const double *a, const double *b, int width) {
  double sum = 0;
  for (int j = 0; j < width; j++) {
    const double t = a[j] - b[j];
    sum += t * t;
  }
  return sum;
}
