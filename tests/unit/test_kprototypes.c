/*
** test_kprototypes.c -- k-prototypes against every partition of small tables, and its rules for
** gamma, ties of modes, what is missing, weights.
*/
#include "kmeans_fixture.h"

extern const mine_algorithm mine__algorithm_kprototypes;

static const char *const plans[] = {"basic", "gold", "silver", NULL};

static mine_model *fit(fixture *f, const char *options) {
  return fixture_fit_by(f, &mine__algorithm_kprototypes, options);
}

static void ask(fixture *f, const mine_model *model, int32_t *cluster, double *distance) {
  const mine_batch batch = {f->n, NULL, f->view};
  mine_answers out = {.group = cluster, .distance = distance};
  assert_int_equal(model->kind->answer(f->env, model, &batch, &out), MINE_OK);
}

/* ---- every partition ------------------------------------------------------------------------ */

/* Huang's cost of the rows whose bits are set: numbers around their mean, categories off their
** mode. */
static double cost_of(const fixture *f, unsigned rows, double gamma) {
  double cost = 0;
  for (int j = 0; j < f->width; j++) {
    const double *x = f->view[j].number;
    double sum = 0, square = 0, n = 0;
    int count[3] = {0}, most = 0;
    for (int i = 0; i < f->n; i++) {
      if (!(rows >> i & 1)) continue;
      n++;
      if (x) {
        sum += x[i];
        square += x[i] * x[i];
      } else if (++count[f->view[j].code[i]] > most) {
        most = count[f->view[j].code[i]];
      }
    }
    if (n > 0) cost += x ? square - sum * sum / n : gamma * (n - most);
  }
  return cost;
}

/* The least cost of three clusters, or two. */
static double best_of(const fixture *f, int k, double gamma) {
  const unsigned all = (1u << f->n) - 1;
  double best = INFINITY;
  for (unsigned a = 1; a < all; a++) {
    const unsigned rest = all & ~a;
    if (k == 2) best = fmin(best, cost_of(f, a, gamma) + cost_of(f, rest, gamma));
    for (unsigned b = rest; k == 3 && b > 0; b = (b - 1) & rest)
      if (b != rest)
        best =
            fmin(best, cost_of(f, a, gamma) + cost_of(f, b, gamma) + cost_of(f, rest & ~b, gamma));
  }
  return best;
}

static void the_best_of_all_partitions_is_found(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 12; seed++) {
    const double gamma = seed % 3 == 0 ? 0.4 : seed % 3 == 1 ? 2.5 : 30;
    char options[100], number[MINE_NUMBER_BYTES];
    mine_random random;
    fixture f;
    fixture_open(&f, 9);
    mine__random_open(&random, seed, 1, 1);
    double *x = fixture_numbers(&f, "x", NULL), *y = fixture_numbers(&f, "y", NULL);
    int32_t *a = fixture_codes(&f, "a", NULL, plans), *b = fixture_codes(&f, "b", NULL, plans);
    for (int i = 0; i < 9; i++) {
      x[i] = (double)mine__random_below(&random, 10);
      y[i] = (double)mine__random_below(&random, 4);
      a[i] = (int32_t)mine__random_below(&random, 3);
      b[i] = (int32_t)mine__random_below(&random, 3);
    }
    for (int k = 2; k <= 3; k++) {
      snprintf(options, sizeof options, "k=%d,scale=none,starts=40,gamma=%s", k,
               mine__format_real(number, gamma, 6));
      mine_model *model = fit(&f, options);
      const double best = best_of(&f, k, gamma);
      if (fabs(fixture_body(model)->inertia - best) > 1e-9 * best)
        fail_msg("seed %d, k=%d: %.12g, and %.12g can be had", (int)seed, k,
                 fixture_body(model)->inertia, best);
      mine_model_free(model);
    }
    fixture_close(&f);
  }
}

