/*
** simd.h -- hot loops for the processor at hand, the same bits on every one.
**
** A *kernel* is a loop nest that is compiled once per instruction set: simd.c
** includes simd_set.h for each of them, and that includes the bodies
** (*_body.h).  Each set ends in a table of functions; mine__kernels_here() gives the
** table of the best set that the processor has.  It reads the processor's
** features, which the compiler's runtime has ready, so there is no state and
** nothing to start.
**
** The bits are the same on every set because a lane is a row, a column or a
** point, and lanes never meet: each lane's sum runs in the order of the plain
** loop, nothing is reassociated, nothing contracted to a fused multiply-add
** (-ffp-contract=off).  A wider vector only does more lanes at once.  (In `dots`, `moments_sums`,
** `logistic` and `factors_pass` lanes do meet, but there are as many on every set.)  The two
** sieve kernels alone may differ, and their bits never reach a result (sieve.h).
**
** To add a kernel:
**
**   1. Write it in a *_body.h (a new one goes into the list in simd_set.h) as
**      `static void V(name)(...)`; V gives it the set's name.
**      - Where a loop streams over columns or rows, write the plain loop and put
**        `#pragma omp simd` before it.  Independent lanes only: never
**        `reduction`, which would add in an order that the width decides.
**      - Where sums must stay in registers over a loop (a tile of rows x points),
**        use the vector types: v_doubles, v_longs, v_floats and v_ints hold V_BYTES;
**        + - * / & | < work lane by lane, a comparison gives all ones or zeros.
**        What C lacks for them (minimum, choice by a comparison ...) is listed in
**        simd_set.h with a version for any processor; simd.c has the instructions.
**        Compilers disagree by a factor of four about plain loops of this kind.
**      Arguments in memory need no alignment.
**   2. Give it a line in mine__kernels below and one in the table of simd_set.h.
**   3. Call mine__kernels_here()->name(...); fetch the table once outside a short loop.
**   4. Test it over mine__kernels_all(): every set gives the bits of the plain loop
**      (tests/unit/test_kernels.c).
**
** MINE_NO_SIMD leaves only what any processor runs.
*/
#ifndef MINE_KERNEL_SIMD_H
#define MINE_KERNEL_SIMD_H

#include <stddef.h>
#include <stdint.h>

struct mine__slot_cut;
struct mine__shapley_edge;

/* What a distance adds up: the squares of differences (and compares without the root), or their
** sizes. */
typedef enum mine__norm { MINE__NORM_SQUARES, MINE__NORM_SUMS } mine__norm;
#define MINE__NORMS 2

