/*
** test_prepared.c -- many fits on the same prepared rows: labels that a fit finds, a model
** for each group, rows divided inside a fit.
*/
#include "jobs_fixture.h"

#include "core/random.h"
#include "data/split.h"
#include "jobs/prepared.h"
#include "model/members.h"
#include "model/model.h"
#include "refusing_fixture.h"

/* Rows of three groups: what is learned differs between them, and C cannot be fitted. */
static char *group_table(int rows) {
  size_t n = 0, room = 64 * (size_t)rows + 200;
  char *table = malloc(room);
  n += (size_t)snprintf(table, room, "id,g,x,y");
  for (int i = 0; i < rows; i++)
    n += (size_t)snprintf(table + n, room - n, "; %d,%c,%d.5,%s", i, "AB"[i % 2], i * 37 % 101,
                          (i * 37 % 101 > 50) == (i % 2) ? "yes" : "no");
  snprintf(table + n, room - n, "; 9000,C,1.5,yes; 9001,,2.5,no");
  return table;
}

static mine_training *training_of(const char *algorithm, const char *options, const char *table) {
  mine_training *t;
  assert_int_equal(verb_training_open(env, algorithm, options, &t), MINE_OK);
  assert_int_equal(fixture_fill(mine__training_frame(t), table, 0), MINE_OK);
  return t;
}

static size_t bytes_of(const mine_model *model, const void **bytes) {
  size_t n;
  assert_int_equal(mine_model_bytes(env, model, bytes, &n), MINE_OK);
  return n;
}

/* ---- labels that are found --------------------------------------------------------- */

/* Finds that rows in turn belong to 1, 2 and nothing; its model knows nothing of it. */
static mine_status find_turns(mine_env *e, const mine_dataset *data, const void *options,
                              mine_model *model) {
  assert_non_null(data->found);
  for (int64_t i = 0; i < data->rows.n; i++)
    data->found[i] = (int32_t)(i % 3);
  return mine__algorithm_find("kmeans")->fit(e, data, options, model);
}

static void test_found(void **state) {
  (void)state;
  mine_algorithm turns = *mine__algorithm_find("kmeans");
  turns.finds = 1;
  turns.fit = find_turns;
  mine_training *t = training_of("kmeans", "k=2, missing=skip",
                                 "id,x; 1,1.5; 2,2.5; 3,; 4,9.5; 5,8.5; 6,7.5; 7,1.0");
  assert_int_equal(mine__training_prepare(t), MINE_OK);
  t->asked.algorithm = &turns;
  mine_trained trained;
  assert_int_equal(mine__training_trained(t, &trained), MINE_OK);
  static const int32_t expected[] = {0, 1, 2, 0, 1, 2};
  assert_memory_equal(trained.group, expected, sizeof expected);
  mine_relation *r;
  VERB_ANSWER(env, "mine_cluster", &r, mine__training_assignments(t, &trained, to));
  assert_int_equal(mine_relation_rows(r), 7);
  assert_string_equal(look_up(r, "4", 1, 1), "2");
  assert_string_equal(look_up(r, "1", 1, 1), "0");
  assert_string_equal(look_up(r, "7", 1, 1), "2");
  mine_cell cell;
  mine_relation_cell(r, 2, 1, &cell); /* the row that was left out */
  assert_int_equal(cell.type, MINE_NULL);
  mine_relation_free(r);
  mine_model_free(trained.model);
  mine__training_close(t);
}

/* With groups each fit finds its own. */
static void test_found_in_groups(void **state) {
  (void)state;
  mine_algorithm turns = *mine__algorithm_find("kmeans");
  turns.finds = 1;
  turns.fit = find_turns;
  mine_training *t = training_of("kmeans", "k=1, group=g",
                                 "id,g,x; 1,A,1.5; 2,B,2.5; 3,A,3.5; 4,B,9.5; 5,A,8.5; 6,A,7.5");
  assert_int_equal(mine__training_prepare(t), MINE_OK);
  t->asked.algorithm = &turns;
  mine_trained trained;
  assert_int_equal(mine__training_trained(t, &trained), MINE_OK);
  static const int32_t expected[] = {0, 0, 1, 1, 2, 0};
  assert_memory_equal(trained.group, expected, sizeof expected);
  mine_model_free(trained.model);
  mine__training_close(t);
}

/* ---- a model for each group ---------------------------------------------------------- */

/* The bytes do not depend on the threads; each member is the model of its rows alone. */
static void test_groups(void **state) {
  (void)state;
  char *table = group_table(600);
  const void *first = NULL;
  size_t n = 0;
  for (int threads = 1; threads <= 8; threads *= 2) {
    char options[100];
    snprintf(options, sizeof options, "target=y, group=g, threads=%d", threads);
    mine_model *model = must_train("tree", options, table);
    const mine_grouped *body = model->body;
    assert_ptr_equal(model->kind, &mine__kind_grouped);
    assert_int_equal(body->n_members, 2);
    assert_int_equal(body->of_level[2], -1); /* C: one row */
    assert_int_equal(body->member[0].model->told.rows, 300);
    const void *bytes;
    const size_t size = bytes_of(model, &bytes);
    if (!first) {
      first = bytes;
      n = size;
    }
    assert_int_equal(size, n);
    assert_memory_equal(bytes, first, n);
    mine_model *again;
    assert_int_equal(mine_model_load(env, bytes, size, &again), MINE_OK);
    mine_model_free(again);
    mine_model_free(model);
  }
  free(table);
}

