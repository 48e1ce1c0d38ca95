/*
** thread.c -- starting a thread that a host does not notice.
*/
#include "thread.h"

#define THREAD_STACK ((size_t)1 << 20)

void mine__signals_block(mine_signals *before) {
  sigset_t all;
  sigfillset(&all);
  sigdelset(&all, SIGSEGV);
  sigdelset(&all, SIGBUS);
  sigdelset(&all, SIGFPE);
  sigdelset(&all, SIGILL);
  pthread_sigmask(SIG_SETMASK, &all, &before->set);
}

void mine__signals_restore(const mine_signals *before) {
  pthread_sigmask(SIG_SETMASK, &before->set, NULL);
}

int mine__thread_start(pthread_t *thread, void *(*run)(void *), void *argument) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return 0;
  pthread_attr_setstacksize(&attributes, THREAD_STACK);
  mine_signals before;
  mine__signals_block(&before);
  const int failed = pthread_create(thread, &attributes, run, argument);
  mine__signals_restore(&before);
  pthread_attr_destroy(&attributes);
  return failed == 0;
}
