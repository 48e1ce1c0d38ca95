/*
** leaf_body.h -- the points of a leaf (kdtree.h) and a box, or a point, for one instruction set
** (simd.h) and one norm: LEAF(name) names the functions, LEAF_TERM(t) is what a difference adds.
** What may matter of a leaf comes as bits: most of a search is leaves of which nothing does.
*/

#define LEAF_VECTORS \
  (MINE_LANES / V_DOUBLES) /* of a panel: side by side, so that additions overlap */

/* Each difference is rounded as that to a point within the box would be, and the sums run in the
** same order: never above the distance to such a point, in floating point, too. */
static uint32_t LEAF(leaf_near)(const double *panel, ptrdiff_t panels, ptrdiff_t width,
                                const double *box, const double *most) {
  const v_doubles zero = {0};
  uint32_t bits = 0;
  for (ptrdiff_t p = 0; p < panels; p++) {
    const double *x = panel + p * width * MINE_LANES;
    v_doubles sum[LEAF_VECTORS];
    V_UNROLL
    for (int v = 0; v < LEAF_VECTORS; v++)
      sum[v] = zero;
    for (ptrdiff_t j = 0; j < width; j++) {
      const double least = box[j], largest = box[width + j];
      V_UNROLL
      for (int v = 0; v < LEAF_VECTORS; v++) {
        const v_doubles at = V_AT(v_doubles, x + j * MINE_LANES + v * V_DOUBLES);
        const v_doubles below = least - at, above = at - largest;
        const v_doubles outside = V_LARGER(below, above), t = V_LARGER(outside, zero);
        sum[v] += LEAF_TERM(t);
      }
    }
    V_UNROLL
    for (int v = 0; v < LEAF_VECTORS; v++) {
      const int lane = (int)p * MINE_LANES + v * V_DOUBLES;
      bits |= V_UP_TO_BITS(sum[v], V_AT(v_doubles, most + lane)) << lane;
    }
  }
  return bits;
}

/* Squares are the distances of distance.h, bit for bit. */
static uint32_t LEAF(leaf_within)(const double *panel, ptrdiff_t panels, ptrdiff_t width,
                                  const double *point, double most, double *out) {
  const v_doubles limit = V_ALL(v_doubles, most);
  uint32_t bits = 0;
  for (ptrdiff_t p = 0; p < panels; p++) {
    const double *x = panel + p * width * MINE_LANES;
    v_doubles sum[LEAF_VECTORS];
    V_UNROLL
    for (int v = 0; v < LEAF_VECTORS; v++)
      sum[v] = V_ALL(v_doubles, 0);
    for (ptrdiff_t j = 0; j < width; j++) {
      const double with = point[j];
      V_UNROLL
      for (int v = 0; v < LEAF_VECTORS; v++) {
        const v_doubles t = V_AT(v_doubles, x + j * MINE_LANES + v * V_DOUBLES) - with;
        sum[v] += LEAF_TERM(t);
      }
    }
    V_UNROLL
    for (int v = 0; v < LEAF_VECTORS; v++) {
      const int lane = (int)p * MINE_LANES + v * V_DOUBLES;
      V_STORE(v_doubles, out + lane, sum[v]);
      bits |= V_UP_TO_BITS(sum[v], limit) << lane;
    }
  }
  return bits;
}

/* mine__kdtree_apart of a box and MINE_LANES others, dimension by dimension: bit l: that of box
** l is at most `most`. */
static uint32_t LEAF(boxes_apart)(const double *boxes, ptrdiff_t width, const double *box,
                                  double most, double *out) {
  const v_doubles zero = {0}, limit = V_ALL(v_doubles, most);
  uint32_t bits = 0;
  v_doubles sum[LEAF_VECTORS];
  V_UNROLL
  for (int v = 0; v < LEAF_VECTORS; v++)
    sum[v] = zero;
  for (ptrdiff_t j = 0; j < width; j++) {
    const double least = box[j], largest = box[width + j];
    V_UNROLL
    for (int v = 0; v < LEAF_VECTORS; v++) {
      const double *at = boxes + 2 * j * MINE_LANES + v * V_DOUBLES;
      const v_doubles below = V_AT(v_doubles, at) - largest;
      const v_doubles above = least - V_AT(v_doubles, at + MINE_LANES);
      const v_doubles outside = V_LARGER(below, above), t = V_LARGER(outside, zero);
      sum[v] += LEAF_TERM(t);
    }
  }
  V_UNROLL
  for (int v = 0; v < LEAF_VECTORS; v++) {
    V_STORE(v_doubles, out + v * V_DOUBLES, sum[v]);
    bits |= V_UP_TO_BITS(sum[v], limit) << (v * V_DOUBLES);
  }
  return bits;
}

#undef LEAF_VECTORS
