/*
** test_values.c -- what makes two values the same, and the vectors,
** dictionaries and relations that rely on it.
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

#include "core/random.h"
#include "data/relation.h"

static mine_cell none(void) {
  mine_cell cell = {MINE_NULL, 0, {0}};
  return cell;
}

static mine_cell whole(int64_t v) {
  mine_cell cell = {MINE_INT, 0, {0}};
  cell.as.integer = v;
  return cell;
}

static mine_cell real(double v) {
  mine_cell cell = {MINE_REAL, 0, {0}};
  cell.as.real = v;
  return cell;
}

static mine_cell text(const char *s) {
  mine_cell cell = {MINE_TEXT, strlen(s), {0}};
  cell.as.text = s;
  return cell;
}

static mine_cell blob(const char *s) {
  mine_cell cell = text(s);
  cell.type = MINE_BLOB;
  return cell;
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

/* Values in ascending order; those with the same rank are the same value. */
static void test_order_and_identity(void **state) {
  (void)state;
  const struct {
    int rank;
    mine_cell cell;
  } row[] = {{0, none()},
             {1, real((double)NAN)},
             {1, real(-(double)NAN)},
             {2, real(-(double)INFINITY)},
             {3, real(-1e19)},
             {4, whole(INT64_MIN)},
             {4, real(-9223372036854775808.0)},
             {5, whole(INT64_MIN + 1)},
             {6, whole(-1)},
             {6, real(-1.0)},
             {7, real(-0.5)},
             {8, whole(0)},
             {8, real(0.0)},
             {8, real(-0.0)},
             {9, real(0.5)},
             {10, whole(1)},
             {10, real(1.0)},
             {11, real(1.5)},
             {12, whole(INT64_C(9007199254740992))},
             {12, real(9007199254740992.0)},
             {13, whole(INT64_C(9007199254740993))}, /* no double is this */
             {14, whole(INT64_C(9007199254740994))},
             {14, real(9007199254740994.0)},
             {15, whole(INT64_MAX)},
             {16, real(9223372036854775808.0)},
             {17, real((double)INFINITY)},
             {18, text("")},
             {19, text("1")},
             {20, text("1.0")},
             {21, text("A")},
             {22, text("a")},
             {23, text("aa")},
             {24, text("\xE5\xAE\xA2")},
             {25, blob("")},
             {26, blob("a")}};
  size_t n = sizeof row / sizeof *row;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      const mine_cell *a = &row[i].cell, *b = &row[j].cell;
      int order = (row[i].rank > row[j].rank) - (row[i].rank < row[j].rank);
      if (mine__cell_compare(a, b) != order) fail_msg("rows %zu and %zu are ordered wrongly", i, j);
      assert_int_equal(mine__cell_equal(a, b) != 0, order == 0);
      if (order == 0)
        assert_true(mine__cell_hash(a) == mine__cell_hash(b));
      else
        assert_true(mine__cell_hash(a) != mine__cell_hash(b));
    }
}

/* Held-out rows are chosen by these: they must never change. */
static void test_hashes_are_fixed(void **state) {
  (void)state;
  mine_cell one = whole(1), a = text("a"), empty = text("");
  assert_true(mine__cell_hash(&one) == mine_hash_mix(1));
  assert_true(mine__cell_hash(&one) == UINT64_C(0x5692161D100B05E5));
  assert_true(mine__cell_hash(&a) == UINT64_C(0xE6C632B61E964E1F)); /* XXH3-64 of "a" */
  assert_true(mine__cell_hash(&empty) == UINT64_C(0x2D06800538D394C2));
}

static void check_get(const mine_values *values, int64_t i, mine_cell expected) {
  mine_cell got;
  mine__values_get(values, i, &got);
  assert_int_equal(got.type, expected.type);
  assert_true(mine__cell_equal(&got, &expected));
  if (got.type == MINE_TEXT) assert_int_equal(got.as.text[got.bytes], 0);
}

static void test_vectors(void **state) {
  mine_env *env = *state;
  mine_values v;
  mine__values_open(&v, env->scratch);
  for (int64_t i = 0; i < 1000; i++)
    assert_true(mine__values_push_int(&v, i * i));
  assert_null(v.type); /* one type: payloads only */
  assert_true(mine__values_push_text(&v, "a\0b", 3));
  assert_true(mine__values_push_null(&v));
  assert_true(mine__values_push_real(&v, 2.0));
  mine_cell b = blob("xyz");
  assert_true(mine__values_push(&v, &b));
  assert_int_equal(v.n, 1004);
  for (int64_t i = 0; i < 1000; i++)
    check_get(&v, i, whole(i * i));
  mine_cell nul = text("a");
  nul.as.text = "a\0b";
  nul.bytes = 3;
  check_get(&v, 1000, nul);
  check_get(&v, 1001, none());
  check_get(&v, 1002, real(2.0));
  check_get(&v, 1003, blob("xyz"));
  mine__values_clear(&v);
  assert_true(mine__values_push_text(&v, "", 0));
  check_get(&v, 0, text(""));
}

