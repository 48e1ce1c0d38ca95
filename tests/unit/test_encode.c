/*
** test_encode.c -- attributes as points, against sums done by hand.
*/
#include "kmeans_fixture.h"

static const char *const plans[] = {"basic", "gold", "silver", NULL};

static void assert_near(double a, double b) {
  if (!(fabs(a - b) <= 1e-12 * fmax(1, fabs(b)))) {
    print_message("%.17g is not %.17g\n", a, b);
    fail();
  }
}

static mine_encoding encoding_of(fixture *f, mine_scale scale) {
  mine_encoding e = {0};
  assert_int_equal(mine__encoding_fit(f->env, f->env->scratch, &f->data, scale, &e), MINE_OK);
  return e;
}

/* 1, 2, 4, 9 and a missing one: mean 4, deviation sqrt(9.5), quartiles 1.75 3 5.25. */
static void numbers_by_every_scale(void **state) {
  const double x[] = {1, 2, NAN, 4, 9};
  const double expected[4][2] = {{-3 / sqrt(9.5), 0}, {1, 4}, {0, 3.0 / 8}, {-2 / 3.5, 0}};
  (void)state;
  for (int scale = MINE_SCALE_STANDARD; scale <= MINE_SCALE_ROBUST; scale++) {
    fixture f;
    mine_encoding e;
    double out[5];
    fixture_open(&f, 5);
    fixture_numbers(&f, "x", x);
    e = encoding_of(&f, (mine_scale)scale);
    assert_int_equal(e.width, 1);
    mine__encode(&e, &f.data.rows, 0, 5, out);
    assert_near(out[0], expected[scale][0]);
    assert_near(out[2], expected[scale][1]); /* missing: the mean, or the median */
    assert_near(mine__decode(&e, 0, out[4]), 9);
    fixture_close(&f);
  }
}

/* ln(1 + |x|) with the sign, then mean 0 and deviation 1. */
static void logarithms_are_standardised(void **state) {
  const double x[] = {0, exp(1) - 1, NAN, 1 - exp(2), exp(5) - 1}; /* bent: 0 1 -2 5 */
  const double deviation = sqrt((1 + 0 + 9 + 16) / 4.0);
  fixture f;
  mine_encoding e;
  double out[5];
  (void)state;
  fixture_open(&f, 5);
  fixture_numbers(&f, "x", x);
  e = encoding_of(&f, MINE_SCALE_LOG);
  mine__encode(&e, &f.data.rows, 0, 5, out);
  assert_near(out[0], -1 / deviation);
  assert_near(out[2], 0);
  assert_near(out[3], -3 / deviation);
  assert_near(out[4], 4 / deviation);
  for (int i = 0; i < 5; i++)
    if (i != 2) assert_near(mine__decode(&e, 0, out[i]), x[i]);
  fixture_close(&f);
}

/* Shares below, ties by half; between the values linear, beyond them 0 and 1. */
static void shares_of_the_rows_below(void **state) {
  const double x[] = {3, 1, NAN, 3, 10}, asked[] = {0.5, 1, 2, 3, 6.5, 10, 11};
  const double expected[] = {0, 0.125, 0.3125, 0.5, 0.6875, 0.875, 1};
  fixture f;
  mine_encoding e;
  double out[7];
  (void)state;
  fixture_open(&f, 5);
  fixture_numbers(&f, "x", x);
  e = encoding_of(&f, MINE_SCALE_QUANTILE);
  mine__encode(&e, &f.data.rows, 0, 5, out);
  assert_near(out[0], 0.5);
  assert_near(out[2], 0.5); /* missing: the mean share */
  const mine_feature_view view = {.number = asked};
  const mine_batch batch = {.n = 7, .feature = &view};
  mine__encode(&e, &batch, 0, 7, out);
  for (int i = 0; i < 7; i++)
    assert_near(out[i], expected[i]);
  for (int i = 1; i < 6; i++)
    assert_near(mine__decode(&e, 0, out[i]), asked[i]);
  assert_near(mine__decode(&e, 0, 0), 1);
  assert_near(mine__decode(&e, 0, 1), 10);
  fixture_close(&f);
}

/* Of 5000 values a thousand are kept: no share is off by more than half a step. */
static void a_thousand_quantiles_of_many(void **state) {
  enum { N = 5000 };
  static double x[N], out[N];
  fixture f;
  mine_encoding e;
  (void)state;
  for (int i = 0; i < N; i++)
    x[i] = exp(12.0 * (double)(i * 1237 % N) / N);
  fixture_open(&f, N);
  fixture_numbers(&f, "x", x);
  e = encoding_of(&f, MINE_SCALE_QUANTILE);
  assert_int_equal(e.warp[0].n, MINE_WARP_KNOTS);
  mine__encode(&e, &f.data.rows, 0, N, out);
  for (int i = 0; i < N; i++)
    assert_true(fabs(out[i] - ((double)(i * 1237 % N) + 0.5) / N) < 0.5 / MINE_WARP_KNOTS);
  fixture_close(&f);
}

