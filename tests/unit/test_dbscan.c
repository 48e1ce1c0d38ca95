/*
** test_dbscan.c -- DBSCAN against the definition, row by row; the order of the rows, equal rows,
** ties, weights; nothing but noise, one cluster, eps from the data; the model's bytes.
*/
#include "labelled_fixture.h"

extern const mine_algorithm mine__algorithm_dbscan;

/* ---- the definition ----------------------------------------------------------------------- */

/* Clusters by flooding from each core row; border rows to the nearest core row, of equal ones that
** with the least coordinates.  Numbers are of no order. */
static void by_definition(const table *t, double eps, double least, int32_t *label) {
  const int64_t n = t->n;
  uint8_t *core = calloc((size_t)n, 1);
  int64_t *queue = malloc((size_t)n * sizeof *queue);
  int32_t k = 0;
  for (int64_t i = 0; i < n; i++) {
    double sum = 0;
    for (int64_t j = 0; j < n; j++)
      if (table_square(t, i, j) <= eps * eps) sum += t->weight ? t->weight[j] : 1;
    core[i] = sum >= least;
    label[i] = -1;
  }
  for (int64_t i = 0; i < n; i++) {
    if (!core[i] || label[i] >= 0) continue;
    int64_t head = 0, tail = 0;
    queue[tail++] = i;
    label[i] = k;
    while (head < tail) {
      const int64_t from = queue[head++];
      for (int64_t j = 0; j < n; j++) {
        if (!core[j] || label[j] >= 0 || table_square(t, from, j) > eps * eps) continue;
        label[j] = k;
        queue[tail++] = j;
      }
    }
    k++;
  }
  for (int64_t i = 0; i < n; i++) {
    int64_t best = -1;
    for (int64_t j = 0; j < n && !core[i]; j++) {
      const double d = table_square(t, i, j);
      if (!core[j] || d > eps * eps) continue;
      if (best >= 0 && (d > table_square(t, i, best) ||
                        (d == table_square(t, i, best) &&
                         mine__labelled_order(t->point + j * t->width, t->point + best * t->width,
                                              t->width) >= 0)))
        continue;
      best = j;
    }
    if (best >= 0) label[i] = label[best];
  }
  free(core);
  free(queue);
}

/* The same rows together, the same rows alone. */
static void same_partition(const int32_t *a, const int32_t *b, int64_t n) {
  int64_t *to = malloc((size_t)n * sizeof *to), *back = malloc((size_t)n * sizeof *back);
  for (int64_t i = 0; i < n; i++)
    to[i] = back[i] = -1;
  for (int64_t i = 0; i < n; i++) {
    assert_int_equal(a[i] < 0, b[i] < 0);
    if (a[i] < 0) continue;
    if (to[a[i]] < 0) to[a[i]] = b[i];
    if (back[b[i]] < 0) back[b[i]] = a[i];
    assert_int_equal(to[a[i]], b[i]);
    assert_int_equal(back[b[i]], a[i]);
  }
  free(to);
  free(back);
}

static void tried(int64_t n, int width, double eps, int least, double grid, int threads) {
  mine_env *env = table_env(threads);
  table t = table_groups(env, n, width, 3, (uint64_t)n * 7 + (uint64_t)width, grid);
  int32_t *label = mine__arena_array(env->scratch, (size_t)n, sizeof *label);
  int64_t *to = mine__arena_array(env->scratch, (size_t)n, sizeof *to);
  char options[100];
  snprintf(options, sizeof options, "eps=%d.%02d,min_samples=%d,scale=none", (int)eps,
           (int)(eps * 100) % 100, least);
  by_definition(&t, eps, least, label);
  mine_model *model = table_fit(&t, &mine__algorithm_dbscan, options);
  const mine_labelled *body = model->body;
  same_partition(label, body->label, n);
  table_is_numbered(body);
  table_answers_itself(&t, model);
  table other = table_shuffled(&t, 3, to);
  mine_model *shuffled = table_fit(&other, &mine__algorithm_dbscan, options);
  for (int64_t i = 0; i < n; i++) /* of equal sizes, too: by coordinates */
    assert_int_equal(body->label[i], ((const mine_labelled *)shuffled->body)->label[to[i]]);
  mine_model_free(shuffled);
  mine_model_free(model);
  mine_env_close(env);
}

