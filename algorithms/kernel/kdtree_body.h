/*
** kdtree_body.h -- how far a box is from the points of a panel (distance.h), for one instruction
** set (simd.h).
*/

/* out[lane]: the least squared distance from a point of the box.  Each difference is rounded as
** that to a point within would be, and the sums run in the same order: never above the
** distance to such a point, in floating point, too. */
static void V(box_panel)(const double *panel, ptrdiff_t width, const double *box, double *out) {
  for (int lane = 0; lane < MINE_LANES; lane += V_DOUBLES) {
    v_doubles sum = {0};
    for (ptrdiff_t j = 0; j < width; j++) {
      const v_doubles x = V_AT(v_doubles, panel + j * MINE_LANES + lane);
      const v_doubles below = box[j] - x, above = x - box[width + j];
      const v_doubles away = V_PICK(v_doubles, below > above, v_longs, below, above);
      const v_doubles t = (v_doubles)((v_longs)away & (away > 0.0));
      sum += t * t;
    }
    V_STORE(v_doubles, out + lane, sum);
  }
}
