/*
** test_dates.c -- the reader of time.
**
** Expected days are from Python's datetime (tests/differential/test_dates.py
** compares every day of the years 1 to 9999; this program is its other side:
** `unit_dates --probe` reads columns and prints days).
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

#include "core/dates.h"
#include "core/random.h"

static mine_cell text_n(const char *s, size_t n) {
  return (mine_cell){.type = MINE_TEXT, .bytes = n, .as = {.text = s}};
}

static mine_cell text(const char *s) {
  return text_n(s, strlen(s));
}

static mine_cell whole(int64_t v) {
  return (mine_cell){.type = MINE_INT, .as = {.integer = v}};
}

static mine_cell real(double v) {
  return (mine_cell){.type = MINE_REAL, .as = {.real = v}};
}

static int open_env(void **state) {
  mine_env *env;
  if (mine_env_open(NULL, "mine_test", &env) != MINE_OK) return -1;
  *state = env;
  return 0;
}

static int close_env(void **state) {
  mine_env_close(*state);
  return 0;
}

/* ---- columns as the tests write them -------------------------------------------------- */

#define MOST_ROWS 8

/* A column, its values split at '|'. */
typedef struct column {
  mine_cell cell[MOST_ROWS];
  int n;
} column;

static column column_of(const char *values) {
  column c = {.n = 0};
  for (const char *at = values; c.n < MOST_ROWS;) {
    const size_t bytes = strcspn(at, "|");
    c.cell[c.n++] = text_n(at, bytes);
    if (!at[bytes]) break;
    at += bytes + 1;
  }
  return c;
}

static void survey_of(mine_time_survey *survey, const column *c) {
  mine__time_survey_open(survey);
  for (int i = 0; i < c->n; i++)
    mine__time_show(survey, &c->cell[i], i + 1);
}

static int same_cell(const mine_cell *a, const mine_cell *b) {
  if (a->type != b->type) return 0;
  if (a->type == MINE_INT) return a->as.integer == b->as.integer;
  if (a->type == MINE_REAL) return a->as.real == b->as.real;
  return a->bytes == b->bytes && memcmp(a->as.text, b->as.text, a->bytes) == 0;
}

/* Every value of the column is read and written back as it was, by the reading and
** by its stored text. */
static void check_round_trip(const column *c, const mine_time_reading *reading, mine_env *env) {
  mine_text stored;
  mine_time_reading again;
  mine_text_open(&stored, env->scratch);
  mine__time_reading_text(reading, &stored);
  assert_true(mine__time_reading_parse(stored.data, stored.bytes, &again));
  assert_memory_equal(&again, reading, sizeof again);
  for (int i = 0; i < c->n; i++) {
    char buffer[MINE_TIME_BYTES];
    mine_cell back;
    double days;
    assert_true(mine__time_read(&again, &c->cell[i], &days));
    assert_true(mine__time_write(&again, days, buffer, &back));
    if (!same_cell(&back, &c->cell[i]) && back.type == MINE_TEXT)
      print_error("'%.*s' came back as '%s' (%s)\n", (int)c->cell[i].bytes, c->cell[i].as.text,
                  buffer, stored.data);
    assert_true(same_cell(&back, &c->cell[i]));
  }
}

/* ---- forms --------------------------------------------------------------------------------- */

typedef struct form_case {
  const char *values; /* the column */
  const char *stored; /* the reading it must get */
  double days;        /* of its first value */
} form_case;

/* 2024-01-02 is day 19724, 10:15 its share 41/96. */
#define DAY  19724.0
#define TIME (19724 + 36900 / 86400.0)

