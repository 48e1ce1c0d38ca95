/*
** test_json.c -- the flat JSON reader, value by value: every escape, every form of
** a number at its limits, and what is no JSON.
*/
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* The above are cmocka's. */
#include <cmocka.h>

#include "core/options.h"

/* {"v":<text>} holds one of these; problem: none of them. */
typedef struct sample {
  const char *text;
  mine_cell_type type;
  int64_t integer;
  double real;
  const char *string;
} sample;

static const sample good[] = {
    {"null", MINE_NULL, 0, 0, NULL},
    {"true", MINE_INT, 1, 0, NULL},
    {"false", MINE_INT, 0, 0, NULL},
    {"0", MINE_INT, 0, 0, NULL},
    {"-0", MINE_INT, 0, 0, NULL},
    {"9223372036854775807", MINE_INT, INT64_MAX, 0, NULL},
    {"-9223372036854775808", MINE_INT, INT64_MIN, 0, NULL},
    {"9223372036854775808", MINE_REAL, 0, 9223372036854775808.0, NULL},
    {"-9223372036854775809", MINE_REAL, 0, -9223372036854775808.0, NULL},
    {"1e2", MINE_REAL, 0, 100, NULL},
    {"1E+2", MINE_REAL, 0, 100, NULL},
    {"125e-3", MINE_REAL, 0, 0.125, NULL},
    {"-1.5", MINE_REAL, 0, -1.5, NULL},
    {"\"\"", MINE_TEXT, 0, 0, ""},
    {"\"a b\"", MINE_TEXT, 0, 0, "a b"},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", MINE_TEXT, 0, 0, "\"\\/\b\f\n\r\t"},
    {"\"\\u0041\"", MINE_TEXT, 0, 0, "A"},
    {"\"\\u00e9\"", MINE_TEXT, 0, 0, "\xc3\xa9"},
    {"\"\\u00E9\"", MINE_TEXT, 0, 0, "\xc3\xa9"},
    {"\"\\u07ff\"", MINE_TEXT, 0, 0, "\xdf\xbf"},
    {"\"\\u5BA2\\u6237\"", MINE_TEXT, 0, 0, "\xe5\xae\xa2\xe6\x88\xb7"},
    {"\"\\uffff\"", MINE_TEXT, 0, 0, "\xef\xbf\xbf"},
    {"\"\\ud83d\\ude00\"", MINE_TEXT, 0, 0, "\xf0\x9f\x98\x80"},
    {"\"\\uD83D\\uDE00\"", MINE_TEXT, 0, 0, "\xf0\x9f\x98\x80"},
    {"\"\xe5\xae\xa2\"", MINE_TEXT, 0, 0, "\xe5\xae\xa2"},
};

static const char *const bad[] = {
    "nul",
    "tru",
    "True",
    "nan",
    "+1",
    "01",
    "-",
    "1.",
    ".5",
    "1e",
    "1e+",
    "1e400",
    "-1e400",
    "\"",
    "\"a",
    "\"\\\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\u12G4\"",
    "\"\\u12:4\"",
    "\"\\u12@4\"",
    "\"\\u12`4\"",
    "\"\\u0000\"",
    "\"\\ud83d\"",
    "\"\\ud83dx\"",
    "\"\\ud83d\\n\"",
    "\"\\ud83d\\u0041\"",
    "\"\\ud83d\\ue000\"",
    "\"\\ude00\"",
    "\"a\nb\"",
    "\"\x01\"",
    "\"\xff\"",
    "\"\xe5\xae\"",
    "{}",
    "{\"a\":1}",
    "[1]",
    "",
    ",",
    "1 2",
};

/* The one member of {"v":text}; 1 = read and the object ended well. */
static int read_one(mine_env *env, const char *text, mine_cell *value) {
  char object[200];
  const char *name = NULL;
  mine_json json;
  snprintf(object, sizeof object, " { \"v\" : %s } ", text);
  mine__json_open(&json, env->scratch, object);
  if (!mine__json_next(&json, &name, value, NULL)) {
    assert_non_null(json.problem);
    return 0;
  }
  assert_string_equal(name, "v");
  mine_cell more;
  assert_false(mine__json_next(&json, &name, &more, NULL));
  assert_false(mine__json_next(&json, &name, &more, NULL)); /* nor later */
  return json.problem == NULL;
}

