/*
** test_parallel.c -- every task once, the same bytes on any number of threads,
** and a stop that stops.
*/
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/parallel.h"
#include "core/random.h"

#define TASKS 2000

static mine_env *open_env(const mine_host *host, int threads) {
  mine_env *env = NULL;
  assert_int_equal(mine_env_open(host, "mine_test", &env), MINE_OK);
  mine_env_set_threads(env, threads);
  return env;
}

typedef struct counting {
  atomic_int ran[TASKS];
  atomic_int busy[MINE_MAX_THREADS];
  atomic_int clashes, workers;
  int threads;
} counting;

static void count_task(void *context, int64_t task, int worker) {
  counting *c = context;
  if (worker < 0 || worker >= c->threads || atomic_fetch_add(&c->busy[worker], 1) != 0)
    atomic_fetch_add(&c->clashes, 1);
  atomic_fetch_add(&c->ran[task], 1);
  atomic_fetch_or(&c->workers, 1 << worker);
  atomic_fetch_sub(&c->busy[worker], 1);
}

static void test_each_task_runs_once(void **state) {
  (void)state;
  for (int threads = 1; threads <= 8; threads *= 2) {
    static counting c;
    memset(&c, 0, sizeof c);
    c.threads = threads;
    mine_env *env = open_env(NULL, threads);
    assert_int_equal(mine_parallel(env, TASKS, count_task, &c), MINE_OK);
    for (int i = 0; i < TASKS; i++)
      assert_int_equal(atomic_load(&c.ran[i]), 1);
    assert_int_equal(atomic_load(&c.clashes), 0);
    mine_env_close(env);
  }
}

/* Sums of random numbers per block, reduced in task order. */
static void sum_block(void *context, int64_t task, int worker) {
  (void)worker;
  mine_random r;
  double sum = 0;
  mine_random_open(&r, 42, 1, (uint64_t)task);
  for (int i = 0; i < 200; i++)
    sum += log(mine_random_real(&r) + 1e-9);
  ((double *)context)[task] = sum;
}

static double sum_on(int threads) {
  static double part[TASKS];
  mine_env *env = open_env(NULL, threads);
  memset(part, 0, sizeof part);
  assert_int_equal(mine_parallel(env, TASKS, sum_block, part), MINE_OK);
  mine_env_close(env);
  double sum = 0;
  for (int i = 0; i < TASKS; i++)
    sum += part[i];
  return sum;
}

static void test_same_bytes_on_any_threads(void **state) {
  (void)state;
  double one = sum_on(1);
  assert_true(isfinite(one) && one != 0);
  for (int threads = 2; threads <= 16; threads *= 2) {
    double many = sum_on(threads);
    assert_memory_equal(&one, &many, sizeof one);
  }
}

static void slow_task(void *context, int64_t task, int worker) {
  (void)task;
  (void)worker;
  for (double start = mine_clock(); mine_clock() - start < 0.001;)
    continue;
  atomic_fetch_add((atomic_int *)context, 1);
}

static int stop_soon(void *user) {
  return ++*(int *)user > 2; /* the third question is answered with "stop" */
}

static void check_interrupt(int threads) {
  int asked = 0;
  mine_host host = {0};
  host.interrupted = stop_soon;
  host.user = &asked;
  atomic_int ran;
  atomic_init(&ran, 0);
  mine_env *env = open_env(&host, threads);
  double start = mine_clock();
  assert_int_equal(mine_parallel(env, 100000, slow_task, &ran), MINE_INTERRUPT);
  assert_true(mine_clock() - start < 5); /* 100 s of work; ~20 ms expected */
  assert_int_equal(asked, 3);
  int before = atomic_load(&ran);
  assert_true(before > 0 && before < 10000);
  assert_int_equal(mine_parallel(env, 10, slow_task, &ran), MINE_INTERRUPT); /* nothing runs now */
  assert_int_equal(atomic_load(&ran), before);
  mine_env_close(env);
}

static void test_an_interrupt_stops(void **state) {
  (void)state;
  check_interrupt(1);
  check_interrupt(2);
  check_interrupt(4);
}

static void test_max_seconds_stops(void **state) {
  (void)state;
  atomic_int ran;
  atomic_init(&ran, 0);
  mine_env *env = open_env(NULL, 2);
  mine_env_set_max_seconds(env, 0.03);
  assert_int_equal(mine_parallel(env, 100000, slow_task, &ran), MINE_LIMIT);
  mine_env_close(env);
}

/* Which threads run tasks: the caller alone when there is one task, or one
** thread is allowed. */
static void note_thread(void *context, int64_t task, int worker) {
  (void)task;
  if (worker != 0 || !pthread_equal(pthread_self(), *(pthread_t *)context)) abort();
}

static void test_no_thread_without_need(void **state) {
  (void)state;
  pthread_t self = pthread_self();
  mine_env *env = open_env(NULL, 8);
  assert_int_equal(mine_parallel(env, 1, note_thread, &self), MINE_OK);
  assert_int_equal(mine_parallel(env, 0, note_thread, &self), MINE_OK);
  mine_env_close(env);
  mine_host host = {0};
  host.single_thread = 1;
  env = open_env(&host, 8);
  assert_int_equal(mine_parallel(env, 500, note_thread, &self), MINE_OK);
  mine_env_close(env);
}