/* Rows are nearest to the mean and the mode of their own cluster, and the distances are those of
** the formula. */
static void centres_are_means_and_modes(void **state) {
  enum { n = 3000, k = 5 };
  static int32_t cluster[n];
  static double distance[n];
  fixture f;
  mine_random random;
  (void)state;
  fixture_open(&f, n);
  fixture_groups(&f, 2, 4, 9, 5);
  mine__random_open(&random, 3, 1, 1);
  int32_t *plan = fixture_codes(&f, "plan", NULL, plans);
  for (int i = 0; i < n; i++)
    plan[i] = (int32_t)mine__random_below(&random, 3);
  mine_model *model = fit(&f, "k=5,scale=none,gamma=7,tol=0");
  ask(&f, model, cluster, distance);
  double mean[k][2] = {{0}}, rows[k] = {0}, counts[k][3] = {{0}};
  int mode[k];
  for (int i = 0; i < n; i++) {
    const int c = cluster[i] - 1;
    rows[c]++;
    counts[c][plan[i]]++;
    for (int j = 0; j < 2; j++)
      mean[c][j] += f.view[j].number[i];
  }
  for (int c = 0; c < k; c++) {
    mode[c] = counts[c][1] > counts[c][0] ? 1 : 0;
    if (counts[c][2] > counts[c][mode[c]]) mode[c] = 2;
    if (c > 0) assert_true(rows[c] <= rows[c - 1]);
  }
  double sum = 0;
  for (int i = 0; i < n; i++) {
    double best = INFINITY, own = 0;
    for (int c = 0; c < k; c++) {
      double d = 7.0 * (plan[i] != mode[c]);
      for (int j = 0; j < 2; j++) {
        const double t = f.view[j].number[i] - mean[c][j] / rows[c];
        d += t * t;
      }
      if (c == cluster[i] - 1) own = d;
      best = fmin(best, d);
    }
    assert_true(own <= best * (1 + 1e-9) + 1e-9);
    assert_true(fabs(distance[i] * distance[i] - own) <= 1e-9 * (1 + own));
    sum += own;
  }
  assert_true(fabs(sum - fixture_body(model)->inertia) <= 1e-9 * sum);
  mine_model_free(model);
  fixture_close(&f);
}

/* ---- gamma, modes, gaps --------------------------------------------------------------------- */

static const char *gamma_told(const mine_model *model) {
  static char text[200];
  for (int64_t i = 0; i < model->told.notes.item.n; i++) {
    mine_cell name, detail;
    mine__values_get(&model->told.notes.name, i, &name);
    mine__values_get(&model->told.notes.detail, i, &detail);
    if (name.bytes != 5 || memcmp(name.as.text, "gamma", 5) != 0) continue;
    snprintf(text, sizeof text, "%.*s", (int)detail.bytes, detail.as.text);
    return text;
  }
  return "";
}

/* Two categories that differ are sqrt(gamma) apart. */
static void gamma_is_half_the_mean_deviation(void **state) {
  const double x[] = {1, 3, 1, 3}, y[] = {0, 0, 20, 20}; /* deviations 1 and 10 */
  const int32_t code[] = {0, 1, 0, 2};
  (void)state;
  for (int scaled = 0; scaled < 2; scaled++) {
    fixture f;
    fixture_open(&f, 4);
    fixture_numbers(&f, "x", x);
    fixture_numbers(&f, "y", y);
    fixture_codes(&f, "plan", code, plans);
    mine_model *model = fit(&f, scaled ? "k=1" : "k=1,scale=none");
    assert_non_null(strstr(gamma_told(model), scaled ? " 0.5: half" : " 2.75: half"));
    const double factor = fixture_body(model)->encoding.factor[2];
    assert_true(fabs(2 * factor * factor - (scaled ? 0.5 : 2.75)) < 1e-12);
    /* numbers about their means, and two of four rows off the mode */
    assert_true(fabs(fixture_body(model)->inertia - (scaled ? 8 + 1 : 4 + 400 + 5.5)) < 1e-9);
    mine_model_free(model);
    fixture_close(&f);
  }
}

static void without_numbers_it_is_k_modes(void **state) {
  const int32_t a[] = {0, 0, 1, 1, 2, 2}, b[] = {0, 0, 0, 1, 2, 2};
  fixture f;
  (void)state;
  fixture_open(&f, 6);
  fixture_codes(&f, "a", a, plans);
  fixture_codes(&f, "b", b, plans);
  mine_model *model = fit(&f, "k=3");
  assert_string_equal(gamma_told(model),
                      "there are no numbers: a category that differs counts 1 (k-modes)");
  assert_true(fabs(fixture_body(model)->inertia - 1) < 1e-12);
  mine_model_free(model);
  fixture_close(&f);
}

/* gold and silver are as frequent: the first in their order. */
static void of_equal_modes_the_first_is_taken(void **state) {
  const int32_t code[] = {2, 1, 2, 1, 0};
  fixture f;
  (void)state;
  fixture_open(&f, 5);
  fixture_codes(&f, "plan", code, plans);
  mine_model *model = fit(&f, "k=1");
  const double *centre = fixture_body(model)->centre;
  assert_true(centre[0] == 0 && centre[1] == sqrt(0.5) && centre[2] == 0);
  mine_model_free(model);
  fixture_close(&f);
}

