/*
** sieve_lanes.h -- the body of sieve.c for one instruction set.
**
** Included once per set with SIEVE_NAME(x), SIEVE_TARGET, SIEVE_WIDTH (floats in a
** vector), the types SIEVE_REALS and SIEVE_INTS and the operations SIEVE_LOAD,
** SIEVE_STORE, SIEVE_STORE_INTS, SIEVE_ALL, SIEVE_ALL_INTS, SIEVE_LESS_PRODUCT
** (s - x * c), SIEVE_KEEP defined.  Two vectors of rows meet four points: eight
** sums hide the latency of the multiply-add.
*/
#define SIEVE_STEP(q)                         \
  {                                           \
    const SIEVE_REALS c = SIEVE_ALL(p##q[j]); \
    a##q = SIEVE_LESS_PRODUCT(a##q, x, c);    \
    b##q = SIEVE_LESS_PRODUCT(b##q, y, c);    \
  }
#define SIEVE_ENTER(q)                                          \
  {                                                             \
    const SIEVE_INTS number = SIEVE_ALL_INTS((int32_t)(p + q)); \
    SIEVE_KEEP(a##q, number, best_a, second_a, which_a)         \
    SIEVE_KEEP(b##q, number, best_b, second_b, which_b)         \
  }

SIEVE_TARGET static void SIEVE_NAME(nearest)(const float *panel, ptrdiff_t width,
                                             const float *points, const float *half, int64_t count,
                                             float *best, float *second, int32_t *nearest) {
  for (int lane = 0; lane < MINE_SIEVE_LANES; lane += 2 * SIEVE_WIDTH) {
    const float *from = panel + lane;
    SIEVE_REALS best_a = SIEVE_ALL(FLT_MAX), second_a = best_a, best_b = best_a, second_b = best_a;
    SIEVE_INTS which_a = SIEVE_ALL_INTS(0), which_b = which_a;
    for (int64_t p = 0; p < count; p += MINE_SIEVE_POINTS) {
      const float *p0 = points + p * width, *p1 = p0 + width, *p2 = p1 + width, *p3 = p2 + width;
      SIEVE_REALS a0 = SIEVE_ALL(half[p]), a1 = SIEVE_ALL(half[p + 1]);
      SIEVE_REALS a2 = SIEVE_ALL(half[p + 2]), a3 = SIEVE_ALL(half[p + 3]);
      SIEVE_REALS b0 = a0, b1 = a1, b2 = a2, b3 = a3;
      for (ptrdiff_t j = 0; j < width; j++) {
        const SIEVE_REALS x = SIEVE_LOAD(from + j * MINE_SIEVE_LANES);
        const SIEVE_REALS y = SIEVE_LOAD(from + j * MINE_SIEVE_LANES + SIEVE_WIDTH);
        SIEVE_STEP(0)
        SIEVE_STEP(1)
        SIEVE_STEP(2)
        SIEVE_STEP(3)
      }
      SIEVE_ENTER(0)
      SIEVE_ENTER(1)
      SIEVE_ENTER(2)
      SIEVE_ENTER(3)
    }
    SIEVE_STORE(best + lane, best_a);
    SIEVE_STORE(best + lane + SIEVE_WIDTH, best_b);
    SIEVE_STORE(second + lane, second_a);
    SIEVE_STORE(second + lane + SIEVE_WIDTH, second_b);
    SIEVE_STORE_INTS(nearest + lane, which_a);
    SIEVE_STORE_INTS(nearest + lane + SIEVE_WIDTH, which_b);
  }
}

#undef SIEVE_STEP
#undef SIEVE_ENTER
#undef SIEVE_NAME
#undef SIEVE_TARGET
#undef SIEVE_WIDTH
#undef SIEVE_REALS
#undef SIEVE_INTS
#undef SIEVE_LOAD
#undef SIEVE_STORE
#undef SIEVE_STORE_INTS
#undef SIEVE_ALL
#undef SIEVE_ALL_INTS
#undef SIEVE_LESS_PRODUCT
#undef SIEVE_KEEP
