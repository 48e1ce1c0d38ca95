/*
** bits.h -- a double as an integer: its bits, and a key that sorts as it does.
**
** IEEE 754 orders the bits of positive numbers as the numbers; those of negative
** ones fall.  Turning all bits of a negative number and the sign of a positive one
** makes unsigned integers in the order of the numbers.  -0.0 and 0.0 are one key.
*/
#ifndef MINE_CORE_BITS_H
#define MINE_CORE_BITS_H

#include <stdint.h>
#include <string.h>

#define MINE_KEY_SIGN (UINT64_C(1) << 63)

static inline uint64_t mine__bits_of_real(double v) {
  uint64_t bits;
  memcpy(&bits, &v, sizeof bits);
  return bits;
}

static inline double mine__bits_to_real(uint64_t bits) {
  double v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

static inline uint64_t mine_key_of_int(int64_t v) {
  return (uint64_t)v ^ MINE_KEY_SIGN;
}

static inline int64_t mine_key_to_int(uint64_t key) {
  return (int64_t)(key ^ MINE_KEY_SIGN);
}

/* No NAN; -0.0 becomes 0.0.  UINT64_MAX and 0 are no number's key. */
static inline uint64_t mine_key_of_real(double v) {
  const uint64_t bits = mine__bits_of_real(v + 0.0);
  return bits & MINE_KEY_SIGN ? ~bits : bits | MINE_KEY_SIGN;
}

static inline double mine_key_to_real(uint64_t key) {
  return mine__bits_to_real(key & MINE_KEY_SIGN ? key ^ MINE_KEY_SIGN : ~key);
}

/* How many bits it takes to write v; 0 for 0. */
static inline int mine__bits_needed(uint64_t v) {
  int bits = 0;
  for (; v > 0; v >>= 1)
    bits++;
  return bits;
}

#endif
