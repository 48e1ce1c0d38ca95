/*
** sieve_body.h -- the sieve's brackets (sieve.h), for one instruction set (simd.h).
**
** Two vectors of rows meet four points: eight sums hide the latency of the
** multiply-add, and each loaded value is used two or four times.
*/
#define SIEVE_STEP (2 * V_FLOATS)

/* s[p][v] -= x.c for the rows at `row` and four points. */
MINE_INLINE void V(sieve_products)(const float *row, ptrdiff_t width, const float *point,
                                   v_floats s[4][2]) {
  for (ptrdiff_t j = 0; j < width; j++) {
    const v_floats x = V_AT(v_floats, row + j * MINE__SIEVE_ROWS);
    const v_floats y = V_AT(v_floats, row + j * MINE__SIEVE_ROWS + V_FLOATS);
    V_UNROLL
    for (int p = 0; p < 4; p++) {
      s[p][0] = V_LESS_PRODUCT(s[p][0], x, point[p * width + j]);
      s[p][1] = V_LESS_PRODUCT(s[p][1], y, point[p * width + j]);
    }
  }
}

/* The two smallest so far, and whose the smallest is. */
typedef struct V(sieve_two) {
  v_floats best, second;
  v_ints which;
} V(sieve_two);

MINE_INLINE void V(sieve_keep)(V(sieve_two) * two, v_floats s, int64_t number) {
  const v_floats rest = V_MAX(s, two->best);
  two->which = V_WHERE_LESS(s, two->best, V_ALL(v_ints, (int32_t)number), two->which);
  two->second = V_MIN(two->second, rest);
  two->best = V_MIN(s, two->best);
}

static void V(sieve_nearest)(const float *panel, ptrdiff_t width, const float *point,
                             const float *half, int64_t count, float *best, float *second,
                             int32_t *nearest) {
  for (int row = 0; row < MINE__SIEVE_ROWS; row += SIEVE_STEP) {
    const v_floats far = V_ALL(v_floats, FLT_MAX);
    V(sieve_two) two[2] = {{far, far, {0}}, {far, far, {0}}};
    for (int64_t p = 0; p < count; p += 4) {
      v_floats s[4][2];
      V_UNROLL
      for (int q = 0; q < 4; q++)
        s[q][0] = s[q][1] = V_ALL(v_floats, half[p + q]);
      V(sieve_products)(panel + row, width, point + p * width, s);
      V_UNROLL
      for (int q = 0; q < 4; q++) {
        V(sieve_keep)(&two[0], s[q][0], p + q);
        V(sieve_keep)(&two[1], s[q][1], p + q);
      }
    }
    V_UNROLL
    for (int v = 0; v < 2; v++) {
      V_STORE(v_floats, best + row + v * V_FLOATS, two[v].best);
      V_STORE(v_floats, second + row + v * V_FLOATS, two[v].second);
      V_STORE(v_ints, nearest + row + v * V_FLOATS, two[v].which);
    }
  }
}

#ifndef V_AT_MOST
/* Bit l: lane l of a is at most `most`. */
static inline uint32_t V(sieve_bits)(v_floats a, float most) {
  uint32_t bits = 0;
  for (int l = 0; l < V_FLOATS; l++)
    bits |= (uint32_t)(a[l] <= most) << l;
  return bits;
}
#define V_AT_MOST(a, most) V(sieve_bits)(a, most)
#endif

static void V(sieve_below)(const float *panel, ptrdiff_t width, const float *half,
                           const float *point, const float *limit, int64_t count, uint32_t *mask) {
  for (int64_t p = 0; p < count; p += 4) {
    uint32_t bits[4] = {0};
    for (int row = 0; row < MINE__SIEVE_ROWS; row += SIEVE_STEP) {
      v_floats s[4][2];
      V_UNROLL
      for (int q = 0; q < 4; q++) {
        s[q][0] = V_AT(v_floats, half + row);
        s[q][1] = V_AT(v_floats, half + row + V_FLOATS);
      }
      V(sieve_products)(panel + row, width, point + p * width, s);
      V_UNROLL
      for (int q = 0; q < 4; q++) {
        const uint32_t low = V_AT_MOST(s[q][0], limit[p + q]);
        const uint32_t high = V_AT_MOST(s[q][1], limit[p + q]);
        bits[q] |= (low | high << V_FLOATS) << row;
      }
    }
    V_UNROLL
    for (int q = 0; q < 4; q++)
      mask[p + q] = bits[q];
  }
}

#undef SIEVE_STEP
