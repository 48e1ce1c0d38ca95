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

/* By vectors: gcc makes a branch of the choice otherwise. */
static void V(standardize)(const double *x, double centre, double factor, double fill, double *to) {
  for (int lane = 0; lane < MINE_LANES; lane += V_DOUBLES) {
    const v_doubles v = V_AT(v_doubles, x + lane);
    const v_doubles t = (v - centre) * factor, other = V_ALL(v_doubles, fill);
    V_STORE(v_doubles, to + lane, V_PICK(v_doubles, v == v, v_longs, t, other));
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