typedef struct mine__kernels {
  const char *set; /* "any", "avx2", "avx512" */

  /* distance_body.h: see distance.h */
  void (*distance_panel)(const double *panel, ptrdiff_t width, const double *point, int64_t count,
                         double *out);
  void (*distance_nearest)(const double *panel, ptrdiff_t width, const double *point, int64_t count,
                           double *best, double *second, int32_t *nearest);

  /* tile_body.h: one panel of distance.h against one point, out[lane] */
  void (*manhattan)(const double *panel, ptrdiff_t width, const double *point, double *out);
  void (*gower)(const double *panel, ptrdiff_t width, const uint8_t *category, const double *point,
                double *out);

  /* kdtree_body.h, by norm: of the points of up to 4 panels, from point 0 on.  Bit l: point l may
  ** be at a distance of at most most[l] of some point of a box (width least, then width most). */
  uint32_t (*leaf_near[MINE__NORMS])(const double *panel, ptrdiff_t panels, ptrdiff_t width,
                                     const double *box, const double *most);
  /* out[l]: the distance of a point and point l; bit l: it is at most `most`. */
  uint32_t (*leaf_within[MINE__NORMS])(const double *panel, ptrdiff_t panels, ptrdiff_t width,
                                       const double *point, double most, double *out);
  /* out[l]: the least distance between points of a box and of box l, of MINE_LANES boxes side by
  ** side (per dimension their least values, then their largest); bit l: at most `most`. */
  uint32_t (*boxes_apart[MINE__NORMS])(const double *boxes, ptrdiff_t width, const double *box,
                                       double most, double *out);

  /* sieve_body.h: see sieve.h */
  void (*sieve_nearest)(const float *panel, ptrdiff_t width, const float *point, const float *half,
                        int64_t count, float *best, float *second, int32_t *nearest);
  void (*sieve_below)(const float *panel, ptrdiff_t width, const float *half, const float *point,
                      const float *limit, int64_t count, uint32_t *mask);

  /* row_body.h: sum[j] += weight * x[j] */
  void (*add_row)(double *sum, const double *x, ptrdiff_t width, double weight);
  /* For t[j] = x[j] - shift[j]: weighted sums of t and t^2, least and most t. */
  void (*measure_row)(const double *x, const double *shift, ptrdiff_t width, double weight,
                      double *sum, double *square, double *least, double *most);
  /* to[i] = x[i] by[i] */
  void (*scale_rows)(const double *x, const double *by, ptrdiff_t n, double *to);
  /* (x - centre) * factor, `fill` where that is NAN */
  void (*standardize)(const double *x, ptrdiff_t n, double centre, double factor, double fill,
                      double *to);
  /* out = a AND b; how many bits are set in it */
  uint32_t (*intersect)(const uint64_t *a, const uint64_t *b, uint64_t *out, uint32_t words);
  /* The places i < n where x[i] < limit[i], ascending, to at[] (room for n); how many. */
  ptrdiff_t (*below)(const float *x, const float *limit, ptrdiff_t n, uint32_t *at);

  /* slots_body.h: see slots.h.  The slots of MINE__SLOT_ROWS rows in the tree of n cuts. */
  void (*slots)(const int8_t *bins, const struct mine__slot_cut *cut, int n, const uint8_t *sets,
                uint8_t *slot);
  /* Of as many values, how many of reach[1], reach[2] ... (ascending, NAN up to `steps`, a power of
  ** two that is at most 256) are not above each; of NAN 0. */
  void (*reached)(const double *reach, int steps, const double *value, uint8_t *below);

  /* shapley_body.h: see shapley.h.  Of so many rows which go left by a number; `missing` is -1
  ** where those without one do.  The product below an edge from that above; what came together
  ** below it goes up; both in one where a leaf is below. */
  void (*shapley_side)(const double *x, double threshold, int64_t missing, int rows, int64_t *left);
  void (*shapley_turn)(const int64_t *before, const int64_t *left, int64_t side, int rows,
                       int64_t *inside, int64_t *turned);
  void (*shapley_down)(const struct mine__shapley_edge *edge, const double *above, double *below);
  void (*shapley_up)(const struct mine__shapley_edge *edge, const double *below, double *above,
                     double *feature);
  void (*shapley_leaf)(const struct mine__shapley_edge *edge, const double *above, double *sums,
                       double *feature);

  /* dense_body.h: z (rows x out) += x w; x: rows of `in` numbers, `step` apart; w: in x out.
  ** Each sum runs in the order of the inputs. */
  void (*dense)(const double *x, ptrdiff_t step, ptrdiff_t rows, const double *w, ptrdiff_t in,
                ptrdiff_t out, double *z);
  /* A step of Adam (Kingma & Ba 2015; beta 0.9, 0.999, epsilon 1e-8) against the gradient g:
  ** w -= decay w + rate mean / (sqrt(square) + epsilon). */
  void (*adam)(double *w, const double *g, double *mean, double *square, ptrdiff_t n, double rate,
               double decay);

  /* dots_body.h: out[a * DOTS_COLUMNS + b] = the sum over n of x[a][i] y[b][i], for a < rows <=
  ** DOTS_ROWS and b < columns <= DOTS_COLUMNS; x[a] and y[b] are `step` numbers apart. */
  void (*dots)(const double *x, const double *y, ptrdiff_t step, ptrdiff_t n, int rows, int columns,
               double *out);

  /* moments_body.h: MOMENTS_LANES sums, lane l of the numbers l, l + MOMENTS_LANES ... of n, which
  ** is a multiple; NAN is skipped.  to[0 ..]: of w x; then how many; then of w.  w NULL: 1. */
  void (*moments_sums)(const double *x, const double *w, ptrdiff_t n, double *to);
  /* to[0 ..]: of w (x - mean)^2 */
  void (*moments_squares)(const double *x, const double *w, ptrdiff_t n, double mean, double *to);
  /* Least and most so far, of any n. */
  void (*moments_range)(const double *x, ptrdiff_t n, double *least, double *most);

  /* exp_body.h: of n numbers, a multiple of EXP_LANES; beyond -708 ... 709 the power of these. */
  void (*exps)(const double *x, ptrdiff_t n, double *out);
  /* Of weight log(1 + exp(-side m)), side 1 or -1: the sum, and the derivatives by each m. */
  double (*logistic)(const double *m, const double *side, const double *weight, ptrdiff_t n,
                     double *first, double *second);

  /* gauss_body.h: see gauss.h.  Squared distances of a panel's rows to one density, out[lane]: by
  ** a whitening in groups (room: width x MINE_LANES), or of each column by its own factor. */
  void (*gauss_full)(const double *panel, ptrdiff_t width, const double *centre,
                     const double *factor, double *room, double *out);
  void (*gauss_diagonal)(const double *panel, ptrdiff_t width, const double *centre,
                         const double *factor, double *out);
  /* By columns, panels x MINE_LANES numbers each: to[j][i] = root[i] (x[i][j] - centre[j]). */
  void (*gauss_spread)(const double *panel, ptrdiff_t panels, ptrdiff_t width, const double *centre,
                       const double *root, double *to);
  /* Per column, for t = x - centre: sum += share t, square += share t^2. */
  void (*gauss_moments)(const double *panel, ptrdiff_t panels, ptrdiff_t width,
                        const double *centre, const double *share, double *sum, double *square);

  /* factors_body.h: with t = y p for the n rows y = factors[index[i]] (`wide` floats, a multiple of
  ** FACTORS_LANES): out += more[i] t y; first: out += (more[i] + 1 - more[i] t) y, and the sum of
  ** (more[i] + 1) (1 - t)^2 - t^2 comes back. */
  double (*factors_pass)(const float *factors, ptrdiff_t wide, const int32_t *index,
                         const float *more, ptrdiff_t n, const float *p, int first, float *out);
  /* out += by p square; square is wide x wide and symmetric. */
  void (*factors_square)(const float *square, ptrdiff_t wide, const float *p, float by, float *out);
} mine__kernels;

#define DOTS_LANES   8
#define DOTS_ROWS    2
#define DOTS_COLUMNS 3

#define MOMENTS_LANES 8
#define EXP_LANES     8

#define FACTORS_LANES 16

/* The best that this processor runs. */
const mine__kernels *mine__kernels_here(void);

/* All that this processor runs, plainest first; how many (for tests). */
#define MINE__KERNEL_SETS 3
int mine__kernels_all(const mine__kernels *set[MINE__KERNEL_SETS]);

#endif
