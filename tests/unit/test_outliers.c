/*
** test_outliers.c -- the methods of outlier/ against what they are defined as: trees walked node by
** node, neighbours and halves by trying all, threads that change nothing; and reasons in words.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "jobs/outliers.h"
#include "kernel/special.h"
#include "model/trees.h"
#include "outlier/mcd.h"
#include "outlier/outlier.h"

#define MOST_FEATURES 6
#define NEAR(a, b, e) assert_true(fabs((a) - (b)) <= (e) * (1 + fabs(b)))

static mine_env *open_env(int threads) {
  mine_env *env = NULL;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__env_set_threads(env, threads);
  env->progress = 0;
  return env;
}

/* ---- a table ------------------------------------------------------------------------------- */

/* Numbers first, then categories of so many levels. */
typedef struct rows_data {
  int64_t n;
  int numbers, categories;
  int32_t levels;
  double *number[MOST_FEATURES];
  int32_t *code[MOST_FEATURES];
  mine_feature about[MOST_FEATURES];
  mine_feature_view view[MOST_FEATURES];
  mine_dataset data;
  mine_outliers o;
  int notes;
} rows_data;

static void count_note(void *context, const char *item, const char *name, const char *detail) {
  (void)item;
  (void)name;
  assert_true(strlen(detail) > 10);
  ((rows_data *)context)->notes++;
}

static void rows_open(mine_env *env, rows_data *t) {
  static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
  const int p = t->numbers + t->categories;
  for (int f = 0; f < p; f++) {
    t->about[f] = (mine_feature){.name = names[f], .type = MINE_COLUMN_NUMERIC, .why = ""};
    t->view[f] = (mine_feature_view){.number = t->number[f]};
    assert_true(mine__dictionary_open(&t->about[f].levels, env->scratch));
    if (f < t->numbers) continue;
    t->about[f].type = MINE_COLUMN_CATEGORY;
    t->view[f] = (mine_feature_view){.code = t->code[f]};
    for (int64_t level = 0; level < t->levels; level++) {
      const mine_cell cell = {MINE_INT, 0, {.integer = level}};
      assert_true(mine__dictionary_add(&t->about[f].levels, &cell) == level);
    }
  }
  t->data = (mine_dataset){
      .rows = {.n = t->n, .feature = t->view}, .n_features = p, .about = t->about, .seed = 7};
  t->o = (mine_outliers){.env = env,
                         .arena = mine__arena_open(env),
                         .data = &t->data,
                         .about = t->about,
                         .n_trees = 25,
                         .sample = 64,
                         .k = 5,
                         .scale = MINE_SCALE_NONE,
                         .note = count_note,
                         .context = t};
  t->o.score = mine__arena_zeros(env->scratch, (size_t)t->n, sizeof(double));
}

/* Numbers of two clouds and a few far rows, on a grid of `grid` (0: none); a few are missing. */
static void rows_make(mine_env *env, rows_data *t, double grid, double gaps) {
  mine_random r;
  mine__random_open(&r, 1, 2, 3);
  for (int f = 0; f < t->numbers + t->categories; f++) {
    t->number[f] = mine__arena_zeros(env->scratch, (size_t)t->n, sizeof(double));
    t->code[f] = mine__arena_zeros(env->scratch, (size_t)t->n, sizeof(int32_t));
    for (int64_t i = 0; i < t->n; i++) {
      double v = mine__random_real(&r) + mine__random_real(&r) + (double)(i % 2) * 3;
      if (i % 31 == 0) v += 5 * mine__random_real(&r);
      if (grid > 0) v = floor(v / grid) * grid;
      t->number[f][i] = mine__random_real(&r) < gaps ? (double)NAN : v;
      const double u = mine__random_real(&r);
      t->code[f][i] = mine__random_real(&r) < gaps ? -1 : (int32_t)(u * u * t->levels);
    }
  }
  rows_open(env, t);
}

static void rows_close(mine_env *env, rows_data *t) {
  mine__arena_close(t->o.arena);
  mine_env_close(env);
}

/* ---- isolation forests ---------------------------------------------------------------------- */

/* H(m) as the paper has it: ln m + 0.5772. */
static double path_c(double m) {
  if (m < 2) return 0;
  return m == 2 ? 1 : 2 * (log(m - 1) + 0.5772156649015329) - 2 * (m - 1) / m;
}

