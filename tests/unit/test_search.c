/*
** test_search.c -- neighbours through the public interface: a base and queries in
** frames, a relation out; the catalogue of algorithms and options.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mine.h"
#include "verb_fixture.h"

/* ---- small tables --------------------------------------------------------------- */

/* Columns "id,age,plan"; rows "1,20,basic|2,30,|..."; a cell that reads as a
** number is one, an empty one is NULL. */
static void put_cell(mine_frame *frame, int column, const char *text, size_t bytes) {
  char copy[64], *end;
  assert_true(bytes < sizeof copy);
  memcpy(copy, text, bytes);
  copy[bytes] = 0;
  const double v = strtod(copy, &end);
  if (bytes == 0) {
    mine_frame_put_null(frame, column);
  } else if (*end) {
    mine_frame_put_text(frame, column, text, bytes);
  } else if (v == floor(v)) {
    mine_frame_put_int(frame, column, (int64_t)v);
  } else {
    mine_frame_put_real(frame, column, v);
  }
}

static mine_status put_table(mine_frame *frame, const char *columns, const char *rows) {
  char names[256];
  const char *name[32];
  int n = 0;
  strcpy(names, columns);
  for (char *at = names; at; n++) {
    name[n] = at;
    at = strchr(at, ',');
    if (at) *at++ = 0;
  }
  mine_status status = mine_frame_columns(frame, name, n);
  while (!status && *rows) {
    for (int c = 0; c < n; c++) {
      const size_t bytes = strcspn(rows, ",|");
      put_cell(frame, c, rows, bytes);
      rows += bytes + (rows[bytes] == ',');
    }
    status = mine_frame_end_row(frame);
    if (*rows == '|') rows++;
  }
  return status;
}

typedef struct table {
  const char *columns, *rows;
} table;

/* "1:2 1:3 ..." = query id : id, in order; or the error sentence. */
static const char *neighbors(table base, table queries, int same, const char *options,
                             const mine_model *model) {
  static char answer[4096];
  mine_env *env;
  mine_search *search = NULL;
  mine_relation *r = NULL;
  assert_int_equal(mine_env_open(NULL, "mine_neighbors", &env), MINE_OK);
  mine_status status = verb_search_open(env, model, same, options, &search);
  if (!status && !model) status = put_table(mine__search_base(search), base.columns, base.rows);
  if (!status) status = mine__search_build(search);
  if (!status) status = put_table(mine__search_queries(search), queries.columns, queries.rows);
  if (!status) status = verb_search_run(env, search, &r);
  mine__search_close(search);
  strcpy(answer, status ? mine_env_error(env) : "");
  for (int64_t i = 0; r && i < mine_relation_rows(r); i++) {
    for (int c = 0; c < 4; c++) {
      mine_cell cell;
      char *at = answer + strlen(answer);
      const size_t room = sizeof answer - strlen(answer);
      mine_relation_cell(r, i, c, &cell);
      if (c == 1) continue;
      if (cell.type == MINE_NULL) snprintf(at, room, "-");
      if (cell.type == MINE_INT) snprintf(at, room, "%lld", (long long)cell.as.integer);
      if (cell.type == MINE_REAL) snprintf(at, room, "=%.3f ", cell.as.real);
      if (cell.type == MINE_TEXT) snprintf(at, room, "%.*s", (int)cell.bytes, cell.as.text);
      if (c == 0) strcat(answer, ":");
    }
  }
  assert_true(status == MINE_OK || r == NULL);
  mine_relation_free(r);
  mine_env_close(env);
  return answer;
}

static const table people = {"id,age,plan", "1,20,basic|2,30,basic|3,40,gold|4,60,gold"};

#define expect_text(expression, text) assert_string_equal((expression), (text))
#define expect_says(expression, part)                         \
  do {                                                        \
    const char *said = (expression);                          \
    if (!strstr(said, (part))) fail_msg("it said: %s", said); \
  } while (0)

/* ---- what it finds ---------------------------------------------------------------- */

