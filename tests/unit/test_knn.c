/*
** test_knn.c -- the exact search against a naive one, votes against votes
** counted by hand, and damaged bytes against the loader.
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
#include "kernel/topk.h"
#include "model/neighbours.h"

extern const mine_algorithm mine__algorithm_knn;

static mine_env *open_env(int threads) {
  mine_env *env = NULL;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__env_set_threads(env, threads);
  env->progress = 0;
  return env;
}

static double gauss(mine_random *r) {
  const double u = 1 - mine__random_real(r), v = mine__random_real(r);
  return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* ---- top k ------------------------------------------------------------------- */

static void topk_keeps_the_smallest(void **state) {
  (void)state;
  double distance[5];
  uint32_t row[5];
  mine_topk top;
  mine__topk_open(&top, 5, distance, row);
  /* Distances 3 3 3 ... with rows arriving backwards: the small rows stay. */
  for (uint32_t i = 20; i > 0; i--)
    mine__topk_offer(&top, i == 13 ? 1 : 3, i - 1);
  mine__topk_sort(&top);
  const uint32_t expected[5] = {12, 0, 1, 2, 3};
  assert_int_equal(top.n, 5);
  assert_memory_equal(row, expected, sizeof expected);
  assert_true(distance[0] == 1 && distance[4] == 3);
}

/* ---- the search against a naive one ------------------------------------------- */

/* The definitions of nearest.h, written down once more. */
static double naive_key(mine_space space, const double *a, const double *b, int width,
                        const uint8_t *category) {
  double sum = 0, known = 0;
  int zero_a = 1, zero_b = 1;
  for (int j = 0; j < width; j++) {
    const double t = fabs(a[j] - b[j]);
    zero_a &= a[j] == 0;
    zero_b &= b[j] == 0;
    if (space == MINE_SPACE_EUCLIDEAN || space == MINE_SPACE_COSINE) sum += t * t;
    if (space == MINE_SPACE_MANHATTAN) sum += t;
    if (space == MINE_SPACE_GOWER && !isnan(a[j]) && !isnan(b[j])) {
      known += 1;
      sum += category[j] ? a[j] != b[j] : t;
    }
  }
  if (space == MINE_SPACE_COSINE && (zero_a || zero_b)) return 2;
  if (space == MINE_SPACE_GOWER) return known > 0 ? sum / known : (double)INFINITY;
  return sum;
}

typedef struct naive_entry {
  double key;
  uint32_t row;
} naive_entry;

static int naive_order(const void *a, const void *b) {
  const naive_entry *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return (x->row > y->row) - (x->row < y->row);
}

typedef struct search_case {
  mine_space space;
  int64_t n, m, k;
  int width;
  const double *base, *query;
  const uint8_t *category;
  const uint32_t *base_key, *query_key;
} search_case;

static void expect_naive(const search_case *c, int threads) {
  mine_env *env = open_env(threads);
  mine_nearest nearest;
  assert_int_equal(mine__nearest_build(env, env->scratch, c->space, c->base, c->n, c->width,
                                       c->category, &nearest),
                   MINE_OK);
  const size_t cells = (size_t)(c->m * c->k);
  uint32_t *row = malloc(cells * sizeof *row);
  double *distance = malloc(cells * sizeof *distance);
  int64_t *found = malloc((size_t)c->m * sizeof *found);
  naive_entry *all = malloc((size_t)c->n * sizeof *all);
  const mine_nearest_query query = {.n = c->m,
                                    .row = c->query,
                                    .k = c->k,
                                    .base_key = c->base_key,
                                    .query_key = c->query_key,
                                    .what = "test",
                                    .to = 1};
  assert_int_equal(mine__nearest_search(env, &nearest, &query, row, distance, found), MINE_OK);
  for (int64_t q = 0; q < c->m; q++) {
    int64_t n = 0;
    for (int64_t i = 0; i < c->n; i++) {
      if (c->base_key && c->base_key[i] == c->query_key[q]) continue;
      const double key = naive_key(c->space, c->query + q * c->width, c->base + i * c->width,
                                   c->width, c->category);
      all[n++] = (naive_entry){key, (uint32_t)i};
    }
    qsort(all, (size_t)n, sizeof *all, naive_order);
    const int64_t expected = n < c->k ? n : c->k;
    assert_int_equal(found[q], expected);
    for (int64_t i = 0; i < expected; i++) {
      double d = all[i].key;
      if (c->space == MINE_SPACE_EUCLIDEAN) d = sqrt(d);
      if (c->space == MINE_SPACE_COSINE) d /= 2;
      assert_int_equal(row[q * c->k + i], all[i].row);
      assert_true(distance[q * c->k + i] == d);
    }
  }
  free(row);
  free(distance);
  free(found);
  free(all);
  mine_env_close(env);
}