/* The depth at which a row leaves tree t, and more for those left there. */
static double path_of(const mine_trees *trees, int32_t t, const rows_data *d, int64_t row) {
  int32_t at = trees->first[t];
  double depth = 0;
  while (trees->feature[at] != MINE_TREES_LEAF) {
    const int32_t f = trees->feature[at];
    int left;
    if (f < d->numbers) {
      const double v = d->number[f][row];
      left = isnan(v) ? trees->missing_left[at] : v < trees->threshold[at];
    } else {
      const int32_t code = d->code[f][row];
      left = code < 0 ? trees->missing_left[at]
                      : mine_trees_in_set(trees->bits + trees->set[at], code);
    }
    at = left ? trees->left[at] : trees->right[at];
    depth++;
  }
  return depth + path_c(trees->rows[at]);
}

static void an_isolation_forest_is_its_paths(void **state) {
  (void)state;
  mine_env *env = open_env(2);
  rows_data t = {.n = 300, .numbers = 3, .categories = 2, .levels = 6};
  rows_make(env, &t, 0, 0.05);
  mine__outlier_iforest.score(&t.o);
  assert_false(mine_failed(env));
  const mine_trees *trees = ((const mine_model *)t.o.state)->body;
  assert_int_equal(trees->n_trees, 25);
  for (int64_t i = 0; i < t.n; i++) {
    double sum = 0;
    for (int32_t tree = 0; tree < 25; tree++)
      sum += path_of(trees, tree, &t, i);
    NEAR(t.o.score[i], pow(2, -sum / 25 / path_c(64)), 1e-12);
    assert_true(t.o.score[i] > 0.2 && t.o.score[i] < 1);
  }
  for (int32_t tree = 0; tree < 25; tree++)
    assert_true(trees->rows[trees->first[tree]] == 64);
  for (int32_t i = 0; i < trees->n_nodes; i++) {
    if (trees->feature[i] == MINE_TREES_LEAF) continue;
    const double left = trees->rows[trees->left[i]], right = trees->rows[trees->right[i]];
    assert_true(left >= 1 && right >= 1 && left + right == trees->rows[i]);
  }
  rows_close(env, &t);
}

/* What features add, to a base that is the same for all rows, is the logarithm of the score. */
static void parts_add_up(void **state) {
  (void)state;
  mine_env *env = open_env(2);
  rows_data t = {.n = 120, .numbers = 2, .categories = 1, .levels = 4};
  rows_make(env, &t, 0, 0);
  uint32_t at[120];
  double amount[120 * 3], base = NAN;
  for (uint32_t i = 0; i < 120; i++)
    at[i] = i;
  mine__outlier_iforest.score(&t.o);
  mine__outlier_iforest.apart(&t.o, at, 120, amount);
  assert_false(mine_failed(env));
  for (int i = 0; i < 120; i++) {
    const double rest = log(t.o.score[i]) - amount[3 * i] - amount[3 * i + 1] - amount[3 * i + 2];
    if (isnan(base)) base = rest;
    NEAR(rest, base, 1e-9);
  }
  mine__outlier_mahalanobis.score(&t.o);
  mine__outlier_mahalanobis.apart(&t.o, at, 120, amount);
  for (int i = 0; i < 120; i++)
    NEAR(amount[3 * i] + amount[3 * i + 1] + amount[3 * i + 2], t.o.score[i] * t.o.score[i], 1e-9);
  rows_close(env, &t);
}

/* A level that is in no sample lies with the few. */
static void a_rare_level_is_found(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  rows_data t = {.n = 5000, .numbers = 1, .categories = 1, .levels = 3};
  rows_make(env, &t, 0, 0);
  for (int64_t i = 0; i < t.n; i++) {
    t.number[0][i] = (double)(i % 10);
    t.code[1][i] = i == 777 ? 2 : i % 100 < 3;
  }
  mine__outlier_iforest.score(&t.o);
  for (int64_t i = 0; i < t.n; i++)
    if (i != 777 && t.number[0][i] == t.number[0][777]) assert_true(t.o.score[i] < t.o.score[777]);
  rows_close(env, &t);
}

/* ---- neighbours ----------------------------------------------------------------------------- */

typedef struct near_pair {
  double distance;
  int64_t row;
} near_pair;

static int near_order(const void *left, const void *right) {
  const near_pair *a = left, *b = right;
  if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
  return a->row < b->row ? -1 : a->row > b->row;
}

/* All others by distance, then row. */
static void near_all(const double *point, int64_t n, int width, int64_t i, near_pair *out) {
  int64_t m = 0;
  for (int64_t j = 0; j < n; j++) {
    double sum = 0;
    for (int c = 0; c < width; c++)
      sum += pow(point[i * width + c] - point[j * width + c], 2);
    if (j != i) out[m++] = (near_pair){sqrt(sum), j};
  }
  qsort(out, (size_t)m, sizeof *out, near_order);
}