static void as_it_is_defined(void **state) {
  (void)state;
  for (int threads = 1; threads <= 4; threads++) {
    tried(1, 1, 0.5, 1, 0, threads);
    tried(2, 1, 0.5, 2, 0, threads);
    tried(40, 1, 0.25, 4, 0, threads);
    tried(300, 2, 0.75, 5, 0, threads);
    tried(900, 2, 0.5, 5, 0.5, threads); /* on a grid: everything ties */
    tried(900, 3, 1.0, 12, 1, threads);
    tried(1500, 4, 1.25, 6, 0, threads);
    tried(1200, 2, 30, 5, 0, threads);   /* all within eps */
    tried(1200, 2, 0.01, 5, 0, threads); /* nothing is     */
    tried(1200, 2, 6, 40, 0, threads);
    tried(700, 20, 5.5, 5, 0, threads);
  }
}

static void weights_are_rows(void **state) {
  (void)state;
  mine_env *env = table_env(2);
  table t = table_groups(env, 400, 2, 3, 8, 0.25);
  int32_t *label = mine__arena_array(env->scratch, 400, sizeof *label);
  t.weight = mine__arena_array(env->scratch, 400, sizeof(double));
  for (int i = 0; i < 400; i++)
    t.weight[i] = 1 + i % 3;
  by_definition(&t, 0.5, 7, label);
  mine_model *model = table_fit(&t, &mine__algorithm_dbscan, "eps=0.5,min_samples=7,scale=none");
  same_partition(label, ((const mine_labelled *)model->body)->label, 400);
  mine_model_free(model);
  mine_env_close(env);
}

/* ---- what is told --------------------------------------------------------------------------- */

static const char *told(const mine_model *model, const char *item) {
  for (int64_t i = 0; i < mine__notes_count(&model->told.notes); i++) {
    const mine_note note = mine__notes_at(&model->told.notes, i);
    if (strcmp(note.item, item) == 0) return note.detail;
  }
  return "";
}

static void eps_comes_from_the_data(void **state) {
  (void)state;
  mine_env *env = table_env(1);
  table t = table_groups(env, 1000, 2, 3, 11, 0);
  int64_t *to = mine__arena_array(env->scratch, 1000, sizeof *to);
  mine_model *model = table_fit(&t, &mine__algorithm_dbscan, "");
  const mine_labelled *body = model->body;
  assert_true(body->k >= 2 && body->k <= 6);
  assert_non_null(strstr(told(model, "chosen"), "eps="));
  table other = table_shuffled(&t, 3, to);
  mine_model *shuffled = table_fit(&other, &mine__algorithm_dbscan, "");
  for (int64_t i = 0; i < 1000; i++)
    assert_int_equal(body->label[i], ((const mine_labelled *)shuffled->body)->label[to[i]]);
  mine_model_free(shuffled);
  mine_model_free(model);
  table equal = table_open(env, 30, 2);
  model = table_fit(&equal, &mine__algorithm_dbscan, "");
  assert_int_equal(model->n_groups, 1);
  mine_model_free(model);
  table one = table_open(env, 1, 2);
  model = table_fit(&one, &mine__algorithm_dbscan, "");
  assert_int_equal(model->n_groups, 0);
  assert_non_null(strstr(told(model, "warning"), "more than the 1 rows"));
  mine_model_free(model);
  mine_env_close(env);
}

static void what_says_nothing_is_told(void **state) {
  (void)state;
  mine_env *env = table_env(1);
  table t = table_groups(env, 100, 2, 3, 11, 0);
  mine_model *model = table_fit(&t, &mine__algorithm_dbscan, "eps=0.0001");
  assert_non_null(strstr(told(model, "warning"), "all rows are noise"));
  table_answers_itself(&t, model);
  mine_model_free(model);
  model = table_fit(&t, &mine__algorithm_dbscan, "eps=1000");
  assert_non_null(strstr(told(model, "warning"), "one cluster"));
  mine_model_free(model);
  assert_int_equal(table_try(&t, &mine__algorithm_dbscan, "eps=0", &model), MINE_OPTION);
  assert_non_null(strstr(mine_env_error(env), "eps must be above 0"));
  mine_env_close(env);
}