static void nearest_rows_come_in_order(void **state) {
  (void)state;
  const table base = {"id,x,y", "a,0,0|b,3,4|c,0,1|d,100,100"};
  const table queries = {"who,y,x,extra", "q,0,0,7|r,4,3,8"};
  expect_text(neighbors(base, queries, 0, "k=3, scale=none", NULL),
              "q:a=0.000 q:c=1.000 q:b=5.000 r:b=0.000 r:c=4.243 r:a=5.000 ");
  expect_text(neighbors(base, queries, 0, "k=2, scale=none, metric=manhattan", NULL),
              "q:a=0.000 q:c=1.000 r:b=0.000 r:c=6.000 ");
  /* cosine: (4,3) and the diagonal; a zero row is 1 from everything */
  expect_text(neighbors(base, (table){"id,x,y", "q,3,4"}, 0, "k=4, metric=cosine", NULL),
              "q:b=0.000 q:d=0.010 q:c=0.200 q:a=1.000 ");
}

static void oneself_is_left_out(void **state) {
  (void)state;
  expect_text(neighbors(people, people, 1, "k=1, metric=gower", NULL),
              "1:2=0.125 2:1=0.125 3:4=0.250 4:3=0.250 ");
  expect_text(neighbors(people, people, 1, "k=1, metric=gower, exclude_self=0", NULL),
              "1:1=0.000 2:2=0.000 3:3=0.000 4:4=0.000 ");
  expect_text(neighbors(people, (table){"id,age,plan", "1,30,basic"}, 0,
                        "k=2, metric=gower, exclude_self=1", NULL),
              "1:2=0.000 1:3=0.625 ");
  /* by identity: the text '1' is not the number 1; more than there are: all */
  expect_text(
      neighbors((table){"id,x", "1,0|2,10"}, (table){"id,x", "1,0"}, 1, "k=50, scale=none", NULL),
      "1:2=10.000 ");
}

static void rows_can_be_numbered(void **state) {
  (void)state;
  const table points = {"x,y", "0.5,0|0.5,1|9,9"};
  expect_text(neighbors(points, points, 1, "id=none, k=1, scale=none", NULL),
              "1:2=1.000 2:1=1.000 3:2=11.673 ");
}

static void missing_values_are_handled(void **state) {
  (void)state;
  const table base = {"id,age,plan", "1,20,basic|2,,gold|3,40,gold"};
  const table queries = {"id,age,plan", "8,20,|9,20,silver"};
  /* 8: age only; row 2 shares nothing known and comes last.  9: silver is no known level */
  expect_text(neighbors(base, queries, 0, "k=3, metric=gower", NULL),
              "8:1=0.000 8:3=1.000 8:2-9:1=0.500 9:2=1.000 9:3=1.000 ");
  expect_text(neighbors(base, queries, 0, "k=3, metric=gower, missing=skip", NULL),
              "9:1=0.500 9:3=1.000 ");
  expect_says(neighbors(base, queries, 0, "missing=error", NULL),
              "column 'age' of the base rows is missing in row 2");
  expect_says(neighbors(people, queries, 0, "missing=error", NULL),
              "column 'plan' of the query rows is missing in row 1");
}

static void bad_input_is_named(void **state) {
  (void)state;
  expect_says(neighbors(people, (table){"id,age", "1,20"}, 0, "", NULL), "'plan'");
  expect_says(neighbors(people, (table){"age,plan", "20,gold"}, 0, "", NULL),
              "the first column 'age' of the queries is an attribute");
  expect_says(neighbors((table){"age,x", "1.5,2|2.5,3|3,9"}, people, 0, "", NULL), "id=none");
  expect_says(neighbors(people, people, 0, "metrik=gower", NULL), "metric");
  expect_says(neighbors(people, people, 0, "k=0", NULL), "k");
  expect_says(neighbors(people, people, 0, "metric=hamming", NULL), "gower");
  expect_says(neighbors((table){"id,age", ""}, people, 0, "", NULL), "no rows");
  expect_says(neighbors(people, (table){"id,age,plan", "1,old,gold"}, 0, "", NULL), "'old'");
  expect_text(neighbors(people, (table){"id,age,plan", ""}, 0, "", NULL), "");
}

/* ---- through a model ------------------------------------------------------------------- */

static mine_model *train(const char *algorithm, const char *options, table rows) {
  mine_env *env;
  mine_training *training = NULL;
  mine_model *model = NULL;
  assert_int_equal(mine_env_open(NULL, "mine_train", &env), MINE_OK);
  mine_status status = verb_training_open(env, algorithm, options, &training);
  if (!status) status = put_table(mine__training_frame(training), rows.columns, rows.rows);
  if (!status) status = mine__training_fit(training, &model);
  if (status) fail_msg("%s", mine_env_error(env));
  mine__training_close(training);
  mine_env_close(env);
  return model;
}

