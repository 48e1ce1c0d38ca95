/*
** ranks.h -- ranks of numbers, and the exact distributions of what is made of them.
**
** The distributions are built from the smallest sample up, by sums and products of
** positive numbers only: a chance of 1e-60 has as many right digits as one of 0.3.
**
** No state.  What needs memory takes it from an arena that the caller rewinds.
*/
#ifndef MINE_KERNEL_RANKS_H
#define MINE_KERNEL_RANKS_H

#include "../core/radix.h"

/* Values (no NAN) become ranks 1..n, equal ones the mean of theirs; order and temp hold n
** pairs each, and order[k].row stays the position of the k-th smallest.  Returns the sum of
** t^3 - t over groups of t equal values: 0, no two are equal.  O(n).  ask: who is asked on the way
** (after a failure nothing is ranked); NULL inside a task. */
double mine__ranks(mine_env *ask, double *value, int64_t n, mine_pair *order, mine_pair *temp);

/* How the pairs of two columns are ordered (Knight 1966, O(n log n)): what Kendall's tau and
** its variance are made of. */
typedef struct mine__concord {
  double pairs, score;       /* n (n - 1) / 2; concordant less discordant ones    */
  double tied_x, tied_y;     /* pairs equal in x, in y                            */
  double cubes_x, cubes_y;   /* sums of t (t - 1) (2 t + 5)                        */
  double triple_x, triple_y; /* sums of t (t - 1) (t - 2)                         */
} mine__concord;
/* x and y (no NAN) of n < 2^31 rows; order and temp hold n pairs, rank and merge n numbers.
** Safe inside a task. */
mine__concord mine__concordance(const double *x, const double *y, int64_t n, mine_pair *order,
                                mine_pair *temp, uint32_t *rank, uint32_t *merge);
/* tau-b (Kendall 1945); NAN where one of the two does not vary. */
double mine__tau_b(const mine__concord *c);
/* The variance of the score if the two were unrelated (Kendall 1970, 4.10). */
double mine__concord_variance(const mine__concord *c, int64_t n);

/* P(X <= x) and P(X >= x). */
typedef struct mine__exact_tails {
  double lower, upper;
} mine__exact_tails;
/* Of the chances of 0 .. most; `at` may lie outside.  NULL: NAN. */
mine__exact_tails mine__chances_tails(const double *chance, int64_t most, int64_t at);
/* The least k with P(X <= k) >= p, but for the last digits of p, as R has it. */
int64_t mine__chances_quantile(const double *chance, int64_t most, double p);
/* The chances of the number 0 .. m n of pairs (a, b) with a > b, of m values a and n values b
** without ties, all orders as likely (Mann & Whitney 1947).  NULL: no memory, recorded in the
** arena.  O(m^2 n^2). */
const double *mine__mann_whitney_chances(mine_arena *arena, int64_t m, int64_t n);
/* Of the sum of the ranks of the positive ones among n differences (Wilcoxon 1945).  O(n^3). */
const double *mine__signed_rank_chances(mine_arena *arena, int64_t n);
mine__exact_tails mine__mann_whitney_exact(mine_arena *arena, int64_t m, int64_t n, int64_t u);
mine__exact_tails mine__signed_rank_exact(mine_arena *arena, int64_t n, int64_t v);
/* The sum of squared differences between the ranks of n rows without ties (Spearman 1904), n up to
** MINE_SPEARMAN_EXACT.  O(2^n n^4). */
#define MINE_SPEARMAN_EXACT 9
mine__exact_tails mine__spearman_exact(mine_arena *arena, int64_t n, int64_t sum);
/* The number of concordant pairs of n rows without ties (Kendall 1938).  O(n^4). */
mine__exact_tails mine__kendall_exact(mine_arena *arena, int64_t n, int64_t concordant);

#endif
