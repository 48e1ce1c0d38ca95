/*
** factors_body.h -- products with a few rows of a long list of factors, for one instruction set
** (simd.h).
**
** Lanes meet in the product of a row with p, so there are FACTORS_LANES of them on every set,
** added in one order.  A row is `wide` floats, a multiple of that.
*/
#define FACTORS_VECTORS (FACTORS_LANES / (int)V_FLOATS)

/* Of a row at p and what it took, c = 1 + more.  first: out += (c - more p y) y,
** which is their part of what the equations of als.h lack at p; returned is their loss beyond
** (p y)^2, which stands for every item, taken or not.  Else out += more (p y) y, their part of
** the matrix times p. */
static double V(factors_pass)(const float *factors, ptrdiff_t wide, const int32_t *index,
                              const float *more, ptrdiff_t n, const float *p, int first,
                              float *out) {
  double loss = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    const float *y = factors + (ptrdiff_t)index[i] * wide;
    v_floats sum[FACTORS_VECTORS];
    float lane[FACTORS_LANES];
    if (i + 4 < n) {
      const char *ahead = (const char *)(factors + (ptrdiff_t)index[i + 4] * wide);
      for (ptrdiff_t at = 0; at < wide * (ptrdiff_t)sizeof(float); at += 64)
        __builtin_prefetch(ahead + at);
    }
    V_UNROLL
    for (int v = 0; v < FACTORS_VECTORS; v++)
      sum[v] = (v_floats){0};
    for (ptrdiff_t j = 0; j < wide; j += FACTORS_LANES) {
      V_UNROLL
      for (int v = 0; v < FACTORS_VECTORS; v++)
        sum[v] += V_AT(v_floats, y + j + v * (ptrdiff_t)V_FLOATS) *
                  V_AT(v_floats, p + j + v * (ptrdiff_t)V_FLOATS);
    }
    V_UNROLL
    for (int v = 0; v < FACTORS_VECTORS; v++)
      V_STORE(v_floats, lane + v * (ptrdiff_t)V_FLOATS, sum[v]);
    for (int half = FACTORS_LANES / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++)
        lane[l] += lane[l + half];
    }
    const float t = lane[0], by = first ? (more[i] + 1) - more[i] * t : more[i] * t;
    if (first) {
      const double short_of = 1 - (double)t;
      loss += ((double)more[i] + 1) * short_of * short_of - (double)t * (double)t;
    }
    for (ptrdiff_t j = 0; j < wide; j += (ptrdiff_t)V_FLOATS)
      V_STORE(v_floats, out + j, V_AT(v_floats, out + j) + V_AT(v_floats, y + j) * by);
  }
  return loss;
}

static void V(factors_square)(const float *square, ptrdiff_t wide, const float *p, float by,
                              float *out) {
  for (ptrdiff_t i = 0; i < wide; i++) {
    const float times = by * p[i];
    for (ptrdiff_t j = 0; j < wide; j += (ptrdiff_t)V_FLOATS)
      V_STORE(v_floats, out + j,
              V_AT(v_floats, out + j) + V_AT(v_floats, square + i * wide + j) * times);
  }
}
#undef FACTORS_VECTORS
