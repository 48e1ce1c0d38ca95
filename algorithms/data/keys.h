/*
** keys.h -- numbers as unsigned keys that sort as the numbers do.
**
** Sorting is radix sort, least significant byte first (Knuth, TAOCP 3, 5.2.5):
** no comparisons, no recursion, one scratch array, and bytes that all keys share
** cost nothing.
*/
#ifndef MINE_DATA_KEYS_H
#define MINE_DATA_KEYS_H

#include <string.h>

#include "../core/env.h"

#define MINE_KEY_SIGN (UINT64_C(1) << 63)

static inline uint64_t mine_key_of_int(int64_t v) {
  return (uint64_t)v ^ MINE_KEY_SIGN;
}

static inline int64_t mine_key_to_int(uint64_t key) {
  return (int64_t)(key ^ MINE_KEY_SIGN);
}

/* No NAN; -0.0 becomes 0.0. */
static inline uint64_t mine_key_of_real(double v) {
  uint64_t bits;
  v += 0.0;
  memcpy(&bits, &v, sizeof bits);
  return bits & MINE_KEY_SIGN ? ~bits : bits | MINE_KEY_SIGN;
}

static inline double mine_key_to_real(uint64_t key) {
  uint64_t bits = key & MINE_KEY_SIGN ? key ^ MINE_KEY_SIGN : ~key;
  double v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

/* Sort n keys; temp holds n keys.  O(n) per byte in which keys differ; asks the
** host between passes. */
mine_status mine_sort_keys(mine_env *env, uint64_t *key, uint64_t *temp, int64_t n) MINE_MUST_CHECK;

#endif
