/*
** test_remaining.c -- estimates of a step's end, by a clock of our own: none while nobody can
** know, and near the truth when one is given.
*/
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "../../ext/remaining.c"

#define STEP 0.1 /* seconds between reports */

/* How much of its work a step has done after so many of its seconds. */
typedef double (*course)(double seconds);

static double even(double t) {
  return t / 40;
}
static double slow_start(double t) { /* 10% in the first 20 s, the rest in 20 s */
  return t < 20 ? t / 200 : 0.1 + 0.9 * (t - 20) / 20;
}
static double fast_start(double t) { /* half of the shares in 1 s, the rest in 39 s */
  return t < 1 ? t / 2 : 0.5 + 0.5 * (t - 1) / 39;
}
static double stuck(double t) {
  return t < 5 ? t / 10 : 0.5;
}
/* Follow a step of 40 seconds that begins at `from`; the worst ratio of estimate and truth while
** more than a second remains, and how many estimates there were. */
static double follow(mine_remaining *r, course done, double from, int *n) {
  double worst = 1;
  *n = 0;
  for (int i = 0; i < 390; i++) {
    const double t = STEP * i, left = mine__remaining(r, from + t, "tree", done(t)),
                 true_left = 40 - t;
    if (isnan(left)) continue;
    (*n)++;
    const double ratio = left > true_left ? left / true_left : true_left / left;
    if (ratio > worst) worst = ratio;
  }
  return worst;
}

static void test_even_steps_are_foretold(void **state) {
  (void)state;
  mine_remaining r = {.n = 0};
  int n;
  const double worst = follow(&r, even, 1000, &n);
  assert_true(worst < 1.001);
  assert_int_equal(n, 350); /* from a tenth of the work on, at 4 s */
}

static void test_what_went_before_does_not_count(void **state) {
  (void)state;
  mine_remaining r = {.n = 0};
  int n;
  (void)mine__remaining(&r, 0, "reading", 0);
  (void)mine__remaining(&r, 300, "reading", 0.9); /* five minutes of reading */
  assert_true(follow(&r, even, 301, &n) < 1.001);
  assert_true(follow(&r, even, 400, &n) < 1.001); /* and a fit before this one */
  assert_int_equal(n, 350);
}

static void test_nothing_is_said_while_the_rate_changes(void **state) {
  (void)state;
  mine_remaining r = {.n = 0};
  int n;
  for (int i = 0; i <= 300; i++) { /* until 20 s nobody can know; then it is seen to change */
    const double left = mine__remaining(&r, STEP * i, "tree", slow_start(STEP * i));
    if (i >= 260) assert_true(isnan(left));
  }
  memset(&r, 0, sizeof r);
  assert_true(follow(&r, fast_start, 0, &n) < 1.6 && n > 0);
  memset(&r, 0, sizeof r);
  (void)follow(&r, stuck, 0, &n);
  assert_true(n < 60); /* of 390: it stops saying so soon after it is stuck */
}

static void test_a_report_at_the_end_of_each_start(void **state) {
  (void)state;
  mine_remaining r = {.n = 0};
  for (int start = 0; start < 10; start++) {
    const double left = mine__remaining(&r, 50 + 4 * start, "k-means", start / 10.0);
    assert_true(start < 3 ? isnan(left) : fabs(left - 4 * (10 - start)) < 1e-9);
  }
}

static void test_first_reports_say_nothing(void **state) {
  (void)state;
  mine_remaining r = {.n = 0};
  assert_true(isnan(mine__remaining(&r, 5, "tree", 0.5)));
  assert_true(isnan(mine__remaining(&r, 6, "tree", 0.9)));   /* too soon     */
  assert_true(isnan(mine__remaining(&r, 60, "tree", 0.55))); /* it fell back */
  assert_true(isnan(mine__remaining(&r, 70, "tree", 0.6)));  /* too little   */
  static const char name[] = "a name of a step that is longer than there is room for";
  for (int i = 0; i < 4; i++)
    assert_true(isnan(mine__remaining(&r, 71 + i, name, 0.1 * i)) == (i < 3));
  assert_true(fabs(mine__remaining(&r, 75, name, 0.4) - 6) < 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_even_steps_are_foretold),
      cmocka_unit_test(test_what_went_before_does_not_count),
      cmocka_unit_test(test_nothing_is_said_while_the_rate_changes),
      cmocka_unit_test(test_a_report_at_the_end_of_each_start),
      cmocka_unit_test(test_first_reports_say_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