enum {
  FILL_GAUSS,
  FILL_TIES,
  FILL_OFFSET,
  FILL_OUTLIERS,
  FILL_TINY,
  FILL_HUGE,
  FILL_CLUSTERS,
  FILL_KINDS
};

static double fill_value(mine_random *r, int kind) {
  switch (kind) {
    case FILL_TIES:
      return (double)mine__random_below(r, 3);
    case FILL_OFFSET:
      return 1e9 + gauss(r);
    case FILL_OUTLIERS:
      return gauss(r) * (mine__random_below(r, 50) ? 1 : 1e6);
    case FILL_CLUSTERS: /* differences far below what a float resolves */
      return (mine__random_below(r, 2) ? 1e3 : -1e3) + 1e-4 * gauss(r);
    case FILL_TINY:
      return gauss(r) * 1e-120;
    case FILL_HUGE:
      return gauss(r) * 1e120;
    default:
      return gauss(r);
  }
}

static double *fill(mine_random *r, int64_t n, int width, int kind, mine_space space) {
  double *x = malloc((size_t)(n * width) * sizeof *x);
  for (int64_t i = 0; i < n * width; i++) {
    x[i] = fill_value(r, kind);
    if (space == MINE_SPACE_GOWER && mine__random_below(r, 4) == 0) x[i] = NAN;
  }
  for (int64_t i = 0; space == MINE_SPACE_COSINE && i < n; i++) {
    double sum = 0;
    for (int j = 0; j < width; j++)
      sum += x[i * width + j] * x[i * width + j];
    for (int j = 0; j < width; j++)
      x[i * width + j] /= sum > 0 ? sqrt(sum) : 1;
    if (i % 17 == 3) memset(x + i * width, 0, (size_t)width * sizeof *x);
  }
  return x;
}

static void search_equals_naive(void **state) {
  (void)state;
  static const int64_t sizes[] = {1, 7, 32, 33, 300};
  static const int widths[] = {1, 5, 19};
  mine_random r;
  mine__random_open(&r, 7, 1, 0);
  for (int space = MINE_SPACE_EUCLIDEAN; space <= MINE_SPACE_GOWER; space++) {
    for (int kind = 0; kind < FILL_KINDS; kind++) {
      for (int s = 0; s < 5; s++) {
        for (int w = 0; w < 3; w++) {
          const int width = widths[w];
          search_case c = {.space = (mine_space)space, .n = sizes[s], .m = 21, .width = width};
          uint8_t category[19];
          for (int j = 0; j < width; j++)
            category[j] = kind == FILL_TIES && j % 2 == 0;
          c.category = category;
          c.base = fill(&r, c.n, width, kind, c.space);
          c.query = fill(&r, c.m, width, kind, c.space);
          /* One query is a base row, one far away from everything. */
          memcpy((double *)c.query, c.base, (size_t)width * sizeof(double));
          for (int j = 0; j < width; j++)
            ((double *)c.query)[width + j] *= 1e20;
          for (c.k = 1; c.k <= c.n; c.k = c.k < 10 ? c.k + 9 : c.n > c.k ? c.n : c.n + 1) {
            expect_naive(&c, 1);
            expect_naive(&c, 3);
          }
          free((double *)c.base);
          free((double *)c.query);
        }
      }
    }
  }
}

static void keys_leave_rows_out(void **state) {
  (void)state;
  mine_random r;
  mine__random_open(&r, 8, 1, 0);
  search_case c = {.space = MINE_SPACE_EUCLIDEAN, .n = 200, .m = 200, .width = 3, .k = 199};
  c.base = c.query = fill(&r, c.n, c.width, FILL_TIES, c.space);
  uint32_t key[200];
  for (uint32_t i = 0; i < 200; i++)
    key[i] = i / 2; /* every id twice */
  c.base_key = c.query_key = key;
  expect_naive(&c, 2);
  free((double *)c.base);
}

/* Larger than a segment, so that lists are resumed. */
static void segments_change_nothing(void **state) {
  (void)state;
  mine_random r;
  mine__random_open(&r, 9, 1, 0);
  for (int space = MINE_SPACE_EUCLIDEAN; space <= MINE_SPACE_MANHATTAN; space++) {
    search_case c = {.space = (mine_space)space, .n = 90000, .m = 9, .width = 60, .k = 12};
    c.base = fill(&r, c.n, c.width, FILL_GAUSS, c.space);
    c.query = fill(&r, c.m, c.width, FILL_GAUSS, c.space);
    expect_naive(&c, 2);
    free((double *)c.base);
    free((double *)c.query);
  }
}

