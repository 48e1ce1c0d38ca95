/*
** test_kmedoids.c -- k-medoids against every choice of rows, distances against plain loops, the
** swaps against a plain PAM, ties, samples, bytes.
*/
#include "../../algorithms/cluster/kmedoids_private.h"
#include "kmeans_fixture.h"
#include "slow_fixture.h"

extern const mine_algorithm mine__algorithm_kmedoids;

static const char *const plans[] = {"basic", "gold", "silver", NULL};

static mine_model *fit(fixture *f, const char *options) {
  return fixture_fit_by(f, &mine__algorithm_kmedoids, options);
}

static const mine_medoids *body_of(const mine_model *model) {
  return model->body;
}

static void ask(fixture *f, const mine_model *model, int32_t *cluster, double *distance) {
  const mine_batch batch = {f->n, NULL, f->view};
  mine_answers out = {.group = cluster, .distance = distance};
  assert_int_equal(model->kind->answer(f->env, model, &batch, &out), MINE_OK);
}

/* Two numbers with gaps and two categories with gaps, in groups. */
static void fill(fixture *f, uint64_t seed, int gaps) {
  mine_random random;
  mine__random_open(&random, seed, 2, 2);
  double *x = fixture_numbers(f, "x", NULL), *y = fixture_numbers(f, "y", NULL);
  int32_t *a = fixture_codes(f, "a", NULL, plans), *b = fixture_codes(f, "b", NULL, plans);
  for (int64_t i = 0; i < f->n; i++) {
    const int g = (int)mine__random_below(&random, 4);
    x[i] = 3 * g + fixture_normal(&random);
    y[i] =
        gaps && mine__random_below(&random, 8) == 0 ? NAN : (g % 2) * 4 + fixture_normal(&random);
    a[i] = g % 3;
    b[i] = gaps && mine__random_below(&random, 6) == 0 ? MINE_CODE_MISSING
                                                       : (int32_t)mine__random_below(&random, 3);
  }
}

/* ---- plain loops ---------------------------------------------------------------------------- */

static double cell_apart(const fixture *f, int j, int64_t p, int64_t q, double range, int *known) {
  const mine_feature_view *view = &f->view[j];
  if (view->code) {
    *known = view->code[p] >= 0 && view->code[q] >= 0;
    return view->code[p] != view->code[q];
  }
  *known = !isnan(view->number[p]) && !isnan(view->number[q]);
  return fabs(view->number[p] - view->number[q]) / range;
}

static double plain_gower(const fixture *f, int64_t p, int64_t q) {
  double sum = 0, count = 0;
  for (int j = 0; j < f->width; j++) {
    double least = INFINITY, most = -INFINITY;
    int known;
    for (int64_t i = 0; f->view[j].number && i < f->n; i++) {
      least = fmin(least, f->view[j].number[i]);
      most = fmax(most, f->view[j].number[i]);
    }
    const double apart = cell_apart(f, j, p, q, most - least, &known);
    if (!known) continue;
    sum += apart;
    count++;
  }
  return count > 0 ? sum / count : 1;
}

/* Of two numbers as they are. */
static double plain_numbers(const fixture *f, int64_t p, int64_t q, mine_space space) {
  double squares = 0, sum = 0, product = 0, pp = 0, qq = 0;
  for (int j = 0; j < f->width; j++) {
    const double x = f->view[j].number[p], y = f->view[j].number[q];
    squares += (x - y) * (x - y);
    sum += fabs(x - y);
    product += x * y;
    pp += x * x;
    qq += y * y;
  }
  return space == MINE_SPACE_EUCLIDEAN   ? sqrt(squares)
         : space == MINE_SPACE_MANHATTAN ? sum
                                         : 1 - product / sqrt(pp * qq);
}

/* The least cost of all choices of two rows, or three. */
static double best_of(const double *d, int n, int k) {
  double best = INFINITY;
  for (int a = 0; a < n; a++)
    for (int b = a + 1; b < n; b++)
      for (int c = k == 3 ? b + 1 : b; c < (k == 3 ? n : b + 1); c++) {
        double cost = 0;
        for (int i = 0; i < n; i++)
          cost += fmin(fmin(d[i * n + a], d[i * n + b]), d[i * n + c]);
        best = fmin(best, cost);
      }
  return best;
}