static void look_at_signals(void *context, int64_t task, int worker) {
  sigset_t set;
  (void)task;
  slow_task(&((atomic_int *)context)[0], 0, 0);
  pthread_sigmask(SIG_BLOCK, NULL, &set);
  if (worker > 0) {
    atomic_fetch_add(&((atomic_int *)context)[1], 1);
    if (!sigismember(&set, SIGINT) || !sigismember(&set, SIGTERM) || !sigismember(&set, SIGALRM))
      atomic_fetch_add(&((atomic_int *)context)[2], 1);
  } else if (sigismember(&set, SIGINT)) {
    atomic_fetch_add(&((atomic_int *)context)[2], 1);
  }
}

static void test_helpers_take_no_signals(void **state) {
  (void)state;
  atomic_int count[3];
  for (int i = 0; i < 3; i++)
    atomic_init(&count[i], 0);
  mine_env *env = open_env(NULL, 3);
  assert_int_equal(mine_parallel(env, 60, look_at_signals, count), MINE_OK);
  assert_true(atomic_load(&count[1]) > 0);
  assert_int_equal(atomic_load(&count[2]), 0);
  sigset_t after;
  pthread_sigmask(SIG_BLOCK, NULL, &after);
  assert_false(sigismember(&after, SIGINT));
  mine_env_close(env);
}

static double least = 2, most = -1;
static void hear(void *user, const char *what, double share) {
  (void)user;
  assert_string_equal(what, "growing");
  least = share < least ? share : least;
  most = share > most ? share : most;
}

static void test_progress_has_its_shares(void **state) {
  (void)state;
  atomic_int ran;
  atomic_init(&ran, 0);
  mine_host host = {0};
  host.progress = hear;
  mine_env *env = open_env(&host, 2);
  assert_int_equal(mine_parallel_progress(env, 400, slow_task, &ran, "growing", 0.5, 0.75),
                   MINE_OK);
  assert_true(least >= 0.5 && least < 0.51);
  assert_true(most > 0.5 && most <= 0.75);
  assert_int_equal(atomic_load(&ran), 400);
  mine_env_close(env);
}

static void note_own_thread(void *context, int64_t task, int worker) {
  (void)worker;
  ((pthread_t *)context)[task] = pthread_self();
}

static void test_little_work_needs_no_helper(void **state) {
  (void)state;
  static pthread_t ran_on[TASKS];
  mine_env *env = open_env(NULL, 4);
  assert_int_equal(mine_parallel_worth(env, 1e5, TASKS, note_own_thread, ran_on), MINE_OK);
  for (int i = 0; i < TASKS; i++)
    assert_true(pthread_equal(ran_on[i], pthread_self()));
  assert_int_equal(env->threads, 4); /* for this loop only */
  static counting c;
  memset(&c, 0, sizeof c);
  c.threads = 4;
  assert_int_equal(mine_parallel_worth(env, 1e9, TASKS, count_task, &c), MINE_OK);
  for (int i = 0; i < TASKS; i++)
    assert_int_equal(atomic_load(&c.ran[i]), 1);
  mine_env_close(env);
}

/* Sums whose order shows: 1e16 + 1 + 1 is not 1e16 + 2. */
static void test_blocks_are_added_in_order(void **state) {
  (void)state;
  double block[] = {1e16, -0.5, 1, 0.25, 1, 0.125}, out[2];
  mine_env *env = open_env(NULL, 1);
  assert_int_equal(mine__sum_blocks(env, block, 3, 2, out), MINE_OK);
  assert_true(out[0] == 1e16 && out[1] == -0.125);
  assert_int_equal(mine__sum_blocks(env, block + 2, 2, 2, block + 2), MINE_OK); /* in place */
  assert_true(block[2] == 2 && block[3] == 0.375);
  mine_env_close(env);
}

static void test_blocks_cover_all_rows(void **state) {
  (void)state;
  for (int64_t n = 1; n < 200; n += 13) {
    for (int64_t blocks = 1; blocks <= n; blocks++) {
      assert_int_equal(mine__block_first(n, blocks, 0), 0);
      assert_int_equal(mine__block_first(n, blocks, blocks), n);
      for (int64_t b = 0; b < blocks; b++) {
        const int64_t rows = mine__block_first(n, blocks, b + 1) - mine__block_first(n, blocks, b);
        assert_true(rows == n / blocks || rows == n / blocks + 1);
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_task_runs_once),
      cmocka_unit_test(test_same_bytes_on_any_threads),
      cmocka_unit_test(test_an_interrupt_stops),
      cmocka_unit_test(test_max_seconds_stops),
      cmocka_unit_test(test_no_thread_without_need),
      cmocka_unit_test(test_helpers_take_no_signals),
      cmocka_unit_test(test_progress_has_its_shares),
      cmocka_unit_test(test_little_work_needs_no_helper),
      cmocka_unit_test(test_blocks_are_added_in_order),
      cmocka_unit_test(test_blocks_cover_all_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
