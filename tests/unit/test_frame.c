/*
** test_frame.c -- what a column becomes, cell by cell, and what is refused.
*/
#include "frame_fixture.h"
#include "refusing_fixture.h"

static const mine_reading feature[3] = {MINE_READ_AUTO};
static const mine_reading numeric[3] = {MINE_READ_NUMBER};
static const mine_reading category[3] = {MINE_READ_CATEGORY};
static const mine_reading target[3] = {MINE_READ_BOTH};
static const mine_reading id[3] = {MINE_READ_CELLS};
static const mine_reading exact[3] = {MINE_READ_EXACT};

static const mine_want weight = {.name = "weight",
                                 .reading = MINE_READ_NUMBER,
                                 .flags = MINE_WANT_NO_MISSING | MINE_WANT_NOT_NEGATIVE};
static const mine_want fixed = {.name = "x", .reading = MINE_READ_NUMBER, .flags = MINE_WANT_FIXED};
static const mine_want customer = {
    .name = "customer", .reading = MINE_READ_EXACT, .flags = MINE_WANT_NO_MISSING};

#define CELLS 8

/* ---- inference, row by row ------------------------------------------------------------ */

typedef struct inference {
  const mine_reading *readings;
  int n;
  const char *cells[CELLS];
  mine_column_type type;
  const char *values; /* numbers, or codes; '-' = missing */
  const char *levels; /* sorted, joined by '|'            */
  const char *why;    /* a part of column.why             */
} inference;

static const inference inferences[] = {
    {feature,
     3,
     {"#1", "#2.5", NULL},
     MINE_COLUMN_NUMERIC,
     "1 2.5 -",
     "",
     "numbers only, 1 missing"},
    {feature, 3, {"1", "", "2.5"}, MINE_COLUMN_NUMERIC, "1 - 2.5", "", "plain decimal"},
    {feature, 3, {"1", "  ", "2.5"}, MINE_COLUMN_NUMERIC, "1 - 2.5", "", "plain decimal"},
    {feature, 3, {"#1", "", " "}, MINE_COLUMN_NUMERIC, "1 - -", "", "numbers only"},
    {feature, 3, {"#1", "2", "#3"}, MINE_COLUMN_NUMERIC, "1 2 3", "", "plain decimal"},
    {feature, 3, {"1", "2", "#3"}, MINE_COLUMN_NUMERIC, "1 2 3", "", "plain decimal"},
    {feature, 3, {"#nan", "#1", "#-2"}, MINE_COLUMN_NUMERIC, "- 1 -2", "", "1 missing"},
    {feature, 2, {"02139", "12"}, MINE_COLUMN_CATEGORY, "0 1", "02139|12", "such as '02139'"},
    {feature, 2, {"nan", "1"}, MINE_COLUMN_CATEGORY, "1 0", "1|nan", "category"},
    {feature, 2, {"inf", "1"}, MINE_COLUMN_CATEGORY, "1 0", "1|inf", "category"},
    {feature, 2, {"0x10", "1"}, MINE_COLUMN_CATEGORY, "0 1", "0x10|1", "category"},
    {feature, 2, {"1e3", "1"}, MINE_COLUMN_CATEGORY, "1 0", "1|1e3", "category"},
    {feature,
     5,
     {"b", "a", "", NULL, "b"},
     MINE_COLUMN_CATEGORY,
     "1 0 - - 1",
     "a|b",
     "2 levels, 2 missing"},
    {feature, 3, {"a ", "a", "A"}, MINE_COLUMN_CATEGORY, "2 1 0", "A|a|a ", "3 levels"},
    {feature, 3, {"", NULL, ""}, MINE_COLUMN_EMPTY, "", "", "empty"},
    {feature, 3, {" ", NULL, ""}, MINE_COLUMN_EMPTY, "", "", "empty"},
    {feature, 0, {NULL}, MINE_COLUMN_EMPTY, "", "", "empty"},
    {feature,
     3,
     {"2024-01-05", "2024-02-01 12:00", "2024-02-02"},
     MINE_COLUMN_NUMERIC,
     "19727 19754.5 19755",
     "",
     "time: times as year-month-day hour:minute"},
    {category,
     2,
     {"2024-01-05", "2024-01-04"},
     MINE_COLUMN_CATEGORY,
     "1 0",
     "2024-01-04|2024-01-05",
     "looks like dates"},
    {feature,
     2,
     {"#9007199254740993", "#1"},
     MINE_COLUMN_NUMERIC,
     "9007199254740992 1",
     "",
     "beyond 2^53"},
    {feature,
     2,
     {"90071992547409930", "1"},
     MINE_COLUMN_NUMERIC,
     "9.007199254740994e+16 1",
     "",
     "beyond 2^53"},
    {category,
     5,
     {"#1", "1", "", "#1.0", NULL},
     MINE_COLUMN_CATEGORY,
     "0 1 - 0 -",
     "1|1",
     "exact values, 2 levels"},
    {category, 2, {"#2", "#10"}, MINE_COLUMN_CATEGORY, "0 1", "2|10", ""},
    {category, 2, {"2", "10"}, MINE_COLUMN_CATEGORY, "1 0", "10|2", ""},
    {numeric, 4, {"#2", "10", "", NULL}, MINE_COLUMN_NUMERIC, "2 10 - -", "", "as declared"},
    {numeric, 1, {""}, MINE_COLUMN_EMPTY, "", "", "empty"},
    /* event lists: order of appearance */
    {exact, 6, {"b", "a", "", "#1", "b", NULL}, MINE_COLUMN_CATEGORY, "0 1 - 2 0 -", "b|a|1", ""},
    /* blanks of every kind are missing */
    {exact,
     4,
     {"b", " \t", "\xc2\xa0", "\xe3\x80\x80\n"},
     MINE_COLUMN_CATEGORY,
     "0 - - -",
     "b",
     ""},
    {feature, 4, {"b", " \t", "\xc2\xa0", " x"}, MINE_COLUMN_CATEGORY, "1 - - 0", " x|b", ""},
    {category, 3, {"b", "  ", "\r\n"}, MINE_COLUMN_CATEGORY, "0 - -", "b", ""},
    {exact, 4, {"#7", "#7", "7", "#7.0"}, MINE_COLUMN_CATEGORY, "0 0 1 0", "7|7", ""},
};