static mine_model *reload(mine_model *model) {
  mine_env *env;
  mine_model *copy = NULL;
  const void *bytes;
  size_t n;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  assert_int_equal(mine_model_bytes(env, model, &bytes, &n), MINE_OK);
  if (mine_model_load(env, bytes, n, &copy)) fail_msg("%s", mine_env_error(env));
  mine_env_close(env);
  mine_model_free(model);
  return copy;
}

static void a_model_is_a_base(void **state) {
  (void)state;
  mine_model *model = reload(train("knn", "metric=gower, k=1", people));
  const table queries = {"plan,id,age", "gold,7,60|basic,8,20"};
  expect_text(neighbors(people, queries, 0, "k=2", model),
              "7:4=0.000 7:3=0.250 8:1=0.000 8:2=0.125 ");
  expect_text(neighbors(people, queries, 0, "k=2, metric=gower", NULL),
              "7:4=0.000 7:3=0.250 8:1=0.000 8:2=0.125 ");
  expect_says(neighbors(people, queries, 0, "metric=cosine", model), "settled by the model");
  expect_says(neighbors(people, (table){"age,plan", "1,gold"}, 0, "", model), "'age'");
  mine_model_free(model);
  model = train("kmeans", "k=2", people);
  expect_says(neighbors(people, queries, 0, "", model), "prototypes");
  expect_says(neighbors(people, queries, 0, "", model), "neighbours");
  mine_model_free(model);
}

/* ---- a host that says stop, and one without memory --------------------------------------- */

static int stop_when_set(void *user) {
  return *(int *)user;
}

static void an_interrupt_ends_the_search(void **state) {
  (void)state;
  int stop = 0;
  const mine_host host = {.interrupted = stop_when_set, .user = &stop};
  mine_env *env;
  mine_search *search;
  mine_relation *r = NULL;
  static const char *const names[] = {"id", "x", "y"};
  assert_int_equal(mine_env_open(&host, "mine_neighbors", &env), MINE_OK);
  assert_int_equal(verb_search_open(env, NULL, 0, "metric=manhattan", &search), MINE_OK);
  for (int part = 0; part < 2; part++) {
    mine_frame *frame = part ? mine__search_queries(search) : mine__search_base(search);
    assert_int_equal(mine_frame_columns(frame, names, 3), MINE_OK);
    for (int i = 0; i < 20000; i++) {
      mine_frame_put_int(frame, 0, i);
      mine_frame_put_int(frame, 1, i * 7919 % 1000);
      mine_frame_put_int(frame, 2, i * 104729 % 1000);
      assert_int_equal(mine_frame_end_row(frame), MINE_OK);
    }
    if (!part) assert_int_equal(mine__search_build(search), MINE_OK);
  }
  stop = 1;
  assert_int_equal(verb_search_run(env, search, &r), MINE_INTERRUPT);
  assert_null(r);
  mine__search_close(search);
  mine_env_close(env);
}

/* Fails the allocation that brings the count to zero, and all after it. */
static void *failing_resize(void *user, void *block, size_t old_bytes, size_t new_bytes) {
  int *left = user;
  (void)old_bytes;
  if (new_bytes == 0) {
    free(block);
    return NULL;
  }
  if (*left <= 0) return NULL;
  --*left;
  return realloc(block, new_bytes);
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  mine_status status = MINE_NOMEM;
  for (int allowed = 0; status != MINE_OK; allowed++) {
    int left = allowed;
    const mine_host host = {.resize = failing_resize, .user = &left, .single_thread = 1};
    mine_env *env = NULL;
    mine_search *search = NULL;
    mine_relation *r = NULL;
    assert_true(allowed < 10000);
    status = mine_env_open(&host, "mine_neighbors", &env);
    if (!status) status = verb_search_open(env, NULL, 1, "k=2", &search);
    if (!status) status = put_table(mine__search_base(search), people.columns, people.rows);
    if (!status) status = mine__search_build(search);
    if (!status) status = put_table(mine__search_queries(search), people.columns, people.rows);
    if (!status) status = verb_search_run(env, search, &r);
    assert_true(status == MINE_OK || status == MINE_NOMEM);
    assert_true((status == MINE_OK) == (r != NULL));
    mine_relation_free(r);
    mine__search_close(search);
    mine_env_close(env);
  }
}

