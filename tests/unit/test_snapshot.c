/*
** test_snapshot.c -- spans, moments and columns of times as SQL; what the SELECT does is run in
** tests/differential/test_snapshot.py.
*/
#include "jobs/snapshot.h"
#include "jobs_fixture.h"

static int span_of(const char *text, int64_t number, snapshot_span *out) {
  mine_cell cell = {MINE_INT, 0, {.integer = number}};
  if (text) cell = (mine_cell){MINE_TEXT, strlen(text), {.text = text}};
  return mine__snapshot_span(&cell, out);
}

static void spans(void **state) {
  (void)state;
  static const struct {
    const char *text, *name;
    int64_t n;
    mine_time_step step;
  } good[] = {{"30 days", "30d", 30, MINE_STEP_DAY},
              {"1 day", "1d", 1, MINE_STEP_DAY},
              {"12 weeks", "12w", 84, MINE_STEP_DAY},
              {"3 months", "3m", 3, MINE_STEP_MONTH},
              {"1 year", "1y", 1, MINE_STEP_YEAR},
              {"2years", "2y", 2, MINE_STEP_YEAR},
              {"100000 days", "100000d", 100000, MINE_STEP_DAY}};
  static const char *const bad[] = {"soon",
                                    "",
                                    "days",
                                    "-3 days",
                                    "3",
                                    "3 dayss",
                                    "3 days ago",
                                    "100001 days",
                                    "99999999999999999999 days",
                                    "20000 weeks",
                                    "4000 months",
                                    "1.5 days"};
  snapshot_span span;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    if (!span_of(good[i].text, 0, &span)) fail_msg("%s is refused", good[i].text);
    assert_string_equal(span.name, good[i].name);
    assert_true(span.n == good[i].n && span.step == good[i].step && !span.all);
  }
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    if (span_of(bad[i], 0, &span)) fail_msg("'%s' is a span", bad[i]);
  assert_true(span_of(NULL, 90, &span) && span.n == 90);
  assert_true(span_of(NULL, 0, &span) && !span_of(NULL, -1, &span));
  assert_true(!span_of(NULL, INT64_MAX, &span));
  assert_true(span_of("all", 0, &span) && span.all);
}

static void moments(void **state) {
  (void)state;
  char shown[SNAPSHOT_SHOWN];
  snapshot s = {.env = env, .arena = env->scratch};
  snapshot_span month, week;
  mine_text text;
  s.cutoff = (double)mine__day_of_civil(2024, 3, 31);
  assert_true(span_of("1 month", 0, &month) && span_of("1 week", 0, &week));
  assert_string_equal(mine__snapshot_shown(mine__snapshot_after(s.cutoff, &month, -1), shown),
                      "2024-02-29");
  mine__text_open(&text, env->scratch);
  mine__snapshot_moment(&s, &text, &week, 1, &month);
  assert_string_equal(text.data, "julianday('2024-05-07')");
  s.cutoff += 0.5;
  mine__text_open(&text, env->scratch);
  mine__snapshot_moment(&s, &text, NULL, 0, NULL);
  assert_string_equal(text.data, "julianday('2024-03-31 12:00:00')");
  s.now = 1;
  mine__text_open(&text, env->scratch);
  mine__snapshot_moment(&s, &text, &week, -1, &month);
  assert_string_equal(text.data, "julianday('now', 'start of day', '-7 days', '-1 months')");
}

/* What SQL reads of a column that is written so; NULL: it does not. */
static const char *julian(const char *format) {
  mine_time_reading reading;
  mine_text text;
  assert_int_equal(mine__time_format(env, format, strlen(format), &reading), MINE_OK);
  mine__text_open(&text, env->scratch);
  return mine__snapshot_julian(&text, "e.t", &reading) ? text.data : NULL;
}

