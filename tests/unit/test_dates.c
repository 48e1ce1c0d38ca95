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
  mine__text_open(&stored, env->scratch);
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
    mine__text_open(&stored, ((mine_env *)*state)->scratch);
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
  mine__text_open(&text_of, env->scratch);
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

/* ---- what is refused, and how it is said ---------------------------------------------------- */

typedef struct refusal {
  const char *values;
  mine_time_mode mode;
  mine_time_problem problem;
  const char *sentence;
} refusal;

#define W MINE_TIME_WANTED
#define A MINE_TIME_ATTRIBUTE

static const refusal refusals[] = {
    {"01/02/2024|03/04/2024", W, MINE_TIME_AMBIGUOUS,
     "mine_test: column 'when' can be read in two ways: '01/02/2024' (row 1) and all others are "
     "dates "
     "as day/month/year or dates as month/day/year; say which: date_format=%d/%m/%Y or "
     "date_format=%m/%d/%Y"},
    {"01.02.2024 10:15|03.04.2024 10:20", A, MINE_TIME_AMBIGUOUS,
     "mine_test: column 'when' can be read in two ways: '01.02.2024 10:15' (row 1) and all others "
     "are "
     "dates as day.month.year or dates as month.day.year; say which: date_format=%d.%m.%Y %H:%M or "
     "date_format=%m.%d.%Y %H:%M, or leave it out: ignore=when"},
    {"01-02-03|03-04-05", W, MINE_TIME_AMBIGUOUS,
     "mine_test: column 'when' can be read in several ways: '01-02-03' (row 1) and all others are "
     "dates as day-month-year (two digits) or dates as month-day-year (two digits) or dates as "
     "year "
     "(two digits)-month-day; say which: date_format=%d-%m-%y or date_format=%m-%d-%y or "
     "date_format=%y-%m-%d"},
    {"2024-01-02|2024-01-03|unknown", W, MINE_TIME_MISFIT,
     "mine_test: column 'when', row 3: 'unknown' does not fit the others, dates as year-month-day, "
     "such as '2024-01-02' (row 1); correct it or make it NULL, or say how all are written with "
     "date_format="},
    {"unknown|2024-01-02|2024-01-03", W, MINE_TIME_MISFIT,
     "mine_test: column 'when', row 1: 'unknown' does not fit the others, dates as year-month-day, "
     "such as '2024-01-02' (row 2); correct it or make it NULL, or say how all are written with "
     "date_format="},
    {"2024-01-02|2024-01-03|2023-02-29", W, MINE_TIME_MISFIT,
     "mine_test: column 'when', row 3: there is no day or time '2023-02-29' (dates as "
     "year-month-day); correct it or make it NULL"},
    {"2024-01-02 10:15|2024-01-02 24:00", W, MINE_TIME_MISFIT,
     "mine_test: column 'when', row 2: there is no day or time '2024-01-02 24:00' (times as "
     "year-month-day hour:minute); correct it or make it NULL"},
    {"2016-12-31T23:59:59Z|2016-12-31T23:59:60Z", W, MINE_TIME_MISFIT,
     "mine_test: column 'when', row 2: there is no day or time '2016-12-31T23:59:60Z' (times as "
     "yyyy-mm-ddThh:mm:ssZ); correct it or make it NULL"},
    {"13/02/2024|01/02/2024|02/13/2024", W, MINE_TIME_MISFIT,
     "mine_test: column 'when', row 3: '02/13/2024' does not fit the others, dates as "
     "day/month/year, "
     "such as '13/02/2024' (row 1); correct it or make it NULL, or say how all are written with "
     "date_format="},
    {"01/02/2024|13/02/2024|02/13/2024", W, MINE_TIME_MISFIT,
     "mine_test: column 'when', row 3: '02/13/2024' does not fit the others, dates as "
     "day/month/year, "
     "such as '13/02/2024' (row 2); correct it or make it NULL, or say how all are written with "
     "date_format="},
    {"2024-01-02|2024/01/03|2024-01-04", W, MINE_TIME_MISFIT,
     "mine_test: column 'when', row 2: '2024/01/03' does not fit the others, dates as "
     "year-month-day, "
     "such as '2024-01-02' (row 1); correct it or make it NULL, or say how all are written with "
     "date_format="},
    {"2024-01-02T10:00:00Z|2024-01-02T10:00:00", W, MINE_TIME_MISFIT, NULL},
    {"2024-01-02T10:00:00Z|2024-01-02", W, MINE_TIME_MISFIT, NULL},
    {"2024-01-02T10:00:00|2024-01-02 10:00:00", W, MINE_TIME_MISFIT, NULL},
    {"2024-01-02|2024-01", W, MINE_TIME_MISFIT, NULL},
    {"2021-W53", W, MINE_TIME_NONE,
     "mine_test: column 'when', row 1: there is no day or time '2021-W53'; correct it or make it "
     "NULL"},
    {"Berlin|Paris", W, MINE_TIME_NONE,
     "mine_test: column 'when' has no times that can be read: 'Berlin' (row 1); say how they are "
     "written, such as date_format=%d.%m.%Y, or name another column"},
    {"  |", W, MINE_TIME_EMPTY,
     "mine_test: column 'when' has no value that is a time: all are missing"},
    {"45000|45001", W, MINE_TIME_TWO_NUMBERS,
     "mine_test: column 'when': its numbers, from 45000 to 45001, are perhaps a spreadsheet's "
     "days, "
     "perhaps something else; say what they are: date_format=unix (seconds), unix_ms, unix_us, "
     "unix_ns, julian, excel (45000 is 2023-03-15), or a pattern of their digits such as "
     "date_format=%Y%m%d"},
    {"7|8", W, MINE_TIME_NUMBERS,
     "mine_test: column 'when': its numbers, from 7 to 8, are no years, dates (20240102), Unix "
     "times "
     "or Julian days; say what they are: date_format=unix (seconds), unix_ms, unix_us, unix_ns, "
     "julian, excel (45000 is 2023-03-15), or a pattern of their digits such as "
     "date_format=%Y%m%d"},
    {"2024|2025|soon", W, MINE_TIME_MISFIT,
     "mine_test: column 'when', row 3: 'soon' does not fit the others, years, such as '2024' (row "
     "1); "
     "correct it or make it NULL, or say how all are written with date_format="},
    {"Tue, 03 Jan 2024", W, MINE_TIME_NONE, NULL}, /* it was a Wednesday */
    {"2024-00-10|2024-10-00|0000-01-01", W, MINE_TIME_NONE, NULL},
    {"Berlin|Paris", A, MINE_TIME_NONE, NULL},
    {"1.10.24|2.10.24", A, MINE_TIME_NONE, NULL},   /* versions, perhaps */
    {"1001-123|1001-124", A, MINE_TIME_NONE, NULL}, /* codes */
    {"0012-01-02|2024-01-02", A, MINE_TIME_NONE, NULL},
    {"2024-01-02|x|y", A, MINE_TIME_NONE, NULL},
    {"20240102|20240103", A, MINE_TIME_NUMBERS, NULL},
    {"2024|2025", A, MINE_TIME_NUMBERS, NULL},
};

