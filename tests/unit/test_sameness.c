/*
** test_sameness.c -- models trained on one thread and on several: the same bytes.
**
** Built twice, on OpenMP's threads and on our own.  One thread uses neither, so equal
** to it is equal to each other.  (fault.sameness does it for every verb, in SQL.)
*/
#include "jobs_fixture.h"

#include "core/env.h"

#if defined(MINE_COUNT_THREADS)
#include <pthread.h>

static int started;
typedef void *routine(void *argument);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, routine *run,
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, routine *run,
                          void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, routine *run,
                          void *argument) {
  __atomic_add_fetch(&started, 1, __ATOMIC_RELAXED);
  return __real_pthread_create(thread, attributes, run, argument);
}
#endif

#define ROWS 1000

static mine_model *train(const char *algorithm, const char *options, int threads) {
  static char *customers;
  char text[200];
  env->pace.lost = 0; /* on a busy machine it would not ask a second time */
  if (!customers) customers = fixture_customers(ROWS, 0);
  snprintf(text, sizeof text, "%s, threads=%d", options, threads);
  return must_train(algorithm, text, customers);
}

static void assert_same(const char *algorithm, const char *options) {
  const void *one, *many;
  size_t bytes, more;
  mine_model *a = train(algorithm, options, 1);
  assert_int_equal(mine_model_bytes(env, a, &one, &bytes), MINE_OK);
  for (int threads = 2; threads <= 4; threads += 2) {
    mine_model *b = train(algorithm, options, threads);
    assert_true(env->team.running); /* else this compares nothing */
    assert_int_equal(mine_model_bytes(env, b, &many, &more), MINE_OK);
    assert_int_equal(bytes, more);
    assert_memory_equal(one, many, bytes);
    mine_model_free(b);
    mine_env_rest(env);
  }
  mine_model_free(a);
}

static void test_kmeans(void **state) {
  (void)state;
  assert_same("kmeans", "k=5, id=id, starts=3");
  assert_same("kmeans", "k=auto, id=id, starts=1");
}

static void test_tree(void **state) {
  (void)state;
  assert_same("tree", "target=churn, id=id");
  assert_same("tree", "target=spend, id=id");
}

static void test_knn(void **state) {
  (void)state;
  assert_same("knn", "target=churn, id=id");
}

static void test_kind(void **state) {
  (void)state;
#if defined(MINE_COUNT_THREADS)
  assert_string_equal(mine__team_kind, "pthread");
  assert_true(started > 0);
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_kmeans, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_tree, open_env, close_env),
      cmocka_unit_test_setup_teardown(test_knn, open_env, close_env),
      cmocka_unit_test(test_kind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