static void describe_values(const mine_column *col, int64_t rows, mine_text *out) {
  for (int64_t i = 0; i < rows && (col->number || col->code); i++) {
    if (i) mine__text_adds(out, " ");
    if (col->number ? isnan(col->number[i]) : col->code[i] < 0)
      mine__text_adds(out, col->code && col->code[i] == MINE_CODE_UNKNOWN ? "?" : "-");
    else if (col->number)
      mine__text_add_real(out, col->number[i]);
    else
      mine__text_addf(out, "%d", (int)col->code[i]);
  }
}

static void describe_levels(const mine_values *levels, mine_text *out) {
  for (int64_t i = 0; i < levels->n; i++) {
    mine_cell cell;
    mine__values_get(levels, i, &cell);
    if (i) mine__text_adds(out, "|");
    mine__text_add_cell(out, &cell);
  }
}

static void assert_column(fixture *x, const char *values, const char *levels) {
  mine_text text;
  mine__text_open(&text, x->env->scratch);
  mine__text_adds(&text, "");
  describe_values(&x->frame->column[0], x->frame->rows, &text);
  assert_string_equal(text.data ? text.data : "", values);
  mine__text_open(&text, x->env->scratch);
  mine__text_adds(&text, "");
  describe_levels(&x->frame->column[0].levels, &text);
  assert_string_equal(text.data ? text.data : "", levels);
}

static void test_inference(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof inferences / sizeof *inferences; i++) {
    const inference *t = &inferences[i];
    fixture x = {.readings = t->readings};
    assert_int_equal(fixture_open(&x), MINE_OK);
    assert_int_equal(fixture_fill(&x, t->cells, t->n), MINE_OK);
    assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
    const mine_column *col = &x.frame->column[0];
    if (col->type != t->type || !strstr(col->why, t->why))
      fail_msg("inference %d: type %d, why '%s'", (int)i, (int)col->type, col->why);
    assert_column(&x, t->values, t->levels);
    int64_t missing = 0;
    for (const char *at = t->values; *at; at++)
      missing += *at == '-' && (at[1] == ' ' || !at[1]);
    assert_int_equal(col->missing, t->type == MINE_COLUMN_EMPTY ? t->n : missing);
    fixture_close(&x);
  }
}

/* ---- what is refused ---------------------------------------------------------------------- */

typedef struct refusal {
  const mine_reading *readings;
  const mine_want *want;    /* or NULL */
  const char *cells[CELLS]; /* up to the first empty entry after the first */
  int n;
  mine_status status;
  const char *sentence;
} refusal;

static const refusal refusals[] = {
    {feature,
     NULL,
     {"#1", "#2", "abc"},
     3,
     MINE_DATA,
     "mine_test: column 'x' mixes numbers and text (row 3: 'abc'); clean it, name it with na=, or "
     "add categorical=x"},
    {feature,
     NULL,
     {"1", "abc", "#2"},
     3,
     MINE_DATA,
     "mine_test: column 'x' mixes numbers and text (row 2: 'abc'); clean it, name it with na=, or "
     "add categorical=x"},
    {feature,
     NULL,
     {"1", "#2", "abc"},
     3,
     MINE_DATA,
     "mine_test: column 'x' mixes numbers and text (row 3: 'abc'); clean it, name it with na=, or "
     "add categorical=x"},
    {numeric,
     NULL,
     {"#1", "abc"},
     2,
     MINE_DATA,
     "mine_test: column 'x' is declared numeric but has text (row 2: 'abc'); clean it, name it "
     "with na="},
    {feature,
     &fixed,
     {"#1", "4 apples"},
     2,
     MINE_DATA,
     "mine_test: column 'x' was numeric in training but has text (row 2: '4 apples'); write NULL"},
    {feature,
     NULL,
     {"#1", "#inf"},
     2,
     MINE_DATA,
     "mine_test: column 'x' has an infinite number (row 2); replace it by NULL or a finite number"},
    {feature, NULL, {"#inf"}, 1, MINE_DATA, "mine_test: column 'x' has an infinite number (row 1)"},
    {category, NULL, {"#inf"}, 1, MINE_DATA, "infinite number (row 1)"},
    {id, NULL, {"#inf"}, 1, MINE_DATA, "infinite number (row 1)"},
    {target, NULL, {"a", "#inf"}, 2, MINE_DATA, "infinite number (row 2)"},
    {feature, NULL, {"#blob"}, 1, MINE_DATA, "mine_test: column 'x' has a BLOB (row 1)"},
    {id, NULL, {"#1", "#blob"}, 2, MINE_DATA, "a BLOB (row 2)"},
    {exact, NULL, {"#blob"}, 1, MINE_DATA, "a BLOB (row 1)"},
    {feature,
     NULL,
     {"a", "\xff\xfe"},
     2,
     MINE_DATA,
     "mine_test: column 'x' has text that is not UTF-8 (row 2)"},
    {id, NULL, {"\xc0\x80"}, 1, MINE_DATA, "not UTF-8 (row 1)"},
    {feature,
     &weight,
     {"#1", "#-1"},
     2,
     MINE_DATA,
     "mine_test: weight column 'x' has -1 (row 2); weights are numbers, 0 or more"},
    {feature, &weight, {"#1", NULL}, 2, MINE_DATA, "weight column 'x' has no value (row 2)"},
    {feature, &weight, {"#1", ""}, 2, MINE_DATA, "weight column 'x' has no value (row 2)"},
    {feature, &weight, {"heavy"}, 1, MINE_DATA, "weight column 'x' has text (row 1: 'heavy')"},
    {exact,
     &customer,
     {"ann", "", NULL},
     3,
     MINE_DATA,
     "mine_test: customer column 'x' has no value (row 2); leave such rows out"},
};

