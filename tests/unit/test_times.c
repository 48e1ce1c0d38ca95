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
  mine_time_reading learned;
  assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
  assert_int_equal(mine__time_format(env, "%d/%m/%Y", 8, &learned), MINE_OK);
  const mine_feature about = {.name = "at", .type = MINE_COLUMN_NUMERIC, .time = &learned};
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

/* ---- dates as attributes -------------------------------------------------------------------- */

/* What a column is without a word about it, or with a format that is said of all columns. */
static void test_attributes_of_dates(void **state) {
  (void)state;
  static const struct {
    int n;
    const char *cells[CELLS];
    const char *format; /* of all columns; NULL: none */
    const char *days;   /* "" no dates; an error with a blank ahead */
  } cases[] = {
      {3, {"2024-01-02", NULL, "2024-01-01"}, NULL, "19724|-|19723"},
      {2, {"2024/01/02", "2024/01/01"}, NULL, "19724|19723"},
      {2, {"01/02/2024", "03/04/2024"}, NULL, " date_format="},
      {2, {"01/02/2024", "03/04/2024"}, "%d/%m/%Y", "19754|19816"},
      {2, {"01/02/2024", "03/04/2024"}, "%m/%d/%Y", "19724|19786"},
      {2, {"2024-01-02", "2024-01-01"}, "%d/%m/%Y", "19724|19723"}, /* said of others */
      {2, {"plus", "basic"}, "%d/%m/%Y", ""},
      {2, {"#20240102", "#20240101"}, "%Y%m%d", ""}, /* numbers wait until they are named */
      {2, {"2024-Q1", "2024-Q2"}, NULL, "19723|19814"},
      {2, {"2024-01", "2024-02"}, NULL, "19723|19754"},
      {2, {"2024-W01", "2024-W02"}, NULL, "19723|19730"},
      {2, {"plus", "basic"}, NULL, ""},
      {3, {"2024-01-02", "2024-01-01", "never"}, NULL, ""},
      {2, {"1.2.3", "10.0.1"}, NULL, ""},
      {2, {"7001-01-02", "7002-01-01"}, NULL, ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    static const mine_reading readings[3] = {MINE_READ_AUTO};
    fixture x = {.readings = readings};
    mine_text days, written;
    mine_time_reading said;
    assert_int_equal(fixture_open(&x), MINE_OK);
    if (cases[i].format) {
      assert_int_equal(mine__time_format(x.env, cases[i].format, strlen(cases[i].format), &said),
                       MINE_OK);
      x.frame->column[0].said = &said;
    }
    const mine_status status = fill_times(x.frame, cases[i].cells, cases[i].n);
    const mine_column *col = &x.frame->column[0];
    mine__text_open(&days, x.env->scratch);
    mine__text_open(&written, x.env->scratch);
    if (status == MINE_OK && col->time) describe_times(x.frame, &days, &written);
    if (cases[i].days[0] == ' '
            ? status == MINE_OK || !strstr(mine_env_error(x.env), cases[i].days + 1)
            : status != MINE_OK || strcmp(days.bytes ? days.data : "", cases[i].days) != 0)
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

/* More different dates than a category may have levels are dates, and more texts are not. */
static void test_many_dates(void **state) {
  (void)state;
  static const mine_reading readings[3] = {MINE_READ_AUTO, MINE_READ_AUTO, MINE_READ_NOT};
  enum { LEVELS = 50, ROWS = 400 };
  for (int spoiled = 0; spoiled < 2; spoiled++) {
    fixture x = {.readings = readings};
    assert_int_equal(fixture_open(&x), MINE_OK);
    x.frame->max_levels = LEVELS;
    mine_status status = MINE_OK;
    for (int i = 0; i < ROWS && status == MINE_OK; i++) {
      char text[64];
      if (i <= LEVELS || !spoiled)
        snprintf(text, sizeof text, "2024-01-02 %02d:%02d", i / 60, i % 60);
      else
        snprintf(text, sizeof text, "row %d", i);
      mine_frame_put_text(x.frame, 0, text, strlen(text));
      status = mine_frame_end_row(x.frame);
    }
    assert_int_equal(status, MINE_OK);
    status = mine__frame_finish(x.frame);
    if (spoiled) {
      assert_int_equal(status, MINE_DATA);
      assert_non_null(strstr(mine_env_error(x.env), "more than 50 different values"));
    } else {
      assert_int_equal(status, MINE_OK);
      for (int i = 0; i < ROWS; i++)
        assert_true(fabs(x.frame->column[0].number[i] - (19724 + i / 1440.0)) < 1e-9);
    }
    fixture_close(&x);
  }
}

/* Numbers stay numbers, look like times, and are days when that is said. */
static void test_numbers_like_times(void **state) {
  (void)state;
  static const mine_reading readings[3] = {MINE_READ_AUTO, MINE_READ_NOT, MINE_READ_NOT};
  static const struct {
    const char *cells[3];
    const char *looks; /* NULL: like nothing */
    double days[2];
  } cases[] = {
      {{"#20240102", "#20240101"}, "%Y%m%d", {19724, 19723}},
      {{"20240102", "20240101"}, "%Y%m%d", {19724, 19723}}, /* texts of digits */
      {{"#1704153600", "#1704067200"}, "unix", {19724, 19723}},
      {{"#45000", "#45001"}, NULL, {0}},
      {{"#2024", "#2023"}, NULL, {0}},
      {{"#5551234567", "#4159876543"}, NULL, {0}}, /* telephone numbers */
      {{"#20240102", "#20240141"}, NULL, {0}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fixture x = {.readings = readings};
    mine_time_reading looks;
    assert_int_equal(fixture_open(&x), MINE_OK);
    assert_int_equal(fill_times(x.frame, cases[i].cells, 2), MINE_OK);
    const mine_column *col = &x.frame->column[0];
    assert_int_equal(col->type, MINE_COLUMN_NUMERIC);
    assert_null(col->time);
    if (mine__column_looks_like_time(x.frame, 0, &looks) != (cases[i].looks != NULL))
      fail_msg("case %d", (int)i);
    if (cases[i].looks) {
      assert_string_equal(mine__time_reading_format(&looks), cases[i].looks);
      assert_int_equal(mine__column_as_time(x.frame, 0, &looks), MINE_OK);
      assert_true(col->number[0] == cases[i].days[0] && col->number[1] == cases[i].days[1]);
      assert_true(col->least == cases[i].days[1] && col->most == cases[i].days[0]);
      assert_non_null(strstr(col->why, "time: "));
    }
    fixture_close(&x);
  }
}

/* A bound between two dates is shown as the next one that the column can tell. */
static void test_bounds(void **state) {
  (void)state;
  static const struct {
    const char *format;
    double value;
    const char *shown;
  } cases[] = {
      {"%Y-%m-%d", 19723.0, "2024-01-01"},  {"%Y-%m-%d", 19723.5, "2024-01-02"},
      {"%d.%m.%Y", 19723.25, "02.01.2024"}, {"%Y-%m", 19730, "2024-02"},
      {"%Y-Q%q", 19730, "2024-Q2"},         {"%Y-%m-%d %H:%M", 19723.5, "2024-01-01 12:00"},
      {"%G-W%V", 19724, "2024-W02"},        {"%Y年%m月%d日", 19723.5, "2024年01月02日"},
  };
  mine_env *env;
  assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    mine_time_reading reading;
    mine_text text;
    assert_int_equal(mine__time_format(env, cases[i].format, strlen(cases[i].format), &reading),
                     MINE_OK);
    reading.cell = MINE_TEXT;
    const mine_feature about = {.name = "at", .type = MINE_COLUMN_NUMERIC, .time = &reading};
    mine__text_open(&text, env->scratch);
    mine__feature_bound(&about, cases[i].value, &text);
    assert_string_equal(text.data, cases[i].shown);
  }
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_columns_of_times),    cmocka_unit_test(test_times_after_clear),
      cmocka_unit_test(test_many_times),          cmocka_unit_test(test_learned_reading),
      cmocka_unit_test(test_attributes_of_dates), cmocka_unit_test(test_many_dates),
      cmocka_unit_test(test_numbers_like_times),  cmocka_unit_test(test_bounds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
