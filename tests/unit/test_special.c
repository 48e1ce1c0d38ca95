/*
** test_special.c -- the shelf of special functions against R and 60-digit arithmetic.
**
** Written to be broken by: a far tail taken as one minus the near one, a series that
** stops early, a shape for which the method changes, a zero of log-gamma, a loop that
** does not end for a strange double.
**
** special_values.inc holds the values (tests/differential/special_values.py writes it).
** With the argument `evaluate` the program is no test: it reads lines "function
** argument ..." and prints the values; tests/differential/test_special.py asks it so.
*/
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/special.h"

#define ARGUMENTS 5

static double log_gamma_sign(double x) {
  int sign;
  mine__log_gamma_sign(x, &sign);
  return sign;
}

static int64_t whole(double x) {
  return (int64_t)x;
}

static double fisher(const double *x) {
  return mine__fisher_exact(whole(x[0]), whole(x[1]), whole(x[2]), whole(x[3]), (mine__side)x[4]);
}

static double fisher_log(const double *x) {
  return mine__fisher_exact_log(whole(x[0]), whole(x[1]), whole(x[2]), whole(x[3]),
                                (mine__side)x[4]);
}

static double hypergeometric(const double *x) {
  return mine__hypergeometric_tail(whole(x[0]), whole(x[1]), whole(x[2]), whole(x[3]),
                                   (mine__tail)x[4]);
}

/* One of the five forms; the last argument of a form with a tail is the tail. */
typedef struct function {
  const char *name;
  double (*one)(double);
  double (*two)(double, double);
  double (*one_tail)(double, mine__tail);
  double (*two_tail)(double, double, mine__tail);
  double (*three_tail)(double, double, double, mine__tail);
  double (*counts)(const double *);
} function;

static const function functions[] = {
    {.name = "log1m_exp", .one = mine__log1m_exp},
    {.name = "log_add", .two = mine__log_add},
    {.name = "log1p_gap", .one = mine__log1p_gap},
    {.name = "log_gamma", .one = mine__log_gamma},
    {.name = "log_gamma_sign", .one = log_gamma_sign},
    {.name = "log_gamma1p", .one = mine__log_gamma1p},
    {.name = "log_gamma_step", .two = mine__log_gamma_step},
    {.name = "log_beta", .two = mine__log_beta},
    {.name = "log_choose", .two = mine__log_choose},
    {.name = "digamma", .one = mine__digamma},
    {.name = "trigamma", .one = mine__trigamma},
    {.name = "gamma", .two_tail = mine__gamma_tail},
    {.name = "gamma_quantile", .two_tail = mine__gamma_quantile},
    {.name = "beta", .three_tail = mine__beta_tail},
    {.name = "normal", .one_tail = mine__normal_tail},
    {.name = "normal_quantile", .one_tail = mine__normal_quantile},
    {.name = "chi2", .two_tail = mine__chi2_tail},
    {.name = "chi2_quantile", .two_tail = mine__chi2_quantile},
    {.name = "t", .two_tail = mine__t_tail},
    {.name = "t_quantile", .two_tail = mine__t_quantile},
    {.name = "f", .three_tail = mine__f_tail},
    {.name = "f_quantile", .three_tail = mine__f_quantile},
    {.name = "range", .three_tail = mine__range_tail},
    {.name = "range_quantile", .three_tail = mine__range_quantile},
    {.name = "fisher", .counts = fisher},
    {.name = "fisher_log", .counts = fisher_log},
    {.name = "hypergeometric", .counts = hypergeometric},
};
#define FUNCTIONS ((int)(sizeof functions / sizeof functions[0]))

static const function *function_named(const char *name) {
  for (int i = 0; i < FUNCTIONS; i++)
    if (strcmp(functions[i].name, name) == 0) return &functions[i];
  return NULL;
}

static double call(const function *f, const double *x) {
  if (f->one) return f->one(x[0]);
  if (f->two) return f->two(x[0], x[1]);
  if (f->one_tail) return f->one_tail(x[0], (mine__tail)x[1]);
  if (f->two_tail) return f->two_tail(x[0], x[1], (mine__tail)x[2]);
  if (f->three_tail) return f->three_tail(x[0], x[1], x[2], (mine__tail)x[3]);
  return f->counts(x);
}