static void categories_are_one_apart(void **state) {
  const int32_t code[] = {0, 0, 1, 2, MINE_CODE_MISSING};
  fixture f;
  mine_encoding e;
  double out[15], d = 0;
  (void)state;
  fixture_open(&f, 5);
  fixture_codes(&f, "plan", code, plans);
  e = encoding_of(&f, MINE_SCALE_STANDARD);
  assert_int_equal(e.width, 3);
  mine__encode(&e, &f.data.rows, 0, 5, out);
  for (int j = 0; j < 3; j++)
    d += (out[j] - out[6 + j]) * (out[j] - out[6 + j]);
  assert_near(d, 1); /* basic and gold */
  assert_near(out[12], 0.5 * sqrt(0.5));
  assert_near(out[13], 0.25 * sqrt(0.5));
  assert_near(out[14], 0.25 * sqrt(0.5));
  fixture_close(&f);
}

static void an_unknown_level_is_where_a_missing_one_is(void **state) {
  const int32_t code[] = {0, 1, 1, MINE_CODE_UNKNOWN, MINE_CODE_MISSING};
  fixture f;
  mine_encoding e;
  double out[15];
  (void)state;
  fixture_open(&f, 5);
  fixture_codes(&f, "plan", code, plans);
  e = encoding_of(&f, MINE_SCALE_NONE);
  mine__encode(&e, &f.data.rows, 0, 5, out);
  assert_memory_equal(out + 9, out + 12, 3 * sizeof(double));
  fixture_close(&f);
}

/* The same for all rows at hand, in its own units for another. */
static void constants_count(void **state) {
  const double same[] = {7, 7, NAN}, none[] = {NAN, NAN, NAN};
  const int32_t one[] = {1, 1, MINE_CODE_MISSING};
  const double level = sqrt(0.5);
  (void)state;
  for (int scale = MINE_SCALE_STANDARD; scale <= MINE_SCALE_ROBUST; scale++) {
    fixture f;
    mine_encoding e;
    double out[15];
    fixture_open(&f, 3);
    fixture_numbers(&f, "same", same);
    fixture_numbers(&f, "none", none);
    fixture_codes(&f, "one", one, plans);
    e = encoding_of(&f, (mine_scale)scale);
    mine__encode(&e, &f.data.rows, 0, 3, out);
    const double all = scale == MINE_SCALE_NONE ? 7 : 0, row[5] = {all, 0, 0, level, 0};
    for (int i = 0; i < 15; i++)
      assert_true(out[i] == row[i % 5]);
    const double other = 9, nothing = NAN;
    const int32_t code = 1;
    const mine_feature_view view[] = {{.number = &other}, {.number = &nothing}, {.code = &code}};
    const mine_batch batch = {1, NULL, view};
    mine__encode(&e, &batch, 0, 1, out);
    assert_true(out[0] == all + 2 && out[1] == 0 && out[3] == level);
    fixture_close(&f);
  }
}

/* Half of the values tie, so the interquartile range is zero. */
static void a_zero_interquartile_range_falls_back_to_the_deviation(void **state) {
  const double x[] = {0, 0, 0, 0, 0, 0, 0, 8};
  fixture f;
  mine_encoding e;
  (void)state;
  fixture_open(&f, 8);
  fixture_numbers(&f, "x", x);
  e = encoding_of(&f, MINE_SCALE_ROBUST);
  assert_near(1 / e.factor[0], sqrt(7.0));
  fixture_close(&f);
}

static void quartiles_of_many_rows_in_any_order(void **state) {
  const int64_t n = 10001;
  (void)state;
  for (int order = 0; order < 3; order++) {
    fixture f;
    mine_encoding e;
    double *x;
    fixture_open(&f, n);
    x = fixture_numbers(&f, "x", NULL);
    for (int64_t i = 0; i < n; i++) {
      x[i] = (double)(order == 0 ? i : order == 1 ? n - 1 - i : i * 7919 % n);
    }
    e = encoding_of(&f, MINE_SCALE_ROBUST);
    assert_near(e.centre[0], 5000);
    assert_near(1 / e.factor[0], 5000);
    fixture_close(&f);
  }
}

