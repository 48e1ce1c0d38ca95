/*
** dots_body.h -- products of columns with columns, for one instruction set (simd.h).
**
** The one kernel whose lanes meet: there are DOTS_LANES of them on every set, lane l of the
** rows l, l + DOTS_LANES ..., and they are added in their order at the end, after the rows
** that fill no round of lanes.  So the bits are the same on every set, and mine__dot's.
*/
#define DOTS_VECTORS (DOTS_LANES / (int)V_DOUBLES)

/* So many sums of so many vectors stay in registers over the rows. */
MINE_INLINE void V(dots_tile)(const double *x, const double *y, ptrdiff_t step, ptrdiff_t n,
                              double *out, int rows, int columns) {
  v_doubles sum[DOTS_ROWS][DOTS_COLUMNS][DOTS_VECTORS];
  const ptrdiff_t whole = n - n % DOTS_LANES;
  V_UNROLL
  for (int a = 0; a < rows; a++) {
    V_UNROLL
    for (int b = 0; b < columns; b++) {
      V_UNROLL
      for (int v = 0; v < DOTS_VECTORS; v++)
        sum[a][b][v] = (v_doubles){0};
    }
  }
  for (ptrdiff_t i = 0; i < whole; i += DOTS_LANES) {
    V_UNROLL
    for (int v = 0; v < DOTS_VECTORS; v++) {
      const ptrdiff_t at = i + v * (ptrdiff_t)V_DOUBLES;
      v_doubles one[DOTS_ROWS];
      V_UNROLL
      for (int a = 0; a < rows; a++)
        one[a] = V_AT(v_doubles, x + a * step + at);
      V_UNROLL
      for (int b = 0; b < columns; b++) {
        const v_doubles other = V_AT(v_doubles, y + b * step + at);
        V_UNROLL
        for (int a = 0; a < rows; a++)
          sum[a][b][v] += one[a] * other;
      }
    }
  }
  V_UNROLL
  for (int a = 0; a < rows; a++) {
    V_UNROLL
    for (int b = 0; b < columns; b++) {
      double to = 0;
      for (ptrdiff_t i = whole; i < n; i++)
        to += x[a * step + i] * y[b * step + i];
      V_UNROLL
      for (int v = 0; v < DOTS_VECTORS; v++) {
        V_UNROLL
        for (int lane = 0; lane < (int)V_DOUBLES; lane++)
          to += sum[a][b][v][lane];
      }
      out[a * DOTS_COLUMNS + b] = to;
    }
  }
}

static void V(dots)(const double *x, const double *y, ptrdiff_t step, ptrdiff_t n, int rows,
                    int columns, double *out) {
  if (rows == 2 && columns == 3)
    V(dots_tile)(x, y, step, n, out, 2, 3);
  else if (rows == 2 && columns == 2)
    V(dots_tile)(x, y, step, n, out, 2, 2);
  else if (rows == 2)
    V(dots_tile)(x, y, step, n, out, 2, 1);
  else if (columns == 3)
    V(dots_tile)(x, y, step, n, out, 1, 3);
  else if (columns == 2)
    V(dots_tile)(x, y, step, n, out, 1, 2);
  else
    V(dots_tile)(x, y, step, n, out, 1, 1);
}

#undef DOTS_VECTORS
