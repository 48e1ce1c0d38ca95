/*
** test_bayes.c -- naive Bayes counted by hand, rows far from all classes, blocks and
** threads that change nothing, and damaged bytes against the loader.
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
#include "model/bayes.h"

extern const mine_algorithm mine__algorithm_bayes;

static mine_env *open_env(int threads) {
  mine_env *env = NULL;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__env_set_threads(env, threads);
  env->progress = 0;
  return env;
}

/* A column of numbers and one of three levels, and as many classes as there are. */
typedef struct pair_data {
  int64_t n;
  int classes;
  const double *x, *weight;
  const int32_t *code, *label;
  mine_feature about[2];
  mine_feature_view view[2];
  mine_model *model;
} pair_data;

static mine_status pair_try(mine_env *env, pair_data *d, const char *options) {
  const mine_algorithm *bayes = &mine__algorithm_bayes;
  void *own = mine__arena_zeros(env->scratch, 1, bayes->options_size);
  mine_option_group group = {.table = bayes->options, .values = own};
  assert_int_equal(mine__options_parse(env, env->scratch, &group, 1, options), MINE_OK);
  d->about[0] = (mine_feature){.name = "x", .type = MINE_COLUMN_NUMERIC, .why = ""};
  d->about[1] = (mine_feature){.name = "kind", .type = MINE_COLUMN_CATEGORY, .why = ""};
  assert_true(mine__dictionary_open(&d->about[1].levels, env->scratch));
  for (int64_t level = 0; level < 3; level++) {
    const mine_cell cell = {MINE_INT, 0, {.integer = level}};
    assert_true(mine__dictionary_add(&d->about[1].levels, &cell) == level);
  }
  d->view[0] = (mine_feature_view){.number = d->x};
  d->view[1] = (mine_feature_view){.code = d->code};
  const mine_dataset data = {.task = MINE_CLASSIFICATION,
                             .rows = {.n = d->n, .feature = d->view},
                             .n_features = 2,
                             .about = d->about,
                             .n_classes = d->classes,
                             .label = d->label,
                             .weight = d->weight};
  assert_int_equal(mine__model_empty(env, &d->model), MINE_OK);
  mine_model *model = d->model;
  model->kind = bayes->kind;
  model->algorithm = "bayes";
  model->task = MINE_CLASSIFICATION;
  model->n_features = 2;
  model->feature = d->about;
  model->n_groups = d->classes;
  model->roles.target = "y";
  model->told.rows = d->n;
  for (int i = 0; i < d->classes; i++)
    (void)mine__values_push_int(&model->groups, i);
  return bayes->fit(env, &data, own, model);
}

static void pair_fit(mine_env *env, pair_data *d, const char *options) {
  assert_int_equal(pair_try(env, d, options), MINE_OK);
}

static void score(mine_env *env, const mine_model *model, double x, int32_t code, double *share) {
  const mine_feature_view view[] = {{.number = &x}, {.code = &code}};
  const mine_batch batch = {.n = 1, .feature = view};
  mine_answers out = {.share = share};
  assert_int_equal(model->kind->answer(env, model, &batch, &out), MINE_OK);
}

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-12)

/* ---- by hand -------------------------------------------------------------------- */

static const double hand_x[] = {1, 3, 2, 5, 7};
static const int32_t hand_code[] = {0, 0, 1, 1, 1}, hand_label[] = {0, 0, 0, 1, 1};
static pair_data hand(void) {
  return (pair_data){.n = 5, .classes = 2, .x = hand_x, .code = hand_code, .label = hand_label};
}

