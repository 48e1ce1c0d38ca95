/*
** dense_body.h -- what a neural network needs, for one instruction set (simd.h).
*/
#define DENSE_ROWS 4

/* So many rows and two vectors of units stay in registers over the inputs. */
MINE_INLINE void V(dense_tile)(const double *x, ptrdiff_t step, const double *w, ptrdiff_t in,
                               ptrdiff_t out, double *z, int rows) {
  v_doubles a[DENSE_ROWS], b[DENSE_ROWS];
  V_UNROLL
  for (int r = 0; r < rows; r++) {
    a[r] = V_AT(v_doubles, z + r * out);
    b[r] = V_AT(v_doubles, z + r * out + V_DOUBLES);
  }
  for (ptrdiff_t i = 0; i < in; i++) {
    const v_doubles p = V_AT(v_doubles, w + i * out), q = V_AT(v_doubles, w + i * out + V_DOUBLES);
    V_UNROLL
    for (int r = 0; r < rows; r++) {
      a[r] += p * x[r * step + i];
      b[r] += q * x[r * step + i];
    }
  }
  V_UNROLL
  for (int r = 0; r < rows; r++) {
    V_STORE(v_doubles, z + r * out, a[r]);
    V_STORE(v_doubles, z + r * out + V_DOUBLES, b[r]);
  }
}

static void V(dense)(const double *x, ptrdiff_t step, ptrdiff_t rows, const double *w, ptrdiff_t in,
                     ptrdiff_t out, double *z) {
  ptrdiff_t u = 0;
  for (; u + 2 * (ptrdiff_t)V_DOUBLES <= out; u += 2 * (ptrdiff_t)V_DOUBLES) {
    ptrdiff_t r = 0;
    for (; r + DENSE_ROWS <= rows; r += DENSE_ROWS)
      V(dense_tile)(x + r * step, step, w + u, in, out, z + r * out + u, DENSE_ROWS);
    for (; r < rows; r++)
      V(dense_tile)(x + r * step, step, w + u, in, out, z + r * out + u, 1);
  }
  for (ptrdiff_t r = 0; u < out && r < rows; r++) {
    for (ptrdiff_t i = 0; i < in; i++) {
      for (ptrdiff_t j = u; j < out; j++)
        z[r * out + j] += w[i * out + j] * x[r * step + i];
    }
  }
}

static void V(adam)(double *w, const double *g, double *mean, double *square, ptrdiff_t n,
                    double rate, double decay) {
  ptrdiff_t i = 0;
  for (; i + (ptrdiff_t)V_DOUBLES <= n; i += (ptrdiff_t)V_DOUBLES) {
    const v_doubles to = V_AT(v_doubles, g + i), at = V_AT(v_doubles, w + i);
    const v_doubles m = V_AT(v_doubles, mean + i) * 0.9 + to * 0.1;
    const v_doubles v = V_AT(v_doubles, square + i) * 0.999 + to * to * 0.001;
    V_STORE(v_doubles, mean + i, m);
    V_STORE(v_doubles, square + i, v);
    V_STORE(v_doubles, w + i, at - (at * decay + m * rate / (V_ROOT(v) + 1e-8)));
  }
  for (; i < n; i++) {
    mean[i] = mean[i] * 0.9 + g[i] * 0.1;
    square[i] = square[i] * 0.999 + g[i] * g[i] * 0.001;
    w[i] = w[i] - (w[i] * decay + mean[i] * rate / (sqrt(square[i]) + 1e-8));
  }
}

#undef DENSE_ROWS