static void test_refusals(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    const refusal *r = &refusals[i];
    const column c = column_of(r->values);
    mine_time_survey survey;
    mine_time_reading reading;
    mine_env *env;
    assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
    survey_of(&survey, &c);
    const mine_time_problem problem = mine__time_decide(&survey, r->mode, &reading);
    if (problem != r->problem) print_error("%s: problem %d\n", r->values, problem);
    assert_int_equal(problem, r->problem);
    assert_int_equal(mine__time_refuse(env, &survey, r->mode, "when"), MINE_DATA);
    if (r->sentence) assert_string_equal(mine_env_error(env), r->sentence);
    mine_env_close(env);
  }
}

/* A column of dates as an attribute, with a value in ten that is none: an error
** with its row, not a category. */
static void test_looks(void **state) {
  (void)state;
  const mine_cell good = text("2024-01-02"), bad = text("n/a"), number = whole(5);
  mine_time_survey survey;
  mine_time_reading reading;
  mine__time_survey_open(&survey);
  assert_false(mine__time_looks(&survey));
  for (int i = 0; i < 9; i++)
    mine__time_show(&survey, &good, i + 1);
  assert_true(mine__time_looks(&survey));
  mine__time_show(&survey, &bad, 10);
  assert_true(mine__time_looks(&survey));
  assert_int_equal(mine__time_decide(&survey, A, &reading), MINE_TIME_MISFIT);
  assert_int_equal(survey.misfit.row, 10);
  mine__time_show(&survey, &number, 11);
  assert_false(mine__time_looks(&survey));
  assert_int_equal(mine__time_decide(&survey, A, &reading), MINE_TIME_NONE);
}

