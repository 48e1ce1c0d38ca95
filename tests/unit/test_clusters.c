/*
** test_clusters.c -- what is said of clusters whatever found them: the profile against sums done
** by hand, its bytes, renumbering, and the figures of validity against their definitions.
*/
#include "../../algorithms/core/bytes.h"
#include "../../algorithms/kernel/assignment.h"
#include "../../algorithms/kernel/cluster_validity.h"
#include "../../algorithms/model/cluster_align.h"
#include "../../algorithms/model/cluster_profile.h"
#include "../../algorithms/model/partition_measures.h"
#include "kmeans_fixture.h"

static const char *const plans[] = {"basic", "gold", "silver", NULL};

static void assert_near(double a, double b) {
  if (!(fabs(a - b) <= 1e-12 * fmax(1, fabs(b)))) {
    print_message("%.17g is not %.17g\n", a, b);
    fail();
  }
}

/* ---- the profile ------------------------------------------------------------------------ */

/* Seven rows in two clusters and one in none; x and plan have a gap each. */
static const int32_t label[] = {0, 0, 0, 1, 1, -1, 0};

static void profiled(fixture *f, mine_encoding *e, mine_cluster_profile *p) {
  const double x[] = {1, 2, NAN, 10, 12, 100, 3};
  const int32_t code[] = {0, 1, 1, 2, -1, 0, 1};
  fixture_open(f, 7);
  fixture_numbers(f, "x", x);
  fixture_codes(f, "plan", code, plans);
  f->about[0].mean = 128.0 / 6;
  assert_int_equal(mine__encoding_fit(f->env, f->env->scratch, &f->data, MINE_SCALE_STANDARD, e),
                   MINE_OK);
  assert_int_equal(mine__cluster_profile_make(f->env, f->env->scratch, e, &f->data, label, 2, p),
                   MINE_OK);
}

static void rows_in_no_cluster_count_among_all(void **state) {
  fixture f;
  mine_encoding e = {0};
  mine_cluster_profile p;
  (void)state;
  profiled(&f, &e, &p);
  assert_int_equal(e.width, 4);
  assert_int_equal(p.k, 2);
  assert_int_equal(p.rows[0], 4);
  assert_int_equal(p.rows[1], 2);
  assert_int_equal(p.noise, 1);
  assert_near(p.value[0], 2); /* 1, 2, 3 */
  assert_near(p.value[4], 11);
  assert_near(p.value[1], 0.25); /* basic: one of four */
  assert_near(p.value[2], 0.75);
  assert_near(p.value[4 + 3], 1); /* silver: the one known */
  assert_near(p.apart[0], 100);
  assert_near(p.apart[1], 1);
  assert_near(p.overall[0], 128.0 / 6);
  assert_near(p.overall[1], 2.0 / 6);
  assert_near(p.deviation[1], sqrt(2.0 / 6 * 4 / 6));
  fixture_close(&f);
}

/* Written, read and renumbered: cluster 1 becomes 2 and 2 becomes 1. */
static void bytes_come_back_and_clusters_change_places(void **state) {
  fixture f;
  mine_encoding e = {0};
  mine_cluster_profile p, q;
  const int32_t group[] = {1, 1, 1, 2, 2, 0, 1}, other[] = {1, 0};
  const double distance[] = {0, 1, 2, 5, 7, 50, 3};
  mine_writer w;
  (void)state;
  profiled(&f, &e, &p);
  assert_int_equal(mine__cluster_profile_distances(f.env, f.env->scratch, group, distance, 7, &p),
                   MINE_OK);
  assert_near(p.distance[0], 1.5);
  assert_near(p.distance[1], 2.7);
  assert_near(p.distance[MINE_CLUSTER_QUANTILES], 6);
  mine__text_open(&w.text, f.env->scratch);
  mine__cluster_profile_save(&p, e.width, &w);
  mine_reader r = {.env = f.env,
                   .arena = f.env->scratch,
                   .at = (const uint8_t *)w.text.data,
                   .end = (const uint8_t *)w.text.data + w.text.bytes};
  mine__cluster_profile_load(&r, e.width, 2, &q);
  assert_true(mine__reader_ok(&r));
  assert_true(r.at == r.end);
  assert_memory_equal(p.value, q.value, 8 * sizeof(double));
  assert_memory_equal(p.apart, q.apart, 4 * sizeof(double));
  assert_memory_equal(p.distance, q.distance, 2 * MINE_CLUSTER_QUANTILES * sizeof(double));
  assert_int_equal(q.noise, 1);
  assert_int_equal(mine__cluster_profile_renumber(f.env, &q, e.width, other), MINE_OK);
  assert_int_equal(q.rows[0], 2);
  assert_memory_equal(p.value, q.value + 4, 4 * sizeof(double));
  assert_memory_equal(p.value + 4, q.value, 4 * sizeof(double));
  assert_near(q.distance[0], 6);
  fixture_close(&f);
}

