/*
** test_itemsets.c -- frequent, closed and maximal itemsets against enumeration,
** published counts, and what can go wrong.
*/
#include "baskets_fixture.h"

#include "../../algorithms/associate/associate.h"
#include "slow_fixture.h"
#include "verb_fixture.h"

/* ---- by hand ------------------------------------------------------------------------- */

/* Han & Kamber's nine transactions (AllElectronics). */
static const char *const electronics[] = {"125", "24", "23",   "124", "13",
                                          "23",  "13", "1235", "123"};

static fixture electronics_rows(void) {
  static const char *const name[] = {"I1", "I2", "I3", "I4", "I5"};
  fixture f = {0};
  for (int b = 0; b < 9; b++) {
    for (const char *c = electronics[b]; *c; c++)
      fixture_add(&f, cell_int(b), cell_text(name[*c - '1']));
  }
  return f;
}

static void assert_sets(const mine_relation *r, const char *const *expected, int n) {
  char line[256], set[200];
  assert_int_equal(mine_relation_rows(r), n);
  for (int i = 0; i < n; i++) {
    relation_text(r, i, 0, set, sizeof set);
    snprintf(line, sizeof line, "%s %d", set, (int)relation_int(r, i, 2));
    assert_string_equal(line, expected[i]);
    assert_true(relation_real(r, i, 3) == (double)relation_int(r, i, 2) / 9);
  }
}

static void electronics_by_hand(void **state) {
  (void)state;
  static const char *const all[] = {"[\"I2\"] 7",
                                    "[\"I1\"] 6",
                                    "[\"I3\"] 6",
                                    "[\"I2\",\"I1\"] 4",
                                    "[\"I2\",\"I3\"] 4",
                                    "[\"I1\",\"I3\"] 4",
                                    "[\"I4\"] 2",
                                    "[\"I5\"] 2",
                                    "[\"I2\",\"I4\"] 2",
                                    "[\"I2\",\"I5\"] 2",
                                    "[\"I1\",\"I5\"] 2",
                                    "[\"I2\",\"I1\",\"I3\"] 2",
                                    "[\"I2\",\"I1\",\"I5\"] 2"};
  static const char *const closed[] = {"[\"I2\"] 7",
                                       "[\"I1\"] 6",
                                       "[\"I3\"] 6",
                                       "[\"I2\",\"I1\"] 4",
                                       "[\"I2\",\"I3\"] 4",
                                       "[\"I1\",\"I3\"] 4",
                                       "[\"I2\",\"I4\"] 2",
                                       "[\"I2\",\"I1\",\"I3\"] 2",
                                       "[\"I2\",\"I1\",\"I5\"] 2"};
  static const char *const maximal[] = {"[\"I2\",\"I4\"] 2", "[\"I2\",\"I1\",\"I3\"] 2",
                                        "[\"I2\",\"I1\",\"I5\"] 2"};
  fixture f = electronics_rows();
  mine_relation *r = fixture_answer(MINE_ITEMSETS, "min_count=2", &f);
  assert_int_equal(mine_relation_columns(r), 4);
  assert_string_equal(mine_relation_column_name(r, 0), "itemset");
  assert_string_equal(mine_relation_column_name(r, 3), "support");
  assert_sets(r, all, 13);
  mine_relation_free(r);
  r = fixture_answer(MINE_ITEMSETS, "min_count=2, kind=closed", &f);
  assert_sets(r, closed, 9);
  mine_relation_free(r);
  r = fixture_answer(MINE_ITEMSETS, "{\"min_count\":2, \"kind\":\"maximal\"}", &f);
  assert_sets(r, maximal, 3);
  mine_relation_free(r);
  r = fixture_answer(MINE_ITEMSETS, "min_support=0.22, max_length=1", &f);
  assert_int_equal(mine_relation_rows(r), 5);
  mine_relation_free(r);
  r = fixture_answer(MINE_ITEMSETS, "min_count=2, max_length=2, kind=maximal", &f);
  assert_sets(r, maximal, 1); /* the two longer ones are left out, nothing takes their place */
  mine_relation_free(r);
  fixture_free(&f);
}