/* Means 2 and 6, variances 2/3 and 1; of level 0 the shares (2+1)/(3+3) and 1/(2+3). */
static void a_row_by_hand(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  pair_data d = hand();
  double p[2];
  pair_fit(env, &d, "var_smoothing=0");
  const mine_bayes *m = d.model->body;
  NEAR(m->prior[0], 0.6);
  NEAR(m->column[0].mean[0], 2);
  NEAR(m->column[0].variance[0], 2.0 / 3);
  NEAR(m->column[0].variance[1], 1);
  NEAR(mine__bayes_share(m, &m->column[1], 0, 0), 3.0 / 5);
  NEAR(mine__bayes_share(m, &m->column[1], 1, 0), 1.0 / 4);
  const double a = 0.6 * exp(-0.5 * 4 / (2.0 / 3)) / sqrt(2.0 / 3), b = 0.4 * exp(-0.5 * 4);
  score(env, d.model, 4, 0, p);
  NEAR(p[0], a * 0.6 / (a * 0.6 + b * 0.25));
  NEAR(p[0] + p[1], 1);
  score(env, d.model, 4, MINE_CODE_MISSING, p); /* left out, */
  NEAR(p[0], a / (a + b));
  score(env, d.model, 4, MINE_CODE_UNKNOWN, p); /* likewise  */
  NEAR(p[0], a / (a + b));
  score(env, d.model, NAN, MINE_CODE_MISSING, p);
  NEAR(p[0], 0.6);
  score(env, d.model, NAN, 2, p); /* a level that no row has, likewise */
  NEAR(p[0], 0.6);
  mine_model_free(d.model);
  pair_fit(env, &d, "var_smoothing=0, prior=uniform, smoothing=0.5");
  score(env, d.model, NAN, 0, p);
  NEAR(p[0], (2.5 / 4) / (2.5 / 4 + 0.5 / 3));
  mine_model_free(d.model);
  /* A tenth of the largest variance of all rows: 4.64 (mean 3.6) */
  pair_fit(env, &d, "var_smoothing=0.1");
  NEAR(((const mine_bayes *)d.model->body)->added, 0.464);
  mine_model_free(d.model);
  mine_env_close(env);
}

static void weights_are_rows(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  static const double weight[] = {1, 3, 1, 2, 1}, x[] = {1, 3, 3, 3, 2, 5, 5, 7};
  static const int32_t code[] = {0, 0, 0, 0, 1, 1, 1, 1}, label[] = {0, 0, 0, 0, 0, 1, 1, 1};
  pair_data d = hand(), repeated = {.n = 8, .classes = 2, .x = x, .code = code, .label = label};
  d.weight = weight;
  pair_fit(env, &d, "");
  pair_fit(env, &repeated, "");
  for (int i = 0; i < 40; i++) {
    double p[2], q[2];
    score(env, d.model, i * 0.3 - 2, i % 3, p);
    score(env, repeated.model, i * 0.3 - 2, i % 3, q);
    NEAR(p[0], q[0]);
  }
  mine_model_free(d.model);
  mine_model_free(repeated.model);
  mine_env_close(env);
}

/* A class without rows (of a fold) is never the answer, whatever the prior. */
static void empty_classes_are_no_answer(void **state) {
  (void)state;
  static const char *const options[] = {"", "prior=uniform"};
  mine_env *env = open_env(1);
  pair_data d = hand();
  d.classes = 3;
  for (int i = 0; i < 2; i++) {
    double p[3];
    pair_fit(env, &d, options[i]);
    score(env, d.model, 4, 1, p);
    assert_true(p[2] == 0 && isfinite(p[0]) && fabs(p[0] + p[1] - 1) < 1e-12);
    score(env, d.model, 1e300, 1, p);
    assert_true(p[2] == 0 && p[1] == 1);
    score(env, d.model, NAN, -1, p);
    NEAR(p[0], i ? 0.5 : 0.6);
    mine_model_free(d.model);
  }
  mine_env_close(env);
}

/* ---- what is told, what is refused -------------------------------------------------- */

