/*
** thread.c -- starting a thread that a host does not notice.
*/
#include "thread.h"

#include <signal.h>

#define THREAD_STACK ((size_t)1 << 20)

/* Signals are the host's: ours take none, except those that their own
** instructions raise (blocked, they would kill without a report). */
static void thread_block_signals(sigset_t *before) {
  sigset_t all;
  sigfillset(&all);
  sigdelset(&all, SIGSEGV);
  sigdelset(&all, SIGBUS);
  sigdelset(&all, SIGFPE);
  sigdelset(&all, SIGILL);
  pthread_sigmask(SIG_SETMASK, &all, before);
}

int mine_thread_start(pthread_t *thread, void *(*run)(void *), void *argument) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return 0;
  pthread_attr_setstacksize(&attributes, THREAD_STACK);
  sigset_t before;
  thread_block_signals(&before);
  const int failed = pthread_create(thread, &attributes, run, argument);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return failed == 0;
}
