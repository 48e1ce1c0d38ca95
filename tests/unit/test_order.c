/*
** test_order.c -- sorts, heap, selection and hash table against the library's qsort
** and plain loops, at every small size and some large ones.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/hash.h"
#include "core/order.h"
#include "core/radix.h"
#include "core/random.h"

#define MOST 3000

static const int64_t sizes[] = {0, 1, 2, 3, 7, 8, 9, 16, 17, 23, 24, 25, 100, 1000, 2049, MOST};
#define N_SIZES ((int)(sizeof sizes / sizeof sizes[0]))

typedef struct item8 {
  uint32_t key, number;
} item8;
typedef struct item24 {
  uint64_t number, other;
  double key;
} item24;

static int by_key8(const void *context, const void *a, const void *b) {
  *(int64_t *)(uintptr_t)context += 1;
  return ((const item8 *)a)->key < ((const item8 *)b)->key;
}

static int by_key24(const void *context, const void *a, const void *b) {
  (void)context;
  return ((const item24 *)a)->key < ((const item24 *)b)->key;
}

/* With the number as the last word qsort is stable too. */
static int library8(const void *left, const void *right) {
  const item8 *a = left, *b = right;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  return (a->number > b->number) - (a->number < b->number);
}

static int library_real(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static void test_merge_sort(void **state) {
  static item8 item[MOST], spare[MOST], expected[MOST];
  mine_env *env;
  (void)state;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  for (int s = 0; s < N_SIZES; s++) {
    for (uint32_t distinct = 1; distinct < 5000; distinct *= 7) {
      int64_t compared = 0;
      const size_t n = (size_t)sizes[s];
      mine_random random;
      mine__random_open(&random, 1, distinct, n);
      for (uint32_t i = 0; i < n; i++)
        item[i] = (item8){(uint32_t)mine__random_below(&random, distinct), i};
      memcpy(expected, item, sizeof item);
      qsort(expected, n, sizeof *expected, library8);
      mine__sort(env, item, spare, n, sizeof *item, by_key8, &compared);
      assert_memory_equal(item, expected, n * sizeof *item);
      compared = 0;
      mine__sort(NULL, item, spare, n, sizeof *item, by_key8, &compared); /* in order already */
      assert_memory_equal(item, expected, n * sizeof *item);
      assert_true(compared <= (n ? sizes[s] - 1 : 0));
    }
  }
  mine_env_close(env);
}

/* A size that is not compiled in. */
static void test_merge_sort_of_any_size(void **state) {
  static item24 item[MOST], spare[MOST];
  (void)state;
  for (uint64_t i = 0; i < MOST; i++)
    item[i] = (item24){i, ~i, (double)(mine_hash_mix(i) % 40)};
  mine__sort(NULL, item, spare, MOST, sizeof *item, by_key24, NULL);
  for (int i = 0; i < MOST; i++) {
    assert_true(item[i].other == ~item[i].number &&
                item[i].key == (double)(mine_hash_mix(item[i].number) % 40));
    if (i == 0) continue;
    assert_true(item[i - 1].key < item[i].key ||
                (item[i - 1].key == item[i].key && item[i - 1].number < item[i].number));
  }
}

static int stop(void *user) {
  (void)user;
  return 1;
}

static void test_merge_sort_is_interrupted(void **state) {
  const mine_host host = {.interrupted = stop};
  const size_t n = 200000;
  int64_t compared = 0;
  mine_env *env;
  (void)state;
  assert_int_equal(mine_env_open(&host, "test", &env), MINE_OK);
  item8 *item = calloc(n, sizeof *item), *spare = calloc(n, sizeof *spare);
  mine__sort(env, item, spare, n, sizeof *item, by_key8, &compared);
  assert_int_equal(mine_env_status(env), MINE_INTERRUPT);
  assert_true(compared < (int64_t)n + 70000);
  free(item);
  free(spare);
  mine_env_close(env);
}

static int less(const void *context, uint32_t a, uint32_t b) {
  (void)context;
  return a < b;
}

static void test_words(void **state) {
  static uint32_t word[MOST];
  (void)state;
  for (int s = 0; s < N_SIZES; s++) {
    uint64_t sum = 0;
    const uint32_t n = (uint32_t)sizes[s];
    for (uint32_t i = 0; i < n; i++)
      sum += word[i] = (uint32_t)(mine_hash_mix(i) % 1000);
    mine__sort_words(word, n, less, NULL);
    for (uint32_t i = 0; i < n; i++) {
      sum -= word[i];
      assert_true(i == 0 || word[i - 1] <= word[i]);
    }
    assert_true(sum == 0);
  }
}

static int key_library(const void *left, const void *right) {
  const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

static void test_places_and_keys(void **state) {
  static mine__place place[20000], temp[20000];
  static uint64_t key[20000], other[20000], expected[20000];
  const int64_t most[] = {0, 1, 5, 24, 100, 8191, 8192, 20000};
  mine_env *env;
  (void)state;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  for (int s = 0; s < 8; s++) {
    for (int bits = 1; bits <= 64; bits += 9) {
      const size_t n = (size_t)most[s];
      for (size_t i = 0; i < n; i++) {
        key[i] = expected[i] = mine_hash_mix(i + 1) >> (64 - bits);
        place[i] = (mine__place){key[i], i};
      }
      qsort(expected, n, sizeof *expected, key_library);
      assert_int_equal(mine__sort_keys(env, key, other, most[s]), MINE_OK);
      mine__sort_places(env, place, temp, most[s], bits);
      for (size_t i = 0; i < n; i++) {
        assert_true(key[i] == expected[i] && place[i].key == expected[i]);
        assert_true(mine_hash_mix(place[i].at + 1) >> (64 - bits) == place[i].key);
        assert_true(i == 0 || place[i - 1].key < place[i].key || place[i - 1].at < place[i].at);
      }
    }
  }
  mine_env_close(env);
}

/* Each code's positions in their order, found by a plain loop; codes below 0 nowhere. */
static void test_codes(void **state) {
  (void)state;
  mine_env *env;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  for (int s = 0; s < N_SIZES; s++) {
    for (int64_t n_codes = 1; n_codes <= 300; n_codes *= 17) {
      const int64_t n = sizes[s];
      int32_t *code = mine__arena_zeros(env->scratch, (size_t)n, sizeof *code);
      for (int64_t i = 0; i < n; i++)
        code[i] = (int32_t)(mine_hash_mix((uint64_t)(i + n)) % (uint64_t)(n_codes + 1)) - 1;
      mine__by_code by;
      assert_true(mine__sort_codes(env->scratch, code, n, n_codes, &by));
      int64_t at = 0;
      for (int32_t c = 0; c < n_codes; c++) {
        assert_int_equal(by.first[c], at);
        for (int64_t i = 0; i < n; i++)
          if (code[i] == c) assert_int_equal(by.at[at++], i);
      }
      assert_int_equal(by.first[n_codes], at);
    }
  }
  mine_env_close(env);
}

static void test_select(void **state) {
  static double x[MOST], sorted[MOST];
  (void)state;
  for (int s = 1; s < N_SIZES; s++) {
    const int64_t n = sizes[s];
    for (int64_t k = 0; k < n; k += 1 + n / 13) {
      for (int64_t i = 0; i < n; i++)
        x[i] = sorted[i] = (double)(mine_hash_mix((uint64_t)i) % 500) - 250;
      qsort(sorted, (size_t)n, sizeof *sorted, library_real);
      assert_true(mine__select(x, n, k) == sorted[k] && x[k] == sorted[k]);
      for (int64_t i = 0; i < n; i++)
        assert_true(i < k ? x[i] <= x[k] : x[i] >= x[k]);
    }
  }
}

static int real_before(const void *arrays, int64_t a, int64_t b) {
  return ((const double *)arrays)[a] < ((const double *)arrays)[b];
}

static void real_swap(void *arrays, int64_t a, int64_t b) {
  double *x = arrays, t = x[a];
  x[a] = x[b];
  x[b] = t;
}

static void test_heap(void **state) {
  static double x[MOST], sorted[MOST];
  const mine__heap order = {real_before, real_swap};
  (void)state;
  for (int s = 0; s < N_SIZES; s++) {
    const int64_t n = sizes[s];
    for (int64_t i = 0; i < n; i++) {
      x[i] = sorted[i] = (double)(mine_hash_mix((uint64_t)i) % 300);
      mine__heap_rise(order, x, i);
    }
    qsort(sorted, (size_t)n, sizeof *sorted, library_real);
    for (int64_t i = 0; i < n; i++) {
      assert_true(x[0] == sorted[i]);
      x[0] = x[n - i - 1];
      mine__heap_sink(order, x, n - i - 1);
    }
  }
}

typedef struct wanted {
  const uint64_t *key;
  uint64_t value;
} wanted;

static int same_key(const void *context, uint32_t number) {
  const wanted *w = context;
  return w->key[number] == w->value;
}

/* Every hash the same is only slow. */
static void test_table(void **state) {
  static uint64_t key[MOST];
  mine_env *env;
  (void)state;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  for (int bad = 0; bad < 2; bad++) {
    mine__table table = {0};
    wanted w = {key, 3};
    assert_int_equal(mine__table_find(&table, 3, same_key, &w), -1);
    for (uint32_t n = 0; n < MOST; n++) {
      key[n] = (uint64_t)n * n;
      if (mine__table_grow(&table, env->scratch, n + 1) > 0) {
        for (uint32_t i = 0; i < n; i++)
          mine__table_enter(&table, bad ? 7 : mine_hash_mix(key[i]), i);
      }
      w.value = key[n];
      const uint64_t hash = bad ? 7 : mine_hash_mix(key[n]);
      assert_int_equal(mine__table_find(&table, hash, same_key, &w), -1);
      mine__table_enter(&table, hash, n);
      assert_int_equal(mine__table_find(&table, hash, same_key, &w), n);
    }
    assert_true(table.slots * 3 >= MOST * 5 && (table.slots & (table.slots - 1)) == 0);
    for (uint32_t n = 0; n < MOST; n++) {
      w.value = key[n];
      assert_int_equal(mine__table_find(&table, bad ? 7 : mine_hash_mix(key[n]), same_key, &w), n);
    }
    mine__table_clear(&table);
    assert_int_equal(mine__table_find(&table, 7, same_key, &w), -1);
  }
  mine_env_close(env);
}

/* The published values of SplitMix64 seeded with 1234567 (Vigna; Rosetta Code). */
static void test_mix(void **state) {
  static const uint64_t expected[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                      UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                      UINT64_C(16408922859458223821)};
  uint64_t x = 1234567;
  (void)state;
  for (int i = 0; i < 5; i++) {
    x += UINT64_C(0x9E3779B97F4A7C15);
    assert_true(mine_hash_mix(x) == expected[i]);
  }
}

/* R: quantile(c(3, 1, 2, 10), c(0, .1, .5, .9, 1)); of one value all are that value. */
static void test_quantiles_are_those_of_r(void **state) {
  static const double share[] = {0, 0.1, 0.5, 0.9, 1}, of_four[] = {1, 1.3, 2.5, 7.9, 10};
  (void)state;
  for (int q = 0; q < 5; q++) {
    double four[] = {3, 1, 2, 10}, one[] = {7};
    assert_true(fabs(mine__quantile(four, 4, share[q]) - of_four[q]) < 1e-14);
    assert_true(mine__quantile(one, 1, share[q]) == 7);
  }
  double odd[] = {3, 1, 2}, even[] = {4, 1, 2, 3};
  assert_true(mine__median(odd, 3) == 2 && mine__median(even, 4) == 2.5);
}

static void test_between_is_never_beside(void **state) {
  (void)state;
  assert_true(mine__interpolate(-1e308, 1e308, 0.5) == 0);
  assert_true(mine__interpolate(INFINITY, INFINITY, 0.5) == INFINITY);
  assert_true(mine__interpolate(-INFINITY, 1, 0) == -INFINITY);
  for (int i = 1; i < 1000; i++) {
    const double low = 0.1 * i, high = nextafter(low, INFINITY);
    const double x = mine__interpolate(low, high, i / 1000.0);
    assert_true(x == low || x == high);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_merge_sort),
      cmocka_unit_test(test_merge_sort_of_any_size),
      cmocka_unit_test(test_merge_sort_is_interrupted),
      cmocka_unit_test(test_words),
      cmocka_unit_test(test_places_and_keys),
      cmocka_unit_test(test_codes),
      cmocka_unit_test(test_select),
      cmocka_unit_test(test_heap),
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_mix),
      cmocka_unit_test(test_quantiles_are_those_of_r),
      cmocka_unit_test(test_between_is_never_beside),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