static void test_refusals(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
    const refusal *t = &refusals[i];
    fixture x = {.readings = t->readings, .want = t->want};
    assert_int_equal(fixture_open(&x), MINE_OK);
    mine_status status = fixture_fill(&x, t->cells, t->n);
    if (status == MINE_OK) status = mine__frame_finish(x.frame);
    if (status != t->status || !strstr(mine_env_error(x.env), t->sentence))
      fail_msg("refusal %d: %d, %s", (int)i, (int)status, mine_env_error(x.env));
    assert_int_equal(mine__frame_finish(x.frame), t->status); /* it sticks */
    assert_int_equal(mine_frame_end_row(x.frame), t->status);
    fixture_close(&x);
  }
}

/* A wanted number reads decimals, too, and stays one when there is none at all. */
static void test_wanted_numbers(void **state) {
  (void)state;
  static const mine_want amount = {.name = "amount", .reading = MINE_READ_NUMBER};
  static const char *const cells[] = {"#2", "0.5", "", "#0"};
  for (int n = 0; n <= 4; n += 4) {
    fixture x = {.readings = feature, .want = &amount};
    assert_int_equal(fixture_open(&x), MINE_OK);
    assert_int_equal(fixture_fill(&x, cells, n), MINE_OK);
    assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
    assert_int_equal(x.frame->column[0].type, MINE_COLUMN_NUMERIC);
    assert_int_equal(x.frame->column[0].missing, n / 4);
    assert_non_null(x.frame->column[0].number);
    if (n) assert_column(&x, "2 0.5 - 0", "");
    fixture_close(&x);
  }
}

