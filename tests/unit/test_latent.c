/*
** test_latent.c -- clusters with noise scored by hand, rows in another order, rows that count
** twice, and damaged bytes against the loader.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cluster/twostep.h"
#include "core/random.h"
#include "model/latent.h"

static mine_env *open_env(int threads) {
  mine_env *env = NULL;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__env_set_threads(env, threads);
  env->progress = 0;
  return env;
}

/* Two numbers and one of three levels. */
typedef struct mixed {
  int64_t n;
  const double *x, *y, *weight;
  const int32_t *code;
  const uint32_t *row;
  mine_feature about[3];
  mine_feature_view view[3];
  mine_model *model;
} mixed;

static void mixed_open(mine_env *env, mixed *m) {
  static const char *const names[] = {"x", "y", "kind"};
  for (int f = 0; f < 3; f++)
    m->about[f] = (mine_feature){
        .name = names[f], .type = f < 2 ? MINE_COLUMN_NUMERIC : MINE_COLUMN_CATEGORY, .why = ""};
  assert_true(mine__dictionary_open(&m->about[2].levels, env->scratch));
  for (int64_t level = 0; level < 3; level++) {
    const mine_cell cell = {MINE_INT, 0, {.integer = level}};
    assert_true(mine__dictionary_add(&m->about[2].levels, &cell) == level);
  }
  m->view[0] = (mine_feature_view){.number = m->x};
  m->view[1] = (mine_feature_view){.number = m->y};
  m->view[2] = (mine_feature_view){.code = m->code};
  assert_int_equal(mine__model_empty(env, &m->model), MINE_OK);
  mine_model *model = m->model;
  model->kind = &mine__kind_latent;
  model->algorithm = "auto";
  model->task = MINE_CLUSTERING;
  model->n_features = 3;
  model->feature = m->about;
  model->told.rows = m->n;
}

static const mine__twostep_options usual = {MINE_AUTO, 6, 0.25, 3};

static mine_status mixed_try(mine_env *env, mixed *m, const mine__twostep_options *options) {
  mixed_open(env, m);
  const mine_dataset data = {.task = MINE_CLUSTERING,
                             .rows = {.n = m->n, .row = m->row, .feature = m->view},
                             .n_features = 3,
                             .about = m->about,
                             .weight = m->weight,
                             .seed = 1};
  return mine__twostep_fit(env, &data, options, m->model);
}

/* ---- scored by hand -------------------------------------------------------------------- */

static mine_latent *by_hand(mine_env *env, mixed *m) {
  static double weight[] = {0.75, 0.25}, mean[] = {0, 3}, variance[] = {1, 4};
  static double share[] = {0.9, 0.1, 0.2, 0.8};
  static int32_t slot[] = {0, 1, -1};
  static mine_latent_column column[3];
  static mine_latent latent;
  mixed_open(env, m);
  memset(column, 0, sizeof column);
  column[0] =
      (mine_latent_column){.noise = -2, .centre = 10, .factor = 0.5, .least = -6, .most = 9};
  column[1] = column[0];
  column[1].factor = 0; /* says nothing */
  column[2] = (mine_latent_column){.slots = 2, .noise = -0.7, .levels = 3, .slot = slot};
  column[0].mean = column[1].mean = mean;
  column[0].variance = column[1].variance = variance;
  column[2].share = share;
  latent = (mine_latent){.k = 2, .n_columns = 3, .noise = 0.1, .weight = weight, .column = column};
  mine__latent_prepare(m->model->arena, &latent);
  m->model->body = &latent;
  m->model->n_groups = 2;
  return &latent;
}

typedef struct said {
  double share[2], distance;
  int32_t group;
} said;

static said score(mine_env *env, const mine_model *model, double x, int32_t code) {
  const double y = 1e6;
  const mine_feature_view view[] = {{.number = &x}, {.number = &y}, {.code = &code}};
  const mine_batch batch = {1, NULL, view};
  said s;
  mine_answers answers = {.share = s.share, .distance = &s.distance, .group = &s.group};
  assert_int_equal(mine__model_answer(env, model, &batch, &answers), MINE_OK);
  return s;
}

