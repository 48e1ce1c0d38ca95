/*
** test_aggregates.c -- every aggregate of the table: whatever rows came and went, the
** value is that of a group which only ever saw the rows that are left, bit for bit; and
** memory may be refused at any point.  Under these the
** multiset, against a plain array, and exact sums.
*/
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/exact.h"
#include "core/multiset.h"
#include "core/random.h"
#include "mine.h"
#include "refusing_fixture.h"

#define ROWS 400

static mine_random dice_of(int number) {
  mine_random dice;
  mine__random_open(&dice, 1, 1, (uint64_t)number);
  return dice;
}

static mine_env *env_of_test(void) {
  mine_env *env;
  assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  return env;
}

/* ---- the multiset ------------------------------------------------------------------ */

#define KEYS 64

/* Depth and weights as the header promises. */
static uint32_t weighed(const mine__multiset *set, uint32_t t) {
  if (!t) return 1;
  const uint32_t left = weighed(set, set->node[t].left), right = weighed(set, set->node[t].right);
  assert_true(left <= 3 * right && right <= 3 * left);
  assert_int_equal(set->node[t].nodes + 1, left + right);
  return left + right;
}

static void compare_multiset(const mine__multiset *set, int64_t there[KEYS][2]) {
  int64_t k = 0, below[2] = {0, 0};
  (void)weighed(set, set->root);
  for (uint64_t key = 0; key < KEYS; key++) {
    for (int c = 0; c < 2; c++) {
      int64_t less, equal;
      mine__multiset_rank(set, key, c, &less, &equal);
      assert_int_equal(less, below[c]);
      assert_int_equal(equal, there[key][c]);
      below[c] += there[key][c];
    }
    for (int64_t i = there[key][0] + there[key][1]; i > 0; i--)
      assert_int_equal(mine__multiset_select(set, k++), key);
  }
  assert_int_equal(mine__multiset_size(set, 0), below[0]);
  assert_int_equal(mine__multiset_size(set, 1), below[1]);
}

static void test_multiset(void **state) {
  (void)state;
  mine_env *env = env_of_test();
  mine__multiset set = {.arena = env->scratch};
  int64_t there[KEYS][2] = {{0}};
  mine_random dice = dice_of(1);
  for (int i = 0; i < 6000; i++) {
    /* Mostly adding, then mostly removing, again and again. */
    const uint64_t key = mine__random_below(&dice, KEYS);
    const int c = (int)mine__random_below(&dice, 2);
    const int grow = mine__random_below(&dice, 8) < (i / 500 % 2 ? 1u : 7u);
    if (grow) {
      mine__multiset_add(&set, key, c);
      there[key][c]++;
    } else {
      assert_int_equal(mine__multiset_remove(&set, key, c), there[key][c] > 0);
      there[key][c] -= there[key][c] > 0;
    }
    if (i % 37 == 0) compare_multiset(&set, there);
  }
  assert_true(set.made <= KEYS + 1); /* nodes are used again */
  mine_env_close(env);
}

/* Rising, falling: the orders that degrade a tree without balance. */
static void test_multiset_in_order(void **state) {
  (void)state;
  for (int falling = 0; falling < 2; falling++) {
    mine_env *env = env_of_test();
    mine__multiset set = {.arena = env->scratch};
    const uint64_t n = 5000;
    for (uint64_t i = 0; i < n; i++)
      mine__multiset_add(&set, falling ? n - 1 - i : i, 0);
    (void)weighed(&set, set.root);
    for (uint64_t i = 0; i < n; i++)
      assert_int_equal(mine__multiset_select(&set, (int64_t)i), i);
    for (uint64_t i = 0; i < n; i += 2)
      assert_int_equal(mine__multiset_remove(&set, i, 0), 1);
    (void)weighed(&set, set.root);
    assert_int_equal(mine__multiset_size(&set, 0), n / 2);
    mine_env_close(env);
  }
}

/* ---- all aggregates ----------------------------------------------------------------- */

typedef struct row {
  mine_cell cell[MINE_MOST_ARGUMENTS];
} row;

/* Numbers with ties that are probabilities too, some texts and NULLs among them; values
** that are classes too. */
static row random_row(const mine_verb *verb, mine_random *dice) {
  static const char *const texts[] = {"0.5", " 1", "0.125 ", ""};
  row made = {0};
  for (int i = 0; i < MINE_MOST_ARGUMENTS && verb->argument[i].kind; i++) {
    mine_cell *cell = &made.cell[i];
    const uint64_t throw = mine__random_below(dice, 40);
    if (verb->argument[i].kind == MINE_ARG_CONSTANT) {
      *cell = (mine_cell){.type = MINE_REAL, .as.real = 0.3};
    } else if (throw == 0) {
      cell->type = MINE_NULL;
    } else if (verb->argument[i].kind == MINE_ARG_VALUE) {
      *cell = (mine_cell){.type = MINE_INT, .as.integer = (int64_t)(throw % 3 == 0)};
    } else if (throw < 5) {
      const char *text = texts[throw -1];
      *cell = (mine_cell){.type = MINE_TEXT, .bytes = strlen(text), .as.text = text};
    } else {
      *cell = (mine_cell){.type = MINE_REAL, .as.real = (double)mine__random_below(dice, 17) / 16};
    }
  }
  return made;
}