static void values_keep_their_type(void **state) {
  (void)state;
  fixture f = {0};
  const mine_cell one = cell_int(1), real = {.type = MINE_REAL, .as.real = 2.5};
  const mine_cell same = {.type = MINE_REAL, .as.real = 1.0};
  fixture_add(&f, cell_text("a"), one);
  fixture_add(&f, cell_text("a"), same); /* 1.0 is 1: once per basket */
  fixture_add(&f, cell_text("a"), cell_text("1"));
  fixture_add(&f, cell_text("a"), real);
  fixture_add(&f, cell_text("b"), cell_text("\xe7\x89\x9b\xe5\xa5\xb6 \"x\""));
  fixture_add(&f, cell_text("b"), one);
  fixture_add(&f, cell_text("b"), one);
  fixture_add(&f, cell_null(), one);            /* skipped */
  fixture_add(&f, cell_text("b"), cell_null()); /* skipped */
  fixture_add(&f, cell_text("c"), cell_null()); /* and c is no basket */
  mine_relation *r = fixture_answer(MINE_ITEMSETS, "min_count=1, max_length=1", &f);
  static const char *const expected[] = {"[1]", "[2.5]", "[\"1\"]",
                                         "[\"\xe7\x89\x9b\xe5\xa5\xb6 \\\"x\\\"\"]"};
  assert_int_equal(mine_relation_rows(r), 4);
  for (int i = 0; i < 4; i++) {
    char set[100];
    relation_text(r, i, 0, set, sizeof set);
    assert_string_equal(set, expected[i]);
  }
  assert_int_equal(relation_int(r, 0, 2), 2);
  assert_true(relation_real(r, 0, 3) == 1.0);
  mine_relation_free(r);
  fixture_free(&f);
}

static void minimum_support_is_a_ceiling(void **state) {
  (void)state;
  assert_int_equal(mine__min_count(0.07, 100), 7); /* the product is 7.000000000000001 */
  assert_int_equal(mine__min_count(0.001, 88162), 89);
  assert_int_equal(mine__min_count(0.0005, 88162), 45);
  assert_int_equal(mine__min_count(0.2, 8124), 1625);
  assert_int_equal(mine__min_count(0.1, 8124), 813);
  assert_int_equal(mine__min_count(0.05, 8124), 407);
  assert_int_equal(mine__min_count(1, 9835), 9835);
  assert_int_equal(mine__min_count(1e-9, 10), 1);
  assert_int_equal(mine__min_count(0.29, 100), 29);
  assert_int_equal(mine__min_count(0.5, 2000000001), 1000000001);
}

/* ---- against enumeration ----------------------------------------------------------------- */

#define SMALL_ITEMS 10

typedef struct small {
  int n;
  unsigned basket[64];
} small;

static int small_count(const small *s, unsigned set) {
  int n = 0;
  for (int b = 0; b < s->n; b++)
    n += (s->basket[b] & set) == set;
  return n;
}

/* The definition, word by word. */
static int small_wanted(const small *s, unsigned set, int min_count, int kind) {
  const int count = small_count(s, set);
  if (set == 0 || count < min_count) return 0;
  for (unsigned more = 0; kind && more < 1u << SMALL_ITEMS; more++) {
    if ((more & set) != set || more == set) continue;
    const int other = small_count(s, more);
    if (kind == 1 && other == count) return 0;
    if (kind == 2 && other >= min_count) return 0;
  }
  return 1;
}

/* "[3,0,7]" -> bits; the items must come by falling frequency, ties by value. */
static unsigned small_parse(const small *s, const char *json) {
  unsigned set = 0;
  int before = -1;
  for (const char *c = json; *c; c++) {
    if (*c < '0' || *c > '9') continue;
    const int item = *c - '0';
    if (before >= 0) {
      const int a = small_count(s, 1u << before), b = small_count(s, 1u << item);
      assert_true(a > b || (a == b && before < item));
    }
    assert_false(set >> item & 1);
    set |= 1u << item;
    before = item;
  }
  return set;
}

static void small_check(const small *s, int min_count, int kind, int max_length,
                        const mine_relation *r) {
  static char seen[1 << SMALL_ITEMS];
  int64_t expected = 0;
  memset(seen, 0, sizeof seen);
  for (unsigned set = 0; set < 1u << SMALL_ITEMS; set++) {
    if (__builtin_popcount(set) <= max_length) expected += small_wanted(s, set, min_count, kind);
  }
  assert_int_equal(mine_relation_rows(r), expected);
  for (int64_t i = 0; i < expected; i++) {
    char json[100];
    relation_text(r, i, 0, json, sizeof json);
    const unsigned set = small_parse(s, json);
    assert_false(seen[set]);
    seen[set] = 1;
    assert_true(small_wanted(s, set, min_count, kind));
    assert_int_equal(relation_int(r, i, 1), __builtin_popcount(set));
    assert_int_equal(relation_int(r, i, 2), small_count(s, set));
    if (i > 0) {
      const int64_t count = relation_int(r, i, 2), before = relation_int(r, i - 1, 2);
      assert_true(before > count ||
                  (before == count && relation_int(r, i - 1, 1) <= relation_int(r, i, 1)));
    }
  }
}