static double normal(double z, double mean, double variance) {
  return exp(-(z - mean) * (z - mean) / (2 * variance)) /
         sqrt(2 * 3.14159265358979323846 * variance);
}

static void a_row_has_the_shares_of_its_densities(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  mixed m = {.n = 1};
  const mine_latent *latent = by_hand(env, &m);
  (void)latent;
  const double z = (13 - 10) * 0.5;
  const double a = 0.9 * 0.75 * normal(z, 0, 1) * 0.1, b = 0.9 * 0.25 * normal(z, 3, 4) * 0.8;
  const double noise = 0.1 * exp(-2 - 0.7), all = a + b + noise;
  const said s = score(env, m.model, 13, 1);
  assert_true(fabs(s.share[0] - a / all) < 1e-14 && fabs(s.share[1] - b / all) < 1e-14);
  assert_int_equal(s.group, b > a ? 2 : 1);
  /* (z - mean)^2 / variance, and 2 ln of how much likelier the likeliest level is */
  assert_true(fabs(s.distance - sqrt((z - 3) * (z - 3) / 4)) < 1e-14);
  const said rare = score(env, m.model, 10, 1);
  const double near = 0.75 * normal(0, 0, 1) * 0.1, far = 0.25 * normal(0, 3, 4) * 0.8;
  assert_int_equal(rare.group, near > far ? 1 : 2);
  assert_true(fabs(rare.distance - (near > far ? sqrt(2 * log(0.9 / 0.1)) : sqrt(9.0 / 4))) <
              1e-14);
  mine_model_free(m.model);
  mine_env_close(env);
}

static void what_is_missing_or_never_met_is_left_out(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  mixed m = {.n = 1};
  (void)by_hand(env, &m);
  const double a = 0.9 * 0.75 * normal(0, 0, 1), b = 0.9 * 0.25 * normal(0, 3, 4);
  const double all = a + b + 0.1 * exp(-2);
  static const int32_t codes[] = {MINE_CODE_MISSING, MINE_CODE_UNKNOWN, 2};
  for (size_t i = 0; i < 3; i++) {
    const said s = score(env, m.model, 10, codes[i]);
    assert_true(fabs(s.share[0] - a / all) < 1e-14 && s.distance == 0);
  }
  const said none = score(env, m.model, NAN, MINE_CODE_MISSING);
  assert_true(fabs(none.share[0] - 0.675) < 1e-14 && none.group == 1 && none.distance == 0);
  mine_model_free(m.model);
  mine_env_close(env);
}

static void what_is_far_out_is_noise(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  mixed m = {.n = 1};
  (void)by_hand(env, &m);
  const said far = score(env, m.model, -1e300, 1), bound = score(env, m.model, 10 - 12, 1);
  assert_int_equal(far.group, 0);
  assert_true(far.share[0] == bound.share[0] && far.share[1] == bound.share[1]);
  assert_true(far.share[0] + far.share[1] < 0.5);
  assert_true(isfinite(far.distance) && far.distance == bound.distance);
  mine_model_free(m.model);
  mine_env_close(env);
}

/* ---- fitted -------------------------------------------------------------------------------- */

#define ROWS 400

typedef struct made {
  double x[2 * ROWS], y[2 * ROWS], weight[2 * ROWS];
  int32_t code[2 * ROWS];
} made;

/* Three clouds of 120, 110 and 100 rows, and 70 rows anywhere; some cells are missing. */
static void make(made *d) {
  static const double at[][2] = {{0, 0}, {8, 1}, {3, 9}};
  mine_random random;
  mine__random_open(&random, 7, 1, 0);
  for (int i = 0; i < ROWS; i++) {
    const int cloud = i < 120 ? 0 : i < 230 ? 1 : i < 330 ? 2 : 3;
    double u = 0, v = 0;
    for (int j = 0; j < 12; j++) {
      u += mine__random_real(&random) - 0.5;
      v += mine__random_real(&random) - 0.5;
    }
    d->x[i] = cloud < 3 ? at[cloud][0] + u : 40 * mine__random_real(&random) - 15;
    d->y[i] = cloud < 3 ? at[cloud][1] + v : 40 * mine__random_real(&random) - 15;
    d->code[i] =
        mine__random_real(&random) < 0.8 ? cloud % 3 : (int32_t)mine__random_below(&random, 3);
    d->weight[i] = 1 + i % 2;
    if (i % 37 == 5) d->x[i] = NAN;
    if (i % 41 == 6) d->code[i] = MINE_CODE_MISSING;
  }
}