static void lof_by_hand(const double *point, int64_t n, int width, int k, double *kth,
                        double *out) {
  near_pair *all = calloc((size_t)(n * n), sizeof *all);
  double *density = calloc((size_t)n, sizeof *density);
  for (int64_t i = 0; i < n; i++)
    near_all(point, n, width, i, all + i * n);
  for (int64_t i = 0; i < n; i++) {
    double sum = 0;
    for (int j = 0; j < k; j++) {
      const near_pair *near = &all[i * n + j];
      sum += fmax(near->distance, all[near->row * n + k - 1].distance);
    }
    density[i] = 1 / (sum / k + 1e-10);
    kth[i] = all[i * n + k - 1].distance;
  }
  for (int64_t i = 0; i < n; i++) {
    out[i] = 0;
    for (int j = 0; j < k; j++)
      out[i] += density[all[i * n + j].row] / density[i] / k;
  }
  free(all);
  free(density);
}

static void neighbours_by_trying_all(void **state) {
  (void)state;
  mine_env *env = open_env(2);
  rows_data t = {.n = 200, .numbers = 3};
  double point[600], kth[200], factor[200];
  rows_make(env, &t, 0, 0);
  for (int i = 0; i < 600; i++)
    point[i] = t.number[i % 3][i / 3];
  lof_by_hand(point, 200, 3, 5, kth, factor);
  mine__outlier_lof.score(&t.o);
  for (int i = 0; i < 200; i++)
    NEAR(t.o.score[i], factor[i], 1e-12);
  mine__outlier_knn.score(&t.o);
  for (int i = 0; i < 200; i++)
    NEAR(t.o.score[i], kth[i], 1e-12);
  assert_int_equal(t.notes, 0);
  rows_close(env, &t);
}

/* Where rows have k twins, places are compared. */
static void twins_are_one_place(void **state) {
  (void)state;
  mine_env *env = open_env(2);
  rows_data t = {.n = 400, .numbers = 2};
  double point[800], kth[400], factor[400];
  int64_t places = 0, at[400];
  rows_make(env, &t, 0.5, 0);
  for (int i = 0; i < 400; i++) {
    int64_t p = 0;
    while (p < places && (point[2 * p] != t.number[0][i] || point[2 * p + 1] != t.number[1][i]))
      p++;
    at[i] = p;
    if (p < places) continue;
    point[2 * p] = t.number[0][i];
    point[2 * p + 1] = t.number[1][i];
    places++;
  }
  assert_true(places > 20 && places < 200);
  lof_by_hand(point, places, 2, 5, kth, factor);
  mine__outlier_lof.score(&t.o);
  assert_int_equal(t.notes, 1);
  for (int i = 0; i < 400; i++)
    NEAR(t.o.score[i], factor[at[i]], 1e-12);
  uint32_t asked[] = {0, 399};
  double amount[4];
  mine__outlier_lof.apart(&t.o, asked, 2, amount);
  assert_true(amount[0] + amount[1] > 0 && amount[2] + amount[3] > 0);
  rows_close(env, &t);
}

/* ---- the middle ----------------------------------------------------------------------------- */

#define FEW 13

/* Mean and covariance (2 x 2) of the rows in the set; returns the determinant. */
static double half_of(const double *x, unsigned set, double *mean, double *cov) {
  double n = 0, sum[2] = {0, 0};
  memset(cov, 0, 4 * sizeof *cov);
  for (int i = 0; i < FEW; i++) {
    if (!(set >> i & 1)) continue;
    sum[0] += x[2 * i];
    sum[1] += x[2 * i + 1];
    n++;
  }
  mean[0] = sum[0] / n;
  mean[1] = sum[1] / n;
  for (int i = 0; i < FEW; i++) {
    if (!(set >> i & 1)) continue;
    for (int a = 0; a < 2; a++)
      for (int b = 0; b < 2; b++)
        cov[2 * a + b] += (x[2 * i + a] - mean[a]) * (x[2 * i + b] - mean[b]) / n;
  }
  return cov[0] * cov[3] - cov[1] * cov[2];
}

static double square_of(const double *x, const double *mean, const double *cov) {
  const double a = x[0] - mean[0], b = x[1] - mean[1];
  return (cov[3] * a * a - 2 * cov[1] * a * b + cov[0] * b * b) /
         (cov[0] * cov[3] - cov[1] * cov[2]);
}

