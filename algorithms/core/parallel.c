/*
** parallel.c -- an atomic counter hands out tasks; is it worth waking the team?
**
** The helpers know the loop and nothing else: no environment, no host.  The calling
** thread works too and, between its tasks, asks the host whether to go on (mine__poll
** limits itself to every ~10 ms); a stop is a flag that the helpers look at before
** each task.
**
** The calling thread begins alone, unless the loop is known to be long, and asks for
** help once it has spent on the loop what help costs.  So a loop that is over before
** costs nothing, and one that is not loses at most that time: whoever rents skis until
** the rent has reached their price never pays more than twice the best (Karlin,
** Manasse, Rudolph and Sleator, Competitive snoopy caching, 1988); here it is a small
** share, because the price is small beside the loops that matter.  Two prices:
**
**   to wake a team that sleeps      PARALLEL_WAKE, and four times what the calling
**                                   thread has lately lost by asking
**   to start one, and to join it    PARALLEL_START, of all loops of the call since it
**                                   last had none
**
** It loses what passes before its first task and, above all, after its last, until the
** helpers are done: a helper whose core another process takes in the middle of a task,
** or OpenMP's barrier, which waits even for threads that never ran.  On an idle machine
** that is microseconds, on a busy one several milliseconds, and then only long loops
** ask.
**
** Long is what the same function's loop took last time, per task.  A loop that was not
** seen before is taken for a tenth of what the call has lasted: after reading a large
** source the first loop may have few tasks, each long, and waiting for the first of
** them would cost more than a useless thread.
*/
#include "parallel.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "cores.h"

#define PARALLEL_WAKE  1e-4
#define PARALLEL_START 5e-3
#define PARALLEL_GUESS 0.1
#define PARALLEL_LATE  0.125 /* how much of the average is the last loss */

typedef struct parallel_report {
  const char *what; /* NULL: poll only */
  double from, to;
} parallel_report;

typedef struct parallel_loop {
  atomic_int_least64_t next; /* the first task not handed out yet */
  atomic_int stop;
  int64_t tasks;
  mine_task task;
  void *context;
  /* The calling thread's own. */
  mine_env *env;
  const parallel_report *report;
  int64_t done; /* by this thread */
  double start; /* the clock then; when this thread came to share the loop, and was done */
  double from, until;
} parallel_loop;

/* The next task to run, or -1. */
static int64_t parallel_take(parallel_loop *loop) {
  if (atomic_load_explicit(&loop->stop, memory_order_relaxed)) return -1;
  int64_t task = atomic_fetch_add_explicit(&loop->next, 1, memory_order_relaxed);
  return task < loop->tasks ? task : -1;
}

/* How many are not handed out; negative when threads asked in vain. */
static int64_t parallel_left(parallel_loop *loop) {
  return loop->tasks - atomic_load_explicit(&loop->next, memory_order_relaxed);
}

static void parallel_help(void *argument, int worker) {
  parallel_loop *loop = argument;
  for (int64_t task = parallel_take(loop); task >= 0; task = parallel_take(loop))
    loop->task(loop->context, task, worker);
}

static mine_status parallel_ask(const parallel_loop *loop, int64_t done) {
  const parallel_report *report = loop->report;
  if (!report) return mine__poll(loop->env);
  double share = (double)done / (double)loop->tasks;
  return mine__poll_progress(loop->env, report->what,
                             report->from + (report->to - report->from) * share);
}

/* One task on the calling thread; 0 = there is none left, or the host says stop. */
static int parallel_step(parallel_loop *loop) {
  const int64_t task = parallel_take(loop);
  if (task < 0) return 0;
  if (parallel_ask(loop, task) != MINE_OK) {
    atomic_store_explicit(&loop->stop, 1, memory_order_relaxed);
    return 0;
  }
  loop->task(loop->context, task, 0);
  loop->done++;
  return 1;
}

static void parallel_alone(parallel_loop *loop) {
  while (parallel_step(loop))
    continue;
}

/* The calling thread's share of a loop with help. */
static void parallel_own(void *argument) {
  parallel_loop *loop = argument;
  loop->from = mine__clock();
  parallel_alone(loop);
  loop->until = mine__clock();
}

/* ---- worth it? ------------------------------------------------------------------- */

