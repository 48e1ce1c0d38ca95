/*
** test_calibration.c -- the maps of a calibration, and the bounds of numbers.
**
** Platt and isotonic against scikit-learn: 400 rows of three streams of one linear congruential
** generator, x' = 1103515245 x + 12345 mod 2^31, started at 1, 2 and 3 (a, b, c; v = x >> 8):
** x = (a % 161) / 20 - 4, of the class where b % 1000 < 1000 / (1 + exp(0.5 - 0.7 x)), weight
** 1 + c % 4.  The expected numbers are those of sklearn.calibration 1.2.1 (_SigmoidCalibration,
** its fmin_bfgs asked for gtol 1e-12) and sklearn.isotonic (IsotonicRegression of Platt's targets,
** out_of_bounds=clip).  Isotonic also against its definition, the largest least mean.  Bounds
** against what they promise, by simulation, and against order statistics.
*/
#include <math.h>
#include <string.h>

#include "core/env.h"
#include "core/random.h"
#include "env_fixture.h"
#include "model/calibration.h"
#include "model/interval.h"

#define ROWS 400

static mine_arena *kept; /* learned things end with it, not with the scratch memory */

static int open_kept(void **state) {
  if (open_env(state)) return 1;
  kept = mine__arena_open(env);
  return kept == NULL;
}

static int close_kept(void **state) {
  mine__arena_close(kept);
  return close_env(state);
}

static void near(const char *what, double got, double expected) {
  if (!(fabs(got - expected) <= 1e-9 * fmax(1, fabs(expected))))
    fail_msg("%s is %.17g, not %.17g", what, got, expected);
}

/* ---- against scikit-learn ------------------------------------------------------------------ */

typedef struct scores {
  double x[ROWS], weight[ROWS];
  char is[ROWS];
} scores;

static void make_scores(scores *s) {
  uint32_t seed[3] = {1, 2, 3};
  for (int i = 0; i < ROWS; i++) {
    for (int k = 0; k < 3; k++)
      seed[k] = (uint32_t)(((uint64_t)seed[k] * 1103515245u + 12345u) % 2147483648u);
    s->x[i] = (seed[0] >> 8) % 161 / 20.0 - 4;
    s->is[i] = (seed[1] >> 8) % 1000 < 1000 / (1 + exp(0.5 - 0.7 * s->x[i]));
    s->weight[i] = 1 + (seed[2] >> 8) % 4;
  }
}

/* slope, intercept; of isotonic: what it says at these log-odds. */
static const double odds_asked[] = {-9, -4, -2.525, -1, 0.0125, 0.7, 2.2, 3.31, 4, 50};
#define ASKED (sizeof odds_asked / sizeof odds_asked[0])
static const double peer_platt[2][2] = {{0.6902075151775859, -0.5303767033749771},
                                        {0.6744191949074029, -0.6908691671884832}};
static const double peer_isotonic[2][ASKED] = {
    {0.0041322314049586778, 0.0041322314049586778, 0.081755363098203263, 0.19445817930666415,
     0.52049480310349872, 0.52049480310349872, 0.73125503644984158, 0.84156640217246281,
     0.99382716049382713, 0.99382716049382713},
    {0.001567398119122257, 0.001567398119122257, 0.06238419550073105, 0.18829397132984305,
     0.41510873539936272, 0.41510873539936272, 0.73043247615903739, 0.79316039224320356,
     0.99744245524296671, 0.99744245524296671}};

static void platt_is_that_of_sklearn(void **state) {
  (void)state;
  scores s;
  make_scores(&s);
  for (int weighted = 0; weighted < 2; weighted++) {
    mine_calibration_map map = {0};
    mine__platt_learn(env, ROWS, s.x, s.is, weighted ? s.weight : NULL, &map);
    near("slope", map.slope, peer_platt[weighted][0]);
    near("intercept", map.intercept, peer_platt[weighted][1]);
  }
}

static void isotonic_is_that_of_sklearn(void **state) {
  (void)state;
  scores s;
  make_scores(&s);
  for (int weighted = 0; weighted < 2; weighted++) {
    mine_calibration_map map = {.low = -1000, .high = 1000};
    mine__isotonic_learn(env, kept, ROWS, s.x, s.is, weighted ? s.weight : NULL, &map);
    for (size_t i = 0; i < ASKED; i++)
      near("isotonic", mine__calibration_share(MINE_CALIBRATE_ISOTONIC, &map, odds_asked[i]),
           peer_isotonic[weighted][i]);
  }
}

/* ---- isotonic by its definition ------------------------------------------------------------- */

static double mean_between(const double *x, const double *t, const double *w, int n, double from,
                           double to) {
  double sum = 0, total = 0;
  for (int i = 0; i < n; i++) {
    if (x[i] < from || x[i] > to) continue;
    sum += w[i] * t[i];
    total += w[i];
  }
  return sum / total;
}

