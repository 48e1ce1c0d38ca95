/*
** parallel.h -- loops over numbered tasks, on all threads of the call.
**
** mine__parallel() runs task 0..tasks-1, each exactly once, on at most
** env->threads threads: the calling thread and a team (team.h) that starts at the
** first loop which is worth it and sleeps between loops.  mine_env_rest() ends it:
** the SQLite face says so whenever it goes back to SQLite in the middle of a call,
** and mine_env_close() does, so the host can unload us, fork, or exit at any time
** (docs/design/threads.md has the measurements).
**
** Whether a loop is worth it is measured, not estimated: callers say nothing about
** their work.  A loop over ten short tasks costs what the tasks cost.
**
** Which thread runs which task is unspecified.  To give the same bytes for any
** number of threads, tasks must be cut by the data (blocks of rows, features),
** write to places of their own, and be reduced in task order afterwards.
**
** In a task: no allocation, no host call, no mine__fail (but worker 0, which is the
** calling thread, may mine__poll in the midst of one that is long).  The calling thread
** polls the host between its tasks; when it says stop, the remaining tasks are
** not started and the loop returns MINE_INTERRUPT (or MINE_LIMIT).  Keep a task
** under ~20 ms.
*/
#ifndef MINE_CORE_PARALLEL_H
#define MINE_CORE_PARALLEL_H

#include "env.h"

/* worker: 0..env->threads-1, distinct among tasks that run at the same time:
** an index for per-thread scratch memory. */
typedef void (*mine_task)(void *context, int64_t task, int worker);

mine_status mine__parallel(mine_env *env, int64_t tasks, mine_task task,
                           void *context) MINE_MUST_CHECK;

/* mine__parallel(), reporting progress as `what` from share `from` to share `to`. */
mine_status mine__parallel_progress(mine_env *env, int64_t tasks, mine_task task, void *context,
                                    const char *what, double from, double to) MINE_MUST_CHECK;

/* How many blocks of `block` rows cover n rows. */
#define MINE_BLOCKS(n, block) (((n) + (block)-1) / (block))

/* The reduction: tasks leave sums over their blocks of rows, and these are added
** in block order, whichever thread made them.  Blocks are cut from the numbers of
** all rows, never from what one thread (or, one day, one machine) holds: block b of
** `blocks` begins at row mine__block_first(n, blocks, b), so whoever holds the
** block adds the same rows to the same sum. */
static inline int64_t mine__block_first(int64_t n, int64_t blocks, int64_t b) {
  return n / blocks * b + n % blocks * b / blocks;
}

/* out[j] = block[j] + block[width + j] + block[2 width + j] + ..., n_blocks >= 1 of
** them.  out may be block itself.  The only way by which sums over rows come
** together: whatever must be summed goes into one record per block. */
mine_status mine__sum_blocks(mine_env *env, const double *block, int64_t n_blocks, size_t width,
                             double *out) MINE_MUST_CHECK;

#endif