static void a_profile_that_cannot_be_is_refused(void **state) {
  fixture f;
  mine_encoding e = {0};
  mine_cluster_profile p, q;
  mine_writer w;
  (void)state;
  profiled(&f, &e, &p);
  for (int bad = 0; bad < 2; bad++) {
    if (bad) p.rows[1] = -1;
    mine__text_open(&w.text, f.env->scratch);
    mine__cluster_profile_save(&p, e.width, &w);
    for (size_t cut = bad ? 0 : 1; cut < w.text.bytes; cut++) {
      mine_reader r = {.env = f.env,
                       .arena = f.env->scratch,
                       .at = (const uint8_t *)w.text.data,
                       .end = (const uint8_t *)w.text.data + w.text.bytes - cut};
      mine__cluster_profile_load(&r, e.width, 2, &q);
      assert_false(mine__reader_ok(&r));
    }
  }
  fixture_close(&f);
}

static void profiles_are_the_same_for_any_threads(void **state) {
  enum { n = 5000 };
  static int32_t of[n];
  double *first = NULL;
  (void)state;
  for (int threads = 1; threads <= 5; threads += 2) {
    fixture f;
    mine_encoding e = {0};
    mine_cluster_profile p;
    fixture_open(&f, n);
    fixture_groups(&f, 3, 4, 3, 8);
    mine__env_set_threads(f.env, threads);
    for (int64_t i = 0; i < n; i++)
      of[i] = (int32_t)(i % 6) - 1;
    assert_int_equal(mine__encoding_fit(f.env, f.env->scratch, &f.data, MINE_SCALE_STANDARD, &e),
                     MINE_OK);
    assert_int_equal(mine__cluster_profile_make(f.env, f.env->scratch, &e, &f.data, of, 5, &p),
                     MINE_OK);
    const size_t bytes = 5 * (size_t)e.width * sizeof(double);
    if (!first) first = memcpy(malloc(bytes), p.value, bytes);
    assert_memory_equal(first, p.value, bytes);
    fixture_close(&f);
  }
  free(first);
}

/* ---- validity --------------------------------------------------------------------------- */

/* By the definitions, one loop after the other. */
static void plain(const mine__clustered *q, double *harabasz, double *bouldin) {
  double mean[8][4] = {{0}}, middle[4] = {0}, spread[8] = {0}, within = 0, between = 0, all = 0;
  int64_t rows[8] = {0}, n = 0, used = 0;
  for (int64_t i = 0; i < q->n; i++) {
    const int32_t c = q->cluster[i];
    if (c < 0) continue;
    rows[c]++;
    n++;
    for (int j = 0; j < q->width; j++)
      mean[c][j] += q->point[i * q->width + j];
  }
  for (int c = 0; c < q->k; c++) {
    used += rows[c] > 0;
    for (int j = 0; rows[c] > 0 && j < q->width; j++) {
      middle[j] += mean[c][j] / (double)n;
      mean[c][j] /= (double)rows[c];
    }
  }
  for (int64_t i = 0; i < q->n; i++) {
    const int32_t c = q->cluster[i];
    double square = 0;
    for (int j = 0; c >= 0 && j < q->width; j++)
      square += pow(q->point[i * q->width + j] - mean[c][j], 2);
    within += square;
    if (c >= 0) spread[c] += sqrt(square) / (double)rows[c];
  }
  for (int c = 0; c < q->k; c++) {
    double worst = 0;
    for (int d = 0; d < q->k; d++) {
      double square = 0;
      for (int j = 0; j < q->width; j++)
        square += pow(mean[c][j] - mean[d][j], 2);
      if (rows[c] && rows[d] && c != d) worst = fmax(worst, (spread[c] + spread[d]) / sqrt(square));
    }
    all += worst;
    for (int j = 0; j < q->width; j++)
      between += (double)rows[c] * pow(mean[c][j] - middle[j], 2);
  }
  *bouldin = all / (double)used;
  *harabasz = between / (double)(used - 1) / (within / (double)(n - used));
}

static void read_points(const void *context, int64_t first, int64_t count, double *out) {
  memcpy(out, (const double *)context + first * 4, (size_t)count * 4 * sizeof(double));
}

