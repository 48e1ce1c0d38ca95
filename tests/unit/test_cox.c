/*
** test_cox.c -- the partial likelihood against its definition, risk set by risk set: ties, weights,
** late entry, strata, more rows than one chain; residuals that sum up; concordance pair by pair;
** patients of 1963.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "linear/cox.h"

#define MOST  3000
#define WIDTH 3 /* columns, and 1 */

static mine_random chance;
static mine_env *env;

static int open_env(void **state) {
  (void)state;
  mine__random_open(&chance, 7, 2, 3);
  return (int)mine_env_open(NULL, "test", &env);
}

static int close_env(void **state) {
  (void)state;
  mine_env_close(env);
  return 0;
}

/* ---- rows ------------------------------------------------------------------------------------ */

typedef struct lives {
  int64_t n;
  int efron, n_strata;
  double x[WIDTH - 1][MOST], time[MOST], start[MOST], weight[MOST];
  uint8_t event[MOST];
  int32_t stratum[MOST];
  mine_feature about[WIDTH - 1];
  mine_feature_view view[WIDTH - 1];
  mine_dataset data;
  linear_design design;
  cox_rows rows;
} lives;

static lives one;

static void lives_make(int64_t n, int ticks, int late, int weighted, int n_strata, int efron) {
  memset(&one, 0, sizeof one);
  one.n = n;
  one.efron = efron;
  one.n_strata = n_strata;
  for (int64_t i = 0; i < n; i++) {
    one.x[0][i] = mine__random_real(&chance) * 3;
    one.x[1][i] = mine__random_real(&chance) < 0.4;
    one.time[i] = ceil(mine__random_real(&chance) * ticks * (1 + one.x[1][i])) + 0.5;
    one.start[i] = late && i % 3 ? one.time[i] * mine__random_real(&chance) : 0;
    one.event[i] = mine__random_real(&chance) < 0.6;
    one.weight[i] = weighted ? 0.5 + mine__random_real(&chance) : 1;
    one.stratum[i] = (int32_t)(mine__random_real(&chance) * n_strata);
  }
  for (int f = 0; f < WIDTH - 1; f++) {
    one.about[f] = (mine_feature){.name = "x", .type = MINE_COLUMN_NUMERIC};
    one.view[f].number = one.x[f];
  }
  one.data = (mine_dataset){.task = MINE_SURVIVAL,
                            .rows = {n, NULL, one.view},
                            .n_features = WIDTH - 1,
                            .about = one.about,
                            .target = one.time,
                            .event = one.event,
                            .start = late ? one.start : NULL,
                            .weight = weighted ? one.weight : NULL,
                            .strata = -1};
  const mine_list none = {0};
  assert_int_equal(mine__design_open(env, &one.data, &none, &one.design), MINE_OK);
  assert_int_equal(one.design.n_used, WIDTH - 1);
  assert_int_equal(mine__cox_rows(env, &one.data, &one.design, n_strata > 1 ? one.stratum : NULL,
                                  n_strata, efron, &one.rows),
                   MINE_OK);
}

/* ---- by definition -------------------------------------------------------------------------- */

typedef struct sums {
  double loss, u[WIDTH], i[WIDTH][WIDTH];
} sums;

/* S, S1, S2 of the rows at risk, or of those that have the event now. */
typedef struct moments {
  double s, s1[WIDTH], s2[WIDTH][WIDTH];
} moments;

static void moments_add(moments *m, double r, const double *x) {
  m->s += r;
  for (int j = 0; j < WIDTH; j++) {
    m->s1[j] += r * x[j];
    for (int k = 0; k < WIDTH; k++)
      m->s2[j][k] += r * x[j] * x[k];
  }
}

