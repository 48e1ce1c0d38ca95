/*
** ranks.c -- ranks, Knight's count of orders, exact distributions of rank statistics.
**
** Knight (1966): rows sorted by x, and by y where x is equal, are discordant as often as a
** merge sort by y has to exchange two of them.  With pairs of n rows
**
**   S = all - equal in x - equal in y + equal in both - 2 exchanges
**   tau-b = S / sqrt((all - equal in x) (all - equal in y))
**
** Exact distributions, each from that of a sample smaller by one:
**
**   Mann-Whitney  the largest of m + n values is one of the m with chance m / (m + n), and
**                 then above all n:  P(m, n, u) = m/(m+n) P(m-1, n, u-n) + n/(m+n) P(m, n-1, u)
**   signed rank   rank i is added or not, with chance 1/2 each
**   Kendall       the i-th value is concordant with 0..i-1 of those before it, each as likely
**   Spearman      all orders, counted by the ranks that are taken
*/
#include "ranks.h"

#include <float.h>
#include <math.h>
#include <string.h>

double mine__ranks(mine_env *ask, double *value, int64_t n, mine_pair *order, mine_pair *temp) {
  double ties = 0;
  if (!mine__sort_reals_asked(ask, value, NULL, n, order, temp)) return 0;
  for (int64_t i = 0, j, next = 0; i < n; i = j) {
    if (ask && i >= next) {
      if (mine__poll(ask)) return 0;
      next = i + 65536;
    }
    for (j = i + 1; j < n && order[j].key == order[i].key;)
      j++;
    const double rank = 0.5 * (double)(i + 1 + j), t = (double)(j - i);
    for (int64_t k = i; k < j; k++)
      value[order[k].row] = rank;
    ties += t * (t * t - 1);
  }
  return ties;
}

/* ---- Kendall -------------------------------------------------------------------------------- */

/* How often a stable merge sort exchanges two of the n; rank becomes sorted. */
static double ranks_exchanges(uint32_t *rank, uint32_t *merge, int64_t n) {
  int64_t exchanges = 0;
  uint32_t *from = rank, *to = merge;
  for (int64_t width = 1; width < n; width *= 2) {
    for (int64_t begin = 0; begin < n; begin += 2 * width) {
      const int64_t middle = begin + width < n ? begin + width : n;
      const int64_t end = middle + width < n ? middle + width : n;
      for (int64_t i = begin, j = middle, k = begin; k < end; k++) {
        if (i < middle && (j >= end || from[i] <= from[j])) {
          to[k] = from[i++];
        } else {
          to[k] = from[j++];
          exchanges += middle - i;
        }
      }
    }
    uint32_t *last = from;
    from = to;
    to = last;
  }
  if (from != rank) memcpy(rank, from, (size_t)n * sizeof *rank);
  return (double)exchanges;
}

static void ranks_tie(double t, double *pairs, double *cubes, double *triple) {
  *pairs += t * (t - 1) / 2;
  *cubes += t * (t - 1) * (2 * t + 5);
  *triple += t * (t - 1) * (t - 2);
}

mine__concord mine__concordance(const double *x, const double *y, int64_t n, mine_pair *order,
                                mine_pair *temp, uint32_t *rank, uint32_t *merge) {
  mine__concord c = {.pairs = (double)n * (double)(n - 1) / 2};
  double both = 0;
  mine__sort_reals(y, NULL, n, order, temp);
  for (int64_t i = 0; i < n; i++)
    rank[order[i].row] = order[i].key;
  for (int64_t i = 0; i < n; i++)
    merge[i] = order[i].row;
  mine__sort_reals(x, merge, n, order, temp); /* keeps the order by y where x is equal */
  for (int64_t i = 0; i < n; i++)
    order[i].row = rank[merge[order[i].row]];
  for (int64_t i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && order[j].key == order[i].key;)
      j++;
    ranks_tie((double)(j - i), &c.tied_x, &c.cubes_x, &c.triple_x);
    for (int64_t k = i, e; k < j; k = e) {
      for (e = k + 1; e < j && order[e].row == order[k].row;)
        e++;
      both += (double)(e - k) * (double)(e - k - 1) / 2;
    }
  }
  for (int64_t i = 0; i < n; i++)
    rank[i] = order[i].row;
  const double exchanges = ranks_exchanges(rank, merge, n);
  for (int64_t i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && rank[j] == rank[i];)
      j++;
    ranks_tie((double)(j - i), &c.tied_y, &c.cubes_y, &c.triple_y);
  }
  c.score = c.pairs - c.tied_x - c.tied_y + both - 2 * exchanges;
  return c;
}

double mine__tau_b(const mine__concord *c) {
  const double x = c->pairs - c->tied_x, y = c->pairs - c->tied_y;
  if (!(x > 0 && y > 0)) return NAN;
  const double tau = x == y ? c->score / x : c->score / (sqrt(x) * sqrt(y));
  return tau > 1 ? 1 : tau < -1 ? -1 : tau;
}

double mine__concord_variance(const mine__concord *c, int64_t rows) {
  const double n = (double)rows;
  const double ordered = (n * (n - 1) * (2 * n + 5) - c->cubes_x - c->cubes_y) / 18;
  const double pairs = 2 * c->tied_x * c->tied_y / (n * (n - 1));
  const double triples = rows > 2 ? c->triple_x * c->triple_y / (9 * n * (n - 1) * (n - 2)) : 0;
  return ordered + pairs + triples;
}

