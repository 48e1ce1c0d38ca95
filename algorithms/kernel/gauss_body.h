/*
** gauss_body.h -- squared distances to normal densities, and sums of squares and products over rows
** (gauss.h), for one instruction set (simd.h).
*/
#define GAUSS_VECTORS (V_DOUBLES < MINE_LANES ? 2 : 1) /* of rows at a time: registers suffice */
#define GAUSS_ROWS    (GAUSS_VECTORS * V_DOUBLES)

/* square += the squares of the group's outputs z = sum over i of factor_i t_i; t has GAUSS_ROWS
** numbers for each of n columns. */
MINE_INLINE void V(gauss_group)(const double *t, ptrdiff_t n, const double *factor,
                                v_doubles *square) {
  v_doubles z[GAUSS_OUTPUTS][GAUSS_VECTORS];
  V_UNROLL
  for (int o = 0; o < GAUSS_OUTPUTS; o++) {
    V_UNROLL
    for (int v = 0; v < GAUSS_VECTORS; v++)
      z[o][v] = V_ALL(v_doubles, 0);
  }
  for (ptrdiff_t i = 0; i < n; i++) {
    V_UNROLL
    for (int v = 0; v < GAUSS_VECTORS; v++) {
      const v_doubles x = V_AT(v_doubles, t + i * GAUSS_ROWS + v * V_DOUBLES);
      V_UNROLL
      for (int o = 0; o < GAUSS_OUTPUTS; o++)
        z[o][v] += x * factor[i * GAUSS_OUTPUTS + o];
    }
  }
  V_UNROLL
  for (int o = 0; o < GAUSS_OUTPUTS; o++) {
    V_UNROLL
    for (int v = 0; v < GAUSS_VECTORS; v++)
      square[v] += z[o][v] * z[o][v];
  }
}

static void V(gauss_full)(const double *panel, ptrdiff_t width, const double *centre,
                          const double *factor, double *room, double *out) {
  for (int lane = 0; lane < MINE_LANES; lane += (int)GAUSS_ROWS) {
    v_doubles square[GAUSS_VECTORS];
    const double *f = factor;
    V_UNROLL
    for (int v = 0; v < GAUSS_VECTORS; v++)
      square[v] = V_ALL(v_doubles, 0);
    for (ptrdiff_t i = 0; i < width; i++) {
      V_UNROLL
      for (int v = 0; v < GAUSS_VECTORS; v++)
        V_STORE(v_doubles, room + i * GAUSS_ROWS + v * V_DOUBLES,
                V_AT(v_doubles, panel + i * MINE_LANES + lane + v * V_DOUBLES) - centre[i]);
    }
    for (ptrdiff_t o = 0; o < width; o += GAUSS_OUTPUTS) {
      const ptrdiff_t n = o + GAUSS_OUTPUTS < width ? o + GAUSS_OUTPUTS : width;
      V(gauss_group)(room, n, f, square);
      f += n * GAUSS_OUTPUTS;
    }
    V_UNROLL
    for (int v = 0; v < GAUSS_VECTORS; v++)
      V_STORE(v_doubles, out + lane + v * V_DOUBLES, square[v]);
  }
}

static void V(gauss_diagonal)(const double *panel, ptrdiff_t width, const double *centre,
                              const double *factor, double *out) {
  for (int lane = 0; lane < MINE_LANES; lane += V_DOUBLES) {
    v_doubles square = V_ALL(v_doubles, 0);
    for (ptrdiff_t i = 0; i < width; i++) {
      const v_doubles z = (V_AT(v_doubles, panel + i * MINE_LANES + lane) - centre[i]) * factor[i];
      square += z * z;
    }
    V_STORE(v_doubles, out + lane, square);
  }
}

static void V(gauss_spread)(const double *panel, ptrdiff_t panels, ptrdiff_t width,
                            const double *centre, const double *root, double *to) {
  const ptrdiff_t step = panels * MINE_LANES;
  for (ptrdiff_t i = 0; i < width; i++) {
    for (ptrdiff_t p = 0; p < panels; p++) {
      const double *x = panel + (p * width + i) * MINE_LANES;
      for (int lane = 0; lane < MINE_LANES; lane += V_DOUBLES)
        V_STORE(v_doubles, to + i * step + p * MINE_LANES + lane,
                (V_AT(v_doubles, x + lane) - centre[i]) *
                    V_AT(v_doubles, root + p * MINE_LANES + lane));
    }
  }
}

static void V(gauss_moments)(const double *panel, ptrdiff_t panels, ptrdiff_t width,
                             const double *centre, const double *share, double *sum,
                             double *square) {
  for (ptrdiff_t i = 0; i < width; i++) {
    double sums[MINE_LANES], squares[MINE_LANES];
    for (int lane = 0; lane < MINE_LANES; lane += V_DOUBLES) {
      v_doubles a = V_ALL(v_doubles, 0), b = V_ALL(v_doubles, 0);
      for (ptrdiff_t p = 0; p < panels; p++) {
        const v_doubles t =
            V_AT(v_doubles, panel + (p * width + i) * MINE_LANES + lane) - centre[i];
        const v_doubles s = t * V_AT(v_doubles, share + p * MINE_LANES + lane);
        a += s;
        b += s * t;
      }
      V_STORE(v_doubles, sums + lane, a);
      V_STORE(v_doubles, squares + lane, b);
    }
    for (int lane = 0; lane < MINE_LANES; lane++) {
      sum[i] += sums[lane];
      square[i] += squares[lane];
    }
  }
}

#undef GAUSS_VECTORS
#undef GAUSS_ROWS
