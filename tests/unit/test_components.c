/*
** test_components.c -- eigenvalues against their definition, components on paper, signs, weights
** that are rows, and how many components tables of noise are said to have.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "kernel/eigen.h"
#include "kernel/linalg.h"
#include "model/components.h"

extern const mine_algorithm mine__algorithm_pca;

#define MOST 60

static mine_random chance;
static mine_env *env;

static int open_env(void **state) {
  (void)state;
  mine__random_open(&chance, 1, 2, 3);
  return (int)mine_env_open(NULL, "test", &env);
}

static int close_env(void **state) {
  (void)state;
  mine_env_close(env);
  return 0;
}

static double draw(void) {
  return mine__random_real(&chance) * 2 - 1;
}

#define NEAR_BY(a, b, by) assert_true(fabs((a) - (b)) <= (by))
#define NEAR(a, b)        NEAR_BY(a, b, 1e-12)

/* ---- eigenvalues ---------------------------------------------------------------------------- */

/* a = sum of value v v', and the v are orthonormal. */
static void eigen_holds(int64_t p, const double *a, double size) {
  static double z[MOST * MOST], value[MOST], only[MOST], room[2 * MOST];
  memcpy(z, a, (size_t)(p * p) * sizeof *z);
  assert_true(mine__eigen(env, p, z, 1, value, room));
  for (int64_t i = 0; i < p; i++) {
    if (i) assert_true(value[i] <= value[i - 1]);
    for (int64_t j = 0; j < p; j++) {
      double sum = 0;
      NEAR(mine__dot(z + i * p, z + j * p, p), i == j);
      for (int64_t k = 0; k < p; k++)
        sum += value[k] * z[k * p + i] * z[k * p + j];
      NEAR_BY(sum, a[i * p + j], 1e-13 * (double)p * size);
    }
  }
  memcpy(z, a, (size_t)(p * p) * sizeof *z);
  assert_true(mine__eigen(NULL, p, z, 0, only, room));
  for (int64_t i = 0; i < p; i++)
    NEAR_BY(only[i], value[i], 1e-13 * (double)p * size);
}

static void eigenvalues_are_those(void **state) {
  static double a[MOST * MOST];
  static const double sizes[] = {1, 1e-300, 1e300};
  (void)state;
  for (int64_t p = 1; p <= MOST; p += p < 8 ? 1 : 13) {
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
      for (int64_t i = 0; i < p; i++) {
        for (int64_t j = 0; j <= i; j++)
          a[i * p + j] = a[j * p + i] = draw() * sizes[s];
      }
      eigen_holds(p, a, sizes[s]);
    }
  }
}

/* Of few directions, of equal ones, of none. */
static void equal_and_empty_directions(void **state) {
  static double a[MOST * MOST], v[3 * MOST];
  (void)state;
  for (int64_t p = 2; p < MOST; p += 7) {
    memset(a, 0, sizeof a);
    eigen_holds(p, a, 1);
    for (int64_t i = 0; i < p; i++)
      a[i * p + i] = 3;
    eigen_holds(p, a, 3);
    for (int64_t i = 0; i < p; i++) {
      for (int64_t j = 0; j < p; j++)
        a[i * p + j] = 1;
    }
    eigen_holds(p, a, 1);
    for (int64_t i = 0; i < 3 * p; i++)
      v[i] = draw();
    for (int64_t i = 0; i < p; i++) {
      for (int64_t j = 0; j < p; j++)
        a[i * p + j] = v[i] * v[j] + v[p + i] * v[p + j] + v[2 * p + i] * v[2 * p + j];
    }
    eigen_holds(p, a, 3);
  }
}

static void what_is_no_number(void **state) {
  double a[] = {1, (double)NAN, (double)NAN, 1}, value[2], room[4];
  (void)state;
  assert_false(mine__eigen(env, 2, a, 1, value, room));
  a[1] = a[2] = (double)INFINITY;
  assert_false(mine__eigen(env, 2, a, 1, value, room));
}