static void the_best_of_all_choices_is_found(void **state) {
  enum { n = 40 };
  static const char *const metrics[] = {"euclidean", "manhattan", "cosine", "gower"};
  double d[n * n];
  (void)state;
  for (int m = 0; m < 4; m++) {
    for (uint64_t seed = 1; seed <= 4; seed++) {
      fixture f;
      fixture_open(&f, n);
      if (m == 3)
        fill(&f, seed, 1);
      else
        fixture_groups(&f, 2, 4, 12, seed);
      for (int p = 0; p < n; p++)
        for (int q = 0; q < n; q++)
          d[p * n + q] = p == q   ? 0
                         : m == 3 ? plain_gower(&f, p, q)
                                  : plain_numbers(&f, p, q, (mine_space)m);
      for (int k = 2; k <= 3; k++) {
        char options[80];
        snprintf(options, sizeof options, "k=%d,metric=%s,scale=none,starts=20", k, metrics[m]);
        mine_model *model = fit(&f, options);
        const double best = best_of(d, n, k), cost = body_of(model)->cost;
        if (fabs(cost - best) > 1e-9 * best)
          fail_msg("%s, seed %d, k=%d: %.12g, and %.12g can be had", metrics[m], (int)seed, k, cost,
                   best);
        mine_model_free(model);
      }
      fixture_close(&f);
    }
  }
}

/* ---- the parts ------------------------------------------------------------------------------ */

/* A matrix of 300 points in three dimensions. */
static void parts_open(fixture *f, mine_neighbours *space, kmedoids_matrix *matrix,
                       mine_space metric) {
  const mine__neighbours_how how = {.space = metric, .scale = MINE_SCALE_NONE};
  fixture_open(f, 300);
  fixture_groups(f, 3, 6, 8, 3);
  assert_int_equal(mine__neighbours_fit(f->env, f->env->scratch, &f->data, &how, space), MINE_OK);
  mine__kmedoids_measure(f->env, space, space->point, f->n, NULL, matrix);
  assert_int_equal(mine_env_status(f->env), MINE_OK);
}

static void distances_are_those_of_plain_loops(void **state) {
  (void)state;
  for (int metric = 0; metric < 3; metric++) {
    mine_neighbours space;
    kmedoids_matrix matrix;
    fixture f;
    parts_open(&f, &space, &matrix, (mine_space)metric);
    for (int64_t p = 0; p < f.n; p++)
      for (int64_t q = 0; q < f.n; q++) {
        const double plain = p == q ? 0 : plain_numbers(&f, p, q, (mine_space)metric);
        const double ours = (double)kmedoids_from(&matrix, p)[q];
        assert_true(ours < 1 && fabs(ours * matrix.unit - plain) <= 2e-7 * plain + 1e-14);
        assert_true(ours == (double)kmedoids_from(&matrix, q)[p]);
      }
    fixture_close(&f);
  }
}

/* The mean of 1 - nearest / second over all rows, by a plain loop. */
static double plain_medoid_silhouette(const kmedoids_matrix *matrix, const int64_t *medoid, int k) {
  double sum = 0;
  for (int64_t i = 0; i < matrix->n; i++) {
    double near = INFINITY, next = INFINITY;
    for (int c = 0; c < k; c++) {
      const double d = (double)kmedoids_from(matrix, medoid[c])[i];
      next = d < near ? near : d < next ? d : next;
      near = d < near ? d : near;
    }
    sum += near > 0 ? 1 - near / next : 1;
  }
  return sum / (double)matrix->n;
}

static void is_as_looked_at_afresh(const kmedoids_run *run, const kmedoids_run *fresh) {
  assert_true(fabs(run->cost - fresh->cost) < 1e-12 * (1 + fabs(fresh->cost)));
  for (int r = 0; r < run->aim->ranks; r++)
    for (int64_t i = 0; i < run->matrix->n; i++)
      assert_true(run->far[r][i] == fresh->far[r][i]);
  for (int c = 0; c < run->k; c++)
    assert_true(fabs(run->removal[c] - fresh->removal[c]) < 1e-9);
}

