/*
** test_customers.c -- where customers stand: tiers as they are written, scores that fill their
** cells, cohorts that lose nobody, stages replayed day by day, loyalty that is no behaviour.
** Figures are compared with other programs in tests/differential/test_customers.py.
*/
#include "jobs_fixture.h"

#include "core/random.h"
#include "jobs/tiers_words.h"

/* The whole answer of a verb over a table; NULL: the error is in env. */
static mine_relation *answer(const char *verb, const char *options, const char *table) {
  mine_job *job;
  mine_frame *frame;
  mine_relation *out = NULL;
  if (verb_job_open(env, verb, options, &job, &frame)) return NULL;
  if (fixture_fill(frame, table, 0) == MINE_OK) (void)mine_job_run(job, &out);
  mine_job_close(job);
  return out;
}

static mine_relation *must_answer(const char *verb, const char *options, const char *table) {
  mine_relation *r = answer(verb, options, table);
  if (!r) fail_msg("%s", mine_env_error(env));
  return r;
}

static void is_cell(const mine_relation *r, const char *key, int column, const char *text) {
  const char *got = look_up(r, key, 1, column);
  if (!got || strcmp(got, text) != 0)
    fail_msg("%s, column %d: %s, not %s", key, column, got ? got : "no such row", text);
}

/* ---- tiers ------------------------------------------------------------------------------ */

static mine_tiers read_tiers(const char *text, mine_tiers_by by) {
  mine_cell item[8];
  mine_list list = {0, item};
  mine_tiers tiers;
  for (const char *at = text; *at; list.n++) {
    const size_t bytes = strcspn(at, "|");
    item[list.n] = (mine_cell){MINE_TEXT, bytes, {.text = at}};
    at += bytes + (at[bytes] == '|');
  }
  mine__tiers_read(env, env->scratch, "tiers", &list, by, &tiers);
  return tiers;
}

static void tiers_as_written(void **state) {
  (void)state;
  const mine_tiers tiers = read_tiers("a: b:0.25|C :0.5|rest", MINE_TIERS_SHARE);
  assert_int_equal(mine_env_status(env), MINE_OK);
  assert_int_equal(tiers.n, 3);
  assert_string_equal(tiers.tier[0].name, "a: b");
  assert_string_equal(tiers.tier[1].name, "C");
  assert_true(tiers.tier[0].bound == 0.25 && isnan(tiers.tier[2].bound));
}

static void tiers_refused(void **state) {
  static const struct {
    const char *text, *words;
    mine_tiers_by by;
  } wrong[] = {{"A:0.8|B:0.8|C", "must rise", MINE_TIERS_SHARE},
               {"A:0|B", "above 0", MINE_TIERS_SHARE},
               {"A:1.1", "at most 1", MINE_TIERS_SHARE},
               {"A|B:0.5", "only the last", MINE_TIERS_SHARE},
               {":0.5|B", "needs a name", MINE_TIERS_SHARE},
               {"A:0.5|A", "same name", MINE_TIERS_SHARE},
               {"A:2.5|B", "whole", MINE_TIERS_COUNT},
               {"A:1|B:2", "must fall", MINE_TIERS_VALUE}};
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    (void)read_tiers(wrong[i].text, wrong[i].by);
    must_say(wrong[i].words);
    mine_env_close(env);
    assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
  }
}

/* Against counting, with ties, below 0 and unknown. */
static void tiers_assigned(void **state) {
  (void)state;
  const mine_tiers tiers = read_tiers("A:0.5|B:0.9|C", MINE_TIERS_SHARE);
  for (uint64_t round = 0; round < 200; round++) {
    mine_random rng;
    mine__random_open(&rng, 5, 0, round);
    double value[30], sum = 0;
    const int n = 1 + (int)(round % 30);
    mine_tiering t;
    for (int i = 0; i < n; i++) {
      value[i] = (double)mine__random_below(&rng, 12) - 2;
      if (mine__random_below(&rng, 9) == 0) value[i] = NAN;
      if (value[i] > 0) sum += value[i];
    }
    mine__tiers_assign(env, env->scratch, &tiers, value, n, &t);
    assert_int_equal(mine_env_status(env), MINE_OK);
    for (int i = 0; i < n; i++) {
      double above = 0;
      int before = 0;
      for (int j = 0; j < n; j++)
        if (value[j] > value[i]) {
          before++;
          above += fmax(value[j], 0);
        }
      if (isnan(value[i])) {
        assert_true(t.tier[i] == -1 && t.rank[i] == 0 && isnan(t.share[i]));
        continue;
      }
      assert_int_equal(t.rank[i], before + 1);
      if (sum <= 0) continue;
      assert_int_equal(t.tier[i], above < 0.5 * sum ? 0 : above < 0.9 * sum ? 1 : 2);
      assert_true(fabs(t.share[i] - fmax(value[i], 0) / sum) < 1e-12);
    }
  }
}

