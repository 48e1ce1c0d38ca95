/*
** keys.c -- radix sort of 64-bit keys.
*/
#include "keys.h"

#define KEYS_DIGITS 8

/* How often each value of each byte occurs. */
static void keys_count(const uint64_t *key, int64_t n, int64_t count[KEYS_DIGITS][256]) {
  memset(count, 0, KEYS_DIGITS * sizeof *count);
  for (int64_t i = 0; i < n; i++)
    for (int d = 0; d < KEYS_DIGITS; d++)
      count[d][key[i] >> (8 * d) & 255]++;
}

/* Stable distribution by one byte. */
static void keys_pass(const uint64_t *from, uint64_t *to, int64_t n, int shift,
                      const int64_t count[256]) {
  int64_t start[256], sum = 0;
  for (int b = 0; b < 256; b++) {
    start[b] = sum;
    sum += count[b];
  }
  for (int64_t i = 0; i < n; i++)
    to[start[from[i] >> shift & 255]++] = from[i];
}

mine_status mine_sort_keys(mine_env *env, uint64_t *key, uint64_t *temp, int64_t n) {
  int64_t count[KEYS_DIGITS][256];
  uint64_t *from = key, *to = temp;
  if (n < 2) return MINE_OK;
  keys_count(key, n, count);
  for (int d = 0; d < KEYS_DIGITS; d++) {
    if (count[d][key[0] >> (8 * d) & 255] == n) continue; /* all keys share this byte */
    if (mine_poll(env) != MINE_OK) return mine_env_status(env);
    keys_pass(from, to, n, 8 * d, count[d]);
    uint64_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != key) memcpy(key, from, (size_t)n * sizeof *key);
  return MINE_OK;
}
