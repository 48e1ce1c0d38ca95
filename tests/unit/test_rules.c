/*
** test_rules.c -- association rules against enumeration, measures against hand
** calculation, the published rules of the groceries data, and the options.
*/
#include <math.h>

#include "baskets_fixture.h"

#include "../../algorithms/associate/associate.h"

/* ---- measures by hand ------------------------------------------------------------------- */

static void assert_near(double a, double b) {
  if (!(fabs(a - b) <= 1e-12 * (1 + fabs(b)))) fail_msg("%.17g is not %.17g", a, b);
}

/* Tea and coffee (Tan, Steinbach & Kumar, chapter 6): 1,000 people, 200 drink
** tea, 800 coffee, 150 both. */
static void tea_and_coffee(void **state) {
  (void)state;
  mine_rule_measures m;
  mine__rule_measure(1000, 200, 800, 150, &m);
  assert_near(m.support, 0.15);
  assert_near(m.confidence, 0.75);
  assert_near(m.lift, 0.9375);
  assert_near(m.leverage, -0.01);
  assert_near(m.conviction, 0.8);
  assert_near(m.coverage, 0.2);
  assert_near(m.added_value, -0.05);
  assert_near(m.cosine, 0.375);
  assert_near(m.jaccard, 150.0 / 850);
  assert_near(m.kulczynski, (0.75 + 0.1875) / 2);
  assert_near(m.imbalance_ratio, 600.0 / 850);
  assert_near(m.phi, -0.0625); /* (0.15 - 0.16) / sqrt(0.2 0.8 0.8 0.2) */
  /* The 2 x 2 table 150 50 / 650 150, expected 160 40 / 640 160. */
  assert_near(m.chi_squared, 100.0 / 160 + 100.0 / 40 + 100.0 / 640 + 100.0 / 160);
}

static void undefined_measures(void **state) {
  (void)state;
  mine_rule_measures m;
  mine__rule_measure(10, 4, 5, 4, &m); /* confidence 1 */
  assert_true(isnan(m.conviction));
  assert_near(m.phi, sqrt(4.0 * 5 / (5.0 * 6)));
  mine__rule_measure(10, 4, 10, 4, &m); /* the consequent is everywhere */
  assert_true(isnan(m.phi) && isnan(m.chi_squared) && isnan(m.conviction));
  assert_near(m.lift, 1);
  assert_near(m.leverage, 0);
}

/* ---- against enumeration -------------------------------------------------------------------- */

#define ITEMS 7

typedef struct small {
  int n;
  unsigned basket[40];
} small;

static int small_count(const small *s, unsigned set) {
  int n = 0;
  for (int b = 0; b < s->n; b++)
    n += (s->basket[b] & set) == set;
  return n;
}

static small small_make(uint64_t seed, fixture *f) {
  small s = {.n = 0};
  *f = (fixture){0};
  for (int b = 0; b < 36; b++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    const unsigned set = (unsigned)((seed >> 33) | (seed >> 41)) & ((1u << ITEMS) - 1);
    if (set == 0) continue;
    s.basket[s.n++] = set;
    for (int x = 0; x < ITEMS; x++) {
      if (set >> x & 1) fixture_add(f, cell_int(b), cell_int(x));
    }
  }
  return s;
}

static unsigned parse_side(const mine_relation *r, int64_t row, int column) {
  char json[100];
  unsigned set = 0;
  relation_text(r, row, column, json, sizeof json);
  assert_int_equal(json[0], '[');
  for (const char *c = json; *c; c++) {
    if (*c >= '0' && *c <= '9') set |= 1u << (*c - '0');
  }
  return set;
}

typedef struct wanted {
  int min_count, max_consequent;
  double min_confidence, min_lift;
  unsigned left, right; /* that the sides must hold */
} wanted;

static int small_wanted(const small *s, const wanted *w, unsigned x, unsigned y) {
  if (!x || !y || (x & y) || __builtin_popcount(y) > w->max_consequent) return 0;
  if ((x & w->left) != w->left || (y & w->right) != w->right) return 0;
  const int both = small_count(s, x | y);
  if (both < w->min_count || (double)both / small_count(s, x) < w->min_confidence) return 0;
  const double lift = (double)both * s->n / ((double)small_count(s, x) * (double)small_count(s, y));
  return lift >= w->min_lift;
}

