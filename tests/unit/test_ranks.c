/* Ranks, Kendall's counts and exact distributions, against counting everything. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "env_fixture.h"
#include "kernel/fisher.h"
#include "kernel/power.h"
#include "kernel/ranks.h"
#include "kernel/shifts.h"
#include "kernel/special.h"

static void near(double got, double wanted, double digits) {
  if (!(fabs(got - wanted) <= digits * fabs(wanted))) fail_msg("%.17g, wanted %.17g", got, wanted);
}

static void test_ranks_share_their_mean(void **state) {
  (void)state;
  double value[] = {3, -1, 3, 7, 3, -1};
  mine_pair order[6], temp[6];
  assert_true(mine__ranks(NULL, value, 6, order, temp) == 24 + 6);
  const double wanted[] = {4, 1.5, 4, 6, 4, 1.5};
  for (int i = 0; i < 6; i++)
    assert_true(value[i] == wanted[i]);
}

/* Every order of the values, by pairs. */
static void test_concordance_is_a_count_of_pairs(void **state) {
  (void)state;
  enum { N = 37 };
  double x[N], y[N];
  mine_pair order[N], temp[N];
  uint32_t rank[N], merge[N];
  for (int round = 0; round < 60; round++) {
    const int n = 2 + round % (N - 2), few = round % 3 ? 4 + round : 1000;
    double score = 0, x_tied = 0, y_tied = 0;
    for (int i = 0; i < n; i++) {
      x[i] = (double)(i * 7919 * (round + 1) % 1009 % few);
      y[i] = (double)(i * i * 104729 % 1013 % few) - 0.1 * x[i];
      if (round % 4 == 0) y[i] = floor(y[i] / 100);
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        const double a = x[i] - x[j], b = y[i] - y[j];
        score += (a > 0) == (b > 0) ? a != 0 && b != 0 : 0;
        score -= a != 0 && b != 0 && (a > 0) != (b > 0);
        x_tied += a == 0;
        y_tied += b == 0;
      }
    }
    const mine__concord c = mine__concordance(x, y, n, order, temp, rank, merge);
    assert_true(c.score == score && c.tied_x == x_tied && c.tied_y == y_tied);
    assert_true(c.pairs == n * (n - 1) / 2.0);
    const double tau = mine__tau_b(&c);
    if (c.pairs > c.tied_x && c.pairs > c.tied_y)
      near(tau, score / sqrt((c.pairs - x_tied) * (c.pairs - y_tied)), 1e-14);
    else
      assert_true(isnan(tau));
  }
}

/* Without ties the variance is that of a sum of uniform variables. */
static void test_variance_without_ties(void **state) {
  (void)state;
  const mine__concord c = {.pairs = 45, .score = 0};
  near(mine__concord_variance(&c, 10), 125, 1e-14);
}

/* All ways to choose m of n places. */
static void test_mann_whitney_counts_all_choices(void **state) {
  (void)state;
  enum { M = 4, N = 5 };
  double count[M * N + 1] = {0}, all = 0;
  for (int set = 0; set < 1 << (M + N); set++) {
    int members = 0, u = 0;
    for (int i = 0; i < M + N; i++) {
      if (set >> i & 1) members++, u += i - (members - 1); /* those below that are no members */
    }
    if (members != M) continue;
    count[u]++;
    all++;
  }
  double lower = 0;
  for (int u = 0; u <= M * N; u++) {
    lower += count[u];
    const mine__exact_tails e = mine__mann_whitney_exact(env->scratch, M, N, u);
    near(e.lower, lower / all, 1e-14);
    near(e.upper, (all - lower + count[u]) / all, 1e-14);
  }
  /* The farthest of 49 and 49: one order of C(98, 49). */
  near(mine__mann_whitney_exact(env->scratch, 49, 49, 0).lower,
       exp(2 * mine__log_gamma(50) - mine__log_gamma(99)), 1e-12);
}