/* max over a <= x of min over b >= x of the mean between a and b (Robertson, Wright & Dykstra). */
static double by_definition(const double *x, const double *t, const double *w, int n, double at) {
  double most = -INFINITY;
  for (int a = 0; a < n; a++) {
    double least = INFINITY;
    if (x[a] > at) continue;
    for (int b = 0; b < n; b++)
      if (x[b] >= at) least = fmin(least, mean_between(x, t, w, n, x[a], x[b]));
    most = fmax(most, least);
  }
  return most;
}

static void isotonic_is_the_largest_least_mean(void **state) {
  (void)state;
  mine_random chance;
  mine__random_open(&chance, 1, 2, 3);
  for (int round = 0; round < 200; round++) {
    const int n = 2 + (int)mine__random_below(&chance, 18);
    double x[20], t[20], w[20], of = 0, other = 0;
    char is[20];
    for (int i = 0; i < n; i++) {
      x[i] = (double)mine__random_below(&chance, 12) / 4; /* ties */
      is[i] = mine__random_below(&chance, 2) == 0;
      w[i] = 1 + (double)mine__random_below(&chance, 3);
      *(is[i] ? &of : &other) += w[i];
    }
    for (int i = 0; i < n; i++)
      t[i] = is[i] ? (of + 1) / (of + 2) : 1 / (other + 2);
    mine_calibration_map map = {.low = -10, .high = 10};
    mine__isotonic_learn(env, kept, n, x, is, w, &map);
    for (int i = 0; i < n; i++)
      near("isotonic", mine__calibration_share(MINE_CALIBRATE_ISOTONIC, &map, x[i]),
           by_definition(x, t, w, n, x[i]));
  }
}

/* ---- whole calibrations --------------------------------------------------------------------- */

static double loss_of(const double *share, const int32_t *label, int n, int k) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    sum -= log(share[i * k + label[i]]);
  return sum / n;
}

/* Shares that are too sure become less so: the loss falls, and whoever was above stays above. */
static void check_calibration(mine_calibrate method, int k) {
  enum { N = 300 };
  static double share[N * 4], before[N * 4];
  static int32_t label[N];
  mine_random chance;
  mine__random_open(&chance, 5, (uint64_t)k, 0);
  for (int i = 0; i < N; i++) {
    double sum = 0, p[4], draw = mine__random_real(&chance);
    for (int c = 0; c < k; c++)
      sum += p[c] = exp(2 * mine__random_real(&chance));
    label[i] = -1;
    for (int c = 0; c < k; c++) {
      draw -= p[c] / sum;
      if (label[i] < 0 && (draw < 0 || c == k - 1)) label[i] = c;
    }
    double sure = 0;
    for (int c = 0; c < k; c++)
      sure += pow(p[c], 6);
    for (int c = 0; c < k; c++)
      share[i * k + c] = pow(p[c], 6) / sure;
  }
  for (int c = 0; c < k; c++) { /* nobody may be certain */
    share[c] = c == 0;
    share[k + c] = c == 1;
  }
  memcpy(before, share, sizeof before);
  const mine_rated rows = {N, k, label, before, NULL};
  mine_calibration *learned = mine__calibration_learn(env, kept, method, &rows);
  assert_non_null(learned);
  assert_int_equal(learned->n_maps, k == 2 ? 1 : k);
  assert_int_equal(mine__calibration_apply(env, learned, N, k, share), MINE_OK);
  double clipped[N * 4];
  for (int i = 0; i < N * k; i++)
    clipped[i] = fmax(before[i], 1e-15);
  assert_true(loss_of(share, label, N, k) < loss_of(clipped, label, N, k) - 0.1);
  for (int i = 0; i < N; i++) {
    double sum = 0;
    for (int c = 0; c < k; c++) {
      assert_true(share[i * k + c] > 0 && share[i * k + c] < 1);
      sum += share[i * k + c];
    }
    near("sum of shares", sum, 1);
    for (int j = 0; k == 2 && j < N; j++)
      if (before[i * 2] < before[j * 2]) assert_true(share[i * 2] <= share[j * 2]);
  }
  /* Row by row, and after a journey through bytes, the same bits. */
  mine_writer w;
  mine__text_open(&w.text, env->scratch);
  mine__calibration_write(&w, learned);
  mine_reader r = {.env = env,
                   .arena = kept,
                   .at = (const uint8_t *)w.text.data,
                   .end = (const uint8_t *)w.text.data + w.text.bytes};
  const mine_calibration *loaded = mine__calibration_read(&r, k);
  if (!loaded) fail_msg("%s", r.problem);
  assert_non_null(loaded);
  assert_true(r.at == r.end);
  for (int i = 0; i < N; i++)
    assert_int_equal(mine__calibration_apply(env, loaded, 1, k, before + i * k), MINE_OK);
  assert_memory_equal(before, share, (size_t)(N * k) * sizeof *share);
}