/* What is kept from swap to swap is what a fresh look finds; no swap of two rows is left that
** lowers the cost. */
static void swaps_end_where_none_is_better(void **state) {
  (void)state;
  for (int k = 1; k <= 7; k++) {
    for (int silhouette = 0; silhouette < (k > 1 ? 2 : 1); silhouette++) {
      const kmedoids_aim *aim = silhouette ? &mine__kmedoids_msc : &mine__kmedoids_pam;
      mine_neighbours space;
      kmedoids_matrix matrix;
      kmedoids_run run, fresh;
      fixture f;
      parts_open(&f, &space, &matrix, MINE_SPACE_EUCLIDEAN);
      mine__kmedoids_run_open(f.env, &matrix, k, aim, &run);
      for (int c = 0; c < k; c++)
        run.medoid[c] = c;
      mine__kmedoids_swap(f.env, &run, 100);
      if (run.swaps == 0 || run.swaps >= 100)
        fail_msg("k=%d, aim %d: %d swaps", k, silhouette, (int)run.swaps);
      mine__kmedoids_run_open(f.env, &matrix, k, aim, &fresh);
      memcpy(fresh.medoid, run.medoid, (size_t)k * sizeof *run.medoid);
      mine__kmedoids_nearest(f.env, &fresh);
      is_as_looked_at_afresh(&run, &fresh);
      if (silhouette)
        assert_true(fabs(mine__kmedoids_medoid_silhouette(&run) -
                         plain_medoid_silhouette(&matrix, run.medoid, k)) < 1e-12);
      for (int c = 0; c < k; c++) {
        for (int64_t x = 0; x < f.n; x++) {
          const int64_t was = fresh.medoid[c];
          if (run.far[0][x] == 0) continue; /* two medoids at one place are none */
          fresh.medoid[c] = x;
          mine__kmedoids_nearest(f.env, &fresh);
          if (fresh.cost < run.cost * (1 - 1e-9))
            fail_msg("k=%d, aim %d: %.12g, and %.12g with %d for %d", k, silhouette, run.cost,
                     fresh.cost, (int)x, c);
          fresh.medoid[c] = was;
        }
      }
      fixture_close(&f);
    }
  }
}

/* Without each medoid the cost is what was said, and the one that is missed least goes. */
static void the_medoid_that_is_missed_least_goes(void **state) {
  (void)state;
  for (int silhouette = 0; silhouette < 2; silhouette++) {
    const kmedoids_aim *aim = silhouette ? &mine__kmedoids_msc : &mine__kmedoids_pam;
    enum { k = 6 };
    mine_neighbours space;
    kmedoids_matrix matrix;
    kmedoids_run run, other;
    double least = INFINITY;
    fixture f;
    parts_open(&f, &space, &matrix, MINE_SPACE_EUCLIDEAN);
    mine__kmedoids_run_open(f.env, &matrix, k, aim, &run);
    mine__kmedoids_run_open(f.env, &matrix, k, aim, &other);
    for (int c = 0; c < k; c++)
      run.medoid[c] = 17 * c;
    mine__kmedoids_nearest(f.env, &run);
    for (int without = 0; without < k; without++) {
      other.k = 0;
      for (int c = 0; c < k; c++)
        if (c != without) other.medoid[other.k++] = run.medoid[c];
      mine__kmedoids_nearest(f.env, &other);
      assert_true(fabs(run.cost + run.removal[without] - other.cost) < 1e-9);
      least = fmin(least, other.cost);
    }
    mine__kmedoids_drop(f.env, &run);
    assert_true(run.k == k - 1 && fabs(run.cost - least) < 1e-9);
    fixture_close(&f);
  }
}

/* The first medoid has the smallest sum, the next lowers the cost most. */
static void build_is_greedy(void **state) {
  mine_neighbours space;
  kmedoids_matrix matrix;
  kmedoids_run run, other;
  mine_random random;
  fixture f;
  (void)state;
  parts_open(&f, &space, &matrix, MINE_SPACE_MANHATTAN);
  mine__random_open(&random, 1, 1, 1);
  mine__kmedoids_run_open(f.env, &matrix, 4, &mine__kmedoids_pam, &run);
  mine__kmedoids_build(f.env, &run, 1, &random);
  assert_int_equal(run.distinct, 4);
  for (int k = 1; k <= 4; k++) {
    mine__kmedoids_run_open(f.env, &matrix, k, &mine__kmedoids_pam, &other);
    memcpy(other.medoid, run.medoid, (size_t)k * sizeof *run.medoid);
    mine__kmedoids_nearest(f.env, &other);
    const double cost = other.cost;
    for (int64_t x = 0; x < f.n; x++) {
      other.medoid[k - 1] = x;
      mine__kmedoids_nearest(f.env, &other);
      assert_true(other.cost >= cost * (1 - 1e-12));
    }
  }
  fixture_close(&f);
}

static void silhouettes_are_those_of_all_pairs(void **state) {
  mine_neighbours space;
  kmedoids_matrix matrix;
  int32_t cluster[300];
  fixture f;
  (void)state;
  parts_open(&f, &space, &matrix, MINE_SPACE_EUCLIDEAN);
  for (int i = 0; i < 300; i++)
    cluster[i] = i % 7 == 0 ? 2 : i % 3 == 0; /* 3 is not used */
  double total = 0;
  for (int i = 0; i < 300; i++) {
    double sum[3] = {0}, rows[3] = {0};
    for (int o = 0; o < 300; o++) {
      sum[cluster[o]] += plain_numbers(&f, i, o, MINE_SPACE_EUCLIDEAN);
      rows[cluster[o]]++;
    }
    const int own = cluster[i];
    const double a = sum[own] / (rows[own] - 1);
    double b = INFINITY;
    for (int c = 0; c < 3; c++)
      if (c != own) b = fmin(b, sum[c] / rows[c]);
    total += (b - a) / fmax(a, b);
  }
  assert_true(fabs(mine__kmedoids_silhouette(f.env, &matrix, cluster, 4) - total / 300) < 1e-6);
  fixture_close(&f);
}