static void same_clusters(const mine_latent *a, const mine_latent *b) {
  const size_t k = (size_t)a->k;
  assert_int_equal(a->k, b->k);
  assert_true(a->noise == b->noise);
  assert_memory_equal(a->weight, b->weight, k * sizeof(double));
  assert_memory_equal(a->stability, b->stability, k * sizeof(double));
  assert_memory_equal(a->importance, b->importance, 3 * sizeof(double));
  for (int f = 0; f < 2; f++) {
    assert_memory_equal(a->column[f].mean, b->column[f].mean, k * sizeof(double));
    assert_memory_equal(a->column[f].variance, b->column[f].variance, k * sizeof(double));
  }
  assert_int_equal(a->column[2].slots, b->column[2].slots);
  assert_memory_equal(a->column[2].share, b->column[2].share,
                      k * (size_t)a->column[2].slots * sizeof(double));
}

static void the_order_of_the_rows_and_threads_change_no_bit(void **state) {
  (void)state;
  static made d, other;
  make(&d);
  mine_env *env = open_env(1);
  mixed m = {.n = ROWS, .x = d.x, .y = d.y, .code = d.code, .weight = d.weight};
  assert_int_equal(mixed_try(env, &m, &usual), MINE_OK);
  const mine_latent *first = m.model->body;
  assert_int_equal(first->k, 3);
  assert_true(first->noise > 0.1 && first->noise < 0.25);
  for (int turn = 0; turn < 6; turn++) {
    uint32_t order[ROWS];
    mine_random random;
    mine_env *again = open_env(1 + turn % 3);
    for (uint32_t i = 0; i < ROWS; i++)
      order[i] = i;
    mine__random_open(&random, (uint64_t)turn, 2, 0);
    mine__random_shuffle(&random, NULL, order, ROWS);
    for (int i = 0; i < ROWS; i++) {
      other.x[i] = d.x[order[i]];
      other.y[i] = d.y[order[i]];
      other.code[i] = d.code[order[i]];
      other.weight[i] = d.weight[order[i]];
    }
    mixed shuffled = {
        .n = ROWS, .x = other.x, .y = other.y, .code = other.code, .weight = other.weight};
    assert_int_equal(mixed_try(again, &shuffled, &usual), MINE_OK);
    same_clusters(first, shuffled.model->body);
    mine_model_free(shuffled.model);
    mine_env_close(again);
  }
  mine_model_free(m.model);
  mine_env_close(env);
}

static void a_weight_of_two_is_the_row_twice(void **state) {
  (void)state;
  static made d;
  make(&d);
  int64_t n = ROWS;
  for (int i = 1; i < ROWS; i += 2, n++) {
    d.x[n] = d.x[i];
    d.y[n] = d.y[i];
    d.code[n] = d.code[i];
  }
  mine_env *env = open_env(1);
  mixed heavy = {.n = ROWS, .x = d.x, .y = d.y, .code = d.code, .weight = d.weight};
  mixed twice = {.n = n, .x = d.x, .y = d.y, .code = d.code};
  assert_int_equal(mixed_try(env, &heavy, &usual), MINE_OK);
  assert_int_equal(mixed_try(env, &twice, &usual), MINE_OK);
  const mine_latent *a = heavy.model->body, *b = twice.model->body;
  assert_int_equal(a->k, b->k);
  assert_memory_equal(a->weight, b->weight, (size_t)a->k * sizeof(double));
  assert_memory_equal(a->column[0].mean, b->column[0].mean, (size_t)a->k * sizeof(double));
  mine_model_free(heavy.model);
  mine_model_free(twice.model);
  mine_env_close(env);
}