/* ---- the table ------------------------------------------------------------------- */

typedef struct value {
  const char *name;
  double x[ARGUMENTS], is;
} value;

static const value values[] = {
#include "special_values.inc"
};
#define VALUES ((int)(sizeof values / sizeof values[0]))

static double relative_error(double got, double is) {
  if (isnan(got) || isnan(is)) return isnan(got) && isnan(is) ? 0 : INFINITY;
  if (got == is) return 0;
  return fabs(got - is) / fmax(fabs(is), DBL_MIN);
}

static void test_values(void **state) {
  (void)state;
  int wrong = 0;
  assert_true(VALUES > 400);
  for (int i = 0; i < VALUES; i++) {
    const value *v = &values[i];
    const function *f = function_named(v->name);
    assert_non_null(f);
    double got = call(f, v->x), error = relative_error(got, v->is);
    double limit = f->three_tail == mine__range_tail ? 1e-11 : 1e-12;
    if (error <= limit) continue;
    wrong++;
    print_error("%s(%.17g, %.17g, %.17g, %.17g, %.17g) = %.17g, should be %.17g: %.1e\n", v->name,
                v->x[0], v->x[1], v->x[2], v->x[3], v->x[4], got, v->is, error);
  }
  assert_int_equal(wrong, 0);
}

/* ---- identities ------------------------------------------------------------------- */

static const double shapes[] = {1e-3, 0.02, 0.5, 1, 1.7, 5, 29.9, 30.1, 250, 1e4, 3e6};
#define SHAPES ((int)(sizeof shapes / sizeof shapes[0]))
static const double chances[] = {1e-300, 1e-40, 1e-9, 0.003, 0.2, 0.499, 0.5, 0.8, 0.97};
#define CHANCES ((int)(sizeof chances / sizeof chances[0]))

static void check_close(const char *what, double got, double is, double limit) {
  double error = relative_error(got, is);
  if (error > limit) fail_msg("%s: %.17g, should be %.17g (%.1e)", what, got, is, error);
}

/* Both tails add to one; the log tails are their logarithms. */
static void check_tails(const function *f, double x, double a, double b) {
  double p[4];
  for (int tail = 0; tail < 4; tail++) {
    double parameters[] = {x, a, b, tail, 0};
    if (f->two_tail) parameters[2] = tail;
    if (f->one_tail) parameters[1] = tail;
    p[tail] = call(f, parameters);
  }
  if (!(fabs(p[0] + p[1] - 1) < 1e-14)) fail_msg("%s(%g, %g, %g): tails", f->name, x, a, b);
  for (int tail = 0; tail < 2; tail++)
    if (p[tail] > 1e-300 && p[tail] < 0.9) check_close(f->name, exp(p[tail + 2]), p[tail], 3e-13);
}

/* The tail at the quantile is p again, as far as x is not rounded to too few digits. */
static void check_quantile(const char *name, double a, double b, double p, int tail) {
  char inverse[64];
  snprintf(inverse, sizeof inverse, "%s_quantile", name);
  const function *f = function_named(name), *q = function_named(inverse);
  double forward[] = {p, a, b, tail, 0};
  if (f->two_tail) forward[2] = tail;
  if (f->one_tail) forward[1] = tail;
  double x = call(q, forward);
  assert_false(isnan(x));
  if (fabs(x) < 1e-300 || isinf(x)) return;
  forward[0] = x;
  double at = call(f, forward);
  double around[2];
  for (int side = 0; side < 2; side++) {
    forward[0] = x * (side ? 1 + 4 * DBL_EPSILON : 1 - 4 * DBL_EPSILON);
    around[side] = call(f, forward);
  }
  double grain = fabs(around[1] - around[0]) / p;
  check_tails(f, x, a, b);
  if (relative_error(at, p) > grain + 2e-12)
    fail_msg("%s of %g (%g, %g, tail %d) = %.17g, back %.17g", inverse, p, a, b, tail, x, at);
}