static void test_columns_are_checked(void **state) {
  (void)state;
  static const char *const twice[] = {"a", "b", "a"}, *const nameless[] = {"a", NULL};
  static const mine_reading two_ids[3] = {MINE_READ_CELLS, MINE_READ_CELLS};
  static const struct {
    const char *const *names;
    int n;
    const char *sentence;
  } cases[] = {
      {twice, 3, "two columns are called 'a' (columns 1 and 3); name them apart with AS"},
      {twice, 0, "the source has no columns"},
      {nameless, 2, "column 2 has no name"},
      {twice, 2, "both 'a' and 'b' are to be the id; choose one"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fixture x = {.readings = two_ids};
    assert_int_equal(mine_env_open(NULL, "mine_test", &x.env), MINE_OK);
    assert_int_equal(mine__frame_open(x.env, fixture_plan, &x, &x.frame), MINE_OK);
    assert_int_equal(mine_frame_columns(x.frame, cases[i].names, cases[i].n), MINE_DATA);
    assert_non_null(strstr(mine_env_error(x.env), cases[i].sentence));
    fixture_close(&x);
  }
}

static void test_misuse_is_refused(void **state) {
  (void)state;
  static const char *const names[] = {"x"};
  static const char *const sentences[] = {"given twice in row 1", "no column number 1",
                                          "takes no more rows",   "finished; no more",
                                          "were named already",   "before the columns were named"};
  for (int i = 0; i < 6; i++) {
    fixture x = {.readings = feature};
    if (i < 5) {
      assert_int_equal(fixture_open(&x), MINE_OK);
    } else {
      assert_int_equal(mine_env_open(NULL, "mine_test", &x.env), MINE_OK);
      assert_int_equal(mine__frame_open(x.env, fixture_plan, &x, &x.frame), MINE_OK);
    }
    if (i == 0) mine_frame_put_int(x.frame, 0, 1);
    if (i == 0) mine_frame_put_int(x.frame, 0, 1);
    if (i == 1) mine_frame_put_int(x.frame, 1, 1);
    if (i == 2 || i == 3) assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
    if (i == 2) mine_frame_put_int(x.frame, 0, 1);
    if (i == 4) assert_int_equal(mine_frame_columns(x.frame, names, 1), MINE_DATA);
    assert_int_equal(mine_frame_end_row(x.frame), MINE_DATA);
    assert_non_null(strstr(mine_env_error(x.env), sentences[i]));
    fixture_close(&x);
  }
}

static void test_row_limit(void **state) {
  (void)state;
  static const mine_reading tallied[3] = {MINE_READ_TALLY};
  fixture x = {.readings = tallied};
  assert_int_equal(fixture_open(&x), MINE_OK);
  x.frame->rows = MINE_MAX_ROWS;
  assert_int_equal(mine_frame_end_row(x.frame), MINE_LIMIT);
  assert_non_null(strstr(mine_env_error(x.env), "more than 2147483647 rows"));
  fixture_close(&x);
}

static void test_long_texts(void **state) {
  (void)state;
  char *text = malloc(1000001);
  memset(text, 'a', 1000001);
  fixture x = {.readings = feature};
  assert_int_equal(fixture_open(&x), MINE_OK);
  mine_frame_put_text(x.frame, 0, text, 1000000);
  assert_int_equal(mine_frame_end_row(x.frame), MINE_OK);
  mine_frame_put_text(x.frame, 0, text, 1000001);
  assert_int_equal(mine_frame_end_row(x.frame), MINE_LIMIT);
  assert_non_null(strstr(mine_env_error(x.env), "'x' has a text of 1000001 bytes (row 2)"));
  fixture_close(&x);
  free(text);
}

/* ---- many values --------------------------------------------------------------------------- */

static mine_status put_numbered(fixture *x, const char *format, int from, int to) {
  for (int i = from; i < to; i++) {
    char text[32];
    snprintf(text, sizeof text, format, i);
    fixture_cell(x->frame, 0, text);
    mine_status status = mine_frame_end_row(x->frame);
    if (status != MINE_OK) return status;
  }
  return MINE_OK;
}

static void test_too_many_levels(void **state) {
  (void)state;
  fixture x = {.readings = feature};
  assert_int_equal(fixture_open(&x), MINE_OK);
  x.frame->max_levels = 10;
  assert_int_equal(put_numbered(&x, "a%d", 0, 10), MINE_OK);
  assert_int_equal(put_numbered(&x, "a%d", 10, 11), MINE_DATA);
  assert_non_null(
      strstr(mine_env_error(x.env), "column 'x' has more than 10 different values; ignore=x"));
  fixture_close(&x);
}

static void test_decimal_texts_beyond_the_levels(void **state) {
  (void)state;
  for (int words = 0; words < 2; words++) {
    fixture x = {.readings = feature};
    assert_int_equal(fixture_open(&x), MINE_OK);
    x.frame->max_levels = 100;
    assert_int_equal(put_numbered(&x, "%d.5", 0, 3000), MINE_OK);
    fixture_cell(x.frame, 0, "");
    assert_int_equal(mine_frame_end_row(x.frame), MINE_OK);
    if (words) {
      fixture_cell(x.frame, 0, "abc");
      assert_int_equal(mine_frame_end_row(x.frame), MINE_DATA);
      assert_non_null(strstr(mine_env_error(x.env), "(row 3002: 'abc')"));
    } else {
      assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
      const mine_column *col = &x.frame->column[0];
      assert_int_equal(col->type, MINE_COLUMN_NUMERIC);
      for (int i = 0; i < 3000; i++)
        assert_true(col->number[i] == i + 0.5);
      assert_true(isnan(col->number[3000]));
      assert_true(col->from_text && !col->all_integers);
      assert_null(col->code);
    }
    fixture_close(&x);
  }
}

/* Memory stays near the payload: 8 bytes a row, not a dictionary of a million texts. */
static void test_decimal_texts_are_bounded(void **state) {
  (void)state;
  fixture x = {.readings = feature};
  assert_int_equal(fixture_open(&x), MINE_OK);
  x.frame->max_levels = 1000;
  assert_int_equal(put_numbered(&x, "%d.25", 0, 200000), MINE_OK);
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  assert_true(x.env->memory.used < 200000 * 8 + 40000);
  assert_true(x.env->memory.peak < 262144 * 8 + 400000);
  fixture_close(&x);
}

/* Sorting and recoding against a plain check, with more levels than the cache. */
static void test_many_levels_sorted(void **state) {
  (void)state;
  enum { ROWS = 20000, LEVELS = 1500 };
  static const char *const tails[] = {"", "-and", "-a-tail-that-is-longer-than-sixteen"};
  fixture x = {.readings = feature};
  assert_int_equal(fixture_open(&x), MINE_OK);
  char text[64];
  for (int i = 0; i < ROWS; i++) {
    int k = (int)((unsigned)i * 2654435761u % LEVELS);
    snprintf(text, sizeof text, "v%d%s", k, tails[k % 3]);
    fixture_cell(x.frame, 0, text);
    assert_int_equal(mine_frame_end_row(x.frame), MINE_OK);
  }
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  const mine_column *col = &x.frame->column[0];
  assert_int_equal(col->levels.n, LEVELS);
  mine_cell cell, before;
  for (int64_t i = 1; i < LEVELS; i++) {
    mine__values_get(&col->levels, i - 1, &before);
    mine__values_get(&col->levels, i, &cell);
    assert_true(mine__cell_compare(&before, &cell) < 0);
  }
  for (int i = 0; i < ROWS; i++) {
    int k = (int)((unsigned)i * 2654435761u % LEVELS);
    snprintf(text, sizeof text, "v%d%s", k, tails[k % 3]);
    mine__values_get(&col->levels, col->code[i], &cell);
    assert_int_equal(cell.bytes, strlen(text));
    assert_memory_equal(cell.as.text, text, cell.bytes);
  }
  fixture_close(&x);
}

static void test_embedded_nul(void **state) {
  (void)state;
  fixture x = {.readings = feature};
  assert_int_equal(fixture_open(&x), MINE_OK);
  static const char texts[4][4] = {"a\0b", "a\0c", "a", "a\0b"};
  static const size_t bytes[4] = {3, 3, 1, 3};
  for (int i = 0; i < 4; i++) {
    mine_frame_put_text(x.frame, 0, texts[i], bytes[i]);
    assert_int_equal(mine_frame_end_row(x.frame), MINE_OK);
  }
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  const mine_column *col = &x.frame->column[0];
  assert_int_equal(col->levels.n, 3);
  assert_int_equal(col->code[0], col->code[3]);
  assert_int_not_equal(col->code[0], col->code[1]);
  fixture_close(&x);
}

/* Every length around the cache's limits, differing in one byte at any place. */
static void test_cache_tells_texts_apart(void **state) {
  (void)state;
  fixture x = {.readings = exact};
  assert_int_equal(fixture_open(&x), MINE_OK);
  int64_t expected[2000];
  int n = 0, level = 0;
  for (int again = 0; again < 3; again++) {
    int numbered = 0;
    for (int bytes = 1; bytes <= 18; bytes++) {
      for (int place = 0; place <= bytes; place++) {
        char text[32];
        memset(text, 'a', sizeof text);
        if (place < bytes) text[place] = 'b';
        mine_frame_put_text(x.frame, 0, text, (size_t)bytes);
        assert_int_equal(mine_frame_end_row(x.frame), MINE_OK);
        expected[n++] = numbered++;
      }
    }
    level = numbered;
  }
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  assert_int_equal(x.frame->column[0].levels.n, level);
  for (int i = 0; i < n; i++)
    assert_int_equal(x.frame->column[0].code[i], expected[i]);
  fixture_close(&x);
}

/* ---- statistics, gaps, wide and long -------------------------------------------------------- */

static void test_statistics(void **state) {
  (void)state;
  enum { ROWS = 5003 };
  fixture x = {.readings = feature};
  assert_int_equal(fixture_open(&x), MINE_OK);
  long double sum = 0, squares = 0;
  for (int i = 0; i < ROWS; i++) {
    double v = 1e6 + (double)((unsigned)i * 2654435761u % 1000) / 8;
    if (i % 7 == 3) {
      mine_frame_put_null(x.frame, 0);
    } else {
      mine_frame_put_real(x.frame, 0, v);
      sum += v;
    }
    assert_int_equal(mine_frame_end_row(x.frame), MINE_OK);
  }
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  const mine_column *col = &x.frame->column[0];
  int64_t n = ROWS - col->missing;
  long double mean = sum / (long double)n;
  for (int i = 0; i < ROWS; i++)
    if (!isnan(col->number[i])) squares += (col->number[i] - mean) * (col->number[i] - mean);
  assert_int_equal(col->missing, (ROWS + 3) / 7);
  assert_true(fabs(col->mean - (double)mean) < 1e-9);
  assert_true(fabs(col->deviation - (double)sqrtl(squares / (long double)n)) < 1e-11);
  assert_true(col->least == 1e6 && col->most == 1e6 + 999.0 / 8);
  assert_false(col->all_integers);
  fixture_close(&x);
}

static void test_huge_numbers_have_statistics(void **state) {
  (void)state;
  static const char *const cells[] = {"#1e308", "#-1e308", "#1e308", "#-1e308"};
  fixture x = {.readings = feature};
  assert_int_equal(fixture_open(&x), MINE_OK);
  assert_int_equal(fixture_fill(&x, cells, 4), MINE_OK);
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  const mine_column *col = &x.frame->column[0];
  assert_true(col->mean == 0);
  assert_true(fabs(col->deviation / 1e308 - 1) < 1e-12);
  fixture_close(&x);
}

/* Cells that were never put are NULL, whatever the column is then. */
static void test_cells_left_out(void **state) {
  (void)state;
  static const mine_reading readings[3] = {MINE_READ_CELLS, MINE_READ_AUTO, MINE_READ_BOTH};
  fixture x = {.readings = readings};
  assert_int_equal(fixture_open(&x), MINE_OK);
  for (int i = 0; i < 100; i++) {
    if (i % 10 == 5) mine_frame_put_int(x.frame, 0, i);
    if (i >= 40 && i < 60) mine_frame_put_text(x.frame, 1, "a", 1);
    if (i == 99) mine_frame_put_int(x.frame, 2, 7);
    assert_int_equal(mine_frame_end_row(x.frame), MINE_OK);
  }
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  assert_int_equal(x.frame->ids.n, 100);
  assert_int_equal(x.frame->column[1].missing, 80);
  assert_int_equal(x.frame->column[2].missing, 99);
  for (int i = 0; i < 100; i++) {
    mine_cell cell;
    mine__values_get(&x.frame->ids, i, &cell);
    assert_int_equal(cell.type, i % 10 == 5 ? MINE_INT : MINE_NULL);
    assert_int_equal(x.frame->column[1].code[i], i >= 40 && i < 60 ? 0 : MINE_CODE_MISSING);
  }
  fixture_close(&x);
}

static mine_status all_features(void *owner, mine_frame *frame) {
  (void)owner;
  for (int c = 0; c < frame->n_columns; c++)
    frame->column[c].reading = MINE_READ_AUTO;
  return MINE_OK;
}

/* Big enough for threads: the same statistics, whatever their number. */
static void test_wide_frame_same_with_threads(void **state) {
  (void)state;
  enum { COLUMNS = 300, ROWS = 1000 };
  static char name[COLUMNS][16];
  const char *names[COLUMNS];
  double mean[COLUMNS], deviation[COLUMNS];
  for (int c = 0; c < COLUMNS; c++) {
    snprintf(name[c], sizeof name[c], "c%d", c);
    names[c] = name[c];
  }
  for (int threads = 1; threads <= 4; threads *= 2) {
    mine_env *env;
    mine_frame *frame;
    assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
    mine__env_set_threads(env, threads);
    assert_int_equal(mine__frame_open(env, all_features, NULL, &frame), MINE_OK);
    assert_int_equal(mine_frame_columns(frame, names, COLUMNS), MINE_OK);
    for (int i = 0; i < ROWS; i++) {
      for (int c = 0; c < COLUMNS; c++)
        mine_frame_put_real(frame, c, (double)(i * 37 % 101) / (c + 1));
      assert_int_equal(mine_frame_end_row(frame), MINE_OK);
    }
    assert_int_equal(mine__frame_finish(frame), MINE_OK);
    for (int c = 0; c < COLUMNS; c++) {
      if (threads == 1) mean[c] = frame->column[c].mean;
      if (threads == 1) deviation[c] = frame->column[c].deviation;
      assert_true(mean[c] == frame->column[c].mean && deviation[c] == frame->column[c].deviation);
      assert_true(frame->column[c].number[ROWS - 1] == (double)((ROWS - 1) * 37 % 101) / (c + 1));
    }
    assert_int_equal(mine__frame_find(frame, "", "c299"), 299);
    assert_int_equal(mine__frame_find(frame, "", "C299"), 299);
    assert_int_equal(mine__frame_find(frame, "", "c300"), -1);
    assert_true(env->memory.used < COLUMNS * ROWS * 8 * 13 / 10 + COLUMNS * 4096);
    mine__frame_close(frame);
    mine_env_close(env);
  }
}

/* ---- targets -------------------------------------------------------------------------------- */

typedef struct target_case {
  int n;
  const char *cells[CELLS];
  mine_column_type type;                /* after finish */
  int is_text, distinct;                /* distinct counted to 3 */
  const char *codes, *levels, *numbers; /* NULL: refused; a sentence when it has a blank and '(' */
} target_case;

static const target_case targets[] = {
    {4, {"#0", "#1", "#1", NULL}, MINE_COLUMN_NUMERIC, 0, 2, "0 1 1 -", "0|1", "0 1 1 -"},
    {4,
     {"yes", "no", "", "yes"},
     MINE_COLUMN_CATEGORY,
     1,
     2,
     "1 0 - 1",
     "no|yes",
     "(row 1: 'yes')"},
    {3, {"0", "1", "1"}, MINE_COLUMN_NUMERIC, 1, 2, "0 1 1", "0|1", "0 1 1"},
    {3, {"#1.5", "#2", "#2"}, MINE_COLUMN_NUMERIC, 0, 2, "0 1 1", "1.5|2", "1.5 2 2"},
    {3,
     {"#9007199254740993", "#9007199254740992", "#1"},
     MINE_COLUMN_NUMERIC,
     0,
     3,
     "2 1 0",
     "1|9007199254740992|9007199254740993",
     "9007199254740992 9007199254740992 1"},
    {4,
     {"#0", "#1", "maybe", "1"},
     MINE_COLUMN_CATEGORY,
     1,
     4,
     "0 1 3 2",
     "0|1|1|maybe",
     "(row 3: 'maybe')"},
    {4,
     {"maybe", "#1", NULL, "#1.0"},
     MINE_COLUMN_CATEGORY,
     1,
     2,
     "1 0 - 0",
     "1|maybe",
     "(row 1: 'maybe')"},
    {3, {"#5", "", "6"}, MINE_COLUMN_NUMERIC, 1, 2, "0 - 1", "5|6", "5 - 6"},
    {2, {NULL, ""}, MINE_COLUMN_EMPTY, 0, 0, "", "", ""},
};

static void open_target(fixture *x, const target_case *t) {
  memset(x, 0, sizeof *x);
  x->readings = target;
  assert_int_equal(fixture_open(x), MINE_OK);
  assert_int_equal(fixture_fill(x, t->cells, t->n), MINE_OK);
  assert_int_equal(mine__frame_finish(x->frame), MINE_OK);
}

static void test_targets(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
    const target_case *t = &targets[i];
    fixture x;
    open_target(&x, t);
    mine_column *col = &x.frame->column[0];
    if (col->type != t->type || mine__column_is_text(col) != t->is_text)
      fail_msg("target %d: type %d, why '%s'", (int)i, (int)col->type, col->why);
    assert_int_equal(mine__column_distinct(x.frame, 0, 3), t->distinct);
    assert_int_equal(mine__column_as_category(x.frame, 0, 10), MINE_OK);
    assert_column(&x, t->codes, t->levels);
    assert_int_equal(mine__column_distinct(x.frame, 0, 3), t->distinct);
    fixture_close(&x);
    open_target(&x, t);
    if (strchr(t->numbers, '(')) {
      assert_int_equal(mine__column_as_number(x.frame, 0), MINE_DATA);
      assert_non_null(strstr(mine_env_error(x.env), t->numbers));
    } else {
      assert_int_equal(mine__column_as_number(x.frame, 0), MINE_OK);
      assert_column(&x, t->numbers, "");
    }
    fixture_close(&x);
  }
}

