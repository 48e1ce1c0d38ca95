/*
** test_split.c -- held-out rows and folds: by id and seed, and by nothing else.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "data/split.h"

enum { ROWS = 10000 };

static uint64_t id_hash[ROWS];
static uint32_t forward[ROWS], backward[ROWS];

static int setup(void **state) {
  mine_env *env;
  for (int i = 0; i < ROWS; i++) {
    id_hash[i] = mine_hash_mix((uint64_t)i);
    forward[i] = (uint32_t)i;
    backward[i] = (uint32_t)(ROWS - 1 - i);
  }
  if (mine_env_open(NULL, "mine_test", &env) != MINE_OK) return -1;
  *state = env;
  return 0;
}

static int teardown(void **state) {
  mine_env_close(*state);
  return 0;
}

/* side[row] = 1 held out, 0 kept, 2 not asked. */
static int64_t holdout(mine_env *env, const uint32_t *row, int64_t n, const uint64_t *hash,
                       uint64_t seed, double share, uint8_t *side) {
  mine_rows train, held;
  assert_int_equal(mine__split_holdout(env, env->scratch, (mine_rows){row, n},
                                       (mine_division){hash, seed}, share, &train, &held),
                   MINE_OK);
  assert_int_equal(train.n + held.n, n);
  memset(side, 2, ROWS);
  for (int64_t i = 0; i < train.n; i++)
    side[train.row[i]] = 0;
  for (int64_t i = 0; i < held.n; i++) {
    assert_int_equal(side[held.row[i]], 2); /* in one of the two only */
    side[held.row[i]] = 1;
  }
  return held.n;
}

static void test_holdout_is_by_id_and_seed(void **state) {
  mine_env *env = *state;
  static uint8_t a[ROWS], b[ROWS];
  int64_t held = holdout(env, forward, ROWS, id_hash, 1, 0.2, a);
  assert_in_range(held, 1880, 2120); /* 3 standard deviations of 40 */
  assert_int_equal(holdout(env, backward, ROWS, id_hash, 1, 0.2, b), held);
  assert_memory_equal(a, b, ROWS);
  assert_int_equal(holdout(env, NULL, ROWS, id_hash, 1, 0.2, b), held);
  assert_memory_equal(a, b, ROWS);
  /* a smaller table: everybody stays on his side */
  holdout(env, forward, ROWS / 2, id_hash, 1, 0.2, b);
  assert_memory_equal(a, b, ROWS / 2);
  /* a larger share holds out the same rows and more */
  holdout(env, forward, ROWS, id_hash, 1, 0.4, b);
  for (int i = 0; i < ROWS; i++)
    assert_true(b[i] >= a[i]);
  /* another seed, another choice: about 4 % in both */
  holdout(env, forward, ROWS, id_hash, 2, 0.2, b);
  int both = 0;
  for (int i = 0; i < ROWS; i++)
    both += a[i] == 1 && b[i] == 1;
  assert_in_range(both, 330, 470);
}

static void test_holdout_limits_and_repeated_ids(void **state) {
  mine_env *env = *state;
  static uint8_t side[ROWS], again[ROWS];
  static uint64_t same[ROWS];
  assert_int_equal(holdout(env, forward, ROWS, id_hash, 1, 0, side), 0);
  assert_int_equal(holdout(env, forward, ROWS, id_hash, 1, 1, side), ROWS);
  assert_int_equal(holdout(env, forward, 0, id_hash, 1, 0.5, side), 0);
  for (int i = 0; i < ROWS; i++)
    same[i] = id_hash[i / 10];
  holdout(env, forward, ROWS, same, 1, 0.3, side);
  for (int i = 0; i < ROWS; i++)
    assert_int_equal(side[i], side[i / 10 * 10]);
  /* without an id column the rows are numbered from 1 */
  for (int i = 0; i < ROWS; i++) {
    mine_cell number = {MINE_INT, 0, {0}};
    number.as.integer = i + 1;
    same[i] = mine__cell_hash(&number);
  }
  holdout(env, forward, ROWS, same, 1, 0.3, side);
  holdout(env, forward, ROWS, NULL, 1, 0.3, again);
  assert_memory_equal(side, again, ROWS);
}

/* Rows per fold, of one class or all (-1); least and most. */
static void spread(const int32_t *fold, const uint32_t *row, int64_t n, int folds,
                   const int32_t *label, int class, int *least, int *most) {
  int count[64] = {0};
  for (int64_t i = 0; i < n; i++)
    if (class < 0 || label[row ? row[i] : i] == class) count[fold[i]]++;
  *least = *most = count[0];
  for (int f = 1; f < folds; f++) {
    if (count[f] < *least) *least = count[f];
    if (count[f] > *most) *most = count[f];
  }
}

