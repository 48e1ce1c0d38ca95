/*
** gauss.c -- whitenings in groups (gauss.h).
*/
#include "gauss.h"

void mine__gauss_pack(int64_t width, const double *triangle, double *to) {
  for (int64_t o = 0; o < width; o += GAUSS_OUTPUTS) {
    const int64_t n = o + GAUSS_OUTPUTS < width ? o + GAUSS_OUTPUTS : width;
    for (int64_t i = 0; i < n; i++) {
      for (int64_t row = o; row < o + GAUSS_OUTPUTS; row++)
        *to++ = row < width && i <= row ? triangle[mine__gauss_triangle(row) + i] : 0;
    }
  }
}