static void small_check(const small *s, const wanted *w, const mine_relation *r) {
  static char seen[1 << ITEMS][1 << ITEMS];
  int64_t expected = 0;
  memset(seen, 0, sizeof seen);
  for (unsigned x = 0; x < 1u << ITEMS; x++) {
    for (unsigned y = 0; y < 1u << ITEMS; y++)
      expected += small_wanted(s, w, x, y);
  }
  assert_int_equal(mine_relation_rows(r), expected);
  for (int64_t i = 0; i < expected; i++) {
    const unsigned x = parse_side(r, i, 0), y = parse_side(r, i, 1);
    mine_rule_measures m;
    assert_true(small_wanted(s, w, x, y));
    assert_false(seen[x][y]);
    seen[x][y] = 1;
    mine__rule_measure(s->n, small_count(s, x), small_count(s, y), small_count(s, x | y), &m);
    assert_int_equal(relation_int(r, i, 2), small_count(s, x | y));
    assert_true(relation_real(r, i, 3) == m.support && relation_real(r, i, 4) == m.confidence);
    assert_true(relation_real(r, i, 5) == m.lift && relation_real(r, i, 6) == m.leverage);
    assert_true(relation_real(r, i, 7) == (isnan(m.conviction) ? -1e300 : m.conviction));
    assert_true(relation_real(r, i, 15) == (isnan(m.chi_squared) ? -1e300 : m.chi_squared));
  }
}

/* The default order: lift, then confidence, then count, each falling. */
static void assert_default_order(const mine_relation *r) {
  for (int64_t i = 1; i < mine_relation_rows(r); i++) {
    const double lift = relation_real(r, i, 5), before = relation_real(r, i - 1, 5);
    const double c = relation_real(r, i, 4), c_before = relation_real(r, i - 1, 4);
    assert_true(before > lift ||
                (before == lift && (c_before > c || (c_before == c && relation_int(r, i - 1, 2) >=
                                                                          relation_int(r, i, 2)))));
  }
}

static void random_against_enumeration(void **state) {
  (void)state;
  for (int round = 0; round < 40; round++) {
    fixture f;
    char options[300], sides[100] = "";
    const small s = small_make(1000 + (uint64_t)round, &f);
    wanted w = {.min_count = 1 + round % 7,
                .max_consequent = 1 + round % 4,
                .min_confidence = (double)(round % 5) * 0.25,
                .min_lift = round % 3 ? 0 : 1.1};
    if (round % 4 == 1) w.left = 1u << 2, snprintf(sides, sizeof sides, ", antecedent=2");
    if (round % 4 == 2) w.right = 1u << 3, snprintf(sides, sizeof sides, ", consequent=3");
    if (round % 4 == 3) {
      w.right = 1u << 0 | 1u << 4;
      w.left = 1u << 5 | 1u << 1;
      snprintf(sides, sizeof sides, ", consequent=0|4, antecedent=5|1");
    }
    snprintf(options, sizeof options,
             "min_count=%d, max_consequent=%d, min_confidence=%d.%02d, threads=%d%s%s", w.min_count,
             w.max_consequent, round % 5 / 4, round % 5 % 4 * 25, 1 + round % 2, sides,
             round % 3 ? "" : ", min_lift=1.1");
    mine_relation *r = fixture_answer(MINE_RULES, options, &f);
    small_check(&s, &w, r);
    assert_default_order(r);
    mine_relation_free(r);
    fixture_free(&f);
  }
}

static void sorted_as_asked(void **state) {
  (void)state;
  static const char *const by[] = {"lift", "confidence", "support", "count", "leverage"};
  static const int column[] = {5, 4, 3, 2, 6};
  fixture f;
  (void)small_make(5, &f);
  for (int k = 0; k < 5; k++) {
    char options[100];
    snprintf(options, sizeof options, "min_count=2, min_confidence=0.2, sort=%s", by[k]);
    mine_relation *r = fixture_answer(MINE_RULES, options, &f);
    assert_true(mine_relation_rows(r) > 20);
    for (int64_t i = 1; i < mine_relation_rows(r); i++) {
      assert_true(relation_real(r, i - 1, column[k]) >= relation_real(r, i, column[k]));
    }
    mine_relation_free(r);
  }
  /* Conviction: undefined means infinite, those rules come first. */
  mine_relation *r = fixture_answer(MINE_RULES, "min_count=1, sort=conviction", &f);
  double before = HUGE_VAL;
  for (int64_t i = 0; i < mine_relation_rows(r); i++) {
    const double shown = relation_real(r, i, 7), value = shown == -1e300 ? HUGE_VAL : shown;
    assert_true(value <= before);
    assert_int_equal(shown == -1e300, relation_real(r, i, 4) == 1.0);
    before = value;
  }
  mine_relation_free(r);
  fixture_free(&f);
}

/* ---- the groceries data --------------------------------------------------------------------- */

/* Rules of each total size; items are counted by their quotes. */
static void count_sizes(const mine_relation *r, int64_t *n) {
  for (int64_t i = 0; i < mine_relation_rows(r); i++) {
    char side[400];
    int quotes = 0;
    for (int c = 0; c < 2; c++) {
      relation_text(r, i, c, side, sizeof side);
      for (const char *at = side; *at; at++)
        quotes += *at == '"';
    }
    n[quotes / 2]++;
  }
}