static void validity_is_as_defined(void **state) {
  enum { n = 6001 };
  static double point[n * 4];
  static int32_t of[n];
  mine_env *env;
  mine_random random;
  double harabasz, bouldin, first = NAN;
  (void)state;
  mine__random_open(&random, 1, 2, 3);
  for (int64_t i = 0; i < n; i++) {
    of[i] = (int32_t)(i % 7) - 1; /* -1: in none; 6 is not used */
    for (int j = 0; j < 4; j++)
      point[i * 4 + j] = of[i] * (j + 1) + 3 * mine__random_real(&random);
  }
  mine__clustered q = {n, 4, point, of, 7};
  plain(&q, &harabasz, &bouldin);
  for (int threads = 1; threads <= 3; threads++) {
    assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
    mine__env_set_threads(env, threads);
    const double here = mine__calinski_harabasz(env, &q);
    assert_near(here, harabasz);
    assert_near(mine__davies_bouldin(env, &q), bouldin);
    if (threads == 1) first = here;
    assert_memory_equal(&here, &first, sizeof here);
    q.point = NULL;
    const mine__validity v = mine__cluster_validity(env, &q, read_points, point);
    q.point = point;
    assert_memory_equal(&v.calinski_harabasz, &first, sizeof first);
    assert_int_equal(v.used, 6);
    mine_env_close(env);
  }
}

static void validity_of_what_cannot_be_measured(void **state) {
  const double point[] = {1, 2, 3, 3};
  const int32_t one[] = {0, 0, 0, 0}, each[] = {0, 1, 2, 3}, none[] = {-1, -1, -1, -1};
  const int32_t exact[] = {0, 1, 2, 2};
  mine_env *env;
  (void)state;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  assert_true(isnan(mine__calinski_harabasz(env, &(mine__clustered){4, 1, point, one, 1})));
  assert_true(isnan(mine__davies_bouldin(env, &(mine__clustered){4, 1, point, each, 4})));
  assert_true(isnan(mine__calinski_harabasz(env, &(mine__clustered){4, 1, point, none, 2})));
  assert_near(mine__calinski_harabasz(env, &(mine__clustered){4, 1, point, exact, 3}), 1);
  assert_near(mine__davies_bouldin(env, &(mine__clustered){4, 1, point, exact, 3}), 0);
  mine_env_close(env);
}

/* ---- assignment ------------------------------------------------------------------------- */

/* The least sum over all ways, one row after the other. */
static double least(const double *cost, int rows, int columns, int row, unsigned taken, int left) {
  double best = INFINITY;
  if (row == rows) return 0;
  if (left > 0) best = least(cost, rows, columns, row + 1, taken, left - 1);
  for (int j = 0; j < columns; j++)
    if (!(taken & (1u << j)))
      best = fmin(best, cost[row * columns + j] +
                            least(cost, rows, columns, row + 1, taken | (1u << j), left));
  return best;
}

static void pairs_cost_the_least(void **state) {
  mine_env *env;
  mine_random random;
  (void)state;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__random_open(&random, 4, 1, 1);
  for (int round = 0; round < 400; round++) {
    double cost[49], sum = 0;
    int32_t of[7];
    unsigned taken = 0;
    const int rows = 1 + round % 7, columns = 1 + round / 7 % 7;
    int given = 0;
    for (int i = 0; i < rows * columns; i++) /* ties in every other round */
      cost[i] = round % 2 ? mine__random_real(&random) : (double)mine__random_below(&random, 4);
    assert_int_equal(mine__assign(env, cost, rows, columns, of), MINE_OK);
    for (int i = 0; i < rows; i++) {
      if (of[i] < 0) continue;
      assert_true(of[i] < columns && !(taken & (1u << of[i])));
      taken |= 1u << of[i];
      sum += cost[i * columns + of[i]];
      given++;
    }
    assert_int_equal(given, rows < columns ? rows : columns);
    assert_near(sum, least(cost, rows, columns, 0, 0, rows > columns ? rows - columns : 0));
  }
  mine_env_close(env);
}

static void old_numbers_are_kept_where_there_is_room(void **state) {
  int32_t old_of[] = {2, -1, 0, 4}, number[4];
  const int32_t expected[] = {2, 1, 0, 3}; /* the fifth of old cannot be one of four */
  const mine__alignment a = {.k_old = 5, .k_new = 4, .old_of = old_of};
  (void)state;
  mine__alignment_numbers(&a, number);
  assert_memory_equal(number, expected, sizeof number);
}

/* ---- partitions ------------------------------------------------------------------------- */

