/*
** test_parallel.c -- every task once, the same bytes on any number of threads, a stop
** that stops, and a team that lives as long as the call.
**
** Built twice: on the threads of libmine (OpenMP's, as a rule), and on our own, where
** they are counted and refused.
*/
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/cores.h"
#include "core/parallel.h"
#include "core/random.h"

#define TASKS 2000

/* In a call that has lasted an hour the first loop gets help at once. */
#define HOUR 3600

static mine_env *open_env(const mine_host *host, int threads) {
  mine_env *env = NULL;
  assert_int_equal(mine_env_open(host, "mine_test", &env), MINE_OK);
  mine__env_set_threads(env, threads);
  env->opened -= HOUR;
  return env;
}

#if defined(MINE_COUNT_THREADS)
static struct {
  atomic_int started;
  int most; /* so many are started, and then no more; negative: all */
} counted = {.most = -1};

typedef void *routine(void *argument);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, routine *run,
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, routine *run,
                          void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, routine *run,
                          void *argument) {
  if (counted.most >= 0 && atomic_load(&counted.started) >= counted.most) return EAGAIN;
  atomic_fetch_add(&counted.started, 1);
  return __real_pthread_create(thread, attributes, run, argument);
}
#endif

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
    assert_int_equal(mine__parallel(env, TASKS, count_task, &c), MINE_OK);
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
  mine__random_open(&r, 42, 1, (uint64_t)task);
  for (int i = 0; i < 200; i++)
    sum += log(mine__random_real(&r) + 1e-9);
  ((double *)context)[task] = sum;
}

static double sum_on(int threads) {
  static double part[TASKS];
  mine_env *env = open_env(NULL, threads);
  memset(part, 0, sizeof part);
  assert_int_equal(mine__parallel(env, TASKS, sum_block, part), MINE_OK);
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
  for (double start = mine__clock(); mine__clock() - start < 0.001;)
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
  double start = mine__clock();
  assert_int_equal(mine__parallel(env, 100000, slow_task, &ran), MINE_INTERRUPT);
  assert_true(mine__clock() - start < 5); /* 100 s of work; ~20 ms expected */
  assert_int_equal(asked, 3);
  int before = atomic_load(&ran);
  assert_true(before > 0 && before < 10000);
  assert_int_equal(mine__parallel(env, 10, slow_task, &ran), MINE_INTERRUPT); /* nothing runs now */
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
  mine__env_set_max_seconds(env, 0.03);
  assert_int_equal(mine__parallel(env, 100000, slow_task, &ran), MINE_LIMIT);
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
  assert_int_equal(mine__parallel(env, 1, note_thread, &self), MINE_OK);
  assert_int_equal(mine__parallel(env, 0, note_thread, &self), MINE_OK);
  mine_env_close(env);
  mine_host host = {0};
  host.single_thread = 1;
  env = open_env(&host, 8);
  assert_int_equal(mine__parallel(env, 500, note_thread, &self), MINE_OK);
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
  assert_int_equal(mine__parallel(env, 60, look_at_signals, count), MINE_OK);
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
  assert_int_equal(mine__parallel_progress(env, 400, slow_task, &ran, "growing", 0.5, 0.75),
                   MINE_OK);
  assert_true(least >= 0.5 && least < 0.51);
  assert_true(most > 0.5 && most <= 0.75);
  assert_int_equal(atomic_load(&ran), 400);
  mine_env_close(env);
}

/* ---- worth it? ---------------------------------------------------------------------- */

static void note_own_thread(void *context, int64_t task, int worker) {
  (void)worker;
  ((pthread_t *)context)[task] = pthread_self();
}

static void test_little_work_needs_no_helper(void **state) {
  (void)state;
  static pthread_t ran_on[TASKS];
  mine_env *env = open_env(NULL, 4);
  env->opened += HOUR;
  for (int loop = 0; loop < 20; loop++) {
    assert_int_equal(mine__parallel(env, 50, note_own_thread, ran_on), MINE_OK);
    for (int i = 0; i < 50; i++)
      assert_true(pthread_equal(ran_on[i], pthread_self()));
  }
  assert_false(env->team.running);
  mine_env_close(env);
}

static void wait_task(void *context, int64_t task, int worker) {
  slow_task(&((counting *)context)->workers, task, worker);
  atomic_fetch_add(&((counting *)context)->busy[worker], 1);
}