static void assert_same(const mine_cell *a, const mine_cell *b, const char *name) {
  if (a->type != b->type) fail_msg("%s: type %d, recomputed %d", name, a->type, b->type);
  if (a->type == MINE_REAL && memcmp(&a->as.real, &b->as.real, sizeof a->as.real) != 0)
    fail_msg("%s: %a, recomputed %a", name, a->as.real, b->as.real);
  if (a->type == MINE_INT) assert_int_equal(a->as.integer, b->as.integer);
}

/* Of the rows first..end-1, from scratch. */
static void recompute(const mine_verb *verb, const row *rows, int first, int end, mine_cell *out) {
  mine_env *env = env_of_test();
  mine_group *group;
  assert_int_equal(mine_group_open(env, verb, &group), MINE_OK);
  for (int i = first; i < end; i++)
    assert_int_equal(mine_group_add(group, rows[i].cell), MINE_OK);
  assert_int_equal(mine_group_value(group, 1, out), MINE_OK);
  mine_group_close(group);
  mine_env_close(env);
}

static void slide(mine_group *group, const mine_verb *verb, const row *rows, int frame,
                  int asked_from) {
  for (int end = 1, first = 0; end <= ROWS; end++) {
    assert_int_equal(mine_group_add(group, rows[end - 1].cell), MINE_OK);
    for (; end - first > frame; first++)
      assert_int_equal(mine_group_remove(group, rows[first].cell), MINE_OK);
    if (end < asked_from) continue;
    mine_cell moving, fresh;
    assert_int_equal(mine_group_value(group, 0, &moving), MINE_OK);
    recompute(verb, rows, first, end, &fresh);
    assert_same(&moving, &fresh, verb->name);
  }
}

static void test_removal_is_recomputing(void **state) {
  (void)state;
  int aggregates = 0;
  for (int v = 0; mine_verb_at(v); v++) {
    const mine_verb *verb = mine_verb_at(v);
    if (verb->form != MINE_VERB_AGGREGATE) continue;
    aggregates++;
    static const int frames[] = {0, 1, 2, 3, 10, 60, ROWS};
    mine_env *env = env_of_test();
    mine_group *group;
    assert_int_equal(mine_group_open(env, verb, &group), MINE_OK);
    mine_random dice = dice_of(v);
    for (size_t f = 0; f < sizeof frames / sizeof frames[0]; f++) {
      row rows[ROWS];
      for (int i = 0; i < ROWS; i++)
        rows[i] = random_row(verb, &dice);
      slide(group, verb, rows, frames[f], f % 2 ? 1 : 20); /* the first answer early, late */
      mine_group_clear(group);
    }
    mine_group_close(group);
    mine_env_close(env);
  }
  assert_true(aggregates > 0);
}

/* Values beyond number pass through a small frame: what is gone is forgotten, the rest is
** counted on. */
static void test_many_values(void **state) {
  (void)state;
  static const char *const verbs[] = {"mine_mode", "mine_entropy", "mine_median"};
  for (size_t v = 0; v < sizeof verbs / sizeof verbs[0]; v++) {
    const mine_verb *verb = mine_verb_find(verbs[v], MINE_VERB_AGGREGATE);
    mine_env *env = env_of_test();
    mine_group *group;
    row rows[ROWS];
    mine_random dice = dice_of((int)v);
    assert_int_equal(mine_group_open(env, verb, &group), MINE_OK);
    for (int64_t turn = 0; turn < 20; turn++) {
      for (int i = 0; i < ROWS; i++) {
        const int64_t value = turn * 1000 + i - (int64_t)mine__random_below(&dice, 12);
        rows[i] = (row){.cell = {{.type = MINE_INT, .as.integer = value}}};
      }
      slide(group, verb, rows, 25, 1);
      for (int i = ROWS - 25; i < ROWS; i++)
        assert_int_equal(mine_group_remove(group, rows[i].cell), MINE_OK);
    }
    assert_true(env->memory.used < 100000);
    mine_group_close(group);
    mine_env_close(env);
  }
}

/* ---- exact sums -------------------------------------------------------------------------- */