/* ---- votes ---------------------------------------------------------------------- */

/* A small data set in one numeric column. */
typedef struct line_data {
  double x[8], target[8], weight[8];
  int32_t label[8];
  mine_feature about;
  mine_feature_view view;
  mine_dataset data;
  mine_model *model;
} line_data;

static void line_fit(mine_env *env, line_data *l, mine_task_kind task, int64_t n,
                     const char *options) {
  const mine_algorithm *knn = &mine__algorithm_knn;
  void *own = mine__arena_zeros(env->scratch, 1, knn->options_size);
  mine_option_group group = {.table = knn->options, .values = own};
  assert_int_equal(mine__options_parse(env, env->scratch, &group, 1, options), MINE_OK);
  l->about = (mine_feature){.name = "x", .type = MINE_COLUMN_NUMERIC, .why = ""};
  l->view = (mine_feature_view){.number = l->x};
  l->data = (mine_dataset){.task = task,
                           .rows = {.n = n, .feature = &l->view},
                           .n_features = 1,
                           .about = &l->about,
                           .n_classes = task == MINE_CLASSIFICATION ? 2 : 0,
                           .label = task == MINE_CLASSIFICATION ? l->label : NULL,
                           .target = task == MINE_REGRESSION ? l->target : NULL,
                           .weight = l->weight[0] > 0 ? l->weight : NULL};
  assert_int_equal(mine__model_empty(env, &l->model), MINE_OK);
  mine_model *model = l->model;
  model->kind = knn->kind;
  model->algorithm = "knn";
  model->task = task;
  model->n_features = 1;
  model->feature = &l->about;
  model->n_groups = l->data.n_classes;
  model->roles.target = task == MINE_NEIGHBORS ? NULL : "y";
  model->n_outputs = task == MINE_REGRESSION;
  model->told.rows = n;
  for (int i = 0; i < l->data.n_classes; i++)
    (void)mine__values_push_int(&model->groups, i);
  assert_int_equal(knn->fit(env, &l->data, own, model), MINE_OK);
}

static double line_score(mine_env *env, const line_data *l, double x) {
  double p[2] = {-1, -1}, value = -1;
  const mine_feature_view view = {.number = &x};
  const mine_batch batch = {.n = 1, .feature = &view};
  mine_answers out = {.share = p, .value = &value};
  assert_int_equal(l->model->kind->answer(env, l->model, &batch, &out), MINE_OK);
  if (l->model->task == MINE_REGRESSION) return value;
  assert_true(fabs(p[0] + p[1] - 1) < 1e-12);
  return p[1];
}

static void votes_are_counted(void **state) {
  (void)state;
  mine_env *env = open_env(2);
  line_data l = {.x = {0, 1, 2, 4, 8}, .label = {0, 1, 1, 0, 0}, .target = {10, 20, 30, 40, 50}};
  line_fit(env, &l, MINE_CLASSIFICATION, 5, "k=3, scale=none");
  assert_true(fabs(line_score(env, &l, 0.1) - 2.0 / 3) < 1e-12);
  assert_true(fabs(line_score(env, &l, 100) - 1.0 / 3) < 1e-12); /* 8, 4, 2 */
  mine_model_free(l.model);
  line_fit(env, &l, MINE_CLASSIFICATION, 5, "k=3, scale=none, voting=distance");
  /* 0.5 from 0 and 1, 1.5 from 2: votes 2, 2, 2/3 */
  assert_true(fabs(line_score(env, &l, 0.5) - (2 + 2.0 / 3) / (4 + 2.0 / 3)) < 1e-12);
  assert_true(line_score(env, &l, 1) == 1); /* an exact match decides alone */
  mine_model_free(l.model);
  line_fit(env, &l, MINE_REGRESSION, 5, "k=2, scale=none");
  assert_true(fabs(line_score(env, &l, 0.4) - 15) < 1e-12);
  assert_true(fabs(line_score(env, &l, 3) - 35) < 1e-12);
  /* 1.5 is as far from 1 as from 2; 2.5 has 2, then 1 and 4 tie: row 1 wins. */
  assert_true(fabs(line_score(env, &l, 2.5) - 25) < 1e-12);
  mine_model_free(l.model);
  line_fit(env, &l, MINE_REGRESSION, 5, "k=2, scale=none, voting=distance");
  assert_true(fabs(line_score(env, &l, 0.25) - (10 * 3 + 20) / 4.0) < 1e-12);
  mine_model_free(l.model);
  mine_env_close(env);
}