static void odd_columns_are_told(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  pair_data d = hand();
  double p[2];
  static const int32_t one[] = {0, 0, 0, 0, 1}; /* a class of one row */
  d.label = one;
  pair_fit(env, &d, "");
  assert_int_equal(d.model->told.n_warnings, 1);
  score(env, d.model, 7, 1, p);
  assert_true(p[1] > 0.99);
  mine_model_free(d.model);
  static const double known[] = {1, 3, 2, NAN, NAN}, equal[] = {1, 3, 2, 5, 5};
  static const double constant[] = {4, 4, 4, 4, 4}, huge[] = {1e200, -1e200, 0, 1, 2};
  static const double tiny[] = {1e-200, 2e-200, 0, 0, 0};
  d.label = hand_label;
  d.x = known;
  pair_fit(env, &d, "");
  assert_int_equal(d.model->told.n_warnings, 1);
  score(env, d.model, 1, 0, p); /* the number says nothing of a class that had none */
  assert_true(isfinite(p[0]));
  mine_model_free(d.model);
  d.x = equal;
  pair_fit(env, &d, "");
  assert_int_equal(d.model->told.n_warnings, 1);
  mine_model_free(d.model);
  assert_int_equal(pair_try(env, &d, "var_smoothing=0"), MINE_NUMERIC);
  assert_non_null(strstr(mine_env_error(env), "all equal in class 1"));
  mine_model_free(d.model);
  mine_env_close(env);
  env = open_env(1);
  d.x = constant; /* of a fold: says nothing, also where it differs */
  pair_fit(env, &d, "");
  score(env, d.model, 9e200, -1, p);
  NEAR(p[0], 0.6);
  mine_model_free(d.model);
  d.x = huge;
  assert_int_equal(pair_try(env, &d, ""), MINE_NUMERIC);
  mine_model_free(d.model);
  mine_env_close(env);
  env = open_env(1);
  d.x = tiny;
  assert_int_equal(pair_try(env, &d, ""), MINE_NUMERIC);
  mine_model_free(d.model);
  mine_env_close(env);
}

/* ---- far from everything --------------------------------------------------------------- */

static void far_rows_have_right_answers(void **state) {
  (void)state;
  static const double far[] = {1e5, 1e9, 1e17, 1e100, 1e200, 1e300, 1.7e308, INFINITY};
  static const double even[] = {0, 1, 2, 10, 11, 12};
  static const int32_t code[] = {0, 0, 1, 1, 2, 2}, label[] = {0, 0, 0, 1, 1, 1};
  mine_env *env = open_env(1);
  pair_data wide = hand();
  pair_data same = {.n = 6, .classes = 2, .x = even, .code = code, .label = label};
  double p[2];
  pair_fit(env, &wide, "");
  pair_fit(env, &same, "");
  for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
    score(env, wide.model, far[i], 0, p); /* the wider one on both sides */
    assert_true(p[0] == 0 && p[1] == 1);
    score(env, wide.model, -far[i], 0, p);
    assert_true(p[0] == 0 && p[1] == 1);
    score(env, same.model, far[i], 0, p); /* the nearer one where both are as wide */
    assert_true(p[0] == 0 && p[1] == 1);
    score(env, same.model, -far[i], 0, p);
    assert_true(p[0] == 1 && p[1] == 0);
  }
  mine_model_free(wide.model);
  mine_model_free(same.model);
  mine_env_close(env);
}

/* Log odds of two normals as wide as each other are linear in x, on both sides of the
** place (450 deviations) where contrasts take over from plain sums. */
static void contrasts_continue_the_sums(void **state) {
  (void)state;
  static const double x[] = {0, 1, 2, 0.001, 1.001, 2.001};
  static const int32_t code[] = {0, 0, 0, 0, 0, 0}, label[] = {0, 0, 0, 1, 1, 1};
  mine_env *env = open_env(1);
  pair_data d = {.n = 6, .classes = 2, .x = x, .code = code, .label = label};
  double p[2];
  pair_fit(env, &d, "");
  const mine_bayes *m = d.model->body;
  const double s2 = m->column[0].variance[0] + m->added;
  for (double at = -500; at < 500; at += 0.7) {
    score(env, d.model, at, -1, p);
    assert_true(fabs(log(p[1] / p[0]) - (at - 1.0005) * 0.001 / s2) < 1e-9);
  }
  mine_model_free(d.model);
  mine_env_close(env);
}