static void test_folds_are_even_in_every_class(void **state) {
  mine_env *env = *state;
  static int32_t label[ROWS];
  static const int folds[] = {2, 3, 5, 10, 64};
  int least, most;
  for (int i = 0; i < ROWS; i++)
    label[i] = i % 100 == 0 ? 2 : i % 7 == 0 ? 1 : i % 1001 == 13 ? -1 : 0;
  for (size_t k = 0; k < sizeof folds / sizeof *folds; k++) {
    int32_t *fold;
    assert_int_equal(mine__split_folds(env, env->scratch, (mine_rows){backward, 9973},
                                       (mine_division){id_hash, 7}, folds[k], label, 3, &fold),
                     MINE_OK);
    for (int i = 0; i < 9973; i++)
      assert_in_range(fold[i], 0, folds[k] - 1);
    for (int class = -1; class < 3; class ++) {
      spread(fold, backward, 9973, folds[k], label, class, &least, &most);
      assert_true(most - least <= 1 && least > 0);
    }
    assert_int_equal(mine__split_folds(env, env->scratch, (mine_rows){NULL, ROWS},
                                       (mine_division){id_hash, 7}, folds[k], NULL, 0, &fold),
                     MINE_OK);
    spread(fold, NULL, ROWS, folds[k], NULL, -1, &least, &most);
    assert_true(most - least <= 1 && least > 0);
  }
}

/* So many rows that some hashes share their upper halves. */
static void test_folds_ignore_row_order(void **state) {
  enum { MANY = 300000 };
  mine_env *env = *state;
  mine_mark mark = mine__arena_mark(env->scratch);
  uint64_t *hash = mine__arena_array(env->scratch, MANY, sizeof *hash);
  uint32_t *down = mine__arena_array(env->scratch, MANY, sizeof *down);
  int32_t *label = mine__arena_array(env->scratch, MANY, sizeof *label), *a, *b, *c;
  int moved = 0;
  for (int i = 0; i < MANY; i++) {
    hash[i] = mine_hash_mix((uint64_t)i);
    down[i] = (uint32_t)(MANY - 1 - i);
    label[i] = i % 3;
  }
  assert_int_equal(mine__split_folds(env, env->scratch, (mine_rows){NULL, MANY},
                                     (mine_division){hash, 3}, 5, label, 3, &a),
                   MINE_OK);
  assert_int_equal(mine__split_folds(env, env->scratch, (mine_rows){down, MANY},
                                     (mine_division){hash, 3}, 5, label, 3, &b),
                   MINE_OK);
  assert_int_equal(mine__split_folds(env, env->scratch, (mine_rows){NULL, MANY},
                                     (mine_division){hash, 4}, 5, label, 3, &c),
                   MINE_OK);
  for (int i = 0; i < MANY; i++) {
    assert_true(a[i] == b[MANY - 1 - i]);
    moved += a[i] != c[i];
  }
  assert_true(moved > MANY / 2); /* another seed, other folds */
  mine__arena_rewind(env->scratch, mark);
}

static void test_folds_need_rows(void **state) {
  (void)state;
  static const int cases[][2] = {{5, 4}, {1, 10}, {2, 0}, {0, 3}};
  for (int i = 0; i < 4; i++) {
    mine_env *env;
    int32_t *fold;
    assert_int_equal(mine_env_open(NULL, "mine_test", &env), MINE_OK);
    assert_int_equal(mine__split_folds(env, env->scratch, (mine_rows){NULL, cases[i][1]},
                                       (mine_division){id_hash, 1}, cases[i][0], NULL, 0, &fold),
                     MINE_DATA);
    assert_non_null(strstr(mine_env_error(env), "folds need"));
    mine_env_close(env);
  }
}

/* ---- parts that must not be torn ------------------------------------------------------- */

enum { FEW = 997 };
static double when[ROWS];

static void times_of(int different) {
  for (int i = 0; i < ROWS; i++)
    when[i] = (double)(mine_hash_mix((uint64_t)i * 3 + 1) % (unsigned)different) - 5;
}

/* Of all turns of time, none is nearer to the share; by counting. */
static void test_latest_is_nearest_to_the_share(void **state) {
  mine_env *env = *state;
  static const int different[] = {2, 3, 40, 5000};
  static const double shares[] = {0.01, 0.2, 0.5, 0.9};
  for (int k = 0; k < 16; k++) {
    const double share = shares[k % 4];
    const mine_mark mark = mine__arena_mark(env->scratch);
    mine_rows train, held;
    double from, nearest = INFINITY;
    times_of(different[k / 4]);
    assert_int_equal(mine__split_latest(env, env->scratch, (mine_rows){backward + 3, FEW}, when,
                                        share, &train, &held, &from),
                     MINE_OK);
    assert_int_equal(train.n + held.n, FEW);
    assert_true(train.n > 0 && held.n > 0);
    for (int64_t i = 0, a = 0, b = 0; i < FEW; i++) {
      const uint32_t row = backward[3 + i];
      assert_int_equal(when[row] >= from ? held.row[a++] : train.row[b++], row);
    }
    for (int64_t i = 0; i < FEW; i++) {
      int64_t later = 0;
      for (int64_t j = 0; j < FEW; j++)
        later += when[backward[3 + j]] >= when[backward[3 + i]];
      if (later < FEW) nearest = fmin(nearest, fabs((double)later - share * FEW));
    }
    assert_true(fabs((double)held.n - share * FEW) == nearest);
    mine__arena_rewind(env->scratch, mark);
  }
}