/* ---- RFM -------------------------------------------------------------------------------- */

#define LOG                                                                                 \
  "customer,day,amount; a,2024-01-01,10; a,2024-02-01,20; b,2024-03-01,5; c,2024-01-15,7; " \
  "c,2024-01-16,-7; c,2024-03-05,9; d,,; e,2024-02-10,1; ,2024-02-11,3"

static void rfm_by_hand(void **state) {
  (void)state;
  mine_relation *r = must_answer("mine_rfm", "", LOG);
  assert_int_equal(mine_relation_rows(r), 5);
  is_cell(r, "a", 1, "33");
  is_cell(r, "a", 2, "2");
  is_cell(r, "a", 3, "30");
  is_cell(r, "c", 1, "0");
  is_cell(r, "c", 2, "2");
  is_cell(r, "c", 3, "9");
  is_cell(r, "c", 4, "5"); /* the last of four: 1 + min(4, 5 * 3 / 3) */
  is_cell(r, "b", 4, "4"); /* 1 + 5 * 2 / 3                           */
  is_cell(r, "a", 4, "1");
  is_cell(r, "a", 5, "4"); /* two below, with c */
  is_cell(r, "c", 5, "4");
  is_cell(r, "d", 2, "0");
  is_cell(r, "d", 7, "NULL");
  is_cell(r, "d", 8, "NULL");
  mine_relation_free(r);
}

static void rfm_as_of(void **state) {
  (void)state;
  mine_relation *r = must_answer("mine_rfm", "as_of=2024-02-10, returns=count", LOG);
  is_cell(r, "c", 1, "25");
  is_cell(r, "c", 2, "2");
  is_cell(r, "b", 2, "0");
  is_cell(r, "e", 1, "0");
  mine_relation_free(r);
  assert_null(answer("mine_rfm", "as_of=2023-12-31", LOG));
  must_say("before every event");
}

/* n customers in cells of equal size: no two differ by more than one. */
static void rfm_cells_are_equal(void **state) {
  char table[20000] = "customer,day,amount", options[80];
  (void)state;
  for (int i = 0; i < 300; i++)
    sprintf(table + strlen(table), ";c%d,2024-01-%02d,%d", i * i % 47, 1 + i * 7 % 28, 5 + i % 3);
  for (int bins = 2; bins < 30; bins += 3) {
    sprintf(options, "ties=cells, bins=%d", bins);
    mine_relation *r = must_answer("mine_rfm", options, table);
    for (int column = 4; column < 7; column++) {
      int count[31] = {0};
      mine_cell cell;
      for (int64_t row = 0; row < mine_relation_rows(r); row++) {
        mine_relation_cell(r, row, column, &cell);
        assert_true(cell.type == MINE_INT && cell.as.integer >= 1 && cell.as.integer <= bins);
        count[cell.as.integer]++;
      }
      for (int b = 2; b <= bins; b++)
        assert_true(count[b] == count[b - 1] || count[b] == count[1] - 1);
    }
    mine_relation_free(r);
  }
}

/* ---- cohorts ---------------------------------------------------------------------------- */

static void cohorts_by_hand(void **state) {
  (void)state;
  mine_relation *r = must_answer("mine_cohorts", "", LOG);
  assert_int_equal(mine_relation_rows(r), 3 + 2 + 1);
  const char *got = look_up(r, "2024-01-01|1", 2, 3);
  assert_string_equal(got, "1"); /* of a and c, a came in February */
  assert_string_equal(look_up(r, "2024-01-01|0", 2, 5), "10");
  assert_string_equal(look_up(r, "2024-01-01|2", 2, 6), "39");
  mine_relation_free(r);
  r = must_answer("mine_cohorts", "rolling=1", LOG);
  assert_string_equal(look_up(r, "2024-01-01|1", 2, 3), "2");
  mine_relation_free(r);
  r = must_answer("mine_cohorts", "complete=1", LOG);
  assert_int_equal(mine_relation_rows(r), 2 + 1);
  mine_relation_free(r);
}

/* ---- stages ----------------------------------------------------------------------------- */

