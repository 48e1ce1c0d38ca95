/*
** radix.h -- sorting by integer keys, stably and without comparisons.
**
** Radix sort, least significant digit first (Knuth, TAOCP 3, 5.2.5): equal keys
** keep their order, so the result never depends on anything but the data; no
** recursion, one scratch array, and digits that all keys share cost nothing.
** Three kinds of item: a 32-bit key with a row, a 64-bit key with a place, a
** 64-bit key alone.  Numbers become keys in bits.h.
*/
#ifndef MINE_CORE_RADIX_H
#define MINE_CORE_RADIX_H

#include "bits.h"
#include "env.h"

typedef struct mine_pair {
  uint32_t key, row;
} mine_pair;

typedef struct mine__place {
  uint64_t key;
  size_t at;
} mine__place;

/* Positions by small codes: those with code c are at[first[c]] .. at[first[c + 1] - 1], in
** their order; codes below 0 are left out. */
typedef struct mine__by_code {
  int64_t *first; /* n_codes + 1 */
  uint32_t *at;
} mine__by_code;
/* A counting sort, O(n + n_codes).  In arena; 0: no memory, recorded there. */
int mine__sort_codes(mine_arena *arena, const int32_t *code, int64_t n, int64_t n_codes,
                     mine__by_code *out);

#define MINE_SORT_MISSING UINT32_MAX /* the key of a NAN after mine__sort_reals */

/* Sort n pairs by key; temp holds n pairs.  `largest` bounds the keys: fewer bits
** are fewer passes of O(n).  Safe inside a parallel task. */
void mine__sort_pairs(mine_pair *pair, mine_pair *temp, int64_t n, uint32_t largest);

/* The same for places whose keys have at most so many bits, and for keys alone;
** these ask the host between passes (a failure leaves the items in any order). */
void mine__sort_places(mine_env *env, mine__place *place, mine__place *temp, int64_t n, int bits);
mine_status mine__sort_keys(mine_env *env, uint64_t *key, uint64_t *temp,
                            int64_t n) MINE_MUST_CHECK;

/* Order the values value[row[i]] (row NULL: value[i]), i = 0..n-1, n < 2^31:
** out[k].row is the position i of the k-th smallest, out[k].key the dense rank
** of its value (0 for the smallest, equal values share a rank, -0.0 = 0.0).
** NAN comes last with key MINE_SORT_MISSING.  Equal values keep the order of i.
** temp holds n pairs.  Returns how many distinct values there are.
** Safe inside a parallel task. */
int64_t mine__sort_reals(const double *value, const uint32_t *row, int64_t n, mine_pair *out,
                         mine_pair *temp);
/* The same, asking the host between passes; ask NULL: nobody is asked (a parallel task).  0: it
** failed, which sticks in `ask`; `out` is in any order. */
int mine__sort_reals_asked(mine_env *ask, const double *value, const uint32_t *row, int64_t n,
                           mine_pair *out, mine_pair *temp);
/* How many of n pairs in that order stand before the missing. */
static inline int64_t mine__sort_known(const mine_pair *order, int64_t n) {
  while (n > 0 && order[n - 1].key == MINE_SORT_MISSING)
    n--;
  return n;
}

/* The same in steps of about n rows touched each, for a caller that has other work in
** between: open, then step until it returns 0; the distinct values are in `distinct`. */
typedef struct mine_sort {
  const double *value;
  const uint32_t *row;
  int64_t n, numbers, distinct;
  mine_pair *out, *temp, *from, *to;
  uint64_t least, most;
  int stage, digit, shift;
} mine_sort;
void mine__sort_open(mine_sort *sort, const double *value, const uint32_t *row, int64_t n,
                     mine_pair *out, mine_pair *temp);
int mine__sort_step(mine_sort *sort);

#endif
