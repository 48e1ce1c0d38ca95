/*
** simd_set.h -- every kernel for one instruction set (simd.h).
**
** Included once per set with V_SET, V_BYTES and, where the set has instructions for
** them, the operations below defined; forgets them all at the end.
*/
/* name_avx2 ... */
#define V_PASTE(a, b) a##_##b
#define V_JOIN(a, b)  V_PASTE(a, b)
#define V(name)       V_JOIN(name, V_SET)
#define V_QUOTE(a)    #a
#define V_TEXT(a)     V_QUOTE(a)

typedef double V(v_doubles) __attribute__((vector_size(V_BYTES), aligned(8), may_alias));
typedef int64_t V(v_longs) __attribute__((vector_size(V_BYTES), aligned(8), may_alias));
typedef float V(v_floats) __attribute__((vector_size(V_BYTES), aligned(4), may_alias));
typedef int32_t V(v_ints) __attribute__((vector_size(V_BYTES), aligned(4), may_alias));
/* Bytes: sets without instructions for V_BYTES of them have smaller vectors. */
#ifndef V_SMALL_BYTES
#define V_SMALL_BYTES V_BYTES
#endif
typedef uint8_t V(v_bytes) __attribute__((vector_size(V_SMALL_BYTES), aligned(1), may_alias));
typedef int8_t V(v_signed) __attribute__((vector_size(V_SMALL_BYTES), aligned(1), may_alias));
#define v_bytes   V(v_bytes)
#define v_signed  V(v_signed)
#define v_doubles V(v_doubles)
#define v_longs   V(v_longs)
#define v_floats  V(v_floats)
#define v_ints    V(v_ints)
#define V_DOUBLES (V_BYTES / 8) /* in a vector */
#define V_FLOATS  (V_BYTES / 4)

/* Before a short loop of constant length, so that arrays of vectors stay in registers;
** clang does it by itself. */
#ifdef __clang__
#define V_UNROLL
#else
#define V_UNROLL _Pragma("GCC unroll 8")
#endif

/* A vector at p, as a value or a place. */
#define V_AT(type, p)       (*(const type *)(p))
#define V_STORE(type, p, v) (*(type *)(p) = (v))
/* All lanes the same. */
#define V_ALL(type, value) ((value) - (type){0})
/* Lane by lane: yes where the mask is all ones, no where it is zero. */
#define V_PICK(type, mask, ints, yes, no) ((type)(((mask) & (ints)(yes)) | (~(mask) & (ints)(no))))

/* For any processor.  Floats: s - x * c, c one number for all lanes, fused or not
** (bits differ!); the smaller and the larger; integers by a comparison of floats. */
#ifndef V_LESS_PRODUCT
#define V_LESS_PRODUCT(s, x, c)     ((s) - (x) * (c))
#define V_MIN(a, b)                 V_PICK(v_floats, (a) < (b), v_ints, a, b)
#define V_MAX(a, b)                 V_PICK(v_floats, (a) > (b), v_ints, a, b)
#define V_WHERE_LESS(a, b, yes, no) V_PICK(v_ints, (a) < (b), v_ints, yes, no)
#endif
/* Doubles, no NAN: the larger; bit l: lane l of a is at most that of b. */
#ifndef V_LARGER
#define V_LARGER(a, b) V_PICK(v_doubles, (a) > (b), v_longs, a, b)
static inline uint32_t V(up_to_bits)(v_doubles a, v_doubles b) {
  uint32_t bits = 0;
  for (int lane = 0; lane < (int)V_DOUBLES; lane++)
    bits |= (uint32_t)(a[lane] <= b[lane]) << lane;
  return bits;
}
#define V_UP_TO_BITS(a, b) V(up_to_bits)(a, b)
#endif
/* The square root of each lane. */
#ifndef V_ROOT
static inline v_doubles V(root)(v_doubles v) {
  for (int lane = 0; lane < (int)V_DOUBLES; lane++)
    v[lane] = sqrt(v[lane]);
  return v;
}
#define V_ROOT(v) V(root)(v)
#endif

#include "dense_body.h"
#include "distance_body.h"
#include "dots_body.h"
#include "exp_body.h"
#include "factors_body.h"
#include "gauss_body.h"
#include "kdtree_body.h"
#include "moments_body.h"
#include "row_body.h"
#include "shapley_body.h"
#include "sieve_body.h"
#include "slots_body.h"
#include "tile_body.h"

static const mine__kernels V(kernels) = {
    .set = V_TEXT(V_SET),
    .distance_panel = V(distance_panel),
    .distance_nearest = V(distance_nearest),
    .manhattan = V(manhattan),
    .gower = V(gower),
    .leaf_near = {V(leaf_near_squares), V(leaf_near_sums)},
    .leaf_within = {V(leaf_within_squares), V(leaf_within_sums)},
    .boxes_apart = {V(boxes_apart_squares), V(boxes_apart_sums)},
    .sieve_nearest = V(sieve_nearest),
    .sieve_below = V(sieve_below),
    .add_row = V(add_row),
    .measure_row = V(measure_row),
    .scale_rows = V(scale_rows),
    .standardize = V(standardize),
    .intersect = V(intersect),
    .below = V(below),
    .slots = V(slots),
    .reached = V(reached),
    .shapley_side = V(shapley_side),
    .shapley_turn = V(shapley_turn),
    .shapley_down = V(shapley_down),
    .shapley_up = V(shapley_up),
    .shapley_leaf = V(shapley_leaf),
    .dense = V(dense),
    .adam = V(adam),
    .dots = V(dots),
    .moments_sums = V(moments_sums),
    .moments_squares = V(moments_squares),
    .moments_range = V(moments_range),
    .exps = V(exps),
    .logistic = V(logistic),
    .gauss_full = V(gauss_full),
    .gauss_diagonal = V(gauss_diagonal),
    .gauss_spread = V(gauss_spread),
    .gauss_moments = V(gauss_moments),
    .factors_pass = V(factors_pass),
    .factors_square = V(factors_square),
};

#undef V_PASTE
#undef V_JOIN
#undef V
#undef V_QUOTE
#undef V_TEXT
#undef v_bytes
#undef v_signed
#undef v_doubles
#undef v_longs
#undef v_floats
#undef v_ints
#undef V_DOUBLES
#undef V_FLOATS
#undef V_UNROLL
#undef V_AT
#undef V_STORE
#undef V_ALL
#undef V_PICK
#undef V_LESS_PRODUCT
#undef V_MIN
#undef V_MAX
#undef V_WHERE_LESS
#undef V_AT_MOST
#undef V_LESS_BITS
#undef V_LARGER
#undef V_UP_TO_BITS
#undef V_LOOK_UP
#undef V_ROOT
#undef V_SET
#undef V_BYTES
#undef V_SMALL_BYTES
