/*
** distance.h -- many squared euclidean distances at once.
**
** Points are kept in *panels*: MINE_LANES of them side by side, dimension by
** dimension (panel[j * MINE_LANES + lane]), so that one vector instruction
** works on one dimension of several points.  The other side is plain row-major
** points.  k-means packs its rows and streams centres past them; a neighbour
** search packs its base rows and streams queries past them.
**
** distance(p, q) = sum over j = 0, 1, ... of (p[j] - q[j])^2, in that order,
** whichever side a point is on and whatever the vector width: always the same
** bits.  The expanded form |p|^2 - 2 p.q + |q|^2 would save a third of the work
** and loses the small distances to cancellation.
**
** Everything here is safe inside a parallel task.
*/
#ifndef MINE_KERNEL_DISTANCE_H
#define MINE_KERNEL_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

#define MINE_LANES 8

/* Pack `count` (1..MINE_LANES) row-major rows into one panel (width x
** MINE_LANES doubles); lanes beyond count repeat the last row. */
void mine__panel_pack(const double *rows, int64_t count, int width, double *panel);

/* How many doubles `rows` rows take in panels; panel p starts at
** p * width * MINE_LANES. */
static inline size_t mine_panel_doubles(int64_t rows, int width) {
  return (size_t)((rows + MINE_LANES - 1) / MINE_LANES) * MINE_LANES * (size_t)width;
}

/* Squared distances of `count` row-major points to the MINE_LANES points of one
** panel: out[p * MINE_LANES + lane].  O(count * MINE_LANES * width). */
void mine__distance_panel(const double *panel, int width, const double *points, int64_t count,
                          double *out);

/* The nearest and the second nearest of `count` >= 1 row-major points for each
** lane of a panel: squared distances best[] and second[] (infinity when count
** is 1) and the nearest one's number; ties go to the lower number. */
void mine__distance_nearest(const double *panel, int width, const double *points, int64_t count,
                            double *best, double *second, int32_t *nearest);

/* One pair; the same bits as the panels give. */
double mine__distance_pair(const double *a, const double *b, int width);

#endif
