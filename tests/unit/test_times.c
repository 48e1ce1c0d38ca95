/*
** test_times.c -- columns of times in a frame: one way for the whole column, days out,
** and back in the form in which they came.  Days are those of Python's
** (datetime - datetime(1970, 1, 1)) / timedelta(days=1).
*/
#include "frame_fixture.h"

#include "data/dataset.h"

#define CELLS 8

static const mine_want events_read[] = {
    {.name = "customer", .reading = MINE_READ_EXACT, .flags = MINE_WANT_OPTIONAL},
    {.name = "time", .reading = MINE_READ_TIME},
    {0}};

typedef struct times {
  mine_env *env;
  mine_frame *frame;
  mine_events events;
} times;

/* A frame of one column of times, options parsed. */
static mine_status open_times(times *x, const char *options) {
  static const char *const names[] = {"at"};
  *x = (times){.events = {.want = events_read}};
  assert_int_equal(mine_env_open(NULL, "mine_test", &x->env), MINE_OK);
  mine_arena *arena = x->env->scratch;
  mine_option_group group = {.table = mine__wants_options(arena, events_read),
                             .values = &x->events};
  MINE_TRY(mine__options_parse(x->env, arena, &group, 1, options));
  MINE_TRY(mine__frame_open(x->env, mine__events_plan, &x->events, &x->frame));
  return mine_frame_columns(x->frame, names, 1);
}

static mine_status fill_times(mine_frame *frame, const char *const *cells, int n) {
  for (int i = 0; i < n; i++) {
    fixture_cell(frame, 0, cells[i]);
    MINE_TRY(mine_frame_end_row(frame));
  }
  return mine__frame_finish(frame);
}

static void close_times(times *x) {
  mine__frame_close(x->frame);
  mine_env_close(x->env);
}

/* "19723|-" and "2024-01-01|-": days, and how they are written. */
static void describe_times(const mine_frame *frame, mine_text *days, mine_text *written) {
  const mine_column *col = &frame->column[0];
  for (int64_t row = 0; row < frame->rows; row++) {
    char number[MINE_NUMBER_BYTES], buffer[MINE_TIME_BYTES];
    mine_cell cell;
    mine__text_adds(days, row ? "|" : "");
    mine__text_adds(written, row ? "|" : "");
    const double v = col->number[row];
    mine__text_adds(days, isnan(v) ? "-" : mine__format_real(number, v, 9));
    if (!col->time || !mine__time_write(col->time, v, buffer, &cell))
      mine__text_adds(written, "-");
    else
      mine__text_add_cell(written, &cell);
  }
}

static const struct {
  int n;
  const char *cells[CELLS];
  const char *options;
  const char *days; /* or a part of the error, with a blank ahead */
  const char *written;
  const char *why; /* a part of column.why */
} columns[] = {
    {3,
     {"2024-01-01", NULL, "2024-02-29"},
     "",
     "19723|-|19782",
     "2024-01-01|-|2024-02-29",
     "time: "},
    {4,
     {"2024-01-01", "", "  ", "2024-01-01"},
     "",
     "19723|-|-|19723",
     "2024-01-01|-|-|2024-01-01",
     "2 missing"},
    {2,
     {"2024-01-01 12:00", "2024-01-02 00:00"},
     "",
     "19723.5|19724",
     "2024-01-01 12:00|2024-01-02 00:00",
     ""},
    {2, {"31.12.2023", "01.01.2024"}, "", "19722|19723", "31.12.2023|01.01.2024", ""},
    {2,
     {"01/02/2024", "03/04/2024"},
     "date_format=%m/%d/%Y",
     "19724|19786",
     "01/02/2024|03/04/2024",
     ""},
    {2, {"01/02/2024", "03/04/2024"}, "", " column 'at'", NULL, ""},
    {2, {"#1704067200", "#1704153600"}, "", "19723|19724", "1704067200|1704153600", ""},
    {2, {"#20240101", "#20240229"}, "", "19723|19782", "20240101|20240229", ""},
    {2, {"#2023", "#2024"}, "", "19358|19723", "2023|2024", ""},
    {2, {"#45000", "#45001"}, "", " column 'at'", NULL, ""},
    {2, {"#45000", "#45001"}, "date_format=excel", "19431|19432", "45000|45001", ""},
    {2, {"2024-Q1", "2024-Q2"}, "", "19723|19814", "2024-Q1|2024-Q2", ""},
    {4, {"2024-01-01", "2024-01-02", "2024-01-02", "soon"}, "", " row 4", NULL, ""},
    {3, {"2024-01-01", "2024-01-02", "2024-13-02"}, "", " row 3", NULL, ""},
    {2, {"a", "b"}, "", " column 'at' has no times that can be read: 'a' (row 1)", NULL, ""},
    {2, {NULL, ""}, "", "-|-", "-|-", "2 missing"},
    {0, {NULL}, "", "", "", ""},
    {1, {"2024-01-01"}, "date_format=soon", " soon", NULL, ""},
    {1, {"2024-01-01"}, "{\"date_format\":3}", " option date_format must say", NULL, ""},
    {1, {"#blob"}, "", " a BLOB (row 1)", NULL, ""},
    {1, {"#inf"}, "", " infinite number (row 1)", NULL, ""},
};

