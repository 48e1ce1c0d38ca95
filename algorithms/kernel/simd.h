/*
** simd.h -- hot loops for the processor at hand, the same bits on every one.
**
** A function marked MINE_SIMD is compiled for AVX-512, AVX2 and the baseline;
** the loader picks one.  The bits stay the same because the loops are plain C
** whose lanes are independent (a lane is a row or a centre, a lane's sum runs
** over the dimensions in order), nothing is reassociated and nothing contracted
** to fma (-ffp-contract=off): a wider vector only does more lanes at once.
**
** Not used with sanitizers (their start-up and the loader's choice disagree), by
** clang (14 emits the clones under names that other files cannot link), on other
** processors or without the GNU loader: there it means nothing.  Where the
** compiler's own vectoriser is not to be relied on, see distance.c.
*/
#ifndef MINE_KERNEL_SIMD_H
#define MINE_KERNEL_SIMD_H

#include <stdint.h> /* defines __GLIBC__ where it applies */

#if defined(__has_attribute) && !defined(MINE_NO_SIMD)
#if __has_attribute(target_clones) && defined(__x86_64__) && defined(__GLIBC__) && \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MINE_SIMD __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#endif
#ifndef MINE_SIMD
#define MINE_SIMD
#endif

#endif
