/*
** shifts.c -- the k-th of all differences of two samples, and of all means of two of one
** (shifts.h).
*/
#include "shifts.h"

#include "../core/radix.h"

typedef struct shifts_samples {
  mine_env *env;
  const double *x, *y; /* y NULL: means of two x */
  int64_t m, n;
} shifts_samples;

/* How many differences are not above v: those of a larger y are smaller. */
static int64_t shifts_differences(const shifts_samples *s, double v) {
  int64_t count = 0, j = 0;
  for (int64_t i = 0; i < s->m && j < s->n; i++) {
    if (MINE_POLL_AT(s->env, i)) return 0;
    while (j < s->n && s->x[i] - s->y[j] > v)
      j++;
    count += s->n - j;
  }
  return count;
}

static int64_t shifts_means(const shifts_samples *s, double v) {
  int64_t count = 0, j = s->m - 1;
  for (int64_t i = 0; i < s->m; i++) {
    if (MINE_POLL_AT(s->env, i)) return 0;
    while (j >= i && (s->x[i] + s->x[j]) / 2 > v)
      j--;
    if (j < i) break;
    count += j - i + 1;
  }
  return count;
}

/* The least double up to which k of them lie: one of them. */
static double shifts_at(const shifts_samples *s, double least, double most, int64_t k) {
  uint64_t low = mine_key_of_real(least), high = mine_key_of_real(most);
  while (low < high && !mine_failed(s->env)) {
    const uint64_t middle = low + (high - low) / 2;
    const double v = mine_key_to_real(middle);
    if ((s->y ? shifts_differences(s, v) : shifts_means(s, v)) >= k)
      high = middle;
    else
      low = middle + 1;
  }
  return mine_key_to_real(low);
}

double mine__difference_at(mine_env *env, const double *x, int64_t m, const double *y, int64_t n,
                           int64_t k) {
  const shifts_samples s = {env, x, y, m, n};
  return shifts_at(&s, x[0] - y[n - 1], x[m - 1] - y[0], k);
}

double mine__mean_of_two_at(mine_env *env, const double *x, int64_t n, int64_t k) {
  const shifts_samples s = {env, x, NULL, n, 0};
  return shifts_at(&s, x[0], x[n - 1], k);
}
