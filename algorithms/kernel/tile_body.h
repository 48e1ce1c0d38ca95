/*
** tile_body.h -- the other distances of nearest.h, one panel against one point, for one
** instruction set (simd.h).
*/
#define TILE_ABS(x) ((v_doubles)((v_longs)(x)&INT64_MAX))

static void V(manhattan)(const double *panel, ptrdiff_t width, const double *point, double *out) {
  for (int lane = 0; lane < MINE_LANES; lane += V_DOUBLES) {
    v_doubles sum = {0};
    for (ptrdiff_t j = 0; j < width; j++)
      sum += TILE_ABS(V_AT(v_doubles, panel + j * MINE_LANES + lane) - point[j]);
    V_STORE(v_doubles, out + lane, sum);
  }
}

/* Categories differ by 0 or 1; comparisons select by AND. */
static void V(gower)(const double *panel, ptrdiff_t width, const uint8_t *category,
                     const double *point, double *out) {
  const v_doubles one = V_ALL(v_doubles, 1.0), never = V_ALL(v_doubles, INFINITY);
  for (int lane = 0; lane < MINE_LANES; lane += V_DOUBLES) {
    v_doubles sum = {0}, count = {0};
    for (ptrdiff_t j = 0; j < width; j++) {
      const v_doubles x = V_AT(v_doubles, panel + j * MINE_LANES + lane);
      const v_doubles away = TILE_ABS(x - point[j]);
      const v_longs known = x == x, differs = x != point[j];
      if (point[j] != point[j]) continue;
      const v_doubles d = category[j] ? (v_doubles)(differs & (v_longs)one) : away;
      sum += (v_doubles)((v_longs)d & known);
      count += (v_doubles)((v_longs)one & known);
    }
    V_STORE(v_doubles, out + lane, V_PICK(v_doubles, count > 0.0, v_longs, sum / count, never));
  }
}

#undef TILE_ABS
