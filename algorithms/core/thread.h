/*
** thread.h -- a thread that a host does not notice.
**
** It takes none of the host's signals and has a small stack.  Whoever starts it
** joins it before returning to the host (docs/design/threads.md says why).
*/
#ifndef MINE_CORE_THREAD_H
#define MINE_CORE_THREAD_H

#include <pthread.h>
#include <signal.h>

/* 1 = it runs; 0 = there is none to be had, which is no failure: do the work here. */
int mine__thread_start(pthread_t *thread, void *(*run)(void *), void *argument);

/* Around the start of threads, which inherit what is blocked: signals are the host's.
** Not those that a thread's own instructions raise (blocked, they would kill without a
** report). */
typedef struct mine_signals {
  sigset_t set;
} mine_signals;
void mine__signals_block(mine_signals *before);
void mine__signals_restore(const mine_signals *before);

#endif