/* ---- components ------------------------------------------------------------------------------ */

#define COLUMNS 12
typedef struct table {
  int64_t n;
  int columns;
  const double *weight;
  mine_feature about[COLUMNS];
  mine_feature_view view[COLUMNS];
  mine_model *model;
} table;

static mine_status table_try(table *t, const double *const *column, const char *options) {
  static const char *const names[COLUMNS] = {"a", "b", "c", "d", "e", "f",
                                             "g", "h", "i", "j", "k", "l"};
  const mine_algorithm *pca = &mine__algorithm_pca;
  void *own = mine__arena_zeros(env->scratch, 1, pca->options_size);
  mine_option_group group = {.table = pca->options, .values = own};
  assert_int_equal(mine__options_parse(env, env->scratch, &group, 1, options), MINE_OK);
  for (int f = 0; f < t->columns; f++) {
    t->about[f] = (mine_feature){.name = names[f], .type = MINE_COLUMN_NUMERIC, .why = ""};
    t->view[f] = (mine_feature_view){.number = column[f]};
  }
  const mine_dataset data = {.task = MINE_COMPONENTS,
                             .rows = {.n = t->n, .feature = t->view},
                             .n_features = t->columns,
                             .about = t->about,
                             .weight = t->weight,
                             .seed = 1};
  assert_int_equal(mine__model_empty(env, &t->model), MINE_OK);
  t->model->kind = pca->kind;
  t->model->algorithm = "pca";
  t->model->task = MINE_COMPONENTS;
  t->model->n_features = t->columns;
  t->model->feature = t->about;
  return pca->fit(env, &data, own, t->model);
}

static const mine_components *table_fit(table *t, const double *const *column,
                                        const char *options) {
  if (table_try(t, column, options)) fail_msg("%s", mine_env_error(env));
  return t->model->body;
}

/* r = 0.5 between two columns: eigenvalues 1.5 and 0.5, vectors (1, 1) and (1, -1) by root 2. */
static void two_columns_by_hand(void **state) {
  static const double x[] = {1, 1, -1, -1, 1, 1, -1, -1}, y[] = {1, 1, 1, -1, 1, -1, -1, -1};
  const double *const columns[] = {x, y};
  double score[2];
  (void)state;
  table t = {.n = 8, .columns = 2};
  const mine_components *m = table_fit(&t, columns, "components=2");
  const double half = sqrt(0.5);
  NEAR(m->weight[0], half);
  NEAR(m->weight[1], half);
  NEAR(m->weight[2], half); /* the first of equals is positive */
  NEAR(m->weight[3], -half);
  NEAR(m->loading[0], sqrt(1.5) * half);
  NEAR(m->loading[2], sqrt(0.5) * half);
  NEAR(m->communality[0], 1);
  const mine_batch batch = {.n = 1, .feature = t.view};
  mine_answers out = {.value = score};
  assert_int_equal(m->k, t.model->n_outputs);
  assert_int_equal(mine__model_answer(env, t.model, &batch, &out), MINE_OK);
  NEAR(score[0], 2 * half);
  NEAR(score[1], 0);
  mine_model_free(t.model);
}

/* Of amounts in cents and in euros: scale=none sees the cents only. */
static void units_count_unscaled(void **state) {
  static const double x[] = {100, 300, 200, 600}, y[] = {4, 1, 3, 2};
  const double *const columns[] = {x, y};
  (void)state;
  table t = {.n = 4, .columns = 2};
  const mine_components *m = table_fit(&t, columns, "components=0.9, scale=none");
  assert_int_equal(m->k, 1);
  assert_true(m->weight[0] > 0.999);
  NEAR_BY(m->variance[0], 35000, 1e-9);
  mine_model_free(t.model);
}