static void test_signed_rank_counts_all_signs(void **state) {
  (void)state;
  enum { N = 9, MOST = N * (N + 1) / 2 };
  double count[MOST + 1] = {0};
  for (int set = 0; set < 1 << N; set++) {
    int v = 0;
    for (int i = 0; i < N; i++)
      v += set >> i & 1 ? i + 1 : 0;
    count[v]++;
  }
  double lower = 0;
  for (int v = 0; v <= MOST; v++) {
    lower += count[v];
    const mine__exact_tails e = mine__signed_rank_exact(env->scratch, N, v);
    near(e.lower, lower / (1 << N), 1e-14);
    near(e.upper, ((1 << N) - lower + count[v]) / (1 << N), 1e-14);
  }
  near(mine__signed_rank_exact(env->scratch, 49, 0).lower, ldexp(1, -49), 1e-14);
}

/* Orders of n values by the pairs that rise, from the orders of n - 1. */
static void test_kendall_counts_all_orders(void **state) {
  (void)state;
  const double of_five[] = {1, 4, 9, 15, 20, 22, 20, 15, 9, 4, 1}; /* OEIS A008302 */
  double lower = 0;
  for (int k = 0; k <= 10; k++) {
    lower += of_five[k];
    const mine__exact_tails e = mine__kendall_exact(env->scratch, 5, k);
    near(e.lower, lower / 120, 1e-14);
    near(e.upper, (120 - lower + of_five[k]) / 120, 1e-14);
  }
  near(mine__kendall_exact(env->scratch, 49, 49 * 24).upper, exp(-mine__log_gamma(50)), 1e-12);
}

/* All orders of n ranks, one after the other, counted by the sum of squared differences. */
static void orders_walk(int n, int at, int taken, int sum, double *count) {
  if (at == n) count[sum]++;
  for (int r = 0; r < n; r++)
    if (!(taken >> r & 1)) orders_walk(n, at + 1, taken | 1 << r, sum + (r - at) * (r - at), count);
}

