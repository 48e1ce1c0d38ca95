/*
** screen.c -- the sieve of screen.h for plain C, AVX2 + FMA and AVX-512.
**
** Register tiles: 8 queries x 32 rows in sixteen 512-bit accumulators; 4 x 16 in
** eight 256-bit ones.  The plain version is what every other processor runs.
*/
#include "screen.h"

#define SCREEN_Q MINE_SCREEN_QUERIES
#define SCREEN_R MINE_SCREEN_ROWS

static void screen_plain(int groups, int width, const float *query, const float *limit,
                         const float *tile, const float *half, uint32_t *mask) {
  for (int g = 0; g < groups; g++) {
    for (int q = 0; q < SCREEN_Q; q++) {
      const float *value = query + (int64_t)g * width * SCREEN_Q + q;
      float bracket[SCREEN_R];
      for (int r = 0; r < SCREEN_R; r++)
        bracket[r] = half[r];
      for (int j = 0; j < width; j++) {
        const float v = value[(int64_t)j * SCREEN_Q];
        for (int r = 0; r < SCREEN_R; r++)
          bracket[r] -= v * tile[(int64_t)j * SCREEN_R + r];
      }
      uint32_t bits = 0;
      const float most = limit[g * SCREEN_Q + q];
      for (int r = 0; r < SCREEN_R; r++)
        bits |= (uint32_t)(bracket[r] <= most) << r;
      mask[g * SCREEN_Q + q] = bits;
    }
  }
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

/* Four queries by sixteen rows. */
__attribute__((target("avx2,fma"))) static void screen_avx2_part(int width, const float *query,
                                                                 const float *limit,
                                                                 const float *tile,
                                                                 const float *half,
                                                                 uint32_t bits[4]) {
  const __m256 low = _mm256_loadu_ps(half), high = _mm256_loadu_ps(half + 8);
  __m256 a0 = low, a1 = low, a2 = low, a3 = low, b0 = high, b1 = high, b2 = high, b3 = high;
  for (int j = 0; j < width; j++, query += SCREEN_Q, tile += SCREEN_R) {
    const __m256 left = _mm256_loadu_ps(tile), right = _mm256_loadu_ps(tile + 8);
    const __m256 q0 = _mm256_broadcast_ss(query), q1 = _mm256_broadcast_ss(query + 1);
    a0 = _mm256_fnmadd_ps(q0, left, a0);
    b0 = _mm256_fnmadd_ps(q0, right, b0);
    a1 = _mm256_fnmadd_ps(q1, left, a1);
    b1 = _mm256_fnmadd_ps(q1, right, b1);
    const __m256 q2 = _mm256_broadcast_ss(query + 2), q3 = _mm256_broadcast_ss(query + 3);
    a2 = _mm256_fnmadd_ps(q2, left, a2);
    b2 = _mm256_fnmadd_ps(q2, right, b2);
    a3 = _mm256_fnmadd_ps(q3, left, a3);
    b3 = _mm256_fnmadd_ps(q3, right, b3);
  }
#define SCREEN_BITS(a, b, q)                                                              \
  ((uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a, _mm256_set1_ps(limit[q]), _CMP_LE_OQ)) | \
   (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(b, _mm256_set1_ps(limit[q]), _CMP_LE_OQ)) << 8)
  bits[0] = SCREEN_BITS(a0, b0, 0);
  bits[1] = SCREEN_BITS(a1, b1, 1);
  bits[2] = SCREEN_BITS(a2, b2, 2);
  bits[3] = SCREEN_BITS(a3, b3, 3);
#undef SCREEN_BITS
}

__attribute__((target("avx2,fma"))) static void screen_avx2(int groups, int width,
                                                            const float *query, const float *limit,
                                                            const float *tile, const float *half,
                                                            uint32_t *mask) {
  for (int g = 0; g < groups; g++) {
    for (int q = 0; q < SCREEN_Q; q += 4) {
      const float *value = query + (int64_t)g * width * SCREEN_Q + q;
      const int at = g * SCREEN_Q + q;
      uint32_t low[4], high[4];
      screen_avx2_part(width, value, limit + at, tile, half, low);
      screen_avx2_part(width, value, limit + at, tile + 16, half + 16, high);
      for (int i = 0; i < 4; i++)
        mask[at + i] = low[i] | high[i] << 16;
    }
  }
}

#define SCREEN_EACH(step) step(0) step(1) step(2) step(3) step(4) step(5) step(6) step(7)

__attribute__((target("avx512f"))) static void screen_avx512(int groups, int width,
                                                             const float *query, const float *limit,
                                                             const float *tile, const float *half,
                                                             uint32_t *mask) {
  const __m512 low = _mm512_loadu_ps(half), high = _mm512_loadu_ps(half + 16);
  for (int g = 0; g < groups; g++, limit += SCREEN_Q, mask += SCREEN_Q) {
#define SCREEN_START(q) __m512 a##q = low, b##q = high;
    SCREEN_EACH(SCREEN_START)
#undef SCREEN_START
    const float *row = tile;
    for (int j = 0; j < width; j++, query += SCREEN_Q, row += SCREEN_R) {
      const __m512 left = _mm512_loadu_ps(row), right = _mm512_loadu_ps(row + 16);
#define SCREEN_STEP(q)                             \
  {                                                \
    const __m512 value = _mm512_set1_ps(query[q]); \
    a##q = _mm512_fnmadd_ps(value, left, a##q);    \
    b##q = _mm512_fnmadd_ps(value, right, b##q);   \
  }
      SCREEN_EACH(SCREEN_STEP)
#undef SCREEN_STEP
    }
#define SCREEN_BITS(q)                                                    \
  {                                                                       \
    const __m512 most = _mm512_set1_ps(limit[q]);                         \
    mask[q] = (uint32_t)_mm512_cmp_ps_mask(a##q, most, _CMP_LE_OQ) |      \
              (uint32_t)_mm512_cmp_ps_mask(b##q, most, _CMP_LE_OQ) << 16; \
  }
    SCREEN_EACH(SCREEN_BITS)
#undef SCREEN_BITS
  }
}

int mine_screen_list(mine_screen screen[MINE_SCREEN_KINDS]) {
  int n = 0;
  screen[n++] = screen_plain;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) screen[n++] = screen_avx2;
  if (__builtin_cpu_supports("avx512f")) screen[n++] = screen_avx512;
  return n;
}
#else
int mine_screen_list(mine_screen screen[MINE_SCREEN_KINDS]) {
  screen[0] = screen_plain;
  return 1;
}
#endif