/* Texts that are no dates are soon no longer tried; dates after them do not count. */
static void test_hopeless(void **state) {
  (void)state;
  const mine_cell street = text("12 Baker Street"), good = text("2024-01-02");
  mine_time_survey survey;
  mine__time_survey_open(&survey);
  for (int i = 0; i < 300; i++)
    mine__time_show(&survey, &street, i + 1);
  for (int i = 0; i < 10000; i++)
    mine__time_show(&survey, &good, i + 301);
  assert_int_equal(survey.fitted, 0);
  assert_false(mine__time_looks(&survey));
}

static void test_numbers_look(void **state) {
  mine_time_reading reading;
  mine_time_survey survey;
  mine_text words;
  column c = pair(whole(20240102), whole(20240103));
  survey_of(&survey, &c);
  assert_true(mine__time_numbers_look(&survey, &reading));
  mine__text_open(&words, ((mine_env *)*state)->scratch);
  mine__time_describe(&reading, &words);
  assert_string_equal(words.data, "dates as yyyymmdd");
  c = pair(whole(2020), whole(2024));
  survey_of(&survey, &c);
  assert_false(mine__time_numbers_look(&survey, &reading));
  c = pair(whole(3), whole(200000000)); /* money */
  survey_of(&survey, &c);
  assert_false(mine__time_numbers_look(&survey, &reading));
  c = pair(whole(45000), whole(45001));
  survey_of(&survey, &c);
  assert_true(mine__time_numbers_look(&survey, &reading));
  assert_int_equal(reading.unit, MINE_TIME_EXCEL);
}

/* ---- date_format= --------------------------------------------------------------------------- */

static void test_formats(void **state) {
  static const struct {
    const char *format, *values, *stored;
    double days;
  } said[] = {
      {"%d/%m/%Y", "01/02/2024|03/04/2024", "t 0 %d/%m/%Y", 19754},
      {"%m/%d/%Y", "01/02/2024|03/04/2024", "t 0 %m/%d/%Y", DAY},
      {"%d.%m.%Y", "1.2.2024|3.4.2024", "t 0 %-d.%-m.%Y", 19754},
      {"%Y年%m月%d日", "2024年1月2日|2024年12月31日", "t 0 %Y年%-m月%-d日", DAY},
      {"%F %T", "2024-01-02 10:15:00", "t 0 %Y-%m-%d %H:%M:%S", TIME},
      {"%Y-%m-%dT%H:%M:%S.%f%z", "2024-01-02T12:15:00.000+02:00", "t 120 %Y-%m-%dT%H:%M:%S.%3f%:z",
       TIME},
      {"%d %B %Y", "2 JAN 2024|31 DEC 2024", "t 0 %-d %^b %Y", DAY},
      {"%d%m%Y", "02012024|31122024", "t 0 %d%m%Y", DAY},
      {"%H:%M %d|%m|%Y", "10:15 02/01/2024", NULL, 0},
      {"excel", "45000|45000.5", "t 0 excel", 19431},
      {"unix", "5|7", "t 0 unix", 5 / 86400.0},
      {"%Y%m%d%[ %H:%M%]", "20240102 10:15|20240103", "t 0 %Y%m%d%[ %H:%M%]", TIME},
      {"100%% %Y", "100% 2024", "t 0 100%% %Y", 19723},
      {"%Y%m%d%H%M%S", "20240102101500|20240103101500|20240104001500", "t 0 %Y%m%d%H%M%S", TIME},
  };
  for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
    mine_env *env = *state;
    const column c = column_of(said[i].values);
    mine_time_survey survey;
    mine_time_reading reading;
    mine_text stored;
    double days;
    assert_int_equal(mine__time_format(env, said[i].format, strlen(said[i].format), &reading),
                     MINE_OK);
    mine__time_survey_format(&survey, &reading);
    for (int row = 0; row < c.n; row++)
      mine__time_show(&survey, &c.cell[row], row + 1);
    const mine_time_problem problem = mine__time_decide(&survey, A, &reading);
    assert_int_equal(problem, said[i].stored ? MINE_TIME_FITS : MINE_TIME_MISFIT);
    if (!said[i].stored) continue;
    mine__text_open(&stored, env->scratch);
    mine__time_reading_text(&reading, &stored);
    assert_string_equal(stored.data, said[i].stored);
    assert_true(mine__time_read(&reading, &c.cell[0], &days));
    assert_true(days == said[i].days);
    check_round_trip(&c, &reading, env);
  }
}