static void weights_are_respected(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  line_data l = {
      .x = {0, 1, 2, 4}, .label = {0, 1, 1, 0}, .target = {10, 20, 30, 40}, .weight = {6, 1, 2, 1}};
  line_fit(env, &l, MINE_CLASSIFICATION, 4, "k=3, scale=none");
  assert_true(fabs(line_score(env, &l, 0.1) - 3.0 / 9) < 1e-12);
  mine_model_free(l.model);
  line_fit(env, &l, MINE_REGRESSION, 4, "k=3, scale=none");
  assert_true(fabs(line_score(env, &l, 0.1) - (60 + 20 + 60) / 9.0) < 1e-12);
  mine_model_free(l.model);
  mine_env_close(env);
}

static void more_neighbours_than_rows(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  line_data l = {.x = {0, 1, 2}, .target = {1, 2, 6}};
  line_fit(env, &l, MINE_REGRESSION, 3, "k=2147483647");
  assert_true(fabs(line_score(env, &l, 50) - 3) < 1e-12);
  assert_int_equal(l.model->told.n_warnings, 1);
  mine_model_free(l.model);
  mine_env_close(env);
}

/* ---- gower by hand ----------------------------------------------------------------- */

static void gower_by_hand(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  const double age[] = {20, 30, NAN, 60};
  const int32_t color[] = {0, 1, 1, MINE_CODE_MISSING};
  const double constant[] = {5, 5, 5, 5};
  const mine_feature_view view[] = {{.number = age}, {.code = color}, {.number = constant}};
  const mine_feature about[] = {{.name = "age", .type = MINE_COLUMN_NUMERIC},
                                {.name = "color", .type = MINE_COLUMN_CATEGORY},
                                {.name = "constant", .type = MINE_COLUMN_NUMERIC}};
  const mine_dataset data = {
      .task = MINE_NEIGHBORS, .rows = {4, NULL, view}, .n_features = 3, .about = about};
  mine_neighbours body;
  const mine__neighbours_how how = {.space = MINE_SPACE_GOWER, .scale = -1};
  assert_int_equal(mine__neighbours_fit(env, env->scratch, &data, &how, &body), MINE_OK);
  const double q_age = 100;                  /* beyond the range */
  const int32_t q_color = MINE_CODE_UNKNOWN; /* differs from every level    */
  const double q_constant = 5;
  const mine_feature_view q_view[] = {{.number = &q_age}, {.code = &q_color}, {&q_constant, NULL}};
  const mine_batch batch = {1, NULL, q_view};
  double point[3], distance[4];
  uint32_t row[4];
  int64_t found;
  mine__neighbours_points(&body, &batch, 0, 1, point);
  const mine_nearest_query query = {.n = 1, .row = point, .k = 4, .what = "", .to = 1};
  assert_int_equal(mine__nearest_search(env, &body.nearest, &query, row, distance, &found),
                   MINE_OK);
  assert_int_equal(found, 4);
  /* row 0: (80/40 + 1 + 0) / 3; row 1: (70/40 + 1 + 0) / 3; row 2: (1 + 0) / 2; row 3: (40/40 + 0)
   * / 2 */
  const uint32_t expected[4] = {2, 3, 1, 0};
  assert_memory_equal(row, expected, sizeof expected);
  assert_true(distance[0] == 0.5 && distance[1] == 0.5);
  assert_true(distance[2] == 2.75 / 3 && distance[3] == 1);
  mine_env_close(env);
}

/* ---- bytes ---------------------------------------------------------------------------- */

/* The body through the kind's own save and load, without the envelope and its
** checksum, so that damage reaches the checks. */
static mine_model *body_load(mine_env *env, const line_data *l, const uint8_t *bytes, size_t n,
                             int *ok) {
  mine_model *model;
  assert_int_equal(mine__model_empty(env, &model), MINE_OK);
  model->kind = l->model->kind;
  model->task = l->model->task;
  model->n_features = 1;
  model->feature = l->model->feature;
  model->roles.target = l->model->roles.target;
  model->n_outputs = l->model->n_outputs;
  model->n_groups = l->model->n_groups;
  model->groups = l->model->groups;
  mine_reader r = {.env = env, .arena = model->arena, .at = bytes, .end = bytes + n};
  model->kind->load(&r, model, model->kind->version);
  *ok = mine__reader_ok(&r) && r.at == r.end && model->body != NULL;
  return model;
}

