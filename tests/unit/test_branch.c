/*
** test_branch.c -- tasks that allocate and fail, each in the environment of its thread.
*/
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/branch.h"
#include "refusing_fixture.h"

#define TASKS 200

typedef struct work {
  int64_t sum[TASKS];
  int failed[TASKS];
  char error[TASKS][64];
  int64_t bytes;      /* each task takes */
  int64_t interrupts; /* the task in which the host says stop; -1: none */
  int stop;
  pthread_t caller;
  int elsewhere; /* tasks that ran on another thread */
} work;

/* Sums into memory of its own; every seventh fails. */
static void run(mine_env *env, void *context, int64_t task) {
  work *w = context;
  assert_int_equal(mine_env_status(env), MINE_OK);
  assert_string_equal(mine_env_error(env), "");
  if (!pthread_equal(pthread_self(), w->caller))
    __atomic_add_fetch(&w->elsewhere, 1, __ATOMIC_SEQ_CST);
  const mine_mark mark = mine__arena_mark(env->scratch);
  int64_t *own = mine__arena_zeros(env->scratch, (size_t)w->bytes / 8, sizeof *own);
  if (!own) return;
  if (task == w->interrupts) __atomic_store_n(&w->stop, 1, __ATOMIC_SEQ_CST);
  for (int64_t i = 0; i < w->bytes / 8; i++) {
    own[i] = task + i;
    if (i % 1024 == 0 && mine__poll(env)) return;
  }
  for (int64_t i = 0; i < w->bytes / 8; i++)
    w->sum[task] += own[i];
  if (task % 7 == 3) (void)mine__fail(env, MINE_DATA, "task %d will not", (int)task);
  w->failed[task] = env->status != MINE_OK;
  snprintf(w->error[task], sizeof w->error[task], "%s", mine_env_error(env));
  mine__arena_rewind(env->scratch, mark);
}

static int says_stop(void *user) {
  return __atomic_load_n(&((const work *)user)->stop, __ATOMIC_SEQ_CST);
}

static mine_status run_all(mine_env *env, work *w, int most) {
  mine_arena *arena = mine__arena_open(env);
  if (!arena) return mine_env_status(env);
  mine_branches *branches = mine__branches_open(env, arena, most);
  w->caller = pthread_self();
  if (branches) mine__branches_run(branches, TASKS, run, w);
  mine__branches_close(branches);
  mine__arena_close(arena);
  return mine_env_status(env);
}

static void check_work(const work *w) {
  const int64_t n = w->bytes / 8;
  for (int64_t t = 0; t < TASKS; t++) {
    assert_int_equal(w->sum[t], n * t + n * (n - 1) / 2);
    assert_int_equal(w->failed[t], t % 7 == 3);
    char expected[64] = "";
    if (t % 7 == 3) snprintf(expected, sizeof expected, "task %d will not", (int)t);
    assert_string_equal(w->error[t], expected);
  }
}

static void test_each_task_alone(void **state) {
  (void)state;
  static const struct { int threads, most; } how[] = {{1, 1}, {8, 1}, {8, 2}, {8, 8}, {3, 100}};
  for (size_t i = 0; i < sizeof how / sizeof how[0]; i++) {
    work w = {.bytes = 100000, .interrupts = -1};
    mine_env *env;
    assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
    mine__env_set_threads(env, how[i].threads);
    assert_int_equal(run_all(env, &w, how[i].most), MINE_OK);
    check_work(&w);
    if (how[i].most == 1) assert_int_equal(w.elsewhere, 0);
    mine_env_close(env);
  }
}

/* A host whose memory belongs to the calling thread is used there only. */
static void test_memory_of_one_thread(void **state) {
  (void)state;
  refusing memory;
  mine_env *env = refusing_env(&memory, "test");
  mine__env_set_threads(env, 8);
  work w = {.bytes = 100000, .interrupts = -1};
  assert_int_equal(run_all(env, &w, 8), MINE_OK);
  assert_int_equal(w.elsewhere, 0);
  check_work(&w);
  mine_env_close(env);
  assert_int_equal(memory.held, 0);
}

/* Whichever allocation is refused: out of memory, or all is well; nothing is lost. */
static void test_refused(void **state) {
  (void)state;
  int refused = 1;
  for (int countdown = 1; refused; countdown++) {
    refusing memory = {0};
    mine_host host = {.resize = refuse, .user = &memory, .any_thread = 1};
    mine_env *env;
    assert_int_equal(mine_env_open(&host, "test", &env), MINE_OK);
    mine__env_set_threads(env, 4);
    memory.countdown = countdown;
    work *w = calloc(1, sizeof *w);
    w->bytes = 20000;
    w->interrupts = -1;
    const mine_status status = run_all(env, w, 4);
    refused = memory.refused;
    assert_int_equal(status, refused ? MINE_NOMEM : MINE_OK);
    if (refused) assert_non_null(strstr(mine_env_error(env), "test: out of memory"));
    free(w);
    mine_env_close(env);
    assert_int_equal(memory.held, 0);
  }
}

static void test_limits(void **state) {
  (void)state;
  for (int threads = 1; threads <= 8; threads *= 8) {
    work w = {.bytes = 4000000, .interrupts = 50};
    mine_host host = {.interrupted = says_stop, .user = &w};
    mine_env *env;
    assert_int_equal(mine_env_open(&host, "test", &env), MINE_OK);
    mine__env_set_threads(env, threads);
    assert_int_equal(run_all(env, &w, threads), MINE_INTERRUPT);
    assert_string_equal(mine_env_error(env), "test: interrupted");
    mine_env_close(env);

    work v = {.bytes = 4000000, .interrupts = -1};
    assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
    mine__env_set_threads(env, threads);
    mine__env_set_max_memory(env, 3000000);
    assert_int_equal(run_all(env, &v, threads), MINE_LIMIT);
    assert_non_null(strstr(mine_env_error(env), "test: max_memory of "));
    mine_env_close(env);

    work u = {.bytes = 4000000, .interrupts = -1};
    assert_int_equal(mine_env_open(NULL, "test", &env), MINE_OK);
    mine__env_set_threads(env, threads);
    mine__env_set_max_seconds(env, 0.01);
    assert_int_equal(run_all(env, &u, threads), MINE_LIMIT);
    assert_non_null(strstr(mine_env_error(env), "test: max_seconds of "));
    mine_env_close(env);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_task_alone),
      cmocka_unit_test(test_memory_of_one_thread),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