/* ---- wine, leave one out: 96.1% [wine.names] --------------------------------------------- */

static void wine_one_nearest(void **state) {
  (void)state;
  char path[1024], line[512];
  const char *data = getenv("MINE_DATA");
  snprintf(path, sizeof path, "%s/wine.csv", data ? data : "../shared/data");
  FILE *file = fopen(path, "r");
  if (!file) {
    print_message("skipped: no %s (MINE_DATA)\n", path);
    skip();
  }
  static char rows[32768];
  int class_of[200], n = 0;
  rows[0] = 0;
  while (n < 200 && fgets(line, sizeof line, file)) {
    char *last = strrchr(line, ',');
    if (!last) continue;
    class_of[n++] = atoi(last + 1);
    *last = 0;
    assert_true(strlen(rows) + strlen(line) + 16 < sizeof rows);
    snprintf(rows + strlen(rows), sizeof rows - strlen(rows), "%s%d,%s", n > 1 ? "|" : "", n, line);
  }
  fclose(file);
  assert_int_equal(n, 178);
  const table wine = {"id,a,b,c,d,e,f,g,h,i,j,k,l,m", rows};
  const char *answer = neighbors(wine, wine, 1, "k=1", NULL);
  int right = 0, seen = 0;
  for (const char *at = answer; at && *at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL) {
    int query, id;
    assert_int_equal(sscanf(at, "%d:%d=", &query, &id), 2);
    assert_true(query != id);
    right += class_of[query - 1] == class_of[id - 1];
    seen++;
  }
  assert_int_equal(seen, 178);
  print_message("wine, leave one out, 1-NN: %d of 178 (%.1f%%)\n", right, right / 1.78);
  assert_true(fabs(right / 178.0 - 0.961) <= 0.01);
}

/* ---- the catalogue -------------------------------------------------------------------------- */

static int has_row(const mine_relation *r, const char *name) {
  for (int64_t i = 0; i < mine_relation_rows(r); i++) {
    mine_cell cell;
    mine_relation_cell(r, i, 0, &cell);
    if (cell.type == MINE_TEXT && cell.bytes == strlen(name) &&
        memcmp(cell.as.text, name, cell.bytes) == 0) {
      return 1;
    }
  }
  return 0;
}

static void the_catalogue_lists_everything(void **state) {
  (void)state;
  static const char *const wanted[][3] = {
      {"knn", "voting", "target"},          {"kmeans", "k", "seed"},
      {"tree", "max_depth", "holdout"},     {"mine_neighbors", "exclude_self", "threads"},
      {"mine_itemsets", "kind", "threads"}, {"mine_rules", "min_confidence", "min_support"},
      {"mine_cluster", "algorithm", "k"}};
  mine_env *env;
  mine_relation *r = NULL;
  assert_int_equal(mine_env_open(NULL, "mine_options", &env), MINE_OK);
  assert_int_equal(verb_run(env, "mine_algorithms", NULL, &r), MINE_OK);
  assert_true(has_row(r, "knn") && has_row(r, "kmeans") && has_row(r, "tree"));
  mine_relation_free(r);
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
    assert_int_equal(verb_run(env, "mine_options", wanted[i][0], &r), MINE_OK);
    for (int c = 1; c < 3; c++) {
      if (!has_row(r, wanted[i][c])) fail_msg("%s lacks %s", wanted[i][0], wanted[i][c]);
    }
    assert_false(has_row(r, "metrik"));
    mine_relation_free(r);
  }
  assert_int_equal(verb_run(env, "mine_options", "mine_neighbours", &r), MINE_OPTION);
  expect_says(mine_env_error(env), "did you mean mine_neighbors?");
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nearest_rows_come_in_order),
      cmocka_unit_test(oneself_is_left_out),
      cmocka_unit_test(rows_can_be_numbered),
      cmocka_unit_test(missing_values_are_handled),
      cmocka_unit_test(bad_input_is_named),
      cmocka_unit_test(a_model_is_a_base),
      cmocka_unit_test(an_interrupt_ends_the_search),
      cmocka_unit_test(every_allocation_may_fail),
      cmocka_unit_test(wine_one_nearest),
      cmocka_unit_test(the_catalogue_lists_everything),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