/* A missing category adds gamma / 2 wherever the row goes; a missing number lies at the mean. */
static void what_is_missing_pulls_nowhere(void **state) {
  const double x[] = {0, 1, 9, 10, 0.5, 9.5, NAN};
  const int32_t code[] = {0, 0, 1, 1, MINE_CODE_MISSING, MINE_CODE_UNKNOWN, 1};
  int32_t cluster[7];
  double distance[7];
  fixture f;
  (void)state;
  fixture_open(&f, 7);
  fixture_numbers(&f, "x", x);
  fixture_codes(&f, "plan", code, plans);
  mine_model *model = fit(&f, "k=2,scale=none,gamma=8");
  ask(&f, model, cluster, distance);
  assert_true(cluster[0] == cluster[1] && cluster[0] == cluster[4]);
  assert_true(cluster[2] == cluster[3] && cluster[2] == cluster[5] && cluster[2] == cluster[6]);
  assert_true(fabs(distance[4] - 2) < 1e-12); /* x = 0.5 is the mean of 0, 1 and 0.5 */
  mine_model_free(model);
  fixture_close(&f);
}

/* ---- weights, threads, errors --------------------------------------------------------------- */

static void fill(fixture *f, uint64_t seed) {
  mine_random random;
  mine__random_open(&random, seed, 2, 2);
  double *x = fixture_numbers(f, "x", NULL), *y = fixture_numbers(f, "y", NULL);
  int32_t *a = fixture_codes(f, "a", NULL, plans), *b = fixture_codes(f, "b", NULL, plans);
  for (int64_t i = 0; i < f->n; i++) {
    const int g = (int)mine__random_below(&random, 4);
    x[i] = 3 * g + fixture_normal(&random);
    y[i] = mine__random_below(&random, 30) == 0 ? NAN : (g % 2) * 4 + fixture_normal(&random);
    a[i] = mine__random_below(&random, 4) ? g % 3 : (int32_t)mine__random_below(&random, 3);
    b[i] = mine__random_below(&random, 20) == 0 ? MINE_CODE_MISSING
                                                : (int32_t)mine__random_below(&random, 3);
  }
}

static void any_number_of_threads_gives_the_same_bits(void **state) {
  (void)state;
  double centre[2][4 * 8], inertia[2];
  for (int t = 0; t < 2; t++) {
    fixture f;
    fixture_open(&f, 5000);
    fill(&f, 4);
    mine__env_set_threads(f.env, t ? 4 : 1);
    mine_model *model = fit(&f, "k=4,starts=3");
    assert_int_equal(fixture_body(model)->encoding.width, 8);
    memcpy(centre[t], fixture_body(model)->centre, sizeof centre[t]);
    inertia[t] = fixture_body(model)->inertia;
    mine_model_free(model);
    fixture_close(&f);
  }
  assert_memory_equal(centre[0], centre[1], sizeof centre[0]);
  assert_true(inertia[0] == inertia[1]);
}

/* The rows of weight 2 twice, and gamma from them. */
static void weights_count_as_repeated_rows(void **state) {
  enum { n = 40 };
  fixture f, twice;
  uint32_t row[2 * n];
  double weight[n];
  (void)state;
  fixture_open(&f, n);
  fill(&f, 9);
  fixture_twice(&f, &twice, weight, row);
  mine_model *a = fit(&f, "k=3,starts=30,tol=0"), *b = fit(&twice, "k=3,starts=30,tol=0");
  assert_true(fabs(fixture_body(a)->inertia - fixture_body(b)->inertia) < 1e-9);
  assert_true(fabs(fixture_body(a)->encoding.factor[2] - fixture_body(b)->encoding.factor[2]) <
              1e-12);
  mine_model_free(a);
  mine_model_free(b);
  fixture_close(&f);
}

static void too_few_different_rows_are_an_error(void **state) {
  const double x[] = {1, 1, 1, 2};
  const int32_t code[] = {0, 0, 1, 0};
  mine_model *model;
  fixture f;
  (void)state;
  fixture_open(&f, 4);
  fixture_numbers(&f, "x", x);
  fixture_codes(&f, "plan", code, plans);
  assert_int_equal(fixture_try_by(&f, &mine__algorithm_kprototypes, "k=4", &model), MINE_DATA);
  assert_non_null(strstr(mine_env_error(f.env), "only 3 of the 4 rows differ"));
  fixture_close(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_best_of_all_partitions_is_found),
      cmocka_unit_test(centres_are_means_and_modes),
      cmocka_unit_test(gamma_is_half_the_mean_deviation),
      cmocka_unit_test(without_numbers_it_is_k_modes),
      cmocka_unit_test(of_equal_modes_the_first_is_taken),
      cmocka_unit_test(what_is_missing_pulls_nowhere),
      cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
      cmocka_unit_test(weights_count_as_repeated_rows),
      cmocka_unit_test(too_few_different_rows_are_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