static uint64_t small_random(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return *state >> 33;
}

static small small_make(uint64_t *state, int baskets, unsigned percent, int twins, fixture *f) {
  small s = {.n = 0};
  *f = (fixture){0};
  for (int b = 0; b < baskets; b++) {
    unsigned set = 0;
    for (int x = 0; x < SMALL_ITEMS; x++) {
      /* Item 0 is nearly everywhere, 1 goes with 2: closures have something to do. */
      const unsigned odds = x == 0 ? 95 : percent;
      if (small_random(state) % 100 < odds) set |= 1u << x;
    }
    if (set & 4) set |= 2;
    if (twins) set = (set & ~96u) | (set & 16 ? 96u : 0); /* 4, 5 and 6 are in the same baskets */
    if (set == 0) continue;
    s.basket[s.n++] = set;
    for (int x = SMALL_ITEMS - 1; x >= 0; x--) {
      if (set >> x & 1) fixture_add(f, cell_int(b), cell_int(x));
    }
  }
  return s;
}

static void random_against_enumeration(void **state) {
  (void)state;
  static const char *const kinds[] = {"all", "closed", "maximal"};
  uint64_t seed = 42;
  for (int round = 0; round < (slow_is_short() ? 20 : 60); round++) {
    fixture f;
    const unsigned percent = 10 + 10 * (unsigned)(round % 9);
    const small s = small_make(&seed, 3 + round % 40, percent, round % 4 == 1, &f);
    for (int kind = 0; kind < 3; kind++) {
      const int min_count = 1 + (int)(small_random(&seed) % 6);
      const int max_length = round % 3 ? SMALL_ITEMS : 1 + round % 5;
      char options[100];
      snprintf(options, sizeof options, "min_count=%d, kind=%s, max_length=%d, threads=%d",
               min_count, kinds[kind], max_length, 1 + round % 3);
      mine_relation *r = fixture_answer(MINE_ITEMSETS, options, &f);
      small_check(&s, min_count, kind, max_length, r);
      mine_relation_free(r);
    }
    fixture_free(&f);
  }
}

/* ---- larger data: sparse nodes, many words, tasks that are opened ---------------------------- */

/* `baskets` baskets over `items` items, the low numbers frequent. */
static fixture skewed(int baskets, int items, int mean) {
  fixture f = {0};
  uint64_t seed = 7;
  for (int b = 0; b < baskets; b++) {
    const int n = 1 + (int)(small_random(&seed) % (uint64_t)(2 * mean));
    for (int i = 0; i < n; i++) {
      const uint64_t u = small_random(&seed) % 1000;
      const int item = (int)(u * u * (uint64_t)items / 1000000);
      fixture_add(&f, cell_int(b), cell_int(item));
    }
  }
  return f;
}

/* One answer for all of these ways to run; its number of rows. */
static int64_t same_for_any_run(const fixture *f, const char *options) {
  static const char *const ways[] = {"threads=1", "threads=2", "threads=4",
                                     "threads=3, max_memory=48MB"};
  mine_relation *first = NULL;
  for (int w = 0; w < 4; w++) {
    char text[200];
    snprintf(text, sizeof text, "%s, %s", options, ways[w]);
    mine_relation *r = fixture_answer(MINE_ITEMSETS, text, f);
    if (first) {
      assert_same_relation(first, r);
      mine_relation_free(r);
    } else {
      first = r;
    }
  }
  const int64_t rows = mine_relation_rows(first);
  mine_relation_free(first);
  return rows;
}

static void any_number_of_threads(void **state) {
  (void)state;
  fixture f = skewed(3000, 300, 12);
  const int64_t all = same_for_any_run(&f, "min_count=8");
  const int64_t closed = same_for_any_run(&f, "min_count=8, kind=closed");
  const int64_t maximal = same_for_any_run(&f, "min_count=8, kind=maximal");
  assert_true(all >= closed && closed > maximal && maximal > 0);
  fixture_free(&f);
}