/* ---- the model ------------------------------------------------------------------------------ */

/* The rows at distance 0 are the medoids; labels, sizes, the cost and the order agree; ties go to
** the larger cluster. */
static void the_model_says_of_its_rows_what_the_fit_found(void **state) {
  enum { n = 700 };
  static const char *const options[] = {"k=5", "k=5,metric=manhattan", "k=5,metric=gower",
                                        "k=5,metric=cosine,scale=standard",
                                        "k=5,metric=gower,exact_rows=300,sample_rows=200"};
  static int32_t cluster[n];
  static double distance[n];
  (void)state;
  for (size_t o = 0; o < sizeof options / sizeof options[0]; o++) {
    fixture f;
    fixture_open(&f, n);
    fill(&f, 8, 1);
    mine_model *model = fit(&f, options[o]);
    const mine_medoids *body = body_of(model);
    int64_t rows[5] = {0};
    int at[5] = {0};
    double cost = 0;
    ask(&f, model, cluster, distance);
    for (int i = 0; i < n; i++) {
      assert_true(cluster[i] >= 1 && cluster[i] <= 5);
      rows[cluster[i] - 1]++;
      at[cluster[i] - 1] |= distance[i] <= 1e-7;
      cost += distance[i];
    }
    assert_true(fabs(cost - body->cost) <= 1e-9 * cost);
    for (int c = 0; c < 5; c++) {
      assert_true(rows[c] == body->profile.rows[c] && at[c]);
      if (c > 0) assert_true(rows[c] <= rows[c - 1]);
    }
    mine_model_free(model);
    fixture_close(&f);
  }
}

static void any_number_of_threads_gives_the_same_bits(void **state) {
  (void)state;
  static const char *const options[] = {"k=auto,max_k=6,starts=2", "k=4,metric=gower,starts=3",
                                        "k=4,exact_rows=500,sample_rows=300,samples=3"};
  for (size_t o = 0; o < sizeof options / sizeof options[0]; o++) {
    double cost[2];
    double point[2][6 * 8];
    int64_t k[2];
    memset(point, 0, sizeof point);
    for (int t = 0; t < 2; t++) {
      fixture f;
      fixture_open(&f, 1200);
      fill(&f, 5, 1);
      mine__env_set_threads(f.env, t ? 4 : 1);
      mine_model *model = fit(&f, options[o]);
      const mine_medoids *body = body_of(model);
      k[t] = body->rows.n;
      cost[t] = body->cost;
      assert_true(k[t] <= 6 && body->rows.width <= 8);
      memcpy(point[t], body->rows.point,
             (size_t)(k[t] * body->rows.width) * sizeof *body->rows.point);
      mine_model_free(model);
      fixture_close(&f);
    }
    assert_true(k[0] == k[1] && cost[0] == cost[1]);
    assert_memory_equal(point[0], point[1], sizeof point[0]);
  }
}

static void auto_finds_the_number_of_groups(void **state) {
  (void)state;
  for (int groups = 2; groups <= 6; groups += 2) {
    fixture f;
    fixture_open(&f, 400);
    fixture_groups(&f, 4, groups, 60, 77);
    mine_model *model = fit(&f, "k=auto,max_k=8");
    assert_int_equal(body_of(model)->rows.n, groups);
    assert_int_equal(model->told.notes.item.n, 9); /* seven candidates, the choice, twice */
    mine_model_free(model);
    fixture_close(&f);
  }
}

/* Samples of a third of the rows come close to all pairs. */
static void samples_come_close(void **state) {
  fixture f;
  (void)state;
  fixture_open(&f, 3000);
  fixture_groups(&f, 3, 6, 20, 4);
  mine_model *whole = fit(&f, "k=6"), *sampled = fit(&f, "k=6,exact_rows=1500,sample_rows=1000");
  assert_true(body_of(sampled)->cost >= body_of(whole)->cost * (1 - 1e-9));
  assert_true(body_of(sampled)->cost <= body_of(whole)->cost * 1.02);
  mine_model_free(whole);
  mine_model_free(sampled);
  fixture_close(&f);
}