/* Whole numbers whose leading zero SQLite does not keep. */
static void test_format_of_numbers(void **state) {
  mine_time_reading reading;
  mine_time_survey survey;
  const column c = pair(whole(2012024), whole(31122024));
  assert_int_equal(mine__time_format(*state, "%d%m%Y", 6, &reading), MINE_OK);
  mine__time_survey_format(&survey, &reading);
  for (int i = 0; i < 2; i++)
    mine__time_show(&survey, &c.cell[i], i + 1);
  assert_int_equal(mine__time_decide(&survey, W, &reading), MINE_TIME_FITS);
  check_round_trip(&c, &reading, *state);
}

static void test_bad_formats(void **state) {
  (void)state;
  static const char *const bad[][2] = {
      {"",
       "option date_format: '' is no way to read dates; say a pattern such as %Y-%m-%d, %d.%m.%Y, "
       "%m/%d/%Y or '%Y-%m-%d %H:%M:%S', or one of unix, unix_ms, unix_us, unix_ns, julian, "
       "excel"},
      {"dd.mm.yyyy",
       "option date_format: 'dd.mm.yyyy' is no way to read dates; say a pattern such as %Y-%m-%d, "
       "%d.%m.%Y, %m/%d/%Y or '%Y-%m-%d %H:%M:%S', or one of unix, unix_ms, unix_us, unix_ns, "
       "julian, "
       "excel"},
      {"%d.%m", "option date_format: '%d.%m' cannot be read: it has no year (%Y, %y)"},
      {"%Y %d",
       "option date_format: '%Y %d' cannot be read: it has a day (%d) without a month (%m, "
       "%b)"},
      {"%Y %Q",
       "option date_format: %Q in '%Y %Q' is not known; known are %Y %y %m %d %e %j %b %B %a "
       "%A %H %I %M %S %f %p %z %G %V %u %q %F %R %T"},
      {"%Y%m%d %m",
       "option date_format: %m in '%Y%m%d %m' stands there twice; known are %Y %y %m %d "
       "%e %j %b %B %a %A %H %I %M %S %f %p %z %G %V %u %q %F %R %T"},
      {"%Y-%m-%",
       "option date_format: % in '%Y-%m-%' needs a letter (a percent sign is %%); known "
       "are %Y %y %m %d %e %j %b %B %a %A %H %I %M %S %f %p %z %G %V %u %q %F %R %T"},
      {"%F %I:%M", "option date_format: '%F %I:%M' cannot be read: %I needs %p (AM or PM)"},
      {"%Y-W%V",
       "option date_format: '%Y-W%V' cannot be read: an ISO week is %G-W%V: the year of "
       "weeks and the week"},
      {"%F %M",
       "option date_format: '%F %M' cannot be read: it has minutes or seconds without an hour "
       "(%H)"},
      {"%F %H:%S",
       "option date_format: '%F %H:%S' cannot be read: it has seconds without minutes "
       "(%M)"},
      {"%F %H:%M.%f",
       "option date_format: '%F %H:%M.%f' cannot be read: it has a fraction (%f) without "
       "seconds (%S)"},
      {"%Y%[",
       "option date_format: '%Y%[' cannot be read: it opens a part (%[) and does not close it "
       "(%])"},
      {"%Y%]", "option date_format: '%Y%]' cannot be read: it closes a part that was not opened"},
      {"%G-W%V %m",
       "option date_format: '%G-W%V %m' cannot be read: it has a week (%V) beside months "
       "or days"},
      {"%Y %u", "option date_format: '%Y %u' cannot be read: %u is a day of an ISO week (%V)"},
      {"%Y %m %j", "option date_format: '%Y %m %j' cannot be read: it has a month beside %j or %q"},
      {"%Y ----------------------------------------------------------------",
       "option date_format: '%Y ---------------------------------------------------------...' is "
       "too "
       "long (at most 63 bytes); say a pattern such as %Y-%m-%d, %d.%m.%Y, %m/%d/%Y or '%Y-%m-%d "
       "%H:%M:%S', or one of unix, unix_ms, unix_us, unix_ns, julian, excel"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    mine_env *env;
    mine_time_reading reading;
    assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
    assert_int_equal(mine__time_format(env, bad[i][0], strlen(bad[i][0]), &reading), MINE_OPTION);
    assert_string_equal(mine_env_error(env) + strlen("mine_test: "), bad[i][1]);
    mine_env_close(env);
  }
}

static void test_said_misfit(void **state) {
  mine_time_reading reading;
  mine_time_survey survey;
  const column c = pair(text("01.02.2024"), text("2024-02-01"));
  assert_int_equal(mine__time_format(*state, "%d.%m.%Y", 8, &reading), MINE_OK);
  mine__time_survey_format(&survey, &reading);
  for (int i = 0; i < 2; i++)
    mine__time_show(&survey, &c.cell[i], i + 1);
  assert_int_equal(mine__time_refuse(*state, &survey, W, "when"), MINE_DATA);
  assert_string_equal(
      mine_env_error(*state),
      "mine_test: column 'when', row 2: '2024-02-01' does not fit "
      "date_format=%d.%m.%Y; correct it, make it NULL, or say another date_format=");
}

static void test_learned_misfit(void **state) {
  mine_time_reading reading;
  const mine_cell other = text("2024-02-01"),
                  blob = {.type = MINE_BLOB, .bytes = 1, .as = {.text = "x"}};
  double days;
  assert_true(mine__time_reading_parse("t 0 %d.%m.%Y", 12, &reading));
  assert_false(mine__time_read(&reading, &other, &days));
  assert_false(mine__time_read(&reading, &blob, &days));
  assert_int_equal(mine__time_misfit(*state, &reading, "when", 7, &other), MINE_DATA);
  assert_string_equal(
      mine_env_error(*state),
      "mine_test: column 'when', row 7: '2024-02-01' is not written as it was learned, "
      "dates as day.month.year; write it so, or make it NULL");
}

/* ---- writing -------------------------------------------------------------------------------- */

static const char *written(const char *stored, double days) {
  static char buffer[MINE_TIME_BYTES];
  mine_time_reading reading;
  mine_cell cell;
  assert_true(mine__time_reading_parse(stored, strlen(stored), &reading));
  if (!mine__time_write(&reading, days, buffer, &cell)) return "null";
  assert_int_equal(cell.type, MINE_TEXT);
  return buffer;
}

/* Cut to what the form tells; never a second too few for want of digits. */
static void test_writing(void **state) {
  (void)state;
  assert_string_equal(written("t 0 %Y-%m-%d", 19724.75), "2024-01-02");
  assert_string_equal(written("t 0 %Y-%m-%d", -0.25), "1969-12-31");
  assert_string_equal(written("t 0 %Y-Q%q", 19724 + 91), "2024-Q2");
  assert_string_equal(written("t 0 %G-W%V", 19722), "2023-W52");
  assert_string_equal(written("t 0 %Y-%m-%d %H:%M", 19724 + 86399 / 86400.0), "2024-01-02 23:59");
  assert_string_equal(written("t 0 %Y-%m-%d %H:%M:%S", 2932896 + 36900 / 86400.0),
                      "9999-12-31 10:15:00");
  assert_string_equal(written("t 0 %Y-%m-%d %H:%M:%S.%3f", 19724 + 0.9999999999999),
                      "2024-01-03 00:00:00.000");
  assert_string_equal(written("t 330 %Y-%m-%dT%H:%M%:z", 19724.9), "2024-01-03T03:06+05:30");
  assert_string_equal(written("t 0 %Y-%m-%d", 2932897), "null");
  assert_string_equal(written("t 0 %Y-%m-%d", -719163), "null");
  assert_string_equal(written("t 0 %Y-%m-%d", NAN), "null");
  assert_string_equal(written("t 0 %Y-%m-%d", INFINITY), "null");
  assert_string_equal(written("t 0 %I:%M %p, %d %B %Y", 19724), "12:00 AM, 02 January 2024");
  assert_string_equal(written("t 0 %I %p, %d %B %Y", 19724.5), "12 PM, 02 January 2024");
}

/* Every second of some days, through a double and back. */
static void test_seconds(void **state) {
  (void)state;
  static const double days[] = {-719162, -1, 0, 19724, 47482, 2932896};
  mine_time_reading reading;
  const char *stored = "t 0 %Y-%m-%d %H:%M:%S";
  assert_true(mine__time_reading_parse(stored, strlen(stored), &reading));
  for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
    for (int second = 0; second < 86400; second++) {
      char buffer[MINE_TIME_BYTES];
      mine_cell cell;
      double back;
      const double exact = days[i] + second / 86400.0;
      assert_true(mine__time_write(&reading, exact, buffer, &cell));
      assert_true(mine__time_read(&reading, &cell, &back));
      if (back != exact) print_error("%s\n", buffer);
      assert_true(back == exact);
    }
}

/* Microseconds, from 1791 to 2149. */
static void test_microseconds(void **state) {
  mine_random random;
  mine__random_open(&random, 17, 0, 0);
  (void)state;
  mine_time_reading reading;
  const char *stored = "t 0 %Y-%m-%dT%H:%M:%S.%6f";
  assert_true(mine__time_reading_parse(stored, strlen(stored), &reading));
  for (int i = 0; i < 200000; i++) {
    char in[MINE_TIME_BYTES], out[MINE_TIME_BYTES];
    mine_cell cell;
    double days;
    const int day = (int)mine__random_below(&random, 130000) - 65000;
    assert_true(mine__time_write(&reading, day, in, &cell));
    snprintf(in + 11, sizeof in - 11, "%02d:%02d:%02d.%06d", (int)mine__random_below(&random, 24),
             (int)mine__random_below(&random, 60), (int)mine__random_below(&random, 60),
             (int)mine__random_below(&random, 1000000));
    const mine_cell given = text(in);
    assert_true(mine__time_read(&reading, &given, &days));
    assert_true(mine__time_write(&reading, days, out, &cell));
    assert_string_equal(out, in);
  }
}

static void test_stored_readings(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",      "t",        "t 0 ",       "x 0 %Y",     "t 9999 %Y", "t 0 %d",   "t 0 nonsense",
      "t  %Y", "t 0 %Y%[", "t -1440 %Y", "t 0 \xff%Y", "t0 %Y-%m",  "t 0 %Y%Y", "t +1 %Y"};
  mine_time_reading reading;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    assert_false(mine__time_reading_parse(bad[i], strlen(bad[i]), &reading));
  assert_false(mine__time_reading_parse("t 0 %Y\0%m", 9, &reading));
}