static void columns(void **state) {
  (void)state;
  static const char *const refused[] = {
      "%d %b %Y",          "%Y-Q%q",           "%G-W%V",    "%d.%m.%y",
      "%m/%d/%Y %I:%M %p", "%Y-%m-%d %H:%M%z", "%-d.%m.%Y", "%Y-%j"};
  assert_string_equal(julian("%Y-%m-%d"), "julianday(e.t)");
  assert_string_equal(julian("%Y-%m-%dT%H:%M:%S%:z"), "julianday(e.t)");
  assert_string_equal(julian("%Y"), "julianday(substr(e.t, 1, 4) || '-' || '01' || '-' || '01')");
  assert_string_equal(julian("%d.%m.%Y %H:%M"),
                      "julianday(substr(e.t, 7, 4) || '-' || substr(e.t, 4, 2) || '-' || "
                      "substr(e.t, 1, 2) || substr(e.t, 11))");
  assert_string_equal(julian("%Y年%m月%d日"),
                      "julianday(substr(e.t, 1, 4) || '-' || substr(e.t, 6, 2) || '-' || "
                      "substr(e.t, 9, 2))");
  assert_string_equal(julian("unix_ms"), "julianday(e.t / 1000.0, 'unixepoch')");
  assert_string_equal(julian("julian"), "CAST(e.t AS REAL)");
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
    if (julian(refused[i])) fail_msg("%s: %s", refused[i], julian(refused[i]));
}

static void sources(void **state) {
  (void)state;
  static const char *const pair[][2] = {{"orders", "\"orders\""},
                                        {"main.orders", "\"main\".\"orders\""},
                                        {"\"my orders\"", "\"my orders\""},
                                        {"my \"own\"", "\"my \"\"own\"\"\""},
                                        {"select_x", "\"select_x\""},
                                        {"-- all\nSELECT 1 ; ", "(\n-- all\nSELECT 1\n  )"},
                                        {"/* x */ with a AS (SELECT 1) SELECT * FROM a",
                                         "(\n/* x */ with a AS (SELECT 1) SELECT * FROM a\n  )"},
                                        {"VALUES(1)", "(\nVALUES(1)\n  )"}};
  for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++) {
    mine_text text;
    mine__text_open(&text, env->scratch);
    mine__snapshot_from(&text, pair[i][0]);
    assert_string_equal(text.data, pair[i][1]);
  }
}

/* Broken and odd definitions: a sentence each, whatever stands where. */
static void definitions(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",
      "{",
      "[]",
      "null",
      "{}",
      "{\"events\"",
      "{\"events\":",
      "{\"events\":{",
      "{\"events\":{\"a",
      "{\"events\":{\"a\"",
      "{\"events\":{\"a\":",
      "{\"events\":{\"a\":\"t\"",
      "{\"events\":{\"a\":\"t\"}",
      "{\"events\":{\"a\\",
      "{\"events\":{\"a\\u00\":\"t\"},\"cutoff\":\"now\"}",
      "{\"events\":[\"t\"],\"cutoff\":\"now\"}",
      "{\"events\":1,\"cutoff\":\"now\"}",
      "{\"events\":null,\"cutoff\":\"now\"}",
      "{\"events\":{\"a\":{}},\"cutoff\":\"now\"}",
      "{\"events\":{\"a\":{\"source\":1}},\"cutoff\":\"now\"}",
      "{\"events\":{\"a\":[]},\"cutoff\":\"now\"}",
      "{\"events\":\"t\",\"cutoff\":\"now\"} x",
      "{\"events\":\"t\",\"cutoff\":[]}",
      "{\"events\":\"t\",\"cutoff\":{}}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"windows\":{}}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"windows\":[[1]]}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"windows\":[1,2,3,4,5,6,7,8,9,10,11,12,13]}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"windows\":[0]}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"features\":[]}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"features\":\"all\"}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"label\":{}}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"label\":[\"none\"]}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"gap\":\"all\"}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"label\":\"none\",\"horizon\":0}",
      "{\"events\":\"t\",\"events\":\"t\",\"cutoff\":\"now\"}",
      "{\"events\":\"t\",\"cutoff\":\"now\",\"customers\":{\"id\":\"x\"}}",
      "{\"events\":\"t\",\"cutoff\":\"03/04/2024\"}",
      "{\"events\":\"t\",\"cutoff\":45000}"};
  const mine_verb *verb = mine_verb_find("mine_snapshot", MINE_VERB_SCALAR);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    const mine_arguments arguments = {.text = {bad[i]}};
    mine_job *job;
    if (mine_job_open(env, verb, &arguments, &job) == MINE_OK) fail_msg("%s is taken", bad[i]);
    if (strlen(mine_env_error(env)) < 20) fail_msg("%s: %s", bad[i], mine_env_error(env));
    close_env(NULL);
    open_env(NULL);
  }
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)
  const struct CMUnitTest tests[] = {T(spans), T(moments), T(columns), T(sources), T(definitions)};
  return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