static void stages_by_hand(void **state) {
  (void)state;
  mine_relation *r = must_answer(
      "mine_lifecycle", "as_of=2024-06-01, min_gaps=1",
      "c,day; m,2024-04-01; m,2024-05-01; m,2024-05-31; w,2024-04-01; w,2024-04-08; w,2024-04-15; "
      "b,2024-01-01; b,2024-01-11; b,2024-01-21; b,2024-05-30; n,2024-05-25; p,");
  is_cell(r, "m", 1, "active");
  is_cell(r, "m", 2, "2024-05-01");
  is_cell(r, "w", 1, "dormant"); /* 47 days of a gap of 7: more than 4, less than 8 */
  is_cell(r, "w", 2, "2024-05-14");
  is_cell(r, "w", 5, "2024-04-22");
  is_cell(r, "b", 1, "reactivated");
  is_cell(r, "b", 2, "2024-05-30");
  is_cell(r, "n", 1, "new");
  is_cell(r, "n", 4, "10"); /* the median of 30, 7, 10 */
  is_cell(r, "p", 1, "prospect");
  is_cell(r, "p", 2, "NULL");
  mine_relation_free(r);
}

/* Chances are chances, and stages go by them. */
static void stages_by_chance(void **state) {
  char table[20000] = "c,day";
  (void)state;
  for (int i = 0; i < 400; i++)
    sprintf(table + strlen(table), ";%d,2024-%02d-%02d", i * i % 97,
            1 + i * 7 % (2 + i * i % 97 / 9), 1 + i * 11 % 28);
  mine_relation *r = must_answer("mine_lifecycle", "by=p_alive, as_of=2024-12-31", table);
  for (int64_t row = 0; row < mine_relation_rows(r); row++) {
    mine_cell stage, p;
    mine_relation_cell(r, row, 1, &stage);
    mine_relation_cell(r, row, 6, &p);
    assert_int_equal(p.type, MINE_REAL);
    assert_true(p.as.real >= 0 && p.as.real <= 1);
    assert_int_equal(p.as.real < 0.2, stage.bytes == 4 && memcmp(stage.as.text, "lost", 4) == 0);
    assert_int_equal(p.as.real >= 0.2 && p.as.real < 0.5,
                     stage.bytes == 7 && memcmp(stage.as.text, "dormant", 7) == 0);
  }
  mine_relation_free(r);
}

static void no_rhythm(void **state) {
  (void)state;
  assert_null(answer("mine_lifecycle", "", "c,day; a,2024-01-01; b,2024-01-02"));
  must_say("by=days");
}

static void moves_keep_everybody(void **state) {
  (void)state;
  int64_t all = 0;
  mine_cell cell;
  mine_relation *r =
      must_answer("mine_lifecycle_moves", "from=2024-02-05, by=days, at_risk=10", LOG);
  for (int64_t row = 0; row < mine_relation_rows(r); row++) {
    mine_relation_cell(r, row, 2, &cell);
    all += cell.as.integer;
  }
  assert_int_equal(all, 5);
  mine_relation_free(r);
}

/* ---- loyalty ---------------------------------------------------------------------------- */

static void four_kinds(void **state) {
  (void)state;
  mine_relation *r = must_answer("mine_loyalty", "attitude_cut=3, lang=zh",
                                 "id,a,r; 1,5,9; 2,5,1; 3,1,9; 4,1,1; 5,,4");
  is_cell(r, "1", 3, "忠诚");
  is_cell(r, "2", 3, "潜在忠诚");
  is_cell(r, "3", 3, "虚假忠诚");
  is_cell(r, "4", 3, "不忠诚");
  is_cell(r, "5", 3, "NULL");
  mine_relation_free(r);
}

static void behaviour_is_no_attitude(void **state) {
  (void)state;
  assert_null(answer("mine_loyalty", "", "id,r; 1,5; 2,6"));
  must_say("does not say why");
}

static void behaviour_twice(void **state) {
  (void)state;
  assert_null(
      answer("mine_loyalty", "",
             "id,a,r; 1,1,3; 2,2,5; 3,3,7; 4,4,9; 5,5,11; 6,5,11; 7,3,7; 8,8,19; 9,9,22; 10,0,1"));
  must_say("one measure, twice");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_env, close_env)

int main(void) {
  const struct CMUnitTest tests[] = {
      CASE(tiers_as_written),
      CASE(tiers_refused),
      CASE(tiers_assigned),
      CASE(rfm_by_hand),
      CASE(rfm_as_of),
      CASE(rfm_cells_are_equal),
      CASE(cohorts_by_hand),
      CASE(stages_by_hand),
      CASE(stages_by_chance),
      CASE(no_rhythm),
      CASE(moves_keep_everybody),
      CASE(four_kinds),
      CASE(behaviour_is_no_attitude),
      CASE(behaviour_twice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