static void test_columns_of_times(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    times x;
    mine_text days, written;
    mine_status status = open_times(&x, columns[i].options);
    mine__text_open(&days, x.env->scratch);
    mine__text_open(&written, x.env->scratch);
    if (status == MINE_OK) status = fill_times(x.frame, columns[i].cells, columns[i].n);
    if (status == MINE_OK) describe_times(x.frame, &days, &written);
    const char *why = status == MINE_OK ? x.frame->column[0].why : "";
    if (columns[i].days[0] == ' '
            ? status == MINE_OK || !strstr(mine_env_error(x.env), columns[i].days + 1)
            : status != MINE_OK || strcmp(days.bytes ? days.data : "", columns[i].days) != 0 ||
                  strcmp(written.bytes ? written.data : "", columns[i].written) != 0 ||
                  !strstr(why, columns[i].why))
      fail_msg("column %d: %s = %s, %s, %s", (int)i, days.bytes ? days.data : "",
               written.bytes ? written.data : "", why, mine_env_error(x.env));
    close_times(&x);
  }
}

/* Rows that were dropped count in an error; every batch is read in its own way. */
static void test_times_after_clear(void **state) {
  (void)state;
  static const char *const german[] = {"31.12.2023", "01.01.2024"};
  static const char *const iso[] = {"2024-01-01", "2024-01-02"};
  static const char *const bad[] = {"2024-01-01", "?"};
  times x;
  assert_int_equal(open_times(&x, ""), MINE_OK);
  for (int i = 0; i < 4; i++) {
    assert_int_equal(fill_times(x.frame, i % 2 ? iso : german, 2), MINE_OK);
    assert_true(x.frame->column[0].number[1] == (i % 2 ? 19724 : 19723));
    mine__frame_clear(x.frame);
    assert_null(x.frame->column[0].time);
  }
  assert_int_equal(fill_times(x.frame, bad, 2), MINE_DATA);
  assert_non_null(strstr(mine_env_error(x.env), "row 10"));
  close_times(&x);
}

/* Many different times, more than a category may have levels. */
static void test_many_times(void **state) {
  (void)state;
  enum { ROWS = 150000 };
  times x;
  assert_int_equal(open_times(&x, ""), MINE_OK);
  for (int i = 0; i < ROWS; i++) {
    char text[64];
    snprintf(text, sizeof text, "2024-01-%02dT%02d:%02d:%02d", 1 + i / 86400, i / 3600 % 24,
             i / 60 % 60, i % 60);
    mine_frame_put_text(x.frame, 0, text, strlen(text));
    assert_int_equal(mine_frame_end_row(x.frame), MINE_OK);
  }
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  for (int i = 0; i < ROWS; i++)
    assert_true(fabs(x.frame->column[0].number[i] - (19723 + i / 86400.0)) < 1e-9);
  close_times(&x);
}

/* ---- a reading that was learned -------------------------------------------------------------- */

static mine_status plan_features(void *owner, mine_frame *frame) {
  static const mine_lack lack = {"the source lacks", "that were learned", "name them with AS"};
  int column[2];
  return mine__wants_by_name(frame, owner, &lack, column);
}