static void test_a_vector_may_feed_itself(void **state) {
  mine_env *env = *state;
  mine_values v;
  mine__values_open(&v, env->scratch);
  assert_true(mine__values_push_text(&v, "the first", 9));
  for (int64_t i = 0; i < 5000; i++) { /* the pool moves under the cell */
    mine_cell cell;
    mine__values_get(&v, i, &cell);
    assert_true(mine__values_push(&v, &cell));
  }
  for (int64_t i = 0; i <= 5000; i++)
    check_get(&v, i, text("the first"));
}

static void test_dictionaries(void **state) {
  mine_env *env = *state;
  mine_dictionary d;
  assert_true(mine__dictionary_open(&d, env->scratch));
  mine_cell cell = whole(1);
  assert_int_equal(mine__dictionary_find(&d, &cell), -1);
  for (int64_t i = 0; i < 20000; i++) {
    cell = whole(i * 3);
    assert_int_equal(mine__dictionary_add(&d, &cell), i);
  }
  for (int64_t i = 0; i < 20000; i++) {
    cell = i % 2 ? whole(i * 3) : real((double)(i * 3));
    assert_int_equal(mine__dictionary_add(&d, &cell), i);
    cell = whole(i * 3 + 1);
    assert_int_equal(mine__dictionary_find(&d, &cell), -1);
  }
  cell = text("3");
  assert_int_equal(mine__dictionary_add(&d, &cell), 20000);
  cell = none();
  assert_int_equal(mine__dictionary_add(&d, &cell), 20001);
  cell = whole(3);
  assert_int_equal(mine__dictionary_find(&d, &cell), 1);
  assert_true(d.table.slots * 7 >= (size_t)d.values.n * 10);
}

static void test_rebuilding(void **state) {
  mine_env *env = *state;
  mine_dictionary d;
  assert_true(mine__dictionary_open(&d, env->scratch));
  assert_true(mine__dictionary_rebuild(&d));
  for (int i = 0; i < 3000; i++) {
    char name[16];
    size_t n = (size_t)snprintf(name, sizeof name, "level %d", i % 2999);
    assert_true(mine__values_push_text(&d.values, name, n));
  }
  assert_true(mine__dictionary_rebuild(&d));
  mine_cell cell = text("level 0");
  assert_int_equal(mine__dictionary_find(&d, &cell), 0); /* twice there: the first */
  cell = text("level 2998");
  assert_int_equal(mine__dictionary_find(&d, &cell), 2998);
  cell = text("level 2999");
  assert_int_equal(mine__dictionary_add(&d, &cell), 3000);
  mine__values_clear(&d.values);
  assert_true(mine__dictionary_rebuild(&d));
  assert_int_equal(mine__dictionary_find(&d, &cell), -1);
}

static void test_relations(void **state) {
  mine_env *env = *state;
  mine_relation *out, *relation = mine__relation_new(
                          env, (const mine_answer[]){
                                   {.name = "id"}, {.name = "cluster"}, {.name = "distance"}, {0}});
  assert_non_null(relation);
  for (int i = 0; i < 3; i++) {
    mine__relation_text(relation, 0, i ? "x" : NULL);
    mine__relation_int(relation, 1, i);
    mine__relation_real(relation, 2, i == 1 ? (double)NAN : i / 2.0);
    mine__relation_end_row(relation);
  }
  size_t used = env->memory.used;
  assert_int_equal(mine__relation_finish(env, relation, &out), MINE_OK);
  assert_true(env->memory.used < used);
  assert_int_equal(mine_relation_columns(out), 3);
  assert_int_equal(mine_relation_rows(out), 3);
  assert_string_equal(mine_relation_column_name(out, 0), "id");
  assert_string_equal(mine_relation_column_name(out, 1), "cluster");
  assert_string_equal(mine_relation_column_name(out, 2), "distance");
  mine_cell cell;
  mine_relation_cell(out, 0, 0, &cell);
  assert_int_equal(cell.type, MINE_NULL);
  mine_relation_cell(out, 1, 2, &cell);
  assert_int_equal(cell.type, MINE_NULL);
  mine_relation_cell(out, 2, 2, &cell);
  assert_true(cell.type == MINE_REAL && cell.as.real == 1.0);
  mine_relation_free(out);
  mine_relation_free(NULL);
}

static void test_a_short_row_is_found(void **state) {
  mine_env *env = *state;
  mine_relation *out,
      *relation = mine__relation_new(env, (const mine_answer[]){{.name = "a"}, {.name = "b"}, {0}});
  mine__relation_int(relation, 0, 1);
  mine__relation_end_row(relation);
  assert_int_not_equal(mine__relation_finish(env, relation, &out), MINE_OK);
  assert_null(out);
  assert_non_null(strstr(mine_env_error(env), "column b of the result has 0 values in row 1"));
}

#define ON(test) cmocka_unit_test_setup_teardown(test, open_env, close_env)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order_and_identity),
      cmocka_unit_test(test_hashes_are_fixed),
      ON(test_vectors),
      ON(test_a_vector_may_feed_itself),
      ON(test_dictionaries),
      ON(test_rebuilding),
      ON(test_relations),
      ON(test_a_short_row_is_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