/* Sums that doubles cannot hold on the way, and what is left of them. */
static void test_exact(void **state) {
  (void)state;
  mine__exact sum = {0}, other = {0};
  int exponent;
  assert_true(mine__exact_value(&sum) == 0);
  mine__exact_add(&sum, 1e300, 1);
  mine__exact_add(&sum, 5e-324, 1);
  mine__exact_add(&sum, 1e300, -1);
  assert_true(mine__exact_value(&sum) == 5e-324);
  mine__exact_add(&sum, 1.5, -1);
  mine__exact_add(&sum, 5e-324, -1);
  assert_true(mine__exact_value(&sum) == -1.5);
  mine__exact_add_product(&sum, 1.7e308, 1.7e308, 1);
  assert_true(isinf(mine__exact_value(&sum)));
  assert_true(mine__exact_fraction(&sum, &exponent) > 0.5 && exponent > 2000);
  mine__exact_add_product(&sum, -1.7e308, 1.7e308, 1);
  assert_true(mine__exact_value(&sum) == -1.5);
  mine__exact_add_product(&sum, 5e-324, 5e-324, 1); /* 2^-2148 */
  mine__exact_add(&sum, 1.5, 1);
  assert_true(mine__exact_fraction(&sum, &exponent) == 0.5 && exponent == -2147);
  /* Halfway between two doubles rounds to the even one, a bit more rounds up. */
  mine__exact half = {0};
  mine__exact_add(&half, 0x1p53, 1);
  mine__exact_add(&half, 1, 1);
  assert_true(mine__exact_value(&half) == 0x1p53);
  mine__exact_add(&half, 0x1p-1000, 1);
  assert_true(mine__exact_value(&half) == 0x1p53 + 2);
  mine__exact_add_scaled(&other, &half, -3, -1);
  mine__exact_add_product(&other, 0x1p53 + 2, 3, -1);
  mine__exact_add(&other, 3, 1);
  assert_true(mine__exact_value(&other) == 3 * 0x1p-1000);
  mine_random dice = dice_of(5);
  mine__exact there = {0};
  static double value[4000];
  for (int i = 0; i < 4000; i++) {
    value[i] = ldexp(mine__random_real(&dice) - 0.5, (int)mine__random_below(&dice, 2000) - 1000);
    mine__exact_add(&there, value[i], 1);
  }
  for (int i = 0; i < 3999; i++)
    mine__exact_add(&there, value[i], -1);
  assert_true(mine__exact_value(&there) == value[3999]);
}

static void test_empty(void **state) {
  (void)state;
  for (int v = 0; mine_verb_at(v); v++) {
    const mine_verb *verb = mine_verb_at(v);
    if (verb->form != MINE_VERB_AGGREGATE) continue;
    mine_env *env = env_of_test();
    mine_group *group;
    mine_cell out;
    assert_int_equal(mine_group_open(env, verb, &group), MINE_OK);
    assert_int_equal(mine_group_value(group, 1, &out), MINE_OK);
    assert_int_equal(out.type, MINE_NULL);
    mine_random dice = dice_of(7);
    row one = random_row(verb, &dice);
    assert_int_equal(mine_group_remove(group, one.cell), MINE_DATA);
    assert_int_equal(mine_group_value(group, 1, &out), MINE_DATA);
    mine_group_close(group);
    mine_env_close(env);
  }
}

/* One run in an environment that refuses the n-th allocation: 1 when it was refused. */
static int run_refused(const mine_verb *verb, int n) {
  refusing memory;
  mine_env *env = refusing_env(&memory, verb->name);
  memory.countdown = n;
  mine_group *group;
  mine_cell out;
  mine_random dice = dice_of(3);
  mine_status status = mine_group_open(env, verb, &group);
  row rows[80];
  for (int i = 0; i < 80 && !status; i++) {
    rows[i] = random_row(verb, &dice);
    status = mine_group_add(group, rows[i].cell);
    if (!status && i > 40) status = mine_group_value(group, 0, &out);
    if (!status && i > 50) status = mine_group_remove(group, rows[i - 20].cell);
  }
  if (!status) {
    mine_group_clear(group);
    for (int i = 0; i < 80 && !status; i++)
      status = mine_group_add(group, rows[i].cell);
    if (!status) status = mine_group_value(group, 1, &out);
  }
  assert_int_equal(status, memory.refused ? MINE_NOMEM : MINE_OK);
  mine_group_close(group);
  mine_env_close(env);
  assert_int_equal(memory.held, 0);
  return memory.refused;
}

static void test_refused_memory(void **state) {
  (void)state;
  for (int v = 0; mine_verb_at(v); v++) {
    if (mine_verb_at(v)->form != MINE_VERB_AGGREGATE) continue;
    int n = 1;
    while (run_refused(mine_verb_at(v), n))
      n++;
    assert_true(n > 2);
  }
}

static void test_no_aggregate(void **state) {
  (void)state;
  mine_env *env = env_of_test();
  mine_group *group;
  const mine_verb *verb = mine_verb_find("mine_version", MINE_VERB_SCALAR);
  assert_int_equal(mine_group_open(env, verb, &group), MINE_UNSUPPORTED);
  assert_null(group);
  mine_env_close(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_multiset),       cmocka_unit_test(test_multiset_in_order),
      cmocka_unit_test(test_empty),          cmocka_unit_test(test_removal_is_recomputing),
      cmocka_unit_test(test_refused_memory), cmocka_unit_test(test_no_aggregate),
      cmocka_unit_test(test_many_values),    cmocka_unit_test(test_exact),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