static void test_one_time_holds_nothing_out(void **state) {
  mine_env *env = *state;
  const mine_mark mark = mine__arena_mark(env->scratch);
  mine_rows train, held;
  double from;
  times_of(1);
  assert_int_equal(mine__split_latest(env, env->scratch, (mine_rows){NULL, FEW}, when, 0.2, &train,
                                      &held, &from),
                   MINE_OK);
  assert_int_equal(train.n, FEW);
  assert_int_equal(held.n, 0);
  mine__arena_rewind(env->scratch, mark);
}

static void test_blocks_follow_time(void **state) {
  mine_env *env = *state;
  static const int different[] = {1, 3, 40, 100000};
  for (int k = 0; k < 4; k++) {
    const mine_mark mark = mine__arena_mark(env->scratch);
    int32_t *block;
    int64_t used, seen = 0, size[6] = {0};
    times_of(different[k]);
    assert_int_equal(
        mine__split_blocks(env, env->scratch, (mine_rows){backward, FEW}, when, 6, &block, &used),
        MINE_OK);
    for (int i = 0; i < FEW; i++) {
      assert_in_range(block[i], 0, 5);
      seen += size[block[i]]++ == 0;
      for (int j = 0; j < FEW; j++) {
        const double a = when[backward[i]], b = when[backward[j]];
        assert_true(a == b ? block[i] == block[j] : a > b || block[i] <= block[j]);
      }
    }
    assert_int_equal(seen, used);
    for (int b = 0; b < 6 && k == 3; b++)
      assert_in_range(size[b], FEW / 6 - 3, FEW / 6 + 4);
    mine__arena_rewind(env->scratch, mark);
  }
}

static void test_groups_stay_whole(void **state) {
  mine_env *env = *state;
  const mine_mark mark = mine__arena_mark(env->scratch);
  static uint64_t group[ROWS];
  int32_t *down, *up, *other;
  int64_t groups, size[7] = {0}, moved = 0;
  for (int i = 0; i < ROWS; i++)
    group[i] = mine_hash_mix(mine_hash_mix((uint64_t)i) % 300);
  assert_int_equal(mine__split_whole(env, env->scratch, (mine_rows){backward, ROWS},
                                     (mine_division){group, 1}, 7, &down, &groups),
                   MINE_OK);
  assert_int_equal(mine__split_whole(env, env->scratch, (mine_rows){NULL, ROWS},
                                     (mine_division){group, 1}, 7, &up, &groups),
                   MINE_OK);
  assert_int_equal(mine__split_whole(env, env->scratch, (mine_rows){NULL, ROWS},
                                     (mine_division){group, 2}, 7, &other, &groups),
                   MINE_OK);
  assert_int_equal(groups, 300);
  for (int i = 0; i < ROWS; i++) {
    assert_int_equal(up[i], down[ROWS - 1 - i]); /* rows in any order */
    moved += up[i] != other[i];
    size[up[i]]++;
    for (int j = i % 50; j < ROWS; j += 50)
      assert_true(group[i] != group[j] || up[i] == up[j]);
  }
  assert_true(moved > ROWS / 2);
  for (int f = 0; f < 7; f++)
    assert_in_range(size[f], ROWS / 7 - 30, ROWS / 7 + 30);
  assert_int_equal(mine__split_whole(env, env->scratch, (mine_rows){NULL, 1},
                                     (mine_division){group, 2}, 7, &other, &groups),
                   MINE_OK);
  assert_int_equal(groups, 1);
  mine__arena_rewind(env->scratch, mark);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_holdout_is_by_id_and_seed),
      cmocka_unit_test(test_holdout_limits_and_repeated_ids),
      cmocka_unit_test(test_folds_are_even_in_every_class),
      cmocka_unit_test(test_folds_ignore_row_order),
      cmocka_unit_test(test_folds_need_rows),
      cmocka_unit_test(test_latest_is_nearest_to_the_share),
      cmocka_unit_test(test_one_time_holds_nothing_out),
      cmocka_unit_test(test_blocks_follow_time),
      cmocka_unit_test(test_groups_stay_whole),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