/* A column equal in both classes must not drown the other, however far the value is. */
static void far_columns_leave_the_others(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  static const double x[] = {1, 2, 1, 2};
  static const int32_t code[] = {0, 1, 0, 0}, label[] = {0, 0, 1, 1};
  pair_data d = {.n = 4, .classes = 2, .x = x, .code = code, .label = label};
  double near[2], far[2];
  pair_fit(env, &d, "");
  score(env, d.model, 1.5, 1, near);
  assert_true(near[0] > 0.5);
  for (double at = 1e3; at < 1e307; at *= 1e8) {
    score(env, d.model, at, 1, far);
    NEAR(near[0], far[0]);
  }
  mine_model_free(d.model);
  mine_env_close(env);
}

/* ---- threads, batches ------------------------------------------------------------------- */

#define MANY 3000

static void blocks_and_threads_change_nothing(void **state) {
  (void)state;
  static double x[MANY], weight[MANY], share[2][MANY * 3], one[3];
  static int32_t code[MANY], label[MANY];
  mine_random r;
  mine__random_open(&r, 5, 1, 0);
  for (int i = 0; i < MANY; i++) {
    label[i] = (int32_t)mine__random_below(&r, 3);
    code[i] = (int32_t)mine__random_below(&r, 5) - 2;
    x[i] = i % 11 == 3 ? (double)NAN : mine__random_real(&r) * 4 + label[i];
    if (i % 97 == 5) x[i] *= 1e6;
    weight[i] = 0.1 + mine__random_real(&r);
  }
  pair_data d = {.n = MANY, .classes = 3, .x = x, .code = code, .label = label, .weight = weight};
  const void *bytes[2];
  size_t size[2];
  mine_env *env[2];
  mine_model *model[2];
  for (int t = 0; t < 2; t++) {
    env[t] = open_env(t ? 4 : 1);
    pair_fit(env[t], &d, "");
    model[t] = d.model;
    mine_writer w;
    mine__text_open(&w.text, env[t]->scratch);
    d.model->kind->save(d.model, &w);
    bytes[t] = w.text.data;
    size[t] = w.text.bytes;
    const mine_batch batch = {.n = MANY, .feature = d.view};
    mine_answers out = {.share = share[t]};
    assert_int_equal(d.model->kind->answer(env[t], d.model, &batch, &out), MINE_OK);
  }
  assert_int_equal(size[0], size[1]);
  assert_memory_equal(bytes[0], bytes[1], size[0]);
  assert_memory_equal(share[0], share[1], sizeof share[0]);
  for (uint32_t row = 0; row < MANY; row += 7) {
    const mine_batch batch = {.n = 1, .row = &row, .feature = d.view};
    mine_answers out = {.share = one};
    assert_int_equal(model[0]->kind->answer(env[0], model[0], &batch, &out), MINE_OK);
    assert_memory_equal(one, share[0] + row * 3, sizeof one);
    assert_true(fabs(one[0] + one[1] + one[2] - 1) < 1e-12);
  }
  for (int t = 0; t < 2; t++) {
    mine_model_free(model[t]);
    mine_env_close(env[t]);
  }
}

/* ---- bytes --------------------------------------------------------------------------------- */

