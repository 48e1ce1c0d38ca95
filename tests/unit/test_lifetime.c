/*
** test_lifetime.c -- processes of buying and leaving: derivatives against differences, the cases in
** which the chance to be alive is hard to compute, expected purchases against sums and integrals by
** brute force, and the ascent on a function whose maximum is known.
*/
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "env_fixture.h"
#include "lifetime/lifetime.h"

#define NEAR_BY(a, b, by) assert_true(fabs((a) - (b)) <= (by))
#define CLOSE(a, b, by)   NEAR_BY((a) / (b), 1, (by))

static mine__rules rules;

static int open_rules(void **state) {
  mine__rules_make(&rules);
  return open_env(state);
}

static const mine__process *const processes[] = {&mine__process_bgnbd, &mine__process_paretonbd,
                                                 &mine__process_mbgcnbd, &mine__process_bgbb,
                                                 &mine__process_gammagamma};
#define PROCESSES 5

/* ---- derivatives ---------------------------------------------------------------------------- */

static mine__buyer buyers[] = {{0, 0, 30},    {0, 0, 0.5}, {1, 1, 1},    {1, 3, 40},   {2, 30, 38},
                               {7, 20.5, 21}, {12, 9, 38}, {40, 38, 39}, {300, 70, 71}};
static double weights[] = {1, 2, 1, 1, 3, 1, 1, 1, 1};
#define BUYERS (sizeof buyers / sizeof buyers[0])

/* Customers that the process can have: of whole periods, of amounts. */
static mine__cells customers_of(const mine__process *process, mine__buyer *room) {
  for (size_t i = 0; i < BUYERS; i++) {
    room[i] = buyers[i];
    if (process->whole) {
      room[i].t_x = ceil(buyers[i].t_x);
      room[i].T = fmax(ceil(buyers[i].T), room[i].t_x);
      room[i].x = fmin(buyers[i].x, room[i].t_x);
    }
    if (process->spends) room[i] = (mine__buyer){buyers[i].x + 1, 5 + (double)i * 7, 0};
  }
  return (mine__cells){(int64_t)BUYERS, room, weights};
}

static void one_has_its_derivatives(const mine__process *process, int k, const double *theta) {
  mine__buyer room[BUYERS];
  const mine__cells cells = customers_of(process, room);
  mine__life life = {.process = process, .rules = &rules, .k = k};
  double out[1 + LIFETIME_MOST] = {0};
  memcpy(life.theta, theta, sizeof life.theta);
  process->sum(&life, &cells, 0, cells.n, out);
  assert_true(isfinite(out[0]));
  for (int j = 0; j < process->n; j++) {
    double above[1 + LIFETIME_MOST] = {0}, below[1 + LIFETIME_MOST] = {0};
    const double h = theta[j] * 1e-5;
    life.theta[j] = theta[j] + h;
    process->sum(&life, &cells, 0, cells.n, above);
    life.theta[j] = theta[j] - h;
    process->sum(&life, &cells, 0, cells.n, below);
    life.theta[j] = theta[j];
    const double slope = (above[0] - below[0]) / (2 * h);
    if (!(fabs(slope - out[1 + j]) <= 1e-6 * (fabs(slope) + fabs(out[0] / theta[j]))))
      fail_msg("%s: by %s %g, differences %g", process->name, process->parameter[j], out[1 + j],
               slope);
  }
}

static void derivatives_are_those_of_the_likelihood(void **state) {
  mine_random chance;
  (void)state;
  mine__random_open(&chance, 1, 2, 3);
  for (int p = 0; p < PROCESSES; p++) {
    for (int i = 0; i < 40; i++) {
      double theta[LIFETIME_MOST];
      for (int j = 0; j < LIFETIME_MOST; j++)
        theta[j] = exp(6 * mine__random_real(&chance) - 3);
      one_has_its_derivatives(processes[p], processes[p] == &mine__process_mbgcnbd ? 1 + i % 4 : 1,
                              theta);
    }
  }
}

/* ---- the chance to be alive ------------------------------------------------------------------ */