static void test_learned_reading(void **state) {
  (void)state;
  static const char *const names[] = {"at"};
  static const char *const ambiguous[] = {"01/02/2024", "", NULL, "03/04/2024"};
  mine_env *env;
  mine_frame *frame;
  mine_text reading;
  mine_time_reading learned;
  assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
  assert_int_equal(mine__time_format(env, "%d/%m/%Y", 8, &learned), MINE_OK);
  mine__text_open(&reading, env->scratch);
  mine__time_reading_text(&learned, &reading);
  const mine_feature about = {.name = "at", .type = MINE_COLUMN_NUMERIC, .reading = reading.data};
  const mine_want *want = mine__wants_of_features(env->scratch, &about, 1);
  assert_int_equal(want[0].reading, MINE_READ_TIME);
  assert_int_equal(mine__frame_open(env, plan_features, (void *)want, &frame), MINE_OK);
  assert_int_equal(mine_frame_columns(frame, names, 1), MINE_OK);
  for (int batch = 0; batch < 3; batch++) {
    for (int again = 0; again < 100; again++) /* the column grows */
      assert_int_equal(fill_times(frame, ambiguous, 4), MINE_OK);
    const double *days = frame->column[0].number;
    for (int i = 0; i < 400; i += 4)
      assert_true(days[i] == 19754 && isnan(days[i + 1]) && isnan(days[i + 2]) &&
                  days[i + 3] == 19816);
    mine__frame_clear(frame);
  }
  mine__frame_again(frame); /* one row after another */
  mine_frame_put_text(frame, 0, "01/02/2024", 10);
  assert_int_equal(mine__frame_single(frame), MINE_OK);
  assert_null(mine__frame_staged(frame, 0));
  assert_true(frame->column[0].number[0] == 19754);
  mine__frame_again(frame);
  assert_int_equal(mine__frame_single(frame), MINE_OK);
  assert_true(isnan(frame->column[0].number[0]));
  mine__frame_clear(frame);
  mine_frame_put_text(frame, 0, "2024-01-01", 10);
  assert_int_equal(mine_frame_end_row(frame), MINE_DATA);
  assert_non_null(strstr(mine_env_error(env), "is not written as it was learned"));
  mine__frame_close(frame);
  mine_env_close(env);
}

/* ---- dates as attributes ------------------------------------------------------------------------
 */

static void test_attributes_of_dates(void **state) {
  (void)state;
  static const mine_reading readings[3] = {MINE_READ_AUTO};
  static const struct {
    int n;
    const char *cells[CELLS];
    mine_dated dated;
    const char *days; /* after mine__column_as_time; "" no dates; an error with a blank ahead */
  } cases[] = {
      {3, {"2024-01-02", NULL, "2024-01-01"}, MINE_DATED_ALL, "19724|-|19723"},
      {2, {"2024/01/02", "2024/01/01"}, MINE_DATED_ALL, "19724|19723"},
      {2, {"01/02/2024", "03/04/2024"}, MINE_DATED_ALL, " day"},
      {2, {"2024-Q1", "2024-Q2"}, MINE_DATED_MOST, "19723|19814"},
      {2, {"plus", "basic"}, MINE_DATED_NO, ""},
      {3, {"2024-01-02", "2024-01-01", "never"}, MINE_DATED_NO, ""},
      {2, {"1.2.3", "10.0.1"}, MINE_DATED_NO, ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fixture x = {.readings = readings};
    mine_text days, written;
    assert_int_equal(fixture_open(&x), MINE_OK);
    assert_int_equal(fill_times(x.frame, cases[i].cells, cases[i].n), MINE_OK);
    const mine_column *col = &x.frame->column[0];
    if (col->dated != cases[i].dated) fail_msg("case %d: dated %d", (int)i, (int)col->dated);
    const mine_status status = mine__column_as_time(x.frame, 0);
    mine__text_open(&days, x.env->scratch);
    mine__text_open(&written, x.env->scratch);
    if (status == MINE_OK && col->time) describe_times(x.frame, &days, &written);
    if (cases[i].days[0] == ' ' ? status == MINE_OK || !strstr(mine_env_error(x.env), cases[i].days)
                                : strcmp(days.bytes ? days.data : "", cases[i].days) != 0)
      fail_msg("case %d: %s, %s", (int)i, days.bytes ? days.data : "", mine_env_error(x.env));
    if (col->time) {
      mine_feature feature;
      assert_int_equal(mine__feature_from_column(x.env, x.env->scratch, col, &feature), MINE_OK);
      assert_int_equal(feature.type, MINE_COLUMN_NUMERIC);
      assert_int_equal(mine__wants_of_features(x.env->scratch, &feature, 1)->reading,
                       MINE_READ_TIME);
    }
    fixture_close(&x);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_columns_of_times),    cmocka_unit_test(test_times_after_clear),
      cmocka_unit_test(test_many_times),          cmocka_unit_test(test_learned_reading),
      cmocka_unit_test(test_attributes_of_dates),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