static void one_damage(mine_env *env, line_data *l, const uint8_t *bytes, size_t n) {
  int ok;
  mine_model *whole = l->model;
  mine_model *model = body_load(env, l, bytes, n, &ok);
  if (ok) { /* harmless to use, whatever it says */
    double p[2];
    const double x = 3;
    const mine_feature_view view = {.number = &x};
    const mine_batch batch = {.n = 1, .feature = &view};
    mine_answers out = {.share = p, .value = p};
    (void)model->kind->answer(env, model, &batch, &out);
  }
  mine_model_free(model);
  l->model = whole;
}

static void body_survives(mine_task_kind task, const char *options) {
  line_data l = {.x = {0, 1, 2, 4, 8, 16},
                 .label = {0, 1, 1, 0, 1, 0},
                 .target = {10, 20, 30, 40, 5, 6},
                 .weight = {1, 2, 3, 1, 1, 1}};
  mine_env *env = open_env(1);
  line_fit(env, &l, task, 6, options);
  mine_writer w;
  mine__text_open(&w.text, env->scratch);
  l.model->kind->save(l.model, &w);
  const size_t n = w.text.bytes;
  uint8_t *bytes = malloc(n);
  memcpy(bytes, w.text.data, n);
  int ok;
  mine_model *copy = body_load(env, &l, bytes, n, &ok);
  assert_true(ok);
  if (task != MINE_NEIGHBORS) {
    const double before = line_score(env, &l, 2.7);
    mine_model *whole = l.model;
    l.model = copy;
    assert_true(line_score(env, &l, 2.7) == before);
    l.model = whole;
  }
  mine_model_free(copy);
  for (size_t cut = 0; cut < n; cut++) {
    uint8_t *shorter = malloc(cut + 1); /* of its own: reading beyond is caught */
    memcpy(shorter, bytes, cut);
    mine_env *fresh = open_env(1);
    mine_model *model = body_load(fresh, &l, shorter, cut, &ok);
    assert_false(ok);
    mine_model_free(model);
    mine_env_close(fresh);
    free(shorter);
  }
  static const uint8_t damage[] = {0x01, 0x80, 0xff};
  for (size_t at = 0; at < n; at++) {
    for (size_t d = 0; d < sizeof damage; d++) {
      mine_env *fresh = open_env(1);
      bytes[at] ^= damage[d];
      one_damage(fresh, &l, bytes, n);
      bytes[at] ^= damage[d];
      mine_env_close(fresh);
    }
  }
  free(bytes);
  mine_model_free(l.model);
  mine_env_close(env);
}

static void damaged_bodies_are_harmless(void **state) {
  (void)state;
  body_survives(MINE_CLASSIFICATION, "k=3");
  body_survives(MINE_CLASSIFICATION, "k=3, metric=gower, voting=distance");
  body_survives(MINE_REGRESSION, "k=2, metric=cosine");
  body_survives(MINE_REGRESSION, "k=2, metric=manhattan, scale=robust");
  body_survives(MINE_NEIGHBORS, "k=2");
}

/* What cannot be right is refused, not only survived. */
static void wrong_bodies_are_refused(void **state) {
  (void)state;
  mine_env *env = open_env(1);
  line_data l = {.x = {0, 1, 2, 4}, .label = {0, 1, 1, 0}};
  line_fit(env, &l, MINE_CLASSIFICATION, 4, "k=3");
  static const struct {
    size_t at;
    uint8_t value;
  } wrong[] = {{0, 4}, {4, 2}, {8, 0}, {15, 0x80}};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    mine_writer w;
    int ok;
    mine__text_open(&w.text, env->scratch);
    l.model->kind->save(l.model, &w);
    w.text.data[wrong[i].at] = (char)wrong[i].value;
    mine_model *model = body_load(env, &l, (const uint8_t *)w.text.data, w.text.bytes, &ok);
    assert_false(ok);
    mine_model_free(model);
  }
  mine_model_free(l.model);
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(topk_keeps_the_smallest),     cmocka_unit_test(search_equals_naive),
      cmocka_unit_test(keys_leave_rows_out),         cmocka_unit_test(segments_change_nothing),
      cmocka_unit_test(votes_are_counted),           cmocka_unit_test(weights_are_respected),
      cmocka_unit_test(more_neighbours_than_rows),   cmocka_unit_test(gower_by_hand),
      cmocka_unit_test(damaged_bodies_are_harmless), cmocka_unit_test(wrong_bodies_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