static void so_many_clusters_as_were_asked_for(void **state) {
  (void)state;
  static made d;
  make(&d);
  for (int64_t k = 1; k <= 5; k++) {
    const mine__twostep_options options = {k, 6, 0, 0};
    mine_env *env = open_env(1);
    mixed m = {.n = ROWS, .x = d.x, .y = d.y, .code = d.code};
    assert_int_equal(mixed_try(env, &m, &options), MINE_OK);
    const mine_latent *latent = m.model->body;
    assert_int_equal(latent->k, k);
    assert_true(latent->noise == 0 && latent->profile.noise == 0);
    int64_t rows = 0;
    for (int c = 0; c < latent->k; c++) {
      rows += latent->profile.rows[c];
      assert_true(c == 0 || latent->profile.rows[c] <= latent->profile.rows[c - 1]);
      assert_true(isnan(latent->stability[c]));
    }
    assert_int_equal(rows, ROWS);
    mine_model_free(m.model);
    mine_env_close(env);
  }
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static mine_model *body_load(mine_env *env, mixed *m, const uint8_t *bytes, size_t n, int *ok) {
  mine_model *model;
  assert_int_equal(mine__model_empty(env, &model), MINE_OK);
  model->kind = &mine__kind_latent;
  model->task = MINE_CLUSTERING;
  model->n_features = 3;
  model->feature = m->about;
  mine_reader r = {.env = env, .arena = model->arena, .at = bytes, .end = bytes + n, .format = 2};
  model->kind->load(&r, model, model->kind->version);
  *ok = mine__reader_ok(&r) && r.at == r.end && !mine_failed(env);
  return model;
}

static void damaged_bodies_are_harmless(void **state) {
  (void)state;
  static made d;
  make(&d);
  const mine__twostep_options options = {2, 6, 0.25, 1};
  mine_env *env = open_env(1);
  mixed m = {.n = 60, .x = d.x + 90, .y = d.y + 90, .code = d.code + 90};
  assert_int_equal(mixed_try(env, &m, &options), MINE_OK);
  mine_writer w;
  mine__text_open(&w.text, env->scratch);
  m.model->kind->save(m.model, &w);
  const size_t n = w.text.bytes;
  uint8_t *bytes = malloc(n);
  memcpy(bytes, w.text.data, n);
  int ok;
  mine_model *copy = body_load(env, &m, bytes, n, &ok);
  assert_true(ok);
  const said before = score(env, m.model, 2.5, 1), after = score(env, copy, 2.5, 1);
  assert_true(before.share[0] == after.share[0] && before.distance == after.distance);
  mine_model_free(copy);
  for (size_t cut = 0; cut < n; cut++) {
    uint8_t *shorter = malloc(cut + 1); /* of its own: reading beyond is caught */
    memcpy(shorter, bytes, cut);
    mine_env *fresh = open_env(1);
    mine_model *model = body_load(fresh, &m, shorter, cut, &ok);
    assert_false(ok);
    mine_model_free(model);
    mine_env_close(fresh);
    free(shorter);
  }
  static const uint8_t damage[] = {0x01, 0x80, 0xff};
  for (size_t at = 0; at < n; at++) {
    for (size_t i = 0; i < sizeof damage; i++) {
      mine_env *fresh = open_env(1);
      bytes[at] ^= damage[i];
      mine_model *model = body_load(fresh, &m, bytes, n, &ok);
      if (ok) {
        const double x = 2.5, y = 1;
        const int32_t code = 1;
        const mine_feature_view view[] = {{.number = &x}, {.number = &y}, {.code = &code}};
        const mine_batch batch = {1, NULL, view};
        int32_t group;
        mine_answers answers = {.group = &group};
        assert_int_equal(mine__model_answer(fresh, model, &batch, &answers), MINE_OK);
        assert_true(group >= -1 && group <= model->n_groups);
      }
      mine_model_free(model);
      bytes[at] ^= damage[i];
      mine_env_close(fresh);
    }
  }
  free(bytes);
  mine_model_free(m.model);
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_row_has_the_shares_of_its_densities),
      cmocka_unit_test(what_is_missing_or_never_met_is_left_out),
      cmocka_unit_test(what_is_far_out_is_noise),
      cmocka_unit_test(the_order_of_the_rows_and_threads_change_no_bit),
      cmocka_unit_test(a_weight_of_two_is_the_row_twice),
      cmocka_unit_test(so_many_clusters_as_were_asked_for),
      cmocka_unit_test(damaged_bodies_are_harmless),
  };
  return cmocka_run_group_tests_name("latent", tests, NULL, NULL);
}
