/*
** branch.c -- branches are opened on the calling thread, before the loop, and closed
** there after it: a thread only ever uses the one that has its worker's number.
*/
#include "branch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

struct mine_branches {
  mine_env *env;
  int n;
  mine_env *branch[MINE_MAX_THREADS];
  atomic_int stop;
  pthread_mutex_t memory; /* held while the host's is used */
  int has_mutex;
  /* The loop under way. */
  mine_branch_task task;
  void *context;
  int64_t failed[MINE_MAX_THREADS]; /* the task in which the branch failed, -1 */
};

static int branch_not_interrupted(void *user) {
  (void)user;
  return 0;
}

static void branch_no_progress(void *user, const char *what, double share) {
  (void)user, (void)what, (void)share;
}

static void *branch_resize(void *user, void *block, size_t old_bytes, size_t new_bytes) {
  mine_branches *all = user;
  const mine_host *host = &all->env->host;
  pthread_mutex_lock(&all->memory);
  void *out = host->resize(host->user, block, old_bytes, new_bytes);
  pthread_mutex_unlock(&all->memory);
  return out;
}

/* What asks the host a question needs its pointer, which `user` no longer is. */
static int branch_interrupted(void *user) {
  const mine_branches *all = user;
  const mine_host *host = &all->env->host;
  return host->interrupted(host->user);
}

/* Branch 0 is the calling thread's; n of them are at work at a time. */
static mine_env *branch_open(mine_branches *all, int i, int n) {
  mine_env *env = all->env;
  mine_host host = env->host;
  host.user = all;
  host.resize = branch_resize;
  host.interrupted = i > 0 ? branch_not_interrupted : branch_interrupted;
  host.progress = branch_no_progress;
  mine_env *branch;
  if (mine_env_open(&host, "", &branch)) {
    (void)mine__fail_memory(env, sizeof *branch);
    return NULL;
  }
  branch->threads = n > 1 ? 1 : env->threads;
  branch->all_threads = env->all_threads;
  branch->progress = 0;
  branch->branch = i;
  branch->deadline = env->deadline;
  branch->max_seconds = env->max_seconds;
  branch->stop = &all->stop;
  branch->owner = &env->host;
  const mine_memory *memory = &env->memory;
  if (memory->limit && memory->limit > memory->used) {
    branch->memory.limit = (memory->limit - memory->used) / (size_t)n;
  } else {
    branch->memory.limit = memory->limit ? 1 : 0;
  }
  return branch;
}

mine_branches *mine__branches_open(mine_env *env, mine_arena *arena, int most) {
  mine_branches *all = mine__arena_zeros(arena, 1, sizeof *all);
  if (!all) return NULL;
  all->env = env;
  atomic_init(&all->stop, 0);
  all->has_mutex = pthread_mutex_init(&all->memory, NULL) == 0;
  if (!all->has_mutex) {
    (void)mine__fail_memory(env, sizeof all->memory);
    return NULL;
  }
  int n = env->host.any_thread && !mine__team_is_inherited(&env->team) ? env->threads : 1;
  /* Few tasks are done by few threads, but any of them may be: each has a branch. */
  const int shares = most < n ? most : n;
  if (shares <= 1) n = 1;
  for (all->n = 0; all->n < n; all->n++) {
    all->branch[all->n] = branch_open(all, all->n, shares);
    if (all->branch[all->n]) continue;
    mine__branches_close(all);
    return NULL;
  }
  return all;
}

void mine__branches_close(mine_branches *all) {
  for (int i = 0; all && i < all->n; i++)
    mine_env_close(all->branch[i]);
  if (!all) return;
  all->n = 0;
  if (all->has_mutex) pthread_mutex_destroy(&all->memory);
  all->has_mutex = 0;
}

static int branch_is_over(mine_status status) {
  return status == MINE_NOMEM || status == MINE_INTERRUPT || status == MINE_LIMIT;
}

static void branch_task(void *context, int64_t task, int worker) {
  mine_branches *all = context;
  mine_env *branch = all->branch[worker];
  if (atomic_load_explicit(&all->stop, memory_order_relaxed)) return;
  branch->status = MINE_OK;
  branch->error[0] = '\0';
  all->task(branch, all->context, task);
  if (!branch_is_over(branch->status)) return;
  all->failed[worker] = task;
  atomic_store_explicit(&all->stop, 1, memory_order_relaxed);
}

/* Whether branch a rather than b says why the loop ended: branches that were stopped
** because another failed say "interrupted", too; else the one whose task comes first. */
static int branch_tells(const mine_branches *all, int a, int b) {
  const int x = all->branch[a]->status == MINE_INTERRUPT;
  const int y = all->branch[b]->status == MINE_INTERRUPT;
  return x != y ? y : all->failed[a] < all->failed[b];
}

static void branch_tell(mine_branches *all) {
  int best = -1;
  for (int i = 0; i < all->n; i++)
    if (all->failed[i] >= 0 && (best < 0 || branch_tells(all, i, best))) best = i;
  if (best >= 0)
    (void)mine__fail(all->env, all->branch[best]->status, "%s", all->branch[best]->error);
}

void mine__branches_run(mine_branches *all, int64_t tasks, mine_branch_task task, void *context) {
  mine_env *env = all->env;
  all->task = task;
  all->context = context;
  for (int i = 0; i < all->n; i++)
    all->failed[i] = -1;
  mine_status status = mine_env_status(env);
  if (all->n > 1) {
    status = mine__parallel(env, tasks, branch_task, all);
  } else {
    for (int64_t i = 0; i < tasks && !status && all->failed[0] < 0; i++) {
      branch_task(all, i, 0);
      status = mine__poll(env);
    }
  }
  if (!status) branch_tell(all);
  for (int i = 0; i < all->n; i++)
    mine_env_rest(all->branch[i]);
}