static void test_values(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    mine_env *env;
    mine_cell value;
    assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
    if (!read_one(env, good[i].text, &value)) fail_msg("not read: %s", good[i].text);
    assert_int_equal(value.type, good[i].type);
    if (value.type == MINE_INT) assert_true(value.as.integer == good[i].integer);
    if (value.type == MINE_REAL) assert_true(value.as.real == good[i].real);
    if (value.type == MINE_TEXT) {
      assert_int_equal(value.bytes, strlen(good[i].string));
      assert_memory_equal(value.as.text, good[i].string, value.bytes);
    }
    mine_env_close(env);
  }
}

static void test_refused(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    mine_env *env;
    mine_cell value;
    assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
    if (read_one(env, bad[i], &value)) fail_msg("read: %s", bad[i]);
    mine_env_close(env);
  }
}

/* What stands around the members. */
static void test_objects(void **state) {
  (void)state;
  static const char *const wrong[] = {
      "",           " ",          "[]",    "{",           "{\"a\"", "{\"a\":", "{\"a\" 1}",
      "{\"a\":1,}", "{\"a\":1;}", "{a:1}", "{\"a\":1} x", "{,}",    NULL};
  for (int i = 0; wrong[i]; i++) {
    mine_env *env;
    mine_json json;
    mine_cell value;
    const char *name;
    assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
    mine__json_open(&json, env->scratch, wrong[i]);
    while (mine__json_next(&json, &name, &value, NULL))
      continue;
    if (!json.problem) fail_msg("accepted: %s", wrong[i]);
    assert_true(json.at >= json.text && json.at <= json.text + strlen(wrong[i]));
    mine_env_close(env);
  }
}

static void test_lists(void **state) {
  (void)state;
  mine_env *env;
  mine_json json;
  mine_cell value;
  mine_list list;
  const char *name;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__json_open(&json, env->scratch, "{\"a\":[],\"b\":[1,\"x\",true],\"c\":2,\"d\":[[1]]}");
  assert_true(mine__json_next(&json, &name, &value, &list));
  assert_true(list.item != NULL && list.n == 0);
  assert_true(mine__json_next(&json, &name, &value, &list));
  assert_int_equal(list.n, 3);
  assert_true(list.item[1].type == MINE_TEXT && list.item[2].type == MINE_INT);
  assert_true(mine__json_next(&json, &name, &value, &list));
  assert_true(value.type == MINE_INT && value.as.integer == 2);
  assert_false(mine__json_next(&json, &name, &value, &list));
  assert_non_null(json.problem);
  mine_env_close(env);
}

/* A text that is one list. */
static void test_list_alone(void **state) {
  (void)state;
  mine_env *env;
  mine_json json;
  mine_list list;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  mine__json_open(&json, env->scratch, " [\"a\", \"b|c\"] ");
  assert_true(mine__json_list(&json, &list));
  assert_int_equal(list.n, 2);
  assert_string_equal(list.item[1].as.text, "b|c");
  mine__json_open(&json, env->scratch, "[]");
  assert_true(mine__json_list(&json, &list));
  assert_true(list.item != NULL && list.n == 0);
  static const char *const bad[] = {"",     "1",    "[",     "[1",        "[1,]",
                                    "[1]x", "[1]}", "[[1]]", "{\"a\":[]}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    mine__json_open(&json, env->scratch, bad[i]);
    if (mine__json_list(&json, &list)) fail_msg("read: %s", bad[i]);
    assert_non_null(json.problem);
  }
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values),     cmocka_unit_test(test_refused),
      cmocka_unit_test(test_objects),    cmocka_unit_test(test_lists),
      cmocka_unit_test(test_list_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
