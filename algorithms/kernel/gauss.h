/*
** gauss.h -- normal densities of many rows, and the sums from which normal densities are learned.
**
** Rows lie in panels (distance.h): lanes are rows, lanes never meet but where a sum over rows is
** wanted, and there are as many on every processor.  So a row's squared distance has the same bits
** in any panel, on every processor.
**
** A covariance is met by its *whitening* F = L^-1, with L L' the covariance (L lower): the squared
** Mahalanobis distance of x to the mean m is |F (x - m)|^2.  F is lower, too, and kept in groups of
** GAUSS_OUTPUTS of its rows, column after column, as far as the group's last row reaches and with
** zeros above the diagonal: each number loaded from a row is used so many times.
*/
#ifndef MINE_KERNEL_GAUSS_H
#define MINE_KERNEL_GAUSS_H

#include <stdint.h>

#define GAUSS_OUTPUTS 4

/* Numbers that a whitening of so many columns takes in groups. */
static inline int64_t mine__gauss_numbers(int64_t width) {
  int64_t n = 0;
  for (int64_t o = 0; o < width; o += GAUSS_OUTPUTS)
    n += GAUSS_OUTPUTS * (o + GAUSS_OUTPUTS < width ? o + GAUSS_OUTPUTS : width);
  return n;
}

/* Numbers of a lower triangle, row after row. */
static inline int64_t mine__gauss_triangle(int64_t width) {
  return width * (width + 1) / 2;
}

/* A lower triangle, row after row, in groups. */
void mine__gauss_pack(int64_t width, const double *triangle, double *to);

#endif