/* ---- the calendar --------------------------------------------------------------------------- */

/* Day by day with a calendar kept by hand, from 0001-01-01, a Monday. */
static void test_calendar(void **state) {
  (void)state;
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t day = -719162;
  int weekday = 1, week = 1, week_year = 1;
  for (int year = 1; year <= 9999; year++) {
    const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    for (int month = 1; month <= 12; month++) {
      const int length = lengths[month - 1] + (leap && month == 2);
      if (mine__days_in_month(year, month) != length) fail_msg("%d-%d", year, month);
      for (int d = 1; d <= length; d++, day++) {
        int y, m, dom, wy, w;
        mine__civil_of_day(day, &y, &m, &dom);
        if (y != year || m != month || dom != d) fail_msg("%d-%d-%d", year, month, d);
        if (mine__day_of_civil(year, month, d) != day) fail_msg("%d-%d-%d", year, month, d);
        if (mine__weekday(day) != weekday) fail_msg("weekday of %d-%d-%d", year, month, d);
        /* A Monday from 29 December on, or until 4 January, begins week 1. */
        if (weekday == 1 && ((month == 12 && d >= 29) || (month == 1 && d <= 4))) {
          week = 1;
          week_year = month == 12 ? year + 1 : year;
        }
        mine__iso_week_of_day(day, &wy, &w);
        if (wy != week_year || w != week) fail_msg("week of %d-%d-%d", year, month, d);
        if (weekday == 1 && mine__day_of_iso_week(wy, w) != day) fail_msg("%d-W%d", wy, w);
        weekday = weekday % 7 + 1;
        if (weekday == 1) week++;
      }
    }
  }
  assert_int_equal(mine__weeks_in_year(2020), 53);
  assert_int_equal(mine__weeks_in_year(2021), 52);
}

