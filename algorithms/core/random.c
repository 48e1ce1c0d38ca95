/*
** random.c -- xoshiro256**, seeded by SplitMix64.
**
** D. Blackman, S. Vigna: Scrambled linear pseudorandom number generators, 2018
** (ACM TOMS 47:36, 2021).  Bounded numbers: D. Lemire, Fast random integer
** generation in an interval (ACM TOMACS 29:3, 2019), here with 32-bit words so
** that no 128-bit product is needed.
*/
#include "random.h"

#define RANDOM_GOLDEN UINT64_C(0x9E3779B97F4A7C15)

/* The three parts of the name are mixed one after the other, so that streams
** with neighbouring indices have nothing in common. */
void mine__random_open(mine_random *r, uint64_t seed, uint64_t purpose, uint64_t index) {
  uint64_t state = mine_hash_mix(seed + RANDOM_GOLDEN);
  state = mine_hash_mix((state ^ purpose) + RANDOM_GOLDEN);
  state = mine_hash_mix((state ^ index) + RANDOM_GOLDEN);
  for (int i = 0; i < 4; i++) {
    state += RANDOM_GOLDEN;
    r->s[i] = mine_hash_mix(state);
  }
}

static uint64_t random_rotate(uint64_t x, int k) {
  return (x << k) | (x >> (64 - k));
}

uint64_t mine__random_next(mine_random *r) {
  uint64_t *s = r->s;
  uint64_t result = random_rotate(s[1] * 5, 7) * 9;
  uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = random_rotate(s[3], 45);
  return result;
}

double mine__random_real(mine_random *r) {
  return (double)(mine__random_next(r) >> 11) * 0x1.0p-53;
}

static uint64_t random_below_32(mine_random *r, uint32_t n) {
  uint64_t product = (mine__random_next(r) >> 32) * n;
  if ((uint32_t)product < n) {
    uint32_t reject = (uint32_t)(0u - n) % n;
    while ((uint32_t)product < reject)
      product = (mine__random_next(r) >> 32) * n;
  }
  return product >> 32;
}

uint64_t mine__random_below(mine_random *r, uint64_t n) {
  if (n <= 1) return 0;
  if (n <= UINT32_MAX) return random_below_32(r, (uint32_t)n);
  uint64_t mask = n - 1;
  for (int shift = 1; shift < 64; shift *= 2)
    mask |= mask >> shift;
  uint64_t x = mine__random_next(r) & mask;
  while (x >= n)
    x = mine__random_next(r) & mask;
  return x;
}

void mine__random_shuffle(mine_random *r, mine_env *env, uint32_t *item, int64_t n) {
  for (int64_t i = n - 1; i > 0; i--) {
    if (env && MINE_POLL_AT(env, i)) return;
    const uint64_t j = mine__random_below(r, (uint64_t)i + 1);
    const uint32_t moving = item[i];
    item[i] = item[j];
    item[j] = moving;
  }
}