static void shares_become_rates(void **state) {
  (void)state;
  for (int k = 2; k <= 4; k++) {
    check_calibration(MINE_CALIBRATE_PLATT, k);
    check_calibration(MINE_CALIBRATE_ISOTONIC, k);
  }
}

/* All scores equal, all certain, classes told apart: finite maps. */
static void odd_scores_have_maps(void **state) {
  (void)state;
  static const double shares[][2] = {{0.5, 0.5}, {1, 0}, {0, 1}};
  for (int odd = 0; odd < 4; odd++) {
    double share[40];
    int32_t label[20];
    for (int i = 0; i < 20; i++) {
      label[i] = i % 2;
      const double *from = shares[odd == 0 ? 0 : odd == 1 ? 1 : odd == 2 ? 1 + i % 2 : 2 - i % 2];
      share[2 * i] = from[0];
      share[2 * i + 1] = from[1];
    }
    for (int how = MINE_CALIBRATE_PLATT; how <= MINE_CALIBRATE_ISOTONIC; how++) {
      double out[42];
      memcpy(out, share, sizeof share);
      out[40] = out[41] = NAN;
      const mine_rated rows = {20, 2, label, share, NULL};
      mine_calibration *c = mine__calibration_learn(env, kept, (mine_calibrate)how, &rows);
      assert_non_null(c);
      assert_int_equal(mine__calibration_apply(env, c, 21, 2, out), MINE_OK);
      for (int i = 0; i < 20; i++) {
        const double expected = odd < 2 || (odd == 3 && how == MINE_CALIBRATE_ISOTONIC) ? 0.5
                                : label[i]                                              ? 11 / 12.0
                                                                                        : 1 / 12.0;
        assert_true(fabs(out[2 * i + 1] - expected) < 1e-6);
      }
      assert_true(isnan(out[40]) && isnan(out[41]));
    }
  }
}

/* ---- bounds --------------------------------------------------------------------------------- */

static double bell(mine_random *chance) { /* nearly normal */
  double sum = -6;
  for (int i = 0; i < 12; i++)
    sum += mine__random_real(chance);
  return sum;
}

/* With n residuals, all kept, the bounds are r_i and r_(n+1-i), i = floor((n+1)(1-level)/2). */
static void bounds_are_order_statistics(void **state) {
  (void)state;
  for (int n = 1; n <= 120; n++) {
    double target[120], value[120];
    for (int i = 0; i < n; i++) {
      value[i] = 7;
      target[i] = 7 + i * 37 % 127 / 3.0;
    }
    const mine_missed rows = {n, target, value, NULL};
    const mine_interval *interval = mine__interval_learn(env, kept, &rows, 0);
    assert_non_null(interval);
    static const double levels[] = {0.5, 0.8, 0.9, 0.95, 0.98, 0.99};
    for (size_t l = 0; l < sizeof levels / sizeof levels[0]; l++) {
      double low, high, asked = 100;
      const int i = (int)((n + 1) * (1 - levels[l]) / 2 + 1e-9);
      mine__interval_bounds(interval, levels[l], 1, &asked, &low, &high);
      if (i == 0) {
        assert_true(isnan(low) && isnan(high));
        assert_true(levels[l] > mine__interval_widest(interval));
        continue;
      }
      int below = 0, above = 0;
      for (int j = 0; j < n; j++) {
        below += 93 + target[j] < low - 1e-9;
        above += 93 + target[j] > high + 1e-9;
      }
      assert_int_equal(below, i - 1);
      assert_int_equal(above, i - 1);
    }
  }
}

/* n residuals, one row more, again and again: how often it lies between. */
static double coverage(int n, double level, int weighted, int rounds) {
  static double target[3001], value[3001], weight[3001];
  int inside = 0;
  for (int round = 0; round < rounds; round++) {
    mine_random chance;
    double low, high;
    mine__random_open(&chance, 9, (uint64_t)n, (uint64_t)round);
    for (int i = 0; i <= n; i++) {
      value[i] = 10 * mine__random_real(&chance);
      target[i] = value[i] + (1 + value[i]) * exp(bell(&chance)); /* wide where large, and skewed */
      weight[i] = weighted ? 0.5 : 1;
    }
    const mine_missed rows = {n, target, value, weight};
    const mine_mark mark = mine__arena_mark(kept);
    const mine_interval *interval = mine__interval_learn(env, kept, &rows, 0);
    mine__interval_bounds(interval, level, 1, &value[n], &low, &high);
    inside += target[n] >= low && target[n] <= high;
    mine__arena_rewind(kept, mark);
  }
  return (double)inside / rounds;
}

