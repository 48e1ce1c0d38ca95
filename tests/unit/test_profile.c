/*
** test_profile.c -- the profile of a table against values worked out by hand
** and, for quantiles and deviation, by R (quantile(type = 7), sd).
*/
#include "core/radix.h"
#include "data/relation.h"
#include "frame_fixture.h"
#include "refusing_fixture.h"
#include "verb_fixture.h"

#define CELLS 8

typedef struct profile_case {
  int n;
  const char *cells[CELLS];
  const char *row; /* every column but the name, joined by '|', NULL as '-' */
} profile_case;

/* type|rows|missing|distinct|min|q1|median|mean|q3|max|stddev|top|top_count */
static const profile_case cases[] = {
    {4, {"#4", "#1", "#3", "#2"}, "numeric|4|0|4|1|1.75|2.5|2.5|3.25|4|1.29099|1|1"},
    {5, {"#4", "#1", "#4", NULL, "#2"}, "numeric|5|1|3|1|1.75|3|2.75|4|4|1.5|4|2"},
    {2, {"#1.5", "#1"}, "numeric|2|0|2|1|1.125|1.25|1.25|1.375|1.5|0.353553|1|1"},
    {3, {"#1", "#1.0", "#2"}, "numeric|3|0|2|1|1|1|1.33333|1.5|2|0.57735|1|2"},
    {1, {"#7"}, "numeric|1|0|1|7|7|7|7|7|7|-|7|1"},
    {3, {"#-5", "#-0.0", "#0"}, "numeric|3|0|2|-5|-2.5|0|-1.66667|0|0|2.88675|0|2"},
    {2,
     {"#9007199254740993", "#9007199254740992"},
     "numeric|2|0|2|9007199254740992|9.0072e+15|9.0072e+15|9.0072e+15|9.0072e+15|9007199254740993|"
     "0|9007199254740992|1"},
    {5, {"10", "9", "", " ", "9.5"}, "numeric|5|2|3|9|9.25|9.5|9.5|9.75|10|0.5|'10'|1"},
    {3, {"2", "#2", "2"}, "numeric|3|0|2|2|2|2|2|2|2|0|'2'|2"},
    {5, {"b", "a", "b", "", NULL}, "category|5|2|2|'a'|-|-|-|-|'b'|-|'b'|2"},
    {4, {"b", "a", "b", "a"}, "category|4|0|2|'a'|-|-|-|-|'b'|-|'a'|2"},
    {2, {"007", "1"}, "category|2|0|2|'007'|-|-|-|-|'1'|-|'007'|1"},
    {3, {"a", " ", "a"}, "category|3|1|1|'a'|-|-|-|-|'a'|-|'a'|2"},
    {3, {"#3", "a", "#5"}, "mixed|3|0|3|3|-|-|-|-|'a'|-|3|1"},
    {3, {NULL, "", NULL}, "empty|3|3|0|-|-|-|-|-|-|-|-|-"},
    {2, {" ", NULL}, "empty|2|2|0|-|-|-|-|-|-|-|-|-"},
    {0, {NULL}, "empty|0|0|0|-|-|-|-|-|-|-|-|-"},
    {3, {"#blob", NULL, "#blob"}, "blob|3|1|-|-|-|-|-|-|-|-|-|-"},
    {2, {"#blob", "#1"}, "mixed|2|0|-|1|-|-|-|-|-|-|-|-"},
    {2, {"#nan", "#1"}, "numeric|2|1|1|1|1|1|1|1|1|-|1|1"},
    {4,
     {"#1e308", "#-1e308", "#1e308", "#-1e308"},
     "numeric|4|0|2|-1e+308|-1e+308|0|0|1e+308|1e+308|1.1547e+308|-1e+308|2"},
};

static mine_job *job; /* of the test that runs */

static mine_status profile_open(mine_env *env, mine_frame **frame) {
  return verb_job_open(env, "mine_profile", NULL, &job, frame);
}

static void profile_close(void) {
  mine_job_close(job);
  job = NULL;
}

static void show(mine_text *out, const mine_relation *relation, int64_t row) {
  for (int c = 1; c + 1 < mine_relation_columns(relation); c++) { /* the last repeats one */
    mine_cell cell;
    char buffer[MINE_SHOW_BYTES];
    mine_relation_cell(relation, row, c, &cell);
    if (c > 1) mine__text_adds(out, "|");
    if (cell.type == MINE_NULL)
      mine__text_adds(out, "-");
    else if (cell.type == MINE_REAL)
      mine__text_adds(out, mine__format_real(buffer, cell.as.real, 6));
    else if (c == 1)
      mine__text_add(out, cell.as.text, cell.bytes);
    else
      mine__text_adds(out, mine__show_cell(buffer, &cell));
  }
}