/* CLVTools' hard cases; the values are of Simpson's rule with 20,000 points. */
static void hard_cases_are_numbers(void **state) {
  static const mine__buyer hard[] = {
      {221, 103.43, 103.57}, {254, 97.14, 97.29}, {161, 94.71, 98.00}, {204, 98.57, 99.43}};
  static const double want[] = {0.9996053715027994, 0.9995316263547709, 0.7481447837618933,
                                0.9942149988101907};
  const mine__life life = {.process = &mine__process_paretonbd,
                           .rules = &rules,
                           .theta = {0.5143, 2.8845, 0.2856, 14.1087},
                           .k = 1};
  (void)state;
  for (int i = 0; i < 4; i++)
    NEAR_BY(mine__process_paretonbd.alive(&life, &hard[i]), want[i], 1e-12);
}

/* Every process, every customer, far parameters: 0 to 1. */
static void chances_are_chances(void **state) {
  mine_random chance;
  (void)state;
  mine__random_open(&chance, 4, 5, 6);
  for (int p = 0; p < 4; p++) {
    for (int i = 0; i < 500; i++) {
      mine__buyer room[BUYERS];
      const mine__cells cells = customers_of(processes[p], room);
      mine__life life = {.process = processes[p], .rules = &rules, .k = 1 + i % 3};
      for (int j = 0; j < LIFETIME_MOST; j++)
        life.theta[j] = exp(14 * mine__random_real(&chance) - 7);
      if (processes[p] != &mine__process_mbgcnbd) life.k = 1;
      for (int64_t c = 0; c < cells.n; c++) {
        const double alive = processes[p]->alive(&life, &cells.buyer[c]);
        assert_true(alive >= 0 && alive <= 1);
      }
    }
  }
}

/* ---- purchases to come ----------------------------------------------------------------------- */

/* (1 - (1 + p t / alpha)^-r) / p under Beta(a, b), by the midpoints of u = p^a / (p^a + (1-p)^b):
** slow, and nothing of the other way. */
static double future_by_sum(double r, double alpha, double a, double b, double t) {
  const int n = 300000;
  double sum = 0, weight = 0;
  for (int i = 0; i < n; i++) { /* p = e^v / (1 + e^v), over v */
    const double v = -150 + 300 * (i + 0.5) / n, p = 1 / (1 + exp(-v)), q = 1 / (1 + exp(v));
    const double w = exp(a * log(p) + b * log(q));
    sum += w * -expm1(-r * log1p(p * t / alpha)) / p;
    weight += w;
  }
  return sum / weight;
}

static void purchases_to_come_are_the_integral(void **state) {
  static const double cases[][5] = {{0.243, 4.414, 0.793, 2.426, 39},
                                    {2.243, 43, 0.793, 4.426, 39},
                                    {1.5, 10, 1, 3, 12},
                                    {1.5, 10, 1 + 1e-9, 3, 12},
                                    {0.5, 1, 0.3, 0.4, 20},
                                    {30, 40, 0.8, 2, 100},
                                    {200, 80, 0.8, 202, 52},
                                    {4, 10, 6, 0.5, 1},
                                    {3, 20, 2.5, 1e5, 30},
                                    {0.2, 5, 0.7, 0.3, 300},
                                    {50, 3, 2, 3, 400}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const double *c = cases[i];
    const double want = future_by_sum(c[0], c[1], c[2], c[3], c[4]);
    const double got = mine__beta_death_future(&rules, c[0], c[1], c[2], c[3], c[4]);
    if (!(fabs(got / want - 1) < 1e-8)) fail_msg("case %zu: %.12g, by sum %.12g", i, got, want);
  }
}

/* Regular buyers: with k = 1 the sum over steps is the other formula; more steps for a purchase of
** a rate that is as much higher are about as many purchases. */
static void regular_purchases_agree(void **state) {
  const mine__buyer of = {4, 20, 24};
  mine__life life = {
      .process = &mine__process_mbgcnbd, .rules = &rules, .theta = {1.2, 5, 0.6, 2.5}, .k = 1};
  (void)state;
  const double one = mine__process_mbgcnbd.future(&life, &of, 15);
  CLOSE(one, mine__beta_death_future(&rules, 5.2, 29, 0.6, 7.5, 15), 1e-14);
  life.k = 2;
  const double two = mine__process_mbgcnbd.future(&life, &of, 15);
  assert_true(two > 0 && two < one);
  /* Within nothing nothing is bought, later ever more. */
  double before = 0;
  for (int i = 1; i < 20; i++) {
    const double now = mine__process_mbgcnbd.future(&life, &of, i);
    assert_true(now > before);
    before = now;
  }
  assert_true(mine__process_mbgcnbd.future(&life, &of, 0) == 0);
}