/* What is missing is at the mean: as if it were written there. */
static void gaps_are_means(void **state) {
  static const double x[] = {1, (double)NAN, 3, 8, 0, (double)NAN}, y[] = {2, 1, 5, 6, 1, 3};
  static const double filled[] = {1, 3, 3, 8, 0, 3};
  const double *const gaps[] = {x, y}, *const whole[] = {filled, y};
  (void)state;
  table a = {.n = 6, .columns = 2}, b = a;
  const mine_components *m = table_fit(&a, gaps, "components=all");
  const mine_components *n = table_fit(&b, whole, "components=all");
  for (int i = 0; i < 4; i++)
    NEAR(m->loading[i], n->loading[i]);
  assert_int_equal(a.model->told.n_warnings, b.model->told.n_warnings + 1);
  mine_model_free(a.model);
  mine_model_free(b.model);
}

/* A weight of 2 is the row twice; the numbers of rows do not matter to the sign. */
static void weights_are_rows(void **state) {
  static double x[3][90], twice[3][180], weight[90];
  const double *const once[] = {x[0], x[1], x[2]}, *const often[] = {twice[0], twice[1], twice[2]};
  int64_t n = 0;
  (void)state;
  for (int i = 0; i < 90; i++) {
    weight[i] = 1 + i % 2;
    for (int f = 0; f < 3; f++)
      x[f][i] = draw() + (f ? x[0][i] * f : 0);
    for (int copy = 0; copy < 1 + i % 2; copy++, n++) {
      for (int f = 0; f < 3; f++)
        twice[f][n] = x[f][i];
    }
  }
  table a = {.n = 90, .columns = 3, .weight = weight}, b = {.n = n, .columns = 3};
  const mine_components *m = table_fit(&a, once, "components=3");
  const mine_components *o = table_fit(&b, often, "components=3");
  for (int i = 0; i < 9; i++)
    NEAR_BY(m->weight[i], o->weight[i], 1e-10);
  mine_model_free(a.model);
  mine_model_free(b.model);
}

/* Unrelated columns have one component at most that stands out; two that everything hangs on are
** found, whatever the sample. */
static void auto_counts_what_there_is(void **state) {
  static double x[COLUMNS][300];
  const double *columns[COLUMNS];
  int noise = 0;
  (void)state;
  for (int f = 0; f < COLUMNS; f++)
    columns[f] = x[f];
  for (int trial = 0; trial < 20; trial++) {
    for (int i = 0; i < 300; i++) {
      const double u = draw(), v = draw();
      for (int f = 0; f < COLUMNS; f++)
        x[f][i] = draw() + (trial % 2 ? f % 2 ? u : v : 0);
    }
    table t = {.n = 300, .columns = COLUMNS};
    const mine_components *m = table_fit(&t, columns, "components=auto");
    if (trial % 2) assert_int_equal(m->k, 2);
    noise += trial % 2 == 0 && t.model->told.n_warnings > 0;
    mine_model_free(t.model);
  }
  assert_true(noise >= 7); /* of 10, of which 9.5 are expected */
}

static void refuses(const double *const *column, int64_t n, const char *options,
                    const char *sentence) {
  table t = {.n = n, .columns = 2};
  assert_true(table_try(&t, column, options) != MINE_OK);
  if (!strstr(mine_env_error(env), sentence)) fail_msg("%s", mine_env_error(env));
  mine_model_free(t.model);
  mine_env_close(env);
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
}

static void what_is_refused(void **state) {
  static const double x[] = {1, 2, 3}, same[] = {4, 4, 4}, far[] = {1e300, -1e300, 1e-300};
  const double *const line[] = {x, x}, *const flat[] = {same, same}, *const wide[] = {x, far};
  (void)state;
  refuses(flat, 3, "", "the rows do not differ");
  refuses(line, 1, "", "only one row");
  refuses(line, 3, "components=2", "more than the 1 directions");
  refuses(wide, 3, "", "cannot be scaled");
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_env, close_env)
      TEST(eigenvalues_are_those), TEST(equal_and_empty_directions), TEST(what_is_no_number),
      TEST(two_columns_by_hand),   TEST(units_count_unscaled),       TEST(gaps_are_means),
      TEST(weights_are_rows),      TEST(auto_counts_what_there_is),  TEST(what_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