/* The calling thread finds out by itself that a loop is long. */
static void test_long_work_gets_help(void **state) {
  (void)state;
  static counting c;
  memset(&c, 0, sizeof c);
  mine_env *env = open_env(NULL, 2);
  env->opened += HOUR;
  assert_int_equal(mine__parallel(env, 200, wait_task, &c), MINE_OK);
  assert_true(env->team.running);
  assert_int_equal(atomic_load(&c.workers), 200);
  assert_true(atomic_load(&c.busy[1]) > 0);
  mine_env_close(env);
}

/* Many loops, each too short to start a team for, together are worth one. */
static void test_short_loops_add_up(void **state) {
  (void)state;
  atomic_int ran;
  atomic_init(&ran, 0);
  mine_env *env = open_env(NULL, 2);
  env->opened += HOUR;
  int loops = 0;
  for (; !env->team.running && loops < 100; loops++)
    assert_int_equal(mine__parallel(env, 2, slow_task, &ran), MINE_OK);
  assert_in_range(loops, 1, 5);
  mine_env_rest(env);
  assert_false(env->team.running);
  assert_int_equal(mine__parallel(env, 0, slow_task, &ran), MINE_OK);
  assert_false(env->team.running);
  mine_env_close(env);
}

/* ---- the team ------------------------------------------------------------------------ */

static void test_a_team_lives_as_long_as_its_call(void **state) {
  (void)state;
  static counting c;
  mine_env *env = open_env(NULL, 4);
#if defined(MINE_COUNT_THREADS)
  atomic_store(&counted.started, 0);
#endif
  for (int loop = 0; loop < 300; loop++) {
    memset(&c, 0, sizeof c);
    c.threads = 4;
    env->pace.oldest = 0;
    env->pace.loop[0].task = NULL; /* forget how short they are */
    assert_int_equal(mine__parallel(env, TASKS, count_task, &c), MINE_OK);
    for (int i = 0; i < TASKS; i++)
      assert_int_equal(atomic_load(&c.ran[i]), 1);
    assert_int_equal(atomic_load(&c.clashes), 0);
  }
#if defined(MINE_COUNT_THREADS)
  assert_in_range(atomic_load(&counted.started), 1, 3);
#endif
  mine_env_rest(env);
  mine_env_rest(env);
  memset(&c, 0, sizeof c);
  c.threads = 4;
  assert_int_equal(mine__parallel(env, TASKS, count_task, &c), MINE_OK); /* a new one */
  mine_env_close(env);
}

#if defined(MINE_COUNT_THREADS)
static void test_refused_threads(void **state) {
  (void)state;
  static counting c;
  for (int most = 0; most < 4; most++) {
    atomic_store(&counted.started, 0);
    counted.most = most;
    mine_env *env = open_env(NULL, 8);
    for (int loop = 0; loop < 3; loop++) {
      memset(&c, 0, sizeof c);
      assert_int_equal(mine__parallel(env, 50, wait_task, &c), MINE_OK);
      assert_int_equal(atomic_load(&c.workers), 50);
    }
    assert_int_equal(atomic_load(&counted.started), most);
    assert_int_equal(env->team.running, most > 0);
    mine_env_close(env);
  }
  counted.most = -1;
}
#endif

/* A child that inherits an environment has no team, and does not wait for it. */
static void test_a_fork_leaves_the_team_behind(void **state) {
  (void)state;
  static counting c;
  memset(&c, 0, sizeof c);
  mine_env *env = open_env(NULL, 3);
  assert_int_equal(mine__parallel(env, 50, wait_task, &c), MINE_OK);
  assert_true(env->team.running);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    env->host.single_thread = 1;
    mine__env_set_threads(env, 3);
    int good = mine__parallel(env, 50, wait_task, &c) == MINE_OK;
    env->threads = 3; /* even where nobody told it */
    good &= mine__parallel(env, 50, wait_task, &c) == MINE_OK;
    mine_env_close(env);
    _exit(good && atomic_load(&c.workers) == 150 ? 0 : 1);
  }
  int status = -1;
  assert_true(child > 0 && waitpid(child, &status, 0) == child);
  assert_int_equal(status, 0);
  assert_int_equal(mine__parallel(env, 50, wait_task, &c), MINE_OK);
  mine_env_close(env);
}

/* ---- how many are all? ------------------------------------------------------------------ */