static void test_groups_refused(void **state) {
  (void)state;
  char *table = group_table(60);
  mine_model *whole = must_train("tree", "target=y, group=g", table);
  const void *expected;
  const size_t n = bytes_of(whole, &expected);
  mine_env *outside = env;
  int refused = 1, runs = 0;
  for (int countdown = 1; refused; countdown += 1 + countdown / 40) {
    refusing memory = {0};
    mine_host host = {.resize = refuse, .user = &memory, .any_thread = 1};
    assert_int_equal(mine_env_open(&host, "test", &env), MINE_OK);
    memory.countdown = countdown;
    mine_model *model = fixture_train("tree", "target=y, group=g, threads=4", table);
    refused = memory.refused;
    memory.countdown = 0;
    /* Memory that was only convenient may be missed: then all is as it would have been. */
    if (model) {
      const void *bytes;
      assert_int_equal(bytes_of(model, &bytes), n);
      assert_memory_equal(bytes, expected, n);
    } else {
      assert_true(refused);
      assert_int_equal(mine_env_status(env), MINE_NOMEM);
    }
    mine_model_free(model);
    mine_env_close(env);
    assert_int_equal(memory.held, 0);
    runs++;
  }
  assert_true(runs > 20);
  env = outside;
  mine_model_free(whole);
  free(table);
}

static void test_groups_say(void **state) {
  (void)state;
  assert_null(fixture_train("tree", "target=y, group=g",
                            "id,g,x,y; 1,A,1.5,no; 2,B,2.5,yes; 3,A,3.5,no; 4,B,4.5,yes"));
  must_say(
      "none of the 2 groups of 'g' could be fitted (the largest, 'A': its rows are all of one "
      "class)");
}

static void test_groups_roles(void **state) {
  (void)state;
  assert_null(fixture_train("tree", "target=y, group=y", "id,g,x,y; 1,A,1.5,no; 2,B,2.5,yes"));
  must_say("the group 'y' is also the target; name another column");
}

/* ---- a validation part inside a fit ----------------------------------------------------- */

static void test_divide(void **state) {
  (void)state;
  enum { ROWS = 20000 };
  uint64_t *hash = malloc(ROWS * sizeof *hash);
  for (int i = 0; i < ROWS; i++)
    hash[i] = mine_hash_mix((uint64_t)i + 1);
  mine_rows kept, away;
  assert_int_equal(mine__split_holdout(env, env->scratch, (mine_rows){NULL, ROWS},
                                       (mine_division){hash, 1}, 0.2, &kept, &away),
                   MINE_OK);
  int32_t *part;
  double *time = malloc(ROWS * sizeof *time);
  int parts;
  mine_dataset data = {.rows = {kept.n, kept.row, NULL}, .hash = hash, .seed = 1};
  assert_int_equal(mine__dataset_parts(env, env->scratch, &data, 1, 0.2, &part, &parts), MINE_OK);
  assert_int_equal(parts, 1);
  int64_t watched = 0;
  for (int64_t i = 0; i < kept.n; i++)
    watched += part[i] == 0;
  /* Rows that were held out outside say nothing about those held out inside. */
  assert_true(fabs((double)watched / (double)kept.n - 0.2) < 0.015);
  /* Folds: each row is watched once; whole groups where they must stay together. */
  for (int whole = 0; whole < 2; whole++) {
    int64_t held[5] = {0};
    data.whole = whole;
    for (int i = 0; whole && i < ROWS; i++)
      hash[i] = mine_hash_mix((uint64_t)(i % 97));
    assert_int_equal(mine__dataset_parts(env, env->scratch, &data, 5, 0, &part, &parts), MINE_OK);
    assert_int_equal(parts, 5);
    int32_t of[97];
    memset(of, -1, sizeof of);
    for (int64_t i = 0; i < kept.n; i++) {
      assert_in_range(part[i], 0, 4);
      held[part[i]]++;
      if (!whole) continue;
      if (of[kept.row[i] % 97] >= 0) assert_int_equal(of[kept.row[i] % 97], part[i]);
      of[kept.row[i] % 97] = part[i];
    }
    for (int f = 0; f < 5; f++)
      assert_true(fabs((double)held[f] / (double)kept.n - 0.2) < 0.03);
  }
  /* By time: one part, whatever is asked for, and no row learned from is later. */
  double first = INFINITY, last = -INFINITY;
  for (int i = 0; i < ROWS; i++)
    time[i] = (i * 7919) % 1009;
  data.time = time;
  assert_int_equal(mine__dataset_parts(env, env->scratch, &data, 5, 0.1, &part, &parts), MINE_OK);
  assert_int_equal(parts, 1);
  for (int64_t i = 0; i < kept.n; i++) {
    if (part[i] == 0 && time[kept.row[i]] < first) first = time[kept.row[i]];
    if (part[i] < 0 && time[kept.row[i]] > last) last = time[kept.row[i]];
  }
  assert_true(last < first);
  /* Nothing to divide by. */
  for (int i = 0; i < ROWS; i++)
    time[i] = 5;
  assert_int_equal(mine__dataset_parts(env, env->scratch, &data, 5, 0.1, &part, &parts), MINE_OK);
  assert_int_equal(parts, 0);
  free(time);
  free(hash);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, open_env, close_env)

int main(void) {
  const struct CMUnitTest tests[] = {
      EACH(test_found),          EACH(test_found_in_groups), EACH(test_groups),
      EACH(test_groups_refused), EACH(test_groups_say),      EACH(test_groups_roles),
      EACH(test_divide),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