/* scikit-learn 1.2.1; a row without a class does not count. */
static void partitions_agree_as_measured_elsewhere(void **state) {
  const int32_t of[] = {0, 0, 0, 1, 1, 1, 2, 2, -1}, in[] = {0, 0, 1, 1, 1, 3, 3, 3, 2};
  mine_env *env;
  (void)state;
  for (int threads = 1; threads <= 3; threads++) {
    assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
    mine__env_set_threads(env, threads);
    const mine__agreement a = mine__partitions_agree(env, of, 3, in, 4, 9);
    assert_int_equal(a.rows, 8);
    assert_near(a.purity, 6.0 / 8);
    assert_near(a.v_measure, 2 * a.homogeneity * a.completeness / (a.homogeneity + a.completeness));
    /* pairs: 3 together in both, 7 in the classes, 7 in the clusters, 28 in all */
    assert_near(a.adjusted_rand, (3 - 49.0 / 28) / (7 - 49.0 / 28));
    mine_env_close(env);
  }
}

/* By hand: rows are clusters of before, columns those of now, the first of each noise. */
static void members_say_who_is_who(void **state) {
  const int64_t common[] = {5, 1,  0, 0,  /* noise                                */
                            2, 60, 0, 38, /* two thirds stay: the same            */
                            0, 0,  9, 0,  /* all stay, and others come            */
                            0, 3,  6, 4}; /* spread: gone, as nobody is its third */
  mine__alignment a;
  mine_env *env;
  (void)state;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  assert_int_equal(mine__clusters_align_members(env, env->scratch, common, 3, 3, &a), 1);
  assert_int_equal(a.found, 2);
  assert_int_equal(a.new_of[0], 0);
  assert_int_equal(a.new_of[1], 1);
  assert_int_equal(a.new_of[2], -1);
  assert_int_equal(a.old_of[2], -1);
  assert_near(a.stayed[0], 60.0 / 100);
  assert_near(a.came[0], 60.0 / 64);
  assert_near(a.way[0], (1 - 60.0 / 104) * 1.5);
  assert_near(a.stayed[1], 1);
  assert_near(a.came[1], 9.0 / 15);
  assert_near(a.way[1], (1 - 9.0 / 15) * 1.5);
  assert_true(isnan(a.way[2]));
  mine_env_close(env);
}

/* Numbers and sizes by chance: what stands is mutual, above a third, and no pairing has more. */
static void members_are_paired_best(void **state) {
  mine_random r;
  mine_env *env;
  (void)state;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__random_open(&r, 3, 1, 0);
  for (int t = 0; t < 200; t++) {
    int64_t common[16], sum = 0, most = 0;
    mine__alignment a;
    for (int i = 0; i < 16; i++)
      common[i] = mine__random_below(&r, 3) ? 0 : (int64_t)mine__random_below(&r, 50);
    assert_int_equal(mine__clusters_align_members(env, env->scratch, common, 3, 3, &a), 1);
    for (int o = 0; o < 3; o++) {
      if (a.new_of[o] < 0) continue;
      assert_int_equal(a.old_of[a.new_of[o]], o);
      assert_true(a.way[a.new_of[o]] >= 0 && a.way[a.new_of[o]] < 1);
      sum += common[(o + 1) * 4 + a.new_of[o] + 1];
    }
    for (int p = 0; p < 27; p++) {
      const int c[] = {p % 3, p / 3 % 3, p / 9};
      int64_t all = 0, clear = 1;
      if (c[0] == c[1] || c[1] == c[2] || c[0] == c[2]) continue;
      for (int o = 0; o < 3; o++) {
        const int64_t both = common[(o + 1) * 4 + c[o] + 1];
        int64_t either = -both;
        for (int i = 0; i < 4; i++)
          either += common[(o + 1) * 4 + i] + common[i * 4 + c[o] + 1];
        clear &= 3 * both > either;
        all += both;
      }
      if (clear && all > most) most = all;
    }
    assert_true(sum >= most);
  }
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_in_no_cluster_count_among_all),
      cmocka_unit_test(bytes_come_back_and_clusters_change_places),
      cmocka_unit_test(a_profile_that_cannot_be_is_refused),
      cmocka_unit_test(profiles_are_the_same_for_any_threads),
      cmocka_unit_test(validity_is_as_defined),
      cmocka_unit_test(validity_of_what_cannot_be_measured),
      cmocka_unit_test(pairs_cost_the_least),
      cmocka_unit_test(members_say_who_is_who),
      cmocka_unit_test(members_are_paired_best),
      cmocka_unit_test(old_numbers_are_kept_where_there_is_room),
      cmocka_unit_test(partitions_agree_as_measured_elsewhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
