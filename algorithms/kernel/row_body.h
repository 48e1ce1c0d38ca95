/*
** row_body.h -- loops over the columns of one row, or the rows of one column, for one
** instruction set (simd.h).  What they do is said there.
*/
static void V(add_row)(double *restrict sum, const double *restrict x, ptrdiff_t width,
                       double weight) {
#pragma omp simd
  for (ptrdiff_t j = 0; j < width; j++)
    sum[j] += weight * x[j];
}

static void V(measure_row)(const double *restrict x, const double *restrict shift, ptrdiff_t width,
                           double weight, double *restrict sum, double *restrict square,
                           double *restrict least, double *restrict most) {
#pragma omp simd
  for (ptrdiff_t j = 0; j < width; j++) {
    const double t = x[j] - shift[j];
    sum[j] += weight * t;
    square[j] += weight * t * t;
    least[j] = t < least[j] ? t : least[j];
    most[j] = t > most[j] ? t : most[j];
  }
}

/* `to` may be x. */
static void V(scale_rows)(const double *x, const double *by, ptrdiff_t n, double *to) {
  ptrdiff_t i = 0;
  for (; i + (ptrdiff_t)V_DOUBLES <= n; i += (ptrdiff_t)V_DOUBLES)
    V_STORE(v_doubles, to + i, V_AT(v_doubles, x + i) * V_AT(v_doubles, by + i));
  for (; i < n; i++)
    to[i] = x[i] * by[i];
}

/* By vectors: gcc makes a branch of the choice otherwise. */
static void V(standardize)(const double *x, ptrdiff_t n, double centre, double factor, double fill,
                           double *to) {
  const v_doubles other = V_ALL(v_doubles, fill);
  ptrdiff_t i = 0;
  for (; i + (ptrdiff_t)V_DOUBLES <= n; i += (ptrdiff_t)V_DOUBLES) {
    const v_doubles t = (V_AT(v_doubles, x + i) - centre) * factor;
    V_STORE(v_doubles, to + i, V_PICK(v_doubles, t == t, v_longs, t, other));
  }
  for (; i < n; i++) {
    const double t = (x[i] - centre) * factor;
    to[i] = t == t ? t : fill;
  }
}

static uint32_t V(intersect)(const uint64_t *restrict a, const uint64_t *restrict b,
                             uint64_t *restrict out, uint32_t words) {
  uint32_t n = 0;
  for (uint32_t w = 0; w < words; w++) {
    out[w] = a[w] & b[w];
    n += (uint32_t)__builtin_popcountll(out[w]);
  }
  return n;
}

#ifndef V_LESS_BITS
/* Bit l: lane l of a is below that of b. */
static inline uint32_t V(row_less)(v_floats a, v_floats b) {
  uint32_t bits = 0;
  for (int l = 0; l < V_FLOATS; l++)
    bits |= (uint32_t)(a[l] < b[l]) << l;
  return bits;
}
#define V_LESS_BITS(a, b) V(row_less)(a, b)
#endif

/* Where few are below, 32 places are passed by at a time. */
static ptrdiff_t V(below)(const float *x, const float *limit, ptrdiff_t n, uint32_t *at) {
  ptrdiff_t found = 0, i = 0;
  for (; i + 32 <= n; i += 32) {
    uint32_t bits = 0;
    V_UNROLL
    for (int v = 0; v < 32 / V_FLOATS; v++) {
      const v_floats a = V_AT(v_floats, x + i + v * V_FLOATS);
      const v_floats b = V_AT(v_floats, limit + i + v * V_FLOATS);
      bits |= V_LESS_BITS(a, b) << (v * V_FLOATS);
    }
    for (; bits; bits &= bits - 1)
      at[found++] = (uint32_t)i + (uint32_t)__builtin_ctz(bits);
  }
  for (; i < n; i++) {
    at[found] = (uint32_t)i;
    found += x[i] < limit[i];
  }
  return found;
}
