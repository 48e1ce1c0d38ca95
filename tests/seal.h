/*
** seal.h -- length and checksum of a model made right again, as an attacker would.
**
** Else they would shield the decoder from every damage done to the bytes.
** (envelope.c: length at 16, checksum at 24, seeded with that of the bytes before.)
*/
#ifndef MINE_TESTS_SEAL_H
#define MINE_TESTS_SEAL_H

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define SEAL_HEADER 32

static inline void seal_put(unsigned char *at, uint64_t value) {
  for (int i = 0; i < 8; i++)
    at[i] = (unsigned char)(value >> (8 * i));
}

static inline void seal_checksum(void *bytes, size_t n) {
  unsigned char *at = bytes;
  if (n < SEAL_HEADER) return;
  const uint64_t seed = XXH3_64bits(at, SEAL_HEADER - 8);
  seal_put(at + 24, XXH3_64bits_withSeed(at + SEAL_HEADER, n - SEAL_HEADER, seed));
}

static inline void seal_model(void *bytes, size_t n) {
  if (n < SEAL_HEADER) return;
  seal_put((unsigned char *)bytes + 16, n);
  seal_checksum(bytes, n);
}

#endif
