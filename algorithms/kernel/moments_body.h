/*
** moments_body.h -- sums for means and deviations (data/moments.h), for one instruction set
** (simd.h).  MOMENTS_LANES sums run side by side on every set, so the bits are the same.
*/
#define MOMENTS_VECTORS (MOMENTS_LANES / (int)V_DOUBLES)
/* v where it is a number, else 0. */
#define MOMENTS_KNOWN(known, v) ((v_doubles)((known) & (v_longs)(v)))

MINE_INLINE void V(moments_sums_of)(const double *x, const double *w, int weighted, ptrdiff_t n,
                                    double *to) {
  v_doubles sum[MOMENTS_VECTORS], count[MOMENTS_VECTORS], heavy[MOMENTS_VECTORS];
  for (int v = 0; v < MOMENTS_VECTORS; v++)
    sum[v] = count[v] = heavy[v] = V_ALL(v_doubles, 0);
  for (ptrdiff_t i = 0; i < n; i += MOMENTS_LANES) {
    V_UNROLL
    for (int v = 0; v < MOMENTS_VECTORS; v++) {
      const ptrdiff_t at = i + v * (ptrdiff_t)V_DOUBLES;
      const v_doubles t = V_AT(v_doubles, x + at);
      const v_longs known = t == t;
      if (weighted) {
        const v_doubles by = V_AT(v_doubles, w + at);
        sum[v] += MOMENTS_KNOWN(known, by * t);
        heavy[v] += MOMENTS_KNOWN(known, by);
      } else {
        sum[v] += MOMENTS_KNOWN(known, t);
      }
      count[v] += MOMENTS_KNOWN(known, V_ALL(v_doubles, 1.0));
    }
  }
  V_UNROLL
  for (int v = 0; v < MOMENTS_VECTORS; v++) {
    V_STORE(v_doubles, to + v * V_DOUBLES, sum[v]);
    V_STORE(v_doubles, to + MOMENTS_LANES + v * V_DOUBLES, count[v]);
    V_STORE(v_doubles, to + 2 * MOMENTS_LANES + v * V_DOUBLES, weighted ? heavy[v] : count[v]);
  }
}

static void V(moments_sums)(const double *x, const double *w, ptrdiff_t n, double *to) {
  if (w)
    V(moments_sums_of)(x, w, 1, n, to);
  else
    V(moments_sums_of)(x, w, 0, n, to);
}

MINE_INLINE void V(moments_squares_of)(const double *x, const double *w, int weighted, ptrdiff_t n,
                                       double mean, double *to) {
  v_doubles sum[MOMENTS_VECTORS];
  for (int v = 0; v < MOMENTS_VECTORS; v++)
    sum[v] = V_ALL(v_doubles, 0);
  for (ptrdiff_t i = 0; i < n; i += MOMENTS_LANES) {
    V_UNROLL
    for (int v = 0; v < MOMENTS_VECTORS; v++) {
      const ptrdiff_t at = i + v * (ptrdiff_t)V_DOUBLES;
      const v_doubles t = V_AT(v_doubles, x + at), d = t - mean, square = d * d;
      const v_longs known = t == t;
      if (weighted)
        sum[v] += MOMENTS_KNOWN(known, V_AT(v_doubles, w + at) * square);
      else
        sum[v] += MOMENTS_KNOWN(known, square);
    }
  }
  V_UNROLL
  for (int v = 0; v < MOMENTS_VECTORS; v++)
    V_STORE(v_doubles, to + v * V_DOUBLES, sum[v]);
}

static void V(moments_squares)(const double *x, const double *w, ptrdiff_t n, double mean,
                               double *to) {
  if (w)
    V(moments_squares_of)(x, w, 1, n, mean, to);
  else
    V(moments_squares_of)(x, w, 0, n, mean, to);
}

static void V(moments_range)(const double *x, ptrdiff_t n, double *least, double *most) {
  v_doubles low = V_ALL(v_doubles, *least), high = V_ALL(v_doubles, *most);
  ptrdiff_t i = 0;
  for (; i + (ptrdiff_t)V_DOUBLES <= n; i += (ptrdiff_t)V_DOUBLES) {
    const v_doubles t = V_AT(v_doubles, x + i);
    low = V_PICK(v_doubles, t < low, v_longs, t, low);
    high = V_PICK(v_doubles, t > high, v_longs, t, high);
  }
  for (; i < n; i++) {
    *least = x[i] < *least ? x[i] : *least;
    *most = x[i] > *most ? x[i] : *most;
  }
  for (int lane = 0; lane < (int)V_DOUBLES; lane++) {
    *least = low[lane] < *least ? low[lane] : *least;
    *most = high[lane] > *most ? high[lane] : *most;
  }
}

#undef MOMENTS_VECTORS
#undef MOMENTS_KNOWN