/* A label comes back with the type it came in. */
static void test_target_levels_keep_their_type(void **state) {
  (void)state;
  static const char *const cells[][2] = {{"#1", "#2"}, {"#1.0", "#2.0"}, {"1", "2"}};
  static const mine_cell_type types[] = {MINE_INT, MINE_REAL, MINE_TEXT};
  for (int i = 0; i < 3; i++) {
    fixture x = {.readings = target};
    assert_int_equal(fixture_open(&x), MINE_OK);
    assert_int_equal(fixture_fill(&x, cells[i], 2), MINE_OK);
    assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
    assert_true(x.frame->column[0].all_integers);
    assert_true(x.frame->column[0].least == 1 && x.frame->column[0].most == 2);
    assert_int_equal(mine__column_as_category(x.frame, 0, 2), MINE_OK);
    mine_cell cell;
    mine__values_get(&x.frame->column[0].levels, 1, &cell);
    assert_int_equal(cell.type, types[i]);
    fixture_close(&x);
  }
}

static void test_target_with_too_many_classes(void **state) {
  (void)state;
  static const char *const formats[] = {"#%d", "a%d", "%d"};
  static const char *const advice[] = {"task=regression", "group them first", "task=regression"};
  for (int i = 0; i < 3; i++) {
    fixture x = {.readings = target};
    assert_int_equal(fixture_open(&x), MINE_OK);
    assert_int_equal(put_numbered(&x, formats[i], 0, 101), MINE_OK);
    assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
    assert_int_equal(mine__column_distinct(x.frame, 0, 20), 21);
    assert_int_equal(mine__column_as_category(x.frame, 0, 100), MINE_DATA);
    assert_non_null(strstr(mine_env_error(x.env), "'x' has more than 100 different values"));
    assert_non_null(strstr(mine_env_error(x.env), advice[i]));
    fixture_close(&x);
  }
}