static mine_loop_time *parallel_time(mine_env *env, mine_task task) {
  mine_pace *pace = &env->pace;
  for (int i = 0; i < MINE_PACE_LOOPS; i++) {
    if (pace->loop[i].task == task) return &pace->loop[i];
  }
  mine_loop_time *time = &pace->loop[pace->oldest];
  pace->oldest = (pace->oldest + 1) % MINE_PACE_LOOPS;
  *time = (mine_loop_time){task, -1};
  return time;
}

/* Whether a loop of so many seconds on one thread is worth help. */
static int parallel_due(const mine_env *env, double seconds) {
  if (seconds < PARALLEL_WAKE + 4 * env->pace.lost) return 0;
  return env->team.running || env->pace.alone + seconds >= PARALLEL_START;
}

/* How many helpers may there be?  The quota is asked for when it matters first. */
static int parallel_most(mine_env *env) {
  if (mine__team_is_inherited(&env->team)) return 0;
  if (env->quota < 0) env->quota = env->all_threads ? mine__cores_quota() : 0;
  const int threads = env->quota > 0 && env->quota < env->threads ? env->quota : env->threads;
  return threads - 1;
}

static void parallel_lost(mine_env *env, double seconds) {
  env->pace.lost += PARALLEL_LATE * (seconds - env->pace.lost);
}

static void parallel_share(mine_env *env, parallel_loop *loop) {
  const int most = parallel_most(env);
  const int64_t left = parallel_left(loop);
  const mine_team_work work = {parallel_own, parallel_help, loop};
  if (most < 1) {
    parallel_alone(loop);
    return;
  }
  const double asked = mine__clock();
  mine__team_run(&env->team, most, left - 1 < most ? (int)left - 1 : most, &work);
  parallel_lost(env, loop->from - asked + mine__clock() - loop->until);
}

/* A loop of several tasks where threads are allowed. */
static void parallel_measured(mine_env *env, parallel_loop *loop) {
  mine_loop_time *time = parallel_time(env, loop->task);
  loop->start = mine__clock();
  const double expected = time->seconds < 0 ? PARALLEL_GUESS * (loop->start - env->opened)
                                            : time->seconds * (double)loop->tasks;
  int due = parallel_due(env, expected);
  while (!due && parallel_step(loop))
    due = parallel_due(env, mine__clock() - loop->start);
  const int alone = parallel_left(loop) < 2;
  if (alone) {
    parallel_alone(loop);
  } else {
    parallel_share(env, loop);
  }
  const double seconds = mine__clock() - loop->start;
  if (loop->done > 0) time->seconds = seconds / (double)loop->done;
  if (!alone || seconds < PARALLEL_WAKE) return;
  env->pace.alone += seconds;
  env->pace.lost *= 0.99; /* the machine may be idle again: ask once in a while */
}

static void parallel_run(mine_env *env, int64_t tasks, mine_task task, void *context,
                         const parallel_report *report) {
  if (env->status != MINE_OK || tasks <= 0) return;
  parallel_loop loop = {
      .tasks = tasks, .task = task, .context = context, .env = env, .report = report};
  atomic_init(&loop.next, 0);
  atomic_init(&loop.stop, 0);
  if (tasks > 1 && env->threads > 1) {
    parallel_measured(env, &loop);
  } else {
    parallel_alone(&loop);
  }
}

mine_status mine__parallel(mine_env *env, int64_t tasks, mine_task task, void *context) {
  parallel_run(env, tasks, task, context, NULL);
  return mine_env_status(env);
}

mine_status mine__parallel_progress(mine_env *env, int64_t tasks, mine_task task, void *context,
                                    const char *what, double from, double to) {
  const parallel_report report = {what, from, to};
  parallel_run(env, tasks, task, context, &report);
  return mine_env_status(env);
}

mine_status mine__sum_blocks(mine_env *env, const double *block, int64_t n_blocks, size_t width,
                             double *out) {
  size_t added = 0; /* since the last poll: blocks may be many, and each a single number */
  if (out != block) memcpy(out, block, width * sizeof *out);
  for (int64_t b = 1; b < n_blocks; b++) {
    const double *from = block + (size_t)b * width;
    for (size_t j = 0; j < width; j++)
      out[j] += from[j];
    added += width;
    if (added < 65536) continue;
    MINE_TRY(mine__poll(env));
    added = 0;
  }
  return mine__poll(env);
}

int mine__team_is_inherited(const mine_team *team) {
  return team->process && team->process != getpid();
}

void mine_env_rest(mine_env *env) {
  if (!env) return;
  mine__team_end(&env->team);
  env->pace.alone = 0;
}
