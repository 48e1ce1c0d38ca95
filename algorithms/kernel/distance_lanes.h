/*
** distance_lanes.h -- the body of distance.c for one vector width.
**
** Included once per instruction set with LANES_WIDTH (doubles in a vector),
** LANES_TARGET (the function attribute) and LANES_NAME(x) defined.  Written with
** vector types, since what compilers make of plain loops here varies by a factor
** of four between optimisation levels.  Four points go past a vector at once:
** each loaded dimension is used four times, and four independent sums hide the
** latency of the addition.
*/
typedef double LANES_NAME(reals)
    __attribute__((vector_size(8 * LANES_WIDTH), aligned(8), may_alias));
typedef int64_t LANES_NAME(ints)
    __attribute__((vector_size(8 * LANES_WIDTH), aligned(8), may_alias));
#define LANES_REALS LANES_NAME(reals)
#define LANES_INTS  LANES_NAME(ints)

/* Squared distances of four points to the lanes at x. */
#define LANES_FOUR(x, point, width, s0, s1, s2, s3)                     \
  for (int j = 0; j < (width); j++) {                                   \
    const LANES_REALS v = *(const LANES_REALS *)((x) + j * MINE_LANES); \
    const double *c = (point) + j;                                      \
    const LANES_REALS t0 = v - c[0], t1 = v - c[(width)];               \
    const LANES_REALS t2 = v - c[2 * (width)], t3 = v - c[3 * (width)]; \
    s0 += t0 * t0;                                                      \
    s1 += t1 * t1;                                                      \
    s2 += t2 * t2;                                                      \
    s3 += t3 * t3;                                                      \
  }
#define LANES_ONE(x, point, width, s0)                                                \
  for (int j = 0; j < (width); j++) {                                                 \
    const LANES_REALS t0 = *(const LANES_REALS *)((x) + j * MINE_LANES) - (point)[j]; \
    s0 += t0 * t0;                                                                    \
  }

LANES_TARGET static void LANES_NAME(panel)(const double *panel, ptrdiff_t width,
                                           const double *points, int64_t count, double *out) {
  for (int lane = 0; lane < MINE_LANES; lane += LANES_WIDTH) {
    const double *x = panel + lane;
    double *to = out + lane;
    int64_t p = 0;
    for (; p + 4 <= count; p += 4) {
      LANES_REALS s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
      LANES_FOUR(x, points + p * width, width, s0, s1, s2, s3)
      *(LANES_REALS *)(to + p * MINE_LANES) = s0;
      *(LANES_REALS *)(to + (p + 1) * MINE_LANES) = s1;
      *(LANES_REALS *)(to + (p + 2) * MINE_LANES) = s2;
      *(LANES_REALS *)(to + (p + 3) * MINE_LANES) = s3;
    }
    for (; p < count; p++) {
      LANES_REALS s0 = {0};
      LANES_ONE(x, points + p * width, width, s0)
      *(LANES_REALS *)(to + p * MINE_LANES) = s0;
    }
  }
}

/* Where mask is set a, else b: comparisons give all ones or all zeros. */
#define LANES_PICK(mask, a, b) \
  ((LANES_REALS)(((mask) & (LANES_INTS)(a)) | (~(mask) & (LANES_INTS)(b))))
/* Point `number` is at squared distance d: keep the two smallest. */
#define LANES_KEEP(d, number)                                  \
  {                                                            \
    const LANES_INTS first = (d) < best, other = (d) < second; \
    const LANES_REALS rest = LANES_PICK(other, d, second);     \
    second = LANES_PICK(first, best, rest);                    \
    best = LANES_PICK(first, d, best);                         \
    which = (first & (number)) | (~first & which);             \
  }

LANES_TARGET static void LANES_NAME(nearest)(const double *panel, ptrdiff_t width,
                                             const double *points, int64_t count, double *best_out,
                                             double *second_out, int32_t *nearest) {
  for (int lane = 0; lane < MINE_LANES; lane += LANES_WIDTH) {
    const double *x = panel + lane;
    LANES_REALS best = (LANES_REALS){0} + INFINITY, second = best;
    LANES_INTS which = {0};
    int64_t p = 0;
    for (; p + 4 <= count; p += 4) {
      LANES_REALS s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
      LANES_FOUR(x, points + p * width, width, s0, s1, s2, s3)
      LANES_KEEP(s0, p)
      LANES_KEEP(s1, p + 1)
      LANES_KEEP(s2, p + 2)
      LANES_KEEP(s3, p + 3)
    }
    for (; p < count; p++) {
      LANES_REALS s0 = {0};
      LANES_ONE(x, points + p * width, width, s0)
      LANES_KEEP(s0, p)
    }
    *(LANES_REALS *)(best_out + lane) = best;
    *(LANES_REALS *)(second_out + lane) = second;
    for (int l = 0; l < LANES_WIDTH; l++)
      nearest[lane + l] = (int32_t)which[l];
  }
}

#undef LANES_REALS
#undef LANES_INTS
#undef LANES_FOUR
#undef LANES_ONE
#undef LANES_PICK
#undef LANES_KEEP
#undef LANES_WIDTH
#undef LANES_TARGET
#undef LANES_NAME
