/*
** test_numerals.c -- numbers as people write them, and words for missing.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data/numerals.h"

#define NO   NAN
#define NBSP "\xc2\xa0"

/* A text as a plain number, with numeric=, with decimal=comma, with both. */
typedef struct written {
  const char *text;
  double plain, marked, comma, both;
} written;

static const written texts[] = {
    {"18", 18, 18, 18, 18},
    {" -3 ", -3, -3, -3, -3},
    {"18.5", 18.5, 18.5, NO, NO},
    {"18,5", NO, NO, 18.5, 18.5},
    {"-0,25", NO, NO, -0.25, -0.25},
    {"1.234,50", NO, NO, 1234.5, 1234.5},
    {"1.234.567", NO, NO, 1234567, 1234567},
    {"1,234", NO, 1234, 1.234, 1.234},
    {"1,234.5", NO, 1234.5, NO, NO},
    {"12,34,567", NO, 1234567, NO, NO},
    {"1,23", NO, NO, 1.23, 1.23},
    {"0,123", NO, NO, 0.123, 0.123},
    {"1,2345", NO, NO, 1.2345, 1.2345},
    {"1" NBSP "037", NO, 1037, 1037, 1037},
    {"1 037 000", NO, 1037000, 1037000, 1037000},
    {"1'000", NO, 1000, 1000, 1000},
    {"1 037,000", NO, NO, 1037, 1037},
    {"$37.00", NO, 37, NO, NO},
    {"-$5", NO, -5, NO, -5},
    {"$-5", NO, -5, NO, -5},
    {"5 €", NO, 5, NO, 5},
    {"EUR 1.234,5", NO, NO, NO, 1234.5},
    {"37%", NO, 37, NO, 37},
    {"12,5 %", NO, NO, NO, 12.5},
    {"1e+05", NO, 1e5, NO, 1e5},
    {"1.5E-3", NO, 1.5e-3, NO, NO},
    {"1e400", NO, NO, NO, NO},
    {"02139", NO, NO, NO, NO},
    {"1.2.3", NO, NO, NO, NO},
    {"1 2 3", NO, NO, NO, NO},
    {"2024-01-02", NO, NO, NO, NO},
    {"5-6", NO, NO, NO, NO},
    {"1e", NO, NO, NO, NO},
    {"$", NO, NO, NO, NO},
    {"%", NO, NO, NO, NO},
    {"", NO, NO, NO, NO},
    {"--5", NO, NO, NO, NO},
    {"$$5", NO, NO, NO, NO},
    {"5%%", NO, NO, NO, NO},
    {"nan", NO, NO, NO, NO},
    {"inf", NO, NO, NO, NO},
    {"0x10", NO, NO, NO, NO},
};

static double read_as(const char *text, int comma, int marks) {
  const mine_numerals how = {.comma = comma, .marks = marks};
  double v = 0;
  unsigned had = 0;
  return mine__numeral_read(&how, text, strlen(text), &v, &had) ? v : NAN;
}

static void expect(const char *text, double wanted, double got) {
  if (!(wanted == got || (isnan(wanted) && isnan(got))))
    fail_msg("%s: %g, not %g", text, got, wanted);
}

static void numbers_are_read_as_said(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const written *w = &texts[i];
    expect(w->text, w->plain, read_as(w->text, 0, 0));
    expect(w->text, w->marked, read_as(w->text, 0, 1));
    expect(w->text, w->comma, read_as(w->text, 1, 0));
    expect(w->text, w->both, read_as(w->text, 1, 1));
    unsigned marks = 0;
    const int any = !isnan(w->plain) || !isnan(w->marked) || !isnan(w->comma) || !isnan(w->both);
    assert_int_equal(mine__numeral_like(w->text, strlen(w->text), &marks), any);
  }
}

static void words_for_missing_are_known(void **state) {
  (void)state;
  static const char *const words[] = {"NA",   "n/a", "N/A", "null",   "NULL",   "None",
                                      "#N/A", " - ", "?",   ".",      "--",     "—",
                                      "缺失", "无",  "\\N", "(null)", "Missing"};
  static const char *const others[] = {"nan", "inf", "", " ", "0", "no", "x", "Nancy", "A", "无锡"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!mine__numeral_is_word(words[i], strlen(words[i]))) fail_msg("%s", words[i]);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (mine__numeral_is_word(others[i], strlen(others[i]))) fail_msg("%s", others[i]);
}

static void a_reading_is_kept_as_text(void **state) {
  (void)state;
  mine_env *env;
  assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
  mine_arena *arena = mine__arena_open(env);
  static const char *const missing[] = {"NA", "-", "keine Angabe"};
  const mine_numerals how = {1, 1, 3, missing};
  mine_numerals back;
  mine_text text;
  mine__text_open(&text, arena);
  mine__numerals_text(&how, &text);
  assert_int_equal(mine__numerals_parse(arena, text.data, &back), 1);
  assert_int_equal(back.comma + 2 * back.marks + 4 * back.n_missing, 15);
  for (int i = 0; i < 3; i++)
    assert_string_equal(back.missing[i], missing[i]);
  assert_int_equal(mine__numeral_missing(&back, " - ", 3), 1);
  assert_int_equal(mine__numeral_missing(&back, "na", 2), 0);
  static const char *const damaged[] = {"",           "number",   "number ",
                                        "number 2",   "number 0", "number 01x",
                                        "numbers 00", "%Y-%m-%d", "number 1\n"};
  for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++)
    if (mine__numerals_parse(arena, damaged[i], &back)) fail_msg("%s", damaged[i]);
  mine__arena_close(arena);
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_read_as_said),
      cmocka_unit_test(words_for_missing_are_known),
      cmocka_unit_test(a_reading_is_kept_as_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