/* Baskets that all hold the same items: 2^n - 1 itemsets, one of them closed. */
static void identical_baskets(void **state) {
  (void)state;
  fixture f = {0};
  for (int b = 0; b < 40; b++) {
    for (int x = 0; x < 16; x++)
      fixture_add(&f, cell_int(b), cell_int(x));
  }
  assert_int_equal(same_for_any_run(&f, "min_support=1"), 65535);
  assert_int_equal(same_for_any_run(&f, "min_support=1, kind=closed"), 1);
  assert_int_equal(same_for_any_run(&f, "min_support=0.5, kind=maximal"), 1);
  fixture_free(&f);
}

/* Basket b holds everything but item b: every set is closed, count n - size. */
static void all_but_one(void **state) {
  (void)state;
  fixture f = {0};
  for (int b = 0; b < 14; b++) {
    for (int x = 0; x < 14; x++) {
      if (x != b) fixture_add(&f, cell_int(b), cell_int(x));
    }
  }
  assert_int_equal(same_for_any_run(&f, "min_count=1"), (1 << 14) - 2);
  assert_int_equal(same_for_any_run(&f, "min_count=1, kind=closed"), (1 << 14) - 2);
  assert_int_equal(same_for_any_run(&f, "min_count=1, kind=maximal"), 14);
  assert_int_equal(same_for_any_run(&f, "min_count=4, kind=maximal"), 1001); /* 14 over 10 */
  fixture_free(&f);
}

/* Basket b holds items 0..b: a chain of closed sets; a basket of 5,000 items. */
static void long_baskets(void **state) {
  (void)state;
  fixture f = {0};
  for (int b = 0; b < 300; b++) {
    for (int x = 0; x <= b; x++)
      fixture_add(&f, cell_int(b), cell_int(x));
  }
  for (int x = 0; x < 5000; x++)
    fixture_add(&f, cell_int(300), cell_int(x));
  assert_int_equal(same_for_any_run(&f, "min_count=1, kind=closed"), 301);
  assert_int_equal(same_for_any_run(&f, "min_count=1, kind=maximal"), 1);
  assert_failure(MINE_ITEMSETS, "min_count=2, max_itemsets=100000", &f, MINE_LIMIT, "=100000 ");
  fixture_free(&f);
}

/* A basket of so many items that a look at each beside each would not end; and others that hold
** parts of it, so that there are four groups of items in the same baskets. */
static void one_basket_of_very_many(void **state) {
  (void)state;
  const int n = slow_is_short() ? 30000 : 60000;
  fixture f = {0};
  for (int x = 0; x < n; x++)
    fixture_add(&f, cell_int(0), cell_int(x));
  assert_int_equal(same_for_any_run(&f, "kind=closed"), 1);
  assert_int_equal(same_for_any_run(&f, "kind=maximal"), 1);
  assert_failure(MINE_ITEMSETS, "max_length=2, max_itemsets=1000000", &f, MINE_LIMIT,
                 " items are in every basket, and every choice of up to 2 of them is an itemset: "
                 "more than max_itemsets=1000000 itemsets; set max_length lower, ask for");
  for (int x = n / 2; x < n + n / 2; x++)
    fixture_add(&f, cell_int(1), cell_int(x));
  for (int x = 0; x < 10; x++)
    fixture_add(&f, cell_int(2), cell_int(x));
  assert_int_equal(same_for_any_run(&f, "min_count=1, kind=closed"), 4);
  assert_int_equal(same_for_any_run(&f, "min_count=2, kind=closed"), 2);
  assert_int_equal(same_for_any_run(&f, "min_count=1, kind=maximal"), 2);
  assert_failure(MINE_ITEMSETS, "min_count=2", &f, MINE_LIMIT,
                 "together in 2 of the 3 baskets, and every choice of them is an itemset: more "
                 "than max_memory has room for; set max_length, raise min_count above 2, ask for");
  fixture_free(&f);
}

/* ---- shared data ---------------------------------------------------------------------------- */

static void file_counts(const char *file, char separator, int numbers, const char *options,
                        const int64_t *by_size, int64_t total) {
  fixture f;
  if (!fixture_read(&f, file, separator, numbers)) return;
  mine_relation *r = fixture_answer(MINE_ITEMSETS, options, &f);
  int64_t n[64] = {0};
  assert_int_equal(mine_relation_rows(r), total);
  for (int64_t i = 0; i < total; i++)
    n[relation_int(r, i, 1)]++;
  for (int k = 0; by_size && by_size[k]; k++)
    assert_int_equal(n[k + 1], by_size[k]);
  mine_relation_free(r);
  fixture_free(&f);
}