/* Within four standard deviations of what is promised, and not much more than that. */
static void bounds_cover_what_they_promise(void **state) {
  (void)state;
  static const struct {
    int n;
    double level, most; /* (j - i) / (n + 1), or with rounding to steps a little more */
    int weighted, rounds;
  } cases[] = {{19, 0.9, 0.9, 0, 4000},    {99, 0.9, 0.9, 0, 4000},   {99, 0.8, 0.8, 1, 4000},
               {150, 0.95, 0.98, 0, 3000}, {700, 0.9, 0.91, 0, 1000}, {3000, 0.9, 0.91, 0, 400},
               {150, 0.98, 0.987, 0, 2000}};
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    const double share = coverage(cases[c].n, cases[c].level, cases[c].weighted, cases[c].rounds);
    const double off = 4 * sqrt(cases[c].level * (1 - cases[c].level) / cases[c].rounds);
    if (share < cases[c].level - off || share > cases[c].most + off)
      fail_msg("%d rows, level %.2f: covered %.4f", cases[c].n, cases[c].level, share);
  }
}

/* Where large numbers scatter more each range of the prediction keeps the promise by itself. */
static void each_range_covers_what_it_promises(void **state) {
  (void)state;
  enum { N = 2000 };
  static double target[N], value[N], low[N], high[N];
  mine_random chance;
  mine__random_open(&chance, 11, 0, 0);
  for (int round = 0; round < 2; round++) { /* learn of the first rows, try on others */
    const mine_missed rows = {N, target, value, NULL};
    const mine_interval *interval = round ? mine__interval_learn(env, kept, &rows, 0) : NULL;
    for (int i = 0; i < N; i++) {
      value[i] = 100 * mine__random_real(&chance);
      target[i] = value[i] + value[i] * bell(&chance);
    }
    if (!interval) continue;
    assert_int_equal(interval->n_bins, MINE_INTERVAL_BINS);
    int of[4] = {0}, inside[4] = {0};
    mine__interval_bounds(interval, 0.9, N, value, low, high);
    for (int i = 0; i < N; i++) {
      const int quarter = (int)(value[i] / 25);
      of[quarter]++;
      inside[quarter] += target[i] >= low[i] && target[i] <= high[i];
    }
    for (int q = 0; q < 4; q++)
      if (fabs((double)inside[q] / of[q] - 0.9) > 0.06)
        fail_msg("quarter %d: %d of %d", q, inside[q], of[q]);
    assert_true(high[0] != high[1] && mine__interval_widest(interval) > 0.99);
  }
}

/* Ties, weights, one range; bytes and back. */
static void bounds_survive_bytes(void **state) {
  (void)state;
  double target[900], value[900], weight[900];
  for (int i = 0; i < 900; i++) {
    value[i] = i % 3; /* ranges cannot divide equal predictions */
    target[i] = i * 31 % 101 / 7.0 - value[i];
    weight[i] = 1 + i % 5;
  }
  const mine_missed rows = {900, target, value, weight};
  const mine_interval *interval = mine__interval_learn(env, kept, &rows, 1);
  assert_int_equal(interval->n_bins, 3);
  assert_int_equal(interval->all.rows, 900);
  mine_writer w;
  mine__text_open(&w.text, env->scratch);
  mine__interval_write(&w, interval);
  mine_reader r = {.env = env,
                   .arena = kept,
                   .at = (const uint8_t *)w.text.data,
                   .end = (const uint8_t *)w.text.data + w.text.bytes};
  const mine_interval *loaded = mine__interval_read(&r);
  assert_non_null(loaded);
  assert_true(r.at == r.end && loaded->all.rows == 900 && loaded->crossed == 1);
  for (int v = -1; v < 4; v++) {
    double asked = v, low[2], high[2];
    mine__interval_bounds(interval, 0.9, 1, &asked, &low[0], &high[0]);
    mine__interval_bounds(loaded, 0.9, 1, &asked, &low[1], &high[1]);
    assert_true(low[0] == low[1] && high[0] == high[1] && low[0] < high[0]);
  }
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_kept, close_kept)
  const struct CMUnitTest tests[] = {
      T(platt_is_that_of_sklearn),
      T(isotonic_is_that_of_sklearn),
      T(isotonic_is_the_largest_least_mean),
      T(shares_become_rates),
      T(odd_scores_have_maps),
      T(bounds_are_order_statistics),
      T(bounds_cover_what_they_promise),
      T(each_range_covers_what_it_promises),
      T(bounds_survive_bytes),
  };
  return cmocka_run_group_tests_name("calibration", tests, NULL, NULL);
}
