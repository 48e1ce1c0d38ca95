/*
** parallel.c -- threads that live as long as one loop.
**
** Tasks are numbered; an atomic counter hands them out.  The helpers know the
** loop and nothing else: no environment, no host.  The calling thread works
** too and, between its tasks, asks the host whether to go on (mine_poll limits
** itself to every ~10 ms); a stop is a flag the helpers look at before each
** task.
*/
#include "parallel.h"

#include <stdatomic.h>
#include <string.h>

#include "thread.h"

typedef struct parallel_loop {
  atomic_int_least64_t next; /* the first task not handed out yet */
  atomic_int stop;
  int64_t tasks;
  mine_task task;
  void *context;
} parallel_loop;

typedef struct parallel_helper {
  parallel_loop *loop;
  int worker;
  pthread_t thread;
} parallel_helper;

typedef struct parallel_report {
  const char *what; /* NULL: poll only */
  double from, to;
} parallel_report;

/* The next task to run, or -1. */
static int64_t parallel_take(parallel_loop *loop) {
  if (atomic_load_explicit(&loop->stop, memory_order_relaxed)) return -1;
  int64_t task = atomic_fetch_add_explicit(&loop->next, 1, memory_order_relaxed);
  return task < loop->tasks ? task : -1;
}

static void *parallel_help(void *argument) {
  parallel_helper *helper = argument;
  parallel_loop *loop = helper->loop;
  for (int64_t task = parallel_take(loop); task >= 0; task = parallel_take(loop))
    loop->task(loop->context, task, helper->worker);
  return NULL;
}

/* Start up to n helpers; fewer are no failure.  Returns how many run. */
static int parallel_start(parallel_loop *loop, parallel_helper *helper, int n) {
  int started = 0;
  for (; started < n; started++) {
    parallel_helper *one = &helper[started];
    one->loop = loop;
    one->worker = started + 1;
    if (!mine_thread_start(&one->thread, parallel_help, one)) break;
  }
  return started;
}

static mine_status parallel_ask(mine_env *env, const parallel_loop *loop, int64_t done,
                                const parallel_report *report) {
  if (!report->what) return mine_poll(env);
  double share = (double)done / (double)loop->tasks;
  return mine_poll_progress(env, report->what, report->from + (report->to - report->from) * share);
}

/* The calling thread's share of the loop. */
static mine_status parallel_work(mine_env *env, parallel_loop *loop,
                                 const parallel_report *report) {
  for (int64_t task = parallel_take(loop); task >= 0; task = parallel_take(loop)) {
    mine_status status = parallel_ask(env, loop, task, report);
    if (status != MINE_OK) {
      atomic_store_explicit(&loop->stop, 1, memory_order_relaxed);
      return status;
    }
    loop->task(loop->context, task, 0);
  }
  return MINE_OK;
}

static mine_status parallel_run(mine_env *env, int64_t tasks, mine_task task, void *context,
                                const parallel_report *report) {
  if (env->status != MINE_OK || tasks <= 0) return env->status;
  parallel_helper helper[MINE_MAX_THREADS];
  parallel_loop loop = {.tasks = tasks, .task = task, .context = context};
  atomic_init(&loop.next, 0);
  atomic_init(&loop.stop, 0);
  int threads = tasks < env->threads ? (int)tasks : env->threads;
  int helpers = parallel_start(&loop, helper, threads - 1);
  mine_status status = parallel_work(env, &loop, report);
  for (int i = 0; i < helpers; i++)
    pthread_join(helper[i].thread, NULL);
  return status;
}

mine_status mine_parallel(mine_env *env, int64_t tasks, mine_task task, void *context) {
  const parallel_report report = {NULL, 0, 0};
  return parallel_run(env, tasks, task, context, &report);
}

#define PARALLEL_WORTH 2e6

mine_status mine_parallel_worth(mine_env *env, double work, int64_t tasks, mine_task task,
                                void *context) {
  const int threads = env->threads;
  if (work < PARALLEL_WORTH) env->threads = 1;
  mine_status status = mine_parallel(env, tasks, task, context);
  env->threads = threads;
  return status;
}

mine_status mine_parallel_progress(mine_env *env, int64_t tasks, mine_task task, void *context,
                                   const char *what, double from, double to) {
  const parallel_report report = {what, from, to};
  return parallel_run(env, tasks, task, context, &report);
}

mine_status mine__sum_blocks(mine_env *env, const double *block, int64_t n_blocks, size_t width,
                             double *out) {
  if (out != block) memcpy(out, block, width * sizeof *out);
  for (int64_t b = 1; b < n_blocks; b++) {
    const double *from = block + (size_t)b * width;
    for (size_t j = 0; j < width; j++)
      out[j] += from[j];
    MINE_TRY(mine_poll(env));
  }
  return mine_poll(env);
}