static mine_status profile_cells(mine_env *env, mine_frame **frame, const profile_case *t) {
  static const char *const names[] = {"x"};
  mine_status status = profile_open(env, frame);
  if (status == MINE_OK) status = mine_frame_columns(*frame, names, 1);
  for (int i = 0; i < t->n && status == MINE_OK; i++) {
    fixture_cell(*frame, 0, t->cells[i]);
    status = mine_frame_end_row(*frame);
  }
  return status;
}

static void test_profiles(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    mine_env *env;
    mine_frame *frame;
    mine_relation *relation;
    mine_text text;
    assert_int_equal(mine_env_open(NULL, "mine_profile", &env), MINE_OK);
    assert_int_equal(profile_cells(env, &frame, &cases[i]), MINE_OK);
    assert_int_equal(mine_job_run(job, &relation), MINE_OK);
    assert_int_equal(mine_relation_rows(relation), 1);
    mine__text_open(&text, env->scratch);
    show(&text, relation, 0);
    if (strcmp(text.data, cases[i].row) != 0)
      fail_msg("case %d: %s, not %s", (int)i, text.data, cases[i].row);
    mine_relation_free(relation);
    profile_close();
    mine_env_close(env);
  }
}

static void test_names_and_several_columns(void **state) {
  (void)state;
  static const char *const columns =
      "column, type, rows, missing, distinct, min, q1, median, mean, q3, max, stddev, top, "
      "top_count, distinct_values";
  static const char *const names[] = {"a", "b", "\xe5\x90\x8d"};
  mine_env *env;
  mine_frame *frame;
  mine_relation *relation;
  mine_text text;
  mine_cell cell;
  assert_int_equal(mine_env_open(NULL, "mine_profile", &env), MINE_OK);
  assert_int_equal(profile_open(env, &frame), MINE_OK);
  assert_int_equal(mine_frame_columns(frame, names, 3), MINE_OK);
  for (int i = 0; i < 3; i++) {
    mine_frame_put_int(frame, 0, i);
    if (i == 1) mine_frame_put_text(frame, 2, "x", 1); /* the others are left out */
    assert_int_equal(mine_frame_end_row(frame), MINE_OK);
  }
  assert_int_equal(mine_job_run(job, &relation), MINE_OK);
  mine__text_open(&text, env->scratch);
  for (int c = 0; c < mine_relation_columns(relation); c++)
    mine__text_addf(&text, "%s%s", c ? ", " : "", mine_relation_column_name(relation, c));
  assert_string_equal(text.data, columns);
  assert_int_equal(mine_relation_rows(relation), 3);
  static const int missing[] = {0, 3, 2};
  for (int c = 0; c < 3; c++) {
    mine_relation_cell(relation, c, 0, &cell);
    assert_int_equal(cell.bytes, strlen(names[c]));
    assert_memory_equal(cell.as.text, names[c], cell.bytes);
    mine_relation_cell(relation, c, 3, &cell);
    assert_int_equal(cell.as.integer, missing[c]);
  }
  mine_relation_cell(relation, 0, 5, &cell);
  assert_int_equal(cell.type, MINE_INT); /* whole numbers stay whole */
  mine_relation_free(relation);
  profile_close();
  mine_env_close(env);
}

