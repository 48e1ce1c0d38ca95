/*
** distance_body.h -- squared distances of points to the lanes of a panel (distance.h),
** for one instruction set (simd.h).  Four points go past a vector at once: each loaded
** dimension is used four times, and four independent sums hide the latency of the
** addition.
*/

/* s[p] = squared distances of point p (of `points`, a constant) to the lanes at x. */
MINE_INLINE void V(distance_sums)(const double *x, ptrdiff_t width, const double *point, int points,
                                  v_doubles *s) {
  V_UNROLL
  for (int p = 0; p < points; p++)
    s[p] = V_ALL(v_doubles, 0);
  for (ptrdiff_t j = 0; j < width; j++) {
    const v_doubles v = V_AT(v_doubles, x + j * MINE_LANES);
    V_UNROLL
    for (int p = 0; p < points; p++) {
      const v_doubles t = v - point[p * width + j];
      s[p] += t * t;
    }
  }
}

static void V(distance_panel)(const double *panel, ptrdiff_t width, const double *point,
                              int64_t count, double *out) {
  for (int lane = 0; lane < MINE_LANES; lane += V_DOUBLES) {
    v_doubles s[4];
    int64_t p = 0;
    for (; p + 4 <= count; p += 4) {
      V(distance_sums)(panel + lane, width, point + p * width, 4, s);
      V_UNROLL
      for (int q = 0; q < 4; q++)
        V_STORE(v_doubles, out + (p + q) * MINE_LANES + lane, s[q]);
    }
    for (; p < count; p++) {
      V(distance_sums)(panel + lane, width, point + p * width, 1, s);
      V_STORE(v_doubles, out + p * MINE_LANES + lane, s[0]);
    }
  }
}

/* The two smallest so far, and whose the smallest is. */
typedef struct V(distance_two) {
  v_doubles best, second;
  v_longs which;
} V(distance_two);

/* Point `number` is at squared distance d. */
MINE_INLINE void V(distance_keep)(V(distance_two) * two, v_doubles d, int64_t number) {
  const v_longs first = d < two->best, other = d < two->second;
  const v_doubles rest = V_PICK(v_doubles, other, v_longs, d, two->second);
  two->second = V_PICK(v_doubles, first, v_longs, two->best, rest);
  two->best = V_PICK(v_doubles, first, v_longs, d, two->best);
  two->which = (first & number) | (~first & two->which);
}

static void V(distance_nearest)(const double *panel, ptrdiff_t width, const double *point,
                                int64_t count, double *best, double *second, int32_t *nearest) {
  for (int lane = 0; lane < MINE_LANES; lane += V_DOUBLES) {
    V(distance_two) two = {V_ALL(v_doubles, INFINITY), V_ALL(v_doubles, INFINITY), {0}};
    v_doubles s[4];
    int64_t p = 0;
    for (; p + 4 <= count; p += 4) {
      V(distance_sums)(panel + lane, width, point + p * width, 4, s);
      V_UNROLL
      for (int q = 0; q < 4; q++)
        V(distance_keep)(&two, s[q], p + q);
    }
    for (; p < count; p++) {
      V(distance_sums)(panel + lane, width, point + p * width, 1, s);
      V(distance_keep)(&two, s[0], p);
    }
    V_STORE(v_doubles, best + lane, two.best);
    V_STORE(v_doubles, second + lane, two.second);
    for (int l = 0; l < V_DOUBLES; l++)
      nearest[lane + l] = (int32_t)two.which[l];
  }
}