static void published_groceries(void **state) {
  (void)state;
  fixture f;
  if (!fixture_read(&f, "groceries.csv", ',', 0)) return;
  mine_relation *r = fixture_answer(MINE_RULES, "min_support=0.006, min_confidence=0.25", &f);
  int64_t n[16] = {0};
  assert_int_equal(mine_relation_rows(r), 463);
  count_sizes(r, n);
  assert_int_equal(n[2], 150);
  assert_int_equal(n[3], 297);
  assert_int_equal(n[4], 16);
  mine_relation_free(r);

  r = fixture_answer(MINE_RULES, "min_support=0.001, min_confidence=0.8", &f);
  int64_t m[16] = {0};
  char side[200];
  assert_int_equal(mine_relation_rows(r), 410);
  count_sizes(r, m);
  assert_int_equal(m[3], 29);
  assert_int_equal(m[4], 229);
  assert_int_equal(m[5], 140);
  assert_int_equal(m[6], 12);
  relation_text(r, 0, 0, side, sizeof side);
  assert_string_equal(side, "[\"red/blush wine\",\"liquor\"]");
  relation_text(r, 0, 1, side, sizeof side);
  assert_string_equal(side, "[\"bottled beer\"]");
  assert_true(fabs(relation_real(r, 0, 5) - 11.235) < 0.0005);
  assert_true(fabs(relation_real(r, 0, 4) - 0.9047619) < 5e-8);
  mine_relation_free(r);

  /* The same bytes from any number of threads. */
  mine_relation *one = fixture_answer(MINE_RULES, "min_support=0.002, threads=1", &f);
  mine_relation *three = fixture_answer(MINE_RULES, "min_support=0.002, threads=3", &f);
  assert_true(mine_relation_rows(one) > 1000);
  assert_same_relation(one, three);
  mine_relation_free(one);
  mine_relation_free(three);
  fixture_free(&f);
}

/* ---- options and limits --------------------------------------------------------------------- */

static void options_are_checked(void **state) {
  (void)state;
  fixture f = {0};
  for (int b = 0; b < 10; b++) {
    fixture_add(&f, cell_int(b), cell_text("beer"));
    fixture_add(&f, cell_int(b), cell_text("wine"));
    fixture_add(&f, cell_int(b), cell_int(b));
  }
  assert_failure(MINE_RULES, "min_support=50", &f, MINE_OPTION, "min_count=50");
  assert_failure(MINE_RULES, "min_confidence=1.5", &f, MINE_OPTION, "min_confidence");
  assert_failure(MINE_RULES, "min_confidence=80", &f, MINE_OPTION, "min_confidence");
  assert_failure(MINE_RULES, "sort=age", &f, MINE_OPTION, "leverage");
  assert_failure(MINE_RULES, "max_consequent=0", &f, MINE_OPTION, "max_consequent");
  assert_failure(MINE_RULES, "consequent=beer|wine", &f, MINE_OPTION, "max_consequent=2");
  assert_failure(MINE_RULES, "consequent=baer", &f, MINE_DATA, "did you mean 'beer'?");
  assert_failure(MINE_RULES, "antecedent=caviar", &f, MINE_DATA, "no item 'caviar'");
  assert_failure(MINE_RULES, "min_count=1, max_rules=3", &f, MINE_LIMIT, "max_rules=3");
  assert_failure(MINE_RULES, "min_count=1, max_itemsets=3", &f, MINE_LIMIT, "max_itemsets=3");

  mine_relation *r = fixture_answer(MINE_RULES, "min_count=1, consequent=wine", &f);
  assert_int_equal(mine_relation_rows(r), 21); /* beer, 10 numbers, beer and each */
  mine_relation_free(r);
  r = fixture_answer(MINE_RULES, "min_count=1, antecedent=7", &f); /* the number 7 */
  assert_int_equal(mine_relation_rows(r), 4);
  mine_relation_free(r);
  r = fixture_answer(MINE_RULES, "{\"min_count\":1, \"antecedent\":[7], \"consequent\":[\"beer\"]}",
                     &f);
  assert_int_equal(mine_relation_rows(r), 2);
  mine_relation_free(r);
  r = fixture_answer(MINE_RULES, "min_count=2, antecedent=7", &f); /* known, but not frequent */
  assert_int_equal(mine_relation_rows(r), 0);
  mine_relation_free(r);
  assert_failure(MINE_RULES, "min_count=1, antecedent=beer, consequent=beer", &f, MINE_OPTION,
                 "both ask for 'beer'");
  r = fixture_answer(MINE_RULES, "min_count=1, max_length=1", &f);
  assert_int_equal(mine_relation_rows(r), 0);
  assert_int_equal(mine_relation_columns(r), 23);
  mine_relation_free(r);
  fixture_free(&f);
}

static void allocations_may_fail(void **state) {
  (void)state;
  fixture f;
  (void)small_make(9, &f);
  assert_survives_failures(MINE_RULES, "min_count=2, min_confidence=0.1, consequent=3", &f);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(tea_and_coffee),
                                     cmocka_unit_test(undefined_measures),
                                     cmocka_unit_test(random_against_enumeration),
                                     cmocka_unit_test(sorted_as_asked),
                                     cmocka_unit_test(published_groceries),
                                     cmocka_unit_test(options_are_checked),
                                     cmocka_unit_test(allocations_may_fail)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