static const form_case forms[] = {
    {"2024-01-02|2023-12-31", "t 0 %Y-%m-%d", DAY},
    {"2024-1-2|2023-12-31", "t 0 %Y-%-m-%-d", DAY},
    {"2024/01/02|2023/12/31", "t 0 %Y/%m/%d", DAY},
    {"2024.01.02|2023.12.31", "t 0 %Y.%m.%d", DAY},
    {"02.01.2024|31.12.2023", "t 0 %d.%m.%Y", DAY},
    {"2.1.2024|31.12.2023", "t 0 %-d.%-m.%Y", DAY},
    {"01.02.2024|12.31.2023", "t 0 %m.%d.%Y", DAY},
    {"02/01/2024|31/12/2023", "t 0 %d/%m/%Y", DAY},
    {"01/02/2024|12/31/2023", "t 0 %m/%d/%Y", DAY},
    {"1/2/2024|12/31/2023", "t 0 %-m/%-d/%Y", DAY},
    {"1/02/2024|12/31/2023", "t 0 %-m/%d/%Y", DAY},
    {"02-01-2024|31-12-2023", "t 0 %d-%m-%Y", DAY},
    {"01-02-2024|12-31-2023", "t 0 %m-%d-%Y", DAY},
    {"02.01.24|31.12.99", "t 0 %d.%m.%y", DAY},
    {"01/02/24|12/31/99", "t 0 %m/%d/%y", DAY},
    {"02/01/24|31/12/99", "t 0 %d/%m/%y", DAY},
    {"24-01-02|99-12-31", "t 0 %y-%m-%d", DAY},
    {"2. 1. 2024|31. 12. 2023", "t 0 %-d. %-m. %Y", DAY},
    {"2 Jan 2024|31 Dec 2023", "t 0 %-d %b %Y", DAY},
    {"02 Jan 2024|31 Dec 2023", "t 0 %d %b %Y", DAY},
    {"2 January 2024|31 December 2023", "t 0 %-d %B %Y", DAY},
    {"Jan 2, 2024|Dec 31, 2023", "t 0 %b %-d, %Y", DAY},
    {"January 2, 2024|May 31, 2023", "t 0 %B %-d, %Y", DAY},
    {"Jan 02 2024|Dec 31 2023", "t 0 %b %d %Y", DAY},
    {"02-Jan-24|31-Dec-99", "t 0 %d-%b-%y", DAY},
    {"02-JAN-24|31-DEC-99", "t 0 %d-%^b-%y", DAY},
    {"02-jan-2024|31-dec-2023", "t 0 %d-%#b-%Y", DAY},
    {"02JAN2024|31DEC2023", "t 0 %d%^b%Y", DAY},
    {"2024-Jan-02|2023-Dec-31", "t 0 %Y-%b-%d", DAY},
    {"Tue, 02 Jan 2024|Sun, 31 Dec 2023", "t 0 %a, %d %b %Y", DAY},
    {"Tuesday, January 2, 2024|Sunday, December 31, 2023", "t 0 %A, %B %-d, %Y", DAY},
    {"Tue Jan  2 10:15:00 2024|Sun Dec 31 23:59:59 2023", "t 0 %a %b %e %H:%M:%S %Y", TIME},
    {"2024年1月2日|2023年12月31日", "t 0 %Y年%-m月%-d日", DAY},
    {"2024年01月02日|2023年12月31日", "t 0 %Y年%m月%d日", DAY},
    {"2024年1月2号|2023年12月31号", "t 0 %Y年%-m月%-d号", DAY},
    {"2024年1月2日 10时15分0秒|2023年12月31日 8时5分30秒", "t 0 %Y年%-m月%-d日 %-H时%-M分%-S秒",
     TIME},
    {"2024年01月02日10时15分|2023年12月31日08时05分", "t 0 %Y年%m月%d日%H时%M分", TIME},
    {"2024年1月2日 10:15:00", "t 0 %Y年%-m月%-d日 %H:%M:%S", TIME},
    {"2024-01|2023-12", "t 0 %Y-%m", 19723},
    {"2024/01|2023/12", "t 0 %Y/%m", 19723},
    {"01/2024|12/2023", "t 0 %m/%Y", 19723},
    {"Jan 2024|Dec 2023", "t 0 %b %Y", 19723},
    {"Jan-24|Dec-23", "t 0 %b-%y", 19723},
    {"2024年1月|2023年12月", "t 0 %Y年%-m月", 19723},
    {"2024-Q1|2023-Q4", "t 0 %Y-Q%q", 19723},
    {"2024Q1|2023Q4", "t 0 %YQ%q", 19723},
    {"2024年第1季度|2023年第4季度", "t 0 %Y年第%q季度", 19723},
    {"2024-W07|2020-W53", "t 0 %G-W%V", 19765},
    {"2024-W07-3|2020-W53-7", "t 0 %G-W%V-%u", 19767},
    {"2024-045|2024-366", "t 0 %Y-%j", 19767},
    {"2024|1999", "t 0 %Y", 19723},
    {"20240102|19991231", "t 0 %Y%m%d", DAY},
    {"20240102T101500|20231231T235959", "t 0 %Y%m%dT%H%M%S", TIME},
    {"20240102T1015|20231231T2359", "t 0 %Y%m%dT%H%M", TIME},
    {"20240102101500|20231231235959", "t 0 %Y%m%d%H%M%S", TIME},
    {"2024-01-02T10:15:00|2023-12-31T23:59:59", "t 0 %Y-%m-%dT%H:%M:%S", TIME},
    {"2024-01-02 10:15:00|2023-12-31 23:59:59", "t 0 %Y-%m-%d %H:%M:%S", TIME},
    {"2024-01-02 10:15|2023-12-31 23:59", "t 0 %Y-%m-%d %H:%M", TIME},
    {"2024-01-02 10:15|2023-12-31 23:59:59", "t 0 %Y-%m-%d %H:%M%[:%S%]", TIME},
    {"2024-01-02 10:15|2023-12-31", "t 0 %Y-%m-%d%[ %H:%M%]", TIME},
    {"2024-01-02T10:15:00.000|2023-12-31T23:59:59.123", "t 0 %Y-%m-%dT%H:%M:%S.%3f", TIME},
    {"2024-01-02T10:15:00|2023-12-31T23:59:59.123456", "t 0 %Y-%m-%dT%H:%M:%S%[.%f%]", TIME},
    {"2024-01-02T10:15:00,000|2023-12-31T23:59:59,123", "t 0 %Y-%m-%dT%H:%M:%S,%3f", TIME},
    {"2024-01-02T10:15:00Z|2023-12-31T23:59:59Z", "t 0 %Y-%m-%dT%H:%M:%S%Z", TIME},
    {"2024-01-02T10:15:00+00:00|2023-12-31T23:59:59+00:00", "t 0 %Y-%m-%dT%H:%M:%S%:z", TIME},
    {"2024-01-02T12:15:00+02:00|2024-01-01T00:59:59+02:00", "t 120 %Y-%m-%dT%H:%M:%S%:z", TIME},
    {"2024-01-02T06:45:00-0330|2023-12-31T23:59:59-0330", "t -210 %Y-%m-%dT%H:%M:%S%z", TIME},
    {"2024-01-02 12:15+02|2024-01-01 00:59+02", "t 120 %Y-%m-%d %H:%M%#z", TIME},
    {"2024-01-02 10:15:00 UTC|2023-12-31 23:59:59 UTC", "t 0 %Y-%m-%d %H:%M:%S UTC", TIME},
    {"1/2/2024 10:15 AM|12/31/2023 12:05 PM", "t 0 %-m/%-d/%Y %I:%M %p", TIME},
    {"1/2/2024, 10:15:00 AM|12/31/2023, 9:05:00 PM", "t 0 %-m/%-d/%Y, %-I:%M:%S %p", TIME},
    {"01/02/2024 10:15am|12/31/2023 12:05pm", "t 0 %m/%d/%Y %I:%M%#p", TIME},
    {"02.01.2024 10:15|31.12.2023 09:05", "t 0 %d.%m.%Y %H:%M", TIME},
    {"Tue, 02 Jan 2024 10:15:00 +0000|Sun, 31 Dec 2023 23:59:59 +0000",
     "t 0 %a, %d %b %Y %H:%M:%S %z", TIME},
    {"02/Jan/2024:11:15:00 +0100|31/Dec/2023:23:59:59 +0100", "t 60 %d/%b/%Y:%H:%M:%S %z", TIME},
    {"0001-01-01|9999-12-31", "t 0 %Y-%m-%d", -719162},
    {"1704190500|1704190501", "t 0 unix", TIME},
};