static double at(int year, int month, int day, double hour) {
  return (double)mine__day_of_civil(year, month, day) + hour / 24;
}

static void test_steps(void **state) {
  (void)state;
  const double t = at(2024, 5, 15, 10.51);
  assert_true(mine__time_floor(t, MINE_STEP_YEAR) == at(2024, 1, 1, 0));
  assert_true(mine__time_floor(t, MINE_STEP_QUARTER) == at(2024, 4, 1, 0));
  assert_true(mine__time_floor(t, MINE_STEP_MONTH) == at(2024, 5, 1, 0));
  assert_true(mine__time_floor(t, MINE_STEP_WEEK) == at(2024, 5, 13, 0));
  assert_true(mine__time_floor(t, MINE_STEP_DAY) == at(2024, 5, 15, 0));
  assert_true(mine__time_floor(t, MINE_STEP_HOUR) == at(2024, 5, 15, 10));
  assert_true(mine__time_floor(t, MINE_STEP_MINUTE) == at(2024, 5, 15, 10.5));
  assert_true(mine__time_floor(-0.5, MINE_STEP_DAY) == -1);
  assert_true(mine__time_add(at(2024, 1, 31, 6), 1, MINE_STEP_MONTH) == at(2024, 2, 29, 6));
  assert_true(mine__time_add(at(2023, 1, 31, 0), 1, MINE_STEP_MONTH) == at(2023, 2, 28, 0));
  assert_true(mine__time_add(at(2024, 3, 31, 0), -1, MINE_STEP_MONTH) == at(2024, 2, 29, 0));
  assert_true(mine__time_add(at(2024, 2, 29, 0), 1, MINE_STEP_YEAR) == at(2025, 2, 28, 0));
  assert_true(mine__time_add(at(2024, 2, 29, 0), 4, MINE_STEP_YEAR) == at(2028, 2, 29, 0));
  assert_true(mine__time_add(at(2024, 11, 30, 0), 1, MINE_STEP_QUARTER) == at(2025, 2, 28, 0));
  assert_true(mine__time_add(at(2024, 1, 1, 0), -13, MINE_STEP_MONTH) == at(2022, 12, 1, 0));
  assert_true(mine__time_add(at(2024, 1, 1, 0), 2, MINE_STEP_WEEK) == at(2024, 1, 15, 0));
  assert_true(mine__time_add(at(2024, 1, 1, 5), 30, MINE_STEP_HOUR) == at(2024, 1, 2, 11));
  assert_true(mine__time_add(at(2024, 1, 1, 5), -6, MINE_STEP_HOUR) == at(2023, 12, 31, 23));
  assert_true(isnan(mine__time_add(NAN, 1, MINE_STEP_MONTH)));
  assert_true(isnan(mine__time_add(0, INT64_MAX, MINE_STEP_YEAR)));
  assert_true(isnan(mine__time_add(0, INT64_MIN, MINE_STEP_HOUR)));
}