static void published_groceries(void **state) {
  (void)state;
  static const int64_t one[] = {88, 213, 32, 0};
  file_counts("groceries.csv", ',', 0, "", one, 333);
  file_counts("groceries.csv", ',', 0, "min_support=0.005", NULL, 1001);
  file_counts("groceries.csv", ',', 0, "min_support=0.001", NULL, 13492);
}

static void published_t10i4(void **state) {
  (void)state;
  static const int64_t sizes[] = {797, 8831, 7130, 5499, 3188, 1429, 503, 130, 23, 2, 0};
  file_counts("T10I4D100K.dat", ' ', 1, "min_support=0.05", NULL, 10);
  file_counts("T10I4D100K.dat", ' ', 1, "min_support=0.0075", NULL, 561);
  file_counts("T10I4D100K.dat", ' ', 1, "min_support=0.001", sizes, 27532);
}

static void published_retail(void **state) {
  (void)state;
  static const int64_t sizes[] = {2117, 3260, 1794, 382, 36, 0};
  file_counts("retail.dat", ' ', 1, "min_support=0.01", NULL, 159);
  file_counts("retail.dat", ' ', 1, "min_support=0.001", sizes, 7589);
  file_counts("retail.dat", ' ', 1, "min_count=45", NULL, 19242);
}

static void published_mushroom(void **state) {
  (void)state;
  file_counts("mushroom.dat", ' ', 1, "min_support=0.2", NULL, 53583);
  file_counts("mushroom.dat", ' ', 1, "min_support=0.1", NULL, 574431);
  /* All 8,124 rows are different: each is a maximal set at count 1. */
  file_counts("mushroom.dat", ' ', 1, "min_count=1, kind=maximal", NULL, 8124);
}

/* ---- what can go wrong ---------------------------------------------------------------------- */

static void options_are_checked(void **state) {
  (void)state;
  fixture f = electronics_rows();
  assert_failure(MINE_ITEMSETS, "min_support=50", &f, MINE_OPTION, "min_count=50");
  assert_failure(MINE_ITEMSETS, "{\"min_support\":50}", &f, MINE_OPTION, "min_count=50");
  assert_failure(MINE_ITEMSETS, "min_support=0", &f, MINE_OPTION, "min_support");
  assert_failure(MINE_ITEMSETS, "min_support=-1", &f, MINE_OPTION, "min_support");
  assert_failure(MINE_ITEMSETS, "min_support=0.1, min_count=5", &f, MINE_OPTION, "both");
  assert_failure(MINE_ITEMSETS, "min_count=0", &f, MINE_OPTION, "min_count");
  assert_failure(MINE_ITEMSETS, "max_length=0", &f, MINE_OPTION, "max_length");
  assert_failure(MINE_ITEMSETS, "kind=free", &f, MINE_OPTION, "maximal");
  assert_failure(MINE_ITEMSETS, "minsupport=0.1", &f, MINE_OPTION, "min_support");
  assert_failure(MINE_ITEMSETS, "min_confidence=0.1", &f, MINE_OPTION, "min_confidence");
  assert_failure(MINE_RULES, "kind=closed", &f, MINE_OPTION, "kind");
  fixture_free(&f);
}

static void rows_are_checked(void **state) {
  (void)state;
  fixture f = {0};
  assert_failure(MINE_ITEMSETS, "", &f, MINE_DATA, "no rows");
  fixture_add(&f, cell_null(), cell_int(1));
  fixture_add(&f, cell_int(1), cell_null());
  assert_failure(MINE_ITEMSETS, "", &f, MINE_DATA, "none of the 2 rows");
  fixture_free(&f);
  f = electronics_rows();
  mine_relation *r = fixture_answer(MINE_ITEMSETS, "min_support=1", &f);
  assert_int_equal(mine_relation_rows(r), 0); /* nothing frequent is no error */
  mine_relation_free(r);
  fixture_free(&f);
}