static void test_forms(void **state) {
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    const column c = column_of(forms[i].values);
    mine_time_survey survey;
    mine_time_reading reading;
    mine_text stored;
    double days;
    survey_of(&survey, &c);
    const mine_time_problem problem = mine__time_decide(&survey, MINE_TIME_WANTED, &reading);
    if (problem != MINE_TIME_FITS) print_error("%s: problem %d\n", forms[i].values, problem);
    assert_int_equal(problem, MINE_TIME_FITS);
    mine_text_open(&stored, ((mine_env *)*state)->scratch);
    mine__time_reading_text(&reading, &stored);
    assert_string_equal(stored.data, forms[i].stored);
    assert_true(mine__time_read(&reading, &c.cell[0], &days));
    if (days != forms[i].days) print_error("%s: %.17g\n", forms[i].values, days);
    assert_true(days == forms[i].days);
    check_round_trip(&c, &reading, *state);
  }
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void check_numbers(mine_env *env, column c, mine_time_problem wanted, const char *stored,
                          double days) {
  mine_time_survey survey;
  mine_time_reading reading;
  mine_text text_of;
  double got;
  survey_of(&survey, &c);
  assert_int_equal(mine__time_decide(&survey, MINE_TIME_ATTRIBUTE, &reading), MINE_TIME_NUMBERS);
  assert_int_equal(mine__time_decide(&survey, MINE_TIME_WANTED, &reading), wanted);
  if (wanted != MINE_TIME_FITS) return;
  mine_text_open(&text_of, env->scratch);
  mine__time_reading_text(&reading, &text_of);
  assert_string_equal(text_of.data, stored);
  assert_true(mine__time_read(&reading, &c.cell[0], &got));
  assert_true(got == days);
  check_round_trip(&c, &reading, env);
}