/* One time with events of one stratum, counted omega times; rows are those of one.rows. */
static void sums_add(sums *out, const cox_event *e, const double *b, double omega) {
  const cox_rows *c = &one.rows;
  moments all = {0}, now = {0};
  const double time = cox_time(c, e->lo);
  const int32_t stratum = one.stratum[c->row[e->lo]];
  double deaths = 0, weight = 0;
  for (int64_t i = 0; i < c->n; i++) {
    const uint32_t row = c->row[i];
    if ((one.n_strata > 1 && one.stratum[row] != stratum) || one.time[row] < time ||
        (one.data.start && one.start[row] >= time))
      continue;
    const double *x = c->x + i * WIDTH, eta = mine__dot(x, b, WIDTH);
    moments_add(&all, cox_weight(c, i) * exp(eta), x);
    if (one.time[row] != time || !one.event[row]) continue;
    moments_add(&now, cox_weight(c, i) * exp(eta), x);
    deaths++;
    weight += cox_weight(c, i);
    out->loss -= omega * cox_weight(c, i) * eta;
    for (int j = 0; j < WIDTH; j++)
      out->u[j] += omega * cox_weight(c, i) * x[j];
  }
  for (int d = 0; d < (int)deaths; d++) {
    const double f = one.efron ? d / deaths : 0, s = all.s - f * now.s, u = omega * weight / deaths;
    out->loss += u * log(s);
    for (int j = 0; j < WIDTH; j++) {
      const double mj = (all.s1[j] - f * now.s1[j]) / s;
      out->u[j] -= u * mj;
      for (int k = 0; k < WIDTH; k++)
        out->i[j][k] +=
            u * ((all.s2[j][k] - f * now.s2[j][k]) / s - mj * (all.s1[k] - f * now.s1[k]) / s);
    }
  }
}

static void near(double a, double b) {
  if (!(fabs(a - b) <= 1e-9 * (1 + fabs(a) + fabs(b)))) fail_msg("%.17g, not %.17g", a, b);
}

static void agree(const cox_point *point, const sums *want, int with_loss) {
  if (with_loss) near(point->loss, want->loss);
  for (int j = 1; j < WIDTH; j++) {
    near(point->u[j], want->u[j]);
    for (int k = 1; k < WIDTH; k++)
      near(point->i[j * WIDTH + k], want->i[j][k]);
  }
}

static void compare(void) {
  const double b[WIDTH] = {0, 0.7, -0.4};
  cox_rows *c = &one.rows;
  cox_point point;
  sums want = {0};
  assert_int_equal(mine__cox_point(c, &point), MINE_OK);
  assert_int_equal(mine__cox_evaluate(c, b, &point), MINE_OK);
  for (int64_t e = 0; e < c->n_events; e++)
    sums_add(&want, &c->event[e], b, 1);
  agree(&point, &want, 1);
  /* Residuals of the score sum up to the gradient. */
  static double score[MOST * WIDTH];
  double sum[WIDTH] = {0};
  assert_int_equal(mine__cox_scores(c, score), MINE_OK);
  for (int64_t i = 0; i < c->n; i++)
    for (int j = 0; j < WIDTH; j++)
      sum[j] += score[i * WIDTH + j];
  for (int j = 1; j < WIDTH; j++)
    near(sum[j], want.u[j]);
  /* Events that count differently. */
  static double omega[MOST];
  memset(&want, 0, sizeof want);
  for (int64_t e = 0; e < c->n_events; e++) {
    omega[e] = mine__random_real(&chance);
    sums_add(&want, &c->event[e], b, omega[e]);
  }
  assert_int_equal(mine__cox_moments(c, omega, &point), MINE_OK);
  agree(&point, &want, 0);
}

static void likelihood_is_its_definition(void **state) {
  (void)state;
  for (int what = 0; what < 32; what++) {
    lives_make(60 + 20 * what, what & 1 ? 5 : 100000, what & 2, what & 4, what & 8 ? 3 : 1,
               what & 16);
    compare();
  }
}

static void chains_make_no_difference(void **state) {
  (void)state;
  lives_make(MOST, 40, 1, 1, 2, 1);
  compare();
  lives_make(MOST, 100000, 1, 0, 1, 1);
  compare();
}

/* ---- pairs ----------------------------------------------------------------------------------- */

static void concordance_is_of_pairs(void **state) {
  (void)state;
  for (int what = 0; what < 8; what++) {
    double right = 0, all = 0;
    static double margin[MOST];
    lives_make(200, what & 1 ? 6 : 1000, what & 2, 1, what & 4 ? 3 : 1, 1);
    const cox_rows *c = &one.rows;
    for (int64_t i = 0; i < c->n; i++)
      margin[i] = floor(one.x[0][c->row[i]] * 4);
    for (int64_t i = 0; i < c->n; i++) {
      for (int64_t j = 0; j < c->n; j++) {
        const uint32_t a = c->row[i], b = c->row[j];
        const int later =
            one.time[b] > one.time[a] || (one.time[b] == one.time[a] && !one.event[b]);
        const int late = one.data.start && one.start[b] >= one.time[a];
        if (!one.event[a] || !later || late) continue;
        if (one.n_strata > 1 && one.stratum[a] != one.stratum[b]) continue;
        const double w = one.weight[a] * one.weight[b];
        all += w;
        right += w * (margin[i] > margin[j] ? 1 : margin[i] == margin[j] ? 0.5 : 0);
      }
    }
    near(mine__cox_concordance(env, c, margin, NULL), right / all);
  }
}

