/*
** sieve.c -- the single-precision search for the nearest point, per processor.
*/
#include "sieve.h"

#include <float.h>
#include <stddef.h>

#if defined(__x86_64__) && !defined(MINE_NO_SIMD)
#include <immintrin.h>
#define SIEVE_WIDE 1

#define SIEVE_NAME(x)               sieve_avx512_##x
#define SIEVE_TARGET                __attribute__((target("avx512f")))
#define SIEVE_WIDTH                 16
#define SIEVE_REALS                 __m512
#define SIEVE_INTS                  __m512i
#define SIEVE_LOAD(p)               _mm512_loadu_ps(p)
#define SIEVE_STORE(p, v)           _mm512_storeu_ps(p, v)
#define SIEVE_STORE_INTS(p, v)      _mm512_storeu_si512(p, v)
#define SIEVE_ALL(v)                _mm512_set1_ps(v)
#define SIEVE_ALL_INTS(v)           _mm512_set1_epi32(v)
#define SIEVE_LESS_PRODUCT(s, x, c) _mm512_fnmadd_ps(x, c, s)
#define SIEVE_KEEP(s, number, best, second, which)                  \
  {                                                                 \
    const __mmask16 less = _mm512_cmp_ps_mask(s, best, _CMP_LT_OQ); \
    second = _mm512_min_ps(second, _mm512_max_ps(s, best));         \
    best = _mm512_min_ps(s, best);                                  \
    which = _mm512_mask_mov_epi32(which, less, number);             \
  }
#include "sieve_lanes.h"

#define SIEVE_NAME(x)               sieve_avx2_##x
#define SIEVE_TARGET                __attribute__((target("avx2,fma")))
#define SIEVE_WIDTH                 8
#define SIEVE_REALS                 __m256
#define SIEVE_INTS                  __m256i
#define SIEVE_LOAD(p)               _mm256_loadu_ps(p)
#define SIEVE_STORE(p, v)           _mm256_storeu_ps(p, v)
#define SIEVE_STORE_INTS(p, v)      _mm256_storeu_si256((__m256i *)(void *)(p), v)
#define SIEVE_ALL(v)                _mm256_set1_ps(v)
#define SIEVE_ALL_INTS(v)           _mm256_set1_epi32(v)
#define SIEVE_LESS_PRODUCT(s, x, c) _mm256_fnmadd_ps(x, c, s)
#define SIEVE_KEEP(s, number, best, second, which)                                        \
  {                                                                                       \
    const __m256 less = _mm256_cmp_ps(s, best, _CMP_LT_OQ);                               \
    second = _mm256_min_ps(second, _mm256_max_ps(s, best));                               \
    best = _mm256_min_ps(s, best);                                                        \
    which = _mm256_castps_si256(                                                          \
        _mm256_blendv_ps(_mm256_castsi256_ps(which), _mm256_castsi256_ps(number), less)); \
  }
#include "sieve_lanes.h"
#endif

/* Any processor: vectors of four, without fused multiply-add. */
typedef float sieve_base_reals __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t sieve_base_ints __attribute__((vector_size(16), aligned(4), may_alias));

#define SIEVE_NAME(x) sieve_base_##x
#define SIEVE_TARGET
#define SIEVE_WIDTH                 4
#define SIEVE_REALS                 sieve_base_reals
#define SIEVE_INTS                  sieve_base_ints
#define SIEVE_LOAD(p)               (*(const sieve_base_reals *)(p))
#define SIEVE_STORE(p, v)           (*(sieve_base_reals *)(p) = (v))
#define SIEVE_STORE_INTS(p, v)      (*(sieve_base_ints *)(p) = (v))
#define SIEVE_ALL(v)                ((sieve_base_reals){v, v, v, v})
#define SIEVE_ALL_INTS(v)           ((sieve_base_ints){v, v, v, v})
#define SIEVE_LESS_PRODUCT(s, x, c) ((s) - (x) * (c))
#define SIEVE_PICK(mask, a, b) \
  ((sieve_base_reals)(((mask) & (sieve_base_ints)(a)) | (~(mask) & (sieve_base_ints)(b))))
#define SIEVE_KEEP(s, number, best, second, which)                 \
  {                                                                \
    const sieve_base_ints less = (s) < best, other = (s) < second; \
    const sieve_base_reals rest = SIEVE_PICK(other, s, second);    \
    second = SIEVE_PICK(less, best, rest);                         \
    best = SIEVE_PICK(less, s, best);                              \
    which = (less & (number)) | (~less & which);                   \
  }
#include "sieve_lanes.h"
#undef SIEVE_PICK

void mine_sieve_nearest(const float *panel, int width, const float *points, const float *half,
                        int64_t count, float *best, float *second, int32_t *nearest) {
#ifdef SIEVE_WIDE
  if (__builtin_cpu_supports("avx512f")) {
    sieve_avx512_nearest(panel, width, points, half, count, best, second, nearest);
    return;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    sieve_avx2_nearest(panel, width, points, half, count, best, second, nearest);
    return;
  }
#endif
  sieve_base_nearest(panel, width, points, half, count, best, second, nearest);
}