static column pair(mine_cell a, mine_cell b) {
  return (column){.cell = {a, b}, .n = 2};
}

static void test_numbers(void **state) {
  check_numbers(*state, pair(whole(2024), whole(1999)), MINE_TIME_FITS, "i 0 %Y", 19723);
  check_numbers(*state, pair(whole(202401), whole(199912)), MINE_TIME_FITS, "i 0 %Y%m", 19723);
  check_numbers(*state, pair(whole(20240102), whole(99991231)), MINE_TIME_FITS, "i 0 %Y%m%d", DAY);
  check_numbers(*state, pair(real(20240102), real(20240103)), MINE_TIME_FITS, "r 0 %Y%m%d", DAY);
  check_numbers(*state, pair(whole(1704190500), whole(-86400)), MINE_TIME_FITS, "i 0 unix", TIME);
  check_numbers(*state, pair(real(1704190500), real(1704190500.25)), MINE_TIME_FITS, "r 0 unix",
                TIME);
  check_numbers(*state, pair(whole(1704190500000), whole(1704190500123)), MINE_TIME_FITS,
                "i 0 unix_ms", TIME);
  check_numbers(*state, pair(whole(1704190500000000), whole(1704190500123456)), MINE_TIME_FITS,
                "i 0 unix_us", TIME);
  check_numbers(*state, pair(whole(1704190500000000000), whole(1704190500123456000)),
                MINE_TIME_FITS, "i 0 unix_ns", TIME);
  check_numbers(*state, pair(real(2460311.5), real(2460312.25)), MINE_TIME_FITS, "r 0 julian", DAY);
  check_numbers(*state, pair(whole(20240102101500), whole(19991231235959)), MINE_TIME_FITS,
                "i 0 %Y%m%d%H%M%S", TIME);
  /* Not all of them dates, serials, and numbers that are nothing. */
  check_numbers(*state, pair(whole(20240102), whole(20240230)), MINE_TIME_NUMBERS, NULL, 0);
  check_numbers(*state, pair(whole(45000), whole(45100)), MINE_TIME_TWO_NUMBERS, NULL, 0);
  check_numbers(*state, pair(real(45000.25), real(45100)), MINE_TIME_TWO_NUMBERS, NULL, 0);
  check_numbers(*state, pair(whole(1), whole(2)), MINE_TIME_NUMBERS, NULL, 0);
  check_numbers(*state, pair(whole(2024), whole(20240102)), MINE_TIME_NUMBERS, NULL, 0);
  check_numbers(*state, pair(real(2024.5), whole(2024)), MINE_TIME_NUMBERS, NULL, 0);
  check_numbers(*state, pair(whole(INT64_MAX), whole(INT64_MIN)), MINE_TIME_NUMBERS, NULL, 0);
}