/* ---- noise ---------------------------------------------------------------------------------- */

/* Texts of the letters of dates, at random: nothing is read out of bounds (under
** the sanitizers), what is decided reads every value that was no misfit, and what
** is written is read again as the same. */
static void test_noise(void **state) {
  static const char letters[] =
      "0123456789012345678901234567890123456789--//..::  TZWQ+,JanMay年月日APMpm%";
  mine_random random;
  mine__random_open(&random, 23, 0, 0);
  for (int round = 0; round < 60000; round++) {
    char data[4][24];
    column c = {.n = 4};
    const size_t form = (size_t)mine__random_below(&random, sizeof forms / sizeof forms[0]);
    const column model = column_of(forms[form].values);
    for (int i = 0; i < c.n; i++) {
      size_t bytes = model.cell[0].bytes < 24 ? model.cell[0].bytes : 24;
      memcpy(data[i], model.cell[0].as.text, bytes);
      for (int turns = (int)mine__random_below(&random, 3); turns > 0; turns--)
        data[i][mine__random_below(&random, bytes)] =
            letters[mine__random_below(&random, sizeof letters - 1)];
      char *exact = malloc(bytes); /* no byte more than the text has */
      assert_non_null(exact);
      memcpy(exact, data[i], bytes);
      c.cell[i] = text_n(exact, bytes);
    }
    mine_time_survey survey;
    mine_time_reading reading;
    survey_of(&survey, &c);
    const mine_time_problem problem = mine__time_decide(&survey, W, &reading);
    if (problem == MINE_TIME_FITS)
      for (int i = 0; i < c.n; i++) {
        char buffer[MINE_TIME_BYTES];
        mine_cell back;
        double days, again;
        assert_true(mine__time_read(&reading, &c.cell[i], &days));
        if (!mine__time_write(&reading, days, buffer, &back))
          continue; /* beyond year 9999 in UTC */
        assert_true(mine__time_read(&reading, &back, &again));
        assert_true(fabs(days - again) <= 1e-11 * (1 + fabs(days)));
      }
    else if (round % 100 == 0)
      mine__time_refuse(*state, &survey, W, "when");
    for (int i = 0; i < c.n; i++)
      free((void *)(uintptr_t)c.cell[i].as.text);
  }
}