static void test_quantiles(void **state) {
  (void)state;
  for (int k = 0; k < CHANCES; k++)
    for (int tail = 0; tail < 2; tail++) {
      check_quantile("normal", 0, 0, chances[k], tail);
      for (int i = 0; i < SHAPES; i++) {
        check_quantile("gamma", shapes[i], 0, chances[k], tail);
        check_quantile("chi2", shapes[i], 0, chances[k], tail);
        check_quantile("t", shapes[i], 0, chances[k], tail);
        for (int j = 0; j < SHAPES; j++)
          check_quantile("f", shapes[i], shapes[j], chances[k], tail);
      }
    }
}

/* Where one method hands over to the next, both agree: no step in the tail. */
static void test_no_steps(void **state) {
  (void)state;
  for (int i = 0; i < SHAPES; i++)
    for (double t = 0.25; t < 4; t *= 1.01) {
      double a = 30 * t, below = nextafter(30, 0), above = nextafter(30, 40);
      check_close("gamma", mine__gamma_tail(a, above, MINE__LOG_UPPER),
                  mine__gamma_tail(a, below, MINE__LOG_UPPER), 2e-13);
      double x = a / (a + shapes[i]);
      check_close("beta", mine__beta_tail(x, above, shapes[i], MINE__LOG_UPPER),
                  mine__beta_tail(x, below, shapes[i], MINE__LOG_UPPER), 2e-13);
      check_tails(function_named("beta"), x, a, shapes[i]);
    }
}

static void test_range(void **state) {
  (void)state;
  /* Two means: the range is sqrt 2 |t|. */
  for (double q = 0.1; q < 40; q *= 1.4)
    for (double df = 1; df < 1e6; df *= 7)
      check_close("range of two", mine__range_tail(q, 2, df, MINE__UPPER),
                  2 * mine__t_tail(q / sqrt(2), df, MINE__UPPER), 1e-11);
  for (double p = 1e-6; p < 1; p *= 5)
    for (double k = 3; k < 60; k *= 3) {
      double q = mine__range_quantile(p, k, 12, MINE__UPPER);
      check_close("range quantile", mine__range_tail(q, k, 12, MINE__UPPER), p, 1e-11);
    }
}

/* ---- exact tests ------------------------------------------------------------------- */

/* Every small table against the sum of its likelihoods, counted as whole numbers. */
static double choose(int n, int k) {
  double product = 1;
  for (int i = 1; i <= k; i++)
    product = product * (n - k + i) / i;
  return product;
}

static void check_small_table(int a, int b, int c, int d) {
  int row = a + b, column = a + c, n = a + b + c + d;
  double all = 0, less = 0, greater = 0, unlikely = 0, own = choose(row, a) * choose(n - row, c);
  for (int i = 0; i <= row && i <= column; i++) {
    if (column - i > n - row) continue;
    double weight = choose(row, i) * choose(n - row, column - i);
    all += weight;
    if (i <= a) less += weight;
    if (i >= a) greater += weight;
    if (weight <= own * (1 + 1e-7)) unlikely += weight;
  }
  check_close("less", mine__fisher_exact(a, b, c, d, MINE__LESS), less / all, 1e-13);
  check_close("greater", mine__fisher_exact(a, b, c, d, MINE__GREATER), greater / all, 1e-13);
  check_close("two", mine__fisher_exact(a, b, c, d, MINE__TWO_SIDED), unlikely / all, 1e-13);
  check_close("log", mine__fisher_exact_log(a, b, c, d, MINE__LESS), log(less / all), 1e-11);
  check_close("hypergeometric", mine__hypergeometric_tail(a - 1, row, n - row, column, MINE__UPPER),
              greater / all, 1e-13);
}

