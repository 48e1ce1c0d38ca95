/*
** thread.h -- a thread that a host does not notice.
**
** It takes none of the host's signals and has a small stack.  Whoever starts it
** joins it before returning to the host (docs/design/threads.md says why).
*/
#ifndef MINE_CORE_THREAD_H
#define MINE_CORE_THREAD_H

#include <pthread.h>

/* 1 = it runs; 0 = there is none to be had, which is no failure: do the work here. */
int mine_thread_start(pthread_t *thread, void *(*run)(void *), void *argument);

#endif