static void test_infinity_is_shown_and_bad_text_refused(void **state) {
  (void)state;
  static const profile_case infinite = {2, {"#inf", "#1"}, NULL}, bad = {2, {"a", "\xff"}, NULL};
  mine_env *env;
  mine_frame *frame;
  mine_relation *relation;
  mine_cell cell;
  assert_int_equal(mine_env_open(NULL, "mine_profile", &env), MINE_OK);
  assert_int_equal(profile_cells(env, &frame, &infinite), MINE_OK);
  assert_int_equal(mine_job_run(job, &relation), MINE_OK);
  mine_relation_cell(relation, 0, 10, &cell);
  assert_true(cell.type == MINE_REAL && isinf(cell.as.real));
  mine_relation_free(relation);
  profile_close();
  assert_int_equal(profile_cells(env, &frame, &bad), MINE_DATA);
  assert_string_equal(mine_env_error(env),
                      "mine_profile: column 'x' has text that is not UTF-8 (row 2); convert it, or "
                      "leave it out");
  assert_int_equal(mine_job_run(job, &relation), MINE_DATA);
  assert_null(relation);
  profile_close();
  mine_env_close(env);
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Many mixed integers and reals against qsort. */
static void test_many_numbers(void **state) {
  (void)state;
  enum { ROWS = 9001 };
  static double sorted[ROWS];
  static const char *const names[] = {"x"};
  mine_env *env;
  mine_frame *frame;
  mine_relation *relation;
  mine_cell cell;
  int distinct = 1;
  assert_int_equal(mine_env_open(NULL, "mine_profile", &env), MINE_OK);
  assert_int_equal(profile_open(env, &frame), MINE_OK);
  assert_int_equal(mine_frame_columns(frame, names, 1), MINE_OK);
  for (int i = 0; i < ROWS; i++) {
    int k = (int)((unsigned)i * 2654435761u % 4001u) - 2000;
    sorted[i] = i % 2 ? k : k / 4.0;
    if (i % 2)
      mine_frame_put_int(frame, 0, k);
    else
      mine_frame_put_real(frame, 0, sorted[i]);
    assert_int_equal(mine_frame_end_row(frame), MINE_OK);
  }
  qsort(sorted, ROWS, sizeof *sorted, by_value);
  for (int i = 1; i < ROWS; i++)
    distinct += sorted[i] != sorted[i - 1];
  assert_int_equal(mine_job_run(job, &relation), MINE_OK);
  mine_relation_cell(relation, 0, 4, &cell);
  assert_int_equal(cell.as.integer, distinct);
  static const int place[] = {6, 7, 9}; /* 9000 is divisible by 4: exact order statistics */
  for (int q = 0; q < 3; q++) {
    mine_relation_cell(relation, 0, place[q], &cell);
    assert_true(cell.as.real == sorted[(ROWS - 1) / 4 * (q + 1)]);
  }
  mine_relation_free(relation);
  profile_close();
  mine_env_close(env);
}

static void test_keys_sort_as_numbers(void **state) {
  (void)state;
  static const double reals[] = {-INFINITY, -1e300, -1, -1e-300, 0, 5e-324, 1, 1e300, INFINITY};
  static const int64_t ints[] = {INT64_MIN, -256, -1, 0, 1, 255, 256, INT64_MAX};
  mine_env *env;
  uint64_t key[9], temp[9];
  assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
  for (int i = 0; i < 9; i++)
    key[i] = mine_key_of_real(reals[8 - i]);
  assert_int_equal(mine__sort_keys(env, key, temp, 9), MINE_OK);
  for (int i = 0; i < 9; i++)
    assert_true(mine_key_to_real(key[i]) == reals[i]);
  for (int i = 0; i < 8; i++)
    key[i] = mine_key_of_int(ints[7 - i]);
  assert_int_equal(mine__sort_keys(env, key, temp, 8), MINE_OK);
  for (int i = 0; i < 8; i++)
    assert_true(mine_key_to_int(key[i]) == ints[i]);
  mine_env_close(env);
}

static void test_every_allocation_may_fail(void **state) {
  (void)state;
  static const profile_case t = {8, {"#1", "#2.5", "12", "3.5", "12", NULL, "#9", ""}, NULL};
  int failures = 0, passed = 0;
  for (int n = 1; n < 500 && !passed; n++) {
    refusing memory = {.countdown = n};
    const mine_host host = refusing_host(&memory);
    mine_env *env = NULL;
    mine_frame *frame = NULL;
    mine_relation *relation = NULL;
    mine_status status = mine_env_open(&host, "mine_profile", &env);
    if (status == MINE_OK) status = profile_cells(env, &frame, &t);
    if (status == MINE_OK) status = mine_job_run(job, &relation);
    passed = !memory.refused;
    failures += memory.refused;
    assert_int_equal(status, passed ? MINE_OK : MINE_NOMEM);
    mine_relation_free(relation);
    profile_close();
    mine_env_close(env);
    assert_int_equal(memory.held, 0);
  }
  assert_true(passed && failures > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_profiles),
      cmocka_unit_test(test_names_and_several_columns),
      cmocka_unit_test(test_infinity_is_shown_and_bad_text_refused),
      cmocka_unit_test(test_many_numbers),
      cmocka_unit_test(test_keys_sort_as_numbers),
      cmocka_unit_test(test_every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