/* ---- rows that were not there ------------------------------------------------------------- */

/* The nearest row that reaches so far, by looking at all. */
static void new_rows_by_their_reach(void **state) {
  (void)state;
  mine_env *env = table_env(2);
  table t = table_groups(env, 700, 2, 3, 21, 0.25), asked = table_groups(env, 500, 2, 3, 22, 0.125);
  mine_model *model = table_fit(&t, &mine__algorithm_dbscan, "eps=0.5,min_samples=4,scale=none");
  mine_labelled *body = model->body;
  for (int64_t i = 0; i < body->n; i++) /* reaches of many kinds */
    if (body->reach[i] > 0) body->reach[i] = i % 5 == 0 ? INFINITY : 0.25 * (double)(i % 4);
  assert_int_equal(mine__labelled_prepare(env, model->arena, body), MINE_OK);
  int32_t group[500];
  double distance[500], x[500], y[500];
  for (int i = 0; i < 500; i++) {
    x[i] = asked.point[2 * i];
    y[i] = asked.point[2 * i + 1];
  }
  const mine_feature_view view[] = {{.number = x}, {.number = y}};
  const mine_batch batch = {.n = 500, .feature = view};
  mine_answers out = {.group = group, .distance = distance};
  assert_int_equal(model->kind->answer(env, model, &batch, &out), MINE_OK);
  for (int64_t i = 0; i < 500; i++) {
    const double *query = asked.point + 2 * i;
    double near = INFINITY, cover = INFINITY;
    int64_t by = -1, same = -1;
    for (int64_t j = 0; j < body->n; j++) {
      const double d = mine__distance_pair(query, body->point + 2 * j, 2);
      if (d == 0) same = j;
      if (body->reach[j] < 0) continue;
      if (d < near) near = d;
      if (d > body->reach[j] * body->reach[j] || d > cover) continue;
      if (d == cover && mine__labelled_order(body->point + 2 * j, body->point + 2 * by, 2) >= 0)
        continue;
      cover = d;
      by = j;
    }
    if (same >= 0) by = same;
    assert_int_equal(group[i], by < 0 ? 0 : body->label[by] + 1);
    assert_true(distance[i] == sqrt(near));
    double alone_x = x[i], alone_y = y[i], alone_distance;
    int32_t alone;
    const mine_feature_view one[] = {{.number = &alone_x}, {.number = &alone_y}};
    const mine_batch row = {.n = 1, .feature = one};
    mine_answers answer = {.group = &alone, .distance = &alone_distance};
    assert_int_equal(model->kind->answer(env, model, &row, &answer), MINE_OK);
    assert_true(alone == group[i] && alone_distance == distance[i]);
  }
  mine_model_free(model);
  mine_env_close(env);
}

/* ---- bytes -------------------------------------------------------------------------------- */