/* Numbers, then a decimal text, with more different numbers than levels. */
static void test_target_of_many_numbers_and_texts(void **state) {
  (void)state;
  for (int words = 0; words < 2; words++) {
    fixture x = {.readings = target};
    assert_int_equal(fixture_open(&x), MINE_OK);
    x.frame->max_levels = 50;
    assert_int_equal(put_numbered(&x, "#%d", 0, 200), MINE_OK);
    assert_int_equal(put_numbered(&x, words ? "a%d" : "%d.5", 7, 8), words ? MINE_DATA : MINE_OK);
    if (words) {
      assert_non_null(strstr(mine_env_error(x.env), "(row 201: 'a7')"));
    } else {
      assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
      assert_int_equal(mine__column_as_number(x.frame, 0), MINE_OK);
      for (int i = 0; i < 200; i++)
        assert_true(x.frame->column[0].number[i] == i);
      assert_true(x.frame->column[0].number[200] == 7.5);
    }
    fixture_close(&x);
  }
}

/* ---- ids ------------------------------------------------------------------------------------ */

static void test_ids(void **state) {
  (void)state;
  static const char *const cells[] = {"#1", "1", "#1.0", NULL, "#2.5", " ", "#1", NULL};
  fixture x = {.readings = id};
  assert_int_equal(fixture_open(&x), MINE_OK);
  assert_int_equal(fixture_fill(&x, cells, 8), MINE_OK);
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  static const mine_cell_type types[] = {MINE_INT,  MINE_TEXT, MINE_REAL, MINE_NULL,
                                         MINE_REAL, MINE_TEXT, MINE_INT,  MINE_NULL};
  for (int i = 0; i < 8; i++) {
    mine_cell cell;
    mine__values_get(&x.frame->ids, i, &cell);
    assert_int_equal(cell.type, types[i]);
  }
  assert_int_equal(mine__frame_distinct_ids(x.frame, 100), 3); /* 1, '1', 2.5 */
  assert_int_equal(mine__frame_distinct_ids(x.frame, 2), 2);
  assert_int_equal(mine__frame_distinct_ids(x.frame, 0), 0);
  fixture_close(&x);
}