static mine_model *body_load(mine_env *env, const pair_data *d, const uint8_t *bytes, size_t n,
                             int *ok) {
  mine_model *model;
  assert_int_equal(mine__model_empty(env, &model), MINE_OK);
  model->kind = d->model->kind;
  model->task = MINE_CLASSIFICATION;
  model->n_features = 2;
  model->feature = d->model->feature;
  model->roles.target = "y";
  model->n_groups = d->model->n_groups;
  model->groups = d->model->groups;
  mine_reader r = {.env = env, .arena = model->arena, .at = bytes, .end = bytes + n};
  model->kind->load(&r, model, model->kind->version);
  *ok = mine__reader_ok(&r) && r.at == r.end && model->body != NULL;
  return model;
}

static void bytes_come_back_and_damage_is_harmless(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  pair_data d = hand();
  pair_fit(env, &d, "");
  mine_writer w, again;
  int ok;
  mine__text_open(&w.text, env->scratch);
  d.model->kind->save(d.model, &w);
  mine_model *model = body_load(env, &d, (const uint8_t *)w.text.data, w.text.bytes, &ok);
  assert_true(ok);
  mine__text_open(&again.text, env->scratch);
  model->kind->save(model, &again);
  assert_int_equal(w.text.bytes, again.text.bytes);
  assert_memory_equal(w.text.data, again.text.data, w.text.bytes);
  mine_model_free(model);
  uint8_t *bytes = malloc(w.text.bytes);
  for (size_t i = 0; i < w.text.bytes * 256; i++) {
    memcpy(bytes, w.text.data, w.text.bytes);
    bytes[i / 256] = (uint8_t)i;
    const size_t n = i % 256 == 255 ? i / 256 : w.text.bytes; /* cut short, too */
    mine_env *own = open_env(1);
    model = body_load(own, &d, bytes, n, &ok);
    if (ok) {
      double p[2];
      score(own, model, 4, 0, p);
      score(own, model, 1e300, -1, p);
    }
    assert_false(ok && n < w.text.bytes);
    mine_model_free(model);
    mine_env_close(own);
  }
  free(bytes);
  mine_model_free(d.model);
  mine_env_close(env);
}

/* Reals of the body in their order: smoothing, added, weight x 2, prior x 2, known x 2,
** mean x 2, variance x 2, known x 2, count x 6, after one byte. */
static void wrong_bodies_are_refused(void **state) {
  (void)state;
  static const struct {
    int at;
    double value;
  } wrong[] = {{0, 0},  {0, -1},       {0, NAN}, {1, -1},      {2, -1},     {4, -0.5}, {4, 0.7},
               {6, -1}, {8, INFINITY}, {10, -1}, {10, 1e-300}, {10, 1e301}, {12, NAN}, {14, -2}};
  mine_env *env = open_env(1);
  pair_data d = hand();
  pair_fit(env, &d, "");
  mine_writer w;
  int ok;
  mine__text_open(&w.text, env->scratch);
  d.model->kind->save(d.model, &w);
  ((mine_bayes *)d.model->body)->added = 0; /* so that a narrow variance stays narrow */
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    mine_writer one;
    mine__text_open(&one.text, env->scratch);
    d.model->kind->save(d.model, &one);
    mine_writer value;
    mine__text_open(&value.text, env->scratch);
    mine__write_real(&value, wrong[i].value);
    memcpy(one.text.data + 1 + 8 * wrong[i].at, value.text.data, 8);
    mine_env *own = open_env(1);
    mine_model_free(body_load(own, &d, (const uint8_t *)one.text.data, one.text.bytes, &ok));
    assert_false(ok);
    mine_env_close(own);
  }
  mine_model_free(d.model);
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_row_by_hand),
      cmocka_unit_test(weights_are_rows),
      cmocka_unit_test(empty_classes_are_no_answer),
      cmocka_unit_test(odd_columns_are_told),
      cmocka_unit_test(far_rows_have_right_answers),
      cmocka_unit_test(contrasts_continue_the_sums),
      cmocka_unit_test(far_columns_leave_the_others),
      cmocka_unit_test(blocks_and_threads_change_nothing),
      cmocka_unit_test(bytes_come_back_and_damage_is_harmless),
      cmocka_unit_test(wrong_bodies_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