static void weights_count_as_repeated_rows(void **state) {
  enum { n = 60 };
  fixture f, twice;
  uint32_t row[2 * n];
  double weight[n];
  (void)state;
  fixture_open(&f, n);
  fill(&f, 9, 0);
  fixture_twice(&f, &twice, weight, row);
  mine_model *a = fit(&f, "k=3,starts=20"), *b = fit(&twice, "k=3,starts=20");
  assert_true(fabs(body_of(a)->cost - body_of(b)->cost) < 1e-9);
  mine_model_free(a);
  mine_model_free(b);
  fixture_close(&f);
}

/* ---- odd rows ------------------------------------------------------------------------------- */

static void rows_of_zeros_are_alike_by_cosine(void **state) {
  const double x[] = {0, 0, 1, 2, 0, 0}, y[] = {0, 0, 0, 0, 3, 4};
  int32_t cluster[6];
  double distance[6];
  fixture f;
  (void)state;
  fixture_open(&f, 6);
  fixture_numbers(&f, "x", x);
  fixture_numbers(&f, "y", y);
  mine_model *model = fit(&f, "k=3,metric=cosine");
  ask(&f, model, cluster, distance);
  assert_true(cluster[0] == cluster[1] && cluster[2] == cluster[3] && cluster[4] == cluster[5]);
  for (int i = 0; i < 6; i++)
    assert_true(distance[i] == 0);
  assert_true(body_of(model)->cost == 0);
  mine_model_free(model);
  fixture_close(&f);
}

static void too_few_different_rows_are_an_error(void **state) {
  const double x[] = {1, 1, 1, 2, 3};
  mine_model *model;
  fixture f;
  (void)state;
  fixture_open(&f, 5);
  fixture_numbers(&f, "x", x);
  assert_int_equal(fixture_try_by(&f, &mine__algorithm_kmedoids, "k=4", &model), MINE_DATA);
  assert_non_null(strstr(mine_env_error(f.env), "only 3 of the 5 rows differ; use k=3 or fewer"));
  fixture_close(&f);
  fixture_open(&f, 5);
  fixture_numbers(&f, "x", x);
  model = fit(&f, "k=auto"); /* no more than there are */
  assert_int_equal(body_of(model)->rows.n, 3);
  mine_model_free(model);
  fixture_close(&f);
}

static void one_row_is_one_cluster(void **state) {
  const double x[] = {4};
  (void)state;
  for (int automatic = 0; automatic < 2; automatic++) {
    fixture f;
    fixture_open(&f, 1);
    fixture_numbers(&f, "x", x);
    mine_model *model = fit(&f, automatic ? "k=auto" : "k=1");
    assert_true(body_of(model)->rows.n == 1 && body_of(model)->cost == 0);
    mine_model_free(model);
    fixture_close(&f);
  }
}

/* Distances that floats do not hold in the units of the table. */
static void units_do_not_matter(void **state) {
  (void)state;
  for (int e = -300; e <= 140; e += 110) {
    double x[6] = {1, 2, 3, 11, 12, 13};
    int32_t cluster[6];
    double distance[6];
    fixture f;
    fixture_open(&f, 6);
    for (int i = 0; i < 6; i++)
      x[i] *= pow(10, e);
    fixture_numbers(&f, "x", x);
    mine_model *model = fit(&f, "k=2,metric=manhattan,scale=none");
    ask(&f, model, cluster, distance);
    assert_true(cluster[0] == cluster[2] && cluster[3] == cluster[5] && cluster[0] != cluster[3]);
    assert_true(fabs(body_of(model)->cost / pow(10, e) - 4) < 1e-9);
    mine_model_free(model);
    fixture_close(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_best_of_all_choices_is_found),
      cmocka_unit_test(distances_are_those_of_plain_loops),
      cmocka_unit_test(swaps_end_where_none_is_better),
      cmocka_unit_test(the_medoid_that_is_missed_least_goes),
      cmocka_unit_test(build_is_greedy),
      cmocka_unit_test(silhouettes_are_those_of_all_pairs),
      cmocka_unit_test(the_model_says_of_its_rows_what_the_fit_found),
      cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
      cmocka_unit_test(auto_finds_the_number_of_groups),
      cmocka_unit_test(samples_come_close),
      cmocka_unit_test(weights_count_as_repeated_rows),
      cmocka_unit_test(rows_of_zeros_are_alike_by_cosine),
      cmocka_unit_test(too_few_different_rows_are_an_error),
      cmocka_unit_test(one_row_is_one_cluster),
      cmocka_unit_test(units_do_not_matter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