static void test_many_distinct_ids(void **state) {
  (void)state;
  fixture x = {.readings = id};
  assert_int_equal(fixture_open(&x), MINE_OK);
  assert_int_equal(put_numbered(&x, "#%d", 0, 5000), MINE_OK);
  assert_int_equal(put_numbered(&x, "#%d", 2000, 5000), MINE_OK);
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  assert_int_equal(mine__frame_distinct_ids(x.frame, INT64_MAX), 5000);
  assert_int_equal(mine__frame_distinct_ids(x.frame, 4999), 4999);
  fixture_close(&x);
}

/* ---- scoring: fixed columns ----------------------------------------------------------------- */

static void test_fixed_categories(void **state) {
  (void)state;
  static const char *const words[] = {"#1", "a", "7", "2.5"};
  static const struct {
    const char *cells[CELLS];
    const char *codes;
    int unknown;
  } batches[] = {
      {{"a", "#1", "1", "1.0", "#7", "#2.5", "7"}, "1 0 0 0 2 3 2", 0},
      {{NULL, "", "b", "#8", "A", "a", "a"}, "- - ? ? ? 1 1", 3},
      {{"7.0", "#7.0", " 7", "b", "b", "#1.0", "a\t"}, "? 2 ? ? ? 0 ?", 5},
  };
  fixture x = {.readings = feature};
  mine_env *env;
  mine_dictionary levels;
  assert_int_equal(mine_env_open(NULL, "levels", &env), MINE_OK);
  assert_true(mine__dictionary_open(&levels, env->scratch));
  for (int i = 0; i < 4; i++) {
    mine_cell cell = {words[i][0] == '#' ? MINE_INT : MINE_TEXT, strlen(words[i]), {0}};
    cell.as.text = words[i];
    if (cell.type == MINE_INT) cell.as.integer = 1;
    assert_int_equal(mine__dictionary_add(&levels, &cell), i);
  }
  const mine_want want = {
      .name = "x", .reading = MINE_READ_CATEGORY, .flags = MINE_WANT_FIXED, .levels = &levels};
  x.want = &want;
  assert_int_equal(fixture_open(&x), MINE_OK);
  for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
    assert_int_equal(fixture_fill(&x, batches[b].cells, 7), MINE_OK);
    assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
    mine_text text;
    mine__text_open(&text, x.env->scratch);
    describe_values(&x.frame->column[0], x.frame->rows, &text);
    assert_string_equal(text.data, batches[b].codes);
    assert_int_equal(x.frame->column[0].unknown.cells, batches[b].unknown);
    mine__frame_clear(x.frame);
    assert_int_equal(mine_frame_rows(x.frame), 0);
  }
  fixture_close(&x);
  mine_env_close(env);
}

static void test_fixed_numbers_in_batches(void **state) {
  (void)state;
  static const mine_reading readings[3] = {MINE_READ_CELLS, MINE_READ_AUTO};
  fixture x = {.readings = readings, .want = &fixed, .wanted = 1};
  assert_int_equal(fixture_open(&x), MINE_OK);
  size_t used = 0;
  for (int batch = 0; batch < 5; batch++) {
    for (int i = 0; i < 500; i++) {
      char text[16];
      snprintf(text, sizeof text, "%d.5", i);
      fixture_cell(x.frame, 0, text);
      fixture_cell(x.frame, 1, i % 3 ? text : NULL);
      assert_int_equal(mine_frame_end_row(x.frame), MINE_OK);
    }
    assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
    for (int i = 0; i < 500; i++)
      assert_true(i % 3 ? x.frame->column[1].number[i] == i + 0.5
                        : isnan(x.frame->column[1].number[i]));
    assert_int_equal(x.frame->ids.n, 500);
    if (batch) assert_int_equal(used, x.env->memory.used); /* room is kept, none is added */
    used = x.env->memory.used;
    mine__frame_clear(x.frame);
  }
  fixture_cell(x.frame, 1, "abc"); /* rows go on counting */
  assert_int_equal(mine_frame_end_row(x.frame), MINE_DATA);
  assert_non_null(strstr(mine_env_error(x.env), "(row 2501: 'abc')"));
  fixture_close(&x);
}

/* Finish, more rows, finish: fixed columns go on. */
static void test_fixed_frame_goes_on(void **state) {
  (void)state;
  static const char *const cells[] = {"#1", "2", "", "#4"};
  fixture x = {.readings = feature, .want = &fixed};
  assert_int_equal(fixture_open(&x), MINE_OK);
  assert_int_equal(fixture_fill(&x, cells, 2), MINE_OK);
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  assert_int_equal(fixture_fill(&x, cells + 2, 2), MINE_OK);
  assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
  assert_column(&x, "1 2 - 4", "");
  fixture_close(&x);
}

/* Columns that are not fixed start anew after a clear. */
static void test_clear_starts_anew(void **state) {
  (void)state;
  static const char *const words[] = {"b", "a"}, *const numbers[] = {"#1", "#2"};
  static const mine_reading *const readings[] = {feature, target, exact};
  for (int r = 0; r < 3; r++) {
    fixture x = {.readings = readings[r]};
    assert_int_equal(fixture_open(&x), MINE_OK);
    for (int batch = 0; batch < 4; batch++) {
      assert_int_equal(fixture_fill(&x, batch % 2 ? numbers : words, 2), MINE_OK);
      assert_int_equal(mine__frame_finish(x.frame), MINE_OK);
      if (r == 1) assert_int_equal(mine__column_as_category(x.frame, 0, 5), MINE_OK);
      if (r == 2)
        assert_column(&x, "0 1", batch % 2 ? "1|2" : "b|a");
      else if (batch % 2)
        assert_column(&x, r ? "0 1" : "1 2", r ? "1|2" : "");
      else
        assert_column(&x, "1 0", "a|b");
      mine__frame_clear(x.frame);
    }
    fixture_close(&x);
  }
}