static void weights_count_as_repeated_rows(void **state) {
  const double x[] = {1, 5, 9}, weight[] = {1, 3, 2}, repeated[] = {1, 5, 5, 5, 9, 9};
  fixture f, g;
  mine_encoding e, h;
  (void)state;
  fixture_open(&f, 3);
  fixture_numbers(&f, "x", x);
  f.data.weight = weight;
  e = encoding_of(&f, MINE_SCALE_STANDARD);
  fixture_open(&g, 6);
  fixture_numbers(&g, "x", repeated);
  h = encoding_of(&g, MINE_SCALE_STANDARD);
  assert_near(e.centre[0], h.centre[0]);
  assert_near(e.factor[0], h.factor[0]);
  fixture_close(&f);
  fixture_close(&g);
}

static void a_large_offset_does_not_drown_the_deviation(void **state) {
  const double x[] = {1e9, 1e9 + 1, 1e9 + 2};
  fixture f;
  mine_encoding e;
  (void)state;
  fixture_open(&f, 3);
  fixture_numbers(&f, "x", x);
  e = encoding_of(&f, MINE_SCALE_STANDARD);
  assert_near(1 / e.factor[0], sqrt(2.0 / 3));
  fixture_close(&f);
}

static void values_that_overflow_are_named(void **state) {
  const double x[] = {1, -1e300, 3};
  fixture f;
  mine_encoding e;
  (void)state;
  fixture_open(&f, 3);
  fixture_numbers(&f, "amount", x);
  assert_int_equal(mine__encoding_fit(f.env, f.env->scratch, &f.data, MINE_SCALE_NONE, &e),
                   MINE_NUMERIC);
  assert_non_null(strstr(mine_env_error(f.env), "amount"));
  assert_non_null(strstr(mine_env_error(f.env), "-1e+300"));
  fixture_close(&f);
}

static void only_the_rows_given_are_read(void **state) {
  const double x[] = {100, 1, 100, 3};
  const uint32_t row[] = {3, 1};
  fixture f;
  mine_encoding e;
  double out[2];
  (void)state;
  fixture_open(&f, 4);
  fixture_numbers(&f, "x", x);
  f.data.rows.row = row;
  f.data.rows.n = 2;
  e = encoding_of(&f, MINE_SCALE_STANDARD);
  mine__encode(&e, &f.data.rows, 0, 2, out);
  assert_near(out[0], 1);
  assert_near(out[1], -1);
  fixture_close(&f);
}

static void check_saved_bytes(mine_scale scale) {
  const double x[] = {1, 2, 5};
  const int32_t code[] = {0, 1, 2};
  fixture f;
  mine_encoding e, back;
  mine_writer w;
  fixture_open(&f, 3);
  fixture_numbers(&f, "x", x);
  fixture_codes(&f, "plan", code, plans);
  e = encoding_of(&f, scale);
  mine__text_open(&w.text, f.env->scratch);
  mine__encoding_save(&e, &w);
  for (size_t bytes = 0; bytes <= w.text.bytes; bytes++) {
    const uint8_t *at = (const uint8_t *)w.text.data;
    mine_reader r = {.env = f.env, .arena = f.env->scratch, .at = at, .end = at + bytes};
    mine__encoding_load(&r, f.about, 2, MINE_ENCODING_WARPS, &back);
    assert_int_equal(mine__reader_ok(&r), bytes == w.text.bytes);
  }
  assert_int_equal(back.width, 4);
  assert_memory_equal(back.fill, e.fill, 4 * sizeof(double));
  {
    const uint8_t *at = (const uint8_t *)w.text.data;
    mine_reader r = {.env = f.env, .arena = f.env->scratch, .at = at};
    r.end = at + w.text.bytes;
    mine__encoding_load(&r, f.about, 1, MINE_ENCODING_WARPS, &back); /* another model's features */
    assert_false(mine__reader_ok(&r));
  }
  fixture_close(&f);
}

static void saved_bytes_come_back_and_are_checked(void **state) {
  (void)state;
  check_saved_bytes(MINE_SCALE_STANDARD);
  check_saved_bytes(MINE_SCALE_LOG);
  check_saved_bytes(MINE_SCALE_QUANTILE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_by_every_scale),
      cmocka_unit_test(logarithms_are_standardised),
      cmocka_unit_test(shares_of_the_rows_below),
      cmocka_unit_test(a_thousand_quantiles_of_many),
      cmocka_unit_test(categories_are_one_apart),
      cmocka_unit_test(an_unknown_level_is_where_a_missing_one_is),
      cmocka_unit_test(constants_count),
      cmocka_unit_test(a_zero_interquartile_range_falls_back_to_the_deviation),
      cmocka_unit_test(quartiles_of_many_rows_in_any_order),
      cmocka_unit_test(weights_count_as_repeated_rows),
      cmocka_unit_test(a_large_offset_does_not_drown_the_deviation),
      cmocka_unit_test(values_that_overflow_are_named),
      cmocka_unit_test(only_the_rows_given_are_read),
      cmocka_unit_test(saved_bytes_come_back_and_are_checked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