static void columns_of(const char *const *names, int n, const char *options, mine_status expected,
                       const char *part) {
  mine_env *env;
  mine_job *job;
  mine_frame *frame;
  mine_relation *r = NULL;
  assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
  assert_int_equal(verb_job_open(env, "mine_itemsets", options, &job, &frame), MINE_OK);
  mine_status status = mine_frame_columns(frame, names, n);
  if (status == MINE_OK) {
    for (int c = 0; c < n; c++) {
      assert_int_equal(mine_frame_wants(frame, c), c == 0 || c == 2);
      mine_frame_put_int(frame, c, 100 + c);
    }
    assert_int_equal(mine_frame_end_row(frame), MINE_OK);
    status = mine_job_run(job, &r);
  }
  assert_int_equal(status, expected);
  if (status == MINE_OK) {
    char set[50];
    relation_text(r, 0, 0, set, sizeof set);
    assert_string_equal(set, part);
  } else {
    assert_non_null(strstr(mine_env_error(env), part));
  }
  mine_relation_free(r);
  mine_job_close(job);
  mine_env_close(env);
}

static void columns_are_planned(void **state) {
  (void)state;
  static const char *const names[] = {"day", "product", "order"};
  columns_of(names, 3, "", MINE_DATA, "has 3 columns");
  columns_of(names, 1, "", MINE_DATA, "has 1 column,");
  columns_of(names, 3, "basket=order", MINE_DATA, "basket=... and item=...");
  columns_of(names, 3, "basket=order, item=day", MINE_OK, "[100]");
  columns_of(names, 3, "basket=day, item=order", MINE_OK, "[102]");
  columns_of(names, 3, "basket=order, item=order", MINE_OPTION, "'order'");
  columns_of(names, 3, "basket=ordr, item=day", MINE_DATA, "ordr");
}

static void caps_are_errors(void **state) {
  (void)state;
  fixture f = electronics_rows();
  mine_relation *r = fixture_answer(MINE_ITEMSETS, "min_count=2, max_itemsets=13", &f);
  assert_int_equal(mine_relation_rows(r), 13); /* just enough */
  mine_relation_free(r);
  assert_failure(MINE_ITEMSETS, "min_count=2, max_itemsets=12", &f, MINE_LIMIT, "max_itemsets=12");
  assert_failure(MINE_ITEMSETS, "min_count=2, max_itemsets=12", &f, MINE_LIMIT, "max_length");
  fixture_free(&f);
  f = skewed(20000, 100, 12);
  assert_failure(MINE_ITEMSETS, "min_count=2, max_memory=20MB, max_itemsets=100000000", &f,
                 MINE_LIMIT, "max_memory");
  assert_failure(MINE_ITEMSETS, "min_count=2, max_seconds=0.05, max_itemsets=100000000", &f,
                 MINE_LIMIT, "max_seconds");
  fixture_free(&f);
}

static void interrupt_stops(void **state) {
  (void)state;
  fixture f = skewed(20000, 100, 12);
  fixture_host h = {.stop_at = 20};
  const mine_host host = fixture_make_host(&h);
  mine_relation *r;
  assert_int_equal(
      fixture_run(&host, MINE_ITEMSETS, "min_count=2, max_itemsets=100000000", &f, &r, NULL),
      MINE_INTERRUPT);
  assert_null(r);
  assert_int_equal(h.held, 0);
  fixture_free(&f);
}

static void allocations_may_fail(void **state) {
  (void)state;
  fixture f = skewed(60, 12, 5);
  assert_survives_failures(MINE_ITEMSETS, "min_count=2, threads=2", &f);
  assert_survives_failures(MINE_ITEMSETS, "min_count=2, kind=maximal, threads=1", &f);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(electronics_by_hand),
                                     cmocka_unit_test(values_keep_their_type),
                                     cmocka_unit_test(minimum_support_is_a_ceiling),
                                     cmocka_unit_test(random_against_enumeration),
                                     cmocka_unit_test(any_number_of_threads),
                                     cmocka_unit_test(identical_baskets),
                                     cmocka_unit_test(all_but_one),
                                     cmocka_unit_test(long_baskets),
                                     cmocka_unit_test(one_basket_of_very_many),
                                     cmocka_unit_test(published_groceries),
                                     cmocka_unit_test(published_t10i4),
                                     cmocka_unit_test(published_retail),
                                     cmocka_unit_test(published_mushroom),
                                     cmocka_unit_test(options_are_checked),
                                     cmocka_unit_test(rows_are_checked),
                                     cmocka_unit_test(columns_are_planned),
                                     cmocka_unit_test(caps_are_errors),
                                     cmocka_unit_test(interrupt_stops),
                                     cmocka_unit_test(allocations_may_fail)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