/* ---- a published result --------------------------------------------------------------------- */

/* Freireich et al. (1963), weeks in remission with 6-MP and with placebo; R's coxph and every
** textbook: 1.57213 (0.41240) by Efron, 1.50919 (0.40956) by Breslow. */
static void patients_of_1963(void **state) {
  static const int treated[] = {6,   6,   6,   -6, 7,  -9,  10,  -10, -11, 13, 16,
                                -17, -19, -20, 22, 23, -25, -32, -32, -34, -35};
  static const int placebo[] = {1, 1, 2,  2,  3,  4,  4,  5,  5,  8, 8,
                                8, 8, 11, 11, 12, 12, 15, 17, 22, 23};
  static const double coefficient[] = {1.50919, 1.57213}, error[] = {0.40956, 0.41240};
  (void)state;
  for (int efron = 0; efron < 2; efron++) {
    memset(&one, 0, sizeof one);
    for (int i = 0; i < 42; i++) {
      const int time = i < 21 ? treated[i] : placebo[i - 21];
      one.x[0][i] = i >= 21;
      one.time[i] = fabs((double)time);
      one.event[i] = time > 0;
    }
    one.about[0] = (mine_feature){.name = "x", .type = MINE_COLUMN_NUMERIC};
    one.view[0].number = one.x[0];
    one.data = (mine_dataset){.task = MINE_SURVIVAL,
                              .rows = {42, NULL, one.view},
                              .n_features = 1,
                              .about = one.about,
                              .target = one.time,
                              .event = one.event,
                              .strata = -1};
    const mine_list none = {0};
    double b[2] = {0};
    uint8_t fixed[2] = {0}, infinite[2] = {0};
    cox_solution found = {.b = b, .fixed = fixed, .infinite = infinite};
    cox_point point;
    assert_int_equal(mine__design_open(env, &one.data, &none, &one.design), MINE_OK);
    assert_int_equal(mine__cox_rows(env, &one.data, &one.design, NULL, 1, efron, &one.rows),
                     MINE_OK);
    assert_int_equal(mine__cox_point(&one.rows, &point), MINE_OK);
    assert_int_equal(mine__cox_solve(&one.rows, &found, &point), MINE_OK);
    assert_true(found.steps > 0 && !infinite[1] && !fixed[1]);
    const double unit = one.design.slot[0].deviation;
    assert_true(fabs(b[1] / unit - coefficient[efron]) < 6e-6);
    assert_true(fabs(1 / sqrt(point.i[3]) / unit - error[efron]) < 6e-6);
  }
}

/* Everybody of one group is gone before anybody of the other. */
static void an_endless_coefficient(void **state) {
  double b[WIDTH] = {0};
  uint8_t fixed[WIDTH] = {0}, infinite[WIDTH] = {0};
  cox_solution found = {.b = b, .fixed = fixed, .infinite = infinite};
  cox_point point;
  (void)state;
  lives_make(100, 1000, 0, 0, 1, 1);
  for (int i = 0; i < 100; i++)
    one.event[i] = one.event[i] && one.x[1][i] == 0; /* the second group never has it */
  const mine_list none = {0};
  assert_int_equal(mine__design_open(env, &one.data, &none, &one.design), MINE_OK);
  assert_int_equal(mine__cox_rows(env, &one.data, &one.design, NULL, 1, 1, &one.rows), MINE_OK);
  assert_int_equal(mine__cox_point(&one.rows, &point), MINE_OK);
  assert_int_equal(mine__cox_solve(&one.rows, &found, &point), MINE_OK);
  assert_true(infinite[2] && !infinite[1]);
  assert_true(b[2] < -3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_env, close_env)
      TEST(likelihood_is_its_definition), TEST(chains_make_no_difference),
      TEST(concordance_is_of_pairs),      TEST(patients_of_1963),
      TEST(an_endless_coefficient),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