static void test_wants(void **state) {
  (void)state;
  static const mine_reading readings[3] = {MINE_READ_AUTO, MINE_READ_AUTO, MINE_READ_NOT};
  static const char *const names[] = {"a", "b", "c"};
  fixture x = {.readings = readings};
  assert_int_equal(mine_env_open(NULL, "mine_test", &x.env), MINE_OK);
  assert_int_equal(mine__frame_open(x.env, fixture_plan, &x, &x.frame), MINE_OK);
  assert_int_equal(mine_frame_columns(x.frame, names, 3), MINE_OK);
  assert_true(mine_frame_wants(x.frame, 1));
  assert_false(mine_frame_wants(x.frame, 2));
  assert_false(mine_frame_wants(x.frame, 3));
  mine_frame_put_blob(x.frame, 2); /* nobody minds */
  mine_frame_put_real(x.frame, 2, INFINITY);
  assert_int_equal(mine_frame_end_row(x.frame), MINE_OK);
  fixture_close(&x);
}

/* ---- limits and failing memory -------------------------------------------------------------- */

static void test_max_memory(void **state) {
  (void)state;
  fixture x = {.readings = feature};
  assert_int_equal(fixture_open(&x), MINE_OK);
  mine__env_set_max_memory(x.env, 1000000);
  assert_int_equal(put_numbered(&x, "#%d", 0, 1000000), MINE_LIMIT);
  assert_non_null(strstr(mine_env_error(x.env), "max_memory"));
  assert_true(x.frame->rows > 60000); /* most of it was used */
  fixture_close(&x);
}

static mine_status fill_all_readings(mine_env *env, mine_frame *frame) {
  static const char *const names[] = {"i", "n", "d", "c", "t", "u", "w", "e", "a"};
  mine_status status = mine_frame_columns(frame, names, 9);
  char text[32];
  for (int i = 0; i < 60 && status == MINE_OK; i++) {
    snprintf(text, sizeof text, "%d", i % 13);
    mine_frame_put_text(frame, 0, text, strlen(text));
    mine_frame_put_int(frame, 1, i);
    mine_frame_put_text(frame, 2, text, strlen(text));
    mine_frame_put_text(frame, 3, i % 2 ? "yes" : "a category that is not short", i % 2 ? 3 : 28);
    if (i < 30)
      mine_frame_put_int(frame, 4, i % 3);
    else
      mine_frame_put_text(frame, 4, "other", 5);
    mine_frame_put_real(frame, 5, i / 2.0);
    mine_frame_put_real(frame, 6, 1);
    mine_frame_put_int(frame, 7, i / 3);
    snprintf(text, sizeof text, "2024-03-%02d", i % 30 + 1);
    mine_frame_put_text(frame, 8, text, strlen(text));
    status = mine_frame_end_row(frame);
  }
  if (status == MINE_OK) status = mine__frame_finish(frame);
  if (status == MINE_OK) status = mine__column_as_category(frame, 4, 10);
  if (status == MINE_OK) status = mine__column_as_number(frame, 5);
  if (status == MINE_OK && mine__frame_distinct_ids(frame, 10) < 0) status = mine_env_status(env);
  if (status == MINE_OK) mine__frame_clear(frame);
  return status == MINE_OK ? mine_env_status(env) : status;
}

static mine_status all_readings(void *owner, mine_frame *frame) {
  static const mine_reading readings[] = {MINE_READ_CELLS,  MINE_READ_AUTO,  MINE_READ_AUTO,
                                          MINE_READ_AUTO,   MINE_READ_BOTH,  MINE_READ_BOTH,
                                          MINE_READ_NUMBER, MINE_READ_EXACT, MINE_READ_TIME};
  (void)owner;
  for (int c = 0; c < frame->n_columns; c++)
    frame->column[c].reading = readings[c];
  return MINE_OK;
}

/* Fail the nth allocation until all goes well: an error each time, no leak. */
static void test_every_allocation_may_fail(void **state) {
  (void)state;
  int failures = 0, passed = 0;
  for (int n = 1; n < 2000 && !passed; n++) {
    refusing memory = {.countdown = n};
    const mine_host host = refusing_host(&memory);
    mine_env *env = NULL;
    mine_frame *frame = NULL;
    mine_status status = mine_env_open(&host, "mine_test", &env);
    if (status == MINE_OK) status = mine__frame_open(env, all_readings, NULL, &frame);
    if (status == MINE_OK) status = fill_all_readings(env, frame);
    passed = !memory.refused;
    failures += memory.refused;
    if (passed) assert_int_equal(status, MINE_OK);
    if (status != MINE_OK) assert_int_equal(status, MINE_NOMEM);
    mine__frame_close(frame);
    mine_env_close(env);
    assert_int_equal(memory.held, 0);
  }
  assert_true(passed && failures > 40);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_inference),
      cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_wanted_numbers),
      cmocka_unit_test(test_columns_are_checked),
      cmocka_unit_test(test_misuse_is_refused),
      cmocka_unit_test(test_row_limit),
      cmocka_unit_test(test_long_texts),
      cmocka_unit_test(test_too_many_levels),
      cmocka_unit_test(test_decimal_texts_beyond_the_levels),
      cmocka_unit_test(test_decimal_texts_are_bounded),
      cmocka_unit_test(test_many_levels_sorted),
      cmocka_unit_test(test_embedded_nul),
      cmocka_unit_test(test_cache_tells_texts_apart),
      cmocka_unit_test(test_statistics),
      cmocka_unit_test(test_huge_numbers_have_statistics),
      cmocka_unit_test(test_cells_left_out),
      cmocka_unit_test(test_wide_frame_same_with_threads),
      cmocka_unit_test(test_targets),
      cmocka_unit_test(test_target_levels_keep_their_type),
      cmocka_unit_test(test_target_with_too_many_classes),
      cmocka_unit_test(test_target_of_many_numbers_and_texts),
      cmocka_unit_test(test_ids),
      cmocka_unit_test(test_many_distinct_ids),
      cmocka_unit_test(test_fixed_categories),
      cmocka_unit_test(test_fixed_numbers_in_batches),
      cmocka_unit_test(test_fixed_frame_goes_on),
      cmocka_unit_test(test_clear_starts_anew),
      cmocka_unit_test(test_wants),
      cmocka_unit_test(test_max_memory),
      cmocka_unit_test(test_every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