/* ---- exact distributions -------------------------------------------------------------------- */

mine__exact_tails mine__chances_tails(const double *chance, int64_t most, int64_t at) {
  mine__exact_tails e = {0, 0};
  if (!chance) return (mine__exact_tails){NAN, NAN};
  for (int64_t k = 0; k <= most && k <= at; k++)
    e.lower += chance[k];
  for (int64_t k = most; k >= 0 && k >= at; k--)
    e.upper += chance[k];
  e.lower = e.lower < 1 ? e.lower : 1;
  e.upper = e.upper < 1 ? e.upper : 1;
  return e;
}

int64_t mine__chances_quantile(const double *chance, int64_t most, double p) {
  const double enough = p - 10 * DBL_EPSILON;
  double sum = chance[0];
  int64_t k = 0;
  while (k < most && sum < enough)
    sum += chance[++k];
  return k;
}

const double *mine__mann_whitney_chances(mine_arena *arena, int64_t m, int64_t n) {
  const size_t wide = (size_t)(m * n + 1);
  /* chance[j * wide + u] of i and j values; row i takes the place of row i - 1, j rising:
  ** what it reads of row i - 1 at j stands there still. */
  double *chance = mine__arena_zeros(arena, (size_t)(n + 1) * wide, sizeof *chance);
  double *next = mine__arena_array(arena, wide, sizeof *next);
  if (!chance || !next) return NULL;
  for (int64_t j = 0; j <= n; j++)
    chance[(size_t)j * wide] = 1;
  for (int64_t i = 1; i <= m; i++) {
    for (int64_t j = 1; j <= n; j++) {
      double *here = chance + (size_t)j * wide, *left = here - wide;
      const double up = (double)i / (double)(i + j), down = (double)j / (double)(i + j);
      for (int64_t k = 0; k <= i * j; k++)
        next[k] = (k >= j ? up * here[k - j] : 0) + (k <= i * (j - 1) ? down * left[k] : 0);
      memcpy(here, next, (size_t)(i * j + 1) * sizeof *next);
    }
  }
  return chance + (size_t)n * wide;
}

mine__exact_tails mine__mann_whitney_exact(mine_arena *arena, int64_t m, int64_t n, int64_t u) {
  return mine__chances_tails(mine__mann_whitney_chances(arena, m, n), m * n, u);
}

const double *mine__signed_rank_chances(mine_arena *arena, int64_t n) {
  const int64_t most = n * (n + 1) / 2;
  double *chance = mine__arena_zeros(arena, (size_t)most + 1, sizeof *chance);
  if (!chance) return NULL;
  chance[0] = 1;
  for (int64_t i = 1; i <= n; i++)
    for (int64_t k = i * (i + 1) / 2; k >= 0; k--)
      chance[k] = 0.5 * (chance[k] + (k >= i ? chance[k - i] : 0));
  return chance;
}

mine__exact_tails mine__signed_rank_exact(mine_arena *arena, int64_t n, int64_t v) {
  return mine__chances_tails(mine__signed_rank_chances(arena, n), n * (n + 1) / 2, v);
}

/* Row after row takes one of the ranks that are left: orders by the set of those taken (bits) and
** the sum so far. */
mine__exact_tails mine__spearman_exact(mine_arena *arena, int64_t n, int64_t sum) {
  const int64_t most = n * (n * n - 1) / 3, sets = INT64_C(1) << n;
  double *orders = mine__arena_zeros(arena, (size_t)sets, (size_t)(most + 1) * sizeof *orders);
  double all = 1;
  if (!orders) return (mine__exact_tails){NAN, NAN};
  orders[0] = 1;
  for (int64_t set = 0; set < sets - 1; set++) {
    const double *from = orders + set * (most + 1);
    int64_t row = 0;
    for (int64_t bits = set; bits; bits &= bits - 1)
      row++;
    for (int64_t rank = 0; rank < n; rank++) {
      const int64_t square = (rank - row) * (rank - row);
      if (set >> rank & 1) continue;
      double *to = orders + (set | INT64_C(1) << rank) * (most + 1);
      for (int64_t k = 0; k + square <= most; k++)
        to[k + square] += from[k];
    }
  }
  double *chance = orders + (sets - 1) * (most + 1);
  for (int64_t i = 2; i <= n; i++)
    all *= (double)i;
  for (int64_t k = 0; k <= most; k++)
    chance[k] /= all;
  return mine__chances_tails(chance, most, sum);
}

mine__exact_tails mine__kendall_exact(mine_arena *arena, int64_t n, int64_t concordant) {
  const int64_t most = n * (n - 1) / 2;
  double *chance = mine__arena_zeros(arena, (size_t)most + 1, sizeof *chance);
  if (!chance) return (mine__exact_tails){NAN, NAN};
  chance[0] = 1;
  for (int64_t i = 2; i <= n; i++) {
    for (int64_t k = i * (i - 1) / 2; k >= 0; k--) {
      double sum = 0; /* anew each time: a running sum would subtract */
      for (int64_t back = 0; back < i && back <= k; back++)
        sum += chance[k - back];
      chance[k] = sum / (double)i;
    }
  }
  return mine__chances_tails(chance, most, concordant);
}