/* Patterns and stored readings at random. */
static void test_noisy_patterns(void **state) {
  (void)state;
  static const char letters[] = "%%%%%%YymdejHIMSfpbBaAzZqGVu[]%-^#:39 t0ir,.";
  mine_random random;
  mine__random_open(&random, 29, 0, 0);
  int sound = 0;
  for (int round = 0; round < 200000; round++) {
    char pattern[64] = "t 0 %Y";
    size_t n = 6;
    for (int more = (int)mine__random_below(&random, 12); more > 0; more--)
      pattern[n++] = letters[mine__random_below(&random, sizeof letters - 1)];
    mine_time_reading reading;
    if (!mine__time_reading_parse(pattern, n, &reading)) continue;
    char buffer[MINE_TIME_BYTES];
    mine_cell cell;
    double days;
    sound++;
    if (mine__time_write(&reading, 19724.4, buffer, &cell)) mine__time_read(&reading, &cell, &days);
  }
  assert_true(sound > 1000);
}

/* ---- the probe --------------------------------------------------------------------- */

/* A cell of a line: i12, r1.5, or t and a text. */
static mine_cell probe_cell(const char *line) {
  double value;
  if (line[0] == 'i') return whole(strtoll(line + 1, NULL, 10));
  if (line[0] == 'r' && mine__read_number(line + 1, strlen(line + 1), &value)) return real(value);
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
  mine__text_open(&words, arena);
  mine__time_reading_text(&reading, &words);
  mine__text_adds(&words, "\t");
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
    printf("%s\t", mine__format_real(shown, days, 0));
    if (back.type == MINE_TEXT) printf("t%.*s\n", (int)back.bytes, back.as.text);
    if (back.type == MINE_INT) printf("i%lld\n", (long long)back.as.integer);
    if (back.type == MINE_REAL) printf("r%s\n", mine__format_real(shown, back.as.real, 0));
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
      cmocka_unit_test_setup_teardown(test_refusals, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_looks, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_hopeless, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_numbers_look, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_formats, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_format_of_numbers, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_bad_formats, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_said_misfit, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_learned_misfit, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_writing, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_seconds, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_microseconds, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_stored_readings, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_calendar, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_steps, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_noise, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_noisy_patterns, open_env, close_env),
  };
  return cmocka_run_group_tests_name("dates", tests, NULL, NULL);
}