/* ---- the probe --------------------------------------------------------------------- */

/* A cell of a line: i12, r1.5, or t and a text. */
static mine_cell probe_cell(const char *line) {
  double value;
  if (line[0] == 'i') return whole(strtoll(line + 1, NULL, 10));
  if (line[0] == 'r' && mine_read_number(line + 1, strlen(line + 1), &value)) return real(value);
  return text(line + 1);
}

/* Columns from the standard input: a line "= mode [date_format]" begins one, "."
** ends it; its values are printed as "days <tab> written back". */
static int probe_column(mine_env *env, int attribute, const char *format, char **line, int64_t n) {
  mine_time_survey survey;
  mine_time_reading reading;
  if (*format) {
    if (mine__time_format(env, format, strlen(format), &reading) != MINE_OK) {
      printf("! %s\n", mine_env_error(env));
      return 0;
    }
    mine__time_survey_format(&survey, &reading);
  } else {
    mine__time_survey_open(&survey);
  }
  for (int64_t i = 0; i < n; i++) {
    const mine_cell cell = probe_cell(line[i]);
    mine__time_show(&survey, &cell, i + 1);
  }
  const mine_time_mode mode = attribute ? MINE_TIME_ATTRIBUTE : MINE_TIME_WANTED;
  if (mine__time_decide(&survey, mode, &reading) != MINE_TIME_FITS) {
    mine__time_refuse(env, &survey, mode, "when");
    printf("! %s\n", mine_env_error(env));
    return 0;
  }
  mine_text words;
  mine_arena *arena = env->scratch;
  mine_text_open(&words, arena);
  mine__time_reading_text(&reading, &words);
  mine_text_adds(&words, "\t");
  mine__time_describe(&reading, &words);
  printf("= %s\n", words.data);
  for (int64_t i = 0; i < n; i++) {
    const mine_cell cell = probe_cell(line[i]);
    mine_cell back;
    double days;
    char buffer[MINE_TIME_BYTES], shown[MINE_NUMBER_BYTES];
    if (!mine__time_read(&reading, &cell, &days)) {
      printf("unread\n");
      continue;
    }
    mine__time_write(&reading, days, buffer, &back);
    printf("%s\t", mine_format_real(shown, days, 0));
    if (back.type == MINE_TEXT) printf("t%.*s\n", (int)back.bytes, back.as.text);
    if (back.type == MINE_INT) printf("i%lld\n", (long long)back.as.integer);
    if (back.type == MINE_REAL) printf("r%s\n", mine_format_real(shown, back.as.real, 0));
    if (back.type == MINE_NULL) printf("null\n");
  }
  return 0;
}

static int probe(void) {
  char buffer[512], format[256] = "";
  char **line = NULL;
  int64_t n = 0, room = 0;
  int attribute = 0;
  while (fgets(buffer, sizeof buffer, stdin)) {
    buffer[strcspn(buffer, "\n")] = 0;
    if (buffer[0] == '=') {
      attribute = buffer[2] == 'a';
      snprintf(format, sizeof format, "%.255s", strlen(buffer) > 4 ? buffer + 4 : "");
      continue;
    }
    if (strcmp(buffer, ".") == 0) {
      mine_env *env;
      if (mine_env_open(NULL, "mine_test", &env) != MINE_OK) return 1;
      probe_column(env, attribute, format, line, n);
      mine_env_close(env);
      while (n > 0)
        free(line[--n]);
      continue;
    }
    if (n == room) {
      room = room ? 2 * room : 64;
      line = realloc(line, (size_t)room * sizeof *line);
      if (!line) return 1;
    }
    line[n] = malloc(strlen(buffer) + 1);
    if (!line[n]) return 1;
    strcpy(line[n++], buffer);
  }
  free(line);
  return 0;
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--probe") == 0) return probe();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_forms, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_numbers, open_env, close_env),
  };
  return cmocka_run_group_tests_name("dates", tests, NULL, NULL);
}