static void write_file(const char *folder, const char *name, const char *text) {
  char path[300];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static void make_folder(char out[300], const char *folder, const char *name) {
  assert_in_range(snprintf(out, 300, "%s/%s", folder, name), 1, 299);
  assert_int_equal(mkdir(out, 0700), 0);
}

static void test_quota_of_a_control_group(void **state) {
  (void)state;
  char top[] = "/tmp/mine-groups-XXXXXX";
  assert_non_null(mkdtemp(top));
  char groups[300], slice[300], unit[300], cpu[300], box[300];
  snprintf(groups, sizeof groups, "%s/self", top);
  make_folder(slice, top, "slice");
  make_folder(unit, slice, "unit");
  make_folder(cpu, top, "cpu");
  make_folder(box, cpu, "box");
  assert_int_equal(mine__cores_quota_at(groups, top), 0); /* no such file */

  write_file(top, "self", "0::/slice/unit\n");
  assert_int_equal(mine__cores_quota_at(groups, top), 0);
  write_file(unit, "cpu.max", "max 100000\n");
  assert_int_equal(mine__cores_quota_at(groups, top), 0);
  write_file(unit, "cpu.max", "250000 100000\n");
  assert_int_equal(mine__cores_quota_at(groups, top), 3); /* rounded up */
  write_file(slice, "cpu.max", "150000 100000\n");
  assert_int_equal(mine__cores_quota_at(groups, top), 2); /* the parent's binds */
  write_file(top, "cpu.max", "50000 100000\n");
  assert_int_equal(mine__cores_quota_at(groups, top), 1);
  write_file(top, "self", "0::/not/here\n"); /* a container's: the mount is the group */
  assert_int_equal(mine__cores_quota_at(groups, top), 1);

  write_file(top, "self", "5:cpuset:/box\n3:cpuacct,cpu:/box\n1:name=systemd:/");
  assert_int_equal(mine__cores_quota_at(groups, top), 0);
  write_file(box, "cpu.cfs_quota_us", "-1\n");
  write_file(box, "cpu.cfs_period_us", "100000\n");
  assert_int_equal(mine__cores_quota_at(groups, top), 0);
  write_file(box, "cpu.cfs_quota_us", "400000\n");
  assert_int_equal(mine__cores_quota_at(groups, top), 4);
  write_file(cpu, "cpu.cfs_quota_us", "100001\n");
  write_file(cpu, "cpu.cfs_period_us", "50000\n");
  assert_int_equal(mine__cores_quota_at(groups, top), 3);

  static const char *const strange[] = {"", ":", "::", "0::", "0::x", "a\nb\n\n", "0::/../..\n"};
  for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
    write_file(top, "self", strange[i]);
    assert_in_range(mine__cores_quota_at(groups, top), 0, 1);
  }
  static const char *const odd[] = {"",   "\n", "1", "0 0", "-5 3", "99999999999999999999999 1",
                                    "5 x"};
  write_file(top, "self", "0::/\n");
  for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
    write_file(top, "cpu.max", odd[i]);
    assert_true(mine__cores_quota_at(groups, top) == 0 || odd[i][0] == '9');
  }
  char command[400];
  snprintf(command, sizeof command, "rm -r %s", top);
  assert_int_equal(system(command), 0);
}

static void test_all_cores(void **state) {
  (void)state;
  unsetenv("OMP_NUM_THREADS");
  const int all = mine__cores();
  assert_true(all >= 1);
  setenv("OMP_NUM_THREADS", "1,4", 1);
  assert_int_equal(mine__cores(), 1);
  setenv("OMP_NUM_THREADS", "100000", 1); /* never more than there are */
  assert_int_equal(mine__cores(), all);
  static const char *const nonsense[] = {"", "none", "0", "-3"};
  for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
    setenv("OMP_NUM_THREADS", nonsense[i], 1);
    assert_int_equal(mine__cores(), all);
  }
  unsetenv("OMP_NUM_THREADS");

  /* The quota binds "all", not a number that somebody asked for. */
  static counting c;
  memset(&c, 0, sizeof c);
  mine_env *env = open_env(NULL, 0);
  env->threads = 4;
  env->quota = 1;
  assert_int_equal(mine__parallel(env, 50, wait_task, &c), MINE_OK);
  assert_false(env->team.running);
  mine_env_close(env);
  env = open_env(NULL, 2);
  assert_int_equal(mine__parallel(env, 50, wait_task, &c), MINE_OK);
  assert_true(env->team.running);
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
    cmocka_unit_test(test_long_work_gets_help),
    cmocka_unit_test(test_short_loops_add_up),
    cmocka_unit_test(test_a_team_lives_as_long_as_its_call),
#if defined(MINE_COUNT_THREADS)
    cmocka_unit_test(test_refused_threads),
#endif
    cmocka_unit_test(test_a_fork_leaves_the_team_behind),
    cmocka_unit_test(test_quota_of_a_control_group),
    cmocka_unit_test(test_all_cores),
    cmocka_unit_test(test_blocks_are_added_in_order),
    cmocka_unit_test(test_blocks_cover_all_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