static void test_spearman_counts_all_orders(void **state) {
  (void)state;
  double count[71] = {0}, lower = 0;
  orders_walk(6, 0, 0, 0, count);
  for (int k = 0; k <= 70; k++) {
    lower += count[k];
    const mine__exact_tails e = mine__spearman_exact(env->scratch, 6, k);
    near(e.lower, lower / 720, 1e-13);
    near(e.upper, (720 - lower + count[k]) / 720, 1e-13);
  }
  near(mine__spearman_exact(env->scratch, 9, 0).lower, 1 / 362880.0, 1e-13);
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The k-th of all differences, and of all means of two, with equal ones among them. */
static void test_shifts_stand_in_order(void **state) {
  (void)state;
  enum { M = 7, N = 9 };
  double x[M], y[N], all[M * N], means[N * (N + 1) / 2];
  for (int round = 0; round < 30; round++) {
    int pairs = 0, of_two = 0;
    for (int i = 0; i < M; i++)
      x[i] = (i * 31 + round * 17) % 11 - 5 + (round % 3) * 0.1 * i;
    for (int j = 0; j < N; j++)
      y[j] = (j * 29 + round * 13) % 7 * 1e-3 * (round % 2 ? 1000 : 1);
    qsort(x, M, sizeof *x, by_value);
    qsort(y, N, sizeof *y, by_value);
    for (int i = 0; i < M; i++)
      for (int j = 0; j < N; j++)
        all[pairs++] = x[i] - y[j];
    for (int i = 0; i < N; i++)
      for (int j = i; j < N; j++)
        means[of_two++] = (y[i] + y[j]) / 2;
    qsort(all, (size_t)pairs, sizeof *all, by_value);
    qsort(means, (size_t)of_two, sizeof *means, by_value);
    for (int k = 1; k <= pairs; k++)
      assert_true(mine__difference_at(env, x, M, y, N, k) == all[k - 1]);
    for (int k = 1; k <= of_two; k++)
      assert_true(mine__mean_of_two_at(env, y, N, k) == means[k - 1]);
  }
}

/* All tables with the margins of one, counted cell by cell. */
typedef struct all_tables {
  int64_t row[3], column[3], cell[9];
  double least_likely, sum, all;
} all_tables;

static void tables_walk(all_tables *t, int at) {
  if (at == 9) {
    double chance = 0;
    for (int i = 0; i < 9; i++)
      chance -= mine__log_gamma1p((double)t->cell[i]);
    t->all += exp(chance);
    if (chance <= t->least_likely + 1e-7) t->sum += exp(chance);
    return;
  }
  const int64_t row = t->row[at / 3], column = t->column[at % 3];
  for (int64_t n = 0; n <= row && n <= column; n++) {
    if (at % 3 == 2 && n != row) continue;
    if (at >= 6 && n != column) continue;
    t->cell[at] = n;
    t->row[at / 3] -= n;
    t->column[at % 3] -= n;
    tables_walk(t, at + 1);
    t->row[at / 3] += n;
    t->column[at % 3] += n;
  }
}

static void test_fisher_counts_all_tables(void **state) {
  (void)state;
  for (int round = 0; round < 40; round++) {
    int64_t cell[9];
    all_tables t = {.least_likely = 0};
    for (int i = 0; i < 9; i++) {
      cell[i] = 1 + (i * 31 + round * 17) % (2 + round % 5) + (i % 4 == 0) * (round % 7);
      t.row[i / 3] += cell[i];
      t.column[i % 3] += cell[i];
      t.least_likely -= mine__log_gamma1p((double)cell[i]);
    }
    tables_walk(&t, 0);
    const double p = mine__fisher_exact_table(env, env->scratch, cell, 3, 3);
    near(p, t.sum / t.all, 1e-10);
  }
  const int64_t two[] = {3, 1, 1, 3};
  near(mine__fisher_exact_table(env, env->scratch, two, 2, 2), 34.0 / 70, 1e-12);
}

/* Drawn tables come to the exact chance. */
static void test_fisher_draws_tables(void **state) {
  (void)state;
  const int64_t cell[] = {5, 1, 2, 3, 6, 1, 0, 2, 7};
  const double exact = mine__fisher_exact_table(env, env->scratch, cell, 3, 3);
  const double drawn = mine__fisher_drawn(env, env->scratch, cell, 3, 3, 1, 20000);
  assert_true(fabs(drawn - exact) < 4 * sqrt(exact * (1 - exact) / 20000) + 1e-4);
  assert_true(drawn == mine__fisher_drawn(env, env->scratch, cell, 3, 3, 1, 20000));
}

static void test_fisher_gives_up_on_what_is_too_large(void **state) {
  (void)state;
  int64_t cell[100];
  for (int i = 0; i < 100; i++)
    cell[i] = 40 + i % 7;
  assert_true(isnan(mine__fisher_exact_table(env, env->scratch, cell, 10, 10)));
  assert_false(mine_failed(env));
}

/* Of 0 a noncentral t is Student's; far out nothing is left. */
static void test_noncentral_t(void **state) {
  (void)state;
  const double df[] = {1, 2.5, 10, 400, 1e6};
  for (int i = 0; i < 5; i++) {
    near(mine__noncentral_t_upper(1.3, df[i], 0), mine__t_tail(1.3, df[i], MINE__UPPER), 1e-11);
    near(mine__noncentral_t_upper(-0.4, df[i], 0), mine__t_tail(-0.4, df[i], MINE__UPPER), 1e-11);
  }
  near(mine__noncentral_t_upper(2, 10, 3), 0.831514161412,
       1e-10); /* R: pt(2, 10, 3, lower = FALSE) */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ranks_share_their_mean),
      cmocka_unit_test(test_concordance_is_a_count_of_pairs),
      cmocka_unit_test(test_variance_without_ties),
      cmocka_unit_test(test_noncentral_t),
      cmocka_unit_test_setup_teardown(test_mann_whitney_counts_all_choices, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_signed_rank_counts_all_signs, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_kendall_counts_all_orders, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_spearman_counts_all_orders, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_shifts_stand_in_order, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_fisher_counts_all_tables, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_fisher_draws_tables, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_fisher_gives_up_on_what_is_too_large, open_env,
                                      close_env),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
