/*
** branch.h -- environments for tasks that allocate, may fail, and may take long.
**
** A task of mine__parallel() neither allocates nor fails (parallel.h).  Where tasks are
** whole pieces of work -- a small model for each of a thousand groups -- each thread
** gets an environment of its own, a branch of the call's: the same host's memory, an
** equal share of what the call may still take, its deadline, one thread.  A failure stays
** in the branch; whoever runs the tasks decides whether it ends the call.
**
** Only the calling thread asks the host whether to go on; the others look at a flag
** that it leaves.  The host's memory is used by one thread at a time.  A host whose memory
** belongs to the calling thread (mine_host.any_thread is 0) has one branch, and the tasks
** run one after another.
*/
#ifndef MINE_CORE_BRANCH_H
#define MINE_CORE_BRANCH_H

#include "parallel.h"

typedef struct mine_branches mine_branches;

/* For at most so many tasks at a time, and no more than threads: 1, or the number of tasks
** where they are few.  A single branch has all the threads of env.
** In arena's memory; NULL: failure recorded in env. */
mine_branches *mine__branches_open(mine_env *env, mine_arena *arena, int most);
/* Run the tasks, each with the environment of its thread, which has no failure when a
** task begins.  A branch that was stopped, or ran out of memory or time, ends the loop and
** the call; of several such tasks the first tells why. */
typedef void (*mine_branch_task)(mine_env *branch, void *context, int64_t task);
void mine__branches_run(mine_branches *branches, int64_t tasks, mine_branch_task task,
                        void *context);
void mine__branches_close(mine_branches *branches); /* NULL is fine */

#endif
