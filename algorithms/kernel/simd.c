/*
** simd.c -- the instruction sets of simd.h, and which of them runs here.
**
** A set is: its name, the bytes of a vector, the instructions for what C cannot say
** about vectors, and between the pragmas everything in simd_set.h is compiled for
** it.  The choice needs no loader tricks (ifunc), so it is the same under gcc,
** clang, the sanitizers and any C library.
*/
#include "simd.h"

#include <float.h>
#include <math.h>

#include "distance.h"
#include "gauss.h"
#include "shapley.h"
#include "sieve.h"
#include "slots.h"

#define V_SET   any
#define V_BYTES 16
#include "simd_set.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(MINE_NO_SIMD)
#include <immintrin.h>
#define SIMD_WIDE 1

/* Byte at[l] of 16 in each lane l; 0 where the highest bit of at[l] is set. */
#define SIMD_LOOK_UP(bytes, at)                                                             \
  ((v_bytes)_mm256_shuffle_epi8(                                                            \
      _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(bytes))), \
      (__m256i)(at)))

/* ---- AVX2 and FMA ---------------------------------------------------------- */

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,popcnt")
#endif
#define V_SET                   avx2
#define V_BYTES                 32
#define V_LESS_PRODUCT(s, x, c) _mm256_fnmadd_ps(x, _mm256_set1_ps(c), s)
#define V_MIN(a, b)             _mm256_min_ps(a, b)
#define V_MAX(a, b)             _mm256_max_ps(a, b)
#define V_ROOT(v)               ((v_doubles)_mm256_sqrt_pd((__m256d)(v)))
#define V_WHERE_LESS(a, b, yes, no) \
  ((v_ints)_mm256_blendv_ps((__m256)(no), (__m256)(yes), _mm256_cmp_ps(a, b, _CMP_LT_OQ)))
#define V_AT_MOST(a, most) \
  ((uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a, _mm256_set1_ps(most), _CMP_LE_OQ)))
#define V_LESS_BITS(a, b) ((uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_LT_OQ)))
#define V_LARGER(a, b)    ((v_doubles)_mm256_max_pd((__m256d)(a), (__m256d)(b)))
#define V_UP_TO_BITS(a, b) \
  ((uint32_t)_mm256_movemask_pd(_mm256_cmp_pd((__m256d)(a), (__m256d)(b), _CMP_LE_OQ)))
#define V_LOOK_UP(bytes, at) SIMD_LOOK_UP(bytes, at)
#include "simd_set.h"
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

/* ---- AVX-512 ----------------------------------------------------------------- */

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,popcnt")
#endif
#define V_SET                   avx512
#define V_BYTES                 64
#define V_LESS_PRODUCT(s, x, c) _mm512_fnmadd_ps(x, _mm512_set1_ps(c), s)
#define V_MIN(a, b)             _mm512_min_ps(a, b)
#define V_MAX(a, b)             _mm512_max_ps(a, b)
#define V_ROOT(v)               ((v_doubles)_mm512_sqrt_pd((__m512d)(v)))
#define V_WHERE_LESS(a, b, yes, no)                                                   \
  ((v_ints)_mm512_mask_mov_epi32((__m512i)(no), _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), \
                                 (__m512i)(yes)))
#define V_AT_MOST(a, most)   ((uint32_t)_mm512_cmp_ps_mask(a, _mm512_set1_ps(most), _CMP_LE_OQ))
#define V_LESS_BITS(a, b)    ((uint32_t)_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ))
#define V_LARGER(a, b)       ((v_doubles)_mm512_max_pd((__m512d)(a), (__m512d)(b)))
#define V_UP_TO_BITS(a, b)   ((uint32_t)_mm512_cmp_pd_mask((__m512d)(a), (__m512d)(b), _CMP_LE_OQ))
#define V_SMALL_BYTES        32
#define V_LOOK_UP(bytes, at) SIMD_LOOK_UP(bytes, at)
#include "simd_set.h"
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

static int simd_has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("popcnt");
}
#endif

const mine__kernels *mine__kernels_here(void) {
#ifdef SIMD_WIDE
  if (__builtin_cpu_supports("avx512f")) return &kernels_avx512;
  if (simd_has_avx2()) return &kernels_avx2;
#endif
  return &kernels_any;
}

int mine__kernels_all(const mine__kernels *set[MINE__KERNEL_SETS]) {
  int n = 0;
  set[n++] = &kernels_any;
#ifdef SIMD_WIDE
  if (simd_has_avx2()) set[n++] = &kernels_avx2;
  if (__builtin_cpu_supports("avx512f")) set[n++] = &kernels_avx512;
#endif
  return n;
}
