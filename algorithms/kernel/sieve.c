/*
** sieve.c -- packing, and the one bound.
**
** Let u = 2^-24, x and c of `width` coordinates be rounded to float, and h = |c|^2/2
** or |x|^2/2, computed in double and rounded to float.  The bracket h - x.c is a sum
** of width + 1 terms; each product carries two rounded inputs and (without fused
** multiply-add) its own rounding, and at most width + 1 rounded steps follow.  So
** the float bracket is off by at most
**
**     (width + 6) u (h + |x||c|)       [Higham, "Accuracy and stability of numerical
**                                      algorithms", 2002, section 3.1]
**
** and MINE__SIEVE_SLACK widens that for the second-order terms, which are small up to
** MINE__SIEVE_WIDEST columns, and for the lengths, which are known in double.
** Underflow loses at most 2^-150 per input and step, times a partner below
** MINE__SIEVE_FAR.  The exact distances that are compared with are themselves
** rounded: by no more than (width + 8) 2^-53 of (|x| + |c|)^2 each, for which
** the two bounds below leave eight times as much.
*/
#include "sieve.h"

#include <float.h>
#include <math.h>

#include "../core/parallel.h"
#include "simd.h"

/* The power of two that brings `reach` to 1/2..1; 0 when there is none with room to
** spare in double. */
static double sieve_factor(double reach) {
  int exponent;
  if (!(reach >= 0x1p-300 && reach <= 0x1p300)) return 0;
  (void)frexp(reach, &exponent);
  return ldexp(1, -exponent);
}

void mine__sieve_open(mine_env *env, mine_arena *arena, int64_t n, int width, double *centre,
                      double reach, mine__sieve *out) {
  const size_t panels = (size_t)MINE_BLOCKS(n, MINE__SIEVE_ROWS);
  *out = (mine__sieve){.n = n, .width = width, .centre = centre};
  if (mine_failed(env) || width > MINE__SIEVE_WIDEST || sieve_factor(reach) == 0) return;
  out->panel = mine__arena_array(arena, panels * MINE__SIEVE_ROWS, (size_t)width * sizeof(float));
  out->half = mine__arena_array(arena, panels * MINE__SIEVE_ROWS, sizeof(float));
  out->reach = mine__arena_array(arena, panels, sizeof(double));
  if (!mine_failed(env)) out->factor = sieve_factor(reach);
}

/* One row or point, its coordinates `step` apart. */
static double sieve_convert(const mine__sieve *sieve, const double *x, float *out, int64_t step) {
  double square = 0;
  for (int j = 0; j < sieve->width; j++) {
    const double v = (x[j] - sieve->centre[j]) * sieve->factor;
    out[j * step] = (float)v;
    square += v * v;
  }
  return sqrt(square);
}

double mine__sieve_point(const mine__sieve *sieve, const double *point, float *out) {
  return sieve_convert(sieve, point, out, 1);
}

void mine__sieve_pack(const mine__sieve *sieve, int64_t first, const double *row, int64_t count) {
  const int64_t width = sieve->width, padded = MINE_BLOCKS(count, MINE__SIEVE_ROWS);
  for (int64_t i = 0; i < padded * MINE__SIEVE_ROWS; i++) {
    const int64_t at = first + i, lane = at % MINE__SIEVE_ROWS;
    float *to = sieve->panel + (at - lane) * width + lane;
    double *reach = &sieve->reach[at / MINE__SIEVE_ROWS];
    if (lane == 0) *reach = 0;
    if (i < count) {
      const double length = sieve_convert(sieve, row + i * width, to, MINE__SIEVE_ROWS);
      sieve->half[at] = (float)(length * length / 2);
      *reach = fmax(*reach, length);
    } else {
      for (int64_t j = 0; j < width; j++)
        to[j * MINE__SIEVE_ROWS] = 0;
      sieve->half[at] = INFINITY;
    }
  }
}

/* ---- the bound ------------------------------------------------------------------ */

double mine__sieve_bracket(const mine__sieve *sieve, double length, double square) {
  const double own = length * length, far = square * sieve->factor * sieve->factor;
  return (far - own) / 2 + (far + own) * FLT_EPSILON;
}

double mine__sieve_gap(const mine__sieve *sieve, int64_t p, double most) {
  const double length = sieve->reach[p], both = length + most;
  return 2 * mine__sieve_error(sieve, most, length) + (sieve->width + 8) * 0x1p-49 * both * both;
}

/* ---- the brackets ----------------------------------------------------------------- */

void mine__sieve_nearest(const mine__sieve *sieve, int64_t p, const float *point, const float *half,
                         int64_t count, float *best, float *second, int32_t *nearest) {
  mine__kernels_here()->sieve_nearest(sieve->panel + p * MINE__SIEVE_ROWS * sieve->width,
                                      sieve->width, point, half, count, best, second, nearest);
}

void mine__sieve_below(const mine__sieve *sieve, int64_t p, const float *point, const float *limit,
                       int64_t count, uint32_t *mask) {
  mine__kernels_here()->sieve_below(sieve->panel + p * MINE__SIEVE_ROWS * sieve->width,
                                    sieve->width, sieve->half + p * MINE__SIEVE_ROWS, point, limit,
                                    count, mask);
}