static void test_fisher_small(void **state) {
  (void)state;
  for (int a = 0; a < 9; a++)
    for (int b = 0; b < 9; b++)
      for (int c = 0; c < 9; c++)
        for (int d = 0; d < 9; d++)
          check_small_table(a, b, c, d);
  assert_true(isnan(mine__fisher_exact(-1, 1, 1, 1, MINE__LESS)));
  assert_true(isnan(mine__fisher_exact(INT64_MAX, INT64_MAX, 1, 1, MINE__LESS)));
  assert_true(isnan(mine__hypergeometric_tail(1, 2, 3, 6, MINE__LOWER)));
  assert_true(mine__hypergeometric_tail(INT64_MAX, 2, 3, 2, MINE__LOWER) == 1);
  assert_true(mine__hypergeometric_tail(INT64_MIN, 2, 3, 2, MINE__LOWER) == 0);
}

static void test_benjamini_hochberg(void **state) {
  (void)state;
  /* p.adjust(c(0.01, 0.04, 0.03, 0.005, NA, 0.9, 0.04), "BH") */
  double p[] = {0.01, 0.04, 0.03, 0.005, NAN, 0.9, 0.04};
  const double q[] = {0.03, 0.048, 0.048, 0.03, NAN, 0.9, 0.048};
  mine_pair order[7], temp[7];
  mine__benjamini_hochberg(p, 7, order, temp);
  for (int i = 0; i < 7; i++)
    check_close("q", p[i], q[i], 1e-15);
  double none[] = {NAN, NAN};
  mine__benjamini_hochberg(none, 2, order, temp);
  assert_true(isnan(none[0]) && isnan(none[1]));
  mine__benjamini_hochberg(none, 0, order, temp);
}

/* ---- any double ------------------------------------------------------------------------ */

/* Each function at every combination of strange numbers: it ends, a chance is one. */
static void test_any_double(void **state) {
  (void)state;
  static const double strange[] = {NAN,    INFINITY, -INFINITY, 0,      -0.0,  DBL_MIN, DBL_MAX,
                                   5e-324, -1,       -2.5,      1e-3,   0.5,   1,       1 - 1e-16,
                                   3,      1e5,      1e17,      1e-200, -1e17, 1e200};
  enum { N = sizeof strange / sizeof strange[0] };
  for (int f = 0; f < FUNCTIONS; f++) {
    const function *g = &functions[f];
    if (g->counts) continue;
    int range = strncmp(g->name, "range", 5) == 0;
    for (int i = 0; i < N; i++)
      for (int j = 0; j < (g->one || g->one_tail ? 1 : N); j++)
        for (int k = 0; k < (g->three_tail ? N : 1); k++)
          for (int tail = 0; tail < (range ? 2 : 4); tail++) {
            double x[] = {strange[i], strange[j], strange[k], tail, 0};
            if (range && x[1] > 10) continue; /* 10^5 means take their time */
            if (g->two_tail) x[2] = tail;
            if (g->one_tail) x[1] = tail;
            double got = call(g, x);
            int chance =
                (g->one_tail || g->two_tail || g->three_tail) && !strstr(g->name, "quantile");
            if (!chance || isnan(got)) continue;
            if (tail < 2 ? got < 0 || got > 1 : got > 0)
              fail_msg("%s(%g, %g, %g; %d) = %g", g->name, strange[i], strange[j], strange[k], tail,
                       got);
          }
    double nothing[] = {NAN, 1, 1, 0, 0};
    if (g->two_tail) nothing[2] = 0;
    if (!isnan(call(g, nothing)) && g->one != log_gamma_sign) fail_msg("%s(NAN)", g->name);
  }
}

static int evaluate(void) {
  char name[64], line[512];
  while (fgets(line, sizeof line, stdin)) {
    double x[ARGUMENTS] = {0};
    int used = 0, step;
    if (sscanf(line, "%63s%n", name, &used) != 1) continue;
    for (int i = 0; i < ARGUMENTS && sscanf(line + used, "%lf%n", &x[i], &step) == 1; i++)
      used += step;
    const function *f = function_named(name);
    if (!f) return 1;
    printf("%.17g\n", call(f, x));
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "evaluate") == 0) return evaluate();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values),       cmocka_unit_test(test_quantiles),
      cmocka_unit_test(test_no_steps),     cmocka_unit_test(test_range),
      cmocka_unit_test(test_fisher_small), cmocka_unit_test(test_benjamini_hochberg),
      cmocka_unit_test(test_any_double),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