static int real_order(const void *a, const void *b) {
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* All halves of 13 rows, and the steps after the best one, as the paper says them. */
static void the_middle_by_trying_all(void **state) {
  (void)state;
  mine_env *env = open_env(2);
  mine_random r;
  mine__random_open(&r, 4, 5, 6);
  double x[2 * FEW], mean[2], cov[4], least = INFINITY, d[FEW], sorted[FEW];
  unsigned best = 0, kept = 0;
  for (int i = 0; i < 2 * FEW; i++)
    x[i] = mine__random_real(&r) + (i % 2 ? x[i - 1] : 0) + (i < 6 ? 4 : 0);
  const int h = (FEW + 2 + 1) / 2;
  for (unsigned set = 0; set < 1u << FEW; set++) {
    if (__builtin_popcount(set) != h) continue;
    const double det = half_of(x, set, mean, cov);
    if (det < least) best = set;
    if (det < least) least = det;
  }
  (void)half_of(x, best, mean, cov);
  for (int i = 0; i < FEW; i++)
    sorted[i] = d[i] = square_of(x + 2 * i, mean, cov);
  qsort(sorted, FEW, sizeof *sorted, real_order);
  const double scale = sorted[FEW / 2] / (2 * log(2)); /* chi-squared, 2 degrees of freedom */
  const double far = -2 * log(0.025);
  for (int i = 0; i < FEW; i++)
    kept |= (unsigned)(d[i] <= far * scale) << i;
  (void)half_of(x, kept, mean, cov);
  const double within = mine__chi2_tail(far, 4, MINE__LOWER);
  mine__mcd mcd;
  double room[2];
  mine_arena *arena = mine__arena_open(env);
  assert_int_equal(mine__mcd_fit(env, arena, x, FEW, 2, 1, &mcd), MINE_OK);
  assert_int_equal(mcd.half, h);
  assert_int_equal(mcd.kept, __builtin_popcount(kept));
  assert_true(mcd.kept <= FEW - 3 && mcd.mixed == 0);
  NEAR(mcd.mean[0], mean[0], 1e-12);
  NEAR(mcd.mean[1], mean[1], 1e-12);
  for (int i = 0; i < FEW; i++)
    NEAR(mine__mcd_distance(&mcd, x + 2 * i, room),
         square_of(x + 2 * i, mean, cov) * within / 0.975, 1e-9);
  mine__arena_close(arena);
  mine_env_close(env);
}

/* Six in ten rows the same in a column, and a column twice: told, and still an answer. */
static void a_plane_is_told(void **state) {
  (void)state;
  for (int copies = 0; copies < 2; copies++) {
    mine_env *env = open_env(2);
    rows_data t = {.n = 900, .numbers = 3};
    rows_make(env, &t, 0, 0);
    for (int64_t i = 0; i < t.n; i++) {
      if (copies) t.number[2][i] = t.number[1][i];
      if (!copies && i % 10 < 6) t.number[2][i] = 0;
    }
    t.number[0][5] = 40;
    mine__outlier_mahalanobis.score(&t.o);
    assert_false(mine_failed(env));
    assert_int_equal(t.notes, 1);
    for (int64_t i = 0; i < t.n; i++) {
      assert_true(isfinite(t.o.score[i]));
      assert_true(i == 5 || t.o.score[i] < t.o.score[5]);
    }
    rows_close(env, &t);
  }
}

/* Four levels with the shares 1/2, 1/4, 1/5, 1/20. */
static void a_category_alone(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  rows_data t = {.n = 20, .categories = 1, .levels = 4};
  rows_make(env, &t, 0, 0);
  for (int i = 0; i < 20; i++)
    t.code[0][i] = i < 10 ? 0 : i < 15 ? 1 : i < 19 ? 2 : 3;
  mine__outlier_mahalanobis.score(&t.o);
  NEAR(t.o.score[0], sqrt(1.0 / 3), 1e-12);
  NEAR(t.o.score[12], sqrt(3.0 / 3), 1e-12);
  NEAR(t.o.score[17], sqrt(4.0 / 3), 1e-12);
  NEAR(t.o.score[19], sqrt(19.0 / 3), 1e-12);
  rows_close(env, &t);
}

/* ---- threads, rows -------------------------------------------------------------------------- */

static const mine__outlier_method *const methods[] = {
    &mine__outlier_iforest, &mine__outlier_lof, &mine__outlier_knn, &mine__outlier_mahalanobis};

static void threads_change_nothing(void **state) {
  (void)state;
  for (size_t m = 0; m < 4; m++) {
    double *score[2], amount[2][100 * 5];
    mine_arena *arena[2];
    mine_env *env[2];
    uint32_t at[100];
    for (uint32_t i = 0; i < 100; i++)
      at[i] = 17 * i;
    for (int run = 0; run < 2; run++) {
      env[run] = open_env(run ? 4 : 1);
      rows_data *t = mine__arena_zeros(env[run]->scratch, 1, sizeof *t);
      *t = (rows_data){.n = 3000, .numbers = 4, .categories = 1, .levels = 5};
      rows_make(env[run], t, 0, 0.02);
      methods[m]->score(&t->o);
      methods[m]->apart(&t->o, at, 100, amount[run]);
      assert_false(mine_failed(env[run]));
      score[run] = t->o.score;
      arena[run] = t->o.arena;
    }
    assert_memory_equal(score[0], score[1], 3000 * sizeof(double));
    assert_memory_equal(amount[0], amount[1], sizeof amount[0]);
    for (int run = 0; run < 2; run++) {
      mine__arena_close(arena[run]);
      mine_env_close(env[run]);
    }
  }
}

/* Some rows of a frame are as those rows alone. */
static void rows_of_a_frame(void **state) {
  (void)state;
  for (size_t m = 0; m < 4; m++) {
    mine_env *env = open_env(2);
    rows_data all = {.n = 500, .numbers = 2, .categories = 1, .levels = 3};
    rows_data some = {.n = 250, .numbers = 2, .categories = 1, .levels = 3};
    uint32_t row[250];
    rows_make(env, &all, 0, 0.05);
    rows_make(env, &some, 0, 0.05);
    for (uint32_t i = 0; i < 250; i++) {
      row[i] = 2 * i + 1;
      for (int f = 0; f < 3; f++) {
        some.number[f][i] = all.number[f][row[i]];
        some.code[f][i] = all.code[f][row[i]];
      }
    }
    all.data.rows.row = row;
    all.data.rows.n = 250;
    methods[m]->score(&all.o);
    methods[m]->score(&some.o);
    assert_false(mine_failed(env));
    assert_memory_equal(all.o.score, some.o.score, 250 * sizeof(double));
    mine__arena_close(all.o.arena);
    rows_close(env, &some);
  }
}

/* ---- words ---------------------------------------------------------------------------------- */

static void reasons_in_words(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  rows_data t = {.n = 101, .numbers = 2, .categories = 1, .levels = 3};
  rows_make(env, &t, 0, 0);
  for (int i = 0; i < 101; i++) {
    t.number[0][i] = i == 50 ? 9100 : i;
    t.number[1][i] = i == 60 ? (double)NAN : 4.5;
    t.code[2][i] = i == 50 ? 2 : i % 2;
  }
  t.about[0].all_integers = 1;
  const mine__usual *usual = mine__usual_of(env, env->scratch, &t.data);
  assert_non_null(usual);
  mine_text text;
  int picked[3];
  static const double far[] = {5, 0.5, 2}, level[] = {0, 0, 1}, none[] = {0, -1, 0},
                      gap[] = {0, 3, 0};
  static const struct {
    int64_t row;
    const double *amount;
    int most;
    mine_lang lang;
    const char *says;
  } cases[] = {
      {50, far, 3, MINE_LANG_EN, "a = 9100 (usual 5 to 96); c = 2 (1 of 101 rows)"},
      {50, far, 1, MINE_LANG_EN, "a = 9100 (usual 5 to 96)"},
      {50, far, 3, MINE_LANG_ZH, "a = 9100（通常 5 至 96）；c = 2（1 / 101 行）"},
      {20, level, 3, MINE_LANG_EN, "c = 0 (50 of 101 rows, but not with the rest)"},
      {20, gap, 3, MINE_LANG_EN, "b = 4.5 (usual 4.5, but not with the rest)"},
      {60, gap, 3, MINE_LANG_EN, "nothing stands out"},
      {20, none, 3, MINE_LANG_EN, "nothing stands out"},
      {20, none, 3, MINE_LANG_ZH, "无突出之处"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    mine__text_open(&text, env->scratch);
    mine__outlier_reason(&t.data, usual, cases[i].row, cases[i].amount, cases[i].most,
                         cases[i].lang, picked, &text);
    assert_string_equal(text.data, cases[i].says);
  }
  rows_close(env, &t);
}

#define T(f) cmocka_unit_test(f)

int main(void) {
  const struct CMUnitTest tests[] = {
      T(an_isolation_forest_is_its_paths),
      T(parts_add_up),
      T(a_rare_level_is_found),
      T(neighbours_by_trying_all),
      T(twins_are_one_place),
      T(the_middle_by_trying_all),
      T(a_plane_is_told),
      T(a_category_alone),
      T(threads_change_nothing),
      T(rows_of_a_frame),
      T(reasons_in_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