/* The paper's two opportunities by hand: alive at n + 1, buys with probability p, lives on. */
static void two_opportunities_by_hand(void **state) {
  const mine__life life = {
      .process = &mine__process_bgbb, .rules = &rules, .theta = {2, 3, 1, 4}, .k = 1};
  const mine__buyer of = {1, 2, 2};
  (void)state;
  /* Alive at n for sure; delta + n = 6, gamma + delta + n = 7. */
  CLOSE(mine__process_bgbb.alive(&life, &of), 6.0 / 7, 1e-14);
  CLOSE(mine__process_bgbb.future(&life, &of, 2), 3.0 / 7 * (1 + 7.0 / 8), 1e-14);
  CLOSE(mine__process_bgbb.future(&life, &of, 0.5), 3.0 / 7 * 0.5, 1e-14);
}

/* ---- the ascent ------------------------------------------------------------------------------ */

/* Rosenbrock's valley and a parabola, as a mountain. */
static double valley(void *context, const double *u, double *g) {
  const double d = u[1] - u[0] * u[0];
  ++*(int *)context;
  g[0] = 2 * (1 - u[0]) + 400 * u[0] * d;
  g[1] = -200 * d;
  g[2] = -2 * (u[2] + 3);
  return -((1 - u[0]) * (1 - u[0]) + 100 * d * d + (u[2] + 3) * (u[2] + 3));
}

static void the_top_is_found(void **state) {
  int calls = 0;
  mine__ascent a = {
      .n = 3, .value = valley, .context = &calls, .least = -20, .most = 20, .u = {-1.2, 1, 4}};
  double covariance[LIFETIME_MOST * LIFETIME_MOST];
  (void)state;
  mine__ascent_run(&a, 500, 1e-9);
  NEAR_BY(a.u[0], 1, 1e-7);
  NEAR_BY(a.u[1], 1, 1e-7);
  NEAR_BY(a.u[2], -3, 1e-7);
  assert_true(calls < 300);
  assert_true(mine__ascent_covariance(&a, covariance));
  /* The Hessian at the top is (802, -400; -400, 200) and 2. */
  NEAR_BY(covariance[0], 0.5, 1e-4);
  NEAR_BY(covariance[1], 1, 2e-4);
  NEAR_BY(covariance[4], 802.0 / 400, 4e-4);
  NEAR_BY(covariance[8], 0.5, 1e-8);
}

/* A slope without a top ends at the end of the range. */
static double slope(void *context, const double *u, double *g) {
  (void)context;
  g[0] = 1 / (1 + exp(u[0]));
  return -log1p(exp(-u[0]));
}

static void what_has_no_top_stops(void **state) {
  mine__ascent a = {.n = 1, .value = slope, .least = -16, .most = 16};
  (void)state;
  mine__ascent_run(&a, 500, 1e-12);
  assert_true(a.u[0] > 14);
}

/* ---- cells ----------------------------------------------------------------------------------- */

static void customers_alike_are_one_cell(void **state) {
  const double x[] = {1, 0, 1, 0, 1, 2}, t[] = {3, 0, 3, 0, 2, 3}, T[] = {9, 8, 9, 7, 9, 9};
  uint32_t of[6];
  mine__cells cells;
  (void)state;
  mine__cells_make(env, env->scratch, 6, x, t, T, &cells, of);
  assert_int_equal(cells.n, 5);
  assert_true(of[0] == of[2] && of[1] != of[3]);
  for (int i = 0; i < 6; i++)
    assert_true(cells.buyer[of[i]].x == x[i] && cells.buyer[of[i]].t_x == t[i] &&
                cells.buyer[of[i]].T == T[i]);
  assert_true(cells.weight[of[0]] == 2);
}

int main(void) {
#define T(test) cmocka_unit_test_setup_teardown(test, open_rules, close_env)
  const struct CMUnitTest tests[] = {
      T(derivatives_are_those_of_the_likelihood),
      T(hard_cases_are_numbers),
      T(chances_are_chances),
      T(purchases_to_come_are_the_integral),
      T(regular_purchases_agree),
      T(two_opportunities_by_hand),
      T(the_top_is_found),
      T(what_has_no_top_stops),
      T(customers_alike_are_one_cell),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