/* Load what `change` has made of a sound body; 1: it loaded. */
static int loads(mine_env *env, mine_model *model, void (*change)(mine_labelled *)) {
  mine_labelled *sound = model->body, body = *sound;
  const size_t n = (size_t)body.n;
  body.label = mine__arena_array(env->scratch, n, sizeof *body.label);
  body.reach = mine__arena_array(env->scratch, n, sizeof *body.reach);
  body.point = mine__arena_array(env->scratch, n, 2 * sizeof *body.point);
  body.merge = mine__arena_array(env->scratch, n, 2 * sizeof *body.merge);
  body.height = mine__arena_zeros(env->scratch, n, sizeof *body.height);
  body.merge_rows = mine__arena_array(env->scratch, n, sizeof *body.merge_rows);
  memcpy(body.label, sound->label, n * sizeof *body.label);
  memcpy(body.reach, sound->reach, n * sizeof *body.reach);
  memcpy(body.point, sound->point, 2 * n * sizeof *body.point);
  body.n_merges = body.n - 1;
  for (int64_t s = 0; s < body.n_merges; s++) { /* a chain */
    body.merge[2 * s] = s == 0 ? -1 : s;
    body.merge[2 * s + 1] = -(s + 2);
    body.merge_rows[s] = s + 2;
  }
  change(&body);
  mine_writer w;
  mine__text_open(&w.text, env->scratch);
  model->body = &body;
  mine__labelled_save(model, &w);
  model->body = sound;
  mine_model *back;
  assert_int_equal(mine__model_empty(env, &back), MINE_OK);
  back->feature = model->feature;
  back->n_features = model->n_features;
  mine_reader r = {.env = env, .arena = back->arena, .at = (const uint8_t *)w.text.data};
  r.end = r.at + w.text.bytes;
  mine__labelled_load(&r, back, MINE__LABELLED_VERSION);
  const int ok = mine__reader_ok(&r) && back->body;
  if (ok) {
    const mine_labelled *b = back->body;
    assert_true(r.at == r.end && b->n == body.n && b->k == body.k && back->n_groups == body.k);
    assert_memory_equal(b->label, body.label, n * sizeof *b->label);
    assert_memory_equal(b->merge, body.merge, 2 * (size_t)body.n_merges * sizeof *b->merge);
  }
  mine_model_free(back);
  return ok;
}

static void change_nothing(mine_labelled *m) {
  (void)m;
}
static void change_label(mine_labelled *m) {
  m->label[3] = (int32_t)m->k;
}
static void change_noise(mine_labelled *m) {
  m->label[3] = -2;
}
static void change_reach(mine_labelled *m) {
  m->reach[5] = -0.5;
}
static void change_reach_nan(mine_labelled *m) {
  m->reach[5] = NAN;
}
static void change_reach_of_noise(mine_labelled *m) {
  m->label[3] = -1;
  m->reach[3] = 1;
}
static void change_far(mine_labelled *m) {
  m->label[3] = 0;
  m->reach[3] = INFINITY;
}
static void change_point(mine_labelled *m) {
  m->point[7] = INFINITY;
}
static void change_clusters(mine_labelled *m) {
  m->k = m->n + 1;
}
static void change_merge_twice(mine_labelled *m) {
  m->merge[5] = m->merge[3];
}
static void change_merge_later(mine_labelled *m) {
  m->merge[4] = 5;
}
static void change_merge_itself(mine_labelled *m) {
  m->merge[4] = 3;
}
static void change_merge_zero(mine_labelled *m) {
  m->merge[4] = 0;
}
static void change_merge_row(mine_labelled *m) {
  m->merge[1] = INT64_MIN;
}
static void change_height(mine_labelled *m) {
  m->height[1] = -1;
}
static void change_merge_rows(mine_labelled *m) {
  m->merge_rows[1] = m->n + 1;
}
static void change_merges(mine_labelled *m) {
  m->n_merges--;
}

static void bytes_are_not_believed(void **state) {
  (void)state;
  mine_env *env = table_env(1);
  table t = table_groups(env, 60, 2, 2, 21, 0);
  mine_model *model = table_fit(&t, &mine__algorithm_dbscan, "eps=1,min_samples=4,scale=none");
  assert_true(((mine_labelled *)model->body)->k >= 1);
  assert_true(loads(env, model, change_nothing));
  assert_true(loads(env, model, change_far));
  static void (*const wrong[])(mine_labelled *) = {
      change_label,          change_noise,        change_reach,      change_reach_nan,
      change_reach_of_noise, change_point,        change_clusters,   change_merge_twice,
      change_merge_later,    change_merge_itself, change_merge_zero, change_merge_row,
      change_height,         change_merge_rows,   change_merges};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    if (loads(env, model, wrong[i])) fail_msg("change %zu is believed", i);
  mine_model_free(model);
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_it_is_defined),        cmocka_unit_test(weights_are_rows),
      cmocka_unit_test(eps_comes_from_the_data), cmocka_unit_test(what_says_nothing_is_told),
      cmocka_unit_test(new_rows_by_their_reach), cmocka_unit_test(bytes_are_not_believed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
