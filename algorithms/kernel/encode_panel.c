/*
** encode_panel.c -- eight rows of a column lie side by side in the frame, and so
** they do in a panel: no detour over rows.
*/
#include "encode_panel.h"

#include "simd.h"

/* Indicators, lane by lane. */
static void panel_codes(const mine_encoding *e, int f, const int32_t *code, double *to) {
  const int c = e->first[f], levels = e->levels[f];
  for (int lane = 0; lane < MINE_LANES; lane++) {
    const int known = code[lane] >= 0 && code[lane] < levels;
    for (int l = 0; l < levels; l++)
      to[l * MINE_LANES + lane] = known ? 0 : e->fill[c + l];
    if (known) to[code[lane] * MINE_LANES + lane] = e->factor[c + code[lane]];
  }
}

/* The lanes' numbers, as they are before centre and spread. */
static const double *panel_numbers(const mine_encoding *e, int f, const double *number,
                                   double *bent) {
  if (!e->warp) return number;
  for (int lane = 0; lane < MINE_LANES; lane++)
    bent[lane] = mine__warp_number(&e->warp[f], number[lane]);
  return bent;
}

void mine__encode_panel(const mine_encoding *e, const mine_batch *batch, int64_t first,
                        double *panel) {
  const mine__kernels *kernels = mine__kernels_here();
  double bent[MINE_LANES];
  for (int f = 0; f < e->n_features; f++) {
    const int c = e->first[f];
    double *to = panel + (int64_t)c * MINE_LANES;
    if (c == e->first[f + 1]) continue; /* a category never seen */
    if (e->levels[f] == 0)
      kernels->standardize(panel_numbers(e, f, batch->feature[f].number + first, bent), MINE_LANES,
                           e->centre[c], e->factor[c], e->fill[c], to);
    else
      panel_codes(e, f, batch->feature[f].code + first, to);
  }
}
