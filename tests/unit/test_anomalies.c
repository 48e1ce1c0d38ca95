/*
** test_anomalies.c -- planted jumps, changes of scatter and far values are found where they are;
** trends, climbs and a random walk are no jumps; what is rounding is nothing.
*/
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "core/random.h"
#include "series/anomaly.h"

#define N 400

static double y[N], score[N], memory[8 * N];
static mine_change change[MINE_MOST_CHANGES];

/* Sums of twelve uniform numbers: nearly normal, deviation 1. */
static void noise(uint64_t seed, int64_t n) {
  mine_random random;
  mine__random_open(&random, seed, 1, 0);
  for (int64_t i = 0; i < n; i++) {
    y[i] = -6;
    for (int k = 0; k < 12; k++)
      y[i] += mine__random_real(&random);
  }
}

static int shifts(int64_t n) {
  assert_true(mine__shifts_room(n) <= sizeof memory / sizeof *memory);
  return mine__shifts(y, n, 3.5, change, memory);
}

static void test_shift(void **unused) {
  (void)unused;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    noise(seed, 120);
    for (int i = 70; i < 120; i++)
      y[i] += 4;
    y[30] += 15; /* a far value is no jump */
    assert_int_equal(shifts(120), 1);
    assert_in_range(change[0].at, 69, 71);
    assert_true(fabs(change[0].size - 4) < 1.5 && change[0].score > 4.5);
  }
}

static void test_no_shift(void **unused) {
  int climbs = 0, walks = 0;
  (void)unused;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    noise(seed, 200);
    for (int i = 0; i < 200; i++)
      y[i] += 0.2 * i; /* a trend */
    assert_int_equal(shifts(200), 0);
    noise(seed, 200);
    for (int i = 0; i < 200; i++)
      y[i] += 8 / (1 + exp(-(i - 100) / 10.0)); /* a climb over forty points */
    climbs += shifts(200) > 0;
    noise(seed, 200);
    for (int i = 1; i < 200; i++)
      y[i] += y[i - 1];
    walks += shifts(200) > 0;
  }
  if (climbs > 2 || walks > 2)
    fail_msg("%d of 20 climbs, %d of 20 walks have a jump", climbs, walks);
}

static void test_exact(void **unused) {
  (void)unused;
  for (int i = 0; i < 40; i++)
    y[i] = 0.1 * i;
  assert_int_equal(shifts(40), 0);
  for (int i = 0; i < 40; i++)
    y[i] = i < 10 ? 5 : i < 30 ? 7 : 1;
  assert_int_equal(shifts(40), 2);
  assert_int_equal(change[0].at, 10);
  assert_int_equal(change[1].at, 30);
  assert_true(fabs(change[0].size - 2) < 1e-6 && fabs(change[1].size + 6) < 1e-6);
  assert_int_equal(shifts(11), 0); /* too few points */
  assert_int_equal(shifts(0), 0);
}

static int scatter(int64_t n, int season, double least) {
  const mine_scatter_how how = {season, 3.5, 0, least};
  assert_true(mine__scatter_room(n) <= sizeof memory / sizeof *memory);
  return mine__scatter(y, NULL, n, &how, score, change, memory);
}

static void test_scores(void **unused) {
  (void)unused;
  noise(3, N);
  y[17] = 9;
  y[18] = NAN;
  assert_int_equal(scatter(N, 1, 0), 0);
  assert_true(score[17] > 7 && score[17] < 11 && isnan(score[18]));
  int beyond = 0;
  for (int i = 0; i < N; i++)
    beyond += score[i] > 3.5;
  assert_int_equal(beyond, 1);
}

static void test_change_of_scatter(void **unused) {
  (void)unused;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    noise(seed, N);
    for (int i = 250; i < N; i++)
      y[i] *= 4;
    assert_int_equal(scatter(N, 1, 0), 1);
    assert_in_range(change[0].at, 235, 265);
    assert_true(change[0].size > 2.5 && change[0].size < 6);
    int beyond = 0;
    for (int i = 0; i < N; i++)
      beyond += score[i] > 3.5;
    assert_true(beyond <= 5); /* each part has its own deviation */
  }
  for (int i = 0; i < N; i++)
    y[i] = i < 200 ? 0 : i % 2 ? 1 : -1;
  assert_int_equal(scatter(N, 1, 0), 1);
  assert_int_equal(change[0].at, 200);
  assert_true(isinf(change[0].size));
}

/* Two points of a season of seven scatter ten times as much, and are no anomalies. */
static void test_season(void **unused) {
  int beyond = 0;
  (void)unused;
  noise(11, N);
  for (int i = 0; i < N; i++)
    y[i] *= i % 7 > 4 ? 10 : 1;
  assert_int_equal(scatter(N, 7, 0), 0);
  for (int i = 0; i < N; i++)
    beyond += score[i] > 3.5;
  assert_true(beyond <= 2);
}

static void test_equal_values(void **unused) {
  static uint8_t common[100];
  const mine_scatter_how how = {1, 3.5, 0, 0.5};
  (void)unused;
  for (int i = 0; i < 100; i++) { /* demand of 3 to 7, one day in three */
    y[i] = i % 3 ? 0 : 3 + i / 3 % 5;
    common[i] = y[i] == 0;
  }
  y[60] = 80;
  assert_int_equal(mine__scatter(y, common, 100, &how, score, change, memory), 0);
  assert_true(score[60] > 5 && score[63] < 3.5 && score[1] < 1e-9);
  for (int i = 0; i < 100; i++)
    y[i] = i == 50;
  scatter(100, 1, 0);
  assert_true(score[50] > 50 && score[0] < 1e-9);
  for (int i = 0; i < 100; i++)
    y[i] = 0;
  assert_int_equal(scatter(100, 1, 0), 0);
  assert_true(score[0] < 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_shift),
      cmocka_unit_test(test_no_shift),
      cmocka_unit_test(test_exact),
      cmocka_unit_test(test_scores),
      cmocka_unit_test(test_change_of_scatter),
      cmocka_unit_test(test_season),
      cmocka_unit_test(test_equal_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
